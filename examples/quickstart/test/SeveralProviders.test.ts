/** What `docs/several-providers.md` says beside its programs that print: what they come to. */
import * as Autumn from "@effect-customers/autumn"
import { CustomersByExternalId, CustomersService, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { type ConfigError, ConfigProvider, type Duration, Effect, Layer, LayerMap, Redacted } from "effect"
import { inVirtualTime } from "../../../packages/core/test/virtualTime.js"
import { CustomersLayer } from "./guides/several-providers/byConfiguration.js"
import { create } from "./guides/several-providers/failover.js"
import { MollieLayer, PolarLayer } from "./guides/several-providers/policies.js"

const variables = (entries: Record<string, string>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))

describe("chosen by configuration", () => {
  const provider = Effect.map(CustomersService, ({ provider }) => provider).pipe(
    Effect.provide(Layer.provide(CustomersLayer, Sandbox.layer()))
  )

  it.effect("reads the variables of the chosen provider alone, and names the one that is missing", () =>
    Effect.gen(function*() {
      const mollie = { CUSTOMERS_PROVIDER: "mollie", MOLLIE_API_KEY: "test_x" }
      expect(yield* variables(mollie)(provider)).toBe("mollie")
      const missing = (entries: Record<string, string>) => Effect.map(Effect.flip(variables(entries)(provider)), String)
      expect(yield* missing({ POLAR_ACCESS_TOKEN: "polar_oat_x" })).toContain("CUSTOMERS_PROVIDER")
      expect(yield* missing({ CUSTOMERS_PROVIDER: "polar", MOLLIE_API_KEY: "test_x" })).toContain("POLAR_ACCESS_TOKEN")
    }))

  it("does not provide a tag that one of them lacks", () => {
    const ofAll = Effect.provide(CustomersService, CustomersLayer)
    const ofSome = Effect.provide(CustomersByExternalId, CustomersLayer)
    expectTypeOf(ofAll).toExtend<Effect.Effect<unknown, ConfigError.ConfigError, HttpClient.HttpClient>>()
    // Mollie keeps no external ids
    expectTypeOf(ofSome).toExtend<
      Effect.Effect<unknown, ConfigError.ConfigError, HttpClient.HttpClient | CustomersByExternalId>
    >()
    expectTypeOf(ofSome).not.toExtend<Effect.Effect<unknown, ConfigError.ConfigError, HttpClient.HttpClient>>()
  })
})

describe("policies", () => {
  it.effect("hold for the provider that they are provided to", () =>
    Effect.gen(function*() {
      const { inject, requests } = yield* SandboxControl
      yield* inject({ fault: Fault.Respond({ status: 503 }), times: Infinity })
      const sentBy = (layer: Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>) =>
        Effect.gen(function*() {
          const before = (yield* requests).length
          const customers = yield* CustomersService
          yield* inVirtualTime(Effect.exit(customers.list()))
          return (yield* requests).length - before
        }).pipe(Effect.provide(layer))
      expect([yield* sentBy(PolarLayer), yield* sentBy(MollieLayer)]).toEqual([2, 6])
    }).pipe(
      variables({ POLAR_ACCESS_TOKEN: "polar_oat_x", MOLLIE_API_KEY: "test_x" }),
      Effect.provide(Sandbox.layer())
    ))
})

describe("a LayerMap", () => {
  const layers = {
    polar: Polar.layer({ accessToken: Redacted.make("polar_oat_x") }),
    autumn: Autumn.layer({ secretKey: Redacted.make("am_sk_test_x") }),
    mollie: Mollie.layer({ apiKey: Redacted.make("test_x") })
  }

  /** How many of two calls are sent, of which the first is told to wait a minute. */
  const sent = (idleTimeToLive?: Duration.DurationInput) =>
    Effect.gen(function*() {
      const { inject, requests } = yield* SandboxControl
      yield* inject({ fault: Fault.Respond({ status: 429, headers: { "retry-after": "60" } }) })
      const map = yield* LayerMap.make(
        (provider: keyof typeof layers): Layer.Layer<CustomersService, never, HttpClient.HttpClient> =>
          layers[provider],
        { idleTimeToLive }
      )
      const call = Effect.flatMap(CustomersService, (customers) => customers.list()).pipe(
        RetryPolicy.with({ maxRetryAfter: "1 second" }),
        Effect.exit
      )
      yield* Effect.provide(call, map.get("polar"))
      yield* Effect.provide(call, map.get("polar"))
      return (yield* requests).length
    }).pipe(Effect.scoped, Effect.provide(Sandbox.layer()))

  it.live("keeps what a client learned as long as the layer lives, and no longer", () =>
    Effect.gen(function*() {
      expect(yield* sent("1 hour")).toBe(1)
      expect(yield* sent()).toBe(2)
    }))
})

describe("when one is down", () => {
  const answered = (fault: Fault.Fault, attempt: Duration.DurationInput = "30 seconds") =>
    Effect.gen(function*() {
      const { customers, inject } = yield* SandboxControl
      yield* inject({ provider: "polar", fault, times: Infinity })
      const provider = yield* create("ada@example.com").pipe(
        Effect.match({
          onSuccess: ({ provider }) => provider,
          onFailure: ({ mayHaveApplied }) => ({ mayHaveApplied })
        }),
        RetryPolicy.with({ maxAttempts: 2, initialDelay: "1 millis" }),
        RequestTimeout.with({ attempt })
      )
      const [onPolar, onMollie] = [yield* customers("polar"), yield* customers("mollie")]
      return { provider, polar: onPolar.length, mollie: onMollie.length }
    }).pipe(Effect.provide(Sandbox.layer()))

  it.live("a create goes on to the next one after what surely did not happen, and only then", () =>
    Effect.gen(function*() {
      expect(yield* answered(Fault.Respond({ status: 429 }))).toEqual({ provider: "mollie", polar: 0, mollie: 1 })
      const mayHaveApplied = { mayHaveApplied: true }
      expect(yield* answered(Fault.Respond({ status: 503 }))).toEqual({ provider: mayHaveApplied, polar: 0, mollie: 0 })
      expect(yield* answered(Fault.StallBody({}), "100 millis")).toEqual({
        provider: mayHaveApplied,
        polar: 1,
        mollie: 0
      })
      expect(yield* answered(Fault.Reset({ applied: true }))).toEqual({
        provider: mayHaveApplied,
        polar: 1,
        mollie: 0
      })
      // what is wrong with the input is wrong everywhere
      expect((yield* answered(Fault.Respond({ status: 422 }))).mollie).toBe(0)
    }))
})
