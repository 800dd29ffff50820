/** The steps as a table of plain text. */
import { Duration } from "effect"
import type { Step } from "./journal.js"

const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

/** `2500` as `2,500`. */
export const grouped = (value: number): string => wholeNumber.format(value)

type Row = readonly [operation: string, calls: string, result: string, time: string]

const rowOf = ({ calls, operation, result, time }: Step): Row => [
  operation,
  grouped(calls),
  result,
  `${grouped(Duration.toMillis(time))} ms`
]

const head: Row = ["operation", "calls", "result", "time"]

export const table = (steps: ReadonlyArray<Step>): string => render([head, ...steps.map(rowOf)], [1, 3])

/** One table of several providers, each named in its first row. */
export const tableOfAll = (
  journeys: ReadonlyArray<{ readonly provider: string; readonly steps: ReadonlyArray<Step> }>
): string =>
  render([
    ["provider", ...head],
    ...journeys.flatMap(({ provider, steps }) =>
      steps.map((step, index) => [index === 0 ? provider : "", ...rowOf(step)])
    )
  ], [2, 4])

const render = (rows: ReadonlyArray<ReadonlyArray<string>>, numeric: ReadonlyArray<number>): string => {
  const [titles = [], ...others] = rows
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: ReadonlyArray<string>) =>
    row.map((cell, column) => numeric.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))
      .join("  ")
  const rule = widths.map((width) => "-".repeat(width)).join("  ")
  return [line(titles), rule, ...others.map(line)].join("\n")
}
