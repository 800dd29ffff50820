/** What made-up values of the models are like, for the `arbitrary` annotations of the schemas. */
import type { LazyArbitrary } from "effect/Arbitrary"
import type * as FastCheck from "effect/FastCheck"
import type { AddressInput } from "../Customer.js"

type Fc = Parameters<LazyArbitrary<unknown>>[0]

/** Short ones that every program meets, and some that few have thought of. */
const words = [
  "Ada",
  "Łukasz",
  "O'Brien",
  "van der Berg",
  "\"Bob\"",
  "Zoë & Söhne",
  "李雷",
  "محمد",
  "🦊",
  "<b>Eve</b>",
  "null",
  "Smith,\\Jr."
]

const word = (fc: Fc): FastCheck.Arbitrary<string> => fc.oneof(alphanumeric(fc, 10), fc.constantFrom(...words))

const letters = "abcdefghijklmnopqrstuvwxyz"

/** Cheaper to make than what matches an expression. */
const textOf = (fc: Fc, characters: string, maxLength: number): FastCheck.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength })

const alphanumeric = (fc: Fc, maxLength: number): FastCheck.Arbitrary<string> =>
  textOf(fc, `${letters}${letters.toUpperCase()}0123456789`, maxLength)

/** Never blank, nothing blank at its ends. */
const phrase = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.array(word(fc), { minLength: 1, maxLength: 3 }).map((words) => words.join(" "))

/** Lower-case domains that exist for this; all else of it is ASCII, and nothing that anybody quotes. */
const email = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.tuple(
    alphanumeric(fc, 12),
    fc.option(fc.tuple(fc.constantFrom(".", "_", "+", "'", "-"), alphanumeric(fc, 8))),
    fc.constantFrom("example.com", "example.org", "mail.example.net")
  ).map(([local, more, domain]) => `${local}${(more ?? []).join("")}@${domain}`)

/** With states of theirs, which providers check. */
const countries: { readonly [country: string]: ReadonlyArray<string> } = {
  NL: ["Noord-Holland"],
  US: ["CA", "NY", "TX"],
  CA: ["ON", "QC"],
  AU: ["WA", "NSW"],
  FR: ["Île-de-France"],
  JP: ["Kyōto"]
}

/** Some are without a region; providers know all that have one. */
const locale = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.constantFrom("en", "en-US", "nl-NL", "de-AT", "fr-BE", "ca-ES", "pt-PT", "zh-Hant")

/** Ids that are easy in a path, and some that are not. */
const externalId = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.oneof(
    textOf(fc, `${letters}0123456789_-`, 20),
    fc.uuid({ version: 4 }),
    fc.tuple(fc.constantFrom("user ", "org/", "a:", "100%", "é+", "?q=", "#", "ada@"), fc.nat()).map(([odd, n]) =>
      `${odd}${n}`
    )
  )

/** Strings by what they are of. */
const texts = {
  email,
  name: phrase,
  phone: (fc) =>
    fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 100_000, max: 99_999_999 })).map(([country, number]) =>
      `+${country} ${number}`
    ),
  addressLine: phrase,
  country: (fc) => fc.constantFrom(...Object.keys(countries)),
  locale,
  externalId,
  uuid: (fc) => fc.uuid({ version: 4 }),
  url: (fc) => textOf(fc, `${letters}/`, 12).map((path) => `https://www.example.com/${path}`),
  /** Any but the one that no object can have safely. */
  key: (fc) =>
    fc.oneof(
      textOf(fc, `${letters}_`, 12),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((key) => key !== "__proto__")
    )
} satisfies { readonly [kind: string]: LazyArbitrary<string> }

/** @internal */
export type TextKind = keyof typeof texts

/** @internal */
export type TextLike = TextKind | RegExp

/** @internal */
export const textLike = (...likes: ReadonlyArray<TextLike>) => (): LazyArbitrary<string> => (fc) => {
  const all = likes.map((like) => typeof like === "string" ? texts[like](fc) : fc.stringMatching(like))
  return all.length === 1 ? all[0]! : fc.oneof(...all)
}

/**
 * One of these, or now and then one that nobody knows yet.
 *
 * @internal
 */
export const oneOfKnown = (known: ReadonlyArray<string>) => (): LazyArbitrary<string> => (fc) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: unknownTag(known)(fc) }
  )

/** @internal */
export const unknownTag = (known: ReadonlyArray<unknown>): LazyArbitrary<string> => (fc) =>
  textOf(fc, `${letters}_`, 15).filter((tag) => !known.includes(tag))

/**
 * Times that databases hold: 1970 to 2099.
 *
 * @internal
 */
export const millis: LazyArbitrary<number> = (fc) => fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) })

/**
 * As servers write them: to the second and more exactly, in UTC and with an offset.
 *
 * @internal
 */
export const isoDateTime: LazyArbitrary<string> = (fc) =>
  fc.tuple(millis(fc), fc.constantFrom("Z", ".123Z", ".123456Z", ".123456789Z", "+00:00", "+02:00")).map(
    ([time, rest]) => `${new Date(time).toISOString().slice(0, 19)}${rest}`
  )

/**
 * What JSON can hold of numbers.
 *
 * @internal
 */
export const finite: LazyArbitrary<number> = (fc) =>
  fc.oneof(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** @internal */
export const json: LazyArbitrary<unknown> = (fc) => fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" })

/**
 * An address whose state is one of its country. `required` are the lines that it has for sure.
 *
 * @internal
 */
export const addressInput =
  (required: ReadonlyArray<"line1" | "city"> = []) => (): LazyArbitrary<AddressInput> => (fc) => {
    const given = phrase(fc)
    const line = fc.option(given, { freq: 3 })
    const lines = {
      line1: required.includes("line1") ? given : line,
      line2: line,
      city: required.includes("city") ? given : line,
      postalCode: fc.option(fc.integer({ min: 1000, max: 99_999 }).map(String), { freq: 3 })
    }
    const addresses = Object.entries(countries).map(([country, states]) =>
      fc.record(
        { ...lines, country: fc.constant(country), state: fc.option(fc.constantFrom(...states), { freq: 3 }) },
        { requiredKeys: ["country", ...required] }
      )
    )
    return fc.oneof(...addresses)
  }
