#!/usr/bin/env node
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { parseArgs } from "node:util"
import * as Sandbox from "./Sandbox.js"

const usage = `Usage: effect-customers-sandbox [options]

Emulators of the providers' customers APIs on a port, one path prefix per provider.

  --port <number>       default 4010; 0 takes any free port
  --host <name>         default 127.0.0.1
  --seed <number>       of the generated ids, default 1
  --customers <number>  starts with that many Polar customers, default 0
  --help                prints this
`

interface Arguments {
  readonly help: boolean
  readonly port: number
  readonly host: string
  readonly seed: number
  readonly customers: number
}

const wholeNumber = (name: string, text: string, most: number): number => {
  if (!/^\d+$/.test(text) || Number(text) > most) throw new TypeError(`--${name} takes a number up to ${most}`)
  return Number(text)
}

const readArguments = (args: Array<string>): Arguments => {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", default: false },
      port: { type: "string", default: "4010" },
      host: { type: "string", default: "127.0.0.1" },
      seed: { type: "string", default: "1" },
      customers: { type: "string", default: "0" }
    }
  })
  return {
    help: values.help,
    port: wholeNumber("port", values.port, 65535),
    host: values.host,
    seed: wholeNumber("seed", values.seed, 2 ** 31 - 1),
    customers: wholeNumber("customers", values.customers, 1_000_000)
  }
}

const run = ({ customers, host, port, seed }: Arguments) =>
  Effect.gen(function*() {
    const { control, urlOf } = yield* Sandbox.serve({ host, port, seed })
    yield* control.seed("polar", customers)
    process.stdout.write(
      `polar  ${urlOf("polar")}\n\n` +
        `curl -H 'Authorization: Bearer polar_oat_x' ${urlOf("polar")}/v1/customers/\n\n` +
        `Ctrl-C ends it; nothing is kept.\n`
    )
    return yield* Effect.never
  }).pipe(Effect.scoped)

const main = () => {
  let options: Arguments
  try {
    options = readArguments(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  if (options.help) {
    process.stdout.write(usage)
    return
  }
  const fiber = Effect.runFork(run(options))
  const stop = () => fiber.unsafeInterruptAsFork(fiber.id())
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  fiber.addObserver((exit) => {
    process.off("SIGINT", stop)
    process.off("SIGTERM", stop)
    if (Exit.isInterrupted(exit) || Exit.isSuccess(exit)) return
    const failure = Cause.failureOption(exit.cause)
    process.stderr.write(`${Option.isSome(failure) ? failure.value.message : Cause.pretty(exit.cause)}\n`)
    process.exitCode = 1
  })
}

main()
