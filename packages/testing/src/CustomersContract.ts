/**
 * The contract of `CustomersService`: what every provider's service keeps, as cases. The judge of a provider that you
 * add, and of a double that you write yourself.
 *
 * The cases know a provider by the `capabilities` of the service they are given: what it claims has to work, and what
 * it does not claim has to be refused before anything happens. None is left out because a provider cannot do something.
 *
 * They make customers of their own and leave them there. On an account of other people's they hold as well, as long as
 * nobody else changes it meanwhile; but they walk over all of it many times.
 *
 * Here is no test framework; `@effect-customers/testing/vitest` makes vitest tests of the cases.
 *
 * @since 0.1.0
 */
import type { CustomersService } from "@effect-customers/core/CustomersService"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { emailCases } from "./internal/contract/emails.js"
import { errorCases } from "./internal/contract/errors.js"
import { externalIdCases } from "./internal/contract/externalIds.js"
import { fieldCases } from "./internal/contract/fields.js"
import { keyCases } from "./internal/contract/keys.js"
import type { Case, ContractViolated } from "./internal/contract/law.js"
import { limitCases } from "./internal/contract/limits.js"
import { pageCases } from "./internal/contract/pages.js"
import { settingCases } from "./internal/contract/settings.js"
import { writeCases } from "./internal/contract/writes.js"

export { type Case, ContractViolated, Inputs, type Needs, type Setting } from "./internal/contract/law.js"

/**
 * All laws of the contract, one case each.
 *
 * @since 0.1.0
 * @category cases
 */
export const cases: ReadonlyArray<Case> = [
  ...writeCases,
  ...fieldCases,
  ...limitCases,
  ...pageCases,
  ...externalIdCases,
  ...emailCases,
  ...keyCases,
  ...errorCases,
  ...settingCases
]

/**
 * A case that a service does not keep, and how it ended: in `ContractViolated`, or in a defect of the service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Violation {
  readonly case: Case
  readonly cause: Cause.Cause<ContractViolated>
}

/**
 * Runs cases one after the other, each on a layer that is built anew, and answers those that are not kept: for another
 * test framework, or to look at a service by hand. Without `which`, those of the `plain` setting. A layer that cannot be
 * built fails.
 *
 * @example
 * ```ts
 * import { CustomersContract, InMemoryCustomers } from "@effect-customers/testing"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.map(
 *   CustomersContract.run(InMemoryCustomers.layer()),
 *   (violations) => violations.map(({ case: { name } }) => name)
 * )
 * ```
 *
 * @since 0.1.0
 * @category running
 */
export const run = <E>(
  layer: Layer.Layer<CustomersService, E>,
  which: ReadonlyArray<Case> = cases.filter(({ setting }) => setting === "plain")
): Effect.Effect<ReadonlyArray<Violation>, E> =>
  Effect.map(
    Effect.forEach(which, (given) =>
      given.check.pipe(
        Effect.as([]),
        Effect.catchAllCause((cause) => Effect.succeed([{ case: given, cause }])),
        Effect.provide(layer)
      )),
    (violations) => violations.flat()
  )
