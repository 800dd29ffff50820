import type { Customer } from "@effect-customers/core/Customer"
import type { AuthenticationFailed, CustomersError, PermissionDenied } from "@effect-customers/core/CustomersError"
import { Conflict } from "@effect-customers/core/CustomersError"
import type { Service } from "@effect-customers/core/CustomersService"
import type { Page } from "@effect-customers/core/Page"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Entry, Ledger, LedgerFailed } from "../Ledger.js"
import * as Fingerprint from "./fingerprint.js"

/**
 * What a walk over the target has found of an entry that an earlier run has left begun.
 *
 * @internal
 */
export type Settlement =
  | { readonly _tag: "Found"; readonly targetId: string }
  | { readonly _tag: "Absent"; readonly key: string }
  | { readonly _tag: "InDoubt"; readonly error: CustomersError }

/** How far two clocks may drift apart while a run is under way. */
const drift = Duration.toMillis("5 minutes")

/**
 * No row's fault: with these, no other row would do better.
 *
 * @internal
 */
export const stops = (error: { readonly _tag: string }): error is AuthenticationFailed | PermissionDenied =>
  error._tag === "AuthenticationFailed" || error._tag === "PermissionDenied"

/**
 * Settles what earlier runs have left begun and what no lookup can settle, by one walk over the target: whoever was
 * created since, is no other entry's, and equals what was to be created, is it. Who is told of as absent is forgotten.
 *
 * @internal
 */
export const settle = (
  customers: Service,
  ledger: Ledger,
  settleAfter: Duration.DurationInput
): Effect.Effect<Map<string, Settlement>, LedgerFailed | AuthenticationFailed | PermissionDenied> =>
  Effect.gen(function*() {
    const { provider } = customers
    const settled = new Map<string, Settlement>()
    const entries = yield* ledger.begun(provider).pipe(
      Stream.filter((entry) => Option.isNone(customers.byExternalId) || Option.isNone(entry.externalId)),
      Stream.runCollect,
      Effect.map(Chunk.toReadonlyArray)
    )
    const [first] = entries
    const last = entries.at(-1)
    if (first === undefined || last === undefined) return settled
    const wait = Duration.toMillis(settleAfter)
    const now = yield* Clock.currentTimeMillis
    const passed = Math.max(0, now - last.begunAt.epochMillis)
    const who = `customers that an earlier run has left in doubt at ${provider}: ${entries.length}`
    if (passed < wait) {
      const until = Option.match(DateTime.make(now + wait - passed), {
        onNone: () => "never",
        onSome: DateTime.formatIso
      })
      yield* Effect.logInfo(`${who}; looked for at ${until}, when what was sent for them has arrived`)
      yield* Effect.sleep(wait - passed)
    }
    yield* Effect.logInfo(`${who}; looking for them`)

    const ahead = yield* ledger.clockAhead(provider)
    /**
     * What was created for an entry was not created before. A target's clock that was seen ahead does not make it later:
     * that may have been this machine's, which was behind until it was set right.
     */
    const sinceOf = (begunAt: number) => begunAt + Math.min(0, Option.getOrElse(ahead, () => 0)) - drift
    const isTimed = Option.isSome(ahead)
    const walked = yield* Effect.either(walk(customers, ledger, entries, sinceOf(first.begunAt.epochMillis), isTimed))
    if (walked._tag === "Left") {
      const error = walked.left
      if (error._tag === "LedgerFailed" || stops(error)) return yield* error
      for (const { sourceId } of entries) settled.set(sourceId, { _tag: "InDoubt", error })
      return settled
    }
    const { candidates, unreadable } = walked.right
    const isSince = ({ begunAt }: Entry, { createdAt }: Customer) =>
      createdAt.epochMillis >= sinceOf(begunAt.epochMillis)

    const unclaimed = Arr.groupBy(candidates, ({ fingerprint }) => fingerprint.whole)
    const left: Array<Entry> = []
    // the last one first: who may be it may be those before it as well
    for (const entry of entries.toReversed()) {
      const { whole } = Fingerprint.fromText(entry.fingerprint)
      const equal = unclaimed[whole] ?? []
      const index = equal.findIndex(({ customer }) => isSince(entry, customer))
      const [found] = index < 0 ? [] : equal.splice(index, 1)
      if (found === undefined) left.push(entry)
      else {
        yield* ledger.done(provider, entry.sourceId, { id: found.customer.id })
        settled.set(entry.sourceId, { _tag: "Found", targetId: found.customer.id })
      }
    }
    const byPerson = Arr.groupBy(Object.values(unclaimed).flat(), ({ fingerprint }) => fingerprint.person)
    for (const entry of left) {
      const { fingerprint, key, sourceId } = entry
      const { person } = Fingerprint.fromText(fingerprint)
      const isLike = byPerson[person]?.some(({ customer }) => !isTimed || isSince(entry, customer)) === true
      const error = isLike ? Option.some(alike(customers)) : unreadable
      if (Option.isNone(error)) yield* ledger.forget(provider, sourceId)
      settled.set(
        sourceId,
        Option.match(error, {
          onNone: () => ({ _tag: "Absent", key }),
          onSome: (error) => ({ _tag: "InDoubt", error })
        })
      )
    }
    return settled
  })

const alike = ({ capabilities, provider }: Service) =>
  new Conflict({
    provider,
    operation: "create",
    mayHaveApplied: true,
    repeat: capabilities.repeat.create,
    reason: Redacted.make("somebody was created meanwhile who is much like this customer, and not the same")
  })

interface Candidate {
  readonly customer: Customer
  readonly fingerprint: Fingerprint.Fingerprint
}

interface Walked {
  readonly candidates: Chunk.Chunk<Candidate>
  /** A row that cannot be read and may be one that is looked for. */
  readonly unreadable: Option.Option<CustomersError>
  /** Somebody old was met. */
  readonly isPast: boolean
}

/** Where it is not known how the clocks differ, whoever was there before is told as well: nobody is to be missed. */
const walk = (
  customers: Service,
  ledger: Ledger,
  entries: ReadonlyArray<Entry>,
  since: number,
  isTimed: boolean
) => {
  const persons = new Set(entries.map(({ fingerprint }) => Fingerprint.fromText(fingerprint).person))
  const { order } = customers.capabilities.walk
  const isOld = ({ createdAt }: Customer) => isTimed && createdAt.epochMillis < since

  const candidatesOf = (page: Page<Customer>) =>
    Stream.fromIterable(page.items).pipe(
      Stream.filter((customer) => !isOld(customer)),
      Stream.map((customer): Candidate => ({ customer, fingerprint: Fingerprint.ofCustomer(customer) })),
      Stream.filter(({ fingerprint }) => persons.has(fingerprint.person)),
      Stream.filterEffect(({ customer }) =>
        Effect.map(ledger.hasTarget(customers.provider, customer.id), (isTaken) => !isTaken)
      ),
      Stream.runCollect
    )

  /** Of rows that cannot be read, one that stands where nobody is old. */
  const unreadableOf = ({ isPast, unreadable }: Walked, page: Page<Customer>) => {
    const first = Option.fromNullable(page.unreadable[0])
    if (order === "newest-first") return isPast ? unreadable : Option.orElse(unreadable, () => first)
    return Option.orElse(first, () => page.items.some(isOld) ? Option.none() : unreadable)
  }

  const start: Walked = { candidates: Chunk.empty(), unreadable: Option.none(), isPast: false }
  return customers.streamPages().pipe(
    Stream.takeUntil(({ items }) => order === "newest-first" && items.some(isOld)),
    Stream.runFoldEffect(start, (walked, page) =>
      Effect.map(candidatesOf(page), (found): Walked => ({
        candidates: Chunk.appendAll(walked.candidates, found),
        unreadable: unreadableOf(walked, page),
        isPast: walked.isPast || page.items.some(isOld)
      })))
  )
}
