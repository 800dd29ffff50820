/**
 * Idempotency keys, as Mollie documents them: honoured for POST alone; the first answer is kept for an hour of the
 * clock and replayed with `Idempotent-Replayed: true`; the same key with another endpoint or other parameters is a 400,
 * the same key while the first call still runs a 409.
 *
 * A call runs from its arrival until its answer is worked out. So it runs through a `Delay` whose answer is of after
 * the wait, and does not through one whose answer is of before it: there the work is done and only the answer is late.
 * Whoever arrives with the key of a running call is refused, however late that answer is worked out itself.
 */
import type { Answer, Call, World } from "./emulator.js"

export interface KeyStoreOptions {
  /** Whose keys these are: the same key of two accounts is two keys. */
  readonly accountOf: (call: Call) => string
  /** The provider's own answer to a key that cannot be honoured. */
  readonly refuse: (status: 400 | 409, message: string) => Answer
}

export interface KeyStore {
  /** For `Instance.arrived`: the first call with a key holds it until the call is over. */
  readonly arrived: (call: Call) => () => void
  /**
   * Answers from the store, or refuses, or lets `next` answer and keeps whatever it says, refusals and errors included.
   * What is turned away before this is asked, and what a fault answers in its place, is not kept.
   */
  readonly answer: (call: Call, next: () => Answer) => Answer
  readonly snapshot: () => () => void
}

type Use =
  | { readonly _tag: "Running"; readonly by: Call; readonly asked: string }
  | { readonly _tag: "Kept"; readonly answer: Answer; readonly asked: string; readonly end: number }

const header = "idempotency-key"
const hour = 3_600_000

/** Another endpoint or other parameters give another text. */
const asked = ({ method, path, search, text }: Call): string => JSON.stringify([method, path, search, text])

/** A generator can be read once only. */
const repeatable = (answer: Answer): Answer =>
  answer.body === undefined || typeof answer.body === "string" ? answer : { ...answer, body: Array.from(answer.body) }

export const makeKeyStore = (world: World, { accountOf, refuse }: KeyStoreOptions): KeyStore => {
  let uses = new Map<string, Use>()
  const refused = new WeakMap<Call, Answer>()

  const keyOf = (call: Call): string | undefined => {
    const key = call.headers[header] ?? ""
    return call.method !== "POST" || key === "" ? undefined : JSON.stringify([accountOf(call), key])
  }

  const useOf = (key: string): Use | undefined => {
    const use = uses.get(key)
    return use?._tag === "Kept" && world.clock() >= use.end ? undefined : use
  }

  /** What a call gets whose key somebody else has used. */
  const used = (use: Use, call: Call): Answer =>
    use.asked !== asked(call)
      ? refuse(400, "The idempotency key was used with another endpoint or other parameters.")
      : use._tag === "Running"
      ? refuse(409, "A request with this idempotency key is still being processed.")
      : { ...use.answer, headers: { ...use.answer.headers, "idempotent-replayed": "true" } }

  return {
    arrived: (call) => {
      const key = keyOf(call)
      const use = key === undefined ? undefined : useOf(key)
      if (use?._tag === "Running") refused.set(call, used(use, call))
      if (key === undefined || use !== undefined) return () => {}
      uses.set(key, { _tag: "Running", by: call, asked: asked(call) })
      return () => {
        const use = uses.get(key)
        if (use?._tag === "Running" && use.by === call) uses.delete(key)
      }
    },
    answer: (call, next) => {
      const key = keyOf(call)
      if (key === undefined) return next()
      const early = refused.get(call)
      if (early !== undefined) return early
      const use = useOf(key)
      if (use !== undefined && (use._tag === "Kept" || use.by !== call)) return used(use, call)
      const answer = repeatable(next())
      uses.set(key, { _tag: "Kept", answer, asked: asked(call), end: world.clock() + hour })
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
