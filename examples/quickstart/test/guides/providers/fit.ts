import * as Autumn from "@effect-customers/autumn"
import { Capabilities, type CreateCustomer } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Console, Effect } from "effect"

const ada: CreateCustomer = { email: "ada@example.com", locale: "nl", metadata: { plan: { name: "pro" } } }

const program = Effect.forEach([Polar, Mollie, PinPayments, Autumn, Flexprice], ({ capabilities }) => {
  const { input, missing, unsupported } = Capabilities.fit(capabilities, ada)
  return Console.log(
    [
      `${capabilities.provider}: takes ${Object.keys(input).join(", ")}`,
      ...missing.map((field) => `  needs ${field}`),
      ...unsupported.map(({ path, reason }) => `  not ${path}: ${reason}`)
    ].join("\n")
  )
})

Effect.runSync(program)
