/** What an application with OpenTelemetry sees of the calls, and what it never sees. */
import { CustomersByEmail, CustomersByExternalId, Telemetry } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics"
import { Effect, Fiber, Layer, Option, Redacted, Stream } from "effect"
import { inspect } from "node:util"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { PolarTraced } from "./guide/traceContext.js"
import { type Branch, observed, trees } from "./inMemoryOpenTelemetry.js"
import { inProcess, token } from "./onSandbox.js"
import { person } from "./person.js"

const inject = (rule: Fault.FaultRule) => Effect.flatMap(SandboxControl, ({ inject }) => inject(rule))

/** What is told of a span, on one level. */
const told = ({ children, span }: Branch): unknown => ({
  name: span.name,
  kind: SpanKind[span.kind],
  status: span.status,
  attributes: span.attributes,
  children: children.map(told)
})

/** How much of a metric each set of labels has: by the printed labels. */
const counted = (metrics: ReadonlyArray<MetricData>, name: string, operation: string) => {
  const counts = new Map<string, number>()
  for (const { dataPoints, descriptor } of metrics) {
    for (const { attributes, value } of dataPoints) {
      if (descriptor.name !== name || attributes["operation"] !== operation) continue
      counts.set(inspect(attributes, { sorted: true }), typeof value === "number" ? value : value.count ?? 0)
    }
  }
  return counts
}

describe("a call that is sent twice", () => {
  const retried = Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    const headers = { "x-request-id": "req_1" }
    yield* inject({ operation: "getExternal", fault: Fault.Respond({ status: 503, headers }) })
    yield* inject({ fault: Fault.Delay({ duration: "30 millis" }), times: Infinity })
    return yield* observed(inVirtualTime(Effect.exit(customers.getByExternalId(person.externalId))))
  })

  const where = {
    "customers.provider": "polar",
    "customers.operation": "getExternal",
    "http.request.method": "GET",
    "url.template": "/v1/customers/external/{external_id}"
  }

  it.effect("is a service span over an operation span over two request spans", () =>
    Effect.gen(function*() {
      yield* Effect.flatMap(CustomersByExternalId, (customers) =>
        customers.create({ email: person.email, externalId: person.externalId }))
      const { spans } = yield* retried
      const ok = { code: SpanStatusCode.OK }
      const answered = { ...where, "http.response.status_code": 200, "http.request.resend_count": 1 }
      expect(trees(spans).map(told)).toEqual([{
        name: "CustomersService.getByExternalId",
        kind: "INTERNAL",
        status: ok,
        attributes: { "customers.provider": "polar", "customers.operation": "getByExternalId" },
        children: [{
          name: "customers.getExternal",
          kind: "CLIENT",
          status: ok,
          attributes: answered,
          children: [
            {
              name: "GET /v1/customers/external/{external_id}",
              kind: "CLIENT",
              status: {
                code: SpanStatusCode.ERROR,
                message: "polar getExternal: provider unavailable (status 503)"
              },
              attributes: {
                ...where,
                "http.response.status_code": 503,
                "customers.request_id": "req_1",
                "error.type": "ProviderUnavailable"
              },
              children: []
            },
            {
              name: "GET /v1/customers/external/{external_id}",
              kind: "CLIENT",
              status: ok,
              attributes: answered,
              children: []
            }
          ]
        }]
      }])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a failed span has one exception event: the tag, the message, and no more of the error", () =>
    Effect.gen(function*() {
      const { spans } = yield* retried
      const events = spans.flatMap(({ events }) => events).filter(({ name }) => name === "exception")
      const message = "polar getExternal: customer not found (status 404)"
      expect(events.map(({ attributes, name }) => [
        name,
        Object.keys(attributes ?? {}).sort(),
        attributes?.["exception.type"],
        attributes?.["exception.message"]
      ])).toEqual([
        ["ProviderUnavailable", "polar getExternal: provider unavailable (status 503)"],
        ["CustomerNotFound", message],
        ["CustomerNotFound", message],
        ["CustomerNotFound", message]
      ].map((told) => ["exception", ["exception.message", "exception.stacktrace", "exception.type"], ...told]))
      for (const { attributes } of events) {
        const [first, ...frames] = String(attributes?.["exception.stacktrace"]).split("\n")
        expect(first).toBe(`${String(attributes?.["exception.type"])}: ${String(attributes?.["exception.message"])}`)
        expect(frames.filter((frame) => !/^ {4}at /.test(frame))).toEqual([])
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("counts two requests with their durations in milliseconds, and one repeat", () =>
    Effect.gen(function*() {
      const { before, metrics } = yield* retried
      const added = (name: string) => {
        const earlier = counted(before, name, "getExternal")
        return [...counted(metrics, name, "getExternal")]
          .map(([labels, count]) => [labels, count - (earlier.get(labels) ?? 0)] as const)
          .filter(([, count]) => count !== 0)
          .sort()
      }
      const labelled = (outcome: string, more = {}) =>
        inspect({ provider: "polar", operation: "getExternal", outcome, ...more }, { sorted: true })
      expect(added("customers.requests")).toEqual([
        [labelled("CustomerNotFound"), 1],
        [labelled("ProviderUnavailable"), 1]
      ])
      expect(added("customers.request.duration")).toEqual([
        [labelled("CustomerNotFound", { unit: "ms" }), 1],
        [labelled("ProviderUnavailable", { unit: "ms" }), 1]
      ])
      expect(added("customers.retries")).toEqual([[labelled("ProviderUnavailable"), 1]])
      const took = (metrics: ReadonlyArray<MetricData>) => {
        let sum = 0
        for (const { dataPoints } of metrics) {
          for (const { attributes, value } of dataPoints) {
            if (typeof value !== "number" && attributes["operation"] === "getExternal") sum += value.sum ?? 0
          }
        }
        return sum
      }
      expect(took(metrics) - took(before)).toBe(30 + 30)
      const kinds = metrics.map(({ dataPointType, descriptor }) => [
        descriptor.name,
        descriptor.unit,
        DataPointType[dataPointType]
      ])
      expect(kinds.sort()).toEqual([
        ["customers.request.duration", "ms", "HISTOGRAM"],
        ["customers.requests", "1", "SUM"],
        ["customers.retries", "1", "SUM"]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("is one line in the log, at debug level, in the operation's span", () =>
    Effect.gen(function*() {
      const { logs, spans } = yield* retried
      expect(logs.map(({ body, severityText }) => [severityText, String(body).replace(/ \d+ ms$/, " N ms")])).toEqual([
        ["DEBUG", "polar getExternal: provider unavailable (status 503); sent again in N ms"]
      ])
      const call = spans.find(({ name }) => name === "customers.getExternal")
      expect(logs[0]?.attributes["spanId"]).toBe(call?.spanContext().spanId)
    }).pipe(Effect.provide(inProcess())))

  it.effect("a call that succeeds at once logs nothing, also where the answer has no body", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.create({ email: person.email, externalId: person.externalId })
      const { logs } = yield* observed(customers.deleteByExternalId(person.externalId))
      expect(logs.map(({ body }) => body)).toEqual([])
    }).pipe(Effect.provide(inProcess())))
})

describe("over many operations and faults", () => {
  const faults = [
    Fault.UnknownKeys(),
    Fault.Respond({
      status: 422,
      headers: { "content-type": "application/json", "x-request-id": "req_1", "x-echo": token },
      body: JSON.stringify({
        error: person.email,
        detail: [{
          type: "value_error",
          loc: ["body", "metadata", person.metadataKey],
          msg: Object.values(person).join(" ")
        }]
      })
    }),
    Fault.Respond({ status: 200, body: `{"email":"${person.email}`, headers: { "content-type": "application/json" } }),
    Fault.Respond({ status: 429, headers: { "retry-after": "1" } }),
    Fault.Respond({ status: 429, headers: { "retry-after": "3600" }, body: person.email }),
    Fault.HtmlPage({ status: 503 }),
    Fault.Respond({ status: 302, headers: { location: `/?email=${person.email}` } }),
    Fault.Reset({ applied: true }),
    Fault.CutBody({}),
    Fault.StallBody({})
  ]

  const input = {
    email: person.email,
    name: person.name,
    address: { line1: person.line1, country: "US" },
    metadata: { [person.metadataKey]: person.metadataValue }
  }

  /** All that `person` is in, on every route. */
  const calls = Effect.gen(function*() {
    const customers = yield* CustomersByExternalId
    const byEmail = yield* CustomersByEmail
    const polar = yield* Polar.PolarClient
    const id = yield* Effect.match(polar.getExternal(person.externalId), {
      onFailure: () => "4d1f0a6e-4d6f-4b7e-9a8e-0f1d2c3b4a59",
      onSuccess: (customer) => customer.id
    })
    const all: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      customers.create({ ...input, externalId: person.externalId }),
      customers.getOrCreate(person.externalId, input),
      customers.upsert(person.externalId, { ...input, name: `${person.name} II` }),
      customers.get(id),
      customers.update(id, { name: person.name }),
      customers.list({ pageSize: 10 }),
      customers.getByExternalId(person.externalId),
      customers.updateByExternalId(person.externalId, { metadata: input.metadata }),
      customers.create({ ...input, phone: person.name }),
      customers.create({ ...input, email: `${person.email} ${person.name}` }),
      Stream.runDrain(customers.stream()),
      Stream.runDrain(byEmail.findByEmail(person.email)),
      polar.list({ email: person.email, query: person.name }),
      Stream.runDrain(polar.exportRows()),
      polar.getState(id),
      polar.getStateExternal(person.externalId),
      polar.getBalance(id),
      customers.deleteByExternalId(person.externalId),
      customers.delete(id)
    ]
    yield* Effect.forEach(all, (call) => Effect.exit(call), { discard: true })
    // one that is given up while it waits for its answer
    yield* inject({ operation: "get", fault: Fault.StallBody({}), times: Infinity })
    const fiber = yield* Effect.fork(customers.get(id))
    yield* Effect.sleep("1 second")
    yield* Fiber.interrupt(fiber)
  })

  const runOnce = observed(
    Effect.forEach([Option.none(), ...faults.map(Option.some)], (fault) =>
      Effect.gen(function*() {
        const { create } = yield* CustomersByExternalId
        const control = yield* SandboxControl
        yield* control.reset
        yield* create({ ...input, externalId: person.externalId })
        if (Option.isSome(fault)) yield* control.inject({ fault: fault.value, times: Infinity })
        yield* calls
      }).pipe(inVirtualTime, Effect.provide(Layer.fresh(inProcess()))), { discard: true })
  )

  const run = Effect.runSync(Effect.cached(runOnce))

  it.effect("no other attribute and no other label than those of the lists", () =>
    Effect.gen(function*() {
      const { metrics, spans } = yield* run
      const named = (records: ReadonlyArray<object>) => [...new Set(records.flatMap((record) => Object.keys(record)))]
      const beyond = (list: ReadonlyArray<string>, names: ReadonlyArray<string>) =>
        names.filter((name) => !list.includes(name)).sort()
      // these two are what @effect/opentelemetry itself says of a span that was interrupted
      expect(beyond(Telemetry.spanAttributes, named(spans.map(({ attributes }) => attributes)))).toEqual([
        "span.label",
        "status.interrupted"
      ])
      expect(named(spans.map(({ attributes }) => attributes))).toEqual(
        expect.arrayContaining(Telemetry.spanAttributes.filter((name) => name !== "customers.replayed"))
      )
      const labels = metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes))
      expect(named(labels).sort()).toEqual([...Telemetry.metricLabels].sort())
      // Effect itself tells a span what is logged inside it, and logs, at debug level, with what a run stream failed
      expect(named(spans.flatMap(({ events }) => events.map(({ attributes }) => attributes ?? {}))).sort()).toEqual([
        "effect.cause",
        "effect.fiberId",
        "effect.logLevel",
        "exception.message",
        "exception.stacktrace",
        "exception.type"
      ])
      // the resource is the application's
      expect(named(spans.map(({ resource }) => resource.attributes)).sort()).toEqual([
        "service.name",
        "telemetry.sdk.language",
        "telemetry.sdk.name"
      ])
    }))

  const secrets = [token, ...Object.values(person), encodeURIComponent(person.email)]

  const leaksIn = (seen: unknown) => {
    const text = inspect(seen, { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity })
    return secrets.filter((secret) => text.includes(secret))
  }

  it.effect("nothing of the caller's is in a span, a metric or a log", () =>
    Effect.gen(function*() {
      const { logs, metrics, spans } = yield* run
      expect([spans.length > 500, logs.length > 50, metrics.length]).toEqual([true, true, 3])
      const failed = new Set(spans.map(({ attributes }) => attributes["error.type"]))
      expect(failed.size).toBeGreaterThan(8)
      expect(
        leaksIn(spans.map(({ attributes, events, links, name, status }) => [attributes, events, links, name, status]))
      )
        .toEqual([])
      expect(leaksIn(metrics)).toEqual([])
      expect(leaksIn(logs.map(({ attributes, body }) => [attributes, body]))).toEqual([])
    }))

  it.effect("positive control: it would be found", () =>
    Effect.gen(function*() {
      const { logs, spans } = yield* observed(
        Effect.logTrace(`${person.email} ${token}`).pipe(
          Effect.zipRight(Effect.dieMessage(person.email)),
          Effect.withSpan("control", { attributes: { name: person.name } })
        )
      )
      expect(leaksIn(spans.map(({ attributes }) => attributes))).toEqual([person.name])
      expect(leaksIn(spans.map(({ events }) => events))).toEqual([token, person.email])
      expect(leaksIn(logs.map(({ body }) => body))).toEqual([token, person.email])
    }))
})

describe("trace context", () => {
  const headersOf = (polar: typeof PolarTraced) =>
    Effect.gen(function*() {
      const { spans } = yield* observed(
        Effect.gen(function*() {
          const customers = yield* CustomersByExternalId
          yield* inject({ operation: "getExternal", fault: Fault.Respond({ status: 503 }) })
          yield* Effect.exit(inVirtualTime(customers.getByExternalId(person.externalId)))
        })
      )
      const { requests } = yield* SandboxControl
      return { spans, headers: (yield* requests).map(({ headers }) => headers) }
    }).pipe(Effect.provide(Layer.provideMerge(polar, Sandbox.layer())))

  it.effect("is not sent to a provider", () =>
    Effect.gen(function*() {
      const { headers, spans } = yield* headersOf(Polar.layer({ accessToken: Redacted.make(token) }))
      expect([headers.length, spans.length]).toEqual([2, 4])
      const names = headers.flatMap((headers) => Object.keys(headers))
      expect(names.filter((name) => /trace|b3|baggage/.test(name))).toEqual([])
    }))

  it.effect("unless asked for, as the guide says: each request names its own span", () =>
    Effect.gen(function*() {
      const { headers, spans } = yield* headersOf(PolarTraced)
      const requests = spans
        .filter(({ name }) => name.startsWith("GET "))
        .map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`)
      expect(requests).toHaveLength(2)
      expect(headers.map((headers) => headers["traceparent"])).toEqual(requests)
    }))
})
