/**
 * Faults over any layer that provides `CustomersService`: the double, a provider on the sandbox, a provider. Each is a
 * function from a layer to the same layer, so faults compose with one another by `pipe` and with everything else by
 * `Layer.provide`. No tag bypasses them: `CustomersService`, `CustomersByExternalId`, `CustomersByEmail` and the
 * `byExternalId` and `byEmail` of a service all fail alike, and are counted together. A provider's own client
 * (`PolarClient`) stays as it is.
 *
 * - The last one in a `pipe` is the outermost: it is asked first, and what it ends does not reach the ones before it.
 * - A fault is what a program sees **after** the SDK's own retries: nothing retries it. To have the SDK itself retry, let
 *   the sandbox fail.
 * - A call counts when it runs, not when it is made; a walk (`stream`, `streamPages`, `findByEmail`) runs each time it
 *   is consumed. What a service does inside a call is not seen: the `create` within `getOrCreate` is no call of `create`.
 * - Counters and seeds belong to the built layer: every build starts anew, under `it.effect` with every test.
 *
 * @since 0.1.0
 */
import type { Capabilities } from "@effect-customers/core/Capabilities"
import type { CustomersError, ErrorContext } from "@effect-customers/core/CustomersError"
import type { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import type { Roles } from "@effect-customers/core/CustomersRoles"
import type { CustomersService, Service } from "@effect-customers/core/CustomersService"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { before, type Call, intercept, type Interceptor } from "./internal/intercept.js"

/**
 * The operations of the services.
 *
 * @since 0.1.0
 * @category models
 */
export type Operation = Call["operation"]

/**
 * The operations that answer a stream.
 *
 * @since 0.1.0
 * @category models
 */
export type Walk = "stream" | "streamPages" | "findByEmail"

/**
 * Which operations a fault is for: one, several, or all.
 *
 * @since 0.1.0
 * @category models
 */
export type Operations<O extends Operation> = O | ReadonlyArray<O> | "all"

type ErrorOf<O extends Operation> = ReturnType<Roles[O]> extends
  Effect.Effect<unknown, infer E> | Stream.Stream<unknown, infer E> ? E : never

/**
 * The errors that every one of these operations can end in.
 *
 * @since 0.1.0
 * @category errors
 */
export type FaultError<O extends Operation, E extends CustomersError = CustomersError> = E extends CustomersError
  ? [{ readonly [Each in O]: E extends ErrorOf<Each> ? never : Each }[O]] extends [never] ? E : never
  : never

/**
 * An error, or a function that makes it of what every error carries: the provider, the operation, how safe a repeat is
 * and whether the call may have been applied.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultErrorInput<O extends Operation> = FaultError<O> | ((context: ErrorContext) => FaultError<O>)

/**
 * - `applied`, for operations that answer once: the call is carried out and its answer, also an error, is lost. False:
 *   it is not carried out.
 * - `after`, for walks: how many elements come first, customers of `stream` and `findByEmail` and pages of
 *   `streamPages`. A shorter walk is cut at its end. 0: nothing is read at all.
 *
 * @since 0.1.0
 * @category options
 */
export type FaultOptions<O extends Operation> = O extends Walk ? { readonly after?: number | undefined }
  : { readonly applied?: boolean | undefined }

/**
 * The tags that have these operations; that of all providers where all operations are meant.
 *
 * @since 0.1.0
 * @category models
 */
export type TagOf<O extends Operation> = [Operation] extends [O] ? CustomersService : {
  readonly [Each in Operation]: Each extends keyof Service ? CustomersService
    : Each extends "findByEmail" ? CustomersByEmail
    : CustomersByExternalId
}[O]

/**
 * The same layer with a fault in its services. It has to provide the tags of the operations: a fault on a call that
 * nobody can make would never be met.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault<Tags = CustomersService> {
  <ROut, E, RIn>(
    self: Layer.Layer<ROut | CustomersService | Tags, E, RIn>
  ): Layer.Layer<ROut | CustomersService | Tags, E, RIn>
}

/**
 * The nth call of the operation, from 1, ends in the error. With several operations the nth of all their calls together
 * does.
 *
 * @example
 * ```ts
 * import { RateLimited, RequestTimedOut } from "@effect-customers/core"
 * import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
 * import * as Duration from "effect/Duration"
 *
 * const CustomersTest = InMemoryCustomers.layer().pipe(
 *   CustomersFaults.failNth("get", 1, (call) => new RateLimited({ ...call, retryAfter: Duration.seconds(60) })),
 *   // the second customer is created, and the program does not learn of it
 *   CustomersFaults.failNth(
 *     "create",
 *     2,
 *     (call) => new RequestTimedOut({ ...call, timeout: Duration.seconds(30) }),
 *     { applied: true }
 *   ),
 *   // the walk breaks after its second page
 *   CustomersFaults.failNth("streamPages", 1, (call) => new RateLimited(call), { after: 2 })
 * )
 * ```
 *
 * @since 0.1.0
 * @category faults
 */
export const failNth = <O extends Operation = Operation>(
  operations: Operations<O>,
  nth: number,
  error: FaultErrorInput<O>,
  options?: FaultOptions<O>
): Fault<TagOf<O>> =>
  fault({
    ...options,
    operations,
    problem: isWhole(nth, 1) ? undefined : "failNth: expected nth to be a whole number of at least 1",
    decide: Effect.map(Ref.make(0), (calls) => Effect.map(Ref.updateAndGet(calls, (n) => n + 1), (n) => n === nth)),
    instead: failWith(error)
  })

/**
 * A call ends in the error with this probability (0 to 1). Which calls do depends on the seed and on their order alone:
 * the fault has a `Random` of its own.
 *
 * @example
 * ```ts
 * import { ProviderUnavailable } from "@effect-customers/core"
 * import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
 *
 * const Flaky = InMemoryCustomers.layer().pipe(
 *   CustomersFaults.failWithProbability({
 *     operations: ["create", "update"],
 *     probability: 0.2,
 *     seed: 7,
 *     error: (call) => new ProviderUnavailable({ ...call, status: 503 })
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category faults
 */
export const failWithProbability = <O extends Operation = Operation>(
  options: FaultOptions<O> & {
    readonly probability: number
    readonly seed: number | string
    readonly error: FaultErrorInput<O>
    /** All when absent. */
    readonly operations?: Operations<O> | undefined
  }
): Fault<TagOf<O>> => {
  const { error, probability, seed } = options
  return fault({
    ...options,
    problem: probability >= 0 && probability <= 1
      ? undefined
      : "failWithProbability: expected probability to be a number between 0 and 1",
    decide: Effect.sync(() => Effect.map(Random.make(seed).next, (next) => next < probability)),
    instead: failWith(error)
  })
}

/**
 * Each call waits before it is carried out, on the `Clock` of its fiber; a walk before its first element.
 *
 * @example
 * ```ts
 * import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
 *
 * const Slow = InMemoryCustomers.layer().pipe(
 *   CustomersFaults.delay("2 seconds", ["create", "update"]),
 *   CustomersFaults.delay("50 millis")
 * )
 * ```
 *
 * @since 0.1.0
 * @category faults
 */
export const delay = <O extends Operation = Operation>(
  duration: Duration.DurationInput,
  operations: Operations<O> = "all"
): Fault<TagOf<O>> =>
  intercept(Effect.succeed(
    before((call) => concerns(operations, call) ? Effect.sleep(duration) : Effect.void)
  ))

/**
 * Calls wait until they are interrupted: for the timeouts of a program.
 *
 * @example
 * ```ts
 * import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
 *
 * // customers are created, and the program does not learn of it
 * const Silent = InMemoryCustomers.layer().pipe(CustomersFaults.neverAnswer("create", { applied: true }))
 * ```
 *
 * @since 0.1.0
 * @category faults
 */
export const neverAnswer = <O extends Operation = Operation>(
  operations?: Operations<O>,
  options?: FaultOptions<O>
): Fault<TagOf<O>> =>
  fault({
    ...options,
    operations,
    problem: undefined,
    decide: Effect.succeed(Effect.succeed(true)),
    instead: () => Effect.never
  })

interface FaultPlan {
  readonly operations?: Operations<Operation> | undefined
  readonly applied?: boolean | undefined
  readonly after?: number | undefined
  /** What is wrong with the options. */
  readonly problem: string | undefined
  /** Run with every build; what it answers, with every call that the fault is for: whether it meets this one. */
  readonly decide: Effect.Effect<Effect.Effect<boolean>>
  readonly instead: (context: ErrorContext) => Effect.Effect<never, CustomersError>
}

const fault = ({ after = 0, applied = false, decide, instead, operations = "all", problem }: FaultPlan): Fault =>
  intercept(Effect.gen(function*() {
    if (problem !== undefined) return yield* refuse(problem)
    if (!isWhole(after, 0)) return yield* refuse("expected after to be a whole number of at least 0")
    if (operations.length === 0) return yield* refuse("expected operations not to be empty")
    const decision = yield* decide
    const meets = (call: Call) => concerns(operations, call) ? decision : Effect.succeed(false)
    const fails = (call: Call, service: Service) => instead(contextOf(call, service, applied))
    return {
      effect: (run, call, service) =>
        Effect.if(meets(call), {
          onTrue: () => Effect.zipRight(applied ? Effect.ignore(run) : Effect.void, fails(call, service)),
          onFalse: () => run
        }),
      stream: (run, call, service) =>
        Stream.unwrap(Effect.map(
          meets(call),
          (met) => met ? Stream.concat(Stream.take(run, after), fails(call, service)) : run
        ))
    } satisfies Interceptor
  }))

/** A fault that cannot be as it was asked for would leave a test without it. */
const refuse = (problem: string): Effect.Effect<never> => Effect.die(new RangeError(`CustomersFaults: ${problem}`))

const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least

const concerns = (operations: Operations<Operation>, { operation }: Call): boolean =>
  typeof operations === "string" ? operations === "all" || operations === operation : operations.includes(operation)

const failWith =
  (error: CustomersError | ((context: ErrorContext) => CustomersError)) =>
  (context: ErrorContext): Effect.Effect<never, CustomersError> =>
    Effect.failSync(() => typeof error === "function" ? error(context) : error)

const contextOf = (
  { operation }: Call,
  { capabilities, provider }: Service,
  applied: boolean
): ErrorContext => {
  const write = writes[operation]
  return {
    provider,
    operation,
    mayHaveApplied: applied && write !== undefined,
    repeat: write === undefined ? "always" : capabilities.repeat[write]
  }
}

/** The operations that change something, by what they come to at a provider. */
const writes: { readonly [_ in Operation]?: keyof Capabilities["repeat"] } = {
  create: "create",
  getOrCreate: "create",
  upsert: "create",
  update: "update",
  updateByExternalId: "update",
  delete: "delete",
  deleteByExternalId: "delete"
}
