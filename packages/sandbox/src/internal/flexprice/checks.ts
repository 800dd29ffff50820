/** What creating and changing a customer takes, and what is wrong with it. */
import type { FlexpriceRecord } from "../../FlexpriceSeed.js"
import type { Call } from "../emulator.js"
import { countries } from "../countries.js"
import { databaseError, type Era, type Failure, invalid, unreadable } from "./bodies.js"
import {
  type Fields,
  type Is,
  isFields,
  isFlag,
  isInteger,
  isListOf,
  isMap,
  isMapOf,
  isStruct,
  isText,
  isTextOrNull,
  listOf,
  readBody,
  textMapOf,
  textOf,
  type Texts
} from "./body.js"

type TextField =
  & keyof FlexpriceRecord
  & (
    | "contact"
    | "email"
    | "timezone"
    | `address_${string}`
  )

/** The name of a rule, as the server's validator has it, and whether a text keeps it. */
type Rule = readonly [tag: string, keeps: (text: string) => boolean]

const lengthOf = (text: string): number => Array.from(text).length

const max = (length: number): Rule => ["max", (text) => lengthOf(text) <= length]

const isTimezone = (text: string): boolean => {
  if (!/^[A-Za-z][\w+/-]*$/.test(text)) return false
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).format() !== ""
  } catch {
    return false
  }
}

/** By wire name: the name of the field in Go, and its rules. */
const textFields: ReadonlyArray<readonly [TextField, string, ReadonlyArray<Rule>]> = [
  ["email", "Email", [["email", (text) => /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/.test(text)]]],
  ["contact", "Contact", [max(20)]],
  ["address_line1", "AddressLine1", [max(255)]],
  ["address_line2", "AddressLine2", [max(255)]],
  ["address_city", "AddressCity", [max(100)]],
  ["address_state", "AddressState", [max(100)]],
  ["address_postal_code", "AddressPostalCode", [max(20)]],
  ["address_country", "AddressCountry", [
    ["len", (text) => lengthOf(text) === 2],
    ["iso3166_1_alpha2", (text) => countries.includes(text)]
  ]],
  ["timezone", "Timezone", [["timezone", isTimezone]]]
]

/** The keys of the metadata that are looked at. */
const taxFormats: Readonly<Record<string, RegExp>> = {
  gstin: /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]$/,
  pan: /^[A-Z]{5}\d{4}[A-Z]$/,
  hsn_sac: /^(?:\d{4}|\d{6}|\d{8})$/
}

/** Tags of broken rules by the path of the field. */
type Problems = Map<string, string>

const told = (struct: string, problems: Problems): Failure => {
  const details = Array.from(problems, ([path, tag]) => {
    const field = path.replace(/^.*\./, "")
    return [field, `Key: '${struct}.${path}' Error:Field validation for '${field}' failed on the '${tag}' tag`]
  })
  return invalid("Request validation failed", Object.fromEntries(details))
}

const eraText = (era: Era, name: TextField): boolean => era === "today" || (name !== "contact" && name !== "timezone")

const checkTexts = (era: Era, fields: Fields, isChecked: (text: string) => boolean, problems: Problems) => {
  for (const [name, goName, rules] of textFields) {
    const text = eraText(era, name) ? textOf(fields, name) : undefined
    if (text === undefined || !isChecked(text)) continue
    const broken = rules.find(([, keeps]) => !keeps(text))
    if (broken !== undefined) problems.set(goName, broken[0])
  }
}

const checkNested = (
  rows: ReadonlyArray<unknown>,
  list: string,
  required: Readonly<Record<string, string>>,
  problems: Problems
) => {
  for (const [i, row] of rows.entries()) {
    for (const [name, goName] of Object.entries(required)) {
      if (!isFields(row) || (textOf(row, name) ?? "") === "") problems.set(`${list}[${i}].${goName}`, "required")
    }
  }
}

/** Of one integration. */
const mapping = {
  entity_id: isText,
  entity_type: isText,
  provider_type: isText,
  provider_entity_id: isText,
  metadata: isMap
}
const mappingBefore = { provider: isText, id: isText }
const override = {
  tax_rate_code: isText,
  currency: isText,
  priority: isInteger,
  auto_apply: isFlag,
  metadata: isMapOf(isTextOrNull)
}

const common = (era: Era): Readonly<Record<string, Is>> => ({
  external_id: isText,
  name: isText,
  ...Object.fromEntries(textFields.filter(([name]) => eraText(era, name)).map(([name]) => [name, isText])),
  metadata: isMapOf(isTextOrNull),
  integration_entity_mapping: isListOf(isStruct(era === "today" ? mapping : mappingBefore)),
  ...(era === "today" ? {} : { parent_customer_id: isText, parent_customer_external_id: isText })
})

const onCreate = (era: Era): Readonly<Record<string, Is>> => ({
  ...common(era),
  skip_onboarding_workflow: isFlag,
  onboarding_workflow_name: isText,
  tax_rate_overrides: isListOf(isStruct(override))
})

const createBodies = { today: onCreate("today"), before: onCreate("before") }
const updateBodies = { today: common("today"), before: common("before") }

const checkMetadata = (metadata: Texts | undefined): Failure | undefined => {
  const wrong = Object.entries(taxFormats).find(([key, format]) =>
    metadata !== undefined && Object.hasOwn(metadata, key) && !format.test(metadata[key]!)
  )
  return wrong === undefined ? undefined : invalid(`Invalid ${wrong[0]} format`, { [wrong[0]]: "invalid format" })
}

/** What the database itself refuses. */
const fitsDatabase = (text: string | undefined): boolean => text === undefined || (text !== "" && lengthOf(text) <= 255)

/** What a body says of a customer; what it does not say is not there. */
export interface Wanted {
  readonly external_id: string | undefined
  readonly name: string | undefined
  readonly texts: Partial<Pick<FlexpriceRecord, TextField>>
  readonly metadata: Texts | undefined
  /** The parent's own id, and its external id. */
  readonly parent: string | undefined
  readonly parentExternalId: string | undefined
}

const wantedOf = (era: Era, fields: Fields): Wanted => {
  const texts: { -readonly [K in TextField]?: string } = {}
  for (const [name] of textFields) {
    const text = eraText(era, name) ? textOf(fields, name) : undefined
    if (text !== undefined) texts[name] = text
  }
  return {
    external_id: textOf(fields, "external_id"),
    name: textOf(fields, "name"),
    texts,
    metadata: textMapOf(fields, "metadata"),
    parent: era === "today" ? undefined : textOf(fields, "parent_customer_id"),
    parentExternalId: era === "today" ? undefined : textOf(fields, "parent_customer_external_id")
  }
}

const checkMappingsBefore = (fields: Fields, problems: Problems) => {
  for (const [i, row] of listOf(fields, "integration_entity_mapping").entries()) {
    const list = `IntegrationEntityMapping[${i}]`
    if (!isFields(row) || textOf(row, "provider") !== "stripe") problems.set(`${list}.Provider`, "oneof")
    if (!isFields(row) || (textOf(row, "id") ?? "") === "") problems.set(`${list}.ID`, "required")
  }
}

export const readCreate = (era: Era, call: Call): Wanted | Failure => {
  const fields = readBody(call, createBodies[era])
  if (fields === undefined) return unreadable
  const problems: Problems = new Map()
  const required = era === "today" ? ["external_id", "name"] : ["external_id"]
  for (const name of required) {
    if ((textOf(fields, name) ?? "") === "") problems.set(name === "name" ? "Name" : "ExternalID", "required")
  }
  checkTexts(era, fields, (text) => text !== "", problems)
  const overrides = listOf(fields, "tax_rate_overrides")
  checkNested(overrides, "TaxRateOverrides", { tax_rate_code: "TaxRateCode", currency: "Currency" }, problems)
  for (const [i, row] of overrides.entries()) {
    if (isFields(row) && Number(row["priority"] ?? 0) < 0) problems.set(`TaxRateOverrides[${i}].Priority`, "gte")
  }
  if (era === "today") {
    checkNested(listOf(fields, "integration_entity_mapping"), "IntegrationEntityMapping", {
      entity_id: "EntityID",
      entity_type: "EntityType",
      provider_type: "ProviderType",
      provider_entity_id: "ProviderEntityID"
    }, problems)
  } else checkMappingsBefore(fields, problems)
  if (problems.size > 0) return told("CreateCustomerRequest", problems)
  const wanted = wantedOf(era, fields)
  const refused = checkMetadata(wanted.metadata)
  if (refused !== undefined) return refused
  return fitsDatabase(wanted.external_id) && fitsDatabase(wanted.name ?? "")
    ? wanted
    : databaseError("Failed to create customer")
}

export const readUpdate = (era: Era, call: Call): Wanted | Failure => {
  const fields = readBody(call, updateBodies[era])
  if (fields === undefined) return unreadable
  const problems: Problems = new Map()
  checkTexts(era, fields, () => true, problems)
  if (era === "before") checkMappingsBefore(fields, problems)
  if (problems.size > 0) return told("UpdateCustomerRequest", problems)
  const wanted = wantedOf(era, fields)
  return checkMetadata(wanted.metadata) ?? wanted
}

export const cannotBeStored = ({ external_id, name }: Wanted): boolean =>
  !fitsDatabase(external_id) || !fitsDatabase(name)
