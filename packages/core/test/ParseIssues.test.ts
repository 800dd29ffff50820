/** What of an input that cannot be read is told: where, and what was expected; never the value. */
import { CreateCustomer, Endpoint } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Schema } from "effect"
import { inputIssues, strict } from "../src/internal/parseIssues.js"

const issuesOf = (schema: Schema.Schema.AnyNoContext, value: unknown) =>
  Either.match(Schema.decodeUnknownEither(schema)(value, strict), {
    onLeft: (error) => inputIssues(error).map(({ message, path }) => [path, message]),
    onRight: () => []
  })

const NonBlank = Schema.String.pipe(Schema.filter((text) => text.trim() !== "", { description: "a text" }))

const Card = Schema.Struct({ kind: Schema.Literal("card"), number: NonBlank })
const Token = Schema.Struct({ kind: Schema.Literal("token"), token: NonBlank })

const Even = Schema.Struct({ a: Schema.Number, b: Schema.Number }).pipe(
  Schema.filter(({ a, b }) => a + b === 0, { description: "numbers that cancel out" })
)

const Named = Schema.Struct({ a: Schema.Number, b: Schema.Number }).pipe(
  Schema.filter(({ a, b }) => a + b === 0 ? undefined : { path: ["a"], message: "1 + 2 is not 0" }, {
    description: "a sum"
  })
)

const Later = Schema.transformOrFail(Schema.String, Schema.String, {
  strict: true,
  decode: (text) => Effect.promise(() => Promise.resolve(text)),
  encode: Effect.succeed
})

const Person = Schema.Struct({
  name: NonBlank,
  age: Schema.optional(Schema.NumberFromString),
  tags: Schema.optional(Schema.Array(Schema.String)),
  notes: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Number })),
  source: Schema.optional(Schema.Union(Card, Token))
})

describe("what is wrong with an input", () => {
  it.each<readonly [string, Schema.Schema.AnyNoContext, unknown, ReadonlyArray<readonly [string, string]>]>([
    ["nothing", Person, { name: "Ada" }, []],
    ["no object", Person, 5, [["", expect.stringMatching(/^expected \{/)]]],
    ["a type", Person, { name: 5 }, [["name", "expected a text"]]],
    ["a refinement", Person, { name: " " }, [["name", "expected a text"]]],
    ["a field that is missing", Person, {}, [["name", "expected to be present"]]],
    ["a field that is none", Person, { name: "Ada", nmae: "Ada" }, [["nmae", "expected no such field"]]],
    ["a key that is a value", Person, { name: "Ada", "ada@example.com": 1 }, [["*", "expected no such field"]]],
    ["a key that is a number", Person, { name: "Ada", "4242424242": 1 }, [["*", "expected no such field"]]],
    ["all of it", Person, { name: 5, tags: 5 }, [["name", "expected a text"], ["tags", expect.any(String)]]],
    ["a transformation", Person, { name: "Ada", age: "old" }, [["age", expect.stringMatching(/^expected /)]]],
    ["an item of an array", Person, { name: "Ada", tags: ["a", 5] }, [["tags.1", "expected a string"]]],
    ["a key of the caller's", Person, { name: "Ada", notes: { ada: "x" } }, [["notes.*", "expected a number"]]],
    ["a member of a union", Person, { name: "Ada", source: { kind: "card", number: "" } }, [
      ["source.number", "expected a text"]
    ]],
    ["the other member", Person, { name: "Ada", source: { kind: "token" } }, [
      ["source.token", "expected to be present"]
    ]],
    ["no member", Schema.Union(Card, Token), 5, [["", expect.stringMatching(/^expected /)]]],
    ["a member of a kind that is none", Schema.Union(Card, Token), { kind: "cash" }, [
      ["kind", "expected \"card\" | \"token\""]
    ]],
    [
      "neither of two without a kind",
      Schema.Union(Schema.Struct({ a: NonBlank }), Schema.Struct({ b: NonBlank })),
      {},
      [
        ["a", "expected to be present"],
        ["b", "expected to be present"]
      ]
    ],
    [
      "the one that is meant",
      Schema.Union(
        Schema.Struct({ a: NonBlank, card: Schema.optional(Schema.Undefined) }),
        Schema.Struct({ b: NonBlank, card: Schema.Struct({ number: NonBlank }) })
      ),
      { b: "b", card: { number: "" } },
      [["card.number", "expected a text"]]
    ],
    ["a member that is no object", Schema.Union(Schema.Struct({ a: NonBlank }), Schema.Array(NonBlank)), [""], [
      ["0", "expected a text"]
    ]],
    ["what cannot be read at once", Schema.Struct({ a: Later }), { a: "x" }, [["a", "expected a synchronous value"]]],
    ["a part that a filter names", Named, { a: 1, b: 2 }, [["a", "expected a sum"]]],
    ["no object for a whole", Even, 5, [["", "expected numbers that cancel out"]]],
    ["a whole", Even, { a: 1, b: 2 }, [["", "expected numbers that cancel out"]]],
    ["a part of a whole", Even, { a: "x", b: 2 }, [["a", "expected a number"]]],
    ["a part that both members have", Schema.Union(Even, Schema.Struct({ a: Schema.Number, c: Schema.Number })), {
      a: "x"
    }, [["a", "expected a number"], ["b", "expected to be present"], ["c", "expected to be present"]]],
    ["a text or nothing", Schema.UndefinedOr(NonBlank), 5, [["", "expected a text"]]],
    ["one of two texts", Schema.Union(NonBlank, Schema.Null), 5, [["", "expected a text | null"]]],
    ["one of two literals", Schema.Literal("a", "b"), "c", [["", "expected \"a\" | \"b\""]]]
  ])("%s", (_, schema, value, issues) => {
    expect(issuesOf(schema, value)).toEqual(issues)
  })
})

it.each([
  [{ name: " " }, "name", "a string that is not blank"],
  [{ phone: "" }, "phone", "a string that is not blank"],
  [{ externalId: "." }, "externalId", "an external id that is not blank, no dot segment, without lone surrogates"],
  [{ email: "ada" }, "email", "an e-mail address"],
  [{ address: { country: "nl" } }, "address.country", "an ISO 3166 alpha-2 country code in capitals"],
  [{ locale: "no locale" }, "locale", "a BCP 47 language tag"],
  [{ metadata: 5 }, "metadata", "a JSON object"]
])("a customer with %j is told of %s that it is to be %s", (input, path, expected) => {
  expect(issuesOf(Schema.typeSchema(CreateCustomer), input)).toEqual([[path, `expected ${expected}`]])
})

describe("the fields of an endpoint", () => {
  interface Tree {
    readonly children: ReadonlyArray<Tree>
    readonly leaf: string
  }
  const Tree: Schema.Schema<Tree> = Schema.Struct({
    children: Schema.Array(Schema.suspend(() => Tree)),
    leaf: Schema.String
  })

  // what is known of one is remembered
  const endpoint = () =>
    Endpoint.make({
      provider: "acme",
      operation: "create",
      method: "POST",
      path: "/people/{id}",
      repeat: "never",
      query: Schema.Struct({ limit: Schema.optional(Schema.NumberFromString) }),
      body: Schema.Struct({
        name: NonBlank,
        tags: Schema.NullOr(Schema.Array(Schema.String)),
        pair: Schema.Tuple(Schema.Struct({ left: Schema.String }), Schema.Struct({ right: Schema.String })),
        rows: Schema.Array(Schema.Struct({ cell: Schema.String })).pipe(Schema.minItems(1)),
        notes: Schema.Record({ key: Schema.String, value: Schema.Struct({ note: Schema.String }) }),
        source: Schema.Union(Card, Token),
        tree: Tree,
        whole: Even,
        clock: Schema.transform(Schema.Struct({ hour: Schema.String }), Schema.String, {
          strict: true,
          decode: ({ hour }) => hour,
          encode: (hour) => ({ hour })
        })
      }),
      answer: Endpoint.empty
    })

  it.each([
    ["id", "id"],
    ["limit", "limit"],
    ["name", "name"],
    ["name.0", "name.*"],
    ["tags.0", "tags.0"],
    ["tags.12345", "tags.*"],
    ["tags.ada", "tags.*"],
    ["pair.0.left", "pair.0.left"],
    ["pair.1.right", "pair.1.right"],
    ["rows.7.cell", "rows.7.cell"],
    ["notes.ada.note", "notes.*.note"],
    ["source.number", "source.number"],
    ["source.token", "source.token"],
    ["tree.children.0.children.1.leaf", "tree.children.0.children.1.leaf"],
    ["whole.a", "whole.a"],
    ["clock.hour", "clock.hour"],
    ["ada", "*"],
    ["0", "*"]
  ])("%s is shown as %s", (path, shown) => {
    expect(Endpoint.fieldPath(endpoint(), path.split("."))).toBe(shown)
  })
})
