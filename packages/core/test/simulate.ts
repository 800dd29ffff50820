/** A clock of its own that jumps from one sleep to the next: `TestClock` waits some real milliseconds at each. */
import { Clock, Duration, Effect, Either, Layer } from "effect"

interface Sleep {
  readonly until: number
  readonly wake: () => void
}

const make = () => {
  let now = 0
  let sleeps: ReadonlyArray<Sleep> = []
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => now,
    unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
    sleep: (duration) =>
      Effect.async((resume) => {
        const sleep = { until: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        sleeps = [...sleeps, sleep]
        return Effect.sync(() => {
          sleeps = sleeps.filter((other) => other !== sleep)
        })
      })
  }
  return {
    clock,
    next: () => Math.min(Infinity, ...sleeps.map(({ until }) => until)),
    /** Wakes what sleeps until then. */
    goTo: (time: number) => {
      now = time
      const due = sleeps.filter(({ until }) => until <= now)
      sleeps = sleeps.filter(({ until }) => until > now)
      for (const { wake } of due) wake()
    }
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Runs one effect per arrival, and tells when it succeeded; undefined when it failed. */
export const simulate = async <E>(
  arrivals: ReadonlyArray<number>,
  layer: Layer.Layer<never>,
  effect: Effect.Effect<number, E>
): Promise<ReadonlyArray<{ readonly arrived: number; readonly admitted: number | undefined }>> => {
  const { clock, goTo, next } = make()
  const waiting = [...arrivals]
  const outcomes: Array<Promise<number | undefined>> = []
  const context = await Effect.runPromise(Effect.scoped(Layer.build(layer)))
  const outcome = Effect.either(effect).pipe(
    Effect.map(Either.getOrUndefined),
    Effect.provide(context),
    Effect.withClock(clock)
  )
  while (waiting.length > 0 || next() < Infinity) {
    const time = Math.min(next(), waiting[0] ?? Infinity)
    goTo(time)
    await turn()
    while (waiting[0] === time) {
      waiting.shift()
      outcomes.push(Effect.runPromise(outcome))
    }
    await turn()
    await turn()
  }
  const admitted = await Promise.all(outcomes)
  return arrivals.map((arrived, index) => ({ arrived, admitted: admitted[index] }))
}
