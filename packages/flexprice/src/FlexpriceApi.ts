/**
 * The wire of Flexprice's customers API: schemas of what is sent and answered, and every operation as an endpoint. Names
 * are Flexprice's own, letter for letter.
 *
 * Source: Flexprice's OpenAPI document, and what its server does beyond it, each said where it matters. The document
 * marks nothing as required or null, and the server has changed since it was first published: of an answer only what
 * tells one row from another has to be there, and of a customer the time that walks go by. What was taken away since
 * (`parent_customer_id`) is still read.
 *
 * @since 0.1.0
 */
import { Conflict, CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"

const provider = "flexprice"

/**
 * How Go writes a time that is not set.
 *
 * @since 0.1.0
 * @category answers
 */
export const zeroTime = "0001-01-01T00:00:00Z"

const optionalText = Lenient.optional(Schema.String)

/** A text that is not set is `""`. */
const maybeUnset = (like: Lenient.TextLike) => Lenient.optional(Lenient.textLike(like, /^$/))

/** Zero to nine digits of a second. */
const optionalDateTime = Lenient.optional(Lenient.IsoDateTime)

const optionalBoolean = Lenient.optional(Schema.Boolean)

/** An int64 of the server: beyond 2^53 JSON itself is not exact. */
const optionalInteger = Lenient.optional(Lenient.number)

/** Without an exponent, whatever its scale. */
const digitsOf = (decimal: BigDecimal.BigDecimal): string => {
  const { scale, value } = BigDecimal.scale(decimal, Math.max(0, decimal.scale))
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0")
  const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`
  return `${value < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}${fraction}`
}

/**
 * The server writes decimals as JSON strings, all digits of them. An exponent is none of its: a number as long as it may
 * say could not be compared in time.
 */
const optionalDecimal = Lenient.optional(
  Schema.transform(
    Schema.String.pipe(Schema.pattern(/^-?\d+(?:\.\d+)?$/, { description: "a decimal number in a string" })),
    Schema.BigDecimalFromSelf,
    { strict: true, decode: BigDecimal.unsafeFromString, encode: digitsOf }
  )
)

/** The server sends null where nothing was ever given. */
const optionalMetadata = Lenient.optional(Schema.Record({ key: Lenient.textLike("key"), value: Schema.String }))

/** JSON of whatever kind: the document says object. */
const JsonObject = Schema.Record({ key: Schema.String, value: Lenient.json })

const recordStatus = Lenient.openLiteral("published", "deleted", "archived")

/** What the server keeps with every row. */
const recordFields = {
  environment_id: optionalText,
  tenant_id: optionalText,
  status: Lenient.optional(recordStatus),
  created_at: optionalDateTime,
  updated_at: optionalDateTime,
  created_by: optionalText,
  updated_by: optionalText
}

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A customer's counterpart at another provider (Stripe, Razorpay, ...), with `expand: "integrations"`.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceIntegration = Schema.Struct({
  id: optionalText,
  entity_id: optionalText,
  entity_type: Lenient.optional(Lenient.openLiteral("customer")),
  provider_type: optionalText,
  provider_entity_id: optionalText,
  metadata: Lenient.optional(JsonObject),
  ...recordFields
}).annotations({ identifier: "FlexpriceIntegration" })

/**
 * A customer's counterpart at another provider.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceIntegration extends Schema.Schema.Type<typeof FlexpriceIntegration> {}

/**
 * A customer. A text that is not set is `""`, not null; `metadata` is null where none was ever given; `contact` is absent
 * where none was. `status` becomes `archived` by a delete. The answer of an update has the `updated_at` and `updated_by`
 * of the change before it; the one of a create has more digits of a second than later ones.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceCustomer = Schema.Struct({
  id: Lenient.textLike(/^cust_[0-9A-HJKMNP-TV-Z]{26}$/),
  external_id: Lenient.optional(Lenient.textLike("externalId")),
  name: maybeUnset("name"),
  email: maybeUnset("email"),
  contact: maybeUnset("phone"),
  address_line1: maybeUnset("addressLine"),
  address_line2: maybeUnset("addressLine"),
  address_city: maybeUnset("addressLine"),
  address_state: maybeUnset("addressLine"),
  address_postal_code: maybeUnset(/^[0-9]{4,6}$/),
  /** ISO 3166 alpha-2. */
  address_country: maybeUnset("country"),
  /** An IANA name. */
  timezone: optionalText,
  /** A rename leaves `old_external_ids` in it, which holds the new external id. */
  metadata: optionalMetadata,
  integrations: Lenient.optional(Schema.Array(FlexpriceIntegration)),
  /** Removed from the live API in March 2026. */
  parent_customer_id: optionalText,
  ...recordFields,
  created_at: Lenient.IsoDateTime
}).annotations({ identifier: "FlexpriceCustomer" })

/**
 * A customer as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceCustomer extends Schema.Schema.Type<typeof FlexpriceCustomer> {}

/** `offset` is where the next page starts: what was asked for plus `limit`, also behind the last page. */
const paginationFields = {
  total: Lenient.optional(Schema.Int),
  limit: Lenient.optional(Schema.Int),
  offset: Lenient.optional(Schema.Int)
}

/**
 * One page of customers. `pagination.offset` is where the next page starts, so the list ends at `offset >= total`.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceCustomerPage = Schema.Struct({
  items: Schema.Array(FlexpriceCustomer),
  pagination: Schema.Struct({ ...paginationFields, total: Schema.Int })
}).annotations({ identifier: "FlexpriceCustomerPage" })

/**
 * A page of customers, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceCustomerPage extends Schema.Schema.Type<typeof FlexpriceCustomerPage>, Endpoint.Unreadable {}

const AlertThreshold = Schema.Struct({
  threshold: optionalDecimal,
  condition: Lenient.optional(Lenient.openLiteral("above", "below"))
})

/**
 * What a feature is measured with.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceMeter = Schema.Struct({
  id: optionalText,
  name: optionalText,
  event_name: optionalText,
  aggregation: Lenient.optional(Schema.Struct({
    type: Lenient.optional(
      Lenient.openLiteral("COUNT", "SUM", "AVG", "COUNT_UNIQUE", "LATEST", "SUM_WITH_MULTIPLIER", "MAX", "WEIGHTED_SUM")
    ),
    field: optionalText,
    expression: optionalText,
    multiplier: optionalDecimal,
    bucket_size: optionalText,
    group_by: optionalText
  })),
  filters: Lenient.optional(
    Schema.Array(Schema.Struct({ key: optionalText, values: Lenient.optional(Schema.Array(Schema.String)) }))
  ),
  reset_usage: Lenient.optional(Lenient.openLiteral("BILLING_PERIOD", "NEVER")),
  ...recordFields
}).annotations({ identifier: "FlexpriceMeter" })

/**
 * What a feature is measured with.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceMeter extends Schema.Schema.Type<typeof FlexpriceMeter> {}

/**
 * A feature of the catalogue. `reporting_unit.conversion_rate` and the thresholds of alerts are exact decimals.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceFeature = Schema.Struct({
  id: optionalText,
  name: optionalText,
  lookup_key: optionalText,
  description: optionalText,
  type: Lenient.optional(Lenient.openLiteral("metered", "boolean", "static", "config")),
  unit_singular: optionalText,
  unit_plural: optionalText,
  meter_id: optionalText,
  meter: Lenient.optional(FlexpriceMeter),
  metadata: optionalMetadata,
  reporting_unit: Lenient.optional(Schema.Struct({
    unit_singular: optionalText,
    unit_plural: optionalText,
    conversion_rate: optionalDecimal
  })),
  alert_settings: Lenient.optional(Schema.Struct({
    alert_enabled: optionalBoolean,
    critical: Lenient.optional(AlertThreshold),
    warning: Lenient.optional(AlertThreshold),
    info: Lenient.optional(AlertThreshold)
  })),
  group_id: optionalText,
  group: Lenient.optional(Schema.Struct({
    id: optionalText,
    name: optionalText,
    lookup_key: optionalText,
    entity_type: optionalText,
    entity_ids: Lenient.optional(Schema.Array(Schema.String)),
    metadata: optionalMetadata,
    status: optionalText,
    created_at: optionalDateTime,
    updated_at: optionalDateTime
  })),
  ...recordFields
}).annotations({ identifier: "FlexpriceFeature" })

/**
 * A feature of the catalogue.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceFeature extends Schema.Schema.Type<typeof FlexpriceFeature> {}

const resetPeriod = Lenient.openLiteral("MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY", "NEVER")

/**
 * Where a feature comes from. `subscription_id` is the newest matching subscription, whichever granted it.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceEntitlementSource = Schema.Struct({
  subscription_id: optionalText,
  entity_id: optionalText,
  entity_type: Lenient.optional(Lenient.openLiteral("plan", "addon", "subscription")),
  entity_name: optionalText,
  entitlement_id: optionalText,
  quantity: optionalInteger,
  is_enabled: optionalBoolean,
  usage_limit: optionalInteger,
  usage_reset_period: Lenient.optional(resetPeriod),
  static_value: optionalText,
  config_value: Lenient.optional(JsonObject)
}).annotations({ identifier: "FlexpriceEntitlementSource" })

/**
 * Where a feature comes from.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceEntitlementSource extends Schema.Schema.Type<typeof FlexpriceEntitlementSource> {}

/**
 * What a customer may use of a feature, all sources together. An absent `usage_limit` is no limit.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceEntitlement = Schema.Struct({
  is_enabled: optionalBoolean,
  is_soft_limit: optionalBoolean,
  usage_limit: optionalInteger,
  usage_reset_period: Lenient.optional(resetPeriod),
  aggregation_mode: Lenient.optional(Lenient.openLiteral("additive", "parallel")),
  buckets: Lenient.optional(Schema.Array(Schema.Struct({
    entitlement_id: optionalText,
    source_entity_id: optionalText,
    grant_duration_unit: optionalText,
    grant_duration_value: optionalInteger,
    grant_measure: optionalText,
    grant_quota: optionalDecimal,
    usage_limit: optionalInteger
  }))),
  static_values: Lenient.optional(Schema.Array(Schema.String)),
  config_values: Lenient.optional(Schema.Array(JsonObject))
}).annotations({ identifier: "FlexpriceEntitlement" })

/**
 * What a customer may use of a feature.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceEntitlement extends Schema.Schema.Type<typeof FlexpriceEntitlement> {}

const subscriptionStatus = Lenient.openLiteral("active", "paused", "cancelled", "incomplete", "trialing", "draft")

const billingPeriod = Lenient.openLiteral("MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY")

/**
 * An active or trialing subscription. Currencies are lower case; amounts and factors are exact decimals. What the
 * server sends beyond these fields is kept.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceSubscription = Schema.Struct({
  id: optionalText,
  customer_id: optionalText,
  invoicing_customer_id: optionalText,
  parent_subscription_id: optionalText,
  plan_id: optionalText,
  lookup_key: optionalText,
  subscription_status: Lenient.optional(subscriptionStatus),
  subscription_type: Lenient.optional(
    Lenient.openLiteral("standalone", "delegated_invoicing", "parent", "inherited", "grouped_invoicing")
  ),
  currency: optionalText,
  billing_anchor: optionalDateTime,
  billing_cycle: Lenient.optional(Lenient.openLiteral("anniversary", "calendar")),
  billing_cadence: Lenient.optional(Lenient.openLiteral("RECURRING", "ONETIME")),
  billing_period: Lenient.optional(billingPeriod),
  billing_period_count: optionalInteger,
  start_date: optionalDateTime,
  end_date: optionalDateTime,
  current_period_start: optionalDateTime,
  current_period_end: optionalDateTime,
  cancel_at: optionalDateTime,
  cancelled_at: optionalDateTime,
  cancel_at_period_end: optionalBoolean,
  trial_start: optionalDateTime,
  trial_end: optionalDateTime,
  active_pause_id: optionalText,
  pause_status: optionalText,
  payment_behavior: optionalText,
  payment_terms: optionalText,
  collection_method: optionalText,
  gateway_payment_method_id: optionalText,
  proration_behavior: optionalText,
  commitment_amount: optionalDecimal,
  commitment_duration: Lenient.optional(billingPeriod),
  overage_factor: optionalDecimal,
  auto_invoice_threshold: optionalDecimal,
  enable_true_up: optionalBoolean,
  timezone: optionalText,
  version: optionalInteger,
  metadata: optionalMetadata,
  ...recordFields
}).annotations({ identifier: "FlexpriceSubscription" })

/**
 * An active or trialing subscription.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceSubscription extends Schema.Schema.Type<typeof FlexpriceSubscription> {}

/**
 * What a customer may use. Of a customer who does not exist the server says that there is nothing, and no error.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceEntitlements = Schema.Struct({
  customer_id: Schema.String,
  /** Absent before June 2026. */
  subscriptions: Lenient.optional(Schema.Array(FlexpriceSubscription)),
  features: Lenient.optional(Schema.Array(
    Schema.Struct({
      feature: Lenient.optional(FlexpriceFeature),
      entitlement: Lenient.optional(FlexpriceEntitlement),
      sources: Lenient.optional(Schema.Array(FlexpriceEntitlementSource))
    }).annotations({ description: "a feature with its entitlement" })
  ))
}).annotations({ identifier: "FlexpriceEntitlements" })

/**
 * What a customer may use.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceEntitlements extends Schema.Schema.Type<typeof FlexpriceEntitlements> {}

/**
 * How much of one feature was used. `usage_percent` is a ratio: 0.25 is 25 %; it is 0 without a limit, and 100 where
 * the limit is 0. `total_limit` is null without a limit, as it is of boolean, static and config features.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceFeatureUsage = Schema.Struct({
  feature: Lenient.optional(FlexpriceFeature),
  total_limit: optionalInteger,
  is_unlimited: optionalBoolean,
  current_usage: optionalDecimal,
  usage_percent: optionalDecimal,
  is_enabled: optionalBoolean,
  is_soft_limit: optionalBoolean,
  /** The zero time where usage is never reset. */
  next_usage_reset_at: optionalDateTime,
  sources: Lenient.optional(Schema.Array(FlexpriceEntitlementSource))
}).annotations({ identifier: "FlexpriceFeatureUsage" })

/**
 * How much of one feature was used.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceFeatureUsage extends Schema.Schema.Type<typeof FlexpriceFeatureUsage> {}

/**
 * How much a customer has used. `period` is declared and always null, `pagination` is declared and never sent.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceUsage = Schema.Struct({
  customer_id: Schema.String,
  features: Lenient.optional(Schema.Array(FlexpriceFeatureUsage)),
  period: Lenient.optional(Schema.Struct({
    start_time: optionalDateTime,
    end_time: optionalDateTime,
    period: optionalText
  }))
}).annotations({ identifier: "FlexpriceUsage" })

/**
 * How much a customer has used.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceUsage extends Schema.Schema.Type<typeof FlexpriceUsage> {}

/**
 * A grant of credits that is going to be applied, or could not be. `credits` is an exact decimal.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceUpcomingGrant = Schema.Struct({
  id: Schema.String,
  credit_grant_id: optionalText,
  subscription_id: optionalText,
  scheduled_for: optionalDateTime,
  applied_at: optionalDateTime,
  period_start: optionalDateTime,
  period_end: optionalDateTime,
  application_status: Lenient.optional(Lenient.openLiteral("applied", "failed", "pending", "skipped", "cancelled")),
  application_reason: Lenient.optional(
    Lenient.openLiteral(
      "first_time_recurring_credit_grant",
      "recurring_credit_grant",
      "onetime_credit_grant"
    )
  ),
  subscription_status_at_application: Lenient.optional(subscriptionStatus),
  credits: optionalDecimal,
  retry_count: optionalInteger,
  failure_reason: optionalText,
  idempotency_key: optionalText,
  metadata: optionalMetadata,
  ...recordFields
}).annotations({ identifier: "FlexpriceUpcomingGrant" })

/**
 * A grant of credits that is going to be applied, or could not be.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceUpcomingGrant extends Schema.Schema.Type<typeof FlexpriceUpcomingGrant> {}

/**
 * All upcoming grants of a customer, soonest first. They are not paged: `limit` and `offset` are 0.
 *
 * @since 0.1.0
 * @category answers
 */
export const FlexpriceUpcomingGrants = Schema.Struct({
  items: Schema.Array(FlexpriceUpcomingGrant),
  pagination: Lenient.optional(Schema.Struct(paginationFields))
}).annotations({ identifier: "FlexpriceUpcomingGrants" })

/**
 * All upcoming grants of a customer, with those that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface FlexpriceUpcomingGrants
  extends Schema.Schema.Type<typeof FlexpriceUpcomingGrants>, Endpoint.Unreadable
{}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** The server would store another character in place of half a one. */
const isSendable = (text: string): boolean => !/\p{Surrogate}/u.test(text)

const Text = Schema.String.pipe(Schema.filter(isSendable, { description: "a string without lone surrogates" }))

/** As the database counts them: not half ones. */
const atMost = (length: number) =>
  Text.pipe(
    Schema.filter((text) => [...text].length <= length, {
      description: `a string of at most ${length} characters, without lone surrogates`
    })
  )

/** `""` is no value of these: the server answers it with 400 or 500, or takes it for a filter that was not given. */
const Given = Schema.String.pipe(
  Schema.filter((text) => text !== "" && isSendable(text), {
    description: "a string that is not empty, without lone surrogates"
  })
)

const shortText = (length: number) =>
  Given.pipe(
    Schema.filter((text) => [...text].length <= length, {
      description: `a string of 1 to ${length} characters, without lone surrogates`
    })
  )

/** Never none: the server takes an empty array for a filter that was not given, and answers everything. */
const SomeTexts = Schema.Array(Given).pipe(Schema.minItems(1, { description: "an array that is not empty" }))

const StringMetadata = Schema.Record({ key: Schema.String, value: Text }).pipe(
  Schema.filter((metadata) => Object.keys(metadata).every(isSendable), {
    description: "an object of strings, its keys without lone surrogates"
  })
)

const contactFields = {
  email: Schema.optional(Given),
  contact: Schema.optional(atMost(20)),
  address_line1: Schema.optional(atMost(255)),
  address_line2: Schema.optional(atMost(255)),
  address_city: Schema.optional(atMost(100)),
  address_state: Schema.optional(atMost(100)),
  address_postal_code: Schema.optional(atMost(20)),
  address_country: Schema.optional(
    Schema.String.pipe(Schema.pattern(/^[A-Z]{2}$/, { description: "an ISO 3166 alpha-2 country code in capitals" }))
  ),
  timezone: Schema.optional(
    Text.pipe(Schema.filter((name) => name !== "" && name !== "Local", { description: "an IANA time zone" }))
  ),
  /** Flexprice checks the format of `gstin`, `pan` and `hsn_sac`. */
  metadata: Schema.optional(StringMetadata)
}

/**
 * A tax rate for a new customer. `auto_apply` has to be said: the document's default is true, the server's is false.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceTaxRateOverride = Schema.Struct({
  tax_rate_code: Given,
  currency: Given,
  auto_apply: Schema.Boolean,
  priority: Schema.optional(Schema.NonNegativeInt),
  metadata: Schema.optional(StringMetadata)
}).annotations({ identifier: "FlexpriceTaxRateOverride" })

/**
 * A tax rate for a new customer.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceTaxRateOverride extends Schema.Schema.Type<typeof FlexpriceTaxRateOverride> {}

/**
 * A new customer. `external_id` is unique among customers that are not archived, case-sensitive.
 *
 * - `timezone`: `UTC` when absent.
 * - `tax_rate_overrides`: absent, the rates that apply to everybody are linked; `[]` links none.
 *
 * `integration_entity_mapping` is not here: the live API checks it and does nothing with it.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceCustomerCreate = Schema.Struct({
  external_id: shortText(255),
  name: shortText(255),
  ...contactFields,
  skip_onboarding_workflow: Schema.optional(Schema.Boolean),
  onboarding_workflow_name: Schema.optional(Text),
  tax_rate_overrides: Schema.optional(Schema.Array(FlexpriceTaxRateOverride))
}).annotations({ identifier: "FlexpriceCustomerCreate" })

/**
 * A new customer.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceCustomerCreate extends Schema.Schema.Type<typeof FlexpriceCustomerCreate> {}

/**
 * A change: an absent (or undefined) key keeps, a value sets, and `""` clears `contact` and the lines of the address.
 * Nothing clears e-mail, country and time zone. `metadata` replaces the whole; `{}` empties it.
 *
 * The server panics (500, no body) at a new `external_id` for a customer whose `metadata` is null: send `metadata` alone
 * first. The service does.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceCustomerUpdate = Schema.Struct({
  external_id: Schema.optional(shortText(255)),
  name: Schema.optional(shortText(255)),
  ...contactFields
}).annotations({ identifier: "FlexpriceCustomerUpdate" })

/**
 * A change: absent keeps, a value sets.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceCustomerUpdate extends Schema.Schema.Type<typeof FlexpriceCustomerUpdate> {}

const absent = Schema.optional(Schema.Never)

/**
 * Whom to update: by `id`, which also finds archived customers, or by `external_customer_id`, which does not.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceCustomerKey = Schema.Union(
  Schema.Struct({ id: Given, external_customer_id: absent }),
  Schema.Struct({ id: absent, external_customer_id: Given })
).annotations({ identifier: "FlexpriceCustomerKey" })

/**
 * Whom to update: by `id` or by `external_customer_id`.
 *
 * @since 0.1.0
 * @category requests
 */
export type FlexpriceCustomerKey = typeof FlexpriceCustomerKey.Type

/** `parent_customer` went with the hierarchy: 400 today. */
const expand = Schema.optional(Schema.Literal("integrations"))

/**
 * What to answer beside the customer.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceExpandQuery = Schema.Struct({ expand }).annotations({ identifier: "FlexpriceExpandQuery" })

/**
 * What to answer beside the customer.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceExpandQuery extends Schema.Schema.Type<typeof FlexpriceExpandQuery> {}

const pageFields = {
  limit: Schema.optional(Schema.Int.pipe(Schema.between(1, 1000))),
  offset: Schema.optional(Schema.NonNegativeInt),
  /** Of `created_at`. */
  order: Schema.optional(Schema.Literal("asc", "desc"))
}

const filterFields = {
  /** Closed: the server does not check it, and answers nobody for one that it does not know. */
  status: Schema.optional(Schema.Literal("published", "archived", "deleted")),
  expand,
  email: Schema.optional(Given),
  external_id: Schema.optional(Given),
  customer_ids: Schema.optional(SomeTexts),
  external_ids: Schema.optional(SomeTexts)
}

/**
 * What `list` can be asked for; all of it must match. `limit` is 50 when absent, `order` is `desc`, `status` is
 * `published`. `metadata` goes as JSON in one parameter.
 *
 * Not here: `filters` and `sort`, which `search` has with types; `start_time` and `end_time`, which the server checks
 * and never applies (in `search`, filter `created_at`).
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceListQuery = Schema.Struct({
  ...pageFields,
  ...filterFields,
  metadata: Schema.optional(Schema.parseJson(StringMetadata))
}).annotations({ identifier: "FlexpriceListQuery" })

/**
 * What `list` can be asked for.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceListQuery extends Schema.Schema.Type<typeof FlexpriceListQuery> {}

const textColumns = [
  "id",
  "external_id",
  "name",
  "email",
  "contact",
  "address_line1",
  "address_line2",
  "address_city",
  "address_state",
  "address_postal_code",
  "address_country",
  "timezone",
  "created_by",
  "updated_by",
  "environment_id"
] as const

const TextColumn = Schema.Literal(...textColumns).annotations({ description: "a text column" })

const timeColumns = ["created_at", "updated_at"] as const

const TimeColumn = Schema.Literal(...timeColumns).annotations({ description: "a time column" })

/** `Date.parse` takes the 30th of February for the 2nd of March. */
const isOfCalendar = (dateAndTime: string): boolean => {
  const time = Date.parse(`${dateAndTime}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(dateAndTime)
}

/** As Go reads it: with seconds and a zone. */
const Rfc3339 = Schema.String.pipe(
  Schema.filter(
    (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text) &&
      !Number.isNaN(Date.parse(text)) && isOfCalendar(text.slice(0, 19)),
    { description: "an RFC 3339 date and time with a zone" }
  )
)

/**
 * One condition of a search. What else Flexprice's document allows, its server crashes on (no value, an unknown field)
 * or drops without a word and answers everybody (`gte`, a value of another kind than the operator's), so it cannot be
 * written:
 *
 * - texts: `eq` (exact), `contains` and `not_contains` (case aside) with `value.string`; `in` and `not_in` with
 *   `value.array`, which is not empty;
 * - `created_at` and `updated_at`: `before` and `after` with `value.date`, RFC 3339.
 *
 * `status` is a field of the search itself: as a condition it is met by nobody who is archived.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceFilter = Schema.Union(
  Schema.Struct({
    field: TextColumn,
    operator: Schema.Literal("eq", "contains", "not_contains"),
    data_type: Schema.optional(Schema.Literal("string")),
    value: Schema.Struct({ string: Text })
  }),
  Schema.Struct({
    field: TextColumn,
    operator: Schema.Literal("in", "not_in"),
    data_type: Schema.optional(Schema.Literal("array")),
    value: Schema.Struct({
      array: Schema.Array(Text).pipe(Schema.minItems(1, { description: "an array that is not empty" }))
    })
  }),
  Schema.Struct({
    field: TimeColumn,
    operator: Schema.Literal("before", "after"),
    data_type: Schema.optional(Schema.Literal("date")),
    value: Schema.Struct({ date: Rfc3339 })
  })
).annotations({ identifier: "FlexpriceFilter" })

/**
 * One condition of a search.
 *
 * @since 0.1.0
 * @category requests
 */
export type FlexpriceFilter = typeof FlexpriceFilter.Type

/**
 * One column to sort by. The server takes an unknown or missing direction for `asc`, and answers an unknown column with
 * 400 or 500 at random.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceSort = Schema.Struct({
  field: Schema.Literal(...textColumns, ...timeColumns).annotations({ description: "a text or time column" }),
  direction: Schema.Literal("asc", "desc")
}).annotations({ identifier: "FlexpriceSort" })

/**
 * One column to sort by.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceSort extends Schema.Schema.Type<typeof FlexpriceSort> {}

/**
 * What `search` can be asked for; all of it must match. `limit` is 50 when absent, `status` is `published`; `sort` is
 * applied in order, then `created_at` by `order` (`desc` when absent). There are no `start_time` and `end_time`: the
 * server checks and never applies them; filter `created_at`.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceSearch = Schema.Struct({
  ...pageFields,
  ...filterFields,
  /** Every pair must be there, exactly. */
  metadata: Schema.optional(StringMetadata),
  filters: Schema.optional(Schema.Array(FlexpriceFilter)),
  sort: Schema.optional(Schema.Array(FlexpriceSort))
}).annotations({ identifier: "FlexpriceSearch" })

/**
 * What `search` can be asked for.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceSearch extends Schema.Schema.Type<typeof FlexpriceSearch> {}

const usageFilters = {
  feature_ids: Schema.optional(SomeTexts),
  /** Added to `feature_ids`. */
  feature_lookup_keys: Schema.optional(SomeTexts),
  subscription_ids: Schema.optional(SomeTexts)
}

/**
 * Whose usage, by `customer_id` or by `customer_lookup_key` (the external id), and of which features.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceUsageQuery = Schema.Union(
  Schema.Struct({ customer_id: Given, customer_lookup_key: absent, ...usageFilters }),
  Schema.Struct({ customer_id: absent, customer_lookup_key: Given, ...usageFilters })
).annotations({ identifier: "FlexpriceUsageQuery" })

/**
 * Whose usage, and of which features.
 *
 * @since 0.1.0
 * @category requests
 */
export type FlexpriceUsageQuery = typeof FlexpriceUsageQuery.Type

/**
 * Which entitlements.
 *
 * @since 0.1.0
 * @category requests
 */
export const FlexpriceEntitlementsQuery = Schema.Struct({
  feature_ids: Schema.optional(SomeTexts),
  subscription_ids: Schema.optional(SomeTexts)
}).annotations({ identifier: "FlexpriceEntitlementsQuery" })

/**
 * Which entitlements.
 *
 * @since 0.1.0
 * @category requests
 */
export interface FlexpriceEntitlementsQuery extends Schema.Schema.Type<typeof FlexpriceEntitlementsQuery> {}

// ---------------------------------------------------------------------------------------------------------------------
// Endpoints
// ---------------------------------------------------------------------------------------------------------------------

const customers = Endpoint.rows(FlexpriceCustomerPage, { row: FlexpriceCustomer, at: ["items"] })

/**
 * One page of customers. Flexprice's document lost it in February 2026; the server has it still.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const list = Endpoint.make({
  provider,
  operation: "list",
  method: "GET",
  path: "/v1/customers",
  query: FlexpriceListQuery,
  answer: customers
})

/**
 * One page of customers. It changes nothing, and what the server answers with 500 at random cannot be asked for: it is
 * repeated like any read.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const search = Endpoint.make({
  provider,
  operation: "search",
  method: "POST",
  readOnly: true,
  repeat: "always",
  path: "/v1/customers/search",
  body: FlexpriceSearch,
  answer: customers
})

/**
 * Never repeated when it may have been applied: Flexprice has no idempotency keys. A repeat would end in
 * `CustomerAlreadyExists`.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const create = Endpoint.make({
  provider,
  operation: "create",
  method: "POST",
  repeat: "never",
  path: "/v1/customers",
  body: FlexpriceCustomerCreate,
  answer: Endpoint.json(FlexpriceCustomer),
  errors: [CustomerAlreadyExists, Conflict]
})

/**
 * One customer by id, archived ones too.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const get = Endpoint.make({
  provider,
  operation: "get",
  method: "GET",
  path: "/v1/customers/{id}",
  slashes: "refused",
  query: FlexpriceExpandQuery,
  answer: Endpoint.json(FlexpriceCustomer),
  errors: [CustomerNotFound]
})

/**
 * One customer by external id, exact and case-sensitive; not an archived one.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getByExternalId = Endpoint.make({
  provider,
  operation: "getByExternalId",
  method: "GET",
  path: "/v1/customers/external/{external_id}",
  slashes: "refused",
  query: FlexpriceExpandQuery,
  answer: Endpoint.json(FlexpriceCustomer),
  errors: [CustomerNotFound]
})

/**
 * The same for an external id that cannot stand in a path: the server decodes `%2F` before it routes.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const searchByExternalId = Endpoint.make({
  provider,
  operation: "getByExternalId",
  method: "POST",
  readOnly: true,
  repeat: "always",
  path: "/v1/customers/search",
  body: Schema.Struct({ external_id: Given, expand }),
  answer: customers,
  errors: [CustomerNotFound]
})

const updateFields = {
  provider,
  operation: "update",
  method: "PUT",
  path: "/v1/customers",
  query: FlexpriceCustomerKey,
  body: FlexpriceCustomerUpdate,
  answer: Endpoint.json(FlexpriceCustomer),
  errors: [CustomerNotFound, CustomerAlreadyExists, Conflict]
} as const

/**
 * Ends in the same state however often it is sent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const update = Endpoint.make({ ...updateFields, repeat: "always" })

/**
 * A change of the external id by which the customer is found. Never repeated when it may have been applied: the repeat
 * would find nobody under the old one.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const rename = Endpoint.make({ ...updateFields, repeat: "never" })

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  method: "DELETE",
  repeat: "always",
  path: "/v1/customers/{id}",
  slashes: "refused",
  answer: Endpoint.empty,
  errors: [CustomerNotFound, Conflict]
})

export {
  /**
   * Repeated, it answers not-found. Active subscriptions and active wallets end in `Conflict`.
   *
   * @since 0.1.0
   * @category endpoints
   */
  deleteEndpoint as delete
}

/**
 * How much a customer has used.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getUsage = Endpoint.make({
  provider,
  operation: "getUsage",
  method: "GET",
  path: "/v1/customers/usage",
  query: FlexpriceUsageQuery,
  answer: Endpoint.json(FlexpriceUsage),
  errors: [CustomerNotFound]
})

/**
 * What a customer may use. It never says that a customer does not exist.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getEntitlements = Endpoint.make({
  provider,
  operation: "getEntitlements",
  method: "GET",
  path: "/v1/customers/{id}/entitlements",
  slashes: "refused",
  query: FlexpriceEntitlementsQuery,
  answer: Endpoint.json(FlexpriceEntitlements)
})

/**
 * The grants of credits that are still to come.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getUpcomingGrants = Endpoint.make({
  provider,
  operation: "getUpcomingGrants",
  method: "GET",
  path: "/v1/customers/{id}/grants/upcoming",
  slashes: "refused",
  answer: Endpoint.rows(FlexpriceUpcomingGrants, { row: FlexpriceUpcomingGrant, at: ["items"] }),
  errors: [CustomerNotFound]
})
