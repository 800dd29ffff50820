import { RetryPolicy } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Effect, Exit, Layer, Redacted } from "effect"
import { inspect } from "node:util"

const secret = "s3cret-value-nobody-should-see"

/** The headers of a request with these variables. */
const sentWith = (variables: Record<string, string>, config?: Flexprice.FlexpriceConfig) =>
  Effect.gen(function*() {
    yield* RetryPolicy.none(Effect.flatMap(FlexpriceClient, (flexprice) => flexprice.list())).pipe(
      Effect.provide(Flexprice.layerConfig(config))
    )
    const { requests } = yield* SandboxControl
    const { headers } = (yield* requests)[0]!
    return [headers["x-api-key"], headers.host, headers["x-environment-id"]]
  }).pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
    Effect.provide(Sandbox.layer())
  )

describe("layerConfig", () => {
  it.effect("FLEXPRICE_API_KEY alone; trimmed, blank variables are absent", () =>
    Effect.gen(function*() {
      expect(
        yield* sentWith({
          FLEXPRICE_API_KEY: " sk_good\n",
          FLEXPRICE_REGION: " ",
          FLEXPRICE_ENVIRONMENT_ID: "",
          FLEXPRICE_BASE_URL: ""
        })
      ).toEqual(["sk_good", "us.api.flexprice.io", undefined])
    }))

  it.effect("FLEXPRICE_REGION and FLEXPRICE_ENVIRONMENT_ID", () =>
    Effect.gen(function*() {
      expect(
        yield* sentWith({
          FLEXPRICE_API_KEY: "sk_good",
          FLEXPRICE_REGION: " india ",
          FLEXPRICE_ENVIRONMENT_ID: " env_1 "
        })
      ).toEqual(["sk_good", "api.cloud.flexprice.io", "env_1"])
    }))

  it.effect("FLEXPRICE_BASE_URL wins over the region", () =>
    Effect.gen(function*() {
      expect(
        yield* sentWith({
          FLEXPRICE_API_KEY: "sk_good",
          FLEXPRICE_REGION: "us",
          FLEXPRICE_BASE_URL: "https://api.cloud.flexprice.io"
        })
      ).toEqual(["sk_good", "api.cloud.flexprice.io", undefined])
    }))

  it.effect("an option that is given makes its variable unread", () =>
    Effect.gen(function*() {
      expect(
        yield* sentWith({ FLEXPRICE_API_KEY: "sk_unread", FLEXPRICE_REGION: secret }, {
          apiKey: Config.succeed(Redacted.make("sk_given")),
          region: Config.succeed("india" as const),
          environmentId: Config.succeed("env_2")
        })
      ).toEqual(["sk_given", "api.cloud.flexprice.io", "env_2"])
    }))

  it.effect.each<readonly [string, Record<string, string>, Flexprice.FlexpriceConfig, string]>([
    ["no key", {}, {}, "FLEXPRICE_API_KEY"],
    ["a blank key", { FLEXPRICE_API_KEY: "  " }, {}, "FLEXPRICE_API_KEY"],
    ["a region that is none", { FLEXPRICE_API_KEY: secret, FLEXPRICE_REGION: secret }, {}, "FLEXPRICE_REGION"],
    ["a region in capitals", { FLEXPRICE_API_KEY: secret, FLEXPRICE_REGION: "US" }, {}, "FLEXPRICE_REGION"],
    ["a key with a space inside", { FLEXPRICE_API_KEY: `Bearer ${secret}` }, {}, "FLEXPRICE_API_KEY"],
    [
      "an environment with a space inside",
      { FLEXPRICE_API_KEY: secret, FLEXPRICE_ENVIRONMENT_ID: `env ${secret}` },
      {},
      "FLEXPRICE_ENVIRONMENT_ID"
    ],
    ["no URL", { FLEXPRICE_API_KEY: secret, FLEXPRICE_BASE_URL: secret }, {}, "FLEXPRICE_BASE_URL"],
    [
      "a URL with what all paths begin with",
      { FLEXPRICE_API_KEY: secret, FLEXPRICE_BASE_URL: "https://us.api.flexprice.io/v1" },
      {},
      "FLEXPRICE_BASE_URL"
    ],
    [
      "a key in a variable of the caller's own",
      { MINE: `Bearer ${secret}` },
      { apiKey: Config.redacted("MINE") },
      "MINE"
    ],
    [
      "a config of the caller's own that prints values",
      { FLEXPRICE_API_KEY: secret, MINE: secret },
      { region: Config.literal("us", "india")("MINE") },
      "MINE"
    ]
  ])("%s: the error names the variable, never a value", ([_, variables, config, name]) =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(Flexprice.layerConfig(config)).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
        Effect.provide(Sandbox.layer()),
        Effect.scoped,
        Effect.exit
      )
      const printed = Exit.isFailure(exit) ? Cause.pretty(exit.cause) + inspect(exit, { depth: Infinity }) : ""
      expect(printed).toContain(name)
      expect(printed).not.toContain(secret)
    }))
})
