/**
 * How long one attempt of a call may take.
 *
 * `layer` sets the value for the providers that are built on it (it is read once, when the provider's layer is built);
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
import type { InputIssue } from "./CustomersError.js"
import { around, type AroundStream, checkedConfig, durationOr, over, readDuration } from "./internal/policy.js"
import * as ProviderConfig from "./ProviderConfig.js"

/**
 * - `attempt`: from sending to the last byte of the answer; for a streamed body, to its headers. 30 seconds.
 * - `idle`: for a streamed body, the longest silence between two chunks. 30 seconds.
 * - `issues`: what is wrong with the options that they were made of; every call ends in `InvalidRequest` with these.
 *
 * @since 0.1.0
 * @category models
 */
export interface Timeouts {
  readonly attempt: Duration.Duration
  readonly idle: Duration.Duration
  readonly issues: ReadonlyArray<InputIssue>
}

/**
 * An absent option has its default in a layer, and keeps what holds outside around calls.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly attempt?: Duration.DurationInput | undefined
  readonly idle?: Duration.DurationInput | undefined
}

const issuesOf = (options: Options): ReadonlyArray<InputIssue> =>
  (["attempt", "idle"] as const)
    .filter((name) => options[name] !== undefined && Option.isNone(readDuration(options[name])))
    .map((name) => ({ path: `requestTimeout.${name}`, message: "expected a duration of zero or more" }))

const merge = (outer: Timeouts, options: Options): Timeouts => ({
  attempt: durationOr(options.attempt, outer.attempt),
  idle: durationOr(options.idle, outer.idle),
  issues: [...outer.issues, ...issuesOf(options)]
})

const defaults: Timeouts = { attempt: Duration.seconds(30), idle: Duration.seconds(30), issues: [] }

/**
 * The timeouts of a layer.
 *
 * @since 0.1.0
 * @category references
 */
export class RequestTimeout extends Context.Reference<RequestTimeout>()("@effect-customers/core/RequestTimeout", {
  defaultValue: () => defaults
}) {}

/** What `with` sets: apart from the layer's, so that "around this call" is not taken for "in this application". */
class CallTimeout extends Context.Reference<CallTimeout>()("@effect-customers/core/RequestTimeout/Call", {
  defaultValue: (): Options => ({})
}) {}

/**
 * Sets the timeouts of the providers built on it.
 *
 * @example
 * ```ts
 * import { RequestTimeout } from "@effect-customers/core"
 *
 * const fast = RequestTimeout.layer({ attempt: "5 seconds" })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never> => Layer.succeed(RequestTimeout, merge(defaults, options))

/**
 * Like {@link layer}, from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<never, ConfigError.ConfigError> => ProviderConfig.layer(checkedConfig(options, issuesOf), layer)

/** Timeouts that never pass. */
const off: Options = { attempt: Duration.infinity, idle: Duration.infinity }

const { effect: withTimeouts, stream } = around(CallTimeout, over<Options>)

export {
  /**
   * Sets timeouts around the calls of one effect.
   *
   * @example
   * ```ts
   * import { CustomersService, RequestTimeout } from "@effect-customers/core"
   * import * as Effect from "effect/Effect"
   *
   * const patient = Effect.flatMap(CustomersService, (customers) => customers.get("cus_1")).pipe(
   *   RequestTimeout.with({ attempt: "2 minutes" })
   * )
   * ```
   *
   * @since 0.1.0
   * @category combinators
   */
  withTimeouts as with
}

/**
 * Sets timeouts around the calls of one stream.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withStream: AroundStream<Options> = stream

/**
 * No timeout around the calls of one effect.
 *
 * @since 0.1.0
 * @category combinators
 */
export const none: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = withTimeouts(off)

/**
 * What holds for a call in this fiber, over the layer's value. For authors of transports.
 *
 * @since 0.1.0
 * @category references
 */
export const resolve = (layerValue: Timeouts): Effect.Effect<Timeouts> =>
  Effect.map(CallTimeout, (options) => merge(layerValue, options))
