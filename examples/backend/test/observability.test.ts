/** The log, and what a collector of OpenTelemetry is sent: nothing where none is named. */
import { AuthenticationFailed, ProviderUnavailable } from "@effect-customers/core"
import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, LogLevel } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { observability } from "../src/resilience.js"
import { ask, backendOn, silent } from "./backend.js"

/** A collector that takes everything, by path. */
const collector = Effect.gen(function*() {
  const received: Array<{ readonly path: string; readonly body: string }> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (chunk) => body += chunk).on("end", () => {
      received.push({ path: request.url ?? "", body })
      response.end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.sync(() => server.close())
  )
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})

const traceId = "0af7651916cd43dd8448eb211c80319c"

const oneRequest = (variables: Readonly<Record<string, string>>) =>
  ask("POST", "/polar/customers", { email: "ada@example.com", name: "Ada Lovelace" }, {
    "content-type": "application/json",
    traceparent: `00-${traceId}-b7ad6b7169203331-01`
  }).pipe(
    Effect.provide(
      backendOn({ polar: InMemoryCustomers.layer() }, Layer.merge(silent, observability)).pipe(
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))))
      )
    )
  )

it.scopedLive("traces, metrics and logs go to the collector that is named, and say nothing of whom", () =>
  Effect.gen(function*() {
    const { received, url } = yield* collector
    expect((yield* oneRequest({ LOG_LEVEL: "Off" })).status).toBe(201)
    expect(received).toEqual([])

    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: "backend-of-this-test", LOG_LEVEL: "Info" }
    expect((yield* oneRequest(variables)).status).toBe(201)
    const sent = (path: string) => received.filter((one) => one.path === path).map(({ body }) => body).join("\n")
    expect([...new Set(received.map(({ path }) => path))].sort()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"])
    expect(sent("/v1/traces")).toContain("\"name\":\"CustomersService.create\"")
    expect(sent("/v1/traces")).toContain("/:provider/customers")
    // a part of the caller's own trace
    expect(sent("/v1/traces")).toContain(traceId)
    expect(sent("/v1/metrics")).toContain("http.server.request.duration")
    expect(sent("/v1/logs")).toContain("POST /:provider/customers 201")
    const all = received.map(({ body }) => body).join("\n")
    expect(all).toContain("backend-of-this-test")
    expect(all.includes("ada@example.com") || all.includes("Lovelace")).toBe(false)
  }))

it.scopedLive("requests are logged by what became of them, with the id that the caller gave them, where it is one", () =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const log = Layer.merge(
      Logger.replace(Logger.defaultLogger, Logger.map(Logger.jsonLogger, (line) => void lines.push(line))),
      Logger.minimumLogLevel(LogLevel.Debug)
    )
    const polar = InMemoryCustomers.layer().pipe(
      CustomersFaults.failNth("get", 1, (context) => new AuthenticationFailed(context)),
      CustomersFaults.failNth("get", 2, (context) => new ProviderUnavailable(context))
    )
    yield* Effect.gen(function*() {
      const get = (path: string, id: string) =>
        Effect.map(ask("GET", path, undefined, { "x-request-id": id }), ({ headers }) => headers["x-request-id"])
      expect(yield* get("/health/live", "caller-00001")).toBe("caller-00001")
      expect(yield* get("/polar/customers/1", "caller-00002")).toBe("caller-00002")
      expect(yield* get("/polar/customers/1", "caller-00003")).toBe("caller-00003")
      expect(yield* get("/polar/customers/1", "caller-00004")).toBe("caller-00004")
      expect(yield* get("/polar/customers/1", "ada@example.com")).toMatch(/^[\da-f-]{36}$/)
    }).pipe(Effect.provide(backendOn({ polar }, log)))
    const logged = lines.map((line) => JSON.parse(line)).map(({ annotations, logLevel, message }) =>
      `${annotations["request.id"]} ${logLevel} ${message}`
    )
    expect(logged.filter((line) => line.startsWith("caller-"))).toEqual([
      "caller-00001 DEBUG GET /health/live 200",
      "caller-00002 ERROR in-memory get: authentication failed",
      "caller-00002 ERROR GET /:provider/customers/:id 502",
      "caller-00003 WARN GET /:provider/customers/:id 503",
      "caller-00004 INFO GET /:provider/customers/:id 404"
    ])
  }))
