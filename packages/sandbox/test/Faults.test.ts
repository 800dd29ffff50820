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

describe("Retry-After", () => {
  const told = Effect.gen(function*() {
    const { call } = yield* inProcess
    const { headers, status } = yield* call("GET", "/v1/customers/")
    return [status, headers.get("retry-after"), headers.get("retry-after-ms")]
  })

  faulty(
    "seconds, milliseconds, a date after the clock's time, a countdown",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const respond = (retryAfter: Fault.RetryAfter) =>
        control.inject({ fault: Fault.Respond({ status: 429, retryAfter, headers: { "Retry-After": "no" } }) })
      yield* respond({ seconds: 7 })
      expect(yield* told).toEqual([429, "7", null])
      yield* respond({ millis: 1500 })
      expect(yield* told).toEqual([429, "no", "1500"])
      yield* TestClock.adjust("90 seconds")
      yield* respond({ date: "1 minute" })
      expect(yield* told).toEqual([429, "Thu, 01 Jan 1970 00:02:30 GMT", null])
      yield* respond({ date: "100 millis" })
      expect(yield* told).toEqual([429, "Thu, 01 Jan 1970 00:01:31 GMT", null])
      yield* respond({ until: "100.5 seconds" })
      expect(yield* told).toEqual([429, "11", null])
      yield* respond({ until: "1 second" })
      expect(yield* told).toEqual([429, "0", null])
    })
  )

  faulty(
    "a date is worked out when the answer is, after a delay",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      yield* control.inject({ fault: Fault.Respond({ status: 503, retryAfter: { date: "10 seconds" } }) })
      yield* control.inject({ fault: Fault.Delay({ duration: "1 minute" }) })
      const fiber = yield* Effect.fork(told)
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toEqual([503, "Thu, 01 Jan 1970 00:01:10 GMT", null])
    })
  )
})

describe("outages", () => {
  const statuses = (count: number) =>
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const found: Array<number> = []
      for (let i = 0; i < count; i++) found.push((yield* call("GET", "/v1/customers/")).status)
      return found
    })

  faulty(
    "until: hits all that arrives before that moment of the layer's life",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      yield* TestClock.adjust("10 seconds")
      yield* control.inject({ until: "30 seconds", fault: Fault.Respond({ status: 503 }) })
      expect(yield* statuses(2)).toEqual([503, 503])
      yield* TestClock.adjust("19999 millis")
      expect(yield* statuses(1)).toEqual([503])
      yield* TestClock.adjust("1 millis")
      expect(yield* statuses(2)).toEqual([200, 200])
    })
  )

  faulty(
    "lasts: counts from the injection; both leave `from` and `times` as they are",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      yield* TestClock.adjust("1 hour")
      yield* control.inject({ lasts: "30 seconds", from: 2, times: 2, fault: Fault.Respond({ status: 503 }) })
      yield* control.inject({ until: "30 seconds", fault: Fault.Respond({ status: 500 }) })
      expect(yield* statuses(4)).toEqual([200, 503, 503, 200])
      yield* control.clearFaults
      yield* control.inject({ lasts: "30 seconds", fault: Fault.Respond({ status: 503 }) })
      yield* TestClock.adjust("29 seconds")
      expect(yield* statuses(2)).toEqual([503, 503])
      yield* TestClock.adjust("1 second")
      expect(yield* statuses(1)).toEqual([200])
    })
  )

  faulty(
    "a request that arrived in it and is answered after it is hit",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      yield* control.inject({ until: "30 seconds", fault: Fault.Respond({ status: 503 }) })
      yield* control.inject({ until: "30 seconds", fault: Fault.Delay({ duration: "1 minute" }) })
      const fiber = yield* Effect.fork(statuses(1))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toEqual([503])
    })
  )

  faulty(
    "clearFaults takes all rules away",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      yield* control.inject({ times: Infinity, fault: Fault.Respond({ status: 503 }) })
      yield* control.inject({ times: Infinity, fault: Fault.Respond({ status: 500 }) })
      expect(yield* statuses(1)).toEqual([500])
      yield* control.clearFaults
      expect(yield* statuses(2)).toEqual([200, 200])
    })
  )
})

describe("other bodies", () => {
  faulty(
    "HtmlPage: a gateway's page, with or without the write",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.inject({ fault: Fault.HtmlPage({}) })
      const page = yield* call("GET", "/v1/customers/")
      expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html"])
      expect(page.text).toMatch(/^<html>[^]*502[^]*<\/html>\r\n$/)
      expect(page.headers.get("content-length")).toBe(String(page.text.length))
      yield* control.inject({ fault: Fault.HtmlPage({ status: 503, retryAfter: { seconds: 3 } }) })
      const [first, without] = yield* creating
      expect([first, without]).toMatchObject([{ status: 503 }, 0])
      yield* control.inject({ fault: Fault.HtmlPage({ status: 200, applied: true }) })
      const [second, count] = yield* creating
      expect([second, count]).toMatchObject([{ status: 200, text: expect.stringMatching(/^<html>/) }, 1])
      expect((yield* Effect.exit(control.inject({ fault: Fault.HtmlPage({ status: 101 }) })))._tag).toBe("Failure")
    })
  )

  faulty(
    "EmptyBody: true status and type, no byte; the write stands, a 204 stays",
    Effect.gen(function*() {
      const { call, control, create, fetch } = yield* inProcess
      yield* control.inject({ times: Infinity, fault: Fault.EmptyBody() })
      expect(yield* creating).toEqual([{ status: 201, text: "" }, 1])
      const [customer] = yield* control.customers("polar")
      const response = yield* Effect.promise(() => fetch(url + customer!.id, initOf("GET", undefined, {})))
      expect([response.status, response.headers.get("content-type"), response.headers.get("content-length")])
        .toEqual([200, "application/json", "0"])
      expect((yield* create({ email: "a@example.com" })).status).toBe(422)
      expect((yield* call("GET", "/v1/customers/export")).text).toBe("")
      expect((yield* call("DELETE", `/v1/customers/${customer!.id}`)).status).toBe(204)
      expect(yield* control.customers("polar")).toEqual([])
      expect(yield* control.bugs).toEqual([])
    })
  )

  const detailed = {
    email: "a@example.com",
    metadata: { plan: "pro" },
    billing_address: { country: "US", state: "US-CA" },
    tax_id: ["911144442", "us_ein"] as const,
    subscriptions: [{
      id: "1",
      status: "active",
      recurring_interval: "month",
      metadata: { a: 1 },
      custom_field_data: {},
      meters: [{ id: "2" }]
    }],
    benefits: [{ benefit_type: "custom", benefit_metadata: { b: "c" }, properties: {} }]
  }

  /** The bodies of a customer, their state, a list and an error, plain and under the fault. */
  const bodies = (fault: Fault.Fault) =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      const [id] = yield* control.seed("polar", [detailed])
      const get = (path: string) =>
        Effect.promise(() => fetch(url + path, initOf("GET", undefined, {})).then((response) => response.json()))
      const all = Effect.all([get(`${id}`), get(`${id}/state`), get(""), get("?page=0"), get("external/none")])
      const plain = yield* all
      yield* control.inject({ times: Infinity, fault })
      return [plain, yield* all] as const
    })

  faulty(
    "UnknownKeys: one more in every object that is not the caller's own",
    Effect.gen(function*() {
      const [[customer, state, list, invalid, missing], altered] = yield* bodies(Fault.UnknownKeys())
      const sandbox_unknown = { nested: true }
      const plus = (json: any) => ({ ...json, sandbox_unknown })
      const wholly = (json: any) => plus({ ...json, billing_address: plus(json.billing_address) })
      const [subscription] = state.active_subscriptions
      const [benefit] = state.granted_benefits
      expect(customer.metadata).toEqual({ plan: "pro" })
      expect(altered).toEqual([
        wholly(customer),
        wholly({
          ...state,
          active_subscriptions: [plus({ ...subscription, meters: subscription.meters.map(plus) })],
          granted_benefits: [plus({ ...benefit, properties: plus(benefit.properties) })]
        }),
        plus({ items: list.items.map(wholly), pagination: plus(list.pagination) }),
        plus({ ...invalid, detail: invalid.detail.map((issue: any) => plus({ ...issue, ctx: plus(issue.ctx) })) }),
        plus(missing)
      ])
    })
  )

  faulty(
    "UnknownMembers: one nobody knows for every member of an enumeration",
    Effect.gen(function*() {
      const [[customer, state, list, invalid, missing], altered] = yield* bodies(Fault.UnknownMembers())
      const type = "sandbox_unknown"
      const changed = (json: any) => ({
        ...json,
        type,
        billing_address: { ...json.billing_address, country: type },
        tax_id: ["911144442", type]
      })
      expect(altered).toEqual([
        changed(customer),
        {
          ...changed(state),
          active_subscriptions: [{ ...state.active_subscriptions[0], status: type, recurring_interval: type }],
          granted_benefits: [{ ...state.granted_benefits[0], benefit_type: type }]
        },
        { ...list, items: list.items.map(changed) },
        invalid,
        missing
      ])
    })
  )
})

describe("applied", () => {
  faulty(
    "says of every request whether its change stands",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const { json } = yield* create({ email: "a@example.com" })
      const path = `/v1/customers/${json.id}`
      yield* create({ email: "a@example.com" })
      yield* call("GET", path)
      yield* call("PATCH", path, { name: "A" })
      yield* call("PATCH", path, { name: "A" })
      yield* call("PATCH", path, { metadata: null })
      yield* call("DELETE", path)
      yield* call("DELETE", path)
      yield* create({ email: "a@example.com" }, { token: "polar_oat_readonly" })
      expect((yield* control.requests).map(({ applied, status }) => [applied, status])).toEqual([
        [true, 201],
        [false, 422],
        [false, 200],
        [true, 200],
        [false, 200],
        [false, 422],
        [true, 204],
        [false, 404],
        [false, 403]
      ])
    })
  )

  faulty(
    "under every fault it says what the truth says",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const faults: ReadonlyArray<readonly [Fault.Fault, boolean]> = [
        [Fault.Respond({ status: 500 }), false],
        [Fault.Respond({ status: 500, applied: true }), true],
        [Fault.HtmlPage({}), false],
        [Fault.HtmlPage({ applied: true }), true],
        [Fault.Reset({}), false],
        [Fault.Reset({ applied: true }), true],
        [Fault.CutBody({ applied: false }), false],
        [Fault.CutBody({}), true],
        [Fault.CutJson({}), true],
        [Fault.EmptyBody(), true],
        [Fault.UnknownKeys(), true],
        [Fault.UnknownMembers(), true],
        [Fault.Alter({ alter: () => null }), true]
      ]
      for (const [fault, expected] of faults) {
        yield* control.reset
        yield* control.inject({ fault })
        const [, count] = yield* creating
        const [entry] = yield* control.requests
        expect([fault, entry!.applied, count]).toEqual([fault, expected, Number(expected)])
      }
    })
  )

  faulty(
    "is not known while a write may still come, and false when its caller left before it",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      const applied = Effect.map(control.requests, (requests) => requests.map((entry) => entry.applied))
      const leaving = (answer: "before" | "after") =>
        Effect.gen(function*() {
          yield* control.inject({ fault: Fault.Delay({ duration: "1 hour", answer }) })
          const controller = new AbortController()
          const init = { ...initOf("POST", { email: `${answer}@example.com` }, {}), signal: controller.signal }
          const call = fetch(url, init).catch(() => "gone")
          yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
          const before = yield* applied
          controller.abort()
          yield* Effect.promise(() => call)
          return [before, yield* applied]
        })
      expect(yield* leaving("after")).toEqual([[undefined], [false]])
      expect(yield* leaving("before")).toEqual([[false, true], [false, true]])
      yield* TestClock.adjust("2 hours")
      expect((yield* control.customers("polar")).map(({ email }) => email)).toEqual(["before@example.com"])
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
