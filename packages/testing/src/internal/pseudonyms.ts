import { type Identity, type Kind, kindOf } from "./cassette.js"
import { digitsOf, kindOfValue, luhnRemainder, secretPrefix } from "./sensitive.js"

/**
 * What is the same value in all of its forms: an e-mail or a name in capitals, a phone number with other punctuation.
 *
 * @internal
 */
export const sameness = (kind: Kind, value: string): string =>
  kind === "email" || kind === "text"
    ? value.normalize().toLowerCase()
    : kind === "phone" || kind === "card"
    ? digitsOf(value)
    : value

/**
 * Gives every value one pseudonym of the same shape. They are numbered as they come and tell nothing of the values:
 * what is made from one, by hashing for example, could be searched for.
 *
 * @internal
 */
export interface Pseudonyms {
  readonly of: (kind: Kind, value: string) => string
  /** Which values the pseudonyms so far stand for. */
  readonly identities: () => { readonly [pseudonym: string]: Identity }
}

const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/**
 * `texts` is everything that will stand beside the pseudonyms: none of them consists of words that are there.
 *
 * @internal
 */
export const makePseudonyms = (texts: Iterable<string>): Pseudonyms => {
  const taken = new Set<string>()
  for (const text of texts) for (const word of wordsOf(text)) taken.add(word)
  const identities = new Map<string, Identity>()
  /** Letters and digits of those that are given. */
  const given = new Set<string>()
  /** By kind and value. */
  const numbered = new Map<string, { readonly identity: Identity; readonly base: string; forms: Map<string, string> }>()
  const counts = new Map<string, number>()

  const next = (counter: string): number => {
    const count = (counts.get(counter) ?? 0) + 1
    counts.set(counter, count)
    return count
  }

  /** None is another in capitals or with other punctuation. */
  const isFree = (pseudonym: string): boolean => {
    const words = wordsOf(pseudonym)
    return !given.has(words.join("")) && words.some((word) => !taken.has(word))
  }

  /** The first one that is free. */
  const first = (shape: string, make: (number: number) => string): string => {
    for (;;) {
      const pseudonym = make(next(shape))
      if (!isFree(pseudonym)) continue
      given.add(wordsOf(pseudonym).join(""))
      return pseudonym
    }
  }

  const baseOf = (kind: Kind, value: string): string => {
    switch (kind) {
      case "email":
        return first(kind, (number) => `person${number}@example.com`)
      case "link":
        return first(kind, (number) => `https://example.com/link${number}`)
      case "ip":
        return first(
          kind,
          (number) => value.includes(":") || number > 254 ? `2001:db8::${number.toString(16)}` : `192.0.2.${number}`
        )
      case "secret": {
        const prefix = secretPrefix.exec(value)?.[0] ?? ""
        return first(kind, (number) => prefix + String(number).padStart(Math.max(value.length - prefix.length, 4), "x"))
      }
      case "card": {
        const digits = digitsOf(value)
        const tail = of("tail", digits.slice(-4))
        return first(
          `card of ${digits.length}`,
          (number) => cardNumber(digits.slice(0, 2), digits.length, number, tail)
        )
      }
      case "tail":
      case "phone":
      case "text": {
        if (date.test(value)) {
          return first(
            "date",
            (number) => new Date(number * 86_400_000).toISOString().slice(0, 10) + value.slice(10).replace(/\d/g, "0")
          )
        }
        if (uuid.test(value)) {
          return first("uuid", (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`)
        }
        const model = kind === "phone" ? digitsOf(value) : value.normalize()
        const shape = shapeOf(model)
        return first(shape, (number) => written(shape, number, /^[1-9]\d*$/.test(model)))
      }
    }
  }

  const of = (kind: Kind, value: string): string => {
    const key = `${kind} ${sameness(kind, value)}`
    let known = numbered.get(key)
    if (known === undefined) {
      const base = baseOf(kind, value)
      known = { identity: `${kind} ${next(`number of ${kind}`)}`, base, forms: new Map() }
      numbered.set(key, known)
    }
    let form = known.forms.get(value)
    if (form === undefined) {
      form = inFormOf(kind, known.base, value, [...known.forms.values()])
      known.forms.set(value, form)
      identities.set(form, known.identity)
    }
    return form
  }

  return { of, identities: () => Object.fromEntries(identities) }
}

const date = /^\d{4}-\d{2}-\d{2}(?:$|T[\d:.]+(?:Z|[+-][\d:]+)?$)/

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Letters as `x`, digits as `0`, all else as it is. */
const shapeOf = (value: string): string => value.replace(/\p{L}/gu, "x").replace(/\p{N}/gu, "0")

/** A shape with a number in it, written from its end; a shape that is too short for the number grows. */
const written = (shape: string, number: number, isNumber: boolean): string => {
  const characters = [...shape]
  let left = number
  for (let place = characters.length - 1; place >= 0; place--) {
    const isLetter = characters[place] === "x"
    if (!isLetter && characters[place] !== "0") continue
    const base = isLetter ? 26 : 10
    characters[place] = isLetter ? letters[left % 26]! : String(left % 10)
    left = Math.floor(left / base)
  }
  const text = characters.join("")
  // a number does not begin with 0
  if (isNumber) return left > 0 ? `${left}${text}` : text.replace(/^0/, "1")
  return left > 0 ? `x${text}${left}` : text
}

/** From `x` on, so that what does not count is an `x`. */
const letters = "xyzabcdefghijklmnopqrstuvw"

/** First digits and last four given, the number between them, and a digit that makes Luhn's sum right. */
const cardNumber = (scheme: string, length: number, number: number, tail: string): string => {
  const middle = String(number).padStart(length - 7, "0")
  const candidates = Array.from({ length: 10 }, (_, digit) => `${scheme}${digit}${middle}${tail}`)
  return candidates.find((digits) => luhnRemainder(digits) === 0)!
}

/** A part of an e-mail in capitals where another is; where that has both, in one of the ways there are of having both. */
const partInCaseOf = (part: string, model: string, way: number): string =>
  model === model.toLowerCase()
    ? part
    : model === model.toUpperCase()
    ? part.toUpperCase()
    : part.slice(0, way) + part.charAt(way).toUpperCase() + part.slice(way + 1)

/** Many servers write the domain of an e-mail in small letters and leave the rest. */
const emailInCaseOf = (email: string, model: string, way: number): string => {
  const [local = "", domain = ""] = email.split("@")
  const [modelOfLocal = "", modelOfDomain = ""] = model.split("@")
  return `${partInCaseOf(local, modelOfLocal, way)}@${partInCaseOf(domain, modelOfDomain, way)}`
}

/** The letters of a text in the case of another's, one by one. */
const inCaseOf = (text: string, model: string): string => {
  const models = [...model]
  return [...text].map((letter, place) => {
    const like = models[place]
    return like !== undefined && like !== like.toLowerCase() ? letter.toUpperCase() : letter
  }).join("")
}

/** The digits of a text in the punctuation of another's. */
const inPunctuationOf = (digits: string, model: string): string => {
  let place = 0
  return model.replace(/\d/g, () => digits.charAt(place++))
}

/** A pseudonym as the value that it stands for is written here, and no other form of that value is. */
const inFormOf = (kind: Kind, base: string, value: string, others: ReadonlyArray<string>): string => {
  switch (kind) {
    case "email": {
      const ways = Array.from("person", (_, way) => emailInCaseOf(base, value, way))
      return ways.find((form) => !others.includes(form)) ?? base
    }
    case "text":
      return inCaseOf(base, value.normalize())
    case "phone":
    case "card":
      return inPunctuationOf(base, value)
    default:
      return base
  }
}

const inSameCase = (text: string, model: string): string =>
  model === model.toLowerCase() ? text.toLowerCase() : model === model.toUpperCase() ? text.toUpperCase() : text

/**
 * The real value in the form that a pseudonym has: one of its real forms is known, and not the one asked for.
 *
 * @internal
 */
export const realFormOf = (identity: Identity, pseudonym: string, real: string): string => {
  const kind = kindOf(identity)
  switch (kind) {
    case "email": {
      const [local = "", domain = ""] = real.split("@")
      const [formOfLocal = "", formOfDomain = ""] = pseudonym.split("@")
      return `${inSameCase(local, formOfLocal)}@${inSameCase(domain, formOfDomain)}`
    }
    case "text":
      return [...pseudonym].length === [...real].length
        ? inCaseOf(real.toLowerCase(), pseudonym)
        : inSameCase(real, pseudonym)
    case "phone":
    case "card":
      return digitsOf(real).length === digitsOf(pseudonym).length ? inPunctuationOf(digitsOf(real), pseudonym) : real
    default:
      return real
  }
}

/**
 * Whether a value can stand where a pseudonym does: what was sent as an e-mail is not answered as if it were one.
 *
 * @internal
 */
export const canBe = (identity: Identity, value: string): boolean => {
  const kind = kindOf(identity)
  return kindOfValue(kind, value) === kind
}
