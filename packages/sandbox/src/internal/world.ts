import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import type { SandboxOptions } from "../Sandbox.js"
import type { World } from "./emulator.js"

/** A bijection of 32 bit integers that leaves no pattern of its input (the finaliser of MurmurHash3). */
export const mix = (value: number): number => {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

const word = (value: number): string =>
  `${hex[value >>> 24]}${hex[(value >>> 16) & 255]}${hex[(value >>> 8) & 255]}${hex[value & 255]}`

/** Distinct counters give distinct ids: the first word is a bijection of the counter. */
export const uuid4 = (seed: number, counter: number): string => {
  const a = word(mix(counter ^ mix(seed)))
  const b = word((mix(counter + Math.imul(seed, 31) + 0x9e3779b9) & 0xffff0fff) | 0x4000)
  const c = word((mix(counter ^ (mix(seed + 7) >>> 1)) & 0x3fffffff) | 0x80000000)
  const d = word(mix(mix(counter + 0x51ed270b) ^ mix(seed + 13)))
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`
}

export interface RestorableWorld extends World {
  /** How many writes there were. */
  readonly writes: () => number
  readonly snapshot: () => () => void
}

export const makeWorld = (options: SandboxOptions | undefined, clock: Clock.Clock): RestorableWorld => {
  const seed = options?.seed ?? 1
  const tick = Math.round(Duration.toMillis(options?.tick ?? "1 millis") * 1000)
  let now = Date.parse(options?.startTime ?? "2026-01-03T13:37:00Z") * 1000
  if (Number.isNaN(now)) throw new RangeError(`startTime is no ISO time: ${options?.startTime}`)
  let counter = 0
  let writes = 0
  return {
    nextId: () => uuid4(seed, counter++),
    now: () => now,
    clock: () => clock.unsafeCurrentTimeMillis(),
    rateLimits: options?.rateLimits ?? true,
    writeMoment: () => {
      const moment = now
      now += tick
      writes++
      return moment
    },
    writes: () => writes,
    snapshot: () => {
      const before = { now, counter, writes }
      return () => {
        ;({ now, counter, writes } = before)
      }
    }
  }
}
