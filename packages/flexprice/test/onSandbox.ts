/** The layers of this package on the sandbox, for its tests. */
import type { CustomersByEmail, CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import type { FlexpriceClient } from "@effect-customers/flexprice"
import {
  type Fault,
  type FlexpriceSeed,
  type RequestLogEntry,
  Sandbox,
  SandboxControl
} from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { expect } from "@effect/vitest"
import { Chunk, type Context, Effect, Layer, Redacted, Stream } from "effect"
import { sentOnce } from "../../polar/test/onSandbox.js"

export const apiKey = "sk_s3cretKeyOfThisTest"

/** The sandbox speaks as the server did before 2026-04 to a key that is called so. */
export const olderKey = "sk_era1_s3cretKeyOfThisTest"

/** In process, under whatever clock the test has. */
export const inProcess = (options?: Sandbox.SandboxOptions, flexprice?: Partial<Flexprice.FlexpriceOptions>) =>
  Flexprice.layer({ apiKey: Redacted.make(apiKey), ...flexprice }).pipe(Layer.provideMerge(Sandbox.layer(options)))

export { clients } from "../../polar/test/onSandbox.js"

/** On a free port, over real HTTP. */
export const onPort = (
  client: Layer.Layer<HttpClient.HttpClient>,
  options?: Sandbox.ServerOptions,
  flexprice?: Partial<Flexprice.FlexpriceOptions>
) =>
  Layer.unwrapEffect(
    Effect.map(Sandbox.SandboxServer, (server) =>
      Flexprice.layer({ apiKey: Redacted.make(apiKey), baseUrl: server.urlOf("flexprice"), ...flexprice }))
  ).pipe(
    Layer.provideMerge(client),
    Layer.provideMerge(Sandbox.layerServer(options))
  )

/** The same, for tests of what one request comes to. */
export const once = {
  inProcess: (...options: Parameters<typeof inProcess>) => Layer.provide(inProcess(...options), sentOnce),
  onPort: (...options: Parameters<typeof onPort>) => Layer.provide(onPort(...options), sentOnce)
}

export type Provided =
  | FlexpriceClient
  | CustomersService
  | CustomersByExternalId
  | CustomersByEmail
  | SandboxControl

const control: Effect.Effect<Context.Tag.Service<SandboxControl>, never, SandboxControl> = SandboxControl

export const requests = Effect.flatMap(control, ({ requests }) => requests)

/** `operation`, in order of arrival. */
export const operations = Effect.map(requests, (log) => log.map(({ operation }) => operation))

export const bodyOf = ({ body }: RequestLogEntry): unknown => body === "" ? undefined : JSON.parse(body)

export const sent = (entry: RequestLogEntry): readonly [string, string, object, unknown] => [
  entry.method,
  entry.path,
  Object.fromEntries(entry.query),
  bodyOf(entry)
]

export const seed = (customers: number | ReadonlyArray<FlexpriceSeed>) =>
  Effect.flatMap(control, (control) => control.seed("flexprice", customers))

export const seedOne = (customer: FlexpriceSeed = {}) => Effect.map(seed([customer]), ([id]) => id!)

export const stored = Effect.flatMap(control, (control) => control.customers("flexprice"))

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
