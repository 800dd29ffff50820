/**
 * What every provider can do, in one vocabulary. Code written against `CustomersService` runs unchanged on every
 * provider whose `capabilities` cover what it sends.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as Capabilities from "./Capabilities.js"
import type { Customer, Provider } from "./Customer.js"
import { CreateCustomer, UpdateCustomer } from "./Customer.js"
import type { CustomersByEmail } from "./CustomersByEmail.js"
import type { CustomersByExternalId } from "./CustomersByExternalId.js"
import type * as Errors from "./CustomersError.js"
import { InvalidRequest, renamePaths, Unsupported } from "./CustomersError.js"
import { checkTakesKey } from "./Idempotency.js"
import { inputIssues, strict } from "./internal/parseIssues.js"
import { segmentProblem } from "./internal/pathSegment.js"
import { readInput, readObject } from "./internal/readInput.js"
import { withSpan, withStreamSpan } from "./internal/span.js"
import * as Page from "./Page.js"

/**
 * What `get` can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type GetError = Errors.CommonError | Errors.InvalidResponse | Errors.CustomerNotFound | Errors.Unsupported

/**
 * What `create` can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type CreateError =
  | Errors.CommonError
  | Errors.InvalidResponse
  | Errors.CustomerAlreadyExists
  | Errors.Conflict
  | Errors.Unsupported

/**
 * What `update` can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type UpdateError = CreateError | Errors.CustomerNotFound

/**
 * What `delete` can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type DeleteError = Errors.CommonError | Errors.CustomerNotFound | Errors.Conflict | Errors.Unsupported

/**
 * What `list` and the walks can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type ListError = Errors.CommonError | Errors.InvalidResponse

/**
 * The operations of every provider.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly provider: Provider
  readonly capabilities: Capabilities.Capabilities
  /** Creates a customer. What the provider cannot store is `Unsupported`, what it requires and is missing
   * `InvalidRequest`, both before anything is sent. */
  readonly create: (input: CreateCustomer) => Effect.Effect<Customer, CreateError>
  /** Reads a customer by the provider's id. */
  readonly get: (id: string) => Effect.Effect<Customer, GetError>
  /** Changes what the patch names: an absent key keeps, `null` clears, a value sets. One that names nothing is a read. */
  readonly update: (id: string, patch: UpdateCustomer) => Effect.Effect<Customer, UpdateError>
  /** Deletes a customer; `capabilities.delete` says what goes with it. */
  readonly delete: (id: string) => Effect.Effect<void, DeleteError>
  /** One page. */
  readonly list: (options?: Page.ListOptions) => Effect.Effect<Page.Page<Customer>, ListError>
  /** All customers, page by page as they are pulled. Ends in `InvalidResponse` at a row that cannot be read. */
  readonly stream: (options?: Page.StreamOptions) => Stream.Stream<Customer, ListError>
  /** All pages, with the rows that cannot be read beside the others: for who checkpoints. */
  readonly streamPages: (options?: Page.StreamOptions) => Stream.Stream<Page.Page<Customer>, ListError>
  /** For code that picks a provider at run time; others ask for the tag `CustomersByExternalId`. */
  readonly byExternalId: Option.Option<Context.Tag.Service<CustomersByExternalId>>
  /** For code that picks a provider at run time; others ask for the tag `CustomersByEmail`. */
  readonly byEmail: Option.Option<Context.Tag.Service<CustomersByEmail>>
}

/**
 * The customers of whatever provider the program is given.
 *
 * @example
 * ```ts
 * import { CustomersService } from "@effect-customers/core"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const customers = yield* CustomersService
 *   const ada = yield* customers.create({ email: "ada@example.com", name: "Ada Lovelace" })
 *   return yield* customers.get(ada.id)
 * })
 * ```
 *
 * @since 0.1.0
 * @category tags
 */
export class CustomersService extends Context.Tag("@effect-customers/core/CustomersService")<
  CustomersService,
  Service
>() {}

/**
 * What a provider implements: the same operations, given input that is already checked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Implementation
  extends Pick<Service, "capabilities" | "create" | "get" | "update" | "delete" | "streamPages">
{
  /** The provider's field names in the words of the unified models, for the paths of errors. */
  readonly names?: { readonly [wire: string]: string } | undefined
}

/**
 * Makes a service of a provider's implementation: each operation gets its span, and input is checked first, by the
 * schemas of the models and by the provider's capabilities. For authors of provider packages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (implementation: Implementation): Omit<Service, "byExternalId" | "byEmail"> => {
  const { capabilities } = implementation
  const { provider } = capabilities
  const traced = trace(provider, implementation.names)
  return {
    provider,
    capabilities,
    create: (input) =>
      traced(
        "create",
        // some read before they write: what they cannot do is said before they begin
        Effect.zipRight(
          checkTakesKey({ provider, operation: "create", repeat: capabilities.repeat.create }),
          checkCreate(capabilities, "create", input)
        ).pipe(
          Effect.flatMap(implementation.create)
        )
      ),
    get: (id) => traced("get", Effect.zipRight(checkId(provider, "get", "id", id), implementation.get(id))),
    update: (id, patch) =>
      traced(
        "update",
        checkId(provider, "update", "id", id).pipe(
          Effect.zipRight(checkTakesKey({ provider, operation: "update", repeat: capabilities.repeat.update })),
          Effect.zipRight(checkUpdate(capabilities, "update", patch)),
          Effect.flatMap((patch) => isNothing(patch) ? implementation.get(id) : implementation.update(id, patch))
        )
      ),
    delete: (id) =>
      traced(
        "delete",
        checkId(provider, "delete", "id", id).pipe(
          Effect.zipRight(checkTakesKey({ provider, operation: "delete", repeat: capabilities.repeat.delete })),
          Effect.zipRight(implementation.delete(id))
        )
      ),
    list: (options) =>
      traced(
        "list",
        readGiven(
          provider,
          "list",
          options ?? undefined,
          ({ cursor, pageSize }) => ({ pageSize, from: cursor, concurrency: 1 })
        )
          .pipe(
            Effect.flatMap((options) => Page.first(implementation.streamPages(options))),
            Effect.mapError(renamePaths({ from: "cursor" }))
          )
      ),
    stream: (options) => tracedStream(provider, "stream", Page.items(implementation.streamPages(options))),
    streamPages: (options) => tracedStream(provider, "streamPages", implementation.streamPages(options))
  }
}

const spanOptions = (provider: Provider, operation: string) => ({
  captureStackTrace: false,
  attributes: { "customers.provider": provider, "customers.operation": operation }
})

/**
 * Gives an operation its span, and the paths of its errors the unified words.
 *
 * @internal
 */
export const trace =
  (provider: Provider, names: { readonly [wire: string]: string } = {}) =>
  <A, E, R>(operation: string, effect: Effect.Effect<A, E, R>) =>
    withSpan(
      Effect.mapError(effect, renamePaths(names)),
      `CustomersService.${operation}`,
      spanOptions(provider, operation)
    )

/** @internal */
export const tracedStream = <A, E, R>(provider: Provider, operation: string, stream: Stream.Stream<A, E, R>) =>
  withStreamSpan(stream, `CustomersService.${operation}`, spanOptions(provider, operation))

/**
 * A patch that names nothing.
 *
 * @internal
 */
export const isNothing = (patch: UpdateCustomer): boolean => Object.values(patch).every((value) => value === undefined)

/** What an error of the service carries that is decided before anything is sent. */
const unsent = (provider: Provider, operation: string) =>
  ({ provider, operation, mayHaveApplied: false, repeat: "never" }) as const

/**
 * What `read` takes of an object that the caller gave, now; what cannot be read is `InvalidRequest`.
 *
 * @internal
 */
export const readGiven = <Input extends object, A>(
  provider: Provider,
  operation: string,
  input: Input | undefined,
  read: (input: Partial<Input>) => A
): Effect.Effect<A, Errors.InvalidRequest> =>
  Effect.suspend(() =>
    Effect.mapError(
      readObject(input, read),
      (issues) => new InvalidRequest({ ...unsent(provider, operation), origin: "sdk", issues })
    )
  )

/**
 * An id that no URL can carry is refused here, for every provider alike, and for callers without types.
 *
 * @internal
 */
export const checkId = (
  provider: Provider,
  operation: string,
  path: "id" | "externalId",
  id: unknown
): Effect.Effect<void, Errors.InvalidRequest> =>
  Effect.suspend(() => {
    const problem = typeof id === "string" ? segmentProblem(id, "encoded") : "expected a string"
    return problem === undefined
      ? Effect.void
      : new InvalidRequest({ ...unsent(provider, operation), origin: "sdk", issues: [{ path, message: problem }] })
  })

/**
 * Checks input against the type side of a schema. Bind it once: it compiles the schema.
 *
 * @internal
 */
export const inputCheck = <A, I>(schema: Schema.Schema<A, I>) => {
  const validate = Schema.validateEither(schema, strict)
  return (
    provider: Provider,
    operation: string,
    input: A,
    at = ""
  ): Effect.Effect<A, Errors.InvalidRequest> =>
    Effect.suspend(() =>
      Effect.mapError(
        readInput(() =>
          Either.mapLeft(
            validate(input),
            (error) => inputIssues(error).map((issue) => issue.path === "" ? { ...issue, path: at } : issue)
          )
        ),
        (issues) => new InvalidRequest({ ...unsent(provider, operation), origin: "sdk", issues })
      )
    )
}

const checkCreateCustomer = inputCheck(CreateCustomer)

const checkUpdateCustomer = inputCheck(UpdateCustomer)

/** @internal */
export const checkCreate = (
  capabilities: Capabilities.Capabilities,
  operation: string,
  input: CreateCustomer
): Effect.Effect<CreateCustomer, Errors.InvalidRequest | Errors.Unsupported> =>
  Effect.flatMap(
    checkCreateCustomer(capabilities.provider, operation, input),
    (input) => takeFit(capabilities.provider, operation, Capabilities.fit(capabilities, input))
  )

/** @internal */
export const checkUpdate = (
  capabilities: Capabilities.Capabilities,
  operation: string,
  patch: UpdateCustomer
): Effect.Effect<UpdateCustomer, Errors.InvalidRequest | Errors.Unsupported> =>
  Effect.flatMap(
    checkUpdateCustomer(capabilities.provider, operation, patch),
    (patch) => takeFit(capabilities.provider, operation, Capabilities.fitUpdate(capabilities, patch))
  )

const takeFit = <Input>(
  provider: Provider,
  operation: string,
  { input, missing, unsupported }: Capabilities.Fit<Input>
): Effect.Effect<Input, Errors.InvalidRequest | Errors.Unsupported> => {
  if (missing.length > 0) {
    return new InvalidRequest({
      ...unsent(provider, operation),
      origin: "sdk",
      issues: missing.map((path) => ({ path, message: `${provider} requires it` }))
    })
  }
  return unsupported[0] === undefined
    ? Effect.succeed(input)
    : new Unsupported({ ...unsent(provider, operation), ...unsupported[0] })
}
