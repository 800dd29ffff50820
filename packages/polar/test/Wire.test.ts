/** What Polar sends, what it means; what we send, and what we do not. Facts of the wire, in words of our own. */
import type { CustomersError } from "@effect-customers/core"
import { CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { PolarApi, PolarClient } from "@effect-customers/polar"
import { Fault, type PolarSeed, SandboxControl } from "@effect-customers/sandbox"
import { FetchHttpClient } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Chunk, DateTime, Effect, Either, Layer, Option, Redacted, Schema, Stream } from "effect"
import type { SchemaAST } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { clients, inProcess, onPort, token } from "./onSandbox.js"

const overTheWire = clients.filter(([name]) => name !== "node")

const seed = (customers: number | ReadonlyArray<PolarSeed>) =>
  Effect.flatMap(SandboxControl, (control) => control.seed("polar", customers))

const inject = (operation: string, fault: Fault.Fault) =>
  Effect.flatMap(SandboxControl, (control) => control.inject({ provider: "polar", operation, fault, times: Infinity }))

const requests = Effect.flatMap(SandboxControl, (control) => control.requests)

const answer = (status: number, body: unknown, headers?: Record<string, string>) =>
  Fault.Respond({ status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) })

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), Chunk.toArray)

// ---------------------------------------------------------------------------------------------------------------------
// Fixtures
// ---------------------------------------------------------------------------------------------------------------------

const organization_id = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
const unknownId = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

const individual = {
  id: "5b0e7c1e-7a0d-4c8e-9a43-0f2d6f1c9b11",
  created_at: "2026-02-11T09:05:07.000123Z",
  modified_at: "2026-02-12T10:00:00Z",
  metadata: { tier: "gold", seats: 12, beta: false, share: 0.25 },
  external_id: "account/42",
  email: "grace@example.org",
  email_verified: true,
  type: "individual",
  name: "Grace Hopper",
  billing_name: "G. Hopper",
  billing_address: {
    line1: "1 Navy Yard",
    line2: null,
    postal_code: "20374",
    city: "Washington",
    state: "US-DC",
    country: "US"
  },
  tax_id: ["123456789", "us_ein"],
  locale: "en-US",
  organization_id,
  default_payment_method_id: "6ad1e0de-1111-4222-8333-444455556666",
  deleted_at: null,
  first_user_event_at: "2026-01-01T00:00:00Z",
  avatar_url: "https://www.gravatar.com/avatar/0?d=404"
}

const team = {
  id: "7c1f8d2f-8b1e-4d9f-8b54-1a3e7a2d0c22",
  created_at: "2026-02-11T09:05:07Z",
  modified_at: null,
  metadata: {},
  external_id: null,
  email: null,
  email_verified: false,
  type: "team",
  name: "Compilers Ltd",
  billing_name: "Compilers Ltd",
  billing_address: null,
  tax_id: null,
  locale: null,
  organization_id,
  default_payment_method_id: null,
  deleted_at: null,
  first_user_event_at: null,
  avatar_url: null
}

const subscription = {
  id: "11111111-2222-4333-8444-555566667777",
  created_at: "2026-02-11T09:05:07.000123Z",
  modified_at: null,
  custom_field_data: { colour: "mauve", size: 7, gift: true, note: null },
  metadata: {},
  status: "trialing",
  amount: 4900,
  currency: "eur",
  recurring_interval: "year",
  current_period_start: "2026-02-11T00:00:00Z",
  current_period_end: "2027-02-11T00:00:00Z",
  trial_start: "2026-02-11T00:00:00Z",
  trial_end: "2026-03-11T00:00:00Z",
  cancel_at_period_end: true,
  canceled_at: null,
  started_at: null,
  ends_at: null,
  product_id: "22222222-3333-4444-8555-666677778888",
  discount_id: null,
  price_id: "33333333-4444-4555-8666-777788889999",
  seats: 5,
  units: 3,
  meters: [{
    created_at: "2026-02-11T09:05:07.000123Z",
    modified_at: null,
    id: "44444444-5555-4666-8777-88889999aaaa",
    consumed_units: 1.5,
    credited_units: 10,
    amount: 150,
    meter_id: "55555555-6666-4777-8888-9999aaaabbbb"
  }]
}

const grant = (benefit_type: string, properties: unknown) => ({
  id: "66666666-7777-4888-8999-aaaabbbbcccc",
  created_at: "2026-02-11T09:05:07.000123Z",
  modified_at: null,
  granted_at: "2026-02-11T09:05:08.500000Z",
  benefit_id: "77777777-8888-4999-8aaa-bbbbccccdddd",
  benefit_type,
  benefit_metadata: { shelf: "top" },
  properties
})

const knownGrants = [
  grant("custom", {}),
  grant("discord", { account_id: null, guild_id: "g", role_id: "r", granted_account_id: "a" }),
  grant("github_repository", { repository_owner: "o", repository_name: "n", permission: "push" }),
  grant("downloadables", { files: ["f1", "f2"] }),
  grant("license_keys", { license_key_id: "l", display_key: "****-1" }),
  grant("meter_credit", {}),
  grant("feature_flag", {}),
  grant("slack_shared_channel", { invited_email: "g@example.org", channel_id: "C1", connected_team_id: null })
]

const meter = {
  id: "88888888-9999-4aaa-8bbb-ccccddddeeee",
  created_at: "2026-02-11T09:05:07.000123Z",
  modified_at: "2026-02-12T09:05:07Z",
  meter_id: "55555555-6666-4777-8888-9999aaaabbbb",
  consumed_units: 12.5,
  credited_units: 10,
  balance: -2.5
}

const state = {
  ...individual,
  active_subscriptions: [subscription],
  granted_benefits: knownGrants,
  active_meters: [meter]
}

const csvHeader = "ID,External ID,Created At,Email,Name,Tax ID,Billing Address Line 1,Billing Address Line 2," +
  "Billing Address City,Billing Address State,Billing Address Zip,Billing Address Country,Metadata\r\n"

const csvRow = (cells: { readonly name?: string; readonly taxId?: string; readonly metadata?: string } = {}) =>
  `${individual.id},account_42,2026-02-11T09:05:07.000123+00:00,grace@example.org,${cells.name ?? ""},` +
  `${cells.taxId ?? ""},,,,,,,${cells.metadata ?? ""}\r\n`

const csv = (text: string) =>
  Fault.Respond({ status: 200, headers: { "content-type": "text/csv; charset=utf-8" }, body: text })

// ---------------------------------------------------------------------------------------------------------------------
// Decoding
// ---------------------------------------------------------------------------------------------------------------------

describe("answers decode", () => {
  const decode = <A, I>(schema: Schema.Schema<A, I>, value: unknown) => Schema.decodeUnknownSync(schema)(value)

  it("a customer, and a team customer, key by key", () => {
    expect(decode(PolarApi.PolarCustomer, individual)).toEqual(individual)
    expect(decode(PolarApi.PolarCustomer, team)).toEqual(team)
  })

  it.effect("a customer as the service's: nothing lost, times to the millisecond, the state without its prefix", () =>
    Effect.gen(function*() {
      yield* inject("get", answer(200, individual))
      const customers = yield* CustomersService
      const customer = yield* customers.get(individual.id)
      expect(customer).toMatchObject({
        provider: "polar",
        id: individual.id,
        externalId: Option.some("account/42"),
        email: Option.some("grace@example.org"),
        name: Option.some("Grace Hopper"),
        phone: Option.none(),
        locale: Option.some("en-US"),
        metadata: individual.metadata,
        address: Option.some({
          line1: Option.some("1 Navy Yard"),
          line2: Option.none(),
          city: Option.some("Washington"),
          state: Option.some("DC"),
          postalCode: Option.some("20374"),
          country: Option.some("US")
        })
      })
      expect(DateTime.formatIso(customer.createdAt)).toBe("2026-02-11T09:05:07.000Z")
      expect(Option.map(customer.updatedAt, DateTime.formatIso)).toEqual(Option.some("2026-02-12T10:00:00.000Z"))
      expect(Polar.raw(customer)).toEqual(Option.some(individual))
    }).pipe(Effect.provide(inProcess())))

  it.effect("a page with a team, and an empty page", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const page = { items: [team, individual], pagination: { total_count: 250, max_page: 125 } }
      yield* inject("list", answer(200, page))
      expect(yield* polar.list({ limit: 2 })).toEqual({ ...page, unreadable: [] })
      const { items, next, total } = yield* Effect.flatMap(CustomersService, (customers) => customers.list())
      expect(items.map(({ email }) => email)).toEqual([Option.none(), Option.some("grace@example.org")])
      expect([Option.isSome(next), total]).toEqual([true, Option.some(250)])

      const empty = { items: [], pagination: { total_count: 0, max_page: 0 } }
      yield* inject("list", answer(200, empty))
      expect(yield* polar.list()).toEqual({ ...empty, unreadable: [] })
    }).pipe(Effect.provide(inProcess())))

  it.effect("a state with every benefit that is known, and a key that Polar hides from its document", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { price_id: _, ...shown } = subscription
      yield* inject("getState", answer(200, state))
      expect(yield* polar.getState(individual.id)).toMatchObject({ ...state, active_subscriptions: [shown] })
    }).pipe(Effect.provide(inProcess())))

  it("a benefit of a type that is not known is kept whole, and the type narrows", () => {
    const unknown = grant("hologram", { emitter: { id: 5 }, tags: ["a"] })
    const benefit = decode(PolarApi.PolarBenefitGrant, unknown)
    expect(benefit).toEqual(unknown)
    if (benefit.benefit_type === "discord") {
      expectTypeOf(benefit.properties.guild_id).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(benefit).toEqualTypeOf<typeof PolarApi.DiscordGrant.Type>()
    } else if (benefit.benefit_type === "downloadables") {
      expectTypeOf(benefit.properties.files).toEqualTypeOf<ReadonlyArray<string> | null | undefined>()
    }
    // @ts-expect-error not before the type is known
    expect(benefit.properties.guild_id).toBe(undefined)
  })

  it.each(knownGrants.map((known) => [known.benefit_type, known] as const))(
    "a malformed %s benefit does not pass as an unknown one",
    (_, known) => {
      for (
        const malformed of [
          { ...known, granted_at: "secret-time" },
          { ...known, properties: null },
          { ...known, properties: "secret-text" }
        ]
      ) expect(Either.isLeft(Schema.decodeUnknownEither(PolarApi.PolarBenefitGrant)(malformed))).toBe(true)
    }
  )

  it.effect("and ends in InvalidResponse that names where, not what", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const malformed = grant("discord", { guild_id: { secret: "hidden" } })
      yield* inject("getState", answer(200, { ...state, granted_benefits: [knownGrants[0], malformed] }))
      const error = yield* Effect.flip(polar.getState(individual.id))
      expect(error).toMatchObject({ _tag: "InvalidResponse", status: 200, operation: "getState" })
      expect(error.message).toContain("granted_benefits.1.properties.guild_id")
      expect(JSON.stringify(error)).not.toMatch(/hidden|secret/)
    }).pipe(Effect.provide(inProcess())))

  it("unknown keys are no error, unknown members of enums are kept", () => {
    const next = {
      ...individual,
      type: "family",
      tax_id: ["1", "zz_new"],
      billing_address: { ...individual.billing_address, country: "XX", planet: "Earth" },
      mood: { happy: true }
    }
    const { mood: _, ...known } = next
    expect(decode(PolarApi.PolarCustomer, next)).toMatchObject({
      ...known,
      billing_address: { ...individual.billing_address, country: "XX" }
    })
    const later = { ...subscription, status: "paused", recurring_interval: "decade", currency: "XTS" }
    expect(decode(PolarApi.PolarActiveSubscription, later)).toMatchObject({
      status: "paused",
      recurring_interval: "decade"
    })
    expect(decode(PolarApi.PolarBenefitGrant, grant("github_repository", { permission: "owner", a: 1 }))).toMatchObject(
      {
        properties: { permission: "owner" }
      }
    )
  })

  const optionalOfCustomer = [
    "modified_at",
    "external_id",
    "email",
    "name",
    "billing_name",
    "billing_address",
    "tax_id",
    "locale",
    "default_payment_method_id",
    "deleted_at",
    "first_user_event_at",
    "avatar_url"
  ]

  it.each(optionalOfCustomer)("a customer whose %s is null or absent", (key) => {
    const { [key]: _, ...absent } = individual as Record<string, unknown>
    expect(decode(PolarApi.PolarCustomer, absent)).toEqual(absent)
    expect(decode(PolarApi.PolarCustomer, { ...individual, [key]: null })).toEqual({ ...individual, [key]: null })
  })

  it.each([
    "modified_at",
    "custom_field_data",
    "current_period_end",
    "trial_start",
    "trial_end",
    "canceled_at",
    "started_at",
    "ends_at",
    "discount_id",
    "seats",
    "units",
    "meters"
  ])("a subscription whose %s is null or absent", (key) => {
    const { [key]: _, price_id: __, ...absent } = subscription as Record<string, unknown>
    expect(decode(PolarApi.PolarActiveSubscription, absent)).toEqual(absent)
    expect(decode(PolarApi.PolarActiveSubscription, { ...absent, [key]: null })).toEqual({ ...absent, [key]: null })
  })

  it.effect("a customer with only what Polar always sends, through the service", () =>
    Effect.gen(function*() {
      const { created_at, email_verified, id, metadata, type } = team
      yield* inject("get", answer(200, { id, created_at, email_verified, metadata, organization_id, type }))
      const customer = yield* Effect.flatMap(CustomersService, (customers) => customers.get(id))
      expect([customer.email, customer.name, customer.address, customer.updatedAt, customer.externalId]).toEqual(
        Array.from({ length: 5 }, () => Option.none())
      )
    }).pipe(Effect.provide(inProcess())))

  it.effect("the balance that Polar used to answer", () =>
    Effect.gen(function*() {
      yield* inject("getBalance", answer(200, { balance: -1250, currency: "USD" }))
      const balance = yield* Effect.flatMap(PolarClient, (polar) => polar.getBalance(team.id))
      expect(balance).toEqual({ balance: -1250, currency: "USD" })
    }).pipe(Effect.provide(inProcess())))
})

describe("a row that cannot be read", () => {
  const bad = { ...individual, id: "bad", created_at: "not-a-time-secret", email_verified: "secret" }
  const page = { items: [team, bad, individual, 17], pagination: { total_count: 4, max_page: 1 } }
  const readable = [team.id, individual.id]
  const paths = (errors: ReadonlyArray<{ readonly issues: ReadonlyArray<{ readonly path: string }> }>) =>
    errors.map(({ issues }) => issues.map(({ path }) => path))
  const where = [["items.1.created_at"], ["items.3"]]

  it.effect("is in `unreadable` of client.list, client.streamPages, service.list and service.streamPages", () =>
    Effect.gen(function*() {
      yield* inject("list", answer(200, page))
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const pages = [
        yield* polar.list(),
        ...yield* collect(polar.streamPages()),
        yield* customers.list(),
        ...yield* collect(customers.streamPages())
      ]
      expect(pages).toHaveLength(4)
      for (const { items, unreadable } of pages) {
        expect(items.map(({ id }) => id)).toEqual(readable)
        expect(paths(unreadable)).toEqual(where)
        expect(unreadable[0]).toMatchObject({ _tag: "InvalidResponse", provider: "polar", status: 200 })
        expect(JSON.stringify(unreadable) + unreadable.map(String).join()).not.toContain("secret")
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("ends `stream` behind the rows that can be read", () =>
    Effect.gen(function*() {
      yield* inject("list", answer(200, page))
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      for (const stream of [polar.stream(), customers.stream()]) {
        const seen: Array<string> = []
        const error = yield* Effect.flip(
          Stream.runForEach(
            stream as Stream.Stream<{ readonly id: string }, CustomersError>,
            ({ id }) => Effect.sync(() => seen.push(id))
          )
        )
        expect(error).toMatchObject({ _tag: "InvalidResponse", issues: [{ path: "items.1.created_at" }] })
        expect(seen).toEqual(readable)
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("does not hide what is wrong with the page itself", () =>
    Effect.gen(function*() {
      yield* inject("list", answer(200, { items: [bad, team], pagination: { total_count: "secret", max_page: 1 } }))
      const error = yield* Effect.flip(Effect.flatMap(PolarClient, (polar) => polar.list()))
      expect(error).toMatchObject({ _tag: "InvalidResponse", issues: [{ path: "pagination.total_count" }] })
      expect(JSON.stringify(error)).not.toContain("secret")
    }).pipe(Effect.provide(inProcess())))
})

describe("a number that is none", () => {
  it.effect("in metadata makes its row unreadable, in the page's marks the page", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const text = JSON.stringify({ items: [individual, team], pagination: { total_count: 2, max_page: 1 } })
      const headers = { "content-type": "application/json" }
      const answering = (from: string, to: string) =>
        inject("list", Fault.Respond({ status: 200, headers, body: text.replace(from, to) }))
      yield* answering("\"seats\":12", "\"seats\":1e999")
      const { items, unreadable } = yield* polar.list()
      expect([items.length, unreadable.map(({ issues }) => issues[0]?.path)]).toEqual([1, ["items.0.metadata.*"]])
      yield* Effect.flatMap(SandboxControl, (control) => control.reset)
      yield* answering("\"max_page\":1", "\"max_page\":1e999")
      const error = yield* Effect.flip(Stream.runDrain(polar.stream()))
      expect(error).toMatchObject({ _tag: "InvalidResponse", issues: [{ path: "pagination.max_page" }] })
    }).pipe(Effect.provide(inProcess())))
})

describe("a body that cannot be read", () => {
  it.effect.each<[string, unknown, ReadonlyArray<string>]>([
    ["no object", "secret", [""]],
    ["a list in its place", ["secret"], [""]],
    ["a key of another type", { ...individual, email: { secret: 1 } }, ["email"]],
    ["a key that is missing", { ...individual, id: undefined }, ["id"]],
    ["a nested one", { ...individual, billing_address: { line1: "secret" } }, ["billing_address.country"]],
    ["the caller's own key", { ...individual, metadata: { secretKey: { secret: 1 } } }, ["metadata.*"]],
    ["half of a pair", { ...individual, tax_id: ["secret"] }, ["tax_id.1"]]
  ])("%s ends in InvalidResponse naming the path, not the value", ([, body, expected]) =>
    Effect.gen(function*() {
      yield* inject("get", answer(200, body))
      const error = yield* Effect.flip(Effect.flatMap(PolarClient, (polar) => polar.get(individual.id)))
      expect(error).toMatchObject({ _tag: "InvalidResponse", status: 200, mayHaveApplied: false })
      expect(error._tag === "InvalidResponse" && error.issues.map(({ path }) => path)).toEqual(expected)
      expect(error.message).toContain(expected[0] === "" ? "the body" : expected[0])
      expect(JSON.stringify(error) + error.message).not.toContain("secret")
    }).pipe(Effect.provide(inProcess())))

  it.effect("after a write it says that it may have been applied", () =>
    Effect.gen(function*() {
      yield* inject("create", answer(201, { id: 5 }))
      const error = yield* Effect.flip(Effect.flatMap(PolarClient, (polar) => polar.create({ email: "a@b.example" })))
      expect(error).toMatchObject({ _tag: "InvalidResponse", mayHaveApplied: true, isRetryable: false })
    }).pipe(Effect.provide(inProcess())))
})

describe("an input that is refused names the field that is wrong", () => {
  const refused = (customer: Record<string, unknown>) =>
    Effect.flatMap(PolarClient, (polar) => Effect.flip(polar.create(customer as PolarApi.PolarCustomerCreate)))

  it.effect.each<[string, Record<string, unknown>, ReadonlyArray<string>]>([
    ["an individual without e-mail", { name: "Ada" }, ["email"]],
    ["an individual with a long name", { email: "a@b.example", name: "x".repeat(257) }, ["name"]],
    ["a team with a wrong owner", { type: "team", owner: { name: "secret" } }, ["owner.email"]],
    ["a country that is none", { email: "a@b.example", billing_address: { country: "secret" } }, [
      "billing_address.country"
    ]],
    ["a key of metadata", { email: "a@b.example", metadata: { secret: "" } }, ["metadata.*"]],
    ["a field that there is not", { email: "a@b.example", phone: "secret" }, ["phone"]]
  ])("%s", ([, customer, paths]) =>
    Effect.gen(function*() {
      const error = yield* refused(customer)
      expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "sdk", issues: paths.map((path) => ({ path })) })
      expect(JSON.stringify(error) + error.message).not.toContain("secret")
      expect(yield* requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a filter that cannot be sent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      for (const query of [{ email: "\ud800" }, { metadata: { "\udc00": "x" } }, { page: 0 }, { limit: 0 }]) {
        expect(yield* Effect.flip(polar.list(query))).toMatchObject({
          _tag: "InvalidRequest",
          origin: "sdk",
          issues: [{ path: Object.keys(query)[0] }]
        })
      }
      expect(yield* requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a filter without values, which would ask for everything", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const empty: ReadonlyArray<readonly [string, PolarApi.PolarListQuery]> = [
        ["organization_id", { organization_id: [] }],
        ["metadata.*", { metadata: { plan: [] } }]
      ]
      for (const [path, query] of empty) {
        expect(yield* Effect.flip(polar.list(query))).toMatchObject({ _tag: "InvalidRequest", issues: [{ path }] })
      }
      expect(yield* requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("characters are counted as Polar counts them, not half ones", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const rocket = (count: number) => "🚀".repeat(count)
      const email = "a@example.com"
      const created = yield* polar.create({ email, name: rocket(256), metadata: { [rocket(40)]: rocket(500) } })
      expect(created.name).toBe(rocket(256))
      const longer = [{ name: rocket(257) }, { metadata: { [rocket(41)]: 1 } }, { metadata: { a: rocket(501) } }]
      for (const more of longer) {
        expect(yield* refused({ email, ...more })).toMatchObject({ _tag: "InvalidRequest", origin: "sdk" })
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("a type that there is not, as both types", () =>
    Effect.gen(function*() {
      const error = yield* refused({ type: "household", email: "a@b.example" })
      expect(error).toMatchObject({ issues: [{ path: "type" }, { path: "type" }] })
    }).pipe(Effect.provide(inProcess())))
})

describe("errors map", () => {
  const issue = (loc: ReadonlyArray<string | number>, msg: string, type = "value_error") => ({
    error: type === "value_error" ? "PolarRequestValidationError" : "RequestValidationError",
    detail: [{ type, loc, msg, input: "whatever" }]
  })

  it.effect.each<[string, number, unknown, Record<string, unknown>]>([
    ["an unknown customer", 404, { error: "ResourceNotFound", detail: "Not found" }, {
      _tag: "CustomerNotFound",
      providerCode: "ResourceNotFound"
    }],
    ["an unknown route", 404, { detail: "Not Found" }, { _tag: "UnexpectedStatus" }],
    ["a wrong method", 405, { detail: "Method Not Allowed" }, { _tag: "UnexpectedStatus" }],
    ["an id that is none", 422, issue(["path", "id"], "Input should be a valid UUID", "uuid_parsing"), {
      _tag: "CustomerNotFound"
    }],
    ["an e-mail that is taken", 422, issue(["body", "email"], "A customer with this email address already exists."), {
      _tag: "CustomerAlreadyExists",
      fields: ["email"]
    }],
    [
      "an external id that is set",
      422,
      issue(["body", "external_id"], "Customer external ID cannot be updated."),
      { _tag: "Conflict", path: "external_id" }
    ],
    [
      "a team that would become an individual",
      422,
      issue(["body", "type"], "Customer type cannot be downgraded from 'team' to 'individual'."),
      { _tag: "Conflict", path: "type" }
    ],
    ["a missing field", 422, issue(["body", "individual", "email"], "Field required", "missing"), {
      _tag: "InvalidRequest",
      origin: "provider",
      issues: [expect.objectContaining({ path: "email", code: "missing" })]
    }],
    ["a value within metadata", 422, issue(["body", "individual", "metadata", "mine", "int"], "no", "int_type"), {
      _tag: "InvalidRequest",
      issues: [expect.objectContaining({ path: "metadata.*" })]
    }],
    [
      "an id that is none, beside what is no issue",
      422,
      { detail: [null, { msg: 1 }, { type: null, loc: ["path", "id"], msg: "no" }] },
      { _tag: "CustomerNotFound" }
    ],
    ["words of the customer's in the place and the type", 422, issue(["body", "g@x.y", 1], "no", "g@x.y"), {
      _tag: "InvalidRequest",
      issues: [{ path: "*.*", message: expect.anything() as unknown }]
    }],
    ["a body that is too large", 413, { error: "RequestBodyTooLarge", detail: "x" }, { _tag: "InvalidRequest" }],
    ["a body without length", 411, { error: "LengthRequired", detail: "x" }, { _tag: "UnexpectedStatus" }],
    ["no token", 401, { error: "Unauthorized", detail: "Unauthorized" }, { _tag: "AuthenticationFailed" }],
    ["a bad token", 401, { error: "invalid_token", error_description: "x" }, {
      _tag: "AuthenticationFailed",
      providerCode: "invalid_token"
    }],
    ["a scope that is missing", 403, { error: "insufficient_scope", error_description: "x" }, {
      _tag: "PermissionDenied",
      providerCode: "insufficient_scope"
    }],
    ["a role that is missing", 403, { error: "NotPermitted", detail: "x" }, { _tag: "PermissionDenied" }]
  ])("%s: %i", ([, status, body, expected]) =>
    Effect.gen(function*() {
      yield* inject("update", answer(status, body))
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.update(individual.id, { name: "G" }))
      expect(error).toMatchObject({
        status,
        provider: "polar",
        operation: "update",
        mayHaveApplied: false,
        ...expected
      })
    }).pipe(Effect.provide(inProcess())))
})

// ---------------------------------------------------------------------------------------------------------------------
// Ids
// ---------------------------------------------------------------------------------------------------------------------

describe.each(overTheWire)("ids, over %s", (_, client) => {
  const refusedById = (id: string) =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      return yield* Effect.all([
        Effect.flip(polar.get(id)),
        Effect.flip(polar.update(id, {})),
        Effect.flip(polar.delete(id)),
        Effect.flip(polar.getState(id)),
        Effect.flip(customers.get(id)),
        Effect.flip(customers.update(id, {})),
        Effect.flip(customers.delete(id))
      ])
    })

  const refusedByExternalId = (id: string) =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      return yield* Effect.all([
        Effect.flip(polar.getExternal(id)),
        Effect.flip(polar.updateExternal(id, {})),
        Effect.flip(polar.deleteExternal(id)),
        Effect.flip(polar.getStateExternal(id)),
        Effect.flip(customers.getByExternalId(id)),
        Effect.flip(customers.updateByExternalId(id, {})),
        Effect.flip(customers.deleteByExternalId(id))
      ])
    })

  it.live("that are empty, dot segments or lone surrogates are refused before anything is sent", () =>
    Effect.gen(function*() {
      yield* seed(1)
      for (
        const [id, message] of [
          ["", /not empty/],
          [".", /dot segment/],
          ["..", /dot segment/],
          ["a\ud800b", /lone surrogate/],
          ["\udc00", /lone surrogate/]
        ] as const
      ) {
        for (const error of [...yield* refusedById(id), ...yield* refusedByExternalId(id)]) {
          expect(error).toMatchObject({
            _tag: "InvalidRequest",
            origin: "sdk",
            mayHaveApplied: false,
            issues: [{ message: expect.stringMatching(message) }]
          })
        }
      }
      expect(yield* requests).toEqual([])
    }).pipe(Effect.provide(onPort(client))))

  it.live("external ids with a slash are refused with the reason", () =>
    Effect.gen(function*() {
      for (const id of ["a/b", "/", "a/../b"]) {
        for (const error of yield* refusedByExternalId(id)) {
          expect(error).toMatchObject({
            _tag: "InvalidRequest",
            origin: "sdk",
            issues: [{ message: "the provider decodes a slash before routing, so this can never match" }]
          })
        }
      }
      expect(yield* requests).toEqual([])
    }).pipe(Effect.provide(onPort(client))))

  it.live("that are no UUID v4 end in CustomerNotFound", () =>
    Effect.gen(function*() {
      yield* seed([{ external_id: "usr" }])
      const notOurs = [
        unknownId,
        "cus_123",
        "019a0000-0000-7000-8000-000000000000",
        "a b?c#d%&+é",
        "%2e%2e",
        "export",
        "external",
        "external/usr",
        "👩‍🚀"
      ]
      for (const id of notOurs) {
        for (const error of yield* refusedById(id)) {
          expect(error, id).toMatchObject({ _tag: "CustomerNotFound", mayHaveApplied: false })
          expect(error._tag === "CustomerNotFound" && Redacted.value(error.customerId!)).toBe(id)
        }
      }
      expect(yield* Effect.flatMap(SandboxControl, (control) => control.customers("polar"))).toHaveLength(1)
    }).pipe(Effect.provide(onPort(client))))

  it.live("are percent-encoded, and reach the customer they name", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const odd = ["a b", "ünï", "50%", "%20", "what?", "#1", "a+b", "a&b=c", "a:b@c", "\"<>\"", "..a", "日本", "👍"]
      yield* seed(odd.map((external_id) => ({ external_id })))
      for (const external_id of odd) {
        const { id } = yield* polar.getExternal(external_id)
        expect((yield* polar.updateExternal(external_id, { name: external_id })).id).toBe(id)
        expect((yield* polar.getStateExternal(external_id)).name).toBe(external_id)
        yield* polar.deleteExternal(external_id)
        expect(yield* Effect.flip(polar.getExternal(external_id))).toMatchObject({
          _tag: "CustomerNotFound",
          status: 404
        })
      }
      expect([...new Set((yield* requests).map(({ path }) => path))]).toEqual(
        odd.flatMap((id) => ["", "/state"].map((suffix) => `/v1/customers/external/${encodeURIComponent(id)}${suffix}`))
      )
      expect(yield* Effect.flatMap(SandboxControl, (control) => control.customers("polar"))).toEqual([])
    }).pipe(Effect.provide(onPort(client))))
})

// ---------------------------------------------------------------------------------------------------------------------
// Operations
// ---------------------------------------------------------------------------------------------------------------------

describe.each(overTheWire)("every operation of the client on the sandbox, over %s", (_, client) => {
  it.live("list, create, export, get, update, delete, the same by external id, state, and the retired balance", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const ada = yield* polar.create({
        email: "ada@example.com",
        external_id: "ada",
        name: "Ada \"Countess\"\nLovelace",
        billing_address: { line1: "12 St James's Sq", city: "London", postal_code: "SW1Y 4JH", country: "gb" },
        tax_id: "GB123456789",
        locale: "en-gb",
        metadata: { engine: "analytical", cards: 9, poetic: true }
      })
      expect(ada).toMatchObject({
        email: "ada@example.com",
        external_id: "ada",
        billing_address: { country: "GB", line2: null },
        tax_id: ["GB123456789", "gb_vat"],
        locale: "en-GB",
        metadata: { engine: "analytical", cards: 9, poetic: true }
      })
      const ours = yield* polar.create({ type: "team", owner: { email: "owner@example.com" }, name: "Team" })
      expect(ours).toMatchObject({ type: "team", email: null })

      const page = yield* polar.list({ sorting: ["created_at"], limit: 1, page: 2, metadata: {}, query: "a" })
      expect(page.pagination).toEqual({ total_count: 2, max_page: 2 })
      expect(page.items).toEqual([ours])
      expect(yield* collect(polar.stream())).toEqual([ada, ours])
      expect((yield* polar.list({ email: "ADA@example.com" })).items).toEqual([ada])

      expect(yield* polar.get(ada.id)).toEqual(ada)
      expect(yield* polar.getExternal("ada")).toEqual(ada)
      expect(yield* polar.getState(ada.id)).toEqual({
        ...ada,
        active_subscriptions: [],
        granted_benefits: [],
        active_meters: []
      })
      expect(yield* polar.getStateExternal("ada")).toEqual(yield* polar.getState(ada.id))

      expect(yield* polar.update(ada.id, { tax_id: null })).toMatchObject({ tax_id: null, name: ada.name })
      const renamed = yield* polar.updateExternal("ada", { name: "Ada, \"King\"\r\nLovelace", metadata: {} })
      expect(renamed).toMatchObject({ name: "Ada, \"King\"\r\nLovelace", metadata: {}, locale: "en-GB" })

      const text = Buffer.concat(yield* collect(polar.export())).toString("utf8")
      expect(text.startsWith(csvHeader)).toBe(true)
      expect(text).toContain("\"Ada, \"\"King\"\"\r\nLovelace\"")
      const rows = yield* collect(polar.exportRows())
      expect(rows.map(({ email, external_id, id, name }) => ({ email, external_id, id, name }))).toEqual(
        [renamed, ours].map(({ email, external_id, id, name }) => ({ email, external_id, id, name }))
      )

      yield* polar.delete(ada.id)
      expect((yield* Effect.flip(polar.delete(ada.id)))._tag).toBe("CustomerNotFound")
      const again = yield* polar.create({ email: "ada@example.com", external_id: "ada" })
      expect(again.id).not.toBe(ada.id)
      yield* polar.deleteExternal("ada", { anonymize: true })
      expect((yield* Effect.flip(polar.deleteExternal("ada")))._tag).toBe("CustomerNotFound")
      expect((yield* Effect.flip(polar.getBalance(ours.id)))._tag).toBe("UnexpectedStatus")

      const log = yield* requests
      expect(new Set(log.map(({ operation }) => operation))).toEqual(
        new Set(Object.values(PolarApi).flatMap((member) => "operation" in member ? [member.operation] : []))
      )
      for (const { headers } of log) {
        expect(headers).toMatchObject({ authorization: `Bearer ${token}`, "polar-version": "2026-10" })
        expect(headers["user-agent"]).toMatch(/^effect-customers\/\d+\.\d+\.\d+ \(polar\)$/)
        expect(headers).not.toHaveProperty("traceparent")
      }
      expect(yield* Effect.flatMap(SandboxControl, (control) => control.bugs)).toEqual([])
    }).pipe(Effect.provide(onPort(client))))
})

// ---------------------------------------------------------------------------------------------------------------------
// Export
// ---------------------------------------------------------------------------------------------------------------------

/** A client whose export is this stream. */
const exporting = (body: ReadableStream<Uint8Array>) =>
  Polar.layer({ accessToken: Redacted.make(token) }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, () => Promise.resolve(new Response(body))))
  )

const rowsOf = Effect.flatMap(PolarClient, (polar) => collect(polar.exportRows()))

describe("export", () => {
  it.effect.each<[string, string, unknown]>([
    ["as Python prints it", "\"('FR61954506077', <TaxIDFormat.eu_vat: 'eu_vat'>)\"", ["FR61954506077", "eu_vat"]],
    ["with a quote within", "\"(\"\"O'1\"\", <TaxIDFormat.x_y: 'x_y'>)\"", ["O'1", "x_y"]],
    ["with both quotes", "\"('O\\'\"\"1', <TaxIDFormat.x_y: 'x_y'>)\"", ["O'\"1", "x_y"]],
    ["of a format that came later", "\"('1', <TaxIDFormat.zz_new9: 'zz_new9'>)\"", ["1", "zz_new9"]],
    ["none", "", null],
    ["written in another way", "FR61954506077", "FR61954506077"]
  ])("the Tax ID cell: %s", ([, taxId, expected]) =>
    Effect.gen(function*() {
      yield* inject("export", csv(csvHeader + csvRow({ taxId })))
      expect((yield* rowsOf).map(({ tax_id }) => tax_id)).toEqual([expected])
    }).pipe(Effect.provide(inProcess())))

  it.effect("cells: empty is null, quotes and newlines and commas within quotes, metadata as JSON text", () =>
    Effect.gen(function*() {
      const name = "\"Doe, \"\"JD\"\"\r\nJohn\n\""
      const metadata =
        "\"{\"\"plan\"\": \"\"pro\"\", \"\"n\"\": 1.5, \"\"b\"\": true, \"\"\\u00e9\"\": \"\"\\u00e9\"\"}\""
      yield* inject("export", csv(csvHeader + csvRow({ name, metadata }) + csvRow()))
      const empty = {
        id: individual.id,
        external_id: "account_42",
        created_at: "2026-02-11T09:05:07.000123+00:00",
        email: "grace@example.org",
        name: null,
        tax_id: null,
        line1: null,
        line2: null,
        city: null,
        state: null,
        postal_code: null,
        country: null,
        metadata: {}
      }
      expect(yield* rowsOf).toEqual([
        { ...empty, name: "Doe, \"JD\"\r\nJohn\n", metadata: { plan: "pro", n: 1.5, b: true, é: "é" } },
        empty
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("columns in another order and new ones beside them", () =>
    Effect.gen(function*() {
      const lines = (csvHeader + csvRow()).trimEnd().split("\r\n")
      const text = lines.map((line, index) => `${index === 0 ? "New" : "x"},${line}\r\n`).join("")
      yield* inject("export", csv(text))
      expect((yield* rowsOf).map(({ email, id }) => [id, email])).toEqual([[individual.id, "grace@example.org"]])
    }).pipe(Effect.provide(inProcess())))

  it.effect("the header alone is no rows; nothing at all is no export", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      expect(yield* rowsOf).toEqual([])
      expect(Buffer.concat(yield* collect(polar.export())).toString()).toBe(csvHeader)
      yield* inject("export", Fault.Respond({ status: 200 }))
      expect((yield* Effect.flip(rowsOf))._tag).toBe("InvalidResponse")
      yield* inject("export", Fault.Respond({ status: 200 }))
      expect(yield* collect(polar.export())).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([
    ["a row with too few cells", `${csvHeader}${csvRow()}only,three,cells-secret\r\n`, 1],
    ["a row without its last quote", `${csvHeader}${csvRow()}"secret,`, 1],
    ["metadata that is no JSON", csvHeader + csvRow() + csvRow({ metadata: "secret" }), 1],
    ["another document", "{\"secret\":1}\r\n{}\r\n", 0]
  ])(
    "%s ends in InvalidResponse that does not quote it, behind the rows before it",
    ([, text, before]) =>
      Effect.gen(function*() {
        const polar = yield* PolarClient
        yield* inject("export", csv(String(text)))
        let seen = 0
        const error = yield* Effect.flip(Stream.runForEach(polar.exportRows(), () => Effect.sync(() => seen++)))
        expect(error).toMatchObject({ _tag: "InvalidResponse", operation: "export", status: 200 })
        expect(JSON.stringify(error) + error.message).not.toContain("secret")
        expect(seen).toBe(before)
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("a quote that is never closed does not take the file into memory", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("export", csv(`${csvHeader}${csvRow()}"${"x".repeat(3 * 1024 * 1024)}`))
      const error = yield* Effect.flip(Stream.runDrain(polar.exportRows()))
      expect(error).toMatchObject({ _tag: "InvalidResponse", operation: "export" })
    }).pipe(Effect.provide(inProcess())))

  it.effect("a refusal and a cut connection end typed, in bytes and in rows", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const control = yield* SandboxControl
      yield* seed(300)
      yield* control.inject({ operation: "export", fault: Fault.CutBody({}), times: 2 })
      expect((yield* Effect.flip(collect(polar.exportRows())))._tag).toBe("TransportFailed")
      expect((yield* Effect.flip(collect(polar.export())))._tag).toBe("TransportFailed")
      yield* inject("export", answer(403, { error: "insufficient_scope", error_description: "x" }))
      expect((yield* Effect.flip(collect(polar.exportRows())))._tag).toBe("PermissionDenied")
      expect((yield* Effect.flip(collect(polar.export())))._tag).toBe("PermissionDenied")
    }).pipe(Effect.provide(inProcess())))

  it.live.each([...overTheWire])(
    "the first row is there before the last byte was sent, over %s",
    ([, client]) =>
      Effect.gen(function*() {
        const polar = yield* PolarClient
        const ids = yield* seed(20_000)
        yield* inject("export", Fault.StallBody({}))
        const rows = yield* collect(Stream.take(polar.exportRows(), 500))
        expect(rows.map(({ id }) => id)).toEqual(ids.slice(0, 500))
        const bytes = yield* collect(Stream.take(polar.export(), 1))
        expect(bytes).toHaveLength(1)
        // and what is not read any more is hung up on
        const log = yield* requests.pipe(
          Effect.zipLeft(Effect.sleep("5 millis")),
          Effect.repeat({ until: (log) => log.every(({ endedAt }) => endedAt !== undefined) }),
          Effect.timeout("5 seconds")
        )
        expect(log.map(({ aborted, status }) => [aborted, status])).toEqual([[true, 200], [true, 200]])
      }).pipe(Effect.provide(onPort(client!)))
  )

  it.effect("what is not read is not fetched: a file of 2 GB is never in memory", () =>
    Effect.gen(function*() {
      const chunk = new TextEncoder().encode(csvRow().repeat(400))
      let pulled = 0
      let cancelled = false
      const endless = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(csvHeader)),
        pull: (controller) => {
          pulled += chunk.length
          if (pulled < 2 ** 31) controller.enqueue(chunk)
          else controller.close()
        },
        cancel: () => {
          cancelled = true
        }
      })
      yield* Effect.flatMap(PolarClient, (polar) =>
        polar.exportRows().pipe(
          Stream.take(10),
          Stream.tap(() => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))),
          Stream.runDrain
        )).pipe(Effect.provide(exporting(endless)))
      expect(pulled).toBeLessThan(1024 * 1024)
      expect(cancelled).toBe(true)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Contract
// ---------------------------------------------------------------------------------------------------------------------

/** Polar's own document lies beside the repository, not in it. */
const documentFile = new URL("../../../../shared/specs/polar.openapi.json", import.meta.url)
const documentIsThere = existsSync(documentFile)
const document = documentIsThere ? JSON.parse(readFileSync(documentFile, "utf8")) : { paths: {} }

interface Keys {
  readonly all: ReadonlyArray<string>
  readonly required: ReadonlyArray<string>
}

/** The objects that a schema of the document allows, each as the names of its keys. */
const documentKeys = (schema: any): ReadonlyArray<Keys> => {
  if (schema.$ref !== undefined) {
    const path = String(schema.$ref).split("/").slice(1)
    return documentKeys(path.reduce((inner: any, key) => inner[key], document))
  }
  const members = schema.oneOf ?? schema.anyOf
  if (members !== undefined) return members.flatMap(documentKeys)
  return schema.properties === undefined
    ? []
    : [{ all: Object.keys(schema.properties), required: schema.required ?? [] }]
}

/** The same of a schema of ours, as it is on the wire. */
const ourKeys = (ast: SchemaAST.AST): ReadonlyArray<Keys> => {
  if (ast._tag === "Union") return ast.types.flatMap(ourKeys)
  if (ast._tag !== "TypeLiteral") return []
  return [{
    all: ast.propertySignatures.map(({ name }) => String(name)),
    required: ast.propertySignatures.flatMap(({ isOptional, name }) => isOptional ? [] : [String(name)])
  }]
}

const encoded = (schema: Schema.Schema.Any | undefined) =>
  schema === undefined ? [] : ourKeys(Schema.encodedSchema(schema as Schema.Schema<unknown, unknown>).ast)

const sorted = (names: ReadonlyArray<string>) => [...new Set(names)].sort()

const endpoints = Object.values(PolarApi).flatMap((member) => "operation" in member ? [member] : [])

const operationOf = ({ method, path }: { readonly method: string; readonly path: string }) =>
  document.paths[path]?.[method.toLowerCase()]

describe("Polar's own document", () => {
  it("twelve endpoints are compared with it", () => {
    expect(endpoints).toHaveLength(12)
  })

  const compared = it.skipIf(!documentIsThere)

  compared.each(endpoints.map((endpoint) => [endpoint.operation, endpoint] as const))(
    "has %s with this method, path and query",
    (_, endpoint) => {
      const operation = operationOf(endpoint)
      expect(operation).toBeDefined()
      const parameters: ReadonlyArray<{ in: string; name: string; required?: boolean }> = operation.parameters ?? []
      const named = (place: string) => sorted(parameters.filter((one) => one.in === place).map(({ name }) => name))
      const [query = { all: [], required: [] }] = encoded(endpoint.query)
      expect(sorted(query.all)).toEqual(named("query"))
      expect(parameters.filter((one) => one.in === "query" && one.required === true)).toEqual([])
      expect(query.required).toEqual([])
      expect(sorted([...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))).toEqual(named("path"))
    }
  )

  compared.each(
    endpoints.filter(({ body }) => body !== undefined).map((endpoint) => [endpoint.operation, endpoint] as const)
  )(
    "has the keys of the body of %s, and requires none that we do not",
    (_, endpoint) => {
      const theirs = documentKeys(operationOf(endpoint).requestBody.content["application/json"].schema)
      const ours = encoded(endpoint.body)
      expect(theirs.length).toBeGreaterThan(0)
      expect(ours).toHaveLength(theirs.length)
      for (const [index, keys] of theirs.entries()) {
        expect(sorted(ours[index]!.all)).toEqual(sorted(keys.all))
        expect(ours[index]!.required).toEqual(expect.arrayContaining([...keys.required]))
      }
    }
  )

  compared.each([
    ["AddressInput", PolarApi.PolarAddressInput],
    ["MemberOwnerCreate", PolarApi.PolarOwner],
    ["Address", PolarApi.PolarAddress],
    ["CustomerIndividual", PolarApi.PolarCustomer],
    ["CustomerTeam", PolarApi.PolarCustomer],
    ["CustomerStateIndividual", PolarApi.PolarCustomerState],
    ["CustomerStateSubscription", PolarApi.PolarActiveSubscription],
    ["CustomerStateSubscriptionMeter", PolarApi.PolarSubscriptionMeter],
    ["CustomerStateMeter", PolarApi.PolarActiveMeter],
    ["CustomerBalance", PolarApi.PolarCustomerBalance],
    ["BenefitGrantDiscordProperties", PolarApi.DiscordGrant.fields.properties],
    ["BenefitGrantGitHubRepositoryProperties", PolarApi.GitHubRepositoryGrant.fields.properties],
    ["BenefitGrantDownloadablesProperties", PolarApi.DownloadablesGrant.fields.properties],
    ["BenefitGrantLicenseKeysProperties", PolarApi.LicenseKeysGrant.fields.properties],
    ["BenefitGrantSlackSharedChannelProperties", PolarApi.SlackSharedChannelGrant.fields.properties]
  ] as ReadonlyArray<readonly [string, Schema.Schema.Any]>)("has the same keys of %s", (name, schema) => {
    const [theirs] = documentKeys({ $ref: `#/components/schemas/${name}` })
    expect(sorted(encoded(schema)[0]!.all)).toEqual(sorted(theirs!.all))
  })

  compared("knows no benefit that we do not", () => {
    const known = PolarApi.PolarBenefitGrant.members.flatMap((member) => {
      const { ast } = member.fields.benefit_type
      return ast._tag === "Literal" ? [String(ast.literal)] : []
    })
    expect(sorted(known)).toEqual(sorted(document.components.schemas.BenefitType.enum))
  })
})
