import { CustomersByEmail, CustomersByExternalId, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { inspect } from "node:util"
import { HTTPClient, Polar as PolarSdk } from "polar-sdk-0"
import { ResourceNotFound } from "polar-sdk-0/models/errors/resourcenotfound.js"
import { createPolar, errors } from "polar-sdk-1/2026-10"
import { Fault } from "../../src/index.js"
import { collect, failureOf, home, run, stateful, unknownId } from "../official/driving.js"
import { rows, sideBySide } from "./sideBySide.js"

const accessToken = "polar_oat_official"
const id = "2fef5c8f-a3ef-4c72-a87b-3cc3f87c52cf"
const externalId = "user_1"
const email = "ada@example.com"
const name = "Ada Lovelace"

const { benefits: _, first_user_event_at: __, subscriptions: ___, ...customer } = stateful
const ada = { ...customer, id, external_id: externalId, email }

const { differs, ends, lacks, moves, options } = sideBySide({
  provider: "polar",
  given: [ada],
  theirs: {
    "1.0.1": (url) => createPolar({ accessToken, baseUrl: url }),
    "0.49.0": (url) => new PolarSdk({ accessToken, serverURL: url })
  },
  layer: (url) =>
    Polar.layer({ accessToken: Redacted.make(accessToken), baseUrl: url }).pipe(
      Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))
    ),
  ours: Effect.all({
    polar: Polar.PolarClient,
    customers: Effect.zipWith(CustomersByExternalId, CustomersByEmail, (one, other) => ({ ...one, ...other }))
  }),
  raw: Polar.raw,
  read: {
    theirs: { "1.0.1": (polar) => polar.customers.get(id), "0.49.0": (polar) => polar.customers.get({ id }) },
    ours: ({ polar }) => polar.get(id)
  }
})

describe("Options", () => {
  options("the token, and a server of one's own", {
    theirs: {
      "1.0.1": (url) => createPolar({ accessToken, baseUrl: url }),
      "0.49.0": (url) => new PolarSdk({ accessToken, serverURL: url })
    },
    ours: (url) => Polar.layer({ accessToken: Redacted.make(accessToken), baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.headers["authorization"]).toBe(`Bearer ${accessToken}`)
    }
  })

  options("a token that is read anew for each call", {
    theirs: {
      "0.49.0": (url) => new PolarSdk({ accessToken: async () => accessToken, serverURL: url })
    },
    ours: (url) => Polar.layer({ accessToken: Effect.succeed(Redacted.make(accessToken)), baseUrl: url })
  }, { holds: ({ failure }) => expect(failure).toBe(undefined) })

  options("Polar's sandbox", {
    theirs: {
      "1.0.1": () => createPolar({ accessToken, environment: "sandbox" }),
      "0.49.0": () => new PolarSdk({ accessToken, server: "sandbox" })
    },
    ours: () => Polar.layer({ accessToken: Redacted.make(accessToken), environment: "sandbox" })
  }, { holds: ({ hosts }) => expect(hosts).toEqual(["sandbox-api.polar.sh"]) })

  options("the organization, beside a user's token", {
    theirs: {
      "1.0.1": (url) => createPolar({ accessToken: "polar_pat_x", organizationId: home, baseUrl: url })
    },
    ours: (url) => Polar.layer({ accessToken: Redacted.make("polar_pat_x"), organizationId: home, baseUrl: url })
  }, { holds: ({ failure }) => expect(failure).toBe(undefined) })

  options("a timeout of each attempt", {
    theirs: {
      "1.0.1": (url) => createPolar({ accessToken, timeout: 0.1, baseUrl: url }),
      "0.49.0": (url) => new PolarSdk({ accessToken, timeoutMs: 100, serverURL: url })
    },
    ours: (url) =>
      Polar.layer({ accessToken: Redacted.make(accessToken), baseUrl: url }).pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "100 millis" }))
      )
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    holds: ({ failure }) => expect(failure).toMatch(/^(?:PolarNetworkError|RequestTimeoutError|RequestTimedOut)$/)
  })

  options("retries, with their waits", {
    theirs: {
      "0.49.0": (url) =>
        new PolarSdk({
          accessToken,
          serverURL: url,
          retryConfig: {
            strategy: "backoff",
            backoff: { initialInterval: 500, maxInterval: 60_000, exponent: 1.5, maxElapsedTime: 600_000 },
            retryConnectionErrors: true
          }
        })
    },
    ours: (url) =>
      Polar.layer({ accessToken: Redacted.make(accessToken), baseUrl: url }).pipe(
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
      "0.49.0": (url) => {
        const httpClient = new HTTPClient()
        httpClient.addHook("beforeRequest", (request) => request.headers.set("x-acme", "1"))
        return new PolarSdk({ accessToken, httpClient, serverURL: url })
      }
    },
    ours: (url) =>
      Polar.layer({
        accessToken: Redacted.make(accessToken),
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-acme", "1")),
        baseUrl: url
      })
  }, { holds: ({ requests }) => expect(requests[0]?.headers["x-acme"]).toBe("1") })
})

describe("Calls", () => {
  moves("list", {
    theirs: {
      "1.0.1": (polar) => polar.customers.list({ query: "ada" }),
      "0.49.0": (polar) => polar.customers.list({ query: "ada" })
    },
    ours: [
      ({ polar }) => polar.list({ query: "ada" }),
      ({ customers }) => customers.list()
    ]
  }, { same: rows })

  moves("list, by e-mail", {
    theirs: {
      "1.0.1": (polar) => polar.customers.list({ email }),
      "0.49.0": (polar) => polar.customers.list({ email })
    },
    ours: [
      ({ polar }) => polar.list({ email }),
      ({ customers }) => Stream.runCollect(customers.findByEmail(email))
    ]
  }, { same: rows })

  moves("create", {
    theirs: {
      "1.0.1": (polar) => polar.customers.create({ email, name, external_id: externalId }),
      "0.49.0": (polar) => polar.customers.create({ email, name, externalId })
    },
    ours: [
      ({ polar }) => polar.create({ email, name, external_id: externalId }),
      ({ customers }) => customers.create({ email, name, externalId })
    ]
  }, { given: [] })

  moves("get", {
    theirs: {
      "1.0.1": (polar) => polar.customers.get(id),
      "0.49.0": (polar) => polar.customers.get({ id })
    },
    ours: [
      ({ polar }) => polar.get(id),
      ({ customers }) => customers.get(id)
    ]
  })

  moves("update", {
    theirs: {
      "1.0.1": (polar) => polar.customers.update(id, { name: null }),
      "0.49.0": (polar) => polar.customers.update({ id, customerUpdate: { name: null } })
    },
    ours: [
      ({ polar }) => polar.update(id, { name: null }),
      ({ customers }) => customers.update(id, { name: null })
    ]
  })

  moves("delete", {
    theirs: {
      "1.0.1": (polar) => polar.customers.delete(id),
      "0.49.0": (polar) => polar.customers.delete({ id })
    },
    ours: [
      ({ polar }) => polar.delete(id),
      ({ customers }) => customers.delete(id)
    ]
  })

  moves("delete, anonymized", {
    theirs: {
      "1.0.1": (polar) => polar.customers.delete(id, { anonymize: true }),
      "0.49.0": (polar) => polar.customers.delete({ id, anonymize: true })
    },
    ours: ({ polar }) => polar.delete(id, { anonymize: true })
  })

  moves("getExternal", {
    theirs: {
      "1.0.1": (polar) => polar.customers.getExternal(externalId),
      "0.49.0": (polar) => polar.customers.getExternal({ externalId })
    },
    ours: [
      ({ polar }) => polar.getExternal(externalId),
      ({ customers }) => customers.getByExternalId(externalId)
    ]
  })

  moves("updateExternal", {
    theirs: {
      "1.0.1": (polar) => polar.customers.updateExternal(externalId, { name }),
      "0.49.0": (polar) => polar.customers.updateExternal({ externalId, customerUpdateExternalID: { name } })
    },
    ours: [
      ({ polar }) => polar.updateExternal(externalId, { name }),
      ({ customers }) => customers.updateByExternalId(externalId, { name })
    ]
  })

  moves("deleteExternal", {
    theirs: {
      "1.0.1": (polar) => polar.customers.deleteExternal(externalId),
      "0.49.0": (polar) => polar.customers.deleteExternal({ externalId })
    },
    ours: [
      ({ polar }) => polar.deleteExternal(externalId),
      ({ customers }) => customers.deleteByExternalId(externalId)
    ]
  })

  moves("getState", {
    theirs: {
      "1.0.1": (polar) => polar.customers.getState(id),
      "0.49.0": (polar) => polar.customers.getState({ id })
    },
    ours: ({ polar }) => polar.getState(id)
  })

  moves("getStateExternal", {
    theirs: {
      "1.0.1": (polar) => polar.customers.getStateExternal(externalId),
      "0.49.0": (polar) => polar.customers.getStateExternal({ externalId })
    },
    ours: ({ polar }) => polar.getStateExternal(externalId)
  })

  moves("export: text there, a stream of bytes here", {
    theirs: {
      "1.0.1": (polar) => polar.customers.export(),
      "0.49.0": (polar) => polar.customers.export({})
    },
    ours: ({ polar }) => Stream.mkString(Stream.decodeText(polar.export()))
  })

  moves("export, its rows read", {
    theirs: {
      "1.0.1": (polar) =>
        polar.customers.export().then((csv) => csv.split("\r\n").slice(1, -1).map((row) => row.split(",")[3])),
      "0.49.0": (polar) =>
        polar.customers.export({}).then((csv) => csv.split("\r\n").slice(1, -1).map((row) => row.split(",")[3]))
    },
    ours: ({ polar }) => polar.exportRows().pipe(Stream.map(({ email }) => email), Stream.runCollect)
  })

  moves("get or create", {
    theirs: {
      "1.0.1": (polar) =>
        polar.customers.getExternal(externalId).catch((error) => {
          if (!(error instanceof errors.ResourceNotFound)) throw error
          return polar.customers.create({ email, external_id: externalId })
        }),
      "0.49.0": (polar) =>
        polar.customers.getExternal({ externalId }).catch((error) => {
          if (!(error instanceof ResourceNotFound)) throw error
          return polar.customers.create({ email, externalId })
        })
    },
    ours: ({ customers }) => customers.getOrCreate(externalId, { email })
  }, { given: [] })

  moves("update or create", {
    theirs: {
      "1.0.1": (polar) =>
        polar.customers.updateExternal(externalId, { email, name }).catch((error) => {
          if (!(error instanceof errors.ResourceNotFound)) throw error
          return polar.customers.create({ email, name, external_id: externalId })
        }),
      "0.49.0": (polar) =>
        polar.customers.updateExternal({ externalId, customerUpdateExternalID: { email, name } }).catch((error) => {
          if (!(error instanceof ResourceNotFound)) throw error
          return polar.customers.create({ email, name, externalId })
        })
    },
    ours: ({ customers }) => customers.upsert(externalId, { email, name })
  })
})

describe("Pages", () => {
  const given = Array.from({ length: 25 }, () => ({}))

  moves("every customer", {
    theirs: {
      "1.0.1": async (polar) => {
        const ids: Array<string> = []
        for await (const { id } of polar.customers.iterList({ sorting: ["created_at"] })) ids.push(id)
        return ids
      },
      "0.49.0": async (polar) => {
        const ids: Array<string> = []
        for await (const { result } of await polar.customers.list({ sorting: ["created_at"] })) {
          ids.push(...result.items.map(({ id }) => id))
        }
        return ids
      }
    },
    ours: [
      ({ polar }) => polar.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect),
      ({ customers }) => customers.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect)
    ]
  }, { given })

  moves("page after page", {
    theirs: {
      "0.49.0": async (polar) => {
        const sizes: Array<number> = []
        let page = await polar.customers.list({ limit: 10, sorting: ["created_at"] })
        while (true) {
          sizes.push(page.result.items.length)
          const next = await page.next()
          if (next === null) return sizes
          page = { ...page, ...next }
        }
      }
    },
    ours: [
      ({ polar }) =>
        polar.streamPages({}, { pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect),
      ({ customers }) =>
        customers.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect)
    ]
  }, { given })

  moves("the second page", {
    theirs: {
      "1.0.1": (polar) => polar.customers.list({ page: 2, limit: 10, sorting: ["created_at"] }),
      "0.49.0": (polar) => polar.customers.list({ page: 2, limit: 10, sorting: ["created_at"] })
    },
    ours: [
      ({ polar }) => polar.list({ page: 2, limit: 10, sorting: ["created_at"] }),
      ({ customers }) =>
        customers.list({ pageSize: 10 }).pipe(
          Effect.flatMap(({ next }) => customers.list({ pageSize: 10, cursor: Option.getOrThrow(next) }))
        )
    ]
  }, { given, same: rows })
})

describe("Errors", () => {
  const create = {
    theirs: {
      "1.0.1": (polar: ReturnType<typeof createPolar>) => polar.customers.create({ email }),
      "0.49.0": (polar: PolarSdk) => polar.customers.create({ email })
    },
    ours: ({ polar }: { readonly polar: Polar.PolarClient["Type"] }) => polar.create({ email })
  }

  moves("catching one", {
    theirs: {
      "1.0.1": (polar) =>
        polar.customers.get(unknownId).catch((error) => {
          if (error instanceof errors.ResourceNotFound) return "nobody"
          throw error
        }),
      "0.49.0": (polar) =>
        polar.customers.get({ id: unknownId }).catch((error) => {
          if (error instanceof ResourceNotFound) return "nobody"
          throw error
        })
    },
    ours: ({ polar }) => polar.get(unknownId).pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed("nobody")))
  })

  ends("nobody has this id", {
    theirs: { "1.0.1": "ResourceNotFound", "0.49.0": "ResourceNotFound" },
    ours: "CustomerNotFound"
  }, { given: [] })

  ends("the e-mail or the external id is taken", {
    theirs: { "1.0.1": "HTTPValidationError", "0.49.0": "HTTPValidationError" },
    ours: "CustomerAlreadyExists"
  }, { calls: create })

  ends("the input is refused", {
    theirs: { "1.0.1": "HTTPValidationError", "0.49.0": "HTTPValidationError" },
    ours: "InvalidRequest"
  }, {
    calls: {
      theirs: {
        "1.0.1": (polar) => polar.customers.update(id, { name: "x".repeat(257) }),
        "0.49.0": (polar) => polar.customers.update({ id, customerUpdate: { name: "x".repeat(257) } })
      },
      ours: ({ polar }) => polar.update(id, { name: "x".repeat(257) })
    }
  })

  ends("an external id is set once", {
    theirs: { "1.0.1": "HTTPValidationError", "0.49.0": "HTTPValidationError" },
    ours: "Conflict"
  }, {
    calls: {
      theirs: {
        "1.0.1": (polar) => polar.customers.update(id, { external_id: "user_2" }),
        "0.49.0": (polar) => polar.customers.update({ id, customerUpdate: { externalId: "user_2" } })
      },
      ours: ({ polar }) => polar.update(id, { external_id: "user_2" })
    }
  })

  ends("401", {
    theirs: { "1.0.1": "PolarClientError", "0.49.0": "SDKError" },
    ours: "AuthenticationFailed"
  }, { fault: { fault: Fault.Respond({ status: 401, body: "{\"error\":\"invalid_token\"}" }) } })

  ends("403", {
    theirs: { "1.0.1": "PolarClientError", "0.49.0": "SDKError" },
    ours: "PermissionDenied"
  }, { fault: { fault: Fault.Respond({ status: 403, body: "{\"error\":\"insufficient_scope\"}" }) } })

  ends("429", {
    theirs: { "1.0.1": "PolarRateLimitError", "0.49.0": "SDKError" },
    ours: "RateLimited"
  }, { fault: { fault: Fault.Respond({ status: 429 }) } })

  ends("5xx", {
    theirs: { "1.0.1": "PolarServerError", "0.49.0": "SDKError" },
    ours: "ProviderUnavailable"
  }, { fault: { fault: Fault.HtmlPage({ status: 502 }) } })

  ends("a 404 of no customer: a retired version or route", {
    theirs: { "1.0.1": "ResourceNotFound", "0.49.0": "ResponseValidationError" },
    ours: "UnexpectedStatus"
  }, {
    fault: {
      fault: Fault.Respond({
        status: 404,
        headers: { "content-type": "application/json" },
        body: "{\"detail\":\"Not Found\"}"
      })
    }
  })

  ends("no answer in time", {
    theirs: { "1.0.1": "PolarNetworkError", "0.49.0": "RequestTimeoutError" },
    ours: "RequestTimedOut"
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    calls: {
      theirs: {
        "1.0.1": (polar) => polar.customers.get(id, { timeout: 0.1 }),
        "0.49.0": (polar) => polar.customers.get({ id }, { timeoutMs: 100 })
      },
      ours: ({ polar }) => polar.get(id).pipe(RequestTimeout.with({ attempt: "100 millis" }))
    }
  })

  ends("no connection", {
    theirs: { "1.0.1": "PolarNetworkError", "0.49.0": "ConnectionError" },
    ours: "TransportFailed"
  }, { fault: { fault: Fault.Reset({ applied: false }) } })

  ends("half an answer", {
    theirs: { "1.0.1": "TypeError", "0.49.0": "TypeError" },
    ours: "TransportFailed"
  }, { fault: { fault: Fault.CutBody({ bytes: 5 }) } })

  ends("an answer that cannot be read", {
    theirs: { "1.0.1": "SyntaxError", "0.49.0": "SyntaxError" },
    ours: "InvalidResponse"
  }, { fault: { fault: Fault.CutJson({}) } })

  ends("the balance, which the live API has retired", { theirs: {}, ours: "UnexpectedStatus" }, {
    calls: { theirs: {}, ours: ({ polar }) => polar.getBalance(id) }
  })
})

describe("Different on purpose", () => {
  const lost: Fault.FaultRule = {
    fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1" }, applied: true })
  }

  differs({
    theirs: "with `retries` on, a create whose answer was lost is sent again, and fails as a duplicate of itself",
    ours: "it is sent once, and the error says `mayHaveApplied`"
  }, {
    theirs: {
      "0.49.0": async (polar, { control }) => {
        const retries = { strategy: "backoff" } as const
        const failure = await failureOf(() => polar.customers.create({ email }, { retries }))
        expect(failure).toMatchObject({ statusCode: 422, detail: [{ loc: ["body", "email"] }] })
        expect(await run(control.customers("polar"))).toHaveLength(1)
      }
    },
    ours: ({ polar }, { control }) =>
      Effect.gen(function*() {
        const failure = yield* Effect.flip(polar.create({ email }).pipe(RetryPolicy.with({ maxAttempts: 4 })))
        expect(failure).toMatchObject({ _tag: "ProviderUnavailable", mayHaveApplied: true })
        expect(yield* control.requests).toHaveLength(1)
      })
  }, { given: [], fault: lost })

  differs({
    theirs: "a 429 is an error at once, also where it says how long to wait",
    ours: "it is sent again after that long"
  }, {
    theirs: {
      "1.0.1": async (polar) => {
        expect((await failureOf(() => polar.customers.get(id))).constructor.name).toBe("PolarRateLimitError")
      },
      "0.49.0": async (polar) => {
        expect(await failureOf(() => polar.customers.get({ id }))).toMatchObject({ statusCode: 429 })
      }
    },
    ours: ({ polar }, { control }) =>
      Effect.gen(function*() {
        yield* polar.get(id).pipe(RetryPolicy.with({ maxAttempts: 2 }))
        const [first, second] = yield* control.requests
        expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(90)
      })
  }, { fault: { fault: Fault.Respond({ status: 429, retryAfter: { millis: 100 } }) } })

  differs({
    theirs: "a logged error shows the token",
    ours: "no error shows it, a header or an e-mail"
  }, {
    theirs: {
      "0.49.0": async (polar) => {
        const failure = await failureOf(() => polar.customers.get({ id: unknownId }))
        expect(inspect(failure, { depth: 10 })).toContain(accessToken)
      }
    },
    ours: ({ polar }) =>
      Effect.gen(function*() {
        const failures = yield* Effect.all([Effect.flip(polar.get(unknownId)), Effect.flip(polar.create({ email }))])
        const printed = inspect(failures, { depth: 10, showHidden: true })
        for (const secret of [accessToken, email, "authorization"]) expect(printed).not.toContain(secret)
      })
  })

  differs({
    theirs: "one customer of a type that it does not know loses the page",
    ours: "types are open"
  }, {
    theirs: {
      "0.49.0": async (polar) => {
        expect((await failureOf(() => polar.customers.list({}))).constructor.name).toBe("ResponseValidationError")
      }
    },
    ours: ({ polar }) => Effect.map(polar.list(), ({ items }) => expect(items).toHaveLength(2))
  }, { given: [{}, { type: "reseller" }] })

  differs({
    theirs: "walks go by page number, newest first: who is created meanwhile makes them repeat somebody",
    ours: "walks are oldest first: nobody twice, nobody lost"
  }, {
    theirs: {
      "1.0.1": async (polar, { control }) => {
        const seen: Array<string> = []
        for await (const { id } of polar.customers.iterList()) {
          seen.push(id)
          if (seen.length === 10) await run(control.seed("polar", 1))
        }
        expect([seen.length, new Set(seen).size]).toEqual([21, 20])
      },
      "0.49.0": async (polar, { control }) => {
        const seen: Array<string> = []
        for await (const { result } of await polar.customers.list({})) {
          seen.push(...result.items.map(({ id }) => id))
          if (seen.length === 10) await run(control.seed("polar", 1))
        }
        expect([seen.length, new Set(seen).size]).toEqual([21, 20])
      }
    },
    ours: ({ customers }, { control }) =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        yield* Stream.runForEach(customers.stream({ pageSize: 10 }), ({ id }) => {
          seen.push(id)
          return seen.length === 10 ? control.seed("polar", 1) : Effect.void
        })
        expect([seen.length, new Set(seen).size]).toEqual([21, 21])
      })
  }, { given: Array.from({ length: 20 }, () => ({})) })

  differs({
    theirs: "a limit over 100, which Polar clamps, ends the walk after its first page",
    ours: "it is `InvalidRequest`, unsent"
  }, {
    theirs: {
      "0.49.0": async (polar) => expect(await collect(await polar.customers.list({ limit: 110 }))).toHaveLength(1)
    },
    ours: ({ customers }, { control }) =>
      Effect.gen(function*() {
        const { _tag } = yield* Effect.flip(customers.list({ pageSize: 110 }))
        expect([_tag, yield* control.requests]).toEqual(["InvalidRequest", []])
      })
  }, { given: Array.from({ length: 120 }, () => ({})) })

  differs({
    theirs: "`..` for an external id asks for the list, and hands its page out as a customer",
    ours: "such an id, an empty one and one with a slash are `InvalidRequest`, unsent"
  }, {
    theirs: {
      "1.0.1": async (polar) => {
        expect(await polar.customers.getExternal("..")).toMatchObject({ items: [{ external_id: externalId }] })
      }
    },
    ours: ({ polar }, { control }) =>
      Effect.gen(function*() {
        for (const id of ["..", "a/b", ""]) {
          expect(yield* Effect.flip(polar.getExternal(id))).toHaveProperty("_tag", "InvalidRequest")
        }
        expect(yield* control.requests).toEqual([])
      })
  })

  differs({
    theirs: "times lose their microseconds, and `first_user_event_at` is dropped",
    ours: "`Polar.raw` of a customer has both"
  }, {
    theirs: {
      "0.49.0": async (polar) => {
        const customer = await polar.customers.get({ id })
        expect(customer.createdAt.toISOString()).toBe("2026-01-03T13:37:00.123Z")
        expect(customer).not.toHaveProperty("firstUserEventAt")
      }
    },
    ours: ({ customers }) =>
      Effect.gen(function*() {
        const raw = Option.getOrThrow(Polar.raw(yield* customers.get(id)))
        expect(raw.created_at).toBe(stateful.created_at)
        expect(raw.first_user_event_at).toBe(stateful.first_user_event_at)
      })
  }, { given: [{ ...ada, first_user_event_at: stateful.first_user_event_at }] })
})

describe("No counterpart", () => {
  lacks({
    "1.0.1": ({ customers }) => customers,
    "0.49.0": ({ customers }) => customers
  }, {
    "1.0.1": ["members.*", "listPaymentMethods*", "iterListPaymentMethods*"],
    "0.49.0": ["members.*", "listPaymentMethods*"]
  })
})
