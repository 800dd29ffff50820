/**
 * Everybody a provider has, in a file: page by page, in constant memory, with a checkpoint after each page. An export
 * that was stopped, or killed, goes on where it stood.
 *
 * @since 0.1.0
 */
import { Customer, Provider } from "@effect-customers/core/Customer"
import { InvalidResponse } from "@effect-customers/core/CustomersError"
import type { ListError } from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import type { Page } from "@effect-customers/core/Page"
import { Cursor } from "@effect-customers/core/Page"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Source } from "./CustomersCopy.js"
import { customersToCsv } from "./internal/customerCsv.js"
import { customerToJson } from "./internal/customerJson.js"
import { codeOf } from "./internal/systemCode.js"

/**
 * The schema of {@link Checkpoint}, to keep one in a target of your own: it encodes to plain JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Checkpoint = Schema.Struct({
  /** Whose customers they are. */
  provider: Provider,
  /** Customers per page: `next` belongs to it. */
  pageSize: Schema.Int,
  /** Where the export goes on; none before the first page and behind the last. */
  next: Schema.OptionFromNullOr(Cursor),
  /** Whether all pages are written. */
  done: Schema.Boolean,
  /** How many pages, customers, and rows that cannot be read are written. */
  pages: Schema.Int,
  customers: Schema.Int,
  unreadable: Schema.Int
}).annotations({ identifier: "Checkpoint" })

/**
 * Where an export stands: what its target keeps, and goes on from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Checkpoint extends Schema.Schema.Type<typeof Checkpoint> {}

/**
 * Where an export stands, and how many customers there are in all, where the provider says so. The total is that of the
 * page: it grows and shrinks with the customers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress extends Checkpoint {
  readonly total: Option.Option<number>
}

/**
 * What stands in the way of an export, or of reading one.
 *
 * - `NotFound`: the directory, or what is to be read, is not there;
 * - `NotReadable`, `NotWritable`: the operating system, or the database, says no; `detail` is its code, `ENOSPC`;
 * - `NotAnExport`: there is something in the target that no checkpoint tells of. It is left as it is;
 * - `OtherExport`: its checkpoint is of another provider or format; `detail` says of which;
 * - `BadCheckpoint`: its checkpoint cannot be read;
 * - `Changed`: it is not as its checkpoint says, or another program writes to it at the same time;
 * - `NotFinished`: it is to be read, and lacks pages;
 * - `Busy`: another program does not let go of the database.
 *
 * @since 0.1.0
 * @category errors
 */
export class ExportFailed extends Schema.TaggedError<ExportFailed>("@effect-customers/pipeline/ExportFailed")(
  "ExportFailed",
  {
    path: Schema.String,
    reason: Schema.Literal(
      "NotFound",
      "NotReadable",
      "NotWritable",
      "NotAnExport",
      "OtherExport",
      "BadCheckpoint",
      "Changed",
      "NotFinished",
      "Busy"
    ),
    detail: Schema.optional(Schema.String)
  }
) {
  override get message(): string {
    return `${this.path}: ${problems[this.reason]}${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
}

const problems: { readonly [_ in ExportFailed["reason"]]: string } = {
  NotFound: "there is no such file or directory",
  NotReadable: "it cannot be read",
  NotWritable: "it cannot be written",
  NotAnExport: "it is not empty and has no checkpoint of this export",
  OtherExport: "it holds another export",
  BadCheckpoint: "its checkpoint cannot be read",
  Changed: "it is not as its checkpoint says",
  NotFinished: "its export is not finished",
  Busy: "another program does not let go of it"
}

/**
 * Where pages go. Programs take {@link ndjson}, {@link csv} or `Sqlite.target`; one of your own keeps pages and
 * checkpoint together.
 *
 * @example
 * ```ts
 * import { CustomersExport } from "@effect-customers/pipeline"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as Ref from "effect/Ref"
 *
 * // as long as the program lives
 * const inMemory = Effect.gen(function*() {
 *   const ids = yield* Ref.make<ReadonlyArray<string>>([])
 *   const kept = yield* Ref.make(Option.none<CustomersExport.Checkpoint>())
 *   const target: CustomersExport.Target = {
 *     checkpoint: () => Ref.get(kept),
 *     begin: (checkpoint) => Effect.zipRight(Ref.set(ids, []), Ref.set(kept, Option.some(checkpoint))),
 *     write: ({ items }, checkpoint) =>
 *       Effect.zipRight(
 *         Ref.update(ids, (ids) => [...ids, ...items.map(({ id }) => id)]),
 *         Ref.set(kept, Option.some(checkpoint))
 *       )
 *   }
 *   return target
 * })
 *
 * const program = CustomersExport.run(inMemory)
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export interface Target {
  /**
   * Where the export of this provider's customers stands; none where there was none. What was written behind the
   * checkpoint, a page that was cut off, is dropped.
   */
  readonly checkpoint: (provider: Provider) => Effect.Effect<Option.Option<Checkpoint>, ExportFailed>
  /** Replaces what is there of this provider by nothing but this checkpoint. Called with the first page. */
  readonly begin: (checkpoint: Checkpoint) => Effect.Effect<void, ExportFailed>
  /** Adds a page, its unreadable rows included. It is all or nothing: when it returns, they and the checkpoint last. */
  readonly write: (page: Page<Customer>, checkpoint: Checkpoint) => Effect.Effect<void, ExportFailed>
}

/**
 * - `pageSize`: customers per page, within `capabilities.pageSize`; the provider's default when absent. An export that
 *   goes on keeps the page size that it began with.
 * - `concurrency`: how many pages are asked for at once where the provider allows it; 4 when absent.
 * - `restart`: begins anew, whatever is in the target. What is there goes when the first page is here, not before.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  readonly pageSize?: number | undefined
  readonly concurrency?: number | undefined
  readonly restart?: boolean | undefined
}

/**
 * Exports all customers into a target, or what an earlier run has left of them, and tells after each page where it
 * stands; the first element says where it begins, before anything is asked for. A finished export sends no request.
 *
 * Each page is in the target, together with its checkpoint, before the next one is told of: a run may be interrupted,
 * fail, or be killed at any moment, and the next one with the same target goes on from there. What holds of a walk holds
 * of an export, however many runs it takes: nobody is in it twice, and nobody is missing who was there the whole time.
 * Nobody who was created meanwhile need be in it. Rows that cannot be read do not stop it; they are in the target's list
 * of them and counted.
 *
 * An export is of one account: its checkpoint knows the provider, and not whose key is used.
 *
 * @example
 * ```ts
 * import { CustomersExport } from "@effect-customers/pipeline"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * const program = CustomersExport.run(CustomersExport.csv("customers.csv")).pipe(
 *   Stream.runForEach(({ customers, pages }) => Console.log(`${customers} customers on ${pages} pages`))
 * )
 * ```
 *
 * @since 0.1.0
 * @category export
 */
export const run = <E, R>(
  target: Effect.Effect<Target, E, R>,
  options: Options = {}
): Stream.Stream<Progress, ListError | ExportFailed | E, CustomersService | Exclude<R, Scope.Scope>> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const customers = yield* CustomersService
    const { provider } = customers
    const { begin, checkpoint, write } = yield* target
    const found = options.restart === true
      ? Option.none<Checkpoint>()
      : yield* checkpoint(provider)
    const start = Option.getOrElse(found, (): Checkpoint => ({
      provider,
      pageSize: options.pageSize ?? customers.capabilities.pageSize.default,
      next: Option.none(),
      done: false,
      pages: 0,
      customers: 0,
      unreadable: 0
    }))
    const first = Stream.succeed<Progress>({ ...start, total: Option.none() })
    if (start.done) return first
    const pages = customers.streamPages({
      pageSize: start.pageSize,
      from: Option.getOrUndefined(start.next),
      concurrency: options.concurrency
    })
    return Stream.concat(
      first,
      Stream.mapAccumEffect(pages, start, (before, page) => {
        const after: Checkpoint = {
          ...before,
          next: page.next,
          done: Option.isNone(page.next),
          pages: before.pages + 1,
          customers: before.customers + page.items.length,
          unreadable: before.unreadable + page.unreadable.length
        }
        const beginning = before === start && Option.isNone(found) ? begin(start) : Effect.void
        return Effect.zipRight(beginning, write(page, after)).pipe(
          Effect.as([after, { ...after, total: page.total }] as const)
        )
      })
    )
  }))

/**
 * A file with a customer a line, as plain JSON: what `Schema.encode(Customer)` gives, and {@link readNdjson} reads.
 *
 * Beside it stands its checkpoint, `<path>.checkpoint.json`, and where there are any the rows that cannot be read,
 * `<path>.unreadable.ndjson`. The directory has to be there. New files are readable by their owner alone (mode 600):
 * they hold personal data. A file that is not empty and has no checkpoint is not overwritten.
 *
 * @since 0.1.0
 * @category targets
 */
export const ndjson = (path: string): Effect.Effect<Target, ExportFailed, FileSystem.FileSystem> =>
  file(path, "ndjson", (customers) => lines(customers.map(customerToJson)))

/**
 * A file of comma-separated values (RFC 4180, UTF-8) under a line with the names of the columns: `provider`, `id`,
 * `external_id`, `email`, `name`, `phone`, `address_line1`, `address_line2`, `address_city`, `address_state`,
 * `address_postal_code`, `address_country`, `locale`, `metadata` (JSON), `created_at` and `updated_at` (ISO 8601). What a
 * customer does not have is empty, an empty text is `""`. Checkpoint, unreadable rows and permissions are as those of
 * {@link ndjson}.
 *
 * Values are what the provider has. A spreadsheet runs what looks like a formula, and a customer may be called
 * `=HYPERLINK(...)`: for files that people open in one, `escapeFormulas: true` puts a `'` before values that begin with
 * `=`, `+`, `-`, `@`, a tab or a carriage return. Phone numbers are among them, so a file that programs read is better
 * without.
 *
 * @since 0.1.0
 * @category targets
 */
export const csv = (
  path: string,
  { escapeFormulas = false }: { readonly escapeFormulas?: boolean | undefined } = {}
): Effect.Effect<Target, ExportFailed, FileSystem.FileSystem> =>
  file(
    path,
    escapeFormulas ? "csv with escaped formulas" : "csv",
    (customers, isFirst) => customersToCsv(customers, { header: isFirst, escapeFormulas })
  )

const lines = (values: ReadonlyArray<unknown>): string => values.map((value) => `${JSON.stringify(value)}\n`).join("")

/** What a file's target keeps beside it. Lengths are in bytes: what is behind them was written without a checkpoint. */
const FileCheckpoint = Schema.parseJson(
  Schema.Struct({
    format: Schema.String,
    bytes: Schema.NonNegativeInt,
    unreadableBytes: Schema.NonNegativeInt,
    checkpoint: Checkpoint
  }),
  { space: 2 }
)

type FileCheckpoint = typeof FileCheckpoint.Type

type Lengths = Pick<FileCheckpoint, "bytes" | "unreadableBytes">

const encodeFileCheckpoint = Schema.encodeSync(FileCheckpoint)

const decodeFileCheckpoint = Schema.decode(FileCheckpoint)

const encodeUnreadable = Schema.encodeSync(InvalidResponse)

const checkpointOf = (path: string): string => `${path}.checkpoint.json`

const unreadableOf = (path: string): string => `${path}.unreadable.ndjson`

const utf8 = new TextEncoder()

const file = (
  path: string,
  format: string,
  encode: (customers: ReadonlyArray<Customer>, isFirst: boolean) => string
): Effect.Effect<Target, ExportFailed, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const lengths = yield* Ref.make<Lengths>({ bytes: 0, unreadableBytes: 0 })
    // what cannot be written is told before anybody is asked for
    yield* Effect.scoped(openToAppend(path))

    const keep = (checkpoint: Checkpoint, known: Lengths) =>
      Effect.zipRight(
        replace(checkpointOf(path), `${encodeFileCheckpoint({ format, ...known, checkpoint })}\n`),
        Ref.set(lengths, known)
      )
    // a file must not be closed while the system writes to it
    const whole = <A>(effect: Effect.Effect<A, ExportFailed, FileSystem.FileSystem>) =>
      Effect.uninterruptible(Effect.provideService(effect, FileSystem.FileSystem, fs))

    return {
      checkpoint: (provider) =>
        whole(Effect.gen(function*() {
          const kept = yield* readCheckpoint(path)
          if (Option.isNone(kept)) {
            for (const name of [path, unreadableOf(path)]) {
              if ((yield* sizeOf(name)) > 0) return yield* new ExportFailed({ path: name, reason: "NotAnExport" })
            }
            return Option.none()
          }
          const { bytes, checkpoint, unreadableBytes } = kept.value
          if (checkpoint.provider !== provider || kept.value.format !== format) {
            return yield* otherExport(path, kept.value)
          }
          const excess = {
            bytes: yield* beyond(path, bytes),
            unreadableBytes: yield* beyond(unreadableOf(path), unreadableBytes)
          }
          // what is behind a finished export is none of ours
          if (!checkpoint.done && excess.bytes > 0) yield* cutTo(path, bytes)
          if (!checkpoint.done && excess.unreadableBytes > 0) yield* cutTo(unreadableOf(path), unreadableBytes)
          yield* Ref.set(lengths, { bytes, unreadableBytes })
          return Option.some(checkpoint)
        })),
      begin: (checkpoint) =>
        // once the checkpoint is there, all that is in the files is behind it
        whole(
          keep(checkpoint, { bytes: 0, unreadableBytes: 0 }).pipe(
            Effect.zipRight(cutTo(path, 0)),
            Effect.zipRight(remove(unreadableOf(path)))
          )
        ),
      write: (page, checkpoint) =>
        whole(Effect.gen(function*() {
          const known = yield* Ref.get(lengths)
          yield* keep(checkpoint, {
            bytes: yield* append(path, known.bytes, encode(page.items, known.bytes === 0)),
            unreadableBytes: yield* append(
              unreadableOf(path),
              known.unreadableBytes,
              lines(page.unreadable.map((row) => encodeUnreadable(row)))
            )
          })
        }))
    }
  })

const otherExport = (path: string, { checkpoint, format }: FileCheckpoint): ExportFailed =>
  new ExportFailed({ path, reason: "OtherExport", detail: `${checkpoint.provider}, ${format}` })

const readCheckpoint = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* orNone(fs.readFileString(checkpointOf(path))).pipe(
      Effect.mapError(failed(checkpointOf(path), "NotReadable"))
    )
    if (Option.isNone(text)) return Option.none<FileCheckpoint>()
    return yield* Effect.asSome(decodeFileCheckpoint(text.value)).pipe(
      Effect.mapError(() => new ExportFailed({ path: checkpointOf(path), reason: "BadCheckpoint" }))
    )
  })

const sizeOf = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const info = yield* Effect.mapError(orNone(fs.stat(path)), failed(path, "NotReadable"))
    return Option.match(info, { onNone: () => 0, onSome: ({ size }) => Number(size) })
  })

/** How much is in a file behind what is known of it; to hold less is another's doing. */
const beyond = (path: string, length: number) =>
  Effect.map(sizeOf(path), (size) => size - length).pipe(
    Effect.filterOrFail((excess) => excess >= 0, () => new ExportFailed({ path, reason: "Changed" }))
  )

const ownerOnly = 0o600

const openToAppend = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    // to open a pipe nobody reads from takes forever
    const there = yield* Effect.mapError(orNone(fs.stat(path)), failed(path, "NotReadable"))
    if (Option.isSome(there) && there.value.type !== "File") {
      return yield* new ExportFailed({ path, reason: "NotWritable", detail: there.value.type })
    }
    return yield* Effect.mapError(fs.open(path, { flag: "a", mode: ownerOnly }), failed(path, "NotWritable"))
  })

/**
 * Adds to the end of a file, and answers its length. What was there has to be what we know of, before and after: another
 * program that writes to it is noticed before a checkpoint tells of its bytes as ours.
 */
const append = (path: string, length: number, text: string) =>
  Effect.gen(function*() {
    if (text === "") return length
    const file = yield* openToAppend(path)
    const isOfLength = (length: number) =>
      Effect.mapError(file.stat, failed(path, "NotReadable")).pipe(
        Effect.filterOrFail(
          ({ size }) => Number(size) === length,
          () => new ExportFailed({ path, reason: "Changed" })
        )
      )
    const bytes = utf8.encode(text)
    const after = length + bytes.length
    yield* isOfLength(length)
    yield* file.writeAll(bytes).pipe(Effect.zipRight(file.sync), Effect.mapError(failed(path, "NotWritable")))
    yield* isOfLength(after)
    return after
  }).pipe(Effect.scoped)

/**
 * All of a file at once: whoever reads it finds what was there or what is there now, and never a part. After a power cut
 * it may be what was there; the page behind that checkpoint is then cut off and asked for again.
 */
const replace = (path: string, text: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(`${path}.tmp`, { flag: "w", mode: ownerOnly })
    yield* file.writeAll(utf8.encode(text))
    yield* file.sync
    yield* fs.rename(`${path}.tmp`, path)
  }).pipe(Effect.scoped, Effect.mapError(failed(path, "NotWritable")))

const cutTo = (path: string, length: number) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.truncate(path, length)).pipe(
    Effect.mapError(failed(path, "NotWritable"))
  )

const remove = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(path, { force: true })).pipe(
    Effect.mapError(failed(path, "NotWritable"))
  )

const orNone = <A, R>(
  effect: Effect.Effect<A, PlatformError, R>
): Effect.Effect<Option.Option<A>, PlatformError, R> =>
  Effect.catchIf(Effect.asSome(effect), isNotFound, () => Effect.succeedNone)

const isNotFound = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** Of what the operating system says the code alone, or the platform's word for it. */
const failed = (path: string, reason: "NotReadable" | "NotWritable") => (error: PlatformError): ExportFailed =>
  new ExportFailed({
    path,
    reason: isNotFound(error) ? "NotFound" : reason,
    detail: codeOf(error) ?? (error._tag === "SystemError" ? error.reason : error._tag)
  })

const linesPerPage = 100

/**
 * The customers of a file that {@link ndjson} wrote, as pages of a hundred: what a copy reads. A line that is no customer
 * is in `unreadable` of its page, by its number (`lines.17`). Where the file has a checkpoint its export has to be
 * finished; the rows that could not be read then are on further pages. A file without one is read as it is.
 *
 * @example
 * ```ts
 * import { CustomersExport } from "@effect-customers/pipeline"
 * import * as Stream from "effect/Stream"
 *
 * const emails = CustomersExport.readNdjson("customers.ndjson").streamPages().pipe(
 *   Stream.flatMap(({ items }) => Stream.fromIterable(items)),
 *   Stream.filterMap(({ email }) => email)
 * )
 * ```
 *
 * @since 0.1.0
 * @category sources
 */
export const readNdjson = (path: string): Source<ExportFailed, FileSystem.FileSystem> => ({
  streamPages: () =>
    Stream.unwrap(Effect.gen(function*() {
      const kept = yield* readCheckpoint(path)
      if (Option.isSome(kept)) {
        if (kept.value.format !== "ndjson") return yield* otherExport(path, kept.value)
        if (!kept.value.checkpoint.done) return yield* new ExportFailed({ path, reason: "NotFinished" })
      }
      const checkpoint = Option.map(kept, ({ checkpoint }) => checkpoint)
      const provider = Option.match(checkpoint, { onNone: () => "ndjson", onSome: ({ provider }) => provider })
      const page = { total: Option.map(checkpoint, ({ customers }) => customers), next: Option.none() }
      const customers = Stream.map(readLines(path, provider, decodeCustomer), (read): Page<Customer> => {
        const [unreadable, items] = Arr.separate(read)
        return { ...page, items, unreadable }
      })
      if (!Option.exists(checkpoint, ({ unreadable }) => unreadable > 0)) return customers
      return Stream.concat(
        customers,
        Stream.map(readLines(unreadableOf(path), provider, decodeUnreadable), (read): Page<Customer> => ({
          ...page,
          items: [],
          unreadable: Arr.map(read, Either.merge)
        }))
      )
    }))
})

const decodeCustomer = Schema.decodeEither(Schema.parseJson(Customer))

const decodeUnreadable = Schema.decodeEither(Schema.parseJson(InvalidResponse))

const readLines = <A>(
  path: string,
  provider: Provider,
  decode: (line: string) => Either.Either<A, ParseResult.ParseError>
): Stream.Stream<ReadonlyArray<Either.Either<A, InvalidResponse>>, ExportFailed, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(path))).pipe(
    Stream.mapError(failed(path, "NotReadable")),
    Stream.decodeText(),
    Stream.splitLines,
    Stream.zipWithIndex,
    Stream.filter(([line]) => line.trim() !== ""),
    Stream.grouped(linesPerPage),
    Stream.map((lines) =>
      Arr.map(
        Chunk.toReadonlyArray(lines),
        ([line, index]) =>
          Either.mapLeft(decode(line), (error) =>
            new InvalidResponse({
              provider,
              operation: "readNdjson",
              mayHaveApplied: false,
              repeat: "always",
              issues: [{ path: [`lines.${index + 1}`, ...fieldOf(error)].join("."), expected: "what an export writes" }]
            }))
      )
    )
  )

/** What is wrong in a line, by the customer's own fields: the rest of a path, and the message, may quote data. */
const fieldOf = (error: ParseResult.ParseError): ReadonlyArray<string> =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ path: [field] }) => String(field))
    .filter((field) => Object.hasOwn(Customer.fields, field))
    .slice(0, 1)
