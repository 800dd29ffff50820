import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const program = Effect.gen(function*() {
  const customers = yield* CustomersService
  const error = yield* Effect.flip(customers.create({ email: "ada@example" }))
  yield* Console.log(String(error), JSON.stringify(error, null, 2))
  if (error._tag === "InvalidRequest" && error.providerMessage !== undefined) {
    yield* Console.log(Redacted.value(error.providerMessage))
  }
})

const PolarInProcess = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(Sandbox.layer()))

await Effect.runPromise(Effect.provide(program, PolarInProcess))
