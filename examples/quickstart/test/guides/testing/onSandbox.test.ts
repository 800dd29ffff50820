import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, TestClock } from "effect"

const PolarTest = Polar.layer({ accessToken: Redacted.make("polar_oat_test") }).pipe(
  Layer.provideMerge(Sandbox.layer())
)

it.effect("an outage of a moment is not noticed", () =>
  Effect.gen(function*() {
    const { inject, requests, seed } = yield* SandboxControl
    const [id = ""] = yield* seed("polar", 1)
    yield* inject({ operation: "get", fault: Fault.Respond({ status: 503 }) })
    const customers = yield* CustomersService
    const reading = yield* Effect.fork(customers.get(id))
    yield* TestClock.adjust("1 second")
    expect((yield* Fiber.join(reading)).id).toBe(id)
    expect((yield* requests).length).toBe(2)
  }).pipe(Effect.provide(PolarTest)))
