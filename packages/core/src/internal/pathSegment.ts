/** What can be a segment of a URL's path. */

/**
 * Matches only surrogates without their other half.
 *
 * @internal
 */
export const loneSurrogate = /\p{Surrogate}/u

/**
 * Why a text cannot be a segment of a path, or nothing. An empty segment would reach the collection, a dot segment is
 * collapsed by every URL parser.
 *
 * @internal
 */
export const segmentProblem = (segment: string, slashes: "encoded" | "refused"): string | undefined => {
  if (segment === "") return "expected a text that is not empty"
  if (segment === "." || segment === "..") return "a dot segment cannot be sent in a path"
  if (loneSurrogate.test(segment)) return "a lone surrogate cannot be sent"
  if (slashes === "refused" && segment.includes("/")) {
    return "the provider decodes a slash before routing, so this can never match"
  }
  return undefined
}
