/**
 * What a failed answer of Polar means. Pure.
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

/** Polar has three shapes: its own (`detail`), OAuth2's (`error_description`), and a list of issues as `detail`. */
const ErrorBody = Schema.parseJson(Schema.Struct({
  error: Schema.optional(Lenient.text),
  error_description: Schema.optional(Lenient.text),
  detail: Schema.optional(Schema.Unknown)
}))

const decodeBody = Schema.decodeOption(ErrorBody)

const Issue = Schema.Struct({
  type: Schema.optional(Schema.Unknown),
  loc: Schema.Array(Schema.Unknown),
  msg: Schema.String
})

type Issue = typeof Issue.Type

const decodeIssue = Schema.decodeUnknownOption(Issue)

/**
 * One of the errors that the endpoint declares.
 *
 * - 404 is `CustomerNotFound` only with `error: "ResourceNotFound"`; without it the route or the version is missing.
 * - 422 at the path is an id that is no UUID: `CustomerNotFound`.
 * - 422 "already exists" is `CustomerAlreadyExists`: Polar never answers 409 here.
 * - 422 for an external id that is set already, or a team that would become an individual, is `Conflict`.
 *
 * @since 0.1.0
 * @category errors
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const body = Option.getOrUndefined(decodeBody(answer.body))
  const error = body?.error
  const detail = body?.detail
  const issues = Array.isArray(detail) ? detail.flatMap((issue: unknown) => Option.toArray(decodeIssue(issue))) : []
  const message = typeof detail === "string" ? detail : body?.error_description ?? issues[0]?.msg
  const known = {
    ...(error === undefined || !word.test(error) ? {} : { providerCode: error }),
    ...(message === undefined ? {} : { providerMessage: Redacted.make(message) })
  }
  const context = { ...answer.context, ...known }
  const notFound = () =>
    new CustomerNotFound({
      ...context,
      customerId: answer.path.id,
      externalId: answer.path.external_id
    })

  if (context.status === 404 && error === "ResourceNotFound") return notFound()
  if (context.status === 422 && issues.length > 0) {
    if (issues.some((issue) => issue.loc[0] === "path")) return notFound()
    if (issues.every(isTaken)) {
      return new CustomerAlreadyExists({
        ...context,
        fields: issues.map((issue) => fieldPath(answer.endpoint, issue.loc))
      })
    }
    const conflict = issues.find(isConflict)
    if (conflict !== undefined) {
      return new Conflict({
        ...context,
        path: fieldPath(answer.endpoint, conflict.loc),
        reason: Redacted.make(conflict.msg)
      })
    }
  }
  return Endpoint.errorByStatus(answer, {
    ...known,
    issues: issues.map((issue): InputIssue => ({
      path: fieldPath(answer.endpoint, issue.loc),
      message: Redacted.make(issue.msg),
      ...(word.test(String(issue.type)) ? { code: String(issue.type) } : {})
    }))
  })
}

const isTaken = ({ loc, msg }: Issue): boolean => {
  const field = loc[loc.length - 1]
  return (field === "email" || field === "external_id") && /already exists/i.test(msg)
}

const isConflict = ({ loc, msg }: Issue): boolean => {
  const field = loc[loc.length - 1]
  return (field === "external_id" && /cannot be updated/i.test(msg)) ||
    ((field === "type" || field === "body") && /cannot be downgraded/i.test(msg))
}

/** What may be shown of an answer: no e-mail, no text of the customer's. */
const word = /^\w{1,64}$/

const places: ReadonlyArray<unknown> = ["body", "query", "path", "header"]
const unionTags: ReadonlyArray<unknown> = ["individual", "team"]

/**
 * Where in the input: `["body","individual","billing_address","country"]` is `billing_address.country`. Schema errors
 * of create carry the union tag, business errors do not. Keys of metadata are the caller's, so they become `*`, and
 * what stands behind them names a branch of a union.
 */
const fieldPath = (endpoint: Endpoint.Any, loc: Issue["loc"]): string => {
  const [place, ...inside] = loc
  const path = places.includes(place) ? inside : loc
  const field = unionTags.includes(path[0]) ? path.slice(1) : path
  if (field[0] === "metadata" && field.length > 1) return "metadata.*"
  return Endpoint.fieldPath(endpoint, field)
}
