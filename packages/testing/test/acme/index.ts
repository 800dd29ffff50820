/** Acme: `import * as Acme from "@effect-customers/acme"`. */

export * as AcmeApi from "./AcmeApi.js"
export { AcmeClient, type AcmeOptions } from "./AcmeClient.js"
export { type AcmeConfig, capabilities, layer, layerConfig, raw } from "./AcmeCustomers.js"
export * as AcmeError from "./AcmeError.js"
