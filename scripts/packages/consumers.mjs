/** The tarballs in the hands of users: npm installs them into empty projects outside the workspace, where programs compile and run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import ts from "typescript"
import { mustRun, problems, run } from "./lanes.mjs"
import { isOptional } from "./tarballs.mjs"

const scope = "@effect-customers/"
const installedVersion = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version
const write = (project, file, text) => writeFileSync(join(project, file), text)

const emptyProject = (folder, name) => {
  const project = join(folder, name)
  mkdirSync(project)
  return project
}

// `npm run --silent` reaches this npm as well, and there it would hide what is asked for here.
const { npm_config_loglevel: _, ...env } = process.env

/** Whether npm installs it: without a word on peers, engines or versions. */
const npmInstalls = async (project, command) => {
  const { status, stderr, stdout } = await run("npm", [...command, "--no-audit", "--no-fund"], { cwd: project, env })
  // Install scripts that npm leaves out, old packages deep in the tree of a tool, settings of this machine: not ours.
  const warnings = stderr.split("\n").filter((line) => /^npm warn (?!install-scripts|deprecated|Unknown)/i.test(line))
  if (status === 0 && warnings.length === 0) return true
  const unreachable = /code E(?:NOTFOUND|CONNREFUSED|CONNRESET|TIMEDOUT|AI_AGAIN|NETUNREACH|HOSTUNREACH)/.test(stderr)
  problems.push(
    `${unreachable ? "the registry cannot be reached" : "npm does not simply install it"}: npm ${command.join(" ")}\n` +
      (status === 0 ? warnings.join("\n") : `${stdout}${stderr}`)
  )
  return status === 0
}

const resolutions = {
  NodeNext: ["--module", "NodeNext"],
  bundler: ["--module", "Preserve", "--moduleResolution", "bundler"]
}

/** Compiles the files of a project. What is wrong in other packages' declarations is told, and is no problem of ours. */
const compiles = async (project, files, resolution, skipLibCheck, ...options) => {
  const tsc = [resolve("node_modules/typescript/bin/tsc"), ...files, "--strict", "--exactOptionalPropertyTypes"]
  const { status, stderr, stdout } = await run(
    process.execPath,
    [...tsc, "--target", "ES2022", ...resolutions[resolution], "--skipLibCheck", `${skipLibCheck}`, ...options],
    { cwd: project, env }
  )
  if (status === 0) return
  const errors = stdout.split(/\n(?=\S)/).filter((error) => error.trim() !== "")
  const theirs = errors.filter((error) => /^node_modules\/(?!@effect-customers\/)[^(]*\.d\.[cm]?ts\(/.test(error))
  if (theirs.length > 0) {
    const packages = theirs.map((error) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(error)[1])
    process.stdout.write(`not ours: ${theirs.length} errors in declarations of ${[...new Set(packages)].join(", ")}\n`)
  }
  const ours = errors.filter((error) => !theirs.includes(error))
  if (ours.length === 0 && theirs.length > 0) return
  problems.push(`${project}: tsc (${resolution}, skipLibCheck ${skipLibCheck})\n${ours.join("\n")}${stderr}`)
}

/** Compiles one module and checks our declarations that it reaches: others' are checked where all packages are installed. */
const compilesAlone = (file) => {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: []
  })
  const ours = program.getSourceFiles().filter(({ fileName }) =>
    fileName === file || fileName.includes(`/node_modules/${scope}`)
  )
  const errors = [
    ...program.getOptionsDiagnostics(),
    ...ours.flatMap((each) => [...program.getSyntacticDiagnostics(each), ...program.getSemanticDiagnostics(each)])
  ]
  program.emit()
  if (errors.length === 0) return
  problems.push(ts.formatDiagnostics(errors, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => dirname(file),
    getNewLine: () => "\n"
  }))
}

/** Every package with all its peers in one project: each entry point compiles in four ways. */
export const everything = async (folder, packed) => {
  const project = emptyProject(folder, "everything")
  write(project, "package.json", `{ "type": "module" }`)
  const peers = Object.assign({}, ...packed.map(({ manifest }) => manifest.peerDependencies))
  const tools = ["typescript", "tsx", "@types/node"].map((name) => `${name}@${installedVersion(name)}`)
  const others = Object.entries(peers).filter(([name]) => !name.startsWith(scope)).map((peer) => peer.join("@"))
  const tarballs = packed.map(({ tarball }) => tarball)
  if (!await npmInstalls(project, ["install", ...tarballs, ...others, ...tools])) return

  const entries = packed.flatMap((each) => each.entries)
  const imports = entries.map((entry, index) => `import * as module${index} from ${JSON.stringify(entry)}\n`)
  const all = `export const all = [${entries.map((_, index) => `module${index}`).join(", ")}]\n`
  write(project, "entries.ts", `${imports.join("")}${all}`)
  for (const resolution of Object.keys(resolutions)) {
    for (const skipLibCheck of [true, false]) {
      await compiles(project, ["entries.ts"], resolution, skipLibCheck, "--noEmit", "--types", "node")
    }
  }
  await sizes(project)
  process.stdout.write(
    `${entries.length} entry points of ${packed.length} packages compile in a project of their own\n`
  )
}

/** How much of the packages and of Effect a small client brings into a bundle. */
const sizes = async (project) => {
  const { build } = createRequire(join(project, "package.json"))("esbuild")
  const client = (core) => `
import * as Polar from "@effect-customers/polar"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
${core}
const layer = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(FetchHttpClient.layer))
Effect.runPromise(CustomersService.pipe(Effect.flatMap((customers) => customers.get("id")), Effect.provide(layer)))
`
  const imports = {
    "@effect-customers/core": `import { CustomersService } from "@effect-customers/core"`,
    "@effect-customers/core/CustomersService":
      `import { CustomersService } from "@effect-customers/core/CustomersService"`
  }
  for (const [name, core] of Object.entries(imports)) {
    const { outputFiles: [{ contents }] } = await build({
      stdin: { contents: client(core), resolveDir: project },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      write: false
    })
    const kB = (gzipSync(contents).length / 1000).toFixed(0)
    process.stdout.write(`a client of Polar over ${name}: ${kB} kB, minified and compressed, with Effect\n`)
  }
}

/** Runs the lines as they are, with tarballs for names; what a package of ours needs of ours, and is not there, is beside it. */
const installsAsWritten = async (project, lines, packed) => {
  const there = new Set()
  const tarballsOf = (word) => {
    const found = packed.find(({ name }) => name === word)
    if (found === undefined) return [word]
    there.add(word)
    const needed = Object.keys(found.manifest.dependencies ?? {}).filter((name) => name.startsWith(scope))
    return [found.tarball, ...needed.filter((name) => !there.has(name)).flatMap(tarballsOf)]
  }
  for (const line of lines.replaceAll(/\s*#.*/g, "").split("\n").filter((line) => line !== "")) {
    const [, ...command] = line.split(/\s+/)
    if (!await npmInstalls(project, [...new Set(command.flatMap(tarballsOf))])) return false
  }
  return true
}

/** The pipeline's install lines, in a project that has nothing else. */
export const pipelineReadme = async (folder, packed) => {
  const project = emptyProject(folder, "pipeline")
  write(project, "package.json", `{ "type": "module" }`)
  const install = /^## Install\n[^]*?^```sh\n([^]*?)^```$/m.exec(readFileSync("packages/pipeline/README.md", "utf8"))
  if (install === null) {
    problems.push("packages/pipeline/README.md: no install lines under ## Install")
    return
  }
  if (!await installsAsWritten(project, install[1], packed)) return
  write(
    project,
    "program.js",
    `import "${scope}pipeline"\nimport "${scope}pipeline/Sqlite"\nimport "@effect/platform-node"\n`
  )
  await mustRun(process.execPath, ["program.js"], { cwd: project, env })
  process.stdout.write("packages/pipeline/README.md: what it installs is all that it needs\n")
}

/** The README's words: its install lines with tarballs for names, its first program, what it prints, its test, its `tsc`. */
export const readme = async (folder, packed) => {
  const project = emptyProject(folder, "readme")
  const text = readFileSync("README.md", "utf8")
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, code]) => ({ language, code }))
  const install = blocks.find(({ code, language }) => language === "sh" && code.includes(scope))
  const program = blocks.findIndex(({ code, language }) => language === "ts" && code.includes("Effect.runPromise"))
  const output = blocks.slice(program).find(({ language }) => language === "text")
  const test = blocks.find(({ code, language }) => language === "ts" && code.includes(`"@effect/vitest"`))
  const tsc = /`npx (tsc [^`]+)`/.exec(text)?.[1]
  if (install === undefined || output === undefined || test === undefined || tsc === undefined) {
    problems.push(
      "README.md: no install lines, no program with what it prints, no test or no tsc, where this script looks for them"
    )
    return
  }

  if (!await installsAsWritten(project, install.code, packed)) return
  write(project, "program.ts", blocks[program].code)
  write(project, "signUp.test.ts", test.code)
  const { stdout } = await mustRun("npx", ["--yes", "tsx", "program.ts"], { cwd: project, env })
  if (stdout !== output.code) problems.push(`README.md: its program prints\n${stdout}instead of\n${output.code}`)
  await mustRun("npx", ["vitest", "run"], { cwd: project, env })
  await mustRun("npx", tsc.split(" "), { cwd: project, env })
  process.stdout.write(
    "README.md: its packages install, its program compiles and prints what it says, and its test passes\n"
  )
}

/** Who provides the services, and with what. */
const secrets = {
  autumn: "secretKey",
  flexprice: "apiKey",
  mollie: "apiKey",
  "pin-payments": "secretKey",
  polar: "accessToken"
}

const programOf = (name, secret) =>
  secret === undefined
    ? `import * as all from ${JSON.stringify(name)}\nconsole.log(Object.keys(all).length > 0 ? "works" : "is empty")\n`
    : `import { CustomersService } from "@effect-customers/core"
import * as Provider from ${JSON.stringify(name)}
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const program = CustomersService.pipe(
  Effect.flatMap((customers) => customers.get("")),
  Effect.catchTag("InvalidRequest", ({ provider }) => Effect.succeed(\`works on \${provider}\`)),
  Effect.provide(Layer.provide(Provider.layer({ ${secret}: Redacted.make("secret") }), FetchHttpClient.layer))
)
console.log(await Effect.runPromise(program))
`

/**
 * Each package with nothing but what it requires: the index compiles, declarations included, and runs in plain Node. npm
 * takes out what the next package does not require: a project of its own for each would be the same, and three times slower.
 */
export const alone = async (folder, packed) => {
  const project = emptyProject(folder, "alone")
  for (const { manifest, name } of packed) {
    const required = new Set([name])
    for (const each of required) {
      const { dependencies = {} } = packed.find((other) => other.name === each).manifest
      for (const dependency of Object.keys(dependencies)) if (dependency.startsWith(scope)) required.add(dependency)
    }
    const peers = Object.entries(manifest.peerDependencies ?? {})
      .filter(([peer]) => !isOptional(manifest, peer))
      .map(([peer, range]) => `${peer}@${range}`)
    const tarballs = packed.filter((each) => required.has(each.name)).map(({ tarball }) => tarball)
    const short = name.slice(scope.length)
    const secret = secrets[short]
    rmSync(join(project, "package-lock.json"), { force: true })
    write(project, "package.json", `{ "type": "module" }`)
    if (!await npmInstalls(project, ["install", ...tarballs, ...peers])) return
    write(project, "program.ts", programOf(name, secret))
    compilesAlone(join(project, "program.ts"))
    const { stdout } = await mustRun(process.execPath, ["program.js"], { cwd: project, env })
    const expected = secret === undefined ? "works" : `works on ${short}`
    if (stdout.trim() !== expected) problems.push(`${name} alone: its program prints ${stdout}`)
  }
  process.stdout.write("each package compiles and runs alone\n")
}
