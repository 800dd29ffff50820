/** Callers without types: whatever is given, calling does not throw, and no call ends in a defect. */
import { CustomersByEmail, CustomersByExternalId } from "@effect-customers/core"
import { PolarClient } from "@effect-customers/polar"
import { SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Option, Stream } from "effect"
import { inProcess } from "./onSandbox.js"

const nested = (levels: number): unknown => {
  let value: unknown = {}
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

const unreadable = new Proxy({}, {
  get() {
    throw new Error("read")
  },
  ownKeys() {
    throw new Error("read")
  }
})

const email = "ada@example.com"

const oddities: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["a number", 5],
  ["a symbol", Symbol("x")],
  ["a function", () => email],
  ["an array that prints as a path", ["a/b"]],
  ["a text that is no name", { toString: () => unreadable }],
  ["metadata with a cycle", { email, metadata: cyclic }],
  ["metadata too deep for the stack", { email, metadata: nested(20_000) }],
  ["metadata with a key called __proto__", { email, metadata: JSON.parse("{\"__proto__\":\"x\"}") as unknown }],
  ["what throws when it is read", unreadable]
]

type Call = (odd: never) => Effect.Effect<unknown, { readonly _tag: string }>

const calls = Effect.gen(function*() {
  const client = yield* PolarClient
  const customers = yield* CustomersByExternalId
  const { findByEmail } = yield* CustomersByEmail
  const all: ReadonlyArray<readonly [string, Call]> = [
    ["client.list", (odd) => client.list(odd)],
    ["client.list metadata", (odd) => client.list({ metadata: odd })],
    ["client.stream limit", (odd) => Stream.runDrain(client.stream({ limit: odd } as never))],
    ["client.stream from", (odd) => Stream.runDrain(client.stream({}, { from: odd }))],
    ["client.create", (odd) => client.create(odd)],
    ["client.export", (odd) => Stream.runDrain(client.export(odd))],
    ["client.get", (odd) => client.get(odd)],
    ["client.update", (odd) => client.update("ada", odd)],
    ["client.update id", (odd) => client.update(odd, {})],
    ["client.delete", (odd) => client.delete(odd)],
    ["client.delete query", (odd) => client.delete("ada", odd)],
    ["client.getExternal", (odd) => client.getExternal(odd)],
    ["client.updateExternal", (odd) => client.updateExternal("ada", odd)],
    ["client.getState", (odd) => client.getState(odd)],
    ["customers.create", (odd) => customers.create(odd)],
    ["customers.create address", (odd) => customers.create({ email, address: odd })],
    ["customers.list cursor", (odd) => customers.list({ cursor: odd })],
    ["customers.get", (odd) => customers.get(odd)],
    ["customers.update", (odd) => customers.update("ada", odd)],
    ["customers.delete", (odd) => customers.delete(odd)],
    ["customers.getByExternalId", (odd) => customers.getByExternalId(odd)],
    ["customers.updateByExternalId", (odd) => customers.updateByExternalId("ada", odd)],
    ["customers.getOrCreate", (odd) => customers.getOrCreate(odd, { email })],
    ["customers.getOrCreate input", (odd) => customers.getOrCreate("ada", odd)],
    ["customers.upsert input", (odd) => customers.upsert("ada", odd)],
    ["findByEmail", (odd) => Stream.runDrain(findByEmail(odd))]
  ]
  return all
})

describe("callers without types", () => {
  it.effect.each(oddities)("%s is refused, unsent, by every operation", ([_, odd]) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const refused: Array<readonly [string, unknown]> = []
      for (const [operation, call] of yield* calls) {
        const exit = yield* Effect.exit(call(odd as never))
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit.value
        refused.push([operation, error instanceof Error && "_tag" in error ? error._tag : error])
      }
      expect(refused.filter(([_, tag]) => tag !== "InvalidRequest" && tag !== "Unsupported")).toEqual([])
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, unknown]>([
    ["a number", 5],
    ["a function", () => ({ pageSize: 10 })],
    ["an array", [10]],
    ["what throws when it is read", unreadable]
  ])("options that are %s are refused, unsent", ([_, odd]) =>
    Effect.gen(function*() {
      const client = yield* PolarClient
      const customers = yield* CustomersByExternalId
      const options = odd as never
      const refused = yield* Effect.all([
        Effect.flip(customers.list(options)),
        Effect.flip(Stream.runDrain(customers.stream(options))),
        Effect.flip(Stream.runDrain(customers.streamPages(options))),
        Effect.flip(Stream.runDrain(client.stream({}, options))),
        Effect.flip(Stream.runDrain(client.stream(options)))
      ])
      expect(refused.map(({ _tag }) => _tag)).toEqual(Array(5).fill("InvalidRequest"))
      const control = yield* SandboxControl
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an input is read once: what changes meanwhile reaches neither the create nor the update", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.create({ email, externalId: "ada" })
      let reads = 0
      const input = {
        email,
        get name() {
          reads++
          if (reads > 1) throw new Error("read")
          return "Ada"
        }
      }
      expect((yield* customers.upsert("ada", input)).name).toEqual(Option.some("Ada"))
    }).pipe(Effect.provide(inProcess())))

  it.effect("options, patches and inputs that are null say nothing", () =>
    Effect.gen(function*() {
      const client = yield* PolarClient
      const customers = yield* CustomersByExternalId
      const nothing = null as never
      expect((yield* customers.list(nothing)).items).toEqual([])
      expect(yield* Stream.runCount(client.stream(nothing, nothing))).toBe(0)
      expect(yield* Stream.runCount(customers.stream(nothing))).toBe(0)
      expect(yield* Stream.runCount(client.stream({ sorting: nothing }))).toBe(0)
      expect(yield* Effect.flip(customers.getOrCreate("ada", nothing))).toMatchObject({ _tag: "InvalidRequest" })
      expect(yield* Effect.flip(customers.upsert("ada", nothing))).toMatchObject({ _tag: "InvalidRequest" })
    }).pipe(Effect.provide(inProcess())))
})
