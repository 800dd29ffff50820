/** The laws of get, create, update and delete, and of what inputs and ids are taken. */
import * as Capabilities from "@effect-customers/core/Capabilities"
import type { CreateCustomer } from "@effect-customers/core/Customer"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import type { Service } from "@effect-customers/core/CustomersService"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { at, type Case, invalidAt, type Kit, law, notFound, unsupportedAt, untyped } from "./law.js"
import { patchOf, writableFields } from "./values.js"

/** A value for every field that the provider stores. */
const everything = ({ can, value }: Kit): CreateCustomer =>
  Object.fromEntries(
    writableFields.flatMap((field) => can.fields[field].stored ? [[field, value(field)]] : [])
  )

/** Of every field that can always be changed, but for external ids, which may be the id. */
const somePatch = (kit: Kit) => {
  const { can, value } = kit
  const field = writableFields.find((field) =>
    field !== "externalId" && can.fields[field].stored && can.fields[field].mutable === "always"
  )
  return field === undefined ? {} : patchOf(field, value(field))
}

/** The three calls that name a customer. */
const callsOf = (
  { delete: remove, get, update }: Service,
  id: string,
  patch: object
): ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> => [
  ["get", get(id)],
  ["update", update(id, patch)],
  ["delete", remove(id)]
]

const wrongIds: ReadonlyArray<unknown> = ["", ".", "..", "\ud800", "a\udc00b", undefined, null, 5, {}, ["a"]]

/** What an id is not, and what a URL makes of it may be. */
const oddIds = (id: string): ReadonlyArray<string> => [
  `${id}/`,
  `${id}/cards`,
  `${id}?x=1`,
  `${id}#x`,
  `${id}%2F`,
  `${id}\u0000`,
  `../${id}`,
  `x/../${id}`,
  `%2e%2e`,
  `💶`,
  "x".repeat(3000)
]

const throwing = new Proxy({}, {
  get: () => {
    throw new Error("read")
  },
  ownKeys: () => {
    throw new Error("read")
  }
})

const wrongInputs: ReadonlyArray<unknown> = [null, 5, "Ada", () => ({}), Symbol("Ada"), throwing]

/** @internal */
export const writeCases: ReadonlyArray<Case> = [
  law(
    "capabilities: they are the service's own, and say nothing that cannot be",
    {},
    ({ can, customers, holds }) =>
      Effect.gen(function*() {
        const { fields, findBy, ids, pageSize } = can
        yield* holds(customers.provider === can.provider, "the provider of the capabilities", "another")
        yield* Effect.forEach(
          Object.entries(fields),
          ([field, { clearable, required, stored }]) =>
            holds(
              stored || !(clearable || required),
              `${field} to be stored where it is required or clearable`,
              "one that is not"
            )
        )
        const { default: usual, max, min } = pageSize
        const isOrdered = 1 <= min && min <= usual && usual <= max && [min, usual, max].every(Number.isInteger)
        yield* holds(isOrdered, "page sizes with min <= default <= max", "others")
        yield* holds(
          !findBy.externalId || fields.externalId.stored,
          "external ids to be stored where they find",
          "that they are not"
        )
        yield* holds(!findBy.email || fields.email.stored, "e-mails to be stored where they find", "that they are not")
        const { required, unique } = fields.externalId
        yield* holds(
          ids === "assigned" || (required && unique === true),
          "external ids that are the ids to be required and unique",
          "others"
        )
      })
  ),
  law(
    "capabilities: byExternalId and byEmail are there exactly where the provider finds by them",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { can, customers, holds } = kit
        const roles: ReadonlyArray<readonly [string, boolean, Service | undefined]> = [
          ["byExternalId", can.findBy.externalId, Option.getOrUndefined(customers.byExternalId)],
          ["byEmail", can.findBy.email, Option.getOrUndefined(customers.byEmail)]
        ]
        const customer = yield* kit.create()
        for (const [name, isClaimed, service] of roles) {
          const isThere = service !== undefined
          yield* holds(isThere === isClaimed, `${isClaimed ? "a" : "no"} ${name}`, isThere ? "one" : "none")
          if (!isThere) continue
          yield* holds(service.provider === customers.provider, `${name} of the same provider`, "another provider's")
          yield* kit.isSame(`who is read by ${name}`, yield* kit.succeeds("get", service.get(customer.id)), customer)
        }
      })
  ),
  law("create: everything that the provider stores is stored at once", {}, (kit) =>
    Effect.gen(function*() {
      const input = everything(kit)
      const customer = yield* kit.create(input)
      yield* kit.isSame("who is read", yield* kit.get(customer.id), customer)
    })),
  law("create: what is required is enough, and every call makes another customer", {}, (kit) =>
    Effect.gen(function*() {
      const [first, second] = yield* Effect.all([kit.create(), kit.create()])
      yield* kit.holds(first.id !== second.id, "two ids", "one")
      yield* kit.isUntouched(first)
      yield* kit.isUntouched(second)
    })),
  law("create: one field that is refused refuses the whole, and creates nobody", {}, (kit) =>
    Effect.gen(function*() {
      const { can, createsNobody, customers, refused } = kit
      const input = { ...yield* kit.required, ...everything(kit) }
      const unstored = writableFields.filter((field) => !can.fields[field].stored)
      yield* createsNobody(Effect.gen(function*() {
        yield* refused(
          "create with a wrong address",
          customers.create(untyped({ ...input, address: 5 })),
          invalidAt("address")
        )
        for (const field of unstored) {
          const call = customers.create({ ...input, ...patchOf(field, kit.value(field)) as CreateCustomer })
          yield* refused(`create with ${field}`, call, unsupportedAt(field))
        }
      }))
    })),
  law(
    "inputs: a key that is not known is InvalidRequest at it, and is not ignored",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { create, createsNobody, customers, isUntouched, paymentSource, refused, required } = kit
        const customer = yield* create()
        const input = yield* required
        yield* createsNobody(
          refused(
            "create with another key",
            customers.create(untyped({ ...input, nickname: "Ada" })),
            invalidAt("nickname")
          )
        )
        yield* refused(
          "update with another key",
          customers.update(customer.id, untyped({ ...somePatch(kit), nickname: "Ada" })),
          invalidAt("nickname")
        )
        yield* refused(
          "update with a payment source",
          customers.update(customer.id, untyped({ paymentSource: yield* paymentSource })),
          invalidAt("paymentSource")
        )
        yield* isUntouched(customer)
      })
  ),
  law("inputs: what is no object, or cannot be read, is InvalidRequest", {}, (kit) =>
    Effect.gen(function*() {
      const { create, createsNobody, customers, isUntouched, refused } = kit
      const customer = yield* create()
      yield* createsNobody(
        Effect.forEach(wrongInputs, (wrong) =>
          Effect.zipRight(
            refused("create of no object", customers.create(untyped(wrong)), at("InvalidRequest")),
            refused("update by no object", customers.update(customer.id, untyped(wrong)), at("InvalidRequest"))
          ), { discard: true })
      )
      yield* isUntouched(customer)
    })),
  law("calls: nothing happens before a call is run, and a read can be run again", {}, (kit) =>
    Effect.gen(function*() {
      const { create, createsNobody, customers, has, isUntouched, required, succeeds } = kit
      const customer = yield* create()
      const input = yield* required
      yield* createsNobody(Effect.sync(() => [
        customers.create(input),
        customers.update(customer.id, somePatch(kit)),
        customers.delete(customer.id)
      ]))
      yield* isUntouched(customer)
      const get = customers.get(customer.id)
      yield* succeeds("get", get)
      const patch = somePatch(kit)
      yield* succeeds("update", customers.update(customer.id, patch))
      yield* has("who is read again", yield* succeeds("the same get again", get), patch)
    })),
  law("get: answers who create answered, and no other", {}, (kit) =>
    Effect.gen(function*() {
      const made = yield* kit.createMany(3)
      for (const customer of made) yield* kit.isUntouched(customer)
    })),
  law("get, update, delete: an id of nobody is CustomerNotFound", {}, (kit) =>
    Effect.gen(function*() {
      const customer = yield* kit.create()
      const last = customer.id.at(-1) === "0" ? "1" : "0"
      const patch = somePatch(kit)
      yield* kit.createsNobody(Effect.gen(function*() {
        for (const id of [`nobody-${kit.token()}`, `${customer.id.slice(0, -1)}${last}`]) {
          for (const [operation, call] of callsOf(kit.customers, id, patch)) {
            yield* kit.refused(`${operation} of nobody`, call, notFound)
          }
        }
      }))
      yield* kit.isUntouched(customer)
    })),
  law("get, update, delete: who was deleted is CustomerNotFound", {}, (kit) =>
    Effect.gen(function*() {
      const { create, customers, refused, succeeds } = kit
      const customer = yield* create()
      yield* succeeds("delete", customers.delete(customer.id))
      for (const [operation, call] of callsOf(customers, customer.id, somePatch(kit))) {
        yield* refused(`${operation} of who was deleted`, call, notFound)
      }
    })),
  law("delete: who was deleted is found nowhere, and everybody else stays", {}, (kit) =>
    Effect.gen(function*() {
      const { all, can, collect, createMany, customers, holds, isUntouched, refused, succeeds } = kit
      const [first, gone, last] = yield* createMany(3)
      if (first === undefined || gone === undefined || last === undefined) return
      yield* succeeds("delete", customers.delete(gone.id))
      const ids = new Set<string>((yield* all).map(({ id }) => id))
      yield* holds(!ids.has(gone.id), "a walk without who was deleted", "a walk that tells of the deleted customer")
      yield* holds(ids.has(first.id) && ids.has(last.id), "a walk with the others", "one without")
      if (Option.isSome(customers.byExternalId) && Option.isSome(gone.externalId)) {
        const call = customers.byExternalId.value.getByExternalId(gone.externalId.value)
        yield* refused("getByExternalId of who was deleted", call, notFound)
      }
      if (can.findBy.email && Option.isSome(customers.byEmail) && Option.isSome(gone.email)) {
        const found = yield* collect("findByEmail", customers.byEmail.value.findByEmail(gone.email.value))
        yield* holds(found.length === 0, "nobody with the e-mail of who was deleted", "somebody")
      }
      yield* isUntouched(first)
      yield* isUntouched(last)
    })),
  law("get, update, delete: what is no id is InvalidRequest at id", {}, (kit) =>
    Effect.gen(function*() {
      const customer = yield* kit.create()
      for (const id of wrongIds) {
        for (const [operation, call] of callsOf(kit.customers, untyped(id), somePatch(kit))) {
          yield* kit.refused(`${operation} of what is no id`, call, invalidAt("id"))
        }
      }
      yield* kit.isUntouched(customer)
    })),
  law(
    "get, update, delete: an id with a slash or other odd characters is nobody's",
    {},
    (kit) =>
      Effect.gen(function*() {
        const customer = yield* kit.create()
        for (const id of oddIds(customer.id)) {
          for (const [operation, call] of callsOf(kit.customers, id, somePatch(kit))) {
            yield* kit.refused(`${operation} of an odd id`, call, notFound, invalidAt("id"), unsupportedAt("id"))
          }
        }
        yield* kit.isUntouched(customer)
      })
  ),
  law(
    "update: answers the changed customer, whom get answers too, and changes no other",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { create, createMany, customers, get, has, isSame, isUntouched, succeeds } = kit
        const others = yield* createMany(2)
        const customer = yield* create(everything(kit))
        const patch = somePatch(kit)
        const updated = yield* succeeds("update", customers.update(customer.id, patch))
        const changed = Object.keys(patch) as ReadonlyArray<"name">
        yield* has("who was changed", updated, patch)
        yield* isSame("who was changed", updated, customer, [...changed, "updatedAt"])
        yield* isSame("who is read after a change", yield* get(customer.id), updated, ["updatedAt"])
        for (const other of others) yield* isUntouched(other)
      })
  ),
  law("update: an empty patch changes nothing, and answers the customer", {}, (kit) =>
    Effect.gen(function*() {
      const { create, customers, isSame, isUntouched, succeeds } = kit
      const customer = yield* create(everything(kit))
      const undefineds = Object.fromEntries(writableFields.map((field) => [field, undefined]))
      for (const patch of [{}, undefineds]) {
        const answered = yield* succeeds("an empty update", customers.update(customer.id, patch))
        yield* isSame("who is answered", answered, customer, ["updatedAt"])
        // some providers change the time with every call
        yield* isSame("who is read", yield* kit.get(customer.id), customer, ["updatedAt"])
      }
      yield* isUntouched(yield* kit.get(customer.id))
    })),
  law("update: one field that is refused refuses the whole, and changes nothing", {}, (kit) =>
    Effect.gen(function*() {
      const { can, create, customers, isUntouched, refused, value } = kit
      const customer = yield* create(everything(kit))
      const patch = somePatch(kit)
      yield* refused(
        "update with a wrong e-mail",
        customers.update(customer.id, { ...patch, email: "nobody" }),
        invalidAt("email")
      )
      for (const field of writableFields) {
        if (can.fields[field].stored) continue
        const call = customers.update(customer.id, { ...patch, ...patchOf(field, value(field)) })
        yield* refused(`update with ${field}`, call, unsupportedAt(field))
      }
      yield* isUntouched(customer)
    })),
  law("update: several fields at once are all changed", {}, (kit) =>
    Effect.gen(function*() {
      const { can, create, customers, get, has, succeeds } = kit
      const { id } = yield* create(everything(kit))
      const patch = Object.fromEntries(
        writableFields.flatMap((field) =>
          can.fields[field].stored && can.fields[field].mutable === "always" ? [[field, kit.value(field)]] : []
        )
      )
      const updated = yield* succeeds("update of several fields", customers.update(id, patch))
      yield* has("who was changed", updated, patch)
      yield* has("who is read after a change", yield* get(updated.id), patch)
    })),
  law(
    "ids: an id is the provider's own and stays, or is the external id and changes with it",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, get, has, holds, refused, succeeds, value } = kit
        const { mutable, stored } = can.fields.externalId
        const externalId = value("externalId")
        const customer = yield* create(stored ? { externalId } : {})
        const isOwn = can.ids === "assigned"
        yield* holds(
          (customer.id !== externalId) === isOwn,
          isOwn ? "an id of its own" : "the external id",
          isOwn ? "the external id" : "another"
        )
        const name = { ...somePatch(kit) }
        const changed = yield* succeeds("update", customers.update(customer.id, name))
        yield* holds(changed.id === customer.id, "the same id after an update", "another")
        if (!stored || mutable !== "always") return
        const other = value("externalId")
        const renamed = yield* succeeds("update of externalId", customers.update(customer.id, { externalId: other }))
        yield* holds(
          (renamed.id === customer.id) === isOwn,
          `${isOwn ? "the same" : "another"} id after a rename`,
          isOwn ? "another" : "the same"
        )
        yield* has("who is read after a rename", yield* get(renamed.id), { externalId: other, ...name })
        if (!isOwn) yield* refused("get by the id of before", customers.get(customer.id), notFound)
      })
  ),
  law(
    "answers: they name the service's provider, and the same time of creation everywhere",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { all, can, create, customers, get, holds, succeeds } = kit
        const customer = yield* create()
        const updated = yield* succeeds("update", customers.update(customer.id, somePatch(kit)))
        const listed = (yield* all).filter(({ id }) => id === customer.id)
        yield* holds(listed.length === 1, "the customer in the walk", "nobody")
        for (const answer of [customer, updated, yield* get(customer.id), ...listed]) {
          yield* holds(answer.provider === can.provider, "the provider of the service in every answer", "another")
          const isSame = DateTime.Equivalence(answer.createdAt, customer.createdAt)
          yield* holds(isSame, "the same createdAt in every answer", "another")
        }
      })
  ),
  law(
    "answers: who was changed has the time of it, or nobody ever has one where the provider does not tell",
    { answers: "updatedAt" },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, get, holds, succeeds } = kit
        const customer = yield* create()
        const updated = yield* succeeds("update", customers.update(customer.id, somePatch(kit)))
        const stored = yield* get(customer.id)
        if (can.answers.updatedAt) {
          const isAfter = Option.exists(stored.updatedAt, DateTime.greaterThanOrEqualTo(customer.createdAt))
          return yield* holds(isAfter, "an updatedAt that is not before createdAt", "none, or an earlier one")
        }
        const isNone = [customer, updated, stored].every(({ updatedAt }) => Option.isNone(updatedAt))
        return yield* holds(isNone, "no updatedAt", "one")
      })
  ),
  law("capabilities: what fits of an input is taken", {}, (kit) =>
    Effect.gen(function*() {
      const whole = Object.fromEntries(writableFields.map((field) => [field, kit.value(field)]))
      const { input, unsupported } = Capabilities.fit(kit.can, whole)
      yield* kit.create(input)
      const { paymentSource: _, ...required } = yield* kit.required
      for (const { path } of unsupported) {
        const call = kit.customers.create({ ...required, ...whole })
        const endings = unsupported.map(({ path }) => unsupportedAt(path))
        yield* kit.refused(`create with ${path}`, call, unsupportedAt(path), ...endings, invalidAt("paymentSource"))
      }
    }))
]
