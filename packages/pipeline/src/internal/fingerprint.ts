import type { Address, CreateCustomer, Customer, Json, Metadata } from "@effect-customers/core/Customer"
import { addressFromInput } from "@effect-customers/core/Customer"
import * as Option from "effect/Option"

/**
 * What a customer is found by when nobody knows how its create ended, without the customer itself: `whole` is a hash of
 * everything that is stored, `person` of the e-mail alone, or of the name where there is none.
 *
 * @internal
 */
export interface Fingerprint {
  readonly person: string
  readonly whole: string
}

/** @internal */
export const toText = ({ person, whole }: Fingerprint): string => `${person}.${whole}`

/** @internal */
export const fromText = (text: string): Fingerprint => {
  const [person = "", whole = ""] = text.split(".")
  return { person, whole }
}

/** Odd, and one for each 32 bits of the hash. */
const multipliers = [0x01000193, 0x5bd1e995, 0x9e3779b1, 0x85ebca6b]

/**
 * 128 bits, for telling texts apart, and the same for ever: ledgers keep them. Web Crypto's are asynchronous, and a
 * program under a `TestClock` would not wait for them.
 *
 * @internal
 */
export const hash = (text: string): string =>
  multipliers.map((multiplier) => {
    let bits = multiplier ^ text.length
    for (let index = 0; index < text.length; index++) {
      bits = Math.imul(bits ^ text.charCodeAt(index), multiplier)
      bits ^= bits >>> 15
    }
    return (bits >>> 0).toString(16).padStart(8, "0")
  }).join("")

/** @internal */
export const ofInput = (input: CreateCustomer): Fingerprint =>
  of({ ...input, address: input.address && addressFromInput(input.address) })

/** @internal */
export const ofCustomer = (customer: Customer): Fingerprint =>
  of({
    externalId: Option.getOrUndefined(customer.externalId),
    email: Option.getOrUndefined(customer.email),
    name: Option.getOrUndefined(customer.name),
    phone: Option.getOrUndefined(customer.phone),
    address: Option.getOrUndefined(customer.address),
    locale: Option.getOrUndefined(customer.locale),
    metadata: customer.metadata
  })

interface Fields {
  readonly externalId?: string | undefined
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly phone?: string | undefined
  readonly address?: Address | undefined
  readonly locale?: string | undefined
  readonly metadata?: Metadata | undefined
}

const of = (fields: Fields): Fingerprint => {
  const stored = {
    externalId: fields.externalId ?? null,
    email: folded(fields.email),
    name: words(fields.name),
    phone: words(fields.phone),
    address: fields.address === undefined ? null : lines(fields.address),
    locale: localeOf(fields.locale),
    metadata: sorted(fields.metadata ?? {})
  }
  const whole = hash(JSON.stringify(stored))
  const person = stored.email ?? stored.name
  return { person: person === null ? whole : hash(person), whole }
}

/** Providers trim, and join the parts of a name with one space. */
const words = (text: string | undefined): string | null => {
  const trimmed = (text ?? "").trim().replace(/\s+/g, " ")
  return trimmed === "" ? null : trimmed
}

/** Providers change the case of e-mails. */
const folded = (text: string | undefined): string | null => words(text?.toLowerCase())

/** Polar writes the states of some countries in capitals and with their country. */
const lines = (address: Address): Json => {
  const country = Option.getOrElse(address.country, () => "").toUpperCase()
  const state = words(Option.getOrUndefined(address.state)?.toUpperCase())
  return [
    ...[address.line1, address.line2, address.city, address.postalCode].map((line) =>
      words(Option.getOrUndefined(line))
    ),
    state?.startsWith(`${country}-`) === true ? state.slice(country.length + 1) : state,
    country
  ]
}

const canonical = Option.liftThrowable((tag: string) => Intl.getCanonicalLocales(tag)[0] ?? tag)

const localeOf = (locale: string | undefined): string | null => {
  const tag = locale?.replaceAll("_", "-")
  return tag === undefined ? null : Option.getOrElse(canonical(tag), () => tag)
}

const isArray = (json: Json): json is ReadonlyArray<Json> => Array.isArray(json)

const sorted = (json: Json): Json => {
  if (typeof json !== "object" || json === null) return json
  if (isArray(json)) return json.map(sorted)
  return Object.fromEntries(Object.keys(json).sort().map((key) => [key, sorted(json[key] ?? null)]))
}
