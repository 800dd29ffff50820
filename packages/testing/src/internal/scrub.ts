import { type Cassette, type Interaction, type Kind, version } from "./cassette.js"
import {
  base64Within,
  type Change,
  changeInteraction,
  changeJson,
  changeParts,
  isEncoded,
  isUrl,
  jsonWithin,
  lengthsOf,
  parametersIn,
  type Path,
  plus,
  segmentsOf,
  waysOfWriting
} from "./leaves.js"
import { makePseudonyms } from "./pseudonyms.js"
import { coreOf, digitsOf, formsIn, kindOfValue, makePlaces } from "./sensitive.js"

const kinds: ReadonlyArray<Kind> = ["card", "secret", "email", "phone", "ip", "link", "tail", "text"]

/** Numbers with fewer digits tell nothing of anybody, and would be found everywhere. */
const longNumber = { atItsPlace: 3, inFreeForm: 6, elsewhere: 8 }

/** What is looked for in every text, by its form, and long enough not to be a word of anything else. */
const isStrong = (kind: Kind, value: string): boolean =>
  kind === "email" || kind === "card" || kind === "ip" || kind === "link" ||
  (kind === "secret" && value.length >= 8) || (kind === "phone" && value.length >= 7)

/** Digits are a part of dates, versions, ids and amounts. */
const standsAlone = (before: string, after: string): boolean =>
  !/[\w:.+/-]/.test(before) && !/^(?:[\w:+/-]|\.\d)/.test(after)

/** @internal */
export interface Scrubbed {
  readonly cassette: Cassette
  /** Whether no credential, card number or e-mail stands in a text, wherever it may have come from. */
  readonly isClean: (text: string) => boolean
}

/**
 * What was recorded, with a pseudonym for everything that is sensitive. It is read twice, so that what turns out to be
 * somebody's name late is found in what came before. `secrets` are the credentials that were sent.
 *
 * @internal
 */
export const scrub = (
  interactions: ReadonlyArray<Interaction>,
  secrets: Iterable<string>,
  redact: ReadonlyArray<string>
): Scrubbed => {
  const placeOf = makePlaces(redact)
  const texts = new Set<string>()
  const ids = new Set<string>()
  const freeTexts = new Set<string>()
  /** By the value, however it is written. */
  const known = new Map<string, Kind>()

  const note = (kind: Kind, value: string): void => {
    // nobody's: it tells as little as what is no text
    if (!/[\p{L}\p{N}]/u.test(value) || /^(?:true|false|null|\d)$/i.test(value)) return
    for (const way of waysOfWriting(value)) {
      const before = known.get(folded(way))
      if (before === undefined || kinds.indexOf(kind) < kinds.indexOf(before)) known.set(folded(way), kind)
    }
    if (kind === "card") note("tail", digitsOf(value).slice(-4))
  }

  const readText = (text: string, path: Path): string => {
    texts.add(text)
    const { isFree, kind, look } = placeOf(path, text)
    const [, core] = coreOf(text, path)
    if (look === "whole" && /^[\w:.-]*\d[\w:.-]*$/.test(core)) ids.add(core)
    if (kind !== undefined && core !== "") {
      const refined = kindOfValue(kind, core)
      if (isFree && refined === "text") freeTexts.add(core)
      else note(refined, refined === "tail" ? tailOf(core) : core)
      const digits = digitsOf(core)
      if ((kind === "phone" || kind === "card") && digits.length >= longNumber.elsewhere) note(refined, digits)
    }
    for (const [form, value] of formsIn(text)) note(form, value)
    if (formsIn(base64Within(core)).length > 0) note("secret", core)
    if (isEncoded(text)) changeParts(text, readPart)
    for (const [name, value] of parametersIn(text)) readText(value, [name])
    changeJson(jsonWithin(text), path, reading)
    return text
  }

  const readPart = (part: string): string => {
    texts.add(part)
    for (const [form, value] of formsIn(part.replaceAll(plus, "+"))) note(form, value)
    return part
  }

  const reading: Change = {
    text: readText,
    number: (number, path) => {
      const text = String(number)
      texts.add(text)
      const { isFree, kind } = placeOf(path, text)
      const shortest = isFree ? longNumber.inFreeForm : longNumber.atItsPlace
      if (kind !== undefined && /^\d+$/.test(text) && text.length >= shortest) note(kindOfValue("text", text), text)
      return number
    },
    key: (key, path) => {
      readPart(key)
      // what is no identifier was not written by a program
      if (/[^\w.:/-]/.test(key) && placeOf(path, key).isFree) note("text", key)
      return key
    }
  }
  const credentials = Array.from(secrets)
  for (const secret of credentials) note("secret", secret)
  for (const interaction of interactions) changeInteraction(interaction, reading)
  // what is an id elsewhere is one here too: users of an API write its ids into the metadata of other records
  for (const text of freeTexts) if (!ids.has(text)) note("text", text)

  const pseudonyms = makePseudonyms(texts)
  const lengths = lengthsOf(
    [...known.keys()].flatMap((value) => [value, value.normalize("NFD"), value.toUpperCase().normalize()])
  )

  /** What a part of a text is of what is known, as it is written there. */
  const knownAs = (part: string): readonly [Kind, string] | undefined => {
    for (const written of part.includes(plus) ? [part.replaceAll(plus, "+"), part.replaceAll(plus, " ")] : [part]) {
      const kind = known.get(folded(written))
      if (kind !== undefined) return [kind, written]
    }
    return undefined
  }

  const replaced = (text: string, look: "all" | "strong", only?: Kind): string =>
    segmentsOf(text, lengths, (part, before, after) => {
      const [kind] = knownAs(part) ?? []
      if (kind === undefined || (only !== undefined && kind !== only)) return false
      if (isStrong(kind, part)) return true
      return look === "all" && isWord(part) && (!/^\d+$/.test(part) || standsAlone(before, after))
    }).map((segment) => "literal" in segment ? segment.literal : pseudonyms.of(...knownAs(segment.found)!)).join("")

  const writing: Change = {
    text: (text, path) => {
      const { kind, look } = placeOf(path, text)
      const [before, core, after] = coreOf(text, path)
      const kindOfCore = known.get(folded(core))
      if (kind === "tail" && kindOfValue(kind, core) === "tail") {
        return before + core.replace(/\d{4}(?=\D*$)/, (tail) => pseudonyms.of("tail", tail)) + after
      }
      if (kindOfCore !== undefined && (kind !== undefined || (look !== "strong" && isWord(core)))) {
        return before + pseudonyms.of(kindOfCore, core) + after
      }
      const looked = look === "whole" ? "strong" : look
      const plainly = replaced(text, looked, isUrl(text) ? "link" : undefined)
      return isEncoded(plainly) ? changeParts(plainly, (part) => replaced(part, looked)) : plainly
    },
    number: (number, path) => {
      const text = String(number)
      const kind = known.get(text)
      const isMeant = text.length >= longNumber.elsewhere || placeOf(path, text).kind !== undefined
      if (kind === undefined || !isMeant) return number
      // the pseudonyms of other kinds are no numbers
      return Number(pseudonyms.of(kind === "card" || kind === "phone" || kind === "tail" ? kind : "text", text))
    },
    key: (key, path) => replaced(key, placeOf(path, key).isFree ? "all" : "strong")
  }
  const written = interactions.map((interaction) => changeInteraction(interaction, writing))
  return {
    cassette: { version, pseudonyms: pseudonyms.identities(), interactions: written },
    isClean: (text) =>
      !credentials.some((secret) => secret.length >= 16 && text.includes(secret)) &&
      [...formsIn(text).map(([_, value]) => value), ...text.match(/\d{12,19}/g) ?? []].every((value) => {
        const kind = known.get(folded(value))
        return kind !== "card" && kind !== "secret" && kind !== "email"
      })
  }
}

/** A text as it is known: in small letters, which are composed. */
const folded = (text: string): string => text.normalize().toLowerCase()

/** Two letters of Latin are found everywhere. */
const isWord = (text: string): boolean => text.length > 2 || /\P{ASCII}/u.test(text)

const tailOf = (text: string): string => /(\d{4})\D*$/.exec(text)?.[1] ?? ""
