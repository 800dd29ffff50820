/** The laws of what a provider's limits leave room for, and of metadata and addresses as wholes. */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import type { AddressInput, Json, Metadata } from "@effect-customers/core/Customer"
import * as Effect from "effect/Effect"
import { type Case, type ContractViolated, type Kit, law, unsupportedAt, untyped } from "./law.js"
import { inputOf, patchOf, type Values, type WritableField, writableFields } from "./values.js"

interface Bounds<F extends WritableField> {
  readonly within: ReadonlyArray<Values[F]>
  readonly beyond: ReadonlyArray<readonly [value: Values[F], path: string]>
}

/** What is within is stored exactly; what is beyond is refused, by create and by update, and nothing comes of it. */
const areKept = <F extends WritableField>(kit: Kit, field: F, bounds: () => Bounds<F>) =>
  Effect.gen(function*() {
    const { beyond, within } = bounds()
    const { can, create, createsNobody, customers, get, has, isUntouched, refused, required, succeeds } = kit
    for (const value of within) {
      const { id } = yield* create(inputOf(field, value))
      yield* has("who is read", yield* get(id), patchOf(field, value))
    }
    const customer = yield* create()
    const input = yield* required
    yield* createsNobody(
      Effect.forEach(beyond, ([value, path]) => {
        const patch = patchOf(field, value)
        const endings = [unsupportedAt(path), unsupportedAt(field)] as const
        return Effect.zipRight(
          refused(
            `create with ${path} beyond the limits`,
            customers.create({ ...input, ...inputOf(field, value) }),
            ...endings
          ),
          refused(`update to ${path} beyond the limits`, customers.update(customer.id, patch), ...endings)
        )
      }, { discard: true })
    )
    yield* isUntouched(customer)
    if (can.fields[field].mutable !== "always") return
    let { id } = customer
    // others than were given to somebody, who may be the only one to have them
    for (const value of bounds().within) {
      const updated = yield* succeeds(`update to ${field} at the limits`, customers.update(id, patchOf(field, value)))
      id = updated.id
      yield* has("who is read after a change", yield* get(id), patchOf(field, value))
    }
  })

type TextField = Exclude<WritableField, "address" | "metadata">

const letters = "abcdefghijklmnopqrstuvwxyz"

/** So many characters, of those that the provider takes. */
const longText = (kit: Kit, field: TextField, length: number): string => {
  const text = kit.value(field)
  return field === "email" ? text.padStart(length, "a") : text.padEnd(length, text.at(-1))
}

const outside = ["!", "/", "@", " ", ".", "é", "a", "0"]

const textBounds = (kit: Kit, field: TextField): Bounds<TextField> => {
  const { limits = {} } = kit.can.fields[field]
  const { characters, pathSegment, regionRequired } = limits
  // no language tag is as long as it likes
  const maxLength = field === "locale" ? undefined : limits.maxLength
  const odd = outside.find((character) => characters !== undefined && !new RegExp(`^${characters}$`).test(character))
  const beyond = [
    ...maxLength === undefined ? [] : [longText(kit, field, maxLength + 1)],
    ...odd === undefined ? [] : [`${kit.value(field).slice(1)}${odd}`],
    ...pathSegment === true ? [`${kit.value(field)}/cards`] : [],
    ...regionRequired === true ? ["nl"] : []
  ]
  return {
    within: maxLength === undefined ? [kit.value(field)] : [kit.value(field), longText(kit, field, maxLength)],
    beyond: beyond.map((value) => [value, field])
  }
}

const addressBounds = ({ can, value }: Kit): Bounds<"address"> => {
  const { addressLengths = {}, exceptCountries = [] } = can.fields.address.limits ?? {}
  const lines = Object.entries(addressLengths) as ReadonlyArray<readonly [Capabilities.AddressLine, number]>
  const long = (extra: number) =>
    lines.map(([line, length]): readonly [AddressInput, string] => [
      { ...value("address"), [line]: letters[0]!.repeat(length + extra) },
      `address.${line}`
    ])
  return {
    within: [value("address"), ...long(0).map(([address]) => address)],
    beyond: [
      ...long(1),
      ...exceptCountries.map((country) => [{ country }, "address.country"] as const)
    ]
  }
}

const isLimited = (field: Exclude<WritableField, "metadata">) =>
  law(
    `${field}: what the provider's limits leave room for is stored, what they do not is refused at its place`,
    { field },
    (kit) => {
      if (!kit.can.fields[field].stored) {
        return areKept(kit, field, () => ({ within: [], beyond: [[untyped(kit.value(field)), field]] }))
      }
      return field === "address"
        ? areKept(kit, field, () => addressBounds(kit))
        : areKept(kit, field, () => textBounds(kit, field))
    }
  )

const unlimited: Capabilities.MetadataLimits = { values: "json", nullValues: true, emptyStrings: true }

const metadataLimits = ({ can }: Kit): Capabilities.MetadataLimits => can.fields.metadata.limits?.metadata ?? unlimited

/** Names that objects have anyway, and such as are no identifiers. */
const keys = ["constructor", "toString", "a.b", "a b", "42", "größe"]

const values: { readonly [kind: string]: readonly [Json, (limits: Capabilities.MetadataLimits) => boolean] } = {
  text: ["pro", () => true],
  emptyText: ["", ({ emptyStrings }) => emptyStrings],
  number: [3, ({ values }) => values !== "strings"],
  fraction: [-1.5, ({ values }) => values !== "strings"],
  zero: [0, ({ values }) => values !== "strings"],
  yes: [true, ({ values }) => values !== "strings"],
  no: [false, ({ values }) => values !== "strings"],
  nothing: [null, ({ nullValues }) => nullValues],
  list: [[1, "two", [false]], ({ values }) => values === "json"],
  object: [{ deep: { deeper: ["x"] } }, ({ values }) => values === "json"],
  emptyList: [[], ({ values }) => values === "json"],
  emptyObject: [{}, ({ values }) => values === "json"]
}

const takes = (limits: Capabilities.MetadataLimits, isTaken: boolean): ReadonlyArray<readonly [string, Json]> =>
  Object.entries(values).flatMap(([kind, [value, isKept]]) =>
    isKept(limits) === isTaken ? [[kind, value] as const] : []
  )

const bytesOf = (metadata: Metadata): number => new TextEncoder().encode(JSON.stringify(metadata)).length

/** A text of so many bytes of JSON, in one entry. */
const heavy = (bytes: number): Metadata => ({ text: "x".repeat(bytes - bytesOf({ text: "" })) })

const many = (count: number): Metadata =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "x"]))

const sizes = ({ maxBytes, maxKeyLength, maxKeys, maxValueLength }: Capabilities.MetadataLimits, extra: 0 | 1) => [
  ...maxKeys === undefined ? [] : [[many(maxKeys + extra), "metadata"] as const],
  ...maxKeyLength === undefined ? [] : [[{ ["k".repeat(maxKeyLength + extra)]: "x" }, "metadata.*"] as const],
  ...maxValueLength === undefined ? [] : [[{ text: "x".repeat(maxValueLength + extra) }, "metadata.*"] as const],
  ...maxBytes === undefined ? [] : [[heavy(maxBytes + extra), "metadata"] as const]
]

const field = "metadata"

/** Where there is no place for metadata, it is refused as any other field that is not stored. */
const onMetadata = (name: string, check: (kit: Kit) => Effect.Effect<void, ContractViolated>) =>
  law(name, { field }, (kit) =>
    kit.can.fields.metadata.stored
      ? check(kit)
      : areKept(kit, field, () => ({ within: [], beyond: [[kit.value(field), field]] })))

const wholes: ReadonlyArray<Case> = [
  onMetadata(
    "metadata: every kind of value that the provider keeps comes back as it was given",
    (kit) => {
      const kept = takes(metadataLimits(kit), true)
      return areKept(kit, field, () => ({
        within: [Object.fromEntries(kept), Object.fromEntries(keys.map((key) => [key, "x"])), {}],
        beyond: []
      }))
    }
  ),
  onMetadata(
    "metadata: kinds of values that the provider does not keep are refused, none is left out or made another",
    (kit) => {
      const refused = takes(metadataLimits(kit), false)
      return areKept(kit, field, () => ({
        within: [{ plan: "pro" }],
        beyond: refused.map(([kind, value]) => [{ plan: "pro", [kind]: value }, "metadata.*"])
      }))
    }
  ),
  onMetadata(
    "metadata: as much as the provider keeps is stored, and any more is refused",
    (kit) =>
      areKept(kit, field, () => ({
        within: [{ plan: "pro" }, ...sizes(metadataLimits(kit), 0).map(([metadata]) => metadata)],
        beyond: sizes(metadataLimits(kit), 1)
      }))
  ),
  onMetadata(
    "metadata: a patch replaces the whole, and no entry of before is left",
    ({ can, create, customers, get, has, isUntouched, refused, succeeds }) =>
      Effect.gen(function*() {
        const customer = yield* create({ metadata: { plan: "pro", seats: "3", constructor: "x" } })
        const patch = { metadata: { seats: "4", team: "eu" } }
        const update = customers.update(customer.id, patch)
        if (can.fields.metadata.mutable !== "always") {
          yield* refused("update of metadata", update, unsupportedAt(field))
          return yield* isUntouched(customer)
        }
        yield* has("who was changed", yield* succeeds("update of metadata", update), patch)
        return yield* has("who is read after a change", yield* get(customer.id), patch)
      })
  ),
  onMetadata(
    "metadata: {} in a patch empties it",
    ({ can, create, customers, get, has, isUntouched, refused, succeeds }) =>
      Effect.gen(function*() {
        const customer = yield* create({ metadata: { plan: "pro" } })
        const update = customers.update(customer.id, { metadata: {} })
        if (can.fields.metadata.mutable !== "always") {
          yield* refused("update of metadata", update, unsupportedAt(field))
          return yield* isUntouched(customer)
        }
        yield* has("who was changed", yield* succeeds("update of metadata", update), { metadata: {} })
        return yield* has("who is read after a change", yield* get(customer.id), { metadata: {} })
      })
  ),
  onMetadata(
    "metadata: what becomes of the input afterwards does not reach the customer",
    ({ create, get, has, value }) =>
      Effect.gen(function*() {
        const given = value("metadata")
        const metadata: { [key: string]: Json } = { ...given }
        const { id } = yield* create({ metadata })
        metadata["plan"] = "changed"
        metadata["more"] = "added"
        yield* has("who is read", yield* get(id), { metadata: given })
      })
  ),
  law(
    "address: a patch replaces the whole, and no line of before is left",
    { field: "address" },
    (kit) =>
      Effect.gen(function*() {
        const { can, create, customers, get, has, isUntouched, refused, succeeds, value } = kit
        if (!can.fields.address.stored) {
          return yield* areKept(kit, "address", () => ({ within: [], beyond: [[value("address"), "address"]] }))
        }
        const customer = yield* create({ address: value("address") })
        const { country, line1 } = value("address")
        const patch = { address: { country, line1 } }
        const update = customers.update(customer.id, patch)
        if (can.fields.address.mutable !== "always") {
          yield* refused("update of the address", update, unsupportedAt("address"))
          return yield* isUntouched(customer)
        }
        yield* has("who was changed", yield* succeeds("update of the address", update), patch)
        return yield* has("who is read after a change", yield* get(customer.id), patch)
      })
  ),
  law(
    "address: a line that is blank or null reads as one that is not there",
    { field: "address" },
    (kit) => {
      const { country, line1 } = kit.value("address")
      const stored = kit.can.fields.address.stored
      return areKept(kit, "address", () => ({
        within: stored ? [{ country, line1, line2: "", city: null }, { country, line1: "", postalCode: null }] : [],
        beyond: stored ? [] : [[{ country, line2: "", city: null }, "address"]]
      }))
    }
  )
]

/** @internal */
export const limitCases: ReadonlyArray<Case> = [
  ...writableFields.flatMap((field) => field === "metadata" ? [] : [isLimited(field)]),
  ...wholes
]
