import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SandboxControl } from "../src/index.js"
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
  readonly init?: RequestInit
  readonly host?: string
}

/** Any JSON body is sent as JSON, a string as it is. */
export const initOf = (method: string, body: unknown, options: CallOptions): RequestInit => ({
  method,
  redirect: "manual",
  ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  ...options.init,
  headers: {
    ...(options.token === null ? {} : { authorization: `Bearer ${options.token ?? "polar_oat_test"}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...options.headers
  }
})

export const calling = (fetch: typeof globalThis.fetch, base = "https://api.polar.sh") =>
(
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {}
): Effect.Effect<Answered> =>
  Effect.promise(async () => {
    const url = (options.host === undefined ? base : `https://${options.host}`) + path
    const response = await fetch(url, initOf(method, body, options))
    const text = await response.text()
    const isJson = response.headers.get("content-type") === "application/json" && text !== ""
    const json = isJson ? JSON.parse(text) : undefined
    const { error } = json ?? {}
    if (isJson && (response.status !== 404 || error !== undefined)) {
      const found = problems(method, path.split("?")[0]!, response.status, json)
      if (found !== undefined) expect(found, `${method} ${path} against the contract`).toEqual([])
    }
    return { status: response.status, headers: response.headers, text, json }
  })

/** A sandbox in process: its control, its fetch, and calls that check every answer against the contract. */
export const inProcess = Effect.gen(function*() {
  const fetch = yield* FetchHttpClient.Fetch
  const control = yield* SandboxControl
  const create = (body: unknown, options?: CallOptions) => calling(fetch)("POST", "/v1/customers/", body, options)
  return { fetch, control, create, call: calling(fetch) }
})
