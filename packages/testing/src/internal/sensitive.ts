import type { Kind } from "./cassette.js"
import type { Path } from "./leaves.js"

/**
 * What is known of a value by its place. `kind`: it is sensitive. `look`: what is looked for in it otherwise: everything
 * that is sensitive elsewhere (`all`), that only where it is the whole value (`whole`), or only what has a form of its
 * own, as an e-mail has (`strong`).
 *
 * @internal
 */
export interface Place {
  readonly kind: Kind | undefined
  readonly look: "all" | "whole" | "strong"
  /** Within what the caller's users may have written themselves: its keys can be anything. */
  readonly isFree: boolean
}

/** `first_name`, `firstName`, `First Name`: one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/))

const freeForm = words("metadata customfielddata extramerchantdata")

/** What users wrote, or may have; the value of a filter is what its other fields say. */
const isFreeForm = (within: ReadonlyArray<string>): boolean =>
  within.some((name) => freeForm.has(name)) ||
  (within.includes("filters") && within.includes("value") && within.at(-1) !== "date")

const names = words(
  `name names contactname firstname lastname middlename fullname givenname familyname nickname displayname username login
  billingname customername cardholder cardholdername holdername accountholder consumername organizationname company
  companyname legalname repositoryowner`
)

/** What has a name and is no person. */
const things = words(
  `feature features plan plans product products benefit benefits meter meters price prices group groups
  addon addons display`
)

const texts = words(`cvc cvv cvv2 cvc2 cid securitycode cardcode voucherpin vouchernumber userprovidedkey displaykey
  accountnumber iban consumeraccount bankaccount ssn nationalid notes note comment comments search query q`)

const secrets = /(token|secret|password|passwd|apikey|accesskey|privatekey|signature|jwt)$/

/** Ids of Pin Payments that stand where tokens do. */
const tokenThatIsId = /^(?:cus|ch|sub|plan|evt|rf|tr)_/

/** The provider's own vocabulary. */
const vocabulary = words(
  `type code loc field param status state mode env environment currency resource object scheme interval locale language
  timezone provider event version format`
)

const secretLinks = words("checkout mobileappcheckout changepaymentstate payonline status terminal")

/** @internal */
export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text)

/** @internal */
export const digitsOf = (text: string): string => text.replace(/\D/g, "")

const isIp = (text: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$|^(?=.*:.*:)[0-9a-f:.]+$/i.test(text)

/** Of nobody's own machine or network. */
const isPublic = (ip: string): boolean =>
  ip.split(".").every((part) => Number(part) < 256) &&
  !/^(?:0|10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\./.test(ip)

/** @internal */
export const luhnRemainder = (digits: string): number =>
  [...digits].toReversed().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return sum + (value > 9 ? value - 9 : value)
  }, 0) % 10

/** @internal */
export const isCardNumber = (text: string): boolean =>
  /^\d[\d -]*\d$/.test(text) && /^\d{12,19}$/.test(digitsOf(text)) && luhnRemainder(digitsOf(text)) === 0

/**
 * The kind that a value at a sensitive place has by its own form. An e-mail is one wherever it stands.
 *
 * @internal
 */
export const kindOfValue = (kind: Kind, text: string): Kind => {
  if (isEmail(text)) return "email"
  if (isCardNumber(text)) return "card"
  switch (kind) {
    case "phone":
      return digitsOf(text).length >= 5 ? kind : "text"
    case "tail":
      return /\d{4}\D*$/.test(text) ? kind : "text"
    case "ip":
      return isIp(text) ? kind : "text"
    case "link":
    case "text":
      return /^https?:\/\//i.test(text) ? "link" : "text"
    case "email":
    case "card":
      return "text"
    default:
      return kind
  }
}

const isFreePath = (path: Path, redact: ReadonlySet<string>): boolean => {
  const within = path.map(plain)
  return isFreeForm(within) || within.some((name) => redact.has(name))
}

const kindOfPath = (path: Path): Kind | "vocabulary" | "id" | undefined => {
  const above = path.slice(0, -1).map(plain)
  const name = plain(path.at(-1) ?? "")
  const isOfAddress = above.some((name) => name.includes("address"))
  if (name.includes("country")) return "vocabulary"
  if (/^(date|retryafter\w*|\w*ratelimit\w*)$/.test(name)) return "id"
  if (name.includes("email")) return /(id|status|type)$/.test(name) ? undefined : "email"
  if (/(id|ids)$/.test(name) && !/(tax|national)id$/.test(name)) return "id"
  if (/^(number|pan)$|cardnumber$/.test(name)) return "card"
  if (/^(displaynumber|last4|lastfour|lastdigits)$/.test(name)) return "tail"
  if (secrets.test(name)) return "secret"
  if (/phone|^(mobile|fax|contact)$/.test(name)) return "phone"
  if (/^(|customer|client|remote)ip(address)?$/.test(name)) return "ip"
  if (names.has(name)) return name === "name" && things.has(above.at(-1) ?? "") ? undefined : "text"
  if (texts.has(name) || /taxid|taxnumber|vatnumber|registrationnumber|birth|(?:dob|fingerprint)$/.test(name)) {
    return "text"
  }
  if (isOfAddress && !vocabularyOfAddress.has(name)) return "text"
  if (/^line\d$|^street|address|^(city|town|suburb|region|zip|zipcode|postcode|postalcode)$/.test(name)) return "text"
  if (name.endsWith("url") || (name === "href" && secretLinks.has(above.at(-1) ?? ""))) return "link"
  return vocabulary.has(name) || /(_at|At|[dD]ate)$/.test(path.at(-1) ?? "") ? "vocabulary" : undefined
}

const vocabularyOfAddress = words("type format")

/**
 * What is known of the values of a place.
 *
 * @internal
 */
export const makePlaces = (redact: ReadonlyArray<string>) => {
  const named = new Set(redact.map(plain))
  const placeOf = (path: Path) => {
    const isFree = isFreePath(path, named)
    return { isFree, kind: isFree ? "text" as const : kindOfPath(path) }
  }
  const known = new Map<string, ReturnType<typeof placeOf>>()
  return (path: Path, text: string): Place => {
    const key = path.join("\n")
    const place = known.get(key) ?? placeOf(path)
    known.set(key, place)
    const { isFree, kind } = place
    if (kind === "id") return { kind: undefined, look: "whole", isFree }
    if (kind === "vocabulary") {
      return { kind: undefined, look: /^[\w.:+/-]*$/.test(text) ? "strong" : "all", isFree }
    }
    if (kind === "secret" && tokenThatIsId.test(text)) return { kind: undefined, look: "whole", isFree }
    // a code of the provider, whoever has a name of one of its words
    return { kind, look: kind === undefined && /^[a-z]+(?:_[a-z]+)+$/.test(text) ? "strong" : "all", isFree }
  }
}

/**
 * The beginnings of credentials by which everybody knows them.
 *
 * @internal
 */
export const secretPrefix =
  /^(?:polar_[a-z]{2,4}_|am_(?:sk|pk)_(?:test|live)_|am_(?:oauth|jwt)_|sk_(?:test|live)_|pk_(?:test|live)_|sk_|pk_|whsec_|access_|live_|test_|card_)/

/** What is sensitive wherever it stands, by its form. */
const forms: ReadonlyArray<readonly [Kind, RegExp, ((text: string) => boolean)?]> = [
  ["link", /https?:\/\/[^\s"'<>]*gravatar\.com\/[^\s"'<>]*/gi],
  ["email", /[\p{L}\p{N}_](?:[\p{L}\p{N}._+'-]*[\p{L}\p{N}_+'-])?@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/gu],
  ["secret", /\b(?:polar_(?:oat|pat|cst|mst|at|rt|da)|am_[sp]k_(?:test|live)|am_oauth|am_jwt|whsec)_[\w*+/=-]+/g],
  ["secret", /\b[sp]k_(?:test_|live_)?(?=[\w-]*\d)\w{12,}/g],
  ["secret", /\b(?:access|live|test)_(?=\w*[A-Z0-9])\w{20,}/g],
  ["secret", /\bcard_(?=[\w-]*[A-Z0-9])[\w-]{16,}/g],
  ["secret", /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g],
  ["ip", /(?<![\w.:/@-])\d{1,3}(?:\.\d{1,3}){3}(?![\w:/-]|\.\d)/g, isPublic],
  ["ip", /(?<![\w:])[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){4,7}(?![\w:])/gi],
  ["card", /(?<![\w.+-])[2-6]\d{2,3}(?:[ -]?\d){9,15}(?![\w-])/g, isCardNumber],
  ["phone", /\+\d[\d ().-]{6,18}\d(?![\w:])/g, (text) => digitsOf(text).length >= 8]
]

/**
 * What a text holds that is sensitive by its form.
 *
 * @internal
 */
export const formsIn = (text: string): ReadonlyArray<readonly [Kind, string]> =>
  forms.flatMap(([kind, form, isOne]) =>
    [...text.matchAll(form)]
      .filter(([found]) => isOne === undefined || isOne(found))
      .map(([found]) => [kind, found] as const)
  )

/**
 * What a value is apart from blanks around it, and from the country before the code of a state (`US-CA`).
 *
 * @internal
 */
export const coreOf = (text: string, path: Path): readonly [before: string, core: string, after: string] => {
  const [, before = "", core = "", after = ""] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? []
  const isState = /(?:state|region)$/i.test(path.at(-1) ?? "") && /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(core)
  return isState ? [before + core.slice(0, 3), core.slice(3), after] : [before, core, after]
}
