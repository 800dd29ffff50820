/**
 * Reading a provider's options from `Config`, without a value ever reaching a `ConfigError`. For authors of provider
 * packages.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

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

/**
 * A layer from configuration. Whatever the configuration was refused for, the `ConfigError` names the variable and
 * never its value: `Config.literal`, `integer`, `boolean` and `url` of effect 3.22 print what they were given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <A, Out, E, R>(
  config: Config.Config<A>,
  make: (options: A) => Layer.Layer<Out, E, R>
): Layer.Layer<Out, E | ConfigError.ConfigError, R> =>
  Layer.unwrapEffect(Effect.map(Effect.mapError(config, withoutValues), make))
