/** What a failed answer of Flexprice becomes, and what of Flexprice's words is in it. */
import { CustomersService } from "@effect-customers/core"
import { FlexpriceApi as Api, FlexpriceError } from "@effect-customers/flexprice"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { failedAnswer, issuesOf, wordsOf } from "../../core/test/failedAnswer.js"
import { inject, json, once, refusal } from "./onSandbox.js"

const endpoints = { get: Api.get, create: Api.create, update: Api.update, delete: Api.delete }

/** The older body of the same words. */
const older = (error: object) => ({ success: false, error })

describe("which error it is", () => {
  it.each(
    [
      ["get", 404, { code: "not_found" }, "CustomerNotFound"],
      ["get", 404, older({}), "CustomerNotFound"],
      ["get", 404, older({ code: "not_found" }), "CustomerNotFound"],
      ["get", 404, { code: "database_error" }, "UnexpectedStatus"],
      ["get", 404, { error: "not_found" }, "UnexpectedStatus"],
      ["get", 404, { success: true, error: { code: "not_found" } }, "UnexpectedStatus"],
      ["get", 404, "404 page not found", "UnexpectedStatus"],
      ["get", 400, { code: "not_found" }, "InvalidRequest"],
      ["create", 409, { code: "already_exists" }, "CustomerAlreadyExists"],
      ["update", 409, { code: "version_conflict" }, "Conflict"],
      ["update", 409, { error: "version_conflict" }, "UnexpectedStatus"],
      ["delete", 400, { code: "invalid_operation" }, "Conflict"],
      ["delete", 400, { code: "validation_error" }, "InvalidRequest"],
      ["delete", 400, { error: "invalid_operation" }, "InvalidRequest"],
      ["delete", 403, { code: "invalid_operation" }, "PermissionDenied"],
      ["update", 400, { code: "invalid_operation" }, "InvalidRequest"]
    ] as const
  )("%s, %i %j: %s", (operation, status, body, tag) => {
    expect(FlexpriceError.fromAnswer(failedAnswer(endpoints[operation], status, body))._tag).toBe(tag)
  })

  it("who is not there is told from the path, and else from the answer", () => {
    const who = (rest: object, details: object) => {
      const error = FlexpriceError.fromAnswer(failedAnswer(Api.get, 404, { code: "not_found", details }, rest))
      if (error._tag !== "CustomerNotFound") throw error
      return [error.customerId, error.externalId].map((id) => id === undefined ? undefined : Redacted.value(id))
    }
    const details = { customer_id: "cust_1", lookup_key: "ada" }
    expect(who({}, details)).toEqual(["cust_1", "ada"])
    expect(who({ path: { id: Redacted.make("cust_2"), external_id: Redacted.make("bo") } }, details)).toEqual([
      "cust_2",
      "bo"
    ])
    expect(who({}, { customer_id: 1, lookup_key: null })).toEqual([undefined, undefined])
  })
})

describe("Flexprice's words", () => {
  it.each([
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
  ])("%s is a code, in both bodies", (code) => {
    for (const body of [{ code, message: "As it was." }, older({ code, message: "As it was." })]) {
      expect(wordsOf(FlexpriceError.fromAnswer(failedAnswer(Api.get, 418, body)))).toEqual([code, "As it was."])
    }
  })

  it.each([
    [{ code: "ada@example.com", message: "As it was." }, "As it was."],
    [{ error: "As it was." }, "As it was."],
    [{ error: { message: "As it was." } }, undefined],
    [{ code: 5, message: 5 }, undefined],
    [{}, undefined]
  ])("%j has no code", (body, message) => {
    expect(wordsOf(FlexpriceError.fromAnswer(failedAnswer(Api.get, 418, body)))).toEqual([undefined, message])
  })
})

describe("where in the input", () => {
  it.effect.each(
    [
      ["ExternalID", "externalId"],
      ["Contact", "phone"],
      ["AddressLine1", "address.line1"],
      ["AddressLine2", "address.line2"],
      ["AddressCity", "address.city"],
      ["AddressState", "address.state"],
      ["AddressPostalCode", "address.postalCode"],
      ["AddressCountry", "address.country"]
    ] as const
  )("%s is %s, in the words of the unified models", ([name, path]) =>
    Effect.gen(function*() {
      yield* inject("create", json(400, { code: "validation_error", details: { [name]: "required" } }))
      const { create } = yield* CustomersService
      expect(yield* refusal(create({ name: "Ada", externalId: "ada" }))).toEqual(["InvalidRequest", "provider", path])
    }).pipe(Effect.provide(once.inProcess())))

  it.each([
    [{ AddressLine1: "required" }, [["address_line1", "required"]]],
    [{ ExternalID: "required", Email: 5 }, [["external_id", "required"], ["email", "No."]]],
    [
      { gstin: "format", pan: "format", hsn_sac: "format" },
      ["gstin", "pan", "hsn_sac"].map(() => ["metadata.*", "format"])
    ],
    [{ ada: "required" }, [["", "No."]]],
    ["text", [["", "No."]]]
  ])("%j", (details, issues) => {
    const body = { code: "validation_error", message: "No.", details }
    const found = issuesOf(FlexpriceError.fromAnswer(failedAnswer(Api.create, 400, body)))
    expect(found.map(([path, text]) => [path, text])).toEqual(issues)
  })

  it.each(["create", "delete"] as const)("%s: a 400 without Flexprice's words has others", (operation) => {
    const [issue] = issuesOf(FlexpriceError.fromAnswer(failedAnswer(endpoints[operation], 400, older({}))))
    expect(issue?.[1]).toMatch(/\w/)
  })
})
