import { CustomersByEmail } from "@effect-customers/core"
import { Effect, Option, Stream } from "effect"

export const create = (email: string) =>
  Effect.flatMap(CustomersByEmail, (customers) =>
    customers.create({ email }).pipe(
      Effect.catchIf(
        (error) => error.mayHaveApplied,
        (error) =>
          Stream.runHead(customers.findByEmail(email)).pipe(
            Effect.flatMap(Option.match({ onNone: () => Effect.fail(error), onSome: Effect.succeed }))
          )
      )
    ))
