/** The document of the API, and the layers behind it. */
import { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import { InMemoryCustomers } from "@effect-customers/testing"
import { HttpApiClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Ref } from "effect"
import { Api, mostFound } from "../src/Api.js"
import * as Problem from "../src/Problem.js"
import { ask, backendOn } from "./backend.js"

describe("the OpenAPI document", () => {
  it.scopedLive("is complete, and refers to what is there", () =>
    Effect.gen(function*() {
      const { body: document, status } = yield* ask("GET", "/openapi.json")
      expect([status, document.openapi]).toEqual([200, "3.1.0"])
      const operations = Object.entries<Record<string, any>>(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { operationId, responses }]) =>
          `${method} ${path} ${operationId}: ${Object.keys(responses).join(" ")}`
        )
      )
      const failing = "500 501 502 503 504"
      expect(operations).toEqual([
        `post /{provider}/customers customers.create: 201 400 404 409 422 ${failing}`,
        `get /{provider}/customers customers.list: 200 400 404 422 500 502 503 504`,
        `get /{provider}/customers/{id} customers.get: 200 400 404 422 ${failing}`,
        `patch /{provider}/customers/{id} customers.update: 200 400 404 409 422 ${failing}`,
        `delete /{provider}/customers/{id} customers.delete: 204 400 404 409 422 ${failing}`,
        `get /{provider}/customers/by-external-id/{externalId} customers.getByExternalId: 200 400 404 422 ${failing}`,
        `get /{provider}/customers/by-email/{email} customers.findByEmail: 200 400 404 422 ${failing}`,
        "get /health/live health.live: 200 400 500",
        "get /health/ready health.ready: 200 400 500"
      ])
      const text = JSON.stringify(document)
      const references = [...text.matchAll(/"#\/components\/schemas\/([^"]*)"/g)].map(([, name]) => name)
      const schemas = Object.keys(document.components.schemas)
      expect([...new Set(references)].sort()).toEqual(schemas.sort())
      for (const name of schemas) expect(name).toMatch(/^[\w.-]+$/)
      expect(text).not.toContain("HttpApiDecodeError")
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))

  it.scopedLive("has a page", () =>
    Effect.gen(function*() {
      const { body, headers, status } = yield* ask("GET", "/docs")
      expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")])
      expect(body).toContain("SwaggerUIBundle")
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))
})

describe("a client that is made of the same API", () => {
  it.scopedLive("has customers and problems as they are", () =>
    Effect.gen(function*() {
      const client = yield* HttpApiClient.make(Api)
      const path = { provider: "polar" } as const
      const ada = yield* client.customers.create({ path, headers: {}, payload: { email: "ada@example.com" } })
      expect(yield* client.customers.get({ path: { ...path, id: ada.id } })).toEqual(ada)
      const { customers } = yield* client.customers.findByEmail({ path: { ...path, email: "ada@example.com" } })
      expect(customers.map(({ id }) => id)).toEqual([ada.id])
      const problem = yield* Effect.flip(client.customers.delete({ path: { ...path, id: "nobody" } }))
      expect(problem).toEqual(
        new Problem.NotFound({
          provider: "in-memory",
          operation: "delete",
          mayHaveApplied: false,
          resource: "customer"
        })
      )
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))
})

describe("a page with a row that cannot be read", () => {
  const lines: Array<string> = []

  it.scopedLive("has the others, and says so", () =>
    Effect.gen(function*() {
      const { body, status } = yield* ask("GET", "/polar/customers")
      expect([status, body.customers.length, body.unreadable]).toEqual([200, 1, 1])
      expect(lines.filter((line) => JSON.parse(line).logLevel === "ERROR")).toEqual([
        expect.stringContaining("in-memory list: ")
      ])
    }).pipe(Effect.provide(backendOn({
      polar: InMemoryCustomers.layer({ customers: [{ email: "ada@example.com" }, InMemoryCustomers.unreadable] })
    }, Logger.replace(Logger.defaultLogger, Logger.map(Logger.jsonLogger, (line) => void lines.push(line)))))))
})

describe("customers of one e-mail", () => {
  it.scopedLive("are so many at most as the document says", () =>
    Effect.gen(function*() {
      const { body, status } = yield* ask("GET", "/flexprice/customers/by-email/ada%40example.com")
      expect([status, body.customers.length]).toEqual([200, mostFound])
    }).pipe(Effect.provide(backendOn({
      flexprice: InMemoryCustomers.layer({
        capabilities: Flexprice.capabilities,
        customers: Array.from({ length: mostFound + 1 }, (_, number) => ({
          email: "ada@example.com",
          name: "Ada Lovelace",
          externalId: `user_${number}`
        }))
      })
    }))))
})

describe("a provider", () => {
  it.scopedLive("is built once, before the first request, and released at the end", () =>
    Effect.gen(function*() {
      const told = yield* Ref.make<ReadonlyArray<string>>([])
      const tell = (what: string) => Ref.update(told, (all) => [...all, what])
      const counted = (name: string) =>
        Layer.scoped(
          CustomersService,
          Effect.zipRight(
            Effect.acquireRelease(tell(`${name} built`), () => tell(`${name} released`)),
            CustomersService
          )
        ).pipe(Layer.provide(InMemoryCustomers.layer()))

      yield* Effect.gen(function*() {
        expect(yield* Ref.get(told)).toEqual(["polar built", "mollie built"])
        const { body: { id } } = yield* ask("POST", "/polar/customers", { email: "ada@example.com" })
        const statuses = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => n % 2 === 0 ? "polar" : "mollie"),
          (provider) => Effect.map(ask("GET", `/${provider}/customers/${id}`), ({ status }) => `${provider} ${status}`),
          { concurrency: "unbounded" }
        )
        // the customers of one are not those of the other
        expect(new Set(statuses)).toEqual(new Set(["polar 200", "mollie 404"]))
        expect(yield* Ref.get(told)).toEqual(["polar built", "mollie built"])
      }).pipe(Effect.provide(backendOn({ polar: counted("polar"), mollie: counted("mollie") })))
      expect([...yield* Ref.get(told)].sort()).toEqual([
        "mollie built",
        "mollie released",
        "polar built",
        "polar released"
      ])
    }))
})
