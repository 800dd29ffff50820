/** The laws of each field: stored, required, changed, cleared, kept, unique, within limits. */
import type { Field } from "@effect-customers/core/Capabilities"
import type { CreateCustomer, UpdateCustomer } from "@effect-customers/core/Customer"
import * as Effect from "effect/Effect"
import { at, type Case, invalidAt, type Kit, law, unsupportedAt, untyped } from "./law.js"
import { inputOf, patchOf, type Values, type WritableField, writableFields } from "./values.js"

/** The field is refused by create and by update, and nothing comes of it. */
const isRefused = <F extends WritableField>(kit: Kit, field: F, value: Values[F]) =>
  Effect.gen(function*() {
    const { create, createsNobody, customers, isUntouched, refused, required } = kit
    const input = { ...yield* required, ...inputOf(field, value) }
    yield* createsNobody(refused(`create with ${field}`, customers.create(input), unsupportedAt(field)))
    const customer = yield* create()
    yield* refused(
      `update with ${field}`,
      customers.update(customer.id, patchOf(field, value)),
      unsupportedAt(field)
    )
    yield* isUntouched(customer)
  })

/** A field that a patch can change beside the other, if there is one. */
const beside = ({ can, value }: Kit, field: WritableField): UpdateCustomer => {
  const other = writableFields.find((other) =>
    other !== field && other !== "externalId" && can.fields[other].stored && can.fields[other].mutable === "always"
  )
  return other === undefined ? {} : patchOf(other, value(other))
}

const isStored = (field: WritableField) =>
  law(`${field}: what create is given is stored, or refused where the provider does not keep it`, { field }, (kit) => {
    const { can, create, get, has, value } = kit
    const given = value(field)
    return can.fields[field].stored
      ? Effect.gen(function*() {
        const customer = yield* create(inputOf(field, given))
        yield* has("who is read", yield* get(customer.id), patchOf(field, given))
      })
      : isRefused(kit, field, given)
  })

const mayBeMissing = (field: WritableField) =>
  law(
    `${field}: who is created without it has none, or is refused where the provider requires it`,
    { field },
    ({ can, create, createsNobody, customers, get, has, refused, required }) =>
      Effect.gen(function*() {
        if (can.fields[field].required) {
          const input: CreateCustomer = { ...yield* required, [field]: undefined }
          return yield* createsNobody(refused(`create without ${field}`, customers.create(input), invalidAt(field)))
        }
        const { id } = yield* create({ [field]: undefined })
        return yield* has("who is read", yield* get(id), { [field]: null })
      })
  )

const isSet = (field: WritableField) =>
  law(
    `${field}: a patch sets it, as often as the provider lets it be changed`,
    { field },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, get, has, isUntouched, refused, succeeds, value } = kit
        const { mutable, required, stored } = can.fields[field]
        if (!stored) return yield* isRefused(kit, field, value(field))
        const set = (id: string) =>
          Effect.gen(function*() {
            const patch = patchOf(field, value(field))
            const updated = yield* succeeds(`update of ${field}`, customers.update(id, patch))
            yield* has("who was changed", updated, patch)
            const stored = yield* get(updated.id)
            yield* has("who is read after a change", stored, patch)
            return stored
          })
        const first = yield* create(required || mutable === "never" ? inputOf(field, value(field)) : {})
        if (mutable === "never") {
          const call = customers.update(first.id, patchOf(field, value(field)))
          yield* refused(`update of ${field}`, call, unsupportedAt(field))
          return yield* isUntouched(first)
        }
        const second = mutable === "once" && required ? first : yield* set(first.id)
        if (mutable === "always") return yield* set(second.id)
        const call = customers.update(second.id, patchOf(field, value(field)))
        yield* refused(`a second update of ${field}`, call, at("Conflict", field))
        return yield* isUntouched(second)
      })
  )

const isCleared = (field: WritableField) =>
  law(
    `${field}: null in a patch clears it, or is refused where the provider cannot clear it`,
    { field },
    ({ can, create, customers, get, has, isUntouched, refused, succeeds, value }) =>
      Effect.gen(function*() {
        const { clearable, mutable, stored } = can.fields[field]
        const customer = yield* create(stored ? inputOf(field, value(field)) : {})
        const clear = customers.update(customer.id, patchOf(field, null))
        if (!stored || !clearable || mutable === "never") {
          yield* refused(`update of ${field} with null`, clear, unsupportedAt(field))
          return yield* isUntouched(customer)
        }
        const none = patchOf(field, null)
        const cleared = yield* succeeds(`update of ${field} with null`, clear)
        yield* has("who was changed", cleared, none)
        return yield* has("who is read after null", yield* get(cleared.id), none)
      })
  )

const isKept = (field: WritableField) =>
  law(
    `${field}: a patch that does not name it, or names it undefined, keeps it`,
    { field },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, get, has, succeeds, value } = kit
        const given = can.fields[field].stored ? value(field) : null
        const { id } = yield* create(given === null ? {} : inputOf(field, given))
        for (
          const patch of [beside(kit, field), { ...beside(kit, field), [field]: undefined }, { [field]: undefined }]
        ) {
          const updated = yield* succeeds("update of another field", customers.update(id, patch))
          yield* has("who was changed elsewhere", updated, patchOf(field, given))
          yield* has("who is read after a change elsewhere", yield* get(id), patchOf(field, given))
        }
      })
  )

const otherCase = <F extends WritableField>(field: F, value: Values[F]): Values[F] =>
  field === "email" ? untyped(String(value).toUpperCase()) : value

const isUnique = (field: WritableField) =>
  law(
    `${field}: two customers may have the same, or the second is refused where it is unique`,
    { field },
    (kit) =>
      Effect.gen(function*() {
        const {
          can,
          create,
          createsNobody,
          customers,
          get,
          has,
          holds,
          isSame,
          isUntouched,
          refused,
          required,
          value
        } = kit
        const { mutable, stored, unique } = can.fields[field]
        const given = value(field)
        if (!stored) return yield* isRefused(kit, field, given)
        const first = yield* create(inputOf(field, given))
        if (unique !== true) {
          const second = yield* create(inputOf(field, given))
          yield* holds(first.id !== second.id, "two customers", "one")
          return yield* has("the first of two", yield* get(first.id), patchOf(field, given))
        }
        const input = yield* required
        yield* createsNobody(
          Effect.forEach([given, otherCase(field, given)], (taken) => {
            const call = customers.create({ ...input, ...inputOf(field, taken) })
            return refused(`create with a taken ${field}`, call, at("CustomerAlreadyExists", field))
          }, { discard: true })
        )
        const second = yield* create()
        const call = customers.update(second.id, patchOf(field, given))
        const { mayHaveApplied } = yield* refused(
          `update to a taken ${field}`,
          call,
          mutable === "never"
            ? unsupportedAt(field)
            : can.fields[field].required && mutable === "once"
            ? at("Conflict", field)
            : at("CustomerAlreadyExists", field)
        )
        yield* isUntouched(first)
        // it may have been sent in parts
        const aside = mayHaveApplied ? ["updatedAt"] as const : []
        return yield* isSame("who was not to be changed", yield* get(second.id), second, aside)
      })
  )

const tooShort = { externalId: ["", " "], email: [""], name: ["", " "], phone: ["", " "], locale: [""] }

/** What is no value of a field, and where it is refused. */
const wrongValues: { readonly [F in WritableField]: ReadonlyArray<readonly [value: unknown, path: string]> } = {
  externalId: [...tooShort.externalId, ".", "..", "\ud800", 5].map((value) => [value, "externalId"]),
  email: [...tooShort.email, "nobody", "two words@example.com", "@", 5, {}].map((value) => [value, "email"]),
  name: [...tooShort.name, 5, ["Ada"]].map((value) => [value, "name"]),
  phone: [...tooShort.phone, 5].map((value) => [value, "phone"]),
  address: [
    [{ line1: "1 Sample Street" }, "address.country"],
    [{ country: "Holland" }, "address.country"],
    [{ country: "nl" }, "address.country"],
    [{ country: "NL", line1: 5 }, "address.line1"],
    [{ country: "NL", street: "Sample Street" }, "address.street"],
    ["Sampleton", "address"]
  ],
  locale: [...tooShort.locale, "no locale", "nl_NL", 5].map((value) => [value, "locale"]),
  metadata: [
    [[], "metadata"],
    ["plan", "metadata"],
    [{ plan: Infinity }, "metadata.*"],
    [{ plan: Number.NaN }, "metadata.*"],
    [{ plan: () => "pro" }, "metadata.*"],
    [{ plan: 1n }, "metadata.*"],
    [{ plan: new Date(0) }, "metadata.*"],
    // an own key, which an object literal cannot have
    [JSON.parse("{\"__proto__\":\"pro\"}"), "metadata.*"]
  ]
}

const isChecked = (field: WritableField) =>
  law(
    `${field}: what is no value of it is InvalidRequest at it, and changes nothing`,
    { field },
    ({ can, create, createsNobody, customers, isUntouched, refused, required }) =>
      Effect.gen(function*() {
        const customer = yield* create()
        const input = yield* required
        const elsewhere = can.fields[field].stored ? [] : [unsupportedAt(field)]
        yield* createsNobody(
          Effect.forEach(wrongValues[field], ([wrong, path]) => {
            const patch = patchOf(field, untyped(wrong))
            const endings = [invalidAt(path), ...elsewhere] as const
            return Effect.zipRight(
              refused(`create with a wrong ${field}`, customers.create(untyped({ ...input, ...patch })), ...endings),
              refused(`update with a wrong ${field}`, customers.update(customer.id, patch), ...endings)
            )
          }, { discard: true })
        )
        return yield* isUntouched(customer)
      })
  )

const paymentSource: Field = "paymentSource"

const paymentSources: ReadonlyArray<Case> = [
  law(
    "paymentSource: create takes one, or refuses it where the provider does not",
    { field: paymentSource },
    ({ can, create, createsNobody, customers, get, isSame, paymentSource, refused, required }) =>
      Effect.gen(function*() {
        const source = yield* paymentSource
        if (can.fields.paymentSource.stored) {
          const customer = yield* create({ paymentSource: source })
          return yield* isSame("who is read", yield* get(customer.id), customer)
        }
        const input = { ...yield* required, paymentSource: source }
        return yield* createsNobody(
          refused("create with a payment source", customers.create(input), unsupportedAt("paymentSource"))
        )
      })
  ),
  law(
    "paymentSource: who is created without one is there, or is refused where the provider requires one",
    { field: paymentSource },
    ({ can, create, createsNobody, customers, get, isSame, refused, required }) =>
      Effect.gen(function*() {
        if (can.fields.paymentSource.required) {
          const { paymentSource: _, ...input } = yield* required
          return yield* createsNobody(
            refused("create without a payment source", customers.create(input), invalidAt("paymentSource"))
          )
        }
        const customer = yield* create()
        return yield* isSame("who is read", yield* get(customer.id), customer)
      })
  ),
  law(
    "paymentSource: what is none is InvalidRequest at it, and creates nobody",
    { field: paymentSource },
    ({ can, createsNobody, customers, refused, required }) =>
      Effect.gen(function*() {
        const input = yield* required
        const elsewhere = can.fields.paymentSource.stored ? [] : [unsupportedAt("paymentSource")]
        yield* createsNobody(
          Effect.forEach([{}, "4200000000000000", { cardToken: "tok" }], (wrong) =>
            refused(
              "create with a wrong payment source",
              customers.create(untyped({ ...input, paymentSource: wrong })),
              invalidAt("paymentSource"),
              invalidAt("paymentSource.cardToken"),
              ...elsewhere
            ), { discard: true })
        )
      })
  )
]

/** @internal */
export const fieldCases: ReadonlyArray<Case> = [
  ...writableFields.flatMap((field) => [
    isStored(field),
    mayBeMissing(field),
    isSet(field),
    isCleared(field),
    isKept(field),
    isUnique(field),
    isChecked(field)
  ]),
  ...paymentSources
]
