/** Which providers the example runs on. The programs know the services of `@effect-customers/core` alone. */
import * as Autumn from "@effect-customers/autumn"
import type { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import type * as HttpClient from "@effect/platform/HttpClient"
import { type ConfigError, type Layer, Redacted } from "effect"

export interface Provider<Services = CustomersService> {
  readonly onSandbox: (baseUrl: string) => Layer.Layer<Services, never, HttpClient.HttpClient>
  readonly onRealApi: Layer.Layer<Services, ConfigError.ConfigError, HttpClient.HttpClient>
  /** The variable that the real API needs. */
  readonly variable: string
}

/** Those that keep ids of others. */
export const providersByExternalId = {
  polar: {
    onSandbox: (baseUrl) => Polar.layer({ accessToken: Redacted.make("polar_oat_quickstart"), baseUrl }),
    onRealApi: Polar.layerConfig(),
    variable: "POLAR_ACCESS_TOKEN"
  },
  autumn: {
    onSandbox: (baseUrl) => Autumn.layer({ secretKey: Redacted.make("am_sk_test_quickstart"), baseUrl }),
    onRealApi: Autumn.layerConfig(),
    variable: "AUTUMN_SECRET_KEY"
  },
  flexprice: {
    onSandbox: (baseUrl) => Flexprice.layer({ apiKey: Redacted.make("quickstart"), baseUrl }),
    onRealApi: Flexprice.layerConfig(),
    variable: "FLEXPRICE_API_KEY"
  }
} satisfies { readonly [name: string]: Provider<CustomersService | CustomersByExternalId> }

export const providers = {
  polar: providersByExternalId.polar,
  mollie: {
    onSandbox: (baseUrl) => Mollie.layer({ apiKey: Redacted.make("test_quickstart"), baseUrl }),
    onRealApi: Mollie.layerConfig(),
    variable: "MOLLIE_API_KEY"
  },
  "pin-payments": {
    onSandbox: (baseUrl) => PinPayments.layer({ secretKey: Redacted.make("quickstart"), baseUrl }),
    onRealApi: PinPayments.layerConfig(),
    variable: "PIN_SECRET_KEY"
  },
  autumn: providersByExternalId.autumn,
  flexprice: providersByExternalId.flexprice
} satisfies { readonly [name: string]: Provider }

export type ProviderName = keyof typeof providers
