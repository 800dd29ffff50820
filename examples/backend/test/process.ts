/** The server in a process of its own, started as `npm run backend` starts it, for the tests of this package. */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Ended {
  readonly status: number | null
  /** In milliseconds since the process was started. */
  readonly at: number
}

/** Starts it with these variables and none of ours but `PATH`; it is killed when the scope closes. */
export const start = (variables: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const began = performance.now()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
          cwd: fileURLToPath(new URL("..", import.meta.url)),
          env: { PATH: process.env["PATH"], PORT: "0", ...variables },
          stdio: ["ignore", "pipe", "pipe"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (chunk) => output += chunk)
    child.stderr.setEncoding("utf8").on("data", (chunk) => output += chunk)
    let ended: Ended | undefined
    const end = new Promise<Ended>((resolve) => {
      child.on("close", (status) => resolve(ended = { status, at: performance.now() - began }))
    })
    return {
      /** All that it has printed. */
      output: Effect.sync(() => output),
      ended: Effect.promise(() => end),
      signal: (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal)),
      /** `http://127.0.0.1:<port>`, once it listens. */
      url: Effect.gen(function*() {
        while (true) {
          const url = /Listening on (http:[^"]+)/.exec(output)?.[1]
          if (url !== undefined) return url
          if (ended !== undefined) return yield* Effect.die(new Error(`it has ended with ${ended.status}: ${output}`))
          yield* Effect.sleep("20 millis")
        }
      })
    }
  })
