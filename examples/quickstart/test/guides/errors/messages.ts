/** Prints one error of each tag, as they come from the sandbox. */
import { CustomersByExternalId, type CustomersError, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const polar = (accessToken: string) => Polar.layer({ accessToken: Redacted.make(accessToken) })

const fails = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const pin = yield* PinPayments.PinPaymentsClient
  const { inject } = yield* SandboxControl
  const { id } = yield* customers.create({ externalId: "user_1", email: "ada@example.com" })
  const grace = { email: "grace@example.com" }
  const broken = (fault: Fault.Fault) => Effect.zipRight(inject({ fault }), customers.create(grace))
  const withToken = (accessToken: string) =>
    Effect.flatMap(CustomersByExternalId, (customers) => customers.create(grace)).pipe(
      Effect.provide(Layer.provide(polar(accessToken), Sandbox.layer()))
    )
  const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
    customers.getByExternalId("user_2"),
    pin.deleteCard("cus_x", Redacted.make("card_x")),
    customers.create({ email: "ada@example.com" }),
    customers.create({ email: "ada", address: { country: "nl" } }),
    customers.create({ ...grace, phone: "+31 20 1234567" }),
    customers.update(id, { externalId: "user_3" }),
    withToken("polar_oat_expired"),
    withToken("polar_oat_readonly"),
    broken(Fault.Respond({ status: 429, headers: { "retry-after": "60" } })),
    broken(Fault.Respond({ status: 502 })),
    broken(Fault.StallBody({})).pipe(RequestTimeout.with({ attempt: "500 millis" })),
    broken(Fault.Reset({})),
    broken(Fault.Respond({ status: 201, body: `{"id":7}`, headers: { "content-type": "application/json" } })),
    broken(Fault.Respond({ status: 307 }))
  ]
  return yield* Effect.forEach(calls, (call) => Effect.flip(call))
}).pipe(RetryPolicy.none)

// Pin Payments provides no CustomersByExternalId: that is Polar's
const services = Layer.merge(polar("polar_oat_x"), PinPayments.layer({ secretKey: Redacted.make("key") }))

const printed = Effect.flatMap(
  fails,
  Effect.forEach((error) => Console.log(`${error._tag.padEnd(22)}${error.message}`), { discard: true })
)

await Effect.runPromise(Effect.provide(printed, Layer.provideMerge(services, Sandbox.layer())))
