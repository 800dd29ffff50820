/** What a failed answer of Acme means. Pure. */
import type { CustomersError } from "@effect-customers/core/CustomersError"
import { CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Explanation = Schema.Struct({
  code: Schema.optional(Lenient.text),
  message: Schema.optional(Lenient.text),
  fields: Schema.optional(Schema.Unknown)
})

const decodeBody = Schema.decodeOption(Schema.parseJson(Schema.Struct({ error: Explanation })))

/** Acme's words for what went wrong. Another text in their place is shown to nobody: it may quote what was sent. */
const codes: ReadonlySet<string | undefined> = new Set(
  ["bad_key", "duplicate", "invalid", "no_such_customer", "no_such_route"]
)

/**
 * One of the errors that the endpoint declares.
 *
 * - 404 is `CustomerNotFound` where Acme says so; `no_such_route` is a wrong base URL: `UnexpectedStatus`.
 * - 400 `duplicate` is `CustomerAlreadyExists`; another 400 is `InvalidRequest` at the fields that Acme names.
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const { code, fields, message } = Option.match(decodeBody(answer.body), {
    onNone: (): typeof Explanation.Type => ({}),
    onSome: ({ error }) => error
  })
  const known = {
    ...(codes.has(code) ? { providerCode: code } : {}),
    ...(message === undefined ? {} : { providerMessage: Redacted.make(message) })
  }
  const context = { ...answer.context, ...known }
  const paths = Array.isArray(fields) ? fields.map((field) => Endpoint.fieldPath(answer.endpoint, [field])) : []

  if (context.status === 404 && code === "no_such_customer") {
    return new CustomerNotFound({ ...context, customerId: answer.path.id })
  }
  if (context.status === 400 && code === "duplicate") {
    return new CustomerAlreadyExists({ ...context, fields: paths })
  }
  const reason = Redacted.make(message ?? "refused by the provider")
  return Endpoint.errorByStatus(answer, { ...known, issues: paths.map((path) => ({ path, message: reason })) })
}
