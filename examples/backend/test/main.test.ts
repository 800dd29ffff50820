/** The process: what it starts with, and how it ends. */
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { ConfigError, ConfigProvider, Effect, Layer } from "effect"
import { connect, type Socket } from "node:net"
import * as Providers from "../src/Providers.js"
import { start } from "./process.js"

const secret = "s3cretOfThisTest"

describe("it starts", () => {
  const refused = [
    [{ PROVIDERS: "polar,mollie", MOLLIE_API_KEY: secret }, "POLAR_ACCESS_TOKEN"],
    [{ PROVIDERS: "mollie" }, "MOLLIE_API_KEY"],
    [{ PROVIDERS: `polar,${secret}`, POLAR_ACCESS_TOKEN: secret }, "PROVIDERS"],
    [{ PROVIDERS: "" }, "PROVIDERS"],
    [{ NODE_ENV: "production" }, "PROVIDERS"],
    [{ PROVIDERS: "polar", POLAR_ACCESS_TOKEN: secret, POLAR_ENVIRONMENT: secret }, "POLAR_ENVIRONMENT"],
    [{ PROVIDERS: "polar", POLAR_ACCESS_TOKEN: secret, RATE_LIMIT: "0" }, "RATE_LIMIT"],
    [{ PROVIDERS: "polar", POLAR_ACCESS_TOKEN: secret, REQUEST_TIMEOUT: secret }, "REQUEST_TIMEOUT"]
  ] as const

  it.scoped.each(refused)(
    "or not, naming the variable and no value: %o lacks %s",
    ([variables, variable]) =>
      Effect.gen(function*() {
        const config = ConfigProvider.fromMap(new Map(Object.entries(variables)))
        const error = yield* Effect.flip(Layer.build(Providers.layerConfig).pipe(Effect.withConfigProvider(config)))
        expect(ConfigError.isConfigError(error), String(error)).toBe(true)
        expect(String(error)).toContain(` at ${variable}: `)
        expect(String(error)).not.toContain(secret)
      })
  )

  it.scopedLive("or ends, with a last line that says why", () =>
    Effect.gen(function*() {
      const backend = yield* start({ PROVIDERS: "polar,mollie", MOLLIE_API_KEY: secret })
      expect((yield* backend.ended).status).toBe(1)
      const [line] = (yield* backend.output).trim().split("\n")
      expect(JSON.parse(line!)).toMatchObject({
        logLevel: "FATAL",
        cause: expect.stringContaining("Missing data at POLAR_ACCESS_TOKEN")
      })
      expect(yield* backend.output).not.toContain(secret)
    }), 20_000)
})

describe("it stops", () => {
  /** A connection that sends what it is told, and keeps what it is answered. */
  const connected = (url: string) =>
    Effect.acquireRelease(
      Effect.async<{ readonly socket: Socket; readonly answered: () => string; readonly closed: Promise<void> }>(
        (resume) => {
          let text = ""
          const socket = connect(Number(new URL(url).port), "127.0.0.1")
          const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()))
          socket.setEncoding("utf8").on("data", (chunk) => text += chunk).on("error", () => {})
          socket.on("connect", () => resume(Effect.succeed({ socket, answered: () => text, closed })))
        }
      ),
      ({ socket }) => Effect.sync(() => socket.destroy())
    )

  it.scopedLive(
    "on SIGTERM: calls in flight finish, nobody new gets in, and who never ends is cut off",
    () =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const sandbox = yield* Sandbox.SandboxServer
        const backend = yield* start({
          PROVIDERS: "polar,mollie",
          POLAR_ACCESS_TOKEN: `polar_oat_${secret}`,
          POLAR_BASE_URL: sandbox.urlOf("polar"),
          MOLLIE_API_KEY: `test_${secret}`,
          MOLLIE_BASE_URL: sandbox.urlOf("mollie")
        })
        const url = yield* backend.url
        yield* control.inject({ provider: "polar", times: Infinity, fault: Fault.Delay({ duration: "2 seconds" }) })
        yield* control.inject({ provider: "mollie", times: Infinity, fault: Fault.StallBody({}) })

        const idle = yield* connected(url)
        const late = yield* connected(url)
        const endless = yield* connected(url)
        endless.socket.write("POST /polar/customers HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        let answered = 0
        const slow = Array.from({ length: 20 }, () =>
          fetch(`${url}/polar/customers?pageSize=10`).finally(() => answered++))
        const stalled = Array.from({ length: 5 }, () =>
          fetch(`${url}/mollie/customers`))
        while ((yield* control.requests).length < 25) yield* Effect.sleep("20 millis")
        late.socket.write("GET /health/ready HTTP/1.1\r\nhost: x\r\n")

        const told = performance.now()
        yield* backend.signal("SIGTERM")
        yield* Effect.promise(() => idle.closed)
        expect(answered).toBe(0)
        // npm and a terminal each pass a signal on: what comes after the first one must not end what finishes
        yield* backend.signal("SIGTERM")
        yield* backend.signal("SIGINT")
        const refused = yield* Effect.promise(() =>
          fetch(`${url}/health/live`).then(() => "answered", (error) => error.cause.code)
        )
        expect(refused).toBe("ECONNREFUSED")

        // a request whose head was on its way is answered, and told that it was the last of its connection
        late.socket.write("\r\n")
        yield* Effect.promise(() => late.closed)
        expect(late.answered()).toMatch(/^HTTP\/1\.1 200 OK[^]*connection: close/i)

        const answers = yield* Effect.promise(() => Promise.all(slow))
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
        expect(yield* Effect.promise(() => answers[0]!.json())).toEqual({
          customers: [],
          next: null,
          total: 0,
          unreadable: 0
        })
        const timedOut = yield* Effect.promise(() => Promise.all(stalled))
        expect(timedOut.map(({ status }) => status)).toEqual([504, 504, 504, 504, 504])

        expect((yield* backend.ended).status).toBe(0)
        expect(performance.now() - told).toBeLessThan(10_000)
        expect(endless.answered()).toBe("")
        expect((yield* sandbox.sockets).open).toBe(0)
        expect(yield* backend.output).not.toContain(secret)
      }).pipe(Effect.provide(Sandbox.layerServer({ rateLimits: false }))),
    30_000
  )
})
