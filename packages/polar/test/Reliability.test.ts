/** The four columns of docs/reliability.md that are to be zero can be something else. */
import { Idempotency, RetryPolicy, TransportFailed } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { faults } from "../../../scripts/reliability/faults.js"
import { measure } from "../../../scripts/reliability/measure.js"
import { mollie } from "../../../scripts/reliability/mollie.js"
import { polar } from "../../../scripts/reliability/polar.js"
import type { Operation, Provider, Told } from "../../../scripts/reliability/provider.js"

const operationOf = ({ operations }: Pick<Provider, "operations">, name: string): Operation => {
  const operation = operations.find((operation) => operation.name === name)
  if (operation === undefined) throw new Error(`no operation ${name}`)
  return operation
}

const once = (name: string) => {
  const fault = faults.find((fault) => fault.name === name && fault.times === 1)
  if (fault === undefined) throw new Error(`no fault ${name}`)
  return fault
}

const lostAnswer = once("reset after the write")
const harmless = once("keys nobody knows")
const create = operationOf(polar, "create")
const keyed = operationOf(mollie, "create")
const list = operationOf(polar, "list")
const remove = operationOf(polar, "delete")

type Call = Operation["call"]

/** The operation with its call changed. */
const but = (
  operation: Operation,
  change: (call: ReturnType<Call>, scene: Parameters<Call>[0]) => ReturnType<Call>
) => ({
  ...operation,
  call: (scene: Parameters<Call>[0]) => change(operation.call(scene), scene)
})

const zeros = { createdTwice: 0, lost: 0, hung: 0, secrets: 0 }

describe("a row", () => {
  it.live("is zeros where all is well", () =>
    Effect.gen(function*() {
      expect(yield* measure(polar, create, lostAnswer)).toMatchObject({ ...zeros, attempts: 1, mayHaveApplied: true })
      expect(yield* measure(mollie, keyed, lostAnswer)).toMatchObject({ ...zeros, attempts: 2, outcome: "success" })
    }))

  it.live("is the same however often it is measured", () =>
    Effect.gen(function*() {
      const walk = operationOf(polar, "customers.stream")
      for (const fault of faults.filter(({ times }) => times !== 1).slice(0, 8)) {
        expect(yield* measure(polar, walk, fault)).toEqual(yield* measure(polar, walk, fault))
      }
    }))
})

describe("created more than once", () => {
  it.live("counts what repeatUnsafe does without a key", () =>
    Effect.gen(function*() {
      const unsafe = but(keyed, (call) => call.pipe(RetryPolicy.with({ repeatUnsafe: true }), Idempotency.none))
      expect(yield* measure(mollie, unsafe, lostAnswer)).toMatchObject({
        ...zeros,
        createdTwice: 1,
        outcome: "success"
      })
    }))
})

describe("lost", () => {
  const nothing: Told = { customers: [] }

  it.live.each<[string, Operation, typeof harmless, number]>([
    [
      "a write that an error denies",
      but(
        create,
        (call) =>
          Effect.mapError(
            call,
            () =>
              new TransportFailed({ provider: "polar", operation: "create", repeat: "never", mayHaveApplied: false })
          )
      ),
      lostAnswer,
      1
    ],
    ["a create that was never made", but(create, () => Effect.succeed(nothing)), harmless, 1],
    ["a delete that was never made", but(remove, () => Effect.succeed(nothing)), harmless, 1],
    [
      "a customer that nobody has",
      but(
        list,
        (call) => Effect.map(call, ({ customers: [, ...others] }) => ({ customers: [{ id: "cus_1" }, ...others] }))
      ),
      harmless,
      1
    ],
    [
      "customers that a list leaves out",
      but(list, (call) => Effect.map(call, ({ customers }) => ({ customers: customers.slice(2) }))),
      harmless,
      2
    ]
  ])("counts %s", ([_, operation, fault, lost]) =>
    Effect.gen(function*() {
      expect(yield* measure(polar, operation, fault)).toMatchObject({ ...zeros, lost })
    }))
})

describe("hung", () => {
  it.live("counts a call without an end", () =>
    Effect.gen(function*() {
      const row = yield* measure(polar, but(list, () => Effect.never), harmless)
      expect(row).toMatchObject({ ...zeros, hung: 1, outcome: "no end" })
    }))

  it.live("counts a call that waits for longer than two hours", () =>
    Effect.gen(function*() {
      const row = yield* measure(polar, but(list, (call) => Effect.delay(call, "3 hours")), harmless)
      expect(row).toMatchObject({ ...zeros, hung: 1, outcome: "no end" })
    }))
})

describe("secrets", () => {
  it.live.each<[string, (secret: string) => Effect.Effect<void>]>([
    ["a log line", (secret) => Effect.logTrace(secret)],
    ["the annotation of a log line", (secret) => Effect.annotateLogs(Effect.logDebug("sent"), "to", secret)],
    ["the name of a span", (secret) => Effect.withSpan(Effect.void, `GET /${secret}`)],
    ["an attribute of a span", (secret) => Effect.withSpan(Effect.void, "GET", { attributes: { secret } })],
    ["a defect inside a span", (secret) => Effect.ignore(Effect.sandbox(Effect.withSpan(Effect.die(secret), "GET")))],
    ["a label of a metric", (secret) => Metric.increment(Metric.tagged(Metric.counter("sent"), "to", secret))]
  ])("counts %s", ([_, tell]) =>
    Effect.gen(function*() {
      for (const secretOf of ["token", "email", "name", "externalId", "note"] as const) {
        const leaking = but(list, (call, { newcomer, token }) =>
          Effect.zipLeft(call, tell(secretOf === "token" ? token : newcomer[secretOf])))
        const row = yield* measure(polar, leaking, harmless)
        expect({ ...row, secrets: Math.min(1, row.secrets) }).toMatchObject({ ...zeros, secrets: 1 })
      }
    }))

  it.live("counts an error that prints one", () =>
    Effect.gen(function*() {
      const telling = but(list, (call, { token }) =>
        Effect.mapError(call, (error) => Object.assign(error, { cause: new Error(token) })))
      expect((yield* measure(polar, telling, once("`400`"))).secrets).toBeGreaterThan(0)
    }))

  it.live("counts the key of a call", () =>
    Effect.gen(function*() {
      const key = "key-that-nobody-should-see"
      const telling = but(keyed, (call) => Effect.zipLeft(Idempotency.withKey(call, key), Effect.logInfo(key)))
      expect((yield* measure(mollie, telling, harmless)).secrets).toBeGreaterThan(0)
    }))
})
