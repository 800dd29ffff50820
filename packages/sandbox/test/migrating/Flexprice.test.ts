import { CustomersByEmail, CustomersByExternalId, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect } from "@effect/vitest"
import { ErrorsErrorsErrorResponse, Flexprice as FlexpriceSdk, HTTPClient, SDKError } from "@flexprice/sdk"
import { BigDecimal, Effect, Layer, Option, Redacted, Stream } from "effect"
import { Fault } from "../../src/index.js"
import { failureOf, run, unhandledBy } from "../official/driving.js"
import { nothingIsAbsent } from "../official/drivingFlexprice.js"
import { rows, sideBySide } from "./sideBySide.js"

const apiKey = "key"
const id = "cust_1"
const externalId = "user_1"
const name = "Ada Lovelace"
const email = "ada@example.com"
const metadata = { plan: "pro" }
const ada = {
  id,
  external_id: externalId,
  name,
  email,
  metadata,
  features: [{
    feature: { id: "feat_calls", name: "API calls", lookup_key: "api_calls" },
    entitlement: { usage_limit: 1000 },
    current_usage: "250.5"
  }],
  grants: [{ id: "cga_1", credits: "100.5", scheduled_for: "2026-02-01T00:00:00Z" }]
}

/** The write is carried out, its answer is lost. */
const lost: Fault.FaultRule = {
  fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1" }, applied: true })
}

const { differs, ends, lacks, moves, options } = sideBySide({
  provider: "flexprice",
  given: [ada],
  theirs: {
    "@flexprice/sdk": (url) => new FlexpriceSdk({ apiKeyAuth: apiKey, serverURL: `${url}/v1` })
  },
  layer: (url) =>
    Flexprice.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
      Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))
    ),
  ours: Effect.all({
    flexprice: Flexprice.FlexpriceClient,
    customers: Effect.zipWith(CustomersByExternalId, CustomersByEmail, (one, other) => ({ ...one, ...other }))
  }),
  raw: Flexprice.raw,
  hidden: ["timezone", "aggregation_mode", "subscriptions"],
  read: {
    theirs: { "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomer(id) },
    ours: ({ flexprice }) => flexprice.get(id)
  },
  prepare: {
    "@flexprice/sdk": (control) => Effect.promise(() => nothingIsAbsent({ url: "", control }))
  }
})

describe("Options", () => {
  options("the key, and a server of one's own", {
    theirs: {
      "@flexprice/sdk": (url) => new FlexpriceSdk({ apiKeyAuth: apiKey, serverURL: `${url}/v1` })
    },
    ours: (url) => Flexprice.layer({ apiKey: Redacted.make(apiKey), baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.headers["x-api-key"]).toBe(apiKey)
    }
  })

  options("the region", {
    theirs: {
      "@flexprice/sdk": () => new FlexpriceSdk({ apiKeyAuth: apiKey, serverURL: "https://us.api.flexprice.io/v1" })
    },
    ours: () => Flexprice.layer({ apiKey: Redacted.make(apiKey), region: "us" })
  }, { holds: ({ hosts }) => expect(hosts).toEqual(["us.api.flexprice.io"]) })

  options("a key that is read anew for each call", {
    theirs: {
      "@flexprice/sdk": (url) => new FlexpriceSdk({ apiKeyAuth: async () => apiKey, serverURL: `${url}/v1` })
    },
    ours: (url) => Flexprice.layer({ apiKey: Effect.succeed(Redacted.make(apiKey)), baseUrl: url })
  }, { holds: ({ failure }) => expect(failure).toBe(undefined) })

  options("a timeout of each attempt", {
    theirs: {
      "@flexprice/sdk": (url) => new FlexpriceSdk({ apiKeyAuth: apiKey, timeoutMs: 100, serverURL: `${url}/v1` })
    },
    ours: (url) =>
      Flexprice.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "100 millis" }))
      )
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    holds: ({ failure }) => expect(failure).toMatch(/^(?:RequestTimeoutError|RequestTimedOut)$/)
  })

  options("retries, with their waits", {
    theirs: {
      "@flexprice/sdk": (url) =>
        new FlexpriceSdk({
          apiKeyAuth: apiKey,
          retryConfig: {
            strategy: "backoff",
            backoff: { initialInterval: 500, maxInterval: 60_000, exponent: 1.5, maxElapsedTime: 600_000 },
            retryConnectionErrors: true
          },
          serverURL: `${url}/v1`
        })
    },
    ours: (url) =>
      Flexprice.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
        Layer.provide(RetryPolicy.layer({
          initialDelay: "500 millis",
          maxDelay: "60 seconds",
          factor: 1.5,
          maxAttempts: 20,
          maxTotalDelay: "10 minutes"
        }))
      )
  }, {
    retries: true,
    fault: { fault: Fault.Respond({ status: 503, headers: { "retry-after": "0", "retry-after-ms": "1" } }) },
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests.map(({ status }) => status)).toEqual([503, 200])
    }
  })

  options("a hook on each request", {
    theirs: {
      "@flexprice/sdk": (url) => {
        const httpClient = new HTTPClient()
        httpClient.addHook("beforeRequest", (request) => request.headers.set("x-acme", "1"))
        return new FlexpriceSdk({ apiKeyAuth: apiKey, httpClient, serverURL: `${url}/v1` })
      }
    },
    ours: (url) =>
      Flexprice.layer({
        apiKey: Redacted.make(apiKey),
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-acme", "1")),
        baseUrl: url
      })
  }, { holds: ({ requests }) => expect(requests[0]?.headers["x-acme"]).toBe("1") })
})

describe("Calls", () => {
  moves("createCustomer", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.createCustomer({ externalId, name, email, metadata })
    },
    ours: [
      ({ flexprice }) => flexprice.create({ external_id: externalId, name, email, metadata }),
      ({ customers }) => customers.create({ externalId, name, email, metadata })
    ]
  }, { given: [] })

  moves("getCustomer", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomer(id)
    },
    ours: [
      ({ flexprice }) => flexprice.get(id),
      ({ customers }) => customers.get(id)
    ]
  })

  moves("getCustomerByExternalId", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomerByExternalId(externalId)
    },
    ours: [
      ({ flexprice }) => flexprice.getByExternalId(externalId),
      ({ customers }) => customers.getByExternalId(externalId)
    ]
  })

  moves("updateCustomer", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.updateCustomer({ name: "Ada King" }, id)
    },
    ours: [
      ({ flexprice }) => flexprice.update({ id }, { name: "Ada King" }),
      ({ customers }) => customers.update(id, { name: "Ada King" })
    ]
  })

  moves("updateCustomer, by the external id", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.updateCustomer({ name: "Ada King" }, undefined, externalId)
    },
    ours: [
      ({ flexprice }) => flexprice.update({ external_customer_id: externalId }, { name: "Ada King" }),
      ({ customers }) => customers.updateByExternalId(externalId, { name: "Ada King" })
    ]
  })

  moves("deleteCustomer", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.deleteCustomer(id)
    },
    ours: [
      ({ flexprice }) => flexprice.delete(id),
      ({ customers }) => customers.delete(id),
      ({ customers }) => customers.deleteByExternalId(externalId)
    ]
  }, { given: [{ id, external_id: externalId, name }] })

  moves("queryCustomer", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.queryCustomer({ limit: 10, status: "published" })
    },
    ours: [
      ({ flexprice }) => flexprice.search({ limit: 10, status: "published" }),
      ({ flexprice }) => flexprice.list({ limit: 10, status: "published" }),
      ({ customers }) => customers.list({ pageSize: 10 })
    ]
  }, { same: rows })

  moves("queryCustomer, by e-mail", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.queryCustomer({ email })
    },
    ours: [
      ({ flexprice }) => flexprice.search({ email }),
      ({ customers }) => Stream.runCollect(customers.findByEmail(email))
    ]
  }, { same: rows })

  moves("getCustomerUsageSummary", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomerUsageSummary({ customerId: id })
    },
    ours: ({ flexprice }) => flexprice.getUsage({ customer_id: id })
  })

  moves("getCustomerUsageSummary, by the external id", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomerUsageSummary({ customerLookupKey: externalId })
    },
    ours: ({ flexprice }) => flexprice.getUsage({ customer_lookup_key: externalId })
  })

  moves("getCustomerEntitlements", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomerEntitlements(id)
    },
    ours: ({ flexprice }) => flexprice.getEntitlements(id)
  })

  moves("getCustomerUpcomingGrants", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomerUpcomingGrants(id)
    },
    ours: ({ flexprice }) => flexprice.getUpcomingGrants(id)
  }, { same: rows })

  moves("get or create", {
    theirs: {
      "@flexprice/sdk": (flexprice) =>
        flexprice.customers.getCustomerByExternalId(externalId).catch((error) => {
          if (!(error instanceof ErrorsErrorsErrorResponse && error.statusCode === 404)) throw error
          return flexprice.customers.createCustomer({ externalId, name })
        })
    },
    ours: ({ customers }) => customers.getOrCreate(externalId, { name })
  }, { given: [] })

  moves("update or create", {
    theirs: {
      "@flexprice/sdk": (flexprice) =>
        flexprice.customers.updateCustomer({ name: "Ada King" }, undefined, externalId).catch((error) => {
          if (!(error instanceof SDKError && error.statusCode === 404)) throw error
          return flexprice.customers.createCustomer({ externalId, name: "Ada King" })
        })
    },
    ours: ({ customers }) => customers.upsert(externalId, { name: "Ada King" })
  })
})

describe("Pages", () => {
  const given = Array.from({ length: 25 }, () => ({}))

  moves("every customer, the oldest first", {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const ids: Array<string> = []
        for (let offset = 0, total = 1; offset < total;) {
          const page = await flexprice.customers.queryCustomer({ limit: 10, offset, order: "asc" })
          ids.push(...page.items?.flatMap(({ id }) => id ?? []) ?? [])
          offset = page.pagination?.offset ?? 0
          total = page.pagination?.total ?? 0
        }
        return ids
      }
    },
    ours: [
      ({ flexprice }) => flexprice.streamSearch().pipe(Stream.map(({ id }) => id), Stream.runCollect),
      ({ customers }) => customers.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect)
    ]
  }, { given })

  moves("page after page", {
    theirs: {},
    ours: [
      ({ flexprice }) =>
        flexprice.streamSearchPages({}, { pageSize: 10 }).pipe(
          Stream.map(({ items }) => items.length),
          Stream.runCollect
        ),
      ({ customers }) =>
        customers.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect)
    ]
  }, { given })

  moves("the same by `list`, which theirs has not", {
    theirs: {},
    ours: [
      ({ flexprice }) => Stream.runCollect(flexprice.stream()),
      ({ flexprice }) => flexprice.streamPages().pipe(Stream.mapConcat(({ items }) => items), Stream.runCollect)
    ]
  }, { given })

  moves("the second page", {
    theirs: {
      "@flexprice/sdk": (flexprice) => flexprice.customers.queryCustomer({ limit: 10, offset: 10, order: "asc" })
    },
    ours: [
      ({ flexprice }) => flexprice.search({ limit: 10, offset: 10, order: "asc" }),
      ({ customers }) =>
        customers.list({ pageSize: 10 }).pipe(
          Effect.flatMap(({ next }) => customers.list({ pageSize: 10, cursor: Option.getOrThrow(next) }))
        )
    ]
  }, { given, same: rows })
})

describe("Errors", () => {
  moves("catching one", {
    theirs: {
      "@flexprice/sdk": (flexprice) =>
        flexprice.customers.getCustomer("cust_none").catch((error) => {
          if (error instanceof SDKError && error.statusCode === 404) return "nobody"
          throw error
        })
    },
    ours: ({ flexprice }) =>
      flexprice.get("cust_none").pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed("nobody")))
  })

  ends("nobody has this id", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "CustomerNotFound" }, { given: [] })

  ends("the external id is taken", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "CustomerAlreadyExists" }, {
    calls: {
      theirs: { "@flexprice/sdk": (flexprice) => flexprice.customers.createCustomer({ externalId, name }) },
      ours: ({ flexprice }) => flexprice.create({ external_id: externalId, name })
    }
  })

  ends("the input is refused", { theirs: { "@flexprice/sdk": "ErrorsErrorsErrorResponse" }, ours: "InvalidRequest" }, {
    calls: {
      theirs: {
        "@flexprice/sdk": (flexprice) => flexprice.customers.createCustomer({ externalId: "b", name, email: "no" })
      },
      ours: ({ flexprice }) => flexprice.create({ external_id: "b", name, email: "no" })
    }
  })

  ends("an active subscription blocks a delete", {
    theirs: { "@flexprice/sdk": "ErrorsErrorsErrorResponse" },
    ours: "Conflict"
  }, {
    calls: {
      theirs: { "@flexprice/sdk": (flexprice) => flexprice.customers.deleteCustomer(id) },
      ours: ({ flexprice }) => flexprice.delete(id)
    }
  })

  ends("401", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "AuthenticationFailed" }, {
    fault: { fault: Fault.Respond({ status: 401, body: "{\"error\":\"Unauthorized\"}" }) }
  })

  ends("403", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "PermissionDenied" }, {
    fault: { fault: Fault.Respond({ status: 403, body: "{\"message\":\"insufficient permissions\"}" }) }
  })

  ends("429", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "RateLimited" }, {
    fault: { fault: Fault.Respond({ status: 429 }) }
  })

  ends("5xx", { theirs: { "@flexprice/sdk": "SDKError" }, ours: "ProviderUnavailable" }, {
    fault: { fault: Fault.HtmlPage({ status: 502 }) }
  })

  ends("no answer in time", { theirs: { "@flexprice/sdk": "RequestTimeoutError" }, ours: "RequestTimedOut" }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    calls: {
      theirs: { "@flexprice/sdk": (flexprice) => flexprice.customers.getCustomer(id, { timeoutMs: 100 }) },
      ours: ({ flexprice }) => flexprice.get(id).pipe(RequestTimeout.with({ attempt: "100 millis" }))
    }
  })

  ends("no connection", { theirs: { "@flexprice/sdk": "ConnectionError" }, ours: "TransportFailed" }, {
    fault: { fault: Fault.Reset({ applied: false }) }
  })

  ends("an answer that is another than documented", {
    theirs: { "@flexprice/sdk": "ResponseValidationError" },
    ours: "InvalidResponse"
  }, { fault: { fault: Fault.Alter({ alter: () => ({ id: 1 }) }) } })
})

describe("Different on purpose", () => {
  differs({
    theirs: "with `zod` 4.4, which it allows, an answer without one of its keys is refused",
    ours: "what is optional may be absent or null"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice, { control }) => {
        await run(control.clearFaults)
        const { name } = (await failureOf(() => flexprice.customers.getCustomer(id))).constructor
        expect(name).toBe("ResponseValidationError")
      }
    },
    ours: ({ flexprice }) => Effect.map(flexprice.get(id), (customer) => expect(customer.id).toBe(id))
  })

  differs({
    theirs: "with `retryConfig`, a create whose answer was lost is sent again, and fails with its own 409",
    ours: "it is sent once, and the error says `mayHaveApplied`"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice, { control }) => {
        const retries = { strategy: "backoff" } as const
        const failure = await failureOf(() => flexprice.customers.createCustomer({ externalId, name }, { retries }))
        expect(failure).toMatchObject({ statusCode: 409 })
        expect(await run(control.customers("flexprice"))).toHaveLength(1)
      }
    },
    ours: ({ flexprice }, { control }) =>
      Effect.gen(function*() {
        const create = flexprice.create({ external_id: externalId, name })
        const failure = yield* Effect.flip(create.pipe(RetryPolicy.with({ maxAttempts: 4 })))
        expect(failure).toMatchObject({ _tag: "ProviderUnavailable", mayHaveApplied: true })
        expect(yield* control.requests).toHaveLength(1)
      })
  }, { given: [], fault: lost })

  differs({
    theirs:
      "with `retryConfig`, a connection that breaks is still an error at once, unless `retryConnectionErrors` is on",
    ours: "a call that is safe to repeat is sent again"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice, { control }) => {
        const retries = { strategy: "backoff" } as const
        const failure = await failureOf(() => flexprice.customers.getCustomer(id, { retries }))
        expect(failure.constructor.name).toBe("ConnectionError")
        expect(await run(control.requests)).toHaveLength(1)
      }
    },
    ours: ({ flexprice }, { control }) =>
      Effect.gen(function*() {
        yield* flexprice.get(id).pipe(RetryPolicy.with({ maxAttempts: 2 }))
        expect(yield* control.requests).toHaveLength(2)
      })
  }, { fault: { fault: Fault.Reset({ applied: false }) } })

  differs({
    theirs: "`contact` and `timezone` are neither sent nor shown",
    ours: "both are; a unified customer has the contact as `phone`"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice, { control }) => {
        const more = { contact: "1", timezone: "Asia/Kolkata" }
        expect(await flexprice.customers.createCustomer({ externalId, name, ...more })).not.toHaveProperty("timezone")
        expect((await run(control.customers("flexprice")))[0]).not.toMatchObject(more)
      }
    },
    ours: ({ customers, flexprice }) =>
      Effect.gen(function*() {
        const more = { contact: "1", timezone: "Asia/Kolkata" }
        const { id } = yield* flexprice.create({ external_id: externalId, name, ...more })
        expect(yield* flexprice.get(id)).toMatchObject(more)
        expect((yield* customers.get(id)).phone).toEqual(Option.some("1"))
      })
  }, { given: [] })

  differs({
    theirs: "a filter by metadata is not sent: everybody is found",
    ours: "it is sent"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const asked: object = { metadata }
        expect((await flexprice.customers.queryCustomer(asked)).items).toHaveLength(2)
      }
    },
    ours: ({ flexprice }) =>
      Effect.map(flexprice.search({ metadata }), ({ items }) => expect(items.map(({ id }) => id)).toEqual([id]))
  }, { given: [ada, {}] })

  differs({
    theirs: "several `featureIds` are sent as `a,b`, which matches nothing",
    ours: "the key is repeated, as the server reads it"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const featureIds = ["feat_calls", "feat_sso"]
        const { features } = await flexprice.customers.getCustomerUsageSummary({ customerId: id, featureIds })
        expect(features).toEqual([])
      }
    },
    ours: ({ flexprice }) =>
      Effect.map(
        flexprice.getUsage({ customer_id: id, feature_ids: ["feat_calls", "feat_sso"] }),
        ({ features }) => expect(features).toHaveLength(1)
      )
  })

  differs({
    theirs: "credits are floats: `9007199254740993.25` loses digits",
    ours: "decimals are `BigDecimal`s"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const { items } = await flexprice.customers.getCustomerUpcomingGrants(id)
        expect(String(items?.[0]?.credits)).toBe("9007199254740994")
      }
    },
    ours: ({ flexprice }) =>
      Effect.map(flexprice.getUpcomingGrants(id), ({ items }) => {
        const credits = Option.fromNullable(items[0]?.credits)
        expect(BigDecimal.format(Option.getOrThrow(credits))).toBe("9007199254740993.25")
      })
  }, { given: [{ id, grants: [{ credits: "9007199254740993.25" }] }] })

  differs({
    theirs: "of a 404 the code is in the raw body alone",
    ours: "it is `providerCode`"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const failure = await failureOf(() => flexprice.customers.getCustomer("cust_none"))
        expect(failure).toHaveProperty("body", expect.stringContaining("not_found"))
        expect(failure).not.toHaveProperty("code")
      }
    },
    ours: ({ flexprice }) =>
      Effect.map(
        Effect.flip(flexprice.get("cust_none")),
        (error) => expect(error).toMatchObject({ _tag: "CustomerNotFound", providerCode: "not_found" })
      )
  })

  differs({
    theirs: "half of a body is a `SyntaxError`, and an unhandled rejection beside it, which ends the process",
    ours: "it is `InvalidResponse`"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice) => {
        const unhandled = await unhandledBy(async () => {
          expect((await failureOf(() => flexprice.customers.getCustomer(id))).name).toBe("SyntaxError")
        })
        expect(unhandled).toHaveLength(1)
      }
    },
    ours: ({ flexprice }) =>
      Effect.map(Effect.flip(flexprice.get(id)), (error) => expect(error._tag).toBe("InvalidResponse"))
  }, { fault: { fault: Fault.CutJson({}) } })

  differs({
    theirs: "an empty id, `.` and `..` are sent, to other paths",
    ours: "they are `InvalidRequest`, unsent"
  }, {
    theirs: {
      "@flexprice/sdk": async (flexprice, { control }) => {
        for (const id of ["", ".", ".."]) await failureOf(() => flexprice.customers.deleteCustomer(id))
        expect(await run(control.requests)).toHaveLength(3)
      }
    },
    ours: ({ flexprice }, { control }) =>
      Effect.gen(function*() {
        for (const id of ["", ".", ".."]) {
          expect(yield* Effect.flip(flexprice.delete(id))).toHaveProperty("_tag", "InvalidRequest")
        }
        expect(yield* control.requests).toEqual([])
      })
  })
})

describe("No counterpart", () => {
  lacks({ "@flexprice/sdk": ({ customers }) => ({ customers }) }, { "@flexprice/sdk": [] })
})
