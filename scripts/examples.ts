/**
 * Type-checks every `ts` block of the docstrings, the READMEs and the guides, in one program. Each block becomes a module
 * of its own in `.examples`, on the lines it has in its document: what tsc says of it is where a reader finds it. A block
 * with a `tsc` block behind it is one that has to be refused, in these words among others.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const folder = ".examples"

const filesUnder = (path: string, suffix: string): Array<string> =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(suffix))
      .map((file) => join(path, file))
    : []

const workspace = ["packages", "examples"].flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))

const documents = [
  "README.md",
  ...filesUnder("docs", ".md"),
  ...workspace.flatMap((path) => [join(path, "README.md"), ...filesUnder(join(path, "src"), ".ts")])
].filter((path) => existsSync(path))

interface Example {
  /** The line of the opening fence, from 1. */
  readonly line: number
  readonly code: ReadonlyArray<string>
  /** What tsc has to say of it; nothing, where this is absent. */
  refusal?: string
}

const examplesOf = (text: string): ReadonlyArray<Example> => {
  const examples: Array<Example> = []
  let open: { readonly fence: string; readonly line: number; readonly code: Array<string> } | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^[\s/*]*```(\S*)/.exec(line)
    if (open === undefined) {
      if (fence?.[1] === "ts" || fence?.[1] === "tsc") open = { fence: fence[1], line: index + 1, code: [] }
    } else if (fence === null) {
      open.code.push(line.replace(/^\s*\*(?!\/) ?/, ""))
    } else {
      const { code, fence, line } = open
      const last = examples.at(-1)
      if (fence === "ts") examples.push({ line, code })
      else if (last !== undefined) last.refusal = code.join("\n").trim()
      open = undefined
    }
  }
  return examples
}

rmSync(folder, { recursive: true, force: true })
const files: Array<string> = []
const refusals = new Map<string, string>()
for (const document of documents) {
  for (const { code, line, refusal } of examplesOf(readFileSync(document, "utf8"))) {
    const file = `${document}.${line}.ts`
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), "\n".repeat(line) + code.join("\n") + "\n")
    files.push(file)
    if (refusal !== undefined) refusals.set(file, refusal)
  }
}
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    extends: "../tsconfig.json",
    compilerOptions: {
      noUnusedLocals: false,
      // what a guide shows and the root does not depend on
      paths: { "@effect/opentelemetry/*": ["../packages/polar/node_modules/@effect/opentelemetry/dist/dts/*.d.ts"] }
    },
    include: [],
    files
  })
)

const tsc = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "--noEmit", "--pretty", "false", "--project", folder],
  { encoding: "utf8" }
)
/** An error and the indented lines behind it that explain it. */
const errors = tsc.stdout.split(/^(?=\S)/m).filter((error) => error !== "")
const isOf = (file: string) => (error: string) => error.startsWith(join(folder, file) + "(")
const unexpected = errors.filter((error) => ![...refusals.keys()].some((file) => isOf(file)(error)))
process.stdout.write(unexpected.join("").replaceAll(/^\.examples\/(.+?)\.\d+\.ts\(/gm, "$1("))
const notRefused = [...refusals].filter(([file, refusal]) =>
  !errors.some((error) => isOf(file)(error) && error.includes(refusal))
)
for (const [file, refusal] of notRefused) process.stdout.write(`${file}: tsc does not say "${refusal}"\n`)
process.stderr.write(tsc.stderr)
process.stdout.write(`${files.length} examples in ${documents.length} documents\n`)
process.exitCode = files.length === 0 || unexpected.length > 0 || notRefused.length > 0 ||
    (tsc.status !== 0 && refusals.size === 0)
  ? 1
  : 0
