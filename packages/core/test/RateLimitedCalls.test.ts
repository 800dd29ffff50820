/** The rate limit where it matters: around the requests of calls. */
import { RetryPolicy } from "@effect-customers/core"
import * as RateLimit from "@effect-customers/core/RateLimit"
import { RateLimiterStore, RateLimitStoreError } from "@effect/experimental/RateLimiter"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref } from "effect"
import * as Acme from "./acme.js"
import { inVirtualTime } from "./virtualTime.js"

const person = { path: { id: "1" } }

const times = (sent: ReadonlyArray<Acme.Sent>) => sent.map(({ at }) => at)

const all = <A, E, R>(count: number, call: Effect.Effect<A, E, R>) =>
  Effect.all(Array.from({ length: count }, () => Effect.either(call)), { concurrency: "unbounded" })

const atOnce = <A, E, R>(count: number, call: Effect.Effect<A, E, R>) => inVirtualTime(all(count, call))

const twoASecond = RateLimit.layer({ limit: 2, window: "1 second" })

/** The second attempt follows at once. */
const unpaused = RetryPolicy.with({ initialDelay: 0 })

describe("calls under a rate limit", () => {
  it.effect("wait for their turn, each limit group by itself", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Effect.provide(Acme.transportOver(client), twoASecond)
      yield* inVirtualTime(Effect.zip(all(5, call(Acme.get, person)), call(Acme.list, {}), { concurrent: true }))
      expect(times(sent.filter(({ path }) => path !== "/people"))).toEqual([0, 0, 1000, 1000, 2000])
      expect(times(sent.filter(({ path }) => path === "/people"))).toEqual([0])
    }))

  it.effect("every attempt takes a turn", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => sent.number < 5 ? Acme.status(503) : Acme.ok)
      const { call } = yield* Effect.provide(Acme.transportOver(client), twoASecond)
      yield* inVirtualTime(unpaused(Effect.replicateEffect(Effect.either(call(Acme.get, person)), 2)))
      expect(times(sent)).toEqual([0, 0, 1000, 1000, 2000])
    }))

  it.effect("a wait that would be too long ends in RateLimited, unsent, and is not tried again", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const strict = RateLimit.layer({ limit: 1, window: "1 minute", maxWait: "1 second" })
      const { call } = yield* Effect.provide(Acme.transportOver(client), strict)
      const [, second] = yield* atOnce(2, call(Acme.create, { body: { name: "Ada" } }))
      expect(second).toMatchObject({ left: { _tag: "RateLimited", mayHaveApplied: false } })
      expect(sent).toHaveLength(1)
    }))

  it.effect("tells of the attempts before it: one of them may have been applied", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Effect.fail("ECONNRESET"))
      const strict = RateLimit.layer({ limit: 1, window: "1 minute", maxWait: "1 second" })
      const { call } = yield* Effect.provide(Acme.transportOver(client), strict)
      const error = yield* Effect.flip(inVirtualTime(call(Acme.update, { ...person, body: { name: "Ada" } })))
      expect([error._tag, error.mayHaveApplied, sent.length]).toEqual(["RateLimited", true, 1])
    }))

  it.effect("nothing is sent while the gate is closed, also by who had a turn", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) =>
        sent.number === 1 ? Effect.delay(Acme.status(429, { "retry-after": "5" }), "100 millis") : Acme.ok
      )
      const { call } = yield* Effect.provide(
        Acme.transportOver(client),
        RateLimit.layer({ limit: 1, window: "1 second" })
      )
      const outcomes = yield* atOnce(4, call(Acme.get, person))
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Right", "Right", "Right", "Right"])
      const [first, ...others] = times(sent)
      expect(first).toBe(0)
      expect(Math.min(...others)).toBeGreaterThanOrEqual(5100)
      expect(others.slice(1).every((at, index) => at - (others[index] ?? 0) >= 1000)).toBe(true)
    }))

  it.effect("the layer's limit is the one the provider's layer was built on; `with` and `none` win over it", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const limited = Effect.provide(Acme.transportOver(client), twoASecond)
      const { call } = yield* Effect.provide(limited, RateLimit.layer({ limit: 1, window: "1 hour" }))
      const timesOf = (calls: Effect.Effect<unknown>) =>
        Effect.gen(function*() {
          const before = sent.length
          yield* calls
          const [first = 0, ...later] = times(sent.slice(before))
          return later.map((at) => at - first)
        })
      const three = atOnce(3, call(Acme.get, person))
      expect(yield* timesOf(RateLimit.none(three))).toEqual([0, 0])
      expect(yield* timesOf(RateLimit.with(three, { limit: 1 }))).toEqual([1000, 2000])
      expect(yield* timesOf(RateLimit.with(RateLimit.with(three, { limit: 3 }), { limit: 1 }))).toEqual([0, 0])
      expect(yield* timesOf(three)).toEqual([0, 1000])
    }))

  it.effect("a store that fails ends the call, unsent, after one look", () =>
    Effect.gen(function*() {
      const looks = yield* Ref.make(0)
      const failing = Layer.succeed(RateLimiterStore, {
        fixedWindow: () =>
          Effect.zipRight(
            Ref.update(looks, (count) => count + 1),
            Effect.fail(new RateLimitStoreError({ message: "redis://user:s3cret@host is gone" }))
          ),
        tokenBucket: () => Effect.die("not used")
      })
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Effect.provide(
        Acme.transportOver(client),
        Layer.provide(RateLimit.layerFromStore({ limit: 1, window: "1 second" }), failing)
      )
      const error = yield* Effect.flip(call(Acme.get, person))
      expect(error).toMatchObject({ _tag: "TransportFailed", code: "RATE_LIMIT_STORE", mayHaveApplied: false })
      expect(JSON.stringify(error) + String(error.stack)).not.toContain("s3cret")
      expect([sent.length, yield* looks]).toEqual([0, 1])
    }))
})
