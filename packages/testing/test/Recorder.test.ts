import { CustomersByEmail, CustomersByExternalId, CustomersService, RateLimited } from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import * as CustomersFaults from "@effect-customers/testing/CustomersFaults"
import { CustomersRecorder, type Recorded, type RecordedCall } from "@effect-customers/testing/CustomersRecorder"
import * as InMemoryCustomers from "@effect-customers/testing/InMemoryCustomers"
import type { HttpClient } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Exit, Layer, Option, Redacted, Stream, TestClock } from "effect"
import { inspect } from "node:util"

const double = InMemoryCustomers.layer({
  customers: [{ id: "cus_1", externalId: "user_1", email: "ada@example.com" }]
})

const recorded = Effect.flatMap(CustomersRecorder, ({ calls }) => calls)

const get = Effect.flatMap(CustomersService, (customers) => customers.get("cus_1"))

const card = {
  number: Redacted.make("4200000000000000"),
  cvc: Redacted.make("123"),
  expiryMonth: 12,
  expiryYear: 2030,
  name: "Ada Lovelace",
  address: { line1: "1 St James's Square", city: "London", country: "GB" }
}

describe("CustomersRecorder", () => {
  it.effect("every call, by the names of its arguments, in order", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { findByEmail } = yield* CustomersByEmail
      const { id } = yield* customers.create({ email: "bob@example.com", metadata: { plan: { seats: [1, 2] } } })
      yield* customers.get(id)
      yield* customers.update(id, { name: null })
      yield* customers.delete(id)
      yield* customers.list()
      const { next } = yield* customers.list({ pageSize: 1 })
      yield* Stream.runDrain(customers.stream())
      yield* Stream.runDrain(customers.stream({ pageSize: 1 }))
      yield* Stream.runDrain(customers.streamPages({ concurrency: 2 }))
      yield* customers.getByExternalId("user_1")
      yield* customers.updateByExternalId("user_1", { name: "Ada" })
      yield* customers.getOrCreate("user_2", { email: "eve@example.com" })
      yield* customers.upsert("user_2", { name: "Eve" })
      yield* customers.deleteByExternalId("user_2")
      yield* Stream.runDrain(findByEmail("ada@example.com"))
      const calls: ReadonlyArray<RecordedCall> = [
        { operation: "create", input: { email: "bob@example.com", metadata: { plan: { seats: [1, 2] } } } },
        { operation: "get", id },
        { operation: "update", id, patch: { name: null } },
        { operation: "delete", id },
        { operation: "list" },
        { operation: "list", options: { pageSize: 1 } },
        { operation: "stream" },
        { operation: "stream", options: { pageSize: 1 } },
        { operation: "streamPages", options: { concurrency: 2 } },
        { operation: "getByExternalId", externalId: "user_1" },
        { operation: "updateByExternalId", externalId: "user_1", patch: { name: "Ada" } },
        { operation: "getOrCreate", externalId: "user_2", input: { email: "eve@example.com" } },
        { operation: "upsert", externalId: "user_2", input: { name: "Eve" } },
        { operation: "deleteByExternalId", externalId: "user_2" },
        { operation: "findByEmail", email: "ada@example.com" }
      ]
      expect(yield* recorded).toEqual(calls)
      expect(yield* recorded).toStrictEqual(calls)
      expect(Option.isNone(next)).toBe(true)
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("through all tags, and the services that services carry", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const byExternalId = yield* CustomersByExternalId
      const byEmail = yield* CustomersByEmail
      const carried = [customers, byExternalId, byEmail].flatMap((service) => [
        ...Option.toArray(service.byExternalId),
        ...Option.toArray(service.byEmail)
      ])
      const all = [customers, byExternalId, byEmail, ...carried]
      yield* Effect.forEach(all, (service, index) => Effect.exit(service.get(`cus_${index}`)))
      expect(yield* recorded).toEqual(all.map((_, index) => ({ operation: "get", id: `cus_${index}` })))
      expect(all).toHaveLength(9)
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("a call is recorded when it runs, each time, also where it fails", () =>
    Effect.gen(function*() {
      const { create, get, stream } = yield* CustomersService
      const [walk, nobody] = [stream(), get("nobody"), create({})]
      expect(yield* recorded).toEqual([])
      yield* Stream.runDrain(walk)
      yield* Effect.flip(nobody)
      yield* Stream.runHead(walk)
      expect(yield* recorded).toEqual([
        { operation: "stream" },
        { operation: "get", id: "nobody" },
        { operation: "stream" }
      ])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("in the order in which calls begin", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* Effect.all([customers.list(), customers.get("cus_1"), customers.delete("cus_1")], {
        concurrency: "unbounded"
      })
      expect((yield* recorded).map(({ operation }) => operation)).toEqual(["list", "get", "delete"])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("forgets what was before `clear`; every build records anew", () => {
    const layer = double.pipe(CustomersRecorder.record)
    return Effect.gen(function*() {
      yield* Effect.gen(function*() {
        const { calls, clear } = yield* CustomersRecorder
        yield* get
        const before = yield* calls
        yield* clear
        expect(yield* calls).toEqual([])
        yield* get
        expect(yield* calls).toEqual(before)
        expect(before).toHaveLength(1)
      }).pipe(Effect.provide(layer))
      expect(yield* Effect.provide(recorded, layer)).toEqual([])
    })
  })

  it.effect("keeps the input as it was", () =>
    Effect.gen(function*() {
      const { create, list } = yield* CustomersService
      const input = { email: "bob@example.com", metadata: { tags: ["a"] } }
      const options = { pageSize: 5 }
      yield* create(input)
      yield* list(options)
      input.email = "later@example.com"
      input.metadata.tags.push("b")
      options.pageSize = 6
      expect(yield* recorded).toEqual([
        { operation: "create", input: { email: "bob@example.com", metadata: { tags: ["a"] } } },
        { operation: "list", options: { pageSize: 5 } }
      ])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("of a call that is made early the input as it is when the call runs, which is what the service reads", () =>
    Effect.gen(function*() {
      const { create, list, stream } = yield* CustomersService
      const input = { name: "Bob" }
      const options = { pageSize: 5 }
      const calls = [create(input), list(options), Stream.runCount(stream(options))] as const
      input.name = "Grace"
      options.pageSize = 6
      const [{ name }] = yield* Effect.all(calls)
      expect(name).toEqual(Option.some("Grace"))
      expect(yield* recorded).toEqual([
        { operation: "create", input: { name: "Grace" } },
        { operation: "list", options: { pageSize: 6 } },
        { operation: "stream", options: { pageSize: 6 } }
      ])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))
})

describe("secrets", () => {
  it.effect("are not recorded", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.create({ email: "bob@example.com", paymentSource: { card } })
      yield* customers.getOrCreate("user_2", { paymentSource: { cardToken: Redacted.make("card_s3cret") } })
      const calls = yield* recorded
      expect(calls).toStrictEqual([
        {
          operation: "create",
          input: {
            email: "bob@example.com",
            paymentSource: {
              card: {
                number: "<redacted>",
                cvc: "<redacted>",
                expiryMonth: 12,
                expiryYear: 2030,
                name: "Ada Lovelace",
                address: { line1: "1 St James's Square", city: "London", country: "GB" }
              }
            }
          }
        },
        {
          operation: "getOrCreate",
          externalId: "user_2",
          input: { paymentSource: { cardToken: "<redacted>" } }
        }
      ])
      // the service itself was given them
      expect(Redacted.value(card.number)).toBe("4200000000000000")
      const printed = inspect(calls, { depth: null, showHidden: true, getters: true }) + JSON.stringify(calls)
      expect(printed).not.toMatch(/4200000000000000|123|card_s3cret/)
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect.each<readonly [string, unknown, unknown]>([
    ["a card number that is no Redacted", { card: { number: "s3cret" } }, { card: { number: "<redacted>" } }],
    ["a number", { card: { cvc: 53 } }, { card: { cvc: "<redacted>" } }],
    ["a token", "s3cret", "<redacted>"],
    ["a field of the provider's", { card_token: "s3cret" }, { card_token: "<redacted>" }],
    ["a list", [Redacted.make("s3cret"), "s3cret"], ["<redacted>", "<redacted>"]],
    ["none", null, null]
  ])("%s, as a caller without types may give it", ([_, paymentSource, expected]) =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      yield* Effect.exit(create({ paymentSource } as never))
      const calls = yield* recorded
      expect(calls).toEqual([{ operation: "create", input: { paymentSource: expected } }])
      expect(inspect(calls, { depth: null }) + JSON.stringify(calls)).not.toMatch(/s3cret|53/)
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("are redacted wherever they are", () =>
    Effect.gen(function*() {
      const { create, get } = yield* CustomersService
      const secret = Redacted.make("s3cret")
      yield* Effect.exit(get(secret as never))
      yield* Effect.exit(create({ metadata: { deep: [{ er: secret }] } } as never))
      expect(yield* recorded).toEqual([
        { operation: "get", id: "<redacted>" },
        { operation: "create", input: { metadata: { deep: [{ er: "<redacted>" }] } } }
      ])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))

  it.effect("reach the provider", () =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      const control = yield* SandboxControl
      const { id } = yield* create({ email: "ada@example.com", paymentSource: { card } })
      expect(yield* control.customers("pin-payments")).toMatchObject([{ token: id }])
      expect(JSON.stringify(yield* recorded)).not.toContain("4200000000000000")
    }).pipe(
      Effect.provide(
        PinPayments.layer({ secretKey: Redacted.make("s3cret") }).pipe(
          CustomersRecorder.record,
          Layer.provideMerge(Sandbox.layer())
        )
      )
    ))
})

describe("callers without types", () => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic

  const throwing = {
    get email() {
      throw new Error("read")
    }
  }

  const unreadable = new Proxy({}, {
    get() {
      throw new Error("read")
    },
    ownKeys() {
      throw new Error("read")
    }
  })

  it.effect.each<readonly [string, unknown, unknown]>([
    ["null", null, null],
    ["nothing", undefined, undefined],
    ["a number", 5, 5],
    ["a getter that throws", throwing, "<unreadable>"],
    ["what throws whatever is read", unreadable, "<unreadable>"],
    ["a cycle", { metadata: cyclic }, "<unreadable>"],
    ["a key called __proto__", JSON.parse("{\"__proto__\":1}"), JSON.parse("{\"__proto__\":1}")]
  ])("%s is refused as without a recorder, and recorded", ([_, odd, expected]) =>
    Effect.gen(function*() {
      const create = Effect.flatMap(CustomersService, ({ create }) => Effect.exit(create(odd as never)))
      const exit = yield* create
      expect(exit).toEqual(yield* Effect.provide(create, double))
      expect(Exit.isFailure(exit) && exit.cause).toMatchObject({ error: { _tag: "InvalidRequest" } })
      expect(yield* recorded).toEqual([{ operation: "create", input: expected }])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record))))
})

describe("with faults", () => {
  const fails = CustomersFaults.failNth("get", 1, (call) => new RateLimited(call))

  it.effect("behind a fault it records the call that fails", () =>
    Effect.gen(function*() {
      expect(yield* Effect.isFailure(get)).toBe(true)
      expect(yield* recorded).toEqual([{ operation: "get", id: "cus_1" }])
    }).pipe(Effect.provide(double.pipe(fails, CustomersRecorder.record))))

  it.effect("before a fault it records what the fault lets through", () =>
    Effect.gen(function*() {
      expect(yield* Effect.isFailure(get)).toBe(true)
      expect(yield* recorded).toEqual([])
      yield* get
      expect(yield* recorded).toEqual([{ operation: "get", id: "cus_1" }])
    }).pipe(Effect.provide(double.pipe(CustomersRecorder.record, fails))))

  it.effect("before a fault it records a call that was carried out, and not before it was", () =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      yield* Effect.fork(create({ email: "bob@example.com" }))
      yield* TestClock.adjust("1 second")
      expect(yield* recorded).toEqual([])
      yield* TestClock.adjust("1 second")
      expect(yield* recorded).toEqual([{ operation: "create", input: { email: "bob@example.com" } }])
    }).pipe(
      Effect.provide(double.pipe(
        CustomersRecorder.record,
        CustomersFaults.neverAnswer("create", { applied: true }),
        CustomersFaults.delay("2 seconds")
      ))
    ))

  it.effect("over Polar, one call whatever the SDK sends", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { getOrCreate } = yield* CustomersByExternalId
      yield* getOrCreate("user_1", { email: "ada@example.com" })
      expect(yield* recorded).toEqual([
        { operation: "getOrCreate", externalId: "user_1", input: { email: "ada@example.com" } }
      ])
      expect(yield* control.requests).toHaveLength(2)
    }).pipe(
      Effect.provide(
        Polar.layer({ accessToken: Redacted.make("polar_oat_test") }).pipe(
          CustomersRecorder.record,
          Layer.provideMerge(Sandbox.layer())
        )
      )
    ))
})

describe("types", () => {
  it("a layer keeps its type, and gets a recorder", () => {
    expectTypeOf(Polar.layer({ accessToken: Redacted.make("t") }).pipe(CustomersRecorder.record)).toEqualTypeOf<
      Layer.Layer<
        Polar.PolarClient | CustomersService | CustomersByExternalId | CustomersByEmail | CustomersRecorder,
        never,
        HttpClient.HttpClient
      >
    >()
    // @ts-expect-error a layer without customers has no calls
    CustomersRecorder.record(Sandbox.layer())
  })

  it("calls are told apart by their operation, and their secrets are text", () => {
    type CallOf<O extends RecordedCall["operation"]> = Extract<RecordedCall, { readonly operation: O }>
    expectTypeOf<RecordedCall["operation"]>().toEqualTypeOf<CustomersFaults.Operation>()
    expectTypeOf<CallOf<"get">>().toEqualTypeOf<{ readonly operation: "get"; readonly id: string }>()
    expectTypeOf<CallOf<"create">["input"]["email"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Recorded<typeof card>["number"]>().toEqualTypeOf<"<redacted>">()
  })
})
