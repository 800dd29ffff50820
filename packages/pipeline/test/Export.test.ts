import { AuthenticationFailed, CustomersService, InvalidResponse, ProviderUnavailable } from "@effect-customers/core"
import { CustomersExport } from "@effect-customers/pipeline"
import { CustomersFaults, CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Context, Effect, FastCheck as fc, Fiber, Layer, Option, Schema, Stream } from "effect"
import { directory, type Format, formats, onDisk, rowOf } from "./exports.js"

const people = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => ({
    id: `cus_${from + index}`,
    email: `person${from + index}@example.com`,
    name: index % 3 === 0 ? `Zoë "${index}", 王\r\n=1+1` : `Person ${index}`,
    ...(index % 2 === 0 ? { address: { line1: "1, High Street", country: "GB" } } : {}),
    metadata: { plan: "pro", nested: { "a,b": ["ü", null, 1.5, ""] } }
  }))

const everybody = Effect.flatMap(CustomersService, (customers) =>
  Stream.runCollect(customers.streamPages()).pipe(
    Effect.map((pages) => Chunk.toArray(pages)),
    Effect.map((pages) => ({
      rows: pages.flatMap(({ items }) => items.map(rowOf)),
      unreadable: pages.flatMap(({ unreadable }) => unreadable)
    }))
  ))

const progress = (format: Format, path: string, options?: CustomersExport.Options) =>
  Effect.map(Stream.runCollect(CustomersExport.run(format.open(path), options)), (all) => Chunk.toArray(all))

const contents = (format: Format, path: string) =>
  Effect.all({ rows: format.rows(path), unreadable: format.unreadable(path) })

const unreadable: typeof InMemoryCustomers.unreadable = InMemoryCustomers.unreadable

/** Pages of 3: the third has nobody who can be read, the fourth one row of each kind. */
const seeds: InMemoryCustomers.Options<true, true>["customers"] = [
  ...people(6),
  unreadable,
  unreadable,
  unreadable,
  ...people(2, 7),
  unreadable,
  ...people(9, 9)
]

const customers = InMemoryCustomers.layer({ customers: seeds })

/** The same, a page a millisecond. */
const inTime = Layer.map(customers, (context) => {
  const service = Context.get(context, CustomersService)
  return Context.make(CustomersService, {
    ...service,
    streamPages: (options) => Stream.tap(service.streamPages(options), () => Effect.sleep("1 millis"))
  })
})

describe.each(formats)("an export into $name", (format) => {
  it.effect("has everybody once, in pages that it tells of", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      const states = yield* progress(format, path, { pageSize: 3 })
      expect(states.map(({ customers, done, pages, total, unreadable }) => [pages, customers, unreadable, done, total]))
        .toEqual([
          [0, 0, 0, false, Option.none()],
          [1, 3, 0, false, Option.some(21)],
          [2, 6, 0, false, Option.some(21)],
          [3, 6, 3, false, Option.some(21)],
          [4, 8, 4, false, Option.some(21)],
          [5, 11, 4, false, Option.some(21)],
          [6, 14, 4, false, Option.some(21)],
          [7, 17, 4, true, Option.some(21)]
        ])
      expect(states.map(({ next }) => Option.isSome(next))).toEqual([false, true, true, true, true, true, true, false])
      const { rows } = yield* everybody
      expect(yield* format.rows(path)).toEqual(rows)
      const kept = yield* format.unreadable(path)
      expect(kept.map((row) => Schema.decodeUnknownSync(InvalidResponse)(row).issues[0]?.path)).toEqual([
        "items.0",
        "items.1",
        "items.2",
        "items.2"
      ])
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("that is finished asks for nothing and says so", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      const last = (yield* progress(format, path)).at(-1)
      const before = yield* contents(format, path)
      const { calls } = yield* CustomersRecorder
      const asked = (yield* calls).length
      expect(yield* progress(format, path, { pageSize: 7 })).toEqual([{ ...last, total: Option.none() }])
      expect((yield* calls).length).toBe(asked)
      expect(yield* contents(format, path)).toEqual(before)
    }).pipe(onDisk, Effect.provide(CustomersRecorder.record(customers))))

  it.effect("goes on where the provider failed, with the page size that it began with", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      const error = yield* Effect.flip(progress(format, path, { pageSize: 3 }))
      expect(error).toBeInstanceOf(ProviderUnavailable)
      expect((yield* format.rows(path)).length).toBe(6)
      const states = yield* progress(format, path, { pageSize: 50 })
      expect(states.map(({ customers, pages }) => [pages, customers])).toEqual([
        [2, 6],
        [3, 6],
        [4, 8],
        [5, 11],
        [6, 14],
        [7, 17]
      ])
      expect(states.every(({ pageSize }) => pageSize === 3)).toBe(true)
      expect(yield* format.rows(path)).toEqual((yield* everybody).rows)
      expect((yield* format.unreadable(path)).length).toBe(4)
    }).pipe(
      onDisk,
      Effect.provide(
        customers.pipe(CustomersFaults.failNth("streamPages", 1, (call) => new ProviderUnavailable(call), { after: 2 }))
      )
    ))

  it.effect("is the same, wherever it was stopped", () =>
    Effect.gen(function*() {
      const whole = `${yield* directory}/customers`
      yield* progress(format, whole, { pageSize: 3 })
      const expected = yield* contents(format, whole)
      const runtime = yield* Effect.runtime<CustomersService>()
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }), (stops) =>
            Effect.gen(function*() {
              const path = `${yield* directory}/customers`
              for (const pages of stops) {
                yield* Stream.runDrain(Stream.take(CustomersExport.run(format.open(path), { pageSize: 3 }), pages))
              }
              yield* progress(format, path, { pageSize: 3 })
              expect(yield* contents(format, path)).toEqual(expected)
            }).pipe(onDisk, Effect.provide(runtime), Effect.runPromise)),
          { numRuns: 8, seed: 1 }
        )
      )
    }).pipe(onDisk, Effect.provide(customers)))

  it.live("is the same, whenever it was interrupted", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      const seen = new Set<number>()
      for (let runs = 0; runs < 500; runs++) {
        const fiber = yield* Effect.fork(progress(format, path, { pageSize: 1 }))
        yield* Effect.sleep(`${runs % 7} millis`)
        yield* Fiber.interrupt(fiber)
        const rows = yield* Effect.orElseSucceed(format.rows(path), () => [])
        seen.add(rows.length)
        if (rows.length === 17) break
      }
      expect(seen.size).toBeGreaterThan(4)
      expect((yield* progress(format, path)).at(-1)?.done).toBe(true)
      expect(yield* format.rows(path)).toEqual((yield* everybody).rows)
      expect((yield* format.unreadable(path)).length).toBe(4)
    }).pipe(onDisk, Effect.provide(inTime)))

  it.effect("of nobody is finished too", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      for (const states of [[false, true], [true]]) {
        expect((yield* progress(format, path)).map(({ done }) => done)).toEqual(states)
        expect(yield* format.rows(path)).toEqual([])
      }
    }).pipe(onDisk, Effect.provide(InMemoryCustomers.layer())))

  it.effect("begins anew on demand, once the provider answers", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      yield* progress(format, path, { pageSize: 3 }).pipe(Effect.provide(customers))
      const before = yield* contents(format, path)
      const refused = InMemoryCustomers.layer().pipe(
        CustomersFaults.failNth("streamPages", 1, (call) => new AuthenticationFailed(call))
      )
      const again = progress(format, path, { pageSize: 2, restart: true })
      expect(yield* Effect.flip(Effect.provide(again, refused))).toBeInstanceOf(AuthenticationFailed)
      expect(yield* contents(format, path)).toEqual(before)

      yield* Effect.gen(function*() {
        const states = yield* again
        expect(states.map(({ customers, pageSize, pages }) => [pages, customers, pageSize])).toEqual([
          [0, 0, 2],
          [1, 2, 2],
          [2, 3, 2]
        ])
        expect(yield* contents(format, path)).toEqual({ rows: (yield* everybody).rows, unreadable: [] })
      }).pipe(Effect.provide(InMemoryCustomers.layer({ customers: people(3, 100) })))
    }).pipe(onDisk))

  it.effect("keeps no page size that the provider refuses", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      const error = yield* Effect.flip(progress(format, path, { pageSize: 1000 }))
      expect(error).toMatchObject({ _tag: "InvalidRequest", issues: [{ path: "pageSize" }] })
      expect((yield* progress(format, path, { pageSize: 100 })).at(-1)?.customers).toBe(17)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("does not end in a directory that is not there", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/nowhere/customers`
      const error = yield* Effect.flip(progress(format, path))
      expect(error).toMatchObject({ _tag: "ExportFailed", path, reason: "NotFound" })
      const { calls } = yield* CustomersRecorder
      expect(yield* calls).toEqual([])
    }).pipe(onDisk, Effect.provide(CustomersRecorder.record(customers))))
})

it("a checkpoint is plain JSON", () => {
  const checkpoint: CustomersExport.Checkpoint = {
    provider: "polar",
    pageSize: 100,
    next: Option.none(),
    done: true,
    pages: 3,
    customers: 201,
    unreadable: 1
  }
  const json = Schema.encodeSync(CustomersExport.Checkpoint)(checkpoint)
  expect(json).toEqual({ ...checkpoint, next: null })
  expect(Schema.decodeSync(CustomersExport.Checkpoint)(JSON.parse(JSON.stringify(json)))).toEqual(checkpoint)
})
