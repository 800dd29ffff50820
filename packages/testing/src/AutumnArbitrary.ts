/**
 * Made-up answers of Autumn, from the schemas of its wire: each row as the client answers it, and as it stands in JSON.
 * Fields may be absent or null wherever the schema says so, and members of enums unknown.
 *
 * @since 0.1.0
 */
import * as Api from "@effect-customers/autumn/AutumnApi"
import type * as FastCheck from "effect/FastCheck"
import { wireArbitrary } from "./internal/wireArbitrary.js"

const customerWire = wireArbitrary(Api.AutumnCustomer)

/**
 * A customer. Its `id` is null now and then, also where there is no e-mail.
 *
 * @example
 * ```ts
 * import * as AutumnArbitrary from "@effect-customers/testing/AutumnArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * const [one] = FastCheck.sample(AutumnArbitrary.customer, 1)
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const customer: FastCheck.Arbitrary<Api.AutumnCustomer> = customerWire.row

/**
 * The same as it stands in JSON: it decodes with `AutumnApi.AutumnCustomer`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerJson: FastCheck.Arbitrary<typeof Api.AutumnCustomer.Encoded> = customerWire.json
