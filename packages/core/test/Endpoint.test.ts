import { CustomerNotFound, Endpoint, InvalidRequest } from "@effect-customers/core"
import * as Errors from "@effect-customers/core/CustomersError"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { create, get, remove } from "./acme.js"
import { failedAnswer, issuesOf } from "./failedAnswer.js"

const context = Endpoint.errorContext(create)

describe("errorByStatus", () => {
  const retryAfter = Duration.seconds(7)

  it.each([
    [400, "InvalidRequest"],
    [401, "AuthenticationFailed"],
    [402, "UnexpectedStatus"],
    [403, "PermissionDenied"],
    [404, "UnexpectedStatus"],
    [408, "ProviderUnavailable"],
    [413, "InvalidRequest"],
    [422, "InvalidRequest"],
    [425, "ProviderUnavailable"],
    [429, "RateLimited"],
    [499, "UnexpectedStatus"],
    [500, "ProviderUnavailable"],
    [503, "ProviderUnavailable"]
  ])("%i is %s", (status, tag) => {
    const known = { providerCode: "code", providerMessage: Redacted.make("As it was.") }
    const error = Endpoint.errorByStatus(failedAnswer(create, status, {}, { retryAfter }), known)
    expect(error).toMatchObject({ _tag: tag, status, ...known })
    if (error._tag === "RateLimited" || error._tag === "ProviderUnavailable") expect(error.retryAfter).toBe(retryAfter)
  })

  it("has the provider's issues, or one of what the provider says, or of what is known", () => {
    const issues = [{ path: "name", message: "It is too long." }]
    const of = (details: Parameters<typeof Endpoint.errorByStatus>[1]) =>
      issuesOf(Endpoint.errorByStatus(failedAnswer(create, 422, {}), details))
    expect(of({ issues, providerMessage: Redacted.make("No.") })).toEqual([["name", "It is too long."]])
    expect(of({ issues: [], providerMessage: Redacted.make("No."), providerCode: "code" })).toEqual([
      ["", "No.", "code"]
    ])
    expect(of({})).toEqual([["", expect.stringMatching(/\w/)]])
  })
})

describe("mayHaveApplied", () => {
  it.each([
    [0, false],
    [199, false],
    [200, true],
    [299, true],
    [300, false],
    [303, true],
    [404, false],
    [408, true],
    [418, true],
    [425, true],
    [499, true],
    [500, true],
    [599, true]
  ])("%i: %s, and never of what is read alone", (status, applied) => {
    expect(Endpoint.mayHaveApplied({ ...create, inconclusive: [418] }, status)).toBe(applied)
    expect(Endpoint.mayHaveApplied({ ...get, inconclusive: [418] }, status)).toBe(false)
    expect(Endpoint.errorContext(create, { status, requestId: "req_1" })).toEqual({
      provider: "acme",
      operation: "create",
      repeat: "with-key",
      mayHaveApplied: status === 418 ? false : applied,
      status,
      requestId: "req_1"
    })
  })

  it("is false of what was never sent", () => {
    expect(context).toEqual({ provider: "acme", operation: "create", repeat: "with-key", mayHaveApplied: false })
  })
})

describe("declared", () => {
  it.each([
    new InvalidRequest({ ...context, origin: "sdk", issues: [] }),
    new Errors.AuthenticationFailed(context),
    new Errors.PermissionDenied(context),
    new Errors.RateLimited(context),
    new Errors.ProviderUnavailable(context),
    new Errors.RequestTimedOut({ ...context, timeout: Duration.zero }),
    new Errors.TransportFailed(context),
    new Errors.UnexpectedStatus(context)
  ])("%s is common to all", (error) => {
    expect(Endpoint.declared(create, error)).toBe(error)
  })

  it("what an endpoint does not declare is UnexpectedStatus, with what is known", () => {
    const known = {
      ...context,
      mayHaveApplied: true,
      status: 404,
      requestId: "req_1",
      answeredAt: 7,
      providerCode: "code",
      providerMessage: Redacted.make("As it was.")
    }
    const error = new CustomerNotFound({ ...known, customerId: Redacted.make("1") })
    expect(Endpoint.declared(remove, error)).toBe(error)
    const other = Endpoint.declared(create, error)
    expect(other._tag).toBe("UnexpectedStatus")
    expect({ ...other }).toMatchObject(known)
    expect("customerId" in other).toBe(false)
  })
})

describe("readFields", () => {
  it.effect("has the fields that are there now, and refuses those that the client sets itself", () =>
    Effect.gen(function*() {
      expect(yield* Endpoint.readFields(create, { a: 1, b: undefined })).toEqual({ a: 1, b: undefined })
      expect(yield* Endpoint.readFields(create, undefined, ["limit"])).toEqual({})
      expect(yield* Endpoint.readFields(create, { a: 1 }, ["limit"])).toEqual({ a: 1 })
      const refused = yield* Effect.flip(Endpoint.readFields(create, { a: 1, limit: 1, page: 2 }, ["limit", "page"]))
      expect(refused).toMatchObject({ _tag: "InvalidRequest", origin: "sdk", operation: "create" })
      expect(refused.issues.map(({ path }) => path)).toEqual(["limit", "page"])
      for (const { message } of refused.issues) expect(message).toMatch(/\w/)
    }))

  it.effect.each<readonly [string, unknown]>([
    ["a text", "a"],
    ["null", null],
    ["an array", []],
    [
      "a getter that throws",
      Object.defineProperty({}, "a", {
        enumerable: true,
        get: () => {
          throw new Error("ada@example.com")
        }
      })
    ]
  ])("%s is InvalidRequest at the whole", ([_, input]) =>
    Effect.gen(function*() {
      const refused = yield* Effect.flip(Endpoint.readFields(create, input as object))
      expect(refused.issues).toEqual([{ path: "", message: expect.stringMatching(/\w/) }])
      expect(JSON.stringify(refused)).not.toContain("ada@")
    }))
})
