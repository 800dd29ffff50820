import * as Schema from "effect/Schema"
import type { AutumnSeed } from "../../AutumnSeed.js"

const exactly = Schema.partialWith({ exact: true })
const whole = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(schema)

const nullableText = Schema.NullOr(Schema.String)
const nullableNumber = Schema.NullOr(Schema.Number)
const record = <A, I>(value: Schema.Schema<A, I>) => Schema.Record({ key: Schema.String, value })
const object = record(Schema.Unknown)
const objects = Schema.Array(object)

const plan = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  description: nullableText,
  group: nullableText,
  version: Schema.Number,
  add_on: Schema.Boolean,
  auto_enable: Schema.Boolean,
  price: Schema.NullOr(Schema.Struct({
    amount: Schema.Number,
    interval: Schema.String,
    interval_count: whole(Schema.Number)
  })),
  items: objects,
  created_at: Schema.Number,
  env: Schema.String,
  archived: Schema.Boolean,
  base_variant_id: nullableText
})

const feature = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  type: Schema.String,
  consumable: Schema.Boolean,
  archived: Schema.Boolean,
  event_names: whole(Schema.Array(Schema.String)),
  credit_schema: whole(
    Schema.Array(Schema.Struct({ metered_feature_id: Schema.String, credit_cost: Schema.Number }))
  ),
  display: whole(Schema.Struct({ singular: whole(nullableText), plural: whole(nullableText) }))
})

const subscription = Schema.Struct({
  id: Schema.String,
  plan,
  plan_id: Schema.String,
  auto_enable: Schema.Boolean,
  add_on: Schema.Boolean,
  status: Schema.String,
  past_due: Schema.Boolean,
  canceled_at: nullableNumber,
  expires_at: nullableNumber,
  trial_ends_at: nullableNumber,
  started_at: Schema.Number,
  current_period_start: nullableNumber,
  current_period_end: nullableNumber,
  quantity: Schema.Number,
  scope: Schema.String
})

const purchase = Schema.Struct({
  plan,
  plan_id: Schema.String,
  expires_at: nullableNumber,
  started_at: Schema.Number,
  quantity: Schema.Number,
  scope: Schema.String
})

const breakdown = Schema.Struct({
  id: Schema.String,
  plan_id: nullableText,
  included_grant: Schema.Number,
  prepaid_grant: Schema.Number,
  remaining: Schema.Number,
  usage: Schema.Number,
  unlimited: Schema.Boolean,
  reset: Schema.NullOr(Schema.Struct({
    interval: Schema.String,
    interval_count: whole(Schema.Number),
    resets_at: nullableNumber
  })),
  price: Schema.NullOr(Schema.Struct({
    amount: whole(Schema.Number),
    tiers: whole(
      Schema.Array(Schema.Struct({ to: Schema.Union(Schema.Number, Schema.Literal("inf")), amount: Schema.Number }))
    ),
    tier_behavior: whole(Schema.String),
    billing_units: Schema.Number,
    billing_method: Schema.String,
    max_purchase: nullableNumber
  })),
  expires_at: nullableNumber
})

const balance = Schema.Struct({
  feature_id: Schema.String,
  feature,
  granted: Schema.Number,
  remaining: Schema.Number,
  usage: Schema.Number,
  unlimited: Schema.Boolean,
  overage_allowed: Schema.Boolean,
  max_purchase: nullableNumber,
  next_reset_at: nullableNumber,
  breakdown: Schema.Array(breakdown),
  rollovers: Schema.Array(Schema.Struct({
    balance: Schema.Number,
    expires_at: Schema.Number,
    granted: whole(Schema.Number)
  }))
})

const flag = Schema.Struct({
  id: Schema.String,
  plan_id: nullableText,
  expires_at: nullableNumber,
  feature_id: Schema.String,
  feature
})

const billingControls = Schema.Struct({
  auto_topups: whole(Schema.Array(Schema.Struct({
    feature_id: Schema.String,
    enabled: Schema.Boolean,
    threshold: Schema.Number,
    quantity: Schema.Number,
    purchase_limit: whole(Schema.Struct({
      interval: Schema.String,
      interval_count: Schema.Number,
      limit: Schema.Number
    }))
  }))),
  spend_limits: whole(Schema.Array(Schema.Struct({
    feature_id: whole(Schema.String),
    enabled: Schema.Boolean,
    overage_limit: whole(Schema.Number)
  }))),
  usage_limits: whole(objects),
  usage_alerts: whole(objects),
  overage_allowed: whole(objects)
})

const invoice = Schema.Struct({
  plan_ids: Schema.Array(Schema.String),
  stripe_id: Schema.String,
  status: Schema.String,
  total: Schema.Number,
  currency: Schema.String,
  created_at: Schema.Number,
  hosted_invoice_url: nullableText
})

const entity = Schema.Struct({
  id: nullableText,
  name: nullableText,
  customer_id: nullableText,
  feature_id: nullableText,
  created_at: Schema.Number,
  env: Schema.String
})

const discount = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  type: Schema.String,
  discount_value: Schema.Number,
  duration_type: Schema.String,
  duration_value: whole(nullableNumber),
  currency: whole(nullableText),
  start: whole(nullableNumber),
  end: whole(nullableNumber),
  subscription_id: whole(nullableText),
  total_discount_amount: whole(nullableNumber)
})

const referral = Schema.Struct({
  program_id: Schema.String,
  customer: Schema.Struct({ id: Schema.String, name: whole(nullableText), email: whole(nullableText) }),
  reward_applied: Schema.Boolean,
  created_at: Schema.Number
})

const trial = Schema.Struct({ plan_id: Schema.String, customer_id: Schema.String, fingerprint: nullableText })

/** A seed as it comes from outside, where no compiler has seen it. */
export const Seed: Schema.Schema<AutumnSeed> = Schema.Struct({
  id: optional(nullableText),
  env: optional(Schema.Literal("sandbox", "live")),
  name: optional(nullableText),
  email: optional(nullableText),
  created_at: optional(Schema.Number),
  fingerprint: optional(nullableText),
  stripe_id: optional(nullableText),
  metadata: optional(object),
  send_email_receipts: optional(Schema.Boolean),
  billing_controls: optional(billingControls),
  subscriptions: optional(Schema.Array(exactly(subscription))),
  purchases: optional(Schema.Array(exactly(purchase))),
  balances: optional(record(exactly(balance))),
  flags: optional(record(exactly(flag))),
  licenses: optional(Schema.Array(Schema.Unknown)),
  config: optional(Schema.Struct({
    disable_pooled_balance: whole(Schema.Boolean),
    disable_overage_billing: whole(Schema.Boolean)
  })),
  processors: optional(object),
  invoices: optional(Schema.Array(exactly(invoice))),
  entities: optional(Schema.Array(exactly(entity))),
  trials_used: optional(Schema.Array(exactly(trial))),
  rewards: optional(Schema.Struct({ discounts: Schema.Array(discount) })),
  referrals: optional(Schema.Array(referral)),
  payment_method: optional(object),
  unserialisable: optional(Schema.Boolean)
})
