import { Customer } from "@effect-customers/core"
import { LibsqlClient } from "@effect/sql-libsql"
import { SqlClient } from "@effect/sql"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, DateTime, Effect, Option, Schema, Stream, TestClock } from "effect"
import * as SqliteLedger from "../src/internal/sqliteLedger.js"
import * as Ledger from "../src/Ledger.js"
import * as path from "node:path"
import { start } from "./childProcess.js"

const beginning = (key: string, externalId?: string): Ledger.Beginning => ({
  key,
  externalId: Option.fromNullable(externalId),
  fingerprint: `print of ${key}`
})

const customer = (id: string, createdAt = 0): Pick<Customer, "id" | "createdAt"> => ({
  id: Schema.decodeSync(Customer.fields.id)(id),
  createdAt: DateTime.unsafeMake(createdAt)
})

const temporary = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) => Effect.map(fs.makeTempDirectoryScoped(), (directory) => `${directory}/ledger ü?#%.db`)
)

const sqlite = Effect.flatMap(temporary, SqliteLedger.make)

const begunOf = (ledger: Ledger.Ledger, target: string) =>
  ledger.begun(target).pipe(
    Stream.map(({ key, sourceId }) => [sourceId, key]),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

describe.each([
  ["memory", Ledger.memory],
  ["SQLite", sqlite]
])("%s", (_, open) => {
  it.scoped("begins once", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      expect(yield* ledger.get("polar", "a")).toEqual(Option.none())
      yield* TestClock.setTime(1_700_000_000_123)
      expect(yield* ledger.begin("polar", "a", beginning("k1", "ext"))).toBe(true)
      const begun = {
        target: "polar",
        sourceId: "a",
        state: "begun",
        targetId: Option.none(),
        key: "k1",
        externalId: Option.some("ext"),
        fingerprint: "print of k1",
        begunAt: DateTime.unsafeMake(1_700_000_000_123)
      }
      expect(yield* ledger.get("polar", "a")).toEqual(Option.some(begun))
      yield* TestClock.adjust("1 hour")
      expect(yield* ledger.begin("polar", "a", beginning("k2"))).toBe(false)
      expect(yield* ledger.get("polar", "a")).toEqual(Option.some(begun))
      // of another target it is another entry
      expect(yield* ledger.begin("mollie", "a", beginning("k3"))).toBe(true)
      expect(yield* ledger.begin("polar", "A", beginning("k4"))).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("of many who begin at once, one does", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      const began = yield* Effect.all(
        Array.from({ length: 20 }, (_, index) => ledger.begin("polar", "a", beginning(`k${index}`))),
        { concurrency: "unbounded" }
      )
      expect(began.filter((began) => began)).toEqual([true])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("what is done is not begun, and forgets what it was found by", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      yield* ledger.begin("polar", "a", beginning("k1", "ext"))
      expect(yield* ledger.hasTarget("polar", "cus_1")).toBe(false)
      yield* ledger.done("polar", "a", customer("cus_1"))
      expect(yield* ledger.hasTarget("polar", "cus_1")).toBe(true)
      expect(yield* ledger.hasTarget("mollie", "cus_1")).toBe(false)
      expect(yield* ledger.begin("polar", "a", beginning("k2"))).toBe(false)
      expect(Option.getOrThrow(yield* ledger.get("polar", "a"))).toMatchObject({
        state: "done",
        targetId: Option.some("cus_1"),
        key: "k1",
        externalId: Option.none(),
        fingerprint: ""
      })
      expect(yield* begunOf(ledger, "polar")).toEqual([])
      // a mapping that is known from elsewhere
      yield* ledger.done("polar", "b", customer("cus_2"))
      expect(yield* ledger.begin("polar", "b", beginning("k3"))).toBe(false)
      expect(yield* ledger.hasTarget("polar", "cus_2")).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("forgets what was begun, and not what is done", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      yield* ledger.forget("polar", "nobody")
      yield* ledger.begin("polar", "a", beginning("k1"))
      yield* ledger.begin("mollie", "a", beginning("k1"))
      yield* ledger.forget("polar", "a")
      expect(yield* ledger.get("polar", "a")).toEqual(Option.none())
      expect(Option.isSome(yield* ledger.get("mollie", "a"))).toBe(true)
      expect(yield* ledger.begin("polar", "a", beginning("k2"))).toBe(true)
      yield* ledger.done("polar", "a", customer("cus_1"))
      yield* ledger.forget("polar", "a")
      expect(Option.isSome(yield* ledger.get("polar", "a"))).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("lists what is begun, oldest first, of one target", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      for (const sourceId of ["c", "a", "d", "b"]) {
        yield* ledger.begin("polar", sourceId, beginning(`k${sourceId}`))
        yield* TestClock.adjust("1 second")
      }
      yield* ledger.begin("mollie", "e", beginning("ke"))
      yield* ledger.done("polar", "a", customer("cus_1"))
      expect(yield* begunOf(ledger, "polar")).toEqual([["c", "kc"], ["d", "kd"], ["b", "kb"]])
      // by a clock that was set back meanwhile
      yield* TestClock.setTime(0)
      yield* ledger.begin("polar", "f", beginning("kf"))
      yield* ledger.done("polar", "c", customer("cus_2"))
      expect(yield* begunOf(ledger, "polar")).toEqual([["f", "kf"], ["d", "kd"], ["b", "kb"]])
      expect(yield* begunOf(ledger, "autumn")).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("knows how far the target's clock is ahead at least", () =>
    Effect.gen(function*() {
      const ledger = yield* open
      yield* TestClock.setTime(1_000_000)
      expect(yield* ledger.clockAhead("polar")).toEqual(Option.none())
      for (const [sourceId, createdAt] of [["a", 1_000_500], ["b", 990_000], ["c", 1_000_200]] as const) {
        yield* ledger.begin("polar", sourceId, beginning("k"))
        yield* ledger.done("polar", sourceId, customer(`cus_${sourceId}`, createdAt))
      }
      expect(yield* ledger.clockAhead("polar")).toEqual(Option.some(-10_000))
      // what was never begun says nothing of it
      yield* ledger.done("mollie", "a", customer("cst_a", 5))
      expect(yield* ledger.clockAhead("mollie")).toEqual(Option.none())
      // nor does who was not created for an entry
      yield* ledger.begin("polar", "d", beginning("k"))
      yield* ledger.done("polar", "d", { id: "cus_d" })
      expect(yield* ledger.clockAhead("polar")).toEqual(Option.some(-10_000))
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("a file", () => {
  it.scoped("holds what was written, one file at rest, for its owner alone", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporary
      const use = <A, E>(f: (ledger: Ledger.Ledger) => Effect.Effect<A, E>) =>
        Effect.scoped(Effect.flatMap(SqliteLedger.make(path), f))
      yield* use((ledger) => ledger.begin("polar", "a", beginning("ka", "ext")))
      yield* use((ledger) => ledger.done("polar", "a", customer("cus_1")))
      yield* use((ledger) => ledger.begin("polar", "b", beginning("kb")))
      expect(yield* use((ledger) => ledger.hasTarget("polar", "cus_1"))).toBe(true)
      expect(yield* use((ledger) => begunOf(ledger, "polar"))).toEqual([["b", "kb"]])
      const directory = path.slice(0, path.lastIndexOf("/"))
      expect(yield* fs.readDirectory(directory)).toEqual(["ledger ü?#%.db"])
      expect(Number((yield* fs.stat(path)).mode) & 0o777).toBe(0o600)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("is written through to the disk", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const ledger = yield* SqliteLedger.make(path)
      expect(yield* ledger.begin("polar", "a", beginning("k"))).toBe(true)
      const fs = yield* FileSystem.FileSystem
      // its log has it before it returns
      const log = yield* fs.readFile(`${path}-wal`)
      expect(Buffer.from(log).includes("print of k")).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("is one wherever it is, and whatever it is called", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const relative = `${path.relative(process.cwd(), directory)}`
      for (
        const name of [`/${directory}/a.db`, `${relative}/:memory:`, `${relative}/../${path.basename(directory)}/c.db`]
      ) {
        const use = <A, E>(f: (ledger: Ledger.Ledger) => Effect.Effect<A, E>) =>
          Effect.scoped(Effect.flatMap(SqliteLedger.make(name), f))
        yield* use((ledger) => ledger.begin("polar", "a", beginning("ka")))
        expect(yield* use((ledger) => begunOf(ledger, "polar"))).toEqual([["a", "ka"]])
      }
      expect((yield* fs.readDirectory(directory)).sort()).toEqual([":memory:", "a.db", "c.db"])
    }).pipe(Effect.provide(NodeContext.layer)))

  const failureOf = (path: string) => Effect.scoped(Effect.flip(SqliteLedger.make(path)))

  it.scoped("that is no ledger is refused, and left as it is", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* temporary
      const failure = { _tag: "LedgerFailed", path, reason: "NotALedger", message: `ledger ${path}: it is no ledger` }
      const text = "a letter to ada@example.com\n".repeat(200)
      yield* fs.writeFileString(path, text)
      expect(yield* failureOf(path)).toMatchObject(failure)
      expect(yield* fs.readFileString(path)).toBe(text)

      yield* fs.remove(path)
      yield* withClient(path, (sql) => sql`CREATE TABLE customers (id TEXT)`)
      const before = yield* fs.readFile(path)
      expect(yield* failureOf(path)).toMatchObject(failure)
      expect(yield* fs.readFile(path)).toEqual(before)
      // and nobody is kept from it
      yield* withClient(path, (sql) => sql`INSERT INTO customers VALUES ('a')`)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("of a newer version is refused", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* Effect.scoped(SqliteLedger.make(path))
      yield* withClient(path, (sql) => sql`PRAGMA user_version = 2`)
      expect(yield* failureOf(path)).toMatchObject({
        reason: "NewerVersion",
        message: `ledger ${path}: a newer version of this package has written it`
      })
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("that cannot be opened says so", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/nowhere/ledger.db`
      expect(yield* failureOf(path)).toMatchObject({ reason: "NotOpened" })
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("whose entries cannot be read says so", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* Effect.scoped(Effect.flatMap(SqliteLedger.make(path), (l) => l.begin("polar", "a", beginning("k"))))
      yield* withClient(path, (sql) => sql`UPDATE entries SET begun_at = 'ada@example.com'`)
      const ledger = yield* SqliteLedger.make(path)
      const errors = [yield* Effect.flip(ledger.get("polar", "a")), yield* Effect.flip(begunOf(ledger, "polar"))]
      expect(errors.map(({ message }) => message)).toEqual(Array(2).fill(`ledger ${path}: it cannot be read`))
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("is used by one process at a time, until that is gone, however it goes", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const first = yield* start("ledgerProcess.ts", [path])
      expect(yield* first.line).toBe("open")
      const second = yield* start("ledgerProcess.ts", [path])
      expect(yield* second.line).toBe(`ledger ${path}: another process uses it, or another run of this one`)
      expect(yield* second.exit).toBe(0)
      expect(yield* failureOf(path)).toMatchObject({ reason: "Busy" })
      yield* first.kill
      const ledger = yield* SqliteLedger.make(path)
      expect(yield* begunOf(ledger, "polar")).toEqual([["held", "k"]])
      // and this one keeps others out
      const third = yield* start("ledgerProcess.ts", [path])
      expect(yield* third.line).toBe(`ledger ${path}: another process uses it, or another run of this one`)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("cannot be opened twice by one process", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* SqliteLedger.make(path)
      expect(yield* failureOf(path)).toMatchObject({ reason: "Busy" })
    }).pipe(Effect.provide(NodeContext.layer)))
})

const withClient = <A, E>(path: string, f: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.flatMap(SqlClient.SqlClient, f).pipe(
    Effect.provide(LibsqlClient.layer({ url: `file:${path.split("/").map(encodeURIComponent).join("/")}` }))
  )
