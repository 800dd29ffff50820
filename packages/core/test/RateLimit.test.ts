import { Endpoint } from "@effect-customers/core"
import * as RateLimit from "@effect-customers/core/RateLimit"
import { layerStoreMemory, RateLimiterStore, RateLimitStoreError } from "@effect/experimental/RateLimiter"
import { describe, expect, it } from "@effect/vitest"
import {
  Clock,
  Config,
  ConfigProvider,
  Context,
  Duration,
  Effect,
  Either,
  Exit,
  FastCheck,
  Fiber,
  Layer,
  Option,
  Schema,
  Stream,
  TestClock
} from "effect"
import { inspect } from "node:util"
import { type Limiter, resolve } from "../src/internal/limiter.js"
import { simulate } from "./simulate.js"

const endpoint = (provider = "acme", limitGroup = provider) =>
  Endpoint.make({
    provider,
    limitGroup,
    operation: "get",
    method: "GET",
    path: "/customers",
    answer: Endpoint.json(Schema.Unknown)
  })

/** What a transport does before it sends a request; the milliseconds on the clock at which it may. */
const request = (to: Endpoint.Any = endpoint()) =>
  RateLimit.RateLimit.pipe(
    Effect.flatMap(resolve),
    Effect.flatMap(Option.match({ onNone: () => Effect.void, onSome: (limiter) => limiter.admit(to) })),
    Effect.zipRight(Clock.currentTimeMillis)
  )

/** The outcomes of as many requests at once, in milliseconds or the tag of an error; time passes for those that wait. */
const requests = (count: number, one = request()) =>
  Effect.gen(function*() {
    const fibers = yield* Effect.forEach(
      Array.from({ length: count }),
      () => Effect.fork(Effect.either(one))
    )
    yield* TestClock.adjust("1 hour")
    const outcomes = yield* Fiber.join(Fiber.all(fibers))
    return outcomes.map((outcome) => Either.isRight(outcome) ? outcome.right : outcome.left._tag)
  })

const issuesOf = (one: ReturnType<typeof request>) =>
  Effect.map(
    Effect.flip(one),
    (error) => error._tag === "InvalidRequest" ? error.issues.map(({ path }) => path) : [error._tag]
  )

describe("RateLimit", () => {
  it.effect("is no limit", () => Effect.map(requests(1000), (times) => expect(new Set(times)).toEqual(new Set([0]))))

  it.effect("lets as many through as the limit says, and the others a window after those", () =>
    requests(7).pipe(
      Effect.provide(RateLimit.layer({ limit: 3, window: "1 second" })),
      Effect.map((times) => expect(times).toEqual([0, 0, 0, 1000, 1000, 1000, 2000]))
    ))

  it.effect("nine now, and ten once half of the window has passed: no span of a window holds nineteen", () =>
    Effect.gen(function*() {
      const early = yield* Effect.forEach(Array.from({ length: 9 }), () => request())
      yield* TestClock.adjust(4500)
      expect(yield* requests(10)).toEqual([4500, ...Array.from({ length: 9 }, () => 5000)])
      expect(early).toEqual(Array.from({ length: 9 }, () => 0))
    }).pipe(Effect.provide(RateLimit.layer({ limit: 10, window: "5 seconds" }))))

  describe("a wait longer than maxWait", () => {
    it.effect("ends at once, unsent, and says how long the limit holds", () =>
      Effect.gen(function*() {
        yield* Effect.replicateEffect(request(), 2)
        yield* TestClock.adjust(100)
        const error = yield* Effect.flip(request())
        expect(error).toMatchObject({ _tag: "RateLimited", provider: "acme", operation: "get", mayHaveApplied: false })
        expect(error._tag === "RateLimited" && error.retryAfter).toEqual(Duration.millis(900))
      }).pipe(Effect.provide(RateLimit.layer({ limit: 2, window: 1000, maxWait: 899 }))))

    it.effect("is 90 seconds by default", () =>
      requests(93).pipe(
        Effect.provide(RateLimit.layer({ limit: 1, window: "1 second" })),
        Effect.map((outcomes) => expect(outcomes.slice(89)).toEqual([89_000, 90_000, "RateLimited", "RateLimited"]))
      ))

    it.effect("may be none at all", () =>
      requests(3).pipe(
        Effect.provide(RateLimit.layer({ limit: 2, window: 1000, maxWait: 0 })),
        Effect.map((outcomes) => expect(outcomes).toEqual([0, 0, "RateLimited"]))
      ))

    it.effect("may be any", () =>
      requests(4).pipe(
        Effect.provide(RateLimit.layer({ limit: 1, window: "20 minutes", maxWait: Infinity })),
        Effect.map((outcomes) => expect(outcomes).toEqual([0, 1_200_000, 2_400_000, 3_600_000]))
      ))

    it.effect("takes no place: 950 refused calls do not hold up the ones that come after", () =>
      Effect.gen(function*() {
        const arrivals = [...Array.from({ length: 960 }, () => 0), ...Array.from({ length: 20 }, () => 1001)]
        const limit = RateLimit.layer({ limit: 10, window: 1000, maxWait: 1000 })
        const outcomes = yield* Effect.promise(() => simulate(arrivals, limit, request()))
        const admitted = outcomes.map(({ admitted }) => admitted)
        expect(admitted.slice(0, 960).filter((time) => time === undefined)).toHaveLength(940)
        expect(admitted.slice(960)).toEqual([
          ...Array.from({ length: 10 }, () => 2000),
          ...Array.from({ length: 10 }, () => undefined)
        ])
      }))
  })

  it.effect("a wait can be interrupted", () =>
    Effect.gen(function*() {
      yield* request()
      const fiber = yield* Effect.fork(request())
      yield* TestClock.adjust(10)
      const exit = yield* Fiber.interrupt(fiber)
      expect(Exit.isInterrupted(exit)).toBe(true)
      expect(yield* Clock.currentTimeMillis).toBe(10)
    }).pipe(Effect.provide(RateLimit.layer({ limit: 1, window: "1 minute" }))))

  describe("whatever comes when", () => {
    const scenario = FastCheck.record({
      limit: FastCheck.integer({ min: 1, max: 5 }),
      window: FastCheck.integer({ min: 1, max: 200 }),
      maxWait: FastCheck.oneof(FastCheck.constant(0), FastCheck.integer({ min: 0, max: 1000 })),
      pauses: FastCheck.array(
        FastCheck.oneof(FastCheck.constant(0), FastCheck.integer({ min: 0, max: 60 })),
        { minLength: 1, maxLength: 60 }
      )
    })
    interface Scenario {
      readonly limit: number
      readonly window: number
      readonly maxWait: number
      readonly pauses: ReadonlyArray<number>
    }
    const run = ({ limit, maxWait, pauses, window }: Scenario) => {
      let time = 0
      const arrivals = pauses.map((pause) => time += pause)
      return simulate(arrivals, RateLimit.layer({ limit, window, maxWait }), request())
    }
    const check = (holds: (scenario: Scenario, outcomes: Outcomes) => void) =>
      Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(scenario, async (scenario) => holds(scenario, await run(scenario))),
          { numRuns: 200 }
        )
      )
    type Outcomes = Awaited<ReturnType<typeof run>>

    it.effect("no span of a window's length holds more than the limit", () =>
      check(({ limit, window }, outcomes) => {
        const sent = outcomes.flatMap(({ admitted }) => admitted === undefined ? [] : [admitted]).sort((a, b) => a - b)
        for (let index = limit; index < sent.length; index++) {
          expect(sent[index]! - sent[index - limit]!).toBeGreaterThanOrEqual(window)
        }
      }))

    it.effect("who comes first is sent first, as soon as the limit allows, and who is refused is not counted", () =>
      check(({ limit, maxWait, window }, outcomes) => {
        const sent: Array<number> = []
        for (const { admitted, arrived } of outcomes) {
          const turn = Math.max(arrived, (sent.at(-limit) ?? -Infinity) + window)
          const isRefused = sent.length >= limit && turn - arrived > maxWait
          expect(admitted).toBe(isRefused ? undefined : turn)
          if (!isRefused) sent.push(turn)
        }
      }))
  })

  it.effect("under more load than it lets through, it lets through what the limit says", () =>
    Effect.gen(function*() {
      const arrivals = Array.from({ length: 2000 }, (_, index) => index * 15)
      const limit = RateLimit.layer({ limit: 7, window: 200, maxWait: 300 })
      const outcomes = yield* Effect.promise(() => simulate(arrivals, limit, request()))
      const inTime = outcomes.filter(({ admitted }) => admitted !== undefined && admitted < 30_000)
      expect(inTime).toHaveLength(7 * 30_000 / 200)
    }))

  describe("counts", () => {
    const limit = RateLimit.layer({ limit: 1, window: "1 second", maxWait: 0 })
    const outcomes = <R>(
      ...ones: ReadonlyArray<Effect.Effect<number, Effect.Effect.Error<ReturnType<typeof request>>, R>>
    ) => Effect.forEach(ones, (one) => Effect.match(one, { onSuccess: () => "sent", onFailure: ({ _tag }) => _tag }))

    it.effect("providers and limit groups apart", () =>
      outcomes(
        request(endpoint("acme")),
        request(endpoint("acme", "list")),
        request(endpoint("other")),
        request(endpoint("acme"))
      ).pipe(
        Effect.provide(limit),
        Effect.map((outcomes) => expect(outcomes).toEqual(["sent", "sent", "sent", "RateLimited"]))
      ))

    it.effect("two layers of one graph apart", () =>
      Effect.gen(function*() {
        const One = Context.GenericTag<Option.Option<Limiter>>("One")
        const Two = Context.GenericTag<Option.Option<Limiter>>("Two")
        const same = { limit: 1, window: "1 second", maxWait: 0 } as const
        const context = yield* Layer.build(Layer.mergeAll(
          Layer.effect(One, RateLimit.RateLimit).pipe(Layer.provide(RateLimit.layer(same))),
          Layer.effect(Two, RateLimit.RateLimit).pipe(Layer.provide(RateLimit.layer(same)))
        ))
        const through = (tag: typeof One) =>
          Effect.provideService(request(), RateLimit.RateLimit, Context.get(context, tag))
        expect(yield* outcomes(through(One), through(Two), through(One))).toEqual(["sent", "sent", "RateLimited"])
      }).pipe(Effect.scoped))

    it.effect("two layers of one store together, unless their key or their rate differs", () =>
      Effect.gen(function*() {
        const through = (options: Partial<RateLimit.Options>) =>
          request().pipe(
            Effect.provide(RateLimit.layerFromStore({ limit: 1, window: "1 second", maxWait: 0, ...options }))
          )
        const sent = yield* outcomes(
          through({}),
          through({ key: "account" }),
          through({ limit: 2 }),
          through({ window: 2000 }),
          through({}),
          through({ key: "account" })
        )
        expect(sent).toEqual(["sent", "sent", "sent", "sent", "RateLimited", "RateLimited"])
      }).pipe(Effect.provide(layerStoreMemory)))
  })

  describe("around calls", () => {
    const layer = RateLimit.layer({ limit: 2, window: "1 second" })

    it.effect("inner over outer over the layer's, option by option", () =>
      requests(3).pipe(
        RateLimit.with({ window: "3 seconds", limit: undefined }),
        RateLimit.with({ window: "2 seconds", limit: 1 }),
        Effect.provide(layer),
        Effect.map((times) => expect(times).toEqual([0, 3000, 6000]))
      ))

    it.effect("counts with the layer's store", () =>
      Effect.gen(function*() {
        yield* request()
        yield* request().pipe(RateLimit.with({ maxWait: "2 seconds" }))
        const error = yield* Effect.flip(request().pipe(RateLimit.with({ maxWait: 0 })))
        expect(error._tag).toBe("RateLimited")
      }).pipe(Effect.provide(layer)))

    it.effect("without a layer, as long as the effect runs", () =>
      Effect.gen(function*() {
        const limited = requests(2).pipe(RateLimit.with({ limit: 1, window: "1 second" }))
        expect(yield* limited).toEqual([0, 1000])
        const now = yield* Clock.currentTimeMillis
        expect(yield* limited).toEqual([now, now + 1000])
      }))

    it.effect("without a layer, what is missing is told", () =>
      Effect.gen(function*() {
        expect(yield* issuesOf(request().pipe(RateLimit.with({ limit: 1 })))).toEqual(["rateLimit.window"])
        expect(yield* issuesOf(request().pipe(RateLimit.with({ window: "1 second" })))).toEqual(["rateLimit.limit"])
        expect(yield* issuesOf(request().pipe(RateLimit.with({})))).toEqual(["rateLimit.limit", "rateLimit.window"])
        const nested = request().pipe(RateLimit.with({ limit: 1 }), RateLimit.with({ window: "1 second" }))
        expect(yield* nested).toBe(0)
      }))

    it.effect("around a stream, and not outside of it", () =>
      Effect.gen(function*() {
        const stream = Stream.repeatEffect(request()).pipe(
          Stream.take(3),
          RateLimit.withStream({ limit: 1, window: "10 seconds", maxWait: 0 })
        )
        const [first, ...others] = yield* Stream.runCollect(stream.pipe(
          Stream.catchAll(({ _tag }) => Stream.make(_tag))
        ))
        expect([first, ...others]).toEqual([0, "RateLimited"])
        expect(yield* request()).toBe(0)
      }).pipe(Effect.provide(layer)))

    it.effect("none: no limit, and nothing is counted", () =>
      Effect.gen(function*() {
        expect(yield* requests(3).pipe(RateLimit.none)).toEqual([0, 0, 0])
        const now = yield* Clock.currentTimeMillis
        expect(yield* requests(3)).toEqual([now, now, now + 1000])
        expect(yield* issuesOf(request().pipe(RateLimit.with({ limit: 1 }), RateLimit.none))).toEqual([
          "rateLimit.window"
        ])
      }).pipe(Effect.provide(layer)))
  })

  describe("options that make no sense", () => {
    it.effect.each<[string, Partial<RateLimit.Options>]>([
      ["limit", { limit: 0 }],
      ["limit", { limit: -1 }],
      ["limit", { limit: 1.5 }],
      ["limit", { limit: Number.NaN }],
      ["limit", { limit: Infinity }],
      ["window", { window: 0 }],
      ["window", { window: -1 }],
      ["window", { window: Number.NaN }],
      ["window", { window: Infinity }],
      ["window", { window: "-1 seconds" }],
      ["window", { window: "soon" as "1 second" }],
      ["maxWait", { maxWait: -1 }],
      ["maxWait", { maxWait: "-1 seconds" }],
      ["maxWait", { maxWait: Number.NaN }]
    ])("end every call in InvalidRequest: %s, %o", ([path, options]) =>
      Effect.gen(function*() {
        const layer = RateLimit.layer({ limit: 1, window: 1, ...options })
        const error = yield* Effect.flip(Effect.provide(request(), layer))
        expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "sdk", mayHaveApplied: false })
        expect(yield* issuesOf(Effect.provide(request(), layer))).toEqual([`rateLimit.${path}`])
      }))

    it.effect("are a ConfigError when they come from there, without the value", () =>
      Effect.gen(function*() {
        const layer = RateLimit.layerConfig({ limit: Config.number("LIMIT"), window: Config.duration("WINDOW") })
        const configured = (limit: string) =>
          requests(2).pipe(
            Effect.provide(Layer.provide(
              layer,
              Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["LIMIT", limit], ["WINDOW", "1 second"]])))
            ))
          )
        expect(yield* configured("1")).toEqual([0, 1000])
        const error = yield* Effect.flip(configured("-4711"))
        expect(String(error)).toContain("rateLimit.limit")
        expect(String(error)).not.toContain("4711")
      }))
  })

  describe("a store that", () => {
    const broken = (fixedWindow: RateLimiterStore["Type"]["fixedWindow"]) =>
      RateLimit.layerFromStore({ limit: 1, window: "1 second" }).pipe(
        Layer.provide(Layer.succeed(RateLimiterStore, { fixedWindow, tokenBucket: () => Effect.succeed(0) }))
      )
    const storeFailed = { _tag: "TransportFailed", code: "RATE_LIMIT_STORE", mayHaveApplied: false, operation: "get" }

    it.effect("fails ends the call, unsent, and nothing of its error is kept", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(request())
        expect(error).toMatchObject(storeFailed)
        expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain("secret")
      }).pipe(
        Effect.provide(broken(() => new RateLimitStoreError({ message: "secret", cause: new Error("secret") })))
      ))

    it.effect("does not answer ends it after a second, also where the caller cannot be interrupted", () =>
      Effect.gen(function*() {
        const fiber = yield* Effect.fork(Effect.uninterruptible(Effect.flip(request())))
        yield* TestClock.adjust(999)
        expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
        yield* TestClock.adjust(1)
        expect(yield* Fiber.join(fiber)).toMatchObject(storeFailed)
      }).pipe(Effect.provide(broken(() => Effect.never))))
  })
})
