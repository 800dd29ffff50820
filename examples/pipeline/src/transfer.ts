/** The way of a copy, and of an import, from a dry run to the last table. */
import type { CustomersService } from "@effect-customers/core"
import type { CustomersCopy } from "@effect-customers/pipeline"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { Prompt } from "@effect/cli"
import { Terminal } from "@effect/platform"
import { Console, type Context, Effect, Option } from "effect"
import { Accounts } from "./accounts.js"
import { copy, dryRun } from "./copies.js"
import { Incomplete, Misunderstood } from "./failures.js"
import { paymentSources } from "./paymentSources.js"
import { dryRunTables, reportFile, reportTables } from "./report.js"
import { grouped } from "./table.js"
import type { TransferOptions } from "./transferOptions.js"

export const transfer = <E, R>(
  source: CustomersCopy.Source<E, R>,
  target: Context.Tag.Service<CustomersService>,
  { cardTokens, concurrency, conflicts, drop, externalIdFrom, ledger: ledgerFile, report, yes }: TransferOptions
) =>
  Effect.gen(function*() {
    if (Option.isSome(ledgerFile) && !yes) yield* somebodyCanAnswer
    // what is wrong with a file is said before anybody is read
    const files = yield* Effect.transposeMapOption(ledgerFile, (file) => {
      const reportTo = Option.getOrElse(report, () => `${file}.report.ndjson`)
      return Effect.all({
        ledger: Sqlite.ledger(file),
        report: reportFile(reportTo),
        reportTo: Effect.succeed(reportTo)
      })
    })
    const { isSandbox } = yield* Accounts
    const job = {
      source,
      target,
      options: { drop, externalIdFrom, paymentSourceFor: yield* paymentSources(cardTokens, isSandbox) }
    }

    const found = yield* dryRun(job, { conflicts, concurrency })
    yield* Console.log(dryRunTables(found))
    if (Option.isNone(files)) return
    if (!yes && !(yield* confirmed(`Create them at ${target.provider}?`))) {
      return yield* Console.log("Nobody was created.")
    }

    const { reportTo, ...writing } = files.value
    const came = yield* copy(job, { ...writing, concurrency, expected: found.customers + found.unreadable })
    yield* Console.log(`\n${reportTables(came)}\n\nThe report is in ${reportTo}`)
    const missing = came.failed + came.maybeApplied
    if (missing > 0) {
      return yield* new Incomplete({
        message: `Customers that did not arrive: ${grouped(missing)}. The report says why.`
      })
    }
  }).pipe(Effect.scoped)

const somebodyCanAnswer = Effect.gen(function*() {
  const terminal = yield* Terminal.Terminal
  if (!(yield* terminal.isTTY)) {
    return yield* new Misunderstood({
      message: "Nobody is asked where there is no terminal: add --yes to create customers, or --dry-run not to."
    })
  }
})

/** Ctrl-C is an answer, too. */
const confirmed = (message: string) =>
  Effect.catchTag(Prompt.confirm({ message }), "QuitException", () => Effect.succeed(false))
