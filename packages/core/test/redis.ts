/** A Redis server of the test's own. */
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as RateLimit from "@effect-customers/core/RateLimit"
import * as Redis from "@effect/experimental/RateLimiter/Redis"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { resolve } from "../src/internal/limiter.js"

export const hasRedis = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no port")
  return address.port
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.on("error", () => resolve(false))
  })

export interface Server {
  readonly port: number
  /** Ends it without a word, as a machine that fails. */
  readonly kill: () => Promise<void>
  /** It goes on accepting connections, and answers nothing. */
  readonly freeze: () => void
}

export const startRedis = async (): Promise<Server> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), "effect-customers-redis-"))
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
  const server = spawn("redis-server", options, { stdio: "ignore" })
  while (!(await isListening(port))) {
    if (server.exitCode !== null) throw new Error("redis-server does not start")
    await setTimeout(20)
  }
  return {
    port,
    kill: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        const exit = once(server, "exit")
        server.kill("SIGKILL")
        await exit
      }
      rmSync(folder, { recursive: true, force: true })
    },
    freeze: () => server.kill("SIGSTOP")
  }
}

/** The options that `RateLimit.layerFromStore` advises. */
export const store = (port: number) =>
  Redis.layerStore({ host: "127.0.0.1", port, maxRetriesPerRequest: 0, connectTimeout: 1000, socketTimeout: 1000 })

const endpoint = Endpoint.make({
  provider: "acme",
  operation: "get",
  method: "GET",
  path: "/customers",
  answer: Endpoint.json(Schema.Unknown)
})

/** What a transport does before it sends a request. */
export const admit = RateLimit.RateLimit.pipe(
  Effect.flatMap(resolve),
  Effect.flatMap(
    Option.match({ onNone: () => Effect.dieMessage("no limit"), onSome: (limit) => limit.admit(endpoint) })
  )
)
