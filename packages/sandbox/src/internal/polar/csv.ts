/** The export, as Python's `csv` (Excel dialect), `json` and `repr` write it. */
import { render, type Stored } from "./store.js"

const columns = [
  "ID",
  "External ID",
  "Created At",
  "Email",
  "Name",
  "Tax ID",
  ...["Line 1", "Line 2", "City", "State", "Zip", "Country"].map((part) => `Billing Address ${part}`),
  "Metadata"
]

const cell = (value: string | null | undefined): string =>
  value === null || value === undefined
    ? ""
    : /[",\r\n]/.test(value)
    ? `"${value.replaceAll("\"", "\"\"")}"`
    : value

const line = (cells: ReadonlyArray<string | null | undefined>): string => `${cells.map(cell).join(",")}\r\n`

const pythonString = (text: string): string => {
  const escaped = text.replaceAll("\\", "\\\\")
  return escaped.includes("'") && !escaped.includes("\"") ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`
}

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const pythonJson = (metadata: Stored["metadata"]): string => {
  const entries = Object.entries(metadata)
  return entries.length === 0
    ? ""
    : `{${entries.map(([key, value]) => `${asciiJson(key)}: ${asciiJson(value)}`).join(", ")}}`
}

const row = (stored: Stored): string => {
  const { billing_address: address, created_at, email, external_id, id, metadata, name, tax_id } = render(stored)
  return line([
    id,
    external_id,
    created_at.replace(/Z$/, "+00:00"),
    email,
    name,
    tax_id === null ? null : `(${pythonString(tax_id[0])}, <TaxIDFormat.${tax_id[1]}: '${tax_id[1]}'>)`,
    address?.line1,
    address?.line2,
    address?.city,
    address?.state,
    address?.postal_code,
    address?.country,
    pythonJson(metadata)
  ])
}

/** The header, then the rows in pieces of a hundred. */
export function* csv(customers: ReadonlyArray<Stored>): Iterable<string> {
  yield line(columns)
  for (let from = 0; from < customers.length; from += 100) {
    yield customers.slice(from, from + 100).map(row).join("")
  }
}
