/**
 * How Polar plays the roles of the core: `CustomersService`, `CustomersByExternalId` and `CustomersByEmail` over the
 * client.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import type { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import * as Roles from "@effect-customers/core/CustomersRoles"
import * as Customers from "@effect-customers/core/CustomersService"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Page from "@effect-customers/core/Page"
import * as ProviderConfig from "@effect-customers/core/ProviderConfig"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equivalence from "effect/Equivalence"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as Api from "./PolarApi.js"
import type { PolarOptions } from "./PolarClient.js"
import * as Client from "./PolarClient.js"
import { PolarClient } from "./PolarClient.js"

/**
 * What Polar stores and does.
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<true, true> = {
  provider: "polar",
  ids: "assigned",
  fields: {
    externalId: {
      stored: true,
      required: false,
      clearable: false,
      mutable: "once",
      unique: true,
      limits: { pathSegment: true }
    },
    email: { stored: true, required: true, clearable: false, mutable: "always", unique: true },
    name: { stored: true, required: false, clearable: true, mutable: "always", limits: { maxLength: 256 } },
    phone: notStored,
    address: {
      stored: true,
      required: false,
      clearable: false,
      mutable: "always",
      limits: { exceptCountries: ["CU", "IR", "KP", "SY", "RU"] }
    },
    locale: { stored: true, required: false, clearable: true, mutable: "always" },
    metadata: {
      stored: true,
      required: false,
      clearable: true,
      mutable: "always",
      limits: {
        metadata: {
          values: "scalars",
          nullValues: false,
          emptyStrings: false,
          maxKeys: 50,
          maxKeyLength: 40,
          maxValueLength: 500
        }
      }
    },
    paymentSource: notStored
  },
  findBy: { externalId: true, email: true },
  answers: { total: true, updatedAt: true },
  pageSize: Client.pageSize,
  walk: { order: "oldest-first", parallel: true },
  delete: { cancelsSubscriptions: true, keepsBilling: true, blockedBy: [], freesExternalId: true },
  repeat: { create: "never", update: "always", delete: "always" }
}

/**
 * The unified customer of a Polar customer. `US-CA` reads as `CA`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toCustomer = (polar: Api.PolarCustomer): Customer.Customer =>
  Customer.fromProvider({
    provider: "polar",
    id: polar.id,
    externalId: polar.external_id,
    email: polar.email,
    name: polar.name,
    address: polar.billing_address && toAddress(polar.billing_address),
    locale: polar.locale,
    metadata: polar.metadata,
    createdAt: polar.created_at,
    updatedAt: polar.modified_at
  }, polar)

const toAddress = (polar: Api.PolarAddress): Customer.Address =>
  new Customer.Address({
    line1: Option.fromNullable(polar.line1),
    line2: Option.fromNullable(polar.line2),
    city: Option.fromNullable(polar.city),
    state: Option.map(Option.fromNullable(polar.state), (state) => withoutCountry(state, polar.country)),
    postalCode: Option.fromNullable(polar.postal_code),
    country: Option.some(polar.country)
  }, true)

/** Polar keeps the states of US and CA with their country: `US-CA`. */
const withoutCountry = (state: string, country: string): string =>
  state.startsWith(`${country}-`) ? state.slice(country.length + 1) : state

/** Polar checks the states of these, and takes them in capitals alone. */
const checksState = (country: string): boolean => country === "US" || country === "CA"

const fromAddress = (address: Customer.AddressInput): Api.PolarAddressInput => ({
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  state: checksState(address.country) ? address.state?.toUpperCase() : address.state,
  postal_code: address.postalCode,
  country: address.country
})

/** Only what `capabilities` lets through: nested and null values are refused before. */
const fromMetadata = (metadata: Customer.Metadata) => metadata as Api.PolarCustomer["metadata"]

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [_ in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [_ in K]?: V }

/**
 * What Polar is sent to create a customer; the input is within `capabilities`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromCreate = (
  input: Customer.CreateCustomer & { readonly email: string }
): Api.PolarCustomerCreate => ({
  email: input.email,
  ...optional("external_id", input.externalId),
  ...optional("name", input.name),
  ...optional("billing_address", input.address && fromAddress(input.address)),
  ...optional("locale", input.locale),
  ...optional("metadata", input.metadata && fromMetadata(input.metadata))
})

/**
 * What Polar is sent to change a customer; the patch is within `capabilities`. Clearing metadata is sending none.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromUpdate = (patch: Customer.UpdateCustomer): Api.PolarCustomerUpdateExternal => ({
  ...optional("email", patch.email ?? undefined),
  ...optional("name", patch.name),
  ...optional("billing_address", patch.address ? fromAddress(patch.address) : undefined),
  ...optional("locale", patch.locale),
  ...optional("metadata", patch.metadata === undefined ? undefined : fromMetadata(patch.metadata ?? {}))
})

/** Polar's field names in the words of the unified models. */
const names = { external_id: "externalId", billing_address: "address", postal_code: "postalCode" }

const canonicalLocale = Option.liftThrowable((tag: string) => Intl.getCanonicalLocales(tag)[0])

const equalAddress = Schema.equivalence(Schema.typeSchema(Customer.Address))

const canonicalState = (address: Customer.Address): Customer.Address => {
  const country = Option.getOrElse(address.country, () => "")
  const state = Option.map(
    address.state,
    (state) => withoutCountry(checksState(country) ? state.toUpperCase() : state, country)
  )
  return new Customer.Address({ ...address, state }, true)
}

/**
 * The services over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (client: Context.Tag.Service<PolarClient>): Roles.Roles => {
  const customers = (query: { readonly email?: string }, options?: Page.StreamOptions) =>
    Stream.map(client.streamPages(query, options), (page) => Page.map(page, toCustomer))

  const service = Customers.make({
    capabilities,
    names,
    create: ({ email = "", ...input }) => Effect.map(client.create(fromCreate({ ...input, email })), toCustomer),
    get: (id) => Effect.map(client.get(id), toCustomer),
    update: (id, patch) =>
      Effect.map(
        client.update(id, { ...fromUpdate(patch), ...optional("external_id", patch.externalId ?? undefined) }),
        toCustomer
      ),
    delete: (id) => client.delete(id),
    streamPages: (options) => customers({}, options)
  })

  return Roles.make(service, {
    names,
    getByExternalId: (externalId) => Effect.map(client.getExternal(externalId), toCustomer),
    // it would drop an `external_id` silently; the core refuses one, as it is set once
    updateByExternalId: (externalId, patch) =>
      Effect.map(client.updateExternal(externalId, fromUpdate(patch)), toCustomer),
    deleteByExternalId: (externalId) => client.deleteExternal(externalId),
    equivalence: {
      // Polar skips a change of case alone, trims names, writes locales in their canonical case, and takes the states
      // of US and CA with and without the country
      email: (stored, given) => stored.toLowerCase() === given.toLowerCase(),
      name: (stored, given) => stored === given.trim(),
      locale: (stored, given) => stored === Option.getOrUndefined(canonicalLocale(given)),
      address: Equivalence.mapInput(equalAddress, canonicalState)
    },
    findByEmail: (email) => Page.items(customers({ email }))
  })
}

/**
 * All tags of this package over an `HttpClient`. It cannot fail: with a bad option every call ends in `InvalidRequest`
 * naming it. Bind it to one constant: each call makes another layer.
 *
 * @example
 * ```ts
 * import * as Polar from "@effect-customers/polar"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const PolarLayer = Polar.layer({ accessToken: Redacted.make("polar_oat_...") }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: PolarOptions
): Layer.Layer<
  PolarClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  never,
  HttpClient.HttpClient
> =>
  Layer.effectContext(
    Effect.map(
      Client.make(options),
      (client) => Context.add(Roles.context(make(client)), PolarClient, client)
    )
  )

/**
 * Where `layerConfig` reads its options from; an option that is not given is read from its variable.
 *
 * @since 0.1.0
 * @category options
 */
export interface PolarConfig {
  /** `POLAR_ACCESS_TOKEN` */
  readonly accessToken?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `POLAR_ENVIRONMENT` */
  readonly environment?: Config.Config<PolarOptions["environment"]> | undefined
  /** `POLAR_VERSION` */
  readonly version?: Config.Config<string | undefined> | undefined
  /** `POLAR_ORGANIZATION_ID` */
  readonly organizationId?: Config.Config<string | undefined> | undefined
  /** `POLAR_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: PolarOptions["transformClient"]
}

/**
 * Like {@link layer}, from `Config`: `POLAR_ACCESS_TOKEN`, `POLAR_ENVIRONMENT`, `POLAR_VERSION`,
 * `POLAR_ORGANIZATION_ID`, `POLAR_BASE_URL`. Ends in a `ConfigError` that names the variable, never its value. Secrets
 * are trimmed; other variables that are blank count as absent.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: PolarConfig = {}
): Layer.Layer<
  PolarClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  ConfigError.ConfigError,
  HttpClient.HttpClient
> => {
  const configs = {
    accessToken: config.accessToken ?? ProviderConfig.secret("POLAR_ACCESS_TOKEN"),
    environment: config.environment ?? ProviderConfig.literal("POLAR_ENVIRONMENT", ["production", "sandbox"]),
    version: config.version ?? ProviderConfig.text("POLAR_VERSION"),
    organizationId: config.organizationId ?? ProviderConfig.text("POLAR_ORGANIZATION_ID"),
    baseUrl: config.baseUrl ?? ProviderConfig.text("POLAR_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.all(configs),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/**
 * Polar's own object behind a customer, with everything the unified model has no place for. None for a customer of
 * another provider, or one that was decoded from JSON.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw: (customer: Customer.Customer) => Option.Option<Api.PolarCustomer> = Customer.rawOf("polar")
