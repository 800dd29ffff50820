/** What Mollie sends, what it means; what we send, and what we do not. Facts of the wire, in words of our own. */
import type { CustomersError } from "@effect-customers/core"
import { CustomersService } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { MollieClient } from "@effect-customers/mollie"
import { Fault, type RequestLogEntry, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { accessToken, apiKey, clients, once, withKey, withToken } from "./onSandbox.js"
import * as samples from "./samples.js"

const { inProcess, onPort } = once

const ways = (mollie: Mollie.MollieOptions = withKey) => [
  ["in process", inProcess({}, mollie)] as const,
  ...clients.map(([name, client]) => [`${name} on a port`, onPort(client, {}, mollie)] as const)
]

const requests = Effect.flatMap(SandboxControl, (control) => control.requests)

const parsed = (body: string): unknown => body === "" ? undefined : JSON.parse(body)

const seen = Effect.map(
  requests,
  (log) => log.map(({ body, method, path, query }) => [method, path, Object.fromEntries(query), parsed(body)])
)

const statuses = Effect.map(requests, (log) => log.map(({ status }) => status))

const inject = (operation: string, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(SandboxControl, (control) => control.inject({ provider: "mollie", operation, fault, times }))

const answer = (status: number, body: unknown, contentType = "application/hal+json") =>
  Fault.Respond({ status, headers: { "content-type": contentType }, body: JSON.stringify(body) })

const issues = (error: CustomersError) =>
  error._tag === "InvalidRequest" ? [error.origin, ...error.issues.map(({ path }) => path)] : error._tag

const ada = { name: "Ada Lovelace", email: "ada@example.com", locale: "nl_NL", metadata: { plan: ["pro", 3, null] } }

const recurring = {
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  sequenceType: "recurring"
} as const

const profileId = "pfl_OfTheLayer"
const path = "/v2/customers/cst_ada"

const seedAda = (mode: "live" | "test" = "test") =>
  Effect.flatMap(
    SandboxControl,
    (control) =>
      control.seed("mollie", [
        { id: "cst_ada", mode, payments: [{ id: "tr_1", profileId }, { id: "tr_2", profileId: "pfl_5Kd8TqXw2N" }] },
        { id: "cst_bob", mode }
      ])
  )

describe.each(ways())("with an API key, %s", (_, layer) => {
  it.live("methods, paths, queries and bodies of every operation", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda()
      yield* mollie.create(ada)
      yield* mollie.create({})
      yield* mollie.list()
      yield* mollie.list({ from: "cst_bob", limit: 2, sort: "asc" })
      yield* mollie.get("cst_ada")
      yield* mollie.update("cst_ada", { name: null, email: undefined, metadata: "text" })
      yield* mollie.createPayment("cst_ada", recurring)
      yield* mollie.listPayments("cst_ada")
      yield* mollie.listPayments("cst_ada", { from: "tr_2", limit: 250, sort: "desc" })
      yield* mollie.delete("cst_ada")
      expect(yield* seen).toEqual([
        ["POST", "/v2/customers", {}, ada],
        ["POST", "/v2/customers", {}, {}],
        ["GET", "/v2/customers", {}, undefined],
        ["GET", "/v2/customers", { from: "cst_bob", limit: "2", sort: "asc" }, undefined],
        ["GET", path, {}, undefined],
        ["PATCH", path, {}, { name: null, metadata: "text" }],
        ["POST", `${path}/payments`, {}, recurring],
        ["GET", `${path}/payments`, {}, undefined],
        ["GET", `${path}/payments`, { from: "tr_2", limit: "250", sort: "desc" }, undefined],
        ["DELETE", path, {}, undefined]
      ])
      expect(yield* statuses).toEqual([201, 201, 200, 200, 200, 200, 201, 200, 200, 204])
    }).pipe(Effect.provide(layer)))

  it.live("headers: HAL is asked for, a key with POST alone, a length with every body", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda()
      yield* mollie.create(ada)
      yield* mollie.createPayment("cst_ada", recurring)
      yield* mollie.update("cst_ada", { name: "Ada" })
      yield* mollie.get("cst_ada")
      yield* mollie.list()
      yield* mollie.listPayments("cst_ada")
      yield* mollie.delete("cst_ada")
      const log = yield* requests
      for (const { body, headers } of log) {
        expect(headers).toMatchObject({
          accept: "application/hal+json",
          authorization: `Bearer ${apiKey}`,
          "user-agent": expect.stringMatching(/^effect-customers\/\S+ \(mollie\)$/)
        })
        if (body === "") expect(headers["content-type"]).toBe(undefined)
        else {
          expect(headers["content-type"]).toBe("application/json")
          expect(headers["content-length"]).toBe(String(new TextEncoder().encode(body).length))
        }
      }
      const keyOf = ({ headers }: RequestLogEntry) => headers["idempotency-key"]
      expect(log.filter((entry) => keyOf(entry) !== undefined).map(({ method }) => method)).toEqual(["POST", "POST"])
      expect(keyOf(log[0]!)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(keyOf(log[0]!)).not.toBe(keyOf(log[1]!))
    }).pipe(Effect.provide(layer)))
})

describe.each(ways(withToken({ testmode: true, profileId })))("with an access token, %s", (_, layer) => {
  it.live("mode and profile of the layer, where each method wants them", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda()
      yield* mollie.create(ada)
      yield* mollie.list({ limit: 2 })
      yield* mollie.get("cst_ada")
      yield* mollie.update("cst_ada", { name: "Ada" })
      yield* mollie.createPayment("cst_ada", recurring)
      const payments = yield* mollie.listPayments("cst_ada")
      yield* mollie.delete("cst_ada")
      expect(yield* seen).toEqual([
        ["POST", "/v2/customers", {}, { ...ada, testmode: true }],
        ["GET", "/v2/customers", { limit: "2", testmode: "true" }, undefined],
        ["GET", path, { testmode: "true" }, undefined],
        ["PATCH", path, {}, { name: "Ada", testmode: true }],
        ["POST", `${path}/payments`, {}, { ...recurring, testmode: true, profileId }],
        ["GET", `${path}/payments`, { testmode: "true" }, undefined],
        ["DELETE", path, {}, { testmode: true }]
      ])
      expect(yield* statuses).toEqual([201, 200, 200, 200, 201, 200, 204])
      expect(payments._embedded.payments.map(({ profileId }) => profileId)).toEqual([
        profileId,
        "pfl_5Kd8TqXw2N",
        profileId
      ])
      expect((yield* requests)[0]?.headers["authorization"]).toBe(`Bearer ${accessToken}`)
    }).pipe(Effect.provide(layer)))

  it.live("those of a call win", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda("live")
      const extras = { testmode: false, profileId: "pfl_OfTheCall" }
      const { testmode } = extras
      yield* mollie.create({ ...ada, testmode })
      yield* mollie.list({ testmode })
      yield* mollie.get("cst_ada", { testmode })
      yield* mollie.update("cst_ada", { testmode })
      const payment = yield* mollie.createPayment("cst_ada", { ...recurring, ...extras })
      const payments = yield* mollie.listPayments("cst_ada", extras)
      yield* mollie.delete("cst_ada", { testmode })
      expect(yield* seen).toEqual([
        ["POST", "/v2/customers", {}, { ...ada, testmode }],
        ["GET", "/v2/customers", { testmode: "false" }, undefined],
        ["GET", path, { testmode: "false" }, undefined],
        ["PATCH", path, {}, { testmode }],
        ["POST", `${path}/payments`, {}, { ...recurring, ...extras }],
        ["GET", `${path}/payments`, { testmode: "false", profileId: extras.profileId }, undefined],
        ["DELETE", path, {}, { testmode }]
      ])
      expect(yield* statuses).toEqual([201, 200, 200, 200, 201, 200, 204])
      expect(payments._embedded.payments.map(({ id }) => id)).toEqual([payment.id])
    }).pipe(Effect.provide(layer)))
})

describe("credentials", () => {
  it.effect("beside an access token without a mode nothing is said of it, and a delete has no body", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda("live")
      yield* mollie.create({})
      yield* mollie.get("cst_ada")
      yield* mollie.delete("cst_ada")
      yield* mollie.delete("cst_bob", {})
      expect((yield* seen).map(([method, _, query, body]) => [method, query, body])).toEqual([
        ["POST", {}, {}],
        ["GET", {}, undefined],
        ["DELETE", {}, undefined],
        ["DELETE", {}, undefined]
      ])
    }).pipe(Effect.provide(inProcess({}, withToken()))))

  it.effect("testmode and profileId beside an API key are refused, whatever they are, and nothing is sent", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      for (const testmode of [true, false]) {
        const refused = [
          yield* Effect.flip(mollie.create({ testmode })),
          yield* Effect.flip(mollie.list({ testmode })),
          yield* Effect.flip(mollie.get("cst_ada", { testmode })),
          yield* Effect.flip(mollie.update("cst_ada", { testmode })),
          yield* Effect.flip(mollie.delete("cst_ada", { testmode })),
          yield* Effect.flip(mollie.createPayment("cst_ada", { ...recurring, testmode })),
          yield* Effect.flip(mollie.listPayments("cst_ada", { testmode }))
        ]
        expect(refused.map(issues)).toEqual(refused.map(() => ["sdk", "testmode"]))
      }
      expect([
        issues(yield* Effect.flip(mollie.createPayment("cst_ada", { ...recurring, profileId }))),
        issues(yield* Effect.flip(mollie.listPayments("cst_ada", { profileId })))
      ]).toEqual([["sdk", "profileId"], ["sdk", "profileId"]])
      expect(yield* seen).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, unknown, string]>([
    ["neither", {}, "apiKey"],
    ["both", { ...withKey, ...withToken() }, "apiKey"],
    ["a mode beside a key", { ...withKey, testmode: true }, "testmode"],
    ["a profile beside a key", { ...withKey, profileId }, "profileId"],
    ["an empty profile", withToken({ profileId: "" }), "profileId"],
    ["a token as a key", { apiKey: Redacted.make(accessToken) }, "apiKey"],
    ["a key as a token", { accessToken: Redacted.make(apiKey) }, "accessToken"],
    ["an empty key", { apiKey: Redacted.make("") }, "apiKey"],
    ["a key that is two lines", { apiKey: Redacted.make("test_x\nX-Evil: 1") }, "apiKey"],
    ["a host alone", { ...withKey, baseUrl: "api.mollie.com" }, "baseUrl"]
  ])(
    "%s: every call ends in InvalidRequest naming the option, and nothing is sent",
    ([_, options, option]) =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const mollie = Mollie.layer(options as Mollie.MollieOptions)
        const ends = Effect.gen(function*() {
          const client = yield* MollieClient
          const customers = yield* CustomersService
          return [yield* Effect.flip(client.list()), yield* Effect.flip(customers.get("cst_ada"))]
        }).pipe(Effect.provide(mollie))
        for (const error of yield* ends) expect(issues(error)).toContain(option)
        expect(yield* control.requests).toEqual([])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("a token that rotates is read before each call, one that cannot be read is AuthenticationFailed", () => {
    let count = 0
    const secret = Effect.suspend(() =>
      ++count === 3 ? Effect.fail("sealed") : Effect.succeed(Redacted.make(`access_${count}`))
    )
    return Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* mollie.list()
      yield* mollie.list()
      expect(yield* Effect.flip(mollie.list())).toMatchObject({ _tag: "AuthenticationFailed", mayHaveApplied: false })
      expect((yield* requests).map(({ headers }) => headers["authorization"])).toEqual([
        "Bearer access_1",
        "Bearer access_2"
      ])
    }).pipe(Effect.provide(inProcess({}, { accessToken: secret })))
  })
})

describe("answers", () => {
  it.effect("the documented samples decode, and nothing of them is lost", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* inject("get", answer(200, samples.customer))
      expect(yield* mollie.get("cst_4qqhO89gsT")).toEqual(samples.customer)
      yield* inject("list", answer(200, samples.customerPage))
      expect(yield* mollie.list()).toEqual({ ...samples.customerPage, unreadable: [] })
      yield* inject("createPayment", answer(201, samples.payment))
      expect(yield* mollie.createPayment("cst_4qqhO89gsT", recurring)).toEqual(samples.payment)
      yield* inject("get", answer(404, samples.notFound))
      const notFound = yield* Effect.flip(mollie.get("cst_nope"))
      expect([notFound._tag, notFound.status]).toEqual(["CustomerNotFound", 404])
      expect(Redacted.value(notFound.providerMessage!)).toBe(samples.notFound.detail)
      yield* inject("createPayment", answer(422, samples.badAmount))
      const badAmount = yield* Effect.flip(mollie.createPayment("cst_4qqhO89gsT", recurring))
      expect([issues(badAmount), badAmount.status]).toEqual([["provider", "amount.value"], 422])
      expect(Redacted.value(badAmount.providerMessage!)).toBe(samples.badAmount.detail)
    }).pipe(Effect.provide(inProcess())))

  it.effect("what came later decodes: unknown keys and members everywhere", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const control = yield* SandboxControl
      yield* control.inject({ times: Infinity, fault: Fault.UnknownKeys() })
      yield* control.inject({ times: Infinity, fault: Fault.UnknownMembers() })
      const { id, mode } = yield* mollie.create(ada)
      expect(mode).toBe("sandbox_unknown")
      expect((yield* mollie.get(id)).locale).toBe("sandbox_unknown")
      yield* mollie.update(id, { name: "Ada" })
      const payment = yield* mollie.createPayment(id, { ...recurring, method: "directdebit" })
      expect([payment.method, payment.status, payment.sequenceType]).toEqual(Array(3).fill("sandbox_unknown"))
      const customers = yield* mollie.list()
      const payments = yield* mollie.listPayments(id)
      expect([customers._embedded.customers.length, payments._embedded.payments.length]).toEqual([1, 1])
      expect([...customers.unreadable, ...payments.unreadable]).toEqual([])
      yield* mollie.delete(id)
    }).pipe(Effect.provide(inProcess())))

  it.effect("one row that is wrong does not hide its page, and the error names the path alone", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const rows = [samples.customer, { ...samples.customer, id: 7, name: "Grace" }, samples.customer]
      yield* inject("list", answer(200, { ...samples.customerPage, _embedded: { customers: rows } }))
      const page = yield* mollie.list()
      expect(page._embedded.customers).toHaveLength(2)
      expect(page.unreadable.map(({ issues }) => issues.map(({ path }) => path))).toEqual([
        ["_embedded.customers.1.id"]
      ])
      expect(JSON.stringify(page.unreadable)).not.toContain("Grace")
    }).pipe(Effect.provide(inProcess())))
})

const tags: ReadonlyArray<readonly [number, string]> = [
  [400, "InvalidRequest"],
  [401, "AuthenticationFailed"],
  [403, "PermissionDenied"],
  [404, "CustomerNotFound"],
  [405, "UnexpectedStatus"],
  [409, "Conflict"],
  [410, "CustomerNotFound"],
  [415, "UnexpectedStatus"],
  [422, "InvalidRequest"],
  [429, "RateLimited"],
  [500, "ProviderUnavailable"],
  [502, "ProviderUnavailable"],
  [503, "ProviderUnavailable"],
  [504, "ProviderUnavailable"]
]

describe.each(ways().slice(0, 2))("failed answers, %s", (_, layer) => {
  it.live("of every status, whatever the content type, end typed; HAL is read in all of them", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const hal = (status: number) => ({ status, title: "A title", detail: `Detail ${status} of cst_ada` })
      for (const [status, tag] of tags) {
        for (const type of ["application/hal+json", "application/json", "application/problem+json", "text/plain"]) {
          yield* inject("update", answer(status, hal(status), type))
          const error = yield* Effect.flip(mollie.update("cst_ada", {}))
          expect([error._tag, error.status, error.providerMessage && Redacted.value(error.providerMessage)]).toEqual([
            tag,
            status,
            `Detail ${status} of cst_ada`
          ])
        }
        const withoutHal = status === 404 ? "UnexpectedStatus" : tag
        for (
          const fault of [
            Fault.HtmlPage({ status }),
            Fault.Respond({ status }),
            answer(status, [1]),
            answer(status, null)
          ]
        ) {
          yield* inject("update", fault)
          const error = yield* Effect.flip(mollie.update("cst_ada", {}))
          expect([error._tag, error.status]).toEqual([withoutHal, status])
        }
      }
    }).pipe(Effect.provide(layer)))
})

describe("what a refusal means", () => {
  const refusal = (operation: string, status: number, body: object) =>
    inject(operation, answer(status, { status, title: "Refused", ...body }))

  it.effect("404 and 410 are the customer, unless they name something of the payment or the other mode", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const pay = Effect.flip(mollie.createPayment("cst_ada", recurring))
      yield* refusal("createPayment", 404, { detail: "No customer", field: "customerId" })
      expect((yield* pay)._tag).toBe("CustomerNotFound")
      yield* refusal("createPayment", 410, { detail: "Gone" })
      expect((yield* pay)._tag).toBe("CustomerNotFound")
      yield* refusal("createPayment", 404, { detail: "No mandate", field: "mandateId" })
      expect((yield* pay)._tag).toBe("ResourceNotFound")
      yield* refusal("createPayment", 404, { detail: "No terminal", field: "payment.terminalId" })
      expect((yield* pay)._tag).toBe("ResourceNotFound")
      yield* refusal("get", 404, { detail: "It exists in live mode" })
      expect((yield* Effect.flip(mollie.get("cst_ada")))._tag).toBe("UnexpectedStatus")
      yield* refusal("get", 404, { detail: "No customer exists with token cst_mode." })
      expect((yield* Effect.flip(mollie.get("cst_mode")))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, { readonly get: string; readonly createPayment: string }]>([
    ["No customer exists with token cst_ada.", { get: "CustomerNotFound", createPayment: "CustomerNotFound" }],
    ["Unknown Customer", { get: "CustomerNotFound", createPayment: "CustomerNotFound" }],
    ["cst_ada is not there", { get: "CustomerNotFound", createPayment: "CustomerNotFound" }],
    ["cst_ada exists in live mode", { get: "UnexpectedStatus", createPayment: "UnexpectedStatus" }],
    ["No mandate exists with token mdt_gone.", { get: "UnexpectedStatus", createPayment: "ResourceNotFound" }],
    ["No such resource exists.", { get: "UnexpectedStatus", createPayment: "ResourceNotFound" }],
    ["Nothing at /v2/v2/customers/cst_ada", { get: "UnexpectedStatus", createPayment: "ResourceNotFound" }],
    ["There is no cst_adam", { get: "UnexpectedStatus", createPayment: "ResourceNotFound" }]
  ])("a 404 without field means what it says: %s", ([detail, expected]) =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* refusal("get", 404, { detail })
      yield* refusal("createPayment", 404, { detail })
      const get = yield* Effect.flip(mollie.get("cst_ada"))
      const createPayment = yield* Effect.flip(mollie.createPayment("cst_ada", recurring))
      expect({ get: get._tag, createPayment: createPayment._tag }).toEqual(expected)
      expect([get, createPayment].map(({ providerMessage }) => providerMessage && Redacted.value(providerMessage)))
        .toEqual([detail, detail])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an id is not taken for words, nor a 404 of somebody else for Mollie's", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const tagOf = (call: Effect.Effect<unknown, CustomersError>) => Effect.map(Effect.flip(call), ({ _tag }) => _tag)
      yield* refusal("get", 404, { detail: "No such resource exists." })
      expect(yield* tagOf(mollie.get("resource-exists"))).toBe("UnexpectedStatus")
      yield* refusal("get", 404, { detail: "The route customer-x/y is unknown" })
      expect(yield* tagOf(mollie.get("customer-x"))).toBe("UnexpectedStatus")
      yield* inject("createPayment", answer(404, { detail: "Not Found" }))
      expect(yield* tagOf(mollie.createPayment("cst_ada", recurring))).toBe("UnexpectedStatus")
      yield* inject("createPayment", answer(404, { title: "Not Found" }))
      expect(yield* tagOf(mollie.createPayment("cst_ada", recurring))).toBe("UnexpectedStatus")
    }).pipe(Effect.provide(inProcess())))

  it.effect("a base URL below which there is no such route is no missing customer", () =>
    Effect.gen(function*() {
      yield* seedAda()
      const options = { ...withKey, baseUrl: "https://api.mollie.com/v1" }
      const errors = yield* Effect.flatMap(MollieClient, (mollie) => {
        const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
          mollie.get("cst_ada"),
          mollie.update("cst_ada", {}),
          mollie.delete("cst_ada"),
          mollie.listPayments("cst_ada")
        ]
        return Effect.forEach(calls, Effect.flip)
      }).pipe(Effect.provide(Mollie.layer(options)))
      expect(errors.map(({ _tag, status }) => `${status} ${_tag}`)).toEqual(Array(4).fill("404 UnexpectedStatus"))
    }).pipe(Effect.provide(inProcess())))

  it.effect("a field is told by its path in the input, what the caller made up prints as *", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const paths: ReadonlyArray<readonly [string, string]> = [
        ["amount.value", "amount.value"],
        ["payment.amount.value", "amount.value"],
        ["lines.0.unitPrice.value", "lines.0.unitPrice.value"],
        ["payment.customerId", "customerId"],
        ["metadata.favourite", "metadata.*"],
        ["somebody@example.com", "*.*"]
      ]
      for (const [field, path] of paths) {
        yield* refusal("createPayment", 422, { detail: "No", field })
        expect(issues(yield* Effect.flip(mollie.createPayment("cst_ada", recurring)))).toEqual(["provider", path])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("the sandbox's own refusals: 401, 403, 404, 410, the other mode", () =>
    Effect.gen(function*() {
      yield* seedAda("live")
      const ends = (options: Mollie.MollieOptions) =>
        Effect.flatMap(MollieClient, (mollie) => Effect.flip(mollie.delete("cst_ada"))).pipe(
          Effect.provide(Mollie.layer(options)),
          Effect.map(({ _tag, mayHaveApplied, status }) => [_tag, status, mayHaveApplied])
        )
      expect(yield* ends({ apiKey: Redacted.make("test_expired") })).toEqual(["AuthenticationFailed", 401, false])
      expect(yield* ends({ apiKey: Redacted.make("live_readonly") })).toEqual(["PermissionDenied", 403, false])
      expect(yield* ends(withKey)).toEqual(["UnexpectedStatus", 404, false])
      expect(yield* ends(withToken({ testmode: true }))).toEqual(["UnexpectedStatus", 404, false])
      yield* Effect.provide(
        Effect.flatMap(MollieClient, (mollie) => mollie.delete("cst_ada")),
        Mollie.layer(withToken())
      )
      expect(yield* ends(withToken())).toEqual(["CustomerNotFound", 410, false])
    }).pipe(Effect.provide(Layer.merge(inProcess(), Layer.empty))))
})

describe("requests", () => {
  it.effect("a payment with everything that can be said arrives as it was written, secrets in the clear", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedAda()
      const amount = { currency: "EUR", value: "10.00" }
      const address = { givenName: "Ada", streetAndNumber: "1 Main St", city: "Delft", country: "NL" }
      const plain = {
        amount,
        description: "Everything",
        redirectUrl: "https://shop.example/back",
        cancelUrl: "https://shop.example/cancel",
        webhookUrl: "https://shop.example/hook",
        method: ["creditcard", "ideal"],
        sequenceType: "first",
        mandateId: null,
        lines: [{
          type: "discount",
          description: "Shoes",
          quantity: 2,
          quantityUnit: "pcs",
          unitPrice: { currency: "EUR", value: "-5.00" },
          discountAmount: { currency: "EUR", value: "0.00" },
          totalAmount: { currency: "EUR", value: "-10.00" },
          vatRate: "21.00",
          vatAmount: { currency: "EUR", value: "1.74" },
          sku: "x".repeat(64),
          categories: ["eco"],
          imageUrl: "https://shop.example/i",
          productUrl: "https://shop.example/p",
          recurring: { interval: "2 weeks", description: "x", amount, times: 3, startDate: null }
        }],
        billingAddress: address,
        shippingAddress: address,
        locale: "nl_NL",
        restrictPaymentMethodsToCountry: "NL",
        metadata: [1, "two", { three: true }],
        issuer: null,
        captureMode: "manual",
        captureDelay: "8 hours",
        applicationFee: { amount, description: "fee" },
        routing: [{
          amount,
          destination: { type: "organization", organizationId: "org_1" },
          releaseDate: "2026-05-01"
        }],
        dueDate: "2026-06-01",
        storeCredentials: true,
        company: { registrationNumber: "1", vatNumber: "2", entityType: "3" },
        consumerDateOfBirth: "1990-01-01",
        extraMerchantData: { a: { b: [1] } },
        sessionId: "s",
        digitalGoods: true,
        customerReference: "r",
        terminalId: "term_1"
      } as const
      const secrets = {
        applePayPaymentToken: "apple",
        googlePayPaymentToken: "google",
        cardToken: "tkn_1",
        voucherNumber: "v1",
        voucherPin: "v2"
      }
      yield* mollie.createPayment("cst_ada", {
        ...plain,
        applePayPaymentToken: Redacted.make(secrets.applePayPaymentToken),
        googlePayPaymentToken: Redacted.make(secrets.googlePayPaymentToken),
        cardToken: Redacted.make(secrets.cardToken),
        voucherNumber: Redacted.make(secrets.voucherNumber),
        voucherPin: Redacted.make(secrets.voucherPin)
      })
      expect((yield* seen).at(-1)?.at(-1)).toEqual({ ...plain, ...secrets })
      const { payments } = yield* Effect.flatMap(SandboxControl, (control) => control.resources("mollie", "cst_ada"))
      expect(payments).toHaveLength(3)
    }).pipe(Effect.provide(inProcess())))

  it.effect("null is not taken where Mollie's document has none", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const line = {
        description: "x",
        quantity: 1,
        unitPrice: recurring.amount,
        totalAmount: recurring.amount
      }
      const refused = [
        ..."dueDate storeCredentials applePayPaymentToken googlePayPaymentToken cardToken company voucherNumber".split(
          " "
        ),
        ..."voucherPin consumerDateOfBirth extraMerchantData sessionId digitalGoods customerReference".split(" "),
        ..."terminalId sequenceType profileId billingAddress shippingAddress".split(" ")
      ].map((field): [string, object] => [field, { [field]: null }])
      const nested = [
        ..."type quantityUnit discountAmount vatRate vatAmount sku categories imageUrl productUrl recurring".split(" ")
          .map((field): [string, object] => [`lines.0.${field}`, { lines: [{ ...line, [field]: null }] }]),
        ..."description amount times".split(" ").map((field): [string, object] => [
          `lines.0.recurring.${field}`,
          { lines: [{ ...line, recurring: { interval: "1 month", [field]: null } }] }
        ]),
        ["billingAddress.city", { billingAddress: { city: null } }] as [string, object],
        ["company.vatNumber", { company: { vatNumber: null } }] as [string, object],
        ["applicationFee.description", { applicationFee: { amount: recurring.amount, description: null } }] as [
          string,
          object
        ]
      ]
      for (const [path, extra] of [...refused, ...nested]) {
        const error = yield* Effect.flip(mollie.createPayment("cst_ada", { ...recurring, ...extra } as never))
        expect([path, issues(error)]).toEqual([path, ["sdk", path]])
      }
      expect(yield* seen).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("what Mollie would refuse, cut or not know is refused unsent, by its path", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const customer: ReadonlyArray<readonly [string, object]> = [
        ["email", { email: "ada@münchen.example" }],
        ["metadata", { metadata: "x".repeat(1023) }],
        ["name", { name: 7 }],
        ["idempotencyKey", { idempotencyKey: "x" }],
        ["profileId", { profileId: "pfl_1" }],
        ["metadata.*", { metadata: { at: new Date(0) } }]
      ]
      for (const [path, extra] of customer) {
        expect(issues(yield* Effect.flip(mollie.create(extra as never)))).toContain(path)
        expect(issues(yield* Effect.flip(mollie.update("cst_ada", extra as never)))).toContain(path)
      }
      const payment: ReadonlyArray<readonly [string, object]> = [
        ["description", { description: "x".repeat(256) }],
        ["redirectUrl", { sequenceType: "oneoff" }],
        ["redirectUrl", { sequenceType: undefined }],
        ["customerId", { customerId: "cst_ada" }],
        ["restrictPaymentMethodsToCountry", { restrictPaymentMethodsToCountry: "nl" }],
        ...["soon", "8 days", "169 hours", "1 week", "9".repeat(400) + " hours"].map((captureDelay) =>
          ["captureDelay", { captureDelay }] as const
        ),
        ...["01-05-2026", "2025-99-99", "2025-02-29", "2025-04-31", "2025-00-10", "2025-01-00", "2025-01-01T00:00:00Z"]
          .map((dueDate) => ["dueDate", { dueDate }] as const),
        ["consumerDateOfBirth", { consumerDateOfBirth: "1990-02-30" }],
        ["routing.0.releaseDate", {
          routing: [{
            amount: recurring.amount,
            destination: { type: "organization", organizationId: "org_1" },
            releaseDate: "2026-13-01"
          }]
        }],
        ["cardToken", { cardToken: "tkn_in_the_clear" }],
        ["metadata", { metadata: { text: "é".repeat(512) } }],
        ["applicationFee.amount.value", { applicationFee: { amount: { currency: "EUR", value: "1.5" } } }],
        ["routing.0.destination", { routing: [{ amount: recurring.amount }] }]
      ]
      for (const [path, extra] of payment) {
        const error = yield* Effect.flip(mollie.createPayment("cst_ada", { ...recurring, ...extra } as never))
        expect([path, issues(error)]).toEqual([path, ["sdk", path]])
        expect(JSON.stringify(error)).not.toContain("in_the_clear")
      }
      for (const limit of [0, 251, 1.5]) {
        expect(issues(yield* Effect.flip(mollie.list({ limit })))).toEqual(["sdk", "limit"])
      }
      expect(yield* seen).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("exactly what holds: metadata of 1024 bytes, 255 characters, an e-mail that is only odd before the @", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const metadata = "é".repeat(511)
      const { id } = yield* mollie.create({ metadata, email: "josé@example.com" })
      expect((yield* mollie.get(id)).metadata).toBe(metadata)
      const description = "𝄞".repeat(255)
      const payment = yield* mollie.createPayment(id, { ...recurring, description })
      expect(payment.description).toBe(description)
      for (const captureDelay of ["7 days", "168 hours", "1 hour"]) {
        yield* mollie.createPayment(id, { ...recurring, captureMode: "manual", captureDelay })
      }
      for (const dueDate of ["2028-02-29", "2027-12-31"]) yield* mollie.createPayment(id, { ...recurring, dueDate })
    }).pipe(Effect.provide(inProcess())))
})
