import { CustomersService, Idempotency, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect } from "@effect/vitest"
import { createMollieClient, MollieApiError } from "@mollie/api-client"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { Client, HTTPClient } from "mollie-api-typescript"
import { ErrorResponse } from "mollie-api-typescript/models/errors"
import * as Https from "node:https"
import { Fault } from "../../src/index.js"
import { collect, failureOf, run } from "../official/driving.js"
import { charge, profileId } from "../official/drivingMollie.js"
import { behindTls, certificate } from "../official/overTls.js"
import { hostsOf, rows, sideBySide } from "./sideBySide.js"

const apiKey = "test_official"
const accessToken = "access_official"
const id = "cst_4qqhO89gsT"
const name = "Ada Lovelace"
const email = "ada@example.com"
const payment = charge
const metadata = { plan: "pro" }
const ada = { id, name, email, locale: "nl_NL", metadata, payments: [{ id: "tr_1" }, { id: "tr_2" }] }

interface Network {
  request: (path: string, options?: object) => Promise<unknown>
}

/** Trusts our certificate: the client trusts those of 2021 alone, and has no option that it heeds for one more. */
const trust = (client: object): void => {
  const { customers } = client as {
    readonly customers: { readonly networkClient: { readonly networkClient: Network } }
  }
  const network = customers.networkClient.networkClient
  const { request } = network
  const agent = new Https.Agent({ ca: certificate.cert })
  network.request = (path, options) => request(path, { agent, ...options })
}

const { differs, ends, lacks, moves, options } = sideBySide({
  provider: "mollie",
  given: [ada],
  theirs: {
    "@mollie/api-client": (url) => createMollieClient({ apiKey, apiEndpoint: `${url}/v2` }),
    "mollie-api-typescript": (url) =>
      new Client({ security: { apiKey }, retryConfig: { strategy: "none" }, serverURL: url })
  },
  layer: (url) =>
    Mollie.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
      Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))
    ),
  ours: Effect.all({ mollie: Mollie.MollieClient, customers: CustomersService }),
  raw: Mollie.raw,
  nameOf: (error) => error instanceof MollieApiError ? "MollieApiError" : undefined,
  read: {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.get(id),
      "mollie-api-typescript": (mollie) => mollie.customers.get({ customerId: id })
    },
    ours: ({ mollie }) => mollie.get(id)
  },
  adapt: { "@mollie/api-client": trust },
  reach: { "@mollie/api-client": behindTls }
})

describe("Options", () => {
  options("an API key, and a server of one's own", {
    theirs: {
      "@mollie/api-client": (url) => createMollieClient({ apiKey, apiEndpoint: `${url}/v2` }),
      "mollie-api-typescript": (url) => new Client({ security: { apiKey }, serverURL: url })
    },
    ours: (url) => Mollie.layer({ apiKey: Redacted.make(apiKey), baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.headers["authorization"]).toBe(`Bearer ${apiKey}`)
    }
  })

  options("an access token, with its mode and profile", {
    theirs: {
      "@mollie/api-client": (url) =>
        createMollieClient({
          accessToken,
          parameterDefaults: { testmode: true, profileId },
          apiEndpoint: `${url}/v2`
        }),
      "mollie-api-typescript": (url) =>
        new Client({ security: { oAuth: accessToken }, testmode: true, profileId, serverURL: url })
    },
    ours: (url) => Mollie.layer({ accessToken: Redacted.make(accessToken), testmode: true, profileId, baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.query).toEqual([["testmode", "true"]])
    }
  })

  options("a key that is read anew for each call", {
    theirs: {
      "mollie-api-typescript": (url) => new Client({ security: async () => ({ apiKey }), serverURL: url })
    },
    ours: (url) => Mollie.layer({ apiKey: Effect.succeed(Redacted.make(apiKey)), baseUrl: url })
  }, { holds: ({ failure }) => expect(failure).toBe(undefined) })

  options("a timeout of each attempt", {
    theirs: {
      "mollie-api-typescript": (url) =>
        new Client({
          security: { apiKey },
          retryConfig: { strategy: "none" },
          timeoutMs: 100,
          serverURL: url
        })
    },
    ours: (url) =>
      Mollie.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "100 millis" }))
      )
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    holds: ({ failure }) => expect(failure).toMatch(/^(?:RequestTimeoutError|RequestTimedOut)$/)
  })

  options("no retries", {
    theirs: {
      "mollie-api-typescript": (url) =>
        new Client({ security: { apiKey }, retryConfig: { strategy: "none" }, serverURL: url })
    },
    ours: (url) =>
      Mollie.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
        Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))
      )
  }, {
    retries: true,
    fault: { fault: Fault.Respond({ status: 503 }) },
    holds: ({ requests }) => expect(requests).toHaveLength(1)
  })

  options("retries, with their waits", {
    theirs: {
      "mollie-api-typescript": (url) =>
        new Client({
          security: { apiKey },
          retryConfig: {
            strategy: "backoff",
            backoff: { initialInterval: 500, maxInterval: 60_000, exponent: 1.5, maxElapsedTime: 600_000 },
            retryConnectionErrors: true
          },
          serverURL: url
        })
    },
    ours: (url) =>
      Mollie.layer({ apiKey: Redacted.make(apiKey), baseUrl: url }).pipe(
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
    fault: { fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1" } }) },
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests.map(({ status }) => status)).toEqual([503, 200])
    }
  })

  options("a hook on each request", {
    theirs: {
      "mollie-api-typescript": (url) => {
        const httpClient = new HTTPClient()
        httpClient.addHook("beforeRequest", (request) => request.headers.set("x-acme", "1"))
        return new Client({ security: { apiKey }, httpClient, serverURL: url })
      }
    },
    ours: (url) =>
      Mollie.layer({
        apiKey: Redacted.make(apiKey),
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-acme", "1")),
        baseUrl: url
      })
  }, { holds: ({ requests }) => expect(requests[0]?.headers["x-acme"]).toBe("1") })
})

describe("Calls", () => {
  moves("create", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.create({ name, email, metadata }),
      "mollie-api-typescript": (mollie) => mollie.customers.create({ entityCustomer: { name, email, metadata } })
    },
    ours: [
      ({ mollie }) => mollie.create({ name, email, metadata }),
      ({ customers }) => customers.create({ name, email, metadata })
    ]
  }, { given: [] })

  moves("create, with an idempotency key of one's own", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.create({ idempotencyKey: "signup-7", name }),
      "mollie-api-typescript": (mollie) =>
        mollie.customers.create({ idempotencyKey: "signup-7", entityCustomer: { name } })
    },
    ours: [
      ({ mollie }) => mollie.create({ name }).pipe(Idempotency.withKey("signup-7")),
      ({ customers }) => customers.create({ name }).pipe(Idempotency.withKey("signup-7"))
    ]
  }, { given: [] })

  moves("list", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.page({ limit: 10 }),
      "mollie-api-typescript": (mollie) => mollie.customers.list({ limit: 10 })
    },
    ours: [
      ({ mollie }) => mollie.list({ limit: 10 }),
      ({ customers }) => customers.list({ pageSize: 10 })
    ]
  }, { same: rows })

  moves("get", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.get(id),
      "mollie-api-typescript": (mollie) => mollie.customers.get({ customerId: id })
    },
    ours: [
      ({ mollie }) => mollie.get(id),
      ({ customers }) => customers.get(id)
    ]
  })

  moves("update", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.update(id, { name: "Ada King" }),
      "mollie-api-typescript": (mollie) =>
        mollie.customers.update({ customerId: id, requestBody: { name: "Ada King" } })
    },
    ours: [
      ({ mollie }) => mollie.update(id, { name: "Ada King" }),
      ({ customers }) => customers.update(id, { name: "Ada King" })
    ]
  })

  moves("update, clearing", {
    theirs: {
      "mollie-api-typescript": (mollie) => mollie.customers.update({ customerId: id, requestBody: { locale: null } })
    },
    ours: [
      ({ mollie }) => mollie.update(id, { locale: null }),
      ({ customers }) => customers.update(id, { locale: null })
    ]
  })

  moves("delete", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customers.delete(id),
      "mollie-api-typescript": (mollie) => mollie.customers.delete({ customerId: id })
    },
    ours: [
      ({ mollie }) => mollie.delete(id),
      ({ customers }) => customers.delete(id)
    ]
  })

  moves("create_payment", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customerPayments.create({ customerId: id, ...payment }),
      "mollie-api-typescript": (mollie) => mollie.customers.createPayment({ customerId: id, paymentRequest: payment })
    },
    ours: ({ mollie }) => mollie.createPayment(id, payment)
  })

  moves("list_payments", {
    theirs: {
      "@mollie/api-client": (mollie) => mollie.customerPayments.page({ customerId: id, limit: 10 }),
      "mollie-api-typescript": (mollie) => mollie.customers.listPayments({ customerId: id, limit: 10 })
    },
    ours: ({ mollie }) => mollie.listPayments(id, { limit: 10 })
  }, { same: rows })
})

describe("Pages", () => {
  const given = Array.from({ length: 25 }, () => ({}))

  moves("every customer, the oldest first", {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        const ids: Array<string> = []
        for await (const { id } of mollie.customers.iterate({ sort: "asc" })) ids.push(id)
        return ids
      },
      "mollie-api-typescript": async (mollie) => {
        const ids: Array<string> = []
        for await (const { result } of await mollie.customers.list({ sort: "asc" })) {
          ids.push(...result.embedded.customers.map(({ id }) => id))
        }
        return ids
      }
    },
    ours: [
      ({ mollie }) => mollie.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect),
      ({ customers }) => customers.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect)
    ]
  }, { given })

  moves("page after page", {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        const sizes: Array<number> = []
        let page = await mollie.customers.page({ limit: 10 })
        while (true) {
          sizes.push(page.length)
          if (page.nextPage === undefined) return sizes
          page = await page.nextPage()
        }
      },
      "mollie-api-typescript": async (mollie) => {
        const sizes: Array<number> = []
        for await (const { result } of await mollie.customers.list({ limit: 10 })) {
          sizes.push(result.embedded.customers.length)
        }
        return sizes
      }
    },
    ours: [
      ({ mollie }) =>
        mollie.streamPages({}, { pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect),
      ({ customers }) =>
        customers.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect)
    ]
  }, { given })

  moves("on from where a page ended", {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        const { nextPageCursor } = await mollie.customers.page({ sort: "asc", limit: 10 })
        return mollie.customers.page({ sort: "asc", limit: 10, from: nextPageCursor ?? "" })
      }
    },
    ours: ({ customers }) =>
      customers.list({ pageSize: 10 }).pipe(
        Effect.flatMap(({ next }) => customers.list({ pageSize: 10, cursor: Option.getOrThrow(next) }))
      )
  }, { given, same: rows })

  moves("every payment of a customer", {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        const ids: Array<string> = []
        for await (const payment of mollie.customerPayments.iterate({ customerId: id, sort: "asc" })) {
          ids.push(payment.id)
        }
        return ids
      },
      "mollie-api-typescript": async (mollie) => {
        const ids: Array<string> = []
        for await (const { result } of await mollie.customers.listPayments({ customerId: id, sort: "asc" })) {
          ids.push(...result.embedded.payments?.map(({ id }) => id) ?? [])
        }
        return ids
      }
    },
    ours: [
      ({ mollie }) => mollie.streamPayments(id).pipe(Stream.map(({ id }) => id), Stream.runCollect),
      ({ mollie }) =>
        mollie.streamPaymentsPages(id).pipe(
          Stream.runFold(Array.of<string>(), (ids, { items }) => [...ids, ...items.map(({ id }) => id)])
        )
    ]
  })
})

describe("Errors", () => {
  moves("catching one", {
    theirs: {
      "@mollie/api-client": (mollie) =>
        mollie.customers.get("cst_nobody").catch((error) => {
          if (error instanceof MollieApiError && error.statusCode === 404) return "nobody"
          throw error
        }),
      "mollie-api-typescript": (mollie) =>
        mollie.customers.get({ customerId: "cst_nobody" }).catch((error) => {
          if (error instanceof ErrorResponse && error.status === 404) return "nobody"
          throw error
        })
    },
    ours: ({ mollie }) =>
      mollie.get("cst_nobody").pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed("nobody")))
  })

  ends("nobody has this id: 404", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ErrorResponse" },
    ours: "CustomerNotFound"
  }, { given: [] })

  ends("the customer is deleted: 410", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ClientDefaultError" },
    ours: "CustomerNotFound"
  }, {
    calls: {
      theirs: {
        "@mollie/api-client": async (mollie) => {
          await mollie.customers.delete(id)
          return mollie.customers.get(id)
        },
        "mollie-api-typescript": async (mollie) => {
          await mollie.customers.delete({ customerId: id })
          return mollie.customers.get({ customerId: id })
        }
      },
      ours: ({ mollie }) => Effect.zipRight(mollie.delete(id), mollie.get(id))
    }
  })

  ends("the input is refused", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ClientDefaultError" },
    ours: "InvalidRequest"
  }, {
    calls: {
      theirs: {
        "@mollie/api-client": (mollie) => mollie.customers.create({ email: "no" }),
        "mollie-api-typescript": (mollie) => mollie.customers.create({ entityCustomer: { email: "no" } })
      },
      ours: ({ mollie }) => mollie.create({ email: "no" })
    }
  })

  const json = { "content-type": "application/hal+json" }
  const problem = (status: number, title: string) =>
    Fault.Respond({
      status,
      headers: json,
      body: JSON.stringify({ status, title, detail: title, _links: { documentation: { href: "", type: "text/html" } } })
    })

  ends("401", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ClientDefaultError" },
    ours: "AuthenticationFailed"
  }, { fault: { fault: problem(401, "Unauthorized Request") } })

  ends("403", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ClientDefaultError" },
    ours: "PermissionDenied"
  }, { fault: { fault: problem(403, "Forbidden") } })

  ends("429", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ErrorResponse" },
    ours: "RateLimited"
  }, { fault: { fault: problem(429, "Too Many Requests") } })

  ends("5xx", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ClientDefaultError" },
    ours: "ProviderUnavailable"
  }, { fault: { fault: Fault.HtmlPage({ status: 502, retryAfter: { seconds: 0 } }), times: Infinity } })

  ends("no connection", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "ConnectionError" },
    ours: "TransportFailed"
  }, { fault: { fault: Fault.Reset({ applied: false }) } })

  ends("no answer in time", { theirs: { "mollie-api-typescript": "RequestTimeoutError" }, ours: "RequestTimedOut" }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    calls: {
      theirs: {
        "mollie-api-typescript": (mollie) => mollie.customers.get({ customerId: id }, { timeoutMs: 100 })
      },
      ours: ({ mollie }) => mollie.get(id).pipe(RequestTimeout.with({ attempt: "100 millis" }))
    }
  })

  ends("half an answer", { theirs: { "mollie-api-typescript": "TypeError" }, ours: "TransportFailed" }, {
    fault: { fault: Fault.CutBody({ bytes: 5 }) },
    calls: {
      theirs: { "mollie-api-typescript": (mollie) => mollie.customers.get({ customerId: id }) },
      ours: ({ mollie }) => mollie.get(id)
    }
  })

  ends("an answer that cannot be read", {
    theirs: { "@mollie/api-client": "MollieApiError", "mollie-api-typescript": "SyntaxError" },
    ours: "InvalidResponse"
  }, { fault: { fault: Fault.CutJson({}) } })
})

describe("Different on purpose", () => {
  differs({
    theirs: "a delete whose answer was lost is sent again, and fails: it is gone",
    ours: "it is sent again, and what finds nobody then is a success"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        expect(await failureOf(() => mollie.customers.delete(id))).toMatchObject({ statusCode: 410 })
      },
      "mollie-api-typescript": async (mollie) => {
        const retries = { strategy: "backoff" } as const
        const failure = await failureOf(() => mollie.customers.delete({ customerId: id }, { retries }))
        expect(failure).toMatchObject({ statusCode: 410 })
      }
    },
    ours: ({ mollie }) => mollie.delete(id).pipe(RetryPolicy.with({ maxAttempts: 2 }))
  }, {
    fault: {
      fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1", "retry-after": "0" }, applied: true })
    }
  })

  differs({
    theirs: "a 429 is never sent again",
    ours: "it is sent again, after as long as it says"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie, { control }) => {
        await failureOf(() => mollie.customers.get(id))
        expect(await run(control.requests)).toHaveLength(1)
      }
    },
    ours: ({ mollie }, { control }) =>
      Effect.gen(function*() {
        yield* mollie.get(id).pipe(RetryPolicy.with({ maxAttempts: 2 }))
        const [first, second] = yield* control.requests
        expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(90)
      })
  }, { fault: { fault: Fault.Respond({ status: 429, retryAfter: { millis: 100 } }) } })

  differs({
    theirs: "of an error that is no JSON even the status is lost",
    ours: "the tag goes by the status, whatever the body"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        expect(await failureOf(() => mollie.customers.get(id))).toMatchObject({ statusCode: undefined })
      }
    },
    ours: ({ mollie }) =>
      Effect.map(
        Effect.flip(mollie.get(id)),
        (error) => expect(error).toMatchObject({ _tag: "RateLimited", status: 429 })
      )
  }, { fault: { fault: Fault.Respond({ status: 429 }) } })

  differs({
    theirs: "which field a create was refused for is in the raw body alone",
    ours: "`issues` has its path"
  }, {
    theirs: {
      "mollie-api-typescript": async (mollie) => {
        const failure = await failureOf(() => mollie.customers.create({ entityCustomer: { email: "no" } }))
        expect(failure).not.toHaveProperty("field")
        expect(failure).toHaveProperty("body", expect.stringContaining("\"field\":\"email\""))
      }
    },
    ours: ({ mollie }) =>
      Effect.map(
        Effect.flip(mollie.create({ email: "no" })),
        (error) => expect(error).toMatchObject({ issues: [{ path: "email" }] })
      )
  })

  differs({
    theirs: "an id is not encoded: `cst_x/../` deletes another customer",
    ours: "such an id is `InvalidRequest`, unsent"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie, { control }) => {
        await mollie.customers.delete(`cst_x/../${id}`)
        expect(await run(control.customers("mollie"))).toEqual([])
      }
    },
    ours: ({ mollie }, { control }) =>
      Effect.gen(function*() {
        expect(yield* Effect.flip(mollie.delete(`cst_x/../${id}`))).toHaveProperty("_tag", "InvalidRequest")
        expect(yield* control.requests).toEqual([])
      })
  })

  differs({
    theirs: "half an answer is waited for without end",
    ours: "it is `TransportFailed`"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie) => {
        const waited = new Promise((resolve) => setTimeout(resolve, 200, "still waiting"))
        expect(await Promise.race([mollie.customers.get(id), waited])).toBe("still waiting")
      }
    },
    ours: ({ mollie }) => Effect.map(Effect.flip(mollie.get(id)), (error) => expect(error._tag).toBe("TransportFailed"))
  }, { fault: { fault: Fault.CutBody({ bytes: 5 }) } })

  differs({
    theirs: "an empty 201 is `true` in place of a customer",
    ours: "it is `InvalidResponse`, `mayHaveApplied: true`"
  }, {
    theirs: {
      "@mollie/api-client": async (mollie) => expect(await mollie.customers.create({ name })).toBe(true)
    },
    ours: ({ mollie }) =>
      Effect.map(
        Effect.flip(mollie.create({ name })),
        (error) => expect(error).toMatchObject({ _tag: "InvalidResponse", mayHaveApplied: true })
      )
  }, { fault: { fault: Fault.EmptyBody() } })

  differs({
    theirs: "metadata that is a boolean, which Mollie keeps, loses the whole page",
    ours: "metadata is any JSON"
  }, {
    theirs: {
      "mollie-api-typescript": async (mollie) => {
        expect((await failureOf(() => mollie.customers.list())).constructor.name).toBe("ResponseValidationError")
      }
    },
    ours: ({ mollie }) => Effect.map(mollie.list(), ({ _embedded }) => expect(_embedded.customers).toHaveLength(2))
  }, { given: [ada, { metadata: true }] })

  const elsewhere: Fault.FaultRule = {
    fault: Fault.Alter({
      alter: (json) =>
        JSON.parse(JSON.stringify(json).replaceAll(/"href":"http:..127.0.0.1:\d+/g, "\"href\":\"http://x.example"))
    })
  }

  differs({
    theirs: "the link to the next page is followed to any host, and takes the token along",
    ours: "of a link the row is read alone: the host is the layer's"
  }, {
    theirs: {
      "mollie-api-typescript": async (mollie) => {
        const walk = async () => failureOf(async () => collect(await mollie.customers.list({ limit: 1 })))
        const { hosts, tokens } = await run(hostsOf(Effect.promise(walk)))
        expect([hosts, tokens]).toEqual([["x.example"], [`Bearer ${apiKey}`]])
      }
    },
    ours: ({ mollie }) =>
      Effect.gen(function*() {
        const { hosts, result } = yield* hostsOf(Stream.runCollect(mollie.stream({}, { pageSize: 1 })))
        expect([hosts, result.length]).toEqual([[], 2])
      })
  }, { given: [ada, {}], fault: elsewhere })
})

describe("No counterpart", () => {
  lacks({
    "@mollie/api-client": ({ customerPayments, customers }) => ({ customerPayments, customers }),
    "mollie-api-typescript": ({ customers }) => ({ customers })
  }, { "@mollie/api-client": [], "mollie-api-typescript": [] })
})
