/** The five providers, each on a sandbox or on a real account. Nothing else of this example knows them. */
import * as Autumn from "@effect-customers/autumn"
import type { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import type { HttpClient } from "@effect/platform"
import { type ConfigError, type Layer, Redacted, Struct } from "effect"

interface Provider {
  readonly onSandbox: (baseUrl: string) => Layer.Layer<CustomersService, never, HttpClient.HttpClient>
  /** From the variables of the provider's package, `POLAR_ACCESS_TOKEN` and its like. */
  readonly onRealAccount: Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>
}

export const providers = {
  polar: {
    onSandbox: (baseUrl) => Polar.layer({ accessToken: Redacted.make("polar_oat_pipeline"), baseUrl }),
    onRealAccount: Polar.layerConfig()
  },
  mollie: {
    onSandbox: (baseUrl) => Mollie.layer({ apiKey: Redacted.make("test_pipeline"), baseUrl }),
    onRealAccount: Mollie.layerConfig()
  },
  "pin-payments": {
    onSandbox: (baseUrl) => PinPayments.layer({ secretKey: Redacted.make("pipeline"), baseUrl }),
    onRealAccount: PinPayments.layerConfig()
  },
  autumn: {
    onSandbox: (baseUrl) => Autumn.layer({ secretKey: Redacted.make("am_sk_test_pipeline"), baseUrl }),
    onRealAccount: Autumn.layerConfig()
  },
  flexprice: {
    onSandbox: (baseUrl) => Flexprice.layer({ apiKey: Redacted.make("pipeline"), baseUrl }),
    onRealAccount: Flexprice.layerConfig()
  }
} satisfies { readonly [name: string]: Provider }

export type ProviderName = keyof typeof providers

export const providerNames: ReadonlyArray<ProviderName> = Struct.keys(providers)
