/**
 * What a failed answer of Autumn means. Pure.
 *
 * @since 0.1.0
 */
import type { CustomersError, InputIssue } from "@effect-customers/core/CustomersError"
import {
  CustomerAlreadyExists,
  CustomerNotFound,
  InvalidRequest,
  UnexpectedStatus
} from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The common 429 is plain text. */
const ErrorBody = Schema.parseJson(Schema.Struct({
  message: Schema.optional(Lenient.text),
  code: Schema.optional(Lenient.text)
}))

const decodeBody = Schema.decodeOption(ErrorBody)

/** Autumn's words for what went wrong. Another text in their place is shown to nobody: it may quote what was sent. */
const codes: ReadonlySet<string | undefined> = new Set([
  "customer_already_exists",
  "customer_not_found",
  "duplicate_idempotency_key",
  "endpoint_not_public",
  "insufficient_scopes",
  "internal_error",
  "invalid_api_version",
  "invalid_cursor",
  "invalid_inputs",
  "invalid_request",
  "invalid_secret_key",
  "no_auth_header",
  "no_secret_key",
  "product_not_found",
  "rate_limit_exceeded",
  "request_temporarily_disabled",
  "service_unavailable",
  "stripe_error",
  "stripe_rate_limit_exceeded"
])

/**
 * One of the errors that the endpoint declares. Goes by status and `code`; the body may be text.
 *
 * - 404 is `CustomerNotFound` only with its code; a plan that is not there is `InvalidRequest` at `auto_enable_plan_id`.
 * - 400 at `customer_id`, where a customer is looked for, is an id that nobody can have: `CustomerNotFound`.
 * - 401 `no_auth_header` is how the server says that it does not know the route: `UnexpectedStatus`.
 * - 409 is `CustomerAlreadyExists` with its code alone; no idempotency key is ever sent, so one that was used is
 *   somebody else's doing: `UnexpectedStatus`.
 *
 * @since 0.1.0
 * @category errors
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const { code, message: text } = Option.getOrElse(decodeBody(answer.body), (): typeof ErrorBody.Type => ({}))
  const isKnown = codes.has(code)
  const message = isKnown || code === undefined ? text : `${code}: ${text ?? ""}`
  const known = {
    ...(isKnown ? { providerCode: code } : {}),
    ...(message === undefined ? {} : { providerMessage: Redacted.make(message) })
  }
  const context = { ...answer.context, ...known }
  const { endpoint } = answer
  const { status } = context
  const invalid = (issues: ReadonlyArray<InputIssue>) => new InvalidRequest({ ...context, origin: "provider", issues })
  const at = (path: string): InputIssue => ({ path, message: Redacted.make(text ?? "refused by the provider") })

  if (status === 404 && code === "customer_not_found") return new CustomerNotFound(context)
  if (status === 404 && code === "product_not_found" && endpoint.operation === "getOrCreate") {
    return invalid([at("auto_enable_plan_id")])
  }
  if (status === 401 && code === "no_auth_header") return new UnexpectedStatus(context)
  if (status === 409 && code === "customer_already_exists") {
    return new CustomerAlreadyExists({ ...context, fields: ["new_customer_id"] })
  }
  if (status === 400 && code === "invalid_cursor") return invalid([at("start_cursor")])
  const issues = code === "invalid_inputs" && text !== undefined ? issuesOf(endpoint, text) : []
  const looksFor = endpoint.errors.some((declared) => declared === CustomerNotFound)
  return status === 400 && looksFor && issues.some(({ path }) => path === "customer_id")
    ? new CustomerNotFound(context)
    : Endpoint.errorByStatus(answer, { ...known, issues })
}

/** `field: reason`, or several: `[Validation Errors] a: ...; b: ...`. */
const issuesOf = (endpoint: Endpoint.Any, message: string): ReadonlyArray<InputIssue> =>
  message
    .replace(/^\[Validation Errors\] /, "")
    .split(/; (?=[\w.[\]]+: )/)
    .map((text) => {
      const [, field = "", reason = text] = /^([\w.[\]]+): (.*)$/s.exec(text) ?? []
      const segments = field.split(/[.[\]]+/).filter((segment) => segment !== "")
      return { path: Endpoint.fieldPath(endpoint, segments), message: Redacted.make(reason) }
    })
