import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Metric, MetricState, Redacted } from "effect"

const program = Effect.gen(function*() {
  const customers = yield* CustomersService
  yield* customers.create({ email: "ada@example.com" })
  yield* Effect.ignore(customers.create({ email: "ada@example.com" }))
  for (const { metricKey, metricState } of yield* Metric.snapshot) {
    const labels = metricKey.tags.map(({ key, value }) => `${key}=${value}`).join(" ")
    if (metricKey.name === "customers.requests" && MetricState.isCounterState(metricState)) {
      yield* Console.log(labels, metricState.count)
    }
  }
})

const PolarInProcess = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(Sandbox.layer()))

await Effect.runPromise(Effect.provide(program, PolarInProcess))
