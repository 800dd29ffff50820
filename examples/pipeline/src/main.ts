/** `npm run pipeline`. */
import { NodeContext, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Cause, Effect, Exit, Layer } from "effect"
import { run } from "./cli.js"
import { ExitCode } from "./failures.js"
import * as Progress from "./progress.js"
import * as Terminal from "./terminal.js"

// npm starts programs in their package's folder. Files are meant to be where the caller stands.
process.chdir(process.env["INIT_CWD"] ?? process.cwd())

// A signal reaches a program that npm started more than once: from the terminal, from npm, and from its start script. The
// first one is handled, and the others must not kill it while it puts its files and the terminal in order.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {})

const platform = Layer.mergeAll(
  NodeContext.layer,
  NodeHttpClient.layerUndici,
  Progress.layer(process.stderr),
  Terminal.layer
)

const main = Effect.map(run(process.argv), (exitCode) => {
  process.exitCode = exitCode
}).pipe(Effect.provide(platform))

NodeRuntime.runMain(main, {
  teardown: (exit, end) =>
    end(Exit.match(exit, {
      onSuccess: () => ExitCode.done,
      onFailure: (cause) => Cause.isInterruptedOnly(cause) ? ExitCode.interrupted : ExitCode.stopped
    }))
})
