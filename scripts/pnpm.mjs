/** Runs the pnpm that package.json pins, so that a machine needs nothing but Node and npm. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))

// `npm run --silent` reaches pnpm as well, and there it would hide why an installation failed.
const { npm_config_loglevel: _, ...env } = process.env

/** What `spawnSync` answers; `status` is the exit status of pnpm. */
export const pnpm = (args, options = {}) =>
  spawnSync("npx", ["--yes", "--prefer-offline", manifest.packageManager, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
    env,
    ...options
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = pnpm(process.argv.slice(2), { stdio: "inherit" }).status ?? 1
}
