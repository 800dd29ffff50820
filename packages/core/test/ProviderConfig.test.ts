/** What a layer would refuse on every call is refused where it is configured, by the name that was asked for. */
import { ProviderConfig } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Config, type ConfigError, ConfigProvider, Context, Effect, Layer, Redacted } from "effect"

class Address extends Context.Tag("Address")<Address, string>() {}

interface Options {
  readonly apiKey: Redacted.Redacted<string>
  readonly baseUrl: string | undefined
}

const configs = {
  apiKey: ProviderConfig.secret("ACME_API_KEY"),
  baseUrl: ProviderConfig.text("ACME_BASE_URL")
}

const layerOf = (given: { readonly [_ in keyof Options]?: Config.Config<Options[_]> }) => {
  const options = { ...configs, ...given }
  return ProviderConfig.layer(
    Config.all(options),
    ({ baseUrl = "default" }: Options) => Layer.succeed(Address, baseUrl),
    {
      configs: options,
      issues: ({ apiKey, baseUrl }) => [
        ...(Redacted.value(apiKey) === "bad" ? [{ path: "apiKey", message: "expected a good one" }] : []),
        ...(baseUrl === "nowhere" ? [{ path: "baseUrl", message: Redacted.make("nowhere is no place") }] : [])
      ]
    }
  )
}

const variables = { ACME_API_KEY: "good", ACME_BASE_URL: "somewhere", MINE: "bad", OTHER: "nowhere" }

const built = (
  given: Parameters<typeof layerOf>[0],
  changed: Record<string, string> = {},
  provider = (all: ConfigProvider.ConfigProvider) => all
): Effect.Effect<string, ConfigError.ConfigError> =>
  Address.pipe(
    Effect.provide(layerOf(given)),
    Effect.withConfigProvider(
      provider(ConfigProvider.fromMap(new Map(Object.entries({ ...variables, ...changed }))))
    )
  )

describe("layer", () => {
  it.effect("of options in which nothing is wrong", () =>
    Effect.gen(function*() {
      expect(yield* built({})).toBe("somewhere")
    }))

  it.effect.each<readonly [string, Parameters<typeof built>, string]>([
    [
      "a variable",
      [{}, { ACME_API_KEY: " bad " }],
      "(Invalid data at ACME_API_KEY: \"expected a good one\")"
    ],
    [
      "words that may quote a value",
      [{}, { ACME_BASE_URL: "nowhere" }],
      "(Invalid data at ACME_BASE_URL: \"the value is not valid\")"
    ],
    [
      "two of them",
      [{}, { ACME_API_KEY: "bad", ACME_BASE_URL: "nowhere" }],
      "(Invalid data at ACME_API_KEY: \"expected a good one\") and " +
      "(Invalid data at ACME_BASE_URL: \"the value is not valid\")"
    ],
    [
      "a config of the caller's own",
      [{ apiKey: Config.redacted("MINE") }],
      "(Invalid data at MINE: \"expected a good one\")"
    ],
    [
      "the one that answered",
      [{ apiKey: Config.redacted("NOBODY").pipe(Config.orElse(() => Config.redacted("MINE"))) }],
      "(Invalid data at MINE: \"expected a good one\")"
    ],
    [
      "one in a group",
      [{ apiKey: Config.nested(Config.redacted("KEY"), "ACME") }, { "ACME.KEY": "bad" }],
      "(Invalid data at ACME.KEY: \"expected a good one\")"
    ],
    [
      "one that the provider calls otherwise",
      [{}, { "APP.ACME_API_KEY": "bad", "APP.ACME_BASE_URL": "somewhere" }, ConfigProvider.nested("APP")],
      "(Invalid data at APP.ACME_API_KEY: \"expected a good one\")"
    ],
    [
      "an option that asked for nothing",
      [{ apiKey: Config.succeed(Redacted.make("bad")) }],
      "(Invalid data at apiKey: \"expected a good one\")"
    ]
  ])("names %s", ([_, [given, changed, provider], printed]) =>
    Effect.gen(function*() {
      expect(String(yield* Effect.flip(built(given, changed, provider)))).toBe(printed)
    }))
})
