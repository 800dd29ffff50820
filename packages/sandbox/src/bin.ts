#!/usr/bin/env node
import { parseArgs } from "node:util"
import type { Arguments } from "./internal/serving.js"

const usage = `Usage: effect-customers-sandbox [options]

Emulators of the providers' customers APIs on a port, one path prefix per provider.

  --port <number>       default 4010; 0 takes any free port
  --host <name>         default 127.0.0.1
  --seed <number>       of the generated ids, default 1
  --customers <number>  starts with that many customers of every provider, default 0
  --help                prints this

Control from any language, as JSON under /sandbox:
  POST   /sandbox/faults            adds a fault, DELETE takes all away
  GET    /sandbox/requests          everything that arrived
  POST   /sandbox/polar/customers   seeds a number of customers, or an array; GET shows them all (mollie, ... alike)
  POST   /sandbox/reset             back to the beginning
`

const wholeNumber = (name: string, text: string, most: number): number => {
  if (!/^\d+$/.test(text) || Number(text) > most) throw new TypeError(`--${name} takes a number up to ${most}`)
  return Number(text)
}

const readArguments = (args: Array<string>): Arguments & { readonly help: boolean } => {
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

const main = () => {
  let options
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
  // Only now, so that a slip of the fingers is told at once.
  void import("./internal/serving.js").then(({ serveUntilStopped }) => serveUntilStopped(options))
}

main()
