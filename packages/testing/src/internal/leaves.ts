import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import type { Body, Interaction } from "./cassette.js"

/**
 * The names that lead to a value, without the positions in arrays: `["body", "card", "number"]` for `card[number]` of a
 * form too.
 *
 * @internal
 */
export type Path = ReadonlyArray<string>

/**
 * What becomes of the values that an interaction consists of.
 *
 * @internal
 */
export interface Change {
  readonly text: (text: string, path: Path) => string
  readonly number: (number: number, path: Path) => number
  readonly key: (key: string, path: Path) => string
}

/** @internal */
export const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A tax id is answered as an array of the id and its format. */
const pathOfItem = (path: Path, index: number): Path =>
  index > 0 && /tax_?id$/i.test(path.at(-1) ?? "") ? [...path, "type"] : path

/** @internal */
export const changeJson = (value: unknown, path: Path, change: Change): unknown => {
  if (typeof value === "string") return change.text(value, path)
  if (typeof value === "number") return change.number(value, path)
  if (Array.isArray(value)) return value.map((item, index) => changeJson(item, pathOfItem(path, index), change))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [change.key(key, path), changeJson(inner, [...path, key], change)])
  )
}

/** `metadata[plan][]` as it nests. */
const pathOfName = (name: string, path: Path): Path => [...path, ...name.split(/[[\].]+/).filter((part) => part !== "")]

type Pairs = ReadonlyArray<readonly [string, string]>

const changePairs = (pairs: Pairs, path: Path, change: Change): Pairs =>
  pairs.map(([name, value]) => [change.key(name, path), change.text(value, pathOfName(name, path))])

/** The first line of a CSV names its columns. */
const changeRows = ([names, ...rows]: ReadonlyArray<ReadonlyArray<string>>, path: Path, change: Change) =>
  names === undefined
    ? []
    : [names, ...rows.map((cells) => cells.map((cell, column) => change.text(cell, [...path, names[column] ?? ""])))]

const changeBody = (body: Body, path: Path, change: Change): Body => {
  if ("json" in body) return { json: changeJson(body.json, path, change) }
  if ("form" in body) return { form: changePairs(body.form, path, change) }
  if ("csv" in body) return { csv: changeRows(body.csv, path, change) }
  return { text: change.text(body.text, path) }
}

const changeHeaders = (headers: { readonly [name: string]: string }, change: Change) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change.text(value, [name])]))

/** @internal */
export const changeResult = (result: Interaction["result"], change: Change): Interaction["result"] => {
  if (!("response" in result)) return result
  const { body, headers, ...rest } = result.response
  return {
    response: {
      ...rest,
      headers: changeHeaders(headers, change),
      ...body === undefined ? {} : { body: changeBody(body, [], change) }
    }
  }
}

/** @internal */
export const changeInteraction = ({ request, result }: Interaction, change: Change): Interaction => {
  const { body, headers, query, url, ...rest } = request
  return {
    request: {
      ...rest,
      url: change.text(url, []),
      query: changePairs(query, [], change),
      headers: changeHeaders(headers, change),
      ...body === undefined ? {} : { body: changeBody(body, [], change) }
    },
    result: changeResult(result, change)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Text
// ---------------------------------------------------------------------------------------------------------------------

/** Scripts that put nothing between words have one at every character. */
const wordCharacter = /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{M}\p{N}]/u

/** Where a word can begin or end: at every place that is not within one. */
const edges = (text: string): ReadonlyArray<number> => {
  const edges: Array<number> = []
  let before = false
  for (let at = 0; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at)!)
    const within = wordCharacter.test(character)
    if (!(before && within)) edges.push(at)
    before = within
    at += character.length
  }
  return [...edges, text.length]
}

/**
 * The lengths that values have, the longest first.
 *
 * @internal
 */
export const lengthsOf = (values: Iterable<string>): ReadonlyArray<number> =>
  [...new Set(Array.from(values, ({ length }) => length))].sort((one, other) => other - one)

/** @internal */
export type Segment = { readonly literal: string } | { readonly found: string }

/**
 * A text as the things that `isFound` knows, the longest first, and what is between them. What is found begins and ends
 * where words do, so that a name is not found within another, and has one of `lengths`, the longest of which is first.
 *
 * @internal
 */
export const segmentsOf = (
  text: string,
  lengths: ReadonlyArray<number>,
  isFound: (part: string, before: string, after: string) => boolean
): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  const places = new Set(edges(text))
  let done = 0
  for (const from of places) {
    if (from < done) continue
    for (const length of lengths) {
      const to = from + length
      if (!places.has(to)) continue
      if (!isFound(text.slice(from, to), text.slice(Math.max(0, from - 1), from), text.slice(to, to + 2))) continue
      if (from > done) segments.push({ literal: text.slice(done, from) })
      segments.push({ found: text.slice(from, to) })
      done = to
      break
    }
  }
  return done < text.length ? [...segments, { literal: text.slice(done) }] : segments
}

const htmlEntities: { readonly [character: string]: string } = { "&": "amp", "<": "lt", ">": "gt", "\"": "quot" }

const escapedForHtml = (text: string, apostrophe: string): string =>
  text.replace(/[&<>"]/g, (character) => `&${htmlEntities[character]};`).replaceAll("'", `&${apostrophe};`)

/**
 * A text as HTML and JSON that quote it write it, and as it is.
 *
 * @internal
 */
export const waysOfWriting = (text: string): ReadonlySet<string> => {
  const inJson = JSON.stringify(text).slice(1, -1)
  const inAscii = inJson.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  return new Set([text, inJson, inAscii, ...["#39", "#x27", "apos"].map((code) => escapedForHtml(text, code))])
}

/**
 * The parameters of the URLs in a text, decoded.
 *
 * @internal
 */
export const parametersIn = (text: string): ReadonlyArray<readonly [name: string, value: string]> =>
  [...text.matchAll(/[?&](?:amp;)?([^\s"'<>?&=#;]+)=([^\s"'<>&#;]+)/g)].map(([_, name = "", value = ""]) =>
    [decode(name), decode(value.replaceAll("+", " "))] as const
  )

/**
 * What a text is the base64 of, where that is text: cursors are.
 *
 * @internal
 */
export const base64Within = (text: string): string => {
  if (!/^[\w+/-]{16,}={0,2}$/.test(text)) return ""
  const decoded = Encoding.decodeBase64UrlString(text.replaceAll("+", "-").replaceAll("/", "_"))
  return Either.isRight(decoded) && /^[ -~\p{L}\p{M}]+$/u.test(decoded.right) ? decoded.right : ""
}

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/**
 * What is in a text that is an object or an array of JSON itself.
 *
 * @internal
 */
export const jsonWithin = (text: string): unknown =>
  /^\s*[{[]/.test(text) ? Option.getOrUndefined(parse(text)) : undefined

/** @internal */
export const isUrl = (text: string): boolean => /^https?:\/\/\S*$/i.test(text)

/**
 * Whether parts of a text are percent-encoded, or may be.
 *
 * @internal
 */
export const isEncoded = (text: string): boolean => isUrl(text) || /%[0-9a-f]{2}|[?&][^\s=&]*=/i.test(text)

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * A URL, or a text with something of one in it, as its parts with what separates them between. Scheme, host and port
 * are no part.
 */
const split = (text: string): ReadonlyArray<string> => {
  const origin = isUrl(text) ? /^[^/]*\/\/[^/?#]*/.exec(text)?.[0] ?? "" : ""
  const parts = text.slice(origin.length).split(/([/?&=#;<>"\s]+)/)
  return origin === "" ? parts : ["", origin, ...parts]
}

/**
 * Stands for a plus in a part of a URL: itself in some, a space in others. `+` is an encoded one there.
 *
 * @internal
 */
export const plus = "\uE000"

/** Whether a part is encoded twice, as a URL in the query of another is. */
const isNested = (part: string): boolean => decode(part) !== part && isEncoded(decode(part))

/** Encoded, but for the characters that stood in `like` as they are. */
const encode = (part: string, like: string): string =>
  encodeURIComponent(part).replace(/%(?:2C|3A|40|24)/g, (code) => {
    const character = decodeURIComponent(code)
    return like.includes(character) ? character : code
  })

/**
 * Whether two URLs are of the same parts, by `isSame` of each two parts, decoded.
 *
 * @internal
 */
export const sameParts = (
  text: string,
  other: string,
  isSame: (part: string, other: string) => boolean
): boolean => {
  const parts = split(text)
  const others = split(other)
  return parts.length === others.length && parts.every((part, place) => {
    const other = others[place]!
    return place % 2 === 1
      ? part === other
      : isSame(decode(part), decode(other)) || isSame(decode(part), decode(other.replaceAll("+", " "))) ||
        (isNested(part) && sameParts(decode(part), decode(other), isSame))
  })
}

/**
 * A text whose decoded parts were changed, and the parts of those that are URLs themselves; what was not stays as it
 * was written.
 *
 * @internal
 */
export const changeParts = (text: string, change: (part: string) => string): string =>
  split(text).map((part, place) => {
    if (place % 2 === 1) return part
    const decoded = decode(part.replaceAll("+", plus))
    const plainly = change(decoded)
    const changed = plainly === decoded && isNested(part) ? changeParts(decoded, change) : plainly
    return changed === decoded ? part : changed.split(plus).map((piece) => encode(piece, part)).join("+")
  }).join("")
