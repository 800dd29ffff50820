/**
 * Tests of programs that use customers services, without a network.
 *
 * @since 0.1.0
 */

export * as CustomersFaults from "./CustomersFaults.js"
export * as InMemoryCustomers from "./InMemoryCustomers.js"
export { CustomersRecorder, type Recorded, type RecordedCall } from "./CustomersRecorder.js"
