/** Every error of the SDK, and the status and the body that it becomes. */
import { CustomersError } from "@effect-customers/core"
import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Logger, Option, Stream, TestClock, TestServices } from "effect"
import * as Problem from "../src/Problem.js"
import { ask, backendOn } from "./backend.js"
import { type Failure, failures, theirWords } from "./failures.js"

const failing = (failure: Failure, mayHaveApplied: boolean) =>
  InMemoryCustomers.layer().pipe(
    CustomersFaults.failNth<"create">("create", 1, (context) =>
      failure({
        ...context,
        mayHaveApplied,
        status: 400,
        requestId: "req_123456",
        providerMessage: theirWords
      }) as never)
  )

describe("an error of the SDK", () => {
  it("is in this test, whichever it is", () => {
    expect(Object.keys(failures).sort()).toEqual(CustomersError.members.map(({ _tag }) => _tag).sort())
    expect(Object.keys(failures).sort()).toEqual(Object.keys(Problem.problems).sort())
  })

  it.scopedLive.each(Object.entries(failures))("%s", ([tag, [failure, status, expected]]) =>
    Effect.gen(function*() {
      for (const mayHaveApplied of [false, true]) {
        const answer = yield* ask("POST", "/polar/customers", { email: "ada@example.com" }).pipe(
          Effect.provide(backendOn({ polar: failing(failure, mayHaveApplied) }))
        )
        expect(answer.status, tag).toBe(status)
        expect(answer.body).toEqual({ provider: "in-memory", operation: "create", mayHaveApplied, ...expected })
        expect(answer.headers["retry-after"]).toBe(tag === "RateLimited" ? "2" : undefined)
      }
    }))

  it.effect.each([["POST", true], ["GET", false]] as const)(
    "a call that does not end, by %s, is one of the deadline",
    ([method, mayHaveApplied]) =>
      Effect.gen(function*() {
        const answer = yield* Effect.fork(ask(method, "/polar/customers", method === "POST" ? {} : undefined))
        while (Option.isNone(yield* Fiber.poll(answer))) {
          yield* TestClock.adjust("8 seconds")
          yield* TestServices.provideLive(Effect.sleep("20 millis"))
        }
        expect(yield* Fiber.join(answer)).toMatchObject({ status: 504, body: { _tag: "TimedOut", mayHaveApplied } })
      }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer().pipe(CustomersFaults.neverAnswer()) })))
  )

  it.scopedLive("nobody knows of is a defect, and the answer and the log say nothing of what is in it", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const log = Logger.replace(Logger.defaultLogger, Logger.map(Logger.jsonLogger, (line) => void lines.push(line)))
      const defect = new TypeError("ada@example.com\n    is no function")
      const broken = InMemoryCustomers.layer().pipe(
        CustomersFaults.failNth("get", 1, () => {
          throw defect
        })
      )
      const answer = yield* ask("GET", "/polar/customers/cus_1").pipe(Effect.provide(backendOn({ polar: broken }, log)))
      expect([answer.status, answer.body]).toEqual([500, { _tag: "InternalError" }])
      expect(answer.headers["x-request-id"]).toBeDefined()
      const line = lines.find((line) => line.includes("a defect of this server"))
      expect(JSON.parse(line ?? "{}").annotations).toMatchObject({
        "error.type": "TypeError",
        "error.stack": expect.arrayContaining([expect.stringContaining("problems.test.ts")]),
        "request.id": answer.headers["x-request-id"]
      })
      expect(lines.join()).not.toContain("ada@example.com")
    }))
})

describe("a malformed request", () => {
  const issuesOf = (body: unknown, headers?: Readonly<Record<string, string>>) =>
    Effect.map(
      ask("POST", "/polar/customers", body, headers),
      ({ body: { issues, ...rest }, status }) => {
        expect({ status, ...rest }).toEqual({
          status: 400,
          _tag: "BadRequest",
          provider: "polar",
          operation: "create",
          mayHaveApplied: false
        })
        return issues
      }
    )

  it.scopedLive("is answered with its fields, and without its values", () =>
    Effect.gen(function*() {
      const secret = "s3cret"
      const body = {
        email: secret,
        name: 12345,
        nam: secret,
        "ada@example.com": 1,
        ["__proto__"]: secret,
        address: { country: secret, line1: 5 },
        locale: `${secret} x`,
        metadata: [secret],
        paymentSource: { card: { number: 4242, cvc: secret } }
      }
      const issues = yield* issuesOf(body)
      expect(issues).toEqual(expect.arrayContaining([
        { path: "email", message: "expected an e-mail address" },
        { path: "name", message: "expected string" },
        { path: "nam", message: "expected no such field" },
        { path: "*", message: "expected no such field" },
        { path: "__proto__", message: "expected no such field" },
        { path: "address.country", message: "expected an ISO 3166 alpha-2 country code in capitals" },
        { path: "address.line1", message: "expected string or null" },
        { path: "locale", message: "expected a BCP 47 language tag" },
        { path: "metadata", message: "expected Metadata" },
        { path: "paymentSource.card.number", message: "expected string" }
      ]))
      expect(JSON.stringify(issues)).not.toMatch(/s3cret|12345|4242|ada@/)
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))

  it.scopedLive("is told that its body cannot be read", () =>
    Effect.gen(function*() {
      const unreadable = [{
        path: "",
        message: "expected a body of application/json, of at most 64 KiB, with its content-length"
      }]
      expect(yield* issuesOf("{\"email\":\"ada@exam")).toEqual(unreadable)
      expect(yield* issuesOf(JSON.stringify({ name: "x".repeat(70_000) }))).toEqual(unreadable)
      for (
        const type of [
          "text/plain",
          "application/jsonp",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x"
        ]
      ) {
        expect(yield* issuesOf("{\"email\":\"ada@example.com\"}", { "content-type": type })).toEqual(unreadable)
      }
      const inPieces = yield* HttpClientRequest.post("/polar/customers").pipe(
        HttpClientRequest.bodyStream(Stream.succeed(new Uint8Array(70_000)), { contentType: "application/json" }),
        HttpClient.execute
      )
      expect([inPieces.status, yield* inPieces.json]).toMatchObject([400, { _tag: "BadRequest", issues: unreadable }])
      const inCapitals = { "content-type": "Application/JSON; charset=UTF-8" }
      expect((yield* ask("POST", "/polar/customers", { email: "ada@example.com" }, inCapitals)).status).toBe(201)
      // who sends no body may name a type for it
      expect((yield* ask("GET", "/polar/customers", undefined, { "content-type": "text/plain" })).status).toBe(200)
      expect(yield* issuesOf("[]")).toEqual([{ path: "", message: "expected CreateCustomer" }])
      expect(yield* issuesOf("")).toEqual([{ path: "", message: "expected CreateCustomer" }])
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))

  it.scopedLive("may be its query", () =>
    Effect.gen(function*() {
      const refused = yield* ask("GET", "/polar/customers?pageSize=s3cret&cursor=a&cursor=b&page=2")
      expect(refused).toMatchObject({ status: 400, body: { _tag: "BadRequest", operation: "list" } })
      expect(refused.body.issues).toEqual(expect.arrayContaining([
        { path: "pageSize", message: "expected a whole number" },
        { path: "page", message: "expected no such field" }
      ]))
      for (const [query, path] of [["pageSize=0", "pageSize"], ["cursor=s3cret", "cursor"]] as const) {
        const { body, status } = yield* ask("GET", `/polar/customers?${query}`)
        expect([status, body._tag, body.issues[0].path]).toEqual([422, "Unprocessable", path])
        expect(JSON.stringify(body)).not.toContain("s3cret")
      }
    }).pipe(Effect.provide(backendOn({ polar: InMemoryCustomers.layer() }))))
})
