/** What the command line asks for. */
import { Data, Either, Struct } from "effect"
import { parseArgs } from "node:util"
import { providers } from "./provider.js"
import type { ProviderName } from "./provider.js"

export interface Arguments {
  /** How many customers to create and walk through. */
  readonly customers: number
  readonly help: boolean
  readonly live: boolean
  readonly provider: ProviderName | "all"
}

/** The command line cannot be understood. */
export class BadArguments extends Data.TaggedError("BadArguments")<{ readonly message: string }> {}

const variables = Object.values(providers).map(({ variable }) => variable).join(", or ")

const names = [...Struct.keys(providers), "all"] as const

export const usage = `Usage: npm run demo [-- options]

  --provider <name>     ${names.join(", ")}; default polar
  --customers <number>  how many to create and walk through, default 2500
  --live                the read-only part, against the real API; needs ${variables}
  --help                prints this
`

export const readArguments = (args: ReadonlyArray<string>): Either.Either<Arguments, BadArguments> =>
  Either.flatMap(parse(args), ({ customers, help, live, provider: name }) => {
    const provider = names.find((known) => known === name)
    if (provider === undefined) return Either.left(misunderstood(`Unknown provider '${name}'`))
    if (live && provider === "all") return Either.left(misunderstood("--live reads from one provider"))
    return /^[1-9]\d{0,5}$/.test(customers)
      ? Either.right({ customers: Number(customers), help, live, provider })
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
          provider: { type: "string", default: "polar" }
        }
      }).values,
    catch: (error) => misunderstood(error instanceof Error ? error.message : String(error))
  })

const misunderstood = (problem: string) => new BadArguments({ message: `${problem}\n\n${usage}` })
