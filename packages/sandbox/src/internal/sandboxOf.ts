/** The four ways to have a sandbox, with whichever emulators: the published ones, or one of a test's own with them. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { SandboxOptions, ServerOptions } from "../Sandbox.js"
import type { SandboxControlOf } from "../SandboxControl.js"
import { type SandboxListenFailed, SandboxServer } from "../SandboxServer.js"
import { makeControlApi } from "./controlApi.js"
import type { Emulators } from "./emulator.js"
import { makeEngine } from "./engine.js"
import { makeFetch } from "./inProcess.js"

export interface RunningSandboxOf<Seeds, Records> extends Context.Tag.Service<SandboxServer> {
  readonly control: SandboxControlOf<Seeds, Records>
}

export interface SandboxOf<Id, Seeds, Records> {
  readonly layerFetch: (options?: SandboxOptions) => Layer.Layer<Id | FetchHttpClient.Fetch>
  readonly layer: (options?: SandboxOptions) => Layer.Layer<Id | HttpClient.HttpClient>
  readonly serve: (
    options?: ServerOptions
  ) => Effect.Effect<RunningSandboxOf<Seeds, Records>, SandboxListenFailed, Scope.Scope>
  readonly layerServer: (options?: ServerOptions) => Layer.Layer<Id | SandboxServer, SandboxListenFailed>
}

export const sandboxOf = <Id, Seeds, Records>(
  Control: Context.Tag<Id, SandboxControlOf<Seeds, Records>>,
  emulators: Emulators<Seeds, Records>
): SandboxOf<Id, Seeds, Records> => {
  const start = (options: SandboxOptions | undefined) =>
    Effect.gen(function*() {
      const engine = makeEngine(emulators, options, yield* Effect.clock, yield* Effect.scope)
      const fork = yield* FiberSet.makeRuntime<never>()
      return { engine, fork }
    })

  const layerFetch: SandboxOf<Id, Seeds, Records>["layerFetch"] = (options) =>
    Layer.scopedContext(
      Effect.map(start(options), ({ engine, fork }) =>
        Context.make(Control, engine.control).pipe(
          Context.add(FetchHttpClient.Fetch, makeFetch(engine, fork))
        ))
    )

  const serve: SandboxOf<Id, Seeds, Records>["serve"] = (options) =>
    Effect.gen(function*() {
      const host = options?.host ?? "127.0.0.1"
      const { listen } = yield* Effect.promise(() => import("./server.js"))
      const { engine, fork } = yield* start(options)
      const { port, sockets } = yield* listen(engine, makeControlApi(engine), fork, host, options?.port ?? 0)
      const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`
      return { url, port, urlOf: (provider) => `${url}/${provider}`, sockets, control: engine.control }
    })

  return {
    layerFetch,
    layer: (options) =>
      Layer.scopedContext(
        Layer.build(FetchHttpClient.layer.pipe(Layer.provideMerge(layerFetch(options)))).pipe(
          Effect.map(Context.pick(HttpClient.HttpClient, Control))
        )
      ),
    serve,
    layerServer: (options) =>
      Layer.scopedContext(
        Effect.map(serve(options), ({ control, ...server }) =>
          Context.make(Control, control).pipe(Context.add(SandboxServer, server)))
      )
  }
}
