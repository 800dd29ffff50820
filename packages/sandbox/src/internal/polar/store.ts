/** The customers of the emulated Polar. Records are never changed, only replaced. */
import type { PolarAddress, PolarRecord, PolarSeed } from "../../PolarSeed.js"
import type { World } from "../emulator.js"
import { SeedRefused } from "../seeds.js"
import { sha256 } from "../sha256.js"
import { mix } from "../world.js"

/** The organization that every `polar_oat_` token belongs to. */
export const homeOrganization = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"

export interface Stored {
  readonly id: string
  /** Microseconds; what `created_at` is sorted by. */
  readonly created: number
  /** As seeded; else made from `created`. */
  readonly created_at: string | undefined
  readonly modified_at: string | null
  readonly metadata: PolarRecord["metadata"]
  readonly external_id: string | null
  readonly email: string | null
  readonly email_verified: boolean
  readonly type: string
  readonly name: string | null
  readonly billing_name: string | null
  readonly billing_address: PolarAddress | null
  readonly tax_id: readonly [string, string] | null
  readonly locale: string | null
  readonly organization_id: string
  readonly default_payment_method_id: string | null
  readonly deleted_at: string | null
  readonly first_user_event_at: string | null
  /** Of a team without an address of its own. */
  readonly ownerEmail: string | null
  readonly subscriptions: ReadonlyArray<unknown>
  readonly benefits: ReadonlyArray<unknown>
  readonly meters: ReadonlyArray<unknown>
}

/** No fraction, or six digits of it. */
export const formatTime = (micros: number): string => {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = micros - seconds * 1_000_000
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
  return fraction === 0 ? `${whole}Z` : `${whole}.${String(fraction).padStart(6, "0")}Z`
}

const parseTime = (iso: string): number => {
  const [, whole = iso, fraction = "", zone = ""] = /^(.*?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(iso) ?? []
  const millis = Date.parse(whole + zone)
  return Number.isNaN(millis) ? 0 : millis * 1000 + Number(fraction.padEnd(6, "0"))
}

const avatarOf = (email: string | null): string | null =>
  email === null ? null : `https://www.gravatar.com/avatar/${sha256(email.toLowerCase())}?d=404`

export const render = (stored: Stored): PolarRecord => ({
  id: stored.id,
  created_at: stored.created_at ?? formatTime(stored.created),
  modified_at: stored.modified_at,
  metadata: stored.metadata,
  external_id: stored.external_id,
  email: stored.email,
  email_verified: stored.email_verified,
  type: stored.type,
  name: stored.name,
  billing_name: stored.billing_name ?? stored.name,
  billing_address: stored.billing_address,
  tax_id: stored.tax_id,
  locale: stored.locale,
  organization_id: stored.organization_id,
  default_payment_method_id: stored.default_payment_method_id,
  deleted_at: stored.deleted_at,
  first_user_event_at: stored.first_user_event_at,
  avatar_url: avatarOf(stored.email ?? stored.ownerEmail)
})

export const sortKeys = ["created_at", "-created_at", "email", "-email", "name", "-name"] as const
export type SortKey = (typeof sortKeys)[number]

export interface Filter {
  readonly organizations: ReadonlyArray<string>
  readonly email: string | undefined
  readonly query: string | undefined
  readonly active: boolean | undefined
  readonly metadata: Readonly<Record<string, ReadonlyArray<string>>>
  readonly sorting: ReadonlyArray<SortKey>
}

/** The organizations that a token may see; nothing given means all. */
export type Sight = string | undefined

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

export const hasStatus = (subscription: unknown, statuses: ReadonlyArray<string>): boolean =>
  statuses.some((status) => fieldOf(subscription, "status") === status)

const compareText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** As PostgreSQL: nothing is greater than everything. */
const compareKey = (key: SortKey) => (a: Stored, b: Stored): number => {
  const field = key.replace("-", "")
  const sign = key.startsWith("-") ? -1 : 1
  if (field === "created_at") return sign * (a.created - b.created)
  const left = field === "email" ? a.email : a.name
  const right = field === "email" ? b.email : b.name
  if (left === null || right === null) return sign * (Number(left === null) - Number(right === null))
  return sign * compareText(left, right)
}

const includes = (text: string | null, part: string): boolean => text !== null && text.toLowerCase().includes(part)

const matches = (filter: Filter) => {
  const wanted = Object.entries(filter.metadata)
  const query = filter.query?.toLowerCase()
  const email = filter.email?.toLowerCase()
  return (stored: Stored): boolean => {
    if (filter.organizations.length > 0 && !filter.organizations.includes(stored.organization_id)) return false
    if (email !== undefined && stored.email?.toLowerCase() !== email) return false
    if (
      query !== undefined && !includes(stored.email, query) && !includes(stored.name, query) &&
      !includes(stored.billing_name, query) && stored.external_id?.toLowerCase().startsWith(query) !== true
    ) return false
    if (filter.active !== undefined) {
      const active = stored.subscriptions.some((one) => hasStatus(one, ["trialing", "active", "past_due"]))
      if (active !== filter.active) return false
    }
    return wanted.every(([key, values]) =>
      Object.hasOwn(stored.metadata, key) && values.includes(String(stored.metadata[key]))
    )
  }
}

/** Ids of the live customers by what must be unique among them. */
interface Organization {
  readonly emails: Map<string, string>
  readonly externalIds: Map<string, string>
}

const emptyOrganization = (): Organization => ({ emails: new Map(), externalIds: new Map() })

export const makeStore = (world: World) => {
  let live = new Map<string, Stored>()
  let gone: Array<Stored> = []
  let organizations = new Map<string, Organization>([[homeOrganization, emptyOrganization()]])
  let writes = 0
  let generated = 0
  let lists = new Map<string, ReadonlyArray<Stored>>()

  const wrote = () => {
    writes++
    lists.clear()
  }

  const organizationOf = ({ organization_id }: Stored): Organization => {
    let organization = organizations.get(organization_id)
    if (organization === undefined) {
      organization = emptyOrganization()
      organizations.set(organization_id, organization)
    }
    return organization
  }

  const index = (stored: Stored) => {
    live.set(stored.id, stored)
    const { emails, externalIds } = organizationOf(stored)
    if (typeof stored.email === "string") emails.set(stored.email.toLowerCase(), stored.id)
    if (stored.external_id !== null) externalIds.set(stored.external_id, stored.id)
  }

  const unindex = (stored: Stored) => {
    const { emails, externalIds } = organizationOf(stored)
    if (typeof stored.email === "string") emails.delete(stored.email.toLowerCase())
    if (stored.external_id !== null) externalIds.delete(stored.external_id)
  }

  const ownerOfEmail = (organization: string, email: string) =>
    organizations.get(organization)?.emails.get(email.toLowerCase())
  const ownerOfExternalId = (organization: string, externalId: string) =>
    organizations.get(organization)?.externalIds.get(externalId)

  /** All that a filter can let through: where it asks for an e-mail, only who has it. */
  const candidates = ({ email }: Filter): ReadonlyArray<Stored> =>
    email === undefined
      ? Array.from(live.values())
      : Array.from(organizations.keys()).flatMap((organization) =>
        live.get(ownerOfEmail(organization, email) ?? "") ?? []
      )

  const seeded = (seed: PolarSeed): Stored => {
    const address = seed.billing_address
    const empty = { line1: null, line2: null, postal_code: null, city: null, state: null }
    const moment = world.writeMoment()
    generated++
    return {
      id: seed.id ?? world.nextId(),
      created: seed.created_at === undefined ? moment : parseTime(seed.created_at),
      created_at: seed.created_at,
      modified_at: seed.modified_at ?? null,
      metadata: seed.metadata ?? {},
      external_id: seed.external_id ?? null,
      email: seed.email === undefined
        ? seed.type === "team" ? null : `customer-${generated}@example.com`
        : seed.email,
      email_verified: seed.email_verified ?? false,
      type: seed.type ?? "individual",
      name: seed.name ?? null,
      billing_name: seed.billing_name ?? null,
      billing_address: address === null || address === undefined ? null : { ...empty, ...address },
      tax_id: seed.tax_id ?? null,
      locale: seed.locale ?? null,
      organization_id: seed.organization_id ?? homeOrganization,
      default_payment_method_id: seed.default_payment_method_id ?? null,
      deleted_at: null,
      first_user_event_at: seed.first_user_event_at ?? null,
      ownerEmail: null,
      subscriptions: seed.subscriptions ?? [],
      benefits: seed.benefits ?? [],
      meters: seed.meters ?? []
    }
  }

  return {
    sees: (sight: Sight, stored: Stored) => sight === undefined || stored.organization_id === sight,
    get: (id: string) => live.get(id),
    ownerOfEmail,
    ownerOfExternalId,
    /** One per organization in sight. */
    withExternalId: (sight: Sight, externalId: string): ReadonlyArray<Stored> =>
      Array.from(sight === undefined ? organizations.keys() : [sight]).flatMap((organization) =>
        live.get(ownerOfExternalId(organization, externalId) ?? "") ?? []
      ),
    hasOrganization: (id: string) => organizations.has(id),
    insert: (stored: Stored) => {
      wrote()
      index(stored)
    },
    replace: (before: Stored, after: Stored) => {
      wrote()
      unindex(before)
      index(after)
    },
    remove: (before: Stored, after: Stored) => {
      wrote()
      unindex(before)
      live.delete(before.id)
      gone.push(after)
    },
    /** Sorted and filtered once per write. Equal keys come in another order after every write, as in a real database. */
    list: (filter: Filter): ReadonlyArray<Stored> => {
      const key = JSON.stringify(filter)
      const known = lists.get(key)
      if (known !== undefined) return known
      const compare = filter.sorting.map(compareKey)
      const salt = mix(writes)
      const rows = candidates(filter)
        .filter(matches(filter))
        .map((stored) => ({ stored, tie: mix(parseInt(stored.id.slice(0, 8), 16) ^ salt) }))
      rows.sort((a, b) => {
        for (const by of compare) {
          const order = by(a.stored, b.stored)
          if (order !== 0) return order
        }
        return a.tie - b.tie
      })
      const sorted = rows.map(({ stored }) => stored)
      if (lists.size >= 16) lists.clear()
      lists.set(key, sorted)
      return sorted
    },
    all: (): ReadonlyArray<Stored> => Array.from(live.values()),
    gone: (): ReadonlyArray<Stored> => gone,
    seed: (customers: number | ReadonlyArray<PolarSeed>): ReadonlyArray<string> => {
      wrote()
      const ids: Array<string> = []
      const count = typeof customers === "number" ? customers : customers.length
      for (let i = 0; i < count; i++) {
        const n = generated + 1
        const seed = typeof customers === "number" ? { name: `Customer ${n}`, external_id: `usr_${n}` } : customers[i]!
        const stored = seeded(seed)
        if (
          live.has(stored.id) ||
          (typeof stored.email === "string" && organizationOf(stored).emails.has(stored.email.toLowerCase())) ||
          (stored.external_id !== null && organizationOf(stored).externalIds.has(stored.external_id))
        ) throw new SeedRefused("a seeded customer has an id, an e-mail or an external id that is taken")
        index(stored)
        ids.push(stored.id)
      }
      return ids
    },
    snapshot: () => {
      const before = { live: new Map(live), gone: gone.slice(), writes, generated }
      const copies = Array.from(
        organizations,
        ([id, { emails, externalIds }]): [string, Organization] => [
          id,
          { emails: new Map(emails), externalIds: new Map(externalIds) }
        ]
      )
      return () => {
        ;({ gone, generated, live, writes } = before)
        organizations = new Map(copies)
        lists = new Map()
      }
    }
  }
}
