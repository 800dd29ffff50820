/** Runs before each file of tests. */
import { beforeEach, inject } from "vitest"

declare module "vitest" {
  interface ProvidedContext {
    readonly mutantActivation: "static" | "runtime" | undefined
  }
}

declare global {
  var __stryker__: { activeMutant?: string | undefined } | undefined
}

// A file is loaded without the mutant of the run before; Stryker's own setup has switched on one that is to be loaded.
if (globalThis.__stryker__ !== undefined && inject("mutantActivation") !== "static") {
  globalThis.__stryker__.activeMutant = undefined
}

/** The same again on real sockets, and walks among hundreds of writes: seconds each, and others judge the same code. */
const slow = [
  /\bover (fetch|node|undici)\b|\bon a port\b/,
  /\b(while (customers|others|rows)|meanwhile|during a walk|1 per page|whatever is stored|reads back)\b/
]

const isSlow = (name: string): boolean => slow.some((words) => words.test(name))

/** Of the contract, what judges the package. */
const isOfOther = (suite: string): boolean => !process.env["MUTANTS"]?.startsWith(suite.split(/[ ,]/, 1).join())

beforeEach(({ skip, task }) => {
  if (isSlow(task.name)) skip()
  for (let at = task.suite; at !== undefined; at = at.suite) {
    if (
      isSlow(at.name) || (task.file.name.endsWith("/Contract.test.ts") && at !== task.file && isOfOther(at.name))
    ) skip()
  }
})
