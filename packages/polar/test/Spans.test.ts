import { CustomersByExternalId, Telemetry } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { inspect } from "node:util"
import { inVirtualTime } from "../../core/test/virtualTime.js"
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
        ["GET /v1/customers/external/{external_id}", "customers.getExternal"],
        ["CustomersService.create", "CustomersService.getOrCreate"],
        ["customers.create", "CustomersService.create"],
        ["POST /v1/customers/", "customers.create"]
      ])
      expect(spans.map(({ kind }) => kind)).toEqual(["internal", "client", "client", "internal", "client", "client"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("say where and how it ended: the call's as the last of its requests", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      const headers = { "x-request-id": "req_1" }
      yield* control.inject({ operation: "getExternal", fault: Fault.Respond({ status: 503, headers }) })
      const [, call, first, second] = yield* spansOf(inVirtualTime(customers.getByExternalId("user-1")))
      const where = {
        "customers.provider": "polar",
        "customers.operation": "getExternal",
        "http.request.method": "GET",
        "url.template": "/v1/customers/external/{external_id}"
      }
      const notFound = {
        ...where,
        "http.response.status_code": 404,
        "http.request.resend_count": 1,
        "error.type": "CustomerNotFound"
      }
      expect(Object.fromEntries(first?.attributes ?? [])).toEqual({
        ...where,
        "http.response.status_code": 503,
        "customers.request_id": "req_1",
        "error.type": "ProviderUnavailable"
      })
      expect(Object.fromEntries(second?.attributes ?? [])).toEqual(notFound)
      expect(Object.fromEntries(call?.attributes ?? [])).toEqual(notFound)
    }).pipe(Effect.provide(inProcess())))

  it.effect("have no other attributes than the ones listed, whatever goes wrong", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.seed("polar", 30)
      const faults = [
        Fault.Respond({ status: 200, body: "{", headers: { "x-request-id": "req_1" } }),
        Fault.Respond({ status: 429, headers: { "retry-after": "1" } }),
        Fault.Respond({ status: 502, body: "<html>" }),
        Fault.Respond({ status: 302, headers: { location: "/" } }),
        Fault.Reset({}),
        Fault.CutBody({}),
        Fault.StallBody({})
      ]
      const calls = [
        customers.get("x"),
        customers.list({ pageSize: 10 }),
        customers.create({ email: "ada@example.com" }),
        customers.update("x", { name: "Ada" }),
        customers.delete("x"),
        customers.getOrCreate("user-1", { email: "grace@example.com" }),
        Stream.runDrain(customers.stream({ pageSize: 10 }))
      ]
      const seen = new Set<string>()
      for (const fault of faults) {
        yield* control.reset
        yield* control.inject({ fault, times: Infinity })
        const spans = yield* spansOf(
          inVirtualTime(Effect.forEach(calls, (call) => Effect.exit<unknown, unknown, never>(call)))
        )
        for (const { attributes } of spans) for (const name of attributes.keys()) seen.add(name)
      }
      const listed: ReadonlyArray<string> = Telemetry.spanAttributes
      expect([...seen].filter((name) => !listed.includes(name))).toEqual([])
      expect([...seen].sort()).toEqual(listed.filter((name) => name !== "customers.replayed").sort())
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
        ["GET /v1/customers/", "customers.list"],
        ["customers.list", "CustomersService.stream"],
        ["GET /v1/customers/", "customers.list"],
        ["customers.list", "CustomersService.stream"],
        ["GET /v1/customers/", "customers.list"]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("of a stream: see nothing of what is made of it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const polar = yield* Polar.PolarClient
      const control = yield* SandboxControl
      yield* control.seed("polar", [{ email: "ada@example.com" }])
      const streams: ReadonlyArray<Stream.Stream<unknown, unknown>> = [
        customers.stream(),
        customers.streamPages(),
        polar.export(),
        polar.exportRows()
      ]
      for (const stream of streams) {
        const consumers = [
          Stream.runCollect(stream),
          Stream.runForEach(stream, () => Effect.fail("ada@example.com is not welcome")),
          Stream.runHead(stream)
        ]
        for (const consumer of consumers) {
          const spans = yield* spansOf(consumer)
          expect(spans.length).toBeGreaterThan(1)
          expect(inspect(spans, { depth: Infinity })).not.toContain("ada@example.com")
        }
      }
      yield* control.inject({ operation: "list", fault: Fault.Respond({ status: 403 }) })
      const [walk] = yield* spansOf(Stream.runDrain(customers.stream()))
      expect(inspect(walk?.told, { depth: Infinity })).toContain("PermissionDenied")
    }).pipe(Effect.provide(inProcess())))
})
