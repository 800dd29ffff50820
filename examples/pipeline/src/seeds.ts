/** Who is in the embedded sandbox: the same customers each time. */
import { type PolarSeed, SandboxControl } from "@effect-customers/sandbox"
import { Array, Effect } from "effect"
import type { ProviderName } from "./providers.js"

/** Some have no name, no id of ours, a locale, an address, or a number in their metadata. */
const polarCustomer = (number: number): PolarSeed => ({
  email: `customer-${number}@example.com`,
  name: number % 40 === 0 ? null : `Customer ${number}`,
  external_id: number % 10 === 0 ? null : `user_${number}`,
  locale: number % 3 === 0 ? "en-GB" : null,
  billing_address: number % 2 === 0 ? { line1: `${number} Baker Street`, city: "London", country: "GB" } : null,
  metadata: number % 25 === 0 ? { plan: "team", seats: number } : { plan: "solo" }
})

export const seed = (provider: ProviderName): Effect.Effect<void, never, SandboxControl> =>
  Effect.flatMap(SandboxControl, (sandbox) =>
    provider === "polar"
      ? sandbox.seed("polar", Array.makeBy(300, (index) => polarCustomer(index + 1)))
      : sandbox.seed(provider, 1000))
