/**
 * One span, one log line and one measurement per request. They hold its method and the template of its route, and
 * nothing of its URL, its headers or its body: those are full of e-mails.
 */
import {
  HttpApp,
  HttpMiddleware,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  HttpTraceContext
} from "@effect/platform"
import { Duration, Effect, LogLevel, Metric, MetricBoundaries, Option } from "effect"

const requestDuration = Metric.histogram(
  "http.server.request.duration",
  MetricBoundaries.fromIterable([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]),
  "Duration of requests to this server, in seconds"
).pipe(Metric.tagged("unit", "s"))

/** The caller's own, or that of a proxy; a new one where it could be something else than an id. */
const requestIdOf = ({ headers: { "x-request-id": given } }: HttpServerRequest.HttpServerRequest) =>
  given !== undefined && /^[\w-]{8,64}$/.test(given) ? Effect.succeed(given) : Effect.sync(() => crypto.randomUUID())

/** What a caller got wrong, or asked of a provider that cannot do it, is no trouble of this server. */
const levelOf = (status: number, route: string) => {
  if (status === 500 || status === 502) return LogLevel.Error
  if (status > 502) return LogLevel.Warning
  // probes come every few seconds
  return route.startsWith("/health/") ? LogLevel.Debug : LogLevel.Info
}

export const accessLog = HttpMiddleware.make((app) =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const requestId = yield* requestIdOf(request)
    const parent = Option.getOrUndefined(HttpTraceContext.fromHeaders(request.headers))
    yield* HttpApp.appendPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "x-request-id", requestId))
    )
    return yield* Effect.useSpan(request.method, { parent, kind: "server", captureStackTrace: false }, (span) =>
      Effect.gen(function*() {
        const [duration, exit] = yield* Effect.timed(Effect.exit(Effect.withParentSpan(app, span)))
        const { status } = HttpServerError.exitResponse(exit)
        // the router has noted it, where it knows the path
        const route = String(span.attributes.get("http.route") ?? "unknown")
        span.attribute("http.request.method", request.method)
        span.attribute("http.response.status_code", status)
        yield* requestDuration(Effect.succeed(Duration.toSeconds(duration))).pipe(
          Effect.tagMetrics({
            "http.request.method": request.method,
            "http.route": route,
            "http.response.status_code": `${status}`
          })
        )
        yield* Effect.logWithLevel(levelOf(status, route), `${request.method} ${route} ${status}`).pipe(
          Effect.annotateLogs({
            ...Object.fromEntries(span.attributes),
            duration_ms: Math.round(Duration.toMillis(duration))
          })
        )
        return yield* exit
      })).pipe(Effect.annotateLogs("request.id", requestId))
  })
)
