import { Ajv2020 } from "ajv/dist/2020.js"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../../../../../shared/specs/mollie.openapi.json", import.meta.url))

/** The provider's own document lies beside the repository, not in it. */
export const contractIsThere = existsSync(file)

const document = contractIsThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} }

const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true })
ajv.addFormat("date", /^\d{4}-\d\d-\d\d$/)
ajv.addSchema(document, "mollie")

const pointer = (text: string) =>
  text.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")

/**
 * What the document finds wrong with an answer; `undefined` where it says nothing about it. Every error is held against
 * its one shape of errors, also where it does not document the status.
 */
export const problems = (
  method: string,
  path: string,
  status: number,
  json: unknown
): ReadonlyArray<string> | undefined => {
  const template = Object.keys(document.paths).find((template) =>
    new RegExp(`^${template.replace(/\{\w+\}/, "[^/]+")}$`).test(path)
  )
  if (template === undefined) return undefined
  const verb = method.toLowerCase()
  const reference = status >= 400
    ? "mollie#/components/schemas/error-response"
    : `mollie#/paths/${pointer(template)}/${verb}/responses/${status}/content/${pointer("application/hal+json")}/schema`
  const validate = ajv.getSchema(reference)
  if (validate === undefined) return undefined
  if (validate(json) === true) return []
  return (validate.errors ?? [])
    .filter(({ keyword, parentSchema }) => !(keyword === "enum" && parentSchema?.["x-open-enum"] === true))
    .map(({ instancePath, message }) => `${instancePath} ${message}`)
}
