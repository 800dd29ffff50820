/**
 * Customers under the caller's own ids, for the providers that keep them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equivalence from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Capabilities } from "./Capabilities.js"
import type { CreateCustomer, Customer, Provider, UpdateCustomer } from "./Customer.js"
import { Address, addressFromInput, Metadata } from "./Customer.js"
import { InvalidRequest, Unsupported } from "./CustomersError.js"
import type {
  CreateError,
  DeleteError,
  GetError,
  Service as CustomersServiceShape,
  UpdateError
} from "./CustomersService.js"
import { checkCreate, checkId, checkUpdate, isNothing, readGiven, trace } from "./CustomersService.js"
import { checkTakesKey } from "./Idempotency.js"

/**
 * What `getOrCreate` and `upsert` write: a customer without the external id, which is their first argument.
 *
 * @since 0.1.0
 * @category models
 */
export interface WithoutExternalId extends Omit<CreateCustomer, "externalId"> {
  readonly externalId?: never
}

/**
 * `CustomersService`, and the operations by the caller's own ids.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service extends CustomersServiceShape {
  /** Reads a customer by the caller's own id. */
  readonly getByExternalId: (externalId: string) => Effect.Effect<Customer, GetError>
  /** Changes a customer by the caller's own id; see `CustomersService.update`. */
  readonly updateByExternalId: (externalId: string, patch: UpdateCustomer) => Effect.Effect<Customer, UpdateError>
  /** Deletes a customer by the caller's own id. */
  readonly deleteByExternalId: (externalId: string) => Effect.Effect<void, DeleteError>
  /**
   * The customer with this external id: an existing one comes back untouched, otherwise it is created. Two callers at
   * once end with one customer and two successes. E-mails are never used to match. After a failure that may have been
   * applied it looks once more before it fails.
   */
  readonly getOrCreate: (externalId: string, input: WithoutExternalId) => Effect.Effect<Customer, CreateError>
  /**
   * `getOrCreate`, then an update of exactly what differs from the input; nothing differs, nothing is sent. Fields that
   * the input does not name are kept.
   */
  readonly upsert: (externalId: string, input: WithoutExternalId) => Effect.Effect<Customer, UpdateError>
}

/**
 * A provider that keeps the caller's own ids. It extends `CustomersService`, so a program asks for one tag. A provider
 * that does not keep them does not provide the tag: asking for it does not compile.
 *
 * @example
 * ```ts
 * import { CustomersByExternalId } from "@effect-customers/core"
 * import * as Effect from "effect/Effect"
 *
 * const signUp = (userId: string, email: string) =>
 *   Effect.flatMap(CustomersByExternalId, (customers) => customers.getOrCreate(userId, { email }))
 * ```
 *
 * @since 0.1.0
 * @category tags
 */
export class CustomersByExternalId extends Context.Tag("@effect-customers/core/CustomersByExternalId")<
  CustomersByExternalId,
  Service
>() {}

/**
 * How a provider compares what it stores with what is given, where that is not plain equality: a provider that trims
 * names stores `"Ada"` for `" Ada"`.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoredEquivalence {
  readonly email?: Equivalence.Equivalence<string>
  readonly name?: Equivalence.Equivalence<string>
  readonly phone?: Equivalence.Equivalence<string>
  readonly locale?: Equivalence.Equivalence<string>
  readonly address?: Equivalence.Equivalence<Address>
}

/**
 * What a provider implements beside its `CustomersService`: the same operations, given input that is already checked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Implementation extends Pick<Service, "getByExternalId" | "updateByExternalId" | "deleteByExternalId"> {
  readonly equivalence?: StoredEquivalence | undefined
  /** The provider's field names in the words of the unified models, for the paths of errors. */
  readonly names?: { readonly [wire: string]: string } | undefined
}

/**
 * Adds the operations by external id to a service. For authors of provider packages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  service: Omit<CustomersServiceShape, "byExternalId" | "byEmail">,
  implementation: Implementation
): Omit<Service, "byExternalId" | "byEmail"> => {
  const { capabilities, provider } = service
  const traced = trace(provider, implementation.names)

  const lookAgain = <E>(externalId: string, error: E): Effect.Effect<Customer, E> =>
    Effect.mapError(implementation.getByExternalId(externalId), () => error)

  const getOrCreate = (
    operation: string,
    externalId: string,
    input: WithoutExternalId
  ): Effect.Effect<
    { readonly customer: Customer; readonly existed: boolean; readonly wanted: CreateCustomer },
    CreateError
  > =>
    Effect.gen(function*() {
      yield* checkId(provider, operation, "externalId", externalId)
      const read = yield* readGiven(provider, operation, input, (input) => ({ ...input }))
      yield* checkExternalId(provider, operation, externalId, read)
      yield* checkTakesKey({ provider, operation, repeat: capabilities.repeat.create })
      const wanted = yield* checkCreate(capabilities, operation, { ...read, externalId })
      return yield* implementation.getByExternalId(externalId).pipe(
        Effect.map((customer) => ({ customer, existed: true, wanted })),
        Effect.catchTag("CustomerNotFound", () =>
          service.create(wanted).pipe(
            Effect.map((customer) => ({ customer, existed: false, wanted })),
            Effect.catchIf(
              mayExistNow,
              (error) => Effect.map(lookAgain(externalId, error), (customer) => ({ customer, existed: true, wanted }))
            )
          ))
      )
    })

  return {
    ...service,
    getByExternalId: (externalId) =>
      traced(
        "getByExternalId",
        Effect.zipRight(
          checkId(provider, "getByExternalId", "externalId", externalId),
          implementation.getByExternalId(externalId)
        )
      ),
    updateByExternalId: (externalId, patch) =>
      traced(
        "updateByExternalId",
        checkId(provider, "updateByExternalId", "externalId", externalId).pipe(
          Effect.zipRight(
            checkTakesKey({ provider, operation: "updateByExternalId", repeat: capabilities.repeat.update })
          ),
          Effect.zipRight(checkUpdate(capabilities, "updateByExternalId", patch)),
          Effect.tap((patch) => checkIsUnset(capabilities, patch)),
          Effect.flatMap((patch) =>
            isNothing(patch)
              ? implementation.getByExternalId(externalId)
              : implementation.updateByExternalId(externalId, patch)
          )
        )
      ),
    deleteByExternalId: (externalId) =>
      traced(
        "deleteByExternalId",
        checkId(provider, "deleteByExternalId", "externalId", externalId).pipe(
          Effect.zipRight(
            checkTakesKey({ provider, operation: "deleteByExternalId", repeat: capabilities.repeat.delete })
          ),
          Effect.zipRight(implementation.deleteByExternalId(externalId))
        )
      ),
    getOrCreate: (externalId, input) =>
      traced("getOrCreate", Effect.map(getOrCreate("getOrCreate", externalId, input), ({ customer }) => customer)),
    upsert: (externalId, input) =>
      traced(
        "upsert",
        Effect.flatMap(getOrCreate("upsert", externalId, input), ({ customer, existed, wanted }) => {
          const patch = existed ? difference(customer, wanted, implementation.equivalence ?? {}) : {}
          return Object.keys(patch).length === 0 ? Effect.succeed(customer) : service.update(customer.id, patch)
        })
      )
  }
}

/** Who is found by an external id has one. */
const checkIsUnset = (
  { fields, provider }: Capabilities,
  { externalId }: UpdateCustomer
): Effect.Effect<void, Unsupported> =>
  externalId === undefined || fields.externalId.mutable === "always"
    ? Effect.void
    : new Unsupported({
      provider,
      operation: "updateByExternalId",
      mayHaveApplied: false,
      repeat: "never",
      path: "externalId",
      reason: `${provider} sets it once, and who is found by it has it`
    })

/** For callers without types: another external id in the input would otherwise be dropped. */
const checkExternalId = (
  provider: Provider,
  operation: string,
  externalId: string,
  input: { readonly externalId?: unknown }
): Effect.Effect<void, InvalidRequest> =>
  input.externalId === undefined || input.externalId === externalId
    ? Effect.void
    : new InvalidRequest({
      provider,
      operation,
      mayHaveApplied: false,
      repeat: "never",
      origin: "sdk",
      issues: [{ path: "externalId", message: "it is the first argument, and the input says another" }]
    })

/** Not where the provider has given the id to somebody else who has the e-mail: that is nobody to answer. */
const mayExistNow = (error: CreateError): boolean =>
  error._tag === "CustomerAlreadyExists"
    ? !error.mayHaveApplied || error.fields.includes("externalId")
    : error.mayHaveApplied

const sameMetadata = Schema.equivalence(Metadata)

const equalAddress = Schema.equivalence(Schema.typeSchema(Address))

/** What of the input the customer does not have already. */
const difference = (
  customer: Customer,
  input: CreateCustomer,
  equivalence: StoredEquivalence
): UpdateCustomer => {
  const texts = (["email", "name", "phone", "locale"] as const).filter((field) => {
    const given = input[field]
    const same = equivalence[field] ?? Equivalence.string
    return given !== undefined && !Option.exists(customer[field], (stored) => same(stored, given))
  })
  const { address, metadata } = input
  const sameAddress = equivalence.address ?? equalAddress
  return {
    ...Object.fromEntries(texts.map((field) => [field, input[field]])),
    ...(address === undefined ||
        Option.exists(customer.address, (stored) => sameAddress(stored, addressFromInput(address)))
      ? {}
      : { address }),
    ...(metadata === undefined || sameMetadata(customer.metadata, metadata) ? {} : { metadata })
  }
}
