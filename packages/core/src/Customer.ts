/**
 * The customer in one vocabulary, whatever provider keeps it: what services answer, and what they take.
 *
 * @since 0.1.0
 */
import type { LazyArbitrary } from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import type * as Equivalence from "effect/Equivalence"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Arbitraries from "./internal/arbitraries.js"
import { segmentProblem } from "./internal/pathSegment.js"

/**
 * A billing provider: the five this project ships, open for more.
 *
 * @since 0.1.0
 * @category models
 */
export type Provider = "polar" | "mollie" | "pin-payments" | "autumn" | "flexprice" | (string & {})

/**
 * The schema of {@link Provider}: any string, so that a sixth provider needs no change here.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Provider: Schema.Schema<Provider, string> = Schema.String.annotations({
  identifier: "Provider",
  arbitrary: Arbitraries.oneOfKnown(["polar", "mollie", "pin-payments", "autumn", "flexprice"])
})

/**
 * The provider's own id of a customer, as answers carry it. Operations take plain strings, so that a bad id is a
 * typed `InvalidRequest` and not a throw.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CustomerId = Schema.NonEmptyString.annotations({
  arbitrary: Arbitraries.textLike(/^cus_[A-Za-z0-9]{8,22}$/, "uuid")
}).pipe(Schema.brand("@effect-customers/core/CustomerId"))

/**
 * The provider's own id of a customer.
 *
 * @since 0.1.0
 * @category models
 */
export type CustomerId = typeof CustomerId.Type

/**
 * A JSON value: numbers are finite.
 *
 * @since 0.1.0
 * @category models
 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/**
 * Metadata: a JSON object, at most 500 levels deep. Numbers are finite, `-0` reads as `0`, and a key called `__proto__`
 * is refused at any depth (assigning it would change an object's prototype instead of its data).
 *
 * @since 0.1.0
 * @category models
 */
export type Metadata = { readonly [key: string]: Json }

const isPlainObject = (value: object): value is Record<string, unknown> => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** How many objects and arrays may stand in one another: recursion must not reach the end of the stack. */
const deepest = 500

/** Decodes one value, or says where it stops being JSON. `ancestors` finds cycles. */
const decodeJson = (
  value: unknown,
  path: ReadonlyArray<PropertyKey>,
  ancestors: ReadonlyArray<object>,
  refuse: (path: ReadonlyArray<PropertyKey>, actual: unknown) => void
): Json => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      if (!Number.isFinite(value)) refuse(path, value)
      return value === 0 ? 0 : value
    case "object": {
      if (value === null) return null
      if (ancestors.length >= deepest || ancestors.includes(value)) {
        refuse(path, value)
        return null
      }
      const inside = [...ancestors, value]
      if (Array.isArray(value)) {
        return Array.from(value, (item: unknown, index) => decodeJson(item, [...path, index], inside, refuse))
      }
      if (isPlainObject(value)) {
        const out: Record<string, Json> = {}
        for (const key of Object.keys(value)) {
          if (key === "__proto__") refuse([...path, key], value)
          else out[key] = decodeJson(value[key], [...path, key], inside, refuse)
        }
        return out
      }
    }
  }
  refuse(path, value)
  return null
}

const jsonEquals = (self: Json, that: Json): boolean => {
  if (self === that) return true
  if (typeof self !== "object" || typeof that !== "object" || self === null || that === null) return false
  if (isJsonArray(self) || isJsonArray(that)) {
    return isJsonArray(self) && isJsonArray(that) && self.length === that.length &&
      self.every((item, index) => jsonEquals(item, that[index]!))
  }
  const keys = Object.keys(self)
  return keys.length === Object.keys(that).length &&
    keys.every((key) => Object.hasOwn(that, key) && jsonEquals(self[key]!, that[key]!))
}

/**
 * The schema of {@link Json}: any JSON value, at most 500 levels deep. Decoding copies.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Json: Schema.Schema<Json> = Schema.declare([], { decode: () => decodeValue, encode: () => decodeValue }, {
  identifier: "Json",
  description: "a JSON value",
  equivalence: (): Equivalence.Equivalence<Json> => jsonEquals,
  arbitrary: () => (fc) => Arbitraries.json(fc).map(withoutPrototypeKeys)
})

const isJsonArray = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

const withoutPrototypeKeys = (value: unknown): Json => decodeJson(value, [], [], () => {})

/**
 * The schema of {@link Metadata}. Decoding copies, so that later changes of the input do not reach the customer.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Metadata: Schema.Schema<Metadata> = Schema.declare(
  [],
  {
    decode: () => decodeMetadata,
    encode: () => decodeMetadata
  },
  {
    identifier: "Metadata",
    description: "a JSON object",
    jsonSchema: { type: "object" },
    pretty: () => (metadata) => JSON.stringify(metadata),
    equivalence: (): Equivalence.Equivalence<Metadata> => jsonEquals,
    arbitrary: () => (fc) =>
      fc.dictionary(Arbitraries.textLike("key")()(fc), Arbitraries.json(fc), { maxKeys: 6 })
        .map((value) => withoutPrototypeKeys(value) as Metadata)
  }
)

function decodeMetadata(
  input: unknown,
  options: unknown,
  ast: ParseResult.Type["ast"]
): Either.Either<Metadata, ParseResult.ParseIssue> {
  return typeof input === "object" && input !== null && !Array.isArray(input) && isPlainObject(input)
    ? decodeValue(input, options, ast) as Either.Either<Metadata, ParseResult.ParseIssue>
    : Either.left(new ParseResult.Type(ast, input))
}

function decodeValue(
  input: unknown,
  _: unknown,
  ast: ParseResult.Type["ast"]
): Either.Either<Json, ParseResult.ParseIssue> {
  let refused: { readonly path: ReadonlyArray<PropertyKey>; readonly actual: unknown } | undefined
  const value = decodeJson(input, [], [], (path, actual) => {
    refused ??= { path, actual }
  })
  if (refused === undefined) return Either.right(value)
  const issue = new ParseResult.Type(jsonAst, refused.actual)
  const [key, ...rest] = refused.path
  return Either.left(
    key === undefined
      ? issue
      : new ParseResult.Composite(ast, input, [new ParseResult.Pointer([key, ...rest], refused.actual, issue)])
  )
}

const jsonAst = Schema.Unknown.annotations({ title: "a JSON value", description: "a JSON value" }).ast

/** Arbitrary values of `OptionFromNullOr` do not shrink to none. */
const optional = <A, I>(schema: Schema.Schema<A, I>, arbitrary: LazyArbitrary<A>) =>
  Schema.OptionFromNullOr(schema).annotations({
    arbitrary: () => (fc) => fc.option(arbitrary(fc), { freq: 2 }).map(Option.fromNullable)
  })

const optionalText = (like: Arbitraries.TextKind) => optional(Schema.String, Arbitraries.textLike(like)())

/**
 * A postal address as a provider keeps it. `country` is ISO 3166 alpha-2 where the provider keeps the rule;
 * `state` comes without its country's prefix (Polar's `US-CA` reads as `CA`).
 *
 * @since 0.1.0
 * @category models
 */
export class Address extends Schema.Class<Address>("@effect-customers/core/Address")({
  line1: optionalText("addressLine"),
  line2: optionalText("addressLine"),
  city: optionalText("addressLine"),
  state: optionalText("addressLine"),
  postalCode: optionalText("addressLine"),
  country: optionalText("country")
}) {}

const time: LazyArbitrary<DateTime.Utc> = (fc) => Arbitraries.millis(fc).map(DateTime.unsafeMake)

const RawSymbol: unique symbol = Symbol.for("@effect-customers/core/Customer/raw")

/**
 * A customer. Every field a provider may leave out is an `Option`; times are `DateTime.Utc` to the millisecond. It
 * encodes to plain JSON (`null` for none, ISO 8601 for times) and decodes back to an equivalent value.
 *
 * `JSON.stringify` of a customer prints its `Option`s; plain JSON is what `Schema.encode(Customer)` gives.
 *
 * The provider's own object rides along out of sight of JSON, equality and printing; each provider package gives it
 * back typed (`Polar.raw(customer)`). A customer that was decoded from JSON has none.
 *
 * @example
 * ```ts
 * import { Customer } from "@effect-customers/core"
 * import * as Schema from "effect/Schema"
 *
 * const toJson = Schema.encodeSync(Customer)
 * const same = Schema.equivalence(Customer)
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export class Customer extends Schema.Class<Customer>("@effect-customers/core/Customer")({
  provider: Provider,
  id: CustomerId,
  externalId: optionalText("externalId"),
  email: optionalText("email"),
  name: optionalText("name"),
  phone: optionalText("phone"),
  address: optional(Address, (fc) => Arbitraries.addressInput()()(fc).map(addressFromInput)),
  locale: optionalText("locale"),
  metadata: Metadata,
  createdAt: Schema.DateTimeUtc.annotations({ arbitrary: () => time }),
  updatedAt: optional(Schema.DateTimeUtc, time)
}) {
  /** @internal */
  [RawSymbol](): unknown {
    return this.#raw
  }

  // read by a method, a private field is out of sight even of `util.inspect` with `showHidden` and `getters`
  #raw: unknown = undefined

  /** @internal */
  static withRaw(customer: Customer, raw: unknown): Customer {
    customer.#raw = raw
    return customer
  }
}

/**
 * Attaches the provider's own object to a customer. For authors of provider packages.
 *
 * @since 0.1.0
 * @category raw
 */
export const withRaw = (customer: Customer, raw: unknown): Customer => Customer.withRaw(customer, raw)

/**
 * The provider's own object, untyped, or none for a customer that did not come from a provider's answer. Programs use
 * the typed `raw` of the provider package.
 *
 * @since 0.1.0
 * @category raw
 */
export const raw = (customer: Customer): Option.Option<unknown> => Option.fromNullable(customer[RawSymbol]())

/**
 * The same for the customers of one provider, typed. `Raw` is what that provider's package attaches: nothing checks it.
 * For authors of provider packages.
 *
 * @since 0.1.0
 * @category raw
 */
export const rawOf = <Raw>(provider: Provider) => (customer: Customer): Option.Option<Raw> =>
  customer.provider === provider ? raw(customer) as Option.Option<Raw> : Option.none()

const isNotBlank = (text: string): boolean => text.trim() !== ""

const Text = Schema.String.pipe(Schema.filter(isNotBlank)).annotations({
  description: "a string that is not blank",
  arbitrary: Arbitraries.textLike("name")
})

const Phone = Text.annotations({ arbitrary: Arbitraries.textLike("phone") })

/** Never a dot segment or half a character: it may become part of a URL. */
const ExternalId = Schema.String.pipe(
  Schema.filter((id) => isNotBlank(id) && segmentProblem(id, "encoded") === undefined)
).annotations({
  description: "an external id that is not blank, no dot segment, without lone surrogates",
  arbitrary: Arbitraries.textLike("externalId")
})

/**
 * An e-mail address to write or to look for: something, an `@`, something, no white space. Whether it can be delivered
 * to is the provider's to say.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Email = Schema.String.pipe(Schema.pattern(/^[^\s@]+@[^\s@]+$/)).annotations({
  description: "an e-mail address",
  arbitrary: Arbitraries.textLike("email")
})

const Country = Schema.String.pipe(Schema.pattern(/^[A-Z]{2}$/)).annotations({
  description: "an ISO 3166 alpha-2 country code in capitals",
  arbitrary: Arbitraries.textLike("country")
})

const isLocale = (tag: string): boolean => Option.isSome(Option.liftThrowable(Intl.getCanonicalLocales)(tag))

const Locale = Schema.String.pipe(Schema.filter(isLocale)).annotations({
  description: "a BCP 47 language tag",
  arbitrary: Arbitraries.textLike("locale")
})

/**
 * An address to write. It replaces the stored one whole: a line that is absent is a line that is not there.
 * `country` is required, ISO 3166 alpha-2 in capitals.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AddressInput = Schema.Struct({
  line1: Schema.optional(Schema.NullOr(Schema.String)),
  line2: Schema.optional(Schema.NullOr(Schema.String)),
  city: Schema.optional(Schema.NullOr(Schema.String)),
  state: Schema.optional(Schema.NullOr(Schema.String)),
  postalCode: Schema.optional(Schema.NullOr(Schema.String)),
  country: Country
}).annotations({ identifier: "AddressInput", arbitrary: Arbitraries.addressInput() })

/**
 * An address to write.
 *
 * @since 0.1.0
 * @category models
 */
export interface AddressInput extends Schema.Schema.Type<typeof AddressInput> {}

/**
 * An address to write as it reads once it is stored: a blank line is one that is not there. For authors of provider
 * packages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const addressFromInput = (address: AddressInput): Address =>
  new Address({
    line1: notBlank(address.line1),
    line2: notBlank(address.line2),
    city: notBlank(address.city),
    state: notBlank(address.state),
    postalCode: notBlank(address.postalCode),
    country: Option.some(address.country)
  }, true)

const notBlank = (line: string | null | undefined): Option.Option<string> =>
  Option.filter(Option.fromNullable(line), isNotBlank)

const secret = (shape: RegExp) =>
  Schema.Redacted(Schema.NonEmptyString.annotations({ arbitrary: Arbitraries.textLike(shape) }))

const testNumbers = /^(4200000000000000|5520000000000000)$/

/**
 * Card details for the providers that take them (Pin Payments). Number and cvc are `Redacted` from here to the wire.
 * `expiryMonth` is 1 to 12, `expiryYear` has four digits.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Card = Schema.Struct({
  number: secret(testNumbers),
  expiryMonth: Schema.Int.pipe(Schema.between(1, 12)),
  expiryYear: Schema.Int.pipe(
    Schema.between(2000, 9999, { arbitrary: () => (fc) => fc.integer({ min: 2050, max: 2099 }) })
  ),
  cvc: secret(/^[0-9]{3}$/),
  name: Text,
  address: AddressInput.annotations({ arbitrary: Arbitraries.addressInput(["line1", "city"]) })
}).annotations({ identifier: "Card" })

/**
 * Card details to write.
 *
 * @since 0.1.0
 * @category models
 */
export interface Card extends Schema.Schema.Type<typeof Card> {}

/**
 * What a customer pays with: a token of the provider's own card form, or the card itself. Exactly one of both.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PaymentSource = Schema.Union(
  Schema.Struct({ cardToken: secret(/^card_[A-Za-z0-9_-]{22}$/) }),
  Schema.Struct({ card: Card })
).annotations({ identifier: "PaymentSource" })

/**
 * What a customer pays with.
 *
 * @since 0.1.0
 * @category models
 */
export type PaymentSource = typeof PaymentSource.Type

/**
 * What `create` takes. An absent key is a field without a value; what a provider requires is in its `capabilities`, and
 * what it cannot store is refused with `Unsupported` before anything is sent. Keys that are not listed here are
 * refused, not ignored.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreateCustomer = Schema.Struct({
  externalId: Schema.optional(ExternalId),
  email: Schema.optional(Email),
  name: Schema.optional(Text),
  phone: Schema.optional(Phone),
  address: Schema.optional(AddressInput),
  locale: Schema.optional(Locale),
  metadata: Schema.optional(Metadata),
  paymentSource: Schema.optional(PaymentSource)
}).annotations({ identifier: "CreateCustomer" })

/**
 * What `create` takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateCustomer extends Schema.Schema.Type<typeof CreateCustomer> {}

/**
 * What `update` takes: an absent (or undefined) key keeps what is stored, `null` clears it, a value sets it. A given
 * `address` or `metadata` replaces the whole; `metadata: {}` empties it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const UpdateCustomer = Schema.Struct({
  externalId: Schema.optional(Schema.NullOr(ExternalId)),
  email: Schema.optional(Schema.NullOr(Email)),
  name: Schema.optional(Schema.NullOr(Text)),
  phone: Schema.optional(Schema.NullOr(Phone)),
  address: Schema.optional(Schema.NullOr(AddressInput)),
  locale: Schema.optional(Schema.NullOr(Locale)),
  metadata: Schema.optional(Schema.NullOr(Metadata))
}).annotations({ identifier: "UpdateCustomer" })

/**
 * What `update` takes: absent keeps, `null` clears, a value sets.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateCustomer extends Schema.Schema.Type<typeof UpdateCustomer> {}

/**
 * Builds a customer from parts that a provider's mapping already knows to be right, without validating them again: the
 * hot path of every walk. For authors of provider packages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromProvider = (
  fields: {
    readonly provider: Provider
    readonly id: string
    readonly externalId?: string | null | undefined
    readonly email?: string | null | undefined
    readonly name?: string | null | undefined
    readonly phone?: string | null | undefined
    readonly address?: Address | null | undefined
    readonly locale?: string | null | undefined
    readonly metadata: Metadata
    /** ISO 8601, or milliseconds since the epoch. */
    readonly createdAt: string | number
    readonly updatedAt?: string | null | undefined
  },
  raw: unknown
): Customer =>
  withRaw(
    new Customer({
      provider: fields.provider,
      id: CustomerId.make(fields.id, true),
      externalId: Option.fromNullable(fields.externalId),
      email: Option.fromNullable(fields.email),
      name: Option.fromNullable(fields.name),
      phone: Option.fromNullable(fields.phone),
      address: Option.fromNullable(fields.address),
      locale: Option.fromNullable(fields.locale),
      metadata: fields.metadata,
      createdAt: DateTime.unsafeMake(fields.createdAt),
      updatedAt: Option.map(Option.fromNullable(fields.updatedAt), DateTime.unsafeMake)
    }, true),
    raw
  )
