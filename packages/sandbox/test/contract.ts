import { Ajv2020 } from "ajv/dist/2020.js"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../../../../shared/specs/polar.openapi.json", import.meta.url))

/** The provider's own document lies beside the repository, not in it. */
export const contractIsThere = existsSync(file)

const document = contractIsThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} }

const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: false })
ajv.addFormat("uuid4", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
ajv.addFormat("email", /^[^@\s]+@[^@\s]+$/)
ajv.addFormat("binary", true)
ajv.addFormat("uri", true)
ajv.addSchema(document, "polar")

const templateOf = (path: string): string | undefined =>
  Object.keys(document.paths).find((template) => !template.includes("{") && template === path) ??
    Object.keys(document.paths).find((template) =>
      template.includes("external/{") && new RegExp(`^${template.replace(/\{\w+\}/, "[^/]+")}$`).test(path)
    ) ?? Object.keys(document.paths).find((template) =>
      new RegExp(`^${template.replace(/\{\w+\}/, "[^/]+")}$`).test(path)
    )

const pointer = (text: string) =>
  text.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B")
    .replaceAll("}", "%7D")

/** What the document finds wrong with a JSON answer; `undefined` where it says nothing about it. */
export const problems = (
  method: string,
  path: string,
  status: number,
  json: unknown
): ReadonlyArray<string> | undefined => {
  const template = templateOf(path)
  const verb = method.toLowerCase()
  if (
    template === undefined ||
    document.paths[template][verb]?.responses?.[status]?.content?.["application/json"] === undefined
  ) return undefined
  const reference = `polar#/paths/${pointer(template)}/${verb}/responses/${status}/content/${
    pointer("application/json")
  }/schema`
  const validate = ajv.getSchema(reference)
  if (validate === undefined) throw new Error(`no schema at ${reference}`)
  return validate(json) === true ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}
