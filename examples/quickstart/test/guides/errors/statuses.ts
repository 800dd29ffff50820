import type { CustomersError } from "@effect-customers/core"

const statuses: { readonly [Tag in CustomersError["_tag"]]: number } = {
  CustomerNotFound: 404,
  ResourceNotFound: 404,
  CustomerAlreadyExists: 409,
  Conflict: 409,
  InvalidRequest: 422,
  Unsupported: 501,
  AuthenticationFailed: 502,
  PermissionDenied: 502,
  TransportFailed: 502,
  InvalidResponse: 502,
  UnexpectedStatus: 502,
  RateLimited: 503,
  ProviderUnavailable: 503,
  RequestTimedOut: 504
}

export const statusOf = (error: CustomersError): number => statuses[error._tag]
