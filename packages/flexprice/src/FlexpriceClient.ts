/**
 * Everything Flexprice's customers API can do, in Flexprice's own terms.
 *
 * @since 0.1.0
 */
import type * as Errors from "@effect-customers/core/CustomersError"
import { CustomerNotFound, InvalidRequest } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Api from "./FlexpriceApi.js"
import * as FlexpriceError from "./FlexpriceError.js"

/**
 * Options of the client and of the layers.
 *
 * @since 0.1.0
 * @category options
 */
export interface FlexpriceOptions {
  /** An API key of one environment. */
  readonly apiKey: Transport.Secret
  /** Where the account is: two hosts that know nothing of one another. `us` when absent. */
  readonly region?: "us" | "india" | undefined
  /**
   * With the keys of a self-hosted server's configuration, which belong to no environment: which one. Keys that were
   * made in the dashboard name theirs themselves, and the server ignores this.
   */
  readonly environmentId?: string | undefined
  /** Scheme, host and path prefix to use instead of the region's. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

type CommonError = Errors.CommonError
type ListError = CommonError | Errors.InvalidResponse
type ReadError = ListError | Errors.CustomerNotFound
/** A write ends in `Unsupported` under `Idempotency.withKey`: Flexprice has no keys. */
type WriteError = ListError | Errors.Unsupported | Errors.CustomerAlreadyExists | Errors.Conflict

/**
 * The filters of `list`, for a walk.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceListFilters extends Omit<Api.FlexpriceListQuery, "limit" | "offset" | "order"> {}

/**
 * The filters and the order of `search`, for a walk.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceSearchFilters extends Omit<Api.FlexpriceSearch, "limit" | "offset" | "order"> {}

/**
 * The operations. Each takes and answers what Flexprice's documentation says, letter for letter.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** One page of customers, newest first unless `order` says otherwise. */
  readonly list: (query?: Api.FlexpriceListQuery) => Effect.Effect<Api.FlexpriceCustomerPage, ListError>
  /**
   * All customers that match, oldest first, page by page as they are pulled. It asks by `search`: a list can be sorted
   * by `created_at` alone, and customers of one moment may change places between two pages.
   */
  readonly stream: (
    filters?: FlexpriceListFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.FlexpriceCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    filters?: FlexpriceListFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.FlexpriceCustomer>, ListError>
  /** One page of the customers that match. */
  readonly search: (body?: Api.FlexpriceSearch) => Effect.Effect<Api.FlexpriceCustomerPage, ListError>
  /**
   * All customers that match, page by page as they are pulled, oldest first unless `sort` is given (then rows that move
   * between two pages may come twice or not at all).
   */
  readonly streamSearch: (
    body?: FlexpriceSearchFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.FlexpriceCustomer, ListError>
  /** The pages of `streamSearch`, with the rows that cannot be read beside the others. */
  readonly streamSearchPages: (
    body?: FlexpriceSearchFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.FlexpriceCustomer>, ListError>
  /**
   * Creates a customer. An external id that is taken is `CustomerAlreadyExists`; e-mails are not unique. Not repeated
   * when it may have been applied: Flexprice has no idempotency keys.
   */
  readonly create: (customer: Api.FlexpriceCustomerCreate) => Effect.Effect<Api.FlexpriceCustomer, WriteError>
  /** Archived customers too: their `status` says so. `usage` is nobody's id: it is another route. */
  readonly get: (id: string, query?: Api.FlexpriceExpandQuery) => Effect.Effect<Api.FlexpriceCustomer, ReadError>
  /** Exact and case-sensitive; no archived customers. An id with a slash in it goes through `search`. */
  readonly getByExternalId: (
    externalId: string,
    query?: Api.FlexpriceExpandQuery
  ) => Effect.Effect<Api.FlexpriceCustomer, ReadError>
  /**
   * Changes what is given, by id (archived customers too) or by external id; `metadata` replaces the whole. The answer
   * has the `updated_at` of the change before.
   *
   * A new `external_id` for a customer whose `metadata` is null crashes the server: 500, and nothing is changed.
   */
  readonly update: (
    key: Api.FlexpriceCustomerKey,
    patch: Api.FlexpriceCustomerUpdate
  ) => Effect.Effect<Api.FlexpriceCustomer, WriteError | Errors.CustomerNotFound>
  /**
   * Archives the customer and frees the external id. `Conflict` while there is an active subscription or an active
   * wallet. A second delete is `CustomerNotFound`.
   */
  readonly delete: (
    id: string
  ) => Effect.Effect<void, CommonError | Errors.Unsupported | Errors.CustomerNotFound | Errors.Conflict>
  /**
   * How much was used of each feature; of those asked for alone, also where the server answers with all because it knows
   * none of `feature_lookup_keys`.
   */
  readonly getUsage: (query: Api.FlexpriceUsageQuery) => Effect.Effect<Api.FlexpriceUsage, ReadError>
  /**
   * What active and trialing subscriptions grant. A customer who does not exist has none: it is no error. The ids
   * `external` and `lookup` are refused: they would reach another route.
   */
  readonly getEntitlements: (
    id: string,
    query?: Api.FlexpriceEntitlementsQuery
  ) => Effect.Effect<Api.FlexpriceEntitlements, ListError>
  /** Grants of credits that are pending or failed and still to come, soonest first. */
  readonly getUpcomingGrants: (id: string) => Effect.Effect<Api.FlexpriceUpcomingGrants, ReadError>
}

/**
 * Flexprice's customers API in Flexprice's own terms; see {@link Service} for its operations.
 *
 * @since 0.1.0
 * @category tags
 */
export class FlexpriceClient
  extends Context.Tag("@effect-customers/flexprice/FlexpriceClient")<FlexpriceClient, Service>()
{}

const baseUrls = { us: "https://us.api.flexprice.io", india: "https://api.cloud.flexprice.io" }

/**
 * What the calls of the client go through, and what is wrong with the options, if anything.
 *
 * @since 0.1.0
 * @category options
 */
export const transportOptions = (options: FlexpriceOptions): Transport.Options => {
  const { environmentId } = options
  const { baseUrl, issues } = Transport.baseUrlOf({
    option: "region",
    worlds: baseUrls,
    world: options.region ?? "us",
    baseUrl: options.baseUrl
  })
  return {
    provider: "flexprice",
    root: "/v1",
    baseUrl,
    headers: environmentId === undefined ? {} : { "x-environment-id": environmentId },
    credential: { name: "x-api-key", option: "apiKey", secret: options.apiKey, format: (key) => key },
    toError: FlexpriceError.fromAnswer,
    transformClient: options.transformClient,
    issues: [
      ...issues,
      // a caller without types may give anything
      ...environmentId === undefined || (typeof environmentId === "string" && /^[\x21-\x7e]+$/.test(environmentId))
        ? []
        : [{ path: "environmentId", message: "expected an id of printable ASCII characters that is not empty" }]
    ]
  }
}

/**
 * Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: FlexpriceOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { call } = yield* Transport.make(transportOptions(options))

    const search: Service["search"] = (body) => call(Api.search, { body: body ?? {} })

    const streamSearchPages: Service["streamSearchPages"] = (body, options) =>
      Stream.unwrap(
        Effect.map(
          // null says as little as nothing
          Endpoint.readFields(Api.search, body ?? undefined, ["limit", "offset", "order"]),
          ({ sort: given, ...filters }) => {
            // what is no array is refused with the first page
            const sort = given ?? []
            const isByCreation = Array.isArray(sort) && sort.length === 0
            return Page.offsetWalk({
              provider: "flexprice",
              operation: "search",
              list: "customers",
              filters: { ...filters, sort },
              pageSize,
              fetch: (page, limit) =>
                Effect.map(
                  search({
                    ...filters,
                    sort: isByCreation ? byCreation : Array.isArray(sort) ? [...sort, byId] : sort,
                    offset: (page - 1) * limit,
                    limit
                  }),
                  ({ items, pagination: { total }, unreadable }) => ({
                    items,
                    unreadable,
                    total,
                    lastPage: items.length + unreadable.length === 0 ? page : Math.ceil(total / limit)
                  })
                ),
              key: isByCreation ? ({ created_at, id }) => ({ createdAt: Date.parse(created_at), id }) : undefined
            }, options)
          }
        )
      )

    return {
      list: (query) => call(Api.list, { query }),
      stream: (filters, options) => Page.items(streamSearchPages(filters, options)),
      streamPages: streamSearchPages,
      search,
      streamSearch: (body, options) => Page.items(streamSearchPages(body, options)),
      streamSearchPages,
      create: (body) => call(Api.create, { body }),
      get: (id, query) => id === "usage" ? notFound(id) : call(Api.get, { path: { id }, query }),
      getByExternalId: (external_id, query) =>
        Effect.flatMap(
          Endpoint.readFields(Api.getByExternalId, query, ["external_id"]),
          (query) =>
            cannotBeRouted(external_id)
              ? Effect.flatMap(
                call(Api.searchByExternalId, { body: { ...query, external_id } }),
                (page) => found(page, external_id)
              )
              : call(Api.getByExternalId, { path: { external_id }, query })
        ),
      update: (key, body) => call(renames(key, body) ? Api.rename : Api.update, { query: key ?? {}, body }),
      delete: (id) => call(Api.delete, { path: { id } }),
      getUsage: (query) =>
        Effect.flatMap(
          Endpoint.readFields(Api.getUsage, query),
          (asked) => Effect.map(call(Api.getUsage, { query: query ?? {} }), (usage) => askedFor(asked, usage))
        ),
      getEntitlements: (id, query) =>
        id === "external" || id === "lookup"
          ? new InvalidRequest({
            ...Endpoint.errorContext(Api.getEntitlements),
            origin: "sdk",
            issues: [{ path: "id", message: "the provider has another route of this name" }]
          })
          : call(Api.getEntitlements, { path: { id }, query }),
      getUpcomingGrants: (id) => call(Api.getUpcomingGrants, { path: { id } })
    }
  })

/**
 * Customers per page of the walks. Flexprice itself starts at 50, and refuses what is above 1000.
 *
 * @since 0.1.0
 * @category options
 */
export const pageSize = { min: 1, max: 1000, default: 100 } as const

/** With the id at the end rows that are equal otherwise keep their places between two pages. */
const byId = { field: "id", direction: "asc" } as const

const byCreation = [{ field: "created_at", direction: "asc" }, byId] as const

/** `GET /customers/usage` is the route of `getUsage`: nobody is found by it. */
const notFound = (id: string) =>
  new CustomerNotFound({ ...Endpoint.errorContext(Api.get), customerId: Redacted.make(id) })

/** The server decodes `%2F` before it routes, and dot segments are resolved before they get there. */
const cannotBeRouted = (externalId: unknown): boolean =>
  typeof externalId === "string" && (externalId.includes("/") || externalId === "." || externalId === "..")

/** One who is there but cannot be read is not one who is not there. */
const found = (
  { items, unreadable: [unreadable] }: Api.FlexpriceCustomerPage,
  externalId: string
): Effect.Effect<Api.FlexpriceCustomer, Errors.InvalidResponse | Errors.CustomerNotFound> => {
  const customer = items.find(({ external_id }) => external_id === externalId)
  if (customer !== undefined) return Effect.succeed(customer)
  return unreadable ?? new CustomerNotFound({
    ...Endpoint.errorContext(Api.searchByExternalId, { status: 200 }),
    externalId: Redacted.make(externalId)
  })
}

/** What cannot be read is no such patch; the transport refuses it. */
const renames = (key: Api.FlexpriceCustomerKey, patch: Api.FlexpriceCustomerUpdate): boolean =>
  Option.getOrElse(isRename(key, patch), () => false)

const isRename = Option.liftThrowable((key: Api.FlexpriceCustomerKey, patch: Api.FlexpriceCustomerUpdate) =>
  key.external_customer_id !== undefined && patch.external_id !== undefined &&
  patch.external_id !== key.external_customer_id
)

/** Where the server knows none of the lookup keys it drops them, and answers all features. */
const askedFor = (
  { feature_ids = [], feature_lookup_keys }: Partial<Api.FlexpriceUsageQuery>,
  usage: Api.FlexpriceUsage
): Api.FlexpriceUsage =>
  feature_lookup_keys === undefined ? usage : {
    ...usage,
    features: usage.features?.filter(({ feature }) => {
      const { id, lookup_key } = feature ?? {}
      return typeof lookup_key !== "string" || feature_lookup_keys.includes(lookup_key) ||
        (typeof id === "string" && feature_ids.includes(id))
    })
  }
