/**
 * A sandbox on a port, once it listens, and why it could not.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * The sandbox could not listen on the port; `code` is the system's (`EADDRINUSE`, `EACCES`, ...).
 *
 * @since 0.1.0
 * @category errors
 */
export class SandboxListenFailed extends Data.TaggedError("SandboxListenFailed")<{
  readonly host: string
  readonly port: number
  readonly code: string
}> {
  override get message() {
    return `the sandbox cannot listen on ${this.host}:${this.port} (${this.code})`
  }
}

/**
 * A sandbox that listens on a port.
 *
 * @since 0.1.0
 * @category tags
 */
export class SandboxServer extends Context.Tag("@effect-customers/sandbox/SandboxServer")<SandboxServer, {
  /** `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Base URL of one provider: `http://127.0.0.1:4010/polar`. */
  readonly urlOf: (provider: string) => string
  /** How many client sockets are open now, and the most that were open at once since the start. */
  readonly sockets: Effect.Effect<{ readonly open: number; readonly everOpen: number }>
}>() {}
