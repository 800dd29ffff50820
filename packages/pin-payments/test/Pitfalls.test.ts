/** What implementations of Pin Payments' customers API got wrong, by the numbers of the README's list. */
import type { CustomersError } from "@effect-customers/core"
import { CustomersService } from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { format, inspect } from "node:util"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  bodyOf,
  card,
  cardOnWire,
  cardToken,
  clients,
  collect,
  inject,
  inProcess,
  json,
  number,
  once,
  operations,
  refusal,
  requests,
  resources,
  seed,
  seedOne,
  shape,
  stored
} from "./onSandbox.js"
import * as samples from "./samples.js"

const pages = Effect.map(requests, (log) => log.map(({ query }) => Object.fromEntries(query)))

const lastBody = Effect.map(requests, (log) => bodyOf(log.at(-1)!))

const twoCards = seedOne({ token: "cus_x", card: { token: "card_1" }, cards: [{ token: "card_2" }] })

const cardsOf = Effect.map(
  resources("cus_x"),
  ({ cards = [] }) => cards.map((card: any): readonly [string, boolean] => [card.token, card.primary])
)

describe.each(clients)("over %s", (_, client) => {
  it.live("pin-payments pitfall 1: a 204 has no body, and none is read", () =>
    Effect.gen(function*() {
      yield* twoCards
      const pin = yield* PinPaymentsClient
      expect(yield* pin.deleteCard("cus_x", Redacted.make("card_2"))).toBeUndefined()
      expect(yield* pin.delete("cus_x")).toBeUndefined()
      expect((yield* requests).map(({ status }) => status)).toEqual([204, 204])
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(once.onPort(client))))
})

it.effect("pin-payments pitfall 2: previous, next, pages and the count of a page may be missing", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const id = yield* seedOne({ subscriptions: Array.from({ length: 30 }, () => ({})) })
    const { pagination, response } = yield* pin.listSubscriptions(id)
    expect(pagination).toEqual({ count: 30, per_page: 25, current: 1 })
    expect(response).toHaveLength(25)
    expect(yield* collect(pin.streamSubscriptions(id))).toHaveLength(30)
    yield* inject("list", json(200, samples.shortPage([samples.customer])))
    expect(yield* collect(pin.stream())).toHaveLength(1)
    expect(yield* pages).toEqual([{}, { page: "1", per_page: "25" }, { page: "2", per_page: "25" }, {
      page: "1",
      per_page: "25"
    }])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 3: next is not trusted, and pages count from 1", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    yield* inject("list", json(200, samples.emptyPage2013))
    expect(yield* collect(pin.stream())).toEqual([])
    // a next that points at the page itself, and one that is not there although there is more
    const seeded = (yield* seed(60)).toReversed()
    const lie = (next: number | null) => (page: any) => ({ ...page, pagination: { ...page.pagination, next } })
    yield* inject("list", Fault.Alter({ alter: lie(1) }))
    const { inject: add } = yield* SandboxControl
    yield* add({ operation: "list", from: 2, times: 2, fault: Fault.Alter({ alter: lie(null) }) })
    expect((yield* collect(pin.stream())).map(({ token }) => token)).toEqual(seeded)
    expect((yield* pages).map(({ page }) => page)).toEqual(["1", "1", "2", "3"])
    expect(yield* refusal(pin.list({ page: 0 }))).toEqual(["InvalidRequest", "sdk", "page"])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 4: the total is pagination.count, never the count of the page", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const customers = yield* CustomersService
    yield* seed(60)
    const page = yield* pin.list({ page: 3 })
    expect([page.count, page.pagination.count]).toEqual([10, 60])
    const [first] = yield* collect(customers.streamPages())
    expect(first!.total).toEqual(Option.some(60))
    expect(yield* collect(customers.stream())).toHaveLength(60)
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 5: what was seen to be null decodes", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const nothing = { ...samples.walletCard, issuing_country: null, network_type: null, network_format: null }
    yield* inject(
      "list",
      json(200, samples.fullPage([{ ...samples.customer, card: nothing }, samples.customerWithoutCard]))
    )
    yield* inject("listCharges", json(200, samples.fullPage(samples.charges)))
    yield* inject("listSubscriptions", json(200, samples.shortPage(samples.subscriptions)))
    const [wallet, deleted] = (yield* pin.list()).response
    expect([wallet!.card!.name, wallet!.card!.issuing_country, deleted!.card]).toEqual([null, null, null])
    expect((yield* pin.listCharges("cus_x")).response.map(({ ip_address }) => ip_address)).toContain(null)
    const subscriptions = (yield* pin.listSubscriptions("cus_x")).response
    expect(subscriptions[1]).toMatchObject({ state: "trial", card_token: null, active_interval_started_at: null })
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 6: a card is nested in a customer and flat in a new card, and not the other way", () =>
  Effect.gen(function*() {
    yield* twoCards
    const pin = yield* PinPaymentsClient
    yield* pin.update("cus_x", { card })
    expect(yield* lastBody).toEqual({ card: cardOnWire })
    yield* pin.createCard("cus_x", card)
    expect(yield* lastBody).toEqual(cardOnWire)
    // Pin answers 200 to this, and does nothing
    const flat = { number: card.number, cvc: card.cvc }
    expect(yield* refusal(pin.update("cus_x", flat as never))).toContain("number")
    expect(yield* refusal(pin.createCard("cus_x", { card } as never))).toContain("InvalidRequest")
    expect(yield* operations).toHaveLength(2)
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 7: no empty card beside a token, and no page number that one call leaves to the next", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const customers = yield* CustomersService
    yield* customers.create({ email: "a@example.com", paymentSource: { cardToken: yield* cardToken } })
    expect(Object.keys((yield* lastBody) as object)).toEqual(["email", "card_token"])
    expect(yield* refusal(pin.create({ email: "a@example.com", card: {}, card_token: card.number } as never))).toEqual(
      expect.arrayContaining(["InvalidRequest", "card.number"])
    )
    const before = (yield* requests).length
    yield* pin.list({ page: 2, per_page: 7 })
    yield* pin.list()
    const id = (yield* stored)[0]!.token
    yield* pin.listCards(id)
    expect((yield* pages).slice(before)).toEqual([{ page: "2", per_page: "7" }, {}, {}])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 8: the page that is asked for is sent, by every list", () =>
  Effect.gen(function*() {
    const many = Array.from({ length: 5 }, () => ({}))
    const pin = yield* PinPaymentsClient
    const [id] = yield* seed([{ cards: many.slice(1), charges: many, subscriptions: many }, ...many.slice(1)])
    const query = { page: 2, per_page: 2 }
    const lists = [
      yield* pin.list(query),
      yield* pin.listCards(id!, query),
      yield* pin.listCharges(id!, query),
      yield* pin.listSubscriptions(id!, query)
    ]
    expect(lists.map(({ pagination, response }) => [pagination.current, response.length, pagination.count])).toEqual(
      lists.map(() => [2, 2, 5])
    )
    const { cards = [] } = yield* resources(id!)
    expect(Redacted.value(lists[1]!.response[0]!.token as Redacted.Redacted<string>)).toBe((cards[2] as any).token)
    expect(yield* pages).toEqual(lists.map(() => ({ page: "2", per_page: "2" })))
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 9: primary_card_token keeps the old card, card_token destroys it and is never repeated", () =>
  Effect.gen(function*() {
    yield* twoCards
    const pin = yield* PinPaymentsClient
    yield* pin.update("cus_x", { primary_card_token: Redacted.make("card_2") })
    expect(yield* cardsOf).toEqual(expect.arrayContaining([["card_1", false], ["card_2", true]]))
    expect([PinPayments.PinPaymentsApi.update.repeat, PinPayments.PinPaymentsApi.updateCard.repeat]).toEqual(
      ["always", "never"]
    )
    yield* inject("update", Fault.Respond({ status: 503 }))
    const error = yield* Effect.flip(inVirtualTime(pin.update("cus_x", { card_token: Redacted.make("card_1") })))
    expect(error._tag).toBe("ProviderUnavailable")
    yield* pin.update("cus_x", { card_token: Redacted.make("card_1") })
    expect(yield* cardsOf).toEqual([["card_1", true]])
    expect(yield* operations).toEqual(["update", "update", "update"])
  }).pipe(Effect.provide(inProcess())))

it.effect("pin-payments pitfall 10: what was cancelled is cancelling; a second time is Conflict", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const id = yield* seedOne({ subscriptions: [{ token: "sub_1" }, { token: "sub_2", state: "expired" }] })
    const { cancelled_at, next_billing_date, state } = yield* pin.cancelSubscription(id, "sub_1")
    expect([state, cancelled_at, next_billing_date]).toEqual(["cancelling", null, null])
    expect(yield* refusal(pin.cancelSubscription(id, "sub_1"))).toEqual(["Conflict", "sub_token"])
    expect(yield* refusal(pin.cancelSubscription(id, "sub_2"))).toEqual(["Conflict", "sub_token"])
    yield* inject("cancelSubscription", json(400, { error: "invalid_state", error_description: "x" }))
    expect(yield* refusal(pin.cancelSubscription(id, "sub_1"))).toEqual(["Conflict", "sub_token"])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 11: goes by status and error, whatever the text and the shape of the messages", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const get = (status: number, body: unknown) =>
      Effect.zipRight(inject("get", json(status, body)), Effect.map(refusal(pin.get("cus_x")), ([tag]) => tag))
    for (const error of ["not_found", "resource_not_found"]) {
      for (const error_description of ["", "Nothing like that here.", undefined]) {
        expect(yield* get(404, { error, error_description })).toBe("CustomerNotFound")
      }
    }
    expect(yield* get(404, { error: "x", error_description: samples.errors.notFound.error_description })).toBe(
      "UnexpectedStatus"
    )
    for (const error_description of ["Not authorised. (Check API Key)", "Not authorised. (Check API Key).", 5]) {
      expect(yield* get(401, { error: "unauthenticated", error_description })).toBe("AuthenticationFailed")
    }
    const paths = (messages: unknown) =>
      Effect.zipRight(
        inject("create", json(422, { error: "invalid_resource", messages })),
        refusal(pin.create({ email: "a@example.com", card }))
      )
    expect(yield* paths([{ message: "no param" }, { param: "email" }])).toEqual(
      ["InvalidRequest", "provider", "", "email"]
    )
    expect(yield* paths({ email: ["one", "two"] })).toEqual(["InvalidRequest", "provider", "email", "email"])
    expect(yield* paths("text")).toEqual(["InvalidRequest", "provider", ""])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 12: every message of Pin's is in the error, with its field and its code", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const error = yield* Effect.flip(pin.create({ email: "a", card: { ...card, cvc: Redacted.make("1") } }))
    expect(
      error._tag === "InvalidRequest" &&
        error.issues.map(({ code, message, path }) => [
          path,
          code,
          Redacted.isRedacted(message) ? Redacted.value(message) : message
        ])
    ).toEqual([
      ["email", "email_invalid", "Email is not formatted properly"],
      ["card.cvc", "card_cvc_invalid", "Card cvc is invalid"]
    ])
    expect(error.message).toBe("pin-payments create: invalid email, card.cvc (status 422)")
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 13: a failure is what it is, and none is a crash", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const faults: ReadonlyArray<readonly [Fault.Fault, CustomersError["_tag"]]> = [
      [json(404, samples.errors.notFound), "CustomerNotFound"],
      [json(401, samples.errors.unauthenticated), "AuthenticationFailed"],
      [json(422, samples.errors.email), "InvalidRequest"],
      [json(503, { error: "throttled" }), "RateLimited"],
      [Fault.HtmlPage({}), "ProviderUnavailable"],
      [Fault.Respond({ status: 500 }), "ProviderUnavailable"],
      [Fault.HtmlPage({ status: 404 }), "UnexpectedStatus"],
      [Fault.Reset({}), "TransportFailed"],
      [Fault.CutJson({}), "InvalidResponse"],
      [Fault.EmptyBody(), "InvalidResponse"]
    ]
    const id = yield* seedOne()
    for (const [fault, tag] of faults) {
      yield* inject("get", fault)
      expect((yield* Effect.flip(pin.get(id)))._tag).toBe(tag)
    }
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 14: redaction is by field: a card's digits elsewhere arrive, its token is in no print", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const created = yield* pin.create({ email: "a@example.com", notes: `"number":"${number}"`, card })
    expect(yield* lastBody).toEqual({ email: "a@example.com", notes: `"number":"${number}"`, card: cardOnWire })
    expect([created.notes, created.card!.display_number]).toEqual([`"number":"${number}"`, "XXXX-XXXX-XXXX-0000"])
    const token = Redacted.value(created.card!.token)
    for (
      const text of [
        inspect(created, { depth: null, showHidden: true }),
        format("%o", created),
        JSON.stringify(created)
      ]
    ) {
      expect(text).toContain("XXXX-XXXX-XXXX-0000")
      expect(text).not.toContain(token)
    }
    // a number of JSON, not a string: the regular expression of others would miss it
    yield* inject("create", json(422, { error: "x", messages: [{ param: "card.number", message: Number(number) }] }))
    const error = yield* Effect.flip(pin.create({ email: "a@example.com", card }))
    expect(shape(error)).toEqual(["InvalidRequest", "provider", "card.number"])
    expect(inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error)).not.toContain(number)
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 15: the hosts are pinpayments.com", () =>
  Effect.gen(function*() {
    for (const [environment, host] of [[undefined, "api"], ["live", "api"], ["test", "test-api"]] as const) {
      const urls: Array<string> = []
      const transformClient = HttpClient.mapRequest((request) => {
        urls.push(request.url)
        return request
      })
      yield* Effect.flatMap(PinPaymentsClient, (pin) => pin.list()).pipe(
        Effect.provide(once.inProcess({}, { environment, transformClient }))
      )
      expect(urls).toEqual([`https://${host}.pinpayments.com/1/customers`])
    }
  }))

it.effect("pin-payments pitfall 16: what hand-made mocks answer is not taken for the API", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    // a failure that says 200, an empty customer, a customer without its envelope
    for (const body of [samples.errors.nestedCard, { response: {} }, samples.customer]) {
      yield* inject("create", json(200, body))
      const error = yield* Effect.flip(pin.create({ email: "a@example.com", card }))
      expect([error._tag, error.mayHaveApplied]).toEqual(["InvalidResponse", true])
    }
    // a create is a 201 of the sandbox, and a delete has no body
    yield* pin.create({ email: "a@example.com", card })
    yield* pin.delete((yield* stored)[0]!.token)
    expect((yield* requests).map(({ status }) => status).slice(-2)).toEqual([201, 204])
  }).pipe(Effect.provide(once.inProcess())))

it.effect("pin-payments pitfall 17: no POST is sent again when it may have been applied", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const id = yield* seedOne()
    const card_token = yield* cardToken
    for (const operation of ["create", "createCard"]) yield* inject(operation, Fault.Reset({ applied: true }))
    const errors = [
      yield* Effect.flip(inVirtualTime(pin.create({ email: "a@example.com", card }))),
      yield* Effect.flip(inVirtualTime(pin.createCard(id, { card_token })))
    ]
    expect(errors.map(({ _tag, mayHaveApplied }) => [_tag, mayHaveApplied])).toEqual(
      errors.map(() => ["TransportFailed", true])
    )
    expect(yield* operations).toEqual(["create", "createCard"])
    expect(yield* stored).toHaveLength(2)
  }).pipe(Effect.provide(inProcess())))

it.effect("pin-payments pitfall 18: transfer is an array, metadata holds strings, amounts are whole minor units", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const transfer = [{ state: "paid", paid_at: null, token: "tfer_1" }]
    const id = yield* seedOne({
      charges: [{ currency: "JPY", amount: 50, transfer, metadata: { order: "0012" } }, { amount: 123456 }]
    })
    const [aud, yen] = yield* collect(pin.streamCharges(id))
    expect([aud!.amount, aud!.transfer, aud!.metadata]).toEqual([123456, [], {}])
    expect([yen!.amount, yen!.transfer, yen!.metadata]).toEqual([50, transfer, { order: "0012" }])
    for (const wrong of [{ amount: 12.5 }, { amount: "50" }, { metadata: { order: 12 } }, { transfer: {} }]) {
      yield* inject("listCharges", json(200, samples.fullPage([{ ...samples.charge, ...wrong }])))
      expect((yield* pin.listCharges(id)).unreadable).toHaveLength(1)
    }
  }).pipe(Effect.provide(once.inProcess())))
