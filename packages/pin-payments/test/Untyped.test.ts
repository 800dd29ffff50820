/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { CustomersService } from "@effect-customers/core"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Redacted, Stream } from "effect"
import { card, expectNothingSent, inProcess } from "./onSandbox.js"

const unreadable = new Proxy({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

const wiped = Redacted.make("card_x")
Redacted.unsafeWipe(wiped)

const email = "ada@example.com"

const oddities: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["a number", 5],
  ["a symbol", Symbol("x")],
  ["a function", () => email],
  ["an array that prints as a path", ["a/b"]],
  ["a secret that was wiped", wiped],
  ["a secret that holds no text", Redacted.make(5)],
  ["what throws when it is read", unreadable]
]

type Call = (odd: never) => Effect.Effect<unknown, { readonly _tag: string }>

const calls = Effect.gen(function*() {
  const pin = yield* PinPaymentsClient
  const customers = yield* CustomersService
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["create", (odd) => pin.create(odd)],
    ["create card", (odd) => pin.create({ email, card: odd })],
    ["create number", (odd) => pin.create({ email, card: { ...card, number: odd } })],
    ["create card_token", (odd) => pin.create({ email, card_token: odd })],
    ["get", (odd) => pin.get(odd)],
    ["update id", (odd) => pin.update(odd, {})],
    ["update", (odd) => pin.update("cus_x", odd)],
    ["delete", (odd) => pin.delete(odd)],
    ["createCard", (odd) => pin.createCard("cus_x", odd)],
    ["deleteCard", (odd) => pin.deleteCard("cus_x", odd)],
    ["cancelSubscription", (odd) => pin.cancelSubscription("cus_x", odd)],
    ["stream from", (odd) => Stream.runDrain(pin.stream({ from: odd }))],
    ["streamCards of", (odd) => Stream.runDrain(pin.streamCards(odd))],
    ["customers.create", (odd) => customers.create(odd)],
    ["customers.create paymentSource", (odd) => customers.create({ email, paymentSource: odd })],
    ["customers.create cardToken", (odd) => customers.create({ email, paymentSource: { cardToken: odd } })],
    ["customers.get", (odd) => customers.get(odd)],
    ["customers.update", (odd) => customers.update("cus_x", odd)],
    ["customers.update id", (odd) => customers.update(odd, { name: "Ada" })]
  ]
  return all
})

describe("callers without types", () => {
  it.effect.each(oddities)("%s is refused, unsent, by every operation", ([_, odd]) =>
    Effect.gen(function*() {
      const refused: Array<readonly [string, unknown]> = []
      for (const [operation, call] of yield* calls) {
        // a secret has no fields: as a patch it says nothing
        if (Redacted.isRedacted(odd) && operation.endsWith("update")) continue
        const exit = yield* Effect.exit(Effect.suspend(() => call(odd as never)))
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit.value
        refused.push([operation, error instanceof Error && "_tag" in error ? error._tag : String(error)])
      }
      expect(refused.filter(([_, tag]) => tag !== "InvalidRequest" && tag !== "Unsupported")).toEqual([])
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})
