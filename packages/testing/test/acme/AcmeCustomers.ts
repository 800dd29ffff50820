/** How Acme plays the roles of the core: the three customers services over the client. */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import type { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import { CustomerNotFound, type InvalidResponse } from "@effect-customers/core/CustomersError"
import * as Roles from "@effect-customers/core/CustomersRoles"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Customers from "@effect-customers/core/CustomersService"
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
import * as Api from "./AcmeApi.js"
import type { AcmeOptions } from "./AcmeClient.js"
import * as Client from "./AcmeClient.js"
import { AcmeClient } from "./AcmeClient.js"

const stored = { stored: true, required: false, clearable: true, mutable: "always" } as const

/** What Acme stores and does. */
export const capabilities: Capabilities.Capabilities<true, true> = {
  provider: "acme",
  ids: "assigned",
  fields: {
    externalId: { ...stored, unique: true, limits: { maxLength: 64 } },
    email: { ...stored, unique: true },
    name: { ...stored, required: true, clearable: false, limits: { maxLength: 100 } },
    phone: notStored,
    address: notStored,
    locale: notStored,
    metadata: {
      ...stored,
      limits: { metadata: { values: "strings", nullValues: false, emptyStrings: false, maxKeys: 20 } }
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

/** A text that is not set is `""`. */
const textOf = (text: string | null | undefined): string | undefined => text === "" ? undefined : text ?? undefined

/** The unified customer of an Acme customer. */
export const toCustomer = (acme: Api.AcmeCustomer): Customer.Customer =>
  Customer.fromProvider({
    provider: "acme",
    id: acme.id,
    externalId: textOf(acme.reference),
    email: textOf(acme.email),
    name: acme.name,
    metadata: acme.metadata ?? {},
    createdAt: acme.created_at,
    updatedAt: acme.updated_at
  }, acme)

/** Only what `capabilities` lets through: all but strings are refused before. */
const fromMetadata = (metadata: Customer.Metadata) => metadata as { readonly [key: string]: string }

/** What Acme is sent to change a customer: null would keep, `""` clears. */
export const fromUpdate = (patch: Customer.UpdateCustomer): Api.AcmeCustomerUpdate => ({
  name: patch.name ?? undefined,
  email: patch.email === null ? "" : patch.email,
  reference: patch.externalId === null ? "" : patch.externalId,
  metadata: patch.metadata === undefined ? undefined : fromMetadata(patch.metadata ?? {})
})

/** What Acme is sent to create a customer. */
export const fromCreate = (input: Customer.CreateCustomer & { readonly name: string }): Api.AcmeCustomerCreate => ({
  ...fromUpdate(input),
  name: input.name
})

/** Acme's field names in the words of the unified models. */
const names = { reference: "externalId" }

/** The services over a client. */
export const make = (client: Context.Tag.Service<AcmeClient>): Roles.Roles => {
  const pages = (filters: Client.AcmeFilters, options?: Page.StreamOptions) =>
    Stream.map(client.streamPages(filters, options), (page) => Page.map(page, toCustomer))

  const update: Customers.Implementation["update"] = (id, patch) =>
    Effect.map(client.update(id, fromUpdate(patch)), toCustomer)

  const getByExternalId = (reference: string) =>
    Effect.map(Effect.flatMap(client.list({ reference }), found(reference)), toCustomer)

  const service = Customers.make({
    capabilities,
    names,
    create: ({ name = "", ...input }) => Effect.map(client.create(fromCreate({ ...input, name })), toCustomer),
    get: (id) => Effect.map(Effect.flatMap(client.get(id), living), toCustomer),
    update,
    delete: client.delete,
    streamPages: (options) => pages({}, options)
  })

  return Roles.make(service, {
    names,
    getByExternalId,
    updateByExternalId: (externalId, patch) =>
      Effect.flatMap(getByExternalId(externalId), ({ id }) => update(id, patch)),
    deleteByExternalId: (externalId) =>
      getByExternalId(externalId).pipe(
        // an answer that cannot be read is nothing that a delete ends in
        Effect.mapError((error) => Endpoint.declared(Api.delete, error)),
        Effect.flatMap(({ id }) => client.delete(id))
      ),
    // Acme finds parts of addresses: what is found is compared
    findByEmail: (email) =>
      Stream.filter(
        Page.items(pages({ email })),
        (customer) => Option.exists(customer.email, (stored) => stored.toLowerCase() === email.toLowerCase())
      )
  })
}

/** A deleted customer is still answered by id. */
const living = (acme: Api.AcmeCustomer) =>
  textOf(acme.deleted_at) === undefined
    ? Effect.succeed(acme)
    : new CustomerNotFound({ ...Endpoint.errorContext(Api.get, { status: 200 }), customerId: Redacted.make(acme.id) })

/** One who is there but cannot be read is not one who is not there. */
const found = (reference: string) =>
(
  { data, unreadable: [unreadable] }: Api.AcmeCustomerPage
): Effect.Effect<Api.AcmeCustomer, CustomerNotFound | InvalidResponse> => {
  const acme = data.find((row) => row.reference === reference)
  if (acme !== undefined) return Effect.succeed(acme)
  const context = Endpoint.errorContext(Api.list, { status: 200 })
  return unreadable ?? new CustomerNotFound({ ...context, externalId: Redacted.make(reference) })
}

type Tags = AcmeClient | CustomersService | CustomersByExternalId | CustomersByEmail

/** All tags of this package over an `HttpClient`. */
export const layer = (options: AcmeOptions): Layer.Layer<Tags, never, HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.map(Client.make(options), (client) => Context.add(Roles.context(make(client)), AcmeClient, client))
  )

/** Where `layerConfig` reads its options from; an option that is not given is read from its variable. */
export interface AcmeConfig {
  /** `ACME_API_KEY` */
  readonly apiKey?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `ACME_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: AcmeOptions["transformClient"]
}

/** Like {@link layer}, from `Config`. Ends in a `ConfigError` that names the variable, never its value. */
export const layerConfig = (
  config: AcmeConfig = {}
): Layer.Layer<Tags, ConfigError.ConfigError, HttpClient.HttpClient> => {
  const configs = {
    apiKey: config.apiKey ?? ProviderConfig.secret("ACME_API_KEY"),
    baseUrl: config.baseUrl ?? ProviderConfig.text("ACME_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.all(configs),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/** Acme's own object behind a customer, or none for a customer of another provider. */
export const raw: (customer: Customer.Customer) => Option.Option<Api.AcmeCustomer> = Customer.rawOf("acme")
