import * as Effect from "effect/Effect"
import type { SpanOptions } from "effect/Tracer"

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
