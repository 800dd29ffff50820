/** The only module that needs Node; loaded when a port is asked for. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { Socket } from "node:net"
import { SandboxListenFailed } from "../SandboxServer.js"
import type { ControlApi } from "./controlApi.js"
import { bodiless, type Delivery } from "./delivery.js"
import type { Engine, Exchange } from "./engine.js"

type Fork = <A>(effect: Effect.Effect<A>) => Fiber.RuntimeFiber<A>

/** Streams piece by piece, waiting for a slow reader. */
const streamTo = async (pieces: Iterable<Uint8Array>, response: Http.ServerResponse, exchange: Exchange) => {
  for (const piece of pieces) {
    if (response.destroyed) return
    await new Promise<void>((resolve) => {
      response.once("close", resolve)
      response.write(piece, () => {
        response.off("close", resolve)
        resolve()
      })
    })
  }
  exchange.close()
  response.end()
}

const deliver = (delivery: Delivery, response: Http.ServerResponse, exchange: Exchange, ours: () => void) => {
  const socket = response.socket
  if (delivery._tag === "Reset") {
    ours()
    exchange.close()
    socket?.resetAndDestroy()
    return
  }
  exchange.sent(delivery.status)
  response.writeHead(delivery.status, { ...delivery.headers })
  if (delivery._tag === "Part") {
    if (delivery.ending === "stall") {
      response.flushHeaders()
      if (delivery.bytes.length > 0) response.write(delivery.bytes)
      return
    }
    ours()
    exchange.close()
    response.flushHeaders()
    response.write(delivery.bytes.length > 0 ? delivery.bytes : "", () => socket?.destroySoon())
    return
  }
  if (delivery.body instanceof Uint8Array) {
    exchange.close()
    if (bodiless(delivery.status)) response.end()
    else response.end(delivery.body)
    return
  }
  void streamTo(delivery.body, response, exchange)
}

const prefix = "/sandbox"

const serveControl = (
  control: ControlApi,
  fork: Fork,
  path: string,
  request: Http.IncomingMessage,
  response: Http.ServerResponse
) => {
  response.sendDate = false
  const pieces: Array<Uint8Array> = []
  request.on("error", () => {})
  request.on("data", (piece: Uint8Array) => pieces.push(piece))
  request.on("end", () => {
    fork(control(request.method ?? "GET", path, Buffer.concat(pieces).toString())).addObserver((exit) => {
      if (response.destroyed) return
      if (exit._tag === "Failure") {
        response.writeHead(500, { "content-type": "text/plain", "x-sandbox-bug": "1" })
        response.end(`sandbox bug\n\n${Cause.pretty(exit.cause)}\n`)
        return
      }
      const { body, headers, status } = exit.value
      response.writeHead(status, {
        ...headers,
        ...(bodiless(status) ? {} : { "content-length": Buffer.byteLength(body) })
      })
      response.end(body)
    })
  })
}

const serveOne = <P extends string>(
  engine: Engine<P>,
  control: ControlApi,
  fork: Fork,
  request: Http.IncomingMessage,
  response: Http.ServerResponse
) => {
  const target = request.url ?? "/"
  const cut = target.indexOf("?")
  const whole = cut === -1 ? target : target.slice(0, cut)
  if (whole === prefix || whole.startsWith(`${prefix}/`)) {
    serveControl(control, fork, whole.slice(prefix.length), request, response)
    return
  }
  const provider = engine.providers.find((name) => whole === `/${name}` || whole.startsWith(`/${name}/`))
  if (provider === undefined) {
    const text = `no such provider; this sandbox has ${
      engine.providers.map((name) => `/${name}`).join(", ")
    }, and ${prefix} for its control\n`
    request.resume()
    response.writeHead(404, { "content-type": "text/plain" }).end(text)
    return
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value
  }
  const host = headers["host"] ?? "localhost"
  const exchange = engine.open({
    provider,
    method: request.method ?? "GET",
    path: whole.slice(provider.length + 1) || "/",
    search: cut === -1 ? "" : target.slice(cut + 1),
    headers,
    base: `http://${host}/${provider}`,
    host: host.replace(/:\d+$/, "")
  })
  let fiber: Fiber.RuntimeFiber<Delivery> | undefined
  // The date would be the machine's, and no two runs alike.
  response.sendDate = false
  let endedByUs = false
  const ours = () => {
    endedByUs = true
  }
  response.on("close", () => {
    if (response.writableFinished || endedByUs) return
    exchange.abort()
    fiber?.unsafeInterruptAsFork(fiber.id())
  })
  const pieces: Array<Uint8Array> = []
  request.on("error", () => {})
  request.on("data", (piece: Uint8Array) => pieces.push(piece))
  request.on("end", () => {
    fiber = fork(exchange.answer(Buffer.concat(pieces)))
    fiber.addObserver((exit) => {
      if (response.destroyed) return
      if (exit._tag === "Failure") request.socket.destroy()
      else deliver(exit.value, response, exchange, ours)
    })
  })
}

export const listen = <P extends string>(
  engine: Engine<P>,
  control: ControlApi,
  fork: Fork,
  host: string,
  port: number
): Effect.Effect<
  { readonly port: number; readonly sockets: Effect.Effect<{ readonly open: number; readonly everOpen: number }> },
  SandboxListenFailed,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const sockets = new Set<Socket>()
    let everOpen = 0
    const server = Http.createServer({ maxHeaderSize: 128 * 1024 }, (request, response) =>
      serveOne(engine, control, fork, request, response))
    // A client that reuses a connection after a pause shall not find it closed under its request.
    server.keepAliveTimeout = 65_000
    server.on("connection", (socket) => {
      sockets.add(socket)
      everOpen = Math.max(everOpen, sockets.size)
      socket.on("close", () =>
        sockets.delete(socket))
    })
    yield* Effect.acquireRelease(
      Effect.async<void, SandboxListenFailed>((resume) => {
        const failed = (error: NodeJS.ErrnoException) =>
          resume(Effect.fail(new SandboxListenFailed({ host, port, code: error.code ?? error.message })))
        server.once("error", failed)
        server.listen(port, host, () => {
          server.off("error", failed)
          resume(Effect.void)
        })
      }),
      () =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of sockets) socket.destroy()
        })
    )
    const address = server.address()
    return {
      port: typeof address === "object" && address !== null ? address.port : port,
      sockets: Effect.sync(() => ({ open: sockets.size, everOpen }))
    }
  })
