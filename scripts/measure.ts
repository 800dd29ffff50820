/**
 * What a walk costs, measured here and now: `npm run measure`.
 *
 * - Heap: 200,000 customers are streamed from a sandbox in another process; the heap after a collection, every 20,000.
 * - Hot path: of each provider a page of 100 customers through JSON.parse, through the wire's schema, and to the unified
 *   model; as ratios of JSON.parse, side by side.
 */
import * as AutumnApi from "@effect-customers/autumn/AutumnApi"
import * as Autumn from "@effect-customers/autumn/AutumnCustomers"
import { CustomersService } from "@effect-customers/core"
import type { Customer } from "@effect-customers/core/Customer"
import * as FlexpriceApi from "@effect-customers/flexprice/FlexpriceApi"
import * as Flexprice from "@effect-customers/flexprice/FlexpriceCustomers"
import * as MollieApi from "@effect-customers/mollie/MollieApi"
import * as Mollie from "@effect-customers/mollie/MollieCustomers"
import * as PinPaymentsApi from "@effect-customers/pin-payments/PinPaymentsApi"
import * as PinPayments from "@effect-customers/pin-payments/PinPaymentsCustomers"
import * as Polar from "@effect-customers/polar"
import { toCustomer } from "@effect-customers/polar/PolarCustomers"
import { HttpBody, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Option, Redacted, Schema, Stream } from "effect"
import { spawn } from "node:child_process"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"

const count = Number(process.argv[2] ?? 200_000)

const freePort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** The sandbox's own bin, in a process of its own, once it answers. */
const sandbox = Effect.gen(function*() {
  const port = yield* freePort
  const root = fileURLToPath(new URL("..", import.meta.url))
  yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof spawn>>((resume) => {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "packages/sandbox/src/bin.ts", "--port", String(port), "--customers", String(count)],
        { cwd: root, stdio: ["ignore", "pipe", "inherit"] }
      )
      child.stdout.once("data", () => resume(Effect.succeed(child)))
    }),
    (child) => Effect.sync(() => child.kill())
  )
  return `http://127.0.0.1:${port}`
})

const heap = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

const walk = Effect.gen(function*() {
  const customers = yield* CustomersService
  const started = performance.now()
  let walked = 0
  console.log(`heap at the start: ${heap().toFixed(1)} MB`)
  yield* Stream.runForEach(customers.stream(), () =>
    Effect.sync(() => {
      walked++
      if (walked % 20_000 === 0) console.log(`heap after ${walked}: ${heap().toFixed(1)} MB`)
    }))
  const seconds = (performance.now() - started) / 1000
  console.log(`${walked} customers in ${seconds.toFixed(1)} s, ${Math.round(walked / seconds)} per second`)
})

/** The median time of one run, in microseconds. */
const median = (run: () => unknown): number => {
  const times = Array.from({ length: 400 }, () => {
    const started = performance.now()
    run()
    return (performance.now() - started) * 1000
  })
  return times.slice(100).sort((a, b) => a - b)[150] ?? 0
}

const hotPath = <Page, Encoded, Row>(
  provider: string,
  { request, rowsOf, schema, unify }: {
    readonly request: HttpClientRequest.HttpClientRequest
    readonly schema: Schema.Schema<Page, Encoded>
    readonly rowsOf: (page: Page) => ReadonlyArray<Row>
    readonly unify: (row: Row) => Customer
  }
) =>
  Effect.gen(function*() {
    const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
    const text = yield* Effect.flatMap(client.execute(request), (response) => response.text)
    const decode = Schema.decodeUnknownSync(schema)
    const parsed: unknown = JSON.parse(text)
    const rows = rowsOf(decode(parsed))
    if (rows.length !== 100) return yield* Effect.dieMessage(`${provider}: a page of ${rows.length}`)
    const parse = median(() => JSON.parse(text))
    const row = (name: string, time: number) =>
      console.log(
        `${provider}, ${name}: ${(time / 100).toFixed(2)} us per customer, ${(time / parse).toFixed(1)} x JSON.parse`
      )
    row("JSON.parse", parse)
    row("wire schema", median(() => decode(parsed)))
    row("unified", median(() => rows.map(unify)))
  })

await Effect.runPromise(
  Effect.gen(function*() {
    const url = yield* sandbox
    yield* hotPath("polar", {
      request: HttpClientRequest.get(`${url}/polar/v1/customers/?limit=100`, {
        headers: { authorization: "Bearer polar_oat_x" }
      }),
      schema: Polar.PolarApi.PolarCustomerPage,
      rowsOf: ({ items }) => items,
      unify: toCustomer
    })
    yield* hotPath("mollie", {
      request: HttpClientRequest.get(`${url}/mollie/v2/customers?limit=100`, {
        headers: { authorization: "Bearer test_x" }
      }),
      schema: MollieApi.MollieCustomerPage,
      rowsOf: ({ _embedded }) => _embedded.customers,
      unify: Mollie.toCustomer
    })
    yield* hotPath("pin-payments", {
      request: HttpClientRequest.get(`${url}/pin-payments/1/customers?per_page=100`, {
        headers: { authorization: `Basic ${Buffer.from("x:").toString("base64")}` }
      }),
      schema: PinPaymentsApi.PinPaymentsCustomerPage,
      rowsOf: ({ response }) => response,
      unify: PinPayments.toCustomer
    })
    yield* hotPath("autumn", {
      request: HttpClientRequest.post(`${url}/autumn/v1/customers.list`, {
        headers: { authorization: "Bearer am_sk_test_x", "x-api-version": "2.1" },
        body: HttpBody.unsafeJson({ limit: 100 })
      }),
      schema: AutumnApi.AutumnCustomerPage,
      rowsOf: ({ list }) => list,
      unify: (row) => Option.getOrThrow(Autumn.toCustomer(row))
    })
    yield* hotPath("flexprice", {
      request: HttpClientRequest.get(`${url}/flexprice/v1/customers?limit=100`, { headers: { "x-api-key": "x" } }),
      schema: FlexpriceApi.FlexpriceCustomerPage,
      rowsOf: ({ items }) => items ?? [],
      unify: Flexprice.toCustomer
    })
    const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_x"), baseUrl: `${url}/polar` })
    yield* Effect.provide(walk, polar)
  }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici))
)
