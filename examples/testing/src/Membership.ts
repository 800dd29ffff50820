/** A small service with rules of its own, over customers of whatever provider. */
import { type Customer, CustomersByExternalId } from "@effect-customers/core"
import { Array, Data, DateTime, Duration, Effect, Option, Stream } from "effect"

/** Somebody else's account has the e-mail. */
export class EmailInUse extends Data.TaggedError("EmailInUse")<{}> {}

/** The provider does not answer now. Joining again later is safe: it is still joining once. */
export class TryLater extends Data.TaggedError("TryLater")<{}> {}

export interface Member {
  readonly userId: string
  readonly email: string
  readonly name: string
}

/** Whoever joins twice has joined once, with the newest name; whoever had left is back. */
export const join = ({ userId, ...member }: Member) =>
  Effect.flatMap(
    CustomersByExternalId,
    (customers) => customers.upsert(userId, { ...member, metadata: { status: "member" } })
  ).pipe(
    Effect.catchTags({
      CustomerAlreadyExists: () => new EmailInUse(),
      ProviderUnavailable: () => new TryLater(),
      RateLimited: () => new TryLater(),
      RequestTimedOut: () => new TryLater(),
      TransportFailed: () => new TryLater()
    })
  )

/** Who leaves is kept for a month; who is no member cannot leave, and that is no error. */
export const leave = (userId: string) =>
  Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    const leftAt = DateTime.formatIso(yield* DateTime.now)
    yield* customers.updateByExternalId(userId, { metadata: { status: "left", leftAt } })
  }).pipe(Effect.catchTag("CustomerNotFound", () => Effect.void))

const keptFor = Duration.days(30)

const leftAt = ({ metadata }: Customer): Option.Option<DateTime.Utc> =>
  metadata["status"] === "left" && typeof metadata["leftAt"] === "string"
    ? DateTime.make(metadata["leftAt"])
    : Option.none()

/** Deletes everybody who left a month ago. One who cannot be deleted stops nothing, and is told of. */
export const purge = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const now = yield* DateTime.now
  const left = customers.stream().pipe(
    Stream.filter((customer) =>
      Option.exists(leftAt(customer), (time) => Duration.greaterThan(DateTime.distanceDuration(time, now), keptFor))
    )
  )
  const results = yield* Stream.runCollect(
    Stream.mapEffect(left, ({ id }) => Effect.either(Effect.as(customers.delete(id), id)))
  )
  const [failures, deleted] = Array.separate(results)
  return { deleted, failures }
})
