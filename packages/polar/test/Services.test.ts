import {
  type Address,
  type Customer,
  CustomersByEmail,
  CustomersByExternalId,
  CustomersService
} from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Context, Effect, Layer, Option, Redacted, Ref, Stream } from "effect"
import { clients, inProcess, onPort, token } from "./onSandbox.js"

const writes = Effect.flatMap(
  SandboxControl,
  (control) =>
    Effect.map(
      control.requests,
      (requests) =>
        requests.filter(({ method }) => method !== "GET").map(({ body, method, operation }) => ({
          method,
          operation,
          body: body === "" ? undefined : JSON.parse(body) as unknown
        }))
    )
)

const text = (value: string) => Option.some(value)

describe("CustomersService over Polar", () => {
  it.effect("creates, reads, changes, clears and deletes", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const ada = yield* customers.create({
        email: "ada@example.com",
        externalId: "user 1/2".replace("/", "-"),
        name: "Ada Lovelace",
        address: {
          line1: "1 St James's Square",
          city: "San Francisco",
          state: "CA",
          postalCode: "94102",
          country: "US"
        },
        locale: "en-GB",
        metadata: { plan: "pro", seats: 3, vip: true, ratio: 1.5 }
      })
      expect(ada.provider).toBe("polar")
      expect(ada.email).toEqual(text("ada@example.com"))
      expect(ada.externalId).toEqual(text("user 1-2"))
      expect(Option.getOrThrow(ada.address)).toMatchObject(
        { state: text("CA"), country: text("US"), line2: Option.none() } satisfies Partial<Address>
      )
      expect(ada.metadata).toEqual({ plan: "pro", seats: 3, vip: true, ratio: 1.5 })
      expect(ada.updatedAt).toEqual(Option.none())
      expect(Option.getOrThrow(Polar.raw(ada)).billing_address?.state).toBe("US-CA")
      expect(yield* customers.get(ada.id)).toEqual(ada)

      const changed = yield* customers.update(ada.id, { name: null, locale: null, metadata: { plan: "free" } })
      expect(changed).toMatchObject({ name: Option.none(), locale: Option.none(), metadata: { plan: "free" } })
      expect(changed.email).toEqual(ada.email)
      expect(changed.address).toEqual(ada.address)
      expect(Option.isSome(changed.updatedAt)).toBe(true)
      expect((yield* customers.update(ada.id, { metadata: null })).metadata).toEqual({})
      expect((yield* writes).slice(1).map(({ body }) => body)).toEqual([
        { name: null, locale: null, metadata: { plan: "free" } },
        { metadata: {} }
      ])

      yield* customers.delete(ada.id)
      expect((yield* Effect.flip(customers.get(ada.id)))._tag).toBe("CustomerNotFound")
      expect((yield* Effect.flip(customers.delete(ada.id)))._tag).toBe("CustomerNotFound")
    }).pipe(Effect.provide(inProcess())))

  it.effect("says in the unified words which field was refused, by the SDK and by Polar", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const taken = yield* customers.create({ email: "ada@example.com", externalId: "ada" })
      const other = yield* customers.create({ email: "grace@example.com" })
      const issues = (error: { readonly _tag: string }) =>
        error._tag === "InvalidRequest"
          ? (error as { issues?: ReadonlyArray<{ path: string }> }).issues?.map(({ path }) => path)
          : error

      expect(issues(yield* Effect.flip(customers.create({ email: "no e-mail", address: { country: "Holland" } }))))
        .toEqual(["email", "address.country"])
      expect(issues(yield* Effect.flip(customers.create({})))).toEqual(["email"])
      expect(issues(yield* Effect.flip(customers.create({ email: "a@example.com", address: { country: "XX" } }))))
        .toEqual([
          "address.country"
        ])
      expect(issues(yield* Effect.flip(customers.getByExternalId("a/b")))).toEqual(["externalId"])
      const exists = yield* Effect.flip(customers.create({ email: "ADA@example.com", externalId: "ada" }))
      expect(exists).toMatchObject({ _tag: "CustomerAlreadyExists", fields: ["email", "externalId"], status: 422 })
      const conflict = yield* Effect.flip(customers.update(taken.id, { externalId: "lovelace" }))
      expect(conflict).toMatchObject({ _tag: "Conflict", path: "externalId" })
      const clash = yield* Effect.flip(customers.update(other.id, { email: "ada@example.com" }))
      expect(clash).toMatchObject({ _tag: "CustomerAlreadyExists", fields: ["email"] })
      expect(yield* Effect.flip(customers.updateByExternalId("ada", { externalId: "x" }))).toMatchObject({
        _tag: "Unsupported",
        path: "externalId"
      })
      expect(Option.getOrThrow((yield* customers.update(other.id, { externalId: "grace" })).externalId)).toBe("grace")
    }).pipe(Effect.provide(inProcess())))

  it.effect("finds by e-mail exactly, case aside; refuses what is no e-mail before it is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByEmail
      const ada = yield* customers.create({ email: "Ada@example.com" })
      yield* customers.create({ email: "ada@example.com.au" })
      const found = yield* Stream.runCollect(customers.findByEmail("aDA@example.com"))
      expect(Chunk.toReadonlyArray(found).map(({ id }) => id)).toEqual([ada.id])
      expect(Chunk.size(yield* Stream.runCollect(customers.findByEmail("nobody@example.com")))).toBe(0)
      const before = (yield* Effect.flatMap(SandboxControl, ({ requests }) => requests)).length
      for (const email of ["", " ada@example.com", "ada"]) {
        expect(yield* Effect.flip(Stream.runDrain(customers.findByEmail(email)))).toMatchObject({
          _tag: "InvalidRequest",
          origin: "sdk",
          issues: [{ path: "email" }]
        })
      }
      expect((yield* Effect.flatMap(SandboxControl, ({ requests }) => requests)).length).toBe(before)
    }).pipe(Effect.provide(inProcess())))

  it.effect("carries the capabilities as options, for who picks a provider at run time", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersService
      const byExternalId = Option.getOrThrow(customers.byExternalId)
      const byEmail = Option.getOrThrow(customers.byEmail)
      const ada = yield* byExternalId.getOrCreate("ada", { email: "ada@example.com" })
      expect(Chunk.toReadonlyArray(yield* Stream.runCollect(byEmail.findByEmail("ada@example.com")))).toEqual([ada])
    }).pipe(Effect.provide(inProcess())))
})

describe("getOrCreate", () => {
  it.scopedLive.each([
    ["in process", inProcess()] as const,
    ...clients.map(([name, client]) => [name, onPort(client)] as const)
  ])(
    "two callers at once end with one customer and two successes, %s",
    ([_, layer]) =>
      Effect.gen(function*() {
        const customers = yield* CustomersByExternalId
        const control = yield* SandboxControl
        const pair = Effect.all([
          customers.getOrCreate("user-1", { email: "one@example.com", name: "One" }),
          customers.getOrCreate("user-1", { email: "one@example.com", name: "One" })
        ], { concurrency: 2 })
        const [a, b] = yield* pair
        expect(a.id).toBe(b.id)
        expect((yield* control.customers("polar")).length).toBe(1)
        const operations = (yield* control.requests).map(({ operation, status }) => `${operation} ${status}`)
        expect(operations.filter((operation) => operation === "create 422").length).toBe(1)
      }).pipe(Effect.provide(layer as Layer.Layer<CustomersByExternalId | SandboxControl>))
  )

  it.effect("an existing customer comes back untouched", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ada = yield* customers.create({
        email: "ada@example.com",
        externalId: "ada",
        name: "Ada",
        metadata: { a: 1 }
      })
      const same = yield* customers.getOrCreate("ada", {
        email: "other@example.com",
        name: "Other",
        metadata: { b: 2 }
      })
      expect(same).toEqual(ada)
      expect((yield* writes).length).toBe(1)
    }).pipe(Effect.provide(inProcess())))

  it.effect("e-mails never match: another customer's e-mail is CustomerAlreadyExists", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.create({ email: "ada@example.com", externalId: "ada" })
      const error = yield* Effect.flip(customers.getOrCreate("somebody else", { email: "ada@example.com" }))
      expect(error).toMatchObject({ _tag: "CustomerAlreadyExists", fields: ["email"] })
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(
    [
      ["the answer is lost", Fault.Reset({ applied: true })],
      ["the answer is cut off", Fault.CutBody({})],
      ["the answer cannot be read", Fault.CutJson({})],
      ["a proxy says 502", Fault.Respond({ status: 502, applied: true })]
    ] as const
  )("when %s after the write it looks once more", ([_, fault]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "create", fault })
      const ada = yield* customers.getOrCreate("ada", { email: "ada@example.com" })
      expect((yield* control.customers("polar")).map(({ id }) => id)).toEqual([ada.id])
      expect((yield* control.requests).map(({ operation }) => operation)).toEqual([
        "getExternal",
        "create",
        "getExternal"
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a failure that was not applied is that failure", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      yield* control.inject({ operation: "create", fault: Fault.Respond({ status: 500 }), times: Infinity })
      const error = yield* Effect.flip(customers.getOrCreate("ada", { email: "ada@example.com" }))
      expect(error).toMatchObject({ _tag: "ProviderUnavailable", operation: "create", mayHaveApplied: true })
      expect((yield* control.requests).map(({ operation }) => operation)).toEqual([
        "getExternal",
        "create",
        "getExternal"
      ])
    }).pipe(Effect.provide(inProcess())))

  it.effect("refuses what is wrong before anything is sent", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const control = yield* SandboxControl
      const email = "ada@example.com"
      const tags = yield* Effect.all([
        Effect.flip(customers.getOrCreate("", { email })),
        Effect.flip(customers.getOrCreate("a/b", { email })),
        Effect.flip(customers.getOrCreate("..", { email })),
        Effect.flip(customers.getOrCreate("\ud800", { email })),
        Effect.flip(customers.getOrCreate("ada", {})),
        Effect.flip(customers.getOrCreate("ada", { email, phone: "1" })),
        Effect.flip(customers.getOrCreate("ada", { email, externalId: "grace" } as never))
      ])
      expect(tags.map(({ _tag }) => _tag)).toEqual([
        "InvalidRequest",
        "Unsupported",
        "InvalidRequest",
        "InvalidRequest",
        "InvalidRequest",
        "Unsupported",
        "InvalidRequest"
      ])
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.provide(inProcess())))
})

describe("a patch that names nothing", () => {
  it.effect.each([{}, { name: undefined }])("is a read: %o", (patch) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const ada = yield* customers.create({ externalId: "ada", email: "ada@example.com" })
      expect(yield* customers.update(ada.id, patch)).toEqual(ada)
      expect(yield* customers.updateByExternalId("ada", patch)).toEqual(ada)
      expect((yield* writes).map(({ operation }) => operation)).toEqual(["create"])
    }).pipe(Effect.provide(inProcess())))
})

describe("upsert", () => {
  const input = {
    email: "ada@example.com",
    name: "Ada",
    locale: "en-gb",
    address: { line1: "1 Main St", line2: "", state: "ca", country: "US" },
    metadata: { plan: "pro", seats: 3 }
  }

  it.effect.each(
    [
      ["the same again", input],
      ["the e-mail in other case", { ...input, email: "Ada@Example.com" }],
      ["the name with blanks around", { ...input, name: " Ada " }],
      ["the state with its country", { ...input, address: { ...input.address, state: "US-CA" } }],
      ["metadata in another order", { ...input, metadata: { seats: 3, plan: "pro" } }],
      ["less than there is", { email: input.email }]
    ] as const
  )("that changes nothing sends nothing: %s", ([_, again]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const first = yield* customers.upsert("ada", input)
      const second = yield* customers.upsert("ada", again)
      expect(second).toEqual(first)
      expect((yield* writes).map(({ operation }) => operation)).toEqual(["create"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("that changes nothing sends nothing: a state that carries its country where Polar keeps it so", () =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      const paris = { email: "ada@example.com", address: { state: "FR-75C", country: "FR" } }
      expect(yield* customers.upsert("ada", paris)).toEqual(yield* customers.upsert("ada", paris))
      expect((yield* writes).map(({ operation }) => operation)).toEqual(["create"])
    }).pipe(Effect.provide(inProcess())))

  it.effect.each(
    [
      ["name", { name: "Ada Lovelace" }, { name: "Ada Lovelace" }],
      ["email", { email: "ada@example.org" }, { email: "ada@example.org" }],
      ["metadata", { metadata: { plan: "pro" } }, { metadata: { plan: "pro" } }],
      [
        "address",
        { address: { ...input.address, line1: "2 Main St" } },
        { billing_address: { line1: "2 Main St", line2: "", state: "CA", country: "US" } }
      ]
    ] as const
  )("sends exactly what differs: %s", ([_, change, body]) =>
    Effect.gen(function*() {
      const customers = yield* CustomersByExternalId
      yield* customers.upsert("ada", input)
      yield* customers.upsert("ada", { ...input, ...change })
      expect((yield* writes).slice(1)).toEqual([{ method: "PATCH", operation: "update", body }])
    }).pipe(Effect.provide(inProcess())))
})

describe("what travels with a customer", () => {
  it.effect("raw survives a walk, is in no JSON, no printing, no equality", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      yield* control.seed("polar", 3)
      const walked = Chunk.toReadonlyArray(yield* Stream.runCollect(customers.stream()))
      const raws = walked.map((customer: Customer) => Option.getOrThrow(Polar.raw(customer)))
      expect(raws.map(({ id }) => id)).toEqual(walked.map(({ id }) => id))
      expect(raws[0]?.avatar_url).toContain("gravatar")
      expect(JSON.stringify(walked)).not.toContain("gravatar")
    }).pipe(Effect.provide(inProcess())))

  it.effect("raw keeps what Polar sends and this version does not know", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      const { id } = yield* customers.create({ email: "ada@example.com" })
      yield* control.inject({
        operation: "get",
        fault: Fault.Alter({ alter: (customer) => ({ ...customer as object, brand_new: { deep: [1] } }) })
      })
      const customer = yield* customers.get(id)
      expect(Option.getOrThrow(Polar.raw(customer))).toMatchObject({ id, brand_new: { deep: [1] } })
      expect(customer).toEqual(yield* customers.get(id))
    }).pipe(Effect.provide(inProcess())))
})

describe("the layer", () => {
  it.effect("with a bad option every call ends in InvalidRequest naming it, and nothing is sent", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const bad: ReadonlyArray<readonly [string, Partial<Polar.PolarOptions>]> = [
        ["accessToken", { accessToken: Redacted.make("") }],
        ["accessToken", { accessToken: Redacted.make("polar_oat_é") }],
        ["accessToken", { accessToken: Redacted.make("polar_oat_x\nX-Evil: 1") }],
        ["baseUrl", { baseUrl: "ftp://api.polar.sh" }],
        ["baseUrl", { baseUrl: "api.polar.sh" }],
        ["baseUrl", { baseUrl: "https://user:secret@api.polar.sh" }],
        ["baseUrl", { baseUrl: "https://api.polar.sh/?a=1" }],
        ["version", { version: "latest" }],
        ["environment", { environment: "test" as never }],
        ["organizationId", { organizationId: "1dbfc517-0bbf-4301-9ba8-555ca42b9737" }]
      ]
      for (const [path, options] of bad) {
        const customers = Context.get(
          yield* Layer.build(Polar.layer({ accessToken: Redacted.make(token), ...options })),
          CustomersService
        )
        expect(yield* Effect.flip(customers.get("x"))).toMatchObject({
          _tag: "InvalidRequest",
          origin: "sdk",
          issues: [{ path }]
        })
        expect((yield* Effect.flip(Stream.runDrain(customers.stream())))._tag).toBe("InvalidRequest")
      }
      expect(yield* control.requests).toEqual([])
    }).pipe(Effect.scoped, Effect.provide(inProcess())))

  it.effect("a user token's organization goes into list, export and create", () =>
    Effect.gen(function*() {
      const polar = yield* Polar.PolarClient
      const control = yield* SandboxControl
      yield* Effect.ignore(polar.list())
      yield* Effect.ignore(Stream.runDrain(polar.export()))
      yield* Effect.ignore(polar.create({ email: "ada@example.com" }))
      yield* Effect.ignore(polar.get("992fae2a-2a17-4b7a-8d9e-e287cf90131b"))
      const organization = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
      expect((yield* control.requests).map(({ body, query }) => [query, body])).toEqual([
        [[["organization_id", organization]], ""],
        [[["organization_id", organization]], ""],
        [[], JSON.stringify({ organization_id: organization, email: "ada@example.com" })],
        [[], ""]
      ])
    }).pipe(Effect.provide(inProcess({}, {
      accessToken: Redacted.make("polar_pat_x"),
      organizationId: "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
    }))))

  it.effect("a token that rotates is read before each call; one that cannot be read is AuthenticationFailed, unsent", () =>
    Effect.gen(function*() {
      const count = yield* Ref.make(0)
      const accessToken = Ref.updateAndGet(count, (n) => n + 1).pipe(
        Effect.flatMap((n) =>
          n === 3 ? Effect.fail("the vault is sealed") : Effect.succeed(Redacted.make(`polar_oat_${n}`))
        )
      )
      yield* Effect.gen(function*() {
        const polar = yield* Polar.PolarClient
        const control = yield* SandboxControl
        yield* polar.list()
        yield* polar.list()
        expect(yield* Effect.flip(polar.list())).toMatchObject({ _tag: "AuthenticationFailed", mayHaveApplied: false })
        expect((yield* control.requests).map(({ headers }) => headers.authorization)).toEqual([
          "Bearer polar_oat_1",
          "Bearer polar_oat_2"
        ])
      }).pipe(Effect.provide(inProcess({}, { accessToken })))
    }))

  it.effect("speaks to the environment's host, with its version and user agent", () =>
    Effect.gen(function*() {
      const polar = yield* Polar.PolarClient
      const control = yield* SandboxControl
      yield* polar.create({ email: "ada@example.com" })
      const [request] = yield* control.requests
      expect(request?.headers).toMatchObject({
        host: "sandbox-api.polar.sh",
        "polar-version": "2026-04",
        "user-agent": expect.stringMatching(/^effect-customers\/\S+ \(polar\)$/),
        accept: "application/json",
        "content-type": "application/json",
        "content-length": "27"
      })
    }).pipe(Effect.provide(inProcess({}, { environment: "sandbox", version: "2026-04" }))))

  it.effect("a base URL with a path prefix holds on every page", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const customers = yield* CustomersService
      yield* control.seed("polar", 30)
      yield* Stream.runDrain(customers.stream({ pageSize: 10 }))
      expect((yield* control.requests).map(({ path }) => path)).toEqual(
        Array.from({ length: 3 }, () => "/v1/customers/")
      )
    }).pipe(Effect.scoped, Effect.provide(onPort(FetchHttpClient.layer))))

  it.effect("the caller's own RequestInit is kept, wherever it was given, and no redirect is followed", () =>
    Effect.gen(function*() {
      const seen: Array<RequestInit | undefined> = []
      const fetch = (async (_: unknown, init?: RequestInit) => {
        seen.push(init)
        return new Response("{\"items\":[],\"pagination\":{\"total_count\":0,\"max_page\":0}}")
      }) as typeof globalThis.fetch
      const own = Layer.succeed(FetchHttpClient.RequestInit, { credentials: "include", redirect: "follow" })
      const fetching = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
      const polar = Polar.layer({ accessToken: Redacted.make(token) })
      const list = Effect.flatMap(Polar.PolarClient, (polar) => polar.list())
      // under the client's layer, around the provider's layer, and around the call
      yield* list.pipe(Effect.provide(polar.pipe(Layer.provide(fetching.pipe(Layer.provide(own))))))
      yield* list.pipe(Effect.provide(polar.pipe(Layer.provide(fetching), Layer.provide(own))))
      yield* list.pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { credentials: "include", keepalive: true }),
        Effect.provide(polar.pipe(Layer.provide(fetching.pipe(Layer.provide(own)))))
      )
      expect(seen.map((init) => [init?.credentials, init?.redirect, init?.keepalive])).toEqual([
        ["include", "manual", undefined],
        ["include", "manual", undefined],
        ["include", "manual", true]
      ])
    }))

  it.effect("transformClient wraps the client of this layer alone", () =>
    Effect.gen(function*() {
      const polar = yield* Polar.PolarClient
      const control = yield* SandboxControl
      yield* polar.list()
      expect((yield* control.requests)[0]?.headers["x-mine"]).toBe("1")
    }).pipe(Effect.provide(inProcess({}, {
      transformClient: HttpClient.mapRequest((request) =>
        ({ ...request, headers: { ...request.headers, "x-mine": "1" } }) as typeof request
      )
    }))))
})
