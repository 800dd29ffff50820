import * as Autumn from "@effect-customers/autumn"
import { CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { Console, Effect, type Layer, LayerMap, Redacted } from "effect"

const layers = {
  polar: Polar.layer({ accessToken: Redacted.make("polar_oat_x") }),
  mollie: Mollie.layer({ apiKey: Redacted.make("test_x") }),
  autumn: Autumn.layer({ secretKey: Redacted.make("am_sk_test_x") })
}

class Providers extends LayerMap.Service<Providers>()("Providers", {
  lookup: (provider: keyof typeof layers): Layer.Layer<CustomersService, never, HttpClient.HttpClient> =>
    layers[provider],
  dependencies: [Sandbox.layer()],
  idleTimeToLive: "1 hour"
}) {}

const create = Effect.gen(function*() {
  const customers = yield* CustomersService
  const { id, provider } = yield* customers.create({ externalId: "user_1", email: "ada@example.com" }).pipe(
    Effect.catchTag("Unsupported", () => customers.create({ email: "ada@example.com" }))
  )
  yield* Console.log(`${provider}: ${id}`)
})

const program = Effect.forEach(
  ["polar", "mollie", "autumn"] as const,
  (provider) => Effect.provide(create, Providers.get(provider))
)

await Effect.runPromise(Effect.provide(program, Providers.Default))
