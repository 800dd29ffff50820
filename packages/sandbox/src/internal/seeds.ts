/** Seeds that come as JSON. */
import type * as Either from "effect/Either"
import type { ParseError } from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** A number of customers to generate, or customers. */
export type SeedsReader<Seed> = (json: unknown) => Either.Either<number | ReadonlyArray<Seed>, ParseError>

/** Wrong enough to be told: a misspelt key would be a customer without it. */
export const strict = { errors: "all", onExcessProperty: "error" } as const

const Count = Schema.Int.pipe(Schema.between(0, 1_000_000))

export const readSeeds = <Seed, Encoded>(schema: Schema.Schema<Seed, Encoded>): SeedsReader<Seed> => {
  const readCount = Schema.decodeUnknownEither(Count, strict)
  const readCustomers = Schema.decodeUnknownEither(Schema.Array(schema), strict)
  return (json) => typeof json === "number" ? readCount(json) : readCustomers(json)
}

/** A seed that is well-formed and cannot be stored. */
export class SeedRefused extends Error {}
