/**
 * Import of customers: a stream of rows goes in, a stream of outcomes comes out, one for each row, and a ledger remembers
 * who was created. A second run creates nobody twice, also after one that was killed, also where the target has neither
 * idempotency keys nor ids of yours.
 *
 * @since 0.1.0
 */
import type { UnsupportedField } from "@effect-customers/core/Capabilities"
import type { CreateCustomer, Customer, Provider } from "@effect-customers/core/Customer"
import type { AuthenticationFailed, InvalidResponse, PermissionDenied } from "@effect-customers/core/CustomersError"
import { Conflict, CustomerAlreadyExists, CustomersError, InvalidRequest } from "@effect-customers/core/CustomersError"
import type { GetError, Service } from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import * as Idempotency from "@effect-customers/core/Idempotency"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { check } from "./internal/check.js"
import * as Fingerprint from "./internal/fingerprint.js"
import { settle, type Settlement, stops } from "./internal/settlement.js"
import type { Beginning, Done, Ledger, LedgerFailed } from "./Ledger.js"

// ---------------------------------------------------------------------------------------------------------------------
// Outcomes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A field, and what is wrong with it. `path` is dotted, empty for the whole; neither holds data of the row.
 *
 * @since 0.1.0
 * @category models
 */
export const Reason = Schema.Struct({ path: Schema.String, reason: Schema.String })

/**
 * A field, and what is wrong with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reason extends Schema.Schema.Type<typeof Reason> {}

/**
 * It is at the target now, and in the ledger. `without` is what was left out because the target cannot store it.
 * `settled`: the answer of its create was lost, in this run or in one before, and it was found at the target (what was
 * left out of it then is not told again).
 *
 * @since 0.1.0
 * @category outcomes
 */
export class Created extends Schema.TaggedClass<Created>("@effect-customers/pipeline/Created")("Created", {
  sourceId: Schema.String,
  targetId: Schema.String,
  without: Schema.Array(Reason),
  settled: Schema.Boolean
}) {}

/**
 * Nothing was created: it is `in the ledger` already; somebody `exists` at the target who has its external id, is no
 * other row's, and is in the ledger as it from now on; or its id came twice, and the first one is still `in progress`, or
 * in doubt.
 *
 * @since 0.1.0
 * @category outcomes
 */
export class Skipped extends Schema.TaggedClass<Skipped>("@effect-customers/pipeline/Skipped")("Skipped", {
  sourceId: Schema.String,
  targetId: Schema.OptionFromNullOr(Schema.String),
  reason: Schema.Literal("in the ledger", "exists", "in progress")
}) {}

/**
 * Surely not created, and why; a later run tries again. A row that could not be read has no `sourceId`. `reasons` names
 * everything that is wrong with it, where that is known before it is sent.
 *
 * @since 0.1.0
 * @category outcomes
 */
export class Failed extends Schema.TaggedClass<Failed>("@effect-customers/pipeline/Failed")("Failed", {
  sourceId: Schema.OptionFromNullOr(Schema.String),
  error: CustomersError,
  reasons: Schema.Array(Reason)
}) {}

/**
 * Nobody knows whether it was created: its answer was lost. It stays begun in the ledger, and a later run settles it
 * before it does anything else with it; it is never created blindly.
 *
 * @since 0.1.0
 * @category outcomes
 */
export class MaybeApplied extends Schema.TaggedClass<MaybeApplied>("@effect-customers/pipeline/MaybeApplied")(
  "MaybeApplied",
  { sourceId: Schema.String, error: CustomersError }
) {}

/**
 * The schema of {@link Outcome}, to keep outcomes or to send them. Encoded on purpose, the provider's own words are in
 * it (`{ redacted: text }`), and those may quote what was sent.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Outcome = Schema.Union(Created, Skipped, Failed, MaybeApplied)

/**
 * What has become of one row. It prints no personal data beside ids.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = typeof Outcome.Type

/**
 * A row that cannot be imported, with the reasons that its error gives.
 *
 * @since 0.1.0
 * @category constructors
 */
export const failed = (error: CustomersError, sourceId?: string): Failed =>
  new Failed({ sourceId: Option.fromNullable(sourceId), error, reasons: reasonsOf(error) })

/** At least one, few, and without data of the row: reports count them. */
const reasonsOf = (error: CustomersError): ReadonlyArray<Reason> => {
  const { provider } = error
  switch (error._tag) {
    case "InvalidRequest":
      return orWhole(
        `${provider} refused it`,
        (refused) =>
          error.issues.map(({ message, path }) => ({ path, reason: typeof message === "string" ? message : refused }))
      )
    case "Unsupported":
      return [{ path: error.path, reason: error.reason }]
    case "CustomerAlreadyExists":
      return orWhole("somebody has it already", (reason) => error.fields.map((path) => ({ path, reason })))
    case "InvalidResponse":
      return orWhole("unreadable", (unreadable) =>
        error.issues.map(({ expected, path }) => ({
          path: path.replace(/\b\d+\b/g, "*"),
          reason: `${unreadable}, expected ${expected}`
        })))
    case "Conflict":
      return [{ path: error.path ?? "", reason: "conflict" }]
    default:
      return [{ path: "", reason: wordsOf[error._tag] }]
  }
}

/** Where an error names no field, it is of the whole. */
const orWhole = (reason: string, of: (reason: string) => ReadonlyArray<Reason>): ReadonlyArray<Reason> => {
  const reasons = of(reason)
  return reasons.length > 0 ? reasons : [{ path: "", reason }]
}

const wordsOf = {
  CustomerNotFound: "customer not found",
  ResourceNotFound: "resource not found",
  AuthenticationFailed: "authentication failed",
  PermissionDenied: "permission denied",
  RateLimited: "rate limited",
  ProviderUnavailable: "provider unavailable",
  RequestTimedOut: "timed out",
  TransportFailed: "connection failed",
  UnexpectedStatus: "unexpected status"
}

// ---------------------------------------------------------------------------------------------------------------------
// Report
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Outcomes in numbers. A customer with several reasons counts for each of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report {
  readonly created: number
  /** Of `created`, those whose answer was lost and who were found at the target. */
  readonly settled: number
  readonly skipped: number
  readonly failed: number
  readonly maybeApplied: number
  /** In the order in which they were met. Of `Created` it is what was left out. */
  readonly reasons: ReadonlyArray<ReportReason>
}

/**
 * How many customers had an outcome for one reason.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReportReason extends Reason {
  readonly outcome: Outcome["_tag"]
  readonly customers: number
}

/**
 * The report of no outcomes.
 *
 * @since 0.1.0
 * @category reports
 */
export const emptyReport: Report = { created: 0, settled: 0, skipped: 0, failed: 0, maybeApplied: 0, reasons: [] }

const outcomeReasons = (outcome: Outcome): ReadonlyArray<Reason> => {
  switch (outcome._tag) {
    case "Created":
      return outcome.without
    case "Skipped":
      return [{ path: "", reason: outcome.reason }]
    case "Failed":
      return outcome.reasons
    case "MaybeApplied":
      return reasonsOf(outcome.error)
  }
}

const counters = {
  Created: "created",
  Skipped: "skipped",
  Failed: "failed",
  MaybeApplied: "maybeApplied"
} as const

/**
 * A report with one outcome more: what `Stream.scan` takes to show a report as it grows.
 *
 * @since 0.1.0
 * @category reports
 */
export const addOutcome = (report: Report, outcome: Outcome): Report => {
  const counter = counters[outcome._tag]
  const reasons = [...report.reasons]
  for (const { path, reason } of outcomeReasons(outcome)) {
    const at = reasons.findIndex((known) =>
      known.outcome === outcome._tag && known.path === path && known.reason === reason
    )
    const customers = (reasons[at]?.customers ?? 0) + 1
    reasons.splice(at < 0 ? reasons.length : at, 1, { outcome: outcome._tag, path, reason, customers })
  }
  const settled = report.settled + (outcome._tag === "Created" && outcome.settled ? 1 : 0)
  return { ...report, [counter]: report[counter] + 1, settled, reasons }
}

/**
 * Counts outcomes, in constant memory: reasons are few.
 *
 * @example
 * ```ts
 * import { CustomersImport } from "@effect-customers/pipeline"
 * import * as Stream from "effect/Stream"
 *
 * declare const outcomes: Stream.Stream<CustomersImport.Outcome>
 *
 * const report = Stream.run(outcomes, CustomersImport.report)
 * ```
 *
 * @since 0.1.0
 * @category reports
 */
export const report: Sink.Sink<Report, Outcome> = Sink.foldLeft(emptyReport, addOutcome)

// ---------------------------------------------------------------------------------------------------------------------
// Import
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A customer to be created. `sourceId` is what the ledger knows it by: the same in every run, nobody else's, and no
 * personal data, as outcomes and ledger hold it. `without` is what was left out of the input already; it goes into the
 * outcome.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly sourceId: string
  readonly input: CreateCustomer
  readonly without?: ReadonlyArray<UnsupportedField> | undefined
}

/**
 * - `ledger`: what was begun and done before, and will be.
 * - `concurrency`: how many rows are under way at once; 4, and at least 1. Outcomes come as they are known.
 * - `settleAfter`: how long after its beginning a create that an earlier run has left open is looked for, at targets
 *   where that is the only way to know; 10 seconds. Sooner, what was sent before the process died may still be on its
 *   way.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  readonly ledger: Ledger
  readonly concurrency?: number | undefined
  readonly settleAfter?: Duration.DurationInput | undefined
}

/**
 * Creates a customer for each row that the ledger does not know. Each row has one outcome; rows that failed before (an
 * `InvalidResponse` of a page's `unreadable`, a `Failed`) pass through, so that they are in the report as well.
 *
 * No row stops it, but for what is no row's fault: `AuthenticationFailed`, `PermissionDenied`, `LedgerFailed`, and the
 * rows' own errors, with which it ends when what is under way has. Interrupted, it leaves what was under way begun in the
 * ledger.
 *
 * @example
 * ```ts
 * import { CustomersImport, Ledger } from "@effect-customers/pipeline"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const rows = Stream.make({ sourceId: "42", input: { email: "ada@example.com", name: "Ada Lovelace" } })
 *
 * const program = Effect.flatMap(Ledger.memory, (ledger) =>
 *   Stream.run(CustomersImport.run(rows, { ledger }), CustomersImport.report))
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <E, R>(
  rows: Stream.Stream<Row | Failed | InvalidResponse, E, R>,
  options: Options
): Stream.Stream<Outcome, E | LedgerFailed | AuthenticationFailed | PermissionDenied, R | CustomersService> =>
  Stream.unwrap(Effect.map(CustomersService, (customers) =>
    importItems(
      customers,
      Stream.map(rows, (row) => "sourceId" in row && "input" in row ? itemOf(customers, row) : asFailed(row)),
      options
    )))

const asFailed = (row: Failed | InvalidResponse): Failed => row._tag === "Failed" ? row : failed(row)

const itemOf = ({ capabilities, provider }: Service, { input, sourceId, without = [] }: Row): Item => ({
  sourceId,
  prepare: Effect.sync(() =>
    Option.liftThrowable(() => check(capabilities, input, []))().pipe(
      Option.match({
        // for callers without types
        onNone: () => Either.left(failed(new InvalidRequest({ ...unsent(provider), ...unreadableInput }), sourceId)),
        onSome: (checked) => prepared(sourceId, { ...checked, without })
      })
    )
  )
})

const unreadableInput = { origin: "sdk", issues: [{ path: "", message: "expected data that can be read" }] } as const

const unsent = (provider: Provider) =>
  ({ provider, operation: "create", mayHaveApplied: false, repeat: "never" }) as const

/**
 * What is to be created, or why it cannot be.
 *
 * @internal
 */
export const prepared = (
  sourceId: string,
  { error, input, invalid, missing, unsupported, without }: ReturnType<typeof check>
): Either.Either<Prepared, Failed> =>
  Option.match(error, {
    onNone: () => Either.right({ input, without }),
    onSome: (error) =>
      Either.left(
        new Failed({
          sourceId: Option.some(sourceId),
          error,
          reasons: [...invalid, ...missing, ...unsupported]
        })
      )
  })

/** @internal */
export interface Prepared {
  readonly input: CreateCustomer
  readonly without: ReadonlyArray<UnsupportedField>
}

/**
 * A row whose input is made only when the ledger does not know it.
 *
 * @internal
 */
export interface Item<out E = never, out R = never> {
  readonly sourceId: string
  readonly prepare: Effect.Effect<Either.Either<Prepared, Failed>, E, R>
}

type Stops = LedgerFailed | AuthenticationFailed | PermissionDenied

interface Run extends Pick<Options, "ledger"> {
  readonly customers: Service
  readonly keys: Idempotency.Keys
  /** One row after the other. */
  readonly inTurn: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** What earlier runs had left begun; each is told once. */
  readonly settled: Map<string, Settlement>
}

/** @internal */
export const importItems = <E, R, E2, R2>(
  customers: Service,
  items: Stream.Stream<Item<E2, R2> | Failed, E, R>,
  { concurrency = 4, ledger, settleAfter = "10 seconds" }: Options
): Stream.Stream<Outcome, E | E2 | Stops, R | R2> =>
  Stream.unwrap(Effect.gen(function*() {
    const keys = yield* Idempotency.Idempotency
    const inTurn = (yield* Effect.makeSemaphore(1)).withPermits(1)
    const run: Run = { customers, ledger, keys, inTurn, settled: yield* settle(customers, ledger, settleAfter) }
    const underWay = new Set<string>()

    const once = (item: Item<E2, R2>) =>
      Effect.suspend((): Effect.Effect<Outcome, E2 | Stops, R2> => {
        const { sourceId } = item
        const unkeepable = checkSourceId(customers, sourceId)
        if (Option.isSome(unkeepable)) return Effect.succeed(unkeepable.value)
        if (underWay.has(sourceId)) return Effect.succeed(inProgress(sourceId))
        underWay.add(sourceId)
        return Effect.ensuring(importItem(run, item), Effect.sync(() => underWay.delete(sourceId)))
      })

    // what is under way when the rows fail is not to be in doubt for that
    const end = yield* Ref.make<Effect.Effect<void, E>>(Effect.void)
    return items.pipe(
      Stream.catchAllCause((cause) => Stream.execute(Ref.set(end, Effect.failCause(cause)))),
      Stream.mapEffect(
        (item): Effect.Effect<Outcome, E2 | Stops, R2> => item instanceof Failed ? Effect.succeed(item) : once(item),
        // at infinity, a stream does not wait for what is under way when its rows end
        { concurrency: Math.min(concurrency, Number.MAX_SAFE_INTEGER), unordered: true }
      ),
      Stream.concat(Stream.execute(Effect.flatten(Ref.get(end))))
    )
  }))

/** What databases store as another text would be taken for somebody else's. */
const isKeepable = (sourceId: string): boolean => sourceId !== "" && !sourceId.includes("\0") && sourceId.isWellFormed()

/**
 * What becomes of a row whose id no ledger keeps.
 *
 * @internal
 */
export const checkSourceId = ({ provider }: Service, sourceId: string): Option.Option<Failed> => {
  if (isKeepable(sourceId)) return Option.none()
  const message = "expected a text that is not empty, without NUL characters and lone surrogates"
  const issues = [{ path: "sourceId", message }]
  return Option.some(failed(new InvalidRequest({ ...unsent(provider), origin: "sdk", issues }), sourceId))
}

const inProgress = (sourceId: string) => new Skipped({ sourceId, targetId: Option.none(), reason: "in progress" })

const importItem = <E, R>(run: Run, { prepare, sourceId }: Item<E, R>): Effect.Effect<Outcome, E | Stops, R> =>
  Effect.gen(function*() {
    const { customers, ledger, settled } = run
    const { provider } = customers
    const entry = yield* ledger.get(provider, sourceId)
    const settlement = settled.get(sourceId)
    if (Option.isNone(entry)) {
      settled.delete(sourceId)
      const kept = settlement?._tag === "Absent" ? Option.some(settlement.key) : Option.none()
      return yield* begin(run, { prepare, sourceId }, kept)
    }
    if (entry.value.state === "done") {
      settled.delete(sourceId)
      return settlement?._tag === "Found"
        ? new Created({ sourceId, targetId: settlement.targetId, without: [], settled: true })
        : new Skipped({ sourceId, targetId: entry.value.targetId, reason: "in the ledger" })
    }
    if (settlement?._tag === "InDoubt") return new MaybeApplied({ sourceId, error: settlement.error })
    const { externalId, fingerprint, key } = entry.value
    if (Option.isNone(customers.byExternalId) || Option.isNone(externalId)) return inProgress(sourceId)
    const looked = yield* Effect.either(lookUp(customers, externalId))
    if (Either.isLeft(looked)) {
      return stops(looked.left) ? yield* looked.left : new MaybeApplied({ sourceId, error: looked.left })
    }
    if (Option.isSome(looked.right)) return yield* found(run, sourceId, looked.right.value, Option.some(fingerprint))
    yield* ledger.forget(provider, sourceId)
    return yield* begin(run, { prepare, sourceId }, Option.some(key))
  })

const begin = <E, R>(
  run: Run,
  { prepare, sourceId }: Item<E, R>,
  kept: Option.Option<string>
): Effect.Effect<Outcome, E | Stops, R> =>
  Effect.gen(function*() {
    const prepared = yield* prepare
    if (Either.isLeft(prepared)) return prepared.left
    const { input } = prepared.right
    const key = Option.isSome(kept) ? kept.value : yield* run.keys.generate
    const fingerprint = Fingerprint.toText(Fingerprint.ofInput(input))
    const externalId = Option.filter(Option.fromNullable(input.externalId), isKeepable)
    const beginning = { key, externalId, fingerprint }
    if (!(yield* run.ledger.begin(run.customers.provider, sourceId, beginning))) return inProgress(sourceId)
    const outcome = yield* create(run, sourceId, prepared.right, beginning)
    if (outcome !== anothers) return outcome
    // the answer that a key had before, and the walk has given who is in it to a row that is the same
    return Option.isSome(kept)
      ? yield* begin(run, { prepare, sourceId }, Option.none())
      : taken(run, sourceId, externalId)
  })

/** Who the target answers with is another row's. */
const anothers = "another's"

/** What an answer says is written down, also where the run is interrupted meanwhile. */
const create = (
  run: Run,
  sourceId: string,
  { input, without }: Prepared,
  { externalId, fingerprint, key }: Beginning
): Effect.Effect<Outcome | typeof anothers, Stops> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const { customers, keys, ledger } = run
      const { capabilities, provider } = customers
      const takesKey = capabilities.repeat.create === "with-key" && keys.enabled
      const call = takesKey ? Idempotency.withKey(customers.create(input), key) : customers.create(input)
      const answer = yield* Effect.either(restore(call))
      if (Either.isRight(answer)) {
        const isOurs = yield* become(run, sourceId, answer.right)
        return isOurs ? new Created({ sourceId, targetId: answer.right.id, without, settled: false }) : anothers
      }

      const error = answer.left
      const isTaken = error._tag === "CustomerAlreadyExists"
      // somebody else has it, whatever else has been applied
      const isUnknown = error.mayHaveApplied && !isTaken
      const looked = isUnknown || isTaken && error.fields.includes("externalId")
        ? yield* Effect.either(restore(lookUp(customers, externalId)))
        : Either.right(Option.none())
      if (Either.isRight(looked) && Option.isSome(looked.right)) {
        const ours = error.mayHaveApplied ? Option.some(fingerprint) : Option.none()
        return yield* found(run, sourceId, looked.right.value, ours)
      }
      if (!isUnknown) yield* ledger.forget(provider, sourceId)
      if (stops(error)) return yield* error
      if (Either.isLeft(looked) && stops(looked.left)) return yield* looked.left
      return isUnknown ? new MaybeApplied({ sourceId, error }) : failed(error, sourceId)
    })
  )

const lookUp = (
  customers: Service,
  externalId: Option.Option<string>
): Effect.Effect<Option.Option<Customer>, GetError> =>
  Option.match(Option.all([customers.byExternalId, externalId]), {
    onNone: () => Effect.succeedNone,
    onSome: ([service, externalId]) =>
      Effect.catchTag(Effect.asSome(service.getByExternalId(externalId)), "CustomerNotFound", () => Effect.succeedNone)
  })

/** Writes down who a row has become. Nobody becomes two rows': false where it is another's, and the row is forgotten. */
const become = (
  { customers: { provider }, inTurn, ledger }: Run,
  sourceId: string,
  customer: Done
): Effect.Effect<boolean, LedgerFailed> =>
  inTurn(Effect.flatMap(ledger.hasTarget(provider, customer.id), (isTaken) =>
    isTaken
      ? Effect.as(ledger.forget(provider, sourceId), false)
      : Effect.as(ledger.done(provider, sourceId, customer), true)))

const taken = ({ customers: { provider } }: Run, sourceId: string, externalId: Option.Option<string>): Failed =>
  failed(
    Option.isSome(externalId)
      ? new CustomerAlreadyExists({ ...unsent(provider), fields: ["externalId"] })
      : new Conflict({ ...unsent(provider), reason: Redacted.make("who was answered with is another row's") }),
    sourceId
  )

/**
 * Who is found in place of an answer is this row's where it is what was to be created, and otherwise somebody who was
 * there; but not where it is another row's, which has the same external id.
 */
const found = (
  run: Run,
  sourceId: string,
  customer: Customer,
  ours: Option.Option<string>
): Effect.Effect<Outcome, LedgerFailed> =>
  Effect.map(become(run, sourceId, { id: customer.id }), (isOurs) => {
    if (!isOurs) return taken(run, sourceId, customer.externalId)
    const { whole } = Fingerprint.ofCustomer(customer)
    return Option.exists(ours, (fingerprint) => Fingerprint.fromText(fingerprint).whole === whole)
      ? new Created({ sourceId, targetId: customer.id, without: [], settled: true })
      : new Skipped({ sourceId, targetId: Option.some(customer.id), reason: "exists" })
  })
