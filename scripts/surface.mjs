/**
 * The public surface of every package, as text: each export of each entry point, with its types, in
 * `packages/<name>/surface.txt`. Writes these files, or with `--check` says where the sources have left them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import ts from "typescript"

const check = process.argv.includes("--check")

/** The modules that `exports` leaves open, the index first, as paths of their sources without suffix. */
const entriesOf = (name) => {
  const { exports } = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8"))
  return readdirSync(`packages/${name}/src`)
    .flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? [])
    .filter((module) => exports[`./${module}`] !== null)
    .sort((one, other) => Number(other === "index") - Number(one === "index") || (one < other ? -1 : 1))
}

const packages = readdirSync("packages").filter((name) => existsSync(`packages/${name}/src`)).sort()
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile("tsconfig.package.json", ts.sys.readFile).config,
  ts.sys,
  process.cwd()
)
const program = ts.createProgram(
  packages.flatMap((name) => entriesOf(name).map((module) => `packages/${name}/src/${module}.ts`)),
  {
    ...options,
    composite: false,
    declarationMap: false,
    emitDeclarationOnly: true,
    outDir: undefined,
    rootDir: undefined,
    stripInternal: true,
    tsBuildInfoFile: undefined
  }
)

const printer = ts.createPrinter({ removeComments: true, omitTrailingSemicolon: true })

const textOf = (node, file) => printer.printNode(ts.EmitHint.Unspecified, node, file)

/** Members of unions and of inferred objects have no order of their own: the compiler's depends on what it saw first. */
const withSortedMembers = (file) => {
  const sorted = (nodes) =>
    ts.factory.createNodeArray(
      nodes.map((node) => [textOf(node, file), node])
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, node]) => node)
    )
  const visit = (node) => {
    const visited = ts.visitEachChild(node, visit, undefined)
    if (ts.isUnionTypeNode(visited)) return ts.factory.updateUnionTypeNode(visited, sorted(visited.types))
    if (ts.isTypeLiteralNode(visited)) return ts.factory.updateTypeLiteralNode(visited, sorted(visited.members))
    return visited
  }
  return file.statements.map(visit)
}

/** The compiler writes the whole type of a value wherever it occurs: `typeof` and its name says the same in a line. */
const withNames = (statements, file) => {
  const values = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .filter(({ type }) => type !== undefined)
  const names = new Map()
  for (const { name, type } of values) {
    const text = textOf(type, file)
    if (text.length > 100 && !names.has(text)) names.set(text, name)
  }
  const visit = (node) => {
    const name = ts.isTypeNode(node) && !values.some(({ type }) => type === node) && names.get(textOf(node, file))
    return name ? ts.factory.createTypeQueryNode(name) : ts.visitEachChild(node, visit, undefined)
  }
  return statements.map(visit)
}

/** The declarations of one module: one text each, sorted. */
const declarationsOf = (path) => {
  let declarations
  program.emit(
    program.getSourceFile(path),
    (_, text) => {
      declarations = text
    },
    undefined,
    true
  )
  const file = ts.createSourceFile(`${path}.d.ts`, declarations, ts.ScriptTarget.Latest, true)
  return withNames(withSortedMembers(file), file)
    .filter((statement) => !ts.isImportDeclaration(statement))
    .map((statement) => textOf(statement, file).replace(/^export declare /, "export "))
    .filter((text) => text !== "export {}")
    .sort()
}

const surfaceOf = (name) =>
  entriesOf(name).map((module) => {
    const specifier = module === "index" ? `@effect-customers/${name}` : `@effect-customers/${name}/${module}`
    return `=== ${specifier}\n\n${declarationsOf(`packages/${name}/src/${module}.ts`).join("\n")}\n`
  }).join("\n")

/** Each line with the entry point and the declaration that it stands in. */
const linesOf = (surface) => {
  let entry = ""
  let declaration = ""
  return surface.split("\n").filter((line) => line !== "").map((line) => {
    if (line.startsWith("=== ")) entry = line.slice(4)
    else if (/^\w/.test(line)) declaration = line
    return { line, place: line === declaration ? entry : `${entry}: ${declaration}` }
  })
}

/** What one text has and the other has not, or not in the same declaration. */
const linesBeside = (one, other, sign) => {
  const rest = linesOf(other)
  return linesOf(one).flatMap(({ line, place }) => {
    const found = rest.findIndex((each) => each.line === line && each.place === place)
    if (found !== -1) rest.splice(found, 1)
    return found === -1 ? [{ place, text: `${sign} ${line}` }] : []
  })
}

const difference = (kept, surface) => {
  const places = new Map()
  for (const { place, text } of [...linesBeside(kept, surface, "-"), ...linesBeside(surface, kept, "+")]) {
    places.set(place, [...(places.get(place) ?? []), text])
  }
  return [...places].flatMap(([place, texts]) => [`${place}`, ...texts]).join("\n") || "the order of lines"
}

let changed = 0
for (const name of packages) {
  const path = `packages/${name}/surface.txt`
  const surface = surfaceOf(name)
  const kept = existsSync(path) ? readFileSync(path, "utf8") : ""
  if (surface === kept) continue
  changed += 1
  if (check) {
    process.stdout.write(`${path}\n${difference(kept, surface)}\n\n`)
  } else {
    writeFileSync(path, surface)
    process.stdout.write(`${path} is written\n`)
  }
}
if (check && changed > 0) {
  process.stdout.write("The public surface has changed. If that is meant: `npm run surface`, and a changeset.\n")
  process.exitCode = 1
}
