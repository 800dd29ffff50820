/** What list and search are asked for, and which customers they find. */
import type { Call } from "../emulator.js"
import { databaseError, type Era, type Failure, invalid, isFailure, unreadable, wrongFilter } from "./bodies.js"
import {
  type Fields,
  type Is,
  isFields,
  isFlag,
  isInteger,
  isListOf,
  isMapOf,
  isNumber,
  isStruct,
  isText,
  isTextOrNull,
  listOf,
  parseJson,
  readBody,
  textMapOf,
  textOf,
  type Texts,
  textsOf
} from "./body.js"
import type { Query, Stored } from "./store.js"
import { parseTime } from "./time.js"

/** Of `expand`. */
const expandable: Readonly<Record<Era, string>> = { today: "integrations", before: "parent_customer" }

export const expands = (era: Era, expand: string): boolean | Failure => {
  const wanted = expand.split(",").map((name) => name.trim()).filter((name) => name !== "")
  const other = wanted.find((name) => name !== expandable[era])
  return other === undefined
    ? wanted.length > 0
    : invalid("Field is not allowed to be expanded", { field: other })
}

const textColumns = [
  "id",
  "external_id",
  "name",
  "email",
  "contact",
  "address_line1",
  "address_line2",
  "address_city",
  "address_state",
  "address_postal_code",
  "address_country",
  "timezone",
  "status",
  "created_by",
  "updated_by",
  "environment_id"
] as const
const timeColumns = ["created_at", "updated_at"] as const

type Column =
  | { readonly kind: "text"; readonly of: (stored: Stored) => string | null }
  | { readonly kind: "time"; readonly of: (stored: Stored) => number }

const columns = (era: Era): ReadonlyMap<string, Column> => {
  const found = new Map<string, Column>()
  for (const name of textColumns) {
    if (era === "before" && (name === "contact" || name === "timezone")) continue
    found.set(name, { kind: "text", of: ({ record }) => record[name] ?? null })
  }
  for (const name of timeColumns) {
    found.set(name, {
      kind: "time",
      of: ({ created, record }) => name === "created_at" ? created : parseTime(record.updated_at) ?? 0
    })
  }
  if (era === "before") found.set("parent_customer_id", { kind: "text", of: ({ parent }) => parent })
  return found
}

const columnsOf: Readonly<Record<Era, ReadonlyMap<string, Column>>> = {
  today: columns("today"),
  before: columns("before")
}

const isTime: Is = (value) => typeof value === "string" && parseTime(value) !== undefined

const condition: Is = isStruct({
  field: isText,
  operator: isText,
  data_type: isText,
  value: isStruct({ string: isText, number: isNumber, boolean: isFlag, date: isTime, array: isListOf(isText) })
})

const sorting: Is = isStruct({ field: isText, direction: isText })

const members: Readonly<Record<string, Is>> = {
  limit: isInteger,
  offset: isInteger,
  order: isText,
  status: isText,
  expand: isText,
  start_time: isTime,
  end_time: isTime,
  email: isText,
  external_id: isText,
  customer_ids: isListOf(isText),
  external_ids: isListOf(isText),
  parent_customer_ids: isListOf(isText),
  metadata: isMapOf(isTextOrNull),
  filters: isListOf(condition),
  sort: isListOf(sorting)
}

const repeated = ["customer_ids", "external_ids", "parent_customer_ids"]
const numbers = ["limit", "offset"]

/** The query of a GET as the body of a search would have it. */
const fieldsOf = (call: Call): Fields | undefined => {
  const fields: Record<string, unknown> = {}
  for (const name of Object.keys(members)) {
    const values = call.query.filter(([key]) => key === name).map(([, value]) => value)
    const [first] = values
    if (first === undefined) continue
    if (repeated.includes(name)) fields[name] = values
    else if (name === "filters" || name === "sort") {
      const parsed = values.map(parseJson)
      if (parsed.includes(undefined)) return undefined
      fields[name] = parsed.map((one) => one?.json)
    } else if (first !== "") {
      if (numbers.includes(name)) fields[name] = /^[+-]?\d+$/.test(first) ? Number(first) : first
      else fields[name] = name === "metadata" ? parseJson(first)?.json ?? first : first
    }
  }
  return isStruct(members)(fields) ? fields : undefined
}

export interface Asked {
  readonly limit: number
  readonly offset: number
  readonly expand: boolean
  /** What the database makes of it. */
  readonly find: Query | "panic" | Failure | "unknown field"
}

type Test = (stored: Stored) => boolean

/** `undefined` is a condition that is dropped. */
const testOf = (column: Column, operator: string, value: Fields): Test | Failure | undefined => {
  const text = textOf(value, "string")
  const list = Array.isArray(value["array"]) ? textsOf(value, "array") : undefined
  const number = typeof value["number"] === "number"
  const moment = textOf(value, "date")
  const onText = (test: (text: string) => boolean): Test | Failure =>
    column.kind === "text"
      ? (stored) => {
        const found = column.of(stored)
        return found !== null && test(found)
      }
      : databaseError("Failed to list customers")
  const onTime = (test: (time: number, wanted: number) => boolean): Test | Failure | undefined => {
    const wanted = moment === undefined ? undefined : parseTime(moment)
    if (wanted === undefined) return undefined
    return column.kind === "time"
      ? (stored) => test(column.of(stored), wanted)
      : databaseError("Failed to list customers")
  }
  switch (operator) {
    case "eq":
      return text === undefined ? undefined : onText((found) => found === text)
    case "contains":
      return text === undefined ? undefined : onText((found) => found.toLowerCase().includes(text.toLowerCase()))
    case "not_contains":
      return text === undefined ? undefined : onText((found) => !found.toLowerCase().includes(text.toLowerCase()))
    case "in":
      return list === undefined ? undefined : onText((found) => list.includes(found))
    case "not_in":
      return list === undefined ? undefined : onText((found) => !list.includes(found))
    case "gt":
    case "lt":
      return number ? databaseError("Failed to list customers") : undefined
    case "before":
      return onTime((time, wanted) => time < wanted)
    case "after":
      return onTime((time, wanted) => time > wanted)
    default:
      return undefined
  }
}

const matchesMetadata = (wanted: Texts) => ({ record: { metadata } }: Stored): boolean =>
  Object.entries(wanted).every(([key, value]) => metadata?.[key] === value)

const compareOf = (column: Column) => (a: Stored, b: Stored): number => {
  const left = column.of(a)
  const right = column.of(b)
  if (left === right) return 0
  // As PostgreSQL: nothing is greater than everything.
  if (left === null || right === null) return left === null ? 1 : -1
  return left < right ? -1 : 1
}

const queryOf = (era: Era, environment: string, fields: Fields): Asked["find"] => {
  const conditions = listOf(fields, "filters").map((one): Fields => isFields(one) ? one : {})
  if (conditions.some(({ value }) => value === undefined || value === null)) return "panic"

  const known = columnsOf[era]
  const tests: Array<Test> = []
  for (const one of conditions) {
    const column = known.get(textOf(one, "field") ?? "")
    if (column === undefined) return "unknown field"
    const test = testOf(column, textOf(one, "operator") ?? "", isFields(one["value"]) ? one["value"] : {})
    if (typeof test === "function") tests.push(test)
    else if (test !== undefined) return test
  }

  const compares: Array<(a: Stored, b: Stored) => number> = []
  for (const one of listOf(fields, "sort")) {
    const sort = isFields(one) ? one : {}
    const column = known.get(textOf(sort, "field") ?? "")
    if (column === undefined) return "unknown field"
    const compare = compareOf(column)
    compares.push(textOf(sort, "direction") === "desc" ? (a, b) => compare(b, a) : compare)
  }
  const sign = textOf(fields, "order") === "asc" ? 1 : -1
  compares.push((a, b) => sign * (a.created - b.created))

  const status = textOf(fields, "status") ?? ""
  const wantedStatus = status === "" ? "published" : status
  const email = textOf(fields, "email") ?? ""
  const externalId = textOf(fields, "external_id") ?? ""
  const among = (name: string, of: (stored: Stored) => string | null) => {
    const wanted = new Set<string | null>(textsOf(fields, name))
    if (wanted.size > 0) tests.push((stored) => wanted.has(of(stored)))
  }
  if (email !== "") tests.push(({ record }) => record.email === email)
  if (externalId !== "") tests.push(({ record }) => record.external_id === externalId)
  among("customer_ids", ({ record }) => record.id)
  among("external_ids", ({ record }) => record.external_id)
  if (era === "before") among("parent_customer_ids", ({ parent }) => parent)
  const metadata = era === "today" ? textMapOf(fields, "metadata") : undefined
  if (metadata !== undefined) tests.push(matchesMetadata(metadata))

  const { expand: _, limit: __, offset: ___, ...rest } = fields
  return {
    key: JSON.stringify([era, environment, rest]),
    matches: (stored) =>
      stored.record.environment_id === environment && stored.record.status === wantedStatus &&
      tests.every((test) => test(stored)),
    compare: (a, b) => {
      for (const compare of compares) {
        const order = compare(a, b)
        if (order !== 0) return order
      }
      return 0
    }
  }
}

const isIn = (value: number, least: number, most: number): boolean => value >= least && value <= most

/** `undefined` are fields that cannot be bound. */
const askedOf = (era: Era, environment: string, fields: Fields | undefined): Asked | Failure => {
  if (fields === undefined) return unreadable
  const asked = Number(fields["limit"] ?? 0)
  const limit = asked === 0 ? 50 : asked
  const offset = Number(fields["offset"] ?? 0)
  const order = textOf(fields, "order") ?? ""
  if (!isIn(limit, 1, 1000)) return wrongFilter({ limit: "must be between 1 and 1000" })
  if (!isIn(offset, 0, Infinity)) return wrongFilter({ offset: "must be greater than or equal to 0" })
  if (!["", "asc", "desc"].includes(order)) return wrongFilter({ order: "must be asc or desc" })
  const start = parseTime(textOf(fields, "start_time") ?? "")
  const end = parseTime(textOf(fields, "end_time") ?? "")
  if (start !== undefined && end !== undefined && end < start) {
    return wrongFilter({ end_time: "must be after start_time" })
  }
  const expand = expands(era, textOf(fields, "expand") ?? "")
  if (isFailure(expand)) return expand
  return { limit, offset, expand, find: queryOf(era, environment, fields) }
}

export const readList = (era: Era, environment: string, call: Call): Asked | Failure =>
  askedOf(era, environment, fieldsOf(call))

export const readSearch = (era: Era, environment: string, call: Call): Asked | Failure =>
  askedOf(era, environment, readBody(call, members))
