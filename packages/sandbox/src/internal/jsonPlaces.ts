/** Changes of JSON at places that a path names: keys and indices joined by dots, `*` for any of them. */
import type { Places } from "./emulator.js"

type Path = ReadonlyArray<string>

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json)

const mapMembers = (json: unknown, change: (member: unknown, key: string) => unknown): unknown =>
  Array.isArray(json)
    ? json.map((member, i) => change(member, String(i)))
    : isObject(json)
    ? Object.fromEntries(Object.entries(json).map(([key, member]) => [key, change(member, key)]))
    : json

const below = (paths: ReadonlyArray<Path>, key: string): ReadonlyArray<Path> =>
  paths.filter(([head]) => head === "*" || head === key).map((path) => path.slice(1))

const parse = (paths: ReadonlyArray<string>): ReadonlyArray<Path> => paths.map((path) => path.split("."))

const replaceTexts = (json: unknown, paths: ReadonlyArray<Path>, text: string): unknown =>
  paths.length === 0
    ? json
    : typeof json === "string"
    ? paths.some((path) => path.length === 0) ? text : json
    : mapMembers(json, (member, key) => replaceTexts(member, below(paths, key), text))

/** The texts at `paths` replaced. */
export const withTexts = (json: unknown, paths: ReadonlyArray<string>, text: string): unknown =>
  replaceTexts(json, parse(paths), text)

interface Exceptions<P> {
  readonly records: ReadonlyArray<P>
  readonly maps: ReadonlyArray<P>
}

const isHere = (path: Path): boolean => path.length === 0

const addKey = (json: unknown, { maps, records }: Exceptions<Path>, key: string, value: unknown): unknown => {
  if (records.some(isHere)) return json
  const inside = mapMembers(
    json,
    (member, name) => addKey(member, { records: below(records, name), maps: below(maps, name) }, key, value)
  )
  return isObject(inside) && !maps.some(isHere) ? { ...inside, [key]: value } : inside
}

/** A key more in every object that is not at or under one of `records`, and not at one of `maps`. */
export const withKey = (
  json: unknown,
  { maps = [], records }: Pick<Places, "records" | "maps">,
  key: string,
  value: unknown
): unknown => addKey(json, { records: parse(records), maps: parse(maps) }, key, value)
