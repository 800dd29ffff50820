/** The checks that Polar's schemas make, in the words of the library that makes them. */
import { inputCountries, subdivisions } from "./countries.js"

export type Loc = ReadonlyArray<string | number>

export interface Issue {
  readonly type: string
  readonly loc: Loc
  readonly msg: string
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>> | undefined
}

/** Reads a value at `loc`; what is wrong goes into `issues` and makes the result meaningless. */
export type Reader<A> = (input: unknown, loc: Loc, issues: Array<Issue>) => A

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (input: unknown): input is Fields =>
  typeof input === "object" && input !== null && !Array.isArray(input)

const quoted = (values: ReadonlyArray<string>): string => {
  const all = values.map((value) => `'${value}'`)
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all[all.length - 1]}`
}

const lengthOf = (text: string): number => Array.from(text).length

const tooLong = (input: unknown, loc: Loc, most: number): Issue => ({
  type: "string_too_long",
  loc,
  msg: `String should have at most ${most} characters`,
  input,
  ctx: { max_length: most }
})

const tooShort = (input: unknown, loc: Loc): Issue => ({
  type: "string_too_short",
  loc,
  msg: "String should have at least 1 character",
  input,
  ctx: { min_length: 1 }
})

const missing = (loc: Loc, input: unknown): Issue => ({ type: "missing", loc, msg: "Field required", input })

const notAnObject = (loc: Loc, input: unknown): Issue => ({
  type: "model_attributes_type",
  loc,
  msg: "Input should be a valid dictionary or object to extract fields from",
  input
})

/** A rule of the schema's own that does not hold. */
const broken = (loc: Loc, input: unknown, reason: string): Issue => ({
  type: "value_error",
  loc,
  msg: `Value error, ${reason}`,
  input,
  ctx: { error: {} }
})

export const enumIssue = (loc: Loc, input: unknown, values: ReadonlyArray<string>): Issue => ({
  type: "enum",
  loc,
  msg: `Input should be ${quoted(values)}`,
  input,
  ctx: { expected: quoted(values) }
})

const text: Reader<string> = (input, loc, issues) => {
  if (typeof input === "string") return input
  issues.push({ type: "string_type", loc, msg: "Input should be a valid string", input })
  return ""
}

const nullable = <A>(reader: Reader<A>): Reader<A | null> => (input, loc, issues) =>
  input === null ? null : reader(input, loc, issues)

/** Blanks mean none. */
export const optionalText: Reader<string | null> = nullable((input, loc, issues) =>
  text(input, loc, issues).trim() || null
)

export const optionalName: Reader<string | null> = nullable((input, loc, issues) => {
  const value = text(input, loc, issues)
  if (lengthOf(value) > 256) issues.push(tooLong(input, loc, 256))
  return value.trim() || null
})

/** What is wrong with an address, the first that holds. There is no DNS here: what can be a domain is one. */
const emailProblem = (email: string): string | undefined => {
  const at = email.lastIndexOf("@")
  if (at === -1) return "An email address must have an @-sign."
  const local = email.slice(0, at)
  const domain = email.slice(at + 1)
  if (local === "") return "There must be something before the @-sign."
  if (domain === "") return "There must be something after the @-sign."
  if (local.startsWith(".")) return "An email address cannot start with a period."
  if (local.endsWith(".")) return "An email address cannot have a period immediately before the @-sign."
  if (domain.startsWith(".")) return "An email address cannot have a period immediately after the @-sign."
  if (domain.endsWith(".")) return "An email address cannot end with a period."
  if (email.includes("..")) return "An email address cannot have two periods in a row."
  if (!/^[^\s@"(),:;<>[\]\\]+$/.test(local)) {
    return "The email address contains invalid characters before the @-sign."
  }
  if (!/^[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u.test(domain)) {
    return "The part after the @-sign contains invalid characters."
  }
  if (/(^|\.)(arpa|invalid|local|localhost|onion|test)$/i.test(domain)) {
    return "The part after the @-sign is a special-use or reserved name that cannot be used with email."
  }
  if (!domain.includes(".")) return "The part after the @-sign is not valid. It should have a period."
  return /\d$/.test(domain)
    ? "The part after the @-sign is not valid. It is not within a valid top-level domain."
    : undefined
}

/** Without blanks around it, its domain in lower case. */
export const email: Reader<string> = (input, loc, issues) => {
  const before = issues.length
  const value = text(input, loc, issues).trim()
  const reason = issues.length > before ? undefined : emailProblem(value)
  if (reason !== undefined) {
    issues.push({
      type: "value_error",
      loc,
      msg: `value is not a valid email address: ${reason}`,
      input,
      ctx: { reason }
    })
  }
  return value.replace(/[^@]*$/, (domain) => domain.toLowerCase())
}

export const optionalEmail: Reader<string | null> = nullable(email)

export interface AddressFields {
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly city: string | null
  readonly state: string | null
  readonly country: string
}

export const optionalAddress: Reader<AddressFields | null> = nullable((input, loc, issues): AddressFields => {
  const before = issues.length
  const fields = isFields(input) ? input : undefined
  if (fields === undefined) issues.push(notAnObject(loc, input))
  const line = (name: string) =>
    fields?.[name] === undefined ? null : optionalText(fields[name], [...loc, name], issues)
  const lines = {
    line1: line("line1"),
    line2: line("line2"),
    postal_code: line("postal_code"),
    city: line("city"),
    state: line("state")
  }
  const given = fields?.country
  const country = typeof given === "string" ? given.toUpperCase() : ""
  if (fields !== undefined && given === undefined) issues.push(missing([...loc, "country"], input))
  else if (fields !== undefined && !inputCountries.includes(country)) {
    issues.push(enumIssue([...loc, "country"], given, inputCountries))
  }
  const known = subdivisions[country]
  if (known === undefined || lines.state === null) return { ...lines, country }
  const state = lines.state.replace(`${country}-`, "")
  if (!known.includes(state) && issues.length === before) {
    issues.push(broken(loc, input, `Invalid ${country === "US" ? "US state" : "CA subdivision"}`))
  }
  return { ...lines, state: `${country}-${state}`, country }
})

export const optionalLocale: Reader<string | null> = nullable((input, loc, issues) => {
  const before = issues.length
  const value = text(input, loc, issues)
  if (issues.length > before || value.trim() === "") return null
  try {
    const [canonical] = Intl.getCanonicalLocales(value)
    if (canonical !== undefined && !/^(und|x)(-|$)/i.test(canonical)) return canonical
  } catch {
    // A RangeError: not well-formed.
  }
  issues.push(broken(loc, input, "Invalid locale."))
  return null
})

const uuidProblem = (value: string): string | undefined => {
  const urn = "urn:uuid:"
  const braced = value.startsWith("{") && value.endsWith("}")
  const start = braced ? 1 : value.startsWith(urn) ? urn.length : 0
  const body = braced ? value.slice(1, -1) : value.slice(start)
  const groups = body.split("-")
  const whole = (start === 0 && groups.length === 1 && body.length === 32) ||
    groups.map((group) => group.length).join() === "8,4,4,4,12"
  if (whole && /^[0-9a-f-]+$/i.test(body)) return undefined
  const wrong = Array.from(body).findIndex((character) => !/[0-9a-f-]/i.test(character))
  if (wrong !== -1) return `invalid character: found \`${Array.from(body)[wrong]}\` at ${wrong + start + 1}`
  if (groups.length === 1 && start === 0) {
    return `invalid length: expected length 32 for simple format, found ${value.length}`
  }
  if (groups.length !== 5) return `invalid group count: expected 5, found ${groups.length}`
  const lengths = [8, 4, 4, 4, 12]
  const group = groups.findIndex((part, i) => part.length !== lengths[i])
  return `invalid group length in group ${group}: expected ${lengths[group]}, found ${groups[group]?.length}`
}

/** Answers the hyphenated lower-case form. */
export const uuid4: Reader<string> = (input, loc, issues) => {
  if (typeof input !== "string") {
    issues.push({ type: "uuid_type", loc, msg: "UUID input should be a string, bytes or UUID object", input })
    return ""
  }
  const error = uuidProblem(input)
  if (error !== undefined) {
    issues.push({ type: "uuid_parsing", loc, msg: `Input should be a valid UUID, ${error}`, input, ctx: { error } })
    return ""
  }
  const hex = input.replace(/^urn:uuid:|[{}-]/g, "").toLowerCase()
  if (hex[12] !== "4" || !"89ab".includes(hex[16] ?? "")) {
    issues.push({ type: "uuid_version", loc, msg: "UUID version 4 expected", input, ctx: { expected_version: 4 } })
  }
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

export const optionalUuid4: Reader<string | null> = nullable(uuid4)

const unionBranches = (input: unknown, loc: Loc): ReadonlyArray<Issue> => {
  const isText = typeof input === "string"
  const number = isText ? ", unable to parse string as" : ""
  return [
    isText
      ? lengthOf(input) === 0
        ? tooShort(input, [...loc, "constrained-str"])
        : tooLong(input, [...loc, "constrained-str"], 500)
      : { type: "string_type", loc: [...loc, "constrained-str"], msg: "Input should be a valid string", input },
    {
      type: isText ? "int_parsing" : "int_type",
      loc: [...loc, "int"],
      msg: `Input should be a valid integer${number}${isText ? " an integer" : ""}`,
      input
    },
    {
      type: isText ? "float_parsing" : "float_type",
      loc: [...loc, "float"],
      msg: `Input should be a valid number${number}${isText ? " a number" : ""}`,
      input
    },
    {
      type: isText ? "bool_parsing" : "bool_type",
      loc: [...loc, "bool"],
      msg: `Input should be a valid boolean${isText ? ", unable to interpret input" : ""}`,
      input
    }
  ]
}

export type Metadata = Readonly<Record<string, string | number | boolean>>

export const metadata: Reader<Metadata> = (input, loc, issues) => {
  if (!isFields(input)) {
    issues.push({ type: "dict_type", loc, msg: "Input should be a valid dictionary", input })
    return {}
  }
  const entries: Array<[string, string | number | boolean]> = []
  for (const [key, value] of Object.entries(input)) {
    if (key === "") issues.push(tooShort(key, [...loc, key, "[key]"]))
    if (lengthOf(key) > 40) issues.push(tooLong(key, [...loc, key, "[key]"], 40))
    if (typeof value === "number" || typeof value === "boolean") entries.push([key, value])
    else if (typeof value === "string" && value !== "" && lengthOf(value) <= 500) entries.push([key, value])
    else issues.push(...unionBranches(value, [...loc, key]))
  }
  const count = Object.keys(input).length
  if (count > 50) {
    issues.push({
      type: "too_long",
      loc,
      msg: `Dictionary should have at most 50 items after validation, not ${count}`,
      input,
      ctx: { field_type: "Dictionary", max_length: 50, actual_length: count }
    })
  }
  return Object.fromEntries(entries)
}

export const positiveInteger = (
  given: string | undefined,
  loc: Loc,
  issues: Array<Issue>,
  otherwise: number
): number => {
  if (given === undefined) return otherwise
  if (!/^\s*[+-]?\d+(_\d+)*(\.0+)?\s*$/.test(given)) {
    const msg = "Input should be a valid integer, unable to parse string as an integer"
    issues.push({ type: "int_parsing", loc, msg, input: given })
    return otherwise
  }
  const value = Number(given.replaceAll("_", ""))
  if (value <= 0) {
    issues.push({ type: "greater_than", loc, msg: "Input should be greater than 0", input: given, ctx: { gt: 0 } })
  }
  return value
}

export const boolean = (given: string | undefined, loc: Loc, issues: Array<Issue>): boolean | undefined => {
  if (given === undefined) return undefined
  const word = given.toLowerCase()
  if (["1", "on", "t", "true", "y", "yes"].includes(word)) return true
  if (["0", "off", "f", "false", "n", "no"].includes(word)) return false
  const msg = "Input should be a valid boolean, unable to interpret input"
  issues.push({ type: "bool_parsing", loc, msg, input: given })
  return undefined
}

/** A key that was not sent is absent from the result. */
const optionalField = <A>(fields: Fields, name: string, reader: Reader<A>, loc: Loc, issues: Array<Issue>) =>
  Object.hasOwn(fields, name) ? { given: reader(fields[name], [...loc, name], issues) } : undefined

export interface CreateInput {
  readonly type: "individual" | "team"
  readonly email: string | null
  readonly external_id: string | null
  readonly name: string | null
  readonly billing_address: AddressFields | null
  readonly tax_id: string | null
  readonly locale: string | null
  readonly metadata: Metadata
  readonly organization_id: string | null
  readonly owner: { readonly email: string } | null
}

const readOwner: Reader<{ readonly email: string } | null> = nullable((input, loc, issues) => {
  if (!isFields(input)) {
    issues.push(notAnObject(loc, input))
    return { email: "" }
  }
  let address = ""
  if (input.email === undefined) issues.push(missing([...loc, "email"], input))
  else address = email(input.email, [...loc, "email"], issues)
  optionalField(input, "name", optionalName, loc, issues)
  optionalField(input, "external_id", optionalText, loc, issues)
  return { email: address }
})

const pythonText = (value: unknown): string =>
  typeof value === "string" ? value : value === true ? "True" : value === false ? "False" : JSON.stringify(value)

/** The type chooses a schema, whose name is part of every `loc`. `null` is no body at all. */
export const readCreate = (input: unknown, issues: Array<Issue>): CreateInput | undefined => {
  if (input === null) {
    issues.push(missing(["body"], null))
    return undefined
  }
  const tag = isFields(input) && Object.hasOwn(input, "type") ? input.type : "individual"
  if (tag !== "individual" && tag !== "team") {
    const discriminator = "_customer_create_type()"
    const loc = ["body"]
    if (tag === null) {
      const msg = `Unable to extract tag using discriminator ${discriminator}`
      issues.push({ type: "union_tag_not_found", loc, msg, input, ctx: { discriminator } })
    } else {
      const shown = pythonText(tag)
      const expected = "'individual', 'team'"
      const msg =
        `Input tag '${shown}' found using ${discriminator} does not match any of the expected tags: ${expected}`
      const ctx = { discriminator, tag: shown, expected_tags: expected }
      issues.push({ type: "union_tag_invalid", loc, msg, input, ctx })
    }
    return undefined
  }
  const loc = ["body", tag]
  if (!isFields(input)) {
    issues.push(notAnObject(loc, input))
    return undefined
  }
  const read = <A>(name: string, reader: Reader<A>) => optionalField(input, name, reader, loc, issues)?.given
  const before = issues.length
  const rest = {
    metadata: read("metadata", metadata) ?? {},
    external_id: read("external_id", optionalText) ?? null,
    name: read("name", optionalName) ?? null,
    billing_address: read("billing_address", optionalAddress) ?? null,
    tax_id: read("tax_id", optionalText) ?? null,
    locale: read("locale", optionalLocale) ?? null,
    organization_id: read("organization_id", optionalUuid4) ?? null,
    owner: read("owner", readOwner) ?? null
  }
  if (tag === "individual" && !Object.hasOwn(input, "email")) issues.push(missing([...loc, "email"], input))
  const address = read("email", tag === "team" ? optionalEmail : email) ?? null
  if (issues.length === before && address === null && rest.owner === null) {
    const reason = "An owner with an email address is required when creating a team customer without an email."
    issues.push(broken(loc, input, reason))
  }
  return issues.length > before ? undefined : { ...rest, type: tag, email: address }
}

export interface UpdateInput {
  readonly email?: { readonly given: string | null } | undefined
  readonly name?: { readonly given: string | null } | undefined
  readonly billing_address?: { readonly given: AddressFields | null } | undefined
  readonly tax_id?: { readonly given: string | null } | undefined
  readonly locale?: { readonly given: string | null } | undefined
  readonly metadata?: { readonly given: Metadata } | undefined
  readonly external_id?: { readonly given: string | null } | undefined
  readonly type?: { readonly given: string | null } | undefined
}

const optionalType: Reader<string | null> = nullable((input, loc, issues) => {
  if (input === "individual" || input === "team") return input
  issues.push(enumIssue(loc, input, ["individual", "team"]))
  return ""
})

/** `null` is no body at all. */
export const readUpdate = (input: unknown, by: "id" | "external_id", issues: Array<Issue>): UpdateInput | undefined => {
  const loc = ["body"]
  if (!isFields(input)) {
    issues.push(input === null ? missing(loc, null) : notAnObject(loc, input))
    return undefined
  }
  const read = <A>(name: string, reader: Reader<A>) => optionalField(input, name, reader, loc, issues)
  const before = issues.length
  const update: UpdateInput = {
    metadata: read("metadata", metadata),
    email: read("email", optionalEmail),
    name: read("name", optionalName),
    billing_address: read("billing_address", optionalAddress),
    tax_id: read("tax_id", optionalText),
    locale: read("locale", optionalLocale),
    external_id: by === "id" ? read("external_id", optionalText) : undefined,
    type: by === "id" ? read("type", optionalType) : undefined
  }
  return issues.length > before ? undefined : update
}
