/** SQLite files. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { globalValue } from "effect/GlobalValue"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ScopedRef from "effect/ScopedRef"
import * as String from "effect/String"
import { codeOf } from "./systemCode.js"

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
      url: urlOf(filename),
      transformQueryNames: String.camelToSnake,
      transformResultNames: String.snakeToCamel
    })).pipe(
      // libsql throws what keeps it from opening a file
      Effect.catchAllDefect((cause) => new SqlError({ cause, message: "Failed to open the database" }))
    )
    return Context.get(context, SqlClient.SqlClient)
  })

/** A path alone: neither `:memory:`, which would be gone at the end, nor the host behind two slashes. */
const urlOf = (filename: string): string => {
  const path = filename.split("/").map(encodeURIComponent).join("/")
  return `file:${path.startsWith("/") ? path.replace(/^\/+/, "/") : `./${path}`}`
}

/** @internal */
export const isBusy = (error: unknown): boolean =>
  error instanceof SqlError && codeOf(error)?.startsWith("SQLITE_BUSY") === true

/**
 * A database that others are at, too, in this process and outside of it.
 *
 * @internal
 */
export interface Shared {
  readonly read: <A>(
    use: (sql: SqlClient.SqlClient) => Effect.Effect<A, SqlError>
  ) => Effect.Effect<A, PlatformError | SqlError>
  /** All of it or nothing. */
  readonly write: <E>(
    use: (sql: SqlClient.SqlClient) => Effect.Effect<void, E | SqlError>
  ) => Effect.Effect<void, E | PlatformError | SqlError>
}

/** In this process they take turns. */
const turns = globalValue(
  "@effect-customers/pipeline/internal/sqlite/turns",
  () => new Map<string, Effect.Semaphore>()
)

const turnsOf = (filename: string): Effect.Semaphore => {
  const known = turns.get(filename)
  if (known !== undefined) return known
  const made = Effect.unsafeMakeSemaphore(1)
  turns.set(filename, made)
  return made
}

/**
 * Who else is at the database is waited for. SQLite's own waiting (`busy_timeout`) would stop the whole process meanwhile.
 *
 * A statement that finds the database locked stays under way in libsql until it is collected, and keeps its connection
 * from committing anything: what comes next is done on another one. Nor is the client's own `withTransaction` of use: it
 * opens a connection for each transaction, and closes none.
 *
 * @internal
 */
export const share = (
  filename: string
): Effect.Effect<Shared, PlatformError | SqlError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const connect = Effect.provideService(open(filename), FileSystem.FileSystem, fs)
    const connection = yield* ScopedRef.fromAcquire(connect)
    const inTurn = turnsOf(filename).withPermits(1)
    const waiting = <A, E>(
      use: (sql: SqlClient.SqlClient) => Effect.Effect<A, E | SqlError>
    ): Effect.Effect<A, E | PlatformError | SqlError> =>
      inTurn(Effect.flatMap(ScopedRef.get(connection), use)).pipe(
        Effect.tapError((error) => isBusy(error) ? ScopedRef.set(connection, connect) : Effect.void),
        Effect.retry({
          while: isBusy,
          schedule: Schedule.exponential("25 millis").pipe(
            Schedule.union(Schedule.spaced("1 second")),
            Schedule.jittered,
            Schedule.upTo("30 seconds")
          )
        })
      )
    return {
      read: waiting,
      write: (use) =>
        waiting((sql) =>
          // a COMMIT that would have to wait keeps its lock until it is collected: the waiting is done here
          sql`BEGIN EXCLUSIVE`.pipe(
            Effect.zipRight(use(sql)),
            Effect.zipLeft(sql`COMMIT`),
            Effect.onError(() => Effect.ignore(sql`ROLLBACK`))
          )
        )
    }
  })
