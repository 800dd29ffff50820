/**
 * How Mollie plays the role of the core: `CustomersService` over the client. Mollie keeps no external ids and cannot
 * look for an e-mail, so the other two tags are not provided: asking for them does not compile.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import * as Customers from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import * as Page from "@effect-customers/core/Page"
import * as ProviderConfig from "@effect-customers/core/ProviderConfig"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as Api from "./MollieApi.js"
import type { MollieOptions } from "./MollieClient.js"
import * as Client from "./MollieClient.js"
import { MollieClient } from "./MollieClient.js"

const stored = { stored: true, required: false, clearable: true, mutable: "always" } as const

/**
 * What Mollie stores and does.
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<false, false> = {
  provider: "mollie",
  ids: "assigned",
  fields: {
    externalId: notStored,
    email: stored,
    name: stored,
    phone: notStored,
    address: notStored,
    locale: { ...stored, limits: { regionRequired: true } },
    metadata: {
      ...stored,
      limits: { metadata: { values: "json", nullValues: true, emptyStrings: true, maxBytes: 1024 } }
    },
    paymentSource: notStored
  },
  findBy: { externalId: false, email: false },
  answers: { total: false, updatedAt: false },
  pageSize: Client.pageSize,
  walk: { order: "oldest-first", parallel: false },
  delete: { cancelsSubscriptions: true, keepsBilling: true, blockedBy: [], freesExternalId: false },
  repeat: { create: "with-key", update: "always", delete: "always" }
}

const readMetadata = Schema.decodeUnknownOption(Customer.Metadata)

/** Most have none: a look is cheaper than a failed decoding. */
const metadataOf = (json: unknown): Customer.Metadata =>
  Predicate.isRecord(json) ? Option.getOrElse(readMetadata(json), () => ({})) : {}

/**
 * The unified customer of a Mollie customer. Metadata that is no object reads as `{}` and stays in `raw`; `nl_NL` reads
 * as `nl-NL`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toCustomer = (mollie: Api.MollieCustomer): Customer.Customer =>
  Customer.fromProvider({
    provider: "mollie",
    id: mollie.id,
    email: mollie.email,
    name: mollie.name,
    locale: mollie.locale?.replaceAll("_", "-"),
    metadata: metadataOf(mollie.metadata),
    createdAt: mollie.createdAt
  }, mollie)

/** A language tag in its canonical case; the input is one. */
const fromLocale = (locale: string): string => (Intl.getCanonicalLocales(locale)[0] ?? locale).replaceAll("-", "_")

/**
 * What Mollie is sent to create or to change a customer; the input is within `capabilities`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromInput = (input: Customer.UpdateCustomer): Api.MollieCustomerInput => ({
  name: input.name,
  email: input.email,
  locale: typeof input.locale === "string" ? fromLocale(input.locale) : input.locale,
  metadata: input.metadata
})

/**
 * The service over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (client: Context.Tag.Service<MollieClient>): Customers.Service => ({
  ...Customers.make({
    capabilities,
    create: (input) => Effect.map(client.create(fromInput(input)), toCustomer),
    get: (id) => Effect.map(client.get(id), toCustomer),
    update: (id, patch) => Effect.map(client.update(id, fromInput(patch)), toCustomer),
    delete: (id) => client.delete(id),
    streamPages: (options) => Stream.map(client.streamPages({}, options), (page) => Page.map(page, toCustomer)),
    names: { customerId: "id" }
  }),
  byExternalId: Option.none(),
  byEmail: Option.none()
})

/**
 * All tags of this package over an `HttpClient`. It cannot fail: with a bad option every call ends in `InvalidRequest`
 * naming it. Bind it to one constant: each call makes another layer.
 *
 * @example
 * ```ts
 * import * as Mollie from "@effect-customers/mollie"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const MollieLayer = Mollie.layer({ apiKey: Redacted.make("test_...") }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: MollieOptions
): Layer.Layer<MollieClient | CustomersService, never, HttpClient.HttpClient> =>
  Layer.effectContext(Effect.map(Client.make(options), (client) =>
    Context.make(MollieClient, client).pipe(
      Context.add(CustomersService, make(client))
    )))

/**
 * Where `layerConfig` reads its options from; an option that is not given is read from its variable. Where one of the
 * two credentials is given, neither is read.
 *
 * @since 0.1.0
 * @category options
 */
export interface MollieConfig {
  /** `MOLLIE_API_KEY` */
  readonly apiKey?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `MOLLIE_ACCESS_TOKEN` */
  readonly accessToken?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `MOLLIE_TESTMODE` */
  readonly testmode?: Config.Config<boolean | undefined> | undefined
  /** `MOLLIE_PROFILE_ID` */
  readonly profileId?: Config.Config<string | undefined> | undefined
  /** `MOLLIE_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: MollieOptions["transformClient"]
}

const secretOr = (given: MollieConfig["apiKey"], name: string, isRead: boolean) =>
  given ?? (isRead ? ProviderConfig.optionalSecret(name) : Config.succeed(undefined))

/**
 * Like {@link layer}, from `Config`: `MOLLIE_API_KEY`, or `MOLLIE_ACCESS_TOKEN` with `MOLLIE_TESTMODE` (`true` or
 * `false`) and `MOLLIE_PROFILE_ID`; and `MOLLIE_BASE_URL`. Ends in a `ConfigError` that names the variable, never its
 * value: also where both credentials are set, or mode or profile beside an API key. Secrets are trimmed; variables that
 * are blank count as absent.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: MollieConfig = {}
): Layer.Layer<MollieClient | CustomersService, ConfigError.ConfigError, HttpClient.HttpClient> => {
  const isRead = config.apiKey === undefined && config.accessToken === undefined
  const configs = {
    apiKey: secretOr(config.apiKey, "MOLLIE_API_KEY", isRead),
    accessToken: secretOr(config.accessToken, "MOLLIE_ACCESS_TOKEN", isRead),
    testmode: config.testmode ?? ProviderConfig.boolean("MOLLIE_TESTMODE"),
    profileId: config.profileId ?? ProviderConfig.text("MOLLIE_PROFILE_ID"),
    baseUrl: config.baseUrl ?? ProviderConfig.text("MOLLIE_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.mapOrFail(
      Config.all(configs),
      ({ accessToken, apiKey, profileId, testmode, ...shared }): Either.Either<
        MollieOptions,
        ConfigError.ConfigError
      > => {
        const beside = { MOLLIE_ACCESS_TOKEN: accessToken, MOLLIE_TESTMODE: testmode, MOLLIE_PROFILE_ID: profileId }
        const [refused] = Object.entries(beside).flatMap(([name, value]) => value === undefined ? [] : [name])
        if (apiKey !== undefined) {
          return refused === undefined
            ? Either.right({ ...shared, apiKey })
            : Either.left(ProviderConfig.refused(refused, "expected it not to be set beside MOLLIE_API_KEY"))
        }
        return accessToken === undefined
          ? Either.left(ProviderConfig.missing("MOLLIE_API_KEY", "expected it, or MOLLIE_ACCESS_TOKEN, to be set"))
          : Either.right({ ...shared, accessToken, testmode, profileId })
      }
    ),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/**
 * Mollie's own object behind a customer, with everything the unified model has no place for. None for a customer of
 * another provider, or one that was decoded from JSON.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw: (customer: Customer.Customer) => Option.Option<Api.MollieCustomer> = Customer.rawOf("mollie")
