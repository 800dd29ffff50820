/** What is sent, and what becomes of every answer. */
import type { CustomersError } from "@effect-customers/core"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { Fault, type RequestLogEntry } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import {
  card,
  cardOnWire,
  cardToken,
  clients,
  expectNothingSent,
  inject,
  json,
  once,
  refusal,
  requests,
  resources,
  secretKey,
  seed,
  seedOne,
  shape,
  stored
} from "./onSandbox.js"
import * as samples from "./samples.js"

const { inProcess, onPort } = once

const places = [
  ["in process", inProcess()] as const,
  ...clients.map(([name, client]) => [`on a port, over ${name}`, onPort(client)] as const)
]

const sent = ({ body, method, path, query }: RequestLogEntry) => [
  method,
  path,
  Object.fromEntries(query),
  body === "" ? undefined : JSON.parse(body)
]

describe.each(places)("%s", (_, layer) => {
  it.live("all eleven operations: methods, paths, queries, bodies, answers", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const [tokenOfCreate, tokenOfCard, tokenOfUpdate] = yield* Effect.all([cardToken, cardToken, cardToken])
      const plain = { email: "ada@example.com", first_name: "Ada", last_name: "Lovelace" }
      const contact = { phone_number: "+61 400", company: "Analytical", notes: "a note" }

      const ada = yield* pin.create({ ...plain, ...contact, card })
      const grace = yield* pin.create({ email: "grace@example.com", card_token: tokenOfCreate })
      expect(ada).toMatchObject({ ...plain, ...contact, card: { expiry_month: 5, expiry_year: 2030, primary: true } })
      expect(Redacted.value(grace.card!.token)).toBe(Redacted.value(tokenOfCreate))
      expect(yield* pin.get(ada.token)).toEqual(ada)
      expect((yield* pin.list({ page: 1, per_page: 10 })).response).toEqual([grace, ada])

      const added = yield* pin.createCard(ada.token, card)
      const addedByToken = yield* pin.createCard(ada.token, { card_token: tokenOfCard })
      expect([added.primary, added.ip_address]).toEqual([false, "203.0.113.7"])
      expect([addedByToken.primary, addedByToken.ip_address]).toEqual([false, undefined])
      expect(Redacted.value(addedByToken.token)).toBe(Redacted.value(tokenOfCard))
      const cards = yield* pin.listCards(ada.token, { per_page: 2 })
      expect([cards.response.length, cards.pagination.count]).toEqual([2, 3])

      const former = ada.card!
      const switched = yield* pin.update(ada.token, { primary_card_token: added.token })
      expect(Redacted.value(switched.card!.token)).toBe(Redacted.value(added.token))
      expect((yield* resources(ada.token)).cards).toHaveLength(3)
      yield* pin.update(ada.token, { card, notes: "b" })
      yield* pin.update(ada.token, { card_token: tokenOfUpdate })
      expect((yield* resources(ada.token)).cards).toHaveLength(3)
      yield* pin.deleteCard(ada.token, former.token)
      expect((yield* resources(ada.token)).cards).toHaveLength(2)

      const [member] = yield* seed([{ charges: [{}, {}, {}], subscriptions: [{}, {}] }])
      const owned = yield* resources(member!)
      const charges = yield* pin.listCharges(member!, { page: 2, per_page: 2 })
      expect(charges.response.map(({ token }) => token)).toEqual([(owned.charges as any)[0].token])
      expect(charges.pagination.count).toBe(3)
      const subscriptions = yield* pin.listSubscriptions(member!)
      expect(subscriptions.response.map(({ token }) => token)).toEqual(
        (owned.subscriptions as any).map(({ token }: any) => token).toReversed()
      )
      const cancelled = yield* pin.cancelSubscription(member!, subscriptions.response[0]!.token)
      expect([cancelled.state, cancelled.next_billing_date]).toEqual(["cancelling", null])
      expect(yield* pin.delete(member!)).toBeUndefined()
      expect((yield* stored).map(({ token }) => token)).toEqual([ada.token, grace.token])

      const at = `/1/customers/${ada.token}`
      const atMember = `/1/customers/${member}`
      const value = Redacted.value
      const log = yield* requests
      expect(log.map(sent)).toEqual([
        ["POST", "/1/customers", {}, { ...plain, ...contact, card: cardOnWire }],
        ["POST", "/1/customers", {}, { email: "grace@example.com", card_token: value(tokenOfCreate) }],
        ["GET", at, {}, undefined],
        ["GET", "/1/customers", { page: "1", per_page: "10" }, undefined],
        ["POST", `${at}/cards`, {}, cardOnWire],
        ["POST", `${at}/cards`, {}, { card_token: value(tokenOfCard) }],
        ["GET", `${at}/cards`, { per_page: "2" }, undefined],
        ["PUT", at, {}, { primary_card_token: value(added.token) }],
        ["PUT", at, {}, { card: cardOnWire, notes: "b" }],
        ["PUT", at, {}, { card_token: value(tokenOfUpdate) }],
        ["DELETE", `${at}/cards/${value(former.token)}`, {}, undefined],
        ["GET", `${atMember}/charges`, { page: "2", per_page: "2" }, undefined],
        ["GET", `${atMember}/subscriptions`, {}, undefined],
        ["DELETE", `${atMember}/subscriptions/${subscriptions.response[0]!.token}`, {}, undefined],
        ["DELETE", atMember, {}, undefined]
      ])
      for (const { body, headers, path } of log) {
        expect(headers.authorization).toBe(`Basic ${btoa(`${secretKey}:`)}`)
        expect(headers.accept).toBe("application/json")
        expect(path).not.toMatch(/\/\/|\/$/)
        expect([headers["content-type"], headers["transfer-encoding"]]).toEqual(
          [body === "" ? undefined : "application/json", undefined]
        )
        if (body !== "") expect(headers["content-length"]).toBe(String(new TextEncoder().encode(body).length))
      }
    }).pipe(Effect.provide(layer)))

  it.live("a token of a path is one segment of it, whatever is in it", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const odd = "cus_--é ?#%&"
      const token = yield* seedOne({ token: odd })
      expect((yield* pin.get(token)).token).toBe(odd)
      for (const id of ["", ".", "..", "a/b", "\ud800"]) {
        expect(yield* refusal(pin.get(id))).toEqual(["InvalidRequest", "sdk", "customer_token"])
        expect(yield* refusal(pin.delete(id))).toEqual(["InvalidRequest", "sdk", "customer_token"])
        expect(yield* refusal(pin.deleteCard(token, Redacted.make(id)))).toEqual(
          ["InvalidRequest", "sdk", "card_token"]
        )
        expect(yield* refusal(pin.cancelSubscription(token, id))).toEqual(["InvalidRequest", "sdk", "sub_token"])
      }
      expect((yield* requests).map(({ path }) => path)).toEqual([`/1/customers/${encodeURIComponent(odd)}`])
    }).pipe(Effect.provide(layer)))
})

describe("what may be written", () => {
  const wrong: ReadonlyArray<readonly [string, unknown, ReadonlyArray<string>]> = [
    ["neither card nor token", { email: "a@example.com" }, ["card"]],
    ["both", { email: "a@example.com", card, card_token: Redacted.make("card_x") }, ["card_token"]],
    ["no e-mail", { card }, ["email"]],
    ["a blank e-mail", { email: " ", card }, ["email"]],
    ["an empty card", { email: "a@example.com", card: {} }, ["card.number"]],
    ["a cvc that is a number", { email: "a@example.com", card: { ...card, cvc: 12 } }, ["card.cvc"]],
    ["a number in the clear", { email: "a@example.com", card: { ...card, number: "4200000000000000" } }, [
      "card.number"
    ]],
    ["card details that are flat", { email: "a@example.com", ...card }, ["number", "card"]]
  ]
  it.effect.each(wrong)("create: %s is refused, unsent", ([_, input, paths]) =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const [tag, origin, ...at] = yield* refusal(pin.create(input as never))
      expect([tag, origin]).toEqual(["InvalidRequest", "sdk"])
      expect(at).toEqual(expect.arrayContaining([...paths]))
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  const token = Redacted.make("card_x")
  const ways = { card, card_token: token, primary_card_token: token }
  it.effect.each<ReadonlyArray<keyof typeof ways>>([
    ["card", "card_token"],
    ["card", "primary_card_token"],
    ["card_token", "primary_card_token"],
    ["card", "card_token", "primary_card_token"]
  ])("update: %s together are refused, unsent, all but one named", (...given) =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const names = (given as any).flat() as ReadonlyArray<keyof typeof ways>
      const input = Object.fromEntries(names.map((name) => [name, ways[name]]))
      const [tag, origin, ...at] = yield* refusal(pin.update("cus_x", input as never))
      expect([tag, origin]).toEqual(["InvalidRequest", "sdk"])
      expect(names.filter((name) => at.includes(name)).length).toBeGreaterThanOrEqual(names.length - 1)
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("update: flat card details, which Pin would ignore, and an empty card are refused, unsent", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      expect(yield* refusal(pin.update("cus_x", card as never))).toContain("InvalidRequest")
      expect(yield* refusal(pin.update("cus_x", { card: {} } as never))).toContain("card.number")
      expect(yield* refusal(pin.update("cus_x", { card_token: Redacted.make("") }))).toContain("card_token")
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("createCard: nested details, and details beside a token, are refused, unsent", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      expect(yield* refusal(pin.createCard("cus_x", { card } as never))).toContain("InvalidRequest")
      expect(yield* refusal(pin.createCard("cus_x", { ...card, card_token: token } as never))).toContain("card_token")
      expect(yield* refusal(pin.createCard("cus_x", { card_token: token, name: "Ada" } as never))).toContain("name")
      expect(yield* refusal(pin.createCard("cus_x", {} as never))).toContain("InvalidRequest")
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("a page and a page size are whole numbers from 1", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      for (const page of [0, -1, 1.5, Number.NaN, "1" as never]) {
        expect(yield* refusal(pin.list({ page }))).toEqual(["InvalidRequest", "sdk", "page"])
        expect(yield* refusal(pin.listCards("cus_x", { per_page: page }))).toEqual([
          "InvalidRequest",
          "sdk",
          "per_page"
        ])
      }
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})

describe("answers decode as they were recorded", () => {
  const answers = (operation: string, body: unknown, status = 200) => inject(operation, json(status, body))

  it.effect.each([
    ["as of today", samples.customer],
    ["of a deleted customer", samples.customerWithoutCard],
    ["of 2013", samples.customer2013],
    ["with a wallet's card", { ...samples.customer, card: samples.walletCard }],
    ["with keys and a scheme that nobody knows", {
      ...samples.customer,
      card: { ...samples.card, scheme: "eftpos" },
      x: 1
    }]
  ])("a customer %s", ([_, customer]) =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* answers("get", { response: customer })
      const decoded = yield* pin.get("cus_x")
      expect({ ...decoded, card: decoded.card && { ...decoded.card, token: Redacted.value(decoded.card.token) } })
        .toEqual(customer)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([
    ["from details", samples.createdCard],
    ["of 2013", { response: samples.card2013, ip_address: "198.51.100.4" }],
    ["of a wallet", { response: samples.walletCard }],
    ["of nobody yet", { response: { ...samples.card, customer_token: null, primary: null, issuing_country: null } }]
  ] as ReadonlyArray<
    readonly [string, { readonly response: { readonly token: string }; readonly ip_address?: string }]
  >)(
    "a card %s",
    ([_, answer]) =>
      Effect.gen(function*() {
        const pin = yield* PinPaymentsClient
        yield* answers("createCard", answer, 201)
        const { ip_address, token, ...rest } = yield* pin.createCard("cus_x", card)
        expect({ response: { ...rest, token: Redacted.value(token) }, ip_address }).toEqual({
          ip_address: undefined,
          ...answer
        })
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("charges, with what is null until captured, a list of transfers, and metadata of strings", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* answers("listCharges", samples.fullPage(samples.charges))
      const { response, unreadable } = yield* pin.listCharges("cus_x")
      expect(unreadable).toEqual([])
      expect(response.map(({ card, ...charge }) => ({ ...charge, card: Redacted.value(card!.token) }))).toEqual(
        samples.charges.map((charge) => ({ ...charge, card: charge.card.token }))
      )
    }).pipe(Effect.provide(inProcess())))

  it.effect("subscriptions, also in a state that nobody knows, in the short form of a page", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* answers("listSubscriptions", samples.shortPage(samples.subscriptions))
      const { pagination, response, unreadable } = yield* pin.listSubscriptions("cus_x")
      expect(unreadable).toEqual([])
      expect(response.map((one) => ({ ...one, card_token: one.card_token && Redacted.value(one.card_token) }))).toEqual(
        samples.subscriptions
      )
      expect(pagination).toEqual({ count: 4, per_page: 25, current: 1 })
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<
    readonly [string, { readonly response: ReadonlyArray<{ readonly token: string }>; readonly [key: string]: unknown }]
  >([
    ["past the end", samples.pagePastEnd],
    ["of 2013, empty, with a next that lies", samples.emptyPage2013],
    ["in the short form", samples.shortPage([samples.customer])],
    ["in the short form with the count of the docs", { ...samples.shortPage([samples.customer]), count: 1 }]
  ])("a page %s", ([_, page]) =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* answers("list", page)
      const { response, unreadable, ...rest } = yield* pin.list()
      const { response: rows, ...others } = page
      expect([response.map(({ token }) => token), unreadable, rest]).toEqual(
        [rows.map(({ token }) => token), [], others]
      )
    }).pipe(Effect.provide(inProcess())))

  it.effect("one bad row hides no others, and says where it is wrong without the value", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* answers("list", samples.fullPage([samples.customer, { ...samples.customer, email: 5 }]))
      const { response, unreadable } = yield* pin.list()
      expect(response).toHaveLength(1)
      expect(unreadable.map(({ issues }) => issues.map(({ path }) => path))).toEqual([["response.1.email"]])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a body that is none of these is InvalidResponse, with its place", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const bodies = [[samples.customer, "response"], [{ response: null }, "response"], [
        { response: { ...samples.customer, card: { ...samples.card, token: null } } },
        "response.card.token"
      ]] as const
      for (const [body, path] of bodies) {
        yield* answers("get", body)
        const error = yield* Effect.flip(pin.get("cus_x"))
        expect([error._tag, error._tag === "InvalidResponse" && error.issues[0]?.path]).toEqual([
          "InvalidResponse",
          path
        ])
      }
      yield* answers("list", { response: [], pagination: { per_page: 0, count: 0 } })
      expect((yield* Effect.flip(pin.list()))._tag).toBe("InvalidResponse")
    }).pipe(Effect.provide(inProcess())))
})

describe("failed answers", () => {
  type Client = PinPaymentsClient["Type"]
  const customer = "cus_x"
  const calls = {
    create: (pin: Client) => pin.create({ email: "a@example.com", card }),
    createWithToken: (pin: Client) => pin.create({ email: "a@example.com", card_token: Redacted.make("card_x") }),
    list: (pin: Client) => pin.list(),
    get: (pin: Client) => pin.get(customer),
    update: (pin: Client) => pin.update(customer, { notes: "x" }),
    updateCard: (pin: Client) => pin.update(customer, { card_token: Redacted.make("card_x") }),
    updatePrimary: (pin: Client) => pin.update(customer, { primary_card_token: Redacted.make("card_x") }),
    delete: (pin: Client) => pin.delete(customer),
    listCharges: (pin: Client) => pin.listCharges(customer),
    listCards: (pin: Client) => pin.listCards(customer),
    createCard: (pin: Client) => pin.createCard(customer, card),
    createCardWithToken: (pin: Client) => pin.createCard(customer, { card_token: Redacted.make("card_x") }),
    deleteCard: (pin: Client) => pin.deleteCard(customer, Redacted.make("card_x")),
    listSubscriptions: (pin: Client) => pin.listSubscriptions(customer),
    cancelSubscription: (pin: Client) => pin.cancelSubscription(customer, "sub_x")
  } satisfies Record<string, (pin: Client) => Effect.Effect<unknown, CustomersError>>
  type Call = keyof typeof calls
  const all = Object.keys(calls) as ReadonlyArray<Call>
  const operationOf = (call: Call): string => call.startsWith("update") ? "update" : call.replace("WithToken", "")

  const failure = (call: Call, fault: Fault.Fault) =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      yield* inject(operationOf(call), fault)
      return yield* Effect.flip(calls[call](pin) as Effect.Effect<unknown, CustomersError>)
    })

  const notFound = {
    create: ["UnexpectedStatus"],
    createWithToken: ["InvalidRequest", "provider", "card_token"],
    list: ["UnexpectedStatus"],
    updateCard: ["ResourceNotFound"],
    updatePrimary: ["ResourceNotFound"],
    createCardWithToken: ["ResourceNotFound"],
    deleteCard: ["ResourceNotFound"],
    cancelSubscription: ["ResourceNotFound"]
  } as { readonly [call: string]: ReadonlyArray<string> | undefined }

  it.effect.each(all)("%s: both words for not-found are one, and no other 404 is", (call) =>
    Effect.gen(function*() {
      for (const body of [samples.errors.notFound, samples.errors.resourceNotFound]) {
        const error = yield* failure(call, json(404, body))
        expect(shape(error)).toEqual(notFound[call] ?? ["CustomerNotFound"])
        if (error._tag !== "UnexpectedStatus") expect(error.mayHaveApplied).toBe(false)
      }
      for (
        const fault of [Fault.HtmlPage({ status: 404 }), Fault.Respond({ status: 404 }), json(404, { error: "x" })]
      ) {
        expect((yield* failure(call, fault))._tag).toBe("UnexpectedStatus")
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(all)("%s: 401, 403, 429, 5xx and gateways, with and without a body", (call) =>
    Effect.gen(function*() {
      expect((yield* failure(call, json(401, samples.errors.unauthenticated))).providerCode).toBe("unauthenticated")
      const faults: ReadonlyArray<readonly [Fault.Fault, string]> = [
        [json(401, samples.errors.unauthenticated), "AuthenticationFailed"],
        [Fault.Respond({ status: 401 }), "AuthenticationFailed"],
        [json(403, { error: "forbidden" }), "PermissionDenied"],
        [Fault.Respond({ status: 429 }), "RateLimited"],
        [json(503, { error: "throttled", error_description: "Slow down" }), "RateLimited"],
        [Fault.Respond({ status: 503 }), "ProviderUnavailable"],
        [Fault.Respond({ status: 500 }), "ProviderUnavailable"],
        [Fault.HtmlPage({ status: 500 }), "ProviderUnavailable"],
        [Fault.HtmlPage({}), "ProviderUnavailable"],
        [Fault.Respond({ status: 307, headers: { location: "https://elsewhere.example/" } }), "UnexpectedStatus"],
        [Fault.Respond({ status: 418 }), "UnexpectedStatus"]
      ]
      for (const [fault, tag] of faults) {
        const error = yield* failure(call, fault)
        expect([error._tag, error.operation]).toEqual([tag, operationOf(call)])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("what the framework calls throttled is waited for as long as it says", () =>
    Effect.gen(function*() {
      const error = yield* failure(
        "create",
        Fault.Respond({ status: 503, retryAfter: { seconds: 7 }, body: JSON.stringify({ error: "throttled" }) })
      )
      expect([error._tag, error.mayHaveApplied, error.isRetryable]).toEqual(["RateLimited", false, true])
      expect(error._tag === "RateLimited" && Duration.toSeconds(error.retryAfter!)).toBe(7)
    }).pipe(Effect.provide(inProcess())))

  it.effect("422: the fields that Pin names, in arrays and in objects, however little it says of each", () =>
    Effect.gen(function*() {
      const issuesOf = (call: Call, body: unknown) =>
        Effect.map(failure(call, json(422, body)), (error) =>
          error._tag === "InvalidRequest"
            ? error.issues.map(({ code, message, path }) => [path, code, Redacted.isRedacted(message)])
            : error._tag)
      expect(yield* issuesOf("create", samples.errors.email)).toEqual(
        [["email", "email_invalid", true], ["email", "email_invalid", true]]
      )
      expect(yield* issuesOf("create", samples.errors.nestedCard)).toEqual(
        [["card.address_country", "card_address_country_invalid", true]]
      )
      expect(
        yield* issuesOf("createCard", {
          error: "invalid_resource",
          messages: [
            { param: "number", code: "number_invalid", message: "x" },
            { param: "cvc", message: "no code, as subscriptions do" },
            { message: "no param" },
            { param: "name" },
            "not even an object"
          ]
        })
      ).toEqual([
        ["number", "number_invalid", true],
        ["cvc", undefined, true],
        ["", undefined, true],
        ["name", undefined, true]
      ])
      expect(yield* issuesOf("update", samples.errors.messagesByParam)).toEqual([["*", undefined, true]])
      expect(yield* issuesOf("update", { error: "invalid_resource", messages: { email: ["a", "b"] } })).toEqual(
        [["email", undefined, true], ["email", undefined, true]]
      )
      expect(yield* issuesOf("update", { error: "invalid_resource", error_description: "x" })).toEqual(
        [["", "invalid_resource", true]]
      )
      for (const messages of [null, "text", 5, {}, [], { email: "no array" }]) {
        const error = yield* failure("create", json(422, { error: "invalid_resource", messages }))
        expect(shape(error)).toEqual(["InvalidRequest", "provider", ""])
      }
      expect((yield* failure("create", Fault.Respond({ status: 422 })))._tag).toBe("InvalidRequest")
    }).pipe(Effect.provide(inProcess())))

  it.effect("400: the primary card, states and tokens, in the words of yesterday too", () =>
    Effect.gen(function*() {
      expect(shape(yield* failure("deleteCard", json(400, samples.errors.primaryCard)))).toEqual(
        ["Conflict", "card_token"]
      )
      for (const [status, error] of [[400, "invalid_state"], [400, "invalid_request"], [422, "invalid_request"]]) {
        expect(shape(yield* failure("cancelSubscription", json(Number(status), { error })))).toEqual(
          ["Conflict", "sub_token"]
        )
      }
      for (const error of ["token_already_used", "invalid_card"]) {
        for (const call of ["createWithToken", "updateCard", "createCardWithToken"] as const) {
          expect(shape(yield* failure(call, json(400, { error })))).toEqual([
            "InvalidRequest",
            "provider",
            "card_token"
          ])
        }
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("tokens of cards that nobody knows, or that are spent, against the sandbox", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const token = yield* seedOne()
      const spent = yield* cardToken
      yield* pin.create({ email: "a@example.com", card_token: spent })
      for (const card_token of [spent, Redacted.make("card_unknown")]) {
        expect(yield* refusal(pin.create({ email: "a@example.com", card_token }))).toEqual(
          ["InvalidRequest", "provider", "card_token"]
        )
        expect(yield* refusal(pin.createCard(token, { card_token }))).toEqual(["ResourceNotFound"])
        expect(yield* refusal(pin.update(token, { card_token }))).toEqual(["ResourceNotFound"])
        expect(yield* refusal(pin.update(token, { primary_card_token: card_token }))).toEqual(["ResourceNotFound"])
        expect(yield* refusal(pin.deleteCard(token, card_token))).toEqual(["ResourceNotFound"])
      }
      expect(yield* refusal(pin.cancelSubscription(token, "sub_unknown"))).toEqual(["ResourceNotFound"])
      expect(yield* refusal(pin.get("cus_unknown"))).toEqual(["CustomerNotFound"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a bad key, one that is none, and one that Basic cannot carry", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      expect(yield* refusal(pin.list())).toEqual(["AuthenticationFailed"])
    }).pipe(
      Effect.provide(inProcess({}, { secretKey: Redacted.make("a_bad_key") })),
      Effect.zipRight(Effect.forEach(["", "a:b", "a b", "é"], (key) =>
        Effect.gen(function*() {
          const pin = yield* PinPaymentsClient
          expect(yield* refusal(pin.list())).toEqual(["InvalidRequest", "sdk", "secretKey"])
          yield* expectNothingSent
        }).pipe(Effect.provide(inProcess({}, { secretKey: Redacted.make(key) })))))
    ))
})
