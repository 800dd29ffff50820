/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { CustomersByEmail, CustomersByExternalId } from "@effect-customers/core"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import { expectNothingSent, inProcess } from "./onSandbox.js"

const nested = (levels: number): unknown => {
  let value: unknown = {}
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

const unreadable = new Proxy({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

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
  ["what throws when it is read", unreadable]
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
  ["get query", (client, odd) => client.get("cust_x", odd)],
  ["getByExternalId query", (client, odd) => client.getByExternalId("ada", odd)],
  ["getEntitlements query", (client, odd) => client.getEntitlements("cust_x", odd)]
]

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
