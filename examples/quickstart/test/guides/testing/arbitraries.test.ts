import { CustomersByExternalId } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { CustomersArbitrary, InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect, FastCheck } from "effect"

it("whoever signs up twice is there once", () =>
  FastCheck.assert(
    FastCheck.asyncProperty(CustomersArbitrary.createCustomerFor(Polar.capabilities), ({ externalId: _, ...input }) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const first = yield* customers.getOrCreate("user_1", input)
        expect(yield* customers.getOrCreate("user_1", input)).toEqual(first)
      }).pipe(
        Effect.provide(InMemoryCustomers.layer({ capabilities: Polar.capabilities })),
        Effect.runPromise
      ))
  ))
