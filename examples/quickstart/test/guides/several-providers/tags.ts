import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Context, Effect, Layer, Redacted } from "effect"

class Accounts extends Context.Tag("Accounts")<Accounts, Context.Tag.Service<CustomersByExternalId>>() {}
class Payers extends Context.Tag("Payers")<Payers, Context.Tag.Service<CustomersService>>() {}

const services = Layer.merge(
  Layer.effect(Accounts, CustomersByExternalId).pipe(
    Layer.provide(Polar.layer({ accessToken: Redacted.make("polar_oat_x") }))
  ),
  Layer.effect(Payers, CustomersService).pipe(
    Layer.provide(Mollie.layer({ apiKey: Redacted.make("test_x") }))
  )
)

const program = Effect.gen(function*() {
  const accounts = yield* Accounts
  const payers = yield* Payers
  yield* accounts.getOrCreate("user_1", { email: "ada@example.com" })
  yield* payers.create({ email: "ada@example.com" })
  yield* Console.log(`accounts: ${accounts.provider}, payments: ${payers.provider}`)
})

await Effect.runPromise(Effect.provide(program, Layer.provide(services, Sandbox.layer())))
