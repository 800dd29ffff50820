/** The steps as a table of plain text. */
import { Duration } from "effect"
import type { Step } from "./journal.js"

const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

/** `2500` as `2,500`. */
export const grouped = (value: number): string => wholeNumber.format(value)

export const table = (steps: ReadonlyArray<Step>): string => {
  const rows = [
    ["operation", "calls", "result", "time"],
    ...steps.map(({ calls, operation, result, time }) => [
      operation,
      grouped(calls),
      result,
      `${grouped(Duration.toMillis(time))} ms`
    ])
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: ReadonlyArray<string>) =>
    row.map((cell, column) => isNumeric(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))
      .join("  ")
  const rule = widths.map((width) => "-".repeat(width)).join("  ")
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n")
}

const isNumeric = (column: number): boolean => column === 1 || column === 3
