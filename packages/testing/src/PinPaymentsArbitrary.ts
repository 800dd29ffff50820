/**
 * Made-up answers of Pin Payments, from the schemas of its wire: each row as the client answers it, and as it stands in JSON.
 * Fields may be absent or null wherever the schema says so, and members of enums unknown.
 *
 * @since 0.1.0
 */
import * as Api from "@effect-customers/pin-payments/PinPaymentsApi"
import type * as FastCheck from "effect/FastCheck"
import { wireArbitrary } from "./internal/wireArbitrary.js"

const customerWire = wireArbitrary(Api.PinPaymentsCustomer)

/**
 * A customer, with and without a card.
 *
 * @example
 * ```ts
 * import * as PinPaymentsArbitrary from "@effect-customers/testing/PinPaymentsArbitrary"
 * import * as FastCheck from "effect/FastCheck"
 *
 * const [one] = FastCheck.sample(PinPaymentsArbitrary.customer, 1)
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const customer: FastCheck.Arbitrary<Api.PinPaymentsCustomer> = customerWire.row

/**
 * The same as it stands in JSON: it decodes with `PinPaymentsApi.PinPaymentsCustomer`.
 *
 * @since 0.1.0
 * @category answers
 */
export const customerJson: FastCheck.Arbitrary<typeof Api.PinPaymentsCustomer.Encoded> = customerWire.json

const cardWire = wireArbitrary(Api.PinPaymentsCard)

/**
 * A card. Its token is `Redacted`.
 *
 * @since 0.1.0
 * @category answers
 */
export const card: FastCheck.Arbitrary<Api.PinPaymentsCard> = cardWire.row

/**
 * The same as it stands in JSON: it decodes with `PinPaymentsApi.PinPaymentsCard`.
 *
 * @since 0.1.0
 * @category answers
 */
export const cardJson: FastCheck.Arbitrary<typeof Api.PinPaymentsCard.Encoded> = cardWire.json

const chargeWire = wireArbitrary(Api.PinPaymentsCharge)

/**
 * A charge.
 *
 * @since 0.1.0
 * @category answers
 */
export const charge: FastCheck.Arbitrary<Api.PinPaymentsCharge> = chargeWire.row

/**
 * The same as it stands in JSON: it decodes with `PinPaymentsApi.PinPaymentsCharge`.
 *
 * @since 0.1.0
 * @category answers
 */
export const chargeJson: FastCheck.Arbitrary<typeof Api.PinPaymentsCharge.Encoded> = chargeWire.json

const subscriptionWire = wireArbitrary(Api.PinPaymentsSubscription)

/**
 * A subscription.
 *
 * @since 0.1.0
 * @category answers
 */
export const subscription: FastCheck.Arbitrary<Api.PinPaymentsSubscription> = subscriptionWire.row

/**
 * The same as it stands in JSON: it decodes with `PinPaymentsApi.PinPaymentsSubscription`.
 *
 * @since 0.1.0
 * @category answers
 */
export const subscriptionJson: FastCheck.Arbitrary<typeof Api.PinPaymentsSubscription.Encoded> = subscriptionWire.json
