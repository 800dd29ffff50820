/** Bodies of requests, as Go binds them: unknown keys are ignored, null is as good as absent, another type is refused. */
import type { Call } from "../emulator.js"

export type Fields = Readonly<Record<string, unknown>>

export type Texts = Readonly<Record<string, string>>

export type Is = (value: unknown) => boolean

const given = (value: unknown): boolean => value !== undefined && value !== null

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const isText: Is = (value) => typeof value === "string"
export const isFlag: Is = (value) => typeof value === "boolean"
export const isNumber: Is = (value) => typeof value === "number"
export const isInteger: Is = (value) => Number.isSafeInteger(value)
export const isMap: Is = (value) => isFields(value)

/** Go reads a null among texts as `""`. */
export const isTextOrNull: Is = (value) => isText(value) || value === null

export const isListOf = (one: Is): Is => (value) => Array.isArray(value) && value.every(one)
export const isMapOf = (one: Is): Is => (value) => isFields(value) && Object.values(value).every(one)

/** An object whose members, where they are given, are such. */
export const isStruct = (members: Readonly<Record<string, Is>>): Is => (value) =>
  value === null ||
  (isFields(value) &&
    Object.entries(members).every(([name, is]) =>
      !Object.hasOwn(value, name) || !given(value[name]) || is(value[name])
    ))

/** Go reads half a surrogate pair as U+FFFD. */
const wellFormed = (_: string, value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  return isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]))
    : value
}

const mayHaveSurrogate = /\\ud[89a-f]/i

export const parseJson = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: JSON.parse(text, mayHaveSurrogate.test(text) ? wellFormed : undefined) }
  } catch {
    return undefined
  }
}

/** `undefined` is a body that cannot be bound, an empty one too. */
export const readBody = (call: Call, members: Readonly<Record<string, Is>>): Fields | undefined => {
  const parsed = parseJson(call.text)
  if (parsed === undefined || !isStruct(members)(parsed.json)) return undefined
  return isFields(parsed.json) ? parsed.json : {}
}

export const textOf = (fields: Fields, name: string): string | undefined => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === "string" ? value : undefined
}

export const listOf = (fields: Fields, name: string): ReadonlyArray<unknown> => {
  const value = fields[name]
  return Array.isArray(value) ? value : []
}

export const textsOf = (fields: Fields, name: string): ReadonlyArray<string> =>
  listOf(fields, name).map((value) => typeof value === "string" ? value : "")

export const textMapOf = (fields: Fields, name: string): Texts | undefined => {
  const value = fields[name]
  if (!isFields(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, typeof text === "string" ? text : ""]))
}
