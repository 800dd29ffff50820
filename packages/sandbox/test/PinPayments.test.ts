import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Fault, Sandbox } from "../src/index.js"
import { type Answered, basic, card, inProcess } from "./pin-payments/calling.js"
import { contractIsThere, problems } from "./pin-payments/contract.js"

const wire = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
  it.effect(name, () => test.pipe(Effect.provide(Sandbox.layerFetch())))

const customers = "/1/customers"

const params = ({ json, status }: Answered): ReadonlyArray<unknown> => [
  status,
  json.error,
  ...(json.messages === undefined ? [] : [json.messages.map(({ param }: any) => param)])
]

const primaryOf = ({ json }: Answered): string => json.response.card.token

const tokens = ({ json }: Answered): ReadonlyArray<string> => json.response.map(({ token }: any) => token)

describe("credentials", () => {
  wire(
    "a secret key as the user name without a password; anything else is a 401",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      expect((yield* call("GET", customers)).status).toBe(200)
      const wrong = [
        {},
        { authorization: "Bearer secret" },
        { authorization: "Basic" },
        { authorization: "Basic %%%" },
        { authorization: `Basic ${btoa("secret")}` },
        basic(""),
        basic("secret", "password"),
        basic("expired_key"),
        basic("a_bad_key"),
        basic("a_publishable_key")
      ]
      for (const headers of wrong) {
        for (const path of [customers, "/1/nothing"]) {
          const { json, status } = yield* call("GET", path, undefined, { key: null, headers })
          expect([headers, status, json]).toEqual([headers, 401, {
            error: "unauthenticated",
            error_description: "Not authorised. (Check API Key)"
          }])
        }
      }
    })
  )

  wire(
    "a publishable key makes card tokens and nothing else",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const key = "a_publishable_key"
      const { headers, json, status } = yield* call("POST", "/1/cards", card, { key })
      expect([status, headers.get("x-requested-from")]).toEqual([201, json.ip_address])
      expect(json.response).toMatchObject({ customer_token: null, primary: null, scheme: "master" })
      expect((yield* call("POST", customers, { email: "a@example.com", card }, { key })).status).toBe(401)
      expect((yield* call("POST", "/1/cards", card, { key: "expired" })).status).toBe(401)
      expect((yield* call("POST", "/1/cards", card, { key: "secret" })).status).toBe(201)
    })
  )
})

describe("transport", () => {
  wire(
    "both hosts, one state; a request id on every answer, none twice and none that the ids depend on",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const read = yield* call("GET", customers)
      const { json } = yield* call("POST", customers, { email: "a@example.com", card }, { host: "api.pinpayments.com" })
      const { headers, status } = yield* call("GET", `${customers}/${json.response.token}`)
      expect(status).toBe(200)
      expect(headers.get("x-request-id")).not.toBe(read.headers.get("x-request-id"))
      yield* control.reset
      const again = yield* call("POST", customers, { email: "a@example.com", card })
      expect(again.json).toEqual(json)
      yield* control.reset
      expect((yield* call("GET", customers)).headers.get("x-request-id")).toBe(read.headers.get("x-request-id"))
    })
  )

  wire(
    "another format than JSON is a 422 without a body, whoever asks",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      for (const accept of ["text/html", "application/xml", "application/jsonp"]) {
        for (const key of ["secret", null]) {
          const { status, text } = yield* call("GET", customers, undefined, { key, headers: { accept } })
          expect([accept, status, text]).toEqual([accept, 422, ""])
        }
      }
      for (const accept of ["*/*", "application/json; q=0.5", "text/html, application/*", "APPLICATION/JSON"]) {
        expect((yield* call("GET", customers, undefined, { headers: { accept } })).status).toBe(200)
      }
    })
  )

  wire(
    "404 for an unknown URL, another method, and a slash too many",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", 1)
      const unknown = [
        ["GET", "/"],
        ["GET", "/customers"],
        ["GET", `${customers}/`],
        ["GET", `${customers}//${token}`],
        ["GET", `${customers}/${token}/`],
        ["POST", `${customers}//${token}/cards`],
        ["PATCH", `${customers}/${token}`],
        ["GET", "/1/cards"]
      ] as const
      for (const [method, path] of unknown) {
        const answer = yield* call(method, path)
        expect([method, path, ...params(answer)]).toEqual([method, path, 404, "resource_not_found"])
      }
      const operations = (yield* control.requests).map(({ operation }) => operation)
      expect(new Set(operations)).toEqual(new Set(["unknown"]))
    })
  )

  wire(
    "JSON, a form with brackets, or nothing that counts; JSON that is none is a 400",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const form = new URLSearchParams({ email: "a@example.com", first_name: "Ann & Co" })
      for (const [name, value] of Object.entries(card)) form.set(`card[${name}]`, value)
      const { json, status } = yield* call("POST", customers, form)
      expect([status, json.response.first_name, json.response.card.scheme]).toEqual([201, "Ann & Co", "master"])
      const flat = yield* call("POST", `${customers}/${json.response.token}/cards`, new URLSearchParams(card))
      expect([flat.status, flat.json.response]).toMatchObject([201, { expiry_month: 5, expiry_year: 2030 }])
      expect(params(yield* call("POST", customers, "{"))).toEqual([400, "invalid_request"])
      for (const body of ["", "null", "[]", "\"text\""]) {
        expect(params(yield* call("POST", customers, body))).toEqual([422, "invalid_resource", [
          "email",
          "email",
          "card"
        ]])
      }
      const text = yield* call("POST", customers, JSON.stringify({ email: "a@example.com", card }), {
        headers: { "content-type": "text/plain" }
      })
      expect(params(text)).toEqual([422, "invalid_resource", ["email", "email", "card"]])
    })
  )
})

describe("create", () => {
  wire(
    "answers the customer with its primary card, and never a number or a cvc",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const { headers, json, status } = yield* call("POST", customers, {
        email: "Ada@Example.com",
        first_name: "Ada",
        last_name: null,
        unknown: { a: 1 },
        number: "4100000000000001",
        card: { ...card, number: "372000000000000", cvc: "1234", expiry_year: 30, expiry_month: 5, address_line2: "" },
        card_token: null
      })
      const { token } = json.response
      expect([status, headers.get("x-requested-from"), json.ip_address]).toEqual([201, "203.0.113.7", undefined])
      expect(json).toEqual({
        response: {
          token: expect.stringMatching(/^cus_[\w-]{22}$/),
          email: "Ada@Example.com",
          first_name: "Ada",
          last_name: null,
          phone_number: null,
          company: null,
          notes: null,
          created_at: "2026-01-03T13:37:00Z",
          card: {
            token: expect.stringMatching(/^card_[\w-]{22}$/),
            scheme: "amex",
            display_number: "XXXX-XXXX-XXXX-0000",
            issuing_country: "AU",
            expiry_month: 5,
            expiry_year: 2030,
            name: "Ada Example",
            address_line1: "1 Sample St",
            address_line2: "",
            address_city: "Perth",
            address_postcode: null,
            address_state: null,
            address_country: "Australia",
            customer_token: token,
            primary: true,
            network_type: null,
            network_format: null
          }
        }
      })
      expect((yield* call("GET", `${customers}/${token}`)).json).toEqual(json)
      expect(yield* control.customers("pin-payments")).toEqual([json.response])
      const resources = yield* control.resources("pin-payments", token)
      expect(resources).toEqual({ cards: [json.response.card], charges: [], subscriptions: [] })
      expect(JSON.stringify(resources)).not.toContain("1234")
      const same = yield* call("POST", customers, {
        email: "Ada@Example.com",
        card: { ...card, number: "4400000000000099" }
      })
      expect([same.status, same.json.response.card.display_number]).toEqual([201, "XXXX-XXXX-XXXX-0099"])
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, true])
    })
  )

  wire(
    "422 with the messages of an e-mail, and for neither or both ways to give a card",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const blank = yield* call("POST", customers, { card })
      expect([blank.status, blank.json]).toEqual([422, {
        error: "invalid_resource",
        error_description: "One or more parameters were missing or invalid",
        messages: [
          { param: "email", code: "email_invalid", message: "Email can't be blank" },
          { param: "email", code: "email_invalid", message: "Email is not formatted properly" }
        ]
      }])
      for (const email of ["ada", "ada@", "a da@example.com", "ada@example", 5]) {
        const answer = yield* call("POST", customers, { email, card })
        expect([email, answer.status, answer.json.messages.at(-1).message]).toEqual([
          email,
          422,
          "Email is not formatted properly"
        ])
      }
      const email = "a@example.com"
      expect(params(yield* call("POST", customers, { email }))).toEqual([422, "invalid_resource", ["card"]])
      expect(params(yield* call("POST", customers, { email, card, card_token: "card_x" })))
        .toEqual([422, "invalid_resource", ["card_token"]])
      expect(params(yield* call("POST", customers, { email, card, first_name: { a: 1 } })))
        .toEqual([422, "invalid_resource", ["first_name"]])
      expect(yield* control.customers("pin-payments")).toEqual([])
    })
  )

  wire(
    "a card's parameters are dotted when it is nested and bare when it is flat",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", 1)
      const wrong: ReadonlyArray<readonly [Record<string, unknown>, ReadonlyArray<string>]> = [
        [{ address_country: undefined }, ["address_country"]],
        [{ name: null, address_line1: " ", address_city: "" }, ["name", "address_line1", "address_city"]],
        [{ number: "4242424242424242" }, ["number"]],
        [{ number: undefined, cvc: undefined }, ["number", "cvc"]],
        [{ expiry_month: 13 }, ["expiry_month"]],
        [{ expiry_year: "030" }, ["expiry_year"]],
        [{ expiry_month: 12, expiry_year: 25 }, ["expiry_month", "expiry_year"]],
        [{ cvc: "12" }, ["cvc"]],
        [{ cvc: "1234" }, ["cvc"]],
        [{ number: "371000000000001", cvc: "123" }, ["cvc"]],
        [{ address_state: ["WA"] }, ["address_state"]]
      ]
      for (const [change, bare] of wrong) {
        const details = { ...card, ...change }
        const dotted = bare.map((name) => `card.${name}`)
        const body = { email: "a@example.com", card: details }
        const nested = yield* call("POST", customers, body)
        expect(params(nested)).toEqual([422, "invalid_resource", dotted])
        expect(params(yield* call("PUT", `${customers}/${token}`, body))).toEqual([422, "invalid_resource", dotted])
        for (const path of [`${customers}/${token}/cards`, "/1/cards"]) {
          const flat = yield* call("POST", path, details)
          expect(params(flat)).toEqual([422, "invalid_resource", bare])
          expect(flat.json.messages.map(({ code }: any) => code)).toEqual(bare.map((name) => `${name}_invalid`))
        }
        expect(nested.json.error_description).toBe("One or more parameters were missing or invalid.")
        expect(nested.json.messages.map(({ code }: any) => code)).toEqual(bare.map((name) => `card_${name}_invalid`))
      }
      const country = yield* call("POST", customers, { email: "a@example.com", card: { ...card, address_country: "" } })
      expect(country.json.messages).toEqual([{
        param: "card.address_country",
        code: "card_address_country_invalid",
        message: "Card address country can't be blank"
      }])
      const number = yield* call("POST", "/1/cards", { ...card, number: "4242424242424242" })
      expect(number.json.messages[0].message).toMatch(
        /^Number is not a valid Pin Payments test card number\. {10,}See https:\/\//
      )
      // This very month is not over yet.
      expect((yield* call("POST", "/1/cards", { ...card, expiry_month: 1, expiry_year: 2026 })).status).toBe(201)
      const all = yield* call("POST", `${customers}/${token}/cards`, { card })
      expect(all.json.messages).toHaveLength(8)
      expect(JSON.stringify(yield* control.resources("pin-payments", token!))).not.toContain("Ada Example")
    })
  )

  wire(
    "takes every number of the provider's table, those that decline too",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const table = {
        visa: "4200000000000000 4100000000000001 4000000000000002 4900000000000003 4800000000000004 4700000000000005 " +
          "4600000000000006 4300000000000009 4400000000000099",
        master: "5520000000000000 5560000000000001 5510000000000002 5550000000000003 5500000000000004 " +
          "5590000000000005 5540000000000006 5570000000000009 5530000000000099",
        amex: "372000000000000 371000000000001 370000000000002 379000000000003 378000000000004 " +
          "377000000000005 376000000000006 373000000000009 374000000000099"
      }
      for (const [scheme, numbers] of Object.entries(table)) {
        for (const number of numbers.split(" ")) {
          const cvc = scheme === "amex" ? "1234" : "123"
          const { json, status } = yield* call("POST", "/1/cards", { ...card, number, cvc })
          expect([number, status, json.response?.scheme, json.response?.display_number])
            .toEqual([number, 201, scheme, `XXXX-XXXX-XXXX-${number.slice(-4)}`])
        }
      }
    })
  )
})

describe("card tokens", () => {
  wire(
    "make the primary card under the same token, once",
    Effect.gen(function*() {
      const { call, tokenise } = yield* inProcess
      const card_token = yield* tokenise
      const created = yield* call("POST", customers, { email: "a@example.com", card_token, card: null })
      expect([created.status, created.headers.get("x-requested-from")]).toEqual([201, null])
      const { token } = created.json.response
      expect(created.json.response.card).toMatchObject({ token: card_token, customer_token: token, primary: true })
      const [other] = (yield* call("POST", customers, { email: "b@example.com", card })).json.response.token.split(" ")
      for (const spent of [card_token, "card_unknown"]) {
        const ways: ReadonlyArray<Answered> = [
          yield* call("POST", customers, { email: "a@example.com", card_token: spent }),
          yield* call("POST", `${customers}/${token}/cards`, { card_token: spent }),
          yield* call("PUT", `${customers}/${other}`, { card_token: spent }),
          yield* call("PUT", `${customers}/${other}`, { primary_card_token: spent })
        ]
        expect(ways.map(params)).toEqual(ways.map(() => [404, "not_found"]))
      }
      const uses = [
        ["POST", `${customers}/${token}/cards`, "card_token"],
        ["PUT", `${customers}/${token}`, "card_token"],
        ["PUT", `${customers}/${token}`, "primary_card_token"]
      ] as const
      for (const [method, path, member] of uses) {
        const spent = yield* tokenise
        expect((yield* call(method, path, { [member]: spent })).status).toBeLessThan(300)
        const again = yield* call("POST", customers, { email: "a@example.com", card_token: spent })
        expect([method, member, ...params(again)]).toEqual([method, member, 404, "not_found"])
      }
    })
  )

  wire(
    "are not spent by a refused request, nor by one that a fault undid",
    Effect.gen(function*() {
      const { call, control, fetch, tokenise } = yield* inProcess
      const card_token = yield* tokenise
      expect((yield* call("POST", customers, { card_token })).status).toBe(422)
      yield* control.inject({ operation: "create", fault: Fault.CutBody({ applied: false }) })
      const body = JSON.stringify({ email: "a@example.com", card_token })
      yield* Effect.promise(async () => {
        const headers = { ...basic("secret"), "content-type": "application/json" }
        const url = `https://api.pinpayments.com${customers}`
        await expect(fetch(url, { method: "POST", body, headers }).then((cut) => cut.text())).rejects.toThrow(
          "terminated"
        )
      })
      expect(yield* control.customers("pin-payments")).toEqual([])
      expect((yield* call("POST", customers, body)).status).toBe(201)
    })
  )

  wire(
    "expire after a month",
    Effect.gen(function*() {
      const { call, tokenise } = yield* inProcess
      const [early, late] = [yield* tokenise, yield* tokenise]
      yield* TestClock.adjust("719 hours")
      expect((yield* call("POST", customers, { email: "a@example.com", card_token: early })).status).toBe(201)
      yield* TestClock.adjust("1 hour")
      expect(params(yield* call("POST", customers, { email: "a@example.com", card_token: late })))
        .toEqual([404, "not_found"])
      // What is attached stays.
      expect((yield* call("GET", customers)).json.response[0].card.token).toBe(early)
    })
  )
})

describe("update", () => {
  wire(
    "changes what is given: flat card fields are ignored, null and the empty text are stored",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", [{ first_name: "Ada", company: "A", notes: "N" }])
      const [before] = yield* control.customers("pin-payments")
      const path = `${customers}/${token}`
      const { json, status } = yield* call("PUT", path, {
        last_name: "Example",
        company: null,
        notes: "",
        card: null,
        ...card
      })
      expect([status, json]).toEqual([200, { response: { ...before, last_name: "Example", company: null, notes: "" } }])
      for (const email of ["", null, "ada"]) {
        expect((yield* call("PUT", path, { email, first_name: "X" })).status).toBe(422)
      }
      const moved = yield* call("PUT", path, { email: "b@example.com" })
      expect(moved.json.response).toEqual({ ...json.response, email: "b@example.com" })
      expect((yield* call("PUT", path, { email: "b@example.com", first_name: "Ada" })).json).toEqual(moved.json)
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, false, false, true, false])
      expect(params(yield* call("PUT", `${customers}/cus_none`, { email: "" }))).toEqual([404, "not_found"])
    })
  )

  wire(
    "card and card_token erase the former primary card, primary_card_token keeps it",
    Effect.gen(function*() {
      const { call, control, tokenise } = yield* inProcess
      const created = yield* call("POST", customers, { email: "a@example.com", card })
      const path = `${customers}/${created.json.response.token}`
      const cards = Effect.map(
        call("GET", `${path}/cards`),
        ({ json }) => json.response.map(({ primary, token }: any) => [token, primary])
      )
      const replaced = yield* call("PUT", path, { card: { ...card, name: "New" } })
      expect(replaced.headers.get("x-requested-from")).toBe("203.0.113.7")
      expect(replaced.json.response.card.name).toBe("New")
      const a = primaryOf(replaced)
      expect(a).not.toBe(primaryOf(created))
      expect(yield* cards).toEqual([[a, true]])

      const b = yield* tokenise
      expect(primaryOf(yield* call("PUT", path, { primary_card_token: b }))).toBe(b)
      expect(yield* cards).toEqual([[b, true], [a, false]])
      const back = yield* call("PUT", path, { primary_card_token: a })
      expect(back.json.response.card).toEqual({ ...replaced.json.response.card })
      expect(yield* cards).toEqual([[b, false], [a, true]])
      for (const way of ["card_token", "primary_card_token"]) {
        expect((yield* call("PUT", path, { [way]: a })).json).toEqual(back.json)
      }
      expect(yield* cards).toEqual([[b, false], [a, true]])
      expect(primaryOf(yield* call("PUT", path, { card_token: b }))).toBe(b)
      expect(yield* cards).toEqual([[b, true]])
      const c = yield* tokenise
      expect(primaryOf(yield* call("PUT", path, { card_token: c }))).toBe(c)
      expect(yield* cards).toEqual([[c, true]])
      expect((yield* control.customers("pin-payments"))[0]!.card!.token).toBe(c)

      const d = yield* tokenise
      const two = yield* call("PUT", path, { card, card_token: d, primary_card_token: d })
      expect(params(two)).toEqual([422, "invalid_resource", ["card_token", "primary_card_token"]])
      expect(params(yield* call("PUT", path, { card_token: d, primary_card_token: c })))
        .toEqual([422, "invalid_resource", ["primary_card_token"]])
      expect(yield* cards).toEqual([[c, true]])
    })
  )
})

describe("cards", () => {
  wire(
    "are added flat or by token, never as primary; the primary one cannot be deleted",
    Effect.gen(function*() {
      const { call, control, tokenise } = yield* inProcess
      const [token, other] = yield* control.seed("pin-payments", 2)
      const path = `${customers}/${token}/cards`
      const primary = (yield* control.customers("pin-payments"))[0]!.card!.token
      const raw = yield* call("POST", path, { ...card, publishable_api_key: "pk", address_country: "England" })
      expect([raw.status, raw.json.ip_address, raw.headers.get("x-requested-from")])
        .toEqual([201, "203.0.113.7", "203.0.113.7"])
      expect(raw.json.response).toMatchObject({ customer_token: token, primary: false, address_country: "England" })
      const card_token = yield* tokenise
      expect(params(yield* call("POST", path, { card_token, ...card }))).toEqual([422, "invalid_resource", [
        "card_token"
      ]])
      const byToken = yield* call("POST", path, { card_token, number: null })
      expect([byToken.status, Object.keys(byToken.json), byToken.headers.get("x-requested-from")])
        .toEqual([201, ["response"], null])
      expect(byToken.json.response).toMatchObject({ token: card_token, customer_token: token, primary: false })
      const list = yield* call("GET", path)
      expect(tokens(list)).toEqual([card_token, raw.json.response.token, primary])
      expect(list.json.pagination).toEqual({ current: 1, previous: null, next: null, per_page: 25, pages: 1, count: 3 })

      const refused = yield* call("DELETE", `${path}/${primary}`)
      expect([refused.status, refused.json]).toEqual([400, {
        error: "cannot_delete_primary_card",
        error_description: "You cannot delete a customer's primary card token"
      }])
      expect(params(yield* call("DELETE", `${path}/card_none`))).toEqual([404, "not_found"])
      expect(params(yield* call("DELETE", `${customers}/${other}/cards/${card_token}`))).toEqual([404, "not_found"])
      const { status, text } = yield* call("DELETE", `${path}/${card_token}`)
      expect([status, text]).toEqual([204, ""])
      expect(params(yield* call("DELETE", `${path}/${card_token}`))).toEqual([404, "not_found"])
      expect(tokens(yield* call("GET", path))).toEqual([raw.json.response.token, primary])
    })
  )
})

describe("delete", () => {
  wire(
    "is a 204 and takes the cards along",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token, stays] = yield* control.seed("pin-payments", [{ cards: [{}], charges: [{}] }, {}])
      const [record] = yield* control.customers("pin-payments")
      const { status, text } = yield* call("DELETE", `${customers}/${token}`)
      expect([status, text]).toEqual([204, ""])
      expect(yield* control.deleted("pin-payments")).toEqual([{ ...record, card: null }])
      expect(tokens(yield* call("GET", customers))).toEqual([stays])
      const left = yield* control.resources("pin-payments", token!)
      expect([left["cards"], left["charges"]?.length, left["subscriptions"]]).toEqual([[], 1, []])
      expect(yield* control.resources("pin-payments", "cus_never")).toEqual({})
      const gone = [
        ["GET", ""],
        ["PUT", ""],
        ["DELETE", ""],
        ["GET", "/charges"],
        ["GET", "/cards"],
        ["POST", "/cards"],
        ["GET", "/subscriptions"],
        ["DELETE", "/cards/card_x"],
        ["DELETE", "/subscriptions/sub_x"]
      ] as const
      for (const [method, suffix] of gone) {
        const answer = yield* call(method, `${customers}/${token}${suffix}`)
        expect([method, suffix, answer.status, answer.json]).toEqual([method, suffix, 404, {
          error: "not_found",
          error_description: "The requested resource could not be found."
        }])
      }
      expect((yield* control.requests).map(({ operation }) => operation)).toEqual([
        "delete",
        "list",
        "get",
        "update",
        "delete",
        "listCharges",
        "listCards",
        "createCard",
        "listSubscriptions",
        "deleteCard",
        "cancelSubscription"
      ])
    })
  )
})

describe("pages", () => {
  wire(
    "newest first, also within one second; 25 to a page unless asked for up to 500",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const ids = yield* control.seed("pin-payments", 60)
      const pages: Array<Answered> = []
      for (const page of [1, 2, 3]) pages.push(yield* call("GET", `${customers}?page=${page}`))
      expect(pages.flatMap(tokens)).toEqual(ids.toReversed())
      expect(pages.map(({ json }) => [json.count, json.pagination])).toEqual([
        [25, { current: 1, previous: null, next: 2, per_page: 25, pages: 3, count: 60 }],
        [25, { current: 2, previous: 1, next: 3, per_page: 25, pages: 3, count: 60 }],
        [10, { current: 3, previous: 2, next: null, per_page: 25, pages: 3, count: 60 }]
      ])
      const past = yield* call("GET", `${customers}?page=4`)
      expect(past.json).toEqual({
        response: [],
        count: 0,
        pagination: { current: 4, previous: 3, next: null, per_page: 25, pages: 3, count: 60 }
      })
      for (const page of ["0", "-1", "x", "", "1.5", "9".repeat(20)]) {
        expect((yield* call("GET", `${customers}?page=${page}`)).json).toEqual(pages[0]!.json)
      }
      const perPage = (text: string) =>
        Effect.map(call("GET", `${customers}?per_page=${text}`), ({ json }) => [json.count, json.pagination.per_page])
      expect(yield* perPage("7")).toEqual([7, 7])
      expect(yield* perPage("500")).toEqual([60, 500])
      expect(yield* perPage("501")).toEqual([60, 500])
      expect(yield* perPage("0")).toEqual([25, 25])

      const [old, middle, young] = yield* control.seed("pin-payments", [
        { created_at: "2020-01-01T00:00:00Z" },
        { created_at: "2026-01-03T13:37:00Z" },
        { created_at: "2027-01-01T00:00:00Z" }
      ])
      const all = tokens(yield* call("GET", `${customers}?per_page=100`))
      expect([all[0], all[1], all.at(-1)]).toEqual([young, middle, old])
    })
  )

  wire(
    "of nothing",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const empty = {
        response: [],
        count: 0,
        pagination: { current: 1, previous: null, next: null, per_page: 25, pages: 0, count: 0 }
      }
      expect((yield* call("GET", customers)).json).toEqual(empty)
      const [token] = yield* control.seed("pin-payments", [{ card: null }])
      const path = `${customers}/${token}`
      expect((yield* call("GET", path)).json.response.card).toBe(null)
      expect((yield* call("GET", `${path}/cards`)).json).toEqual(empty)
      expect((yield* call("GET", `${path}/charges`)).json).toEqual(empty)
      expect((yield* call("GET", `${path}/subscriptions`)).json)
        .toEqual({ response: [], pagination: { count: 0, per_page: 25, current: 1 } })
      const added = yield* call("POST", `${path}/cards`, card)
      expect([added.status, added.json.response.primary]).toEqual([201, false])
      expect(primaryOf(yield* call("PUT", path, { primary_card_token: added.json.response.token })))
        .toBe(added.json.response.token)
    })
  )

  wire(
    "of charges as they were seeded, in the full form",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", [{
        charges: [
          { token: "ch_1", created_at: "2026-01-02T00:00:00Z", metadata: { order: "7" }, amount: 100, currency: "JPY" },
          { token: "ch_2", created_at: "2026-01-01T00:00:00Z", success: false, ip_address: null },
          { token: "ch_3", created_at: "2026-01-02T00:00:00Z" }
        ]
      }])
      const [record] = yield* control.customers("pin-payments")
      const { json } = yield* call("GET", `${customers}/${token}/charges?per_page=2`)
      expect(tokens({ json } as Answered)).toEqual(["ch_3", "ch_1"])
      expect([json.count, json.pagination])
        .toEqual([2, { current: 1, previous: null, next: 2, per_page: 2, pages: 2, count: 3 }])
      expect(json.response[1]).toMatchObject({
        amount: 100,
        currency: "JPY",
        settlement_currency: "JPY",
        email: record!.email,
        card: record!.card,
        metadata: { order: "7" },
        captured_at: "2026-01-02T00:00:00Z"
      })
      const last = yield* call("GET", `${customers}/${token}/charges?per_page=2&page=2`)
      expect(last.json.response[0]).toMatchObject({
        success: false,
        ip_address: null,
        captured: false,
        total_fees: null
      })
    })
  )
})

describe("subscriptions", () => {
  wire(
    "in the short form; cancelled once, from trial or active",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", [{
        subscriptions: [
          { token: "sub_active" },
          { token: "sub_trial", state: "trial", active_interval_started_at: null },
          { token: "sub_cancelled", state: "cancelled" },
          { token: "sub_other", state: "expired", card_token: "card_x" }
        ]
      }])
      const path = `${customers}/${token}/subscriptions`
      const { json } = yield* call("GET", `${path}?per_page=3`)
      expect(Object.keys(json)).toEqual(["response", "pagination"])
      expect(json.pagination).toEqual({ count: 4, per_page: 3, current: 1 })
      expect(tokens({ json } as Answered)).toEqual(["sub_other", "sub_cancelled", "sub_trial"])
      const active = (yield* call("GET", `${path}?per_page=3&page=2`)).json.response[0]
      expect(active).toEqual({
        state: "active",
        next_billing_date: "2026-02-02T13:37:00Z",
        active_interval_started_at: "2026-01-03T13:37:00Z",
        active_interval_finishes_at: "2026-02-02T13:37:00Z",
        cancelled_at: null,
        created_at: "2026-01-03T13:37:00Z",
        token: "sub_active",
        plan_token: expect.stringMatching(/^plan_[\w-]{22}$/),
        customer_token: token,
        card_token: null
      })
      const cancelled = yield* call("DELETE", `${path}/sub_active`)
      expect([cancelled.status, cancelled.json])
        .toEqual([200, { response: { ...active, state: "cancelling", next_billing_date: null } }])
      const twice = yield* call("DELETE", `${path}/sub_active`)
      expect([twice.status, twice.json]).toEqual([422, {
        error: "invalid_request",
        error_description: "Cannot cancel subscription when state is cancelling"
      }])
      expect((yield* call("DELETE", `${path}/sub_trial`)).json.response.state).toBe("cancelling")
      for (const refused of ["sub_cancelled", "sub_other"]) {
        expect(params(yield* call("DELETE", `${path}/${refused}`))).toEqual([422, "invalid_request"])
      }
      expect(params(yield* call("DELETE", `${path}/sub_none`))).toEqual([404, "resource_not_found"])
      const { subscriptions } = yield* control.resources("pin-payments", token!)
      expect(subscriptions!.map((one: any) => one.state)).toEqual(["cancelling", "cancelling", "cancelled", "expired"])
    })
  )
})

describe("seeds", () => {
  wire(
    "are stored as given; a number of them gets generated cards; tokens of all shapes, the same every time",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const ids = yield* control.seed("pin-payments", 500)
      const records = yield* control.customers("pin-payments")
      expect(records.map(({ token }) => token)).toEqual(ids)
      expect(records[1]).toMatchObject({
        email: "customer-2@example.com",
        card: { primary: true, customer_token: ids[1] }
      })
      const all = [...ids, ...records.map(({ card }) => card!.token)]
      expect(new Set(all).size).toBe(1000)
      expect(all.filter((token) => !/^(cus|card)_[A-Za-z0-9_-]{22}$/.test(token))).toEqual([])
      for (const start of ["cus__", "cus_-", "card__", "card_-"]) {
        expect([start, all.some((token) => token.startsWith(start))]).toEqual([start, true])
      }
      yield* control.reset
      expect(yield* control.seed("pin-payments", 500)).toEqual(ids)
      yield* control.reset
      const odd = {
        token: "cus_odd",
        email: "no address",
        phone_number: "1",
        created_at: "long ago",
        card: { token: "card_odd", scheme: "jcb", name: null, primary: null }
      }
      expect(yield* control.seed("pin-payments", [odd])).toEqual(["cus_odd"])
      expect(yield* control.customers("pin-payments")).toMatchObject([odd])
      const exit = yield* Effect.exit(control.seed("pin-payments", [{ token: "cus_odd" }]))
      expect(exit._tag).toBe("Failure")
      expect(yield* control.customers("pin-payments")).toHaveLength(1)
    })
  )

  it.live("come over the control API, strictly, all or nothing", () =>
    Effect.gen(function*() {
      const { control, url } = yield* Sandbox.serve()
      const post = (seeds: unknown) =>
        Effect.promise(async () => {
          const init = { method: "POST", body: JSON.stringify(seeds) }
          const response = await fetch(`${url}/sandbox/pin-payments/customers`, init)
          return { status: response.status, json: await response.json() }
        })
      const seed = {
        email: "a@example.com",
        notes: null,
        card: null,
        cards: [{ name: "A" }],
        charges: [{ amount: 5, metadata: { a: "b" } }],
        subscriptions: [{ state: "trial" }]
      }
      const { json, status } = yield* post([seed])
      expect(status).toBe(201)
      const { cards, charges, subscriptions } = yield* control.resources("pin-payments", json[0])
      expect([cards, charges, subscriptions]).toMatchObject([seed.cards, seed.charges, seed.subscriptions])
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        [[{}, { firstName: "A" }], "1.firstName"],
        [[{ email: null }], "0.email"],
        [[{ card: { number: "4200000000000000" } }], "0.card.number"],
        [[{ charges: [{ amount: "5" }] }], "0.charges.0.amount"],
        [[{ subscriptions: [{ plan: "x" }] }], "0.subscriptions.0.plan"]
      ]
      for (const [seeds, path] of wrong) {
        const { json, status } = yield* post(seeds)
        const paths = json.issues.map((issue: any) => issue.path.join("."))
        expect([path, status, paths]).toEqual([path, 422, expect.arrayContaining([path])])
      }
      expect((yield* post([{}, { token: json[0] }])).status).toBe(422)
      expect(yield* control.customers("pin-payments")).toHaveLength(1)
      const response = yield* Effect.promise(() => fetch(`${url}/pin-payments/1/customers`, { headers: basic("key") }))
      expect([response.status, (yield* Effect.promise(() => response.json())).count]).toEqual([200, 1])
    }).pipe(Effect.scoped))
})

describe("faults", () => {
  const seeds = [{
    charges: [{ metadata: { order: "7" }, transfer: [{ state: "paid", paid_at: null, token: "tfer_1" }] }],
    subscriptions: [{ token: "sub_1" }]
  }]

  /** What a fresh sandbox answers with a fault: a customer, customers, cards, charges, subscriptions, one of them, an error. */
  const bodies = (fault?: Fault.Fault) =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.reset
      const [token] = yield* control.seed("pin-payments", seeds)
      if (fault !== undefined) yield* control.inject({ fault, times: Infinity })
      const read = (method: string, path: string) =>
        Effect.promise(async () => {
          const url = `https://api.pinpayments.com${customers}${path}`
          return (await fetch(url, { method, headers: basic("secret") })).json()
        })
      return [
        yield* read("GET", `/${token}`),
        yield* read("GET", ""),
        yield* read("GET", `/${token}/cards`),
        yield* read("GET", `/${token}/charges`),
        yield* read("GET", `/${token}/subscriptions`),
        yield* read("DELETE", `/${token}/subscriptions/sub_1`),
        yield* read("GET", "/cus_none")
      ]
    })

  const sandbox_unknown = { nested: true }
  const plus = (json: any) => ({ ...json, sandbox_unknown })
  const each = (list: any, change: (one: any) => any) => ({ ...list, response: list.response.map(change) })

  wire(
    "UnknownMembers: one nobody knows for every member of an enumeration",
    Effect.gen(function*() {
      const [customer, list, cards, charges, subscriptions, cancelled, missing] = yield* bodies()
      const altered = yield* bodies(Fault.UnknownMembers())
      const odd = "sandbox_unknown"
      const oddCard = (one: any) => ({ ...one, scheme: odd })
      const withCard = (one: any) => ({ ...one, card: oddCard(one.card) })
      expect(altered).toEqual([
        { response: withCard(customer.response) },
        each(list, withCard),
        each(cards, oddCard),
        each(charges, (one) => ({ ...withCard(one), transfer: [{ ...one.transfer[0], state: odd }] })),
        each(subscriptions, (one) => ({ ...one, state: odd })),
        { response: { ...cancelled.response, state: odd } },
        missing
      ])
    })
  )

  wire(
    "UnknownMembers: of wallets too",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const wallet = { network_type: "googlepay", network_format: "cryptogram_3ds" }
      const [token] = yield* control.seed("pin-payments", [{ card: wallet }])
      yield* control.inject({ fault: Fault.UnknownMembers(), times: Infinity })
      const odd = { network_type: "sandbox_unknown", network_format: "sandbox_unknown" }
      expect((yield* call("GET", `${customers}/${token}`)).json.response.card).toMatchObject(odd)
      expect((yield* call("GET", `${customers}/${token}/cards`)).json.response[0]).toMatchObject(odd)
      expect((yield* call("POST", "/1/cards", card)).json.response.scheme).toBe("sandbox_unknown")
    })
  )

  wire(
    "UnknownKeys: one more in every object that is not the caller's own",
    Effect.gen(function*() {
      const [customer, list, cards, charges, subscriptions, cancelled, missing] = yield* bodies()
      const altered = yield* bodies(Fault.UnknownKeys())
      const withCard = (one: any) => plus({ ...one, card: plus(one.card) })
      const page = (list: any, change: (one: any) => any) =>
        plus({ ...each(list, change), pagination: plus(list.pagination) })
      expect(altered).toEqual([
        plus({ response: withCard(customer.response) }),
        page(list, withCard),
        page(cards, plus),
        page(charges, (one) => ({
          ...withCard(one),
          transfer: one.transfer.map(plus),
          platform_adjustment: plus(one.platform_adjustment)
        })),
        page(subscriptions, plus),
        plus({ response: plus(cancelled.response) }),
        plus(missing)
      ])
      expect(altered[3].response[0].metadata).toEqual({ order: "7" })
    })
  )

  wire(
    "Alter reaches what the real service has had: a page without its pages",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("pin-payments", 1)
      const alter = (json: any) => ({ ...json, pagination: { ...json.pagination, next: 2, pages: 0 } })
      yield* control.inject({ operation: "list", fault: Fault.Alter({ alter }) })
      expect((yield* call("GET", customers)).json.pagination).toMatchObject({ next: 2, pages: 0, count: 1 })
      expect((yield* call("GET", customers)).json.pagination).toMatchObject({ next: null, pages: 1, count: 1 })
    })
  )
})

describe("100,000 customers", () => {
  wire(
    "are sorted once, not for every page",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.seed("pin-payments", 100_000)
      const timed = (page: number) =>
        Effect.promise(async () => {
          const start = performance.now()
          const url = `https://api.pinpayments.com${customers}?per_page=10&page=${page}`
          const { pagination, response } = await (await fetch(url, { headers: basic("secret") })).json()
          expect([pagination.count, response[0].last_name]).toEqual([100_000, String(100_000 - (page - 1) * 10)])
          return performance.now() - start
        })
      const first = yield* timed(1)
      const others = yield* Effect.forEach(Array.from({ length: 40 }, (_, i) => 200 * (i + 1)), timed)
      // Forty pages that sort would take forty times as long as the first; both are measured on the same machine.
      expect(others.reduce((sum, time) => sum + time, 0)).toBeLessThan(first * 20)
    })
  )
})

/** Every call above is held to the document where it is there; this says that the check bites. */
describe.skipIf(!contractIsThere)("the document", () => {
  wire(
    "accepts what the sandbox answers and refuses what it would not",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [token] = yield* control.seed("pin-payments", [{ charges: [{}], subscriptions: [{}] }])
      const { json: customer } = yield* call("GET", `${customers}/${token}`)
      const { json: charges } = yield* call("GET", `${customers}/${token}/charges`)
      const { json: subscriptions } = yield* call("GET", `${customers}/${token}/subscriptions`)
      const path = `${customers}/${token}`
      expect(problems("GET", path, 200, customer)).toEqual([])
      expect(problems("GET", path, 200, { response: { ...customer.response, card: undefined } })).not.toEqual([])
      expect(problems("GET", path, 200, { response: { ...customer.response, created_at: "2026" } })).not.toEqual([])
      const { amount: _, ...charge } = charges.response[0]
      expect(problems("GET", `${path}/charges`, 200, { ...charges, response: [charge] })).not.toEqual([])
      const { state: __, ...subscription } = subscriptions.response[0]
      expect(problems("GET", `${path}/subscriptions`, 200, { ...subscriptions, response: [subscription] }))
        .not.toEqual([])
      expect(problems("GET", path, 404, { error: "not_found" })).not.toEqual([])
      expect(problems("GET", path, 418, {})).not.toEqual([])
      expect(problems("GET", "/1/nothing", 200, {})).toBe(undefined)
    })
  )
})
