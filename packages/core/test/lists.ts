/** What lists made at random are made of. */
import { InvalidResponse } from "@effect-customers/core"

/** A sequence of numbers in [0, 1) that a seed decides. */
export const chances = (seed: number) => {
  let state = seed + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** A row that cannot be read, told of by its id. */
export const unreadable = (id: string) =>
  new InvalidResponse({
    provider: "acme",
    operation: "list",
    mayHaveApplied: false,
    repeat: "always",
    issues: [{ path: id, expected: "" }]
  })
