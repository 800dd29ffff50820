import { PolarClient } from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { clients, once } from "./onSandbox.js"

const { onPort } = once

const body = "x".repeat(200_000)

/** 50 calls that fail with 200 KB each, 5 in flight; the most sockets that were ever open. */
const fiftyFailures = Effect.gen(function*() {
  const control = yield* SandboxControl
  const server = yield* Sandbox.SandboxServer
  const polar = yield* PolarClient
  yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Respond({ status: 500, body }) })
  const tags = yield* Effect.forEach(
    Array.from({ length: 50 }),
    () => Effect.map(Effect.flip(polar.list()), (error) => error._tag),
    { concurrency: 5 }
  )
  expect(new Set(tags)).toEqual(new Set(["ProviderUnavailable"]))
  expect(tags.length).toBe(50)
  return (yield* server.sockets).everOpen
})

/** The transport's reading of failed bodies, switched off: what it reads is empty, the real body stays unread. */
const withoutDraining = HttpClient.transformResponse(
  Effect.map((response) => Object.create(response, { stream: { get: () => Stream.empty } }) as typeof response)
)

describe("failed bodies leak no sockets", () => {
  for (const [name, client] of clients.filter(([name]) => name !== "node")) {
    it.scopedLive(`over ${name}: at most 15 are ever open`, () =>
      Effect.gen(function*() {
        expect(yield* fiftyFailures).toBeLessThanOrEqual(15)
      }).pipe(Effect.provide(onPort(client))))

    it.scopedLive(`over ${name}: the same test with draining switched off shows more than 30`, () =>
      Effect.gen(function*() {
        expect(yield* fiftyFailures).toBeGreaterThan(30)
      }).pipe(Effect.provide(onPort(client, {}, { transformClient: withoutDraining }))))
  }

  it.scopedLive.each(clients)(
    "an export that is abandoned closes its connection, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const polar = yield* PolarClient
        yield* control.seed("polar", 2000)
        yield* control.inject({ operation: "export", times: 2, fault: Fault.StallBody({ bytes: 50_000 }) })
        expect(yield* Stream.runCount(Stream.take(polar.exportRows(), 3))).toBe(3)
        expect(yield* Stream.runCount(Stream.take(polar.export(), 1))).toBe(1)
        yield* Effect.sleep("100 millis")
        const requests = yield* control.requests
        expect(requests.map(({ aborted }) => aborted)).toEqual([true, true])
      }).pipe(Effect.provide(onPort(client)))
  )
})
