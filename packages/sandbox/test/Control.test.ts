import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { Fault, Sandbox, SandboxControl } from "../src/index.js"
import { AcmeControl, AcmeSandbox, SandboxServer } from "./acme/AcmeSandbox.js"

interface Ending {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly cut?: string
  readonly failed?: string
}

/** Plain HTTP, as any language has it: the sandbox's control, and calls of Polar with how they ended. */
const overHttp = Effect.gen(function*() {
  const { url } = yield* SandboxServer
  const send = (method: string, path: string, body?: unknown) =>
    Effect.promise(async () => {
      const response = await fetch(`${url}/sandbox${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      const json = text === "" ? undefined : JSON.parse(text)
      return { status: response.status, allow: response.headers.get("allow"), json }
    })
  const polar = (method: string, path: string, body?: unknown) =>
    Effect.promise(async (): Promise<Ending> => {
      try {
        const response = await fetch(`${url}/polar/v1/customers/${path}`, {
          method,
          headers: { authorization: "Bearer polar_oat_x", "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        const head = { status: response.status, headers: Object.fromEntries(response.headers) }
        try {
          return { ...head, text: await response.text() }
        } catch (error: any) {
          return { ...head, cut: error.message }
        }
      } catch (error: any) {
        return { failed: error.message }
      }
    })
  const create = polar("POST", "", { email: "a@example.com" })
  return { url, send, polar, create, list: polar("GET", "") }
})

const served = (
  name: string,
  test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof overHttp> | SandboxControl>
) => it.live(name, () => test.pipe(Effect.provide(Sandbox.layerServer())))

const inject = (rule: unknown) =>
  Effect.gen(function*() {
    const { send } = yield* overHttp
    expect(yield* send("POST", "/faults", rule)).toEqual({ status: 204, allow: null, json: undefined })
  })

describe("faults over HTTP", () => {
  served(
    "every fault, and what it leaves of a write",
    Effect.gen(function*() {
      const { create, send } = yield* overHttp
      const whole = { status: 201, headers: { "content-type": "application/json" } }
      const faults: ReadonlyArray<readonly [unknown, unknown, number]> = [
        [
          { _tag: "Respond", status: 429, retryAfter: { seconds: 5 }, headers: { "x-a": "b" }, body: "no" },
          { status: 429, headers: { "retry-after": "5", "x-a": "b", "content-length": "2" }, text: "no" },
          0
        ],
        [
          { _tag: "Respond", status: 500, body: { base64: "aGk=" }, applied: true },
          { status: 500, text: "hi" },
          1
        ],
        [{ _tag: "Respond", status: 429, retryAfter: { millis: 5 } }, { headers: { "retry-after-ms": "5" } }, 0],
        [
          { _tag: "Respond", status: 503, retryAfter: { date: "1 hour" } },
          { headers: { "retry-after": expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/) } },
          0
        ],
        [
          { _tag: "Respond", status: 503, retryAfter: { until: 3_600_000 } },
          { headers: { "retry-after": expect.stringMatching(/^3[56]\d\d$/) } },
          0
        ],
        [{ _tag: "Delay", duration: "1 millis" }, whole, 1],
        [{ _tag: "Delay", duration: 1, answer: "before" }, whole, 1],
        [{ _tag: "Delay", duration: 1, answer: "after", whenLeft: "finish" }, whole, 1],
        [{ _tag: "Reset" }, { failed: "fetch failed" }, 0],
        [{ _tag: "Reset", applied: true }, { failed: "fetch failed" }, 1],
        [{ _tag: "CutBody" }, { ...whole, cut: "terminated" }, 1],
        [{ _tag: "CutBody", bytes: 3, applied: false }, { ...whole, cut: "terminated" }, 0],
        [{ _tag: "CutJson", bytes: 4 }, { ...whole, text: "{\"id" }, 1],
        [
          { _tag: "HtmlPage" },
          { status: 502, headers: { "content-type": "text/html" }, text: expect.stringMatching(/^<html>/) },
          0
        ],
        [{ _tag: "HtmlPage", status: 504, applied: true }, { status: 504 }, 1],
        [{ _tag: "EmptyBody" }, { ...whole, text: "" }, 1],
        [{ _tag: "UnknownKeys" }, { text: expect.stringMatching(/"sandbox_unknown":\{"nested":true\}\}$/) }, 1],
        [{ _tag: "UnknownMembers" }, { text: expect.stringContaining("\"type\":\"sandbox_unknown\"") }, 1]
      ]
      for (const [fault, ending, count] of faults) {
        yield* send("POST", "/reset")
        yield* inject({ provider: "polar", operation: "create", fault })
        expect([fault, yield* create]).toMatchObject([fault, ending])
        const { json: customers } = yield* send("GET", "/polar/customers")
        const { json: [entry] } = yield* send("GET", "/requests")
        expect([fault, customers.length, entry.applied]).toEqual([fault, count, count === 1])
      }
    })
  )

  served(
    "StallBody: a part, then nothing",
    Effect.gen(function*() {
      const { send, url } = yield* overHttp
      yield* inject({ fault: { _tag: "StallBody", bytes: 4 } })
      const controller = new AbortController()
      const response = yield* Effect.promise(() =>
        fetch(`${url}/polar/v1/customers/`, {
          headers: { authorization: "Bearer polar_oat_x" },
          signal: controller.signal
        })
      )
      const reader = response.body!.getReader()
      expect((yield* Effect.promise(() => reader.read())).value).toHaveLength(4)
      expect((yield* send("GET", "/requests")).json[0]).toMatchObject({ status: 200, aborted: false })
      const rest = reader.read().catch((error) => error.name)
      controller.abort()
      expect(yield* Effect.promise(() => rest)).toBe("AbortError")
    })
  )

  served(
    "by operation and count; DELETE takes all away",
    Effect.gen(function*() {
      const { create, list, send } = yield* overHttp
      const statuses = Effect.map(Effect.all([list, list, list, list]), (all) => all.map((one) => one.status))
      yield* inject({ operation: "list", from: 2, times: 2, fault: { _tag: "Respond", status: 503 } })
      expect((yield* create).status).toBe(201)
      expect(yield* statuses).toEqual([200, 503, 503, 200])
      yield* inject({ times: "all", fault: { _tag: "Respond", status: 500 } })
      expect(yield* statuses).toEqual([500, 500, 500, 500])
      expect((yield* send("DELETE", "/faults")).status).toBe(204)
      expect(yield* statuses).toEqual([200, 200, 200, 200])
    })
  )

  it.effect("outages go by the clock of who built the layer", () =>
    Effect.gen(function*() {
      const { list } = yield* overHttp
      yield* TestClock.adjust("1 minute")
      const retryAfter = { date: "10 seconds" }
      yield* inject({ lasts: "30 seconds", fault: { _tag: "Respond", status: 503, retryAfter } })
      expect(yield* list).toMatchObject({ status: 503, headers: { "retry-after": "Thu, 01 Jan 1970 00:01:10 GMT" } })
      yield* TestClock.adjust("30 seconds")
      expect((yield* list).status).toBe(200)
      yield* inject({ until: 120_000, fault: { _tag: "Respond", status: 503, retryAfter: { until: "2 minutes" } } })
      expect(yield* list).toMatchObject({ status: 503, headers: { "retry-after": "30" } })
      yield* TestClock.adjust("30 seconds")
      expect((yield* list).status).toBe(200)
    }).pipe(Effect.provide(Sandbox.layerServer())))

  served(
    "a rule that is wrong is a 422 that says where, and hits nothing",
    Effect.gen(function*() {
      const { list, send } = yield* overHttp
      const fault = { _tag: "Respond", status: 503 }
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        ["{", ""],
        ["", ""],
        [[], ""],
        [{}, "fault"],
        [{ fault: { _tag: "Alter" } }, "fault._tag"],
        [{ fault: { _tag: "Respond" } }, "fault.status"],
        [{ fault: { _tag: "Respond", status: 99 } }, "fault.status"],
        [{ fault: { _tag: "HtmlPage", status: 600 } }, "fault.status"],
        [{ fault: { ...fault, headers: { "x-a": "1\n2" } } }, "fault.headers"],
        [{ fault: { ...fault, body: { base64: "?" } } }, "fault.body.base64"],
        [{ fault: { ...fault, retryAfter: { seconds: "5" } } }, "fault.retryAfter.seconds"],
        [{ fault: { _tag: "Delay", duration: "soon" } }, "fault.duration"],
        [{ fault: { _tag: "Delay", duration: 1, whenLeft: "wait" } }, "fault.whenLeft"],
        [{ fault, times: 0 }, "times"],
        [{ fault, from: 1.5 }, "from"],
        [{ fault, until: "later" }, "until"],
        [{ fault, operaton: "list" }, "operaton"],
        [{ fault, match: "all" }, "match"],
        [{ fault, provider: "polr" }, "provider"],
        [{ fault, provider: "polar", operation: "lst" }, "operation"]
      ]
      for (const [rule, path] of wrong) {
        const { json, status } = yield* send("POST", "/faults", rule)
        expect([rule, status]).toEqual([rule, 422])
        const paths = json.issues.map((issue: any) => issue.path.join("."))
        expect([rule, paths]).toEqual([rule, expect.arrayContaining([path])])
        expect(json.issues.every((issue: any) => typeof issue.message === "string")).toBe(true)
      }
      expect((yield* list).status).toBe(200)
      expect((yield* send("GET", "/requests")).json).toHaveLength(1)
    })
  )
})

describe("rules as data", () => {
  it("go to JSON and back", () => {
    const rule: Fault.FaultRuleData = {
      provider: "polar",
      operation: "create",
      from: 2,
      times: Infinity,
      until: "2 minutes",
      fault: Fault.Respond({ status: 503, body: new Uint8Array([104, 105]), retryAfter: { date: "1.5 seconds" } })
    }
    const encoded = JSON.parse(JSON.stringify(Schema.encodeSync(Fault.FaultRuleData)(rule)))
    expect(encoded).toEqual({
      provider: "polar",
      operation: "create",
      from: 2,
      times: "all",
      until: 120_000,
      fault: { _tag: "Respond", status: 503, body: { base64: "aGk=" }, retryAfter: { date: 1500 } }
    })
    const decoded: Fault.FaultRule = Schema.decodeUnknownSync(Fault.FaultRuleData)(encoded)
    expect(Schema.encodeSync(Fault.FaultRuleData)({ ...decoded, fault: rule.fault })).toEqual(encoded)
    expect(decoded.times).toBe(Infinity)
  })
})

describe("the rest of the control over HTTP", () => {
  served(
    "seeds a number or an array, shows the customers, the log and starts anew",
    Effect.gen(function*() {
      const { create, send } = yield* overHttp
      const control = yield* SandboxControl
      const numbered = yield* send("POST", "/polar/customers", 2)
      const given = yield* send("POST", "/polar/customers", [{
        name: "Ann",
        billing_address: { country: "FR", line1: null }
      }])
      expect([numbered.status, given.status]).toEqual([201, 201])
      yield* create
      const { json, status } = yield* send("GET", "/polar/customers")
      const customers = yield* control.customers("polar")
      expect([status, json]).toEqual([200, customers])
      expect(customers.slice(0, 3).map(({ id }) => id)).toEqual([...numbered.json, ...given.json])
      expect(customers.map(({ name }) => name)).toEqual(["Customer 1", "Customer 2", "Ann", null])
      const { json: log } = yield* send("GET", "/requests")
      expect(log).toEqual(JSON.parse(JSON.stringify(yield* control.requests)))
      expect(log).toMatchObject([{ operation: "create", status: 201, applied: true, body: expect.any(String) }])
      yield* inject({ times: "all", fault: { _tag: "Reset" } })
      expect((yield* send("POST", "/reset")).status).toBe(204)
      expect((yield* send("GET", "/polar/customers")).json).toEqual([])
      expect((yield* send("GET", "/requests")).json).toEqual([])
      expect((yield* create).status).toBe(201)
      expect(yield* control.mostInFlight).toBe(1)
    })
  )

  served(
    "a seed that is wrong is a 422 that says where, and stores nothing of it",
    Effect.gen(function*() {
      const { send } = yield* overHttp
      const control = yield* SandboxControl
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        ["{", ""],
        [-1, ""],
        [1.5, ""],
        [{}, ""],
        [[{ name: "fine" }, { email: 5 }], "1.email"],
        [[{ externalId: "usr_1" }], "0.externalId"],
        [[{ billing_address: { line1: "x" } }], "0.billing_address.country"]
      ]
      for (const [seeds, path] of wrong) {
        const { json, status } = yield* send("POST", "/polar/customers", seeds)
        const paths = json.issues.map((issue: any) => issue.path.join("."))
        expect([seeds, status, paths]).toEqual([seeds, 422, expect.arrayContaining([path])])
      }
      const taken = yield* send("POST", "/polar/customers", [{ external_id: "usr_9" }, { external_id: "usr_9" }])
      expect([taken.status, taken.json]).toEqual([
        422,
        { issues: [{ path: [], message: expect.stringContaining("taken") }] }
      ])
      expect(yield* control.customers("polar")).toEqual([])
      yield* send("POST", "/polar/customers", 1)
      const [customer] = yield* control.customers("polar")
      yield* control.reset
      yield* control.seed("polar", 1)
      expect(yield* control.customers("polar")).toEqual([customer])
    })
  )

  served(
    "404 to what it does not have, 405 to what a path does not take",
    Effect.gen(function*() {
      const { send } = yield* overHttp
      for (const path of ["", "/", "/fault", "/acme/customers", "/polar", "/constructor"]) {
        const { json, status } = yield* send("GET", path)
        expect([path, status, json.error]).toEqual([path, 404, expect.stringContaining("/sandbox/faults")])
      }
      expect(yield* send("GET", "/faults")).toMatchObject({ status: 405, allow: "POST, DELETE" })
      expect(yield* send("PUT", "/polar/customers", 1)).toMatchObject({ status: 405, allow: "GET, POST" })
      expect((yield* send("GET", "/requests")).json).toEqual([])
    })
  )

  it.live("is there for every emulator", () =>
    Effect.gen(function*() {
      const { send } = yield* overHttp
      const control = yield* AcmeControl
      const { json: ids } = yield* send("POST", "/acme/customers", [{ email: "a@example.com" }])
      expect((yield* control.customers("acme")).map(({ id }) => id)).toEqual(ids)
      expect(yield* send("POST", "/faults", { provider: "acme", operation: "getState", fault: { _tag: "Reset" } }))
        .toMatchObject({ status: 422, json: { issues: [{ path: ["operation"] }] } })
      yield* inject({ provider: "acme", operation: "create", fault: { _tag: "Reset" } })
    }).pipe(Effect.provide(AcmeSandbox.layerServer())))
})
