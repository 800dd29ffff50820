import { defineProject } from "vitest/config"

export default defineProject({
  test: {
    name: "pipeline",
    include: ["test/**/*.test.ts"],
    // Nothing here takes this long; a busy machine may.
    testTimeout: 30_000
  }
})
