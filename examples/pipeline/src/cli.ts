/** The command line: its commands, and how a run of one ends. */
import { CliConfig, Command, ValidationError } from "@effect/cli"
import { Console, Effect } from "effect"
import * as Accounts from "./accounts.js"
import { copyCommand } from "./commands/copy.js"
import { exportCommand } from "./commands/export.js"
import { importCommand } from "./commands/import.js"
import { ExitCode, exitCodeOf, messageOf } from "./failures.js"
import { providerNames } from "./providers.js"
import { tour } from "./tour.js"

const pipeline = Command.make(
  "pipeline",
  {},
  () => Effect.provide(tour, Accounts.layer(Accounts.Place.Embedded(), providerNames))
).pipe(
  Command.withDescription(
    "Moves customers between billing providers. Without a command it shows everything once, on a sandbox."
  ),
  Command.withSubcommands([exportCommand, copyCommand, importCommand])
)

const command = Command.run(pipeline, { name: "pipeline", version: "0.1.0" })

/** Runs a command line, as `process.argv` has it, and answers its exit code. Why it is not 0 is one line on stderr. */
export const run = (argv: ReadonlyArray<string>) =>
  command(argv).pipe(
    Effect.as<ExitCode>(ExitCode.done),
    // the library has printed what it did not understand
    Effect.catchIf(ValidationError.isValidationError, () => Effect.succeed(ExitCode.misunderstood)),
    Effect.catchAll((error) => Effect.as(Console.error(messageOf(error)), exitCodeOf(error))),
    Effect.provide(CliConfig.layer({ showBuiltIns: false, showTypes: false }))
  )
