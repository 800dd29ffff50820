import * as Data from "effect/Data"

/** What a transport has to put on the wire. */
export type Delivery = Data.TaggedEnum<{
  Whole: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array | Iterable<Uint8Array>
  }
  Part: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly bytes: Uint8Array
    readonly ending: "cut" | "stall"
  }
  Reset: {}
}>
export const Delivery = Data.taggedEnum<Delivery>()

export const encoder = new TextEncoder()
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

export const bodiless = (status: number): boolean => status === 204 || status === 205 || status === 304

export const withLength = (headers: Readonly<Record<string, string>>, status: number, bytes: Uint8Array) =>
  bodiless(status) ? headers : { "content-length": String(bytes.length), ...headers }
