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
  })

  moves("get or create", {
    theirs: {
      "@flexprice/sdk": (flexprice) =>
        flexprice.customers.getCustomerByExternalId(externalId).catch((error) => {
          if (error instanceof ErrorsErrorsErrorResponse && error.statusCode === 404) {
            return flexprice.customers.createCustomer({ externalId, name })
          }
          throw error
        })
    },
    ours: ({ customers }) => customers.getOrCreate(externalId, { name })
  }, { given: [] })

  moves("get or create, then update what differs", {
    theirs: {},
    ours: ({ customers }) => customers.upsert(externalId, { name, email })
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
      ({ flexprice }) => Stream.runCollect(flexprice.streamPages())
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
})

describe("No counterpart", () => {
  lacks({ "@flexprice/sdk": ({ customers }) => ({ customers }) }, { "@flexprice/sdk": [] })
})
