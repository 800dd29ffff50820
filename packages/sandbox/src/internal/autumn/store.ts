/** The customers of the emulated Autumn, those of both environments. Records are never changed, only replaced. */
import type {
  AutumnBalance,
  AutumnEntity,
  AutumnFeature,
  AutumnFlag,
  AutumnInvoice,
  AutumnPlan,
  AutumnPurchase,
  AutumnRecord,
  AutumnReferral,
  AutumnSeed,
  AutumnSubscription,
  AutumnTrialUsed
} from "../../AutumnSeed.js"
import type { World } from "../emulator.js"
import { SeedRefused } from "../seeds.js"

export type Env = AutumnRecord["env"]

/** What a customer has beside what every answer shows. */
interface Hidden {
  /** By plan id. */
  readonly plans: ReadonlyMap<string, AutumnPlan>
  /** By feature id. */
  readonly features: ReadonlyMap<string, AutumnFeature>
  readonly invoices: ReadonlyArray<AutumnInvoice>
  readonly entities: ReadonlyArray<AutumnEntity>
  readonly trials_used: ReadonlyArray<AutumnTrialUsed>
  readonly referrals: ReadonlyArray<AutumnReferral>
  readonly rewards: AutumnSeed["rewards"]
  readonly payment_method: AutumnSeed["payment_method"]
  readonly unserialisable: boolean
}

export interface Stored extends Hidden {
  /** Autumn's own id, which never changes. */
  readonly internal: string
  readonly record: AutumnRecord
}

export const nothingHidden: Hidden = {
  plans: new Map(),
  features: new Map(),
  invoices: [],
  entities: [],
  trials_used: [],
  referrals: [],
  rewards: undefined,
  payment_method: undefined,
  unserialisable: false
}

export const millisOf = (micros: number): number => Math.floor(micros / 1000)

export const day = 24 * 3_600_000

/** The empty text is stored as such by Autumn, and read back as null everywhere. */
export const textOrNull = (text: string | null | undefined): string | null => text === "" ? null : text ?? null

/** `stripe` follows the link to Stripe, the other processors are a seed's. */
export const processorsOf = (
  stripe: string | null,
  others: Readonly<Record<string, unknown>> | undefined
): Pick<AutumnRecord, "processors"> => {
  const { stripe: _, ...rest } = others ?? {}
  const processors = stripe === null ? rest : { stripe: { id: stripe }, ...rest }
  return Object.keys(processors).length === 0 ? {} : { processors }
}

export const subscriptionOf = (
  id: string,
  given: Partial<AutumnSubscription>,
  now: number
): AutumnSubscription => {
  const { plan, ...rest } = given
  const started_at = given.started_at ?? now
  return {
    id,
    plan_id: plan?.id ?? "pro",
    auto_enable: plan?.auto_enable ?? false,
    add_on: plan?.add_on ?? false,
    status: "active",
    past_due: false,
    canceled_at: null,
    expires_at: null,
    trial_ends_at: null,
    started_at,
    current_period_start: started_at,
    current_period_end: started_at + 30 * day,
    quantity: 1,
    ...rest
  }
}

const balanceOf = (feature_id: string, { feature: _, ...given }: Partial<AutumnBalance>): AutumnBalance => {
  const granted = given.granted ?? 100
  const usage = given.usage ?? 0
  return {
    feature_id,
    granted,
    remaining: Math.max(0, granted - usage),
    usage,
    unlimited: false,
    overage_allowed: false,
    max_purchase: null,
    next_reset_at: null,
    breakdown: [],
    ...given
  }
}

const mapValues = <A, B>(all: Readonly<Record<string, A>> | undefined, change: (one: A, key: string) => B) =>
  Object.fromEntries(Object.entries(all ?? {}).map(([key, one]): [string, B] => [key, change(one, key)]))

/** One after the other by when they were created; without an id last. */
const byCreation = (a: Stored, b: Stored): number => compareKeys(keyOf(a), keyOf(b))

export interface Key {
  readonly t: number
  readonly id: string | null
}

export const keyOf = ({ record }: Stored): Key => ({ t: record.created_at, id: record.id })

export const compareKeys = (a: Key, b: Key): number =>
  a.t !== b.t
    ? a.t - b.t
    : a.id === b.id
    ? 0
    : a.id === null
    ? 1
    : b.id === null
    ? -1
    : a.id < b.id
    ? -1
    : 1

/** Newest first; among equals in an order that is neither that of their coming nor that of their ids. */
const newestFirst = (a: Stored, b: Stored): number =>
  b.record.created_at - a.record.created_at || (a.internal < b.internal ? -1 : 1)

const orders = { newestFirst, byCreation }

export const makeStore = (world: World) => {
  /** By internal id. */
  let live = new Map<string, Stored>()
  /** Internal ids by what a customer is found by. */
  let index = new Map<string, string>()
  let gone: Array<Stored> = []
  let generated = 0
  let sorted = new Map<string, ReadonlyArray<string>>()

  const newId = (prefix: "cus_" | "cus_prod_" | "cus_ent_" | "in_"): string =>
    prefix + world.nextId().replaceAll("-", "")

  const idKey = (env: Env, id: string) => `${env} id ${id}`
  const emailKey = (env: Env, email: string) => `${env} email ${email.toLowerCase()}`
  const uniqueKey = ({ email, env, id }: AutumnRecord): string | undefined =>
    id !== null ? idKey(env, id) : email !== null ? emailKey(env, email) : undefined

  const unindex = (stored: Stored) => {
    const key = uniqueKey(stored.record)
    if (key !== undefined && index.get(key) === stored.internal) index.delete(key)
  }

  const put = (stored: Stored) => {
    live.set(stored.internal, stored)
    const key = uniqueKey(stored.record)
    if (key !== undefined) index.set(key, stored.internal)
  }

  const find = (key: string): Stored | undefined => live.get(index.get(key) ?? "")

  const byInternal = (env: Env, id: string): Stored | undefined => {
    const stored = live.get(id)
    return stored?.record.env === env ? stored : undefined
  }

  const seeded = (seed: AutumnSeed): Stored => {
    const now = millisOf(world.writeMoment())
    generated++
    const internal = newId("cus_")
    const id = seed.id === undefined ? `customer-${world.nextId()}` : seed.id
    const env = seed.env ?? "sandbox"
    const stripe_id = seed.stripe_id ?? null
    const plans = new Map<string, AutumnPlan>()
    const features = new Map<string, AutumnFeature>()
    for (const { plan } of [...seed.subscriptions ?? [], ...seed.purchases ?? []]) {
      if (plan !== undefined) plans.set(plan.id, plan)
    }
    for (const { feature } of [...Object.values(seed.balances ?? {}), ...Object.values(seed.flags ?? {})]) {
      if (feature !== undefined) features.set(feature.id, feature)
    }
    const purchaseOf = ({ plan, ...given }: Partial<AutumnPurchase>): AutumnPurchase => ({
      plan_id: plan?.id ?? "credits",
      expires_at: null,
      started_at: now,
      quantity: 1,
      ...given
    })
    const flagOf = ({ feature: _, ...given }: Partial<AutumnFlag>, feature_id: string): AutumnFlag => ({
      id: newId("cus_ent_"),
      plan_id: null,
      expires_at: null,
      feature_id,
      ...given
    })
    const record: AutumnRecord = {
      id,
      name: textOrNull(seed.name),
      email: seed.email === undefined ? `customer-${generated}@example.com` : textOrNull(seed.email),
      created_at: seed.created_at ?? now,
      fingerprint: textOrNull(seed.fingerprint),
      stripe_id,
      env,
      metadata: seed.metadata ?? {},
      send_email_receipts: seed.send_email_receipts ?? false,
      billing_controls: seed.billing_controls ?? {},
      subscriptions: (seed.subscriptions ?? []).map((one) => subscriptionOf(newId("cus_prod_"), one, now)),
      purchases: (seed.purchases ?? []).map(purchaseOf),
      balances: mapValues(seed.balances, (balance, feature) => balanceOf(feature, balance)),
      flags: mapValues(seed.flags, flagOf),
      licenses: seed.licenses ?? [],
      ...(seed.config === undefined ? {} : { config: seed.config }),
      ...processorsOf(stripe_id, seed.processors)
    }
    return {
      internal,
      record,
      plans,
      features,
      invoices: (seed.invoices ?? []).map((invoice) => ({
        plan_ids: ["pro"],
        stripe_id: newId("in_"),
        status: "paid",
        total: 20,
        currency: "usd",
        created_at: now,
        hosted_invoice_url: null,
        ...invoice
      })),
      entities: (seed.entities ?? []).map((entity, i) => ({
        id: `entity-${i + 1}`,
        name: null,
        customer_id: id,
        feature_id: "seats",
        created_at: now,
        env,
        ...entity
      })),
      trials_used: (seed.trials_used ?? []).map((trial) => ({ plan_id: "pro", customer_id: id ?? internal, ...trial })),
      referrals: seed.referrals ?? [],
      rewards: seed.rewards,
      payment_method: seed.payment_method,
      unserialisable: seed.unserialisable ?? false
    }
  }

  return {
    newId,
    get: (internal: string): Stored | undefined => live.get(internal),
    byId: (env: Env, id: string): Stored | undefined => find(idKey(env, id)),
    /** The one without an id that has this e-mail. */
    emailOnly: (env: Env, email: string): Stored | undefined => find(emailKey(env, email)),
    /** By its id, or by Autumn's own. */
    find: (env: Env, id: string): Stored | undefined => find(idKey(env, id)) ?? byInternal(env, id),
    insert: (stored: Stored) => {
      sorted = new Map()
      put(stored)
    },
    replace: (before: Stored, after: Stored) => {
      if (before.record.id !== after.record.id) sorted = new Map()
      unindex(before)
      put(after)
    },
    remove: (stored: Stored) => {
      sorted = new Map()
      unindex(stored)
      live.delete(stored.internal)
      gone.push(stored)
    },
    /** Internal ids, sorted anew only when a customer came, went or got another id. */
    list: (env: Env, order: keyof typeof orders): ReadonlyArray<string> => {
      const key = `${env} ${order}`
      const known = sorted.get(key)
      if (known !== undefined) return known
      const internals = Array.from(live.values())
        .filter(({ record }) => record.env === env)
        .sort(orders[order])
        .map(({ internal }) => internal)
      sorted.set(key, internals)
      return internals
    },
    customers: (): ReadonlyArray<AutumnRecord> => Array.from(live.values(), ({ record }) => record),
    deleted: (): ReadonlyArray<AutumnRecord> => gone.map(({ record }) => record),
    resources: (id: string): Readonly<Record<string, ReadonlyArray<unknown>>> => {
      const stored = find(idKey("sandbox", id)) ?? find(idKey("live", id)) ?? live.get(id) ??
        gone.findLast(({ internal, record }) => record.id === id || internal === id)
      if (stored === undefined) return {}
      const { entities, invoices, record, referrals, trials_used } = stored
      const { purchases, subscriptions } = record
      return { subscriptions, purchases, invoices, entities, trials_used, referrals }
    },
    seed: (customers: number | ReadonlyArray<AutumnSeed>): ReadonlyArray<string> => {
      sorted = new Map()
      const count = typeof customers === "number" ? customers : customers.length
      return Array.from({ length: count }, (_, i) => {
        const stored = seeded(typeof customers === "number" ? { name: `Customer ${generated + 1}` } : customers[i]!)
        const key = uniqueKey(stored.record)
        if (key !== undefined && index.has(key)) {
          throw new SeedRefused("a seeded customer has an id that is taken, or without an id an e-mail that is")
        }
        put(stored)
        return stored.record.id ?? stored.internal
      })
    },
    snapshot: () => {
      const before = { live: new Map(live), index: new Map(index), gone: gone.slice(), generated }
      return () => {
        ;({ generated, gone, index, live } = before)
        sorted = new Map()
      }
    }
  }
}
