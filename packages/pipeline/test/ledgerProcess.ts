/** A process that opens the ledger it is told, begins an entry, says so, and stays until it is killed. */
import { NodeContext } from "@effect/platform-node"
import { Effect, Option } from "effect"
import * as SqliteLedger from "../src/internal/sqliteLedger.js"

const [, , filename = ""] = process.argv

await Effect.gen(function*() {
  const ledger = yield* SqliteLedger.make(filename)
  yield* ledger.begin("polar", "held", { key: "k", externalId: Option.none(), fingerprint: "" })
  process.stdout.write("open\n")
  return yield* Effect.never
}).pipe(
  Effect.catchAll((error) => Effect.sync(() => process.stdout.write(`${error.message}\n`))),
  Effect.scoped,
  Effect.provide(NodeContext.layer),
  Effect.runPromise
)
