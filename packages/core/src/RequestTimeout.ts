/**
 * How long one attempt of a call may take.
 *
 * `layer` sets the value for the providers that are built on it (it is read once, when the provider's layer is built);
 * `with` and `withStream` set it around calls and are read in the calling fiber, inner over outer over the layer's.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as ProviderConfig from "./ProviderConfig.js"

/**
 * - `attempt`: from sending to the last byte of the answer; for a streamed body, to its headers. 30 seconds.
 * - `idle`: for a streamed body, the longest silence between two chunks. 30 seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Timeouts {
  readonly attempt: Duration.Duration
  readonly idle: Duration.Duration
}

/**
 * An absent option keeps what holds outside.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly attempt?: Duration.DurationInput | undefined
  readonly idle?: Duration.DurationInput | undefined
}

const merge = (outer: Timeouts, options: Options): Timeouts => ({
  attempt: options.attempt === undefined ? outer.attempt : Duration.decode(options.attempt),
  idle: options.idle === undefined ? outer.idle : Duration.decode(options.idle)
})

const defaults: Timeouts = { attempt: Duration.seconds(30), idle: Duration.seconds(30) }

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
): Layer.Layer<never, ConfigError.ConfigError> => ProviderConfig.layer(Config.unwrap(options), layer)

/** Timeouts that never pass. */
const off: Timeouts = { attempt: Duration.infinity, idle: Duration.infinity }

const callWith = (options: Options) => Effect.map(CallTimeout, (outer): Options => ({ ...outer, ...defined(options) }))

const defined = (options: Options): Options => ({
  ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
  ...(options.idle === undefined ? {} : { idle: options.idle })
})

const withTimeouts: {
  (options: Options): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R> =>
    Effect.flatMap(callWith(options), (value) => Effect.provideService(self, CallTimeout, value))
)

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
export const withStream: {
  (options: Options): <A, E, R>(self: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>
  <A, E, R>(self: Stream.Stream<A, E, R>, options: Options): Stream.Stream<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Stream.Stream<A, E, R>, options: Options): Stream.Stream<A, E, R> =>
    Stream.unwrap(Effect.map(callWith(options), (value) => Stream.provideService(self, CallTimeout, value)))
)

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
