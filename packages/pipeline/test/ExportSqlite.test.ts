import { Customer, CustomerId, CustomersService } from "@effect-customers/core"
import { CustomersExport } from "@effect-customers/pipeline"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { CustomersArbitrary, CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
import { FileSystem } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Context, type Duration, Effect, FastCheck as fc, Fiber, Layer, Option, Stream, TestClock } from "effect"
import { readdirSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import * as Internal from "../src/internal/sqlite.js"
import { directory, onDisk, query, type Row, rowOf, sqlite } from "./exports.js"

const seeds = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => ({
    id: `cus_${from + index}`,
    email: `person${from + index}@example.com`,
    metadata: { plan: index % 2 === 0 ? "pro" : "free" }
  }))

const customers = InMemoryCustomers.layer({ customers: [...seeds(3), InMemoryCustomers.unreadable, ...seeds(2, 4)] })

const providerOf = (provider: string, count: number) =>
  InMemoryCustomers.layer({ provider, customers: seeds(count).map((seed) => ({ ...seed, name: provider })) })

const run = (path: string, options?: CustomersExport.Options) =>
  Effect.map(
    Stream.runCollect(CustomersExport.run(Sqlite.target(path), { pageSize: 2, ...options })),
    (states) => Chunk.toArray(states)
  )

const start: CustomersExport.Checkpoint = {
  provider: "in-memory",
  pageSize: 2,
  next: Option.none(),
  done: false,
  pages: 0,
  customers: 0,
  unreadable: 0
}

const page = { next: Option.none(), total: Option.none(), unreadable: [] }

const counts = (path: string) =>
  query(path, "SELECT provider, count(*) AS count FROM customers GROUP BY provider ORDER BY provider")

describe("the database", () => {
  it.effect("is there to be asked", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* run(path)
      expect(yield* query(path, "SELECT id, email FROM customers WHERE metadata ->> 'plan' = 'pro' ORDER BY id"))
        .toEqual([
          { id: "cus_1", email: "person1@example.com" },
          { id: "cus_3", email: "person3@example.com" },
          { id: "cus_4", email: "person4@example.com" }
        ])
      expect(
        yield* query(path, "SELECT provider, page, error ->> '$.issues[0].path' AS path FROM customers_unreadable")
      )
        .toEqual([{ provider: "in-memory", page: 2, path: "items.1" }])
      expect(yield* query(path, "SELECT * FROM customers_exports")).toEqual([
        { provider: "in-memory", page_size: 2, next: null, done: 1, pages: 3, customers: 5, unreadable: 1 }
      ])
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is its owner's alone", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* run(path)
      const fs = yield* FileSystem.FileSystem
      expect(((yield* fs.stat(path)).mode & 0o777).toString(8)).toBe("600")
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("may be called what it likes", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      const name = "100% of ünique #customers?mode=memory&x.db"
      yield* run(`${folder}/${name}`)
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readDirectory(folder)).toEqual([name])
      expect((yield* run(`${folder}/${name}`)).map(({ customers, done }) => [customers, done])).toEqual([[5, true]])
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("holds whatever a customer has", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      const target = yield* Sqlite.target(path)
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(fc.array(CustomersArbitrary.customer, { minLength: 1, maxLength: 30 }), (all) =>
            Effect.gen(function*() {
              const items = all.map((customer, index) =>
                new Customer({ ...customer, id: CustomerId.make(`${index}`), name: Option.some(`${index}'"\0;`) })
              )
              yield* Effect.forEach([
                "in-memory",
                ...new Set(items.map(({ provider }) => provider))
              ], (provider) =>
                target.begin({ ...start, provider }))
              yield* target.write({ ...page, items }, { ...start, pages: 1 })
              const rows: ReadonlyArray<Row> = items.map((customer) => ({
                ...rowOf(customer),
                name: `${customer.id}'"\uFFFD;`
              }))
              const found = yield* sqlite.rows(path)
              expect(found.filter((row) => rows.some(({ provider }) => provider === row["provider"]))).toEqual(rows)
            }).pipe(onDisk, Effect.runPromise)),
          { numRuns: 20, seed: 3 }
        )
      )
    }).pipe(onDisk))

  it.effect("takes a page of thousands with all its columns", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      const target = yield* Sqlite.target(path)
      const service = yield* CustomersService
      const [ada] = (yield* service.list()).items
      const items = Array.from(
        { length: 2500 },
        (_, index) => new Customer({ ...ada!, id: CustomerId.make(`cus_${index}`) })
      )
      yield* target.begin(start)
      yield* target.write({ ...page, items }, { ...start, pages: 1 })
      expect(yield* counts(path)).toEqual([{ provider: "in-memory", count: 2500 }])
    }).pipe(onDisk, Effect.provide(customers)))
})

describe("several providers", () => {
  it.effect("go into one database, and begin anew one by one", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* Effect.provide(run(path), providerOf("polar", 5))
      yield* Effect.provide(run(path), providerOf("mollie", 3))
      expect(yield* counts(path)).toEqual([{ provider: "mollie", count: 3 }, { provider: "polar", count: 5 }])
      yield* Effect.provide(run(path, { restart: true }), providerOf("polar", 2))
      expect(yield* counts(path)).toEqual([{ provider: "mollie", count: 3 }, { provider: "polar", count: 2 }])
    }).pipe(onDisk))

  it.live("at once", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      const names = ["autumn", "flexprice", "mollie", "pin-payments", "polar"]
      yield* Effect.forEach(
        names,
        (name) => Effect.provide(run(path), providerOf(name, 9)),
        { concurrency: "unbounded" }
      )
      expect(yield* counts(path)).toEqual(names.map((provider) => ({ provider, count: 9 })))
    }).pipe(onDisk))

  it.effect("leave no connections behind", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      const open: Array<number> = []
      yield* Stream.runForEach(
        CustomersExport.run(Sqlite.target(path), { pageSize: 1 }),
        () => Effect.sync(() => open.push(readdirSync("/dev/fd").length))
      )
      expect(open.length).toBe(21)
      expect(Math.max(...open) - open[0]!).toBeLessThan(5)
    }).pipe(onDisk, Effect.provide(providerOf("polar", 20))))
})

const firstPage = (path: string) =>
  Stream.runDrain(Stream.take(CustomersExport.run(Sqlite.target(path), { pageSize: 2 }), 2))

describe("who else is at the database", () => {
  const other = (path: string) =>
    Effect.map(Layer.build(LibsqlClient.layer({ url: `file:${path}` })), Context.get(SqlClient.SqlClient))

  it.live("is waited for, whether it reads, writes or lets nobody in", () =>
    Effect.gen(function*() {
      for (const mode of ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]) {
        const path = `${yield* directory}/customers.db`
        yield* firstPage(path)
        const sql = yield* other(path)
        yield* sql.unsafe(`BEGIN ${mode}`)
        yield* sql`SELECT * FROM customers`
        const running = yield* Effect.fork(run(path))
        yield* Effect.sleep("150 millis")
        expect(yield* Fiber.poll(running)).toEqual(Option.none())
        yield* sql`COMMIT`
        expect((yield* Fiber.join(running)).at(-1)?.customers).toBe(5)
        // and nothing is left locked
        yield* sql`BEGIN EXCLUSIVE`
        yield* sql`COMMIT`
      }
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is waited for 30 seconds", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* firstPage(path)
      const sql = yield* other(path)
      yield* sql`BEGIN IMMEDIATE`
      const running = yield* Effect.fork(Effect.flip(run(path)))
      const passes = (time: Duration.DurationInput) =>
        Effect.zipRight(Effect.promise(() => setTimeout(20)), TestClock.adjust(time))
      yield* passes("20 seconds")
      expect(yield* Fiber.poll(running)).toEqual(Option.none())
      yield* Effect.forkScoped(Effect.forever(passes("20 seconds")))
      const error = yield* Fiber.join(running)
      expect(error).toMatchObject({ path, reason: "Busy", detail: "SQLITE_BUSY" })
      yield* sql`ROLLBACK`
      expect((yield* run(path)).map(({ customers }) => customers)).toEqual([2, 3, 5])
    }).pipe(onDisk, Effect.provide(customers)))
})

it.live("a transaction that had to wait is carried out once", () =>
  Effect.gen(function*() {
    const path = `${yield* directory}/shared.db`
    const sql = yield* Internal.open(path)
    yield* sql`CREATE TABLE times (time INTEGER)`
    const database = yield* Internal.share(path)
    let times = 0
    yield* sql`BEGIN IMMEDIATE`
    const writing = yield* Effect.fork(
      database.write((sql) => Effect.suspend(() => Effect.asVoid(sql`INSERT INTO times VALUES (${++times})`)))
    )
    yield* Effect.sleep("60 millis")
    yield* sql`COMMIT`
    yield* Fiber.join(writing)
    expect(yield* sql`SELECT time FROM times`).toEqual([{ time: 1 }])
  }).pipe(onDisk))

describe("nothing is spoilt", () => {
  it.effect("by two runs at once", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* firstPage(path)
      // the second goes by while the first has its first page in hand
      const first = Stream.tap(CustomersExport.run(Sqlite.target(path)), () => run(path))
      expect(yield* Effect.flip(Stream.runDrain(first))).toMatchObject({ path, reason: "Changed" })
      expect((yield* run(path)).at(-1)).toMatchObject({ done: true, customers: 5, unreadable: 1 })
      expect(yield* counts(path)).toEqual([{ provider: "in-memory", count: 5 }])
      expect((yield* query(path, "SELECT page FROM customers_unreadable")).length).toBe(1)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("by one that goes on while another begins anew", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* firstPage(path)
      const target = yield* Sqlite.target(path)
      yield* target.begin(start)
      yield* target.write({ ...page, items: [] }, { ...start, pages: 1 })
      yield* target.begin(start)
      expect(yield* Effect.flip(target.write({ ...page, items: [] }, { ...start, pages: 2 }))).toMatchObject({
        reason: "Changed"
      })
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("by a page that cannot be written", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      const service = yield* CustomersService
      const { items: [ada, grace] } = yield* service.list()
      const target = yield* Sqlite.target(path)
      yield* target.begin(start)
      const nobody = new Customer({ ...grace!, metadata: undefined as never }, true)
      const error = yield* Effect.flip(target.write({ ...page, items: [ada!, nobody] }, { ...start, pages: 1 }))
      expect(error).toMatchObject({ path, reason: "NotWritable", detail: "SQLITE_CONSTRAINT_NOTNULL" })
      expect(`${error} ${JSON.stringify(error)}`).not.toContain("@")
      expect(yield* counts(path)).toEqual([])
      expect(yield* target.checkpoint("in-memory")).toEqual(Option.some(start))
      yield* target.write({ ...page, items: [ada!, grace!] }, { ...start, pages: 1 })
      expect(yield* counts(path)).toEqual([{ provider: "in-memory", count: 2 }])
    }).pipe(onDisk, Effect.provide(customers)))

  const refusal = (path: string, options?: CustomersExport.Options) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const before = yield* fs.readFile(path)
      const error = yield* Effect.flip(run(path, options))
      expect(yield* fs.readFile(path)).toEqual(before)
      const { calls } = yield* CustomersRecorder
      expect(yield* calls).toEqual([])
      return error
    }).pipe(Effect.provide(CustomersRecorder.record(customers)))

  it.effect("of another program's tables, whatever is asked for", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/shop.db`
      yield* query(path, "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)")
      yield* query(path, "INSERT INTO customers (email) VALUES ('ada@example.com')")
      for (const restart of [false, true]) {
        expect(yield* refusal(path, { restart })).toMatchObject({
          path,
          reason: "NotAnExport",
          detail: "the table customers is another"
        })
      }
    }).pipe(onDisk))

  it.effect("of rows without a checkpoint, unless it is to begin anew", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* Effect.provide(run(path), customers)
      yield* query(path, "DELETE FROM customers_exports")
      expect(yield* refusal(path)).toMatchObject({ path, reason: "NotAnExport", detail: "rows of in-memory" })
      yield* Effect.provide(run(path, { restart: true }), customers)
      expect(yield* counts(path)).toEqual([{ provider: "in-memory", count: 5 }])
    }).pipe(onDisk))

  it.effect("of a checkpoint that cannot be read", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.db`
      yield* Effect.provide(run(path), customers)
      yield* query(path, "UPDATE customers_exports SET pages = 'ada@example.com'")
      const error = yield* refusal(path)
      expect(error).toMatchObject({ path, reason: "BadCheckpoint" })
      expect(`${error} ${JSON.stringify(error)}`).not.toContain("@")
    }).pipe(onDisk))

  it.effect("of a file that is no database", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.csv`
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(path, "id,email\r\n".repeat(200))
      expect(yield* refusal(path)).toMatchObject({ path, reason: "NotReadable", detail: "SQLITE_NOTADB" })
      const folder = yield* directory
      expect(yield* Effect.flip(run(folder)).pipe(Effect.provide(customers))).toMatchObject({
        reason: "NotWritable",
        detail: "EISDIR"
      })
    }).pipe(onDisk))
})
