/** Inputs that fit a provider, and what is to be read of them afterwards. */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import {
  addressFromInput,
  type AddressInput,
  type CreateCustomer,
  type Customer,
  Metadata,
  type UpdateCustomer
} from "@effect-customers/core/Customer"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { PCGRandom } from "effect/Utils"

/** The fields that an update takes. */
export type WritableField = keyof UpdateCustomer

/** A value of each. */
export type Values = { readonly [F in WritableField]-?: NonNullable<UpdateCustomer[F]> }

/** Values, and `null` for none. */
export type Patch = UpdateCustomer

/** @internal */
export const writableFields: ReadonlyArray<WritableField> = [
  "externalId",
  "email",
  "name",
  "phone",
  "address",
  "locale",
  "metadata"
]

/** @internal */
export const patchOf = <F extends WritableField>(field: F, value: UpdateCustomer[F]): UpdateCustomer => ({
  [field]: value
})

/**
 * The same for a create.
 *
 * @internal
 */
export const inputOf = <F extends WritableField>(field: F, value: Values[F]): CreateCustomer => ({ [field]: value })

const letters = "0123456789abcdefghijklmnopqrstuvwxyz"

/** Of a regular expression's class (`[A-Za-z0-9_-]`), or any. */
const allowed = (alphabet: string, characters: string | undefined): string => {
  if (characters === undefined) return alphabet
  const isAllowed = new RegExp(`^${characters}$`)
  const found = [...alphabet].filter((character) => isAllowed.test(character))
  return found.length > 0 ? found.join("") : alphabet
}

/** Such as hardly any provider lacks. */
const locales = ["nl-NL", "fr-FR", "en-US", "de-DE"]

const countries = ["NL", "FR", "JP", "AU"]

/** @internal */
export interface Draw {
  readonly fields: ReadonlyArray<WritableField>
  readonly value: <F extends WritableField>(field: F) => Values[F]
  readonly token: (alphabet: string, length: number) => string
}

/** @internal */
export const values = (
  { fields }: Capabilities.Capabilities,
  emailDomain: string,
  seed: number
): Draw => {
  const random = new PCGRandom(seed)
  let drawn = 0
  const token = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[random.integer(alphabet.length)]).join("")
  /** The limits may leave room for less. */
  const text = (field: WritableField, prefix: string, alphabet: string = letters): string => {
    const { characters, maxLength = 40 } = fields[field].limits ?? {}
    const open = characters === undefined ? prefix : ""
    return `${open}${token(allowed(alphabet, characters), 12)}`.slice(-maxLength)
  }
  const next = <A>(among: ReadonlyArray<A>): A => among[drawn++ % among.length]!
  const address = (): AddressInput => {
    const { addressLengths = {}, exceptCountries = [] } = fields.address.limits ?? {}
    const line = (name: Capabilities.AddressLine, value: string) => value.slice(0, addressLengths[name])
    return {
      line1: line("line1", `${random.integer(900) + 1} Sample Street`),
      line2: line("line2", "2nd floor"),
      city: line("city", "Sampleton"),
      postalCode: line("postalCode", String(random.integer(9000) + 1000)),
      country: next(countries.filter((country) => !exceptCountries.includes(country)))
    }
  }
  const metadata = (): Metadata => ({ plan: token(letters, 8), seat: token(letters, 4) })
  const makers: { readonly [F in WritableField]: () => Values[F] } = {
    externalId: () => text("externalId", "contract-"),
    email: () => `contract-${token(letters, 12)}@${emailDomain}`,
    name: () =>
      `Ada ${text("name", "Lovelace", "abcdefghijklmnopqrstuvwxyz")}`.slice(-(fields.name.limits?.maxLength ?? 40)),
    phone: () => text("phone", "+3120", "0123456789").slice(0, 12),
    address,
    locale: () => next(locales),
    metadata
  }
  return { fields: writableFields, value: (field) => makers[field](), token }
}

const sameMetadata = Schema.equivalence(Metadata)

/**
 * Whether the customer has the value as it was given; none for `null`.
 *
 * @internal
 */
export const reads = <F extends WritableField>(
  customer: Customer,
  field: F,
  value: UpdateCustomer[F] | null
): boolean => {
  if (field === "metadata") return sameMetadata(customer.metadata, (value ?? {}) as Metadata)
  if (field === "address") {
    const given = value as AddressInput | null
    return Equal.equals(customer.address, given === null ? Option.none() : Option.some(addressFromInput(given)))
  }
  return Equal.equals(customer[field], Option.fromNullable(value))
}

const keys: ReadonlyArray<Exclude<keyof Customer, symbol>> = [
  "provider",
  "id",
  ...writableFields,
  "createdAt",
  "updatedAt"
]

/**
 * In what two customers are different.
 *
 * @internal
 */
export const differences = (a: Customer, b: Customer): ReadonlyArray<keyof Customer> =>
  keys.filter((key) => key === "metadata" ? !sameMetadata(a.metadata, b.metadata) : !Equal.equals(a[key], b[key]))
