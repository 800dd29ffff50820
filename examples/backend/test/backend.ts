/** The API on a port of its own, with an `HttpClient` that knows where it is, for the tests of this package. */
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { type ConfigError, ConfigProvider, Effect, Layer, Logger } from "effect"
import * as Providers from "../src/Providers.js"
import { served } from "../src/server.js"

export const silent = Logger.remove(Logger.defaultLogger)

/** On doubles, or on whatever layers of providers. */
export const backendOn = (
  layers: Parameters<typeof Providers.layer<never, never>>[0],
  log: Layer.Layer<never, ConfigError.ConfigError> = silent
) =>
  served.pipe(
    Layer.provide(Providers.layer(layers)),
    Layer.provideMerge(NodeHttpServer.layerTest),
    Layer.provide(log)
  )

/** As it starts with these variables and no others. */
export const backendWith = (variables: Readonly<Record<string, string>>) =>
  served.pipe(
    Layer.provide(Providers.layerConfig),
    Layer.provideMerge(NodeHttpServer.layerTest),
    Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))),
    Layer.provide(silent)
  )

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: any
}

type Method = "GET" | "POST" | "PATCH" | "DELETE"

/** What a request is answered. A body that is no text is sent as JSON. */
export const ask = (
  method: Method,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" }
): Effect.Effect<Answer, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const request = HttpClientRequest.make(method)(path)
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const response = yield* HttpClient.execute(
      body === undefined
        ? HttpClientRequest.setHeaders(request, headers)
        : HttpClientRequest.setHeaders(HttpClientRequest.bodyText(request, text), headers)
    )
    const answered = yield* response.text
    const isJson = response.headers["content-type"]?.includes("json") === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answered) : answered }
  }).pipe(Effect.scoped, Effect.withTracerEnabled(false), Effect.orDie)
