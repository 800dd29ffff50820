import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
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

/**
 * What `read` takes of an object that the caller gave; one that is not given is empty.
 *
 * @internal
 */
export const readObject = <Input extends object, A>(
  input: Input | undefined,
  read: (input: Partial<Input>) => A
): Either.Either<A, ReadonlyArray<InputIssue>> => {
  const given: Partial<Input> = input === undefined ? {} : input
  return readInput(() =>
    Predicate.isRecord(given)
      ? Either.right(read(given))
      : Either.left([{ path: "", message: "expected an object" }])
  )
}
