/** Autumn's customers API, from the fact sheet alone. */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import type { AutumnRecord, AutumnSeed } from "../../AutumnSeed.js"
import type { Answer, Call, Emulator, Route } from "../emulator.js"
import { readSeeds } from "../seeds.js"
import {
  type Checked,
  type Filters,
  type Json,
  type Read,
  readDelete,
  readGet,
  readGetOrCreate,
  readJson,
  readListByCursor,
  readListByOffset,
  readUpdate
} from "./checks.js"
import { passes, withStatus } from "./filters.js"
import { makeLimiter } from "./limiter.js"
import { makeOnceKeys } from "./onceKeys.js"
import { render, type Request, type Version } from "./render.js"
import { Seed } from "./seed.js"
import {
  compareKeys,
  day,
  type Env,
  type Key,
  keyOf,
  makeStore,
  millisOf,
  nothingHidden,
  processorsOf,
  type Stored,
  subscriptionOf,
  textOrNull
} from "./store.js"

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

const failure = (status: number, code: string, message: string, env: Env): Answer =>
  json(status, { message, code, env })

const tooMany: Answer = {
  status: 429,
  headers: { "content-type": "text/plain; charset=UTF-8" },
  body: "Too many requests, please try again later."
}

/** Whoever has not shown who they are is in the sandbox. */
const unauthorized = (code: string, message: string): Answer => failure(401, code, message, "sandbox")

const noRoute = unauthorized("no_auth_header", "Unauthorized - no session found")

interface Caller {
  readonly env: Env
  readonly readonly: boolean
}

const tokenOf = (call: Call): string | undefined => /^Bearer (.*)$/.exec(call.headers["authorization"] ?? "")?.[1]

const callerOf = (token: string | undefined): Caller | Answer => {
  if (token === undefined) return unauthorized("no_secret_key", "Secret key not found in Authorization header")
  if (token.startsWith("am_pk_")) {
    return unauthorized("endpoint_not_public", "This endpoint cannot be called with a publishable key")
  }
  const prefix = /^am_(sk_test|sk_live|oauth|jwt)_/.exec(token)?.[1]
  if (prefix === undefined) return unauthorized("invalid_request", "Invalid authorization token")
  if (!/^am_sk_(test|live)_./.test(token) || /expired|bad/.test(token)) {
    return unauthorized("invalid_secret_key", `Invalid secret key: ${token.slice(0, 15)}******`)
  }
  return { env: prefix === "sk_live" ? "live" : "sandbox", readonly: token.includes("readonly") }
}

/** By the day from which on new organisations get them. */
const versions: ReadonlyArray<readonly [name: string, since: string, version: Version]> = [
  ["0.1", "", "1.x"],
  ["0.2", "2025-01-30", "1.x"],
  ["1.1", "2025-04-17", "1.x"],
  ["1.2", "2025-05-05", "1.x"],
  ["2.2", "2026-03-18", "2.1"],
  ["2.3", "2026-05-13", "2.3"]
]

const versionByName = (name: string): Version | undefined => {
  const short = name.replace(/^(\d+\.\d+)\.0$/, "$1")
  // No organisation's own.
  return short === "2.1" ? "2.1" : versions.find(([known]) => known === short)?.[2]
}

const versionByDate = (micros: number): Version => {
  const date = new Date(micros / 1000).toISOString()
  return versions.findLast(([, since]) => since <= date)![2]
}

/** The organisation's plans. */
const organisationPlans: Readonly<Record<string, { readonly trialDays: number; readonly paid: boolean }>> = {
  free: { trialDays: 0, paid: false },
  trial: { trialDays: 14, paid: false },
  pro: { trialDays: 0, paid: true }
}

const stripeExists = (id: string): boolean => /^cus_\w+$/.test(id) && !id.includes("unknown")
const stripeFails = (id: string | null): boolean => id?.includes("failing") ?? false

const readCursor = (text: string): Key | undefined => {
  const decoded = readJson(Either.getOrElse(Encoding.decodeBase64UrlString(text), () => ""))
  const { id, t, v } = decoded
  return v === 0 && typeof id === "string" && typeof t === "number" ? { id, t } : undefined
}

const cursorOf = ({ id, t }: Key): string | null =>
  id === null ? null : Encoding.encodeBase64Url(JSON.stringify({ v: 0, id, t }))

const organisationLimit = 1000

const answerOf = (stored: Stored, request: Request): Answer =>
  stored.unserialisable
    ? failure(500, "invalid_inputs", "created_at: Invalid input: expected number, received NaN", request.env)
    : json(200, render(stored, request))

const notFound = (id: string, env: Env): Answer => failure(404, "customer_not_found", `Customer ${id} not found`, env)

const keyUsed = ({ headers }: Call, env: Env): Answer =>
  failure(
    409,
    "duplicate_idempotency_key",
    `Another request with idempotency key ${headers["idempotency-key"]} has already been received`,
    env
  )

const noCurrency = (env: Env): Answer =>
  failure(400, "invalid_request", "Multi-currency is not enabled for this organization", env)

const stripeError = (message: string, env: Env): Answer =>
  failure(400, "stripe_error", `(Stripe Error) ${message}`, env)

const ofCustomers = (...places: ReadonlyArray<string>): ReadonlyArray<string> =>
  places.flatMap((place) => [place, `list.*.${place}`])

const ofPlan = (place: string): ReadonlyArray<string> =>
  ["env", "price.interval"].map((member) => `${place}.*.plan.${member}`)

export const autumn: Emulator<AutumnSeed, AutumnRecord> = {
  hosts: ["api.useautumn.com"],
  places: {
    enums: ofCustomers(
      "env",
      "subscriptions.*.status",
      "subscriptions.*.scope",
      "purchases.*.scope",
      ...ofPlan("subscriptions"),
      ...ofPlan("purchases"),
      "balances.*.feature.type",
      "balances.*.breakdown.*.reset.interval",
      "balances.*.breakdown.*.price.tier_behavior",
      "balances.*.breakdown.*.price.billing_method",
      "flags.*.feature.type",
      "billing_controls.auto_topups.*.purchase_limit.interval",
      "invoices.*.status",
      "entities.*.env",
      "rewards.discounts.*.type",
      "rewards.discounts.*.duration_type"
    ),
    records: ofCustomers("metadata"),
    maps: ofCustomers("balances", "flags")
  },
  readSeeds: readSeeds(Seed),
  make: (world) => {
    const store = makeStore(world)
    const limiter = makeLimiter(world)
    const organisationsVersion = versionByDate(world.now())

    const keys = makeOnceKeys(world, (call) => {
      const key = call.headers["idempotency-key"] ?? ""
      const caller = callerOf(tokenOf(call))
      return key === "" || "status" in caller ? undefined : `${caller.env} ${key}`
    })

    /** Nothing is written when nothing differs. */
    const save = (before: Stored, record: AutumnRecord): Stored => {
      if (JSON.stringify(record) === JSON.stringify(before.record)) return before
      world.writeMoment()
      const after = { ...before, record }
      store.replace(before, after)
      return after
    }

    const getOrCreate = (read: Read<typeof readGetOrCreate>, request: Request): Answer => {
      const { env } = request
      const { email, id } = read
      if (id === null && typeof email !== "string") {
        return failure(400, "invalid_request", "Either customer ID or email is required", env)
      }
      if (typeof read.currency === "string") return noCurrency(env)
      const existing = (id === null ? undefined : store.byId(env, id)) ??
        (typeof email === "string" ? store.emailOnly(env, email) : undefined)
      if (existing !== undefined) {
        const { record } = existing
        const stripe_id = record.stripe_id ?? (read.create_in_stripe ? store.newId("cus_") : null)
        const { processors, ...rest } = record
        return answerOf(
          save(existing, {
            ...rest,
            id: record.id ?? id,
            name: record.name ?? textOrNull(read.name),
            email: record.email ?? textOrNull(email),
            stripe_id,
            send_email_receipts: read.send_email_receipts ?? record.send_email_receipts,
            ...processorsOf(stripe_id, processors)
          }),
          request
        )
      }
      const planId = read.auto_enable_plan_id
      const plan = planId === undefined || !Object.hasOwn(organisationPlans, planId)
        ? undefined
        : organisationPlans[planId]
      if (planId !== undefined && plan === undefined) {
        return failure(404, "product_not_found", `Product ${planId} not found`, env)
      }
      if (plan?.paid === true) {
        return failure(400, "invalid_request", `Plan ${planId} is neither free nor a trial without a card`, env)
      }
      const created_at = millisOf(world.writeMoment())
      const internal = store.newId("cus_")
      const stripe_id = textOrNull(read.stripe_id) ?? (read.create_in_stripe ? store.newId("cus_") : null)
      const trial_ends_at = plan === undefined || plan.trialDays === 0 ? null : created_at + plan.trialDays * day
      const record: AutumnRecord = {
        id,
        name: textOrNull(read.name),
        email: textOrNull(email),
        created_at,
        fingerprint: textOrNull(read.fingerprint),
        stripe_id,
        env,
        metadata: read.metadata ?? {},
        send_email_receipts: read.send_email_receipts ?? false,
        billing_controls: read.billing_controls,
        subscriptions: planId === undefined
          ? []
          : [
            subscriptionOf(store.newId("cus_prod_"), { plan_id: planId, auto_enable: true, trial_ends_at }, created_at)
          ],
        purchases: [],
        balances: {},
        flags: {},
        licenses: [],
        ...(read.config === undefined ? {} : { config: read.config }),
        ...processorsOf(stripe_id, undefined)
      }
      const stored = { ...nothingHidden, internal, record }
      store.insert(stored)
      return answerOf(stored, request)
    }

    const update = (read: Read<typeof readUpdate>, request: Request): Answer => {
      const { env } = request
      const before = store.find(env, read.id)
      if (before === undefined) return notFound(read.id, env)
      if (typeof read.currency === "string") return noCurrency(env)
      const { config, processors, ...record } = before.record
      const id = read.new_customer_id ?? record.id
      if (id !== null && id !== record.id && store.byId(env, id) !== undefined) {
        return failure(
          409,
          "customer_already_exists",
          `Customer with ID ${id} already exists, can't change to this ID`,
          env
        )
      }
      const orBefore = (given: string | null | undefined, otherwise: string | null) =>
        given === undefined ? otherwise : textOrNull(given)
      const name = orBefore(read.name, record.name)
      const email = orBefore(read.email, record.email)
      const stripe_id = orBefore(read.stripe_id, record.stripe_id)
      if (stripe_id !== null && stripe_id !== record.stripe_id && !stripeExists(stripe_id)) {
        return stripeError(`No such customer: '${stripe_id}'`, env)
      }
      const pushes = name !== record.name || (email !== null && email !== record.email)
      if (pushes && stripeFails(record.stripe_id)) {
        return stripeError("An error occurred while updating the customer", env)
      }
      const metadata = new Map(Object.entries(record.metadata))
      for (const [key, value] of Object.entries(read.metadata ?? {})) {
        if (value === null) metadata.delete(key)
        else metadata.set(key, value)
      }
      const changed = config ?? read.config
      return answerOf(
        save(before, {
          ...record,
          id,
          name,
          email,
          stripe_id,
          fingerprint: orBefore(read.fingerprint, record.fingerprint),
          metadata: Object.fromEntries(metadata),
          send_email_receipts: read.send_email_receipts ?? record.send_email_receipts,
          billing_controls: { ...record.billing_controls, ...read.billing_controls },
          ...(changed === undefined ? {} : { config: { ...config, ...read.config } }),
          ...processorsOf(stripe_id, processors)
        }),
        request
      )
    }

    const remove = (stored: Stored): Answer => {
      world.writeMoment()
      store.remove(stored)
      return json(200, { success: true })
    }

    const rowsOf = (ids: ReadonlyArray<string>): ReadonlyArray<Stored> => ids.flatMap((id) => store.get(id) ?? [])

    /** Rows that cannot be put into JSON are left out without a word. */
    const renderAll = (rows: ReadonlyArray<Stored>, request: Request, { status }: Filters) =>
      rows.filter(({ unserialisable }) => !unserialisable).map((row) => render(row, request, withStatus(status)))

    const isFiltered = ({ plans, processors, search }: Filters): boolean =>
      search !== "" || processors !== undefined || (plans ?? []).length > 0

    const listByOffset = (
      { filters, limit, offset }: Read<typeof readListByOffset>,
      request: Request
    ): Answer => {
      const all = store.list(request.env, "newestFirst")
      const matching = isFiltered(filters)
        ? rowsOf(all).filter(passes(filters)).map(({ internal }) => internal)
        : all
      const list = renderAll(rowsOf(matching.slice(offset, offset + limit)), request, filters)
      return json(200, {
        list,
        total: list.length,
        total_count: all.length,
        total_filtered_count: matching.length,
        limit,
        offset,
        has_more: list.length === limit
      })
    }

    const listByCursor = (read: Read<typeof readListByCursor>, request: Request): Answer => {
      const { end, filters, limit, oldestFirst, start } = read
      if (limit > organisationLimit) {
        const message = `limit cannot be more than ${organisationLimit} for this organization`
        return failure(400, "invalid_request", message, request.env)
      }
      const cursor = read.cursor === "" ? undefined : readCursor(read.cursor)
      if (read.cursor !== "" && cursor === undefined) {
        return failure(400, "invalid_cursor", "Invalid cursor", request.env)
      }
      const all = store.list(request.env, "byCreation")
      const keyAt = (at: number): Key => keyOf(store.get(all[at]!)!)
      /** How many of all come before the first one that is `beyond`. */
      const countUntil = (beyond: (key: Key) => boolean): number => {
        let low = 0
        let high = all.length
        while (low < high) {
          const middle = (low + high) >>> 1
          if (beyond(keyAt(middle))) high = middle
          else low = middle + 1
        }
        return low
      }
      const from = Math.max(
        countUntil(({ t }) => t >= start),
        cursor !== undefined && oldestFirst ? countUntil((key) => compareKeys(key, cursor) > 0) : 0
      )
      const until = Math.min(
        countUntil(({ t }) => t > end),
        cursor !== undefined && !oldestFirst ? countUntil((key) => compareKeys(key, cursor) >= 0) : all.length
      )
      const passing = passes(filters)
      const rows: Array<Stored> = []
      for (let at = 0; at < until - from && rows.length <= limit; at++) {
        const row = store.get(all[oldestFirst ? from + at : until - 1 - at]!)!
        if (passing(row)) rows.push(row)
      }
      const page = rows.slice(0, limit)
      return json(200, {
        list: renderAll(page, request, filters),
        next_cursor: rows.length > limit ? cursorOf(keyOf(page[limit - 1]!)) : null
      })
    }

    /** A body that passes its checks goes on. */
    const reading =
      <A>(read: (body: Json) => Checked<A>, answer: (value: A, request: Request) => Answer) =>
      (request: Request): Answer => {
        const checked = read(request.body)
        return "wrong" in checked
          ? failure(400, "invalid_inputs", checked.wrong, request.env)
          : answer(checked.value, request)
      }

    const onStored =
      (answer: (stored: Stored, request: Request) => Answer) =>
      ({ id }: { readonly id: string }, request: Request): Answer => {
        const stored = store.find(request.env, id)
        return stored === undefined ? notFound(id, request.env) : answer(stored, request)
      }

    /** The bucket of a call and how many calls per second it takes. */
    type Bucket = (request: Request) => readonly [name: string, limit: number]

    const perCustomer: Bucket = ({ body }) => [`customer ${String(body["customer_id"])}`, 10_000]
    const writes: Bucket = () => ["write", 25]
    const lists: Bucket = ({ version }) => version === "2.3" ? ["list by cursor", 50] : ["list", 5]

    const rpc = (
      name: string,
      operation: string,
      access: "read" | "write",
      bucket: Bucket,
      answer: (request: Request) => Answer
    ): Route => ({
      method: "POST",
      path: `/v1/customers.${name}`,
      operation,
      answer: (call) => {
        const caller = callerOf(tokenOf(call))
        if ("status" in caller) return caller
        const { env } = caller
        const named = call.headers["x-api-version"]
        const version = named === undefined ? organisationsVersion : versionByName(named)
        if (version === undefined) {
          return failure(400, "invalid_api_version", `"${named}" is not a valid API version`, env)
        }
        if (access === "write" && caller.readonly) {
          return failure(403, "insufficient_scopes", "Insufficient scopes. Missing: customers:write", env)
        }
        const request = { env, version, body: readJson(call.text) }
        const [group, perSecond] = bucket(request)
        const verdict = limiter(`${env} ${group}`, perSecond)
        const answered = verdict.passes ? keys.answer(call, () => answer(request), () => keyUsed(call, env)) : tooMany
        return { ...answered, headers: { ...answered.headers, ...verdict.headers } }
      }
    })

    return {
      routes: [
        ...["get_or_create", "getOrCreate"].map((name) =>
          rpc(name, "getOrCreate", "write", perCustomer, reading(readGetOrCreate, getOrCreate))
        ),
        rpc("list", "list", "read", lists, (request) =>
          request.version === "2.3"
            ? reading(readListByCursor, listByCursor)(request)
            : reading(readListByOffset, listByOffset)(request)),
        rpc("get", "get", "read", perCustomer, reading(readGet, onStored(answerOf))),
        rpc("update", "update", "write", writes, reading(readUpdate, update)),
        rpc("delete", "delete", "write", writes, reading(readDelete, onStored(remove)))
      ],

      arrived: keys.arrived,

      around: (_call, next) => {
        const answer = next()
        return { ...answer, headers: { ...answer.headers, date: new Date(world.now() / 1000).toUTCString() } }
      },

      unrouted: () => noRoute,

      seed: store.seed,
      customers: store.customers,
      deleted: store.deleted,
      resources: store.resources,
      snapshot: () => {
        const backs = [store.snapshot(), keys.snapshot()]
        return () => {
          for (const back of backs) back()
        }
      }
    }
  }
}
