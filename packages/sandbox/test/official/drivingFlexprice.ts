import * as Effect from "effect/Effect"
import { Fault } from "../../src/index.js"
import { driveBy, type Driven, run } from "./driving.js"

export const client = "@flexprice/sdk 2.0.1"

const { driven, fault, works: worksAsItIs } = driveBy(
  client,
  ({ control, urlOf }) => Effect.succeed({ url: `${urlOf("flexprice")}/v1`, control })
)

export { driven, fault }

/** Keys that objects of answers may be without, and that the client must see. */
const optional = [
  "aggregation",
  "alert_enabled",
  "alert_settings",
  "applied_at",
  "bucket_size",
  "critical",
  "error",
  "failure_reason",
  "field",
  "group_by",
  "info",
  "internal_error",
  "metadata",
  "meter",
  "multiplier",
  "pagination",
  "parent_customer",
  "parent_customer_id",
  "period_end",
  "retry_count",
  "static_value",
  "static_values",
  "success",
  "usage_limit",
  "usage_reset_period",
  "warning"
]

const nothing = Object.fromEntries(optional.map((key) => [key, null]))

const withNulls = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(withNulls)
  if (typeof json !== "object" || json === null) return json
  const members = Object.entries(json).map(([key, value]) => [key, key === "metadata" ? value : withNulls(value)])
  return { ...nothing, ...Object.fromEntries(members) }
}

/**
 * From here on nothing is absent: null stands for it, in every answer that is JSON. The client asks for `zod` in any 4,
 * and since 4.4 it refuses every answer that is without one of its keys, which are nearly all of Flexprice's.
 */
export const nothingIsAbsent = ({ control }: Driven): Promise<void> =>
  run(control.inject({ fault: Fault.Alter({ alter: withNulls }), times: Infinity }))

export const works: typeof worksAsItIs = (operation, what, body) =>
  worksAsItIs(operation, `where nothing is absent: ${what}`, async (sandbox) => {
    await nothingIsAbsent(sandbox)
    await body(sandbox)
  })
