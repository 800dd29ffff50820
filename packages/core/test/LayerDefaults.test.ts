/** What a layer's options add to the inputs of calls, what they rule out, and secrets in paths. */
import { CustomerNotFound, Endpoint, type InvalidRequest, Transport } from "@effect-customers/core"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { inspect } from "node:util"

const mode = Schema.optional(Schema.Boolean)

const search = Endpoint.make({
  provider: "acme",
  operation: "search",
  method: "GET",
  path: "/people",
  query: Schema.Struct({ test: mode, profile: Schema.optional(Schema.String) }),
  answer: Endpoint.json(Schema.Unknown)
})

const create = Endpoint.make({
  provider: "acme",
  operation: "create",
  method: "POST",
  repeat: "never",
  path: "/people",
  body: Schema.Union(
    Schema.Struct({
      name: Schema.String,
      test: mode,
      address: Schema.optional(Schema.Struct({ lines: Schema.Array(Schema.String) }))
    }),
    Schema.Struct({ company: Schema.String, test: mode, profile: Schema.optional(Schema.String) })
  ),
  answer: Endpoint.json(Schema.Unknown)
})

const rename = Endpoint.make({
  provider: "acme",
  operation: "rename",
  method: "PUT",
  repeat: "always",
  path: "/people/{id}",
  body: Schema.Struct({ name: Schema.String }),
  answer: Endpoint.json(Schema.Unknown)
})

const removeCard = Endpoint.make({
  provider: "acme",
  operation: "removeCard",
  method: "DELETE",
  repeat: "always",
  path: "/people/{id}/cards/{card}",
  body: Schema.UndefinedOr(Schema.Struct({ test: mode })),
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

const setUp = (options: Partial<Transport.Options>, status = 200) => {
  const sent: Array<readonly [string, string | undefined, string | undefined]> = []
  const failed: Array<Endpoint.FailedAnswer> = []
  const client = HttpClient.make((request, url) =>
    Effect.sync(() => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : undefined
      sent.push([url.pathname + url.search, body, request.headers["content-type"]])
      return HttpClientResponse.fromWeb(request, new Response("{}", { status }))
    })
  )
  const transport = Transport.make({
    provider: "acme",
    baseUrl: "https://acme.example",
    credential: { name: "x-key", option: "key", secret: Redacted.make("k"), format: (key) => key },
    toError: (answer) => {
      failed.push(answer)
      return Endpoint.errorByStatus(answer, {})
    },
    ...options
  }).pipe(Effect.provideService(HttpClient.HttpClient, client))
  return { sent, failed, transport }
}

const defaults = { query: { test: true }, body: { test: true, profile: "p1" } }

describe("the options of a layer", () => {
  it.effect("go where an endpoint has a field of the name, and what a call says wins", () =>
    Effect.gen(function*() {
      const { sent, transport } = setUp({ defaults })
      const { call } = yield* transport
      yield* call(search, {})
      yield* call(search, { query: { test: false, profile: "p2" } })
      yield* call(search, { query: { test: undefined } })
      yield* call(create, { body: { company: "Acme" } })
      yield* call(create, { body: { company: "Acme", profile: "p2", test: false } })
      yield* call(rename, { path: { id: "1" }, body: { name: "Ada" } })
      yield* call(removeCard, { path: { id: "1", card: "2" }, body: undefined })
      expect(sent.map(([url, body]) => [url, body === undefined ? undefined : JSON.parse(body)])).toEqual([
        ["/people?test=true", undefined],
        ["/people?test=false&profile=p2", undefined],
        ["/people?test=true", undefined],
        ["/people", { company: "Acme", test: true, profile: "p1" }],
        ["/people", { company: "Acme", test: false, profile: "p2" }],
        ["/people/1", { name: "Ada" }],
        ["/people/1/cards/2", { test: true }]
      ])
    }))

  it.effect("that say nothing add nothing: a body that may be left out is left out", () =>
    Effect.gen(function*() {
      const { sent, transport } = setUp({ defaults: { query: { test: undefined }, body: { test: undefined } } })
      const { call } = yield* transport
      yield* call(search, {})
      yield* call(removeCard, { path: { id: "1", card: "2" }, body: undefined })
      expect(sent).toEqual([["/people", undefined, undefined], ["/people/1/cards/2", undefined, undefined]])
    }))

  it.effect("can rule a field out, and no call with it is sent", () =>
    Effect.gen(function*() {
      const { sent, transport } = setUp({ refuses: { test: "the key fixes it" } })
      const { call } = yield* transport
      const refusal = (effect: Effect.Effect<unknown, { readonly _tag: string }>) =>
        Effect.map(Effect.flip(effect), (error) => (error as InvalidRequest).issues)
      const issues = [{ path: "test", message: "the key fixes it" }]
      expect(yield* refusal(call(search, { query: { test: false } }))).toEqual(issues)
      expect(yield* refusal(call(create, { body: { name: "Ada", test: true } }))).toEqual(issues)
      expect(sent).toEqual([])
      yield* call(search, { query: { test: undefined } })
      expect(sent).toHaveLength(1)
    }))

  it.effect("meet input that is no object, or cannot be read, without a defect", () =>
    Effect.gen(function*() {
      const { sent, transport } = setUp({ defaults, refuses: { never: "no" } })
      const { call } = yield* transport
      const unreadable = {
        get name(): string {
          throw new Error("secret")
        },
        get test(): boolean {
          throw new Error("secret")
        }
      }
      for (const body of [null, [], "x", 1, unreadable] as ReadonlyArray<unknown>) {
        const error = yield* Effect.flip(call(create, { body: body as { readonly name: string } }))
        expect(error._tag).toBe("InvalidRequest")
        expect(inspect(error)).not.toContain("secret")
      }
      expect(sent).toEqual([])
    }))
})

describe("a base URL", () => {
  it.effect("that is the host and the root of all paths is refused, a prefix that ends like it is not", () =>
    Effect.gen(function*() {
      const sentTo = (baseUrl: string) =>
        Effect.gen(function*() {
          const { sent, transport } = setUp({ root: "/people", baseUrl })
          const { call } = yield* transport
          const end = yield* Effect.either(call(search, {}))
          return end._tag === "Right" ? sent.map(([url]) => url) : end.left.message
        })
      expect(yield* sentTo("https://acme.example/people/")).toContain("invalid baseUrl (expected a URL without /people")
      expect(yield* sentTo("https://acme.example/tenants/people")).toEqual(["/tenants/people/people"])
      expect(yield* sentTo("https://people")).toEqual(["/people"])
    }))
})

describe("input that is refused", () => {
  it.effect("is told by the names of its fields, each once, and a key that is no name is not shown", () =>
    Effect.gen(function*() {
      const { transport } = setUp({})
      const { call } = yield* transport
      const refused = (body: unknown) =>
        Effect.map(
          Effect.flip(call(create, { body: body as { readonly name: string } })),
          (error) => (error as InvalidRequest).issues.map(({ message, path }) => [path, message])
        )
      expect(yield* refused({ name: "Ada", nmae: 1, address_line3: 2, "4200000000000000": 3, "a@b.c": 4 })).toEqual([
        ["nmae", "expected no such field"],
        ["address_line3", "expected no such field"],
        ["*", "expected no such field"],
        ["name", "expected no such field"],
        ["company", "expected to be present"]
      ])
      // wrong in both members of the union
      expect(yield* refused({ name: "Ada", company: "Acme", test: 1 })).toEqual([
        ["company", "expected no such field"],
        ["test", "expected a boolean"],
        ["name", "expected no such field"]
      ])
    }))
})

describe("a path", () => {
  it.effect("takes secrets as they are, and shows them to nobody but the wire", () =>
    Effect.gen(function*() {
      const { failed, sent, transport } = setUp({}, 404)
      const { call } = yield* transport
      const card = Redacted.make("card_/secret")
      const error = yield* Effect.flip(call(removeCard, { path: { id: "1", card }, body: undefined }))
      expect(sent.map(([url]) => url)).toEqual(["/people/1/cards/card_%2Fsecret"])
      expect(inspect([error, failed], { depth: 9, showHidden: true })).not.toContain("secret")
      expect(failed.map(({ path }) => Redacted.value(path.card!))).toEqual(["card_/secret"])
      const empty = yield* Effect.flip(
        call(removeCard, { path: { id: "1", card: Redacted.make("") }, body: undefined })
      )
      expect(empty.message).toContain("invalid card (")
      const wiped = Redacted.make("x")
      Redacted.unsafeWipe(wiped)
      const gone = yield* Effect.flip(call(removeCard, { path: { id: "1", card: wiped }, body: undefined }))
      expect(gone.message).toContain("invalid card (")
    }))
})

describe("what a provider's mapping is told", () => {
  it.effect("is which fields were sent, not what was in them", () =>
    Effect.gen(function*() {
      const { failed, transport } = setUp({}, 422)
      const { call } = yield* transport
      yield* Effect.flip(call(create, { body: { name: "Ada", test: undefined } }))
      yield* Effect.flip(call(search, {}))
      expect(failed.map(({ sent }) => sent)).toEqual([["name"], []])
    }))

  it.effect("is what was read before it was sent, whatever becomes of the caller's object", () =>
    Effect.gen(function*() {
      const { failed, transport } = setUp({}, 422)
      const { call } = yield* transport
      for (let readable = 1; readable < 12; readable++) {
        let reads = 0
        const body = {
          get name(): string {
            if (++reads > readable) throw new Error("secret")
            return "Ada"
          }
        }
        const error = yield* Effect.flip(call(rename, { path: { id: "1" }, body }))
        expect(error._tag).toBe("InvalidRequest")
      }
      expect(failed.length).toBeGreaterThan(0)
      expect(failed.every(({ sent }) => sent.join() === "name" || sent.length === 0)).toBe(true)
    }))

  it("shows of a path what the endpoint declares, at any depth, and indices", () => {
    const shown = (path: string) => Endpoint.fieldPath(create, path.split("."))
    expect(shown("address.lines.0")).toBe("address.lines.0")
    expect(shown("address.lines.0.012")).toBe("address.lines.0.*")
    expect(shown("address.4200000000000000")).toBe("address.*")
    // a cvc, a card number in groups
    expect(shown("address.012")).toBe("address.*")
    expect(shown("4200.0000.0000.0000")).toBe("*.*.*.*")
    expect(shown("ada@example.com")).toBe("*.*")
    expect(shown("profile")).toBe("profile")
    expect(Endpoint.fieldPath(removeCard, ["card", undefined])).toBe("card.*")
  })
})
