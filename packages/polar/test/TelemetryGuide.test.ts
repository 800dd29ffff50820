/** What `docs/telemetry.md` shows: its tables, its programs, what they print, and what a collector is sent. */
import { Telemetry } from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, Metric, Predicate, Random, Schema } from "effect"
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { OpenTelemetry } from "./guide/telemetry/otlp.js"
import { program } from "./guide/telemetry/spans.js"
import { inProcess, token } from "./onSandbox.js"

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

const guide = textOf("../../../docs/telemetry.md")

const blocks = (language: string): ReadonlyArray<string> =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, code = ""]) => code)

/** The cells of the table below a heading, without the backticks. */
const tableBelow = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [, below = ""] = guide.split(`\n## ${heading}\n`)
  const [table = ""] = /(?:^\|.*\n)+/m.exec(below) ?? []
  return table.trimEnd().split("\n").slice(2).map((row) =>
    row.slice(1, -1).split("|").map((cell) => cell.trim().replaceAll("`", ""))
  )
}

const Attribute = Schema.Struct({
  key: Schema.String,
  value: Schema.Union(
    Schema.Struct({ stringValue: Schema.String }),
    Schema.Struct({ intValue: Schema.Number }),
    Schema.Struct({ boolValue: Schema.Boolean })
  )
})

const Span = Schema.Struct({
  name: Schema.String,
  spanId: Schema.String,
  parentSpanId: Schema.optional(Schema.String),
  startTimeUnixNano: Schema.String,
  attributes: Schema.Array(Attribute),
  status: Schema.Struct({ code: Schema.Number })
})

const Traces = Schema.Struct({
  resourceSpans: Schema.Array(Schema.Struct({ scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) })) }))
})

const decodeTraces = Schema.decodeUnknown(Schema.parseJson(Traces))

type Span = typeof Span.Type

/** What every span has, or has more than once. */
const known = ["customers.provider", "customers.operation", "http.request.method", "url.template"]

/** What `OtlpTracer` says of itself. */
const added = ["span.label", "status.interrupted"]

const place = ({ key }: typeof Attribute.Type): number => Telemetry.spanAttributes.findIndex((name) => name === key)

const rendered = (spans: ReadonlyArray<Span>, parent: string | undefined, indent = ""): string =>
  spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((left, right) => Number(BigInt(left.startTimeUnixNano) - BigInt(right.startTimeUnixNano)))
    .map(({ attributes, name, spanId }) => {
      const shown = attributes
        .filter(({ key }) => ![...known, ...added].includes(key))
        .sort((left, right) => place(left) - place(right))
        .map(({ key, value }) => `${key}=${Object.values(value).join("")}`)
      return `${[`${indent}${name}`, ...shown].join(" ")}\n${rendered(spans, spanId, `${indent}  `)}`
    })
    .join("")

/** The program over a collector that keeps what it is sent, by path. */
const observed = Effect.gen(function*() {
  const sent: Array<{ readonly path: string; readonly body: string }> = []
  const collector = HttpClient.make((request) =>
    Effect.sync(() => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : request.body._tag
      sent.push({ path: new URL(request.url).pathname, body })
      return HttpClientResponse.fromWeb(request, new Response())
    })
  )
  const logged: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => void logged.push(`${logLevel.label} ${String(message)}\n`))
  yield* Effect.gen(function*() {
    const { inject } = yield* SandboxControl
    yield* inject({ operation: "getExternal", fault: Fault.Respond({ status: 503 }) })
    yield* program
  }).pipe(
    Effect.withRandom(Random.make("telemetry")),
    Logger.withMinimumLogLevel(LogLevel.Debug),
    Effect.provide(Layer.mergeAll(
      inProcess(),
      Layer.provide(OpenTelemetry, Layer.succeed(HttpClient.HttpClient, collector)),
      Logger.replace(Logger.defaultLogger, logger)
    ))
  )
  const traces = yield* Effect.forEach(
    sent.filter(({ path }) => path === "/v1/traces"),
    ({ body }) => decodeTraces(body)
  )
  const spans = traces.flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
  return { logged, sent, spans }
})

describe("the tables", () => {
  it("have every attribute, and no other", () => {
    expect(tableBelow("Attributes").map(([attribute]) => attribute)).toEqual([...Telemetry.spanAttributes])
  })

  it("have every metric with its kind, and every label", () => {
    const metrics = [Telemetry.requests, Telemetry.requestDuration, Telemetry.retries]
    expect(metrics).toHaveLength(Object.values(Telemetry).filter(Predicate.isFunction).length)
    for (const metric of metrics) metric.register()
    const kinds = Metric.unsafeSnapshot().flatMap(({ metricKey: { keyType, name } }) =>
      name.startsWith("customers.") ? [`${name} ${String(Predicate.hasProperty(keyType, "boundaries"))}`] : []
    )
    const rows = tableBelow("Metrics")
    expect(rows.map(([name, kind]) => `${name} ${String(kind === "histogram")}`).sort()).toEqual(
      [...new Set(kinds)].sort()
    )
    expect(new Set(rows.flatMap(([, , labels = ""]) => labels.split(", ")))).toEqual(new Set(Telemetry.metricLabels))
  })
})

describe("the programs", () => {
  it("are what is run here, letter for letter", () => {
    const files = readdirSync(new URL("guide/telemetry", import.meta.url))
    expect([...blocks("ts")].sort()).toEqual(files.map((file) => textOf(`guide/telemetry/${file}`)).sort())
  })

  it.live("send the spans and log the lines that are shown, and nothing of anybody", () =>
    Effect.gen(function*() {
      const { logged, sent, spans } = yield* observed
      const [spansShown, , logShown] = blocks("text")
      expect(rendered(spans, undefined)).toBe(spansShown)
      expect(logged.join("")).toBe(logShown)
      expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(["/v1/traces", "/v1/metrics", "/v1/logs"]))
      const all = sent.map(({ body }) => body).join()
      expect(["ada@example.com", "user_1", token].filter((secret) => all.includes(secret))).toEqual([])
      // what the guide says of `OtlpTracer`
      const isCalledInterrupted = ({ attributes }: Span) => attributes.some(({ key }) => key === "status.interrupted")
      const failed = spans.filter(({ status }) => status.code === 2)
      expect(failed.length).toBeGreaterThan(0)
      expect(spans.filter(isCalledInterrupted)).toEqual(failed)
      expect(guide).toContain("`status.interrupted`")
    }))

  it.live("print the metrics that are shown", () =>
    Effect.gen(function*() {
      const output = yield* Effect.async<string>((resume) => {
        const child = execFile(
          process.execPath,
          ["--import", "tsx", "test/guide/telemetry/metrics.ts"],
          { cwd: fileURLToPath(new URL("..", import.meta.url)) },
          (error, stdout, stderr) => resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(stderr)))
        )
        return Effect.sync(() => child.kill())
      })
      expect(output).toBe(blocks("text")[1])
    }))
})
