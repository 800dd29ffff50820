import { CustomersService } from "@effect-customers/core"
import { type CustomersError, isTransient } from "@effect-customers/core/CustomersError"
import * as Mollie from "@effect-customers/mollie"
import * as Polar from "@effect-customers/polar"
import type { HttpClient } from "@effect/platform"
import { Effect, ExecutionPlan, type Layer, Redacted } from "effect"

type CustomersLayer = Layer.Layer<CustomersService, never, HttpClient.HttpClient>

const polar: CustomersLayer = Polar.layer({ accessToken: Redacted.make("polar_oat_x") })
const mollie: CustomersLayer = Mollie.layer({ apiKey: Redacted.make("test_x") })

const plan = ExecutionPlan.make(
  { provide: polar },
  { provide: mollie, while: (error: CustomersError) => isTransient(error) && !error.mayHaveApplied }
)

/** Where this customer is now, `provider` says: keep it with the id. */
export const create = (email: string) =>
  Effect.flatMap(CustomersService, (customers) => customers.create({ email })).pipe(
    Effect.map(({ id, provider }) => ({ id, provider })),
    Effect.withExecutionPlan(plan)
  )
