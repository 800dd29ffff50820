/** Reads request bodies, with what is wrong as the messages that Autumn has for it. */
import type { AutumnBillingControls, AutumnConfig } from "../../AutumnSeed.js"

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Malformed, empty, or no object: as if nothing had been sent. */
export const readJson = (text: string): Json => {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : {}
  } catch {
    return {}
  }
}

/** Of a member of a path: `field: reason`. */
type Issues = Array<string>

const kindOf = (value: unknown): string => value === null ? "null" : Array.isArray(value) ? "array" : typeof value

const kinds = { string: "a string", boolean: "a boolean", object: "an object", array: "an array", number: "a number" }

const mustBe = (issues: Issues, field: string, kind: keyof typeof kinds, value: unknown) => {
  issues.push(`${field}: must be ${kinds[kind]} (received ${kindOf(value)})`)
}

const oneOf = (issues: Issues, field: string, members: ReadonlyArray<string>) => {
  issues.push(`${field}: Invalid option: expected one of ${members.map((member) => `"${member}"`).join("|")}`)
}

const reasons = "Use only letters, numbers, underscores, and hyphens."

const wrongId = (id: string): string | undefined =>
  id === ""
    ? "cannot be empty"
    : /^[A-Za-z0-9_:-]+$/.test(id)
    ? undefined
    : /\s/.test(id)
    ? `cannot contain spaces. ${reasons}`
    : id.includes("@")
    ? `cannot contain the @ symbol. ${reasons}`
    : id.includes(".")
    ? `cannot contain periods. ${reasons}`
    : `has characters that are not allowed. ${reasons}`

const readId = (issues: Issues, body: Json, field: string): string => {
  const id = body[field]
  if (typeof id !== "string") {
    mustBe(issues, field, "string", id)
    return ""
  }
  const wrong = wrongId(id)
  if (wrong !== undefined) issues.push(`${field}: ${wrong}`)
  return id
}

/** Absent stays absent. */
const readText = (issues: Issues, body: Json, field: string): string | null | undefined => {
  const text = body[field]
  if (text === undefined || text === null || typeof text === "string") return text
  mustBe(issues, field, "string", text)
  return undefined
}

const readEmail = (issues: Issues, body: Json): string | null | undefined => {
  const email = readText(issues, body, "email")
  if (typeof email === "string" && !/^[^\s@]{1,64}@[^\s@]+$/.test(email)) {
    issues.push("email: not a valid email address")
  }
  return email
}

const readBoolean = (issues: Issues, body: Json, field: string, path = field): boolean | undefined => {
  const flag = body[field]
  if (flag === undefined || typeof flag === "boolean") return flag
  mustBe(issues, path, "boolean", flag)
  return undefined
}

const readMetadata = (issues: Issues, body: Json): Json | null | undefined => {
  const metadata = body["metadata"]
  if (metadata === undefined || metadata === null || isObject(metadata)) return metadata
  mustBe(issues, "metadata", "object", metadata)
  return undefined
}

const readNumber = (issues: Issues, body: Json, field: string, path: string, least: number): number => {
  const value = body[field]
  if (typeof value !== "number") mustBe(issues, path, "number", value)
  else if (value < least) issues.push(`${path}: Too small: expected number to be >=${least}`)
  else return value
  return 0
}

const readArray = (issues: Issues, field: string, value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value
  mustBe(issues, field, "array", value)
  return []
}

const readObjects = (issues: Issues, field: string, value: unknown): ReadonlyArray<readonly [string, Json]> =>
  readArray(issues, field, value).flatMap((one, i): ReadonlyArray<readonly [string, Json]> => {
    if (isObject(one)) return [[`${field}.${i}`, one]]
    mustBe(issues, `${field}.${i}`, "object", one)
    return []
  })

const purchaseIntervals = ["hour", "day", "week", "month"]

type Topup = NonNullable<AutumnBillingControls["auto_topups"]>[number]
type SpendLimit = NonNullable<AutumnBillingControls["spend_limits"]>[number]

const readTopup = (issues: Issues, path: string, entry: Json): Topup => {
  const { feature_id, purchase_limit: limit } = entry
  if (typeof feature_id !== "string") mustBe(issues, `${path}.feature_id`, "string", feature_id)
  const purchaseLimit = `${path}.purchase_limit`
  if (limit !== undefined && !isObject(limit)) mustBe(issues, purchaseLimit, "object", limit)
  if (isObject(limit) && !purchaseIntervals.includes(String(limit["interval"]))) {
    oneOf(issues, `${purchaseLimit}.interval`, purchaseIntervals)
  }
  return {
    feature_id: String(feature_id),
    enabled: readBoolean(issues, entry, "enabled", `${path}.enabled`) ?? false,
    threshold: readNumber(issues, entry, "threshold", `${path}.threshold`, 0),
    quantity: readNumber(issues, entry, "quantity", `${path}.quantity`, 1),
    ...(isObject(limit)
      ? {
        purchase_limit: {
          interval: String(limit["interval"]),
          interval_count: limit["interval_count"] === undefined
            ? 1
            : readNumber(issues, limit, "interval_count", `${purchaseLimit}.interval_count`, 1),
          limit: readNumber(issues, limit, "limit", `${purchaseLimit}.limit`, 1)
        }
      }
      : {})
  }
}

const readSpendLimit = (issues: Issues, path: string, entry: Json): SpendLimit => {
  const { feature_id, overage_limit } = entry
  if (feature_id !== undefined && typeof feature_id !== "string") {
    mustBe(issues, `${path}.feature_id`, "string", feature_id)
  }
  return {
    ...(feature_id === undefined ? {} : { feature_id: String(feature_id) }),
    enabled: readBoolean(issues, entry, "enabled", `${path}.enabled`) ?? false,
    ...(overage_limit === undefined
      ? {}
      : { overage_limit: readNumber(issues, entry, "overage_limit", `${path}.overage_limit`, 0) })
  }
}

const looseLists = ["usage_limits", "usage_alerts", "overage_allowed"] as const

const readControls = (issues: Issues, body: Json): AutumnBillingControls => {
  const field = "billing_controls"
  const controls = body[field]
  if (controls === undefined) return {}
  if (!isObject(controls)) {
    mustBe(issues, field, "object", controls)
    return {}
  }
  const listOf = <A>(name: string, read: (path: string, entry: Json) => A): Readonly<Record<string, Array<A>>> => {
    if (controls[name] === undefined) return {}
    const entries = readObjects(issues, `${field}.${name}`, controls[name])
    const features = entries.map(([, entry]) => entry["feature_id"])
    for (const [i, [path]] of entries.entries()) {
      if (features.indexOf(features[i]) < i) issues.push(`${path}.feature_id: only one entry per feature is allowed`)
    }
    return { [name]: entries.map(([path, entry]) => read(path, entry)) }
  }
  return {
    ...listOf("auto_topups", (path, entry) => readTopup(issues, path, entry)),
    ...listOf("spend_limits", (path, entry) => readSpendLimit(issues, path, entry)),
    ...Object.assign({}, ...looseLists.map((name) => listOf(name, (_path, entry) => entry)))
  }
}

const readConfig = (issues: Issues, body: Json): AutumnConfig | undefined => {
  const config = body["config"]
  if (config === undefined) return undefined
  if (!isObject(config)) {
    mustBe(issues, "config", "object", config)
    return undefined
  }
  const pooled = readBoolean(issues, config, "disable_pooled_balance", "config.disable_pooled_balance")
  const overage = readBoolean(issues, config, "disable_overage_billing", "config.disable_overage_billing")
  return {
    ...(pooled === undefined ? {} : { disable_pooled_balance: pooled }),
    ...(overage === undefined ? {} : { disable_overage_billing: overage })
  }
}

const expandable: ReadonlyArray<string> = [
  "invoices",
  "trials_used",
  "rewards",
  "entities",
  "referrals",
  "payment_method",
  "subscriptions.plan",
  "purchases.plan",
  "balances.feature",
  "flags.feature",
  "billing_controls.auto_topups.purchase_limit",
  "invoice_previews"
]

/** The raw body's own, on every route. */
export const expandOf = (body: Json): ReadonlySet<unknown> =>
  new Set(Array.isArray(body["expand"]) ? body["expand"] : [])

const checkExpand = (issues: Issues, body: Json) => {
  if (body["expand"] === undefined) return
  for (const [i, value] of readArray(issues, "expand", body["expand"]).entries()) {
    if (!expandable.includes(String(value))) oneOf(issues, `expand.${i}`, expandable)
  }
}

export type Checked<A> = { readonly value: A } | { readonly wrong: string }

/** What a reader makes of a body that passes. */
export type Read<F extends (body: Json) => Checked<unknown>> = ReturnType<F> extends Checked<infer A> ? A : never

const checked = <A>(issues: Issues, value: A): Checked<A> =>
  issues.length === 0
    ? { value }
    : { wrong: issues.length === 1 ? issues[0]! : `[Validation Errors] ${issues.join("; ")}` }

const common = (issues: Issues, body: Json) => ({
  name: readText(issues, body, "name"),
  email: readEmail(issues, body),
  fingerprint: readText(issues, body, "fingerprint"),
  metadata: readMetadata(issues, body),
  stripe_id: readText(issues, body, "stripe_id"),
  send_email_receipts: readBoolean(issues, body, "send_email_receipts"),
  billing_controls: readControls(issues, body),
  config: readConfig(issues, body),
  currency: readText(issues, body, "currency")
})

export const readGetOrCreate = (body: Json) => {
  const issues: Issues = []
  const id = body["customer_id"] === null ? null : readId(issues, body, "customer_id")
  const fields = common(issues, body)
  const create_in_stripe = readBoolean(issues, body, "create_in_stripe") ?? false
  const plan = body["auto_enable_plan_id"]
  if (plan !== undefined && typeof plan !== "string") mustBe(issues, "auto_enable_plan_id", "string", plan)
  checkExpand(issues, body)
  const auto_enable_plan_id = typeof plan === "string" ? plan : undefined
  return checked(issues, { id, ...fields, create_in_stripe, auto_enable_plan_id })
}

export const readUpdate = (body: Json) => {
  const issues: Issues = []
  const id = readId(issues, body, "customer_id")
  const fields = common(issues, body)
  const new_customer_id = body["new_customer_id"] === undefined ? undefined : readId(issues, body, "new_customer_id")
  return checked(issues, { id, ...fields, new_customer_id })
}

export const readGet = (body: Json) => {
  const issues: Issues = []
  const id = readId(issues, body, "customer_id")
  checkExpand(issues, body)
  return checked(issues, { id })
}

export const readDelete = (body: Json) => {
  const issues: Issues = []
  const id = readId(issues, body, "customer_id")
  readBoolean(issues, body, "delete_in_stripe")
  return checked(issues, { id })
}

/** Whatever becomes a number counts as that number. */
const coerced = (
  issues: Issues,
  field: string,
  value: unknown,
  least: number,
  most: number,
  kind: "int" | "number" = "int"
): number => {
  const number = Array.isArray(value) ? NaN : Number(value)
  if (Number.isNaN(number)) issues.push(`${field}: Invalid input: expected number, received NaN`)
  else if (kind === "int" && !Number.isInteger(number)) {
    issues.push(`${field}: Invalid input: expected int, received number`)
  } else if (number < least) issues.push(`${field}: Too small: expected number to be >=${least}`)
  else if (number > most) issues.push(`${field}: Too big: expected number to be <=${most}`)
  return number
}

export interface PlanFilter {
  readonly id: string
  readonly versions: ReadonlyArray<unknown>
}

const processorNames = ["stripe", "revenuecat", "vercel"]
const statuses = ["active", "scheduled"]

const readFilters = (issues: Issues, body: Json) => {
  const { plans, processors, search, subscription_status: status } = body
  const filters = plans === undefined ? undefined : readObjects(issues, "plans", plans).map(([path, plan]) => {
    if (typeof plan["id"] !== "string") mustBe(issues, `${path}.id`, "string", plan["id"])
    const versions = plan["versions"] === undefined ? [] : readArray(issues, `${path}.versions`, plan["versions"])
    return { id: String(plan["id"]), versions }
  })
  if (status !== undefined && !statuses.includes(String(status))) oneOf(issues, "subscription_status", statuses)
  if (search !== undefined && typeof search !== "string") mustBe(issues, "search", "string", search)
  const wanted = processors === undefined ? undefined : readArray(issues, "processors", processors)
  for (const [i, name] of (wanted ?? []).entries()) {
    if (!processorNames.includes(String(name))) oneOf(issues, `processors.${i}`, processorNames)
  }
  return {
    plans: filters,
    status: typeof status === "string" ? status : undefined,
    search: typeof search === "string" ? search.trim() : "",
    processors: wanted?.map(String)
  }
}

export type Filters = ReturnType<typeof readFilters>

export const readListByOffset = (body: Json) => {
  const issues: Issues = []
  const { limit = 10, offset = 0 } = body
  return checked(issues, {
    offset: coerced(issues, "offset", offset, 0, Number.MAX_SAFE_INTEGER),
    limit: coerced(issues, "limit", limit, 1, 1000),
    filters: readFilters(issues, body)
  })
}

const sortOrders = ["asc", "desc"]

export const readListByCursor = (body: Json) => {
  const issues: Issues = []
  const { created_at_range: range = {}, limit = 50, sort_order: order = "desc", start_cursor: cursor = "" } = body
  if (typeof cursor !== "string") mustBe(issues, "start_cursor", "string", cursor)
  if (!sortOrders.includes(String(order))) oneOf(issues, "sort_order", sortOrders)
  if (!isObject(range)) mustBe(issues, "created_at_range", "object", range)
  const { end, start } = isObject(range) ? range : {}
  const bound = (name: string, value: unknown, otherwise: number): number =>
    value === undefined
      ? otherwise
      : coerced(issues, `created_at_range.${name}`, value, -Infinity, Infinity, "number")
  return checked(issues, {
    cursor: String(cursor),
    limit: coerced(issues, "limit", limit, 1, 5000),
    oldestFirst: order === "asc",
    start: bound("start", start, -Infinity),
    end: bound("end", end, Infinity),
    filters: readFilters(issues, body)
  })
}
