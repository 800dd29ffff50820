import { type Body, type Cassette, type Identity, kindOf, type Request, type Result } from "./cassette.js"
import {
  changeParts,
  changeResult,
  isEncoded,
  isRecord,
  isUrl,
  lengthsOf,
  sameParts,
  type Segment,
  segmentsOf
} from "./leaves.js"
import { canBe, realFormOf, sameness } from "./pseudonyms.js"
import { digitsOf } from "./sensitive.js"

/**
 * What a session of replaying knows: which real value each pseudonym stands for. One stands for one, both ways.
 */
interface Bindings {
  readonly realOf: ReadonlyMap<string, string>
  readonly pseudonymOf: ReadonlyMap<string, string>
  readonly valueOf: ReadonlyMap<Identity, string>
  readonly identityOf: ReadonlyMap<string, Identity>
}

const copyOf = ({ identityOf, pseudonymOf, realOf, valueOf }: Bindings) => ({
  realOf: new Map(realOf),
  pseudonymOf: new Map(pseudonymOf),
  valueOf: new Map(valueOf),
  identityOf: new Map(identityOf)
})

/** What of a request is not as it was recorded: places, never values. */
type Differences = ReadonlyArray<string>

/**
 * Answers requests from a cassette.
 *
 * @internal
 */
export interface Player {
  /** The result of the first unused interaction that the request is the request of, or what is wrong with all. */
  readonly answer: (request: Request) => { readonly result: Result } | {
    readonly path: string
    readonly differences: Differences
  }
  readonly unused: () => ReadonlyArray<Request>
}

const pathOf = (url: string): string => url.replace(/^[^/]*\/\/[^/]*/, "") || "/"

/** @internal */
export const makePlayer = (cassette: Cassette): Player => {
  const identities = new Map(Object.entries(cassette.pseudonyms) as ReadonlyArray<[string, Identity]>)
  const lengths = lengthsOf(identities.keys())
  const unused = new Set(cassette.interactions)
  let bindings: Bindings = {
    realOf: new Map(),
    pseudonymOf: new Map(),
    valueOf: new Map(),
    identityOf: new Map()
  }

  const segments = (text: string): ReadonlyArray<Segment> => segmentsOf(text, lengths, (part) => identities.has(part))

  // -------------------------------------------------------------------------------------------------------------------
  // Answers: pseudonyms become what they stand for
  // -------------------------------------------------------------------------------------------------------------------

  const realOf = (pseudonym: string): string => {
    const identity = identities.get(pseudonym)!
    const real = bindings.valueOf.get(identity)
    return bindings.realOf.get(pseudonym) ?? (real === undefined ? pseudonym : realFormOf(identity, pseudonym, real))
  }

  const restored = (text: string): string =>
    segments(text).map((segment) => "literal" in segment ? segment.literal : realOf(segment.found)).join("")

  const restoredText = (text: string): string => {
    if (identities.has(text)) return realOf(text)
    const plainly = isUrl(text) ? text : restored(text)
    return isEncoded(text) ? changeParts(plainly, restored) : plainly
  }

  const restoredResult = (result: Result): Result =>
    changeResult(result, {
      text: restoredText,
      number: (number) => identities.has(String(number)) ? Number(realOf(String(number))) : number,
      key: restored
    })

  // -------------------------------------------------------------------------------------------------------------------
  // Requests: pseudonyms are bound to what stands in their places
  // -------------------------------------------------------------------------------------------------------------------

  /** What of a request to the same URL is not as it was recorded, and what the pseudonyms stand for if all is. */
  const compare = (recorded: Request, given: Request) => {
    if (recorded.method !== given.method) return undefined
    let trial = bindings
    /** Copied for what is bound first: most requests are of another URL, or bind nothing new. */
    let copy: ReturnType<typeof copyOf> | undefined
    const differences: Array<string> = []

    const bind = (pseudonym: string, real: string): boolean => {
      if (trial.realOf.get(pseudonym) === real) return true
      const identity = identities.get(pseudonym)!
      const kind = kindOf(identity)
      const key = `${kind} ${sameness(kind, real)}`
      const isFit = canBe(identity, real) && real === real.trim() &&
        (trial.pseudonymOf.get(real) ?? pseudonym) === pseudonym &&
        (trial.identityOf.get(key) ?? identity) === identity &&
        (!trial.valueOf.has(identity) || sameness(kind, trial.valueOf.get(identity)!) === sameness(kind, real))
      if (!isFit) return false
      copy ??= copyOf(bindings)
      copy.realOf.set(pseudonym, real)
      copy.pseudonymOf.set(real, pseudonym)
      copy.identityOf.set(key, identity)
      if (!copy.valueOf.has(identity)) copy.valueOf.set(identity, real)
      trial = copy
      const tail = digitsOf(pseudonym).slice(-4)
      return kind !== "card" || !identities.has(tail) || bind(tail, digitsOf(real).slice(-4))
    }

    /** What is around pseudonyms is as it was; what stands in their places is what they stand for. */
    const matchesPlainly = (recorded: string, given: string): boolean => {
      const parts = segments(recorded)
      const found = parts.filter((part) => "found" in part)
      if (found.length === 0) return recorded === given
      const pattern = parts.map((part) =>
        "literal" in part
          ? escaped(part.literal)
          : trial.realOf.has(part.found)
          ? `(${escaped(trial.realOf.get(part.found)!)})`
          : "([^]+?)"
      )
      const values = new RegExp(`^${pattern.join("")}$`).exec(given)?.slice(1)
      return values !== undefined && found.every((part, place) => bind(part.found, values[place]!))
    }

    const matches = (recorded: string, given: string): boolean => {
      if (!isEncoded(recorded) || identities.has(recorded)) return matchesPlainly(recorded, given)
      return sameParts(recorded, given, matchesPlainly)
    }

    const differ = (place: string, how: string): void => {
      differences.push(`${place}: ${how}`)
    }

    const compareText = (recorded: string | undefined, given: string | undefined, place: string): void => {
      if (given === undefined) differ(place, "missing")
      else if (recorded === undefined) differ(place, "was not sent")
      else if (!matches(recorded, given)) differ(place, "another value")
    }

    const compareJson = (recorded: unknown, given: unknown, place: string): void => {
      if (Array.isArray(recorded) && Array.isArray(given)) {
        if (recorded.length !== given.length) return differ(place, "another length")
        return recorded.forEach((item, index) => compareJson(item, given[index], `${place}[${index}]`))
      }
      if (isRecord(recorded) && isRecord(given)) return compareRecords(recorded, given, place)
      const isSame = typeof recorded === "string" && typeof given === "string"
        ? matches(recorded, given)
        : typeof recorded === "number" && typeof given === "number" && identities.has(String(recorded))
        ? bind(String(recorded), String(given))
        : Object.is(recorded, given)
      if (!isSame) differ(place, "another value")
    }

    const compareRecords = (
      recorded: { readonly [key: string]: unknown },
      given: { readonly [key: string]: unknown },
      place: string
    ): void => {
      const left = new Set(Object.keys(given))
      for (const [key, value] of Object.entries(recorded)) {
        const same = left.has(key) ? key : [...left].find((other) => matches(key, other))
        if (same === undefined) differ(`${place}.${key}`, "missing")
        else {
          left.delete(same)
          compareJson(value, given[same], `${place}.${key}`)
        }
      }
      for (const key of left) differ(`${place}.${nameOrStar(key, place)}`, "was not sent")
    }

    const comparePairs = (
      recorded: ReadonlyArray<readonly [string, string]>,
      given: ReadonlyArray<readonly [string, string]>,
      place: string
    ): void => {
      const left = [...given]
      for (const [name, value] of recorded) {
        const at = left.findIndex(([other]) => matches(name, other))
        compareText(value, at < 0 ? undefined : left[at]![1], `${place}.${name}`)
        if (at >= 0) left.splice(at, 1)
      }
      for (const [name] of left) differ(`${place}.${nameOrStar(name, place)}`, "was not sent")
    }

    const compareBodies = (recorded: Body | undefined, given: Body | undefined): void => {
      if (recorded === undefined && given === undefined) return
      if (recorded === undefined) return differ("body", "was not sent")
      if (given === undefined) return differ("body", "missing")
      if ("json" in recorded && "json" in given) return compareJson(recorded.json, given.json, "body")
      if ("form" in recorded && "form" in given) return comparePairs(recorded.form, given.form, "body")
      if ("csv" in recorded && "csv" in given) return compareJson(recorded.csv, given.csv, "body")
      if ("text" in recorded && "text" in given) return compareText(recorded.text, given.text, "body")
      return differ("body", "another format")
    }

    if (!matches(recorded.url, given.url)) return undefined
    comparePairs(recorded.query, given.query, "query")
    comparePairs(Object.entries(recorded.headers), Object.entries(given.headers), "header")
    compareBodies(recorded.body, given.body)
    return { differences, trial }
  }

  /** What of a path the cassette has too; the rest may be somebody's. */
  const pathWithoutIds = (url: string): string => {
    const recorded = new Set(cassette.interactions.flatMap(({ request }) => pathOf(request.url).split("/")))
    return pathOf(url).split("/").map((part) => recorded.has(part) ? part : "*").join("/")
  }

  const answer: Player["answer"] = (given) => {
    let closest: { readonly request: Request; readonly differences: Differences } | undefined
    for (const interaction of unused) {
      const compared = compare(interaction.request, given)
      if (compared === undefined) continue
      const { differences, trial } = compared
      if (differences.length === 0) {
        bindings = trial
        unused.delete(interaction)
        return { result: restoredResult(interaction.result) }
      }
      if (closest === undefined || differences.length < closest.differences.length) {
        closest = { request: interaction.request, differences }
      }
    }
    return closest === undefined
      ? { path: pathWithoutIds(given.url), differences: [] }
      : { path: pathOf(closest.request.url), differences: closest.differences }
  }

  return { answer, unused: () => Array.from(unused, ({ request }) => request) }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")

/** The name of a field; what can be somebody's own is not shown. */
const nameOrStar = (name: string, place: string): string =>
  /^[a-z][A-Za-z_-]{0,39}$/.test(name) && !/metadata|custom/i.test(place) ? name : "*"
