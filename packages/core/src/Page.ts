/**
 * Pages of a list, cursors to come back to, and the walk over all pages: lazy, in constant memory, nobody twice, nobody
 * lost who was there the whole time while others are created.
 *
 * @since 0.1.0
 */
import type * as Brand from "effect/Brand"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Provider } from "./Customer.js"
import type { InputIssue, InvalidResponse } from "./CustomersError.js"
import { InvalidRequest } from "./CustomersError.js"

/**
 * A place in a list to go on from: opaque, safe in JSON and URLs. It is refused with another provider, list, filter or
 * page size. Ids in it are hashed.
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
export const Cursor: Schema.Schema<Cursor, string> = Schema.NonEmptyString.pipe(
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
  readonly total: number
  /** The number of the last page; pages count from 1. The end is `page >= lastPage`, never a short page. */
  readonly lastPage: number
}

/**
 * An offset-paged list that is sorted oldest first with a tie-breaker, so that rows created meanwhile are appended.
 *
 * @since 0.1.0
 * @category offset walk
 */
export interface OffsetSource<A, E> {
  readonly provider: Provider
  readonly operation: string
  /** Which list: another parent is another list. */
  readonly list: string
  /** The filters of the list, as JSON; a cursor keeps a hash of them. */
  readonly filters: unknown
  readonly pageSize: { readonly min: number; readonly max: number; readonly default: number }
  readonly fetch: (page: number, pageSize: number) => Effect.Effect<OffsetPage<A>, E>
  /** Creation time in milliseconds and id. Without it (a sort order of the caller's) repeats are not recognised. */
  readonly key?: ((item: A) => { readonly createdAt: number; readonly id: string }) | undefined
}

const CursorContent = Schema.parseJson(Schema.Struct({
  provider: Schema.String,
  list: Schema.String,
  filters: Schema.Number,
  pageSize: Schema.Number,
  /** The page that is next. */
  page: Schema.Int,
  /** The total of the last page, the creation time of the last row emitted, the hashed ids of all emitted with it. */
  total: Schema.Number,
  createdAt: Schema.Number,
  ids: Schema.Array(Schema.Number)
}))

type CursorContent = typeof CursorContent.Type

const encodeCursor = (content: CursorContent): Cursor =>
  Encoding.encodeBase64Url(Schema.encodeSync(CursorContent)(content)) as Cursor

const decodeCursor = (text: unknown): Option.Option<CursorContent> =>
  Option.liftPredicate(text, Predicate.isString).pipe(
    Option.flatMap((text) => Either.getRight(Encoding.decodeBase64UrlString(text))),
    Option.flatMap(Schema.decodeOption(CursorContent))
  )

/** How many pages are asked for at once when the caller does not say. */
const defaultConcurrency = 4

/** How often one page may send the walk back before it is taken as it is: deletions without end must not stall it. */
const mostRewinds = 3

/**
 * Walks an offset-paged list.
 *
 * - Page 2 is not asked for before something beyond page 1 is pulled; from then on up to `concurrency` pages are asked
 *   for at once, and none beyond the page that is consumed plus `concurrency`.
 * - A row older than the last one emitted, or among those emitted with the same creation time, is a repeat.
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
      const { concurrency, from, pageSize } = yield* checkOptions(source, options ?? {})
      const walk = new OffsetWalk(source, pageSize, concurrency, from, yield* Effect.scope)
      return Stream.repeatEffectOption(
        Effect.flatMap(
          Effect.mapError(walk.next, Option.some),
          Option.match({ onNone: () => Effect.fail(Option.none<E>()), onSome: (page) => Effect.succeed(page) })
        )
      )
    })
  )

/** The same filters in another order of keys are the same filters. */
const filtersHash = (filters: unknown): number =>
  Hash.string(
    JSON.stringify(filters, (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
        : value) ?? ""
  )

const checkOptions = <A, E>(
  source: OffsetSource<A, E>,
  { concurrency = defaultConcurrency, from, pageSize }: StreamOptions
) =>
  Effect.gen(function*() {
    const refuse = (path: string, message: string) =>
      new InvalidRequest({
        provider: source.provider,
        operation: source.operation,
        mayHaveApplied: false,
        repeat: "always",
        origin: "sdk",
        issues: [{ path, message } satisfies InputIssue]
      })
    const { max, min } = source.pageSize
    if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= min && pageSize <= max)) {
      return yield* refuse("pageSize", `expected an integer from ${min} to ${max}`)
    }
    if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
      return yield* refuse("concurrency", "expected an integer of at least 1")
    }
    if (from === undefined) {
      return { concurrency, pageSize: pageSize ?? source.pageSize.default, from: Option.none<CursorContent>() }
    }
    const cursor = decodeCursor(from)
    if (Option.isNone(cursor)) return yield* refuse("from", "expected the `next` of an earlier page")
    const content = cursor.value
    const other = content.provider !== source.provider
      ? "provider"
      : content.list !== source.list
      ? "list"
      : content.filters !== filtersHash(source.filters)
      ? "filter"
      : pageSize !== undefined && content.pageSize !== pageSize
      ? "page size"
      : undefined
    if (other !== undefined) return yield* refuse("from", `it was made for another ${other}`)
    return { concurrency, pageSize: content.pageSize, from: cursor }
  })

/** 53 bits of an id: a cursor tells apart what was emitted at one time, and says nothing of the ids themselves. */
const idHash = (id: string): number => (Hash.string(id) >>> 0) * 2 ** 21 + (Hash.string(`${id}#`) & 0x1fffff)

/** The state of one walk. Used by one fiber, the one that pulls. */
class OffsetWalk<A, E> {
  private readonly source: OffsetSource<A, E>
  private readonly pageSize: number
  private readonly concurrency: number
  private readonly scope: Scope.Scope
  /** Where a resumed walk picks up, and the hashed ids of what was emitted with the creation time of its cursor. */
  private readonly resume: Option.Option<CursorContent>
  private readonly idsOfCursor: ReadonlySet<number>
  /** Whether a resumed walk still goes back for the page on which it picks up. */
  private seeks = true

  private page: number
  private finished = false
  /** The pages that are asked for, from this one on. */
  private asked: ReadonlyArray<Fiber.RuntimeFiber<OffsetPage<A>, E>> = []
  private lastPage = 1
  private total = 0
  /** Up to this page one page is read after the other. */
  private oneByOneUntil = 0
  /** The furthest page that was read, and how often it sent the walk back. */
  private furthest = { page: 0, rewinds: 0 }
  /** What was emitted last: its creation time, and the ids of all rows emitted with that time. */
  private createdAt = Number.NEGATIVE_INFINITY
  private idsAtCreatedAt = new Set<string>()

  constructor(
    source: OffsetSource<A, E>,
    pageSize: number,
    concurrency: number,
    from: Option.Option<CursorContent>,
    scope: Scope.Scope
  ) {
    this.source = source
    this.pageSize = pageSize
    this.concurrency = concurrency
    this.scope = scope
    this.resume = source.key === undefined ? Option.none() : from
    this.idsOfCursor = new Set(Option.match(this.resume, { onNone: () => [], onSome: ({ ids }) => ids }))
    this.page = Option.match(from, {
      onNone: () => 1,
      onSome: ({ page }) => source.key === undefined ? page : Math.max(1, page - 1)
    })
    if (Option.isSome(this.resume)) {
      this.oneByOneUntil = this.resume.value.page
      this.furthest = { page: this.resume.value.page, rewinds: 0 }
      this.createdAt = this.resume.value.createdAt
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
      if (this.hasShrunk(answer)) {
        const pagesBack = Math.ceil((this.total - answer.total) / this.pageSize)
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
        total: Option.some(answer.total),
        // of a page that is read again they were reported
        unreadable: this.page < this.furthest.page ? [] : answer.unreadable
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

  /** Whether rows may have moved to pages that were read, and the walk goes back for them. */
  private hasShrunk(answer: OffsetPage<A>): boolean {
    if (this.page > this.furthest.page) this.furthest = { page: this.page, rewinds: 0 }
    if (this.source.key === undefined || this.page === 1 || answer.total >= this.total) return false
    this.furthest = { ...this.furthest, rewinds: this.furthest.rewinds + 1 }
    return this.furthest.rewinds <= mostRewinds
  }

  private unseen({ items }: OffsetPage<A>): ReadonlyArray<A> {
    const { key } = this.source
    if (key === undefined) return items
    return items.filter((item) => {
      const { createdAt, id } = key(item)
      if (createdAt < this.createdAt || (createdAt === this.createdAt && this.wasEmitted(id))) return false
      if (createdAt > this.createdAt) {
        this.createdAt = createdAt
        this.idsAtCreatedAt = new Set()
      }
      this.idsAtCreatedAt.add(id)
      return true
    })
  }

  private get isAtCursor(): boolean {
    return Option.exists(this.resume, ({ createdAt }) => createdAt === this.createdAt)
  }

  /** Of a row with the creation time of the last one emitted. */
  private wasEmitted(id: string): boolean {
    return this.idsAtCreatedAt.has(id) || (this.isAtCursor && this.idsOfCursor.has(idHash(id)))
  }

  /** Rows moved so far to the front that what comes next may stand before this page. */
  private isBehind(answer: OffsetPage<A>, resume: CursorContent): boolean {
    const { key } = this.source
    if (key === undefined || this.page === 1) return false
    const keys = answer.items.map(key)
    const first = keys[0]
    if (first === undefined || first.createdAt > resume.createdAt) return true
    return first.createdAt === resume.createdAt && answer.total < resume.total &&
      !keys.some(({ createdAt, id }) => createdAt === resume.createdAt && this.idsOfCursor.has(idHash(id)))
  }

  /** The cursor of this moment, whenever it is made: the ids of one creation time are only ever added to. */
  private cursor(answer: OffsetPage<A>): () => Option.Option<Cursor> {
    const { createdAt, idsAtCreatedAt, page } = this
    const { size } = idsAtCreatedAt
    const idsOfCursor = this.isAtCursor ? this.idsOfCursor : []
    return () =>
      Option.some(encodeCursor({
        provider: this.source.provider,
        list: this.source.list,
        filters: filtersHash(this.source.filters),
        pageSize: this.pageSize,
        page: page + 1,
        total: answer.total,
        createdAt: Number.isFinite(createdAt) ? createdAt : 0,
        ids: [...Array.from(idsAtCreatedAt).slice(0, size).map(idHash), ...idsOfCursor]
      }))
  }
}
