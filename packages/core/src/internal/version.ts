/**
 * The version of this package, for `User-Agent`. A test holds it to package.json.
 *
 * @internal
 */
export const version = "0.0.0"
