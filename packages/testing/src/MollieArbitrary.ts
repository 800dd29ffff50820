/**
 * Made-up answers of Mollie, from the schemas of its wire: each row as the client answers it, and as it stands in JSON.
 * Fields may be absent or null wherever the schema says so, and members of enums unknown.
 *
 * @since 0.1.0
 */
import * as Api from "@effect-customers/mollie/MollieApi"
import type * as FastCheck from "effect/FastCheck"
import { wireArbitrary } from "./internal/wireArbitrary.js"

const customerWire = wireArbitrary(Api.MollieCustomer)

/**
 * A customer. Its metadata is whatever JSON.
 *
 * @example
 * ```ts
 * import * as MollieArbitrary from "@effect-customers/testing/MollieArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * const [one] = FastCheck.sample(MollieArbitrary.customer, 1)
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const customer: FastCheck.Arbitrary<Api.MollieCustomer> = customerWire.row

/**
 * The same as it stands in JSON: it decodes with `MollieApi.MollieCustomer`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerJson: FastCheck.Arbitrary<typeof Api.MollieCustomer.Encoded> = customerWire.json

const paymentWire = wireArbitrary(Api.MolliePayment)

/**
 * A payment. A card token in its details is `Redacted`.
 *
 * @since 0.1.0
 * @category answers
 */
export const payment: FastCheck.Arbitrary<Api.MolliePayment> = paymentWire.row

/**
 * The same as it stands in JSON: it decodes with `MollieApi.MolliePayment`.
 *
 * @since 0.1.0
 * @category answers
 */
export const paymentJson: FastCheck.Arbitrary<typeof Api.MolliePayment.Encoded> = paymentWire.json
