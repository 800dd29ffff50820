/** Programs of these tests in processes of their own. */
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

export interface Child {
  /** The next line that it prints; none at its end. */
  readonly line: Effect.Effect<string | undefined>
  /** SIGKILL, and the end of it. */
  readonly kill: Effect.Effect<void>
  /** How it ended. */
  readonly exit: Effect.Effect<number | null>
}

export const start = (program: string, args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.sync((): Child => {
      const child: ChildProcess = spawn(
        process.execPath,
        ["--import", "tsx", fileURLToPath(new URL(program, import.meta.url)), ...args],
        { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } }
      )
      const ended = once(child, "exit")
      const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
      return {
        line: Effect.promise(async () => {
          const line = await lines.next()
          return line.done === true ? undefined : line.value
        }),
        kill: Effect.promise(async () => {
          child.kill("SIGKILL")
          await ended
        }),
        exit: Effect.promise(async () => {
          await ended
          return child.exitCode
        })
      }
    }),
    ({ kill }) => kill
  )
