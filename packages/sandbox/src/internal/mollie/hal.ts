/** Answers as Mollie writes them. */
import type { MollieLink } from "../../MollieSeed.js"
import type { Answer } from "../emulator.js"

/** What is wrong with a request, and where: Mollie tells the first thing alone. */
export interface Problem {
  readonly field?: string | undefined
  readonly detail: string
}

const titles = {
  400: "Bad Request",
  401: "Unauthorized Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity"
} as const

export const page = (href: string): MollieLink => ({ href, type: "text/html" })

export const documentation = (name: string): MollieLink => page(`https://docs.mollie.com/reference/${name}`)

export const hal = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/hal+json" },
  body: JSON.stringify(body)
})

export const refusal = (status: keyof typeof titles, problem: string | Problem): Answer => {
  const { detail, field } = typeof problem === "string" ? { detail: problem, field: undefined } : problem
  const title = titles[status]
  return hal(status, { status, title, detail, field, _links: { documentation: documentation("handling-errors") } })
}

/** How to write the URLs of an answer: its base, and what selects the mode of the caller. */
export interface Address {
  readonly base: string
  readonly testmode: boolean
}

export const resource = (
  { base, testmode }: Address,
  path: string,
  parameters: ReadonlyArray<readonly [string, string]> = []
): MollieLink => {
  const all = testmode ? [["testmode", "true"] as const, ...parameters] : parameters
  const query = all.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")
  return { href: `${base}/v2${path}${query === "" ? "" : `?${query}`}`, type: "application/hal+json" }
}
