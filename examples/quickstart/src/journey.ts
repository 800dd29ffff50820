/** What this example does with customers. It knows the services of the core and no provider. */
import type { CreateCustomer, Customer } from "@effect-customers/core"
import { Capabilities, CustomersService } from "@effect-customers/core"
import { Array, Effect, Option, Redacted, Stream, Struct } from "effect"
import { Journal } from "./journal.js"
import { Progress } from "./progress.js"
import { grouped } from "./table.js"

/** Creates, finds, changes and deletes one customer, and creates and walks through `count` others. */
export const journey = (count: number) =>
  Effect.gen(function*() {
    const others = yield* oneCustomer
    yield* manyCustomers(count)
    yield* goodbye(others)
  })

const externalId = "user_ada"
const ada = { email: "ada@example.com", name: "Ada Byron" }

/** What some providers require beside what everyone takes: an id of ours, a name, a card that charges nobody. */
const supplies = (number: number) => ({
  externalId: `user_${number}`,
  name: `Customer ${number}`,
  paymentSource: {
    card: {
      number: Redacted.make("4200000000000000"),
      expiryMonth: 12,
      expiryYear: 2031,
      cvc: Redacted.make("123"),
      name: "Ada Byron",
      address: { line1: "12 St James's Square", city: "London", country: "GB" }
    }
  }
} satisfies CreateCustomer)

const suppliable = ["externalId", "name", "paymentSource"] as const

/** What of a customer this provider can take, with what it needs besides, and both in words. */
const fitted = (capabilities: Capabilities.Capabilities, wanted: CreateCustomer, number = 0) => {
  const { input, missing, unsupported } = Capabilities.fit(capabilities, wanted)
  const supplied: CreateCustomer = Struct.pick(supplies(number), ...Array.intersection(missing, suppliable))
  const words = [
    ...unsupported.map(({ path }) => `without ${path}`),
    ...Object.keys(supplied).map((field) => `with ${field}`)
  ]
  return { input: { ...input, ...supplied }, words: words.join(", ") || "as it is" }
}

/** Answers the ids of the customers that are left. */
const oneCustomer = Effect.gen(function*() {
  const customers = yield* CustomersService
  const { step } = yield* Journal
  const { capabilities, provider } = customers
  const notHere = (operation: string) => step(operation, Effect.void, () => `not on ${provider}`)

  const { input, words } = fitted(capabilities, { ...ada, externalId, phone: "+44 20 7946 0018" })
  yield* step("fit", Effect.succeed(words), (words) => words)
  const { id } = yield* step("create", customers.create(input), nameOf)
  yield* step("get", customers.get(id), nameOf)
  yield* Option.match(customers.byExternalId, {
    onNone: () => notHere("getByExternalId"),
    onSome: (customers) => step("getByExternalId", customers.getByExternalId(externalId), nameOf)
  })
  yield* Option.match(customers.byEmail, {
    onNone: () => notHere("findByEmail"),
    onSome: ({ findByEmail }) =>
      step("findByEmail", Stream.runCollect(findByEmail(ada.email)), (found) => `${found.length} found`)
  })

  // In an update an absent key keeps, null clears, a value sets.
  const patch = Capabilities.fitUpdate(capabilities, { name: "Ada King", locale: "en-GB" }).input
  yield* step("update", customers.update(id, patch), nameOf)

  const charles = yield* Option.match(customers.byExternalId, {
    onNone: () => Effect.as(notHere("upsert"), Option.none<Customer>()),
    onSome: ({ upsert }) =>
      Effect.gen(function*() {
        yield* step("upsert, as it is", upsert(externalId, { ...ada, name: "Ada King" }), nameOf)
        yield* step("upsert, a change", upsert(externalId, { ...ada, name: "Ada Lovelace" }), nameOf)
        const charles = { email: "charles@example.com", name: "Charles Babbage" }
        return Option.some(yield* step("upsert, a new one", upsert("user_charles", charles), nameOf))
      })
  })

  // The error is a value with a type: the compiler knows that `create` can end in it, and that nothing is left of it.
  const createAgain = customers.create(input).pipe(
    Effect.map((second) => ({ second: Option.some(second), result: "a second one: nothing here is unique" })),
    Effect.catchTag(
      "CustomerAlreadyExists",
      ({ _tag, fields }) => Effect.succeed({ second: Option.none<Customer>(), result: `${_tag}: ${fields.join(", ")}` })
    )
  )
  const { second } = yield* step("create, again", createAgain, ({ result }) => result)
  return { ada: id, others: Array.map(Array.getSomes([charles, second]), ({ id }) => id) }
})

const manyCustomers = (count: number) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const { step } = yield* Journal
    const { bar } = yield* Progress

    const seed = bar("creating", count, (advance) =>
      Effect.forEach(
        Array.range(1, count),
        (number) => {
          const { input } = fitted(customers.capabilities, { email: `customer-${number}@example.com` }, number)
          return Effect.zipRight(customers.create(input), advance)
        },
        { concurrency: 16, discard: true }
      ))
    yield* step(`create x ${grouped(count)}`, seed, () => `${grouped(count)} created`)

    const twoPages = Effect.gen(function*() {
      const first = yield* customers.list({ pageSize: 50 })
      const cursor = Option.getOrUndefined(first.next)
      const second = cursor === undefined ? [] : (yield* customers.list({ pageSize: 50, cursor })).items
      return { items: [...first.items, ...second], total: first.total }
    })
    const { total } = yield* step("list, two pages", twoPages, pageOf)
    const everyone = Option.getOrElse(total, () => count)
    yield* step("stream, all", walk(customers.stream(), everyone), walked)
  })

const goodbye = ({ ada, others }: { readonly ada: string; readonly others: ReadonlyArray<string> }) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const { step } = yield* Journal

    yield* step("delete", customers.delete(ada), () => "deleted")
    for (const id of others) yield* step("delete, the other", customers.delete(id), () => "deleted")
    const getDeleted = customers.get(ada).pipe(
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
      walk(Stream.take(customers.stream(), most), Math.min(Option.getOrElse(total, () => most), most)),
      walked
    )
  })

const walk = <E, R>(customers: Stream.Stream<Customer, E, R>, total: number) =>
  Effect.flatMap(
    Progress,
    ({ bar }) => bar("walking ", total, (advance) => Stream.runCount(Stream.tap(customers, () => advance)))
  )

const nameOf = (customer: Customer): string => Option.getOrElse(customer.name, () => "no name")

const pageOf = ({ items, total }: { readonly items: ReadonlyArray<Customer>; readonly total: Option.Option<number> }) =>
  `${items.length} of ${Option.match(total, { onNone: () => "an unknown number", onSome: grouped })}`

const walked = (count: number): string => `${grouped(count)} customers`
