/** Everything that prints a value, for tests of what must not be seen. */
import type { CustomersError } from "@effect-customers/core"
import { vi } from "@effect/vitest"
import { Cause, Effect, Exit, Logger, Metric } from "effect"
import { format, inspect } from "node:util"

type Printed = readonly [printer: string, text: string]

/** What the printers of JavaScript, Node and Effect make of a value. */
export const printings = (value: object): ReadonlyArray<Printed> => [
  ["JSON.stringify", JSON.stringify(value)],
  ["util.inspect", inspect(value, { depth: Infinity })],
  ["util.inspect with hidden properties", inspect(value, { depth: Infinity, showHidden: true, getters: true })],
  ["%o", format("%o", value)],
  ["String", String(value)],
  ["Cause.pretty", Cause.pretty(Cause.fail(value), { renderErrorCause: true })],
  ["Exit", inspect(Exit.fail(value), { depth: Infinity })],
  ["spread", inspect({ ...value }, { depth: Infinity }) + JSON.stringify({ ...value })],
  ...value instanceof Error ? [["message and stack", `${value.message} ${value.stack}`] as const] : []
]

/** What each of Effect's loggers makes of a value, given as it is, inside a cause, and as an annotation. */
export const logged = (value: unknown): Effect.Effect<ReadonlyArray<Printed>> =>
  Effect.gen(function*() {
    const out: Array<Printed> = []
    const log = Effect.logError("failed", value, Cause.fail(value)).pipe(
      Effect.annotateLogs("value", value),
      Effect.withLogSpan("call")
    )
    const use = (logger: Logger.Logger<unknown, void>) =>
      log.pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
    const kept = (name: string) => (text: unknown) =>
      void out.push([name, typeof text === "string" ? text : inspect(text, { depth: 20 })])
    yield* use(Logger.map(Logger.stringLogger, kept("string")))
    yield* use(Logger.map(Logger.logfmtLogger, kept("logfmt")))
    yield* use(Logger.map(Logger.jsonLogger, kept("json")))
    yield* use(Logger.map(Logger.structuredLogger, kept("structured")))
    const write = (...parts: ReadonlyArray<unknown>) => void out.push(["pretty", format(...parts)])
    const spies = (["log", "error", "warn", "info", "group", "groupCollapsed", "trace"] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation(write)
    )
    yield* use(Logger.prettyLogger({ mode: "tty", stderr: false, colors: false }))
    yield* Effect.sync(() => spies.forEach((spy) => spy.mockRestore()))
    return out
  })

/** What of the errors of many calls, of their spans and of the metrics holds a text that nobody must see: who, and how. */
export const leakedBy = (
  errors: ReadonlyArray<CustomersError>,
  spans: ReadonlyArray<{ readonly name: string }>,
  leaksIn: (text: string) => ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const found = new Set<string>()
    const look = (what: unknown, texts: ReadonlyArray<Printed>) => {
      for (const [how, text] of texts) {
        const leaked = leaksIn(text)
        if (leaked.length > 0) found.add(`${String(what)}: ${how}: ${leaked.join()}`)
      }
    }
    const printed = new Set<string>()
    for (const error of errors) {
      look([error._tag, error.operation, error.status], printings(error))
      // the loggers are slow, and see the same
      const kind = `${error._tag} ${error.operation}`
      if (!printed.has(kind)) look(kind, yield* logged(error))
      printed.add(kind)
    }
    for (const span of spans) look(span.name, [["span", inspect(span, { depth: Infinity, showHidden: true })]])
    look("metrics", [["metrics", inspect(yield* Metric.snapshot, { depth: 8, maxArrayLength: null })]])
    return [...found]
  })
