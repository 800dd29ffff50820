/** The walk over a list that changes while it is walked, against lists made at random. */
import { Page } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, FastCheck, Option, Stream } from "effect"
import { chances, unreadable } from "./lists.js"

interface Row {
  readonly id: string
  readonly createdAt: number
  readonly email: string
}

interface World {
  readonly rows: ReadonlyArray<Row>
  readonly fetches: number
}

type Order = "oldest-first" | "newest-first"

const byCreation = (a: Row, b: Row) => a.createdAt - b.createdAt || (a.email < b.email ? -1 : 1)

/** A list sorted by creation, then by e-mail, that `change` alters around every answer; answers come out of order. */
const changing = (
  start: ReadonlyArray<Row>,
  chance: () => number,
  change: (rows: ReadonlyArray<Row>, chance: () => number) => ReadonlyArray<Row>,
  order: Order = "oldest-first"
) => {
  const inOrder = (rows: ReadonlyArray<Row>) =>
    [...rows].sort((a, b) => order === "oldest-first" ? byCreation(a, b) : byCreation(b, a))
  let world: World = { rows: inOrder(start), fetches: 0 }
  const pause = Effect.suspend(() => Effect.replicateEffect(Effect.yieldNow(), Math.floor(chance() * 20)))
  const touch = Effect.sync(() => {
    world = { ...world, rows: inOrder(change(world.rows, chance)) }
  })
  const source: Page.OffsetSource<Row, never> = {
    provider: "acme",
    operation: "list",
    list: "rows",
    filters: {},
    order,
    pageSize: { min: 1, max: 100, default: 10 },
    key: ({ createdAt, id }) => ({ createdAt, id }),
    fetch: (page, pageSize) =>
      Effect.gen(function*() {
        yield* pause
        yield* touch
        world = { ...world, fetches: world.fetches + 1 }
        const { rows } = world
        yield* pause
        yield* touch
        return {
          items: rows.slice((page - 1) * pageSize, page * pageSize),
          unreadable: [],
          total: rows.length,
          lastPage: Math.ceil(rows.length / pageSize)
        }
      })
  }
  return { source, fetches: () => world.fetches }
}

const rows = (count: number, ties: boolean, chance: () => number): ReadonlyArray<Row> =>
  Array.from({ length: count }, (_, i) => ({ id: `row-${i}`, createdAt: ties ? 5 : i, email: chance().toString(36) }))

/** Up to seven new rows at a time, `most` times, among the rows with the latest creation time or behind them. */
const creations = (most: number, ties: boolean) => {
  let left = most
  let born = 0
  return (rows: ReadonlyArray<Row>, chance: () => number): ReadonlyArray<Row> => {
    if (chance() < 0.5 || left-- <= 0) return rows
    const latest = rows.reduce((latest, { createdAt }) => Math.max(latest, createdAt), 0)
    return [
      ...rows,
      ...Array.from({ length: Math.ceil(chance() * 7) }, () => ({
        id: `new-${born++}`,
        createdAt: ties ? 5 : latest + (chance() < 0.5 ? 0 : 1),
        email: chance().toString(36)
      }))
    ]
  }
}

/** At most `most` rows are deleted, each time with this likelihood. */
const deletions = (most: number, likelihood: number) => {
  const gone = new Set<string>()
  const change = (rows: ReadonlyArray<Row>, chance: () => number): ReadonlyArray<Row> => {
    const doomed = rows[Math.floor(chance() * rows.length)]
    if (doomed === undefined || chance() > likelihood || gone.size >= most) return rows
    gone.add(doomed.id)
    return rows.filter(({ id }) => id !== doomed.id)
  }
  return { change, staying: (rows: ReadonlyArray<Row>) => rows.filter(({ id }) => !gone.has(id)) }
}

const walked = (source: Page.OffsetSource<Row, never>, options: Page.StreamOptions) =>
  Effect.map(
    Stream.runCollect(Page.items(Page.offsetWalk(source, options))),
    (rows) => Chunk.toReadonlyArray(rows).map(({ id }) => id)
  )

/** The same, a page at a time, each from the cursor of the one before. */
const paged = (source: Page.OffsetSource<Row, never>, pageSize: number) =>
  Effect.gen(function*() {
    const ids: Array<string> = []
    let from: string | undefined
    do {
      const page: Page.Page<Row> = yield* Page.first(Page.offsetWalk(source, { pageSize, from, concurrency: 1 }))
      ids.push(...page.items.map(({ id }) => id))
      from = Option.getOrUndefined(page.next)
    } while (from !== undefined)
    return ids
  })

interface Shape {
  readonly seed: number
  readonly count: number
  readonly pageSize: number
  readonly concurrency: number
  readonly ties: boolean
}

const shape: FastCheck.Arbitrary<Shape> = FastCheck.record({
  seed: FastCheck.integer({ min: 1, max: 2 ** 30 }),
  count: FastCheck.integer({ min: 0, max: 60 }),
  pageSize: FastCheck.integer({ min: 1, max: 20 }),
  concurrency: FastCheck.integer({ min: 1, max: 6 }),
  ties: FastCheck.boolean()
})

const runs = 100

const law = (title: string, property: (shape: Shape) => Effect.Effect<void, unknown>) =>
  it(title, () =>
    FastCheck.assert(FastCheck.asyncProperty(shape, (shape) => Effect.runPromise(property(shape))), {
      numRuns: runs,
      seed: 2026
    }))

const noneTwice = (ids: ReadonlyArray<string>) => expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])

const nobodyLost = (start: ReadonlyArray<Row>, ids: ReadonlyArray<string>) => {
  const seen = new Set(ids)
  expect(start.filter(({ id }) => !seen.has(id))).toEqual([])
}

describe("a walk", () => {
  law(
    "over a list that stays is the list, in its order",
    ({ concurrency, count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = [...rows(count, ties, chance)].sort(byCreation)
        const { source } = changing(start, chance, (rows) => rows)
        expect(yield* walked(source, { concurrency, pageSize })).toEqual(start.map(({ id }) => id))
      })
  )

  law(
    "while rows are created: nobody twice, nobody lost",
    ({ concurrency, count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const { source } = changing(start, chance, creations(60, ties))
        const ids = yield* walked(source, { concurrency, pageSize })
        noneTwice(ids)
        nobodyLost(start, ids)
      })
  )

  law(
    "resumed, a page at a time, while rows are created: the same",
    ({ count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const { source } = changing(start, chance, creations(30, ties))
        const ids = yield* paged(source, pageSize)
        noneTwice(ids)
        nobodyLost(start, ids)
      })
  )

  law(
    "while rows are deleted, one page after the other: nobody twice, nobody lost who stays",
    (input) =>
      Effect.gen(function*() {
        const { count, pageSize, seed, ties } = input
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const deleting = deletions(3, 0.3)
        const { source } = changing(start, chance, deleting.change)
        const ids = yield* walked(source, { concurrency: 1, pageSize })
        noneTwice(ids)
        nobodyLost(deleting.staying(start), ids)
      })
  )

  law(
    "resumed, a page at a time, while rows are deleted: the same",
    ({ count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        // as many as one page may send the walk back for
        const deleting = deletions(3, 0.2)
        const { source } = changing(start, chance, deleting.change)
        const ids = yield* paged(source, pageSize)
        noneTwice(ids)
        nobodyLost(deleting.staying(start), ids)
      })
  )

  law(
    "while rows come and go without end: ends, and nobody twice",
    ({ concurrency, count, pageSize, seed }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const creating = creations(1000, false)
        const { fetches, source } = changing(
          rows(count, false, chance),
          chance,
          (rows, chance) => creating(rows, chance).filter(() => chance() > 0.05)
        )
        noneTwice(yield* walked(source, { concurrency, pageSize }))
        expect(fetches()).toBeLessThan(5000)
      })
  )

  law(
    "newest first, while rows are created on top: nobody twice, nobody lost, in the list's order",
    ({ concurrency, count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const { source } = changing(start, chance, creations(60, ties), "newest-first")
        const ids = yield* walked(source, { concurrency, pageSize })
        noneTwice(ids)
        nobodyLost(start, ids)
        if (!ties) {
          const old = ids.filter((id) => id.startsWith("row-"))
          expect(old).toEqual([...start].sort((a, b) => byCreation(b, a)).map(({ id }) => id))
        }
      })
  )

  law(
    "newest first, resumed, a page at a time, while rows are created on top: the same",
    ({ count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const { source } = changing(start, chance, creations(30, ties), "newest-first")
        const ids = yield* paged(source, pageSize)
        noneTwice(ids)
        nobodyLost(start, ids)
      })
  )

  law(
    "newest first, while rows come on top and others go: nobody twice, nobody lost who stays",
    ({ count, pageSize, seed }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, false, chance)
        const creating = creations(20, false)
        const deleting = deletions(3, 0.2)
        const change = (rows: ReadonlyArray<Row>, chance: () => number) =>
          creating(deleting.change(rows, chance), chance)
        for (const walk of [walked, (source: Page.OffsetSource<Row, never>) => paged(source, pageSize)]) {
          const { source } = changing(start, chance, change, "newest-first")
          const ids = yield* walk(source, { pageSize })
          noneTwice(ids)
          nobodyLost(deleting.staying(start), ids)
        }
      })
  )

  it("newest first, reads one page after the other and takes the size that the answer says it has", () =>
    Effect.runPromise(Effect.gen(function*() {
      const start = rows(60, false, chances(1)).toReversed()
      const asked: Array<readonly [number, number]> = []
      let open = 0
      const source: Page.OffsetSource<Row, never> = {
        ...changing(start, chances(1), (rows) => rows, "newest-first").source,
        // it was asked for 10, and answers 25
        fetch: (page, pageSize) =>
          Effect.gen(function*() {
            expect(open++).toBe(0)
            yield* Effect.sleep(1)
            open--
            asked.push([page, pageSize])
            const items = start.slice((page - 1) * 25, page * 25)
            return { items, unreadable: [], total: 60, pageSize: 25, lastPage: Math.ceil(60 / 25) }
          })
      }
      expect(yield* walked(source, { pageSize: 10, concurrency: 6 })).toEqual(start.map(({ id }) => id))
      expect(asked).toEqual([[1, 10], [2, 10], [3, 10]])
    })))

  it("tells of a row that cannot be read also where it has moved to a page that is read again", () =>
    Effect.runPromise(Effect.gen(function*() {
      let list = ["c6", "c5", "bad", "c3", "c2", "c1"]
      const source: Page.OffsetSource<Row, never> = {
        ...changing([], chances(1), (rows) => rows, "newest-first").source,
        fetch: (page, pageSize) =>
          Effect.sync(() => {
            const rows = list.slice((page - 1) * pageSize, page * pageSize)
            const answer = {
              items: rows.filter((id) => id !== "bad").map((id) => ({ id, createdAt: Number(id[1]), email: "" })),
              unreadable: rows.filter((id) => id === "bad").map(unreadable),
              total: list.length,
              lastPage: Math.ceil(list.length / pageSize)
            }
            if (page === 1) list = list.filter((id) => id !== "c6")
            return answer
          })
      }
      const pages = Chunk.toReadonlyArray(yield* Stream.runCollect(Page.offsetWalk(source, { pageSize: 2 })))
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(["c6", "c5", "c3", "c2", "c1"])
      expect(pages.some(({ unreadable }) => unreadable.length > 0)).toBe(true)
    })))

  law(
    "resumed, a page at a time, over rows that cannot be read, while others are deleted: ends, and tells of each",
    ({ count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        for (const order of ["oldest-first", "newest-first"] as const) {
          const chance = chances(seed)
          const start = rows(count, ties, chance)
          const bad = new Set(start.filter(() => chance() < 0.3).map(({ id }) => id))
          const deleting = deletions(3, 0.2)
          const { source: readable } = changing(start, chance, deleting.change, order)
          const source: Page.OffsetSource<Row, never> = {
            ...readable,
            fetch: (page, pageSize) =>
              Effect.map(readable.fetch(page, pageSize), (answer) => ({
                ...answer,
                items: answer.items.filter(({ id }) => !bad.has(id)),
                unreadable: answer.items.filter(({ id }) => bad.has(id)).map(({ id }) => unreadable(id))
              }))
          }
          const told: Array<string> = []
          const ids: Array<string> = []
          let from: string | undefined
          let calls = 0
          do {
            const page: Page.Page<Row> = yield* Page.first(Page.offsetWalk(source, { pageSize, from, concurrency: 1 }))
            told.push(...page.unreadable.flatMap(({ issues }) => issues.map(({ path }) => path)))
            ids.push(...page.items.map(({ id }) => id))
            from = Option.getOrUndefined(page.next)
            expect(++calls).toBeLessThan(500)
          } while (from !== undefined)
          noneTwice(ids)
          nobodyLost(deleting.staying(start), [...ids, ...told])
        }
      })
  )

  it("makes the cursor of a page's own moment, also when it is asked for later", () =>
    Effect.runPromise(Effect.gen(function*() {
      const { source } = changing(rows(60, true, chances(1)), chances(2), (rows) => rows)
      const options = { pageSize: 10, concurrency: 1 }
      const pages = Chunk.toReadonlyArray(yield* Stream.runCollect(Page.offsetWalk(source, options)))
      const late = pages.map(({ next }) => next)
      const atOnce: Array<Option.Option<Page.Cursor>> = []
      yield* Stream.runForEach(Page.offsetWalk(source, options), ({ next }) => Effect.sync(() => atOnce.push(next)))
      expect(late).toEqual(atOnce)
      expect(late.map(Option.isSome)).toEqual([true, true, true, true, true, false])
    })))

  law(
    "over a list that does not say how long it is, in one go and a page at a time: nobody twice, nobody lost",
    ({ count, pageSize, seed, ties }) =>
      Effect.gen(function*() {
        const chance = chances(seed)
        const start = rows(count, ties, chance)
        const { source: counted } = changing(start, chance, creations(20, ties), "newest-first")
        const source: Page.OffsetSource<Row, never> = {
          ...counted,
          // its end is an empty page
          fetch: (page, pageSize) =>
            Effect.map(counted.fetch(page, pageSize), (answer) => ({
              ...answer,
              total: undefined,
              lastPage: answer.items.length === 0 ? page : page + 1
            }))
        }
        const pages = Chunk.toReadonlyArray(yield* Stream.runCollect(Page.offsetWalk(source, { pageSize })))
        expect(pages.every(({ total }) => Option.isNone(total))).toBe(true)
        for (const ids of [pages.flatMap(({ items }) => items.map(({ id }) => id)), yield* paged(source, pageSize)]) {
          noneTwice(ids)
          nobodyLost(start, ids)
        }
      })
  )

  it("a list that says how long it is on some pages alone", () =>
    Effect.runPromise(Effect.gen(function*() {
      const start = rows(45, false, chances(1))
      const { source: counted } = changing(start, chances(2), (rows) => rows, "newest-first")
      const source: Page.OffsetSource<Row, never> = {
        ...counted,
        fetch: (page, pageSize) =>
          Effect.map(
            counted.fetch(page, pageSize),
            (answer) => page % 2 === 0 ? answer : { ...answer, total: undefined }
          )
      }
      for (const ids of [yield* walked(source, { pageSize: 10 }), yield* paged(source, 10)]) {
        noneTwice(ids)
        nobodyLost(start, ids)
      }
    })))

  it("a resumed walk tells ids apart that look alike", () =>
    Effect.runPromise(Effect.gen(function*() {
      const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
      // those of one creation time: a cursor knows the ones before by their hashes alone
      const start = Array.from({ length: 62 * 62 }, (_, i): Row => {
        const id = `user_0${digits[Math.floor(i / 62)]}${digits[i % 62]}`
        return { id, createdAt: 1, email: id }
      })
      const { source } = changing(start, chances(1), (rows) => rows)
      const ids = yield* paged({ ...source, pageSize: { min: 1, max: 2000, default: 10 } }, 1500)
      noneTwice(ids)
      nobodyLost(start, ids)
    })))

  it("filters that cannot be written are refused where a walk is resumed, and do not throw", () =>
    Effect.runPromise(Effect.gen(function*() {
      const { source } = changing(rows(45, false, chances(1)), chances(2), (rows) => rows)
      const { next } = yield* Page.first(Page.offsetWalk(source, { pageSize: 10 }))
      const from = Option.getOrThrow(next)
      const circular: { self?: unknown } = {}
      circular.self = circular
      for (const filters of [{ count: 5n }, circular]) {
        const error = yield* Effect.flip(Page.first(Page.offsetWalk({ ...source, filters }, { from })))
        expect(error._tag).toBe("InvalidRequest")
      }
    })))
})
