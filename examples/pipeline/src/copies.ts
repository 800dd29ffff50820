/** Copies: a dry run, and a run with a ledger and a report. */
import type { CustomersService } from "@effect-customers/core"
import { CustomersCopy, CustomersImport } from "@effect-customers/pipeline"
import { Console, type Context, Effect, Option, Stream } from "effect"
import { Progress, type Tell } from "./progress.js"
import type { Report } from "./report.js"

export interface Copy<E, R> {
  readonly source: CustomersCopy.Source<E, R>
  readonly target: Context.Tag.Service<CustomersService>
  readonly options: CustomersCopy.Options
}

/** Reads all customers of the source, and creates nobody. */
export const dryRun = <E, R>(
  { options, source, target }: Copy<E, R>,
  dryRunOptions: Pick<CustomersCopy.DryRunOptions, "concurrency" | "conflicts"> = {}
) =>
  Effect.flatMap(
    Progress,
    ({ during }) =>
      during((tell) => CustomersCopy.dryRun(watched(source, tell), target, { ...options, ...dryRunOptions }))
  )

const watched = <E, R>(source: CustomersCopy.Source<E, R>, tell: Tell): CustomersCopy.Source<E, R> => ({
  streamPages: () =>
    source.streamPages().pipe(
      Stream.onStart(tell("reading", 0, Option.none())),
      Stream.mapAccumEffect(0, (before, page) => {
        const count = before + page.items.length + page.unreadable.length
        return Effect.as(tell("reading", count, page.total), [count, page])
      })
    )
})

interface CopyOptions extends CustomersImport.Options {
  readonly report: Report
  /** How many customers a dry run has met. */
  readonly expected: number
}

export const copy = <E, R>(
  { options, source, target }: Copy<E, R>,
  { expected, report, ...importOptions }: CopyOptions
) =>
  Effect.flatMap(
    Progress,
    ({ during }) =>
      during((tell) =>
        CustomersCopy.run(source, target, { ...options, ...importOptions }).pipe(
          Stream.onStart(tell("copying", 0, Option.some(expected))),
          Stream.tap(report),
          Stream.runFoldEffect(CustomersImport.emptyReport, (before, outcome) => {
            const after = CustomersImport.addOutcome(before, outcome)
            return Effect.as(tell("copying", countOf(after), Option.some(expected)), after)
          })
        )
      )
  ).pipe(
    Effect.onInterrupt(() => Console.error("Stopped. The same command goes on from here, and creates nobody twice."))
  )

const countOf = ({ created, failed, maybeApplied, skipped }: CustomersImport.Report): number =>
  created + failed + maybeApplied + skipped
