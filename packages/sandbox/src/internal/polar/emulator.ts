/** Polar's customers API, from the fact sheet alone. */
import type { PolarRecord, PolarSeed } from "../../PolarSeed.js"
import type { Answer, Call, Emulator, Route } from "../emulator.js"
import { readSeeds } from "../seeds.js"
import { sha256 } from "../sha256.js"
import { storedTaxId } from "./countries.js"
import { csv } from "./csv.js"
import {
  type AddressFields,
  boolean,
  type CreateInput,
  enumIssue,
  type Issue,
  type Loc,
  positiveInteger,
  readCreate,
  readUpdate,
  type UpdateInput,
  uuid4
} from "./issues.js"
import { jsonFault } from "./jsonPosition.js"
import { Seed } from "./seed.js"
import {
  type Filter,
  formatTime,
  hasStatus,
  homeOrganization,
  makeStore,
  render,
  type Sight,
  type SortKey,
  sortKeys,
  type Stored
} from "./store.js"

/** Next, Current, Deprecated. */
const versions = ["2027-01", "2026-10", "2026-04"]
const currentVersion = "2026-10"
const bodyLimit = 10 * 1024 * 1024

const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})

const noRoute = json(404, { detail: "Not Found" })
const noResource = json(404, { error: "ResourceNotFound", detail: "Not found" })
const schemaError = (issues: ReadonlyArray<Issue>) => json(422, { error: "RequestValidationError", detail: issues })
const businessError = (issues: ReadonlyArray<Issue>) =>
  json(422, { error: "PolarRequestValidationError", detail: issues })

const challenge = (parameters: string) => ({ "www-authenticate": `Bearer realm="polar"${parameters}` })

const unauthorized = json(401, { error: "Unauthorized", detail: "Unauthorized" }, challenge(""))
const badToken = json(401, {
  error: "invalid_token",
  error_description: "The access token provided is expired, revoked, malformed, or invalid for other reasons."
}, challenge(`, error="invalid_token"`))
const badScope = json(403, {
  error: "insufficient_scope",
  error_description: "The request requires higher privileges than provided by the access token."
}, challenge(`, error="insufficient_scope", scope="customers:write"`))
const serverError: Answer = {
  status: 500,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "Internal Server Error"
}
const notPermitted = json(403, {
  error: "NotPermitted",
  detail: "You are not permitted to manage the customers of this organization."
})

interface Token {
  readonly kind: "organization" | "user"
  readonly sight: Sight
}

const bearerToken = (call: Call): string => /^Bearer +(\S+)$/i.exec(call.headers["authorization"] ?? "")?.[1] ?? ""

/** A token that belongs to nobody is turned away before anything is routed. */
const isKnown = (token: string): boolean =>
  token === "" || (/^polar_(oat|pat|cst|mst)_/.test(token) && !token.includes("expired"))

/** Who is calling, or the answer that turns them away. */
const authenticate = (call: Call): Token | Answer => {
  const token = bearerToken(call)
  const kind = token.startsWith("polar_oat_") ? "organization" : token.startsWith("polar_pat_") ? "user" : undefined
  if (kind === undefined) return unauthorized
  if (call.method !== "GET") {
    if (token.includes("readonly")) return badScope
    if (kind === "user" && token.includes("viewer")) return notPermitted
  }
  return { kind, sight: kind === "organization" ? homeOrganization : call.headers["polar-organization"] }
}

/** Scalar parameters: the last one counts. */
const one = (call: Call, name: string): string | undefined => call.query.findLast(([key]) => key === name)?.[1]

/** One id or a list of them: what is wrong is told for both. */
const readOrganizations = (call: Call, issues: Array<Issue>): ReadonlyArray<string> => {
  const given = call.query.filter(([key]) => key === "organization_id").map(([, value]) => value)
  const loc = ["query", "organization_id"]
  const list = "json-or-python[json=list[uuid],python=chain[is-instance[Sequence],function-wrap[sequence_validator()]]]"
  const wrong: Array<Issue> = []
  const ids = given.map((value, i) => uuid4(value, [...loc, list, i], wrong))
  if (wrong.length > 0) {
    uuid4(given, [...loc, "uuid"], issues)
    issues.push(...wrong)
  }
  return ids
}

const isSortKey = (key: string): key is SortKey => sortKeys.some((known) => known === key)

const readSorting = (call: Call, issues: Array<Issue>): ReadonlyArray<SortKey> => {
  const given = call.query.filter(([key]) => key === "sorting").map(([, value]) => value)
  const sorting: Array<SortKey> = []
  for (const [i, key] of given.entries()) {
    if (isSortKey(key)) sorting.push(key)
    else issues.push(enumIssue(["query", "sorting", i], key, sortKeys))
  }
  return sorting.length === 0 ? ["-created_at"] : sorting
}

const readMetadataFilter = (call: Call): Filter["metadata"] => {
  const wanted = new Map<string, Array<string>>()
  for (const [name, value] of call.query) {
    const key = /^metadata\[([^\]]+)\]/.exec(name)?.[1]
    if (key !== undefined) wanted.set(key, [...wanted.get(key) ?? [], value])
  }
  return Object.fromEntries(wanted)
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true })

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** The body as JSON (absent or `null` when there is none), or the answer to one that cannot be read. */
const parseBody = (call: Call): { readonly input: unknown } | Answer => {
  if (call.body.length === 0) return { input: null }
  const type = call.headers["content-type"]
  if (type !== undefined && !/^application\/([^;]+\+)?json *(;|$)/i.test(type)) return { input: call.text }
  const text = decode(call.body)
  if (text === undefined) return json(400, { detail: "There was an error parsing the body" })
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    const { message, position } = jsonFault(text)
    const loc: Loc = ["body", Array.from(text.slice(0, position)).length]
    return schemaError([{ type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx: { error: message } }])
  }
  // Half of a surrogate pair is refused, and then breaks the answer that would say so.
  return /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(input)) ? serverError : { input }
}

const valueError = (name: string, msg: string, input: unknown): Issue => ({
  type: "value_error",
  loc: ["body", name],
  msg,
  input
})

const emailTaken = (email: string) => valueError("email", "A customer with this email address already exists.", email)
const externalIdTaken = (externalId: string) =>
  valueError("external_id", "A customer with this external ID already exists.", externalId)

/** The tax id to store with an address, or what is wrong with it. */
const checkTaxId = (
  value: string | null,
  address: AddressFields | null,
  issues: Array<Issue>
): readonly [string, string] | null => {
  if (value === null) return null
  if (address === null) {
    const msg = "Country is required to validate tax ID."
    issues.push({ type: "missing", loc: ["body", "billing_address"], msg, input: null })
    return null
  }
  const stored = storedTaxId(value, address.country)
  if (stored !== undefined) return stored
  issues.push({ type: "invalid", loc: ["body", "tax_id"], msg: "Invalid tax ID.", input: value })
  return null
}

/** Where the customers are in an answer: alone, with their state, in a list. */
const ofCustomers = (...fields: ReadonlyArray<string>): ReadonlyArray<string> =>
  fields.flatMap((field) => [field, `items.*.${field}`])

export const polar: Emulator<PolarSeed, PolarRecord> = {
  hosts: ["api.polar.sh", "sandbox-api.polar.sh"],
  places: {
    enums: [
      ...ofCustomers("type", "billing_address.country", "tax_id.1"),
      "active_subscriptions.*.status",
      "active_subscriptions.*.recurring_interval",
      "granted_benefits.*.benefit_type"
    ],
    records: [
      ...ofCustomers("metadata"),
      "active_subscriptions.*.custom_field_data",
      "active_subscriptions.*.metadata",
      "granted_benefits.*.benefit_metadata",
      "detail.*.input"
    ]
  },
  readSeeds: readSeeds(Seed),
  make: (world) => {
    const store = makeStore(world)

    const create = (input: CreateInput, token: Token): Answer => {
      const given = input.organization_id ?? (token.kind === "user" ? token.sight ?? null : null)
      const organizationIssue = token.kind === "organization"
        ? given === null
          ? undefined
          : {
            ...valueError(
              "organization_id",
              "Setting organization_id is disallowed when using an organization token.",
              given
            ),
            type: "organization_token"
          }
        : given === null
        ? { ...valueError("organization_id", "organization_id is required.", given), type: "missing" }
        : store.hasOrganization(given) && (token.sight ?? given) === given
        ? undefined
        : valueError("organization_id", "Organization not found.", given)
      if (organizationIssue !== undefined) return businessError([organizationIssue])
      const organization = given ?? homeOrganization
      const issues: Array<Issue> = []
      if (input.email !== null && store.ownerOfEmail(organization, input.email) !== undefined) {
        issues.push(emailTaken(input.email))
      }
      if (input.external_id !== null && store.ownerOfExternalId(organization, input.external_id) !== undefined) {
        issues.push(externalIdTaken(input.external_id))
      }
      if (issues.length > 0) return businessError(issues)
      const taxId = checkTaxId(input.tax_id, input.billing_address, issues)
      if (issues.length > 0) return businessError(issues)
      const stored: Stored = {
        id: world.nextId(),
        created: world.writeMoment(),
        created_at: undefined,
        modified_at: null,
        metadata: input.metadata,
        external_id: input.external_id,
        email: input.email,
        email_verified: false,
        type: input.type,
        name: input.name,
        billing_name: null,
        billing_address: input.billing_address,
        tax_id: taxId,
        locale: input.locale,
        organization_id: organization,
        default_payment_method_id: null,
        deleted_at: null,
        first_user_event_at: null,
        ownerEmail: input.owner?.email ?? null,
        subscriptions: [],
        benefits: [],
        meters: []
      }
      store.insert(stored)
      return json(201, render(stored))
    }

    const update = (before: Stored, input: UpdateInput): Answer => {
      const issues: Array<Issue> = []
      const changes: { -readonly [K in keyof Stored]?: Stored[K] } = {}
      const email = input.email?.given ?? null
      if (email !== null && email.toLowerCase() !== before.email?.toLowerCase()) {
        if (store.ownerOfEmail(before.organization_id, email) !== undefined) issues.push(emailTaken(email))
        changes.email = email
        changes.email_verified = false
      }
      if (input.name !== undefined) changes.name = input.name.given
      if (input.locale !== undefined) changes.locale = input.locale.given
      if (input.metadata !== undefined) changes.metadata = input.metadata.given
      if (input.billing_address?.given === null) {
        issues.push(
          valueError("billing_address", "Customer billing address cannot be reset to null once set.", null)
        )
      } else if (input.billing_address !== undefined) changes.billing_address = input.billing_address.given
      if (input.external_id !== undefined && input.external_id.given !== before.external_id) {
        const externalId = input.external_id.given
        if (before.external_id !== null || externalId === null) {
          issues.push(valueError("external_id", "Customer external ID cannot be updated.", externalId))
        } else if (store.ownerOfExternalId(before.organization_id, externalId) !== undefined) {
          issues.push(externalIdTaken(externalId))
        } else changes.external_id = externalId
      }
      if (before.type === "team" && input.type !== undefined && input.type.given !== "team") {
        const msg = "Customer type cannot be downgraded from 'team' to 'individual'."
        issues.push(valueError("type", msg, input.type.given))
      } else if (input.type !== undefined && input.type.given !== null) changes.type = input.type.given
      if (issues.length > 0) return businessError(issues)
      if (input.tax_id !== undefined || changes.billing_address !== undefined) {
        const value = input.tax_id === undefined ? before.tax_id?.[0] ?? null : input.tax_id.given
        changes.tax_id = checkTaxId(value, changes.billing_address ?? before.billing_address, issues)
        if (issues.length > 0) return businessError(issues)
      }
      const changed: Stored = { ...before, ...changes }
      if (JSON.stringify(changed) === JSON.stringify(before)) return json(200, render(before))
      const after = { ...changed, modified_at: formatTime(world.writeMoment()) }
      store.replace(before, after)
      return json(200, render(after))
    }

    const remove = (before: Stored, anonymize: boolean): Answer => {
      const { external_id, metadata } = before
      const anonymous: Partial<Stored> = {
        email: before.email === null ? null : `${sha256(before.email.toLowerCase())}@anonymized.polar.sh`,
        email_verified: false,
        billing_name: before.billing_name === null ? null : sha256(before.billing_name),
        name: before.name === null || before.tax_id !== null ? before.name : sha256(before.name),
        billing_address: null
      }
      const moment = formatTime(world.writeMoment())
      store.remove(before, {
        ...before,
        ...(anonymize ? anonymous : {}),
        external_id: null,
        metadata: external_id === null ? metadata : { ...metadata, __external_id: external_id },
        modified_at: moment,
        deleted_at: moment
      })
      return { status: 204, headers: {} }
    }

    const withPriceId = (subscription: unknown): unknown =>
      typeof subscription === "object" && subscription !== null && !("price_id" in subscription)
        ? { ...subscription, price_id: "196ca717-4d84-4d28-a1b8-777255797dbc" }
        : subscription

    const state = (stored: Stored): Answer =>
      json(200, {
        ...render(stored),
        active_subscriptions: stored.subscriptions
          .filter((subscription) => hasStatus(subscription, ["active", "trialing"]))
          .map(withPriceId),
        granted_benefits: stored.benefits,
        active_meters: stored.meters
      })

    /** A route for who is allowed in; a body that is no JSON is told before that. */
    const route = (
      method: string,
      path: string,
      operation: string,
      answer: (call: Call, token: Token, input: unknown) => Answer
    ): Route => ({
      method,
      path,
      operation,
      answer: (call) => {
        const body = method === "POST" || method === "PATCH" ? parseBody(call) : { input: undefined }
        if ("status" in body) return body
        const token = authenticate(call)
        return "status" in token ? token : answer(call, token, body.input)
      }
    })

    /** The same operation by id and by external id: what both can get wrong comes first, then the customer. */
    const both = (
      method: string,
      suffix: string,
      operation: string,
      read: (
        call: Call,
        input: unknown,
        by: "id" | "external_id",
        issues: Array<Issue>
      ) => (stored: Stored) => Answer
    ): readonly [Route, Route] => [
      route(
        method,
        `/v1/customers/external/{external_id}${suffix}`,
        `${operation}External`,
        (call, { sight }, input) => {
          const issues: Array<Issue> = []
          const answer = read(call, input, "external_id", issues)
          if (issues.length > 0) return schemaError(issues)
          const [stored, another] = store.withExternalId(sight, call.params["external_id"] ?? "")
          if (another !== undefined) return serverError
          return stored === undefined ? noResource : answer(stored)
        }
      ),
      route(method, `/v1/customers/{id}${suffix}`, operation, (call, { sight }, input) => {
        const issues: Array<Issue> = []
        const id = uuid4(call.params["id"], ["path", "id"], issues)
        const answer = read(call, input, "id", issues)
        if (issues.length > 0) return schemaError(issues)
        const stored = store.get(id)
        return stored === undefined || !store.sees(sight, stored) ? noResource : answer(stored)
      })
    ]

    const list = route("GET", "/v1/customers/", "list", (call, { sight }) => {
      const issues: Array<Issue> = []
      const page = positiveInteger(one(call, "page"), ["query", "page"], issues, 1)
      const limit = Math.min(100, positiveInteger(one(call, "limit"), ["query", "limit"], issues, 10))
      const sorting = readSorting(call, issues)
      const organizations = readOrganizations(call, issues)
      const active = boolean(one(call, "active"), ["query", "active"], issues)
      if (issues.length > 0) return schemaError(issues)
      const rows = organizations.length > 0 && sight !== undefined && !organizations.includes(sight) ? [] : store.list({
        organizations: sight === undefined ? organizations : [sight],
        email: one(call, "email"),
        query: one(call, "query"),
        active,
        metadata: readMetadataFilter(call),
        sorting
      })
      return json(200, {
        items: rows.slice((page - 1) * limit, page * limit).map(render),
        pagination: { total_count: rows.length, max_page: Math.ceil(rows.length / limit) }
      })
    })

    const exportAll = route("GET", "/v1/customers/export", "export", (call, { sight }) => {
      const issues: Array<Issue> = []
      const organizations = readOrganizations(call, issues)
      if (issues.length > 0) return schemaError(issues)
      const rows = store.all().filter((stored) =>
        store.sees(sight, stored) && (organizations.length === 0 || organizations.includes(stored.organization_id))
      )
      return {
        status: 200,
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": "attachment; filename=\"polar-customers.csv\""
        },
        body: csv(rows)
      }
    })

    const createRoute = route("POST", "/v1/customers/", "create", (_call, token, body) => {
      const issues: Array<Issue> = []
      const input = readCreate(body, issues)
      return input === undefined ? schemaError(issues) : create(input, token)
    })

    const balance: Route = {
      method: "GET",
      path: "/v1/customers/{id}/balance",
      operation: "getBalance",
      answer: () => noRoute,
      retired: true
    }

    const ignoreBody = (answer: (stored: Stored) => Answer) => () => answer

    return {
      routes: [
        list,
        createRoute,
        exportAll,
        ...both("GET", "", "get", ignoreBody((stored) => json(200, render(stored)))),
        ...both("PATCH", "", "update", (_call, body, by, issues) => {
          const input = readUpdate(body, by, issues)
          return (stored) => update(stored, input ?? {})
        }),
        ...both("DELETE", "", "delete", (call, _input, _by, issues) => {
          const anonymize = boolean(one(call, "anonymize"), ["query", "anonymize"], issues) ?? false
          return (stored) => remove(stored, anonymize)
        }),
        ...both("GET", "/state", "getState", ignoreBody(state)),
        balance
      ],

      around: (call, next) => {
        const version = call.headers["polar-version"] || currentVersion
        const served = versions.includes(version)
        const length = call.headers["content-length"]
        const sends = call.method === "POST" || call.method === "PATCH"
        const answer = Number(length ?? 0) > bodyLimit || call.body.length > bodyLimit
          ? json(413, { error: "RequestBodyTooLarge", detail: "Request body too large. The limit is 10485760 bytes." })
          : sends && length === undefined
          ? json(411, { error: "LengthRequired", detail: "A Content-Length header is required." })
          : !served
          ? noRoute
          : !isKnown(bearerToken(call))
          ? badToken
          : next()
        return {
          ...answer,
          headers: {
            ...answer.headers,
            "cache-control": "private, no-store",
            ...(served ? { "polar-version": version } : {}),
            ...(call.host === "sandbox-api.polar.sh" ? { "x-polar-sandbox": "1" } : {})
          }
        }
      },

      unrouted: (call, methodsOf) => {
        const [allowed] = methodsOf(call.path)
        if (allowed !== undefined) return json(405, { detail: "Method Not Allowed" }, { allow: allowed })
        const other = call.path.endsWith("/") ? call.path.replace(/\/+$/, "") : `${call.path}/`
        if (methodsOf(other).length === 0) return noRoute
        const path = other.split("/").map(encodeURIComponent).join("/")
        const location = `${call.base}${path}${call.search === "" ? "" : `?${call.search}`}`
        return { status: 307, headers: { location } }
      },

      seed: store.seed,
      customers: () => store.all().map(render),
      deleted: () => store.gone().map(render),
      snapshot: store.snapshot
    }
  }
}
