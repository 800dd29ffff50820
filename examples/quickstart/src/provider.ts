/** Which providers the example runs on. The journey knows the services of `@effect-customers/core` alone. */
import type { CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import type * as HttpClient from "@effect/platform/HttpClient"
import { type ConfigError, type Layer, Redacted } from "effect"

export interface Provider {
  readonly onSandbox: (baseUrl: string) => Layer.Layer<CustomersService, never, HttpClient.HttpClient>
  readonly onRealApi: Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>
  /** The variable that the real API needs. */
  readonly variable: string
}

export const providers = {
  polar: {
    onSandbox: (baseUrl) => Polar.layer({ accessToken: Redacted.make("polar_oat_quickstart"), baseUrl }),
    onRealApi: Polar.layerConfig(),
    variable: "POLAR_ACCESS_TOKEN"
  },
  mollie: {
    onSandbox: (baseUrl) => Mollie.layer({ apiKey: Redacted.make("test_quickstart"), baseUrl }),
    onRealApi: Mollie.layerConfig(),
    variable: "MOLLIE_API_KEY"
  },
  "pin-payments": {
    onSandbox: (baseUrl) => PinPayments.layer({ secretKey: Redacted.make("quickstart"), baseUrl }),
    onRealApi: PinPayments.layerConfig(),
    variable: "PIN_SECRET_KEY"
  }
} satisfies { readonly [name: string]: Provider }

export type ProviderName = keyof typeof providers
