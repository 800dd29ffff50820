/** Acme's API in process, written from the sheet: it knows nothing of the client. */

interface Row {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly reference: string
  readonly metadata: object
  readonly created_at: string
  readonly updated_at: string
  readonly deleted_at: string | null
}

type Body = { readonly [field: string]: unknown }

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })

const refuse = (status: number, code: string, message: string, fields: ReadonlyArray<string> = []) =>
  json(status, { error: { code, message, fields } })

const noSuchCustomer = () => refuse(404, "no_such_customer", "There is no such customer.")

const isText = (value: unknown, longest = Infinity) => typeof value === "string" && value.length <= longest

const fields: ReadonlyArray<string> = ["name", "email", "reference", "metadata"]

/** Null is as good as absent, and unknown fields are ignored. */
const given = (body: Body): Body =>
  Object.fromEntries(Object.entries(body).filter(([field, value]) => fields.includes(field) && value !== null))

/** Which fields the documentation does not allow. */
const invalidFields = ({ email = "", metadata = {}, name, reference = "" }: Body): ReadonlyArray<string> => [
  ...isText(name, 100) && String(name).trim() !== "" ? [] : ["name"],
  ...email === "" || (isText(email) && String(email).includes("@")) ? [] : ["email"],
  ...isText(reference, 64) ? [] : ["reference"],
  ...typeof metadata === "object" && Object.keys(metadata ?? {}).length <= 20 &&
      Object.values(metadata ?? {}).every((value) => isText(value))
    ? []
    : ["metadata"]
]

/** Empty texts are dropped without a word, and what is left of nothing is an array. */
const kept = (metadata: object): object => {
  const entries = Object.entries(metadata).filter(([, value]) => value !== "")
  return entries.length === 0 ? [] : Object.fromEntries(entries)
}

/** A `fetch` that answers as Acme does, with customers of its own; `seed` is written over rows as they would be. */
export const acmeServer = (seed: ReadonlyArray<Body> = []): typeof globalThis.fetch => {
  let rows: ReadonlyArray<Row> = []
  let writes = 0
  const now = () => new Date(Date.UTC(2026, 0, 1) + ++writes).toISOString()
  const living = () => rows.filter(({ deleted_at }) => deleted_at === null)

  const write = (row: Row, body: Body): Response => {
    const next: Row = { ...row, ...given(body), updated_at: now() }
    const invalid = invalidFields({ ...next })
    if (invalid.length > 0) return refuse(400, "invalid", "Some fields are invalid.", invalid)
    const others = living().filter(({ id }) => id !== row.id)
    const taken = [
      ...others.some(({ email }) => email !== "" && email.toLowerCase() === next.email.toLowerCase()) ? ["email"] : [],
      ...others.some(({ reference }) => reference !== "" && reference === next.reference) ? ["reference"] : []
    ]
    if (taken.length > 0) return refuse(400, "duplicate", `Taken: ${next.email} ${next.reference}`, taken)
    const stored = { ...next, metadata: kept(next.metadata) }
    const isNew = rows.every(({ id }) => id !== row.id)
    rows = isNew ? [...rows, stored] : rows.map((other) => other.id === row.id ? stored : other)
    return json(isNew ? 201 : 200, stored)
  }

  const create = (body: Body): Response => {
    const created_at = now()
    const id = `cus_${rows.length + 1}`
    const empty = { name: "", email: "", reference: "", metadata: {}, deleted_at: null }
    return write({ ...empty, id, created_at, updated_at: created_at }, body)
  }

  const list = (query: URLSearchParams): Response => {
    const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 20)]
    if (!(page >= 1 && size >= 1 && size <= 100)) return refuse(400, "invalid", "No such page.", ["page", "per_page"])
    const part = query.get("email")?.toLowerCase() ?? ""
    const reference = query.get("reference")
    const found = living().filter((row) =>
      row.email.toLowerCase().includes(part) && (reference === null || row.reference === reference)
    )
    const data = found.slice((page - 1) * size, page * size)
    return json(200, { data, page, pages: Math.ceil(found.length / size), total: found.length })
  }

  const one = async (request: Request, id: string): Promise<Response> => {
    const row = rows.find((row) => row.id === id)
    if (request.method === "GET") return row === undefined ? noSuchCustomer() : json(200, row)
    if (row === undefined || row.deleted_at !== null) return noSuchCustomer()
    if (request.method === "PATCH") return write(row, await request.json() as Body)
    rows = rows.map((other) => other.id === id ? { ...row, deleted_at: now() } : other)
    return new Response(null, { status: 204 })
  }

  for (const row of seed) {
    create({ name: "Ada" })
    rows = rows.map((stored, index) => index === rows.length - 1 ? { ...stored, ...row } : stored)
  }

  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname, searchParams } = new URL(request.url)
    const [, id] = /^\/v1\/customers\/([^/]+)$/.exec(pathname) ?? []
    if (request.headers.get("authorization") !== "Bearer key_test") return refuse(401, "bad_key", "Who are you?")
    if (id !== undefined && request.method !== "POST") return one(request, decodeURIComponent(id))
    if (pathname !== "/v1/customers") return refuse(404, "no_such_route", "There is nothing here.")
    return request.method === "POST" ? create(await request.json() as Body) : list(searchParams)
  }
}
