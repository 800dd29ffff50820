/**
 * The services without HTTP: a double that keeps customers in memory, and is honest about who is not there, what is
 * taken, what cannot be stored, pages and their order.
 *
 * @since 0.1.0
 */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import type { CreateCustomer, Provider, UpdateCustomer } from "@effect-customers/core/Customer"
import { addressFromInput, Customer, CustomerId, PaymentSource } from "@effect-customers/core/Customer"
import { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import {
  Conflict,
  CustomerAlreadyExists,
  CustomerNotFound,
  type ErrorContext,
  InvalidRequest,
  InvalidResponse,
  Unsupported
} from "@effect-customers/core/CustomersError"
import * as Roles from "@effect-customers/core/CustomersRoles"
import * as Customers from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import * as Idempotency from "@effect-customers/core/Idempotency"
import * as Page from "@effect-customers/core/Page"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { copied, RowStore } from "./internal/rowStore.js"

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
 * - `customers`: who is there from the start, in order of creation. What the capabilities do not allow, what is taken,
 *   and an id that nobody can be asked for by, makes the layer die of the error that a call would end in. A `Customer` is
 *   taken as it is, also beyond limits that new ones have, but for fields that are not stored at all.
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

const contextOf = (roles: Roles.Roles): Context.Context<CustomersService> =>
  Context.make(CustomersService, roles).pipe(
    (context) => Option.isSome(roles.byExternalId) ? Context.add(context, CustomersByExternalId, roles) : context,
    (context) => Option.isSome(roles.byEmail) ? Context.add(context, CustomersByEmail, roles) : context
  )

const sameCustomer = Schema.equivalence(Customer)

const samePaymentSource = Schema.equivalence(Schema.UndefinedOr(Schema.typeSchema(PaymentSource)))

/** What is undefined is not there, as it would not be in what is sent. */
const sameInput = (self: CreateCustomer, that: CreateCustomer): boolean =>
  sameCustomer(changed(nobody("", "", epoch), self), changed(nobody("", "", epoch), that)) &&
  samePaymentSource(self.paymentSource, that.paymentSource)

const epoch = DateTime.unsafeMake(0)

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

const randomId = Effect.map(
  Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), 16),
  (digits) => `cus_${digits.map((digit) => alphabet[digit]).join("")}`
)

interface Newcomer {
  readonly id: string
  readonly createdAt: DateTime.Utc
}

/** Nobody comes between what is looked at and what is written. */
const atOnce = <A, E>(step: () => Either.Either<A, E>): Effect.Effect<A, E> => Effect.suspend(step)

/** Others go first, as during a call over a network. */
const later = <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> => Effect.zipRight(Effect.yieldNow(), call)

const make = <ByExternalId extends boolean, ByEmail extends boolean>(
  options: Options<ByExternalId, ByEmail>
): Effect.Effect<Roles.Roles> =>
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
    ): Either.Either<Customer, CustomerNotFound> =>
      Either.fromOption(
        "id" in key ? store.byId(key.id) : store.byExternalId(key.externalId),
        () =>
          new CustomerNotFound({
            ...context(operation),
            ..."id" in key
              ? { customerId: Redacted.make(key.id) }
              : { externalId: Redacted.make(key.externalId) }
          })
      )

    const unlessTaken = <A>(
      operation: "create" | "update",
      fields: ReadonlyArray<string>,
      write: () => A
    ): Either.Either<A, CustomerAlreadyExists> =>
      fields.length === 0
        ? Either.right(write())
        : Either.left(new CustomerAlreadyExists({ ...context(operation), fields }))

    const insert = (input: CreateCustomer, { createdAt, id }: Newcomer) =>
      unlessTaken(
        "create",
        store.taken({ ...input, id }),
        () => store.insert(changed(nobody(provider, id, createdAt), input))
      )

    const newcomer = ({ externalId }: CreateCustomer, seed: Pick<Seed, "id" | "createdAt"> = {}) =>
      Effect.all({
        createdAt: seed.createdAt === undefined ? DateTime.now : Effect.succeed(seed.createdAt),
        id: Option.match(Option.fromNullable((can.ids === "externalId" ? externalId : undefined) ?? seed.id), {
          onNone: () => store.unusedId(randomId),
          onSome: Effect.succeed
        })
      })

    const create = (input: CreateCustomer) =>
      Effect.gen(function*() {
        const key = yield* Idempotency.keyOf({ ...context("create"), readOnly: false }, yield* Idempotency.Idempotency)
        const who = yield* newcomer(input)
        return yield* atOnce((): Either.Either<Customer, CustomerAlreadyExists | InvalidRequest> =>
          Option.match(Option.flatMapNullable(key, (key) => replays.get(key)), {
            onNone: () =>
              Either.map(insert(input, who), (customer) => {
                if (Option.isSome(key)) replays.set(key.value, { input, customer: copied(customer) })
                return customer
              }),
            onSome: (replay) =>
              sameInput(replay.input, input) ? Either.right(copied(replay.customer)) : Either.left(
                new InvalidRequest({
                  ...context("create"),
                  origin: "provider",
                  issues: [{ path: "idempotencyKey", message: "it was used with another input" }]
                })
              )
          })
        )
      })

    const update = (
      customer: Customer,
      patch: UpdateCustomer,
      now: DateTime.Utc
    ): Either.Either<Customer, CustomerAlreadyExists | Conflict> => {
      const externalId = patch.externalId ?? undefined
      const isOther = Option.exists(customer.externalId, (stored) => stored !== externalId)
      if (externalId !== undefined && isOther && fields.externalId.mutable === "once") {
        return Either.left(
          new Conflict({
            ...context("update"),
            path: "externalId",
            reason: Redacted.make("an external id is set once")
          })
        )
      }
      return unlessTaken("update", store.taken(patch, customer), () => {
        const id = can.ids === "externalId" && externalId !== undefined ? externalId : customer.id
        const updatedAt = can.answers.updatedAt ? Option.some(now) : Option.none()
        const renamed = new Customer({ ...customer, id: CustomerId.make(id, true), updatedAt }, true)
        return store.replace(customer, changed(renamed, patch))
      })
    }

    const findAndUpdate = (key: Parameters<typeof found>[1], patch: UpdateCustomer) =>
      Effect.flatMap(DateTime.now, (now) =>
        atOnce((): Either.Either<Customer, CustomerNotFound | CustomerAlreadyExists | Conflict> =>
          Either.flatMap(found("update", key), (customer) =>
            update(customer, patch, now))
        ))

    const findAndRemove = (key: Parameters<typeof found>[1]) =>
      atOnce(() =>
        Either.map(found("delete", key), (customer) => store.remove(customer))
      )

    const fetch = (page: number, pageSize: number) =>
      later(Effect.sync((): Page.OffsetPage<Customer> => {
        const shown = store.slice((page - 1) * pageSize, page * pageSize)
        return {
          items: Arr.getSomes(shown),
          unreadable: shown.flatMap((customer, index) =>
            Option.isNone(customer)
              ? [
                new InvalidResponse({
                  ...context("list"),
                  issues: [{ path: `items.${index}`, expected: "a customer" }]
                })
              ]
              : []
          ),
          total: store.size,
          lastPage: Math.ceil(store.size / pageSize)
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
      get: (id) => later(atOnce(() => found("get", { id }))),
      update: (id, patch) => later(findAndUpdate({ id }, patch)),
      delete: (id) => later(findAndRemove({ id })),
      streamPages
    }

    const seedNew = ({ createdAt, id, ...input }: Seed) =>
      Effect.flatMap(checkIds(id, input.externalId), () =>
        Customers.make({
          ...implementation,
          create: (input) => Effect.flatMap(newcomer(input, { createdAt, id }), (who) => insert(input, who))
        }).create(input))

    const seedOld = (customer: Customer) =>
      Effect.flatMap(checkIds(customer.id, Option.getOrUndefined(customer.externalId)), (): Effect.Effect<
        Customer,
        Customers.CreateError
      > => {
        const path = customerFields.find((field) => !fields[field].stored && has(customer, field))
        return path === undefined
          ? atOnce(() =>
            unlessTaken("create", store.taken(fieldsOf(customer)), () =>
              store.insert(copied(new Customer({ ...customer, provider }, true))))
          )
          : new Unsupported({ ...context("create"), path, reason: `${provider} does not store it` })
      })

    const checkIds = (id: string | undefined, externalId: string | undefined) =>
      can.ids === "assigned" || id === undefined || id === externalId ? Effect.void : new InvalidRequest({
        ...context("create"),
        origin: "sdk",
        issues: [{ path: "id", message: `in ${provider} it is the external id` }]
      })

    const service = Customers.make(implementation)

    for (const seed of options.customers ?? []) {
      if (seed === unreadable) {
        store.insertUnreadable(yield* store.unusedId(randomId), yield* DateTime.now)
      } else {
        yield* Effect.suspend((): Effect.Effect<Customer, Customers.CreateError> =>
          seed instanceof Customer ? seedOld(seed) : seedNew(seed)
        ).pipe(
          // an id that `get` refuses is nobody's
          Effect.flatMap(({ id }) =>
            service.get(id)
          ),
          Effect.orDie,
          // no call of the program's: it has no span, and takes no key
          Effect.withTracerEnabled(false),
          Idempotency.none
        )
      }
    }

    return Roles.make(service, {
      getByExternalId: (externalId) => later(atOnce(() => found("get", { externalId }))),
      updateByExternalId: (externalId, patch) => later(findAndUpdate({ externalId }, patch)),
      deleteByExternalId: (externalId) => later(findAndRemove({ externalId })),
      findByEmail: (email) => Stream.unwrap(later(Effect.sync(() => Stream.fromIterable(store.byEmail(email)))))
    })
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

const customerFields = ["externalId", "email", "name", "phone", "address", "locale", "metadata"] as const

const has = (customer: Customer, field: typeof customerFields[number]): boolean => {
  const value = customer[field]
  return Option.isOption(value) ? Option.isSome<unknown>(value) : Object.keys(value).length > 0
}

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
