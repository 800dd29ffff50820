import { Address, CreateCustomer, Customer, CustomerId, Json, Metadata, UpdateCustomer } from "@effect-customers/core"
import { fromProvider, raw, rawOf, withRaw } from "@effect-customers/core/Customer"
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, DateTime, Either, Equal, FastCheck, Option, ParseResult, Redacted, Schema } from "effect"
import { format, inspect } from "node:util"

const same = Schema.equivalence(Customer)
const customers = Arbitrary.make(Customer)

const ada = (metadata: Metadata = {}) =>
  new Customer({
    provider: "polar",
    id: CustomerId.make("cus_1"),
    externalId: Option.none(),
    email: Option.some("ada@example.com"),
    name: Option.none(),
    phone: Option.none(),
    address: Option.none(),
    locale: Option.none(),
    metadata,
    createdAt: DateTime.unsafeMake("2026-01-03T13:37:00.123456Z"),
    updatedAt: Option.none()
  })

describe("Customer", () => {
  it("arbitrary customers go through JSON and come back equivalent", () => {
    FastCheck.assert(
      FastCheck.property(customers, (customer) => {
        const text = JSON.stringify(Schema.encodeSync(Customer)(customer))
        const back = Schema.decodeUnknownSync(Customer)(JSON.parse(text))
        expect(back).toBeInstanceOf(Customer)
        expect(same(customer, back)).toBe(true)
        expect(JSON.stringify(Schema.encodeSync(Customer)(back))).toBe(text)
      }),
      { numRuns: 300, seed: 2026 }
    )
  })

  it("customers that differ are not equivalent", () => {
    FastCheck.assert(
      FastCheck.property(customers, customers, (a, b) => {
        const encode = Schema.encodeSync(Customer)
        expect(same(a, b)).toBe(JSON.stringify(sorted(encode(a))) === JSON.stringify(sorted(encode(b))))
      }),
      { numRuns: 300, seed: 2026 }
    )
    expect(same(ada({ a: 1 }), ada({ a: 2 }))).toBe(false)
    expect(same(ada({ a: [1, { b: null }] }), ada({ a: [1, { b: null }] }))).toBe(true)
    expect(same(ada({ a: [] }), ada({ a: {} }))).toBe(false)
  })

  it("the raw object is in no JSON, no printing, no equality, and gone after JSON", () => {
    const secret = { avatar_url: "https://secret.example" }
    const with_ = withRaw(ada(), secret)
    expect(raw(with_)).toEqual(Option.some(secret))
    expect(raw(ada())).toEqual(Option.none())
    const printed = [
      JSON.stringify(with_),
      JSON.stringify(Schema.encodeSync(Customer)(with_)),
      inspect(with_, { depth: Infinity, showHidden: true, getters: true }),
      format("%o %O %j %s", with_, with_, with_, with_),
      String(with_),
      inspect({ ...with_ }),
      Object.keys(with_).join()
    ]
    expect(printed.filter((text) => text.includes("secret.example"))).toEqual([])
    expect(same(with_, ada())).toBe(true)
    expect(Equal.equals(with_, withRaw(with_, { other: 1 }))).toBe(true)
    expect(with_).toEqual(ada())
    const back = Schema.decodeUnknownSync(Customer)(JSON.parse(JSON.stringify(Schema.encodeSync(Customer)(with_))))
    expect(raw(back)).toEqual(Option.none())
  })

  it("times are to the millisecond", () => {
    expect(Schema.encodeSync(Customer)(ada()).createdAt).toBe("2026-01-03T13:37:00.123Z")
  })

  it("what a mapping builds without validation is what validation would have built", () => {
    const built = fromProvider({
      provider: "polar",
      id: "cus_1",
      email: "ada@example.com",
      metadata: {},
      createdAt: "2026-01-03T13:37:00.123456Z"
    }, {})
    expect(built).toEqual(ada())
    expect(Schema.is(Customer)(built)).toBe(true)
  })
})

describe("Metadata", () => {
  const decode = Schema.decodeUnknownEither(Metadata)
  it("is refused where it is too deep for the stack", () => {
    const nested = (levels: number): Json => levels === 0 ? 0 : [nested(levels - 1)]
    const tooDeep: { value: Json } = { value: 0 }
    for (let level = 0; level < 50_000; level++) tooDeep.value = [tooDeep.value]
    expect(Either.isRight(Schema.decodeUnknownEither(Metadata)({ value: nested(400) }))).toBe(true)
    expect(Either.isRight(Schema.decodeUnknownEither(Metadata)(tooDeep))).toBe(false)
  })

  it("says what was expected where it is no JSON", () => {
    expect(String(Schema.decodeUnknownEither(Metadata)({ a: Number.NaN }))).toContain("Expected a JSON value")
  })

  it("reads -0 as 0, at any depth", () => {
    const read = Either.getOrThrow(decode({ a: -0, b: [-0] }))
    expect(Object.is(read.a, 0)).toBe(true)
    expect(JSON.stringify(read)).toBe("{\"a\":0,\"b\":[0]}")
  })

  it("is copied: what the caller changes afterwards does not reach the customer", () => {
    const mine = { nested: { a: 1 } }
    const read = Either.getOrThrow(decode(mine))
    mine.nested.a = 2
    expect(read).toEqual({ nested: { a: 1 } })
  })

  const cyclic: Record<string, unknown> = {}
  cyclic.self = { cyclic }
  it.each([
    ["__proto__", JSON.parse("{\"__proto__\":{\"polluted\":true}}")],
    ["a nested __proto__", { a: [JSON.parse("{\"__proto__\":1}")] }],
    ["NaN", { a: Number.NaN }],
    ["Infinity", { a: Infinity }],
    ["undefined", { a: undefined }],
    ["a function", { a: () => 1 }],
    ["a bigint", { a: 1n }],
    ["a symbol", { a: Symbol.iterator }],
    ["a Date", { a: new Date(0) }],
    ["a Map", { a: new Map() }],
    ["a cycle", cyclic],
    ["an array", []],
    ["null", null],
    ["a string", "{}"]
  ])("refuses %s", (_, value) => {
    expect(Either.isLeft(decode(value))).toBe(true)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

it("what a provider answered is at hand as it came, for who asks for that provider", () => {
  const answered = { id: "cus_1" }
  const customer = withRaw(ada(), answered)
  expect(rawOf<object>("polar")(customer)).toEqual(Option.some(answered))
  expect(rawOf<object>("mollie")(customer)).toEqual(Option.none())
  expect(rawOf<object>("polar")(ada())).toEqual(Option.none())
})

describe("JSON values", () => {
  const equals = Schema.equivalence(Json)

  it.each<readonly [Json, Json, boolean]>([
    [null, null, true],
    [null, 0, false],
    [null, {}, false],
    [{}, null, false],
    ["a", "a", true],
    ["1", 1, false],
    [1, {}, false],
    [{}, 1, false],
    [true, "true", false],
    [[], [], true],
    [[], {}, false],
    [{}, [], false],
    [[1], [1, 2], false],
    [[1, 2], [1], false],
    [[1, [2]], [1, [2]], true],
    [[1, [2]], [1, [3]], false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: { b: 1 } }, { a: { b: 1 } }, true],
    [{ a: { b: 1 } }, { a: { b: 2 } }, false],
    [{ length: 0 }, [], false]
  ])("%j and %j: %s", (self, that, equal) => {
    expect(equals(self, that)).toBe(equal)
    // one whose keys come from elsewhere
    const nullPrototype = (value: Json): Json =>
      Array.isArray(value) || typeof value !== "object" || value === null
        ? value
        : Object.assign(Object.create(null), value)
    expect(Schema.decodeUnknownSync(Json)(nullPrototype(self))).toEqual(self)
  })

  it("are at most 500 levels deep", () => {
    const nested = (levels: number): Json => levels === 0 ? 0 : [nested(levels - 1)]
    expect(Either.isRight(Schema.decodeUnknownEither(Json)(nested(500)))).toBe(true)
    expect(Either.isRight(Schema.decodeUnknownEither(Json)(nested(501)))).toBe(false)
  })

  it.each([
    [{ a: [0, { b: undefined }] }, ["a", 1, "b"]],
    [{ a: undefined }, ["a"]],
    [[[undefined]], [0, 0]]
  ])("that are none are told where: %j", (value, path) => {
    const result = Schema.decodeUnknownEither(Schema.Struct({ value: Schema.Union(Json, Metadata) }))({ value })
    const issues = Either.isLeft(result) ? ParseResult.ArrayFormatter.formatErrorSync(result.left) : []
    expect(issues.map(({ path }) => path)).toContainEqual(["value", ...path])
  })
})

describe("inputs", () => {
  const create = Schema.validateEither(CreateCustomer, { onExcessProperty: "error" })
  const update = Schema.validateEither(UpdateCustomer, { onExcessProperty: "error" })

  it.each([
    [{}, true],
    [{ email: undefined }, true],
    [{ email: "a@b" }, true],
    [{ email: "ada@example.com" }, true],
    [{ email: "a b@c" }, false],
    [{ email: "a@b c" }, false],
    [{ email: "@b" }, false],
    [{ email: null }, false],
    [{ name: "" }, false],
    [{ name: "  " }, false],
    [{ locale: "en-GB" }, true],
    [{ locale: "no locale" }, false],
    [{ address: { country: "NL" } }, true],
    [{ address: { country: "nl" } }, false],
    [{ address: { country: "NLD" } }, false],
    [{ address: { country: "aNL" } }, false],
    [{ address: {} }, false],
    [{ externalId: "." }, false],
    [{ externalId: "\ud800" }, false],
    [{ paymentSource: { cardToken: Redacted.make("card_1") } }, true],
    [{ paymentSource: { cardToken: "card_1" } }, false],
    [{ paymentSource: { cardToken: Redacted.make("a"), card: {} } }, false],
    [{ emial: "a@b" }, false]
  ])("create %j: %s", (input, valid) => {
    expect(Either.isRight(create(input as never))).toBe(valid)
  })

  it.each([
    [{}, true],
    [{ email: null, name: null, phone: null, address: null, locale: null, metadata: null, externalId: null }, true],
    [{ name: undefined }, true],
    [{ name: "" }, false],
    [{ paymentSource: null }, false]
  ])("update %j: %s", (patch, valid) => {
    expect(Either.isRight(update(patch as never))).toBe(valid)
  })

  it("arbitrary inputs pass their own check", () => {
    FastCheck.assert(FastCheck.property(Arbitrary.make(CreateCustomer), (input) => Either.isRight(create(input))), {
      seed: 2026
    })
    FastCheck.assert(FastCheck.property(Arbitrary.make(UpdateCustomer), (patch) => Either.isRight(update(patch))), {
      seed: 2026
    })
  })

  it("an address reads with every line an Option", () => {
    const address = Schema.decodeUnknownSync(Address)({
      line1: "1 Main St",
      line2: null,
      city: null,
      state: null,
      postalCode: null,
      country: "NL"
    })
    expect(address.line1).toEqual(Option.some("1 Main St"))
  })
})

const sorted = (value: unknown): unknown =>
  typeof value !== "object" || value === null
    ? value
    : Array.isArray(value)
    ? value.map(sorted)
    : Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const).sort(([a], [b]) => a < b ? -1 : 1)
    )
