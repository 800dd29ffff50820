import { expect, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type * as Net from "node:net"
import { Sandbox } from "../../src/index.js"
import type { Driven } from "./driving.js"

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

type Reach = (url: string) => Effect.Effect<string, never, Scope.Scope>

/** Tests of an official client, each on a sandbox of its own that it reaches as it can, and what they drive. */
export const drive = (client: string, reach: Reach = Effect.succeed) => {
  const driven = new Set<string>()
  const test = (operation: string, title: string, body: (sandbox: DrivenMollie) => Promise<void>) => {
    driven.add(operation)
    it.live(`${client} ${operation}${title}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { control, urlOf } = yield* Sandbox.serve()
        const heard: Array<string> = []
        const other = yield* listening(Http.createServer(({ headers, method, url }, response) => {
          heard.push(`${method} ${url} ${headers.authorization}`)
          response.writeHead(404).end()
        }))
        const elsewhere = { url: yield* reach(`http://127.0.0.1:${other}`), heard }
        const url = yield* reach(urlOf("mollie"))
        yield* Effect.promise(() => body({ url, control, elsewhere }))
        expect(yield* control.bugs).toEqual([])
      })))
  }
  return {
    driven,
    works: (operation: string, what: string, body: (sandbox: DrivenMollie) => Promise<void>) =>
      test(operation, `: ${what}`, body),
    /** The sandbox answers as Mollie does; what goes wrong, goes wrong in the client. */
    fault: (operation: string, what: string, body: (sandbox: DrivenMollie) => Promise<void>) =>
      test(operation, `, its own fault: ${what}`, body)
  }
}

/** The waits of a call, in milliseconds, that begin in `place` of its stack; none is waited for, no jitter is added. */
export const delaysOf = async (place: RegExp, call: () => Promise<unknown>): Promise<ReadonlyArray<number>> => {
  const delays: Array<number> = []
  const real = globalThis.setTimeout
  const ours = ((handler: () => void, milliseconds = 0, ...given: ReadonlyArray<unknown>) => {
    const waits = place.test(new Error().stack ?? "")
    if (waits) delays.push(milliseconds)
    return real(handler, waits ? 0 : milliseconds, ...given)
  }) as typeof setTimeout
  vi.spyOn(globalThis, "setTimeout").mockImplementation(ours)
  vi.spyOn(Math, "random").mockReturnValue(0)
  try {
    await call()
  } finally {
    vi.restoreAllMocks()
  }
  return delays
}

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
