import { CustomersService, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"

const secret = { POLAR_ACCESS_TOKEN: "polar_pat_s3cretTokenOfThisTest" }

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
})
