/** What a failed answer of Pin Payments becomes, and what of Pin's words is in it. */
import { CustomersService } from "@effect-customers/core"
import { PinPaymentsApi as Api, PinPaymentsError } from "@effect-customers/pin-payments"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { failedAnswer, issuesOf, wordsOf } from "../../core/test/failedAnswer.js"
import { inject, json, once, refusal } from "./onSandbox.js"

const endpoints = {
  get: Api.get,
  create: Api.create,
  deleteCard: Api.deleteCard,
  cancelSubscription: Api.cancelSubscription
}

describe("which error it is", () => {
  it.each(
    [
      ["get", 400, "not_found", [], "InvalidRequest"],
      ["get", 404, "not_found_", [], "UnexpectedStatus"],
      ["deleteCard", 400, "cannot_delete_primary_card", [], "Conflict"],
      ["deleteCard", 500, "cannot_delete_primary_card", [], "ProviderUnavailable"],
      ["get", 503, "throttled", [], "RateLimited"],
      ["get", 500, "throttled", [], "ProviderUnavailable"]
    ] as const
  )("%s, %i %s after %j: %s", (operation, status, error, sent, tag) => {
    expect(PinPaymentsError.fromAnswer(failedAnswer(endpoints[operation], status, { error }, { sent }))._tag).toBe(tag)
  })

  it.each([400, 422])("a card's token is what a %i for one is about", (status) => {
    const error = PinPaymentsError.fromAnswer(
      failedAnswer(Api.createCard, status, { error: "invalid_card", error_description: "Spent" }, {
        sent: ["card_token"]
      })
    )
    expect(issuesOf(error)).toEqual([["card_token", "Spent"]])
  })

  it.each(
    [
      ["deleteCard", { error: "cannot_delete_primary_card" }],
      ["cancelSubscription", { error: "invalid_state" }],
      ["create", { messages: [{ param: "email" }] }]
    ] as const
  )("%s, 400 %j: without Pin's words there are others", (operation, body) => {
    const [issue] = issuesOf(PinPaymentsError.fromAnswer(failedAnswer(endpoints[operation], 400, body)))
    expect(issue?.[1]).toMatch(/\w/)
  })
})

describe("Pin's words", () => {
  it.each([
    "cannot_delete_primary_card",
    "invalid_card",
    "invalid_request",
    "invalid_resource",
    "invalid_state",
    "limit_reached",
    "not_found",
    "resource_not_found",
    "throttled",
    "token_already_used",
    "unauthenticated"
  ])("%s is a code, beside what Pin says of it", (error) => {
    const answer = failedAnswer(Api.get, 418, { error, error_description: "As it was." })
    expect(wordsOf(PinPaymentsError.fromAnswer(answer))).toEqual([error, "As it was."])
  })

  it.each([
    [{ error: "4242 4242", error_description: "As it was." }, "4242 4242: As it was."],
    [{ error: "4242 4242" }, "4242 4242: "],
    [{ error_description: "As it was." }, "As it was."],
    [{}, undefined]
  ])("%j has no code: what stands in its place is a part of the message", (body, message) => {
    const error = PinPaymentsError.fromAnswer(failedAnswer(Api.get, 418, body))
    expect(wordsOf(error)).toEqual([undefined, message])
  })
})

describe("where in the input, in the words of the unified models", () => {
  it.effect.each([
    ["email", "email"],
    ["first_name", "name"],
    ["last_name", "name"],
    ["phone_number", "phone"],
    ["card", "paymentSource.card"],
    ["card.number", "paymentSource.card.number"],
    ["card.expiry_month", "paymentSource.card.expiryMonth"],
    ["card.expiry_year", "paymentSource.card.expiryYear"],
    ["card.address_line1", "paymentSource.card.address.line1"],
    ["card.address_line2", "paymentSource.card.address.line2"],
    ["card.address_city", "paymentSource.card.address.city"],
    ["card.address_postcode", "paymentSource.card.address.postalCode"],
    ["card.address_state", "paymentSource.card.address.state"],
    ["card.address_country", "paymentSource.card.address.country"],
    ["card_token", "paymentSource"]
  ])("%s is %s", ([param, path]) =>
    Effect.gen(function*() {
      yield* inject("create", json(422, { error: "invalid_resource", messages: [{ param }] }))
      const { create } = yield* CustomersService
      const paymentSource = { cardToken: Redacted.make("card_x") }
      expect(yield* refusal(create({ email: "ada@example.com", paymentSource }))).toEqual([
        "InvalidRequest",
        "provider",
        path
      ])
    }).pipe(Effect.provide(once.inProcess())))

  it.effect("customer_token is id", () =>
    Effect.gen(function*() {
      yield* inject("update", json(422, { error: "invalid_resource", messages: [{ param: "customer_token" }] }))
      const { update } = yield* CustomersService
      expect(yield* refusal(update("cus_1", { phone: "1" }))).toEqual(["InvalidRequest", "provider", "id"])
    }).pipe(Effect.provide(once.inProcess())))
})
