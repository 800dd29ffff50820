import * as Schema from "effect/Schema"
import type { PolarSeed } from "../../PolarSeed.js"

const text = Schema.optional(Schema.String)
const nullableText = Schema.optional(Schema.NullOr(Schema.String))
const part = Schema.optionalWith(Schema.NullOr(Schema.String), { exact: true })
const wire = Schema.optional(Schema.Array(Schema.Unknown))

/** A seed as it comes from outside, where no compiler has seen it. */
export const Seed: Schema.Schema<PolarSeed> = Schema.Struct({
  id: text,
  created_at: text,
  modified_at: nullableText,
  metadata: Schema.optional(Schema.Record({
    key: Schema.String,
    value: Schema.Union(Schema.String, Schema.Number, Schema.Boolean)
  })),
  external_id: nullableText,
  email: nullableText,
  email_verified: Schema.optional(Schema.Boolean),
  type: text,
  name: nullableText,
  billing_name: nullableText,
  billing_address: Schema.optional(Schema.NullOr(Schema.Struct({
    line1: part,
    line2: part,
    postal_code: part,
    city: part,
    state: part,
    country: Schema.String
  }))),
  tax_id: Schema.optional(Schema.NullOr(Schema.Tuple(Schema.String, Schema.String))),
  locale: nullableText,
  organization_id: text,
  default_payment_method_id: nullableText,
  first_user_event_at: nullableText,
  subscriptions: wire,
  benefits: wire,
  meters: wire
})
