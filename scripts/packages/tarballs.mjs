/** The tarballs: packing them, and what each must hold by itself. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import ts from "typescript"
import { pnpm } from "../pnpm.mjs"
import { mustRun, problems } from "./lanes.mjs"

const root = JSON.parse(readFileSync("package.json", "utf8"))

/** Published code imports their modules. */
const barrels = ["effect", "@effect/platform", "@effect/platform-node", "@effect-customers/core"]

/** Packs every package into `folder`, and unpacks it as one `node_modules`. */
export const pack = async (folder) => {
  const packing = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder]
  if (pnpm(packing, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) process.exit(1)
  const packed = []
  for (const file of readdirSync(folder).filter((file) => file.endsWith(".tgz")).sort()) {
    const tarball = join(folder, file)
    const { stdout } = await mustRun("tar", ["-xOzf", tarball, "package/package.json"])
    const manifest = JSON.parse(stdout)
    const installed = join(folder, "unpacked/node_modules", manifest.name)
    mkdirSync(installed, { recursive: true })
    await mustRun("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed])
    const files = readdirSync(installed)
    packed.push({ name: manifest.name, tarball, installed, files, manifest, entries: entriesOf(manifest, installed) })
  }
  return packed
}

/** The specifiers that `exports` leaves open, the index first. */
const entriesOf = ({ exports, name }, installed) =>
  readdirSync(join(installed, "dist"))
    .flatMap((file) => /^(\w+)\.js$/.exec(file)?.[1] ?? [])
    .filter((module) => exports[`./${module}`] !== null)
    .map((module) => module === "index" ? name : `${name}/${module}`)
    .filter((entry) => entry !== `${name}/index`)
    .sort()

export const isOptional = (manifest, peer) => manifest.peerDependenciesMeta?.[peer]?.optional === true

/** What a file imports, in its code and in its types. */
const importsOf = (file) =>
  ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map((_) => _.fileName)

/** The index and every module, or declaration, that it reaches. */
const reachedBy = (index, suffix) => {
  const reached = new Set([`${index}${suffix}`])
  for (const file of reached) {
    for (const path of importsOf(file)) {
      if (path.startsWith(".")) reached.add(join(dirname(file), path.replace(/\.js$/, suffix)))
    }
  }
  return [...reached]
}

/** What publint, attw and we ask of one tarball. */
export const judge = async ({ files, installed, manifest, name, tarball }) => {
  const bin = (path, ...args) => mustRun(process.execPath, [join("node_modules", path), ...args])
  await bin("publint/src/cli.js", tarball, "--strict")
  await bin("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only", "--quiet")

  const must = (holds, what) => holds || problems.push(`${name}: ${what}`)
  for (const file of ["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "src/index.ts"]) {
    must(existsSync(join(installed, file)), `no ${file} in the tarball`)
  }
  for (const file of files) {
    must(["LICENSE", "README.md", "dist", "src", "package.json"].includes(file), `${file} is in the tarball`)
  }
  must(readFileSync(join(installed, "LICENSE"), "utf8") === readFileSync("LICENSE", "utf8"), "another LICENSE")
  must(manifest.license === root.license, `license is ${manifest.license}`)
  must(manifest.scripts === undefined, "has scripts, which npm may run")
  must(manifest.sideEffects === false, "sideEffects is not false")
  must(manifest.engines?.node === root.engines.node, `engines.node is ${manifest.engines?.node}`)
  must(manifest.publishConfig?.access === "public", "publishConfig.access is not public")
  must(manifest.description?.length > 0 && manifest.keywords?.includes("effect"), "no description or no keywords")
  for (const [dependency, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    must(!/^(?:workspace|catalog):/.test(range), `${dependency} is ${range}`)
  }

  const sources = ["dist", "src"].flatMap((folder) =>
    readdirSync(join(installed, folder), { recursive: true })
      .filter((file) => /\.(?:js|ts)$/.test(file))
      .map((file) => join(folder, file))
  )
  for (const file of sources) {
    const imported = importsOf(join(installed, file)).find((path) => barrels.includes(path))
    must(imported === undefined, `${file} imports all of ${imported}`)
  }
  const index = [".js", ".d.ts"].flatMap((suffix) => reachedBy(join(installed, "dist/index"), suffix))
  for (const peer of Object.keys(manifest.peerDependencies ?? {}).filter((peer) => isOptional(manifest, peer))) {
    const needs = index.filter((file) => importsOf(file).some((path) => path === peer || path.startsWith(`${peer}/`)))
    must(needs.length === 0, `the index needs ${peer}, which is optional: ${needs.join(", ")}`)
  }
}

/** Whether what a package declares is all it needs: it sees nothing else when Node imports it. */
export const importDeclared = async (packed) => {
  const names = new Set(packed.map(({ name }) => name))
  const link = ({ installed, name }, dependency) => {
    if (names.has(dependency)) return
    const place = join(installed, "node_modules", dependency)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(resolve("packages", name.split("/")[1], "node_modules", dependency), place, "junction")
  }
  const importAll = async ({ installed }, entries) => {
    const program = entries.map((entry) => `await import(${JSON.stringify(entry)})`).join("\n")
    await mustRun(process.execPath, ["--input-type=module", "--eval", program], { cwd: installed })
  }
  for (const each of packed) {
    const { dependencies = {}, peerDependencies = {} } = each.manifest
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (!isOptional(each.manifest, dependency)) link(each, dependency)
    }
  }
  for (const each of packed) await importAll(each, [each.name])
  for (const each of packed) {
    for (const peer of Object.keys(each.manifest.peerDependencies ?? {})) {
      if (isOptional(each.manifest, peer)) link(each, peer)
    }
    // vitest's entry runs in vitest alone.
    await importAll(each, each.entries.filter((entry) => !entry.endsWith("/vitest")))
    for (const file of Object.values(each.manifest.bin ?? {})) {
      await mustRun(process.execPath, [join(each.installed, file), "--help"])
    }
  }
}
