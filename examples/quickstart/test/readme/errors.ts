import { CustomersByExternalId, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const failures = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const sandbox = yield* SandboxControl
  const { id } = yield* customers.create({ externalId: "user_1", email: "ada@example.com" })
  yield* sandbox.inject({ operation: "delete", fault: Fault.Respond({ status: 502 }) })
  yield* sandbox.inject({
    operation: "list",
    fault: Fault.Respond({ status: 429, headers: { "retry-after": "60" } })
  })
  return yield* Effect.all([
    Effect.flip(customers.getByExternalId("user_2")),
    Effect.flip(customers.create({ email: "ada@example.com" })),
    Effect.flip(customers.create({ email: "ada", address: { country: "nl" } })),
    Effect.flip(customers.create({ email: "grace@example.com", phone: "+31 20 1234567" })),
    Effect.flip(customers.update(id, { externalId: "user_3" })),
    Effect.flip(customers.delete(id)),
    Effect.flip(customers.list())
  ]).pipe(RetryPolicy.none)
})

const onSandbox = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provideMerge(Sandbox.layer()))

const errors = await Effect.runPromise(Effect.provide(failures, onSandbox))

await Effect.runPromise(Effect.forEach(errors, (error) => Console.log(`${error._tag.padEnd(22)}${error.message}`)))
