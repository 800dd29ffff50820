import * as Autumn from "@effect-customers/autumn"
import { CustomersByEmail, CustomersByExternalId, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, vi } from "@effect/vitest"
import { Autumn as AutumnSdk, AutumnDefaultError, HTTPClient } from "autumn-js"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { Fault } from "../../src/index.js"
import { failureOf, run, unhandledBy } from "../official/driving.js"
import { full } from "../official/drivingAutumn.js"
import { rows, sideBySide } from "./sideBySide.js"

const secretKey = "am_sk_test_official"
const customerId = "user_1"
const name = "Ada Lovelace"
const email = "ada@example.com"
const ada = { ...full, id: customerId, created_at: 1_767_447_420_000 }

/** The write is carried out, its answer is lost. */
const lost: Fault.FaultRule = {
  fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1" }, applied: true })
}

const { differs, ends, lacks, moves, options } = sideBySide({
  provider: "autumn",
  given: [ada],
  theirs: {
    "autumn-js": (url) => new AutumnSdk({ secretKey, xApiVersion: "2.3", failOpen: false, serverURL: url })
  },
  layer: (url) =>
    Autumn.layer({
      secretKey: Redacted.make(secretKey),
      apiVersion: "2.3",
      transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-acme", "1")),
      baseUrl: url
    }).pipe(Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))),
  ours: Effect.all({
    autumn: Autumn.AutumnClient,
    customers: Effect.zipWith(CustomersByExternalId, CustomersByEmail, (one, other) => ({ ...one, ...other }))
  }),
  raw: Autumn.raw,
  read: {
    theirs: { "autumn-js": (autumn) => autumn.customers.get({ customerId }) },
    ours: ({ autumn }) => autumn.get(customerId)
  }
})

describe("Options", () => {
  options("the key, the version, and a server of one's own", {
    theirs: {
      "autumn-js": (url) => new AutumnSdk({ secretKey, xApiVersion: "2.3", serverURL: url })
    },
    ours: (url) => Autumn.layer({ secretKey: Redacted.make(secretKey), apiVersion: "2.3", baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.headers).toMatchObject({ authorization: `Bearer ${secretKey}`, "x-api-version": "2.3" })
    }
  })

  options("a key that is read anew for each call", {
    theirs: {
      "autumn-js": (url) => new AutumnSdk({ secretKey: async () => secretKey, xApiVersion: "2.3", serverURL: url })
    },
    ours: (url) => Autumn.layer({ secretKey: Effect.succeed(Redacted.make(secretKey)), baseUrl: url })
  }, { holds: ({ failure }) => expect(failure).toBe(undefined) })

  options("a timeout of each attempt", {
    theirs: {
      "autumn-js": (url) =>
        new AutumnSdk({ secretKey, xApiVersion: "2.3", failOpen: false, timeoutMs: 100, serverURL: url })
    },
    ours: (url) =>
      Autumn.layer({ secretKey: Redacted.make(secretKey), apiVersion: "2.3", baseUrl: url }).pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "100 millis" }))
      )
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    holds: ({ failure }) => expect(failure).toMatch(/^(?:RequestTimeoutError|RequestTimedOut)$/)
  })

  options("retries, with their waits", {
    theirs: {
      "autumn-js": (url) =>
        new AutumnSdk({
          secretKey,
          xApiVersion: "2.3",
          retryConfig: {
            strategy: "backoff",
            backoff: { initialInterval: 500, maxInterval: 60_000, exponent: 1.5, maxElapsedTime: 600_000 },
            retryConnectionErrors: true
          },
          serverURL: url
        })
    },
    ours: (url) =>
      Autumn.layer({ secretKey: Redacted.make(secretKey), apiVersion: "2.3", baseUrl: url }).pipe(
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
      "autumn-js": (url) => {
        const httpClient = new HTTPClient()
        httpClient.addHook("beforeRequest", (request) => request.headers.set("x-acme", "1"))
        return new AutumnSdk({ secretKey, xApiVersion: "2.3", failOpen: false, httpClient, serverURL: url })
      }
    },
    ours: (url) =>
      Autumn.layer({
        secretKey: Redacted.make(secretKey),
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-acme", "1")),
        baseUrl: url
      })
  }, { holds: ({ requests }) => expect(requests[0]?.headers["x-acme"]).toBe("1") })
})

describe("Calls", () => {
  moves("getOrCreate", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.getOrCreate({ customerId, name, email })
    },
    ours: [
      ({ autumn }) => autumn.getOrCreate({ customer_id: customerId, name, email }),
      ({ customers }) => customers.getOrCreate(customerId, { name, email })
    ]
  }, { given: [] })

  moves("getOrCreate, with a plan", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.getOrCreate({ customerId, autoEnablePlanId: "free" })
    },
    ours: ({ autumn }) => autumn.getOrCreate({ customer_id: customerId, auto_enable_plan_id: "free" })
  }, { given: [] })

  moves("getOrCreate, of one who must be new", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.getOrCreate({ customerId, name, email })
    },
    ours: ({ customers }) => customers.create({ externalId: customerId, name, email })
  }, { given: [] })

  moves("get", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.get({ customerId })
    },
    ours: [
      ({ autumn }) => autumn.get(customerId),
      ({ customers }) => customers.get(customerId),
      ({ customers }) => customers.getByExternalId(customerId)
    ]
  })

  moves("get, expanded", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.get({ customerId, expand: ["entities", "payment_method"] })
    },
    ours: ({ autumn }) => autumn.get(customerId, { expand: ["entities", "payment_method"] })
  })

  moves("list", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.list({ limit: 10 })
    },
    ours: [
      ({ autumn }) => autumn.list({ limit: 10 }),
      ({ customers }) => customers.list({ pageSize: 10 })
    ]
  }, { same: rows })

  moves("list, by e-mail", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.list({ search: email })
    },
    ours: [
      ({ autumn }) => autumn.list({ search: email }),
      ({ customers }) => Stream.runCollect(customers.findByEmail(email))
    ]
  }, { same: rows })

  moves("update", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.update({ customerId, name: null })
    },
    ours: [
      ({ autumn }) => autumn.update(customerId, { name: null }),
      ({ customers }) => customers.update(customerId, { name: null }),
      ({ customers }) => customers.updateByExternalId(customerId, { name: null })
    ]
  })

  moves("update, renaming", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.update({ customerId, newCustomerId: "team_1" })
    },
    ours: [
      ({ autumn }) => autumn.update(customerId, { new_customer_id: "team_1" }),
      ({ customers }) => customers.update(customerId, { externalId: "team_1" })
    ]
  })

  moves("getOrCreate, then update", {
    theirs: {
      "autumn-js": async (autumn) => {
        await autumn.customers.getOrCreate({ customerId })
        return autumn.customers.update({ customerId, name, email })
      }
    },
    ours: ({ customers }) => customers.upsert(customerId, { name, email })
  })

  moves("delete", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.delete({ customerId })
    },
    ours: [
      ({ autumn }) => autumn.delete(customerId),
      ({ customers }) => customers.delete(customerId),
      ({ customers }) => customers.deleteByExternalId(customerId)
    ]
  })

  moves("delete, in Stripe too", {
    theirs: {
      "autumn-js": (autumn) => autumn.customers.delete({ customerId, deleteInStripe: true })
    },
    ours: ({ autumn }) => autumn.delete(customerId, { delete_in_stripe: true })
  })
})

describe("Pages", () => {
  const given = Array.from({ length: 25 }, (_, i) => ({ id: `user_${i}`, created_at: 1_767_447_420_000 + i }))

  moves("every customer, the oldest first", {
    theirs: {
      "autumn-js": async (autumn) => {
        const ids: Array<string | null> = []
        let startCursor: string | null = ""
        while (startCursor !== null) {
          const page = await autumn.customers.list({ startCursor, limit: 10, sortOrder: "asc" })
          ids.push(...page.list.map(({ id }) => id))
          startCursor = page.nextCursor
        }
        return ids
      }
    },
    ours: [
      ({ autumn }) => autumn.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect),
      ({ customers }) => customers.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect)
    ]
  }, { given })

  moves("page after page", {
    theirs: {},
    ours: [
      ({ autumn }) =>
        autumn.streamPages({}, { pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect),
      ({ customers }) =>
        customers.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect)
    ]
  }, { given })

  moves("on from where a page ended", {
    theirs: {
      "autumn-js": async (autumn) => {
        const { nextCursor } = await autumn.customers.list({ limit: 10, sortOrder: "asc" })
        return autumn.customers.list({ limit: 10, sortOrder: "asc", startCursor: nextCursor ?? "" })
      }
    },
    ours: ({ customers }) =>
      customers.list({ pageSize: 10 }).pipe(
        Effect.flatMap(({ next }) => customers.list({ pageSize: 10, cursor: Option.getOrThrow(next) }))
      )
  }, { given, same: rows })
})

describe("Errors", () => {
  moves("catching one", {
    theirs: {
      "autumn-js": (autumn) =>
        autumn.customers.get({ customerId: "nobody" }).catch((error) => {
          if (error instanceof AutumnDefaultError && error.statusCode === 404) return "nobody"
          throw error
        })
    },
    ours: ({ autumn }) => autumn.get("nobody").pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed("nobody")))
  })

  ends("nobody has this id", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "CustomerNotFound" }, { given: [] })

  ends("a new id is taken", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "CustomerAlreadyExists" }, {
    given: [ada, { id: "team_1" }],
    calls: {
      theirs: { "autumn-js": (autumn) => autumn.customers.update({ customerId, newCustomerId: "team_1" }) },
      ours: ({ autumn }) => autumn.update(customerId, { new_customer_id: "team_1" })
    }
  })

  ends("the input is refused", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "InvalidRequest" }, {
    calls: {
      theirs: { "autumn-js": (autumn) => autumn.customers.update({ customerId, stripeId: "cus_unknown" }) },
      ours: ({ autumn }) => autumn.update(customerId, { stripe_id: "cus_unknown" })
    }
  })

  ends("there is no such plan", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "InvalidRequest" }, {
    given: [],
    calls: {
      theirs: { "autumn-js": (autumn) => autumn.customers.getOrCreate({ customerId, autoEnablePlanId: "none" }) },
      ours: ({ autumn }) => autumn.getOrCreate({ customer_id: customerId, auto_enable_plan_id: "none" })
    }
  })

  const refusal = (status: number, code: string) =>
    Fault.Respond({
      status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code, message: code })
    })

  ends("401", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "AuthenticationFailed" }, {
    fault: { fault: refusal(401, "invalid_secret_key") }
  })

  ends("403", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "PermissionDenied" }, {
    fault: { fault: refusal(403, "insufficient_scopes") }
  })

  ends("429", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "RateLimited" }, {
    fault: { fault: Fault.Respond({ status: 429, body: "Too many requests, please try again later." }) }
  })

  ends("5xx", { theirs: { "autumn-js": "AutumnDefaultError" }, ours: "ProviderUnavailable" }, {
    fault: { fault: Fault.HtmlPage({ status: 502 }) }
  })

  ends("no answer in time", { theirs: { "autumn-js": "RequestTimeoutError" }, ours: "RequestTimedOut" }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    calls: {
      theirs: { "autumn-js": (autumn) => autumn.customers.get({ customerId }, { timeoutMs: 100 }) },
      ours: ({ autumn }) => autumn.get(customerId).pipe(RequestTimeout.with({ attempt: "100 millis" }))
    }
  })

  ends("no connection", { theirs: { "autumn-js": "ConnectionError" }, ours: "TransportFailed" }, {
    fault: { fault: Fault.Reset({ applied: false }) }
  })

  ends("an answer that is another than documented", {
    theirs: { "autumn-js": "ResponseValidationError" },
    ours: "InvalidResponse"
  }, { fault: { fault: Fault.Alter({ alter: () => ({ id: 1 }) }) } })
})

describe("Different on purpose", () => {
  differs({
    theirs: "unless `failOpen` is false, a connection that breaks is told of as a status 555 of Autumn",
    ours: "what happened is what you are told: `TransportFailed`"
  }, {
    theirs: {
      "autumn-js": async (_, { url }) => {
        const printed = vi.spyOn(console, "log").mockImplementation(() => {})
        const { customers } = new AutumnSdk({ secretKey, xApiVersion: "2.3", serverURL: url })
        expect(await failureOf(() => customers.getOrCreate({ customerId }))).toMatchObject({ statusCode: 555 })
        printed.mockRestore()
      }
    },
    ours: ({ autumn }) =>
      Effect.map(
        Effect.flip(autumn.getOrCreate({ customer_id: customerId })),
        (error) => expect(error).toMatchObject({ _tag: "TransportFailed", mayHaveApplied: true })
      )
  }, { fault: { fault: Fault.Reset({}), times: Infinity } })

  differs({
    theirs: "unless `failOpen` is false, `httpClient` is not heeded",
    ours: "`transformClient` is, always"
  }, {
    theirs: {
      "autumn-js": async (_, { control, url }) => {
        const httpClient = new HTTPClient()
        httpClient.addHook("beforeRequest", (request) => request.headers.set("x-acme", "1"))
        await new AutumnSdk({ secretKey, xApiVersion: "2.3", httpClient, serverURL: url }).customers.get({ customerId })
        expect((await run(control.requests))[0]?.headers).not.toHaveProperty("x-acme")
      }
    },
    ours: ({ autumn }, { control }) =>
      Effect.gen(function*() {
        yield* autumn.get(customerId)
        expect((yield* control.requests)[0]?.headers["x-acme"]).toBe("1")
      })
  })

  differs({
    theirs: "with `retryConfig`, a delete whose answer was lost is sent again, and fails: nobody is there",
    ours: "it is sent again, and what finds nobody then is a success"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        const retries = { strategy: "backoff" } as const
        expect(await failureOf(() => autumn.customers.delete({ customerId }, { retries }))).toMatchObject({
          statusCode: 404
        })
      }
    },
    ours: ({ autumn }) => autumn.delete(customerId).pipe(RetryPolicy.with({ maxAttempts: 2 }))
  }, { fault: lost })

  differs({
    theirs: "so is a rename: 404, and the customer has the new id",
    ours: "a look at the new id settles it"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        const rename = { customerId, newCustomerId: "team_1" }
        const retries = { strategy: "backoff" } as const
        expect(await failureOf(() => autumn.customers.update(rename, { retries }))).toMatchObject({ statusCode: 404 })
        expect(await autumn.customers.get({ customerId: "team_1" })).toMatchObject({ id: "team_1" })
      }
    },
    ours: ({ autumn }) =>
      Effect.gen(function*() {
        const renamed = yield* autumn.update(customerId, { new_customer_id: "team_1" }).pipe(
          RetryPolicy.with({ maxAttempts: 2 })
        )
        expect(renamed.id).toBe("team_1")
      })
  }, { fault: lost })

  differs({
    theirs: "the message of an error quotes the body of the answer, ids and all",
    ours: "messages hold nothing of request or answer"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        expect((await failureOf(() => autumn.customers.get({ customerId: "secret-name" }))).message)
          .toContain("secret-name")
      }
    },
    ours: ({ autumn }) =>
      Effect.map(Effect.flip(autumn.get("secret-name")), (error) => {
        expect(error.message).not.toContain("secret-name")
      })
  })

  differs({
    theirs: "what is null in an answer and must not be is invented: created in 1970",
    ours: "it is `InvalidResponse`"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        expect(await autumn.customers.get({ customerId })).toMatchObject({ createdAt: 0 })
      }
    },
    ours: ({ autumn }) =>
      Effect.map(Effect.flip(autumn.get(customerId)), (error) => expect(error._tag).toBe("InvalidResponse"))
  }, { fault: { fault: Fault.Alter({ alter: (json) => ({ ...Object(json), created_at: null }) }) } })

  differs({
    theirs: "answers of before `flags` or `billing_controls` are refused",
    ours: "they may be absent"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        const { name } = (await failureOf(() => autumn.customers.get({ customerId }))).constructor
        expect(name).toBe("ResponseValidationError")
      }
    },
    ours: ({ autumn }) => Effect.map(autumn.get(customerId), ({ id }) => expect(id).toBe(customerId))
  }, {
    fault: {
      fault: Fault.Alter({ alter: (json) => ({ ...Object(json), flags: undefined, billing_controls: undefined }) })
    }
  })

  differs({
    theirs: "half of a body is a `SyntaxError`, and an unhandled rejection beside it, which ends the process",
    ours: "it is `InvalidResponse`"
  }, {
    theirs: {
      "autumn-js": async (autumn) => {
        const unhandled = await unhandledBy(async () => {
          expect((await failureOf(() => autumn.customers.get({ customerId }))).name).toBe("SyntaxError")
        })
        expect(unhandled).toHaveLength(1)
      }
    },
    ours: ({ autumn }) =>
      Effect.map(Effect.flip(autumn.get(customerId)), (error) => expect(error._tag).toBe("InvalidResponse"))
  }, { fault: { fault: Fault.CutJson({}) } })

  differs({
    theirs: "a list with version 2.1 asks by cursor, is answered by offset, and refuses the answer",
    ours: "both versions are read, each in its words"
  }, {
    theirs: {
      "autumn-js": async (_, { url }) => {
        const { customers } = new AutumnSdk({ secretKey, xApiVersion: "2.1", failOpen: false, serverURL: url })
        expect((await failureOf(() => customers.list({}))).constructor.name).toBe("ResponseValidationError")
      }
    },
    ours: (_, { url }) =>
      Effect.gen(function*() {
        const autumn = yield* Autumn.AutumnClient
        expect((yield* autumn.list({ offset: 0 })).list).toHaveLength(1)
      }).pipe(
        Effect.provide(
          Autumn.layer({ secretKey: Redacted.make(secretKey), apiVersion: "2.1", baseUrl: url }).pipe(
            Layer.provide(FetchHttpClient.layer)
          )
        )
      )
  })
})

describe("No counterpart", () => {
  lacks({ "autumn-js": ({ customers }) => ({ customers }) }, { "autumn-js": ["customers.advanceTestClock"] })
})
