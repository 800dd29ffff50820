/**
 * What this API answers when it cannot do what it was asked: one class per answer, each with its status.
 *
 * They are made of the SDK's errors field by field. Encoding those themselves would unwrap what is `Redacted` in them:
 * ids, and words of the provider that may quote a customer.
 */
import type { CustomersError } from "@effect-customers/core"
import type { ErrorContext } from "@effect-customers/core/CustomersError"
import { HttpApiSchema, HttpApp, HttpServerResponse } from "@effect/platform"
import { Duration, Effect, Schema } from "effect"

/** What all problems of a provider's call say. */
const call = {
  provider: Schema.String,
  operation: Schema.String,
  /** False: whatever was asked for surely did not happen, and asking again is safe. */
  mayHaveApplied: Schema.Boolean
}

/** `path` is dotted: `address.country`. `message` says what was expected, and never what came instead. */
const Issue = Schema.Struct({ path: Schema.String, message: Schema.String })

export class NotFound extends Schema.TaggedError<NotFound>()(
  "NotFound",
  { ...call, resource: Schema.String },
  HttpApiSchema.annotations({
    status: 404,
    description: "There is no such customer, or what the call names beside it does not exist"
  })
) {}

export class AlreadyExists extends Schema.TaggedError<AlreadyExists>()(
  "AlreadyExists",
  { ...call, fields: Schema.Array(Schema.String) },
  HttpApiSchema.annotations({ status: 409, description: "Another customer has these fields" })
) {}

export class Conflict extends Schema.TaggedError<Conflict>()(
  "Conflict",
  { ...call, path: Schema.optional(Schema.String), inProgress: Schema.optional(Schema.Boolean) },
  HttpApiSchema.annotations({
    status: 409,
    description: "The state of the customer forbids it, or a call with the same idempotency key is not done yet"
  })
) {}

export class Unprocessable extends Schema.TaggedError<Unprocessable>()(
  "Unprocessable",
  { ...call, issues: Schema.Array(Issue) },
  HttpApiSchema.annotations({ status: 422, description: "The provider does not take this input" })
) {}

export class NotSupported extends Schema.TaggedError<NotSupported>()(
  "NotSupported",
  { ...call, path: Schema.String, reason: Schema.String },
  HttpApiSchema.annotations({ status: 501, description: "The provider has no such field, or cannot do that at all" })
) {}

export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  { ...call, retryAfterSeconds: Schema.optional(Schema.Int) },
  HttpApiSchema.annotations({
    status: 503,
    description: "The provider is out of order, or asks to be asked less often; see Retry-After"
  })
) {}

export class TimedOut extends Schema.TaggedError<TimedOut>()(
  "TimedOut",
  call,
  HttpApiSchema.annotations({ status: 504, description: "The provider did not answer in time" })
) {}

export class ProviderFailed extends Schema.TaggedError<ProviderFailed>()(
  "ProviderFailed",
  call,
  HttpApiSchema.annotations({
    status: 502,
    description: "The provider cannot be reached, refuses this server, or answers what nobody can read"
  })
) {}

export class BadRequest extends Schema.TaggedError<BadRequest>()(
  "BadRequest",
  {
    provider: Schema.optional(Schema.String),
    operation: Schema.optional(Schema.String),
    mayHaveApplied: Schema.Literal(false),
    issues: Schema.Array(Issue)
  },
  HttpApiSchema.annotations({ status: 400, description: "The request does not have the form that this API describes" })
) {}

export class UnknownProvider extends Schema.TaggedError<UnknownProvider>()(
  "UnknownProvider",
  { providers: Schema.Array(Schema.String), mayHaveApplied: Schema.Literal(false) },
  HttpApiSchema.annotations({
    status: 404,
    description: "The path names a provider that this server is not configured for; it has these"
  })
) {}

export class UnknownRoute extends Schema.TaggedError<UnknownRoute>()(
  "UnknownRoute",
  { mayHaveApplied: Schema.Literal(false) },
  HttpApiSchema.annotations({ status: 404, description: "There is nothing at this path, or not with this method" })
) {}

export class InternalError extends Schema.TaggedError<InternalError>()(
  "InternalError",
  {},
  HttpApiSchema.annotations({ status: 500, description: "A defect of this server; its log says more" })
) {}

const about = ({ mayHaveApplied, operation, provider }: ErrorContext) => ({ mayHaveApplied, operation, provider })

const failed = (error: ErrorContext) => new ProviderFailed(about(error))

const unavailable = (error: ErrorContext & { readonly retryAfter?: Duration.Duration | undefined }) =>
  new Unavailable({ ...about(error), retryAfterSeconds: secondsOf(error.retryAfter) })

const secondsOf = (wait: Duration.Duration | undefined) =>
  wait === undefined ? undefined : Math.ceil(Duration.toSeconds(wait))

/** Which problem each error of the SDK is. */
export const problems = {
  CustomerNotFound: (error) => new NotFound({ ...about(error), resource: "customer" }),
  ResourceNotFound: (error) => new NotFound({ ...about(error), resource: error.resource ?? "resource" }),
  CustomerAlreadyExists: (error) => new AlreadyExists({ ...about(error), fields: error.fields }),
  Conflict: (error) => new Conflict({ ...about(error), path: error.path, inProgress: error.inProgress }),
  InvalidRequest: (error) =>
    new Unprocessable({
      ...about(error),
      issues: error.issues.map(({ message, path }) => ({
        path,
        message: typeof message === "string" ? message : `${error.provider} refuses it`
      }))
    }),
  Unsupported: (error) => new NotSupported({ ...about(error), path: error.path, reason: error.reason }),
  RateLimited: unavailable,
  ProviderUnavailable: unavailable,
  RequestTimedOut: (error) => new TimedOut(about(error)),
  AuthenticationFailed: failed,
  PermissionDenied: failed,
  TransportFailed: failed,
  InvalidResponse: failed,
  UnexpectedStatus: failed
} satisfies {
  readonly [Tag in CustomersError["_tag"]]: (error: Extract<CustomersError, { readonly _tag: Tag }>) => object
}

/** The problems that the errors of a call are. */
export type Of<E extends CustomersError> = ReturnType<(typeof problems)[E["_tag"]]>

/** Ends in the problem that an error is: with `Retry-After` where it says when, in the log where it is ours to mend. */
export const fail = <E extends CustomersError>(error: E): Effect.Effect<never, Of<E>> => {
  const problem = problems[error._tag](error as never) as Of<E>
  return Effect.zipRight(
    Effect.all([logged(error, problem), retryAfter(problem)]),
    Effect.fail(problem)
  )
}

/** The messages of the SDK's errors hold no personal data and no secret. */
const logged = (error: CustomersError, problem: unknown) =>
  problem instanceof ProviderFailed
    ? Effect.annotateLogs(Effect.logError(error.message), {
      "error.type": error._tag,
      "customers.request_id": error.requestId
    })
    : Effect.void

const retryAfter = (problem: unknown) =>
  problem instanceof Unavailable && problem.retryAfterSeconds !== undefined
    ? HttpApp.appendPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", String(problem.retryAfterSeconds)))
    )
    : Effect.void
