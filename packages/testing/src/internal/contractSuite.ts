/** The contract as vitest tests. */
import type { PaymentSource } from "@effect-customers/core/Customer"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import type * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { cases, Inputs, type Setting } from "../CustomersContract.js"

export * from "../CustomersContract.js"

/**
 * - `clock`: `"test"` runs every case under a `TestClock` that stands still (`it.effect`), with inputs that are the same
 *   in every run; `"live"` under the real clock (`it.live`), with inputs that no run before has used.
 * - `settings`: layers of services that are prepared, by the name of their `Setting`. Cases of a setting without one are
 *   shown as skipped.
 * - `paymentSource`: what customers who need a payment source are created with, run for each. `Inputs` otherwise.
 * - `emailDomain`: the domain of their e-mails. `example.com` otherwise.
 * - `timeout`: of one case, in milliseconds. vitest's otherwise.
 *
 * @since 0.1.0
 * @category options
 */
export interface SuiteOptions {
  readonly clock: "test" | "live"
  readonly settings?: { readonly [_ in Exclude<Setting, "plain">]?: Layer.Layer<CustomersService, unknown> | undefined }
  readonly paymentSource?: Effect.Effect<PaymentSource> | undefined
  readonly emailDomain?: string | undefined
  readonly timeout?: number | undefined
}

/**
 * One vitest test for every case of the contract, each with a layer that is built for it alone. A layer that cannot be
 * built fails the test.
 *
 * @example
 * ```ts
 * import { InMemoryCustomers } from "@effect-customers/testing"
 * import { CustomersContract } from "@effect-customers/testing/vitest"
 *
 * CustomersContract.suite("in memory", InMemoryCustomers.layer(), {
 *   clock: "test",
 *   settings: {
 *     unreadableRow: InMemoryCustomers.layer({
 *       customers: [{ name: "Ada" }, InMemoryCustomers.unreadable, { name: "Grace" }]
 *     })
 *   }
 * })
 * ```
 *
 * @since 0.1.0
 * @category running
 */
export const suite = (
  name: string,
  layer: Layer.Layer<CustomersService, unknown>,
  { clock, emailDomain, paymentSource, settings = {}, timeout }: SuiteOptions
): void => {
  const withInputs = <A, E, R>(check: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Inputs, (inputs) =>
      Effect.provideService(check, Inputs, {
        paymentSource: paymentSource ?? inputs.paymentSource,
        emailDomain: emailDomain ?? inputs.emailDomain
      }))
  describe(name, () => {
    for (const { check, name, setting } of cases) {
      const prepared = setting === "plain" ? layer : settings[setting]
      if (prepared === undefined) {
        it.skip(`${name} (settings.${setting} is not given)`)
      } else if (clock === "live") {
        it.live(name, () => Effect.provide(withInputs(check), prepared), timeout)
      } else {
        const random = Random.make(Hash.string(name))
        it.effect(name, () => Effect.withRandom(Effect.provide(withInputs(check), prepared), random), timeout)
      }
    }
  })
}
