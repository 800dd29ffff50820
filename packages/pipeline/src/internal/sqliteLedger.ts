import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import type { SqlError } from "@effect/sql/SqlError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Entry, type Ledger, LedgerFailed } from "../Ledger.js"
import * as Sqlite from "./sqlite.js"
import { codeOf } from "./systemCode.js"

/** What tells a ledger from other SQLite files: `ECle`. */
const applicationId = 0x45436c65

const version = 1

const Row = Schema.Struct({
  target: Schema.String,
  sourceId: Schema.String,
  targetId: Schema.OptionFromNullOr(Schema.String),
  key: Schema.String,
  externalId: Schema.OptionFromNullOr(Schema.String),
  fingerprint: Schema.String,
  begunAt: Schema.DateTimeUtcFromNumber
})

const entriesOf = (rows: unknown) =>
  Effect.map(
    Schema.decodeUnknown(Schema.Array(Row))(rows),
    (rows) => rows.map((row): Entry => ({ ...row, state: Option.isSome(row.targetId) ? "done" : "begun" }))
  )

/** @internal */
export const make = (
  filename: string
): Effect.Effect<Ledger, LedgerFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fail = (reason: LedgerFailed["reason"]) => new LedgerFailed({ path: filename, reason })
    const failing = (reason: LedgerFailed["reason"]) => (error: PlatformError | SqlError) =>
      fail(Sqlite.isBusy(error) ? "Busy" : codeOf(error) === "SQLITE_NOTADB" ? "NotALedger" : reason)
    const read = Effect.mapError(failing("NotReadable"))
    const write = Effect.mapError(failing("NotWritable"))

    const sql = yield* Effect.mapError(Sqlite.open(filename), failing("NotOpened"))
    // a lock is kept by a connection that is closed, until it is collected; this gives it up
    yield* Effect.addFinalizer(() =>
      Effect.ignore(Effect.all([sql`PRAGMA locking_mode = NORMAL`, sql`SELECT count(*) FROM sqlite_master`]))
    )
    yield* read(sql`PRAGMA locking_mode = EXCLUSIVE`)

    const [about] = yield* read(sql<{ readonly id: number; readonly version: number; readonly tables: number }>`
      SELECT application_id AS id, user_version AS version, (SELECT count(*) FROM sqlite_master) AS tables
      FROM pragma_application_id, pragma_user_version`)
    const isNew = about?.id === 0 && about.version === 0 && about.tables === 0
    if (!isNew && about?.id !== applicationId) return yield* fail("NotALedger")
    if (about.version > version) return yield* fail("NewerVersion")

    // the log is folded into the file at the end, so that at rest a ledger is one file
    yield* write(sql`PRAGMA journal_mode = WAL`)
    yield* Effect.addFinalizer(() => Effect.ignore(sql`PRAGMA journal_mode = DELETE`))
    yield* write(sql`PRAGMA synchronous = FULL`)
    // first of all, so that what is cut off in the middle is still known as a ledger
    if (isNew) yield* write(sql`${sql.literal(`PRAGMA application_id = ${applicationId}`)}`)
    yield* write(sql`CREATE TABLE IF NOT EXISTS entries (
      target TEXT NOT NULL,
      source_id TEXT NOT NULL,
      target_id TEXT,
      target_created_at INTEGER,
      key TEXT NOT NULL,
      external_id TEXT,
      fingerprint TEXT NOT NULL,
      begun_at INTEGER NOT NULL,
      PRIMARY KEY (target, source_id)
    ) WITHOUT ROWID`)
    yield* write(sql`CREATE INDEX IF NOT EXISTS entries_begun ON entries (target, begun_at) WHERE target_id IS NULL`)
    yield* write(sql`CREATE INDEX IF NOT EXISTS entries_target ON entries (target, target_id)`)
    yield* write(sql`${sql.literal(`PRAGMA user_version = ${version}`)}`)

    const entries = (statement: Effect.Effect<unknown, SqlError>) =>
      Effect.flatMap(read(statement), (rows) => Effect.mapError(entriesOf(rows), () => fail("NotReadable")))

    return {
      get: (target, sourceId) =>
        Effect.map(
          entries(sql`SELECT * FROM entries WHERE target = ${target} AND source_id = ${sourceId}`),
          ([entry]) => Option.fromNullable(entry)
        ),
      begin: (target, sourceId, { externalId, fingerprint, key }) =>
        Effect.flatMap(DateTime.now, (now) =>
          write(sql`
            INSERT INTO entries (target, source_id, key, external_id, fingerprint, begun_at)
            VALUES (${target}, ${sourceId}, ${key}, ${Option.getOrNull(externalId)}, ${fingerprint}, ${now.epochMillis})
            ON CONFLICT DO NOTHING RETURNING 1`)).pipe(Effect.map((written) => written.length === 1)),
      done: (target, sourceId, { createdAt, id }) =>
        Effect.flatMap(DateTime.now, (now) =>
          write(sql`
            INSERT INTO entries (target, source_id, target_id, key, fingerprint, begun_at)
            VALUES (${target}, ${sourceId}, ${id}, '', '', ${now.epochMillis})
            ON CONFLICT DO UPDATE SET target_id = excluded.target_id, target_created_at = ${
            createdAt?.epochMillis ?? null
          },
              external_id = NULL, fingerprint = ''`)),
      forget: (target, sourceId) =>
        write(sql`DELETE FROM entries WHERE target = ${target} AND source_id = ${sourceId} AND target_id IS NULL`),
      begun: (target) =>
        Stream.unwrap(Effect.map(
          entries(sql`
            SELECT * FROM entries WHERE target = ${target} AND target_id IS NULL ORDER BY begun_at, source_id`),
          Stream.fromIterable
        )),
      hasTarget: (target, targetId) =>
        Effect.map(
          read(sql`SELECT 1 FROM entries WHERE target = ${target} AND target_id = ${targetId} LIMIT 1`),
          (found) => found.length === 1
        ),
      clockAhead: (target) =>
        Effect.map(
          read(sql<{ readonly ahead: number | null }>`
            SELECT min(target_created_at - begun_at) AS ahead FROM entries WHERE target = ${target}`),
          ([least]) => Option.fromNullable(least?.ahead)
        )
    }
  })
