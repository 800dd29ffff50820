/** What the compiler promises. The tests run, but it is the type check that fails. */
import type {
  AuthenticationFailed,
  Conflict,
  Customer,
  CustomerAlreadyExists,
  CustomerNotFound,
  CustomersByEmail,
  InvalidRequest,
  InvalidResponse,
  Page,
  PermissionDenied,
  ProviderUnavailable,
  RateLimited,
  RequestTimedOut,
  TransportFailed,
  UnexpectedStatus,
  Unsupported
} from "@effect-customers/core"
import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import type { PolarApi } from "@effect-customers/polar"
import type { HttpClient } from "@effect/platform"
import { describe, expectTypeOf, it } from "@effect/vitest"
import { type ConfigError, type Context, Effect, type Layer, Redacted, type Stream } from "effect"

type Common =
  | InvalidRequest
  | AuthenticationFailed
  | PermissionDenied
  | RateLimited
  | ProviderUnavailable
  | RequestTimedOut
  | TransportFailed
  | UnexpectedStatus

type Client = Context.Tag.Service<Polar.PolarClient>
type Service = Context.Tag.Service<CustomersService>
type ByExternalId = Context.Tag.Service<CustomersByExternalId>
type ByEmail = Context.Tag.Service<CustomersByEmail>

/** The errors of an operation, by tag: unions of classes are compared through them. */
type Tags<Operation extends (...args: never) => unknown> = ReturnType<Operation> extends
  Effect.Effect<unknown, infer E> ? (E extends { readonly _tag: infer Tag } ? Tag : never)
  : ReturnType<Operation> extends Stream.Stream<unknown, infer E> ?
    (E extends { readonly _tag: infer Tag } ? Tag : never)
  : never

type Tag<E extends { readonly _tag: string }> = E["_tag"]

describe("types", () => {
  it("every operation of the client ends in exactly what it can end in", () => {
    expectTypeOf<Tags<Client["list"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Client["stream"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Client["streamPages"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Client["create"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerAlreadyExists | Unsupported>
    >()
    expectTypeOf<Tags<Client["export"]>>().toEqualTypeOf<Tag<Common>>()
    expectTypeOf<Tags<Client["exportRows"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Client["get"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["update"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerNotFound | CustomerAlreadyExists | Conflict | Unsupported>
    >()
    expectTypeOf<Tags<Client["delete"]>>().toEqualTypeOf<Tag<Common | CustomerNotFound | Unsupported>>()
    expectTypeOf<Tags<Client["getExternal"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["updateExternal"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerNotFound | CustomerAlreadyExists | Unsupported>
    >()
    expectTypeOf<Tags<Client["deleteExternal"]>>().toEqualTypeOf<Tag<Common | CustomerNotFound | Unsupported>>()
    expectTypeOf<Tags<Client["getState"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["getStateExternal"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
    expectTypeOf<Tags<Client["getBalance"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound>>()
  })

  it("every operation of the services ends in exactly what it can end in", () => {
    expectTypeOf<Tags<Service["create"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerAlreadyExists | Conflict | Unsupported>
    >()
    expectTypeOf<Tags<Service["get"]>>().toEqualTypeOf<Tag<Common | InvalidResponse | CustomerNotFound | Unsupported>>()
    expectTypeOf<Tags<Service["update"]>>().toEqualTypeOf<
      Tag<Common | InvalidResponse | CustomerNotFound | CustomerAlreadyExists | Conflict | Unsupported>
    >()
    expectTypeOf<Tags<Service["delete"]>>().toEqualTypeOf<Tag<Common | CustomerNotFound | Conflict | Unsupported>>()
    expectTypeOf<Tags<Service["list"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Service["stream"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<Service["streamPages"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
    expectTypeOf<Tags<ByExternalId["getByExternalId"]>>().toEqualTypeOf<Tags<Service["get"]>>()
    expectTypeOf<Tags<ByExternalId["updateByExternalId"]>>().toEqualTypeOf<Tags<Service["update"]>>()
    expectTypeOf<Tags<ByExternalId["deleteByExternalId"]>>().toEqualTypeOf<Tags<Service["delete"]>>()
    expectTypeOf<Tags<ByExternalId["getOrCreate"]>>().toEqualTypeOf<Tags<Service["create"]>>()
    expectTypeOf<Tags<ByExternalId["upsert"]>>().toEqualTypeOf<Tags<Service["update"]>>()
    expectTypeOf<Tags<ByEmail["findByEmail"]>>().toEqualTypeOf<Tag<Common | InvalidResponse>>()
  })

  it("a layer provides exactly its tags, needs only an HttpClient, and cannot fail", () => {
    type Tags = Polar.PolarClient | CustomersService | CustomersByExternalId | CustomersByEmail
    expectTypeOf(Polar.layer).returns.toEqualTypeOf<Layer.Layer<Tags, never, HttpClient.HttpClient>>()
    expectTypeOf(Polar.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<Tags, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
  })

  it("a capability that a layer does not provide does not compile", () => {
    const program = Effect.flatMap(CustomersByExternalId, (customers) => customers.getByExternalId("user-1"))
    const without = (layer: Layer.Layer<CustomersService>) => Effect.provide(program, layer)
    expectTypeOf(without).returns.toExtend<Effect.Effect<Customer, unknown, CustomersByExternalId>>()
    // @ts-expect-error: CustomersByExternalId is missing
    const run = (layer: Layer.Layer<CustomersService>): Promise<Customer> => Effect.runPromise(without(layer))
    void run
    const service = Effect.map(CustomersService, (customers) => customers)
    // @ts-expect-error: the service has no operation by external id
    void Effect.map(service, (customers) => customers.getByExternalId("user-1"))
  })

  it("no operation answers or takes anything untyped", () => {
    expectTypeOf<Client["get"]>().returns.toEqualTypeOf<
      Effect.Effect<PolarApi.PolarCustomer, Common | InvalidResponse | CustomerNotFound>
    >()
    expectTypeOf<Service["list"]>().returns.toEqualTypeOf<
      Effect.Effect<Page.Page<Customer>, Common | InvalidResponse>
    >()
    expectTypeOf<PolarApi.PolarCustomer["email"]>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<PolarApi.PolarCustomer["metadata"][string]>().toEqualTypeOf<string | number | boolean>()
  })

  it("an open union narrows by its tag, and an unknown tag stays possible", () => {
    const of = (grant: PolarApi.PolarBenefitGrant) => {
      switch (grant.benefit_type) {
        case "discord":
          expectTypeOf(grant.properties.guild_id).toEqualTypeOf<string | null | undefined>()
          return grant.properties.role_id
        case "downloadables":
          expectTypeOf(grant.properties.files).toEqualTypeOf<ReadonlyArray<string> | null | undefined>()
          return undefined
        case "license_keys":
          expectTypeOf(grant.properties.display_key).toEqualTypeOf<string | null | undefined>()
          return undefined
        case "github_repository":
          expectTypeOf(grant.properties.repository_name).toEqualTypeOf<string | null | undefined>()
          return undefined
        case "slack_shared_channel":
          expectTypeOf(grant.properties.channel_id).toEqualTypeOf<string | null | undefined>()
          return undefined
        case "custom":
        case "meter_credit":
        case "feature_flag":
          expectTypeOf(grant.properties).toEqualTypeOf<{ readonly [x: string]: unknown }>()
          return undefined
        default:
          expectTypeOf(grant.properties).toEqualTypeOf<unknown>()
          return undefined
      }
    }
    expectTypeOf(of).parameter(0).toEqualTypeOf<PolarApi.PolarBenefitGrant>()
    const type = (customer: PolarApi.PolarCustomer) => customer.type
    expectTypeOf<"individual">().toExtend<ReturnType<typeof type>>()
    expectTypeOf<"something new">().toExtend<ReturnType<typeof type>>()
  })

  it("what Polar would ignore or refuse cannot be written", () => {
    const refused = (polar: Client, byExternalId: ByExternalId) => [
      // @ts-expect-error: null is ignored for an e-mail
      polar.update("id", { email: null }),
      // @ts-expect-error: null is refused for an address
      polar.update("id", { billing_address: null }),
      // @ts-expect-error: a tax id is written as one string
      polar.create({ email: "a@example.com", tax_id: ["911144442", "us_ein"] }),
      // @ts-expect-error: external_id is dropped silently on this route
      polar.updateExternal("user-1", { external_id: "user-2" }),
      // @ts-expect-error: there is no filter by external id
      polar.list({ external_id: "user-1" }),
      // @ts-expect-error: an individual needs an e-mail
      polar.create({ name: "Ada" }),
      // @ts-expect-error: the first argument is the external id
      byExternalId.getOrCreate("user-1", { email: "a@example.com", externalId: "user-2" })
    ]
    expectTypeOf(refused).toBeFunction()
    expectTypeOf<Polar.PolarOptions["accessToken"]>().not.toEqualTypeOf<string>()
    expectTypeOf(Redacted.make("polar_oat_x")).toExtend<Polar.PolarOptions["accessToken"]>()
  })
})
