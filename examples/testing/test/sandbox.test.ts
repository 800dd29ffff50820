/** On the sandbox: the same rules over the wire of a real provider's API, in process. */
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import { join, leave, purge } from "../src/Membership.js"

const ada = { userId: "user_ada", email: "ada@example.com", name: "Ada Byron" }

const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_test") }).pipe(Layer.provideMerge(Sandbox.layer()))

describe("members, on Polar", () => {
  it.effect("an e-mail that another member has is in use", () =>
    Effect.gen(function*() {
      yield* join(ada)
      const error = yield* Effect.flip(join({ ...ada, userId: "user_2" }))
      expect(error._tag).toBe("EmailInUse")
    }).pipe(Effect.provide(polar)))

  it.effect("joining twice, as it is, is one create and one update less", () =>
    Effect.gen(function*() {
      yield* join(ada)
      yield* join(ada)
      const { requests } = yield* SandboxControl
      expect((yield* requests).map(({ operation }) => operation)).toEqual(["getExternal", "create", "getExternal"])
    }).pipe(Effect.provide(polar)))

  it.effect("who left a month ago is deleted at Polar", () =>
    Effect.gen(function*() {
      yield* Effect.zipRight(join(ada), leave("user_ada"))
      yield* TestClock.adjust("31 days")
      yield* purge
      const { customers } = yield* SandboxControl
      expect(yield* customers("polar")).toEqual([])
    }).pipe(Effect.provide(polar)))

  it.effect("a short outage is not even noticed: the SDK asks again", () =>
    Effect.gen(function*() {
      const { inject } = yield* SandboxControl
      yield* inject({ operation: "getExternal", fault: Fault.Respond({ status: 503 }) })
      const joining = yield* Effect.fork(join(ada))
      yield* TestClock.adjust("1 second")
      expect((yield* Fiber.join(joining)).provider).toBe("polar")
    }).pipe(Effect.provide(polar)))
})
