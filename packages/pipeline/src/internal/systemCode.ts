import * as Predicate from "effect/Predicate"

/**
 * The code of what went wrong, and nothing else of it: `SQLITE_FULL`, `EACCES`.
 *
 * @internal
 */
export const codeOf = ({ cause }: { readonly cause?: unknown }): string | undefined =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && cause.code !== "" ? cause.code : undefined
