/** What is sent, and what becomes of every answer. */
import { AutumnApi, AutumnClient, type AutumnOptions } from "@effect-customers/autumn"
import type { CustomersError } from "@effect-customers/core"
import { Fault } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Either, FastCheck, Redacted, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import {
  bodyOf,
  clients,
  expectNothingSent,
  inject,
  json,
  once,
  refusal,
  requests,
  secretKey,
  seed,
  shape,
  stored,
  versions
} from "./onSandbox.js"
import * as samples from "./samples.js"

const { inProcess, onPort } = once

const places = [
  ["in process", inProcess()] as const,
  ...clients.map(([name, client]) => [`on a port, over ${name}`, onPort(client)] as const)
]

describe.each(places)("%s", (_, layer) => {
  it.live("all five operations: paths, bodies, answers", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const input = {
        customer_id: "team-1",
        name: "Ada",
        email: "ada@example.com",
        fingerprint: "f1",
        metadata: { a: 1, nested: { list: [1, null] } },
        send_email_receipts: true,
        auto_enable_plan_id: "free",
        create_in_stripe: true,
        billing_controls: { auto_topups: [{ feature_id: "credits", threshold: 1, quantity: 5, enabled: true }] },
        config: { disable_pooled_balance: true },
        expand: ["invoices", "subscriptions.plan"]
      } as const
      const ada = yield* autumn.getOrCreate(input)
      expect(ada).toMatchObject({ id: "team-1", name: "Ada", metadata: input.metadata, send_email_receipts: true })
      expect(ada.subscriptions.map(({ plan, plan_id }) => [plan_id, plan?.id])).toEqual([["free", "free"]])
      const bo = yield* autumn.getOrCreate({ customer_id: null, email: "bo@example.com" })
      expect([bo.id, bo.email]).toEqual([null, "bo@example.com"])
      expect((yield* autumn.get("team-1")).email).toBe("ada@example.com")
      expect((yield* autumn.get("team-1", { expand: ["entities"] })).entities).toEqual([])
      const page = yield* autumn.list({ limit: 1, offset: 1, search: "a" })
      expect([page.list.length, page.total, page.total_filtered_count, page.unreadable]).toEqual([1, 1, 2, []])
      const renamed = yield* autumn.update("team-1", {
        new_customer_id: "team-2",
        name: null,
        metadata: { a: null },
        billing_controls: { spend_limits: [{ feature_id: "credits", enabled: true, overage_limit: 3 }] }
      })
      expect(renamed).toMatchObject({
        id: "team-2",
        name: null,
        metadata: { nested: { list: [1, null] } },
        billing_controls: { auto_topups: [{ quantity: 5 }], spend_limits: [{ overage_limit: 3 }] }
      })
      expect(yield* autumn.delete("team-2", { delete_in_stripe: true })).toBeUndefined()
      expect((yield* stored).map(({ email }) => email)).toEqual(["bo@example.com"])

      const log = yield* requests
      expect(log.map((entry) => [entry.path, bodyOf(entry)])).toEqual([
        ["/v1/customers.get_or_create", input],
        ["/v1/customers.get_or_create", { customer_id: null, email: "bo@example.com" }],
        ["/v1/customers.get", { customer_id: "team-1" }],
        ["/v1/customers.get", { customer_id: "team-1", expand: ["entities"] }],
        ["/v1/customers.list", { limit: 1, offset: 1, search: "a" }],
        ["/v1/customers.update", {
          customer_id: "team-1",
          new_customer_id: "team-2",
          name: null,
          metadata: { a: null },
          billing_controls: { spend_limits: [{ feature_id: "credits", enabled: true, overage_limit: 3 }] }
        }],
        ["/v1/customers.delete", { customer_id: "team-2", delete_in_stripe: true }]
      ])
      for (const { body, headers, method } of log) {
        expect([method, headers.authorization, headers["x-api-version"]]).toEqual([
          "POST",
          `Bearer ${secretKey}`,
          "2.1"
        ])
        expect([headers.accept, headers["content-type"], headers["transfer-encoding"]]).toEqual(
          ["application/json", "application/json", undefined]
        )
        expect(headers["content-length"]).toBe(String(new TextEncoder().encode(body).length))
      }
    }).pipe(Effect.provide(layer)))
})

describe("versions", () => {
  it.effect("2.3 lists by cursor", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const [first, second, third] = yield* seed(3)
      const page = yield* autumn.list({ limit: 2, sort_order: "asc", created_at_range: { start: 0 } })
      expect(page.list.map(({ id }) => id)).toEqual([first, second])
      const rest = yield* autumn.list({ start_cursor: page.next_cursor!, limit: 2, sort_order: "asc" })
      expect([rest.list.map(({ id }) => id), rest.next_cursor]).toEqual([[third], null])
      const error = yield* Effect.flip(autumn.list({ start_cursor: "%%%" }))
      expect([...shape(error), error.providerCode]).toEqual(
        ["InvalidRequest", "provider", "start_cursor", "invalid_cursor"]
      )
      expect((yield* requests).map(({ headers }) => headers["x-api-version"])).toEqual(["2.3", "2.3", "2.3"])
    }).pipe(Effect.provide(inProcess({}, { apiVersion: "2.3" }))))

  it.effect.each(versions)(
    "what the other version calls its own is refused, unsent (%s)",
    (apiVersion) =>
      Effect.gen(function*() {
        const autumn = yield* AutumnClient
        const foreign = apiVersion === "2.1"
          ? [{ start_cursor: "x" }, { sort_order: "asc" }, { created_at_range: {} }] as const
          : [{ offset: 0 }] as const
        for (const body of foreign) {
          expect(yield* refusal(autumn.list(body))).toEqual(["InvalidRequest", "sdk", Object.keys(body)[0]])
        }
        for (const limit of [0, 1001, 5000, 1.5]) {
          expect(yield* refusal(autumn.list({ limit }))).toEqual(["InvalidRequest", "sdk", "limit"])
        }
        yield* expectNothingSent
      }).pipe(Effect.provide(inProcess({}, { apiVersion })))
  )

  it.effect.each<Partial<AutumnOptions>>([
    { apiVersion: "2.2" as never },
    { apiVersion: "toString" as never },
    { baseUrl: "nowhere" },
    { baseUrl: "https://api.useautumn.com/v1" },
    { secretKey: Redacted.make("") }
  ])("options that are none end in InvalidRequest naming them: %j", (options) =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      expect(yield* refusal(autumn.get("team-1"))).toEqual(["InvalidRequest", "sdk", Object.keys(options)[0]])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess({}, options))))

  it.effect("the world is the key's", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1" }])
      expect((yield* Effect.flip(autumn.get("team-1")))._tag).toBe("CustomerNotFound")
      expect((yield* autumn.getOrCreate({ customer_id: "team-1" })).env).toBe("live")
    }).pipe(Effect.provide(inProcess({}, { secretKey: Redacted.make("am_sk_live_x") }))))
})

describe("expand", () => {
  it.effect("every value can be asked for, and what it adds is typed", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("get", json(200, samples.expanded))
      const found = yield* autumn.get("team-1", {
        expand: [
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
      })
      expect([
        found.invoices?.[0]?.total,
        found.trials_used?.[0]?.plan_id,
        found.rewards?.discounts?.[0]?.discount_value,
        found.entities?.[0]?.id,
        found.referrals?.[0]?.customer?.email,
        found.payment_method,
        found.subscriptions[0]?.plan?.price?.amount,
        found.flags?.["dashboard"]?.feature?.type,
        found.billing_controls?.auto_topups?.[0]?.purchase_limit?.limit,
        found.balances["messages"]?.rollovers?.[0]?.granted
      ]).toEqual([
        20,
        "pro",
        10,
        "seat-1",
        "bo@example.com",
        samples.expanded.payment_method,
        20,
        "boolean",
        4,
        5
      ])
      // and against the sandbox, which refuses what it does not know
      yield* seed([{ id: "team-2" }])
      for (const expand of ["invoices", "rewards", "payment_method", "flags.feature", "invoice_previews"] as const) {
        expect((yield* autumn.get("team-2", { expand: [expand] })).id).toBe("team-2")
      }
    }).pipe(Effect.provide(inProcess())))
})

type Wanted = readonly [
  title: string,
  operation: "get" | "getOrCreate" | "list" | "update" | "delete",
  fault: Fault.Fault,
  expected: ReadonlyArray<unknown>
]

const answers: ReadonlyArray<Wanted> = [
  ["404 of a customer", "get", json(404, samples.errors.notFound), ["CustomerNotFound"]],
  ["404 of a customer", "update", json(404, samples.errors.notFound), ["CustomerNotFound"]],
  ["404 of a customer", "delete", json(404, samples.errors.notFound), ["CustomerNotFound"]],
  ["404 of a customer where none is looked for", "getOrCreate", json(404, samples.errors.notFound), [
    "UnexpectedStatus"
  ]],
  ["404 of a plan", "getOrCreate", json(404, samples.errors.plan), [
    "InvalidRequest",
    "provider",
    "auto_enable_plan_id"
  ]],
  ["404 that says nothing", "get", Fault.Respond({ status: 404 }), ["UnexpectedStatus"]],
  ["404 in HTML", "get", Fault.HtmlPage({ status: 404 }), ["UnexpectedStatus"]],
  ["400 at the id that is looked for", "get", json(400, samples.errors.wrongType), ["CustomerNotFound"]],
  ["400 at the id that is looked for", "delete", json(400, samples.errors.several), ["CustomerNotFound"]],
  ["400 at the id that is made", "getOrCreate", json(400, samples.errors.several), [
    "InvalidRequest",
    "provider",
    "customer_id",
    "email"
  ]],
  ["400 at a limit", "list", json(400, samples.errors.limit), ["InvalidRequest", "provider", "limit"]],
  ["400 at an index", "list", json(400, { code: "invalid_inputs", message: "plans[0].id: Required" }), [
    "InvalidRequest",
    "provider",
    "plans.0.id"
  ]],
  ["400 without a field", "getOrCreate", json(400, samples.errors.neither), ["InvalidRequest", "provider", ""]],
  ["400 of inputs without a field", "update", json(400, { code: "invalid_inputs", message: "no colon" }), [
    "InvalidRequest",
    "provider",
    ""
  ]],
  ["400 of the version", "list", json(400, samples.errors.version), ["InvalidRequest", "provider", ""]],
  ["400 of Stripe", "update", json(400, samples.errors.stripe), ["InvalidRequest", "provider", ""]],
  ["401 of a key", "get", json(401, samples.errors.badKey), ["AuthenticationFailed"]],
  ["401 of no key", "list", json(401, samples.errors.noKey), ["AuthenticationFailed"]],
  ["401 of an unknown route", "get", json(401, samples.errors.unknownRoute), ["UnexpectedStatus"]],
  ["403", "update", json(403, samples.errors.scopes), ["PermissionDenied"]],
  ["403 of a block", "get", json(403, { code: "request_temporarily_disabled" }), ["PermissionDenied"]],
  ["409 of an id where none was to change", "update", json(409, samples.errors.taken), ["UnexpectedStatus"]],
  ["409 of a key", "getOrCreate", json(409, samples.errors.repeatedKey), ["UnexpectedStatus"]],
  ["429 in text", "list", Fault.Respond({ status: 429, body: "Too many requests, please try again later." }), [
    "RateLimited"
  ]],
  ["429 of Stripe", "update", json(429, { code: "stripe_rate_limit_exceeded" }), ["RateLimited"]],
  ["500 of inputs", "list", json(500, { code: "invalid_inputs", message: "list: x" }), ["ProviderUnavailable"]],
  ["503", "get", json(503, samples.errors.shed), ["ProviderUnavailable"]],
  ["an error that is no object", "get", json(400, "x"), ["InvalidRequest", "provider", ""]],
  ["an error of other types", "get", json(400, { code: 5, message: { a: 1 } }), ["InvalidRequest", "provider", ""]],
  ["a 200 without JSON", "list", Fault.Respond({ status: 200, body: "ok" }), ["InvalidResponse", ""]],
  ["a 200 of an error", "get", json(200, samples.errors.notFound), ["InvalidResponse", "id"]],
  ["a delete without a body", "delete", Fault.Respond({ status: 200 }), ["UnexpectedStatus"]]
]

describe("answers that are no success", () => {
  it.effect.each(answers)("%s, of %s", ([_, operation, fault, expected]) =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const calls: Record<Wanted[1], Effect.Effect<unknown, CustomersError>> = {
        get: autumn.get("team-1"),
        getOrCreate: autumn.getOrCreate({ customer_id: "team-1" }),
        list: autumn.list(),
        update: autumn.update("team-1", { name: "Ada" }),
        delete: autumn.delete("team-1")
      }
      yield* inject(operation, fault)
      const error = yield* Effect.flip(calls[operation])
      expect(shape(error).slice(0, expected.length)).toEqual(expected)
    }).pipe(Effect.provide(inProcess())))

  it.effect("say what Autumn said, redacted, with its code, and the time of its clock", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const error = yield* Effect.flip(autumn.get("team-404"))
      expect([error.providerCode, Redacted.value(error.providerMessage!), error.message]).toEqual([
        "customer_not_found",
        "Customer team-404 not found",
        "autumn get: customer not found (status 404)"
      ])
      expect(error._tag === "CustomerNotFound" && Redacted.value(error.customerId!)).toBe("team-404")
      expect(error.answeredAt).toBeGreaterThan(1.7e12)
      yield* inject("update", json(400, samples.errors.several))
      const invalid = yield* Effect.flip(autumn.getOrCreate({ customer_id: "team-1", email: "nothing" }))
      expect(
        invalid._tag === "InvalidRequest" &&
          invalid.issues.map(({ message }) => Redacted.isRedacted(message) ? Redacted.value(message) : "in the clear")
      ).toEqual([expect.stringMatching(/^not a valid email address/)])
      yield* inject("list", Fault.Respond({ status: 429, retryAfter: { seconds: 1 }, body: "Too many requests" }))
      const limited = yield* Effect.flip(autumn.list())
      expect(limited._tag === "RateLimited" && limited.retryAfter).toEqual(Duration.seconds(1))
      expect(error.mayHaveApplied).toBe(false)
    }).pipe(Effect.provide(inProcess())))

  it.effect("an id that is taken is CustomerAlreadyExists at its field", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1" }, { id: "team-2" }])
      const error = yield* Effect.flip(autumn.update("team-1", { new_customer_id: "team-2" }))
      expect(error._tag === "CustomerAlreadyExists" && error.fields).toEqual(["new_customer_id"])
    }).pipe(Effect.provide(inProcess())))
})

// ---------------------------------------------------------------------------------------------------------------------
// Samples
// ---------------------------------------------------------------------------------------------------------------------

const decodeCustomer = Schema.decodeUnknownEither(AutumnApi.AutumnCustomer, { onExcessProperty: "preserve" })
const decodePage = Schema.decodeUnknownEither(AutumnApi.AutumnCustomerPage, { onExcessProperty: "preserve" })

const decode = (sample: object): Either.Either<object, unknown> =>
  "list" in sample ? decodePage(sample) : decodeCustomer(sample)

/** What an answer has always had: by what it is told apart, and what a balance counts. */
const required: ReadonlySet<string> = new Set([
  "list",
  "id",
  "created_at",
  "subscriptions",
  "purchases",
  "balances",
  "plan_id",
  "status",
  "feature_id",
  "granted",
  "remaining",
  "usage",
  "unlimited",
  "interval",
  "to",
  "amount"
])

/** Keys of the provider's or the caller's own, and Stripe's object. */
const records: ReadonlySet<string> = new Set(["metadata", "balances", "flags", "payment_method"])

const members: ReadonlySet<string> = new Set([
  "env",
  "status",
  "scope",
  "type",
  "interval",
  "tier_behavior",
  "billing_method",
  "duration_type"
])

type Change = (key: string, value: unknown) => "keep" | "drop" | "null" | "unknown"

/** The same answer with other members, without keys, and with keys that nobody knows. */
const changed = (sample: unknown, change: Change, extra: boolean, key = ""): unknown => {
  if (Array.isArray(sample)) return sample.map((item) => changed(item, change, extra, key))
  if (typeof sample !== "object" || sample === null) return sample
  const isRecord = records.has(key)
  const entries = Object.entries(sample).flatMap(([name, value]) => {
    const what = isRecord ? "keep" : change(name, value)
    if (what === "drop") return []
    if (what === "null") return [[name, null] as const]
    if (what === "unknown") return [[name, "brand_new"] as const]
    return [[name, key === "metadata" ? value : changed(value, change, extra, isRecord ? "" : name)] as const]
  })
  return Object.fromEntries(extra && !isRecord ? [...entries, ["brand_new", { a: [1] }]] : entries)
}

describe("samples", () => {
  const all = [...samples.customers, ...samples.pages]

  it.each(all)("decodes, and comes back as it was: %#", (sample) => {
    expect(Either.getOrThrow(decode(sample))).toEqual(sample)
  })

  it.each(all)(
    "decodes with no optional key, with null in their place, and with members and keys that are new: %#",
    (sample) => {
      const variants: ReadonlyArray<Change> = [
        (key) => required.has(key) ? "keep" : "drop",
        (key) => required.has(key) ? "keep" : "null",
        (key, value) => members.has(key) && typeof value === "string" ? "unknown" : "keep"
      ]
      for (const change of variants) {
        const variant = changed(sample, change, true) as object
        expect(Either.getOrThrow(decode(variant))).toEqual(variant)
      }
    }
  )

  it.prop(
    "decode whatever is missing, null or new in them",
    [
      FastCheck.constantFrom(...all),
      FastCheck.infiniteStream(FastCheck.integer({ min: 0, max: 9 })),
      FastCheck.boolean()
    ],
    ([sample, dice, extra]) => {
      const change: Change = (key, value) => {
        const roll = dice.next().value as number
        if (members.has(key) && typeof value === "string" && roll < 4) return "unknown"
        if (required.has(key)) return "keep"
        return roll < 2 ? "drop" : roll < 4 ? "null" : "keep"
      }
      const variant = changed(sample, change, extra) as object
      expect(Either.getOrThrow(decode(variant))).toEqual(variant)
    },
    { fastCheck: { numRuns: 500 } }
  )

  it.effect.each(samples.customers)(
    "comes through every operation that answers customers: %#",
    (sample) =>
      Effect.gen(function*() {
        const autumn = yield* AutumnClient
        for (const operation of ["get", "getOrCreate", "update"]) yield* inject(operation, json(200, sample))
        yield* inject("list", json(200, { ...samples.pageToday, list: [sample] }))
        expect(yield* autumn.get("team-1")).toEqual(sample)
        expect(yield* autumn.getOrCreate({ customer_id: "team-1" })).toEqual(sample)
        expect(yield* autumn.update("team-1", {})).toEqual(sample)
        expect((yield* autumn.list()).list).toEqual([sample])
      }).pipe(Effect.provide(inProcess()))
  )
})

const sheet = fileURLToPath(new URL("../../../../shared/providers/autumn.md", import.meta.url))

describe.runIf(existsSync(sheet))("the samples of the fact sheet, which lies beside the repository", () => {
  const text = existsSync(sheet) ? readFileSync(sheet, "utf8") : ""
  const bodies = text.split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const of = (is: (body: Record<string, unknown>) => boolean) => bodies.filter(is)

  it("customers and pages decode, also without optional keys and with new ones", () => {
    const answers = of((body) => "list" in body || "created_at" in body)
    expect(answers.length).toBeGreaterThanOrEqual(4)
    for (const body of answers) {
      for (
        const change of [() => "keep", (key: string) => required.has(key) ? "keep" : "drop"] satisfies ReadonlyArray<
          Change
        >
      ) {
        const variant = changed(body, change, true) as object
        expect(Either.getOrThrow(decode(variant))).toEqual(variant)
      }
    }
  })

  it.effect("errors are read: code and message", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const errors = of((body) => "code" in body)
      expect(errors.length).toBeGreaterThanOrEqual(12)
      for (const { code, env, message } of errors) {
        yield* inject("list", json(418, { code, env, message }))
        const error = yield* Effect.flip(autumn.list())
        expect([error.providerCode, Redacted.value(error.providerMessage!)]).toEqual([code, message])
      }
    }).pipe(Effect.provide(inProcess())))
})
