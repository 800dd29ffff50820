/** `npm run backend`: until SIGTERM or SIGINT. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import * as Providers from "./Providers.js"
import { jsonLogs, observability } from "./resilience.js"
import * as Server from "./server.js"

// A signal reaches a program that npm started more than once: from the terminal, from npm, and from its start script. The
// first one is handled, and the others must not kill it while the calls in flight finish.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {})

const backend = Server.layer.pipe(Layer.provide(Providers.layerConfig), Layer.provide(observability))

Layer.launch(backend).pipe(
  Effect.tapErrorCause((cause) => Effect.logFatal("The server cannot go on", cause)),
  Effect.provide(jsonLogs),
  NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
