import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type * as Net from "node:net"
import { driveBy, type Driven } from "./driving.js"

export interface DrivenMollie extends Driven {
  /** A server that is not Mollie's, and all that it was told. */
  readonly elsewhere: { readonly url: string; readonly heard: ReadonlyArray<string> }
}

/** The port that a server listens on, until the scope closes. */
export const listening = (server: Net.Server): Effect.Effect<number, never, Scope.Scope> => {
  const sockets = new Set<Net.Socket>()
  server.on("connection", (socket: Net.Socket) => sockets.add(socket))
  return Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
}

/** Tests of one of Mollie's clients, which may reach it through a proxy of ours. */
export const drive = (
  client: string,
  through: (url: string) => Effect.Effect<string, never, Scope.Scope> = Effect.succeed
) =>
  driveBy(client, ({ control, urlOf }): Effect.Effect<DrivenMollie, never, Scope.Scope> =>
    Effect.gen(function*() {
      const heard: Array<string> = []
      const other = yield* listening(Http.createServer(({ headers, method, url }, response) => {
        heard.push(`${method} ${url} ${headers.authorization}`)
        response.writeHead(404).end()
      }))
      const elsewhere = { url: yield* through(`http://127.0.0.1:${other}`), heard }
      return { url: yield* through(urlOf("mollie")), control, elsewhere }
    }))

/** The wire JSON of a page with another host in its links. */
export const linked = (from: string, to: string) => (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json).replaceAll(`"href":"${from}`, `"href":"${to}`))

export const profileId = "pfl_QkEhN94Ba"
export const unknownId = "cst_unknown"

export const charge = {
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  redirectUrl: "https://example.org/thanks"
}
