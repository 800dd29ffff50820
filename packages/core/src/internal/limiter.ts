/**
 * What a transport knows of a rate limit. `RateLimit.ts` makes limiters; this module does not reach
 * `@effect/experimental`, which that one needs.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Errors from "../CustomersError.js"
import type * as Endpoint from "../Endpoint.js"

/**
 * - `limit`: how many requests are let through in `window`: a positive whole number.
 * - `window`: how long a span that is; parts of a millisecond count as a whole one.
 * - `maxWait`: how long a request may wait for its turn. One whose turn comes later ends at once in `RateLimited`; with
 *   0 none waits. 90 seconds.
 * - `key`: whose requests they are: a prefix of the counters' names. Accounts that share a store and not a limit need
 *   different ones. Empty.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly limit: number
  readonly window: Duration.DurationInput
  readonly maxWait?: Duration.DurationInput | undefined
  readonly key?: string | undefined
}

/**
 * An absent option keeps what holds outside; see {@link Options} for what they mean.
 *
 * @since 0.1.0
 * @category models
 */
export type CallOptions = { readonly [Name in keyof Options]?: Options[Name] | undefined }

/** @internal */
export interface Limiter {
  /** Waits until one more request of the endpoint's limit group may be sent. */
  readonly admit: (
    endpoint: Endpoint.Any
  ) => Effect.Effect<void, Errors.RateLimited | Errors.TransportFailed | Errors.InvalidRequest>
  /** The same store, counted by other options; an absent one keeps what this limiter has. */
  readonly override: (options: CallOptions) => Limiter
}

/**
 * The rate limit of a layer: none, unless a layer of this module sets one.
 *
 * @since 0.1.0
 * @category references
 */
export class RateLimit extends Context.Reference<RateLimit>()("@effect-customers/core/RateLimit", {
  defaultValue: (): Option.Option<Limiter> => Option.none()
}) {}

/**
 * What the combinators make of the layer's limiter: apart from the layer's, so that "around this call" is not taken for
 * "in this application".
 *
 * @internal
 */
export class CallRateLimit extends Context.Reference<CallRateLimit>()("@effect-customers/core/RateLimit/Call", {
  defaultValue: () => (layerValue: Option.Option<Limiter>): Option.Option<Limiter> => layerValue
}) {}

/**
 * What holds for a call in this fiber, over the layer's value.
 *
 * @internal
 */
export const resolve = (layerValue: Option.Option<Limiter>): Effect.Effect<Option.Option<Limiter>> =>
  Effect.map(CallRateLimit, (change) => change(layerValue))
