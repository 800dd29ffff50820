import { CustomersByExternalId } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"

const signUp = (userId: string, email: string) =>
  Effect.flatMap(CustomersByExternalId, (customers) => customers.getOrCreate(userId, { email }))

it.effect("signs up", () =>
  Effect.gen(function*() {
    const customer = yield* signUp("user_1", "ada@example.com")
    expect(yield* signUp("user_1", "other@example.com")).toEqual(customer)
  }).pipe(Effect.provide(InMemoryCustomers.layer())))

const PolarInProcess = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(
  Layer.provideMerge(Sandbox.layer())
)

it.effect("two sign-ups of one user end with one customer at Polar", () =>
  Effect.gen(function*() {
    const signUps = Effect.replicate(signUp("user_1", "ada@example.com"), 2)
    const [first, second] = yield* Effect.all(signUps, { concurrency: 2 })
    expect(first?.id).toBe(second?.id)
    const sandbox = yield* SandboxControl
    expect(yield* sandbox.customers("polar")).toHaveLength(1)
  }).pipe(Effect.provide(PolarInProcess)))
