/** What the compiler says. It checks this file; nothing here is run against a provider. */
import type {
  AuthenticationFailed,
  Conflict,
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
import type { FlexpriceApi, FlexpriceClient } from "@effect-customers/flexprice"
import * as Flexprice from "@effect-customers/flexprice"
import type { HttpClient } from "@effect/platform"
import { describe, expectTypeOf, it } from "@effect/vitest"
import type { BigDecimal, ConfigError, Effect, Layer, Redacted } from "effect"

type Client = FlexpriceClient["Type"]
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
type Write = Read | Unsupported | CustomerAlreadyExists | Conflict
type Tag<E> = E extends { readonly _tag: infer T } ? T : never
type Tags<F> = F extends (...args: infer _) => Effect.Effect<infer _A, infer E, infer _R> ? Tag<E> : never

declare const flexprice: Client
declare const apiKey: Redacted.Redacted<string>

describe("types", () => {
  it("every operation ends in exactly what it can end in", () => {
    expectTypeOf<Tags<Client["list"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["search"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["create"]>>().toEqualTypeOf<Tag<Write>>()
    expectTypeOf<Tags<Client["get"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["getByExternalId"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["update"]>>().toEqualTypeOf<Tag<Write | CustomerNotFound>>()
    expectTypeOf<Tags<Client["delete"]>>().toEqualTypeOf<Tag<Common | Unsupported | CustomerNotFound | Conflict>>()
    expectTypeOf<Tags<Client["getUsage"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
    expectTypeOf<Tags<Client["getEntitlements"]>>().toEqualTypeOf<Tag<Read>>()
    expectTypeOf<Tags<Client["getUpcomingGrants"]>>().toEqualTypeOf<Tag<Read | CustomerNotFound>>()
  })

  it("a layer provides all four tags, needs only an HttpClient, and cannot fail", () => {
    type Provided = FlexpriceClient | CustomersService | CustomersByExternalId | CustomersByEmail
    expectTypeOf(Flexprice.layer).returns.toEqualTypeOf<Layer.Layer<Provided, never, HttpClient.HttpClient>>()
    expectTypeOf(Flexprice.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<Provided, ConfigError.ConfigError, HttpClient.HttpClient>
    >()
    const layers = () => [
      Flexprice.layer({ apiKey, region: "india", environmentId: "env_1", baseUrl: undefined }),
      // @ts-expect-error: no such region
      Flexprice.layer({ apiKey, region: "eu" }),
      // @ts-expect-error: a key in the clear
      Flexprice.layer({ apiKey: "sk_x" })
    ]
    expectTypeOf(layers).toBeFunction()
  })

  it("a condition is what the server applies, and nothing that it drops or crashes on", () => {
    const string = "x"
    const date = "2026-01-01T00:00:00Z"
    const search = (...filters: ReadonlyArray<FlexpriceApi.FlexpriceFilter>) => flexprice.search({ filters })
    const calls = () => [
      search(
        { field: "name", operator: "eq", value: { string } },
        { field: "email", operator: "contains", data_type: "string", value: { string } },
        { field: "address_city", operator: "not_contains", value: { string } },
        { field: "id", operator: "in", data_type: "array", value: { array: [string] } },
        { field: "external_id", operator: "not_in", value: { array: [string] } },
        { field: "created_at", operator: "before", data_type: "date", value: { date } },
        { field: "updated_at", operator: "after", value: { date } }
      ),
      // @ts-expect-error: no value
      search({ field: "name", operator: "eq" }),
      // @ts-expect-error: an empty value
      search({ field: "name", operator: "eq", value: {} }),
      // @ts-expect-error: null
      search({ field: "name", operator: "eq", value: null }),
      // @ts-expect-error: an unknown field
      search({ field: "nickname", operator: "eq", value: { string } }),
      // @ts-expect-error: metadata has a filter of its own
      search({ field: "metadata", operator: "eq", value: { string } }),
      // @ts-expect-error: the status is a field of the search
      search({ field: "status", operator: "eq", value: { string: "archived" } }),
      // @ts-expect-error: an unknown operator
      search({ field: "name", operator: "starts_with", value: { string } }),
      // @ts-expect-error: gte does nothing
      search({ field: "created_at", operator: "gte", value: { date } }),
      // @ts-expect-error: no column is a number
      search({ field: "name", operator: "gt", value: { number: 1 } }),
      // @ts-expect-error: a number for a text
      search({ field: "name", operator: "eq", value: { number: 1 } }),
      // @ts-expect-error: a boolean for a text
      search({ field: "name", operator: "eq", value: { boolean: true } }),
      // @ts-expect-error: a text for an array
      search({ field: "name", operator: "in", value: { string } }),
      // @ts-expect-error: an array for a text
      search({ field: "name", operator: "eq", value: { array: [string] } }),
      // @ts-expect-error: an array of numbers
      search({ field: "name", operator: "in", value: { array: [1] } }),
      // @ts-expect-error: two values
      search({ field: "name", operator: "eq", value: { string, date } }),
      // @ts-expect-error: a time is compared with before and after
      search({ field: "created_at", operator: "eq", value: { string: date } }),
      // @ts-expect-error: a time in a text
      search({ field: "created_at", operator: "before", value: { string: date } }),
      // @ts-expect-error: a text has no before
      search({ field: "name", operator: "before", value: { date } }),
      // @ts-expect-error: a kind that the operator does not have
      search({ field: "name", operator: "eq", data_type: "array", value: { string } })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("a search and a list take what they do, and nothing that does nothing", () => {
    const time = "2026-01-01T00:00:00Z"
    const calls = () => [
      flexprice.search({ sort: [{ field: "created_at", direction: "desc" }], status: "archived" }),
      // @ts-expect-error: no direction
      flexprice.search({ sort: [{ field: "created_at" }] }),
      // @ts-expect-error: an unknown column
      flexprice.search({ sort: [{ field: "metadata", direction: "asc" }] }),
      // @ts-expect-error: a text
      flexprice.search({ sort: "created_at" }),
      // @ts-expect-error: never applied
      flexprice.search({ start_time: time }),
      // @ts-expect-error: never applied
      flexprice.list({ end_time: time }),
      // @ts-expect-error: a list has no sort
      flexprice.list({ sort: [{ field: "created_at", direction: "asc" }] }),
      // @ts-expect-error: a list has no filters
      flexprice.list({ filters: [] }),
      // @ts-expect-error: an unknown status
      flexprice.list({ status: "active" }),
      // @ts-expect-error: what went with the hierarchy
      flexprice.get("cust_x", { expand: "parent_customer" }),
      // @ts-expect-error: a walk has its own pages
      flexprice.stream({ limit: 5 }),
      // @ts-expect-error: a walk has its own order
      flexprice.streamSearch({ order: "asc" })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("update takes one of both ids, and nothing that it would ignore", () => {
    const name = "Ada"
    const calls = () => [
      flexprice.update({ id: "cust_x" }, { name, contact: "", metadata: {} }),
      flexprice.update({ external_customer_id: "ada" }, { external_id: "lovelace" }),
      // @ts-expect-error: both
      flexprice.update({ id: "cust_x", external_customer_id: "ada" }, { name }),
      // @ts-expect-error: neither
      flexprice.update({}, { name }),
      // @ts-expect-error: null changes nothing
      flexprice.update({ id: "cust_x" }, { email: null }),
      // @ts-expect-error: metadata is of strings
      flexprice.update({ id: "cust_x" }, { metadata: { seats: 3 } }),
      // @ts-expect-error: parents are gone
      flexprice.update({ id: "cust_x" }, { parent_customer_id: "cust_y" }),
      // @ts-expect-error: no name
      flexprice.create({ external_id: "ada" }),
      // @ts-expect-error: auto_apply has two defaults
      flexprice.create({ external_id: "ada", name, tax_rate_overrides: [{ tax_rate_code: "GST", currency: "inr" }] })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("usage is somebody's, by one id", () => {
    const calls = () => [
      flexprice.getUsage({ customer_id: "cust_x", feature_ids: ["feat_1"] }),
      flexprice.getUsage({ customer_lookup_key: "ada", feature_lookup_keys: ["calls"] }),
      // @ts-expect-error: nobody's
      flexprice.getUsage({ feature_ids: ["feat_1"] }),
      // @ts-expect-error: both
      flexprice.getUsage({ customer_id: "cust_x", customer_lookup_key: "ada" }),
      // @ts-expect-error: one text for an array
      flexprice.getUsage({ customer_id: "cust_x", feature_ids: "feat_1,feat_2" })
    ]
    expectTypeOf(calls).toBeFunction()
  })

  it("decimals are BigDecimals, and what is null on the wire is so in the types", () => {
    type Decimal = BigDecimal.BigDecimal | null | undefined
    type Usage = FlexpriceApi.FlexpriceFeatureUsage
    expectTypeOf<Usage["current_usage"]>().toEqualTypeOf<Decimal>()
    expectTypeOf<Usage["usage_percent"]>().toEqualTypeOf<Decimal>()
    expectTypeOf<Usage["total_limit"]>().toEqualTypeOf<number | null | undefined>()
    expectTypeOf<FlexpriceApi.FlexpriceUpcomingGrant["credits"]>().toEqualTypeOf<Decimal>()
    expectTypeOf<FlexpriceApi.FlexpriceSubscription["commitment_amount"]>().toEqualTypeOf<Decimal>()
    expectTypeOf<FlexpriceApi.FlexpriceCustomer["id"]>().toEqualTypeOf<string>()
    expectTypeOf<FlexpriceApi.FlexpriceCustomer["metadata"]>().toEqualTypeOf<
      { readonly [key: string]: string } | null | undefined
    >()
    expectTypeOf<"published">().toExtend<FlexpriceApi.FlexpriceCustomer["status"]>()
    expectTypeOf<string & {}>().toExtend<FlexpriceApi.FlexpriceCustomer["status"]>()
  })
})
