/** Everything Acme's customers API can do, in Acme's own terms. */
import type * as Errors from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Api from "./AcmeApi.js"
import * as AcmeError from "./AcmeError.js"

/** Options of the client and of the layers. */
export interface AcmeOptions {
  readonly apiKey: Transport.Secret
  /** Scheme, host and path prefix to use instead of `https://api.acme.example`. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/** What a list is filtered by. */
export type AcmeFilters = Omit<Api.AcmeListQuery, "page" | "per_page">

type ListError = Errors.CommonError | Errors.InvalidResponse
type WriteError = ListError | Errors.CustomerAlreadyExists | Errors.Unsupported

/** The operations. Each takes and answers what Acme's documentation says, letter for letter. */
export interface Service {
  /** Creates a customer. `email` and `reference` are unique. */
  readonly create: (customer: Api.AcmeCustomerCreate) => Effect.Effect<Api.AcmeCustomer, WriteError>
  /** One page of customers, oldest first. */
  readonly list: (query?: Api.AcmeListQuery) => Effect.Effect<Api.AcmeCustomerPage, ListError>
  /** All customers, page by page as they are pulled. */
  readonly stream: (
    filters?: AcmeFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.AcmeCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    filters?: AcmeFilters,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.AcmeCustomer>, ListError>
  /** One customer; a deleted one is answered too, with `deleted_at`. */
  readonly get: (id: string) => Effect.Effect<Api.AcmeCustomer, ListError | Errors.CustomerNotFound>
  /** Changes what is given. */
  readonly update: (
    id: string,
    patch: Api.AcmeCustomerUpdate
  ) => Effect.Effect<Api.AcmeCustomer, WriteError | Errors.CustomerNotFound>
  /** Deletes the customer and frees e-mail and reference. A second delete is `CustomerNotFound`. */
  readonly delete: (
    id: string
  ) => Effect.Effect<void, Errors.CommonError | Errors.CustomerNotFound | Errors.Unsupported>
}

/** Acme's customers API in Acme's own terms. */
export class AcmeClient extends Context.Tag("@effect-customers/acme/AcmeClient")<AcmeClient, Service>() {}

/** Rows per page. */
export const pageSize = { min: 1, max: 100, default: 20 } as const

/** What the calls of the client go through, and what is wrong with the options, if anything. */
export const transportOptions = (options: AcmeOptions): Transport.Options => ({
  provider: "acme",
  root: "/v1",
  baseUrl: options.baseUrl ?? "https://api.acme.example",
  credential: {
    name: "authorization",
    option: "apiKey",
    secret: options.apiKey,
    format: (key) => `Bearer ${key}`
  },
  toError: AcmeError.fromAnswer,
  transformClient: options.transformClient
})

/** Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it. */
export const make = (options: AcmeOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { call } = yield* Transport.make(transportOptions(options))

    const list: Service["list"] = (query) => call(Api.list, { query })

    const streamPages: Service["streamPages"] = (filters, options) =>
      Stream.unwrap(
        Effect.map(Endpoint.readFields(Api.list, filters, ["page", "per_page"]), (filters) =>
          Page.offsetWalk({
            provider: "acme",
            operation: "list",
            list: "customers",
            filters,
            pageSize,
            key: ({ created_at, id }) => ({ createdAt: Date.parse(created_at), id }),
            fetch: (page, per_page) =>
              Effect.map(list({ ...filters, page, per_page }), ({ data, pages, total, unreadable }) => ({
                items: data,
                unreadable,
                total,
                lastPage: pages
              }))
          }, options))
      )

    return {
      create: (body) => call(Api.create, { body }),
      list,
      stream: (filters, options) => Page.items(streamPages(filters, options)),
      streamPages,
      get: (id) => call(Api.get, { path: { id } }),
      update: (id, body) => call(Api.update, { path: { id }, body }),
      delete: (id) => call(Api.delete, { path: { id } })
    }
  })
