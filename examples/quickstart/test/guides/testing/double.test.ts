import { CustomersService } from "@effect-customers/core"
import { InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"

const CustomersTest = InMemoryCustomers.layer({
  customers: [{ id: "cus_ada", email: "ada@example.com" }, { email: "grace@example.com" }]
})

it.effect("renames", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const ada = yield* customers.update("cus_ada", { name: "Ada Lovelace" })
    expect(ada.name).toEqual(Option.some("Ada Lovelace"))
  }).pipe(Effect.provide(CustomersTest)))
