/** Customers as lines of CSV. */
import type { Customer } from "@effect-customers/core/Customer"
import { stringify } from "csv-stringify/sync"
import { customerToJson } from "./customerJson.js"

/**
 * The fields of a customer side by side, by the names of their columns: what the CSV and the table of SQLite have.
 *
 * @internal
 */
export const customerToRow = (customer: Customer) => {
  const { address, ...json } = customerToJson(customer)
  return {
    provider: json.provider,
    id: json.id,
    external_id: json.externalId,
    email: json.email,
    name: json.name,
    phone: json.phone,
    address_line1: address?.line1 ?? null,
    address_line2: address?.line2 ?? null,
    address_city: address?.city ?? null,
    address_state: address?.state ?? null,
    address_postal_code: address?.postalCode ?? null,
    address_country: address?.country ?? null,
    locale: json.locale,
    metadata: JSON.stringify(json.metadata),
    created_at: json.createdAt,
    updated_at: json.updatedAt
  }
}

/** @internal */
export const columns = [
  "provider",
  "id",
  "external_id",
  "email",
  "name",
  "phone",
  "address_line1",
  "address_line2",
  "address_city",
  "address_state",
  "address_postal_code",
  "address_country",
  "locale",
  "metadata",
  "created_at",
  "updated_at"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof customerToRow>>

/** @internal */
export const customersToCsv = (
  customers: ReadonlyArray<Customer>,
  options: { readonly header: boolean; readonly escapeFormulas: boolean }
): string =>
  stringify(
    customers.map((customer) => {
      const row = customerToRow(customer)
      return columns.map((column) => row[column])
    }),
    {
      columns: [...columns],
      header: options.header,
      escape_formulas: options.escapeFormulas,
      record_delimiter: "windows",
      // an empty text is told from none; of line breaks csv-stringify looks for "\r\n" alone
      quoted_match: /^$|[\r\n]/
    }
  )
