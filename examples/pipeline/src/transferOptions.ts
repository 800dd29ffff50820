/** The options that `copy` and `import` have in common. */
import { CreateCustomer, type Customer } from "@effect-customers/core"
import type { CustomersCopy } from "@effect-customers/pipeline"
import { type Command, Options } from "@effect/cli"
import { Array, Option, Struct } from "effect"
import * as Shared from "./options.js"

const fields = Struct.keys(CreateCustomer.fields)

const dropped = (text: string): Option.Option<NonNullable<CustomersCopy.Options["drop"]>> =>
  text === "all"
    ? Option.some(text)
    : Option.all(Array.map(text.split(","), (name) => Array.findFirst(fields, (field) => field === name.trim())))

/** What customers are found by at the target. */
export const externalIds = {
  "external-id": ({ externalId }) => externalId,
  id: ({ id }) => Option.some(id),
  "external-id-or-id": ({ externalId, id }) => Option.orElseSome(externalId, () => id),
  email: ({ email }) => email
} satisfies { readonly [name: string]: (customer: Customer) => Option.Option<string> }

export const transferOptions = {
  to: Shared.provider("to", "Where they are created"),
  ledger: Options.all({
    dryRun: Options.boolean("dry-run").pipe(
      Options.withDescription("Says what the target cannot take, and creates nobody.")
    ),
    file: Options.file("ledger").pipe(
      Options.withDescription(
        "A SQLite file, where it is written down who was created. One serves several targets, but of each provider one account alone."
      ),
      Options.optional
    )
  }).pipe(
    Options.filterMap(
      ({ dryRun, file }) => dryRun ? Option.some(Option.none<string>()) : Option.map(file, Option.some),
      "--ledger <file> is missing: it remembers who was created, so that nobody is created twice. Only --dry-run does without."
    )
  ),
  yes: Options.boolean("yes").pipe(Options.withDescription("Does not ask between the dry run and the run.")),
  drop: Options.text("drop").pipe(
    Options.withPseudoName("fields"),
    Options.withDescription(
      `What may be left out where the target cannot store it: all, or some of ${
        fields.join(",")
      }. By default nothing: who has such a field is not created.`
    ),
    Options.filterMap(dropped, `--drop takes all, or some of ${fields.join(",")}`),
    Options.withDefault([])
  ),
  externalIdFrom: Shared.choice("external-id-from", {
    description: "What is their external id at the target, external-id when absent",
    placeholder: "field",
    choices: Struct.keys(externalIds)
  }).pipe(
    Options.map((name) => externalIds[name]),
    Options.withDefault(externalIds["external-id"])
  ),
  cardTokens: Options.file("card-tokens", { exists: "yes" }).pipe(
    Options.withDescription(
      "For Pin Payments: lines of {\"sourceId\":\"polar/...\",\"cardToken\":\"card_...\"}. On a sandbox, everybody has a test card without."
    ),
    Options.optional
  ),
  conflicts: Options.boolean("conflicts").pipe(
    Options.withDescription("Asks the target in the dry run who is there already: a request for each external id.")
  ),
  concurrency: Shared.count("concurrency").pipe(
    Options.withDescription("How many are created at once. By default 4."),
    Options.withDefault(4)
  ),
  report: Options.file("report").pipe(
    Options.withDescription(
      "A file for who did not arrive whole, and why. By default beside the ledger, .report.ndjson."
    ),
    Options.optional
  ),
  place: Shared.place
}

export interface TransferOptions extends Omit<Command.Command.ParseConfig<typeof transferOptions>, "to" | "place"> {}
