import * as Autumn from "@effect-customers/autumn"
import type { Capabilities, CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { SandboxControl } from "@effect-customers/sandbox"
import { InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc, Layer, ManagedRuntime } from "effect"
import * as onAutumn from "../../autumn/test/onSandbox.js"
import * as onFlexprice from "../../flexprice/test/onSandbox.js"
import * as onMollie from "../../mollie/test/onSandbox.js"
import * as onPin from "../../pin-payments/test/onSandbox.js"
import * as onPolar from "../../polar/test/onSandbox.js"
import { makeClock, outcomes, steps } from "./model.js"

const free = { rateLimits: false, tick: "1 second" } as const

const providers: ReadonlyArray<{
  readonly name: string
  readonly layer: Layer.Layer<CustomersService | SandboxControl>
  readonly capabilities: Capabilities.Capabilities
  /** An id that nobody has. */
  readonly nobody: string
}> = [
  {
    name: "Polar",
    layer: onPolar.inProcess(free),
    capabilities: Polar.capabilities,
    nobody: "00000000-0000-4000-8000-000000000000"
  },
  { name: "Mollie", layer: onMollie.inProcess(free), capabilities: Mollie.capabilities, nobody: "cst_nobody" },
  { name: "Pin Payments", layer: onPin.inProcess(free), capabilities: PinPayments.capabilities, nobody: "cus_nobody" },
  { name: "Autumn 2.1", layer: onAutumn.inProcess(free), capabilities: Autumn.capabilities, nobody: "nobody" },
  {
    name: "Autumn 2.3",
    layer: onAutumn.inProcess(free, { apiVersion: "2.3" }),
    capabilities: {
      ...Autumn.capabilities,
      walk: { order: "oldest-first", parallel: false },
      answers: { total: false, updatedAt: false }
    },
    nobody: "nobody"
  },
  { name: "Flexprice", layer: onFlexprice.inProcess(free), capabilities: Flexprice.capabilities, nobody: "cust_nobody" }
]

/** How many sequences of each provider; `SEQUENCES=5000` looks further. */
const numRuns = Number(process.env["SEQUENCES"] ?? 200)

describe("the double does what a provider does, in sequences of up to 30 calls", () => {
  it.each(providers)("$name", async ({ capabilities, layer, nobody }) => {
    const { clock, tick } = makeClock()
    const provider = ManagedRuntime.make(Layer.provideMerge(layer, Layer.setClock(clock)))
    const onProvider = (sequence: Parameters<typeof outcomes>[0]) =>
      Effect.zipRight(Effect.flatMap(SandboxControl, ({ reset }) => reset), outcomes(sequence, nobody, tick))
    await fc.assert(
      fc.asyncProperty(steps(capabilities), async (sequence) => {
        // calls in process are microtasks alone: vitest is told of nothing until the event loop turns
        await new Promise((resolve) => setImmediate(resolve))
        const expected = await provider.runPromise(onProvider(sequence))
        const actual = await Effect.runPromise(
          Effect.provide(outcomes(sequence, nobody, tick), InMemoryCustomers.layer({ capabilities })).pipe(
            Effect.withClock(clock)
          )
        )
        // the comparison of vitest takes longer than the calls
        if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected)
      }),
      { numRuns, seed: 20261127 }
    )
    await provider.dispose()
  }, 180_000)
})
