/**
 * What can be seen of the calls from outside: spans and metrics, with attributes and labels from fixed lists. None of
 * them holds personal data, a secret, a header, or anything of a URL but its template.
 *
 * A service operation is a span (`CustomersService.create`), the client's operation a span under it
 * (`customers.create`), and each request that is sent a span under that (`POST /v1/customers/`).
 *
 * @since 0.1.0
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

/**
 * All attributes that spans of this SDK can have.
 *
 * - `customers.provider`, `customers.operation`: which call it is.
 * - `http.request.method`, `url.template`: where it goes. Never the URL: paths and queries hold ids and e-mails.
 * - `http.response.status_code`, `customers.request_id`: of the answer; on a client operation, of the last one.
 * - `http.request.resend_count`: how many requests of the same call went before; on a client operation, how many
 *   repeats there were. Absent where there were none.
 * - `customers.replayed`: true where the provider answered from its store of idempotency keys.
 * - `error.type`: the tag of the error that it ended in.
 *
 * @since 0.1.0
 * @category attributes
 */
export const spanAttributes = [
  "customers.provider",
  "customers.operation",
  "http.request.method",
  "url.template",
  "http.response.status_code",
  "customers.request_id",
  "http.request.resend_count",
  "customers.replayed",
  "error.type"
] as const

/**
 * All labels that metrics of this SDK can have.
 *
 * - `provider`, `operation`: which call it is.
 * - `outcome`: `success`, the tag of the error that the request ended in, `interrupted`, or `defect` (of a client that
 *   the caller gave).
 * - `unit`: of a duration; `ms`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const metricLabels = ["provider", "operation", "outcome", "unit"] as const

/**
 * Requests that were sent, by `provider`, `operation` and `outcome`: a call that was repeated twice counts three times.
 *
 * @since 0.1.0
 * @category metrics
 */
export const requests: Metric.Metric.Counter<number> = Metric.counter("customers.requests", {
  description: "Requests sent to a billing provider",
  incremental: true
})

/**
 * How long those requests took, to the last byte of the answer (of a streamed answer: to its head), in milliseconds, by
 * `provider`, `operation` and `outcome`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const requestDuration: Metric.Metric.Histogram<number> = Metric.histogram(
  "customers.request.duration",
  MetricBoundaries.fromIterable([5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 30_000]),
  "Duration of requests to a billing provider"
).pipe(Metric.tagged("unit", "ms"))

/**
 * Repeats, by `provider`, `operation` and the `outcome` of the request that is repeated.
 *
 * @since 0.1.0
 * @category metrics
 */
export const retries: Metric.Metric.Counter<number> = Metric.counter("customers.retries", {
  description: "Requests repeated after a failure",
  incremental: true
})
