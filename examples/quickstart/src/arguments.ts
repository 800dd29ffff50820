/** What the command line asks for. */
import { Data, Either } from "effect"
import { parseArgs } from "node:util"
import { provider } from "./provider.js"

export interface Arguments {
  /** How many customers to create and walk through. */
  readonly customers: number
  readonly help: boolean
  readonly live: boolean
}

/** The command line cannot be understood, or asks for what is not there yet. */
export class BadArguments extends Data.TaggedError("BadArguments")<{ readonly message: string }> {}

export const usage = `Usage: npm run demo [-- options]

  --provider <name>     default ${provider.name}
  --customers <number>  how many to create and walk through, default 2500
  --live                the read-only part, against the real API; needs POLAR_ACCESS_TOKEN
  --help                prints this
`

const planned = ["mollie", "pin-payments", "autumn", "flexprice"]

export const readArguments = (args: ReadonlyArray<string>): Either.Either<Arguments, BadArguments> =>
  Either.flatMap(parse(args), ({ customers, help, live, provider: name }) => {
    if (planned.includes(name)) {
      const message = `Not yet: ${name} comes later, so far there is ${provider.name} alone.`
      return Either.left(new BadArguments({ message }))
    }
    if (name !== provider.name) return Either.left(misunderstood(`Unknown provider '${name}'`))
    return /^[1-9]\d{0,5}$/.test(customers)
      ? Either.right({ customers: Number(customers), help, live })
      : Either.left(misunderstood("--customers takes a number from 1 to 999999"))
  })

const parse = (args: ReadonlyArray<string>) =>
  Either.try({
    try: () =>
      parseArgs({
        args: [...args],
        options: {
          customers: { type: "string", default: "2500" },
          help: { type: "boolean", default: false },
          live: { type: "boolean", default: false },
          provider: { type: "string", default: provider.name }
        }
      }).values,
    catch: (error) => misunderstood(error instanceof Error ? error.message : String(error))
  })

const misunderstood = (problem: string) => new BadArguments({ message: `${problem}\n\n${usage}` })
