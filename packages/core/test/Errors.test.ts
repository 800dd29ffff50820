import { Conflict, CustomerAlreadyExists, CustomersError, InvalidRequest } from "@effect-customers/core"
import * as Errors from "@effect-customers/core/CustomersError"
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, FastCheck, Redacted, Schema } from "effect"
import packageJson from "../package.json" with { type: "json" }
import { version } from "../src/internal/version.js"

const context = { provider: "acme", operation: "create", mayHaveApplied: false, repeat: "never" } as const

describe("errors", () => {
  it("messages are built from provider, operation, status, paths and our own words alone", () => {
    const messages = [
      new InvalidRequest({
        ...context,
        status: 422,
        origin: "provider",
        issues: [{ path: "email", message: Redacted.make("ada@example.com is taken") }]
      }),
      new InvalidRequest({ ...context, origin: "sdk", issues: [{ path: "", message: "expected an object" }] }),
      new CustomerAlreadyExists({ ...context, status: 409, fields: ["email", "externalId"] }),
      new Conflict({ ...context, reason: Redacted.make("ada@example.com has a subscription") }),
      new Errors.RateLimited({ ...context, status: 429, retryAfter: Duration.seconds(60) }),
      new Errors.ProviderUnavailable({ ...context, mayHaveApplied: true, status: 503 }),
      new Errors.RequestTimedOut({ ...context, mayHaveApplied: true, timeout: Duration.seconds(30) }),
      new Errors.TransportFailed({ ...context, code: "ECONNREFUSED" }),
      new Errors.InvalidResponse({ ...context, status: 200, issues: [{ path: "items.3.id", expected: "string" }] })
    ].map(({ message }) => message)
    expect(messages).toEqual([
      "acme create: invalid email (status 422)",
      "acme create: invalid the input (expected an object)",
      "acme create: a customer with this email and externalId already exists (status 409)",
      "acme create: conflict",
      "acme create: rate limited, retry after 1m (status 429)",
      "acme create: provider unavailable; it may have been applied (status 503)",
      "acme create: timed out after 30s; it may have been applied",
      "acme create: connection failed with ECONNREFUSED",
      "acme create: unreadable answer at items.3.id (expected string) (status 200)"
    ])
  })

  it("arbitrary errors go through JSON and come back the same class with the same data", () => {
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(CustomersError), (error) => {
        const encode = Schema.encodeSync(CustomersError)
        const text = JSON.stringify(encode(error))
        const back = Schema.decodeUnknownSync(CustomersError)(JSON.parse(text))
        expect(back.constructor).toBe(error.constructor)
        expect(JSON.stringify(encode(back))).toBe(text)
        expect(back.isRetryable).toBe(error.isRetryable)
      }),
      { numRuns: 300, seed: 2026 }
    )
  })

  it.each(
    [
      [{ mayHaveApplied: false, repeat: "never" }, true],
      [{ mayHaveApplied: true, repeat: "never" }, false],
      [{ mayHaveApplied: true, repeat: "with-key" }, true],
      [{ mayHaveApplied: true, repeat: "always" }, true]
    ] as const
  )("a transient failure with %j is retryable: %s", (more, retryable) => {
    expect(new Errors.TransportFailed({ ...context, ...more }).isRetryable).toBe(retryable)
    expect(new Errors.RequestTimedOut({ ...context, ...more, timeout: Duration.zero }).isRetryable).toBe(retryable)
    for (const status of [408, 425, 500, 502, 503, 504]) {
      expect(new Errors.ProviderUnavailable({ ...context, ...more, status }).isRetryable).toBe(retryable)
    }
    for (const status of [501, 505]) {
      expect(new Errors.ProviderUnavailable({ ...context, ...more, status }).isRetryable).toBe(false)
    }
    expect(new Errors.RateLimited({ ...context, ...more, retryAfter: Duration.seconds(90) }).isRetryable).toBe(
      retryable
    )
    expect(new Errors.RateLimited({ ...context, ...more, retryAfter: Duration.seconds(91) }).isRetryable).toBe(false)
  })

  it.effect("are caught by tag, and can be yielded", () =>
    Effect.gen(function*() {
      const program: Effect.Effect<string, Conflict | InvalidRequest> = new Conflict({
        ...context,
        reason: Redacted.make("")
      })
      const caught = yield* program.pipe(Effect.catchTag("Conflict", (error) => Effect.succeed(error.operation)))
      expect(caught).toBe("create")
    }))

  it("renamePaths takes no name for one that every object has", () => {
    const error = new InvalidRequest({ ...context, origin: "sdk", issues: [{ path: "constructor", message: "no" }] })
    expect(Errors.renamePaths({})(error).issues).toEqual([{ path: "constructor", message: "no" }])
  })

  it("renamePaths keeps everything but the words of the paths", () => {
    const rename = Errors.renamePaths({ billing_address: "address", postal_code: "postalCode" })
    const error = rename(
      new InvalidRequest({
        ...context,
        status: 422,
        origin: "provider",
        issues: [{ path: "billing_address.postal_code", message: Redacted.make("x"), code: "value_error" }]
      })
    )
    expect(error).toBeInstanceOf(InvalidRequest)
    expect(error.issues[0]).toMatchObject({ path: "address.postalCode", code: "value_error" })
    expect(error.status).toBe(422)
  })

  it("the version in the user agent is the package's", () => {
    expect(version).toBe(packageJson.version)
  })
})
