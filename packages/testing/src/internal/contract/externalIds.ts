/** The laws of external ids: finding by them, getOrCreate and upsert. */
import * as Capabilities from "@effect-customers/core/Capabilities"
import type { CreateCustomer, Customer } from "@effect-customers/core/Customer"
import type { Service as ByExternalId, WithoutExternalId } from "@effect-customers/core/CustomersByExternalId"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  at,
  type Case,
  type ContractViolated,
  invalidAt,
  type Kit,
  law,
  notFound,
  unsupportedAt,
  untyped
} from "./law.js"
import { inputOf, patchOf, type WritableField, writableFields } from "./values.js"

const findBy = "externalId"

interface Found {
  readonly byExternalId: ByExternalId
  readonly externalId: string
  /** What is required, without the external id. */
  readonly input: Effect.Effect<WithoutExternalId>
  /** Somebody who has the external id. */
  readonly create: (externalId: string, input?: CreateCustomer) => Effect.Effect<Customer, ContractViolated>
}

/** Where the provider does not find by external ids, there is nothing to find by. */
const byExternalIdLaw = (
  name: string,
  check: (kit: Kit, found: Found) => Effect.Effect<unknown, ContractViolated>
): Case =>
  law(`${name} (or there is no byExternalId)`, { findBy }, (kit) => {
    const { can, create, customers, holds, required, value } = kit
    return Option.match(customers.byExternalId, {
      onNone: () => holds(!can.findBy.externalId, "byExternalId where the capabilities claim it", "none"),
      onSome: (byExternalId) =>
        Effect.zipRight(
          holds(can.findBy.externalId, "no byExternalId where the capabilities do not claim it", "one"),
          check(kit, {
            byExternalId,
            externalId: value("externalId"),
            input: Effect.map(required, ({ externalId: _, ...input }) => input),
            create: (externalId, input) => create({ ...input, externalId })
          })
        )
    })
  })

/** A field beside the external id that can be stored and always changed. */
const fieldsBeside = ({ can }: Kit): ReadonlyArray<Exclude<WritableField, "externalId">> =>
  writableFields.flatMap((field) =>
    field !== "externalId" && can.fields[field].stored && can.fields[field].mutable === "always" ? [field] : []
  )

const filled = (kit: Kit): WithoutExternalId =>
  Object.fromEntries(fieldsBeside(kit).map((field) => [field, kit.value(field)]))

/** All calls that take an external id. */
const callsOf = (
  service: ByExternalId,
  externalId: string,
  input: WithoutExternalId
): ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> => [
  ["getByExternalId", service.getByExternalId(externalId)],
  ["updateByExternalId", service.updateByExternalId(externalId, {})],
  ["deleteByExternalId", service.deleteByExternalId(externalId)],
  ["getOrCreate", service.getOrCreate(externalId, input)],
  ["upsert", service.upsert(externalId, input)]
]

const odd = [
  "a b",
  "a?b=c",
  "a#b",
  "a%2Fb",
  "a+b",
  "a&b=c",
  "a/b",
  "a\\b",
  "é",
  "日本",
  "a:b",
  "a.b",
  "A_b-c~",
  "a@b.example"
]

/** How many have this external id. */
const countOf = ({ all }: Kit, externalId: string) =>
  Effect.map(
    all,
    (customers) => customers.filter((customer) => Option.contains(customer.externalId, externalId)).length
  )

/** @internal */
export const externalIdCases: ReadonlyArray<Case> = [
  byExternalIdLaw(
    "external ids: getByExternalId answers who has it, and no other",
    (kit, { byExternalId, create }) =>
      Effect.gen(function*() {
        const ids = [kit.value("externalId"), kit.value("externalId")]
        const made = yield* Effect.forEach(ids, (externalId) => create(externalId))
        for (const [index, externalId] of ids.entries()) {
          const found = yield* kit.succeeds("getByExternalId", byExternalId.getByExternalId(externalId))
          yield* kit.isSame("who is found", found, made[index]!)
        }
      })
  ),
  byExternalIdLaw(
    "external ids: updateByExternalId changes who has it, and no other",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId } = found
        const other = yield* create(kit.value("externalId"))
        const customer = yield* create(externalId)
        const patch = filled(kit)
        const updated = yield* kit.succeeds("updateByExternalId", byExternalId.updateByExternalId(externalId, patch))
        yield* kit.holds(updated.id === customer.id, "the customer with the external id", "another")
        yield* kit.has("who was changed", updated, { ...patch, externalId })
        yield* kit.has("who is read after a change", yield* kit.get(customer.id), patch)
        yield* kit.isUntouched(other)
      })
  ),
  byExternalIdLaw(
    "external ids: updateByExternalId clears and refuses as update does",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId } = found
        yield* create(externalId, filled(kit))
        for (const field of writableFields) {
          const { clearable, mutable, stored } = kit.can.fields[field]
          const call = byExternalId.updateByExternalId(externalId, patchOf(field, null))
          const before = yield* kit.succeeds("getByExternalId", byExternalId.getByExternalId(externalId))
          if (field !== "externalId" && stored && clearable && mutable !== "never") {
            yield* kit.has(
              "who was changed",
              yield* kit.succeeds(`update of ${field} with null`, call),
              patchOf(field, null)
            )
            yield* kit.has("who is read after null", yield* kit.get(before.id), patchOf(field, null))
          } else if (field !== "externalId" || !clearable) {
            yield* kit.refused(`update of ${field} with null`, call, unsupportedAt(field))
            yield* kit.isUntouched(before)
          }
        }
      })
  ),
  byExternalIdLaw(
    "external ids: who has one is given another by it, or that is refused where it is set once",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId } = found
        const customer = yield* create(externalId)
        const other = kit.value("externalId")
        const rename = byExternalId.updateByExternalId(externalId, { externalId: other })
        if (kit.can.fields.externalId.mutable !== "always") {
          yield* kit.refused("updateByExternalId with another", rename, unsupportedAt("externalId"))
          return yield* kit.isUntouched(customer)
        }
        const renamed = yield* kit.succeeds("updateByExternalId with another", rename)
        yield* kit.has("who was renamed", renamed, { externalId: other })
        yield* kit.refused("get by the external id of before", byExternalId.getByExternalId(externalId), notFound)
        const read = yield* kit.succeeds("get by the new external id", byExternalId.getByExternalId(other))
        return yield* kit.isSame("who is found", read, renamed, ["updatedAt"])
      })
  ),
  byExternalIdLaw(
    "external ids: deleteByExternalId deletes who has it, and no other",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId } = found
        const other = yield* create(kit.value("externalId"))
        const customer = yield* create(externalId)
        yield* kit.succeeds("deleteByExternalId", byExternalId.deleteByExternalId(externalId))
        yield* kit.refused("get of who was deleted", kit.customers.get(customer.id), notFound)
        yield* kit.refused("a second delete", byExternalId.deleteByExternalId(externalId), notFound)
        yield* kit.isUntouched(other)
      })
  ),
  byExternalIdLaw("external ids: one that nobody has is CustomerNotFound", (kit, found) =>
    Effect.gen(function*() {
      const { byExternalId, create, externalId } = found
      const customer = yield* create(kit.value("externalId"))
      const patch = filled(kit)
      yield* kit.createsNobody(Effect.gen(function*() {
        yield* kit.refused("getByExternalId", byExternalId.getByExternalId(externalId), notFound)
        yield* kit.refused("updateByExternalId", byExternalId.updateByExternalId(externalId, patch), notFound)
        yield* kit.refused("an empty updateByExternalId", byExternalId.updateByExternalId(externalId, {}), notFound)
        yield* kit.refused("deleteByExternalId", byExternalId.deleteByExternalId(externalId), notFound)
        if (kit.can.ids === "assigned") {
          yield* kit.refused("getByExternalId with an id", byExternalId.getByExternalId(customer.id), notFound)
        }
      }))
    })),
  byExternalIdLaw(
    "external ids: what can be none is InvalidRequest at externalId, for every call",
    (kit, found) =>
      Effect.gen(function*() {
        const input = yield* found.input
        yield* kit.createsNobody(Effect.gen(function*() {
          for (const externalId of ["", ".", "..", "\ud800", undefined, null, 5, {}]) {
            for (const [operation, call] of callsOf(found.byExternalId, untyped(externalId), input)) {
              yield* kit.refused(`${operation} of what is no external id`, call, invalidAt("externalId"))
            }
          }
        }))
      })
  ),
  byExternalIdLaw(
    "external ids: one of odd characters is found by it, or refused where it does not fit",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create } = found
        for (const text of odd) {
          const externalId = `${text}-${kit.token()}`
          if (Capabilities.fit(kit.can, { externalId }).unsupported.length === 0) {
            const customer = yield* create(externalId)
            const read = yield* kit.succeeds("getByExternalId", byExternalId.getByExternalId(externalId))
            yield* kit.isSame("who is found", read, customer)
            yield* kit.succeeds("deleteByExternalId", byExternalId.deleteByExternalId(externalId))
            yield* kit.refused("get of who was deleted", kit.customers.get(customer.id), notFound)
          } else {
            const input = { ...yield* kit.required, externalId }
            yield* kit.refused("create", kit.customers.create(input), unsupportedAt("externalId"))
            const get = byExternalId.getByExternalId(externalId)
            yield* kit.refused("getByExternalId", get, notFound, invalidAt("externalId"), unsupportedAt("externalId"))
          }
        }
      })
  ),
  law(
    "external ids: who is deleted frees theirs, or keeps it, as the capabilities say",
    { field: "externalId" },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, createsNobody, holds, refused, required, succeeds, value } = kit
        const input = inputOf("externalId", value("externalId"))
        if (!can.fields.externalId.stored) {
          const call = customers.create({ ...yield* required, ...input })
          return yield* createsNobody(refused("create with externalId", call, unsupportedAt("externalId")))
        }
        const first = yield* create(input)
        yield* succeeds("delete", customers.delete(first.id))
        if (can.delete.freesExternalId || can.fields.externalId.unique !== true) {
          const second = yield* create(input)
          yield* holds(can.ids === "externalId" || second.id !== first.id, "another customer", "the deleted one")
          return yield* kit.isUntouched(second)
        }
        const again = customers.create({ ...yield* required, ...input })
        return yield* refused(
          "create with the external id of who was deleted",
          again,
          at("CustomerAlreadyExists", "externalId")
        )
      })
  ),
  byExternalIdLaw(
    "getOrCreate: creates who is not there, with the input and the external id",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, externalId, input } = found
        const given = filled(kit)
        const created = yield* kit.succeeds(
          "getOrCreate",
          byExternalId.getOrCreate(externalId, { ...yield* input, ...given })
        )
        yield* kit.has("who was created", created, { ...given, externalId })
        yield* kit.isUntouched(created)
        const count = yield* countOf(kit, externalId)
        yield* kit.holds(count === 1, "one customer with the external id", `${count}`)
      })
  ),
  byExternalIdLaw(
    "getOrCreate: who is there comes back untouched, whatever the input",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId, input } = found
        const customer = yield* create(externalId, filled(kit))
        yield* kit.createsNobody(Effect.gen(function*() {
          for (const given of [yield* input, { ...yield* input, ...filled(kit) }]) {
            const same = yield* kit.succeeds("getOrCreate", byExternalId.getOrCreate(externalId, given))
            yield* kit.isSame("who is answered", same, customer)
            yield* kit.isUntouched(customer)
          }
        }))
      })
  ),
  byExternalIdLaw(
    "getOrCreate: never answers somebody else because of the e-mail",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, input } = found
        const { email, externalId } = kit.can.fields
        if (!email.stored) {
          const call = byExternalId.getOrCreate(kit.value("externalId"), { ...yield* input, email: kit.value("email") })
          yield* kit.refused("getOrCreate with an e-mail", call, unsupportedAt("email"))
          return
        }
        const others: Array<Customer> = [yield* create(kit.value("externalId"), { email: kit.value("email") })]
        if (!externalId.required) others.push(yield* kit.create({ email: kit.value("email") }))
        for (const other of others) {
          const address = Option.getOrElse(other.email, () => "")
          const call = byExternalId.getOrCreate(kit.value("externalId"), { ...yield* input, email: address })
          if (email.unique === true) {
            yield* kit.refused("getOrCreate with a taken e-mail", call, at("CustomerAlreadyExists", "email"))
          } else {
            const created = yield* kit.succeeds("getOrCreate with somebody else's e-mail", call)
            yield* kit.holds(created.id !== other.id, "another customer", "the one who has the e-mail")
          }
          yield* kit.isUntouched(other)
        }
      })
  ),
  byExternalIdLaw(
    "getOrCreate: two at once end with one customer and two successes",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, externalId, input } = found
        const call = byExternalId.getOrCreate(externalId, { ...yield* input, ...filled(kit) })
        const ends = yield* kit.succeeds("getOrCreate, twice at once", Effect.all([call, call], { concurrency: 2 }))
        yield* kit.isSame("who the one answers", ends[0], ends[1])
        const count = yield* countOf(kit, externalId)
        yield* kit.holds(count === 1, "one customer with the external id", `${count}`)
      })
  ),
  byExternalIdLaw(
    "upsert: two at once end with one customer and two successes",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, externalId, input } = found
        const call = byExternalId.upsert(externalId, { ...yield* input, ...filled(kit) })
        const ends = yield* kit.succeeds("upsert, twice at once", Effect.all([call, call], { concurrency: 2 }))
        yield* kit.holds(ends[0].id === ends[1].id, "one customer", "two")
        const count = yield* countOf(kit, externalId)
        yield* kit.holds(count === 1, "one customer with the external id", `${count}`)
      })
  ),
  byExternalIdLaw(
    "getOrCreate, upsert: input that is refused creates nobody, and changes nobody",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId, input } = found
        const customer = yield* create(externalId)
        const given = yield* input
        const wrong: ReadonlyArray<readonly [object, string, "InvalidRequest" | "Unsupported"]> = [
          [{ ...given, email: "nobody" }, "email", "InvalidRequest"],
          [{ ...given, nickname: "Ada" }, "nickname", "InvalidRequest"],
          [{ ...given, externalId: kit.value("externalId") }, "externalId", "InvalidRequest"],
          ...writableFields.flatMap((field) =>
            kit.can.fields[field].stored
              ? []
              : [[{ ...given, [field]: kit.value(field) }, field, "Unsupported"] as const]
          ),
          ...writableFields.flatMap((field) =>
            field !== "externalId" && kit.can.fields[field].required
              ? [[{ ...given, [field]: undefined }, field, "InvalidRequest"] as const]
              : []
          )
        ]
        yield* kit.createsNobody(Effect.gen(function*() {
          for (const operation of ["getOrCreate", "upsert"] as const) {
            for (const [odd, path, tag] of wrong) {
              for (const id of [externalId, kit.value("externalId")]) {
                yield* kit.refused(operation, byExternalId[operation](id, untyped(odd)), at(tag, path))
              }
            }
            for (const odd of [null, 5, "Ada"]) {
              yield* kit.refused(operation, byExternalId[operation](externalId, untyped(odd)), at("InvalidRequest"))
            }
          }
        }))
        yield* kit.isUntouched(customer)
      })
  ),
  byExternalIdLaw(
    "upsert: creates who is not there, with the input and the external id",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, externalId, input } = found
        const given = filled(kit)
        const created = yield* kit.succeeds("upsert", byExternalId.upsert(externalId, { ...yield* input, ...given }))
        yield* kit.has("who was created", created, { ...given, externalId })
        yield* kit.isUntouched(created)
      })
  ),
  byExternalIdLaw(
    "upsert: changes what the input names, and keeps what it does not",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create } = found
        for (const field of fieldsBeside(kit)) {
          const externalId = kit.value("externalId")
          const customer = yield* create(externalId, filled(kit))
          const stored: WithoutExternalId = Object.fromEntries(
            fieldsBeside(kit).flatMap((field) =>
              kit.can.fields[field].required ? [[field, Option.getOrUndefined(customer[field as "email"])]] : []
            )
          )
          const source = kit.can.fields.paymentSource.required ? { paymentSource: yield* kit.paymentSource } : {}
          const change = inputOf(field, kit.value(field))
          const { externalId: _, ...named } = change
          const updated = yield* kit.succeeds(
            `upsert of ${field}`,
            byExternalId.upsert(externalId, { ...stored, ...source, ...named })
          )
          yield* kit.has("who was changed", updated, named)
          yield* kit.isSame("who was changed", updated, customer, [field, "updatedAt"])
          yield* kit.isSame("who is read after a change", yield* kit.get(updated.id), updated, ["updatedAt"])
        }
      })
  ),
  byExternalIdLaw(
    "upsert: what differs in nothing changes nothing, not even the time of the last change",
    (kit, found) =>
      Effect.gen(function*() {
        const { byExternalId, create, externalId, input } = found
        const given = { ...yield* input, ...filled(kit) }
        const before = yield* create(externalId, given)
        const again = yield* kit.succeeds("upsert of what is there", byExternalId.upsert(externalId, given))
        yield* kit.isSame("who is answered", again, before)
        yield* kit.isUntouched(before)
      })
  )
]
