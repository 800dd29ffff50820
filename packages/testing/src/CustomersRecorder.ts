/**
 * A recorder of the calls that a program makes, over any layer that provides `CustomersService`.
 *
 * @since 0.1.0
 */
import type { Json } from "@effect-customers/core/Customer"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { before, type Call, intercept } from "./internal/intercept.js"

/**
 * Input as it is recorded: secrets are the text `"<redacted>"`.
 *
 * @since 0.1.0
 * @category models
 */
export type Recorded<A> = A extends Json | undefined ? A
  : A extends Redacted.Redacted<unknown> ? typeof redacted
  : { readonly [Key in keyof A]: Recorded<A[Key]> }

/**
 * A call, by the names of its arguments: `{ operation: "create", input }`, `{ operation: "get", id }`,
 * `{ operation: "update", id, patch }`, `{ operation: "getOrCreate", externalId, input }`,
 * `{ operation: "list", options }`, `{ operation: "findByEmail", email }`. Where no options are given there is no key.
 *
 * Input is a copy, made when the call began. In it all that is `Redacted`, and in a `paymentSource` all but the card's
 * name, address and expiry, is `"<redacted>"`; an argument that cannot be read is `"<unreadable>"`. E-mails and names are there to be
 * compared: they are not meant for a log.
 *
 * @since 0.1.0
 * @category models
 */
export type RecordedCall = Recorded<Call>

/**
 * The calls of the services of a layer.
 *
 * @example
 * ```ts
 * import { CustomersService } from "@effect-customers/core"
 * import { CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
 * import * as Effect from "effect/Effect"
 * import { expect } from "vitest"
 *
 * const CustomersTest = InMemoryCustomers.layer().pipe(CustomersRecorder.record)
 *
 * const test = Effect.gen(function*() {
 *   const customers = yield* CustomersService
 *   yield* customers.create({ email: "ada@example.com" })
 *   const { calls } = yield* CustomersRecorder
 *   expect(yield* calls).toEqual([{ operation: "create", input: { email: "ada@example.com" } }])
 * }).pipe(Effect.provide(CustomersTest))
 * ```
 *
 * @since 0.1.0
 * @category tags
 */
export class CustomersRecorder extends Context.Tag("@effect-customers/testing/CustomersRecorder")<
  CustomersRecorder,
  {
    /** In the order in which they began; a walk begins each time it is consumed. */
    readonly calls: Effect.Effect<ReadonlyArray<RecordedCall>>
    /** Forgets the calls up to here. */
    readonly clear: Effect.Effect<void>
  }
>() {
  /**
   * The same layer, with a recorder of the calls of its services beside them. Every build records anew.
   *
   * It records what reaches it: behind a fault (`layer.pipe(CustomersFaults.failNth(...), CustomersRecorder.record)`) it
   * sees the call that fails as the program made it; before the fault it sees only what the fault lets through.
   */
  static readonly record = <ROut, E, RIn>(
    self: Layer.Layer<ROut | CustomersService, E, RIn>
  ): Layer.Layer<ROut | CustomersService | CustomersRecorder, E, RIn> =>
    Layer.unwrapEffect(Effect.map(Ref.make(Chunk.empty<RecordedCall>()), (recorded) =>
      Layer.merge(
        self.pipe(intercept(Effect.succeed(
          before((call) => Ref.update(recorded, Chunk.append(record(call))))
        ))),
        Layer.succeed(CustomersRecorder, {
          calls: Effect.map(Ref.get(recorded), Chunk.toReadonlyArray),
          clear: Ref.set(recorded, Chunk.empty())
        })
      )))
}

const redacted = "<redacted>"

/** What of a card is no secret. */
const cardFields = ["name", "address", "expiryMonth", "expiryYear"]

const record = (call: Call): RecordedCall =>
  Object.fromEntries(
    Object.entries(call).map(([name, value]) => [name, Option.getOrElse(copied(value), () => "<unreadable>")])
  ) as RecordedCall

const copy = (value: unknown, secret = false): unknown => {
  if (Redacted.isRedacted(value)) return redacted
  if (typeof value !== "object" || value === null) return secret && Predicate.isNotNullable(value) ? redacted : value
  if (Array.isArray(value)) return value.map((item) => copy(item, secret))
  return Object.fromEntries(
    Object.entries(value).map(([key, value]) => [
      key,
      copy(value, secret ? !cardFields.includes(key) : key === "paymentSource")
    ])
  )
}

/** None for what throws when it is read, and for what has no end. */
const copied = Option.liftThrowable((value: unknown) => copy(value))
