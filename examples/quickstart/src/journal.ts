/** Notes what the journey does, step by step. */
import * as HttpClient from "@effect/platform/HttpClient"
import { Context, type Duration, Effect, Layer, Ref } from "effect"

export interface Step {
  readonly operation: string
  /** HTTP requests that were sent. */
  readonly calls: number
  readonly result: string
  readonly time: Duration.Duration
}

export class Journal extends Context.Tag("@effect-customers/example-quickstart/Journal")<Journal, {
  /** Runs one step and notes what it took; `result` says in a few words what came of it. */
  readonly step: <A, E, R>(
    operation: string,
    effect: Effect.Effect<A, E, R>,
    result: (value: A) => string
  ) => Effect.Effect<A, E, R>
  readonly steps: Effect.Effect<ReadonlyArray<Step>>
}>() {}

/** A journal, and an `HttpClient` whose requests it counts. */
export const layer = Layer.effectContext(
  Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    const sent = yield* Ref.make(0)
    const noted = yield* Ref.make<ReadonlyArray<Step>>([])

    const journal: Context.Tag.Service<Journal> = {
      steps: Ref.get(noted),
      step: (operation, effect, result) =>
        Effect.gen(function*() {
          const before = yield* Ref.get(sent)
          const [time, value] = yield* Effect.timed(effect)
          const calls = (yield* Ref.get(sent)) - before
          yield* Ref.update(noted, (steps) => [...steps, { operation, calls, result: result(value), time }])
          return value
        })
    }

    return Context.make(Journal, journal).pipe(
      Context.add(
        HttpClient.HttpClient,
        HttpClient.tapRequest(client, () => Ref.update(sent, (count) => count + 1))
      )
    )
  })
)
