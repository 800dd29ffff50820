/**
 * How many requests may be sent to a provider in a span of time: as many as the program likes, unless a layer or a
 * combinator of this module sets a limit. A request over the limit waits for its turn.
 *
 * In no span as long as `window`, whenever it begins, are more than `limit` requests of one provider and limit group
 * let through. Every attempt of a call is a request. A call that is interrupted while it waits keeps its turn.
 *
 * `layer` sets the limit of the providers that are built on it (it is read once, when the provider's layer is built);
 * `with` and `withStream` set it around calls and are read in the calling fiber, inner over outer over the layer's.
 *
 * An entry point of its own, `@effect-customers/core/RateLimit`: it needs `@effect/experimental`, the rest does not.
 *
 * @since 0.1.0
 */
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { InputIssue } from "./CustomersError.js"
import * as Errors from "./CustomersError.js"
import * as Endpoint from "./Endpoint.js"
import { failAfter } from "./internal/failAfter.js"
import type { CallOptions, Limiter, Options } from "./internal/limiter.js"
import { CallRateLimit, RateLimit } from "./internal/limiter.js"
import { around, type AroundStream, checkedConfig, defined, readDuration } from "./internal/policy.js"
import * as ProviderConfig from "./ProviderConfig.js"

export { type CallOptions, type Options, RateLimit } from "./internal/limiter.js"

/**
 * Limits the providers built on it, with counters in this process's memory: each use of `layer` has its own.
 *
 * Options that make no sense end every call in `InvalidRequest`.
 *
 * @example
 * ```ts
 * import * as RateLimit from "@effect-customers/core/RateLimit"
 *
 * const gentle = RateLimit.layer({ limit: 300, window: "1 minute" })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never> =>
  Layer.provide(layerWith(options, () => 0), Layer.fresh(RateLimiter.layerStoreMemory))

/**
 * Like {@link layer}, with the counters in a store: all processes that share it share the limit. A store that fails, or
 * does not answer within a second, ends a call in `TransportFailed` with the code `RATE_LIMIT_STORE`, unsent. Windows
 * are a tenth longer, by 100 ms at most: the machines are not equally late in sending what is let through.
 *
 * Give the Redis store the options of the example. With ioredis's own, calls that were given up are counted when a
 * server that was down is back, and closing the layer's scope while it is down never ends; with these, a server that is
 * gone is told at once, one that hangs after a second (closing the scope then ends in a defect of the store's own
 * finalizer). ioredis prints every failed connection with `console.error`, as the store cannot be listened to;
 * `retryStrategy` says how often it tries.
 *
 * @example
 * ```ts
 * import * as RateLimit from "@effect-customers/core/RateLimit"
 * import * as Redis from "@effect/experimental/RateLimiter/Redis"
 * import * as Layer from "effect/Layer"
 *
 * const shared = RateLimit.layerFromStore({ limit: 300, window: "1 minute" }).pipe(
 *   Layer.provide(
 *     Redis.layerStore({ host: "localhost", maxRetriesPerRequest: 0, connectTimeout: 1000, socketTimeout: 1000 })
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFromStore = (options: Options): Layer.Layer<never, never, RateLimiter.RateLimiterStore> =>
  layerWith(options, (window) => Math.ceil(Math.min(window / 10, 100)))

const layerWith = (
  options: Options,
  slack: Counters["slack"]
): Layer.Layer<never, never, RateLimiter.RateLimiterStore> =>
  Layer.effect(RateLimit, Effect.map(counters(slack), (counters) => Option.some(limiter(counters, options))))

/**
 * Like {@link layer}, from `Config`. A number that is out of bounds is a `ConfigError`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<never, ConfigError.ConfigError> =>
  ProviderConfig.layer(
    checkedConfig(options, (options) =>
      Either.match(settings(options), { onLeft: (issues) => issues, onRight: () => [] })),
    layer
  )

/** Counters of their own, for combinators that find no layer's. */
const ownCounters = Effect.suspend(() => Effect.provide(counters(() => 0), Layer.fresh(RateLimiter.layerStoreMemory)))

const { effect: withRateLimit, stream } = around(
  CallRateLimit,
  (options: CallOptions) =>
    Effect.map(
      ownCounters,
      (counters) => (outer) => (layerValue: Option.Option<Limiter>) =>
        Option.match(outer(layerValue), {
          onNone: () => Option.some(limiter(counters, options)),
          onSome: (limiter) => Option.some(limiter.override(options))
        })
    )
)

export {
  /**
   * Limits the calls of one effect. Another `limit`, `window` or `key` than outside counts apart from there.
   *
   * Where nothing outside sets a limit, `limit` and `window` are needed (what is missing is `InvalidRequest`) and each
   * run of the effect counts its own requests, in memory.
   *
   * @example
   * ```ts
   * import { CustomersService } from "@effect-customers/core"
   * import * as RateLimit from "@effect-customers/core/RateLimit"
   * import * as Effect from "effect/Effect"
   *
   * const impatient = Effect.flatMap(CustomersService, (customers) => customers.get("cus_1")).pipe(
   *   RateLimit.with({ maxWait: 0 })
   * )
   * ```
   *
   * @since 0.1.0
   * @category combinators
   */
  withRateLimit as with
}

/**
 * Limits the calls of one stream, as `with` does those of an effect.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withStream: AroundStream<CallOptions> = stream

/**
 * No limit around the calls of one effect. They are not counted either.
 *
 * @since 0.1.0
 * @category combinators
 */
export const none: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  CallRateLimit,
  () => Option.none()
)

// ---------------------------------------------------------------------------------------------------------------------
// The options
// ---------------------------------------------------------------------------------------------------------------------

/** Options as they are counted with: in whole milliseconds, except for `maxWait`. */
interface Settings {
  readonly limit: number
  readonly window: number
  readonly maxWait: number
  readonly key: string
}

const millis = (input: unknown): number =>
  Option.match(readDuration(input), { onNone: () => Number.NaN, onSome: Duration.toMillis })

const settings = (options: CallOptions): Either.Either<Settings, readonly [InputIssue, ...Array<InputIssue>]> => {
  const { key = "", limit = Number.NaN } = options
  const window = Math.ceil(millis(options.window))
  const maxWait = millis(options.maxWait ?? "90 seconds")
  const [issue, ...issues] = [
    ...(Number.isSafeInteger(limit) && limit > 0
      ? []
      : [{ path: "limit", message: "expected a positive whole number" }]),
    ...(Number.isFinite(window) && window > 0
      ? []
      : [{ path: "window", message: "expected a finite positive duration" }]),
    ...(maxWait >= 0 ? [] : [{ path: "maxWait", message: "expected a duration of zero or more" }])
  ].map(({ message, path }): InputIssue => ({ path: `rateLimit.${path}`, message }))
  return issue === undefined ? Either.right({ limit, window, maxWait, key }) : Either.left([issue, ...issues])
}

// ---------------------------------------------------------------------------------------------------------------------
// Counting
// ---------------------------------------------------------------------------------------------------------------------

/*
 * A limit has as many slots as requests that it lets through in a window, and requests take turns at them: a counter of
 * turns says which slot is next. A slot lets one request through, and the next one no sooner than a window later, so
 * that no span of a window's length can hold more requests than there are slots.
 *
 * The store's counter lives for its refill rate times its tokens. With the window as refill rate it ends when the slot
 * is free again after all who have taken it, so that a turn begins a window before its counter ends. The counter of
 * turns outlives every slot: it only starts anew when all of them are free.
 *
 * A slot is only taken by who can wait for it. The store is told how many tokens there may be at most, and refuses, and
 * takes nothing, where there are more. Tokens of turns that have passed are among them, so the first guess, which knows
 * of none, may be too low; the refusal says how many there are and when the slot is free.
 */

interface Turn {
  readonly number: number
  /** When the counter of turns starts anew, as far as is known; a turn that it counted before is worth nothing then. */
  readonly until: number
}

interface Counters {
  readonly store: RateLimiter.RateLimiterStore["Type"]
  /** What is added to a window, in milliseconds, because those who share the limit are not equally late. */
  readonly slack: (window: number) => number
  /** By limit: turns whose slot was not taken, in order. They are had again before new ones. */
  readonly unusedTurns: Map<string, ReadonlyArray<Turn>>
}

const counters = (
  slack: Counters["slack"]
): Effect.Effect<Counters, never, RateLimiter.RateLimiterStore> =>
  Effect.map(RateLimiter.RateLimiterStore, (store) => ({ store, slack, unusedTurns: new Map() }))

const limiter = (counters: Counters, options: CallOptions): Limiter => {
  const checked = settings(options)
  return {
    admit: (endpoint) =>
      Either.match(checked, {
        onLeft: (issues) => new Errors.InvalidRequest({ ...Endpoint.errorContext(endpoint), origin: "sdk", issues }),
        onRight: (settings) => admit(counters, settings, endpoint)
      }),
    override: (changes) => limiter(counters, { ...options, ...defined(changes) })
  }
}

const admit = (
  { slack, store, unusedTurns }: Counters,
  { key, limit, maxWait, window: asked }: Settings,
  endpoint: Endpoint.Any
): Effect.Effect<void, Errors.RateLimited | Errors.TransportFailed> =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const deadline = now + maxWait
    const window = asked + slack(asked)
    const name = [key, endpoint.provider, endpoint.limitGroup, `${limit}/${asked}`].join(":")
    const storeFailed = () =>
      new Errors.TransportFailed({ ...Endpoint.errorContext(endpoint), code: "RATE_LIMIT_STORE" })
    const take = (key: string, mostTokens: number | undefined) =>
      store.fixedWindow({ key, tokens: 1, refillRate: Duration.millis(window), limit: mostTokens }).pipe(
        Effect.mapError(storeFailed),
        failAfter(longestAnswer, storeFailed)
      )

    const [unused, ...others] = (unusedTurns.get(name) ?? []).filter(({ until }) => until > now)
    if (others.length > 0) unusedTurns.set(name, others)
    else unusedTurns.delete(name)
    const newTurn = Effect.map(take(name, undefined), ([number, endsIn]): Turn => ({ number, until: now + endsIn }))
    const turn = unused ?? (yield* newTurn)

    const takeSlot = Effect.gen(function*() {
      let known = { tokens: 0, freeIn: 0 }
      while (true) {
        const left = Math.max(0, deadline - (yield* Clock.currentTimeMillis))
        if (known.freeIn > left) {
          return yield* new Errors.RateLimited({
            ...Endpoint.errorContext(endpoint),
            retryAfter: Duration.millis(known.freeIn)
          })
        }
        const mostTokens = Math.min(known.tokens + 1 + Math.floor((left - known.freeIn) / window), mostCounted)
        const [tokens, endsIn] = yield* take(`${name}:${turn.number % limit}`, mostTokens)
        if (tokens <= mostTokens) return endsIn - window
        known = { tokens: tokens - 1, freeIn: endsIn }
      }
    })
    const wait = yield* Effect.onError(takeSlot, () =>
      Effect.sync(() => {
        const turns = [...(unusedTurns.get(name) ?? []), turn].sort((left, right) => left.number - right.number)
        // without as many as there are slots, the next new turn is at the same slot as before
        unusedTurns.set(name, turns.slice(0, turns.length > 2 * limit ? -limit : undefined))
      }))
    if (wait > 0) yield* Effect.sleep(wait)
  })

/** A store that is down takes ten seconds to say so. */
const longestAnswer = Duration.seconds(1)

/** What a store can still count exactly. */
const mostCounted = 2 ** 52
