import { describe, expect, it, vi } from "@effect/vitest"
import {
  Autumn,
  AutumnDefaultError,
  ConnectionError,
  HTTPClient,
  RequestAbortedError,
  ResponseValidationError,
  SDKValidationError
} from "autumn-js"
import { Fault } from "../../src/index.js"
import { calls, delaysOf, drive, type Driven, failureOf, lastRequest, run, unhandledBy } from "./driving.js"
import { full } from "./drivingAutumn.js"

type Options = NonNullable<ConstructorParameters<typeof Autumn>[0]>

/** Of a version that the sandbox has, and without what the client does by default about failures. */
const base: Options = { secretKey: "am_sk_test_official", xApiVersion: "2.3", failOpen: false }

const clientOf = ({ url }: Pick<Driven, "url">, options: Options = {}) =>
  new Autumn({ ...base, serverURL: url, ...options }).customers

const { driven, fault, works } = drive("autumn-js 1.3.13", "autumn")

const sent = async (sandbox: Driven) => JSON.parse((await lastRequest(sandbox)).body)

const idsOf = (list: ReadonlyArray<{ id: string | null }>) => list.map(({ id }) => id)

for (const xApiVersion of ["2.1", "2.3"]) {
  const client = (sandbox: Driven) => clientOf(sandbox, { xApiVersion })

  describe(`version ${xApiVersion}`, () => {
    works("getOrCreate", `${xApiVersion}: creates with every field, then leaves it as it is`, async (sandbox) => {
      const fields = {
        customerId: "usr_1",
        name: "Ada",
        email: "ada@example.com",
        fingerprint: "f",
        metadata: { plan_name: "pro", nested: { camelCase: [null] } },
        stripeId: "cus_Stripe",
        createInStripe: true,
        autoEnablePlanId: "free",
        sendEmailReceipts: true,
        billingControls: {
          autoTopups: [{
            featureId: "messages",
            threshold: 5,
            quantity: 100,
            purchaseLimit: { interval: "month" as const, limit: 3 }
          }],
          spendLimits: [{ featureId: "messages", overageLimit: 50 }]
        },
        config: { disableOverageBilling: true }
      }
      const created = await client(sandbox).getOrCreate(fields)
      expect(created).toMatchObject({
        id: "usr_1",
        name: "Ada",
        email: "ada@example.com",
        createdAt: Date.parse("2026-01-03T13:37:00Z"),
        fingerprint: "f",
        stripeId: "cus_Stripe",
        env: "sandbox",
        metadata: fields.metadata,
        sendEmailReceipts: true,
        billingControls: {
          autoTopups: [{
            featureId: "messages",
            enabled: false,
            purchaseLimit: { interval: "month", intervalCount: 1, limit: 3 }
          }],
          spendLimits: [{ featureId: "messages", enabled: false, overageLimit: 50 }]
        },
        subscriptions: [{ planId: "free", autoEnable: true, status: "active", pastDue: false, trialEndsAt: null }],
        config: { disableOverageBilling: true },
        processors: { stripe: { id: "cus_Stripe" } }
      })
      expect(await sent(sandbox)).toMatchObject({
        customer_id: "usr_1",
        auto_enable_plan_id: "free",
        billing_controls: { auto_topups: [{ feature_id: "messages", enabled: false }] }
      })
      const again = await client(sandbox).getOrCreate({ customerId: "usr_1", name: "Eve", metadata: { x: 1 } })
      expect(again).toEqual(created)
      expect((await run(sandbox.control.requests)).map(({ applied }) => applied)).toEqual([true, false])
    })

    works("getOrCreate", `${xApiVersion}: an e-mail only, then an id claims it`, async (sandbox) => {
      const first = await client(sandbox).getOrCreate({ customerId: null, email: "ada@example.com" })
      expect([first.id, await sent(sandbox)]).toEqual([null, { customer_id: null, email: "ada@example.com" }])
      const claimed = await client(sandbox).getOrCreate({ customerId: "usr_1", email: "ADA@example.com" })
      expect(claimed).toEqual({ ...first, id: "usr_1" })
    })

    works("get", `${xApiVersion}: everything a customer can have, expanded`, async (sandbox) => {
      await run(sandbox.control.seed("autumn", [full]))
      const expand = [
        "invoices",
        "trials_used",
        "rewards",
        "entities",
        "referrals",
        "payment_method",
        "balances.feature",
        "flags.feature"
      ] as const
      const found = await client(sandbox).get({ customerId: "usr_1", expand: [...expand] })
      expect(await sent(sandbox)).toEqual({ customer_id: "usr_1", expand })
      expect(found).toMatchObject({
        id: "usr_1",
        metadata: full.metadata,
        subscriptions: [{ planId: "pro", pastDue: true }],
        purchases: [{ planId: "credits", quantity: 2 }],
        balances: {
          messages: {
            remaining: 90,
            feature: { type: "metered" },
            breakdown: [{
              includedGrant: 100,
              reset: { interval: "month" },
              price: { tiers: [{ to: 10 }, { to: "inf" }], tierBehavior: "graduated" }
            }]
          }
        },
        flags: { dashboard: { planId: "pro", feature: { type: "boolean" } } },
        invoices: [{ total: 20.5 }],
        entities: [{ id: "seat-1" }],
        trialsUsed: [{ planId: "pro", customerId: "usr_1" }],
        referrals: [{ programId: "p", customer: { id: "usr_2" } }],
        rewards: { discounts: [{ discountValue: 10 }] },
        paymentMethod: full.payment_method
      })
      const plain = await client(sandbox).get({ customerId: "usr_1" })
      expect([plain.invoices, plain.paymentMethod, plain.flags["dashboard"]?.feature])
        .toEqual([undefined, undefined, undefined])
    })

    works(
      "update",
      `${xApiVersion}: absent keeps, null clears, metadata is merged, the id changes`,
      async (sandbox) => {
        await run(sandbox.control.seed("autumn", [full]))
        const update = (patch: object) => client(sandbox).update({ customerId: "usr_1", ...patch })
        const before = await client(sandbox).get({ customerId: "usr_1" })
        expect(await update({})).toEqual(before)
        const cleared = { name: null, email: null, stripeId: null }
        expect(await update({ ...cleared, metadata: { nested: null, more: 1 } }))
          .toMatchObject({ ...cleared, metadata: { plan_name: "pro", more: 1 } })
        const renamed = await update({ newCustomerId: "usr_2", sendEmailReceipts: true })
        expect([renamed.id, renamed.sendEmailReceipts]).toEqual(["usr_2", true])
        expect(await failureOf(() => client(sandbox).get({ customerId: "usr_1" }))).toMatchObject({ statusCode: 404 })
      }
    )

    works("delete", `${xApiVersion}: is a success once`, async (sandbox) => {
      await run(sandbox.control.seed("autumn", [full]))
      expect(await client(sandbox).delete({ customerId: "usr_1", deleteInStripe: true })).toEqual({ success: true })
      expect(await sent(sandbox)).toEqual({ customer_id: "usr_1", delete_in_stripe: true })
      expect(await failureOf(() => client(sandbox).delete({ customerId: "usr_1" }))).toMatchObject({ statusCode: 404 })
      expect(await sent(sandbox)).toEqual({ customer_id: "usr_1", delete_in_stripe: false })
      expect(await run(sandbox.control.customers("autumn"))).toEqual([])
    })
  })
}

describe("lists", () => {
  works("list", "2.3: pages of 50, newest first, by the cursor of the page before", async (sandbox) => {
    const customers = clientOf(sandbox)
    expect(await customers.list({})).toEqual({ list: [], nextCursor: null })
    const ids = await run(sandbox.control.seed("autumn", 120))
    const pages = [await customers.list({})]
    while (pages.at(-1)!.nextCursor !== null) {
      pages.push(await customers.list({ startCursor: pages.at(-1)!.nextCursor! }))
    }
    expect(pages.map(({ list }) => list.length)).toEqual([50, 50, 20])
    expect(pages.flatMap(({ list }) => idsOf(list))).toEqual(ids.toReversed())
    const up = await customers.list({ sortOrder: "asc", limit: 2 })
    expect([idsOf(up.list), await sent(sandbox)])
      .toEqual([ids.slice(0, 2), { start_cursor: "", limit: 2, sort_order: "asc" }])
  })

  works("list", "2.3: every filter reaches the server", async (sandbox) => {
    const start = Date.parse("2026-01-03T13:37:00Z")
    await run(sandbox.control.seed("autumn", [full, { id: "other", created_at: start }, { id: "old", created_at: 1 }]))
    const filters = {
      plans: [{ id: "pro", versions: [1] }],
      search: " ADA ",
      processors: ["stripe" as const],
      subscriptionStatus: "active" as const,
      createdAtRange: { start, end: start }
    }
    expect((await clientOf(sandbox).list(filters)).list).toEqual([])
    const { subscriptionStatus: _, ...more } = filters
    const { list } = await clientOf(sandbox).list(more)
    expect(list).toMatchObject([{ id: "usr_1", balances: { messages: { remaining: 90 } } }])
    expect(await sent(sandbox)).toEqual({
      start_cursor: "",
      limit: 50,
      plans: filters.plans,
      search: " ADA ",
      processors: ["stripe"],
      created_at_range: { start, end: start }
    })
    expect(idsOf((await clientOf(sandbox).list({ createdAtRange: { start: 1, end: 1 } })).list)).toEqual(["old"])
  })

  works("list", "2.3: the organisation's limit, and a cursor that is none, are errors", async (sandbox) => {
    for (
      const [request, code] of [
        [{ limit: 1001 }, "invalid_request"],
        [{ limit: 5001 }, "invalid_inputs"],
        [{ startCursor: "x" }, "invalid_cursor"]
      ] as const
    ) {
      const failure = await failureOf(() => clientOf(sandbox).list(request))
      expect(failure).toMatchObject({ statusCode: 400, body: expect.stringContaining(`"code":"${code}"`) })
    }
  })

  fault("list", "on 2.1 it asks by cursor, is answered by offset, and refuses the answer", async (sandbox) => {
    await run(sandbox.control.seed("autumn", 60))
    const failure = await failureOf(() => clientOf(sandbox, { xApiVersion: "2.1" }).list({}))
    expect(failure).toBeInstanceOf(ResponseValidationError)
    expect(failure).toMatchObject({ statusCode: 200, rawValue: { limit: 50, offset: 0, has_more: true } })
  })

  works("list", "2.3: the cursor ends where a full page ends in a customer without an id", async (sandbox) => {
    const seeds = [{ id: "a", created_at: 1 }, { id: null, email: "e@example.com", created_at: 2 }]
    await run(sandbox.control.seed("autumn", [...seeds, { id: "b", created_at: 3 }]))
    const page = await clientOf(sandbox).list({ limit: 2, sortOrder: "asc" })
    expect([idsOf(page.list), page.nextCursor]).toEqual([["a", null], null])
  })
})

describe("what the sandbox does not have", () => {
  works("advanceTestClock", "an operation that the sheet does not know is an unknown path: 401", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [full]))
    const failure = await failureOf(() =>
      clientOf(sandbox).advanceTestClock({ customerId: "usr_1", frozenTime: 1_800_000_000_000 })
    )
    expect(failure).toMatchObject({ statusCode: 401, body: expect.stringContaining("no_auth_header") })
    expect(await calls(sandbox)).toEqual(["POST /v1/customers.advance_test_clock 401"])
  })

  works("get", "its default version, 2.4.0, is refused", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox, { xApiVersion: undefined }).get({ customerId: "usr_1" }))
    expect(failure).toMatchObject({ statusCode: 400, body: expect.stringContaining("invalid_api_version") })
    expect((await lastRequest(sandbox)).headers["x-api-version"]).toBe("2.4.0")
  })
})

describe("errors", () => {
  const failing = [
    ["get", 404, "customer_not_found", {}, (c) => c.get({ customerId: "none" })],
    ["get", 400, "invalid_inputs", {}, (c) => c.get({ customerId: "a b" })],
    ["get", 401, "invalid_secret_key", { secretKey: "am_sk_test_expired" }, (c) => c.get({ customerId: "a" })],
    ["getOrCreate", 401, "endpoint_not_public", { secretKey: "am_pk_x" }, (c) => c.getOrCreate({ customerId: "a" })],
    ["getOrCreate", 400, "invalid_request", {}, (c) => c.getOrCreate({ customerId: null })],
    ["getOrCreate", 404, "product_not_found", {}, (c) => c.getOrCreate({ customerId: "z", autoEnablePlanId: "x" })],
    ["update", 403, "insufficient_scopes", { secretKey: "am_sk_test_readonly" }, (c) => c.update({ customerId: "a" })],
    ["update", 409, "customer_already_exists", {}, (c) => c.update({ customerId: "a", newCustomerId: "b" })],
    ["update", 400, "stripe_error", {}, (c) => c.update({ customerId: "a", stripeId: "cus_unknown" })],
    ["delete", 404, "customer_not_found", {}, (c) => c.delete({ customerId: "none" })]
  ] as const satisfies ReadonlyArray<
    readonly [string, number, string, Options, (customers: ReturnType<typeof clientOf>) => Promise<unknown>]
  >

  for (const [operation, statusCode, code, options, call] of failing) {
    works(operation, `${statusCode} ${code}`, async (sandbox) => {
      await run(sandbox.control.seed("autumn", [{ id: "a" }, { id: "b" }]))
      const failure = await failureOf(() => call(clientOf(sandbox, options)))
      expect(failure).toBeInstanceOf(AutumnDefaultError)
      expect(failure).toMatchObject({ statusCode, body: expect.stringContaining(`"code":"${code}"`) })
    })
  }

  works("update", "the 26th within a second: a 429 as text, with how long to stay away", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    const customers = clientOf(sandbox)
    const answers = await Promise.all(
      Array.from({ length: 26 }, () => customers.update({ customerId: "a" }).then(() => undefined, (error) => error))
    )
    const [failure, ...others] = answers.filter((error) => error !== undefined)
    expect(others).toEqual([])
    expect(failure).toMatchObject({
      statusCode: 429,
      body: "Too many requests, please try again later.",
      contentType: "text/plain; charset=UTF-8"
    })
    expect(failure.headers.get("retry-after")).toMatch(/^[01]$/)
  })

  works("getOrCreate", "a failure of Autumn is an error, although it fails open elsewhere", async (sandbox) => {
    await run(sandbox.control.inject({ times: Infinity, fault: Fault.Respond({ status: 503, body: "{}" }) }))
    for (const failOpen of [true, false, undefined]) {
      const failure = await failureOf(() => clientOf(sandbox, { failOpen }).getOrCreate({ customerId: "a" }))
      expect(failure).toMatchObject({ name: "AutumnDefaultError", statusCode: 503 })
    }
  })

  fault(
    "getOrCreate",
    "a connection that breaks is a status 555 of Autumn, unless it must not fail open",
    async (sandbox) => {
      await run(sandbox.control.inject({ times: Infinity, fault: Fault.Reset({}) }))
      const printed = vi.spyOn(console, "log").mockImplementation(() => {})
      const open = await failureOf(() => clientOf(sandbox, { failOpen: undefined }).getOrCreate({ customerId: "a" }))
      expect(open).toMatchObject({ name: "AutumnDefaultError", statusCode: 555, body: "" })
      expect(printed).toHaveBeenCalled()
      printed.mockRestore()
      expect(await failureOf(() => clientOf(sandbox).getOrCreate({ customerId: "a" }))).toBeInstanceOf(ConnectionError)
    }
  )

  fault("get", "a caller who leaves is a 555 too, unless it must not fail open", async (sandbox) => {
    await run(sandbox.control.inject({ times: Infinity, fault: Fault.Delay({ duration: "1 minute" }) }))
    const printed = vi.spyOn(console, "log").mockImplementation(() => {})
    const leave = (options: Options) =>
      failureOf(() => clientOf(sandbox, options).get({ customerId: "a" }, { signal: AbortSignal.abort() }))
    expect(await leave({ failOpen: undefined })).toMatchObject({ statusCode: 555 })
    printed.mockRestore()
    expect(await leave({})).toBeInstanceOf(RequestAbortedError)
  })

  fault("get", "an HTTP client of one's own is thrown away, unless it must not fail open", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    let asked = 0
    const httpClient = () =>
      new HTTPClient({
        fetcher: (input, init) => {
          asked++
          return fetch(input, init)
        }
      })
    await clientOf(sandbox, { failOpen: undefined, httpClient: httpClient() }).get({ customerId: "a" })
    expect(asked).toBe(0)
    await clientOf(sandbox, { httpClient: httpClient() }).get({ customerId: "a" })
    expect(asked).toBe(1)
  })

  fault("get", "the message of an error quotes its body, ids and all", async (sandbox) => {
    const { message } = await failureOf(() => clientOf(sandbox).get({ customerId: "secret-name" }))
    expect(message).toContain("secret-name")
  })

  works("list", "a gateway's page is an error with its text", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.HtmlPage({}) }))
    expect(await failureOf(() => clientOf(sandbox).list({}))).toMatchObject({
      statusCode: 502,
      body: expect.stringContaining("<html>")
    })
  })
})

describe("answers", () => {
  works("get", "unknown keys are dropped, unknown members of enumerations are kept", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [full]))
    const plain = await clientOf(sandbox).get({ customerId: "usr_1" })
    await run(sandbox.control.inject({ fault: Fault.UnknownKeys() }))
    const more = await clientOf(sandbox).get({ customerId: "usr_1" })
    expect({ ...more, processors: plain.processors }).toEqual(plain)
    await run(sandbox.control.inject({ fault: Fault.UnknownMembers(), times: Infinity }))
    expect(await clientOf(sandbox).get({ customerId: "usr_1" })).toMatchObject({
      env: "sandbox_unknown",
      subscriptions: [{ status: "sandbox_unknown" }]
    })
  })

  fault("get", "what is null in an answer and must not be is invented: created at 0", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a", send_email_receipts: true }]))
    const alter = (json: any) => ({ ...json, created_at: null, send_email_receipts: null })
    await run(sandbox.control.inject({ fault: Fault.Alter({ alter }) }))
    expect(await clientOf(sandbox).get({ customerId: "a" })).toMatchObject({ createdAt: 0, sendEmailReceipts: false })
  })

  for (const key of ["licenses", "flags", "billing_controls"]) {
    fault("get", `refuses the answers of before ${key}`, async (sandbox) => {
      await run(sandbox.control.seed("autumn", [{ id: "a" }]))
      const alter = (json: any) => ({ ...json, [key]: undefined })
      await run(sandbox.control.inject({ fault: Fault.Alter({ alter }) }))
      const failure = await failureOf(() => clientOf(sandbox).get({ customerId: "a" }))
      expect(failure).toBeInstanceOf(ResponseValidationError)
    })
  }

  for (const place of ["subscriptions.plan", "purchases.plan"] as const) {
    fault(
      "get",
      `refuses ${place}, which has no config and no metadata in the versions of before its own`,
      async (sandbox) => {
        await run(sandbox.control.seed("autumn", [full]))
        const failure = await failureOf(() => clientOf(sandbox).get({ customerId: "usr_1", expand: [place] }))
        expect(failure).toBeInstanceOf(ResponseValidationError)
        expect(failure).toMatchObject({ statusCode: 200 })
      }
    )
  }

  works("getOrCreate", "the key that has to be there is asked for before anything is sent", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).getOrCreate(JSON.parse("{\"name\":\"Ada\"}")))
    expect(failure).toBeInstanceOf(SDKValidationError)
    expect(await calls(sandbox)).toEqual([])
  })
})

describe("half of a body", () => {
  fault("get", "ends in a bare SyntaxError, and in one more that ends the process", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    await run(sandbox.control.inject({ fault: Fault.CutJson({}) }))
    const failures: Array<unknown> = []
    const unhandled = await unhandledBy(async () => {
      failures.push(await failureOf(() => clientOf(sandbox).get({ customerId: "a" })))
    })
    expect(failures).toMatchObject([{ name: "SyntaxError" }])
    expect(unhandled).toEqual(failures)
  })
})

describe("retries", () => {
  const place = /autumn-js.*index\.m?js/
  const retrying: Options = { retryConfig: { strategy: "backoff" } }

  works("list", "none unless asked for", async (sandbox) => {
    await run(sandbox.control.inject({ times: Infinity, fault: Fault.Respond({ status: 503 }) }))
    await failureOf(() => clientOf(sandbox).list({}))
    expect(await calls(sandbox)).toHaveLength(1)
  })

  works("get", "stays away as long as it is told to", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, retryAfter: { seconds: 7 } }) }))
    expect(await delaysOf(place, () => clientOf(sandbox, retrying).get({ customerId: "a" }))).toEqual([7000])
  })

  fault(
    "get",
    "waits by attempt^1.5 instead of 1.5^attempt, the first time not at all but for jitter",
    async (sandbox) => {
      await run(sandbox.control.seed("autumn", [{ id: "a" }]))
      await run(sandbox.control.inject({ times: 4, fault: Fault.Respond({ status: 500 }) }))
      const delays = await delaysOf(place, () => clientOf(sandbox, retrying).get({ customerId: "a" }))
      expect(delays.map(Math.round)).toEqual([0, 500, 1414, 2598])
    }
  )

  fault("delete", "repeats one that took effect: 404", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(place, async () => {
      failure = await failureOf(() => clientOf(sandbox, retrying).delete({ customerId: "a" }))
    })
    expect(failure).toMatchObject({ statusCode: 404 })
    expect(await run(sandbox.control.customers("autumn"))).toEqual([])
  })

  fault("update", "repeats a rename that took effect: 404, and the customer has its new id", async (sandbox) => {
    await run(sandbox.control.seed("autumn", [{ id: "a" }]))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(place, async () => {
      failure = await failureOf(() => clientOf(sandbox, retrying).update({ customerId: "a", newCustomerId: "b" }))
    })
    expect(failure).toMatchObject({ statusCode: 404 })
    expect(idsOf(await run(sandbox.control.customers("autumn")))).toEqual(["b"])
  })

  works("getOrCreate", "one key for a call and its repeats turns a lost success into a 409", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(place, async () => {
      const headers = { "idempotency-key": "k1" }
      failure = await failureOf(() => clientOf(sandbox, retrying).getOrCreate({ customerId: "a" }, { headers }))
    })
    expect(failure).toMatchObject({ statusCode: 409, body: expect.stringContaining("duplicate_idempotency_key") })
  })
})

describe("on the wire", () => {
  works("list", "what the client sends: JSON, its version, no key, its own name", async (sandbox) => {
    const customers = clientOf(sandbox)
    await customers.getOrCreate({ customerId: "a" })
    await customers.get({ customerId: "a" })
    await customers.list({})
    await customers.update({ customerId: "a", name: "é" })
    await customers.delete({ customerId: "a" })
    expect(await calls(sandbox)).toEqual(
      ["get_or_create", "get", "list", "update", "delete"].map((name) => `POST /v1/customers.${name} 200`)
    )
    for (const { headers } of await run(sandbox.control.requests)) {
      expect(headers).toMatchObject({
        accept: "application/json",
        authorization: "Bearer am_sk_test_official",
        "content-type": "application/json",
        "user-agent": "speakeasy-sdk/typescript 0.10.18 2.882.0 2.4.0 @useautumn/sdk",
        "x-api-version": "2.3"
      })
      expect(headers).not.toHaveProperty("idempotency-key")
    }
  })

  it("autumn-js 1.3.13: every customers operation that it has is driven", () => {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(clientOf({ url: "http://127.0.0.1" })))
    expect([...driven].sort()).toEqual(names.filter((name) => name !== "constructor").sort())
  })
})
