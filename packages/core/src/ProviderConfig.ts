/**
 * Reading a provider's options from `Config`, without a value ever reaching a `ConfigError`. For authors of provider
 * packages.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { InputIssue } from "./CustomersError.js"

/** What this module has refused with: the only words that are kept, because they hold no value. */
const ownMessages = new Set<string>()

const refuse = (message: string, path: Array<string> = []) => {
  ownMessages.add(message)
  return ConfigError.InvalidData(path, message)
}

/**
 * Refuses a variable for a reason that no single variable shows: two that exclude each other. The message must hold no
 * value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refused = (name: string, message: string): ConfigError.ConfigError => refuse(message, [name])

/**
 * Says that a variable is missing where another one would have done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const missing = (name: string, message: string): ConfigError.ConfigError => {
  ownMessages.add(message)
  return ConfigError.MissingData([name], message)
}

const isBlank = (text: string): boolean => text.trim() === ""

/**
 * A secret, trimmed. One that is blank is refused.
 *
 * @since 0.1.0
 * @category configs
 */
export const secret = (name: string): Config.Config<Redacted.Redacted<string>> =>
  Config.mapOrFail(
    Config.string(name),
    (text) => isBlank(text) ? Either.left(refuse("expected a secret")) : Either.right(Redacted.make(text.trim()))
  )

/** Undefined when the variable is absent or blank. The refusal stays next to the variable, so that it is named. */
const optional = <A>(
  name: string,
  parse: (text: string) => Either.Either<A, ConfigError.ConfigError>
): Config.Config<A | undefined> =>
  Config.map(
    Config.option(
      Config.mapOrFail(
        Config.string(name),
        (text): Either.Either<A | undefined, ConfigError.ConfigError> =>
          isBlank(text) ? Either.right(undefined) : parse(text.trim())
      )
    ),
    Option.getOrUndefined
  )

/**
 * A text, trimmed; undefined when the variable is absent or blank.
 *
 * @since 0.1.0
 * @category configs
 */
export const text = (name: string): Config.Config<string | undefined> => optional(name, Either.right)

/**
 * A secret, trimmed; undefined when the variable is absent or blank.
 *
 * @since 0.1.0
 * @category configs
 */
export const optionalSecret = (name: string): Config.Config<Redacted.Redacted<string> | undefined> =>
  optional(name, (text) => Either.right(Redacted.make(text)))

/**
 * `true` or `false`; undefined when the variable is absent or blank.
 *
 * @since 0.1.0
 * @category configs
 */
export const boolean = (name: string): Config.Config<boolean | undefined> =>
  Config.map(literal(name, ["true", "false"]), (word) => word === undefined ? undefined : word === "true")

/**
 * One of the given words; undefined when the variable is absent or blank.
 *
 * @since 0.1.0
 * @category configs
 */
export const literal = <const Words extends ReadonlyArray<string>>(
  name: string,
  words: Words
): Config.Config<Words[number] | undefined> =>
  optional(name, (text) =>
    Either.fromNullable(
      words.find((word) => word === text),
      () => refuse(`expected one of ${words.join(", ")}`)
    ))

/** The same error without the words that may quote a value: only messages of this module are kept. */
const withoutValues = (error: ConfigError.ConfigError): ConfigError.ConfigError => {
  switch (error._op) {
    case "And":
      return ConfigError.And(withoutValues(error.left), withoutValues(error.right))
    case "Or":
      return ConfigError.Or(withoutValues(error.left), withoutValues(error.right))
    case "InvalidData":
      return ConfigError.InvalidData(
        error.path,
        ownMessages.has(error.message) ? error.message : "the value is not valid"
      )
    case "MissingData":
      return ConfigError.MissingData(
        error.path,
        ownMessages.has(error.message) ? error.message : "expected it to be set"
      )
    case "SourceUnavailable":
      return ConfigError.MissingData(error.path, "the source of configuration is not available")
    case "Unsupported":
      return ConfigError.Unsupported(error.path, "the source of configuration does not support this")
  }
}

/** The path under which a config was answered; the given one where it asked for nothing. */
const askedAs = (config: Config.Config<unknown>, otherwise: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.configProviderWith(({ flattened }) =>
    Effect.gen(function*() {
      const asked = yield* Ref.make<ReadonlyArray<string>>([otherwise])
      const listening = ConfigProvider.makeFlat({
        load: (path, primitive, split) => Effect.zipLeft(flattened.load(path, primitive, split), Ref.set(asked, path)),
        enumerateChildren: (path) => flattened.enumerateChildren(path),
        patch: flattened.patch
      })
      yield* Effect.exit(Effect.withConfigProvider(config, ConfigProvider.fromFlat(listening)))
      return yield* Ref.get(asked)
    })
  )

/**
 * What is wrong with options as a whole, for {@link layer}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Check<in Options> {
  /** What the provider's layer would refuse on every call, by the name of the option. */
  readonly issues: (options: Options) => ReadonlyArray<InputIssue>
  /** What each option is read from: the error names the variable that was asked for. */
  readonly configs: { readonly [option: string]: Config.Config<unknown> }
}

const refusedBy = <Options>({ configs, issues }: Check<Options>, options: Options) =>
  Effect.forEach(issues(options), ({ message, path }) =>
    Effect.map(
      askedAs(configs[path] ?? Config.succeed(undefined), path),
      // a redacted message may quote
      (asked) => ConfigError.InvalidData([...asked], typeof message === "string" ? message : "the value is not valid")
    )).pipe(
      Effect.flatMap(([first, ...others]) =>
        first === undefined ? Effect.void : Effect.fail(others.reduce<ConfigError.ConfigError>(ConfigError.And, first))
      )
    )

/**
 * A layer from configuration. Whatever the configuration was refused for, the `ConfigError` names the variable and
 * never its value: `Config.literal`, `integer`, `boolean` and `url` of effect 3.22 print what they were given. With a
 * check, what the layer would refuse on every call is refused here.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <A, Out, E, R>(
  config: Config.Config<A>,
  make: (options: A) => Layer.Layer<Out, E, R>,
  check?: Check<A>
): Layer.Layer<Out, E | ConfigError.ConfigError, R> =>
  Layer.unwrapEffect(
    Effect.mapError(config, withoutValues).pipe(
      Effect.tap((options) => check === undefined ? Effect.void : refusedBy(check, options)),
      Effect.map(make)
    )
  )
