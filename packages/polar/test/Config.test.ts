import { CustomersService, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Effect, Exit, Layer } from "effect"
import { inspect } from "node:util"

const secret = { POLAR_ACCESS_TOKEN: "polar_pat_s3cretTokenOfThisTest" }

const hidden = "s3cret-value-nobody-should-see"

/** What a list sends with these variables: version, organization and path. */
const sentWith = (variables: Record<string, string>) =>
  Effect.gen(function*() {
    const call = Effect.flatMap(CustomersService, (customers) => Effect.either(customers.list()))
    yield* RetryPolicy.none(call).pipe(Effect.provide(Polar.layerConfig()))
    const { requests } = yield* SandboxControl
    return (yield* requests).map(({ headers, path, query }) => [
      headers["polar-version"],
      query.find(([name]) => name === "organization_id")?.[1],
      path
    ])
  }).pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries({ ...secret, ...variables })))),
    Effect.provide(Sandbox.layer())
  )

describe("layerConfig", () => {
  it.effect.each<readonly [Record<string, string>, ReadonlyArray<string | undefined>]>([
    [{}, ["2026-10", undefined, "/v1/customers/"]],
    [{ POLAR_VERSION: " 2026-04 " }, ["2026-04", undefined, "/v1/customers/"]],
    [{ POLAR_ORGANIZATION_ID: "00000000-0000-4000-8000-000000000001" }, [
      "2026-10",
      "00000000-0000-4000-8000-000000000001",
      "/v1/customers/"
    ]],
    [{ POLAR_BASE_URL: "https://api.polar.sh/v9/" }, ["2026-10", undefined, "/v9/v1/customers/"]]
  ])("%j reaches the wire", ([variables, sent]) =>
    Effect.gen(function*() {
      expect(yield* sentWith(variables)).toEqual([sent])
    }))

  const token = `polar_oat_${hidden}`

  it.effect.each<readonly [string, Record<string, string>, Polar.PolarConfig, string]>([
    ["no token", {}, {}, "POLAR_ACCESS_TOKEN"],
    ["a blank one", { POLAR_ACCESS_TOKEN: " " }, {}, "POLAR_ACCESS_TOKEN"],
    ["a token behind `Bearer`", { POLAR_ACCESS_TOKEN: `Bearer ${token}` }, {}, "POLAR_ACCESS_TOKEN"],
    ["an environment that is none", { POLAR_ACCESS_TOKEN: token, POLAR_ENVIRONMENT: hidden }, {}, "POLAR_ENVIRONMENT"],
    ["a version that is no month", { POLAR_ACCESS_TOKEN: token, POLAR_VERSION: hidden }, {}, "POLAR_VERSION"],
    ["no URL", { POLAR_ACCESS_TOKEN: token, POLAR_BASE_URL: hidden }, {}, "POLAR_BASE_URL"],
    [
      "a URL with what all paths begin with",
      { POLAR_ACCESS_TOKEN: token, POLAR_BASE_URL: "https://api.polar.sh/v1" },
      {},
      "POLAR_BASE_URL"
    ],
    [
      "an organization beside a token of one",
      { POLAR_ACCESS_TOKEN: token, POLAR_ORGANIZATION_ID: hidden },
      {},
      "POLAR_ORGANIZATION_ID"
    ],
    [
      "a token in a variable of the caller's own",
      { MINE: `Bearer ${token}` },
      { accessToken: Config.redacted("MINE") },
      "MINE"
    ]
  ])("%s: the error names the variable, never a value", ([_, variables, config, name]) =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(Polar.layerConfig(config)).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
        Effect.scoped,
        Effect.exit
      )
      expect(Exit.isFailure(exit)).toBe(true)
      const text = inspect(exit, { depth: Infinity, showHidden: true }) + JSON.stringify(exit) +
        (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")
      expect(text).toContain(name)
      expect(text).not.toContain(hidden)
    }).pipe(Effect.provide(Sandbox.layer())))
})
