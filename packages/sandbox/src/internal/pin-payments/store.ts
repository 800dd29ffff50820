/** The customers of the emulated Pin Payments, and the cards of nobody. Records are never changed, only replaced. */
import type {
  PinPaymentsCard,
  PinPaymentsCharge,
  PinPaymentsRecord,
  PinPaymentsSeed,
  PinPaymentsSubscription
} from "../../PinPaymentsSeed.js"
import type { World } from "../emulator.js"
import { SeedRefused } from "../seeds.js"
import type { Details } from "./params.js"
import { tokenOf } from "./token.js"

export interface Stored {
  readonly record: PinPaymentsRecord
  /** Seconds; what customers are sorted by. */
  readonly created: number
  /** In order of attachment, the primary one among them. */
  readonly cards: ReadonlyArray<PinPaymentsCard>
  readonly charges: ReadonlyArray<PinPaymentsCharge>
  readonly subscriptions: ReadonlyArray<PinPaymentsSubscription>
}

interface Unused {
  readonly card: PinPaymentsCard
  /** Milliseconds of the clock. */
  readonly end: number
}

const month = 30 * 24 * 3_600_000

/** Whole seconds. */
export const formatTime = (micros: number): string => `${new Date(micros / 1000).toISOString().slice(0, 19)}Z`

export const secondsOf = (iso: string): number => {
  const millis = Date.parse(iso)
  return Number.isNaN(millis) ? 0 : Math.floor(millis / 1000)
}

/** Newest first: by whole seconds, within one of them what came last is first. */
export const newestFirst = <A>(all: ReadonlyArray<A>, seconds: (one: A) => number): ReadonlyArray<A> =>
  all.toReversed().sort((a, b) => seconds(b) - seconds(a))

export const cardOf = (
  token: string,
  details: Details,
  owner: { readonly customer: string; readonly primary: boolean } | undefined
): PinPaymentsCard => ({
  token,
  ...details,
  customer_token: owner?.customer ?? null,
  primary: owner?.primary ?? null
})

const generatedCard = (name: string): Details => ({
  scheme: "visa",
  display_number: "XXXX-XXXX-XXXX-0000",
  issuing_country: "AU",
  expiry_month: 12,
  expiry_year: 2030,
  name,
  address_line1: "1 Sample St",
  address_line2: null,
  address_city: "Perth",
  address_postcode: "6000",
  address_state: "WA",
  address_country: "Australia",
  customer_token: null,
  primary: null,
  network_type: null,
  network_format: null
})

export const makeStore = (world: World) => {
  let live = new Map<string, Stored>()
  let gone: Array<Stored> = []
  let unused = new Map<string, Unused>()
  let generated = 0
  /** Tokens: what replaces a customer has its place. */
  let sorted: ReadonlyArray<string> | undefined

  const nextToken = (prefix: Parameters<typeof tokenOf>[0]): string => tokenOf(prefix, world.nextId())

  const seededCard = (card: Partial<PinPaymentsCard>, customer: string, primary: boolean): PinPaymentsCard => ({
    ...cardOf(card.token ?? nextToken("card_"), generatedCard(`Customer ${generated}`), { customer, primary }),
    ...card
  })

  const seededCharge = (
    charge: Partial<PinPaymentsCharge>,
    now: string,
    { card, email, token }: PinPaymentsRecord
  ): PinPaymentsCharge => {
    const currency = charge.currency ?? "AUD"
    const amount = charge.amount ?? 5000
    const captured = charge.captured ?? charge.success ?? true
    return {
      token: charge.token ?? nextToken("ch_"),
      success: true,
      amount,
      currency,
      description: "Annual plan",
      email,
      ip_address: "203.0.113.7",
      created_at: now,
      status_message: "Success",
      error_message: null,
      card: charge.card ?? card ?? seededCard({}, token, false),
      transfer: [],
      amount_refunded: 0,
      total_fees: captured ? 117 : null,
      merchant_entitlement: captured ? amount - 117 : null,
      refund_pending: false,
      authorisation_token: null,
      authorisation_expired: false,
      authorisation_voided: false,
      captured,
      captured_at: captured ? charge.created_at ?? now : null,
      settlement_currency: currency,
      active_chargebacks: false,
      metadata: {},
      platform_fees: 0,
      platform_adjustment: { amount: 0, currency },
      ...charge
    }
  }

  const seededSubscription = (
    subscription: Partial<PinPaymentsSubscription>,
    now: string,
    customer: string
  ): PinPaymentsSubscription => {
    const start = subscription.created_at ?? now
    const finish = formatTime((secondsOf(start) * 1000 + month) * 1000)
    const state = subscription.state ?? "active"
    return {
      state,
      next_billing_date: state === "active" || state === "trial" ? finish : null,
      active_interval_started_at: start,
      active_interval_finishes_at: finish,
      cancelled_at: state === "cancelled" ? start : null,
      created_at: start,
      token: subscription.token ?? nextToken("sub_"),
      plan_token: subscription.plan_token ?? nextToken("plan_"),
      customer_token: customer,
      card_token: null,
      ...subscription
    }
  }

  const seeded = (seed: PinPaymentsSeed): Stored => {
    const now = formatTime(world.writeMoment())
    generated++
    const token = seed.token ?? nextToken("cus_")
    const card = seed.card === null ? null : seededCard(seed.card ?? {}, token, true)
    const others = (seed.cards ?? []).map((other) => seededCard(other, token, false))
    const record: PinPaymentsRecord = {
      token,
      email: seed.email ?? `customer-${generated}@example.com`,
      first_name: seed.first_name ?? null,
      last_name: seed.last_name ?? null,
      phone_number: seed.phone_number ?? null,
      company: seed.company ?? null,
      notes: seed.notes ?? null,
      created_at: seed.created_at ?? now,
      card
    }
    return {
      record,
      created: secondsOf(record.created_at),
      cards: card === null ? others : [card, ...others],
      charges: (seed.charges ?? []).map((charge) => seededCharge(charge, now, record)),
      subscriptions: (seed.subscriptions ?? []).map((one) => seededSubscription(one, now, token))
    }
  }

  return {
    nextToken,
    get: (token: string) => live.get(token),
    insert: (stored: Stored) => {
      sorted = undefined
      live.set(stored.record.token, stored)
    },
    replace: (stored: Stored) => {
      live.set(stored.record.token, stored)
    },
    remove: (stored: Stored) => {
      sorted = undefined
      live.delete(stored.record.token)
      gone.push({ ...stored, record: { ...stored.record, card: null }, cards: [] })
    },
    /** Tokens, sorted anew only when a customer came or went. */
    list: (): ReadonlyArray<string> =>
      sorted ??= newestFirst(Array.from(live.values()), ({ created }) => created).map(({ record }) => record.token),
    /** A card of nobody that its token can still be used for. */
    unused: (token: string): PinPaymentsCard | undefined => {
      const found = unused.get(token)
      return found === undefined || world.clock() >= found.end ? undefined : found.card
    },
    addUnused: (card: PinPaymentsCard) => {
      unused.set(card.token, { card, end: world.clock() + month })
    },
    spend: (token: string) => {
      unused.delete(token)
    },
    customers: (): ReadonlyArray<PinPaymentsRecord> => Array.from(live.values(), ({ record }) => record),
    deleted: (): ReadonlyArray<PinPaymentsRecord> => gone.map(({ record }) => record),
    resources: (token: string): Readonly<Record<string, ReadonlyArray<unknown>>> => {
      const stored = live.get(token) ?? gone.find(({ record }) => record.token === token)
      if (stored === undefined) return {}
      const { cards, charges, subscriptions } = stored
      return { cards, charges, subscriptions }
    },
    seed: (customers: number | ReadonlyArray<PinPaymentsSeed>): ReadonlyArray<string> => {
      sorted = undefined
      const tokens: Array<string> = []
      const count = typeof customers === "number" ? customers : customers.length
      for (let i = 0; i < count; i++) {
        const seed = typeof customers === "number"
          ? { first_name: "Customer", last_name: String(generated + 1) }
          : customers[i]!
        const stored = seeded(seed)
        const { token } = stored.record
        if (live.has(token)) throw new SeedRefused("a seeded customer has a token that is taken")
        live.set(token, stored)
        tokens.push(token)
      }
      return tokens
    },
    snapshot: () => {
      const before = { live: new Map(live), gone: gone.slice(), unused: new Map(unused), generated }
      return () => {
        ;({ generated, gone, live, unused } = before)
        sorted = undefined
      }
    }
  }
}
