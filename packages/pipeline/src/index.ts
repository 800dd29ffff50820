/**
 * Export, import and copy of customers.
 *
 * @since 0.1.0
 */

export * as CustomersCopy from "./CustomersCopy.js"
export * as CustomersExport from "./CustomersExport.js"
export * as CustomersImport from "./CustomersImport.js"
export * as Ledger from "./Ledger.js"
