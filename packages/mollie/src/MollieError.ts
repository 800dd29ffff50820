/**
 * What a failed answer of Mollie means. Pure.
 *
 * @since 0.1.0
 */
import type { CustomersError } from "@effect-customers/core/CustomersError"
import { Conflict, CustomerNotFound, ResourceNotFound, UnexpectedStatus } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const ErrorBody = Schema.parseJson(Schema.Struct({
  title: Schema.optional(Lenient.text),
  detail: Schema.optional(Lenient.text),
  field: Schema.optional(Lenient.text)
}))

const decodeBody = Schema.decodeOption(ErrorBody)

/**
 * One of the errors that the endpoint declares. Mollie's HAL error is read whatever the status and the content type.
 *
 * - 410, and a 404 that names the id that was asked for, a customer, or the field `customerId`, are `CustomerNotFound`.
 * - Any other HAL 404 is `ResourceNotFound` on createPayment: a mandate, a terminal.
 * - Any other 404 is `UnexpectedStatus`: the id is of the other mode, the route does not exist, it is no HAL error.
 * - 409 is `Conflict`; where an idempotency key was sent, of a call that is still in progress.
 *
 * @since 0.1.0
 * @category errors
 */
export const fromAnswer = (answer: Endpoint.FailedAnswer): CustomersError => {
  const { detail, field, title } = Option.getOrElse(decodeBody(answer.body), (): typeof ErrorBody.Type => ({}))
  const message = detail ?? title
  const path = field === undefined || field === "" ? "" : inputPath(answer.endpoint, field)
  const known = message === undefined ? {} : { providerMessage: Redacted.make(message) }
  const context = { ...answer.context, ...known }
  const id = answer.path.customerId

  if (context.status === 410 || (context.status === 404 && message !== undefined)) {
    if (isOfOtherMode(detail, id)) return new UnexpectedStatus(context)
    const isCustomer = path === ""
      ? context.status === 410 || isAboutCustomer(detail, id)
      : path === "customerId"
    if (isCustomer) return new CustomerNotFound({ ...context, customerId: id })
    const isHal = title !== undefined && detail !== undefined
    return path !== "" || isHal ? new ResourceNotFound(context) : new UnexpectedStatus(context)
  }
  if (context.status === 409) {
    return new Conflict({
      ...context,
      inProgress: answer.endpoint.repeat === "with-key",
      reason: Redacted.make(message ?? "a call for this customer is in progress")
    })
  }
  return Endpoint.errorByStatus(answer, {
    ...known,
    issues: [{
      path: path === "" && isAboutKey(answer, detail) ? "idempotencyKey" : path,
      message: Redacted.make(message ?? "refused by the provider")
    }]
  })
}

/** `payment.amount.value` is `amount.value`: what is sent has no name of its own. */
const inputPath = (endpoint: Endpoint.Any, field: string): string => {
  const segments = field.split(".")
  const inside = segments.length > 1 && (segments[0] === "payment" || segments[0] === "customer")
    ? segments.slice(1)
    : segments
  return inside[0] === "metadata" && inside.length > 1 ? "metadata.*" : Endpoint.fieldPath(endpoint, inside)
}

/** Mollie has no codes, so this goes by the word; an id is not to be taken for it. */
const isOfOtherMode = (detail = "", id: Redacted.Redacted<string> | undefined): boolean =>
  /mode\b/i.test(without(id, detail))

/** As above. A path may hold the id, or `customers`, and says nothing. */
const isAboutCustomer = (detail = "", id: Redacted.Redacted<string> | undefined): boolean => {
  const said = detail.split(/\s+/).filter((word) => !word.includes("/")).join(" ")
  return /\bcustomer\b/i.test(without(id, said)) ||
    (id !== undefined && said.split(/[^\w-]+/).includes(Redacted.value(id)))
}

const without = (id: Redacted.Redacted<string> | undefined, text: string): string =>
  id === undefined ? text : text.replaceAll(Redacted.value(id), "")

/** A key that was used with other parameters within the hour looks like any other 400. */
const isAboutKey = ({ context, endpoint }: Endpoint.FailedAnswer, detail = ""): boolean =>
  context.status === 400 && endpoint.repeat === "with-key" && /idempoten/i.test(detail)
