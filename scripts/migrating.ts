/**
 * The pages of docs/migrating: `npm run migrating` writes their code and tables from the tests that run both clients side by
 * side (packages/sandbox/test/migrating), letter for letter; with `--check` it says instead which page has others.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const fail = (node: ts.Node, message: string): never => {
  const { fileName } = node.getSourceFile()
  const { line } = ts.getLineAndCharacterOfPosition(node.getSourceFile(), node.getStart())
  throw new Error(`${fileName}:${line + 1}: ${message}`)
}

const textOf = (node: ts.Node | undefined, of: ts.Node): string =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : fail(node ?? of, "expected a string")

/** The members of an object as they stand: label and value. */
const membersOf = (node: ts.Node | undefined, of: ts.Node): ReadonlyArray<readonly [string, ts.Expression]> =>
  node !== undefined && ts.isObjectLiteralExpression(node)
    ? node.properties.map((property) =>
      ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)
        ? [property.name.text, property.initializer] as const
        : fail(property, "expected a label and a value")
    )
    : fail(node ?? of, "expected an object")

const memberOf = (node: ts.Node | undefined, name: string, of: ts.Node): ts.Expression =>
  membersOf(node, of).find(([label]) => label === name)?.[1] ?? fail(of, `expected ${name}`)

/** The body of a function, without the indentation that it has in the test. */
const codeOf = (node: ts.Expression): ReadonlyArray<string> => {
  if (!ts.isArrowFunction(node)) return fail(node, "expected an arrow function")
  const text = node.getSourceFile().text
  const { body } = node
  const [start, end] = ts.isBlock(body)
    ? [body.statements[0]?.getStart() ?? body.end, body.statements.at(-1)?.end ?? body.end]
    : [body.getStart(), body.end]
  const [first = "", ...rest] = text.slice(start, end).split("\n")
  const indentation = Math.min(...rest.filter((line) => line !== "").map((line) => line.search(/\S/)))
  return [first, ...rest.map((line) => line.slice(indentation))]
}

interface Entry {
  readonly kind: string
  readonly call: ts.CallExpression
}

/** What stands in each `describe` of a test. */
const sectionsOf = (source: ts.SourceFile): ReadonlyMap<string, ReadonlyArray<Entry>> =>
  new Map(
    callsIn(source.statements).flatMap(({ call, kind }) => {
      const [title, body] = call.arguments
      return kind === "describe" && body !== undefined && ts.isArrowFunction(body) && ts.isBlock(body.body)
        ? [[textOf(title, call), callsIn(body.body.statements)] as const]
        : []
    })
  )

const callsIn = (statements: ReadonlyArray<ts.Statement>): ReadonlyArray<Entry> =>
  statements.flatMap((statement) =>
    ts.isExpressionStatement(statement) && ts.isCallExpression(statement.expression) &&
      ts.isIdentifier(statement.expression.expression)
      ? [{ kind: statement.expression.expression.text, call: statement.expression }]
      : []
  )

type Snippet = readonly [label: string, code: ReadonlyArray<string>]

/** Whose is it: said where not all of theirs look alike. */
const labelled = (snippets: ReadonlyArray<Snippet>, labels: ReadonlyArray<string>): ReadonlyArray<string> => {
  const distinct = new Set(snippets.map(([, code]) => code.join("\n")))
  if (distinct.size === 1 && snippets.length === labels.length) return snippets[0]?.[1] ?? []
  if (snippets.some(([, code]) => code.length > 1)) return snippets.flatMap(([label, code]) => [`// ${label}`, ...code])
  const width = Math.max(...snippets.map(([, [line = ""]]) => line.length))
  return snippets.map(([label, [line = ""]]) => `${line.padEnd(width)} // ${label}`)
}

const hunk = ({ call }: Entry, labels: ReadonlyArray<string>): string => {
  const [title, calls] = call.arguments
  const theirs = membersOf(memberOf(calls, "theirs", call), call).map(([label, code]): Snippet => [label, codeOf(code)])
  const ours = memberOf(calls, "ours", call)
  return [
    `@@ ${textOf(title, call)} @@`,
    ...labelled(theirs, labels).map((line) => `- ${line}`),
    ...(ts.isArrayLiteralExpression(ours) ? ours.elements : [ours]).flatMap(codeOf).map((line) => `+ ${line}`)
  ].join("\n")
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n")

const quoted = (name: string | undefined): string => name === undefined ? "-" : `\`${name}\``

const errors = (entries: ReadonlyArray<Entry>, labels: ReadonlyArray<string>): string =>
  table(
    ["", ...labels, "here"],
    entries.map(({ call }) => {
      const [title, names] = call.arguments
      const theirs = new Map(membersOf(memberOf(names, "theirs", call), call))
      return [
        textOf(title, call),
        ...labels.map((label) => theirs.get(label)).map((name) => quoted(name && textOf(name, call))),
        quoted(textOf(memberOf(names, "ours", call), call))
      ]
    })
  )

const differences = (entries: ReadonlyArray<Entry>, labels: ReadonlyArray<string>): string =>
  table(
    ["there", "here"],
    entries.map(({ call }) => {
      const [texts, shown] = call.arguments
      const of = membersOf(memberOf(shown, "theirs", call), call).map(([label]) => label)
      const whose = of.length === labels.length ? "" : `${of.join(", ")}: `
      const [theirs, ours] = ["theirs", "ours"].map((side) => textOf(memberOf(texts, side, call), call))
      return [`${whose}${theirs}`, ours ?? ""]
    })
  )

const missing = ({ call }: Entry): string => {
  const lists = membersOf(call.arguments[1], call).flatMap(([label, names]) => {
    const list = ts.isArrayLiteralExpression(names) ? names.elements.map((name) => quoted(textOf(name, call))) : []
    return list.length === 0 ? [] : [`- ${label}: ${list.join(", ")}`]
  })
  return lists.join("\n") || "None: all that theirs does with customers stands above."
}

/** A section of a page: hunks, then tables. */
const written = (entries: ReadonlyArray<Entry>, labels: ReadonlyArray<string>): string => {
  const of = (...kinds: ReadonlyArray<string>) => entries.filter(({ kind }) => kinds.includes(kind))
  const hunks = of("moves", "options")
  return [
    ...hunks.length === 0
      ? []
      : [["```diff", hunks.map((entry) => hunk(entry, labels)).join("\n\n"), "```"].join("\n")],
    ...of("ends").length === 0 ? [] : [errors(of("ends"), labels)],
    ...of("differs").length === 0 ? [] : [differences(of("differs"), labels)],
    ...of("lacks").map(missing)
  ].join("\n\n")
}

/** The labels of their clients, from the members of `theirs` in `sideBySide`. */
const labelsOf = (source: ts.SourceFile): ReadonlyArray<string> => {
  for (const statement of source.statements) {
    const [declaration] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : []
    const made = declaration?.initializer
    if (made !== undefined && ts.isCallExpression(made) && made.expression.getText() === "sideBySide") {
      return membersOf(memberOf(made.arguments[0], "theirs", made), made).map(([label]) => label)
    }
  }
  return fail(source, "expected sideBySide")
}

/** The versions of the clients that a test drives. */
const versionsOf = (source: ts.SourceFile): ReadonlyArray<string> => {
  const imported = source.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) ? [textOf(statement.moduleSpecifier, statement)] : []
  )
  const { devDependencies } = JSON.parse(readFileSync(pathOf("packages/sandbox/package.json"), "utf8"))
  return Object.entries<string>(devDependencies).flatMap(([name, version]) =>
    imported.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
      ? /(?:^|@)(\d+\.\d+\.\d+)$/.exec(version)?.[1] ?? []
      : []
  )
}

const place = /(<!-- (.+), written by `npm run migrating` -->)\n[^]*?(<!-- until here -->)/g

const folder = "packages/sandbox/test/migrating"
const index = readFileSync(pathOf("docs/migrating/README.md"), "utf8")
let stale = false

for (const file of readdirSync(pathOf(folder)).filter((name) => name.endsWith(".test.ts"))) {
  const path = `${folder}/${file}`
  const source = ts.createSourceFile(path, readFileSync(pathOf(path), "utf8"), ts.ScriptTarget.ESNext, true)
  const sections = sectionsOf(source)
  const labels = labelsOf(source)
  const page = `docs/migrating/${file.replace(".test.ts", "").replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.md`
  const committed = readFileSync(pathOf(page), "utf8")
  const places = [...committed.matchAll(place)].map(([, , title = ""]) => title)
  if (places.join() !== [...sections.keys()].join()) {
    throw new Error(`${page} has places for ${places.join(", ")}, and ${path} has ${[...sections.keys()].join(", ")}`)
  }
  for (const version of versionsOf(source)) {
    if (!committed.includes(version) || !index.includes(version)) {
      throw new Error(`${path} runs with version ${version}, which ${page} or its index does not name`)
    }
  }
  const text = committed.replace(
    place,
    (_, begin: string, title: string, end: string) =>
      [begin, "", written(sections.get(title) ?? [], labels), "", end].join("\n")
  )
  if (!process.argv.includes("--check")) writeFileSync(pathOf(page), text)
  else if (committed !== text) {
    console.error(`${page} is not what \`npm run migrating\` writes from ${path}.`)
    stale = true
  }
}
if (stale) process.exitCode = 1
