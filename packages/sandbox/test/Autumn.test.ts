import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Fault, Sandbox } from "../src/index.js"
import { type Answered, calling, inProcess } from "./autumn/calling.js"
import { contractIsThere, problems } from "./autumn/contract.js"

/** Without limits unless a test is about them: the clock stands still. */
const wire = (
  name: string,
  test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>,
  options: Sandbox.SandboxOptions = { rateLimits: false }
) => it.effect(name, () => test.pipe(Effect.provide(Sandbox.layerFetch(options))))

const error = ({ json, status }: Answered) => [status, json.code, json.message]

const ids = ({ json }: Answered): ReadonlyArray<string | null> => json.list.map(({ id }: any) => id)

const start = Date.parse("2026-01-03T13:37:00Z")

const bare = {
  name: null,
  email: null,
  created_at: start,
  fingerprint: null,
  stripe_id: null,
  env: "sandbox",
  metadata: {},
  send_email_receipts: false,
  billing_controls: {},
  subscriptions: [],
  purchases: [],
  balances: {},
  flags: {},
  licenses: []
}

describe("credentials", () => {
  wire(
    "a secret key after `Bearer `, in this very spelling",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const none = [401, "no_secret_key", "Secret key not found in Authorization header"]
      expect(error(yield* call("list", {}, { key: null }))).toEqual(none)
      for (const authorization of ["bearer am_sk_test_key", "Basic am_sk_test_key", "am_sk_test_key", "Bearer"]) {
        expect(error(yield* call("list", {}, { headers: { authorization } }))).toEqual(none)
      }
      const refused: ReadonlyArray<readonly [key: string, code: string]> = [
        ["am_pk_test_key", "endpoint_not_public"],
        ["am_sk_key", "invalid_request"],
        ["sk_test_key", "invalid_request"],
        ["am_sk_test_", "invalid_secret_key"],
        ["am_sk_live_expired", "invalid_secret_key"],
        ["am_sk_test_a_bad_key", "invalid_secret_key"],
        ["am_oauth_x", "invalid_secret_key"],
        ["am_jwt_x", "invalid_secret_key"]
      ]
      for (const [key, code] of refused) {
        for (const name of ["list", "get", "get_or_create", "getOrCreate", "update", "delete"]) {
          const answer = yield* call(name, {}, { key })
          expect([key, answer.status, answer.json.code, answer.json.env]).toEqual([key, 401, code, "sandbox"])
        }
      }
      expect(error(yield* call("list", {}, { key: "am_sk_test_abcdbad" }))[2])
        .toBe("Invalid secret key: am_sk_test_abcd******")
    })
  )

  wire(
    "the prefix picks the environment: the same id twice, and neither sees the other",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const live = { key: "am_sk_live_key" }
      const inSandbox = yield* call("get_or_create", { customer_id: "a", name: "S" })
      const inLive = yield* call("get_or_create", { customer_id: "a", name: "L" }, live)
      expect([inSandbox.json.env, inLive.json.env]).toEqual(["sandbox", "live"])
      expect((yield* call("update", { customer_id: "a", new_customer_id: "b" }, live)).status).toBe(200)
      expect((yield* call("get", { customer_id: "a" })).json.name).toBe("S")
      const missing = yield* call("get", { customer_id: "a" }, live)
      expect(missing.json).toEqual({ message: "Customer a not found", code: "customer_not_found", env: "live" })
      const internal = (yield* call("get", { customer_id: "b", with_autumn_id: true }, live)).json.autumn_id
      expect((yield* call("get", { customer_id: internal }, live)).json.id).toBe("b")
      expect((yield* call("get", { customer_id: internal })).status).toBe(404)
      expect((yield* call("list", {}, live)).json).toMatchObject({ list: [{ id: "b" }], total_count: 1 })
      expect((yield* call("list", {}, { ...live, version: "2.3" })).json).toMatchObject({ list: [{ id: "b" }] })
      yield* control.seed("autumn", [{ id: "c", env: "live" }, { id: "d" }])
      expect(ids(yield* call("list", {}))).toEqual(["d", "a"])
      expect((yield* control.customers("autumn")).map(({ env, id }) => [env, id]))
        .toEqual([["sandbox", "a"], ["live", "b"], ["live", "c"], ["sandbox", "d"]])
    })
  )

  wire(
    "a key with `readonly` in it reads",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a", env: "live" }])
      const key = "am_sk_live_readonly"
      expect((yield* call("list", {}, { key })).status).toBe(200)
      expect((yield* call("get", { customer_id: "a" }, { key })).status).toBe(200)
      for (const name of ["get_or_create", "getOrCreate", "update", "delete"]) {
        const { json, status } = yield* call(name, { customer_id: "a", name: "A" }, { key })
        expect([status, json]).toEqual([403, {
          message: "Insufficient scopes. Missing: customers:write",
          code: "insufficient_scopes",
          env: "live"
        }])
      }
    })
  )
})

describe("versions", () => {
  wire(
    "2.1, 2.2 and 2.3, also with a third number; an unknown one is a 400",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }])
      const byOffset = ["list", "total", "total_count", "total_filtered_count", "limit", "offset", "has_more"]
      const keys: Record<string, ReadonlyArray<string>> = {
        "2.1": byOffset,
        "2.1.0": byOffset,
        "2.2": byOffset,
        "2.2.0": byOffset,
        "2.3": ["list", "next_cursor"],
        "2.3.0": ["list", "next_cursor"]
      }
      for (const [version, expected] of Object.entries(keys)) {
        const { json } = yield* call("list", {}, { version })
        expect([version, Object.keys(json)]).toEqual([version, expected])
        expect(json.list[0]).toEqual((yield* call("get", { customer_id: "a" })).json)
        expect((yield* call("get", { customer_id: "a" }, { version })).json).toEqual(json.list[0])
      }
      for (const version of ["9.9", "2.4.0", "2", "2.10", "2.1.1", "2026-04-01", "", "v2.1"]) {
        expect(error(yield* call("list", {}, { version })))
          .toEqual([400, "invalid_api_version", `"${version}" is not a valid API version`])
      }
    })
  )

  wire(
    "older ones have customers of another shape, which is what comes without a version",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{
        id: "a",
        subscriptions: [{ plan_id: "pro" }],
        purchases: [{ plan_id: "credits" }],
        balances: { messages: {} },
        flags: { dashboard: {} }
      }])
      const customer = {
        id: "a",
        created_at: start,
        name: null,
        email: "customer-1@example.com",
        fingerprint: null,
        stripe_id: null,
        env: "sandbox",
        metadata: {},
        products: [{ id: "pro" }, { id: "credits" }],
        features: { messages: { id: "messages" }, dashboard: { id: "dashboard" } }
      }
      for (const version of ["0.1", "0.2", "1.1", "1.2", "1.2.0", null]) {
        expect((yield* call("get", { customer_id: "a" }, { version })).json).toEqual(customer)
        expect((yield* call("get_or_create", { customer_id: "a" }, { version })).json).toEqual(customer)
        expect((yield* call("list", {}, { version })).json).toMatchObject({ list: [customer], has_more: false })
      }
    })
  )

  for (
    const [startTime, keys] of [
      ["2026-03-17T23:59:59Z", "products"],
      ["2026-03-18T00:00:00Z", "total_count"],
      ["2026-05-13T00:00:00Z", "next_cursor"]
    ] as const
  ) {
    wire(
      `without a version, an organisation of ${startTime} gets that of its day`,
      Effect.gen(function*() {
        const { call, control } = yield* inProcess
        yield* control.seed("autumn", 1)
        const { json } = yield* call("list", {}, { version: null })
        expect([...Object.keys(json), ...Object.keys(json.list[0])]).toContain(keys)
        expect("products" in json.list[0]).toBe(keys === "products")
      }),
      { startTime, rateLimits: false }
    )
  }
})

describe("transport", () => {
  wire(
    "an unknown path or method looks like a bad key",
    Effect.gen(function*() {
      const { call, control, fetch } = yield* inProcess
      const noSession = [401, "no_auth_header", "Unauthorized - no session found"]
      for (const name of ["create", "getorcreate", "list/", "advance_test_clock"]) {
        expect(error(yield* call(name, {}))).toEqual(noSession)
      }
      for (const key of ["am_sk_live_key", null]) {
        const { json } = yield* call("create", {}, { key })
        expect(json).toEqual({ message: noSession[2], code: noSession[1], env: "sandbox" })
      }
      for (const [method, path] of [["GET", "/v1/customers.list"], ["GET", "/v1/customers/a"], ["PUT", "/"]] as const) {
        const url = `https://api.useautumn.com${path}`
        const init = { method, headers: { authorization: "Bearer am_sk_test_key", "x-api-version": "2.1" } }
        const response = yield* Effect.promise(() => fetch(url, init))
        const { code } = yield* Effect.promise(() => response.json())
        expect([response.status, code]).toEqual([401, "no_auth_header"])
      }
      expect(new Set((yield* control.requests).map(({ operation }) => operation))).toEqual(new Set(["unknown"]))
    })
  )

  wire(
    "a body that is no JSON object is none, of whatever type; unknown keys are ignored",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", 3)
      const first = (yield* call("list", {})).json
      for (const body of [undefined, "", "{", "null", "[]", "[{\"limit\":1}]", "5", "\"text\""]) {
        expect((yield* call("list", body)).json).toEqual(first)
        expect(error(yield* call("get", body)))
          .toEqual([400, "invalid_inputs", "customer_id: must be a string (received undefined)"])
      }
      const plain = yield* call("list", { limit: 1 }, { headers: { "content-type": "text/plain" } })
      expect(plain.json.list).toHaveLength(1)
      const { json, status } = yield* call("get_or_create", { customer_id: "a", id: "b", phone: "1", nested: { a: 1 } })
      expect([status, json.id]).toEqual([200, "a"])
      expect(Object.keys(json)).not.toContain("phone")
    })
  )

  wire(
    "every answer has the date of the sandbox's own clock, which writes alone move",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const dateOf = ({ headers }: Answered) => headers.get("date")
      expect(dateOf(yield* call("get", { customer_id: "a" }))).toBe("Sat, 03 Jan 2026 13:37:00 GMT")
      yield* TestClock.adjust("1 hour")
      const created = yield* call("get_or_create", { customer_id: "a" })
      // The moment of the write, and what the clock says after it.
      expect([created.json.created_at, dateOf(created)]).toEqual([start, "Sat, 03 Jan 2026 13:37:10 GMT"])
      expect(dateOf(yield* call("get", { customer_id: "a" }))).toBe("Sat, 03 Jan 2026 13:37:10 GMT")
      expect(dateOf(yield* call("nothing", {}))).toBe("Sat, 03 Jan 2026 13:37:10 GMT")
    }),
    { tick: "10 seconds" }
  )

  it.live("on a port: the sandbox's date and not Node's, the text 429, the same customers", () =>
    Effect.gen(function*() {
      const { control, urlOf } = yield* Sandbox.serve({ startTime: "2020-02-29T12:00:00Z" })
      const call = calling(fetch, urlOf("autumn"))
      const created = yield* call("get_or_create", { customer_id: "a" })
      expect([created.headers.get("date"), created.json.created_at])
        .toEqual(["Sat, 29 Feb 2020 12:00:00 GMT", Date.parse("2020-02-29T12:00:00Z")])
      expect(yield* control.customers("autumn")).toEqual([created.json])
      const answers = yield* Effect.all(Array.from({ length: 6 }, () => call("list")), { concurrency: "unbounded" })
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429])
    }).pipe(Effect.scoped))
})

describe("getOrCreate", () => {
  wire(
    "creates what is not there, on the path of today and on the documented older one; always a 200",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const created = yield* call("get_or_create", { customer_id: "a:1_B-2" })
      expect([created.status, created.json]).toEqual([200, { id: "a:1_B-2", ...bare }])
      const full = yield* call("getOrCreate", {
        customer_id: "b",
        name: "Ada",
        email: "Ada@Example.com",
        fingerprint: "f",
        stripe_id: "cus_Stripe",
        metadata: { a: 1, b: { c: [null] }, d: null },
        send_email_receipts: true,
        config: { disable_overage_billing: true, other: 1 },
        billing_controls: {
          auto_topups: [{
            feature_id: "messages",
            threshold: 0,
            quantity: 1,
            purchase_limit: { interval: "day", limit: 2 }
          }],
          spend_limits: [{ feature_id: "messages", overage_limit: 0 }, { enabled: true }],
          usage_alerts: [{ feature_id: "messages", threshold: 5 }],
          other: []
        }
      })
      expect(full.json).toEqual({
        ...bare,
        id: "b",
        name: "Ada",
        email: "Ada@Example.com",
        created_at: start + 1,
        fingerprint: "f",
        stripe_id: "cus_Stripe",
        metadata: { a: 1, b: { c: [null] }, d: null },
        send_email_receipts: true,
        billing_controls: {
          auto_topups: [{
            feature_id: "messages",
            enabled: false,
            threshold: 0,
            quantity: 1,
            purchase_limit: { interval: "day", interval_count: 1, limit: 2 }
          }],
          spend_limits: [{ feature_id: "messages", enabled: false, overage_limit: 0 }, { enabled: true }],
          usage_alerts: [{ feature_id: "messages", threshold: 5 }]
        },
        config: { disable_overage_billing: true },
        processors: { stripe: { id: "cus_Stripe" } }
      })
      const cleared = { name: null, email: null, fingerprint: null, stripe_id: null, metadata: null }
      expect((yield* call("get_or_create", { customer_id: "c", ...cleared, name: "" })).json)
        .toEqual({ id: "c", ...bare, created_at: start + 2 })
      expect(yield* control.customers("autumn")).toHaveLength(3)
    })
  )

  wire(
    "an existing one comes back: only an empty name or e-mail is filled, and the receipts switched",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a", name: "Ada", email: null, metadata: { a: 1 } }])
      const [before] = yield* control.customers("autumn")
      const other = {
        customer_id: "a",
        name: "Other",
        metadata: { b: 2 },
        fingerprint: "f",
        stripe_id: "cus_x",
        auto_enable_plan_id: "unknown",
        billing_controls: { spend_limits: [{ enabled: true }] },
        config: { disable_pooled_balance: true }
      }
      expect((yield* call("get_or_create", other)).json).toEqual(before)
      expect((yield* call("get_or_create", { ...other, send_email_receipts: false })).json).toEqual(before)
      const filled = { ...before, email: "ada@example.com" }
      expect((yield* call("get_or_create", { ...other, email: "ada@example.com" })).json).toEqual(filled)
      expect((yield* call("get_or_create", { ...other, email: "eve@example.com" })).json).toEqual(filled)
      const switched = { ...filled, send_email_receipts: true }
      expect((yield* call("get_or_create", { customer_id: "a", send_email_receipts: true })).json).toEqual(switched)
      const linked = yield* call("get_or_create", { customer_id: "a", create_in_stripe: true })
      expect(linked.json).toEqual({
        ...switched,
        stripe_id: expect.stringMatching(/^cus_\w+$/),
        processors: { stripe: { id: linked.json.stripe_id } }
      })
      expect((yield* call("get_or_create", { customer_id: "a", create_in_stripe: true })).json).toEqual(linked.json)
      expect((yield* control.requests).map(({ applied }) => applied))
        .toEqual([false, false, true, false, true, true, false])
    })
  )

  wire(
    "without an id it goes by e-mail, whatever its case; an id claims a customer that has none",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const first = yield* call("get_or_create", { customer_id: null, email: "Ada@example.com", metadata: { a: 1 } })
      expect(first.json).toEqual({ id: null, ...bare, email: "Ada@example.com", metadata: { a: 1 } })
      const again = yield* call("get_or_create", { customer_id: null, email: "ada@EXAMPLE.com", name: "Ada" })
      expect(again.json).toEqual({ ...first.json, name: "Ada" })
      const claimed = yield* call("get_or_create", {
        customer_id: "a",
        email: "ada@example.com",
        name: "Eve",
        metadata: { b: 2 }
      })
      expect(claimed.json).toEqual({ ...again.json, id: "a" })
      // It has an id now: the next one without is another customer, and so is another id.
      const next = yield* call("get_or_create", { customer_id: null, email: "ada@example.com" })
      expect([next.json.id, next.json.created_at > first.json.created_at]).toEqual([null, true])
      expect((yield* call("get_or_create", { customer_id: "a", email: "ada@example.com" })).json).toEqual(claimed.json)
      yield* call("get_or_create", { customer_id: "b", email: "ada@example.com" })
      yield* call("get_or_create", { customer_id: "c", email: "ada@example.com" })
      expect((yield* control.customers("autumn")).map(({ email, id }) => [id, email])).toEqual([
        ["a", "Ada@example.com"],
        ["b", "ada@example.com"],
        ["c", "ada@example.com"]
      ])
    })
  )

  wire(
    "one that is deleted leaves its e-mail to the other that has it, and no id either",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [first, second] = yield* control.seed("autumn", [
        { id: null, email: "a@example.com" },
        { id: null, email: "b@example.com" }
      ])
      yield* call("update", { customer_id: second, email: "a@example.com" })
      yield* call("delete", { customer_id: first })
      const found = yield* call("get_or_create", { customer_id: null, email: "A@example.com", with_autumn_id: true })
      expect(found.json.autumn_id).toBe(second)
      expect(yield* control.customers("autumn")).toHaveLength(1)
    })
  )

  wire(
    "many at once make one customer",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const bodies = [{ customer_id: "a" }, { customer_id: null, email: "b@example.com" }]
      const answers = yield* Effect.forEach(
        bodies.flatMap((body) => Array.from({ length: 5 }, () => body)),
        (body) => call("get_or_create", body),
        { concurrency: "unbounded" }
      )
      expect(new Set(answers.map(({ text }) => text)).size).toBe(2)
      expect(yield* control.customers("autumn")).toHaveLength(2)
    })
  )

  wire(
    "the id has to be there, null needs an e-mail, and both have to look like it",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const either = [400, "invalid_request", "Either customer ID or email is required"]
      expect(error(yield* call("get_or_create", { customer_id: null }))).toEqual(either)
      expect(error(yield* call("get_or_create", { customer_id: null, email: null }))).toEqual(either)
      const only = "Use only letters, numbers, underscores, and hyphens."
      const wrong: ReadonlyArray<readonly [object, string]> = [
        [{ customer_id: undefined }, "customer_id: must be a string (received undefined)"],
        [{ customer_id: 5 }, "customer_id: must be a string (received number)"],
        [{ customer_id: "" }, "customer_id: cannot be empty"],
        [{ customer_id: "a b" }, `customer_id: cannot contain spaces. ${only}`],
        [{ customer_id: "a@b" }, `customer_id: cannot contain the @ symbol. ${only}`],
        [{ customer_id: "a.b" }, `customer_id: cannot contain periods. ${only}`],
        [{ customer_id: "a/b" }, `customer_id: has characters that are not allowed. ${only}`],
        [{ customer_id: "é" }, `customer_id: has characters that are not allowed. ${only}`],
        [{ email: "" }, "email: not a valid email address"],
        [{ email: "ada" }, "email: not a valid email address"],
        [{ email: "a da@example.com" }, "email: not a valid email address"],
        [{ email: `${"a".repeat(65)}@example.com` }, "email: not a valid email address"],
        [{ email: 5 }, "email: must be a string (received number)"],
        [{ name: ["Ada"] }, "name: must be a string (received array)"],
        [{ metadata: [] }, "metadata: must be an object (received array)"],
        [{ metadata: "a" }, "metadata: must be an object (received string)"],
        [{ send_email_receipts: null }, "send_email_receipts: must be a boolean (received null)"],
        [{ create_in_stripe: null }, "create_in_stripe: must be a boolean (received null)"],
        [{ auto_enable_plan_id: null }, "auto_enable_plan_id: must be a string (received null)"],
        [{ billing_controls: null }, "billing_controls: must be an object (received null)"],
        [{ billing_controls: { auto_topups: null } }, "billing_controls.auto_topups: must be an array (received null)"],
        [
          { billing_controls: { auto_topups: [{ threshold: -1, quantity: 0 }] } },
          "[Validation Errors] billing_controls.auto_topups.0.feature_id: must be a string (received undefined); " +
          "billing_controls.auto_topups.0.threshold: Too small: expected number to be >=0; " +
          "billing_controls.auto_topups.0.quantity: Too small: expected number to be >=1"
        ],
        [
          { billing_controls: { spend_limits: [{ feature_id: "a" }, { feature_id: "a" }] } },
          "billing_controls.spend_limits.1.feature_id: only one entry per feature is allowed"
        ],
        [{ expand: null }, "expand: must be an array (received null)"],
        [
          { customer_id: "a b", email: "ada" },
          `[Validation Errors] customer_id: cannot contain spaces. ${only}; email: not a valid email address`
        ]
      ]
      for (const [body, message] of wrong) {
        expect(error(yield* call("get_or_create", { customer_id: "a", ...body })))
          .toEqual([400, "invalid_inputs", message])
      }
      expect(yield* control.customers("autumn")).toEqual([])
      const right = ["o'brien@example.com", "a&b@example.com", "100%@example.com", "é@example.com", "a@localhost"]
      for (const [i, email] of [...right, `${"a".repeat(64)}@example.com`].entries()) {
        expect((yield* call("get_or_create", { customer_id: `a${i}`, email })).json.email).toBe(email)
      }
    })
  )

  wire(
    "enables a free plan or a trial without a card, on whom it creates",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const unknown = yield* call("get_or_create", { customer_id: "a", auto_enable_plan_id: "constructor" })
      expect([unknown.status, unknown.json.code]).toEqual([404, "product_not_found"])
      const paid = yield* call("get_or_create", { customer_id: "a", auto_enable_plan_id: "pro" })
      expect([paid.status, paid.json.code]).toEqual([400, "invalid_request"])
      const currency = yield* call("get_or_create", { customer_id: "a", currency: "eur" })
      expect([currency.status, currency.json.code]).toEqual([400, "invalid_request"])
      expect(yield* control.customers("autumn")).toEqual([])
      const free = yield* call("get_or_create", { customer_id: "a", auto_enable_plan_id: "free", currency: null })
      expect(free.json.subscriptions).toEqual([{
        id: expect.stringMatching(/^cus_prod_/),
        plan_id: "free",
        auto_enable: true,
        add_on: false,
        status: "active",
        past_due: false,
        canceled_at: null,
        expires_at: null,
        trial_ends_at: null,
        started_at: start,
        current_period_start: start,
        current_period_end: start + 30 * 86_400_000,
        quantity: 1
      }])
      const trial = yield* call("get_or_create", { customer_id: "b", auto_enable_plan_id: "trial" })
      expect(trial.json.subscriptions).toMatchObject([{ plan_id: "trial", trial_ends_at: start + 1 + 14 * 86_400_000 }])
    })
  )
})

describe("get", () => {
  wire(
    "by id or by Autumn's own, which only `with_autumn_id` reveals; never creates",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [a, internal] = yield* control.seed("autumn", [{ id: "a" }, { id: null, email: "b@example.com" }])
      expect([a, internal]).toEqual(["a", expect.stringMatching(/^cus_[0-9a-f]{32}$/)])
      const [, emailOnly] = yield* control.customers("autumn")
      expect((yield* call("get", { customer_id: internal })).json).toEqual(emailOnly)
      const revealed = yield* call("get", { customer_id: "a", with_autumn_id: true })
      expect((yield* call("get", { customer_id: revealed.json.autumn_id })).json.id).toBe("a")
      expect((yield* call("get", { customer_id: "a", with_autumn_id: "true" })).json).not.toHaveProperty("autumn_id")
      const missing = yield* call("get", { customer_id: "cus_404" })
      expect(missing.json).toEqual({
        message: "Customer cus_404 not found",
        code: "customer_not_found",
        env: "sandbox"
      })
      for (const customer_id of [null, "", "b@example.com"]) {
        expect((yield* call("get", { customer_id })).json.code).toBe("invalid_inputs")
      }
      expect(yield* control.customers("autumn")).toHaveLength(2)
    })
  )
})

describe("update", () => {
  wire(
    "absent keeps, null clears, a value sets; the answer is the whole customer",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const seed = { id: "a", name: "Ada", email: "ada@example.com", fingerprint: "f", stripe_id: "cus_1" }
      yield* control.seed("autumn", [{ ...seed, subscriptions: [{}], config: { disable_pooled_balance: true } }])
      const [before] = yield* control.customers("autumn")
      const update = (patch: object) => Effect.map(call("update", { customer_id: "a", ...patch }), ({ json }) => json)
      expect(yield* update({})).toEqual(before)
      expect(yield* update({ name: "Ada", email: "ada@example.com", metadata: {} })).toEqual(before)
      const renamed = { ...before, name: "Eve", email: "eve@example.com", send_email_receipts: true }
      expect(yield* update({ name: "Eve", email: "eve@example.com", send_email_receipts: true })).toEqual(renamed)
      const { processors: _, ...unlinked } = renamed
      const cleared = { ...unlinked, name: null, email: null, fingerprint: null, stripe_id: null }
      expect(yield* update({ name: "", email: null, fingerprint: null, stripe_id: null })).toEqual(cleared)
      const config = { disable_pooled_balance: true, disable_overage_billing: false }
      expect(yield* update({ config: { disable_overage_billing: false } })).toEqual({ ...cleared, config })
      expect(yield* control.customers("autumn")).toEqual([{ ...cleared, config }])
      const requests = yield* control.requests
      expect(requests.map(({ applied }) => applied)).toEqual([false, false, true, true, true])
    })
  )

  wire(
    "metadata is merged one level deep; null deletes a key, and cannot empty the whole",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a", metadata: { a: 1, b: { c: 1, d: 2 }, e: "x" } }])
      const metadata = (value: unknown) =>
        Effect.map(call("update", { customer_id: "a", metadata: value }), ({ json }) => json.metadata)
      const before = { a: 1, b: { c: 1, d: 2 }, e: "x" }
      expect(yield* metadata(null)).toEqual(before)
      expect(yield* metadata({})).toEqual(before)
      expect(yield* metadata({ nothing: null })).toEqual(before)
      expect(yield* metadata({ b: { f: null }, e: null, g: [1] })).toEqual({ a: 1, b: { f: null }, g: [1] })
      expect(yield* metadata({ a: null, b: null, g: null })).toEqual({})
      const odd = yield* call(
        "update",
        "{\"customer_id\":\"a\",\"metadata\":{\"__proto__\":{\"x\":1},\"constructor\":2}}"
      )
      expect(odd.text).toContain("\"metadata\":{\"__proto__\":{\"x\":1},\"constructor\":2}")
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([false, false, false, true, true, true])
    })
  )

  wire(
    "a new id: taken is a 409, its own changes nothing, the old one is a 404 from then on",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [, internal] = yield* control.seed("autumn", [{ id: "a" }, { id: null, email: "e@example.com" }, {
        id: "b"
      }])
      const rename = (customer_id: string | undefined, new_customer_id: unknown) =>
        call("update", { customer_id, new_customer_id, name: "N" })
      const taken = yield* rename("a", "b")
      expect([taken.status, taken.json]).toEqual([409, {
        message: "Customer with ID b already exists, can't change to this ID",
        code: "customer_already_exists",
        env: "sandbox"
      }])
      expect((yield* rename("a", null)).json).toMatchObject({
        code: "invalid_inputs",
        message: "new_customer_id: must be a string (received null)"
      })
      expect((yield* rename("a", "b.c")).json.code).toBe("invalid_inputs")
      expect((yield* control.customers("autumn")).map(({ name }) => name)).toEqual([null, null, null])
      expect((yield* rename("a", "a")).json).toMatchObject({ id: "a", name: "N" })
      expect((yield* rename("a", "c")).json.id).toBe("c")
      for (const name of ["get", "update", "delete"]) {
        expect((yield* call(name, { customer_id: "a" })).json.code).toBe("customer_not_found")
      }
      expect((yield* call("get", { customer_id: "c" })).status).toBe(200)
      // An e-mail only, found by Autumn's own id: its e-mail is nobody's who has no id then.
      expect((yield* rename(internal, "d")).json).toMatchObject({ id: "d", email: "e@example.com" })
      const fresh = yield* call("get_or_create", { customer_id: null, email: "e@example.com" })
      expect(fresh.json.created_at).not.toBe((yield* call("get", { customer_id: "d" })).json.created_at)
      expect((yield* call("get_or_create", { customer_id: "a" })).json.created_at).toBeGreaterThan(start)
    })
  )

  wire(
    "Stripe is asked first: for a customer to link, and for a name or an e-mail of who is linked",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }, { id: "b", email: "b@example.com", stripe_id: "cus_failing" }])
      const before = yield* control.customers("autumn")
      for (const stripe_id of ["cus_unknown", "acct_1", "x"]) {
        const answer = yield* call("update", { customer_id: "a", stripe_id, name: "A" })
        expect([answer.status, answer.json.code, answer.json.message.startsWith("(Stripe Error) ")])
          .toEqual([400, "stripe_error", true])
      }
      for (const patch of [{ name: "B" }, { email: "x@example.com" }]) {
        expect((yield* call("update", { customer_id: "b", ...patch })).json.code).toBe("stripe_error")
      }
      expect(yield* control.customers("autumn")).toEqual(before)
      // What Stripe is not told does not fail, and clearing an e-mail is not told.
      expect((yield* call("update", { customer_id: "b", email: null, metadata: { a: 1 } })).json)
        .toMatchObject({ email: null, metadata: { a: 1 } })
      expect((yield* call("update", { customer_id: "a", stripe_id: "cus_known" })).json)
        .toMatchObject({ stripe_id: "cus_known", processors: { stripe: { id: "cus_known" } } })
      const unlinked = yield* call("update", { customer_id: "a", stripe_id: "" })
      expect([unlinked.json.stripe_id, unlinked.json.processors]).toEqual([null, undefined])
    })
  )

  wire(
    "a list of billing controls is replaced whole, the others stay",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const topup = { feature_id: "a", enabled: true, threshold: 5, quantity: 10 }
      yield* control.seed("autumn", [{ id: "a", billing_controls: { auto_topups: [topup], spend_limits: [] } }])
      const controls = (billing_controls: unknown) => call("update", { customer_id: "a", billing_controls })
      expect((yield* controls({})).json.billing_controls).toEqual({ auto_topups: [topup], spend_limits: [] })
      expect((yield* controls({ auto_topups: [{ feature_id: "b", threshold: 1, quantity: 1 }] })).json.billing_controls)
        .toEqual({
          auto_topups: [{ feature_id: "b", enabled: false, threshold: 1, quantity: 1 }],
          spend_limits: []
        })
      expect((yield* controls({ spend_limits: null })).json)
        .toMatchObject({ message: "billing_controls.spend_limits: must be an array (received null)" })
      expect((yield* controls({ auto_topups: [] })).json.billing_controls).toEqual({
        auto_topups: [],
        spend_limits: []
      })
    })
  )

  wire(
    "refuses what is not its type, and knows only who is there",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }])
      const wrong: ReadonlyArray<readonly [object, string]> = [
        [{ email: "" }, "email: not a valid email address"],
        [{ send_email_receipts: null }, "send_email_receipts: must be a boolean (received null)"],
        [{ metadata: 5 }, "metadata: must be an object (received number)"],
        [{ customer_id: null }, "customer_id: must be a string (received null)"],
        [{ config: null }, "config: must be an object (received null)"],
        [
          { name: 5, fingerprint: 5 },
          "[Validation Errors] name: must be a string (received number); " +
          "fingerprint: must be a string (received number)"
        ]
      ]
      for (const [patch, message] of wrong) {
        expect(error(yield* call("update", { customer_id: "a", ...patch }))).toEqual([400, "invalid_inputs", message])
      }
      expect(error(yield* call("update", { customer_id: "b", name: "B" })))
        .toEqual([404, "customer_not_found", "Customer b not found"])
      expect((yield* call("update", { customer_id: "a", currency: "eur" })).json.code).toBe("invalid_request")
      expect((yield* control.requests).every(({ applied }) => applied === false)).toBe(true)
    })
  )
})

describe("delete", () => {
  wire(
    "is a success, whatever Stripe says; then a 404, and the id makes a fresh customer",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [, internal] = yield* control.seed("autumn", [
        { id: "a", stripe_id: "cus_failing", subscriptions: [{ plan_id: "pro" }], metadata: { a: 1 } },
        { id: null, email: "e@example.com" }
      ])
      const [a, emailOnly] = yield* control.customers("autumn")
      const deleted = yield* call("delete", { customer_id: "a", delete_in_stripe: true })
      expect([deleted.status, deleted.text]).toEqual([200, "{\"success\":true}"])
      expect(error(yield* call("delete", { customer_id: "a" })))
        .toEqual([404, "customer_not_found", "Customer a not found"])
      expect(yield* control.deleted("autumn")).toEqual([a])
      expect((yield* control.resources("autumn", "a"))["subscriptions"]).toEqual(a!.subscriptions)
      const fresh = yield* call("get_or_create", { customer_id: "a" })
      expect(fresh.json).toEqual({ ...bare, id: "a", created_at: start + 3 })
      expect((yield* call("delete", { customer_id: internal })).status).toBe(200)
      expect(yield* control.deleted("autumn")).toEqual([a, emailOnly])
      expect((yield* call("delete", { customer_id: "a", delete_in_stripe: null })).json.message)
        .toBe("delete_in_stripe: must be a boolean (received null)")
      expect((yield* call("delete", { customer_id: null })).json.code).toBe("invalid_inputs")
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, true, true, false, false])
    })
  )
})

describe("list by offset", () => {
  wire(
    "newest first; `total` is the page's length, `has_more` a guess, the counts are true",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const all = (yield* control.seed("autumn", 20)).toReversed()
      const { json } = yield* call("list", {})
      expect([ids({ json } as Answered), { ...json, list: [] }]).toEqual([all.slice(0, 10), {
        list: [],
        total: 10,
        total_count: 20,
        total_filtered_count: 20,
        limit: 10,
        offset: 0,
        has_more: true
      }])
      const last = yield* call("list", { offset: 10 })
      expect([ids(last), last.json.has_more]).toEqual([all.slice(10), true])
      const beyond = yield* call("list", { offset: "20", limit: "1" })
      expect(beyond.json).toEqual({
        list: [],
        total: 0,
        total_count: 20,
        total_filtered_count: 20,
        limit: 1,
        offset: 20,
        has_more: false
      })
      const short = yield* call("list", { offset: 15, limit: 7 })
      expect([ids(short), short.json.total, short.json.has_more]).toEqual([all.slice(15), 5, false])
      expect((yield* call("list", { limit: 1000 })).json.list).toHaveLength(20)
    })
  )

  wire(
    "numbers are coerced and bounded",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const wrong: ReadonlyArray<readonly [object, string]> = [
        [{ limit: 1001 }, "limit: Too big: expected number to be <=1000"],
        [{ limit: 0 }, "limit: Too small: expected number to be >=1"],
        [{ limit: null }, "limit: Too small: expected number to be >=1"],
        [{ limit: 1.5 }, "limit: Invalid input: expected int, received number"],
        [{ limit: "x" }, "limit: Invalid input: expected number, received NaN"],
        [{ limit: [5] }, "limit: Invalid input: expected number, received NaN"],
        [{ offset: -1 }, "offset: Too small: expected number to be >=0"],
        [{ offset: 2 ** 53 }, "offset: Too big: expected number to be <=9007199254740991"],
        [
          { subscription_status: "expired" },
          "subscription_status: Invalid option: expected one of \"active\"|\"scheduled\""
        ],
        [{ search: 5 }, "search: must be a string (received number)"],
        [{ plans: "pro" }, "plans: must be an array (received string)"],
        [{ plans: ["pro"] }, "plans.0: must be an object (received string)"],
        [
          { plans: [{ versions: 1 }] },
          "[Validation Errors] plans.0.id: must be a string (received undefined); " +
          "plans.0.versions: must be an array (received number)"
        ],
        [
          { processors: ["paypal"] },
          "processors.0: Invalid option: expected one of \"stripe\"|\"revenuecat\"|\"vercel\""
        ]
      ]
      for (const [body, message] of wrong) {
        expect(error(yield* call("list", body))).toEqual([400, "invalid_inputs", message])
      }
      expect((yield* call("list", { limit: true, offset: "" })).json).toMatchObject({ limit: 1, offset: 0 })
      // What belongs to the other way of paging is not known here.
      expect((yield* call("list", { start_cursor: 5, sort_order: "x", created_at_range: 5 })).status).toBe(200)
    })
  )

  wire(
    "among equals the order is stable, and neither that of their coming nor that of their ids",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const given = Array.from({ length: 50 }, (_, i) => ({ id: `c${String(i).padStart(2, "0")}`, created_at: 5 }))
      const order = yield* control.seed("autumn", given)
      yield* control.seed("autumn", [{ id: "new", created_at: 6 }, { id: "old", created_at: 4 }])
      const listed = ids(yield* call("list", { limit: 1000 }))
      expect([listed[0], listed.at(-1)]).toEqual(["new", "old"])
      const equals = listed.slice(1, -1)
      expect(equals.toSorted()).toEqual(order)
      expect(equals).not.toEqual(order)
      expect(equals).not.toEqual(order.toReversed())
      const pages = yield* Effect.forEach(
        Array.from({ length: 6 }, (_, i) => i * 10),
        (offset) => call("list", { offset })
      )
      expect(pages.flatMap(ids)).toEqual(listed)
      yield* call("update", { customer_id: "c07", name: "N", new_customer_id: "zzz" })
      expect(ids(yield* call("list", { limit: 1000 }))).toEqual(listed.map((id) => id === "c07" ? "zzz" : id))
    })
  )

  wire(
    "an insert during the walk repeats, a delete skips",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [, b, c, d] = yield* control.seed("autumn", 4)
      expect(ids(yield* call("list", { limit: 2 }))).toEqual([d, c])
      yield* control.seed("autumn", 1)
      expect(ids(yield* call("list", { limit: 2, offset: 2 }))).toEqual([c, b])
      yield* call("delete", { customer_id: d })
      yield* call("delete", { customer_id: c })
      expect(ids(yield* call("list", { limit: 2, offset: 2 }))).not.toContain(b)
    })
  )

  wire(
    "a row that cannot be put into JSON is dropped: the page is short, and `has_more` false",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }, { id: "b", unserialisable: true }, { id: "c" }, { id: null }])
      const page = yield* call("list", { limit: 3 })
      expect([ids(page), page.json]).toMatchObject([[null, "c"], {
        total: 2,
        has_more: false,
        total_count: 4,
        total_filtered_count: 4
      }])
      expect(ids(yield* call("list", { limit: 3, offset: 3 }))).toEqual(["a"])
      expect(ids(yield* call("list", { limit: 1, offset: 2 }))).toEqual([])
      for (const name of ["get", "get_or_create", "update"]) {
        const answer = yield* call(name, { customer_id: "b", name: "B" })
        expect([name, answer.status, answer.json.code]).toEqual([name, 500, "invalid_inputs"])
      }
      // It is there all the same, and what was asked of it is done.
      expect((yield* control.customers("autumn"))[1]).toMatchObject({ id: "b", name: "B" })
      expect((yield* call("delete", { customer_id: "b" })).status).toBe(200)
    })
  )

  wire(
    "search: a part of id, name or e-mail in any case, trimmed, with SQL's wildcards",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [
        { id: "one", name: "Ada Lovelace", email: "ada@example.com" },
        { id: "two", name: "a%da", email: "100%_x@example.org" },
        { id: null, name: null, email: "Three(3)@example.com" }
      ])
      const found = (search: string) =>
        Effect.map(call("list", { search }), (answer) => [ids(answer), answer.json.total_filtered_count])
      expect(yield* found(" LOVE ")).toEqual([["one"], 1])
      expect(yield* found("ONE")).toEqual([["one"], 1])
      expect(yield* found("example.com")).toEqual([[null, "one"], 2])
      expect(yield* found("three(3)@")).toEqual([[null], 1])
      expect(yield* found("ada%com")).toEqual([["one"], 1])
      expect(yield* found("a_a")).toEqual([["one"], 1])
      expect(yield* found("%")).toEqual([[null, "two", "one"], 3])
      expect(yield* found("  ")).toEqual([[null, "two", "one"], 3])
      expect(yield* found("examplexcom")).toEqual([[], 0])
      expect((yield* call("list", { search: "love" })).json.total_count).toBe(3)
    })
  )

  wire(
    "plans filter, a status of subscriptions alone does not: it says which ones are shown and count",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const plan = (id: string, version: number) => ({
        id,
        name: id,
        description: null,
        group: null,
        version,
        add_on: false,
        auto_enable: false,
        price: null,
        items: [],
        created_at: 0,
        env: "sandbox",
        archived: false,
        base_variant_id: null
      })
      yield* control.seed("autumn", [
        { id: "active", subscriptions: [{ plan_id: "pro" }, { plan_id: "next", status: "scheduled" }] },
        { id: "past-due", subscriptions: [{ plan_id: "pro", past_due: true }], stripe_id: "cus_1" },
        { id: "buyer", purchases: [{ plan: plan("credits", 2) }], processors: { vercel: { id: "v" } } },
        { id: "nobody" }
      ])
      const listed = (body: object) => Effect.map(call("list", body), (answer) => ids(answer).toReversed())
      const shown = (body: object) =>
        Effect.map(
          call("list", body),
          ({ json }) =>
            json.list.map(({ subscriptions }: any) => subscriptions.map((one: any) => one.plan_id)).toReversed()
        )
      expect(yield* shown({})).toEqual([["pro", "next"], ["pro"], [], []])
      expect(yield* shown({ subscription_status: "active" })).toEqual([["pro"], [], [], []])
      expect(yield* shown({ subscription_status: "scheduled" })).toEqual([["next"], [], [], []])
      expect(yield* listed({ plans: [] })).toHaveLength(4)
      expect(yield* listed({ plans: [{ id: "pro" }] })).toEqual(["active", "past-due"])
      expect(yield* listed({ plans: [{ id: "pro" }], subscription_status: "active" })).toEqual(["active"])
      expect(yield* listed({ plans: [{ id: "next" }, { id: "credits" }] })).toEqual(["active", "buyer"])
      expect(yield* listed({ plans: [{ id: "credits" }], subscription_status: "scheduled" })).toEqual([])
      expect(yield* listed({ plans: [{ id: "credits", versions: [1] }] })).toEqual([])
      expect(yield* listed({ plans: [{ id: "credits", versions: [1, 2] }, { id: "x" }] })).toEqual(["buyer"])
      expect(yield* listed({ processors: ["stripe"] })).toEqual(["past-due"])
      expect(yield* listed({ processors: ["vercel", "stripe"] })).toEqual(["past-due", "buyer"])
      expect(yield* listed({ processors: ["revenuecat"] })).toEqual([])
      expect((yield* call("list", { plans: [{ id: "pro" }], limit: 1 })).json)
        .toMatchObject({ total: 1, total_count: 4, total_filtered_count: 2, has_more: true })
    })
  )
})

describe("list by cursor", () => {
  const version = "2.3"
  const next = ({ json }: Answered): string | null => json.next_cursor

  wire(
    "50 to a page unless asked for up to 1000; newest first unless asked otherwise; null is the end",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const all = yield* control.seed("autumn", 120)
      const list = (body: object) => call("list", body, { version })
      const first = yield* list({})
      const second = yield* list({ start_cursor: next(first) })
      const third = yield* list({ start_cursor: next(second) })
      expect([first, second, third].flatMap(ids)).toEqual(all.toReversed())
      expect([first, second, third].map(({ json }) => [json.list.length, Object.keys(json)]))
        .toEqual([50, 50, 20].map((length) => [length, ["list", "next_cursor"]]))
      expect(next(third)).toBe(null)
      expect(ids(yield* list({ start_cursor: "", sort_order: "desc" }))).toEqual(ids(first))
      const up = yield* list({ sort_order: "asc", limit: "60" })
      const rest = yield* list({ sort_order: "asc", limit: 60, start_cursor: next(up) })
      // A full last page is known to be the last one.
      expect([[up, rest].flatMap(ids), next(rest)]).toEqual([all, null])
      const { id, t, v } = JSON.parse(Buffer.from(next(first) ?? "", "base64url").toString())
      expect([v, id, t]).toEqual([0, all[70], start + 70])
      // Whoever came or went since is no matter.
      yield* control.seed("autumn", 1)
      yield* call("delete", { customer_id: all[70] })
      expect(ids(yield* list({ start_cursor: next(first) }))).toEqual(ids(second))
    })
  )

  wire(
    "limits: the schema's, then the organisation's; a cursor that is none, an order that is none",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const all = yield* control.seed("autumn", 1001)
      const list = (body: object) => call("list", body, { version })
      expect(error(yield* list({ limit: 5001 })))
        .toEqual([400, "invalid_inputs", "limit: Too big: expected number to be <=5000"])
      for (const limit of [1001, 5000]) {
        const { json, status } = yield* list({ limit })
        expect([status, json.code]).toEqual([400, "invalid_request"])
      }
      expect(ids(yield* list({ limit: 1000 }))).toEqual(all.toReversed().slice(0, 1000))
      const cursors = [
        "x",
        "e30",
        "bnVsbA",
        btoa("{\"v\":1,\"id\":\"a\",\"t\":1}"),
        btoa("{\"v\":0,\"id\":null,\"t\":1}"),
        "%"
      ]
      for (const start_cursor of cursors) {
        const { json, status } = yield* list({ start_cursor })
        expect([start_cursor, status, json.code]).toEqual([start_cursor, 400, "invalid_cursor"])
      }
      const wrong: ReadonlyArray<readonly [object, string]> = [
        [{ start_cursor: null }, "start_cursor: must be a string (received null)"],
        [{ sort_order: "up" }, "sort_order: Invalid option: expected one of \"asc\"|\"desc\""],
        [{ created_at_range: [] }, "created_at_range: must be an object (received array)"],
        [{ created_at_range: { start: "x" } }, "created_at_range.start: Invalid input: expected number, received NaN"]
      ]
      for (const [body, message] of wrong) expect(error(yield* list(body))).toEqual([400, "invalid_inputs", message])
      // What belongs to the other way of paging is not known here.
      expect(ids(yield* list({ offset: 5, limit: 1 }))).toEqual([all.at(-1)])
    })
  )

  wire(
    "a range of creation takes both of its ends in, and filters filter",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed(
        "autumn",
        [10, 20, 20, 30, 40].map((created_at, i) => ({
          id: `c${i}`,
          created_at,
          subscriptions: i % 2 === 0 ? [{ plan_id: "even" }] : []
        }))
      )
      const listed = (body: object) => Effect.map(call("list", { sort_order: "asc", ...body }, { version }), ids)
      expect(yield* listed({ created_at_range: { start: 20, end: 30 } })).toEqual(["c1", "c2", "c3"])
      expect(yield* listed({ created_at_range: { start: "30" } })).toEqual(["c3", "c4"])
      expect(yield* listed({ created_at_range: { end: 19 }, sort_order: "desc" })).toEqual(["c0"])
      expect(yield* listed({ created_at_range: { start: 30, end: 20 } })).toEqual([])
      expect(yield* listed({ created_at_range: {}, sort_order: "desc" })).toEqual(["c4", "c3", "c2", "c1", "c0"])
      expect(yield* listed({ plans: [{ id: "even" }] })).toEqual(["c0", "c2", "c4"])
      expect(yield* listed({ search: "C3" })).toEqual(["c3"])
      const body = { sort_order: "asc", limit: 1, plans: [{ id: "even" }], created_at_range: { start: 20 } }
      const first = yield* call("list", body, { version })
      const second = yield* call("list", { ...body, start_cursor: next(first) }, { version })
      expect([ids(first), ids(second), next(second)]).toEqual([["c2"], ["c4"], null])
      const down = { ...body, sort_order: "desc", created_at_range: { end: 20 } }
      const newest = yield* call("list", down, { version })
      expect(ids(yield* call("list", { ...down, start_cursor: next(newest) }, { version }))).toEqual(["c0"])
    })
  )

  wire(
    "ends early after a row without an id, and goes through equals by their ids",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [
        { id: "b", created_at: 1 },
        { id: null, email: "x@example.com", created_at: 1 },
        { id: "a", created_at: 1 },
        { id: "c", created_at: 2 }
      ])
      const list = (body: object) => call("list", { sort_order: "asc", ...body }, { version })
      const first = yield* list({ limit: 2 })
      expect([ids(first), next(first)]).toEqual([["a", "b"], expect.any(String)])
      expect(ids(yield* list({ limit: 2, start_cursor: next(first) }))).toEqual([null, "c"])
      const early = yield* list({ limit: 3 })
      expect([ids(early), next(early)]).toEqual([["a", "b", null], null])
      expect(ids(yield* list({ created_at_range: { start: 1 }, limit: 4 }))).toEqual(["a", "b", null, "c"])
      const down = yield* list({ sort_order: "desc", limit: 2 })
      expect([ids(down), next(down)]).toEqual([["c", null], null])
      const third = yield* list({ sort_order: "desc", limit: 3 })
      expect(ids(yield* list({ sort_order: "desc", start_cursor: next(third) }))).toEqual(["a"])
      yield* call("update", { customer_id: "a", new_customer_id: "z" })
      expect(ids(yield* list({}))).toEqual(["b", "z", null, "c"])
    })
  )

  wire(
    "a row that cannot be put into JSON is dropped, and the walk goes on",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }, { id: "b", unserialisable: true }, { id: "c" }])
      const page = yield* call("list", { limit: 2, sort_order: "asc" }, { version })
      expect(ids(page)).toEqual(["a"])
      const rest = yield* call("list", { limit: 2, sort_order: "asc", start_cursor: next(page) }, { version })
      expect([ids(rest), next(rest)]).toEqual([["c"], null])
    })
  )
})

describe("expand", () => {
  const hidden = {
    id: "a",
    subscriptions: [{ plan_id: "pro" }],
    purchases: [{ plan_id: "credits" }],
    balances: { messages: { granted: 10, usage: 12 } },
    flags: { dashboard: {} },
    invoices: Array.from({ length: 12 }, (_, i) => ({ stripe_id: `in_${i}`, created_at: i })),
    trials_used: [{ plan_id: "trial" }],
    referrals: [{ program_id: "p", customer: { id: "b" }, reward_applied: false, created_at: 1 }],
    rewards: {
      discounts: [{ id: "d", name: "D", type: "fixed_discount", discount_value: 5, duration_type: "forever" }]
    },
    entities: Array.from({ length: 1001 }, (_, i) => ({ id: `seat-${i}` })),
    payment_method: { id: "pm_1", type: "card" }
  }

  const values = [
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

  wire(
    "each value adds its key and no other, on every route that answers customers",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [hidden])
      const [record] = yield* control.customers("autumn")
      expect(record!.balances).toMatchObject({ messages: { granted: 10, usage: 12, remaining: 0 } })
      const { json: plain } = yield* call("get", { customer_id: "a" })
      expect(plain).toEqual(record)
      const answers = (expand: unknown) =>
        Effect.all([
          Effect.map(call("get", { customer_id: "a", expand }), ({ json }) => json),
          Effect.map(call("get_or_create", { customer_id: "a", expand }), ({ json }) => json),
          Effect.map(call("update", { customer_id: "a", expand }), ({ json }) => json),
          Effect.map(call("list", { expand }), ({ json }) => json.list[0]),
          Effect.map(call("list", { expand }, { version: "2.3" }), ({ json }) => json.list[0])
        ])
      for (const value of values) {
        const [answer, ...others] = yield* answers([value])
        for (const other of others) expect(other).toEqual(answer)
        const added = Object.keys(answer).filter((key) => !Object.hasOwn(plain, key))
        expect([value, added]).toEqual([
          value,
          /[._]/.test(value) && !["trials_used", "payment_method"].includes(value) ? [] : [value]
        ])
      }
      const [all] = yield* answers(values)
      expect(all.invoices.map((invoice: any) => invoice.created_at)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
      expect(all.entities).toHaveLength(1000)
      expect(all).toMatchObject({
        trials_used: [{ plan_id: "trial", customer_id: "a" }],
        rewards: hidden.rewards,
        referrals: hidden.referrals,
        payment_method: hidden.payment_method,
        subscriptions: [{ plan: { id: "pro" } }],
        purchases: [{ plan: { id: "credits" } }],
        balances: { messages: { feature: { id: "messages", type: "metered" } } },
        flags: { dashboard: { feature: { id: "dashboard", type: "boolean" } } }
      })
      const { entities, invoices } = yield* control.resources("autumn", "a")
      expect([entities!.length, invoices!.length]).toEqual([1001, 12])
    })
  )

  wire(
    "what there is none of is an empty list, or no key at all",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const { json } = yield* call("get_or_create", { customer_id: "a", expand: values })
      expect(json).toEqual({ ...bare, id: "a", invoices: [], trials_used: [], entities: [], referrals: [] })
    })
  )

  wire(
    "an unknown value is a 400 where expand is declared, and nothing elsewhere",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }])
      for (const name of ["get", "get_or_create", "getOrCreate"]) {
        for (const expand of [["everything"], ["invoices", 5]]) {
          const { json, status } = yield* call(name, { customer_id: "a", expand })
          expect([status, json.code]).toEqual([400, "invalid_inputs"])
          expect(json.message).toContain(`expand.${expand.length - 1}: Invalid option: expected one of "invoices"|`)
        }
      }
      expect((yield* call("update", { customer_id: "a", expand: ["everything"] })).status).toBe(200)
      expect((yield* call("list", { expand: "invoices" })).json.list[0]).not.toHaveProperty("invoices")
    })
  )

  wire(
    "plans and features are those of the seed; reads show 15 plans at most",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const feature = { id: "messages", name: "Messages", type: "credit_system", consumable: true, archived: true }
      const seed = {
        id: "a",
        subscriptions: Array.from({ length: 14 }, (_, i) => ({ plan_id: `s${i}` })),
        purchases: Array.from({ length: 3 }, (_, i) => ({ plan_id: `p${i}` })),
        balances: { messages: { feature } }
      }
      yield* control.seed("autumn", [seed])
      const { json } = yield* call("get", { customer_id: "a", expand: ["balances.feature"] })
      expect(json.balances.messages.feature).toEqual(feature)
      expect([json.subscriptions.length, json.purchases.length]).toEqual([14, 1])
      expect((yield* control.customers("autumn"))[0]!.purchases).toHaveLength(3)
    })
  )
})

describe("rate limits", () => {
  const limited = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
    wire(name, test, {})

  const limits = ({ headers }: Answered) =>
    ["policy", "limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`))

  limited(
    "five lists a second and key environment, as text; the headers are on every answer",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      for (let i = 0; i < 5; i++) {
        const answer = yield* call("list", i === 2 ? { limit: 0 } : {})
        expect([answer.status, ...limits(answer), answer.headers.get("retry-after")])
          .toEqual([i === 2 ? 400 : 200, "5;w=1", "5", String(4 - i), "1", null])
      }
      yield* TestClock.adjust("400 millis")
      const refused = yield* call("list", {})
      expect([refused.status, refused.text, ...limits(refused), refused.headers.get("retry-after")])
        .toEqual([429, "Too many requests, please try again later.", "5;w=1", "5", "0", "1", "1"])
      yield* TestClock.adjust("200 millis")
      // Rounded: who believes it comes too early.
      expect((yield* call("list", { limit: 0 })).headers.get("retry-after")).toBe("0")
      // Other versions up to 2.2 and other keys of the environment share the bucket; all else has its own.
      expect((yield* call("list", {}, { version: "2.2" })).status).toBe(429)
      expect((yield* call("list", {}, { version: null })).status).toBe(429)
      expect((yield* call("list", {}, { key: "am_sk_test_other" })).status).toBe(429)
      expect((yield* call("list", {}, { key: "am_sk_live_key" })).status).toBe(200)
      expect((yield* call("get", { customer_id: "a" })).status).toBe(404)
      expect((yield* call("list", {}, { version: "9.9" })).status).toBe(400)
      expect((yield* call("list", {}, { key: null })).status).toBe(401)
      const cursor = yield* call("list", {}, { version: "2.3" })
      expect([cursor.status, ...limits(cursor)]).toEqual([200, "50;w=1", "50", "49", "1"])
      yield* TestClock.adjust("399 millis")
      expect((yield* call("list", {})).status).toBe(429)
      yield* TestClock.adjust("1 millis")
      expect(limits(yield* call("list", {}))).toEqual(["5;w=1", "5", "4", "1"])
    })
  )

  limited(
    "fifty lists by cursor",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const statuses = []
      for (let i = 0; i < 51; i++) statuses.push((yield* call("list", {}, { version: "2.3" })).status)
      expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), 429])
    })
  )

  limited(
    "25 updates and deletes together; what is refused changes nothing; reads by id are counted by customer",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }, { id: "b" }])
      for (let i = 0; i < 25; i++) {
        const name = i % 2 === 0 ? "update" : "delete"
        const { headers } = yield* call(name, { customer_id: name === "update" ? "a" : "none", name: `A${i}` })
        expect(headers.get("ratelimit-policy")).toBe("25;w=1")
      }
      for (const name of ["update", "delete"]) {
        expect((yield* call(name, { customer_id: "a", name: "X" })).status).toBe(429)
      }
      expect((yield* control.customers("autumn")).map(({ name }) => name)).toEqual(["A24", null])
      expect((yield* control.requests).at(-1)!.applied).toBe(false)
      const first = yield* call("get", { customer_id: "a" })
      const again = yield* call("get_or_create", { customer_id: "a" })
      const other = yield* call("get", { customer_id: "b" })
      expect([first, again, other].map(limits)).toEqual([
        ["10000;w=1", "10000", "9999", "1"],
        ["10000;w=1", "10000", "9998", "1"],
        ["10000;w=1", "10000", "9999", "1"]
      ])
      yield* control.reset
      expect((yield* call("update", { customer_id: "a" })).status).toBe(404)
    })
  )

  wire(
    "can be switched off",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      for (let i = 0; i < 30; i++) {
        const answer = yield* call("list", {})
        expect([answer.status, limits(answer)]).toEqual([200, [null, null, null, null]])
      }
    })
  )
})

describe("idempotency keys", () => {
  const keyed = (key = "k1") => ({ headers: { "idempotency-key": key } })

  wire(
    "a repeat within 24 hours is a 409 on every route, and nothing is replayed",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* call("get_or_create", { customer_id: "a" }, keyed())
      const repeats = [
        ["get_or_create", { customer_id: "a" }],
        ["get_or_create", { customer_id: "b" }],
        ["update", { customer_id: "a", name: "A" }],
        ["delete", { customer_id: "a" }],
        ["get", { customer_id: "a" }],
        ["list", {}],
        // Told before the body is looked at, and the refusal does not free the key.
        ["get", {}]
      ] as const
      for (const [name, body] of repeats) {
        const { json, status } = yield* call(name, body, keyed())
        expect([name, status, json]).toEqual([name, 409, {
          message: "Another request with idempotency key k1 has already been received",
          code: "duplicate_idempotency_key",
          env: "sandbox"
        }])
      }
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, ...repeats.map(() => false)])
      expect((yield* call("list", {}, keyed("k2"))).status).toBe(200)
      expect((yield* call("list", {}, { ...keyed(), key: "am_sk_live_key" })).status).toBe(200)
      expect((yield* call("list", {}, { ...keyed(""), key: "am_sk_live_key" })).status).toBe(200)
      yield* TestClock.adjust("24 hours")
      expect((yield* call("update", { customer_id: "a", name: "A" }, keyed())).status).toBe(200)
      expect((yield* call("update", { customer_id: "a", name: "A" }, keyed())).status).toBe(409)
    })
  )

  wire(
    "a 4xx or 5xx frees the key, but for a 409",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a" }, { id: "b" }, { id: "c", unserialisable: true }])
      const free = [
        ["get", {}, {}],
        ["get", { customer_id: "none" }, {}],
        ["get", { customer_id: "c" }, {}],
        ["get", { customer_id: "a" }, { key: "am_sk_test_bad" }],
        ["get", { customer_id: "a" }, { version: "9.9" }],
        ["delete", { customer_id: "a" }, { key: "am_sk_test_readonly" }],
        ["nothing", {}, {}]
      ] as const
      for (const [name, body, options] of free) {
        expect((yield* call(name, body, { ...keyed(), ...options })).status).not.toBe(409)
      }
      const conflict = yield* call("update", { customer_id: "a", new_customer_id: "b" }, keyed())
      expect(conflict.json.code).toBe("customer_already_exists")
      expect((yield* call("get", { customer_id: "a" }, keyed())).json.code).toBe("duplicate_idempotency_key")
    })
  )

  wire(
    "a success that was lost keeps its key, one that a fault kept from happening or undid does not",
    Effect.gen(function*() {
      const { call, control, fetch } = yield* inProcess
      const create = (customer_id: string, key: string) =>
        Effect.promise(async () => {
          const response = await fetch("https://api.useautumn.com/v1/customers.get_or_create", {
            method: "POST",
            body: JSON.stringify({ customer_id }),
            headers: { authorization: "Bearer am_sk_test_key", "x-api-version": "2.1", "idempotency-key": key }
          })
          return [response.status, await response.text().then(() => "whole", () => "cut")]
        })
      yield* control.inject({ fault: Fault.Respond({ status: 503, applied: true }) })
      expect(yield* create("a", "k1")).toEqual([503, "whole"])
      expect((yield* call("get_or_create", { customer_id: "a" }, keyed("k1"))).status).toBe(409)
      yield* control.clearFaults
      yield* control.inject({ fault: Fault.Respond({ status: 503 }) })
      expect(yield* create("b", "k2")).toEqual([503, "whole"])
      yield* control.clearFaults
      expect((yield* call("get_or_create", { customer_id: "b" }, keyed("k2"))).status).toBe(200)
      yield* control.clearFaults
      yield* control.inject({ fault: Fault.CutBody({ applied: false }) })
      expect(yield* create("c", "k3")).toEqual([200, "cut"])
      expect((yield* control.customers("autumn")).map(({ id }) => id)).toEqual(["a", "b"])
      expect((yield* call("get_or_create", { customer_id: "c" }, keyed("k3"))).status).toBe(200)
    })
  )

  wire(
    "a key is held while its call runs, and is free when that is left",
    Effect.gen(function*() {
      const { call, control, fetch } = yield* inProcess
      yield* control.inject({ fault: Fault.Delay({ duration: "1 minute", answer: "after" }) })
      const caller = new AbortController()
      const running = fetch("https://api.useautumn.com/v1/customers.get_or_create", {
        method: "POST",
        body: "{\"customer_id\":\"a\"}",
        headers: { authorization: "Bearer am_sk_test_key", "x-api-version": "2.1", "idempotency-key": "k1" },
        signal: caller.signal
      }).catch((reason: unknown) => reason)
      while ((yield* control.requests).length === 0) yield* Effect.yieldNow()
      yield* Effect.yieldNow()
      expect((yield* call("list", {}, keyed())).status).toBe(409)
      caller.abort()
      yield* Effect.promise(() => running)
      yield* Effect.yieldNow()
      expect((yield* call("list", {}, keyed())).status).toBe(200)
      expect(yield* control.customers("autumn")).toEqual([])
    })
  )
})

describe("seeds", () => {
  wire(
    "are stored as given and completed where they are partial; the same ids every time",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const generated = yield* control.seed("autumn", 100)
      expect(new Set(generated).size).toBe(100)
      expect(generated.filter((id) => !/^customer-[0-9a-f-]{36}$/.test(id))).toEqual([])
      const records = yield* control.customers("autumn")
      expect(records.map(({ id }) => id)).toEqual(generated)
      expect(records[1]).toEqual({
        ...bare,
        id: generated[1],
        name: "Customer 2",
        email: "customer-2@example.com",
        created_at: start + 1
      })
      yield* control.reset
      expect(yield* control.seed("autumn", 100)).toEqual(generated)
      yield* control.reset
      const odd = { id: "a b/c", email: "no address", name: "", created_at: 1.5, metadata: { a: null } }
      expect(yield* control.seed("autumn", [odd])).toEqual(["a b/c"])
      expect(yield* control.customers("autumn")).toMatchObject([{ ...odd, name: null }])
      const taken: ReadonlyArray<object> = [{ id: "a b/c" }, { id: null, email: "X@example.com" }]
      yield* control.seed("autumn", [{ id: null, email: "x@example.com" }, { id: null, email: null }, {
        id: null,
        email: null
      }])
      for (const seed of taken) expect((yield* Effect.exit(control.seed("autumn", [seed])))._tag).toBe("Failure")
      expect(yield* control.customers("autumn")).toHaveLength(4)
      expect(yield* control.seed("autumn", [{ id: "a b/c", env: "live" }])).toEqual(["a b/c"])
      expect(yield* control.resources("autumn", "never")).toEqual({})
    })
  )

  it.live("come over the control API, strictly, all or nothing", () =>
    Effect.gen(function*() {
      const { control, url } = yield* Sandbox.serve()
      const post = (seeds: unknown) =>
        Effect.promise(async () => {
          const init = { method: "POST", body: JSON.stringify(seeds) }
          const response = await fetch(`${url}/sandbox/autumn/customers`, init)
          return { status: response.status, json: await response.json() }
        })
      const seed = {
        id: "a",
        metadata: { a: [1] },
        billing_controls: { auto_topups: [{ feature_id: "a", enabled: true, threshold: 1, quantity: 2 }] },
        subscriptions: [{ plan_id: "pro", status: "scheduled" }],
        balances: { messages: { usage: 5, breakdown: [] } },
        flags: { dashboard: { plan_id: "pro" } },
        invoices: [{ total: 1.5 }],
        trials_used: [{ fingerprint: null }],
        payment_method: { id: "pm_1" },
        unserialisable: false
      }
      expect(yield* post([seed, { id: null, email: "e@example.com", env: "live" }]))
        .toEqual({ status: 201, json: ["a", expect.stringMatching(/^cus_/)] })
      expect((yield* control.customers("autumn"))[0]).toMatchObject({
        subscriptions: seed.subscriptions,
        balances: { messages: { usage: 5, remaining: 95 } },
        flags: { dashboard: { feature_id: "dashboard", plan_id: "pro" } }
      })
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        [[{}, { customer_id: "a" }], "1.customer_id"],
        [[{ name: 5 }], "0.name"],
        [[{ env: "test" }], "0.env"],
        [[{ created_at: "2026" }], "0.created_at"],
        [[{ subscriptions: [{ plan: "x" }] }], "0.subscriptions.0.plan"],
        [[{ balances: { a: { usage: "5" } } }], "0.balances.a.usage"],
        [[{ billing_controls: { auto_topups: [{}] } }], "0.billing_controls.auto_topups.0.feature_id"],
        [[{ invoices: [{ id: "x" }] }], "0.invoices.0.id"]
      ]
      for (const [seeds, path] of wrong) {
        const { json, status } = yield* post(seeds)
        const paths = json.issues.map((issue: any) => issue.path.join("."))
        expect([path, status, paths]).toEqual([path, 422, expect.arrayContaining([path])])
      }
      expect((yield* post([{}, { id: "a" }])).status).toBe(422)
      expect(yield* control.customers("autumn")).toHaveLength(2)
    }).pipe(Effect.scoped))
})

describe("faults", () => {
  const seeds = [{
    id: "a",
    metadata: { order: "7" },
    billing_controls: {
      auto_topups: [{
        feature_id: "messages",
        enabled: true,
        threshold: 1,
        quantity: 2,
        purchase_limit: { interval: "day", interval_count: 1, limit: 1 }
      }]
    },
    subscriptions: [{ plan_id: "pro", scope: "customer" }],
    purchases: [{ plan_id: "credits", scope: "entity" }],
    balances: {
      messages: {
        breakdown: [{
          id: "b",
          plan_id: null,
          included_grant: 1,
          prepaid_grant: 0,
          remaining: 1,
          usage: 0,
          unlimited: false,
          reset: { interval: "month", resets_at: 1 },
          price: { tier_behavior: "volume", billing_units: 1, billing_method: "prepaid", max_purchase: null },
          expires_at: null
        }]
      }
    },
    flags: { dashboard: {} },
    invoices: [{}],
    entities: [{}],
    rewards: {
      discounts: [{ id: "d", name: "D", type: "free_product", discount_value: 5, duration_type: "months" }]
    }
  }]

  const body = {
    customer_id: "a",
    expand: [
      "invoices",
      "entities",
      "rewards",
      "subscriptions.plan",
      "purchases.plan",
      "balances.feature",
      "flags.feature"
    ]
  }

  /** What a fresh sandbox answers with a fault: a customer, two lists, an error. */
  const bodies = (fault?: Fault.Fault) =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.reset
      yield* control.seed("autumn", seeds)
      if (fault !== undefined) yield* control.inject({ fault, times: Infinity })
      const read = (name: string, version: string, sent: object) =>
        Effect.promise(async () => {
          const headers = { authorization: "Bearer am_sk_test_key", "x-api-version": version }
          const init = { method: "POST", body: JSON.stringify(sent), headers }
          return (await fetch(`https://api.useautumn.com/v1/customers.${name}`, init)).json()
        })
      return [
        yield* read("get", "2.1", body),
        yield* read("list", "2.1", body),
        yield* read("list", "2.3", body),
        yield* read("get", "2.1", { customer_id: "none" })
      ]
    })

  wire(
    "UnknownMembers: one nobody knows for every member of an enumeration",
    Effect.gen(function*() {
      const [customer, list, byCursor, missing] = yield* bodies()
      const altered = yield* bodies(Fault.UnknownMembers())
      const odd = "sandbox_unknown"
      const [topup] = customer.billing_controls.auto_topups
      const [breakdown] = customer.balances.messages.breakdown
      const oddPlan = (one: any) => ({ ...one, scope: odd, plan: { ...one.plan, env: odd } })
      const oddFeature = (one: any) => ({ ...one, feature: { ...one.feature, type: odd } })
      const changed = {
        ...customer,
        env: odd,
        billing_controls: { auto_topups: [{ ...topup, purchase_limit: { ...topup.purchase_limit, interval: odd } }] },
        subscriptions: [{ ...oddPlan(customer.subscriptions[0]), status: odd }],
        purchases: customer.purchases.map(oddPlan),
        balances: {
          messages: oddFeature({
            ...customer.balances.messages,
            breakdown: [{
              ...breakdown,
              reset: { ...breakdown.reset, interval: odd },
              price: { ...breakdown.price, tier_behavior: odd, billing_method: odd }
            }]
          })
        },
        flags: { dashboard: oddFeature(customer.flags.dashboard) },
        invoices: [{ ...customer.invoices[0], status: odd }],
        entities: [{ ...customer.entities[0], env: odd }],
        rewards: { discounts: [{ ...customer.rewards.discounts[0], type: odd, duration_type: odd }] }
      }
      expect(altered).toEqual([
        changed,
        { ...list, list: [changed] },
        { ...byCursor, list: [changed] },
        { ...missing, env: odd }
      ])
    })
  )

  wire(
    "UnknownKeys: one more in every object whose keys are not the caller's own or features, those of features included",
    Effect.gen(function*() {
      const [customer, list, , missing] = yield* bodies()
      const altered = yield* bodies(Fault.UnknownKeys())
      const plus = (json: any) => ({ ...json, sandbox_unknown: { nested: true } })
      expect(altered[3]).toEqual(plus(missing))
      expect(altered[1]).toEqual(plus({ ...list, list: [altered[0]] }))
      const { balances, entities, flags, metadata, rewards, subscriptions } = altered[0]
      expect(metadata).toEqual(customer.metadata)
      const { dashboard } = customer.flags
      expect(flags).toEqual({ dashboard: plus({ ...dashboard, feature: plus(dashboard.feature) }) })
      expect(Object.keys(balances)).toEqual(Object.keys(customer.balances))
      for (const balance of Object.values<any>(balances)) {
        expect(balance).toHaveProperty("sandbox_unknown")
        for (const part of balance.breakdown) expect(part).toHaveProperty("sandbox_unknown")
      }
      expect(subscriptions).toEqual(customer.subscriptions.map((one: any) => plus({ ...one, plan: plus(one.plan) })))
      expect(entities).toEqual(customer.entities.map(plus))
      expect(rewards).toEqual(plus({ discounts: customer.rewards.discounts.map(plus) }))
    })
  )
})

describe("100,000 customers", () => {
  wire(
    "are sorted once, not for every page, in both ways",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      const all = yield* control.seed("autumn", 100_000)
      const timed = (version: string, body: object) =>
        Effect.promise(async () => {
          const before = performance.now()
          const headers = { authorization: "Bearer am_sk_test_key", "x-api-version": version }
          const init = { method: "POST", body: JSON.stringify({ limit: 10, ...body }), headers }
          const json = await (await fetch("https://api.useautumn.com/v1/customers.list", init)).json()
          return { json, time: performance.now() - before }
        })
      for (const version of ["2.1", "2.3"]) {
        const first = yield* timed(version, {})
        expect(first.json.list[0].id).toBe(all.at(-1))
        let others = 0
        let start_cursor = first.json.next_cursor
        for (let page = 1; page <= 40; page++) {
          const { json, time } = yield* timed(version, version === "2.1" ? { offset: 10 * page } : { start_cursor })
          expect(json.list[0].id).toBe(all.at(-1 - 10 * page))
          start_cursor = json.next_cursor
          others += time
        }
        // Forty pages that sort would take forty times as long as the first; both are measured on the same machine.
        expect(others).toBeLessThan(first.time * 20)
      }
    })
  )
})

/** Every call above is held to the document where it is there; this says that the check bites. */
describe.skipIf(!contractIsThere)("the document", () => {
  wire(
    "accepts what the sandbox answers and refuses what it would not",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("autumn", [{ id: "a", subscriptions: [{}], balances: { messages: {} } }])
      const { json: customer } = yield* call("get", { customer_id: "a" })
      const { json: list } = yield* call("list", {})
      const get = "/v1/customers.get"
      expect(problems(get, 200, customer)).toEqual([])
      expect(problems(get, 200, { ...customer, created_at: "2026" })).not.toEqual([])
      expect(problems(get, 200, { ...customer, id: undefined })).not.toEqual([])
      const { status: _, ...subscription } = customer.subscriptions[0]
      expect(problems(get, 200, { ...customer, subscriptions: [subscription] })).not.toEqual([])
      expect(problems(get, 200, { ...customer, balances: { messages: {} } })).not.toEqual([])
      expect(problems("/v1/customers.list", 200, list)).toEqual([])
      expect(problems("/v1/customers.list", 200, { ...list, has_more: undefined })).not.toEqual([])
      expect(problems(get, 404, { code: "customer_not_found" })).not.toEqual([])
      expect(problems(get, 418, {})).not.toEqual([])
      expect(problems("/v1/nothing", 200, {})).toBe(undefined)
    })
  )
})
