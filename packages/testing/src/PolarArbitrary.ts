/**
 * Made-up answers of Polar, from the schemas of its wire: each row as the client answers it, and as it stands in JSON.
 * Fields may be absent or null wherever the schema says so, and members of enums unknown.
 *
 * @since 0.1.0
 */
import * as Api from "@effect-customers/polar/PolarApi"
import type * as FastCheck from "effect/FastCheck"
import { wireArbitrary } from "./internal/wireArbitrary.js"

const customerWire = wireArbitrary(Api.PolarCustomer)

/**
 * A customer.
 *
 * @example
 * ```ts
 * import * as PolarArbitrary from "@effect-customers/testing/PolarArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * const [one] = FastCheck.sample(PolarArbitrary.customer, 1)
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const customer: FastCheck.Arbitrary<Api.PolarCustomer> = customerWire.row

/**
 * The same as it stands in JSON: it decodes with `PolarApi.PolarCustomer`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerJson: FastCheck.Arbitrary<typeof Api.PolarCustomer.Encoded> = customerWire.json

const customerStateWire = wireArbitrary(Api.PolarCustomerState)

/**
 * A customer with what is active and granted, benefits of unknown types among it.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerState: FastCheck.Arbitrary<Api.PolarCustomerState> = customerStateWire.row

/**
 * The same as it stands in JSON: it decodes with `PolarApi.PolarCustomerState`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerStateJson: FastCheck.Arbitrary<typeof Api.PolarCustomerState.Encoded> = customerStateWire.json
