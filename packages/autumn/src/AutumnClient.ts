/**
 * Everything Autumn's customers API can do, in Autumn's own terms.
 *
 * @since 0.1.0
 */
import { Json } from "@effect-customers/core/Customer"
import type * as Errors from "@effect-customers/core/CustomersError"
import { CustomerNotFound, InvalidResponse, UnexpectedStatus } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Api from "./AutumnApi.js"
import * as AutumnError from "./AutumnError.js"

/**
 * Options of the client and of the layers.
 *
 * @since 0.1.0
 * @category options
 */
export interface AutumnOptions {
  /** The secret key; its prefix says which of Autumn's two worlds it is of. A publishable one can do nothing here. */
  readonly secretKey: Transport.Secret
  /** Which version to speak: `2.1` lists newest first by offset, `2.3` by cursor and ten times as often. `2.1` when absent. */
  readonly apiVersion?: "2.1" | "2.3" | undefined
  /** Whether `delete` takes customers out of Stripe too, where the call does not say. False when absent. */
  readonly deleteInStripe?: boolean | undefined
  /** Scheme, host and path prefix to use instead of `https://api.useautumn.com`. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

type CommonError = Errors.CommonError
type ListError = CommonError | Errors.InvalidResponse
type ReadError = ListError | Errors.CustomerNotFound
/** A write ends in `Unsupported` under `Idempotency.withKey`: Autumn's keys protect nothing, so none is sent. */
type WriteError = ListError | Errors.Unsupported

/**
 * Which customers a walk goes over. `created_at_range` is of version 2.3.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnListFilters extends Omit<Api.AutumnListByCursorBody, "start_cursor" | "limit" | "sort_order"> {}

/**
 * The operations. Each takes and answers what Autumn's documentation says, letter for letter; the id comes first.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * The customer with this id, who is made where there is none. One who is there comes back, and keeps name and e-mail
   * unless they are empty; metadata, fingerprint and plan of the call are ignored then. With an id and the e-mail of a
   * customer who has no id, that customer gets the id. The answer does not say which of these it was.
   */
  readonly getOrCreate: (customer: Api.AutumnGetOrCreate) => Effect.Effect<Api.AutumnCustomer, WriteError>
  /** One customer; it creates nothing. Also by Autumn's internal id. */
  readonly get: (
    customerId: string,
    options?: Api.AutumnGetOptions
  ) => Effect.Effect<Api.AutumnCustomer, ReadError>
  /**
   * One page of customers, in the words of the layer's `apiVersion`: a field of the other version is `InvalidRequest`.
   * Pages by offset drift while customers come and go, and cursors end at a customer without an id; `stream` sees to
   * both.
   */
  readonly list: (
    body?: Api.AutumnListBody | Api.AutumnListByCursorBody
  ) => Effect.Effect<Api.AutumnCustomerPage, ListError>
  /** All customers that match, page by page as they are pulled: newest first in version 2.1, oldest first in 2.3. */
  readonly stream: (
    filters?: AutumnListFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.AutumnCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    filters?: AutumnListFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.AutumnCustomer>, ListError>
  /**
   * Changes what is given. `new_customer_id` renames: one that is taken is `CustomerAlreadyExists`. A rename that was
   * sent again and finds nobody is settled by looking for the new id.
   */
  readonly update: (
    customerId: string,
    patch: Api.AutumnCustomerUpdate
  ) => Effect.Effect<
    Api.AutumnCustomer,
    WriteError | Errors.CustomerNotFound | Errors.CustomerAlreadyExists
  >
  /**
   * Deletes the customer for good, from Stripe too where it is told so: a failure there is not told. A second delete is
   * `CustomerNotFound`, and the id can be given again.
   */
  readonly delete: (
    customerId: string,
    options?: Api.AutumnDeleteOptions
  ) => Effect.Effect<void, CommonError | Errors.Unsupported | Errors.CustomerNotFound>
}

/**
 * Autumn's customers API in Autumn's own terms; see {@link Service} for its operations.
 *
 * @since 0.1.0
 * @category tags
 */
export class AutumnClient extends Context.Tag("@effect-customers/autumn/AutumnClient")<AutumnClient, Service>() {}

/**
 * What the calls of the client go through, and what is wrong with the options, if anything.
 *
 * @since 0.1.0
 * @category options
 */
export const transportOptions = (options: AutumnOptions): Transport.Options => {
  const { apiVersion = "2.1" } = options
  return {
    provider: "autumn",
    root: "/v1",
    baseUrl: options.baseUrl ?? "https://api.useautumn.com",
    headers: { "x-api-version": apiVersion },
    credential: {
      name: "authorization",
      option: "secretKey",
      secret: options.secretKey,
      format: (key) => `Bearer ${key}`
    },
    defaults: { body: { delete_in_stripe: options.deleteInStripe } },
    toError: AutumnError.fromAnswer,
    transformClient: options.transformClient,
    issues: apiVersion === "2.1" || apiVersion === "2.3" ? [] : [{ path: "apiVersion", message: "expected 2.1 or 2.3" }]
  }
}

/**
 * Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: AutumnOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const isByCursor = options.apiVersion === "2.3"
    const { call } = yield* Transport.make(transportOptions(options))

    // a field of the other version is refused
    const list: Service["list"] = (body = {}) =>
      isByCursor ? call(Api.listByCursor, { body }) : call(Api.list, { body })

    const get: Service["get"] = (customerId, options) =>
      Effect.flatMap(bodyOf(Api.get, customerId, options), (body) => call(Api.get, { body })).pipe(
        naming(customerId)
      )

    const streamPages: Service["streamPages"] = (filters, options) =>
      Stream.unwrap(
        Effect.map(
          Endpoint.readFields(Api.list, filters, ["offset", "limit", "start_cursor", "sort_order"]),
          (filters) => (isByCursor ? byCursor : byOffset)(list, filters, options)
        )
      )

    const rename = (body: Api.AutumnRename) =>
      Effect.catchTag(
        call(Api.rename, { body }),
        "CustomerNotFound",
        // an attempt before may have renamed the customer
        (error) =>
          error.mayHaveApplied
            ? get(body.new_customer_id).pipe(
              Effect.filterOrFail((found) => hasAll(found, body)),
              Effect.mapError(() => error)
            )
            : Effect.fail(error)
      )

    return {
      getOrCreate: (body) => call(Api.getOrCreate, { body }),
      get,
      list,
      stream: (filters, options) => Page.items(streamPages(filters, options)),
      streamPages,
      update: (customerId, patch) =>
        Effect.flatMap(
          bodyOf(Api.update, customerId, patch),
          ({ new_customer_id, ...body }) =>
            new_customer_id === undefined ? call(Api.update, { body }) : rename({ ...body, new_customer_id })
        ).pipe(
          naming(customerId)
        ),
      delete: (customerId, options) =>
        Effect.flatMap(bodyOf(Api.delete, customerId, options), (body) => call(Api.delete, { body })).pipe(
          Effect.catchTags({
            // an attempt before may have deleted the customer
            CustomerNotFound: (error) => error.mayHaveApplied ? Effect.void : Effect.fail(error),
            InvalidResponse: ({ issues: _, ...context }) => new UnexpectedStatus(context)
          }),
          Effect.asVoid,
          naming(customerId)
        )
    }
  })

/** A customer who is not found is the one that was asked for. */
const naming = (customerId: string) => <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.mapError(effect, (error) =>
    error instanceof CustomerNotFound
      ? new CustomerNotFound({ ...error, customerId: Redacted.make(customerId) }) as E & CustomerNotFound
      : error)

/** For callers without types: another id in the input would be dropped. */
const bodyOf = <Input extends object>(
  endpoint: Endpoint.Any,
  customer_id: string,
  input: Input | undefined
): Effect.Effect<Partial<Input> & { readonly customer_id: string }, Errors.InvalidRequest> =>
  Effect.map(Endpoint.readFields(endpoint, input, ["customer_id"]), (read) => ({ ...read, customer_id }))

const sameJson = Schema.equivalence(Json)

const sameText = (stored: string | null | undefined, given: string | null): boolean => (stored ?? "") === (given ?? "")

/** Whether a customer has what a change has named: it may be somebody else's. */
const hasAll = ({ email, metadata, name }: Api.AutumnCustomer, change: Api.AutumnRename): boolean =>
  (change.name === undefined || sameText(name, change.name)) &&
  (change.email === undefined || sameText(email?.toLowerCase(), change.email?.toLowerCase() ?? null)) &&
  Object.entries(change.metadata ?? {}).every(([key, given]) =>
    sameJson(Option.getOrNull(Record.get(metadata ?? {}, key)), given)
  )

// ---------------------------------------------------------------------------------------------------------------------
// Walks
// ---------------------------------------------------------------------------------------------------------------------

type Walk = (
  list: Service["list"],
  filters: AutumnListFilters,
  options: Page.StreamOptions | undefined
) => Stream.Stream<Page.Page<Api.AutumnCustomer>, ListError>

/** What tells customers apart who were created at one time. Ids hold no `@`, and neither holds white space. */
const keyOf = ({ created_at, email, fingerprint, id, name, stripe_id }: Api.AutumnCustomer): Page.RowKey => ({
  createdAt: created_at,
  id: id ?? email?.toLowerCase() ?? ` ${stripe_id} ${fingerprint} ${name}`
})

const source = (filters: AutumnListFilters) => ({
  provider: "autumn",
  operation: Api.list.operation,
  list: "customers",
  filters,
  pageSize: Api.pageSize,
  key: keyOf
})

const countOf = ({ list, unreadable }: Api.AutumnCustomerPage): number => list.length + unreadable.length

/**
 * Version 2.1. The end is where `total_filtered_count` is reached, or an empty page where that is not sent: a page is
 * short where Autumn left out a row that it could not write, `total` is the length of the page, and `has_more` says no
 * more than that the page is full.
 */
const byOffset: Walk = (list, filters, options) =>
  Page.offsetWalk({
    ...source(filters),
    order: "newest-first",
    fetch: (page, limit) =>
      Effect.map(list({ ...filters, offset: (page - 1) * limit, limit }), (answer) => {
        const total = answer.total_filtered_count ?? undefined
        const lastPage = total === undefined ? page + Math.min(1, countOf(answer)) : Math.ceil(total / limit)
        return { items: answer.list, unreadable: answer.unreadable, total, lastPage }
      })
  }, options)

/** Version 2.3. A cursor is made of the id of a page's last customer: where there is none, there is no cursor either. */
const byCursor: Walk = (list, filters, options) => {
  const fetch = (body: Api.AutumnListByCursorBody) =>
    Effect.map(list({ ...filters, ...body, sort_order: "asc" }), (answer): Page.CursorPage<Api.AutumnCustomer> => ({
      items: answer.list,
      unreadable: answer.unreadable,
      next: answer.next_cursor ?? undefined,
      isCut: endsWithoutId(answer)
    }))
  return Page.cursorWalk({
    ...source(filters),
    fetch: (start_cursor, limit) => fetch({ start_cursor, limit }),
    isGone: ({ providerCode }) => providerCode === "invalid_cursor",
    fromTime: {
      fetch: (createdAt, limit) => {
        const { end, start = 0 } = filters.created_at_range ?? {}
        return end !== undefined && createdAt > end
          ? Effect.succeed({ items: [], unreadable: [], next: undefined })
          : fetch({ created_at_range: { start: Math.max(start, Math.floor(createdAt)), end }, limit })
      },
      mostRows: Api.pageSize.max,
      hidden: new InvalidResponse({
        ...Endpoint.errorContext(Api.listByCursor),
        status: 200,
        issues: [{
          path: "next_cursor",
          expected: `a cursor: more than ${Api.pageSize.max} customers were created at one time, and some are hidden`
        }]
      })
    }
  }, options)
}

/** Of a row that cannot be read it is not known whether it has an id. */
const endsWithoutId = (answer: Api.AutumnCustomerPage): boolean => {
  const last = `list.${countOf(answer) - 1}`
  return answer.list.at(-1)?.id === null ||
    answer.unreadable.some(({ issues }) => issues.some(({ path }) => path === last || path.startsWith(`${last}.`)))
}
