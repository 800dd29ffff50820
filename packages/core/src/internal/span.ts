import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ParentSpan, type SpanOptions } from "effect/Tracer"

/**
 * A span around an effect whose success it does not see: a tracer is handed the exit of what it traces, and ours hold
 * customers.
 *
 * @internal
 */
export const withSpan = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: string,
  options: SpanOptions
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const answers: Array<A> = []
    return Effect.map(
      Effect.withSpan(Effect.map(effect, (answer) => void answers.push(answer)), name, options),
      () => answers[0] as A
    )
  })

/**
 * The same around a stream. Its span ends as the stream does, whatever its consumer makes of it: `Stream.withSpan`
 * hands the tracer what the whole run answers or fails with.
 *
 * @internal
 */
export const withStreamSpan = <A, E, R>(
  stream: Stream.Stream<A, E, R>,
  name: string,
  options: SpanOptions
): Stream.Stream<A, E, R> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const end = yield* Ref.make<Exit.Exit<void, E>>(Exit.void)
    const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) =>
      Effect.flatMap(Ref.get(end), (end) =>
        Scope.close(scope, Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause) ? exit : end)))
    const span = yield* Scope.extend(Effect.makeSpanScoped(name, options), scope)
    return stream.pipe(
      Stream.tapErrorCause((cause) =>
        Ref.set(end, Exit.failCause(cause))
      ),
      Stream.provideService(ParentSpan, span)
    )
  }))
