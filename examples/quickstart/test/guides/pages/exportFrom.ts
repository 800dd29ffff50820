import { CustomersService } from "@effect-customers/core"
import { Effect, Option, Stream } from "effect"

export const exportFrom = (
  checkpoint: string | undefined,
  save: (cursor: string) => Effect.Effect<void>,
  write: (ids: ReadonlyArray<string>) => Effect.Effect<void>
) =>
  Effect.flatMap(
    CustomersService,
    (customers) =>
      Stream.runForEach(customers.streamPages({ from: checkpoint }), (page) =>
        Effect.zipRight(
          write(page.items.map(({ id }) => id)),
          Option.match(page.next, { onNone: () => Effect.void, onSome: save })
        ))
  )
