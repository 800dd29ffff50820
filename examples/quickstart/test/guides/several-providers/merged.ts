import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const both = Layer.merge(
  Polar.layer({ accessToken: Redacted.make("polar_oat_x") }),
  Mollie.layer({ apiKey: Redacted.make("test_x") })
)

const program = Effect.gen(function*() {
  yield* Console.log(`CustomersService is ${(yield* CustomersService).provider}`)
  yield* Console.log(`CustomersByExternalId is ${(yield* CustomersByExternalId).provider}`)
})

await Effect.runPromise(Effect.provide(program, Layer.provide(both, Sandbox.layer())))
