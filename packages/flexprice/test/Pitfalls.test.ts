/** What implementations of Flexprice's customers API got wrong, by the numbers of the README's list. */
import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Fault } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { BigDecimal, DateTime, Effect, Option, Redacted } from "effect"
import {
  bodyOf,
  clients,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  olderKey,
  once,
  operations,
  refusal,
  requests,
  seed,
  seedOne,
  sent,
  shape,
  stored
} from "./onSandbox.js"
import * as samples from "./samples.js"

const lastQuery = Effect.map(requests, (log) => log.at(-1)!.query)

const lastBody = Effect.map(requests, (log) => bodyOf(log.at(-1)!))

const older = { apiKey: Redacted.make(olderKey) }

const featured = [
  { feature: { id: "feat_calls", name: "Calls", lookup_key: "calls" } },
  { feature: { id: "feat_seats", name: "Seats", lookup_key: "seats" } },
  { feature: { id: "feat_sso", name: "SSO", lookup_key: "sso", type: "boolean" } }
]

const keysOf = (features: Flexprice.FlexpriceApi.FlexpriceUsage["features"]) =>
  (features ?? []).map(({ feature }) => feature?.lookup_key)

it.effect("flexprice pitfall 1: an array in a query is a repeated key", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const id = yield* seedOne({ features: featured })
    const others = yield* seed(2)
    const feature_ids = ["feat_calls", "feat_seats"]
    const usage = yield* flexprice.getUsage({ customer_id: id, feature_ids })
    expect(yield* lastQuery).toEqual([["customer_id", id], ["feature_ids", "feat_calls"], [
      "feature_ids",
      "feat_seats"
    ]])
    expect(keysOf(usage.features)).toEqual(["calls", "seats"])
    const entitlements = yield* flexprice.getEntitlements(id, { feature_ids })
    expect(entitlements.features).toHaveLength(2)
    expect(yield* lastQuery).toEqual([["feature_ids", "feat_calls"], ["feature_ids", "feat_seats"]])
    expect((yield* flexprice.list({ customer_ids: others })).items).toHaveLength(2)
    expect(yield* lastQuery).toEqual(others.map((id) => ["customer_ids", id]))
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 2: lookup keys that nobody knows are no features, not all of them", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customer_id = yield* seedOne({ features: featured })
    const none = yield* flexprice.getUsage({ customer_id, feature_lookup_keys: ["nobody", "calls,seats"] })
    expect(none.features).toEqual([])
    const some = yield* flexprice.getUsage({ customer_id, feature_lookup_keys: ["seats"], feature_ids: ["feat_calls"] })
    expect(keysOf(some.features)).toEqual(["calls", "seats"])
    expect((yield* flexprice.getUsage({ customer_id })).features).toHaveLength(3)
    expect(yield* refusal(flexprice.getUsage({ customer_id, feature_lookup_keys: [] }))).toEqual(
      ["InvalidRequest", "sdk", "feature_lookup_keys"]
    )
    // features that do not say their keys are not judged
    yield* inject("getUsage", json(200, samples.usage))
    const unsaid = yield* flexprice.getUsage({ customer_id, feature_lookup_keys: ["seats"] })
    expect(unsaid.features).toHaveLength(2)
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 3: the offset of an answer is the next one: nothing is skipped", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customers = yield* CustomersService
    const ids = yield* seed(7)
    const { pagination } = yield* flexprice.list({ limit: 2 })
    expect(pagination).toEqual({ total: 7, limit: 2, offset: 2 })
    const walked = yield* collect(customers.stream({ pageSize: 2 }))
    expect(walked.map(({ id }) => id)).toEqual(ids)
    const offsets = (yield* requests).slice(1).map((entry) => (bodyOf(entry) as { readonly offset: number }).offset)
    expect(offsets).toEqual([0, 2, 4, 6])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 4: a list takes no sort, a search takes it as an array", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    yield* seed([{ external_id: "b" }, { external_id: "a" }])
    expect(yield* refusal(flexprice.list({ sort: "created_at" } as never))).toEqual(["InvalidRequest", "sdk", "sort"])
    expect(yield* refusal(flexprice.search({ sort: "external_id" as never }))).toEqual([
      "InvalidRequest",
      "sdk",
      "sort"
    ])
    expect(yield* operations).toEqual([])
    const { items } = yield* flexprice.search({ sort: [{ field: "external_id", direction: "asc" }] })
    expect(items.map(({ external_id }) => external_id)).toEqual(["a", "b"])
    expect((yield* flexprice.list({ order: "asc" })).items.map(({ external_id }) => external_id)).toEqual(["b", "a"])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 5: a field that nobody knows, 400 or 500 at random, is refused unsent", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const value = { string: "x" }
    for (const field of ["nickname", "EMAIL", "metadata", "tenant_id", "", "__proto__"]) {
      const filter: unknown = { field, operator: "eq", value }
      expect(yield* refusal(flexprice.search({ filters: [filter as never] }))).toContain("filters.0.field")
      const sort: unknown = { field, direction: "asc" }
      expect(yield* refusal(flexprice.search({ sort: [sort as never] }))).toContain("sort.0.field")
    }
    yield* expectNothingSent
    // so that a 500 is one that may pass, and a search is repeated like any read
    yield* inject("search", json(500, samples.errors.database))
    expect(yield* refusal(flexprice.search())).toEqual(["ProviderUnavailable"])
    expect(Flexprice.FlexpriceApi.search.repeat).toBe("always")
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 6: a condition that the server crashes on or drops is refused unsent", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const conditions: ReadonlyArray<object> = [
      { field: "name", operator: "eq" },
      { field: "name", operator: "eq", value: null },
      { field: "name", operator: "eq", value: {} },
      { field: "name", operator: "eq", value: { number: 5 } },
      { field: "name", operator: "eq", value: { array: ["x"] } },
      { field: "name", operator: "eq", value: { string: "x", number: 5 } },
      { field: "name", operator: "eq", value: { boolean: true } },
      { field: "name", operator: "in", value: { string: "x" } },
      { field: "name", operator: "in", value: { array: [] } },
      { field: "name", operator: "not_in", value: { array: [5] } },
      { field: "name", operator: "gt", value: { number: 5 } },
      { field: "created_at", operator: "gte", value: { date: "2026-01-01T00:00:00Z" } },
      { field: "created_at", operator: "before", value: { string: "2026-01-01T00:00:00Z" } },
      { field: "created_at", operator: "before", value: { date: "2026-01-01" } },
      { field: "created_at", operator: "before", value: { date: "2026-01-01T00:00:00" } },
      { field: "created_at", operator: "before", value: { date: "2026-02-30T00:00:00Z" } },
      { field: "created_at", operator: "before", value: { date: "2026-04-31T00:00:00+05:30" } },
      { field: "created_at", operator: "before", value: { date: "2025-02-29T00:00:00Z" } },
      { field: "created_at", operator: "before", value: { date: "2026-01-01T24:00:00Z" } },
      { field: "created_at", operator: "eq", value: { string: "2026-01-01T00:00:00Z" } },
      { field: "name", operator: "before", value: { date: "2026-01-01T00:00:00Z" } },
      { field: "name", operator: "starts_with", value: { string: "x" } },
      { field: "name", value: { string: "x" } }
    ]
    for (const condition of conditions) {
      const [tag, origin, at] = yield* refusal(flexprice.search({ filters: [condition as never] }))
      expect([condition, tag, origin]).toEqual([condition, "InvalidRequest", "sdk"])
      expect(at).toMatch(/^filters\.0/)
      expect(yield* refusal(collect(flexprice.streamSearch({ filters: [condition as never] })))).toContain("sdk")
    }
    yield* expectNothingSent
    // what can be written is applied
    const [id] = yield* seed([{ name: "Ada", address_city: "Pune" }, { name: "Grace" }])
    for (
      const filter of [
        { field: "name", operator: "eq", value: { string: "Ada" } },
        { field: "name", operator: "contains", value: { string: "DA" } },
        { field: "name", operator: "not_contains", value: { string: "RACE" } },
        { field: "id", operator: "in", value: { array: [id!] } },
        { field: "address_city", operator: "not_in", data_type: "array", value: { array: [""] } }
      ] as const
    ) {
      const { items } = yield* flexprice.search({ filters: [filter] })
      expect([filter, items.map(({ name }) => name)]).toEqual([filter, ["Ada"]])
      expect(yield* lastBody).toEqual({ filters: [filter] })
    }
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 7: no start_time and end_time, which do nothing; before and after on created_at do", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const times = { start_time: "2026-01-01T00:00:00Z", end_time: "2026-02-01T00:00:00Z" }
    expect(yield* refusal(flexprice.list(times as never))).toEqual(["InvalidRequest", "sdk", "start_time", "end_time"])
    expect(yield* refusal(flexprice.search(times as never))).toEqual([
      "InvalidRequest",
      "sdk",
      "start_time",
      "end_time"
    ])
    yield* expectNothingSent
    yield* seed([
      { external_id: "before", created_at: "2025-12-31T23:59:59Z" },
      { external_id: "within", created_at: "2026-01-15T00:00:00Z" },
      { external_id: "after", created_at: "2026-02-01T00:00:01Z" }
    ])
    const { items } = yield* flexprice.search({
      filters: [
        { field: "created_at", operator: "after", value: { date: times.start_time } },
        { field: "created_at", operator: "before", data_type: "date", value: { date: "2026-02-01T05:30:00.5+05:30" } }
      ]
    })
    expect(items.map(({ external_id }) => external_id)).toEqual(["within"])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 8: the status is a field of the search, never a condition", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const condition: unknown = { field: "status", operator: "eq", value: { string: "archived" } }
    expect(yield* refusal(flexprice.search({ filters: [condition as never] }))).toContain("filters.0.field")
    yield* expectNothingSent
    yield* seed([{ external_id: "gone", status: "archived" }, { external_id: "here" }])
    const archived = yield* flexprice.search({ status: "archived" })
    expect(archived.items.map(({ external_id }) => external_id)).toEqual(["gone"])
    expect((yield* flexprice.list({ status: "archived" })).items).toEqual(archived.items)
    expect((yield* flexprice.search()).items.map(({ external_id }) => external_id)).toEqual(["here"])
  }).pipe(Effect.provide(once.inProcess())))

describe("flexprice pitfall 9: another external id where metadata is null", () => {
  const rename = (customers: CustomersByExternalId["Type"], id: string, by: "id" | "external id", patch = {}) =>
    by === "id"
      ? customers.update(id, { externalId: "new", ...patch })
      : customers.updateByExternalId("old", { externalId: "new", ...patch })

  it.effect.each(["id", "external id"] as const)(
    "flexprice pitfall 9: metadata goes first, alone, by %s",
    (by) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const id = yield* seedOne({ external_id: "old", metadata: null })
        const renamed = yield* rename(customers, id, by, { name: "Ada" })
        expect([renamed.externalId, renamed.name]).toEqual([Option.some("new"), Option.some("Ada")])
        const log = yield* requests
        expect(log.map(({ status }) => status)).toEqual([200, 200, 200])
        expect(log.slice(1).map(sent)).toEqual([
          ["PUT", "/v1/customers", { id }, { metadata: {} }],
          ["PUT", "/v1/customers", { id }, { name: "Ada", external_id: "new" }]
        ])
        expect((yield* customers.getByExternalId("new")).id).toBe(id)
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect.each(["id", "external id"] as const)(
    "flexprice pitfall 9: where there is metadata one call does, by %s",
    (by) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const id = yield* seedOne({ external_id: "old", metadata: {} })
        yield* rename(customers, id, by)
        expect((yield* requests).slice(1).map(sent)).toEqual([["PUT", "/v1/customers", { id }, { external_id: "new" }]])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("flexprice pitfall 9: metadata of the patch comes with the new id, after an empty one", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const id = yield* seedOne({ external_id: "old", metadata: null })
      const renamed = yield* customers.update(id, { externalId: "new", metadata: { tier: "gold" } })
      expect(renamed.metadata).toEqual({ tier: "gold" })
      expect((yield* operations).filter((operation) => operation === "update")).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("flexprice pitfall 9: the client sends what it is told, and says what the server's crash is", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const id = yield* seedOne({ external_id: "old", metadata: null })
      const error = yield* Effect.flip(flexprice.update({ id }, { external_id: "new" }))
      expect([error._tag, error.status, error.mayHaveApplied]).toEqual(["ProviderUnavailable", 500, true])
      expect((yield* stored).map(({ external_id }) => external_id)).toEqual(["old"])
    }).pipe(Effect.provide(once.inProcess())))
})

it.effect("flexprice pitfall 10: what a rename leaves in metadata stays, unless metadata is given (documented)", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const id = yield* seedOne({ external_id: "one", metadata: { tier: "gold" } })
    const renamed = yield* customers.update(id, { externalId: "two" })
    // the new one, under a name that says old
    expect(renamed.metadata).toMatchObject({ tier: "gold", old_external_ids: expect.stringContaining("two") })
    expect(renamed.metadata.old_external_ids).not.toContain("one")
    const given = yield* customers.update(id, { externalId: "three", metadata: { tier: "silver" } })
    expect(given.metadata).toEqual({ tier: "silver" })
    expect((yield* customers.get(id)).metadata).toEqual({ tier: "silver" })
  }).pipe(Effect.provide(inProcess())))

it.effect("flexprice pitfall 11: the answer of an update does not say when: it has no updatedAt", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    const ada = yield* customers.create({ externalId: "ada", name: "Ada" })
    const updated = [
      yield* customers.update(ada.id, { name: "Ada Lovelace" }),
      yield* customers.updateByExternalId("ada", { email: "ada@example.com" }),
      yield* customers.upsert("ada", { name: "Countess" })
    ]
    expect(updated.map(({ updatedAt }) => updatedAt)).toEqual([Option.none(), Option.none(), Option.none()])
    const read = Option.getOrThrow((yield* customers.get(ada.id)).updatedAt)
    expect(DateTime.greaterThan(read, Option.getOrThrow(ada.updatedAt))).toBe(true)
    // what Flexprice said is there for who asks
    expect(Option.getOrThrow(Flexprice.raw(updated[2]!)).updated_at).toBeDefined()
  }).pipe(Effect.provide(inProcess())))

it.effect("flexprice pitfall 12: a time is the same time with more digits and with fewer", () =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const created = yield* customers.create({ externalId: "ada", name: "Ada" })
    const read = yield* customers.get(created.id)
    const wire = [created, read].map((customer) => Option.getOrThrow(Flexprice.raw(customer)).created_at!)
    expect(wire[0]).not.toBe(wire[1])
    expect(DateTime.Equivalence(created.createdAt, read.createdAt)).toBe(true)
    expect(created).toEqual(read)
  }).pipe(Effect.provide(inProcess())))

it.effect("flexprice pitfall 13: what the document does not mark as nullable is null, and decodes", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    yield* inject("get", json(200, { ...samples.olderCustomer, metadata: null }))
    yield* inject("getUsage", json(200, samples.usage))
    yield* inject("getEntitlements", json(200, samples.richEntitlements))
    const customer = yield* flexprice.get("cust_x")
    expect([customer.metadata, customer.parent_customer_id]).toEqual([null, null])
    const usage = yield* flexprice.getUsage({ customer_id: "cust_1" })
    expect([usage.period, usage.features?.[1]?.total_limit, usage.features?.[1]?.next_usage_reset_at]).toEqual(
      [null, null, null]
    )
    const { features, subscriptions } = yield* flexprice.getEntitlements("cust_1")
    expect([subscriptions?.[0]?.cancel_at, subscriptions?.[0]?.trial_end, features?.[0]?.feature?.metadata]).toEqual(
      [null, null, null]
    )
    expect(subscriptions?.[0]).toMatchObject({ plan: null, customer: null })
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 14: decimals are strings where the document says number, and any JSON is a config value", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    yield* inject("getEntitlements", json(200, samples.richEntitlements))
    yield* inject("getUpcomingGrants", json(200, samples.upcomingGrants))
    const { features, subscriptions } = yield* flexprice.getEntitlements("cust_1")
    const { entitlement, feature } = features![0]!
    const exactly = (decimal: BigDecimal.BigDecimal | null | undefined) => BigDecimal.format(decimal!)
    expect(exactly(feature?.reporting_unit?.conversion_rate)).toBe("0.000000001")
    expect(exactly(feature?.alert_settings?.critical?.threshold)).toBe("0.9")
    expect(exactly(feature?.meter?.aggregation?.multiplier)).toBe("2.5")
    // no float holds this one
    expect(exactly(entitlement?.buckets?.[0]?.grant_quota)).toBe("9007199254740993.000000001")
    expect(BigDecimal.equals(subscriptions![0]!.auto_invoice_threshold!, BigDecimal.make(1n, 14))).toBe(true)
    expect(entitlement?.config_values).toEqual([{ text: "a", number: 1.5, list: [null, true] }])
    const { items } = yield* flexprice.getUpcomingGrants("cust_1")
    expect(exactly(items[0]!.credits)).toBe("100.5")
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 15: auto_apply has two defaults, so it has to be said", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const rate = { tax_rate_code: "GST18", currency: "inr" }
    const customer = { external_id: "acme", name: "Acme" }
    expect(yield* refusal(flexprice.create({ ...customer, tax_rate_overrides: [rate as never] }))).toEqual(
      ["InvalidRequest", "sdk", "tax_rate_overrides.0.auto_apply"]
    )
    yield* expectNothingSent
    yield* flexprice.create({ ...customer, tax_rate_overrides: [{ ...rate, auto_apply: true }] })
    expect(yield* lastBody).toEqual({ ...customer, tax_rate_overrides: [{ ...rate, auto_apply: true }] })
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 16: a deleted customer is not there, though the server answers it by id", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customers = yield* CustomersByExternalId
    const ada = yield* customers.create({ externalId: "ada", name: "Ada" })
    yield* customers.delete(ada.id)
    expect((yield* flexprice.get(ada.id)).status).toBe("archived")
    const errors = [
      yield* Effect.flip(customers.get(ada.id)),
      yield* Effect.flip(customers.getByExternalId("ada")),
      yield* Effect.flip(customers.update(ada.id, { name: "Grace" })),
      yield* Effect.flip(customers.update(ada.id, { externalId: "grace" })),
      yield* Effect.flip(customers.update(ada.id, {})),
      yield* Effect.flip(customers.updateByExternalId("ada", { name: "Grace" })),
      yield* Effect.flip(customers.delete(ada.id)),
      yield* Effect.flip(customers.deleteByExternalId("ada"))
    ]
    expect(errors.map(({ _tag }) => _tag)).toEqual(errors.map(() => "CustomerNotFound"))
    const [read] = errors
    expect(read).toMatchObject({ status: 200, operation: "get", mayHaveApplied: false })
    expect(read!._tag === "CustomerNotFound" && Redacted.value(read!.customerId!)).toBe(ada.id)
    // the server changed the one that nobody sees
    expect(errors[2]).toMatchObject({ status: 200, operation: "update", mayHaveApplied: true })
    const again = yield* customers.create({ externalId: "ada", name: "Ada" })
    expect(again.id).not.toBe(ada.id)
  }).pipe(Effect.provide(inProcess())))

it.effect("flexprice pitfall 17: nobody's entitlements are none, and no error (documented)", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    expect(yield* flexprice.getEntitlements("cust_missing")).toEqual(samples.noEntitlements)
    expect((yield* Effect.flip(flexprice.getUsage({ customer_id: "cust_missing" })))._tag).toBe("CustomerNotFound")
    expect((yield* Effect.flip(flexprice.getUsage({ customer_lookup_key: "nobody" })))._tag).toBe("CustomerNotFound")
    expect((yield* Effect.flip(flexprice.getUpcomingGrants("cust_missing")))._tag).toBe("CustomerNotFound")
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 18: every source names the newest subscription, and it is told as it comes (documented)", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customer_id = yield* seedOne({
      subscriptions: [
        { id: "subs_older", start_date: "2026-01-01T00:00:00Z", created_at: "2026-01-01T00:00:00Z" },
        { id: "subs_newer", start_date: "2026-01-02T00:00:00Z", created_at: "2026-01-02T00:00:00Z" }
      ],
      features: [{ feature: { id: "feat_calls" }, sources: [{ subscription_id: "subs_older" }] }]
    })
    const { features } = yield* flexprice.getEntitlements(customer_id)
    expect(features?.[0]?.sources?.map(({ subscription_id }) => subscription_id)).toEqual(["subs_newer"])
    const usage = yield* flexprice.getUsage({ customer_id })
    expect(usage.features?.[0]?.sources?.map(({ subscription_id }) => subscription_id)).toEqual(["subs_newer"])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 19: a feature that is not metered is unlimited without a limit", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customer_id = yield* seedOne({ features: [{ feature: { lookup_key: "sso", type: "boolean" } }] })
    const { features } = yield* flexprice.getUsage({ customer_id })
    expect(features).toMatchObject([{ is_unlimited: true, total_limit: null }])
    expect(BigDecimal.isZero(features![0]!.usage_percent!)).toBe(true)
  }).pipe(Effect.provide(once.inProcess())))

it.effect("flexprice pitfall 20: active subscriptions and active wallets block a delete; others do not", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customers = yield* CustomersByExternalId
    const ids = yield* seed([
      { external_id: "subscribed", subscriptions: [{ subscription_status: "active" }] },
      { external_id: "rich", wallets: [{ wallet_status: "active" }] }
    ])
    for (const [index, id] of ids.entries()) {
      const errors = [
        yield* Effect.flip(flexprice.delete(id)),
        yield* Effect.flip(customers.delete(id)),
        yield* Effect.flip(customers.deleteByExternalId(["subscribed", "rich"][index]!))
      ]
      for (const error of errors) {
        expect(error).toMatchObject({ _tag: "Conflict", status: 400, mayHaveApplied: false })
        expect(error.message).toBe("flexprice delete: conflict (status 400)")
        expect(error._tag === "Conflict" && Redacted.value(error.reason)).toMatch(
          [/subscription/i, /wallet/i][index]!
        )
      }
    }
    const free = yield* seed([
      ...["trialing", "paused", "draft", "cancelled"].map((subscription_status) => ({
        subscriptions: [{ subscription_status }]
      })),
      { wallets: [{ wallet_status: "frozen" }] }
    ])
    yield* Effect.forEach(free, (id) => customers.delete(id))
    expect((yield* stored).map(({ id }) => id)).toEqual(ids)
  }).pipe(Effect.provide(inProcess())))

describe("flexprice pitfall 21: an external id with a slash", () => {
  const oddIds = ["acme/42", "/", "a/entitlements", "é ?#%&+=%2F/", "a.b", "..a", "42", "x;y"]

  it.live.each(clients)("flexprice pitfall 21: works everywhere, over %s", ([_, client]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const flexprice = yield* FlexpriceClient
      for (const externalId of oddIds) {
        const created = yield* customers.create({ externalId, name: "Ada" })
        expect(yield* customers.getByExternalId(externalId)).toEqual(created)
        expect((yield* flexprice.getByExternalId(externalId, { expand: "integrations" })).id).toBe(created.id)
        const updated = yield* customers.updateByExternalId(externalId, { name: "Grace" })
        expect([updated.id, updated.name]).toEqual([created.id, Option.some("Grace")])
        expect((yield* customers.getOrCreate(externalId, { name: "Other" })).id).toBe(created.id)
        expect((yield* customers.upsert(externalId, { name: "Ada" })).id).toBe(created.id)
        expect((yield* flexprice.getUsage({ customer_lookup_key: externalId })).customer_id).toBe(created.id)
        yield* customers.updateByExternalId(externalId, { externalId: `${externalId}/new` })
        expect((yield* Effect.flip(customers.getByExternalId(externalId)))._tag).toBe("CustomerNotFound")
        yield* customers.deleteByExternalId(`${externalId}/new`)
        expect((yield* Effect.flip(customers.deleteByExternalId(`${externalId}/new`)))._tag).toBe("CustomerNotFound")
      }
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(once.onPort(client))))

  it.effect("flexprice pitfall 21: the one that was asked for, or nobody; by path where a path can hold it", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* seed([{ external_id: "acme/42" }, { external_id: "acme-42" }])
      yield* flexprice.getByExternalId("acme-42")
      expect((yield* requests).map(sent)).toEqual([["GET", "/v1/customers/external/acme-42", {}, undefined]])
      const error = yield* Effect.flip(flexprice.getByExternalId("ACME/42"))
      expect(error).toMatchObject({ _tag: "CustomerNotFound", operation: "getByExternalId" })
      expect(error._tag === "CustomerNotFound" && Redacted.value(error.externalId!)).toBe("ACME/42")
      // a server that answers another one is not believed, and one who cannot be read is not called missing
      yield* inject("search", json(200, samples.page))
      expect(yield* refusal(flexprice.getByExternalId("acme/42"))).toEqual(["CustomerNotFound"])
      yield* inject("search", json(200, { ...samples.page, items: [{ ...samples.customer, id: 5 }] }))
      expect(yield* refusal(flexprice.getByExternalId("acme/42"))).toEqual(["InvalidResponse", "items.0.id"])
      yield* inject("search", json(401, samples.middleware.unauthorized))
      expect(yield* Effect.flip(flexprice.getByExternalId("."))).toMatchObject({
        _tag: "AuthenticationFailed",
        operation: "getByExternalId"
      })
    }).pipe(Effect.provide(once.inProcess())))
})

it.effect("flexprice pitfall 22: the parents of before March 2026 are refused unsent, and read", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customer = { external_id: "child", name: "Child" }
    for (const parent of ["parent_customer_id", "parent_customer_external_id"]) {
      expect(yield* refusal(flexprice.create({ ...customer, [parent]: "p" } as never))).toContain(parent)
      expect(yield* refusal(flexprice.update({ id: "cust_x" }, { [parent]: "p" } as never))).toContain(parent)
    }
    expect(yield* refusal(flexprice.list({ expand: "parent_customer" as never }))).toContain("expand")
    expect(yield* refusal(flexprice.search({ expand: "parent_customer" as never }))).toContain("expand")
    expect(yield* refusal(flexprice.list({ parent_customer_ids: ["p"] } as never))).toContain("parent_customer_ids")
    yield* expectNothingSent
    const id = yield* seedOne({ parent_customer_id: "cust_parent" })
    expect((yield* flexprice.get(id)).parent_customer_id).toBe("cust_parent")
  }).pipe(Effect.provide(once.inProcess(undefined, older))))

it.effect("flexprice pitfall 23: every status with every body is a typed error, its code and words kept", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const { errors, middleware } = samples
    const create = flexprice.create({ external_id: "acme-42", name: "Acme" })
    const cases: ReadonlyArray<readonly [Fault.Fault, ReadonlyArray<unknown>]> = [
      [json(400, errors.validation), ["InvalidRequest", "provider", "name"]],
      [json(400, samples.older(errors.validation)), ["InvalidRequest", "provider", "name"]],
      [json(401, middleware.unauthorized), ["AuthenticationFailed"]],
      [json(403, middleware.role), ["PermissionDenied"]],
      [json(403, middleware.environment), ["PermissionDenied"]],
      [json(409, errors.alreadyExists), ["CustomerAlreadyExists"]],
      [json(409, samples.older(errors.alreadyExists)), ["CustomerAlreadyExists"]],
      [json(500, errors.database), ["ProviderUnavailable"]],
      [Fault.Respond({ status: 500 }), ["ProviderUnavailable"]],
      [Fault.HtmlPage({}), ["ProviderUnavailable"]],
      [Fault.Respond({ status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" }), [
        "UnexpectedStatus"
      ]]
    ]
    for (const [fault, expected] of cases) {
      yield* inject("create", fault)
      expect(yield* refusal(create)).toEqual(expected)
    }
    const kept = { alreadyExists: errors.alreadyExists, olderExists: samples.older(errors.alreadyExists) }
    for (const body of Object.values(kept)) {
      yield* inject("create", json(409, body))
      const error = yield* Effect.flip(create)
      expect(error).toMatchObject({ fields: ["external_id"], status: 409 })
      expect(Redacted.value(error.providerMessage!)).toBe("A customer with this identifier already exists")
      expect(error.providerCode).toBe("code" in body ? "already_exists" : undefined)
    }
    yield* inject("get", json(404, errors.notFound))
    expect(yield* Effect.flip(flexprice.get("cust_x"))).toMatchObject({
      _tag: "CustomerNotFound",
      providerCode: "not_found"
    })
    yield* inject("getByExternalId", json(404, errors.olderNotFound))
    expect(shape(yield* Effect.flip(flexprice.getByExternalId("acme-42")))).toEqual(["CustomerNotFound"])
  }).pipe(Effect.provide(once.inProcess())))

describe("flexprice pitfall 24: a create whose answer is lost", () => {
  it.effect("flexprice pitfall 24: is not sent again", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* inject("create", Fault.Reset({ applied: true }))
      const error = yield* Effect.flip(flexprice.create({ external_id: "acme", name: "Acme" }))
      expect([error._tag, error.mayHaveApplied]).toEqual(["TransportFailed", true])
      expect(yield* operations).toEqual(["create"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("flexprice pitfall 24: is looked for by getOrCreate and upsert", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject("create", Fault.Respond({ status: 502, applied: true }))
      const acme = yield* customers.getOrCreate("acme", { name: "Acme" })
      yield* inject("create", Fault.Respond({ status: 502, applied: true }), 2)
      const umbrella = yield* customers.upsert("umbrella", { name: "Umbrella" })
      expect((yield* stored).map(({ id }) => id)).toEqual([acme.id, umbrella.id])
      expect((yield* operations).filter((operation) => operation === "create")).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))
})

it.effect("flexprice pitfall 25: a status that nobody knows and a limit out of bounds are refused unsent", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    for (const status of ["active", "", "PUBLISHED", 5] as ReadonlyArray<any>) {
      expect(yield* refusal(flexprice.list({ status }))).toEqual(["InvalidRequest", "sdk", "status"])
      expect(yield* refusal(flexprice.search({ status }))).toEqual(["InvalidRequest", "sdk", "status"])
    }
    for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
      expect(yield* refusal(flexprice.list({ limit }))).toEqual(["InvalidRequest", "sdk", "limit"])
      expect(yield* refusal(flexprice.search({ limit }))).toEqual(["InvalidRequest", "sdk", "limit"])
    }
    expect(yield* refusal(flexprice.search({ offset: -1 }))).toEqual(["InvalidRequest", "sdk", "offset"])
    yield* expectNothingSent
    yield* flexprice.search({ limit: 1000, offset: 0 })
    expect((yield* requests).map(({ status }) => status)).toEqual([200])
  }).pipe(Effect.provide(once.inProcess())))
