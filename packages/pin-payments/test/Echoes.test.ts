/** Error bodies that echo what was sent, or that nobody expects. */
import { CustomersService } from "@effect-customers/core"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { splitName, toCustomer } from "@effect-customers/pin-payments/PinPaymentsCustomers"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Option, Redacted } from "effect"
import { inspect } from "node:util"
import { card, cvc, expectNothingSent, inject, json, number, once, refusal } from "./onSandbox.js"
import * as samples from "./samples.js"

const grouped = number.replace(/(.{4})(?=.)/g, "$1.")

const create = Effect.flatMap(PinPaymentsClient, (pin) => pin.create({ email: "ada@example.com", card }))

describe("an error body that echoes a card", () => {
  it.effect.each([
    [{ messages: [{ param: `card.cvc.${cvc}`, code: `card_cvc_${cvc}_invalid`, message: cvc }] }, "card.cvc.*"],
    [{ messages: [{ param: cvc, code: cvc, message: cvc }] }, "*"],
    [{ messages: { [grouped]: [number] } }, "*.*.*.*"],
    [{ messages: { [number]: [number] } }, "*"],
    [{ error: number, error_description: number }, ""],
    [{ error: cvc }, ""]
  ])("%j", ([body, path]) =>
    Effect.gen(function*() {
      yield* inject("create", json(422, body))
      const error = yield* Effect.flip(create)
      expect(error._tag === "InvalidRequest" && error.issues.map(({ path }) => path)).toEqual([path])
      const shown = [error.message, inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)].join()
      expect(shown).not.toContain(number)
      expect(shown).not.toContain(grouped)
      expect(shown).not.toMatch(new RegExp(`\\b${cvc}\\b|_${cvc}_`))
    }).pipe(Effect.provide(once.inProcess())))
})

describe("an error body that nobody expects", () => {
  const deep = `{"messages":{"email":[${"[".repeat(20_000)}${"]".repeat(20_000)}]}}`

  it.effect.each([
    `{"messages":{"email":[{"toString":1}]}}`,
    `{"messages":{"email":"text"}}`,
    `{"messages":[[],1,null,{"param":{},"message":[]}]}`,
    `{"error":{},"error_description":[],"messages":true}`,
    `{"error":["not_found"]}`,
    deep
  ])("is an error of its status, and no defect", (body) =>
    Effect.gen(function*() {
      yield* inject("create", { ...json(422, {}), body } as ReturnType<typeof json>)
      const exit = yield* Effect.exit(create)
      const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
      expect(error?._tag).toBe("InvalidRequest")
    }).pipe(Effect.provide(once.inProcess())))

  it.effect("words about a card count only where one was sent, and for a refusal", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const token = Redacted.make("card_x")
      const ends = (operation: string, status: number, error: string, call: Effect.Effect<unknown, { _tag: string }>) =>
        Effect.zipRight(inject(operation, json(status, { error })), refusal(call))
      const byToken = pin.create({ email: "a@example.com", card_token: token })
      expect(yield* ends("create", 400, "token_already_used", byToken)).toEqual([
        "InvalidRequest",
        "provider",
        "card_token"
      ])
      expect(yield* ends("update", 400, "invalid_card", pin.update("cus_1", { primary_card_token: token }))).toEqual([
        "InvalidRequest",
        "provider",
        "primary_card_token"
      ])
      expect(yield* ends("create", 401, "invalid_card", byToken)).toEqual(["AuthenticationFailed"])
      expect(yield* ends("create", 429, "invalid_card", byToken)).toEqual(["RateLimited"])
      expect(yield* ends("create", 500, "token_already_used", byToken)).toEqual(["ProviderUnavailable"])
      expect(yield* ends("get", 400, "invalid_card", pin.get("cus_1"))).toEqual(["InvalidRequest", "provider", ""])
    }).pipe(Effect.provide(once.inProcess())))
})

describe("before anything is sent", () => {
  it.effect("a card that cannot be one is told of", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      for (const expiry_month of [0, 13, "", "abc", "13", 1.5]) {
        expect(yield* refusal(pin.createCard("cus_1", { ...card, expiry_month }))).toContain("expiry_month")
      }
      for (const expiry_year of [-1, "", "123", 20301]) {
        expect(yield* refusal(pin.createCard("cus_1", { ...card, expiry_year }))).toContain("expiry_year")
      }
      yield* expectNothingSent
    }).pipe(Effect.provide(once.inProcess())))

  it.effect("a base URL with the version in it is told of: every path would have it twice", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      expect(yield* refusal(customers.delete("cus_1"))).toEqual(["InvalidRequest", "sdk", "baseUrl"])
    }).pipe(Effect.provide(once.inProcess(undefined, { baseUrl: "https://test-api.pinpayments.com/1/" }))))
})

describe("a name", () => {
  it("of a hundred thousand spaces is split in no time", () => {
    const spaces = " ".repeat(100_000)
    expect(splitName(`a${spaces}`)).toEqual({ first_name: `a${spaces}`, last_name: "" })
    expect(splitName(`${spaces}a`)).toEqual({ first_name: `${spaces}a`, last_name: "" })
    expect(splitName(`a b${spaces}`)).toEqual({ first_name: "a", last_name: `b${spaces}` })
  })

  it("and a phone number that are empty are not there", () => {
    const customer = toCustomer({ ...samples.customer, card: null, first_name: "", phone_number: "" })
    expect([customer.name, customer.phone]).toEqual([Option.none(), Option.none()])
  })
})
