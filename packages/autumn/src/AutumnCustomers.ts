/**
 * How Autumn plays the roles of the core: `CustomersService`, `CustomersByExternalId` and `CustomersByEmail` over the
 * client.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { notStored } from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import type { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import {
  Conflict,
  CustomerAlreadyExists,
  CustomerNotFound,
  InvalidResponse,
  renamePaths,
  Unsupported
} from "@effect-customers/core/CustomersError"
import * as Roles from "@effect-customers/core/CustomersRoles"
import * as Customers from "@effect-customers/core/CustomersService"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Page from "@effect-customers/core/Page"
import * as ProviderConfig from "@effect-customers/core/ProviderConfig"
import * as Transport from "@effect-customers/core/Transport"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Arr from "effect/Array"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Api from "./AutumnApi.js"
import type { AutumnListFilters, AutumnOptions } from "./AutumnClient.js"
import * as Client from "./AutumnClient.js"
import { AutumnClient } from "./AutumnClient.js"

const kept = { stored: true, required: false, clearable: true, mutable: "always" } as const

/**
 * What Autumn stores and does, in version 2.1; in 2.3 the walk is oldest first, and tells no total. The external id is
 * Autumn's id, and required: a customer without one can be read by nobody. A delete takes the customer out of Autumn
 * alone: what Stripe has of it, subscriptions and invoices, is left as it is (unless `deleteInStripe` is set).
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<true, true> = {
  provider: "autumn",
  ids: "externalId",
  fields: {
    externalId: { ...kept, required: true, clearable: false, unique: true, limits: { characters: "[A-Za-z0-9_:-]" } },
    email: kept,
    name: kept,
    phone: notStored,
    address: notStored,
    locale: notStored,
    metadata: { ...kept, limits: { metadata: { values: "json", nullValues: false, emptyStrings: true } } },
    paymentSource: notStored
  },
  findBy: { externalId: true, email: true },
  answers: { total: true, updatedAt: false },
  pageSize: Api.pageSize,
  walk: { order: "newest-first", parallel: false },
  delete: { cancelsSubscriptions: false, keepsBilling: true, blockedBy: [], freesExternalId: true },
  repeat: { create: "always", update: "always", delete: "always" }
}

const capabilitiesOf = ({ apiVersion, deleteInStripe = false }: How): Capabilities.Capabilities => ({
  ...capabilities,
  walk: { ...capabilities.walk, order: apiVersion === "2.3" ? "oldest-first" : "newest-first" },
  answers: { ...capabilities.answers, total: apiVersion !== "2.3" },
  delete: { ...capabilities.delete, cancelsSubscriptions: deleteInStripe }
})

type How = Pick<AutumnOptions, "apiVersion" | "deleteInStripe">

/**
 * The unified customer of an Autumn customer. `id` and `externalId` both are Autumn's id; one who has an e-mail alone
 * has it as `id`, and no `externalId`. None for one who has neither.
 *
 * @since 0.1.0
 * @category mappings
 */
export const toCustomer = (autumn: Api.AutumnCustomer): Option.Option<Customer.Customer> =>
  Option.map(Option.liftPredicate(autumn.id ?? autumn.email ?? "", (id) => id !== ""), (id) =>
    Customer.fromProvider({
      provider: "autumn",
      id,
      externalId: autumn.id,
      email: autumn.email,
      name: autumn.name,
      metadata: autumn.metadata ?? {},
      createdAt: autumn.created_at
    }, autumn))

const nameless = (endpoint: Endpoint.Any, path: string) =>
  new InvalidResponse({
    ...Endpoint.errorContext(endpoint, { status: 200 }),
    issues: [{ path, expected: "a customer with an id or an e-mail" }]
  })

const asCustomer = (endpoint: Endpoint.Any) => (autumn: Api.AutumnCustomer) =>
  Effect.mapError(toCustomer(autumn), () => nameless(endpoint, "id"))

/** Who has neither id nor e-mail is told of as a row that cannot be read. */
const asCustomers = (page: Page.Page<Api.AutumnCustomer>): Page.Page<Customer.Customer> => {
  const [unreadable, items] = Arr.partitionMap(
    page.items,
    (autumn) => Either.fromOption(toCustomer(autumn), () => nameless(Api.list, "list.*.id"))
  )
  return {
    items,
    unreadable: [...page.unreadable, ...unreadable],
    total: page.total,
    get next() {
      return page.next
    }
  }
}

/**
 * What Autumn is sent to create a customer; the input is within `capabilities`.
 *
 * @since 0.1.0
 * @category mappings
 */
export const fromCreate = (
  { email, externalId, metadata, name }: Customer.CreateCustomer & { readonly externalId: string }
): Api.AutumnGetOrCreate => ({ customer_id: externalId, email, name, metadata })

/** Autumn's field names in the words of the unified models. */
const names = { customer_id: "id", new_customer_id: "externalId" }

const namesByExternalId = { ...names, customer_id: "externalId" }

const sameMetadata = Schema.equivalence(Customer.Metadata)

const sameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/**
 * In milliseconds: the clock that dates answers is of a provider's edge, and the one that dates customers of a server
 * behind it. A customer who was there for less than this is not told from one who was made just now.
 */
const clockDifference = 5000

/** Whether this customer is the one that was to be created. */
const isAsSent = (
  autumn: Api.AutumnCustomer,
  { email, externalId, metadata, name }: Customer.CreateCustomer
): boolean =>
  autumn.id === externalId && (autumn.name ?? "") === (name ?? "") && sameEmail(autumn.email ?? "", email ?? "") &&
  sameMetadata(autumn.metadata ?? {}, metadata ?? {})

/** Autumn does not look for e-mails: who has no id can be seen in lists alone. */
const addressed = <A, E>(
  endpoint: Endpoint.Any,
  path: "id" | "externalId",
  id: string,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | Unsupported> =>
  typeof id === "string" && id.includes("@")
    ? new Unsupported({
      ...Endpoint.errorContext(endpoint),
      path,
      reason: "autumn has no id for a customer with an e-mail alone"
    })
    : Effect.mapError(effect, path === "externalId" ? byExternalId : (error) => error)

/** The client does not know as which of the two its id was given. */
const byExternalId = <E>(error: E): E => {
  if (!(error instanceof CustomerNotFound)) return error
  const { customerId, ...context } = error
  return new CustomerNotFound({ externalId: customerId, ...context }) as E & CustomerNotFound
}

/**
 * The services over a client with these options.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  client: Context.Tag.Service<AutumnClient>,
  options: How = {}
): Roles.Roles => {
  const customers = (filters: AutumnListFilters, options?: Page.StreamOptions) =>
    client.streamPages(filters, options).pipe(
      Stream.map(asCustomers),
      Stream.mapError(renamePaths({ limit: "pageSize", search: "email" }))
    )

  /** The answer of `getOrCreate` does not say whether it made the customer: it is held against what was sent. */
  const create = ({ externalId = "", ...input }: Customer.CreateCustomer) =>
    Effect.gen(function*() {
      const context = Endpoint.errorContext(Api.getOrCreate)
      const { answeredAt = 0 } = yield* client.get(externalId).pipe(
        // the lookup also takes internal ids
        Effect.filterOrFail(({ id }) => id === externalId, () => new CustomerNotFound(Endpoint.errorContext(Api.get))),
        Effect.flatMap(() => new CustomerAlreadyExists({ ...context, fields: ["externalId"] })),
        Effect.catchTag("CustomerNotFound", Effect.succeed)
      )
      const made = yield* client.getOrCreate(fromCreate({ ...input, externalId }))
      const isClaimed = made.created_at < answeredAt - clockDifference
      if (!isClaimed && isAsSent(made, { ...input, externalId })) return made
      return yield* new CustomerAlreadyExists({
        ...context,
        mayHaveApplied: true,
        fields: [isClaimed && input.email !== undefined ? "email" : "externalId"]
      })
    })

  /** Autumn merges metadata: what is to be gone is named, and what came meanwhile is not known. */
  const update = (id: string, { email, externalId, metadata, name }: Customer.UpdateCustomer) =>
    Effect.gen(function*() {
      const patch = { email, name, new_customer_id: externalId ?? undefined }
      if (metadata === undefined && patch.new_customer_id === undefined) return yield* client.update(id, patch)
      // there has to be somebody to rename: one who has the new id already is not that customer
      const stored = yield* client.get(id)
      if (metadata === undefined) return yield* client.update(id, patch)
      const given = metadata ?? {}
      const others = (metadata: Customer.Metadata | null = {}) =>
        Record.filter(metadata ?? {}, (_, key) => !Object.hasOwn(given, key))
      const updated = yield* client.update(id, {
        ...patch,
        metadata: { ...Record.map(others(stored.metadata), () => null), ...given }
      })
      const left = Object.keys(others(updated.metadata))
      return left.length === 0 ? updated : yield* new Conflict({
        ...Endpoint.errorContext(Api.update),
        mayHaveApplied: true,
        path: "metadata",
        reason: Redacted.make(`keys were added meanwhile, and are kept: ${left.join(", ")}`)
      })
    })

  const service = Customers.make({
    capabilities: capabilitiesOf(options),
    names,
    create: (input) =>
      create(input).pipe(
        Effect.flatMap(asCustomer(Api.getOrCreate)),
        Effect.mapError(renamePaths(namesByExternalId))
      ),
    get: (id) => addressed(Api.get, "id", id, Effect.flatMap(client.get(id), asCustomer(Api.get))),
    update: (id, patch) => addressed(Api.update, "id", id, Effect.flatMap(update(id, patch), asCustomer(Api.update))),
    delete: (id) => addressed(Api.delete, "id", id, client.delete(id)),
    streamPages: (options) => customers({}, options)
  })

  return Roles.make(service, {
    names: namesByExternalId,
    getByExternalId: (externalId) =>
      addressed(
        Api.get,
        "externalId",
        externalId,
        client.get(externalId).pipe(
          // the lookup also takes internal ids
          Effect.filterOrFail(({ id }) => id === externalId, () =>
            new CustomerNotFound({ ...Endpoint.errorContext(Api.get), externalId: Redacted.make(externalId) })),
          Effect.flatMap(asCustomer(Api.get))
        )
      ),
    updateByExternalId: (externalId, patch) =>
      addressed(
        Api.update,
        "externalId",
        externalId,
        Effect.flatMap(update(externalId, patch), asCustomer(Api.update))
      ),
    deleteByExternalId: (externalId) => addressed(Api.delete, "externalId", externalId, client.delete(externalId)),
    findByEmail: (email) =>
      Stream.filter(
        Page.items(customers({ search: email })),
        (customer) => Option.exists(customer.email, (stored) => sameEmail(stored, email))
      )
  })
}

/**
 * All tags of this package over an `HttpClient`. It cannot fail: with a bad option every call ends in `InvalidRequest`
 * naming it. Bind it to one constant: each call makes another layer.
 *
 * @example
 * ```ts
 * import * as Autumn from "@effect-customers/autumn"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const AutumnLayer = Autumn.layer({ secretKey: Redacted.make("am_sk_test_...") }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: AutumnOptions
): Layer.Layer<
  AutumnClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  never,
  HttpClient.HttpClient
> =>
  Layer.effectContext(
    Effect.map(
      Client.make(options),
      (client) => Context.add(Roles.context(make(client, options)), AutumnClient, client)
    )
  )

/**
 * Where `layerConfig` reads its options from; an option that is not given is read from its variable.
 *
 * @since 0.1.0
 * @category options
 */
export interface AutumnConfig {
  /** `AUTUMN_SECRET_KEY` */
  readonly secretKey?: Config.Config<Redacted.Redacted<string>> | undefined
  /** `AUTUMN_API_VERSION` */
  readonly apiVersion?: Config.Config<AutumnOptions["apiVersion"]> | undefined
  /** It has no variable. */
  readonly deleteInStripe?: Config.Config<AutumnOptions["deleteInStripe"]> | undefined
  /** `AUTUMN_BASE_URL` */
  readonly baseUrl?: Config.Config<string | undefined> | undefined
  readonly transformClient?: AutumnOptions["transformClient"]
}

/**
 * Like {@link layer}, from `Config`: `AUTUMN_SECRET_KEY`, `AUTUMN_API_VERSION` (`2.1` or `2.3`), `AUTUMN_BASE_URL`. Ends
 * in a `ConfigError` that names the variable, never its value. Secrets are trimmed; other variables that are blank count
 * as absent.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: AutumnConfig = {}
): Layer.Layer<
  AutumnClient | CustomersService | CustomersByExternalId | CustomersByEmail,
  ConfigError.ConfigError,
  HttpClient.HttpClient
> => {
  const configs = {
    secretKey: config.secretKey ?? ProviderConfig.secret("AUTUMN_SECRET_KEY"),
    apiVersion: config.apiVersion ?? ProviderConfig.literal("AUTUMN_API_VERSION", ["2.1", "2.3"]),
    deleteInStripe: config.deleteInStripe ?? Config.succeed(undefined),
    baseUrl: config.baseUrl ?? ProviderConfig.text("AUTUMN_BASE_URL")
  }
  return ProviderConfig.layer(
    Config.all(configs),
    (options) => layer({ ...options, transformClient: config.transformClient }),
    { configs, issues: (options) => Transport.optionIssues(Client.transportOptions(options)) }
  )
}

/**
 * Autumn's own object behind a customer, with everything the unified model has no place for. None for a customer of
 * another provider, or one that was decoded from JSON.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw: (customer: Customer.Customer) => Option.Option<Api.AutumnCustomer> = Customer.rawOf("autumn")
