/** What implementations of Polar's customers API got wrong, by the numbers of the README's list. */
import type { CustomersError } from "@effect-customers/core"
import { CustomerNotFound, CustomersByEmail, CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { PolarClient } from "@effect-customers/polar"
import { Fault, type PolarSeed, type RequestLogEntry, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Cause, Chunk, Effect, Exit, Logger, Option, Redacted, Stream } from "effect"
import { readFileSync } from "node:fs"
import { format, inspect } from "node:util"
import { clients, once, token } from "./onSandbox.js"

const { inProcess, onPort } = once

const unknownId = "992fae2a-2a17-4b7a-8d9e-e287cf90131b"
const homeOrganization = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
const otherOrganization = "2f0b7c1a-5d5e-4c51-9a53-6d1a9d1f3b42"
const address = { line1: "123 Main St", city: "San Francisco", postal_code: "94102", state: "CA", country: "US" }

const overTheWire = clients.filter(([name]) => name !== "node")

const readText = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

const control = SandboxControl

const requests = Effect.flatMap(control, (control) => control.requests)

const sent = Effect.map(requests, (log) => log.map(({ method, path }) => `${method} ${path}`))

const bodies = Effect.map(requests, (log) => log.map(({ body }): unknown => body === "" ? undefined : JSON.parse(body)))

const lastOf = Effect.map(requests, (log): RequestLogEntry => log[log.length - 1]!)

const seed = (customers: number | ReadonlyArray<PolarSeed>) =>
  Effect.flatMap(control, (control) => control.seed("polar", customers))

const inject = (operation: string, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(control, (control) => control.inject({ operation, fault, times }))

const stored = Effect.flatMap(control, (control) => control.customers("polar"))

const json = (status: number, body: unknown) =>
  Fault.Respond({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

/** Changes the rows of a list, or the one customer. */
const alterCustomers = (change: (customer: any) => unknown) =>
  Fault.Alter({
    alter: (body: any) => Array.isArray(body.items) ? { ...body, items: body.items.map(change) } : change(body)
  })

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), Chunk.toArray)

const only = <A>(items: ReadonlyArray<A>): A => {
  expect(items).toHaveLength(1)
  return items[0]!
}

const issues = (error: CustomersError) =>
  error._tag === "InvalidRequest" ? [error.origin, ...error.issues.map(({ path }) => path)] : error

/** So that a walk without end fails instead of hanging. */
const atMostLists = (most: number) =>
  Effect.flatMap(
    control,
    (control) =>
      control.inject({ operation: "list", from: most + 1, times: Infinity, fault: Fault.Respond({ status: 500 }) })
  )

describe("polar pitfall 1", () => {
  it.effect("polar pitfall 1: the end of a walk is page >= max_page, also where max_page is 0", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      yield* atMostLists(3)
      expect(yield* collect(polar.stream())).toEqual([])
      expect(yield* collect(customers.stream())).toEqual([])
      expect(Option.isNone((yield* customers.list()).next)).toBe(true)
      expect(yield* sent).toEqual(Array.from({ length: 3 }, () => "GET /v1/customers/"))
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 1: a walk that starts past the end ends, with no page asked for beyond it", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const ids = yield* seed(6)
      yield* atMostLists(4)
      const page = yield* customers.list({ pageSize: 4 })
      const from = Option.getOrThrow(page.next)
      yield* Effect.forEach(ids, (id) => polar.delete(id))
      const before = (yield* requests).length
      expect(yield* collect(customers.stream({ from }))).toEqual([])
      const after = (yield* requests).slice(before)
      expect(after.length).toBeLessThanOrEqual(2)
      expect(yield* polar.list({ page: 9 })).toEqual({
        items: [],
        pagination: { total_count: 0, max_page: 0 },
        unreadable: []
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 1: a page shorter than was asked for does not end the walk", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const ids = yield* seed(250)
      yield* Effect.flatMap(control, (control) =>
        control.inject({
          operation: "list",
          match: ({ query }) => query.some(([key, value]) => key === "page" && value === "1"),
          fault: Fault.Alter({ alter: (body: any) => ({ ...body, items: body.items.slice(0, 7) }) })
        }))
      const walked = yield* collect(polar.stream())
      expect(walked.map(({ id }) => id)).toEqual([...ids.slice(0, 7), ...ids.slice(100)])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 1: a limit above 100, which Polar clamps silently, is refused unsent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const ids = yield* seed(250)
      expect(issues(yield* Effect.flip(polar.list({ limit: 101 })))).toEqual(["sdk", "limit"])
      expect(issues(yield* Effect.flip(customers.list({ pageSize: 250 })))).toEqual(["sdk", "pageSize"])
      expect(yield* sent).toEqual([])
      expect((yield* collect(customers.stream())).map(({ id }) => id)).toEqual(ids)
      expect((yield* requests).map(({ query }) => Object.fromEntries(query))).toEqual(
        ["1", "2", "3"].map((page) => expect.objectContaining({ page, limit: "100" }))
      )
    }).pipe(Effect.provide(inProcess())))
})

describe.each(overTheWire)("polar pitfall 2, over %s", (_, client) => {
  it.live("polar pitfall 2: the exact path of each operation is sent, and Polar never redirects", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* seed([{ id: unknownId, external_id: "usr" }, { external_id: "gone" }])
      yield* polar.list({ email: "a@example.com" })
      yield* polar.create({ email: "ada@example.com" })
      yield* Stream.runDrain(polar.export())
      yield* polar.get(unknownId)
      yield* polar.update(unknownId, {})
      yield* polar.getExternal("usr")
      yield* polar.updateExternal("usr", {})
      yield* polar.deleteExternal("gone")
      yield* polar.getState(unknownId)
      yield* polar.getStateExternal("usr")
      yield* Effect.flip(polar.getBalance(unknownId))
      yield* polar.delete(unknownId)
      expect(yield* sent).toEqual([
        "GET /v1/customers/",
        "POST /v1/customers/",
        "GET /v1/customers/export",
        `GET /v1/customers/${unknownId}`,
        `PATCH /v1/customers/${unknownId}`,
        "GET /v1/customers/external/usr",
        "PATCH /v1/customers/external/usr",
        "DELETE /v1/customers/external/gone",
        `GET /v1/customers/${unknownId}/state`,
        "GET /v1/customers/external/usr/state",
        `GET /v1/customers/${unknownId}/balance`,
        `DELETE /v1/customers/${unknownId}`
      ])
      expect((yield* requests).map(({ status }) => status)).not.toContain(307)
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 2: a redirect is never followed, so neither token nor body travels on", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { port } = yield* Sandbox.SandboxServer
      for (const host of ["127.0.0.1", "localhost"]) {
        const location = `http://${host}:${port}/polar/v1/customers/elsewhere`
        const redirect = Fault.Respond({ status: 307, headers: { location } })
        yield* Effect.forEach(["list", "create", "export"], (operation) => inject(operation, redirect))
        for (
          const error of [
            yield* Effect.flip(polar.list()),
            yield* Effect.flip(polar.create({ email: "ada@example.com" })),
            yield* Effect.flip(Stream.runDrain(polar.export()))
          ]
        ) expect(error).toMatchObject({ _tag: "UnexpectedStatus", status: 307, mayHaveApplied: false })
      }
      expect([...new Set(yield* sent)]).toEqual([
        "GET /v1/customers/",
        "POST /v1/customers/",
        "GET /v1/customers/export"
      ])
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 2: slashes at the end of baseUrl are not doubled", () =>
    Effect.gen(function*() {
      const server = yield* Sandbox.SandboxServer
      const slashed = Polar.layer({ accessToken: Redacted.make(token), baseUrl: `${server.urlOf("polar")}//` })
      const page = yield* Effect.provide(Effect.flatMap(PolarClient, (polar) => polar.list()), slashed)
      expect(page.items).toEqual([])
      expect(yield* sent).toEqual(["GET /v1/customers/"])
    }).pipe(Effect.provide(onPort(client))))
})

const awkward = {
  id: unknownId,
  external_id: "usr_1",
  email: "doe@example.com",
  name: "Doe, \"JD\"\r\nJohn\nThird",
  tax_id: ["FR61954506077", "eu_vat"],
  billing_address: { line1: "1 rue X", city: "Paris", postal_code: "75001", country: "FR" },
  metadata: { plan: "pro" }
} as const

describe.each(overTheWire)("polar pitfall 3, over %s", (_, client) => {
  it.live("polar pitfall 3: the export is CSV: not asked for as JSON, not parsed as JSON, answered byte for byte", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* seed([awkward])
      const bytes = Buffer.concat(yield* collect(polar.export()))
      const server = yield* Sandbox.SandboxServer
      const url = `${server.urlOf("polar")}/v1/customers/export`
      const truth = yield* Effect.promise(() =>
        fetch(url, { headers: { authorization: "Bearer polar_oat_x" } }).then((response) => response.text())
      )
      expect(bytes.toString("utf8")).toBe(truth)
      expect(truth).toContain("\"Doe, \"\"JD\"\"\r\nJohn\nThird\"")
      expect((yield* requests)[0]!.headers["accept"]).toBe("*/*")
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 3: rows are read by a CSV parser, not split at newlines; all customers are in it", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* seed([awkward, { name: "second\nline" }])
      yield* seed(148)
      const rows = yield* collect(polar.exportRows())
      expect(rows).toHaveLength(150)
      expect(rows[0]).toEqual({
        id: unknownId,
        external_id: "usr_1",
        created_at: "2026-01-03T13:37:00+00:00",
        email: "doe@example.com",
        name: "Doe, \"JD\"\r\nJohn\nThird",
        tax_id: ["FR61954506077", "eu_vat"],
        line1: "1 rue X",
        line2: null,
        city: "Paris",
        state: null,
        postal_code: "75001",
        country: "FR",
        metadata: { plan: "pro" }
      })
      expect(rows[1]!.name).toBe("second\nline")
    }).pipe(Effect.provide(onPort(client))))
})

describe("polar pitfall 4", () => {
  it.effect("polar pitfall 4: keys, types and formats that came later decode", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const [id = ""] = yield* seed([awkward])
      const later = alterCustomers(({ billing_name: _, locale: __, ...customer }) => ({
        ...customer,
        type: "household",
        tax_id: ["123", "xx_new"],
        billing_address: { country: "XK", county: "new" },
        price_id: "p",
        flags: [{ a: 1 }]
      }))
      yield* inject("get", later, Infinity)
      yield* inject("list", later, Infinity)
      const customer = yield* polar.get(id)
      expect(customer).toMatchObject({
        type: "household",
        tax_id: ["123", "xx_new"],
        billing_address: { country: "XK" }
      })
      expect(customer.billing_name).toBe(undefined)
      expect((yield* customers.get(id)).address).toMatchObject(Option.some({ country: Option.some("XK") }))
      expect(yield* polar.list()).toMatchObject({ items: [{ type: "household" }], unreadable: [] })
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 4: a state with an unknown benefit and without seats or units decodes", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const at = "2026-01-03T13:37:00.123456Z"
      const [id = ""] = yield* seed([{
        subscriptions: [{
          id: "e5149aae-e521-42b9-b24c-abb3d71eea2e",
          created_at: at,
          metadata: {},
          status: "active",
          amount: 1000,
          currency: "usd",
          recurring_interval: "fortnight",
          current_period_start: at,
          current_period_end: at,
          cancel_at_period_end: false,
          product_id: "d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23",
          price_id: "196ca717-4d84-4d28-a1b8-777255797dbc",
          meters: []
        }],
        benefits: [{
          id: "d322132c-a9d0-4e0d-b8d3-d81ad021a3a9",
          created_at: at,
          granted_at: at,
          benefit_id: "397a17aa-15cf-4cb4-9333-18040203cf98",
          benefit_type: "teleportation",
          benefit_metadata: {},
          properties: { range: { km: 7 } }
        }]
      }])
      const state = yield* polar.getState(id)
      expect(only(state.active_subscriptions)).toMatchObject({ status: "active", recurring_interval: "fortnight" })
      expect(only(state.granted_benefits)).toMatchObject({
        benefit_type: "teleportation",
        properties: { range: { km: 7 } }
      })
    }).pipe(Effect.provide(inProcess())))
})

describe("polar pitfall 5", () => {
  it.effect("polar pitfall 5: null e-mail, avatar, address, tax id and name are values, not failures", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const [id = ""] = yield* seed([{ type: "team", email: null }])
      const team = yield* polar.get(id)
      expect(team).toMatchObject({ email: null, avatar_url: null, billing_address: null, tax_id: null, name: null })
      expectTypeOf(team.email).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(team.avatar_url).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(team.name).toEqualTypeOf<string | null | undefined>()
      // @ts-expect-error it may be null
      expect(() => team.billing_address.country).toThrow()
      // @ts-expect-error it may be null
      expect(() => team.tax_id[0]).toThrow()
      const none = Option.none()
      for (const customer of [yield* customers.get(id), ...yield* collect(customers.stream())]) {
        expect(customer).toMatchObject({ email: none, name: none, address: none, externalId: none, locale: none })
      }
    }).pipe(Effect.provide(inProcess())))
})

const removedVersion = { version: "2020-01" }

describe("polar pitfall 6", () => {
  it.effect("polar pitfall 6: a 404 for a removed API version is not \"customer not found\"", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      const byEmail = yield* CustomersByEmail
      for (
        const error of [
          yield* Effect.flip(polar.get(unknownId)),
          yield* Effect.flip(polar.delete(unknownId)),
          yield* Effect.flip(polar.getExternal("usr")),
          yield* Effect.flip(customers.get(unknownId)),
          yield* Effect.flip(collect(byEmail.findByEmail("ada@example.com")))
        ]
      ) expect(error).toMatchObject({ _tag: "UnexpectedStatus", status: 404 })
    }).pipe(Effect.provide(inProcess({}, removedVersion))))

  it.effect("polar pitfall 6: so getOrCreate and upsert do not recreate the customer", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const input = { email: "ada@example.com" }
      expect((yield* Effect.flip(customers.getOrCreate("usr", input)))._tag).toBe("UnexpectedStatus")
      expect((yield* Effect.flip(customers.upsert("usr", input)))._tag).toBe("UnexpectedStatus")
      expect(yield* sent).toEqual(Array.from({ length: 2 }, () => "GET /v1/customers/external/usr"))
    }).pipe(Effect.provide(inProcess({}, removedVersion))))

  it.effect("polar pitfall 6: the version is sent, and a missing customer is told from a removed route", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const [id = ""] = yield* seed(1)
      expect(yield* Effect.flip(polar.get(unknownId))).toMatchObject({ _tag: "CustomerNotFound", status: 404 })
      expect(yield* Effect.flip(polar.getBalance(id))).toMatchObject({ _tag: "UnexpectedStatus", status: 404 })
      expect((yield* requests).map(({ headers }) => headers["polar-version"])).toEqual(["2026-10", "2026-10"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 6: the version is an option", () =>
    Effect.gen(function*() {
      yield* Effect.flatMap(PolarClient, (polar) => polar.list())
      expect((yield* lastOf).headers["polar-version"]).toBe("2026-04")
    }).pipe(Effect.provide(inProcess({}, { version: "2026-04" }))))
})

describe("polar pitfall 7", () => {
  const words = (error: CustomersError) => error.providerMessage && Redacted.value(error.providerMessage)

  it.effect.each([
    [
      "polar_oat_expired",
      "invalid_token",
      "The access token provided is expired, revoked, malformed, or invalid for other reasons."
    ],
    ["polar_cst_a_customers", "Unauthorized", "Unauthorized"]
  ])(
    "polar pitfall 7: 401 in either shape of body is AuthenticationFailed (%s)",
    ([accessToken, code, message]) =>
      Effect.gen(function*() {
        const polar = yield* PolarClient
        const error = yield* Effect.flip(polar.get(unknownId))
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", status: 401, providerCode: code })
        expect(words(error)).toBe(message)
      }).pipe(Effect.provide(inProcess({}, { accessToken: Redacted.make(accessToken!) })))
  )

  it.effect.each([
    [
      "polar_oat_readonly",
      "insufficient_scope",
      "The request requires higher privileges than provided by the access token."
    ],
    [
      "polar_pat_viewer",
      "NotPermitted",
      "You are not permitted to manage the customers of this organization."
    ]
  ])(
    "polar pitfall 7: 403 in either shape of body is PermissionDenied (%s)",
    ([accessToken, code, message]) =>
      Effect.gen(function*() {
        const polar = yield* PolarClient
        const error = yield* Effect.flip(polar.delete(unknownId))
        expect(error).toMatchObject({ _tag: "PermissionDenied", status: 403, providerCode: code })
        expect(words(error)).toBe(message)
      }).pipe(Effect.provide(inProcess({}, { accessToken: Redacted.make(accessToken!) })))
  )
})

describe("polar pitfall 8", () => {
  it.effect("polar pitfall 8: a duplicate is CustomerAlreadyExists from the 422, naming all that is taken", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      yield* seed([{ email: "ada@example.com", external_id: "usr" }])
      const [other = ""] = yield* seed([{ email: "bob@example.com" }])
      const taken = { _tag: "CustomerAlreadyExists", status: 422, mayHaveApplied: false }
      expect(yield* Effect.flip(polar.create({ email: "ADA@example.com" }))).toMatchObject({
        ...taken,
        fields: ["email"]
      })
      expect(yield* Effect.flip(polar.create({ email: "new@example.com", external_id: "usr" }))).toMatchObject({
        ...taken,
        fields: ["external_id"]
      })
      expect(yield* Effect.flip(customers.create({ email: "ada@example.com", externalId: "usr" }))).toMatchObject({
        ...taken,
        fields: ["email", "externalId"]
      })
      expect(yield* Effect.flip(polar.update(other, { email: "ada@example.com" }))).toMatchObject({
        ...taken,
        fields: ["email"]
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 8: the field is the last of loc, whatever stands before it", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const msg = "A customer with this email address already exists."
      for (const loc of [["body", "email"], ["body", "individual", "email"], ["body", 0, "email"]]) {
        yield* inject("create", json(422, { error: "X", detail: [{ type: "value_error", loc, msg, input: "a@b.c" }] }))
        expect((yield* Effect.flip(polar.create({ email: "a@b.c" })))._tag).toBe("CustomerAlreadyExists")
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 8: a 422 for another reason is InvalidRequest naming the fields", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.create({
        email: "ada@example.com",
        billing_address: { country: "FR" },
        tax_id: "1"
      }))
      expect(issues(error)).toEqual(["provider", "tax_id"])
      const schema = yield* Effect.flip(polar.create({ email: "no e-mail" }))
      expect(issues(schema)).toEqual(["provider", "email"])
    }).pipe(Effect.provide(inProcess())))
})

describe("polar pitfall 9", () => {
  it.effect("polar pitfall 9: getOrCreate looks the external id up first and never writes it again", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ external_id: "usr", email: "old@example.com", name: "Ada" }])
      const before = yield* stored
      const same = yield* customers.getOrCreate("usr", { email: "new@example.com" })
      expect(same.email).toEqual(Option.some("old@example.com"))
      expect(yield* sent).toEqual(["GET /v1/customers/external/usr"])
      expect(yield* stored).toEqual(before)
      yield* customers.upsert("usr", { email: "new@example.com", name: "Ada" })
      expect((yield* bodies).at(-1)).toEqual({ email: "new@example.com" })
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 9: an external id can be set once; another one is Conflict, the same one is fine", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      const [id = ""] = yield* seed([{ email: "ada@example.com" }])
      expect((yield* customers.update(id, { externalId: "usr" })).externalId).toEqual(Option.some("usr"))
      expect((yield* polar.update(id, { external_id: "usr" })).external_id).toBe("usr")
      expect(yield* Effect.flip(polar.update(id, { external_id: "usr_2" }))).toMatchObject({
        _tag: "Conflict",
        path: "external_id"
      })
      expect(yield* Effect.flip(customers.update(id, { externalId: "usr_2" }))).toMatchObject({
        _tag: "Conflict",
        path: "externalId"
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 9: by external id, where Polar drops a new one silently, it cannot be given", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      yield* seed([{ external_id: "usr" }])
      // @ts-expect-error not a field of this route
      const refused = yield* Effect.flip(polar.updateExternal("usr", { external_id: "usr_2" }))
      expect(issues(refused)).toEqual(["sdk", "external_id"])
      expect(yield* Effect.flip(customers.updateByExternalId("usr", { externalId: "usr_2" }))).toMatchObject({
        _tag: "Unsupported",
        path: "externalId"
      })
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(inProcess())))
})

describe("polar pitfall 10", () => {
  it.effect("polar pitfall 10: PATCH holds the given keys alone: absent and undefined keep, null clears", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const whole = { name: "Ada", locale: "en-US", metadata: { plan: "pro" }, billing_address: { country: "NL" } }
      const [id = ""] = yield* seed([whole])
      yield* polar.update(id, {})
      yield* polar.update(id, { name: undefined, email: undefined, metadata: undefined, billing_address: undefined })
      yield* customers.update(id, { name: "Ada", address: undefined, metadata: undefined, locale: undefined })
      expect(yield* stored).toMatchObject([whole])
      yield* polar.update(id, { name: null, tax_id: null })
      yield* customers.update(id, { locale: null })
      expect(yield* bodies).toEqual([{}, {}, { name: "Ada" }, { name: null, tax_id: null }, { locale: null }])
      expect(yield* stored).toMatchObject([{ ...whole, name: null, locale: null }])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 10: null is not taken where Polar refuses or ignores it", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const [id = ""] = yield* seed(1)
      // @ts-expect-error 422 at Polar
      expect(issues(yield* Effect.flip(polar.update(id, { billing_address: null })))).toEqual([
        "sdk",
        "billing_address"
      ])
      // @ts-expect-error 422 at Polar
      expect(issues(yield* Effect.flip(polar.update(id, { metadata: null })))).toEqual(["sdk", "metadata"])
      // @ts-expect-error ignored by Polar
      expect(issues(yield* Effect.flip(polar.update(id, { email: null })))).toEqual(["sdk", "email"])
      for (const path of ["address", "email", "externalId"]) {
        const error = yield* Effect.flip(customers.update(id, { [path]: null }))
        expect(error).toMatchObject({ _tag: "Unsupported", path })
      }
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 10: metadata and address replace the whole; clearing metadata sends {}", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersService
      const [id = ""] = yield* seed([{ metadata: { a: 1, b: 2 }, billing_address: { line1: "old", country: "NL" } }])
      yield* polar.update(id, { metadata: { b: 3 }, billing_address: address })
      const changed = only(yield* stored)
      expect(changed.metadata).toEqual({ b: 3 })
      expect(changed.billing_address).toEqual({ ...address, line2: null, state: "US-CA" })
      const cleared = yield* customers.update(id, { metadata: null })
      expect(cleared.metadata).toEqual({})
      expect((yield* bodies).at(-1)).toEqual({ metadata: {} })
      expect(readText("../src/PolarApi.ts")).toMatch(/\/\*\* Replaces the whole; `{}` empties it\. \*\/\s*metadata/)
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 10: the text 500 that a full address once got ends typed", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const [id = ""] = yield* seed(1)
      const headers = { "content-type": "text/plain; charset=utf-8" }
      yield* inject("update", Fault.Respond({ status: 500, headers, body: "Internal Server Error" }))
      expect(yield* Effect.flip(polar.update(id, { billing_address: address }))).toMatchObject({
        _tag: "ProviderUnavailable",
        status: 500,
        mayHaveApplied: true
      })
    }).pipe(Effect.provide(inProcess())))
})

describe("polar pitfall 11", () => {
  it.effect("polar pitfall 11: a tax id is read as a pair and written as a string", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customer = yield* polar.create({ email: "ada@example.com", billing_address: address, tax_id: "91-1144442" })
      expect(customer.tax_id).toEqual(["911144442", "us_ein"])
      expectTypeOf(customer.tax_id).toEqualTypeOf<readonly [string, string] | null | undefined>()
      expectTypeOf<Polar.PolarApi.PolarCustomerUpdate["tax_id"]>().toEqualTypeOf<string | null | undefined>()
      expectTypeOf<Polar.PolarApi.PolarCustomerCreate["tax_id"]>().toEqualTypeOf<string | null | undefined>()

      const again = yield* polar.update(customer.id, { tax_id: customer.tax_id?.[0] })
      expect(again.tax_id).toEqual(customer.tax_id)
      expect((yield* bodies).at(-1)).toEqual({ tax_id: "911144442" })
      const before = (yield* sent).length
      // @ts-expect-error a pair is an answer, not a request
      const refused = yield* Effect.flip(polar.update(customer.id, { tax_id: customer.tax_id }))
      expect(issues(refused)).toEqual(["sdk", "tax_id"])
      expect((yield* sent).length).toBe(before)
    }).pipe(Effect.provide(inProcess())))
})

describe.each(overTheWire)("polar pitfall 12, over %s", (_, client) => {
  it.live("polar pitfall 12: external ids are percent-encoded, whatever is in them", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const odd = [
        "a b",
        "ä",
        "100%",
        "%2F",
        "a?b=c",
        "a#b",
        "a+b",
        "a&b",
        "a;b",
        "a\\b",
        "…",
        "👩‍🚀",
        "state"
      ]
      yield* seed(odd.map((external_id) => ({ external_id })))
      for (const external_id of odd) expect((yield* polar.getExternal(external_id)).external_id).toBe(external_id)
      expect((yield* requests).map(({ path, query }) => [path, query])).toEqual(
        odd.map((id) => [`/v1/customers/external/${encodeURIComponent(id)}`, []])
      )
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 12: an external id that is empty, a dot segment or holds a slash is refused unsent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      for (const id of ["", ".", "..", "a/b", "/", "\ud800"]) {
        for (
          const error of [
            yield* Effect.flip(polar.getExternal(id)),
            yield* Effect.flip(polar.updateExternal(id, {})),
            yield* Effect.flip(polar.deleteExternal(id)),
            yield* Effect.flip(polar.getStateExternal(id)),
            yield* Effect.flip(polar.create({ email: "ada@example.com", external_id: id })),
            yield* Effect.flip(polar.update(unknownId, { external_id: id }))
          ]
        ) expect(issues(error)).toEqual(["sdk", "external_id"])
        expect(issues(yield* Effect.flip(customers.getByExternalId(id)))).toEqual(["sdk", "externalId"])
        const { _tag } = yield* Effect.flip(customers.getOrCreate(id, { email: "ada@example.com" }))
        expect(_tag).toBe(id.includes("/") ? "Unsupported" : "InvalidRequest")
      }
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 12: an id cannot reach another route, neither as `external/…` nor by the name of one", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const [id] = yield* seed([{ external_id: "usr" }, { external_id: "state" }])
      for (const bad of ["external/usr", `${id}/state`, "export", "external", "../customers"]) {
        for (
          const error of [
            yield* Effect.flip(polar.get(bad)),
            yield* Effect.flip(polar.update(bad, { name: "Eve" })),
            yield* Effect.flip(polar.delete(bad)),
            yield* Effect.flip(polar.getState(bad)),
            yield* Effect.flip(polar.getBalance(bad))
          ]
        ) {
          expect(error, bad).toBeInstanceOf(CustomerNotFound)
          expect(error.mayHaveApplied).toBe(false)
        }
      }
      expect(yield* stored).toMatchObject([{ external_id: "usr", name: null }, { external_id: "state", name: null }])
    }).pipe(Effect.provide(onPort(client))))
})

describe("polar pitfall 13", () => {
  it.effect("polar pitfall 13: lists repeat their key, metadata is metadata[key], what is not given is not sent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* seed([
        { email: "a@example.com", metadata: { plan: "pro", vip: true, seats: 3 } },
        { email: "b@example.com", metadata: { plan: "team", vip: true, seats: 3 } },
        { email: "c@example.com", metadata: { plan: "free", vip: true, seats: 3 } },
        { email: "d@example.com", metadata: { plan: "pro", vip: false, seats: 3 } }
      ])
      const page = yield* polar.list({
        organization_id: [homeOrganization, otherOrganization],
        sorting: ["-email", "created_at"],
        metadata: { plan: ["pro", "team"], vip: true, seats: 3 },
        active: false,
        email: undefined,
        query: undefined,
        page: undefined
      })
      expect(page.items.map(({ email }) => email)).toEqual(["b@example.com", "a@example.com"])
      expect((yield* lastOf).query).toEqual([
        ["organization_id", homeOrganization],
        ["organization_id", otherOrganization],
        ["active", "false"],
        ["sorting", "-email"],
        ["sorting", "created_at"],
        ["metadata[plan]", "pro"],
        ["metadata[plan]", "team"],
        ["metadata[vip]", "true"],
        ["metadata[seats]", "3"]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 13: a filter that Polar would ignore is refused, not answered with everything", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      // @ts-expect-error Polar has no such filter
      expect(issues(yield* Effect.flip(polar.list({ external_id: "usr" })))).toEqual(["sdk", "external_id"])
      const json: string = "{\"plan\":\"pro\"}"
      // @ts-expect-error metadata as JSON text
      expect(issues(yield* Effect.flip(polar.list({ metadata: json })))).toEqual(["sdk", "metadata"])
      // @ts-expect-error a comma-joined list
      expect(issues(yield* Effect.flip(polar.list({ sorting: "email,name" })))).toEqual(["sdk", "sorting"])
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("polar pitfall 13: an undefined filter takes nothing away from what the layer and the walk say", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const ids = yield* seed(150)
      yield* seed([{ organization_id: otherOrganization }])
      const walked = yield* collect(polar.stream({ sorting: undefined, organization_id: undefined }))
      expect(walked.map(({ id }) => id)).toEqual(ids)
      expect((yield* polar.list({ organization_id: undefined })).pagination.total_count).toBe(150)
      expect(yield* collect(polar.exportRows({ organization_id: undefined }))).toHaveLength(150)
      const created = yield* polar.create({ email: "ada@example.com", organization_id: undefined })
      expect(created.organization_id).toBe(homeOrganization)
    }).pipe(
      Effect.provide(inProcess({}, { accessToken: Redacted.make("polar_pat_x"), organizationId: homeOrganization }))
    ))
})

describe.each(clients)("polar pitfall 14, over %s", (_, client) => {
  it.live("polar pitfall 14: JSON bodies go with their length, never chunked", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { id } = yield* polar.create({ email: "ada@example.com", external_id: "usr", name: "Zoë 👩‍🚀" })
      yield* polar.update(id, {})
      yield* polar.updateExternal("usr", { name: "Ada" })
      const log = yield* requests
      expect(log.map(({ headers, status }) => [headers["content-length"], headers["transfer-encoding"], status]))
        .toEqual(log.map(({ body }, index) => [
          String(Buffer.byteLength(body)),
          undefined,
          index === 0 ? 201 : 200
        ]))
      expect(log[0]!.body).toContain("Zoë 👩‍🚀")
    }).pipe(Effect.provide(onPort(client))))
})

describe("polar pitfall 15", () => {
  it.effect("polar pitfall 15: organizationId with an organization token is refused unsent, naming the option", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      for (
        const error of [
          yield* Effect.flip(polar.list()),
          yield* Effect.flip(polar.create({ email: "ada@example.com" })),
          yield* Effect.flip(Stream.runDrain(polar.export()))
        ]
      ) expect(issues(error)).toEqual(["sdk", "organizationId"])
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(inProcess({}, { organizationId: homeOrganization }))))

  it.effect("polar pitfall 15: with a user token it goes into list, export and create, and nowhere else", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const { id } = yield* polar.create({ email: "ada@example.com" })
      yield* polar.list()
      yield* Stream.runDrain(polar.export())
      yield* polar.get(id)
      yield* polar.update(id, { name: "Ada" })
      const inQuery = [["organization_id", homeOrganization]]
      expect((yield* requests).map(({ query }) => query)).toEqual([[], inQuery, inQuery, [], []])
      expect((yield* bodies).filter((body) => body !== undefined)).toEqual([
        { email: "ada@example.com", organization_id: homeOrganization },
        { name: "Ada" }
      ])
    }).pipe(
      Effect.provide(inProcess({}, { accessToken: Redacted.make("polar_pat_x"), organizationId: homeOrganization }))
    ))

  it.effect("polar pitfall 15: given per call with an organization token, Polar's refusal names the field", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const error = yield* Effect.flip(polar.create({ email: "ada@example.com", organization_id: homeOrganization }))
      expect(error).toMatchObject({
        _tag: "InvalidRequest",
        origin: "provider",
        issues: [{ path: "organization_id", code: "organization_token" }]
      })
    }).pipe(Effect.provide(inProcess())))
})

describe("polar pitfall 16", () => {
  it.effect("polar pitfall 16: the body is flat snake_case, and keys of metadata stay as the caller wrote them", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const metadata = { userId: "1", plan_name: "pro", "Cost-Centre": 7, externalId: true }
      const { id } = yield* customers.create({
        email: "ada@example.com",
        externalId: "usr",
        name: "Ada",
        address: { line1: "1 rue X", postalCode: "75001", city: "Paris", country: "FR" },
        locale: "fr-FR",
        metadata
      })
      yield* customers.update(id, { metadata, address: { country: "FR", postalCode: "75002" } })
      yield* customers.updateByExternalId("usr", { metadata })
      expect(yield* bodies).toEqual([
        {
          email: "ada@example.com",
          external_id: "usr",
          name: "Ada",
          billing_address: { line1: "1 rue X", postal_code: "75001", city: "Paris", country: "FR" },
          locale: "fr-FR",
          metadata
        },
        { metadata, billing_address: { country: "FR", postal_code: "75002" } },
        { metadata }
      ])
      expect((yield* customers.get(id)).metadata).toEqual(metadata)
    }).pipe(Effect.provide(inProcess())))
})

describe.each(overTheWire)("polar pitfall 17, over %s", (_, client) => {
  it.live("polar pitfall 17: a 429 without body and content type is RateLimited with its Retry-After", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      yield* inject("list", Fault.Respond({ status: 429, headers: { "retry-after": "60" } }))
      const error = yield* Effect.flip(polar.list())
      expect(error).toMatchObject({ _tag: "RateLimited", status: 429, isRetryable: true, mayHaveApplied: false })
      expect(error._tag === "RateLimited" && error.retryAfter).toMatchObject({ value: { millis: 60_000 } })
    }).pipe(Effect.provide(onPort(client))))

  it.live("polar pitfall 17: a 204 without body is success", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      const [first = "", second = ""] = yield* seed(4)
      expect(yield* polar.delete(first, { anonymize: true })).toBe(undefined)
      expect(yield* customers.delete(second)).toBe(undefined)
      expect(yield* polar.deleteExternal("usr_3")).toBe(undefined)
      expect(yield* customers.deleteByExternalId("usr_4")).toBe(undefined)
      const log = yield* requests
      expect(log.map(({ status }) => status)).toEqual([204, 204, 204, 204])
      expect(log.map(({ query }) => query)).toEqual([[["anonymize", "true"]], [], [], []])
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(onPort(client))))
})

describe("polar pitfall 18", () => {
  it.effect("polar pitfall 18 (documented): one external id in two organizations fails at Polar, and ends typed", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const customers = yield* CustomersByExternalId
      yield* seed([{ external_id: "usr" }, { external_id: "usr", organization_id: otherOrganization }])
      for (
        const error of [
          yield* Effect.flip(polar.getExternal("usr")),
          yield* Effect.flip(polar.getStateExternal("usr")),
          yield* Effect.flip(customers.getOrCreate("usr", { email: "ada@example.com" }))
        ]
      ) expect(error).toMatchObject({ _tag: "ProviderUnavailable", status: 500 })
      expect((yield* requests).map(({ method }) => method)).toEqual(["GET", "GET", "GET"])
      expect(readText("../src/PolarClient.ts")).toMatch(
        /\/\*\* With a user token over several organizations one external id may match two customers[^/]*\*\/\s*readonly getExternal:/
      )
    }).pipe(Effect.provide(inProcess({}, { accessToken: Redacted.make("polar_pat_x") }))))
})

/** All the ways in which something reaches a log. */
const printed = (value: unknown) =>
  Effect.gen(function*() {
    const lines: Array<string> = [
      JSON.stringify(value) ?? "",
      inspect(value, { depth: null, showHidden: true }),
      format("%o %j %s", value, value, value),
      String(value),
      JSON.stringify({ ...(value as object) }),
      Cause.pretty(Cause.fail(value)),
      Cause.pretty(Cause.die(value))
    ]
    for (const logger of [Logger.stringLogger, Logger.logfmtLogger, Logger.jsonLogger]) {
      yield* Effect.logError("failed", value, Cause.fail(value)).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, Logger.map(logger, (line) => lines.push(line))))
      )
    }
    return lines.join("\n")
  })

describe.each(clients)("polar pitfall 19, over %s", (_, client) => {
  const secrets = [token, "Bearer", "ada@example.com", "Ada Lovelace", "favouriteColour", "mauve"]

  it.live("polar pitfall 19: no printing of an error shows the token or what was sent", () =>
    Effect.gen(function*() {
      const polar = yield* PolarClient
      const ada = {
        email: "ada@example.com",
        name: "Ada Lovelace",
        metadata: { favouriteColour: "mauve" },
        external_id: "usr"
      }
      const [id = ""] = yield* seed([ada])
      yield* inject("get", alterCustomers((customer) => ({ ...customer, email_verified: customer.email })))
      yield* inject("getExternal", alterCustomers((customer) => ({ ...customer, metadata: { favouriteColour: null } })))
      yield* inject("getState", Fault.Reset({}))
      yield* inject("list", json(401, { error: "invalid_token", error_description: token }))
      const server = yield* Sandbox.SandboxServer
      const errors = [
        yield* Effect.flip(polar.create(ada)),
        yield* Effect.flip(polar.get(id)),
        yield* Effect.flip(polar.getExternal("usr")),
        yield* Effect.flip(polar.getState(id)),
        yield* Effect.flip(polar.list({ email: ada.email, metadata: ada.metadata })),
        yield* Effect.flip(polar.update(id, { external_id: "other", metadata: { favouriteColour: "" } })),
        yield* Effect.flip(polar.update(unknownId, { ...ada, external_id: "new" }))
      ]
      expect(errors.map(({ _tag }) => _tag)).toEqual([
        "CustomerAlreadyExists",
        "InvalidResponse",
        "InvalidResponse",
        "TransportFailed",
        "AuthenticationFailed",
        "InvalidRequest",
        "CustomerNotFound"
      ])
      for (const error of errors) {
        const text = yield* printed(error)
        expect(text).toContain(error._tag)
        for (const secret of secrets) expect(text, error._tag).not.toContain(secret)
      }

      // the platform's own error does show it, so these ways of printing would have found it
      const raw = yield* HttpClient.HttpClient
      const request = HttpClientRequest.get(`${server.urlOf("polar")}/v1/customers/nobody`, {
        headers: { authorization: `Bearer ${token}` }
      })
      const platformError = yield* Effect.flip(HttpClient.filterStatusOk(raw).execute(request))
      expect(yield* printed(platformError)).toContain(token)
    }).pipe(Effect.scoped, Effect.provide(onPort(client))))

  it.live("polar pitfall 19: a defect-free exit of a failing program shows neither", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.flatMap(PolarClient, (polar) => polar.get("ada@example.com")))
      expect(Exit.isFailure(exit)).toBe(true)
      const text = yield* printed(exit)
      for (const secret of secrets) expect(text).not.toContain(secret)
    }).pipe(Effect.provide(onPort(client))))
})

describe("the list of pitfalls", () => {
  const all = Array.from({ length: 19 }, (_, index) => index + 1)

  it("is in the README by number, one line each", () => {
    const section = readText("../README.md").split(/^## /m).find((section) => section.startsWith("Pitfalls")) ?? ""
    const numbers = section.split("\n").flatMap((line) => /^(\d+)\. \S.{40,}$/.exec(line)?.[1] ?? [])
    expect(numbers.map(Number)).toEqual(all)
  })

  it("has a test for each", () => {
    const own = readText("./Pitfalls.test.ts")
    for (const number of all) expect(own).toMatch(new RegExp(`polar pitfall ${number}\\b[^,"]*: `))
  })
})
