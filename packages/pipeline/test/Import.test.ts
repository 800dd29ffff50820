import {
  AuthenticationFailed,
  type Capabilities,
  type CreateCustomer,
  type Customer,
  CustomerAlreadyExists,
  CustomersService,
  Idempotency,
  InvalidRequest,
  InvalidResponse,
  PermissionDenied,
  ProviderUnavailable,
  RateLimited,
  RequestTimedOut,
  TransportFailed
} from "@effect-customers/core"
import type { CreateError, GetError } from "@effect-customers/core/CustomersService"
import * as Autumn from "@effect-customers/autumn"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import {
  Array as Arr,
  Cause,
  Chunk,
  Context,
  DateTime,
  Deferred,
  Duration,
  Effect,
  Either,
  Fiber,
  Layer,
  Logger,
  Option,
  Redacted,
  Schema,
  Stream,
  TestClock
} from "effect"
import { logged, printings } from "../../core/test/printings.js"
import * as CustomersImport from "../src/CustomersImport.js"
import * as Ledger from "../src/Ledger.js"
import { all, type Service } from "./pairs.js"

const serviceWith = (options: Parameters<typeof InMemoryCustomers.layer>[0] = {}) =>
  Effect.map(Layer.build(InMemoryCustomers.layer(options)), Context.get(CustomersService))

interface Call {
  readonly create: ReturnType<Service["create"]>
  readonly context: { readonly provider: string; readonly operation: "create"; readonly repeat: "never" }
}

/** The nth create (from 1) goes otherwise; with all their inputs. */
const withCreates = (service: Service, answers: { readonly [nth: number]: (call: Call) => Call["create"] }) => {
  const inputs: Array<CreateCustomer> = []
  const create: Service["create"] = (input) =>
    Effect.suspend(() => {
      const answer = answers[inputs.push(input)] ?? (({ create }: Call) => create)
      return answer({
        create: service.create(input),
        context: { provider: service.provider, operation: "create", repeat: "never" }
      })
    })
  return { inputs, service: { ...service, create } }
}

/** Whom it keeps by an external id, it does not say. */
const withoutLooking = (service: Service, error: GetError): Service => ({
  ...service,
  byExternalId: Option.map(service.byExternalId, (byExternalId) => ({
    ...byExternalId,
    getByExternalId: () => Effect.fail(error)
  }))
})

const lost = ({ context, create }: Call) =>
  Effect.zipRight(create, Effect.fail(new TransportFailed({ ...context, mayHaveApplied: true, code: "ECONNRESET" })))

const neverArrived = ({ context }: Call) =>
  Effect.fail(new ProviderUnavailable({ ...context, mayHaveApplied: true, status: 502 }))

const refused = (error: (context: Call["context"]) => CreateError) => ({ context }: Call) => Effect.fail(error(context))

const row = (sourceId: string, input: CreateCustomer = {}): CustomersImport.Row => ({
  sourceId,
  input: { email: `${sourceId}@example.com`, name: `Name of ${sourceId}`, ...input }
})

const importInto = (
  service: Service,
  ledger: Ledger.Ledger,
  rows: Iterable<CustomersImport.Row | CustomersImport.Failed | InvalidResponse>,
  options: Partial<CustomersImport.Options> = {}
) =>
  CustomersImport.run(Stream.fromIterable(rows), { ledger, settleAfter: 0, ...options }).pipe(
    all,
    Effect.provideService(CustomersService, service)
  )

const stateOf = (ledger: Ledger.Ledger, target: string, sourceId: string) =>
  Effect.map(ledger.get(target, sourceId), Option.match({ onNone: () => "none", onSome: ({ state }) => state }))

/** What an import begins with for this row. */
const printOf = (row: CustomersImport.Row) =>
  Effect.gen(function*() {
    const ledger = yield* Ledger.memory
    const { service } = withCreates(yield* serviceWith({ capabilities: PinPayments.capabilities }), { 1: neverArrived })
    yield* importInto(service, ledger, [row])
    return Option.getOrThrow(yield* ledger.get("pin-payments", row.sourceId))
  })

const emails = (service: Service) =>
  Effect.map(all(service.stream()), (customers) => customers.map(({ email }) => Option.getOrNull(email)))

const tagsOf = (outcomes: ReadonlyArray<CustomersImport.Outcome>) => outcomes.map(({ _tag }) => _tag)

describe("an outcome, and what the ledger says then", () => {
  it.scoped("Created: done", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith()
      const ledger = yield* Ledger.memory
      const outcomes = yield* importInto(service, ledger, [
        { ...row("a"), without: [{ path: "phone", reason: "nobody has phones" }] }
      ])
      const [customer] = yield* all(service.stream())
      expect(outcomes).toEqual([
        new CustomersImport.Created({
          sourceId: "a",
          targetId: customer!.id,
          without: [{ path: "phone", reason: "nobody has phones" }],
          settled: false
        })
      ])
      expect(Option.getOrThrow(yield* ledger.get("in-memory", "a"))).toMatchObject({
        state: "done",
        targetId: Option.some(customer!.id)
      })
    }))

  it.scoped("Skipped, in the ledger: done, and nothing is asked", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith(), {})
      const ledger = yield* Ledger.memory
      const [first] = yield* importInto(service, ledger, [row("a")])
      const [again] = yield* importInto(service, ledger, [row("a", { email: "other@example.com" })])
      expect(again).toEqual(
        new CustomersImport.Skipped({
          sourceId: "a",
          targetId: Option.some(first!._tag === "Created" ? first!.targetId : ""),
          reason: "in the ledger"
        })
      )
      expect(inputs).toHaveLength(1)
    }))

  it.scoped("Skipped, exists: who has the external id is it, and done", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith({
        customers: [{ id: "cus_1", externalId: "user_1", email: "old@example.com" }]
      })
      const ledger = yield* Ledger.memory
      const outcomes = yield* importInto(service, ledger, [row("a", { externalId: "user_1" })])
      expect(outcomes).toEqual([
        new CustomersImport.Skipped({ sourceId: "a", targetId: Option.some("cus_1"), reason: "exists" })
      ])
      expect(yield* ledger.hasTarget("in-memory", "cus_1")).toBe(true)
      // untouched
      expect(yield* emails(service)).toEqual(["old@example.com"])
    }))

  it.scoped("Failed where an e-mail is taken: nobody is matched by it, and it is forgotten", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith({
        capabilities: Polar.capabilities,
        customers: [{ externalId: "other", email: "a@example.com" }]
      })
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [row("a", { externalId: "user_1" })])
      expect(outcome).toMatchObject({
        _tag: "Failed",
        sourceId: Option.some("a"),
        error: { _tag: "CustomerAlreadyExists", fields: ["email"] },
        reasons: [{ path: "email", reason: "somebody has it already" }]
      })
      expect(yield* stateOf(ledger, "polar", "a")).toBe("none")
    }))

  it.scoped("Failed where the target has given the external id to somebody with the e-mail", () =>
    Effect.gen(function*() {
      // Autumn's: a customer with an e-mail alone is claimed by the create, and is not what was to be created
      const { service } = withCreates(yield* serviceWith({ customers: [{ externalId: "user_1" }] }), {
        1: refused((context) => new CustomerAlreadyExists({ ...context, mayHaveApplied: true, fields: ["email"] }))
      })
      const ledger = yield* Ledger.memory
      const rows = [row("a", { externalId: "user_1" })]
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Failed", reasons: [{ path: "email" }] }])
      expect(yield* stateOf(ledger, "in-memory", "a")).toBe("none")
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Skipped", reason: "exists" }])
    }))

  it.scoped("Failed where e-mail and external id are one's: who has the external id is it", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith({
        capabilities: Polar.capabilities,
        customers: [{ externalId: "user_1", email: "a@example.com" }]
      })
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [row("a", { externalId: "user_1" })])
      expect(outcome).toMatchObject({ _tag: "Skipped", reason: "exists" })
    }))

  it.scoped("Failed where it is refused: forgotten, and tried again", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith(), {
        1: refused((context) => new RateLimited({ ...context, mayHaveApplied: false }))
      })
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [row("a")])
      expect(outcome).toMatchObject({ _tag: "Failed", reasons: [{ path: "", reason: "rate limited" }] })
      expect(yield* stateOf(ledger, "in-memory", "a")).toBe("none")
      expect(tagsOf(yield* importInto(service, ledger, [row("a")]))).toEqual(["Created"])
      expect(inputs).toHaveLength(2)
    }))

  it.scoped("Failed where the target cannot take it: nothing is begun, nothing asked, everything told", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith({ capabilities: PinPayments.capabilities }), {})
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [
        { sourceId: "a", input: { name: " ", locale: "nl", address: { country: "NL" } } }
      ])
      expect(outcome).toMatchObject({
        _tag: "Failed",
        error: { _tag: "InvalidRequest" },
        reasons: [
          { path: "name", reason: "expected a string that is not blank" },
          { path: "email", reason: "pin-payments requires it" },
          { path: "paymentSource", reason: "pin-payments requires it" },
          { path: "address", reason: "pin-payments does not store it" },
          { path: "locale", reason: "pin-payments does not store it" }
        ]
      })
      expect(inputs).toEqual([])
      expect(yield* stateOf(ledger, "pin-payments", "a")).toBe("none")
    }))

  it.scoped("Failed where another row has its external id: nobody is two rows'", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), { 3: neverArrived })
      const ledger = yield* Ledger.memory
      const rows = ["a", "b", "c"].map((id) => row(id, { externalId: "user_1" }))
      const outcomes = yield* importInto(service, ledger, rows, { concurrency: 1 })
      const isTaken = { _tag: "Failed", reasons: [{ path: "externalId", reason: "somebody has it already" }] }
      expect(outcomes).toMatchObject([{ _tag: "Created" }, isTaken, isTaken])
      expect(yield* Effect.forEach(["a", "b", "c"], (id) => stateOf(ledger, "in-memory", id))).toEqual([
        "done",
        "none",
        "none"
      ])
    }))

  it.scoped("Failed where the target answers two creates at once with one customer", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith()
      const first = yield* Effect.cached(memory.create(row("a", { externalId: "user_1" }).input))
      const afterMillis = new Map([["a@example.com", 1000], ["b@example.com", 1003], ["c@example.com", 1006]])
      const service: Service = { ...memory, create: ({ email = "" }) => Effect.delay(first, afterMillis.get(email)!) }
      const slow = yield* Ledger.memory
      const ledger: Ledger.Ledger = { ...slow, hasTarget: (...args) => Effect.delay(slow.hasTarget(...args), 10) }
      const rows = ["a", "b", "c"].map((id) => row(id, id === "c" ? {} : { externalId: "user_1" }))
      const fiber = yield* Effect.fork(importInto(service, ledger, rows))
      yield* TestClock.adjust("1 minute")
      const outcomes = yield* Fiber.join(fiber)
      expect(tagsOf(outcomes)).toEqual(["Created", "Failed", "Failed"])
      expect(outcomes.slice(1)).toMatchObject([
        { sourceId: Option.some("b"), reasons: [{ path: "externalId", reason: "somebody has it already" }] },
        { sourceId: Option.some("c"), reasons: [{ path: "", reason: "conflict" }] }
      ])
      expect(yield* Effect.forEach(["a", "b", "c"], (id) => stateOf(ledger, "in-memory", id))).toEqual([
        "done",
        "none",
        "none"
      ])
    }))

  it.scoped("Failed for a reason, also where the provider gives none", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), {
        1: refused((context) =>
          new InvalidRequest({ ...context, mayHaveApplied: false, origin: "provider", issues: [] })
        ),
        2: refused((context) => new CustomerAlreadyExists({ ...context, mayHaveApplied: false, fields: [] }))
      })
      const rows = [row("a"), row("b")]
      expect(yield* importInto(service, yield* Ledger.memory, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "Failed", reasons: [{ path: "", reason: "in-memory refused it" }] },
        { _tag: "Failed", reasons: [{ path: "", reason: "somebody has it already" }] }
      ])
    }))

  it.scoped("Failed where the input is none, for callers without types", () =>
    Effect.gen(function*() {
      const cyclic: Record<string, unknown> = {}
      cyclic.self = cyclic
      const rows = [null, "ada", { metadata: cyclic }, { emial: "ada@example.com" }].map((input, index) => ({
        sourceId: `${index}`,
        input: input as CreateCustomer
      }))
      for (const capabilities of [InMemoryCustomers.capabilities, Mollie.capabilities]) {
        const service = yield* serviceWith({ capabilities: capabilities as Capabilities.Capabilities })
        const ledger = yield* Ledger.memory
        const outcomes = yield* importInto(service, ledger, rows)
        expect(tagsOf(outcomes)).toEqual(Array(4).fill("Failed"))
        expect(yield* all(ledger.begun(service.provider))).toEqual([])
      }
    }))

  it.scoped("Failed for rows that came as such", () =>
    Effect.gen(function*() {
      const unreadable = new InvalidResponse({
        provider: "mollie",
        operation: "list",
        mayHaveApplied: false,
        repeat: "always",
        issues: [{ path: "_embedded.customers.17.createdAt", expected: "an ISO time" }]
      })
      const earlier = CustomersImport.failed(unreadable, "x")
      const outcomes = yield* importInto(yield* serviceWith(), yield* Ledger.memory, [unreadable, earlier])
      const reasons = [{ path: "_embedded.customers.*.createdAt", reason: "unreadable, expected an ISO time" }]
      expect(outcomes).toEqual([
        new CustomersImport.Failed({ sourceId: Option.none(), error: unreadable, reasons }),
        new CustomersImport.Failed({ sourceId: Option.some("x"), error: unreadable, reasons })
      ])
    }))

  it.scoped("Failed for ids that a database would take for others", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith()
      const outcomes = yield* importInto(
        service,
        yield* Ledger.memory,
        ["", "a\0b", "a\ud800"].map((id) => row(id, { email: "a@example.com" }))
      )
      expect(outcomes.map((outcome) => outcome._tag === "Failed" && outcome.reasons[0]?.path)).toEqual(
        Array(3).fill("sourceId")
      )
      expect(yield* emails(service)).toEqual([])
    }))

  it.scoped("MaybeApplied where a database would take the external id for another: nobody is looked up by half of it", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith({ customers: [{ externalId: "user_1", email: "other@example.com" }] })
      const { service } = withCreates(memory, { 1: lost })
      const ledger = yield* Ledger.memory
      const rows = [row("a", { externalId: "user_1\0" })]
      expect(tagsOf(yield* importInto(service, ledger, rows))).toEqual(["MaybeApplied"])
      expect(Option.getOrThrow(yield* ledger.get("in-memory", "a")).externalId).toEqual(Option.none())
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Created", settled: true }])
    }))

  it.scoped("MaybeApplied: begun", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith({ capabilities: Mollie.capabilities }), { 1: lost })
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [row("a")])
      expect(outcome).toMatchObject({ _tag: "MaybeApplied", sourceId: "a", error: { _tag: "TransportFailed" } })
      expect(yield* stateOf(ledger, "mollie", "a")).toBe("begun")
    }))

  it.scoped("Created, settled, where the answer is lost and the external id found", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith(), { 1: lost })
      const ledger = yield* Ledger.memory
      const [outcome] = yield* importInto(service, ledger, [row("a", { externalId: "user_1" })])
      expect(outcome).toMatchObject({ _tag: "Created", settled: true })
      expect(yield* stateOf(ledger, "in-memory", "a")).toBe("done")
      expect(inputs).toHaveLength(1)
    }))

  it.scoped("Skipped, exists, where the answer is lost and another has the external id", () =>
    Effect.gen(function*() {
      const { service } = withCreates(
        yield* serviceWith({ customers: [{ externalId: "user_1", email: "other@example.com" }] }),
        { 1: neverArrived }
      )
      const [outcome] = yield* importInto(service, yield* Ledger.memory, [row("a", { externalId: "user_1" })])
      expect(outcome).toMatchObject({ _tag: "Skipped", reason: "exists" })
    }))

  it.scoped("MaybeApplied where the answer is lost and nobody is found yet", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), { 1: neverArrived })
      const ledger = yield* Ledger.memory
      expect(tagsOf(yield* importInto(service, ledger, [row("a", { externalId: "user_1" })]))).toEqual(["MaybeApplied"])
      // and who comes later finds that there is nobody, and creates it
      expect(yield* importInto(service, ledger, [row("a", { externalId: "user_1" })])).toMatchObject([
        { _tag: "Created", settled: false }
      ])
      expect(yield* emails(service)).toEqual(["a@example.com"])
    }))

  it.scoped("MaybeApplied where it cannot be looked up", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), { 1: lost })
      const blind = withoutLooking(
        service,
        new ProviderUnavailable({ provider: "in-memory", operation: "get", mayHaveApplied: false, repeat: "always" })
      )
      const ledger = yield* Ledger.memory
      const rows = [row("a", { externalId: "user_1" })]
      expect(yield* importInto(blind, ledger, rows)).toMatchObject([
        { _tag: "MaybeApplied", error: { _tag: "TransportFailed" } }
      ])
      expect(yield* importInto(blind, ledger, rows)).toMatchObject([
        { _tag: "MaybeApplied", error: { _tag: "ProviderUnavailable" } }
      ])
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Created", settled: true }])
      expect(yield* emails(service)).toEqual(["a@example.com"])
    }))

  it.scoped("an id that comes twice is created once, at the same time and later", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith()
      const service: Service = {
        ...memory,
        create: (input) => Effect.zipRight(Effect.sleep("1 second"), memory.create(input))
      }
      const ledger = yield* Ledger.memory
      const rows = ["a", "a", "b", "a"].map((id) => row(id, { externalId: id }))
      const fiber = yield* Effect.fork(importInto(service, ledger, rows))
      yield* TestClock.adjust("1 minute")
      const atOnce = yield* Fiber.join(fiber)
      expect(tagsOf(atOnce).sort()).toEqual(["Created", "Created", "Skipped", "Skipped"])
      expect(atOnce.flatMap((outcome) => outcome._tag === "Skipped" ? [outcome.sourceId, outcome.reason] : []))
        .toEqual(["a", "in progress", "a", "in progress"])
      expect((yield* emails(service)).sort()).toEqual(["a@example.com", "b@example.com"])

      const later = yield* importInto(yield* serviceWith(), yield* Ledger.memory, rows, { concurrency: 1 })
      expect(later).toMatchObject([
        { _tag: "Created" },
        { _tag: "Skipped", reason: "in the ledger" },
        { _tag: "Created" },
        { _tag: "Skipped", reason: "in the ledger" }
      ])
    }))

  it.scoped("an id that is in doubt in this run stays so", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith({ capabilities: Mollie.capabilities }), { 1: lost })
      const outcomes = yield* importInto(service, yield* Ledger.memory, [row("a"), row("a")], { concurrency: 1 })
      expect(outcomes).toMatchObject([{ _tag: "MaybeApplied" }, { _tag: "Skipped", reason: "in progress" }])
      expect(inputs).toHaveLength(1)
    }))
})

describe("a run", () => {
  it.scoped.each([
    { tag: "AuthenticationFailed", error: AuthenticationFailed },
    { tag: "PermissionDenied", error: PermissionDenied }
  ])("is stopped by $tag, which is no row's fault", ({ error, tag }) =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* serviceWith(), {
        2: refused((context) => new error({ ...context, mayHaveApplied: false }))
      })
      const ledger = yield* Ledger.memory
      const failure = yield* Effect.flip(
        importInto(service, ledger, ["a", "b", "c"].map((id) => row(id)), { concurrency: 1 })
      )
      expect(failure._tag).toBe(tag)
      expect(inputs).toHaveLength(2)
      expect(yield* stateOf(ledger, "in-memory", "b")).toBe("none")
      expect(tagsOf(yield* importInto(service, ledger, ["a", "b", "c"].map((id) => row(id))))).toEqual([
        "Skipped",
        "Created",
        "Created"
      ])
    }))

  it.scoped("is stopped where it may not look up what it has begun", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), { 1: lost })
      const denied = new PermissionDenied({
        provider: "in-memory",
        operation: "getByExternalId",
        mayHaveApplied: false,
        repeat: "always"
      })
      const blind = withoutLooking(service, denied)
      const ledger = yield* Ledger.memory
      const rows = [row("a", { externalId: "user_1" })]
      for (let run = 0; run < 2; run++) {
        expect(yield* Effect.flip(importInto(blind, ledger, rows))).toBe(denied)
        expect(yield* stateOf(ledger, "in-memory", "a")).toBe("begun")
      }
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Created", settled: true }])
    }))

  it.scoped("is stopped by the ledger and by its rows", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith()
      const ledger = yield* Ledger.memory
      const full: Ledger.Ledger = {
        ...ledger,
        begin: () => Effect.fail(new Ledger.LedgerFailed({ path: "ledger.db", reason: "NotWritable" }))
      }
      expect((yield* Effect.flip(importInto(service, full, [row("a")])))._tag).toBe("LedgerFailed")
      expect(yield* emails(service)).toEqual([])
      const rows = Stream.concat(Stream.make(row("a")), Stream.fail("no more"))
      const failure = yield* CustomersImport.run(rows, { ledger }).pipe(
        all,
        Effect.provideService(CustomersService, service),
        Effect.flip
      )
      expect(failure).toBe("no more")
    }))

  it.scoped.each([
    { how: "fails", end: Stream.fail("no more") },
    { how: "dies", end: Stream.die("no more") }
  ])("ends what is under way before it ends, where its source $how in the middle", ({ end }) =>
    Effect.gen(function*() {
      const memory = yield* serviceWith()
      const service: Service = { ...memory, create: (input) => Effect.delay(memory.create(input), "1 second") }
      const ledger = yield* Ledger.memory
      const told: Array<string> = []
      const fiber = yield* CustomersImport.run(Stream.concat(Stream.make(row("a"), row("b")), end), { ledger }).pipe(
        Stream.runForEach(({ _tag }) => Effect.sync(() => told.push(_tag))),
        Effect.provideService(CustomersService, service),
        Effect.sandbox,
        Effect.flip,
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      expect(Cause.squash(yield* Fiber.join(fiber))).toBe("no more")
      expect(told).toEqual(["Created", "Created"])
      expect(yield* all(ledger.begun("in-memory"))).toEqual([])
    }))

  it.scoped("has as many rows under way as it is told, and tells each when it is known", () =>
    Effect.gen(function*() {
      let under = 0
      let most = 0
      const memory = yield* serviceWith()
      const service: Service = {
        ...memory,
        create: (input) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              most = Math.max(most, ++under)
            }),
            () => Effect.zipRight(Effect.sleep(input.name === "slow" ? "1 minute" : "1 second"), memory.create(input)),
            () => Effect.sync(() => under--)
          )
      }
      const rows = [row("a", { name: "slow" }), row("b"), row("c"), row("d"), row("e")]
      const fiber = yield* Effect.fork(importInto(service, yield* Ledger.memory, rows, { concurrency: 3 }))
      yield* TestClock.adjust("2 minutes")
      const outcomes = yield* Fiber.join(fiber)
      const order = outcomes.map((outcome) => outcome._tag === "Created" && outcome.sourceId)
      expect(order.slice(0, 4).sort()).toEqual(["b", "c", "d", "e"])
      expect(order[4]).toBe("a")
      expect(most).toBe(3)
    }))

  it.scoped("tells of every row, whatever concurrency is asked for", () =>
    Effect.gen(function*() {
      for (const concurrency of [Infinity, Number.MAX_VALUE, 2.5, 1, 0, -1, NaN]) {
        const memory = yield* serviceWith()
        const service: Service = { ...memory, create: (input) => Effect.delay(memory.create(input), "1 second") }
        const rows = ["a", "b", "c"].map((id) => row(id))
        const fiber = yield* Effect.fork(importInto(service, yield* Ledger.memory, rows, { concurrency }))
        yield* TestClock.adjust("1 minute")
        expect([concurrency, tagsOf(yield* Fiber.join(fiber))]).toEqual([concurrency, Array(3).fill("Created")])
      }
    }))

  it.scoped("pulls rows as it goes: constant memory", () =>
    Effect.gen(function*() {
      let pulled = 0
      const rows = Stream.iterate(0, (n) => n + 1).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => pulled++)),
        Stream.map((n) => row(`${n}`))
      )
      const outcomes = yield* CustomersImport.run(rows, { ledger: yield* Ledger.memory, concurrency: 2 }).pipe(
        Stream.take(5),
        all,
        Effect.provideService(CustomersService, yield* serviceWith())
      )
      expect(outcomes).toHaveLength(5)
      expect(pulled).toBeLessThan(40)
    }))

  it.scoped("that is interrupted leaves begun what was under way, and done what was answered", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith(), {
        2: ({ create }) => Effect.zipRight(create, Effect.never),
        3: () => Effect.never
      })
      const ledger = yield* Ledger.memory
      const fiber = yield* Effect.fork(
        importInto(service, ledger, ["a", "b", "c"].map((id) => row(id)), { concurrency: 3 })
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(fiber)
      expect(yield* Effect.forEach(["a", "b", "c"], (id) => stateOf(ledger, "in-memory", id))).toEqual([
        "done",
        "begun",
        "begun"
      ])
      // no external ids: the walk finds one and not the other
      const outcomes = yield* importInto(service, ledger, ["a", "b", "c"].map((id) => row(id)), { concurrency: 1 })
      expect(outcomes).toMatchObject([
        { _tag: "Skipped", reason: "in the ledger" },
        { _tag: "Created", settled: true },
        { _tag: "Created", settled: false }
      ])
      expect(yield* emails(service)).toEqual(["a@example.com", "b@example.com", "c@example.com"])
    }))

  it.scoped("writes down an answer that comes as it is interrupted", () =>
    Effect.gen(function*() {
      const service = yield* serviceWith()
      const memory = yield* Ledger.memory
      const ledger: Ledger.Ledger = {
        ...memory,
        done: (...args) => Effect.zipRight(Effect.sleep("1 second"), memory.done(...args))
      }
      const fiber = yield* Effect.fork(importInto(service, ledger, [row("a")]))
      yield* TestClock.adjust("500 millis")
      const interrupted = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(interrupted)
      expect(yield* stateOf(memory, "in-memory", "a")).toBe("done")
    }))

  it.scoped("sends the ledger's key where the target takes one, and the same one again", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith({ capabilities: Mollie.capabilities })
      const sent: Array<string> = []
      const service: Service = {
        ...memory,
        create: (input) =>
          Effect.gen(function*() {
            const endpoint = { provider: "mollie", operation: "create", repeat: "with-key", readOnly: false } as const
            const key = yield* Idempotency.keyOf(endpoint, yield* Idempotency.Idempotency)
            sent.push(Option.getOrElse(key, () => "none"))
            return yield* sent.length === 1
              ? new RequestTimedOut({ ...endpoint, mayHaveApplied: true, timeout: Duration.seconds(1) })
              : memory.create(input)
          })
      }
      const ledger = yield* Ledger.memory
      let made = 0
      const generate = Effect.sync(() => `key_${++made}`)
      yield* importInto(service, ledger, [row("a")]).pipe(Effect.provide(Idempotency.layer({ generate })))
      expect(Option.getOrThrow(yield* ledger.get("mollie", "a")).key).toBe("key_1")
      // not found by the walk, and sent again with its key
      yield* importInto(service, ledger, [row("a")]).pipe(Effect.provide(Idempotency.layer({ generate })))
      expect(sent).toEqual(["key_1", "key_1"])
      // none where the user wants none
      const withoutKeys = Idempotency.layer({ enabled: false })
      expect(tagsOf(yield* Effect.provide(importInto(service, ledger, [row("b")]), withoutKeys))).toEqual(["Created"])
      expect(sent).toEqual(["key_1", "key_1", "none"])
    }))
})

describe("a run that is cut off anywhere, and started again", () => {
  interface Step {
    <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
  }

  type LedgerStep = <A>(effect: Effect.Effect<A, Ledger.LedgerFailed>) => Effect.Effect<A, Ledger.LedgerFailed>

  const inSteps = (service: Service, step: Step): Service => ({
    ...service,
    create: (input) => step(service.create(input)),
    byExternalId: Option.map(service.byExternalId, (byExternalId) => ({
      ...byExternalId,
      getByExternalId: (id) => step(byExternalId.getByExternalId(id))
    })),
    streamPages: (options) => Stream.unwrap(step(Effect.map(all(service.streamPages(options)), Stream.fromIterable)))
  })

  const ledgerInSteps = (ledger: Ledger.Ledger, step: LedgerStep): Ledger.Ledger => ({
    get: (...args) => step(ledger.get(...args)),
    begin: (...args) => step(ledger.begin(...args)),
    done: (...args) => step(ledger.done(...args)),
    forget: (...args) => step(ledger.forget(...args)),
    begun: (target) => Stream.unwrap(step(Effect.map(all(ledger.begun(target)), Stream.fromIterable))),
    hasTarget: (...args) => step(ledger.hasTarget(...args)),
    clockAhead: (target) => step(ledger.clockAhead(target))
  })

  const rowsFor = ({ fields }: Capabilities.Capabilities) =>
    ["a", "b", "c"].map((id) =>
      row(id, {
        ...(fields.externalId.stored ? { externalId: id } : {}),
        ...(fields.paymentSource.stored ? { paymentSource: { cardToken: Redacted.make("card_1") } } : {})
      })
    )

  const targets: ReadonlyArray<Capabilities.Capabilities> = [
    Polar.capabilities,
    Mollie.capabilities,
    PinPayments.capabilities,
    Autumn.capabilities
  ]

  it.scoped.each(
    targets.flatMap((capabilities) =>
      (["killed", "stopped by the ledger"] as const).map((cut) => ({
        cut,
        capabilities,
        target: capabilities.provider
      }))
    )
  )("has everybody once at $target, when it is $cut", ({ capabilities, cut }) =>
    Effect.gen(function*() {
      const rows = rowsFor(capabilities)
      let isWhole = false
      for (let at = 1; !isWhole; at++) {
        const memory = yield* serviceWith({ capabilities })
        const ledger = yield* Ledger.memory
        // an earlier run has left one who is there and one who is not
        const { service: earlier } = withCreates({ ...memory, byExternalId: Option.none() }, {
          1: lost,
          2: neverArrived
        })
        yield* importInto(earlier, ledger, rows.slice(0, 2), { concurrency: 1 })

        const here = yield* Deferred.make<"cut">()
        const die = Effect.zipRight(Deferred.succeed(here, "cut"), Effect.never)
        const fail = Effect.fail(new Ledger.LedgerFailed({ path: "ledger.db", reason: "NotWritable" }))
        let points = 0
        const point = <E>(end: Effect.Effect<never, E>) => Effect.suspend(() => ++points === at ? end : Effect.void)
        // before each call and after it
        const stepping = <E1>(end: Effect.Effect<never, E1>) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
          point(end).pipe(Effect.zipRight(effect), Effect.zipLeft(point(end)))
        const run = cut === "killed"
          ? importInto(inSteps(memory, stepping(die)), ledgerInSteps(ledger, stepping(die)), rows, { concurrency: 1 })
          : importInto(memory, ledgerInSteps(ledger, stepping(fail)), rows, { concurrency: 1 })
        const fiber = yield* Effect.forkDaemon(Effect.either(run))
        const ended = yield* Effect.raceFirst(Fiber.join(fiber), Deferred.await(here))
        yield* Fiber.interruptFork(fiber)
        isWhole = ended !== "cut" && Either.isRight(ended)

        yield* importInto(memory, ledger, rows, { concurrency: 1 })
        expect([at, yield* importInto(memory, ledger, rows, { concurrency: 1 })]).toMatchObject([
          at,
          rows.map(() => ({ reason: "in the ledger" }))
        ])
        expect([at, (yield* emails(memory)).sort()]).toEqual([at, rows.map(({ input }) => input.email)])
        if (isWhole) expect(at).toBeGreaterThan(10)
      }
    }))
})

describe("what an earlier run has left, at a target that takes keys", () => {
  it.scoped("is created anew where the key's customer has become another row's, who is the same", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith({ capabilities: Mollie.capabilities })
      const answers = new Map<string, Customer>()
      let calls = 0
      const service: Service = {
        ...memory,
        create: (input) =>
          Effect.gen(function*() {
            const endpoint = { provider: "mollie", operation: "create", repeat: "with-key", readOnly: false } as const
            const key = Option.getOrThrow(yield* Idempotency.keyOf(endpoint, yield* Idempotency.Idempotency))
            const isLost = ++calls <= 2
            if (calls !== 2 && !answers.has(key)) answers.set(key, yield* Idempotency.none(memory.create(input)))
            return isLost
              ? yield* new TransportFailed({ ...endpoint, mayHaveApplied: true, code: "ECONNRESET" })
              : answers.get(key)!
          })
      }
      const ledger = yield* Ledger.memory
      const rows = ["a", "b"].map((id) => row(id, { email: "same@example.com", name: "Same" }))
      expect(tagsOf(yield* importInto(service, ledger, rows, { concurrency: 1 }))).toEqual([
        "MaybeApplied",
        "MaybeApplied"
      ])
      // who is there may be either's: the last one is it, and the first one's key answers with it again
      const outcomes = yield* importInto(service, ledger, rows, { concurrency: 1 })
      expect(outcomes).toMatchObject([{ _tag: "Created", settled: false }, { _tag: "Created", settled: true }])
      expect(new Set(outcomes.map((outcome) => outcome._tag === "Created" && outcome.targetId)).size).toBe(2)
      expect(yield* emails(service)).toHaveLength(2)
    }))
})

describe("what an earlier run has left, at a target that cannot be asked for it", () => {
  const pin = (customers: InMemoryCustomers.Options<boolean, boolean>["customers"] = []) =>
    serviceWith({ capabilities: PinPayments.capabilities, customers })

  const card = { cardToken: Redacted.make("card_nytGw7koRg23EEp9NTmz9w") }

  const pinRow = (sourceId: string, input: CreateCustomer = {}) => row(sourceId, { paymentSource: card, ...input })

  it.scoped("is found", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
      const { inputs, service } = withCreates(yield* pin(), { 1: lost, 2: neverArrived })
      const ledger = yield* Ledger.memory
      const rows = [pinRow("a", { name: " Ada   Lovelace" }), pinRow("b")]
      expect(tagsOf(yield* importInto(service, ledger, rows))).toEqual(["MaybeApplied", "MaybeApplied"])
      yield* TestClock.adjust("1 day")
      const [a, b] = yield* importInto(service, ledger, rows, { concurrency: 1 })
      expect(a).toMatchObject({ _tag: "Created", settled: true })
      expect(b).toMatchObject({ _tag: "Created", settled: false })
      expect(inputs.map(({ email }) => email)).toEqual(["a@example.com", "b@example.com", "b@example.com"])
      expect(yield* importInto(service, ledger, rows)).toMatchObject([
        { reason: "in the ledger" },
        { reason: "in the ledger" }
      ])
    }))

  it.scoped("is found in the words of the target", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith()
      const stored: CreateCustomer = {
        email: "ada@example.com",
        name: "Ada Lovelace",
        phone: "+1 20",
        address: { line1: "1 Main St", state: "CA", country: "US" },
        locale: "en-US",
        metadata: { a: 1, b: { c: 2, d: [] } }
      }
      const { inputs, service } = withCreates(
        { ...memory, create: () => memory.create(stored) },
        { 1: lost, 2: lost, 3: lost }
      )
      const ledger = yield* Ledger.memory
      const input: CreateCustomer = {
        email: "Ada@Example.com",
        name: " Ada  Lovelace",
        phone: "+1 20 ",
        address: { line1: "1 Main St ", line2: "", state: "us-ca", country: "US" },
        locale: "en-us",
        metadata: { b: { d: [], c: 2 }, a: 1 }
      }
      // the last one differs in a line of its address
      const rows = [
        { sourceId: "a", input },
        { sourceId: "b", input: { ...input, address: { line1: "2 Main St", country: "US" } } }
      ]
      yield* importInto(service, ledger, rows, { concurrency: 1 })
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "Created", settled: true },
        { _tag: "MaybeApplied", error: { _tag: "Conflict" } }
      ])
      expect(inputs).toHaveLength(2)
    }))

  it.scoped("is found once for each, where several are the same", () =>
    Effect.gen(function*() {
      const same = { email: "same@example.com", name: "Same" }
      const { inputs, service } = withCreates(yield* pin(), { 1: lost, 2: lost, 3: neverArrived })
      const ledger = yield* Ledger.memory
      const rows = ["a", "b", "c"].map((id) => pinRow(id, same))
      yield* importInto(service, ledger, rows, { concurrency: 1 })
      const outcomes = yield* importInto(service, ledger, rows, { concurrency: 1 })
      expect(outcomes.map((outcome) => outcome._tag === "Created" && outcome.settled).sort()).toEqual([
        false,
        true,
        true
      ])
      expect(inputs).toHaveLength(4)
      expect(new Set(outcomes.map((outcome) => outcome._tag === "Created" ? outcome.targetId : "")).size).toBe(3)
      expect(yield* emails(service)).toHaveLength(3)
    }))

  it.scoped("is not one who is another entry's", () =>
    Effect.gen(function*() {
      const same = { email: "same@example.com", name: "Same" }
      const { service } = withCreates(yield* pin(), { 2: neverArrived })
      const ledger = yield* Ledger.memory
      const rows = ["a", "b"].map((id) => pinRow(id, same))
      expect(tagsOf(yield* importInto(service, ledger, rows, { concurrency: 1 }))).toEqual(["Created", "MaybeApplied"])
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { reason: "in the ledger" },
        { _tag: "Created", settled: false }
      ])
      expect(yield* emails(service)).toHaveLength(2)
    }))

  it.scoped("is not one who was there before it began, once it is known how the clocks differ", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
      const before = { email: "a@example.com", name: "Name of a", paymentSource: card }
      const { service } = withCreates(
        yield* pin([{ ...before, id: "cus_before", createdAt: DateTime.unsafeMake("2026-11-27T11:50:00Z") }]),
        { 1: neverArrived }
      )
      const ledger = yield* Ledger.memory
      const rows = [pinRow("a"), pinRow("b")]
      yield* importInto(service, ledger, [pinRow("a")])
      // nobody was created yet whose time could be compared: it may be that one
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "MaybeApplied", error: { _tag: "Conflict" } },
        { _tag: "Created" }
      ])
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "Created", settled: false },
        { reason: "in the ledger" }
      ])
      expect(yield* emails(service)).toHaveLength(3)
    }))

  it.scoped("is found for each, however far apart they were begun", () =>
    Effect.gen(function*() {
      const same = { email: "same@example.com", name: "Same" }
      const { inputs, service } = withCreates(yield* pin(), { 1: lost, 2: lost })
      const ledger = yield* Ledger.memory
      // the second run looks for what the first has left before it does anything: it is told only afterwards
      yield* importInto(service, ledger, [pinRow("a", same)])
      const entry = Option.getOrThrow(yield* ledger.get("pin-payments", "a"))
      yield* TestClock.adjust("1 day")
      yield* ledger.begin("pin-payments", "b", entry)
      yield* Effect.flip(service.create({ ...pinRow("b", same).input }))
      const outcomes = yield* importInto(service, ledger, [pinRow("a", same), pinRow("b", same)], { concurrency: 1 })
      expect(outcomes).toMatchObject([{ _tag: "Created", settled: true }, { _tag: "Created", settled: true }])
      expect(inputs).toHaveLength(2)
    }))

  it.scoped("is not one who came before it began, and after another one did", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* pin(), { 1: neverArrived })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      const entry = Option.getOrThrow(yield* ledger.get("pin-payments", "a"))
      yield* TestClock.adjust("1 hour")
      yield* service.create(pinRow("b").input)
      yield* TestClock.adjust("1 hour")
      yield* importInto(service, ledger, [pinRow("c")])
      const { fingerprint } = yield* printOf(pinRow("b"))
      yield* ledger.begin("pin-payments", "b", { ...entry, fingerprint })
      expect(yield* importInto(service, ledger, [pinRow("b")])).toMatchObject([{ _tag: "Created", settled: false }])
      expect((yield* emails(service)).sort()).toEqual(["b@example.com", "b@example.com", "c@example.com"])
    }))

  it.scoped("is not one who was there before, though others existed for longer", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
      const old = DateTime.unsafeMake("2020-01-01T00:00:00Z")
      const { service } = withCreates(
        yield* serviceWith({
          customers: [
            { externalId: "user_1", createdAt: old },
            { email: "b@example.com", name: "Name of b", createdAt: DateTime.unsafeMake("2026-11-01T00:00:00Z") }
          ]
        }),
        { 2: neverArrived }
      )
      const ledger = yield* Ledger.memory
      const rows = [row("a", { externalId: "user_1" }), row("b"), row("c")]
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { reason: "exists" },
        { _tag: "MaybeApplied" },
        { _tag: "Created" }
      ])
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { reason: "in the ledger" },
        { _tag: "Created", settled: false },
        { reason: "in the ledger" }
      ])
    }))

  it.scoped("is not missed where the target's clock is far behind and nobody was created before it", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-01T00:00:00Z"))
      const { inputs, service } = withCreates(yield* pin(), { 1: lost })
      const memory = yield* Ledger.memory
      const ledger: Ledger.Ledger = {
        ...memory,
        // the run's clock is of another year
        begin: (...args) =>
          Effect.acquireUseRelease(
            TestClock.setTime(Date.parse("2026-11-27T12:00:00Z")),
            () => memory.begin(...args),
            () => TestClock.setTime(Date.parse("2026-01-01T00:00:00Z"))
          )
      }
      yield* importInto(service, ledger, [pinRow("a")])
      expect(
        yield* importInto(service, ledger, [pinRow("a"), pinRow("b")], { concurrency: 1 })
      )
        .toMatchObject([{ _tag: "MaybeApplied" }, { _tag: "Created" }])
      expect(yield* importInto(service, ledger, [pinRow("a")], {})).toMatchObject([
        { _tag: "Created", settled: true }
      ])
      expect(inputs).toHaveLength(2)
    }))

  it.scoped.each([{ where: "behind", apart: -40 * 86_400_000 }, { where: "ahead", apart: 40 * 86_400_000 }])(
    "is found though the target's clock is far $where",
    ({ apart }) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
        const memory = yield* pin()
        const theirs = Effect.flatMap(DateTime.now, (now) => TestClock.setTime(now.epochMillis + apart))
        const ours = Effect.flatMap(DateTime.now, (now) => TestClock.setTime(now.epochMillis - apart))
        const { inputs, service } = withCreates(
          { ...memory, create: (input) => Effect.acquireUseRelease(theirs, () => memory.create(input), () => ours) },
          { 2: lost, 3: neverArrived }
        )
        const ledger = yield* Ledger.memory
        const rows = [pinRow("a"), pinRow("b"), pinRow("c")]
        yield* importInto(service, ledger, rows, { concurrency: 1 })
        expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
          { reason: "in the ledger" },
          { _tag: "Created", settled: true },
          { _tag: "Created", settled: false }
        ])
        expect(inputs).toHaveLength(4)
      })
  )

  it.scoped("is found though this machine's clock was behind, and was set right before it began", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27T11:00:00Z"))
      const memory = yield* pin()
      const { inputs, service } = withCreates(
        { ...memory, create: (input) => Effect.zipRight(TestClock.adjust("1 hour"), memory.create(input)) },
        { 2: () => Effect.flatMap(memory.create(pinRow("b").input), () => Effect.never) }
      )
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      const fiber = yield* Effect.fork(importInto(service, ledger, [pinRow("b")]))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      expect(yield* importInto(service, ledger, [pinRow("b")])).toMatchObject([{ _tag: "Created", settled: true }])
      expect(inputs).toHaveLength(2)
    }))

  it.scoped("is found in another normal form of Unicode", () =>
    Effect.gen(function*() {
      const memory = yield* serviceWith({ capabilities: Mollie.capabilities })
      const { inputs, service } = withCreates(
        { ...memory, create: (input) => memory.create({ ...input, name: input.name!.normalize("NFC") }) },
        { 1: lost }
      )
      const ledger = yield* Ledger.memory
      const rows = [{ sourceId: "a", input: { name: "Zoë".normalize("NFD"), metadata: { é: "ë".normalize("NFD") } } }]
      yield* importInto(service, ledger, rows)
      expect(yield* importInto(service, ledger, rows)).toMatchObject([{ _tag: "Created", settled: true }])
      expect(inputs).toHaveLength(1)
    }))

  it.scoped("says that it is waited for and looked for, and nothing of whom", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
      const { service } = withCreates(yield* pin(), { 1: lost, 2: lost })
      const ledger = yield* Ledger.memory
      const rows = [pinRow("a"), pinRow("b")]
      const run = Effect.gen(function*() {
        const told: Array<unknown> = []
        const logger = Logger.make(({ logLevel, message }) => told.push(logLevel.label, ...Arr.ensure(message)))
        const fiber = yield* Effect.fork(
          importInto(service, ledger, rows, { settleAfter: "10 seconds" }).pipe(
            Effect.provide(Logger.replace(Logger.defaultLogger, logger))
          )
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        return told
      })
      expect(yield* run).toEqual([])
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:02Z"))
      expect(yield* run).toEqual([
        "INFO",
        "customers that an earlier run has left in doubt at pin-payments: 2; looked for at 2026-11-27T12:00:10.000Z, " +
        "when what was sent for them has arrived",
        "INFO",
        "customers that an earlier run has left in doubt at pin-payments: 2; looking for them"
      ])
      expect(yield* run).toEqual([])
    }))

  it.scoped("stays in doubt where somebody came meanwhile who is like it and not the same", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* pin(), { 1: neverArrived })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      yield* service.create({ email: "A@example.com", name: "Somebody else", paymentSource: card })
      const outcomes = yield* importInto(service, ledger, [pinRow("a")])
      expect(outcomes).toMatchObject([{ _tag: "MaybeApplied", error: { _tag: "Conflict" } }])
      expect(yield* stateOf(ledger, "pin-payments", "a")).toBe("begun")
      expect(inputs).toHaveLength(2)
      // somebody decides
      yield* ledger.forget("pin-payments", "a")
      expect(tagsOf(yield* importInto(service, ledger, [pinRow("a")]))).toEqual(["Created"])
    }))

  it.scoped("stays in doubt where it may be a row that cannot be read, unless it is found", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* pin([InMemoryCustomers.unreadable]), { 1: lost, 2: neverArrived })
      const ledger = yield* Ledger.memory
      const rows = [pinRow("a"), pinRow("b")]
      yield* importInto(service, ledger, rows, { concurrency: 1 })
      for (let run = 0; run < 2; run++) {
        const [a, b] = yield* importInto(service, ledger, rows, { concurrency: 1 })
        expect(a).toMatchObject(run === 0 ? { _tag: "Created", settled: true } : { reason: "in the ledger" })
        expect(b).toMatchObject({ _tag: "MaybeApplied", error: { _tag: "InvalidResponse" } })
      }
      expect(inputs).toHaveLength(2)
    }))

  it.scoped.each([
    { order: "newest first", capabilities: PinPayments.capabilities },
    { order: "oldest first", capabilities: Mollie.capabilities }
  ])("is not taken for a row that cannot be read and is older: $order", ({ capabilities }) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-01T00:00:00Z"))
      const input = {
        email: "x@example.com",
        ...(capabilities.fields.paymentSource.stored ? { paymentSource: card } : {})
      }
      const old = (n: number) => ({
        ...input,
        email: `${n}@example.com`,
        id: `cus_${n}`,
        createdAt: DateTime.unsafeMake("2026-01-01T00:00:00Z")
      })
      const { service } = withCreates(
        yield* serviceWith({
          capabilities: { ...capabilities, pageSize: { min: 1, max: 2, default: 2 } },
          customers: [old(1), InMemoryCustomers.unreadable, old(2), old(3), old(4)]
        }),
        { 1: neverArrived }
      )
      const ledger = yield* Ledger.memory
      yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
      const rows = ["a", "b"].map((id) => ({ sourceId: id, input: { ...input, name: id } }))
      yield* importInto(service, ledger, rows.slice(0, 1))
      // nobody was created yet whose time could be compared: it may be that one
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "MaybeApplied", error: { _tag: "InvalidResponse" } },
        { _tag: "Created" }
      ])
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "Created", settled: false },
        { reason: "in the ledger" }
      ])
    }))

  it.scoped("stays in doubt where the walk fails; the others go on", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* pin(), { 1: lost })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      const error = { provider: "pin-payments", operation: "list", mayHaveApplied: false, repeat: "always" } as const
      const failing = (failure: ProviderUnavailable | AuthenticationFailed): Service => ({
        ...service,
        streamPages: () => Stream.fail(failure)
      })
      const rows = [pinRow("a"), pinRow("b")]
      expect(yield* importInto(failing(new ProviderUnavailable(error)), ledger, rows, { concurrency: 1 }))
        .toMatchObject([
          { _tag: "MaybeApplied", error: { _tag: "ProviderUnavailable" } },
          { _tag: "Created" }
        ])
      // but where nobody may look, nobody may create either
      const stopped = yield* Effect.flip(importInto(failing(new AuthenticationFailed(error)), ledger, rows))
      expect(stopped._tag).toBe("AuthenticationFailed")
      expect(yield* importInto(service, ledger, rows, { concurrency: 1 })).toMatchObject([
        { _tag: "Created", settled: true },
        { reason: "in the ledger" }
      ])
    }))

  it.scoped("is what was begun, whatever its row says now", () =>
    Effect.gen(function*() {
      const { inputs, service } = withCreates(yield* pin(), { 1: lost })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      expect(yield* importInto(service, ledger, [pinRow("a", { email: "new@example.com" })])).toMatchObject([
        { _tag: "Created", settled: true }
      ])
      expect(inputs).toHaveLength(1)
    }))

  it.scoped("is settled though its row never comes again", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* pin(), { 1: lost, 2: neverArrived })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a"), pinRow("b")], { concurrency: 1 })
      expect(yield* importInto(service, ledger, [])).toEqual([])
      expect([yield* stateOf(ledger, "pin-payments", "a"), yield* stateOf(ledger, "pin-payments", "b")]).toEqual([
        "done",
        "none"
      ])
    }))

  it.scoped("is not looked for before what was sent can have arrived", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* pin(), { 1: lost })
      const ledger = yield* Ledger.memory
      yield* importInto(service, ledger, [pinRow("a")])
      yield* TestClock.adjust("3 seconds")
      const started = (yield* DateTime.now).epochMillis
      const fiber = yield* Effect.fork(
        Effect.zipLeft(importInto(service, ledger, [pinRow("a")], { settleAfter: "10 seconds" }), DateTime.now)
      )
      yield* TestClock.adjust(6999)
      expect(Option.isNone(yield* Fiber.poll(fiber))).toBe(true)
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(fiber)).toMatchObject([{ settled: true }])
      expect((yield* DateTime.now).epochMillis - started).toBe(7000)
    }))

  it.scoped("may be very many: a provider that was down for long", () =>
    Effect.gen(function*() {
      const { fingerprint } = yield* printOf(pinRow("a"))
      const memory = yield* Ledger.memory
      const forgotten = new Set<string>()
      const found = new Set<string>()
      const ledger: Ledger.Ledger = {
        ...memory,
        begun: (target) =>
          Stream.map(Stream.range(1, 150_000), (n) => ({
            target,
            sourceId: `${n}`,
            state: "begun",
            key: `k${n}`,
            externalId: Option.none(),
            targetId: Option.none(),
            fingerprint: n > 149_000 ? fingerprint : `${n}.${n}`,
            begunAt: DateTime.unsafeMake(0)
          })),
        forget: (_, sourceId) => Effect.sync(() => forgotten.add(sourceId)),
        done: (_, sourceId) => Effect.sync(() => found.add(sourceId))
      }
      const { email, name } = pinRow("a").input
      const service = yield* pin(
        Array.from({ length: 1000 }, () => ({ email: email!, name: name!, paymentSource: card }))
      )
      expect(yield* importInto(service, ledger, [])).toEqual([])
      expect([forgotten.size, found.size]).toEqual([149_000, 1000])
    }))

  it.scoped("asks nothing where nothing is left", () =>
    Effect.gen(function*() {
      const service: Service = { ...yield* pin(), streamPages: () => Stream.dieMessage("walked") }
      expect(tagsOf(yield* importInto(service, yield* Ledger.memory, [pinRow("a")]))).toEqual(["Created"])
    }))
})

describe("a report", () => {
  it.scoped("counts outcomes and their reasons", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith({ capabilities: Polar.capabilities }), { 3: neverArrived })
      const ledger = yield* Ledger.memory
      const without = [{ path: "phone", reason: "polar does not store it" }]
      const rows = [
        { ...row("a"), without },
        { ...row("b"), without },
        row("c"),
        row("a"),
        row("d", { phone: "+44 20 7946 0018" }),
        row("e", { phone: "+44 20 7946 0019", metadata: { a: {} } })
      ]
      const report = yield* CustomersImport.run(Stream.fromIterable(rows), { ledger, concurrency: 1 }).pipe(
        Stream.run(CustomersImport.report),
        Effect.provideService(CustomersService, service)
      )
      expect(report).toEqual({
        created: 2,
        settled: 0,
        skipped: 1,
        failed: 2,
        maybeApplied: 1,
        reasons: [
          { outcome: "Created", path: "phone", reason: "polar does not store it", customers: 2 },
          { outcome: "MaybeApplied", path: "", reason: "provider unavailable", customers: 1 },
          { outcome: "Skipped", path: "", reason: "in the ledger", customers: 1 },
          { outcome: "Failed", path: "phone", reason: "polar does not store it", customers: 2 },
          { outcome: "Failed", path: "metadata.*", reason: "polar stores no nested values", customers: 1 }
        ]
      })
    }))

  it.scoped("tells who was found from who was created now", () =>
    Effect.gen(function*() {
      const { service } = withCreates(yield* serviceWith({ capabilities: Mollie.capabilities }), { 1: lost })
      const ledger = yield* Ledger.memory
      const reportOf = CustomersImport.run(Stream.make(row("a"), row("b")), { ledger, settleAfter: 0 }).pipe(
        Stream.run(CustomersImport.report),
        Effect.provideService(CustomersService, service)
      )
      expect(yield* reportOf).toMatchObject({ created: 1, settled: 0, maybeApplied: 1 })
      expect(yield* reportOf).toMatchObject({ created: 1, settled: 1, skipped: 1, maybeApplied: 0 })
    }))

  it("of nothing is empty", () => {
    expect(Effect.runSync(Stream.run(Stream.empty, CustomersImport.report))).toEqual(CustomersImport.emptyReport)
  })
})

describe("outcomes", () => {
  const planted = ["ada@secret.example", "Ada Planted", "+44 20 7946 0999", "Planted Street", "planted-value"]

  const outcomes = Effect.gen(function*() {
    const memory = yield* serviceWith({ capabilities: Polar.capabilities })
    const quoted = Redacted.make(planted.join(" "))
    const { service } = withCreates(memory, {
      2: neverArrived,
      3: refused((context) =>
        new CustomerAlreadyExists({ ...context, mayHaveApplied: false, fields: ["email"], providerMessage: quoted })
      )
    })
    const input: CreateCustomer = {
      email: planted[0],
      name: planted[1],
      address: { line1: planted[3], country: "NL" },
      metadata: { key: planted[4]! }
    }
    const rows = [
      row("a", input),
      row("a", input),
      row("b", { ...input, email: `b${planted[0]}` }),
      row("c", { ...input, email: `c${planted[0]}` }),
      row("d", { ...input, phone: planted[2] }),
      row("e", { ...input, email: `${planted[1]} is none` })
    ]
    return yield* importInto(service, yield* Ledger.memory, rows, { concurrency: 1 })
  })

  it.scoped("print no personal data", () =>
    Effect.gen(function*() {
      const all = yield* outcomes
      expect(tagsOf(all)).toEqual(["Created", "Skipped", "MaybeApplied", "Failed", "Failed", "Failed"])
      for (const outcome of all) {
        for (const [printer, text] of [...printings(outcome), ...yield* logged(outcome)]) {
          expect([outcome._tag, printer, planted.filter((text_) => text.includes(text_))]).toEqual([
            outcome._tag,
            printer,
            []
          ])
        }
      }
      const report = Chunk.unsafeFromArray(all).pipe(
        Chunk.reduce(CustomersImport.emptyReport, CustomersImport.addOutcome)
      )
      expect(planted.filter((text) => JSON.stringify(report).includes(text))).toEqual([])
    }))

  it.scoped("go through JSON", () =>
    Effect.gen(function*() {
      const all = yield* outcomes
      const Outcomes = Schema.parseJson(Schema.Array(CustomersImport.Outcome))
      const back = yield* Effect.flatMap(Schema.encode(Outcomes)(all), Schema.decode(Outcomes))
      expect(back).toEqual(all)
      expect(back.map((outcome) => outcome instanceof CustomersImport.Failed)).toEqual([
        false,
        false,
        false,
        true,
        true,
        true
      ])
    }))
})
