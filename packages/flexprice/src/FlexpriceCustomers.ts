/**
 * How Flexprice plays the roles of the core: `CustomersService`, `CustomersByExternalId` and `CustomersByEmail` over the
 * client.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import type { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import { asMaybeApplied, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Roles from "@effect-customers/core/CustomersRoles"
import * as Customers from "@effect-customers/core/CustomersService"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as ProviderConfig from "@effect-customers/core/ProviderConfig"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Api from "./FlexpriceApi.js"
import type { FlexpriceOptions } from "./FlexpriceClient.js"
import * as Client from "./FlexpriceClient.js"
import { FlexpriceClient } from "./FlexpriceClient.js"

const kept = { stored: true, required: false, clearable: false, mutable: "always" } as const

/**
 * What Flexprice stores and does. An address cannot be cleared because its country cannot; its lines can. A delete is
 * refused while there is an active subscription or an active wallet, and cancels neither.
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<true, true> = {
  provider: "flexprice",
  ids: "assigned",
  fields: {
    externalId: { ...kept, required: true, unique: true, limits: { maxLength: 255 } },
    email: kept,
    name: { ...kept, required: true, limits: { maxLength: 255 } },
    phone: { ...kept, clearable: true, limits: { maxLength: 20 } },
    address: {
      ...kept,
      limits: { addressLengths: { line1: 255, line2: 255, city: 100, state: 100, postalCode: 20 } }
    },
    locale: notStored,
    metadata: {
      ...kept,
      clearable: true,
      limits: { metadata: { values: "strings", nullValues: false, emptyStrings: true } }
    },
    paymentSource: notStored
  },
  findBy: { externalId: true, email: true },
  answers: { total: true, updatedAt: true },
  pageSize: Client.pageSize,
  walk: { order: "oldest-first", parallel: true },
  delete: {
    cancelsSubscriptions: false,
    keepsBilling: true,
    blockedBy: ["active subscriptions", "active wallets"],
    freesExternalId: true
  },
  repeat: { create: "never", update: "always", delete: "always" }
}

/** A text that is not set is `""`. */
const textOf = (text: string | null | undefined): string | undefined =>
  typeof text === "string" && text.trim() !== "" ? text : undefined

const toAddress = (flexprice: Api.FlexpriceCustomer): Customer.Address | undefined => {
  const address = {
    line1: Option.fromNullable(textOf(flexprice.address_line1)),
    line2: Option.fromNullable(textOf(flexprice.address_line2)),
    city: Option.fromNullable(textOf(flexprice.address_city)),
    state: Option.fromNullable(textOf(flexprice.address_state)),
    postalCode: Option.fromNullable(textOf(flexprice.address_postal_code)),
    country: Option.fromNullable(textOf(flexprice.address_country))
  }
  return Object.values(address).some(Option.isSome) ? new Customer.Address(address, true) : undefined
}

const customerOf = (flexprice: Api.FlexpriceCustomer, updatedAt: string | null | undefined): Customer.Customer =>
  Customer.fromProvider({
    provider: "flexprice",
    id: flexprice.id,
    externalId: textOf(flexprice.external_id),
    email: textOf(flexprice.email),
    name: textOf(flexprice.name),
    phone: textOf(flexprice.contact),
    address: toAddress(flexprice),
    metadata: flexprice.metadata ?? {},
    createdAt: flexprice.created_at,
    updatedAt
  }, flexprice)

/**
 * The unified customer of a Flexprice customer. Metadata that was never given reads as empty.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toCustomer = (flexprice: Api.FlexpriceCustomer): Customer.Customer =>
  customerOf(flexprice, flexprice.updated_at)

/**
 * The same of the answer of an update, which tells the time of the change before: it has no `updatedAt`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toUpdatedCustomer = (flexprice: Api.FlexpriceCustomer): Customer.Customer =>
  customerOf(flexprice, undefined)

/** It replaces the stored one whole: a line that is absent is cleared. */
const fromAddress = (address: Customer.AddressInput) => ({
  address_line1: address.line1 ?? "",
  address_line2: address.line2 ?? "",
  address_city: address.city ?? "",
  address_state: address.state ?? "",
  address_postal_code: address.postalCode ?? "",
  address_country: address.country
})

/** Only what `capabilities` lets through: all but strings are refused before. */
const fromMetadata = (metadata: Customer.Metadata) => metadata as { readonly [key: string]: string }

/**
 * What Flexprice is sent to create a customer; the input is within `capabilities`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromCreate = (
  input: Customer.CreateCustomer & { readonly externalId: string; readonly name: string }
): Api.FlexpriceCustomerCreate => ({
  external_id: input.externalId,
  name: input.name,
  email: input.email,
  contact: input.phone,
  ...input.address && fromAddress(input.address),
  metadata: input.metadata && fromMetadata(input.metadata)
})

/**
 * What Flexprice is sent to change a customer; the patch is within `capabilities`. Clearing metadata is sending none,
 * clearing a phone is sending an empty one.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromUpdate = (patch: Customer.UpdateCustomer): Api.FlexpriceCustomerUpdate => ({
  external_id: patch.externalId ?? undefined,
  email: patch.email ?? undefined,
  name: patch.name ?? undefined,
  contact: patch.phone === null ? "" : patch.phone,
  ...patch.address && fromAddress(patch.address),
  metadata: patch.metadata === undefined ? undefined : fromMetadata(patch.metadata ?? {})
})

/** Flexprice's field names in the words of the unified models. */
const names = {
  external_id: "externalId",
  external_customer_id: "externalId",
  contact: "phone",
  address_line1: "address.line1",
  address_line2: "address.line2",
  address_city: "address.city",
  address_state: "address.state",
  address_postal_code: "address.postalCode",
  address_country: "address.country"
}

const isPatch = Schema.is(Api.FlexpriceCustomerUpdate)

/** A deleted customer is still answered by id, and still changed; nobody brings one back. */
const living = (endpoint: Endpoint.Any) => (flexprice: Api.FlexpriceCustomer) =>
  flexprice.status !== "archived" && flexprice.status !== "deleted"
    ? Effect.succeed(flexprice)
    : new CustomerNotFound({
      ...Endpoint.errorContext(endpoint, { status: 200 }),
      customerId: Redacted.make(flexprice.id)
    })

/**
 * The services over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (client: Context.Tag.Service<FlexpriceClient>): Roles.Roles => {
  const pages = (body: Client.FlexpriceSearchFilters, options?: Page.StreamOptions) =>
    Stream.map(client.streamSearchPages(body, options), (page) => Page.map(page, toCustomer))

  const get = (id: string) => Effect.flatMap(client.get(id), living(Api.get))

  const put = (key: Api.FlexpriceCustomerKey, patch: Api.FlexpriceCustomerUpdate) =>
    Effect.flatMap(client.update(key, patch), living(Api.update))

  const change = (
    key: Api.FlexpriceCustomerKey,
    read: Effect.Effect<Api.FlexpriceCustomer, Customers.GetError>,
    patch: Customer.UpdateCustomer
  ) =>
    Effect.gen(function*() {
      const { external_id, ...others } = fromUpdate(patch)
      if (external_id === undefined) return yield* asUpdated(put(key, others))
      // the whole is refused before a part of it is sent
      if (!isPatch({ ...others, external_id })) return yield* asUpdated(put(key, { ...others, external_id }))
      const stored = yield* read
      if (stored.external_id === external_id) {
        const isExternalIdAlone = Object.values(others).every((value) => value === undefined)
        return isExternalIdAlone ? toCustomer(stored) : yield* asUpdated(put(key, others))
      }
      const { id } = stored
      const rename = asUpdated(put({ id }, { ...others, external_id }))
      if ((stored.metadata ?? null) !== null) return yield* rename
      // the server writes the rename into the metadata, and panics where there is none
      yield* put({ id }, { metadata: {} })
      return yield* Effect.mapError(rename, asMaybeApplied)
    })

  const service = Customers.make({
    capabilities,
    names,
    create: ({ externalId = "", name = "", ...input }) =>
      Effect.map(client.create(fromCreate({ ...input, externalId, name })), toCustomer),
    get: (id) => asRead(get(id)),
    update: (id, patch) => change({ id }, get(id), patch),
    delete: (id) => client.delete(id),
    streamPages: (options) => pages({}, options)
  })

  return Roles.make(service, {
    names,
    getByExternalId: (externalId) => asRead(client.getByExternalId(externalId)),
    updateByExternalId: (externalId, patch) =>
      change({ external_customer_id: externalId }, client.getByExternalId(externalId), patch),
    deleteByExternalId: (externalId) =>
      client.getByExternalId(externalId).pipe(
        // an answer that cannot be read is nothing that a delete ends in
        Effect.mapError((error) => Endpoint.declared(Api.delete, error)),
        Effect.flatMap(({ id }) => client.delete(id))
      ),
    // `contains` does not mind the case, which `email` of a search may: what is found is compared
    findByEmail: (email) =>
      Stream.filter(
        Page.items(pages({ filters: [{ field: "email", operator: "contains", value: { string: email } }] })),
        (customer) => Option.exists(customer.email, (stored) => stored.toLowerCase() === email.toLowerCase())
      )
  })
}

const asRead = <E>(call: Effect.Effect<Api.FlexpriceCustomer, E>) => Effect.map(call, toCustomer)

const asUpdated = <E>(call: Effect.Effect<Api.FlexpriceCustomer, E>) => Effect.map(call, toUpdatedCustomer)

/**
 * All tags of this package over an `HttpClient`. It cannot fail: with a bad option every call ends in `InvalidRequest`
 * naming it. Bind it to one constant: each call makes another layer.
 *
 * @example
 * ```ts
 * import * as Flexprice from "@effect-customers/flexprice"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const FlexpriceLayer = Flexprice.layer({ apiKey: Redacted.make("sk_..."), region: "india" }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: FlexpriceOptions
): Layer.Layer<
  FlexpriceClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  never,
  HttpClient.HttpClient
> =>
  Layer.effectContext(
    Effect.map(
      Client.make(options),
      (client) => Context.add(Roles.context(make(client)), FlexpriceClient, client)
    )
  )

/**
 * Where `layerConfig` reads its options from; an option that is not given is read from its variable.
 *
 * @since 0.1.0
 * @category options
 */
export interface FlexpriceConfig {
  /** `FLEXPRICE_API_KEY` */
  readonly apiKey?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `FLEXPRICE_REGION` */
  readonly region?: Config.Config<FlexpriceOptions["region"]> | undefined
  /** `FLEXPRICE_ENVIRONMENT_ID` */
  readonly environmentId?: Config.Config<string | undefined> | undefined
  /** `FLEXPRICE_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: FlexpriceOptions["transformClient"]
}

/**
 * Like {@link layer}, from `Config`: `FLEXPRICE_API_KEY`, `FLEXPRICE_REGION` (`us` or `india`),
 * `FLEXPRICE_ENVIRONMENT_ID`, `FLEXPRICE_BASE_URL`. Ends in a `ConfigError` that names the variable, never its value.
 * Secrets are trimmed; other variables that are blank count as absent.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: FlexpriceConfig = {}
): Layer.Layer<
  FlexpriceClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  ConfigError.ConfigError,
  HttpClient.HttpClient
> => {
  const configs = {
    apiKey: config.apiKey ?? ProviderConfig.secret("FLEXPRICE_API_KEY"),
    region: config.region ?? ProviderConfig.literal("FLEXPRICE_REGION", ["us", "india"]),
    environmentId: config.environmentId ?? ProviderConfig.text("FLEXPRICE_ENVIRONMENT_ID"),
    baseUrl: config.baseUrl ?? ProviderConfig.text("FLEXPRICE_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.all(configs),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/**
 * Flexprice's own object behind a customer, with everything the unified model has no place for. None for a customer of
 * another provider, or one that was decoded from JSON.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw: (customer: Customer.Customer) => Option.Option<Api.FlexpriceCustomer> = Customer.rawOf("flexprice")
