import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { FileSystem } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { providerNames } from "../src/providers.js"
import { folder, linesOf, onSandbox, platform, textOf } from "./commandLine.js"

describe("export", () => {
  it.scopedLive("of all providers writes a file each, with everybody in it", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      yield* Effect.forEach(providerNames, (provider, index) => control.seed(provider, 60 + index))
      const out = fileOf("customers")
      const ended = yield* onSandbox(["export", "--provider", "all", "--format", "ndjson", "--out", out])
      expect(ended, ended.stderr).toMatchObject({
        exitCode: 0,
        stdout: [
          "provider      customers  from an earlier run  unreadable  file",
          `------------  ---------  -------------------  ----------  ${"-".repeat(out.length + 20)}`,
          `polar                60                    0           0  ${out}/polar.ndjson`,
          `mollie               61                    0           0  ${out}/mollie.ndjson`,
          `pin-payments         62                    0           0  ${out}/pin-payments.ndjson`,
          `autumn               63                    0           0  ${out}/autumn.ndjson`,
          `flexprice            64                    0           0  ${out}/flexprice.ndjson`,
          ""
        ].join("\n")
      })
      for (const provider of providerNames) {
        const ids = (yield* linesOf(`${out}/${provider}.ndjson`)).map(({ id }) => id)
        const there = yield* idsAt(provider)
        expect([...ids].sort(), provider).toEqual([...there].sort())
      }
      const again = yield* onSandbox(["export", "--provider", "all", "--format", "ndjson", "--out", out])
      expect(again.exitCode, again.stderr).toBe(0)
      expect(again.stdout).toMatch(/^autumn +63 +63 +0 {2}/m)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("writes CSV, and SQLite with all providers in one file", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      yield* Effect.forEach(providerNames, (provider) => control.seed(provider, 30))
      const csv = fileOf("mollie.csv")
      const database = fileOf("customers.db")
      expect(yield* onSandbox(["export", "--provider", "mollie", "--format", "csv", "--out", csv])).toMatchObject({
        exitCode: 0
      })
      expect((yield* textOf(csv)).trimEnd().split("\r\n")).toHaveLength(31)
      const ended = yield* onSandbox(["export", "--provider", "all", "--format", "sqlite", "--out", database])
      expect(ended).toMatchObject({ exitCode: 0 })
      expect(ended.stdout.match(new RegExp(`^\\S+ +30 +0 +0  ${database}$`, "gm"))).toHaveLength(5)
      const again = yield* onSandbox(["export", "--provider", "all", "--format", "sqlite", "--out", database])
      expect(again.stdout.match(new RegExp(`^\\S+ +30 +30 +0  ${database}$`, "gm"))).toHaveLength(5)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("goes on where it stopped, and says so", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      yield* control.seed("mollie", 95)
      const out = fileOf("mollie.ndjson")
      const again = onSandbox([
        "export",
        "--provider",
        "mollie",
        "--format",
        "ndjson",
        "--out",
        out,
        "--page-size",
        "10"
      ])
      yield* control.inject({ operation: "list", from: 5, fault: Fault.Respond({ status: 401 }) })
      expect(yield* again).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: expect.stringMatching(
          /^mollie: 40 customers, [\d,]+\/s\nmollie: mollie list: authentication failed \(status 401\)\n$/
        )
      })
      yield* control.clearFaults
      expect((yield* again).stdout).toMatch(/^mollie +95 +40 +0 {2}/m)
      expect(new Set((yield* linesOf(out)).map(({ id }) => id)).size).toBe(95)
      expect(yield* linesOf(out)).toHaveLength(95)

      const finished = yield* again
      expect(finished.stdout).toMatch(/^mollie +95 +95 +0 {2}/m)
      expect(finished.stdout).toContain("\nAn earlier run has exported all of it. --restart exports it anew.\n")
      yield* control.seed("mollie", 1)
      const anew = yield* onSandbox(
        ["export", "--provider", "mollie", "--format", "ndjson", "--out", out, "--restart"]
      )
      expect(anew.stdout).toMatch(/^mollie +96 +0 +0 {2}/m)
      expect(yield* linesOf(out)).toHaveLength(96)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("of all providers: one that fails does not stop the others", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      yield* Effect.forEach(providerNames, (provider) => control.seed(provider, 5))
      yield* control.inject({
        provider: "autumn",
        operation: "list",
        times: Infinity,
        fault: Fault.Respond({ status: 403 })
      })
      const ended = yield* onSandbox(["export", "--provider", "all", "--format", "csv", "--out", fileOf("out")])
      expect(ended.exitCode).toBe(1)
      expect(ended.stderr).toMatch(/\nautumn: autumn list: permission denied \(status 403\)\n$/)
      // what came of the others is told all the same
      expect(ended.stdout.match(/^\S+ +5 +0 +0 {2}/gm)).toHaveLength(4)
      for (const provider of ["polar", "mollie", "pin-payments", "flexprice"]) {
        expect((yield* textOf(fileOf(`out/${provider}.csv`))).trimEnd().split("\r\n"), provider).toHaveLength(6)
      }
    }).pipe(Effect.provide(platform)))

  it.scopedLive("that could not read a row ends with 3, and the row is beside the file", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fileOf = yield* folder
      const out = fileOf("polar.ndjson")
      yield* control.seed("polar", 3)
      yield* control.inject({
        operation: "list",
        fault: Fault.Alter({
          alter: (json: any) => ({ ...json, items: [{ ...json.items[0], id: 7 }, ...json.items.slice(1)] })
        })
      })
      const ended = yield* onSandbox(["export", "--provider", "polar", "--format", "ndjson", "--out", out])
      expect(ended.exitCode).toBe(3)
      expect(ended.stdout).toMatch(/^polar +2 +0 +1 {2}/m)
      expect(ended.stderr).toMatch(
        /\nRows that could not be read: 1\. They are in a file beside the others, \.unreadable\.ndjson\.\n$/
      )
      expect(yield* linesOf(out)).toHaveLength(2)
      expect(yield* linesOf(`${out}.unreadable.ndjson`)).toHaveLength(1)
    }).pipe(Effect.provide(platform)))

  it.scopedLive("makes files that their owner alone can read", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const fs = yield* FileSystem.FileSystem
      const fileOf = yield* folder
      yield* control.seed("polar", 3)
      yield* onSandbox(["export", "--provider", "polar", "--format", "ndjson", "--out", fileOf("polar.ndjson")])
      yield* onSandbox(["export", "--provider", "polar", "--format", "sqlite", "--out", fileOf("polar.db")])
      for (const name of ["polar.ndjson", "polar.ndjson.checkpoint.json", "polar.db"]) {
        expect((yield* fs.stat(fileOf(name))).mode & 0o777, name).toBe(0o600)
      }
    }).pipe(Effect.provide(platform)))

  it.scopedLive("of nobody says nothing of an earlier run", () =>
    Effect.gen(function*() {
      const out = (yield* folder)("polar.csv")
      const exporting = onSandbox(["export", "--provider", "polar", "--format", "csv", "--out", out])
      for (const ended of [yield* exporting, yield* exporting]) {
        expect(ended).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining("An earlier run") })
      }
    }).pipe(Effect.provide(platform)))

  it.scopedLive("into a folder that is not there is one line on stderr", () =>
    Effect.gen(function*() {
      const fileOf = yield* folder
      const out = fileOf("nowhere/polar.csv")
      expect(yield* onSandbox(["export", "--provider", "polar", "--format", "csv", "--out", out])).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `polar: ${out}: there is no such file or directory (ENOENT)\n`
      })
    }).pipe(Effect.provide(platform)))
})

const idsAt = (provider: (typeof providerNames)[number]) =>
  Effect.gen(function*() {
    const control = yield* SandboxControl
    switch (provider) {
      case "pin-payments":
        return (yield* control.customers(provider)).map(({ token }) => token)
      case "autumn":
        return (yield* control.customers(provider)).map(({ email, id }) => id ?? email)
      default:
        return (yield* control.customers(provider)).map(({ id }) => id)
    }
  })
