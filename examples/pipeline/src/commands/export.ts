import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { Console, Effect, Option } from "effect"
import * as Accounts from "../accounts.js"
import { exportAll, exportedTable, type Format, formats } from "../exports.js"
import { Incomplete } from "../failures.js"
import * as Shared from "../options.js"
import { type ProviderName, providerNames } from "../providers.js"
import { grouped } from "../table.js"

const options = {
  provider: Shared.choice("provider", {
    description: "Whose customers",
    placeholder: "provider",
    choices: [...providerNames, "all"]
  }),
  format: Shared.choice("format", { description: "What is written", placeholder: "format", choices: formats }),
  // Options.file and Options.directory each refuse the other where it is there
  out: Options.text("out").pipe(
    Options.withPseudoName("path"),
    Options.withDescription(
      "The file. With --provider all a folder with a file for each, polar.ndjson; but SQLite has all in one file."
    )
  ),
  pageSize: Shared.count("page-size").pipe(
    Options.withDescription("Customers per page; by default the provider's own."),
    Options.optional
  ),
  restart: Options.boolean("restart").pipe(
    Options.withDescription("Begins anew, and replaces what an earlier run has exported.")
  ),
  place: Shared.place
}

const chosen = (provider: ProviderName | "all") => provider === "all" ? providerNames : [provider]

const filesOf = (provider: ProviderName | "all", format: Format, out: string) =>
  Effect.gen(function*() {
    if (provider !== "all" || format === "sqlite") return chosen(provider).map((provider) => ({ provider, file: out }))
    const path = yield* Path.Path
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(out, { recursive: true })
    return providerNames.map((provider) => ({ provider, file: path.join(out, `${provider}.${format}`) }))
  })

export const exportCommand = Command.make(
  "export",
  options,
  ({ format, out, pageSize, provider, restart }) =>
    Effect.gen(function*() {
      const files = yield* filesOf(provider, format, out)
      const exported = yield* exportAll(files, { format, pageSize: Option.getOrUndefined(pageSize), restart })
      yield* Console.log(exportedTable(exported))
      if (exported.every(({ before, customers }) => customers > 0 && before === customers)) {
        yield* Console.log("\nAn earlier run has exported all of it. --restart exports it anew.")
      }
      const unreadable = exported.reduce((sum, one) => sum + one.unreadable, 0)
      if (unreadable > 0) {
        const where = format === "sqlite"
          ? "the table customers_unreadable"
          : "a file beside the others, .unreadable.ndjson"
        return yield* new Incomplete({
          message: `Rows that could not be read: ${grouped(unreadable)}. They are in ${where}.`
        })
      }
    })
).pipe(
  Command.withDescription("Writes all customers of one or all providers to files. Run again, it goes on."),
  Command.provide(({ place, provider }) => Accounts.layer(place, chosen(provider)))
)
