import { Fault, type ProviderName, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import * as Sqlite from "../src/Sqlite.js"
import { start } from "./childProcess.js"
import { expectCopies } from "./expectCopies.js"
import * as Pairs from "./pairs.js"

const environment = Layer.mergeAll(
  NodeContext.layer,
  NodeHttpClient.layerUndici,
  Sandbox.layerServer({ rateLimits: false }),
  // what is in doubt is told
  Logger.remove(Logger.defaultLogger)
)

/** A pair for each target, and after how many outcomes the process is killed. */
const pairs: ReadonlyArray<readonly [source: ProviderName, target: ProviderName, outcomes: number]> = [
  ["autumn", "polar", 90],
  ["flexprice", "mollie", 150],
  ["mollie", "pin-payments", 60],
  ["polar", "autumn", 200],
  ["pin-payments", "flexprice", 120]
]

describe("a process that copies is killed", () => {
  it.live.each(pairs)("from %s to %s", ([sourceName, targetName, outcomes]) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/ledger.db`
      const sandbox = yield* SandboxControl
      const { urlOf } = yield* Sandbox.SandboxServer
      yield* Pairs.seed(sourceName)
      // what is under way for long is so when it is killed: done there, but not answered
      const create = { provider: targetName, operation: Pairs.createOf(targetName) }
      yield* sandbox.inject({
        ...create,
        from: 25,
        times: 2,
        fault: Fault.Delay({ duration: "1 hour", answer: "before", whenLeft: "finish" })
      })
      yield* sandbox.inject({ ...create, from: 10, times: 2, fault: Fault.Reset({ applied: true }) })

      const child = yield* start("copyProcess.ts", [
        sourceName,
        urlOf(sourceName),
        targetName,
        urlOf(targetName),
        filename
      ])
      for (let seen = 0; seen < outcomes; seen++) expect(yield* child.line).toBeDefined()
      yield* child.kill
      yield* sandbox.clearFaults
      const there = (yield* sandbox.customers(targetName)).length
      expect(there).toBeGreaterThan(20)
      expect(there).toBeLessThan(Pairs.arrive[sourceName][targetName]!)

      const ledger = yield* Sqlite.ledger(filename)
      expect((yield* Pairs.all(ledger.begun(targetName))).length).toBeGreaterThanOrEqual(2)
      const [source, target] = yield* Effect.all([
        Pairs.serviceOf(sourceName, urlOf(sourceName)),
        Pairs.serviceOf(targetName, urlOf(targetName))
      ])
      const again = yield* Pairs.all(
        CustomersCopy.run(source, target, { ...Pairs.optionsFor(targetName), ledger, settleAfter: 0 })
      )
      expect(again.filter(({ _tag }) => _tag === "MaybeApplied")).toEqual([])
      expect(again).toHaveLength(300 + Pairs.unreadable[sourceName])
      yield* expectCopies({ source, target, ledger }, sourceName, targetName)
      expect(yield* sandbox.bugs).toEqual([])
    }).pipe(Effect.scoped, Effect.provide(environment)), 60_000)
})
