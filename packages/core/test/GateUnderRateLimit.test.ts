/** A gate that others close, again and again, while a call waits for its turn at the rate limit. */
import { RetryPolicy } from "@effect-customers/core"
import * as RateLimit from "@effect-customers/core/RateLimit"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as Acme from "./acme.js"
import { settle } from "./virtualTime.js"

const person = { path: { id: "1" } }

it.effect("does not keep it for ever", () =>
  Effect.gen(function*() {
    const { client } = Acme.answering(() => Acme.status(429, { "retry-after": "1" }))
    let others: Effect.Effect<unknown> = Effect.void
    const limiter = {
      admit: () => Effect.suspend(() => others),
      override: () => limiter
    }
    const { call } = yield* Effect.provide(
      Acme.transportOver(client),
      Layer.succeed(RateLimit.RateLimit, Option.some(limiter))
    )
    others = call(Acme.get, person).pipe(RetryPolicy.none, RateLimit.none, Effect.exit)
    const exit = yield* settle(Effect.flip(call(Acme.get, person)), "10 minutes")
    expect(Option.map(exit, ({ _tag }) => _tag)).toEqual(Option.some("Success"))
  }))
