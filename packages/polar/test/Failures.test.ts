import { type CustomersError, RequestTimeout } from "@effect-customers/core"
import { PolarClient } from "@effect-customers/polar"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Duration, Effect, Fiber, Layer, Queue, Redacted, Stream, TestClock } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { clients, once } from "./onSandbox.js"

const { inProcess, onPort } = once

const id = "992fae2a-2a17-4b7a-8d9e-e287cf90131b"
const ada = { email: "ada@example.com" }

const inject = (operation: string, fault: Fault.Fault) =>
  Effect.flatMap(SandboxControl, (control) => control.inject({ operation, fault, times: Infinity }))

const shape = (error: CustomersError) => ({
  tag: error._tag,
  status: error.status,
  mayHaveApplied: error.mayHaveApplied,
  isRetryable: error.isRetryable
})

const html = { status: 502, headers: { "content-type": "text/html" }, body: "<html><h1>Bad Gateway</h1></html>" }

describe.each(clients)("any status with any content type ends typed, over %s", (_, client) => {
  const failures = Effect.gen(function*() {
    const polar = yield* PolarClient
    return {
      list: yield* Effect.map(Effect.flip(polar.list()), shape),
      create: yield* Effect.map(Effect.flip(polar.create(ada)), shape)
    }
  })

  it.scoped.each<[string, Fault.Fault, unknown, unknown]>([
    [
      "empty 429 with Retry-After",
      Fault.Respond({ status: 429, headers: { "retry-after": "60" } }),
      { tag: "RateLimited", status: 429, mayHaveApplied: false, isRetryable: true },
      { tag: "RateLimited", status: 429, mayHaveApplied: false, isRetryable: true }
    ],
    [
      "429 that asks for ten minutes",
      Fault.Respond({ status: 429, headers: { "retry-after": "600" } }),
      { tag: "RateLimited", status: 429, mayHaveApplied: false, isRetryable: false },
      { tag: "RateLimited", status: 429, mayHaveApplied: false, isRetryable: false }
    ],
    [
      "HTML 502",
      Fault.Respond(html),
      { tag: "ProviderUnavailable", status: 502, mayHaveApplied: false, isRetryable: true },
      { tag: "ProviderUnavailable", status: 502, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "empty 500",
      Fault.Respond({ status: 500 }),
      { tag: "ProviderUnavailable", status: 500, mayHaveApplied: false, isRetryable: true },
      { tag: "ProviderUnavailable", status: 500, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "501, which no repeat cures",
      Fault.Respond({ status: 501 }),
      { tag: "ProviderUnavailable", status: 501, mayHaveApplied: false, isRetryable: false },
      { tag: "ProviderUnavailable", status: 501, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "text 404",
      Fault.Respond({ status: 404, headers: { "content-type": "text/plain" }, body: "not here" }),
      { tag: "UnexpectedStatus", status: 404, mayHaveApplied: false, isRetryable: false },
      { tag: "UnexpectedStatus", status: 404, mayHaveApplied: false, isRetryable: false }
    ],
    [
      "418 with JSON of another shape",
      Fault.Respond({ status: 418, headers: { "content-type": "application/json" }, body: "[1,2" }),
      { tag: "UnexpectedStatus", status: 418, mayHaveApplied: false, isRetryable: false },
      { tag: "UnexpectedStatus", status: 418, mayHaveApplied: false, isRetryable: false }
    ],
    [
      "422 whose detail is no list",
      Fault.Respond({ status: 422, headers: { "content-type": "application/json" }, body: "{\"detail\":{\"a\":1}}" }),
      { tag: "InvalidRequest", status: 422, mayHaveApplied: false, isRetryable: false },
      { tag: "InvalidRequest", status: 422, mayHaveApplied: false, isRetryable: false }
    ],
    [
      "JSON cut in half, the transfer complete",
      Fault.CutJson({}),
      { tag: "InvalidResponse", status: 200, mayHaveApplied: false, isRetryable: false },
      { tag: "InvalidResponse", status: 201, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "JSON cut in half by the connection",
      Fault.CutBody({}),
      { tag: "TransportFailed", status: 200, mayHaveApplied: false, isRetryable: true },
      { tag: "TransportFailed", status: 201, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "connection reset",
      Fault.Reset({}),
      { tag: "TransportFailed", status: undefined, mayHaveApplied: false, isRetryable: true },
      { tag: "TransportFailed", status: undefined, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "2xx with HTML",
      Fault.Respond({ ...html, status: 200 }),
      { tag: "InvalidResponse", status: 200, mayHaveApplied: false, isRetryable: false },
      { tag: "InvalidResponse", status: 200, mayHaveApplied: true, isRetryable: false }
    ],
    [
      "2xx that is empty",
      Fault.Respond({ status: 204 }),
      { tag: "InvalidResponse", status: 204, mayHaveApplied: false, isRetryable: false },
      { tag: "InvalidResponse", status: 204, mayHaveApplied: true, isRetryable: false }
    ]
  ])("%s", ([_, fault, list, create]) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed("polar", 3)
      yield* inject("list", fault)
      yield* inject("create", fault)
      expect(yield* failures).toEqual({ list, create })
    }).pipe(Effect.provide(onPort(client))))

  it.scopedLive("a stalled body: the timeout covers it, and the server sees the abort", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const polar = yield* PolarClient
      yield* control.seed("polar", 3)
      yield* inject("list", Fault.StallBody({}))
      const error = yield* Effect.flip(polar.list()).pipe(RequestTimeout.with({ attempt: "200 millis" }))
      expect(shape(error)).toEqual({
        tag: "RequestTimedOut",
        status: 200,
        mayHaveApplied: false,
        isRetryable: true
      })
      yield* Effect.sleep("50 millis")
      const [request] = yield* control.requests
      expect(request?.aborted).toBe(true)
    }).pipe(Effect.provide(onPort(client))))

  it.scopedLive("a redirect to another origin is never followed", () =>
    Effect.gen(function*() {
      const seen: Array<string | undefined> = []
      const thief = yield* Effect.acquireRelease(
        Effect.async<ReturnType<typeof createServer>>((resume) => {
          const server = createServer((request, response) => {
            seen.push(request.headers.authorization)
            response.end("{}")
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const location = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/v1/customers/`
      for (const status of [301, 302, 303, 307, 308]) {
        for (const operation of ["list", "create", "get", "delete"]) {
          yield* Effect.flatMap(SandboxControl, (control) =>
            control.inject({ operation, fault: Fault.Respond({ status, headers: { location } }) }))
        }
        const polar = yield* PolarClient
        const errors = yield* Effect.all([
          Effect.flip(polar.list()),
          Effect.flip(polar.create(ada)),
          Effect.flip(polar.get(id)),
          Effect.flip(polar.delete(id))
        ])
        for (const error of errors) {
          // See Other may be the answer to what was done
          const mayHaveApplied = status === 303 && (error.operation === "create" || error.operation === "delete")
          expect(shape(error)).toEqual({ tag: "UnexpectedStatus", status, mayHaveApplied, isRetryable: false })
        }
      }
      expect(seen).toEqual([])
    }).pipe(Effect.provide(onPort(client))))
})

/** A port on which nobody listens any more. */
const closedPort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

describe("no answer at all", () => {
  it.scoped.each(clients)("a refused connection surely did nothing, over %s", ([_, client]) =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.create(ada))
      expect(shape(error)).toEqual({
        tag: "TransportFailed",
        status: undefined,
        mayHaveApplied: false,
        isRetryable: true
      })
      expect(error).toMatchObject({ code: "ECONNREFUSED" })
    }).pipe(Effect.provide(
      Layer.unwrapEffect(Effect.map(closedPort, (port) => onPort(client, {}, { baseUrl: `http://127.0.0.1:${port}` })))
    )))

  it.effect("an unknown host surely did nothing", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.create(ada))
      expect({ ...shape(error), code: error._tag === "TransportFailed" ? error.code : "" }).toEqual({
        tag: "TransportFailed",
        status: undefined,
        mayHaveApplied: false,
        isRetryable: true,
        code: "ENOTFOUND"
      })
    }).pipe(Effect.provide(inProcess({}, { baseUrl: "https://polar.invalid" }))))

  it.effect("the default timeout is 30 seconds, to the last byte", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("create", Fault.Delay({ duration: "31 seconds" }))
      const fiber = yield* Effect.fork(Effect.flip(polar.create(ada)))
      yield* TestClock.adjust("29 seconds")
      expect(fiber.unsafePoll()).toBeNull()
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(fiber)
      expect(error).toMatchObject({
        _tag: "RequestTimedOut",
        mayHaveApplied: true,
        timeout: Duration.seconds(30)
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("the timeout also passes where the caller cannot be interrupted, and nothing else ends the call there", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("list", Fault.StallBody({}))
      yield* inject("export", Fault.StallBody({}))
      yield* inject("create", Fault.Delay({ duration: "5 seconds" }))
      const silent = yield* Effect.fork(Effect.uninterruptible(Effect.flip(Stream.runDrain(polar.export()))))
      const stalled = yield* Effect.fork(Effect.uninterruptible(Effect.flip(polar.list())))
      const answers = yield* Queue.unbounded<unknown>()
      const created = yield* Effect.fork(
        Effect.uninterruptible(Effect.flatMap(Effect.either(polar.create(ada)), (answer) => answers.offer(answer)))
      )
      yield* TestClock.adjust("1 second")
      yield* Fiber.interruptFork(created)
      yield* TestClock.adjust("30 seconds")
      expect(yield* Fiber.join(stalled)).toMatchObject({ _tag: "RequestTimedOut" })
      expect(yield* Fiber.join(silent)).toMatchObject({ _tag: "RequestTimedOut" })
      expect(yield* answers.take).toMatchObject({ _tag: "Right", right: ada })
    }).pipe(Effect.provide(inProcess())))

  it.effect("the timeout is the one that the provider's layer was built on, not one of the application", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("create", Fault.Delay({ duration: "1 hour" }))
      const fiber = yield* Effect.fork(Effect.flip(polar.create(ada)))
      const patient = yield* Effect.fork(
        Effect.flip(RequestTimeout.with(polar.create({ email: "b@example.com" }), { attempt: "3 seconds" }))
      )
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "RequestTimedOut", timeout: Duration.seconds(1) })
      expect(patient.unsafePoll()).toBeNull()
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(patient)).toMatchObject({ _tag: "RequestTimedOut", timeout: Duration.seconds(3) })
    }).pipe(
      Effect.provide(Layer.merge(
        inProcess().pipe(Layer.provide(RequestTimeout.layer({ attempt: "1 second" }))),
        RequestTimeout.layer({ attempt: "1 minute" })
      ))
    ))

  it.effect("the export may take long as long as it goes on; a silence of 30 seconds ends it", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const control = yield* SandboxControl
      yield* control.seed("polar", 2000)
      yield* inject("export", Fault.StallBody({ bytes: 1000 }))
      const fiber = yield* Effect.fork(Effect.flip(Stream.runDrain(polar.export())))
      yield* TestClock.adjust("29 seconds")
      expect(fiber.unsafePoll()).toBeNull()
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "RequestTimedOut", operation: "export" })
    }).pipe(Effect.provide(inProcess())))

  it.effect("a consumer that is slow is not a silence", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const control = yield* SandboxControl
      yield* control.seed("polar", 2000)
      const fiber = yield* Effect.fork(
        polar.export().pipe(Stream.mapEffect((chunk) => Effect.as(Effect.sleep("2 minutes"), chunk)), Stream.runCount)
      )
      yield* TestClock.adjust("10 hours")
      expect(yield* Fiber.join(fiber)).toBeGreaterThan(1)
    }).pipe(Effect.provide(inProcess())))
})

describe("a token that does not come", () => {
  it.effect("ends the call by its timeout, unsent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const fiber = yield* Effect.fork(Effect.flip(polar.create(ada)))
      yield* TestClock.adjust("30 seconds")
      expect(shape(yield* Fiber.join(fiber))).toEqual({
        tag: "RequestTimedOut",
        status: undefined,
        mayHaveApplied: false,
        isRetryable: true
      })
      expect(yield* Effect.flatMap(SandboxControl, (control) => control.requests)).toEqual([])
    }).pipe(Effect.provide(inProcess({}, { accessToken: Effect.never }))))
})

describe("a key called __proto__", () => {
  it.effect("makes its row unreadable, and no other", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const polar = yield* PolarClient
      const [first] = yield* control.seed("polar", 3)
      const rows = JSON.stringify(yield* polar.list({ sorting: ["created_at"] }))
      const body = rows.replace("\"metadata\":{}", "\"metadata\":{\"__proto__\":\"x\"}")
      expect(body).not.toBe(rows)
      const headers = { "content-type": "application/json" }
      yield* control.inject({ operation: "list", fault: Fault.Respond({ status: 200, headers, body }) })
      const { items, unreadable } = yield* polar.list()
      expect(items.map(({ id }) => id === first)).toEqual([false, false])
      expect(unreadable.map(({ issues }) => issues)).toEqual([[{
        path: "items.0",
        expected: "no key called __proto__"
      }]])
    }).pipe(Effect.provide(inProcess())))
})

describe("Retry-After", () => {
  it.effect.each(
    [
      ["seconds", { "retry-after": "7" }, Duration.seconds(7)],
      ["an HTTP date", { "retry-after": "Thu, 01 Jan 1970 00:01:30 GMT" }, Duration.seconds(90)],
      ["a date that has passed", { "retry-after": "Thu, 01 Jan 1969 00:00:00 GMT" }, Duration.zero],
      ["milliseconds", { "retry-after-ms": "250", "retry-after": "7" }, Duration.millis(250)],
      ["nonsense", { "retry-after": "soon" }, undefined],
      ["two of them, which is no date in May", { "retry-after": "5, 10" }, undefined],
      ["less than nothing, which is no date either", { "retry-after": "-5" }, undefined],
      ["more milliseconds than can be printed", { "retry-after-ms": "1" + "0".repeat(300) }, undefined],
      [
        "milliseconds that make no sense beside seconds",
        { "retry-after-ms": "5s", "retry-after": "7" },
        Duration.seconds(7)
      ],
      ["more than any number", { "retry-after": "9".repeat(400), "retry-after-ms": "1e999" }, undefined],
      ["nothing", {}, undefined]
    ] as const
  )("%s", ([_, headers, retryAfter]) =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("list", Fault.Respond({ status: 429, headers }))
      const error = yield* Effect.flip(polar.list())
      expect(error._tag === "RateLimited" && error.retryAfter).toEqual(retryAfter)
    }).pipe(Effect.provide(inProcess())))
})

describe("what is kept of a failed answer", () => {
  it.effect("the provider's code and words, redacted; at most 64 KB are looked at", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.getBalance(id))
      expect(error).toMatchObject({ _tag: "UnexpectedStatus", status: 404 })
      expect(Redacted.value(error.providerMessage!)).toBe("Not Found")
      const long = `{"detail":"${"x".repeat(70_000)}"}`
      yield* inject("list", Fault.Respond({ status: 400, headers: { "content-type": "application/json" }, body: long }))
      const cut = yield* Effect.flip(polar.list())
      expect(cut._tag === "InvalidRequest" && cut.origin).toBe("provider")
      expect(cut.providerMessage).toBeUndefined()
    }).pipe(Effect.provide(inProcess())))

  it.effect("a 2xx that needs no body is success whatever its body", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { id } = yield* polar.create(ada)
      yield* inject("delete", Fault.Respond({ status: 202, body: "later", applied: true }))
      yield* polar.delete(id)
      expect(Chunk.toReadonlyArray(yield* Stream.runCollect(polar.stream()))).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an HTML page is no success, whatever it says", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { id } = yield* polar.create(ada)
      yield* inject("delete", Fault.HtmlPage({ status: 200 }))
      yield* inject("export", Fault.HtmlPage({ status: 200 }))
      const deleted = yield* Effect.flip(polar.delete(id))
      expect(shape(deleted)).toEqual({
        tag: "UnexpectedStatus",
        status: 200,
        mayHaveApplied: true,
        isRetryable: false
      })
      const exported = yield* Effect.flip(Stream.runDrain(polar.export()))
      expect([exported._tag, exported.mayHaveApplied]).toEqual(["UnexpectedStatus", false])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an export without its header row cannot be read", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* polar.create(ada)
      yield* inject("export", Fault.EmptyBody())
      const error = yield* Effect.flip(Stream.runDrain(polar.exportRows()))
      expect(error).toMatchObject({ _tag: "InvalidResponse", issues: [{ path: "", expected: "a header row" }] })
    }).pipe(Effect.provide(inProcess())))
})
