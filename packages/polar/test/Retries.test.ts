/** The default policy, over the sandbox. What it does in general is tested in the core. */
import { CustomersByExternalId, Idempotency, RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Duration, Effect, Exit, Fiber, Stream, TestClock } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { clients, inProcess, onPort } from "./onSandbox.js"

const ada = { email: "ada@example.com", name: "Ada Lovelace" }

const requestsOf = (operation: string) =>
  Effect.flatMap(
    SandboxControl,
    ({ requests }) => Effect.map(requests, (entries) => entries.filter((entry) => entry.operation === operation))
  )

const inject = (rule: Fault.FaultRule) => Effect.flatMap(SandboxControl, ({ inject }) => inject(rule))

const stored = Effect.flatMap(SandboxControl, ({ customers }) => customers("polar"))

const overloaded = (retryAfter: string) => Fault.Respond({ status: 429, headers: { "retry-after": retryAfter } })

describe("a create whose answer is lost", () => {
  it.effect("is not repeated and may have been applied; getOrCreate finds the one customer", () =>
    Effect.gen(function*() {
      yield* inject({ operation: "create", fault: Fault.Reset({ applied: true }) })
      const customers = yield* CustomersByExternalId
      const input = { ...ada, externalId: "user-1" }
      const error = yield* Effect.flip(inVirtualTime(customers.create(input)))
      expect([error._tag, error.mayHaveApplied, error.isRetryable]).toEqual(["TransportFailed", true, false])
      expect(yield* requestsOf("create")).toHaveLength(1)

      const { id } = yield* customers.getOrCreate("user-1", ada)
      expect((yield* stored).map((customer) => customer.id)).toEqual([id])
      expect(yield* requestsOf("create")).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("inside getOrCreate ends with the one customer", () =>
    Effect.gen(function*() {
      yield* inject({ operation: "create", fault: Fault.Reset({ applied: true }) })
      const customers = yield* CustomersByExternalId
      const { id } = yield* inVirtualTime(customers.getOrCreate("user-1", ada))
      expect((yield* stored).map((customer) => customer.id)).toEqual([id])
    }).pipe(Effect.provide(inProcess())))

  it.effect("takes no idempotency key: Polar has none", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { create } = yield* Polar.PolarClient
      for (
        const call of [
          customers.create(ada),
          customers.getOrCreate("user-1", ada),
          customers.upsert("user-1", ada),
          customers.update("x", { name: "Ada" }),
          customers.delete("x"),
          create(ada)
        ]
      ) {
        const error = yield* Effect.flip(
          Idempotency.withKey<unknown, { readonly _tag: string }, never>(call, "order-1")
        )
        expect(error).toMatchObject({ _tag: "Unsupported", path: "idempotencyKey" })
      }
      expect(yield* Effect.flatMap(SandboxControl, ({ requests }) => requests)).toEqual([])
      yield* create(ada)
      expect((yield* requestsOf("create"))[0]?.headers).not.toHaveProperty("idempotency-key")
    }).pipe(Effect.provide(inProcess())))
})

describe("503", () => {
  it.effect("on a create is final, on a get it is not, nor on an update", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { id } = yield* customers.create({ ...ada, email: "grace@example.com" })
      const unavailable = Fault.Respond({ status: 503 })
      yield* inject({ operation: "create", fault: unavailable, times: Infinity })
      yield* inject({ operation: "get", fault: unavailable })
      yield* inject({ operation: "update", fault: unavailable })
      const error = yield* Effect.flip(inVirtualTime(customers.create(ada)))
      expect([error._tag, error.mayHaveApplied]).toEqual(["ProviderUnavailable", true])
      expect(yield* requestsOf("create")).toHaveLength(2)
      expect((yield* inVirtualTime(customers.get(id))).id).toBe(id)
      expect(yield* requestsOf("get")).toHaveLength(2)
      yield* inVirtualTime(customers.update(id, { name: "Grace" }))
      expect(yield* requestsOf("update")).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("on a create is repeated by nothing but repeatUnsafe", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject({ operation: "create", fault: Fault.Respond({ status: 503 }) })
      yield* inVirtualTime(RetryPolicy.with(customers.create(ada), { repeatUnsafe: true }))
      expect(yield* requestsOf("create")).toHaveLength(2)
    }).pipe(Effect.provide(inProcess())))
})

describe("429", () => {
  it.effect("Polar's Retry-After of 60 seconds is waited for, also by a create, and succeeds", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject({ operation: "create", fault: overloaded("60") })
      yield* inVirtualTime(customers.create(ada))
      const [first, second] = yield* requestsOf("create")
      const waited = (second?.startedAt ?? 0) - (first?.startedAt ?? 0)
      expect(waited).toBeGreaterThanOrEqual(60_000)
      expect(waited).toBeLessThanOrEqual(60_500)
    }).pipe(Effect.provide(inProcess())))

  it.effect("an hour is not: RateLimited with that duration, at once, and so for who comes later, unsent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* inject({ operation: "get", fault: overloaded("3600") })
      const error = yield* Effect.flip(customers.get("x"))
      expect(error).toMatchObject({ _tag: "RateLimited", status: 429 })
      yield* TestClock.adjust("1 minute")
      const late = yield* Effect.flip(customers.create(ada))
      expect(late).toMatchObject({ _tag: "RateLimited", mayHaveApplied: false })
      const waits = [error, late].map((error) => error._tag === "RateLimited" ? error.retryAfter : undefined)
      expect(waits).toEqual([Duration.hours(1), Duration.minutes(59)])
      expect(yield* requestsOf("create")).toEqual([])
      yield* TestClock.adjust("59 minutes")
      yield* customers.create(ada)
    }).pipe(Effect.provide(inProcess())))

  it.effect("forty calls: nothing is sent while the gate is closed, and all come through", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const [id = ""] = yield* Effect.flatMap(SandboxControl, ({ seed }) => seed("polar", 1))
      yield* inject({ fault: Fault.Delay({ duration: "30 millis" }), times: Infinity })
      yield* inject({ fault: overloaded("2"), until: "2 seconds", times: Infinity })
      yield* inVirtualTime(
        Effect.forEach(
          Array.from({ length: 40 }, (_, index) => index),
          (index) => Effect.delay(customers.get(id), index * 40),
          { concurrency: "unbounded" }
        )
      )
      const at = (yield* requestsOf("get")).map(({ startedAt }) => startedAt)
      expect(at.length).toBeLessThanOrEqual(42)
      expect(at.filter((at) => at > 40 && at < 2000)).toEqual([])
      expect(new Set(at.filter((at) => at >= 2000)).size).toBeGreaterThan(30)
    }).pipe(Effect.provide(inProcess())))
})

describe("a delete", () => {
  it.effect("whose answer was lost and whose repeat finds nothing is a success", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const { id } = yield* customers.create(ada)
      yield* inject({ operation: "delete", fault: Fault.Reset({ applied: true }) })
      yield* inVirtualTime(customers.delete(id))
      expect((yield* requestsOf("delete")).map(({ status }) => status)).toEqual([undefined, 404])
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("of what never existed is CustomerNotFound", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const error = yield* Effect.flip(customers.delete("4d1f0a6e-4d6f-4b7e-9a8e-0f1d2c3b4a59"))
      expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", false])
    }).pipe(Effect.provide(inProcess())))

  it.effect("by external id is not repeated: another customer may have it by then", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.create({ ...ada, externalId: "user-1" })
      yield* inject({ operation: "deleteExternal", fault: Fault.Reset({ applied: true }) })
      const error = yield* Effect.flip(inVirtualTime(customers.deleteByExternalId("user-1")))
      expect([error._tag, error.mayHaveApplied]).toEqual(["TransportFailed", true])
      expect(yield* requestsOf("deleteExternal")).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))
})

describe("a walk", () => {
  it.effect("goes on over failures of single pages, and loses nobody", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ids = yield* Effect.flatMap(SandboxControl, ({ seed }) => seed("polar", 95))
      yield* inject({ operation: "list", from: 2, times: 2, fault: Fault.Respond({ status: 502, body: "<html>" }) })
      yield* inject({ operation: "list", from: 6, fault: Fault.CutBody({}) })
      yield* inject({ operation: "list", from: 8, fault: Fault.StallBody({}) })
      yield* inject({ operation: "list", from: 10, fault: overloaded("60") })
      const seen = yield* inVirtualTime(Stream.runCollect(customers.stream({ pageSize: 10 })))
      expect(Chunk.toReadonlyArray(seen).map(({ id }) => `${id}`).sort()).toEqual([...ids].sort())
    }).pipe(Effect.provide(inProcess())))
})

describe("interruption, over real HTTP", () => {
  it.live.each(clients)(
    "ends the request: the server sees it, and no other follows, over %s",
    ([, client]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        yield* inject({ operation: "get", fault: Fault.StallBody({}), times: Infinity })
        const fiber = yield* Effect.fork(customers.get("4d1f0a6e-4d6f-4b7e-9a8e-0f1d2c3b4a59"))
        const requests = requestsOf("get")
        yield* Effect.repeat(Effect.delay(requests, "10 millis"), { until: ([entry]) => entry?.status !== undefined })
        expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
        yield* Effect.repeat(Effect.delay(requests, "10 millis"), { until: ([entry]) => entry?.aborted === true })
        yield* Effect.sleep("700 millis")
        expect(yield* requests).toHaveLength(1)
      }).pipe(Effect.provide(onPort(client)))
  )
})

describe("an export", () => {
  it.effect("is asked for again as long as it has not begun", () =>
    Effect.gen(function*() {
      const { exportRows } = yield* Polar.PolarClient
      yield* Effect.flatMap(SandboxControl, ({ seed }) => seed("polar", 3))
      yield* inject({ operation: "export", fault: Fault.Respond({ status: 503 }), times: 2 })
      expect((yield* inVirtualTime(Stream.runCollect(exportRows()))).length).toBe(3)
    }).pipe(Effect.provide(inProcess())))
})
