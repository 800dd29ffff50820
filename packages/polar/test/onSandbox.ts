/** Polar's layers on the sandbox, for the tests of this package. */
import { RetryPolicy } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"

export const token = "polar_oat_s3cretTokenOfThisTest"

/** In process, under whatever clock the test has. */
export const inProcess = (options?: Sandbox.SandboxOptions, polar?: Partial<Polar.PolarOptions>) =>
  Polar.layer({ accessToken: Redacted.make(token), ...polar }).pipe(Layer.provideMerge(Sandbox.layer(options)))

/** The three clients of the platform. */
export const clients: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici],
  ["node", NodeHttpClient.layer]
]

/** On a free port, over real HTTP. */
export const onPort = (
  client: Layer.Layer<HttpClient.HttpClient>,
  options?: Sandbox.ServerOptions,
  polar?: Partial<Polar.PolarOptions>
) =>
  Layer.unwrapEffect(
    Effect.map(Sandbox.SandboxServer, (server) =>
      Polar.layer({ accessToken: Redacted.make(token), baseUrl: server.urlOf("polar"), ...polar }))
  ).pipe(
    Layer.provideMerge(client),
    Layer.provideMerge(Sandbox.layerServer(options))
  )

/** For tests of what one request comes to. */
export const sentOnce = RetryPolicy.layer({ maxAttempts: 1, gate: false })

/** The same, for tests of what one request comes to. */
export const once = {
  inProcess: (...options: Parameters<typeof inProcess>) => Layer.provide(inProcess(...options), sentOnce),
  onPort: (...options: Parameters<typeof onPort>) => Layer.provide(onPort(...options), sentOnce)
}
