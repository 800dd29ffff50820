/** What a collector of OpenTelemetry is sent, and that nobody is sent anything where none is named. */
import { InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
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

const oneRequest = (variables: Readonly<Record<string, string>>) =>
  ask("POST", "/polar/customers", { email: "ada@example.com", name: "Ada Lovelace" }).pipe(
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
    expect(sent("/v1/metrics")).toContain("http.server.request.duration")
    expect(sent("/v1/logs")).toContain("POST /:provider/customers 201")
    const all = received.map(({ body }) => body).join("\n")
    expect(all).toContain("backend-of-this-test")
    expect(all.includes("ada@example.com") || all.includes("Lovelace")).toBe(false)
  }))
