import type * as AST from "effect/SchemaAST"

/**
 * The names of the fields that a schema declares on its encoded side, at any depth or at the top alone, each with
 * whether an array may stand there.
 *
 * @internal
 */
export const schemaFields = (ast: AST.AST, depth: "any" | "top" = "any"): ReadonlyMap<string, boolean> => {
  const names = new Map<string, boolean>()
  const seen = new Set<AST.AST>()
  const visit = (ast: AST.AST): void => {
    if (seen.has(ast)) return
    seen.add(ast)
    switch (ast._tag) {
      case "TypeLiteral":
        for (const { name, type } of ast.propertySignatures) {
          names.set(String(name), names.get(String(name)) === true || isArray(type))
          if (depth === "any") visit(type)
        }
        if (depth === "any") ast.indexSignatures.forEach(({ type }) => visit(type))
        return
      case "TupleType":
        if (depth === "any") [...ast.elements, ...ast.rest].forEach(({ type }) => visit(type))
        return
      case "Union":
        return ast.types.forEach(visit)
      case "Refinement":
      case "Transformation":
        return visit(ast.from)
      case "Suspend":
        return visit(ast.f())
      default:
        return
    }
  }
  visit(ast)
  return names
}

const isArray = (ast: AST.AST): boolean => {
  switch (ast._tag) {
    case "TupleType":
      return true
    case "Union":
      return ast.types.some(isArray)
    case "Refinement":
    case "Transformation":
      return isArray(ast.from)
    default:
      return false
  }
}
