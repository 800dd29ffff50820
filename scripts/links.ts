/** Every relative link of the READMEs and the guides leads to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"

const skipped = ["node_modules", "dist", ".git", ".examples", ".mutants", ".changeset"]

const documentsIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (skipped.includes(entry.name)) return []
    return entry.isDirectory() ? documentsIn(path) : entry.name.endsWith(".md") ? [path] : []
  })

/** Without what stands in code, where brackets are no links and `#` is no heading. */
const proseOf = (path: string): string => readFileSync(path, "utf8").replaceAll(/^\s*```[^]*?^\s*```$/gm, "")

/** The anchors that GitHub gives to the headings of a document. */
const anchorsOf = (path: string): ReadonlyArray<string> =>
  [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-")
  )

const problemOf = (document: string, link: string): string | undefined => {
  const [path = "", anchor] = link.split("#")
  const target = path === "" ? document : join(dirname(document), decodeURI(path))
  if (!existsSync(target)) return "leads nowhere"
  if (anchor === undefined || statSync(target).isDirectory()) return undefined
  return anchorsOf(target).includes(anchor) ? undefined : "leads to no heading"
}

const links = documentsIn(".").flatMap((document) =>
  [...proseOf(document).replaceAll(/`[^`\n]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => ({ document, link }))
    .filter(({ link }) => !/^[a-z]+:/.test(link))
)

for (const { document, link } of links) {
  const problem = problemOf(document, link)
  if (problem === undefined) continue
  console.error(`${document}: ${link} ${problem}`)
  process.exitCode = 1
}
console.log(`${links.length} links`)
