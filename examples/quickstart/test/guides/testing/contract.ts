import { InMemoryCustomers } from "@effect-customers/testing"
import { CustomersContract } from "@effect-customers/testing/vitest"

CustomersContract.suite("the double", InMemoryCustomers.layer(), { clock: "test" })
