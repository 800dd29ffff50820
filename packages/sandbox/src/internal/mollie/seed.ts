import * as Schema from "effect/Schema"
import type { MollieSeed } from "../../MollieSeed.js"

const text = Schema.optional(Schema.String)
const nullableText = Schema.optional(Schema.NullOr(Schema.String))

const Payment = Schema.Struct(
  {
    id: text,
    createdAt: text,
    amount: Schema.optional(Schema.Struct({ currency: Schema.String, value: Schema.String })),
    description: text,
    status: text,
    profileId: text,
    sequenceType: text
  },
  Schema.Record({ key: Schema.String, value: Schema.Unknown })
)

/** A seed as it comes from outside, where no compiler has seen it. */
export const Seed: Schema.Schema<MollieSeed> = Schema.Struct({
  id: text,
  mode: Schema.optional(Schema.Literal("live", "test")),
  name: nullableText,
  email: nullableText,
  locale: nullableText,
  metadata: Schema.optional(Schema.Unknown),
  createdAt: text,
  payments: Schema.optional(Schema.Array(Payment))
})
