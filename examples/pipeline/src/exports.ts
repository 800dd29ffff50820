/** Exports of one or several providers, side by side. */
import { CustomersExport } from "@effect-customers/pipeline"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { Console, Effect, Option, Stream } from "effect"
import { Accounts } from "./accounts.js"
import { messageOf, Stopped } from "./failures.js"
import { Progress, type Tell } from "./progress.js"
import type { ProviderName } from "./providers.js"
import { table } from "./table.js"

const targets = {
  ndjson: CustomersExport.ndjson,
  csv: CustomersExport.csv,
  sqlite: Sqlite.target
}

export type Format = keyof typeof targets

export const formats = ["ndjson", "csv", "sqlite"] as const satisfies ReadonlyArray<Format>

export interface Export {
  readonly provider: ProviderName
  readonly file: string
}

export interface Exported extends Export {
  readonly customers: number
  /** How many of them an earlier run had exported. */
  readonly before: number
  readonly unreadable: number
}

interface Options extends CustomersExport.Options {
  readonly format: Format
}

const exportOne = ({ file, provider }: Export, { format, ...options }: Options, tell: Tell) =>
  Effect.gen(function*() {
    const { layerOf } = yield* Accounts
    const start = { before: Option.none<number>(), customers: 0, unreadable: 0 }
    const { before, customers, unreadable } = yield* CustomersExport.run(targets[format](file), options).pipe(
      Stream.tap(({ customers, total }) => tell(provider, customers, total)),
      // the first element is where it goes on from
      Stream.runFold(start, ({ before }, { customers, unreadable }) => ({
        before: Option.orElseSome(before, () => customers),
        customers,
        unreadable
      })),
      Effect.provide(layerOf(provider))
    )
    return { provider, file, customers, before: Option.getOrElse(before, () => 0), unreadable }
  })

/** All of them at once: each provider has limits of its own. One that fails does not stop the others. */
export const exportAll = (exports: ReadonlyArray<Export>, options: Options) =>
  Effect.gen(function*() {
    const { during } = yield* Progress
    const [failed, exported] = yield* during((tell) =>
      Effect.partition(
        exports,
        (one) => Effect.mapError(exportOne(one, options, tell), (error) => `${one.provider}: ${messageOf(error)}`),
        { concurrency: "unbounded" }
      )
    ).pipe(
      Effect.onInterrupt(() =>
        Console.error(
          `Stopped. The same command${options.restart === true ? " without --restart" : ""} goes on from here.`
        )
      )
    )
    if (failed.length === 0) return exported
    if (exported.length > 0) yield* Console.log(exportedTable(exported))
    return yield* new Stopped({ message: failed.join("\n") })
  })

export const exportedTable = (exported: ReadonlyArray<Exported>): string =>
  table(
    ["provider", "customers", "from an earlier run", "unreadable", "file"],
    exported.map(({ before, customers, file, provider, unreadable }) => [provider, customers, before, unreadable, file])
  )
