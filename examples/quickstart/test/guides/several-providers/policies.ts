import { RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import { Layer } from "effect"

export const PolarLayer = Polar.layerConfig().pipe(
  Layer.provide(RetryPolicy.layer({ maxAttempts: 2 }))
)

export const MollieLayer = Mollie.layerConfig().pipe(
  Layer.provide(RetryPolicy.layer({ maxAttempts: 6 })),
  Layer.provide(RequestTimeout.layer({ attempt: "10 seconds" }))
)
