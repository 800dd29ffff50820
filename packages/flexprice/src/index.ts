/**
 * Flexprice: `import * as Flexprice from "@effect-customers/flexprice"`.
 *
 * @since 0.1.0
 */

export * as FlexpriceApi from "./FlexpriceApi.js"
export {
  FlexpriceClient,
  type FlexpriceListFilters,
  type FlexpriceOptions,
  type FlexpriceSearchFilters
} from "./FlexpriceClient.js"
export { capabilities, type FlexpriceConfig, layer, layerConfig, raw } from "./FlexpriceCustomers.js"
export * as FlexpriceError from "./FlexpriceError.js"
