/** How far it is: bars on a terminal, now and then a line elsewhere. */
import { MultiBar, type SingleBar } from "cli-progress"
import { Clock, Context, Duration, Effect, Layer, Option } from "effect"
import { grouped } from "./table.js"

/** Tells how many customers there are so far, and in all where that is known. */
export type Tell = (label: string, count: number, total: Option.Option<number>) => Effect.Effect<void>

export class Progress extends Context.Tag("@effect-customers/example-pipeline/Progress")<Progress, {
  /** Shows what `use` tells, one bar for each label. */
  readonly during: <A, E, R>(use: (tell: Tell) => Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>() {}

/** Shows what there is to see of one label, and of all of them at the end. */
interface Screen {
  readonly show: (state: State, now: number) => void
  readonly end: (states: Iterable<State>) => void
}

interface State {
  readonly label: string
  readonly since: { readonly count: number; readonly time: number }
  readonly count: number
  readonly total: Option.Option<number>
  readonly perSecond: number
}

export const layer = (output: NodeJS.WritableStream & { readonly isTTY?: boolean }): Layer.Layer<Progress> =>
  Layer.succeed(Progress, {
    during: <A, E, R>(use: (tell: Tell) => Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => ({
          states: new Map<string, State>(),
          screen: output.isTTY === true ? bars(output) : lines(output)
        })),
        ({ screen, states }) =>
          use((label, count, total) =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              const since = states.get(label)?.since ?? { count, time: now }
              const perSecond = (count - since.count) / (Math.max(now - since.time, 1) / 1000)
              const state = { label, since, count, total, perSecond }
              states.set(label, state)
              screen.show(state, now)
            })
          ),
        ({ screen, states }) => Effect.sync(() => screen.end(states.values()))
      )
  })

const bars = (output: NodeJS.WritableStream): Screen => {
  const all = new MultiBar({
    stream: output,
    format: (_, { progress }, state: State) =>
      [state.label.padEnd(12), ...Option.isSome(state.total) ? [barOf(progress)] : [], words(state)].join("  "),
    emptyOnZero: true,
    // Ctrl-C interrupts the fiber, and `end` puts the terminal right.
    gracefulExit: false
  })
  const known = new Map<string, SingleBar>()
  return {
    show: (state) => {
      const total = Option.getOrElse(state.total, () => state.count)
      const bar = known.get(state.label) ?? all.create(total, state.count, state)
      known.set(state.label, bar)
      bar.setTotal(total)
      bar.update(state.count, state)
    },
    end: () => known.size === 0 ? undefined : all.stop()
  }
}

const barOf = (progress: number): string => {
  const width = 30
  const done = Math.round(progress * width)
  return "█".repeat(done) + "░".repeat(width - done)
}

const lineEvery = Duration.toMillis("5 seconds")

const lines = (output: NodeJS.WritableStream): Screen => {
  const shown = new Map<string, number>()
  const write = (state: State) => void output.write(`${state.label}: ${words(state)}\n`)
  return {
    show: (state, now) => {
      if (now - (shown.get(state.label) ?? state.since.time) < lineEvery) return
      shown.set(state.label, now)
      write(state)
    },
    end: (states) => {
      for (const state of states) if (state.count > state.since.count) write(state)
    }
  }
}

const words = ({ count, perSecond, total }: State): string => {
  const rate = `${grouped(perSecond)}/s`
  if (Option.isNone(total)) return `${grouped(count)} customers, ${rate}`
  const left = total.value - count
  const estimate = left > 0 && perSecond > 0
    ? `, ${Duration.format(Duration.seconds(Math.ceil(left / perSecond)))} left`
    : ""
  return `${grouped(count)} of ${grouped(total.value)} customers, ${rate}${estimate}`
}
