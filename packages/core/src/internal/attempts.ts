import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableHashMap from "effect/MutableHashMap"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { CustomersError } from "../CustomersError.js"
import { asMaybeApplied, RateLimited } from "../CustomersError.js"
import * as Endpoint from "../Endpoint.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Limiter } from "./limiter.js"
import { countRetry } from "./observer.js"

/**
 * One call: what holds for it, and how it is sent once.
 *
 * @internal
 */
export interface Call<A> {
  readonly endpoint: Endpoint.Any
  readonly policy: RetryPolicy.Policy
  readonly limiter: Option.Option<Limiter>
  /** `resends` says how many times it was sent before. */
  readonly attempt: (resends: number) => Effect.Effect<A, CustomersError>
}

const budget = { tokens: 500, retry: 5, retryAfterTimeout: 10, success: 1 }

/** The provider's own pace: the gate keeps to it, and there is no outage to be multiplied. */
const isPaced = (error: CustomersError): boolean => error._tag === "RateLimited" && error.retryAfter !== undefined

/** In milliseconds. A header that says more is asked about again after an hour: it may be a mistake. */
const longestClosed = 3_600_000

/** In milliseconds since the epoch, and what of it was to be waited when that was said. */
interface Closed {
  readonly until: number
  readonly wait: number
}

/**
 * Sends calls as often as their policies say. What one call learns of the provider (a 429, an outage) holds for all
 * calls, so it is made once per client.
 *
 * @internal
 */
export const make = Effect.sync(() => {
  /** By limit group. */
  const gates = MutableHashMap.empty<string, Closed>()
  const tokens = MutableRef.make(budget.tokens)

  const giveBack = (count: number) => MutableRef.update(tokens, (left) => Math.min(budget.tokens, left + count))

  const costOf = (policy: RetryPolicy.Policy, error: CustomersError): number =>
    !policy.budget || isPaced(error)
      ? 0
      : error._tag === "RequestTimedOut"
      ? budget.retryAfterTimeout
      : budget.retry

  const closedFor = (group: string) =>
    Effect.map(Clock.currentTimeMillis, (now) =>
      Option.match(MutableHashMap.get(gates, group), {
        onNone: () => 0,
        // more than there ever was to wait: the clock was set back
        onSome: ({ until, wait }) => until - now > wait ? 0 : until - now
      }))

  /** A 429 that says how long it holds, holds for every call of its group. */
  const closeGate = (group: string, error: CustomersError) =>
    Effect.gen(function*() {
      if (!isPaced(error)) return
      const wait = Math.min(longestClosed, Duration.toMillis(RetryPolicy.retryAfter(error)))
      if (wait <= (yield* closedFor(group))) return
      MutableHashMap.set(gates, group, { until: (yield* Clock.currentTimeMillis) + wait, wait })
    })

  /** Past the gate and the rate limit. */
  const admit = ({ endpoint, limiter, policy }: Pick<Call<unknown>, "endpoint" | "policy" | "limiter">) =>
    Effect.gen(function*() {
      const closed = policy.gate ? closedFor(endpoint.limitGroup) : Effect.succeed(0)
      for (let waits = 0;; waits++) {
        const left = yield* closed
        if (left > Duration.toMillis(policy.maxRetryAfter) || (left > 0 && waits >= policy.maxAttempts)) {
          return yield* new RateLimited({ ...Endpoint.errorContext(endpoint), retryAfter: Duration.millis(left) })
        }
        // not all of those who wait at one instant
        if (left > 0) yield* Effect.sleep(left + (yield* randomDelay(policy, 1)))
        else if (Option.isNone(limiter)) return
        else {
          yield* limiter.value.admit(endpoint)
          // the gate may have been closed meanwhile, and the limit's turn is over when it opens
          if ((yield* closed) <= 0) return
        }
      }
    })

  const run = <A>(call: Call<A>): Effect.Effect<A, CustomersError> =>
    Effect.gen(function*() {
      const { endpoint, policy } = call
      let mayHaveApplied = false
      let delayed = 0
      const tell = (error: CustomersError) => mayHaveApplied ? asMaybeApplied(error) : error
      yield* admit(call)
      const start = yield* Clock.currentTimeMillis
      /** Whether a repeat after that wait would meet a provider that has forgotten the key. */
      const outlives = (wait: number) =>
        Effect.map(Clock.currentTimeMillis, (now) =>
          mayHaveApplied && endpoint.keyLifetime !== undefined && endpoint.repeat === "with-key" &&
          !policy.repeatUnsafe && now - start + wait > Duration.toMillis(endpoint.keyLifetime))
      for (let attempts = 1;; attempts++) {
        const result = yield* Effect.either(call.attempt(attempts - 1))
        if (Either.isRight(result)) {
          giveBack(budget.success)
          return result.right
        }
        const error = result.left
        yield* closeGate(endpoint.limitGroup, error)
        if (mayHaveApplied && endpoint.removes && isNotFound(error)) {
          giveBack(budget.success)
          // what removes something answers nothing
          return undefined as A
        }
        mayHaveApplied ||= error.mayHaveApplied
        const delay = yield* randomDelay(policy, attempts)
        const cost = costOf(policy, error)
        delayed += delay
        if (
          attempts >= policy.maxAttempts || !RetryPolicy.mayRepeat(policy, error) ||
          delayed > Duration.toMillis(policy.maxTotalDelay) || cost > tokens.current
        ) {
          return yield* Effect.fail(tell(error))
        }
        const wait = Duration.toMillis(RetryPolicy.retryAfter(error)) + delay
        const isTooLate = yield* outlives(wait)
        if (isTooLate) {
          return yield* Effect.fail(tell(error))
        }
        MutableRef.update(tokens, (left) =>
          left - cost)
        yield* Effect.logDebug(`${error.message}; sent again in ${wait} ms`)
        yield* Effect.sleep(wait).pipe(
          Effect.zipRight(Effect.mapError(admit(call), tell)),
          // a retry that is not sent costs nothing
          Effect.onError(() =>
            Effect.sync(() => giveBack(cost))
          )
        )
        // the gate and the limit may have taken their time
        const isTooLateNow = yield* outlives(0)
        if (isTooLateNow) {
          giveBack(cost)
          return yield* Effect.fail(tell(error))
        }
        yield* countRetry(endpoint, error)
      }
    })

  return { run }
})

const isNotFound = (error: CustomersError): boolean =>
  error._tag === "CustomerNotFound" || error._tag === "ResourceNotFound"

/** In milliseconds. */
const randomDelay = (policy: RetryPolicy.Policy, attempts: number) =>
  Effect.map(Random.nextRange(0, Duration.toMillis(RetryPolicy.longestDelay(policy, attempts))), Math.round)
