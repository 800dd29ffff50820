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
  /** `x-api-key`; `null` sends none. */
  readonly key?: string | null
  readonly headers?: Record<string, string>
  readonly host?: string
}

/** A string is sent as it is, anything else as JSON; every answer of today is held to the contract. */
export const calling = (fetch: typeof globalThis.fetch) =>
(
  method: string,
  path: string,
  body?: unknown,
  { headers, host = "us.api.flexprice.io", key = "key" }: CallOptions = {}
): Effect.Effect<Answered> =>
  Effect.promise(async () => {
    const response = await fetch(`https://${host}${path}`, {
      method,
      redirect: "manual",
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      headers: {
        ...(key === null ? {} : { "x-api-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers
      }
    })
    const { status } = response
    const text = await response.text()
    const type = response.headers.get("content-type")
    expect(response.headers.get("x-request-id")).toMatch(headers?.["x-request-id"] ?? /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    if (type === "text/plain") expect([status, text]).toEqual([404, "404 page not found"])
    else expect(type).toBe(text === "" ? null : "application/json; charset=utf-8")
    const json = text === "" || type === "text/plain" ? undefined : JSON.parse(text)
    const isToday = json !== undefined && key?.includes("era1") !== true && status !== 401 && status !== 403
    const found = isToday ? problems(method, path.split("?")[0]!, status, json) : undefined
    if (found !== undefined) expect(found, `${method} ${path} against the contract`).toEqual([])
    return { status, headers: response.headers, text, json }
  })

/** A sandbox in process: its control, its fetch, and calls. */
export const inProcess = Effect.gen(function*() {
  const fetch = yield* FetchHttpClient.Fetch
  const control = yield* SandboxControl
  return { fetch, control, call: calling(fetch) }
})
