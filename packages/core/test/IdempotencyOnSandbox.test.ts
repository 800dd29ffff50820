/** Keys against a provider that keeps them: acme, on the sandbox's frame. */
import {
  Conflict,
  Endpoint,
  Idempotency,
  RequestTimeout,
  RetryPolicy,
  Telemetry,
  Transport
} from "@effect-customers/core"
import { FetchHttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema } from "effect"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import { AcmeControl, AcmeSandbox, Fault, SandboxServer } from "../../sandbox/test/acme/AcmeSandbox.js"
import { inVirtualTime } from "./virtualTime.js"

const create = Endpoint.make({
  provider: "acme",
  operation: "create",
  method: "POST",
  repeat: "with-key",
  path: "/v1/customers",
  body: Schema.Struct({ email: Schema.String }),
  answer: Endpoint.json(Schema.Struct({ id: Schema.String })),
  errors: [Conflict],
  // a call with this key is in progress
  inconclusive: [409]
})

const ada = { body: { email: "ada@example.com" } }

const transport = (baseUrl = "https://api.acme.example") =>
  Transport.make({
    provider: "acme",
    baseUrl,
    credential: {
      name: "authorization",
      option: "token",
      secret: Redacted.make("acme_1"),
      format: (token) => `Bearer ${token}`
    },
    replayedHeader: "idempotent-replayed",
    toError: (answer) =>
      answer.context.status === 409
        ? new Conflict({ ...answer.context, inProgress: true, reason: Redacted.make(answer.body) })
        : Endpoint.errorByStatus(answer, {})
  })

const keysSent = Effect.gen(function*() {
  const { requests } = yield* AcmeControl
  return (yield* requests).map(({ headers }) => headers["idempotency-key"])
})

const records = Effect.flatMap(AcmeControl, ({ customers }) => customers("acme"))

const inject = (rule: Fault.FaultRule) => Effect.flatMap(AcmeControl, ({ inject }) => inject(rule))

describe("a create whose answer is lost, with a key", () => {
  const losses: ReadonlyArray<readonly [string, Fault.Fault]> = [
    ["reset after the write", Fault.Reset({ applied: true })],
    ["reset before the write", Fault.Reset({})],
    ["an answer that is cut off", Fault.CutBody({})],
    ["an answer that stalls", Fault.StallBody({})],
    ["503 after the write", Fault.Respond({ status: 503, applied: true })],
    ["502 with a page", Fault.HtmlPage({})]
  ]
  it.effect.each(losses)("%s: repeated with the same key, one record", ([, fault]) =>
    Effect.gen(function*() {
      yield* inject({ fault })
      const { call } = yield* transport()
      const { id } = yield* inVirtualTime(call(create, ada))
      expect((yield* records).map((record) => record.id)).toEqual([id])
      const [first, second, ...more] = yield* keysSent
      expect(first).toMatch(/^[0-9a-f-]{36}$/)
      expect([second, ...more]).toEqual([first])
    }).pipe(Effect.provide(AcmeSandbox.layer())))

  it.effect("without the key the same makes two, where the caller insists", () =>
    Effect.gen(function*() {
      yield* inject({ fault: Fault.Reset({ applied: true }) })
      const { call } = yield* transport()
      const insisting = RetryPolicy.with({ repeatUnsafe: true })
      yield* inVirtualTime(call(create, ada).pipe(Idempotency.none, insisting))
      expect(yield* records).toHaveLength(2)
    }).pipe(Effect.provide(AcmeSandbox.layer())))

  it.effect("the caller's key survives the process: the second run finds the first one's customer", () =>
    Effect.gen(function*() {
      yield* inject({ fault: Fault.Reset({ applied: true }) })
      const signUp = Effect.gen(function*() {
        const { call } = yield* transport()
        return yield* Idempotency.withKey(call(create, ada), "sign-up-1")
      })
      const error = yield* Effect.flip(RetryPolicy.none(signUp))
      expect([error._tag, error.mayHaveApplied]).toEqual(["TransportFailed", true])
      const { id } = yield* signUp
      expect((yield* records).map((record) => record.id)).toEqual([id])
      expect(yield* keysSent).toEqual(["sign-up-1", "sign-up-1"])
    }).pipe(Effect.provide(AcmeSandbox.layer())))

  it.effect("a repeat that comes while the first is being carried out waits for it", () =>
    Effect.gen(function*() {
      yield* inject({ fault: Fault.Delay({ duration: "1200 millis", whenLeft: "finish" }) })
      const { call } = yield* transport()
      const patient = RetryPolicy.with({ maxAttempts: 20 })
      const { id } = yield* inVirtualTime(
        call(create, ada).pipe(RequestTimeout.with({ attempt: "100 millis" }), patient)
      )
      expect((yield* records).map((record) => record.id)).toEqual([id])
      const { requests } = yield* AcmeControl
      const statuses = (yield* requests).map(({ status }) => status)
      expect(statuses).toContain(409)
      expect(new Set(yield* keysSent).size).toBe(1)
    }).pipe(Effect.provide(AcmeSandbox.layer())))

  it.effect("the span says that the answer was replayed", () =>
    Effect.gen(function*() {
      yield* inject({ fault: Fault.Reset({ applied: true }) })
      const { call } = yield* transport()
      const { spans, tracer } = inMemoryTracer()
      yield* Effect.withTracer(inVirtualTime(call(create, ada)), tracer)
      expect(spans.map(({ attributes }) => attributes.get("customers.replayed"))).toEqual([true, undefined, true])
      expect(Telemetry.spanAttributes).toContain("customers.replayed")
    }).pipe(Effect.provide(AcmeSandbox.layer())))

  it.scopedLive("over real HTTP as well", () =>
    Effect.gen(function*() {
      yield* inject({ fault: Fault.Reset({ applied: true }), times: 2 })
      const { urlOf } = yield* SandboxServer
      const { call } = yield* transport(urlOf("acme"))
      const hasty = RetryPolicy.with({ initialDelay: 1 })
      const { id } = yield* hasty(call(create, ada))
      expect((yield* records).map((record) => record.id)).toEqual([id])
      expect(yield* keysSent).toHaveLength(3)
    }).pipe(Effect.provide(Layer.merge(AcmeSandbox.layerServer(), FetchHttpClient.layer))))
})
