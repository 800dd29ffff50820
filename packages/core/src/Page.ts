/**
 * Pages of a list, cursors to come back to, and the walk over all pages: lazy, in constant memory, nobody twice, nobody
 * lost who was there the whole time while others are created.
 *
 * @since 0.1.0
 */
import type * as Brand from "effect/Brand"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Provider } from "./Customer.js"
import type { InvalidRequest, InvalidResponse } from "./CustomersError.js"
import * as Arbitraries from "./internal/arbitraries.js"
import * as Cursors from "./internal/cursors.js"

/**
 * A place in a list to go on from: opaque, safe in JSON and URLs. It is refused with another provider, list, parent,
 * filter or page size. Ids in it are hashed, but for the two rows that a walk by the provider's own cursors goes on from.
 *
 * @since 0.1.0
 * @category models
 */
export type Cursor = string & Brand.Brand<"@effect-customers/core/Cursor">

/**
 * The schema of {@link Cursor}, to keep one in a store of your own. What is in it is checked when it is used.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Cursor: Schema.Schema<Cursor, string> = Schema.NonEmptyString.annotations({
  arbitrary: Arbitraries.textLike(/^[A-Za-z0-9_-]{12,60}$/)
}).pipe(
  Schema.brand("@effect-customers/core/Cursor")
)

/**
 * One page. `next` is none at the end of the list; a page may hold fewer items than asked for, also none, and still not
 * be the last. `total` is what the provider says, where it says. `unreadable` are the rows that do not decode.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<out A> {
  readonly items: ReadonlyArray<A>
  readonly next: Option.Option<Cursor>
  readonly total: Option.Option<number>
  readonly unreadable: ReadonlyArray<InvalidResponse>
}

/**
 * `pageSize`: customers per page, within `capabilities.pageSize`. `cursor`: the `next` of an earlier page.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListOptions {
  readonly pageSize?: number | undefined
  readonly cursor?: string | undefined
}

/**
 * `pageSize`: customers per page, within `capabilities.pageSize`. `from`: the `next` of an earlier page.
 * `concurrency`: how many pages are asked for at once where the provider allows it; 4 when absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamOptions {
  readonly pageSize?: number | undefined
  readonly from?: string | undefined
  readonly concurrency?: number | undefined
}

/**
 * The same page with each item mapped.
 *
 * @since 0.1.0
 * @category combinators
 */
export const map = <A, B>(page: Page<A>, f: (item: A) => B): Page<B> =>
  withNext({ total: page.total, unreadable: page.unreadable, items: page.items.map(f) }, () => page.next)

/** A walk that nobody resumes makes no cursors: `next` is made when it is asked for. */
const withNext = <A>(page: Omit<Page<A>, "next">, makeNext: () => Option.Option<Cursor>): Page<A> => {
  let next: Option.Option<Cursor> | undefined
  return {
    ...page,
    get next() {
      return next ??= makeNext()
    }
  }
}

/**
 * The items of a stream of pages; it ends in `InvalidResponse` behind the readable rows of a page that has unreadable
 * ones.
 *
 * @since 0.1.0
 * @category combinators
 */
export const items = <A, E, R>(pages: Stream.Stream<Page<A>, E, R>): Stream.Stream<A, E | InvalidResponse, R> =>
  Stream.flatMap(pages, (page) => {
    const readable = Stream.fromChunk(Chunk.unsafeFromArray(page.items))
    return page.unreadable[0] === undefined ? readable : Stream.concat(readable, Stream.fail(page.unreadable[0]))
  })

/**
 * The first page of a stream of pages, and nothing beyond it is asked for.
 *
 * @since 0.1.0
 * @category combinators
 */
export const first = <A, E, R>(pages: Stream.Stream<Page<A>, E, R>): Effect.Effect<Page<A>, E, R> =>
  Effect.map(
    Stream.runHead(pages),
    Option.getOrElse((): Page<A> => ({ items: [], next: Option.none(), total: Option.none(), unreadable: [] }))
  )

/**
 * One page of an offset-paged list, as the provider answers it.
 *
 * @since 0.1.0
 * @category offset walk
 */
export interface OffsetPage<out A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: ReadonlyArray<InvalidResponse>
  /** Of the whole list; without it rows that are deleted meanwhile are not noticed, and may hide others. */
  readonly total: number | undefined
  /** The number of the last page; pages count from 1. The end is `page >= lastPage`, never a short page. */
  readonly lastPage: number
  /** Rows per page, where the provider keeps to a size of its own. */
  readonly pageSize?: number | undefined
}

/**
 * What tells a row from others: its creation time in milliseconds, and its id.
 *
 * @since 0.1.0
 * @category models
 */
export interface RowKey {
  readonly createdAt: number
  readonly id: string
}

/**
 * What a walk knows of its list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  readonly provider: Provider
  readonly operation: string
  readonly list: string
  /** Whose list it is: the customer of a list of payments. A cursor keeps a hash of it. */
  readonly parent?: string | undefined
  /** The filters of the list, as JSON; a cursor keeps a hash of them. */
  readonly filters: unknown
  readonly pageSize: { readonly min: number; readonly max: number; readonly default: number }
  /** `oldest-first` when absent. */
  readonly order?: "oldest-first" | "newest-first" | undefined
}

/**
 * An offset-paged list. Oldest first with a tie-breaker, rows created meanwhile are appended; newest first, they move
 * the others to later pages, and it is read one page after the other.
 *
 * @since 0.1.0
 * @category offset walk
 */
export interface OffsetSource<A, E> extends Source {
  readonly fetch: (page: number, pageSize: number) => Effect.Effect<OffsetPage<A>, E>
  /** Without it (a sort order of the caller's) repeats are not recognised. */
  readonly key?: ((item: A) => RowKey) | undefined
}

const OffsetPlace = Schema.Struct({
  /** The page that is next, and the total of the last one. */
  page: Schema.Int,
  total: Schema.optional(Schema.Number)
})

type OffsetCursor = Cursors.Content<typeof OffsetPlace.Type>

const offsetCursors = Cursors.codec(OffsetPlace)

/** How often one page may send the walk back before it is taken as it is: deletions without end must not stall it. */
const mostRewinds = 3

/**
 * Walks an offset-paged list.
 *
 * - Page 2 is not asked for before something beyond page 1 is pulled; from then on up to `concurrency` pages are asked
 *   for at once, and none beyond the page that is consumed plus `concurrency`.
 * - A row that belongs before the last one emitted, or is among those emitted with its creation time, is a repeat.
 * - Where the total shrinks from one page to the next (rows were deleted, or a later page was answered earlier), the
 *   walk goes back by as many pages as rows may have moved, and reads one page after the other up to where it was.
 * - A resumed walk reads one page back and drops what was emitted.
 *
 * For authors of provider packages.
 *
 * @since 0.1.0
 * @category offset walk
 */
export const offsetWalk = <A, E>(
  source: OffsetSource<A, E>,
  options: StreamOptions = {}
): Stream.Stream<Page<A>, E | InvalidRequest> =>
  Stream.unwrapScoped(
    Effect.gen(function*() {
      const { concurrency, from, pageSize } = yield* offsetCursors.checkOptions(source, options ?? {})
      const atOnce = source.order === "newest-first" ? 1 : concurrency
      return pagesOf(new OffsetWalk(source, pageSize, atOnce, from, yield* Effect.scope).next)
    })
  )

/** The pages of a walk up to its end. */
const pagesOf = <A, E>(next: Effect.Effect<Option.Option<Page<A>>, E>): Stream.Stream<Page<A>, E> =>
  Stream.repeatEffectOption(
    Effect.flatMap(
      Effect.mapError(next, Option.some),
      Option.match({ onNone: () => Effect.fail(Option.none<E>()), onSome: (page) => Effect.succeed(page) })
    )
  )

/** The state of one walk. Used by one fiber, the one that pulls. */
class OffsetWalk<A, E> {
  private readonly source: OffsetSource<A, E>
  private readonly pageSize: number
  private readonly concurrency: number
  private readonly scope: Scope.Scope
  /** Where a resumed walk picks up. */
  private readonly resume: Option.Option<OffsetCursor>
  /** Whether a resumed walk still goes back for the page on which it picks up. */
  private seeks = true

  private page: number
  private finished = false
  /** The pages that are asked for, from this one on. */
  private asked: ReadonlyArray<Fiber.RuntimeFiber<OffsetPage<A>, E>> = []
  private lastPage = 1
  private total: number | undefined
  /** Up to this page one page is read after the other. */
  private oneByOneUntil = 0
  /** The furthest page that was read, and how often it sent the walk back. */
  private furthest = { page: 0, rewinds: 0 }
  private readonly emitted: Cursors.Emitted

  constructor(
    source: OffsetSource<A, E>,
    pageSize: number,
    concurrency: number,
    from: Option.Option<OffsetCursor>,
    scope: Scope.Scope
  ) {
    this.source = source
    this.pageSize = pageSize
    this.concurrency = concurrency
    this.scope = scope
    this.resume = source.key === undefined ? Option.none() : from
    this.emitted = new Cursors.Emitted(source.order, this.resume)
    this.page = Option.match(from, {
      onNone: () => 1,
      onSome: ({ place }) => source.key === undefined ? place.page : Math.max(1, place.page - 1)
    })
    if (Option.isSome(this.resume)) {
      const { page } = this.resume.value.place
      this.oneByOneUntil = page
      this.furthest = { page, rewinds: 0 }
    }
    this.lastPage = this.page
  }

  /** The next page that has something to say; none when the list is at its end. */
  readonly next: Effect.Effect<Option.Option<Page<A>>, E> = Effect.suspend(() =>
    this.finished ?
      Effect.succeedNone :
      Effect.flatMap(this.read(), (page) => Option.isSome(page) ? Effect.succeed(page) : this.next)
  )

  private readonly read = (): Effect.Effect<Option.Option<Page<A>>, E> =>
    Effect.gen(this, function*() {
      const answer = yield* this.answerOfPage()
      if (this.seeks && Option.isSome(this.resume) && this.isBehind(answer, this.resume.value)) {
        yield* this.goTo(this.page - 1)
        return Option.none<Page<A>>()
      }
      this.seeks = false
      const missing = this.missingSince(answer)
      if (missing > 0) {
        const pagesBack = Math.ceil(missing / (answer.pageSize ?? this.pageSize))
        this.oneByOneUntil = Math.max(this.oneByOneUntil, this.page)
        this.total = answer.total
        yield* this.goTo(Math.max(1, this.page - pagesBack))
        return Option.none<Page<A>>()
      }
      const items = this.unseen(answer)
      this.total = answer.total
      this.lastPage = answer.lastPage
      this.finished = this.page >= answer.lastPage
      const page = withNext({
        items,
        total: Option.fromNullable(answer.total),
        unreadable: items.length === 0 && this.isReadBack(answer) ? [] : answer.unreadable
      }, this.finished ? Option.none : this.cursor(answer))
      this.page += 1
      return this.finished || items.length > 0 || page.unreadable.length > 0 ? Option.some(page) : Option.none()
    })

  private readonly answerOfPage = (): Effect.Effect<OffsetPage<A>, E> =>
    Effect.gen(this, function*() {
      const most = this.page <= this.oneByOneUntil ? 1 : this.concurrency
      for (let page = this.page + this.asked.length; this.asked.length < most; page++) {
        if (page > this.page && page > this.lastPage) break
        const fiber = yield* Effect.forkIn(this.source.fetch(page, this.pageSize), this.scope)
        this.asked = [...this.asked, fiber]
      }
      const [first, ...rest] = this.asked
      this.asked = rest
      // `most` is at least 1, so there is a first one
      return yield* Fiber.join(first!)
    })

  private readonly goTo = (page: number): Effect.Effect<void> =>
    Effect.gen(this, function*() {
      yield* Fiber.interruptAll(this.asked)
      this.asked = []
      this.page = page
    })

  /** How many rows may have moved to pages that were read, where the walk goes back for them. */
  private missingSince(answer: OffsetPage<A>): number {
    if (this.page > this.furthest.page) this.furthest = { page: this.page, rewinds: 0 }
    const missing = shrunkBy(this.total, answer.total)
    if (this.source.key === undefined || this.page === 1 || missing === 0) return 0
    this.furthest = { ...this.furthest, rewinds: this.furthest.rewinds + 1 }
    return this.furthest.rewinds <= mostRewinds ? missing : 0
  }

  private unseen({ items }: OffsetPage<A>): ReadonlyArray<A> {
    const { key } = this.source
    return key === undefined ? items : items.filter((item) => this.emitted.takes(key(item)))
  }

  /**
   * A resumed walk reads it for nothing: what is in it was told. Where the list has shrunk a row may have moved there
   * untold, so what cannot be read is told again.
   */
  private isReadBack(answer: OffsetPage<A>): boolean {
    return Option.exists(
      this.resume,
      ({ place }) => this.page < place.page && shrunkBy(place.total, answer.total) === 0
    )
  }

  /** Rows moved so far to the front that what comes next may stand before this page. */
  private isBehind(answer: OffsetPage<A>, resume: OffsetCursor): boolean {
    const { key } = this.source
    if (key === undefined || this.page === 1) return false
    const keys = answer.items.map(key)
    const first = keys[0]
    if (first === undefined || this.emitted.isBefore(resume.createdAt, first.createdAt)) return true
    return first.createdAt === resume.createdAt && shrunkBy(resume.place.total, answer.total) > 0 &&
      !keys.some((key) => key.createdAt === resume.createdAt && this.emitted.isOfCursor(key.id))
  }

  /** The cursor of this moment, whenever it is made. */
  private cursor(answer: OffsetPage<A>): () => Option.Option<Cursor> {
    const { page, pageSize, source } = this
    const moment = this.emitted.moment()
    return () =>
      Option.some(
        offsetCursors.encode(source, { pageSize, place: { page: page + 1, total: answer.total }, ...moment() })
      )
  }
}

/** None where either is not known. */
const shrunkBy = (before: number | undefined, now: number | undefined): number =>
  before === undefined || now === undefined ? 0 : Math.max(0, before - now)

// ---------------------------------------------------------------------------------------------------------------------
// Lists with the provider's own cursors
// ---------------------------------------------------------------------------------------------------------------------

/**
 * One page of a list with the provider's own cursors. `next` is the provider's cursor of the next page; without one the
 * list is at its end, however long the page is.
 *
 * @since 0.1.0
 * @category cursor walk
 */
export interface CursorPage<out A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: ReadonlyArray<InvalidResponse>
  readonly next: string | undefined
  /** That there is no `next` does not say that the list is at its end: the walk goes on by creation time. */
  readonly isCut?: boolean | undefined
}

/**
 * How a list, oldest first, is asked for the rows from a creation time on.
 *
 * @since 0.1.0
 * @category cursor walk
 */
export interface FromTime<out A, out E> {
  /** The first `limit` rows that were created then or later. */
  readonly fetch: (createdAt: number, limit: number) => Effect.Effect<CursorPage<A>, E>
  /** The most rows that can be asked for at once. */
  readonly mostRows: number
  /** What is told where even so many do not reach past one creation time, and rows may be hidden behind them. */
  readonly hidden: InvalidResponse
}

/**
 * A list whose pages are asked for by the id of their first row, or by a cursor that the provider makes of a row.
 *
 * @since 0.1.0
 * @category cursor walk
 */
export interface CursorSource<A, E> extends Source {
  /** `from` is the `next` of the page before; the first page is asked for without. */
  readonly fetch: (from: string | undefined, pageSize: number) => Effect.Effect<CursorPage<A>, E>
  readonly key: (item: A) => RowKey
  /** Whether the provider refused because it does not know the row that it was asked to start from. */
  readonly isGone: (error: E) => boolean
  /**
   * Where cursors fail, the walk goes on by it from the last row emitted, and drops what was emitted; without it, by
   * the id of the last row, which is a cursor then.
   */
  readonly fromTime?: FromTime<A, E> | undefined
}

const TimePlace = Schema.Struct({ createdAt: Schema.Number, limit: Schema.Int })

type TimePlace = typeof TimePlace.Type

const CursorPlace = Schema.Struct({
  /** The cursor of the page that is next, and the id of the last row of the pages before. */
  next: Schema.String,
  last: Schema.optional(Schema.String),
  /** See `backFrom` of the walk. */
  backFrom: Schema.optional(Schema.Number),
  /** See `reach` of the walk; where `next` is empty, how the page that is next is asked for. */
  reach: Schema.optional(TimePlace)
})

type CursorPlace = typeof CursorPlace.Type

const rowCursors = Cursors.codec(CursorPlace)

/**
 * Walks a list with the provider's own cursors.
 *
 * - Page 2 is not asked for before something beyond page 1 is pulled; from then on the walk is two pages ahead of its
 *   consumer at most, and not at all with a `concurrency` of 1.
 * - Where the row that the next page starts from was deleted, the walk goes on from the last row it knows; where that
 *   one was deleted too, from the beginning, and drops what was emitted.
 * - Where the list can be asked for by creation time, the walk goes on so where a cursor is refused or missing: with as
 *   many rows more than the page size as it has emitted of that time. Where nothing new comes of it, it asks for
 *   `mostRows`; where even so many do not reach past that time, it goes on one millisecond later. It tells of that where
 *   that page was full: one that is not may be the end.
 *
 * For authors of provider packages.
 *
 * @since 0.1.0
 * @category cursor walk
 */
export const cursorWalk = <A, E>(
  source: CursorSource<A, E>,
  options: StreamOptions = {}
): Stream.Stream<Page<A>, E | InvalidRequest> =>
  Stream.unwrap(
    Effect.gen(function*() {
      const { concurrency, from, pageSize } = yield* rowCursors.checkOptions(source, options ?? {})
      const walk = new CursorWalk(source, pageSize, from)
      const rest = pagesOf(walk.next)
      return concurrency === 1 ? rest : Stream.concat(Stream.take(rest, 1), Stream.buffer(rest, { capacity: 1 }))
    })
  )

/** Where a page starts: at a cursor, at the beginning, or at a time. */
type Start = string | undefined | TimePlace

/** The state of one walk. Used by one fiber at a time. */
class CursorWalk<A, E> {
  private readonly source: CursorSource<A, E>
  private readonly pageSize: number
  private readonly emitted: Cursors.Emitted
  private last: string | undefined
  /** Where the next page starts, and where to go on when that row is gone: from the last one known, or all over. */
  private starts: ReadonlyArray<Start>
  /**
   * Pages are read again: up to the rows created after this time (of the last row emitted when the walk went back) what
   * was emitted is dropped.
   */
  private backFrom: number | undefined
  /** What was asked for by time without anything new coming since: the next time more is asked for. */
  private reach: TimePlace | undefined
  private finished = false

  constructor(
    source: CursorSource<A, E>,
    pageSize: number,
    from: Option.Option<Cursors.Content<CursorPlace>>
  ) {
    this.source = source
    this.pageSize = pageSize
    this.emitted = new Cursors.Emitted(source.order, from)
    const place = Option.getOrUndefined(from)?.place
    this.last = place?.last
    this.backFrom = place?.backFrom
    this.reach = place?.reach
    this.starts = place === undefined ? [undefined] : this.startsAt(place)
  }

  /** The next page that has something to say; none when the list is at its end. */
  readonly next: Effect.Effect<Option.Option<Page<A>>, E> = Effect.suspend(() =>
    this.finished ?
      Effect.succeedNone :
      Effect.flatMap(this.read, (page) => Option.isSome(page) ? Effect.succeed(page) : this.next)
  )

  private readonly read: Effect.Effect<Option.Option<Page<A>>, E> = Effect.gen(this, function*() {
    const { pageSize, source } = this
    const [start, ...others] = this.starts
    const answer = yield* Effect.catchIf(
      Effect.asSome(this.fetch(start)),
      (error) => start !== undefined && others.length > 0 && source.isGone(error),
      () => Effect.succeedNone
    )
    if (Option.isNone(answer)) {
      this.starts = others
      this.backFrom ??= this.emitted.lastCreatedAt
      return Option.none()
    }
    const { items } = answer.value
    const { backFrom } = this
    const mayRepeat = backFrom !== undefined || source.fromTime !== undefined
    const unseen: Array<A> = []
    // a page that is asked for by time has room for repeats
    const most = typeof start === "object" ? pageSize : items.length
    let read = 0
    for (; read < items.length && unseen.length < most; read++) {
      const item = items[read]!
      if (this.emitted.takes(source.key(item)) || !mayRepeat) unseen.push(item)
    }
    if (backFrom !== undefined && unseen.some((item) => this.emitted.isBefore(backFrom, source.key(item).createdAt))) {
      this.backFrom = undefined
    }
    const last = items.at(-1)
    if (last !== undefined && source.fromTime === undefined) this.last = source.key(last).id
    const before = typeof start === "object" ? start : this.reach
    this.reach = unseen.length > 0 ? undefined : before
    const isWhole = read === items.length
    const { hides, next } = this.after(
      start,
      isWhole ? answer.value : { ...answer.value, next: undefined, isCut: true }
    )
    const unreadable = [...answer.value.unreadable, ...hides]
    this.finished = next === undefined
    const place = { next: next ?? "", last: this.last, backFrom: this.backFrom, reach: this.reach }
    this.starts = this.startsAt(place)
    const moment = this.emitted.moment()
    return this.finished || unseen.length > 0 || unreadable.length > 0
      ? Option.some(withNext(
        { items: unseen, unreadable, total: Option.none() },
        this.finished
          ? Option.none
          : () => Option.some(rowCursors.encode(source, { pageSize, place, ...moment() }))
      ))
      : Option.none()
  })

  private fetch(start: Start): Effect.Effect<CursorPage<A>, E> {
    const { fromTime } = this.source
    return typeof start === "object" && fromTime !== undefined
      ? fromTime.fetch(start.createdAt, start.limit)
      : this.source.fetch(typeof start === "object" ? undefined : start, this.pageSize)
  }

  private startsAt({ last, next, reach }: CursorPlace): ReadonlyArray<Start> {
    const { fromTime } = this.source
    if (fromTime === undefined) return last === undefined ? [next, undefined] : [next, last, undefined]
    if (next === "") return [reach]
    const further = this.further(fromTime, reach)
    return further === undefined ? [next] : [next, further]
  }

  /** More than was reached: a page more than was emitted of the last time, and all that can be had where that is nothing new. */
  private further({ mostRows }: FromTime<A, E>, reach: TimePlace | undefined): TimePlace | undefined {
    const { lastCreatedAt = 0, size } = this.emitted
    if (reach === undefined) return { createdAt: lastCreatedAt, limit: Math.min(mostRows, this.pageSize + size) }
    return reach.limit < mostRows ? { createdAt: reach.createdAt, limit: mostRows } : undefined
  }

  /** The cursor of the next page, `""` where it is asked for by `reach`, and what may be hidden before it. */
  private after(
    start: Start,
    { isCut, items, next, unreadable }: CursorPage<A>
  ): { readonly next: string | undefined; readonly hides: ReadonlyArray<InvalidResponse> } {
    const { fromTime } = this.source
    const { reach } = this
    if (next !== undefined || fromTime === undefined || isCut !== true) return { next, hides: [] }
    const further = this.further(fromTime, reach)
    const isFull = typeof start === "object" && items.length + unreadable.length >= start.limit
    // a page that is not full may be so because rows were left out of it
    this.reach = further ?? { createdAt: (reach?.createdAt ?? 0) + 1, limit: this.pageSize }
    return { next: "", hides: further === undefined && isFull ? [fromTime.hidden] : [] }
  }
}
