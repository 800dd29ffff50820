/**
 * What a failed answer of Flexprice means. Pure.
 *
 * @since 0.1.0
 */
import type { CustomersError, InputIssue } from "@effect-customers/core/CustomersError"
import { Conflict, CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** What the server's own body says: flat since April 2026, within `error` before. */
const Explanation = Schema.Struct({
  code: Schema.optional(Lenient.text),
  message: Schema.optional(Lenient.text),
  details: Schema.optional(Schema.Unknown)
})

/** `error` is the older body, or the middleware's word: of keys, roles, environments. */
const decodeBody = Schema.decodeOption(
  Schema.parseJson(Schema.Struct({ ...Explanation.fields, error: Schema.optional(Schema.Unknown) }))
)

const decodeOlder = Schema.decodeOption(
  Schema.parseJson(Schema.Struct({ success: Schema.Literal(false), error: Explanation }))
)

const Details = Schema.Record({ key: Schema.String, value: Schema.Unknown })

type Details = typeof Details.Type

const decodeDetails = Schema.decodeUnknownOption(Details)

/** Flexprice's words for what went wrong. Another text in their place is shown to nobody: it may quote what was sent. */
const codes: ReadonlySet<string | undefined> = new Set([
  "already_exists",
  "database_error",
  "http_client_error",
  "internal_error",
  "invalid_operation",
  "not_found",
  "not_implemented",
  "permission_denied",
  "service_unavailable",
  "system_error",
  "too_many_requests",
  "validation_error",
  "version_conflict"
])

/**
 * One of the errors that the endpoint declares. Both shapes of the server's bodies are read, and those of its
 * middleware.
 *
 * - 404 is `CustomerNotFound` where an operation says so; `404 page not found` is a route that is not there.
 * - 409 is `CustomerAlreadyExists` at `external_id`, the one field that is unique; a version conflict is `Conflict`.
 * - 400 on delete is `Conflict`: something blocks it.
 * - 400 elsewhere names Go fields (`AddressLine1`), which are told as those of the wire.
 *
 * @since 0.1.0
 * @category errors
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const body = Option.getOrUndefined(decodeBody(answer.body))
  const older = Option.getOrUndefined(decodeOlder(answer.body))?.error
  const { code, details, message = text(body?.error) } = older ?? body ?? {}
  const known = {
    ...(codes.has(code) ? { providerCode: code } : {}),
    ...(message === undefined ? {} : { providerMessage: Redacted.make(message) })
  }
  const context = { ...answer.context, ...known }
  const { status } = context
  const reason = Redacted.make(message ?? "refused by the provider")
  const told = Option.getOrElse(decodeDetails(details), (): Details => ({}))
  // what stands before the operations has no code
  const isOfOperation = older !== undefined || code !== undefined

  if (isOfOperation && status === 404 && (code === undefined || code === "not_found")) {
    return new CustomerNotFound({
      ...context,
      customerId: answer.path.id ?? redacted(told.customer_id),
      externalId: answer.path.external_id ?? redacted(told.lookup_key)
    })
  }
  if (isOfOperation && status === 409) {
    return code === "version_conflict"
      ? new Conflict({ ...context, reason })
      : new CustomerAlreadyExists({ ...context, fields: ["external_id"] })
  }
  if (isOfOperation && status === 400 && answer.endpoint.operation === "delete" && code !== "validation_error") {
    return new Conflict({ ...context, reason })
  }
  return Endpoint.errorByStatus(answer, { ...known, issues: issuesOf(answer.endpoint, told, reason) })
}

const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

/** An id in the query of a call is not at hand here; the answer says it again. */
const redacted = (id: unknown): Redacted.Redacted<string> | undefined =>
  typeof id === "string" ? Redacted.make(id) : undefined

/** `AddressLine1` is `address_line1`, `ExternalID` is `external_id`. */
const wireName = (goName: string): string => goName.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase()

/** Of these the server checks the format, and tells them by their own names. */
const keysOfMetadata: ReadonlySet<string> = new Set(["gstin", "pan", "hsn_sac"])

/** The details that name a field of the input; others say what the message says. */
const issuesOf = (
  endpoint: Endpoint.Any,
  details: Details,
  reason: Redacted.Redacted<string>
): ReadonlyArray<InputIssue> =>
  Object.entries(details)
    .map(([name, words]) => ({
      path: Endpoint.fieldPath(endpoint, keysOfMetadata.has(name) ? ["metadata", name] : [wireName(name)]),
      message: typeof words === "string" ? Redacted.make(words) : reason
    }))
    .filter(({ path }) => !path.startsWith("*"))
