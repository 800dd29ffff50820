import * as RateLimit from "@effect-customers/core/RateLimit"
import { afterEach, beforeEach, describe, expect, it, vi } from "@effect/vitest"
import { Duration, Effect, Either, Exit, Fiber, Layer, Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { admit, hasRedis, type Server, startRedis, store } from "./redis.js"

const title = `RateLimit with its counters in Redis${hasRedis ? "" : " (skipped: no redis-server on the PATH)"}`

describe.skipIf(!hasRedis)(title, () => {
  let redis: Server
  beforeEach(async () => {
    redis = await startRedis()
    vi.spyOn(console, "error").mockImplementation(() => {})
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await redis.kill()
  })

  const limited = (options: RateLimit.Options) =>
    RateLimit.layerFromStore(options).pipe(Layer.provide(store(redis.port)))

  /** A process that sends so many requests at once, when it is told; the times at which they are let through. */
  const startProcess = async (limit: number, window: number, count: number) => {
    const file = fileURLToPath(new URL("rateLimitProcess.ts", import.meta.url))
    const child = spawn(
      process.execPath,
      ["--import", "tsx", file, ...[redis.port, limit, window, count].map(String)],
      { stdio: ["pipe", "pipe", "inherit"] }
    )
    const lines = createInterface(child.stdout)
    await once(lines, "line")
    const times: Array<number> = []
    lines.on("line", (line) => times.push(Number(line)))
    return async (): Promise<ReadonlyArray<number>> => {
      child.stdin.end()
      await once(lines, "close")
      return times
    }
  }

  it.live("two processes share one limit: no aligned window holds more", () =>
    Effect.promise(async () => {
      const [limit, window, count] = [10, 1000, 25]
      const processes = await Promise.all([startProcess(limit, window, count), startProcess(limit, window, count)])
      const times = (await Promise.all(processes.map((send) => send()))).flat().sort((left, right) => left - right)
      expect(times).toHaveLength(2 * count)
      const perWindow = new Map<number, number>()
      for (const time of times) {
        const index = Math.floor((time - times[0]!) / window)
        perWindow.set(index, (perWindow.get(index) ?? 0) + 1)
      }
      expect([...perWindow.values()].filter((sent) => sent > limit)).toEqual([])
      // a process that the machine keeps waiting for more than the 100 ms that are allowed for sends late
    }), { retry: 2 })

  it.live("counts as in memory", () =>
    Effect.gen(function*() {
      const elapsed = Effect.map(Effect.timed(admit), ([elapsed]) => Duration.toMillis(elapsed))
      const [first, second, third] = [yield* elapsed, yield* elapsed, yield* elapsed]
      const refused = yield* Effect.flip(admit.pipe(RateLimit.with({ maxWait: 0 })))
      expect(refused._tag).toBe("RateLimited")
      const fourth = yield* elapsed
      expect(first + second + third + fourth).toBeGreaterThanOrEqual(999)
      expect(fourth).toBeGreaterThan(0)
    }).pipe(Effect.provide(Layer.suspend(() => limited({ limit: 3, window: 1000 })))))

  it.live.each(
    [
      ["killed", () => redis.kill()],
      ["frozen", async () => redis.freeze()]
    ] as const
  )(
    "a server that is %s ends calls in about a second, and the scope can be closed",
    ([, stop]) =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(limited({ limit: 1000, window: "1 minute" }), scope)
        const outcome = Effect.timed(Effect.either(Effect.provide(admit, context)))
        const ended = (
          [elapsed, outcome]: readonly [Duration.Duration, Either.Either<void, { readonly _tag: string }>]
        ) => {
          expect(Either.getLeft(outcome)).toMatchObject({
            value: { _tag: "TransportFailed", code: "RATE_LIMIT_STORE", mayHaveApplied: false }
          })
          expect(Duration.toMillis(elapsed)).toBeLessThan(2500)
        }

        expect(Either.isRight((yield* outcome)[1])).toBe(true)
        const stopped = yield* Effect.fork(Effect.promise(stop))
        const running = yield* Effect.fork(Effect.replicateEffect(outcome, 1))
        yield* Fiber.join(stopped)
        yield* Fiber.join(running)
        for (const each of yield* Effect.all(Array.from({ length: 20 }, () => outcome), { concurrency: "unbounded" })) {
          ended(each)
        }
        ended(yield* outcome)

        const [elapsed] = yield* Effect.timed(Effect.exit(Scope.close(scope, Exit.void)))
        expect(Duration.toMillis(elapsed)).toBeLessThan(5000)
      })
  )

  it.live("a server that never was there does not bring the process down", () =>
    Effect.gen(function*() {
      yield* Effect.promise(() => redis.kill())
      const error = yield* Effect.flip(Effect.provide(admit, limited({ limit: 1, window: "1 second" })))
      expect(error).toMatchObject({ _tag: "TransportFailed", code: "RATE_LIMIT_STORE" })
    }))
})
