import { describe, expect, it } from "@effect/vitest"
import {
  ConnectionError,
  ErrorsErrorsErrorResponse,
  Flexprice,
  type GetCustomerUsageSummaryRequest,
  ResponseValidationError,
  SDKError,
  type SDKOptions,
  SDKValidationError
} from "@flexprice/sdk"
import { Fault } from "../../src/index.js"
import { calls, delaysOf, type Driven, failureOf, lastRequest, run, unhandledBy } from "./driving.js"
import { client, driven, fault, nothingIsAbsent, works } from "./drivingFlexprice.js"

const clientOf = ({ url }: Pick<Driven, "url">, options: Partial<SDKOptions> = {}) =>
  new Flexprice({ serverURL: url, apiKeyAuth: "key", ...options }).customers

type Customers = ReturnType<typeof clientOf>

const seed = {
  id: "cust_1",
  external_id: "acme",
  name: "Ada",
  metadata: { plan_name: "pro" },
  subscriptions: [{ id: "subs_1" }],
  features: [
    {
      feature: { id: "feat_calls", name: "API calls", lookup_key: "api_calls", alert_settings: { critical: null } },
      entitlement: { usage_limit: 1000 },
      sources: [{ usage_limit: 1000 }],
      current_usage: "250.5"
    },
    {
      feature: { id: "feat_sso", name: "SSO", lookup_key: "sso", type: "boolean" },
      sources: [{ config_value: { any: 1 } }],
      entitlement: { config_values: [{ any: [1] }] }
    }
  ],
  grants: [{ id: "cga_1", credits: "100.5", scheduled_for: "2026-02-01T00:00:00Z" }]
} as const

const moment = expect.stringMatching(/^2026-01-03T13:37:00/)

describe("customers", () => {
  works("createCustomer", "every field that it knows", async (sandbox) => {
    const customers = clientOf(sandbox)
    const fields = {
      externalId: "usr 1/é",
      name: "Ada",
      email: "ada@example.com",
      addressLine1: "1 Sample St",
      addressLine2: "Unit 2",
      addressCity: "Perth",
      addressState: "WA",
      addressPostalCode: "6000",
      addressCountry: "AU",
      metadata: { plan_name: "pro" }
    }
    const created = await customers.createCustomer({
      ...fields,
      skipOnboardingWorkflow: true,
      taxRateOverrides: [{ taxRateCode: "GST", currency: "aud", priority: 1, autoApply: true, metadata: { a: "b" } }]
    })
    expect(created).toMatchObject({ ...fields, status: "published", createdAt: moment })
    expect(await run(sandbox.control.customers("flexprice"))).toMatchObject([{ id: created.id, address_city: "Perth" }])
    const bare = await customers.createCustomer({ externalId: "bare", name: "B" })
    expect(bare).toMatchObject({ externalId: "bare", email: "", metadata: undefined, parentCustomerId: undefined })
    expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ external_id: "bare", name: "B" })
  })

  works(
    "updateCustomer",
    "by either id; absent keeps, the empty text clears, metadata is replaced",
    async (sandbox) => {
      await run(sandbox.control.seed("flexprice", [{ ...seed, address_city: "Perth" }]))
      const customers = clientOf(sandbox)
      expect(await customers.updateCustomer({}, "cust_1")).toMatchObject({ name: "Ada", addressCity: "Perth" })
      expect((await lastRequest(sandbox)).query).toEqual([["id", "cust_1"]])
      const changed = await customers.updateCustomer({ addressCity: "", metadata: { b: "2" } }, undefined, "acme")
      expect(changed).toMatchObject({ name: "Ada", addressCity: "", metadata: { b: "2" }, updatedAt: moment })
      expect((await lastRequest(sandbox)).query).toEqual([["external_customer_id", "acme"]])
      const renamed = await customers.updateCustomer({ externalId: "b" }, "cust_1", "acme")
      expect(renamed).toMatchObject({ externalId: "b", metadata: { b: "2", old_external_ids: "b" } })
    }
  )

  works("getCustomer", "archived ones too; keys and members that it does not know", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [{ ...seed, status: "archived" }]))
    const customers = clientOf(sandbox)
    const found = await customers.getCustomer("cust_1")
    expect(found).toMatchObject({ id: "cust_1", name: "Ada", status: "archived", metadata: { plan_name: "pro" } })
    await run(sandbox.control.inject({ fault: Fault.UnknownKeys() }))
    expect(await customers.getCustomer("cust_1")).toEqual(found)
    await run(sandbox.control.inject({ fault: Fault.UnknownMembers() }))
    expect((await customers.getCustomer("cust_1")).status).toBe("sandbox_unknown")
  })

  works("getCustomerByExternalId", "percent-encoded; a slash is another path, a 404 in text", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("flexprice", [{ external_id: "usr 1?é%" }, { external_id: "a/b" }]))
    const customers = clientOf(sandbox)
    expect(await customers.getCustomerByExternalId("usr 1?é%")).toMatchObject({ id, externalId: "usr 1?é%" })
    expect((await lastRequest(sandbox)).path).toBe("/v1/customers/external/usr%201%3F%C3%A9%25")
    const failure = await failureOf(() => customers.getCustomerByExternalId("a/b"))
    expect([failure instanceof SDKError, failure]).toMatchObject([true, {
      statusCode: 404,
      body: "404 page not found"
    }])
    expect((await lastRequest(sandbox)).path).toBe("/v1/customers/external/a%2Fb")
  })

  works("queryCustomer", "all that it can ask, and a walk by the offset of each answer", async (sandbox) => {
    const ids = await run(sandbox.control.seed("flexprice", 25))
    const customers = clientOf(sandbox)
    const walked: Array<string | undefined> = []
    for (let offset = 0, total = 1; offset < total;) {
      const { items, pagination } = await customers.queryCustomer({ limit: 10, offset, order: "asc" })
      walked.push(...items!.map((one) => one.id))
      offset = pagination!.offset!
      total = pagination!.total!
    }
    expect(walked).toEqual(ids)
    expect(await calls(sandbox)).toHaveLength(3)
    const { items } = await customers.queryCustomer({
      customerIds: ids.slice(0, 5),
      externalIds: ["usr_1", "usr_2", "usr_3"],
      status: "published",
      startTime: "2025-01-01T00:00:00Z",
      endTime: "2027-01-01T00:00:00Z",
      filters: [{ field: "name", operator: "not_contains", dataType: "string", value: { string: "1" } }],
      sort: [{ field: "name", direction: "desc" }]
    })
    expect(items!.map(({ name }) => name)).toEqual(["Customer 3", "Customer 2"])
    expect((await customers.queryCustomer({ email: "customer-7@example.com" })).items).toHaveLength(1)
    expect((await customers.queryCustomer({ externalId: "usr_8", status: "archived" })).items).toEqual([])
  })

  works("getCustomerUsageSummary", "decimals as texts, and what has no limit", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [seed]))
    const customers = clientOf(sandbox)
    const usage = await customers.getCustomerUsageSummary({ customerId: "cust_1", featureIds: ["feat_calls"] })
    expect(usage).toMatchObject({
      customerId: "cust_1",
      period: undefined,
      features: [{
        feature: { id: "feat_calls", metadata: undefined, alertSettings: { critical: undefined } },
        totalLimit: 1000,
        currentUsage: "250.5",
        usagePercent: "0.2505",
        nextUsageResetAt: "2026-02-02T13:37:00Z",
        sources: [{ subscriptionId: "subs_1", usageLimit: 1000 }]
      }]
    })
    const { features } = await customers.getCustomerUsageSummary({ customerLookupKey: "acme" })
    expect(features).toMatchObject([{}, { isUnlimited: true, totalLimit: undefined, nextUsageResetAt: undefined }])
  })

  works("getCustomerEntitlements", "features and their sources; nobody's are empty", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [seed]))
    const customers = clientOf(sandbox)
    expect(await customers.getCustomerEntitlements("cust_1")).toMatchObject({
      customerId: "cust_1",
      features: [
        {
          feature: { lookupKey: "api_calls", type: "metered", meter: { eventName: "api_calls" } },
          entitlement: { isEnabled: true, usageLimit: 1000, usageResetPeriod: "MONTHLY" },
          sources: [{ entityType: "plan", quantity: 1, entityName: "Pro" }]
        },
        { feature: { lookupKey: "sso", type: "boolean" }, entitlement: { usageLimit: undefined } }
      ]
    })
    expect(await customers.getCustomerEntitlements("cust_none")).toEqual({ customerId: "cust_none", features: [] })
  })

  works("getCustomerUpcomingGrants", "all at once", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [seed]))
    expect(await clientOf(sandbox).getCustomerUpcomingGrants("cust_1")).toMatchObject({
      items: [{ id: "cga_1", subscriptionId: "subs_1", credits: 100.5, applicationStatus: "pending" }],
      pagination: { total: 1, limit: 0, offset: 0 }
    })
  })

  works("deleteCustomer", "answers nothing; with an active subscription it is refused", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("flexprice", [{}, seed]))
    const customers = clientOf(sandbox)
    expect(await customers.deleteCustomer(id!)).toBe(undefined)
    expect(await run(sandbox.control.deleted("flexprice"))).toMatchObject([{ id, status: "archived" }])
    expect(await failureOf(() => customers.deleteCustomer("cust_1"))).toMatchObject({ statusCode: 400 })
    expect(await run(sandbox.control.customers("flexprice"))).toHaveLength(1)
  })
})

/** An answer of every operation that has one, as the sandbox gives it. */
const answers: ReadonlyArray<readonly [string, number, (customers: Customers) => Promise<unknown>]> = [
  ["createCustomer", 201, (customers) => customers.createCustomer({ externalId: "b", name: "B" })],
  ["updateCustomer", 200, (customers) => customers.updateCustomer({ name: "B" }, "cust_1")],
  ["getCustomer", 200, (customers) => customers.getCustomer("cust_1")],
  ["getCustomerByExternalId", 200, (customers) => customers.getCustomerByExternalId("acme")],
  ["queryCustomer", 200, (customers) => customers.queryCustomer({})],
  ["getCustomerUsageSummary", 200, (customers) => customers.getCustomerUsageSummary({ customerId: "cust_1" })],
  ["getCustomerEntitlements", 200, (customers) => customers.getCustomerEntitlements("cust_1")],
  ["getCustomerUpcomingGrants", 200, (customers) => customers.getCustomerUpcomingGrants("cust_1")]
]

describe("what is absent", () => {
  for (const [operation, status, call] of answers) {
    fault(
      operation,
      "an answer without a key that it need not have is refused, though a null is not",
      async (sandbox) => {
        await run(sandbox.control.seed("flexprice", [seed]))
        const failure = await failureOf(() => call(clientOf(sandbox)))
        expect(failure).toBeInstanceOf(ResponseValidationError)
        expect(failure).toMatchObject({ statusCode: status, message: "Response validation failed" })
        expect(failure.cause).toHaveProperty("message", expect.stringContaining("nonoptional"))
      }
    )
  }

  fault("createCustomer", "so a customer is there, and the call has failed; trying again is a 409", async (sandbox) => {
    const customers = clientOf(sandbox)
    const create = () => failureOf(() => customers.createCustomer({ externalId: "b", name: "B" }))
    expect(await create()).toMatchObject({ statusCode: 201, body: expect.stringContaining("cust_") })
    expect(await create()).toMatchObject({ statusCode: 409 })
    expect(await run(sandbox.control.customers("flexprice"))).toHaveLength(1)
  })

  fault("getCustomer", "of the seeds' era too, whatever is expanded", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [seed, { name: "Child", parent_customer_id: "cust_1" }]))
    const customers = clientOf(sandbox, { apiKeyAuth: "era1" })
    expect(await failureOf(() => customers.getCustomer("cust_1"))).toBeInstanceOf(ResponseValidationError)
    const query = { expand: "parent_customer", parentCustomerIds: ["cust_1"] }
    expect(await failureOf(() => customers.queryCustomer(query))).toBeInstanceOf(ResponseValidationError)
  })

  fault("queryCustomer", "and so is an error, in either era", async (sandbox) => {
    for (const apiKeyAuth of ["key", "era1"]) {
      const failure = await failureOf(() => clientOf(sandbox, { apiKeyAuth }).queryCustomer({ limit: 1001 }))
      expect(failure).toBeInstanceOf(ResponseValidationError)
      expect(failure).toMatchObject({ statusCode: 400, body: expect.stringContaining("must be between 1 and 1000") })
    }
  })
})

describe("errors", () => {
  works("createCustomer", "those of the seeds' era have their message, but no details", async (sandbox) => {
    const customers = clientOf(sandbox, { apiKeyAuth: "era1" })
    const failure = await failureOf(() => customers.createCustomer({ externalId: "" }))
    expect(failure).toBeInstanceOf(ErrorsErrorsErrorResponse)
    expect(failure).toMatchObject({
      statusCode: 400,
      message: "Request validation failed",
      success: false,
      error: { message: "Request validation failed" }
    })
    expect(failure).not.toHaveProperty("error.details")
  })

  fault("createCustomer", "today's are told as their whole answer, without a code or details", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    const failure = await failureOf(() => clientOf(sandbox).createCustomer({ externalId: "b" }))
    expect(failure).toBeInstanceOf(ErrorsErrorsErrorResponse)
    expect(failure.message).toMatch(/^API error occurred: \{.*Request validation failed.*\}$/)
    expect(failure).toHaveProperty("body", expect.stringContaining("Request validation failed"))
    for (const name of ["code", "details", "error"]) expect(failure).not.toHaveProperty(name)
  })

  const raw: ReadonlyArray<readonly [string, number, string, (sandbox: Driven) => Promise<unknown>]> = [
    ["getCustomer", 404, "Customer with ID cust_x was not found", (sandbox) => clientOf(sandbox).getCustomer("cust_x")],
    [
      "createCustomer",
      409,
      "A customer with this identifier already exists",
      (sandbox) => clientOf(sandbox).createCustomer({ externalId: "acme", name: "A" })
    ],
    [
      "queryCustomer",
      401,
      "{\"error\":\"Unauthorized\"}",
      (sandbox) => clientOf(sandbox, { apiKeyAuth: "expired" }).queryCustomer({})
    ],
    [
      "deleteCustomer",
      403,
      "{\"message\":\"insufficient permissions\"}",
      (sandbox) => clientOf(sandbox, { apiKeyAuth: "readonly" }).deleteCustomer("cust_1")
    ]
  ]
  for (const [operation, status, body, call] of raw) {
    fault(operation, `a ${status} has its message in the raw body only`, async (sandbox) => {
      await run(sandbox.control.seed("flexprice", [seed]))
      const failure = await failureOf(() => call(sandbox))
      expect(failure).toBeInstanceOf(SDKError)
      expect(failure).toMatchObject({ statusCode: status, body: expect.stringContaining(body) })
      expect(failure).not.toHaveProperty("code")
    })
  }

  works("updateCustomer", "a panic's empty 500 is an SDKError", async (sandbox) => {
    await run(sandbox.control.seed("flexprice", [{ ...seed, metadata: null }]))
    const failure = await failureOf(() => clientOf(sandbox).updateCustomer({ externalId: "b" }, "cust_1"))
    expect([failure instanceof SDKError, failure]).toMatchObject([true, { statusCode: 500, body: "" }])
  })

  works("getCustomer", "a reset and a gateway's page are errors of its own", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Reset({ applied: false }) }))
    await run(sandbox.control.inject({ from: 2, fault: Fault.HtmlPage({}) }))
    const broken = () => failureOf(() => clientOf(sandbox).getCustomer("cust_1"))
    expect(await broken()).toBeInstanceOf(ConnectionError)
    expect(await broken()).toMatchObject({ statusCode: 502, body: expect.stringContaining("<html>") })
  })

  for (const broken of [Fault.EmptyBody(), Fault.CutJson({}), Fault.CutBody({})]) {
    const name = broken._tag === "CutBody" ? "TypeError" : "SyntaxError"
    fault(
      "getCustomer",
      `${broken._tag} ends in a bare ${name}, and in one more that ends the process`,
      async (sandbox) => {
        await run(sandbox.control.seed("flexprice", [seed]))
        await run(sandbox.control.inject({ fault: broken }))
        const failures: Array<unknown> = []
        const unhandled = await unhandledBy(async () => {
          failures.push(await failureOf(() => clientOf(sandbox).getCustomer("cust_1")))
        })
        expect(failures).toMatchObject([{ name }])
        expect(unhandled).toEqual(failures)
      }
    )
  }
})

describe("what is lost on the way", () => {
  fault(
    "getCustomerUsageSummary",
    "sends arrays as `a,b`: ids that match nothing, keys that narrow nothing",
    async (sandbox) => {
      await nothingIsAbsent(sandbox)
      await run(sandbox.control.seed("flexprice", [seed]))
      const found = async (narrowed: GetCustomerUsageSummaryRequest) => {
        const { features } = await clientOf(sandbox).getCustomerUsageSummary({ customerId: "cust_1", ...narrowed })
        return features!.map(({ feature }) => feature!.id)
      }
      expect(await found({ featureIds: ["feat_calls"] })).toEqual(["feat_calls"])
      expect(await found({ featureIds: ["feat_calls", "feat_sso"] })).toEqual([])
      expect((await lastRequest(sandbox)).query).toContainEqual(["feature_ids", "feat_calls,feat_sso"])
      expect(await found({ subscriptionIds: ["subs_1", "subs_2"] })).toEqual([])
      expect(await found({ featureLookupKeys: ["sso"] })).toEqual(["feat_sso"])
      expect(await found({ featureLookupKeys: ["sso", "none"] })).toEqual(["feat_calls", "feat_sso"])
    }
  )

  fault("createCustomer", "contact and timezone are neither sent nor shown", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    const more = { contact: "1", timezone: "Asia/Kolkata" }
    const created = await clientOf(sandbox).createCustomer({ externalId: "b", name: "B", ...more })
    expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ external_id: "b", name: "B" })
    expect(created).not.toHaveProperty("timezone")
    await run(sandbox.control.seed("flexprice", [{ id: "cust_2", ...more }]))
    const found = await clientOf(sandbox).getCustomer("cust_2")
    for (const name of Object.keys(more)) expect(found).not.toHaveProperty(name)
  })

  fault(
    "updateCustomer",
    "a parent, which means nothing any more, is sent and dropped without a word",
    async (sandbox) => {
      await nothingIsAbsent(sandbox)
      await run(sandbox.control.seed("flexprice", [seed, { id: "cust_2" }]))
      const changed = await clientOf(sandbox).updateCustomer({ parentCustomerId: "cust_2" }, "cust_1")
      expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ parent_customer_id: "cust_2" })
      expect(changed.parentCustomerId).toBe(undefined)
    }
  )

  fault("queryCustomer", "a filter by metadata is not sent, and finds everybody", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    await run(sandbox.control.seed("flexprice", [seed, {}]))
    const asked: object = { metadata: { plan_name: "pro" } }
    expect((await clientOf(sandbox).queryCustomer(asked)).items).toHaveLength(2)
    expect((await lastRequest(sandbox)).body).toBe("{}")
  })

  fault("queryCustomer", "a filter without a value, which the server panics at, is sent", async (sandbox) => {
    const filters = [{ field: "name", operator: "eq" as const }]
    const failure = await failureOf(() => clientOf(sandbox).queryCustomer({ filters }))
    expect([failure instanceof SDKError, failure]).toMatchObject([true, { statusCode: 500, body: "" }])
  })

  works("queryCustomer", "an operator that the server knows and ignores is refused", async (sandbox) => {
    const operator: any = "gte"
    const filters = [{ field: "created_at", operator, value: { date: "2026-01-01T00:00:00Z" } }]
    expect(await failureOf(() => clientOf(sandbox).queryCustomer({ filters }))).toBeInstanceOf(SDKValidationError)
    expect(await calls(sandbox)).toEqual([])
  })

  fault("getCustomerEntitlements", "subscriptions and what is configured are not shown", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    await run(sandbox.control.seed("flexprice", [seed]))
    const found = await clientOf(sandbox).getCustomerEntitlements("cust_1")
    expect(Object.keys(found)).toEqual(["customerId", "features"])
    expect(JSON.stringify(found)).not.toMatch(/config_?value|aggregation_?mode/i)
  })

  fault("getCustomerUpcomingGrants", "credits are a float: digits are lost", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    await run(sandbox.control.seed("flexprice", [{ grants: [{ credits: "9007199254740993.25" }], id: "cust_1" }]))
    const { items } = await clientOf(sandbox).getCustomerUpcomingGrants("cust_1")
    expect(items![0]!.credits).toBe(Number("9007199254740993.25"))
    expect(String(items![0]!.credits)).toBe("9007199254740994")
  })

  const odd: ReadonlyArray<readonly [string, (customers: Customers, id: string) => Promise<unknown>, string]> = [
    ["getCustomer", (customers, id) => customers.getCustomer(id), "GET"],
    ["deleteCustomer", (customers, id) => customers.deleteCustomer(id), "DELETE"]
  ]
  for (const [operation, call, method] of odd) {
    fault(operation, "an empty id and dots are sent, to other paths", async (sandbox) => {
      for (const id of ["", ".", ".."]) {
        expect(await failureOf(() => call(clientOf(sandbox), id))).toMatchObject({ body: "404 page not found" })
      }
      expect(await calls(sandbox)).toEqual([
        `${method} /v1/customers/ 404`,
        `${method} /v1/customers/ 404`,
        `${method} /v1/ 404`
      ])
    })
  }
})

describe("retries", () => {
  const retrying = (sandbox: Driven) => clientOf(sandbox, { retryConfig: { strategy: "backoff" } })
  const place = /flexprice.*retries\.[jt]s/

  works("createCustomer", "not unless they are asked for", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503 }) }))
    expect(await failureOf(() => clientOf(sandbox).createCustomer({ externalId: "b", name: "B" })))
      .toMatchObject({ statusCode: 503 })
    expect(await calls(sandbox)).toEqual(["POST /v1/customers 503"])
  })

  fault("createCustomer", "repeats one that took effect, and fails with its 409", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(
      place,
      async () => failure = await failureOf(() => retrying(sandbox).createCustomer({ externalId: "b", name: "B" }))
    )
    expect(failure).toMatchObject({ statusCode: 409 })
    expect((await run(sandbox.control.requests)).map(({ applied, status }) => [status, applied]))
      .toEqual([[503, true], [409, false]])
  })

  fault("queryCustomer", "repeats the 500 of a field that is not there until it is a 400", async (sandbox) => {
    await nothingIsAbsent(sandbox)
    const ask = (customers: Customers) => failureOf(() => customers.queryCustomer({ sort: [{ field: "nope" }] }))
    expect(await ask(clientOf(sandbox))).toMatchObject({ statusCode: 400 })
    let failure
    await delaysOf(place, async () => failure = await ask(retrying(sandbox)))
    expect(failure).toMatchObject({ statusCode: 400 })
    expect((await run(sandbox.control.requests)).map(({ status }) => status)).toEqual([400, 500, 400])
  })

  fault(
    "getCustomer",
    "waits by attempt^1.5 instead of 1.5^attempt, the first time not at all but for jitter",
    async (sandbox) => {
      await nothingIsAbsent(sandbox)
      await run(sandbox.control.seed("flexprice", [seed]))
      await run(sandbox.control.inject({ times: 4, fault: Fault.Respond({ status: 429 }) }))
      const delays = await delaysOf(place, () => retrying(sandbox).getCustomer("cust_1"))
      expect(delays.map(Math.round)).toEqual([0, 500, 1414, 2598])
    }
  )

  fault(
    "getCustomer",
    "Retry-After counts, up to a minute and in seconds or as a date; retry-after-ms does not",
    async (sandbox) => {
      await nothingIsAbsent(sandbox)
      await run(sandbox.control.seed("flexprice", [seed]))
      const waits = [{ seconds: 7 }, { millis: 7000 }, { seconds: 90 }] as const
      const delays: Array<number> = []
      for (const retryAfter of waits) {
        await run(sandbox.control.inject({ fault: Fault.Respond({ status: 429, retryAfter }) }))
        delays.push(...await delaysOf(place, () => retrying(sandbox).getCustomer("cust_1")))
      }
      expect(delays).toEqual([7000, 0, 60_000])
    }
  )
})

describe("on the wire", () => {
  works(
    "queryCustomer",
    "what the client sends: the key, its own name, no idempotency key, an empty cookie",
    async (sandbox) => {
      await run(sandbox.control.seed("flexprice", [seed]))
      const customers = clientOf(sandbox)
      await customers.createCustomer({ externalId: "b", name: "é" })
      await customers.queryCustomer({})
      await customers.updateCustomer({}, "cust_1")
      for (const { headers } of await run(sandbox.control.requests)) {
        expect(headers).toMatchObject({
          accept: "application/json",
          cookie: "",
          "content-type": "application/json",
          "user-agent": "speakeasy-sdk/typescript 2.0.1 2.845.12 1.0 @flexprice/sdk",
          "x-api-key": "key"
        })
        for (const name of ["authorization", "idempotency-key", "x-environment-id", "x-request-id"]) {
          expect(headers).not.toHaveProperty(name)
        }
      }
    }
  )

  works("queryCustomer", "an environment has to be named by hand, as a header of the call", async (sandbox) => {
    const customers = clientOf(sandbox, { apiKeyAuth: "config" })
    expect(await failureOf(() => customers.queryCustomer({}))).toMatchObject({ statusCode: 403 })
    const headers = { "x-environment-id": "env_01K3A0000000000000000000E2" }
    expect(await customers.queryCustomer({}, { headers })).toMatchObject({ items: [] })
  })

  it(`${client}: every customers operation that it has is driven, which a list is not`, () => {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(clientOf({ url: "http://127.0.0.1" })))
    expect([...driven].sort()).toEqual(names.filter((name) => name !== "constructor").sort())
    expect(names.filter((name) => /list/i.test(name))).toEqual([])
  })
})
