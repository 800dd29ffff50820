/** What a request may say: checks of JSON that answer the first problem, and where it is. */
import type { Problem } from "./hal.js"

type Check = (value: unknown, field: string) => Problem | undefined

type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const says = (holds: (value: unknown) => boolean, what: string): Check => (value, field) =>
  holds(value) ? undefined : { field, detail: `The ${field} ${what}` }

const boolean = says((value) => typeof value === "boolean", "should be a boolean")
const string = says((value) => typeof value === "string", "should be a string")

const matching = (pattern: RegExp, what = "is invalid"): Check =>
  says((value) => typeof value === "string" && pattern.test(value), what)

const atMost = (characters: number): Check =>
  says((value) => typeof value === "string" && Array.from(value).length <= characters, "is too long")

const integerFrom = (least: number): Check =>
  says((value) => typeof value === "number" && Number.isInteger(value) && value >= least, "is no valid number")

const oneOf = (members: ReadonlyArray<string>): Check =>
  says((value) => members.some((member) => member === value), `is invalid. Supported are: ${members.join(", ")}`)

const nullable = (check: Check): Check => (value, field) => value === null ? undefined : check(value, field)

const first = <A>(items: Iterable<A>, check: (item: A) => Problem | undefined): Problem | undefined => {
  for (const item of items) {
    const problem = check(item)
    if (problem !== undefined) return problem
  }
  return undefined
}

const listOf = (check: Check): Check => (value, field) =>
  Array.isArray(value)
    ? first(value.entries(), ([i, item]) => check(item, `${field}.${i}`))
    : { field, detail: `The ${field} should be an array` }

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

/** A name that this call does not have, and the one that may have been meant. */
export const nonExistent = (where: "body" | "query", name: string, known: ReadonlyArray<string>): Problem => {
  const own = name.slice(name.lastIndexOf(".") + 1).slice(0, 100)
  const [nearest] = known
    .map((candidate) => [distance(own.toLowerCase(), candidate.toLowerCase()), candidate] as const)
    .filter(([far, candidate]) => far * 2 <= candidate.length)
    .sort(([a], [b]) => a - b)
  const hint = nearest === undefined ? "" : ` Did you mean: "${nearest[1]}"?`
  return { field: name, detail: `Non-existent ${where} parameter "${name}" for this API call.${hint}` }
}

type Fields = Readonly<Record<string, Check>>

/** An object with these fields and no others. */
const object = (fields: Fields, required: ReadonlyArray<string> = []): Check => (value, field) => {
  if (!isObject(value)) return { field, detail: `The ${field} should be an object` }
  const at = (name: string) => field === "" ? name : `${field}.${name}`
  return first(
    Object.keys(value),
    (name) => Object.hasOwn(fields, name) ? undefined : nonExistent("body", at(name), Object.keys(fields))
  ) ??
    first(
      required,
      (name) => value[name] === undefined ? { field: at(name), detail: `The ${at(name)} is required` } : undefined
    ) ??
    first(Object.entries(value), ([name, member]) => fields[name]?.(member, at(name)))
}

const decimalsOf = (currency: string): number => currency === "ISK" || currency === "JPY" ? 0 : 2

const amountOf = (sign: string): Check => {
  const parts = object({ currency: matching(/^[A-Z]{3}$/), value: () => undefined }, ["currency", "value"])
  return (amount, field) => {
    const problem = parts(amount, field)
    if (problem !== undefined || !isObject(amount)) return problem
    const { currency, value } = amount
    const decimals = decimalsOf(String(currency))
    const pattern = new RegExp(`^${sign}\\d+${decimals === 0 ? "" : `\\.\\d{${decimals}}`}$`)
    return typeof value === "string" && pattern.test(value)
      ? undefined
      : { field: `${field}.value`, detail: "The amount contains an invalid value" }
  }
}

const amount = amountOf("")
const signedAmount = amountOf("-?")

const documentedLocales = (
  "en_US en_GB nl_NL nl_BE de_DE de_AT de_CH de_LU fr_FR fr_BE fr_LU es_ES ca_ES pt_PT it_IT nb_NO sv_SE fi_FI da_DK " +
  "is_IS hu_HU pl_PL lv_LV lt_LT cs_CZ sk_SK en_BE en_NL"
).split(" ")

/** The documented ones also with a hyphen or something behind them, and one that nobody documents. */
const isLocale = (value: unknown): boolean =>
  typeof value === "string" &&
  ["gl_ES", ...documentedLocales].some((known) => `${value.replace("-", "_")}_`.startsWith(`${known}_`))

const locale = says(isLocale, "is invalid")

const email = matching(/^[^\s@]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]$/)

const metadata: Check = (value) =>
  new TextEncoder().encode(JSON.stringify(value)).length <= 1024
    ? undefined
    : { detail: "The metadata is too large. It may have 1024 bytes at most" }

const profileId = matching(/^pfl_.+$/)

/** Who calls with a token says the mode, and the profile of a payment; who calls with a key must not. */
export type Caller = "key" | "token"

const only = (caller: Caller, fields: Fields): Fields => caller === "token" ? fields : {}

const customerFields: Fields = {
  name: nullable(string),
  email: nullable(email),
  locale: nullable(locale),
  metadata
}

const body = (fields: Fields, required?: ReadonlyArray<string>) => (input: Json): Problem | undefined =>
  object(fields, required)(input, "")

export const checkCreate = (caller: Caller) =>
  body({ ...customerFields, ...only(caller, { testmode: nullable(boolean) }) })

export const checkUpdate = (caller: Caller) => body({ ...customerFields, ...only(caller, { testmode: boolean }) })

export const checkDelete = (caller: Caller) => body(only(caller, { testmode: nullable(boolean) }))

const methods = (
  "alma applepay bacs bancomatpay bancontact banktransfer belfius billie billink bizum blik creditcard directdebit eps " +
  "giftcard ideal in3 kbc klarna mbway mobilepay multibanco mybank paybybank paypal paysafecard pointofsale przelewy24 " +
  "riverty satispay swish trustly twint vipps voucher"
).split(" ")

const method: Check = (value, field) =>
  Array.isArray(value) ? listOf(oneOf(methods))(value, field) : nullable(oneOf(methods))(value, field)

const url = says((value) => typeof value === "string" && URL.canParse(value), "is no valid URL")

const webhookUrl: Check = (value, field) => {
  const problem = url(value, field)
  if (problem !== undefined) return problem
  const { hostname, protocol } = new URL(String(value))
  return /^https?:$/.test(protocol) && !/^(localhost|127\.|10\.|192\.168\.|\[)|\.local$/.test(hostname)
    ? undefined
    : { field, detail: "The webhook URL is invalid because it is unreachable from Mollie's point of view" }
}

const date = matching(/^\d{4}-\d\d-\d\d$/, "should be a date in the form YYYY-MM-DD")

const recurring = object({
  description: string,
  interval: matching(/^\d+ (days?|weeks?|months?)$/),
  amount,
  times: integerFrom(1),
  startDate: nullable(date)
}, ["interval"])

const line = object({
  type: oneOf("physical digital shipping_fee discount store_credit gift_card surcharge tip".split(" ")),
  description: string,
  quantity: integerFrom(1),
  quantityUnit: string,
  unitPrice: signedAmount,
  discountAmount: signedAmount,
  totalAmount: signedAmount,
  vatRate: string,
  vatAmount: signedAmount,
  sku: atMost(64),
  categories: listOf(oneOf("eco gift meal sport_culture additional consume".split(" "))),
  imageUrl: string,
  productUrl: string,
  recurring
}, ["description", "quantity", "unitPrice", "totalAmount"])

const strings = (names: string): Fields => Object.fromEntries(names.split(" ").map((name) => [name, string]))

const address = object(strings(
  "title givenName familyName organizationName streetAndNumber streetAdditional postalCode email phone city region " +
    "country"
))

const ignored: Check = () => undefined

const route = object({
  amount,
  destination: object({ type: oneOf(["organization"]), organizationId: matching(/^org_.+$/) }, [
    "type",
    "organizationId"
  ]),
  releaseDate: nullable(date),
  // Of the answer; the published document asks for them in requests too.
  resource: ignored,
  id: ignored,
  mode: ignored,
  createdAt: ignored,
  _links: ignored
}, ["amount", "destination"])

const captureDelay: Check = (value, field) => {
  const [, count, unit] = /^(\d+) (hour|day)s?$/.exec(String(value)) ?? []
  return typeof value === "string" && count !== undefined && Number(count) <= (unit === "day" ? 7 : 7 * 24)
    ? undefined
    : { field, detail: `The ${field} should be a number of hours or days, seven days at most` }
}

const paymentFields: Fields = {
  amount,
  description: matching(/./s, "is required"),
  redirectUrl: nullable(url),
  cancelUrl: nullable(url),
  webhookUrl: nullable(webhookUrl),
  method,
  sequenceType: oneOf(["oneoff", "first", "recurring"]),
  mandateId: nullable(matching(/^mdt_.+$/)),
  lines: nullable(listOf(line)),
  billingAddress: address,
  shippingAddress: address,
  locale: nullable(locale),
  restrictPaymentMethodsToCountry: nullable(matching(/^[A-Z]{2}$/)),
  metadata,
  issuer: nullable(string),
  captureMode: nullable(oneOf(["automatic", "manual"])),
  captureDelay: nullable(captureDelay),
  applicationFee: nullable(object({ amount, description: atMost(255) })),
  routing: nullable(listOf(route)),
  dueDate: date,
  storeCredentials: boolean,
  company: object(strings("registrationNumber vatNumber entityType")),
  consumerDateOfBirth: date,
  extraMerchantData: says(isObject, "should be an object"),
  digitalGoods: boolean,
  ...strings(
    "applePayPaymentToken googlePayPaymentToken cardToken voucherNumber voucherPin sessionId customerReference terminalId"
  )
}

const isZero = (amount: unknown): boolean => isObject(amount) && /^[0.]+$/.test(String(amount["value"]))

const mayBeCard = (method: unknown): boolean =>
  method === undefined || method === null || method === "creditcard" ||
  (Array.isArray(method) && method.includes("creditcard"))

export const checkPayment = (caller: Caller) => (input: Json): Problem | undefined => {
  const fields = { ...paymentFields, ...only(caller, { profileId, testmode: nullable(boolean) }) }
  const problem = body(fields, ["amount", "description", ...(caller === "token" ? ["profileId"] : [])])(input)
  if (problem !== undefined) return problem
  const { amount, applePayPaymentToken, method, redirectUrl, sequenceType } = input
  if (isZero(amount) && !(sequenceType === "first" && mayBeCard(method))) {
    return { field: "amount.value", detail: "The amount is lower than the minimum" }
  }
  return (redirectUrl ?? undefined) === undefined && sequenceType !== "recurring" && applePayPaymentToken === undefined
    ? { field: "redirectUrl", detail: "The redirectUrl is required" }
    : undefined
}

/** What the query of a list may say; the wrong is told with its status. */
export interface Paging {
  readonly from: string | undefined
  readonly limit: number
  readonly sort: "asc" | "desc"
}

export const readPaging = (query: ReadonlyMap<string, string>): Paging | Problem => {
  const given = query.get("limit") ?? ""
  const limit = given === "" ? 50 : /^\d+$/.test(given) ? Number(given) : 0
  if (limit < 1 || limit > 250) return { field: "limit", detail: "The limit should be a number from 1 to 250" }
  const sort = query.get("sort") ?? "desc"
  return sort === "asc" || sort === "desc"
    ? { from: query.get("from"), limit, sort }
    : { field: "sort", detail: "The sort should be asc or desc" }
}

/** Of what may stand in a query, the values that are not read elsewhere. */
export const checkQuery = (query: ReadonlyMap<string, string>, known: ReadonlyArray<string>): Problem | undefined =>
  first(query.entries(), ([name, value]) =>
    !known.includes(name)
      ? nonExistent("query", name, known)
      : name === "testmode"
      ? oneOf(["true", "false"])(value, name)
      : name === "profileId"
      ? profileId(value, name)
      : undefined)
