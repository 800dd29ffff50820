import * as Either from "effect/Either"
import type { InputIssue } from "../CustomersError.js"

/**
 * Reads the caller's input; what reading it throws (a getter, a proxy, data too deep for the stack) is an issue as any
 * other.
 *
 * @internal
 */
export const readInput = <A>(
  read: () => Either.Either<A, ReadonlyArray<InputIssue>>
): Either.Either<A, ReadonlyArray<InputIssue>> =>
  Either.try({ try: read, catch: () => [{ path: "", message: "expected data that can be read" }] }).pipe(
    Either.flatMap((parts) => parts)
  )
