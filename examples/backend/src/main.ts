/** `npm run backend`: until SIGTERM or SIGINT. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import * as Providers from "./Providers.js"
import { jsonLogs, observability } from "./resilience.js"
import * as Server from "./server.js"

const backend = Server.layer.pipe(Layer.provide(Providers.layerConfig), Layer.provide(observability))

Layer.launch(backend).pipe(
  Effect.tapErrorCause((cause) => Effect.logFatal("The server cannot go on", cause)),
  Effect.provide(jsonLogs),
  NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
