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
  /** `null` sends no header. */
  readonly key?: string | null
  /** `null` sends no header. */
  readonly version?: string | null
  readonly headers?: Record<string, string>
}

/** Calls `customers.<name>`: a string is sent as it is, anything else as JSON; every answer is held to the contract. */
export const calling = (fetch: typeof globalThis.fetch, base = "https://api.useautumn.com") =>
(
  name: string,
  body?: unknown,
  { headers, key = "am_sk_test_key", version = "2.1" }: CallOptions = {}
): Effect.Effect<Answered> =>
  Effect.promise(async () => {
    const path = `/v1/customers.${name}`
    const response = await fetch(base + path, {
      method: "POST",
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(version === null ? {} : { "x-api-version": version }),
        "content-type": "application/json",
        ...headers
      }
    })
    const text = await response.text()
    expect(new Date(response.headers.get("date") ?? "").toUTCString()).toBe(response.headers.get("date"))
    const isText = response.status === 429
    expect(response.headers.get("content-type")).toBe(isText ? "text/plain; charset=UTF-8" : "application/json")
    const json = isText ? undefined : JSON.parse(text)
    // The document is that of version 2.1.
    const comparable = !isText && (version === "2.1" || (version === "2.3" && name !== "list"))
    const found = comparable ? problems(path, response.status, json) : undefined
    if (found !== undefined) expect(found, `${name} against the contract`).toEqual([])
    if (response.status >= 400 && !isText) expect(Object.keys(json)).toEqual(["message", "code", "env"])
    return { status: response.status, headers: response.headers, text, json }
  })

/** A sandbox in process: its control, its fetch, and calls. */
export const inProcess = Effect.gen(function*() {
  const fetch = yield* FetchHttpClient.Fetch
  const control = yield* SandboxControl
  return { fetch, control, call: calling(fetch) }
})
