/** What a law of the contract is, and what it needs to look at a service. */
import type * as Capabilities from "@effect-customers/core/Capabilities"
import type { CreateCustomer, Customer, PaymentSource } from "@effect-customers/core/Customer"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import { CustomersService, type Service } from "@effect-customers/core/CustomersService"
import * as RetryPolicy from "@effect-customers/core/RetryPolicy"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { differences, type Patch, reads, type Values, values, type WritableField } from "./values.js"

/**
 * A service does not keep the contract: by which case, what was expected and what was found. In words of the contract
 * alone: no values of a customer are in it.
 *
 * @since 0.1.0
 * @category errors
 */
export class ContractViolated
  extends Schema.TaggedError<ContractViolated>("@effect-customers/testing/ContractViolated")("ContractViolated", {
    /** The name of the case. */
    case: Schema.String,
    provider: Schema.String,
    expected: Schema.String,
    found: Schema.String
  })
{
  override get message(): string {
    return `${this.provider} does not keep "${this.case}": expected ${this.expected}; found ${this.found}`
  }
}

/**
 * What of a provider's capabilities a case is about; empty for what every provider does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Needs {
  readonly field?: Capabilities.Field | undefined
  readonly findBy?: "externalId" | "email" | undefined
  readonly answers?: "total" | "updatedAt" | undefined
  /** The write whose idempotency keys it is about. */
  readonly repeat?: "create" | "update" | "delete" | undefined
}

/**
 * The service that a case is run against:
 *
 * - `plain`: as it is.
 * - `unreadableRow`: among its customers, three at least and all on one page, exactly one row cannot be read.
 * - `wrongVersion`: the provider is asked at an address, or for a version of its API, that is not there.
 * - `outage`: the provider answers no call; the calls end by themselves.
 * - `lostAnswers`: writes are carried out, and their answers are lost; reads are answered.
 *
 * @since 0.1.0
 * @category models
 */
export type Setting = "plain" | "unreadableRow" | "wrongVersion" | "outage" | "lostAnswers"

/**
 * One law of the contract. `check` reads the capabilities of the service that it is given: what the provider does not
 * claim has to be refused. It makes customers of its own, and leaves them there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Case {
  /** The law in a sentence; no two cases have the same. */
  readonly name: string
  readonly needs: Needs
  readonly setting: Setting
  readonly check: Effect.Effect<void, ContractViolated, CustomersService>
}

const testCard = Effect.succeed<PaymentSource>({
  card: {
    number: Redacted.make("4200000000000000"),
    expiryMonth: 12,
    expiryYear: 2035,
    cvc: Redacted.make("123"),
    name: "Ada Lovelace",
    address: { line1: "1 Sample St", city: "Perth", state: "WA", postalCode: "6000", country: "AU" }
  }
})

/**
 * What of the inputs of the cases depends on the account that they are run on. `paymentSource` is run for every
 * customer that needs one, since tokens are spent; by default a card that test accounts take. `emailDomain` is
 * `example.com` by default.
 *
 * @since 0.1.0
 * @category references
 */
export class Inputs extends Context.Reference<Inputs>()("@effect-customers/testing/CustomersContract/Inputs", {
  defaultValue: (): {
    readonly paymentSource: Effect.Effect<PaymentSource>
    readonly emailDomain: string
  } => ({ paymentSource: testCard, emailDomain: "example.com" })
}) {}

/** How a call has to end; `path` is the field or option at which it is refused. */
interface Ending {
  readonly tag: CustomersError["_tag"]
  readonly path?: string | undefined
}

/** @internal */
export const at = (tag: CustomersError["_tag"], path?: string): Ending => ({ tag, path })

/** @internal */
export const invalidAt = (path: string): Ending => at("InvalidRequest", path)

/** @internal */
export const unsupportedAt = (path: string): Ending => at("Unsupported", path)

/** @internal */
export const notFound: Ending = at("CustomerNotFound")

const pathsOf = (error: CustomersError): ReadonlyArray<string> => {
  switch (error._tag) {
    case "InvalidRequest":
      return error.issues.map(({ path }) => path)
    case "Unsupported":
      return [error.path]
    case "Conflict":
      return error.path === undefined ? [] : [error.path]
    case "CustomerAlreadyExists":
      return error.fields
    default:
      return []
  }
}

const ends = (error: CustomersError, { path, tag }: Ending): boolean =>
  error._tag === tag && (path === undefined || pathsOf(error).includes(path))

const describeEnding = ({ path, tag }: Ending): string =>
  path === undefined ? tag : `${tag} at ${path === "" ? "the input" : path}`

/** Of the error's own words there may be too many. */
const describeError = (error: CustomersError): string => {
  const paths = pathsOf(error).map((path) => path === "" ? "the input" : path)
  return [
    error._tag,
    ...paths.length === 0 ? [] : [`at ${paths.join(", ")}`],
    ...error.status === undefined ? [] : [`with status ${error.status}`]
  ].join(" ")
}

type Call<A, E extends CustomersError = CustomersError> = Effect.Effect<A, E>

/** What a law looks at a service with, for one run. */
export interface Kit {
  readonly customers: Service
  readonly can: Capabilities.Capabilities
  /** Another one every time, within the limits of the provider. */
  readonly value: <F extends WritableField>(field: F) => Values[F]
  /** Letters and digits, another text every time. */
  readonly token: () => string
  readonly paymentSource: Effect.Effect<PaymentSource>
  /** What the provider requires, and nothing else. */
  readonly required: Effect.Effect<CreateCustomer>
  /** Creates somebody with what is required, and this; who is answered has it. */
  readonly create: (input?: CreateCustomer) => Effect.Effect<Customer, ContractViolated>
  /** So many, one after the other, in order of creation. */
  readonly createMany: (count: number) => Effect.Effect<ReadonlyArray<Customer>, ContractViolated>
  readonly get: (id: string) => Effect.Effect<Customer, ContractViolated>
  /** All customers of the account; nobody is among them twice. */
  readonly all: Effect.Effect<ReadonlyArray<Customer>, ContractViolated>
  /** All items of a stream; none twice. */
  readonly collect: (
    what: string,
    stream: Stream.Stream<Customer, CustomersError>
  ) => Effect.Effect<ReadonlyArray<Customer>, ContractViolated>
  readonly succeeds: <A, E extends CustomersError>(what: string, call: Call<A, E>) => Effect.Effect<A, ContractViolated>
  /** The call ends in one of these, and not in a success. */
  readonly refused: <A, E extends CustomersError>(
    what: string,
    call: Call<A, E>,
    ...endings: readonly [Ending, ...ReadonlyArray<Ending>]
  ) => Effect.Effect<CustomersError, ContractViolated>
  /** The same customers are there before and after. */
  readonly createsNobody: <A>(
    self: Effect.Effect<A, ContractViolated>
  ) => Effect.Effect<A, ContractViolated>
  readonly holds: (condition: boolean, expected: string, found: string) => Effect.Effect<void, ContractViolated>
  /** The customer has these: values as they were given, none for `null`. */
  readonly has: (what: string, customer: Customer, patch: Patch) => Effect.Effect<void, ContractViolated>
  readonly isSame: (
    what: string,
    customer: Customer,
    as: Customer,
    aside?: ReadonlyArray<keyof Customer>
  ) => Effect.Effect<void, ContractViolated>
  /** Who is asked for again is still the same. */
  readonly isUntouched: (customer: Customer) => Effect.Effect<void, ContractViolated>
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

const makeKit = (name: string, setting: Setting): Effect.Effect<Kit, never, CustomersService> =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const inputs = yield* Inputs
    const can = customers.capabilities
    const seed = yield* Random.nextInt
    const draw = values(can, inputs.emailDomain, seed)
    // where nobody answers nothing is waited for; where somebody does, who asks too often is told so
    const [answered, told] = setting === "plain"
      ? [identity, RetryPolicy.with({ while: ({ _tag }) => _tag === "RateLimited" })]
      : [RetryPolicy.none, RetryPolicy.none]

    const violated = (expected: string, found: string) =>
      new ContractViolated({ case: name, provider: can.provider, expected, found })

    const holds: Kit["holds"] = (condition, expected, found) => condition ? Effect.void : violated(expected, found)

    const succeeds: Kit["succeeds"] = (what, call) =>
      Effect.mapError(answered(call), (error) => violated(`${what} to succeed`, describeError(error)))

    const refused: Kit["refused"] = (what, call, ...endings) => {
      const expected = `${what} to end in ${[...new Set(endings.map(describeEnding))].join(" or ")}`
      return Effect.flatMap(Effect.either(told(call)), (end) =>
        end._tag === "Right"
          ? violated(expected, "a success")
          : endings.some((ending) => ends(end.left, ending))
          ? Effect.succeed(end.left)
          : violated(expected, describeError(end.left)))
    }

    const collect: Kit["collect"] = (what, stream) =>
      Effect.suspend(() => {
        const ids = new Set<string>()
        const found: Array<Customer> = []
        return stream.pipe(
          Stream.mapError((error) => violated(`${what} to succeed`, describeError(error))),
          Stream.runForEach((customer) => {
            const isFirst = !ids.has(customer.id)
            ids.add(customer.id)
            found.push(customer)
            return holds(isFirst, `${what} to tell of nobody twice`, "a customer told of twice")
          }),
          Effect.as(found)
        )
      })

    const all = collect("the walk over all customers", customers.stream({ pageSize: can.pageSize.max }))

    const has: Kit["has"] = (what, customer, patch) =>
      Effect.forEach(
        Object.keys(patch) as ReadonlyArray<WritableField>,
        (field) =>
          holds(
            reads(customer, field, patch[field] ?? null),
            `${what} to have ${patch[field] === null ? `no ${field}` : `the ${field} that was given`}`,
            reads(customer, field, null) ? "none" : "another"
          ),
        { discard: true }
      )

    const isSame: Kit["isSame"] = (what, customer, as, aside = []) => {
      const different = differences(customer, as).filter((key) => !aside.includes(key))
      return holds(different.length === 0, `${what} to be the same customer`, `another ${different.join(", ")}`)
    }

    const get: Kit["get"] = (id) => succeeds("get", customers.get(id))

    const { fields } = can
    const isRequired = (field: Capabilities.Field) => fields[field].required

    const required: Kit["required"] = Effect.suspend(() => {
      const input: CreateCustomer = Object.fromEntries(
        draw.fields.filter(isRequired).map((field) => [field, draw.value(field)])
      )
      return isRequired("paymentSource")
        ? Effect.map(inputs.paymentSource, (paymentSource) => ({ ...input, paymentSource }))
        : Effect.succeed(input)
    })

    const create: Kit["create"] = (input = {}) =>
      Effect.gen(function*() {
        const { paymentSource, ...given } = { ...yield* required, ...input }
        const whole: CreateCustomer = paymentSource === undefined ? given : { ...given, paymentSource }
        const customer = yield* succeeds("create", customers.create(whole))
        yield* has("who was created", customer, given)
        return customer
      })

    return {
      customers,
      can,
      value: draw.value,
      token: () => draw.token(alphabet, 12),
      paymentSource: inputs.paymentSource,
      required,
      create,
      createMany: (count) => Effect.replicateEffect(create(), count),
      get,
      all,
      collect,
      succeeds,
      refused,
      createsNobody: (self) =>
        Effect.gen(function*() {
          const before = yield* all
          const end = yield* self
          const known = new Set<string>(before.map(({ id }) => id))
          const strangers = (yield* all).filter(({ id }) => !known.has(id))
          yield* holds(strangers.length === 0, "nobody to be created", `${strangers.length} created`)
          return end
        }),
      holds,
      has,
      isSame,
      isUntouched: (customer) =>
        Effect.flatMap(get(customer.id), (now) => isSame("who was not to be changed", now, customer))
    }
  })

/** @internal */
export const law = (
  name: string,
  needs: Needs,
  check: (kit: Kit) => Effect.Effect<unknown, ContractViolated>,
  setting: Setting = "plain"
): Case => ({
  name,
  needs,
  setting,
  check: Effect.asVoid(Effect.flatMap(makeKit(name, setting), check))
})

/**
 * For callers without types: what no type lets through is given as well.
 *
 * @internal
 */
export const untyped = (value: unknown): never => value as never
