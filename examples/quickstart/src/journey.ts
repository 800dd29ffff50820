/** What this example does with customers. It knows the services of the core and no provider. */
import type { Customer } from "@effect-customers/core"
import { CustomersByEmail, CustomersByExternalId, CustomersService } from "@effect-customers/core"
import { Array, Effect, Option, Stream } from "effect"
import { Journal } from "./journal.js"
import { Progress } from "./progress.js"
import { grouped } from "./table.js"

/** Creates, finds, changes and deletes one customer, and creates and walks through `count` others. */
export const journey = (count: number) =>
  Effect.gen(function*() {
    yield* oneCustomer
    yield* manyCustomers(count)
    yield* goodbye
  })

const externalId = "user_ada"
const ada = { email: "ada@example.com", name: "Ada Byron" }

const oneCustomer = Effect.gen(function*() {
  // Every capability extends `CustomersService`: a program asks for the one it needs, or for two.
  const customers = yield* CustomersByExternalId
  const { findByEmail } = yield* CustomersByEmail
  const { step } = yield* Journal

  const { id } = yield* step("create", customers.create({ ...ada, externalId }), nameOf)
  yield* step("get", customers.get(id), nameOf)
  yield* step("getByExternalId", customers.getByExternalId(externalId), nameOf)
  yield* step("findByEmail", Stream.runCollect(findByEmail(ada.email)), (found) => `${found.length} found`)

  // In an update an absent key keeps, null clears, a value sets.
  yield* step("update", customers.update(id, { name: "Ada King", locale: "en-GB" }), nameOf)
  yield* step("upsert, as it is", customers.upsert(externalId, { ...ada, name: "Ada King" }), nameOf)
  yield* step("upsert, a change", customers.upsert(externalId, { ...ada, name: "Ada Lovelace" }), nameOf)
  yield* step("upsert, a new one", customers.upsert("user_charles", charles), nameOf)

  // The error is a value with a type: the compiler knows that `create` can end in it, and that nothing is left of it.
  const createAgain = customers.create({ ...ada, externalId }).pipe(
    Effect.as("a second Ada"),
    Effect.catchTag("CustomerAlreadyExists", (error) => Effect.succeed(`${error._tag}: ${error.fields.join(", ")}`))
  )
  yield* step("create, again", createAgain, (result) => result)
})

const charles = { email: "charles@example.com", name: "Charles Babbage" }

const manyCustomers = (count: number) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const { step } = yield* Journal
    const { bar } = yield* Progress

    const seed = bar("creating", count, (advance) =>
      Effect.forEach(
        Array.range(1, count),
        (number) => Effect.zipRight(customers.create({ email: `customer-${number}@example.com` }), advance),
        { concurrency: 16, discard: true }
      ))
    yield* step(`create x ${grouped(count)}`, seed, () => `${grouped(count)} created`)

    const twoPages = Effect.gen(function*() {
      const first = yield* customers.list({ pageSize: 50 })
      const second = yield* customers.list({ pageSize: 50, cursor: Option.getOrUndefined(first.next) })
      return { items: [...first.items, ...second.items], total: second.total }
    })
    const { total } = yield* step("list, two pages", twoPages, pageOf)
    yield* step("stream, all", walk(customers.stream(), expected(total)), walked)
  })

const goodbye = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const { step } = yield* Journal

  const { id } = yield* customers.getByExternalId(externalId)
  yield* step("delete", customers.delete(id), () => "deleted")
  yield* step("deleteByExternalId", customers.deleteByExternalId("user_charles"), () => "deleted")
  const getDeleted = customers.get(id).pipe(
    Effect.map(nameOf),
    Effect.catchTag("CustomerNotFound", (error) => Effect.succeed(error._tag))
  )
  yield* step("get, deleted", getDeleted, (result) => result)
})

/** The part that changes nothing, for a real account: one page, one customer, and a walk through the first `most`. */
export const lookAround = (most: number) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const { step } = yield* Journal

    const { items, total } = yield* step("list, one page", customers.list({ pageSize: 10 }), pageOf)
    const first = items[0]
    if (first !== undefined) yield* step("get", customers.get(first.id), () => "the first of them")
    yield* step(
      `stream, up to ${grouped(most)}`,
      walk(Stream.take(customers.stream(), most), Math.min(expected(total), most)),
      walked
    )
  })

const walk = <E, R>(customers: Stream.Stream<Customer, E, R>, total: number) =>
  Effect.flatMap(
    Progress,
    ({ bar }) => bar("walking ", total, (advance) => Stream.runCount(Stream.tap(customers, () => advance)))
  )

const nameOf = (customer: Customer): string => Option.getOrElse(customer.name, () => "no name")

const expected = (total: Option.Option<number>): number => Option.getOrElse(total, () => 0)

const pageOf = ({ items, total }: { readonly items: ReadonlyArray<Customer>; readonly total: Option.Option<number> }) =>
  `${items.length} of ${Option.match(total, { onNone: () => "an unknown number", onSome: grouped })}`

const walked = (count: number): string => `${grouped(count)} customers`
