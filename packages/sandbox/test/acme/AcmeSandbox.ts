/**
 * The sandbox with acme beside the published providers, for the tests of any package (by its relative path): acme
 * answers `https://api.acme.example` in process and `server.urlOf("acme")` on a port.
 */
import * as Context from "effect/Context"
import { emulators } from "../../src/internal/emulators.js"
import { sandboxOf } from "../../src/internal/sandboxOf.js"
import type { Records, SandboxControlOf, Seeds } from "../../src/SandboxControl.js"
import { acme, type AcmeRecord, type AcmeSeed } from "./emulator.js"

export interface AcmeSeeds extends Seeds {
  readonly acme: AcmeSeed
}

export interface AcmeRecords extends Records {
  readonly acme: AcmeRecord
}

export * as Fault from "../../src/Fault.js"
export { SandboxServer } from "../../src/SandboxServer.js"

/** What `SandboxControl` is to the published sandbox. */
export class AcmeControl extends Context.Tag("@effect-customers/sandbox/test/AcmeControl")<
  AcmeControl,
  SandboxControlOf<AcmeSeeds, AcmeRecords>
>() {}

/** `layer`, `layerFetch`, `layerServer` and `serve` as in `Sandbox`, with `AcmeControl`. */
export const AcmeSandbox = sandboxOf(AcmeControl, { ...emulators, acme })
