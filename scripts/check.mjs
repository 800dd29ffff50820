/**
 * Runs every `check:` script of package.json in its order (the longest stands first), two at a time, and says all that is
 * wrong, not the first of it.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"))
const waiting = Object.entries(scripts).filter(([name]) => name.startsWith("check:"))

const run = ([name, command]) =>
  new Promise((resolve) => {
    const started = performance.now()
    const output = []
    const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"] })
    child.stdout.on("data", (chunk) => output.push(chunk))
    child.stderr.on("data", (chunk) => output.push(chunk))
    child.on("close", (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      process.stdout.write(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`)
      if (status !== 0) {
        process.stdout.write(Buffer.concat(output))
        process.exitCode = 1
      }
      resolve()
    })
  })

const worker = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next)
}
await Promise.all([worker(), worker()])
