/** What a provider's mapping of errors is given, made up; and what may be read of the error it makes. */
import { type CustomersError, Endpoint } from "@effect-customers/core"
import { Redacted } from "effect"

export const failedAnswer = (
  endpoint: Endpoint.Any,
  status: number,
  body: unknown,
  rest?: Partial<Endpoint.FailedAnswer>
): Endpoint.FailedAnswer => ({
  endpoint,
  context: Endpoint.errorContext(endpoint, { status }) as Endpoint.FailedAnswer["context"],
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
  path: {},
  sent: [],
  retryAfter: undefined,
  ...rest
})

const text = (message: string | Redacted.Redacted<string> | undefined) =>
  Redacted.isRedacted(message) ? Redacted.value(message) : message

/** The provider's code and words. */
export const wordsOf = (error: CustomersError) => {
  const { providerCode, providerMessage } = error as {
    readonly providerCode?: string
    readonly providerMessage?: Redacted.Redacted<string>
  }
  return [providerCode, text(providerMessage)]
}

/** Path, text and code of every issue of an `InvalidRequest`; path and reason of a `Conflict`. */
export const issuesOf = (error: CustomersError) => {
  if (error._tag === "Conflict") return [[error.path, text(error.reason)]]
  return error._tag === "InvalidRequest"
    ? error.issues.map(({ code, message, path }) => [path, text(message), ...(code === undefined ? [] : [code])])
    : []
}
