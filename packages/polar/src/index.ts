/**
 * Polar: `import * as Polar from "@effect-customers/polar"`.
 *
 * @since 0.1.0
 */

export * as PolarApi from "./PolarApi.js"
export { PolarClient, type PolarExportRow, type PolarOptions } from "./PolarClient.js"
export { capabilities, layer, layerConfig, type PolarConfig, raw } from "./PolarCustomers.js"
export * as PolarError from "./PolarError.js"
