/**
 * Autumn: `import * as Autumn from "@effect-customers/autumn"`.
 *
 * @since 0.1.0
 */

export * as AutumnApi from "./AutumnApi.js"
export { AutumnClient, type AutumnListFilters, type AutumnOptions } from "./AutumnClient.js"
export { type AutumnConfig, capabilities, layer, layerConfig, raw } from "./AutumnCustomers.js"
export * as AutumnError from "./AutumnError.js"
