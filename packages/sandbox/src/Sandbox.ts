/**
 * Stateful emulators of the providers' APIs, in process or on a port.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { makeEngine } from "./internal/engine.js"
import { makeFetch } from "./internal/inProcess.js"
import { SandboxControl } from "./SandboxControl.js"

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

/**
 * The sandbox could not listen on the port; `code` is the system's (`EADDRINUSE`, `EACCES`, ...).
 *
 * @since 0.1.0
 * @category errors
 */
export class SandboxListenFailed extends Data.TaggedError("SandboxListenFailed")<{
  readonly host: string
  readonly port: number
  readonly code: string
}> {
  override get message() {
    return `the sandbox cannot listen on ${this.host}:${this.port} (${this.code})`
  }
}

/**
 * A sandbox that listens on a port.
 *
 * @since 0.1.0
 * @category tags
 */
export class SandboxServer extends Context.Tag("@effect-customers/sandbox/SandboxServer")<SandboxServer, {
  /** `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Base URL of one provider: `http://127.0.0.1:4010/polar`. */
  readonly urlOf: (provider: string) => string
  /** How many client sockets are open now, and the most that were open at once since the start. */
  readonly sockets: Effect.Effect<{ readonly open: number; readonly everOpen: number }>
}>() {}

/**
 * What `serve` answers: the server and its control.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunningSandbox extends Context.Tag.Service<SandboxServer> {
  readonly control: Context.Tag.Service<SandboxControl>
}

const start = (options: SandboxOptions | undefined) =>
  Effect.gen(function*() {
    const engine = makeEngine(options, yield* Effect.clock)
    const fork = yield* FiberSet.makeRuntime<never>()
    return { engine, fork }
  })

/**
 * The sandbox in process, behind the `Fetch` tag of `@effect/platform`: no port, no network. Requests to the hosts of
 * the emulated providers (`api.polar.sh`, `sandbox-api.polar.sh`) are answered, any other host fails like an unknown
 * name (`TypeError("fetch failed")`, cause code `ENOTFOUND`). Redirects are followed as `fetch` follows them, unless
 * the caller says `redirect: "manual"`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options?: SandboxOptions): Layer.Layer<SandboxControl | FetchHttpClient.Fetch> =>
  Layer.scopedContext(
    Effect.map(start(options), ({ engine, fork }) =>
      Context.make(SandboxControl, engine.control).pipe(
        Context.add(FetchHttpClient.Fetch, makeFetch(engine, fork))
      ))
  )

/**
 * The sandbox in process as an `HttpClient`: `layerFetch` under `FetchHttpClient`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: SandboxOptions): Layer.Layer<HttpClient.HttpClient | SandboxControl> =>
  Layer.scopedContext(
    Layer.build(FetchHttpClient.layer.pipe(Layer.provideMerge(layerFetch(options)))).pipe(
      Effect.map(Context.pick(HttpClient.HttpClient, SandboxControl))
    )
  )

/**
 * The sandbox on a port, one path prefix per provider (`http://127.0.0.1:4010/polar/v1/customers/`). Closing the scope
 * closes the server and destroys what is open. Needs Node.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (options?: ServerOptions): Effect.Effect<RunningSandbox, SandboxListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const host = options?.host ?? "127.0.0.1"
    const { listen } = yield* Effect.promise(() => import("./internal/server.js"))
    const { engine, fork } = yield* start(options)
    const { port, sockets } = yield* listen(engine, fork, host, options?.port ?? 0)
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`
    return { url, port, urlOf: (provider) => `${url}/${provider}`, sockets, control: engine.control }
  })

/**
 * `serve` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServer = (
  options?: ServerOptions
): Layer.Layer<SandboxControl | SandboxServer, SandboxListenFailed> =>
  Layer.scopedContext(
    Effect.map(serve(options), ({ control, ...server }) =>
      Context.make(SandboxControl, control).pipe(Context.add(SandboxServer, server)))
  )
