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

const word = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.oneof(fc.stringMatching(/^[A-Za-z0-9]{1,10}$/), fc.constantFrom(...words))

/** Never blank, nothing blank at its ends. */
const phrase = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.array(word(fc), { minLength: 1, maxLength: 3 }).map((words) => words.join(" "))

/** Lower-case domains that exist for this; all else of it is ASCII, and nothing that anybody quotes. */
const email = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.tuple(
    fc.stringMatching(/^[A-Za-z0-9]{1,12}$/),
    fc.oneof(fc.constant(""), fc.stringMatching(/^[._+'-][A-Za-z0-9]{1,8}$/)),
    fc.constantFrom("example.com", "example.org", "mail.example.net")
  ).map(([local, more, domain]) => `${local}${more}@${domain}`)

const country = (fc: Fc): FastCheck.Arbitrary<string> => fc.constantFrom("NL", "US", "CA", "AU", "FR", "GB", "JP")

/** Some are without a region; providers know all that have one. */
const locale = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.constantFrom("en", "en-US", "nl-NL", "de-AT", "fr-BE", "ca-ES", "pt-PT", "zh-Hant")

/** Ids that are easy in a path, and some that are not. */
const externalId = (fc: Fc): FastCheck.Arbitrary<string> =>
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
    fc.uuid({ version: 4 }),
    fc.tuple(fc.constantFrom("user ", "org/", "a:", "100%", "é+", "?q=", "#", "ada@"), fc.nat()).map(([odd, n]) =>
      `${odd}${n}`
    )
  )

/** Strings by what they are of. */
const texts = {
  email,
  name: phrase,
  phone: (fc) => fc.stringMatching(/^\+[1-9][0-9]{1,2} [0-9]{2,4} [0-9]{3,6}$/),
  addressLine: phrase,
  country,
  locale,
  externalId,
  uuid: (fc) => fc.uuid({ version: 4 }),
  url: (fc) => fc.stringMatching(/^[a-z0-9/]{1,12}$/).map((path) => `https://www.example.com/${path}`),
  /** Any but the one that no object can have safely. */
  key: (fc) =>
    fc.oneof(
      fc.stringMatching(/^[a-z][a-z_]{0,11}$/),
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
  fc.stringMatching(/^[a-z][a-z_]{2,15}$/).filter((tag) => !known.includes(tag))

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

/** The states of some countries are checked by providers. */
const states: { readonly [country: string]: ReadonlyArray<string> } = {
  US: ["CA", "NY", "TX"],
  CA: ["ON", "QC"],
  AU: ["WA", "NSW"],
  NL: ["Noord-Holland"]
}

const optional = <A>(fc: Fc, arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A | null> =>
  fc.option(arbitrary, { freq: 3 })

/**
 * An address whose state is one of its country. `required` are the lines that it has for sure.
 *
 * @internal
 */
export const addressInput =
  (required: ReadonlyArray<"line1" | "city"> = []) => (): LazyArbitrary<AddressInput> => (fc) => {
    const lines = (country: string) => ({
      country: fc.constant(country),
      line1: required.includes("line1") ? phrase(fc) : optional(fc, phrase(fc)),
      line2: optional(fc, phrase(fc)),
      city: required.includes("city") ? phrase(fc) : optional(fc, phrase(fc)),
      state: optional(fc, fc.constantFrom(...states[country] ?? ["Kyōto"])),
      postalCode: optional(fc, fc.stringMatching(/^[0-9]{4}( [A-Z]{2})?$/))
    })
    return country(fc).chain((country) => fc.record(lines(country), { requiredKeys: ["country", ...required] }))
  }
