import { CustomersByExternalId } from "@effect-customers/core"
import { Console, Effect, Stream } from "effect"

/** The customer of a user: created the first time, the same one ever after. */
export const signUp = (userId: string, email: string) =>
  Effect.flatMap(CustomersByExternalId, (customers) => customers.getOrCreate(userId, { email }))

export const program = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const ada = yield* signUp("user_1", "ada@example.com")
  const again = yield* signUp("user_1", "ada@example.com")
  yield* Console.log(`the same customer: ${ada.id === again.id}`)
  yield* signUp("user_2", "ada@example.com").pipe(
    Effect.catchTag("CustomerAlreadyExists", ({ fields }) => Console.log(`taken: ${fields.join(", ")}`))
  )
  yield* Console.log(`customers on ${customers.provider}: ${yield* Stream.runCount(customers.stream())}`)
})
