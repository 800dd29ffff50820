import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Http from "node:http"
import * as Net from "node:net"
import { Fault, Sandbox, SandboxControl } from "../src/index.js"
import { calling, initOf } from "./calling.js"

const onPort = Effect.gen(function*() {
  const server = yield* Sandbox.SandboxServer
  const control = yield* SandboxControl
  return { control, server, base: server.urlOf("polar"), call: calling(fetch, server.urlOf("polar")) }
})

const served = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof onPort>>) =>
  it.live(name, () => test.pipe(Effect.provide(Sandbox.layerServer())))

/** Waits for what only the other end can bring about. */
const eventually = <A>(effect: Effect.Effect<A>, holds: (value: A) => boolean): Effect.Effect<A> =>
  effect.pipe(
    Effect.zipLeft(Effect.sleep("5 millis")),
    Effect.repeat({ until: holds }),
    Effect.timeout("5 seconds"),
    Effect.orDie
  )

/** What comes back over a plain socket until the other end closes it. */
const raw = (port: number, text: string): Effect.Effect<{ text: string; error: string | undefined }> =>
  Effect.async((resume) => {
    const socket = Net.connect(port, "127.0.0.1")
    let received = ""
    let error: string | undefined
    socket.setEncoding("utf8")
    socket.on("data", (piece) => received += String(piece))
    socket.on("error", (problem: NodeJS.ErrnoException) => error = problem.code)
    socket.on("close", () => resume(Effect.succeed({ text: received, error })))
    socket.write(text)
  })

const head = "Host: sandbox.test\r\nAuthorization: Bearer polar_oat_x\r\nConnection: close\r\n"

describe("on a port", () => {
  served(
    "answers under the provider's prefix",
    Effect.gen(function*() {
      const { base, call, control, server } = yield* onPort
      expect(base).toBe(`http://127.0.0.1:${server.port}/polar`)
      expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
      const created = yield* call("POST", "/v1/customers/", { email: "a@example.com" })
      expect(created.status).toBe(201)
      expect(created.headers.get("content-length")).toBe(String(created.text.length))
      expect((yield* call("GET", `/v1/customers/${created.json.id}`)).json).toEqual(created.json)
      expect((yield* call("DELETE", `/v1/customers/${created.json.id}`)).status).toBe(204)
      expect((yield* control.requests).map(({ operation, path, status }) => [operation, path, status])).toEqual([
        ["create", "/v1/customers/", 201],
        ["get", `/v1/customers/${created.json.id}`, 200],
        ["delete", `/v1/customers/${created.json.id}`, 204]
      ])
      const elsewhere = yield* Effect.promise(() => fetch(`${server.url}/acme/v2/customers`))
      expect([elsewhere.status, yield* Effect.promise(() => elsewhere.text())]).toEqual([
        404,
        "no such provider; this sandbox has /polar, /mollie, /pin-payments, /autumn, /flexprice, and /sandbox for its control\n"
      ])
      expect((yield* Effect.promise(() => fetch(base))).status).toBe(404)
    })
  )

  served(
    "redirects to the host that was asked, prefix included",
    Effect.gen(function*() {
      const { base, call, server } = yield* onPort
      const { headers, status } = yield* call("GET", "/v1/customers?page=2&query=a%20b")
      expect([status, headers.get("location")]).toEqual([307, `${base}/v1/customers/?page=2&query=a%20b`])
      const other = yield* raw(server.port, `GET /polar/v1/customers/abc/ HTTP/1.1\r\n${head}\r\n`)
      expect(other.text).toContain("location: http://sandbox.test/polar/v1/customers/abc\r\n")
      const followed = yield* Effect.promise(() =>
        fetch(`${base}/v1/customers`, { headers: { authorization: "Bearer polar_oat_x" } })
      )
      expect([followed.status, followed.redirected]).toEqual([200, true])
    })
  )

  served(
    "411 for a chunked body and for none, 422 for one of length 0",
    Effect.gen(function*() {
      const { server } = yield* onPort
      const post = `POST /polar/v1/customers/ HTTP/1.1\r\n${head}Content-Type: application/json\r\n`
      const chunked = yield* raw(server.port, `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`)
      expect(chunked.text).toMatch(/^HTTP\/1.1 411 [^]*"error":"LengthRequired"/)
      expect((yield* raw(server.port, `${post}\r\n`)).text).toMatch(/^HTTP\/1.1 411 /)
      expect((yield* raw(server.port, `${post}Content-Length: 0\r\n\r\n`)).text).toMatch(/^HTTP\/1.1 422 /)
      const streamed = yield* Effect.promise(() =>
        fetch(`${server.urlOf("polar")}/v1/customers/`, {
          ...initOf("POST", undefined, {}),
          body: new Blob(["{}"]).stream(),
          duplex: "half"
        } as RequestInit)
      )
      expect(streamed.status).toBe(411)
      yield* Effect.promise(() => streamed.text())
      const absent = yield* Effect.promise(() =>
        fetch(`${server.urlOf("polar")}/v1/customers/${"0".repeat(8)}-0000-4000-8000-${"0".repeat(12)}`, {
          ...initOf("PATCH", undefined, {})
        })
      )
      expect(absent.status).toBe(422)
      yield* Effect.promise(() => absent.text())
    })
  )

  served(
    "what is open at a reset does not use up the faults of after it",
    Effect.gen(function*() {
      const { call, control, server } = yield* onPort
      const socket = Net.connect(server.port, "127.0.0.1")
      socket.write(`POST /polar/v1/customers/ HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n`)
      yield* eventually(control.requests, (requests) => requests.length === 1)
      yield* control.reset
      yield* control.inject({ fault: Fault.Respond({ status: 503 }) })
      const answered = Effect.async<string>((resume) => {
        socket.once("data", (piece) => resume(Effect.succeed(String(piece))))
        socket.write("{}")
      })
      expect(yield* answered).toMatch(/^HTTP\/1.1 422 /)
      expect((yield* call("GET", "/v1/customers/")).status).toBe(503)
    })
  )

  served(
    "long URLs, bodies of 10 MiB and one byte more, many creates at once",
    Effect.gen(function*() {
      const { call, control } = yield* onPort
      const many = Array.from({ length: 1000 }, (_, i) => `metadata[k]=${i}-${"x".repeat(80)}`).join("&")
      expect((yield* call("GET", `/v1/customers/?${many}`)).status).toBe(200)
      const body = (length: number) => `{"email":"a@example.com","x":"${"x".repeat(length - 32)}"}`
      expect(body(100)).toHaveLength(100)
      const limit = 10 * 1024 * 1024
      expect((yield* call("POST", "/v1/customers/", body(limit + 1))).json.error).toBe("RequestBodyTooLarge")
      expect((yield* call("POST", "/v1/customers/", body(limit))).status).toBe(201)
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, (_, i) => call("POST", "/v1/customers/", { email: `r${i % 10}@example.com` })),
        { concurrency: "unbounded" }
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(201), ...Array(10).fill(422)])
      expect(yield* control.customers("polar")).toHaveLength(11)
      expect(yield* control.bugs).toEqual([])
    })
  )

  served(
    "`%2F` is decoded before routing",
    Effect.gen(function*() {
      const { call, control } = yield* onPort
      yield* control.seed("polar", [{ external_id: "a/b" }, { external_id: "ä b?" }])
      const slash = yield* call("GET", "/v1/customers/external/a%2Fb")
      expect([slash.status, slash.json]).toEqual([404, { detail: "Not Found" }])
      expect((yield* call("GET", `/v1/customers/external/${encodeURIComponent("ä b?")}`)).status).toBe(200)
    })
  )

  served(
    "the export comes in chunks",
    Effect.gen(function*() {
      const { control, server } = yield* onPort
      yield* control.seed("polar", 250)
      const { text } = yield* raw(server.port, `GET /polar/v1/customers/export HTTP/1.1\r\n${head}\r\n`)
      expect(text).toContain("Transfer-Encoding: chunked")
      expect(text).not.toMatch(/content-length/i)
      expect(text.match(/^[0-9a-f]+\r$/gm)).toHaveLength(5)
      expect(text.match(/@example\.com/g)).toHaveLength(250)
    })
  )

  served(
    "reset, cut and stall are what the socket sees",
    Effect.gen(function*() {
      const { base, control, server } = yield* onPort
      const get = `GET /polar/v1/customers/ HTTP/1.1\r\n${head}\r\n`
      yield* control.inject({ fault: Fault.Reset({ applied: false }) })
      expect(yield* raw(server.port, get)).toEqual({ text: "", error: "ECONNRESET" })
      yield* control.inject({ fault: Fault.CutBody({ bytes: 5 }) })
      const cut = yield* raw(server.port, get)
      expect(cut.error).toBe(undefined)
      expect(cut.text).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*content-length: 56\r\n[^]*\r\n\r\n{"ite$/)
      yield* control.inject({ fault: Fault.CutBody({ bytes: 0 }) })
      expect((yield* raw(server.port, get)).text).toMatch(/content-length: 56\r\n[^]*\r\n\r\n$/)

      const attempt = (signal?: AbortSignal) =>
        Effect.promise(async () => {
          try {
            const response = await fetch(`${base}/v1/customers/`, {
              ...initOf("GET", undefined, {}),
              ...(signal === undefined ? {} : { signal })
            })
            return `${response.status} ${await response.text()}`
          } catch (error: any) {
            return `${error.message} ${error.cause?.code}`
          }
        })
      yield* control.inject({ fault: Fault.Reset({ applied: false }) })
      expect(yield* attempt()).toBe("fetch failed ECONNRESET")
      yield* control.inject({ fault: Fault.CutBody({}) })
      expect(yield* attempt()).toBe("terminated UND_ERR_SOCKET")

      yield* control.inject({ fault: Fault.StallBody({ bytes: 4 }) })
      const index = (yield* control.requests).length
      const controller = new AbortController()
      const stalled = yield* Effect.fork(attempt(controller.signal))
      yield* eventually(control.requests, (requests) => requests[index]?.status === 200)
      expect((yield* control.requests)[index]).toMatchObject({ aborted: false, endedAt: undefined })
      controller.abort()
      expect(yield* Fiber.join(stalled)).toContain("aborted")
      const requests = yield* eventually(control.requests, (requests) => requests[index]?.aborted === true)
      expect(requests[index]!.endedAt).not.toBe(undefined)
      expect(requests.slice(0, index).every(({ aborted, endedAt }) => !aborted && endedAt !== undefined)).toBe(true)
      expect(yield* attempt()).toMatch(/^200 /)
    })
  )

  served(
    "a client that leaves during a delay ends its handler, and the write is not made",
    Effect.gen(function*() {
      const { base, control } = yield* onPort
      yield* control.inject({ fault: Fault.Delay({ duration: "1 hour" }) })
      const controller = new AbortController()
      const call = fetch(`${base}/v1/customers/`, {
        ...initOf("POST", { email: "a@example.com" }, {}),
        signal: controller.signal
      }).catch(() => "gone")
      yield* eventually(control.requests, (requests) => requests[0]?.body !== "" && requests.length === 1)
      controller.abort()
      expect(yield* Effect.promise(() => call)).toBe("gone")
      yield* eventually(control.requests, (requests) => requests[0]?.aborted === true)
      expect(yield* control.customers("polar")).toEqual([])
      expect(yield* control.mostInFlight).toBe(1)
    })
  )

  served(
    "counts sockets",
    Effect.gen(function*() {
      const { base, control, server } = yield* onPort
      yield* control.inject({ times: Infinity, fault: Fault.Delay({ duration: "30 millis" }) })
      const agent = new Http.Agent({ keepAlive: true })
      const get = Effect.async<number | undefined>((resume) => {
        const headers = { authorization: "Bearer polar_oat_x" }
        Http.get(`${base}/v1/customers/`, { agent, headers }, (response) => {
          response.resume().on("end", () => resume(Effect.succeed(response.statusCode)))
        })
      })
      expect(yield* Effect.all([get, get, get], { concurrency: 3 })).toEqual([200, 200, 200])
      expect(yield* server.sockets).toEqual({ open: 3, everOpen: 3 })
      agent.destroy()
      yield* eventually(server.sockets, ({ open }) => open === 0)
      expect((yield* server.sockets).everOpen).toBe(3)
    })
  )
})

describe("start and stop", () => {
  it.live("closing the scope closes the server, whatever is open", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { control, port, urlOf } = yield* Sandbox.serve().pipe(Scope.extend(scope))
      yield* control.inject({ fault: Fault.StallBody({ bytes: 1 }), times: Infinity })
      const response = yield* Effect.promise(() =>
        fetch(`${urlOf("polar")}/v1/customers/`, initOf("GET", undefined, {}))
      )
      const body = response.text().catch((error) => error.message)
      yield* Scope.close(scope, Exit.void)
      expect(yield* Effect.promise(() => body)).toBe("terminated")
      const again = yield* raw(port, "GET / HTTP/1.1\r\n\r\n")
      expect(again.error).toBe("ECONNREFUSED")
    }))

  it.scopedLive("a port in use is a typed failure", () =>
    Effect.gen(function*() {
      const { port } = yield* Sandbox.serve()
      const error = yield* Effect.flip(Sandbox.serve({ port }))
      expect(error).toMatchObject({ _tag: "SandboxListenFailed", host: "127.0.0.1", port, code: "EADDRINUSE" })
      expect(error.message).toBe(`the sandbox cannot listen on 127.0.0.1:${port} (EADDRINUSE)`)
      const layer = yield* Effect.flip(Layer.build(Sandbox.layerServer({ port })))
      expect(layer._tag).toBe("SandboxListenFailed")
    }))

  it.effect("a delay on the port runs on the clock of who built the layer", () =>
    Effect.gen(function*() {
      const { base, control } = yield* onPort
      yield* control.inject({ fault: Fault.Delay({ duration: "1 day" }) })
      const call = fetch(`${base}/v1/customers/`, initOf("GET", undefined, {}))
      yield* Effect.promise(async () => {
        while ((await Effect.runPromise(control.requests)).length === 0) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      })
      yield* TestClock.adjust("1 day")
      expect((yield* Effect.promise(() => call)).status).toBe(200)
      expect((yield* control.requests)[0]).toMatchObject({ startedAt: 0, endedAt: 86_400_000 })
    }).pipe(Effect.provide(Sandbox.layerServer())))
})
