/** What `docs/resilience.md` says of each provider's operations and of defaults, and the programs that it shows. */
import { CustomersService, Endpoint, Idempotency, RequestTimeout, RetryPolicy, Telemetry } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import * as PolarApi from "@effect-customers/polar/PolarApi"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, Layer, Metric, Option, Predicate, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import * as AutumnApi from "../../autumn/src/AutumnApi.js"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import * as FlexpriceApi from "../../flexprice/src/FlexpriceApi.js"
import * as MollieApi from "../../mollie/src/MollieApi.js"
import * as PinPaymentsApi from "../../pin-payments/src/PinPaymentsApi.js"
import { create } from "./guide/lookAgain.js"
import { forAPage, PolarLayer } from "./guide/policies.js"
import { ForJobs, ForPages, services } from "./guide/twoPolicies.js"
import { inProcess, token } from "./onSandbox.js"

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

const guide = textOf("../../../docs/resilience.md")

/** The rows of the first table below a heading, without the backticks. */
const tableBelow = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [, below = ""] = guide.split(`\n${heading}\n`)
  const [table = ""] = /(?:^\|.*\n)+/m.exec(below) ?? []
  return table.trimEnd().split("\n").slice(2).map((row) =>
    row.slice(1, -1).split("|").map((cell) => cell.trim().replaceAll("`", ""))
  )
}

const isEndpoint = (value: unknown): value is Endpoint.Any => Predicate.hasProperty(value, "limitGroup")

const endpointsOf = (api: object): ReadonlyArray<Endpoint.Any> => {
  const exported: ReadonlyArray<unknown> = Object.values(api)
  return exported.filter(isEndpoint)
}

const endpoints = endpointsOf(PolarApi)

const afterLostAnswer = ({ readOnly, removes, repeat }: Endpoint.Any): string => {
  if (readOnly) return "sent again: it changes nothing"
  if (repeat === "never") return "not sent again: mayHaveApplied: true"
  if (repeat === "with-key") return "sent again with the same key: it is carried out once"
  return removes ? "sent again: finding nothing is then success" : "sent again: it ends in the same state"
}

const isSentAgain = (operation: string): boolean => {
  const row = tableBelow("### Polar").find(([name]) => name === operation)
  return row?.[2]?.startsWith("sent again") === true
}

describe("the table of a provider's operations", () => {
  it.each(
    [
      ["Polar", PolarApi, 12],
      ["Mollie", MollieApi, 7],
      // `update` is two
      ["Pin Payments", PinPaymentsApi, 12],
      // `list` and `update` are two
      ["Autumn", AutumnApi, 7],
      // `update` and `getByExternalId` are two
      ["Flexprice", FlexpriceApi, 12]
    ] as const
  )("%s: says what the endpoints say, of each of them", (title, api, count) => {
    const endpoints = endpointsOf(api)
    expect(endpoints).toHaveLength(count)
    expect([...tableBelow(`### ${title}`)].sort()).toEqual(
      endpoints.map((endpoint) => [
        endpoint.operation,
        endpoint.repeat,
        afterLostAnswer(endpoint),
        endpoint.limitGroup
      ]).sort()
    )
  })

  it.effect("Polar: and what happens after a lost answer", () =>
    Effect.gen(function*() {
      const polar = yield* Polar.PolarClient
      const control = yield* SandboxControl
      const calls = (id: string): Record<string, Effect.Effect<unknown, { readonly mayHaveApplied: boolean }>> => ({
        list: polar.list(),
        create: polar.create({ email: "grace@example.com" }),
        export: Stream.runDrain(polar.export()),
        get: polar.get(id),
        update: polar.update(id, { name: "Ada" }),
        delete: polar.delete(id),
        getExternal: polar.getExternal("user-1"),
        updateExternal: polar.updateExternal("user-1", { name: "Ada" }),
        deleteExternal: polar.deleteExternal("user-1"),
        getState: polar.getState(id),
        getStateExternal: polar.getStateExternal("user-1"),
        getBalance: polar.getBalance(id)
      })
      for (const { operation, readOnly } of endpoints) {
        yield* control.reset
        const { id } = yield* polar.create({ email: "ada@example.com", external_id: "user-1" })
        const before = (yield* control.requests).length
        yield* control.inject({ operation, fault: Fault.Reset({ applied: true }) })
        const call = calls(id)[operation] ?? Effect.dieMessage(operation)
        const ended = yield* inVirtualTime(Effect.match(call, {
          onFailure: ({ mayHaveApplied }) => ({ mayHaveApplied }),
          onSuccess: () => "success"
        }))
        const sent = (yield* control.requests).length - before
        expect([operation, sent]).toEqual([operation, isSentAgain(operation) ? 2 : 1])
        // its route is gone, which the repeat finds out
        if (operation === "getBalance") expect([readOnly, ended]).toEqual([true, { mayHaveApplied: false }])
        else {expect([operation, ended]).toEqual([
            operation,
            isSentAgain(operation) ? "success" : { mayHaveApplied: true }
          ])}
      }
    }).pipe(Effect.provide(inProcess())))
})

describe("the table of policies", () => {
  it.effect("has every option, with its default", () =>
    Effect.gen(function*() {
      const plain = (value: unknown) => Duration.isDuration(value) ? Duration.toMillis(value) : value
      const options = (policy: string, values: object) =>
        Object.entries(values)
          .filter(([name]) => name !== "issues")
          .map(([name, value]) => [policy, name, plain(value)] as const)
      const defaults = [
        ...options("RetryPolicy", yield* RetryPolicy.RetryPolicy),
        ...options("RequestTimeout", yield* RequestTimeout.RequestTimeout),
        ...options("Idempotency", yield* Idempotency.Idempotency)
      ]
      const millis = (text: string) =>
        Option.getOrElse(Option.map(Duration.decodeUnknown(text), Duration.toMillis), () => text)
      let policy = ""
      const rows = tableBelow("## Policies").map(([named = "", option = "", text = ""]) => {
        if (named !== "") policy = named
        const value: unknown = /^["\d]|^(true|false)$/.test(text) ? JSON.parse(text) : text
        return [policy, option, typeof value === "string" ? millis(value) : value] as const
      })
      const isPlain = ([, , value]: readonly [string, string, unknown]) =>
        typeof value !== "function" && !Effect.isEffect(value)
      expect(rows.filter(([policy]) => policy !== "RateLimit").map(([policy, option]) => [policy, option])).toEqual(
        defaults.map(([policy, option]) => [policy, option])
      )
      for (const expected of defaults.filter(isPlain)) expect(rows).toContainEqual(expected)
    }))
})

describe("what can be seen", () => {
  it("names every attribute, label and metric", () => {
    const [, section = ""] = guide.split("\n## What can be seen\n")
    for (const metric of [Telemetry.requests, Telemetry.requestDuration, Telemetry.retries]) metric.register()
    const metrics = Metric.unsafeSnapshot().flatMap(({ metricKey }) =>
      metricKey.name.startsWith("customers.") ? [metricKey.name] : []
    )
    expect(new Set(metrics).size).toBe(Object.values(Telemetry).filter(Predicate.isFunction).length)
    const names = [...Telemetry.spanAttributes, ...Telemetry.metricLabels, ...metrics]
    expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
  })
})

describe("the programs", () => {
  const blocks = [...guide.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code)

  it("are what is run here, letter for letter", () => {
    const files = readdirSync(new URL("guide", import.meta.url)).filter((file) => file.endsWith(".ts"))
    expect([...blocks].sort()).toEqual(files.map((file) => textOf(`guide/${file}`)).sort())
  })

  it.effect("lookAgain finds the customer that was created, and fails where none was", () =>
    Effect.gen(function*() {
      const { customers, inject } = yield* SandboxControl
      yield* inject({ operation: "create", fault: Fault.Reset({ applied: true }) })
      const { id } = yield* inVirtualTime(create("ada@example.com"))
      expect((yield* customers("polar")).map((customer) => customer.id)).toEqual([id])
      yield* inject({ operation: "create", fault: Fault.Reset({}) })
      expect(yield* Effect.flip(inVirtualTime(create("grace@example.com")))).toMatchObject({ mayHaveApplied: true })
    }).pipe(Effect.provide(inProcess())))

  it.effect("twoPolicies has two", () =>
    Effect.gen(function*() {
      const { inject, requests } = yield* SandboxControl
      yield* inject({ fault: Fault.Respond({ status: 503 }), times: Infinity })
      const sentBy = (service: typeof ForPages | typeof ForJobs) =>
        Effect.gen(function*() {
          const before = (yield* requests).length
          const customers = yield* service
          yield* inVirtualTime(Effect.exit(customers.get("x")))
          return (yield* requests).length - before
        })
      expect([yield* sentBy(ForPages), yield* sentBy(ForJobs)]).toEqual([2, 8])
    }).pipe(Effect.provide(Layer.provideMerge(services, Sandbox.layer()))))

  const withVariables = Effect.withConfigProvider(
    ConfigProvider.fromMap(new Map([["POLAR_ACCESS_TOKEN", token], ["POLAR_ATTEMPTS", "3"]]))
  )

  it.effect("policies: a call's own options win over its layer's", () =>
    Effect.gen(function*() {
      const { inject, requests } = yield* SandboxControl
      yield* inject({ fault: Fault.Respond({ status: 503 }), times: Infinity })
      const list = Effect.flatMap(CustomersService, (customers) => customers.list())
      yield* inVirtualTime(Effect.exit(list))
      expect((yield* requests).length).toBe(3)
      yield* inVirtualTime(Effect.exit(forAPage))
      expect((yield* requests).length).toBe(3 + 2)
    }).pipe(Effect.provide(Layer.provideMerge(PolarLayer, Sandbox.layer())), withVariables))
})
