import { CustomersService, type Page } from "@effect-customers/core"
import { PolarClient } from "@effect-customers/polar"
import { Fault, type RequestLogEntry, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Encoding, Option, Ref, Stream } from "effect"
import { inProcess } from "./onSandbox.js"

const pageOf = (request: Pick<RequestLogEntry, "query">) => Number(request.query.find(([name]) => name === "page")?.[1])

const pagesAsked = Effect.flatMap(
  SandboxControl,
  (control) => Effect.map(control.requests, (requests) => requests.map(pageOf))
)

const ids = <A extends { readonly id: string }, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), (items) => Chunk.toReadonlyArray(items).map(({ id }) => id))

/** E-mails in an order that has nothing to do with the order of creation. */
const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ email: `${((from + i) * 7919) % 100_003}@example.com` }))

/** Of four pages asked for at once the last arrives first. `answer` says whether it was worked out when it was asked. */
const lateAnswers = (answer: "before" | "after") =>
  Effect.flatMap(SandboxControl, (control) =>
    Effect.forEach([0, 1, 2, 3], (rest) =>
      control.inject({
        operation: "list",
        times: Infinity,
        match: (request) => pageOf(request) % 4 === rest,
        fault: Fault.Delay({ duration: `${(4 - rest) * 3} millis`, answer })
      })))

describe("a walk is lazy", () => {
  it.effect.each(
    [
      [0, 1],
      [1, 1],
      [100, 1],
      [101, 2],
      [250, 3]
    ] as const
  )("%s: all of them, no page too many", ([count, pages]) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const seeded = yield* control.seed("polar", count)
      expect(yield* ids(customers.stream())).toEqual(seeded)
      expect((yield* pagesAsked).length).toBe(pages)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(
    [
      [3, 4, [1]],
      [100, 4, [1]],
      [101, 4, [1, 2, 3, 4, 5]],
      [101, 1, [1, 2]],
      [201, 1, [1, 2, 3]],
      [1000, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]
    ] as const
  )("take(%s) at concurrency %s", ([take, concurrency, pages]) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const seeded = yield* control.seed("polar", 1500)
      const taken = yield* ids(Stream.take(customers.stream({ concurrency }), take))
      expect(taken).toEqual(seeded.slice(0, take))
      expect(yield* pagesAsked).toEqual(pages)
    }).pipe(Effect.provide(inProcess())))

  it.live.each([1, 2, 4])(
    "at concurrency %s never more in flight, order kept, not further ahead",
    (concurrency) =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const customers = yield* CustomersService
        const seeded = yield* control.seed("polar", 1234)
        yield* lateAnswers("after")
        const ahead = yield* Ref.make<ReadonlyArray<number>>([])
        const walked = yield* customers.streamPages({ concurrency, pageSize: 50 }).pipe(
          Stream.zipWithIndex,
          Stream.mapEffect(([page, index]) =>
            Effect.flatMap(
              pagesAsked,
              (asked) => Effect.as(Ref.update(ahead, (ahead) => [...ahead, Math.max(...asked) - (index + 1)]), page)
            )
          ),
          Stream.runCollect
        )
        expect(Chunk.toReadonlyArray(walked).flatMap(({ items }) => items.map(({ id }) => id))).toEqual(seeded)
        const [first, ...others] = yield* Ref.get(ahead)
        expect(first).toBe(0)
        expect(Math.max(...others)).toBeLessThanOrEqual(concurrency)
        expect(yield* control.mostInFlight).toBe(concurrency)
        expect((yield* pagesAsked).length).toBe(25)
      }).pipe(Effect.provide(inProcess()))
  )
})

const walkWhileCreating = (tick: number, answer: "before" | "after", concurrency: number) =>
  Effect.gen(function*() {
    const control = yield* SandboxControl
    const customers = yield* CustomersService
    const before = yield* control.seed("polar", people(0, 750))
    yield* lateAnswers(answer)
    const creating = yield* Effect.fork(
      Effect.forEach(people(750, 1250), (person) =>
        Effect.zipRight(control.seed("polar", [person]), Effect.sleep("50 micros")))
    )
    const walked = yield* ids(customers.stream({ concurrency, pageSize: 40 }))
    yield* creating.await
    return { before, walked }
  }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))

describe("500 customers created during a walk: no repeat, nobody lost who was there before", () => {
  for (const tick of [1, 0]) {
    for (const answer of ["before", "after"] as const) {
      for (const concurrency of [1, 4]) {
        it.live(
          `${
            tick === 0 ? "equal created_at everywhere" : "distinct created_at"
          }, late answers worked out ${answer} the wait, concurrency ${concurrency}`,
          () =>
            Effect.gen(function*() {
              const { before, walked } = yield* walkWhileCreating(tick, answer, concurrency)
              expect(walked.length - new Set(walked).size).toBe(0)
              const seen = new Set(walked)
              expect(before.filter((id) => !seen.has(id))).toEqual([])
              expect(walked.length).toBeGreaterThan(before.length)
            })
        )
      }
    }
  }
})

describe("deletions", () => {
  it.effect.each([1, 4])(
    "shift rows to pages that were read: they are read again, concurrency %s",
    (concurrency) =>
      Effect.gen(function*() {
        const control = yield* SandboxControl
        const client = yield* PolarClient
        const customers = yield* CustomersService
        const seeded = yield* control.seed("polar", 1000)
        const gone = new Set<string>()
        const walked = yield* ids(
          customers.streamPages({ concurrency, pageSize: 50 }).pipe(
            Stream.zipWithIndex,
            Stream.tap(([page, index]) => {
              // customers that were walked already, so that what follows moves to the front; more than one page at once
              const doomed = index === 3
                ? page.items.slice(0, 5)
                : index === 8
                ? seeded.slice(200, 320).map((id) => ({ id }))
                : []
              return Effect.forEach(doomed, ({ id }) => {
                gone.add(id)
                return client.delete(id)
              })
            }),
            Stream.flatMap(([page]) => Stream.fromIterable(page.items))
          )
        )
        expect(walked.length).toBe(new Set(walked).size)
        const seen = new Set(walked)
        expect(seeded.filter((id) => !seen.has(id) && !gone.has(id))).toEqual([])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("without end do not stall a walk", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const client = yield* PolarClient
      const customers = yield* CustomersService
      const seeded = yield* control.seed("polar", 400)
      const doomed = seeded.slice(0, 300)[Symbol.iterator]()
      yield* control.inject({
        operation: "list",
        times: Infinity,
        match: () => {
          const next = doomed.next()
          if (next.done !== true) Effect.runFork(Effect.ignore(client.delete(next.value)))
          return false
        },
        fault: Fault.Reset({})
      })
      const walked = yield* ids(customers.stream({ pageSize: 20 }))
      expect(walked.length).toBe(new Set(walked).size)
      expect((yield* pagesAsked).length).toBeLessThan(400)
    }).pipe(Effect.provide(inProcess())))
})

describe("a walk that is resumed", () => {
  const inTwoParts = (
    tick: number,
    between: (
      before: ReadonlyArray<string>,
      walked: ReadonlyArray<string>
    ) => Effect.Effect<unknown, unknown, SandboxControl | PolarClient>
  ) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const before = yield* control.seed("polar", people(0, 500))
      const firstPages = Chunk.toReadonlyArray(
        yield* Stream.runCollect(Stream.take(customers.streamPages({ pageSize: 30 }), 7))
      )
      const first = firstPages.flatMap(({ items }) => items.map(({ id }) => id))
      yield* between(before, first)
      const cursor = Option.getOrThrow(firstPages.at(-1)!.next)
      const rest = yield* ids(customers.stream({ from: JSON.parse(JSON.stringify(cursor)) as string }))
      return { before, first, rest }
    }).pipe(Effect.provide(inProcess({ tick: `${tick} millis` })))

  for (const tick of [1, 0]) {
    const how = tick === 0 ? "equal created_at everywhere" : "distinct created_at"
    it.effect(`goes on where it was (${how})`, () =>
      Effect.gen(function*() {
        const { before, first, rest } = yield* inTwoParts(tick, () => Effect.void)
        expect([...first, ...rest].length).toBe(before.length)
        expect(new Set([...first, ...rest])).toEqual(new Set(before))
      }))

    it.effect.each([1, 25, 200])(`after %s were created (${how})`, (count) =>
      Effect.gen(function*() {
        const { before, first, rest } = yield* inTwoParts(tick, () =>
          Effect.flatMap(SandboxControl, (control) => control.seed("polar", people(500, 500 + count))))
        const all = [...first, ...rest]
        expect(all.length - new Set(all).size).toBe(0)
        const seen = new Set(all)
        expect(before.filter((id) =>
          !seen.has(id)
        )).toEqual([])
      }))
  }

  it.effect.each([1, 25, 90, 210])("after %s of those already walked were deleted", (count) =>
    Effect.gen(function*() {
      const gone = new Set<string>()
      const { before, first, rest } = yield* inTwoParts(1, (_, walked) =>
        Effect.flatMap(PolarClient, (client) =>
          Effect.forEach(walked.slice(walked.length - count), (id) => {
            gone.add(id)
            return client.delete(id)
          })))
      const all = [...first, ...rest]
      expect(all.length - new Set(all).size).toBe(0)
      const seen = new Set(all)
      expect(before.filter((id) =>
        !seen.has(id)
      )).toEqual([])
      expect(gone.size).toBe(count)
    }))

  it.effect("reads one page back", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      yield* control.seed("polar", 100)
      const page = yield* customers.list({ pageSize: 10 })
      yield* customers.list({ cursor: Option.getOrThrow(page.next) })
      expect(yield* pagesAsked).toEqual([1, 1, 2])
    }).pipe(Effect.provide(inProcess())))
})

describe("list", () => {
  it.effect("pages by cursor, to the end", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const seeded = yield* control.seed("polar", 95)
      const pages: Array<Page.Page<{ readonly id: string }>> = []
      let cursor: string | undefined
      do {
        const page = yield* customers.list({ pageSize: 10, cursor })
        pages.push(page)
        cursor = Option.getOrUndefined(page.next)
      } while (cursor !== undefined)
      expect(pages.map(({ items }) => items.length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5])
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(seeded)
      expect(pages.map(({ total }) => total)).toEqual(pages.map(() => Option.some(95)))
    }).pipe(Effect.provide(inProcess())))

  it.effect("an empty list is one empty page", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      expect(yield* customers.list()).toEqual({
        items: [],
        next: Option.none(),
        total: Option.some(0),
        unreadable: []
      })
    }).pipe(Effect.provide(inProcess())))
})

describe("what is refused before anything is sent", () => {
  const refusal = <A, E extends { readonly _tag: string; readonly message: string }, R>(call: Effect.Effect<A, E, R>) =>
    Effect.map(Effect.flip(call), (error) => error.message)

  it.effect("page sizes and concurrencies out of bounds", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      for (const pageSize of [0, -1, 101, 1.5, Number.NaN, Infinity]) {
        expect(yield* refusal(customers.list({ pageSize }))).toContain("polar list: invalid pageSize (")
        expect(yield* refusal(Stream.runDrain(customers.stream({ pageSize })))).toContain(
          "polar list: invalid pageSize ("
        )
      }
      for (const concurrency of [0, -4, 2.5, Infinity]) {
        expect(yield* refusal(Stream.runDrain(customers.stream({ concurrency })))).toContain(
          "polar list: invalid concurrency ("
        )
      }
      expect(yield* pagesAsked).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a cursor of another provider, list, filter or page size, or none at all", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const client = yield* PolarClient
      yield* control.seed("polar", 50)
      const cursor = Option.getOrThrow((yield* customers.list({ pageSize: 10 })).next)
      const content = JSON.parse(new TextDecoder().decode(
        Encoding.decodeBase64Url(cursor).pipe((decoded) => decoded._tag === "Right" ? decoded.right : new Uint8Array())
      )) as object
      const forged = (change: object) => Encoding.encodeBase64Url(JSON.stringify({ ...content, ...change }))
      const asked = yield* pagesAsked
      for (
        const cursor of [
          forged({ provider: "mollie" }),
          forged({ list: "payments" }),
          forged({ filters: 1 }),
          forged({ place: { page: "2", total: 50 } }),
          "garbage",
          ""
        ]
      ) {
        expect(yield* refusal(customers.list({ cursor }))).toContain("polar list: invalid cursor (")
        expect(yield* refusal(Stream.runDrain(customers.stream({ from: cursor })))).toContain(
          "polar list: invalid from ("
        )
      }
      expect(yield* refusal(customers.list({ cursor, pageSize: 20 }))).toContain("polar list: invalid cursor (")
      expect(yield* refusal(Stream.runDrain(client.stream({ query: "a" }, { from: cursor })))).toBe(
        "polar list: invalid from (it was made for another filter)"
      )
      expect(yield* pagesAsked).toEqual(asked)
    }).pipe(Effect.provide(inProcess())))

  it.effect("ids in a cursor are hashed, e-mails are not in it", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const client = yield* PolarClient
      yield* control.seed("polar", Array.from({ length: 3 }, (_, i) => ({ email: `x${i}@example.com`, name: "Ada" })))
      const pages = yield* Stream.runCollect(
        client.streamPages({ query: "ada", email: "x1@example.com" }, { pageSize: 1 })
      )
      expect(Chunk.size(pages)).toBe(1)
      const [page] = yield* Stream.runCollect(client.streamPages({ query: "ada" }, { pageSize: 1 }))
      const text = new TextDecoder().decode(
        Encoding.decodeBase64Url(Option.getOrThrow(page!.next)).pipe((decoded) =>
          decoded._tag === "Right" ? decoded.right : new Uint8Array()
        )
      )
      expect(text).toContain("\"polar\"")
      expect(text).not.toContain(page!.items[0]!.id)
      expect(text).not.toContain("ada")
    }).pipe(Effect.provide(inProcess())))
})
