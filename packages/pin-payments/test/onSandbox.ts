/** The layers of this package on the sandbox, for its tests. */
import * as PinPayments from "@effect-customers/pin-payments"
import {
  type Fault,
  type PinPaymentsSeed,
  type RequestLogEntry,
  Sandbox,
  SandboxControl
} from "@effect-customers/sandbox"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { expect } from "@effect/vitest"
import { Chunk, Context, Effect, Layer, Option, Redacted, Stream } from "effect"
import { sentOnce } from "../../polar/test/onSandbox.js"

export const secretKey = "s3cretKeyOfThisTest"

/** In process, under whatever clock the test has. */
export const inProcess = (options?: Sandbox.SandboxOptions, pin?: Partial<PinPayments.PinPaymentsOptions>) =>
  PinPayments.layer({ secretKey: Redacted.make(secretKey), environment: "test", ...pin }).pipe(
    Layer.provideMerge(Sandbox.layer(options))
  )

export { clients } from "../../polar/test/onSandbox.js"

/** On a free port, over real HTTP. */
export const onPort = (
  client: Layer.Layer<HttpClient.HttpClient>,
  options?: Sandbox.ServerOptions,
  pin?: Partial<PinPayments.PinPaymentsOptions>
) =>
  Layer.unwrapEffect(
    Effect.map(Sandbox.SandboxServer, (server) =>
      PinPayments.layer({ secretKey: Redacted.make(secretKey), baseUrl: server.urlOf("pin-payments"), ...pin }))
  ).pipe(
    Layer.provideMerge(client),
    Layer.provideMerge(Sandbox.layerServer(options))
  )

/** The same, for tests of what one request comes to. */
export const once = {
  inProcess: (...options: Parameters<typeof inProcess>) => Layer.provide(inProcess(...options), sentOnce),
  onPort: (...options: Parameters<typeof onPort>) => Layer.provide(onPort(...options), sentOnce)
}

export const number = "5520000000000000"

export const cvc = "012"

export const address = { address_line1: "1 Sample St", address_city: "Perth", address_country: "Australia" }

/** A card that the test host takes, to write. */
export const card: PinPayments.PinPaymentsApi.PinPaymentsCardDetails = {
  number: Redacted.make(number),
  expiry_month: 5,
  expiry_year: 2030,
  cvc: Redacted.make(cvc),
  name: "Ada Example",
  ...address
}

/** The same as it stands on the wire. */
export const cardOnWire = { ...card, number, cvc }

/** The token of a card of nobody, as a browser gets one with a publishable key. */
export const cardToken = Effect.gen(function*() {
  const client = yield* HttpClient.HttpClient
  const server = yield* Effect.serviceOption(Sandbox.SandboxServer)
  const base = Option.match(server, {
    onNone: () => "https://test-api.pinpayments.com",
    onSome: (server) => server.urlOf("pin-payments")
  })
  const response = yield* HttpClientRequest.post(`${base}/1/cards`).pipe(
    HttpClientRequest.basicAuth("publishable", ""),
    HttpClientRequest.bodyUnsafeJson(cardOnWire),
    client.execute
  )
  const body = (yield* response.json) as { readonly response: { readonly token: string } }
  return Redacted.make(body.response.token)
}).pipe(Effect.orDie)

const control: Effect.Effect<Context.Tag.Service<SandboxControl>, never, SandboxControl> = SandboxControl

export const requests = Effect.flatMap(
  control,
  ({ requests }) => Effect.map(requests, (log) => log.filter(({ operation }) => operation !== "tokenise"))
)

/** `operation`, in order of arrival. */
export const operations = Effect.map(requests, (log) => log.map(({ operation }) => operation))

export const bodyOf = ({ body }: RequestLogEntry): unknown => body === "" ? undefined : JSON.parse(body)

export const seed = (customers: number | ReadonlyArray<PinPaymentsSeed>) =>
  Effect.flatMap(control, (control) => control.seed("pin-payments", customers))

export const seedOne = (customer: PinPaymentsSeed = {}) => Effect.map(seed([customer]), ([token]) => token!)

export const stored = Effect.flatMap(control, (control) => control.customers("pin-payments"))

export const resources = (token: string) =>
  Effect.flatMap(control, (control) => control.resources("pin-payments", token))

export const inject = (operation: string, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(control, (control) => control.inject({ operation, fault, times }))

export const json = (status: number, body: unknown, applied = false): Fault.Fault => ({
  _tag: "Respond",
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
  applied
})

export const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** What of an error can be compared: its class, and where. */
export const shape = (
  error: { readonly _tag: string } & {
    readonly origin?: string
    readonly issues?: ReadonlyArray<{ readonly path: string }>
    readonly path?: string | undefined
  }
): ReadonlyArray<string> => [
  error._tag,
  ...error.origin === undefined ? [] : [error.origin],
  ...(error.issues ?? []).map(({ path }) => path),
  ...error.path === undefined ? [] : [error.path]
]

export const refusal = <A, E extends Parameters<typeof shape>[0], R>(call: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(call), shape)

export const expectNothingSent = Effect.map(requests, (log) => expect(log.map(({ path }) => path)).toEqual([]))
