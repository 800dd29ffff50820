/**
 * What a walk costs, measured here and now: `npm run measure`.
 *
 * - Heap: 200,000 customers are streamed from a sandbox in another process; the heap after a collection, every 20,000.
 * - Hot path: a page of 100 customers through JSON.parse, through the wire's schema, and to the unified model; as ratios
 *   of JSON.parse, side by side.
 */
import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { toCustomer } from "@effect-customers/polar/PolarCustomers"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted, Schema, Stream } from "effect"
import { spawn } from "node:child_process"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"

const count = Number(process.argv[2] ?? 200_000)

const freePort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** The sandbox's own bin, in a process of its own, once it answers. */
const sandbox = Effect.gen(function*() {
  const port = yield* freePort
  const root = fileURLToPath(new URL("..", import.meta.url))
  yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof spawn>>((resume) => {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "packages/sandbox/src/bin.ts", "--port", String(port), "--customers", String(count)],
        { cwd: root, stdio: ["ignore", "pipe", "inherit"] }
      )
      child.stdout.once("data", () => resume(Effect.succeed(child)))
    }),
    (child) => Effect.sync(() => child.kill())
  )
  return `http://127.0.0.1:${port}/polar`
})

const heap = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

const walk = Effect.gen(function*() {
  const customers = yield* CustomersService
  const started = performance.now()
  let walked = 0
  console.log(`heap at the start: ${heap().toFixed(1)} MB`)
  yield* Stream.runForEach(customers.stream(), () =>
    Effect.sync(() => {
      walked++
      if (walked % 20_000 === 0) console.log(`heap after ${walked}: ${heap().toFixed(1)} MB`)
    }))
  const seconds = (performance.now() - started) / 1000
  console.log(`${walked} customers in ${seconds.toFixed(1)} s, ${Math.round(walked / seconds)} per second`)
})

/** The median time of one run, in microseconds. */
const median = (run: () => unknown): number => {
  const times = Array.from({ length: 400 }, () => {
    const started = performance.now()
    run()
    return (performance.now() - started) * 1000
  })
  return times.slice(100).sort((a, b) => a - b)[150] ?? 0
}

const hotPath = Effect.gen(function*() {
  const polar = yield* Polar.PolarClient
  const text = JSON.stringify(yield* polar.list({ limit: 100 }))
  const page = Schema.decodeUnknownSync(Polar.PolarApi.PolarCustomerPage)
  const parsed: unknown = JSON.parse(text)
  const { items } = page(parsed)
  const parse = median(() => JSON.parse(text))
  const decode = median(() => page(parsed))
  const unify = median(() => items.map(toCustomer))
  const row = (name: string, time: number) =>
    console.log(`${name}: ${(time / 100).toFixed(2)} us per customer, ${(time / parse).toFixed(1)} x JSON.parse`)
  row("JSON.parse", parse)
  row("wire schema", decode)
  row("unified", unify)
})

await Effect.runPromise(
  Effect.gen(function*() {
    const baseUrl = yield* sandbox
    const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_x"), baseUrl }).pipe(
      Layer.provide(NodeHttpClient.layerUndici)
    )
    yield* Effect.provide(Effect.zipRight(hotPath, walk), polar)
  }).pipe(Effect.scoped)
)
