/** The policies of `src/resilience.ts` hold around the calls, as their variables have them. */
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { ask, backendWith } from "./backend.js"

it.scopedLive(
  "REQUEST_TIMEOUT ends an attempt, which is repeated; what is beyond RATE_LIMIT is a 503, unsent",
  () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { urlOf } = yield* Sandbox.SandboxServer
      const variables = {
        PROVIDERS: "polar",
        POLAR_ACCESS_TOKEN: "polar_oat_x",
        POLAR_BASE_URL: urlOf("polar"),
        REQUEST_TIMEOUT: "500 millis",
        RATE_LIMIT: "3"
      }
      yield* control.inject({ fault: Fault.StallBody({}) })
      yield* Effect.gen(function*() {
        const [answering, stalled] = yield* Effect.timed(ask("GET", "/polar/customers"))
        expect(stalled.status).toBe(200)
        // without the variable it would be 4 seconds, and the wait
        expect(Duration.toSeconds(answering)).toBeLessThan(4)
        expect((yield* ask("GET", "/polar/customers")).status).toBe(200)
        const refused = yield* ask("GET", "/polar/customers")
        expect(refused).toMatchObject({ status: 503, body: { _tag: "Unavailable", mayHaveApplied: false } })
        expect(Number(refused.headers["retry-after"])).toBeGreaterThan(2)
        expect(yield* control.requests).toHaveLength(3)
      }).pipe(Effect.provide(backendWith(variables)))
    }).pipe(Effect.provide(Sandbox.layerServer())),
  10_000
)
