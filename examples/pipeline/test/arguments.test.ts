import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { stripVTControlCharacters } from "node:util"
import { folder, onSandbox, pipeline, platform, textOf } from "./commandLine.js"

describe("--help", () => {
  it.live("names the commands", () =>
    Effect.gen(function*() {
      const { exitCode, stdout } = yield* pipeline(["--help"])
      expect(exitCode).toBe(0)
      expect(stripVTControlCharacters(stdout)).toMatch(/- export [^]*- copy [^]*- import /)
    }))

  it.live.each(["export", "copy", "import"])("of %s explains each of its options", (command) =>
    Effect.gen(function*() {
      const { exitCode, stdout } = yield* pipeline([command, "--help"])
      expect(exitCode).toBe(0)
      const [usage = "", ...blocks] = stripVTControlCharacters(stdout).split(/^(?=--)/m)
      const named = new Set(usage.match(/--[a-z-]+/g))
      expect(new Set(blocks.map((block) => block.match(/^--[a-z-]+/)?.[0]))).toEqual(named)
      expect(named.size).toBeGreaterThan(6)
    }))
})

describe("arguments that cannot be understood", () => {
  const exporting = ["export", "--provider", "polar", "--format", "csv", "--out", "polar.csv"]
  const copying = ["copy", "--from", "polar", "--to", "mollie"]

  it.live.each([
    { args: ["export"], says: "--provider" },
    {
      args: ["export", "--provider", "acme", "--format", "csv", "--out", "x"],
      says: "--provider is one of polar, mollie"
    },
    {
      args: ["export", "--provider", "polar", "--format", "xml", "--out", "x"],
      says: "--format is one of ndjson, csv"
    },
    { args: [...exporting, "--page-size", "0"], says: "--page-size is a number from 1 up" },
    { args: [...exporting, "--live", "--sandbox-url", "http://127.0.0.1:1"], says: "--live and --sandbox-url exclude" },
    { args: [...exporting, "--sandbox-url", "ftp://127.0.0.1"], says: "--sandbox-url is an address like" },
    { args: [...exporting, "--frobnicate"], says: "--frobnicate" },
    { args: copying, says: "--ledger <file> is missing" },
    { args: ["copy", "--from", "polar", "--to", "acme", "--dry-run"], says: "--to is one of" },
    { args: ["copy", "--from", "polar", "--to", "polar", "--dry-run"], says: "--from and --to are the same provider" },
    { args: [...copying, "--dry-run", "--drop", "adress"], says: "--drop takes all, or some of externalId,email" },
    { args: [...copying, "--dry-run", "--concurrency", "many"], says: "--concurrency is a number from 1 up" },
    { args: [...copying, "--dry-run", "--external-id-from", "name"], says: "--external-id-from is one of" },
    { args: ["import", "--file", "/nowhere.ndjson", "--to", "polar", "--dry-run"], says: "/nowhere.ndjson" },
    { args: ["exports"], says: "'export', 'copy', 'import'" }
  ])("$args: $says", ({ args, says }) =>
    Effect.gen(function*() {
      const { exitCode, stderr, stdout } = yield* pipeline(args)
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: "" })
      expect(stripVTControlCharacters(stderr)).toContain(says)
    }))
})

describe("--live", () => {
  it.live.each([
    { provider: "polar", variable: "POLAR_ACCESS_TOKEN" },
    { provider: "mollie", variable: "MOLLIE_API_KEY" },
    { provider: "pin-payments", variable: "PIN_SECRET_KEY" },
    { provider: "autumn", variable: "AUTUMN_SECRET_KEY" },
    { provider: "flexprice", variable: "FLEXPRICE_API_KEY" }
  ])(
    "without a credential of $provider names the variable, $variable",
    ({ provider, variable }) =>
      Effect.gen(function*() {
        const to = provider === "polar" ? "mollie" : "polar"
        const { exitCode, stderr } = yield* pipeline(["copy", "--from", provider, "--to", to, "--dry-run", "--live"])
        expect(exitCode).toBe(1)
        expect(stderr).toMatch(new RegExp(`^[^\\n]*${variable}[^\\n]*\\n$`))
      })
  )

  it.scopedLive("takes the variables of both, and neither a credential nor a customer is printed", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { urlOf } = yield* Sandbox.SandboxServer
      const fileOf = yield* folder
      yield* control.seed("polar", [
        { email: "ada@example.com", name: "Ada Lovelace", external_id: "user_1" },
        { email: "grace@example.com", external_id: "user_2" }
      ])
      const ended = yield* pipeline(
        ["copy", "--from", "polar", "--to", "flexprice", "--live", "--yes", "--ledger", fileOf("ledger.db")],
        {
          variables: {
            POLAR_ACCESS_TOKEN: "polar_oat_secret",
            POLAR_BASE_URL: urlOf("polar"),
            FLEXPRICE_API_KEY: "flexprice_secret",
            FLEXPRICE_BASE_URL: urlOf("flexprice")
          }
        }
      )
      expect(ended.exitCode, ended.stderr).toBe(3)
      expect(yield* control.customers("flexprice")).toHaveLength(1)
      const report = yield* textOf(fileOf("ledger.db.report.ndjson"))
      expect(report).not.toBe("")
      expect(ended.stdout + ended.stderr + report).not.toMatch(/secret|ada|grace|user_|example\.com/i)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("sends no test card to Pin Payments", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { urlOf } = yield* Sandbox.SandboxServer
      yield* control.seed("polar", [{ email: "ada@example.com" }])
      const { stdout } = yield* pipeline(
        ["copy", "--from", "polar", "--to", "pin-payments", "--dry-run", "--live", "--drop", "all"],
        {
          variables: {
            POLAR_ACCESS_TOKEN: "polar_oat_secret",
            POLAR_BASE_URL: urlOf("polar"),
            PIN_SECRET_KEY: "secret",
            PIN_BASE_URL: urlOf("pin-payments")
          }
        }
      )
      expect(stdout).toMatch(/^not create +1$/m)
      expect(stdout).toMatch(/^paymentSource +pin-payments requires it +1$/m)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("a credential that is refused is one line, without it", () =>
    Effect.gen(function*() {
      const { urlOf } = yield* Sandbox.SandboxServer
      const { exitCode, stderr, stdout } = yield* pipeline(
        ["export", "--provider", "polar", "--format", "csv", "--out", (yield* folder)("polar.csv"), "--live"],
        { variables: { POLAR_ACCESS_TOKEN: "polar_oat_expired", POLAR_BASE_URL: urlOf("polar") } }
      )
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" })
      expect(stderr.split("\n").at(-2)).toBe("polar: polar list: authentication failed (status 401)")
      expect(stderr).not.toContain("polar_oat")
    }).pipe(Effect.provide(platform)))

  it.scopedLive("a sandbox that is not there is one line", () =>
    Effect.gen(function*() {
      const args = ["copy", "--from", "polar", "--to", "mollie", "--dry-run", "--sandbox-url", "http://127.0.0.1:9"]
      const { exitCode, stderr } = yield* pipeline(args)
      expect({ exitCode, lines: stderr.split("\n").length }, stderr).toEqual({ exitCode: 1, lines: 2 })
    }))
})

describe("a ledger or a report that cannot be used", () => {
  it.scopedLive("is said before anybody is read", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      const copy = (ledger: string, ...more: ReadonlyArray<string>) =>
        onSandbox(["copy", "--from", "polar", "--to", "mollie", "--yes", "--ledger", fileOf(ledger), ...more])
      const stopped = { exitCode: 1, stdout: "" }
      expect(yield* copy("nowhere/ledger.db")).toEqual({
        ...stopped,
        stderr: `ledger ${fileOf("nowhere/ledger.db")}: it cannot be opened\n`
      })
      expect(yield* copy("other.db", "--report", fileOf("nowhere/report.ndjson"))).toEqual({
        ...stopped,
        stderr: expect.stringMatching(/^[^\n]*nowhere\/report\.ndjson[^\n]*\n$/)
      })
      yield* Sqlite.ledger(fileOf("ledger.db"))
      expect(yield* copy("ledger.db")).toEqual({
        ...stopped,
        stderr: expect.stringMatching(/^ledger \S+: another process uses it[^\n]*\n$/)
      })
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(platform)))
})
