import { defineProject } from "vitest/config"

export default defineProject({
  test: {
    name: "polar",
    include: ["test/**/*.test.ts"],
    // each file in a thread of its own: see the root's configuration
    pool: "threads",
    // Nothing here takes this long; a busy machine may.
    testTimeout: 30_000
  }
})
