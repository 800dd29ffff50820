import { Ajv2020 } from "ajv/dist/2020.js"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../../../../../shared/specs/pin-payments.openapi.json", import.meta.url))

/** The document lies beside the repository, not in it. */
export const contractIsThere = existsSync(file)

const document = contractIsThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} }

const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
ajv.addFormat("email", true)
ajv.addSchema(document, "pin-payments")

const pointer = (text: string) =>
  text.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")

/**
 * What the document finds wrong with a JSON answer; `undefined` where it has no such operation. Statuses that it does
 * not name are held against its default.
 */
export const problems = (
  method: string,
  path: string,
  status: number,
  json: unknown
): ReadonlyArray<string> | undefined => {
  const template = Object.keys(document.paths).find((template) =>
    new RegExp(`^/1${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path)
  )
  const responses = template === undefined ? undefined : document.paths[template][method.toLowerCase()]?.responses
  if (template === undefined || responses === undefined) return undefined
  const named = responses[status] === undefined ? "default" : String(status)
  const at = responses[named].$ref ?? `#/paths/${pointer(template)}/${method.toLowerCase()}/responses/${named}`
  const validate = ajv.getSchema(`pin-payments${at}/content/${pointer("application/json")}/schema`)
  if (validate === undefined) throw new Error(`no schema for ${method} ${path} ${status}`)
  return validate(json) === true ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}
