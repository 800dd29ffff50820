/**
 * Idempotency keys as Autumn has them: a key is good for one call in 24 hours of the clock, on every route. A repeat is
 * refused, not replayed; the key is free again when its first answer was a 4xx or a 5xx other than 409, and when its
 * call never got an answer.
 */
import type { Answer, Call, World } from "../emulator.js"

const hours24 = 24 * 3_600_000

interface Use {
  /** The call that runs; absent once it has its answer. */
  readonly by: Call | undefined
  readonly end: number
}

export const makeOnceKeys = (world: World, keyOf: (call: Call) => string | undefined) => {
  let uses = new Map<string, Use>()
  const refused = new WeakSet<Call>()

  return {
    arrived: (call: Call): () => void => {
      const key = keyOf(call)
      if (key === undefined) return () => {}
      const use = uses.get(key)
      if (use !== undefined && world.clock() < use.end) {
        refused.add(call)
        return () => {}
      }
      uses.set(key, { by: call, end: Infinity })
      return () => {
        if (uses.get(key)?.by === call) uses.delete(key)
      }
    },
    answer: (call: Call, next: () => Answer, refuse: () => Answer): Answer => {
      const key = keyOf(call)
      if (key === undefined) return next()
      if (refused.has(call)) return refuse()
      const answer = next()
      if (answer.status >= 400 && answer.status !== 409) uses.delete(key)
      else uses.set(key, { by: undefined, end: world.clock() + hours24 })
      return answer
    },
    snapshot: () => {
      const before = new Map(uses)
      return () => {
        uses = new Map(before)
      }
    }
  }
}
