/** The laws of walks: order, page sizes, cursors, and what happens meanwhile. */
import type { Customer, Provider } from "@effect-customers/core/Customer"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import * as Page from "@effect-customers/core/Page"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Case, type ContractViolated, invalidAt, type Kit, law, untyped } from "./law.js"

/** Empty pages are allowed, but not without end. */
const mostEmptyPages = 100

interface Walked {
  readonly items: ReadonlyArray<Customer>
  /** The cursor behind each page but the last, and how many customers were told of up to it. */
  readonly stops: ReadonlyArray<{ readonly cursor: Page.Cursor; readonly told: number }>
}

/** By `list` and `next`, page by page; `between` is run behind each page. */
const byCursor = (
  { customers, holds, succeeds }: Kit,
  pageSize: number,
  between: (page: Page.Page<Customer>) => Effect.Effect<unknown, ContractViolated> = () => Effect.void
): Effect.Effect<Walked, ContractViolated> =>
  Effect.gen(function*() {
    const items: Array<Customer> = []
    const stops: Array<Walked["stops"][number]> = []
    const ids = new Set<string>()
    let empty = 0
    let cursor: string | undefined
    do {
      const page: Page.Page<Customer> = yield* succeeds("list", customers.list({ pageSize, cursor }))
      empty = page.items.length === 0 ? empty + 1 : 0
      yield* holds(empty <= mostEmptyPages, "a list with an end", `${empty} empty pages in a row`)
      yield* holds(page.items.length <= pageSize, `pages of ${pageSize} at most`, `one of ${page.items.length}`)
      yield* holds(page.unreadable.length === 0, "rows that can be read", "some that cannot")
      for (const item of page.items) {
        yield* holds(!ids.has(item.id), "nobody twice in the list", "a customer twice")
        ids.add(item.id)
        items.push(item)
      }
      yield* between(page)
      cursor = Option.getOrUndefined(page.next)
      if (Option.isSome(page.next)) stops.push({ cursor: page.next.value, told: items.length })
    } while (cursor !== undefined)
    return { items, stops }
  })

const byPages = ({ collect, customers }: Kit, options: Page.StreamOptions) =>
  collect("streamPages", Stream.flatMap(customers.streamPages(options), ({ items }) => Stream.fromIterable(items)))

const byStream = ({ collect, customers }: Kit, options?: Page.StreamOptions) =>
  collect("stream", customers.stream(options))

const idsOf = (customers: ReadonlyArray<Customer>): ReadonlyArray<string> => customers.map(({ id }) => id)

/** Everybody of these was told of; nobody is told of twice by any walk of this file. */
const hasAll = (
  { holds }: Kit,
  what: string,
  told: ReadonlyArray<Customer>,
  expected: ReadonlyArray<Customer>
) => {
  const ids = new Set(idsOf(told))
  const lost = expected.filter(({ id }) => !ids.has(id)).length
  return holds(lost === 0, `${what} to tell of all ${expected.length} who were there`, `${lost} lost`)
}

const isSameWalk = (
  { holds }: Kit,
  what: string,
  told: ReadonlyArray<Customer>,
  expected: ReadonlyArray<Customer>
) => {
  const ids = idsOf(expected)
  const isSame = told.length === ids.length && idsOf(told).every((id, index) => id === ids[index])
  return holds(isSame, `${what}: ${ids.length} customers in the order of the walk`, `${told.length}, or another order`)
}

/** The smallest page, and one that holds one more where there is one. */
const sizes = (
  { can: { pageSize: { max, min } } }: Kit
): ReadonlyArray<number> => [...new Set([min, Math.min(min + 1, max)])]

const smallest = ({ can }: Kit): number => can.pageSize.min

/** Every way to walk. */
const walksOf = (
  kit: Kit,
  pageSize: number
): ReadonlyArray<readonly [string, Effect.Effect<ReadonlyArray<Customer>, ContractViolated>]> => [
  ["list by its cursors", Effect.map(byCursor(kit, pageSize), ({ items }) => items)],
  ["stream", byStream(kit, { pageSize })],
  ["stream, eight pages at once", byStream(kit, { pageSize, concurrency: 8 })],
  ["streamPages, one page after the other", byPages(kit, { pageSize, concurrency: 1 })]
]

type Options = { readonly pageSize?: number; readonly cursor?: string }

/** `list`, `stream` and `streamPages` with these. */
const withOptions = (
  { customers }: Kit,
  { cursor, pageSize }: Options
): ReadonlyArray<readonly [string, string, Effect.Effect<unknown, CustomersError>]> => {
  const size = pageSize === undefined ? {} : { pageSize }
  const from = { ...size, ...cursor === undefined ? {} : { from: cursor } }
  return [
    ["list", "cursor", customers.list({ ...size, ...cursor === undefined ? {} : { cursor } })],
    ["stream", "from", Stream.runDrain(customers.stream(from))],
    ["streamPages", "from", Stream.runDrain(customers.streamPages(from))]
  ]
}

/** A cursor that another list would give. */
const cursorOf = (provider: Provider, list: string, pageSize: number): Effect.Effect<string> =>
  Page.first(
    Page.offsetWalk({
      provider,
      operation: "list",
      list,
      filters: {},
      pageSize: { min: pageSize, max: pageSize, default: pageSize },
      fetch: () => Effect.succeed({ items: [{ createdAt: 0, id: "x" }], unreadable: [], total: 2, lastPage: 2 }),
      key: (row) => row
    })
  ).pipe(
    Effect.map(({ next }) => Option.getOrElse(next, () => "")),
    Effect.orDie
  )

/** Enough that there is a second page, and its cursor. */
const someCursor = (kit: Kit, pageSize: number) =>
  Effect.gen(function*() {
    yield* kit.createMany(pageSize + 1)
    const { next } = yield* kit.succeeds("list", kit.customers.list({ pageSize }))
    yield* kit.holds(Option.isSome(next), "a next page behind a full one", "none")
    return Option.getOrElse(next, () => "")
  })

const isMade = (made: ReadonlyArray<Customer>) => {
  const ids = new Set(idsOf(made))
  return ({ id }: Customer) => ids.has(id)
}

/** Walks over six; behind the first page with one of them, the one that is picked is deleted. */
const whileDeleted = (
  kit: Kit,
  pick: (told: ReadonlyArray<Customer>, untold: ReadonlyArray<Customer>) => Customer | undefined
) =>
  Effect.gen(function*() {
    const { createMany, customers, holds, succeeds } = kit
    for (const pageSize of sizes(kit)) {
      const made = yield* createMany(3 * pageSize)
      const isMine = isMade(made)
      const told: Array<Customer> = []
      let gone: string | undefined
      const { items } = yield* byCursor(kit, pageSize, (page) =>
        Effect.suspend(() => {
          told.push(...page.items.filter(isMine))
          const toldIds = new Set(idsOf(told))
          const untold = made.filter(({ id }) => !toldIds.has(id))
          const picked = gone === undefined && told.length > 0 ? pick(told, untold) : undefined
          if (picked === undefined) return Effect.void
          gone = picked.id
          return succeeds("delete", customers.delete(picked.id))
        }))
      yield* holds(gone !== undefined, "a customer to delete during the walk", "none")
      yield* hasAll(kit, "a list of which one is deleted meanwhile", items, made.filter(({ id }) => id !== gone))
    }
  })

/** @internal */
export const pageCases: ReadonlyArray<Case> = [
  law(
    "pages: every walk tells of everybody once, at page sizes that divide the number and that do not",
    {},
    (kit) =>
      Effect.gen(function*() {
        const [small = 1, large = small] = sizes(kit)
        const made = [...yield* kit.createMany(2 * large)]
        for (const pageSize of new Set([small, large])) {
          for (const [what, walk] of walksOf(kit, pageSize)) yield* hasAll(kit, what, yield* walk, made)
        }
        made.push(yield* kit.create())
        for (const [what, walk] of walksOf(kit, large)) yield* hasAll(kit, what, yield* walk, made)
      })
  ),
  law(
    "pages: every walk is in the order of the capabilities, and the same at every page size",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { can, createMany, holds } = kit
        const made = yield* createMany(2 * smallest(kit) + 2)
        const isMine = isMade(made)
        const whole = yield* kit.all
        for (const pageSize of sizes(kit)) {
          for (const [what, walk] of walksOf(kit, pageSize)) yield* isSameWalk(kit, what, yield* walk, whole)
        }
        const times = whole.filter(isMine).map(({ createdAt }) => createdAt)
        yield* holds(times.length === made.length, `all ${made.length} who were created`, `${times.length}`)
        const isOrdered = can.walk.order === "oldest-first" ? DateTime.lessThanOrEqualTo : DateTime.greaterThanOrEqualTo
        const inOrder = times.every((time, index) => index === 0 || isOrdered(times[index - 1]!, time))
        yield* holds(inOrder, `customers ${can.walk.order}`, "another order")
      })
  ),
  law("pages: what a walk answers of a customer is what get answers", {}, (kit) =>
    Effect.gen(function*() {
      const customer = yield* kit.create()
      const listed = (yield* kit.all).filter(({ id }) => id === customer.id)
      yield* kit.holds(listed.length === 1, "the customer in the walk", "nobody")
      for (const item of listed) yield* kit.isSame("who is told of in a walk", item, customer)
    })),
  law(
    "pages: a page size out of the capabilities' bounds, or none, is InvalidRequest at pageSize",
    {},
    (kit) =>
      Effect.gen(function*() {
        const { max, min } = kit.can.pageSize
        yield* kit.create()
        for (const pageSize of [min - 1, max + 1, min + 0.5, -1, Number.NaN, Infinity, untyped("10"), untyped(null)]) {
          for (const [what, _, call] of withOptions(kit, { pageSize })) {
            yield* kit.refused(`${what} with a wrong page size`, call, invalidAt("pageSize"))
          }
        }
        for (const pageSize of [min, max]) {
          for (const [what, _, call] of withOptions(kit, { pageSize })) {
            yield* kit.succeeds(`${what} with a page size of ${pageSize}`, call)
          }
        }
      })
  ),
  law(
    "pages: no page at once, or a part of one, is InvalidRequest at concurrency",
    {},
    (kit) =>
      Effect.forEach([0, -1, 1.5, Number.NaN, untyped("4")], (concurrency) =>
        Effect.zipRight(
          kit.refused("stream", Stream.runDrain(kit.customers.stream({ concurrency })), invalidAt("concurrency")),
          kit.refused(
            "streamPages",
            Stream.runDrain(kit.customers.streamPages({ concurrency })),
            invalidAt("concurrency")
          )
        ))
  ),
  law("pages: without a page size the default of the capabilities holds", {}, (kit) =>
    Effect.gen(function*() {
      const { can, create, customers, holds, succeeds } = kit
      const usual = can.pageSize.default
      yield* Effect.all(Effect.replicate(create(), usual + 1), { concurrency: 8, discard: true })
      const page = yield* succeeds("list", customers.list())
      yield* holds(page.items.length <= usual, `${usual} customers at most`, `${page.items.length}`)
      const same = yield* succeeds("list with the default page size", customers.list({ pageSize: usual }))
      yield* isSameWalk(kit, "a page of the default size", page.items, same.items)
      yield* holds(Option.isSome(page.next), "a next page behind a full one", "none")
      const cursor = Option.getOrUndefined(page.next)
      const next = customers.list({ pageSize: usual, cursor })
      yield* succeeds("list from the cursor, with the default page size", next)
    })),
  law(
    "pages: from the cursor of every page the walk goes on with the rest, and nobody else",
    {},
    (kit) =>
      Effect.gen(function*() {
        for (const pageSize of sizes(kit)) {
          yield* kit.createMany(2 * pageSize + 1)
          const { items, stops } = yield* byCursor(kit, pageSize)
          yield* kit.holds(stops.length >= 2, "cursors behind the pages", `${stops.length}`)
          // enough for the law, however large the account is
          for (const { cursor, told } of new Set([...stops.slice(0, 2), ...stops.slice(-2)])) {
            const walk = told % 2 === 0 ? byStream(kit, { from: cursor }) : byPages(kit, { from: cursor, pageSize })
            yield* isSameWalk(kit, "a walk from a cursor", yield* walk, items.slice(told))
          }
        }
      })
  ),
  law(
    "pages: streamPages tells the cursors of its pages, and none behind the last",
    {},
    (kit) =>
      Effect.gen(function*() {
        const pageSize = smallest(kit)
        yield* kit.createMany(2 * pageSize + 1)
        const whole = yield* byPages(kit, { pageSize })
        const pages = yield* kit.succeeds("streamPages", Stream.runCollect(kit.customers.streamPages({ pageSize })))
        let told = 0
        const stops = Array.from(pages, ({ items, next }) => ({ next, told: told += items.length }))
        yield* kit.holds(stops.length >= 2, "more than one page", `${stops.length}`)
        const isLast = Option.isNone(stops.at(-1)?.next ?? Option.none())
        yield* kit.holds(isLast, "no cursor behind the last page", "one")
        for (const { next, told } of stops.slice(-4, -1)) {
          yield* kit.holds(Option.isSome(next), "a cursor behind every page but the last", "none")
          const rest = byStream(kit, { from: Option.getOrUndefined(next), pageSize })
          yield* isSameWalk(kit, "stream from a cursor", yield* rest, whole.slice(told))
        }
      })
  ),
  law("pages: none has more customers than were asked for", {}, (kit) =>
    Effect.gen(function*() {
      const [small = 1, large = small] = sizes(kit)
      yield* kit.createMany(large + 1)
      for (const pageSize of [small, large]) {
        const page = yield* kit.succeeds("list", kit.customers.list({ pageSize }))
        const pages = yield* kit.succeeds("streamPages", Stream.runCollect(kit.customers.streamPages({ pageSize })))
        const longest = Math.max(page.items.length, ...Array.from(pages, ({ items }) => items.length))
        yield* kit.holds(longest <= pageSize, `pages of ${pageSize} at most`, `one of ${longest}`)
      }
    })),
  law("pages: one that has everybody has no next", {}, (kit) =>
    Effect.gen(function*() {
      yield* kit.createMany(2)
      const { max } = kit.can.pageSize
      const { items, next } = yield* kit.succeeds("list", kit.customers.list({ pageSize: max }))
      yield* kit.holds(items.length >= max || Option.isNone(next), "no next behind a page that has everybody", "one")
    })),
  law("cursors: they come back unharmed from JSON and from URLs", {}, (kit) =>
    Effect.gen(function*() {
      const pageSize = smallest(kit)
      const cursor = yield* someCursor(kit, pageSize)
      const stored = Schema.decodeUnknownOption(Schema.parseJson(Page.Cursor))(JSON.stringify(cursor))
      yield* kit.holds(Option.contains(stored, cursor), "a cursor that survives JSON", "another")
      yield* kit.holds(encodeURIComponent(cursor) === cursor, "a cursor that is safe in URLs", "one to be encoded")
      yield* kit.succeeds("list from it", kit.customers.list({ pageSize, cursor }))
    })),
  law("cursors: one of another page size is InvalidRequest", {}, (kit) =>
    Effect.gen(function*() {
      const { max, min } = kit.can.pageSize
      const cursor = yield* someCursor(kit, min)
      for (const [what, _, call] of withOptions(kit, { pageSize: min, cursor })) {
        yield* kit.succeeds(`${what} from its own cursor`, call)
      }
      if (min === max) return
      for (const pageSize of [min + 1, max]) {
        for (const [what, path, call] of withOptions(kit, { pageSize, cursor })) {
          yield* kit.refused(`${what} from a cursor of another page size`, call, invalidAt(path))
        }
      }
    })),
  law("cursors: one of another provider is InvalidRequest", {}, (kit) =>
    Effect.gen(function*() {
      const cursor = yield* cursorOf(`not-${kit.can.provider}`, "customers", kit.can.pageSize.default)
      for (const [what, path, call] of withOptions(kit, { cursor })) {
        yield* kit.refused(`${what} from another provider's cursor`, call, invalidAt(path))
      }
    })),
  law("cursors: one of another list of the provider is InvalidRequest", {}, (kit) =>
    Effect.gen(function*() {
      const cursor = yield* cursorOf(kit.can.provider, "not-customers", kit.can.pageSize.default)
      for (const [what, path, call] of withOptions(kit, { cursor })) {
        yield* kit.refused(`${what} from another list's cursor`, call, invalidAt(path))
      }
    })),
  law("cursors: what is none, or a part of one, is InvalidRequest", {}, (kit) =>
    Effect.gen(function*() {
      const own = yield* someCursor(kit, smallest(kit))
      const half = own.slice(0, Math.floor(own.length / 2))
      for (const cursor of ["", "x", "not a cursor", "e30", "bnVsbA", half, own.slice(0, -4), `${own}!`, untyped(5)]) {
        for (const [what, path, call] of withOptions(kit, { cursor })) {
          yield* kit.refused(`${what} from what is no cursor`, call, invalidAt(path))
        }
      }
    })),
  law(
    "walks: who is created meanwhile makes nobody lost, and nobody is told of twice",
    {},
    (kit) =>
      Effect.gen(function*() {
        for (const pageSize of sizes(kit)) {
          const made = yield* kit.createMany(2 * pageSize + 1)
          let left = 3
          const createOne = Effect.suspend(() => left-- > 0 ? kit.create() : Effect.void)
          const { items } = yield* byCursor(kit, pageSize, () => createOne)
          yield* kit.holds(left < 3, "customers to be created during the walk", "none")
          yield* hasAll(kit, "a list while others are created", items, made)
          left = 3
          const pages = kit.customers.streamPages({ pageSize }).pipe(
            Stream.flatMap(({ items }) => Stream.fromIterable(items)),
            Stream.tap(() => Effect.ignore(createOne))
          )
          const told = yield* kit.collect("streamPages", pages)
          yield* kit.holds(left < 3, "customers to be created during the walk", "none")
          yield* hasAll(kit, "a walk while others are created", told, made)
        }
      })
  ),
  law(
    "walks: who is deleted after being told of hides nobody else",
    {},
    (kit) => whileDeleted(kit, (told) => told.at(-1))
  ),
  law(
    "walks: who is deleted before being told of hides nobody else",
    {},
    (kit) => whileDeleted(kit, (_, untold) => untold[Math.floor(untold.length / 2)])
  ),
  law("walks: a part of a walk is its beginning", {}, (kit) =>
    Effect.gen(function*() {
      const pageSize = smallest(kit)
      yield* kit.createMany(2 * pageSize + 1)
      const whole = yield* byStream(kit, { pageSize })
      for (const count of [0, 1, pageSize, pageSize + 1]) {
        const part = kit.collect("the beginning of a stream", Stream.take(kit.customers.stream({ pageSize }), count))
        yield* isSameWalk(kit, `the first ${count} of a stream`, yield* part, whole.slice(0, count))
      }
    })),
  law("walks: a stream can be run again, and starts anew", {}, (kit) =>
    Effect.gen(function*() {
      const pageSize = smallest(kit)
      yield* kit.createMany(pageSize + 1)
      const stream = kit.collect("stream", kit.customers.stream({ pageSize }))
      const first = yield* stream
      yield* kit.holds(first.length > pageSize, "more than one page", `${first.length} customers`)
      yield* isSameWalk(kit, "the same stream again", yield* stream, first)
      const customer = yield* kit.create()
      yield* hasAll(kit, "the same stream again", yield* stream, [...first, customer])
    })),
  law(
    "pages: the total is that of all customers, or none where the provider does not tell",
    { answers: "total" },
    (kit) =>
      Effect.gen(function*() {
        const { can, createMany, customers, holds, succeeds } = kit
        const pageSize = smallest(kit)
        yield* createMany(pageSize + 1)
        const everybody = (yield* kit.all).length
        const pages = yield* succeeds("streamPages", Stream.runCollect(customers.streamPages({ pageSize })))
        const page = yield* succeeds("list", customers.list({ pageSize }))
        for (const { total } of [page, ...pages]) {
          const found = Option.match(total, { onNone: () => "none", onSome: String })
          if (can.answers.total) yield* holds(Option.contains(total, everybody), `a total of ${everybody}`, found)
          else yield* holds(Option.isNone(total), "no total", found)
        }
      })
  )
]
