import { CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"

const MollieTest: Layer.Layer<CustomersService> = InMemoryCustomers.layer({ capabilities: Mollie.capabilities })

it.effect("Mollie keeps no phone numbers", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const error = yield* Effect.flip(customers.create({ email: "ada@example.com", phone: "+44 20 7946 0018" }))
    expect(error).toMatchObject({ _tag: "Unsupported", path: "phone" })
  }).pipe(Effect.provide(MollieTest)))
