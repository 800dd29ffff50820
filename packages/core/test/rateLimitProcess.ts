/**
 * One of the processes of RateLimitRedis.test.ts: says that it is ready, and when its input ends prints the time at which
 * each of its requests is let through.
 */
import * as RateLimit from "@effect-customers/core/RateLimit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { once } from "node:events"
import { argv, pid, stdin } from "node:process"
import { admit, store } from "./redis.js"

const [port, limit, window, count] = argv.slice(2).map(Number) as [number, number, number, number]

const atOnce = (count: number) =>
  Effect.all(
    Array.from({ length: count }, () => Effect.map(admit, () => Date.now())),
    { concurrency: "unbounded" }
  )

const program = Effect.gen(function*() {
  // connects, and runs everything once: what runs for the first time is slow
  yield* RateLimit.with(atOnce(2 * limit), { key: `process ${pid}` })
  console.log("ready")
  yield* Effect.promise(() => once(stdin.resume(), "end"))
  for (const time of yield* atOnce(count)) console.log(time)
})

await Effect.runPromise(
  Effect.provide(program, RateLimit.layerFromStore({ limit, window }).pipe(Layer.provide(store(port))))
)
