/** All that holds around the calls of every provider, and all that is seen of them: the one file to change. */
import type { CustomersService } from "@effect-customers/core"
import { RequestTimedOut, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as RateLimit from "@effect-customers/core/RateLimit"
import * as Otlp from "@effect/opentelemetry/Otlp"
import { NodeHttpClient } from "@effect/platform-node"
import { Config, type Context, Duration, Effect, Layer, Logger, LogLevel, Option } from "effect"

/**
 * Three attempts of 4 seconds, with short waits: somebody is waiting for the answer. A `Retry-After` beyond 2 seconds
 * goes on to whom it concerns.
 */
const retries = RetryPolicy.layer({ maxAttempts: 3, initialDelay: "200 millis", maxRetryAfter: "2 seconds" })

const timeouts = RequestTimeout.layerConfig({
  attempt: Config.duration("REQUEST_TIMEOUT").pipe(Config.withDefault(Duration.seconds(4)))
})

/** Per provider, in this process. Several processes share one limit with `RateLimit.layerFromStore` and Redis. */
const rateLimit = RateLimit.layerConfig({
  limit: Config.integer("RATE_LIMIT").pipe(
    Config.validate({ message: "expected a positive number", validation: (limit) => limit > 0 }),
    Config.withDefault(300)
  ),
  window: Config.succeed(Duration.minutes(1)),
  maxWait: Config.succeed(Duration.seconds(2))
})

/** For the layers of the providers: a policy is read when a provider is built. */
export const policies = Layer.mergeAll(retries, timeouts, rateLimit)

/** Of all attempts of a call and the waits between them; no call keeps a server that is to stop for longer. */
export const deadline = Duration.seconds(8)

/** The calls that this server makes. */
export type Operation = "create" | "get" | "getByExternalId" | "findByEmail" | "update" | "delete" | "list"

/** Ends a call at the deadline. Whether a write that is ended so was carried out, nobody knows. */
export const withinDeadline = (
  operation: Operation,
  { capabilities, provider }: Context.Tag.Service<CustomersService>
) => {
  const isWrite = operation === "create" || operation === "update" || operation === "delete"
  return Effect.timeoutFail({
    duration: deadline,
    onTimeout: () =>
      new RequestTimedOut({
        provider,
        operation,
        repeat: isWrite ? capabilities.repeat[operation] : "always",
        mayHaveApplied: isWrite,
        timeout: deadline
      })
  })
}

/** One JSON object per line on stdout. */
export const jsonLogs = Logger.json

const logLevel = Layer.unwrapEffect(
  Effect.map(Config.logLevel("LOG_LEVEL").pipe(Config.withDefault(LogLevel.Info)), Logger.minimumLogLevel)
)

/** Traces, metrics and logs to an OpenTelemetry collector, where one is named. */
const openTelemetry = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      baseUrl: Config.option(Config.nonEmptyString("OTEL_EXPORTER_OTLP_ENDPOINT")),
      serviceName: Config.nonEmptyString("OTEL_SERVICE_NAME").pipe(Config.withDefault("customers-backend"))
    }),
    ({ baseUrl, serviceName }) =>
      Option.match(baseUrl, {
        onNone: () => Layer.empty,
        onSome: (baseUrl) => Otlp.layerJson({ baseUrl, resource: { serviceName }, shutdownTimeout: "500 millis" })
      })
  )
).pipe(Layer.provide(NodeHttpClient.layerUndici))

/** Logs, traces and metrics of everything under it. The SDK's own spans and metrics need nothing more. */
export const observability = Layer.merge(logLevel, openTelemetry)
