/** What a cursor holds, and what a walk knows of the rows that it has emitted. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { InputIssue } from "../CustomersError.js"
import { InvalidRequest } from "../CustomersError.js"
import type { Cursor, RowKey, Source, StreamOptions } from "../Page.js"
import { readInput, readObject } from "./readInput.js"

/**
 * Where to go on, and what was emitted last: its creation time, and the hashed ids of all rows emitted with that time.
 *
 * @internal
 */
export interface Content<Place> {
  readonly pageSize: number
  readonly place: Place
  readonly createdAt: number
  readonly ids: ReadonlyArray<number>
}

const identityFields = {
  provider: Schema.String,
  list: Schema.String,
  parent: Schema.Number,
  filters: Schema.Number,
  pageSize: Schema.Number
}

const decodeIdentity = Schema.decodeOption(Schema.parseJson(Schema.Struct(identityFields)))

/**
 * What makes cursors with places of one kind, and checks them. Bind it once: it compiles schemas.
 *
 * @internal
 */
export const codec = <Place, Encoded>(place: Schema.Schema<Place, Encoded>) => {
  const content = Schema.parseJson(Schema.Struct({
    ...identityFields,
    place,
    createdAt: Schema.Number,
    ids: Schema.Array(Schema.Number)
  }))
  const encodeContent = Schema.encodeSync(content)
  const decodeContent = Schema.decodeOption(content)
  return {
    encode: (source: Source, content: Content<Place>): Cursor =>
      Encoding.encodeBase64Url(encodeContent({ ...identity(source), ...content })) as Cursor,
    checkOptions: (source: Source, options: StreamOptions) => checkOptions(source, decodeContent, options)
  }
}

/** The same filters in another order of keys are the same filters. */
const filtersHash = (filters: unknown): number =>
  Hash.string(
    JSON.stringify(filters, (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
        : value) ?? ""
  )

/**
 * 53 bits of an id: a cursor tells apart what was emitted at one time, and says nothing of the ids themselves. Two ids
 * that hash alike do so with the same ending too, but hardly when read backwards.
 */
const idHash = (id: string): number =>
  (Hash.string(id) >>> 0) * 2 ** 21 + (Hash.string(Array.from(id).toReversed().join("")) & 0x1fffff)

const identity = (source: Source) => ({
  provider: source.provider,
  list: source.list,
  parent: source.parent === undefined ? 0 : idHash(source.parent),
  filters: filtersHash(source.filters)
})

/** How many pages are asked for at once when the caller does not say. */
const defaultConcurrency = 4

/**
 * Options that can be walked with, or `InvalidRequest`: a cursor is of this provider, list, parent, filter and page
 * size.
 */
const checkOptions = <Place>(
  source: Source,
  decodeContent: (text: string) => Option.Option<Content<Place>>,
  options: StreamOptions
): Effect.Effect<
  { readonly concurrency: number; readonly pageSize: number; readonly from: Option.Option<Content<Place>> },
  InvalidRequest
> =>
  Effect.gen(function*() {
    const refuseAll = (issues: ReadonlyArray<InputIssue>) =>
      new InvalidRequest({
        provider: source.provider,
        operation: source.operation,
        mayHaveApplied: false,
        repeat: "always",
        origin: "sdk",
        issues
      })
    const refuse = (path: string, message: string) => refuseAll([{ path, message }])
    const { concurrency, from, pageSize } = yield* Effect.mapError(
      readObject(options, ({ concurrency = defaultConcurrency, from, pageSize }) => ({ concurrency, from, pageSize })),
      refuseAll
    )
    const { max, min } = source.pageSize
    if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= min && pageSize <= max)) {
      return yield* refuse("pageSize", `expected an integer from ${min} to ${max}`)
    }
    if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
      return yield* refuse("concurrency", "expected an integer of at least 1")
    }
    if (from === undefined) {
      return { concurrency, pageSize: pageSize ?? source.pageSize.default, from: Option.none() }
    }
    const cursor = Option.liftPredicate(from, Predicate.isString).pipe(
      Option.flatMap((text) => Either.getRight(Encoding.decodeBase64UrlString(text)))
    )
    const owner = Option.flatMap(cursor, (text) => decodeIdentity(text))
    if (Option.isNone(owner)) return yield* refuse("from", "expected the `next` of an earlier page")
    const expected = yield* Effect.mapError(readInput(() => Either.right(identity(source))), refuseAll)
    const other = owner.value.provider !== expected.provider
      ? "provider"
      : owner.value.list !== expected.list
      ? "list"
      : owner.value.parent !== expected.parent
      ? "parent"
      : owner.value.filters !== expected.filters
      ? "filter"
      : pageSize !== undefined && owner.value.pageSize !== pageSize
      ? "page size"
      : undefined
    if (other !== undefined) return yield* refuse("from", `it was made for another ${other}`)
    const content = Option.flatMap(cursor, decodeContent)
    if (Option.isNone(content)) return yield* refuse("from", "expected the `next` of an earlier page")
    return { concurrency, pageSize: content.value.pageSize, from: content }
  })

/**
 * What was emitted last: its creation time, and the ids of all rows emitted with that time.
 *
 * @internal
 */
export class Emitted {
  private readonly sign: 1 | -1
  private readonly cursorCreatedAt: number | undefined
  private readonly idsOfCursor: ReadonlySet<number>
  private createdAt: number | undefined
  private ids = new Set<string>()

  constructor(
    order: Source["order"],
    from: Option.Option<{ readonly createdAt: number; readonly ids: ReadonlyArray<number> }>
  ) {
    this.sign = order === "newest-first" ? -1 : 1
    const cursor = Option.filter(from, ({ ids }) => ids.length > 0)
    this.createdAt = Option.getOrUndefined(cursor)?.createdAt
    this.cursorCreatedAt = this.createdAt
    this.idsOfCursor = new Set(Option.getOrUndefined(cursor)?.ids)
  }

  get lastCreatedAt(): number | undefined {
    return this.createdAt
  }

  /** How many rows with the creation time of the last one were emitted. */
  get size(): number {
    return this.ids.size + (this.createdAt === this.cursorCreatedAt ? this.idsOfCursor.size : 0)
  }

  /** Whether a row created then stands before one created at the other time. */
  isBefore(createdAt: number, other: number): boolean {
    return this.sign * (createdAt - other) < 0
  }

  isOfCursor(id: string): boolean {
    return this.idsOfCursor.has(idHash(id))
  }

  /** Takes a row as emitted, unless it was emitted before or belongs before the last one that was. */
  takes({ createdAt, id }: RowKey): boolean {
    if (this.createdAt !== undefined) {
      if (this.isBefore(createdAt, this.createdAt)) return false
      if (createdAt === this.createdAt && this.has(id)) return false
    }
    if (createdAt !== this.createdAt) {
      this.createdAt = createdAt
      this.ids = new Set()
    }
    this.ids.add(id)
    return true
  }

  /** Of a row with the creation time of the last one emitted. */
  private has(id: string): boolean {
    return this.ids.has(id) || (this.createdAt === this.cursorCreatedAt && this.isOfCursor(id))
  }

  /** What a cursor of this moment holds, whenever it is made: the ids of one creation time are only ever added to. */
  moment(): () => Pick<Content<unknown>, "createdAt" | "ids"> {
    const { createdAt, ids } = this
    const { size } = ids
    const before = createdAt === this.cursorCreatedAt ? this.idsOfCursor : []
    return () => ({ createdAt: createdAt ?? 0, ids: [...Array.from(ids).slice(0, size).map(idHash), ...before] })
  }
}
