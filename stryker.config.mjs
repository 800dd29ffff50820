/** Mutants of the package that MUTANTS names: see `npm run mutants` in CONTRIBUTING.md. */
const name = process.env.MUTANTS

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: name === "core" ? ["packages/core/src/**/*.ts"] : [`packages/${name}/src/*{Customers,Error}.ts`],
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  // Which tests import a file says nothing here: through the index, each imports all.
  vitest: { configFile: "scripts/mutants/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  concurrency: 1,
  // vitest does not look at types
  disableTypeChecks: false,
  ignorePatterns: [".mutants", ".examples", ".packed", "dist"],
  tempDirName: `.mutants/tmp/${name}`,
  reporters: ["clear-text", "html", "json"],
  allowConsoleColors: false,
  warnings: { slow: false },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `.mutants/${name}.html` },
  jsonReporter: { fileName: `.mutants/${name}.json` },
  thresholds: { high: 90, low: 80, break: 80 }
}
