import {
  type Capabilities,
  type CreateCustomer,
  type Customer,
  CustomersByExternalId,
  CustomersService,
  type Metadata,
  type UpdateCustomer
} from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { PolarApi } from "@effect-customers/polar"
import { SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted, Stream } from "effect"
import { inProcess } from "./onSandbox.js"

const { capabilities } = Polar
const fields = Object.keys(capabilities.fields) as ReadonlyArray<Capabilities.Field>

/** Two values of every field, and how a customer shows the field. */
const samples: {
  readonly [F in Capabilities.Field]: readonly [NonNullable<CreateCustomer[F]>, NonNullable<CreateCustomer[F]>]
} = {
  externalId: ["user-1", "user-2"],
  email: ["ada@example.com", "grace@example.com"],
  name: ["Ada", "Grace"],
  phone: ["+31201234567", "+31201234568"],
  address: [{ line1: "1 Main St", country: "NL" }, { line1: "2 Main St", state: "CA", country: "US" }],
  locale: ["en-GB", "nl-NL"],
  metadata: [{ plan: "pro" }, { plan: "free", seats: 2 }],
  paymentSource: [{ cardToken: Redacted.make("card_1") }, { cardToken: Redacted.make("card_2") }]
}

const shown = (customer: Customer, field: Capabilities.Field): unknown => {
  if (field === "paymentSource") return undefined
  if (field === "metadata") return customer.metadata
  if (field !== "address") return Option.getOrNull(customer[field])
  return Option.getOrNull(Option.map(customer.address, ({ country, line1, state }) => ({
    line1: Option.getOrUndefined(line1),
    ...(Option.isSome(state) ? { state: state.value } : {}),
    country: Option.getOrUndefined(country)
  })))
}

const required = Object.fromEntries(
  fields.filter((field) => capabilities.fields[field].required).map((field) => [field, samples[field][0]])
) as CreateCustomer

const nothing = (field: Capabilities.Field) => field === "metadata" ? {} : null

const isField = (error: { readonly _tag: string; readonly message: string }, tag: string, field: string) =>
  expect([error._tag, error.message]).toEqual([tag, expect.stringContaining(field)])

const sent = Effect.flatMap(SandboxControl, (control) => Effect.map(control.requests, (requests) => requests.length))

describe("capabilities and behaviour agree", () => {
  for (const field of fields) {
    const capability = capabilities.fields[field]
    const [one, other] = samples[field]

    it.effect(`${field}: ${capability.stored ? "is stored" : "is not stored, so it is refused"}`, () =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const created = yield* Effect.either(customers.create({ ...required, [field]: one }))
        if (capability.stored) {
          if (created._tag === "Left") return yield* created.left
          expect(shown(created.right, field)).toEqual(one)
          expect(shown(yield* customers.get(created.right.id), field)).toEqual(one)
        } else {
          isField(yield* Effect.flip(created), "Unsupported", field)
          if (field === "paymentSource") return
          isField(yield* Effect.flip(customers.update("x", { [field]: one })), "Unsupported", field)
          expect(yield* sent).toBe(0)
        }
      }).pipe(Effect.provide(inProcess())))

    it.effect(`${field}: ${capability.required ? "is required" : "can be left out"}`, () =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const { [field]: _, ...without } = required
        const created = yield* Effect.either(customers.create(without))
        if (capability.required) isField(yield* Effect.flip(created), "InvalidRequest", field)
        else if (created._tag === "Left") return yield* created.left
        else expect(shown(created.right, field) ?? nothing(field)).toEqual(nothing(field))
        expect(yield* sent).toBe(capability.required ? 0 : 1)
      }).pipe(Effect.provide(inProcess())))

    if (!capability.stored) continue

    it.effect(`${field}: ${capability.clearable ? "can be cleared" : "cannot be cleared, so that is refused"}`, () =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const { id } = yield* customers.create({ ...required, [field]: one })
        const patch: UpdateCustomer = { [field]: null }
        if (capability.clearable) {
          yield* customers.update(id, patch)
          expect(shown(yield* customers.get(id), field)).toEqual(nothing(field))
        } else {
          isField(yield* Effect.flip(customers.update(id, patch)), "Unsupported", field)
          expect(yield* sent).toBe(1)
        }
      }).pipe(Effect.provide(inProcess())))

    it.effect(`${field}: can be changed ${capability.mutable}`, () =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const { id } = yield* customers.create({ ...required, [field]: one })
        const changed = yield* Effect.either(customers.update(id, { [field]: other }))
        if (capability.mutable === "always") {
          if (changed._tag === "Left") return yield* changed.left
          expect(shown(yield* customers.get(id), field)).toEqual(other)
        } else {
          isField(yield* Effect.flip(changed), "Conflict", field)
          const empty = yield* customers.create({ email: "later@example.com" })
          expect(shown(yield* customers.update(empty.id, { [field]: other }), field)).toEqual(other)
        }
      }).pipe(Effect.provide(inProcess())))

    const { limits } = capability
    const { maxLength } = limits ?? {}
    if (maxLength !== undefined) {
      it.effect(`${field}: holds ${maxLength} characters and not one more`, () =>
        Effect.gen(function*() {
          const customers = yield* CustomersService
          const created = yield* customers.create({ ...required, [field]: "x".repeat(maxLength) })
          expect(shown(created, field)).toEqual("x".repeat(maxLength))
          isField(
            yield* Effect.flip(customers.create({ ...required, [field]: "x".repeat(maxLength + 1) })),
            "Unsupported",
            field
          )
          expect(yield* sent).toBe(1)
        }).pipe(Effect.provide(inProcess())))
    }
    if (limits?.exceptCountries !== undefined) {
      it.effect.each([...limits.exceptCountries])(
        "address: %s is refused, by us and by the provider",
        (country) =>
          Effect.gen(function*() {
            const customers = yield* CustomersService
            const polar = yield* Polar.PolarClient
            isField(
              yield* Effect.flip(customers.create({ ...required, address: { country } })),
              "Unsupported",
              "address.country"
            )
            expect(yield* sent).toBe(0)
            const error = yield* Effect.flip(polar.create({ email: "a@example.com", billing_address: { country } }))
            expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "provider" })
          }).pipe(Effect.provide(inProcess()))
      )
    }
  }

  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
  const held: ReadonlyArray<Metadata> = [
    keys(50),
    { ["k".repeat(40)]: "x".repeat(500) },
    { integer: 1, fraction: 1.5, negative: -3, yes: true, no: false, text: "x" }
  ]
  const refused: ReadonlyArray<Metadata> = [
    keys(51),
    { ["k".repeat(41)]: 1 },
    { "": 1 },
    { k: "x".repeat(501) },
    { k: "" },
    { k: null },
    { k: {} },
    { k: [1] }
  ]
  it.effect("metadata: holds what its limits allow, refuses the rest before anything is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      for (const [index, metadata] of held.entries()) {
        expect((yield* customers.create({ email: `${index}@example.com`, metadata })).metadata).toEqual(metadata)
      }
      for (const metadata of refused) {
        isField(yield* Effect.flip(customers.create({ ...required, metadata })), "Unsupported", "metadata")
      }
      expect(yield* sent).toBe(held.length)
    }).pipe(Effect.provide(inProcess())))

  it.effect("page sizes: the bounds work, the default holds", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const control = yield* SandboxControl
      yield* control.seed("polar", 150)
      const { default: usual, max, min } = capabilities.pageSize
      for (const pageSize of [min, max]) expect((yield* customers.list({ pageSize })).items.length).toBe(pageSize)
      expect((yield* customers.list()).items.length).toBe(usual)
    }).pipe(Effect.provide(inProcess())))

  it.effect("find by, order and parallelism of the walk, what a delete frees, how safe a repeat is", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      expect(Option.isSome(customers.byExternalId)).toBe(capabilities.findBy.externalId)
      expect(Option.isSome(customers.byEmail)).toBe(capabilities.findBy.email)

      const first = yield* customers.create({ ...required, externalId: "user-1" })
      yield* customers.delete(first.id)
      const again = yield* Effect.either(customers.create({ ...required, externalId: "user-1" }))
      expect(again._tag === "Right").toBe(capabilities.delete.freesExternalId)

      yield* control.seed("polar", 500)
      let last = 0
      yield* Stream.runForEach(customers.stream(), ({ createdAt }) =>
        Effect.sync(() => {
          expect(createdAt.epochMillis).toBeGreaterThanOrEqual(last)
          last = createdAt.epochMillis
        }))
      expect(capabilities.walk.order).toBe("oldest-first")
      expect((yield* control.mostInFlight) > 1).toBe(capabilities.walk.parallel)

      expect(capabilities.repeat).toEqual({
        create: PolarApi.create.repeat,
        update: PolarApi.update.repeat,
        delete: PolarApi.delete.repeat
      })
    }).pipe(Effect.provide(inProcess())))
})
