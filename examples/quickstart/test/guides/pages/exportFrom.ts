import { CustomersService } from "@effect-customers/core"
import { Effect, Option, Stream } from "effect"

/** `saved` is what was saved last: undefined before the first page, none once everything is written. */
export const exportFrom = (
  saved: Option.Option<string> | undefined,
  save: (next: Option.Option<string>) => Effect.Effect<void>,
  write: (ids: ReadonlyArray<string>) => Effect.Effect<void>
) =>
  saved !== undefined && Option.isNone(saved)
    ? Effect.void
    : Effect.flatMap(CustomersService, (customers) =>
      Stream.runForEach(
        customers.streamPages({ from: saved?.value }),
        ({ items, next }) => Effect.zipRight(write(items.map(({ id }) => id)), save(next))
      ))
