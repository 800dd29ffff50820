import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/**
 * Not `Effect.timeoutFail`: where the caller cannot be interrupted (`acquireRelease`, a finalizer) that would wait for
 * the answer for ever. The attempt is a fiber of its own that only its timer, or a caller that can be interrupted,
 * ends.
 *
 * Effect logs what a fiber fails with, at debug level, also when another waits for it. Inside an attempt that is an
 * error of the platform, whose text is the URL: nothing of it is logged.
 *
 * @internal
 */
export const failAfter =
  <E2>(timeout: Duration.Duration, onTimeout: () => E2) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    Effect.withUnhandledErrorLogLevel(
      Duration.isFinite(timeout) ? inOwnFiber(self, timeout, onTimeout) : self,
      Option.none()
    )

const inOwnFiber = <A, E, R, E2>(
  self: Effect.Effect<A, E, R>,
  timeout: Duration.Duration,
  onTimeout: () => E2
): Effect.Effect<A, E | E2, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const isOver = yield* Ref.make(false)
      const attempt = yield* Effect.forkDaemon(Effect.interruptible(self))
      const timer = yield* Effect.sleep(timeout).pipe(
        Effect.zipRight(Ref.set(isOver, true)),
        Effect.zipRight(Fiber.interruptFork(attempt)),
        Effect.interruptible,
        Effect.forkDaemon
      )
      const exit = yield* restore(Fiber.await(attempt)).pipe(
        Effect.onInterrupt(() => Fiber.interrupt(attempt)),
        Effect.ensuring(Fiber.interrupt(timer))
      )
      if (Exit.isInterrupted(exit) && (yield* Ref.get(isOver))) return yield* Effect.failSync(onTimeout)
      yield* Fiber.inheritAll(attempt)
      return yield* exit
    })
  )
