/** What a failed answer of Autumn becomes, and what of Autumn's words is in it. */
import { AutumnApi as Api, AutumnError } from "@effect-customers/autumn"
import { describe, expect, it } from "@effect/vitest"
import { failedAnswer, issuesOf, wordsOf } from "../../core/test/failedAnswer.js"

const endpoints = { get: Api.get, getOrCreate: Api.getOrCreate, update: Api.update, list: Api.list }

describe("which error it is", () => {
  it.each(
    [
      ["get", 404, "customer_not_found", "CustomerNotFound"],
      ["get", 400, "customer_not_found", "InvalidRequest"],
      ["getOrCreate", 404, "product_not_found", "InvalidRequest"],
      ["getOrCreate", 500, "product_not_found", "ProviderUnavailable"],
      ["update", 404, "product_not_found", "UnexpectedStatus"],
      ["get", 401, "no_auth_header", "UnexpectedStatus"],
      ["get", 403, "no_auth_header", "PermissionDenied"],
      ["get", 401, "invalid_secret_key", "AuthenticationFailed"],
      ["update", 409, "customer_already_exists", "CustomerAlreadyExists"],
      ["update", 400, "customer_already_exists", "InvalidRequest"],
      ["update", 409, "duplicate_idempotency_key", "UnexpectedStatus"],
      ["list", 500, "invalid_cursor", "ProviderUnavailable"]
    ] as const
  )("%s, %i %s: %s", (operation, status, code, tag) => {
    expect(AutumnError.fromAnswer(failedAnswer(endpoints[operation], status, { code }))._tag).toBe(tag)
  })

  it.each(
    [
      ["get", 400, "customer_id: is too long", "CustomerNotFound"],
      ["get", 500, "customer_id: is too long", "ProviderUnavailable"],
      ["get", 400, "name: is too long", "InvalidRequest"],
      ["getOrCreate", 400, "customer_id: is too long", "InvalidRequest"]
    ] as const
  )("%s, %i %s: %s", (operation, status, message, tag) => {
    const body = { code: "invalid_inputs", message }
    expect(AutumnError.fromAnswer(failedAnswer(endpoints[operation], status, body))._tag).toBe(tag)
  })
})

describe("Autumn's words", () => {
  it.each([
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
  ])("%s is a code, beside what Autumn says of it", (code) => {
    const body = { code, message: "As it was." }
    expect(wordsOf(AutumnError.fromAnswer(failedAnswer(Api.get, 418, body)))).toEqual([code, "As it was."])
  })

  it.each([
    [{ code: "ada@example.com", message: "As it was." }, "ada@example.com: As it was."],
    [{ code: "ada@example.com" }, "ada@example.com: "],
    [{ message: "As it was." }, "As it was."],
    [{}, undefined]
  ])("%j has no code: what stands in its place is a part of the message", (body, message) => {
    expect(wordsOf(AutumnError.fromAnswer(failedAnswer(Api.get, 418, body)))).toEqual([undefined, message])
  })
})

describe("where in the input", () => {
  it.each([
    ["email: is not one", [["email", "is not one"]]],
    ["[Validation Errors] email: is not one; name: is too long; of it", [
      ["email", "is not one"],
      ["name", "is too long; of it"]
    ]],
    ["name: is [Validation Errors] email", [["name", "is [Validation Errors] email"]]],
    ["name: two\nlines", [["name", "two\nlines"]]],
    ["billing_controls.spend_limits[0].ada: no", [["billing_controls.spend_limits.0.*", "no"]]],
    ["Something else.", [["", "Something else."]]]
  ])("%j", (message, issues) => {
    const body = { code: "invalid_inputs", message }
    expect(issuesOf(AutumnError.fromAnswer(failedAnswer(Api.getOrCreate, 400, body)))).toEqual(issues)
  })

  it.each(
    [
      ["getOrCreate", 404, "product_not_found", "auto_enable_plan_id"],
      ["list", 400, "invalid_cursor", "start_cursor"],
      ["update", 400, "invalid_inputs", ""]
    ] as const
  )("%s, %i %s: %j, in words of ours where Autumn has none", (operation, status, code, path) => {
    const [issue] = issuesOf(AutumnError.fromAnswer(failedAnswer(endpoints[operation], status, { code })))
    expect(issue?.slice(0, 2)).toEqual([path, expect.stringMatching(/\w/)])
  })
})
