/** What the compiler promises. The tests run, but it is the type check that fails. */
import type {
  AuthenticationFailed,
  Conflict,
  CustomerNotFound,
  InvalidRequest,
  InvalidResponse,
  PermissionDenied,
  ProviderUnavailable,
  RateLimited,
  RequestTimedOut,
  ResourceNotFound,
  TransportFailed,
  UnexpectedStatus,
  Unsupported
} from "@effect-customers/core"
import { CustomersByEmail, CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import type { MollieApi } from "@effect-customers/mollie"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { describe, expectTypeOf, it } from "@effect/vitest"
import { type ConfigError, type Context, Effect, Layer, Redacted, type Stream } from "effect"

type Common =
  | InvalidRequest
  | AuthenticationFailed
  | PermissionDenied
  | RateLimited
  | ProviderUnavailable
  | RequestTimedOut
  | TransportFailed
  | UnexpectedStatus

type Client = Context.Tag.Service<Mollie.MollieClient>

/** The errors of an operation, by tag: unions of classes are compared through them. */
type Tags<Operation extends (...args: never) => unknown> = ReturnType<Operation> extends
  Effect.Effect<unknown, infer E> ? (E extends { readonly _tag: infer Tag } ? Tag : never)
  : ReturnType<Operation> extends Stream.Stream<unknown, infer E> ?
    (E extends { readonly _tag: infer Tag } ? Tag : never)
  : never

type Tag<E extends { readonly _tag: string }> = E["_tag"]

const apiKey = Redacted.make("test_x")
const accessToken = Redacted.make("access_x")

describe("types", () => {
  it("every operation ends in exactly what it can end in", () => {
    type List = Tag<Common | InvalidResponse>
    expectTypeOf<Tags<Client["list"]>>().toEqualTypeOf<List>()
    expectTypeOf<Tags<Client["stream"]>>().toEqualTypeOf<List>()
    expectTypeOf<Tags<Client["streamPages"]>>().toEqualTypeOf<List>()
    expectTypeOf<Tags<Client["create"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | Conflict>>()
    expectTypeOf<Tags<Client["get"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["update"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerNotFound | Conflict | Unsupported>
    >()
    expectTypeOf<Tags<Client["delete"]>>().toEqualTypeOf<Tag<Common | CustomerNotFound | Conflict | Unsupported>>()
    expectTypeOf<Tags<Client["createPayment"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerNotFound | ResourceNotFound | Conflict>
    >()
    expectTypeOf<Tags<Client["listPayments"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["streamPayments"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["streamPaymentsPages"]>>().toEqualTypeOf<Tags<Client["streamPayments"]>>()
  })

  it("a layer provides exactly its tags, needs only an HttpClient, and cannot fail", () => {
    type Provided = Mollie.MollieClient | CustomersService
    expectTypeOf(Mollie.layer).returns.toEqualTypeOf<Layer.Layer<Provided, never, HttpClient.HttpClient>>()
    expectTypeOf(Mollie.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
  })

  it("what Mollie cannot do is not provided, and asking for it does not compile", () => {
    const layer = Mollie.layer({ apiKey }).pipe(Layer.provide(FetchHttpClient.layer))
    const byEmail = Effect.flatMap(CustomersByEmail, (customers) => Effect.succeed(customers.provider))
    const byExternalId = Effect.flatMap(CustomersByExternalId, (customers) => Effect.succeed(customers.provider))
    expectTypeOf(Effect.provide(byEmail, layer)).toExtend<Effect.Effect<string, never, CustomersByEmail>>()
    expectTypeOf(Effect.provide(byExternalId, layer)).toExtend<Effect.Effect<string, never, CustomersByExternalId>>()
    // what runs requires nothing
    expectTypeOf(Effect.provide(byEmail, layer)).not.toExtend<Effect.Effect<string>>()
    expectTypeOf(Effect.provide(byExternalId, layer)).not.toExtend<Effect.Effect<string>>()
    const provided = Effect.map(CustomersService, (customers) => customers.provider)
    expectTypeOf(Effect.provide(provided, layer)).toExtend<Effect.Effect<string>>()
  })

  it("options: an API key, or an access token with its extras", () => {
    expectTypeOf({ apiKey }).toExtend<Mollie.MollieOptions>()
    expectTypeOf({ accessToken, testmode: true, profileId: "pfl_1" }).toExtend<Mollie.MollieOptions>()
    const refused = () => [
      // @ts-expect-error: the key fixes the mode
      Mollie.layer({ apiKey, testmode: true }),
      // @ts-expect-error: the key fixes the mode, the same one included
      Mollie.layer({ apiKey, testmode: false }),
      // @ts-expect-error: the key fixes the profile
      Mollie.layer({ apiKey, profileId: "pfl_1" }),
      // @ts-expect-error: one of the two
      Mollie.layer({ apiKey, accessToken }),
      // @ts-expect-error: one of the two
      Mollie.layer({}),
      // @ts-expect-error: a secret is Redacted
      Mollie.layer({ apiKey: "test_x" })
    ]
    expectTypeOf(refused).toBeFunction()
  })

  it("what Mollie would refuse or ignore cannot be written", () => {
    const payment = { amount: { currency: "EUR", value: "1.00" }, description: "x" }
    const refused = (mollie: Client) => [
      // @ts-expect-error: a number is no amount
      mollie.createPayment("cst_1", { ...payment, amount: { currency: "EUR", value: 1 } }),
      // @ts-expect-error: a token is Redacted
      mollie.createPayment("cst_1", { ...payment, cardToken: "tkn" }),
      // @ts-expect-error: a token cannot be null
      mollie.createPayment("cst_1", { ...payment, cardToken: null }),
      // @ts-expect-error: the customer comes from the path
      mollie.createPayment("cst_1", { ...payment, customerId: "cst_1" }),
      // @ts-expect-error: there are no filters
      mollie.list({ email: "a@example.com" }),
      // @ts-expect-error: a walk starts from a cursor
      mollie.stream({ from: "cst_1" }),
      // @ts-expect-error: payments of customers have a profile, customers have none
      mollie.list({ profileId: "pfl_1" }),
      // @ts-expect-error: null is no mode
      mollie.update("cst_1", { testmode: null })
    ]
    expectTypeOf(refused).toBeFunction()
    expectTypeOf<MollieApi.MolliePayment["status"]>().not.toBeAny()
    expectTypeOf<"something new">().toExtend<MollieApi.MolliePayment["status"]>()
    expectTypeOf<MollieApi.MolliePayment["amount"]["value"]>().toEqualTypeOf<string>()
  })
})
