/** What the compiler says. It checks this file; nothing here is run against a provider. */
import type { AutumnApi, AutumnClient } from "@effect-customers/autumn"
import * as Autumn from "@effect-customers/autumn"
import type {
  AuthenticationFailed,
  CustomerAlreadyExists,
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
  TransportFailed,
  UnexpectedStatus,
  Unsupported
} from "@effect-customers/core"
import type { HttpClient } from "@effect/platform"
import { describe, expectTypeOf, it } from "@effect/vitest"
import type { ConfigError, Effect, Layer, Redacted, Stream } from "effect"

type Client = AutumnClient["Type"]
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
type Tags<F> = F extends (...args: infer _) => infer R ? R extends Effect.Effect<infer _A, infer E, infer _R> ? Tag<E>
  : R extends Stream.Stream<infer _A, infer E, infer _R> ? Tag<E>
  : never
  : never

declare const autumn: Client
declare const secretKey: Redacted.Redacted<string>

describe("types", () => {
  it("every operation ends in exactly what it can end in", () => {
    expectTypeOf<Tags<Client["getOrCreate"]>>().toEqualTypeOf<Tag<Read | Unsupported>>()
    expectTypeOf<Tags<Client["get"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["list"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["stream"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["streamPages"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["update"]>>().toEqualTypeOf<
      Tag<Read | Unsupported | CustomerNotFound | CustomerAlreadyExists>
    >()
    expectTypeOf<Tags<Client["delete"]>>().toEqualTypeOf<Tag<Common | Unsupported | CustomerNotFound>>()
  })

  it("a layer provides all tags, needs only an HttpClient, and cannot fail", () => {
    type Provided = AutumnClient | CustomersService | CustomersByExternalId | CustomersByEmail
    expectTypeOf(Autumn.layer).returns.toEqualTypeOf<Layer.Layer<Provided, never, HttpClient.HttpClient>>()
    expectTypeOf(Autumn.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
    const layers = () => [
      Autumn.layer({ secretKey, apiVersion: "2.3", deleteInStripe: true }),
      // @ts-expect-error: a version that this package does not speak
      Autumn.layer({ secretKey, apiVersion: "2.2" }),
      // @ts-expect-error: a secret in the clear
      Autumn.layer({ secretKey: "am_sk_test_x" })
    ]
    expectTypeOf(layers).toBeFunction()
  })

  it("who has no id has an e-mail", () => {
    const calls = () => [
      autumn.getOrCreate({ customer_id: "team-1" }),
      autumn.getOrCreate({ customer_id: "team-1", email: null, name: null, metadata: null }),
      autumn.getOrCreate({ customer_id: null, email: "ada@example.com" }),
      // @ts-expect-error: neither
      autumn.getOrCreate({ customer_id: null }),
      // @ts-expect-error: neither
      autumn.getOrCreate({ customer_id: null, email: null }),
      // @ts-expect-error: leaving it out is not null
      autumn.getOrCreate({ email: "ada@example.com" }),
      // @ts-expect-error: not nullable
      autumn.getOrCreate({ customer_id: "team-1", send_email_receipts: null }),
      // @ts-expect-error: unknown
      autumn.getOrCreate({ customer_id: "team-1", expand: ["plans"] })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("what Autumn refuses or does not do cannot be written", () => {
    const calls = () => [
      autumn.update("team-1", { name: null, metadata: { a: null }, new_customer_id: "team-2" }),
      // @ts-expect-error: an id cannot be cleared
      autumn.update("team-1", { new_customer_id: null }),
      // @ts-expect-error: the id comes first
      autumn.update("team-1", { customer_id: "team-2" }),
      // @ts-expect-error: lists are replaced, not cleared
      autumn.update("team-1", { billing_controls: { auto_topups: null } }),
      // @ts-expect-error: of getOrCreate
      autumn.update("team-1", { auto_enable_plan_id: "free" }),
      autumn.list({ offset: 10, limit: 1000, plans: [{ id: "pro", versions: [1] }] }),
      autumn.list({ start_cursor: "", sort_order: "asc", created_at_range: { start: 0 } }),
      // @ts-expect-error: past due is active, with past_due
      autumn.list({ subscription_status: "past_due" }),
      autumn.stream({ search: "ada" }, { pageSize: 10 }),
      // @ts-expect-error: the walk has an order of its own
      autumn.stream({ sort_order: "desc" }),
      // @ts-expect-error: the walk knows where it is
      autumn.stream({ start_cursor: "x" })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("what is null or missing on the wire is so in the types", () => {
    type Customer = AutumnApi.AutumnCustomer
    expectTypeOf<Customer["id"]>().toEqualTypeOf<string | null>()
    expectTypeOf<Customer["created_at"]>().toEqualTypeOf<number>()
    expectTypeOf<Customer["email"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<NonNullable<Customer["flags"]>[string]["feature_id"]>().toEqualTypeOf<string>()
    expectTypeOf<undefined>().toExtend<Customer["flags"]>()
    expectTypeOf<undefined>().toExtend<Customer["billing_controls"]>()
    expectTypeOf<AutumnApi.AutumnSubscription["id"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<"active">().toExtend<AutumnApi.AutumnSubscription["status"]>()
    expectTypeOf<AutumnApi.AutumnBalance["granted"]>().toEqualTypeOf<number>()
    expectTypeOf<AutumnApi.AutumnCustomerPage["next_cursor"]>().toEqualTypeOf<string | null | undefined>()
  })
})
