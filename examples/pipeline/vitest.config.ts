import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    name: "pipeline-example",
    include: ["test/**/*.test.ts"],
    // Some of these tests start whole programs, perhaps on a busy machine.
    testTimeout: 60_000,
    // the files change nothing that others see: modules are loaded once
    poolOptions: { forks: { isolate: false, minForks: 1, maxForks: 1 } }
  }
})
