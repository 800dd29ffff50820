/** Runs what waits on the clock as fast as the machine can, under `TestClock`. */
import { Chunk, Clock, Deferred, Duration, Effect, type Exit, Fiber, Option, Ref, TestClock } from "effect"

/** Promises and sockets of this process get their turn; no time passes. */
const turns = (count: number) =>
  Effect.promise(async () => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
  })

/** What `TestClock` keeps, and does not show in its types. */
interface Inside {
  readonly clockState: Ref.Ref<TestClock.Data>
}

/** `TestClock.setTime` without its waits of 10 real milliseconds, of which it needs some for every step. */
const setTime = (time: number) =>
  TestClock.testClockWith((clock) =>
    Ref.modify((clock as TestClock.TestClock & Inside).clockState, ({ sleeps }) => {
      const [later, due] = Chunk.partition(sleeps, ([until]) => until <= time)
      return [due, TestClock.makeData(time, later)]
    })
  ).pipe(
    Effect.flatMap(Effect.forEach(([, wake]) => Deferred.succeed(wake, undefined)))
  )

/**
 * The exit of an effect, and none when it has not ended after this long on the clock: it hangs. Time goes from one sleep to
 * the next, and only when nothing else can go on.
 */
export const settle = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  longest: Duration.DurationInput = "2 hours"
): Effect.Effect<Option.Option<Exit.Exit<A, E>>, never, R> =>
  Effect.gen(function*() {
    // says that time is seen to, which would be asked for otherwise
    yield* TestClock.adjust(0)
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(longest)
    const fiber = yield* Effect.fork(effect)
    let idle = 0
    while (true) {
      yield* turns(20)
      const exit = yield* Fiber.poll(fiber)
      if (Option.isSome(exit)) return exit
      const next = Math.min(...yield* TestClock.sleeps())
      if (next <= end) {
        idle = 0
        yield* setTime(next)
      } else if (idle++ < 100) {
        // nobody waits for the clock: for a file that is loaded, perhaps
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 10)))
      } else {
        yield* Fiber.interruptFork(fiber)
        return Option.none()
      }
    }
  })

/** As `settle`, for what must not hang; the effect's own success or failure. */
export const inVirtualTime = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  longest?: Duration.DurationInput
): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    settle(effect, longest),
    Option.match({
      onNone: () => Effect.dieMessage("it hangs"),
      onSome: (exit) => exit
    })
  )
