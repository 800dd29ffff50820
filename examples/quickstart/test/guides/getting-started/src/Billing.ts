import { RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Layer } from "effect"

export const layer = Polar.layerConfig().pipe(
  Layer.provide(RetryPolicy.layer({ maxAttempts: 3 }))
)
