import { CustomersByExternalId, CustomersError, RequestTimeout, ResourceNotFound } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  Config,
  ConfigError,
  ConfigProvider,
  Context,
  Effect,
  Either,
  Exit,
  Layer,
  Option,
  Redacted,
  Schema,
  Stream
} from "effect"
import { inspect } from "node:util"
import { logged, printings } from "../../core/test/printings.js"
import { inMemoryTracer } from "./inMemoryTracer.js"
import { clients, once, token } from "./onSandbox.js"
import { person } from "./person.js"

const { onPort } = once

const secrets = [token, ...Object.values(person)]

const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

/** An answer that quotes everything that was sent, as providers do. */
const echo = (status: number) =>
  Fault.Respond({
    status,
    headers: { "content-type": "application/json", "x-request-id": "req_1", "x-echo": token },
    body: JSON.stringify({
      error: person.email,
      error_description: `${token} ${person.email}`,
      detail: [{
        type: "value_error",
        loc: ["body", "individual", "metadata", person.metadataKey, "constrained-str"],
        msg: Object.values(person).join(" "),
        input: { ...person, token }
      }]
    })
  })

/** One error of every class, each provoked with a call that is full of personal data. */
const provoke = Effect.gen(function*() {
  const customers = yield* CustomersByExternalId
  const polar = yield* Polar.PolarClient
  const control = yield* SandboxControl
  const input = {
    email: person.email,
    name: person.name,
    address: { line1: person.line1, country: "US" },
    metadata: { [person.metadataKey]: person.metadataValue }
  }
  const faulty = (operation: string, fault: Fault.Fault) => control.inject({ operation, fault })
  const errors: Array<CustomersError> = []
  const provokeOne = (call: Effect.Effect<unknown, CustomersError>) =>
    Effect.map(Effect.flip(call), (error) => void errors.push(error))

  yield* provokeOne(customers.getByExternalId(person.externalId))
  const created = yield* customers.create({ ...input, externalId: person.externalId })
  yield* provokeOne(customers.create({ ...input, externalId: person.externalId }))
  yield* provokeOne(customers.update(created.id, { externalId: `${person.externalId}-2` }))
  yield* provokeOne(customers.create({ ...input, phone: person.name }))
  yield* provokeOne(customers.create({ ...input, metadata: { [person.metadataKey]: { [person.metadataKey]: 1 } } }))
  yield* provokeOne(customers.create({ ...input, metadata: { [person.metadataKey]: () => person.email } } as never))
  yield* provokeOne(customers.create({ ...input, email: `${person.email} ${person.name}` }))
  yield* provokeOne(polar.create({ ...input, metadata: { [person.metadataKey]: "" } } as never))
  yield* provokeOne(polar.list({ email: person.email, metadata: { [person.metadataKey]: {} } } as never))
  yield* provokeOne(polar.getExternal(`${person.externalId}/${person.email}`))
  for (const status of [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 307, 418]) {
    yield* faulty("list", echo(status))
    yield* provokeOne(polar.list({ email: person.email, query: person.name }))
    yield* faulty("create", echo(status))
    yield* provokeOne(customers.create(input))
    yield* faulty("export", echo(status))
    yield* provokeOne(Stream.runDrain(polar.export()))
  }
  yield* faulty("create", Fault.Reset({}))
  yield* provokeOne(customers.create(input))
  yield* faulty("list", Fault.CutBody({}))
  yield* provokeOne(polar.list({ email: person.email }))
  yield* faulty("list", Fault.StallBody({}))
  yield* provokeOne(polar.list({ email: person.email }).pipe(RequestTimeout.with({ attempt: "50 millis" })))
  yield* faulty("get", Fault.CutJson({ bytes: 300 }))
  yield* provokeOne(customers.get(created.id))
  const broken = (json: unknown) => ({
    ...json as object,
    metadata: { [person.metadataKey]: { [person.metadataKey]: person.metadataValue } },
    created_at: person.email
  })
  yield* faulty("get", Fault.Alter({ alter: broken }))
  yield* provokeOne(customers.get(created.id))
  yield* faulty(
    "list",
    Fault.Alter({
      alter: (page) => ({ ...page as object, items: (page as { items: Array<unknown> }).items.map(broken) })
    })
  )
  yield* provokeOne(Stream.runDrain(customers.stream()))
  errors.push(
    new ResourceNotFound({
      provider: "polar",
      operation: "get",
      mayHaveApplied: false,
      repeat: "always",
      providerMessage: Redacted.make(Object.values(person).join(" "))
    })
  )
  return errors
})

describe("nothing leaks", () => {
  it.scopedLive.each(clients)("from any error, log or span, over %s", ([_, client]) =>
    Effect.gen(function*() {
      const { spans, tracer } = inMemoryTracer()
      const errors = yield* Effect.withTracer(Effect.withSpan(provoke, "the application's own"), tracer)

      const seen = new Set(errors.map((error) => error._tag))
      const all = CustomersError.members.map((member) => member._tag)
      expect([...seen].sort()).toEqual([...all].sort())

      const found: Array<unknown> = []
      for (const error of errors) {
        const texts = [...printings(error), ...(yield* logged(error))]
        expect(new Set(texts.flatMap(([how, text]) => text.includes(error._tag) ? [how] : [])).size).toBeGreaterThan(10)
        for (const [how, text] of texts) {
          const leaked = leaksIn(text)
          if (leaked.length > 0) found.push({ error: error._tag, operation: error.operation, how, leaked })
        }
      }
      expect(found).toEqual([])

      expect(spans.length).toBeGreaterThan(40)
      expect(spans.map((span) => span.name)).toContain("customers.create")
      for (const span of spans) expect(leaksIn(inspect(span, { depth: Infinity, showHidden: true }))).toEqual([])

      const { requests } = yield* SandboxControl
      for (const { headers } of yield* requests) {
        expect(Object.keys(headers).filter((name) => /trace|b3|baggage/.test(name))).toEqual([])
      }
    }).pipe(Effect.provide(onPort(client))), 30_000)

  it.scopedLive.each(clients)(
    "positive control: the raw error of the platform does leak, over %s",
    ([_, client]) =>
      Effect.gen(function*() {
        const { spans, tracer } = inMemoryTracer()
        const http = yield* HttpClient.HttpClient
        const request = HttpClientRequest.get(`${yield* baseUrl}/v1/customers/?email=${person.email}`).pipe(
          HttpClientRequest.bearerToken("polar_cst_controlOfThisTest")
        )
        const raw = yield* Effect.flip(Effect.flatMap(http.execute(request), HttpClientResponse.filterStatusOk)).pipe(
          Effect.withTracer(tracer)
        )
        expect(inspect(raw, { depth: Infinity })).toContain("controlOfThisTest")
        expect(JSON.stringify(raw)).toContain(person.email)
        expect(inspect(spans, { depth: Infinity })).toContain(person.email)
      }).pipe(Effect.provide(onPort(client)))
  )

  it.effect("the provider's words are there for who asks for them", () =>
    Effect.gen(function*() {
      const polar = yield* Polar.PolarClient
      yield* polar.create({ email: person.email })
      const error = yield* Effect.flip(polar.create({ email: person.email }))
      expect(Redacted.value(error.providerMessage!)).toBe("A customer with this email address already exists.")
    }).pipe(Effect.provide(onPort(FetchHttpClient.layer)), Effect.scoped))

  it("an error survives a wire of the caller's own, redaction included", () => {
    const error = new ResourceNotFound({
      provider: "polar",
      operation: "get",
      mayHaveApplied: false,
      repeat: "always",
      providerMessage: Redacted.make(person.email)
    })
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(CustomersError)(error)))
    const back = Schema.decodeUnknownSync(CustomersError)(json)
    expect(back).toBeInstanceOf(ResourceNotFound)
    expect(Redacted.value(back.providerMessage!)).toBe(person.email)
    expect(leaksIn(inspect(back, { depth: Infinity, showHidden: true }))).toEqual([])
  })
})

const baseUrl = Effect.map(
  Effect.contextWith((context: Context.Context<never>) => context),
  (context) => [...context.unsafeMap.entries()].find(([key]) => key.endsWith("/SandboxServer"))?.[1].urlOf("polar")
)

describe("layerConfig", () => {
  const build = (variables: Record<string, string>, config?: Polar.PolarConfig) =>
    Layer.build(Polar.layerConfig(config)).pipe(
      Effect.provide(FetchHttpClient.layer),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
      Effect.scoped,
      Effect.exit
    )

  const bad = "s3cret-value-nobody-should-see"
  const good = { POLAR_ACCESS_TOKEN: " polar_oat_good\n" }

  it.effect.each<[string, Record<string, string>, Polar.PolarConfig, string]>([
    ["a token that is missing", {}, {}, "POLAR_ACCESS_TOKEN"],
    ["a token that is blank", { POLAR_ACCESS_TOKEN: "  " }, {}, "POLAR_ACCESS_TOKEN"],
    ["a wrong environment", { ...good, POLAR_ENVIRONMENT: bad }, {}, "POLAR_ENVIRONMENT"],
    [
      "a config of the caller's own that prints values",
      { ...good, MINE: bad },
      { environment: Config.literal("production", "sandbox")("MINE") },
      "MINE"
    ],
    [
      "a refusal of the caller's own in words like ours",
      { ...good, MINE: bad },
      {
        version: Config.mapOrFail(
          Config.string("MINE"),
          (text) => Either.left(ConfigError.InvalidData([], `expected one of ${text}`))
        )
      },
      "MINE"
    ],
    ["a number that is none", { ...good, MINE: bad }, { version: Config.map(Config.integer("MINE"), String) }, "MINE"]
  ])("%s: names the variable, never the value", ([_, variables, config, name]) =>
    Effect.gen(function*() {
      const exit = yield* build(variables, config)
      expect(Exit.isFailure(exit)).toBe(true)
      const text = inspect(exit, { depth: Infinity, showHidden: true }) +
        (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "") + JSON.stringify(exit)
      expect(text).toContain(name)
      expect(text).not.toContain(bad)
      expect(text).not.toContain("polar_oat_good")
    }))

  it.effect("RequestTimeout.layerConfig prints no value either", () =>
    Effect.gen(function*() {
      const exit = yield* Layer.build(RequestTimeout.layerConfig({ attempt: Config.duration("TIMEOUT") })).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["TIMEOUT", bad]]))),
        Effect.scoped,
        Effect.exit
      )
      const text = inspect(exit, { depth: Infinity })
      expect(text).toContain("TIMEOUT")
      expect(text).not.toContain(bad)
    }))

  it.effect("trims secrets, takes blank variables as absent", () =>
    Effect.gen(function*() {
      const exit = yield* build({ ...good, POLAR_ENVIRONMENT: "", POLAR_BASE_URL: " " })
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(Option.isSome(Exit.causeOption(exit))).toBe(false)
    }))
})
