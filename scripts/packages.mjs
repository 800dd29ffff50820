/**
 * Looks at the packages as npm would get them, after `npm run build`, and as users do: packs each, lets publint and attw
 * judge the tarball, sees that it holds what it must, imports it with what it declares, and installs it with npm into
 * empty projects outside the workspace, where programs compile and run. The registry must be reachable. The tarballs
 * are left in `tarballs`.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { alone, everything, pipelineReadme, readme } from "./packages/consumers.mjs"
import { inLanes, problems } from "./packages/lanes.mjs"
import { importDeclared, judge, pack } from "./packages/tarballs.mjs"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "effect-customers-")))
const packed = await pack(folder)
rmSync("tarballs", { recursive: true, force: true })
mkdirSync("tarballs")
for (const { tarball } of packed) cpSync(tarball, join("tarballs", basename(tarball)))

await inLanes([
  () => everything(folder, packed),
  () => alone(folder, packed),
  () => readme(folder, packed),
  () => pipelineReadme(folder, packed),
  () => importDeclared(packed),
  ...packed.map((each) => () => judge(each))
])

for (const problem of problems) process.stderr.write(`\n${problem}\n`)
process.stdout.write(`${packed.map(({ tarball }) => basename(tarball)).join(", ")}: ${problems.length} problems\n`)
if (packed.length === 0 || problems.length > 0) {
  process.stderr.write(`what was packed and installed is in ${folder}\n`)
  process.exitCode = 1
} else {
  rmSync(folder, { recursive: true, force: true })
}
