/**
 * Mollie: `import * as Mollie from "@effect-customers/mollie"`.
 *
 * @since 0.1.0
 */

export * as MollieApi from "./MollieApi.js"
export {
  type MollieAccessTokenOptions,
  type MollieApiKeyOptions,
  MollieClient,
  type MollieOptions
} from "./MollieClient.js"
export { capabilities, layer, layerConfig, type MollieConfig, raw } from "./MollieCustomers.js"
export * as MollieError from "./MollieError.js"
