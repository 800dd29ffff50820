/**
 * What of this package needs vitest: the contract of `CustomersService` as tests.
 *
 * @since 0.1.0
 */

/**
 * The contract of `CustomersService`: everything of `CustomersContract`, and `suite`, which makes vitest tests of it.
 *
 * @since 0.1.0
 * @category contract
 */
export * as CustomersContract from "./internal/contractSuite.js"
