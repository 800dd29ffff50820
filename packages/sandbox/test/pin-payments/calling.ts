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
  /** The user name of Basic authentication; `null` sends no header. */
  readonly key?: string | null
  readonly headers?: Record<string, string>
  readonly host?: string
}

export const basic = (user: string, password = "") => ({ authorization: `Basic ${btoa(`${user}:${password}`)}` })

/** `URLSearchParams` are sent as a form, a string as it is, anything else as JSON; every answer is held to the contract. */
export const calling = (fetch: typeof globalThis.fetch) =>
(
  method: string,
  path: string,
  body?: unknown,
  { headers, host = "test-api.pinpayments.com", key = "secret" }: CallOptions = {}
): Effect.Effect<Answered> =>
  Effect.promise(async () => {
    const raw = body instanceof URLSearchParams || typeof body === "string"
    const response = await fetch(`https://${host}${path}`, {
      method,
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      headers: {
        ...(key === null ? {} : basic(key)),
        ...(body === undefined || body instanceof URLSearchParams ? {} : { "content-type": "application/json" }),
        accept: "application/json",
        ...headers
      }
    })
    const text = await response.text()
    expect(response.headers.get("x-request-id")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    )
    expect(response.headers.get("content-type")).toBe(text === "" ? null : "application/json; charset=utf-8")
    const json = text === "" ? undefined : JSON.parse(text)
    const found = json === undefined ? undefined : problems(method, path.split("?")[0]!, response.status, json)
    if (found !== undefined) expect(found, `${method} ${path} against the contract`).toEqual([])
    return { status: response.status, headers: response.headers, text, json }
  })

export const card = {
  number: "5520000000000000",
  expiry_month: "05",
  expiry_year: "2030",
  cvc: "123",
  name: "Ada Example",
  address_line1: "1 Sample St",
  address_city: "Perth",
  address_country: "Australia"
}

/** A sandbox in process: its control, its fetch, calls, and a card token of nobody. */
export const inProcess = Effect.gen(function*() {
  const fetch = yield* FetchHttpClient.Fetch
  const control = yield* SandboxControl
  const call = calling(fetch)
  const tokenise = Effect.map(
    call("POST", "/1/cards", card, { key: "publishable" }),
    ({ json }): string => json.response.token
  )
  return { fetch, control, call, tokenise }
})
