import { CustomersService } from "@effect-customers/core"
import { Effect, Option } from "effect"

/** A page of a table on a screen; `next` goes into the link to the one behind it, as `cursor`. */
export const onePage = (cursor?: string) =>
  Effect.flatMap(CustomersService, (customers) => customers.list({ cursor, pageSize: 20 })).pipe(
    Effect.map(({ items, next }) => ({ ids: items.map(({ id }) => id), next: Option.getOrUndefined(next) }))
  )
