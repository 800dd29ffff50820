/** Which customers a list shows, and which of their subscriptions. */
import type { AutumnSubscription } from "../../AutumnSeed.js"
import type { Filters } from "./checks.js"
import type { Stored } from "./store.js"

type SubscriptionFilter = (subscription: AutumnSubscription) => boolean

export const everySubscription: SubscriptionFilter = () => true

/** A past due one is no `active` one here. */
export const withStatus = (status: string | undefined): SubscriptionFilter =>
  status === undefined
    ? everySubscription
    : ({ past_due, status: own }) => own === status && !(status === "active" && past_due)

/** `%` and `_` are SQL's wildcards. */
const likeOf = (search: string): RegExp =>
  new RegExp(
    search
      .replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
      .replaceAll("%", "[^]*")
      .replaceAll("_", "[^]"),
    "i"
  )

export const passes = ({ plans, processors, search, status }: Filters): (stored: Stored) => boolean => {
  const like = search === "" ? undefined : likeOf(search)
  const hasStatus = withStatus(status)
  return ({ plans: known, record }) => {
    if (
      like !== undefined && ![record.id, record.name, record.email].some((text) => text !== null && like.test(text))
    ) {
      return false
    }
    if (processors !== undefined && !processors.some((name) => Object.hasOwn(record.processors ?? {}, name))) {
      return false
    }
    if (plans === undefined || plans.length === 0) return true
    const owned = [...record.subscriptions.filter(hasStatus), ...(status === "scheduled" ? [] : record.purchases)]
    return owned.some(({ plan_id }) =>
      plans.some(({ id, versions }) =>
        id === plan_id && (versions.length === 0 || versions.includes(known.get(plan_id)?.version ?? 1))
      )
    )
  }
}
