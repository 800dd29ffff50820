/**
 * SQLite files. Needs `@effect/sql` and `@effect/sql-libsql`, which the rest of this package does without.
 *
 * @since 0.1.0
 */
import { InvalidResponse } from "@effect-customers/core/CustomersError"
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Checkpoint, ExportFailed, type Target } from "./CustomersExport.js"
import { columns, customerToRow } from "./internal/customerCsv.js"
import * as Sqlite from "./internal/sqlite.js"
import * as SqliteLedger from "./internal/sqliteLedger.js"
import { codeOf } from "./internal/systemCode.js"
import type { Ledger, LedgerFailed } from "./Ledger.js"

/**
 * A database for exports of as many providers as there are, also of several at once. Its tables:
 *
 * - `customers`: a row each, with the columns of `CustomersExport.csv`; `metadata` is JSON. The key is `provider`, `id`;
 * - `customers_unreadable`: the rows that cannot be read: `provider`, `page` (counted from 1), `error` (JSON);
 * - `customers_exports`: the checkpoint of each `provider`: `page_size`, `next`, `done`, `pages`, `customers`,
 *   `unreadable`.
 *
 * A page and its checkpoint are one transaction. `restart` replaces the rows of its provider alone. The database may
 * have other tables; where it has these ones with other columns, the target fails with `NotAnExport`. A new file is
 * readable by its owner alone (mode 600). A NUL character, at which SQLite's texts end, is stored as U+FFFD.
 *
 * Who else writes to the database is waited for, 30 seconds at most.
 *
 * @example
 * ```ts
 * import { CustomersExport } from "@effect-customers/pipeline"
 * import * as Sqlite from "@effect-customers/pipeline/Sqlite"
 *
 * const program = CustomersExport.run(Sqlite.target("customers.db"))
 * ```
 *
 * @since 0.1.0
 * @category targets
 */
export const target = (
  filename: string
): Effect.Effect<Target, ExportFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const database = yield* Effect.mapError(Sqlite.share(filename), failed(filename, "NotWritable"))
    const read = <Row extends object>(statement: (sql: SqlClient) => Statement<Row>) =>
      Effect.mapError(database.read(statement), failed(filename, "NotReadable"))
    const write = (
      statements: (sql: SqlClient) => Iterable<Effect.Effect<unknown, ExportFailed | SqlError>>
    ) =>
      Effect.mapError(
        database.write((sql) => Effect.all(statements(sql), { discard: true })),
        (error) => error._tag === "ExportFailed" ? error : failed(filename, "NotWritable")(error)
      )

    const missing: Array<string> = []
    for (const [name, columns] of Object.entries(tables)) {
      const found = yield* read<{ readonly name: string }>((sql) => sql`SELECT name FROM pragma_table_info(${name})`)
      if (found.length === 0) {
        missing.push(`CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")})`)
      } else if (columns.filter(isColumn).map(nameOf).join() !== found.map(({ name }) => name).join()) {
        return yield* new ExportFailed({
          path: filename,
          reason: "NotAnExport",
          detail: `the table ${name} is another`
        })
      }
    }
    if (missing.length > 0) yield* write((sql) => missing.map((statement) => sql.unsafe(statement)))

    return {
      checkpoint: (provider) =>
        Effect.gen(function*() {
          const [kept] = yield* read((sql) => sql`SELECT * FROM customers_exports WHERE provider = ${provider}`)
          if (kept !== undefined) {
            return yield* Effect.asSome(decodeCheckpoint(kept)).pipe(
              Effect.mapError(() => new ExportFailed({ path: filename, reason: "BadCheckpoint" }))
            )
          }
          const rows = yield* read((sql) =>
            sql`
              SELECT 1 FROM customers WHERE provider = ${provider}
              UNION ALL SELECT 1 FROM customers_unreadable WHERE provider = ${provider} LIMIT 1`
          )
          return rows.length === 0
            ? Option.none()
            : yield* new ExportFailed({ path: filename, reason: "NotAnExport", detail: `rows of ${provider}` })
        }),
      begin: (checkpoint) =>
        write((sql) => [
          sql`DELETE FROM customers WHERE provider = ${checkpoint.provider}`,
          sql`DELETE FROM customers_unreadable WHERE provider = ${checkpoint.provider}`,
          ...insert(sql, "customers_exports", [encodeCheckpoint(checkpoint)])
        ]),
      write: (page, checkpoint) =>
        write((sql) => [
          // another run may have written this page, or begun anew
          Effect.filterOrFail(
            sql`SELECT 1 FROM customers_exports
              WHERE provider = ${checkpoint.provider} AND pages = ${checkpoint.pages - 1}`,
            (rows) => rows.length === 1,
            () => new ExportFailed({ path: filename, reason: "Changed" })
          ),
          ...insert(sql, "customers", page.items.map((customer) => Record.map(customerToRow(customer), withoutNul))),
          ...insert(
            sql,
            "customers_unreadable",
            page.unreadable.map((row) => ({
              provider: checkpoint.provider,
              page: checkpoint.pages,
              error: encodeUnreadable(row)
            }))
          ),
          ...insert(sql, "customers_exports", [encodeCheckpoint(checkpoint)])
        ])
    }
  })

const insert = (
  sql: SqlClient,
  table: keyof typeof tables,
  rows: ReadonlyArray<Record<string, string | number | null>>
) =>
  Arr.map(
    Arr.chunksOf(rows, rowsPerStatement),
    (rows) => sql`INSERT OR REPLACE INTO ${sql(table)} ${sql.insert(rows)}`
  )

const neverEmpty: ReadonlyArray<string> = ["provider", "id", "metadata", "created_at"]

const tables = {
  customers: [
    ...columns.map((column) => neverEmpty.includes(column) ? `${column} TEXT NOT NULL` : `${column} TEXT`),
    "PRIMARY KEY (provider, id)"
  ],
  customers_unreadable: ["provider TEXT NOT NULL", "page INTEGER NOT NULL", "error TEXT NOT NULL"],
  customers_exports: [
    "provider TEXT NOT NULL PRIMARY KEY",
    "page_size INTEGER NOT NULL",
    "next TEXT",
    "done INTEGER NOT NULL",
    "pages INTEGER NOT NULL",
    "customers INTEGER NOT NULL",
    "unreadable INTEGER NOT NULL"
  ]
}

const isColumn = (definition: string): boolean => !definition.startsWith("PRIMARY KEY")

const nameOf = (definition: string): string => definition.split(" ", 1).join()

/** SQLite takes 32766 values at most. */
const rowsPerStatement = 1000

const CheckpointRow = Schema.Struct({
  ...Checkpoint.fields,
  done: Schema.transformLiterals([0, false], [1, true])
})

const decodeCheckpoint = Schema.decodeUnknown(CheckpointRow)

const encodeCheckpoint = Schema.encodeSync(CheckpointRow)

const encodeUnreadable = Schema.encodeSync(Schema.parseJson(InvalidResponse))

const withoutNul = (text: string | null): string | null => text?.replaceAll("\0", "\uFFFD") ?? null

const failed =
  (path: string, reason: "NotReadable" | "NotWritable") => (error: PlatformError | SqlError): ExportFailed =>
    new ExportFailed({
      path,
      reason: error._tag === "SystemError" && error.reason === "NotFound"
        ? "NotFound"
        : Sqlite.isBusy(error)
        ? "Busy"
        : reason,
      detail: codeOf(error)
    })

/**
 * A ledger in a file of its own. What is begun is on the disk before anything is sent, also where the machine loses
 * power. Each entry holds ids, a time, an idempotency key and, until it is done, a hash of what is to be created; a new
 * file is readable by its owner alone (mode 600).
 *
 * One process uses it at a time: the lock is the operating system's, and ends with the process however that ends. A
 * second one fails with `LedgerFailed`, and so does a file that is no ledger, or one of a newer version of this package;
 * it is left as it is. While it is open there is a second file, `...-wal`, which belongs to it: who copies a ledger that
 * is in use, or whose process was killed, copies both.
 *
 * @example
 * ```ts
 * import { CustomersImport } from "@effect-customers/pipeline"
 * import * as Sqlite from "@effect-customers/pipeline/Sqlite"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const importAll = (rows: Stream.Stream<CustomersImport.Row>) =>
 *   Effect.flatMap(Sqlite.ledger("ledger.db"), (ledger) =>
 *     Stream.run(CustomersImport.run(rows, { ledger }), CustomersImport.report)).pipe(Effect.scoped)
 * ```
 *
 * @since 0.1.0
 * @category ledgers
 */
export const ledger: (
  filename: string
) => Effect.Effect<Ledger, LedgerFailed, FileSystem.FileSystem | Scope.Scope> = SqliteLedger.make
