import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { PassThrough } from "node:stream"
import * as Journal from "../src/journal.js"
import { journey, lookAround } from "../src/journey.js"
import * as Progress from "../src/progress.js"

/** Everything the journey needs, over the sandbox in process. */
const around = (output: NodeJS.WritableStream) =>
  Polar.layer({ accessToken: Redacted.make("polar_oat_test") }).pipe(
    Layer.provideMerge(Layer.merge(Journal.layer, Progress.layer(output))),
    Layer.provideMerge(Sandbox.layer())
  )

/** A stream that says of itself whether it is a terminal, and what was written to it. */
const screen = (isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  return { stream, text: () => String(stream.read() ?? "") }
}

const noted = Effect.gen(function*() {
  const { steps } = yield* Journal.Journal
  return (yield* steps).map(({ calls, operation, result }) => [operation, calls, result])
})

describe("the journey", () => {
  it.effect("creates, finds, changes, upserts, pages through and deletes, with as many requests as it must send", () =>
    Effect.gen(function*() {
      yield* journey(120)
      expect(yield* noted).toEqual([
        ["create", 1, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 1, "Ada Byron"],
        ["findByEmail", 1, "1 found"],
        ["update", 1, "Ada King"],
        ["upsert, as it is", 1, "Ada King"],
        ["upsert, a change", 2, "Ada Lovelace"],
        ["upsert, a new one", 2, "Charles Babbage"],
        ["create, again", 1, "CustomerAlreadyExists: email, externalId"],
        ["create x 120", 120, "120 created"],
        ["list, two pages", 3, "100 of 122"],
        ["stream, all", 2, "122 customers"],
        ["delete", 1, "deleted"],
        ["deleteByExternalId", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      const left = yield* control.customers("polar")
      expect(new Set(left.map(({ email }) => email)).size).toBe(120)
      expect((yield* control.deleted("polar")).map(({ locale, name }) => [name, locale])).toEqual([
        ["Ada Lovelace", "en-GB"],
        ["Charles Babbage", null]
      ])
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(around(screen(false).stream))))

  it.effect("reads a real account without changing it, and no more of it than was said", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed("polar", 450)
      yield* lookAround(300)
      expect(yield* noted).toEqual([
        ["list, one page", 1, "10 of 450"],
        ["get", 1, "the first of them"],
        ["stream, up to 300", 5, "300 customers"]
      ])
      expect(new Set((yield* control.requests).map(({ method }) => method))).toEqual(new Set(["GET"]))
    }).pipe(Effect.provide(around(screen(false).stream))))

  it.effect("says of an empty account that it is empty", () =>
    Effect.gen(function*() {
      yield* lookAround(300)
      expect(yield* noted).toEqual([["list, one page", 1, "0 of 0"], ["stream, up to 300", 1, "0 customers"]])
    }).pipe(Effect.provide(around(screen(false).stream))))
})

describe("the progress bar", () => {
  const walkOf450 = (output: NodeJS.WritableStream) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed("polar", 450)
      yield* lookAround(1000)
    }).pipe(Effect.provide(around(output)))

  it.live("shows count and rate on a terminal", () =>
    Effect.gen(function*() {
      const terminal = screen(true)
      yield* walkOf450(terminal.stream)
      expect(terminal.text()).toMatch(/walking .*450 of 450, [1-9][\d,]*\/s/)
    }))

  it.live("writes nothing where there is no terminal", () =>
    Effect.gen(function*() {
      const file = screen(false)
      yield* walkOf450(file.stream)
      expect(file.text()).toBe("")
    }))
})
