/** Walks: by search, oldest first, several pages at once. */
import { CustomersService, type Page } from "@effect-customers/core"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Fault, type RequestLogEntry, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref, Stream } from "effect"
import { bodyOf, collect, expectNothingSent, inject, inProcess, json, refusal, requests, seed } from "./onSandbox.js"

const ids = <A extends { readonly id: string }, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(collect(stream), (items) => items.map(({ id }) => id))

const repeats = (walked: ReadonlyArray<string>) => walked.length - new Set(walked).size

const lost = (before: ReadonlyArray<string>, walked: ReadonlyArray<string>) => {
  const seen = new Set(walked)
  return before.filter((id) => !seen.has(id))
}

/** Pages count from 1. */
const pageOf = (entry: RequestLogEntry): number => {
  const { limit, offset } = bodyOf(entry) as { readonly limit: number; readonly offset: number }
  return offset / limit + 1
}

const pagesAsked = Effect.map(requests, (log) => log.map(pageOf))

/** Of four pages asked for at once the last arrives first. `answer` says whether it was worked out when it was asked. */
const lateAnswers = (answer: "before" | "after") =>
  Effect.flatMap(SandboxControl, (control) =>
    Effect.forEach([0, 1, 2, 3], (rest) =>
      control.inject({
        operation: "search",
        times: Infinity,
        match: (entry) => pageOf(entry) % 4 === rest,
        fault: Fault.Delay({ duration: `${(4 - rest) * 3} millis`, answer })
      })))

describe("a walk is lazy", () => {
  it.effect.each<readonly [number, number]>([[0, 1], [1, 1], [100, 1], [101, 2], [250, 3]])(
    "%s: all of them, no page too many",
    ([count, pages]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const seeded = yield* seed(count)
        expect(yield* ids(customers.stream())).toEqual(seeded)
        expect(yield* pagesAsked).toHaveLength(pages)
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect.each<readonly [number, number, ReadonlyArray<number>]>([
    [3, 4, [1]],
    [100, 4, [1]],
    [101, 4, [1, 2, 3, 4, 5]],
    [101, 1, [1, 2]],
    [201, 1, [1, 2, 3]]
  ])("take(%s) at concurrency %s", ([take, concurrency, pages]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = yield* seed(600)
      expect(yield* ids(Stream.take(customers.stream({ concurrency }), take))).toEqual(seeded.slice(0, take))
      expect(yield* pagesAsked).toEqual(pages)
    }).pipe(Effect.provide(inProcess())))

  it.live.each([1, 2, 4])(
    "at concurrency %s never more in flight, order kept, not further ahead",
    (concurrency) =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const customers = yield* CustomersService
        const seeded = yield* seed(634)
        yield* lateAnswers("after")
        const ahead = yield* Ref.make<ReadonlyArray<number>>([])
        const pages = yield* collect(
          customers.streamPages({ concurrency, pageSize: 50 }).pipe(
            Stream.zipWithIndex,
            Stream.mapEffect(([page, index]) =>
              Effect.flatMap(
                pagesAsked,
                (asked) => Effect.as(Ref.update(ahead, (ahead) => [...ahead, Math.max(...asked) - (index + 1)]), page)
              )
            )
          )
        )
        expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(seeded)
        expect(pages.every(({ total }) => Option.contains(total, 634))).toBe(true)
        const [first, ...others] = yield* Ref.get(ahead)
        expect(first).toBe(0)
        expect(Math.max(...others)).toBeLessThanOrEqual(concurrency)
        expect(yield* control.mostInFlight).toBe(concurrency)
        expect(yield* pagesAsked).toHaveLength(13)
      }).pipe(Effect.provide(inProcess()))
  )
})

describe("customers created during a walk: no repeat, nobody lost who was there before", () => {
  for (const tick of [1, 0]) {
    for (const answer of ["before", "after"] as const) {
      it.live.each([1, 4])(
        `${tick} ms between writes, late answers worked out ${answer} the wait, concurrency %s`,
        (concurrency) =>
          Effect.gen(function*() {
            const customers = yield* CustomersService
            const before = yield* seed(400)
            yield* lateAnswers(answer)
            const creating = yield* Effect.fork(
              Effect.forEach(Array.from({ length: 200 }), () => Effect.zipRight(seed(1), Effect.sleep("50 micros")))
            )
            const walked = yield* ids(customers.stream({ concurrency, pageSize: 40 }))
            yield* creating.await
            expect([repeats(walked), lost(before, walked)]).toEqual([0, []])
            expect(walked.length).toBeGreaterThan(before.length)
          }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
      )
    }
  }
})

describe("customers deleted during a walk", () => {
  it.effect.each([1, 4])(
    "move others to pages that were read: they are read again, concurrency %s",
    (concurrency) =>
      Effect.gen(function*() {
        const flexprice = yield* FlexpriceClient
        const customers = yield* CustomersService
        const seeded = yield* seed(600)
        const gone = new Set<string>()
        const walked = yield* ids(
          customers.streamPages({ concurrency, pageSize: 50 }).pipe(
            Stream.zipWithIndex,
            Stream.tap(([page, index]) => {
              const doomed = index === 2
                ? page.items.slice(0, 5).map(({ id }) => id)
                : index === 6
                ? seeded.slice(150, 220)
                : []
              return Effect.forEach(doomed, (id) => {
                gone.add(id)
                return flexprice.delete(id)
              })
            }),
            Stream.flatMap(([page]) => Stream.fromIterable(page.items))
          )
        )
        expect(gone.size).toBe(75)
        expect(repeats(walked)).toBe(0)
        expect(lost(seeded, walked).filter((id) => !gone.has(id))).toEqual([])
      }).pipe(Effect.provide(inProcess()))
  )
})

describe("a walk that is resumed", () => {
  it.effect.each<readonly [number, number]>([[0, 1], [0, 7], [1, 7], [1, 20]])(
    "after every page, %s ms between writes, %s per page, while others come",
    ([tick, pageSize]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const before = yield* seed(60)
        const walked: Array<string> = []
        let cursor: string | undefined
        do {
          const page: Page.Page<{ readonly id: string }> = yield* customers.list({ pageSize, cursor })
          walked.push(...page.items.map(({ id }) => id))
          cursor = Option.getOrUndefined(page.next)
          if (walked.length < 50) yield* seed(2)
        } while (cursor !== undefined)
        expect([repeats(walked), lost(before, walked)]).toEqual([0, []])
      }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
  )

  it.effect("after some of those walked were deleted", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = yield* seed(100)
      const pages = yield* collect(Stream.take(customers.streamPages({ pageSize: 10 }), 4))
      const first = pages.flatMap(({ items }) => items.map(({ id }) => id))
      yield* Effect.forEach(first.slice(5, 20), (id) => customers.delete(id))
      const cursor = JSON.parse(JSON.stringify(Option.getOrThrow(pages.at(-1)!.next))) as string
      const rest = yield* ids(customers.stream({ from: cursor }))
      expect([...first, ...rest]).toEqual(seeded)
      // neither ids nor filters are to be read from it
      expect(Buffer.from(cursor, "base64url").toString()).not.toContain("cust_")
    }).pipe(Effect.provide(inProcess())))

  it.effect("is refused with other filters, another order or page size, unsent", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const customers = yield* CustomersService
      yield* seed(10)
      const from = Option.getOrThrow((yield* customers.list({ pageSize: 5 })).next)
      const asked = (yield* requests).length
      const refused = [
        flexprice.stream({ email: "ada@example.com" }, { from }),
        flexprice.stream({ status: "archived" }, { from }),
        flexprice.streamSearch({ sort: [{ field: "name", direction: "asc" }] }, { from }),
        flexprice.streamSearch(
          { filters: [{ field: "name", operator: "eq", value: { string: "Ada" } }] },
          { from }
        ),
        flexprice.stream({}, { from, pageSize: 6 }),
        flexprice.stream({}, { from: "garbage" })
      ]
      for (const walk of refused) {
        expect(yield* refusal(Stream.runDrain(walk))).toEqual(["InvalidRequest", "sdk", "from"])
      }
      expect(yield* refusal(customers.list({ cursor: "garbage" }))).toEqual(["InvalidRequest", "sdk", "cursor"])
      expect((yield* requests).length).toBe(asked)
      expect(yield* ids(flexprice.stream({}, { from }))).toHaveLength(5)
    }).pipe(Effect.provide(inProcess())))
})

describe("filters and order of a walk", () => {
  it.effect("a walk has the filters of a list, and sorts by creation and id", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const seeded = yield* seed([
        { external_id: "a", metadata: { tier: "gold" } },
        { external_id: "b", metadata: { tier: "silver" } },
        { external_id: "c", metadata: { tier: "gold" } },
        { external_id: "d", metadata: { tier: "gold" }, status: "archived" }
      ])
      const filters = {
        metadata: { tier: "gold" },
        external_ids: ["a", "b", "c", "d"],
        expand: "integrations"
      } as const
      expect(yield* ids(flexprice.stream(filters, { pageSize: 1 }))).toEqual([seeded[0], seeded[2]])
      expect(bodyOf((yield* requests)[1]!)).toEqual({
        ...filters,
        sort: [{ field: "created_at", direction: "asc" }, { field: "id", direction: "asc" }],
        offset: 1,
        limit: 1
      })
      const [page] = yield* collect(flexprice.streamPages({ ...filters, status: "archived" }))
      expect([page!.items.map(({ id }) => id), page!.total]).toEqual([[seeded[3]], Option.some(1)])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a caller's own order is kept, with the id behind it", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const seeded = yield* seed([
        { name: "b", created_at: "2026-01-02T00:00:00Z" },
        { name: "a", created_at: "2026-01-03T00:00:00Z" },
        { name: "b", created_at: "2026-01-01T00:00:00Z" }
      ])
      const sort = [{ field: "name", direction: "desc" }] as const
      const walked = yield* ids(flexprice.streamSearch({ sort }, { pageSize: 1 }))
      expect(walked).toEqual([...[seeded[0]!, seeded[2]!].toSorted(), seeded[1]])
      expect(bodyOf((yield* requests)[0]!)).toMatchObject({ sort: [...sort, { field: "id", direction: "asc" }] })
      const [page] = yield* collect(flexprice.streamSearchPages({ sort }))
      expect(page!.items).toHaveLength(3)
    }).pipe(Effect.provide(inProcess())))
})

describe("the end of a walk", () => {
  it.effect("is where nothing comes, whatever the total says", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* inject("search", json(200, { items: [], pagination: { total: 999, limit: 100, offset: 100 } }))
      expect(yield* ids(customers.stream())).toEqual([])
      expect(yield* pagesAsked).toEqual([1])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a page of rows that cannot be read is no end", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = yield* seed(4)
      const broken = (page: any) => ({ ...page, items: page.items.map((row: any) => ({ ...row, email: 5 })) })
      yield* inject("search", Fault.Alter({ alter: broken }))
      const pages = yield* collect(customers.streamPages({ pageSize: 2 }))
      expect(pages.map(({ items, unreadable }) => [items.map(({ id }) => id), unreadable.length])).toEqual([
        [[], 2],
        [seeded.slice(2), 0]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a row without a time of creation is told, wherever it stands, and hides no others", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      const seeded = yield* seed(4)
      for (const created_at of [undefined, null, ""]) {
        const timeless = (page: any) => ({
          ...page,
          items: page.items.map((row: any) => row.id === seeded[2] ? { ...row, created_at } : row)
        })
        yield* inject("search", Fault.Alter({ alter: timeless }), 2)
        const pages = yield* collect(flexprice.streamPages({}, { pageSize: 2, concurrency: 1 }))
        expect(pages.map(({ items, unreadable }) => [items.map(({ id }) => id), unreadable.length])).toEqual([
          [seeded.slice(0, 2), 0],
          [seeded.slice(3), 1]
        ])
        expect(pages[1]!.unreadable[0]!.issues.map(({ path }) => path)).toEqual(["items.0.created_at"])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("page sizes out of bounds are refused, unsent; the largest is not", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      for (const pageSize of [0, 1001, 1.5, Number.NaN]) {
        expect(yield* refusal(customers.list({ pageSize }))).toEqual(["InvalidRequest", "sdk", "pageSize"])
      }
      yield* expectNothingSent
      const seeded = yield* seed(1100)
      expect(yield* ids(customers.stream({ pageSize: 1000 }))).toEqual(seeded)
    }).pipe(Effect.provide(inProcess())))
})
