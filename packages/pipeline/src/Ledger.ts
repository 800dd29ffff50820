/**
 * What an import has begun and done, kept outside of the target: written before and after each create, so that a second
 * run creates nobody twice, whatever the target can or cannot tell of who is there.
 *
 * @since 0.1.0
 */
import type { Provider } from "@effect-customers/core/Customer"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/**
 * What is written before a create. `key` is the idempotency key it is sent with, where the target takes one;
 * `externalId` and `fingerprint` say what to look for when nobody knows how the create ended. A fingerprint is a hash of
 * what was to be stored.
 *
 * @since 0.1.0
 * @category models
 */
export interface Beginning {
  readonly key: string
  readonly externalId: Option.Option<string>
  readonly fingerprint: string
}

/**
 * One customer of the source at one target: `begun` until it is known how its create ended, `done` with the id that it
 * has at the target.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry extends Beginning {
  readonly target: Provider
  readonly sourceId: string
  readonly state: "begun" | "done"
  readonly targetId: Option.Option<string>
  readonly begunAt: DateTime.Utc
}

/**
 * Who an entry has become: the id at the target, and when it was created, where it was for this entry.
 *
 * @since 0.1.0
 * @category models
 */
export interface Done {
  readonly id: string
  readonly createdAt?: DateTime.Utc | undefined
}

/**
 * Entries by target and source id: one ledger serves several targets, but of each provider one account alone. It is used
 * by one run at a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ledger {
  readonly get: (target: Provider, sourceId: string) => Effect.Effect<Option.Option<Entry>, LedgerFailed>
  /** Durable when it returns; false where there is an entry already, and nothing is written. Atomic. */
  readonly begin: (target: Provider, sourceId: string, beginning: Beginning) => Effect.Effect<boolean, LedgerFailed>
  /** Who it has become. What was never begun is written as well. */
  readonly done: (target: Provider, sourceId: string, customer: Done) => Effect.Effect<void, LedgerFailed>
  /** For what was surely not created: forgets that it was begun. What is done stays. */
  readonly forget: (target: Provider, sourceId: string) => Effect.Effect<void, LedgerFailed>
  /** What is begun and not done, oldest first. */
  readonly begun: (target: Provider) => Stream.Stream<Entry, LedgerFailed>
  /** Whether an entry is done with this id. */
  readonly hasTarget: (target: Provider, targetId: string) => Effect.Effect<boolean, LedgerFailed>
  /**
   * How far the target's clock, which dates customers, is ahead of the one that dates entries, in milliseconds: the
   * least that was seen, negative where it is behind. None before something is done.
   */
  readonly clockAhead: (target: Provider) => Effect.Effect<Option.Option<number>, LedgerFailed>
}

const words = {
  Busy: "another process uses it, or another run of this one",
  NotALedger: "it is no ledger",
  NewerVersion: "a newer version of this package has written it",
  NotOpened: "it cannot be opened",
  NotReadable: "it cannot be read",
  NotWritable: "it cannot be written"
} as const

/**
 * A ledger that cannot be used. No run goes on without it. `path` is its file.
 *
 * @since 0.1.0
 * @category errors
 */
export class LedgerFailed extends Schema.TaggedError<LedgerFailed>("@effect-customers/pipeline/LedgerFailed")(
  "LedgerFailed",
  {
    path: Schema.String,
    reason: Schema.Literal("Busy", "NotALedger", "NewerVersion", "NotOpened", "NotReadable", "NotWritable")
  }
) {
  override get message(): string {
    return `ledger ${this.path}: ${words[this.reason]}`
  }
}

interface Kept extends Entry {
  readonly ahead: Option.Option<number>
}

/**
 * A ledger in memory: it ends with the program, and so does what it knows of a run that was killed. For tests, and for
 * targets that are thrown away.
 *
 * @example
 * ```ts
 * import { Ledger } from "@effect-customers/pipeline"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 *
 * const program = Effect.gen(function*() {
 *   const ledger = yield* Ledger.memory
 *   const beginning = { key: "k1", externalId: Option.none(), fingerprint: "" }
 *   const first = yield* ledger.begin("polar", "user_1", beginning) // true
 *   const second = yield* ledger.begin("polar", "user_1", beginning) // false
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const memory: Effect.Effect<Ledger> = Effect.sync(() => {
  const entries = new Map<string, Kept>()
  const targets = new Set<string>()
  const keyOf = (target: Provider, id: string) => JSON.stringify([target, id])
  const of = (target: Provider, state: Entry["state"]) =>
    [...entries.values()].filter((entry) => entry.target === target && entry.state === state)
  return {
    get: (target, sourceId) =>
      Effect.sync(() => Option.map(Option.fromNullable(entries.get(keyOf(target, sourceId))), entryOf)),
    begin: (target, sourceId, beginning) =>
      Effect.map(DateTime.now, (begunAt) => {
        const key = keyOf(target, sourceId)
        if (entries.has(key)) return false
        entries.set(key, {
          ...beginning,
          target,
          sourceId,
          begunAt,
          state: "begun",
          targetId: Option.none(),
          ahead: Option.none()
        })
        return true
      }),
    done: (target, sourceId, { createdAt, id }) =>
      Effect.map(DateTime.now, (now) => {
        const key = keyOf(target, sourceId)
        const begun = entries.get(key)
        entries.set(key, {
          key: begun?.key ?? "",
          externalId: Option.none(),
          fingerprint: "",
          target,
          sourceId,
          begunAt: begun?.begunAt ?? now,
          state: "done",
          targetId: Option.some(id),
          ahead: Option.map(
            Option.all([Option.fromNullable(createdAt), Option.fromNullable(begun)]),
            ([createdAt, { begunAt }]) => createdAt.epochMillis - begunAt.epochMillis
          )
        })
        targets.add(keyOf(target, id))
      }),
    forget: (target, sourceId) =>
      Effect.sync(() => {
        const key = keyOf(target, sourceId)
        if (entries.get(key)?.state === "begun") entries.delete(key)
      }),
    begun: (target) =>
      Stream.suspend(() =>
        Stream.fromIterable(
          of(target, "begun").map(entryOf).sort((one, other) => one.begunAt.epochMillis - other.begunAt.epochMillis)
        )
      ),
    hasTarget: (target, targetId) => Effect.sync(() => targets.has(keyOf(target, targetId))),
    clockAhead: (target) =>
      Effect.sync(() =>
        of(target, "done").reduce(
          (least: Option.Option<number>, { ahead }) =>
            Option.match(least, {
              onNone: () => ahead,
              onSome: (least) => Option.some(Math.min(least, Option.getOrElse(ahead, () => least)))
            }),
          Option.none()
        )
      )
  }
})

const entryOf = ({ ahead: _, ...entry }: Kept): Entry => entry
