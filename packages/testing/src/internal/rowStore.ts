/** The rows of a double: who is there, who is taken, and in what order they stand. */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import type { Customer } from "@effect-customers/core/Customer"
import * as Arr from "effect/Array"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Order from "effect/Order"

/** Without a customer the row cannot be read. */
interface Row {
  readonly id: string
  /** In order of insertion: what decides among rows of one creation time. */
  readonly number: number
  readonly createdAt: DateTime.Utc
  readonly customer?: Customer
}

const oldestFirst: Order.Order<Row> = Order.combine(
  Order.mapInput(Order.number, ({ createdAt }) => createdAt.epochMillis),
  Order.mapInput(Order.number, ({ number }) => number)
)

/** What may be taken. */
interface Claims {
  readonly id?: string | undefined
  readonly email?: string | null | undefined
  readonly externalId?: string | null | undefined
}

/** @internal */
export class RowStore {
  private readonly capabilities: Capabilities.Capabilities
  private readonly rows = new Map<string, Row>()
  private readonly usedIds = new Set<string>()
  private readonly keptExternalIds = new Set<string>()
  private inserted = 0

  constructor(capabilities: Capabilities.Capabilities) {
    this.capabilities = capabilities
  }

  byId(id: string): Option.Option<Customer> {
    return Option.fromNullable(this.rows.get(id)?.customer)
  }

  byExternalId(externalId: string): Option.Option<Customer> {
    return Arr.findFirst(this.customers(), (customer) => Option.contains(customer.externalId, externalId))
  }

  /** Case aside, in the order of the walk. */
  byEmail(email: string): ReadonlyArray<Customer> {
    return this.inOrder().flatMap(({ customer }) =>
      customer !== undefined && hasEmail(customer, email) ? [customer] : []
    )
  }

  /** Which of these somebody else has, or had and keeps. */
  taken({ email, externalId, id }: Claims, self?: Customer): ReadonlyArray<string> {
    const { fields, ids } = this.capabilities
    const others = this.customers().filter((customer) => customer.id !== self?.id)
    const isEmailTaken = fields.email.unique === true && typeof email === "string" &&
      others.some((customer) => hasEmail(customer, email))
    const isExternalIdTaken = fields.externalId.unique === true && typeof externalId === "string" &&
      (this.keptExternalIds.has(externalId) ||
        others.some((customer) => Option.contains(customer.externalId, externalId)))
    const isIdTaken = ids === "assigned" && id !== undefined && this.rows.has(id)
    return [
      ...isIdTaken ? ["id"] : [],
      ...isEmailTaken ? ["email"] : [],
      ...isExternalIdTaken ? ["externalId"] : []
    ]
  }

  /** An id that nobody has or had. */
  unusedId<R>(draw: Effect.Effect<string, never, R>): Effect.Effect<string, never, R> {
    return Effect.repeat(draw, { while: (id) => this.usedIds.has(id) })
  }

  insert(customer: Customer): Customer {
    this.put({ id: customer.id, number: this.inserted++, createdAt: customer.createdAt, customer })
    return customer
  }

  insertUnreadable(id: string, createdAt: DateTime.Utc): void {
    this.put({ id, number: this.inserted++, createdAt })
  }

  /** In the place of the other; its id may be another. */
  replace(customer: Customer, by: Customer): Customer {
    const number = this.rows.get(customer.id)?.number ?? this.inserted++
    this.rows.delete(customer.id)
    this.put({ id: by.id, number, createdAt: by.createdAt, customer: by })
    return by
  }

  remove({ externalId, id }: Customer): void {
    this.rows.delete(id)
    if (!this.capabilities.delete.freesExternalId && Option.isSome(externalId)) {
      this.keptExternalIds.add(externalId.value)
    }
  }

  inOrder(): ReadonlyArray<Row> {
    return Arr.sort(
      this.rows.values(),
      this.capabilities.walk.order === "oldest-first" ? oldestFirst : Order.reverse(oldestFirst)
    )
  }

  private put(row: Row): void {
    this.usedIds.add(row.id)
    this.rows.set(row.id, row)
  }

  private customers(): ReadonlyArray<Customer> {
    return Array.from(this.rows.values()).flatMap(({ customer }) => customer === undefined ? [] : [customer])
  }
}

const hasEmail = (customer: Customer, email: string): boolean =>
  Option.exists(customer.email, (stored) => stored.toLowerCase() === email.toLowerCase())
