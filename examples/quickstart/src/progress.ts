/** A progress bar with count and rate. It is drawn on a terminal and nowhere else. */
import { Presets, SingleBar } from "cli-progress"
import { Clock, Context, Effect, Layer } from "effect"
import { grouped } from "./table.js"

export class Progress extends Context.Tag("@effect-customers/example-quickstart/Progress")<Progress, {
  /** Shows a bar while `use` runs; `use` runs `advance` once per customer. */
  readonly bar: <A, E, R>(
    label: string,
    total: number,
    use: (advance: Effect.Effect<void>) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, R>
}>() {}

const appearance = {
  format: "{label} {bar} {value} of {total}, {rate}/s",
  formatValue: (value: number, _: unknown, token: string) =>
    token === "value" || token === "total" ? grouped(value) : String(value),
  barsize: 30,
  // Ctrl-C interrupts the fiber, and `stop` puts the terminal right.
  gracefulExit: false
}

export const layer = (output: NodeJS.WritableStream): Layer.Layer<Progress> =>
  Layer.succeed(Progress, {
    bar: <A, E, R>(label: string, total: number, use: (advance: Effect.Effect<void>) => Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          const bar = new SingleBar({ ...appearance, stream: output }, Presets.shades_classic)
          bar.start(total, 0, { label, rate: "0" })
          return bar
        }),
        (bar) =>
          Effect.flatMap(Clock.currentTimeMillis, (start) => {
            let count = 0
            return use(Effect.map(Clock.currentTimeMillis, (now) => {
              count += 1
              bar.update(count, { rate: grouped(count / (Math.max(now - start, 1) / 1000)) })
            }))
          }),
        (bar) => Effect.sync(() => bar.stop())
      )
  })
