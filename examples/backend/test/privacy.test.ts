/** What is planted in requests, in customers and in the provider's words is seen in no log, no span and no metric. */
import { RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, LogLevel, Metric, Redacted } from "effect"
import { inspect } from "node:util"
import { inMemoryTracer } from "../../../packages/polar/test/inMemoryTracer.js"
import { type Answer, ask, backendOn } from "./backend.js"

const planted = {
  token: "polar_oat_s3cretToken",
  email: "ada-planted@example.com",
  name: "Ada Planted Lovelace",
  externalId: "user_planted_1",
  metadataKey: "plantedKey",
  metadataValue: "planted value",
  query: "planted-cursor",
  header: "planted-header",
  card: "4200000000000000",
  theirWords: "planted words of the provider"
}

const everything = Object.values(planted)

const leaksIn = (text: string) =>
  everything.filter((plant) => text.includes(plant) || text.includes(encodeURIComponent(plant)))

it.scopedLive("nothing planted is seen where it should not be", () =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const { spans, tracer } = inMemoryTracer()
    const seen = Layer.mergeAll(
      Logger.replace(Logger.defaultLogger, Logger.map(Logger.jsonLogger, (line) => void lines.push(line))),
      Logger.minimumLogLevel(LogLevel.All),
      Layer.setTracer(tracer)
    )
    const customer = {
      email: planted.email,
      name: planted.name,
      externalId: planted.externalId,
      metadata: { [planted.metadataKey]: planted.metadataValue }
    }
    const headers = {
      "content-type": "application/json",
      "x-request-id": `${planted.header} ${planted.email}`,
      "user-agent": planted.header,
      cookie: planted.header,
      authorization: `Bearer ${planted.header}`
    }
    const sandbox = yield* Layer.build(Sandbox.layer())
    const polar = Polar.layer({ accessToken: Redacted.make(planted.token) }).pipe(
      Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false })),
      Layer.provide(Layer.succeedContext(sandbox))
    )

    yield* Effect.gen(function*() {
      const control = yield* Effect.provide(SandboxControl, sandbox)
      const answers: Array<Answer> = []
      const say = (...request: Parameters<typeof ask>) =>
        Effect.map(ask(request[0], request[1], request[2], headers), (answer) => {
          answers.push(answer)
          return answer
        })
      const at = (path: string) => `/polar/customers${path}`
      const { body: { id } } = yield* say("POST", at(""), customer)
      // an answer does hold the customer who was asked for
      expect(leaksIn(JSON.stringify((yield* say("GET", at(`/by-email/${encodeURIComponent(planted.email)}`))).body)))
        .toContain(planted.email)
      yield* say("GET", at(`/by-external-id/${planted.externalId}`))
      yield* say("PATCH", at(`/${id}`), { name: planted.name })
      const found = answers.splice(0)
      expect(found.map(({ status }) => status)).toEqual([201, 200, 200, 200])

      yield* say("POST", at(""), customer)
      yield* say("POST", at(""), { email: `${planted.email} ${planted.name}` })
      yield* say("POST", at(""), `{"email":"${planted.email}`)
      yield* say("POST", at(""), { ...customer, paymentSource: { card: { number: planted.card } } })
      yield* say("POST", at(""), { ...customer, phone: planted.name })
      yield* say("GET", at(`?cursor=${planted.query}&pageSize=1`))
      yield* say("GET", at(`?email=${planted.email}`))
      yield* say("GET", at(`/by-external-id/nobody_${planted.externalId}`))
      yield* say("GET", at(`/by-email/${planted.metadataKey}`))
      yield* say("GET", `/${planted.email}/customers`)
      yield* say("GET", `/nowhere/${planted.email}`)
      for (const status of [400, 401, 403, 404, 409, 418, 422, 429, 500]) {
        const body = JSON.stringify({
          error: planted.theirWords,
          detail: [{ loc: ["body", planted.email], msg: planted.theirWords, type: "x" }]
        })
        yield* control.inject({
          fault: Fault.Respond({ status, headers: { "content-type": "application/json" }, body })
        })
        yield* say("DELETE", at(`/${id}`))
      }
      yield* control.inject({
        operation: "get",
        fault: Fault.Alter({ alter: () => ({ id: { [planted.email]: planted.name } }) })
      })
      yield* say("GET", at(`/${id}`))
      const statuses = new Set(answers.map(({ status }) => status))
      expect([...statuses].sort()).toEqual([400, 404, 409, 422, 501, 502, 503])
      for (const answer of answers) expect(leaksIn(JSON.stringify(answer))).toEqual([])
    }).pipe(Effect.provide(backendOn({ polar }, seen)))

    const log = lines.join("\n")
    expect(leaksIn(log)).toEqual([])
    expect(log).toContain("POST /:provider/customers 201")
    expect(log).toContain("authentication failed")
    // what a span answers is told to no collector, what it fails with is
    const exported = spans.map(({ told, ...span }) => ({
      ...span,
      told: told.filter((one) => !(Exit.isExit(one) && Exit.isSuccess(one)))
    }))
    const told = inspect(exported, { depth: Infinity, showHidden: true, maxArrayLength: null })
    expect(leaksIn(told)).toEqual([])
    const server = spans.find((span) => span.kind === "server")
    expect(Object.fromEntries(server?.attributes ?? [])).toEqual({
      "http.request.method": "POST",
      "http.route": "/:provider/customers",
      "http.response.status_code": 201,
      "customers.provider": "polar",
      "customers.operation": "create"
    })
    expect(spans.find((span) => span.name === "CustomersService.create")?.parent).toBe("POST")
    expect(leaksIn(inspect(yield* Metric.snapshot, { depth: 8, maxArrayLength: null }))).toEqual([])
  }))
