import * as Schema from "effect/Schema"
import type { FlexpriceSeed } from "../../FlexpriceSeed.js"

const text = Schema.optional(Schema.String)
const nullableText = Schema.NullOr(Schema.String)
const texts = Schema.Record({ key: Schema.String, value: Schema.String })
const json = Schema.Record({ key: Schema.String, value: Schema.Unknown })
const exactly = { exact: true } as const

const audited = {
  environment_id: Schema.String,
  tenant_id: Schema.String,
  status: Schema.String,
  created_at: Schema.String,
  updated_at: Schema.String,
  created_by: Schema.String,
  updated_by: Schema.String
}

const integration = Schema.Struct({
  id: Schema.String,
  entity_id: Schema.String,
  entity_type: Schema.String,
  provider_type: Schema.String,
  provider_entity_id: Schema.String,
  metadata: Schema.optional(json),
  ...audited
})

const subscription = Schema.Struct({
  id: Schema.String,
  lookup_key: text,
  customer_id: Schema.String,
  invoicing_customer_id: text,
  plan_id: Schema.String,
  subscription_status: Schema.String,
  currency: Schema.String,
  billing_anchor: Schema.String,
  billing_cycle: Schema.String,
  start_date: Schema.String,
  end_date: text,
  current_period_start: Schema.String,
  current_period_end: Schema.String,
  cancelled_at: text,
  cancel_at: nullableText,
  cancel_at_period_end: Schema.Boolean,
  trial_start: nullableText,
  trial_end: nullableText,
  billing_cadence: Schema.String,
  billing_period: Schema.String,
  billing_period_count: Schema.Number,
  version: Schema.Number,
  metadata: Schema.optional(Schema.NullOr(texts)),
  pause_status: Schema.String,
  payment_behavior: Schema.String,
  collection_method: Schema.String,
  commitment_amount: text,
  overage_factor: text,
  auto_invoice_threshold: text,
  timezone: Schema.String,
  proration_behavior: Schema.String,
  enable_true_up: Schema.Boolean,
  subscription_type: Schema.String,
  parent_subscription_id: text,
  plan: Schema.Null,
  customer: Schema.Null,
  ...audited
})

const wallet = Schema.Struct({
  id: Schema.String,
  customer_id: Schema.String,
  currency: Schema.String,
  balance: Schema.String,
  wallet_status: Schema.String
})

const meter = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  tenant_id: Schema.String,
  event_name: Schema.String,
  aggregation: Schema.Struct({
    type: Schema.String,
    field: text,
    expression: text,
    multiplier: text,
    bucket_size: text,
    group_by: text
  }),
  filters: Schema.NullOr(Schema.Array(Schema.Struct({ key: Schema.String, values: Schema.Array(Schema.String) }))),
  reset_usage: Schema.String,
  created_at: Schema.String,
  updated_at: Schema.String,
  status: Schema.String
})

const feature = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  lookup_key: Schema.String,
  description: Schema.String,
  meter_id: Schema.String,
  metadata: Schema.NullOr(texts),
  type: Schema.String,
  unit_singular: Schema.String,
  unit_plural: Schema.String,
  reporting_unit: Schema.optional(
    Schema.Struct({ unit_singular: Schema.String, unit_plural: Schema.String, conversion_rate: Schema.String })
  ),
  alert_settings: Schema.optional(json),
  group_id: text,
  group: Schema.optional(json),
  meter: Schema.optional(meter),
  ...audited
})

const entitlement = Schema.Struct({
  is_enabled: Schema.Boolean,
  usage_limit: Schema.optional(Schema.Int),
  is_soft_limit: Schema.Boolean,
  usage_reset_period: text,
  aggregation_mode: text,
  buckets: Schema.optional(Schema.Array(json)),
  static_values: Schema.optional(Schema.Array(Schema.String)),
  config_values: Schema.optional(Schema.Array(json))
})

const source = Schema.Struct({
  subscription_id: Schema.String,
  entity_id: Schema.String,
  entity_type: Schema.String,
  quantity: Schema.Number,
  entity_name: Schema.String,
  entitlement_id: Schema.String,
  is_enabled: Schema.Boolean,
  usage_limit: Schema.optional(Schema.Int),
  static_value: text,
  config_value: Schema.optional(json)
})

const featureSeed = Schema.Struct({
  feature: Schema.optional(Schema.partialWith(feature, exactly)),
  entitlement: Schema.optional(Schema.partialWith(entitlement, exactly)),
  sources: Schema.optional(Schema.Array(Schema.partialWith(source, exactly))),
  current_usage: text,
  next_usage_reset_at: Schema.optional(nullableText)
})

const grant = Schema.Struct({
  id: Schema.String,
  credit_grant_id: Schema.String,
  subscription_id: Schema.String,
  scheduled_for: Schema.String,
  applied_at: text,
  period_start: Schema.String,
  period_end: text,
  application_status: Schema.String,
  credits: Schema.String,
  application_reason: Schema.String,
  subscription_status_at_application: Schema.String,
  retry_count: Schema.optional(Schema.Number),
  failure_reason: text,
  metadata: Schema.optional(Schema.NullOr(texts)),
  idempotency_key: Schema.String,
  ...audited
})

/** A seed as it comes from outside, where no compiler has seen it. */
export const Seed: Schema.Schema<FlexpriceSeed> = Schema.Struct({
  id: text,
  external_id: text,
  name: text,
  email: text,
  contact: text,
  address_line1: text,
  address_line2: text,
  address_city: text,
  address_state: text,
  address_postal_code: text,
  address_country: text,
  timezone: text,
  metadata: Schema.optional(Schema.NullOr(texts)),
  environment_id: text,
  status: text,
  created_at: text,
  updated_at: text,
  created_by: text,
  updated_by: text,
  parent_customer_id: Schema.optional(nullableText),
  integrations: Schema.optional(Schema.Array(Schema.partialWith(integration, exactly))),
  subscriptions: Schema.optional(Schema.Array(Schema.partialWith(subscription, exactly))),
  wallets: Schema.optional(Schema.Array(Schema.partialWith(wallet, exactly))),
  features: Schema.optional(Schema.Array(featureSeed)),
  grants: Schema.optional(Schema.Array(Schema.partialWith(grant, exactly)))
})
