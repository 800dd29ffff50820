import { Sandbox } from "@effect-customers/sandbox"
import { NodeRuntime } from "@effect/platform-node"
import { ConfigProvider, Effect, Layer } from "effect"
import * as Billing from "./Billing.js"
import { program } from "./SignUp.js"

const variables = ConfigProvider.fromMap(new Map([["POLAR_ACCESS_TOKEN", "polar_oat_x"]]))

program.pipe(
  Effect.provide(Layer.provide(Billing.layer, Sandbox.layer())),
  Effect.withConfigProvider(variables),
  NodeRuntime.runMain
)
