/** An error of the SDK of each kind, and what of it a client of this server is to see. */
import {
  AuthenticationFailed,
  Conflict,
  CustomerAlreadyExists,
  CustomerNotFound,
  CustomersError,
  InvalidRequest,
  InvalidResponse,
  PermissionDenied,
  ProviderUnavailable,
  RateLimited,
  RequestTimedOut,
  ResourceNotFound,
  TransportFailed,
  UnexpectedStatus,
  Unsupported
} from "@effect-customers/core"
import type { ErrorContext } from "@effect-customers/core/CustomersError"
import { Duration, Redacted } from "effect"

/** What no client of this server may see. */
export const theirWords = Redacted.make("ada@example.com is not welcome")

export type Failure = (context: ErrorContext) => CustomersError

export const failures: Readonly<
  Record<CustomersError["_tag"], readonly [failure: Failure, status: number, body: object]>
> = {
  CustomerNotFound: [(call) => new CustomerNotFound({ ...call, customerId: theirWords }), 404, {
    _tag: "NotFound",
    resource: "customer"
  }],
  ResourceNotFound: [(call) => new ResourceNotFound({ ...call, resource: "card" }), 404, {
    _tag: "NotFound",
    resource: "card"
  }],
  CustomerAlreadyExists: [(call) => new CustomerAlreadyExists({ ...call, fields: ["email", "externalId"] }), 409, {
    _tag: "AlreadyExists",
    fields: ["email", "externalId"]
  }],
  Conflict: [(call) => new Conflict({ ...call, path: "externalId", inProgress: true, reason: theirWords }), 409, {
    _tag: "Conflict",
    path: "externalId",
    inProgress: true
  }],
  InvalidRequest: [
    (call) =>
      new InvalidRequest({
        ...call,
        origin: "provider",
        issues: [{ path: "email", message: theirWords }, { path: "name", message: "expected a name" }]
      }),
    422,
    {
      _tag: "Unprocessable",
      issues: [{ path: "email", message: "in-memory refuses it" }, { path: "name", message: "expected a name" }]
    }
  ],
  Unsupported: [(call) => new Unsupported({ ...call, path: "phone", reason: "in-memory does not store it" }), 501, {
    _tag: "NotSupported",
    path: "phone",
    reason: "in-memory does not store it"
  }],
  RateLimited: [(call) => new RateLimited({ ...call, retryAfter: Duration.millis(1500) }), 503, {
    _tag: "Unavailable",
    retryAfterSeconds: 2
  }],
  ProviderUnavailable: [(call) => new ProviderUnavailable({ ...call, status: 500 }), 503, { _tag: "Unavailable" }],
  RequestTimedOut: [(call) => new RequestTimedOut({ ...call, timeout: Duration.seconds(1) }), 504, {
    _tag: "TimedOut"
  }],
  AuthenticationFailed: [(call) => new AuthenticationFailed(call), 502, { _tag: "ProviderFailed" }],
  PermissionDenied: [(call) => new PermissionDenied(call), 502, { _tag: "ProviderFailed" }],
  TransportFailed: [(call) => new TransportFailed({ ...call, code: "ECONNRESET" }), 502, { _tag: "ProviderFailed" }],
  InvalidResponse: [
    (call) => new InvalidResponse({ ...call, issues: [{ path: "email", expected: "a string" }] }),
    502,
    {
      _tag: "ProviderFailed"
    }
  ],
  UnexpectedStatus: [(call) => new UnexpectedStatus({ ...call, status: 418 }), 502, { _tag: "ProviderFailed" }]
}
