/**
 * Turns the changesets into the packages' next version and into their changelogs: `changeset version`, and what that leaves
 * undone. A manifest changes in its version alone, and core's `User-Agent` says the same one.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"

const manifests = ["packages", "examples"]
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}/package.json`))
  .filter((path) => existsSync(path))
const before = new Map(manifests.map((path) => [path, readFileSync(path, "utf8")]))

// A peer that leaves its range is a major change to changesets, before 1.0 too, and one major makes all packages 1.0.0. Ours
// all have one version and are released together, so it is not shown which of them are peers of each other.
for (const [path, text] of before) {
  const { peerDependencies = {}, ...manifest } = JSON.parse(text)
  const others = Object.entries(peerDependencies).filter(([name]) => !name.startsWith("@effect-customers/"))
  writeFileSync(path, JSON.stringify({ ...manifest, peerDependencies: Object.fromEntries(others) }))
}
const { status } = spawnSync(process.execPath, ["node_modules/@changesets/cli/bin.js", "version"], { stdio: "inherit" })
for (const [path, text] of before) {
  const { version } = JSON.parse(readFileSync(path, "utf8"))
  writeFileSync(path, text.replace(/^ {2}"version": ".*"/m, `  "version": "${version}"`))
}
process.exitCode = status ?? 1

const constant = "packages/core/src/internal/version.ts"
const { version } = JSON.parse(readFileSync("packages/core/package.json", "utf8"))
writeFileSync(constant, readFileSync(constant, "utf8").replace(/(version = )".*"/, `$1"${version}"`))
