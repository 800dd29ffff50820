/**
 * Everything Mollie's customers API can do, in Mollie's own terms.
 *
 * @since 0.1.0
 */
import type * as Errors from "@effect-customers/core/CustomersError"
import { InvalidResponse } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Api from "./MollieApi.js"
import * as MollieError from "./MollieError.js"

interface SharedOptions {
  /** Scheme, host and path prefix to use instead of `https://api.mollie.com`. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * With an API key, which fixes mode and profile: Mollie refuses both extras beside it.
 *
 * @since 0.1.0
 * @category options
 */
export interface MollieApiKeyOptions extends SharedOptions {
  /** `live_...` or `test_...`. */
  readonly apiKey: Transport.Secret
  readonly accessToken?: undefined
  readonly testmode?: undefined
  readonly profileId?: undefined
}

/**
 * With an organization access token or an OAuth access token.
 *
 * @since 0.1.0
 * @category options
 */
export interface MollieAccessTokenOptions extends SharedOptions {
  readonly apiKey?: undefined
  /** `access_...`. */
  readonly accessToken: Transport.Secret
  /** Which mode to work in; Mollie takes live when absent. A call that says its own wins. */
  readonly testmode?: boolean | undefined
  /** The profile that payments are created for. A call that says its own wins. `listPayments` does not filter by it. */
  readonly profileId?: string | undefined
}

/**
 * Options of the client and of the layers: an API key, or an access token with its extras.
 *
 * @since 0.1.0
 * @category options
 */
export type MollieOptions = MollieApiKeyOptions | MollieAccessTokenOptions

type CommonError = Errors.CommonError
type ListError = CommonError | Errors.InvalidResponse
type ReadError = ListError | Errors.CustomerNotFound

/**
 * The operations. Each takes and answers what Mollie's documentation says, letter for letter. `testmode` and
 * `profileId` go with access tokens alone: with an API key they are `InvalidRequest`, unsent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Creates a customer. Repeated with one idempotency key, so it is created once. */
  readonly create: (
    customer: Api.MollieCustomerInput
  ) => Effect.Effect<Api.MollieCustomer, ListError | Errors.Conflict>
  /** One page of customers, newest first unless `sort` says otherwise; `from` is in the page. */
  readonly list: (query?: Api.MollieListQuery) => Effect.Effect<Api.MollieCustomerPage, ListError>
  /** All customers, page by page as they are pulled, oldest first unless `sort` says otherwise. */
  readonly stream: (
    query?: Omit<Api.MollieListQuery, "from" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.MollieCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    query?: Omit<Api.MollieListQuery, "from" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.MollieCustomer>, ListError>
  /** Right after its creation Mollie may not find a customer for a moment. */
  readonly get: (customerId: string, query?: Api.MollieModeQuery) => Effect.Effect<Api.MollieCustomer, ReadError>
  /** Changes what is given: an absent key keeps, null clears; `metadata` replaces the whole. */
  readonly update: (
    customerId: string,
    patch: Api.MollieCustomerInput
  ) => Effect.Effect<Api.MollieCustomer, ReadError | Errors.Conflict | Errors.Unsupported>
  /** Cancels mandates and subscriptions; payments stay. A second delete is `CustomerNotFound`. */
  readonly delete: (
    customerId: string,
    options?: Api.MollieModeQuery
  ) => Effect.Effect<void, CommonError | Errors.CustomerNotFound | Errors.Conflict | Errors.Unsupported>
  /**
   * Creates a payment; a `recurring` one charges at once. Repeated with one idempotency key, so it charges once.
   * `ResourceNotFound`: something that it names, a mandate or a terminal, does not exist.
   */
  readonly createPayment: (
    customerId: string,
    payment: Api.MolliePaymentInput
  ) => Effect.Effect<Api.MolliePayment, ReadError | Errors.ResourceNotFound | Errors.Conflict>
  /** One page of a customer's payments, newest first unless `sort` says otherwise; `from` is in the page. */
  readonly listPayments: (
    customerId: string,
    query?: Api.MollieListPaymentsQuery
  ) => Effect.Effect<Api.MolliePaymentPage, ReadError>
  /** All payments of a customer, page by page as they are pulled, oldest first unless `sort` says otherwise. */
  readonly streamPayments: (
    customerId: string,
    query?: Omit<Api.MollieListPaymentsQuery, "from" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.MolliePayment, ReadError>
  /** The pages of `streamPayments`, with the rows that cannot be read beside the others. */
  readonly streamPaymentsPages: (
    customerId: string,
    query?: Omit<Api.MollieListPaymentsQuery, "from" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.MolliePayment>, ReadError>
}

/**
 * Mollie's customers API in Mollie's own terms; see {@link Service} for its operations.
 *
 * @since 0.1.0
 * @category tags
 */
export class MollieClient extends Context.Tag("@effect-customers/mollie/MollieClient")<MollieClient, Service>() {}

/** For callers without types. */
const optionIssues = ({ accessToken, apiKey, profileId, testmode }: MollieOptions) => [
  ...((apiKey === undefined) === (accessToken === undefined)
    ? [{ path: "apiKey", message: "expected either an apiKey or an accessToken" }]
    : []),
  ...Object.entries({ testmode, profileId }).flatMap(([path, value]) =>
    apiKey === undefined || value === undefined ? [] : [{ path, message: fixedByKey }]
  ),
  ...(profileId === "" ? [{ path: "profileId", message: "expected an id that is not empty" }] : [])
]

const fixedByKey = "an API key fixes it; it goes with access tokens alone"

const credential = ({ accessToken, apiKey }: MollieOptions): Transport.SecretHeader => {
  const format = (secret: string) => `Bearer ${secret}`
  return apiKey === undefined
    ? {
      name: "authorization",
      option: "accessToken",
      secret: accessToken,
      format,
      problem: (token) =>
        /^(?:live|test)_/.test(token)
          ? { path: "accessToken", message: "this is an API key, which is the option apiKey" }
          : undefined
    }
    : {
      name: "authorization",
      option: "apiKey",
      secret: apiKey,
      format,
      problem: (key) =>
        key.startsWith("access_")
          ? { path: "apiKey", message: "this is an access token, which is the option accessToken" }
          : undefined
    }
}

/**
 * What the calls of the client go through, and what is wrong with the options, if anything.
 *
 * @since 0.1.0
 * @category options
 */
export const transportOptions = (options: MollieOptions): Transport.Options => {
  const { profileId, testmode } = options
  return {
    provider: "mollie",
    root: "/v2",
    baseUrl: options.baseUrl ?? "https://api.mollie.com",
    headers: { accept: "application/hal+json" },
    credential: credential(options),
    // on listPayments profileId is a filter, and in the query
    defaults: { query: { testmode }, body: { testmode, profileId } },
    refuses: options.apiKey === undefined ? undefined : { testmode: fixedByKey, profileId: fixedByKey },
    replayedHeader: "idempotent-replayed",
    toError: MollieError.fromAnswer,
    transformClient: options.transformClient,
    issues: optionIssues(options)
  }
}

/**
 * Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: MollieOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { testmode } = options
    const { call } = yield* Transport.make(transportOptions(options))

    const list: Service["list"] = (query) => call(Api.list, { query })

    const listPayments: Service["listPayments"] = (customerId, query) =>
      call(Api.listPayments, { path: { customerId }, query })

    const inMode = <Query extends Api.MollieModeQuery>(endpoint: Endpoint.Any, query: Query | undefined) =>
      Effect.map(
        Endpoint.readFields(endpoint, query, ["from", "limit"]),
        (read) => ({ ...read, testmode: read.testmode ?? testmode })
      )

    const streamPages: Service["streamPages"] = (query, options) =>
      Stream.unwrap(Effect.map(inMode(Api.list, query), (query) =>
        walk(
          { endpoint: Api.list, list: "customers", query },
          (page) =>
            Effect.map(list(page), ({ _embedded, _links, unreadable }) => ({
              items: _embedded.customers,
              unreadable,
              next: _links.next
            })),
          options
        )))

    const streamPaymentsPages: Service["streamPaymentsPages"] = (customerId, query, options) =>
      Stream.unwrap(Effect.map(inMode(Api.listPayments, query), (query) =>
        walk(
          { endpoint: Api.listPayments, list: "payments", parent: customerId, query },
          (page) =>
            Effect.map(listPayments(customerId, page), ({ _embedded, _links, unreadable }) => ({
              items: _embedded.payments,
              unreadable,
              next: _links.next
            })),
          options
        )))

    return {
      create: (body) => call(Api.create, { body }),
      list,
      stream: (query, options) => Page.items(streamPages(query, options)),
      streamPages,
      get: (customerId, query) => call(Api.get, { path: { customerId }, query }),
      update: (customerId, body) => call(Api.update, { path: { customerId }, body }),
      delete: (customerId, options) => call(Api.delete, { path: { customerId }, body: options }),
      createPayment: (customerId, body) => call(Api.createPayment, { path: { customerId }, body }),
      listPayments,
      streamPayments: (customerId, query, options) => Page.items(streamPaymentsPages(customerId, query, options)),
      streamPaymentsPages
    }
  })

/**
 * Rows per page of the walks. Mollie itself starts at 50.
 *
 * @since 0.1.0
 * @category options
 */
export const pageSize = { min: 1, max: 250, default: 250 } as const

interface Linked<A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: ReadonlyArray<InvalidResponse>
  readonly next: Api.MollieLink | null | undefined
}

const walk = <A extends { readonly id: string; readonly createdAt: string }, E extends Errors.CustomersError>(
  { endpoint, list, parent, query }: {
    readonly endpoint: Endpoint.Any
    readonly list: string
    readonly parent?: string
    readonly query: Omit<Api.MollieListPaymentsQuery, "from" | "limit">
  },
  fetch: (page: Api.MollieListPaymentsQuery) => Effect.Effect<Linked<A>, E>,
  options: Page.StreamOptions | undefined
): Stream.Stream<Page.Page<A>, E | InvalidResponse | Errors.InvalidRequest> => {
  const { sort = "asc" } = query
  return Page.cursorWalk<A, E | InvalidResponse>({
    provider: "mollie",
    operation: endpoint.operation,
    list,
    parent,
    filters: { ...query, sort },
    pageSize,
    order: sort === "asc" ? "oldest-first" : "newest-first",
    fetch: (from, limit) =>
      Effect.flatMap(
        fetch({ ...query, sort, limit, ...(from === undefined ? {} : { from }) }),
        ({ items, next, unreadable }): Effect.Effect<Page.CursorPage<A>, InvalidResponse> =>
          next === undefined || next === null
            ? Effect.succeed({ items, unreadable, next: undefined })
            : Option.match(firstRowOf(next.href), {
              onNone: () =>
                new InvalidResponse({
                  ...Endpoint.errorContext(endpoint),
                  status: 200,
                  issues: [{ path: "_links.next.href", expected: "a link with from" }]
                }),
              onSome: (next) => Effect.succeed({ items, unreadable, next })
            })
      ),
    key: ({ createdAt, id }) => ({ createdAt: Date.parse(createdAt), id }),
    isGone
  }, options)
}

/**
 * Where the next page starts. A link contributes nothing else: the host is the configured one, the path the endpoint's,
 * and the other parameters are sent as they were.
 */
const firstRowOf = (href: string): Option.Option<string> =>
  Option.filter(
    Option.fromNullable(new URLSearchParams(href.slice(href.indexOf("?") + 1)).get("from")),
    (from) => href.includes("?") && from !== ""
  )

/** Mollie answers 400 at `from` where the row to start from does not exist (any more), or 404 or 410 with its words. */
const isGone = (error: Errors.CustomersError): boolean =>
  ((error.status === 404 || error.status === 410) && error.providerMessage !== undefined) ||
  (error._tag === "InvalidRequest" && error.origin === "provider" && error.issues.some(({ path }) => path === "from"))
