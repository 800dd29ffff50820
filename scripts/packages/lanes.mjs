/** What the parts of `npm run packages` share: commands, two at a time, and the list of what is wrong. */
import { spawn } from "node:child_process"

/** One text per problem, in the order found. */
export const problems = []

/** Answers what the command printed, stdout and stderr apart, and its exit status. */
export const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options })
    const printed = { stdout: [], stderr: [] }
    child.stdout.on("data", (chunk) => printed.stdout.push(chunk))
    child.stderr.on("data", (chunk) => printed.stderr.push(chunk))
    const end = (status) =>
      resolve({
        status,
        stdout: Buffer.concat(printed.stdout).toString("utf8"),
        stderr: Buffer.concat(printed.stderr).toString("utf8")
      })
    child.on("error", (error) => {
      printed.stderr.push(Buffer.from(`${error.message}\n`))
      end(1)
    })
    child.on("close", end)
  })

/** The same for a command that must end with exit status 0; a problem where it does not. */
export const mustRun = async (command, args, options = {}) => {
  const result = await run(command, args, options)
  if (result.status !== 0) problems.push(`${[command, ...args].join(" ")}\n${result.stdout}${result.stderr}`)
  return result
}

/** Runs the tasks in their order, two at a time. */
export const inLanes = async (tasks) => {
  const waiting = [...tasks]
  const lane = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task()
  }
  await Promise.all([lane(), lane()])
}
