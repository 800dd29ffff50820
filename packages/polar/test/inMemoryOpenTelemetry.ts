/** OpenTelemetry with exporters that keep what they are given. */
import { NodeSdk } from "@effect/opentelemetry"
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  type MetricData,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Effect, type Exit, Layer, Logger, LogLevel } from "effect"

/** This SDK's metrics, as they stand: those of one process are one registry. */
const collect = (reader: PeriodicExportingMetricReader): Effect.Effect<ReadonlyArray<MetricData>> =>
  Effect.map(
    Effect.promise(() => reader.collect()),
    ({ resourceMetrics }) =>
      resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name.startsWith("customers."))
  )

/** Everything that an effect and what it calls say of themselves, logs of every level included. */
export const observed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const spanExporter = new InMemorySpanExporter()
    const logExporter = new InMemoryLogRecordExporter()
    const metricReader = new PeriodicExportingMetricReader({
      exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    })
    const sdk = NodeSdk.layer(() => ({
      resource: { serviceName: "test" },
      spanProcessor: new SimpleSpanProcessor(spanExporter),
      logRecordProcessor: new SimpleLogRecordProcessor({ exporter: logExporter }),
      metricReader
    }))
    return Effect.gen(function*() {
      const before = yield* collect(metricReader)
      const exit: Exit.Exit<A, E> = yield* Effect.exit(Logger.withMinimumLogLevel(effect, LogLevel.All))
      return {
        exit,
        before,
        metrics: yield* collect(metricReader),
        spans: spanExporter.getFinishedSpans(),
        logs: logExporter.getFinishedLogRecords()
      }
    }).pipe(Effect.provide(Layer.merge(sdk, Logger.remove(Logger.defaultLogger))))
  })

export interface Branch {
  readonly span: ReadableSpan
  readonly children: ReadonlyArray<Branch>
}

/** Spans under their parents, in the order in which they began; those of one instant in the order in which they ended. */
export const trees = (spans: ReadonlyArray<ReadableSpan>, parent?: string): ReadonlyArray<Branch> =>
  spans
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .sort((left, right) => left.startTime[0] - right.startTime[0] || left.startTime[1] - right.startTime[1])
    .map((span) => ({ span, children: trees(spans, span.spanContext().spanId) }))
