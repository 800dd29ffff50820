/** What providers answer, made up from the schemas of their wire. */
import * as Arbitrary from "effect/Arbitrary"
import type * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"

/**
 * A row as it stands in the JSON of an answer, and the same as the client answers it. Through the text of JSON: a field
 * that is there and undefined is in none.
 *
 * @internal
 */
export const wireArbitrary = <A, I>(
  schema: Schema.Schema<A, I>
): { readonly json: FastCheck.Arbitrary<I>; readonly row: FastCheck.Arbitrary<A> } => {
  const encode = Schema.encodeSync(schema)
  const json: FastCheck.Arbitrary<I> = Arbitrary.make(schema).map((row) => JSON.parse(JSON.stringify(encode(row))))
  return { json, row: json.map(Schema.decodeSync(schema)) }
}
