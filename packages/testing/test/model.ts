/** Sequences of calls made at random, run on any service, and what can be compared of what comes of them. */
import {
  Capabilities,
  type CreateCustomer,
  type Customer,
  type CustomersError,
  CustomersService,
  type Page,
  type UpdateCustomer
} from "@effect-customers/core"
import { Chunk, Clock, Effect, FastCheck as fc, Option, Redacted, Stream } from "effect"

/** A customer of the run: the one that was seen as the nth, modulo how many there are, or nobody. */
type Who = number | "nobody"

export type Step =
  | { readonly call: "create"; readonly input: CreateCustomer }
  | { readonly call: "get" | "delete"; readonly who: Who }
  | { readonly call: "update"; readonly who: Who; readonly patch: UpdateCustomer }
  | { readonly call: "list" | "stream" | "streamPages"; readonly pageSize: number }
  | { readonly call: "getByExternalId" | "deleteByExternalId"; readonly externalId: string }
  | { readonly call: "updateByExternalId"; readonly externalId: string; readonly patch: UpdateCustomer }
  | {
    readonly call: "getOrCreate" | "upsert"
    readonly externalId: string
    readonly input: Omit<CreateCustomer, "externalId">
  }
  | { readonly call: "findByEmail"; readonly email: string }
  /** One page, from which the next `resume` goes on, whatever has changed by then. */
  | { readonly call: "firstPage"; readonly pageSize: number }
  | { readonly call: "resume" }

const paymentSource = {
  card: {
    number: Redacted.make("5520000000000000"),
    expiryMonth: 5,
    expiryYear: 2030,
    cvc: Redacted.make("012"),
    name: "Ada Example",
    address: { line1: "1 Sample St", city: "Perth", country: "AU" }
  }
}

// few of each, so that they meet
const externalIds = ["user_1", "user_2", "user_3"]
const emails = ["ada@example.com", "ADA@example.com", "grace@example.com", "grace@example.com.au"]

/** What every provider that stores the field stores as it is. */
const values = {
  externalId: externalIds,
  email: emails,
  name: ["Ada", "Ada Lovelace", "Grace Brewster Hopper"],
  phone: ["+31 20 1234567", "+61 2 9999 9999"],
  address: [
    { line1: "1 Sample St", city: "Perth", country: "AU" },
    { line1: "10 Downing Street", line2: null, city: "London", postalCode: "SW1A 2AA", country: "GB" },
    { country: "FR" }
  ],
  locale: ["en-GB", "nl-NL"],
  metadata: [{}, { plan: "pro" }, { plan: "free", tier: "2" }]
} as const

/** What none or not all of them take. */
const doubtful = {
  externalId: ["user 4", ""],
  email: ["no address"],
  name: [" ", "x".repeat(300)],
  phone: ["+31 20 1234567 extension 1234"],
  address: [{ city: "Nowhere", country: "fr" }, { country: "CU" }],
  locale: ["en", "no tag"],
  metadata: [{ note: "" }, { seats: 3 }, { tags: ["a"] }, { gone: null }, { long: "x".repeat(1100) }]
} as const

const fields = Object.keys(values) as ReadonlyArray<keyof typeof values>

const record = (of: (field: keyof typeof values) => fc.Arbitrary<unknown>) =>
  fc.record(Object.fromEntries(fields.map((field) => [field, of(field)])), { requiredKeys: [] })

const good = (field: keyof typeof values): fc.Arbitrary<unknown> => fc.constantFrom<unknown>(...values[field])

const any = (field: keyof typeof values): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: good(field) }, {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(...doubtful[field])
  })

/** What of it the provider takes, with what it requires; one in six is whatever it is. */
const inputFor = (capabilities: Capabilities.Capabilities): fc.Arbitrary<CreateCustomer> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(record(good), fc.constantFrom(...externalIds), fc.constantFrom(...emails)).map(
        ([input, externalId, email]) => {
          const required: CreateCustomer = { externalId, email, name: "Ada", paymentSource, ...input }
          const isRequired = (field: string) =>
            Capabilities.fit(capabilities, {}).missing.some((name) => name === field)
          const missing = Object.entries(required).filter(([field]) => isRequired(field))
          return { ...Capabilities.fit(capabilities, input).input, ...Object.fromEntries(missing) }
        }
      )
    },
    { weight: 1, arbitrary: record(any) }
  )

const patchFor = (capabilities: Capabilities.Capabilities): fc.Arbitrary<UpdateCustomer> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: record((field) => fc.option(good(field), { freq: 4 })).map((patch) =>
        Capabilities.fitUpdate(capabilities, patch).input
      )
    },
    { weight: 1, arbitrary: record((field) => fc.option(any(field), { freq: 4 })) }
  )

export const steps = (capabilities: Capabilities.Capabilities): fc.Arbitrary<ReadonlyArray<Step>> => {
  const who = fc.oneof({ weight: 8, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constant("nobody" as const) })
  const externalId = fc.constantFrom(...externalIds)
  const { max, min } = capabilities.pageSize
  const pageSize = fc.constantFrom(min, 1, 2, 3, max, max + 1)
  const byId: ReadonlyArray<fc.WeightedArbitrary<Step>> = [
    { weight: 5, arbitrary: fc.record({ call: fc.constant("create" as const), input: inputFor(capabilities) }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constantFrom("get" as const, "delete" as const), who }) },
    {
      weight: 3,
      arbitrary: fc.record({ call: fc.constant("update" as const), who, patch: patchFor(capabilities) })
    },
    {
      weight: 2,
      arbitrary: fc.record({
        call: fc.constantFrom("list" as const, "stream" as const, "streamPages" as const),
        pageSize
      })
    }
  ]
  // a walk knows customers by their ids: where a rename changes them, it may tell of one again
  const acrossChanges: ReadonlyArray<fc.WeightedArbitrary<Step>> = capabilities.ids === "externalId" ? [] : [
    {
      weight: 1,
      arbitrary: fc.record({ call: fc.constant("firstPage" as const), pageSize: fc.constantFrom(min, min + 1) })
    },
    { weight: 2, arbitrary: fc.record({ call: fc.constant("resume" as const) }) }
  ]
  const byExternalId: ReadonlyArray<fc.WeightedArbitrary<Step>> = [
    {
      weight: 2,
      arbitrary: fc.record({
        call: fc.constantFrom("getByExternalId" as const, "deleteByExternalId" as const),
        externalId
      })
    },
    {
      weight: 2,
      arbitrary: fc.record({
        call: fc.constant("updateByExternalId" as const),
        externalId,
        patch: patchFor(capabilities)
      })
    },
    {
      weight: 3,
      arbitrary: fc.record({
        call: fc.constantFrom("getOrCreate" as const, "upsert" as const),
        externalId,
        input: inputFor(capabilities).map(({ externalId: _, ...input }) => input)
      })
    }
  ]
  const byEmail: fc.WeightedArbitrary<Step> = {
    weight: 1,
    arbitrary: fc.record({ call: fc.constant("findByEmail" as const), email: fc.constantFrom(...emails) })
  }
  return fc.array(
    fc.oneof(
      ...byId,
      ...acrossChanges,
      ...capabilities.findBy.externalId ? byExternalId : [],
      ...capabilities.findBy.email ? [byEmail] : []
    ),
    { minLength: 1, maxLength: 30, size: "max" }
  )
}

type Row = Customer | Page.Page<Customer>

/** All of a walk; `undefined` for a delete. */
type Found = Customer | { readonly rows: ReadonlyArray<Row> } | void

/** Flexprice writes down there that an external id was changed. */
const withoutOldIds = ({ old_external_ids: _, ...metadata }: Customer["metadata"]) => metadata

/** It stands still during a call. */
export const makeClock = () => {
  let now = Date.parse("2026-11-27T12:00:00Z")
  const { sleep } = Clock.make()
  const millis = () => now
  const nanos = () => BigInt(now) * 1_000_000n
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: millis,
    currentTimeMillis: Effect.sync(millis),
    unsafeCurrentTimeNanos: nanos,
    currentTimeNanos: Effect.sync(nanos),
    sleep
  }
  const tick = Effect.sync(() => {
    now += 1000
  })
  return { clock, tick }
}

/**
 * What comes of the calls, one after the other, a second after the other. Ids that the provider assigns are told by the
 * order in which they were seen, and e-mails compared case aside, as the providers do. Times are left out, and
 * `mayHaveApplied`: some calls of Flexprice are two writes, and it changes who was deleted, which its service says.
 */
export const outcomes = (steps: ReadonlyArray<Step>, nobody: string, tick: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const { capabilities } = customers
    const byExternalId = Option.getOrUndefined(customers.byExternalId)!
    const byEmail = Option.getOrUndefined(customers.byEmail)!
    const seen: Array<string> = []
    let cursor: string | undefined

    const idOf = (who: Who) => who === "nobody" || seen.length === 0 ? nobody : seen[who % seen.length] ?? nobody

    const shown = (customer: Customer) => {
      if (!seen.includes(customer.id)) seen.push(customer.id)
      const { createdAt: _, email, id, metadata, updatedAt, ...fields } = customer
      return {
        ...fields,
        metadata: withoutOldIds(metadata),
        id: capabilities.ids === "externalId" ? id : seen.indexOf(id),
        email: Option.map(email, (email) => email.toLowerCase()),
        tellsUpdatedAt: !capabilities.answers.updatedAt && Option.isSome(updatedAt)
      }
    }
    const shownRow = (row: Row) =>
      "items" in row
        ? { items: row.items.map(shown), total: row.total, isLast: Option.isNone(row.next) }
        : shown(row)
    const shownAny = (found: Found): unknown =>
      found === undefined ? "done" : "rows" in found ? found.rows.map(shownRow) : shown(found)

    const run = (step: Step): Effect.Effect<Found, CustomersError> => {
      switch (step.call) {
        case "create":
          return customers.create(step.input)
        case "get":
        case "delete":
          return customers[step.call](idOf(step.who))
        case "update":
          return customers.update(idOf(step.who), step.patch)
        case "list":
          return pages(step.pageSize)
        case "stream":
          return all(customers.stream({ pageSize: step.pageSize }))
        case "streamPages":
          return all(customers.streamPages({ pageSize: step.pageSize }))
        case "getByExternalId":
        case "deleteByExternalId":
          return byExternalId[step.call](step.externalId)
        case "updateByExternalId":
          return byExternalId.updateByExternalId(step.externalId, step.patch)
        case "getOrCreate":
        case "upsert":
          return byExternalId[step.call](step.externalId, step.input)
        case "firstPage":
          return onePage({ pageSize: step.pageSize })
        case "resume":
          return cursor === undefined ? Effect.void : all(customers.stream({ from: cursor }))
        case "findByEmail":
          return all(byEmail.findByEmail(step.email))
      }
    }
    /** From cursor to cursor. */
    const pages = (pageSize: number) =>
      all(
        Stream.paginateEffect(undefined as string | undefined, (cursor) =>
          Effect.map(customers.list({ pageSize, cursor }), (page) =>
            [page, Option.map(page.next, String)] as const))
      )

    const onePage = (options: Page.ListOptions) =>
      Effect.map(customers.list(options), (page): Found => {
        cursor = Option.getOrUndefined(page.next)
        return { rows: [page] }
      })

    return yield* Effect.forEach(
      steps,
      (step) => Effect.zipRight(tick, Effect.match(run(step), { onSuccess: shownAny, onFailure: shownError }))
    )
  })

const all = <A extends Row, E>(stream: Stream.Stream<A, E>): Effect.Effect<Found, E> =>
  Effect.map(Stream.runCollect(stream), (rows) => ({ rows: Chunk.toReadonlyArray(rows) }))

const shownError = (error: CustomersError) => ({
  error: error._tag,
  by: error._tag === "CustomerNotFound"
    ? [error.customerId !== undefined, error.externalId !== undefined]
    : [],
  at: error._tag === "InvalidRequest"
    ? error.issues.map(({ path }) => path)
    : error._tag === "CustomerAlreadyExists"
    ? [...error.fields].sort()
    : "path" in error
    ? [error.path]
    : []
})
