/** Autumn's route limiter: a window opens with the first call of its key and counts until it ends. */
import type { World } from "../emulator.js"

interface Window {
  readonly end: number
  count: number
}

export interface Verdict {
  readonly passes: boolean
  /** They are on every answer of a limited route. */
  readonly headers: Readonly<Record<string, string>>
}

const second = 1000

export const makeLimiter = (world: World) => {
  const windows = new Map<string, Window>()
  return (key: string, limit: number): Verdict => {
    if (!world.rateLimits) return { passes: true, headers: {} }
    const now = world.clock()
    let window = windows.get(key)
    if (window === undefined || now >= window.end) {
      // Nobody comes back to most of them.
      if (windows.size >= 10_000) { for (const [old, { end }] of windows) if (now >= end) windows.delete(old) }
      window = { end: now + second, count: 0 }
      windows.set(key, window)
    }
    window.count++
    const left = window.end - now
    const passes = window.count <= limit
    return {
      passes,
      headers: {
        "ratelimit-policy": `${limit};w=1`,
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": String(Math.max(0, limit - window.count)),
        "ratelimit-reset": String(Math.ceil(left / second)),
        ...(passes ? {} : { "retry-after": String(Math.round(left / second)) })
      }
    }
  }
}
