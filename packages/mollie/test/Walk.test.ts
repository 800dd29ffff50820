import { CustomersService, type Page } from "@effect-customers/core"
import { MollieClient } from "@effect-customers/mollie"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { FetchHttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Option, Ref, Stream } from "effect"
import { createServer } from "node:http"
import { clients, inProcess, onPort, withToken } from "./onSandbox.js"

const requests = Effect.flatMap(SandboxControl, (control) => control.requests)

const froms = Effect.map(
  requests,
  (log) => log.filter(({ method }) => method === "GET").map(({ query }) => Object.fromEntries(query)["from"])
)

const asked = Effect.map(froms, (froms) => froms.length)

const seed = (count: number) => Effect.flatMap(SandboxControl, (control) => control.seed("mollie", count))

const ids = <A extends { readonly id: string }, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), (items) => Chunk.toReadonlyArray(items).map(({ id }) => id))

const pagesOf = <A, E, R>(stream: Stream.Stream<Page.Page<A>, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const idsOf = (pages: ReadonlyArray<Page.Page<{ readonly id: string }>>) =>
  pages.flatMap(({ items }) => items.map(({ id }) => id))

/** One customer with this many payments; the ids of those. */
const seedPayments = (count: number, id = "cst_payer") =>
  Effect.gen(function*() {
    const control = yield* SandboxControl
    yield* control.seed("mollie", [{ id, payments: Array.from({ length: count }, () => ({})) }])
    const { payments = [] } = yield* control.resources("mollie", id)
    return payments.map((payment) => (payment as { readonly id: string }).id)
  })

const createOne = Effect.flatMap(MollieClient, (mollie) => mollie.create({}))

const payOnce = Effect.flatMap(MollieClient, (mollie) =>
  mollie.createPayment("cst_payer", {
    amount: { currency: "EUR", value: "1.00" },
    description: "x",
    sequenceType: "recurring"
  }))

describe("a walk", () => {
  it.effect.each(
    [[0, 1], [1, 1], [250, 1], [251, 2], [500, 2], [777, 4]] as const
  )("%s customers: all of them, oldest first, no page too many", ([count, pages]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const seeded = yield* seed(count)
      expect(yield* ids(customers.stream())).toEqual(seeded)
      expect(yield* asked).toBe(pages)
    }).pipe(Effect.provide(inProcess())))

  it.effect("of customers and of payments, in both orders, by item and by page", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const seeded = yield* seed(320)
      const newest = seeded.toReversed()
      const size = { pageSize: 40 }
      expect(yield* ids(mollie.stream())).toEqual(seeded)
      expect(yield* ids(mollie.stream({ sort: "desc" }, size))).toEqual(newest)
      const pages = yield* pagesOf(mollie.streamPages({ sort: "desc" }, size))
      expect(idsOf(pages)).toEqual(newest)
      expect(pages.map(({ items, next, total }) => [items.length, Option.isSome(next), total])).toEqual(
        pages.map((_, i) => [40, i < 7, Option.none()])
      )
      const payments = yield* seedPayments(320)
      expect(yield* ids(mollie.streamPayments("cst_payer"))).toEqual(payments)
      expect(yield* ids(mollie.streamPayments("cst_payer", { sort: "desc" }, size))).toEqual(payments.toReversed())
      expect(idsOf(yield* pagesOf(mollie.streamPaymentsPages("cst_payer", {}, size)))).toEqual(payments)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(
    [[1, 4, 1], [250, 4, 1], [251, 1, 2], [500, 1, 2], [501, 1, 3]] as const
  )("take(%s) at concurrency %s: exactly as many requests", ([take, concurrency, pages]) =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const seeded = yield* seed(1500)
      expect(yield* ids(Stream.take(mollie.stream({}, { concurrency }), take))).toEqual(seeded.slice(0, take))
      expect(yield* asked).toBe(pages)
    }).pipe(Effect.provide(inProcess())))

  it.live.each([1, 2, 4])(
    "at concurrency %s it is never more than two pages ahead, one request at a time",
    (concurrency) =>
      Effect.gen(function*() {
        const mollie = yield* MollieClient
        const control = yield* SandboxControl
        const seeded = yield* seed(600)
        const ahead = yield* Ref.make<ReadonlyArray<number>>([])
        const walked = yield* pagesOf(
          mollie.streamPages({}, { concurrency, pageSize: 30 }).pipe(
            Stream.zipWithIndex,
            Stream.mapEffect(([page, index]) =>
              Effect.sleep("3 millis").pipe(
                Effect.zipRight(asked),
                Effect.flatMap((asked) => Ref.update(ahead, (ahead) => [...ahead, asked - (index + 1)])),
                Effect.as(page)
              )
            )
          )
        )
        expect(idsOf(walked)).toEqual(seeded)
        const [first, ...others] = yield* Ref.get(ahead)
        expect(first).toBe(0)
        expect(Math.max(...others)).toBeLessThanOrEqual(concurrency === 1 ? 0 : 2)
        expect(yield* control.mostInFlight).toBe(1)
        expect(yield* asked).toBe(20)
      }).pipe(Effect.provide(inProcess()))
  )

  for (const sort of ["asc", "desc"] as const) {
    for (const tick of ["1 milli", 0] as const) {
      it.live(`${sort}, ${tick === 0 ? "one" : "rising"} createdAt: rows created meanwhile lose and repeat nobody`, () =>
        Effect.gen(function*() {
          const mollie = yield* MollieClient
          const before = yield* seed(400)
          const paymentsBefore = yield* seedPayments(300)
          const creating = yield* Effect.fork(
            Effect.forEach(Array.from({ length: 150 }), () => Effect.zipRight(createOne, payOnce))
          )
          const [walked, payments] = yield* Effect.all([
            ids(mollie.stream({ sort }, { pageSize: 20 })),
            ids(mollie.streamPayments("cst_payer", { sort }, { pageSize: 20 }))
          ], { concurrency: 2 })
          yield* creating.await
          for (const [seen, expected] of [[walked, before], [payments, paymentsBefore]] as const) {
            expect(seen.length).toBe(new Set(seen).size)
            const there = new Set(expected)
            expect(seen.filter((id) => there.has(id))).toEqual(sort === "asc" ? expected : expected.toReversed())
          }
          if (sort === "asc") expect(walked.length).toBeGreaterThan(401)
        }).pipe(Effect.provide(inProcess({ tick }))))
    }
  }
})

describe("rows that the next page starts from are deleted", () => {
  const cases = [
    ["the next one", [40]],
    ["the next and the last one", [39, 40]],
    ["more than a page, those that were walked included", Array.from({ length: 60 }, (_, i) => 10 + i)],
    ["all that were walked", Array.from({ length: 41 }, (_, i) => i)]
  ] as const

  for (const tick of ["1 seconds", 0] as const) {
    const how = tick === 0 ? "one createdAt" : "each its own createdAt"
    for (const sort of ["asc", "desc"] as const) {
      it.effect.each(cases)(`between pages, ${sort}, ${how}: %s`, ([_, indices]) =>
        Effect.gen(function*() {
          const mollie = yield* MollieClient
          const seeded = yield* seed(200)
          const order = sort === "asc" ? seeded : seeded.toReversed()
          const doomed = indices.map((index) => order[index]!)
          const walked = yield* ids(
            mollie.streamPages({ sort }, { pageSize: 20, concurrency: 1 }).pipe(
              Stream.zipWithIndex,
              Stream.tap(([_, index]) => index === 1 ? Effect.forEach(doomed, (id) => mollie.delete(id)) : Effect.void),
              Stream.flatMap(([page]) => Stream.fromIterable(page.items))
            )
          )
          const gone = new Set(doomed.filter((id) => order.indexOf(id) >= 40))
          expect(walked).toEqual(order.filter((id) => !gone.has(id)))
          expect((yield* froms)[2]).toBe(order[40])
        }).pipe(Effect.provide(inProcess({ tick }))))

      it.effect.each(cases)(`while resuming, ${sort}, ${how}: %s`, ([_, indices]) =>
        Effect.gen(function*() {
          const mollie = yield* MollieClient
          const seeded = yield* seed(200)
          const order = sort === "asc" ? seeded : seeded.toReversed()
          const first = yield* pagesOf(Stream.take(mollie.streamPages({ sort }, { pageSize: 20 }), 2))
          const from = JSON.parse(JSON.stringify(Option.getOrThrow(first[1]!.next))) as string
          const doomed = indices.map((index) => order[index]!)
          yield* Effect.forEach(doomed, (id) => mollie.delete(id))
          const rest = yield* ids(mollie.stream({ sort }, { from }))
          const gone = new Set(doomed.filter((id) => order.indexOf(id) >= 40))
          expect([...idsOf(first), ...rest]).toEqual(order.filter((id) => !gone.has(id)))
        }).pipe(Effect.provide(inProcess({ tick }))))
    }
  }

  it.effect("a walk whose page fails for another reason fails with it", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const control = yield* SandboxControl
      yield* seed(100)
      yield* control.inject({
        operation: "list",
        from: 2,
        fault: Fault.Respond({ status: 400, body: "{\"detail\":\"no\",\"field\":\"limit\"}" })
      })
      const error = yield* Effect.flip(ids(mollie.stream({}, { pageSize: 20 })))
      expect([error._tag, yield* asked]).toEqual(["InvalidRequest", 2])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a page of somebody else that says 404 is no such row: the walk ends and does not start over", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      yield* seed(50)
      yield* control.inject({ operation: "list", from: 2, fault: Fault.HtmlPage({ status: 404 }) })
      const error = yield* Effect.flip(Stream.runDrain(customers.stream({ pageSize: 10 })))
      expect([error._tag, error.status]).toEqual(["UnexpectedStatus", 404])
      expect(yield* asked).toBe(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("payments of a customer who is deleted meanwhile end in CustomerNotFound", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seedPayments(100)
      const error = yield* mollie.streamPaymentsPages("cst_payer", {}, { pageSize: 20, concurrency: 1 }).pipe(
        Stream.runForEach(() => Effect.ignore(mollie.delete("cst_payer"))),
        Effect.flip
      )
      expect([error._tag, error.status]).toEqual(["CustomerNotFound", 410])
    }).pipe(Effect.provide(inProcess())))
})

describe("cursors", () => {
  it.effect("a walk goes on where it was, after others came and went", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const mollie = yield* MollieClient
      const seeded = yield* seed(300)
      const page = yield* customers.list({ pageSize: 70 })
      yield* Effect.forEach(seeded.slice(0, 30), (id) => mollie.delete(id))
      const later = yield* seed(5)
      const rest = yield* ids(customers.stream({ from: Option.getOrThrow(page.next) }))
      expect([...page.items.map(({ id }) => id), ...rest]).toEqual([...seeded, ...later])
    }).pipe(Effect.provide(inProcess())))

  it.effect("one of another list, customer, filter, order or page size is refused, and nothing is sent", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const customers = yield* CustomersService
      yield* seed(50)
      yield* seedPayments(50)
      yield* seedPayments(50, "cst_other")
      const nextOf = <E>(pages: Stream.Stream<Page.Page<unknown>, E>) =>
        Effect.map(Effect.flatten(Stream.runHead(pages)), (page) => Option.getOrThrow(page.next))
      const size = { pageSize: 10 }
      const ofCustomers = yield* nextOf(mollie.streamPages({}, size))
      const ofPayments = yield* nextOf(mollie.streamPaymentsPages("cst_payer", {}, size))
      const before = yield* asked
      const messages = yield* Effect.forEach(
        [
          mollie.streamPayments("cst_payer", {}, { from: ofCustomers }),
          mollie.stream({}, { from: ofPayments }),
          mollie.streamPayments("cst_other", {}, { from: ofPayments }),
          mollie.streamPayments("cst_payer", { sort: "desc" }, { from: ofPayments }),
          mollie.streamPayments("cst_payer", { profileId: "pfl_1" }, { from: ofPayments }),
          mollie.stream({ sort: "desc" }, { from: ofCustomers }),
          mollie.stream({}, { from: ofCustomers, pageSize: 20 }),
          customers.stream({ from: ofCustomers, pageSize: 20 }),
          customers.stream({ from: "garbage" })
        ],
        (stream) =>
          Effect.map(Effect.flip(Stream.runDrain<unknown, { message: string }, never>(stream)), (e) => e.message)
      )
      expect(messages.map((message) => /\((.*)\)/.exec(message)?.[1])).toEqual([
        "it was made for another list",
        "it was made for another list",
        "it was made for another parent",
        "it was made for another filter",
        "it was made for another filter",
        "it was made for another filter",
        "it was made for another page size",
        "it was made for another page size",
        "expected the `next` of an earlier page"
      ])
      for (const pageSize of [0, 251, 1.5]) {
        expect((yield* Effect.flip(Stream.runDrain(mollie.stream({}, { pageSize })))).message).toContain("pageSize")
      }
      expect(yield* asked).toBe(before)
      expect(yield* ids(customers.stream({ from: ofCustomers }))).toHaveLength(42)
    }).pipe(Effect.provide(inProcess())))

  it.effect("the layer's mode is one filter, said or not", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seed(30)
      const [page] = yield* pagesOf(Stream.take(mollie.streamPages({}, { pageSize: 10 }), 1))
      const from = Option.getOrThrow(page!.next)
      for (const testmode of [undefined, true]) {
        expect(yield* ids(mollie.stream({ testmode }, { from }))).toHaveLength(20)
      }
      const error = yield* Effect.flip(ids(mollie.stream({ testmode: false }, { from })))
      expect(error.message).toContain("it was made for another filter")
    }).pipe(Effect.provide(inProcess({}, withToken({ testmode: true })))))
})

const alterNext = (operation: string, next: (href: string) => unknown) =>
  Effect.flatMap(SandboxControl, (control) =>
    control.inject({
      operation,
      times: Infinity,
      fault: Fault.Alter({
        alter: (page: any) =>
          page._links?.next ? { ...page, _links: { ...page._links, next: next(page._links.next.href) } } : page
      })
    }))

/** A server that should not hear of anything. */
const elsewhere = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly heard: Array<string>; readonly close: () => void }>((resume) => {
    const heard: Array<string> = []
    const server = createServer((request, response) => {
      heard.push(`${request.url} ${request.headers.authorization}`)
      response.end("{}")
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" ? address?.port : undefined
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, heard, close: () => void server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("next links", () => {
  it.scopedLive.each(clients)(
    "one that names another host, path or parameters contributes its from alone, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const mollie = yield* MollieClient
        const other = yield* elsewhere
        const seeded = yield* seed(60)
        const payments = yield* seedPayments(60)
        const rewrite = (href: string) => ({
          href: `${other.url}/v2/stolen?limit=1&sort=desc&extra=1&${/from=[^&]*/.exec(href)?.[0]}`,
          type: "application/hal+json"
        })
        yield* alterNext("list", rewrite)
        yield* alterNext("listPayments", rewrite)
        expect(yield* ids(mollie.stream({}, { pageSize: 20 }))).toEqual([...seeded, "cst_payer"])
        expect(yield* ids(mollie.streamPayments("cst_payer", {}, { pageSize: 20 }))).toEqual(payments)
        expect(other.heard).toEqual([])
        const log = yield* requests
        expect(log.map(({ path, query }) => [path, query.map(([name, value]) => name === "from" ? name : value)]))
          .toEqual([
            ["/v2/customers", ["20", "asc"]],
            ...Array.from({ length: 3 }, () => ["/v2/customers", ["from", "20", "asc"]]),
            ["/v2/customers/cst_payer/payments", ["20", "asc"]],
            ...Array.from({ length: 2 }, () => ["/v2/customers/cst_payer/payments", ["from", "20", "asc"]])
          ].map((
            [path, query]
          ) => [path, (query as Array<string>).length === 3 ? expect.arrayContaining(query as []) : query]))
        // the control: the other host does hear who asks it
        yield* Effect.promise(() => fetch(`${other.url}/control`, { headers: { authorization: "Bearer x" } }))
        expect(other.heard).toEqual(["/control Bearer x"])
      }).pipe(Effect.provide(onPort(client)))
  )

  it.scopedLive("a base URL with a path prefix holds on every page", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      const seeded = yield* seed(60)
      const payments = yield* seedPayments(60)
      // the links are Mollie's own, without the prefix
      const plain = (href: string) => ({ href: href.replace(/^.*\/v2\//, "https://api.mollie.com/v2/") })
      yield* alterNext("list", plain)
      yield* alterNext("listPayments", plain)
      expect(yield* ids(mollie.stream({}, { pageSize: 20 }))).toEqual([...seeded, "cst_payer"])
      expect(yield* ids(mollie.streamPayments("cst_payer", {}, { pageSize: 20 }))).toEqual(payments)
    }).pipe(Effect.provide(onPort(FetchHttpClient.layer))))

  it.scopedLive("mode and profile of a call hold on every page", () =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seed(50)
      yield* seedPayments(50)
      const extras = { testmode: true, profileId: "pfl_5Kd8TqXw2N" }
      expect(yield* ids(mollie.stream({ testmode: true }, { pageSize: 20 }))).toHaveLength(51)
      expect(yield* ids(mollie.streamPayments("cst_payer", extras, { pageSize: 20 }))).toHaveLength(50)
      const log = yield* requests
      expect(log).toHaveLength(6)
      for (const { operation, query } of log) {
        expect(query.filter(([name]) => name === "testmode")).toEqual([["testmode", "true"]])
        expect(query.filter(([name]) => name === "profileId")).toHaveLength(operation === "list" ? 0 : 1)
      }
    }).pipe(Effect.provide(onPort(FetchHttpClient.layer, {}, withToken()))))

  it.effect.each<readonly [string, unknown]>([
    ["without from", { href: "https://api.mollie.com/v2/customers?limit=10" }],
    ["with an empty from", { href: "https://api.mollie.com/v2/customers?from=" }],
    ["without a query", { href: "https://api.mollie.com/v2/customers" }],
    ["that is a word", { href: "from=cst_1" }]
  ])("one %s is InvalidResponse, not the end", ([_, next]) =>
    Effect.gen(function*() {
      const mollie = yield* MollieClient
      yield* seed(30)
      yield* seedPayments(30)
      yield* alterNext("list", () => next)
      yield* alterNext("listPayments", () => next)
      for (
        const error of [
          yield* Effect.flip(ids(mollie.stream({}, { pageSize: 10 }))),
          yield* Effect.flip(ids(mollie.streamPayments("cst_payer", {}, { pageSize: 10 })))
        ]
      ) {
        expect(error._tag === "InvalidResponse" && error.issues).toEqual([
          { path: "_links.next.href", expected: "a link with from" }
        ])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, unknown]>([["null", null], ["absent", undefined]])(
    "%s is the end, whatever the size of the page",
    ([_, next]) =>
      Effect.gen(function*() {
        const mollie = yield* MollieClient
        const seeded = yield* seed(30)
        yield* alterNext("list", () => next)
        expect(yield* ids(mollie.stream({}, { pageSize: 10 }))).toEqual(seeded.slice(0, 10))
      }).pipe(Effect.provide(inProcess()))
  )
})
