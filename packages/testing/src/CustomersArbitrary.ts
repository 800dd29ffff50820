/**
 * Made-up values of the models, for property tests: customers, what `create` and `update` take, pages, and every error.
 * They are what providers could hold (times within this century and the last, e-mails that all of them take), and odd
 * where programs break: quotes, emoji, other scripts, slashes in external ids.
 *
 * Made from the schemas: `Arbitrary.make` of a schema of yours that uses the models makes such values too.
 *
 * @since 0.1.0
 */
import * as Capabilities from "@effect-customers/core/Capabilities"
import * as Customer from "@effect-customers/core/Customer"
import * as Errors from "@effect-customers/core/CustomersError"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Page from "@effect-customers/core/Page"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type * as Schema from "effect/Schema"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A provider: one of the five, or now and then one that nobody knows.
 *
 * @since 0.1.0
 * @category models
 */
export const provider: FastCheck.Arbitrary<Customer.Provider> = Arbitrary.make(Customer.Provider)

/**
 * A customer's id.
 *
 * @since 0.1.0
 * @category models
 */
export const customerId: FastCheck.Arbitrary<Customer.CustomerId> = Arbitrary.make(Customer.CustomerId)

/**
 * An e-mail address, with what of it programs forget: `+`, an apostrophe, capitals.
 *
 * @since 0.1.0
 * @category models
 */
export const email: FastCheck.Arbitrary<string> = Arbitrary.make(Customer.Email)

/**
 * A JSON value.
 *
 * @since 0.1.0
 * @category models
 */
export const json: FastCheck.Arbitrary<Customer.Json> = Arbitrary.make(Customer.Json)

/**
 * Metadata: a JSON object.
 *
 * @since 0.1.0
 * @category models
 */
export const metadata: FastCheck.Arbitrary<Customer.Metadata> = Arbitrary.make(Customer.Metadata)

/**
 * An address as a customer has it.
 *
 * @since 0.1.0
 * @category models
 */
export const address: FastCheck.Arbitrary<Customer.Address> = Arbitrary.make(Customer.Address)

/**
 * A customer with any of the fields.
 *
 * @example
 * ```ts
 * import * as CustomersArbitrary from "@effect-customers/testing/CustomersArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * FastCheck.assert(FastCheck.property(CustomersArbitrary.customer, (customer) => customer.id !== ""))
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export const customer: FastCheck.Arbitrary<Customer.Customer> = Arbitrary.make(Customer.Customer)

// ---------------------------------------------------------------------------------------------------------------------
// Inputs
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An address to write. The state, where there is one, is of its country.
 *
 * @since 0.1.0
 * @category inputs
 */
export const addressInput: FastCheck.Arbitrary<Customer.AddressInput> = Arbitrary.make(Customer.AddressInput)

/**
 * Card details with a number that is for tests; its address has a first line and a city, which Pin Payments requires.
 *
 * @since 0.1.0
 * @category inputs
 */
export const card: FastCheck.Arbitrary<Customer.Card> = Arbitrary.make(Customer.Card)

/**
 * A card, or the token of one. No provider knows the token.
 *
 * @since 0.1.0
 * @category inputs
 */
export const paymentSource: FastCheck.Arbitrary<Customer.PaymentSource> = Arbitrary.make(Customer.PaymentSource)

/** Keys without a value are left out, as programs leave them out. */
const present = <A extends object>(input: A): A =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as A

/**
 * What `create` takes, for no provider in particular: `Capabilities.fit` may find much in it.
 *
 * @since 0.1.0
 * @category inputs
 */
export const createCustomer: FastCheck.Arbitrary<Customer.CreateCustomer> = Arbitrary.make(Customer.CreateCustomer).map(
  present
)

/**
 * What `update` takes, for no provider in particular.
 *
 * @since 0.1.0
 * @category inputs
 */
export const updateCustomer: FastCheck.Arbitrary<Customer.UpdateCustomer> = Arbitrary.make(Customer.UpdateCustomer).map(
  present
)

/** As many characters of a text as are stored. */
const upTo = (length = Infinity) => (text: string): string => [...text].slice(0, length).join("").trim()

const text = (schema: Schema.Schema<string>, limits: Capabilities.Limits = {}): FastCheck.Arbitrary<string> =>
  limits.characters === undefined
    ? Arbitrary.make(schema).map(upTo(limits.maxLength))
    : FastCheck.stringMatching(new RegExp(`^${limits.characters}{1,${Math.min(limits.maxLength ?? Infinity, 24)}}$`))

const addressWithin = ({ addressLengths = {} }: Capabilities.Limits = {}): FastCheck.Arbitrary<Customer.AddressInput> =>
  addressInput.map((address) => ({
    ...address,
    ...Object.fromEntries(
      Object.entries(addressLengths).flatMap(([line, length]) => {
        const text = address[line as Capabilities.AddressLine]
        return typeof text === "string" ? [[line, upTo(length)(text)]] : []
      })
    )
  }))

const key = Arbitrary.make(Lenient.textLike("key"))

const metadataWithin = (limits: Capabilities.MetadataLimits | undefined): FastCheck.Arbitrary<Customer.Metadata> => {
  if (limits === undefined) return metadata
  const string = FastCheck.string({ unit: "grapheme", maxLength: 16 }).map(upTo(limits.maxValueLength))
  const values: Record<Capabilities.MetadataLimits["values"], FastCheck.Arbitrary<Customer.Json>> = {
    strings: string,
    scalars: FastCheck.oneof(string, json.filter((value) => typeof value !== "object")),
    json
  }
  return FastCheck.dictionary(key.map(upTo(limits.maxKeyLength)), values[limits.values], {
    maxKeys: Math.min(limits.maxKeys ?? Infinity, 6)
  }).map(Record.filter((value) => (limits.nullValues || value !== null) && (limits.emptyStrings || value !== "")))
}

/** Of each field values that the provider takes; of one that it does not store, none. */
const valuesFor = (capabilities: Capabilities.Capabilities) => {
  const { fields } = Customer.CreateCustomer
  const limitsOf = (field: Capabilities.Field) => capabilities.fields[field].limits
  const within = <A>(field: Capabilities.Field, values: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A | undefined> =>
    capabilities.fields[field].stored
      ? values.filter((value) => Capabilities.fit(capabilities, { [field]: value }).unsupported.length === 0)
      : FastCheck.constant(undefined)
  return {
    externalId: within("externalId", text(fields.externalId.from, limitsOf("externalId"))),
    email: within("email", text(fields.email.from, limitsOf("email"))),
    name: within("name", text(fields.name.from, limitsOf("name"))),
    phone: within("phone", text(fields.phone.from, limitsOf("phone"))),
    address: within("address", addressWithin(limitsOf("address"))),
    locale: within("locale", text(fields.locale.from, limitsOf("locale"))),
    metadata: within("metadata", metadataWithin(limitsOf("metadata")?.metadata)),
    paymentSource: within("paymentSource", card.map((card): Customer.PaymentSource => ({ card })))
  }
}

/**
 * What `create` of a provider takes whole: everything that it requires is there, and `Capabilities.fit` finds nothing in
 * it. A payment source is always a card, as tokens are known to the provider alone. Of fields that are `unique` two
 * values may be the same.
 *
 * @example
 * ```ts
 * import * as CustomersArbitrary from "@effect-customers/testing/CustomersArbitrary"
 * import * as Mollie from "@effect-customers/mollie"
 *
 * const newCustomers = CustomersArbitrary.createCustomerFor(Mollie.capabilities)
 * ```
 *
 * @since 0.1.0
 * @category inputs
 */
export const createCustomerFor = (
  capabilities: Capabilities.Capabilities
): FastCheck.Arbitrary<Customer.CreateCustomer> => {
  const values = valuesFor(capabilities)
  const requiredKeys = Record.keys(values).filter((field) => capabilities.fields[field].required)
  return FastCheck.record(values, { requiredKeys }).map(present)
}

/**
 * What `update` of a provider takes whole: `Capabilities.fitUpdate` finds nothing in it, and what can be cleared is null
 * now and then. An external id that can be set once may be among it: on a customer who has one it ends in `Conflict`.
 *
 * @since 0.1.0
 * @category inputs
 */
export const updateCustomerFor = (
  capabilities: Capabilities.Capabilities
): FastCheck.Arbitrary<Customer.UpdateCustomer> => {
  const { paymentSource: _, ...values } = valuesFor(capabilities)
  const changed = <A>(
    field: keyof Customer.UpdateCustomer,
    values: FastCheck.Arbitrary<A>
  ): FastCheck.Arbitrary<A | null | undefined> => {
    const { clearable, mutable, stored } = capabilities.fields[field]
    if (!stored || mutable === "never") return FastCheck.constant(undefined)
    return clearable ? FastCheck.option(values, { freq: 3 }) : values
  }
  return FastCheck.record({
    externalId: changed("externalId", values.externalId),
    email: changed("email", values.email),
    name: changed("name", values.name),
    phone: changed("phone", values.phone),
    address: changed("address", values.address),
    locale: changed("locale", values.locale),
    metadata: changed("metadata", values.metadata)
  }, { requiredKeys: [] }).map(present)
}

/**
 * A customer as a provider with these capabilities would answer it: no field that it does not store, within its limits,
 * `updatedAt` only where it tells it (and never before `createdAt`), and the external id as `id` where that is what it
 * has. Without `capabilities` it has any of the fields.
 *
 * @since 0.1.0
 * @category models
 */
export const customerOf = (
  options: {
    readonly provider?: Customer.Provider | undefined
    readonly capabilities?: Capabilities.Capabilities | undefined
  } = {}
): FastCheck.Arbitrary<Customer.Customer> => {
  const { capabilities, provider = capabilities?.provider } = options
  if (capabilities === undefined) {
    return provider === undefined
      ? customer
      : customer.map((customer) => new Customer.Customer({ ...customer, provider }))
  }
  return FastCheck.record({
    input: createCustomerFor(capabilities),
    times: customer.map(({ createdAt }) => createdAt),
    id: customerId,
    age: FastCheck.option(FastCheck.nat())
  }).map(({ age, id, input, times }) =>
    new Customer.Customer({
      provider: provider ?? capabilities.provider,
      id: capabilities.ids === "externalId" ? Customer.CustomerId.make(input.externalId ?? id) : id,
      externalId: Option.fromNullable(input.externalId),
      email: Option.fromNullable(input.email),
      name: Option.fromNullable(input.name),
      phone: Option.fromNullable(input.phone),
      address: Option.map(Option.fromNullable(input.address), Customer.addressFromInput),
      locale: Option.fromNullable(input.locale),
      metadata: input.metadata ?? {},
      createdAt: times,
      updatedAt: capabilities.answers.updatedAt
        ? Option.map(Option.fromNullable(age), (millis) => DateTime.add(times, { millis }))
        : Option.none()
    })
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// Capabilities
// ---------------------------------------------------------------------------------------------------------------------

const mutable: FastCheck.Arbitrary<Capabilities.FieldCapability["mutable"]> = FastCheck.constantFrom(
  "always",
  "once",
  "never"
)

const stored = (
  limits: FastCheck.Arbitrary<Capabilities.Limits> = FastCheck.constant({})
): FastCheck.Arbitrary<Capabilities.FieldCapability> =>
  FastCheck.record({
    stored: FastCheck.constant(true),
    required: FastCheck.boolean(),
    clearable: FastCheck.boolean(),
    mutable,
    unique: FastCheck.boolean(),
    limits
  })

const maybeStored = (
  limits?: FastCheck.Arbitrary<Capabilities.Limits>
): FastCheck.Arbitrary<Capabilities.FieldCapability> =>
  FastCheck.oneof(FastCheck.constant(Capabilities.notStored), stored(limits))

const maxLength = FastCheck.record({ maxLength: FastCheck.integer({ min: 8, max: 300 }) }, { requiredKeys: [] })

const metadataValues: FastCheck.Arbitrary<Capabilities.MetadataLimits["values"]> = FastCheck.constantFrom(
  "json",
  "scalars",
  "strings"
)

const metadataLimits: FastCheck.Arbitrary<Capabilities.MetadataLimits> = FastCheck.record({
  values: metadataValues,
  nullValues: FastCheck.boolean(),
  emptyStrings: FastCheck.boolean(),
  maxKeys: FastCheck.integer({ min: 1, max: 50 }),
  maxKeyLength: FastCheck.integer({ min: 1, max: 40 }),
  maxValueLength: FastCheck.integer({ min: 1, max: 500 }),
  maxBytes: FastCheck.integer({ min: 64, max: 1024 })
}, { requiredKeys: ["values", "nullValues", "emptyStrings"] })

const order: FastCheck.Arbitrary<Capabilities.Capabilities["walk"]["order"]> = FastCheck.constantFrom(
  "oldest-first",
  "newest-first"
)

const repeat: FastCheck.Arbitrary<Errors.RepeatSafety> = Arbitrary.make(Errors.RepeatSafety)

/**
 * What a provider may be able to do, for programs that ask: every field stored or not, with and without limits. Its
 * e-mails have no limits, and it has ids of its own.
 *
 * @since 0.1.0
 * @category models
 */
export const capabilities: FastCheck.Arbitrary<Capabilities.Capabilities> = FastCheck.record({
  provider,
  ids: FastCheck.constant("assigned"),
  fields: FastCheck.record({
    externalId: maybeStored(FastCheck.oneof(
      maxLength,
      FastCheck.constantFrom({ pathSegment: true }, { characters: "[A-Za-z0-9_-]" })
    )),
    email: maybeStored(),
    name: maybeStored(maxLength),
    phone: maybeStored(FastCheck.constantFrom({}, { maxLength: 20 })),
    address: maybeStored(FastCheck.constantFrom({}, { exceptCountries: ["US", "CU"] }, {
      addressLengths: { line1: 10, line2: 4, city: 3, postalCode: 4 }
    })),
    locale: maybeStored(FastCheck.constantFrom({}, { regionRequired: true })),
    metadata: maybeStored(FastCheck.record({ metadata: metadataLimits })),
    paymentSource: FastCheck.oneof(
      FastCheck.constant(Capabilities.notStored),
      stored().map((capability) => ({ ...capability, clearable: false, mutable: "never" as const, unique: false }))
    )
  }),
  findBy: FastCheck.record({ externalId: FastCheck.boolean(), email: FastCheck.boolean() }),
  answers: FastCheck.record({ total: FastCheck.boolean(), updatedAt: FastCheck.boolean() }),
  pageSize: FastCheck.record({
    min: FastCheck.constant(1),
    max: FastCheck.constantFrom(100, 250, 1000),
    default: FastCheck.integer({ min: 1, max: 100 })
  }),
  walk: FastCheck.record({ order, parallel: FastCheck.boolean() }),
  delete: FastCheck.record({
    cancelsSubscriptions: FastCheck.boolean(),
    keepsBilling: FastCheck.boolean(),
    blockedBy: FastCheck.subarray(["active subscriptions", "active wallets"]),
    freesExternalId: FastCheck.boolean()
  }),
  repeat: FastCheck.record({ create: repeat, update: repeat, delete: repeat })
})

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Each of the errors, by its tag.
 *
 * @example
 * ```ts
 * import * as CustomersArbitrary from "@effect-customers/testing/CustomersArbitrary"
 *
 * const outages = CustomersArbitrary.errors.ProviderUnavailable
 * ```
 *
 * @since 0.1.0
 * @category errors
 */
export const errors: {
  readonly [Tag in Errors.CustomersError["_tag"]]: FastCheck.Arbitrary<Extract<Errors.CustomersError, { _tag: Tag }>>
} = {
  CustomerNotFound: Arbitrary.make(Errors.CustomerNotFound),
  ResourceNotFound: Arbitrary.make(Errors.ResourceNotFound),
  CustomerAlreadyExists: Arbitrary.make(Errors.CustomerAlreadyExists),
  InvalidRequest: Arbitrary.make(Errors.InvalidRequest),
  Unsupported: Arbitrary.make(Errors.Unsupported),
  Conflict: Arbitrary.make(Errors.Conflict),
  AuthenticationFailed: Arbitrary.make(Errors.AuthenticationFailed),
  PermissionDenied: Arbitrary.make(Errors.PermissionDenied),
  RateLimited: Arbitrary.make(Errors.RateLimited),
  ProviderUnavailable: Arbitrary.make(Errors.ProviderUnavailable),
  RequestTimedOut: Arbitrary.make(Errors.RequestTimedOut),
  TransportFailed: Arbitrary.make(Errors.TransportFailed),
  InvalidResponse: Arbitrary.make(Errors.InvalidResponse),
  UnexpectedStatus: Arbitrary.make(Errors.UnexpectedStatus)
}

/**
 * Any of the errors.
 *
 * @since 0.1.0
 * @category errors
 */
export const error: FastCheck.Arbitrary<Errors.CustomersError> = Arbitrary.make(Errors.CustomersError)

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A cursor. No service takes it.
 *
 * @since 0.1.0
 * @category pages
 */
export const cursor: FastCheck.Arbitrary<Page.Cursor> = Arbitrary.make(Page.Cursor)

const option = <A>(values: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Option.Option<A>> =>
  FastCheck.option(values, { freq: 2 }).map(Option.fromNullable)

/**
 * A page of whatever items: the last one or not, with and without a total (never less than the page holds), and now and
 * then with rows that could not be read.
 *
 * @since 0.1.0
 * @category pages
 */
export const pageOf = <A>(item: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Page.Page<A>> =>
  FastCheck.record({
    items: FastCheck.array(item, { maxLength: 5 }),
    next: option(cursor),
    more: option(FastCheck.nat({ max: 1000 })),
    unreadable: FastCheck.oneof(
      { weight: 3, arbitrary: FastCheck.constant([]) },
      FastCheck.array(errors.InvalidResponse, { maxLength: 2 })
    )
  }).map(({ items, more, next, unreadable }) => ({
    items,
    next,
    total: Option.map(more, (more) => items.length + unreadable.length + more),
    unreadable
  }))

/**
 * A page of customers.
 *
 * @since 0.1.0
 * @category pages
 */
export const page: FastCheck.Arbitrary<Page.Page<Customer.Customer>> = pageOf(customer)
