/** The API on a port. */
import { HttpApiBuilder, HttpApiSwagger, HttpMiddleware, HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Config, Duration, Effect, Layer } from "effect"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { accessLog } from "./accessLog.js"
import { Api } from "./Api.js"
import * as handlers from "./handlers.js"
import * as rejections from "./rejections.js"
import { deadline } from "./resilience.js"

const api = HttpApiBuilder.api(Api).pipe(Layer.provide(handlers.layer))

const documentation = Layer.merge(
  HttpApiSwagger.layer({ path: "/docs" }),
  HttpApiBuilder.middlewareOpenApi({ path: "/openapi.json" })
)

/** The API and its documentation on whatever server there is. */
export const served = HttpServer.withLogAddress(HttpApiBuilder.serve(accessLog)).pipe(
  Layer.provide([documentation, rejections.layer]),
  Layer.provide(api),
  // The platform's own span has the whole URL in it; that of the access log has not.
  HttpMiddleware.withTracerDisabledWhen(() => true)
)

/**
 * Closing it closes the port and the connections without a call, and lets the calls in flight finish: all of them end
 * within their deadline. Who is not done then, such as a caller who sends its request byte by byte, is cut off.
 */
const drained = (server: Server) =>
  Layer.scopedDiscard(
    Effect.suspend(() => {
      const connections = new Set<Socket>()
      const unanswered = new Set<ServerResponse>()
      server.on("connection", (socket) => {
        connections.add(socket)
        socket.once("close", () => connections.delete(socket))
      })
      server.prependListener("request", (_, response) => {
        if (!server.listening) response.shouldKeepAlive = false
        unanswered.add(response)
        response.once("close", () => unanswered.delete(response))
      })
      const closed = Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const response of unanswered) response.shouldKeepAlive = false
        // Node takes a connection on which nothing was asked yet for a busy one
        for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
      })
      return Effect.addFinalizer(() =>
        closed.pipe(
          Effect.interruptible,
          Effect.timeoutOption(Duration.sum(deadline, Duration.millis(500))),
          Effect.zipRight(Effect.sync(() => server.closeAllConnections()))
        )
      )
    })
  )

export const layer = Layer.suspend(() => {
  const server = createServer()
  const address = Config.all({
    port: Config.integer("PORT").pipe(
      Config.validate({
        message: "expected 0 to 65535, 0 for any free port",
        validation: (port) => port >= 0 && port < 65_536
      }),
      Config.withDefault(3000)
    ),
    host: Config.nonEmptyString("HOST").pipe(Config.withDefault("127.0.0.1"))
  })
  // Built last, so that it is closed first: while calls finish, all that they need is there.
  return drained(server).pipe(
    Layer.provide(served),
    Layer.provide(NodeHttpServer.layerConfig(() => server, address))
  )
})
