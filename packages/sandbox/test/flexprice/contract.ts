import { Ajv2020 } from "ajv/dist/2020.js"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../../../../../shared/specs/flexprice.openapi.json", import.meta.url))

/** The provider's own document lies beside the repository, not in it. */
export const contractIsThere = existsSync(file)

const document = contractIsThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {}, components: { schemas: {} } }

// It requires nothing of answers; that it knows all of their keys is what can be asked of it.
for (const schema of Object.values<any>(document.components.schemas)) {
  if (schema.properties !== undefined) schema.additionalProperties ??= false
}

const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true })
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$/)
ajv.addSchema(document, "flexprice")

const pointer = (text: string) =>
  text.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")

/** Null on the wire, and not so in the document. */
const nulls =
  /\/(metadata|total_limit|period|next_usage_reset_at|plan|customer|cancel_at|trial_start|trial_end|filters)$/

/** What else the server does otherwise than its document says. */
const otherwise = /\/(reporting_unit\/conversion_rate|config_values\/\d+\/[^/]+)$/

/**
 * What the document finds wrong with a JSON answer of today; `undefined` where it has no such operation. Every error is
 * held against its one shape of errors.
 */
export const problems = (
  method: string,
  path: string,
  status: number,
  json: unknown
): ReadonlyArray<string> | undefined => {
  const template = Object.keys(document.paths)
    .sort((a, b) => Number(a.includes("{")) - Number(b.includes("{")))
    .find((template) => new RegExp(`^/v1${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
  const verb = method.toLowerCase()
  if (template === undefined || document.paths[template][verb] === undefined) return undefined
  const reference = status >= 400
    ? "flexprice#/components/schemas/errors.ErrorResponse"
    : `flexprice#/paths/${pointer(template)}/${verb}/responses/${status}/content/${pointer("application/json")}/schema`
  const validate = ajv.getSchema(reference)
  if (validate === undefined) throw new Error(`no schema for ${method} ${path} ${status}`)
  if (validate(json) === true) return []
  return (validate.errors ?? [])
    .filter(({ data, instancePath, params }) =>
      !(data === null && nulls.test(instancePath)) && !otherwise.test(instancePath) &&
      !(instancePath === "" && params["additionalProperty"] === "details")
    )
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${params["additionalProperty"] ?? ""}`)
}
