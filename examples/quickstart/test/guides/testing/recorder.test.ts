import { CustomersService } from "@effect-customers/core"
import { CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"

it.effect("reads once", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    yield* Effect.flip(customers.get("nobody"))
    const { calls } = yield* CustomersRecorder
    expect(yield* calls).toEqual([{ operation: "get", id: "nobody" }])
  }).pipe(Effect.provide(InMemoryCustomers.layer().pipe(CustomersRecorder.record))))
