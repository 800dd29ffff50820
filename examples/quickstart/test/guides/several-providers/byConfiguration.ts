import type { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import type { HttpClient } from "@effect/platform"
import { Config, type ConfigError, Effect, Layer } from "effect"

type ConfiguredLayer = Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>

const layers = {
  polar: Polar.layerConfig(),
  mollie: Mollie.layerConfig(),
  flexprice: Flexprice.layerConfig()
}

export const CustomersLayer = Layer.unwrapEffect(
  Effect.map(
    Config.literal("polar", "mollie", "flexprice")("CUSTOMERS_PROVIDER"),
    (provider): ConfiguredLayer => layers[provider]
  )
)
