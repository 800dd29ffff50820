import * as Autumn from "@effect-customers/autumn"
import {
  type CreateCustomer,
  Customer,
  type CustomersError,
  CustomersService,
  RetryPolicy,
  type UpdateCustomer
} from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import * as HttpRecorder from "@effect-customers/testing/HttpRecorder"
import {
  Error as PlatformError,
  FetchHttpClient,
  FileSystem,
  HttpBody,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  HttpClientResponse
} from "@effect/platform"
import { NodeFileSystem, NodeHttpClient } from "@effect/platform-node"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import {
  Cause,
  Chunk,
  Config,
  ConfigProvider,
  Deferred,
  Effect,
  Either,
  Exit,
  FastCheck as fc,
  Fiber,
  Layer,
  Option,
  Redacted,
  Schema,
  Stream,
  TestClock
} from "effect"

// ---------------------------------------------------------------------------------------------------------------------
// A disk and a network
// ---------------------------------------------------------------------------------------------------------------------

/** Files in memory; only what the recorder needs. */
const makeDisk = () => {
  const files = new Map<string, string>()
  const none = (method: string, path: string) =>
    new PlatformError.SystemError({ reason: "NotFound", module: "FileSystem", method, pathOrDescriptor: path })
  const layer = FileSystem.layerNoop({
    makeDirectory: () => Effect.void,
    readFileString: (path) =>
      Effect.flatMap(
        Effect.succeed(files.get(path)),
        (text) => text === undefined ? Effect.fail(none("readFileString", path)) : Effect.succeed(text)
      ),
    writeFileString: (path, text) => Effect.sync(() => void files.set(path, text)),
    rename: (from, to) =>
      Effect.sync(() => {
        files.set(to, files.get(from)!)
        files.delete(from)
      })
  })
  return { files, layer }
}

const noNetwork = Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.die("the network was used")))

const file = "cassettes/test.json"

/** What the network answers is recorded, then replayed without it. */
const recordAndReplay = <A, E>(
  program: Effect.Effect<A, E, HttpClient.HttpClient>,
  network: Layer.Layer<HttpClient.HttpClient>,
  replayed: Effect.Effect<A, E, HttpClient.HttpClient> = program
) =>
  Effect.gen(function*() {
    const { files, layer } = makeDisk()
    const run = (mode: "record" | "replay", program: Effect.Effect<A, E, HttpClient.HttpClient>) =>
      program.pipe(
        Effect.provide(HttpRecorder.layer({ file, mode })),
        Effect.provide([layer, mode === "record" ? network : noNetwork])
      )
    const recorded = yield* run("record", program)
    const text = files.get(file)!
    expect([...files.keys()]).toEqual([file])
    const again = yield* run("replay", replayed)
    return { recorded, text, again }
  })

// ---------------------------------------------------------------------------------------------------------------------
// The five providers
// ---------------------------------------------------------------------------------------------------------------------

const ada = {
  email: "Ada.Lovelace@Analytical-Engines.example",
  name: "Ada King Lovelace"
}
const grace = { email: "grace.hopper@navy.example", name: "Grace Brewster Hopper" }

const address = {
  line1: "12 St James's Square",
  line2: "Flat 7",
  city: "Sacramento",
  postalCode: "94203",
  state: "CA",
  country: "US"
}

const card = {
  number: Redacted.make("5560000000000001"),
  cvc: Redacted.make("739"),
  expiryMonth: 5,
  expiryYear: 2030,
  name: "Augusta Ada Byron",
  address: { line1: "6 Moreton Place", city: "Pimlico", postalCode: "77341", state: "Westminster", country: "GB" }
}

const ofAll = ["ada.lovelace", "analytical-engines", "ada king", "lovelace", "grace", "hopper", "navy.example"]
const ofAddress = ["james's", "flat 7", "sacramento", "94203"]

interface Recording {
  readonly provider: string
  readonly secret: string
  readonly layer: Layer.Layer<CustomersService, never, HttpClient.HttpClient>
  readonly first: CreateCustomer
  readonly second: CreateCustomer
  readonly patch: UpdateCustomer
  /** What must not be in the cassette, in any case. */
  readonly sensitive: ReadonlyArray<string>
}

const recordings: ReadonlyArray<Recording> = [
  {
    provider: "polar",
    secret: "polar_oat_kT7vQ2mXw9Lr4NbZ1cYhJ6",
    layer: Polar.layer({ accessToken: Redacted.make("polar_oat_kT7vQ2mXw9Lr4NbZ1cYhJ6") }),
    first: {
      ...ada,
      externalId: "user-1",
      address,
      metadata: { team: "difference engine", birthday: "1815-12-10", account: 48151623, seats: 3, vip: true }
    },
    second: { ...grace, externalId: "user-2", metadata: { team: "Difference Engine", code: "COBOL-60" } },
    patch: { name: "Countess Of Lovelace", metadata: { team: "bernoulli" } },
    sensitive: [...ofAll, ...ofAddress, "difference", "1815", "48151623", "cobol", "countess", "bernoulli", "gravatar"]
  },
  {
    provider: "mollie",
    secret: "test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM",
    layer: Mollie.layer({ apiKey: Redacted.make("test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM") }),
    first: { ...ada, locale: "en-GB", metadata: { crm: { owner: "Charles Babbage", phone: "+44 20 7946 0958" } } },
    second: { ...grace, metadata: { crm: { owner: "charles babbage" } } },
    patch: { email: "countess@ockham.example", metadata: { crm: null, tags: ["poetical", "science"] } },
    sensitive: [...ofAll, "babbage", "7946", "countess", "poetical", "science"]
  },
  {
    provider: "pin-payments",
    secret: "pin5Kq8Wz2Lx9Rt4Vb7NcYg",
    layer: PinPayments.layer({ secretKey: Redacted.make("pin5Kq8Wz2Lx9Rt4Vb7NcYg"), environment: "test" }),
    first: { ...ada, phone: "+44 20 7946 0958", paymentSource: { card } },
    second: { ...grace, phone: "+44 20 7946 0000", paymentSource: { card } },
    patch: { name: "Countess Of Lovelace", phone: "(020) 7946-0111" },
    sensitive: [
      ...ofAll,
      "7946",
      "countess",
      "5560000000000001",
      "\"739\"",
      "xxxx-0001",
      "augusta",
      "byron",
      "moreton",
      "pimlico",
      "77341",
      "westminster"
    ]
  },
  {
    provider: "autumn",
    secret: "am_sk_test_V7pQ2xL9mZ4tR8kW3nB6",
    layer: Autumn.layer({ secretKey: Redacted.make("am_sk_test_V7pQ2xL9mZ4tR8kW3nB6") }),
    first: { ...ada, externalId: "user-1", metadata: { owner: { name: "Charles Babbage" }, list: ["poetical"] } },
    second: { ...grace, externalId: "user-2", metadata: { owner: { name: "CHARLES BABBAGE" } } },
    patch: { name: "Countess Of Lovelace", metadata: { owner: { name: "Luigi Menabrea" } } },
    sensitive: [...ofAll, "babbage", "poetical", "countess", "menabrea"]
  },
  {
    provider: "flexprice",
    secret: "sk_9fK3vW7xQ2mL8rT4zB6nY1cH",
    layer: Flexprice.layer({ apiKey: Redacted.make("sk_9fK3vW7xQ2mL8rT4zB6nY1cH") }),
    first: { ...ada, externalId: "user-1", phone: "+44 20 7946 0958", address, metadata: { team: "engines" } },
    second: { ...grace, externalId: "user-2", phone: "02079460958", metadata: { team: "Engines", ward: "cobol" } },
    patch: { name: "Countess Of Lovelace", metadata: { team: "bernoulli" } },
    sensitive: [...ofAll, ...ofAddress, "7946", "79460958", "engines", "cobol", "countess", "bernoulli"]
  }
]

const shown = (error: CustomersError) => ({
  tag: error._tag,
  status: error.status,
  message: error.providerMessage === undefined ? undefined : Redacted.value(error.providerMessage)
})

/** The whole of what a program can see of its customers. */
const everyOperation = ({ first, patch, second }: Recording) =>
  Effect.gen(function*() {
    const customers = yield* CustomersService
    const plain = (customer: Customer) => Schema.encode(Customer)(customer)
    const outcome = <A, E extends CustomersError>(call: Effect.Effect<A, E>) =>
      Effect.map(Effect.either(call), Either.mapLeft(shown))
    const created = yield* customers.create(first)
    const other = yield* customers.create(second)
    const duplicate = yield* outcome(customers.create({ ...first, externalId: "user-3" }))
    const taken = yield* outcome(customers.create({ ...second, email: "nobody@example.org" }))
    const got = yield* customers.get(created.id)
    const updated = yield* customers.update(created.id, patch)
    const pageSize = customers.capabilities.pageSize.min
    const page = yield* customers.list({ pageSize })
    const rest = yield* Option.match(page.next, {
      onNone: () => Effect.succeed([]),
      onSome: (cursor) => Effect.map(customers.list({ pageSize, cursor }), ({ items }) => items)
    })
    const all = Chunk.toReadonlyArray(yield* Stream.runCollect(customers.stream()))
    const found = yield* Option.match(customers.byEmail, {
      onNone: () => Effect.succeed([]),
      onSome: ({ findByEmail }) =>
        Effect.map(Stream.runCollect(findByEmail("grace.hopper@navy.example")), Chunk.toReadonlyArray)
    })
    yield* customers.delete(created.id)
    const gone = yield* outcome(customers.get(created.id))
    const read = [created, other, got, updated, ...page.items, ...rest, ...all, ...found]
    return {
      customers: yield* Effect.forEach(read, plain),
      failures: [duplicate, taken, gone].map((result) => Either.isLeft(result) ? result.left : "none")
    }
  })

const leaksIn = (text: string, { secret, sensitive }: Recording) => {
  const lower = text.toLowerCase()
  const credentials = [secret, secret.slice(-8), btoa(`${secret}:`), "authorization", "idempotency", "cookie"]
  return [...sensitive, ...credentials].filter((value) => lower.includes(value.toLowerCase()))
}

describe("a cassette of every provider", () => {
  it.effect.each(recordings)(
    "$provider: holds nothing that is anybody's, and replays",
    (recording) =>
      Effect.gen(function*() {
        const program = everyOperation(recording).pipe(Effect.provide(recording.layer))
        const network = Sandbox.layer({ rateLimits: false })
        const { again, recorded, text } = yield* recordAndReplay(program, network)
        expect(leaksIn(text, recording)).toEqual([])
        expect(again).toEqual(recorded)
        expect(recorded.customers.length).toBeGreaterThan(6)
        // the same run, the same bytes
        const { files, layer } = makeDisk()
        yield* program.pipe(Effect.provide(HttpRecorder.layerRecord({ file })), Effect.provide([layer, network]))
        expect(files.get(file)).toBe(text)
      })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Networks that answer what a test says
// ---------------------------------------------------------------------------------------------------------------------

type Answer = Response | HttpClientError.RequestError | Effect.Effect<never>

const network = (answer: (request: HttpClientRequest.HttpClientRequest, url: URL, count: number) => Answer) => {
  let count = 0
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.suspend(() => {
        const answered = answer(request, url, count++)
        return answered instanceof Response
          ? Effect.succeed(HttpClientResponse.fromWeb(request, answered))
          : Effect.isEffect(answered) && !(answered instanceof HttpClientError.RequestError)
          ? answered
          : Effect.fail(answered as HttpClientError.RequestError)
      })
    )
  )
}

const json = (value: unknown, status = 200, headers: { readonly [name: string]: string } = {}) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } })

/** Answers with what it was sent. */
const echo = network((request, url) =>
  json({
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: request.body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(request.body.body)) : null
  })
)

const origin = "https://api.provider.example"

const send = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
  headers?: { readonly [name: string]: string }
) =>
  Effect.flatMap(HttpClient.HttpClient, (client) =>
    client.execute(
      HttpClientRequest.make(method)(origin + path, {
        ...body === undefined ? {} : { body: HttpBody.unsafeJson(body) },
        ...headers === undefined ? {} : { headers }
      })
    ))

const sendJson = (...args: Parameters<typeof send>) => Effect.flatMap(send(...args), ({ json }) => json)

const sendText = (...args: Parameters<typeof send>) => Effect.flatMap(send(...args), ({ text }) => text)

/** Records one program and replays another; what the second comes to, and the cassette. */
const replayAnother = <A, E, B, E2>(
  recorded: Effect.Effect<A, E, HttpClient.HttpClient>,
  network: Layer.Layer<HttpClient.HttpClient>,
  replayed: Effect.Effect<B, E2, HttpClient.HttpClient>
) =>
  Effect.gen(function*() {
    const { files, layer } = makeDisk()
    yield* recorded.pipe(Effect.provide(HttpRecorder.layerRecord({ file })), Effect.provide([layer, network]))
    const exit = yield* Effect.exit(
      Effect.provide(replayed, HttpRecorder.layerReplay({ file })).pipe(Effect.provide(layer))
    )
    return { exit, text: files.get(file)! }
  })

const defectOf = (exit: Exit.Exit<unknown, unknown>): unknown =>
  Exit.isFailure(exit) ? Option.getOrUndefined(Cause.dieOption(exit.cause)) : undefined

// ---------------------------------------------------------------------------------------------------------------------

describe("what is sensitive", () => {
  const quoted = "Ada Byron, Ada.B@Example.org and ADA.B@EXAMPLE.ORG, +44 20 7946 0958, 12 Marylebone Row, card 012"

  it.effect("is found in text that quotes it, before and after it is known, and put back", () =>
    Effect.gen(function*() {
      const program = Effect.all([
        sendText("GET", "/early"),
        sendJson("POST", "/people", {
          name: "Ada Byron",
          email: "Ada.B@Example.org",
          phone_number: "+44 20 7946 0958",
          address_line1: "12 Marylebone Row",
          card: { number: "4200 0000 0000 0000", cvc: "012" }
        }),
        sendText("GET", "/late")
      ])
      const page = `<h1>502</h1><p title='${quoted}'>${quoted} (4200 0000 0000 0000)</p>`
      const { again, recorded, text } = yield* recordAndReplay(
        program,
        network((_, { pathname }) =>
          pathname === "/people"
            ? json({ error: `taken: ${quoted}` }, 422)
            : new Response(page, { status: 502, headers: { "content-type": "text/html" } })
        )
      )
      expect(text).not.toMatch(/byron|ada|7946|marylebone|012|4200/i)
      expect(recorded).toEqual([page, { error: `taken: ${quoted}` }, page])
      // a page that was answered before anything was sent holds pseudonyms
      expect(again.slice(1)).toEqual(recorded.slice(1))
      expect(again[0]).toMatch(
        /^<h1>502<\/h1><p title='Xxx Xxxxy, Person1@Example.com and PERSON1@EXAMPLE.COM, \+10 00 /
      )
    }))

  it.effect("is found in paths, queries, links and headers, and in any encoding of URLs", () =>
    Effect.gen(function*() {
      const program = Effect.all([
        sendJson("GET", "/people/ada%40example.org/cards?email=ada%40example.org&q=ada+byron&limit=2"),
        sendJson("GET", "/people?name[]=Ada%20Byron")
      ])
      const next = "https://api.provider.example/people?after=ada%40example.org&name=Ada%20Byron&limit=2"
      const answer = () =>
        json({ _links: { next: { href: next } }, hint: `see ${next}` }, 200, {
          location: next,
          link: `<https://api.provider.example/people?name=Ada+Byron&mail=ada@example.org>`
        })
      const { again, recorded, text } = yield* recordAndReplay(program, network(answer))
      expect(text).not.toMatch(/ada|byron/i)
      expect(text).toContain("after=person1%40example.com&name=Xxx%20Xxxxy&limit=2")
      expect(again).toEqual(recorded)
    }))

  it.effect("credentials are found wherever they are answered, and are in no header", () =>
    Effect.gen(function*() {
      const token = "sk-9fK3vW7xQ2mL8rT4"
      const headers = {
        authorization: `Bearer ${token}`,
        "x-api-key": "k-V7pQ2xL9mZ4tR8kW",
        cookie: "session=9c41fa77b1",
        "idempotency-key": "0f6c1f7e-order-17"
      }
      const body = `no such key: ${Object.values(headers).join(", ")}, session 9c41fa77b1, polar_oat_mXw9Lr4NbZ1cYhJ6`
      const { again, text } = yield* recordAndReplay(
        sendText("GET", "/", undefined, headers),
        network(() =>
          new Response(body, {
            status: 401,
            headers: { "content-type": "text/plain", "set-cookie": "session=9c41fa77b1", "x-request-id": "req_1" }
          })
        )
      )
      expect(text).not.toMatch(/9fK3|V7pQ|9c41|0f6c|order-17|mXw9|cookie|authorization|idempotency/i)
      expect(again).toBe(
        "no such key: Bearer xxxxxxxxxxxxxxxxxx1, xxxxxxxxxxxxxxxxx2, xxxxxxxxxxxxxxxxx3, " +
          "xxxxxxxxxxxxxxxx4, session xxxxxxxxx5, polar_oat_xxxxxxxxxxxxxxx6"
      )
    }))

  it.effect("the user name and password of Basic, apart and together", () =>
    Effect.gen(function*() {
      const { text } = yield* recordAndReplay(
        sendText("GET", "/", undefined, { authorization: `Basic ${btoa("key-9fK3vW7xQ2mL:pass-9fK3vW7xQ2mL")}` }),
        network(() => json({ hint: `key-9fK3vW7xQ2mL or ${btoa("key-9fK3vW7xQ2mL:pass-9fK3vW7xQ2mL")}` }, 401))
      )
      expect(text).not.toMatch(/9fK3|a2V5/)
    }))

  it.effect.each<readonly [what: string, sent: object, answered: object | string, sensitive: RegExp]>([
    ["a name of HTML", { name: "Seán O'Brien & Sons" }, "<p>Se\u00e1n O&#39;Brien &amp; Sons</p>", /brien/i],
    [
      "a name in JSON in a text",
      { name: "Zoë \"Zo\" Müller" },
      { detail: String.raw`{"name":"Zo\u00eb \"Zo\" M\u00fcller"} or {"name":"Zoë \"Zo\" Müller"}` },
      /u00|zo|ller/i
    ],
    ["lines in JSON in a text", { address: { line1: "Abbey Road\nBox 9" } }, {
      detail: String.raw`{"line1":"Abbey Road\nBox 9"}`
    }, /abbey/i],
    ["JSON that is a text", {}, { sent: JSON.stringify({ name: "Ada Byron", phone: "020 7946 0958" }) }, /byron|7946/i],
    ["what is encoded twice", {}, {
      href: "https://x.example/?to=https%3A%2F%2Fy.example%2F%3Fmail%3Dada%2540example.org"
    }, /ada/],
    ["parameters of links", {}, {
      _links: { next: { href: "https://x.example/?token=Zq8RtY6uPl3&name=Ada%20Byron&page=2" } },
      hint: "see https://x.example/?page=1&amp;api_key=Jk9LmN2pQ4"
    }, /Zq8R|Byron|Jk9L/],
    ["a session", {}, { message: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl expired" }, /eyJ/],
    ["addresses of machines", {}, "<p>203.113.7.9 or 2a02:8108:50bf:c5c0:1c2d:4b1:2:3</p>", /203\.|8108/],
    ["the digits of a phone", { phone: "+44 20 7946 0958" }, { message: "442079460958 is taken" }, /7946/],
    ["the digits of no card", { card: { number: "4200 0000 0000 0001" } }, { message: "4200000000000001?" }, /4200/],
    ["names as keys", { metadata: { contacts: { "Ada Byron": { team: 3 } } } }, { message: "no Ada Byron" }, /byron/i],
    ["names of two characters", { name: "李明" }, { message: "客户李明已存在, 李明" }, /李明/],
    ["composed letters", { name: "Zoe\u0308 Kru\u0308ger" }, { message: "Zo\u00eb Kr\u00fcger" }, /kr/i],
    ["capitals that are longer in small letters", { name: "İlkay Öz" }, { message: "no İlkay Öz, İLKAY ÖZ" }, /lkay/i],
    ["fingerprints of cards", {}, { details: { cardFingerprint: "fHB3CCKx9REkz8fPplT8N4nq" } }, /fHB3/]
  ])("%s", ([_, sent, answered, sensitive]) =>
    Effect.gen(function*() {
      const answer = () =>
        typeof answered === "string"
          ? new Response(answered, { status: 502, headers: { "content-type": "text/html" } })
          : json(answered, 422)
      const { text } = yield* recordAndReplay(sendText("POST", "/people", sent), network(answer))
      expect(text).not.toMatch(sensitive)
      expect(text).toMatch(/"pseudonyms": \{\n/)
    }))

  it.effect("cursors that hold an e-mail are others, and are taken back", () =>
    Effect.gen(function*() {
      const cursor = (id: string) => btoa(JSON.stringify({ v: 0, id, t: 1 })).replaceAll("=", "")
      const pages = [{ next: cursor("ada@example.org") }, { next: cursor("cus_2") }, { next: null }]
      const page = (after?: string): Effect.Effect<ReadonlyArray<unknown>, unknown, HttpClient.HttpClient> =>
        Effect.flatMap(sendJson("GET", after === undefined ? "/people" : `/people?cursor=${after}`), (answer) => {
          const { next } = answer as { readonly next: string | null }
          return next === null ? Effect.succeed([next]) : Effect.map(page(next), (rest) => [next, ...rest])
        })
      const { again, recorded, text } = yield* recordAndReplay(page(), network((_, __, count) => json(pages[count])))
      expect(text).not.toContain(cursor("ada@example.org"))
      expect(recorded).toEqual(pages.map(({ next }) => next))
      expect(again[0]).toMatch(/^x+1$/)
      expect(again.slice(1)).toEqual(recorded.slice(1))
    }))

  it.effect("codes and places of errors stay, whoever has their names", () =>
    Effect.gen(function*() {
      const people = [{ name: "Customer" }, { name: "Body" }, { first_name: "Not", last_name: "Found" }]
      const error = {
        error: "not_found",
        code: "customer_not_found",
        loc: ["body", "customer"],
        version: "v1.203.113.7",
        host: "10.0.0.7"
      }
      const { again } = yield* recordAndReplay(
        Effect.zipRight(sendJson("GET", "/people"), sendJson("GET", "/people/1")),
        network((_, { pathname }) => pathname === "/people" ? json(people) : json(error, 404))
      )
      expect(again).toEqual(error)
    }))

  it.effect("a phone number and a text of its shape have two pseudonyms", () =>
    Effect.gen(function*() {
      const people = { metadata: { mobile: "020 7946 0111", card: "020 7946 0112" }, phone: "020 7946 0958" }
      const { again, recorded, text } = yield* recordAndReplay(sendJson("POST", "/people", people), echo)
      expect(again).toEqual(recorded)
      const { body } = (JSON.parse(text) as { interactions: [{ request: { body: { json: typeof people } } }] })
        .interactions[0].request
      expect(new Set([body.json.phone, ...Object.values(body.json.metadata)]).size).toBe(3)
    }))

  it.effect("each value has one pseudonym of its shape, each pseudonym one value", () =>
    Effect.gen(function*() {
      const people = Array.from({ length: 60 }, (_, index) => ({
        id: `cus_${index}`,
        email: `who${index}@example.org`,
        name: `Anna ${String.fromCodePoint(65 + index % 26)}${index < 26 ? "a" : index < 52 ? "b" : "c"}`,
        phone: `+4420794${String(10_000 + index)}`,
        tax_id: [`DE${100_000_000 + index}`, "eu_vat"],
        ip_address: `10.0.0.${index}`,
        card: {
          number: withLuhn(`4200000000${String(index).padStart(4, "0")}`),
          display_number: `XXXX-${2345 + index}`
        },
        metadata: {
          born: `1815-12-${10 + index % 20}`,
          at: "1815-12-10T08:00:00Z",
          page: `https://who.example/${index}`,
          ok: "true"
        }
      }))
      const { again, recorded, text } = yield* recordAndReplay(
        sendJson("GET", "/people"),
        network(() => json(people))
      )
      const replayed = again as typeof people
      expect(recorded).toEqual(people)
      expect(text).not.toMatch(/who|anna|4420794|DE1|10\.0\.0|1815|XXXX-2/i)
      const column = <A>(of: (person: typeof people[number]) => A) => [people.map(of), replayed.map(of)] as const
      for (
        const [before, after] of [
          column(({ email }) => email),
          column(({ name }) => name),
          column(({ phone }) => phone),
          column(({ tax_id }) => tax_id[0]!),
          column(({ ip_address }) => ip_address),
          column(({ card }) => card.number),
          column(({ card }) => card.display_number),
          column(({ metadata }) => metadata.born),
          column(({ metadata }) => metadata.page)
        ]
      ) {
        // equal where they were, and nowhere else
        expect(after.map((value) => after.indexOf(value))).toEqual(before.map((value) => before.indexOf(value)))
        expect(after.filter((value) => before.includes(value))).toEqual([])
      }
      for (const { card, email, ip_address, metadata, name, phone, tax_id } of replayed) {
        expect([email, name, phone, tax_id[0], ip_address, card.number].join(" ")).toMatch(
          /^person\d+@example\.com Xxxx [A-Z][a-z] \+1\d{11} [A-Z]{2}\d{9} 192\.0\.2\.\d+ 42\d{14}$/
        )
        expect(tax_id[1]).toBe("eu_vat")
        expect(Number.isNaN(Date.parse(metadata.born)) || Number.isNaN(Date.parse(metadata.at))).toBe(false)
        expect(new URL(metadata.page).host).toBe("example.com")
        expect(metadata.ok).toBe("true")
      }
      // Luhn's sum is right where it was
      expect(replayed.map(({ card }) => luhn(card.number))).toEqual(people.map(() => true))
    }))

  it.effect("vocabulary, ids, times, amounts and names of things stay", () =>
    Effect.gen(function*() {
      const body = {
        id: "cus_1",
        external_id: "acme-42",
        status: "active",
        country: "DE",
        locale: "de-DE",
        created_at: "2026-01-03T13:37:00Z",
        created: 1767447420000,
        amount: { currency: "EUR", value: "10.00" },
        billing_address: { country: "DE" },
        plan: { name: "Pro" },
        token: "cus_T8fGh2Jk5Lm7Np9Qr1Stuw",
        card: { expiry_month: 5, expiry_year: 2030 },
        error: { code: "card_number_invalid" },
        metadata: { seats: 3, vip: true, owner: "cus_1" }
      }
      const { again } = yield* recordAndReplay(sendJson("GET", "/"), network(() => json(body)))
      expect(again).toEqual(body)
    }))

  it.effect("the last digits of a card, as those of its pseudonym; digits of anything else are not of it", () =>
    Effect.gen(function*() {
      const program = sendJson("POST", "/people", {
        card: { number: "4200 0000 0006 2026", cvc: "010" },
        address_postcode: "2026",
        notes: "010"
      })
      const answer = {
        card: { display_number: "XXXX-XXXX-XXXX-2026" },
        address_postcode: "2026",
        description: "the card ending in 2026, paid on 2026-01-03 (v1.2026, 10:2026, 2026:1) 2026."
      }
      const { again, recorded, text } = yield* recordAndReplay(program, network(() => json(answer)))
      const [, tail] = /"number": "42\d\d \d{4} \d{4} (\d{4})"/.exec(text) ?? []
      expect(text).not.toMatch(/4200 0000 0006 2026|-2026"|"2026"|"010"/)
      expect(text).toContain(`"display_number": "XXXX-XXXX-XXXX-${tail}"`)
      expect(text).toContain(`the card ending in ${tail}, paid on 2026-01-03 (v1.2026, 10:2026, 2026:1) ${tail}.`)
      expect(again).toEqual(recorded)
    }))

  it.effect("they are known of a card that was sent, and those digits elsewhere are the same value", () =>
    Effect.gen(function*() {
      const number = "4200000000062026"
      const shown = { card: { display_number: "XXXX-XXXX-XXXX-2026" } }
      const one = yield* recordAndReplay(sendJson("POST", "/", { card: { number } }), network(() => json(shown)))
      expect(one.again).toEqual(shown)
      expect(one.text).not.toContain("2026")
      const other = yield* recordAndReplay(
        sendJson("POST", "/", { card: { number }, address_postcode: "2026" }),
        network(() => json({ address_postcode: "2026" }))
      )
      expect(other.again).toEqual({ address_postcode: "2026" })
    }))

  it.effect("what is searched for by a filter", () =>
    Effect.gen(function*() {
      const filters = [
        { field: "name", operator: "contains", data_type: "string", value: { string: "Lovelace" } },
        { field: "external_id", operator: "in", data_type: "array", value: { array: ["cust_01K3", "Byron"] } },
        { field: "created_at", operator: "after", data_type: "date", value: { date: "2026-01-03T13:37:00Z" } }
      ]
      const { again, recorded, text } = yield* recordAndReplay(
        sendJson("POST", "/search", { filters }),
        network(() => json({ items: [{ id: "cust_01K3", name: "Ada Lovelace" }] }))
      )
      expect(text).not.toMatch(/lovelace|byron/i)
      expect(text).toMatch(/"cust_01K3"[^]*"operator": "after"[^]*"2026-01-03T13:37:00Z"/)
      // what was sent is put back, wherever it stands; the first name was not sent
      expect(recorded).toEqual({ items: [{ id: "cust_01K3", name: "Ada Lovelace" }] })
      expect(again).toEqual({ items: [{ id: "cust_01K3", name: "Xxx Xxxxxxxy" }] })
    }))

  it.effect("further fields, by name, with all that is within them", () =>
    Effect.gen(function*() {
      const { files, layer } = makeDisk()
      const body = {
        loyalty_number: 1234567,
        "Loyalty-Number": { tier: "platinum", since: [2019123] },
        other: "silver"
      }
      yield* sendJson("POST", "/", body).pipe(
        Effect.provide(HttpRecorder.layerRecord({ file, redact: ["loyaltyNumber"] })),
        Effect.provide([layer, echo])
      )
      expect(files.get(file)).not.toMatch(/1234567|platinum|2019123/)
      expect(files.get(file)).toContain("silver")
    }))

  it.effect("keys of records that look like e-mails, and their values in forms", () =>
    Effect.gen(function*() {
      const form = HttpBody.urlParams([["card[number]", "4200000000000000"], ["card[cvc]", "987"], ["page", "2"]])
      const program = Effect.all([
        sendJson("POST", "/", { metadata: { "ada@example.org": 1 } }),
        Effect.flatMap(HttpClient.HttpClient, (client) => client.post(`${origin}/form`, { body: form }))
      ]).pipe(Effect.map(([answer]) => answer))
      const { again, recorded, text } = yield* recordAndReplay(
        program,
        network((_, { pathname }) => pathname === "/form" ? json({}) : json({ metadata: { "ada@example.org": 1 } }))
      )
      expect(text).not.toMatch(/ada@|42000|987/)
      expect(again).toEqual(recorded)
    }))
})

const luhn = (number: string): boolean =>
  [...number].toReversed().reduce((sum, digit, place) => {
        const value = Number(digit) * (place % 2 + 1)
        return sum + (value > 9 ? value - 9 : value)
      }, 0) % 10 === 0

const withLuhn = (digits: string): string => Array.from({ length: 10 }, (_, digit) => `${digits}${digit}0`).find(luhn)!

const word = fc.stringMatching(/^Q[a-zäéß雷]{4,8}$/)
const words = fc.array(word, { minLength: 2, maxLength: 3 }).map((words) => words.join(" "))
const digits = (count: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{${count - 1}}$`))

const person = fc.record({
  email: fc.stringMatching(/^[A-Za-z][a-z.+_]{3,8}[a-z]@[A-Za-z][a-z]{4,8}\.org$/),
  name: words,
  phone: digits(9).map((text) => `+49 ${text.slice(0, 3)} ${text.slice(3)}`),
  address: fc.record({ line1: words, city: word, postal_code: digits(7) }),
  tax_id: digits(9),
  metadata: fc.dictionary(fc.constantFrom("one", "two"), fc.oneof(words, digits(8)))
})

type Person = typeof person extends fc.Arbitrary<infer A> ? A : never

const valuesOf = ({ address, metadata, ...rest }: Omit<Person, "metadata"> & { readonly metadata: object }) => [
  ...Object.values(rest),
  ...Object.values(address),
  ...Object.values(metadata).map(String)
]

/** What an answer may make of a value. */
const quotations: ReadonlyArray<(value: string) => unknown> = [
  (value) => `The value "${value}" is taken.`,
  (value) => ({ error: value, input: [value, `  ${value} `] }),
  (value) => ({ msg: `${value.toLowerCase()}, ${value.toUpperCase()}` }),
  (value) => ({
    href: `https://api.provider.example/${encodeURIComponent(value)}?of=${encodeURIComponent(value)}&page=2`
  }),
  (value) => JSON.stringify({ name: value })
]

describe("whoever it is", () => {
  it.effect.prop(
    "nothing of them is in the cassette, and what was sent of them comes back as it was",
    [fc.array(person, { minLength: 1, maxLength: 3 }), fc.infiniteStream(fc.nat())],
    ([people, chosen]) =>
      Effect.gen(function*() {
        const next = () => chosen.next().value as number
        const values = people.flatMap(valuesOf)
        const quoted = Array.from({ length: 6 }, () =>
          quotations[next() % quotations.length]!(values[next() % values.length]!))
        const program = Effect.all([
          ...people.map((person) =>
            sendJson("POST", "/people", person)
          ),
          sendJson("GET", `/quotations?q=${encodeURIComponent(values[next() % values.length]!)}`)
        ])
        const { again, recorded, text } = yield* recordAndReplay(
          program,
          network((request) => request.method === "POST" ? json({ id: "cus_1" }, 201) : json(quoted, 422))
        )
        const lower = text.toLowerCase()
        expect(values.filter((value) =>
          lower.includes(value.toLowerCase()) || lower.includes(encodeURIComponent(value).toLowerCase())
        )).toEqual([])
        expect(again).toEqual(recorded)
      }),
    { fastCheck: { numRuns: 60, seed: 6 } }
  )
})

describe("replaying", () => {
  const create = (email: string, more: object = {}) => sendJson("POST", "/people", { email, plan: "pro", ...more })

  it.effect("is with other people than those of the recording, as long as they are as many", () =>
    Effect.gen(function*() {
      const program = (one: string, other: string) =>
        Effect.all([create(one), create(other), create(one.toUpperCase()), sendJson("GET", `/people/${other}`)])
      const { again, recorded } = yield* recordAndReplay(
        program("ada@example.org", "bob@example.org"),
        echo,
        program("eve@other.example", "mallory@other.example")
      )
      const asReplayed = JSON.stringify(recorded).replaceAll("ada@example.org", "eve@other.example")
        .replaceAll("ADA@EXAMPLE.ORG", "EVE@OTHER.EXAMPLE").replaceAll("bob@example.org", "mallory@other.example")
      expect(JSON.stringify(again)).toBe(asReplayed)
    }))

  it.effect("takes back a pseudonym that it has answered", () =>
    Effect.gen(function*() {
      const program = Effect.gen(function*() {
        const [{ email, id }] = (yield* sendJson("GET", "/people")) as [{ id: string; email: string }]
        const found = (yield* sendJson("GET", `/people?email=${encodeURIComponent(email)}`)) as object
        return { found, id, same: (found as { email: string }).email === email }
      })
      const ada = { id: "cus_1", email: "ada@example.org" }
      const { again } = yield* recordAndReplay(
        program,
        network((_, { search }) => json(search === "" ? [ada] : ada))
      )
      expect(again).toEqual({ found: { id: "cus_1", email: "person1@example.com" }, id: "cus_1", same: true })
    }))

  it.effect("repeats are answered in the order of the recording, all else in any order, also at once", () =>
    Effect.gen(function*() {
      const state = network((request, { pathname }, count) =>
        json({
          count,
          pathname,
          body: request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        })
      )
      const poll = sendJson("GET", "/state")
      const people = Array.from(
        { length: 12 },
        (_, index) => create("ada@example.org", { external_id: `user-${index}` })
      )
      const recorded = yield* replayAnother(
        Effect.all([poll, ...people, poll, poll]),
        state,
        Effect.all([
          Effect.all(people.toReversed(), { concurrency: "unbounded" }),
          Effect.all([poll, poll, poll])
        ])
      )
      const [created, polled] = yield* recorded.exit
      const isOf = (index: number) => expect.objectContaining({ body: expect.stringContaining(`user-${index}"`) })
      expect(created).toEqual(people.map((_, index) => isOf(11 - index)))
      expect(polled).toEqual([0, 13, 14].map((count) => expect.objectContaining({ count })))
    }))

  const twoOfAda = Effect.zip(create("ada@example.org"), create("ada@example.org", { mail: "ADA@example.org" }))

  it.effect.each([
    ["another value", create("ada@example.org", { plan: "free" }), ["body.plan: another value"]],
    ["a value of another kind", create("ada"), ["body.email: another value"]],
    ["a field less", sendJson("POST", "/people", { email: "ada@example.org" }), ["body.plan: missing"]],
    [
      "a field more, in a free form",
      create("ada@example.org", { metadata: { Lovelace: 1 }, note_to_self: "x" }),
      ["body.metadata: was not sent", "body.note_to_self: was not sent"]
    ],
    ["a query", sendJson("POST", "/people?ada=1", { email: "ada@example.org", plan: "pro" }), [
      "query.ada: was not sent"
    ]],
    ["no body", send("POST", "/people"), ["header.content-type: missing", "body: missing"]],
    [
      "a header that decides",
      send("POST", "/people", { email: "ada@example.org", plan: "pro" }, { "polar-version": "2027-01" }),
      ["header.polar-version: was not sent"]
    ],
    [
      "one spelling for two",
      Effect.zip(create("ada@example.org"), create("ada@example.org", { mail: "ada@example.org" })),
      ["body.mail: another value"]
    ],
    [
      "two spellings for one",
      Effect.zip(create("ada@example.org"), create("ADA@example.org", { mail: "ADA@EXAMPLE.org" })),
      ["body.email: another value"]
    ],
    [
      "two people for one",
      Effect.zip(create("ada@example.org"), create("bob@example.org", { mail: "ADA@example.org" })),
      [
        "body.email: another value"
      ]
    ]
  ])("%s is a mismatch that names places and no values", ([_, program, differences]) =>
    Effect.gen(function*() {
      const { exit } = yield* replayAnother(
        twoOfAda,
        echo,
        program as Effect.Effect<unknown, never, HttpClient.HttpClient>
      )
      const defect = defectOf(exit)
      expect(defect).toBeInstanceOf(HttpRecorder.CassetteMismatch)
      const { differences: found, method, path } = defect as HttpRecorder.CassetteMismatch
      expect({ differences: found, method, path }).toEqual({ differences, method: "POST", path: "/people" })
      expect(String(defect)).not.toMatch(/ada@|bob@|lovelace|free/i)
      expect(String(defect)).toContain("POST /people was recorded otherwise: ")
    }))

  it.effect.each([
    ["another path", sendJson("GET", "/people/lovelace%40example.org/cards"), "GET /people/*/* was not recorded"],
    ["another method", send("DELETE", "/people"), "DELETE /people was not recorded"],
    [
      "one too many",
      Effect.all([twoOfAda, create("ada@example.org")]),
      "POST /people was not recorded, or not as often"
    ]
  ])("%s is a mismatch", ([_, program, message]) =>
    Effect.gen(function*() {
      const { exit } = yield* replayAnother(
        twoOfAda,
        echo,
        program as Effect.Effect<unknown, never, HttpClient.HttpClient>
      )
      expect(String(defectOf(exit))).toContain(message)
    }))

  it.effect("a mismatch is no failure of the network: no client of this project retries or maps it", () =>
    Effect.gen(function*() {
      const create = (name: string) =>
        Effect.flatMap(CustomersService, (customers) => customers.create({ email: "ada@example.org", name })).pipe(
          Effect.provide(Polar.layer({ accessToken: Redacted.make("polar_oat_x") }))
        )
      const { exit } = yield* replayAnother(create("Ada"), Sandbox.layer(), create("ada@example.com"))
      expect(defectOf(exit)).toMatchObject({ _tag: "CassetteMismatch", differences: ["body.name: another value"] })
    }))

  it.effect("what is left over is a defect of closing, unless the program has failed already", () =>
    Effect.gen(function*() {
      const { exit } = yield* replayAnother(twoOfAda, echo, create("ada@example.org"))
      const defect = defectOf(exit)
      expect(defect).toBeInstanceOf(HttpRecorder.UnusedInteractions)
      expect(String(defect)).toContain("recorded and not asked for: POST /people")
      const failed = yield* replayAnother(twoOfAda, echo, Effect.zipRight(create("a@example.org"), Effect.fail("mine")))
      expect(failed.exit).toEqual(Exit.fail("mine"))
    }))
})

describe("answers that are none", () => {
  it.effect("no content, an empty body, a body nobody reads, and a body that breaks off", () =>
    Effect.gen(function*() {
      const cut = () =>
        new ReadableStream({
          start: (controller) => controller.error(Object.assign(new Error(), { code: "UND_ERR_SOCKET" }))
        })
      const program = Effect.gen(function*() {
        const gone = yield* send("DELETE", "/people/1")
        const empty = yield* send("GET", "/empty")
        const unread = yield* send("GET", "/unread")
        const broken = yield* Effect.flip(Effect.flatMap(send("GET", "/cut"), ({ text }) => text))
        return [
          gone.status,
          yield* Effect.flip(Stream.runDrain(gone.stream)).pipe(
            Effect.map((error) => "reason" in error && error.reason)
          ),
          empty.status,
          yield* empty.text,
          unread.status,
          broken._tag,
          (broken.cause as { readonly code?: string }).code
        ]
      })
      const { again, recorded, text } = yield* recordAndReplay(
        program,
        network((_, { pathname }) =>
          pathname === "/empty"
            ? new Response("", { status: 500 })
            : pathname === "/unread"
            ? json({ unread: "kept" })
            : pathname === "/cut"
            ? new Response(cut(), { headers: { "content-type": "application/json" } })
            : new Response(null, { status: 204 })
        )
      )
      expect(recorded).toEqual([204, "EmptyBody", 500, "", 200, "ResponseError", "UND_ERR_SOCKET"])
      expect(again).toEqual(recorded)
      expect(text).toContain("kept")
    }))

  it.effect("connections that fail fail again, with the code that says whether anything was sent", () =>
    Effect.gen(function*() {
      const program = Effect.flatMap(CustomersService, (customers) => customers.create({ email: "ada@example.org" }))
        .pipe(
          Effect.provide(
            Layer.provide(
              Polar.layer({ accessToken: Redacted.make("polar_oat_x") }),
              RetryPolicy.layer({ maxAttempts: 1 })
            )
          ),
          Effect.flip,
          Effect.map((error) => [error._tag, error.mayHaveApplied, "code" in error && error.code])
        )
      for (const [code, mayHaveApplied] of [["ECONNREFUSED", false], ["ECONNRESET", true]] as const) {
        const { again, recorded } = yield* recordAndReplay(
          program,
          network((request) =>
            new HttpClientError.RequestError({
              request,
              reason: "Transport",
              cause: new TypeError("fetch failed", { cause: Object.assign(new Error(), { code }) })
            })
          )
        )
        expect(recorded).toEqual(["TransportFailed", mayHaveApplied, code])
        expect(again).toEqual(recorded)
      }
    }))

  it.effect("a call that was given up is never answered", () =>
    Effect.gen(function*() {
      const program = Effect.gen(function*() {
        const fiber = yield* Effect.fork(Effect.timeoutOption(send("GET", "/slow"), "10 seconds"))
        yield* TestClock.adjust("10 seconds")
        return yield* Fiber.join(fiber)
      })
      const { again, recorded } = yield* recordAndReplay(program, network(() => Effect.never))
      expect([recorded, again]).toEqual([Option.none(), Option.none()])
    }))
})

describe("recording", () => {
  const record = (
    program: Effect.Effect<unknown, unknown, HttpClient.HttpClient>,
    network: Layer.Layer<HttpClient.HttpClient>,
    disk = makeDisk()
  ) =>
    program.pipe(
      Effect.provide(HttpRecorder.layerRecord({ file })),
      Effect.provide([disk.layer, network]),
      Effect.exit,
      Effect.map((exit) => ({ exit, files: disk.files }))
    )

  it.effect.each(
    [
      ["binary", () => new Response(new Uint8Array([1, 2, 255]), { headers: { "content-type": "image/png" } })],
      [
        "text that is no UTF-8",
        () => new Response(new Uint8Array([0xff, 0xfe]), { headers: { "content-type": "text/csv" } })
      ],
      ["a PDF", () => new Response("%PDF", { headers: { "content-type": "application/pdf" } })],
      ["prose of a success", () => new Response("Ada lives here", { headers: { "content-type": "text/plain" } })],
      ["JSON that is cut off", () => new Response("{\"name\":\"Ad", { status: 500 })]
    ] as const
  )("an answer that cannot be looked through is refused: %s", ([_, answer]) =>
    Effect.gen(function*() {
      const disk = makeDisk()
      yield* record(sendJson("GET", "/"), echo, disk)
      const before = disk.files.get(file)
      const { exit, files } = yield* record(send("GET", "/people/ada"), network(answer), disk)
      expect(defectOf(exit)).toMatchObject({ _tag: "UnrecordableBody", method: "GET", origin, part: "answer" })
      expect(String(defectOf(exit))).toMatch(
        /the body of the answer of GET https:\/\/api\.provider\.example is (binary|text|JSON)/
      )
      // the cassette of before is there still
      expect([...files]).toEqual([[file, before]])
    }))

  it.effect("a request that cannot be looked through is refused, and not sent", () =>
    Effect.gen(function*() {
      const upload = (body: HttpBody.HttpBody) =>
        Effect.flatMap(HttpClient.HttpClient, (client) => client.post(origin, { body }))
      for (
        const body of [
          HttpBody.uint8Array(new Uint8Array([1, 2, 255])),
          HttpBody.text("Ada lives here", "text/plain"),
          HttpBody.formData(new FormData())
        ]
      ) {
        const { exit, files } = yield* record(upload(body), network(() => expect.fail("sent")))
        expect(defectOf(exit)).toMatchObject({ _tag: "UnrecordableBody", part: "request" })
        expect(files.size).toBe(0)
      }
    }))

  it.effect("nothing is written where a credential would stand in it after all", () =>
    Effect.gen(function*() {
      const token = "9fK3vW7xQ2mL8rT4zB6n"
      const { exit, files } = yield* record(
        send("GET", "/", undefined, { authorization: `Bearer ${token}` }),
        network(() => json({ id: `cus${token}x` }))
      )
      expect(defectOf(exit)).toMatchObject({ _tag: "CassetteError", reason: "NotClean" })
      expect(files.size).toBe(0)
    }))

  it.effect("digits of a phone number within an id are no reason not to write", () =>
    Effect.gen(function*() {
      const { exit, files } = yield* record(
        sendJson("POST", "/", { phone: "442079460958" }),
        network(() => json({ id: "u442079460958x" }))
      )
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(files.get(file)).toContain("u442079460958x")
    }))

  it.effect("streams are sent as streams, and recorded", () =>
    Effect.gen(function*() {
      async function* chunks() {
        yield* ["{\"email\":\"ada@exa", "mple.org\"}"].map((part) => new TextEncoder().encode(part))
      }
      const program = Effect.suspend(() => {
        // it can be read once
        const body = HttpBody.stream(Stream.fromAsyncIterable(chunks(), String), "application/json")
        return Effect.flatMap(HttpClient.HttpClient, (client) =>
          Effect.flatMap(client.post(origin, { body }), ({ json }) => json))
      })
      const reading = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          request.body._tag === "Stream"
            ? Stream.decodeText(request.body.stream).pipe(
              Stream.mkString,
              Effect.orDie,
              Effect.map((sent) =>
                HttpClientResponse.fromWeb(request, json({ sent }))
              )
            )
            : Effect.die("it is no stream")
        )
      )
      const { again, recorded, text } = yield* recordAndReplay(program, reading)
      expect(recorded).toEqual({ sent: "{\"email\":\"ada@example.org\"}" })
      expect(again).toEqual(recorded)
      expect(text).not.toContain("ada@")
    }))

  it.effect("replaces the cassette that was there, whatever the program ends in", () =>
    Effect.gen(function*() {
      const disk = makeDisk()
      yield* record(sendJson("GET", "/one"), echo, disk)
      expect(disk.files.get(file)).toContain("/one")
      yield* record(Effect.zipRight(sendJson("GET", "/two"), Effect.fail("mine")), echo, disk)
      expect(disk.files.get(file)).toContain("/two")
      const reached = yield* Deferred.make<void>()
      const fiber = yield* Effect.fork(record(
        Effect.zipRight(sendJson("GET", "/three"), Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never)),
        echo,
        disk
      ))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      expect(disk.files.get(file)).toContain("/three")
      expect(disk.files.get(file)).not.toMatch(/one|two/)
    }))

  it.effect("the RequestInit of the client below is there as without a recorder", () =>
    Effect.gen(function*() {
      const seen: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_, init) => {
        seen.push(init)
        return Promise.resolve(json({ items: [], pagination: { total_count: 0, max_page: 0 } }))
      }
      const client = FetchHttpClient.layer.pipe(
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { credentials: "include", redirect: "follow" }))
      )
      const program = Effect.flatMap(CustomersService, (customers) => customers.list()).pipe(
        Effect.provide(Polar.layer({ accessToken: Redacted.make("polar_oat_x") }))
      )
      const { exit } = yield* record(program, client)
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(seen).toMatchObject([{ credentials: "include", redirect: "manual" }])
    }))

  it.effect("statuses that the client below takes for failures are answers in the cassette", () =>
    Effect.gen(function*() {
      const refusing = Layer.map(network(() => json({ name: "Ada Byron" }, 404)), (context) => context).pipe(
        (layer) =>
          Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)).pipe(
            Layer.provide(layer)
          )
      )
      const { exit, files } = yield* record(send("GET", "/"), refusing)
      expect(Exit.isFailure(exit)).toBe(true)
      expect(files.get(file)).toContain("\"status\": 404")
      expect(files.get(file)).not.toContain("Byron")
    }))
})

describe("the file", () => {
  const replay = (text: string | undefined) =>
    Effect.gen(function*() {
      const { files, layer } = makeDisk()
      if (text !== undefined) files.set(file, text)
      return yield* Effect.flip(
        Effect.provide(Effect.void, HttpRecorder.layerReplay({ file })).pipe(Effect.provide(layer))
      )
    })

  it.effect.each(
    [
      ["is not there", undefined, "NotFound", /record it first/],
      ["is no JSON", "{\"version\": 1,", "Malformed", /holds no cassette/],
      ["is no cassette", "{\"version\": 1, \"interactions\": {}}", "Malformed", /holds no cassette/],
      [
        "has a body of no format",
        JSON.stringify({
          version: 1,
          pseudonyms: {},
          interactions: [{
            request: { method: "GET", url: "https://a.example/", query: [], headers: {}, body: {} },
            result: { unanswered: true }
          }]
        }),
        "Malformed",
        /holds no cassette/
      ],
      [
        "has a pseudonym of no kind",
        "{\"version\":1,\"pseudonyms\":{\"x\":\"y\"},\"interactions\":[]}",
        "Malformed",
        /no cassette/
      ],
      ["is of another version", "{\"version\": 2}", "OtherVersion", /record it again/]
    ] as const
  )("that %s is an error of the layer that names it", ([_, text, reason, message]) =>
    Effect.gen(function*() {
      const error = yield* replay(text)
      expect(error).toMatchObject({ _tag: "CassetteError", reason, file })
      expect(error.message).toMatch(message)
      expect(error.message).toContain(file)
    }))

  it.scopedLive("is written by a real disk over a real port, and replays", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      const directory = yield* fileSystem.makeTempDirectoryScoped()
      const file = `${directory}/deeper/polar.json`
      const { control, urlOf } = yield* Sandbox.serve()
      const program = Effect.gen(function*() {
        const polar = yield* Polar.PolarClient
        const created = yield* polar.create({ email: "ada@example.org", name: "Ada \"Countess\", Lovelace" })
        const csv = yield* Stream.mkString(Stream.decodeText(polar.export()))
        return { created, csv }
      }).pipe(
        Effect.provide(
          Polar.layer({ accessToken: Redacted.make("polar_oat_kT7vQ2mXw9Lr4NbZ"), baseUrl: urlOf("polar") })
        )
      )
      const run = (mode: "record" | "replay", client: Layer.Layer<HttpClient.HttpClient>) =>
        program.pipe(Effect.provide(HttpRecorder.layer({ file, mode })), Effect.provide([client, NodeFileSystem.layer]))
      const recorded = yield* run("record", NodeHttpClient.layerUndici)
      const text = yield* fileSystem.readFileString(file)
      expect(text).not.toMatch(/\bada|lovelace|countess|kT7v/i)
      expect(yield* fileSystem.readDirectory(`${directory}/deeper`)).toEqual(["polar.json"])
      const requests = yield* control.requests
      const replayed = yield* run("replay", noNetwork)
      expect({ ...replayed.created, avatar_url: null }).toEqual({ ...recorded.created, avatar_url: null })
      expect(replayed.csv).toBe(recorded.csv)
      expect(recorded.csv).toContain("\"Ada \"\"Countess\"\", Lovelace\"")
      expect(yield* control.requests).toEqual(requests)
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("that cannot be written is an error of the layer", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        Effect.provide(Effect.void, HttpRecorder.layerRecord({ file: "/dev/null/cassettes/x.json" })).pipe(
          Effect.provide([echo, NodeFileSystem.layer])
        )
      )
      expect(error).toMatchObject({ _tag: "CassetteError", reason: "NotWritable" })
    }))

  it.effect("and the mode come from configuration", () =>
    Effect.gen(function*() {
      const { files, layer } = makeDisk()
      const run = (mode: string, network: Layer.Layer<HttpClient.HttpClient>) =>
        sendJson("POST", "/", { email: "ada@example.org" }).pipe(
          Effect.provide(
            HttpRecorder.layerConfig({
              file: Config.string("FILE"),
              mode: Config.literal("record", "replay")("CASSETTES")
            })
          ),
          Effect.provide([layer, network]),
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["FILE", "a/b.json"], ["CASSETTES", mode]])))
        )
      const recorded = yield* run("record", echo)
      expect([...files.keys()]).toEqual(["a/b.json"])
      expect(yield* run("replay", noNetwork)).toEqual(recorded)
      expect(Exit.isFailure(yield* Effect.exit(run("rewind", noNetwork)))).toBe(true)
    }))

  it("replaying needs no network", () => {
    expectTypeOf(HttpRecorder.layerReplay({ file })).toEqualTypeOf<
      Layer.Layer<HttpClient.HttpClient, HttpRecorder.CassetteError, FileSystem.FileSystem>
    >()
    expectTypeOf(HttpRecorder.layer({ file, mode: "replay" })).toEqualTypeOf<
      Layer.Layer<HttpClient.HttpClient, HttpRecorder.CassetteError, HttpClient.HttpClient | FileSystem.FileSystem>
    >()
  })
})
