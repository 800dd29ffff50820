import { CustomersService, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Config, Effect, Layer } from "effect"

export const PolarLayer = Polar.layerConfig().pipe(
  Layer.provide(RetryPolicy.layerConfig({ maxAttempts: Config.integer("POLAR_ATTEMPTS") })),
  Layer.provide(RequestTimeout.layer({ attempt: "10 seconds" }))
)

export const forAPage = Effect.flatMap(CustomersService, (customers) => customers.list()).pipe(
  RetryPolicy.with({ maxAttempts: 2, maxRetryAfter: "1 second" })
)
