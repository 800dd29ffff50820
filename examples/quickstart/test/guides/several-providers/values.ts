import { CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, type Context, Effect, Layer, Option, Redacted, Stream } from "effect"

type Customers = Context.Tag.Service<CustomersService>

/** One customer per user where the provider keeps our ids. Where it does not, a table of ours has to. */
const signUp = (customers: Customers, userId: string, email: string) =>
  Option.match(customers.byExternalId, {
    onNone: () => customers.create({ email }),
    onSome: ({ getOrCreate }) => getOrCreate(userId, { email })
  })

/** Everybody with this e-mail: asked for where the provider can look for it, looked for among all where it cannot. */
const withEmail = (customers: Customers, email: string) =>
  Option.match(customers.byEmail, {
    onNone: () => Stream.filter(customers.stream(), (customer) => Option.contains(customer.email, email)),
    onSome: ({ findByEmail }) => findByEmail(email)
  })

const program = Effect.gen(function*() {
  const customers = yield* CustomersService
  yield* signUp(customers, "user_1", "ada@example.com")
  yield* signUp(customers, "user_1", "ada@example.com")
  const count = yield* Stream.runCount(withEmail(customers, "ada@example.com"))
  yield* Console.log(`${customers.provider}: ${count}`)
})

const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_x") })
const mollie = Mollie.layer({ apiKey: Redacted.make("test_x") })

await Effect.runPromise(Effect.provide(program, Layer.provide(polar, Sandbox.layer())))
await Effect.runPromise(Effect.provide(program, Layer.provide(mollie, Sandbox.layer())))
