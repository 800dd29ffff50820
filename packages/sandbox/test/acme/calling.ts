import * as Effect from "effect/Effect"

export interface Answered {
  readonly status: number
  readonly replayed: string | null
  readonly json: any
  /** In place of a status when there was no whole answer. */
  readonly message?: string
}

export interface AcmeCall {
  readonly body?: unknown
  readonly key?: string
  readonly token?: string
}

/** Calls of acme over any `fetch`; an interrupted one is aborted. */
export const calling = (fetch: typeof globalThis.fetch, base = "https://api.acme.example") =>
(
  method: string,
  path: string,
  { body, key, token = "acme_1" }: AcmeCall = {}
): Effect.Effect<Answered> =>
  Effect.promise(async (signal) => {
    try {
      const response = await fetch(base + path, {
        method,
        signal,
        headers: {
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(key === undefined ? {} : { "Idempotency-Key": key })
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      return {
        status: response.status,
        replayed: response.headers.get("idempotent-replayed"),
        json: text === "" ? undefined : JSON.parse(text)
      }
    } catch (error: any) {
      return { status: 0, replayed: null, json: undefined, message: error.message }
    }
  })
