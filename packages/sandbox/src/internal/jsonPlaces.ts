/** Changes of JSON at places that a path names: keys and indices joined by dots, `*` for any of them. */
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

const addKey = (json: unknown, except: ReadonlyArray<Path>, key: string, value: unknown): unknown => {
  if (except.some((path) => path.length === 0)) return json
  const inside = mapMembers(json, (member, name) => addKey(member, below(except, name), key, value))
  return isObject(inside) ? { ...inside, [key]: value } : inside
}

/** A key more in every object that is not at or under one of `except`. */
export const withKey = (json: unknown, except: ReadonlyArray<string>, key: string, value: unknown): unknown =>
  addKey(json, parse(except), key, value)
