import type { Address, CreateCustomer, Customer, Json, Metadata } from "@effect-customers/core/Customer"
import { addressFromInput } from "@effect-customers/core/Customer"
import * as Sha2 from "@noble/hashes/sha2.js"
import * as Hashes from "@noble/hashes/utils.js"
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

/**
 * 128 bits of a SHA-256, in hexadecimal: the same for ever, as ledgers keep them, and no way back to an e-mail but to try
 * them. Web Crypto's are asynchronous, and a program under a `TestClock` would not wait for them.
 *
 * @internal
 */
export const hash = (text: string): string => Hashes.bytesToHex(Sha2.sha256(Hashes.utf8ToBytes(text))).slice(0, 32)

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
  const whole = hashFormed(JSON.stringify(stored))
  const person = stored.email ?? stored.name
  return { person: person === null ? whole : hashFormed(person), whole }
}

/** Providers write `ë` as one character or as two. */
const hashFormed = (text: string): string => hash(text.normalize("NFC"))

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
