/** What is sent, and what becomes of every answer. */
import { type CustomersError, CustomersService } from "@effect-customers/core"
import { FlexpriceApi, FlexpriceClient } from "@effect-customers/flexprice"
import { Fault } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { BigDecimal, Effect, FastCheck, Redacted, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import {
  apiKey,
  clients,
  collect,
  expectNothingSent,
  inject,
  json,
  olderKey,
  once,
  refusal,
  requests,
  seed,
  seedOne,
  sent,
  shape,
  stored
} from "./onSandbox.js"
import * as samples from "./samples.js"

const { inProcess, onPort } = once

type Client = FlexpriceClient["Type"]

const places = [
  ["in process", inProcess()] as const,
  ...clients.map(([name, client]) => [`on a port, over ${name}`, onPort(client)] as const)
]

describe.each(places)("%s", (_, layer) => {
  it.live("all ten operations: methods, paths, queries, bodies, answers", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const contact = { email: "ada@example.com", contact: "+31 20 1234567", timezone: "Europe/Amsterdam" }
      const address = {
        address_line1: "1 Main St",
        address_line2: "",
        address_city: "Pune",
        address_state: "MH",
        address_postal_code: "411001",
        address_country: "IN"
      }
      const body = {
        external_id: "ada",
        name: "Ada",
        ...contact,
        ...address,
        metadata: { tier: "gold", note: "" },
        skip_onboarding_workflow: true
      }
      const ada = yield* flexprice.create(body)
      const { skip_onboarding_workflow: __, ...kept } = body
      expect(ada).toMatchObject({ ...kept, status: "published" })
      const grace = yield* flexprice.create({ external_id: "grace", name: "Grace" })
      expect([grace.metadata, grace.email, grace.contact]).toEqual([null, "", undefined])

      const read = yield* flexprice.get(ada.id)
      expect({ ...read, created_at: "", updated_at: "" }).toEqual({ ...ada, created_at: "", updated_at: "" })
      expect(yield* flexprice.getByExternalId("ada")).toEqual(read)
      expect((yield* flexprice.get(grace.id, { expand: "integrations" })).id).toBe(grace.id)

      const query = {
        limit: 1,
        offset: 1,
        order: "asc",
        status: "published",
        expand: "integrations",
        external_ids: ["ada", "grace"],
        customer_ids: [ada.id, grace.id]
      } as const
      const page = yield* flexprice.list(query)
      expect(page.items.map(({ id }) => id)).toEqual([grace.id])
      expect([page.pagination, page.unreadable]).toEqual([{ total: 2, limit: 1, offset: 2 }, []])
      const byMetadata = { metadata: { tier: "gold", note: "" }, email: "ada@example.com", external_id: "ada" }
      expect((yield* flexprice.list(byMetadata)).items).toEqual([read])
      expect((yield* flexprice.list()).items.map(({ id }) => id)).toEqual([grace.id, ada.id])

      const search = {
        ...query,
        metadata: {},
        filters: [{ field: "name", operator: "contains", data_type: "string", value: { string: "a" } }],
        sort: [{ field: "name", direction: "desc" }, { field: "updated_at", direction: "asc" }]
      } as const
      expect((yield* flexprice.search(search)).items.map(({ id }) => id)).toEqual([ada.id])
      expect((yield* flexprice.search()).items).toHaveLength(2)

      const changed = yield* flexprice.update({ id: ada.id }, { name: "Ada Lovelace", contact: "", metadata: {} })
      expect(changed).toMatchObject({ name: "Ada Lovelace", contact: "", metadata: {}, address_city: "Pune" })
      const renamed = yield* flexprice.update({ external_customer_id: "ada" }, { external_id: "lovelace" })
      expect([renamed.id, renamed.external_id]).toEqual([ada.id, "lovelace"])
      expect((yield* flexprice.update({ id: ada.id }, {})).name).toBe("Ada Lovelace")

      const [member] = yield* seed([{
        external_id: "member",
        features: [{ feature: { id: "feat_1", lookup_key: "calls" }, current_usage: "250.5" }],
        grants: [{ credits: "0.1" }]
      }])
      const usage = yield* flexprice.getUsage({
        customer_lookup_key: "member",
        feature_ids: ["feat_1"],
        feature_lookup_keys: ["calls"]
      })
      expect(usage.customer_id).toBe(member)
      expect(BigDecimal.equals(usage.features![0]!.current_usage!, BigDecimal.make(2505n, 1))).toBe(true)
      const entitlements = yield* flexprice.getEntitlements(member!)
      const subscription = entitlements.subscriptions![0]!
      expect(entitlements.features).toHaveLength(1)
      const filters = { feature_ids: ["feat_1"], subscription_ids: [subscription.id!] }
      expect((yield* flexprice.getEntitlements(member!, filters)).features).toHaveLength(1)
      const grants = yield* flexprice.getUpcomingGrants(member!)
      expect(grants.items.map(({ credits }) => BigDecimal.format(credits!))).toEqual(["0.1"])
      expect(grants.pagination).toEqual({ total: 1, limit: 0, offset: 0 })

      expect(yield* flexprice.delete(grace.id)).toBeUndefined()
      expect((yield* stored).map(({ id }) => id)).toEqual([ada.id, member])

      const log = yield* requests
      const at = "/v1/customers"
      const { customer_ids: _ids, external_ids: _external, ...plain } = query
      expect(log.map(sent)).toEqual([
        ["POST", at, {}, body],
        ["POST", at, {}, { external_id: "grace", name: "Grace" }],
        ["GET", `${at}/${ada.id}`, {}, undefined],
        ["GET", `${at}/external/ada`, {}, undefined],
        ["GET", `${at}/${grace.id}`, { expand: "integrations" }, undefined],
        ["GET", at, { ...plain, limit: "1", offset: "1", external_ids: "grace", customer_ids: grace.id }, undefined],
        ["GET", at, { ...byMetadata, metadata: JSON.stringify(byMetadata.metadata) }, undefined],
        ["GET", at, {}, undefined],
        ["POST", `${at}/search`, {}, search],
        ["POST", `${at}/search`, {}, {}],
        ["PUT", at, { id: ada.id }, { name: "Ada Lovelace", contact: "", metadata: {} }],
        ["PUT", at, { external_customer_id: "ada" }, { external_id: "lovelace" }],
        ["PUT", at, { id: ada.id }, {}],
        [
          "GET",
          `${at}/usage`,
          { customer_lookup_key: "member", feature_ids: "feat_1", feature_lookup_keys: "calls" },
          undefined
        ],
        ["GET", `${at}/${member}/entitlements`, {}, undefined],
        [
          "GET",
          `${at}/${member}/entitlements`,
          { feature_ids: "feat_1", subscription_ids: subscription.id },
          undefined
        ],
        ["GET", `${at}/${member}/grants/upcoming`, {}, undefined],
        ["DELETE", `${at}/${grace.id}`, {}, undefined]
      ])
      expect(log.map(({ status }) => status)).toEqual([201, 201, ...Array.from({ length: 15 }, () => 200), 204])
      for (const { body, headers } of log) {
        expect([headers["x-api-key"], headers.authorization, headers["x-environment-id"], headers.accept]).toEqual(
          [apiKey, undefined, undefined, "application/json"]
        )
        expect([headers["content-type"], headers["transfer-encoding"]]).toEqual(
          [body === "" ? undefined : "application/json", undefined]
        )
        if (body !== "") expect(headers["content-length"]).toBe(String(new TextEncoder().encode(body).length))
      }
    }).pipe(Effect.provide(layer)))

  it.live("an id is one segment of the path or one value of the query, whatever is in it", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const odd = "cust_--é ?#%&="
      const id = yield* seedOne({ id: odd })
      expect((yield* flexprice.get(id)).id).toBe(odd)
      expect((yield* flexprice.update({ id }, { name: "Ada" })).id).toBe(odd)
      for (const id of ["", ".", "..", "a/b", "\ud800"]) {
        for (
          const call of [
            flexprice.get(id),
            flexprice.delete(id),
            flexprice.getEntitlements(id),
            flexprice.getUpcomingGrants(id)
          ] as ReadonlyArray<Effect.Effect<unknown, CustomersError>>
        ) expect(yield* refusal(call)).toEqual(["InvalidRequest", "sdk", "id"])
      }
      for (const id of ["", "\ud800"]) {
        expect(yield* refusal(flexprice.getByExternalId(id))).toEqual(["InvalidRequest", "sdk", "external_id"])
        expect(yield* refusal(flexprice.getByExternalId(`/${id}\ud800`))).toEqual(
          ["InvalidRequest", "sdk", "external_id"]
        )
        expect(yield* refusal(flexprice.update({ external_customer_id: id }, {}))).toContain("external_customer_id")
        expect(yield* refusal(flexprice.getUsage({ customer_id: id }))).toContain("customer_id")
      }
      expect((yield* requests).map(({ path, query }) => [path, query])).toEqual([
        [`/v1/customers/${encodeURIComponent(odd)}`, []],
        ["/v1/customers", [["id", odd]]]
      ])
    }).pipe(Effect.provide(layer)))
})

it.effect("an id that would reach another route is no customer's, unsent; others of such names are asked for", () =>
  Effect.gen(function*() {
    const flexprice = yield* FlexpriceClient
    const customers = yield* CustomersService
    // what the other routes would answer
    yield* seed([{ external_id: "entitlements" }, { id: "usage" }, { id: "external" }, { id: "lookup" }])
    for (const call of [flexprice.get("usage"), customers.get("usage"), customers.update("usage", {})]) {
      const error = yield* Effect.flip(call as Effect.Effect<unknown, CustomersError>)
      expect(error).toMatchObject({ _tag: "CustomerNotFound", mayHaveApplied: false })
      expect(error.status).toBeUndefined()
      expect(error._tag === "CustomerNotFound" && Redacted.value(error.customerId!)).toBe("usage")
    }
    for (const id of ["external", "lookup"]) {
      expect(yield* refusal(flexprice.getEntitlements(id))).toEqual(["InvalidRequest", "sdk", "id"])
    }
    yield* expectNothingSent
    expect((yield* flexprice.get("external")).id).toBe("external")
    expect((yield* flexprice.getEntitlements("usage")).customer_id).toBe("usage")
    expect((yield* flexprice.getUpcomingGrants("lookup")).items).toEqual([])
    expect(yield* flexprice.delete("usage")).toBeUndefined()
    expect((yield* requests).map(({ operation, status }) => [operation, status])).toEqual([
      ["get", 200],
      ["getEntitlements", 200],
      ["getUpcomingGrants", 200],
      ["delete", 204]
    ])
  }).pipe(Effect.provide(inProcess())))

describe("what may be written", () => {
  const long = (length: number) => "é".repeat(length)
  const wrong: ReadonlyArray<readonly [string, object, string]> = [
    ["an empty external id", { external_id: "" }, "external_id"],
    ["a long external id", { external_id: long(256) }, "external_id"],
    ["half a character", { external_id: "a\ud800" }, "external_id"],
    ["half a character of a name", { name: "a\ud800" }, "name"],
    ["half a character of an e-mail", { email: "a\ud800@example.com" }, "email"],
    ["half a character of a contact", { contact: "\udc00" }, "contact"],
    ["half a character of a line", { address_line1: "\ud800 " }, "address_line1"],
    ["half a character of another line", { address_line2: "\ud800" }, "address_line2"],
    ["half a character of a city", { address_city: "\ud800" }, "address_city"],
    ["half a character of a state", { address_state: "\ud800" }, "address_state"],
    ["half a character of a postal code", { address_postal_code: "\ud800" }, "address_postal_code"],
    ["half a character of a time zone", { timezone: "Europe/\ud800" }, "timezone"],
    ["half a character in metadata", { metadata: { tier: "\ud800" } }, "metadata.*"],
    ["half a character in a key of metadata", { metadata: { "\ud800": "gold" } }, "metadata"],
    ["an empty name", { name: "" }, "name"],
    ["a long name", { name: long(256) }, "name"],
    ["an empty e-mail", { email: "" }, "email"],
    ["a long contact", { contact: long(21) }, "contact"],
    ["a long line", { address_line1: long(256) }, "address_line1"],
    ["another long line", { address_line2: long(256) }, "address_line2"],
    ["a long city", { address_city: long(101) }, "address_city"],
    ["a long state", { address_state: long(101) }, "address_state"],
    ["a long postal code", { address_postal_code: long(21) }, "address_postal_code"],
    ["an empty country", { address_country: "" }, "address_country"],
    ["a country in small letters", { address_country: "in" }, "address_country"],
    ["no time zone", { timezone: "" }, "timezone"],
    ["the server's own time zone", { timezone: "Local" }, "timezone"],
    ["metadata that is no string", { metadata: { seats: 3 } }, "metadata.*"],
    ["metadata that is null", { metadata: null }, "metadata"],
    ["null, which changes nothing", { email: null }, "email"],
    ["a field that nobody knows", { phone: "1" }, "phone"],
    ["a mapping, which does nothing", { integration_entity_mapping: [] }, "integration_entity_mapping"]
  ]
  it.effect.each(wrong)("%s is refused unsent, on create and on update", ([_, fields, path]) =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const create = flexprice.create({ external_id: "ada", name: "Ada", ...fields } as never)
      expect(yield* refusal(create)).toEqual(["InvalidRequest", "sdk", path])
      expect(yield* refusal(flexprice.update({ id: "cust_x" }, fields as never))).toEqual([
        "InvalidRequest",
        "sdk",
        path
      ])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("half a character is refused unsent in the texts of create alone, of searches and of lists; a whole is not", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const half = "\ud83d"
      const ada = { external_id: "ada", name: "Ada" }
      const rate = { tax_rate_code: "a", currency: "usd", auto_apply: true }
      const where = (value: object, operator: string) => ({ filters: [{ field: "name", operator, value }] }) as never
      const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> = [
        ["onboarding_workflow_name", flexprice.create({ ...ada, onboarding_workflow_name: half })],
        [
          "tax_rate_overrides.0.metadata.*",
          flexprice.create({ ...ada, tax_rate_overrides: [{ ...rate, metadata: { a: half } }] })
        ],
        ["filters.0.value.string", flexprice.search(where({ string: half }, "contains"))],
        ["filters.0.value.array.1", flexprice.search(where({ array: ["a", half] }, "in"))],
        ["metadata.*", flexprice.search({ metadata: { a: half } })],
        ["metadata", flexprice.list({ metadata: { [half]: "a" } })],
        ["metadata.*", flexprice.list({ metadata: { a: half } })],
        ["email", flexprice.list({ email: half })]
      ]
      for (const [path, call] of calls) expect(yield* refusal(call)).toEqual(["InvalidRequest", "sdk", path])
      yield* expectNothingSent
      const whole = { contact: "😀", address_line1: "😀", metadata: { "😀": "😀" } }
      expect(yield* flexprice.create({ ...ada, ...whole })).toMatchObject(whole)
      expect((yield* flexprice.search(where({ string: "Ada" }, "eq"))).items).toHaveLength(1)
      expect((yield* flexprice.list({ metadata: whole.metadata })).items).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("as much as there is place for", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const full = {
        external_id: long(255),
        name: long(255),
        contact: long(20),
        address_line1: long(255),
        address_line2: long(255),
        address_city: long(100),
        address_state: long(100),
        address_postal_code: long(20)
      }
      expect(yield* flexprice.create(full)).toMatchObject(full)
    }).pipe(Effect.provide(inProcess())))

  it.effect("create needs a name and an external id; update one of both ids; usage too", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      expect(yield* refusal(flexprice.create({ external_id: "ada" } as never))).toEqual([
        "InvalidRequest",
        "sdk",
        "name"
      ])
      expect(yield* refusal(flexprice.create({ name: "Ada" } as never))).toEqual(
        ["InvalidRequest", "sdk", "external_id"]
      )
      const both = { id: "cust_x", external_customer_id: "ada" }
      for (const key of [{}, null, undefined, "cust_x", both, { customer_id: "x" }] as ReadonlyArray<any>) {
        const [tag, origin] = yield* refusal(flexprice.update(key, { name: "Ada" }))
        expect([key, tag, origin]).toEqual([key, "InvalidRequest", "sdk"])
      }
      const owners = [{}, null, undefined, { customer_id: "x", customer_lookup_key: "y" }] as ReadonlyArray<any>
      for (const query of owners) {
        const [tag, origin] = yield* refusal(flexprice.getUsage(query))
        expect([query, tag, origin]).toEqual([query, "InvalidRequest", "sdk"])
      }
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("a filter that would be taken for none is refused unsent", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const empty = { email: "", external_id: "", customer_ids: [], external_ids: [] }
      for (const [field, value] of Object.entries(empty)) {
        expect(yield* refusal(flexprice.list({ [field]: value }))).toEqual(["InvalidRequest", "sdk", field])
        expect(yield* refusal(flexprice.search({ [field]: value }))).toEqual(["InvalidRequest", "sdk", field])
        expect(yield* refusal(collect(flexprice.stream({ [field]: value })))).toEqual(["InvalidRequest", "sdk", field])
      }
      for (const field of ["feature_ids", "subscription_ids"]) {
        expect(yield* refusal(flexprice.getEntitlements("x", { [field]: [] }))).toEqual([
          "InvalidRequest",
          "sdk",
          field
        ])
        expect(yield* refusal(flexprice.getUsage({ customer_id: "x", [field]: [""] }))).toEqual(
          ["InvalidRequest", "sdk", `${field}.0`]
        )
      }
      expect(yield* refusal(flexprice.getUsage({ customer_id: "x", feature_lookup_keys: [] }))).toEqual(
        ["InvalidRequest", "sdk", "feature_lookup_keys"]
      )
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})

const answers: ReadonlyArray<
  readonly [string, string, Schema.Schema.AnyNoContext, unknown, (flexprice: Client) => Effect.Effect<object, unknown>]
> = [
  ["a customer", "get", FlexpriceApi.FlexpriceCustomer, samples.customer, (client) => client.get("x")],
  ["a customer of before", "get", FlexpriceApi.FlexpriceCustomer, samples.olderCustomer, (client) => client.get("x")],
  [
    "a customer with integrations",
    "get",
    FlexpriceApi.FlexpriceCustomer,
    samples.customerWithIntegrations,
    (client) => client.get("x")
  ],
  ["a page", "list", FlexpriceApi.FlexpriceCustomerPage, samples.page, (client) => client.list()],
  ["an empty page", "search", FlexpriceApi.FlexpriceCustomerPage, samples.emptyPage, (client) => client.search()],
  [
    "entitlements",
    "getEntitlements",
    FlexpriceApi.FlexpriceEntitlements,
    samples.entitlements,
    (client) => client.getEntitlements("x")
  ],
  [
    "rich entitlements",
    "getEntitlements",
    FlexpriceApi.FlexpriceEntitlements,
    samples.richEntitlements,
    (client) => client.getEntitlements("x")
  ],
  ["entitlements of before", "getEntitlements", FlexpriceApi.FlexpriceEntitlements, samples.olderEntitlements, (
    client
  ) => client.getEntitlements("x")],
  [
    "no entitlements",
    "getEntitlements",
    FlexpriceApi.FlexpriceEntitlements,
    samples.noEntitlements,
    (client) => client.getEntitlements("x")
  ],
  ["usage", "getUsage", FlexpriceApi.FlexpriceUsage, samples.usage, (client) => client.getUsage({ customer_id: "x" })],
  [
    "no usage",
    "getUsage",
    FlexpriceApi.FlexpriceUsage,
    samples.noUsage,
    (client) => client.getUsage({ customer_id: "x" })
  ],
  [
    "grants",
    "getUpcomingGrants",
    FlexpriceApi.FlexpriceUpcomingGrants,
    samples.upcomingGrants,
    (client) => client.getUpcomingGrants("x")
  ],
  [
    "no grants",
    "getUpcomingGrants",
    FlexpriceApi.FlexpriceUpcomingGrants,
    samples.noUpcomingGrants,
    (client) => client.getUpcomingGrants("x")
  ]
]

/** As JSON again, decimals as they were sent up to zeros that say nothing. */
const asSent = (schema: Schema.Schema.AnyNoContext, answer: object): unknown =>
  JSON.parse(JSON.stringify(Schema.encodeUnknownSync(schema, { onExcessProperty: "preserve" })(answer)))

const withoutZeros = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value),
    (_, value: unknown) => typeof value === "string" && /^\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, "") : value
  )

/** The fields that have to be there. */
const needed: ReadonlyArray<string> = ["id", "customer_id", "items", "pagination", "total"]

const isNeeded = (value: { readonly [key: string]: unknown }) => (key: string): boolean =>
  needed.includes(key) || (key === "created_at" && String(value["id"]).startsWith("cust_"))

/** Keys of these are the caller's own. */
const callersOwn: ReadonlyArray<string> = ["metadata", "config_value", "config_values"]

const enums: ReadonlyArray<string> = [
  "status",
  "type",
  "entity_type",
  "condition",
  "reset_usage",
  "usage_reset_period",
  "aggregation_mode",
  "subscription_status",
  "subscription_type",
  "subscription_status_at_application",
  "billing_cycle",
  "billing_cadence",
  "billing_period",
  "commitment_duration",
  "application_status",
  "application_reason",
  "pause_status",
  "payment_behavior",
  "collection_method",
  "proration_behavior",
  "provider_type"
]

type Change = (value: { readonly [key: string]: unknown }, pick: () => number) => { readonly [key: string]: unknown }

/** Every object of an answer changed, at any depth. */
const changed = (value: unknown, change: Change, pick: () => number, key = ""): unknown => {
  if (Array.isArray(value)) return value.map((item) => changed(item, change, pick, key))
  if (typeof value !== "object" || value === null || callersOwn.includes(key)) return value
  return Object.fromEntries(
    Object.entries(change(value as { readonly [key: string]: unknown }, pick)).map(
      ([key, inner]) => [key, changed(inner, change, pick, key)]
    )
  )
}

const changes: { readonly [name: string]: Change } = {
  "without what may be absent": (value, pick) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => isNeeded(value)(key) || pick() < 0.5)),
  "null where something may be absent": (value, pick) =>
    Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, isNeeded(value)(key) || pick() < 0.5 ? inner : null])
    ),
  "with keys that nobody knows": (value, pick) => ({
    ...value,
    brand_new: [null, 1, "x", [1], { a: null }][Math.floor(pick() * 5)]
  }),
  "with members that nobody knows": (value, pick) =>
    Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        enums.includes(key) && typeof inner === "string" && pick() < 0.7 ? [key, "BRAND_NEW"] : [key, inner]
      )
    )
}

const numbers = (seed: number) => () => {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647
}

describe("answers decode as they are sent", () => {
  it.effect.each(answers)("%s", ([_, operation, schema, sample, call]) =>
    Effect.gen(function*() {
      yield* inject(operation, json(200, sample))
      const answer = yield* call(yield* FlexpriceClient)
      if ("unreadable" in answer) expect(answer.unreadable).toEqual([])
      const { unreadable: __, ...whole } = answer as { readonly unreadable?: unknown }
      expect(withoutZeros(asSent(schema, whole))).toEqual(withoutZeros(sample))
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(answers)(
    "%s: nothing but what has to be there",
    ([_, operation, __, sample, call]) =>
      Effect.gen(function*() {
        yield* inject(operation, json(200, changed(sample, changes["without what may be absent"]!, () => 1)))
        const answer = yield* call(yield* FlexpriceClient)
        if ("unreadable" in answer) expect(answer.unreadable).toEqual([])
      }).pipe(Effect.provide(inProcess()))
  )

  it.each(answers)("%s: without this or that, with this or that, in all combinations", (_, __, schema, sample) => {
    const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "preserve" })
    FastCheck.assert(
      FastCheck.property(
        FastCheck.subarray(Object.keys(changes), { minLength: 1 }),
        FastCheck.integer({ min: 1, max: 2147483646 }),
        (names, seed) => {
          const pick = numbers(seed)
          const answer = names.reduce<unknown>((answer, name) => changed(answer, changes[name]!, pick), sample)
          expect(withoutZeros(asSent(schema, decode(answer)))).toEqual(withoutZeros(answer))
        }
      ),
      { numRuns: 200 }
    )
  })

  it.effect("times of every precision, and the one of Go that is none", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const times = [
        FlexpriceApi.zeroTime,
        ...["", ".1", ".12", ".123", ".1234", ".12345", ".123456", ".1234567", ".12345678", ".123456789"].map(
          (fraction) => `2026-08-21T10:15:30${fraction}Z`
        ),
        "2026-08-21T10:15:30.5+05:30"
      ]
      yield* inject(
        "list",
        json(200, {
          items: times.map((time) => ({ ...samples.customer, created_at: time, updated_at: time })),
          pagination: { total: times.length, limit: 50, offset: 50 }
        })
      )
      const { items, unreadable } = yield* flexprice.list()
      expect(items.map(({ created_at }) => created_at)).toEqual(times)
      expect(unreadable).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("decimals are exact whatever their length, and a number in their place is no decimal", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const [feature] = samples.usage.features
      const withUsage = (current_usage: unknown) => ({ ...samples.noUsage, features: [{ ...feature, current_usage }] })
      for (
        const [text, value, scale] of [
          ["0.1", 1n, 1],
          ["-0.10", -1n, 1],
          ["100", 100n, 0],
          ["123456789012345678901234567890.123456789", 123456789012345678901234567890123456789n, 9],
          ["-0.00000000000000000000000000000001", -1n, 32]
        ] as const
      ) {
        yield* inject("getUsage", json(200, withUsage(text)))
        const usage = yield* flexprice.getUsage({ customer_id: "x" })
        expect(BigDecimal.equals(usage.features![0]!.current_usage!, BigDecimal.make(value, scale))).toBe(true)
        // and are written as they are read: not with an exponent
        expect(asSent(FlexpriceApi.FlexpriceUsage, usage)).toMatchObject({ features: [{ current_usage: text }] })
      }
      const rounded = {
        ...samples.noUsage,
        features: [{ current_usage: BigDecimal.normalize(BigDecimal.make(100n, 0)) }]
      }
      expect(asSent(FlexpriceApi.FlexpriceUsage, rounded)).toMatchObject({ features: [{ current_usage: "100" }] })
      // comparing with the longest of these would not end
      for (const wrong of [0.1, "", "0x10", " 1", "NaN", "1e3", "1e1000000000", "+1", ".5", "5.", "-", "1,5"]) {
        yield* inject("getUsage", json(200, withUsage(wrong)))
        expect(yield* refusal(flexprice.getUsage({ customer_id: "x" }))).toEqual(
          ["InvalidResponse", "features.0.current_usage"]
        )
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("one bad row hides no others, and says where it is wrong without the value", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const rows = [samples.customer, { ...samples.customer, email: 5 }]
      yield* inject("search", json(200, { ...samples.page, items: rows }))
      const { items, unreadable } = yield* flexprice.search()
      expect(items).toHaveLength(1)
      expect(unreadable.map(({ issues }) => issues.map(({ path }) => path))).toEqual([["items.1.email"]])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a body that is none of these is InvalidResponse, with its place", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      for (
        const [body, path] of [
          [[samples.customer], ""],
          [{ ...samples.customer, id: null }, "id"],
          [{ customer: samples.customer }, "id"],
          [{ ...samples.customer, metadata: { tier: 5 } }, "metadata.*"],
          [{ ...samples.customer, created_at: "yesterday" }, "created_at"],
          [{ ...samples.customer, created_at: null }, "created_at"],
          [samples.timeless, "created_at"]
        ] as const
      ) {
        yield* inject("get", json(200, body))
        expect(yield* refusal(flexprice.get("cust_x"))).toEqual(["InvalidResponse", path])
      }
      yield* inject("list", json(200, { items: [] }))
      expect((yield* Effect.flip(flexprice.list()))._tag).toBe("InvalidResponse")
    }).pipe(Effect.provide(inProcess())))
})

const sheet = fileURLToPath(new URL("../../../../shared/providers/flexprice.md", import.meta.url))

// it lies beside the repository, not in it
describe.skipIf(!existsSync(sheet))("the samples of the fact sheet", () => {
  const bodies = () =>
    [...readFileSync(sheet, "utf8").matchAll(/```json\n([\s\S]*?)```/g)]
      .flatMap(([, block]) => block!.trim().split("\n"))
      .map((line) => completed(JSON.parse(line) as { readonly [key: string]: unknown }))

  /** The sheet says of the rows of its pages that real ones carry every field that is always there. */
  const completed = (body: { readonly [key: string]: unknown }) =>
    schemaOf(body) === FlexpriceApi.FlexpriceCustomerPage
      ? { ...body, items: (body.items as ReadonlyArray<object>).map((row) => ({ ...samples.customer, ...row })) }
      : body

  const schemaOf = (body: { readonly [key: string]: unknown }): Schema.Schema.AnyNoContext | undefined => {
    if ("code" in body || "error" in body || "message" in body) return undefined
    if ("items" in body) {
      return (body.items as ReadonlyArray<object>).some((item) => "credits" in item)
        ? FlexpriceApi.FlexpriceUpcomingGrants
        : FlexpriceApi.FlexpriceCustomerPage
    }
    if ("period" in body) return FlexpriceApi.FlexpriceUsage
    return "features" in body ? FlexpriceApi.FlexpriceEntitlements : FlexpriceApi.FlexpriceCustomer
  }

  it("decode, every one, changed as before too", () => {
    const answers = bodies().flatMap((body) => {
      const schema = schemaOf(body)
      return schema === undefined ? [] : [[schema, body] as const]
    })
    expect(answers.length).toBeGreaterThanOrEqual(10)
    for (const [schema, body] of answers) {
      const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "preserve" })
      for (
        const change of [(value: object) => value as { readonly [key: string]: unknown }, ...Object.values(changes)]
      ) {
        for (let seed = 1; seed <= 20; seed++) {
          const answer = changed(body, change, numbers(seed))
          expect(withoutZeros(asSent(schema, decode(answer)))).toEqual(withoutZeros(answer))
        }
      }
    }
  })

  it.effect("are failures where they are", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const failed = bodies().filter((body) => schemaOf(body) === undefined)
      expect(failed.length).toBeGreaterThanOrEqual(10)
      for (const body of failed) {
        const status = Number(
          body.http_status_code ?? ("success" in body ? 404 : body.error === "Unauthorized" ? 401 : 403)
        )
        yield* inject("get", json(status, body))
        const error = yield* Effect.flip(flexprice.get("cust_x"))
        expect([status, error._tag]).toEqual([
          status,
          {
            400: "InvalidRequest",
            401: "AuthenticationFailed",
            403: "PermissionDenied",
            404: "CustomerNotFound",
            // that nobody can answer to a read
            409: "UnexpectedStatus",
            500: "ProviderUnavailable"
          }[status]
        ])
        expect(error.providerMessage).toBeDefined()
      }
    }).pipe(Effect.provide(inProcess())))
})

describe("failed answers", () => {
  const id = "cust_x"
  const calls = {
    list: (client: Client) => client.list(),
    search: (client: Client) => client.search(),
    create: (client: Client) => client.create({ external_id: "ada", name: "Ada" }),
    get: (client: Client) => client.get(id),
    getByExternalId: (client: Client) => client.getByExternalId("ada"),
    update: (client: Client) => client.update({ id }, { name: "Ada" }),
    delete: (client: Client) => client.delete(id),
    getUsage: (client: Client) => client.getUsage({ customer_id: id }),
    getEntitlements: (client: Client) => client.getEntitlements(id),
    getUpcomingGrants: (client: Client) => client.getUpcomingGrants(id)
  } satisfies Record<string, (client: Client) => Effect.Effect<unknown, CustomersError>>
  type Call = keyof typeof calls
  const all = Object.keys(calls) as ReadonlyArray<Call>

  const failure = (call: Call, fault: Fault.Fault) =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* inject(call, fault)
      return yield* Effect.flip(calls[call](flexprice) as Effect.Effect<unknown, CustomersError>)
    })

  const { errors, middleware, older } = samples

  it.effect.each(all)(
    "%s: a 404 is a customer's where the operation says so, in both eras",
    (call) =>
      Effect.gen(function*() {
        const isOfOne = !["list", "search", "create", "getEntitlements"].includes(call)
        for (const body of [errors.notFound, errors.olderNotFound, older(errors.notFound)]) {
          const error = yield* failure(call, json(404, body))
          expect(error._tag).toBe(isOfOne ? "CustomerNotFound" : "UnexpectedStatus")
          expect(error.mayHaveApplied).toBe(false)
          if (error._tag === "CustomerNotFound") {
            const ids = [error.customerId, error.externalId].flatMap((id) =>
              id === undefined ? [] : [Redacted.value(id)]
            )
            expect(ids).not.toEqual([])
          }
        }
        for (
          const fault of [
            Fault.Respond({ status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" }),
            Fault.HtmlPage({ status: 404 }),
            Fault.Respond({ status: 404 }),
            json(404, { message: "no Route matched with those values" }),
            json(404, { error: { code: 404, message: "no such host" } }),
            json(404, "text"),
            json(404, null)
          ]
        ) {
          expect((yield* failure(call, fault))._tag).toBe("UnexpectedStatus")
        }
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect.each(all)("%s: 401, 403, 429, 5xx and gateways, with and without a body", (call) =>
    Effect.gen(function*() {
      const faults: ReadonlyArray<readonly [Fault.Fault, string]> = [
        [json(401, middleware.unauthorized), "AuthenticationFailed"],
        [Fault.Respond({ status: 401 }), "AuthenticationFailed"],
        [json(403, middleware.role), "PermissionDenied"],
        [json(403, middleware.environment), "PermissionDenied"],
        [json(403, { code: "permission_denied", message: "x", http_status_code: 403 }), "PermissionDenied"],
        [json(429, { code: "too_many_requests", message: "x", http_status_code: 429 }), "RateLimited"],
        [Fault.Respond({ status: 429 }), "RateLimited"],
        [json(500, errors.database), "ProviderUnavailable"],
        [json(500, older(errors.database)), "ProviderUnavailable"],
        [json(500, { error: "Internal server error", message: "x" }), "ProviderUnavailable"],
        [Fault.Respond({ status: 500 }), "ProviderUnavailable"],
        [json(501, { code: "not_implemented", message: "x" }), "ProviderUnavailable"],
        [json(503, { code: "service_unavailable", message: "x" }), "ProviderUnavailable"],
        [Fault.HtmlPage({}), "ProviderUnavailable"],
        [Fault.Respond({ status: 307, headers: { location: "https://elsewhere.example/" } }), "UnexpectedStatus"],
        [Fault.Respond({ status: 418 }), "UnexpectedStatus"]
      ]
      for (const [fault, tag] of faults) {
        const error = yield* failure(call, fault)
        expect([error._tag, error.operation]).toEqual([tag, call])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("400: fields in Go's words are told in those of the wire, whatever stands beside them", () =>
    Effect.gen(function*() {
      const issuesOf = (call: Call, details: unknown) =>
        Effect.map(
          failure(call, json(400, { code: "validation_error", message: "x", http_status_code: 400, details })),
          (error) => error._tag === "InvalidRequest" ? error.issues.map(({ path }) => path) : [error._tag]
        )
      const go = {
        Name: "a",
        ExternalID: "b",
        AddressLine1: "c",
        AddressPostalCode: "d",
        AddressCountry: "e",
        Timezone: "f",
        Metadata: "g",
        TaxRateOverrides: "h",
        SkipOnboardingWorkflow: "i"
      }
      expect(yield* issuesOf("create", go)).toEqual([
        "name",
        "external_id",
        "address_line1",
        "address_postal_code",
        "address_country",
        "timezone",
        "metadata",
        "tax_rate_overrides",
        "skip_onboarding_workflow"
      ])
      expect(yield* issuesOf("list", { limit: "must be between 1 and 1000" })).toEqual(["limit"])
      const taxes = { gstin: "invalid format", pan: "invalid format", hsn_sac: "invalid format" }
      for (const call of ["create", "update"] as const) {
        expect(yield* issuesOf(call, taxes)).toEqual(["metadata.*", "metadata.*", "metadata.*"])
      }
      // of no field of theirs
      expect(yield* issuesOf("getUsage", taxes)).toEqual([""])
      expect(yield* issuesOf("getUsage", { CustomerID: ["odd", { a: 1 }] })).toEqual(["customer_id"])
      for (const details of [undefined, null, {}, [], "text", 5, { "ada@example.com": "x" }]) {
        expect(yield* issuesOf("create", details)).toEqual([""])
      }
      const error = yield* failure("create", json(400, errors.validation))
      expect(error._tag === "InvalidRequest" && Redacted.value(error.issues[0]!.message as never)).toContain("required")
      expect(shape(yield* failure("update", Fault.Respond({ status: 400 })))).toEqual([
        "InvalidRequest",
        "provider",
        ""
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a blocked delete is Conflict with its reason, in both eras; another 400 of a delete is not", () =>
    Effect.gen(function*() {
      for (const body of [errors.blocked, older(errors.blocked)]) {
        const error = yield* failure("delete", json(400, body))
        expect([error._tag, error.mayHaveApplied]).toEqual(["Conflict", false])
        expect(error._tag === "Conflict" && Redacted.value(error.reason)).toBe(errors.blocked.message)
      }
      expect((yield* failure("delete", json(400, errors.validation)))._tag).toBe("InvalidRequest")
      expect((yield* failure("update", json(400, errors.blocked)))._tag).toBe("InvalidRequest")
    }).pipe(Effect.provide(inProcess())))

  it.effect("409 is the external id, or a version", () =>
    Effect.gen(function*() {
      const version = { code: "version_conflict", message: "x", http_status_code: 409 }
      for (const call of ["create", "update"] as const) {
        for (const body of [errors.alreadyExists, older(errors.alreadyExists)]) {
          expect(yield* failure(call, json(409, body))).toMatchObject({
            _tag: "CustomerAlreadyExists",
            fields: ["external_id"],
            mayHaveApplied: false
          })
        }
        expect(shape(yield* failure(call, json(409, version)))).toEqual(["Conflict"])
        expect(shape(yield* failure(call, Fault.HtmlPage({ status: 409 })))).toEqual(["UnexpectedStatus"])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([apiKey, olderKey])("against the sandbox, with the key %s", (key) =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const id = yield* seedOne({ external_id: "ada" })
      const other = yield* seedOne({ wallets: [{}] })
      expect(yield* refusal(flexprice.create({ external_id: "ada", name: "x" }))).toEqual(["CustomerAlreadyExists"])
      const taken = flexprice.update({ id: other }, { metadata: {} }).pipe(
        Effect.zipRight(flexprice.update({ id: other }, { external_id: "ada" }))
      )
      expect(yield* refusal(taken)).toEqual(["CustomerAlreadyExists"])
      expect(yield* refusal(flexprice.update({ id: "cust_nobody" }, {}))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(flexprice.get("cust_nobody"))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(flexprice.getByExternalId("nobody"))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(flexprice.getUsage({ customer_id: "cust_nobody" }))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(flexprice.delete("cust_nobody"))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(flexprice.delete(other))).toEqual(["Conflict"])
      expect(yield* refusal(flexprice.update({ id }, { email: "no e-mail" }))).toEqual(
        ["InvalidRequest", "provider", "email"]
      )
      const refused = flexprice.update({ id }, { address_country: "XX" })
      expect(yield* refusal(refused)).toEqual(["InvalidRequest", "provider", "address_country"])
      expect(yield* refusal(flexprice.update({ id }, { metadata: { gstin: "zz" } }))).toEqual(
        ["InvalidRequest", "provider", "metadata.*"]
      )
    }).pipe(Effect.provide(inProcess(undefined, { apiKey: Redacted.make(key) }))))

  it.effect("keys that are bad, that may only read, and that belong to no environment", () => {
    const with_ = (apiKey: string, environmentId?: string) =>
      Effect.provide(inProcess(undefined, { apiKey: Redacted.make(apiKey), environmentId }))
    const create = Effect.flatMap(FlexpriceClient, (client) => client.create({ external_id: "ada", name: "Ada" }))
    const environment = "env_01K3A0000000000000000000E2"
    return Effect.gen(function*() {
      expect(yield* refusal(create.pipe(with_("a_bad_key")))).toEqual(["AuthenticationFailed"])
      expect(yield* refusal(create.pipe(with_("a_readonly_key")))).toEqual(["PermissionDenied"])
      expect(yield* refusal(create.pipe(with_("a_config_key")))).toEqual(["PermissionDenied"])
      expect(yield* refusal(create.pipe(with_("a_config_key", "env_of_nobody")))).toEqual(["PermissionDenied"])
      expect((yield* create.pipe(with_("a_config_key", environment))).environment_id).toBe(environment)
    })
  })
})
