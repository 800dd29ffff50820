/**
 * Looks at the packages as npm would get them, after `npm run build`: packs each, lets publint and attw judge the tarball,
 * sees that it holds what it must, and imports it in plain Node beside the other tarballs.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { pnpm } from "./pnpm.mjs"

const folder = ".packed"
const problems = []

const run = (command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" })
  if (status !== 0) problems.push(`${[command, ...args].join(" ")}\n${stdout}${stderr}`)
  return stdout
}
const bin = (name, ...args) => run(process.execPath, [join("node_modules", name), ...args])

const isOptional = (manifest, dependency) => manifest.peerDependenciesMeta?.[dependency]?.optional === true

const link = (name, installed, dependency) => {
  const place = join(installed, "node_modules", dependency)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(resolve("packages", name.split("/")[1], "node_modules", dependency), place, "junction")
}

const importFrom = (...entries) => {
  const program = entries.map((entry) => `await import(${JSON.stringify(entry)})`).join("\n")
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
    encoding: "utf8"
  })
  if (status !== 0) problems.push(`${entries.join(" or ")} cannot be imported:\n${stderr}`)
}

/** The modules, or the declarations, that the index reaches. */
const reachedBy = (index, suffix) => {
  const reached = new Set([`${index}${suffix}`])
  for (const file of reached) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g)) {
      reached.add(join(dirname(file), `${path}${suffix}`))
    }
  }
  return [...reached]
}

/** Without the examples of docstrings. */
const codeOf = (file) => readFileSync(file, "utf8").split("\n").filter((line) => !/^\s*\*/.test(line)).join("\n")

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const pack = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", resolve(folder)]
if (pnpm(pack, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) process.exit(1)

const packed = readdirSync(folder).filter((file) => file.endsWith(".tgz")).map((file) => {
  const tarball = join(folder, file)
  run("tar", ["-xzf", tarball, "-C", folder])
  const { name } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8"))
  const installed = join(folder, "node_modules", name)
  mkdirSync(installed, { recursive: true })
  rmSync(join(folder, "package"), { recursive: true })
  run("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed])
  return { name, tarball, installed, manifest: JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) }
})
const names = new Set(packed.map(({ name }) => name))

for (const { installed, manifest, name, tarball } of packed) {
  bin("publint/src/cli.js", tarball, "--strict")
  bin("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only", "--quiet")

  for (const file of ["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "src/index.ts"]) {
    if (!existsSync(join(installed, file))) problems.push(`${name}: no ${file} in the tarball`)
  }
  for (const file of readdirSync(installed)) {
    if (!["LICENSE", "README.md", "dist", "src", "package.json"].includes(file)) {
      problems.push(`${name}: ${file} is in the tarball`)
    }
  }
  const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const [dependency, range] of Object.entries(dependencies)) {
    if (/^(?:workspace|catalog):/.test(range)) problems.push(`${name}: ${dependency} is ${range} in the tarball`)
    if (!names.has(dependency) && !isOptional(manifest, dependency)) link(name, installed, dependency)
  }
}

for (const { installed, manifest, name } of packed) {
  importFrom(name)
  for (const dependency of Object.keys(manifest.peerDependencies ?? {})) {
    if (!isOptional(manifest, dependency)) continue
    const reached = [".js", ".d.ts"].flatMap((suffix) => reachedBy(join(installed, "dist/index"), suffix))
    const needs = reached.filter((file) => codeOf(file).includes(`"${dependency}`))
    for (const file of needs) problems.push(`${file} needs ${dependency}, which is optional`)
    if (!names.has(dependency)) link(name, installed, dependency)
  }
  const entries = readdirSync(join(installed, "dist")).flatMap((file) =>
    /^(?!index|bin|vitest)(\w+)\.js$/.exec(file)?.[1] ?? []
  )
  importFrom(...entries.map((entry) => `${name}/${entry}`))
  for (const file of Object.values(manifest.bin ?? {})) run(process.execPath, [join(installed, file), "--help"])
}

rmSync(folder, { recursive: true, force: true })
for (const problem of problems) process.stderr.write(`\n${problem}\n`)
process.stdout.write(`${packed.map(({ tarball }) => basename(tarball)).join(", ")}: ${problems.length} problems\n`)
process.exitCode = packed.length === 0 || problems.length > 0 ? 1 : 0
