/**
 * What of a ParseError may be shown: where, and what was expected there. Never the value: ParseError's own text quotes
 * it.
 */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as AST from "effect/SchemaAST"
import type { InputIssue } from "../CustomersError.js"

/** @internal */
export interface PathIssue {
  /** Dotted; keys of records are `*`, items of arrays their index; empty for the whole value. */
  readonly path: string
  /** What was expected, for example `a JSON object`. */
  readonly expected: string
}

interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly expected: string
  /** The value, or its absence, is not the literal that was expected: how a member of a union says "not me". */
  readonly isTag?: boolean | undefined
}

/** @internal */
export const pathIssues = (issue: ParseResult.ParseIssue): ReadonlyArray<PathIssue> =>
  leaves(issue, undefined, []).map((leaf) => ({
    path: leaf.path.join("."),
    expected: leaf.expected
  }))

/**
 * The same as issues of an input.
 *
 * @internal
 */
export const inputIssues = ({ issue }: ParseResult.ParseError): ReadonlyArray<InputIssue> =>
  Arr.dedupeWith(
    pathIssues(issue).map(({ expected, path }) => ({ path, message: `expected ${expected}` })),
    // what is wrong for one member of a union may be for another
    (a, b) => a.path === b.path && a.message === b.message
  )

/**
 * How input is read: every problem is told, and a key that is not known is one.
 *
 * @internal
 */
export const strict = { errors: "all", onExcessProperty: "error" } as const

const leaves = (
  issue: ParseResult.ParseIssue,
  parent: AST.AST | undefined,
  path: ReadonlyArray<string>
): ReadonlyArray<Leaf> => {
  switch (issue._tag) {
    case "Pointer": {
      const shown = many(issue.path).map((segment, index) =>
        typeof segment === "number" || (index === 0 && isOwnField(parent, segment, issue.issue._tag))
          ? String(segment)
          : "*"
      )
      return leaves(issue.issue, undefined, [...path, ...shown])
    }
    case "Composite": {
      const members = many(issue.issues).map((inner) => leaves(inner, issue.ast, path))
      if (issue.ast._tag !== "Union") return members.flat()
      const meant = members.filter((found) => !found.some((leaf) => leaf.isTag && leaf.path.length <= path.length + 1))
      const found = (meant.length > 0 ? meant : members).flat()
      const deepest = found.filter((leaf) => leaf.path.length > path.length)
      return deepest.length > 0
        ? deepest
        : [{ path, expected: expectation(issue.ast), isTag: found.every(({ isTag }) => isTag) }]
    }
    case "Refinement":
      return issue.kind === "From" || issue.issue._tag === "Pointer" || issue.issue._tag === "Composite"
        ? leaves(issue.issue, issue.ast, path).map((leaf) =>
          leaf.path.length === path.length ? { path, expected: expectation(issue.ast) } : leaf
        )
        : [{ path, expected: expectation(issue.ast) }]
    case "Transformation":
      return issue.kind === "Transformation"
        ? [{ path, expected: expectation(issue.ast) }]
        : leaves(issue.issue, issue.ast, path)
    case "Missing":
      return [{ path, expected: "to be present", isTag: "type" in issue.ast && isTag(issue.ast.type) }]
    case "Unexpected":
      return [{ path, expected: "no such field" }]
    case "Forbidden":
      return [{ path, expected: "a synchronous value" }]
    case "Type":
      return [{ path, expected: expectation(issue.ast), isTag: isTag(issue.ast) }]
  }
}

const isTag = (ast: AST.AST): boolean => AST.isLiteral(ast) || AST.isUndefinedKeyword(ast)

const many = <A>(oneOrMany: ParseResult.SingleOrNonEmpty<A>): ReadonlyArray<A> =>
  Array.isArray(oneOrMany) ? oneOrMany : [oneOrMany as A]

/** A slip of the pen, and not a value in the place of a key: no number, no e-mail address. */
const name = /^(?=.{1,40}$)[A-Za-z_]+\d{0,2}$/

/** A key that the schema names, or one that a closed struct does not know; not a key of the user's records. */
const isOwnField = (parent: AST.AST | undefined, key: PropertyKey, inner: ParseResult.ParseIssue["_tag"]): boolean => {
  if (inner === "Unexpected") return name.test(String(key))
  if (inner === "Missing") return true
  if (parent === undefined) return false
  let ast = parent
  while (AST.isTransformation(ast) || AST.isRefinement(ast)) ast = ast.from
  return AST.isTypeLiteral(ast) && ast.propertySignatures.some((signature) => signature.name === key)
}

const expectation = (ast: AST.AST): string => {
  const described = AST.getDescriptionAnnotation(ast).pipe(
    Option.orElse(() => AST.getIdentifierAnnotation(ast)),
    Option.orElse(() => AST.getTitleAnnotation(ast))
  )
  if (Option.isSome(described)) return described.value
  if (AST.isUnion(ast)) {
    const members = ast.types.filter((member) => member._tag !== "UndefinedKeyword")
    if (
      members.length < ast.types.length || members.some((member) => Option.isSome(AST.getDescriptionAnnotation(member)))
    ) {
      return [...new Set(members.map(expectation))].join(" | ")
    }
  }
  return String(ast)
}
