/** What the compiler says. It checks this file; nothing here is run against a provider. */
import type {
  AuthenticationFailed,
  Conflict,
  CustomerNotFound,
  CustomersByEmail,
  CustomersByExternalId,
  CustomersService,
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
import type { PinPaymentsApi, PinPaymentsClient } from "@effect-customers/pin-payments"
import * as PinPayments from "@effect-customers/pin-payments"
import type { HttpClient } from "@effect/platform"
import { describe, expectTypeOf, it } from "@effect/vitest"
import type { ConfigError, Effect, Layer, Redacted } from "effect"

type Client = PinPaymentsClient["Type"]
type Common =
  | InvalidRequest
  | AuthenticationFailed
  | PermissionDenied
  | RateLimited
  | ProviderUnavailable
  | RequestTimedOut
  | TransportFailed
  | UnexpectedStatus
type Read = Common | InvalidResponse
type Tag<E> = E extends { readonly _tag: infer T } ? T : never
type Tags<F> = F extends (...args: infer _) => Effect.Effect<infer _A, infer E, infer _R> ? Tag<E> : never

declare const details: PinPaymentsApi.PinPaymentsCardDetails
declare const token: Redacted.Redacted<string>
declare const pin: Client

describe("types", () => {
  it("every operation ends in exactly what it can end in", () => {
    expectTypeOf<Tags<Client["create"]>>().toEqualTypeOf<Tag<Read | Unsupported>>()
    expectTypeOf<Tags<Client["list"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["get"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["update"]>>().toEqualTypeOf<
      Tag<Read | Unsupported | CustomerNotFound | ResourceNotFound>
    >()
    expectTypeOf<Tags<Client["delete"]>>().toEqualTypeOf<Tag<Common | Unsupported | CustomerNotFound>>()
    expectTypeOf<Tags<Client["listCharges"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["listCards"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["createCard"]>>().toEqualTypeOf<
      Tag<Read | Unsupported | CustomerNotFound | ResourceNotFound>
    >()
    expectTypeOf<Tags<Client["deleteCard"]>>().toEqualTypeOf<Tag<Common | Unsupported | ResourceNotFound | Conflict>>()
    expectTypeOf<Tags<Client["listSubscriptions"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["cancelSubscription"]>>().toEqualTypeOf<
      Tag<Read | Unsupported | ResourceNotFound | Conflict>
    >()
  })

  it("a layer provides the client and the service, needs only an HttpClient, and cannot fail", () => {
    type Provided = PinPaymentsClient | CustomersService
    expectTypeOf(PinPayments.layer).returns.toEqualTypeOf<Layer.Layer<Provided, never, HttpClient.HttpClient>>()
    expectTypeOf(PinPayments.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
    expectTypeOf<CustomersByEmail>().not.toExtend<Provided>()
    expectTypeOf<CustomersByExternalId>().not.toExtend<Provided>()
  })

  it("create takes exactly one of card and card_token", () => {
    const email = "a@example.com"
    const calls = () => [
      pin.create({ email, card: details }),
      pin.create({ email, card_token: token }),
      // @ts-expect-error: neither
      pin.create({ email }),
      // @ts-expect-error: both
      pin.create({ email, card: details, card_token: token }),
      // @ts-expect-error: no e-mail
      pin.create({ card: details }),
      // @ts-expect-error: details are nested
      pin.create({ email, ...details }),
      // @ts-expect-error: a token in the clear
      pin.create({ email, card_token: "card_x" })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("update takes at most one of card, card_token and primary_card_token", () => {
    const calls = () => [
      pin.update("cus_x", {}),
      pin.update("cus_x", { card: details }),
      pin.update("cus_x", { card_token: token }),
      pin.update("cus_x", { primary_card_token: token }),
      // @ts-expect-error: two
      pin.update("cus_x", { card: details, card_token: token }),
      // @ts-expect-error: two
      pin.update("cus_x", { card: details, primary_card_token: token }),
      // @ts-expect-error: two
      pin.update("cus_x", { card_token: token, primary_card_token: token }),
      // @ts-expect-error: three
      pin.update("cus_x", { card: details, card_token: token, primary_card_token: token }),
      // @ts-expect-error: Pin ignores flat details here
      pin.update("cus_x", { number: details.number, cvc: details.cvc }),
      // @ts-expect-error: an empty card
      pin.update("cus_x", { card: {} })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("createCard takes flat details or a token alone", () => {
    const calls = () => [
      pin.createCard("cus_x", details),
      pin.createCard("cus_x", { card_token: token }),
      // @ts-expect-error: nested
      pin.createCard("cus_x", { card: details }),
      // @ts-expect-error: both
      pin.createCard("cus_x", { ...details, card_token: token }),
      // @ts-expect-error: name and address are required
      pin.createCard("cus_x", { number: token, cvc: token, expiry_month: 1, expiry_year: 2030 }),
      // @ts-expect-error: a cvc in the clear
      pin.createCard("cus_x", { ...details, cvc: "012" }),
      // @ts-expect-error: the token of a card is redacted
      pin.deleteCard("cus_x", "card_x")
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("what is null on the wire is so in the types", () => {
    type Card = PinPaymentsApi.PinPaymentsCard
    expectTypeOf<Card["token"]>().toEqualTypeOf<Redacted.Redacted<string>>()
    expectTypeOf<Card["name"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<Card["issuing_country"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<PinPaymentsApi.PinPaymentsCustomer["card"]>().extract<null>().toEqualTypeOf<null>()
    expectTypeOf<PinPaymentsApi.PinPaymentsCharge["total_fees"]>().toEqualTypeOf<number | null | undefined>()
    expectTypeOf<PinPaymentsApi.PinPaymentsCharge["ip_address"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<PinPaymentsApi.PinPaymentsSubscription["cancelled_at"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<PinPaymentsApi.PinPaymentsSubscription["card_token"]>().extract<null>().toEqualTypeOf<null>()
    expectTypeOf<PinPaymentsApi.PinPaymentsCustomerPage["pagination"]["next"]>().toEqualTypeOf<
      number | null | undefined
    >()
  })
})
