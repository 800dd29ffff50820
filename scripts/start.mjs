/**
 * `node scripts/start.mjs <folder of a workspace package> <its TypeScript entry> [arguments]`: installs what that package
 * needs and nothing more, then runs the entry in the package's folder, with the terminal and the signals of this process.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { constants } from "node:os"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { pnpm } from "./pnpm.mjs"

const [folder, entry, ...args] = process.argv.slice(2)
const root = fileURLToPath(new URL("..", import.meta.url))
const cwd = resolve(root, folder)
const { name } = JSON.parse(readFileSync(resolve(cwd, "package.json"), "utf8"))

// What pnpm has to say belongs on stderr: stdout is the program's.
const installed = pnpm(["install", "--frozen-lockfile", "--filter", `${name}...`, "--reporter", "append-only"], {
  cwd: root,
  stdio: ["ignore", 2, 2]
})
if (installed.status !== 0) process.exit(installed.status ?? 1)

const program = spawn(process.execPath, ["--import", "tsx", entry, ...args], { cwd, stdio: "inherit" })
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => program.kill(signal))
// The shell between npm and this process dies of a signal without passing it on.
const shell = process.ppid
const orphaned = setInterval(() => process.ppid === shell || program.kill("SIGTERM"), 250)
program.on("exit", (status, signal) => {
  clearInterval(orphaned)
  process.exitCode = status ?? 128 + constants.signals[signal]
})
