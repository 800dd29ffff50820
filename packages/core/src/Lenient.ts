/**
 * Schemas for reading what a provider sends today and may send tomorrow: optional means absent or null, enums are
 * open, and a union of variants ends in one for the variants that are not known yet.
 *
 * @since 0.1.0
 */
import type * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import * as Arbitraries from "./internal/arbitraries.js"

/**
 * A field that may be absent or null.
 *
 * @since 0.1.0
 * @category schemas
 */
export const optional = <A, I>(
  schema: Schema.Schema<A, I>
): Schema.optional<Schema.NullOr<Schema.Schema<A, I>>> => Schema.optional(Schema.NullOr(schema))

const EmptyArray = Schema.transform(
  Schema.Tuple().annotations({ description: "an empty array" }),
  Schema.Null,
  { strict: true, decode: () => null, encode: () => [] as const }
).annotations({ description: "an empty array" })

/**
 * A field that may be absent or null, and whose value is an object; an empty array, which is how some servers write an
 * empty object, reads as null. An array that holds something is none.
 *
 * @since 0.1.0
 * @category schemas
 */
export const optionalObject = <A extends object, I extends object>(
  schema: Schema.Schema<A, I>
): Schema.optional<Schema.Schema<A | null, I | null | readonly []>> =>
  Schema.optional(Schema.Union(Schema.Null, schema, EmptyArray))

/**
 * What a text is of, or an expression that it matches.
 *
 * @since 0.1.0
 * @category models
 */
export type TextLike =
  | "email"
  | "name"
  | "phone"
  | "addressLine"
  | "country"
  | "locale"
  | "externalId"
  | "uuid"
  | "url"
  | "key"
  | RegExp

/**
 * Any string. What it is like is for who makes one up: the arbitrary values of the schema are like one of `likes`.
 * Nothing is refused for not being so.
 *
 * @example
 * ```ts
 * import { Lenient } from "@effect-customers/core"
 * import * as Schema from "effect/Schema"
 *
 * const AcmeCustomer = Schema.Struct({
 *   id: Lenient.textLike(/^acme_[a-z0-9]{8}$/),
 *   email: Lenient.optional(Lenient.textLike("email"))
 * })
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const textLike = (...likes: readonly [TextLike, ...ReadonlyArray<TextLike>]): Schema.Schema<string> =>
  Schema.String.annotations({ arbitrary: Arbitraries.textLike(...likes) })

/**
 * A number. Arbitrary values are finite, as all numbers in JSON are.
 *
 * @since 0.1.0
 * @category schemas
 */
export const number: Schema.Schema<number> = Schema.Number.annotations({ arbitrary: () => Arbitraries.finite })

/**
 * Whatever JSON stands there, as it came.
 *
 * @since 0.1.0
 * @category schemas
 */
export const json: Schema.Schema<unknown> = Schema.Unknown.annotations({ arbitrary: () => Arbitraries.json })

/**
 * One of the known strings, or any other: the type offers the known ones, decoding accepts all.
 *
 * @since 0.1.0
 * @category schemas
 */
export const openLiteral = <const Known extends ReadonlyArray<string>>(
  ...known: Known
): Schema.Schema<Known[number] | (string & {}), string> =>
  Schema.String.annotations({ arbitrary: Arbitraries.oneOfKnown(known) })

/**
 * A tag that is none of the known ones: any other string. Its type is one literal, because comparing a tag with a known
 * one narrows a union to the member of that tag only where no member's tag is a plain string.
 *
 * @since 0.1.0
 * @category models
 */
export type UnknownTag = "a tag that is not known yet" & Brand.Brand<"@effect-customers/core/UnknownTag">

/**
 * The tag of the last member of an open union. It refuses the known tags, so that a malformed known member does not
 * pass as an unknown one.
 *
 * @since 0.1.0
 * @category schemas
 */
export const unknownTag = (known: ReadonlyArray<AST.LiteralValue>): Schema.Schema<UnknownTag, string> =>
  Schema.String.annotations({ arbitrary: () => Arbitraries.unknownTag(known) }).pipe(
    Schema.filter((tag): tag is UnknownTag => !known.includes(tag), { description: "a tag that is not known yet" })
  )

/**
 * An ISO 8601 date and time, kept as the provider wrote it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const IsoDateTime: Schema.Schema<string> = Schema.String.pipe(
  Schema.filter((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)), {
    description: "an ISO 8601 date and time",
    arbitrary: () => Arbitraries.isoDateTime
  })
)

/**
 * A text, or nothing where something else stands: for the words of an error, which must not keep its status from being
 * told.
 *
 * @since 0.1.0
 * @category schemas
 */
export const text: Schema.Schema<string | undefined, unknown> = Schema.transform(
  Schema.Unknown,
  Schema.UndefinedOr(Schema.String),
  { strict: true, decode: (value) => typeof value === "string" ? value : undefined, encode: (value) => value }
)
