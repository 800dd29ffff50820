/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { AutumnClient } from "@effect-customers/autumn"
import { CustomersByEmail, CustomersByExternalId } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Redacted, Stream } from "effect"
import { expectNothingSent, inProcess, refusal } from "./onSandbox.js"

const unreadable = new Proxy({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

const wiped = Redacted.make("am_sk_test_x")
Redacted.unsafeWipe(wiped)

const oddities: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["a number", 5],
  ["a symbol", Symbol("x")],
  ["a function", () => "team-1"],
  ["an array", ["team-1"]],
  ["a secret that was wiped", wiped],
  ["what throws when it is read", unreadable]
]

type Call = (odd: never) => Effect.Effect<unknown, { readonly _tag: string }>

/** Where nothing is a good answer, null and a secret (which has no fields) are too. */
const optional = new Set(["get options", "list", "stream", "update", "delete options", "customers.update"])

const calls = Effect.gen(function*() {
  const autumn = yield* AutumnClient
  const customers = yield* CustomersByExternalId
  const byEmail = yield* CustomersByEmail
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["getOrCreate", (odd) => autumn.getOrCreate(odd)],
    ["getOrCreate email", (odd) => autumn.getOrCreate({ customer_id: null, email: odd })],
    ["getOrCreate metadata", (odd) => autumn.getOrCreate({ customer_id: "a", metadata: { a: odd, b: Number.NaN } })],
    ["get", (odd) => autumn.get(odd)],
    ["get options", (odd) => autumn.get("team-1", odd)],
    ["get expand", (odd) => autumn.get("team-1", { expand: odd })],
    ["list", (odd) => autumn.list(odd)],
    ["list search", (odd) => autumn.list({ search: odd })],
    ["stream", (odd) => Stream.runDrain(autumn.stream(odd))],
    ["stream from", (odd) => Stream.runDrain(autumn.stream({}, { from: odd }))],
    ["update id", (odd) => autumn.update(odd, {})],
    ["update", (odd) => autumn.update("team-1", odd)],
    ["update new_customer_id", (odd) => autumn.update("team-1", { new_customer_id: odd })],
    ["delete", (odd) => autumn.delete(odd)],
    ["delete options", (odd) => autumn.delete("team-1", odd)],
    ["customers.create", (odd) => customers.create(odd)],
    ["customers.create externalId", (odd) => customers.create({ externalId: odd })],
    ["customers.get", (odd) => customers.get(odd)],
    ["customers.getByExternalId", (odd) => customers.getByExternalId(odd)],
    ["customers.update", (odd) => customers.update("team-1", odd)],
    ["customers.update id", (odd) => customers.update(odd, { name: "Ada" })],
    ["customers.update metadata", (odd) => customers.update(odd, { metadata: {} })],
    ["customers.delete", (odd) => customers.delete(odd)],
    ["customers.findByEmail", (odd) => Stream.runDrain(byEmail.findByEmail(odd))]
  ]
  return all
})

describe("callers without types", () => {
  it.effect.each(oddities)("%s is refused, unsent, by every operation", ([_, odd]) =>
    Effect.gen(function*() {
      const refused: Array<readonly [string, unknown]> = []
      for (const [operation, call] of yield* calls) {
        if ((odd === null || Redacted.isRedacted(odd)) && optional.has(operation)) continue
        const exit = yield* Effect.exit(Effect.suspend(() => call(odd as never)))
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit.value
        refused.push([operation, error instanceof Error && "_tag" in error ? error._tag : String(error)])
      }
      expect(refused.filter(([_, tag]) => tag !== "InvalidRequest" && tag !== "Unsupported")).toEqual([])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("another id in the input is not dropped", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const other = { customer_id: "team-2" } as never
      expect(yield* refusal(autumn.get("team-1", other))).toEqual(["InvalidRequest", "sdk", "customer_id"])
      expect(yield* refusal(autumn.update("team-1", other))).toEqual(["InvalidRequest", "sdk", "customer_id"])
      expect(yield* refusal(autumn.delete("team-1", other))).toEqual(["InvalidRequest", "sdk", "customer_id"])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})
