/** Parameters of a request: how they are read, and what is wrong with them. */
import type { PinPaymentsCard } from "../../PinPaymentsSeed.js"
import type { Call } from "../emulator.js"
import { schemeOf } from "./testCards.js"

export type Fields = Readonly<Record<string, unknown>>

export interface Message {
  readonly param: string
  readonly code: string
  readonly message: string
}

const isFields = (input: unknown): input is Fields =>
  typeof input === "object" && input !== null && !Array.isArray(input)

const formFields = (text: string): Fields => {
  const flat = new Map<string, unknown>()
  const nested = new Map<string, Map<string, string>>()
  for (const [name, value] of new URLSearchParams(text)) {
    const [, outer, inner] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? []
    if (outer === undefined || inner === undefined) flat.set(name, value)
    else nested.set(outer, (nested.get(outer) ?? new Map<string, string>()).set(inner, value))
  }
  for (const [name, members] of nested) flat.set(name, Object.fromEntries(members))
  return Object.fromEntries(flat)
}

/** `undefined` is a body that should be JSON and is none. What has another type is not read at all. */
export const readBody = (call: Call): Fields | undefined => {
  const type = call.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "application/x-www-form-urlencoded"
  if (type === "application/x-www-form-urlencoded") return formFields(call.text)
  if (type !== "application/json" || call.text.trim() === "") return {}
  try {
    const input: unknown = JSON.parse(call.text)
    return isFields(input) ? input : {}
  } catch {
    return undefined
  }
}

/** `null` where nothing is given. */
export const given = (fields: Fields, name: string): unknown => fields[name] ?? null

export const invalid = (param: string, why: string): Message => {
  const words = param.replace(/[._]/g, " ")
  return {
    param,
    code: `${param.replaceAll(".", "_")}_invalid`,
    message: `${words.charAt(0).toUpperCase()}${words.slice(1)} ${why}`
  }
}

/** Numbers are the texts that a form would have held. */
const readText = (value: unknown, param: string, messages: Array<Message>): string | null => {
  if (value === null || typeof value === "string") return value
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  messages.push(invalid(param, "is invalid"))
  return null
}

const isBlank = (text: string | null): boolean => text === null || text.trim() === ""

export const contactFields = ["first_name", "last_name", "phone_number", "company", "notes"] as const

export type Contact = Readonly<Record<(typeof contactFields)[number], string | null>>

export const readContact = (fields: Fields, messages: Array<Message>): Partial<Contact> => {
  const contact: { -readonly [K in keyof Contact]?: Contact[K] } = {}
  for (const name of contactFields) {
    if (Object.hasOwn(fields, name)) contact[name] = readText(fields[name], name, messages)
  }
  return contact
}

export const readEmail = (value: unknown, messages: Array<Message>): string => {
  const email = typeof value === "string" ? value : ""
  if (isBlank(email)) messages.push(invalid("email", "can't be blank"))
  if (!/^[^@\s]+@(?:[^@\s.]+\.)+[^@\s.]+$/.test(email)) messages.push(invalid("email", "is not formatted properly"))
  return email
}

/** What a card of nobody shows. */
export type Details = Omit<PinPaymentsCard, "token">

const required = [
  "number",
  "expiry_month",
  "expiry_year",
  "cvc",
  "name",
  "address_line1",
  "address_city",
  "address_country"
] as const
const optional = ["address_line2", "address_postcode", "address_state"] as const

/** Whether a flat body holds details of a card. */
export const hasDetails = (fields: Fields): boolean =>
  [...required, ...optional].some((name) => given(fields, name) !== null)

const notATestCard = "is not a valid Pin Payments test card number." + " ".repeat(22) +
  "See https://pinpayments.com/developers/api-reference/test-cards"

const readExpiry = (
  month: string,
  year: string,
  prefix: string,
  now: number,
  messages: Array<Message>
): Pick<PinPaymentsCard, "expiry_month" | "expiry_year"> => {
  const before = messages.length
  if (month !== "" && !/^(0?[1-9]|1[0-2])$/.test(month)) messages.push(invalid(`${prefix}expiry_month`, "is invalid"))
  if (year !== "" && !/^(\d\d|\d{4})$/.test(year)) messages.push(invalid(`${prefix}expiry_year`, "is invalid"))
  const expiry = { expiry_month: Number(month), expiry_year: Number(year) + (year.length === 2 ? 2000 : 0) }
  const today = new Date(now / 1000)
  if (
    month !== "" && year !== "" && messages.length === before &&
    expiry.expiry_year * 12 + expiry.expiry_month <= today.getUTCFullYear() * 12 + today.getUTCMonth()
  ) {
    messages.push(invalid(`${prefix}expiry_month`, "is expired"), invalid(`${prefix}expiry_year`, "is expired"))
  }
  return expiry
}

/**
 * Raw details of a card: nested under `card` with the prefix `card.`, flat without. What is wrong goes into `messages`
 * and makes the result meaningless.
 */
export const readDetails = (
  input: unknown,
  prefix: "card." | "",
  now: number,
  messages: Array<Message>
): Details => {
  const fields = isFields(input) ? input : {}
  if (!isFields(input)) messages.push(invalid("card", "is invalid"))
  const texts = new Map<string, string | null>()
  for (const name of required) {
    const before = messages.length
    const text = readText(given(fields, name), `${prefix}${name}`, messages)
    if (isBlank(text) && messages.length === before) messages.push(invalid(`${prefix}${name}`, "can't be blank"))
    texts.set(name, isBlank(text) ? "" : text)
  }
  for (const name of optional) texts.set(name, readText(given(fields, name), `${prefix}${name}`, messages))
  const textOf = (name: (typeof required)[number]): string => texts.get(name) ?? ""

  const number = textOf("number")
  const scheme = schemeOf.get(number)
  if (number !== "" && scheme === undefined) messages.push(invalid(`${prefix}number`, notATestCard))
  const expiry = readExpiry(textOf("expiry_month"), textOf("expiry_year"), prefix, now, messages)
  const cvc = textOf("cvc")
  const cvcShape = scheme === undefined ? /^\d{3,4}$/ : scheme === "amex" ? /^\d{4}$/ : /^\d{3}$/
  if (cvc !== "" && !cvcShape.test(cvc)) messages.push(invalid(`${prefix}cvc`, "is invalid"))

  return {
    scheme: scheme ?? "",
    display_number: `XXXX-XXXX-XXXX-${number.slice(-4)}`,
    issuing_country: "AU",
    ...expiry,
    name: textOf("name"),
    address_line1: textOf("address_line1"),
    address_line2: texts.get("address_line2") ?? null,
    address_city: textOf("address_city"),
    address_postcode: texts.get("address_postcode") ?? null,
    address_state: texts.get("address_state") ?? null,
    address_country: textOf("address_country"),
    customer_token: null,
    primary: null,
    network_type: null,
    network_format: null
  }
}
