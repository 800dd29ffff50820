import {
  Capabilities,
  type CreateCustomer,
  CustomersService,
  Idempotency,
  type UpdateCustomer
} from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import { splitName } from "@effect-customers/pin-payments/PinPaymentsCustomers"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Cause, ConfigProvider, Effect, Exit, FastCheck, Layer, Option, Redacted } from "effect"
import { inspect } from "node:util"
import { issuesOf } from "../../core/test/failedAnswer.js"
import {
  bodyOf,
  cardOnWire,
  cardToken,
  cvc,
  expectNothingSent,
  inject,
  inProcess,
  json,
  number,
  operations,
  refusal,
  requests,
  secretKey,
  seedOne,
  stored
} from "./onSandbox.js"
import * as samples from "./samples.js"

const email = "ada@example.com"

const card = {
  number: Redacted.make(number),
  expiryMonth: 5,
  expiryYear: 2030,
  cvc: Redacted.make(cvc),
  name: "Ada Example",
  address: { line1: "1 Sample St", city: "Perth", country: "AU" }
}

const some = Option.some

describe("CustomersService over Pin Payments", () => {
  it.effect("creates by token and with a card, reads, changes, lists and deletes", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const token = yield* cardToken
      const ada = yield* customers.create({
        email,
        name: "Ada King Lovelace",
        phone: "+61 400",
        paymentSource: { cardToken: token }
      })
      expect([ada.provider, ada.email, ada.name, ada.phone]).toEqual(
        ["pin-payments", some(email), some("Ada King Lovelace"), some("+61 400")]
      )
      expect([ada.externalId, ada.address, ada.locale, ada.metadata, ada.updatedAt]).toEqual(
        [Option.none(), Option.none(), Option.none(), {}, Option.none()]
      )
      const pin = Option.getOrThrow(PinPayments.raw(ada))
      expect(Redacted.value(pin.card!.token)).toBe(Redacted.value(token))

      const grace = yield* customers.create({
        email: "grace@example.com",
        paymentSource: {
          card: { ...card, address: { ...card.address, line2: "b", state: "WA", postalCode: "6000" } }
        }
      })
      expect(grace.name).toEqual(Option.none())
      expect((yield* customers.list()).items).toEqual([grace, ada])
      expect(yield* customers.get(ada.id)).toEqual(ada)

      const changed = yield* customers.update(ada.id, { email: "a@example.com", name: "Ada", phone: "1" })
      expect([changed.email, changed.name, changed.phone]).toEqual([some("a@example.com"), some("Ada"), some("1")])
      expect(yield* customers.get(ada.id)).toEqual(changed)
      yield* customers.delete(ada.id)
      expect(yield* refusal(customers.delete(ada.id))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(customers.get(ada.id))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(customers.update(ada.id, { email }))).toEqual(["CustomerNotFound"])
      expect(yield* refusal(customers.update(ada.id, { name: "x" }))).toEqual(["CustomerNotFound"])

      expect((yield* requests).filter(({ method }) => method === "POST").map(bodyOf)).toEqual([
        {
          email,
          first_name: "Ada King",
          last_name: "Lovelace",
          phone_number: "+61 400",
          card_token: Redacted.value(token)
        },
        {
          email: "grace@example.com",
          card: {
            ...cardOnWire,
            address_country: "AU",
            address_line2: "b",
            address_state: "WA",
            address_postcode: "6000"
          }
        }
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("says in the unified words what is wrong with a payment source, before and after it is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const create = (paymentSource: CreateCustomer["paymentSource"]) =>
        refusal(customers.create({ email, ...paymentSource === undefined ? {} : { paymentSource } }))
      expect(yield* create(undefined)).toEqual(["InvalidRequest", "sdk", "paymentSource"])
      expect(yield* create({ card: { ...card, address: { country: "AU", line1: "x" } } })).toEqual(
        ["InvalidRequest", "sdk", "paymentSource.card.address.city"]
      )
      expect(yield* create({ card: { ...card, address: { country: "AU", city: "Perth" } } })).toEqual(
        ["InvalidRequest", "sdk", "paymentSource.card.address.line1"]
      )
      const both = { card, cardToken: Redacted.make("card_x") }
      expect((yield* create(both))[0]).toBe("InvalidRequest")
      expect((yield* create({ cardToken: Redacted.make("") })).slice(0, 2)).toEqual(["InvalidRequest", "sdk"])
      expect(yield* refusal(customers.create({ paymentSource: { card } }))).toEqual(["InvalidRequest", "sdk", "email"])
      yield* expectNothingSent

      const wrong = { ...card, number: Redacted.make("4111111111111111"), expiryYear: 2020, cvc: Redacted.make("1") }
      expect(yield* create({ card: wrong })).toEqual([
        "InvalidRequest",
        "provider",
        "paymentSource.card.number",
        "paymentSource.card.expiryMonth",
        "paymentSource.card.expiryYear",
        "paymentSource.card.cvc"
      ])
      const spent = yield* cardToken
      yield* customers.create({ email, paymentSource: { cardToken: spent } })
      for (const cardToken of [spent, Redacted.make("card_unknown")]) {
        expect(yield* create({ cardToken })).toEqual(["InvalidRequest", "provider", "paymentSource"])
      }
      yield* inject("create", json(400, { error: "token_already_used" }))
      expect(yield* create({ cardToken: spent })).toEqual(["InvalidRequest", "provider", "paymentSource"])
      yield* inject("create", json(422, samples.errors.nestedCard))
      expect(yield* create({ card })).toEqual(["InvalidRequest", "provider", "paymentSource.card.address.country"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("refuses what Pin cannot store, and clearing, before anything is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const id = yield* seedOne()
      const samples = {
        externalId: "user-1",
        address: { line1: "x", country: "AU" },
        locale: "en",
        metadata: { plan: "pro" }
      }
      for (const [field, value] of Object.entries(samples)) {
        const given = { [field]: value }
        expect(yield* refusal(customers.create({ email, paymentSource: { card }, ...given }))).toEqual(
          ["Unsupported", field]
        )
        expect(yield* refusal(customers.update(id, given))).toEqual(["Unsupported", field])
      }
      for (const field of ["email", "name", "phone"]) {
        expect(yield* refusal(customers.update(id, { [field]: null }))).toEqual(["Unsupported", field])
      }
      expect(yield* refusal(customers.update(id, { paymentSource: { card } } as UpdateCustomer))).toContain(
        "paymentSource"
      )
      const keyed = (call: Effect.Effect<unknown, { readonly _tag: string }>) => refusal(Idempotency.withKey(call, "k"))
      expect(yield* keyed(customers.create({ email, paymentSource: { card } }))).toContain("Unsupported")
      expect(yield* keyed(customers.update(id, { email }))).toContain("Unsupported")
      expect(yield* keyed(customers.delete(id))).toContain("Unsupported")
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("fit says beforehand what it takes", () =>
    Effect.sync(() => {
      const { input, missing, unsupported } = Capabilities.fit(PinPayments.capabilities, {
        name: "Ada",
        metadata: { plan: "pro" }
      })
      expect([input, missing, unsupported.map(({ path }) => path)]).toEqual([
        { name: "Ada" },
        ["email", "paymentSource"],
        ["metadata"]
      ])
    }))

  it.effect("an update that changes nothing sends no PUT, one of a name reads first", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const id = yield* seedOne({ first_name: "Ada", last_name: "Lovelace", email })
      expect((yield* customers.update(id, {})).name).toEqual(some("Ada Lovelace"))
      expect((yield* customers.update(id, { name: "Ada Lovelace" })).name).toEqual(some("Ada Lovelace"))
      expect((yield* customers.update(id, { name: undefined, phone: undefined })).email).toEqual(some(email))
      expect(yield* operations).toEqual(["get", "get", "get"])
      yield* customers.update(id, { name: "Ada Lovelace", phone: "1" })
      yield* customers.update(id, { email: "b@example.com" })
      yield* customers.update(id, { name: "Ada King" })
      expect((yield* requests).slice(3).map((entry) => [entry.operation, bodyOf(entry)])).toEqual([
        ["get", undefined],
        ["update", { phone_number: "1" }],
        ["update", { email: "b@example.com" }],
        ["get", undefined],
        ["update", { first_name: "Ada", last_name: "King" }]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(["Bo", "Bo Byron"])(
    "a Pin that keeps the last name, whatever is sent, is found out: %s",
    (name) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const id = yield* seedOne({ first_name: "Ada", last_name: "Lovelace" })
        yield* inject(
          "update",
          json(200, { response: { ...samples.customer, first_name: "Bo", last_name: "Lovelace" } })
        )
        const error = yield* Effect.flip(customers.update(id, { name }))
        expect([error._tag, error.mayHaveApplied, ...issuesOf(error)]).toEqual(
          ["Conflict", true, ["name", expect.stringMatching(/\w/)]]
        )
      }).pipe(Effect.provide(inProcess()))
  )
})

describe("a Pin that trims", () => {
  it.effect("is no conflict", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const id = yield* seedOne({ first_name: "Ada", last_name: "Lovelace" })
      yield* inject("update", json(200, { response: { ...samples.customer, first_name: "Bo", last_name: "" } }))
      expect(Option.getOrNull((yield* customers.update(id, { name: " Bo " })).name)).toBe("Bo")
    }).pipe(Effect.provide(inProcess())))
})

describe("capabilities and behaviour agree", () => {
  it.effect("page sizes, order and parallelism of the walk, what a delete takes along, repeats", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const control = yield* SandboxControl
      const { capabilities } = PinPayments
      const seeded = yield* control.seed("pin-payments", capabilities.pageSize.max + 5)
      for (const pageSize of [capabilities.pageSize.min, capabilities.pageSize.max]) {
        const { items } = yield* customers.list({ pageSize })
        expect(items.map(({ id }) => String(id))).toEqual(seeded.toReversed().slice(0, pageSize))
      }
      expect((yield* customers.list()).items.length).toBe(capabilities.pageSize.default)
      expect([capabilities.walk, capabilities.findBy]).toEqual([
        { order: "newest-first", parallel: false },
        { externalId: false, email: false }
      ])
      expect([customers.byExternalId, customers.byEmail]).toEqual([Option.none(), Option.none()])
      expect(capabilities.repeat).toEqual({
        create: PinPayments.PinPaymentsApi.create.repeat,
        update: PinPayments.PinPaymentsApi.update.repeat,
        delete: PinPayments.PinPaymentsApi.delete.repeat
      })
    }).pipe(Effect.provide(inProcess())))
})

const part = FastCheck.oneof(
  FastCheck.constantFrom(null, "", " ", "  ", "Ada", " Ada", "Ada ", "van der", "King Lovelace"),
  FastCheck.string({ maxLength: 8 }),
  FastCheck.string({ unit: FastCheck.constantFrom(" ", "a", "\t", "é", "\u00a0", "\u2003"), maxLength: 6 })
)
const name = FastCheck.oneof(
  FastCheck.constantFrom("Ada", "Ada Lovelace", "Ada  Lovelace", " Ada", "Ada ", " Ada Lovelace ", "a\u00a0b"),
  FastCheck.string({ minLength: 1, maxLength: 12 }),
  FastCheck.string({ unit: FastCheck.constantFrom(" ", "a", "b", "\t", "\u00a0"), minLength: 1, maxLength: 8 })
).filter((name) => name.trim() !== "")

describe("names", () => {
  const runs = 60

  it.prop("splitName: the parts join to the name again", [name], ([name]) => {
    const { first_name, last_name } = splitName(name)
    expect(first_name.trim()).not.toBe("")
    expect([first_name, last_name].filter((part) => part !== "").join(" ")).toBe(name)
    // two parts where there is a space between two that say something
    if (/^[^ ]+ [^ ]+$/.test(name) && name.split(" ").every((part) => part.trim() !== "")) {
      expect([first_name, last_name]).toEqual(name.split(" "))
    }
  }, { fastCheck: { numRuns: 500 } })

  it.effect.prop(
    "whatever is stored: its own name changes nothing and sends no PUT",
    [part, part],
    ([first, last]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const id = yield* seedOne({ first_name: first, last_name: last })
        const before = yield* stored
        const { name } = yield* customers.get(id)
        if (Option.isSome(name)) {
          expect((yield* customers.update(id, { name: name.value })).name).toEqual(name)
          expect(yield* operations).toEqual(["get", "get"])
          expect(yield* stored).toEqual(before)
        } else expect(`${first ?? ""}${last ?? ""}`.trim()).toBe("")
      }).pipe(Effect.provide(inProcess())),
    { fastCheck: { numRuns: runs } }
  )

  it.effect.prop(
    "whatever is stored: another name reads back, from the answer and from then on",
    [part, part, name],
    ([first, last, name]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const id = yield* seedOne({ first_name: first, last_name: last, notes: "kept" })
        const { phone, ...kept } = yield* customers.get(id)
        const updated = yield* customers.update(id, { name, phone: "1" })
        expect([updated.name, updated.phone]).toEqual([some(name), some("1")])
        expect(yield* customers.get(id)).toEqual(updated)
        expect([updated.email, phone, (yield* stored)[0]!.notes]).toEqual([kept.email, Option.none(), "kept"])
        const count = (yield* requests).length
        yield* customers.update(id, { name })
        expect((yield* operations).slice(count)).toEqual(["get"])
      }).pipe(Effect.provide(inProcess())),
    { fastCheck: { numRuns: runs } }
  )

  it.effect.prop("what is created reads back", [name], ([name]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const created = yield* customers.create({ email, name, paymentSource: { card } })
      expect(created.name).toEqual(some(name))
      expect((yield* customers.get(created.id)).name).toEqual(some(name))
    }).pipe(Effect.provide(inProcess())), { fastCheck: { numRuns: runs } })
})

describe("layerConfig", () => {
  const good = { PIN_SECRET_KEY: ` ${secretKey}\n` }
  const bad = "s3cret-value-nobody-should-see"

  const build = (variables: Record<string, string>) =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* customers.list()
      return (yield* requests).map(({ headers }) => headers.authorization)
    }).pipe(
      Effect.provide(Layer.provideMerge(PinPayments.layerConfig(), Sandbox.layer())),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
      Effect.exit
    )

  it.effect.each<Record<string, string>>([
    good,
    { ...good, PIN_ENVIRONMENT: "test" },
    { ...good, PIN_ENVIRONMENT: "live", PIN_BASE_URL: " " },
    { ...good, PIN_ENVIRONMENT: "", PIN_BASE_URL: "https://test-api.pinpayments.com/" }
  ])("%j", (variables) =>
    Effect.gen(function*() {
      expect(yield* build(variables)).toEqual(Exit.succeed([`Basic ${btoa(`${secretKey}:`)}`]))
    }))

  it.effect.each<[string, Record<string, string>]>([
    ["PIN_SECRET_KEY", {}],
    ["PIN_SECRET_KEY", { PIN_SECRET_KEY: " " }],
    ["PIN_ENVIRONMENT", { ...good, PIN_ENVIRONMENT: bad }],
    ["PIN_SECRET_KEY", { PIN_SECRET_KEY: `Basic ${bad}` }],
    ["PIN_SECRET_KEY", { PIN_SECRET_KEY: `${bad}:` }],
    ["PIN_BASE_URL", { ...good, PIN_BASE_URL: bad }],
    ["PIN_BASE_URL", { ...good, PIN_BASE_URL: "https://api.pinpayments.com/1" }]
  ])("%s is named, no value is", ([variable, variables]) =>
    Effect.gen(function*() {
      const exit = yield* build(variables)
      const text = inspect(exit, { depth: Infinity, showHidden: true }) + JSON.stringify(exit) +
        (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")
      expect(text).toContain(variable)
      expect(text).not.toContain(bad)
      expect(text).not.toContain(secretKey)
    }))

  it.effect("options that are none end in InvalidRequest naming them", () =>
    Effect.gen(function*() {
      const list = (options: Partial<PinPayments.PinPaymentsOptions>) =>
        Effect.flatMap(CustomersService, (customers) => refusal(customers.list())).pipe(
          Effect.provide(inProcess({}, options))
        )
      expect(yield* list({ baseUrl: "nowhere" })).toEqual(["InvalidRequest", "sdk", "baseUrl"])
      expect(yield* list({ environment: "sandbox" as never })).toEqual(["InvalidRequest", "sdk", "environment"])
      expect(yield* list({ environment: "toString" as never })).toEqual(["InvalidRequest", "sdk", "environment"])
    }))

  it.effect.each([["live", "api.pinpayments.com"], ["test", "test-api.pinpayments.com"]] as const)(
    "%s is another host than the other",
    ([environment, host]) =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        const transformClient: PinPayments.PinPaymentsOptions["transformClient"] = HttpClient.mapRequest((request) => {
          seen.push(request.url)
          return request
        })
        yield* Effect.flatMap(CustomersService, (customers) => customers.list()).pipe(
          Effect.provide(inProcess({}, { environment, transformClient }))
        )
        expect(seen).toEqual([`https://${host}/1/customers`])
      })
  )
})
