import { Command } from "@effect/cli"
import { Effect } from "effect"
import * as Accounts from "../accounts.js"
import { Misunderstood } from "../failures.js"
import * as Shared from "../options.js"
import { transfer } from "../transfer.js"
import { transferOptions } from "../transferOptions.js"

const options = {
  from: Shared.provider("from", "Whose customers"),
  ...transferOptions
}

export const copyCommand = Command.make("copy", options, ({ from, to, ...given }) =>
  Effect.gen(function*() {
    if (from === to) return yield* new Misunderstood({ message: "--from and --to are the same provider" })
    const source = yield* Accounts.customersOf(from)
    const target = yield* Accounts.customersOf(to)
    yield* transfer(source, target, given)
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription("Creates the customers of one provider at another: first a dry run, then it asks."),
    Command.provide(({ from, place }) => Accounts.layer(place, [from]))
  )
