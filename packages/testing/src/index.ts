/**
 * Tests of programs that use customers services, without a network.
 *
 * @since 0.1.0
 */

export * as InMemoryCustomers from "./InMemoryCustomers.js"
