/** The sixth provider of `docs/add-a-provider.md`: what the guide shows is what runs here. */
import { CustomersByExternalId, type CustomersError } from "@effect-customers/core"
import { CustomersContract } from "@effect-customers/testing/vitest"
import { FetchHttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Cause, ConfigProvider, Duration, Effect, Exit, Layer, Option, Redacted } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { leakedBy } from "../../core/test/printings.js"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { acmeServer } from "./acme/acmeServer.js"
import * as Acme from "./acme/index.js"

const acmeOver = (fetch: () => typeof globalThis.fetch, options?: Partial<Acme.AcmeOptions>) =>
  Acme.layer({ apiKey: Redacted.make("key_test"), ...options }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.sync(FetchHttpClient.Fetch, fetch))
  )

/** What is written is carried out, and its answer is lost. */
const losesWrites = (server: typeof globalThis.fetch): typeof globalThis.fetch => async (input, init) => {
  const answer = await server(input, init)
  if (init?.method !== "GET") throw new TypeError("fetch failed")
  return answer
}

CustomersContract.suite("Acme", acmeOver(acmeServer), {
  clock: "test",
  settings: {
    unreadableRow: acmeOver(() => acmeServer([{}, { created_at: "soon" }, {}])),
    wrongVersion: acmeOver(acmeServer, { baseUrl: "https://api.acme.example/v0" }),
    outage: acmeOver(() => async () => new Response("down for maintenance", { status: 503 })),
    lostAnswers: acmeOver(() => losesWrites(acmeServer()))
  }
})

describe("what the contract does not see", () => {
  it.effect("what is sent", () => {
    const sent: Array<Request> = []
    const server = acmeServer()
    const recorded: typeof globalThis.fetch = (input, init) => {
      sent.push(new Request(input, init))
      return server(input, init)
    }
    return Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { id } = yield* customers.create({ name: "Ada", email: "ada@example.com", metadata: { plan: "pro" } })
      yield* customers.update(id, { email: null, externalId: "a/b", metadata: null })
      yield* customers.getByExternalId("a/b")
      yield* customers.get(id)
      yield* customers.list({ pageSize: 5 })
      yield* customers.delete(id)
      const lines = sent.map(async (request) => {
        const { headers, method, url } = request
        return [
          method,
          url.slice("https://api.acme.example".length),
          headers.get("authorization"),
          await request.text()
        ]
      })
      const key = "Bearer key_test"
      expect(yield* Effect.promise(() => Promise.all(lines))).toEqual([
        ["POST", "/v1/customers", key, `{"name":"Ada","email":"ada@example.com","metadata":{"plan":"pro"}}`],
        ["PATCH", "/v1/customers/cus_1", key, `{"email":"","reference":"a/b","metadata":{}}`],
        ["GET", "/v1/customers?reference=a%2Fb", key, ""],
        ["GET", "/v1/customers/cus_1", key, ""],
        ["GET", "/v1/customers?page=1&per_page=5", key, ""],
        ["DELETE", "/v1/customers/cus_1", key, ""]
      ])
    }).pipe(Effect.provide(acmeOver(() => recorded)))
  })

  it.effect("a create whose answer is lost is not sent again, an update and a delete are", () => {
    let isLost = false
    let requests = 0
    const server = acmeServer()
    const losing: typeof globalThis.fetch = async (input, init) => {
      requests++
      const answer = await server(input, init)
      if (!isLost) return answer
      isLost = false
      throw new TypeError("fetch failed")
    }
    const sentBy = <A, E, R>(call: Effect.Effect<A, E, R>) => {
      isLost = true
      requests = 0
      return Effect.map(inVirtualTime(Effect.either(call)), (result) => [requests, result._tag])
    }
    return Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { id } = yield* customers.create({ name: "Ada" })
      const lost = Effect.tapError(
        customers.create({ name: "Grace" }),
        (error) => Effect.sync(() => expect(error).toMatchObject({ _tag: "TransportFailed", mayHaveApplied: true }))
      )
      expect(yield* sentBy(lost)).toEqual([1, "Left"])
      expect(yield* sentBy(customers.update(id, { name: "Ada Lovelace" }))).toEqual([2, "Right"])
      expect(yield* sentBy(customers.delete(id))).toEqual([2, "Right"])
    }).pipe(Effect.provide(acmeOver(() => losing)))
  })

  it.effect("neither the key nor what was sent is printed, whatever Acme quotes", () => {
    const secrets = ["key_test", "ada@example.com", "Ada Lovelace", "user_1"]
    const all = secrets.join(" ")
    const texts = ["duplicate", "invalid", "no_such_customer", all].map((code) =>
      JSON.stringify({ error: { code, message: all, fields: [all, ...secrets, "email", { [all]: all }] } })
    )
    let answer = new Response()
    return Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const errors: Array<CustomersError> = []
      for (const status of [200, 400, 401, 403, 404, 429, 503]) {
        for (const text of [...texts, all]) {
          answer = new Response(text, { status, headers: { "x-request-id": all } })
          const call = customers.create({ externalId: "user_1", email: "ada@example.com", name: "Ada Lovelace" })
          errors.push(yield* inVirtualTime(Effect.flip(call)))
        }
      }
      expect(new Set(errors.map(({ _tag }) => _tag))).toEqual(
        new Set([
          "InvalidResponse",
          "CustomerAlreadyExists",
          "InvalidRequest",
          "AuthenticationFailed",
          "PermissionDenied",
          "UnexpectedStatus",
          "RateLimited",
          "ProviderUnavailable"
        ])
      )
      expect(yield* leakedBy(errors, [], (text) => secrets.filter((secret) => text.includes(secret)))).toEqual([])
    }).pipe(Effect.provide(acmeOver(() => async () => answer.clone())))
  })

  it.effect("a 429 in plain text says how long to wait", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      expect(yield* Effect.flip(customers.get("cus_1"))).toMatchObject({
        _tag: "RateLimited",
        retryAfter: Duration.seconds(600)
      })
    }).pipe(
      Effect.provide(
        acmeOver(() => async () => new Response("slow down", { status: 429, headers: { "retry-after": "600" } }))
      )
    ))

  it.effect("a variable that is refused is named, and its value is not", () =>
    Effect.gen(function*() {
      const built = Effect.exit(Layer.build(Layer.provide(Acme.layerConfig(), FetchHttpClient.layer)))
      const withVariables = (variables: Record<string, string>) =>
        Effect.withConfigProvider(built, ConfigProvider.fromMap(new Map(Object.entries(variables))))
      expect(String(yield* withVariables({ ACME_API_KEY: " " }))).toContain("ACME_API_KEY")
      expect(String(yield* withVariables({ ACME_API_KEY: "key_test", ACME_BASE_URL: "here" }))).toContain(
        "ACME_BASE_URL"
      )
      expect(Exit.isSuccess(yield* withVariables({ ACME_API_KEY: " key_test\n" }))).toBe(true)
    }).pipe(Effect.scoped))
})

describe("the guide", () => {
  const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
  const guide = textOf("../../../docs/add-a-provider.md")
  const blocks = [...guide.matchAll(/^```typescript (\S+)\n([^]*?)^```$/gm)]
  const shown = (name: string) => blocks.filter(([, file]) => file === name).map(([, , code = ""]) => code)

  it.each(readdirSync(new URL("acme", import.meta.url)))("shows %s, whole", (file) => {
    expect(shown(file).join("\n")).toBe(textOf(`acme/${file}`))
  })

  it("shows parts of these tests", () => {
    const tests = textOf("Acme.test.ts")
    expect(shown("Acme.test.ts").filter((part) => !tests.includes(part))).toEqual([])
    expect(shown("Acme.test.ts")).toHaveLength(2)
  })

  it.effect("shows what is said of an Acme that is sent null", () => {
    const server = acmeServer()
    const sendsNull: typeof globalThis.fetch = async (input, init) => {
      const text = await new Request(input, init).text()
      return server(input, text === "" ? init : { ...init, body: text.replaceAll(`""`, "null") })
    }
    const ofEmail = CustomersContract.cases.filter(({ needs }) => needs.field === "email")
    return Effect.map(CustomersContract.run(acmeOver(() => sendsNull), ofEmail), (violations) => {
      const said = violations.map(({ case: { name }, cause }) =>
        ` × Acme > ${name}\n   → ${Option.getOrThrow(Cause.failureOption(cause)).message}\n`
      )
      expect(said).toHaveLength(1)
      expect(said.filter((lines) => !guide.includes(lines))).toEqual([])
    })
  })

  it("names cases that there are", () => {
    const [, table = ""] = /^\| mistake .*\n.*\n((?:\|.*\n)+)/m.exec(guide) ?? []
    const names = [...table.matchAll(/`([^`]+)` \|$/gm)].map(([, name = ""]) => name)
    expect(names).toHaveLength(table.trimEnd().split("\n").length)
    expect(names.filter((name) => CustomersContract.cases.every((law) => !law.name.startsWith(name)))).toEqual([])
  })
})
