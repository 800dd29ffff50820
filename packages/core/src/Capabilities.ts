/**
 * What a provider can store and do, as data: one constant per provider. The services check with it before anything is
 * sent; programs ask it which fields an input keeps.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { AddressInput, CreateCustomer, Json, Metadata, Provider, UpdateCustomer } from "./Customer.js"
import type { RepeatSafety } from "./CustomersError.js"
import { segmentProblem } from "./internal/pathSegment.js"

/**
 * The unified fields that can be written.
 *
 * @since 0.1.0
 * @category models
 */
export type Field = keyof CreateCustomer

/**
 * What metadata a provider keeps. Lengths are in characters, `maxBytes` in bytes of its JSON text.
 *
 * @since 0.1.0
 * @category models
 */
export interface MetadataLimits {
  /** `json`: any value; `scalars`: string, number, boolean; `strings`: strings alone. */
  readonly values: "json" | "scalars" | "strings"
  readonly nullValues: boolean
  readonly emptyStrings: boolean
  readonly maxKeys?: number | undefined
  readonly maxKeyLength?: number | undefined
  readonly maxValueLength?: number | undefined
  readonly maxBytes?: number | undefined
}

/**
 * The lines of an address.
 *
 * @since 0.1.0
 * @category models
 */
export type AddressLine = Exclude<keyof AddressInput, "country">

/**
 * Limits of one field: `maxLength` in characters of a text, `addressLengths` of the lines of an address; `characters`, a
 * regular expression's class (`[A-Za-z0-9_-]`) of which a text is made whole; `exceptCountries` of an address;
 * `regionRequired` of a locale; `pathSegment` where a text becomes part of a URL and what cannot be in one could never be
 * found again.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly maxLength?: number | undefined
  readonly addressLengths?: { readonly [_ in AddressLine]?: number } | undefined
  readonly characters?: string | undefined
  readonly pathSegment?: boolean | undefined
  readonly exceptCountries?: ReadonlyArray<string> | undefined
  readonly regionRequired?: boolean | undefined
  readonly metadata?: MetadataLimits | undefined
}

/**
 * One field: whether it is stored at all, required on create, can be cleared, how often it can be changed (`once`: from
 * nothing to a value), and whether no two customers have the same (e-mails, case aside); not unique when absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface FieldCapability {
  readonly stored: boolean
  readonly required: boolean
  readonly clearable: boolean
  readonly mutable: "always" | "once" | "never"
  readonly unique?: boolean | undefined
  readonly limits?: Limits | undefined
}

/**
 * A field that the provider has no place for.
 *
 * @since 0.1.0
 * @category constructors
 */
export const notStored: FieldCapability = { stored: false, required: false, clearable: false, mutable: "never" }

/**
 * What a provider can store and do. The type of a provider's constant says by what it finds customers: a double that is
 * given it provides the same tags as the provider.
 *
 * @since 0.1.0
 * @category models
 */
export interface Capabilities<out ByExternalId extends boolean = boolean, out ByEmail extends boolean = boolean> {
  readonly provider: Provider
  /** Whose ids a customer's `id` is one of: the provider's own, or the caller's (`id` and `externalId` are the same). */
  readonly ids: "assigned" | "externalId"
  readonly fields: { readonly [_ in Field]-?: FieldCapability }
  readonly findBy: { readonly externalId: ByExternalId; readonly email: ByEmail }
  /** What answers tell: how many customers there are in all (`Page.total`), and when one was changed last. */
  readonly answers: { readonly total: boolean; readonly updatedAt: boolean }
  /** Customers per page: the bounds of `pageSize`, and what holds when none is given. */
  readonly pageSize: { readonly min: number; readonly max: number; readonly default: number }
  readonly walk: { readonly order: "oldest-first" | "newest-first"; readonly parallel: boolean }
  readonly delete: {
    readonly cancelsSubscriptions: boolean
    /** Orders and invoices stay after the customer is gone. */
    readonly keepsBilling: boolean
    /** What must not be there for a delete to succeed. */
    readonly blockedBy: ReadonlyArray<string>
    /** The external id can be given to another customer afterwards. */
    readonly freesExternalId: boolean
  }
  readonly repeat: {
    readonly create: RepeatSafety
    readonly update: RepeatSafety
    readonly delete: RepeatSafety
  }
}

/**
 * Something a provider cannot take, and why. `path` is dotted; keys of metadata print as `*`.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnsupportedField {
  readonly path: string
  readonly reason: string
}

/**
 * What of an input a provider can take.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fit<Input> {
  /** The input without what is unsupported. */
  readonly input: Input
  /** Fields that the provider requires and the input lacks. */
  readonly missing: ReadonlyArray<Field>
  readonly unsupported: ReadonlyArray<UnsupportedField>
}

/**
 * What of a new customer this provider can take. Pure.
 *
 * @example
 * ```ts
 * import { Capabilities } from "@effect-customers/core"
 *
 * declare const capabilities: Capabilities.Capabilities
 *
 * const { input, missing, unsupported } = Capabilities.fit(capabilities, { name: "Ada", phone: "+31 20 1234567" })
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const fit = (capabilities: Capabilities, input: CreateCustomer): Fit<CreateCustomer> => {
  const { fitted, unsupported } = fitFields(capabilities, input, "create")
  const missing = fieldNames(capabilities).filter((field) =>
    capabilities.fields[field].required && input[field] === undefined
  )
  return { input: fitted, missing, unsupported }
}

/**
 * What of an update this provider can take: beside the limits of {@link fit}, whether a field can be cleared or changed
 * at all. Pure.
 *
 * @since 0.1.0
 * @category operations
 */
export const fitUpdate = (capabilities: Capabilities, patch: UpdateCustomer): Fit<UpdateCustomer> => {
  const { fitted, unsupported } = fitFields(capabilities, patch, "update")
  return { input: fitted, missing: [], unsupported }
}

const fieldNames = (capabilities: Capabilities): ReadonlyArray<Field> =>
  Object.keys(capabilities.fields) as ReadonlyArray<Field>

type Write = CreateCustomer | UpdateCustomer

const fitFields = <Input extends Write>(
  capabilities: Capabilities,
  input: Input,
  operation: "create" | "update"
): { readonly fitted: Input; readonly unsupported: ReadonlyArray<UnsupportedField> } => {
  const problems: Array<UnsupportedField> = []
  const fitted = { ...input }
  for (const field of fieldNames(capabilities)) {
    const found = fieldProblems(capabilities, field, input, operation)
    if (found.length > 0) {
      problems.push(...found)
      delete (fitted as { [_ in Field]?: unknown })[field]
    }
  }
  return { fitted, unsupported: problems }
}

const fieldProblems = (
  { fields, provider }: Capabilities,
  field: Field,
  input: { readonly [_ in Field]?: unknown } & Pick<UpdateCustomer, "address" | "metadata">,
  operation: "create" | "update"
): ReadonlyArray<UnsupportedField> => {
  const value = input[field]
  const capability = fields[field]
  const problem = (reason: string, path: string = field) => [{ path, reason }]
  if (value === undefined) return []
  if (!capability.stored) return problem(`${provider} does not store it`)
  if (operation === "update" && capability.mutable === "never") return problem(`${provider} sets it on create alone`)
  if (value === null) return capability.clearable ? [] : problem(`${provider} cannot clear it`)
  const { limits } = capability
  if (limits === undefined) return []
  if (field === "metadata") return metadataProblems(provider, limits.metadata, input.metadata ?? {})
  if (field === "address") return addressProblems(provider, limits, input.address ?? undefined)
  if (typeof value !== "string") return []
  if (limits.maxLength !== undefined && [...value].length > limits.maxLength) {
    return problem(`${provider} stores at most ${limits.maxLength} characters`)
  }
  if (limits.characters !== undefined && !new RegExp(`^${limits.characters}+$`).test(value)) {
    return problem(`${provider} takes ${limits.characters} alone`)
  }
  const segment = limits.pathSegment === true ? segmentProblem(value, "refused") : undefined
  if (segment !== undefined) return problem(segment)
  if (limits.regionRequired === true && regionOf(value) === undefined) {
    return problem(`${provider} requires a region in a locale`)
  }
  return []
}

/** None as well for what is no language tag: the schemas refuse that. */
const regionOf = (locale: string): string | undefined =>
  Option.getOrUndefined(Option.liftThrowable(() => new Intl.Locale(locale).region)())

const addressProblems = (
  provider: Provider,
  limits: Limits,
  address: AddressInput | undefined
): ReadonlyArray<UnsupportedField> => {
  if (address === undefined) return []
  const tooLong = Object.entries(limits.addressLengths ?? {}).filter(([line, longest]) =>
    [...address[line as AddressLine] ?? ""].length > longest
  )
  return [
    ...limits.exceptCountries?.includes(address.country) === true
      ? [{ path: "address.country", reason: `${provider} takes no addresses in this country` }]
      : [],
    ...tooLong.map(([line, longest]) => ({
      path: `address.${line}`,
      reason: `${provider} stores at most ${longest} characters`
    }))
  ]
}

const metadataProblems = (
  provider: Provider,
  limits: MetadataLimits | undefined,
  metadata: Metadata
): ReadonlyArray<UnsupportedField> => {
  if (limits === undefined) return []
  const keys = Object.keys(metadata)
  const whole = (reason: string): UnsupportedField => ({ path: "metadata", reason: `${provider} ${reason}` })
  const entry = (reason: string): UnsupportedField => ({ path: "metadata.*", reason: `${provider} ${reason}` })
  const problems: Array<UnsupportedField> = []
  if (limits.maxKeys !== undefined && keys.length > limits.maxKeys) {
    problems.push(whole(`stores at most ${limits.maxKeys} keys`))
  }
  if (limits.maxBytes !== undefined && new TextEncoder().encode(JSON.stringify(metadata)).length > limits.maxBytes) {
    problems.push(whole(`stores at most ${limits.maxBytes} bytes of JSON`))
  }
  const { maxKeyLength } = limits
  if (maxKeyLength !== undefined && keys.some((key) => key === "" || [...key].length > maxKeyLength)) {
    problems.push(entry(`takes keys of 1 to ${maxKeyLength} characters`))
  }
  const reasons = new Set(keys.map((key) => valueProblem(limits, metadata[key] ?? null)))
  for (const reason of reasons) {
    if (reason !== undefined) problems.push(entry(reason))
  }
  return problems
}

const valueProblem = (limits: MetadataLimits, value: Json): string | undefined => {
  if (value === null) return limits.nullValues ? undefined : "stores no null values"
  if (typeof value === "object") return limits.values === "json" ? undefined : "stores no nested values"
  if (typeof value !== "string") return limits.values === "strings" ? "stores strings alone" : undefined
  if (value === "" && !limits.emptyStrings) return "stores no empty strings"
  if (limits.maxValueLength !== undefined && [...value].length > limits.maxValueLength) {
    return `stores values of at most ${limits.maxValueLength} characters`
  }
  return undefined
}
