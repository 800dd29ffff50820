/**
 * The rows of a double: who is there, who is taken, and in what order they stand. What it answers are copies: who changes
 * one changes nothing here.
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import { Address, Customer, Metadata } from "@effect-customers/core/Customer"
import * as Arr from "effect/Array"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"

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
    return Option.map(Option.fromNullable(this.rows.get(id)?.customer), copied)
  }

  byExternalId(externalId: string): Option.Option<Customer> {
    return Option.map(
      Arr.findFirst(this.customers(), (customer) => Option.contains(customer.externalId, externalId)),
      copied
    )
  }

  /** Case aside, in the order of the walk. */
  byEmail(email: string): ReadonlyArray<Customer> {
    return this.inOrder().flatMap(({ customer }) =>
      customer !== undefined && hasEmail(customer, email) ? [copied(customer)] : []
    )
  }

  get size(): number {
    return this.rows.size
  }

  /** Rows in the order of the walk; none for one that cannot be read. */
  slice(from: number, to: number): ReadonlyArray<Option.Option<Customer>> {
    return this.inOrder().slice(from, to).map(({ customer }) => Option.map(Option.fromNullable(customer), copied))
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

  /** An id that nobody has or had, and nobody else is given. */
  unusedId<R>(draw: Effect.Effect<string, never, R>): Effect.Effect<string, never, R> {
    return Effect.repeat(draw, {
      until: (id) => {
        const isUnused = !this.usedIds.has(id)
        this.usedIds.add(id)
        return isUnused
      }
    })
  }

  insert(customer: Customer): Customer {
    this.put({ id: customer.id, number: this.inserted++, createdAt: customer.createdAt, customer })
    return copied(customer)
  }

  insertUnreadable(id: string, createdAt: DateTime.Utc): void {
    this.put({ id, number: this.inserted++, createdAt })
  }

  /** In the place of the other; its id may be another. */
  replace(customer: Customer, by: Customer): Customer {
    const number = this.rows.get(customer.id)?.number ?? this.inserted++
    this.rows.delete(customer.id)
    this.put({ id: by.id, number, createdAt: by.createdAt, customer: by })
    return copied(by)
  }

  remove({ externalId, id }: Customer): void {
    this.rows.delete(id)
    if (!this.capabilities.delete.freesExternalId && Option.isSome(externalId)) {
      this.keptExternalIds.add(externalId.value)
    }
  }

  private inOrder(): ReadonlyArray<Row> {
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

const copiedMetadata = Schema.validateSync(Metadata)

/** @internal */
export const copied = (customer: Customer): Customer =>
  new Customer({
    ...customer,
    address: Option.map(customer.address, (address) => new Address({ ...address }, true)),
    metadata: copiedMetadata(customer.metadata)
  }, true)
