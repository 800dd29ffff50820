import * as Autumn from "@effect-customers/autumn"
import * as FromAutumn from "@effect-customers/autumn/AutumnCustomers"
import {
  Address,
  AddressInput,
  Capabilities,
  Card,
  CreateCustomer,
  Customer,
  CustomerId,
  CustomersError,
  CustomersService,
  Json,
  Metadata,
  Page,
  PaymentSource,
  Provider,
  UpdateCustomer
} from "@effect-customers/core"
import { addressFromInput, Email } from "@effect-customers/core/Customer"
import * as Flexprice from "@effect-customers/flexprice"
import * as FromFlexprice from "@effect-customers/flexprice/FlexpriceCustomers"
import * as Mollie from "@effect-customers/mollie"
import * as FromMollie from "@effect-customers/mollie/MollieCustomers"
import * as PinPayments from "@effect-customers/pin-payments"
import * as FromPin from "@effect-customers/pin-payments/PinPaymentsCustomers"
import * as Polar from "@effect-customers/polar"
import * as FromPolar from "@effect-customers/polar/PolarCustomers"
import { SandboxControl } from "@effect-customers/sandbox"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Either, FastCheck, type Layer, ManagedRuntime, Option, Predicate, Schema } from "effect"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import * as onAutumn from "../../autumn/test/onSandbox.js"
import * as onFlexprice from "../../flexprice/test/onSandbox.js"
import * as onMollie from "../../mollie/test/onSandbox.js"
import * as onPin from "../../pin-payments/test/onSandbox.js"
import * as onPolar from "../../polar/test/onSandbox.js"
import * as AutumnArbitrary from "../src/AutumnArbitrary.js"
import * as CustomersArbitrary from "../src/CustomersArbitrary.js"
import * as FlexpriceArbitrary from "../src/FlexpriceArbitrary.js"
import * as InMemoryCustomers from "../src/InMemoryCustomers.js"
import * as MollieArbitrary from "../src/MollieArbitrary.js"
import * as PinPaymentsArbitrary from "../src/PinPaymentsArbitrary.js"
import * as PolarArbitrary from "../src/PolarArbitrary.js"

const seed = 2026

const holds = <A>(values: FastCheck.Arbitrary<A>, check: (value: A) => void, numRuns = 100) =>
  FastCheck.assert(FastCheck.property(values, check), { seed, numRuns })

const throughText = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

interface Case {
  readonly name: string
  /** Values, and what checks that one is valid and the same once it was JSON. */
  readonly values: FastCheck.Arbitrary<unknown>
  readonly check: (value: unknown) => void
  /** The longest JSON that a failing property may end with. */
  readonly smallest: number
}

const caseOf = <A, I>(
  name: string,
  schema: Schema.Schema<A, I>,
  values: FastCheck.Arbitrary<A>,
  smallest: number,
  same: (a: A, b: A) => boolean = isDeepStrictEqual
): Case => {
  const is = Schema.is(schema, { onExcessProperty: "error" })
  const encode = Schema.encodeUnknownSync(schema)
  const decode = Schema.decodeUnknownSync(schema)
  return {
    name,
    values,
    smallest,
    check: (value) => {
      if (!is(value)) return expect.fail(`not valid: ${JSON.stringify(value)}`)
      const json = throughText(encode(value))
      const back = decode(json)
      expect(same(back, value)).toBe(true)
      expect(throughText(encode(back))).toEqual(json)
    }
  }
}

/** What errors hold is compared by what they encode to: two that hold the same differ by where they were made. */
const sameClass = (a: object, b: object): boolean => a.constructor === b.constructor

const page = Schema.Struct({
  items: Schema.Array(Customer),
  next: Schema.OptionFromNullOr(Page.Cursor),
  total: Schema.OptionFromNullOr(Schema.NonNegativeInt),
  unreadable: Schema.Array(CustomersError.members[12])
})

const checkCustomer = caseOf("", Customer, CustomersArbitrary.customer, 0, Schema.equivalence(Customer)).check

const models: ReadonlyArray<Case> = [
  caseOf("provider", Provider, CustomersArbitrary.provider, 10),
  caseOf("customerId", CustomerId, CustomersArbitrary.customerId, 40),
  caseOf("email", Email, CustomersArbitrary.email, 20),
  caseOf("json", Json, CustomersArbitrary.json, 10),
  caseOf("metadata", Metadata, CustomersArbitrary.metadata, 2, Schema.equivalence(Metadata)),
  caseOf("address", Address, CustomersArbitrary.address, 250),
  caseOf("customer", Customer, CustomersArbitrary.customer, 450, Schema.equivalence(Customer)),
  caseOf("customerOf", Customer, CustomersArbitrary.customerOf(), 450),
  caseOf("customerOf a provider", Customer, CustomersArbitrary.customerOf({ provider: "acme" }), 450),
  caseOf("addressInput", AddressInput, CustomersArbitrary.addressInput, 20),
  caseOf("card", Card, CustomersArbitrary.card, 250),
  caseOf("paymentSource", PaymentSource, CustomersArbitrary.paymentSource, 250),
  caseOf("createCustomer", CreateCustomer, CustomersArbitrary.createCustomer, 2),
  caseOf("updateCustomer", UpdateCustomer, CustomersArbitrary.updateCustomer, 2),
  caseOf("cursor", Page.Cursor, CustomersArbitrary.cursor, 20),
  caseOf("page", page, CustomersArbitrary.page, 150, sameClass),
  caseOf("error", CustomersError, CustomersArbitrary.error, 200, sameClass),
  ...CustomersError.members.map((schema) =>
    caseOf<CustomersError, unknown>(
      schema._tag,
      schema as never,
      CustomersArbitrary.errors[schema._tag],
      200,
      sameClass
    )
  )
]

const rows: ReadonlyArray<Case> = [
  caseOf("Polar", Polar.PolarApi.PolarCustomer, PolarArbitrary.customer, 300),
  caseOf("Polar's state", Polar.PolarApi.PolarCustomerState, PolarArbitrary.customerState, 400),
  caseOf("Mollie", Mollie.MollieApi.MollieCustomer, MollieArbitrary.customer, 120),
  caseOf("Mollie's payment", Mollie.MollieApi.MolliePayment, MollieArbitrary.payment, 300),
  caseOf("Pin Payments", PinPayments.PinPaymentsApi.PinPaymentsCustomer, PinPaymentsArbitrary.customer, 200),
  caseOf("Pin Payments' card", PinPayments.PinPaymentsApi.PinPaymentsCard, PinPaymentsArbitrary.card, 60),
  caseOf("Pin Payments' charge", PinPayments.PinPaymentsApi.PinPaymentsCharge, PinPaymentsArbitrary.charge, 200),
  caseOf(
    "Pin Payments' subscription",
    PinPayments.PinPaymentsApi.PinPaymentsSubscription,
    PinPaymentsArbitrary.subscription,
    150
  ),
  caseOf("Autumn", Autumn.AutumnApi.AutumnCustomer, AutumnArbitrary.customer, 150),
  caseOf("Flexprice", Flexprice.FlexpriceApi.FlexpriceCustomer, FlexpriceArbitrary.customer, 100)
]

const all = [...models, ...rows]

describe("values", () => {
  it.each(all)("$name: valid, and the same after JSON", ({ check, values }) => holds(values, check))

  it.each(all)("$name: the same for a seed, others for another", ({ values }) => {
    const sample = (seed: number) => JSON.stringify(FastCheck.sample(values, { seed, numRuns: 10 }))
    expect(sample(seed)).toBe(sample(seed))
    expect(sample(seed)).not.toBe(sample(seed + 1))
  })

  it.each(all)("$name: what fails shrinks", ({ smallest, values }) => {
    const { counterexample } = FastCheck.check(FastCheck.property(values, () => false), { seed })
    expect(JSON.stringify(counterexample?.[0]).length).toBeLessThanOrEqual(smallest)
  })

  it("a name that breaks a program is all that is left of the customer", () => {
    const unquoted = FastCheck.property(
      CustomersArbitrary.createCustomer,
      ({ name = "" }) => !name.includes("'")
    )
    expect(FastCheck.check(unquoted, { seed, numRuns: 1000 }).counterexample).toEqual([{ name: "O'Brien" }])
  })

  it("times are what a database holds, e-mails plain", () => {
    holds(CustomersArbitrary.customer, ({ createdAt, email }) => {
      expect(DateTime.getPartUtc(createdAt, "year")).toBeGreaterThanOrEqual(1970)
      expect(DateTime.getPartUtc(createdAt, "year")).toBeLessThan(2100)
      expect(Option.getOrElse(email, () => "a@example.com")).toMatch(
        /^[A-Za-z0-9]+([._+'-][A-Za-z0-9]+)?@[a-z.]+\.(com|org|net)$/
      )
    }, 300)
  })
})

const readOf = <Row, Json>(
  name: string,
  json: FastCheck.Arbitrary<Json>,
  decode: (json: Json) => Row,
  toCustomer: (row: Row) => Option.Option<Customer>,
  oddities: { readonly [what: string]: (row: Row) => boolean }
) => ({
  name,
  checkAll: () =>
    holds(json, (json) => {
      const customer = toCustomer(decode(json))
      if (Option.isSome(customer)) checkCustomer(customer.value)
      else expect(json).toMatchObject({ id: null })
    }),
  checkOddities: () => {
    const sample = FastCheck.sample(json, { seed, numRuns: 150 }).map(decode)
    const found = Object.keys(oddities).filter((what) => sample.some(oddities[what]!))
    expect(found).toEqual(Object.keys(oddities))
  }
})

const reads = [
  readOf(
    "Polar",
    PolarArbitrary.customerJson,
    Schema.decodeSync(Polar.PolarApi.PolarCustomer),
    (row) => Option.some(FromPolar.toCustomer(row)),
    {
      "a type that nobody knows": ({ type }) => type !== "individual" && type !== "team",
      "a state of the United States": ({ billing_address }) => billing_address?.state?.startsWith("US-") === true,
      microseconds: ({ created_at }) => created_at.endsWith(".123456Z"),
      "nothing of what may be absent": (row) => Object.keys(row).length <= 12,
      "metadata of each kind": ({ metadata }) =>
        new Set(Object.values(metadata).map((value) => typeof value)).size === 3
    }
  ),
  readOf(
    "Mollie",
    MollieArbitrary.customerJson,
    Schema.decodeSync(Mollie.MollieApi.MollieCustomer),
    (row) => Option.some(FromMollie.toCustomer(row)),
    {
      "a mode that nobody knows": ({ mode }) => mode !== "live" && mode !== "test",
      "metadata that is an object": ({ metadata }) =>
        typeof metadata === "object" && metadata !== null && !Array.isArray(metadata),
      "metadata that is a list": ({ metadata }) => Array.isArray(metadata),
      "metadata that is a text": ({ metadata }) => typeof metadata === "string",
      "no links": ({ _links }) => Predicate.isNullable(_links)
    }
  ),
  readOf(
    "Pin Payments",
    PinPaymentsArbitrary.customerJson,
    Schema.decodeSync(PinPayments.PinPaymentsApi.PinPaymentsCustomer),
    (row) => Option.some(FromPin.toCustomer(row)),
    {
      "a card": ({ card }) => Predicate.isNotNullable(card),
      "no card": ({ card }) => card === null,
      "half a name": ({ first_name, last_name }) => (first_name ?? "") === "" && (last_name ?? "") !== "",
      "an empty phone number": ({ phone_number }) => phone_number === ""
    }
  ),
  readOf(
    "Autumn",
    AutumnArbitrary.customerJson,
    Schema.decodeSync(Autumn.AutumnApi.AutumnCustomer),
    FromAutumn.toCustomer,
    {
      "an e-mail alone": ({ email, id }) => id === null && Predicate.isNotNullable(email),
      "neither id nor e-mail": ({ email, id }) => id === null && Predicate.isNullable(email),
      "a subscription": ({ subscriptions }) => subscriptions.length > 0,
      "no metadata": ({ metadata }) => Predicate.isNullable(metadata)
    }
  ),
  readOf(
    "Flexprice",
    FlexpriceArbitrary.customerJson,
    Schema.decodeSync(Flexprice.FlexpriceApi.FlexpriceCustomer),
    (row) => Option.some(FromFlexprice.toCustomer(row)),
    {
      archived: ({ status }) => status === "archived",
      "a status that nobody knows": ({ status }) =>
        Predicate.isNotNullable(status) && !["published", "deleted", "archived"].includes(status),
      "an empty name": ({ name }) => name === "",
      "an external id with a slash": ({ external_id }) => external_id?.includes("/") === true,
      "null metadata": ({ metadata }) => metadata === null
    }
  )
]

describe("customers of the wire", () => {
  it.each(reads)("$name: each is a customer", ({ checkAll }) => checkAll())
  it.each(reads)("$name: with what providers do", ({ checkOddities }) => checkOddities())
})

const free = { rateLimits: false }

interface Provided {
  readonly name: string
  readonly capabilities: Capabilities.Capabilities
  readonly layer: Layer.Layer<CustomersService | SandboxControl>
}

const providers: ReadonlyArray<Provided> = [
  { name: "Polar", capabilities: Polar.capabilities, layer: onPolar.inProcess(free) },
  { name: "Mollie", capabilities: Mollie.capabilities, layer: onMollie.inProcess(free) },
  { name: "Pin Payments", capabilities: PinPayments.capabilities, layer: onPin.inProcess(free) },
  { name: "Autumn", capabilities: Autumn.capabilities, layer: onAutumn.inProcess(free) },
  { name: "Flexprice", capabilities: Flexprice.capabilities, layer: onFlexprice.inProcess(free) }
]

const whole = <Input>(input: Input) => ({ input, missing: [], unsupported: [] })

/** The fields of a customer that inputs write, as they compare. */
const written = (customer: Customer) => {
  const { address, email, externalId, locale, metadata, name, phone } = Schema.encodeSync(Customer)(customer)
  return { address, email, externalId, locale, metadata, name, phone }
}

/** What is to be stored after a write: an absent key keeps. */
const after = (before: ReturnType<typeof written>, patch: UpdateCustomer): ReturnType<typeof written> => ({
  ...before,
  ...Object.fromEntries(Object.entries(patch).filter(([field]) => field in before)),
  ...patch.address ? { address: Schema.encodeSync(Address)(addressFromInput(patch.address)) } : {},
  ...patch.metadata === null ? { metadata: {} } : {}
})

const nothing: ReturnType<typeof written> = {
  address: null,
  email: null,
  externalId: null,
  locale: null,
  metadata: {},
  name: null,
  phone: null
}

describe("inputs that fit", () => {
  it.each([...providers, { name: "the double", capabilities: InMemoryCustomers.capabilities }])(
    "$name takes them whole",
    ({ capabilities }) => {
      holds(CustomersArbitrary.createCustomerFor(capabilities), (input) => {
        expect(Either.isRight(Schema.validateEither(CreateCustomer)(input))).toBe(true)
        expect(Capabilities.fit(capabilities, input)).toEqual(whole(input))
      })
      holds(CustomersArbitrary.updateCustomerFor(capabilities), (patch) => {
        expect(Either.isRight(Schema.validateEither(UpdateCustomer)(patch))).toBe(true)
        expect(Capabilities.fitUpdate(capabilities, patch)).toEqual(whole(patch))
      })
    }
  )

  it("whatever the capabilities", () => {
    const inputs = CustomersArbitrary.capabilities.chain((capabilities) =>
      FastCheck.tuple(
        FastCheck.constant(capabilities),
        CustomersArbitrary.createCustomerFor(capabilities),
        CustomersArbitrary.updateCustomerFor(capabilities),
        CustomersArbitrary.customerOf({ capabilities })
      )
    )
    holds(inputs, ([capabilities, input, patch, customer]) => {
      expect(Capabilities.fit(capabilities, input)).toEqual(whole(input))
      expect(Capabilities.fitUpdate(capabilities, patch)).toEqual(whole(patch))
      const kept = Object.entries(written(customer)).filter(([, value]) => value !== null)
      const stored = kept.filter(([field]) => capabilities.fields[field as Capabilities.Field].stored)
      expect(kept.filter(([field]) => field !== "metadata")).toEqual(
        stored.filter(([field]) => field !== "metadata")
      )
    }, 40)
  })

  it("have each field that is stored, also without, and null where it can be cleared", () => {
    for (const { capabilities } of providers) {
      const { fields } = capabilities
      const names = Object.keys(fields) as ReadonlyArray<Capabilities.Field>
      const created = FastCheck.sample(CustomersArbitrary.createCustomerFor(capabilities), { seed, numRuns: 60 })
      const changed = FastCheck.sample(CustomersArbitrary.updateCustomerFor(capabilities), { seed, numRuns: 100 })
      for (const name of names) {
        const { clearable, mutable, required, stored } = fields[name]
        expect([name, created.some((input) => name in input)]).toEqual([name, stored])
        expect([name, created.every((input) => name in input)]).toEqual([name, required])
        if (name === "paymentSource") continue
        expect([name, changed.some((patch) => name in patch)]).toEqual([name, stored && mutable !== "never"])
        expect([name, changed.some((patch) => patch[name] === null)]).toEqual([name, stored && clearable])
      }
    }
  })

  it("of a customer whose external id is its id, both are the same", () => {
    holds(CustomersArbitrary.customerOf({ capabilities: Autumn.capabilities }), (customer) => {
      expect(customer.externalId).toEqual(Option.some(customer.id))
      expect(customer.updatedAt).toEqual(Option.none())
      expect(customer.provider).toBe("autumn")
    })
    holds(CustomersArbitrary.customerOf({ capabilities: Polar.capabilities }), ({ createdAt, updatedAt }) => {
      expect(Option.exists(updatedAt, DateTime.lessThan(createdAt))).toBe(false)
    })
  })
})

describe.each(providers)("$name on the sandbox", ({ capabilities, layer }) => {
  const runtime = ManagedRuntime.make(layer)
  afterAll(() => runtime.dispose())

  /** Each run on a sandbox that is empty. */
  const runs = <A>(
    values: FastCheck.Arbitrary<A>,
    program: (value: A) => Effect.Effect<void, unknown, CustomersService>
  ) =>
    FastCheck.assert(
      FastCheck.asyncProperty(values, (value) =>
        runtime.runPromise(Effect.zipRight(
          Effect.flatMap(SandboxControl, ({ reset }) => reset),
          program(value)
        ))),
      { seed, numRuns: 50 }
    )

  it("stores what was created as it is", () =>
    runs(CustomersArbitrary.createCustomerFor(capabilities), (input) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const { paymentSource: _, ...fields } = input
        const { id } = yield* customers.create(input)
        expect(written(yield* customers.get(id))).toEqual(after(nothing, fields))
      })))

  it("stores what was changed as it is", () => {
    const changes = FastCheck.tuple(
      CustomersArbitrary.createCustomerFor(capabilities),
      CustomersArbitrary.updateCustomerFor(capabilities)
    )
    return runs(changes, ([input, patch]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const created = yield* customers.create(input)
        const isTaken = capabilities.fields.externalId.mutable === "once" && Option.isSome(created.externalId)
        if (isTaken && patch.externalId !== undefined) {
          const error = yield* Effect.flip(customers.update(created.id, patch))
          expect(error).toMatchObject({ _tag: "Conflict", path: "externalId" })
          return
        }
        const { id } = yield* customers.update(created.id, patch)
        const stored = written(yield* customers.get(id))
        // what Flexprice writes into it at a rename
        const { old_external_ids: _, ...metadata } = stored.metadata
        expect({ ...stored, metadata }).toEqual(after(written(created), patch))
      }))
  })
})

describe("packaging", () => {
  it("core and the providers do not take fast-check along", async () => {
    const { readFile, readdir } = await import("node:fs/promises")
    const root = fileURLToPath(new URL("../..", import.meta.url))
    const imports: Array<string> = []
    for (const name of ["core", "polar", "mollie", "pin-payments", "autumn", "flexprice"]) {
      for (const file of await readdir(`${root}${name}/src`, { recursive: true })) {
        if (!file.endsWith(".ts")) continue
        const text = await readFile(`${root}${name}/src/${file}`, "utf8")
        if (/^import (?!type).*"effect\/(FastCheck|Arbitrary)"/m.test(text)) imports.push(file)
      }
    }
    expect(imports).toEqual([])
  })
})
