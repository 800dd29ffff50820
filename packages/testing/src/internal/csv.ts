/** @internal */
export type Rows = ReadonlyArray<ReadonlyArray<string>>

/** A cell, and what ends it: a comma, the end of the line, the end of the text. */
const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

/**
 * The cells of a CSV as RFC 4180 has it; nothing where it is none.
 *
 * @internal
 */
export const parseCsv = (text: string): Rows | undefined => {
  const rows: Array<Array<string>> = []
  let row: Array<string> = []
  cell.lastIndex = 0
  while (cell.lastIndex < text.length || row.length > 0) {
    const [, quoted, plain = "", end] = cell.exec(text) ?? []
    if (end === undefined) return undefined
    row.push(quoted?.replaceAll("\"\"", "\"") ?? plain)
    if (end === ",") continue
    rows.push(row)
    row = []
  }
  return rows
}

/** @internal */
export const formatCsv = (rows: Rows): string =>
  rows.map((cells) =>
    cells.map((text) => /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text).join(",") + "\r\n"
  ).join("")
