/**
 * Whether a call is repeated, how often, and after what wait.
 *
 * What *may* be repeated is not up to the policy: an attempt that may have been applied is only repeated where the
 * endpoint says that a repeat is safe (`always`, or `with-key` and a key was sent). Of the rest only what surely did
 * not happen is: refused connections, 429. `repeatUnsafe: true` is the one way around it.
 *
 * `layer` sets the policy of the providers that are built on it (it is read once, when the provider's layer is built);
 * `with` and `withStream` set it around calls and are read in the calling fiber, inner over outer over the layer's.
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { CustomersError, InputIssue } from "./CustomersError.js"
import { isTransient } from "./CustomersError.js"
import { around, type AroundStream, checkedConfig, durationOr, over, readDuration } from "./internal/policy.js"
import * as ProviderConfig from "./ProviderConfig.js"

/**
 * - `maxAttempts`: how often a call is sent at most, the first time included. 4.
 * - `initialDelay`, `factor`, `maxDelay`: the wait before attempt n + 1 is random between nothing and
 *   `initialDelay * factor^(n - 1)`, which is at most `maxDelay`. 500 ms, 2, 20 s.
 * - `maxTotalDelay`: the most that these waits come to in one call. 60 s.
 * - `maxRetryAfter`: the longest `Retry-After` that is waited for, each with such a random wait on top. A longer one
 *   ends the call at once. Not counted in `maxTotalDelay`. 90 s: Polar always says 60.
 * - `gate`: whether a call waits, before it is sent, while a 429 with `Retry-After` that another call met still holds
 *   (for an hour at most). One that finds it closed `maxAttempts` times ends in `RateLimited`, unsent. True.
 * - `budget`: whether retries are taken from the client's budget (500 tokens; a retry takes 5, after a timeout 10,
 *   where a 429 says when nothing; a successful call gives 1 back), so that an outage is not multiplied. True.
 * - `repeatUnsafe`: repeats also what may have been applied and is not safe to repeat. **Can create customers twice.**
 *   False.
 * - `while`: of what would be repeated, only what it is true for is. Always true. It must not throw.
 * - `issues`: what is wrong with the options that it was made of; every call ends in `InvalidRequest` with these.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  readonly maxAttempts: number
  readonly initialDelay: Duration.Duration
  readonly factor: number
  readonly maxDelay: Duration.Duration
  readonly maxTotalDelay: Duration.Duration
  readonly maxRetryAfter: Duration.Duration
  readonly gate: boolean
  readonly budget: boolean
  readonly repeatUnsafe: boolean
  readonly while: (error: CustomersError) => boolean
  readonly issues: ReadonlyArray<InputIssue>
}

/**
 * An absent option has its default in a layer, and keeps what holds outside around calls; see {@link Policy} for what
 * they mean.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly maxAttempts?: number | undefined
  readonly initialDelay?: Duration.DurationInput | undefined
  readonly factor?: number | undefined
  readonly maxDelay?: Duration.DurationInput | undefined
  readonly maxTotalDelay?: Duration.DurationInput | undefined
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  readonly gate?: boolean | undefined
  readonly budget?: boolean | undefined
  readonly repeatUnsafe?: boolean | undefined
  readonly while?: ((error: CustomersError) => boolean) | undefined
}

const issuesOf = (options: Options): ReadonlyArray<InputIssue> => {
  const durations = ["initialDelay", "maxDelay", "maxTotalDelay", "maxRetryAfter"] as const
  const { factor = 1, maxAttempts = 1 } = options
  return [
    ...durations.flatMap((name) => {
      const given = options[name]
      const mayBeInfinite = name === "maxTotalDelay" || name === "maxRetryAfter"
      const isValid = given === undefined ||
        Option.exists(readDuration(given), (duration) => mayBeInfinite || Duration.isFinite(duration))
      return isValid ? [] : [{ name, message: `expected a ${mayBeInfinite ? "" : "finite "}duration of zero or more` }]
    }),
    ...(maxAttempts === Infinity || (Number.isInteger(maxAttempts) && maxAttempts >= 1)
      ? []
      : [{ name: "maxAttempts", message: "expected a whole number of at least 1" }]),
    ...(factor >= 1 && factor < Infinity ? [] : [{ name: "factor", message: "expected a number of at least 1" }])
  ].map(({ message, name }) => ({ path: `retryPolicy.${name}`, message }))
}

const merge = (outer: Policy, options: Options): Policy => ({
  maxAttempts: options.maxAttempts ?? outer.maxAttempts,
  initialDelay: durationOr(options.initialDelay, outer.initialDelay),
  factor: options.factor ?? outer.factor,
  maxDelay: durationOr(options.maxDelay, outer.maxDelay),
  maxTotalDelay: durationOr(options.maxTotalDelay, outer.maxTotalDelay),
  maxRetryAfter: durationOr(options.maxRetryAfter, outer.maxRetryAfter),
  gate: options.gate ?? outer.gate,
  budget: options.budget ?? outer.budget,
  repeatUnsafe: options.repeatUnsafe ?? outer.repeatUnsafe,
  while: options.while ?? outer.while,
  issues: [...outer.issues, ...issuesOf(options)]
})

const defaults: Policy = {
  maxAttempts: 4,
  initialDelay: Duration.millis(500),
  factor: 2,
  maxDelay: Duration.seconds(20),
  maxTotalDelay: Duration.seconds(60),
  maxRetryAfter: Duration.seconds(90),
  gate: true,
  budget: true,
  repeatUnsafe: false,
  while: () => true,
  issues: []
}

/**
 * The retry policy of a layer.
 *
 * @since 0.1.0
 * @category references
 */
export class RetryPolicy extends Context.Reference<RetryPolicy>()("@effect-customers/core/RetryPolicy", {
  defaultValue: () => defaults
}) {}

/** What `with` sets: apart from the layer's, so that "around this call" is not taken for "in this application". */
class CallRetryPolicy extends Context.Reference<CallRetryPolicy>()("@effect-customers/core/RetryPolicy/Call", {
  defaultValue: (): Options => ({})
}) {}

/**
 * Sets the policy of the providers built on it.
 *
 * @example
 * ```ts
 * import { RetryPolicy } from "@effect-customers/core"
 *
 * const hasty = RetryPolicy.layer({ maxAttempts: 2, maxRetryAfter: "1 second" })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never> => Layer.succeed(RetryPolicy, merge(defaults, options))

/**
 * Like {@link layer}, from `Config`. A number or a duration that is out of bounds is a `ConfigError`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Omit<Options, "while">>
): Layer.Layer<never, ConfigError.ConfigError> => ProviderConfig.layer(checkedConfig(options, issuesOf), layer)

const { effect: withPolicy, stream } = around(CallRetryPolicy, over<Options>)

export {
  /**
   * Sets the policy around the calls of one effect.
   *
   * @example
   * ```ts
   * import { CustomersService, RetryPolicy } from "@effect-customers/core"
   * import * as Effect from "effect/Effect"
   *
   * const patient = Effect.flatMap(CustomersService, (customers) => customers.get("cus_1")).pipe(
   *   RetryPolicy.with({ maxAttempts: 8, maxTotalDelay: "5 minutes" })
   * )
   * ```
   *
   * @since 0.1.0
   * @category combinators
   */
  withPolicy as with
}

/**
 * Sets the policy around the calls of one stream.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withStream: AroundStream<Options> = stream

/**
 * Sends each call of an effect once, at once: no retries, and no wait for a gate.
 *
 * @since 0.1.0
 * @category combinators
 */
export const none: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = withPolicy({
  maxAttempts: 1,
  gate: false
})

/**
 * What holds for a call in this fiber, over the layer's value. For authors of transports.
 *
 * @since 0.1.0
 * @category references
 */
export const resolve = (layerValue: Policy): Effect.Effect<Policy> =>
  Effect.map(CallRetryPolicy, (options) => merge(layerValue, options))

/**
 * Whether a failed attempt is worth a repeat and may be repeated, whatever has been spent so far. For authors of
 * transports.
 *
 * @since 0.1.0
 * @category predicates
 */
export const mayRepeat = (policy: Policy, error: CustomersError): boolean =>
  isTransient(error) &&
  (!error.mayHaveApplied || error.repeat !== "never" || policy.repeatUnsafe) &&
  Duration.lessThanOrEqualTo(retryAfter(error), policy.maxRetryAfter) &&
  policy.while(error)

/**
 * How long the provider asks to wait; zero where it does not say.
 *
 * @since 0.1.0
 * @category predicates
 */
export const retryAfter = (error: CustomersError): Duration.Duration =>
  (error._tag === "RateLimited" || error._tag === "ProviderUnavailable" ? error.retryAfter : undefined) ??
    Duration.zero

/**
 * The longest random wait after this many attempts.
 *
 * @since 0.1.0
 * @category predicates
 */
export const longestDelay = (policy: Policy, attempts: number): Duration.Duration =>
  Duration.isZero(policy.initialDelay)
    ? Duration.zero
    : Duration.min(policy.maxDelay, Duration.times(policy.initialDelay, policy.factor ** (attempts - 1)))
