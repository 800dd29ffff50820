/** What faults make of an answer. */
import type * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Fault, RetryAfter } from "../Fault.js"
import { bodiless, decoder, Delivery, encoder, withLength } from "./delivery.js"
import type { Places } from "./emulator.js"
import { withKey, withTexts } from "./jsonPlaces.js"
import { canBeSent } from "./sendable.js"

const toBytes = (body: Uint8Array | Iterable<Uint8Array>): Uint8Array => {
  if (body instanceof Uint8Array) return body
  const pieces = Array.from(body)
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const part = (body: Uint8Array, bytes: number | undefined): Uint8Array => body.subarray(0, bytes ?? body.length >>> 1)

const replaceBody = (delivery: Data.TaggedEnum.Value<Delivery, "Whole">, body: Uint8Array): Delivery => {
  const { "content-length": _, ...headers } = delivery.headers
  return Delivery.Whole({ ...delivery, headers: withLength(headers, delivery.status, body), body })
}

const parseJson = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const onWhole = (
  answer: Effect.Effect<Delivery>,
  change: (delivery: Data.TaggedEnum.Value<Delivery, "Whole">) => Delivery
): Effect.Effect<Delivery> => Effect.map(answer, (delivery) => delivery._tag === "Whole" ? change(delivery) : delivery)

/** What some faults know beside the answer. */
export interface Surroundings {
  readonly places: Places
  /** Milliseconds of the clock. */
  readonly builtAt: number
  readonly now: () => number
}

const retryAfterHeader = (retryAfter: RetryAfter, { builtAt, now }: Surroundings): Record<string, string> => {
  if ("seconds" in retryAfter) return { "retry-after": String(retryAfter.seconds) }
  if ("millis" in retryAfter) return { "retry-after-ms": String(retryAfter.millis) }
  if ("until" in retryAfter) {
    const left = builtAt + Duration.toMillis(retryAfter.until) - now()
    return { "retry-after": String(Math.max(0, Math.ceil(left / 1000))) }
  }
  const seconds = Math.ceil((now() + Duration.toMillis(retryAfter.date)) / 1000)
  return { "retry-after": new Date(seconds * 1000).toUTCString() }
}

const respond = (fault: Data.TaggedEnum.Value<Fault, "Respond">, surroundings: Surroundings): Delivery => {
  const body = typeof fault.body === "string" ? encoder.encode(fault.body) : fault.body ?? new Uint8Array()
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value
  if (fault.retryAfter !== undefined) Object.assign(headers, retryAfterHeader(fault.retryAfter, surroundings))
  return Delivery.Whole({ status: fault.status, headers: withLength(headers, fault.status, body), body })
}

const asResponse = (
  { status = 502, ...rest }: Data.TaggedEnum.Value<Fault, "HtmlPage">
): Data.TaggedEnum.Value<Fault, "Respond"> => ({
  ...rest,
  _tag: "Respond",
  status,
  headers: { "content-type": "text/html" },
  body: `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n` +
    `<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n`
})

const alterJson = (answer: Effect.Effect<Delivery>, alter: (json: unknown) => unknown): Effect.Effect<Delivery> =>
  onWhole(answer, (delivery) => {
    if (!(delivery.body instanceof Uint8Array)) return delivery
    const parsed = parseJson(decoder.decode(delivery.body))
    return parsed === undefined
      ? delivery
      : replaceBody(delivery, encoder.encode(JSON.stringify(alter(parsed.json))))
  })

const unknown = "sandbox_unknown"

export const applyFault = (
  fault: Fault,
  answer: Effect.Effect<Delivery>,
  surroundings: Surroundings
): Effect.Effect<Delivery> => {
  switch (fault._tag) {
    case "Respond": {
      const instead = Effect.sync(() => respond(fault, surroundings))
      return fault.applied === true ? Effect.zipRight(answer, instead) : instead
    }
    case "HtmlPage":
      return applyFault(asResponse(fault), answer, surroundings)
    case "Delay":
      return fault.answer === "before"
        ? Effect.zipLeft(answer, Effect.sleep(fault.duration))
        : Effect.zipRight(Effect.sleep(fault.duration), answer)
    case "Reset":
      return fault.applied === true ? Effect.as(answer, Delivery.Reset()) : Effect.succeed(Delivery.Reset())
    case "CutBody":
    case "StallBody":
      return onWhole(answer, ({ body, headers, status }) =>
        // the head is the whole answer where there is no body
        fault._tag === "CutBody" && bodiless(status)
          ? Delivery.Reset()
          : Delivery.Part({
            status,
            headers,
            bytes: part(toBytes(body), fault.bytes),
            ending: fault._tag === "CutBody" ? "cut" : "stall"
          }))
    case "CutJson":
      return onWhole(answer, (delivery) => replaceBody(delivery, part(toBytes(delivery.body), fault.bytes)))
    case "EmptyBody":
      return onWhole(answer, (delivery) => replaceBody(delivery, new Uint8Array()))
    case "UnknownKeys":
      return alterJson(answer, (json) => withKey(json, surroundings.places, unknown, { nested: true }))
    case "UnknownMembers":
      return alterJson(answer, (json) => withTexts(json, surroundings.places.enums, unknown))
    case "Alter":
      return alterJson(answer, fault.alter)
  }
}

/** Throws now what a transport would throw later. */
export const checkSendable = (fault: Fault) => {
  const head = fault._tag === "HtmlPage" ? asResponse(fault) : fault
  if (head._tag === "Respond" && !canBeSent(head.status, head.headers ?? {})) {
    throw new RangeError("no transport can send this status with these headers")
  }
}
