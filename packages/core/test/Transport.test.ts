/** The transport alone, with endpoints of a provider that does not exist. */
import {
  Conflict,
  CustomerNotFound,
  Endpoint,
  InvalidRequest,
  Lenient,
  RetryPolicy,
  Transport
} from "@effect-customers/core"
import { HttpClient, HttpClientError, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, FiberRef, Redacted, Schema, Stream } from "effect"
import { inVirtualTime } from "./virtualTime.js"

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A client that answers everything the same and notes what it was sent. */
const answering = (status: number, body: BodyInit | null, headers: Record<string, string> = {}) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url) =>
    Effect.sync(() => {
      const { body: content } = request
      sent.push({
        method: request.method,
        url: url.href,
        headers: request.headers,
        body: content._tag === "Uint8Array" ? new TextDecoder().decode(content.body) : undefined
      })
      return HttpClientResponse.fromWeb(request, new Response(body, { status, headers }))
    })
  )
  return { sent, client }
}

const Row = Schema.Struct({ id: Schema.String, tags: Lenient.optional(Schema.Array(Schema.String)) })

const list = Endpoint.make({
  provider: "acme",
  operation: "list",
  method: "GET",
  path: "/people",
  query: Schema.Struct({
    ids: Schema.optional(Schema.Array(Schema.Number)),
    where: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Union(Schema.String, Schema.Boolean) })),
    text: Schema.optional(Schema.NullOr(Schema.String))
  }),
  answer: Endpoint.rows(Schema.Struct({ _embedded: Schema.Struct({ people: Schema.Array(Row) }) }), {
    row: Row,
    at: ["_embedded", "people"]
  })
})

const rename = Endpoint.make({
  provider: "acme",
  operation: "rename",
  method: "PUT",
  repeat: "never",
  path: "/people/{id}/name",
  body: Schema.Struct({ name: Schema.String, secret: Schema.optional(Schema.Redacted(Schema.String)) }),
  answer: Endpoint.json(Row),
  errors: [CustomerNotFound],
  inconclusive: [429]
})

const search = Endpoint.make({
  provider: "acme",
  operation: "search",
  method: "POST",
  repeat: "always",
  readOnly: true,
  path: "/people/search",
  body: Schema.Struct({}),
  answer: Endpoint.json(Row)
})

const remove = Endpoint.make({
  provider: "acme",
  operation: "remove",
  method: "DELETE",
  repeat: "always",
  path: "/people/{id}",
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

const photo = Endpoint.make({
  provider: "acme",
  operation: "photo",
  method: "GET",
  path: "/people/{id}/photo",
  answer: Endpoint.bytes
})

const transport = (client: HttpClient.HttpClient, options: Partial<Transport.Options> = {}) =>
  Effect.provideService(
    Transport.make({
      provider: "acme",
      baseUrl: "https://acme.example/api/",
      credential: {
        name: "x-key",
        option: "apiKey",
        secret: Redacted.make("k3y"),
        format: (key) => `Key ${key}`
      },
      toError: (answer) =>
        answer.context.status === 409
          ? new Conflict({ ...answer.context, reason: Redacted.make(answer.body) })
          : Endpoint.errorByStatus(answer, {}),
      ...options
    }),
    HttpClient.HttpClient,
    client
  )

const id = "a/b c%2F?#é"

describe("the request", () => {
  it.effect("is what the endpoint and the input say, and nothing else", () =>
    Effect.gen(function*() {
      const { client, sent } = answering(200, JSON.stringify({ id: "1" }))
      const { call } = yield* transport(client, { headers: { "acme-version": "7" } })
      yield* call(rename, { path: { id }, body: { name: "Ada", secret: Redacted.make("s3cret") } })
      expect(sent).toEqual([{
        method: "PUT",
        url: "https://acme.example/api/people/a%2Fb%20c%252F%3F%23%C3%A9/name",
        headers: {
          accept: "application/json",
          "user-agent": expect.stringMatching(/^effect-customers\/\S+ \(acme\)$/),
          "acme-version": "7",
          "x-key": "Key k3y",
          "content-type": "application/json",
          "content-length": "32"
        },
        body: "{\"name\":\"Ada\",\"secret\":\"s3cret\"}"
      }])
    }))

  it.effect("repeats the keys of arrays, brackets those of objects, leaves out null and undefined", () =>
    Effect.gen(function*() {
      const { client, sent } = answering(200, JSON.stringify({ _embedded: { people: [] } }))
      const { call } = yield* transport(client)
      yield* call(list, { query: { ids: [1, 2], where: { a: "x y", b: true }, text: null } })
      yield* call(list, {})
      expect(sent.map(({ url }) => url.replace("https://acme.example/api", ""))).toEqual([
        "/people?ids=1&ids=2&where%5Ba%5D=x+y&where%5Bb%5D=true",
        "/people"
      ])
    }))

  it.effect("is refused with every problem named, before anything is sent", () =>
    Effect.gen(function*() {
      const { client, sent } = answering(200, "{}")
      const { call } = yield* transport(client)
      const bad = { path: { id: ".." }, body: { name: 1, nmae: "Ada" } } as never
      const error = yield* Effect.flip(call(rename, bad))
      expect(error).toBeInstanceOf(InvalidRequest)
      expect(error._tag === "InvalidRequest" && error.issues.map(({ path }) => path).sort()).toEqual([
        "id",
        "name",
        "nmae"
      ])
      const lone = yield* Effect.flip(call(list, { query: { text: "\ud800" } }))
      expect(lone.message).toBe("acme list: invalid text (a lone surrogate cannot be sent)")
      expect(sent).toEqual([])
    }))
})

describe("a credential", () => {
  const wiped = Redacted.make("k3y")
  Redacted.unsafeWipe(wiped)
  it.effect.each<[string, unknown]>([
    ["that was wiped", wiped],
    ["that is no Redacted", "k3y"],
    ["that is not there", undefined],
    ["that an effect gives, and is no Redacted", Effect.succeed("k3y")]
  ])("%s is refused before anything is sent", ([_, secret]) =>
    Effect.gen(function*() {
      const { client, sent } = answering(200, "{}")
      const credential = { name: "x-key", option: "apiKey", secret: secret as never, format: (key: string) => key }
      const { call } = yield* transport(client, { credential })
      const error = yield* Effect.flip(call(remove, { path: { id } }))
      expect(error).toMatchObject({ _tag: "InvalidRequest", issues: [{ path: "apiKey" }] })
      expect(sent).toEqual([])
    }))
})

describe("the answer", () => {
  it.effect("to a client that fails at what is not 2xx is an answer all the same", () =>
    Effect.gen(function*() {
      const { client } = answering(404, "{}", { "x-request-id": "req_1" })
      const { call } = yield* transport(HttpClient.filterStatusOk(client))
      const error = yield* Effect.flip(call(remove, { path: { id } }))
      expect(error).toMatchObject({ _tag: "UnexpectedStatus", status: 404, requestId: "req_1" })
    }))

  it.effect.each<readonly [string | undefined, number | undefined]>([
    ["Fri, 27 Nov 2026 07:13:51 GMT", Date.UTC(2026, 10, 27, 7, 13, 51)],
    ["yesterday", undefined],
    [undefined, undefined]
  ])("dated %s, that is no success, says when by the provider's clock", ([date, answeredAt]) =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(404, "{}", date === undefined ? {} : { date }).client)
      expect((yield* Effect.flip(call(remove, { path: { id } }))).answeredAt).toBe(answeredAt)
    }))

  it.effect("with a key called __proto__ is unreadable, also where it is written with escapes", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(200, "{\"id\":\"1\",\"\\u005f_proto__\":{\"tags\":[]}}").client)
      const error = yield* Effect.flip(call(search, { body: {} }))
      expect(error).toMatchObject({ _tag: "InvalidResponse", issues: [{ expected: "no key called __proto__" }] })
    }))

  it.effect("may be as deep as it likes", () =>
    Effect.gen(function*() {
      const more = `${"[".repeat(20_000)}"__proto__"${"]".repeat(20_000)}`
      const { call } = yield* transport(answering(200, `{"id":"1","more":${more}}`).client)
      expect((yield* call(search, { body: {} })).id).toBe("1")
    }))

  it.effect("that does not decode whole is decoded row by row, wherever its rows are", () =>
    Effect.gen(function*() {
      const people = [{ id: "1" }, { id: 2 }, { id: "3", tags: ["a", null] }, { id: "4", tags: null, more: true }]
      const { call } = yield* transport(answering(200, JSON.stringify({ _embedded: { people }, _links: {} })).client)
      const page = yield* call(list, {})
      expect(page._embedded.people).toEqual([{ id: "1" }, { id: "4", tags: null, more: true }])
      expect(page.unreadable.map(({ issues }) => issues)).toEqual([
        [{ path: "_embedded.people.1.id", expected: "a string" }],
        [{ path: "_embedded.people.2.tags.1", expected: "a string" }]
      ])
    }))

  it.effect("without rows at all is unreadable as a whole", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(200, JSON.stringify({ _embedded: {} })).client)
      const error = yield* Effect.flip(call(list, {}))
      expect(error.message).toBe(
        "acme list: unreadable answer at _embedded.people (expected to be present) (status 200)"
      )
    }))

  it.effect("of bytes is streamed as it came; an empty one is an empty stream", () =>
    Effect.gen(function*() {
      const full = yield* transport(answering(200, new Uint8Array([1, 2, 3])).client)
      const chunks = yield* Stream.runCollect(full.stream(photo, { path: { id: "1" } }))
      expect([...chunks].flatMap((chunk) => [...chunk])).toEqual([1, 2, 3])
      const empty = yield* transport(answering(204, null).client)
      expect(yield* Stream.runCount(empty.stream(photo, { path: { id: "1" } }))).toBe(0)
    }))
})

describe("failures", () => {
  it.effect.each(
    [
      ["rename", 422, "InvalidRequest", false],
      ["rename", 429, "RateLimited", true],
      ["rename", 404, "UnexpectedStatus", false],
      ["rename", 503, "ProviderUnavailable", true],
      ["rename", 303, "UnexpectedStatus", true],
      ["rename", 307, "UnexpectedStatus", false],
      ["rename", 499, "UnexpectedStatus", true],
      ["remove", 429, "RateLimited", false],
      ["remove", 408, "ProviderUnavailable", true],
      ["search", 503, "ProviderUnavailable", false],
      ["search", 408, "ProviderUnavailable", false]
    ] as const
  )(
    "%s with %s is %s; may have been applied: %s",
    ([operation, status, tag, mayHaveApplied]) =>
      Effect.gen(function*() {
        const { call } = yield* transport(answering(status, "", { "x-request-id": "req_1" }).client)
        const error = yield* RetryPolicy.none(Effect.flip(
          operation === "rename"
            ? call(rename, { path: { id }, body: { name: "Ada" } })
            : operation === "remove"
            ? call(remove, { path: { id } })
            : call(search, { body: {} })
        ))
        expect([error._tag, error.mayHaveApplied, error.status, error.requestId]).toEqual([
          tag,
          mayHaveApplied,
          status,
          "req_1"
        ])
      })
  )

  it.effect("that the endpoint does not declare are UnexpectedStatus, with what is known", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(409, "still in progress").client)
      const error = yield* Effect.flip(call(remove, { path: { id } }))
      expect(error).toMatchObject({ _tag: "UnexpectedStatus", status: 409, operation: "remove", repeat: "always" })
    }))

  it.effect("a request id that is no id is not kept", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(500, "", { "x-request-id": "ada@example.com" }).client)
      const error = yield* Effect.flip(RetryPolicy.none(call(remove, { path: { id } })))
      expect(error.requestId).toBeUndefined()
    }))

  it.effect("the caller's own level of unhandled errors stays as it was", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(204, null).client)
      const before = yield* FiberRef.get(FiberRef.unhandledErrorLogLevel)
      yield* call(remove, { path: { id } })
      expect(yield* FiberRef.get(FiberRef.unhandledErrorLogLevel)).toEqual(before)
      expect(before._tag).toBe("Some")
    }))

  it.effect("a body that stalls takes nothing from what the head said", () =>
    Effect.gen(function*() {
      const stalled = (status: number) => {
        const body = new ReadableStream({ pull: () => new Promise(() => {}) })
        return RetryPolicy.none(Effect.flatMap(
          transport(answering(status, body, { "x-request-id": "req_1" }).client),
          ({ call }) => inVirtualTime(Effect.flip(call(rename, { path: { id }, body: { name: "Ada" } })))
        ))
      }
      // what these mean is in the body that did not come; that nothing was done is in the head
      for (const status of [404, 422]) {
        const unexplained = yield* stalled(status)
        expect([unexplained._tag, unexplained.mayHaveApplied, unexplained.status]).toEqual([
          "TransportFailed",
          false,
          status
        ])
      }
      const refused = yield* stalled(403)
      expect([refused._tag, refused.mayHaveApplied, refused.status]).toEqual(["PermissionDenied", false, 403])
      const halfDone = yield* stalled(200)
      expect([halfDone._tag, halfDone.mayHaveApplied, halfDone.status, halfDone.requestId]).toEqual([
        "RequestTimedOut",
        true,
        200,
        "req_1"
      ])
    }))
})

describe("a base URL", () => {
  const sentTo = (baseUrl: string) => {
    const { client, sent } = answering(204, null)
    return Effect.gen(function*() {
      const { call } = yield* transport(client, { baseUrl })
      yield* call(remove, { path: { id: "1" } })
      return sent.map(({ url }) => url)
    })
  }

  it.effect.each([
    ["https://acme.example", "https://acme.example/people/1"],
    ["http://acme.example:8080//", "http://acme.example:8080/people/1"],
    ["https://acme.example/v1/", "https://acme.example/v1/people/1"]
  ])("%s", ([baseUrl, url]) =>
    Effect.gen(function*() {
      expect(yield* sentTo(baseUrl!)).toEqual([url])
    }))

  it.effect.each([
    "",
    "acme.example",
    "ftp://acme.example",
    "https://acme.example?a=b",
    "https://acme.example#a",
    "https://ada@acme.example",
    "https://:ada@acme.example"
  ])("%j is none", (baseUrl) =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(sentTo(baseUrl))).toMatchObject({
        _tag: "InvalidRequest",
        origin: "sdk",
        issues: [{ path: "baseUrl", message: expect.stringMatching(/http/) }]
      })
    }))

  it("is that of a world, or the caller's own; a world that is none is told", () => {
    const worlds = { live: "https://acme.example", test: "https://test.acme.example" }
    const of = (world: string, baseUrl?: string) =>
      Transport.baseUrlOf({ option: "environment", worlds, world: world as "live", baseUrl })
    expect(of("test")).toEqual({ baseUrl: worlds.test, issues: [] })
    expect(of("test", "https://example.com")).toEqual({ baseUrl: "https://example.com", issues: [] })
    for (const world of ["other", "toString"]) {
      const { baseUrl, issues } = of(world)
      expect(new URL(baseUrl).hostname).toMatch(/\.invalid$/)
      expect(issues).toEqual([{ path: "environment", message: "expected live or test" }])
    }
  })
})

describe("how long to wait", () => {
  const date = "Fri, 27 Nov 2026 07:13:51 GMT"

  it.effect.each<readonly [Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after": " 1.25 " }, 1250],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "7s" }, undefined],
    [{ "retry-after": "x7" }, undefined],
    [{ "retry-after": "5, 10" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after-ms": "1500", "retry-after": "7" }, 1500],
    [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
    // thirty years and more are a mistake
    [{ "retry-after": "1000000000" }, 1e12],
    [{ "retry-after": "1000000001" }, undefined],
    [{ "retry-after-ms": "1000000000001", "retry-after": "7" }, 7000],
    [{ date, "retry-after": "Fri, 27 Nov 2026 07:14:51 GMT" }, 60_000],
    [{ date, "retry-after": "Fri, 27 Nov 2026 08:14:51 +0100" }, 60_000],
    [{ date, "retry-after": "Friday, 27-Nov-26 07:14:51 UTC " }, 60_000],
    [{ date, "retry-after": "Fri Nov 27 07:14:51 2026" }, 60_000],
    [{ date, "retry-after": "Fri, 27 Nov 2026 07:12:51 GMT" }, 0],
    [{ date, "retry-after": "Fri, 99 Nov 2026 07:12:51 GMT" }, undefined],
    [{ date, "retry-after": "on Fri, 27 Nov 2026 07:14:51 GMT" }, undefined],
    // the clock of this test stands at 1970
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }, 9000]
  ])("%j", ([headers, millis]) =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(429, "", headers).client)
      const error = yield* Effect.flip(RetryPolicy.none(call(remove, { path: { id: "1" } })))
      if (error._tag !== "RateLimited") throw error
      expect(error.retryAfter === undefined ? undefined : Duration.toMillis(error.retryAfter)).toBe(millis)
    }))
})

describe("no answer", () => {
  const failing = (cause: unknown, reason: HttpClientError.RequestError["reason"] = "Transport") =>
    Effect.gen(function*() {
      const client = HttpClient.make((request) => new HttpClientError.RequestError({ request, reason, cause }))
      const { call } = yield* transport(client)
      return yield* Effect.flip(RetryPolicy.none(call(rename, { path: { id: "1" }, body: { name: "Ada" } })))
    })

  it.effect.each<readonly [string, unknown, string | undefined, boolean]>([
    ["a code", { code: "ECONNRESET" }, "ECONNRESET", true],
    ["a code of what was never sent", { code: "ECONNREFUSED" }, "ECONNREFUSED", false],
    ["a code of a cause of a cause", { cause: { cause: { code: "ENOTFOUND" } } }, "ENOTFOUND", false],
    ["a code among errors", { errors: [{}, { code: "EAI_AGAIN" }] }, "EAI_AGAIN", false],
    ["errors that are no list", { errors: { code: "EAI_AGAIN" } }, undefined, true],
    ["a text", { code: "ada@example.com" }, undefined, true],
    ["a text that ends like a code", { code: "a CODE" }, undefined, true],
    ["a text that starts like a code", { code: "CODE a" }, undefined, true],
    ["a number", { code: 7 }, undefined, true],
    ["nothing", undefined, undefined, true]
  ])("with %s", ([_, cause, code, mayHaveApplied]) =>
    Effect.gen(function*() {
      expect(yield* failing(cause)).toMatchObject({ _tag: "TransportFailed", code, mayHaveApplied })
    }))

  it.effect("a cause that is its own is looked through once", () =>
    Effect.gen(function*() {
      const cause: { cause?: unknown } = {}
      cause.cause = cause
      expect(yield* failing(cause)).toMatchObject({ _tag: "TransportFailed", code: undefined })
    }))

  it.effect("a request that could not be built is the caller's", () =>
    Effect.gen(function*() {
      for (const reason of ["Encode", "InvalidUrl"] as const) {
        expect(yield* failing({ code: "ECONNRESET" }, reason)).toMatchObject({
          _tag: "InvalidRequest",
          origin: "sdk",
          mayHaveApplied: false,
          issues: [{ path: "", message: expect.stringMatching(/\w/) }]
        })
      }
    }))

  it.effect("an answer that breaks off is TransportFailed, with what the head said", () =>
    Effect.gen(function*() {
      const broken = (status: number) => {
        const body = new ReadableStream({
          pull: (controller) => controller.error(Object.assign(new Error("broken"), { code: "ECONNRESET" }))
        })
        return Effect.flatMap(transport(answering(status, body, { "x-request-id": "req_1" }).client), ({ call }) =>
          Effect.flip(RetryPolicy.none(call(rename, { path: { id: "1" }, body: { name: "Ada" } }))))
      }
      expect(yield* broken(200)).toMatchObject({ _tag: "TransportFailed", code: "ECONNRESET", requestId: "req_1" })
      expect(yield* broken(422)).toMatchObject({ _tag: "TransportFailed", status: 422, requestId: "req_1" })
      expect(yield* broken(399)).toMatchObject({ _tag: "UnexpectedStatus", status: 399 })
      expect(yield* broken(500)).toMatchObject({ _tag: "ProviderUnavailable", status: 500 })
    }))
})

describe("what is no answer of the provider's", () => {
  const ending = (status: number, body: string, contentType?: string) =>
    Effect.gen(function*() {
      const headers: Record<string, string> = contentType === undefined ? {} : { "content-type": contentType }
      const { call, stream } = yield* transport(answering(status, body, headers).client)
      const ends = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) =>
        Effect.match(RetryPolicy.none(effect), { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })
      return [
        yield* ends(call(remove, { path: { id: "1" } })),
        yield* ends(Stream.runDrain(stream(photo, { path: { id: "1" } }))),
        yield* ends(call(rename, { path: { id: "1" }, body: { name: "Ada" } }))
      ]
    })

  it.effect.each<readonly [number, string, string | undefined, ReadonlyArray<string>]>([
    [200, "{\"id\":\"1\"}", "application/json", ["success", "success", "success"]],
    [200, "{\"id\":\"1\"}", undefined, ["success", "success", "success"]],
    [200, "{\"id\":\"1\"}", " Text/HTML; charset=utf-8", ["UnexpectedStatus", "UnexpectedStatus", "success"]],
    [200, "{\"id\":\"1\"}", "application/text/html", ["success", "success", "success"]],
    [200, "<html>", "text/html", ["UnexpectedStatus", "UnexpectedStatus", "InvalidResponse"]],
    [300, "{\"id\":\"1\"}", "application/json", ["UnexpectedStatus", "UnexpectedStatus", "UnexpectedStatus"]]
  ])("%i %j of %j", ([status, body, contentType, ends]) =>
    Effect.gen(function*() {
      expect(yield* ending(status, body, contentType)).toEqual(ends)
    }))

  it.effect("what is no JSON is InvalidResponse at the whole", () =>
    Effect.gen(function*() {
      const { call } = yield* transport(answering(200, "<html>").client)
      expect(yield* Effect.flip(call(rename, { path: { id: "1" }, body: { name: "Ada" } }))).toMatchObject({
        _tag: "InvalidResponse",
        issues: [{ path: "", expected: "JSON" }]
      })
    }))

  it.effect("64 KB of an explanation are read, whatever its pieces are", () =>
    Effect.gen(function*() {
      let pulled = 0
      const body = new ReadableStream({
        pull: (controller) => {
          pulled += 1
          controller.enqueue(new TextEncoder().encode("é".repeat(5000)))
        }
      }, { highWaterMark: 0 })
      const seen: Array<string> = []
      const { call } = yield* transport(answering(500, body).client, {
        toError: (answer) => {
          seen.push(answer.body)
          return Endpoint.errorByStatus(answer, {})
        }
      })
      yield* Effect.flip(RetryPolicy.none(call(remove, { path: { id: "1" } })))
      // 10,000 bytes each
      expect(pulled).toBe(7)
      expect(seen).toEqual(["é".repeat(35_000)])
    }))
})
