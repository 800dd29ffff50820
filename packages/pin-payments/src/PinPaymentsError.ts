/**
 * What a failed answer of Pin Payments means. Pure.
 *
 * @since 0.1.0
 */
import type { CustomersError, ErrorContext, InputIssue } from "@effect-customers/core/CustomersError"
import {
  Conflict,
  CustomerNotFound,
  InvalidRequest,
  RateLimited,
  ResourceNotFound
} from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const ErrorBody = Schema.parseJson(Schema.Struct({
  error: Schema.optional(Lenient.text),
  error_description: Schema.optional(Lenient.text),
  messages: Schema.optional(Schema.Unknown)
}))

const decodeBody = Schema.decodeOption(ErrorBody)

const Message = Schema.Struct({
  param: Schema.optional(Lenient.text),
  code: Schema.optional(Lenient.text),
  message: Schema.optional(Lenient.text)
})

const decodeMessage = Schema.decodeUnknownOption(Message)

/** On refunds the messages come as an object of arrays. */
const decodeMessagesByParam = Schema.decodeUnknownOption(
  Schema.Record({ key: Schema.String, value: Schema.Array(Lenient.text) })
)

/** Pin's words for what went wrong. Another text in their place is shown to nobody: it may quote what was sent. */
const codes: ReadonlySet<string | undefined> = new Set([
  "cannot_delete_primary_card",
  "invalid_card",
  "invalid_request",
  "invalid_resource",
  "invalid_state",
  "limit_reached",
  "not_found",
  "resource_not_found",
  "throttled",
  "token_already_used",
  "unauthenticated"
])

/**
 * One of the errors that the endpoint declares. Goes by status, `error` and the fields that were sent; Pin's texts
 * vary.
 *
 * - 404 on create is a card token that is spent or unknown: `InvalidRequest` at `card_token`.
 * - 404 elsewhere is `CustomerNotFound`; where a card's or a subscription's token was sent too, Pin does not say which
 *   of both is missing: `ResourceNotFound`.
 * - The primary card, and a subscription that cannot be cancelled, are `Conflict`.
 * - 503 `throttled` is how the framework that the API is built on says 429: `RateLimited`, and nothing was done.
 *
 * @since 0.1.0
 * @category errors
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const body = Option.getOrElse(decodeBody(answer.body), (): typeof ErrorBody.Type => ({}))
  const { error, error_description: description, messages } = body
  const isKnown = codes.has(error)
  const message = isKnown || error === undefined ? description : `${error}: ${description ?? ""}`
  const known = {
    ...(isKnown ? { providerCode: error } : {}),
    ...(message === undefined ? {} : { providerMessage: Redacted.make(message) })
  }
  const context = { ...answer.context, ...known }
  const { endpoint, sent } = answer
  const reason = Redacted.make(message ?? "refused by the provider")
  const token = ["card_token", "primary_card_token"].find((field) => sent.includes(field))
  const namesToken = token !== undefined || Object.keys(answer.path).length > 1

  if (context.status === 404 && (error === "not_found" || error === "resource_not_found")) {
    if (endpoint.operation === "create" && token !== undefined) return invalidToken(context, token, reason)
    return namesToken
      ? new ResourceNotFound(context)
      : new CustomerNotFound({ ...context, customerId: answer.path.customer_token })
  }
  if (context.status === 400 && error === "cannot_delete_primary_card") {
    return new Conflict({ ...context, path: "card_token", reason })
  }
  if (endpoint.operation === "cancelSubscription" && (context.status === 400 || context.status === 422)) {
    return new Conflict({ ...context, path: "sub_token", reason })
  }
  if (token !== undefined && (context.status === 400 || context.status === 422) && ofTokens.has(error)) {
    return invalidToken(context, token, reason)
  }
  if (context.status === 503 && error === "throttled") {
    return new RateLimited({ ...context, mayHaveApplied: false, retryAfter: answer.retryAfter })
  }
  return Endpoint.errorByStatus(answer, { ...known, issues: issuesOf(endpoint, messages) })
}

/** What of the input these are about is the token, and they come without messages. */
const ofTokens: ReadonlySet<string | undefined> = new Set(["token_already_used", "invalid_card"])

const invalidToken = (context: ErrorContext, path: string, message: Redacted.Redacted<string>) =>
  new InvalidRequest({ ...context, origin: "provider", issues: [{ path, message }] })

const issuesOf = (endpoint: Endpoint.Any, messages: unknown): ReadonlyArray<InputIssue> => {
  if (!Array.isArray(messages)) {
    return Object.entries(Option.getOrElse(decodeMessagesByParam(messages), () => ({})))
      .flatMap(([param, texts]) => texts.map((text) => issue(endpoint, { param, message: text })))
  }
  return messages.flatMap((message: unknown) =>
    Option.toArray(Option.map(decodeMessage(message), (message) => issue(endpoint, message)))
  )
}

const issue = (endpoint: Endpoint.Any, { code, message, param }: typeof Message.Type): InputIssue => {
  const path = param === undefined ? "" : Endpoint.fieldPath(endpoint, param.split("."))
  return {
    path,
    message: Redacted.make(message ?? "refused by the provider"),
    // made of the path, so it says no more than that
    ...(code === `${path.replaceAll(".", "_")}_invalid` ? { code } : {})
  }
}
