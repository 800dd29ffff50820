/** The laws that need a service which its author has prepared. */
import type { Customer } from "@effect-customers/core/Customer"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { at, type Case, type ContractViolated, type Kit, law } from "./law.js"
import { patchOf, writableFields } from "./values.js"

interface Call {
  readonly operation: string
  /** It changes nothing. */
  readonly reads: boolean
  readonly call: Effect.Effect<unknown, CustomersError>
}

/** Every operation, for somebody who may be there. */
const everyCall = (kit: Kit): Effect.Effect<ReadonlyArray<Call>> =>
  Effect.map(kit.required, (required) => {
    const { can, customers, token, value } = kit
    const externalId = value("externalId")
    const id = can.ids === "externalId" ? externalId : `cus_${token()}`
    const field = writableFields.find((field) =>
      field !== "externalId" && can.fields[field].stored && can.fields[field].mutable === "always"
    )
    const patch = field === undefined ? {} : patchOf(field, value(field))
    const { externalId: _, ...input } = required
    return [
      { operation: "create", reads: false, call: customers.create(required) },
      { operation: "get", reads: true, call: customers.get(id) },
      { operation: "update", reads: false, call: customers.update(id, patch) },
      { operation: "an empty update", reads: true, call: customers.update(id, {}) },
      { operation: "delete", reads: false, call: customers.delete(id) },
      { operation: "list", reads: true, call: customers.list() },
      { operation: "stream", reads: true, call: Stream.runDrain(customers.stream()) },
      { operation: "streamPages", reads: true, call: Stream.runDrain(customers.streamPages()) },
      ...Option.match(customers.byExternalId, {
        onNone: () => [],
        onSome: (service): ReadonlyArray<Call> => [
          { operation: "getByExternalId", reads: true, call: service.getByExternalId(externalId) },
          { operation: "updateByExternalId", reads: false, call: service.updateByExternalId(externalId, patch) },
          { operation: "deleteByExternalId", reads: false, call: service.deleteByExternalId(externalId) },
          { operation: "getOrCreate", reads: false, call: service.getOrCreate(externalId, input) },
          { operation: "upsert", reads: false, call: service.upsert(externalId, input) }
        ]
      }),
      ...Option.match(customers.byEmail, {
        onNone: () => [],
        onSome: ({ findByEmail }): ReadonlyArray<Call> => [
          { operation: "findByEmail", reads: true, call: Stream.runDrain(findByEmail(value("email"))) }
        ]
      })
    ]
  })

/** What a call that no answer came of can end in. */
const unanswered = ["TransportFailed", "RequestTimedOut", "ProviderUnavailable", "RateLimited"] as const

const [first, ...others] = unanswered

const noAnswer = [at(first), ...others.map((tag) => at(tag))] as const

const isUnreadable = at("InvalidResponse")

/** One page with everybody on it, the row that cannot be read included. */
const onePage = ({ can, customers, holds, succeeds }: Kit) =>
  Effect.gen(function*() {
    const page = yield* succeeds("list", customers.list({ pageSize: can.pageSize.max }))
    yield* holds(Option.isNone(page.next), "a setting with all customers on one page", "more pages")
    yield* holds(page.unreadable.length === 1, "one unreadable row in the page", `${page.unreadable.length}`)
    yield* holds(page.items.length >= 2, "two readable customers at least beside it", `${page.items.length}`)
    return page
  })

const isSameList = (
  { holds }: Kit,
  what: string,
  found: ReadonlyArray<Customer>,
  expected: ReadonlyArray<Customer>
): Effect.Effect<void, ContractViolated> => {
  const isSame = found.length === expected.length && found.every(({ id }, index) => id === expected[index]?.id)
  return holds(isSame, `${what} to tell of all ${expected.length} who can be read`, `${found.length}, or others`)
}

const unreadableRow: ReadonlyArray<Case> = [
  law(
    "unreadable rows: list tells of one in unreadable, beside all the others",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { items, total, unreadable } = yield* onePage(kit)
        for (const { issues, mayHaveApplied, provider } of unreadable) {
          yield* kit.holds(issues.length > 0, "an InvalidResponse that says where", "one that does not")
          yield* kit.holds(provider === kit.can.provider, "one of the service's provider", "another's")
          yield* kit.holds(!mayHaveApplied, "a read that has applied nothing", "one that may have")
        }
        const isWhole = Option.match(total, { onNone: () => true, onSome: (total) => total === items.length + 1 })
        yield* kit.holds(isWhole, `the total of ${items.length + 1} rows in the page`, "another")
        for (const item of items) yield* kit.isUntouched(item)
      }),
    "unreadableRow"
  ),
  law(
    "unreadable rows: streamPages goes on behind one, and tells of everybody else at every page size",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { items } = yield* onePage(kit)
        const { max, min } = kit.can.pageSize
        for (const pageSize of new Set([min, Math.min(min + 1, max), max])) {
          const pages = yield* kit.succeeds("streamPages", Stream.runCollect(kit.customers.streamPages({ pageSize })))
          const told = Array.from(pages).flatMap((page) => page.items)
          yield* isSameList(kit, `streamPages by ${pageSize}`, told, items)
          const unreadable = Array.from(pages).flatMap((page) => page.unreadable)
          yield* kit.holds(unreadable.length === 1, "one unreadable row in the walk", `${unreadable.length}`)
        }
      }),
    "unreadableRow"
  ),
  law(
    "unreadable rows: stream ends in InvalidResponse, behind the readable rows of the page",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { items } = yield* onePage(kit)
        const stream = kit.customers.stream({ pageSize: kit.can.pageSize.max })
        yield* kit.refused("stream", Stream.runDrain(stream), isUnreadable)
        const told = yield* Stream.runCollect(Stream.map(Stream.either(stream), Either.getRight))
        yield* isSameList(kit, "stream", Array.from(Chunk.compact(told)), items)
      }),
    "unreadableRow"
  )
]

const wrongVersion: ReadonlyArray<Case> = [
  law(
    "wrong version: every call ends in UnexpectedStatus, and nobody is said not to be there",
    {},
    (kit) =>
      Effect.gen(function*() {
        for (const { call, operation } of yield* everyCall(kit)) {
          yield* kit.refused(operation, call, at("UnexpectedStatus"))
        }
      }),
    "wrongVersion"
  )
]

const outage: ReadonlyArray<Case> = [
  law(
    "outage: every call ends in an error that says so, and nobody is invented or said not to be there",
    {},
    (kit) =>
      Effect.gen(function*() {
        for (const { call, operation } of yield* everyCall(kit)) yield* kit.refused(operation, call, ...noAnswer)
      }),
    "outage"
  ),
  law(
    "outage: a read that failed has applied nothing",
    {},
    (kit) =>
      Effect.gen(function*() {
        for (const { call, operation, reads } of yield* everyCall(kit)) {
          if (!reads) continue
          const { mayHaveApplied } = yield* kit.refused(operation, call, ...noAnswer)
          yield* kit.holds(!mayHaveApplied, `${operation} to have applied nothing`, "that it may have been applied")
        }
      }),
    "outage"
  ),
  law(
    "outage: what is wrong with an input is told all the same",
    {},
    ({ can, customers, refused, required, value }) =>
      Effect.gen(function*() {
        const input = yield* required
        yield* refused("create", customers.create({ ...input, email: "nobody" }), at("InvalidRequest", "email"))
        yield* refused("get of no id", customers.get(""), at("InvalidRequest", "id"))
        for (const field of writableFields) {
          if (can.fields[field].stored) continue
          const call = customers.update("cus_1", patchOf(field, value(field)))
          yield* refused(`update with ${field}`, call, at("Unsupported", field))
        }
      }),
    "outage"
  )
]

const lostAnswers: ReadonlyArray<Case> = [
  law(
    "lost answers: a create that was carried out is an error that says it may have been applied",
    {},
    ({ all, customers, holds, refused, required }) =>
      Effect.gen(function*() {
        const before = (yield* all).length
        const error = yield* refused("create", customers.create(yield* required), ...noAnswer)
        yield* holds((yield* all).length === before + 1, "a setting that carries the create out", "one that does not")
        yield* holds(error.mayHaveApplied, "an error that says it may have been applied", "one that says it was not")
      }),
    "lostAnswers"
  ),
  law(
    "lost answers: getOrCreate looks once more and answers the customer (or there is no byExternalId)",
    { findBy: "externalId" },
    (kit) =>
      Effect.gen(function*() {
        const { all, can, customers, has, holds, required, succeeds, value } = kit
        if (Option.isNone(customers.byExternalId)) {
          return yield* holds(!can.findBy.externalId, "byExternalId where the capabilities claim it", "none")
        }
        const externalId = value("externalId")
        const { externalId: _, ...input } = yield* required
        const before = (yield* all).length
        const made = yield* succeeds("getOrCreate", customers.byExternalId.value.getOrCreate(externalId, input))
        yield* has("who is answered", made, { externalId })
        yield* kit.isUntouched(made)
        const created = (yield* all).length - before
        return yield* holds(created === 1, "one customer more", `${created}`)
      }),
    "lostAnswers"
  )
]

/** @internal */
export const settingCases: ReadonlyArray<Case> = [...unreadableRow, ...wrongVersion, ...outage, ...lostAnswers]
