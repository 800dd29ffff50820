import { CustomersService, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Context, Layer, Redacted } from "effect"

export class ForPages extends Context.Tag("ForPages")<ForPages, Context.Tag.Service<CustomersService>>() {}
export class ForJobs extends Context.Tag("ForJobs")<ForJobs, Context.Tag.Service<CustomersService>>() {}

const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_x") })

export const services = Layer.merge(
  Layer.effect(ForPages, CustomersService).pipe(
    Layer.provide(Layer.fresh(polar)),
    Layer.provide(RetryPolicy.layer({ maxAttempts: 2, maxRetryAfter: "1 second" }))
  ),
  Layer.effect(ForJobs, CustomersService).pipe(
    Layer.provide(Layer.fresh(polar)),
    Layer.provide(RetryPolicy.layer({ maxAttempts: 8, maxRetryAfter: "10 minutes" }))
  )
)
