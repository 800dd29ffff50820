import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { FileSystem } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Array, Effect, Option, Schedule } from "effect"
import { folder, linesOf, onSandbox, platform, textOf } from "./commandLine.js"

/** Two who arrive everywhere, one with a locale, one without a name. */
const fourAtPolar = Effect.flatMap(SandboxControl, (control) =>
  control.seed("polar", [
    { email: "ada@example.com", name: "Ada Lovelace", external_id: "user_1" },
    { email: "grace@example.com", name: "Grace Hopper", external_id: "user_2" },
    { email: "joan@example.com", name: "Joan Clarke", external_id: "user_3", locale: "en-GB" },
    { email: "nobody@example.com", external_id: "user_4" }
  ]))

const namesAtFlexprice = Effect.flatMap(
  SandboxControl,
  (control) => Effect.map(control.customers("flexprice"), (customers) => customers.map(({ name }) => name).sort())
)

const toFlexprice = ["copy", "--from", "polar", "--to", "flexprice"]

describe("copy --dry-run", () => {
  it.scopedLive("says what the target cannot take, and sends it nothing", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* fourAtPolar
      expect(yield* onSandbox([...toFlexprice, "--dry-run", "--drop", "locale"])).toEqual({
        exitCode: 0,
        stdout: [
          "a copy would                     customers",
          "-------------------------------  ---------",
          "create whole                             2",
          "create without some fields               1",
          "find there by their external id          0",
          "not create                               1",
          "not be able to read                      0",
          "",
          "field   reason                       customers",
          "------  ---------------------------  ---------",
          "locale  flexprice does not store it          1",
          "name    flexprice requires it                1",
          ""
        ].join("\n"),
        stderr: expect.stringMatching(/^reading: 4 of 4 customers, [\d,]+\/s\n$/)
      })
      expect((yield* control.requests).map(({ operation, provider }) => `${provider} ${operation}`)).toEqual([
        "polar list"
      ])
    }).pipe(Effect.provide(platform)))

  it.scopedLive("--conflicts asks who is there already", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* fourAtPolar
      yield* control.seed("flexprice", [{ external_id: "user_2", name: "Somebody" }])
      const { stdout } = yield* onSandbox([...toFlexprice, "--dry-run", "--conflicts"])
      expect(stdout).toMatch(/^create whole +1$/m)
      expect(stdout).toMatch(/^find there by their external id +1$/m)
    }).pipe(Effect.provide(platform)))
})

describe("copy", () => {
  it.scopedLive("creates, and has everybody else in its report; a second one creates nobody", () =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      const [ada, grace, joan, nobody] = (yield* fourAtPolar).map((id) => `polar/${id}`)
      const report = fileOf("report.ndjson")
      const copy = onSandbox(
        [
          ...toFlexprice,
          "--drop",
          "locale",
          "--yes",
          "--concurrency",
          "1",
          "--ledger",
          fileOf("ledger.db"),
          "--report",
          report
        ]
      )

      const first = yield* copy
      expect(first.exitCode).toBe(3)
      const fs = yield* FileSystem.FileSystem
      for (const file of [report, fileOf("ledger.db")]) expect((yield* fs.stat(file)).mode & 0o777, file).toBe(0o600)
      expect(first.stderr).toMatch(/\nCustomers that did not arrive: 1\. The report says why\.\n$/)
      expect(first.stdout.slice(first.stdout.indexOf("outcome"))).toBe([
        "outcome        customers",
        "-------------  ---------",
        "created                3",
        "skipped                0",
        "not created            1",
        "maybe created          0",
        "",
        "outcome          field   reason                       customers",
        "---------------  ------  ---------------------------  ---------",
        "created without  locale  flexprice does not store it          1",
        "not created      name    flexprice requires it                1",
        "",
        `The report is in ${report}`,
        ""
      ].join("\n"))
      expect(yield* namesAtFlexprice).toEqual(["Ada Lovelace", "Grace Hopper", "Joan Clarke"])
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
      const targetId = expect.stringMatching(/^cust_/)
      const notCreated = {
        at,
        outcome: "Failed",
        sourceId: nobody,
        error: "flexprice create: invalid name (flexprice requires it)",
        reasons: [{ path: "name", reason: "flexprice requires it" }]
      }
      const without = [{ path: "locale", reason: "flexprice does not store it" }]
      expect(yield* linesOf(report)).toEqual([
        { at, outcome: "Created", sourceId: joan, targetId, without },
        notCreated
      ])

      const second = yield* copy
      expect(second.exitCode).toBe(3)
      expect(second.stdout).toMatch(/^created +0\nskipped +3\nnot created +1\nmaybe created +0$/m)
      expect(yield* namesAtFlexprice).toHaveLength(3)
      // the report of the first run is still there
      expect((yield* linesOf(report)).slice(2)).toEqual([
        ...[ada, grace, joan].map((sourceId) => ({
          at,
          outcome: "Skipped",
          sourceId,
          targetId,
          reason: "in the ledger"
        })),
        notCreated
      ])
    }).pipe(Effect.provide(platform)))

  it.scopedLive("that was interrupted is gone on with, and creates nobody twice", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      yield* control.seed(
        "polar",
        Array.makeBy(
          40,
          (index) => ({ email: `${index}@example.com`, name: `Customer ${index}`, external_id: `user_${index}` })
        )
      )
      const copy = onSandbox([...toFlexprice, "--yes", "--ledger", fileOf("ledger.db")])
      // of the eleventh, whose answer does not come, nobody knows that it was created
      yield* control.inject({
        provider: "flexprice",
        operation: "create",
        from: 11,
        fault: Fault.Delay({ duration: "1 hour", answer: "before" })
      })
      const elevenAreThere = control.customers("flexprice").pipe(
        Effect.repeat({ until: ({ length }) => length >= 11, schedule: Schedule.spaced("2 millis") })
      )
      const interrupted = yield* Effect.race(Effect.asSome(copy), Effect.as(elevenAreThere, Option.none()))
      expect(interrupted).toEqual(Option.none())
      yield* control.clearFaults

      const { exitCode, stdout } = yield* copy
      expect(exitCode).toBe(0)
      const skipped = Number(stdout.match(/^skipped +(\d+)$/m)?.[1])
      expect(skipped).toBeGreaterThanOrEqual(10)
      expect(stdout).toMatch(new RegExp(`^created +${40 - skipped}$`, "m"))
      const externalIds = (yield* control.customers("flexprice")).map(({ external_id }) => external_id)
      expect(new Set(externalIds).size).toBe(40)
      expect(externalIds).toHaveLength(40)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("whose answer is lost may have been a creation: that is told, and ends with 3", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      const [ada] = yield* control.seed("polar", [{ email: "ada@example.com" }])
      yield* control.inject({ provider: "pin-payments", operation: "create", fault: Fault.Reset({ applied: true }) })
      const { exitCode, stderr, stdout } = yield* onSandbox(
        ["copy", "--from", "polar", "--to", "pin-payments", "--drop", "all", "--yes", "--ledger", fileOf("ledger.db")]
      )
      expect(stdout).toMatch(/^created +0\nskipped +0\nnot created +0\nmaybe created +1$/m)
      expect(exitCode).toBe(3)
      expect(stderr).toMatch(/\nCustomers that did not arrive: 1\. The report says why\.\n$/)
      expect(yield* linesOf(fileOf("ledger.db.report.ndjson"))).toMatchObject([
        { outcome: "MaybeApplied", sourceId: `polar/${ada}` }
      ])
    }).pipe(Effect.provide(platform)))

  it.scopedLive("--external-id-from fills what the target requires", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      const [cst] = yield* control.seed("mollie", [{ name: "Ada Lovelace", email: "ada@example.com" }])
      const copy = (to: string, from: string) =>
        onSandbox(
          ["copy", "--from", "mollie", "--to", to, "--external-id-from", from, "--yes", "--ledger", fileOf("ledger.db")]
        )
      expect((yield* copy("flexprice", "external-id")).exitCode).toBe(3)
      expect((yield* copy("flexprice", "external-id-or-id")).exitCode).toBe(0)
      expect((yield* copy("polar", "email")).exitCode).toBe(0)
      expect((yield* control.customers("flexprice")).map(({ external_id }) => external_id)).toEqual([cst])
      expect((yield* control.customers("polar")).map(({ external_id }) => external_id)).toEqual(["ada@example.com"])
    }).pipe(Effect.provide(platform)))

  it.scopedLive("to Pin Payments gives everybody a test card, or who is in the file the card of its token", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fs = yield* FileSystem.FileSystem
      const fileOf = yield* folder
      const [ada] = yield* fourAtPolar
      const copy = (ledger: string, ...args: ReadonlyArray<string>) =>
        onSandbox([
          "copy",
          "--from",
          "polar",
          "--to",
          "pin-payments",
          "--drop",
          "all",
          "--yes",
          "--ledger",
          fileOf(ledger),
          ...args
        ])

      const { url } = yield* Sandbox.SandboxServer
      const token = yield* cardToken(`${url}/pin-payments`)
      const tokens = fileOf("tokens.ndjson")
      yield* fs.writeFileString(tokens, `${JSON.stringify({ sourceId: `polar/${ada}`, cardToken: token })}\n\n`)
      const withTokens = yield* copy("tokens.db", "--card-tokens", tokens)
      expect(withTokens.exitCode).toBe(3)
      expect(withTokens.stdout).toMatch(/^not created +paymentSource +pin-payments requires it +3$/m)
      expect((yield* control.customers("pin-payments")).map(({ email }) => email)).toEqual(["ada@example.com"])

      yield* fs.writeFileString(
        tokens,
        `{"sourceId":"polar/1","cardToken":"card_secret"}\n{"cardToken":"card_secret"}\n`
      )
      expect(yield* copy("other.db", "--card-tokens", tokens)).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `${tokens}, line 2: expected {"sourceId": "polar/...", "cardToken": "card_..."}\n`
      })

      expect((yield* copy("cards.db")).exitCode).toBe(0)
      expect(yield* control.customers("pin-payments")).toHaveLength(5)
    }).pipe(Effect.provide(platform)))
})

describe("copy without --yes", () => {
  it.scopedLive("is refused where nobody can be asked, before anything is sent", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      expect(yield* onSandbox([...toFlexprice, "--ledger", fileOf("ledger.db")])).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: "Nobody is asked where there is no terminal: add --yes to create customers, or --dry-run not to.\n"
      })
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(platform)))

  it.scopedLive.each([
    { answer: "yes", keys: "y", names: ["Ada Lovelace", "Grace Hopper"] },
    { answer: "no", keys: "n", names: [] },
    { answer: "Ctrl-C", keys: "", names: [] }
  ])("asks after the dry run: $answer", ({ keys, names }) =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      yield* fourAtPolar
      const { exitCode, stdout } = yield* onSandbox([...toFlexprice, "--ledger", fileOf("ledger.db")], { keys })
      expect(stdout.indexOf("Create them at flexprice?")).toBeGreaterThan(stdout.indexOf("create whole"))
      expect(yield* namesAtFlexprice).toEqual(names)
      expect(exitCode).toBe(names.length > 0 ? 3 : 0)
      expect(stdout.endsWith("Nobody was created.\n")).toBe(names.length === 0)
    }).pipe(Effect.provide(platform)))
})

describe("import", () => {
  it.scopedLive("creates whom an export has written", () =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      yield* fourAtPolar
      const file = fileOf("polar.ndjson")
      yield* onSandbox(["export", "--provider", "polar", "--format", "ndjson", "--out", file])
      const importing = onSandbox(
        ["import", "--file", file, "--to", "flexprice", "--drop", "locale", "--yes", "--ledger", fileOf("ledger.db")]
      )
      const first = yield* importing
      expect(first.stdout).toMatch(/^created +3\nskipped +0\nnot created +1\nmaybe created +0$/m)
      expect(first.stderr).toMatch(/^copying: 4 of 4 customers/m)
      expect(yield* namesAtFlexprice).toEqual(["Ada Lovelace", "Grace Hopper", "Joan Clarke"])
      expect((yield* importing).stdout).toMatch(/^created +0\nskipped +3\nnot created +1\nmaybe created +0$/m)
      // and a copy from there knows them, too
      const copy = yield* onSandbox([...toFlexprice, "--drop", "locale", "--yes", "--ledger", fileOf("ledger.db")])
      expect(copy.stdout).toMatch(/^created +0\nskipped +3\nnot created +1\nmaybe created +0$/m)
    }).pipe(Effect.provide(platform)))
})

describe("import of a line that cannot be read", () => {
  it.scopedLive("creates the others, and has it in the report", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fs = yield* FileSystem.FileSystem
      const fileOf = yield* folder
      yield* control.seed("mollie", [{ name: "Ada Lovelace", email: "ada@example.com" }])
      const file = fileOf("mollie.ndjson")
      yield* onSandbox(["export", "--provider", "mollie", "--format", "ndjson", "--out", file])
      yield* fs.writeFileString(file, "{\"email\":\"grace@example.com\"}\n", { flag: "a" })
      const { exitCode, stderr, stdout } = yield* onSandbox(
        ["import", "--file", file, "--to", "polar", "--yes", "--ledger", fileOf("ledger.db")]
      )
      expect(exitCode).toBe(3)
      expect(stdout).toMatch(/^create whole +1$/m)
      expect(stdout).toMatch(/^not be able to read +1$/m)
      expect(stdout).toMatch(/^created +1\nskipped +0\nnot created +1\nmaybe created +0$/m)
      expect(stderr).toMatch(/^copying: 2 of 2 customers/m)
      expect(yield* linesOf(fileOf("ledger.db.report.ndjson"))).toMatchObject([{ outcome: "Failed", sourceId: null }])
      expect(yield* textOf(fileOf("ledger.db.report.ndjson"))).not.toContain("grace")
    }).pipe(Effect.provide(platform)))
})

/** A card that a web page has given to Pin Payments. */
const cardToken = (baseUrl: string) =>
  Effect.promise(async () => {
    const answer = await fetch(`${baseUrl}/1/cards`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("publishable:")}` },
      body: new URLSearchParams({
        number: "4200000000000000",
        expiry_month: "5",
        expiry_year: "2030",
        cvc: "123",
        name: "Ada",
        address_line1: "x",
        address_city: "Perth",
        address_country: "AU"
      })
    })
    return (await answer.json()).response.token as string
  })
