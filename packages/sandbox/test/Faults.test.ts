import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { Fault, Sandbox } from "../src/index.js"
import { initOf, inProcess } from "./calling.js"

const url = "https://api.polar.sh/v1/customers/"

const faulty = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
  it.effect(name, () => test.pipe(Effect.provide(Sandbox.layerFetch())))

/** One create; how it ended and how many customers there are then. */
const creating = Effect.gen(function*() {
  const { control, fetch } = yield* inProcess
  const ending = yield* Effect.promise(async () => {
    try {
      const response = await fetch(url, initOf("POST", { email: "a@example.com" }, {}))
      return { status: response.status, text: await response.text() }
    } catch (error: any) {
      return { message: error.message, code: error.cause?.code }
    }
  })
  return [ending, (yield* control.customers("polar")).length] as const
})

describe("which requests are hit", () => {
  faulty(
    "from the nth matching one, so many times, by operation and condition",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const fault = Fault.Respond({ status: 503 })
      yield* control.inject({ operation: "list", from: 2, times: 2, fault })
      yield* control.inject({ provider: "elsewhere", times: Infinity, fault })
      yield* control.inject({ match: ({ body }) => body.includes("bad@"), times: Infinity, fault })
      const statuses: Array<number> = []
      for (let i = 0; i < 5; i++) {
        statuses.push((yield* call("GET", "/v1/customers/")).status)
        yield* call("GET", "/v1/customers/external/none")
      }
      expect(statuses).toEqual([200, 503, 503, 200, 200])
      expect((yield* create({ email: "bad@example.com" })).status).toBe(503)
      expect((yield* create({ email: "good@example.com" })).status).toBe(201)
    })
  )

  faulty(
    "several rules on one request are applied one after the other",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const note = (text: string) =>
        Fault.Alter({ alter: (json: any) => ({ ...json, notes: [...json.notes ?? [], text] }) })
      yield* control.inject({ fault: note("one") })
      yield* control.inject({ fault: note("two") })
      expect((yield* call("GET", "/v1/customers/")).json.notes).toEqual(["one", "two"])
      expect((yield* call("GET", "/v1/customers/")).json.notes).toBe(undefined)
    })
  )
})

describe("Respond", () => {
  faulty(
    "answers instead, with or without the write",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.inject({
        fault: Fault.Respond({ status: 502, headers: { "Content-Type": "text/html" }, body: "<p>" })
      })
      expect(yield* creating).toEqual([{ status: 502, text: "<p>" }, 0])
      yield* control.inject({ fault: Fault.Respond({ status: 500, body: new Uint8Array([104, 105]), applied: true }) })
      expect(yield* creating).toEqual([{ status: 500, text: "hi" }, 1])
      yield* control.inject({ fault: Fault.Respond({ status: 429, headers: { "retry-after": "60" } }) })
      const limited = yield* call("GET", "/v1/customers/")
      expect([limited.status, limited.text, limited.headers.get("retry-after"), limited.headers.get("content-type")])
        .toEqual([429, "", "60", null])
      yield* control.inject({ fault: Fault.Respond({ status: 204 }) })
      expect((yield* call("GET", "/v1/customers/")).status).toBe(204)
    })
  )
})

describe("Delay", () => {
  faulty(
    "waits on the clock of who built the layer; the answer is of after or before the wait",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const late = function*(answer?: "before" | "after") {
        yield* control.inject({ operation: "list", fault: Fault.Delay({ duration: "10 seconds", answer }) })
        const fiber = yield* Effect.fork(call("GET", "/v1/customers/"))
        yield* TestClock.adjust("9 seconds")
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        expect(fiber.unsafePoll()).toBe(null)
        yield* control.seed("polar", 1)
        yield* TestClock.adjust("1 second")
        return (yield* Fiber.join(fiber)).json.pagination.total_count
      }
      expect(yield* late()).toBe(1)
      expect(yield* late("before")).toBe(1)
      expect(yield* late("after")).toBe(3)
      const [first] = yield* control.requests
      expect(first!.endedAt! - first!.startedAt).toBe(10_000)
    })
  )
})

describe("connections", () => {
  faulty(
    "Reset: before or after the write",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const reset = { message: "fetch failed", code: "ECONNRESET" }
      yield* control.inject({ fault: Fault.Reset({ applied: false }) })
      expect(yield* creating).toEqual([reset, 0])
      yield* control.inject({ fault: Fault.Reset({ applied: true }) })
      expect(yield* creating).toEqual([reset, 1])
      expect((yield* control.requests).map(({ aborted, endedAt, status }) => [aborted, endedAt, status])).toEqual([
        [false, 0, undefined],
        [false, 0, undefined]
      ])
    })
  )

  faulty(
    "CutBody: full length, part of the body, then the end; the write can be undone",
    Effect.gen(function*() {
      const { call, control, create, fetch } = yield* inProcess
      yield* control.inject({ fault: Fault.CutBody({ applied: false }) })
      expect(yield* creating).toEqual([{ message: "terminated", code: "UND_ERR_SOCKET" }, 0])
      const [id] = (yield* create({ email: "b@example.com" })).json.id.match(/.*/)
      yield* control.inject({ operation: "get", fault: Fault.CutBody({ bytes: 7 }) })
      const [length, received] = yield* Effect.promise(async () => {
        const response = await fetch(url + id, initOf("GET", undefined, {}))
        let received = ""
        try {
          for await (const piece of response.body!) received += new TextDecoder().decode(piece)
        } catch {
          received += "|"
        }
        return [Number(response.headers.get("content-length")), received] as const
      })
      expect(received).toBe("{\"id\":\"|")
      expect(length).toBe((yield* call("GET", `/v1/customers/${id}`)).text.length)
      yield* control.inject({ operation: "create", fault: Fault.CutBody({}) })
      expect(yield* creating).toEqual([{ message: "terminated", code: "UND_ERR_SOCKET" }, 2])
      expect((yield* control.requests)[0]).toMatchObject({ status: 201, aborted: false })
    })
  )

  faulty(
    "an undone write leaves no trace in ids and clock",
    Effect.gen(function*() {
      const { control, create } = yield* inProcess
      const first = yield* create({ email: "a@example.com", external_id: "usr_1" })
      yield* control.reset
      yield* control.inject({ fault: Fault.CutBody({ applied: false }) })
      yield* creating
      expect((yield* create({ email: "a@example.com", external_id: "usr_1" })).text).toBe(first.text)
    })
  )

  faulty(
    "CutJson: half of the text, consistent length",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.inject({ fault: Fault.CutJson({}) })
      const [length, text] = yield* Effect.promise(async () => {
        const response = await fetch(url, initOf("GET", undefined, {}))
        return [response.headers.get("content-length"), await response.text()] as const
      })
      expect(text).toBe("{\"items\":[],\"pagination\":{\"t")
      expect(length).toBe(String(text.length))
      expect(() => JSON.parse(text)).toThrow()
    })
  )

  faulty(
    "StallBody: a part, then nothing until the caller aborts",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.inject({ times: 2, fault: Fault.StallBody({ bytes: 3 }) })
      const controller = new AbortController()
      const response = yield* Effect.promise(() =>
        fetch(url, { ...initOf("GET", undefined, {}), signal: controller.signal })
      )
      const reader = response.body!.getReader()
      const part = yield* Effect.promise(() => reader.read())
      expect(part.value).toHaveLength(3)
      const rest = reader.read().catch((error) => error)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      expect((yield* control.requests)[0]).toMatchObject({ status: 200, aborted: false, endedAt: undefined })
      controller.abort("enough")
      expect(yield* Effect.promise(() => rest)).toBe("enough")
      expect((yield* control.requests)[0]).toMatchObject({ status: 200, aborted: true, endedAt: 0 })
      const second = yield* Effect.promise(() => fetch(url, initOf("GET", undefined, {})))
      yield* Effect.promise(() => second.body!.cancel())
      expect((yield* control.requests)[1]).toMatchObject({ aborted: true })
    })
  )
})

describe("Alter", () => {
  faulty(
    "changes JSON and leaves everything else",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("polar", 1)
      yield* control.inject({ times: 3, fault: Fault.Alter({ alter: (json: any) => ({ ...json, extra: true }) }) })
      const altered = yield* call("GET", `/v1/customers/${id}`)
      expect(altered.json).toMatchObject({ id, extra: true })
      expect(Number(altered.headers.get("content-length"))).toBe(altered.text.length)
      expect((yield* call("GET", "/v1/customers/export")).text).toMatch(/^ID,/)
      expect((yield* call("DELETE", `/v1/customers/${id}`)).status).toBe(204)
      expect(yield* control.bugs).toEqual([])
    })
  )
})
