/** Lost answers, and the keys that make a repeat safe. */
import { CustomersService, Idempotency, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import { MollieClient } from "@effect-customers/mollie"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Redacted, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import { clients, inProcess, onPort } from "./onSandbox.js"

const recurring = {
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  sequenceType: "recurring"
} as const

const requests = Effect.flatMap(SandboxControl, (control) => control.requests)

const keysSent = Effect.map(requests, (log) => log.map(({ headers }) => headers["idempotency-key"]))

const inject = (operation: string, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(SandboxControl, (control) => control.inject({ operation, times, fault }))

const seedAda = Effect.flatMap(SandboxControl, (control) => control.seed("mollie", [{ id: "cst_ada" }]))

const idsOf = (rows: ReadonlyArray<unknown>) => rows.map((row) => (row as { readonly id: string }).id)

const paymentIds = Effect.flatMap(
  SandboxControl,
  (control) => Effect.map(control.resources("mollie", "cst_ada"), ({ payments = [] }) => idsOf(payments))
)

const customerIds = Effect.flatMap(SandboxControl, (control) => Effect.map(control.customers("mollie"), idsOf))

const pay = Effect.flatMap(MollieClient, (mollie) => mollie.createPayment("cst_ada", recurring))

const create = Effect.flatMap(CustomersService, (customers) => customers.create({ name: "Ada" }))

const losses: ReadonlyArray<readonly [string, Fault.Fault]> = [
  ["reset after the write", Fault.Reset({ applied: true })],
  ["reset before the write", Fault.Reset({})],
  ["an answer that is cut off", Fault.CutBody({})],
  ["an answer that stalls", Fault.StallBody({})],
  ["500 after the write", Fault.Respond({ status: 500, applied: true })],
  ["503 after the write", Fault.Respond({ status: 503, applied: true })],
  ["a gateway's page after the write", Fault.HtmlPage({ status: 502, applied: true })],
  ["a gateway's page before the write", Fault.HtmlPage({ status: 504 })],
  ["429", Fault.Respond({ status: 429 })]
]

/** More than one was sent, and it was one key. */
const sameKey = Effect.map(keysSent, (keys) => {
  expect(keys.length).toBeGreaterThan(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(keys).size).toBe(1)
})

describe("a key that Mollie may have forgotten", () => {
  const patient = RetryPolicy.with({ maxRetryAfter: "2 hours" })
  const headers = { "retry-after": "3700" }

  it.effect("is not sent again where the payment may have been made: it would be charged twice", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Respond({ status: 503, headers, applied: true }))
      const error = yield* Effect.flip(inVirtualTime(patient(pay)))
      expect([error._tag, error.mayHaveApplied]).toEqual(["ProviderUnavailable", true])
      expect(yield* paymentIds).toHaveLength(1)
      expect(yield* keysSent).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("is sent again within the hour, and where nothing was made", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Respond({ status: 503, headers: { "retry-after": "2800" }, applied: true }))
      yield* inVirtualTime(patient(pay))
      expect(yield* paymentIds).toHaveLength(1)
      yield* sameKey
      yield* inject("createPayment", Fault.Respond({ status: 429, headers }))
      yield* inVirtualTime(patient(pay))
      expect(yield* paymentIds).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))
})

describe("an answer that is lost after the write", () => {
  it.effect.each(losses)(
    "createPayment, %s: repeated with the same key, charged once",
    ([, fault]) =>
      Effect.gen(function*() {
        yield* seedAda
        yield* inject("createPayment", fault)
        const { id } = yield* inVirtualTime(pay)
        expect(yield* paymentIds).toEqual([id])
        yield* sameKey
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect.each(losses)("create, %s: repeated with the same key, one customer", ([, fault]) =>
    Effect.gen(function*() {
      yield* inject("create", fault)
      const { id } = yield* inVirtualTime(create)
      expect(yield* customerIds).toEqual([id])
      yield* sameKey
    }).pipe(Effect.provide(inProcess())))

  it.scopedLive.each(clients)("over real HTTP as well: %s", ([_, client]) =>
    Effect.gen(function*() {
      yield* seedAda
      const control = yield* SandboxControl
      yield* inject("createPayment", Fault.Reset({ applied: true }))
      yield* control.inject({ operation: "createPayment", from: 2, fault: Fault.CutBody({}) })
      const { id } = yield* pay.pipe(RetryPolicy.with({ initialDelay: 1 }))
      expect(yield* paymentIds).toEqual([id])
      yield* sameKey
      expect(yield* keysSent).toHaveLength(3)
    }).pipe(Effect.provide(onPort(client))))

  it.effect("the control: without a key the same charges twice, where the caller insists, and not at all otherwise", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Reset({ applied: true }), 2)
      const error = yield* Effect.flip(inVirtualTime(pay.pipe(Idempotency.none)))
      expect([error._tag, error.mayHaveApplied, (yield* keysSent).length]).toEqual(["TransportFailed", true, 1])
      yield* inVirtualTime(pay.pipe(Idempotency.none, RetryPolicy.with({ repeatUnsafe: true })))
      expect(yield* paymentIds).toHaveLength(3)
    }).pipe(Effect.provide(inProcess())))

  it.effect("a repeat that comes while the first is carried out gets 409 and waits for it with the same key", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Delay({ duration: "1200 millis", whenLeft: "finish" }))
      const { id } = yield* inVirtualTime(
        pay.pipe(RequestTimeout.with({ attempt: "100 millis" }), RetryPolicy.with({ maxAttempts: 20 }))
      )
      expect(yield* paymentIds).toEqual([id])
      expect((yield* requests).map(({ status }) => status)).toContain(409)
      yield* sameKey
    }).pipe(Effect.provide(inProcess())))

  it.effect("a call that never ends is Conflict: in progress, of unknown end", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Respond({ status: 409, body: "{\"detail\":\"in progress\"}" }), Infinity)
      const error = yield* Effect.flip(inVirtualTime(pay))
      expect([error._tag, error._tag === "Conflict" && error.inProgress, error.mayHaveApplied]).toEqual([
        "Conflict",
        true,
        true
      ])
      yield* inject("update", Fault.Respond({ status: 409, body: "{\"detail\":\"Conflict\"}" }))
      const refused = yield* Effect.flip(
        inVirtualTime(Effect.flatMap(CustomersService, ({ update }) => update("cst_ada", { name: "x" })))
      )
      expect([refused._tag, refused._tag === "Conflict" && refused.inProgress]).toEqual(["Conflict", false])
    }).pipe(Effect.provide(inProcess())))

  it.effect("the span says that the answer was replayed", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Reset({ applied: true }))
      const { spans, tracer } = inMemoryTracer()
      yield* Effect.withTracer(inVirtualTime(pay), tracer)
      expect(spans.map(({ attributes }) => attributes.get("customers.replayed"))).toContain(true)
    }).pipe(Effect.provide(inProcess())))
})

describe("a delete whose answer is lost", () => {
  it.effect("is repeated without a key, and its 410 is the success that it was", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seedAda
      yield* inject("delete", Fault.Reset({ applied: true }))
      yield* inVirtualTime(customers.delete("cst_ada"))
      expect(yield* keysSent).toEqual([undefined, undefined])
      expect(yield* customerIds).toEqual([])
      expect((yield* Effect.flip(customers.delete("cst_ada")))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))
})

describe("the caller's own key", () => {
  it.effect("survives the process: the second run finds the first one's payment", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject("createPayment", Fault.Reset({ applied: true }))
      const order = pay.pipe(Idempotency.withKey("order-1"))
      const error = yield* Effect.flip(RetryPolicy.none(order))
      expect([error._tag, error.mayHaveApplied]).toEqual(["TransportFailed", true])
      const { id } = yield* order
      expect(yield* paymentIds).toEqual([id])
      expect(yield* keysSent).toEqual(["order-1", "order-1"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("with other parameters or for another operation it is InvalidRequest at idempotencyKey, and is not repeated", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const customers = yield* CustomersService
      yield* seedAda
      const withKey = Idempotency.withKey("order-1")
      yield* withKey(pay)
      const other = { ...recurring, amount: { currency: "EUR", value: "13.00" } }
      for (
        const call of [
          mollie.createPayment("cst_ada", other),
          mollie.createPayment("cst_other", recurring),
          mollie.create({ name: "Ada" }),
          customers.create({ name: "Ada" })
        ]
      ) {
        const error = yield* Effect.flip(
          withKey<unknown, typeof call extends Effect.Effect<unknown, infer E> ? E : never, never>(call)
        )
        expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "provider", status: 400, mayHaveApplied: false })
        expect(error._tag === "InvalidRequest" && error.issues.map(({ path }) => path)).toEqual(["idempotencyKey"])
      }
      expect(yield* keysSent).toHaveLength(5)
      expect(yield* paymentIds).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("around update and delete it is Unsupported, unsent; reads take no notice of it", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const customers = yield* CustomersService
      yield* seedAda
      const withKey = Idempotency.withKey("key-1")
      for (
        const call of [
          mollie.update("cst_ada", { name: "x" }),
          mollie.delete("cst_ada"),
          customers.update("cst_ada", { name: "x" }),
          customers.delete("cst_ada")
        ]
      ) {
        const error = yield* Effect.flip(
          withKey(Effect.asVoid(call as typeof call & Effect.Effect<unknown, { readonly _tag: string }>))
        )
        expect(error).toMatchObject({ _tag: "Unsupported", path: "idempotencyKey" })
      }
      expect(yield* keysSent).toEqual([])
      yield* withKey(Effect.all([
        mollie.get("cst_ada"),
        mollie.list(),
        mollie.listPayments("cst_ada"),
        customers.list(),
        Effect.map(Stream.runCollect(customers.stream()), Chunk.size)
      ]))
      expect(yield* keysSent).toEqual(Array(5).fill(undefined))
      const error = yield* Effect.flip(withKey(Effect.zipRight(customers.create({}), customers.create({}))))
      expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "sdk" })
      expect(yield* customerIds).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("is in no error, the provider's own words included", () =>
    Effect.gen(function*() {
      yield* seedAda
      yield* inject(
        "createPayment",
        Fault.Respond({ status: 400, body: "{\"detail\":\"idempotency key s3cretOrder\"}" })
      )
      const error = yield* Effect.flip(pay.pipe(Idempotency.withKey("s3cretOrder")))
      expect(JSON.stringify(error) + String(error)).not.toContain("s3cretOrder")
      expect(Redacted.value(error.providerMessage!)).toContain("s3cretOrder")
    }).pipe(Effect.provide(inProcess())))
})
