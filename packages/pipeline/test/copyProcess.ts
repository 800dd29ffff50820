/** A process that copies from one provider to another, says each outcome, and may be killed at any time. */
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import type { ProviderName } from "@effect-customers/sandbox"
import { Effect, Stream } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import * as Sqlite from "../src/Sqlite.js"
import * as Pairs from "./pairs.js"

const [, , source = "", sourceUrl = "", target = "", targetUrl = "", filename = ""] = process.argv

await Effect.gen(function*() {
  const ledger = yield* Sqlite.ledger(filename)
  const [from, to] = yield* Effect.all([
    Pairs.serviceOf(source as ProviderName, sourceUrl),
    Pairs.serviceOf(target as ProviderName, targetUrl)
  ])
  yield* CustomersCopy.run(from, to, { ...Pairs.optionsFor(target as ProviderName), ledger, settleAfter: 0 }).pipe(
    Stream.runForEach((outcome) => Effect.sync(() => process.stdout.write(`${outcome._tag}\n`)))
  )
}).pipe(
  Effect.scoped,
  Effect.provide([NodeContext.layer, NodeHttpClient.layerUndici]),
  Effect.runPromise
)
