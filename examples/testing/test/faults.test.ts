/** With faults: what the rules come to when the provider does not play along. */
import { CustomersByExternalId, ProviderUnavailable, RequestTimedOut } from "@effect-customers/core"
import type { ErrorContext } from "@effect-customers/core/CustomersError"
import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Option, TestClock } from "effect"
import { join, purge } from "../src/Membership.js"

const ada = { userId: "user_ada", email: "ada@example.com", name: "Ada Byron" }

const left = (number: number) => ({
  id: `cus_${number}`,
  metadata: { status: "left", leftAt: "2026-01-01T00:00:00Z" }
})

const timedOut = (call: ErrorContext) => new RequestTimedOut({ ...call, timeout: Duration.seconds(30) })

describe("members, when calls fail", () => {
  const unavailable = InMemoryCustomers.layer().pipe(
    CustomersFaults.failNth("upsert", 1, (call) => new ProviderUnavailable({ ...call, status: 503 }))
  )

  it.effect("an outage is something to try later", () =>
    Effect.gen(function*() {
      expect((yield* Effect.flip(join(ada)))._tag).toBe("TryLater")
      yield* join(ada)
    }).pipe(Effect.provide(unavailable)))

  const answerLost = InMemoryCustomers.layer().pipe(CustomersFaults.failNth("upsert", 1, timedOut, { applied: true }))

  it.effect("whose answer was lost has joined once when trying later", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* Effect.flip(join(ada))
      yield* join(ada)
      expect((yield* customers.list()).items.length).toBe(1)
    }).pipe(Effect.provide(answerLost)))

  const secondDeleteFails = InMemoryCustomers.layer({ customers: [left(1), left(2), left(3)] }).pipe(
    CustomersFaults.failNth("delete", 2, timedOut)
  )

  it.effect("one who cannot be deleted stops nothing, and is told of", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-27"))
      const { deleted, failures } = yield* purge
      expect([deleted, failures.map(({ _tag }) => _tag)]).toEqual([["cus_1", "cus_3"], ["RequestTimedOut"]])
    }).pipe(Effect.provide(secondDeleteFails)))

  const silent = InMemoryCustomers.layer().pipe(CustomersFaults.neverAnswer("upsert"))

  it.effect("a call that is never answered ends with the timeout of who asked", () =>
    Effect.gen(function*() {
      const joining = yield* Effect.fork(Effect.timeoutOption(join(ada), "1 minute"))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(joining)).toEqual(Option.none())
    }).pipe(Effect.provide(silent)))
})
