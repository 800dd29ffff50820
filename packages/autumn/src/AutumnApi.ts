/**
 * The wire of Autumn's customers API (versions 2.1 and 2.3): schemas of what is sent and answered, and every operation
 * as an endpoint. Names are Autumn's own, letter for letter; all times are milliseconds since the epoch.
 *
 * Source: Autumn's published documents of version 2.1.0, and its open server where the two differ, each said where it
 * matters.
 *
 * @since 0.1.0
 */
import { Metadata } from "@effect-customers/core/Customer"
import { CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Schema from "effect/Schema"

const provider = "autumn"

const optionalText = Lenient.optional(Schema.String)

const optionalNumber = Lenient.optional(Lenient.number)

const optionalBoolean = Lenient.optional(Schema.Boolean)

/** As far as a date reaches. */
const Millis = Schema.Number.pipe(
  Schema.filter((time) => Math.abs(time) <= 8.64e15, {
    description: "a time in milliseconds",
    arbitrary: () => (fc) => fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) })
  })
)

const optionalMillis = Lenient.optional(Millis)

const byFeature = <A, I>(value: Schema.Schema<A, I>) => Schema.Record({ key: Lenient.textLike("key"), value })

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A feature, as `expand` adds it to balances and flags.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnFeature = Schema.Struct({
  id: Schema.String,
  name: optionalText,
  type: Lenient.optional(Lenient.openLiteral("boolean", "metered", "credit_system")),
  consumable: optionalBoolean,
  archived: optionalBoolean,
  event_names: Lenient.optional(Schema.Array(Schema.String)),
  credit_schema: Lenient.optional(Schema.Array(Schema.Struct({
    metered_feature_id: Schema.String,
    credit_cost: Lenient.number
  }))),
  display: Lenient.optional(Schema.Struct({ singular: optionalText, plural: optionalText }))
}).annotations({ identifier: "AutumnFeature" })

/**
 * A feature.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnFeature extends Schema.Schema.Type<typeof AutumnFeature> {}

const Interval = Lenient.openLiteral(
  "one_off",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "semi_annual",
  "year"
)

/** The last tier goes up to `"inf"`. Amounts are in major units of the currency. */
const priceFields = {
  amount: optionalNumber,
  tiers: Lenient.optional(Schema.Array(Schema.Struct({
    to: Schema.Union(Lenient.number, Lenient.openLiteral("inf")),
    amount: Lenient.number
  }))),
  tier_behavior: Lenient.optional(Lenient.openLiteral("graduated", "volume")),
  billing_units: optionalNumber,
  billing_method: Lenient.optional(Lenient.openLiteral("prepaid", "usage_based")),
  max_purchase: optionalNumber
}

const Display = Schema.Struct({ primary_text: optionalText, secondary_text: optionalText })

/**
 * A plan, as `expand` adds it to subscriptions and purchases.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnPlan = Schema.Struct({
  id: Schema.String,
  name: optionalText,
  description: optionalText,
  group: optionalText,
  version: optionalNumber,
  add_on: optionalBoolean,
  auto_enable: optionalBoolean,
  price: Lenient.optional(Schema.Struct({
    amount: optionalNumber,
    interval: Lenient.optional(Interval),
    interval_count: optionalNumber,
    display: Lenient.optional(Display)
  })),
  items: Lenient.optional(Schema.Array(Schema.Struct({
    feature_id: optionalText,
    feature: Lenient.optional(Schema.Struct({
      id: Schema.String,
      name: optionalText,
      type: Lenient.optional(
        Lenient.openLiteral("static", "boolean", "single_use", "continuous_use", "credit_system")
      ),
      archived: optionalBoolean
    })),
    included: optionalNumber,
    unlimited: optionalBoolean,
    reset: Lenient.optional(Schema.Struct({ interval: Interval, interval_count: optionalNumber })),
    price: Lenient.optional(Schema.Struct({
      ...priceFields,
      interval: Lenient.optional(Interval),
      interval_count: optionalNumber
    })),
    display: Lenient.optional(Display),
    rollover: Lenient.optional(Schema.Struct({
      max: optionalNumber,
      expiry_duration_type: Lenient.optional(Lenient.openLiteral("month", "forever")),
      expiry_duration_length: optionalNumber
    }))
  }))),
  free_trial: Lenient.optional(Schema.Struct({
    duration_length: optionalNumber,
    duration_type: Lenient.optional(Lenient.openLiteral("day", "month", "year")),
    card_required: optionalBoolean
  })),
  created_at: optionalMillis,
  env: optionalText,
  archived: optionalBoolean,
  base_variant_id: optionalText,
  customer_eligibility: Lenient.optional(Schema.Struct({
    trial_available: optionalBoolean,
    scenario: Lenient.optional(
      Lenient.openLiteral(
        "scheduled",
        "active",
        "new",
        "renew",
        "upgrade",
        "downgrade",
        "cancel",
        "expired",
        "past_due"
      )
    )
  }))
}).annotations({ identifier: "AutumnPlan" })

/**
 * A plan.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnPlan extends Schema.Schema.Type<typeof AutumnPlan> {}

const Scope = Lenient.optional(Lenient.openLiteral("customer", "entity"))

/**
 * A subscription of a customer to a plan. One that is past due is `active` with `past_due`. Older answers have no `id`.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnSubscription = Schema.Struct({
  id: optionalText,
  plan: Lenient.optional(AutumnPlan),
  plan_id: Schema.String,
  auto_enable: optionalBoolean,
  add_on: optionalBoolean,
  status: Lenient.openLiteral("active", "scheduled", "expired"),
  past_due: optionalBoolean,
  canceled_at: optionalMillis,
  expires_at: optionalMillis,
  trial_ends_at: optionalMillis,
  started_at: optionalMillis,
  current_period_start: optionalMillis,
  current_period_end: optionalMillis,
  quantity: optionalNumber,
  scope: Scope
}).annotations({ identifier: "AutumnSubscription" })

/**
 * A subscription as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnSubscription extends Schema.Schema.Type<typeof AutumnSubscription> {}

/**
 * A plan that was bought once. It has no id.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnPurchase = Schema.Struct({
  plan: Lenient.optional(AutumnPlan),
  plan_id: Schema.String,
  expires_at: optionalMillis,
  started_at: optionalMillis,
  quantity: optionalNumber,
  scope: Scope
}).annotations({ identifier: "AutumnPurchase" })

/**
 * A purchase as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnPurchase extends Schema.Schema.Type<typeof AutumnPurchase> {}

/**
 * What a customer has left of a metered or a credit feature; `breakdown` says where it comes from.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnBalance = Schema.Struct({
  feature_id: Schema.String,
  feature: Lenient.optional(AutumnFeature),
  granted: Lenient.number,
  remaining: Lenient.number,
  usage: Lenient.number,
  unlimited: Schema.Boolean,
  overage_allowed: optionalBoolean,
  max_purchase: optionalNumber,
  next_reset_at: optionalMillis,
  breakdown: Lenient.optional(Schema.Array(Schema.Struct({
    id: optionalText,
    plan_id: optionalText,
    included_grant: optionalNumber,
    prepaid_grant: optionalNumber,
    remaining: optionalNumber,
    usage: optionalNumber,
    unlimited: optionalBoolean,
    reset: Lenient.optional(Schema.Struct({
      interval: Schema.Union(Interval, Lenient.openLiteral("multiple")),
      interval_count: optionalNumber,
      resets_at: optionalMillis
    })),
    price: Lenient.optional(Schema.Struct(priceFields)),
    expires_at: optionalMillis
  }))),
  rollovers: Lenient.optional(Schema.Array(Schema.Struct({
    balance: optionalNumber,
    granted: optionalNumber,
    expires_at: optionalMillis
  })))
}).annotations({ identifier: "AutumnBalance" })

/**
 * A balance as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnBalance extends Schema.Schema.Type<typeof AutumnBalance> {}

/**
 * A boolean feature that a customer has.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnFlag = Schema.Struct({
  id: optionalText,
  plan_id: optionalText,
  expires_at: optionalMillis,
  feature_id: Schema.String,
  feature: Lenient.optional(AutumnFeature)
}).annotations({ identifier: "AutumnFlag" })

/**
 * A flag as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnFlag extends Schema.Schema.Type<typeof AutumnFlag> {}

/**
 * When to top up, and where spending ends; empty when nothing is set.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnBillingControls = Schema.Struct({
  auto_topups: Lenient.optional(Schema.Array(Schema.Struct({
    feature_id: Schema.String,
    enabled: optionalBoolean,
    threshold: optionalNumber,
    quantity: optionalNumber,
    purchase_limit: Lenient.optional(Schema.Struct({
      interval: Lenient.optional(Lenient.openLiteral("hour", "day", "week", "month")),
      interval_count: optionalNumber,
      limit: optionalNumber
    }))
  }))),
  spend_limits: Lenient.optional(Schema.Array(Schema.Struct({
    feature_id: optionalText,
    enabled: optionalBoolean,
    overage_limit: optionalNumber
  }))),
  usage_limits: Lenient.optional(Schema.Array(Lenient.json)),
  usage_alerts: Lenient.optional(Schema.Array(Lenient.json)),
  overage_allowed: Lenient.optional(Schema.Array(Lenient.json))
}).annotations({ identifier: "AutumnBillingControls" })

/**
 * Billing controls as answers hold them.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnBillingControls extends Schema.Schema.Type<typeof AutumnBillingControls> {}

/** `total` is in major units of the currency: 20 is $20. */
const Invoice = Schema.Struct({
  plan_ids: Lenient.optional(Schema.Array(Schema.String)),
  stripe_id: optionalText,
  status: optionalText,
  total: optionalNumber,
  currency: optionalText,
  created_at: optionalMillis,
  hosted_invoice_url: optionalText
})

const Discount = Schema.Struct({
  id: optionalText,
  name: optionalText,
  type: Lenient.optional(
    Lenient.openLiteral("percentage_discount", "fixed_discount", "free_product", "invoice_credits")
  ),
  discount_value: optionalNumber,
  duration_type: Lenient.optional(Lenient.openLiteral("one_off", "months", "forever")),
  duration_value: optionalNumber,
  currency: optionalText,
  start: optionalNumber,
  end: optionalNumber,
  subscription_id: optionalText,
  total_discount_amount: optionalNumber
})

const Entity = Schema.Struct({
  id: optionalText,
  name: optionalText,
  customer_id: optionalText,
  feature_id: optionalText,
  created_at: optionalMillis,
  env: optionalText
})

const Referral = Schema.Struct({
  program_id: optionalText,
  customer: Lenient.optional(Schema.Struct({ id: optionalText, name: optionalText, email: optionalText })),
  reward_applied: optionalBoolean,
  created_at: optionalMillis
})

/** What `expand` adds; absent where it was not asked for, or there is none. */
const expandedFields = {
  invoices: Lenient.optional(Schema.Array(Invoice)),
  trials_used: Lenient.optional(Schema.Array(Schema.Struct({
    plan_id: optionalText,
    customer_id: optionalText,
    fingerprint: optionalText
  }))),
  rewards: Lenient.optional(Schema.Struct({ discounts: Lenient.optional(Schema.Array(Discount)) })),
  entities: Lenient.optional(Schema.Array(Entity)),
  referrals: Lenient.optional(Schema.Array(Referral)),
  payment_method: Schema.optional(Lenient.json),
  invoice_previews: Schema.optional(Lenient.json)
}

/**
 * A customer. `id` is null for one that was made with an e-mail alone; `created_at` is in milliseconds. What was added
 * to version 2.1 after it was published (`billing_controls`, `flags`, `licenses`) may be absent. `invoices` are the
 * newest 10, `entities` at most 1000; `payment_method` is Stripe's own object.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnCustomer = Schema.Struct({
  id: Schema.NullOr(Lenient.textLike(/^[A-Za-z0-9_:-]{1,36}$/)),
  name: Lenient.optional(Lenient.textLike("name")),
  email: Lenient.optional(Lenient.textLike("email")),
  created_at: Millis,
  fingerprint: optionalText,
  stripe_id: Lenient.optional(Lenient.textLike(/^cus_[A-Za-z0-9]{14}$/)),
  env: Lenient.optional(Lenient.openLiteral("sandbox", "live")),
  metadata: Lenient.optional(Metadata),
  send_email_receipts: optionalBoolean,
  billing_controls: Lenient.optional(AutumnBillingControls),
  subscriptions: Schema.Array(AutumnSubscription),
  purchases: Schema.Array(AutumnPurchase),
  balances: byFeature(AutumnBalance),
  flags: Lenient.optional(byFeature(AutumnFlag)),
  licenses: Lenient.optional(Schema.Array(Lenient.json)),
  config: Lenient.optional(Schema.Struct({
    disable_pooled_balance: optionalBoolean,
    disable_overage_billing: optionalBoolean
  })),
  processors: Lenient.optional(Schema.Struct({
    stripe: Lenient.optional(Schema.Struct({ id: optionalText })),
    vercel: Schema.optional(Lenient.json),
    revenuecat: Schema.optional(Lenient.json)
  })),
  ...expandedFields
}).annotations({ identifier: "AutumnCustomer" })

/**
 * A customer as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnCustomer extends Schema.Schema.Type<typeof AutumnCustomer> {}

/**
 * One page of customers, of both versions. Of 2.1: `total` is the length of this page, `has_more` says that the page is
 * full, `total_count` ignores the filters, and `total_filtered_count`, where it is sent, is what matches. Of 2.3:
 * `next_cursor` is null at the end, and where the last customer of a page has no id.
 *
 * @since 0.1.0
 * @category answers
 */
export const AutumnCustomerPage = Schema.Struct({
  list: Schema.Array(AutumnCustomer),
  has_more: optionalBoolean,
  offset: optionalNumber,
  limit: optionalNumber,
  total: optionalNumber,
  total_count: optionalNumber,
  total_filtered_count: optionalNumber,
  next_cursor: optionalText
})

/**
 * A page of customers, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface AutumnCustomerPage extends Schema.Schema.Type<typeof AutumnCustomerPage>, Endpoint.Unreadable {}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An id to give to a customer: letters, digits, `_`, `:` and `-`. Servers of before June 2026 refuse `:`.
 *
 * @since 0.1.0
 * @category requests
 */
export const AutumnNewCustomerId: Schema.Schema<string> = Schema.String.pipe(
  Schema.pattern(/^[A-Za-z0-9_:-]+$/)
).annotations({ description: "an id of letters, digits, _, : and -" })

/** The lookup also knows Autumn's internal ids, so it is the server that says what is none. */
const KnownCustomerId = Schema.NonEmptyString.annotations({ description: "a customer's id" })

const AutumnExpand = Schema.Literal(
  "invoices",
  "trials_used",
  "rewards",
  "entities",
  "referrals",
  "payment_method",
  "subscriptions.plan",
  "purchases.plan",
  "balances.feature",
  "flags.feature",
  "billing_controls.auto_topups.purchase_limit",
  "invoice_previews"
)

/**
 * What an answer can hold beside the customer. `rewards` and `payment_method` make Autumn ask Stripe. A server that
 * does not know one refuses it.
 *
 * @since 0.1.0
 * @category requests
 */
export type AutumnExpand = typeof AutumnExpand.Type

const expand = Schema.optional(Schema.Array(AutumnExpand))

const positive = Schema.Number.pipe(Schema.greaterThanOrEqualTo(1))

const notNegative = Schema.Number.pipe(Schema.greaterThanOrEqualTo(0))

/**
 * Billing controls to write: a list that is given replaces the stored one whole, the others are kept.
 *
 * @since 0.1.0
 * @category requests
 */
export const AutumnBillingControlsInput = Schema.Struct({
  auto_topups: Schema.optional(Schema.Array(Schema.Struct({
    feature_id: Schema.String,
    threshold: notNegative,
    quantity: positive,
    enabled: Schema.optional(Schema.Boolean),
    purchase_limit: Schema.optional(Schema.Struct({
      interval: Schema.Literal("hour", "day", "week", "month"),
      interval_count: Schema.optional(positive),
      limit: positive
    }))
  }))),
  spend_limits: Schema.optional(Schema.Array(Schema.Struct({
    feature_id: Schema.optional(Schema.String),
    enabled: Schema.optional(Schema.Boolean),
    overage_limit: Schema.optional(notNegative)
  }))),
  usage_limits: Schema.optional(Schema.Array(Metadata)),
  usage_alerts: Schema.optional(Schema.Array(Metadata)),
  overage_allowed: Schema.optional(Schema.Array(Metadata))
})

/**
 * Billing controls to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnBillingControlsInput extends Schema.Schema.Type<typeof AutumnBillingControlsInput> {}

const nullableText = Schema.optional(Schema.NullOr(Schema.String))

const writtenFields = {
  name: nullableText,
  fingerprint: nullableText,
  metadata: Schema.optional(Schema.NullOr(Metadata)),
  stripe_id: nullableText,
  send_email_receipts: Schema.optional(Schema.Boolean),
  billing_controls: Schema.optional(AutumnBillingControlsInput),
  currency: Schema.optional(Schema.String),
  config: Schema.optional(Schema.Struct({
    disable_pooled_balance: Schema.optional(Schema.Boolean),
    disable_overage_billing: Schema.optional(Schema.Boolean)
  }))
}

const madeFields = {
  ...writtenFields,
  create_in_stripe: Schema.optional(Schema.Boolean),
  auto_enable_plan_id: Schema.optional(Schema.String),
  expand
}

/**
 * The customer to find or to make. Without an id (`customer_id: null`) it goes by the e-mail. `auto_enable_plan_id` is
 * a plan that costs nothing, or a trial without a card. Which e-mails are good is the server's to say.
 *
 * @since 0.1.0
 * @category requests
 */
export const AutumnGetOrCreate = Schema.Union(
  Schema.Struct({ customer_id: AutumnNewCustomerId, email: nullableText, ...madeFields }),
  Schema.Struct({ customer_id: Schema.Null, email: Schema.String, ...madeFields })
)

/**
 * The customer to find or to make.
 *
 * @since 0.1.0
 * @category requests
 */
export type AutumnGetOrCreate = typeof AutumnGetOrCreate.Type

const GetBody = Schema.Struct({ customer_id: KnownCustomerId, expand })

/**
 * What `get` takes beside the id.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnGetOptions extends Omit<Schema.Schema.Type<typeof GetBody>, "customer_id"> {}

const filterFields = {
  plans: Schema.optional(Schema.Array(Schema.Struct({
    id: Schema.String,
    versions: Schema.optional(Schema.Array(Schema.Number))
  }))),
  subscription_status: Schema.optional(Schema.Literal("active", "scheduled")),
  search: Schema.optional(Schema.String),
  processors: Schema.optional(Schema.Array(Schema.Literal("stripe", "revenuecat", "vercel")))
}

/**
 * Customers per page of `list` and the walks. Autumn itself starts at 10 (50 in version 2.3); 1000 is the most that an
 * organisation gets, whatever the schema of 2.3 says.
 *
 * @since 0.1.0
 * @category requests
 */
export const pageSize = { min: 1, max: 1000, default: 250 } as const

const limit = Schema.optional(Schema.Int.pipe(Schema.between(pageSize.min, pageSize.max)))

/**
 * Which customers, and which page of them, newest first: version 2.1. `limit` is 1 to 1000, 10 when absent. `plans` are
 * alternatives. `subscription_status` does not filter by itself: it says which subscriptions are shown, and how `plans`
 * matches; `active` leaves out what is past due. `search` is a part of the id, the name or the e-mail, case aside, with
 * `%` and `_` as wildcards.
 *
 * @since 0.1.0
 * @category requests
 */
export const AutumnListBody = Schema.Struct({
  ...filterFields,
  offset: Schema.optional(Schema.Int.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER))),
  limit
})

/**
 * Which customers, and which page of them: version 2.1.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnListBody extends Schema.Schema.Type<typeof AutumnListBody> {}

const CreatedAtRange = Schema.Struct({
  start: Schema.optional(Schema.Int),
  end: Schema.optional(Schema.Int)
})

/**
 * Which customers, and which page of them: version 2.3. `start_cursor` is the `next_cursor` of an earlier page. `limit`
 * is 1 to 1000 (5000 is documented, and refused), 50 when absent. `created_at_range` is in milliseconds, both ends
 * included. The other fields are those of {@link AutumnListBody}.
 *
 * @since 0.1.0
 * @category requests
 */
export const AutumnListByCursorBody = Schema.Struct({
  ...filterFields,
  start_cursor: Schema.optional(Schema.String),
  limit,
  sort_order: Schema.optional(Schema.Literal("asc", "desc")),
  created_at_range: Schema.optional(CreatedAtRange)
})

/**
 * Which customers, and which page of them: version 2.3.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnListByCursorBody extends Schema.Schema.Type<typeof AutumnListByCursorBody> {}

const changedFields = { email: nullableText, ...writtenFields }

const UpdateBody = Schema.Struct({ customer_id: KnownCustomerId, ...changedFields })

const RenameBody = Schema.Struct({ ...UpdateBody.fields, new_customer_id: AutumnNewCustomerId })

/**
 * A change: an absent (or undefined) key keeps. Null clears `name`, `fingerprint`, `email` and (on servers of today)
 * `stripe_id`; `metadata: null` keeps. `metadata` is merged into what is stored: a key whose value is null is deleted,
 * nested objects are replaced whole, and `{}` changes nothing. `new_customer_id` renames the customer.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnCustomerUpdate extends Omit<Schema.Schema.Type<typeof UpdateBody>, "customer_id"> {
  readonly new_customer_id?: string | undefined
}

/**
 * A change of the id, and perhaps of more, as it is sent.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnRename extends Schema.Schema.Type<typeof RenameBody> {}

const DeleteBody = Schema.Struct({
  customer_id: KnownCustomerId,
  delete_in_stripe: Schema.optional(Schema.Boolean)
})

/**
 * What `delete` takes beside the id: whether the customer goes from Stripe too. It does not by default.
 *
 * @since 0.1.0
 * @category requests
 */
export interface AutumnDeleteOptions extends Omit<Schema.Schema.Type<typeof DeleteBody>, "customer_id"> {}

// ---------------------------------------------------------------------------------------------------------------------
// Endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** Autumn counts `list` by itself (5 a second, 50 in version 2.3), reads by customer, and writes together. */
const limitGroups = { list: "autumn list", get: "autumn get", write: "autumn write" }

/**
 * The customer with this id, who is made where there is none. Safe to repeat, also at once. Its 429 proves nothing: the
 * server may have queued the call, and carries it out later. The path was `/v1/customers.getOrCreate` for three days of
 * February 2026; today that one answers 401.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const getOrCreate = Endpoint.make({
  provider,
  operation: "getOrCreate",
  method: "POST",
  repeat: "always",
  inconclusive: [429],
  limitGroup: limitGroups.get,
  path: "/v1/customers.get_or_create",
  body: AutumnGetOrCreate,
  answer: Endpoint.json(AutumnCustomer)
})

/**
 * One customer by id. It creates nothing.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const get = Endpoint.make({
  provider,
  operation: "get",
  method: "POST",
  repeat: "always",
  readOnly: true,
  limitGroup: limitGroups.get,
  path: "/v1/customers.get",
  body: GetBody,
  answer: Endpoint.json(AutumnCustomer),
  errors: [CustomerNotFound]
})

const listed = {
  provider,
  operation: "list",
  method: "POST",
  repeat: "always",
  readOnly: true,
  limitGroup: limitGroups.list,
  path: "/v1/customers.list",
  answer: Endpoint.rows(AutumnCustomerPage, { row: AutumnCustomer, at: ["list"] })
} as const

/**
 * One page of customers, newest first, by offset: version 2.1.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const list = Endpoint.make({ ...listed, body: AutumnListBody })

/**
 * One page of customers by cursor: version 2.3.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const listByCursor = Endpoint.make({ ...listed, body: AutumnListByCursorBody })

const updated = {
  provider,
  operation: "update",
  method: "POST",
  repeat: "always",
  limitGroup: limitGroups.write,
  path: "/v1/customers.update",
  answer: Endpoint.json(AutumnCustomer)
} as const

/**
 * A change that keeps the id: it ends in the same state however often it is sent. A 503 may come when it is saved
 * already.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const update = Endpoint.make({ ...updated, body: UpdateBody, errors: [CustomerNotFound] })

/**
 * A change of the id. Repeated, it answers not-found: then the new id says whether it was carried out.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const rename = Endpoint.make({
  ...updated,
  body: RenameBody,
  errors: [CustomerNotFound, CustomerAlreadyExists]
})

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  method: "POST",
  repeat: "always",
  limitGroup: limitGroups.write,
  path: "/v1/customers.delete",
  body: DeleteBody,
  answer: Endpoint.json(Schema.Struct({ success: Lenient.optional(Schema.Literal(true)) })),
  errors: [CustomerNotFound]
})

export {
  /**
   * Repeated, it answers not-found. `success` is true also where the deletion in Stripe failed.
   *
   * @since 0.1.0
   * @category endpoints
   */
  deleteEndpoint as delete
}
