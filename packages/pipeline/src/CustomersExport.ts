/**
 * Everybody a provider has, in a file: page by page, in constant memory, with a checkpoint after each page. An export
 * that was stopped, or killed, goes on where it stood.
 *
 * @since 0.1.0
 */
import type { Customer } from "@effect-customers/core/Customer"
import { Provider } from "@effect-customers/core/Customer"
import type { ListError } from "@effect-customers/core/CustomersService"
import { CustomersService } from "@effect-customers/core/CustomersService"
import type { Page } from "@effect-customers/core/Page"
import { Cursor } from "@effect-customers/core/Page"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

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
  NotAnExport: "it is not empty and has no checkpoint of this export; `restart` replaces what is in it",
  OtherExport: "it holds another export; `restart` replaces it",
  BadCheckpoint: "its checkpoint cannot be read; `restart` begins anew",
  Changed: "it is not as its checkpoint says; `restart` begins anew",
  NotFinished: "its export is not finished",
  Busy: "another program does not let go of it"
}

/**
 * Where pages go. Programs take {@link ndjson}, {@link csv} or `Sqlite.target`; one of your own keeps pages and
 * checkpoint together.
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
    // a file that is being written must not be closed: what writes to it is not interrupted
    const found = options.restart === true
      ? Option.none<Checkpoint>()
      : yield* Effect.uninterruptible(checkpoint(provider))
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
        return Effect.uninterruptible(Effect.zipRight(beginning, write(page, after))).pipe(
          Effect.as([after, { ...after, total: page.total }] as const)
        )
      })
    )
  }))
