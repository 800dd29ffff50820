/**
 * The core of Effect Customers: models, errors and service tags flat; the rest as namespaces.
 *
 * @since 0.1.0
 */

export * as Capabilities from "./Capabilities.js"
export {
  Address,
  AddressInput,
  Card,
  CreateCustomer,
  Customer,
  CustomerId,
  Json,
  Metadata,
  PaymentSource,
  Provider,
  UpdateCustomer
} from "./Customer.js"
export { CustomersByEmail } from "./CustomersByEmail.js"
export { CustomersByExternalId } from "./CustomersByExternalId.js"
export {
  AuthenticationFailed,
  type CommonError,
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
} from "./CustomersError.js"
export { CustomersService } from "./CustomersService.js"
export * as Endpoint from "./Endpoint.js"
export * as Idempotency from "./Idempotency.js"
export * as Lenient from "./Lenient.js"
export * as Page from "./Page.js"
export * as ProviderConfig from "./ProviderConfig.js"
export * as RequestTimeout from "./RequestTimeout.js"
export * as RetryPolicy from "./RetryPolicy.js"
export * as Telemetry from "./Telemetry.js"
export * as Transport from "./Transport.js"
