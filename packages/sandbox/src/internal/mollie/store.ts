import type { MollieSeed } from "../../MollieSeed.js"
import type { World } from "../emulator.js"
import { SeedRefused } from "../seeds.js"
import type { Paging } from "./checks.js"

export type Mode = "live" | "test"

export interface Customer {
  readonly id: string
  /** Rises with every creation. */
  readonly sequence: number
  readonly mode: Mode
  readonly name: string | null
  readonly email: string | null
  readonly locale: string | null
  readonly metadata: unknown
  readonly createdAt: string
  readonly mandateId: string | null
}

/** Everything of a payment but its links. */
export interface Payment {
  readonly id: string
  readonly createdAt: string
  readonly amount: { readonly currency: string; readonly value: string }
  readonly description: string
  readonly status: string
  readonly profileId: string
  readonly sequenceType: string
  readonly [key: string]: unknown
}

/** The profile of all API keys. */
export const homeProfile = "pfl_5Kd8TqXw2N"

export const formatTime = (micros: number): string =>
  `${new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19)}+00:00`

const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

const digits = (value: number, length: number): string =>
  Array.from({ length }, (_, i) => alphabet[Math.floor(value / alphabet.length ** i) % alphabet.length]).join("")

/** The first word of the frame's id is what makes it distinct: six letters hold all of it. */
export const nextId = (world: World, prefix: string): string => {
  const uuid = world.nextId()
  return `${prefix}_${digits(parseInt(uuid.slice(0, 8), 16), 6)}${digits(parseInt(uuid.slice(-8), 16), 4)}`
}

/** Rows in the order of their creation. */
export interface Rows<A> {
  readonly size: number
  readonly at: (index: number) => A
  readonly indexOf: (id: string) => number | undefined
}

export const rowsOf = <A extends { readonly id: string }>(items: ReadonlyArray<A>): Rows<A> => ({
  size: items.length,
  at: (index) => items[index]!,
  indexOf: (id) => {
    const index = items.findIndex((item) => item.id === id)
    return index === -1 ? undefined : index
  }
})

export interface PageOf<A> {
  readonly items: ReadonlyArray<A>
  /** With what the neighbours begin. */
  readonly previous: A | undefined
  readonly next: A | undefined
}

/** Nothing when `from` is none of them. */
export const pageOf = <A>(rows: Rows<A>, { from, limit, sort }: Paging): PageOf<A> | undefined => {
  const swap = (position: number) => sort === "asc" ? position : rows.size - 1 - position
  const at = (position: number) => rows.at(swap(position))
  const index = from === undefined ? swap(0) : rows.indexOf(from)
  if (index === undefined) return undefined
  const start = swap(index)
  const end = Math.min(rows.size, start + limit)
  return {
    items: Array.from({ length: end - start }, (_, i) => at(start + i)),
    previous: start > 0 ? at(Math.max(0, start - limit)) : undefined,
    next: end < rows.size ? at(end) : undefined
  }
}

export const makeStore = (world: World) => {
  let live = new Map<string, Customer>()
  let gone = new Map<string, Customer>()
  let payments = new Map<string, ReadonlyArray<Payment>>()
  let paymentIds = new Set<string>()
  let order: Readonly<Record<Mode, Array<string>>> = { live: [], test: [] }
  let sequence = 0
  let generated = 0

  /** Where it is, or would be, among the customers of its mode. */
  const position = (customer: Customer): number => {
    const ids = order[customer.mode]
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (live.get(ids[middle]!)!.sequence < customer.sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  const paymentsOf = (id: string): ReadonlyArray<Payment> => payments.get(id) ?? []

  const create = (fields: Omit<Customer, "sequence">): Customer => {
    const customer = { ...fields, sequence: sequence++ }
    live.set(customer.id, customer)
    order[customer.mode].push(customer.id)
    return customer
  }

  const addPayments = (customer: Customer, added: ReadonlyArray<Payment>) => {
    payments.set(customer.id, [...paymentsOf(customer.id), ...added])
    for (const { id } of added) paymentIds.add(id)
  }

  const seedPayments = (customer: Customer, seeds: NonNullable<MollieSeed["payments"]>) => {
    const added = seeds.map((seed): Payment => {
      const { amount, createdAt, description, id, profileId, sequenceType, status, ...rest } = seed
      const moment = formatTime(world.writeMoment())
      return {
        id: id ?? nextId(world, "tr"),
        createdAt: createdAt ?? moment,
        amount: amount ?? { currency: "EUR", value: "10.00" },
        description: description ?? "Seeded",
        status: status ?? "paid",
        profileId: profileId ?? homeProfile,
        sequenceType: sequenceType ?? "oneoff",
        ...rest
      }
    })
    if (new Set(added.map(({ id }) => id)).size < added.length || added.some(({ id }) => paymentIds.has(id))) {
      throw new SeedRefused("a seeded payment has an id that is taken")
    }
    const mandateId = added.map((payment) => payment["mandateId"]).findLast((id) => typeof id === "string")
    if (typeof mandateId === "string") live.set(customer.id, { ...customer, mandateId })
    addPayments(customer, added)
  }

  return {
    get: (id: string) => live.get(id),
    getGone: (id: string) => gone.get(id),
    all: (): ReadonlyArray<Customer> => Array.from(live.values()),
    gone: (): ReadonlyArray<Customer> => Array.from(gone.values()),
    rows: (mode: Mode): Rows<Customer> => ({
      size: order[mode].length,
      at: (index) => live.get(order[mode][index]!)!,
      indexOf: (id) => {
        const customer = live.get(id)
        return customer?.mode === mode ? position(customer) : undefined
      }
    }),
    paymentsOf,
    create,
    replace: (after: Customer) => {
      live.set(after.id, after)
    },
    addPayment: (customer: Customer, payment: Payment) => addPayments(customer, [payment]),
    remove: (customer: Customer) => {
      order[customer.mode].splice(position(customer), 1)
      live.delete(customer.id)
      gone.set(customer.id, { ...customer, mandateId: null })
    },
    seed: (customers: number | ReadonlyArray<MollieSeed>): ReadonlyArray<string> => {
      const one = (): MollieSeed => ({ name: `Customer ${generated}`, email: `customer-${generated}@example.com` })
      const count = typeof customers === "number" ? customers : customers.length
      return Array.from({ length: count }, (_, i) => {
        generated++
        const seed = typeof customers === "number" ? one() : customers[i]!
        const id = seed.id ?? nextId(world, "cst")
        if (live.has(id) || gone.has(id)) throw new SeedRefused("a seeded customer has an id that is taken")
        const moment = formatTime(world.writeMoment())
        const customer = create({
          id,
          mode: seed.mode ?? "test",
          name: seed.name ?? null,
          email: seed.email ?? null,
          locale: seed.locale ?? null,
          metadata: seed.metadata ?? null,
          createdAt: seed.createdAt ?? moment,
          mandateId: null
        })
        if (seed.payments !== undefined && seed.payments.length > 0) seedPayments(customer, seed.payments)
        return id
      })
    },
    snapshot: () => {
      const before = { live: new Map(live), gone: new Map(gone), payments: new Map(payments), sequence, generated }
      const ids = { live: order.live.slice(), test: order.test.slice() }
      const ofPayments = new Set(paymentIds)
      return () => {
        ;({ generated, gone, live, payments, sequence } = before)
        order = ids
        paymentIds = ofPayments
      }
    }
  }
}
