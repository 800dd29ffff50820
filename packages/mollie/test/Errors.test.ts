/** What a failed answer of Mollie becomes, by the words that are in it. */
import { MollieApi as Api, MollieError } from "@effect-customers/mollie"
import { describe, expect, it } from "@effect/vitest"
import { Redacted } from "effect"
import { failedAnswer, issuesOf } from "../../core/test/failedAnswer.js"

const customerId = Redacted.make("cst_8wmqcHMN4U")

const endpoints = { get: Api.get, create: Api.create, createPayment: Api.createPayment }

const title = "Not Found"

describe("404 and 410", () => {
  it.each(
    [
      ["get", 404, { title, detail: "No customer exists with token cst_8wmqcHMN4U." }, "CustomerNotFound"],
      ["get", 404, { title, detail: "Nothing at  cst_8wmqcHMN4U, it seems" }, "CustomerNotFound"],
      ["get", 404, { title, detail: "No route /v2/customers/cst_8wmqcHMN4U" }, "ResourceNotFound"],
      ["get", 404, { title, detail: "Gone", field: "customerId" }, "CustomerNotFound"],
      ["get", 404, { field: "customerId" }, "UnexpectedStatus"],
      ["get", 404, { title, detail: "A customer of the other mode" }, "UnexpectedStatus"],
      ["get", 404, { detail: "Gone" }, "UnexpectedStatus"],
      ["get", 404, {}, "UnexpectedStatus"],
      ["get", 410, {}, "CustomerNotFound"],
      ["createPayment", 404, { detail: "Gone", field: "mandateId" }, "ResourceNotFound"]
    ] as const
  )("%s, %i %j: %s", (operation, status, body, tag) => {
    expect(MollieError.fromAnswer(failedAnswer(endpoints[operation], status, body, { path: { customerId } }))._tag)
      .toBe(tag)
  })
})

describe("where in the input", () => {
  const detail = "It is not valid."
  const key = "The idempotency key was used with other parameters."

  it.each(
    [
      ["createPayment", 422, { detail, field: "payment.amount.value" }, "amount.value"],
      ["create", 422, { detail, field: "customer.email" }, "email"],
      ["create", 422, { detail, field: "customer" }, "*"],
      ["create", 422, { detail, field: "ada.email" }, "*.email"],
      ["create", 422, { detail, field: "metadata" }, "metadata"],
      ["create", 422, { detail, field: "metadata.ada" }, "metadata.*"],
      ["create", 422, { detail, field: "" }, ""],
      ["create", 422, { detail }, ""],
      ["create", 400, { detail }, ""],
      ["create", 400, { detail: key }, "idempotencyKey"],
      ["create", 400, { detail: key, field: "email" }, "email"],
      ["create", 422, { detail: key }, ""],
      ["get", 400, { detail: key }, ""]
    ] as const
  )("%s, %i %j: %j", (operation, status, body, path) => {
    expect(issuesOf(MollieError.fromAnswer(failedAnswer(endpoints[operation], status, body)))).toEqual([[
      path,
      body.detail
    ]])
  })

  it.each([409, 422])("a %i without Mollie's words has others", (status) => {
    expect(issuesOf(MollieError.fromAnswer(failedAnswer(Api.create, status, {})))).toEqual([
      [status === 409 ? undefined : "", expect.stringMatching(/\w/)]
    ])
  })
})
