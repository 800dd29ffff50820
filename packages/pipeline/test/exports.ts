/** What the tests of exports share: a directory of their own, the targets, and what is in them. */
import { Customer } from "@effect-customers/core"
import { CustomersExport } from "@effect-customers/pipeline"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { parse } from "csv-parse/sync"
import { Effect, Layer, Schema, type Scope } from "effect"

/** A directory that goes with the scope. */
export const directory = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** The disk, with files that do some things otherwise. */
export const diskWith = (
  change: (path: string, file: FileSystem.File) => Partial<FileSystem.File>,
  others: Partial<FileSystem.FileSystem> = {}
) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) =>
      FileSystem.make({
        ...fs,
        ...others,
        open: (path, options) =>
          Effect.map(
            fs.open(path, options),
            (file): FileSystem.File => Object.create(file, Object.getOwnPropertyDescriptors(change(path, file)))
          )
      }))
  ).pipe(Layer.provide(NodeFileSystem.layer))

/** Without waiting for it: what `sync` is good for only a power cut could tell. */
const disk = diskWith(() => ({ sync: Effect.void }))

export const onDisk = <A, E, R>(effect: Effect.Effect<A, E, R>) => effect.pipe(Effect.scoped, Effect.provide(disk))

export const textOf = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path))

/** The lines of a file that ends in one: what is behind the last line break is told too. */
export const linesOf = (path: string) => Effect.map(textOf(path), (text) => text.replace(/\n$/, "").split("\n"))

export const query = (path: string, statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe<Row>(statement)).pipe(
    Effect.provide(LibsqlClient.layer({ url: `file:${path}` }))
  )

/** A customer as a CSV and a table have it. */
export interface Row {
  readonly [column: string]: string | number | null
}

const columnsOf = ({ address, ...customer }: typeof Customer.Encoded): Row => ({
  provider: customer.provider,
  id: customer.id,
  external_id: customer.externalId,
  email: customer.email,
  name: customer.name,
  phone: customer.phone,
  address_line1: address?.line1 ?? null,
  address_line2: address?.line2 ?? null,
  address_city: address?.city ?? null,
  address_state: address?.state ?? null,
  address_postal_code: address?.postalCode ?? null,
  address_country: address?.country ?? null,
  locale: customer.locale,
  metadata: JSON.stringify(customer.metadata),
  created_at: customer.createdAt,
  updated_at: customer.updatedAt
})

const encode = Schema.encodeSync(Customer)

export const rowOf = (customer: Customer): Row => columnsOf(encode(customer))

const decode = Schema.decodeSync(Schema.parseJson(Customer))

export interface Format {
  readonly name: string
  readonly open: (
    path: string
  ) => Effect.Effect<CustomersExport.Target, CustomersExport.ExportFailed, FileSystem.FileSystem | Scope.Scope>
  /** Everybody in it, in order. */
  readonly rows: (path: string) => Effect.Effect<ReadonlyArray<Row>, unknown, FileSystem.FileSystem>
  readonly unreadable: (path: string) => Effect.Effect<ReadonlyArray<unknown>, unknown, FileSystem.FileSystem>
}

const unreadableOf = (path: string) =>
  linesOf(`${path}.unreadable.ndjson`).pipe(
    Effect.map((lines) => lines.map((line): unknown => JSON.parse(line))),
    Effect.catchTag("SystemError", () => Effect.succeed([]))
  )

export const ndjson: Format = {
  name: "ndjson",
  open: CustomersExport.ndjson,
  rows: (path) =>
    Effect.map(
      textOf(path),
      (text) => text === "" ? [] : text.replace(/\n$/, "").split("\n").map((line) => rowOf(decode(line)))
    ),
  unreadable: unreadableOf
}

export const csvText = (text: string): ReadonlyArray<Row> =>
  parse<Row>(text, {
    columns: true,
    record_delimiter: "\r\n",
    // what is empty is none, what is quoted and empty a text
    cast: (value, { quoting }) => value === "" && !quoting ? null : value
  })

export const csv: Format = {
  name: "csv",
  open: CustomersExport.csv,
  rows: (path) => Effect.map(textOf(path), csvText),
  unreadable: unreadableOf
}

export const sqlite: Format = {
  name: "sqlite",
  open: Sqlite.target,
  rows: (path) => query(path, "SELECT * FROM customers ORDER BY rowid"),
  unreadable: (path) =>
    Effect.map(
      query(path, "SELECT error FROM customers_unreadable ORDER BY rowid"),
      (rows) => rows.map((row): unknown => JSON.parse(String(row["error"])))
    )
}

export const formats = [ndjson, csv, sqlite]
