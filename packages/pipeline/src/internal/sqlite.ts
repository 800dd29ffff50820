/** SQLite files. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as String from "effect/String"

/**
 * Opens a file, or makes one that its owner alone can read: it holds personal data. Names are in camel case here and in
 * snake case there.
 *
 * @internal
 */
export const open = (
  filename: string
): Effect.Effect<SqlClient.SqlClient, PlatformError | SqlError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.scoped(fs.open(filename, { flag: "a", mode: 0o600 }))
    const context = yield* Layer.build(LibsqlClient.layer({
      url: `file:${filename.split("/").map(encodeURIComponent).join("/")}`,
      transformQueryNames: String.camelToSnake,
      transformResultNames: String.snakeToCamel
    })).pipe(
      // libsql throws what keeps it from opening a file
      Effect.catchAllDefect((cause) => new SqlError({ cause, message: "Failed to open the database" }))
    )
    return Context.get(context, SqlClient.SqlClient)
  })

/**
 * The code of what went wrong, and nothing else of it: `SQLITE_FULL`, `EACCES`.
 *
 * @internal
 */
export const codeOf = ({ cause }: PlatformError | SqlError): string | undefined =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && cause.code !== "" ? cause.code : undefined

/** @internal */
export const isBusy = (error: PlatformError | SqlError): boolean => codeOf(error)?.startsWith("SQLITE_BUSY") === true

/**
 * Waits for others who are at the database. SQLite's own waiting (`busy_timeout`) stops the whole process, the fiber that
 * it waits for included.
 *
 * @internal
 */
export const waiting = <A, R>(effect: Effect.Effect<A, SqlError, R>): Effect.Effect<A, SqlError, R> =>
  Effect.retry(effect, {
    while: isBusy,
    schedule: Schedule.jittered(Schedule.spaced("25 millis")).pipe(Schedule.upTo("30 seconds"))
  })

/**
 * All of it or nothing. The client's own `withTransaction` opens a connection for each transaction and closes none
 * before the process ends.
 *
 * @internal
 */
export const atomically =
  (sql: SqlClient.SqlClient) => <A, R>(effect: Effect.Effect<A, SqlError, R>): Effect.Effect<A, SqlError, R> =>
    waiting(sql`BEGIN IMMEDIATE`).pipe(
      Effect.zipRight(effect),
      Effect.zipLeft(waiting(sql`COMMIT`)),
      Effect.onError(() => Effect.ignore(sql`ROLLBACK`))
    )
