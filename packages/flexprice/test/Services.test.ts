import {
  CustomersByEmail,
  CustomersByExternalId,
  type CustomersError,
  CustomersService,
  Idempotency
} from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import { FlexpriceClient } from "@effect-customers/flexprice"
import { Fault, Sandbox } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Redacted, Ref, Stream } from "effect"
import {
  apiKey,
  bodyOf,
  clients,
  collect,
  expectNothingSent,
  inject,
  inProcess,
  json,
  olderKey,
  onPort,
  operations,
  type Provided,
  refusal,
  requests,
  seed,
  seedOne,
  sent,
  stored
} from "./onSandbox.js"

const text = (value: string) => Option.some(value)

const writes = Effect.map(requests, (log) => log.filter(({ operation }) => ["create", "update"].includes(operation)))

const bodies = Effect.map(writes, (log) => log.map(bodyOf))

describe("CustomersService over Flexprice", () => {
  it.effect.each([apiKey, olderKey])(
    "creates, reads, changes, clears and deletes, with the key %s",
    (key) =>
      Effect.gen(function*() {
        const customers = yield* CustomersService
        const ada = yield* customers.create({
          externalId: "ada",
          name: "Ada Lovelace",
          email: "ada@example.com",
          ...key === olderKey ? {} : { phone: "+44 20 7946 0000" },
          address: { line1: "1 St James's Square", city: "London", line2: null, country: "GB" },
          metadata: { tier: "gold", note: "" }
        })
        expect(ada).toMatchObject({
          provider: "flexprice",
          externalId: text("ada"),
          name: text("Ada Lovelace"),
          email: text("ada@example.com"),
          phone: key === olderKey ? Option.none() : text("+44 20 7946 0000"),
          locale: Option.none(),
          metadata: { tier: "gold", note: "" }
        })
        expect({ ...Option.getOrThrow(ada.address) }).toEqual({
          line1: text("1 St James's Square"),
          line2: Option.none(),
          city: text("London"),
          state: Option.none(),
          postalCode: Option.none(),
          country: text("GB")
        })
        expect(yield* customers.get(ada.id)).toEqual(ada)

        const moved = yield* customers.update(ada.id, { address: { postalCode: "411001", state: "MH", country: "IN" } })
        expect({ ...Option.getOrThrow(moved.address) }).toEqual({
          line1: Option.none(),
          line2: Option.none(),
          city: Option.none(),
          state: text("MH"),
          postalCode: text("411001"),
          country: text("IN")
        })
        expect([moved.name, moved.email, moved.phone]).toEqual([ada.name, ada.email, ada.phone])
        const cleared = yield* customers.update(ada.id, {
          metadata: null,
          email: "countess@example.com",
          ...key === olderKey ? {} : { phone: null }
        })
        expect(cleared).toMatchObject({ phone: Option.none(), metadata: {}, email: text("countess@example.com") })
        expect((yield* customers.update(ada.id, { metadata: {} })).metadata).toEqual({})
        expect((yield* bodies).slice(1)).toEqual([
          {
            address_line1: "",
            address_line2: "",
            address_city: "",
            address_state: "MH",
            address_postal_code: "411001",
            address_country: "IN"
          },
          { email: "countess@example.com", ...key === olderKey ? {} : { contact: "" }, metadata: {} },
          { metadata: {} }
        ])

        yield* customers.delete(ada.id)
        expect(yield* refusal(customers.get(ada.id))).toEqual(["CustomerNotFound"])
        expect(yield* refusal(customers.delete(ada.id))).toEqual(["CustomerNotFound"])
        expect((yield* customers.list()).items).toEqual([])
      }).pipe(Effect.provide(inProcess(undefined, { apiKey: Redacted.make(key) })))
  )

  it.effect("what is not set is none: empty texts, null metadata, and an address without lines and country", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const [bare, city] = yield* seed([{ metadata: null, name: "", email: "" }, { address_city: "Pune" }])
      expect(yield* customers.get(bare!)).toMatchObject({
        name: Option.none(),
        email: Option.none(),
        phone: Option.none(),
        address: Option.none(),
        metadata: {}
      })
      expect(Option.getOrThrow((yield* customers.get(city!)).address)).toMatchObject({
        city: text("Pune"),
        country: Option.none()
      })
    }).pipe(Effect.provide(inProcess())))

  it.effect("a patch is one call; one that says nothing is a read; the same external id is no change", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const id = yield* seedOne({ external_id: "ada", name: "Ada", metadata: null })
      yield* customers.update(id, { name: "Ada Lovelace" })
      yield* customers.update(id, {})
      yield* customers.update(id, { externalId: "ada" })
      yield* customers.update(id, { externalId: "ada", name: "Ada" })
      yield* customers.updateByExternalId("ada", { name: "Countess" })
      yield* customers.updateByExternalId("ada", {})
      yield* customers.updateByExternalId("ada", { externalId: "ada" })
      expect((yield* requests).map(sent)).toEqual([
        ["PUT", "/v1/customers", { id }, { name: "Ada Lovelace" }],
        ["GET", `/v1/customers/${id}`, {}, undefined],
        ["GET", `/v1/customers/${id}`, {}, undefined],
        ["GET", `/v1/customers/${id}`, {}, undefined],
        ["PUT", "/v1/customers", { id }, { name: "Ada" }],
        ["PUT", "/v1/customers", { external_customer_id: "ada" }, { name: "Countess" }],
        ["GET", "/v1/customers/external/ada", {}, undefined],
        ["GET", "/v1/customers/external/ada", {}, undefined]
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("what an empty text cannot clear, and what has no place, is Unsupported before anything is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const name = "Ada"
      const long = "x".repeat(300)
      const address = { country: "IN" }
      const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CustomersError>]> = [
        ["email", customers.update("cust_x", { email: null })],
        ["name", customers.update("cust_x", { name: null })],
        ["address", customers.update("cust_x", { address: null })],
        ["externalId", customers.update("cust_x", { externalId: null })],
        ["email", customers.updateByExternalId("ada", { email: null })],
        ["locale", customers.update("cust_x", { locale: "en-GB" })],
        ["locale", customers.create({ externalId: "ada", name, locale: "en-GB" })],
        [
          "paymentSource",
          customers.create({ externalId: "ada", name, paymentSource: { cardToken: Redacted.make("card_x") } })
        ],
        ["metadata.*", customers.create({ externalId: "ada", name, metadata: { seats: 3 } })],
        ["metadata.*", customers.update("cust_x", { metadata: { tier: null } })],
        ["metadata.*", customers.update("cust_x", { metadata: { nested: {} } })],
        ["phone", customers.update("cust_x", { phone: "x".repeat(21) })],
        ["name", customers.update("cust_x", { name: long })],
        ["externalId", customers.create({ externalId: long, name })],
        ["address.line1", customers.update("cust_x", { address: { ...address, line1: long } })],
        ["address.line2", customers.update("cust_x", { address: { ...address, line2: long } })],
        ["address.city", customers.update("cust_x", { address: { ...address, city: long.slice(0, 101) } })],
        ["address.state", customers.update("cust_x", { address: { ...address, state: long.slice(0, 101) } })],
        [
          "address.postalCode",
          customers.create({
            externalId: "ada",
            name,
            address: { ...address, postalCode: long.slice(0, 21) }
          })
        ]
      ]
      for (const [path, call] of calls) expect(yield* refusal(call)).toEqual(["Unsupported", path])
      expect(yield* refusal(customers.create({}))).toEqual(["InvalidRequest", "sdk", "externalId", "name"])
      expect(yield* refusal(Idempotency.withKey(customers.update("cust_x", { name }), "k"))).toContain("Unsupported")
      yield* expectNothingSent
    }).pipe(Effect.provide(inProcess())))

  it.effect("says in the unified words which field was refused", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const [id] = yield* seed([{ external_id: "ada" }, { external_id: "grace", metadata: {} }])
      const country = customers.update(id!, { address: { country: "XX" } })
      expect(yield* refusal(country)).toEqual(["InvalidRequest", "provider", "address.country"])
      expect(yield* refusal(customers.getByExternalId(""))).toEqual(["InvalidRequest", "sdk", "externalId"])
      expect(yield* refusal(customers.updateByExternalId("", { name: "x" }))).toContain("externalId")
      const taken = [
        customers.create({ externalId: "ada", name: "Ada" }),
        customers.updateByExternalId("grace", { externalId: "ada" })
      ]
      for (const call of taken) {
        expect(yield* Effect.flip(call)).toMatchObject({ _tag: "CustomerAlreadyExists", fields: ["externalId"] })
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(["archived", "deleted"])(
    "an update answered %s is CustomerNotFound, whoever deleted it meanwhile",
    (status) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        yield* seed([{ id: "cust_x", external_id: "ada", metadata: null }])
        yield* inject("update", Fault.Alter({ alter: (row) => ({ ...row as object, status }) }), Infinity)
        for (
          const call of [
            customers.update("cust_x", { name: "Ada" }),
            customers.updateByExternalId("ada", { name: "Ada" }),
            customers.update("cust_x", { externalId: "new" })
          ]
        ) {
          expect(yield* Effect.flip(call)).toMatchObject({ _tag: "CustomerNotFound", mayHaveApplied: true })
        }
        // the metadata that went ahead said so, and the new id was not sent
        expect((yield* bodies).at(-1)).toEqual({ metadata: {} })
      }).pipe(Effect.provide(inProcess()))
  )

  const unsendable: ReadonlyArray<readonly [string, object, string]> = [
    ["half a character of a name", { name: "\ud800" }, "name"],
    ["a new external id of half a character", { externalId: "\ud800/" }, "externalId"],
    ["half a character of a phone", { phone: "\ud800" }, "phone"],
    ["half a character in metadata", { metadata: { tier: "\ud800" } }, "metadata.*"],
    ["a country of one letter", { address: { country: "I" } }, "address.country"],
    ["a key called __proto__", { metadata: JSON.parse("{\"__proto__\":\"x\"}") as never }, "metadata.*"]
  ]
  it.effect.each(unsendable)(
    "a rename with %s is refused before its metadata goes ahead",
    ([_, patch, path]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const id = yield* seedOne({ external_id: "ada", metadata: null })
        for (
          const call of [
            customers.update(id, { externalId: "new", ...patch }),
            customers.updateByExternalId("ada", { externalId: "new", ...patch })
          ]
        ) {
          const error = yield* Effect.flip(call)
          expect([error._tag, error.mayHaveApplied]).toEqual(["InvalidRequest", false])
          expect(error._tag === "InvalidRequest" && error.issues.map(({ path }) => path)).toEqual([path])
        }
        yield* expectNothingSent
        expect((yield* stored)[0]).toMatchObject({ external_id: "ada", metadata: null })
      }).pipe(Effect.provide(inProcess()))
  )

  it.effect("a rename that is refused when its metadata has gone ahead says that it may have been applied", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const failing = (metadata: { readonly [key: string]: string } | null, patch: object) =>
        Effect.gen(function*() {
          const id = yield* seedOne({ metadata })
          const { _tag, mayHaveApplied } = yield* Effect.flip(customers.update(id, { externalId: "taken", ...patch }))
          return [_tag, mayHaveApplied]
        })
      yield* seedOne({ external_id: "taken" })
      expect(yield* failing(null, {})).toEqual(["CustomerAlreadyExists", true])
      expect(yield* failing(null, { externalId: "new", address: { country: "XX" } })).toEqual(["InvalidRequest", true])
      // one call, and it is refused
      expect(yield* failing({}, {})).toEqual(["CustomerAlreadyExists", false])
      // the first one is refused
      yield* inject("update", json(403, { message: "insufficient permissions" }))
      expect(yield* failing(null, {})).toEqual(["PermissionDenied", false])
    }).pipe(Effect.provide(inProcess())))

  it.effect("deletes by external id: reads, then deletes by id; what cannot be read is UnexpectedStatus", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const id = yield* seedOne({ external_id: "ada" })
      yield* inject("getByExternalId", Fault.CutJson({}))
      expect(yield* refusal(customers.deleteByExternalId("ada"))).toEqual(["UnexpectedStatus"])
      yield* customers.deleteByExternalId("ada")
      expect((yield* requests).slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
        "GET /v1/customers/external/ada",
        `DELETE /v1/customers/${id}`
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("finds by e-mail exactly, case aside; refuses what is no e-mail before it is sent", () =>
    Effect.gen(function*() {
      const { findByEmail } = yield* CustomersByEmail
      const [upper, lower] = yield* seed([
        { email: "Ada@example.com" },
        { email: "ada@example.com" },
        { email: "ada@example.com.au" },
        { email: "countess.ada@example.com" },
        { email: "a%a@example.com" },
        { email: "ada@example.com", status: "archived" }
      ])
      const found = (email: string) => Effect.map(collect(findByEmail(email)), (found) => found.map(({ id }) => id))
      expect(yield* found("aDA@example.com")).toEqual([upper, lower])
      // who is nobody's match is not asked for
      expect((yield* requests).map(bodyOf)).toMatchObject([
        { filters: [{ field: "email", operator: "contains", value: { string: "aDA@example.com" } }] }
      ])
      expect(yield* found("A%A@EXAMPLE.COM")).toHaveLength(1)
      expect(yield* found("nobody@example.com")).toEqual([])
      const before = (yield* requests).length
      for (const email of ["", " ada@example.com", "ada"]) {
        expect(yield* refusal(Stream.runDrain(findByEmail(email)))).toEqual(["InvalidRequest", "sdk", "email"])
      }
      expect((yield* requests).length).toBe(before)
    }).pipe(Effect.provide(inProcess())))

  it.effect("carries the capabilities as options, for who picks a provider at run time", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const byExternalId = Option.getOrThrow(customers.byExternalId)
      const byEmail = Option.getOrThrow(customers.byEmail)
      const ada = yield* byExternalId.getOrCreate("ada", { name: "Ada", email: "ada@example.com" })
      expect(yield* collect(byEmail.findByEmail("ada@example.com"))).toEqual([ada])
    }).pipe(Effect.provide(inProcess())))

  it.effect("raw has what the unified customer has no place for, known to this version or not", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const id = yield* seedOne({ timezone: "Asia/Kolkata" })
      const walked = yield* collect(customers.stream())
      expect(Option.getOrThrow(Flexprice.raw(walked[0]!))).toMatchObject({ id, timezone: "Asia/Kolkata" })
      yield* inject("get", Fault.Alter({ alter: (row) => ({ ...row as object, brand_new: { deep: [1] } }) }))
      const customer = yield* customers.get(id)
      expect(Option.getOrThrow(Flexprice.raw(customer))).toMatchObject({ brand_new: { deep: [1] } })
      expect(JSON.stringify(customer)).not.toContain("Kolkata")
    }).pipe(Effect.provide(inProcess())))
})

const everywhere: ReadonlyArray<readonly [string, Layer.Layer<Provided>]> = [
  ["in process", inProcess()],
  ...clients.map(([name, client]) => [name, Layer.orDie(onPort(client))] as const)
]

describe("getOrCreate and upsert", () => {
  const input = { name: "Ada", email: "ada@example.com", metadata: { tier: "gold" } }

  it.scopedLive.each(everywhere)(
    "two callers at once end with one customer and two successes, %s",
    ([_, layer]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        for (const externalId of ["ada", "ada/lovelace"]) {
          const before = (yield* stored).length
          const [a, b] = yield* Effect.all(
            [customers.getOrCreate(externalId, input), customers.getOrCreate(externalId, input)],
            { concurrency: 2 }
          )
          expect(a.id).toBe(b.id)
          const [c, d] = yield* Effect.all(
            [customers.upsert(`${externalId} 2`, input), customers.upsert(`${externalId} 2`, input)],
            { concurrency: 2 }
          )
          expect(c.id).toBe(d.id)
          expect((yield* stored).length).toBe(before + 2)
        }
        const conflicts = (yield* requests).filter(({ operation, status }) => operation === "create" && status === 409)
        expect(conflicts).toHaveLength(4)
      }).pipe(Effect.provide(layer))
  )

  it.effect("getOrCreate leaves an existing customer untouched", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ada = yield* customers.create({ externalId: "ada", ...input })
      const same = yield* customers.getOrCreate("ada", { name: "Other", email: "other@example.com", metadata: {} })
      expect(same).toEqual(ada)
      expect(yield* operations).toEqual(["create", "getByExternalId"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("an archived customer is none: another is created", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const id = yield* seedOne({ external_id: "ada", status: "archived" })
      expect((yield* customers.getOrCreate("ada", input)).id).not.toBe(id)
    }).pipe(Effect.provide(inProcess())))

  const whole = {
    ...input,
    phone: "1",
    address: { line1: "1 Main St", line2: "", city: " ", country: "IN" }
  }

  it.effect.each<readonly [string, typeof whole | typeof input]>([
    ["the same again", whole],
    ["lines that are null", { ...whole, address: { ...whole.address, line2: null as never } }],
    ["less than there is", input]
  ])("upsert that changes nothing sends nothing: %s", ([_, again]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const first = yield* customers.upsert("ada", whole)
      expect(yield* customers.upsert("ada", again)).toEqual(first)
      expect(yield* writes).toHaveLength(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect.each<readonly [string, object, object]>([
    ["name", { name: "Ada Lovelace" }, { name: "Ada Lovelace" }],
    ["e-mail", { email: "Ada@example.com" }, { email: "Ada@example.com" }],
    ["phone", { phone: "2" }, { contact: "2" }],
    ["metadata", { metadata: { tier: "silver" } }, { metadata: { tier: "silver" } }],
    ["address", { address: { country: "GB" } }, {
      address_line1: "",
      address_line2: "",
      address_city: "",
      address_state: "",
      address_postal_code: "",
      address_country: "GB"
    }]
  ])("upsert sends exactly what differs: %s", ([_, change, body]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.upsert("ada", whole)
      yield* customers.upsert("ada", { ...whole, ...change })
      expect((yield* bodies).slice(1)).toEqual([body])
    }).pipe(Effect.provide(inProcess())))
})

describe("the layer", () => {
  it.effect("with a bad option every call ends in InvalidRequest naming it, and nothing is sent", () =>
    Effect.gen(function*() {
      const bad: ReadonlyArray<readonly [string, Partial<Flexprice.FlexpriceOptions>]> = [
        ["apiKey", { apiKey: Redacted.make("") }],
        ["apiKey", { apiKey: Redacted.make("sk_é") }],
        ["apiKey", { apiKey: Redacted.make("sk_x\nX-Evil: 1") }],
        ["region", { region: "eu" as never }],
        ["region", { region: "toString" as never }],
        ["environmentId", { environmentId: "" }],
        ["environmentId", { environmentId: "env_é" }],
        ["environmentId", { environmentId: "env_1\r\nx-evil: 1" }],
        ["environmentId", { environmentId: null as never }],
        ["environmentId", { environmentId: 5 as never }],
        ["environmentId", { environmentId: ["env_1"] as never }],
        ["environmentId", { environmentId: Symbol("env_1") as never }],
        ["baseUrl", { baseUrl: "us.api.flexprice.io" }],
        ["baseUrl", { baseUrl: "https://us.api.flexprice.io/v1" }],
        ["baseUrl", { baseUrl: "https://user:secret@us.api.flexprice.io" }]
      ]
      for (const [path, options] of bad) {
        const built = yield* Layer.build(Flexprice.layer({ apiKey: Redacted.make(apiKey), ...options }))
        const customers = Context.get(built, CustomersService)
        expect(yield* refusal(customers.get("x"))).toEqual(["InvalidRequest", "sdk", path])
        expect(yield* refusal(Stream.runDrain(customers.stream()))).toEqual(["InvalidRequest", "sdk", path])
      }
      yield* expectNothingSent
    }).pipe(Effect.scoped, Effect.provide(inProcess())))

  it.effect.each<readonly [string, Partial<Flexprice.FlexpriceOptions>, object]>([
    ["the us", {}, { host: "us.api.flexprice.io" }],
    ["the us by name", { region: "us" }, { host: "us.api.flexprice.io" }],
    ["india", { region: "india" }, { host: "api.cloud.flexprice.io" }],
    ["an environment", { environmentId: "env_1" }, { "x-environment-id": "env_1" }]
  ])("speaks to %s", ([_, options, headers]) =>
    Effect.gen(function*() {
      const flexprice = yield* FlexpriceClient
      yield* flexprice.list()
      expect((yield* requests)[0]?.headers).toMatchObject({
        "x-api-key": apiKey,
        "user-agent": expect.stringMatching(/^effect-customers\/\S+ \(flexprice\)$/),
        accept: "application/json",
        ...headers
      })
    }).pipe(Effect.provide(inProcess(undefined, options))))

  it.effect("a key that rotates is read before each call; one that cannot be read is AuthenticationFailed, unsent", () =>
    Effect.gen(function*() {
      const count = yield* Ref.make(0)
      const apiKey = Effect.flatMap(
        Ref.updateAndGet(count, (n) => n + 1),
        (n) => n === 3 ? Effect.fail("the vault is sealed") : Effect.succeed(Redacted.make(`sk_${n}`))
      )
      yield* Effect.gen(function*() {
        const flexprice = yield* FlexpriceClient
        yield* flexprice.list()
        yield* flexprice.list()
        expect(yield* refusal(flexprice.list())).toEqual(["AuthenticationFailed"])
        expect((yield* requests).map(({ headers }) => headers["x-api-key"])).toEqual(["sk_1", "sk_2"])
      }).pipe(Effect.provide(inProcess(undefined, { apiKey })))
    }))

  it.effect("transformClient wraps the client of this layer alone", () =>
    Effect.gen(function*() {
      yield* (yield* FlexpriceClient).list()
      expect((yield* requests)[0]?.headers["x-mine"]).toBe("1")
    }).pipe(Effect.provide(inProcess(undefined, {
      transformClient: HttpClient.mapRequest((request) =>
        ({ ...request, headers: { ...request.headers, "x-mine": "1" } }) as typeof request
      )
    }))))

  it.scoped("one layer serves all four tags", () =>
    Effect.gen(function*() {
      const built = yield* Layer.build(
        Flexprice.layer({ apiKey: Redacted.make(apiKey) }).pipe(Layer.provide(Sandbox.layer()))
      )
      expect(Context.get(built, CustomersService)).toBe(Context.get(built, CustomersByExternalId))
      expect(Context.get(built, CustomersService)).toBe(Context.get(built, CustomersByEmail))
      expect(Context.get(built, CustomersService).capabilities).toBe(Flexprice.capabilities)
    }))
})
