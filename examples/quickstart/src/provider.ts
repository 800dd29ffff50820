/** Which provider the example runs on. */
import * as Polar from "@effect-customers/polar"
import { Redacted } from "effect"

const polar = {
  name: "polar",
  onSandbox: (baseUrl: string) => Polar.layer({ accessToken: Redacted.make("polar_oat_quickstart"), baseUrl }),
  onRealApi: Polar.layerConfig()
}

/** The one line to change for another provider: the journey knows the services of `@effect-customers/core` alone. */
export const provider = polar
