/**
 * A provider that nobody has: the smallest customers API, with idempotency keys on its `POST`. For tests of the frame,
 * and of clients that need keys before a real provider with them is emulated.
 */
import * as Schema from "effect/Schema"
import type { Answer, Call, Emulator, Route } from "../../src/internal/emulator.js"
import { makeKeyStore } from "../../src/internal/keyStore.js"
import { readSeeds } from "../../src/internal/seeds.js"

export interface AcmeRecord {
  readonly id: string
  readonly email: string
  readonly name: string | null
  /** ISO time, in milliseconds. */
  readonly created_at: string
}

export interface AcmeSeed {
  readonly email?: string | undefined
  readonly name?: string | null | undefined
}

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

const refuse = (status: number, error: string): Answer => json(status, { error })

const tokenOf = (call: Call): string => /^Bearer (\S+)$/.exec(call.headers["authorization"] ?? "")?.[1] ?? ""

interface Fields {
  readonly email: string | undefined
  readonly name: string | null | undefined
}

const readFields = (call: Call): Fields | Answer => {
  let body: unknown
  try {
    body = JSON.parse(call.text)
  } catch {
    return refuse(400, "the body is no JSON")
  }
  if (typeof body !== "object" || body === null) return refuse(422, "the body is no object")
  const email: unknown = Reflect.get(body, "email")
  const name: unknown = Reflect.get(body, "name")
  if (email !== undefined && (typeof email !== "string" || !email.includes("@"))) {
    return refuse(422, "email is no e-mail address")
  }
  if (name !== undefined && name !== null && typeof name !== "string") return refuse(422, "name is no text")
  return { email, name }
}

export const acme: Emulator<AcmeSeed, AcmeRecord> = {
  hosts: ["api.acme.example"],
  places: { enums: [], records: [] },
  readSeeds: readSeeds(Schema.Struct({
    email: Schema.optional(Schema.String),
    name: Schema.optional(Schema.NullOr(Schema.String))
  })),
  make: (world) => {
    let live = new Map<string, AcmeRecord>()
    let gone: ReadonlyArray<AcmeRecord> = []
    let generated = 0
    const keys = makeKeyStore(world, { accountOf: tokenOf, refuse })

    const add = (email: string, name: string | null): AcmeRecord => {
      const record = {
        id: world.nextId(),
        email,
        name,
        created_at: new Date(Math.floor(world.writeMoment() / 1000)).toISOString()
      }
      live.set(record.id, record)
      return record
    }

    const withCustomer = (answer: (record: AcmeRecord, call: Call) => Answer) => (call: Call): Answer => {
      const record = live.get(call.params["id"] ?? "")
      return record === undefined ? refuse(404, "no such customer") : answer(record, call)
    }

    const create = (call: Call): Answer => {
      const fields = readFields(call)
      if ("status" in fields) return fields
      return fields.email === undefined
        ? refuse(422, "email is required")
        : json(201, add(fields.email, fields.name ?? null))
    }

    const update = (before: AcmeRecord, call: Call): Answer => {
      const fields = readFields(call)
      if ("status" in fields) return fields
      const email = fields.email ?? before.email
      const name = fields.name === undefined ? before.name : fields.name
      if (email !== before.email || name !== before.name) {
        world.writeMoment()
        live.set(before.id, { ...before, email, name })
      }
      return json(200, live.get(before.id))
    }

    const remove = (record: AcmeRecord): Answer => {
      world.writeMoment()
      live.delete(record.id)
      gone = [...gone, record]
      return { status: 204, headers: {} }
    }

    const routes: ReadonlyArray<Route> = [
      {
        method: "GET",
        path: "/v1/customers",
        operation: "list",
        answer: () => json(200, { items: [...live.values()] })
      },
      {
        method: "POST",
        path: "/v1/customers",
        operation: "create",
        answer: (call) => keys.answer(call, () => create(call))
      },
      {
        method: "GET",
        path: "/v1/customers/{id}",
        operation: "get",
        answer: withCustomer((record) => json(200, record))
      },
      { method: "PATCH", path: "/v1/customers/{id}", operation: "update", answer: withCustomer(update) },
      { method: "DELETE", path: "/v1/customers/{id}", operation: "delete", answer: withCustomer(remove) }
    ]

    return {
      routes,
      arrived: keys.arrived,
      around: (call, next) => tokenOf(call) === "" ? refuse(401, "a bearer token is required") : next(),
      unrouted: () => refuse(404, "no such route"),
      seed: (customers) =>
        (typeof customers === "number" ? Array.from({ length: customers }, (): AcmeSeed => ({})) : customers)
          .map(({ email, name }) => add(email ?? `customer-${++generated}@example.com`, name ?? null).id),
      customers: () => [...live.values()],
      deleted: () => gone,
      snapshot: () => {
        const before = { live: new Map(live), gone, generated }
        const forgetKeys = keys.snapshot()
        return () => {
          ;({ generated, gone, live } = before)
          forgetKeys()
        }
      }
    }
  }
}
