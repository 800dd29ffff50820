import {
  type Capabilities,
  type CreateCustomer,
  type Customer,
  type CustomersError,
  CustomersService,
  type UpdateCustomer
} from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import { MollieApi, MollieClient } from "@effect-customers/mollie"
import { type MollieSeed, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Option, Redacted, Stream } from "effect"
import { inProcess } from "./onSandbox.js"

const requests = Effect.flatMap(SandboxControl, (control) => control.requests)

const sent = Effect.map(requests, (log) => log.length)

const bodies = Effect.map(
  requests,
  (log) =>
    log.filter(({ method }) => method !== "GET").map(({ body }): unknown => body === "" ? undefined : JSON.parse(body))
)

const seed = (...customers: ReadonlyArray<MollieSeed>) =>
  Effect.flatMap(SandboxControl, (control) => control.seed("mollie", customers))

const stored = Effect.flatMap(SandboxControl, (control) => control.customers("mollie"))

describe("CustomersService over Mollie", () => {
  it.effect("creates, reads, changes, clears, walks and deletes", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ada = yield* customers.create({
        email: "ada@example.com",
        name: "Ada Lovelace",
        locale: "en-GB",
        metadata: { plan: "pro", seats: 3, tags: ["a", null], deep: { yes: true }, note: "" }
      })
      expect([ada.provider, ada.email, ada.name, ada.locale, ada.externalId, ada.phone, ada.address]).toEqual([
        "mollie",
        Option.some("ada@example.com"),
        Option.some("Ada Lovelace"),
        Option.some("en-GB"),
        Option.none(),
        Option.none(),
        Option.none()
      ])
      expect(ada.metadata).toEqual({ plan: "pro", seats: 3, tags: ["a", null], deep: { yes: true }, note: "" })
      expect(ada.updatedAt).toEqual(Option.none())
      expect(Option.getOrThrow(Mollie.raw(ada)).locale).toBe("en_GB")
      expect(yield* customers.get(ada.id)).toEqual(ada)
      const changed = yield* customers.update(ada.id, { name: "Grace", metadata: { plan: "free" } })
      expect([changed.name, changed.metadata, changed.email]).toEqual([
        Option.some("Grace"),
        { plan: "free" },
        ada.email
      ])
      const cleared = yield* customers.update(ada.id, { name: null, email: null, locale: null, metadata: null })
      expect([cleared.name, cleared.email, cleared.locale, cleared.metadata]).toEqual([
        Option.none(),
        Option.none(),
        Option.none(),
        {}
      ])
      expect((yield* bodies).slice(1)).toEqual([
        { name: "Grace", metadata: { plan: "free" } },
        { name: null, email: null, locale: null, metadata: null }
      ])
      expect((yield* customers.list()).items).toEqual([cleared])
      expect(Chunk.toArray(yield* Stream.runCollect(customers.stream()))).toEqual([cleared])
      yield* customers.delete(ada.id)
      for (const call of [customers.get(ada.id), customers.update(ada.id, {}), customers.delete(ada.id)]) {
        const error = yield* Effect.flip<
          unknown,
          { readonly _tag: string; readonly status?: number | undefined },
          never
        >(
          call
        )
        expect([error._tag, error.status]).toEqual(["CustomerNotFound", 410])
      }
      expect((yield* Effect.flip(customers.get("cst_nobody")))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))

  it.effect("what Mollie cannot store is Unsupported, naming the field, before anything is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const cases: ReadonlyArray<readonly [string, CreateCustomer]> = [
        ["externalId", { externalId: "user-1" }],
        ["phone", { phone: "+31201234567" }],
        ["address", { address: { country: "NL" } }],
        ["paymentSource", { paymentSource: { cardToken: Redacted.make("tkn") } }],
        ["locale", { locale: "nl" }],
        ["locale", { locale: "zh-Hant" }],
        ["metadata", { metadata: { k: "x".repeat(1017) } }]
      ]
      for (const [path, input] of cases) {
        const refusals: Array<CustomersError> = [yield* Effect.flip(customers.create({ name: "Ada", ...input }))]
        if (path !== "paymentSource") {
          refusals.push(yield* Effect.flip(customers.update("cst_1", input as UpdateCustomer)))
        }
        expect(refusals.map((error) => [error._tag, error._tag === "Unsupported" && error.path])).toEqual(
          refusals.map(() => ["Unsupported", path])
        )
      }
      for (const path of ["externalId", "phone", "address"]) {
        expect(yield* Effect.flip(customers.update("cst_1", { [path]: null }))).toMatchObject({
          _tag: "Unsupported",
          path
        })
      }
      expect(yield* sent).toBe(0)
    }).pipe(Effect.provide(inProcess())))

  it.effect("metadata that is no object reads as {} , stays in raw, and survives an update that does not name it", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      for (const metadata of ["text", "{\"order\":7}", 7, 0, [1, "a", { b: 2 }], [], true, null]) {
        const [id = ""] = yield* seed({ metadata })
        const before = yield* customers.get(id)
        expect([before.metadata, Option.getOrThrow(Mollie.raw(before)).metadata]).toEqual([{}, metadata])
        const after = yield* customers.update(id, { name: "Ada" })
        expect([after.metadata, Option.getOrThrow(Mollie.raw(after)).metadata]).toEqual([{}, metadata])
        expect((yield* stored).at(-1)?.metadata).toEqual(metadata)
      }
      expect((yield* bodies).every((body) => JSON.stringify(body) === "{\"name\":\"Ada\"}")).toBe(true)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(
    [
      ["nl-NL", "nl_NL", "nl-NL"],
      ["NL-nl", "nl_NL", "nl-NL"],
      ["en-be", "en_BE", "en-BE"],
      ["fr-lu", "fr_LU", "fr-LU"]
    ] as const
  )("the locale %s is sent as %s and reads %s", ([given, wire, read]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const created = yield* customers.create({ locale: given })
      expect(yield* bodies).toEqual([{ locale: wire }])
      expect(created.locale).toEqual(Option.some(read))
      expect((yield* customers.update(created.id, { locale: given })).locale).toEqual(Option.some(read))
      expect(yield* bodies).toEqual([{ locale: wire }, { locale: wire }])
    }).pipe(Effect.provide(inProcess())))

  it.effect("errors name the fields of the unified customer", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const issues = (error: { readonly _tag: string }) =>
        "issues" in error
          ? (error.issues as ReadonlyArray<{ readonly path: string }>).map(({ path }) => path)
          : error._tag
      expect(issues(yield* Effect.flip(customers.get("..")))).toEqual(["id"])
      expect(issues(yield* Effect.flip(customers.delete("")))).toEqual(["id"])
      expect(issues(yield* Effect.flip(customers.create({ email: "no e-mail" })))).toEqual(["email"])
      expect(issues(yield* Effect.flip(customers.create({ locale: "uz-UZ" })))).toEqual(["locale"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("raw survives a walk, is in no JSON and is none for others", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed({ name: "Ada" }, { name: "Grace" })
      const walked = Chunk.toArray(yield* Stream.runCollect(customers.stream()))
      expect(walked.map((customer) => Option.getOrThrow(Mollie.raw(customer)).mode)).toEqual(["test", "test"])
      expect(JSON.stringify(walked)).not.toContain("dashboard")
      expect(Option.isNone(Mollie.raw({ ...walked[0], provider: "polar" } as Customer))).toBe(true)
    }).pipe(Effect.provide(inProcess())))
})

const { capabilities } = Mollie
const fields = Object.keys(capabilities.fields) as ReadonlyArray<Capabilities.Field>

/** Two values of every field. */
const values: {
  readonly [F in Capabilities.Field]: readonly [NonNullable<CreateCustomer[F]>, NonNullable<CreateCustomer[F]>]
} = {
  externalId: ["user-1", "user-2"],
  email: ["ada@example.com", "grace@example.com"],
  name: ["Ada", "Grace"],
  phone: ["+31201234567", "+31201234568"],
  address: [{ country: "NL" }, { country: "US" }],
  locale: ["en-GB", "nl-NL"],
  metadata: [{ plan: "pro" }, { plan: "free", seats: 2 }],
  paymentSource: [{ cardToken: Redacted.make("card_1") }, { cardToken: Redacted.make("card_2") }]
}

const shown = (customer: Customer, field: Capabilities.Field): unknown =>
  field === "metadata"
    ? customer.metadata
    : field === "paymentSource"
    ? undefined
    : Option.getOrNull<unknown>(customer[field])

describe("capabilities and behaviour agree", () => {
  for (const field of fields) {
    const capability = capabilities.fields[field]
    const [one, other] = values[field]
    const nothing = field === "metadata" ? {} : null

    it.effect(`${field}: ${capability.stored ? "stored, clearable, mutable" : "not stored, so refused"}`, () =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        if (!capability.stored) {
          expect(yield* Effect.flip(customers.create({ [field]: one }))).toMatchObject({
            _tag: "Unsupported",
            path: field
          })
          expect(yield* sent).toBe(0)
          return
        }
        expect([capability.required, capability.clearable, capability.mutable]).toEqual([false, true, "always"])
        expect(shown(yield* customers.create({}), field)).toEqual(nothing)
        const { id } = yield* customers.create({ [field]: one })
        expect(shown(yield* customers.get(id), field)).toEqual(one)
        expect(shown(yield* customers.update(id, { [field]: other }), field)).toEqual(other)
        yield* customers.update(id, { [field]: null })
        expect(shown(yield* customers.get(id), field)).toEqual(nothing)
      }).pipe(Effect.provide(inProcess())))
  }

  it.effect("metadata holds nested values, nulls, empty strings and exactly 1024 bytes", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const { maxBytes = 0, nullValues } = capabilities.fields.metadata.limits?.metadata ?? {}
      expect([maxBytes, nullValues]).toEqual([1024, true])
      const most = { k: "x".repeat(maxBytes - JSON.stringify({ k: "" }).length) }
      for (const metadata of [most, { a: null, b: "", c: { d: [1, { e: false }] } }]) {
        expect((yield* customers.create({ metadata })).metadata).toEqual(metadata)
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("page sizes, order and one request at a time", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const control = yield* SandboxControl
      const seeded = yield* control.seed("mollie", 600)
      const { default: usual, max, min } = capabilities.pageSize
      for (const pageSize of [min, max]) expect((yield* customers.list({ pageSize })).items).toHaveLength(pageSize)
      expect((yield* customers.list()).items).toHaveLength(usual)
      const walked = Chunk.toArray(yield* Stream.runCollect(customers.stream()))
      expect(walked.map(({ id }) => id)).toEqual(seeded)
      expect([capabilities.walk, yield* control.mostInFlight]).toEqual([{ order: "oldest-first", parallel: false }, 1])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a delete keeps the payments; nothing is found by other ids or e-mail; repeats are as the endpoints say", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const control = yield* SandboxControl
      const mollie = yield* MollieClient
      const [id = ""] = yield* seed({ payments: [{ sequenceType: "first", mandateId: "mdt_1" }] })
      expect((yield* mollie.get(id))._links?.mandates?.href).toContain(id)
      yield* customers.delete(id)
      expect((yield* control.resources("mollie", id))["payments"]).toHaveLength(1)
      expect((yield* control.deleted("mollie"))[0]?._links.mandates).toBe(undefined)
      expect(capabilities.delete).toMatchObject({ cancelsSubscriptions: true, keepsBilling: true })
      expect([customers.byExternalId, customers.byEmail]).toEqual([Option.none(), Option.none()])
      expect(capabilities.findBy).toEqual({ externalId: false, email: false })
      expect(capabilities.repeat).toEqual({
        create: MollieApi.create.repeat,
        update: MollieApi.update.repeat,
        delete: MollieApi.delete.repeat
      })
    }).pipe(Effect.provide(inProcess())))
})
