/** Cards, their tokens, the key and personal data: where they must not be seen, and where they must arrive. */
import { Customer, CustomersError, CustomersService, RequestTimeout } from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Option, Redacted, Schema, Stream } from "effect"
import { inspect } from "node:util"
import { leakedBy, logged, printings } from "../../core/test/printings.js"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import {
  address,
  bodyOf,
  card as valid,
  clients,
  inProcess,
  json,
  once,
  requests,
  secretKey,
  seedOne
} from "./onSandbox.js"

const number = "5520000000000000"
const person = {
  email: "grace.hopper@navy.example",
  first_name: "Gracelyn",
  last_name: "Hopperfield",
  name: "Gracelyn Brewster Hopperfield",
  address_line1: "1906 Amazing Way",
  phone_number: "5520000000000000"
}
/** No cvc is like this one, so that it is found wherever it is. */
const cvc = "cvcOfThisTest"
const tokens = ["card_newSecretOfThisTest", "card_storedSecretOfThisTest", "card_otherSecretOfThisTest"] as const

const secrets = [secretKey, btoa(`${secretKey}:`), number, cvc, ...tokens, ...Object.values(person)]

const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

const card = {
  number: Redacted.make(number),
  expiry_month: 5,
  expiry_year: 2030,
  cvc: Redacted.make(cvc),
  ...address,
  name: person.name,
  address_line1: person.address_line1
}
const unifiedCard = {
  number: card.number,
  cvc: card.cvc,
  expiryMonth: 5,
  expiryYear: 2030,
  name: person.name,
  address: { line1: person.address_line1, city: "Perth", country: "AU" }
}
const newToken = Redacted.make(tokens[0])
const stored = Redacted.make(tokens[1])

const everything = secrets.join(" ")

/** Answers that quote what was sent wherever an error of Pin's has a place for it. */
const echoes = (status: number): ReadonlyArray<Fault.Fault> => [
  json(status, {
    error: number,
    error_description: everything,
    messages: secrets.flatMap((secret) => [
      { param: secret, code: secret, message: secret },
      { param: `card.${secret}`, code: `card_${secret}_invalid`, message: everything },
      { param: "card.number", code: `card_number_${secret}_invalid`, message: secret }
    ]),
    charge_token: everything
  }),
  json(status, {
    error: "invalid_resource",
    messages: Object.fromEntries(secrets.map((secret) => [secret, [secret]]))
  }),
  json(status, { error: { [everything]: everything }, error_description: [everything], messages: everything }),
  Fault.Respond({ status, headers: { "content-type": "text/html" }, body: `<h1>${everything}</h1>` })
]

/** Errors from calls that are full of secrets. */
const provoke = Effect.gen(function*() {
  const pin = yield* PinPaymentsClient
  const customers = yield* CustomersService
  const control = yield* SandboxControl
  const errors: Array<CustomersError> = []
  const failing = (call: Effect.Effect<unknown, CustomersError>) =>
    Effect.map(Effect.flip(call), (error) => void errors.push(error))
  const { email, first_name, last_name, phone_number } = person
  const contact = { email, first_name, last_name, phone_number }
  const id = yield* seedOne({ ...contact, token: "cus_x", card: { token: tokens[1] } })

  const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> = [
    ["create", pin.create({ ...contact, card })],
    ["create", pin.create({ ...contact, card_token: newToken })],
    ["create", customers.create({ email, name: person.name, paymentSource: { card: unifiedCard } })],
    ["create", customers.create({ email, name: person.name, paymentSource: { cardToken: newToken } })],
    ["update", pin.update(id, { ...contact, card })],
    ["update", pin.update(id, { card_token: newToken })],
    ["update", pin.update(id, { primary_card_token: newToken })],
    ["update", customers.update(id, { email, phone: phone_number })],
    ["createCard", pin.createCard(id, card)],
    ["createCard", pin.createCard(id, { card_token: newToken })],
    ["deleteCard", pin.deleteCard(id, stored)],
    ["get", pin.get(id)],
    ["list", Stream.runDrain(pin.stream())],
    ["cancelSubscription", pin.cancelSubscription(id, "sub_x")]
  ]
  for (const [operation, call] of calls) {
    for (const status of [400, 401, 403, 404, 422, 429, 500]) {
      for (const fault of echoes(status)) {
        yield* control.inject({ operation, fault })
        yield* failing(call)
      }
    }
    for (const fault of [Fault.Reset({}), Fault.Respond({ status: 200, body: everything })]) {
      if (operation === "deleteCard" && fault._tag !== "Reset") continue
      yield* control.inject({ operation, fault })
      yield* failing(call)
    }
    yield* control.inject({ operation, fault: Fault.Delay({ duration: "10 seconds" }) })
    yield* failing(RequestTimeout.with(call, { attempt: "20 millis" }))
  }
  // refused by this SDK: what is wrong holds the secret itself
  yield* failing(pin.create({ ...contact, card, card_token: newToken } as never))
  yield* failing(pin.create({ ...contact, card: { ...card, number, cvc } } as never))
  yield* failing(pin.create({ ...contact, card: { ...card, name: { [person.name]: number } } } as never))
  yield* failing(pin.create({ ...contact, card_token: tokens[0] } as never))
  yield* failing(pin.createCard(id, { ...card, number } as never))
  yield* failing(
    pin.deleteCard(id, tokens[1] as never).pipe(Effect.zipRight(pin.deleteCard(id, Redacted.make(`${tokens[1]}/`))))
  )
  yield* failing(pin.update(`${person.email}/`, {}))
  yield* failing(customers.create({ email, paymentSource: { card: { ...unifiedCard, number, cvc } } } as never))
  yield* failing(customers.create({ email, externalId: number, paymentSource: { card: unifiedCard } }))
  // refused by the provider
  yield* failing(pin.create({ ...contact, card_token: newToken }))
  yield* failing(pin.create({ ...contact, card: { ...card, cvc: Redacted.make(`${number}${cvc}`) } }))
  // rows and answers that cannot be read
  const broken = (row: any) => ({ ...row, email: { [person.email]: everything }, created_at: everything })
  yield* control.inject({
    operation: "get",
    fault: Fault.Alter({ alter: ({ response }: any) => ({ response: broken(response) }) })
  })
  yield* failing(pin.get(id))
  yield* control.inject({
    operation: "list",
    fault: Fault.Alter({ alter: (page: any) => ({ ...page, response: page.response.map(broken) }) })
  })
  yield* failing(Stream.runDrain(customers.stream()))
  return errors
})

describe("nothing leaks", () => {
  it.scopedLive.each(clients.filter(([name]) => name !== "node"))(
    "from any error, log, span or metric, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const { spans, tracer } = inMemoryTracer()
        const errors = yield* Effect.withTracer(Effect.withSpan(provoke, "the application's own"), tracer)
        expect(new Set(errors.map(({ _tag }) => _tag)).size).toBeGreaterThan(10)
        expect(yield* leakedBy(errors, spans, leaksIn)).toEqual([])
        expect(spans.length).toBeGreaterThan(200)
      }).pipe(Effect.provide(once.onPort(client))),
    60_000
  )

  it.effect("from what is repeated, and from what was sent late", () =>
    Effect.gen(function*() {
      const { spans, tracer } = inMemoryTracer()
      const pin = yield* PinPaymentsClient
      const control = yield* SandboxControl
      const id = yield* seedOne({ card: { token: tokens[1] } })
      yield* control.inject({ operation: "update", times: Infinity, fault: echoes(503)[0]! })
      yield* control.inject({ operation: "get", times: Infinity, fault: Fault.StallBody({}) })
      const calls = [pin.update(id, { ...person, primary_card_token: newToken } as never), pin.get(id)]
      for (const call of calls) {
        const exit = yield* inVirtualTime(Effect.exit(Effect.withTracer(call, tracer)))
        expect(Exit.isFailure(exit)).toBe(true)
        expect(leaksIn(inspect(exit, { depth: Infinity, showHidden: true }))).toEqual([])
      }
      expect((yield* requests).length).toBeGreaterThan(2)
      expect(leaksIn(inspect(spans, { depth: Infinity, showHidden: true }))).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("positive control: what the platform makes of the same request leaks the key and the card", () =>
    Effect.gen(function*() {
      const http = yield* HttpClient.HttpClient
      const request = HttpClientRequest.post("https://nowhere.example/1/customers").pipe(
        HttpClientRequest.basicAuth(secretKey, ""),
        HttpClientRequest.setUrlParam("card_token", tokens[0])
      )
      const error = yield* Effect.flip(http.execute(request))
      expect(leaksIn(JSON.stringify(error))).toEqual(expect.arrayContaining([btoa(`${secretKey}:`), tokens[0]]))
    }).pipe(Effect.provide(inProcess())))
})

describe("answers", () => {
  it.effect("the tokens of cards in them are redacted, also in what is behind a customer", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const customers = yield* CustomersService
      const [first, second, third] = tokens
      const id = yield* seedOne({
        card: { token: first },
        cards: [{ token: second }],
        charges: [{}],
        subscriptions: [{ card_token: third }]
      })
      const unified = yield* customers.get(id)
      const raw = Option.getOrThrow(PinPayments.raw(unified))
      const answers: ReadonlyArray<object> = [
        yield* pin.get(id),
        yield* pin.list(),
        yield* pin.listCards(id),
        yield* pin.listCharges(id),
        yield* pin.listSubscriptions(id),
        yield* pin.update(id, { notes: "x" }),
        yield* pin.createCard(id, valid),
        yield* customers.list(),
        unified,
        raw,
        yield* Schema.encode(Customer)(unified)
      ]
      // the card that was just added has a token that the sandbox made
      const { cards = [] } = yield* Effect.flatMap(SandboxControl, (control) => control.resources("pin-payments", id))
      const all = (cards as ReadonlyArray<{ readonly token: string }>).map(({ token }) => token)
      expect(all).toHaveLength(3)
      for (const answer of answers) {
        for (const [how, text] of [...printings(answer), ...(yield* logged(answer))]) {
          expect([how, [...all, ...tokens, number].filter((token) => text.includes(token))]).toEqual([how, []])
        }
      }
      expect(Redacted.value(raw.card!.token)).toBe(first)
      yield* pin.update(id, { primary_card_token: Redacted.make(second) })
      const replaced = yield* pin.get(id)
      expect(Redacted.value(replaced.card!.token)).toBe(second)
    }).pipe(Effect.provide(inProcess())))
})

describe("redaction is by field", () => {
  it.effect("the digits of a card number as an ordinary field arrive, and are read", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const customers = yield* CustomersService
      const created = yield* pin.create({
        email: "a@example.com",
        phone_number: number,
        notes: `"number":"${number}"`,
        card: valid
      })
      expect([created.phone_number, created.notes]).toEqual([number, `"number":"${number}"`])
      expect(created.card!.display_number).toBe("XXXX-XXXX-XXXX-0000")
      expect((yield* customers.get(created.token)).phone).toEqual(Option.some(number))
      const body: any = bodyOf((yield* requests)[0]!)
      expect([body.phone_number, body.card.number, body.card.cvc]).toEqual([number, number, "012"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("the provider's words are there for who asks for them", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const error = yield* Effect.flip(pin.create({ email: "a@example.com", card_token: newToken }))
      expect(Redacted.value(error.providerMessage!)).toBe("The requested resource could not be found.")
    }).pipe(Effect.provide(inProcess())))

  it("an error survives a wire of the caller's own", () => {
    const error = new (CustomersError.members[0])({
      provider: "pin-payments",
      operation: "get",
      mayHaveApplied: false,
      repeat: "always",
      providerMessage: Redacted.make(everything)
    } as never)
    const back = Schema.decodeUnknownSync(CustomersError)(
      JSON.parse(JSON.stringify(Schema.encodeSync(CustomersError)(error)))
    )
    expect(Redacted.value(back.providerMessage!)).toBe(everything)
    expect(leaksIn(inspect(back, { depth: Infinity, showHidden: true }))).toEqual([])
  })
})
