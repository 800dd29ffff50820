import { RequestTimeout } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Layer, Stream } from "effect"

const inForce = Effect.flatMap(RequestTimeout.RequestTimeout, RequestTimeout.resolve).pipe(
  Effect.map(({ attempt, idle }) => [Duration.toSeconds(attempt), Duration.toSeconds(idle)])
)

describe("RequestTimeout", () => {
  it.effect("is 30 seconds and 30 seconds", () => Effect.map(inForce, (value) => expect(value).toEqual([30, 30])))

  it.effect("a layer sets what it names", () =>
    Effect.gen(function*() {
      expect(yield* Effect.provide(inForce, RequestTimeout.layer({ attempt: "5 seconds" }))).toEqual([5, 30])
      const config = RequestTimeout.layerConfig({ idle: Config.duration("IDLE") })
      const provider = ConfigProvider.fromMap(new Map([["IDLE", "7 seconds"]]))
      expect(yield* Effect.provide(inForce, Layer.provide(config, Layer.setConfigProvider(provider)))).toEqual([30, 7])
    }))

  it.effect("around a call: inner over outer over the layer's", () =>
    inForce.pipe(
      RequestTimeout.with({ attempt: "1 second" }),
      RequestTimeout.with({ attempt: "2 seconds", idle: "3 seconds" }),
      Effect.provide(RequestTimeout.layer({ attempt: "5 seconds", idle: "6 seconds" })),
      Effect.map((value) => expect(value).toEqual([1, 3]))
    ))

  it.effect("an undefined option keeps what holds outside", () =>
    inForce.pipe(
      RequestTimeout.with({ attempt: undefined, idle: "1 second" }),
      RequestTimeout.with({ attempt: "2 seconds" }),
      Effect.map((value) => expect(value).toEqual([2, 1]))
    ))

  it.effect("around a stream, and not outside of it", () =>
    Effect.gen(function*() {
      const stream = Stream.repeatEffect(inForce).pipe(
        Stream.take(1),
        RequestTimeout.withStream({ attempt: "4 seconds" })
      )
      const [inside] = yield* Stream.runCollect(stream)
      expect(inside).toEqual([4, 30])
      expect(yield* inForce).toEqual([30, 30])
    }))

  it.effect("none: no timeout", () =>
    Effect.map(RequestTimeout.none(inForce), (value) => expect(value).toEqual([Infinity, Infinity])))
})
