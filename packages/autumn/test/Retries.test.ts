/** What is sent again, and what a repeat comes to. */
import { AutumnApi, AutumnClient } from "@effect-customers/autumn"
import { CustomersService, Idempotency } from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { inject, inProcess, json, operations, refusal, requests, seed, stored } from "./onSandbox.js"
import * as samples from "./samples.js"

describe("getOrCreate", () => {
  it.effect.each<readonly [string, Fault.Fault]>([
    ["a connection that is reset after it was carried out", Fault.Reset({ applied: true })],
    ["a body that is cut", Fault.CutBody({})],
    ["a 503 that sheds", json(503, samples.errors.shed)],
    ["a 429 in JSON", json(429, samples.errors.rateLimited)]
  ])("is sent again after %s, with one customer in the end", ([_, fault]) =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("getOrCreate", fault, 2)
      const made = yield* inVirtualTime(autumn.getOrCreate({ customer_id: null, email: "ada@example.com" }))
      expect(made.email).toBe("ada@example.com")
      expect(yield* operations).toEqual(["getOrCreate", "getOrCreate", "getOrCreate"])
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("its 429 proves nothing: it may be carried out later", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("getOrCreate", json(429, samples.errors.rateLimited), Infinity)
      const error = yield* Effect.flip(inVirtualTime(autumn.getOrCreate({ customer_id: "team-1" })))
      expect([error._tag, error.mayHaveApplied]).toEqual(["RateLimited", true])
      for (const operation of ["update", "delete"]) {
        yield* inject(operation, json(429, samples.errors.rateLimited), Infinity)
      }
      const update = yield* Effect.flip(inVirtualTime(autumn.update("team-1", { name: "Ada" })))
      const gone = yield* Effect.flip(inVirtualTime(autumn.delete("team-1")))
      expect([update.mayHaveApplied, gone.mayHaveApplied]).toEqual([false, false])
    }).pipe(Effect.provide(inProcess())))
})

describe("update", () => {
  it.effect("is sent again after a 503 that came when it was saved, and ends in the same state", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1", metadata: { a: 1 } }])
      yield* inject("update", json(503, samples.errors.shed, true))
      const updated = yield* inVirtualTime(autumn.update("team-1", { name: "Ada", metadata: { a: null, b: 2 } }))
      expect([updated.name, updated.metadata]).toEqual(["Ada", { b: 2 }])
      expect(yield* operations).toEqual(["update", "update"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a rename that was carried out and not answered is settled by the new id", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1", name: "Ada" }])
      yield* inject("update", Fault.Reset({ applied: true }))
      const renamed = yield* inVirtualTime(autumn.update("team-1", { new_customer_id: "team-2", name: "Ada King" }))
      expect([renamed.id, renamed.name]).toEqual(["team-2", "Ada King"])
      expect(yield* operations).toEqual(["update", "update", "get"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("also where it takes away a key that is named as something every object has", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1", metadata: { constructor: "x" } }])
      yield* inject("update", Fault.Reset({ applied: true }))
      const rename = autumn.update("team-1", { new_customer_id: "team-2", metadata: { constructor: null } })
      expect((yield* inVirtualTime(rename)).id).toBe("team-2")
    }).pipe(Effect.provide(inProcess())))

  it.effect("a rename of nobody is CustomerNotFound, and nobody is looked for", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-2" }])
      const error = yield* Effect.flip(autumn.update("team-1", { new_customer_id: "team-2" }))
      expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", false])
      expect(yield* operations).toEqual(["update"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a rename is not settled by somebody else who has the new id", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-2", name: "Other", email: "other@example.com", metadata: { a: 1 } }])
      for (
        const patch of [
          { name: "Mine" },
          { email: "mine@example.com" },
          { metadata: { a: 2 } },
          { metadata: { a: null } },
          { metadata: { b: 1 } }
        ]
      ) {
        yield* inject("update", Fault.Respond({ status: 503 }))
        const rename = autumn.update("ghost", { ...patch, new_customer_id: "team-2" })
        const error = yield* Effect.flip(inVirtualTime(rename))
        expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", true])
      }
      // of a patch that names nothing else the service finds out first whether there is anybody to rename
      const customers = yield* CustomersService
      const error = yield* Effect.flip(customers.update("ghost", { externalId: "team-2" }))
      expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", false])
      expect((yield* operations).at(-1)).toBe("get")
    }).pipe(Effect.provide(inProcess())))

  it.effect("a rename that may have been carried out, and whose new id is not there, stays CustomerNotFound", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("update", Fault.Reset({}))
      const error = yield* Effect.flip(inVirtualTime(autumn.update("team-1", { new_customer_id: "team-2" })))
      expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", true])
      expect(error._tag === "CustomerNotFound" && Redacted.value(error.customerId!)).toBe("team-1")
      expect(yield* operations).toEqual(["update", "update", "get"])
    }).pipe(Effect.provide(inProcess())))
})

describe("delete", () => {
  it.effect("that was carried out and not answered is sent again, finds nobody, and has succeeded", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1" }])
      yield* inject("delete", Fault.Reset({ applied: true }))
      expect(yield* inVirtualTime(autumn.delete("team-1"))).toBeUndefined()
      expect([yield* operations, yield* stored]).toEqual([["delete", "delete"], []])
    }).pipe(Effect.provide(inProcess())))

  it.effect("of nobody is CustomerNotFound", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const error = yield* Effect.flip(customers.delete("team-1"))
      expect([error._tag, error.mayHaveApplied]).toEqual(["CustomerNotFound", false])
    }).pipe(Effect.provide(inProcess())))
})

describe("keys", () => {
  it.effect("none is ever sent: Autumn refuses a repeated one, and replays nothing", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("getOrCreate", Fault.Reset({ applied: true }))
      yield* inVirtualTime(autumn.getOrCreate({ customer_id: "team-1" }))
      yield* autumn.update("team-1", { name: "Ada" })
      yield* autumn.delete("team-1")
      for (const { headers } of yield* requests) expect(headers["idempotency-key"]).toBeUndefined()
      const before = (yield* requests).length
      const customers = yield* CustomersService
      const calls = [
        autumn.getOrCreate({ customer_id: "team-1" }),
        autumn.update("team-1", { name: "Ada" }),
        autumn.update("team-1", { new_customer_id: "team-2" }),
        customers.update("team-1", { metadata: {} })
      ] as const
      for (const call of calls) {
        expect(
          (yield* refusal(Idempotency.withKey(call as Effect.Effect<unknown, { readonly _tag: string }>, "k1")))[0]
        )
          .toBe("Unsupported")
      }
      expect((yield* refusal(Idempotency.withKey(autumn.delete("team-1"), "k1")))[0]).toBe("Unsupported")
      expect((yield* requests).length).toBe(before)
    }).pipe(Effect.provide(inProcess())))

  it.effect("one that something else has sent is no success", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* inject("update", json(409, samples.errors.repeatedKey))
      const error = yield* Effect.flip(autumn.update("team-1", { name: "Ada" }))
      expect([error._tag, error.providerCode]).toEqual(["UnexpectedStatus", "duplicate_idempotency_key"])
    }).pipe(Effect.provide(inProcess())))
})

describe("limits", () => {
  it.effect("a list that waits does not make a get wait, nor an update", () =>
    Effect.gen(function*() {
      const autumn = yield* AutumnClient
      yield* seed([{ id: "team-1" }])
      const control = yield* SandboxControl
      yield* control.inject({
        operation: "list",
        fault: Fault.Respond({ status: 429, retryAfter: { seconds: 60 }, body: "Too many requests" })
      })
      const list = yield* Effect.fork(Stream.runDrain(autumn.stream()))
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
      expect((yield* autumn.get("team-1")).id).toBe("team-1")
      expect((yield* autumn.update("team-1", { name: "Ada" })).name).toBe("Ada")
      expect(yield* operations).toEqual(["list", "get", "update"])
      yield* list.interruptAsFork(list.id())
      const { delete: remove, get, getOrCreate, list: byOffset, listByCursor, rename, update } = AutumnApi
      expect([byOffset, listByCursor, get, getOrCreate, update, rename, remove].map(({ limitGroup }) => limitGroup))
        .toEqual([
          "autumn list",
          "autumn list",
          "autumn get",
          "autumn get",
          "autumn write",
          "autumn write",
          "autumn write"
        ])
    }).pipe(Effect.provide(inProcess())))
})
