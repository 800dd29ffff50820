/**
 * Everything Pin Payments' customers API can do, in Pin's own terms.
 *
 * @since 0.1.0
 */
import type * as Errors from "@effect-customers/core/CustomersError"
import type * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import * as Api from "./PinPaymentsApi.js"
import * as PinPaymentsError from "./PinPaymentsError.js"

/**
 * Options of the client and of the layers.
 *
 * @since 0.1.0
 * @category options
 */
export interface PinPaymentsOptions {
  /** The secret key; a publishable one can do nothing here. */
  readonly secretKey: Transport.Secret
  /** Which of Pin's two worlds: keys, customers and tokens are separate. `live` when absent. */
  readonly environment?: "live" | "test" | undefined
  /** Scheme, host and path prefix to use instead of the environment's. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

type CommonError = Errors.CommonError
type ListError = CommonError | Errors.InvalidResponse
type ReadError = ListError | Errors.CustomerNotFound
/** A write ends in `Unsupported` under `Idempotency.withKey`: Pin has no keys. */
type WriteError = ListError | Errors.Unsupported
type DeleteError = CommonError | Errors.Unsupported

/**
 * A card as `createCard` answers it: with the caller's IP address where its details were sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsCreatedCard extends Api.PinPaymentsCard {
  readonly ip_address?: string | null | undefined
}

/**
 * The operations. Each takes and answers what Pin's documentation says, letter for letter; single answers come without
 * their envelope, `response`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Creates a customer with exactly one of `card` and `card_token`; a token that is spent is `InvalidRequest`. E-mails
   * are not unique. Not repeated when it may have been applied: Pin has no idempotency keys.
   */
  readonly create: (
    customer: Api.PinPaymentsCustomerCreate
  ) => Effect.Effect<Api.PinPaymentsCustomer, WriteError>
  /**
   * One page of customers, newest first. Creations move rows to later pages between two calls; `stream` sees to that.
   */
  readonly list: (query?: Api.PinPaymentsPageQuery) => Effect.Effect<Api.PinPaymentsCustomerPage, ListError>
  /** All customers, newest first, page by page as they are pulled. */
  readonly stream: (options?: Page.StreamOptions) => Stream.Stream<Api.PinPaymentsCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.PinPaymentsCustomer>, ListError>
  /** One customer with the primary card. */
  readonly get: (customerToken: string) => Effect.Effect<Api.PinPaymentsCustomer, ReadError>
  /**
   * Changes what is given; at most one of `card`, `card_token` and `primary_card_token`. The first two erase the
   * primary card for good, and are not repeated when they may have been applied. `ResourceNotFound`: the customer or
   * the card of a token does not exist, or the token is spent; Pin does not say which.
   */
  readonly update: (
    customerToken: string,
    patch: Api.PinPaymentsCustomerUpdate | Api.PinPaymentsCustomerUpdateCard
  ) => Effect.Effect<
    Api.PinPaymentsCustomer,
    WriteError | Errors.CustomerNotFound | Errors.ResourceNotFound
  >
  /** Deletes the customer and all cards, for good. A second delete is `CustomerNotFound`. */
  readonly delete: (customerToken: string) => Effect.Effect<void, DeleteError | Errors.CustomerNotFound>
  /** One page of a customer's charges, newest first. */
  readonly listCharges: (
    customerToken: string,
    query?: Api.PinPaymentsPageQuery
  ) => Effect.Effect<Api.PinPaymentsChargePage, ReadError>
  /** All charges of a customer, newest first, page by page as they are pulled. */
  readonly streamCharges: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.PinPaymentsCharge, ReadError>
  /** The pages of `streamCharges`, with the rows that cannot be read beside the others. */
  readonly streamChargesPages: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.PinPaymentsCharge>, ReadError>
  /** One page of a customer's cards. */
  readonly listCards: (
    customerToken: string,
    query?: Api.PinPaymentsPageQuery
  ) => Effect.Effect<Api.PinPaymentsCardPage, ReadError>
  /**
   * All cards of a customer, page by page as they are pulled. Cards have no time, so the walk remembers all of them.
   */
  readonly streamCards: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.PinPaymentsCard, ReadError>
  /** The pages of `streamCards`, with the rows that cannot be read beside the others. */
  readonly streamCardsPages: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.PinPaymentsCard>, ReadError>
  /**
   * Adds a card beside the primary one: its details, or the token of an unused one. Not repeated when it may have been
   * applied. `ResourceNotFound`: the customer does not exist, or the token is spent.
   */
  readonly createCard: (
    customerToken: string,
    card: Api.PinPaymentsCardCreate
  ) => Effect.Effect<PinPaymentsCreatedCard, WriteError | Errors.CustomerNotFound | Errors.ResourceNotFound>
  /** Deletes a card for good. The primary card is `Conflict`: make another the primary one first. */
  readonly deleteCard: (
    customerToken: string,
    cardToken: Redacted.Redacted<string>
  ) => Effect.Effect<void, DeleteError | Errors.ResourceNotFound | Errors.Conflict>
  /** One page of a customer's subscriptions, newest first. */
  readonly listSubscriptions: (
    customerToken: string,
    query?: Api.PinPaymentsPageQuery
  ) => Effect.Effect<Api.PinPaymentsSubscriptionPage, ReadError>
  /** All subscriptions of a customer, newest first, page by page as they are pulled. */
  readonly streamSubscriptions: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.PinPaymentsSubscription, ReadError>
  /** The pages of `streamSubscriptions`, with the rows that cannot be read beside the others. */
  readonly streamSubscriptionsPages: (
    customerToken: string,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.PinPaymentsSubscription>, ReadError>
  /**
   * Cancels a subscription at the end of its interval: it is `cancelling` until then. One that is neither on trial nor
   * active, also one that was cancelled before, is `Conflict`.
   */
  readonly cancelSubscription: (
    customerToken: string,
    subscriptionToken: string
  ) => Effect.Effect<
    Api.PinPaymentsSubscription,
    WriteError | Errors.ResourceNotFound | Errors.Conflict
  >
}

/**
 * Pin Payments' customers API in Pin's own terms; see {@link Service} for its operations.
 *
 * @since 0.1.0
 * @category tags
 */
export class PinPaymentsClient
  extends Context.Tag("@effect-customers/pin-payments/PinPaymentsClient")<PinPaymentsClient, Service>()
{}

const baseUrls = { live: "https://api.pinpayments.com", test: "https://test-api.pinpayments.com" }

/**
 * What the calls of the client go through, and what is wrong with the options, if anything.
 *
 * @since 0.1.0
 * @category options
 */
export const transportOptions = (options: PinPaymentsOptions): Transport.Options => ({
  provider: "pin-payments",
  root: "/1",
  ...Transport.baseUrlOf({
    option: "environment",
    worlds: baseUrls,
    world: options.environment ?? "live",
    baseUrl: options.baseUrl
  }),
  credential: {
    name: "authorization",
    option: "secretKey",
    secret: options.secretKey,
    // the key is the user name, the password is empty
    format: (key) => `Basic ${Encoding.encodeBase64(`${key}:`)}`,
    problem: (key) => key.includes(":") ? { path: "secretKey", message: "a user name cannot hold a colon" } : undefined
  },
  toError: PinPaymentsError.fromAnswer,
  transformClient: options.transformClient
})

/**
 * Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: PinPaymentsOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { call } = yield* Transport.make(transportOptions(options))

    const list: Service["list"] = (query) => call(Api.list, { query })

    const listCharges: Service["listCharges"] = (customer_token, query) =>
      call(Api.listCharges, { path: { customer_token }, query })

    const listCards: Service["listCards"] = (customer_token, query) =>
      call(Api.listCards, { path: { customer_token }, query })

    const listSubscriptions: Service["listSubscriptions"] = (customer_token, query) =>
      call(Api.listSubscriptions, { path: { customer_token }, query })

    const streamPages: Service["streamPages"] = (options) =>
      walk({ endpoint: Api.list, list: "customers", fetch: list, key: byCreation }, options)

    const streamChargesPages: Service["streamChargesPages"] = ofCustomer(
      { endpoint: Api.listCharges, list: "charges", key: byCreation },
      listCharges
    )

    const streamCardsPages: Service["streamCardsPages"] = ofCustomer({
      endpoint: Api.listCards,
      list: "cards",
      key: ({ token }) => ({ createdAt: 0, id: Redacted.value(token) })
    }, listCards)

    const streamSubscriptionsPages: Service["streamSubscriptionsPages"] = ofCustomer(
      { endpoint: Api.listSubscriptions, list: "subscriptions", key: byCreation },
      listSubscriptions
    )

    return {
      create: (body) => Effect.map(call(Api.create, { body }), ({ response }) => response),
      list,
      stream: (options) => Page.items(streamPages(options)),
      streamPages,
      get: (customer_token) => Effect.map(call(Api.get, { path: { customer_token } }), ({ response }) => response),
      update: (customer_token, patch) =>
        Effect.map(
          replacesCard(patch)
            ? call(Api.updateCard, { path: { customer_token }, body: patch })
            : call(Api.update, { path: { customer_token }, body: patch }),
          ({ response }) => response
        ),
      delete: (customer_token) => call(Api.delete, { path: { customer_token } }),
      listCharges,
      streamCharges: (customerToken, options) => Page.items(streamChargesPages(customerToken, options)),
      streamChargesPages,
      listCards,
      streamCards: (customerToken, options) => Page.items(streamCardsPages(customerToken, options)),
      streamCardsPages,
      createCard: (customer_token, body) =>
        Effect.map(call(Api.createCard, { path: { customer_token }, body }), ({ ip_address, response }) => ({
          ...response,
          ip_address
        })),
      deleteCard: (customer_token, card_token) => call(Api.deleteCard, { path: { customer_token, card_token } }),
      listSubscriptions,
      streamSubscriptions: (customerToken, options) => Page.items(streamSubscriptionsPages(customerToken, options)),
      streamSubscriptionsPages,
      cancelSubscription: (customer_token, sub_token) =>
        Effect.map(call(Api.cancelSubscription, { path: { customer_token, sub_token } }), ({ response }) => response)
    }
  })

/** What cannot be read is no such patch; the transport refuses it. */
const cardOf = Option.liftThrowable((patch: Api.PinPaymentsCustomerUpdate | Api.PinPaymentsCustomerUpdateCard) =>
  patch.card ?? patch.card_token
)

const replacesCard = (
  patch: Api.PinPaymentsCustomerUpdate | Api.PinPaymentsCustomerUpdateCard
): patch is Api.PinPaymentsCustomerUpdateCard => Option.getOrUndefined(cardOf(patch)) !== undefined

/**
 * Rows per page of the walks. Pin documents pages of 25 and no way to ask for others; 500 were seen to be answered
 * where they were asked for. The walks go by the size that Pin says it used.
 *
 * @since 0.1.0
 * @category options
 */
export const pageSize = { min: 1, max: 500, default: 25 } as const

interface WirePage<A> extends Endpoint.Unreadable {
  readonly response: ReadonlyArray<A>
  readonly pagination: { readonly per_page: number; readonly count: number }
}

const byCreation = ({ created_at, token }: { readonly created_at: string; readonly token: string }): Page.RowKey => ({
  createdAt: Date.parse(created_at),
  id: token
})

interface ListOf<in A> {
  readonly endpoint: Endpoint.Any
  readonly list: string
  readonly key: (row: A) => Page.RowKey
}

/** The walk over a list of one customer's. */
const ofCustomer = <A, E>(
  list: ListOf<A>,
  fetch: (customerToken: string, query: Api.PinPaymentsPageQuery) => Effect.Effect<WirePage<A>, E>
) =>
(parent: string, options?: Page.StreamOptions) =>
  walk({ ...list, parent, fetch: (query) => fetch(parent, query) }, options)

const walk = <A, E>(
  { endpoint, fetch, key, list, parent }: ListOf<A> & {
    readonly parent?: string
    readonly fetch: (query: Api.PinPaymentsPageQuery) => Effect.Effect<WirePage<A>, E>
  },
  options: Page.StreamOptions | undefined
): Stream.Stream<Page.Page<A>, E | Errors.InvalidRequest> =>
  Page.offsetWalk({
    provider: "pin-payments",
    operation: endpoint.operation,
    list,
    parent,
    filters: {},
    pageSize,
    order: "newest-first",
    key,
    fetch: (page, per_page) =>
      Effect.map(fetch({ page, per_page }), ({ pagination, response, unreadable }) => ({
        items: response,
        unreadable,
        total: pagination.count,
        pageSize: pagination.per_page,
        lastPage: response.length + unreadable.length === 0 ? page : Math.ceil(pagination.count / pagination.per_page)
      }))
  }, options)
