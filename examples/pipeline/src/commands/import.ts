import { CustomersExport } from "@effect-customers/pipeline"
import { Command, Options } from "@effect/cli"
import { Effect } from "effect"
import * as Accounts from "../accounts.js"
import { transfer } from "../transfer.js"
import { transferOptions } from "../transferOptions.js"

const options = {
  file: Options.file("file", { exists: "yes" }).pipe(Options.withDescription("What export --format ndjson wrote.")),
  ...transferOptions
}

export const importCommand = Command.make("import", options, ({ file, to, ...given }) =>
  Effect.gen(function*() {
    const target = yield* Accounts.customersOf(to)
    yield* transfer(CustomersExport.readNdjson(file), target, given)
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription("Creates the customers of an export at a provider: as a copy, with a file as its source."),
    Command.provide(({ place }) => Accounts.layer(place, []))
  )
