/**
 * How Pin Payments plays the role of the core: `CustomersService` over the client. Pin keeps no external ids and cannot
 * look for an e-mail, so the other two tags are not provided: asking for them does not compile.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import { Conflict } from "@effect-customers/core/CustomersError"
import * as Customers from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
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
import * as Stream from "effect/Stream"
import * as Api from "./PinPaymentsApi.js"
import type { PinPaymentsOptions } from "./PinPaymentsClient.js"
import * as Client from "./PinPaymentsClient.js"
import { PinPaymentsClient } from "./PinPaymentsClient.js"

const kept = { stored: true, required: false, clearable: false, mutable: "always" } as const

/**
 * What Pin Payments stores and does. Of a delete it is documented that the cards go, for good; that subscriptions are
 * not cancelled and charges stay is what we take from its saying no more.
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<false, false> = {
  provider: "pin-payments",
  ids: "assigned",
  fields: {
    externalId: notStored,
    email: { ...kept, required: true },
    name: kept,
    phone: kept,
    address: notStored,
    locale: notStored,
    metadata: notStored,
    paymentSource: { ...kept, required: true, mutable: "never" }
  },
  findBy: { externalId: false, email: false },
  answers: { total: true, updatedAt: false },
  pageSize: Client.pageSize,
  walk: { order: "newest-first", parallel: false },
  delete: { cancelsSubscriptions: false, keepsBilling: true, blockedBy: [], freesExternalId: false },
  repeat: { create: "never", update: "always", delete: "always" }
}

interface NameParts {
  readonly first_name?: string | null | undefined
  readonly last_name?: string | null | undefined
}

/** Both parts with a space between them; none where neither says anything. */
const nameOf = ({ first_name, last_name }: NameParts): string | undefined => {
  const name = [first_name, last_name].filter((part) => (part ?? "") !== "").join(" ")
  return name.trim() === "" ? undefined : name
}

const words = (name = ""): string => name.trim().replace(/\s+/g, " ")

/**
 * The parts of a name, split at the last space that leaves something on both sides; a name without one is a first name.
 * They join to the same name again.
 *
 * @since 0.1.0
 * @category mappings
 */
export const splitName = (name: string): { readonly first_name: string; readonly last_name: string } => {
  const space = name.trimEnd().lastIndexOf(" ")
  const first_name = name.slice(0, Math.max(0, space))
  return first_name.trim() === ""
    ? { first_name: name, last_name: "" }
    : { first_name, last_name: name.slice(space + 1) }
}

/**
 * The unified customer of a Pin customer.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toCustomer = (pin: Api.PinPaymentsCustomer): Customer.Customer =>
  Customer.fromProvider({
    provider: "pin-payments",
    id: pin.token,
    email: pin.email,
    name: nameOf(pin),
    // as one that is not there
    phone: pin.phone_number === "" ? null : pin.phone_number,
    metadata: {},
    createdAt: pin.created_at
  }, pin)

const fromCard = ({ address, ...card }: Customer.Card): Api.PinPaymentsCardDetails => ({
  number: card.number,
  expiry_month: card.expiryMonth,
  expiry_year: card.expiryYear,
  cvc: card.cvc,
  name: card.name,
  // Pin requires these two, and refuses them blank; so does the client, before anything is sent
  address_line1: address.line1 ?? "",
  address_line2: address.line2,
  address_city: address.city ?? "",
  address_postcode: address.postalCode,
  address_state: address.state,
  address_country: address.country
})

/**
 * What Pin is sent to create a customer; the input is within `capabilities`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromCreate = (
  { email, name, paymentSource, phone }: Customer.CreateCustomer & {
    readonly email: string
    readonly paymentSource: Customer.PaymentSource
  }
): Api.PinPaymentsCustomerCreate => {
  const { first_name, last_name } = splitName(name ?? "")
  const contact = {
    email,
    first_name: first_name === "" ? undefined : first_name,
    last_name: last_name === "" ? undefined : last_name,
    phone_number: phone
  }
  return "card" in paymentSource
    ? { ...contact, card: fromCard(paymentSource.card) }
    : { ...contact, card_token: paymentSource.cardToken }
}

/** Pin's field names in the words of the unified models. */
const names = {
  customer_token: "id",
  first_name: "name",
  last_name: "name",
  phone_number: "phone",
  card_token: "paymentSource",
  card: "paymentSource.card",
  expiry_month: "expiryMonth",
  expiry_year: "expiryYear",
  address_line1: "address.line1",
  address_line2: "address.line2",
  address_city: "address.city",
  address_postcode: "address.postalCode",
  address_state: "address.state",
  address_country: "address.country"
}

/**
 * The service over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (client: Context.Tag.Service<PinPaymentsClient>): Customers.Service => {
  /** Pin keeps a name in two parts, and a part that is not sent: which parts to send depends on what is stored. */
  const update = (id: string, { email, name, phone }: Customer.UpdateCustomer) =>
    Effect.gen(function*() {
      const contact = { email: email ?? undefined, phone_number: phone ?? undefined }
      if (typeof name !== "string") return yield* put(id, contact)
      const stored = yield* client.get(id)
      const isNameAlone = contact.email === undefined && contact.phone_number === undefined
      if (nameOf(stored) === name) return isNameAlone ? stored : yield* put(id, contact)
      const updated = yield* put(id, { ...contact, ...splitName(name) })
      // Pin may trim
      return words(nameOf(updated)) === words(name) ? updated : yield* new Conflict({
        ...Endpoint.errorContext(Api.update),
        mayHaveApplied: true,
        path: "name",
        reason: Redacted.make("Pin kept a part of the old name")
      })
    })

  const put = (id: string, patch: Api.PinPaymentsCustomerUpdate) =>
    // no token of a card is sent, so nothing but the customer can be missing
    Effect.catchTag(client.update(id, patch), "ResourceNotFound", Effect.die)

  return {
    ...Customers.make({
      capabilities,
      names,
      create: ({ email = "", paymentSource = noSource, ...input }) =>
        Effect.map(client.create(fromCreate({ ...input, email, paymentSource })), toCustomer),
      get: (id) => Effect.map(client.get(id), toCustomer),
      update: (id, patch) => Effect.map(update(id, patch), toCustomer),
      delete: (id) => client.delete(id),
      streamPages: (options) => Stream.map(client.streamPages(options), (page) => Page.map(page, toCustomer))
    }),
    byExternalId: Option.none(),
    byEmail: Option.none()
  }
}

/** `capabilities` requires one; the client refuses this one. */
const noSource: Customer.PaymentSource = { cardToken: Redacted.make("") }

/**
 * All tags of this package over an `HttpClient`. It cannot fail: with a bad option every call ends in `InvalidRequest`
 * naming it. Bind it to one constant: each call makes another layer.
 *
 * @example
 * ```ts
 * import * as PinPayments from "@effect-customers/pin-payments"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const PinPaymentsLayer = PinPayments.layer({ secretKey: Redacted.make("..."), environment: "test" }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: PinPaymentsOptions
): Layer.Layer<PinPaymentsClient | CustomersService, never, HttpClient.HttpClient> =>
  Layer.effectContext(Effect.map(Client.make(options), (client) =>
    Context.make(PinPaymentsClient, client).pipe(
      Context.add(CustomersService, make(client))
    )))

/**
 * Where `layerConfig` reads its options from; an option that is not given is read from its variable.
 *
 * @since 0.1.0
 * @category options
 */
export interface PinPaymentsConfig {
  /** `PIN_SECRET_KEY` */
  readonly secretKey?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `PIN_ENVIRONMENT` */
  readonly environment?: Config.Config<PinPaymentsOptions["environment"]> | undefined
  /** `PIN_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: PinPaymentsOptions["transformClient"]
}

/**
 * Like {@link layer}, from `Config`: `PIN_SECRET_KEY`, `PIN_ENVIRONMENT` (`live` or `test`), `PIN_BASE_URL`. Ends in a
 * `ConfigError` that names the variable, never its value. Secrets are trimmed; other variables that are blank count as
 * absent.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: PinPaymentsConfig = {}
): Layer.Layer<PinPaymentsClient | CustomersService, ConfigError.ConfigError, HttpClient.HttpClient> => {
  const configs = {
    secretKey: config.secretKey ?? ProviderConfig.secret("PIN_SECRET_KEY"),
    environment: config.environment ?? ProviderConfig.literal("PIN_ENVIRONMENT", ["live", "test"]),
    baseUrl: config.baseUrl ?? ProviderConfig.text("PIN_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.all(configs),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/**
 * Pin's own object behind a customer, with everything the unified model has no place for. None for a customer of
 * another provider, or one that was decoded from JSON.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw: (customer: Customer.Customer) => Option.Option<Api.PinPaymentsCustomer> = Customer.rawOf(
  "pin-payments"
)
