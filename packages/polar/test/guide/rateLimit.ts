import * as RateLimit from "@effect-customers/core/RateLimit"
import * as Polar from "@effect-customers/polar"
import { Layer } from "effect"

export const PolarGently = Polar.layerConfig().pipe(
  Layer.provide(RateLimit.layer({ limit: 300, window: "1 minute" }))
)
