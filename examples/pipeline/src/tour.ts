/** What runs without a command: everything once, on the embedded sandbox, and with files that are gone afterwards. */
import { FileSystem, Path } from "@effect/platform"
import { CustomersCopy } from "@effect-customers/pipeline"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { Console, Effect } from "effect"
import { customersOf } from "./accounts.js"
import { copy, dryRun } from "./copies.js"
import { exportAll, exportedTable } from "./exports.js"
import { providerNames } from "./providers.js"
import { dryRunTables, reportFile, reportTables } from "./report.js"
import { externalIds } from "./transferOptions.js"

const heading = (text: string) => Console.log(`\n${text}\n${"=".repeat(text.length)}\n`)

export const tour = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "customers-" })
  const fileOf = (name: string) => path.join(folder, name)

  yield* heading("All customers of all providers into files")
  const exported = yield* exportAll(
    providerNames.map((provider) => ({ provider, file: fileOf(`${provider}.ndjson`) })),
    { format: "ndjson" }
  )
  yield* Console.log(exportedTable(exported.map((one) => ({ ...one, file: path.basename(one.file) }))))

  const source = yield* customersOf("polar")
  const target = yield* customersOf("flexprice")
  const options: CustomersCopy.Options = {
    drop: ["locale", "metadata"],
    externalIdFrom: externalIds["external-id-or-id"]
  }

  yield* heading("A copy from Polar to Flexprice: first a dry run")
  const found = yield* dryRun({ source, target, options })
  yield* Console.log(dryRunTables(found))

  const ledger = yield* Sqlite.ledger(fileOf("ledger.db"))
  const run = copy({ source, target, options }, {
    ledger,
    concurrency: 8,
    report: yield* reportFile(fileOf("report.ndjson")),
    expected: found.customers
  })
  yield* heading("Then the copy")
  yield* Console.log(reportTables(yield* run))
  yield* heading("And once more, which creates nobody")
  yield* Console.log(reportTables(yield* run))
}).pipe(Effect.scoped)
