/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { CustomersByEmail, CustomersByExternalId, type CustomersError } from "@effect-customers/core"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Either, Exit, Option, Stream } from "effect"
import { expectNothingSent, inject, inProcess, json, once, refusal, requests, seed } from "./onSandbox.js"

const nested = (levels: number): unknown => {
  let value: unknown = {}
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

const unreadable = new Proxy<{ readonly anything?: never }>({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

/** Only its fields cannot be read. */
const throwing = Object.defineProperties(
  {},
  Object.fromEntries(
    ["expand", "email", "sort", "filters", "metadata", "pageSize", "from", "id"].map((field) => [field, {
      enumerable: true,
      get() {
        throw new Error("read")
      }
    }])
  )
)

const name = "Ada"

const oddities: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["a number", 5],
  ["a symbol", Symbol("x")],
  ["a function", () => name],
  ["an array that prints as a path", ["a/b"]],
  ["a text that is no name", { toString: () => unreadable }],
  ["metadata with a cycle", { name, metadata: cyclic }],
  ["metadata too deep for the stack", { name, metadata: nested(20_000) }],
  ["metadata with a key called __proto__", { name, metadata: JSON.parse("{\"__proto__\":\"x\"}") as unknown }],
  ["what throws when it is read", unreadable],
  ["what throws when a field of it is read", throwing]
]

type Call = (odd: never) => Effect.Effect<unknown, { readonly _tag: string }>

const calls = Effect.gen(function*() {
  const client = yield* FlexpriceClient
  const customers = yield* CustomersByExternalId
  const { findByEmail } = yield* CustomersByEmail
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["client.list metadata", (odd) => client.list({ metadata: odd })],
    ["client.list customer_ids", (odd) => client.list({ customer_ids: [odd] })],
    ["client.search filters", (odd) => client.search({ filters: odd })],
    ["client.search filter", (odd) => client.search({ filters: [odd] })],
    ["client.search value", (odd) => client.search({ filters: [{ field: "name", operator: "eq", value: odd }] })],
    ["client.search sort", (odd) => client.search({ sort: [odd] })],
    ["client.stream from", (odd) => Stream.runDrain(client.stream({}, { from: odd }))],
    ["client.stream email", (odd) => Stream.runDrain(client.stream({ email: odd }))],
    ["client.create", (odd) => client.create(odd)],
    ["client.create external_id", (odd) => client.create({ external_id: odd, name })],
    ["client.get", (odd) => client.get(odd)],
    ["client.getByExternalId", (odd) => client.getByExternalId(odd)],
    ["client.update key", (odd) => client.update(odd, {})],
    ["client.update id", (odd) => client.update({ id: odd }, {})],
    ["client.update external id", (odd) => client.update({ external_customer_id: odd }, { external_id: odd })],
    ["client.update", (odd) => client.update({ external_customer_id: "ada" }, odd)],
    ["client.delete", (odd) => client.delete(odd)],
    ["client.getUsage", (odd) => client.getUsage(odd)],
    ["client.getUsage of", (odd) => client.getUsage({ customer_id: odd })],
    ["client.getEntitlements", (odd) => client.getEntitlements(odd)],
    ["client.getUpcomingGrants", (odd) => client.getUpcomingGrants(odd)],
    ["customers.create", (odd) => customers.create(odd)],
    ["customers.create address", (odd) => customers.create({ externalId: "ada", name, address: odd })],
    ["customers.list cursor", (odd) => customers.list({ cursor: odd })],
    ["customers.get", (odd) => customers.get(odd)],
    ["customers.update", (odd) => customers.update("cust_x", odd)],
    ["customers.update id", (odd) => customers.update(odd, { name })],
    ["customers.delete", (odd) => customers.delete(odd)],
    ["customers.getByExternalId", (odd) => customers.getByExternalId(odd)],
    ["customers.updateByExternalId", (odd) => customers.updateByExternalId("ada", odd)],
    ["customers.updateByExternalId id", (odd) => customers.updateByExternalId(odd, { name })],
    ["customers.deleteByExternalId", (odd) => customers.deleteByExternalId(odd)],
    ["customers.getOrCreate", (odd) => customers.getOrCreate(odd, { name })],
    ["findByEmail", (odd) => Stream.runDrain(findByEmail(odd))]
  ]
  return all
})

/** Where nothing may be given, and null is nothing. */
const optional: ReadonlyArray<
  readonly [
    string,
    (client: FlexpriceClient["Type"], odd: never) => Effect.Effect<
      unknown,
      { readonly _tag: string }
    >
  ]
> = [
  ["list", (client, odd) => client.list(odd)],
  ["search", (client, odd) => client.search(odd)],
  ["search sort", (client, odd) => client.search({ sort: odd })],
  ["streamSearch sort", (client, odd) => Stream.runDrain(client.streamSearch({ sort: odd }))],
  ["stream", (client, odd) => Stream.runDrain(client.stream(odd))],
  ["streamPages", (client, odd) => Stream.runDrain(client.streamPages(odd))],
  ["streamSearch", (client, odd) => Stream.runDrain(client.streamSearch(odd))],
  ["streamSearchPages", (client, odd) => Stream.runDrain(client.streamSearchPages(odd))],
  ["get query", (client, odd) => client.get("cust_x", odd)],
  ["getByExternalId query", (client, odd) => client.getByExternalId("ada", odd)],
  ["getByExternalId query, by search", (client, odd) => client.getByExternalId("a/b", odd)],
  ["getEntitlements query", (client, odd) => client.getEntitlements("cust_x", odd)]
]

const unreadableIn = (answer: unknown): ReadonlyArray<Error> =>
  (answer as { readonly unreadable?: ReadonlyArray<Error> }).unreadable ?? []

const tagOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>) => {
  const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit.value
  return error instanceof Error && "_tag" in error ? error._tag : String(error)
}

describe("callers without types", () => {
  it.effect.each(oddities)("%s is refused, unsent, by every operation", ([_, odd]) =>
    Effect.gen(function*() {
      const refused: Array<readonly [string, unknown]> = []
      for (const [operation, call] of yield* calls) {
        refused.push([operation, tagOf(yield* Effect.exit(Effect.suspend(() => call(odd as never))))])
      }
      expect(refused.filter(([_, tag]) => tag !== "InvalidRequest" && tag !== "Unsupported")).toEqual([])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(oddities.filter(([_, odd]) => odd !== null))(
    "%s is no query, no body and no order",
    ([_, odd]) =>
      Effect.gen(function*() {
        const client = yield* FlexpriceClient
        const refused: Array<readonly [string, unknown]> = []
        for (const [operation, call] of optional) {
          refused.push([operation, tagOf(yield* Effect.exit(Effect.suspend(() => call(client, odd as never))))])
        }
        expect(refused.filter(([_, tag]) => tag !== "InvalidRequest")).toEqual([])
        yield* expectNothingSent
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("what is no field of a query is refused, unsent, and named", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      const walks = [client.stream, client.streamPages, client.streamSearch, client.streamSearchPages]
      for (const field of ["limit", "offset", "order", "cursor"]) {
        for (const walk of walks) {
          const call = Stream.runDrain<unknown, CustomersError, never>(walk({ [field]: 1 }))
          expect([field, ...yield* refusal(call)]).toEqual([field, "InvalidRequest", "sdk", field])
        }
      }
      for (const field of ["limit", "offset", "status", "external_id", "filters"]) {
        for (const externalId of ["ada", "a/b", ".."]) {
          const call = client.getByExternalId(externalId, { [field]: "x" })
          expect([field, ...yield* refusal(call)]).toEqual([field, "InvalidRequest", "sdk", field])
        }
      }
      for (const externalId of ["ada", "a/b"]) {
        const call = client.getByExternalId(externalId, { expand: "parent_customer" as never })
        expect(yield* refusal(call)).toEqual(["InvalidRequest", "sdk", "expand"])
      }
      yield* expectNothingSent
      yield* seed([{ external_id: "a/b", integrations: [{}] }])
      expect((yield* client.getByExternalId("a/b", { expand: "integrations" })).integrations).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("options of walks that are no object, or cannot be read, are refused, unsent", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      const customers = yield* CustomersByExternalId
      for (const odd of [5, "x", [], true, throwing, unreadable] as ReadonlyArray<unknown> as ReadonlyArray<never>) {
        for (
          const walk of [
            client.stream({}, odd),
            client.streamSearchPages({}, odd),
            customers.stream(odd)
          ] as ReadonlyArray<Stream.Stream<unknown, CustomersError>>
        ) expect(yield* refusal(Stream.runDrain(walk))).toEqual(["InvalidRequest", "sdk", ""])
      }
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("what can be read once only is read once, or refused", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      yield* seed([{ external_id: "ada", features: [{}] }])
      for (let reads = 0; reads < 20; reads++) {
        let left = reads
        const query = Object.defineProperty({ customer_lookup_key: "ada" }, "feature_lookup_keys", {
          enumerable: true,
          get: () => left-- > 0 ? ["feature_1"] : unreadable.anything
        })
        const exit = yield* Effect.exit(client.getUsage(query))
        expect(Exit.isSuccess(exit) || tagOf(exit) === "InvalidRequest").toBe(true)
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("filters that cannot be read are refused beside a cursor too", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      yield* seed(3)
      const [page] = yield* Stream.runCollect(Stream.take(client.streamPages({}, { pageSize: 1 }), 1))
      const from = Option.getOrThrow(page!.next)
      const asked = (yield* requests).length
      for (const odd of [10n, cyclic, throwing, nested(20_000)] as ReadonlyArray<unknown> as ReadonlyArray<never>) {
        const calls = [
          client.stream({ metadata: odd }, { from }),
          client.stream({ metadata: { a: odd } }, { from }),
          client.streamSearch({ sort: [odd] }, { from })
        ]
        for (const call of calls) {
          expect(tagOf(yield* Effect.exit(Stream.runDrain(call)))).toBe("InvalidRequest")
        }
      }
      expect((yield* requests).length).toBe(asked)
    }).pipe(Effect.provide(inProcess())))

  it.effect("messages are short whatever kind is wrong, of inputs and of answers", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      const odd = 5 as never
      // a condition has three ways to be right
      const longest = 400
      const filter = { field: "name", operator: "eq", value: { string: "Ada" } } as const
      const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
        client.list(odd),
        client.search(odd),
        client.create(odd),
        client.update({ id: "x" }, odd),
        client.update(odd, {}),
        client.get("x", odd),
        client.getByExternalId("x", odd),
        client.getByExternalId("a/b", odd),
        client.getUsage(odd),
        client.getEntitlements("x", odd),
        Stream.runDrain(client.stream(odd)),
        client.search({ filters: odd }),
        client.search({ filters: [odd] }),
        client.search({ filters: [{ ...filter, field: odd }] }),
        client.search({ filters: [{ ...filter, operator: odd }] }),
        client.search({ filters: [{ ...filter, value: odd }] }),
        client.search({ filters: [{} as never] }),
        client.search({ sort: odd }),
        client.search({ sort: [odd] }),
        client.search({ sort: [{ field: odd, direction: "asc" }] }),
        client.search({ metadata: odd }),
        client.list({ metadata: odd }),
        client.create({ external_id: "ada", name, tax_rate_overrides: odd }),
        client.create({ external_id: "ada", name, tax_rate_overrides: [odd] })
      ]
      const messages = yield* Effect.forEach(calls, (call) => Effect.map(Effect.flip(call), ({ message }) => message))
      expect(messages.filter((message) => message.length > longest)).toEqual([])

      const lists = [{ items: 5 }, { items: [5] }, { features: 5 }, { features: [5] }, { subscriptions: [5] }]
      const bodies: ReadonlyArray<unknown> = [
        5,
        null,
        [],
        ...lists,
        ...lists.map((list) => ({ customer_id: "x", pagination: { total: 1 }, ...list }))
      ]
      const operations = ["list", "search", "get", "getUsage", "getEntitlements", "getUpcomingGrants"]
      const unreadable = new Set<string>()
      for (const body of bodies) {
        for (const operation of operations) yield* inject(operation, json(200, body))
        for (
          const call of [
            client.list(),
            client.search(),
            client.get("x"),
            client.getUsage({ customer_id: "x" }),
            client.getEntitlements("x"),
            client.getUpcomingGrants("x")
          ] as ReadonlyArray<Effect.Effect<unknown, CustomersError>>
        ) {
          const exit = yield* Effect.either(call)
          if (Either.isLeft(exit)) unreadable.add(exit.left.message)
          else unreadableIn(exit.right).forEach(({ message }) => unreadable.add(message))
        }
      }
      expect(unreadable.size).toBeGreaterThan(20)
      expect([...unreadable].filter((message) => message.length > 300)).toEqual([])
    }).pipe(Effect.provide(once.inProcess())))

  it.effect("options, queries and inputs that are null say nothing", () =>
    Effect.gen(function*() {
      const client = yield* FlexpriceClient
      const customers = yield* CustomersByExternalId
      const nothing = null as never
      expect((yield* customers.list(nothing)).items).toEqual([])
      expect((yield* client.search(nothing)).items).toEqual([])
      expect(yield* Stream.runCount(client.stream(nothing, nothing))).toBe(0)
      expect(yield* Stream.runCount(client.streamSearch({ sort: nothing }))).toBe(0)
      expect(yield* Stream.runCount(customers.stream(nothing))).toBe(0)
      expect(yield* Effect.flip(customers.getOrCreate("ada", nothing))).toMatchObject({ _tag: "InvalidRequest" })
      expect(yield* Effect.flip(customers.upsert("ada", nothing))).toMatchObject({ _tag: "InvalidRequest" })
    }).pipe(Effect.provide(inProcess())))
})
