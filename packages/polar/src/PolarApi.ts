/**
 * The wire of Polar's customers API (version 2026-10): schemas of what is sent and answered, and every operation as an
 * endpoint. Names are Polar's own, letter for letter.
 *
 * Source: Polar's OpenAPI document 2026-10, and what its server does beyond it, each said where it matters.
 *
 * @since 0.1.0
 */
import { Conflict, CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Schema from "effect/Schema"

const provider = "polar"

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Metadata as answers hold it: flat, strings, numbers and booleans.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarMetadata = Schema.Record({
  key: Lenient.textLike("key"),
  value: Schema.Union(Schema.String, Schema.Finite, Schema.Boolean)
})

/**
 * An address as answers hold it. `state` of US and CA carries the country: `US-CA`. `country` is ISO 3166 alpha-2.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarAddress = Schema.Struct({
  line1: Lenient.optional(Lenient.textLike("addressLine")),
  line2: Lenient.optional(Lenient.textLike("addressLine")),
  postal_code: Lenient.optional(Lenient.textLike(/^[0-9]{4,5}$/)),
  city: Lenient.optional(Lenient.textLike("addressLine")),
  state: Lenient.optional(Lenient.textLike(/^((US|CA)-[A-Z]{2})$/, "addressLine")),
  country: Lenient.textLike("country")
})

/**
 * An address as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarAddress extends Schema.Schema.Type<typeof PolarAddress> {}

const customerFields = {
  id: Lenient.textLike("uuid"),
  created_at: Lenient.IsoDateTime,
  modified_at: Lenient.optional(Lenient.IsoDateTime),
  metadata: PolarMetadata,
  external_id: Lenient.optional(Lenient.textLike("externalId")),
  /** Null for a team without one. */
  email: Lenient.optional(Lenient.textLike("email")),
  email_verified: Schema.Boolean,
  type: Lenient.openLiteral("individual", "team"),
  name: Lenient.optional(Lenient.textLike("name")),
  /** Falls back to `name`. */
  billing_name: Lenient.optional(Lenient.textLike("name")),
  billing_address: Lenient.optional(PolarAddress),
  /** `[value, format]` in answers, one string in requests. Formats: `us_ein`, `eu_vat`, and some seventy more. */
  tax_id: Lenient.optional(
    Schema.Tuple(Lenient.textLike(/^[A-Z]{2}[0-9]{9}$/), Lenient.textLike(/^(us_ein|eu_vat)$/))
  ),
  locale: Lenient.optional(Lenient.textLike("locale")),
  organization_id: Lenient.textLike("uuid"),
  default_payment_method_id: Lenient.optional(Lenient.textLike("uuid")),
  deleted_at: Lenient.optional(Lenient.IsoDateTime),
  /** May be before `created_at`. */
  first_user_event_at: Lenient.optional(Lenient.IsoDateTime),
  avatar_url: Lenient.optional(Lenient.textLike("url"))
}

/**
 * A customer. Times are ISO 8601 in UTC, with microseconds; ids are UUID v4.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarCustomer = Schema.Struct(customerFields).annotations({ identifier: "PolarCustomer" })

/**
 * A customer as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarCustomer extends Schema.Schema.Type<typeof PolarCustomer> {}

/**
 * One page of customers. `max_page` is 0 when the list is empty, so its end is `page >= max_page`.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarCustomerPage = Schema.Struct({
  items: Schema.Array(PolarCustomer),
  pagination: Schema.Struct({ total_count: Schema.Int, max_page: Schema.Int })
})

/**
 * A page of customers, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarCustomerPage extends Schema.Schema.Type<typeof PolarCustomerPage>, Endpoint.Unreadable {}

const grantFields = {
  id: Schema.String,
  created_at: Lenient.IsoDateTime,
  modified_at: Lenient.optional(Lenient.IsoDateTime),
  granted_at: Lenient.IsoDateTime,
  benefit_id: Schema.String,
  benefit_metadata: PolarMetadata
}

const grant = <const Type extends string, Properties extends Schema.Schema.Any>(
  benefit_type: Type,
  properties: Properties
) => Schema.Struct({ ...grantFields, benefit_type: Schema.Literal(benefit_type), properties })

/** An object of whatever keys: `Schema.Struct({})` would take a text as well. */
const noKnownProperties = Schema.Record({ key: Schema.String, value: Lenient.json })

const optionalText = Lenient.optional(Schema.String)

/**
 * Granted `custom` benefit. It has no properties of its own.
 *
 * @since 0.1.0
 * @category benefits
 */
export const CustomGrant = grant("custom", noKnownProperties)

/**
 * Granted `discord` benefit: which guild and role, and the Discord account.
 *
 * @since 0.1.0
 * @category benefits
 */
export const DiscordGrant = grant(
  "discord",
  Schema.Struct({
    account_id: optionalText,
    guild_id: optionalText,
    role_id: optionalText,
    granted_account_id: optionalText
  })
)

/**
 * Granted `github_repository` benefit: which repository, with what permission, and the GitHub account.
 *
 * @since 0.1.0
 * @category benefits
 */
export const GitHubRepositoryGrant = grant(
  "github_repository",
  Schema.Struct({
    account_id: optionalText,
    repository_owner: optionalText,
    repository_name: optionalText,
    permission: Lenient.optional(Lenient.openLiteral("pull", "triage", "push", "maintain", "admin")),
    granted_account_id: optionalText
  })
)

/**
 * Granted `downloadables` benefit: the ids of the files.
 *
 * @since 0.1.0
 * @category benefits
 */
export const DownloadablesGrant = grant(
  "downloadables",
  Schema.Struct({ files: Lenient.optional(Schema.Array(Schema.String)) })
)

/**
 * Granted `license_keys` benefit: which key, and how it is shown (`****-3FA9C1`).
 *
 * @since 0.1.0
 * @category benefits
 */
export const LicenseKeysGrant = grant(
  "license_keys",
  Schema.Struct({
    user_provided_key: optionalText,
    license_key_id: optionalText,
    display_key: optionalText
  })
)

/**
 * Granted `meter_credit` benefit. Its properties are empty in practice.
 *
 * @since 0.1.0
 * @category benefits
 */
export const MeterCreditGrant = grant("meter_credit", noKnownProperties)

/**
 * Granted `feature_flag` benefit. It has no properties of its own.
 *
 * @since 0.1.0
 * @category benefits
 */
export const FeatureFlagGrant = grant("feature_flag", noKnownProperties)

/**
 * Granted `slack_shared_channel` benefit: the channel and the invitation.
 *
 * @since 0.1.0
 * @category benefits
 */
export const SlackSharedChannelGrant = grant(
  "slack_shared_channel",
  Schema.Struct({
    invited_email: optionalText,
    channel_id: optionalText,
    channel_name: optionalText,
    invite_id: optionalText,
    invite_url: optionalText,
    connected_team_id: optionalText
  })
)

const knownGrants = [
  CustomGrant,
  DiscordGrant,
  GitHubRepositoryGrant,
  DownloadablesGrant,
  LicenseKeysGrant,
  MeterCreditGrant,
  FeatureFlagGrant,
  SlackSharedChannelGrant
] as const

/**
 * A benefit of a type that this version does not know: kept whole, its properties as they came. It refuses the known
 * types, so a malformed known benefit does not pass as an unknown one.
 *
 * @since 0.1.0
 * @category benefits
 */
export const UnknownGrant = Schema.Struct({
  ...grantFields,
  benefit_type: Lenient.unknownTag(knownGrants.map((known) => known.fields.benefit_type.literals[0])),
  properties: Lenient.json
})

/**
 * A granted benefit; comparing `benefit_type` narrows `properties`.
 *
 * @since 0.1.0
 * @category benefits
 */
export const PolarBenefitGrant = Schema.Union(...knownGrants, UnknownGrant)

/**
 * A granted benefit; comparing `benefit_type` narrows `properties`.
 *
 * @since 0.1.0
 * @category benefits
 */
export type PolarBenefitGrant = typeof PolarBenefitGrant.Type

/**
 * A meter of a subscription. `amount` is in cents.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarSubscriptionMeter = Schema.Struct({
  id: Schema.String,
  created_at: Lenient.IsoDateTime,
  modified_at: Lenient.optional(Lenient.IsoDateTime),
  consumed_units: Lenient.number,
  credited_units: Lenient.number,
  amount: Lenient.number,
  meter_id: Schema.String
})

/**
 * An active or trialing subscription. `amount` is in cents; `currency` is lower case.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarActiveSubscription = Schema.Struct({
  id: Schema.String,
  created_at: Lenient.IsoDateTime,
  modified_at: Lenient.optional(Lenient.IsoDateTime),
  custom_field_data: Lenient.optional(
    Schema.Record({
      key: Schema.String,
      value: Schema.Union(Schema.String, Lenient.number, Schema.Boolean, Schema.Null)
    })
  ),
  metadata: PolarMetadata,
  status: Lenient.openLiteral("active", "trialing"),
  amount: Lenient.number,
  currency: Schema.String,
  recurring_interval: Lenient.openLiteral("day", "week", "month", "year"),
  current_period_start: Lenient.IsoDateTime,
  /** Null in the API of the seed's time. */
  current_period_end: Lenient.optional(Lenient.IsoDateTime),
  trial_start: Lenient.optional(Lenient.IsoDateTime),
  trial_end: Lenient.optional(Lenient.IsoDateTime),
  cancel_at_period_end: Schema.Boolean,
  canceled_at: Lenient.optional(Lenient.IsoDateTime),
  started_at: Lenient.optional(Lenient.IsoDateTime),
  ends_at: Lenient.optional(Lenient.IsoDateTime),
  product_id: Schema.String,
  discount_id: optionalText,
  seats: Lenient.optional(Lenient.number),
  /** Absent before September 2026. */
  units: Lenient.optional(Lenient.number),
  meters: Lenient.optional(Schema.Array(PolarSubscriptionMeter))
})

/**
 * An active or trialing subscription. `amount` is in cents.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarActiveSubscription extends Schema.Schema.Type<typeof PolarActiveSubscription> {}

/**
 * A meter of a customer. `consumed_units` and `balance` may be fractional, `balance` negative.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarActiveMeter = Schema.Struct({
  id: Schema.String,
  created_at: Lenient.IsoDateTime,
  modified_at: Lenient.optional(Lenient.IsoDateTime),
  meter_id: Schema.String,
  consumed_units: Lenient.number,
  credited_units: Lenient.number,
  balance: Lenient.number
})

/**
 * A customer with active subscriptions, granted benefits and active meters. Polar serves it from a cache of up to one
 * hour; subscriptions that are past due are not in it.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarCustomerState = Schema.Struct({
  ...customerFields,
  active_subscriptions: Schema.Array(PolarActiveSubscription),
  granted_benefits: Schema.Array(PolarBenefitGrant),
  active_meters: Schema.Array(PolarActiveMeter)
}).annotations({ identifier: "PolarCustomerState" })

/**
 * A customer with what is active and granted.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarCustomerState extends Schema.Schema.Type<typeof PolarCustomerState> {}

/**
 * What a customer owes or has: `balance` in cents (positive: credit, negative: owes), `currency` upper case.
 *
 * @since 0.1.0
 * @category answers
 */
export const PolarCustomerBalance = Schema.Struct({ balance: Lenient.number, currency: Schema.String })

/**
 * What a customer owes or has, in cents.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PolarCustomerBalance extends Schema.Schema.Type<typeof PolarCustomerBalance> {}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** Refused here, because Polar could store it and never find it again: it is part of a URL later. */
const ExternalId = Schema.String.pipe(
  Schema.filter(
    (id) => id.trim() !== "" && Endpoint.segmentProblem(id, "refused") === undefined,
    { description: "an external id that is not blank, no dot segment, without slashes and lone surrogates" }
  )
)

/** As Polar counts them: not half ones. */
const characters = (text: string): number => [...text].length

const Name = Schema.String.pipe(
  Schema.filter((text) => characters(text) <= 256, { description: "a string of at most 256 characters" })
)

const MetadataInput = Schema.Record({
  key: Schema.String.pipe(
    Schema.filter((key) => key !== "" && characters(key) <= 40, { description: "a key of 1 to 40 characters" })
  ),
  value: Schema.Union(
    Schema.String.pipe(
      Schema.filter((text) => text !== "" && characters(text) <= 500, {
        description: "a string of 1 to 500 characters"
      })
    ),
    Schema.Finite,
    Schema.Boolean
  )
}).pipe(
  Schema.filter((metadata) => Object.keys(metadata).length <= 50, { description: "an object of at most 50 keys" })
)

/**
 * An address to write. `country` is required, two letters in any case; Polar takes all of ISO 3166 alpha-2 but CU, IR,
 * KP, SY and RU. `state` of US and CA goes without its prefix (`CA`).
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarAddressInput = Schema.Struct({
  line1: Lenient.optional(Schema.String),
  line2: Lenient.optional(Schema.String),
  postal_code: Lenient.optional(Schema.String),
  city: Lenient.optional(Schema.String),
  state: Lenient.optional(Schema.String),
  country: Schema.String.pipe(
    Schema.pattern(/^[A-Za-z]{2}$/, { description: "an ISO 3166 alpha-2 country code" })
  )
})

/**
 * An address to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarAddressInput extends Schema.Schema.Type<typeof PolarAddressInput> {}

const createFields = {
  external_id: Lenient.optional(ExternalId),
  name: Lenient.optional(Name),
  billing_address: Lenient.optional(PolarAddressInput),
  /** One string here, `[value, format]` in answers. Needs `billing_address.country`. */
  tax_id: Lenient.optional(Schema.String),
  locale: optionalText,
  metadata: Schema.optional(MetadataInput),
  /** With user tokens only. */
  organization_id: optionalText
}

/**
 * The owner of a team.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarOwner = Schema.Struct({
  email: Schema.String,
  name: Lenient.optional(Name),
  external_id: optionalText
})

/**
 * A new customer: an individual with an e-mail, or a team with an e-mail or an owner.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarCustomerCreate = Schema.Union(
  Schema.Struct({
    ...createFields,
    type: Schema.optional(Schema.Literal("individual")),
    email: Schema.String,
    owner: Lenient.optional(PolarOwner)
  }),
  Schema.Struct({
    ...createFields,
    type: Schema.Literal("team"),
    email: optionalText,
    owner: Lenient.optional(PolarOwner)
  })
)

/**
 * A new customer: an individual or a team.
 *
 * @since 0.1.0
 * @category requests
 */
export type PolarCustomerCreate = typeof PolarCustomerCreate.Type

const updateFields = {
  /** Polar ignores null here, so it cannot be given. */
  email: Schema.optional(Schema.String),
  name: Lenient.optional(Name),
  /** Replaces the whole address; null is refused by Polar, so it cannot be given. */
  billing_address: Schema.optional(PolarAddressInput),
  /** One string here, `[value, format]` in answers. Null clears it. */
  tax_id: Lenient.optional(Schema.String),
  locale: optionalText,
  /** Replaces the whole; `{}` empties it. */
  metadata: Schema.optional(MetadataInput)
}

/**
 * A change: an absent (or undefined) key keeps, null clears, a value sets.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarCustomerUpdate = Schema.Struct({
  ...updateFields,
  /** Can be set once; another value later ends in `Conflict`. */
  external_id: Schema.optional(ExternalId),
  /** From individual to team only. */
  type: Schema.optional(Schema.Literal("individual", "team"))
})

/**
 * A change: absent keeps, null clears, a value sets.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarCustomerUpdate extends Schema.Schema.Type<typeof PolarCustomerUpdate> {}

/**
 * A change by external id: without `external_id` and `type`, which Polar drops silently on that route.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarCustomerUpdateExternal = Schema.Struct(updateFields)

/**
 * A change by external id.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarCustomerUpdateExternal extends Schema.Schema.Type<typeof PolarCustomerUpdateExternal> {}

/** Never none: a filter without values is not sent, and everything would be answered. */
const OneOrMany = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.Union(
    schema,
    Schema.Array(schema).pipe(Schema.minItems(1, { description: "an array that is not empty" }))
  )

const OrganizationFilter = Schema.optional(OneOrMany(Schema.String))

/**
 * What `list` can be asked for. `limit` above 100 is refused here: Polar clamps it silently. There is no filter by
 * external id (Polar ignores one and answers everything): use `getExternal`.
 *
 * - `email`: exact, case aside. `query`: part of e-mail, name or billing name, or start of the external id.
 * - `active`: has a trialing, active or past due subscription.
 * - `metadata`: values of one key are alternatives, different keys must all match.
 * - `sorting`: applied in order; equal keys come in any order, so end with one that tells rows apart.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarListQuery = Schema.Struct({
  organization_id: OrganizationFilter,
  email: Schema.optional(Schema.String),
  query: Schema.optional(Schema.String),
  active: Schema.optional(Schema.Boolean),
  page: Schema.optional(Schema.Int.pipe(Schema.greaterThanOrEqualTo(1))),
  limit: Schema.optional(Schema.Int.pipe(Schema.between(1, 100))),
  sorting: Schema.optional(
    Schema.Array(Schema.Literal("created_at", "-created_at", "email", "-email", "name", "-name"))
  ),
  metadata: Schema.optional(Schema.Record({
    key: Schema.String,
    value: OneOrMany(Schema.Union(Schema.String, Schema.Finite, Schema.Boolean))
  }))
})

/**
 * What `list` can be asked for.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarListQuery extends Schema.Schema.Type<typeof PolarListQuery> {}

/**
 * Which organizations to export, with user tokens.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarExportQuery = Schema.Struct({ organization_id: OrganizationFilter })

/**
 * Which organizations to export, with user tokens.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarExportQuery extends Schema.Schema.Type<typeof PolarExportQuery> {}

/**
 * `anonymize`: also hashes e-mail and name and drops the address. False when absent.
 *
 * @since 0.1.0
 * @category requests
 */
export const PolarDeleteQuery = Schema.Struct({ anonymize: Schema.optional(Schema.Boolean) })

/**
 * How to delete.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PolarDeleteQuery extends Schema.Schema.Type<typeof PolarDeleteQuery> {}

// ---------------------------------------------------------------------------------------------------------------------
// Endpoints
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The trailing slash is part of the path: without it Polar redirects.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const list = Endpoint.make({
  provider,
  operation: "list",
  method: "GET",
  path: "/v1/customers/",
  query: PolarListQuery,
  answer: Endpoint.rows(PolarCustomerPage, { row: PolarCustomer, at: ["items"] })
})

/**
 * Never repeated when it may have been applied: Polar has no idempotency keys.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const create = Endpoint.make({
  provider,
  operation: "create",
  method: "POST",
  repeat: "never",
  path: "/v1/customers/",
  body: PolarCustomerCreate,
  answer: Endpoint.json(PolarCustomer),
  errors: [CustomerAlreadyExists]
})

/**
 * All customers as streamed CSV.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const exportCsv = Endpoint.make({
  provider,
  operation: "export",
  method: "GET",
  path: "/v1/customers/export",
  query: PolarExportQuery,
  answer: Endpoint.bytes
})

/**
 * One customer by id, a UUID v4.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const get = Endpoint.make({
  provider,
  operation: "get",
  method: "GET",
  path: "/v1/customers/{id}",
  answer: Endpoint.json(PolarCustomer),
  errors: [CustomerNotFound]
})

/**
 * Ends in the same state however often it is sent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const update = Endpoint.make({
  provider,
  operation: "update",
  method: "PATCH",
  repeat: "always",
  path: "/v1/customers/{id}",
  body: PolarCustomerUpdate,
  answer: Endpoint.json(PolarCustomer),
  errors: [CustomerNotFound, CustomerAlreadyExists, Conflict]
})

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  method: "DELETE",
  repeat: "always",
  path: "/v1/customers/{id}",
  query: PolarDeleteQuery,
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

export {
  /**
   * Repeated, it answers not-found.
   *
   * @since 0.1.0
   * @category endpoints
   */
  deleteEndpoint as delete
}

/**
 * One customer by the caller's own id. Polar decodes `%2F` before it routes, so an id with a slash is refused.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getExternal = Endpoint.make({
  provider,
  operation: "getExternal",
  method: "GET",
  path: "/v1/customers/external/{external_id}",
  slashes: "refused",
  answer: Endpoint.json(PolarCustomer),
  errors: [CustomerNotFound]
})

/**
 * Ends in the same state however often it is sent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const updateExternal = Endpoint.make({
  provider,
  operation: "updateExternal",
  method: "PATCH",
  repeat: "always",
  path: "/v1/customers/external/{external_id}",
  slashes: "refused",
  body: PolarCustomerUpdateExternal,
  answer: Endpoint.json(PolarCustomer),
  errors: [CustomerNotFound, CustomerAlreadyExists]
})

/**
 * Not repeated when it may have been applied: it frees the external id, which another customer may have by then.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const deleteExternal = Endpoint.make({
  provider,
  operation: "deleteExternal",
  method: "DELETE",
  // a delete frees the external id, so a repeat could meet the customer that got it meanwhile
  repeat: "never",
  path: "/v1/customers/external/{external_id}",
  slashes: "refused",
  query: PolarDeleteQuery,
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

/**
 * One customer with what is active and granted, by id.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getState = Endpoint.make({
  provider,
  operation: "getState",
  method: "GET",
  path: "/v1/customers/{id}/state",
  answer: Endpoint.json(PolarCustomerState),
  errors: [CustomerNotFound]
})

/**
 * One customer with what is active and granted, by the caller's own id.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getStateExternal = Endpoint.make({
  provider,
  operation: "getStateExternal",
  method: "GET",
  path: "/v1/customers/external/{external_id}/state",
  slashes: "refused",
  answer: Endpoint.json(PolarCustomerState),
  errors: [CustomerNotFound]
})

/**
 * Removed from the live API in November 2025: it answers 404 without saying that a resource is missing.
 *
 * @deprecated Polar has no replacement for organization tokens.
 * @since 0.1.0
 * @category endpoints
 */
export const getBalance = Endpoint.make({
  provider,
  operation: "getBalance",
  method: "GET",
  path: "/v1/customers/{id}/balance",
  answer: Endpoint.json(PolarCustomerBalance),
  errors: [CustomerNotFound]
})
