import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { type Ended, folder, onSandbox, platform, textOf } from "./commandLine.js"

/** The program in a process of its own, started where npm would have been called in `cwd`. */
const start = (cwd: string, args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
        cwd: fileURLToPath(new URL("..", import.meta.url)),
        env: { ...process.env, INIT_CWD: cwd },
        stdio: ["ignore", "pipe", "pipe"]
      })
      return { child, ended: ending(child) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const ending = (child: ChildProcess) =>
  new Promise<Ended>((resolve) => {
    const text = { stdout: "", stderr: "" }
    child.stdout?.setEncoding("utf8").on("data", (part: string) => text.stdout += part)
    child.stderr?.setEncoding("utf8").on("data", (part: string) => text.stderr += part)
    child.on("close", (exitCode, signal) =>
      resolve({ ...text, exitCode: exitCode ?? Number.NaN, ...signal && { signal } }))
  })

const run = (cwd: string, args: ReadonlyArray<string>) =>
  Effect.flatMap(start(cwd, args), ({ ended }) => Effect.promise(() => ended))

const firstTextOfReadme = Effect.map(
  textOf(fileURLToPath(new URL("../README.md", import.meta.url))),
  (readme) => readme.match(/^```text\n([^]*?)\n```$/m)?.[1]
)

describe("the program", () => {
  it.scopedLive("without a command exports, copies, copies again, and prints what the README shows", () =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      const [tour, refused] = yield* Effect.all([
        run(fileOf(""), []),
        run(fileOf(""), ["copy", "--from", "acme", "--to", "polar", "--dry-run"])
      ], { concurrency: 2 })
      expect(tour.exitCode, tour.stderr).toBe(0)
      expect(tour.stdout.trim()).toBe(yield* firstTextOfReadme)
      expect(tour.stderr).toMatch(/^copying: 300 of 300 customers, [\d,]+\/s$/m)
      // neither colours nor bars where there is no terminal
      expect(tour.stderr).not.toMatch(/[^\n -~]/)
      expect(refused).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: "--from is one of polar, mollie, pin-payments, autumn, flexprice\n\n"
      })
    }).pipe(Effect.provide(platform)))

  it.scopedLive("ends with 130 at Ctrl-C, and goes on from there", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { url } = yield* Sandbox.SandboxServer
      const fileOf = yield* folder
      yield* control.seed("pin-payments", 95)
      yield* control.inject({ operation: "list", from: 3, fault: Fault.Delay({ duration: "1 hour", answer: "after" }) })
      const args = ["export", "--provider", "pin-payments", "--format", "csv", "--page-size", "20"]
      const { child, ended } = yield* start(fileOf(""), [...args, "--out", "pin.csv", "--sandbox-url", url])
      yield* control.requests.pipe(
        Effect.repeat({ until: (requests) => requests.length === 3, schedule: Schedule.spaced("20 millis") })
      )
      // once from the terminal, once from npm, and from the start script, where npm is gone
      child.kill("SIGINT")
      child.kill("SIGINT")
      child.kill("SIGTERM")
      const { exitCode, stderr, stdout } = yield* Effect.promise(() => ended)
      expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" })
      const [, written = ""] = stderr.match(
        /^pin-payments: (20|40) of 95 customers, [\d,]+\/s(?:, \S+ left)?\nStopped\. The same command goes on from here\.\n$/
      ) ?? []
      expect(written, stderr).not.toBe("")
      yield* control.clearFaults
      const again = yield* onSandbox([...args, "--out", fileOf("pin.csv")])
      expect(again.stdout).toMatch(new RegExp(`^pin-payments +95 +${written} +0 {2}`, "m"))
    }).pipe(Effect.provide(platform)))
})
