import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { readArguments, usage } from "../src/arguments.js"

const directory = fileURLToPath(new URL("..", import.meta.url))

/** Runs the package's start script as a user would, and waits for its end. */
const start = (args: ReadonlyArray<string> = [], environment: Readonly<Record<string, string>> = {}) =>
  Effect.async<{ readonly status: number; readonly stdout: string; readonly stderr: string }>((resume) => {
    const child = execFile(
      "npm",
      ["run", "--silent", "start", "--", ...args],
      { cwd: directory, env: { ...process.env, POLAR_ACCESS_TOKEN: "", ...environment } },
      (_, stdout, stderr) => resume(Effect.succeed({ status: child.exitCode ?? -1, stdout, stderr }))
    )
    return Effect.sync(() => child.kill())
  })

describe("npm run demo", () => {
  it.live("ends well, prints its table, and draws no bar where there is no terminal", () =>
    Effect.gen(function*() {
      const { status, stderr, stdout } = yield* start(["--customers", "300"])
      expect({ status, bars: stderr.includes("of 300") }, stderr).toEqual({ status: 0, bars: false })
      expect(stdout).toMatch(/^operation +calls +result +time$/m)
      expect(stdout).toMatch(/^create x 300 +300 +300 created +[\d,]+ ms$/m)
      expect(stdout).toMatch(/^stream, all +4 +302 customers +[\d,]+ ms$/m)
      expect(stdout).toMatch(/^create, again +1 +CustomerAlreadyExists: email, externalId +[\d,]+ ms$/m)
    }))

  it.live("--provider runs the same on another one, and the table says what it needs", () =>
    Effect.gen(function*() {
      const [mollie, pin] = yield* Effect.all(
        ["mollie", "pin-payments"].map((provider) => start(["--customers", "30", "--provider", provider])),
        { concurrency: 2 }
      )
      expect([mollie?.status, pin?.status], `${mollie?.stderr}${pin?.stderr}`).toEqual([0, 0])
      expect(mollie?.stdout).toMatch(/^fit +0 +without externalId, without phone +[\d,]+ ms$/m)
      expect(mollie?.stdout).toMatch(/^stream, all +1 +32 customers +[\d,]+ ms$/m)
      expect(pin?.stdout).toMatch(/^fit +0 +without externalId, with paymentSource +[\d,]+ ms$/m)
      expect(pin?.stdout).toMatch(/^stream, all +2 +32 customers +[\d,]+ ms$/m)
    }))

  it.live("--provider all runs on every provider, and prints one table", () =>
    Effect.gen(function*() {
      const { status, stderr, stdout } = yield* start(["--customers", "30", "--provider", "all"])
      expect(status, stderr).toBe(0)
      expect(stdout.match(/^provider +operation +calls +result +time$/gm)).toHaveLength(1)
      const first = [...stdout.matchAll(/^(\S+) +fit +0 +(.*?) +[\d,]+ ms$/gm)].map((
        [, provider, fit]
      ) => [provider, fit])
      expect(first).toEqual([
        ["polar", "without phone"],
        ["mollie", "without externalId, without phone"],
        ["pin-payments", "without externalId, with paymentSource"],
        ["autumn", "without phone"],
        ["flexprice", "as it is"]
      ])
      expect(stdout.match(/^ +stream, all +\d+ +32 customers +[\d,]+ ms$/gm)).toHaveLength(5)
      expect(stdout.match(/^ +get, deleted +1 +CustomerNotFound +[\d,]+ ms$/gm)).toHaveLength(5)
      // those that keep ids of others
      expect(stdout.match(/^ +getOrCreate, two at once +\d+ +1 customer +[\d,]+ ms$/gm)).toHaveLength(3)
    }))

  it.live("--live reads, and prints nothing of whom it read", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { urlOf } = yield* Sandbox.SandboxServer
      yield* control.seed("polar", [{ email: "ada@example.com", name: "Ada Byron" }])
      const { status, stderr, stdout } = yield* start(["--live"], {
        POLAR_ACCESS_TOKEN: "polar_oat_from_the_environment",
        POLAR_BASE_URL: urlOf("polar")
      })
      expect(status, stderr).toBe(0)
      expect(stdout).toMatch(/^list, one page +1 +1 of 1 /m)
      expect(stdout + stderr).not.toMatch(/ada|polar_oat/i)
      const sent = (yield* control.requests).map(({ headers, method }) => `${method} by ${headers.authorization}`)
      expect(new Set(sent)).toEqual(new Set(["GET by Bearer polar_oat_from_the_environment"]))
    }).pipe(Effect.provide(Sandbox.layerServer())))

  it.live("--live without a token says which variable it misses", () =>
    Effect.gen(function*() {
      const { status, stderr, stdout } = yield* start(["--live"])
      expect([status, stdout]).toEqual([1, ""])
      expect(stderr).toContain("POLAR_ACCESS_TOKEN")
    }))
})

describe("the arguments", () => {
  it("have defaults", () => {
    expect(readArguments([])).toEqual(Either.right({ customers: 2500, help: false, live: false, provider: "polar" }))
    expect(readArguments(["--provider", "mollie", "--customers", "7"])).toEqual(
      Either.right({ customers: 7, help: false, live: false, provider: "mollie" })
    )
  })

  it("that cannot be understood get the usage", () => {
    for (
      const args of [["--fast"], ["polar"], ["--provider", "acme"], ["--customers", "0"], ["--customers", "x"], [
        "--live",
        "--provider",
        "all"
      ]]
    ) {
      const refused = Either.flip(readArguments(args))
      expect(Either.getOrThrow(refused).message, args.join(" ")).toContain(usage)
    }
  })
})
