import * as Polar from "@effect-customers/polar"
import { HttpClient, HttpClientRequest, HttpTraceContext } from "@effect/platform"
import { Effect, Redacted } from "effect"

export const PolarTraced = Polar.layer({
  accessToken: Redacted.make("polar_oat_x"),
  transformClient: HttpClient.mapRequestEffect((request) =>
    Effect.match(Effect.currentSpan, {
      onFailure: () => request,
      onSuccess: (span) => HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span))
    })
  )
})
