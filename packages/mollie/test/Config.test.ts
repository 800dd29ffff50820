import { RetryPolicy } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { MollieClient } from "@effect-customers/mollie"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Effect, Exit, Layer, Redacted } from "effect"
import { inspect } from "node:util"

const secret = "s3cret-value-nobody-should-see"

const call = Effect.flatMap(MollieClient, (mollie) =>
  Effect.all([
    mollie.list(),
    mollie.createPayment("cst_1", {
      amount: { currency: "EUR", value: "1.00" },
      description: "x",
      sequenceType: "recurring"
    }).pipe(Effect.either)
  ]))

/** The first two requests with these variables. */
const sentWith = (variables: Record<string, string>, config?: Mollie.MollieConfig) =>
  Effect.gen(function*() {
    yield* RetryPolicy.none(call).pipe(Effect.provide(Mollie.layerConfig(config)))
    const { requests } = yield* SandboxControl
    return (yield* requests).map(({ body, headers, query }) =>
      [
        headers["authorization"],
        Object.fromEntries(query),
        body === "" ? undefined : JSON.parse(body) as { readonly testmode?: boolean; readonly profileId?: string }
      ] as const
    )
  }).pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
    Effect.provide(Sandbox.layer())
  )

describe("layerConfig", () => {
  it.effect("MOLLIE_API_KEY alone; trimmed, blank variables are absent", () =>
    Effect.gen(function*() {
      const [list, pay] = yield* sentWith({
        MOLLIE_API_KEY: " test_good\n",
        MOLLIE_ACCESS_TOKEN: " ",
        MOLLIE_TESTMODE: "",
        MOLLIE_PROFILE_ID: " ",
        MOLLIE_BASE_URL: ""
      })
      expect(list).toEqual(["Bearer test_good", {}, undefined])
      expect([pay?.[2]?.testmode, pay?.[2]?.profileId]).toEqual([undefined, undefined])
    }))

  it.effect.each(["true", "false"] as const)(
    "MOLLIE_ACCESS_TOKEN with MOLLIE_TESTMODE %s and MOLLIE_PROFILE_ID",
    (mode) =>
      Effect.gen(function*() {
        const [list, pay] = yield* sentWith({
          MOLLIE_ACCESS_TOKEN: "access_good",
          MOLLIE_TESTMODE: ` ${mode} `,
          MOLLIE_PROFILE_ID: "pfl_good",
          MOLLIE_BASE_URL: "https://api.mollie.com"
        })
        expect(list).toEqual(["Bearer access_good", { testmode: mode }, undefined])
        expect([pay?.[2]?.testmode, pay?.[2]?.profileId]).toEqual([mode === "true", "pfl_good"])
      })
  )

  it.effect("MOLLIE_BASE_URL is where it goes", () =>
    Effect.gen(function*() {
      const { urlOf } = yield* Sandbox.SandboxServer
      const exit = yield* sentWith({ MOLLIE_API_KEY: "test_good", MOLLIE_BASE_URL: urlOf("elsewhere") }).pipe(
        Effect.exit
      )
      // in process no other host is known
      expect(Exit.isFailure(exit) && inspect(exit, { depth: 4 })).toContain("TransportFailed")
    }).pipe(Effect.provide(Sandbox.layerServer())))

  it.effect("a credential that is given makes both variables unread", () =>
    Effect.gen(function*() {
      const variables = { MOLLIE_API_KEY: "test_unread", MOLLIE_ACCESS_TOKEN: "access_unread" }
      const [key] = yield* sentWith(variables, { apiKey: Config.succeed(Redacted.make("test_given")) })
      expect(key?.[0]).toBe("Bearer test_given")
      const [token] = yield* sentWith(variables, {
        accessToken: Config.succeed(Redacted.make("access_given")),
        testmode: Config.succeed(true)
      })
      expect(token?.slice(0, 2)).toEqual(["Bearer access_given", { testmode: "true" }])
    }))

  it.effect.each<readonly [string, Record<string, string>, Mollie.MollieConfig, string]>([
    ["no credential", {}, {}, "MOLLIE_API_KEY"],
    ["a blank one", { MOLLIE_API_KEY: "  " }, {}, "MOLLIE_API_KEY"],
    ["both", { MOLLIE_API_KEY: `test_${secret}`, MOLLIE_ACCESS_TOKEN: `access_${secret}` }, {}, "MOLLIE_ACCESS_TOKEN"],
    ["a mode beside a key", { MOLLIE_API_KEY: `test_${secret}`, MOLLIE_TESTMODE: "true" }, {}, "MOLLIE_TESTMODE"],
    ["false beside a key", { MOLLIE_API_KEY: `test_${secret}`, MOLLIE_TESTMODE: "false" }, {}, "MOLLIE_TESTMODE"],
    [
      "a profile beside a key",
      { MOLLIE_API_KEY: `test_${secret}`, MOLLIE_PROFILE_ID: secret },
      {},
      "MOLLIE_PROFILE_ID"
    ],
    [
      "a mode that is none",
      { MOLLIE_ACCESS_TOKEN: `access_${secret}`, MOLLIE_TESTMODE: secret },
      {},
      "MOLLIE_TESTMODE"
    ],
    ["yes", { MOLLIE_ACCESS_TOKEN: `access_${secret}`, MOLLIE_TESTMODE: "yes" }, {}, "MOLLIE_TESTMODE"],
    ["a key with a space inside", { MOLLIE_API_KEY: `Bearer test_${secret}` }, {}, "MOLLIE_API_KEY"],
    ["a key with a line break inside", { MOLLIE_API_KEY: `test_\n${secret}` }, {}, "MOLLIE_API_KEY"],
    ["a token as a key", { MOLLIE_API_KEY: `access_${secret}` }, {}, "MOLLIE_API_KEY"],
    ["a key as a token", { MOLLIE_ACCESS_TOKEN: `live_${secret}` }, {}, "MOLLIE_ACCESS_TOKEN"],
    ["no URL", { MOLLIE_API_KEY: "test_good", MOLLIE_BASE_URL: secret }, {}, "MOLLIE_BASE_URL"],
    [
      "a URL with what all paths begin with",
      { MOLLIE_API_KEY: "test_good", MOLLIE_BASE_URL: "https://api.mollie.com/v2" },
      {},
      "MOLLIE_BASE_URL"
    ],
    [
      "a credential in a variable of the caller's own",
      { MINE: `Bearer test_${secret}` },
      { apiKey: Config.redacted("MINE") },
      "MINE"
    ],
    [
      "a config of the caller's own that prints values",
      { MOLLIE_ACCESS_TOKEN: `access_${secret}`, MINE: secret },
      { testmode: Config.boolean("MINE") },
      "MINE"
    ]
  ])("%s: the error names the variable, never a value", ([_, variables, config, name]) =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(Mollie.layerConfig(config)).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
        Effect.scoped,
        Effect.exit
      )
      expect(Exit.isFailure(exit)).toBe(true)
      const text = inspect(exit, { depth: Infinity, showHidden: true }) + JSON.stringify(exit) +
        (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")
      expect(text).toContain(name)
      expect(text).not.toContain(secret)
    }).pipe(Effect.provide(Sandbox.layer())))
})
