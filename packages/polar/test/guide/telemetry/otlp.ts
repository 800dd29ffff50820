import * as Polar from "@effect-customers/polar"
import * as Otlp from "@effect/opentelemetry/Otlp"
import { FetchHttpClient } from "@effect/platform"
import { Layer } from "effect"

export const OpenTelemetry = Otlp.layerJson({
  baseUrl: "http://localhost:4318",
  resource: { serviceName: "billing" }
})

export const AppLayer = Layer.merge(Polar.layerConfig(), OpenTelemetry).pipe(Layer.provide(FetchHttpClient.layer))
