/** Which policy a call sees, in every way in which layers and combinators can be put together. */
import { CustomersService, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, LayerMap, ManagedRuntime, Redacted, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { token } from "./onSandbox.js"

/** A sandbox on which everything fails, or stalls. */
const broken = (fault: Fault.Fault = Fault.Respond({ status: 503 })) =>
  Layer.effectDiscard(
    Effect.flatMap(SandboxControl, ({ inject }) => inject({ fault, times: Infinity }))
  ).pipe(Layer.provideMerge(Sandbox.layer()))

const polar = Polar.layer({ accessToken: Redacted.make(token) })

const attempts = (count: number) => RetryPolicy.layer({ maxAttempts: count })

const get = Effect.flatMap(CustomersService, (customers) => customers.get("x"))

const list = Effect.flatMap(CustomersService, (customers) => customers.list())

const requests = Effect.flatMap(SandboxControl, ({ requests }) => Effect.map(requests, (entries) => entries.length))

/** How many requests a failing call comes to. */
const sentBy = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = yield* requests
    yield* Effect.exit(inVirtualTime(call))
    return (yield* requests) - before
  })

describe("of a layer", () => {
  it.effect("is what the provider's layer was built on", () =>
    Effect.map(sentBy(get), (sent) => expect(sent).toBe(2)).pipe(
      Effect.provide(polar.pipe(Layer.provide(attempts(2)), Layer.provideMerge(broken())))
    ))

  it.effect("is not what the application sets around it", () =>
    Effect.map(sentBy(get), (sent) => expect(sent).toBe(2)).pipe(
      Effect.provide(
        polar.pipe(Layer.provide(attempts(2)), Layer.provideMerge(broken()), Layer.provideMerge(attempts(6)))
      )
    ))

  it.effect("nor what is provided to the program beside it, or later", () =>
    Effect.map(sentBy(Effect.provide(get, attempts(6))), (sent) => expect(sent).toBe(4)).pipe(
      Effect.provide(Layer.merge(polar.pipe(Layer.provideMerge(broken())), attempts(5)))
    ))

  it.effect("is the application's where it has none of its own", () =>
    Effect.map(sentBy(get), (sent) => expect(sent).toBe(6)).pipe(
      Effect.provide(polar.pipe(Layer.provideMerge(broken()), Layer.provideMerge(attempts(6))))
    ))

  it.effect("is the nearest of several", () =>
    Effect.map(sentBy(get), (sent) => expect(sent).toBe(2)).pipe(
      Effect.provide(polar.pipe(Layer.provide(attempts(2)), Layer.provide(attempts(3)), Layer.provideMerge(broken())))
    ))

  it.effect("is one per provider, also in one program", () =>
    Effect.gen(function*() {
      const build = (count: number) =>
        Effect.map(
          Layer.build(Layer.fresh(polar).pipe(Layer.provide(attempts(count)))),
          Context.get(CustomersService)
        )
      const hasty = yield* build(1)
      const patient = yield* build(3)
      expect(yield* sentBy(hasty.get("x"))).toBe(1)
      expect(yield* sentBy(patient.get("x"))).toBe(3)
      expect(
        yield* sentBy(Effect.zip(Effect.exit(hasty.get("x")), Effect.exit(patient.get("x")), { concurrent: true }))
      )
        .toBe(4)
    }).pipe(Effect.scoped, Effect.provide(broken())))

  it.effect("is one per key of a LayerMap", () =>
    Effect.gen(function*() {
      const accounts = yield* LayerMap.make((count: number) => Layer.provide(Layer.fresh(polar), attempts(count)))
      for (const count of [1, 2, 3]) expect(yield* sentBy(Effect.provide(get, accounts.get(count)))).toBe(count)
    }).pipe(Effect.scoped, Effect.provide(broken())))

  it.effect("one layer value under two policies is built once, with the first; Layer.fresh builds it twice", () =>
    Effect.gen(function*() {
      class First extends Context.Tag("First")<First, Context.Tag.Service<CustomersService>>() {}
      class Second extends Context.Tag("Second")<Second, Context.Tag.Service<CustomersService>>() {}
      const as = <Self>(tag: Context.Tag<Self, Context.Tag.Service<CustomersService>>) =>
        Layer.effect(tag, CustomersService)
      const both = (first: typeof polar, second: typeof polar) =>
        Layer.merge(
          as(First).pipe(Layer.provide(first), Layer.provide(attempts(1))),
          as(Second).pipe(Layer.provide(second), Layer.provide(attempts(3)))
        )
      const seen = (services: ReturnType<typeof both>) =>
        Effect.all([
          sentBy(Effect.flatMap(First, (customers) => customers.get("x"))),
          sentBy(Effect.flatMap(Second, (customers) => customers.get("x")))
        ]).pipe(Effect.provide(services))
      const [first, second] = yield* seen(both(polar, polar))
      expect(first).toBe(second)
      expect(yield* seen(both(Layer.fresh(polar), Layer.fresh(polar)))).toEqual([1, 3])
    }).pipe(Effect.provide(broken())))
})

describe("around calls", () => {
  const provided = Effect.provide(
    polar.pipe(Layer.provide(attempts(2)), Layer.provideMerge(broken()), Layer.provideMerge(attempts(6)))
  )
  const around = (count: number) => RetryPolicy.with({ maxAttempts: count })

  it.effect("wins over the layer's, and inner over outer", () =>
    Effect.gen(function*() {
      expect(yield* sentBy(around(1)(get))).toBe(1)
      expect(yield* sentBy(get.pipe(around(3), around(5)))).toBe(3)
      expect(yield* sentBy(get.pipe(RetryPolicy.with({ factor: 3 }), around(5)))).toBe(5)
      expect(yield* sentBy(get.pipe(RetryPolicy.none, around(5)))).toBe(1)
      expect(yield* sentBy(get.pipe(around(5), RetryPolicy.none))).toBe(5)
      expect(yield* sentBy(get)).toBe(2)
    }).pipe(provided))

  it.effect("holds for a part of a program, and for the fibers it forks", () =>
    Effect.gen(function*() {
      const three = Effect.all([get, get, get].map((call) => Effect.exit(call)), { concurrency: 3 })
      expect(yield* sentBy(around(1)(three))).toBe(3)
      expect(yield* sentBy(Effect.zipRight(Effect.exit(around(1)(get)), get))).toBe(1 + 2)
      const forked = Effect.flatMap(Effect.fork(Effect.exit(get)), (fiber) => fiber.await)
      expect(yield* sentBy(around(1)(forked))).toBe(1)
    }).pipe(provided))

  it.effect("does not change what a provider's layer that is built inside was built on", () =>
    Effect.gen(function*() {
      const inside = get.pipe(Effect.provide(Layer.provide(Layer.fresh(polar), attempts(3))))
      expect(yield* sentBy(inside)).toBe(3)
      expect(yield* sentBy(around(1)(inside))).toBe(1)
    }).pipe(Effect.provide(broken())))

  it.effect("in a stream: withStream, inner over outer; `with` around the making of a stream does nothing", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const walk = customers.stream()
      const run = <A, E, R>(stream: Stream.Stream<A, E, R>) => Stream.runDrain(stream)
      expect(yield* sentBy(run(walk))).toBe(2)
      expect(yield* sentBy(run(walk.pipe(RetryPolicy.withStream({ maxAttempts: 3 }))))).toBe(3)
      expect(
        yield* sentBy(
          run(walk.pipe(RetryPolicy.withStream({ maxAttempts: 3 }), RetryPolicy.withStream({ maxAttempts: 5 })))
        )
      ).toBe(3)
      expect(yield* sentBy(around(1)(run(walk)))).toBe(1)
      expect(yield* sentBy(Effect.flatMap(around(1)(Effect.sync(() => customers.stream())), run))).toBe(2)
      // behind the stream the layer's holds again
      const behind = Stream.fromEffect(get).pipe(Stream.catchAll(() => Stream.empty))
      expect(yield* sentBy(run(Stream.concat(RetryPolicy.withStream(behind, { maxAttempts: 1 }), behind)))).toBe(1 + 2)
    }).pipe(provided))

  it.effect("each kind of policy apart", () =>
    Effect.gen(function*() {
      const error = yield* inVirtualTime(
        Effect.flip(list.pipe(RetryPolicy.none, RequestTimeout.with({ attempt: "2 seconds" })))
      )
      expect(error).toMatchObject({ _tag: "RequestTimedOut", timeout: Duration.seconds(2) })
      const layers = yield* inVirtualTime(Effect.flip(RetryPolicy.none(list)))
      expect(layers).toMatchObject({ _tag: "RequestTimedOut", timeout: Duration.seconds(7) })
    }).pipe(
      Effect.provide(polar.pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "7 seconds" })),
        Layer.provideMerge(broken(Fault.StallBody({}))),
        Layer.provideMerge(RequestTimeout.layer({ attempt: "1 hour" }))
      ))
    ))
})

layer(polar.pipe(Layer.provide(attempts(3)), Layer.provideMerge(broken()), Layer.provideMerge(attempts(6))))(
  "in it.layer",
  (it) => {
    it.effect("the layer's", () => Effect.map(sentBy(get), (sent) => expect(sent).toBe(3)))
    it.effect("and the call's", () => Effect.map(sentBy(RetryPolicy.none(get)), (sent) => expect(sent).toBe(1)))
    it.layer(Layer.fresh(polar).pipe(Layer.provide(attempts(2))))("nested", (it) => {
      it.effect("the inner layer's", () => Effect.map(sentBy(get), (sent) => expect(sent).toBe(2)))
    })
  }
)

describe("in a ManagedRuntime", () => {
  it("the layer's, over all runs, and the call's", async () => {
    const runtime = ManagedRuntime.make(
      polar.pipe(
        Layer.provide(RetryPolicy.layer({ maxAttempts: 3, initialDelay: 1 })),
        Layer.provideMerge(broken()),
        Layer.provideMerge(attempts(6))
      )
    )
    const sentByRun = async (call: typeof get) => {
      const before = await runtime.runPromise(requests)
      await runtime.runPromiseExit(call)
      return (await runtime.runPromise(requests)) - before
    }
    expect(await sentByRun(get)).toBe(3)
    expect(await sentByRun(RetryPolicy.with(get, { maxAttempts: 2 }))).toBe(2)
    expect(await sentByRun(get)).toBe(3)
    await runtime.dispose()
  })
})
