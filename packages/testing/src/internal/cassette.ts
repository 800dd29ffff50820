import * as Schema from "effect/Schema"

/**
 * What a pseudonym stands for. `tail` is the last four digits of a card, `text` whatever has no form of its own.
 *
 * @internal
 */
export const Kind = Schema.Literal("card", "secret", "email", "phone", "ip", "link", "tail", "text")

/** @internal */
export type Kind = typeof Kind.Type

const Pairs = Schema.Array(Schema.Tuple(Schema.String, Schema.String))

const Headers = Schema.Record({ key: Schema.String, value: Schema.String })

/**
 * A body by its format: a line of a CSV is an array of its cells.
 *
 * @internal
 */
export const Body = Schema.Union(
  Schema.Struct({ json: Schema.Unknown }),
  Schema.Struct({ form: Pairs }),
  Schema.Struct({ csv: Schema.Array(Schema.Array(Schema.String)) }),
  Schema.Struct({ text: Schema.String })
)

/** @internal */
export type Body = typeof Body.Type

const Request = Schema.Struct({
  method: Schema.Literal("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
  /** Without query and fragment. */
  url: Schema.String,
  query: Pairs,
  headers: Headers,
  body: Schema.optional(Body)
})

/** @internal */
export type Request = typeof Request.Type

/** Why no (whole) answer came: the code of the system's error, where it has one. */
const Failure = Schema.Struct({ code: Schema.optional(Schema.String) })

/** @internal */
export type Failure = typeof Failure.Type

const Response = Schema.Struct({
  status: Schema.Int.pipe(Schema.between(200, 599)),
  headers: Headers,
  body: Schema.optional(Body),
  /** The connection was lost within the body. */
  cut: Schema.optional(Failure)
})

/** @internal */
export type Response = typeof Response.Type

/**
 * A request and what became of it: an answer, a connection that failed, or neither before the caller gave up.
 *
 * @internal
 */
export const Interaction = Schema.Struct({
  request: Request,
  result: Schema.Union(
    Schema.Struct({ response: Response }),
    Schema.Struct({ failure: Failure }),
    Schema.Struct({ unanswered: Schema.Literal(true) })
  )
})

/** @internal */
export type Interaction = typeof Interaction.Type

/** @internal */
export type Result = Interaction["result"]

const Identity = Schema.TemplateLiteral(Kind, " ", Schema.Number)

/**
 * Which value a pseudonym stands for: `email 1`. The forms of one value (in capitals, with other punctuation) have one.
 *
 * @internal
 */
export type Identity = typeof Identity.Type

/** @internal */
export const kindOf = (identity: Identity): Kind => identity.slice(0, identity.indexOf(" ")) as Kind

/** @internal */
export const version = 1

/** @internal */
export const Cassette = Schema.Struct({
  version: Schema.Literal(version),
  /** Every pseudonym that stands in the interactions. */
  pseudonyms: Schema.Record({ key: Schema.String, value: Identity }),
  interactions: Schema.Array(Interaction)
})

/** @internal */
export type Cassette = typeof Cassette.Type
