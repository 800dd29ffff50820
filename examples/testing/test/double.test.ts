/** With the double: the rules, fast and without a network. */
import { CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { join, leave, purge } from "../src/Membership.js"

const ada = { userId: "user_ada", email: "ada@example.com", name: "Ada Byron" }

const double = InMemoryCustomers.layer().pipe(CustomersRecorder.record)

describe("members, in memory", () => {
  it.effect("joining twice is joining once, with the newest name", () =>
    Effect.gen(function*() {
      const first = yield* join(ada)
      const second = yield* join({ ...ada, name: "Ada Lovelace" })
      expect([second.id, second.name]).toEqual([first.id, Option.some("Ada Lovelace")])
    }).pipe(Effect.provide(double)))

  it.effect("leaving is one call, by the id that we know", () =>
    Effect.gen(function*() {
      yield* join(ada)
      yield* leave("user_ada")
      const { calls } = yield* CustomersRecorder
      expect((yield* calls).at(-1)).toEqual({
        operation: "updateByExternalId",
        externalId: "user_ada",
        patch: { metadata: { status: "left", leftAt: "1970-01-01T00:00:00.000Z" } }
      })
    }).pipe(Effect.provide(double)))

  it.effect("who is no member can leave", () =>
    Effect.gen(function*() {
      yield* leave("nobody")
    }).pipe(Effect.provide(double)))

  it.effect("who left is kept for a month", () =>
    Effect.gen(function*() {
      const { id } = yield* join(ada)
      yield* leave("user_ada")
      yield* TestClock.adjust("30 days")
      expect((yield* purge).deleted).toEqual([])
      yield* TestClock.adjust("1 minute")
      expect((yield* purge).deleted).toEqual([id])
    }).pipe(Effect.provide(double)))

  it.effect("who came back is kept", () =>
    Effect.gen(function*() {
      yield* join(ada)
      yield* leave("user_ada")
      yield* join(ada)
      yield* TestClock.adjust("60 days")
      expect((yield* purge).deleted).toEqual([])
    }).pipe(Effect.provide(double)))
})
