/**
 * Pin Payments: `import * as PinPayments from "@effect-customers/pin-payments"`.
 *
 * @since 0.1.0
 */

export * as PinPaymentsApi from "./PinPaymentsApi.js"
export { PinPaymentsClient, type PinPaymentsCreatedCard, type PinPaymentsOptions } from "./PinPaymentsClient.js"
export { capabilities, layer, layerConfig, type PinPaymentsConfig, raw } from "./PinPaymentsCustomers.js"
export * as PinPaymentsError from "./PinPaymentsError.js"
