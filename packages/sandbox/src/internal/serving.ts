/** What the bin does once it knows what is wanted. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import * as Sandbox from "../Sandbox.js"
import type { ProviderName } from "../SandboxControl.js"

export interface Arguments {
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly customers: number
}

/** What lists the customers of each provider: the arguments of `curl` before its base URL, and the path behind that. */
const lists: Readonly<Record<ProviderName, readonly [string, string]>> = {
  polar: ["-H 'Authorization: Bearer polar_oat_x'", "/v1/customers/"],
  mollie: ["-H 'Authorization: Bearer test_x'", "/v2/customers"],
  "pin-payments": ["-u secret_x:", "/1/customers"],
  autumn: ["-d '{}' -H 'Authorization: Bearer am_sk_test_x' -H 'x-api-version: 2.1'", "/v1/customers.list"],
  flexprice: ["-H 'x-api-key: key'", "/v1/customers"]
}

const serving = ({ customers, host, port, seed }: Arguments) =>
  Effect.gen(function*() {
    const { control, url, urlOf } = yield* Sandbox.serve({ host, port, seed })
    const providers = Struct.keys(lists)
    yield* Effect.forEach(providers, (provider) => control.seed(provider, customers), { discard: true })
    const addresses = providers.map((provider) => `${provider}  ${urlOf(provider)}\n`)
    const calls = providers.map((provider) => `curl ${lists[provider].join(` ${urlOf(provider)}`)}\n`)
    process.stdout.write(
      `${addresses.join("")}control  ${url}/sandbox (see --help)\n\n${calls.join("")}\n` +
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
