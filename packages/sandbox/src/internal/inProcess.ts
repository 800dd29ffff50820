import type * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { bodiless, type Delivery } from "./delivery.js"
import type { Engine, Exchange } from "./engine.js"

type Fork = <A>(effect: Effect.Effect<A>) => Fiber.RuntimeFiber<A>

interface Sending {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  /** Absent for a stream, whose length nobody knows. */
  readonly length: number | undefined
  readonly body: Uint8Array | Promise<Uint8Array>
  readonly signal: AbortSignal | undefined
}

const coded = (error: Error, code: string, more?: object): Error => Object.assign(error, { code, ...more })

const unknownName = (hostname: string): TypeError =>
  new TypeError("fetch failed", {
    cause: coded(new Error(`getaddrinfo ENOTFOUND ${hostname}`), "ENOTFOUND", { syscall: "getaddrinfo", hostname })
  })

const connectionReset = (): TypeError =>
  new TypeError("fetch failed", { cause: coded(new Error("read ECONNRESET"), "ECONNRESET", { syscall: "read" }) })

const terminated = (): TypeError =>
  new TypeError("terminated", { cause: coded(new Error("other side closed"), "UND_ERR_SOCKET") })

/** A body that is made as it is read, ends the exchange with its end, and errors when the caller aborts. */
const streamed = (
  pieces: Iterator<Uint8Array>,
  ending: "close" | "cut" | "stall",
  exchange: Exchange,
  signal: AbortSignal | undefined
): ReadableStream<Uint8Array> => {
  let over = false
  const end = (act: () => void) => {
    if (over) return
    over = true
    act()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      signal?.addEventListener("abort", () =>
        end(() => {
          exchange.abort()
          controller.error(signal.reason)
        }), { once: true })
    },
    pull(controller) {
      const next = pieces.next()
      if (next.done !== true) {
        controller.enqueue(next.value)
      } else if (ending === "stall") {
        return new Promise<void>(() => {})
      } else {
        end(() => {
          exchange.close()
          if (ending === "cut") controller.error(terminated())
          else controller.close()
        })
      }
      return undefined
    },
    cancel() {
      end(exchange.abort)
    }
  }, { highWaterMark: 0 })
}

const toResponse = (delivery: Delivery, exchange: Exchange, { method, signal, url }: Sending): Response => {
  if (delivery._tag === "Reset") {
    exchange.close()
    throw connectionReset()
  }
  exchange.sent(delivery.status)
  let body: BodyInit | null = null
  if (method === "HEAD" || bodiless(delivery.status)) {
    exchange.close()
  } else if (delivery._tag === "Part") {
    const pieces = delivery.bytes.length === 0 ? [] : [delivery.bytes]
    body = streamed(pieces.values(), delivery.ending, exchange, signal)
  } else if (delivery.body instanceof Uint8Array) {
    exchange.close()
    body = Uint8Array.from(delivery.body)
  } else {
    body = streamed(delivery.body[Symbol.iterator](), "close", exchange, signal)
  }
  const { headers, status } = delivery
  const response = new Response(body, { status, headers })
  return Object.defineProperty(response, "url", { value: url.href })
}

const hop = async <P extends string>(engine: Engine<P>, fork: Fork, sending: Sending): Promise<Response> => {
  const { body, headers, length, method, signal, url } = sending
  signal?.throwIfAborted()
  const provider = engine.providerOfHost(url.hostname)
  if (provider === undefined) throw unknownName(url.hostname)
  const sent: Record<string, string> = { host: url.host, ...Object.fromEntries(headers) }
  delete sent["content-length"]
  if (length === undefined) sent["transfer-encoding"] = "chunked"
  else if (length > 0 || method === "POST" || method === "PUT" || method === "PATCH") {
    sent["content-length"] = String(length)
  }
  const exchange = engine.open({
    provider,
    method,
    path: url.pathname,
    search: url.search.slice(1),
    headers: sent,
    base: url.origin,
    host: url.hostname
  })
  return new Promise<Response>((resolve, reject) => {
    let fiber: Fiber.RuntimeFiber<Delivery> | undefined
    let settled = false
    const aborted = () => {
      if (settled) return
      settled = true
      exchange.abort()
      fiber?.unsafeInterruptAsFork(fiber.id())
      reject(signal?.reason)
    }
    signal?.addEventListener("abort", aborted, { once: true })
    const answer = (bytes: Uint8Array) => {
      if (settled) return
      fiber = fork(exchange.answer(bytes))
      fiber.addObserver((exit) => {
        if (settled) return
        settled = true
        signal?.removeEventListener("abort", aborted)
        try {
          if (exit._tag === "Failure") throw connectionReset()
          resolve(toResponse(exit.value, exchange, sending))
        } catch (error) {
          reject(error)
        }
      })
    }
    if (body instanceof Uint8Array) answer(body)
    else {
      body.then(answer, (error) => {
        exchange.abort()
        reject(new TypeError("fetch failed", { cause: error }))
      })
    }
  })
}

const encoder = new TextEncoder()

/** What `fetch` makes of a body: its bytes at once wherever they are at hand, its length, its content type. */
const readBody = (body: BodyInit | null | undefined) => {
  if (body === null || body === undefined) return { body: new Uint8Array(), length: 0, type: null }
  if (typeof body === "string") {
    const bytes = encoder.encode(body)
    return { body: bytes, length: bytes.length, type: "text/plain;charset=UTF-8" }
  }
  if (body instanceof Uint8Array) return { body: Uint8Array.from(body), length: body.length, type: null }
  const reader = new Response(body)
  const type = reader.headers.get("content-type")
  const bytes = reader.arrayBuffer().then((buffer) => new Uint8Array(buffer))
  return body instanceof ReadableStream ? { body: bytes, length: undefined, type } : { body: bytes, length: -1, type }
}

/** `fetch` over the engine: redirects, aborts, lengths and failures as Node's has them. */
export const makeFetch =
  <P extends string>(engine: Engine<P>, fork: Fork): typeof globalThis.fetch => async (input, init) => {
    const request = input instanceof Request ? input : undefined
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase()
    const headers = new Headers(init?.headers ?? request?.headers)
    const redirect = init?.redirect ?? request?.redirect ?? "follow"
    const signal = init?.signal ?? request?.signal
    let { body, length, type } = readBody(init?.body)
    if (request !== undefined && request.body !== null && init?.body === undefined) {
      // A `Request` does not say whether its body had a length; most do.
      body = new Uint8Array(await request.clone().arrayBuffer())
      length = body.length
    }
    if (length === -1) {
      body = await body
      length = body.length
    }
    if (type !== null && !headers.has("content-type")) headers.set("content-type", type)
    if (!headers.has("accept")) headers.set("accept", "*/*")

    let sending: Sending = {
      url: new URL(request?.url ?? String(input)),
      method,
      headers,
      length,
      body,
      signal: signal ?? undefined
    }
    for (let redirects = 0;; redirects++) {
      const response = await hop(engine, fork, sending)
      const location = response.headers.get("location")
      if (![301, 302, 303, 307, 308].includes(response.status) || redirect === "manual") return response
      if (redirect === "error") throw new TypeError("fetch failed", { cause: new Error("unexpected redirect") })
      if (location === null) return response
      if (redirects === 20) throw new TypeError("fetch failed", { cause: new Error("redirect count exceeded") })
      if (sending.length === undefined && response.status !== 303) throw new TypeError("fetch failed")
      const url = new URL(location, sending.url)
      const next = new Headers(sending.headers)
      if (url.origin !== sending.url.origin) {
        for (const name of ["authorization", "proxy-authorization", "cookie", "host"]) next.delete(name)
      }
      const { status } = response
      const toGet = (sending.method === "POST" && (status === 301 || status === 302)) ||
        (status === 303 && sending.method !== "GET" && sending.method !== "HEAD")
      if (toGet) { for (const name of ["content-type", "content-language", "content-encoding"]) next.delete(name) }
      sending = {
        ...sending,
        url,
        headers: next,
        ...(toGet ? { method: "GET", body: new Uint8Array(), length: 0 } : {})
      }
    }
  }
