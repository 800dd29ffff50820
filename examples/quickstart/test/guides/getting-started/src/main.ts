import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import * as Billing from "./Billing.js"
import { program } from "./SignUp.js"

program.pipe(
  Effect.provide(Layer.provide(Billing.layer, FetchHttpClient.layer)),
  NodeRuntime.runMain
)
