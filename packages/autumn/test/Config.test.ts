import * as Autumn from "@effect-customers/autumn"
import { CustomersService, RetryPolicy } from "@effect-customers/core"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Effect, Exit, Layer, Redacted } from "effect"
import { inspect } from "node:util"

const secret = "s3cret-value-nobody-should-see"

/** Version, key and body of a delete with these variables. */
const sentWith = (variables: Record<string, string>, config?: Autumn.AutumnConfig) =>
  Effect.gen(function*() {
    const call = Effect.flatMap(CustomersService, (customers) => Effect.either(customers.delete("team-1")))
    yield* RetryPolicy.none(call).pipe(Effect.provide(Autumn.layerConfig(config)))
    const { requests } = yield* SandboxControl
    return (yield* requests).map(({ body, headers }) => [headers["authorization"], headers["x-api-version"], body])
  }).pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
    Effect.provide(Sandbox.layer())
  )

const body = "{\"customer_id\":\"team-1\"}"

describe("layerConfig", () => {
  it.effect.each<readonly [Record<string, string>, string]>([
    [{ AUTUMN_SECRET_KEY: " am_sk_test_good\n" }, "2.1"],
    [{ AUTUMN_SECRET_KEY: "am_sk_test_good", AUTUMN_API_VERSION: " ", AUTUMN_BASE_URL: "" }, "2.1"],
    [{ AUTUMN_SECRET_KEY: "am_sk_test_good", AUTUMN_API_VERSION: " 2.1 " }, "2.1"],
    [{
      AUTUMN_SECRET_KEY: "am_sk_test_good",
      AUTUMN_API_VERSION: "2.3",
      AUTUMN_BASE_URL: "https://api.useautumn.com/"
    }, "2.3"]
  ])("%j", ([variables, version]) =>
    Effect.gen(function*() {
      expect(yield* sentWith(variables)).toEqual([["Bearer am_sk_test_good", version, body]])
    }))

  it.effect("the address is the one of the variable", () =>
    Effect.gen(function*() {
      const call = Effect.flatMap(CustomersService, (customers) => Effect.either(customers.list()))
      yield* RetryPolicy.none(call).pipe(Effect.provide(Autumn.layerConfig()))
      const { requests } = yield* SandboxControl
      expect((yield* requests).map(({ path }) => path)).toEqual(["/v9/v1/customers.list"])
    }).pipe(
      Effect.withConfigProvider(ConfigProvider.fromMap(
        new Map(Object.entries({
          AUTUMN_SECRET_KEY: "am_sk_test_good",
          AUTUMN_BASE_URL: "https://api.useautumn.com/v9"
        }))
      )),
      Effect.provide(Sandbox.layer())
    ))

  it.effect("what is given makes its variable unread, and deleteInStripe has none", () =>
    Effect.gen(function*() {
      const sent = yield* sentWith({ AUTUMN_SECRET_KEY: "am_sk_test_unread", AUTUMN_API_VERSION: "9" }, {
        secretKey: Config.succeed(Redacted.make("am_sk_test_given")),
        apiVersion: Config.succeed("2.3"),
        deleteInStripe: Config.succeed(true)
      })
      expect(sent).toEqual([[
        "Bearer am_sk_test_given",
        "2.3",
        "{\"customer_id\":\"team-1\",\"delete_in_stripe\":true}"
      ]])
    }))

  it.effect.each<readonly [string, Record<string, string>, Autumn.AutumnConfig, string]>([
    ["no key", {}, {}, "AUTUMN_SECRET_KEY"],
    ["a blank one", { AUTUMN_SECRET_KEY: "  " }, {}, "AUTUMN_SECRET_KEY"],
    ["a version that is none", { AUTUMN_SECRET_KEY: secret, AUTUMN_API_VERSION: secret }, {}, "AUTUMN_API_VERSION"],
    ["a key with a space inside", { AUTUMN_SECRET_KEY: `Bearer ${secret}` }, {}, "AUTUMN_SECRET_KEY"],
    ["no URL", { AUTUMN_SECRET_KEY: secret, AUTUMN_BASE_URL: secret }, {}, "AUTUMN_BASE_URL"],
    [
      "a URL with what all paths begin with",
      { AUTUMN_SECRET_KEY: secret, AUTUMN_BASE_URL: "https://api.useautumn.com/v1" },
      {},
      "AUTUMN_BASE_URL"
    ],
    [
      "a key in a variable of the caller's own",
      { MINE: `Bearer ${secret}` },
      { secretKey: Config.redacted("MINE") },
      "MINE"
    ],
    [
      "a config of the caller's own that prints values",
      { AUTUMN_SECRET_KEY: secret, MINE: secret },
      { deleteInStripe: Config.boolean("MINE") },
      "MINE"
    ]
  ])("%s: the error names the variable, never a value", ([_, variables, config, name]) =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(Autumn.layerConfig(config)).pipe(
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
