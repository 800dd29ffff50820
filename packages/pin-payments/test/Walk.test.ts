/** Walks over lists whose newest rows come first: what is created meanwhile moves the others to later pages. */
import { CustomersService, type Page } from "@effect-customers/core"
import { PinPaymentsClient } from "@effect-customers/pin-payments"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import {
  card,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  operations,
  refusal,
  requests,
  seed
} from "./onSandbox.js"
import * as samples from "./samples.js"

const ids = <A extends { readonly id: string }, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(collect(stream), (items) => items.map(({ id }) => id))

const repeats = (walked: ReadonlyArray<string>) => walked.length - new Set(walked).size

const lost = (before: ReadonlyArray<string>, walked: ReadonlyArray<string>) => {
  const seen = new Set(walked)
  return before.filter((id) => !seen.has(id))
}

const delays = (answer: "before" | "after") =>
  Effect.flatMap(
    SandboxControl,
    (control) =>
      control.inject({ operation: "list", times: Infinity, fault: Fault.Delay({ duration: "20 millis", answer }) })
  )

/** One is created every 3 ms of the test's clock. */
const creating = (count: number) =>
  Effect.forEach(Array.from({ length: count }), () => Effect.zipRight(Effect.sleep("3 millis"), seed(1)))

const pagesAsked = Effect.map(
  requests,
  (log) => log.map(({ query }) => Number(query.find(([name]) => name === "page")?.[1]))
)

describe("a walk while customers are created repeats nobody and loses nobody who was there before", () => {
  for (const tick of [0, 700]) {
    for (const answer of ["before", "after"] as const) {
      it.effect.each(tick === 0 ? [1, 2, 7, 25, 50] : [1, 7])(
        `${tick} ms between writes, late answers worked out ${answer} the wait, %s per page`,
        (pageSize) =>
          Effect.gen(function*() {
            const customers = yield* CustomersService
            const before = yield* seed(Math.min(120, pageSize * 15))
            yield* delays(answer)
            const creations = yield* Effect.fork(creating(60))
            const walked = yield* inVirtualTime(ids(customers.stream({ pageSize, concurrency: 4 })))
            expect([repeats(walked), lost(before, walked)]).toEqual([0, []])
            const control = yield* SandboxControl
            // there were some, and one page was read after the other
            expect((yield* control.customers("pin-payments")).length).toBeGreaterThan(before.length + 5)
            expect(yield* control.mostInFlight).toBe(1)
            expect((yield* pagesAsked).length).toBeGreaterThan(before.length / pageSize)
            yield* creations.interruptAsFork(creations.id())
          }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
      )
    }
  }

  it.effect.each<readonly [number, number]>([[0, 1], [0, 10], [0, 25], [1, 7], [700, 10]])(
    "resumed after every page, %s ms between writes, %s per page",
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
          if (walked.length < 50) yield* seed(3)
        } while (cursor !== undefined)
        expect([repeats(walked), lost(before, walked)]).toEqual([0, []])
      }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
  )

  it.effect.each<readonly [number, number]>([[0, 5], [0, 90], [700, 5], [700, 90]])(
    "a walk and its resumption from streamPages, %s ms between writes, %s created between them",
    ([tick, count]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const before = yield* seed(100)
        const pages = yield* collect(Stream.take(customers.streamPages({ pageSize: 10 }), 4))
        const first = pages.flatMap(({ items }) => items.map(({ id }) => id))
        yield* seed(count)
        const cursor = JSON.parse(JSON.stringify(Option.getOrThrow(pages.at(-1)!.next))) as string
        const rest = yield* ids(customers.stream({ from: cursor }))
        expect([repeats([...first, ...rest]), lost(before, [...first, ...rest])]).toEqual([0, []])
      }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
  )
})

describe("a walk while customers are deleted", () => {
  it.effect.each([0, 1, 700])(
    "goes back where the total shrinks, %s ms between writes",
    (tick) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const pin = yield* PinPaymentsClient
        const before = yield* seed(100)
        const gone = new Set<string>()
        const walked = yield* ids(
          customers.streamPages({ pageSize: 10 }).pipe(
            Stream.zipWithIndex,
            Stream.tap(([{ items }, index]) =>
              index === 2 || index === 5
                ? Effect.forEach(items.slice(0, 4), ({ id }) => {
                  gone.add(id)
                  return pin.delete(id)
                })
                : Effect.void
            ),
            Stream.flatMap(([{ items }]) => Stream.fromIterable(items))
          )
        )
        expect(gone.size).toBe(8)
        expect([repeats(walked), lost(before, walked)]).toEqual([0, []])
      }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))
  )

  it.effect.each([1, 15, 40])(
    "resumed after %s of those walked were deleted, and some were created",
    (count) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const pin = yield* PinPaymentsClient
        const before = yield* seed(100)
        const pages = yield* collect(Stream.take(customers.streamPages({ pageSize: 10 }), 4))
        const first = pages.flatMap(({ items }) => items.map(({ id }) => id))
        yield* Effect.forEach(first.slice(0, count), (id) => pin.delete(id))
        yield* seed(Math.floor(count / 2))
        const rest = yield* ids(customers.stream({ from: Option.getOrThrow(pages.at(-1)!.next) }))
        expect([repeats([...first, ...rest]), lost(before, [...first, ...rest])]).toEqual([0, []])
      }).pipe(Effect.provide(inProcess({ tick: 0 })))
  )
})

describe("the end of a walk", () => {
  it.effect("no page is asked for that nobody needs", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = (yield* seed(120)).toReversed()
      expect(yield* ids(Stream.take(customers.stream({ pageSize: 50 }), 50))).toEqual(seeded.slice(0, 50))
      expect(yield* pagesAsked).toEqual([1])
      expect(yield* ids(Stream.take(customers.stream({ pageSize: 50 }), 51))).toEqual(seeded.slice(0, 51))
      expect(yield* pagesAsked).toEqual([1, 1, 2])
      expect(yield* ids(customers.stream())).toEqual(seeded)
      expect((yield* pagesAsked).slice(3)).toEqual([1, 2, 3, 4, 5])
      expect(yield* ids(customers.stream({ pageSize: 120 }))).toEqual(seeded)
      expect((yield* pagesAsked).slice(8)).toEqual([1])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an empty page ends it, whatever the page says of another", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      yield* inject("list", json(200, samples.emptyPage2013))
      expect(yield* ids(customers.stream())).toEqual([])
      yield* inject("list", json(200, { ...samples.pagePastEnd, pagination: { per_page: 25, count: 999, current: 1 } }))
      expect(yield* ids(customers.stream())).toEqual([])
      expect(yield* pagesAsked).toEqual([1, 1])
    }).pipe(Effect.provide(inProcess())))

  it.effect("the size that Pin says it used decides, not the one that was asked for", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = (yield* seed(60)).toReversed()
      // a Pin that knows no per_page
      const control = yield* SandboxControl
      for (const current of [1, 2, 3]) {
        const all = yield* control.customers("pin-payments")
        yield* control.inject({
          operation: "list",
          times: Infinity,
          match: ({ query }) => query.some(([name, value]) => name === "page" && value === String(current)),
          fault: json(200, {
            response: all.toReversed().slice((current - 1) * 25, current * 25),
            pagination: { current, per_page: 25, count: 60 }
          })
        })
      }
      expect(yield* ids(customers.stream({ pageSize: 50 }))).toEqual(seeded)
      expect(yield* pagesAsked).toEqual([1, 2, 3])
    }).pipe(Effect.provide(inProcess())))

  it.effect("page sizes out of bounds are refused, unsent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const pin = yield* PinPaymentsClient
      for (const pageSize of [0, 501, 1.5, Number.NaN]) {
        expect(yield* refusal(customers.list({ pageSize }))).toEqual(["InvalidRequest", "sdk", "pageSize"])
        expect(yield* refusal(collect(pin.streamCards("cus_x", { pageSize })))).toEqual(
          ["InvalidRequest", "sdk", "pageSize"]
        )
      }
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))
})

type Client = PinPaymentsClient["Type"]

/** The lists of one customer: their rows by token. */
const lists: ReadonlyArray<
  readonly [
    string,
    (
      pin: Client,
      customer: string,
      options?: Page.StreamOptions
    ) => {
      readonly rows: Stream.Stream<string, unknown>
      readonly pages: Stream.Stream<Page.Page<unknown>, { readonly _tag: string }>
    }
  ]
> = [
  ["charges", (pin, customer, options) => ({
    rows: Stream.map(pin.streamCharges(customer, options), ({ token }) => token),
    pages: pin.streamChargesPages(customer, options)
  })],
  ["cards", (pin, customer, options) => ({
    rows: Stream.map(pin.streamCards(customer, options), ({ token }) => Redacted.value(token)),
    pages: pin.streamCardsPages(customer, options)
  })],
  ["subscriptions", (pin, customer, options) => ({
    rows: Stream.map(pin.streamSubscriptions(customer, options), ({ token }) => token),
    pages: pin.streamSubscriptionsPages(customer, options)
  })]
]

const many = Array.from({ length: 32 }, () => ({}))
const owner = { cards: many.slice(1), charges: many, subscriptions: many }

describe.each(lists)("the %s of a customer", (kind, streams) => {
  const tokensOf = (customer: string) =>
    Effect.map(
      Effect.flatMap(SandboxControl, (control) => control.resources("pin-payments", customer)),
      (all) => (all[kind] as ReadonlyArray<{ readonly token: string }>).map(({ token }) => token).toReversed()
    )

  it.effect.each([1, 5, 25, 32, 50])(
    "are walked to the end, and from any page on, %s per page",
    (pageSize) =>
      Effect.gen(function*() {
        const pin = yield* PinPaymentsClient
        const [, customer] = yield* seed([owner, owner])
        const tokens = yield* tokensOf(customer!)
        expect(tokens).toHaveLength(32)
        expect(yield* collect(streams(pin, customer!, { pageSize }).rows)).toEqual(tokens)
        expect((yield* requests).length).toBe(Math.ceil(32 / pageSize))
        const pages = yield* collect(streams(pin, customer!, { pageSize }).pages)
        for (const [index, { next, total }] of pages.entries()) {
          expect(total).toEqual(Option.some(32))
          if (index === pages.length - 1) expect(Option.isNone(next)).toBe(true)
          else {
            const rest = yield* collect(streams(pin, customer!, { from: Option.getOrThrow(next) }).rows)
            expect(rest).toEqual(tokens.slice((index + 1) * pageSize))
          }
        }
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are asked for no further than they are pulled; nobody's end in CustomerNotFound", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const [customer] = yield* seed([owner])
      yield* collect(Stream.take(streams(pin, customer!, { pageSize: 10 }).rows, 10))
      expect(yield* operations).toHaveLength(1)
      expect((yield* Effect.flip(Stream.runDrain(streams(pin, "cus_unknown").pages)))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))

  it.effect("a cursor of another list, customer or page size is refused, unsent", () =>
    Effect.gen(function*() {
      const pin = yield* PinPaymentsClient
      const customers = yield* CustomersService
      const [customer, other] = yield* seed([owner, owner])
      const [page] = yield* collect(Stream.take(streams(pin, customer!, { pageSize: 10 }).pages, 1))
      const from = Option.getOrThrow(page!.next)
      const ofCustomers = Option.getOrThrow((yield* customers.list({ pageSize: 1 })).next)
      const asked = (yield* requests).length
      const refused = [
        streams(pin, other!, { from }),
        streams(pin, customer!, { from, pageSize: 20 }),
        streams(pin, customer!, { from: ofCustomers }),
        streams(pin, customer!, { from: "garbage" }),
        ...lists.flatMap(([another, streams]) => another === kind ? [] : [streams(pin, customer!, { from })])
      ]
      for (const { pages } of refused) {
        expect(yield* refusal(Stream.runDrain(pages))).toEqual(["InvalidRequest", "sdk", "from"])
      }
      expect(yield* refusal(customers.list({ cursor: from }))).toEqual(["InvalidRequest", "sdk", "cursor"])
      expect((yield* requests).length).toBe(asked)
      // an id of Pin's is not to be read from it
      expect(Buffer.from(from, "base64url").toString()).not.toContain(customer!)
      expect(Buffer.from(from, "base64url").toString()).not.toContain("card_")
    }).pipe(Effect.provide(inProcess())))
})

it.effect("cards added and taken away during a walk: none twice, none lost that was there", () =>
  Effect.gen(function*() {
    const pin = yield* PinPaymentsClient
    const [customer] = yield* seed([owner])
    const before = yield* collect(Stream.map(pin.streamCards(customer!), ({ token }) => token))
    const walked = yield* collect(
      pin.streamCardsPages(customer!, { pageSize: 5 }).pipe(
        Stream.zipWithIndex,
        Stream.tap(([, index]) =>
          index === 1 ? Effect.replicateEffect(pin.createCard(customer!, card), 3) : Effect.void
        ),
        Stream.tap(([{ items }, index]) =>
          index === 3
            ? Effect.forEach(items.slice(0, 4), ({ token }) => pin.deleteCard(customer!, token))
            : Effect.void
        ),
        Stream.flatMap(([{ items }]) => Stream.fromIterable(items)),
        Stream.map(({ token }) => Redacted.value(token))
      )
    )
    expect([repeats(walked), lost(before.map(Redacted.value), walked)]).toEqual([0, []])
  }).pipe(Effect.provide(inProcess())))
