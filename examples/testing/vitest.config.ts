import { defineProject } from "vitest/config"

export default defineProject({
  test: {
    name: "testing-example",
    include: ["test/**/*.test.ts"],
    // These tests start whole programs, perhaps on a busy machine.
    testTimeout: 60_000
  }
})
