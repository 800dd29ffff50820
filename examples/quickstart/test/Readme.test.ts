import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

/** The contents of the README's code blocks of one language. */
const blocks = (language: string): ReadonlyArray<string> =>
  [...textOf("../../../README.md").matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))]
    .map(([, code]) => code ?? "")

/** What a program of `test/readme` prints. */
const printed = (file: string) =>
  Effect.async<string>((resume) => {
    const child = execFile(
      process.execPath,
      ["--import", "tsx", `test/readme/${file}`],
      { cwd: fileURLToPath(new URL("..", import.meta.url)) },
      (error, stdout, stderr) => resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(stderr)))
    )
    return Effect.sync(() => child.kill())
  })

describe("the README", () => {
  it("shows the program and the test that are run here, letter for letter", () => {
    expect(blocks("ts")).toContain(textOf("readme/program.ts"))
    expect(blocks("ts")).toContain(textOf("readme/signUp.test.ts"))
  })

  it("keeps the program to twenty lines", () => {
    expect(textOf("readme/program.ts").trimEnd().split("\n").length).toBeLessThanOrEqual(20)
  })

  it.live("shows what they print", () =>
    Effect.gen(function*() {
      const output = yield* Effect.all([printed("program.ts"), printed("errors.ts")], { concurrency: 2 })
      expect(blocks("text")).toEqual(output)
    }))
})
