import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const PolarLayer = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(Sandbox.layer()))
const MollieLayer = Mollie.layer({ apiKey: Redacted.make("test_x") }).pipe(Layer.provide(Sandbox.layer()))

const account = (userId: string, email: string) =>
  Effect.flatMap(CustomersByExternalId, (customers) => customers.getOrCreate(userId, { email }))

const payer = (email: string) => Effect.flatMap(CustomersService, (customers) => customers.create({ email }))

const program = Effect.gen(function*() {
  const { provider: keepsAccounts } = yield* Effect.provide(account("user_1", "ada@example.com"), PolarLayer)
  const { provider: takesPayments } = yield* Effect.provide(payer("ada@example.com"), MollieLayer)
  yield* Console.log(`accounts: ${keepsAccounts}, payments: ${takesPayments}`)
})

await Effect.runPromise(program)
