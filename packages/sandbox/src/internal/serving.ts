/** What the bin does once it knows what is wanted. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Sandbox from "../Sandbox.js"

export interface Arguments {
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly customers: number
}

const serving = ({ customers, host, port, seed }: Arguments) =>
  Effect.gen(function*() {
    const { control, url, urlOf } = yield* Sandbox.serve({ host, port, seed })
    yield* control.seed("polar", customers)
    process.stdout.write(
      `polar  ${urlOf("polar")}\n` +
        `control  ${url}/sandbox (see --help)\n\n` +
        `curl -H 'Authorization: Bearer polar_oat_x' ${urlOf("polar")}/v1/customers/\n\n` +
        `Ctrl-C ends it; nothing is kept.\n`
    )
    return yield* Effect.never
  }).pipe(Effect.scoped)

export const serveUntilStopped = (options: Arguments): void => {
  const fiber = Effect.runFork(serving(options))
  const stop = () => fiber.unsafeInterruptAsFork(fiber.id())
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  fiber.addObserver((exit) => {
    process.off("SIGINT", stop)
    process.off("SIGTERM", stop)
    if (Exit.isSuccess(exit) || Exit.isInterrupted(exit)) return
    const failure = Cause.failureOption(exit.cause)
    process.stderr.write(`${Option.isSome(failure) ? failure.value.message : Cause.pretty(exit.cause)}\n`)
    process.exitCode = 1
  })
}
