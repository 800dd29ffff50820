/**
 * Made-up answers of Flexprice, from the schemas of its wire: each row as the client answers it, and as it stands in JSON.
 * Fields may be absent or null wherever the schema says so, and members of enums unknown.
 *
 * @since 0.1.0
 */
import * as Api from "@effect-customers/flexprice/FlexpriceApi"
import type * as FastCheck from "effect/FastCheck"
import { wireArbitrary } from "./internal/wireArbitrary.js"

const customerWire = wireArbitrary(Api.FlexpriceCustomer)

/**
 * A customer: archived ones too, and texts that are not set as `""`.
 *
 * @example
 * ```ts
 * import * as FlexpriceArbitrary from "@effect-customers/testing/FlexpriceArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * const [one] = FastCheck.sample(FlexpriceArbitrary.customer, 1)
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const customer: FastCheck.Arbitrary<Api.FlexpriceCustomer> = customerWire.row

/**
 * The same as it stands in JSON: it decodes with `FlexpriceApi.FlexpriceCustomer`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerJson: FastCheck.Arbitrary<typeof Api.FlexpriceCustomer.Encoded> = customerWire.json
