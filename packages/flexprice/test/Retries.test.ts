/** The default policy, over the sandbox: what is sent again, and what never is. */
import { CustomersByExternalId, CustomersService, RequestTimeout } from "@effect-customers/core"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Fault } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { bodyOf, inject, inProcess, operations, requests, seed, seedOne, stored } from "./onSandbox.js"

type Client = FlexpriceClient["Type"]

/** What may have been applied when its answer is lost, in five ways. */
const losses: ReadonlyArray<readonly [string, Fault.Fault]> = [
  ["a reset", Fault.Reset({ applied: true })],
  ["a cut body", Fault.CutBody({})],
  ["a stalled body", Fault.StallBody({})],
  ["a 503", Fault.Respond({ status: 503, applied: true })],
  ["a gateway's page", Fault.HtmlPage({ applied: true })]
]

const member = seedOne({ id: "cust_member", external_id: "member", metadata: {} })

const timeout = RequestTimeout.with({ attempt: "5 seconds" })

describe.each(losses)("after %s", (_, fault) => {
  it.effect.each<readonly [string, string, (flexprice: Client) => Effect.Effect<unknown, unknown>]>([
    ["a create", "create", (flexprice) => flexprice.create({ external_id: "ada", name: "Ada" })],
    [
      "a rename by the old external id",
      "update",
      (flexprice) => flexprice.update({ external_customer_id: "member" }, { external_id: "renamed" })
    ]
  ])("%s is not repeated, and may have been applied", ([_, operation, call]) =>
    Effect.gen(function*() {
      yield* member
      const flexprice = yield* FlexpriceClient
      yield* inject(operation, fault)
      const error = yield* Effect.flip(inVirtualTime(timeout(call(flexprice))))
      expect(error).toHaveProperty("mayHaveApplied", true)
      expect(error).toHaveProperty("isRetryable", false)
      expect((yield* requests).map(({ applied, operation }) => [operation, applied])).toEqual([[operation, true]])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, (flexprice: Client) => Effect.Effect<unknown, unknown>]>([
    ["an update", (flexprice) => flexprice.update({ id: "cust_member" }, { name: "Ada" })],
    [
      "an update by external id",
      (flexprice) => flexprice.update({ external_customer_id: "member" }, { name: "Ada", external_id: "member" })
    ],
    ["a rename by id", (flexprice) => flexprice.update({ id: "cust_member" }, { external_id: "renamed" })]
  ])("%s is repeated, and there it is", ([_, call]) =>
    Effect.gen(function*() {
      yield* member
      const flexprice = yield* FlexpriceClient
      yield* inject("update", fault)
      yield* inVirtualTime(timeout(call(flexprice)))
      const log = yield* requests
      expect(log.map(({ operation }) => operation)).toEqual(["update", "update"])
      expect(log[0]!.applied).toBe(true)
      expect(bodyOf(log[0]!)).toEqual(bodyOf(log[1]!))
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, string, (flexprice: Client) => Effect.Effect<unknown, unknown>]>([
    ["a search", "search", (flexprice) => flexprice.search()],
    ["a read by an external id with a slash", "search", (flexprice) => flexprice.getByExternalId("a/b")],
    ["a read of usage", "getUsage", (flexprice) => flexprice.getUsage({ customer_id: "cust_member" })]
  ])("%s is repeated", ([_, operation, call]) =>
    Effect.gen(function*() {
      yield* member
      yield* seedOne({ external_id: "a/b" })
      const flexprice = yield* FlexpriceClient
      yield* inject(operation, fault)
      yield* inVirtualTime(timeout(call(flexprice)))
      expect(yield* operations).toEqual([operation, operation])
    }).pipe(Effect.provide(inProcess())))

  it.effect("the service renames by external id whatever is lost, in every one of its calls", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* seed([{ id: "cust_member", external_id: "member", metadata: null }])
      for (const operation of ["getByExternalId", "update"]) yield* inject(operation, fault)
      const renamed = yield* inVirtualTime(timeout(customers.updateByExternalId("member", { externalId: "renamed" })))
      expect(renamed.id).toBe("cust_member")
      expect((yield* stored).map(({ external_id }) => external_id)).toEqual(["renamed"])
    }).pipe(Effect.provide(inProcess())))
})

// a 204 has no body to cut or to stall
const withoutBody = losses.filter(([name]) => name !== "a stalled body")

describe("a delete whose answer is lost", () => {
  it.effect.each(withoutBody)(
    "by %s is a success when the repeat finds nothing",
    ([_, fault]) =>
      Effect.gen(function*() {
        yield* member
        const customers = yield* CustomersService
        yield* inject("delete", fault)
        yield* inVirtualTime(customers.delete("cust_member"))
        expect(yield* stored).toEqual([])
        expect((yield* requests).map(({ operation, status }) => [operation, status]).at(-1)).toEqual(["delete", 404])
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("by external id too", () =>
    Effect.gen(function*() {
      yield* member
      const customers = yield* CustomersByExternalId
      yield* inject("delete", Fault.Reset({ applied: true }))
      yield* inVirtualTime(customers.deleteByExternalId("member"))
      expect(yield* stored).toEqual([])
      expect(yield* operations).toEqual(["getByExternalId", "delete", "delete"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a first answer of not-found is CustomerNotFound", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      expect((yield* Effect.flip(customers.delete("cust_nobody")))._tag).toBe("CustomerNotFound")
      expect(yield* operations).toEqual(["delete"])
    }).pipe(Effect.provide(inProcess())))
})

describe("what surely did not happen is sent again", () => {
  it.effect.each<readonly [string, Fault.Fault]>([
    ["a 429", Fault.Respond({ status: 429 })],
    ["a 429 that says when", Fault.Respond({ status: 429, retryAfter: { seconds: 3 } })]
  ])("%s, a create too", ([_, fault]) =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* inject("create", fault)
      const ada = yield* inVirtualTime(flexprice.create({ external_id: "ada", name: "Ada" }))
      expect((yield* stored).map(({ id }) => id)).toEqual([ada.id])
      expect(yield* operations).toEqual(["create", "create"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a blocked delete, a taken id and a refused patch are not", () =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* seed([{ id: "cust_x", external_id: "ada", wallets: [{}] }])
      yield* Effect.flip(flexprice.delete("cust_x"))
      yield* Effect.flip(flexprice.create({ external_id: "ada", name: "Ada" }))
      yield* Effect.flip(flexprice.update({ id: "cust_x" }, { address_country: "XX" }))
      expect(yield* operations).toEqual(["delete", "create", "update"])
    }).pipe(Effect.provide(inProcess())))
})
