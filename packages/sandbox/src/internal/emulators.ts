import type { Records, Seeds } from "../SandboxControl.js"
import { autumn } from "./autumn/emulator.js"
import type { Emulators } from "./emulator.js"
import { flexprice } from "./flexprice/emulator.js"
import { mollie } from "./mollie/emulator.js"
import { pinPayments } from "./pin-payments/emulator.js"
import { polar } from "./polar/emulator.js"

/** What the published sandbox emulates. */
export const emulators: Emulators<Seeds, Records> = {
  polar,
  mollie,
  "pin-payments": pinPayments,
  autumn,
  flexprice
}
