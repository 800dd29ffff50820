/**
 * Idempotency keys: with one, a provider that knows them carries out a write once, however often it arrives.
 *
 * A key is made once per call, before the first attempt, and is the same on every attempt. It is only sent by
 * operations that take one (`repeat: "with-key"`). `layer` sets how keys are made for the providers that are built on
 * it (it is read once, when the provider's layer is built); `with`, `withStream`, `withKey` and `none` are read in the
 * calling fiber, inner over outer over the layer's.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Errors from "./CustomersError.js"
import type * as Endpoint from "./Endpoint.js"
import { around, type AroundStream, defined } from "./internal/policy.js"
import * as ProviderConfig from "./ProviderConfig.js"

/**
 * - `enabled`: whether operations that take a key are sent one. True. Without a key they are never repeated once they
 *   may have been applied.
 * - `generate`: makes a key of 1 to 255 printable ASCII characters without spaces. A random UUID (version 4).
 *
 * @since 0.1.0
 * @category models
 */
export interface Keys {
  readonly enabled: boolean
  readonly generate: Effect.Effect<string>
}

/**
 * An absent option has its default in a layer, and keeps what holds outside around calls.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly enabled?: boolean | undefined
  readonly generate?: Effect.Effect<string> | undefined
}

/**
 * Web Crypto, not `Random`: Effect's default `Random` starts from a seed of 31 bits, and two processes with one seed
 * would send each other's keys, which a provider answers with each other's customers.
 */
const randomUuid = Effect.sync(() => crypto.randomUUID())

const defaults: Keys = { enabled: true, generate: randomUuid }

const merge = (outer: Keys, options: Options): Keys => ({ ...outer, ...defined(options) })

/**
 * How the keys of a layer are made.
 *
 * @since 0.1.0
 * @category references
 */
export class Idempotency extends Context.Reference<Idempotency>()("@effect-customers/core/Idempotency", {
  defaultValue: () => defaults
}) {}

/** The caller's own key, and whether a call has taken it. */
interface OwnKey {
  readonly key: string
  readonly taken: Ref.Ref<boolean>
}

interface CallValue {
  readonly options: Options
  readonly own: OwnKey | undefined
}

/** What is set around calls: apart from the layer's, so that "around this call" is not "in this application". */
class CallIdempotency extends Context.Reference<CallIdempotency>()("@effect-customers/core/Idempotency/Call", {
  defaultValue: (): CallValue => ({ options: {}, own: undefined })
}) {}

/**
 * Sets how the keys of the providers built on it are made.
 *
 * @example
 * ```ts
 * import { Idempotency } from "@effect-customers/core"
 *
 * const withoutKeys = Idempotency.layer({ enabled: false })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never> => Layer.succeed(Idempotency, merge(defaults, options))

/**
 * Like {@link layer}, from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Pick<Options, "enabled">>
): Layer.Layer<never, ConfigError.ConfigError> => ProviderConfig.layer(Config.unwrap(options), layer)

const { effect: withOptions, stream } = around(
  CallIdempotency,
  (options: Options) =>
    Effect.succeed((outer: CallValue): CallValue => ({
      ...outer,
      options: { ...outer.options, ...defined(options) }
    }))
)

export {
  /**
   * Sets how keys are made around the calls of one effect.
   *
   * @since 0.1.0
   * @category combinators
   */
  withOptions as with
}

/**
 * Sets how keys are made around the calls of one stream.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withStream: AroundStream<Options> = stream

/**
 * Sends no keys around the calls of one effect, not even the caller's own.
 *
 * @since 0.1.0
 * @category combinators
 */
export const none = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(self, CallIdempotency, { options: { enabled: false }, own: undefined })

/**
 * Gives the one write inside an effect a key of the caller's own, 1 to 255 printable ASCII characters without spaces:
 * one that outlives the process, so that a repeat after a crash is still the same call. Reads inside take no notice of
 * it.
 *
 * To run the write again, put the retry around `withKey`: inside, the key is taken by the first call, sent or not. A
 * second write with it, and a key that cannot be sent, end in `InvalidRequest`; a write that takes no key ends in
 * `Unsupported`; all at `idempotencyKey`, before that write is sent.
 *
 * @example
 * ```ts
 * import { CustomersService, Idempotency } from "@effect-customers/core"
 * import * as Effect from "effect/Effect"
 *
 * const signUp = (orderId: string, email: string) =>
 *   Effect.flatMap(CustomersService, (customers) => customers.create({ email })).pipe(
 *     Idempotency.withKey(`sign-up-${orderId}`)
 *   )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withKey: {
  (key: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, key: string): Effect.Effect<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, key: string): Effect.Effect<A, E, R> =>
    Effect.gen(function*() {
      const { options } = yield* CallIdempotency
      const taken = yield* Ref.make(false)
      return yield* Effect.provideService(self, CallIdempotency, { options, own: { key, taken } })
    })
)

/**
 * Ends in `Unsupported` where the caller has a key of their own for a write that takes none. For operations that read
 * before they write: what they cannot do is said before they begin.
 *
 * @internal
 */
export const checkTakesKey = (
  write: Pick<Endpoint.Any, "provider" | "operation" | "repeat">
): Effect.Effect<void, Errors.Unsupported> =>
  Effect.flatMap(CallIdempotency, ({ own }) =>
    own === undefined || write.repeat === "with-key"
      ? Effect.void
      : new Errors.Unsupported({
        provider: write.provider,
        operation: write.operation,
        repeat: write.repeat,
        mayHaveApplied: false,
        path: "idempotencyKey",
        reason: `${write.provider} ${write.operation} takes no idempotency key`
      }))

/** In characters; what can be sent in a header. */
const sendable = /^[\x21-\x7e]{1,255}$/

/**
 * The key of one call, if it is to have one. For authors of transports: ask once per call, before the first attempt.
 *
 * @since 0.1.0
 * @category requests
 */
export const keyOf = (
  endpoint: Pick<Endpoint.Any, "provider" | "operation" | "repeat" | "readOnly">,
  layerValue: Keys
): Effect.Effect<Option.Option<string>, Errors.InvalidRequest | Errors.Unsupported> =>
  Effect.gen(function*() {
    if (endpoint.readOnly) return Option.none()
    const { options, own } = yield* CallIdempotency
    const refuse = (message: string) =>
      new Errors.InvalidRequest({
        provider: endpoint.provider,
        operation: endpoint.operation,
        repeat: endpoint.repeat,
        mayHaveApplied: false,
        origin: "sdk",
        issues: [{ path: "idempotencyKey", message }]
      })
    yield* checkTakesKey(endpoint)
    if (own !== undefined) {
      if (!isSendable(own.key)) return yield* refuse(expectedKey)
      if (yield* Ref.getAndSet(own.taken, true)) {
        return yield* refuse("another call has taken it: one key is for one write")
      }
      return Option.some(own.key)
    }
    const keys = merge(layerValue, options)
    if (endpoint.repeat !== "with-key" || !keys.enabled) return Option.none()
    const key = yield* keys.generate
    return isSendable(key) ? Option.some(key) : yield* refuse(expectedKey)
  })

const expectedKey = "expected 1 to 255 printable ASCII characters without spaces"

/** For callers without types, too. */
const isSendable = (key: unknown): key is string => typeof key === "string" && sendable.test(key)
