import { type Endpoint, Idempotency, RetryPolicy, Unsupported } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Stream } from "effect"
import * as Acme from "./acme.js"
import { inVirtualTime } from "./virtualTime.js"

const ada = { body: { name: "Ada" } }

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const keys = (sent: ReadonlyArray<Acme.Sent>) => sent.map(({ key }) => key)

/** k1, k2, k3, ... */
const counted = Effect.sync(() => {
  let made = 0
  return Effect.sync(() => `k${++made}`)
})

describe("keys", () => {
  it.effect("the attempts of a call have one, and two calls have two", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => sent.number % 3 === 0 ? Acme.ok : Effect.fail("ECONNRESET"))
      const { call } = yield* Acme.transportOver(client)
      yield* inVirtualTime(Effect.replicateEffect(call(Acme.create, ada), 2))
      const [a1, a2, a3, b1, b2, b3] = keys(sent)
      expect(a1).toMatch(uuid4)
      expect([a2, a3]).toEqual([a1, a1])
      expect(b1).toMatch(uuid4)
      expect([b2, b3]).toEqual([b1, b1])
      expect(b1).not.toBe(a1)
    }))

  it.effect("only where the operation takes one", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => sent.method === "DELETE" ? Acme.status(204) : Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      yield* call(Acme.get, { path: { id: "1" } })
      yield* call(Acme.invite, {})
      yield* call(Acme.update, { path: { id: "1" }, ...ada })
      yield* call(Acme.remove, { path: { id: "1" } })
      expect(keys(sent)).toEqual([undefined, undefined, undefined, undefined])
    }))

  it.effect("a thousand keys are a thousand", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      yield* Effect.replicateEffect(call(Acme.create, ada), 1000)
      expect(new Set(keys(sent)).size).toBe(1000)
      expect(keys(sent).filter((key) => !uuid4.test(key ?? ""))).toEqual([])
    }))

  it.effect("with a key a failure that may have been applied is repeated; without one it is not", () =>
    Effect.gen(function*() {
      const run = (change: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>) =>
        Effect.gen(function*() {
          const { client, sent } = Acme.answering(() => Acme.status(503))
          const { call } = yield* Acme.transportOver(client)
          const error = yield* Effect.flip(inVirtualTime(change(call(Acme.create, ada))))
          return { sent: sent.length, keys: new Set(keys(sent)), repeat: error.repeat, retryable: error.isRetryable }
        })
      const keyed = yield* run((effect) => effect)
      expect(keyed).toMatchObject({ sent: 4, repeat: "with-key", retryable: true })
      expect(keyed.keys.size).toBe(1)
      expect(yield* run(Idempotency.none)).toEqual({
        sent: 1,
        keys: new Set([undefined]),
        repeat: "never",
        retryable: false
      })
    }))

  it.effect("made by the layer's generator, or the call's, or none at all", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const generate = yield* counted
      const { call } = yield* Effect.provide(Acme.transportOver(client), Idempotency.layer({ generate }))
      yield* call(Acme.create, ada)
      yield* Idempotency.with(call(Acme.create, ada), { generate: Effect.succeed("mine") })
      yield* Idempotency.with(call(Acme.create, ada), { generate: undefined })
      yield* Idempotency.with(call(Acme.create, ada), { enabled: false })
      yield* call(Acme.create, ada).pipe(
        Idempotency.with({ enabled: true }),
        Idempotency.with({ enabled: false, generate: Effect.succeed("outer") })
      )
      yield* Stream.runDrain(
        Stream.fromEffect(call(Acme.create, ada)).pipe(Idempotency.withStream({ generate: Effect.succeed("stream") }))
      )
      expect(keys(sent)).toEqual(["k1", "mine", "k2", undefined, "outer", "stream"])
    }))

  it.effect("switched off by configuration", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const config = Idempotency.layerConfig({ enabled: Config.boolean("KEYS") })
      const provider = ConfigProvider.fromMap(new Map([["KEYS", "false"]]))
      const { call } = yield* Effect.provide(
        Acme.transportOver(client),
        Layer.provide(config, Layer.setConfigProvider(provider))
      )
      yield* call(Acme.create, ada)
      expect(keys(sent)).toEqual([undefined])
    }))

  it.effect("one that cannot be sent is InvalidRequest, before anything is sent", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      for (const key of ["", "two words", "a\r\nx-injected: 1", "é", "x".repeat(256), undefined as never]) {
        for (
          const change of [
            Idempotency.withKey(key),
            Idempotency.with({ generate: Effect.succeed(key) })
          ]
        ) {
          const error = yield* Effect.flip(change(call(Acme.create, ada)))
          expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "sdk", mayHaveApplied: false })
          expect(JSON.stringify(error)).toContain("idempotencyKey")
          expect(JSON.stringify(error)).not.toContain("injected")
        }
      }
      expect(sent).toEqual([])
    }))
})

describe("withKey", () => {
  it.effect("survives all attempts, and another call with it is the caller's own repeat", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => sent.number === 1 ? Acme.status(503) : Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      const order = Idempotency.withKey(call(Acme.create, ada), "order-1")
      yield* inVirtualTime(order)
      yield* order
      expect(keys(sent)).toEqual(["order-1", "order-1", "order-1"])
    }))

  it.effect("is for one write: the second is refused, unsent", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      const two = Effect.zip(call(Acme.create, ada), call(Acme.create, ada))
      const error = yield* Effect.flip(Idempotency.withKey(two, "order-1"))
      expect(error).toMatchObject({ _tag: "InvalidRequest", origin: "sdk" })
      expect(JSON.stringify(error)).toContain("idempotencyKey")
      expect(keys(sent)).toEqual(["order-1"])
      const both = yield* Effect.all([Effect.exit(call(Acme.create, ada)), Effect.exit(call(Acme.create, ada))], {
        concurrency: 2
      }).pipe(Idempotency.withKey("order-2"))
      expect(both.map(({ _tag }) => _tag).sort()).toEqual(["Failure", "Success"])
      expect(keys(sent)).toEqual(["order-1", "order-2"])
    }))

  it.effect("is not taken by a call that is refused for its input, nor by reads", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      yield* call(Acme.get, { path: { id: "1" } }).pipe(
        Effect.zipRight(Effect.ignore(call(Acme.create, { body: { name: 1 as never } }))),
        Effect.zipRight(call(Acme.create, ada)),
        Idempotency.withKey("order-1")
      )
      expect(keys(sent)).toEqual([undefined, "order-1"])
    }))

  it.effect("inner over outer, each for a write of its own", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      yield* Idempotency.withKey(call(Acme.create, ada), "inner").pipe(
        Effect.zipRight(call(Acme.create, ada)),
        Idempotency.withKey("outer")
      )
      expect(keys(sent)).toEqual(["inner", "outer"])
    }))

  it.effect("a write that takes no key is Unsupported, unsent; none takes the key away again", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(Idempotency.withKey(call(Acme.invite, {}), "order-1"))
      expect(error).toMatchObject({
        _tag: "Unsupported",
        path: "idempotencyKey",
        reason: "acme invite takes no idempotency key"
      })
      expect(sent).toEqual([])
      yield* call(Acme.invite, {}).pipe(Idempotency.none, Idempotency.withKey("order-1"))
      expect(keys(sent)).toEqual([undefined])
    }))

  it("an operation that takes a key does not list Unsupported, every other write does", () => {
    expect(Acme.create.errors).toEqual([])
    expect(Acme.invite.errors).toEqual([Unsupported])
    const takesKey: Endpoint.Endpoint<string, undefined, typeof Acme.create.body, typeof Acme.create.answer, never> =
      Acme.create
    expect(takesKey).toBe(Acme.create)
  })

  it.effect("no policy repeats a write whose key the caller has taken away", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Effect.fail("ECONNRESET"))
      const { call } = yield* Acme.transportOver(client)
      yield* Effect.flip(call(Acme.create, ada).pipe(Idempotency.none, RetryPolicy.with({ maxAttempts: 9 })))
      expect(sent).toHaveLength(1)
    }))
})
