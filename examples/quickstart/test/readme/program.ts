import { CustomersByExternalId } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted, Stream } from "effect"

const program = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  yield* customers.upsert("user_1", { email: "ada@example.com", name: "Ada Lovelace" })
  yield* customers.create({ email: "ada@example.com" }).pipe(
    Effect.catchTag("CustomerAlreadyExists", ({ fields }) => Console.log(`taken: ${fields.join(", ")}`))
  )
  yield* Stream.runForEach(customers.stream(), ({ id, provider }) => Console.log(provider, id))
})

// On the real API: Polar.layerConfig(), which reads POLAR_ACCESS_TOKEN, over FetchHttpClient.layer of @effect/platform.
const PolarInProcess = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(Sandbox.layer()))

await Effect.runPromise(Effect.provide(program, PolarInProcess))
