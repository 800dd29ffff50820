import { CustomersService, Idempotency } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { Sandbox } from "@effect-customers/sandbox"
import { KeyValueStore } from "@effect/platform"
import { Console, Effect, Layer, Option, Redacted, Stream } from "effect"

/** The customer's id of a user: of our table, or of a new customer. */
const signUp = (userId: string, email: string) =>
  Effect.gen(function*() {
    const table = yield* KeyValueStore.KeyValueStore
    const known = yield* table.get(userId)
    if (Option.isSome(known)) return known.value
    const customers = yield* CustomersService
    const { id } = yield* Idempotency.withKey(customers.create({ email }), `sign-up-${userId}`)
    yield* table.set(userId, id)
    return id
  })

const program = Effect.gen(function*() {
  const [first, second] = yield* Effect.all(Effect.replicate(signUp("user_1", "ada@example.com"), 2), {
    concurrency: 2
  })
  // as if killed between the create and the row
  yield* Effect.flatMap(KeyValueStore.KeyValueStore, (table) => table.remove("user_1"))
  const third = yield* signUp("user_1", "ada@example.com")
  yield* Console.log(`the same customer: ${first === second && second === third}`)
  const customers = yield* CustomersService
  yield* Console.log(`customers on ${customers.provider}: ${yield* Stream.runCount(customers.stream())}`)
})

const MollieInProcess = Mollie.layer({ apiKey: Redacted.make("test_x") }).pipe(Layer.provide(Sandbox.layer()))

await Effect.runPromise(Effect.provide(program, [MollieInProcess, KeyValueStore.layerMemory]))
