/** The services over Autumn: what they store, and what becomes of ids, e-mails and metadata. */
import * as Autumn from "@effect-customers/autumn"
import { AutumnClient } from "@effect-customers/autumn"
import {
  Capabilities,
  CustomersByEmail,
  CustomersByExternalId,
  type CustomersError,
  CustomersService
} from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Either, FastCheck, Option, Redacted } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  bodyOf,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  operations,
  refusal,
  requests,
  seed,
  stored,
  versions
} from "./onSandbox.js"
import * as samples from "./samples.js"

const some = Option.some

/** Long before the sandbox's own clock starts. */
const longAgo = 1_700_000_000_000

const fieldsOf = (error: CustomersError) => [
  error._tag,
  error.mayHaveApplied,
  error._tag === "CustomerAlreadyExists" ? error.fields : []
]

describe("what is stored", () => {
  it.effect("a customer with everything reads back, and its own object is behind it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const input = {
        externalId: "team-7_eu:1",
        name: "Ada",
        email: "ada@example.com",
        metadata: { tier: "gold", seats: 3, empty: "", nested: { list: [1, null, { x: true }] } }
      }
      const created = yield* customers.create(input)
      expect(created).toMatchObject({
        provider: "autumn",
        id: "team-7_eu:1",
        externalId: some("team-7_eu:1"),
        name: some("Ada"),
        email: some("ada@example.com"),
        phone: Option.none(),
        address: Option.none(),
        locale: Option.none(),
        updatedAt: Option.none(),
        metadata: input.metadata
      })
      expect(yield* customers.get(created.id)).toEqual(created)
      expect(yield* customers.getByExternalId("team-7_eu:1")).toEqual(created)
      const raw = Option.getOrThrow(Autumn.raw(created))
      expect([raw.env, raw.balances, DateTime.toEpochMillis(created.createdAt)]).toEqual([
        "sandbox",
        {},
        raw.created_at
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("what Autumn has no place for, and what no id can hold, is refused unsent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const refused = [
        [customers.create({ name: "Ada" }), ["InvalidRequest", "sdk", "externalId"]],
        [customers.create({ externalId: "team-1", phone: "1" }), ["Unsupported", "phone"]],
        [customers.create({ externalId: "team-1", locale: "en" }), ["Unsupported", "locale"]],
        [customers.create({ externalId: "team-1", address: { country: "NL" } }), ["Unsupported", "address"]],
        [customers.create({ externalId: "team-1", metadata: { a: null } }), ["Unsupported", "metadata.*"]],
        [customers.create({ externalId: "ada@example.com" }), ["Unsupported", "externalId"]],
        [customers.create({ externalId: "a/b" }), ["Unsupported", "externalId"]],
        [customers.update("team-1", { externalId: "a.b" }), ["Unsupported", "externalId"]],
        [customers.update("team-1", { externalId: null }), ["Unsupported", "externalId"]],
        [customers.update("team-1", { metadata: { a: null } }), ["Unsupported", "metadata.*"]],
        [customers.get("ada@example.com"), ["Unsupported", "id"]],
        [customers.getByExternalId("ada@example.com"), ["Unsupported", "externalId"]],
        [customers.updateByExternalId("ada@example.com", {}), ["Unsupported", "externalId"]],
        [customers.getOrCreate("ada@example.com", {}), ["Unsupported", "externalId"]],
        [customers.upsert("ada@example.com", {}), ["Unsupported", "externalId"]],
        [customers.get(""), ["InvalidRequest", "sdk", "id"]],
        [customers.getByExternalId(""), ["InvalidRequest", "sdk", "externalId"]]
      ] as const
      for (const [call, expected] of refused) expect(yield* refusal(call)).toEqual(expected)
      expect(yield* refusal(customers.delete("ada@example.com"))).toEqual(["Unsupported", "id"])
      expect(yield* refusal(customers.deleteByExternalId("ada@example.com"))).toEqual(["Unsupported", "externalId"])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("a patch changes what it names, null clears, an empty one reads", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "team-1", name: "Ada", email: "ada@example.com", metadata: { a: 1 } }])
      expect(yield* customers.update("team-1", {})).toMatchObject({ name: some("Ada") })
      expect(yield* customers.update("team-1", { name: null })).toMatchObject({
        name: Option.none(),
        email: some("ada@example.com"),
        metadata: { a: 1 }
      })
      expect(yield* customers.updateByExternalId("team-1", { email: null, name: "Bo" })).toMatchObject({
        name: some("Bo"),
        email: Option.none()
      })
      expect((yield* requests).map((entry) => [entry.operation, bodyOf(entry)])).toEqual([
        ["get", { customer_id: "team-1" }],
        ["update", { customer_id: "team-1", name: null }],
        ["update", { customer_id: "team-1", email: null, name: "Bo" }]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("another external id is another id; one that is taken is CustomerAlreadyExists", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "team-1", name: "Ada" }, { id: "team-2" }])
      const renamed = yield* customers.update("team-1", { externalId: "team-3", metadata: { a: 1 } })
      expect([String(renamed.id), renamed.externalId, renamed.metadata]).toEqual(["team-3", some("team-3"), { a: 1 }])
      expect((yield* Effect.flip(customers.get("team-1")))._tag).toBe("CustomerNotFound")
      const taken = yield* Effect.flip(customers.updateByExternalId("team-3", { externalId: "team-2" }))
      expect(fieldsOf(taken)).toEqual(["CustomerAlreadyExists", false, ["externalId"]])
      expect((yield* customers.update("team-3", { externalId: "team-3" })).name).toEqual(some("Ada"))
    }).pipe(Effect.provide(inProcess())))

  it.effect("a delete frees the id", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const first = yield* customers.create({ externalId: "team-1", name: "Ada" })
      yield* customers.deleteByExternalId("team-1")
      expect((yield* Effect.flip(customers.delete("team-1")))._tag).toBe("CustomerNotFound")
      const second = yield* customers.create({ externalId: "team-1", name: "Bo" })
      expect(DateTime.lessThan(first.createdAt, second.createdAt)).toBe(true)
    }).pipe(Effect.provide(inProcess())))

  it.effect("deleteInStripe is what a delete says where the call does not", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const customers = yield* CustomersService
      yield* seed([{ id: "a" }, { id: "b" }])
      yield* customers.delete("a")
      yield* autumn.delete("b", { delete_in_stripe: false })
      expect((yield* requests).map(bodyOf)).toEqual([
        { customer_id: "a", delete_in_stripe: true },
        { customer_id: "b", delete_in_stripe: false }
      ])
    }).pipe(Effect.provide(inProcess({}, { deleteInStripe: true }))))

  it.effect("an internal id is found by the client, and is nobody's external id", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const customers = yield* CustomersByExternalId
      const [internal] = yield* seed([{ id: null, email: "ada@example.com", created_at: longAgo }])
      expect(yield* autumn.get(internal!)).toMatchObject({ id: null, email: "ada@example.com" })
      const error = yield* Effect.flip(customers.getByExternalId(internal!))
      expect(error._tag === "CustomerNotFound" && Redacted.value(error.externalId!)).toBe(internal)
    }).pipe(Effect.provide(inProcess())))

  it.effect("a customer with neither id nor e-mail is an answer that cannot be read", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* inject("get", json(200, { ...samples.bare, email: null }))
      const error = yield* Effect.flip(customers.get("team-1"))
      expect(error._tag === "InvalidResponse" && error.issues.map(({ path }) => path)).toEqual(["id"])
    }).pipe(Effect.provide(inProcess())))
})

describe("create", () => {
  it.effect("of an id that is there is CustomerAlreadyExists, and changes nothing", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "team-1", email: null }])
      const error = yield* Effect.flip(
        customers.create({ externalId: "team-1", name: "Eve", email: "eve@example.com" })
      )
      expect(fieldsOf(error)).toEqual(["CustomerAlreadyExists", false, ["externalId"]])
      expect(yield* operations).toEqual(["get"])
      expect((yield* stored)[0]).toMatchObject({ id: "team-1", name: null, email: null })
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([{}, { name: "Ada" }, { metadata: { a: 1 } }])(
    "that claims a customer with an e-mail alone is CustomerAlreadyExists, by what is stored or by its age: %j",
    (input) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const variants = [
          // tells apart by its age alone
          { ...input, created_at: longAgo },
          { name: "Somebody", created_at: longAgo },
          { metadata: { b: 2 }, created_at: longAgo }
        ]
        for (const [index, variant] of variants.entries()) {
          const email = `user-${index}@example.com`
          yield* seed([{ id: null, email, ...variant }])
          const error = yield* Effect.flip(
            customers.create({ externalId: `team-${index}`, email: email.toUpperCase(), ...input })
          )
          expect(fieldsOf(error)).toEqual(["CustomerAlreadyExists", true, ["email"]])
        }
        expect((yield* stored).map(({ id }) => id)).toEqual(["team-0", "team-1", "team-2"])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("without a Date in the answer goes by the comparison alone", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: null, email: "ada@example.com", name: "Ada", created_at: longAgo }])
      yield* inject("get", json(404, samples.errors.notFound))
      const result = yield* Effect.either(
        customers.create({ externalId: "team-1", email: "ada@example.com", name: "Ada" })
      )
      const other = yield* Effect.either(customers.create({ externalId: "team-2", email: "ada@example.com" }))
      expect([Either.isRight(result), Either.isRight(other)]).toEqual([true, true])
    }).pipe(Effect.provide(inProcess())))

  it.effect("two different ones at once: one success, one CustomerAlreadyExists", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      const pairs = [
        [{ name: "Ada" }, { name: "Eve" }],
        [{ email: "ada@example.com" }, { email: "eve@example.com" }],
        [{ metadata: { a: 1 } }, { metadata: { a: 2 } }],
        [{ name: "Ada", metadata: { a: 1 } }, { name: "Ada", metadata: {} }]
      ]
      // both look before either creates
      yield* control.inject({ operation: "getOrCreate", times: Infinity, fault: Fault.Delay({ duration: "1 second" }) })
      for (const [index, inputs] of pairs.entries()) {
        const externalId = `team-${index}`
        const ends = yield* inVirtualTime(Effect.all(
          inputs.map((input) => Effect.either(customers.create({ externalId, ...input }))),
          { concurrency: 2 }
        ))
        const [created, ...more] = ends.filter(Either.isRight)
        const failed = ends.filter(Either.isLeft)
        expect([more.length, failed.length]).toEqual([0, 1])
        expect(fieldsOf(failed[0]!.left)).toEqual(["CustomerAlreadyExists", true, ["externalId"]])
        expect(yield* customers.get(externalId)).toEqual(created!.right)
      }
      expect(yield* stored).toHaveLength(pairs.length)
    }).pipe(Effect.provide(inProcess())))

  it.effect("an internal id of somebody else's is an id as any other", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const [internal = ""] = yield* seed([{ id: null, email: "ada@example.com" }])
      const created = yield* customers.create({ externalId: internal, name: "Eve" }).pipe(Effect.either)
      expect(Either.isLeft(created) && created.left._tag).not.toBe("CustomerNotFound")
      expect((yield* operations).slice(0, 2)).toEqual(["get", "getOrCreate"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("two equal ones at once both succeed, with one customer (documented)", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "getOrCreate", times: Infinity, fault: Fault.Delay({ duration: "1 second" }) })
      const create = customers.create({ externalId: "team-1", name: "Ada" })
      const [one, two] = yield* inVirtualTime(Effect.all([create, create], { concurrency: 2 }))
      expect(one).toEqual(two)
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("that was carried out and not answered is sent again, and succeeds", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject("getOrCreate", Fault.Reset({ applied: true }))
      const created = yield* inVirtualTime(customers.create({ externalId: "team-1", email: "ada@example.com" }))
      expect(created.email).toEqual(some("ada@example.com"))
      expect(yield* operations).toEqual(["get", "getOrCreate", "getOrCreate"])
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("where the look before it fails, nothing is created", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "get", times: Infinity, fault: Fault.Respond({ status: 500 }) })
      expect((yield* Effect.flip(inVirtualTime(customers.create({ externalId: "team-1" }))))._tag).toBe(
        "ProviderUnavailable"
      )
      expect(new Set(yield* operations)).toEqual(new Set(["get"]))
    }).pipe(Effect.provide(inProcess())))

  it.effect("an issue of Autumn's at the id or the plan is at its place", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject("getOrCreate", json(400, samples.errors.several))
      expect(yield* refusal(customers.create({ externalId: "team-1", email: "a@example.com" }))).toEqual(
        ["InvalidRequest", "provider", "externalId", "email"]
      )
      const autumn = yield* AutumnClient
      expect(yield* refusal(autumn.getOrCreate({ customer_id: "team-1", auto_enable_plan_id: "nope" }))).toEqual(
        ["InvalidRequest", "provider", "auto_enable_plan_id"]
      )
    }).pipe(Effect.provide(inProcess())))
})

describe("metadata", () => {
  const metadata = FastCheck.dictionary(
    FastCheck.constantFrom("a", "b", "c", "d", "e"),
    FastCheck.jsonValue({ maxDepth: 2 }).filter((value) =>
      value !== null && !JSON.stringify(value).includes("__proto__")
    ),
    { maxKeys: 4 }
  )

  it.effect.prop(
    "is replaced whole, whatever was there",
    [metadata, metadata],
    ([before, after]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        yield* customers.create({
          externalId: "team-1",
          name: "Ada",
          email: "ada@example.com",
          metadata: before as never
        })
        const updated = yield* customers.update("team-1", { metadata: after as never })
        const plain = JSON.parse(JSON.stringify(after)) as unknown
        expect(updated.metadata).toEqual(plain)
        expect((yield* stored)[0]).toMatchObject({ name: "Ada", email: "ada@example.com" })
        expect((yield* stored)[0]!.metadata).toEqual(plain)
        expect((yield* customers.update("team-1", { metadata: null })).metadata).toEqual({})
      }).pipe(Effect.provide(inProcess())),
    { fastCheck: { numRuns: 40 } }
  )

  it.effect("only the keys that must go are nulled, and nothing else is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "team-1", metadata: { a: 1, b: { c: 1 }, d: "x" } }])
      yield* customers.update("team-1", { metadata: { a: 2, e: [] } })
      yield* customers.update("team-1", { metadata: {} })
      expect((yield* requests).filter(({ operation }) => operation === "update").map(bodyOf)).toEqual([
        { customer_id: "team-1", metadata: { b: null, d: null, a: 2, e: [] } },
        { customer_id: "team-1", metadata: { a: null, e: null } }
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([{ kept: 1 }, {}, null])(
    "a key that somebody else added after the read stays, and the call ends in Conflict naming it: %j",
    (given) =>
      Effect.gen(function*() {
        const autumn = yield* AutumnClient
        const customers = yield* CustomersByExternalId
        const control = yield* SandboxControl
        yield* seed([{ id: "team-1", name: "Ada", metadata: { gone: 1 } }])
        // the read is answered late, with what was there before
        yield* control.inject({
          operation: "get",
          fault: Fault.Delay({ duration: "1 second", answer: "before" })
        })
        const other = Effect.delay(autumn.update("team-1", { metadata: { addedMeanwhile: true } }), "500 millis")
        const [error] = yield* inVirtualTime(
          Effect.all([Effect.flip(customers.update("team-1", { metadata: given })), other], { concurrency: 2 })
        )
        expect([error._tag, error.mayHaveApplied, error._tag === "Conflict" && error.path]).toEqual(
          ["Conflict", true, "metadata"]
        )
        expect(error._tag === "Conflict" && Redacted.value(error.reason)).toContain("addedMeanwhile")
        expect(error.message).not.toContain("addedMeanwhile")
        expect((yield* stored)[0]).toMatchObject({ name: "Ada", metadata: { ...given, addedMeanwhile: true } })
      }).pipe(Effect.provide(inProcess()))
  )
})

describe("by external id", () => {
  const racing = (operation: "getOrCreate" | "upsert", inputs: readonly [object, object]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "getOrCreate", times: Infinity, fault: Fault.Delay({ duration: "1 second" }) })
      return yield* inVirtualTime(
        Effect.all(inputs.map((input) => customers[operation]("team-1", input)), { concurrency: 2 })
      )
    })

  it.effect.each<readonly [object, object]>([
    [{}, {}],
    [{ name: "Ada" }, { name: "Ada" }],
    [{ name: "Ada", metadata: { a: 1 } }, { name: "Eve", metadata: { b: 2 } }],
    [{ email: "ada@example.com" }, { email: "eve@example.com" }]
  ])("getOrCreate by two fibers at once: one customer, no error: %j", (inputs) =>
    Effect.gen(function*() {
      const [one, two] = yield* racing("getOrCreate", inputs)
      expect(one).toEqual(two)
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [object, object]>([
    [{}, {}],
    [{ name: "Ada" }, { name: "Eve" }],
    [{ name: "Ada", metadata: { a: 1 } }, { name: "Ada", metadata: { a: 1 } }]
  ])(
    "upsert by two fibers at once: one customer, no error, the last one stands: %j",
    (inputs) =>
      Effect.gen(function*() {
        yield* racing("upsert", inputs)
        const [customer, ...more] = yield* stored
        expect(more).toEqual([])
        expect([inputs[0], inputs[1]].some((input) => {
          const { name = null } = input as { readonly name?: string }
          return customer!.name === name
        })).toBe(true)
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("an existing one comes back from getOrCreate untouched, and upsert sends what differs alone", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "team-1", name: "Ada", metadata: { a: 1 } }])
      const before = yield* stored
      yield* customers.getOrCreate("team-1", { name: "Eve", email: "eve@example.com", metadata: {} })
      yield* customers.upsert("team-1", { name: "Ada", metadata: { a: 1 } })
      expect(yield* stored).toEqual(before)
      expect(yield* operations).toEqual(["get", "get"])
      yield* customers.upsert("team-1", { name: "Ada", email: "ada@example.com" })
      expect(bodyOf((yield* requests).at(-1)!)).toEqual({ customer_id: "team-1", email: "ada@example.com" })
    }).pipe(Effect.provide(inProcess())))

  it.effect("who Autumn gives the id to because of the e-mail is nobody's customer yet: CustomerAlreadyExists", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ada = { id: null, email: "ada@example.com", name: "Ada", metadata: { plan: "gold" }, created_at: longAgo }
      for (const operation of ["getOrCreate", "upsert"] as const) {
        yield* seed([ada])
        const input = { email: "ada@example.com", name: "Eve", metadata: {} }
        const error = yield* Effect.flip(customers[operation](operation, input))
        expect(fieldsOf(error)).toEqual(["CustomerAlreadyExists", true, ["email"]])
        const claimed = (yield* stored).find(({ id }) => id === operation)
        expect(claimed).toMatchObject({ name: "Ada", metadata: { plan: "gold" } })
        yield* customers.delete(operation)
      }
      // without the e-mail there is nothing to go by
      yield* seed([{ id: null, email: "bo@example.com", created_at: longAgo }])
      yield* customers.getOrCreate("team-2", {})
      expect((yield* stored).map(({ id }) => id)).toEqual([null, "team-2"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("after a failure that may have been applied getOrCreate looks once more", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "getOrCreate", times: Infinity, fault: Fault.Reset({ applied: true }) })
      expect(String((yield* inVirtualTime(customers.getOrCreate("team-1", {}))).id)).toBe("team-1")
      expect((yield* operations).at(-1)).toBe("get")
    }).pipe(Effect.provide(inProcess())))
})

describe("by e-mail", () => {
  it.effect.each(versions)(
    "finds all with exactly this e-mail, case aside (%s)",
    (apiVersion) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByEmail
        yield* seed([
          { id: "a", email: "a_da@example.com" },
          { id: "b", email: "A_DA@EXAMPLE.COM" },
          { id: null, email: "a_da@example.com" },
          // what the wildcard, the substring and the other fields match too
          { id: "c", email: "axda@example.com" },
          { id: "d", email: "xa_da@example.com" },
          { id: "e", email: "e@example.com", name: "a_da@example.com" }
        ])
        const found = yield* collect(customers.findByEmail("A_da@example.com"))
        expect(found.map(({ id }) => String(id)).sort()).toEqual(["a", "a_da@example.com", "b"])
        expect(yield* collect(customers.findByEmail("100%@example.com"))).toEqual([])
      }).pipe(Effect.provide(inProcess({}, { apiVersion })))
  )
})

describe("capabilities and behaviour agree", () => {
  it.effect.each(versions)(
    "page sizes, the order of the walk, repeats, find-by (%s)",
    (apiVersion) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const { capabilities } = customers
        const seeded = yield* seed(capabilities.pageSize.max + 5)
        const { order } = capabilities.walk
        const inOrder = order === "newest-first" ? seeded.toReversed() : seeded
        for (const pageSize of [capabilities.pageSize.min, capabilities.pageSize.max]) {
          const { items } = yield* customers.list({ pageSize })
          expect(items.map(({ id }) => String(id))).toEqual(inOrder.slice(0, pageSize))
        }
        expect((yield* customers.list()).items.length).toBe(capabilities.pageSize.default)
        expect(order).toBe(apiVersion === "2.1" ? "newest-first" : "oldest-first")
        expect([Option.isSome(customers.byExternalId), Option.isSome(customers.byEmail)]).toEqual([true, true])
        expect(capabilities.repeat).toEqual({
          create: Autumn.AutumnApi.getOrCreate.repeat,
          update: Autumn.AutumnApi.update.repeat,
          delete: Autumn.AutumnApi.delete.repeat
        })
        expect({ ...capabilities, walk: undefined, answers: undefined }).toEqual({
          ...Autumn.capabilities,
          walk: undefined,
          answers: undefined
        })
        expect(capabilities.answers).toEqual({ total: apiVersion === "2.1", updatedAt: false })
      }).pipe(Effect.provide(inProcess({}, { apiVersion })))
  )

  it.effect("what fits is taken", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { input, missing, unsupported } = Capabilities.fit(customers.capabilities, {
        externalId: "team-1",
        name: "Ada",
        phone: "1",
        locale: "en"
      })
      expect([missing, unsupported.map(({ path }) => path)]).toEqual([[], ["phone", "locale"]])
      expect((yield* customers.create(input)).name).toEqual(some("Ada"))
    }).pipe(Effect.provide(inProcess())))
})

describe("capabilities", () => {
  it.effect("say what a layer's options make of them", () =>
    Effect.gen(function*() {
      const capabilitiesOf = (options: Partial<Autumn.AutumnOptions>) =>
        Effect.map(CustomersService, ({ capabilities }) => capabilities).pipe(
          Effect.provide(inProcess({}, options))
        )
      expect(yield* capabilitiesOf({})).toEqual(Autumn.capabilities)
      expect((yield* capabilitiesOf({ apiVersion: "2.3" })).walk.order).toBe("oldest-first")
      expect((yield* capabilitiesOf({ deleteInStripe: true })).delete.cancelsSubscriptions).toBe(true)
    }))
})

describe("words", () => {
  it.effect("of Autumn's refusals of a walk are those of the service", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByEmail
      const at = (path: string) => json(400, { ...samples.errors.limit, message: `${path}: no` })
      yield* inject("list", at("limit"))
      expect(yield* refusal(customers.list())).toEqual(["InvalidRequest", "provider", "pageSize"])
      yield* inject("list", at("search"))
      expect(yield* refusal(collect(customers.findByEmail("ada@example.com")))).toEqual(
        ["InvalidRequest", "provider", "email"]
      )
    }).pipe(Effect.provide(inProcess())))
})
