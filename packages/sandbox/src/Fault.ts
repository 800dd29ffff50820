/**
 * Faults: what goes wrong between a client and a provider, injected with `SandboxControl.inject`.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type { RequestLogEntry } from "./SandboxControl.js"

/**
 * One thing that goes wrong with an answer. Several rules may hit the same request: they are applied in the order in
 * which they were injected, each to what the one before it made of the answer.
 *
 * @since 0.1.0
 * @category models
 */
export type Fault = Data.TaggedEnum<{
  /**
   * Answers this in place of the truth. The write takes no effect unless `applied`. A body given as text or bytes is
   * sent with its length. `content-type` is only sent when named in `headers`.
   */
  Respond: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly body?: string | Uint8Array | undefined
    readonly applied?: boolean | undefined
  }
  /**
   * Waits on the `Clock` of the fiber that built the layer, then gives the true answer. `answer` says when that answer
   * is worked out (and a write takes effect): `"before"` the wait, so that a late answer carries old data, or
   * `"after"` it (the default).
   */
  Delay: {
    readonly duration: Duration.DurationInput
    readonly answer?: "before" | "after" | undefined
  }
  /**
   * Resets the connection without a byte of an answer, before (default) or after (`applied: true`) the write took
   * effect. On a port the socket is reset; in process `fetch` rejects with `TypeError("fetch failed")` whose cause has
   * the code `ECONNRESET`.
   */
  Reset: { readonly applied?: boolean | undefined }
  /**
   * True status and headers with the full `content-length`, then `bytes` bytes of the body (default: half of them),
   * then the connection ends. In process the body stream errors with `TypeError("terminated")`, cause code
   * `UND_ERR_SOCKET`. The write takes effect, unless `applied: false`, which undoes it.
   */
  CutBody: { readonly bytes?: number | undefined; readonly applied?: boolean | undefined }
  /**
   * A complete transfer with a consistent `content-length` of a JSON text that ends after `bytes` bytes (default: half
   * of them).
   */
  CutJson: { readonly bytes?: number | undefined }
  /**
   * True status, headers and the first `bytes` bytes of the body (default: half of them), then nothing more until the
   * client goes away.
   */
  StallBody: { readonly bytes?: number | undefined }
  /** The true answer with its JSON body changed. Not applied to bodies that are no JSON. */
  Alter: { readonly alter: (json: unknown) => unknown }
}>

const fault = Data.taggedEnum<Fault>()

/**
 * Answers this in place of the truth; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Respond = fault.Respond

/**
 * Gives the true answer late; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Delay = fault.Delay

/**
 * Resets the connection; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Reset = fault.Reset

/**
 * Ends the connection within the body; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const CutBody = fault.CutBody

/**
 * Sends half of a JSON text as if it were the whole; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const CutJson = fault.CutJson

/**
 * Sends a part of the body and then nothing; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const StallBody = fault.StallBody

/**
 * Changes the JSON of the true answer; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Alter = fault.Alter

/**
 * Which requests a fault hits. A rule counts the requests that match it, whether or not it hits them.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultRule {
  /** Name of the provider, `"polar"`; every provider when absent. */
  readonly provider?: string | undefined
  /** Our name of the operation (`list`, `getExternal`, `"unknown"`, ...); every operation when absent. */
  readonly operation?: string | undefined
  /** The first matching request that is hit, counted from 1 (default 1). */
  readonly from?: number | undefined
  /** How many matching requests are hit (default 1); `Infinity` for all from then on. */
  readonly times?: number | undefined
  /** A further condition on the request as it arrived, its body included. */
  readonly match?: ((entry: RequestLogEntry) => boolean) | undefined
  readonly fault: Fault
}
