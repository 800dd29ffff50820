/**
 * The tests that judge mutants: those of the package that MUTANTS names, on the sources that Stryker changed.
 *
 * Stryker switches a mutant on at run time, so one thread runs all of them and loads modules once; vitest would
 * start a thread for each. What runs while a module loads is loaded anew (see ./thread.ts).
 */
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { failLoading, keepThread } from "./thread.js"

const name = process.env.MUTANTS

const packages = fileURLToPath(new URL("../../packages", import.meta.url))

await keepThread(packages)

export default defineConfig({
  resolve: {
    // The links in node_modules lead out of Stryker's copy.
    alias: [
      { find: /^@effect-customers\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@effect-customers\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }
    ]
  },
  test: {
    include: [
      `packages/${name}/test/**/*.test.ts`,
      // what a provider claims, and the values that schemas make up
      `packages/testing/test/${name === "core" ? "Arbitrary" : "Contract"}.test.ts`
    ],
    // Minutes of sockets and processes, and texts that are compared with sources.
    exclude: ["**/{Guide,RateLimitRedis,Reliability,Sockets,Telemetry,Types}.test.ts"],
    setupFiles: [fileURLToPath(new URL("setup.ts", import.meta.url))],
    reporters: [failLoading],
    pool: "threads",
    poolOptions: { threads: { isolate: false, singleThread: true } },
    // for a mutant that hangs; a busy machine needs some of it
    testTimeout: 30_000
  }
})
