import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { Fault, type PolarRecord, type ProviderName, Sandbox, SandboxControl } from "../src/index.js"
import type { Call } from "../src/internal/emulator.js"
import { makeKeyStore } from "../src/internal/keyStore.js"
import { makeWorld } from "../src/internal/world.js"
import { AcmeControl, AcmeSandbox } from "./acme/AcmeSandbox.js"
import { type AcmeCall, type Answered, calling } from "./acme/calling.js"
import type { AcmeRecord } from "./acme/emulator.js"

const inProcess = Effect.gen(function*() {
  const control = yield* AcmeControl
  const call = calling(yield* FetchHttpClient.Fetch)
  const create = (options?: AcmeCall) => call("POST", "/v1/customers", { body: { email: "a@example.com" }, ...options })
  const count = Effect.map(control.customers("acme"), (customers) => customers.length)
  return { control, call, create, count }
})

const keyed = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
  it.effect(name, () => test.pipe(Effect.provide(AcmeSandbox.layerFetch())))

/** Lets what was sent arrive. */
const arrive = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const replay = (of: Answered): Answered => ({ ...of, replayed: "true" })

describe("acme", () => {
  keyed(
    "creates, gets, changes, deletes and lists; the control counts",
    Effect.gen(function*() {
      const { call, control, count, create } = yield* inProcess
      const { json, status } = yield* create()
      expect([status, json]).toEqual([201, {
        id: expect.any(String),
        email: "a@example.com",
        name: null,
        created_at: "2026-01-03T13:37:00.000Z"
      }])
      yield* create()
      expect(yield* count).toBe(2)
      const path = `/v1/customers/${json.id}`
      expect(yield* call("PATCH", path, { body: { name: "A" } })).toMatchObject({ status: 200, json: { name: "A" } })
      expect(yield* call("PATCH", path, { body: { name: "A" } })).toMatchObject({ status: 200, json: { name: "A" } })
      expect((yield* call("GET", path)).json).toEqual({ ...json, name: "A" })
      expect((yield* call("GET", "/v1/customers")).json).toEqual({ items: yield* control.customers("acme") })
      expect((yield* call("DELETE", path)).status).toBe(204)
      for (const method of ["DELETE", "GET", "PATCH"]) {
        expect(yield* call(method, path)).toMatchObject({ status: 404, json: { error: "no such customer" } })
      }
      expect((yield* control.deleted("acme")).map(({ id }) => id)).toEqual([json.id])
      expect(yield* create({ token: "" })).toMatchObject({ status: 401, json: { error: expect.any(String) } })
      expect((yield* create({ body: "{" })).status).toBe(400)
      expect((yield* create({ body: { name: "A" } })).status).toBe(422)
      expect((yield* call("GET", "/v2")).status).toBe(404)
      expect(yield* control.seed("acme", 2)).toHaveLength(2)
      expect(yield* count).toBe(3)
      expect((yield* control.requests).map(({ applied, operation }) => applied ? operation : ""))
        .toEqual(["create", "create", "update", "", "", "", "delete", ...Array(7).fill("")])
      expect(yield* control.bugs).toEqual([])
    })
  )

  it.effect("is beside the published providers, which stay typed and without it", () =>
    Effect.gen(function*() {
      const control = yield* AcmeControl
      expectTypeOf(yield* control.customers("acme")).toEqualTypeOf<ReadonlyArray<AcmeRecord>>()
      expectTypeOf(yield* control.customers("polar")).toEqualTypeOf<ReadonlyArray<PolarRecord>>()
      yield* control.seed("polar", [{ external_id: "usr_1" }])
      // @ts-expect-error: acme knows no such field
      yield* control.seed("acme", [{ external_id: "usr_1" }])
      expect(yield* control.customers("polar")).toHaveLength(1)
      const request = HttpClientRequest.get("https://api.acme.example/v1/customers")
      const client = yield* HttpClient.HttpClient
      const response = yield* client.execute(HttpClientRequest.bearerToken(request, "acme_1"))
      expect(yield* response.json).toEqual({ items: yield* control.customers("acme") })

      const published = yield* Effect.provide(SandboxControl, Sandbox.layer())
      expectTypeOf(published.customers<"polar">).returns.toEqualTypeOf<Effect.Effect<ReadonlyArray<PolarRecord>>>()
      expectTypeOf<Parameters<typeof published.customers>[0]>().toEqualTypeOf<ProviderName>()
    }).pipe(Effect.provide(AcmeSandbox.layer())))
})

describe("idempotency keys", () => {
  keyed(
    "the first answer is replayed for an hour of the clock",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      const first = yield* create({ key: "k" })
      expect(first).toMatchObject({ status: 201, replayed: null })
      yield* TestClock.adjust("3599999 millis")
      expect(yield* create({ key: "k" })).toEqual(replay(first))
      expect(yield* count).toBe(1)
      yield* TestClock.adjust("1 millis")
      const second = yield* create({ key: "k" })
      expect(second).toMatchObject({ status: 201, replayed: null })
      expect(second.json.id).not.toBe(first.json.id)
      expect(yield* count).toBe(2)
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, true])
      yield* control.reset
      expect(yield* create({ key: "k" })).toEqual(first)
    })
  )

  keyed(
    "other keys, none, an empty one and another account's are other calls",
    Effect.gen(function*() {
      const { count, create } = yield* inProcess
      const calls: ReadonlyArray<AcmeCall> = [
        { key: "k" },
        { key: "K" },
        {},
        {},
        { key: "" },
        { key: "" },
        { key: "k", token: "acme_2" }
      ]
      for (const options of calls) expect(yield* create(options)).toMatchObject({ status: 201, replayed: null })
      expect(yield* count).toBe(calls.length)
    })
  )

  keyed(
    "other parameters are a 400, and the first answer stays",
    Effect.gen(function*() {
      const { call, count, create } = yield* inProcess
      const first = yield* create({ key: "k" })
      const other = yield* create({ key: "k", body: { email: "b@example.com" } })
      expect(other).toMatchObject({ status: 400, replayed: null, json: { error: expect.stringContaining("other") } })
      const query = yield* call("POST", "/v1/customers?a=b", { key: "k", body: { email: "a@example.com" } })
      expect(query.status).toBe(400)
      expect(yield* create({ key: "k" })).toEqual(replay(first))
      expect(yield* count).toBe(1)
    })
  )

  keyed(
    "are nothing to GET, PATCH and DELETE",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      const { json } = yield* create({ key: "k" })
      const path = `/v1/customers/${json.id}`
      const patch = (name: string) => call("PATCH", path, { key: "k", body: { name } })
      expect((yield* patch("A")).json.name).toBe("A")
      expect((yield* patch("B")).json.name).toBe("B")
      expect((yield* call("GET", path, { key: "k" })).json.name).toBe("B")
      expect((yield* call("DELETE", path, { key: "k" })).status).toBe(204)
      expect(yield* call("DELETE", path, { key: "k" })).toMatchObject({ status: 404, replayed: null })
    })
  )

  keyed(
    "refusals of the endpoint are kept, what is turned away before it is not",
    Effect.gen(function*() {
      const { count, create } = yield* inProcess
      const wrong = yield* create({ key: "k", body: { email: "wrong" } })
      expect(wrong).toMatchObject({ status: 422, replayed: null })
      expect(yield* create({ key: "k", body: { email: "wrong" } })).toEqual(replay(wrong))
      expect((yield* create({ key: "l", token: "" })).status).toBe(401)
      expect(yield* create({ key: "l" })).toMatchObject({ status: 201, replayed: null })
      expect(yield* count).toBe(1)
    })
  )

  keyed(
    "what took effect is kept under every fault, what did not leaves nothing",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      const faults: ReadonlyArray<readonly [Fault.Fault, boolean]> = [
        [Fault.Reset({ applied: true }), true],
        [Fault.Reset({}), false],
        [Fault.Respond({ status: 500, applied: true }), true],
        [Fault.Respond({ status: 500 }), false],
        [Fault.HtmlPage({}), false],
        [Fault.CutBody({}), true],
        [Fault.CutBody({ applied: false }), false]
      ]
      for (const [i, [fault, kept]] of faults.entries()) {
        const key = `k${i}`
        const before = yield* count
        yield* control.clearFaults
        yield* control.inject({ provider: "acme", operation: "create", fault })
        yield* create({ key })
        expect([fault, (yield* count) - before]).toEqual([fault, Number(kept)])
        expect([fault, yield* create({ key })]).toMatchObject([fault, { status: 201, replayed: kept ? "true" : null }])
        expect((yield* count) - before).toBe(1)
      }
    })
  )

  keyed(
    "a call runs while its work is put off: 409 until it is done, 400 to other parameters",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      yield* control.inject({ fault: Fault.Delay({ duration: "10 seconds" }) })
      const first = yield* Effect.fork(create({ key: "k" }))
      yield* arrive
      expect(yield* create({ key: "k" })).toMatchObject({ status: 409, json: { error: expect.any(String) } })
      expect((yield* create({ key: "k", body: { email: "b@example.com" } })).status).toBe(400)
      expect(yield* create({ key: "l" })).toMatchObject({ status: 201 })
      yield* TestClock.adjust("10 seconds")
      const answered = yield* Fiber.join(first)
      expect(answered).toMatchObject({ status: 201, replayed: null })
      expect(yield* create({ key: "k" })).toEqual(replay(answered))
      expect(yield* count).toBe(2)
    })
  )

  keyed(
    "a call whose answer alone is late is done: its answer is replayed before it arrives",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      yield* control.inject({ fault: Fault.Delay({ duration: "10 seconds", answer: "before" }) })
      const first = yield* Effect.fork(create({ key: "k" }))
      yield* arrive
      const second = yield* create({ key: "k" })
      expect(second).toMatchObject({ status: 201, replayed: "true" })
      yield* TestClock.adjust("10 seconds")
      expect(replay(yield* Fiber.join(first))).toEqual(second)
      expect(yield* count).toBe(1)
    })
  )

  keyed(
    "who leaves while the work is put off frees the key, who leaves a late answer finds it again",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      const leave = (key: string, answer: "before" | "after") =>
        Effect.gen(function*() {
          yield* control.inject({ fault: Fault.Delay({ duration: "10 seconds", answer }) })
          const call = yield* Effect.fork(create({ key }))
          yield* arrive
          yield* Fiber.interrupt(call)
          return yield* create({ key })
        })
      expect(yield* leave("k", "after")).toMatchObject({ status: 201, replayed: null })
      expect(yield* leave("l", "before")).toMatchObject({ status: 201, replayed: "true" })
      expect(yield* count).toBe(2)
      yield* TestClock.adjust("1 minute")
      expect(yield* count).toBe(2)
    })
  )

  keyed(
    "who leaves a server that goes on is told to wait, and finds the answer later",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      yield* control.inject({ fault: Fault.Delay({ duration: "10 seconds", whenLeft: "finish" }) })
      const first = yield* Effect.fork(create({ key: "k" }))
      yield* arrive
      yield* Fiber.interrupt(first)
      yield* arrive
      const applied = Effect.map(control.requests, (requests) => requests.map((entry) => entry.applied))
      expect((yield* control.requests)[0]).toMatchObject({ aborted: true, applied: undefined })
      expect((yield* create({ key: "k" })).status).toBe(409)
      yield* TestClock.adjust("9 seconds")
      expect([yield* count, yield* applied]).toEqual([0, [undefined, false]])
      yield* TestClock.adjust("1 second")
      expect([yield* count, yield* applied]).toEqual([1, [true, false]])
      expect(yield* create({ key: "k" })).toMatchObject({ status: 201, replayed: "true" })
      expect(yield* count).toBe(1)
    })
  )

  it.effect("a server that goes on ends with its layer", () =>
    Effect.gen(function*() {
      const control = yield* Effect.gen(function*() {
        const { control, create } = yield* inProcess
        yield* control.inject({ fault: Fault.Delay({ duration: "10 seconds", whenLeft: "finish" }) })
        const first = yield* Effect.fork(create({ key: "k" }))
        yield* arrive
        yield* Fiber.interrupt(first)
        return control
      }).pipe(Effect.provide(AcmeSandbox.layerFetch()))
      yield* TestClock.adjust("1 minute")
      expect(yield* control.customers("acme")).toEqual([])
      expect((yield* control.requests)[0]).toMatchObject({ aborted: true, applied: false })
    }))

  keyed(
    "two that arrive at once: one writes, the other is told to wait",
    Effect.gen(function*() {
      const { count, create } = yield* inProcess
      const answers = yield* Effect.all([create({ key: "k" }), create({ key: "k" })], { concurrency: 2 })
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
      expect(yield* count).toBe(1)
    })
  )

  keyed(
    "who arrives while the first call runs is told so, though the answer be worked out after it",
    Effect.gen(function*() {
      const { control, count, create } = yield* inProcess
      yield* control.inject({ times: 2, fault: Fault.Delay({ duration: "10 seconds" }) })
      const first = yield* Effect.fork(create({ key: "k" }))
      yield* arrive
      yield* TestClock.adjust("5 seconds")
      const second = yield* Effect.fork(create({ key: "k" }))
      yield* arrive
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(first)).status).toBe(201)
      expect((yield* Fiber.join(second)).status).toBe(409)
      expect(yield* count).toBe(1)
    })
  )

  it.effect("another endpoint is a 400; streamed answers are replayed whole", () =>
    Effect.gen(function*() {
      const world = makeWorld(undefined, yield* Effect.clock)
      const refuse = (status: number, body: string) => ({ status, headers: {}, body })
      const keys = makeKeyStore(world, { accountOf: () => "", refuse })
      const post = (path: string): Call => ({
        method: "POST",
        path,
        search: "",
        query: [],
        headers: { "idempotency-key": "k" },
        body: new Uint8Array(),
        text: "",
        host: "",
        base: "",
        params: {}
      })
      const streamed = () => ({ status: 200, headers: {}, body: ["a", "b"].values() })
      const bodyOf = (path: string) => {
        const { body, status } = keys.answer(post(path), streamed)
        return [status, Array.from(body ?? []).join("")]
      }
      expect(bodyOf("/one")).toEqual([200, "ab"])
      expect(bodyOf("/one")).toEqual([200, "ab"])
      expect(bodyOf("/two")).toEqual([400, expect.stringContaining("another endpoint")])
    }))
})

describe("on a port", () => {
  it.live("acme has its prefix; a lost answer is found again by its key, a running call is a 409", () =>
    Effect.gen(function*() {
      const server = yield* Sandbox.SandboxServer
      const control = yield* AcmeControl
      const call = calling(fetch, server.urlOf("acme"))
      const create = (key: string) => call("POST", "/v1/customers", { key, body: { email: "a@example.com" } })
      yield* control.inject({ operation: "create", fault: Fault.Reset({ applied: true }) })
      expect(yield* create("k")).toMatchObject({ status: 0, message: "fetch failed" })
      const found = yield* create("k")
      expect(found).toMatchObject({ status: 201, replayed: "true" })
      expect(yield* control.customers("acme")).toEqual([found.json])

      yield* control.clearFaults
      yield* control.inject({ operation: "create", fault: Fault.Delay({ duration: "1 hour" }) })
      const slow = yield* Effect.fork(create("l"))
      const running = Effect.map(control.requests, (requests) => requests[2]?.body !== "" && requests.length === 3)
      yield* Effect.repeat(Effect.zipLeft(running, Effect.sleep("2 millis")), { until: (is) => is })
      expect((yield* create("l")).status).toBe(409)
      yield* Fiber.interrupt(slow)
      const gone = Effect.map(control.requests, (requests) => requests[2]?.aborted === true)
      yield* Effect.repeat(Effect.zipLeft(gone, Effect.sleep("2 millis")), { until: (is) => is })
      expect(yield* create("l")).toMatchObject({ status: 201, replayed: null })
      expect((yield* control.requests).map(({ applied, provider }) => [provider, applied])).toEqual([
        ["acme", true],
        ["acme", false],
        ["acme", false],
        ["acme", false],
        ["acme", true]
      ])
      expect(yield* control.customers("acme")).toHaveLength(2)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(AcmeSandbox.layerServer())))
})
