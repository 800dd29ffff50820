/** The default policy, over the sandbox: what is sent again, and what never is. */
import { CustomersService, RequestTimeout } from "@effect-customers/core"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { Fault } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  bodyOf,
  card,
  cardToken,
  inject,
  inProcess,
  json,
  operations,
  requests,
  resources,
  seedOne,
  stored
} from "./onSandbox.js"

type Client = PinPaymentsClient["Type"]

/** What may have been applied when its answer is lost, in five ways. */
const losses: ReadonlyArray<readonly [string, Fault.Fault]> = [
  ["a reset", Fault.Reset({ applied: true })],
  ["a cut body", Fault.CutBody({})],
  ["a stalled body", Fault.StallBody({})],
  ["a 503", Fault.Respond({ status: 503, applied: true })],
  ["a gateway's page", Fault.HtmlPage({ applied: true })]
]

const member = seedOne({ token: "cus_member", subscriptions: [{ token: "sub_member" }], cards: [{ token: "card_2" }] })

const second = Redacted.make("card_2")

const timeout = RequestTimeout.with({ attempt: "5 seconds" })

describe.each(losses)("after %s", (_, fault) => {
  it.effect.each<
    readonly [string, string, (pin: Client, token: Redacted.Redacted<string>) => Effect.Effect<unknown, unknown>]
  >([
    ["a create", "create", (pin) => pin.create({ email: "a@example.com", card })],
    ["a create by token", "create", (pin, card_token) => pin.create({ email: "a@example.com", card_token })],
    ["a new card", "createCard", (pin) => pin.createCard("cus_member", card)],
    ["a new card by token", "createCard", (pin, card_token) => pin.createCard("cus_member", { card_token })],
    ["an update with a card", "update", (pin) => pin.update("cus_member", { card })],
    ["an update with a card's token", "update", (pin, card_token) => pin.update("cus_member", { card_token })]
  ])("%s is not repeated, and may have been applied", ([_, operation, call]) =>
    Effect.gen(function*() {
      yield* member
      const pin = yield* PinPaymentsClient
      const token = yield* cardToken
      yield* inject(operation, fault)
      const error = yield* Effect.flip(inVirtualTime(timeout(call(pin, token))))
      expect(error).toHaveProperty("mayHaveApplied", true)
      expect(error).toHaveProperty("isRetryable", false)
      expect((yield* requests).map(({ applied, operation }) => [operation, applied])).toEqual([[operation, true]])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, string, (pin: Client) => Effect.Effect<unknown, unknown>]>([
    ["an update without a card", "update", (pin) => pin.update("cus_member", { notes: "x" })],
    ["a switch of the primary card", "update", (pin) => pin.update("cus_member", { primary_card_token: second })]
  ])("%s is repeated, and there it is", ([_, operation, call]) =>
    Effect.gen(function*() {
      yield* member
      const pin = yield* PinPaymentsClient
      yield* inject(operation, fault)
      yield* inVirtualTime(timeout(call(pin)))
      const log = yield* requests
      expect(log.map(({ applied, operation }) => [operation, applied])).toEqual([[operation, true], [operation, false]])
      expect(bodyOf(log[0]!)).toEqual(bodyOf(log[1]!))
      expect((yield* resources("cus_member")).cards).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))
})

// a 204 has no body to cut or to stall
const withoutBody = losses.filter(([name]) => name !== "a stalled body")

describe("a delete whose answer is lost", () => {
  it.effect.each(withoutBody)(
    "by %s is repeated and a success, of a customer and of a card",
    ([_, fault]) =>
      Effect.gen(function*() {
        yield* member
        const pin = yield* PinPaymentsClient
        yield* inject("deleteCard", fault)
        yield* inject("delete", fault)
        yield* inVirtualTime(pin.deleteCard("cus_member", second))
        expect((yield* resources("cus_member")).cards).toHaveLength(1)
        yield* inVirtualTime(pin.delete("cus_member"))
        expect(yield* stored).toEqual([])
        expect((yield* requests).map(({ applied, operation }) => [operation, applied])).toEqual([
          ["deleteCard", true],
          ["deleteCard", false],
          ["delete", true],
          ["delete", false]
        ])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("over the service too; one of who was never there is CustomerNotFound", () =>
    Effect.gen(function*() {
      yield* member
      const customers = yield* CustomersService
      yield* inject("delete", Fault.Reset({ applied: true }))
      yield* inVirtualTime(customers.delete("cus_member"))
      expect((yield* Effect.flip(customers.delete("cus_member")))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))

  it.effect("the primary card stays a Conflict", () =>
    Effect.gen(function*() {
      yield* seedOne({ token: "cus_member", card: { token: "card_1" } })
      const pin = yield* PinPaymentsClient
      yield* inject("deleteCard", Fault.Reset({}))
      const error = yield* Effect.flip(inVirtualTime(pin.deleteCard("cus_member", Redacted.make("card_1"))))
      expect(error._tag).toBe("Conflict")
      expect(yield* operations).toEqual(["deleteCard", "deleteCard"])
    }).pipe(Effect.provide(inProcess())))
})

describe("cancelSubscription", () => {
  it.effect.each(losses)(
    "repeated after %s ends in Conflict, and may have been applied",
    ([_, fault]) =>
      Effect.gen(function*() {
        yield* member
        const pin = yield* PinPaymentsClient
        yield* inject("cancelSubscription", fault)
        const error = yield* Effect.flip(inVirtualTime(timeout(pin.cancelSubscription("cus_member", "sub_member"))))
        expect([error._tag, error.mayHaveApplied]).toEqual(["Conflict", true])
        expect(yield* operations).toEqual(["cancelSubscription", "cancelSubscription"])
        expect((yield* resources("cus_member")).subscriptions).toEqual([
          expect.objectContaining({ state: "cancelling" })
        ])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("a second one of the caller's own surely did nothing", () =>
    Effect.gen(function*() {
      yield* member
      const pin = yield* PinPaymentsClient
      expect((yield* pin.cancelSubscription("cus_member", "sub_member")).state).toBe("cancelling")
      const error = yield* Effect.flip(pin.cancelSubscription("cus_member", "sub_member"))
      expect([error._tag, error.mayHaveApplied]).toEqual(["Conflict", false])
    }).pipe(Effect.provide(inProcess())))
})

describe("what surely did not happen is repeated, whatever it is", () => {
  it.effect.each<readonly [string, Fault.Fault]>([
    ["503 throttled", json(503, { error: "throttled", error_description: "Slow down" })],
    ["a 429", Fault.Respond({ status: 429 })],
    ["a 429 that says when", Fault.Respond({ status: 429, retryAfter: { seconds: 20 } })]
  ])("%s", ([_, fault]) =>
    Effect.gen(function*() {
      yield* member
      const pin = yield* PinPaymentsClient
      for (const operation of ["create", "createCard", "update"]) yield* inject(operation, fault)
      yield* inVirtualTime(pin.create({ email: "a@example.com", card_token: yield* cardToken }))
      yield* inVirtualTime(pin.createCard("cus_member", card))
      yield* inVirtualTime(pin.update("cus_member", { card }))
      expect((yield* requests).map(({ applied, operation }) => [operation, applied])).toEqual(
        ["create", "createCard", "update"].flatMap((operation) => [[operation, false], [operation, true]])
      )
      expect(yield* stored).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("a read is, after a lost answer", () =>
    Effect.gen(function*() {
      yield* member
      const pin = yield* PinPaymentsClient
      yield* inject("get", Fault.Reset({}))
      yield* inject("listSubscriptions", Fault.CutBody({}))
      yield* inVirtualTime(pin.get("cus_member"))
      expect((yield* inVirtualTime(pin.listSubscriptions("cus_member"))).response).toHaveLength(1)
      expect(yield* operations).toEqual(["get", "get", "listSubscriptions", "listSubscriptions"])
    }).pipe(Effect.provide(inProcess())))
})
