import { CustomersImport } from "@effect-customers/pipeline"
import { InvalidRequest, RequestTimedOut } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Option, TestClock } from "effect"
import { readFileSync } from "node:fs"
import { ExitCode } from "../src/failures.js"
import { reportFile } from "../src/report.js"
import { folder, pipeline, platform, textOf } from "./commandLine.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

/** The contents of its code blocks of one language. */
const blocks = (language: string): ReadonlyArray<string> =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) => text ?? "")

/** Somebody's own folder, while the commands run. */
const inFolder = Effect.gen(function*() {
  const fileOf = yield* folder
  const before = process.cwd()
  yield* Effect.acquireRelease(
    Effect.sync(() => process.chdir(fileOf(""))),
    () => Effect.sync(() => process.chdir(before))
  )
})

describe("the README", () => {
  it.scopedLive("shows what its commands print, one after the other", () =>
    Effect.gen(function*() {
      yield* inFolder
      const sessions = blocks("console")
      expect(sessions.length).toBeGreaterThan(3)
      for (const session of sessions) {
        const [, args = ""] = session.match(/^\$ npm run pipeline -- (.*)$/m) ?? []
        const { exitCode, stdout, stderr } = yield* pipeline(args.split(" "))
        expect(exitCode, stderr).toBe(0)
        expect(session).toBe(`$ npm run pipeline -- ${args}\n${stdout}`)
      }
    }).pipe(Effect.provide(platform)))

  it.scoped("shows what is in a report", () =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      yield* TestClock.setTime(Date.parse("2026-11-27T13:46:17.035Z"))
      const write = yield* reportFile(fileOf("report.ndjson"))
      const context = { provider: "flexprice", operation: "create", repeat: "never" } as const
      const refused = new InvalidRequest({
        ...context,
        mayHaveApplied: false,
        origin: "sdk",
        issues: [{ path: "name", message: "flexprice requires it" }]
      })
      const lost = new RequestTimedOut({ ...context, mayHaveApplied: true, timeout: Duration.seconds(30) })
      const created = { targetId: "cust_01K3A4", settled: false }
      yield* Effect.forEach([
        new CustomersImport.Created({ ...created, sourceId: "polar/1", without: [] }),
        new CustomersImport.Created({
          ...created,
          sourceId: "polar/2",
          without: [{ path: "locale", reason: "flexprice does not store it" }]
        }),
        new CustomersImport.Skipped({
          sourceId: "polar/3",
          targetId: Option.some("cust_01K3A5"),
          reason: "in the ledger"
        }),
        CustomersImport.failed(refused, "polar/4"),
        new CustomersImport.MaybeApplied({ sourceId: "polar/5", error: lost })
      ], write)
      expect(blocks("ndjson")).toEqual([yield* textOf(fileOf("report.ndjson"))])
    }).pipe(Effect.provide(platform)))

  it("tells all exit codes", () => {
    const codes = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
    expect(codes).toEqual(Object.values(ExitCode))
  })
})
