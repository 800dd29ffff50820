/** The key and personal data: where they must not be seen. */
import { AutumnClient } from "@effect-customers/autumn"
import { CustomersByEmail, CustomersByExternalId, type CustomersError, RequestTimeout } from "@effect-customers/core"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Stream } from "effect"
import { inspect } from "node:util"
import { leakedBy, printings } from "../../core/test/printings.js"
import { inVirtualTime } from "../../core/test/virtualTime.js"
import { inMemoryTracer } from "../../polar/test/inMemoryTracer.js"
import { clients, inProcess, json, once, requests, secretKey, seed } from "./onSandbox.js"

const person = {
  id: "grace_hopper_1906",
  newId: "rear_admiral_hopper",
  email: "grace.hopper@navy.example",
  name: "Gracelyn Brewster Hopperfield",
  key: "medicalHistoryKey",
  value: "a nanosecond of wire",
  fingerprint: "fp_of_graces_browser",
  search: "hopper of the navy"
}

const secrets = [secretKey, ...Object.values(person)]

const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

const everything = secrets.join(" ")

/** Answers that quote what was sent wherever an error of Autumn's has a place for it. */
const echoes = (status: number): ReadonlyArray<Fault.Fault> => [
  ...secrets.map((secret) => json(status, { code: secret, message: everything, env: secret })),
  json(status, {
    code: "invalid_inputs",
    message: `[Validation Errors] ${
      secrets.map((secret) => `${secret}: ${secret}; customer_id: ${secret}; metadata.${secret}: ${everything}`).join(
        "; "
      )
    }`
  }),
  json(status, { code: "customer_not_found", message: `Customer ${person.id} not found` }),
  json(status, { code: { [everything]: everything }, message: [everything] }),
  Fault.Respond({ status, headers: { "content-type": "text/html" }, body: `<h1>${everything}</h1>` })
]

const { email, fingerprint, name } = person
const metadata = { [person.key]: person.value }

/** Errors from calls that are full of secrets. */
const provoke = Effect.gen(function*() {
  const autumn = yield* AutumnClient
  const customers = yield* CustomersByExternalId
  const byEmail = yield* CustomersByEmail
  const control = yield* SandboxControl
  const errors: Array<CustomersError> = []
  const failing = (call: Effect.Effect<unknown, CustomersError>) =>
    Effect.map(Effect.flip(call), (error) => void errors.push(error))
  const { id, newId } = person
  yield* seed([{ id, email, name, metadata }])

  const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> = [
    ["getOrCreate", autumn.getOrCreate({ customer_id: id, email, name, fingerprint, metadata })],
    ["getOrCreate", customers.create({ externalId: newId, email, name, metadata })],
    ["get", autumn.get(id)],
    ["get", customers.getByExternalId(id)],
    ["list", autumn.list({ search: person.search })],
    ["list", Stream.runDrain(byEmail.findByEmail(email))],
    ["update", autumn.update(id, { email, name, fingerprint, metadata })],
    ["update", autumn.update(id, { new_customer_id: newId })],
    ["update", customers.update(id, { email, externalId: newId })],
    ["delete", autumn.delete(id)]
  ]
  for (const [operation, call] of calls) {
    for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
      for (const fault of echoes(status)) {
        yield* control.inject({ operation, fault })
        yield* failing(call)
      }
    }
    for (const fault of [Fault.Reset({}), Fault.Respond({ status: 200, body: everything })]) {
      yield* control.inject({ operation, fault })
      yield* failing(call)
    }
    yield* control.inject({ operation, fault: Fault.Delay({ duration: "10 seconds" }) })
    yield* failing(RequestTimeout.with(call, { attempt: "20 millis" }))
  }
  // refused by this SDK: what is wrong holds the secret itself
  yield* failing(autumn.getOrCreate({ customer_id: email }))
  yield* failing(autumn.getOrCreate({ customer_id: id, email: { [email]: name } } as never))
  yield* failing(autumn.update(id, { [name]: 1, [email]: 2, metadata: { [person.key]: Number.NaN } } as never))
  yield* failing(autumn.get(id, { expand: [email as never] }))
  yield* failing(customers.get(email))
  yield* failing(customers.create({ externalId: email, phone: name }))
  yield* failing(customers.getOrCreate(id, { externalId: newId } as never))
  // answers that cannot be read
  const broken = (row: any) => ({ ...row, email: { [email]: everything }, created_at: everything })
  yield* control.inject({ operation: "get", fault: Fault.Alter({ alter: broken }) })
  yield* failing(autumn.get(id))
  yield* control.inject({
    operation: "list",
    fault: Fault.Alter({ alter: (page: any) => ({ ...page, list: page.list.map(broken) }) })
  })
  yield* failing(Stream.runDrain(customers.stream()))
  // decided by the services: claimed, taken, and a key that somebody else added
  yield* failing(customers.create({ externalId: id, name, email }))
  yield* seed([{ id: null, email: `2.${email}`, created_at: 1_700_000_000_000 }])
  yield* failing(customers.create({ externalId: newId, email: `2.${email}` }))
  yield* failing(autumn.update(id, { new_customer_id: newId }))
  yield* control.inject({
    operation: "update",
    fault: Fault.Alter({ alter: (row: any) => ({ ...row, metadata: { ...row.metadata, ...metadata } }) })
  })
  yield* failing(customers.update(id, { metadata: {} }))
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
      const autumn = yield* AutumnClient
      const control = yield* SandboxControl
      yield* control.inject({ operation: "update", times: Infinity, fault: echoes(503)[0]! })
      yield* control.inject({ operation: "get", times: Infinity, fault: Fault.StallBody({}) })
      const calls: ReadonlyArray<Effect.Effect<unknown, CustomersError>> = [
        autumn.update(person.id, { email, name, metadata }),
        autumn.get(person.id)
      ]
      for (const call of calls) {
        const exit = yield* inVirtualTime(Effect.exit(Effect.withTracer(call, tracer)))
        expect(Exit.isFailure(exit)).toBe(true)
        expect(leaksIn(inspect(exit, { depth: Infinity, showHidden: true }))).toEqual([])
      }
      expect((yield* requests).length).toBeGreaterThan(2)
      expect(leaksIn(inspect(spans, { depth: Infinity, showHidden: true }))).toEqual([])
    }).pipe(Effect.provide(inProcess())))

  it.effect("positive control: what the platform makes of the same request leaks the key", () =>
    Effect.gen(function*() {
      const http = yield* HttpClient.HttpClient
      const request = HttpClientRequest.post("https://nowhere.example/v1/customers.get").pipe(
        HttpClientRequest.bearerToken(secretKey)
      )
      expect(leaksIn(JSON.stringify(yield* Effect.flip(http.execute(request))))).toContain(secretKey)
    }).pipe(Effect.provide(inProcess())))

  it.effect("a cursor says nothing of ids and e-mails, but for what Autumn's own in it does", () =>
    Effect.gen(function*() {
      for (const apiVersion of ["2.1", "2.3"] as const) {
        const program = Effect.gen(function*() {
          yield* seed([{ id: person.id, email }, { id: null, email: `2.${email}` }, { id: "last", email: null }])
          const autumn = yield* AutumnClient
          const pages = yield* Stream.runCollect(autumn.streamPages({ search: "e" }, { pageSize: 1 }))
          return Array.from(pages, ({ next }) => next).flatMap((next) => next._tag === "Some" ? [next.value] : [])
        })
        const cursors = yield* Effect.provide(program, inProcess({}, { apiVersion }))
        expect(cursors.length).toBeGreaterThan(0)
        for (const cursor of cursors) {
          expect(leaksIn(Buffer.from(cursor, "base64url").toString())).toEqual([])
        }
      }
    }))

  it.effect("the keys that a Conflict names are there for who asks for them", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* seed([{ id: "team-1" }])
      yield* control.inject({
        operation: "update",
        fault: Fault.Alter({ alter: (row: any) => ({ ...row, metadata }) })
      })
      const error = yield* Effect.flip(customers.update("team-1", { metadata: {} }))
      expect(error._tag === "Conflict" && Redacted.value(error.reason)).toContain(person.key)
      expect(printings(error).flatMap(([_, text]) => leaksIn(text))).toEqual([])
    }).pipe(Effect.provide(inProcess())))
})
