/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { CustomersService } from "@effect-customers/core"
import { MollieClient } from "@effect-customers/mollie"
import { SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Redacted, Stream } from "effect"
import { inProcess, withToken } from "./onSandbox.js"

const unreadable = new Proxy({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

const wiped = Redacted.make("cst_x")
Redacted.unsafeWipe(wiped)

const oddities: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["a number", 5],
  ["a symbol", Symbol("x")],
  ["a function", () => "cst_x"],
  ["an array that prints as a path", ["a/b"]],
  ["a secret that was wiped", wiped],
  ["a secret that holds no text", Redacted.make(5)],
  ["what throws when it is read", unreadable],
  ["what throws when its mode is read", {
    get testmode() {
      throw new Error("read")
    }
  }]
]

type Call = (odd: never) => Effect.Effect<unknown, { readonly _tag: string }>

const payment = {
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  sequenceType: "recurring"
} as const

/** What has only fields that may be left out. */
const whole = Effect.gen(function*() {
  const mollie = yield* MollieClient
  const customers = yield* CustomersService
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["customers.create", (odd) => customers.create(odd)],
    ["customers.update", (odd) => customers.update("cst_x", odd)],
    ["create", (odd) => mollie.create(odd)],
    ["list", (odd) => mollie.list(odd)],
    ["get mode", (odd) => mollie.get("cst_x", odd)],
    ["update", (odd) => mollie.update("cst_x", odd)],
    ["delete mode", (odd) => mollie.delete("cst_x", odd)],
    ["listPayments", (odd) => mollie.listPayments("cst_x", odd)],
    ["stream", (odd) => Stream.runDrain(mollie.stream(odd))],
    ["streamPages", (odd) => Stream.runDrain(mollie.streamPages(odd))],
    ["streamPayments", (odd) => Stream.runDrain(mollie.streamPayments("cst_x", odd))],
    ["streamPaymentsPages", (odd) => Stream.runDrain(mollie.streamPaymentsPages("cst_x", odd))]
  ]
  return all
})

const parts = Effect.gen(function*() {
  const mollie = yield* MollieClient
  const customers = yield* CustomersService
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["list sort", (odd) => mollie.list({ sort: odd })],
    ["get", (odd) => mollie.get(odd)],
    ["update id", (odd) => mollie.update(odd, {})],
    ["delete", (odd) => mollie.delete(odd)],
    ["createPayment", (odd) => mollie.createPayment("cst_x", odd)],
    ["createPayment id", (odd) => mollie.createPayment(odd, payment)],
    ["createPayment amount", (odd) => mollie.createPayment("cst_x", { ...payment, amount: odd })],
    ["createPayment cardToken", (odd) => mollie.createPayment("cst_x", { ...payment, cardToken: odd })],
    ["createPayment dueDate", (odd) => mollie.createPayment("cst_x", { ...payment, dueDate: odd })],
    ["listPayments id", (odd) => mollie.listPayments(odd)],
    ["stream sort", (odd) => Stream.runDrain(mollie.stream({ sort: odd }))],
    ["streamPayments id", (odd) => Stream.runDrain(mollie.streamPayments(odd))],
    ["customers.get", (odd) => customers.get(odd)],
    ["customers.update id", (odd) => customers.update(odd, { name: "Ada" })]
  ]
  return all
})

const ends = (calls: ReadonlyArray<readonly [string, Call]>, odd: unknown) =>
  Effect.forEach(
    calls,
    ([operation, call]) =>
      Effect.map(Effect.exit(Effect.suspend(() => call(odd as never))), (exit) => {
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit.value
        return [operation, error instanceof Error && "_tag" in error ? error._tag : String(error)] as const
      })
  )

describe("callers without types", () => {
  it.effect.each(oddities)("%s is refused, unsent, by every operation", ([_, odd]) =>
    Effect.gen(function*() {
      // a secret has no fields: as an input it says nothing
      const calls = Redacted.isRedacted(odd) ? yield* parts : [...yield* parts, ...yield* whole]
      const refused = yield* ends(calls, odd)
      expect(refused.filter(([_, tag]) => tag !== "InvalidRequest" && tag !== "Unsupported")).toEqual([])
      const control = yield* SandboxControl
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(inProcess({}, withToken({ testmode: true, profileId: "pfl_1" })))))

  it.effect("a delete without a mode, or with none in it, sends no body", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const control = yield* SandboxControl
      const ids = yield* control.seed("mollie", 3)
      for (const [index, options] of [undefined, {}, { testmode: undefined }].entries()) {
        yield* mollie.delete(ids[index]!, options)
      }
      expect((yield* control.requests).map(({ body, status }) => `${status} ${body}`)).toEqual(Array(3).fill("204 "))
    }).pipe(Effect.provide(inProcess())))
})
