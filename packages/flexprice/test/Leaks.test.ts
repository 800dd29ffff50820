/** The key and personal data: where they must not be seen, and where they must arrive. */
import {
  CustomerNotFound,
  CustomersByEmail,
  CustomersByExternalId,
  CustomersError,
  RequestTimeout
} from "@effect-customers/core"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Schema, Stream } from "effect"
import { inspect } from "node:util"
import { leakedBy } from "../../core/test/printings.js"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import { person } from "../../polar/test/person.js"
import { apiKey, clients, inProcess, json, once, requests, seed } from "./onSandbox.js"

const id = "cust_secretIdOfThisTest"
const phone = "+1 202 555 0142"
const slashed = `${person.externalId}/x`

const secrets = [apiKey, id, phone, ...Object.values(person)]

const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

const everything = secrets.join(" ")

/** Answers that quote what was sent wherever an error of Flexprice's has a place for it, in both eras. */
const echoes = (status: number): ReadonlyArray<Fault.Fault> => {
  const details = {
    ...Object.fromEntries(secrets.map((secret) => [secret, secret])),
    Name: everything,
    Email: { [person.email]: everything },
    customer_id: id,
    lookup_key: person.externalId,
    external_id: person.externalId
  }
  return [
    json(status, { code: person.email, message: everything, http_status_code: status, details }),
    json(status, { code: "not_found", message: everything, details }),
    json(status, { code: "invalid_operation", message: everything, details: everything }),
    json(status, { success: false, error: { message: everything, internal_error: everything, details } }),
    json(status, { error: everything, message: everything }),
    json(status, { error: [everything], message: { [everything]: everything }, details: [everything] }),
    Fault.Respond({ status, headers: { "content-type": "text/html" }, body: `<h1>${everything}</h1>` })
  ]
}

/** Errors from calls that are full of secrets. */
const provoke = Effect.gen(function*() {
  const flexprice = yield* FlexpriceClient
  const customers = yield* CustomersByExternalId
  const { findByEmail } = yield* CustomersByEmail
  const control = yield* SandboxControl
  const errors: Array<CustomersError> = []
  const failing = (call: Effect.Effect<unknown, CustomersError>) =>
    Effect.map(Effect.flip(call), (error) => void errors.push(error))
  const { email, externalId, metadataKey, metadataValue, name } = person
  const metadata = { [metadataKey]: metadataValue }
  const body = { external_id: externalId, name, email, contact: phone, address_line1: person.line1, metadata }
  const address = { line1: person.line1, country: "US" }
  yield* seed([{ ...body, id }, { ...body, id: "cust_other", external_id: slashed }])

  const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> = [
    ["create", flexprice.create(body)],
    ["create", customers.create({ externalId, name, email, phone, address, metadata })],
    ["update", flexprice.update({ id }, body)],
    ["update", flexprice.update({ external_customer_id: externalId }, { name })],
    ["update", customers.update(id, { email, phone, address, metadata })],
    ["delete", customers.delete(id)],
    ["get", customers.get(id)],
    ["getByExternalId", customers.getByExternalId(externalId)],
    ["search", customers.getByExternalId(slashed)],
    ["list", flexprice.list({ email, external_id: externalId, customer_ids: [id], metadata })],
    ["search", flexprice.search({ email, filters: [{ field: "name", operator: "eq", value: { string: name } }] })],
    ["search", Stream.runDrain(findByEmail(email))],
    ["getUsage", flexprice.getUsage({ customer_lookup_key: externalId })],
    ["getEntitlements", flexprice.getEntitlements(id)],
    ["getUpcomingGrants", flexprice.getUpcomingGrants(id)]
  ]
  for (const [operation, call] of calls) {
    for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
      for (const fault of echoes(status)) {
        yield* control.inject({ operation, fault })
        yield* failing(call)
      }
    }
    yield* control.inject({ operation, fault: Fault.Reset({}) })
    yield* failing(call)
    if (operation !== "delete") {
      yield* control.inject({ operation, fault: Fault.Respond({ status: 200, body: everything }) })
      yield* failing(call)
    }
    yield* control.inject({ operation, fault: Fault.Delay({ duration: "10 seconds" }) })
    yield* failing(RequestTimeout.with(call, { attempt: "20 millis" }))
  }
  // refused by this SDK: what is wrong holds the secret itself
  yield* failing(flexprice.create({ ...body, [email]: name } as never))
  yield* failing(flexprice.create({ ...body, metadata: { [metadataKey]: { [email]: name } } } as never))
  yield* failing(flexprice.create({ ...body, address_country: name }))
  yield* failing(flexprice.get(`${id}/${email}`))
  yield* failing(flexprice.search({ filters: [{ field: email, operator: name, value: { [email]: name } } as never] }))
  yield* failing(flexprice.list({ status: email as never, customer_ids: [{ [email]: name }] as never }))
  yield* failing(flexprice.update({ id, external_customer_id: externalId } as never, {}))
  yield* failing(customers.create({ externalId, name, email: `${email} ${name}` }))
  yield* failing(customers.create({ externalId, name, metadata: { [metadataKey]: { [metadataKey]: email } } }))
  yield* failing(customers.update(id, { phone: `${phone} ${phone}` }))
  yield* failing(customers.update(id, { email: null }))
  yield* failing(Stream.runDrain(customers.stream({ from: everything })))
  // refused by the provider
  yield* failing(flexprice.create(body))
  yield* failing(flexprice.update({ id }, { email: `${email}@` }))
  yield* failing(customers.getByExternalId(`${externalId}-2`))
  yield* failing(customers.getByExternalId(`${slashed}-2`))
  yield* failing(customers.getOrCreate(`${externalId}-3`, { name, email: `${email}@` }))
  // rows and answers that cannot be read, and one who was deleted
  const broken = (row: any) => ({ ...row, email: { [email]: everything }, created_at: everything })
  yield* control.inject({ operation: "get", fault: Fault.Alter({ alter: broken }) })
  yield* failing(flexprice.get(id))
  yield* control.inject({
    operation: "search",
    fault: Fault.Alter({ alter: (page: any) => ({ ...page, items: page.items.map(broken) }) })
  })
  yield* failing(Stream.runDrain(customers.stream()))
  yield* customers.delete(id)
  yield* failing(customers.get(id))
  yield* failing(customers.update(id, { email }))
  return errors
})

describe("nothing leaks", () => {
  it.scopedLive.each(clients.filter(([name]) => name !== "node"))(
    "from any error, log, span or metric, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const { spans, tracer } = inMemoryTracer()
        const errors = yield* Effect.withTracer(Effect.withSpan(provoke, "the application's own"), tracer)
        expect(new Set(errors.map(({ _tag }) => _tag)).size).toBeGreaterThan(11)
        expect(yield* leakedBy(errors, spans, leaksIn)).toEqual([])
        expect(spans.length).toBeGreaterThan(200)
      }).pipe(Effect.provide(once.onPort(client))),
    60_000
  )

  it.effect("from what is repeated, and from what was sent late", () =>
    Effect.gen(function*() {
      const { spans, tracer } = inMemoryTracer()
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* seed([{ id, external_id: person.externalId }])
      yield* control.inject({ operation: "update", times: Infinity, fault: echoes(503)[0]! })
      yield* control.inject({ operation: "getByExternalId", times: Infinity, fault: Fault.StallBody({}) })
      const calls = [
        customers.update(id, { email: person.email, name: person.name }),
        customers.getByExternalId(person.externalId)
      ]
      for (const call of calls) {
        const exit = yield* inVirtualTime(Effect.exit(Effect.withTracer(call, tracer)))
        expect(Exit.isFailure(exit)).toBe(true)
        expect(leaksIn(inspect(exit, { depth: Infinity, showHidden: true }))).toEqual([])
      }
      expect((yield* requests).length).toBeGreaterThan(2)
      expect(leaksIn(inspect(spans, { depth: Infinity, showHidden: true }))).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("positive control: what the platform makes of the same request leaks the key and the e-mail", () =>
    Effect.gen(function*() {
      const http = yield* HttpClient.HttpClient
      const request = HttpClientRequest.get("https://nowhere.example/v1/customers").pipe(
        HttpClientRequest.setHeader("x-api-key", apiKey),
        HttpClientRequest.setUrlParam("email", person.email)
      )
      const error = yield* Effect.flip(http.execute(request))
      expect(leaksIn(JSON.stringify(error))).toEqual(expect.arrayContaining([apiKey, person.email]))
    }).pipe(Effect.provide(inProcess())))
})

describe("what is redacted is there for who asks", () => {
  it.effect("ids, and the provider's words", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const errors = [
        yield* Effect.flip(customers.get(id)),
        yield* Effect.flip(customers.update(id, { name: "Ada" })),
        yield* Effect.flip(customers.getByExternalId(person.externalId)),
        yield* Effect.flip(customers.updateByExternalId(person.externalId, { name: "Ada" })),
        yield* Effect.flip(customers.getByExternalId(slashed))
      ]
      const ids = errors.map((error) =>
        error instanceof CustomerNotFound
          ? [error.customerId, error.externalId].map((id) => id && Redacted.value(id))
          : error
      )
      expect(ids).toEqual([
        [id, undefined],
        [id, undefined],
        [undefined, person.externalId],
        [undefined, person.externalId],
        [undefined, slashed]
      ])
      expect(Redacted.value(errors[0]!.providerMessage!)).toContain("not found")
    }).pipe(Effect.provide(inProcess())))

  it.effect("an error survives a wire of the caller's own", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const error = yield* Effect.flip(customers.get(id))
      const wire = JSON.parse(JSON.stringify(yield* Schema.encode(CustomersError)(error))) as unknown
      const back = yield* Schema.decodeUnknown(CustomersError)(wire)
      expect(back._tag === "CustomerNotFound" && Redacted.value(back.customerId!)).toBe(id)
      expect(leaksIn(inspect(back, { depth: Infinity, showHidden: true }))).toEqual([])
    }).pipe(Effect.provide(inProcess())))
})
