import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { PassThrough } from "node:stream"
import * as Progress from "../src/progress.js"

/** A stream that says of itself whether it is a terminal, and what was written to it. */
const screen = (isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  return { stream, text: () => String(stream.read() ?? "") }
}

/** Two that are told of, the second one without a total, over eight seconds. */
const walks = Effect.flatMap(Progress.Progress, ({ during }) =>
  during((tell) =>
    Effect.gen(function*() {
      yield* tell("polar", 1000, Option.some(5000))
      yield* tell("mollie", 0, Option.none())
      yield* TestClock.adjust("4 seconds")
      yield* tell("polar", 1400, Option.some(5000))
      yield* TestClock.adjust("2 seconds")
      yield* tell("polar", 1600, Option.some(5001))
      yield* tell("mollie", 30, Option.none())
      yield* TestClock.adjust("2 seconds")
      yield* tell("polar", 5001, Option.some(5001))
    })
  ))

describe("progress", () => {
  it.effect("is a line every five seconds where there is no terminal, and one at the end", () =>
    Effect.gen(function*() {
      const { stream, text } = screen(false)
      yield* Effect.provide(walks, Progress.layer(stream))
      expect(text().split("\n")).toEqual([
        // the rate is that of this run, which began at a thousand
        "polar: 1,600 of 5,001 customers, 100/s, 35s left",
        "mollie: 30 customers, 5/s",
        "polar: 5,001 of 5,001 customers, 500/s",
        "mollie: 30 customers, 5/s",
        ""
      ])
    }))

  it.effect("is a bar for each on a terminal, where the total is known", () =>
    Effect.gen(function*() {
      const { stream, text } = screen(true)
      yield* Effect.provide(walks, Progress.layer(stream))
      const last = text().split("polar ").at(-1) ?? ""
      expect(last).toMatch(/^ +█{30} {2}5,001 of 5,001 customers, 500\/s/)
      expect(last).toMatch(/mollie +30 customers, 5\/s/)
    }))

  it.effect("writes nothing of nothing", () =>
    Effect.gen(function*() {
      const { stream, text } = screen(true)
      yield* Effect.flatMap(Progress.Progress, ({ during }) => during(() => Effect.void)).pipe(
        Effect.provide(Progress.layer(stream))
      )
      expect(text()).toBe("")
    }))
})
