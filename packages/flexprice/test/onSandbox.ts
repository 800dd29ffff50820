/** The layers of this package on the sandbox, for its tests. */
import type { CustomersByEmail, CustomersByExternalId, CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import type { FlexpriceClient } from "@effect-customers/flexprice"
import { type FlexpriceSeed, type RequestLogEntry, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { Effect, Layer, Redacted } from "effect"
import { bodyOf } from "../../pin-payments/test/onSandbox.js"
import { sentOnce } from "../../polar/test/onSandbox.js"

export const apiKey = "sk_s3cretKeyOfThisTest"

/** The sandbox speaks as the server did before 2026-04 to a key that is called so. */
export const olderKey = "sk_era1_s3cretKeyOfThisTest"

/** In process, under whatever clock the test has. */
export const inProcess = (options?: Sandbox.SandboxOptions, flexprice?: Partial<Flexprice.FlexpriceOptions>) =>
  Flexprice.layer({ apiKey: Redacted.make(apiKey), ...flexprice }).pipe(Layer.provideMerge(Sandbox.layer(options)))

export {
  bodyOf,
  collect,
  expectNothingSent,
  inject,
  json,
  operations,
  refusal,
  requests,
  shape
} from "../../pin-payments/test/onSandbox.js"
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

export const sent = (entry: RequestLogEntry): readonly [string, string, object, unknown] => [
  entry.method,
  entry.path,
  Object.fromEntries(entry.query),
  bodyOf(entry)
]

export const seed = (customers: number | ReadonlyArray<FlexpriceSeed>) =>
  Effect.flatMap(SandboxControl, (control) => control.seed("flexprice", customers))

export const seedOne = (customer: FlexpriceSeed = {}) => Effect.map(seed([customer]), ([id]) => id!)

export const stored = Effect.flatMap(SandboxControl, (control) => control.customers("flexprice"))
