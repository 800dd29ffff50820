import { MollieApi, MollieClient } from "@effect-customers/mollie"
import { SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck as fc, Schema } from "effect"
import { inProcess } from "./onSandbox.js"

const accepts = (schema: Schema.Schema.AnyNoContext) => {
  const encode = Schema.encodeUnknownEither(schema, { onExcessProperty: "error" })
  return (amount: unknown) => Either.isRight(encode(amount))
}

const isAmount = accepts(MollieApi.MollieAmountInput)
const isLineAmount = accepts(MollieApi.MollieLineAmount)

const currency = fc.constantFrom("EUR", "USD", "GBP", "CHF", "PLN", "ISK", "JPY")

const decimalsOf = (currency: string) => currency === "ISK" || currency === "JPY" ? 0 : 2

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))

const valueOf = (decimals: number) =>
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), digits(decimals)).map(([whole, fraction]) =>
    decimals === 0 ? String(whole) : `${whole}.${fraction}`
  )

const good = currency.chain((currency) => valueOf(decimalsOf(currency)).map((value) => ({ currency, value })))

describe("amounts", () => {
  it("a decimal string with exactly the decimals of its currency is taken as it is", () => {
    fc.assert(fc.property(good, (amount) => {
      expect(isAmount(amount)).toBe(true)
      expect(Schema.encodeSync(MollieApi.MollieAmountInput)(amount)).toEqual(amount)
    }))
  })

  it("any other number of decimals is refused", () => {
    const wrong = fc.tuple(currency, fc.integer({ min: 0, max: 6 }))
      .filter(([currency, decimals]) => decimals !== decimalsOf(currency))
      .chain(([currency, decimals]) => valueOf(decimals).map((value) => ({ currency, value })))
    fc.assert(fc.property(wrong, (amount) => {
      expect([isAmount(amount), isLineAmount(amount)]).toEqual([false, false])
    }))
  })

  it("a sign is for lines alone, and only a minus", () => {
    fc.assert(fc.property(good, ({ currency, value }) => {
      const signed = (sign: string) => ({ currency, value: sign + value })
      expect([isAmount(signed("-")), isLineAmount(signed("-"))]).toEqual([false, true])
      for (const sign of ["+", "--", " ", "−", "€"]) {
        expect([isAmount(signed(sign)), isLineAmount(signed(sign))]).toEqual([false, false])
      }
    }))
  })

  it("numbers are never taken, whatever they are; neither is any text but a decimal", () => {
    const decimal = /^\d+(\.\d{2})?$/
    const odd = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.string().filter((text) => !decimal.test(text)),
      fc.constantFrom("1e2", "0x10", "1,00", "1.000,00", ".50", "1.", "١٢.٣٤", "12.50\n", "", null, undefined)
    )
    fc.assert(fc.property(currency, odd, (currency, value) => {
      expect([isAmount({ currency, value }), isLineAmount({ currency, value })]).toEqual([false, false])
    }))
    fc.assert(fc.property(fc.string().filter((text) => !/^[A-Z]{3}$/.test(text)), (currency) => {
      expect(isAmount({ currency, value: "1.00" })).toBe(false)
    }))
  })

  const amount = { currency: "EUR", value: "10.00" }
  const bad = { currency: "EUR", value: "10.0" }
  const payment = { amount, description: "x", sequenceType: "recurring" } as const
  const line = { description: "x", quantity: 1, unitPrice: amount, totalAmount: amount }

  it.effect.each<readonly [string, object]>([
    ["amount.value", { amount: bad }],
    ["amount.value", { amount: { ...amount, value: "-10.00" } }],
    ["amount.value", { amount: { ...amount, value: 10 } }],
    ["amount.currency", { amount: { ...amount, currency: "eur" } }],
    ["lines.0.unitPrice.value", { lines: [{ ...line, unitPrice: bad }] }],
    ["lines.1.totalAmount.value", { lines: [line, { ...line, totalAmount: bad }] }],
    ["lines.0.vatAmount.value", { lines: [{ ...line, vatAmount: bad }] }],
    ["lines.0.discountAmount.value", { lines: [{ ...line, discountAmount: bad }] }],
    ["lines.0.recurring.amount.value", { lines: [{ ...line, recurring: { interval: "1 day", amount: bad } }] }],
    ["applicationFee.amount.value", { applicationFee: { amount: bad, description: "x" } }],
    ["routing.0.amount.value", {
      routing: [{ amount: bad, destination: { type: "organization", organizationId: "org_1" } }]
    }]
  ])("%s is told by its path, and nothing is sent", ([path, extra]) =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const error = yield* Effect.flip(mollie.createPayment("cst_1", { ...payment, ...extra } as never))
      expect(error._tag === "InvalidRequest" && [error.origin, ...error.issues.map(({ path }) => path)]).toEqual([
        "sdk",
        path
      ])
      expect(error.message).not.toContain("10.0")
      expect(yield* Effect.flatMap(SandboxControl, (control) => control.requests)).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("what is taken here is taken by Mollie: arbitrary amounts and lines below zero come back as written", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const { id } = yield* mollie.create({})
      const amounts = fc.sample(good, { numRuns: 30, seed: 7 }).filter(({ value }) => !/^[0.]+$/.test(value))
      for (const amount of amounts) {
        const unitPrice = { ...amount, value: `-${amount.value}` }
        const paid = yield* mollie.createPayment(id, { ...payment, amount, lines: [{ ...line, unitPrice }] })
        expect([paid.amount, paid.lines?.[0]?.unitPrice]).toEqual([amount, unitPrice])
      }
      const zero = { currency: "EUR", value: "0.00" }
      const redirectUrl = "https://shop.example"
      const first = yield* mollie.createPayment(id, {
        ...payment,
        amount: zero,
        sequenceType: "first",
        method: "creditcard",
        redirectUrl
      })
      expect(first.amount).toEqual(zero)
    }).pipe(Effect.provide(inProcess())))
})
