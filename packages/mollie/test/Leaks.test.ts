import { CustomersError, CustomersService, RequestTimeout } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { MollieClient } from "@effect-customers/mollie"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { inspect } from "node:util"
import { logged, printings } from "../../core/test/printings.js"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import { person } from "../../polar/test/person.js"
import { accessToken, apiKey, clients, once, withKey, withToken } from "./onSandbox.js"

const paymentSecrets = {
  applePayPaymentToken: "{\"paymentData\":\"apple-s3cret\"}",
  googlePayPaymentToken: "google-s3cret",
  cardToken: "tkn_s3cret",
  voucherNumber: "voucher-4242",
  voucherPin: "pin-9876"
}

const personal = {
  email: person.email,
  name: person.name,
  line1: person.line1,
  metadataKey: person.metadataKey,
  metadataValue: person.metadataValue,
  birth: "1906-12-09"
}

const secrets = [apiKey, accessToken, ...Object.values(paymentSecrets), ...Object.values(personal)]

const leaksIn = (text: string) =>
  secrets.filter((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))

const everything = secrets.join(" ")

/** A refusal that quotes all that was sent, in every part of it. */
const echo = (status: number) =>
  Fault.Respond({
    status,
    headers: { "content-type": "application/hal+json", "x-request-id": "req_1", "x-echo": apiKey },
    body: JSON.stringify({
      status,
      title: everything,
      detail: everything,
      field: `${person.email}.${person.metadataKey}.${person.name}.${paymentSecrets.cardToken}`,
      _links: { documentation: { href: `https://docs.mollie.com/${everything}`, type: "text/html" } },
      extra: everything
    })
  })

const input = { name: person.name, email: person.email, metadata: { [person.metadataKey]: person.metadataValue } }

const payment = {
  amount: { currency: "EUR", value: "12.50" },
  description: person.name,
  redirectUrl: `https://shop.example/${encodeURIComponent(person.email)}`,
  billingAddress: { streetAndNumber: person.line1, email: person.email },
  consumerDateOfBirth: personal.birth,
  metadata: input.metadata,
  applePayPaymentToken: Redacted.make(paymentSecrets.applePayPaymentToken),
  googlePayPaymentToken: Redacted.make(paymentSecrets.googlePayPaymentToken),
  cardToken: Redacted.make(paymentSecrets.cardToken),
  voucherNumber: Redacted.make(paymentSecrets.voucherNumber),
  voucherPin: Redacted.make(paymentSecrets.voucherPin)
}

/** Errors of all classes that Mollie can end in, each provoked with a call that is full of what must not show. */
const provoke = Effect.gen(function*() {
  const mollie = yield* MollieClient
  const customers = yield* CustomersService
  const control = yield* SandboxControl
  const errors: Array<CustomersError> = []
  const provokeOne = (call: Effect.Effect<unknown, CustomersError>) =>
    Effect.map(Effect.flip(call), (error) => void errors.push(error))
  const faulty = (operation: string, fault: Fault.Fault) => control.inject({ operation, fault })

  const { id } = yield* mollie.create({ ...input, testmode: true })
  yield* mollie.createPayment(id, { ...payment, testmode: true, profileId: "pfl_1" })
  yield* provokeOne(customers.create({ ...input, phone: person.name }))
  yield* provokeOne(
    customers.create({ ...input, metadata: { [person.metadataKey]: person.metadataValue.repeat(150) } })
  )
  yield* provokeOne(customers.create({ ...input, email: `${person.email} ${person.name}` }))
  yield* provokeOne(customers.update(id, { metadata: { [person.metadataKey]: () => person.email } } as never))
  yield* provokeOne(mollie.create({ ...input, nickname: person.email } as never))
  yield* provokeOne(mollie.createPayment(id, { ...payment, ...paymentSecrets } as never))
  yield* provokeOne(
    mollie.createPayment(id, { ...payment, amount: { currency: person.name, value: person.email } })
  )
  yield* provokeOne(mollie.get(`${person.email}/${person.name}`))
  yield* provokeOne(mollie.get(person.email))
  for (const status of [400, 401, 403, 404, 409, 410, 418, 422, 429, 503, 307]) {
    for (
      const [operation, call] of [
        ["create", customers.create(input)],
        ["createPayment", mollie.createPayment(id, payment)],
        ["update", mollie.update(id, input)],
        ["list", mollie.list()]
      ] as const
    ) {
      yield* faulty(operation, echo(status))
      yield* provokeOne(call)
    }
  }
  yield* faulty("createPayment", Fault.Reset({}))
  yield* provokeOne(mollie.createPayment(id, payment))
  yield* faulty("create", Fault.CutBody({}))
  yield* provokeOne(customers.create(input))
  yield* faulty("createPayment", Fault.StallBody({}))
  yield* provokeOne(mollie.createPayment(id, payment).pipe(RequestTimeout.with({ attempt: "50 millis" })))
  yield* faulty("update", Fault.CutJson({ bytes: 300 }))
  yield* provokeOne(mollie.update(id, input))
  const broken = (json: unknown) => ({ ...json as object, createdAt: person.email, name: { [person.metadataKey]: 1 } })
  yield* faulty("update", Fault.Alter({ alter: broken }))
  yield* provokeOne(mollie.update(id, input))
  yield* faulty(
    "list",
    Fault.Alter({
      alter: (page) => ({
        ...page as object,
        _embedded: {
          customers: (page as { _embedded: { customers: Array<unknown> } })._embedded.customers.map(broken)
        }
      })
    })
  )
  yield* provokeOne(Stream.runDrain(customers.stream()))
  const next = { next: { href: `https://${person.metadataKey}.example/?x=${everything}` } }
  yield* faulty("list", Fault.Alter({ alter: (page) => ({ ...page as object, _links: next }) }))
  yield* provokeOne(Stream.runDrain(mollie.stream()))
  return errors
})

/** Mollie refuses no duplicates, so that class is never seen. */
const unseen = ["CustomerAlreadyExists"]

describe("nothing leaks", () => {
  it.scopedLive.each(clients)("from any error, log or span, over %s", ([_, client]) =>
    Effect.gen(function*() {
      const { spans, tracer } = inMemoryTracer()
      const errors = yield* Effect.withTracer(Effect.withSpan(provoke, "the application's own"), tracer)

      const seen = new Set([...errors.map((error) => error._tag), ...unseen])
      expect([...seen].sort()).toEqual(CustomersError.members.map((member) => member._tag).sort())

      const found: Array<unknown> = []
      for (const error of errors) {
        const texts = [...printings(error), ...(yield* logged(error))]
        expect(new Set(texts.flatMap(([how, text]) => text.includes(error._tag) ? [how] : [])).size).toBeGreaterThan(9)
        for (const [how, text] of texts) {
          const leaked = leaksIn(text)
          if (leaked.length > 0) found.push({ error: error._tag, operation: error.operation, how, leaked })
        }
      }
      expect(found).toEqual([])

      expect(spans.length).toBeGreaterThan(60)
      expect(spans.map((span) => span.name)).toContain("customers.create")
      for (const span of spans) expect(leaksIn(inspect(span, { depth: Infinity, showHidden: true }))).toEqual([])

      const log = yield* Effect.flatMap(SandboxControl, (control) => control.requests)
      expect(log.flatMap(({ headers }) => Object.keys(headers).filter((name) => /trace|b3|baggage/.test(name))))
        .toEqual(
          []
        )
      // the control: the secrets did travel
      const sent = log.map(({ body, headers }) => body + headers["authorization"]).join()
      expect(leaksIn(sent)).toEqual(secrets.filter((secret) => secret !== apiKey))
    }).pipe(Effect.provide(once.onPort(client, {}, withToken({ testmode: true, profileId: "pfl_1" })))), 60_000)

  it.scopedLive.each(clients)(
    "the control: the raw error of the platform does leak, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const { spans, tracer } = inMemoryTracer()
        const http = yield* HttpClient.HttpClient
        const { urlOf } = yield* Sandbox.SandboxServer
        const request = HttpClientRequest.get(`${urlOf("mollie")}/v2/customers?email=${person.email}`).pipe(
          HttpClientRequest.setHeader("x-key", apiKey)
        )
        const raw = yield* Effect.flip(Effect.flatMap(http.execute(request), HttpClientResponse.filterStatusOk)).pipe(
          Effect.withTracer(tracer)
        )
        expect(leaksIn(inspect(raw, { depth: Infinity }))).toContain(apiKey)
        expect(inspect(spans, { depth: Infinity })).toContain(person.email)
      }).pipe(Effect.provide(once.onPort(client)))
  )

  it.effect("from a payment that names the token of a card, alone or in a list", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const control = yield* SandboxControl
      const details = { cardToken: paymentSecrets.cardToken, cardLabel: "Visa", billingEmail: null }
      const withToken = (json: unknown) => ({ ...json as object, details })
      yield* control.seed("mollie", [{ id: "cst_ada", payments: [{}] }])
      yield* control.inject({ operation: "createPayment", fault: Fault.Alter({ alter: withToken }) })
      yield* control.inject({
        operation: "listPayments",
        fault: Fault.Alter({
          alter: (page) => ({
            ...page as object,
            _embedded: {
              payments: (page as { _embedded: { payments: Array<unknown> } })._embedded.payments.map(withToken)
            }
          })
        })
      })
      const one = yield* mollie.createPayment("cst_ada", {
        amount: { currency: "EUR", value: "12.50" },
        description: "May",
        sequenceType: "recurring"
      })
      const page = yield* mollie.listPayments("cst_ada")
      for (const payment of [one, ...page._embedded.payments]) {
        const texts = [inspect(payment, { depth: Infinity, showHidden: true }), JSON.stringify(payment)]
        expect(leaksIn(texts.join())).toEqual([])
        const { cardToken, ...others } = payment.details as Exclude<typeof payment.details, ReadonlyArray<unknown>> & {}
        expect(Redacted.value(cardToken!)).toBe(paymentSecrets.cardToken)
        expect(others).toEqual({ cardLabel: "Visa", billingEmail: null })
      }
      yield* control.inject({
        operation: "createPayment",
        fault: Fault.Alter({ alter: (json) => ({ ...json as object, details: { cardToken: null } }) })
      })
      const without = yield* mollie.createPayment("cst_ada", {
        amount: { currency: "EUR", value: "12.50" },
        description: "May",
        sequenceType: "recurring"
      })
      expect(without.details).toEqual({ cardToken: null })
    }).pipe(Effect.provide(once.inProcess())))

  it.effect("Mollie's words are there for who asks for them", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const error = yield* Effect.flip(mollie.get("cst_nobody"))
      expect(Redacted.value(error.providerMessage!)).toBe("No customer exists with token cst_nobody.")
      expect(leaksIn(inspect(Mollie.layer(withKey), { depth: Infinity, showHidden: true }))).toEqual([])
    }).pipe(Effect.provide(once.inProcess())))
})
