/** Rows as markdown. Rows with the same result are one line; no operation and no fault is left out. */
import type { Row } from "./measure.js"
import { kinds } from "./provider.js"

const cells = (row: Row): string =>
  [
    row.attempts,
    row.outcome,
    row.mayHaveApplied === undefined ? "–" : row.mayHaveApplied ? "yes" : "no",
    row.createdTwice,
    row.lost,
    row.hung,
    row.secrets
  ].join(" | ")

const groupBy = <A>(values: ReadonlyArray<A>, key: (value: A) => string): ReadonlyArray<ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group === undefined) groups.set(key(value), [value])
    else group.push(value)
  }
  return [...groups.values()]
}

const faultNames = (faults: ReadonlyArray<Row["fault"]>): string => {
  const namesOf = (cases: ReadonlyArray<Row["fault"]>) => cases.map(({ name }) => name)
  const once = namesOf(faults.filter(({ times }) => times === 1))
  const forEver = namesOf(faults.filter(({ times }) => times !== 1))
  return [
    ["once or for ever", once.filter((name) => forEver.includes(name))] as const,
    [
      "once",
      once.filter((name) => !forEver.includes(name))
    ] as const,
    ["for ever", forEver.filter((name) => !once.includes(name))] as const
  ]
    .flatMap(([often, names]) => names.length === 0 ? [] : [`*${often}:* ${names.join(", ")}`]).join("; ")
}

const operationNames = (operations: ReadonlyArray<Row["operation"]>, all: number): string =>
  operations.length === all && all > 1 ? "all" : operations.map(({ name }) => `\`${name}\``).join(", ")

const head = [
  "| provider | operation | fault | attempts | outcome | `mayHaveApplied` | created more than once | lost | hung | " +
  "secrets |",
  "|---|---|---|---|---|---|---|---|---|---|"
]

const section = (rows: ReadonlyArray<Row>, operations: number): ReadonlyArray<string> => {
  // first the operations that a fault leaves with the same result, then the faults that do so to the same operations
  const byFault = groupBy(rows, ({ fault }) => `${fault.name} ${fault.times}`).flatMap((rows) => groupBy(rows, cells))
  const folded = groupBy(
    byFault,
    (rows) => rows.map(({ operation }) => operation.name).join() + (rows[0] === undefined ? "" : cells(rows[0]))
  )
  return folded.flatMap((lines) => {
    const [rows] = lines
    const [row] = rows ?? []
    if (rows === undefined || row === undefined) return []
    const faults = lines.flatMap(([row]) => row === undefined ? [] : [row.fault])
    const names = operationNames(rows.map(({ operation }) => operation), operations)
    return [`| ${row.provider} | ${names} | ${faultNames(faults)} | ${cells(row)} |`]
  })
}

/** The rows of one provider, by the kind of their operations. */
export const tables = (rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  groupBy(rows, ({ operation }) => operation.kind).flatMap((rows) => {
    const operations = [...new Map(rows.map(({ operation }) => [operation.name, operation])).values()]
    const [first] = operations
    return first === undefined ? [] : [
      `### ${kinds[first.kind]}`,
      "",
      operations.map(({ name }) => `\`${name}\``).join(", ") + ".",
      "",
      ...head,
      ...section(rows, operations.length),
      ""
    ]
  })

export const totals = (rows: ReadonlyArray<Row>) => ({
  createdTwice: rows.reduce((sum, row) => sum + row.createdTwice, 0),
  lost: rows.reduce((sum, row) => sum + row.lost, 0),
  hung: rows.reduce((sum, row) => sum + row.hung, 0),
  secrets: rows.reduce((sum, row) => sum + row.secrets, 0)
})

/** Rows with something that must not be. */
export const broken = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.filter((row) => row.createdTwice + row.lost + row.hung + row.secrets > 0)

/** One line that stands for itself. */
export const line = (row: Row): string =>
  `${row.provider} | ${row.operation.name} | ${faultNames([row.fault])} | ${cells(row)}`
