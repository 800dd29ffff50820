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

/**
 * Sends calls as often as their policies say. What one call learns of the provider (a 429, an outage) holds for all
 * calls, so it is made once per client.
 *
 * @internal
 */
export const make = Effect.sync(() => {
  /** By limit group, in milliseconds since the epoch. */
  const closedUntil = MutableHashMap.empty<string, number>()
  const tokens = MutableRef.make(budget.tokens)

  const spend = (error: CustomersError): boolean => {
    const cost = error._tag === "RequestTimedOut" ? budget.retryAfterTimeout : budget.retry
    if (tokens.current < cost) return false
    MutableRef.update(tokens, (left) => left - cost)
    return true
  }

  const refund = () => MutableRef.update(tokens, (left) => Math.min(budget.tokens, left + budget.success))

  const openAt = (group: string): number => Option.getOrElse(MutableHashMap.get(closedUntil, group), () => 0)

  /** A 429 that says how long it holds, holds for every call of its group. */
  const closeGate = (group: string, error: CustomersError) =>
    error._tag === "RateLimited" && error.retryAfter !== undefined
      ? Effect.map(Clock.currentTimeMillis, (now) => {
        const until = now + Duration.toMillis(RetryPolicy.retryAfter(error))
        MutableHashMap.set(closedUntil, group, Math.max(until, openAt(group)))
      })
      : Effect.void

  /** Past the gate and the rate limit. */
  const admit = ({ endpoint, limiter, policy }: Pick<Call<unknown>, "endpoint" | "policy" | "limiter">) =>
    Effect.gen(function*() {
      const closedFor = Effect.map(
        Clock.currentTimeMillis,
        (now) => policy.gate ? openAt(endpoint.limitGroup) - now : 0
      )
      for (let waits = 0;; waits++) {
        const left = yield* closedFor
        if (left > Duration.toMillis(policy.maxRetryAfter) || (left > 0 && waits >= policy.maxAttempts)) {
          return yield* new RateLimited({ ...Endpoint.errorContext(endpoint), retryAfter: Duration.millis(left) })
        }
        // not all of those who wait at one instant
        if (left > 0) yield* Effect.sleep(left + (yield* randomDelay(policy, 1)))
        else if (Option.isNone(limiter)) return
        else {
          yield* limiter.value.admit(endpoint)
          // the gate may have been closed meanwhile, and the limit's turn is over when it opens
          if ((yield* closedFor) <= 0) return
        }
      }
    })

  const run = <A>(call: Call<A>): Effect.Effect<A, CustomersError> =>
    Effect.gen(function*() {
      const { endpoint, policy } = call
      let mayHaveApplied = false
      let delayed = 0
      const tell = (error: CustomersError) => mayHaveApplied ? asMaybeApplied(error) : error
      for (let attempts = 1;; attempts++) {
        yield* Effect.mapError(admit(call), tell)
        const result = yield* Effect.either(call.attempt(attempts - 1))
        if (Either.isRight(result)) {
          refund()
          return result.right
        }
        const error = result.left
        yield* closeGate(endpoint.limitGroup, error)
        if (mayHaveApplied && endpoint.removes && isNotFound(error)) {
          refund()
          // what removes something answers nothing
          return undefined as A
        }
        mayHaveApplied ||= error.mayHaveApplied
        const delay = yield* randomDelay(policy, attempts)
        delayed += delay
        if (
          attempts >= policy.maxAttempts || !RetryPolicy.mayRepeat(policy, error) ||
          delayed > Duration.toMillis(policy.maxTotalDelay) || (policy.budget && !spend(error))
        ) {
          return yield* Effect.fail(tell(error))
        }
        const wait = Duration.toMillis(RetryPolicy.retryAfter(error)) + delay
        yield* countRetry(endpoint, error, wait)
        yield* Effect.sleep(wait)
      }
    })

  return { run }
})

const isNotFound = (error: CustomersError): boolean =>
  error._tag === "CustomerNotFound" || error._tag === "ResourceNotFound"

/** In milliseconds. */
const randomDelay = (policy: RetryPolicy.Policy, attempts: number) =>
  Effect.map(Random.nextRange(0, Duration.toMillis(RetryPolicy.longestDelay(policy, attempts))), Math.round)
