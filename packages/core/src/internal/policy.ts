/** What all policies have in common: options in layers and around calls. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { InputIssue } from "../CustomersError.js"

/** @internal */
export interface AroundEffect<Options> {
  (options: Options): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R>
}

/** @internal */
export interface AroundStream<Options> {
  (options: Options): <A, E, R>(self: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>
  <A, E, R>(self: Stream.Stream<A, E, R>, options: Options): Stream.Stream<A, E, R>
}

/**
 * Combinators that change, around calls, what a reference holds.
 *
 * @internal
 */
export const around = <Self, Value, Options>(
  reference: Context.Reference<Self, Value>,
  change: (options: Options) => Effect.Effect<(outer: Value) => Value>
): { readonly effect: AroundEffect<Options>; readonly stream: AroundStream<Options> } => {
  const changed = (options: Options): Effect.Effect<Value> =>
    Effect.zipWith(reference, change(options), (outer, change) => change(outer))
  return {
    effect: dual(
      2,
      <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R> =>
        Effect.flatMap(changed(options), (value) => Effect.provideService(self, reference, value))
    ),
    stream: dual(
      2,
      <A, E, R>(self: Stream.Stream<A, E, R>, options: Options): Stream.Stream<A, E, R> =>
        Stream.unwrap(Effect.map(changed(options), (value) => Stream.provideService(self, reference, value)))
    )
  }
}

/**
 * Options over others: an undefined one keeps what is below.
 *
 * @internal
 */
export const over = <Options extends object>(options: Options) =>
  Effect.succeed((outer: Options): Options => ({ ...outer, ...defined(options) }))

type Defined<Options> = { readonly [Name in keyof Options]?: Exclude<Options[Name], undefined> }

/** @internal */
export const defined = <Options extends object>(options: Options): Defined<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>

/**
 * None where no duration can be read. `Duration.decode` makes zero of what is negative or no number, and throws at the
 * rest.
 *
 * @internal
 */
export const readDuration = (input: unknown): Option.Option<Duration.Duration> =>
  Number.isNaN(input) || /^\s*-/.test(String(input)) ? Option.none() : Duration.decodeUnknown(input)

/**
 * The duration that is given; the outer one where there is none, and where it cannot be read.
 *
 * @internal
 */
export const durationOr = (
  given: Duration.DurationInput | undefined,
  outer: Duration.Duration
): Duration.Duration => given === undefined ? outer : Option.getOrElse(readDuration(given), () => outer)

/**
 * Options from configuration, refused by the name of the first that is wrong. Its value is not told.
 *
 * @internal
 */
export const checkedConfig = <Options>(
  options: Config.Config.Wrap<Options>,
  issuesOf: (options: Options) => ReadonlyArray<InputIssue>
): Config.Config<Options> =>
  Config.mapOrFail(Config.unwrap(options), (options) => {
    const [issue] = issuesOf(options)
    return issue === undefined
      ? Either.right(options)
      : Either.left(ConfigError.InvalidData([issue.path], "the value is not valid"))
  })
