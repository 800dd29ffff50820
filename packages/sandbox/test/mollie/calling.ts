import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SandboxControl } from "../../src/index.js"
import { problems } from "./contract.js"

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

export interface CallOptions {
  readonly token?: string | null
  readonly headers?: Record<string, string>
  /** For what the document is known to be too narrow. */
  readonly unchecked?: boolean
}

/** Any JSON body is sent as JSON, a string as it is. */
export const calling = (fetch: typeof globalThis.fetch, base = "https://api.mollie.com") =>
(
  method: string,
  path: string,
  body?: unknown,
  { headers, token = "test_x", unchecked = false }: CallOptions = {}
): Effect.Effect<Answered> =>
  Effect.promise(async () => {
    const response = await fetch(base + path, {
      method,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers
      }
    })
    const text = await response.text()
    const json = text === "" ? undefined : JSON.parse(text)
    if (json !== undefined) expect(response.headers.get("content-type")).toBe("application/hal+json")
    const found = json === undefined || unchecked
      ? undefined
      : problems(method, path.split("?")[0]!, response.status, json)
    if (found !== undefined) expect(found, `${method} ${path} against the contract`).toEqual([])
    return { status: response.status, headers: response.headers, text, json }
  })

export const inProcess = Effect.gen(function*() {
  const fetch = yield* FetchHttpClient.Fetch
  const control = yield* SandboxControl
  return { control, call: calling(fetch) }
})
