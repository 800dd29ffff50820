import {
  type CommonError,
  CustomerNotFound,
  CustomersByEmail,
  CustomersByExternalId,
  CustomersService,
  InvalidResponse,
  Page,
  ProviderUnavailable,
  RateLimited,
  RequestTimedOut,
  TransportFailed,
  type Unsupported
} from "@effect-customers/core"
import type { ErrorContext } from "@effect-customers/core/CustomersError"
import type {
  CreateError,
  DeleteError,
  GetError,
  ListError,
  UpdateError
} from "@effect-customers/core/CustomersService"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import * as CustomersFaults from "@effect-customers/testing/CustomersFaults"
import * as InMemoryCustomers from "@effect-customers/testing/InMemoryCustomers"
import type { HttpClient } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import {
  Chunk,
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  flow,
  Layer,
  Option,
  Random,
  Redacted,
  Stream,
  TestClock
} from "effect"

const people = (count: number): ReadonlyArray<InMemoryCustomers.Seed> =>
  Array.from({ length: count }, (_, index) => ({
    id: `cus_${index + 1}`,
    externalId: `user_${index + 1}`,
    email: `person${index + 1}@example.com`
  }))

const double = InMemoryCustomers.layer({ customers: people(5) })

const limited = (call: ErrorContext) => new RateLimited(call)

const timedOut = (call: ErrorContext) => new RequestTimedOut({ ...call, timeout: Duration.seconds(30) })

const unavailable = (call: ErrorContext) => new ProviderUnavailable({ ...call, status: 503 })

/** `true` for each call that comes through, `false` for each that fails. */
const outcomes = <R>(...calls: ReadonlyArray<Effect.Effect<unknown, unknown, R>>) =>
  Effect.forEach(calls, (call) => Effect.isSuccess(call))

const times = <A>(count: number, call: A): ReadonlyArray<A> => Array.from({ length: count }, () => call)

const get = Effect.flatMap(CustomersService, (customers) => customers.get("cus_1"))

const emails = Effect.flatMap(
  CustomersService,
  (customers) => Effect.map(customers.list(), ({ items }) => items.flatMap(({ email }) => Option.toArray(email)))
)

/** Every operation that can be reached from the three tags, with where it was found. */
const everyOperation = Effect.gen(function*() {
  const tags = [yield* CustomersService, yield* CustomersByExternalId, yield* CustomersByEmail]
  const services = [
    ...tags,
    ...tags.flatMap((service) => [...Option.toArray(service.byExternalId), ...Option.toArray(service.byEmail)]),
    // a program that builds upon a service keeps what it carries
    ...tags.flatMap((service) => Option.toArray(Option.flatMap({ ...service }.byExternalId, (own) => own.byEmail)))
  ]
  const inputs: { readonly [operation: string]: ReadonlyArray<unknown> } = {
    create: [{ email: "new@example.com" }],
    update: ["cus_1", { name: "Ada" }],
    updateByExternalId: ["user_1", { name: "Ada" }],
    getOrCreate: ["user_9", { email: "nine@example.com" }],
    upsert: ["user_1", { name: "Ada" }],
    list: [],
    stream: [],
    streamPages: [],
    findByEmail: ["person1@example.com"],
    getByExternalId: ["user_1"],
    deleteByExternalId: ["user_1"]
  }
  return services.flatMap((service, index) =>
    Object.entries(service).flatMap(([operation, run]) => {
      if (typeof run !== "function") return []
      const made = (run as (...input: ReadonlyArray<unknown>) => unknown)(...inputs[operation] ?? ["cus_1"])
      const call = Effect.isEffect(made)
        ? made as Effect.Effect<unknown, { readonly _tag: string }>
        : Stream.runDrain(made as Stream.Stream<unknown, { readonly _tag: string }>)
      return [{ service: index, operation, call }]
    })
  )
})

const operations = [
  "create",
  "get",
  "update",
  "delete",
  "list",
  "stream",
  "streamPages",
  "getByExternalId",
  "updateByExternalId",
  "deleteByExternalId",
  "getOrCreate",
  "upsert",
  "findByEmail"
] as const satisfies ReadonlyArray<CustomersFaults.Operation>

// all of them
expectTypeOf<(typeof operations)[number]>().toEqualTypeOf<CustomersFaults.Operation>()

describe("no call bypasses a fault", () => {
  it.effect("all operations of all tags, and of the services that services carry", () =>
    Effect.gen(function*() {
      const all = yield* everyOperation
      expect([...new Set(all.map(({ operation }) => operation))].sort()).toEqual([...operations].sort())
      expect(new Set(all.map(({ service }) => service)).size).toBe(12)
      for (const { call } of all) {
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "RateLimited" })
      }
      expect(yield* Effect.provide(emails, double)).toHaveLength(5)
    }).pipe(
      Effect.provide(double.pipe(
        CustomersFaults.failWithProbability({ probability: 1, seed: 1, error: limited })
      ))
    ))

  it.effect.each(operations)("a fault of %s is one of nothing else", (operation) =>
    Effect.gen(function*() {
      const calls = new Map((yield* everyOperation).map(({ call, operation }) => [operation, call]))
      const failed: Array<string> = []
      for (const [operation, call] of calls) {
        const answer = yield* Effect.either(call)
        if (answer._tag === "Left" && answer.left._tag === "RateLimited") failed.push(operation)
      }
      expect(failed).toEqual([operation])
    }).pipe(
      Effect.provide(double.pipe(
        CustomersFaults.failWithProbability({ operations: operation, probability: 1, seed: 1, error: limited })
      ))
    ))

  it.effect("all are counted together", () =>
    Effect.gen(function*() {
      const gets = (yield* everyOperation).filter(({ operation }) => operation === "get")
      const results = yield* outcomes(...gets.map(({ call }) => call))
      expect(results).toEqual(gets.map((_, index) => index !== 6))
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("get", 7, limited)))))

  it.scoped("a layer keeps its tags and gets no others", () =>
    Effect.gen(function*() {
      const context = yield* Layer.build(
        InMemoryCustomers.layer({ capabilities: Mollie.capabilities }).pipe(CustomersFaults.delay("1 second"))
      )
      expect([...context.unsafeMap.keys()]).toEqual([CustomersService.key])
    }))

  it.effect("without a fault for them, all operations answer as before", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ada = yield* customers.getOrCreate("user_1", {})
      expect(yield* customers.update(ada.id, { name: "Ada" })).toMatchObject({ name: Option.some("Ada") })
      expect(yield* customers.upsert("user_1", { name: "Lovelace" })).toMatchObject({ id: "cus_1" })
      expect(yield* customers.getByExternalId("user_1")).toMatchObject({ name: Option.some("Lovelace") })
      expect(yield* customers.updateByExternalId("user_1", { name: null })).toMatchObject({ name: Option.none() })
      expect((yield* customers.list({ pageSize: 2 })).items.map(({ id }) => id)).toEqual(["cus_1", "cus_2"])
      expect(yield* Stream.runCount(customers.stream({ pageSize: 2 }))).toBe(5)
      expect(yield* Stream.runCount(customers.streamPages({ pageSize: 2 }))).toBe(3)
      const { findByEmail } = yield* CustomersByEmail
      expect(yield* Stream.runCount(findByEmail("person2@example.com"))).toBe(1)
      yield* customers.delete("cus_1")
      yield* customers.deleteByExternalId("user_2")
      yield* customers.create({ email: "new@example.com" })
      expect(yield* emails).toHaveLength(4)
      expect(customers).toMatchObject({ provider: "in-memory", capabilities: InMemoryCustomers.capabilities })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("all", 100, limited)))))
})

describe("failNth", () => {
  it.effect("the nth call fails and is not carried out; the others are", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = (name: string) => customers.create({ email: `${name}@example.com` })
      yield* create("first")
      const error = yield* Effect.flip(create("second"))
      expect(error).toBeInstanceOf(RateLimited)
      expect(error).toMatchObject({
        provider: "in-memory",
        operation: "create",
        mayHaveApplied: false,
        repeat: "with-key",
        isRetryable: true
      })
      yield* create("third")
      expect((yield* emails).slice(5)).toEqual(["first@example.com", "third@example.com"])
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("create", 2, limited)))))

  it.effect("with `applied` it is carried out, and its answer is lost", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const error = yield* Effect.flip(customers.create({ email: "ada@example.com" }))
      expect(error).toMatchObject({ _tag: "RequestTimedOut", mayHaveApplied: true, repeat: "with-key" })
      expect((yield* emails).slice(5)).toEqual(["ada@example.com"])
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("create", 1, timedOut, { applied: true })))))

  it.effect("with `applied` the call's own error is lost too", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      expect(yield* Effect.flip(customers.delete("nobody"))).toMatchObject({ _tag: "RequestTimedOut" })
      expect(yield* Effect.flip(customers.delete("nobody"))).toMatchObject({ _tag: "CustomerNotFound" })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("delete", 1, timedOut, { applied: true })))))

  /** The double, reading as a test says. */
  const reading = (get: CustomersService["Type"]["get"]) =>
    Layer.map(
      double,
      (context) => Context.add(context, CustomersService, { ...Context.get(context, CustomersService), get })
    )

  it.effect("what is not carried out is not made either", () => {
    const made: Array<string> = []
    const layer = reading((id) => {
      made.push(id)
      return Effect.die("a bug of the double")
    })
    return Effect.gen(function*() {
      yield* Effect.flip(get)
      expect(made).toEqual([])
      yield* Effect.exit(get)
      expect(made).toEqual(["cus_1"])
    }).pipe(Effect.provide(layer.pipe(CustomersFaults.failNth("get", 1, limited))))
  })

  it.effect("with `applied` a defect is not lost", () => {
    const broken = reading(() => Effect.die("a bug of the double"))
    return Effect.gen(function*() {
      expect(yield* Effect.exit(get)).toEqual(Exit.die("a bug of the double"))
    }).pipe(Effect.provide(broken.pipe(CustomersFaults.failNth("get", 1, limited, { applied: true }))))
  })

  it.effect("takes an error as it is", () => {
    const error = new TransportFailed({
      provider: "acme",
      operation: "get",
      mayHaveApplied: false,
      repeat: "always",
      code: "ECONNRESET"
    })
    return Effect.gen(function*() {
      expect(yield* Effect.flip(get)).toBe(error)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("get", 1, error))))
  })

  it.effect.each(
    [
      ["create", "with-key", true],
      ["get", "always", false],
      ["update", "always", true],
      ["delete", "always", true],
      ["list", "always", false],
      ["stream", "always", false],
      ["streamPages", "always", false],
      ["getByExternalId", "always", false],
      ["updateByExternalId", "always", true],
      ["deleteByExternalId", "always", true],
      ["getOrCreate", "with-key", true],
      ["upsert", "with-key", true],
      ["findByEmail", "always", false]
    ] as const
  )(
    "%s: a repeat is safe %s, and it may have been applied: %s",
    ([operation, repeat, mayHaveApplied]) =>
      Effect.gen(function*() {
        const found = (yield* everyOperation).find((found) => found.operation === operation)
        expect(yield* Effect.flip(found!.call)).toEqual(
          new RequestTimedOut({
            provider: "in-memory",
            operation,
            repeat,
            mayHaveApplied,
            timeout: Duration.seconds(30)
          })
        )
      }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth(operation, 1, timedOut, { applied: true }))))
  )

  it.effect("a call counts when it runs, each time", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const [call] = [customers.get("cus_1"), customers.get("cus_2"), customers.get("cus_3")]
      expect(yield* outcomes(...times(4, call))).toEqual([true, false, true, true])
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("get", 2, limited)))))

  it.effect("of calls at once one fails", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const results = yield* Effect.forEach(people(20), () => Effect.isSuccess(customers.get("cus_1")), {
        concurrency: "unbounded"
      })
      expect(results.filter((succeeded) => !succeeded)).toHaveLength(1)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("get", 11, limited)))))

  it.effect("several operations are counted together, others are not", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const list = customers.list()
      expect(yield* outcomes<CustomersService>(get, list, list, customers.delete("cus_5"), get)).toEqual(
        [true, true, true, false, true]
      )
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth(["get", "delete"], 2, limited)))))

  it.effect("what getOrCreate does inside is no call", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.getOrCreate("user_9", { email: "nine@example.com" })
      expect(yield* Effect.flip(customers.create({ email: "ten@example.com" }))).toMatchObject({ _tag: "RateLimited" })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("create", 1, limited)))))

  it.effect("every build counts anew, and one build counts once", () => {
    const faulty = double.pipe(CustomersFaults.failNth("get", 2, limited))
    const gets = Effect.gen(function*() {
      const byEmail = yield* CustomersByEmail
      return yield* outcomes<CustomersService>(get, byEmail.get("cus_1"), get)
    })
    return Effect.gen(function*() {
      expect(yield* Effect.provide(gets, faulty)).toEqual([true, false, true])
      expect(yield* Effect.provide(gets, faulty)).toEqual([true, false, true])
      // two parts of one graph share the layer, and so its count
      const other = Layer.effectDiscard(get).pipe(Layer.provide(faulty), Layer.provideMerge(faulty))
      expect(yield* Effect.provide(gets, other)).toEqual([false, true, true])
    })
  })

  it.effect.each([0, -1, 1.5, Number.NaN])("the layer dies of an nth of %s", (nth) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.provide(get, double.pipe(CustomersFaults.failNth("get", nth, limited))))
      expect(exit).toEqual(
        Exit.die(new RangeError("CustomersFaults: failNth: expected nth to be a whole number of at least 1"))
      )
    }))

  it.effect("the layer dies of a fault for no operation", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.provide(get, double.pipe(CustomersFaults.failNth([], 1, limited))))
      expect(exit).toEqual(Exit.die(new RangeError("CustomersFaults: expected operations not to be empty")))
    }))
})

describe("walks", () => {
  const pages = Effect.map(CustomersService, (customers) => customers.streamPages({ pageSize: 2 })).pipe(Stream.unwrap)

  const idsUntilFailure = <E, R>(walk: Stream.Stream<{ readonly id: string }, E, R>) =>
    Effect.gen(function*() {
      const ids: Array<string> = []
      const exit = yield* Effect.exit(Stream.runForEach(walk, ({ id }) => Effect.sync(() => ids.push(id))))
      return { ids, failed: Exit.isFailure(exit) }
    })

  it.effect("fail at their start", () =>
    Effect.gen(function*() {
      expect(yield* Stream.runCollect(Stream.either(pages))).toMatchObject(Chunk.of({ _tag: "Left" }))
      expect(yield* Stream.runCount(pages)).toBe(3)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("streamPages", 1, limited)))))

  it.effect("break behind a page, and go on from it", () =>
    Effect.gen(function*() {
      const { streamPages } = yield* CustomersService
      const seen: Array<Page.Page<{ readonly id: string }>> = []
      const error = yield* Effect.flip(Stream.runForEach(pages, (page) => Effect.sync(() => seen.push(page))))
      expect(error).toMatchObject({ _tag: "RateLimited", operation: "streamPages" })
      expect(seen.map(({ items }) => items.map(({ id }) => id))).toEqual([["cus_1", "cus_2"], ["cus_3", "cus_4"]])
      const rest = Page.items(streamPages({ pageSize: 2, from: Option.getOrThrow(seen[1]!.next) }))
      expect(yield* idsUntilFailure(rest)).toEqual({ ids: ["cus_5"], failed: false })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("streamPages", 1, limited, { after: 2 })))))

  it.effect("break behind a customer, also within a page", () =>
    Effect.gen(function*() {
      const { stream } = yield* CustomersService
      expect(yield* idsUntilFailure(stream({ pageSize: 2 }))).toEqual({
        ids: ["cus_1", "cus_2", "cus_3"],
        failed: true
      })
      expect(yield* idsUntilFailure(stream({ pageSize: 2 }))).toMatchObject({ failed: false })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("stream", 1, limited, { after: 3 })))))

  it.effect("break at their end where they are shorter", () =>
    Effect.gen(function*() {
      const { findByEmail } = yield* CustomersByEmail
      expect(yield* idsUntilFailure(findByEmail("person2@example.com"))).toEqual({ ids: ["cus_2"], failed: true })
    }).pipe(Effect.provide(double.pipe(CustomersFaults.failNth("findByEmail", 1, limited, { after: 3 })))))

  it.effect("stall behind a page", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const walk = yield* Effect.fork(
        Stream.runForEach(pages, ({ items }) => Effect.sync(() => seen.push(items.length)))
      )
      yield* TestClock.adjust("1 hour")
      expect(seen).toEqual([2])
      expect(yield* Fiber.poll(walk)).toEqual(Option.none())
      yield* Fiber.interrupt(walk)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.neverAnswer("streamPages", { after: 1 })))))

  it.effect.each([-1, 0.5, Number.NaN])("the layer dies of an after of %s", (after) =>
    Effect.gen(function*() {
      const faulty = double.pipe(CustomersFaults.failNth("stream", 1, limited, { after }))
      expect(yield* Effect.exit(Effect.provide(get, faulty))).toEqual(
        Exit.die(new RangeError("CustomersFaults: expected after to be a whole number of at least 0"))
      )
    }))
})

describe("failWithProbability", () => {
  const flaky = (probability: number, seed: number | string) =>
    double.pipe(CustomersFaults.failWithProbability({ probability, seed, error: unavailable }))

  const run = (layer: Layer.Layer<CustomersService>, calls = 60) =>
    Effect.provide(outcomes(...times(calls, get)), layer)

  it.effect("the seed decides which calls fail", () =>
    Effect.gen(function*() {
      const first = yield* run(flaky(0.5, "seed"))
      expect(yield* run(flaky(0.5, "seed"))).toEqual(first)
      expect(yield* run(flaky(0.5, "another"))).not.toEqual(first)
      expect(yield* run(flaky(0.5, 1))).not.toEqual(yield* run(flaky(0.5, 2)))
    }))

  it.effect("whatever else uses Random", () =>
    Effect.gen(function*() {
      const first = yield* run(flaky(0.5, 7))
      const amid = Effect.zipRight(Random.next, Effect.isSuccess(get))
      expect(
        yield* Effect.all(first.map(() => amid)).pipe(
          Effect.provide(flaky(0.5, 7)),
          Effect.withRandom(Random.make("of the program"))
        )
      ).toEqual(first)
    }))

  it.effect("about as many as the probability says, none at 0, all at 1", () =>
    Effect.gen(function*() {
      const succeeded = (probability: number, calls: number) =>
        Effect.map(run(flaky(probability, 3), calls), (all) => all.filter((outcome) => outcome).length)
      expect(yield* succeeded(0, 200)).toBe(200)
      expect(yield* succeeded(1, 200)).toBe(0)
      const at20Percent = yield* succeeded(0.2, 1_000)
      expect(at20Percent).toBeGreaterThan(750)
      expect(at20Percent).toBeLessThan(850)
    }))

  it.effect("of the operations that are named, carried out or not", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      expect(yield* Effect.flip(customers.create({ email: "ada@example.com" }))).toMatchObject({
        _tag: "ProviderUnavailable",
        operation: "create",
        mayHaveApplied: true
      })
      expect(yield* outcomes(...times(10, get))).not.toContain(false)
      expect(yield* emails).toContain("ada@example.com")
    }).pipe(
      Effect.provide(double.pipe(CustomersFaults.failWithProbability({
        operations: ["create", "update"],
        probability: 1,
        seed: 1,
        applied: true,
        error: unavailable
      })))
    ))

  it.effect.each([-0.1, 1.1, Number.NaN])(
    "the layer dies of a probability of %s",
    (probability) =>
      Effect.gen(function*() {
        expect(yield* Effect.exit(Effect.provide(get, flaky(probability, 1)))).toEqual(
          Exit.die(
            new RangeError(
              "CustomersFaults: failWithProbability: expected probability to be a number between 0 and 1"
            )
          )
        )
      })
  )
})

describe("delay", () => {
  /** Whether the effect has ended once these times have passed, one after the other. */
  const endedAfter = <A, E, R>(effect: Effect.Effect<A, E, R>, ...waits: ReadonlyArray<Duration.DurationInput>) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(effect)
      return yield* Effect.forEach(
        waits,
        (wait) => Effect.zipRight(TestClock.adjust(wait), Effect.map(Fiber.poll(fiber), Option.isSome))
      )
    })

  it.effect("each call waits, on the clock", () =>
    Effect.gen(function*() {
      expect(yield* endedAfter(get, "999 millis", "1 millis")).toEqual([false, true])
      expect(yield* endedAfter(get, "999 millis", "1 millis")).toEqual([false, true])
    }).pipe(Effect.provide(double.pipe(CustomersFaults.delay("1 second")))))

  it.effect("of the operations that are named; a walk before its first element", () =>
    Effect.gen(function*() {
      const { stream } = yield* CustomersService
      expect(yield* endedAfter(get, 0)).toEqual([true])
      expect(yield* endedAfter(Stream.runDrain(stream({ pageSize: 1 })), "999 millis", "1 millis")).toEqual(
        [false, true]
      )
    }).pipe(Effect.provide(double.pipe(CustomersFaults.delay("1 second", ["create", "stream"])))))

  it.effect("add up", () =>
    Effect.gen(function*() {
      expect(yield* endedAfter(get, "1499 millis", "1 millis")).toEqual([false, true])
    }).pipe(Effect.provide(double.pipe(CustomersFaults.delay("1 second"), CustomersFaults.delay("500 millis", "get")))))

  it.effect("a call that is interrupted meanwhile is not carried out", () =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      const fiber = yield* Effect.fork(create({ email: "ada@example.com" }))
      yield* TestClock.adjust("500 millis")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      yield* TestClock.adjust("1 hour")
      expect(yield* emails).toHaveLength(5)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.delay("1 second", "create")))))
})

describe("neverAnswer", () => {
  it.effect("a call waits until its program gives up, and is not carried out", () =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      const fiber = yield* Effect.fork(Effect.timeoutOption(create({ email: "ada@example.com" }), "1 minute"))
      yield* TestClock.adjust("59 seconds")
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toEqual(Option.none())
      expect(yield* emails).toHaveLength(5)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.neverAnswer("create")))))

  it.effect("with `applied` it is carried out", () =>
    Effect.gen(function*() {
      const { create } = yield* CustomersService
      const fiber = yield* Effect.fork(create({ email: "ada@example.com" }))
      yield* TestClock.adjust("1 hour")
      expect(yield* emails).toContain("ada@example.com")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
    }).pipe(Effect.provide(double.pipe(CustomersFaults.neverAnswer("create", { applied: true })))))

  it.effect("without operations no call answers, and all can be interrupted", () =>
    Effect.gen(function*() {
      for (const { call } of yield* everyOperation) {
        const fiber = yield* Effect.fork(call)
        yield* TestClock.adjust("1 hour")
        expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
        expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      }
    }).pipe(Effect.provide(double.pipe(CustomersFaults.neverAnswer()))))
})

describe("together", () => {
  const fails = CustomersFaults.failNth("get", 1, limited)

  const waits = CustomersFaults.delay("1 second")

  it.effect("the last in the pipe comes first", () =>
    Effect.gen(function*() {
      const endsAtOnce = yield* Effect.isFailure(get).pipe(Effect.provide(double.pipe(waits, fails)))
      expect(endsAtOnce).toBe(true)
      const fiber = yield* Effect.fork(Effect.provide(Effect.flip(get), double.pipe(fails, waits)))
      yield* TestClock.adjust("999 millis")
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "RateLimited" })
    }))

  it.effect("a call that an outer fault ends does not count for an inner one", () =>
    Effect.gen(function*() {
      const second = CustomersFaults.failNth("get", 2, unavailable)
      const tags = Effect.gen(function*() {
        const results = yield* Effect.all([get, get, get, get].map(Effect.either))
        return results.map((result) => result._tag === "Left" ? result.left._tag : "answered")
      })
      expect(yield* Effect.provide(tags, double.pipe(second, fails))).toEqual(
        ["RateLimited", "answered", "ProviderUnavailable", "answered"]
      )
      expect(yield* Effect.provide(tags, double.pipe(fails, second))).toEqual(
        ["RateLimited", "ProviderUnavailable", "answered", "answered"]
      )
    }))

  it.effect("one function of several", () =>
    Effect.gen(function*() {
      expect(yield* outcomes<CustomersService>(get, emails, get)).toEqual([false, false, true])
    }).pipe(Effect.provide(double.pipe(flow(fails, CustomersFaults.failNth("list", 1, limited))))))
})

describe("over Polar on the sandbox", () => {
  const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_test") })

  it.effect("a program sees the fault, the provider is asked nothing, and the SDK retries nothing", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const [id = ""] = yield* control.seed("polar", 1)
      const { get } = yield* CustomersByExternalId
      expect(yield* Effect.flip(get(id))).toMatchObject({ _tag: "RateLimited", provider: "polar", isRetryable: true })
      expect(yield* control.requests).toEqual([])
      expect(yield* get(id)).toMatchObject({ id })
    }).pipe(
      Effect.provide(
        polar.pipe(CustomersFaults.failNth("get", 1, limited), Layer.provideMerge(Sandbox.layer()))
      )
    ))

  it.effect("a customer is created of whom the program does not learn", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { create, getOrCreate } = yield* CustomersByExternalId
      const lost = yield* Effect.flip(create({ externalId: "user_1", email: "ada@example.com" }))
      expect(lost).toMatchObject({ mayHaveApplied: true, repeat: "never", isRetryable: false })
      const ada = yield* getOrCreate("user_1", { email: "ada@example.com" })
      expect(yield* control.customers("polar")).toMatchObject([{ id: ada.id, external_id: "user_1" }])
    }).pipe(
      Effect.provide(polar.pipe(
        CustomersFaults.failNth("create", 1, timedOut, { applied: true }),
        Layer.provideMerge(Sandbox.layer())
      ))
    ))

  it.effect("a walk breaks and goes on; Polar's own client is left alone", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const ids = yield* control.seed("polar", 7)
      const { streamPages } = yield* CustomersService
      const read: Array<string> = []
      let place: string | undefined
      const walk = Effect.suspend(() =>
        Stream.runForEach(streamPages({ pageSize: 2, from: place }), ({ items, next }) =>
          Effect.sync(() => {
            read.push(...items.map(({ id }) => id))
            place = Option.getOrUndefined(next)
          }))
      )
      expect(yield* Effect.flip(walk)).toMatchObject({ _tag: "RateLimited" })
      expect(read).toEqual(ids.slice(0, 4))
      yield* walk
      expect(read).toEqual(ids)
      const client = yield* Polar.PolarClient
      expect(yield* Stream.runCount(client.stream())).toBe(7)
    }).pipe(
      Effect.provide(polar.pipe(
        CustomersFaults.failNth("streamPages", 1, limited, { after: 2 }),
        Layer.provideMerge(Sandbox.layer())
      ))
    ))
})

describe("types", () => {
  const of: ErrorContext = { provider: "acme", operation: "get", mayHaveApplied: false, repeat: "always" }

  it("a layer keeps its type", () => {
    const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_test") })
    const faulty = polar.pipe(
      CustomersFaults.delay("1 second"),
      CustomersFaults.failNth("create", 1, limited),
      CustomersFaults.neverAnswer("get")
    )
    expectTypeOf(faulty).toEqualTypeOf<
      Layer.Layer<
        Polar.PolarClient | CustomersService | CustomersByExternalId | CustomersByEmail,
        never,
        HttpClient.HttpClient
      >
    >()
    expectTypeOf(faulty).toEqualTypeOf(polar)
    expectTypeOf(Polar.layerConfig().pipe(CustomersFaults.delay(1))).toEqualTypeOf(Polar.layerConfig())
    // @ts-expect-error a layer without customers has nothing that could fail
    CustomersFaults.delay("1 second")(Sandbox.layer())
  })

  it("an operation ends in what it can end in", () => {
    type Errors = { readonly [O in CustomersFaults.Operation]: CustomersFaults.FaultError<O> }
    expectTypeOf<Errors>().toEqualTypeOf<{
      readonly create: CreateError
      readonly get: GetError
      readonly update: UpdateError
      readonly delete: DeleteError
      readonly list: ListError
      readonly stream: ListError
      readonly streamPages: ListError
      readonly getByExternalId: GetError
      readonly updateByExternalId: UpdateError
      readonly deleteByExternalId: DeleteError
      readonly getOrCreate: CreateError
      readonly upsert: UpdateError
      readonly findByEmail: ListError
    }>()
    expectTypeOf<CustomersFaults.FaultError<CustomersFaults.Operation>>().toEqualTypeOf<CommonError>()
    expectTypeOf<CustomersFaults.FaultError<"get" | "delete">>().toEqualTypeOf<
      CommonError | CustomerNotFound | Unsupported
    >()

    const notFound = new CustomerNotFound(of)
    const missing = () => notFound
    CustomersFaults.failNth("get", 1, notFound)
    CustomersFaults.failNth(["get", "update"], 1, missing)
    CustomersFaults.failNth("list", 1, (call) => new InvalidResponse({ ...call, issues: [] }))
    CustomersFaults.failWithProbability({ probability: 1, seed: 1, operations: "get", error: missing })
    // @ts-expect-error a list misses nobody
    CustomersFaults.failNth("list", 1, notFound)
    // @ts-expect-error neither as a function
    CustomersFaults.failNth("list", 1, missing)
    // @ts-expect-error what one of several operations cannot end in
    CustomersFaults.failNth(["get", "create"], 1, missing)
    // @ts-expect-error what one of all operations cannot end in
    CustomersFaults.failNth("all", 1, missing)
    // @ts-expect-error neither where none is named
    CustomersFaults.failWithProbability({ probability: 1, seed: 1, error: missing })
    // @ts-expect-error no such operation
    CustomersFaults.failNth("remove", 1, limited)
  })

  it("a layer has the operations that it is to fail", () => {
    const mollie = Mollie.layer({ apiKey: Redacted.make("test_x") })
    expectTypeOf(mollie.pipe(CustomersFaults.failNth(["create", "stream"], 1, limited))).toEqualTypeOf(mollie)
    expectTypeOf(mollie.pipe(CustomersFaults.failNth("all", 1, limited))).toEqualTypeOf(mollie)
    expectTypeOf(mollie.pipe(CustomersFaults.neverAnswer())).toEqualTypeOf(mollie)
    expectTypeOf(mollie.pipe(CustomersFaults.delay("1 second"))).toEqualTypeOf(mollie)
    // @ts-expect-error Mollie keeps no external ids
    mollie.pipe(CustomersFaults.failNth("getOrCreate", 1, limited))
    // @ts-expect-error neither among others
    mollie.pipe(CustomersFaults.failNth(["create", "upsert"], 1, limited))
    // @ts-expect-error and cannot look for an e-mail
    mollie.pipe(CustomersFaults.neverAnswer("findByEmail"))
    // @ts-expect-error so that nothing waits
    mollie.pipe(CustomersFaults.delay("1 second", "findByEmail"))
    // @ts-expect-error and nothing is unlikely
    mollie.pipe(CustomersFaults.failWithProbability({ operations: "upsert", probability: 1, seed: 1, error: limited }))
  })

  it("an option is for the operations that have it", () => {
    CustomersFaults.failNth("stream", 1, limited, { after: 1 })
    CustomersFaults.failNth(["stream", "create"], 1, limited, { after: 1, applied: true })
    // @ts-expect-error a walk applies nothing
    CustomersFaults.failNth("stream", 1, limited, { applied: true })
    // @ts-expect-error a call has one answer
    CustomersFaults.neverAnswer("get", { after: 1 })
  })
})
