/** Tables of plain text, and numbers as people read them. */

const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

/** `2500` as `2,500`. */
export const grouped = (value: number): string => wholeNumber.format(value)

type Cell = string | number

/** The columns of numbers are aligned on the right. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Cell>>): string => {
  const texts = [head, ...rows.map((row) => row.map((cell) => typeof cell === "number" ? grouped(cell) : cell))]
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"))
  const line = (row: ReadonlyArray<string>) =>
    widths.map((width, column) => {
      const text = row[column] ?? ""
      return isNumeric[column] === true ? text.padStart(width) : text.padEnd(width)
    }).join("  ").trimEnd()
  const [titles = [], ...others] = texts
  return [line(titles), widths.map((width) => "-".repeat(width)).join("  "), ...others.map(line)].join("\n")
}
