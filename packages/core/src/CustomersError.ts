/**
 * Everything an operation can end in, as flat tagged classes: `Effect.catchTag` works, and each operation's signature
 * lists exactly the ones it can end in.
 *
 * Errors are plain sanitised data. No request, response, header, body or decode error is kept in them, not even as
 * `cause`: printing the platform's own errors prints bearer tokens and personal data. What may quote personal data is
 * `Redacted`; messages are built from provider, operation, status, tag, field paths and this SDK's own words alone.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Provider } from "./Customer.js"
import * as Arbitraries from "./internal/arbitraries.js"

/**
 * How safe it is to send one operation again when it is not known whether the first attempt was carried out:
 * `always` (reads, and writes that end in the same state), `with-key` (safe with an idempotency key), `never`.
 *
 * @since 0.1.0
 * @category models
 */
export const RepeatSafety = Schema.Literal("always", "with-key", "never")

/**
 * How safe it is to send an operation again: `always`, `with-key` or `never`.
 *
 * @since 0.1.0
 * @category models
 */
export type RepeatSafety = typeof RepeatSafety.Type

/**
 * Text that may quote personal data: `Redacted` in memory, `{ redacted: text }` when encoded on purpose.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RedactedText: Schema.Schema<Redacted.Redacted<string>, { readonly redacted: string }> = Schema.transform(
  Schema.Struct({ redacted: Schema.String }),
  Schema.RedactedFromSelf(Schema.String),
  {
    strict: true,
    decode: ({ redacted }) => Redacted.make(redacted),
    encode: (text) => ({ redacted: Redacted.value(text) })
  }
)

const FiniteDuration = Schema.DurationFromMillis.pipe(
  Schema.filter(Duration.isFinite, {
    arbitrary: () => (fc) => fc.integer({ min: 0, max: 600_000 }).map(Duration.millis)
  })
)

const Status = Schema.Int.annotations({ arbitrary: () => (fc) => fc.integer({ min: 200, max: 599 }) })

/** Milliseconds, to the second. */
const AnsweredAt = Schema.Int.annotations({
  arbitrary: () => (fc) => Arbitraries.millis(fc).map((time) => time - time % 1000)
})

const word = (shape: RegExp) => Schema.String.annotations({ arbitrary: Arbitraries.textLike(shape) })

const Words = word(/^[a-z]{3,10} [a-z]{3,10}$/)

const Path = word(/^(|name|email|address\.country|metadata\.\*)$/)

const shared = {
  /** Which provider the call was for. */
  provider: Provider,
  /** The client operation that failed (`create`, `getExternal`), or the service operation that refused its input. */
  operation: word(/^[a-z][A-Za-z]{2,15}$/),
  /** False when the provider surely did not act: the call was refused, never sent, or changes nothing. */
  mayHaveApplied: Schema.Boolean,
  /** How safe a repeat of this operation is. */
  repeat: RepeatSafety,
  /** The HTTP status, where a response arrived. */
  status: Schema.optional(Status),
  /** The provider's id of the request, where it sent one. */
  requestId: Schema.optional(word(/^req_[A-Za-z0-9]{6,20}$/)),
  /** When the answer was made, by the provider's own clock: its `Date` header, in milliseconds, to the second. */
  answeredAt: Schema.optional(AnsweredAt),
  /** The provider's own code of the error, where it sent one. */
  providerCode: Schema.optional(word(/^[a-z][a-z_]{2,20}$/)),
  /** The provider's own words. They may quote what was sent, so they are redacted. */
  providerMessage: Schema.optional(RedactedText)
}

/**
 * What every error carries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ErrorContext {
  readonly provider: Provider
  readonly operation: string
  readonly mayHaveApplied: boolean
  readonly repeat: RepeatSafety
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly answeredAt?: number | undefined
  readonly providerCode?: string | undefined
  readonly providerMessage?: Redacted.Redacted<string> | undefined
}

const describe = (error: ErrorContext, what: string): string =>
  `${error.provider} ${error.operation}: ${what}${error.status === undefined ? "" : ` (status ${error.status})`}`

const maybeApplied = (error: ErrorContext): string => error.mayHaveApplied ? "; it may have been applied" : ""

/** The default policy repeats a call that surely did not happen, and one that may have where a repeat is safe. */
const isRepeatable = (error: ErrorContext): boolean => !error.mayHaveApplied || error.repeat !== "never"

/** The longest `Retry-After` that the default policy waits for. */
const longestWait = Duration.seconds(90)

const isWorthWaiting = (retryAfter: Duration.Duration | undefined): boolean =>
  retryAfter === undefined || Duration.lessThanOrEqualTo(retryAfter, longestWait)

const transientStatuses: ReadonlyArray<number> = [408, 425, 500, 502, 503, 504]

/**
 * Whether the same call may well succeed later: no whole answer, 408, 425, 429, 500, 502, 503, 504, or a call with the
 * same key still in progress. Whether it *may* be repeated is another question: `mayHaveApplied` and `repeat`.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isTransient = (error: CustomersError): boolean => {
  switch (error._tag) {
    case "TransportFailed":
    case "RequestTimedOut":
    case "RateLimited":
      return true
    case "ProviderUnavailable":
      return error.status === undefined || transientStatuses.includes(error.status)
    case "Conflict":
      return error.inProgress === true
    default:
      return false
  }
}

/**
 * One thing that is wrong with the input. `path` is dotted (`address.country`; keys of the caller's own records print
 * as `*`; empty for the whole). `message` is plain for what this SDK found, redacted for the provider's words.
 *
 * @since 0.1.0
 * @category models
 */
export const InputIssue = Schema.Struct({
  path: Path,
  message: Schema.Union(Words, RedactedText),
  code: Schema.optional(word(/^[a-z_]{3,15}$/))
})

/**
 * One thing that is wrong with the input.
 *
 * @since 0.1.0
 * @category models
 */
export interface InputIssue extends Schema.Schema.Type<typeof InputIssue> {}

/** Paths, with what this SDK says of them; the provider's words are redacted and stay out. */
const describeIssues = (issues: ReadonlyArray<InputIssue>): string =>
  [
    ...new Set(issues.map(({ message, path }) => {
      const where = path === "" ? "the input" : path
      return typeof message === "string" ? `${where} (${message})` : where
    }))
  ].join(", ")

/**
 * This customer does not exist: unknown, deleted or archived, or the id is malformed for the provider. A 404 for a
 * route or an API version is `UnexpectedStatus`.
 *
 * @since 0.1.0
 * @category errors
 */
export class CustomerNotFound
  extends Schema.TaggedError<CustomerNotFound>("@effect-customers/core/CustomerNotFound")("CustomerNotFound", {
    ...shared,
    /** The id that was asked for. */
    customerId: Schema.optional(RedactedText),
    /** The external id that was asked for. */
    externalId: Schema.optional(RedactedText)
  })
{
  override get message(): string {
    return describe(this, "customer not found")
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * Something other than the customer does not exist (a card, a subscription, a plan), or the provider does not say what.
 *
 * @since 0.1.0
 * @category errors
 */
export class ResourceNotFound
  extends Schema.TaggedError<ResourceNotFound>("@effect-customers/core/ResourceNotFound")("ResourceNotFound", {
    ...shared,
    /** What is missing, in one word, where it is known. */
    resource: Schema.optional(word(/^(card|plan|subscription)$/))
  })
{
  override get message(): string {
    return describe(this, `${this.resource ?? "resource"} not found`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * An e-mail, external id or id is taken; `fields` names all that are.
 *
 * @since 0.1.0
 * @category errors
 */
export class CustomerAlreadyExists
  extends Schema.TaggedError<CustomerAlreadyExists>("@effect-customers/core/CustomerAlreadyExists")(
    "CustomerAlreadyExists",
    {
      ...shared,
      /** The unified fields whose values are taken: `email`, `externalId`, `id`. */
      fields: Schema.Array(word(/^(email|externalId|id)$/))
    }
  )
{
  override get message(): string {
    return describe(this, `a customer with this ${this.fields.join(" and ")} already exists`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * The input was refused: by this SDK before anything was sent (`origin: "sdk"`, also for a bad option of the layer) or
 * by the provider.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidRequest
  extends Schema.TaggedError<InvalidRequest>("@effect-customers/core/InvalidRequest")("InvalidRequest", {
    ...shared,
    origin: Schema.Literal("sdk", "provider"),
    issues: Schema.Array(InputIssue)
  })
{
  override get message(): string {
    return describe(this, `invalid ${describeIssues(this.issues)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * The provider cannot do or store this. Decided before anything is sent; nothing is dropped silently.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unsupported extends Schema.TaggedError<Unsupported>("@effect-customers/core/Unsupported")("Unsupported", {
  ...shared,
  /** The unified field, dotted, or the option. */
  path: Path,
  /** Why, in words that hold no data of the call. */
  reason: Words
}) {
  override get message(): string {
    return describe(this, `unsupported ${this.path}: ${this.reason}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * The state of the customer forbids the call: an external id that can be set once, a subscription that blocks a delete.
 *
 * @since 0.1.0
 * @category errors
 */
export class Conflict extends Schema.TaggedError<Conflict>("@effect-customers/core/Conflict")("Conflict", {
  ...shared,
  /** The unified field at which the conflict is, where there is one. */
  path: Schema.optional(Path),
  /** True when an earlier call with the same idempotency key is still being carried out. */
  inProgress: Schema.optional(Schema.Boolean),
  reason: RedactedText
}) {
  override get message(): string {
    const what = this.inProgress === true ? "an earlier call with this key is in progress" : "conflict"
    return describe(this, `${what}${this.path === undefined ? "" : ` at ${this.path}`}${maybeApplied(this)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return isTransient(this) && isRepeatable(this)
  }
}

/**
 * 401: the credential is missing, malformed, expired or revoked.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthenticationFailed
  extends Schema.TaggedError<AuthenticationFailed>("@effect-customers/core/AuthenticationFailed")(
    "AuthenticationFailed",
    shared
  )
{
  override get message(): string {
    return describe(this, "authentication failed")
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * 403: the credential is good but may not do this.
 *
 * @since 0.1.0
 * @category errors
 */
export class PermissionDenied
  extends Schema.TaggedError<PermissionDenied>("@effect-customers/core/PermissionDenied")("PermissionDenied", shared)
{
  override get message(): string {
    return describe(this, "permission denied")
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * 429: too many calls.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimited extends Schema.TaggedError<RateLimited>("@effect-customers/core/RateLimited")("RateLimited", {
  ...shared,
  /** How long the provider asks to wait, where it says. */
  retryAfter: Schema.optional(FiniteDuration)
}) {
  override get message(): string {
    return describe(this, `rate limited${waitText(this.retryAfter)}${maybeApplied(this)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return isRepeatable(this) && isWorthWaiting(this.retryAfter)
  }
}

/**
 * 5xx, 408 or 425: the provider cannot answer now.
 *
 * @since 0.1.0
 * @category errors
 */
export class ProviderUnavailable
  extends Schema.TaggedError<ProviderUnavailable>("@effect-customers/core/ProviderUnavailable")("ProviderUnavailable", {
    ...shared,
    /** How long the provider asks to wait, where it says. */
    retryAfter: Schema.optional(FiniteDuration)
  })
{
  override get message(): string {
    return describe(this, `provider unavailable${waitText(this.retryAfter)}${maybeApplied(this)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return isTransient(this) && isRepeatable(this) && isWorthWaiting(this.retryAfter)
  }
}

const waitText = (retryAfter: Duration.Duration | undefined): string =>
  retryAfter === undefined ? "" : `, retry after ${Duration.format(retryAfter)}`

/**
 * No whole response within the timeout.
 *
 * @since 0.1.0
 * @category errors
 */
export class RequestTimedOut
  extends Schema.TaggedError<RequestTimedOut>("@effect-customers/core/RequestTimedOut")("RequestTimedOut", {
    ...shared,
    /** The timeout that passed. */
    timeout: FiniteDuration
  })
{
  override get message(): string {
    return describe(this, `timed out after ${Duration.format(this.timeout)}${maybeApplied(this)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return isRepeatable(this)
  }
}

/**
 * The connection failed: before the request was sent (`mayHaveApplied: false`) or before the whole response arrived.
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportFailed
  extends Schema.TaggedError<TransportFailed>("@effect-customers/core/TransportFailed")("TransportFailed", {
    ...shared,
    /** The system's code where there is one: `ECONNRESET`, `ENOTFOUND`. */
    code: Schema.optional(word(/^(ECONNRESET|ENOTFOUND|ECONNREFUSED)$/))
  })
{
  override get message(): string {
    return describe(
      this,
      `connection failed${this.code === undefined ? "" : ` with ${this.code}`}${maybeApplied(this)}`
    )
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return isRepeatable(this)
  }
}

/**
 * A 2xx answer whose body cannot be read. Says where and what was expected, never the value.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidResponse
  extends Schema.TaggedError<InvalidResponse>("@effect-customers/core/InvalidResponse")("InvalidResponse", {
    ...shared,
    /** `path` is dotted (`items.3.created_at`; empty for the whole body). */
    issues: Schema.Array(Schema.Struct({ path: Path, expected: Words }))
  })
{
  override get message(): string {
    const where = this.issues.map(({ expected, path }) => `${path === "" ? "the body" : path} (expected ${expected})`)
    return describe(this, `unreadable answer at ${where.join(", ")}${maybeApplied(this)}`)
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * A status that this operation does not know: a redirect (never followed), a route or API version that is not there.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedStatus
  extends Schema.TaggedError<UnexpectedStatus>("@effect-customers/core/UnexpectedStatus")("UnexpectedStatus", shared)
{
  override get message(): string {
    return describe(this, "unexpected status")
  }
  /** Whether the default policy repeats an attempt that ends like this. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * What every call can end in.
 *
 * @since 0.1.0
 * @category models
 */
export type CommonError =
  | InvalidRequest
  | AuthenticationFailed
  | PermissionDenied
  | RateLimited
  | ProviderUnavailable
  | RequestTimedOut
  | TransportFailed
  | UnexpectedStatus

/**
 * The schema of all errors, for who sends them over a wire of their own.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CustomersError = Schema.Union(
  CustomerNotFound,
  ResourceNotFound,
  CustomerAlreadyExists,
  InvalidRequest,
  Unsupported,
  Conflict,
  AuthenticationFailed,
  PermissionDenied,
  RateLimited,
  ProviderUnavailable,
  RequestTimedOut,
  TransportFailed,
  InvalidResponse,
  UnexpectedStatus
)

/**
 * Any of the errors.
 *
 * @since 0.1.0
 * @category models
 */
export type CustomersError = typeof CustomersError.Type

/**
 * The same error, saying that the call may have been applied: by an attempt before the one that it tells of. For
 * authors of transports.
 *
 * @since 0.1.0
 * @category combinators
 */
export const asMaybeApplied = <E extends CustomersError>(error: E): E => {
  if (error.mayHaveApplied) return error
  // every class is constructed of its own fields
  const construct = error.constructor as new(fields: object) => E
  return new construct({ ...error, mayHaveApplied: true })
}

const rename = (path: string, names: { readonly [name: string]: string }): string =>
  path.split(".").map((segment) => Object.hasOwn(names, segment) ? names[segment] : segment).join(".")

/**
 * The same error with its field paths in other words: a service says `address.postalCode` where its client says
 * `billing_address.postal_code`. For authors of provider packages.
 *
 * @since 0.1.0
 * @category combinators
 */
export const renamePaths = (names: { readonly [name: string]: string }) => <E>(error: E): E => {
  if (error instanceof InvalidRequest) {
    const issues = error.issues.map((issue) => ({ ...issue, path: rename(issue.path, names) }))
    return new InvalidRequest({ ...error, issues }) as E & InvalidRequest
  }
  if (error instanceof CustomerAlreadyExists) {
    return new CustomerAlreadyExists({
      ...error,
      fields: error.fields.map((field) => rename(field, names))
    }) as E & CustomerAlreadyExists
  }
  if (error instanceof Conflict && error.path !== undefined) {
    return new Conflict({ ...error, path: rename(error.path, names) }) as E & Conflict
  }
  return error
}
