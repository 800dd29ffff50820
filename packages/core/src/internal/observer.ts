import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CustomersError } from "../CustomersError.js"
import type * as Endpoint from "../Endpoint.js"
import * as Telemetry from "../Telemetry.js"
import { withSpan, withStreamSpan } from "./span.js"

/**
 * What can be seen of one call from outside.
 *
 * @internal
 */
export interface Observer {
  /** Surrounds the call. */
  readonly call: <A>(self: Effect.Effect<A, CustomersError>) => Effect.Effect<A, CustomersError>
  readonly stream: <A>(self: Stream.Stream<A, CustomersError>) => Stream.Stream<A, CustomersError>
  /** Surrounds one of its requests. */
  readonly request: (resends: number) => <A>(self: Effect.Effect<A, CustomersError>) => Effect.Effect<A, CustomersError>
  /** Says what is known of an answer, to the request's span now and to the call's in the end. */
  readonly answered: (attributes: Attributes) => Effect.Effect<void>
}

type Attributes = { readonly [_ in (typeof Telemetry.spanAttributes)[number]]?: string | number | boolean }

type Labels = { readonly [_ in Exclude<(typeof Telemetry.metricLabels)[number], "unit">]: string }

const annotate = (attributes: Attributes): Effect.Effect<void> => Effect.annotateCurrentSpan(attributes)

const annotateError = (error: CustomersError) => annotate({ "error.type": error._tag })

/** @internal */
export const make = (endpoint: Endpoint.Any): Observer => {
  let last: Attributes = {}
  const annotateLast = Effect.suspend(() => annotate(last))
  const options = (attributes: Attributes) => ({
    kind: "client" as const,
    captureStackTrace: false,
    attributes: {
      "customers.provider": endpoint.provider,
      "customers.operation": endpoint.operation,
      "http.request.method": endpoint.method,
      "url.template": endpoint.path,
      ...attributes
    } satisfies Attributes
  })
  const name = `customers.${endpoint.operation}`
  return {
    call: (self) => withSpan(Effect.ensuring(Effect.tapError(self, annotateError), annotateLast), name, options({})),
    stream: (self) =>
      withStreamSpan(Stream.ensuring(Stream.tapError(self, annotateError), annotateLast), name, options({})),
    request: (resends) => (self) =>
      Effect.suspend(() => {
        last = resends === 0 ? {} : { "http.request.resend_count": resends }
        return withSpan(
          measure(endpoint, Effect.tapError(self, annotateError)),
          `${endpoint.method} ${endpoint.path}`,
          options(last)
        )
      }),
    answered: (attributes) =>
      Effect.suspend(() => {
        last = { ...last, ...attributes }
        return annotate(attributes)
      })
  }
}

const tagged = <Type, In, Out>(metric: Metric.Metric<Type, In, Out>, labels: Labels) =>
  Metric.taggedWithLabels(metric, Object.entries(labels).map(([key, value]) => MetricLabel.make(key, value)))

const labelsOf = ({ operation, provider }: Endpoint.Any, outcome: string): Labels => ({ provider, operation, outcome })

const outcomeOf = (exit: Exit.Exit<unknown, CustomersError>): string =>
  Exit.match(exit, {
    onSuccess: () => "success",
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), {
        onNone: () => Cause.isInterrupted(cause) ? "interrupted" : "defect",
        onSome: (error) => error._tag
      })
  })

const measure = <A>(
  endpoint: Endpoint.Any,
  request: Effect.Effect<A, CustomersError>
): Effect.Effect<A, CustomersError> =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (startedAt) =>
      Effect.onExit(request, (exit) =>
        Effect.flatMap(Clock.currentTimeMillis, (endedAt) => {
          const labels = labelsOf(endpoint, outcomeOf(exit))
          return Effect.zipRight(
            Metric.increment(tagged(Telemetry.requests, labels)),
            Metric.update(tagged(Telemetry.requestDuration, labels), Math.max(0, endedAt - startedAt))
          )
        }))
  )

/** @internal */
export const countRetry = (endpoint: Endpoint.Any, error: CustomersError): Effect.Effect<void> =>
  Metric.increment(tagged(Telemetry.retries, labelsOf(endpoint, error._tag)))
