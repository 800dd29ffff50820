/** The laws of idempotency keys. */
import type { CustomersError, RepeatSafety } from "@effect-customers/core/CustomersError"
import * as Idempotency from "@effect-customers/core/Idempotency"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { at, type Case, invalidAt, type Kit, law, unsupportedAt, untyped } from "./law.js"
import { inputOf, patchOf, writableFields } from "./values.js"

const keyPath = "idempotencyKey"

/** Input, and another one that differs in a field. */
const twoInputs = (kit: Kit) =>
  Effect.map(kit.required, (input) => {
    const field = writableFields.find((field) => kit.can.fields[field].stored) ?? "email"
    return [input, { ...input, ...inputOf(field, kit.value(field)) }] as const
  })

const refusedKey = (
  kit: Kit,
  what: string,
  call: Effect.Effect<unknown, CustomersError>
) => kit.createsNobody(kit.refused(what, Idempotency.withKey(call, kit.token()), unsupportedAt(keyPath)))

/** @internal */
export const keyCases: ReadonlyArray<Case> = [
  law(
    "keys: the same create with the same key makes one customer, or a key is Unsupported",
    { repeat: "create" },
    (kit) =>
      Effect.gen(function*() {
        const { all, can, customers, holds, succeeds } = kit
        const [input] = yield* twoInputs(kit)
        if (can.repeat.create !== "with-key") {
          return yield* refusedKey(kit, "create with a key", customers.create(input))
        }
        const before = (yield* all).length
        const key = kit.token()
        const first = yield* succeeds("create with a key", Idempotency.withKey(customers.create(input), key))
        const second = yield* succeeds("the same again", Idempotency.withKey(customers.create(input), key))
        yield* kit.isSame("who is answered again", second, first)
        const created = (yield* all).length - before
        return yield* holds(created === 1, "one customer more", `${created}`)
      })
  ),
  law(
    "keys: another key makes another customer, or a key is Unsupported",
    { repeat: "create" },
    (kit) =>
      Effect.gen(function*() {
        const { can, customers, holds, succeeds } = kit
        const [input, other] = yield* twoInputs(kit)
        if (can.repeat.create !== "with-key") {
          return yield* refusedKey(kit, "create with a key", customers.create(input))
        }
        const first = yield* succeeds("create with a key", Idempotency.withKey(customers.create(input), kit.token()))
        const second = yield* succeeds("create with another", Idempotency.withKey(customers.create(other), kit.token()))
        return yield* holds(first.id !== second.id, "two customers", "one")
      })
  ),
  law(
    "keys: another input with a key that was used creates nobody, or a key is Unsupported",
    { repeat: "create" },
    (kit) =>
      Effect.gen(function*() {
        const { can, createsNobody, customers, isUntouched, refused, succeeds } = kit
        const [input, other] = yield* twoInputs(kit)
        if (can.repeat.create !== "with-key") {
          return yield* refusedKey(kit, "create with a key", customers.create(input))
        }
        const key = kit.token()
        const first = yield* succeeds("create with a key", Idempotency.withKey(customers.create(input), key))
        yield* createsNobody(
          refused(
            "another create with the key",
            Idempotency.withKey(customers.create(other), key),
            at("InvalidRequest"),
            at("Conflict")
          )
        )
        return yield* isUntouched(first)
      })
  ),
  law(
    "keys: one key is for one write, and what is no key is InvalidRequest at idempotencyKey",
    { repeat: "create" },
    (kit) =>
      Effect.gen(function*() {
        const { can, createsNobody, customers, refused, succeeds } = kit
        const [input, other] = yield* twoInputs(kit)
        if (can.repeat.create !== "with-key") {
          yield* refusedKey(kit, "create with a key", customers.create(input))
          return
        }
        yield* Effect.gen(function*() {
          yield* succeeds("the first write with a key", customers.create(input))
          yield* createsNobody(refused("the second write with it", customers.create(other), invalidAt(keyPath)))
        }).pipe(Idempotency.withKey(kit.token()))
        const wrong = ["", "two words", "é", "x".repeat(256), "x\n", untyped(5)]
        yield* createsNobody(
          Effect.forEach(wrong, (key) =>
            refused(
              "create with what is no key",
              Idempotency.withKey(customers.create(other), key),
              invalidAt(keyPath)
            ))
        )
      })
  ),
  law(
    "keys: an update and a delete take one, or it is Unsupported and nothing is changed",
    { repeat: "update" },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, isUntouched, refused, succeeds } = kit
        const customer = yield* create()
        const field = writableFields.find((field) => can.fields[field].stored && can.fields[field].mutable === "always")
        const patch = field === undefined ? {} : patchOf(field, kit.value(field))
        const calls: ReadonlyArray<readonly [string, RepeatSafety, Effect.Effect<unknown, CustomersError>]> = [
          ["update", can.repeat.update, customers.update(customer.id, patch)],
          ["delete", can.repeat.delete, customers.delete(customer.id)]
        ]
        for (const [operation, repeat, call] of calls) {
          const withKey = Idempotency.withKey(call, kit.token())
          if (repeat === "with-key") {
            yield* succeeds(`${operation} with a key`, withKey)
            continue
          }
          yield* refused(`${operation} with a key`, withKey, unsupportedAt(keyPath))
          yield* isUntouched(customer)
        }
      })
  ),
  law("keys: reads take no notice of one", {}, (kit) =>
    Effect.gen(function*() {
      const { create, customers, get, isSame, succeeds } = kit
      const customer = yield* create()
      const read = yield* Idempotency.withKey(get(customer.id), kit.token())
      yield* isSame("who is read", read, customer)
      yield* succeeds("list with a key", Idempotency.withKey(customers.list(), kit.token()))
      const before = customers.get(`nobody-${kit.token()}`)
      yield* kit.refused("get of nobody with a key", Idempotency.withKey(before, kit.token()), at("CustomerNotFound"))
    })),
  law(
    "keys: getOrCreate and upsert take the key of a create, or it is Unsupported before they look",
    { repeat: "create", findBy: "externalId" },
    (kit) =>
      Effect.gen(function*() {
        const { can, customers, has, holds, required, succeeds, value } = kit
        const { byExternalId } = customers
        if (Option.isNone(byExternalId)) {
          return yield* holds(!can.findBy.externalId, "byExternalId where the capabilities claim it", "none")
        }
        const calls = ["getOrCreate", "upsert"] as const
        for (const operation of calls) {
          const { externalId: _, ...input } = yield* required
          const externalId = value("externalId")
          const call = byExternalId.value[operation](externalId, input)
          if (can.repeat.create === "with-key") {
            const created = yield* succeeds(`${operation} with a key`, Idempotency.withKey(call, kit.token()))
            yield* has("who was created", created, { externalId })
          } else {
            yield* refusedKey(kit, `${operation} with a key`, call)
          }
        }
      })
  )
]
