/** What implementations of Autumn's customers API got wrong, by the numbers of the README's list. */
import * as Autumn from "@effect-customers/autumn"
import { AutumnApi, AutumnClient } from "@effect-customers/autumn"
import type { CustomersError } from "@effect-customers/core"
import { CustomersByEmail, CustomersByExternalId } from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { DateTime, Effect, Either, Option, Schema, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  bodyOf,
  clients,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  once,
  operations,
  paged,
  refusal,
  requests,
  seed,
  stored,
  versions
} from "./onSandbox.js"
import * as samples from "./samples.js"

const decode = Schema.decodeUnknownEither(AutumnApi.AutumnCustomer, { onExcessProperty: "preserve" })

const paths = Effect.map(requests, (log) => log.map(({ path }) => path))

const bodies = Effect.map(requests, (log) => log.map(bodyOf))

const text429: Fault.Fault = Fault.Respond({
  status: 429,
  headers: { "content-type": "text/plain; charset=UTF-8" },
  body: "Too many requests, please try again later.",
  retryAfter: { seconds: 1 }
})

const start = 1_700_000_000_000

it.effect("autumn pitfall 1: the path is get_or_create, and 401 no_auth_header is an unknown route, not a bad key", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* autumn.getOrCreate({ customer_id: "team-1" })
    expect(yield* paths).toEqual(["/v1/customers.get_or_create"])
    yield* inject("getOrCreate", json(401, samples.errors.unknownRoute))
    const unknown = yield* Effect.flip(autumn.getOrCreate({ customer_id: "team-1" }))
    expect([unknown._tag, unknown.providerCode]).toEqual(["UnexpectedStatus", "no_auth_header"])
    yield* inject("getOrCreate", json(401, samples.errors.badKey))
    expect((yield* Effect.flip(autumn.getOrCreate({ customer_id: "team-1" })))._tag).toBe("AuthenticationFailed")
  }).pipe(Effect.provide(once.inProcess())))

describe.each(clients)("over %s", (_, client) => {
  it.live("autumn pitfall 2: a 429 is text more often than not, and is RateLimited either way", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      const ends = yield* Effect.all(Array.from({ length: 12 }, () => Effect.either(autumn.list())))
      const errors = ends.filter(Either.isLeft).map(({ left }) => left)
      expect(errors.length).toBeGreaterThan(0)
      for (const error of errors) {
        expect([error._tag, error.status, error._tag === "RateLimited" && error.retryAfter !== undefined]).toEqual(
          ["RateLimited", 429, true]
        )
      }
      yield* inject("get", json(429, samples.errors.rateLimited))
      const capped = yield* Effect.flip(autumn.get("team-1"))
      expect([capped._tag, capped.providerCode, capped._tag === "RateLimited" && capped.retryAfter]).toEqual(
        ["RateLimited", "rate_limit_exceeded", undefined]
      )
    }).pipe(Effect.provide(once.onPort(client, { rateLimits: true }))))
})

it.effect.each(versions)(
  "autumn pitfall 3: total, has_more and a short page end no walk (%s)",
  (apiVersion) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed(Array.from({ length: 20 }, (_, index) => ({ id: `team-${index}`, unserialisable: index % 6 === 2 })))
      const control = yield* SandboxControl
      const lie = (page: any) => apiVersion === "2.1" ? { ...page, has_more: false, total: 1 } : page
      yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Alter({ alter: lie }) })
      for (const pageSize of [1, 2, 5, 10, 20]) {
        const walked = yield* collect(customers.stream({ pageSize }))
        expect([pageSize, new Set(walked.map(({ id }) => id)).size]).toEqual([pageSize, 17])
      }
      if (apiVersion === "2.1") {
        const page = (yield* AutumnClient).list({ limit: 5, offset: 15 })
        expect((yield* page).total_filtered_count).toBe(20)
      }
    }).pipe(Effect.provide(inProcess({}, { apiVersion })))
)

it.effect("autumn pitfall 4: who moves to a later page is not told twice, and who has no id is not taken for another", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* seed(
      Array.from({ length: 9 }, (_, index) => ({ id: null, email: `u${index}@example.com`, created_at: start }))
    )
    yield* seed(Array.from({ length: 10 }, (_, index) => ({ id: `team-${index}` })))
    const walked = yield* paged((from) =>
      Effect.gen(function*() {
        const [page] = yield* collect(Stream.take(autumn.streamPages({}, { pageSize: 3, from }), 1))
        if ((yield* stored).length < 30) yield* seed(2)
        return page!
      })
    )
    const names = walked.map(({ email, id }) => id ?? email)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => /^(?:team-|u)\d/.test(name ?? ""))).toHaveLength(19)
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 5: walks ask for big pages, and keep to what the 429 says", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    yield* seed(1600)
    const walked = yield* inVirtualTime(collect(customers.stream()))
    expect(walked).toHaveLength(1600)
    const log = yield* requests
    expect(new Set(log.map((entry) => (bodyOf(entry) as { readonly limit: number }).limit))).toEqual(new Set([250]))
    // seven pages of which five fit in a second
    const refused = log.filter(({ status }) => status === 429)
    expect([log.length - refused.length, refused.length > 0]).toEqual([7, true])
  }).pipe(Effect.provide(inProcess({ rateLimits: true }))))

it.effect("autumn pitfall 6: subscription_status filters nobody by itself, and active is not past due (documented)", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* seed([
      { id: "none" },
      { id: "active", subscriptions: [{ plan_id: "pro", status: "active" }] },
      { id: "late", subscriptions: [{ plan_id: "pro", status: "active", past_due: true }] },
      { id: "soon", subscriptions: [{ plan_id: "pro", status: "scheduled" }] }
    ])
    const ids = (filters: Autumn.AutumnListFilters) =>
      Effect.map(collect(autumn.stream(filters)), (all) => all.map(({ id }) => id).sort())
    expect(yield* ids({ subscription_status: "active" })).toEqual(["active", "late", "none", "soon"])
    expect(yield* ids({ subscription_status: "active", plans: [{ id: "pro" }] })).toEqual(["active"])
    expect(yield* ids({ plans: [{ id: "pro" }] })).toEqual(["active", "late", "soon"])
    // what cannot be one of both is refused
    expect(yield* refusal(autumn.list({ subscription_status: "past_due" as never }))).toEqual(
      ["InvalidRequest", "sdk", "subscription_status"]
    )
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 7: of more than 15 plans the first are answered, and taken as they come (documented)", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* seed([{ id: "team-1", subscriptions: Array.from({ length: 20 }, (_, index) => ({ plan_id: `p${index}` })) }])
    expect((yield* autumn.get("team-1")).subscriptions.map(({ plan_id }) => plan_id)).toEqual(
      Array.from({ length: 15 }, (_, index) => `p${index}`)
    )
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 8: a cursor that ends at a customer without an id does not end the walk", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    yield* seed([
      { id: "a", created_at: start },
      { id: null, email: "b@example.com", created_at: start + 1 },
      { id: "c", created_at: start + 2 }
    ])
    const page = yield* autumn.list({ limit: 2, sort_order: "asc" })
    expect([page.list.length, page.next_cursor]).toEqual([2, null])
    const walked = yield* collect(customers.stream({ pageSize: 2 }))
    expect(walked.map(({ id }) => String(id))).toEqual(["a", "b@example.com", "c"])
  }).pipe(Effect.provide(inProcess({}, { apiVersion: "2.3" }))))

it.effect("autumn pitfall 9: a customer with an e-mail alone has no id", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByEmail
    const made = yield* autumn.getOrCreate({ customer_id: null, email: "ada@example.com" })
    expect(made.id).toBeNull()
    const [found] = yield* collect(customers.findByEmail("ADA@example.com"))
    expect([String(found!.id), found!.externalId]).toEqual(["ada@example.com", Option.none()])
    const before = (yield* requests).length
    expect(yield* refusal(customers.get(found!.id))).toEqual(["Unsupported", "id"])
    expect(yield* refusal(customers.update(found!.id, { name: "Ada" }))).toEqual(["Unsupported", "id"])
    expect(yield* refusal(customers.delete(found!.id))).toEqual(["Unsupported", "id"])
    expect((yield* requests).length).toBe(before)
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 10: null clears, nothing keeps, and a null that Autumn refuses is refused unsent", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* seed([{ id: "team-1", name: "Ada", email: "ada@example.com", metadata: { a: 1, b: 2 } }])
    const patch = { name: null, email: undefined, metadata: { a: null } }
    expect(yield* autumn.update("team-1", patch)).toMatchObject({
      name: null,
      email: "ada@example.com",
      metadata: { b: 2 }
    })
    expect(yield* autumn.update("team-1", { metadata: null })).toMatchObject({ metadata: { b: 2 } })
    yield* autumn.getOrCreate({ customer_id: null, email: "b@example.com" })
    expect(yield* bodies).toEqual([
      { customer_id: "team-1", name: null, metadata: { a: null } },
      { customer_id: "team-1", metadata: null },
      { customer_id: null, email: "b@example.com" }
    ])
    const refused = [
      ["new_customer_id", autumn.update("team-1", { new_customer_id: null } as never)],
      ["send_email_receipts", autumn.update("team-1", { send_email_receipts: null } as never)],
      ["billing_controls.auto_topups", autumn.update("team-1", { billing_controls: { auto_topups: null } } as never)],
      ["customer_id", autumn.getOrCreate({ email: "c@example.com" } as never)],
      ["email", autumn.getOrCreate({ customer_id: null } as never)]
    ] as const
    for (const [path, call] of refused) {
      expect(yield* refusal(call)).toEqual(expect.arrayContaining(["InvalidRequest", "sdk", path]))
    }
    expect(yield* requests).toHaveLength(3)
    // the services clear metadata all the same
    const customers = yield* CustomersByExternalId
    expect((yield* customers.update("team-1", { metadata: null, email: null })).metadata).toEqual({})
    expect((yield* stored)[0]).toMatchObject({ name: null, email: null, metadata: {} })
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 11: getOrCreate changes nobody who is there; create says so, and upsert updates", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    const ada = { name: "Ada", email: "ada@example.com", metadata: { a: 1 } }
    yield* seed([{ id: "team-1", ...ada }])
    const other = { name: "Eve", email: "eve@example.com", metadata: { b: 2 } }
    expect(yield* autumn.getOrCreate({ customer_id: "team-1", ...other })).toMatchObject(ada)
    const error = yield* Effect.flip(customers.create({ externalId: "team-1", ...other }))
    expect([error._tag, error._tag === "CustomerAlreadyExists" && error.fields]).toEqual(
      ["CustomerAlreadyExists", ["externalId"]]
    )
    yield* customers.getOrCreate("team-1", other)
    expect((yield* stored)[0]).toMatchObject(ada)
    yield* customers.upsert("team-1", other)
    expect((yield* stored)[0]).toMatchObject(other)
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 12: reading creates nobody", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    const reads: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
      autumn.get("team-1"),
      customers.get("team-1"),
      customers.getByExternalId("team-1")
    ]
    for (const read of reads) {
      expect((yield* Effect.flip(read))._tag).toBe("CustomerNotFound")
    }
    expect(yield* operations).toEqual(["get", "get", "get"])
    expect(yield* stored).toEqual([])
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 13: a failure is a failure, and never an invented customer", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    const faults: ReadonlyArray<readonly [Fault.Fault, CustomersError["_tag"]]> = [
      [json(500, { message: "x", code: "internal_error" }), "ProviderUnavailable"],
      [json(503, samples.errors.shed), "ProviderUnavailable"],
      [Fault.HtmlPage({}), "ProviderUnavailable"],
      [Fault.HtmlPage({ status: 200 }), "InvalidResponse"],
      [Fault.Respond({ status: 500 }), "ProviderUnavailable"],
      [Fault.Reset({}), "TransportFailed"],
      [Fault.CutBody({ applied: false }), "TransportFailed"],
      [Fault.CutJson({}), "InvalidResponse"],
      [Fault.EmptyBody(), "InvalidResponse"],
      [json(429, samples.errors.rateLimited), "RateLimited"],
      [text429, "RateLimited"]
    ]
    const control = yield* SandboxControl
    for (const [fault, tag] of faults) {
      yield* control.reset
      yield* control.inject({ operation: "getOrCreate", times: Infinity, fault })
      const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
        autumn.getOrCreate({ customer_id: "team-1", email: "ada@example.com" }),
        customers.create({ externalId: "team-2", email: "ada@example.com" })
      ]
      for (const call of calls) {
        const error = yield* Effect.flip(inVirtualTime(call))
        expect([error._tag, error.mayHaveApplied]).toEqual([tag, true])
      }
    }
    // and where nothing answers at all
    yield* control.reset
    for (const operation of ["get", "getOrCreate"]) {
      yield* control.inject({ operation, times: Infinity, fault: Fault.Respond({ status: 500 }) })
    }
    for (const call of [customers.getOrCreate("team-3", {}), customers.upsert("team-3", {}), customers.get("team-3")]) {
      expect((yield* Effect.flip(inVirtualTime(call)))._tag).toBe("ProviderUnavailable")
    }
    expect(yield* stored).toEqual([])
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 14: which e-mails are good is Autumn's to say", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    const emails = ["o'brien@example.com", "a&b@example.com", "100%@example.com", "jörg@example.com"]
    for (const [index, email] of emails.entries()) {
      expect((yield* autumn.getOrCreate({ customer_id: `c-${index}`, email })).email).toBe(email)
      expect((yield* customers.create({ externalId: `s-${index}`, email })).email).toEqual(Option.some(email))
    }
    for (const email of ["", "no-at-all", "with space@example.com", `${"x".repeat(65)}@example.com`]) {
      expect(yield* refusal(autumn.getOrCreate({ customer_id: "other", email }))).toEqual(
        ["InvalidRequest", "provider", "email"]
      )
    }
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 15: the wire is snake_case and its times are milliseconds, whatever the examples say", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    yield* inject(
      "get",
      json(200, { ...samples.bareToday, created_at: undefined, createdAt: samples.bareToday.created_at })
    )
    const error = yield* Effect.flip(customers.get("team-2"))
    expect(error._tag === "InvalidResponse" && error.issues).toEqual([{
      path: "created_at",
      expected: "to be present"
    }])
    yield* inject("get", json(200, samples.bareToday))
    expect(DateTime.formatIso((yield* customers.get("team-2")).createdAt)).toBe("2026-02-16T00:00:00.000Z")
    // the example that is in seconds would be in 1970
    yield* inject("get", json(200, { ...samples.bareToday, created_at: 1_717_000_000 }))
    expect(DateTime.getPartUtc((yield* customers.get("team-2")).createdAt, "year")).toBe(1970)
  }).pipe(Effect.provide(inProcess())))

const withTiers = (tiers: unknown) => ({
  ...samples.customer,
  balances: {
    messages: {
      ...samples.customer.balances.messages,
      breakdown: [{ ...samples.customer.balances.messages.breakdown[0], price: { tiers, billing_units: 1 } }]
    }
  }
})

it("autumn pitfall 16: tiers are {to, amount}, the last up to inf", () => {
  const tiers = [{ to: 100, amount: 0.5 }, { to: "inf", amount: 0.25 }]
  const decoded = Either.getOrThrow(decode(withTiers(tiers)))
  expect(decoded.balances["messages"]?.breakdown?.[0]?.price?.tiers).toEqual(tiers)
  expect(decoded.balances["messages"]?.breakdown?.[0]?.price?.tiers?.map(({ to }) => to)).toEqual([100, "inf"])
  type Tier = NonNullable<NonNullable<AutumnApi.AutumnBalance["breakdown"]>[number]["price"]>["tiers"]
  expectTypeOf<NonNullable<Tier>[number]["amount"]>().toEqualTypeOf<number>()
  expectTypeOf<"inf">().toExtend<NonNullable<Tier>[number]["to"]>()
})

it("autumn pitfall 17: what older answers of the same version lack is absent", () => {
  for (const sample of [samples.bare, samples.early]) {
    const { billing_controls, flags, licenses, subscriptions } = Either.getOrThrow(decode(sample))
    expect([billing_controls, flags, licenses, subscriptions[0]?.id]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined
    ])
  }
})

it.effect("autumn pitfall 18: members that nobody knows yet are read, in answers", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const customers = yield* CustomersByExternalId
    yield* seed([{
      id: "team-1",
      subscriptions: [{ plan_id: "pro" }],
      balances: { messages: { breakdown: [samples.customer.balances.messages.breakdown[0] as never] } }
    }])
    const control = yield* SandboxControl
    for (const operation of ["get", "list", "getOrCreate", "update"]) {
      yield* control.inject({ operation, times: Infinity, fault: Fault.UnknownMembers() })
      yield* control.inject({ operation, times: Infinity, fault: Fault.UnknownKeys() })
    }
    expect((yield* autumn.get("team-1")).subscriptions[0]!.status).toBe("sandbox_unknown")
    expect((yield* autumn.list()).list[0]!.env).toBe("sandbox_unknown")
    yield* autumn.getOrCreate({ customer_id: "team-1" })
    yield* customers.update("team-1", { name: "Ada", metadata: { a: 1 } })
    const before = (yield* requests).length
    expect(yield* refusal(autumn.get("team-1", { expand: ["sandbox_unknown" as never] }))).toEqual(
      ["InvalidRequest", "sdk", "expand.0"]
    )
    expect((yield* requests).length).toBe(before)
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 19: success of a delete says nothing of Stripe; a success that is false is none (documented)", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* seed([{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }])
    expect(yield* autumn.delete("a")).toBeUndefined()
    yield* autumn.delete("b", { delete_in_stripe: true })
    expect(yield* bodies).toEqual([{ customer_id: "a" }, { customer_id: "b", delete_in_stripe: true }])
    yield* inject("delete", json(200, { success: false }))
    const error = yield* Effect.flip(autumn.delete("c"))
    expect([error._tag, error.status, error.mayHaveApplied]).toEqual(["UnexpectedStatus", 200, true])
    const { cancelsSubscriptions, keepsBilling } = Autumn.capabilities.delete
    expect([cancelsSubscriptions, keepsBilling]).toEqual([false, true])
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 20: what an update answers is what there is; nothing is read after it", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    yield* seed([{ id: "team-1", name: "Ada" }])
    const updated = yield* customers.update("team-1", { name: "Ada King" })
    expect(updated.name).toEqual(Option.some("Ada King"))
    expect(yield* operations).toEqual(["update"])
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 21: a list is asked for in JSON that can be read, also when there is nothing to say", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    yield* autumn.list()
    yield* autumn.list({ search: "\"}\u2028{" })
    const log = yield* requests
    expect(log.map(bodyOf)).toEqual([{}, { search: "\"}\u2028{" }])
    for (const { body, headers } of log) {
      expect([headers["content-type"], headers["content-length"]]).toEqual(
        ["application/json", String(new TextEncoder().encode(body).length)]
      )
    }
    // what JSON has no words for is refused, and not sent as something else
    expect(yield* refusal(autumn.list({ limit: Number.NaN }))).toEqual(["InvalidRequest", "sdk", "limit"])
    expect(yield* refusal(autumn.update("a", { metadata: { a: Infinity } }))).toEqual([
      "InvalidRequest",
      "sdk",
      "metadata.*"
    ])
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 22: an id is in the body, whatever is in it", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    for (const id of ["a/b", "a?b=c", "../customers", "a b", "%2F"]) {
      expect((yield* Effect.flip(autumn.get(id)))._tag).toBe("CustomerNotFound")
      expect((yield* Effect.flip(autumn.update(id, { name: "x" })))._tag).toBe("CustomerNotFound")
      expect((yield* Effect.flip(autumn.delete(id)))._tag).toBe("CustomerNotFound")
    }
    expect(new Set(yield* paths)).toEqual(
      new Set(["/v1/customers.get", "/v1/customers.update", "/v1/customers.delete"])
    )
    const before = (yield* requests).length
    for (const id of ["a/b", "a@b", "", "a.b"]) {
      expect(yield* refusal(autumn.getOrCreate({ customer_id: id }))).toContain("customer_id")
      expect(yield* refusal(autumn.update("team-1", { new_customer_id: id }))).toEqual(
        ["InvalidRequest", "sdk", "new_customer_id"]
      )
    }
    expect((yield* requests).length).toBe(before)
  }).pipe(Effect.provide(inProcess())))

it.effect("autumn pitfall 23: codes are the server's; what old SDKs called CUSTOMER_ID_REQUIRED is refused unsent", () =>
  Effect.gen(function*() {
    const autumn = yield* AutumnClient
    const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
      autumn.get(""),
      autumn.update("", {}),
      autumn.delete("")
    ]
    for (const call of calls) {
      expect(yield* refusal(call)).toEqual(["InvalidRequest", "sdk", "customer_id"])
    }
    yield* expectNothingSent
    yield* inject("get", json(404, { code: "CUSTOMER_NOT_FOUND", message: "x" }))
    const error = yield* Effect.flip(autumn.get("team-1"))
    expect([error._tag, error.providerCode]).toEqual(["UnexpectedStatus", undefined])
  }).pipe(Effect.provide(inProcess())))
