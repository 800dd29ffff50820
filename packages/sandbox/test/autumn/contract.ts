import { Ajv2020 } from "ajv/dist/2020.js"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../../../../../shared/specs/autumn.openapi.json", import.meta.url))

/** The document lies beside the repository, not in it. */
export const contractIsThere = existsSync(file)

const document = contractIsThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} }

const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addFormat("email", true)
ajv.addSchema(document, "autumn")

const pointer = (text: string) => text.replaceAll("~", "~0").replaceAll("/", "~1")

/**
 * What the document finds wrong with a JSON answer to version 2.1; `undefined` where it has no such operation. Statuses
 * that it does not name are errors like the others.
 */
export const problems = (path: string, status: number, json: unknown): ReadonlyArray<string> | undefined => {
  const responses = document.paths[path]?.post?.responses
  if (responses === undefined) return undefined
  const at = `/paths/${pointer(path)}/post/responses/${status}`
  const reference = responses[status] === undefined
    ? "#/components/schemas/ApiError"
    : `${responses[status].$ref ?? `#${at}`}/content/${pointer("application/json")}/schema`
  const validate = ajv.getSchema(`autumn${reference}`)
  if (validate === undefined) throw new Error(`no schema for ${path} ${status}`)
  return validate(json) === true ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}
