import * as Capabilities from "@effect-customers/core/Capabilities"
import { CreateCustomer } from "@effect-customers/core/Customer"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import { InvalidRequest, Unsupported } from "@effect-customers/core/CustomersError"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/**
 * Fields that may be left out where the target cannot store them.
 *
 * @internal
 */
export type Drop = "all" | ReadonlyArray<Capabilities.Field>

/**
 * What becomes of an input at a target: what is created of it, without what; and why it cannot be, where it cannot.
 *
 * @internal
 */
export interface Checked {
  readonly input: CreateCustomer
  readonly without: ReadonlyArray<Capabilities.UnsupportedField>
  readonly unsupported: ReadonlyArray<Capabilities.UnsupportedField>
  readonly missing: ReadonlyArray<Capabilities.UnsupportedField>
  readonly invalid: ReadonlyArray<Capabilities.UnsupportedField>
  /** What `create` would end in. */
  readonly error: Option.Option<CustomersError>
}

/**
 * `unwritable` is what of the customer at the source is no input at all.
 *
 * @internal
 */
export const check = (
  capabilities: Capabilities.Capabilities,
  given: CreateCustomer,
  drop: Drop,
  unwritable: ReadonlyArray<Capabilities.UnsupportedField> = []
): Checked => {
  const unsupported = [...unwritable, ...Capabilities.fit(capabilities, given).unsupported]
  const without = unsupported.filter(({ path }) => drop === "all" || drop.includes(fieldOf(path)))
  const left = without.map(({ path }) => fieldOf(path))
  const input: CreateCustomer = Object.fromEntries(
    Object.entries(given).filter(([field, value]) => value !== undefined && !left.some((other) => other === field))
  )
  const { provider } = capabilities
  const checked = {
    input,
    without,
    unsupported,
    missing: Capabilities.fit(capabilities, input).missing.map((path) => ({ path, reason: `${provider} requires it` })),
    invalid: invalidIn(input)
  }
  return { ...checked, error: errorOf(capabilities, checked) }
}

/** Paths are dotted, and begin with the field. */
const fieldOf = (path: string): Capabilities.Field => path.split(".")[0] as Capabilities.Field

const fields = {
  externalId: CreateCustomer.fields.externalId.from,
  email: CreateCustomer.fields.email.from,
  name: CreateCustomer.fields.name.from,
  phone: CreateCustomer.fields.phone.from,
  address: CreateCustomer.fields.address.from,
  locale: CreateCustomer.fields.locale.from,
  metadata: CreateCustomer.fields.metadata.from,
  paymentSource: CreateCustomer.fields.paymentSource.from
}

const problemOf = <A, I>(path: string, schema: Schema.Schema<A, I>, words: AST.AST = schema.ast) => {
  const is = Schema.is(schema)
  const described = Option.orElse(AST.getDescriptionAnnotation(words), () => AST.getIdentifierAnnotation(words))
  const reason = `expected ${Option.getOrElse(described, () => "something else")}`
  return (value: unknown): ReadonlyArray<Capabilities.UnsupportedField> =>
    value === undefined || is(value) ? [] : [{ path, reason }]
}

const problems = {
  externalId: problemOf("externalId", fields.externalId),
  email: problemOf("email", fields.email),
  name: problemOf("name", fields.name),
  phone: problemOf("phone", fields.phone),
  // of what customers have, nothing else can be wrong with it
  address: problemOf("address.country", fields.address, fields.address.fields.country.ast),
  locale: problemOf("locale", fields.locale),
  metadata: problemOf("metadata", fields.metadata),
  paymentSource: problemOf("paymentSource", fields.paymentSource)
}

const invalidIn = (input: CreateCustomer): ReadonlyArray<Capabilities.UnsupportedField> =>
  (Object.keys(problems) as ReadonlyArray<Capabilities.Field>).flatMap((field) => problems[field](input[field]))

/** In the order in which `create` looks. */
const errorOf = (
  { provider }: Capabilities.Capabilities,
  { invalid, missing, unsupported, without }: Omit<Checked, "error">
): Option.Option<CustomersError> => {
  const context = { provider, operation: "create", mayHaveApplied: false, repeat: "never" } as const
  const issues = (invalid.length > 0 ? invalid : missing).map(({ path, reason }) => ({ path, message: reason }))
  if (issues.length > 0) return Option.some(new InvalidRequest({ ...context, origin: "sdk", issues }))
  const refused = unsupported.find((field) => !without.includes(field))
  return refused === undefined ? Option.none() : Option.some(new Unsupported({ ...context, ...refused }))
}
