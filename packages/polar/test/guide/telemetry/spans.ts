import { CustomersByExternalId } from "@effect-customers/core"
import { Effect } from "effect"

export const program = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  // the first request of this is answered 503
  const ada = yield* customers.getOrCreate("user_1", { email: "ada@example.com" })
  yield* Effect.ignore(customers.update(ada.id, { externalId: "user_2" }))
}).pipe(Effect.withSpan("sign-up"))
