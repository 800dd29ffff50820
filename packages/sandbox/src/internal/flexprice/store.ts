/** The customers of the emulated Flexprice. Records are never changed, only replaced. */
import type {
  FlexpriceEntitlement,
  FlexpriceFeature,
  FlexpriceFeatureSeed,
  FlexpriceGrant,
  FlexpriceIntegration,
  FlexpriceRecord,
  FlexpriceSeed,
  FlexpriceSource,
  FlexpriceSubscription,
  FlexpriceWallet
} from "../../FlexpriceSeed.js"
import type { World } from "../emulator.js"
import { SeedRefused } from "../seeds.js"
import { mix } from "../world.js"
import { formatTime, parseTime } from "./time.js"
import { ulidOf } from "./ulid.js"

/** The environment of every key that is bound to one, and of seeds that name none. */
export const homeEnvironment = "env_01K3A0000000000000000000E1"

/** Those that a caller may name. */
export const environments: ReadonlyArray<string> = [homeEnvironment, "env_01K3A0000000000000000000E2"]

const tenant = "tenant_01K3A0000000000000000000T1"

/** Who acts with a key. */
export const keyUser = "user_01K3A0000000000000000000A1"

/** Who acts with a token of the dashboard. */
export const tokenUser = "user_01K3A0000000000000000000A2"

/** A feature as it was granted: `sources` name the subscriptions that really do. */
export interface Granted {
  readonly feature: FlexpriceFeature
  readonly entitlement: FlexpriceEntitlement
  readonly sources: ReadonlyArray<FlexpriceSource>
  readonly current_usage: string
  /** `undefined` is to be worked out. */
  readonly next_usage_reset_at: string | null | undefined
}

export interface Stored {
  readonly record: FlexpriceRecord
  /** Microseconds; what customers are sorted by. */
  readonly created: number
  /** In order of creation, from 0. */
  readonly place: number
  readonly parent: string | null
  readonly integrations: ReadonlyArray<FlexpriceIntegration>
  readonly subscriptions: ReadonlyArray<FlexpriceSubscription>
  readonly wallets: ReadonlyArray<FlexpriceWallet>
  readonly features: ReadonlyArray<Granted>
  readonly grants: ReadonlyArray<FlexpriceGrant>
}

export const isPublished = ({ record }: Stored): boolean => record.status === "published"

/** What `list` sorts and filters by. */
export interface Query {
  /** What answers the same is the same text. */
  readonly key: string
  readonly matches: (stored: Stored) => boolean
  /** Of two rows that are not equal to it, which comes first. */
  readonly compare: (a: Stored, b: Stored) => number
}

type Prefix = "cust" | "subs" | "feat" | "meter" | "plan" | "ent" | "cg" | "cga" | "eim" | "wallet"

const month = 30 * 24 * 3_600_000_000

const indexKey = ({ environment_id, external_id }: Pick<FlexpriceRecord, "environment_id" | "external_id">): string =>
  `${environment_id} ${external_id}`

export const makeStore = (world: World) => {
  let rows = new Map<string, Stored>()
  /** Ids of the published ones by environment and external id. */
  let taken = new Map<string, string>()
  /** Ids, in order of deletion. */
  let gone: Array<string> = []
  let generated = 0
  let places = 0
  let writes = 0
  const lists = new Map<string, ReadonlyArray<Stored>>()

  const nextId = (prefix: Prefix): string => `${prefix}_${ulidOf(world.now() / 1000, world.nextId())}`

  const wrote = () => {
    writes++
    lists.clear()
  }

  const put = (stored: Stored) => {
    rows.set(stored.record.id, stored)
    if (isPublished(stored)) taken.set(indexKey(stored.record), stored.record.id)
    else gone.push(stored.record.id)
  }

  const audited = (now: string, environment_id: string) => ({
    environment_id,
    tenant_id: tenant,
    status: "published",
    created_at: now,
    updated_at: now,
    created_by: keyUser,
    updated_by: keyUser
  })

  const seededSubscription = (
    subscription: Partial<FlexpriceSubscription>,
    now: string,
    { environment_id, id }: FlexpriceRecord
  ): FlexpriceSubscription => {
    const start = subscription.current_period_start ?? subscription.start_date ?? now
    const end = formatTime((parseTime(start) ?? world.now()) + month)
    const status = subscription.subscription_status ?? "active"
    const trial = status === "trialing"
    return {
      id: subscription.id ?? nextId("subs"),
      customer_id: id,
      plan_id: subscription.plan_id ?? nextId("plan"),
      subscription_status: status,
      currency: "usd",
      billing_anchor: start,
      billing_cycle: "anniversary",
      start_date: start,
      current_period_start: start,
      current_period_end: end,
      cancel_at: null,
      cancel_at_period_end: false,
      trial_start: trial ? start : null,
      trial_end: trial ? end : null,
      billing_cadence: "RECURRING",
      billing_period: "MONTHLY",
      billing_period_count: 1,
      version: 1,
      pause_status: "none",
      payment_behavior: "default_active",
      collection_method: "charge_automatically",
      timezone: "UTC",
      proration_behavior: "none",
      enable_true_up: false,
      subscription_type: "standalone",
      ...audited(now, environment_id),
      plan: null,
      customer: null,
      ...subscription
    }
  }

  const seededFeature = (
    feature: Partial<FlexpriceFeature>,
    now: string,
    environment: string,
    name: string
  ): FlexpriceFeature => {
    const metered = (feature.type ?? "metered") === "metered"
    const meter_id = feature.meter_id ?? feature.meter?.id ?? (metered ? nextId("meter") : "")
    const lookup_key = feature.lookup_key ?? name.toLowerCase().replaceAll(" ", "_")
    return {
      id: feature.id ?? nextId("feat"),
      name,
      lookup_key,
      description: "",
      meter_id,
      metadata: null,
      type: "metered",
      unit_singular: "",
      unit_plural: "",
      ...audited(now, environment),
      ...(metered
        ? {
          meter: {
            id: meter_id,
            name,
            tenant_id: tenant,
            event_name: lookup_key,
            aggregation: { type: "COUNT" },
            filters: [],
            reset_usage: "BILLING_PERIOD",
            created_at: now,
            updated_at: now,
            status: "published"
          }
        }
        : {}),
      ...feature
    }
  }

  const seededGranted = (
    seed: FlexpriceFeatureSeed,
    now: string,
    { environment_id }: FlexpriceRecord,
    subscriptions: ReadonlyArray<FlexpriceSubscription>,
    n: number
  ): Granted => {
    const feature = seededFeature(seed.feature ?? {}, now, environment_id, seed.feature?.name ?? `Feature ${n}`)
    const metered = feature.type === "metered"
    const entitlement: FlexpriceEntitlement = {
      is_enabled: true,
      is_soft_limit: false,
      ...(metered ? { usage_reset_period: "MONTHLY", aggregation_mode: "additive" } : {}),
      ...seed.entitlement
    }
    const sources = (seed.sources ?? [{}]).map((source): FlexpriceSource => {
      const first = subscriptions.find(({ id }) => id === source.subscription_id) ?? subscriptions[0]
      const { usage_limit } = entitlement
      return {
        subscription_id: first?.id ?? "",
        entity_id: first?.plan_id ?? "",
        entity_type: "plan",
        quantity: 1,
        entity_name: "Pro",
        entitlement_id: source.entitlement_id ?? nextId("ent"),
        is_enabled: true,
        ...(usage_limit === undefined ? {} : { usage_limit }),
        ...source
      }
    })
    return {
      feature,
      entitlement,
      sources,
      current_usage: seed.current_usage ?? "0",
      next_usage_reset_at: seed.next_usage_reset_at
    }
  }

  const seededGrant = (
    grant: Partial<FlexpriceGrant>,
    now: string,
    { environment_id }: FlexpriceRecord,
    subscriptions: ReadonlyArray<FlexpriceSubscription>
  ): FlexpriceGrant => {
    const subscription = subscriptions.find(({ id }) => id === grant.subscription_id) ?? subscriptions[0]
    const scheduled_for = grant.scheduled_for ?? formatTime(world.now() + month)
    return {
      id: grant.id ?? nextId("cga"),
      credit_grant_id: grant.credit_grant_id ?? nextId("cg"),
      subscription_id: subscription?.id ?? "",
      scheduled_for,
      period_start: scheduled_for,
      period_end: formatTime((parseTime(scheduled_for) ?? world.now()) + month),
      application_status: "pending",
      credits: "100",
      application_reason: "recurring_credit_grant",
      subscription_status_at_application: subscription?.subscription_status ?? "active",
      idempotency_key: world.nextId().replaceAll("-", ""),
      ...audited(now, environment_id),
      ...grant
    }
  }

  const seededIntegration = (
    integration: Partial<FlexpriceIntegration>,
    { environment_id, id }: FlexpriceRecord
  ): FlexpriceIntegration => ({
    id: integration.id ?? nextId("eim"),
    entity_id: id,
    entity_type: "customer",
    provider_type: "stripe",
    provider_entity_id: "cus_1",
    ...audited(formatTime(Math.floor(world.now() / 1_000_000) * 1_000_000), environment_id),
    ...integration
  })

  const seeded = (seed: FlexpriceSeed): Stored => {
    const moment = world.writeMoment()
    const now = formatTime(moment)
    generated++
    const { features = [], grants = [], integrations = [], subscriptions, wallets = [] } = seed
    const created_at = seed.created_at ?? now
    const record: FlexpriceRecord = {
      id: seed.id ?? nextId("cust"),
      external_id: seed.external_id ?? `usr_${generated}`,
      name: seed.name ?? `Customer ${generated}`,
      email: seed.email ?? `customer-${generated}@example.com`,
      ...(seed.contact === undefined ? {} : { contact: seed.contact }),
      address_line1: seed.address_line1 ?? "",
      address_line2: seed.address_line2 ?? "",
      address_city: seed.address_city ?? "",
      address_state: seed.address_state ?? "",
      address_postal_code: seed.address_postal_code ?? "",
      address_country: seed.address_country ?? "",
      timezone: seed.timezone ?? "UTC",
      metadata: seed.metadata ?? null,
      environment_id: seed.environment_id ?? homeEnvironment,
      tenant_id: tenant,
      status: seed.status ?? "published",
      created_at,
      updated_at: seed.updated_at ?? created_at,
      created_by: seed.created_by ?? keyUser,
      updated_by: seed.updated_by ?? keyUser
    }
    const needed = features.length + grants.length > 0 ? [{}] : []
    const subscribed = (subscriptions ?? needed).map((one) => seededSubscription(one, now, record))
    return {
      record,
      created: parseTime(created_at) ?? moment,
      place: places++,
      parent: seed.parent_customer_id ?? null,
      integrations: integrations.map((one) => seededIntegration(one, record)),
      subscriptions: subscribed,
      wallets: wallets.map((one) => ({
        id: one.id ?? nextId("wallet"),
        customer_id: record.id,
        currency: "usd",
        balance: "0",
        wallet_status: "active",
        ...one
      })),
      features: features.map((one, i) => seededGranted(one, now, record, subscribed, i + 1)),
      grants: grants.map((one) => seededGrant(one, now, record, subscribed))
    }
  }

  return {
    nextId,
    audited,
    /** Also an archived one. */
    get: (environment: string, id: string): Stored | undefined => {
      const stored = rows.get(id)
      return stored?.record.environment_id === environment ? stored : undefined
    },
    withExternalId: (environment_id: string, external_id: string): Stored | undefined =>
      rows.get(taken.get(indexKey({ environment_id, external_id })) ?? ""),
    all: (): ReadonlyArray<Stored> => Array.from(rows.values()),
    insert: (stored: Omit<Stored, "place">) => {
      wrote()
      put({ ...stored, place: places++ })
    },
    replace: (before: Stored, after: Stored) => {
      wrote()
      if (isPublished(before)) {
        taken.delete(indexKey(before.record))
        put(after)
      } else rows.set(after.record.id, after)
    },
    /** Sorted and filtered once per write. Equal keys come in another order after every write, as in a real database. */
    list: (query: Query): ReadonlyArray<Stored> => {
      const known = lists.get(query.key)
      if (known !== undefined) return known
      const salt = mix(writes)
      const found = Array.from(rows.values()).filter(query.matches)
      const sorted = found.sort((a, b) => query.compare(a, b) || mix(a.place ^ salt) - mix(b.place ^ salt))
      if (lists.size >= 16) lists.clear()
      lists.set(query.key, sorted)
      return sorted
    },
    customers: (): ReadonlyArray<FlexpriceRecord> =>
      Array.from(rows.values()).filter(isPublished).map(({ record }) => record),
    deleted: (): ReadonlyArray<FlexpriceRecord> => gone.flatMap((id) => rows.get(id)?.record ?? []),
    resources: (id: string): Readonly<Record<string, ReadonlyArray<unknown>>> => {
      const stored = rows.get(id)
      if (stored === undefined) return {}
      const { features, grants, integrations, subscriptions, wallets } = stored
      return { subscriptions, wallets, features, grants, integrations }
    },
    seed: (customers: number | ReadonlyArray<FlexpriceSeed>): ReadonlyArray<string> => {
      wrote()
      const ids: Array<string> = []
      const count = typeof customers === "number" ? customers : customers.length
      for (let i = 0; i < count; i++) {
        const stored = seeded(typeof customers === "number" ? {} : customers[i]!)
        if (rows.has(stored.record.id) || (isPublished(stored) && taken.has(indexKey(stored.record)))) {
          throw new SeedRefused("a seeded customer has an id or an external id that is taken")
        }
        put(stored)
        ids.push(stored.record.id)
      }
      return ids
    },
    snapshot: () => {
      const before = { rows: new Map(rows), taken: new Map(taken), gone: gone.slice(), generated, places, writes }
      return () => {
        ;({ generated, gone, places, rows, taken, writes } = before)
        lists.clear()
      }
    }
  }
}

export type Store = ReturnType<typeof makeStore>
