/** What answers show of a customer. */
import type { AutumnFeature, AutumnPlan, AutumnRecord } from "../../AutumnSeed.js"
import { expandOf, type Json } from "./checks.js"
import { everySubscription } from "./filters.js"
import type { Env, Stored } from "./store.js"

/** How lists page and what customers look like. */
export type Version = "1.x" | "2.1" | "2.3"

export interface Request {
  readonly env: Env
  readonly version: Version
  readonly body: Json
}

const shownPlans = 15
const shownInvoices = 10
const shownEntities = 1000

const planOf = (id: string, { created_at, env }: AutumnRecord): AutumnPlan => ({
  id,
  name: id,
  description: null,
  group: null,
  version: 1,
  add_on: false,
  auto_enable: false,
  price: null,
  items: [],
  created_at,
  env,
  archived: false,
  base_variant_id: null
})

const featureOf = (id: string, type: "metered" | "boolean"): AutumnFeature => ({
  id,
  name: id,
  type,
  consumable: type === "metered",
  archived: false
})

const withFeatures = <A extends { readonly feature_id: string }>(
  all: Readonly<Record<string, A>>,
  features: ReadonlyMap<string, AutumnFeature>,
  type: "metered" | "boolean"
) =>
  Object.fromEntries(
    Object.entries(all).map(([key, one]) => {
      const feature = features.get(one.feature_id) ?? featureOf(one.feature_id, type)
      return [key, { ...one, feature }]
    })
  )

/** A customer as one answer shows it. */
export const render = (stored: Stored, { body, version }: Request, hasStatus = everySubscription): Json => {
  const { entities, features, internal, invoices, payment_method, plans, record, referrals, rewards } = stored
  const autumnId = body["with_autumn_id"] === true ? { autumn_id: internal } : {}
  const { created_at, email, env, fingerprint, id, metadata, name, stripe_id } = record
  if (version === "1.x") {
    return {
      ...autumnId,
      id,
      created_at,
      name,
      email,
      fingerprint,
      stripe_id,
      env,
      metadata,
      products: [...record.subscriptions, ...record.purchases].map(({ plan_id }) => ({ id: plan_id })),
      features: Object.fromEntries(
        [...Object.keys(record.balances), ...Object.keys(record.flags)].map((feature) => [feature, { id: feature }])
      )
    }
  }
  const expand = expandOf(body)
  const withPlan = (place: string) => <A extends { readonly plan_id: string }>(one: A): A =>
    expand.has(place) ? { ...one, plan: plans.get(one.plan_id) ?? planOf(one.plan_id, record) } : one
  const subscriptions = record.subscriptions.filter(hasStatus).slice(0, shownPlans)
  const purchases = record.purchases.slice(0, shownPlans - subscriptions.length)
  return {
    ...autumnId,
    ...record,
    subscriptions: subscriptions.map(withPlan("subscriptions.plan")),
    purchases: purchases.map(withPlan("purchases.plan")),
    balances: expand.has("balances.feature") ? withFeatures(record.balances, features, "metered") : record.balances,
    flags: expand.has("flags.feature") ? withFeatures(record.flags, features, "boolean") : record.flags,
    ...(expand.has("invoices")
      ? { invoices: invoices.toSorted((a, b) => b.created_at - a.created_at).slice(0, shownInvoices) }
      : {}),
    ...(expand.has("trials_used") ? { trials_used: stored.trials_used } : {}),
    // JSON leaves out what is undefined, and so does Autumn where there are none.
    ...(expand.has("rewards") ? { rewards } : {}),
    ...(expand.has("entities") ? { entities: entities.slice(0, shownEntities) } : {}),
    ...(expand.has("referrals") ? { referrals } : {}),
    ...(expand.has("payment_method") ? { payment_method } : {})
  }
}
