/** What the README shows is what the server says, started as a reader starts it. */
import { HttpApiSchema } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import * as Problem from "../src/Problem.js"
import { failures } from "./failures.js"
import { start } from "./process.js"

const fileOf = (path: string) => new URL(`../${path}`, import.meta.url)

const readme = readFileSync(fileOf("README.md"), "utf8")

/** Commands, and what they print. */
const shown = [...readme.matchAll(/^```sh\n([^`]*?)^```\n\n```json\n([^`]*?)^```$/gm)].map(([, commands, output]) => ({
  commands: commands!,
  output: output!
}))

const printed = (commands: string) =>
  Effect.async<string>((resume) => {
    const child = execFile("bash", ["-e"], (error, stdout, stderr) =>
      resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(`${commands}: ${stderr}`))))
    child.stdin?.end(commands)
    return Effect.sync(() =>
      child.kill()
    )
  })

/** One answer a line, however many of them a command prints. */
const lines = (text: string) => text.replaceAll(/\}(?=[\d{])/g, "}\n").trim().split("\n")

describe("the README", () => {
  it.scopedLive("shows what the server answers, in its order", () =>
    Effect.gen(function*() {
      const backend = yield* start()
      const url = yield* backend.url
      const [first] = (yield* backend.output).split("\n")
      expect(JSON.parse(first!)).toMatchObject({
        logLevel: "WARN",
        message: expect.stringMatching(/^No PROVIDERS are set: all five run on an embedded sandbox at http:/)
      })
      expect(shown.length).toBeGreaterThan(8)
      for (const { commands, output } of shown) {
        const answered = yield* printed(commands.replaceAll("localhost:3000", url))
        expect(lines(answered), commands).toEqual(lines(output))
      }
      yield* backend.signal("SIGINT")
      expect((yield* backend.ended).status).toBe(0)
    }), 30_000)

  it("has every error of the SDK with its status", () => {
    const rows = [...readme.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| (\d{3}) \| `(\w+)` \|$/gm)].flatMap((
      [, errors, status, tag]
    ) => errors!.split(", ").map((error) => `${error.replaceAll("`", "")} ${status} ${tag}`))
    expect(rows).toEqual(
      Object.entries(failures).map(([error, [, status, body]]) =>
        `${error} ${status} ${(body as { _tag: string })._tag}`
      )
    )
  })

  it("has every other problem with its status", () => {
    for (const problem of [Problem.BadRequest, Problem.UnknownProvider, Problem.UnknownRoute, Problem.InternalError]) {
      expect(readme).toContain(`| ${HttpApiSchema.getStatusErrorAST(problem.ast)} | \`${problem._tag}\` |`)
    }
  })

  it("has every file", () => {
    const named = [...readme.matchAll(/\(src\/(\w+\.ts)\)/g)].map(([, file]) => file)
    expect(named.sort()).toEqual(readdirSync(fileOf("src")).sort())
  })
})
