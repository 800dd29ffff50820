import { ProviderUnavailable, RequestTimedOut } from "@effect-customers/core"
import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { Duration } from "effect"

export const CustomersTest = InMemoryCustomers.layer().pipe(
  // the second create is carried out, and its answer is lost
  CustomersFaults.failNth(
    "create",
    2,
    (call) => new RequestTimedOut({ ...call, timeout: Duration.seconds(30) }),
    { applied: true }
  ),
  // one in five of the other calls fails; which ones is decided by the seed
  CustomersFaults.failWithProbability({
    operations: ["get", "update", "list"],
    probability: 0.2,
    seed: 7,
    error: (call) => new ProviderUnavailable({ ...call, status: 503 })
  }),
  // a walk breaks after its second page
  CustomersFaults.failNth("streamPages", 1, (call) => new ProviderUnavailable(call), { after: 2 }),
  // everything takes a while, on the clock of the test
  CustomersFaults.delay("200 millis"),
  // and deletes are never answered
  CustomersFaults.neverAnswer("delete")
)
