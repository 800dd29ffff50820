/**
 * Everything Polar's customers API can do, in Polar's own terms.
 *
 * @since 0.1.0
 */
import type * as Errors from "@effect-customers/core/CustomersError"
import { CustomerNotFound, InvalidResponse } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Api from "./PolarApi.js"
import * as PolarError from "./PolarError.js"

/**
 * Options of the client and of the layers.
 *
 * @since 0.1.0
 * @category options
 */
export interface PolarOptions {
  /** An organization token (`polar_oat_`), a personal token or an OAuth2 access token. */
  readonly accessToken: Transport.Secret
  /** Which of Polar's two worlds: tokens, customers and ids are separate. `production` when absent. */
  readonly environment?: "production" | "sandbox" | undefined
  /** The `Polar-Version` to speak, `YYYY-MM`. `2026-10` when absent. */
  readonly version?: string | undefined
  /** With user tokens only: which organization to list, export and create in. Refused with an organization token. */
  readonly organizationId?: string | undefined
  /** Scheme, host and path prefix to use instead of the environment's. */
  readonly baseUrl?: string | undefined
  /** The one escape hatch: wraps the `HttpClient` that the layer is given. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

type CommonError = Errors.CommonError
type ReadError = CommonError | Errors.InvalidResponse | Errors.CustomerNotFound
type ListError = CommonError | Errors.InvalidResponse
/** A write ends in `Unsupported` under `Idempotency.withKey`: Polar has no keys. */
type WriteError = CommonError | Errors.Unsupported
type UpdateError = WriteError | ReadError

/**
 * One row of the CSV export. Times are ISO 8601 with offset. `tax_id` is `[value, format]`, or the cell as it stands
 * where Polar writes it in a way that this version does not know.
 *
 * @since 0.1.0
 * @category models
 */
export interface PolarExportRow extends Schema.Schema.Type<typeof ExportRow> {}

/**
 * The operations. Each takes and answers what Polar's documentation says, letter for letter.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** One page of customers. Equal sort keys may change places between two pages; `stream` sees to that. */
  readonly list: (query?: Api.PolarListQuery) => Effect.Effect<Api.PolarCustomerPage, ListError>
  /**
   * All customers that match, page by page as they are pulled, oldest first unless `sorting` is given (then rows that
   * move between two pages may come twice or not at all).
   */
  readonly stream: (
    query?: Omit<Api.PolarListQuery, "page" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Api.PolarCustomer, ListError>
  /** The pages of `stream`, with the rows that cannot be read beside the others. */
  readonly streamPages: (
    query?: Omit<Api.PolarListQuery, "page" | "limit">,
    options?: Page.StreamOptions
  ) => Stream.Stream<Page.Page<Api.PolarCustomer>, ListError>
  /** Creates an individual or a team. Not repeated when it may have been applied: Polar has no idempotency keys. */
  readonly create: (
    customer: Api.PolarCustomerCreate
  ) => Effect.Effect<Api.PolarCustomer, WriteError | Errors.InvalidResponse | Errors.CustomerAlreadyExists>
  /** All customers as CSV, chunk by chunk as Polar writes it. Polar may truncate it without a sign when it fails. */
  readonly export: (query?: Api.PolarExportQuery) => Stream.Stream<Uint8Array, CommonError>
  /** The rows of `export`, read as they arrive. */
  readonly exportRows: (query?: Api.PolarExportQuery) => Stream.Stream<PolarExportRow, ListError>
  readonly get: (id: string) => Effect.Effect<Api.PolarCustomer, ReadError>
  /** An absent key keeps, null clears, a value sets; `billing_address` and `metadata` replace the whole. */
  readonly update: (
    id: string,
    patch: Api.PolarCustomerUpdate
  ) => Effect.Effect<Api.PolarCustomer, UpdateError | Errors.CustomerAlreadyExists | Errors.Conflict>
  /** Cancels subscriptions, revokes benefits, frees e-mail and external id. A second delete is `CustomerNotFound`. */
  readonly delete: (
    id: string,
    query?: Api.PolarDeleteQuery
  ) => Effect.Effect<void, WriteError | Errors.CustomerNotFound>
  /** With a user token over several organizations one external id may match two customers: Polar then fails. */
  readonly getExternal: (externalId: string) => Effect.Effect<Api.PolarCustomer, ReadError>
  readonly updateExternal: (
    externalId: string,
    patch: Api.PolarCustomerUpdateExternal
  ) => Effect.Effect<Api.PolarCustomer, UpdateError | Errors.CustomerAlreadyExists>
  readonly deleteExternal: (
    externalId: string,
    query?: Api.PolarDeleteQuery
  ) => Effect.Effect<void, WriteError | Errors.CustomerNotFound>
  /** The customer with active subscriptions, granted benefits and meters; from a cache of up to one hour. */
  readonly getState: (id: string) => Effect.Effect<Api.PolarCustomerState, ReadError>
  readonly getStateExternal: (externalId: string) => Effect.Effect<Api.PolarCustomerState, ReadError>
  /**
   * Removed from the live API in November 2025, which answers 404 `{"detail":"Not Found"}`: `UnexpectedStatus`.
   *
   * @deprecated Polar has no replacement for organization tokens.
   */
  readonly getBalance: (id: string) => Effect.Effect<Api.PolarCustomerBalance, ReadError>
}

/**
 * Polar's customers API in Polar's own terms; see {@link Service} for its operations.
 *
 * @since 0.1.0
 * @category tags
 */
export class PolarClient extends Context.Tag("@effect-customers/polar/PolarClient")<PolarClient, Service>() {}

const baseUrls = { production: "https://api.polar.sh", sandbox: "https://sandbox-api.polar.sh" }

const optionIssues = ({ organizationId, version }: PolarOptions) => [
  ...(version === undefined || /^\d{4}-\d{2}$/.test(version) ? [] : [{ path: "version", message: "expected YYYY-MM" }]),
  ...(organizationId === "" ? [{ path: "organizationId", message: "expected an id that is not empty" }] : [])
]

/**
 * What the calls of the client go through, and what is wrong with the options, if anything.
 *
 * @since 0.1.0
 * @category options
 */
export const transportOptions = (options: PolarOptions): Transport.Options => {
  const { organizationId } = options
  const { baseUrl, issues } = Transport.baseUrlOf({
    option: "environment",
    worlds: baseUrls,
    world: options.environment ?? "production",
    baseUrl: options.baseUrl
  })
  return {
    provider: "polar",
    root: "/v1",
    baseUrl,
    headers: { "polar-version": options.version ?? "2026-10" },
    credential: {
      name: "authorization",
      option: "accessToken",
      secret: options.accessToken,
      format: (token) => `Bearer ${token}`,
      problem: (token) =>
        organizationId !== undefined && token.startsWith("polar_oat_")
          ? { path: "organizationId", message: "an organization token names its organization itself" }
          : undefined
    },
    defaults: { query: { organization_id: organizationId }, body: { organization_id: organizationId } },
    toError: PolarError.fromAnswer,
    transformClient: options.transformClient,
    issues: [...issues, ...optionIssues(options)]
  }
}

/**
 * Builds the client. It cannot fail: with a bad option every call ends in `InvalidRequest` naming it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: PolarOptions): Effect.Effect<Service, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { organizationId } = options
    const { call, stream } = yield* Transport.make(transportOptions(options))

    const list: Service["list"] = (query) => call(Api.list, { query })

    const streamPages: Service["streamPages"] = (query, options) =>
      Stream.unwrap(Effect.map(Endpoint.readFields(Api.list, query ?? undefined, ["page", "limit"]), (query) => {
        const { sorting, ...filters } = query
        const isByCreation = (sorting ?? []).length === 0
        return Page.offsetWalk({
          provider: "polar",
          operation: "list",
          list: "customers",
          filters: { ...filters, organization_id: filters.organization_id ?? organizationId, sorting: sorting ?? [] },
          pageSize,
          fetch: (page, limit) =>
            Effect.map(
              list({ ...filters, sorting: isByCreation ? ["created_at", "email"] : sorting, page, limit }),
              ({ items, pagination, unreadable }) => ({
                items,
                unreadable,
                total: pagination.total_count,
                lastPage: pagination.max_page
              })
            ),
          key: isByCreation
            ? ({ created_at, id }) => ({ createdAt: Date.parse(created_at), id })
            : undefined
        }, options)
      }))

    const exportBytes: Service["export"] = (query) => stream(Api.exportCsv, { query })

    return {
      list,
      stream: (query, options) => Page.items(streamPages(query, options)),
      streamPages,
      create: (body) => call(Api.create, { body }),
      export: exportBytes,
      exportRows: (query) => exportRows(exportBytes(query)),
      get: (id) => byId(Api.get, id, call(Api.get, { path: { id } })),
      update: (id, body) => byId(Api.update, id, call(Api.update, { path: { id }, body })),
      delete: (id, query) => byId(Api.delete, id, call(Api.delete, { path: { id }, query })),
      getExternal: (external_id) => call(Api.getExternal, { path: { external_id } }),
      updateExternal: (external_id, body) => call(Api.updateExternal, { path: { external_id }, body }),
      deleteExternal: (external_id, query) => call(Api.deleteExternal, { path: { external_id }, query }),
      getState: (id) => byId(Api.getState, id, call(Api.getState, { path: { id } })),
      getStateExternal: (external_id) => call(Api.getStateExternal, { path: { external_id } }),
      getBalance: (id) => byId(Api.getBalance, id, call(Api.getBalance, { path: { id } }))
    }
  })

/** Polar decodes `%2F` before it routes, and has routes of these names. */
const ofAnotherRoute = /\/|^(?:export|external)$/

/** An id that would reach another route than the customer's (`external/usr_1`) is no customer's id. */
const byId = <A, E>(
  endpoint: Endpoint.Any,
  id: string,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | CustomerNotFound> =>
  typeof id === "string" && ofAnotherRoute.test(id)
    ? new CustomerNotFound({ ...Endpoint.errorContext(endpoint), customerId: Redacted.make(id) })
    : effect

/**
 * Customers per page of `list` and the walks. Polar itself starts at 10 and clamps what is above 100.
 *
 * @since 0.1.0
 * @category options
 */
export const pageSize = { min: 1, max: 100, default: 100 } as const

// ---------------------------------------------------------------------------------------------------------------------
// Export
// ---------------------------------------------------------------------------------------------------------------------

const emptyIsNull = Schema.transform(Schema.String, Schema.NullOr(Schema.String), {
  strict: true,
  decode: (cell) => cell === "" ? null : cell,
  encode: (cell) => cell ?? ""
})

/** Python's way to print the pair: `('FR61954506077', <TaxIDFormat.eu_vat: 'eu_vat'>)`. */
const taxIdCell = /^\((?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"), <TaxIDFormat\.\w+: '(\w+)'>\)$/

const TaxIdCell = Schema.transform(
  Schema.String,
  Schema.NullOr(Schema.Union(Schema.Tuple(Schema.String, Schema.String), Schema.String)),
  {
    strict: true,
    decode: (cell) => {
      if (cell === "") return null
      const [, single, double, format] = taxIdCell.exec(cell) ?? []
      const value = single ?? double
      return value === undefined || format === undefined
        ? cell
        : [value.replace(/\\(.)/g, "$1"), format] as const
    },
    encode: (taxId) =>
      taxId === null
        ? ""
        : typeof taxId === "string"
        ? taxId
        : `('${taxId[0]}', <TaxIDFormat.${taxId[1]}: '${taxId[1]}'>)`
  }
)

const MetadataCell = Schema.transform(Schema.String, Schema.String, {
  strict: true,
  decode: (cell) => cell === "" ? "{}" : cell,
  encode: (json) => json
}).pipe(Schema.compose(Schema.parseJson(Api.PolarMetadata)))

const ExportRow = Schema.Struct({
  id: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("ID")),
  external_id: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("External ID")),
  created_at: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("Created At")),
  email: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Email")),
  name: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Name")),
  tax_id: Schema.propertySignature(TaxIdCell).pipe(Schema.fromKey("Tax ID")),
  line1: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address Line 1")),
  line2: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address Line 2")),
  city: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address City")),
  state: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address State")),
  postal_code: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address Zip")),
  country: Schema.propertySignature(emptyIsNull).pipe(Schema.fromKey("Billing Address Country")),
  metadata: Schema.propertySignature(MetadataCell).pipe(Schema.fromKey("Metadata"))
})

const decodeRow = Schema.decodeUnknownEither(ExportRow)

/** In characters. Polar's rows are shorter; a quote that is never closed must not take the whole file into memory. */
const longestRecord = 1024 * 1024

const unreadableExport = (path: string, expected: string) =>
  new InvalidResponse({ ...Endpoint.errorContext(Api.exportCsv), status: 200, issues: [{ path, expected }] })

const exportRows = (bytes: Stream.Stream<Uint8Array, CommonError>): Stream.Stream<PolarExportRow, ListError> =>
  Stream.unwrap(Effect.gen(function*() {
    // loaded when it is used: it needs node:stream, and nothing else of this package does
    const csv = yield* Effect.promise(() => import("csv-parse/stream"))
    const { readable, writable } = csv.parse({ bom: true, columns: true, max_record_size: longestRecord })
    const writer = writable.getWriter()
    const noCsv = () => unreadableExport("", "CSV with as many cells as its header")
    // chunk by chunk, each awaited: the parser's own queue would hold a thousand
    const size = yield* Ref.make(0)
    const write = (chunk: Uint8Array) =>
      Effect.zipRight(
        Ref.update(size, (size) => size + chunk.length),
        Effect.tryPromise({ try: () => writer.write(chunk), catch: noCsv })
      )
    // Polar writes the header also where there is nobody
    const close = Effect.filterOrFail(Ref.get(size), (size) => size > 0, () => unreadableExport("", "a header row"))
      .pipe(
        Effect.zipRight(Effect.tryPromise({ try: () => writer.close(), catch: noCsv }))
      )
    return Stream.fromReadableStream(() => readable, noCsv).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([row, index]) =>
        Either.mapLeft(decodeRow(row), () => unreadableExport(String(index), "a row of the export"))
      ),
      Stream.merge(Stream.drain(Stream.concat(Stream.mapEffect(bytes, write), Stream.fromEffect(close))))
    )
  }))
