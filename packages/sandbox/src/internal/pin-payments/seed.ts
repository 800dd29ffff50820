import * as Schema from "effect/Schema"
import type { PinPaymentsSeed } from "../../PinPaymentsSeed.js"

const text = Schema.optional(Schema.String)
const nullableText = Schema.NullOr(Schema.String)
const contact = Schema.optional(nullableText)

const card = Schema.Struct({
  token: Schema.String,
  scheme: Schema.String,
  display_number: Schema.String,
  issuing_country: nullableText,
  expiry_month: Schema.Number,
  expiry_year: Schema.Number,
  name: nullableText,
  address_line1: nullableText,
  address_line2: nullableText,
  address_city: nullableText,
  address_postcode: nullableText,
  address_state: nullableText,
  address_country: nullableText,
  customer_token: nullableText,
  primary: Schema.NullOr(Schema.Boolean),
  network_type: nullableText,
  network_format: nullableText
})

const charge = Schema.Struct({
  token: Schema.String,
  success: Schema.Boolean,
  amount: Schema.Number,
  currency: Schema.String,
  description: Schema.String,
  email: Schema.String,
  ip_address: nullableText,
  created_at: Schema.String,
  status_message: Schema.String,
  error_message: nullableText,
  card,
  transfer: Schema.Array(Schema.Struct({ state: Schema.String, paid_at: nullableText, token: Schema.String })),
  amount_refunded: Schema.Number,
  total_fees: Schema.NullOr(Schema.Number),
  merchant_entitlement: Schema.NullOr(Schema.Number),
  refund_pending: Schema.Boolean,
  authorisation_token: nullableText,
  authorisation_expired: Schema.Boolean,
  authorisation_voided: Schema.Boolean,
  captured: Schema.Boolean,
  captured_at: nullableText,
  settlement_currency: Schema.String,
  active_chargebacks: Schema.Boolean,
  metadata: Schema.Record({ key: Schema.String, value: Schema.String }),
  platform_fees: Schema.Number,
  platform_adjustment: Schema.Struct({ amount: Schema.Number, currency: Schema.String })
})

const subscription = Schema.Struct({
  state: Schema.String,
  next_billing_date: nullableText,
  active_interval_started_at: nullableText,
  active_interval_finishes_at: nullableText,
  cancelled_at: nullableText,
  created_at: Schema.String,
  token: Schema.String,
  plan_token: Schema.String,
  customer_token: Schema.String,
  card_token: nullableText
})

const partialCard = Schema.partialWith(card, { exact: true })

/** A seed as it comes from outside, where no compiler has seen it. */
export const Seed: Schema.Schema<PinPaymentsSeed> = Schema.Struct({
  token: text,
  email: text,
  first_name: contact,
  last_name: contact,
  phone_number: contact,
  company: contact,
  notes: contact,
  created_at: text,
  card: Schema.optional(Schema.NullOr(partialCard)),
  cards: Schema.optional(Schema.Array(partialCard)),
  charges: Schema.optional(Schema.Array(Schema.partialWith(charge, { exact: true }))),
  subscriptions: Schema.optional(Schema.Array(Schema.partialWith(subscription, { exact: true })))
})
