/** What a customer may use, has used, and is going to be granted. */
import type { FlexpriceSource, FlexpriceSubscription } from "../../FlexpriceSeed.js"
import type { Era } from "./bodies.js"
import type { Granted, Stored } from "./store.js"
import { parseTime } from "./time.js"

/** Ids; empty is all. */
export interface Narrowed {
  readonly features: ReadonlyArray<string>
  readonly subscriptions: ReadonlyArray<string>
}

const lets = (ids: ReadonlyArray<string>, id: string): boolean => ids.length === 0 || ids.includes(id)

const isRunning = ({ subscription_status }: FlexpriceSubscription): boolean =>
  subscription_status === "active" || subscription_status === "trialing"

const createdAt = ({ created_at }: FlexpriceSubscription): number => parseTime(created_at) ?? 0

/** Newest first. */
const matching = (
  { subscriptions }: Stored,
  { subscriptions: wanted }: Narrowed
): ReadonlyArray<FlexpriceSubscription> =>
  subscriptions
    .filter((one) => isRunning(one) && one.subscription_type !== "inherited" && lets(wanted, one.id))
    .toReversed()
    .sort((a, b) => createdAt(b) - createdAt(a))

interface Found extends Granted {
  /** As they are answered: all with the newest matching subscription. */
  readonly answered: ReadonlyArray<FlexpriceSource>
  readonly newest: FlexpriceSubscription
}

const foundOf = (stored: Stored, narrowed: Narrowed): ReadonlyArray<Found> => {
  const subscriptions = matching(stored, narrowed)
  const [newest] = subscriptions
  if (newest === undefined) return []
  return stored.features.flatMap((granted): ReadonlyArray<Found> => {
    if (!granted.entitlement.is_enabled || !lets(narrowed.features, granted.feature.id)) return []
    const sources = granted.sources.filter(({ is_enabled, subscription_id }) =>
      is_enabled && subscriptions.some(({ id }) => id === subscription_id)
    )
    return sources.length === 0
      ? []
      : [{ ...granted, sources, newest, answered: sources.map((one) => ({ ...one, subscription_id: newest.id })) }]
  })
}

export const entitlementsOf = (
  era: Era,
  customer_id: string,
  stored: Stored | undefined,
  narrowed: Narrowed
): unknown => {
  const subscriptions = stored === undefined ? [] : matching(stored, narrowed)
  const features = (stored === undefined ? [] : foundOf(stored, narrowed))
    .map(({ answered, entitlement, feature }) => ({ feature, entitlement, sources: answered }))
  return { customer_id, ...(era === "today" ? { subscriptions } : {}), features }
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** A decimal over a whole number, to sixteen digits, half away from zero. */
export const ratio = (amount: string, whole: number): string => {
  const [, sign = "", before = "0", after = ""] = decimal.exec(amount) ?? []
  const divisor = BigInt(whole) * 10n ** BigInt(after.length)
  const doubled = (BigInt(before + after) * 2n * 10n ** 16n) / divisor
  const digits = String((doubled + 1n) / 2n).padStart(17, "0")
  const text = `${digits.slice(0, -16)}.${digits.slice(-16)}`.replace(/\.?0+$/, "")
  return text === "0" ? text : sign + text
}

const kinds = ["metered", "static", "boolean", "config"]

const zeroTime = "0001-01-01T00:00:00Z"

const summaryOf = ({ answered, current_usage, entitlement, feature, newest, next_usage_reset_at, sources }: Found) => {
  const metered = feature.type === "metered"
  const total_limit = metered ? entitlement.usage_limit ?? null : null
  const used = metered && sources.some(({ subscription_id }) => subscription_id === newest.id) ? current_usage : "0"
  const reset = !metered ? null : entitlement.usage_reset_period === "NEVER" ? zeroTime : newest.current_period_end
  return {
    feature,
    total_limit,
    is_unlimited: total_limit === null,
    current_usage: used,
    usage_percent: total_limit === null ? "0" : total_limit <= 0 ? "100" : ratio(used, total_limit),
    is_enabled: entitlement.is_enabled,
    is_soft_limit: entitlement.is_soft_limit,
    next_usage_reset_at: next_usage_reset_at === undefined ? reset : next_usage_reset_at,
    sources: answered
  }
}

export const usageOf = (stored: Stored, narrowed: Narrowed): unknown => ({
  customer_id: stored.record.id,
  features: foundOf(stored, narrowed)
    .map(summaryOf)
    .sort((a, b) =>
      kinds.indexOf(a.feature.type) - kinds.indexOf(b.feature.type) ||
      (a.feature.name < b.feature.name ? -1 : a.feature.name > b.feature.name ? 1 : 0)
    ),
  period: null
})

export const upcomingOf = ({ grants, subscriptions }: Stored, now: number): unknown => {
  const running = new Set(subscriptions.filter(isRunning).map(({ id }) => id))
  const items = grants
    .filter(({ application_status, scheduled_for, subscription_id }) =>
      running.has(subscription_id) && ["pending", "failed"].includes(application_status) &&
      (parseTime(scheduled_for) ?? 0) > now
    )
    .sort((a, b) => (parseTime(a.scheduled_for) ?? 0) - (parseTime(b.scheduled_for) ?? 0))
  return { items, pagination: { total: items.length, limit: 0, offset: 0 } }
}
