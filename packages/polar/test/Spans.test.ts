import { CustomersByExternalId } from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { inMemoryTracer, type Seen } from "./inMemoryTracer.js"
import { inProcess } from "./onSandbox.js"

const spansOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const { spans, tracer } = inMemoryTracer()
    return Effect.as(Effect.withTracer(Effect.exit(effect), tracer), spans)
  })

const names = (spans: ReadonlyArray<Seen>) => spans.map(({ name, parent }) => [name, parent])

describe("spans", () => {
  it.effect("one per operation: the client's under the service's", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const spans = yield* spansOf(customers.getOrCreate("user-1", { email: "ada@example.com" }))
      expect(names(spans)).toEqual([
        ["CustomersService.getOrCreate", undefined],
        ["customers.getExternal", "CustomersService.getOrCreate"],
        ["CustomersService.create", "CustomersService.getOrCreate"],
        ["customers.create", "CustomersService.create"]
      ])
      expect(spans.map(({ kind }) => kind)).toEqual(["internal", "client", "internal", "client"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("say where and how it ended, from a fixed list of attributes", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      const headers = { "x-request-id": "req_1" }
      yield* control.inject({ operation: "getExternal", fault: Fault.Respond({ status: 503, headers }) })
      const [, call] = yield* spansOf(customers.getByExternalId("user-1"))
      expect(Object.fromEntries(call?.attributes ?? [])).toEqual({
        "customers.provider": "polar",
        "customers.operation": "getExternal",
        "http.request.method": "GET",
        "url.template": "/v1/customers/external/{external_id}",
        "http.response.status_code": 503,
        "customers.request_id": "req_1",
        "error.type": "ProviderUnavailable"
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("of a walk: one for the walk, one for each page", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.seed("polar", 25)
      const spans = yield* spansOf(Stream.runDrain(customers.stream({ pageSize: 10, concurrency: 1 })))
      expect(names(spans)).toEqual([
        ["CustomersService.stream", undefined],
        ["customers.list", "CustomersService.stream"],
        ["customers.list", "CustomersService.stream"],
        ["customers.list", "CustomersService.stream"]
      ])
    }).pipe(Effect.provide(inProcess())))
})
