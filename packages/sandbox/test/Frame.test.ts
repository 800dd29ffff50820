import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Sandbox, SandboxControl } from "../src/index.js"
import { initOf, inProcess } from "./calling.js"

const url = "https://api.polar.sh/v1/customers/"

/** A few writes and reads; everything that could differ from run to run as one text. */
const story = Effect.gen(function*() {
  const { call, control, create } = yield* inProcess
  yield* control.seed("polar", 5)
  const { text } = yield* create({ email: "a@example.com" })
  yield* call("PATCH", `/v1/customers/${JSON.parse(text).id}`, { name: "A" })
  const page = yield* call("GET", "/v1/customers/?limit=100")
  const csv = yield* call("GET", "/v1/customers/export")
  return [text, page.text, csv.text, JSON.stringify(yield* control.requests)].join("\n")
})

const told = (options?: Sandbox.SandboxOptions) => story.pipe(Effect.provide(Sandbox.layerFetch(options)))

describe("determinism", () => {
  it.effect("the same seed and calls give the same bytes, another seed others", () =>
    Effect.gen(function*() {
      const first = yield* told()
      expect(yield* told()).toBe(first)
      expect(yield* told({ seed: 1 })).toBe(first)
      expect(yield* told({ seed: 2 })).not.toBe(first)
    }))

  it.effect("reset goes back to the beginning", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const first = yield* story
      expect(yield* control.mostInFlight).toBe(1)
      yield* control.reset
      expect(yield* control.requests).toEqual([])
      expect(yield* control.customers("polar")).toEqual([])
      expect(yield* control.mostInFlight).toBe(0)
      expect(yield* story).toBe(first)
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("the clock starts and ticks as told", () =>
    Effect.gen(function*() {
      const times = (options?: Sandbox.SandboxOptions) =>
        Effect.gen(function*() {
          const control = yield* SandboxControl
          yield* control.seed("polar", 3)
          return (yield* control.customers("polar")).map(({ created_at }) => created_at)
        }).pipe(Effect.provide(Sandbox.layer(options)))
      expect(yield* times()).toEqual([
        "2026-01-03T13:37:00Z",
        "2026-01-03T13:37:00.001000Z",
        "2026-01-03T13:37:00.002000Z"
      ])
      expect(yield* times({ startTime: "2020-02-29T00:00:00.5Z", tick: "1 second" })).toEqual([
        "2020-02-29T00:00:00.500000Z",
        "2020-02-29T00:00:01.500000Z",
        "2020-02-29T00:00:02.500000Z"
      ])
      expect(new Set(yield* times({ tick: 0 })).size).toBe(1)
    }))

  it.effect("ids are distinct", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      expect(new Set(yield* control.seed("polar", 20_000)).size).toBe(20_000)
    }).pipe(Effect.provide(Sandbox.layer())))
})

describe("control", () => {
  it.effect("seeds what is given and refuses what is taken", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const ids = yield* control.seed("polar", [{ name: "Ann", external_id: "usr_1", email: "a@example.com" }, {}])
      const customers = yield* control.customers("polar")
      expect(customers.map(({ id }) => id)).toEqual(ids)
      expect(customers.map(({ email }) => email)).toEqual(["a@example.com", "customer-2@example.com"])
      for (const seed of [{ email: "A@example.com" }, { external_id: "usr_1" }, { id: ids[0] }]) {
        const exit = yield* Effect.exit(control.seed("polar", [seed]))
        expect(exit._tag).toBe("Failure")
      }
      expect(yield* control.seed("polar", 2)).toHaveLength(2)
    }).pipe(Effect.provide(Sandbox.layer())))

  it.effect("a seeding that dies half-way is not hidden by an earlier list", () =>
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* call("GET", "/v1/customers/")
      yield* Effect.exit(control.seed("polar", [{ external_id: "usr_1" }, { external_id: "usr_1" }]))
      const { json } = yield* call("GET", "/v1/customers/")
      expect(json.pagination.total_count).toBe((yield* control.customers("polar")).length)
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("an answer that no transport could send is refused when it is injected", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      for (const fault of [{ status: 99 }, { status: 101 }, { status: 200, headers: { "x-a": "1\n2" } }]) {
        const exit = yield* Effect.exit(control.inject({ fault: { _tag: "Respond", ...fault } }))
        expect([fault, exit._tag]).toEqual([fault, "Failure"])
      }
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("logs what arrived, in order", () =>
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      yield* call("GET", "/v1/customers/?limit=1&metadata[a]=%C3%A9&metadata[a]=b+c")
      yield* create({ email: "é@example.com" }, { headers: { "X-Own": "1" } })
      yield* call("GET", "/v1/customers/external/a%20b")
      yield* call("GET", "/v2")
      const [list, creation, external, unknown] = yield* control.requests
      expect(list).toMatchObject({
        index: 0,
        provider: "polar",
        operation: "list",
        method: "GET",
        path: "/v1/customers/",
        query: [["limit", "1"], ["metadata[a]", "é"], ["metadata[a]", "b c"]],
        body: "",
        status: 200,
        aborted: false,
        startedAt: 0,
        endedAt: 0
      })
      expect(creation).toMatchObject({ operation: "create", body: "{\"email\":\"é@example.com\"}", status: 201 })
      expect(creation!.headers).toMatchObject({
        "x-own": "1",
        "content-length": "26",
        host: "api.polar.sh",
        authorization: "Bearer polar_oat_test"
      })
      expect(external).toMatchObject({ operation: "getExternal", path: "/v1/customers/external/a%20b", status: 404 })
      expect(unknown).toMatchObject({ operation: "unknown", status: 404 })
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("an exception of the sandbox's own is a 500 of its own and is kept", () =>
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const notJson: any = { metadata: { broken: 1n } }
      const [id] = yield* control.seed("polar", [notJson])
      const { headers, status, text } = yield* call("GET", `/v1/customers/${id}`)
      expect([status, text, headers.get("x-sandbox-bug")]).toEqual([500, "sandbox bug", "1"])
      const csv = yield* call("GET", "/v1/customers/export")
      expect(csv.text).toContain("sandbox bug")
      yield* control.inject({
        fault: { _tag: "Respond", status: 200 },
        match: () => {
          throw new Error("in a test's own condition")
        }
      })
      expect((yield* call("GET", "/v1/customers/")).headers.get("x-sandbox-bug")).toBe("1")
      const bugs = yield* control.bugs
      expect(bugs.map(({ index, operation }) => [index, operation])).toEqual([[0, "get"], [1, "export"], [2, "list"]])
      expect(String(bugs[0]!.cause)).toContain("BigInt")
      yield* control.reset
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("requests sent at once are open at once", () =>
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* Effect.all(Array.from({ length: 12 }, () => call("GET", "/v1/customers/")), { concurrency: 3 })
      expect(yield* control.mostInFlight).toBe(3)
    }).pipe(Effect.provide(Sandbox.layerFetch())))
})

describe("in process", () => {
  it.effect("is an HttpClient", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const control = yield* SandboxControl
      const request = HttpClientRequest.post(url).pipe(
        HttpClientRequest.bearerToken("polar_oat_x"),
        HttpClientRequest.bodyUnsafeJson({ email: "a@example.com" })
      )
      const response = yield* client.execute(request)
      expect([response.status, yield* response.json]).toMatchObject([201, { email: "a@example.com" }])
      expect((yield* control.requests)[0]!.headers["content-length"]).toBe("25")
    }).pipe(Effect.provide(Sandbox.layer())))

  it.effect("knows no other host", () =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      for (const host of ["example.com", "polar.sh", "api.polar.sh.evil.example"]) {
        const error: any = yield* Effect.promise(() => fetch(`https://${host}/v1/customers/`).catch((error) => error))
        expect(error).toBeInstanceOf(TypeError)
        expect([error.message, error.cause.code]).toEqual(["fetch failed", "ENOTFOUND"])
      }
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("follows redirects unless told not to", () =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      const noSlash = "https://api.polar.sh/v1/customers"
      const { redirect: _, ...init } = initOf("POST", { email: "a@example.com" }, {})
      const followed = yield* Effect.promise(() => fetch(noSlash, init))
      expect([followed.status, followed.url]).toEqual([201, url])
      const refused: any = yield* Effect.promise(() =>
        fetch(noSlash, { ...init, redirect: "error" }).catch((error) => error)
      )
      expect(refused).toBeInstanceOf(TypeError)
      yield* control.reset
      yield* control.inject({
        fault: { _tag: "Respond", status: 302, headers: { location: "https://sandbox-api.polar.sh/v1/customers/" } }
      })
      const elsewhere = yield* Effect.promise(() => fetch(url, init))
      expect(elsewhere.status).toBe(401)
      const [, second] = yield* control.requests
      expect([second!.method, second!.body, second!.headers["authorization"]]).toEqual(["GET", "", undefined])
      yield* control.inject({ fault: { _tag: "Respond", status: 307, headers: { location: url } }, times: Infinity })
      const endless: any = yield* Effect.promise(() => fetch(url, init).catch((error) => error))
      expect(endless.cause.message).toBe("redirect count exceeded")
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("takes every kind of body and a Request", () =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      const bytes = new TextEncoder().encode("{\"email\":\"a@example.com\"}")
      const form = new FormData()
      form.append("a", "b")
      for (const body of ["x", bytes, bytes.buffer, new Blob([bytes]), new URLSearchParams({ a: "b" }), form]) {
        yield* Effect.promise(() => fetch(url, { method: "POST", body }))
      }
      yield* Effect.promise(() => fetch(new Request(url, { method: "POST", body: "y" })))
      const requests = yield* control.requests
      expect(requests.map(({ headers }) => headers["content-type"]?.replace(/boundary=.*/, "boundary"))).toEqual([
        "text/plain;charset=UTF-8",
        undefined,
        undefined,
        undefined,
        "application/x-www-form-urlencoded;charset=UTF-8",
        "multipart/form-data; boundary",
        "text/plain;charset=UTF-8"
      ])
      expect(requests.map(({ body, headers }) => Number(headers["content-length"]) - body.length)).toEqual(
        [0, 0, 0, 0, 0, 0, 0]
      )
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("an aborted call is rejected with the caller's reason", () =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.inject({ fault: { _tag: "Delay", duration: "1 hour" }, times: Infinity })
      const controller = new AbortController()
      const pending = fetch(url, { signal: controller.signal }).catch((error) => error)
      controller.abort("enough")
      expect(yield* Effect.promise(() => pending)).toBe("enough")
      expect((yield* control.requests)[0]).toMatchObject({ aborted: true, status: undefined, endedAt: 0 })
      const early: unknown = yield* Effect.promise(() =>
        fetch(url, { signal: AbortSignal.abort("before") }).catch((error) => error)
      )
      expect(early).toBe("before")
      expect(yield* control.requests).toHaveLength(1)
    }).pipe(Effect.provide(Sandbox.layerFetch())))

  it.effect("two layers are two sandboxes, the client's Fetch is the sandbox's", () =>
    Effect.gen(function*() {
      const other = yield* Effect.provide(SandboxControl, Sandbox.layer())
      yield* other.seed("polar", 1)
      const control = yield* SandboxControl
      expect(yield* control.customers("polar")).toEqual([])
      const response = yield* HttpClient.get(url)
      expect(response.status).toBe(401)
    }).pipe(Effect.provide(FetchHttpClient.layer.pipe(Layer.provideMerge(Sandbox.layerFetch())))))
})

describe("50,000 customers", () => {
  it.effect("are sorted once, not for every page", () =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.seed("polar", 50_000)
      const timed = (page: number) =>
        Effect.promise(async () => {
          const start = performance.now()
          const response = await fetch(`${url}?limit=100&sorting=created_at&page=${page}`, initOf("GET", undefined, {}))
          const { items, pagination } = await response.json()
          expect(pagination).toEqual({ total_count: 50_000, max_page: 500 })
          expect(items[0].external_id).toBe(`usr_${(page - 1) * 100 + 1}`)
          return performance.now() - start
        })
      const first = yield* timed(1)
      const others = yield* Effect.forEach(Array.from({ length: 40 }, (_, i) => 12 * (i + 1)), timed)
      // Forty pages that sort would take forty times as long as the first; both are measured on the same machine.
      expect(others.reduce((sum, time) => sum + time, 0)).toBeLessThan(first * 20)
    }).pipe(Effect.provide(Sandbox.layerFetch())), 30_000)
})
