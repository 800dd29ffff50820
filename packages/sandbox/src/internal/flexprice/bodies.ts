/** Answers, in the shapes of today and of the era before April 2026. */
import type { Answer } from "../emulator.js"
import type { Stored } from "./store.js"

export type Era = "today" | "before"

export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body)
})

/** What a panic leaves. */
export const panic: Answer = { status: 500, headers: {} }

export const noContent: Answer = { status: 204, headers: {} }

export const noRoute: Answer = {
  status: 404,
  headers: { "content-type": "text/plain" },
  body: "404 page not found"
}

export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** Told before April 2026 alone. */
  readonly internal?: string | undefined
}

export const isFailure = <A>(value: A | Failure): value is Failure =>
  typeof value === "object" && value !== null && "code" in value

export const failed = (era: Era, { code, details, internal, message, status }: Failure): Answer => {
  const more = details === undefined ? {} : { details }
  if (era === "today") return json(status, { code, message, http_status_code: status, ...more })
  const error = { message, ...(internal === undefined ? {} : { internal_error: internal }), ...more }
  return json(status, { success: false, error })
}

export const invalid = (message: string, details?: Failure["details"]): Failure => ({
  status: 400,
  code: "validation_error",
  message,
  details
})

export const unreadable = invalid("Invalid request format")

export const wrongFilter = (details: Record<string, string>): Failure => invalid("Invalid filter parameters", details)

export const blocked = (message: string): Failure => ({ status: 400, code: "invalid_operation", message })

export const unknownId = (id: string): Failure => ({
  status: 404,
  code: "not_found",
  message: `Customer with ID ${id} was not found`,
  details: { customer_id: id },
  internal: "ent: customer not found"
})

export const unknownExternalId = (externalId: string): Failure => ({
  status: 404,
  code: "not_found",
  message: `Customer with lookup key ${externalId} was not found`,
  details: { lookup_key: externalId },
  internal: "ent: customer not found"
})

export const archivedAlready: Failure = { status: 404, code: "not_found", message: "Customer does not exist" }

export const takenExternalId = (externalId: string): Failure => ({
  status: 409,
  code: "already_exists",
  message: "A customer with this identifier already exists",
  details: { external_id: externalId }
})

export const databaseError = (message: string): Failure => ({ status: 500, code: "database_error", message })

/** What a caller wants to see beside the customer itself. */
export interface Expanded {
  readonly integrations: boolean
  /** The parents of those who have one. */
  readonly parentOf: ((stored: Stored) => Stored | undefined) | undefined
}

export const plain: Expanded = { integrations: false, parentOf: undefined }

export const render = (era: Era, stored: Stored, expanded: Expanded = plain): unknown => {
  const { integrations, parent, record } = stored
  if (era === "today") {
    return expanded.integrations && integrations.length > 0 ? { ...record, integrations } : record
  }
  const { contact: _, email, external_id, id, name, timezone: __, ...rest } = record
  const found = expanded.parentOf?.(stored)
  return {
    id,
    external_id,
    name,
    email,
    parent_customer_id: parent,
    ...rest,
    ...(found === undefined ? {} : { parent_customer: render(era, found) })
  }
}
