/** Walks in both versions: by offset, newest first, and by cursor, oldest first. */
import { AutumnClient, type AutumnListFilters } from "@effect-customers/autumn"
import { CustomersService } from "@effect-customers/core"
import { type AutumnSeed, Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Option, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  bodyOf,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  paged,
  refusal,
  requests,
  seed,
  versions
} from "./onSandbox.js"
import * as samples from "./samples.js"

const start = 1_700_000_000_000

type Row = AutumnSeed & { readonly email: string; readonly created_at: number }

/** By what a customer is known. */
const nameOf = (
  { email, id }: { readonly id?: string | null | undefined; readonly email?: string | null | undefined }
) => id ?? email ?? "?"

/**
 * Customers at these times: every `nameless`th without an id, every `lost`th a row that Autumn cannot write. None is both:
 * behind such a one at the end of a page version 2.3 shows nothing that says so.
 */
const rows = (
  times: ReadonlyArray<number>,
  { lost = 0, nameless = 0 }: { readonly nameless?: number; readonly lost?: number } = {}
): ReadonlyArray<Row> =>
  times.map((time, index) => {
    const isLost = lost > 0 && index % lost === lost - 1
    return {
      id: !isLost && nameless > 0 && index % nameless === nameless - 1 ? null : `team-${index}`,
      email: `user-${index}@example.com`,
      created_at: start + time,
      unserialisable: isLost
    }
  })

const reachable = (seeded: ReadonlyArray<Row>) =>
  seeded.filter(({ unserialisable }) => unserialisable !== true).map(nameOf).sort()

const bodies = Effect.map(requests, (log) => log.map((entry) => bodyOf(entry) as Record<string, unknown>))

const walks = (
  pageSize: number,
  filters: AutumnListFilters = {}
): ReadonlyArray<readonly [string, Effect.Effect<ReadonlyArray<string>, unknown, AutumnClient | CustomersService>]> => [
  [
    "client",
    Effect.flatMap(
      AutumnClient,
      (autumn) => Effect.map(collect(autumn.stream(filters, { pageSize })), (all) => all.map(nameOf))
    )
  ],
  [
    "client, resumed after every page",
    Effect.flatMap(AutumnClient, (autumn) =>
      Effect.map(
        paged((from) =>
          Effect.map(
            collect(Stream.take(autumn.streamPages(filters, { pageSize, from, concurrency: 1 }), 1)),
            ([page]) => page ?? { items: [], next: Option.none(), total: Option.none(), unreadable: [] }
          )
        ),
        (all) => all.map(nameOf)
      ))
  ],
  [
    "service",
    Effect.flatMap(
      CustomersService,
      (customers) => Effect.map(collect(customers.stream({ pageSize })), (all) => all.map(({ id }) => String(id)))
    )
  ],
  [
    "service, resumed after every page",
    Effect.flatMap(CustomersService, (customers) =>
      Effect.map(
        paged((cursor) => customers.list({ pageSize, cursor })),
        (all) => all.map(({ id }) => String(id))
      ))
  ]
]

describe.each(versions)("version %s", (apiVersion) => {
  const layer = inProcess({}, { apiVersion })

  const reachesAll = (seeded: ReadonlyArray<Row>, pageSize: number) =>
    Effect.gen(function*() {
      yield* seed(seeded)
      for (const [how, walk] of walks(pageSize)) {
        const walked = yield* walk
        expect([how, [...walked].sort()]).toEqual([how, reachable(seeded)])
      }
    }).pipe(Effect.provide(layer))

  const spread = Array.from({ length: 23 }, (_, index) => index)
  const tied = Array.from({ length: 23 }, (_, index) => Math.floor(index / 9))
  const together = Array.from({ length: 23 }, () => 7)

  it.effect.each([1, 2, 5, 23, 24])(
    "the last page exactly full or not, %s per page",
    (pageSize) =>
      reachesAll(rows(spread.slice(0, 20)), pageSize).pipe(Effect.zipRight(reachesAll(rows(spread), pageSize)))
  )

  it.effect.each([1, 2, 5, 23])(
    "pages that come back short, %s per page",
    (pageSize) => reachesAll(rows(spread, { lost: 3 }), pageSize)
  )

  it.effect.each([1, 2, 5, 23])(
    "customers without an id, %s per page",
    (pageSize) =>
      reachesAll(rows(spread, { nameless: 3 }), pageSize).pipe(
        // nobody has one
        Effect.zipRight(reachesAll(rows(spread, { nameless: 1 }), pageSize))
      )
  )

  it.effect.each([1, 2, 5, 8, 9, 10])(
    "many of one time, with and without ids, %s per page",
    (pageSize) =>
      Effect.gen(function*() {
        for (const times of [tied, together]) {
          for (const nameless of [0, 1, 2, 5]) yield* reachesAll(rows(times, { nameless }), pageSize)
        }
      })
  )

  it.effect.each([2, 5])(
    "all of this at once, %s per page",
    (pageSize) => reachesAll(rows(tied, { nameless: 4, lost: 7 }), pageSize)
  )

  it.effect.prop(
    "whatever the times, the ids and the size of the pages",
    {
      times: FastCheck.array(FastCheck.integer({ min: 0, max: 6 }), { maxLength: 25 }),
      nameless: FastCheck.integer({ min: 0, max: 4 }),
      lost: FastCheck.integer({ min: 0, max: 5 }),
      pageSize: FastCheck.integer({ min: 1, max: 8 })
    },
    ({ lost, nameless, pageSize, times }) => reachesAll(rows(times, { nameless, lost }), pageSize),
    { fastCheck: { numRuns: 40 } }
  )

  it.effect("customers with an e-mail alone are neither lost nor merged", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed([
        { id: null, email: "a@example.com", created_at: start },
        { id: null, email: "b@example.com", created_at: start },
        { id: "c", email: "a@example.com", created_at: start },
        { id: "d", email: "b@example.com", created_at: start }
      ])
      const all = yield* collect(customers.stream({ pageSize: 1 }))
      expect(all.map(({ externalId, id }) => [String(id), Option.getOrNull(externalId)]).sort()).toEqual([
        ["a@example.com", null],
        ["b@example.com", null],
        ["c", "c"],
        ["d", "d"]
      ])
    }).pipe(Effect.provide(layer)))

  it.effect("a customer with neither id nor e-mail is a row that cannot be read, and one of the client's", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const autumn = yield* AutumnClient
      yield* seed([
        { id: "a", created_at: start },
        { id: null, email: null, name: "Nobody", created_at: start },
        { id: null, email: null, name: "Somebody", created_at: start },
        { id: "b", created_at: start + 1 }
      ])
      for (const pageSize of [1, 2, 10]) {
        const pages = yield* collect(customers.streamPages({ pageSize }))
        expect(pages.flatMap(({ items }) => items.map(({ id }) => String(id))).sort()).toEqual(["a", "b"])
        const told = pages.flatMap(({ unreadable }) => unreadable)
        expect(told.map(({ issues }) => issues[0]!.path)).toEqual(["list.*.id", "list.*.id"])
        const error = yield* Effect.flip(collect(customers.stream({ pageSize })))
        expect(error._tag).toBe("InvalidResponse")
        const names = (yield* collect(autumn.stream({}, { pageSize }))).map(({ id, name }) => id ?? name)
        expect(names.sort()).toEqual(["Nobody", "Somebody", "a", "b"])
      }
    }).pipe(Effect.provide(layer)))

  it.effect("a row that cannot be read is told of, and hides nobody, also where it is the last of its page", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed(rows(spread, { nameless: 4 }))
      const control = yield* SandboxControl
      const broken = (id: string) => (page: any) => ({
        ...page,
        list: page.list.map((row: any) => row.id === id ? { ...row, created_at: "yesterday" } : row)
      })
      yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Alter({ alter: broken("team-4") }) })
      for (const pageSize of [1, 5, 50]) {
        const pages = yield* collect(customers.streamPages({ pageSize }))
        const ids = pages.flatMap(({ items }) => items.map(({ id }) => String(id)))
        expect([ids.length, new Set(ids).size]).toEqual([22, 22])
        const told = pages.flatMap(({ unreadable }) => unreadable.flatMap(({ issues }) => issues))
        expect(told.length).toBeGreaterThan(0)
        expect(told.every(({ path }) => /^list\.\d+\.created_at$/.test(path))).toBe(true)
      }
    }).pipe(Effect.provide(layer)))

  it.effect("while customers come: nobody twice, nobody lost", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const before = yield* seed(60)
      const control = yield* SandboxControl
      yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Delay({ duration: "20 millis" }) })
      const creations = yield* Effect.fork(
        Effect.forEach(Array.from({ length: 60 }), () => Effect.zipRight(Effect.sleep("3 millis"), seed(1)))
      )
      const walked = yield* inVirtualTime(
        Effect.map(collect(customers.stream({ pageSize: 7 })), (all) => all.map(({ id }) => String(id)))
      )
      expect(new Set(walked).size).toBe(walked.length)
      expect(before.filter((id) => !walked.includes(id))).toEqual([])
      yield* creations.interruptAsFork(creations.id())
    }).pipe(Effect.provide(inProcess({ tick: "1 millis" }, { apiVersion }))))

  it.effect("while customers go, and come back to from a cursor: nobody twice, nobody lost who stays", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const before = yield* seed(60)
      const gone = new Set<string>()
      const walked = yield* paged((cursor) =>
        Effect.gen(function*() {
          const page = yield* customers.list({ pageSize: 7, cursor })
          const [first, , third] = page.items
          for (const doomed of gone.size < 8 ? [first, third] : []) {
            if (doomed === undefined) continue
            yield* customers.delete(doomed.id)
            gone.add(doomed.id)
          }
          return page
        })
      )
      const ids = walked.map(({ id }) => String(id))
      expect(new Set(ids).size).toBe(ids.length)
      expect(before.filter((id) => !gone.has(id) && !ids.includes(id))).toEqual([])
      expect(gone.size).toBe(8)
    }).pipe(Effect.provide(layer)))

  it.effect("page two is not asked for before something beyond page one is pulled", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed(40)
      yield* collect(Stream.take(customers.stream({ pageSize: 10 }), 10))
      expect(yield* requests).toHaveLength(1)
    }).pipe(Effect.provide(layer)))

  it.effect("filters are sent with every page, and are part of a cursor", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed(
        rows(spread).map((row) => ({
          ...row,
          name: row.created_at % 2 === 0 ? "Even" : "Odd",
          subscriptions: [{ plan_id: "pro" }]
        }))
      )
      const filters = { search: "even", plans: [{ id: "pro" }], subscription_status: "active" } as const
      const all = yield* collect(autumn.stream(filters, { pageSize: 5 }))
      expect(all.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, () => "Even"))
      expect((yield* bodies).length).toBeGreaterThan(2)
      for (const body of yield* bodies) expect(body).toMatchObject(filters)
      const [page] = yield* collect(Stream.take(autumn.streamPages(filters, { pageSize: 5 }), 1))
      const from = Option.getOrThrow(page!.next)
      const asked = (yield* requests).length
      for (
        const other of [{}, { ...filters, search: "odd" }, { ...filters, subscription_status: "scheduled" as const }]
      ) {
        expect(yield* refusal(collect(autumn.stream(other, { from })))).toEqual(["InvalidRequest", "sdk", "from"])
      }
      expect((yield* requests).length).toBe(asked)
      const rest = yield* collect(autumn.stream(filters, { from }))
      expect(rest.map(nameOf)).toEqual(all.slice(5).map(nameOf))
    }).pipe(Effect.provide(layer)))

  it.effect("page sizes out of bounds, and the cursor of the other version, are refused, unsent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      for (const pageSize of [0, 1001, 1.5, Number.NaN]) {
        expect(yield* refusal(customers.list({ pageSize }))).toEqual(["InvalidRequest", "sdk", "pageSize"])
      }
      const other = versions.find((version) => version !== apiVersion)!
      const { next } = yield* Effect.zipRight(
        seed(5),
        Effect.flatMap(CustomersService, (customers) => customers.list({ pageSize: 1 }))
      ).pipe(Effect.provide(inProcess({}, { apiVersion: other })))
      expect(yield* refusal(customers.list({ cursor: Option.getOrThrow(next) }))).toEqual(
        ["InvalidRequest", "sdk", "cursor"]
      )
      yield* expectNothingSent
    }).pipe(Effect.provide(layer)))
})

describe("version 2.1", () => {
  it.effect("goes by offset, a limit at a time, and ends where total_filtered_count is reached", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ids = yield* seed(20)
      const pages = yield* collect(customers.streamPages({ pageSize: 5 }))
      expect(pages.map(({ total }) => Option.getOrNull(total))).toEqual([20, 20, 20, 20])
      expect(pages.flatMap(({ items }) => items.map(({ id }) => String(id)))).toEqual(ids.toReversed())
      expect(yield* bodies).toEqual([0, 5, 10, 15].map((offset) => ({ offset, limit: 5 })))
    }).pipe(Effect.provide(inProcess())))

  it.effect.each([1, 2, 5, 20])(
    "of the first days, when no total was sent: ends at an empty page, %s per page",
    (pageSize) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        yield* seed(20)
        const control = yield* SandboxControl
        const early = ({ total_count: _, total_filtered_count: __, ...page }: any) => page
        yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Alter({ alter: early }) })
        const pages = yield* collect(customers.streamPages({ pageSize }))
        expect(pages.every(({ total }) => Option.isNone(total))).toBe(true)
        expect(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(20)
        expect(yield* requests).toHaveLength(20 / pageSize + 1)
        expect(new Set((yield* paged((cursor) => customers.list({ pageSize, cursor }))).map(({ id }) => id)).size).toBe(
          20
        )
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("of the first days: goes past pages that come back short", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = rows(Array.from({ length: 23 }, (_, index) => index), { lost: 3 })
      yield* seed(seeded)
      const control = yield* SandboxControl
      const early = ({ total_count: _, total_filtered_count: __, ...page }: any) => page
      yield* control.inject({ operation: "list", times: Infinity, fault: Fault.Alter({ alter: early }) })
      for (const pageSize of [2, 5, 23]) {
        const walked = yield* collect(customers.stream({ pageSize }))
        expect(walked.map(({ id }) => String(id)).sort()).toEqual(reachable(seeded))
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("meets the limit of five lists a second, waits as long as it is told, and goes on", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ids = yield* seed(12)
      const walked = yield* inVirtualTime(collect(customers.stream({ pageSize: 1 })))
      expect(walked).toHaveLength(ids.length)
      const statuses = (yield* requests).map(({ status }) => status)
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0)
    }).pipe(Effect.provide(inProcess({ rateLimits: true }))))

  it.effect("knows no created_at_range", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      expect(yield* refusal(collect(autumn.stream({ created_at_range: { start } })))).toEqual(
        ["InvalidRequest", "sdk", "created_at_range"]
      )
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})

describe("version 2.3", () => {
  const layer = inProcess({}, { apiVersion: "2.3" })

  it.effect("goes by cursor, oldest first, and ends where there is none", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ids = yield* seed(20)
      const pages = yield* collect(customers.streamPages({ pageSize: 5 }))
      expect(pages.flatMap(({ items }) => items.map(({ id }) => String(id)))).toEqual(ids)
      const sent = yield* bodies
      expect(sent).toHaveLength(4)
      expect(sent[0]).toEqual({ limit: 5, sort_order: "asc" })
      for (const body of sent.slice(1)) {
        expect(body).toEqual({ limit: 5, sort_order: "asc", start_cursor: expect.any(String) })
      }
    }).pipe(Effect.provide(layer)))

  it.effect("behind a customer without an id it goes on by time, with room for those it has told of", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed(rows([0, 1, 2, 2, 2, 3, 4].map((time) => time), { nameless: 5 }))
      expect(yield* collect(customers.stream({ pageSize: 5 }))).toHaveLength(7)
      expect(yield* bodies).toEqual([
        { limit: 5, sort_order: "asc" },
        { limit: 8, sort_order: "asc", created_at_range: { start: start + 2 } }
      ])
    }).pipe(Effect.provide(layer)))

  it.effect("a cursor that is refused: it goes on by time from the last customer", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ids = yield* seed(20)
      const control = yield* SandboxControl
      yield* control.inject({ operation: "list", from: 2, times: 1, fault: json(400, samples.errors.cursor) })
      expect((yield* collect(customers.stream({ pageSize: 5 }))).map(({ id }) => String(id))).toEqual(ids)
      const { next } = yield* customers.list({ pageSize: 5 })
      yield* control.clearFaults
      yield* inject("list", json(400, samples.errors.cursor))
      const rest = yield* collect(customers.stream({ from: Option.getOrThrow(next) }))
      expect(rest.map(({ id }) => String(id))).toEqual(ids.slice(5))
      // another fault of the request is no reason to
      yield* inject("list", json(400, samples.errors.limit))
      expect((yield* Effect.flip(collect(customers.stream({ from: Option.getOrThrow(next) }))))._tag).toBe(
        "InvalidRequest"
      )
    }).pipe(Effect.provide(layer)))

  it.effect("more than a thousand of one time without ids: what is hidden behind them is told", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* seed([
        ...Array.from(
          { length: 1010 },
          (_, index) => ({ id: null, email: `u${index}@example.com`, created_at: start })
        ),
        { id: "last", created_at: start + 1 }
      ])
      const pages = yield* collect(customers.streamPages({ pageSize: 600 }))
      const ids = pages.flatMap(({ items }) => items.map(({ id }) => String(id)))
      expect([ids.length, new Set(ids).size, ids.at(-1)]).toEqual([1001, 1001, "last"])
      expect(pages.flatMap(({ unreadable }) => unreadable.map(({ issues }) => issues[0]!.path))).toEqual([
        "next_cursor"
      ])
      expect((yield* bodies).every(({ limit }) => Number(limit) <= 1000)).toBe(true)
    }).pipe(Effect.provide(layer)))

  it.effect("a range of times is kept as the bounds of the walk", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed(rows(Array.from({ length: 23 }, (_, index) => index), { nameless: 2 }))
      const range = { start: start + 5, end: start + 17 }
      for (const [, walk] of walks(4, { created_at_range: range }).slice(0, 2)) {
        expect(yield* walk).toHaveLength(13)
      }
      for (const { created_at_range } of yield* bodies) {
        const { end, start } = created_at_range as { readonly start: number; readonly end: number }
        expect([end, start >= range.start]).toEqual([range.end, true])
      }
      // also where nobody was told of yet
      yield* inject(
        "list",
        Fault.Alter({
          alter: (page: any) => ({
            list: page.list.map((row: any) => ({ ...row, created_at: "?" })),
            next_cursor: null
          })
        })
      )
      const pages = yield* collect(autumn.streamPages({ created_at_range: range }, { pageSize: 4 }))
      expect(pages.flatMap(({ items }) => items)).toHaveLength(13)
      const open = yield* collect(autumn.stream({ created_at_range: { end: start + 4 } }, { pageSize: 2 }))
      expect(open).toHaveLength(5)
    }).pipe(Effect.provide(layer)))
})
