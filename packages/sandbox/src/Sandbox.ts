/**
 * Stateful emulators of the providers' APIs, in process or on a port.
 *
 * @since 0.1.0
 */
import type * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { emulators } from "./internal/emulators.js"
import { sandboxOf } from "./internal/sandboxOf.js"
import { SandboxControl } from "./SandboxControl.js"
import type { SandboxListenFailed, SandboxServer } from "./SandboxServer.js"

/**
 * How a sandbox starts.
 *
 * @since 0.1.0
 * @category options
 */
export interface SandboxOptions {
  /** Seed of the generated ids (default 1): the same seed and the same calls give the same ids, always. */
  readonly seed?: number | undefined
  /** ISO time at which the sandbox's own wall clock starts; default `2026-01-03T13:37:00Z`. */
  readonly startTime?: string | undefined
  /** How far that clock moves with every write (default 1 ms). `0` gives all customers the same `created_at`. */
  readonly tick?: Duration.DurationInput | undefined
  /**
   * Whether the providers' own rate limits hold (default true). They go by the `Clock` of the fiber that builds the
   * layer: under a `TestClock` that stands still they never end.
   */
  readonly rateLimits?: boolean | undefined
}

/**
 * How a sandbox starts, and where it listens.
 *
 * @since 0.1.0
 * @category options
 */
export interface ServerOptions extends SandboxOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
}

export { SandboxListenFailed, SandboxServer } from "./SandboxServer.js"

/**
 * What `serve` answers: the server and its control.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunningSandbox extends Context.Tag.Service<SandboxServer> {
  readonly control: Context.Tag.Service<SandboxControl>
}

const published = () => sandboxOf(SandboxControl, emulators)

/**
 * The sandbox in process, behind the `Fetch` tag of `@effect/platform`: no port, no network. Requests to the hosts of
 * the emulated providers (`api.polar.sh` and `sandbox-api.polar.sh`, `api.mollie.com`, `api.pinpayments.com` and
 * `test-api.pinpayments.com`, `api.useautumn.com`, `us.api.flexprice.io` and `api.cloud.flexprice.io`) are answered,
 * any other host fails like an unknown name (`TypeError("fetch failed")`, cause code `ENOTFOUND`). Redirects are
 * followed as `fetch` follows them, unless the caller says `redirect: "manual"`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options?: SandboxOptions): Layer.Layer<SandboxControl | FetchHttpClient.Fetch> =>
  published().layerFetch(options)

/**
 * The sandbox in process as an `HttpClient`: `layerFetch` under `FetchHttpClient`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: SandboxOptions): Layer.Layer<HttpClient.HttpClient | SandboxControl> =>
  published().layer(options)

/**
 * The sandbox on a port, one path prefix per provider (`http://127.0.0.1:4010/polar/v1/customers/`). Closing the scope
 * closes the server and destroys what is open. Needs Node.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (options?: ServerOptions): Effect.Effect<RunningSandbox, SandboxListenFailed, Scope.Scope> =>
  published().serve(options)

/**
 * `serve` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServer = (
  options?: ServerOptions
): Layer.Layer<SandboxControl | SandboxServer, SandboxListenFailed> => published().layerServer(options)
