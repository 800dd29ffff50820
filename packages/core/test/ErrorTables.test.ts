import * as Errors from "@effect-customers/core/CustomersError"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Redacted } from "effect"

const context = { provider: "acme", operation: "create", mayHaveApplied: false, repeat: "always" } as const

const reason = Redacted.make("of Ada")

/** One of each, with the message and whether the default policy repeats it. */
const table: ReadonlyArray<readonly [Errors.CustomersError, string, boolean]> = [
  [new Errors.CustomerNotFound(context), "customer not found", false],
  [new Errors.ResourceNotFound(context), "resource not found", false],
  [new Errors.ResourceNotFound({ ...context, resource: "plan" }), "plan not found", false],
  [
    new Errors.CustomerAlreadyExists({ ...context, fields: ["email"] }),
    "a customer with this email already exists",
    false
  ],
  [
    new Errors.InvalidRequest({
      ...context,
      origin: "sdk",
      issues: [
        { path: "email", message: "expected a string" },
        { path: "email", message: "expected a string" },
        { path: "", message: reason }
      ]
    }),
    "invalid email (expected a string), the input",
    false
  ],
  [new Errors.Unsupported({ ...context, path: "phone", reason: "not stored" }), "unsupported phone: not stored", false],
  [new Errors.Conflict({ ...context, reason }), "conflict", false],
  [new Errors.Conflict({ ...context, reason, path: "email" }), "conflict at email", false],
  [new Errors.Conflict({ ...context, reason, inProgress: false }), "conflict", false],
  [new Errors.Conflict({ ...context, reason, inProgress: true }), "an earlier call with this key is in progress", true],
  [
    new Errors.Conflict({ ...context, repeat: "never", mayHaveApplied: true, reason, inProgress: true }),
    "an earlier call with this key is in progress; it may have been applied",
    false
  ],
  [new Errors.AuthenticationFailed(context), "authentication failed", false],
  [new Errors.PermissionDenied(context), "permission denied", false],
  [new Errors.RateLimited(context), "rate limited", true],
  [new Errors.ProviderUnavailable(context), "provider unavailable", true],
  [new Errors.RequestTimedOut({ ...context, timeout: Duration.seconds(2) }), "timed out after 2s", true],
  [new Errors.TransportFailed(context), "connection failed", true],
  [
    new Errors.InvalidResponse({
      ...context,
      issues: [{ path: "", expected: "JSON" }, { path: "id", expected: "string" }]
    }),
    "unreadable answer at the body (expected JSON), id (expected string)",
    false
  ],
  [new Errors.UnexpectedStatus(context), "unexpected status", false]
]

describe.each(table)("%s", (error, message, isRetryable) => {
  it("says what, and nothing of anybody", () => {
    expect(error.message).toBe(`acme create: ${message}`)
  })

  it("has the name of its class, in this package", () => {
    const { identifier, name } = error.constructor as unknown as { readonly identifier: string; readonly name: string }
    expect([error._tag, identifier]).toEqual([name, `@effect-customers/core/${name}`])
  })

  it("is repeated or not", () => {
    expect(error.isRetryable).toBe(isRetryable)
  })

  it("stays what it is when it may have been applied", () => {
    const applied = Errors.asMaybeApplied(error)
    expect(applied.constructor).toBe(error.constructor)
    expect({ ...applied }).toEqual({ ...error, mayHaveApplied: true })
    expect(Errors.asMaybeApplied(applied)).toBe(applied)
  })
})

describe("renamePaths", () => {
  const renamed = Errors.renamePaths({ external_id: "externalId", line1: "address.line1" })

  it("puts a provider's names in the unified words, wherever an error has some", () => {
    const issues = [{ path: "external_id", message: reason }, { path: "card.line1", message: "no" }, {
      path: "toString",
      message: "no"
    }]
    const invalid = renamed(new Errors.InvalidRequest({ ...context, origin: "provider", issues }))
    expect(invalid.issues.map(({ path }) => path)).toEqual(["externalId", "card.address.line1", "toString"])
    expect(invalid.origin).toBe("provider")
    const exists = renamed(new Errors.CustomerAlreadyExists({ ...context, fields: ["external_id", "email"] }))
    expect([exists._tag, exists.fields]).toEqual(["CustomerAlreadyExists", ["externalId", "email"]])
    const conflict = renamed(new Errors.Conflict({ ...context, reason, path: "external_id" }))
    expect([conflict._tag, conflict.path, conflict.reason]).toEqual(["Conflict", "externalId", reason])
  })

  it("leaves every other error alone", () => {
    const others = [
      new Errors.Conflict({ ...context, reason }),
      new Errors.Unsupported({ ...context, path: "external_id", reason: "not stored" }),
      new Error("external_id")
    ]
    for (const error of others) expect(renamed(error)).toBe(error)
  })
})
