/** What became of each customer, in a file and in tables. It holds ids, fields and reasons, and no personal data. */
import type { CustomersCopy, CustomersImport } from "@effect-customers/pipeline"
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Array, DateTime, Effect, Option, Order, type Scope, Struct } from "effect"
import { table } from "./table.js"

/** What is told of each outcome. */
export type Report = (outcome: CustomersImport.Outcome) => Effect.Effect<void, PlatformError>

/** Writes those outcomes to a file that say more than that a customer arrived whole. Runs add to it. */
export const reportFile = (path: string): Effect.Effect<Report, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "a", mode: 0o600 })
    const encoder = new TextEncoder()
    return (outcome) =>
      outcome._tag === "Created" && outcome.without.length === 0
        ? Effect.void
        : Effect.flatMap(DateTime.now, (now) => {
          const line = { at: DateTime.formatIso(now), outcome: outcome._tag, ...detailsOf(outcome) }
          return file.writeAll(encoder.encode(`${JSON.stringify(line)}\n`))
        })
  })

const detailsOf = (outcome: CustomersImport.Outcome) => {
  switch (outcome._tag) {
    case "Created":
      return { sourceId: outcome.sourceId, targetId: outcome.targetId, without: outcome.without }
    case "Skipped":
      return { sourceId: outcome.sourceId, targetId: Option.getOrNull(outcome.targetId), reason: outcome.reason }
    case "Failed":
      return { sourceId: Option.getOrNull(outcome.sourceId), error: outcome.error.message, reasons: outcome.reasons }
    case "MaybeApplied":
      return { sourceId: outcome.sourceId, error: outcome.error.message }
  }
}

const mostFirst = Array.sortWith(({ customers }: CustomersCopy.Finding) => customers, Order.reverse(Order.number))

const reasonsTable = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
  rows.length === 0 ? "" : `\n\n${table(head, rows)}`

export const dryRunTables = (run: CustomersCopy.DryRun): string => {
  const counts = table(["a copy would", "customers"], [
    ["create whole", run.whole],
    ["create without some fields", run.partly],
    ["find there by their external id", run.conflicts],
    ["not create", run.failing],
    ["not be able to read", run.unreadable]
  ])
  const findings = mostFirst([...run.unsupported, ...run.missing, ...run.invalid])
  return counts + reasonsTable(
    ["field", "reason", "customers"],
    findings.map(({ customers, path, reason }) => [path, reason, customers])
  )
}

export const reportTables = (report: CustomersImport.Report): string => {
  const counts = table(["outcome", "customers"], [
    ["created", report.created],
    ["skipped", report.skipped],
    ["not created", report.failed],
    ["maybe created", report.maybeApplied]
  ])
  const reasons = Struct.entries(words).flatMap(([tag, words]) =>
    mostFirst(report.reasons.filter(({ outcome }) => outcome === tag))
      .map(({ customers, path, reason }) => [words, path, reason, customers])
  )
  return counts + reasonsTable(["outcome", "field", "reason", "customers"], reasons)
}

const words = {
  Created: "created without",
  Skipped: "skipped",
  Failed: "not created",
  MaybeApplied: "maybe created"
}
