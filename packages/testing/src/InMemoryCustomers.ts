/**
 * The services without HTTP: a double that keeps customers in memory, and is honest about who is not there, what is
 * taken, what cannot be stored, pages and their order.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import type { Provider, UpdateCustomer } from "@effect-customers/core/Customer"
import { addressFromInput, CreateCustomer, Customer, CustomerId } from "@effect-customers/core/Customer"
import * as ByEmail from "@effect-customers/core/CustomersByEmail"
import { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import * as ByExternalId from "@effect-customers/core/CustomersByExternalId"
import { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import {
  Conflict,
  CustomerAlreadyExists,
  CustomerNotFound,
  type ErrorContext,
  InvalidRequest,
  InvalidResponse
} from "@effect-customers/core/CustomersError"
import type { Roles } from "@effect-customers/core/CustomersRoles"
import * as Customers from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import * as Idempotency from "@effect-customers/core/Idempotency"
import * as Page from "@effect-customers/core/Page"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { RowStore } from "./internal/rowStore.js"

const kept = { stored: true, required: false, clearable: true, mutable: "always" } as const

/**
 * What the double stores and does when it plays no provider: everything. External ids are unique, e-mails are not; a
 * create takes an idempotency key.
 *
 * @since 0.1.0
 * @category capabilities
 */
export const capabilities: Capabilities.Capabilities<true, true> = {
  provider: "in-memory",
  ids: "assigned",
  fields: {
    externalId: { ...kept, unique: true },
    email: kept,
    name: kept,
    phone: kept,
    address: kept,
    locale: kept,
    metadata: kept,
    paymentSource: { ...kept, clearable: false, mutable: "never" }
  },
  findBy: { externalId: true, email: true },
  answers: { total: true, updatedAt: true },
  pageSize: { min: 1, max: 100, default: 100 },
  walk: { order: "oldest-first", parallel: true },
  delete: { cancelsSubscriptions: false, keepsBilling: true, blockedBy: [], freesExternalId: true },
  repeat: { create: "with-key", update: "always", delete: "always" }
}

/**
 * A row that cannot be read, to be put among the customers of a double: pages tell of it in `unreadable`, and a stream
 * ends at it in `InvalidResponse`.
 *
 * @since 0.1.0
 * @category seeds
 */
export const unreadable: unique symbol = Symbol.for("@effect-customers/testing/InMemoryCustomers/unreadable")

/**
 * A customer who is there from the start. Without `id` it has one of its own, without `createdAt` it was created when
 * the layer was built.
 *
 * @since 0.1.0
 * @category seeds
 */
export interface Seed extends CreateCustomer {
  readonly id?: string | undefined
  readonly createdAt?: DateTime.Utc | undefined
}

/**
 * - `customers`: who is there from the start, in order of creation. What the capabilities do not allow, and what is
 *   taken, makes the layer die of the error that `create` would end in.
 * - `provider`: what customers and errors name as their provider; that of `capabilities` when absent.
 * - `capabilities`: the provider that the double plays (`Mollie.capabilities`): what it cannot store the double refuses,
 *   and the tags it does not provide the double does not provide.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options<ByExternalId extends boolean, ByEmail extends boolean> {
  readonly customers?: ReadonlyArray<Seed | Customer | typeof unreadable> | undefined
  readonly provider?: Provider | undefined
  readonly capabilities?: Capabilities.Capabilities<ByExternalId, ByEmail> | undefined
}

/**
 * The tags of a double whose provider finds customers so. Where it is not known before the program runs, there is
 * `CustomersService` alone, with its `byExternalId` and `byEmail`.
 *
 * @since 0.1.0
 * @category models
 */
export type Tags<ByExternalId extends boolean, ByEmail extends boolean> =
  | CustomersService
  | ([ByExternalId] extends [true] ? CustomersByExternalId : never)
  | ([ByEmail] extends [true] ? CustomersByEmail : never)

/**
 * All service tags over customers in memory. Every build of the layer starts anew: under `it.effect` each test has its
 * own customers. Ids come from `Random` and times from `Clock`: with `Effect.withRandom` and under a `TestClock` the
 * same calls give the same customers.
 *
 * Each call lets other fibers go first, as a call over a network does: races happen. Nothing is retried and nothing
 * times out by itself; `CustomersFaults` makes calls fail.
 *
 * @example
 * ```ts
 * import { CustomersService } from "@effect-customers/core"
 * import { InMemoryCustomers } from "@effect-customers/testing"
 * import * as Effect from "effect/Effect"
 *
 * const CustomersTest = InMemoryCustomers.layer({ customers: [{ id: "cus_ada", email: "ada@example.com" }] })
 *
 * const test = Effect.flatMap(CustomersService, (customers) => customers.get("cus_ada")).pipe(
 *   Effect.provide(CustomersTest)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <ByExternalId extends boolean = true, ByEmail extends boolean = true>(
  options: Options<ByExternalId, ByEmail> = {}
): Layer.Layer<Tags<ByExternalId, ByEmail>> =>
  Layer.effectContext(
    Effect.map(make(options), (roles) => contextOf(roles) as Context.Context<Tags<ByExternalId, ByEmail>>)
  )

const contextOf = (roles: Roles): Context.Context<CustomersService> =>
  Context.make(CustomersService, roles).pipe(
    (context) => Option.isSome(roles.byExternalId) ? Context.add(context, CustomersByExternalId, roles) : context,
    (context) => Option.isSome(roles.byEmail) ? Context.add(context, CustomersByEmail, roles) : context
  )

const sameInput = Schema.equivalence(Schema.typeSchema(CreateCustomer))

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

const randomId = Effect.map(
  Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), 16),
  (digits) => `cus_${digits.map((digit) => alphabet[digit]).join("")}`
)

/** Others go first, as during a call over a network. */
const later = <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> => Effect.zipRight(Effect.yieldNow(), call)

const make = <ByExternalId extends boolean, ByEmail extends boolean>(
  options: Options<ByExternalId, ByEmail>
): Effect.Effect<Roles> =>
  Effect.gen(function*() {
    const played: Capabilities.Capabilities = options.capabilities ?? capabilities
    const can = { ...played, provider: options.provider ?? played.provider }
    const { fields, provider } = can
    const store = new RowStore(can)
    const replays = new Map<string, { readonly input: CreateCustomer; readonly customer: Customer }>()

    const context = (operation: "create" | "get" | "update" | "delete" | "list"): ErrorContext => ({
      provider,
      operation,
      mayHaveApplied: false,
      repeat: operation === "get" || operation === "list" ? "always" : can.repeat[operation]
    })

    const found = (
      operation: "get" | "update" | "delete",
      key: { readonly id: string } | { readonly externalId: string }
    ) =>
      Effect.mapError(
        Effect.suspend(() => "id" in key ? store.byId(key.id) : store.byExternalId(key.externalId)),
        () =>
          new CustomerNotFound({
            ...context(operation),
            ..."id" in key
              ? { customerId: Redacted.make(key.id) }
              : { externalId: Redacted.make(key.externalId) }
          })
      )

    const insert = (input: CreateCustomer, seed: Pick<Seed, "id" | "createdAt"> = {}) =>
      Effect.gen(function*() {
        const createdAt = seed.createdAt ?? (yield* DateTime.now)
        const id = (can.ids === "externalId" ? input.externalId : seed.id) ?? (yield* store.unusedId(randomId))
        yield* refuseTaken("create", store.taken({ ...input, id }))
        return store.insert(changed(nobody(provider, id, createdAt), input))
      })

    const refuseTaken = (operation: "create" | "update", fields: ReadonlyArray<string>) =>
      fields.length === 0 ? Effect.void : new CustomerAlreadyExists({ ...context(operation), fields })

    const create = (input: CreateCustomer) =>
      Effect.gen(function*() {
        const key = yield* Idempotency.keyOf({ ...context("create"), readOnly: false }, yield* Idempotency.Idempotency)
        if (Option.isNone(key)) return yield* insert(input)
        const replay = replays.get(key.value)
        if (replay !== undefined) {
          return sameInput(replay.input, input) ? replay.customer : yield* new InvalidRequest({
            ...context("create"),
            origin: "provider",
            issues: [{ path: "idempotencyKey", message: "it was used with another input" }]
          })
        }
        const customer = yield* insert(input)
        replays.set(key.value, { input, customer })
        return customer
      })

    const update = (customer: Customer, patch: UpdateCustomer) =>
      Effect.gen(function*() {
        const externalId = patch.externalId ?? undefined
        const isOther = Option.exists(customer.externalId, (stored) => stored !== externalId)
        if (externalId !== undefined && isOther && fields.externalId.mutable === "once") {
          return yield* new Conflict({
            ...context("update"),
            path: "externalId",
            reason: Redacted.make("an external id is set once")
          })
        }
        yield* refuseTaken("update", store.taken(patch, customer))
        const id = can.ids === "externalId" && externalId !== undefined ? externalId : customer.id
        const updatedAt = can.answers.updatedAt ? Option.some(yield* DateTime.now) : Option.none()
        const renamed = new Customer({ ...customer, id: CustomerId.make(id, true), updatedAt }, true)
        return store.replace(customer, changed(renamed, patch))
      })

    const remove = (customer: Customer) => Effect.sync(() => store.remove(customer))

    const fetch = (page: number, pageSize: number) =>
      later(Effect.sync((): Page.OffsetPage<Customer> => {
        const rows = store.inOrder()
        const shown = rows.slice((page - 1) * pageSize, page * pageSize)
        return {
          items: shown.flatMap(({ customer }) => customer === undefined ? [] : [customer]),
          unreadable: shown.flatMap(({ customer }, index) =>
            customer === undefined
              ? [
                new InvalidResponse({
                  ...context("list"),
                  issues: [{ path: `items.${index}`, expected: "a customer" }]
                })
              ]
              : []
          ),
          total: rows.length,
          lastPage: Math.ceil(rows.length / pageSize)
        }
      }))

    const streamPages = (options?: Page.StreamOptions) =>
      Page.offsetWalk({
        provider,
        operation: "list",
        list: "customers",
        filters: {},
        pageSize: can.pageSize,
        order: can.walk.order,
        fetch,
        key: ({ createdAt, id }) => ({ createdAt: createdAt.epochMillis, id })
      }, options).pipe(can.answers.total ? (pages) => pages : Stream.map(withoutTotal))

    const implementation: Customers.Implementation = {
      capabilities: can,
      create: (input) => later(create(input)),
      get: (id) => later(found("get", { id })),
      update: (id, patch) => later(Effect.flatMap(found("update", { id }), (customer) => update(customer, patch))),
      delete: (id) => later(Effect.flatMap(found("delete", { id }), remove)),
      streamPages
    }

    for (const seed of options.customers ?? []) {
      if (seed === unreadable) {
        store.insertUnreadable(yield* store.unusedId(randomId), yield* DateTime.now)
      } else if (seed instanceof Customer) {
        yield* refuseTaken("create", store.taken(fieldsOf(seed))).pipe(Effect.orDie)
        store.insert(new Customer({ ...seed, provider }, true))
      } else {
        const { createdAt, id, ...input } = seed
        const seeding = Customers.make({ ...implementation, create: (input) => insert(input, { createdAt, id }) })
        yield* Effect.orDie(seeding.create(input))
      }
    }

    const byExternalId = ByExternalId.make(Customers.make(implementation), {
      getByExternalId: (externalId) => later(found("get", { externalId })),
      updateByExternalId: (externalId, patch) =>
        later(Effect.flatMap(found("update", { externalId }), (customer) => update(customer, patch))),
      deleteByExternalId: (externalId) => later(Effect.flatMap(found("delete", { externalId }), remove))
    })
    const all = ByEmail.make(byExternalId, {
      findByEmail: (email) => Stream.unwrap(later(Effect.sync(() => Stream.fromIterable(store.byEmail(email)))))
    })
    const roles: Roles = {
      ...all,
      get byExternalId() {
        return can.findBy.externalId ? Option.some(roles) : Option.none()
      },
      get byEmail() {
        return can.findBy.email ? Option.some(roles) : Option.none()
      }
    }
    return roles
  })

const nobody = (provider: Provider, id: string, createdAt: DateTime.Utc): Customer =>
  new Customer({
    provider,
    id: CustomerId.make(id, true),
    externalId: Option.none(),
    email: Option.none(),
    name: Option.none(),
    phone: Option.none(),
    address: Option.none(),
    locale: Option.none(),
    metadata: {},
    createdAt,
    updatedAt: Option.none()
  }, true)

/** The customer with what the patch names: an absent key keeps, `null` clears, a value sets. */
const changed = (customer: Customer, patch: UpdateCustomer): Customer =>
  new Customer({
    ...customer,
    externalId: given(customer.externalId, patch.externalId),
    email: given(customer.email, patch.email),
    name: given(customer.name, patch.name),
    phone: given(customer.phone, patch.phone),
    address: given(customer.address, patch.address && addressFromInput(patch.address)),
    locale: given(customer.locale, patch.locale),
    metadata: patch.metadata === undefined ? customer.metadata : patch.metadata ?? {}
  }, true)

const given = <A>(stored: Option.Option<A>, value: A | null | undefined): Option.Option<A> =>
  value === undefined ? stored : Option.fromNullable(value)

const fieldsOf = ({ email, externalId, id }: Customer) => ({
  id,
  email: Option.getOrUndefined(email),
  externalId: Option.getOrUndefined(externalId)
})

const withoutTotal = <A>(page: Page.Page<A>): Page.Page<A> => ({
  items: page.items,
  unreadable: page.unreadable,
  total: Option.none(),
  get next() {
    return page.next
  }
})
