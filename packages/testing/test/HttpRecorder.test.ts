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
import { Error as PlatformError, FileSystem, HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Either, Layer, Option, Redacted, Schema, Stream } from "effect"

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
      failures: [duplicate, taken, gone].map((result) => Either.isLeft(result) ? result.left : result.right._tag)
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
        expect((yield* recordAndReplay(program, network)).text).toBe(text)
      })
  )
})
