/**
 * Tests of programs that use customers services, without a network. What needs vitest is in
 * `@effect-customers/testing/vitest`, what needs a provider's package in `@effect-customers/testing/PolarArbitrary` and
 * its like.
 *
 * @since 0.1.0
 */

export * as CustomersArbitrary from "./CustomersArbitrary.js"
export * as CustomersContract from "./CustomersContract.js"
export * as CustomersFaults from "./CustomersFaults.js"
export { CustomersRecorder, type Recorded, type RecordedCall } from "./CustomersRecorder.js"
export * as HttpRecorder from "./HttpRecorder.js"
export * as InMemoryCustomers from "./InMemoryCustomers.js"
