import * as Autumn from "@effect-customers/autumn"
import {
  type Capabilities,
  type CreateCustomer,
  Customer,
  CustomersByEmail,
  CustomersByExternalId,
  CustomersService,
  Idempotency,
  type Metadata
} from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import {
  Array,
  Cause,
  Chunk,
  DateTime,
  Effect,
  Exit,
  type Layer,
  Option,
  Random,
  Redacted,
  Schema,
  Stream,
  TestClock
} from "effect"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"

const emailsOf = (customers: Iterable<Customer>) =>
  Array.fromIterable(customers).map(({ email }) => Option.getOrUndefined(email))

const ada = { id: "cus_ada", externalId: "user_ada", email: "ada@example.com", name: "Ada Lovelace" }

const customerOf = (fields: { readonly id?: string; readonly externalId?: string; readonly metadata?: Metadata }) =>
  Schema.decodeSync(Customer)({
    provider: "polar",
    id: "1",
    externalId: null,
    email: "grace@example.com",
    name: null,
    phone: null,
    address: null,
    locale: null,
    metadata: {},
    createdAt: "2026-01-03T13:37:00.000Z",
    updatedAt: "2026-01-03T13:38:00.000Z",
    ...fields
  })

const threePeople = [ada, { email: "grace@example.com" }, { email: "mary@example.com" }]

describe("what it starts with", () => {
  it.effect("customers as they are given, in that order", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const { items, next, total } = yield* customers.list()
      expect(emailsOf(items)).toEqual(["ada@example.com", "grace@example.com", "mary@example.com"])
      expect([next, total]).toEqual([Option.none(), Option.some(3)])
      expect((yield* customers.get("cus_ada")).name).toEqual(Option.some("Ada Lovelace"))
    }).pipe(Effect.provide(InMemoryCustomers.layer({ customers: threePeople }))))

  it.effect("customers of another double or provider, as they are", () =>
    Effect.gen(function*() {
      const grace = customerOf({ metadata: { plan: "pro" } })
      const found = yield* Effect.flatMap(CustomersService, (customers) => customers.get("1")).pipe(
        Effect.provide(InMemoryCustomers.layer({ customers: [grace], provider: "polar" }))
      )
      expect(found).toEqual(grace)
      expect(found.createdAt).toEqual(grace.createdAt)
    }))

  it.effect("order goes by creation time, then by the order in which they are given", () =>
    Effect.gen(function*() {
      const { items } = yield* Effect.flatMap(CustomersService, (customers) => customers.list())
      expect(emailsOf(items)).toEqual(["old@example.com", "b@example.com", "a@example.com"])
    }).pipe(Effect.provide(InMemoryCustomers.layer({
      customers: [
        { email: "b@example.com" },
        { email: "old@example.com", createdAt: DateTime.unsafeMake(-1) },
        { email: "a@example.com" }
      ]
    }))))

  it.each<[string, Layer.Layer<CustomersService>, string]>([
    [
      "an external id is taken",
      InMemoryCustomers.layer({ customers: [ada, { externalId: "user_ada" }] }),
      "externalId"
    ],
    ["an id is taken", InMemoryCustomers.layer({ customers: [ada, { id: "cus_ada" }] }), "id"],
    [
      "an e-mail is taken where it is unique",
      InMemoryCustomers.layer({
        capabilities: Polar.capabilities,
        customers: [{ email: "ada@example.com" }, { email: "ADA@example.com" }]
      }),
      "email"
    ],
    [
      "a field cannot be stored",
      InMemoryCustomers.layer({ capabilities: Mollie.capabilities, customers: [{ phone: "1" }] }),
      "phone"
    ],
    [
      "a required field is missing",
      InMemoryCustomers.layer({ capabilities: Polar.capabilities, customers: [{ name: "Ada" }] }),
      "email"
    ],
    ["an e-mail is none", InMemoryCustomers.layer({ customers: [{ email: "no address" }] }), "email"],
    ["an id is none", InMemoryCustomers.layer({ customers: [{ id: "" }] }), "id"],
    [
      "an id is not the external id, where it has to be",
      InMemoryCustomers.layer({ capabilities: Autumn.capabilities, customers: [{ id: "1", externalId: "user_ada" }] }),
      "id"
    ],
    [
      "a customer has no external id, where that is the id",
      InMemoryCustomers.layer({ capabilities: Autumn.capabilities, customers: [customerOf({ id: "1" })] }),
      "id"
    ],
    [
      "a customer of another provider has a field that cannot be stored",
      InMemoryCustomers.layer({
        capabilities: Mollie.capabilities,
        customers: [customerOf({ externalId: "user_ada" })]
      }),
      "externalId"
    ]
  ])("dies where %s, and names the field, not the value", async (_, layer, field) => {
    const exit = await Effect.runPromiseExit(Effect.provide(CustomersService, layer))
    const printed = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "it was built"
    expect(printed).toContain(field)
    expect(printed).not.toMatch(/example\.com|no address|user_ada/)
  })

  it.effect("a row that cannot be read is told of beside the others, and ends a stream", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const page = yield* customers.list()
      expect(emailsOf(page.items)).toEqual(["ada@example.com", "mary@example.com"])
      expect(page.unreadable.map(({ issues }) => issues)).toEqual([[{ path: "items.1", expected: "a customer" }]])
      const told: Array<Customer> = []
      const error = yield* customers.stream({ pageSize: 1 }).pipe(
        Stream.runForEach((customer) => Effect.sync(() => told.push(customer))),
        Effect.flip
      )
      expect([error._tag, emailsOf(told)]).toEqual(["InvalidResponse", ["ada@example.com"]])
    }).pipe(
      Effect.provide(
        InMemoryCustomers.layer({ customers: [ada, InMemoryCustomers.unreadable, { email: "mary@example.com" }] })
      )
    ))

  it.effect("seeding is no call of the program's: it has no span, and takes no key", () =>
    Effect.gen(function*() {
      const { spans, tracer } = inMemoryTracer()
      const customers = Array.map(threePeople, ({ email }) => ({ email }))
      yield* Effect.provide(CustomersService, InMemoryCustomers.layer({ capabilities: Polar.capabilities, customers }))
        .pipe(
          Idempotency.withKey("order-1"),
          Effect.withTracer(tracer)
        )
      expect(spans).toEqual([])
    }))

  it.effect("every build of the layer starts anew", () =>
    Effect.gen(function*() {
      const double = InMemoryCustomers.layer({ customers: threePeople })
      const deleteAda = Effect.flatMap(CustomersService, (customers) => customers.delete("cus_ada"))
      yield* Effect.provide(deleteAda, double)
      yield* Effect.provide(deleteAda, double)
    }))
})

describe("deterministic", () => {
  it.effect("the same seed and the same time give the same customers, and no two have one id", () =>
    Effect.gen(function*() {
      const run = Effect.gen(function*() {
        const customers = yield* CustomersService
        yield* TestClock.setTime(Date.parse("2026-11-27T12:00:00Z"))
        yield* Effect.forEach(Array.range(1, 50), () => customers.create({ name: "Ada" }))
        yield* TestClock.adjust("1 second")
        const last = yield* customers.create({ name: "Ada" })
        yield* TestClock.adjust("1 second")
        yield* customers.update(last.id, { name: "Grace" })
        return (yield* customers.list()).items
      }).pipe(Effect.provide(InMemoryCustomers.layer()))
      const first = yield* run.pipe(Effect.withRandom(Random.make("seed")))
      const second = yield* run.pipe(Effect.withRandom(Random.make("seed")))
      const other = yield* run.pipe(Effect.withRandom(Random.make("another seed")))
      expect(second).toEqual(first)
      expect(new Set([...first, ...other].map(({ id }) => id)).size).toBe(102)
      const last = first.at(-1)!
      expect([DateTime.formatIso(last.createdAt), Option.map(last.updatedAt, DateTime.formatIso)]).toEqual([
        "2026-11-27T12:00:01.000Z",
        Option.some("2026-11-27T12:00:02.000Z")
      ])
      expect(first[0]!.updatedAt).toEqual(Option.none())
    }))

  it.effect("an id that was deleted is not given again", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = customers.create({ name: "Ada" }).pipe(Effect.withRandom(Random.make("seed")))
      const { id } = yield* create
      yield* customers.delete(id)
      // draws the same ids once more
      const again = yield* customers.create({ name: "Ada" }).pipe(Effect.withRandom(Random.make("seed")))
      expect(again.id).not.toBe(id)
    }).pipe(Effect.provide(InMemoryCustomers.layer())))
})

describe("as a provider", () => {
  it("its layer provides the tags of that provider", () => {
    expectTypeOf(InMemoryCustomers.layer()).toEqualTypeOf<
      Layer.Layer<CustomersService | CustomersByExternalId | CustomersByEmail>
    >()
    expectTypeOf(InMemoryCustomers.layer({ capabilities: Polar.capabilities })).toEqualTypeOf<
      Layer.Layer<CustomersService | CustomersByExternalId | CustomersByEmail>
    >()
    expectTypeOf(InMemoryCustomers.layer({ capabilities: Mollie.capabilities })).toEqualTypeOf<
      Layer.Layer<CustomersService>
    >()
    const known: Capabilities.Capabilities = Mollie.capabilities
    expectTypeOf(InMemoryCustomers.layer({ capabilities: known })).toEqualTypeOf<Layer.Layer<CustomersService>>()
  })

  it.effect("and has them, and none besides", () =>
    Effect.gen(function*() {
      const tags = Effect.gen(function*() {
        const { byEmail, byExternalId, capabilities, provider } = yield* CustomersService
        return {
          tags: [
            Option.isSome(yield* Effect.serviceOption(CustomersByExternalId)),
            Option.isSome(byExternalId),
            Option.isSome(yield* Effect.serviceOption(CustomersByEmail)),
            Option.isSome(byEmail)
          ],
          provider: [provider, capabilities.provider]
        }
      })
      expect(yield* Effect.provide(tags, InMemoryCustomers.layer({ capabilities: Mollie.capabilities }))).toEqual({
        tags: [false, false, false, false],
        provider: ["mollie", "mollie"]
      })
      expect(yield* Effect.provide(tags, InMemoryCustomers.layer({ provider: "acme" }))).toEqual({
        tags: [true, true, true, true],
        provider: ["acme", "acme"]
      })
    }))

  it.effect("errors and customers name it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const error = yield* Effect.flip(customers.get("nobody"))
      expect([error._tag, error.provider, error.operation]).toEqual(["CustomerNotFound", "polar", "get"])
      expect((yield* customers.create({ email: "ada@example.com" })).provider).toBe("polar")
    }).pipe(Effect.provide(InMemoryCustomers.layer({ capabilities: Polar.capabilities }))))

  it.effect("whose id is the external id, a rename changes it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const before = yield* customers.create({ externalId: "user_1", email: "ada@example.com" })
      const after = yield* customers.update("user_1", { externalId: "user_2" })
      expect([before.id, after.id, after.externalId]).toEqual(["user_1", "user_2", Option.some("user_2")])
      expect((yield* Effect.flip(customers.get("user_1")))._tag).toBe("CustomerNotFound")
      expect(yield* customers.getByExternalId("user_2")).toEqual(after)
    }).pipe(Effect.provide(InMemoryCustomers.layer({ capabilities: Autumn.capabilities }))))

  it.effect("that keeps external ids after a delete does not give one to another", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.deleteByExternalId("user_ada")
      const error = yield* Effect.flip(customers.create({ externalId: "user_ada" }))
      expect(error).toMatchObject({ _tag: "CustomerAlreadyExists", fields: ["externalId"] })
    }).pipe(Effect.provide(InMemoryCustomers.layer({
      capabilities: {
        ...InMemoryCustomers.capabilities,
        delete: { ...InMemoryCustomers.capabilities.delete, freesExternalId: false }
      },
      customers: [ada]
    }))))
})

describe("as over a network", () => {
  it.effect("who changes an answer, or what was given, changes nobody who is stored", () =>
    Effect.gen(function*() {
      const seed = customerOf({ externalId: "user_1", metadata: { plan: "free" } })
      const address = { city: "Perth", country: "AU" }
      const deface = (customer: Customer) => {
        Object.assign(customer.metadata, { plan: "defaced" })
        if (Option.isSome(customer.address)) Object.assign(customer.address.value, { city: Option.none() })
      }
      const test = Effect.gen(function*() {
        const customers = yield* Effect.map(
          Effect.all([CustomersByExternalId, CustomersByEmail]),
          ([a, b]) => ({ ...a, ...b })
        )
        const update = customers.update("1", { address, metadata: { plan: "free" } })
        const reads = [
          customers.get("1"),
          customers.getByExternalId("user_1"),
          Effect.map(customers.list(), ({ items }) => items[0]!),
          Effect.flatten(Stream.runHead(customers.findByEmail("grace@example.com")))
        ]
        for (const call of [customers.get("1"), update, ...reads]) {
          deface(yield* call)
          expect((yield* customers.get("1")).metadata).toEqual({ plan: "free" })
        }
        expect((yield* customers.get("1")).address).toMatchObject(Option.some({ city: Option.some("Perth") }))
        const create = customers.create({ metadata: { plan: "free" } }).pipe(Idempotency.withKey("order-1"))
        const made = yield* create
        deface(made)
        expect([(yield* create).metadata, (yield* customers.get(made.id)).metadata]).toEqual([
          { plan: "free" },
          { plan: "free" }
        ])
      })
      const double = InMemoryCustomers.layer({ customers: [seed] })
      yield* Effect.provide(test, double)
      expect(seed.metadata).toEqual({ plan: "free" })
      yield* Effect.provide(test, double)
    }))

  it.effect("two creates with one key at once are one, whenever they yield", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = customers.create({ name: "Ada" }).pipe(Idempotency.withKey("order-1"))
      const made = yield* Effect.all([create, create, create], { concurrency: "unbounded" }).pipe(
        Effect.withMaxOpsBeforeYield(60)
      )
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      expect((yield* customers.list()).items.length).toBe(1)
    }).pipe(Effect.provide(InMemoryCustomers.layer())))

  it.effect("what is undefined in an input with a key is as if it were not there", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = (input: CreateCustomer) => customers.create(input).pipe(Idempotency.withKey("order-1"))
      const address = { city: "Perth", country: "AU" }
      const first = yield* create({ name: "Ada", phone: undefined, address: { ...address, line2: undefined } })
      expect((yield* create({ name: "Ada", address })).id).toBe(first.id)
      const card = Redacted.make("card_0123456789abcdefghijkl")
      expect((yield* Effect.flip(create({ name: "Ada", address, paymentSource: { cardToken: card } })))._tag)
        .toBe("InvalidRequest")
    }).pipe(Effect.provide(InMemoryCustomers.layer())))

  it.effect("two who look before they create race, and getOrCreate survives it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const lookThenCreate = customers.getByExternalId("user_1").pipe(
        Effect.catchTag("CustomerNotFound", () => customers.create({ externalId: "user_1" })),
        Effect.exit
      )
      const raced = yield* Effect.all([lookThenCreate, lookThenCreate], { concurrency: 2 })
      expect(raced.map(Exit.isSuccess)).toEqual([true, false])
      const made = yield* Effect.all(
        Array.makeBy(5, () => customers.getOrCreate("user_2", {})),
        { concurrency: "unbounded" }
      )
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      expect((yield* customers.list()).items.length).toBe(2)
    }).pipe(Effect.provide(InMemoryCustomers.layer())))

  it.effect("a create with an idempotency key is carried out once", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = (name: string) => customers.create({ name }).pipe(Idempotency.withKey("order-1"))
      const first = yield* create("Ada")
      yield* customers.update(first.id, { name: "Grace" })
      expect(yield* create("Ada")).toEqual(first)
      expect(yield* Effect.flip(create("Mary"))).toMatchObject({
        _tag: "InvalidRequest",
        issues: [{ path: "idempotencyKey" }]
      })
      expect((yield* customers.list()).items.length).toBe(1)
    }).pipe(Effect.provide(InMemoryCustomers.layer())))

  it.effect("newest first, who comes meanwhile is not told of, and nobody twice", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const pages = yield* customers.streamPages({ pageSize: 1 }).pipe(
        Stream.tap(() => customers.create({ email: "late@example.com" })),
        Stream.runCollect
      )
      expect(Chunk.toReadonlyArray(pages).flatMap(({ items }) => emailsOf(items))).toEqual([
        "mary@example.com",
        "grace@example.com",
        "ada@example.com"
      ])
    }).pipe(Effect.provide(InMemoryCustomers.layer({
      capabilities: { ...InMemoryCustomers.capabilities, walk: { order: "newest-first", parallel: false } },
      customers: threePeople
    }))))
})
