/** What this example does with ids of its own. It asks for `CustomersByExternalId`: without it, it does not compile. */
import { CustomersByExternalId } from "@effect-customers/core"
import { Effect, Option, Stream } from "effect"
import { Journal } from "./journal.js"
import { grouped } from "./table.js"

const userId = "user_grace"
const grace = { email: "grace@example.com", name: "Grace Murray" }

/** One user signs up twice at once, is found, changed, met on a walk, and gone. */
export const signUps = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const { step } = yield* Journal

  const signUp = customers.getOrCreate(userId, grace)
  const twice = Effect.map(
    Effect.all([signUp, signUp], { concurrency: 2 }),
    (both) => new Set(both.map(({ id }) => id)).size
  )
  yield* step("getOrCreate, two at once", twice, (count) => `${count} customer`)
  yield* step("getByExternalId", customers.getByExternalId(userId), nameOf)
  yield* step("updateByExternalId", customers.updateByExternalId(userId, { name: "Grace Hopper" }), nameOf)
  const met = Stream.runCount(
    Stream.filter(customers.stream(), ({ externalId }) => Option.contains(externalId, userId))
  )
  yield* step("stream, looking for one", met, (count) => `met ${grouped(count)} time`)
  yield* step("deleteByExternalId", customers.deleteByExternalId(userId), () => "deleted")
})

const nameOf = ({ name }: { readonly name: Option.Option<string> }): string => Option.getOrElse(name, () => "no name")
