/** Every export of every package says what it is, and has `@since` and `@category`. */
import { readdirSync, readFileSync } from "node:fs"
import ts from "typescript"

const files = readdirSync("packages").flatMap((name) =>
  readdirSync(`packages/${name}/src`)
    .filter((file) => file.endsWith(".ts") && file !== "index.ts" && file !== "bin.ts")
    .map((file) => `packages/${name}/src/${file}`)
)

const isExported = (statement: ts.Statement): boolean =>
  ts.isExportDeclaration(statement)
    ? statement.moduleSpecifier === undefined
    : ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** The nodes that a docstring belongs to: a declaration, or each name of an `export { a as b }`. */
const documented = (statement: ts.Statement): ReadonlyArray<ts.Node> =>
  ts.isExportDeclaration(statement) && statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
    ? statement.exportClause.elements
    : [statement]

const problem = (file: ts.SourceFile, node: ts.Node): string | undefined => {
  const range = (ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []).at(-1)
  const comment = range === undefined ? "" : file.text.slice(range.pos, range.end)
  if (!comment.startsWith("/**")) return "has no docstring"
  if (comment.includes("@internal")) return undefined
  const [text = "", ...tags] = comment.replaceAll(/^\s*\/?\*+\/?/gm, "").split(/^\s*@/m)
  if (text.trim() === "") return "does not say what it is"
  const missing = ["since ", "category "].filter((name) => !tags.some((tag) => tag.startsWith(name)))
  return missing.length > 0 ? `lacks @${missing.join("and @")}` : undefined
}

for (const name of files) {
  const file = ts.createSourceFile(name, readFileSync(name, "utf8"), ts.ScriptTarget.Latest, true)
  for (const node of file.statements.filter(isExported).flatMap(documented)) {
    const found = problem(file, node)
    if (found === undefined) continue
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
    console.error(`${name}:${line + 1} ${found}`)
    process.exitCode = 1
  }
}
