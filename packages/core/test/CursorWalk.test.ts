/** The walk over a list whose pages are asked for by the id of their first row, while the list changes. */
import { Page } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Data, Effect, Either, FastCheck, Option, Stream } from "effect"
import { chances, unreadable } from "./lists.js"

interface Row {
  readonly id: string
  readonly createdAt: number
  /** It cannot be read. */
  readonly bad: boolean
}

class Gone extends Data.TaggedError("Gone")<{ readonly from: string }> {}

interface Shape {
  readonly seed: number
  readonly count: number
  readonly pageSize: number
  readonly ties: boolean
  readonly newestFirst: boolean
  readonly bad: boolean
}

const shape: FastCheck.Arbitrary<Shape> = FastCheck.record({
  seed: FastCheck.integer({ min: 1, max: 2 ** 30 }),
  count: FastCheck.integer({ min: 0, max: 60 }),
  pageSize: FastCheck.integer({ min: 1, max: 20 }),
  ties: FastCheck.boolean(),
  newestFirst: FastCheck.boolean(),
  bad: FastCheck.boolean()
})

/** A list in the order of creation; around every answer rows are appended and `deletions` of the old ones go. */
const changing = ({ bad, count, newestFirst, seed, ties }: Shape, deletions: number) => {
  const chance = chances(seed)
  // many are created in one second, or each in its own
  const at = (index: number) => ties ? Math.floor(index / 100) : index
  const start: ReadonlyArray<Row> = Array.from({ length: count }, (_, i) => ({
    id: `row-${i}`,
    createdAt: at(i),
    bad: bad && chance() < 0.2
  }))
  let rows = start
  let born = 0
  const gone = new Set<string>()
  const asked: Array<string | undefined> = []
  const change = () => {
    for (let i = 0; i < 3 && gone.size < deletions; i++) {
      const doomed = rows[Math.floor(chance() * rows.length)]
      if (chance() < 0.5 && doomed !== undefined) {
        gone.add(doomed.id)
        rows = rows.filter((row) => row !== doomed)
      }
    }
    if (chance() < 0.5 && born < 30) rows = [...rows, { id: `new-${born}`, createdAt: at(count + born++), bad: false }]
  }
  const source: Page.CursorSource<Row, Gone> = {
    provider: "acme",
    operation: "list",
    list: "rows",
    filters: {},
    order: newestFirst ? "newest-first" : "oldest-first",
    pageSize: { min: 1, max: 100, default: 10 },
    key: (row) => row,
    isGone: () => true,
    fetch: (from, pageSize) =>
      Effect.suspend(() => {
        asked.push(from)
        change()
        const list = newestFirst ? rows.toReversed() : rows
        const first = from === undefined ? 0 : list.findIndex(({ id }) => id === from)
        if (from !== undefined && first < 0) return new Gone({ from })
        const next = list[first + pageSize]?.id
        const page = list.slice(first, first + pageSize)
        return Effect.as(Effect.yieldNow(), {
          items: page.filter(({ bad }) => !bad),
          unreadable: page.filter(({ bad }) => bad).map(({ id }) => unreadable(id)),
          next
        })
      })
  }
  return { source, asked, staying: () => start.filter(({ id }) => !gone.has(id)).map(({ id }) => id) }
}

/** What a page said: the rows in it, and beside them those that could not be read. */
const told = ({ items, unreadable }: Page.Page<Row>) => ({
  ids: items.map(({ id }) => id),
  bad: unreadable.flatMap(({ issues }) => issues.map(({ path }) => path))
})

interface Told {
  readonly ids: ReadonlyArray<string>
  readonly bad: ReadonlyArray<string>
}

const together = (pages: Iterable<Page.Page<Row>>): Told => {
  const all = Array.from(pages, told)
  return { ids: all.flatMap(({ ids }) => ids), bad: all.flatMap(({ bad }) => bad) }
}

const walked = (source: Page.CursorSource<Row, Gone>, options: Page.StreamOptions) =>
  Effect.map(Stream.runCollect(Page.cursorWalk(source, options)), together)

const paged = (source: Page.CursorSource<Row, Gone>, pageSize: number) =>
  Effect.gen(function*() {
    const pages: Array<Page.Page<Row>> = []
    let from: string | undefined
    do {
      const page: Page.Page<Row> = yield* Page.first(Page.cursorWalk(source, { pageSize, from, concurrency: 1 }))
      pages.push(page)
      from = Option.getOrUndefined(page.next)
    } while (from !== undefined)
    return together(pages)
  })

const law = (title: string, property: (shape: Shape) => Effect.Effect<void, unknown>) =>
  it(title, () =>
    FastCheck.assert(FastCheck.asyncProperty(shape, (shape) => Effect.runPromise(property(shape))), {
      numRuns: 500,
      seed: 2026
    }))

const holds = ({ bad, ids }: Told, staying: ReadonlyArray<string>) => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const seen = new Set([...ids, ...bad])
  expect(staying.filter((id) => !seen.has(id))).toEqual([])
}

describe("a walk by the provider's own cursors", () => {
  law("while rows are created: nobody twice, nobody lost", (shape) =>
    Effect.gen(function*() {
      for (const concurrency of [1, 4]) {
        const { source, staying } = changing(shape, 0)
        holds(yield* walked(source, { pageSize: shape.pageSize, concurrency }), staying())
      }
    }))

  law(
    "while the rows that pages start from are deleted too, however many: nobody twice, nobody lost who stays",
    (shape) =>
      Effect.gen(function*() {
        const { source, staying } = changing(shape, 40)
        holds(yield* walked(source, { pageSize: shape.pageSize }), staying())
      })
  )

  law("resumed, a page at a time, while rows come and go: the same", (shape) =>
    Effect.gen(function*() {
      const { source, staying } = changing(shape, 40)
      holds(yield* paged(source, shape.pageSize), staying())
    }))

  const still = (count: number): Shape => ({
    seed: 1,
    count,
    pageSize: 10,
    ties: false,
    newestFirst: false,
    bad: false
  })

  it.effect("asks for page two when something beyond page one is pulled, and is two pages ahead at most", () =>
    Effect.gen(function*() {
      const quiet = (take: number, concurrency?: number) =>
        Effect.gen(function*() {
          const { asked, source } = changing({ ...still(100), seed: 3 }, 0)
          const rows = Page.items(Page.cursorWalk(source, { pageSize: 10, concurrency }))
          yield* Stream.runForEach(Stream.take(rows, take), () => Effect.replicateEffect(Effect.yieldNow(), 50))
          return asked.length
        })
      expect(yield* quiet(10)).toBe(1)
      expect(yield* quiet(20)).toBe(4)
      expect(yield* quiet(20, 1)).toBe(2)
    }))

  it.effect("an error that is not about the row ends the walk, and so does a list that is not there at all", () =>
    Effect.gen(function*() {
      const { source } = changing(still(40), 0)
      const failing = (isGone: boolean) => {
        const asked: Array<string | undefined> = []
        const walk = Page.cursorWalk({
          ...source,
          isGone: () => isGone,
          fetch: (from) => {
            asked.push(from)
            return new Gone({ from: from ?? "" })
          }
        })
        return Effect.map(Effect.either(Stream.runDrain(walk)), (end) => [Either.isLeft(end), asked])
      }
      expect(yield* failing(true)).toEqual([true, [undefined]])
      expect(yield* failing(false)).toEqual([true, [undefined]])
      const { source: second } = changing(still(40), 0)
      const asked: Array<string | undefined> = []
      const walk = Page.cursorWalk({
        ...second,
        isGone: () => false,
        fetch: (from, pageSize) => {
          asked.push(from)
          return from === undefined ? second.fetch(from, pageSize) : new Gone({ from })
        }
      })
      expect(Either.isLeft(yield* Effect.either(Stream.runDrain(walk)))).toBe(true)
      expect(asked).toHaveLength(2)
    }))

  it.effect("refuses the cursor of another list, parent, filter, page size, or of a walk by offset", () =>
    Effect.gen(function*() {
      const { source } = changing(still(40), 0)
      const cursorOf = (source: Page.CursorSource<Row, Gone>) =>
        Effect.map(Page.first(Page.cursorWalk(source, { pageSize: 10 })), ({ next }) => Option.getOrThrow(next))
      const refusal = (from: string, pageSize?: number) =>
        Effect.map(
          Effect.flip(Stream.runDrain(Page.cursorWalk(source, { from, pageSize }))),
          (error) => error._tag === "InvalidRequest" ? error.issues.map(({ message }) => String(message)).join() : ""
        )
      expect(yield* refusal(yield* cursorOf({ ...source, list: "others" }))).toContain("another list")
      expect(yield* refusal(yield* cursorOf({ ...source, parent: "x" }))).toContain("another parent")
      expect(yield* refusal(yield* cursorOf({ ...source, filters: { a: 1 } }))).toContain("another filter")
      expect(yield* refusal(yield* cursorOf(source), 20)).toContain("another page size")
      const byOffset = Page.offsetWalk({
        ...source,
        fetch: () =>
          Effect.succeed({ items: [{ id: "a", createdAt: 1, bad: false }], unreadable: [], total: 20, lastPage: 2 })
      })
      const [first] = Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(byOffset, 1)))
      expect(yield* refusal(Option.getOrThrow(first!.next))).toContain("expected the `next` of an earlier page")
    }))
})

interface TimedShape {
  readonly seed: number
  readonly count: number
  readonly pageSize: number
  readonly mostRows: number
  /** How many rows share a creation time, at most. */
  readonly ties: number
  readonly nameless: number
  readonly bad: boolean
  readonly refusing: boolean
  /** Rows with an id are left out of pages without a word. */
  readonly dropping: boolean
}

const timedShape: FastCheck.Arbitrary<TimedShape> = FastCheck.record({
  seed: FastCheck.integer({ min: 1, max: 2 ** 30 }),
  count: FastCheck.integer({ min: 0, max: 60 }),
  pageSize: FastCheck.integer({ min: 1, max: 12 }),
  mostRows: FastCheck.constant(100),
  ties: FastCheck.integer({ min: 1, max: 40 }),
  nameless: FastCheck.constantFrom(0, 0.3, 0.9, 1),
  bad: FastCheck.boolean(),
  refusing: FastCheck.boolean(),
  dropping: FastCheck.boolean()
})

/** A list that makes a cursor of the id of a page's last row, and none where that row has no id. */
const timed = ({ bad, count, dropping, mostRows, nameless, refusing, seed, ties }: TimedShape) => {
  const chance = chances(seed)
  let time = 0
  let left = 0
  const create = (index: number) => {
    if (left-- <= 0) {
      time++
      left = Math.ceil(chance() * ties) - 1
    }
    const isDropped = dropping && chance() < 0.3
    return {
      id: `row-${index}`,
      createdAt: time,
      bad: !isDropped && bad && chance() < 0.2,
      isNameless: !isDropped && chance() < nameless,
      isDropped
    }
  }
  let rows = Array.from({ length: count }, (_, index) => create(index))
  const start = rows
  const asked: Array<string> = []
  let most = 0
  const page = (first: number, limit: number): Page.CursorPage<Row> => {
    if (rows.length < count + 20 && chance() < 0.4) rows = [...rows, create(rows.length)]
    const found = rows.slice(first, first + limit)
    most = Math.max(most, limit)
    const last = found.at(-1)
    const isMore = rows.length > first + limit
    return {
      items: found.filter(({ bad, isDropped }) => !bad && !isDropped),
      unreadable: found.filter(({ bad }) => bad).map(({ id }) => unreadable(id)),
      next: isMore && last !== undefined && !last.isNameless ? last.id : undefined,
      isCut: last !== undefined && (last.isNameless || last.bad)
    }
  }
  const source: Page.CursorSource<Row, Gone> = {
    provider: "acme",
    operation: "list",
    list: "rows",
    filters: {},
    pageSize: { min: 1, max: 100, default: 10 },
    key: (row) => row,
    isGone: () => true,
    fetch: (from, pageSize) =>
      Effect.suspend(() => {
        asked.push(from ?? "start")
        if (from !== undefined && refusing && chance() < 0.3) return new Gone({ from })
        return Effect.as(Effect.yieldNow(), page(rows.findIndex(({ id }) => id === from) + 1, pageSize))
      }),
    fromTime: {
      mostRows,
      hidden: unreadable("hidden"),
      fetch: (createdAt, limit) =>
        Effect.sync(() => {
          asked.push(`since ${createdAt}, ${limit}`)
          const first = rows.findIndex((row) => row.createdAt >= createdAt)
          return page(first < 0 ? rows.length : first, limit)
        })
    }
  }
  return { source, asked, start: start.filter(({ isDropped }) => !isDropped), most: () => most }
}

const timedLaw = (title: string, property: (shape: TimedShape) => Effect.Effect<void, unknown>) =>
  it(title, () =>
    FastCheck.assert(FastCheck.asyncProperty(timedShape, (shape) => Effect.runPromise(property(shape))), {
      numRuns: 200,
      seed: 2026
    }))

const shapeOf = (shape: Partial<TimedShape>): TimedShape => ({
  seed: 1,
  count: 30,
  pageSize: 5,
  mostRows: 100,
  ties: 1,
  nameless: 0,
  bad: false,
  refusing: false,
  dropping: false,
  ...shape
})

describe("a walk that goes on by creation time where a cursor is missing or refused", () => {
  timedLaw("nobody twice, nobody lost, and never more than a page of them", (shape) =>
    Effect.gen(function*() {
      for (const concurrency of [1, 4]) {
        const { most, source, start } = timed(shape)
        const pages = Chunk.toReadonlyArray(
          yield* Stream.runCollect(Page.cursorWalk(source, { pageSize: shape.pageSize, concurrency }))
        )
        holds(together(pages), start.map(({ id }) => id))
        expect(Math.max(0, ...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(shape.pageSize)
        expect(most()).toBeLessThanOrEqual(100)
        expect(pages.flatMap(({ unreadable }) => unreadable).some(({ issues }) => issues[0]?.path === "hidden")).toBe(
          false
        )
      }
    }))

  timedLaw("resumed, a page at a time: the same", (shape) =>
    Effect.gen(function*() {
      const { source, start } = timed(shape)
      holds(yield* paged(source, shape.pageSize), start.map(({ id }) => id))
    }))

  it.effect("asks for as many rows more as it has told of that time", () =>
    Effect.gen(function*() {
      const { asked, source } = timed(shapeOf({ seed: 5, count: 12, ties: 1, nameless: 1 }))
      yield* walked({ ...source, fetch: (from, size) => source.fetch(from, size) }, { pageSize: 5, concurrency: 1 })
      // one row of each time was told: the one that it starts from
      expect(asked.slice(0, 3)).toEqual(["start", "since 5, 6", "since 10, 6"])
    }))

  it.effect.each(
    [
      ["goes on a millisecond later where as many as can be asked for share a time, and tells of it", -1, ["hidden"]],
      ["goes on as well where one of these is left out of its page without a word", 8, []]
    ] as const
  )("%s", ([_, leftOut, told]) =>
    Effect.gen(function*() {
      const row = (index: number, createdAt: number) => ({ id: `row-${index}`, createdAt, bad: false })
      const rows = [
        ...Array.from({ length: 20 }, (_, i) => row(i, 7)),
        ...Array.from({ length: 3 }, (_, i) => row(20 + i, 9))
      ]
      const page = (rows: ReadonlyArray<Row>, limit: number): Page.CursorPage<Row> => ({
        items: rows.slice(0, limit).filter(({ id }) => id !== `row-${leftOut}`),
        unreadable: [],
        next: undefined,
        isCut: rows.length > 0
      })
      const source: Page.CursorSource<Row, Gone> = {
        ...timed(shapeOf({})).source,
        fetch: (_, pageSize) => Effect.succeed(page(rows, pageSize)),
        fromTime: {
          mostRows: 12,
          hidden: unreadable("hidden"),
          fetch: (createdAt, limit) => Effect.sync(() => page(rows.filter((row) => row.createdAt >= createdAt), limit))
        }
      }
      for (const { bad, ids } of [yield* walked(source, { pageSize: 5 }), yield* paged(source, 5)]) {
        expect(bad).toEqual(told)
        const reached = [...rows.slice(0, 12), ...rows.slice(20)].map(({ id }) => id)
        expect(ids).toEqual(reached.filter((id) => id !== `row-${leftOut}`))
      }
    }))

  it.effect("ends behind a last row without an id three requests later, with nothing to tell", () =>
    Effect.gen(function*() {
      const rows = [1, 2, 3].map((createdAt) => ({ id: `row-${createdAt}`, createdAt, bad: false }))
      const asked: Array<number> = []
      const page = (since: number) => {
        asked.push(since)
        const items = rows.filter(({ createdAt }) => createdAt >= since)
        return Effect.succeed({ items, unreadable: [], next: undefined, isCut: items.length > 0 })
      }
      const { bad, ids } = yield* walked({
        ...timed(shapeOf({})).source,
        fetch: () => page(0),
        fromTime: { mostRows: 12, hidden: unreadable("hidden"), fetch: page }
      }, { pageSize: 5, concurrency: 1 })
      expect([bad, ids, asked]).toEqual([[], ["row-1", "row-2", "row-3"], [0, 3, 3, 4]])
    }))

  it.effect("a list that refuses every cursor ends in its error where time leads nowhere", () =>
    Effect.gen(function*() {
      const rows = Array.from({ length: 30 }, (_, i) => ({ id: `row-${i}`, createdAt: 7, bad: false }))
      const page = (limit: number) => Effect.succeed({ items: rows.slice(0, limit), unreadable: [], next: "refused" })
      const error = yield* Effect.flip(walked({
        ...timed(shapeOf({})).source,
        fetch: (from, pageSize) => from === undefined ? page(pageSize) : new Gone({ from }),
        fromTime: { mostRows: 12, hidden: unreadable("hidden"), fetch: (_, limit) => page(limit) }
      }, { pageSize: 5 }))
      expect(error._tag).toBe("Gone")
    }))
})
