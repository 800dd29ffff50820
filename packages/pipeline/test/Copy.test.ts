import * as Autumn from "@effect-customers/autumn"
import {
  type Capabilities,
  Customer,
  CustomersService,
  InvalidResponse,
  type PaymentSource,
  ProviderUnavailable
} from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { CustomersArbitrary, InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Context, Effect, FastCheck, Layer, Option, Redacted, Schema, type Scope, Stream } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import * as CustomersImport from "../src/CustomersImport.js"
import * as Ledger from "../src/Ledger.js"
import { all, type Service } from "./pairs.js"

const nobody = {
  provider: "mollie",
  id: "cst_1",
  externalId: null,
  email: null,
  name: null,
  phone: null,
  address: null,
  locale: null,
  metadata: {},
  createdAt: "2026-11-27T12:00:00.000Z",
  updatedAt: null
}

const noAddress = { line1: null, line2: null, city: null, state: null, postalCode: null, country: null }

const customer = (fields: Partial<typeof Customer.Encoded>): Customer =>
  Schema.decodeSync(Customer)({ ...nobody, ...fields })

const unreadable = new InvalidResponse({
  provider: "mollie",
  operation: "list",
  mayHaveApplied: false,
  repeat: "always",
  issues: [{ path: "_embedded.customers.1.name", expected: "string" }]
})

const sourceOf = (
  customers: ReadonlyArray<Customer>,
  bad: ReadonlyArray<InvalidResponse> = []
): CustomersCopy.Source => ({
  streamPages: () => Stream.make({ items: customers, unreadable: bad, next: Option.none(), total: Option.none() })
})

const targetWith = <ByExternalId extends boolean, ByEmail extends boolean>(
  capabilities: Capabilities.Capabilities<ByExternalId, ByEmail>,
  customers: InMemoryCustomers.Options<ByExternalId, ByEmail>["customers"] = []
): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.map(
    Layer.build(InMemoryCustomers.layer<boolean, boolean>({ capabilities, customers })),
    Context.get(CustomersService)
  )

const copyInto = <E, R>(
  source: CustomersCopy.Source<E, R>,
  target: Service,
  options: CustomersCopy.Options = {}
) =>
  Effect.flatMap(
    Ledger.memory,
    (ledger) => all(CustomersCopy.run(source, target, { ...options, ledger, concurrency: 1 }))
  )

const card: PaymentSource = { cardToken: Redacted.make("card_nytGw7koRg23EEp9NTmz9w") }

describe("inputOf", () => {
  it("is what is there, and nothing else", () => {
    expect(CustomersCopy.inputOf(customer({}))).toEqual({ input: {}, unsupported: [] })
    expect(Object.keys(CustomersCopy.inputOf(customer({})).input)).toEqual([])
    expect(
      CustomersCopy.inputOf(customer({
        externalId: "user_1",
        email: "ada@example.com",
        name: "Ada",
        phone: "+44",
        address: { ...noAddress, city: "London", country: "GB" },
        locale: "en-GB",
        metadata: { a: [null] }
      })).input
    ).toStrictEqual({
      externalId: "user_1",
      email: "ada@example.com",
      name: "Ada",
      phone: "+44",
      address: { city: "London", country: "GB" },
      locale: "en-GB",
      metadata: { a: [null] }
    })
  })

  it("leaves out an address without a country, and says so", () => {
    expect(CustomersCopy.inputOf(customer({ address: { ...noAddress, city: "London" } }))).toEqual({
      input: {},
      unsupported: [{ path: "address", reason: "an address without a country cannot be written" }]
    })
  })
})

describe("sourceIdOf", () => {
  it("is provider and id, and no e-mail", () => {
    expect(CustomersCopy.sourceIdOf(customer({ id: "cst_9" }))).toBe("mollie/cst_9")
  })

  it("is a hash where the id is an e-mail, the same for ever", () => {
    const sourceIdOf = (email: string) => CustomersCopy.sourceIdOf(customer({ provider: "autumn", id: email }))
    expect(sourceIdOf("ada@example.com")).toBe("autumn/hash:b5fc85e55755f9e0d030a10ab4429b6b")
    const emails = Array.from({ length: 10_000 }, (_, index) => `ada${index}@example.com`)
    expect(new Set(emails.map(sourceIdOf)).size).toBe(10_000)
  })
})

describe("a dry run", () => {
  it.scoped("says field by field what the target cannot take, and creates nothing", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Flexprice.capabilities)
      const source = sourceOf([
        customer({ id: "1", externalId: "e1", name: "Ada" }),
        customer({ id: "2", externalId: "e2", name: "Ada", phone: "+44 20 7946 0018 ext. 1234" }),
        customer({ id: "3", externalId: "e3", name: "Ada", locale: "nl-NL", metadata: { n: 1, deep: {} } }),
        customer({ id: "4", externalId: "e4" }),
        customer({ id: "5", name: "Ada" }),
        customer({ id: "6", externalId: "e6", name: " ", email: "none" }),
        customer({ id: "7", externalId: "e7", name: "Ada", address: { ...noAddress, city: "Delft" } }),
        customer({ id: "8", externalId: "e8", name: "Ada", address: { ...noAddress, country: "Nederland" } })
      ], [unreadable])
      const dry = yield* CustomersCopy.dryRun(source, target, { drop: ["phone", "address", "locale"] })
      expect(dry).toEqual({
        target: "flexprice",
        customers: 8,
        whole: 1,
        partly: 2,
        failing: 5,
        conflicts: 0,
        known: 0,
        inDoubt: 0,
        unreadable: 1,
        unsupported: [
          { path: "phone", reason: "flexprice stores at most 20 characters", customers: 1 },
          { path: "locale", reason: "flexprice does not store it", customers: 1 },
          { path: "metadata.*", reason: "flexprice stores strings alone", customers: 1 },
          { path: "metadata.*", reason: "flexprice stores no nested values", customers: 1 },
          { path: "address", reason: "an address without a country cannot be written", customers: 1 }
        ],
        missing: [
          { path: "name", reason: "flexprice requires it", customers: 1 },
          { path: "externalId", reason: "flexprice requires it", customers: 1 }
        ],
        invalid: [
          { path: "email", reason: "expected an e-mail address", customers: 1 },
          { path: "name", reason: "expected a string that is not blank", customers: 1 },
          {
            path: "address.country",
            reason: "expected an ISO 3166 alpha-2 country code in capitals",
            customers: 1
          }
        ]
      })
      expect(JSON.parse(JSON.stringify(dry))).toEqual(dry)
      expect(yield* all(target.stream())).toEqual([])
    }))

  it.scoped("says who requires what is left out", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Autumn.capabilities)
      const source = sourceOf([customer({ externalId: "team/7", name: "Ada" })])
      expect(yield* CustomersCopy.dryRun(source, target, { drop: "all" })).toMatchObject({
        failing: 1,
        unsupported: [{ path: "externalId", reason: "autumn takes [A-Za-z0-9_:-] alone" }],
        missing: [{ path: "externalId", reason: "autumn requires it" }]
      })
      expect(yield* copyInto(source, target, { drop: "all" })).toMatchObject([{ _tag: "Failed" }])
    }))

  it.scoped("asks for conflicts when it is told to", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Polar.capabilities, [{ externalId: "e1", email: "old@example.com" }])
      const source = sourceOf([
        customer({ id: "1", externalId: "e1", email: "a@example.com" }),
        customer({ id: "2", externalId: "e2", email: "b@example.com" }),
        customer({ id: "3", email: "c@example.com" }),
        // what cannot be written is no conflict
        customer({ id: "4", externalId: "e1", email: "d@example.com", name: " " })
      ])
      expect(yield* CustomersCopy.dryRun(source, target)).toMatchObject({ whole: 3, failing: 1, conflicts: 0 })
      expect(yield* CustomersCopy.dryRun(source, target, { conflicts: true })).toMatchObject({
        whole: 2,
        failing: 1,
        conflicts: 1
      })
      expect(yield* copyInto(source, target)).toMatchObject([
        { _tag: "Skipped", reason: "exists" },
        { _tag: "Created" },
        { _tag: "Created" },
        { _tag: "Failed" }
      ])
      // no lookup, no conflicts
      expect(
        yield* CustomersCopy.dryRun(source, yield* targetWith(Mollie.capabilities), { conflicts: true, drop: "all" })
      )
        .toMatchObject({ whole: 1, partly: 2, failing: 1, conflicts: 0 })
    }))

  it.scoped("counts apart who is in the ledger, and asks nothing of them", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Polar.capabilities, [{ externalId: "e2", email: "old@example.com" }])
      const ledger = yield* Ledger.memory
      const beginning = { key: "k", externalId: Option.none(), fingerprint: "" }
      yield* ledger.done("polar", "mollie/1", { id: "cus_1" })
      yield* ledger.begin("polar", "mollie/2", beginning)
      // of another target
      yield* ledger.done("mollie", "mollie/3", { id: "cst_3" })
      const source = sourceOf(
        ["1", "2", "3", "4"].map((id) =>
          customer({ id, externalId: `e${id}`, email: `${id}@example.com`, phone: id === "4" ? "+44" : null })
        )
      )
      const adapted: Array<string> = []
      const dry = yield* CustomersCopy.dryRun(source, target, {
        ledger,
        conflicts: true,
        adapt: (input, { id }) => {
          adapted.push(id)
          return input
        }
      })
      expect(dry).toMatchObject({ customers: 4, whole: 1, failing: 1, conflicts: 0, known: 1, inDoubt: 1 })
      expect(adapted).toEqual(["3", "4"])
      expect(yield* all(ledger.begun("polar"))).toHaveLength(1)

      const failure = new Ledger.LedgerFailed({ path: "ledger.db", reason: "NotReadable" })
      const broken: Ledger.Ledger = { ...ledger, get: () => Effect.fail(failure) }
      expect(yield* Effect.flip(CustomersCopy.dryRun(source, target, { ledger: broken }))).toBe(failure)
    }))

  it.scoped("fails whose id no ledger keeps, as a run does", () =>
    Effect.gen(function*() {
      const source = sourceOf([customer({ id: "cst_\0", email: "a@example.com" })])
      const target = yield* targetWith(Mollie.capabilities)
      expect(yield* CustomersCopy.dryRun(source, target)).toMatchObject({
        whole: 0,
        failing: 1,
        invalid: [{ path: "sourceId", customers: 1 }]
      })
      expect(yield* copyInto(source, target)).toMatchObject([{ _tag: "Failed", reasons: [{ path: "sourceId" }] }])
    }))

  it.scoped("ends in what the target answers, and in what the source ends in", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Polar.capabilities)
      const unavailable = new ProviderUnavailable({
        provider: "polar",
        operation: "list",
        mayHaveApplied: false,
        repeat: "always"
      })
      const broken: CustomersCopy.Source<ProviderUnavailable> = { streamPages: () => Stream.fail(unavailable) }
      expect(yield* Effect.flip(CustomersCopy.dryRun(broken, target))).toBe(unavailable)
      expect(yield* Effect.flip(copyInto(broken, target))).toBe(unavailable)
    }))

  const targets: ReadonlyArray<Capabilities.Capabilities> = [
    Polar.capabilities,
    Mollie.capabilities,
    PinPayments.capabilities,
    Autumn.capabilities,
    Flexprice.capabilities
  ]

  /** E-mails and external ids may be odd, and are nobody else's: what the target alone can know is no part of this. */
  const customers = FastCheck.uniqueArray(
    FastCheck.oneof(
      CustomersArbitrary.customer,
      ...targets.map((capabilities) => CustomersArbitrary.customerOf({ capabilities })),
      CustomersArbitrary.customer.map((customer) =>
        new Customer({ ...customer, name: Option.some(" "), email: Option.some("odd") })
      )
    ),
    { maxLength: 8, selector: ({ id, provider }) => `${provider}/${id}` }
  ).map((customers) =>
    customers.map((customer, index) =>
      new Customer({
        ...customer,
        externalId: Option.map(customer.externalId, (externalId) => `${index}${externalId}`),
        email: Option.map(customer.email, (email) => `${index}${email}`)
      })
    )
  )

  const drop = FastCheck.oneof(
    FastCheck.constant("all" as const),
    FastCheck.subarray<Capabilities.Field>(["externalId", "email", "name", "phone", "address", "locale", "metadata"])
  )

  it.scoped.prop(
    "says what a run then does",
    {
      customers,
      drop,
      capabilities: FastCheck.constantFrom(...targets),
      isAdapted: Arbitrary.make(Schema.Boolean),
      before: FastCheck.nat(8)
    },
    ({ before, capabilities, customers, drop, isAdapted }) =>
      Effect.gen(function*() {
        const target = yield* targetWith(capabilities)
        const source = sourceOf(customers, [unreadable])
        const options: CustomersCopy.Options = {
          drop,
          paymentSourceFor: () => Effect.succeedSome(card),
          ...(isAdapted
            ? { externalIdFrom: ({ id }) => Option.some(`x-${id.replace(/\W/g, "")}-${Math.abs(hashOf(id))}`) }
            : {})
        }
        const ledger = yield* Ledger.memory
        const copy = (source: CustomersCopy.Source) => all(CustomersCopy.run(source, target, { ...options, ledger }))
        const earlier = yield* copy(sourceOf(customers.slice(0, before)))
        const there = earlier.filter(({ _tag }) => _tag === "Created").length
        const dry = yield* CustomersCopy.dryRun(source, target, { ...options, ledger })
        const outcomes = yield* copy(source)
        const created = outcomes.flatMap((outcome) => outcome._tag === "Created" ? [outcome] : [])
        expect(dry.customers).toBe(customers.length)
        expect({
          whole: created.filter(({ without }) => without.length === 0).length,
          partly: created.filter(({ without }) => without.length > 0).length,
          failing: outcomes.filter(({ _tag }) => _tag === "Failed").length,
          known: outcomes.filter((outcome) => outcome._tag === "Skipped" && outcome.reason === "in the ledger").length
        }).toEqual({
          whole: dry.whole,
          partly: dry.partly,
          failing: dry.failing + dry.unreadable,
          known: dry.known
        })
        expect(dry.known).toBe(there)
        expect((yield* all(target.stream())).length).toBe(there + dry.whole + dry.partly)
      }),
    { fastCheck: { numRuns: 60, seed: 7 } }
  )
})

const hashOf = (text: string): number => [...text].reduce((sum, char) => sum * 31 + char.codePointAt(0)! | 0, 7)

describe("a copy", () => {
  it.scoped("gives customers the external ids that it is told", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Flexprice.capabilities)
      yield* copyInto(
        sourceOf([customer({ id: "cst_1", name: "Ada" }), customer({ id: "cst_2", externalId: "own", name: "Bob" })]),
        target,
        { externalIdFrom: ({ externalId, id }) => Option.orElse(externalId, () => Option.some(`mollie-${id}`)) }
      )
      expect((yield* all(target.stream())).map(({ externalId }) => Option.getOrNull(externalId))).toEqual([
        "mollie-cst_1",
        "own"
      ])
    }))

  it.scoped("has the last word in adapt, before it is held against the target", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Polar.capabilities)
      const source = sourceOf([
        customer({ id: "cst_1", email: "ada@example.com", phone: "+44", metadata: { plan: null } }),
        customer({ id: "cst_2", name: "Bob" }),
        customer({ id: "cst_3", email: "c@example.com", address: { ...noAddress, city: "Delft" } })
      ])
      const outcomes = yield* copyInto(source, target, {
        adapt: ({ phone, ...input }, { address, id }) => ({
          ...input,
          email: input.email ?? `${id}@example.com`,
          metadata: phone === undefined ? {} : { phone },
          ...(Option.isSome(address) ? { address: { city: "Delft", country: "NL" } } : {})
        })
      })
      expect(outcomes.map((outcome) => outcome._tag === "Created" && outcome.without)).toEqual([[], [], []])
      const stored = yield* all(target.stream())
      expect(stored.map(({ email, metadata }) => [Option.getOrNull(email), metadata])).toEqual([
        ["ada@example.com", { phone: "+44" }],
        ["cst_2@example.com", {}],
        ["c@example.com", {}]
      ])
      expect(Option.isSome(stored[2]!.address)).toBe(true)
    }))

  it.scoped("asks for payment sources where the target stores them, and only for who is not in the ledger", () =>
    Effect.gen(function*() {
      const asked: Array<string> = []
      const paymentSourceFor = ({ id }: Customer) =>
        Effect.sync(() => {
          asked.push(id)
          return id === "cst_2" ? Option.none() : Option.some(card)
        })
      const source = sourceOf([
        customer({ id: "cst_1", email: "a@example.com" }),
        customer({ id: "cst_2", email: "b@example.com" })
      ])
      yield* copyInto(source, yield* targetWith(Mollie.capabilities), { paymentSourceFor })
      expect(asked).toEqual([])
      const target = yield* targetWith(PinPayments.capabilities)
      const ledger = yield* Ledger.memory
      const run = all(CustomersCopy.run(source, target, { ledger, paymentSourceFor, concurrency: 1 }))
      expect(yield* run).toMatchObject([
        { _tag: "Created" },
        { _tag: "Failed", reasons: [{ path: "paymentSource", reason: "pin-payments requires it" }] }
      ])
      expect(yield* run).toMatchObject([{ _tag: "Skipped" }, { _tag: "Failed" }])
      expect(asked).toEqual(["cst_1", "cst_2", "cst_2"])
    }))

  it.scoped("ends in what a payment source ends in", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.memory
      const run = CustomersCopy.run(
        sourceOf([customer({ email: "a@example.com" })]),
        yield* targetWith(PinPayments.capabilities),
        { ledger, paymentSourceFor: () => Effect.fail("no vault" as const) }
      )
      expect(yield* Effect.flip(all(run))).toBe("no vault")
      expect(yield* all(ledger.begun("pin-payments"))).toEqual([])
    }))

  it.scoped("leaves nothing out silently", () =>
    Effect.gen(function*() {
      const target = yield* targetWith(Mollie.capabilities)
      const source = sourceOf([
        customer({ email: "a@example.com", phone: "+44", address: { ...noAddress, city: "X" } })
      ])
      const reasons = [
        { path: "address", reason: "mollie does not store it" },
        { path: "phone", reason: "mollie does not store it" }
      ]
      expect(yield* copyInto(source, target)).toMatchObject([{
        _tag: "Failed",
        error: { _tag: "Unsupported" },
        reasons
      }])
      expect(yield* copyInto(source, target, { drop: ["phone"] })).toMatchObject([{ _tag: "Failed", reasons }])
      expect(yield* copyInto(source, target, { drop: ["phone", "address"] })).toMatchObject([
        { _tag: "Created", without: reasons }
      ])
    }))

  it.scoped("takes rows that cannot be read into its outcomes", () =>
    Effect.gen(function*() {
      const outcomes = yield* copyInto(sourceOf([], [unreadable]), yield* targetWith(Mollie.capabilities))
      expect(outcomes).toEqual([
        new CustomersImport.Failed({
          sourceId: Option.none(),
          error: unreadable,
          reasons: [{ path: "_embedded.customers.*.name", reason: "unreadable, expected string" }]
        })
      ])
    }))

  it.scoped("serves several targets with one ledger", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.memory
      const source = sourceOf([customer({ email: "a@example.com", name: "Ada", externalId: "e1" })])
      const targets = [yield* targetWith(Polar.capabilities), yield* targetWith(Flexprice.capabilities)]
      for (const target of targets) {
        expect(yield* all(CustomersCopy.run(source, target, { ledger }))).toMatchObject([{ _tag: "Created" }])
      }
      for (const target of targets) {
        expect(yield* all(CustomersCopy.run(source, target, { ledger }))).toMatchObject([{ _tag: "Skipped" }])
      }
    }))
})
