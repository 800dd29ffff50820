/**
 * Export, import and copy of customers.
 *
 * @since 0.1.0
 */

export * as CustomersExport from "./CustomersExport.js"
