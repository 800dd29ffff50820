/** Mollie's layers on the sandbox, for the tests of this package. */
import * as Mollie from "@effect-customers/mollie"
import { Sandbox } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { Effect, Layer, Redacted } from "effect"
import { sentOnce } from "../../polar/test/onSandbox.js"

export { clients } from "../../polar/test/onSandbox.js"

export const apiKey = "test_s3cretKeyOfThisTest"
export const accessToken = "access_s3cretTokenOfThisTest"

export const withKey: Mollie.MollieOptions = { apiKey: Redacted.make(apiKey) }

export const withToken = (
  extras: { readonly testmode?: boolean; readonly profileId?: string } = {}
): Mollie.MollieOptions => ({ accessToken: Redacted.make(accessToken), ...extras })

/** In process, under whatever clock the test has. */
export const inProcess = (options?: Sandbox.SandboxOptions, mollie: Mollie.MollieOptions = withKey) =>
  Mollie.layer(mollie).pipe(Layer.provideMerge(Sandbox.layer(options)))

/** On a free port, over real HTTP, below the path `/mollie`. */
export const onPort = (
  client: Layer.Layer<HttpClient.HttpClient>,
  options?: Sandbox.ServerOptions,
  mollie: Mollie.MollieOptions = withKey
) =>
  Layer.unwrapEffect(
    Effect.map(Sandbox.SandboxServer, (server) => Mollie.layer({ ...mollie, baseUrl: server.urlOf("mollie") }))
  ).pipe(
    Layer.provideMerge(client),
    Layer.provideMerge(Sandbox.layerServer(options))
  )

/** The same, for tests of what one request comes to. */
export const once = {
  inProcess: (...options: Parameters<typeof inProcess>) => Layer.provide(inProcess(...options), sentOnce),
  onPort: (...options: Parameters<typeof onPort>) => Layer.provide(onPort(...options), sentOnce)
}
