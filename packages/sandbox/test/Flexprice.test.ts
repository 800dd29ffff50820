import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault, type FlexpriceSeed, Sandbox } from "../src/index.js"
import { type Answered, inProcess } from "./flexprice/calling.js"
import { contractIsThere, problems } from "./flexprice/contract.js"

const wire = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
  it.effect(name, () => test.pipe(Effect.provide(Sandbox.layerFetch())))

const customers = "/v1/customers"
const search = `${customers}/search`
const home = "env_01K3A0000000000000000000E1"
const other = "env_01K3A0000000000000000000E2"
const keyUser = "user_01K3A0000000000000000000A1"
const tokenUser = "user_01K3A0000000000000000000A2"
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"
const before = { key: "era1" }

const ulid = "[0-7][0-9A-HJKMNP-TV-Z]{25}"

const names = ({ json }: Answered): ReadonlyArray<string> => json.items.map(({ name }: any) => name)

const ids = ({ json }: Answered): ReadonlyArray<string> => json.items.map(({ id }: any) => id)

/** Status, code and message of an error of today. */
const failure = ({ json, status }: Answered) => {
  expect([status, json.http_status_code]).toEqual([status, status])
  return [status, json.code, json.message]
}

/** Names of the fields in Go, and the rules that they broke. */
const tags = ({ json, status }: Answered): ReadonlyArray<unknown> => [
  status,
  ...Object.entries<string>(json.details ?? {}).map(([field, text]) => [field, /on the '(\w+)' tag$/.exec(text)?.[1]])
]

const panicked = ({ status, text }: Answered) => [status, text]

const panic = [500, ""]

describe("credentials", () => {
  wire(
    "a key, or else a token; what is neither is a 401 that says so",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      expect((yield* call("GET", customers)).status).toBe(200)
      const environment = { "x-environment-id": home }
      const wrong: ReadonlyArray<readonly [string | null, Record<string, string>, string]> = [
        [null, {}, "Unauthorized"],
        ["", {}, "Unauthorized"],
        ["an_expired_key", environment, "Unauthorized"],
        ["a_bad_key", {}, "Unauthorized"],
        [null, { ...environment, authorization: "Basic a2V5Og==" }, "Invalid authorization header format"],
        ["bad", { ...environment, authorization: "Bearer" }, "Invalid authorization header format"],
        [null, { ...environment, authorization: "Bearer key" }, "Invalid token"],
        [null, { ...environment, authorization: `Bearer ${jwt}expired` }, "Invalid token"],
        [null, { ...environment, authorization: `Bearer ${jwt}nobody` }, "Invalid token claims"]
      ]
      for (const [key, headers, error] of wrong) {
        for (const [method, path] of [["GET", customers], ["DELETE", `${customers}/cust_x`]] as const) {
          const { json, status } = yield* call(method, path, undefined, { key, headers })
          expect([key, headers, status, json]).toEqual([key, headers, 401, { error }])
        }
      }
      const authorization = `Bearer ${jwt}`
      for (const key of [null, "bad"]) {
        const headers = { ...environment, authorization }
        expect((yield* call("GET", customers, undefined, { key, headers })).status).toBe(200)
      }
      expect((yield* call("GET", customers, undefined, { headers: { authorization: "Bearer nonsense" } })).status)
        .toBe(200)
    })
  )

  wire(
    "a key of one environment ignores the header; any other names an environment that is there",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const unbound = [{ key: "a_config_key" }, { key: null, headers: { authorization: `Bearer ${jwt}` } }]
      for (const { headers, key } of unbound) {
        for (const named of [undefined, "", "env_foreign"]) {
          const environment = named === undefined ? {} : { "x-environment-id": named }
          const { json, status } = yield* call("GET", customers, undefined, {
            key,
            headers: { ...headers, ...environment }
          })
          expect([key, named, status, json]).toEqual([key, named, 403, {
            error: "Access denied",
            message: "Invalid or inaccessible environment"
          }])
        }
      }
      const there = { key: "config", headers: { "x-environment-id": other } }
      const body = { external_id: "same", name: "Ada" }
      const abroad = yield* call("POST", customers, body, there)
      expect([abroad.status, abroad.json.environment_id]).toEqual([201, other])
      const { json } = yield* call("POST", customers, body, { headers: { "x-environment-id": "env_foreign" } })
      expect(json.environment_id).toBe(home)
      expect(ids(yield* call("GET", customers))).toEqual([json.id])
      expect(ids(yield* call("GET", customers, undefined, there))).toEqual([abroad.json.id])
      expect((yield* call("GET", `${customers}/external/same`, undefined, there)).json.id).toBe(abroad.json.id)
      for (const method of ["GET", "DELETE"]) {
        expect((yield* call(method, `${customers}/${json.id}`, undefined, there)).status).toBe(404)
      }
      expect((yield* control.customers("flexprice")).map(({ environment_id }) => environment_id)).toEqual([other, home])
    })
  )

  wire(
    "who may only read is a 403 on writes, and so is every write of a suspended tenant",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", 1)
      const refusals = [["a_readonly_key", "insufficient permissions"], ["suspended", "tenant account is suspended"]]
      for (const [key, message] of refusals) {
        const writes = [["POST", customers], ["PUT", `${customers}?id=${id}`], [
          "DELETE",
          `${customers}/${id}`
        ]] as const
        for (const [method, path] of writes) {
          const { json, status } = yield* call(method, path, { external_id: "x", name: "X" }, { key: key! })
          expect([method, key, status, json]).toEqual([method, key, 403, { message }])
        }
        for (const path of [customers, `${customers}/${id}`]) {
          expect((yield* call("GET", path, undefined, { key: key! })).status).toBe(200)
        }
        expect((yield* call("POST", search, {}, { key: key! })).status).toBe(200)
      }
      expect((yield* control.requests).map(({ applied }) => applied)).not.toContain(true)
    })
  )
})

describe("transport", () => {
  wire(
    "both hosts, one state; a request id is echoed or made, and none that the ids depend on",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const read = yield* call("GET", customers)
      const body = { external_id: "a", name: "Ada" }
      const { json } = yield* call("POST", customers, body, { host: "api.cloud.flexprice.io" })
      const { headers, status } = yield* call("GET", `${customers}/${json.id}`)
      expect([status, headers.get("x-request-id") === read.headers.get("x-request-id")]).toEqual([200, false])
      yield* call("GET", `${customers}/cust_none`, undefined, { headers: { "x-request-id": "mine" } })
      yield* control.reset
      expect((yield* call("POST", customers, body)).json).toEqual(json)
      yield* control.reset
      expect((yield* call("GET", customers)).headers.get("x-request-id")).toBe(read.headers.get("x-request-id"))
    })
  )

  wire(
    "404 as text for an unknown URL, another method, and a slash too many, whoever asks",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", 1)
      const unknown = [
        ["GET", "/"],
        ["GET", "/customers"],
        ["GET", `${customers}/`],
        ["GET", `${customers}/${id}/`],
        ["PATCH", `${customers}/${id}`],
        ["POST", `${customers}/${id}`],
        ["DELETE", customers],
        ["GET", `${customers}/${id}/grants`],
        ["GET", `${customers}/external/a/usage`],
        ["GET", "/v1/nothing"]
      ] as const
      for (const [method, path] of unknown) {
        for (const key of ["key", null]) {
          const { status, text } = yield* call(method, path, undefined, { key })
          expect([method, path, status, text]).toEqual([method, path, 404, "404 page not found"])
        }
      }
      expect(new Set((yield* control.requests).map(({ operation }) => operation))).toEqual(new Set(["unknown"]))
    })
  )

  wire(
    "paths are decoded before they are routed: an external id with a slash is found by search alone",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const odd = ["a/b", "a/entitlements", "a b?é%#", ".."]
      const found = yield* control.seed("flexprice", odd.map((external_id) => ({ external_id })))
      const by = (external_id: string) => call("GET", `${customers}/external/${encodeURIComponent(external_id)}`)
      expect((yield* by("a/b")).text).toBe("404 page not found")
      const sub = yield* by("a/entitlements")
      expect([sub.status, sub.json.details]).toEqual([404, { lookup_key: "a" }])
      expect((yield* by("a b?é%#")).json.id).toBe(found[2])
      for (const [i, external_id] of odd.entries()) {
        expect(ids(yield* call("POST", search, { external_id }))).toEqual([found[i]])
      }
      expect((yield* control.requests).map(({ operation }) => operation).slice(0, 3))
        .toEqual(["unknown", "getEntitlements", "getByExternalId"])
    })
  )
})

describe("create", () => {
  wire(
    "answers the whole customer to the nanosecond; later reads have microseconds",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const bare = yield* call("POST", customers, { external_id: "acme-42", name: "Acme Inc", email: null })
      expect(bare.status).toBe(201)
      const { created_at, ...rest } = bare.json
      expect(rest).toEqual({
        id: expect.stringMatching(new RegExp(`^cust_${ulid}$`)),
        external_id: "acme-42",
        name: "Acme Inc",
        email: "",
        address_line1: "",
        address_line2: "",
        address_city: "",
        address_state: "",
        address_postal_code: "",
        address_country: "",
        timezone: "UTC",
        metadata: null,
        environment_id: home,
        tenant_id: "tenant_01K3A0000000000000000000T1",
        status: "published",
        updated_at: created_at,
        created_by: keyUser,
        updated_by: keyUser
      })
      expect(created_at).toMatch(/^2026-01-03T13:37:00\.000000\d{1,3}Z$/)
      const read = yield* call("GET", `${customers}/${bare.json.id}`)
      const moment = "2026-01-03T13:37:00Z"
      expect(read.json).toEqual({ ...bare.json, created_at: moment, updated_at: moment })

      const all = {
        external_id: "full",
        name: "Ada",
        email: "Ada@Example.com",
        contact: "+61 400 000 000",
        address_line1: "1 Sample St",
        address_line2: "Unit 2",
        address_city: "Perth",
        address_state: "WA",
        address_postal_code: "6000",
        address_country: "AU",
        timezone: "Australia/Perth",
        metadata: { tier: "gold", empty: "" }
      }
      const more = {
        id: "cust_mine",
        status: "archived",
        unknown: { a: 1 },
        parent_customer_id: "ignored",
        skip_onboarding_workflow: true,
        onboarding_workflow_name: "nobody's",
        tax_rate_overrides: [{ tax_rate_code: "GST", currency: "aud", priority: 0, auto_apply: false, metadata: {} }],
        integration_entity_mapping: [
          { entity_id: "e", entity_type: "customer", provider_type: "stripe", provider_entity_id: "cus_1" }
        ]
      }
      const full = yield* call("POST", customers, { ...all, ...more })
      expect([full.status, full.json]).toMatchObject([201, { ...all, status: "published" }])
      expect(full.json.id).not.toBe("cust_mine")
      expect(full.json).not.toHaveProperty("parent_customer_id")
      const blank = yield* call("POST", customers, {
        ...Object.fromEntries(Object.keys(all).map((name) => [name, ""])),
        external_id: "blank",
        name: "B",
        metadata: {},
        tax_rate_overrides: []
      })
      expect([blank.status, blank.json]).toMatchObject([201, { email: "", address_country: "", timezone: "UTC" }])
      expect(blank.json).not.toHaveProperty("contact")
      expect((yield* control.customers("flexprice")).map(({ external_id }) => external_id))
        .toEqual(["acme-42", "full", "blank"])
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, true, true])
    })
  )

  wire(
    "400 with the names of Go for every field that breaks its rule",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const nothing = yield* call("POST", customers, {})
      expect([nothing.status, nothing.json]).toEqual([400, {
        code: "validation_error",
        message: "Request validation failed",
        http_status_code: 400,
        details: {
          ExternalID: "Key: 'CreateCustomerRequest.ExternalID' Error:Field validation for 'ExternalID' failed on the " +
            "'required' tag",
          Name: "Key: 'CreateCustomerRequest.Name' Error:Field validation for 'Name' failed on the 'required' tag"
        }
      }])
      const long = (length: number) => "😀".repeat(length)
      const override = { tax_rate_code: "GST", currency: "aud" }
      const mapping = { entity_id: "e", entity_type: "customer", provider_type: "s", provider_entity_id: "p" }
      const wrong: ReadonlyArray<readonly [Record<string, unknown>, string, string]> = [
        [{ external_id: "" }, "ExternalID", "required"],
        [{ name: "" }, "Name", "required"],
        [{ email: "ada" }, "Email", "email"],
        [{ email: "a da@example.com" }, "Email", "email"],
        [{ contact: long(21) }, "Contact", "max"],
        [{ address_line1: long(256) }, "AddressLine1", "max"],
        [{ address_line2: long(256) }, "AddressLine2", "max"],
        [{ address_city: long(101) }, "AddressCity", "max"],
        [{ address_state: long(101) }, "AddressState", "max"],
        [{ address_postal_code: long(21) }, "AddressPostalCode", "max"],
        [{ address_country: "AUS" }, "AddressCountry", "len"],
        [{ address_country: "au" }, "AddressCountry", "iso3166_1_alpha2"],
        [{ address_country: "XX" }, "AddressCountry", "iso3166_1_alpha2"],
        [{ timezone: "Local" }, "Timezone", "timezone"],
        [{ timezone: "Mars/Base" }, "Timezone", "timezone"],
        [{ timezone: "+05:30" }, "Timezone", "timezone"],
        [{ tax_rate_overrides: [{ ...override, currency: "" }] }, "Currency", "required"],
        [{ tax_rate_overrides: [override, { currency: "aud" }] }, "TaxRateCode", "required"],
        [{ tax_rate_overrides: [{ ...override, priority: -1 }] }, "Priority", "gte"],
        [{ integration_entity_mapping: [{ ...mapping, entity_id: "" }] }, "EntityID", "required"],
        [{ integration_entity_mapping: [{ ...mapping, provider_type: null }] }, "ProviderType", "required"]
      ]
      const valid = { external_id: "x", name: "X" }
      for (const [change, field, tag] of wrong) {
        expect([change, ...tags(yield* call("POST", customers, { ...valid, ...change }))])
          .toEqual([change, 400, [field, tag]])
      }
      expect(yield* control.customers("flexprice")).toEqual([])
      const longest = {
        external_id: long(255),
        name: long(255),
        contact: long(20),
        address_line1: long(255),
        address_city: long(100),
        address_postal_code: long(20)
      }
      expect((yield* call("POST", customers, longest)).status).toBe(201)
    })
  )

  wire(
    "what cannot be bound is a 400, what the database refuses a 500",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const valid = { external_id: "x", name: "X" }
      const unbound: ReadonlyArray<unknown> = [
        "",
        "{",
        "[]",
        "\"text\"",
        { ...valid, external_id: 5 },
        { ...valid, name: ["X"] },
        { ...valid, timezone: 5 },
        { ...valid, metadata: { a: 1 } },
        { ...valid, metadata: ["a"] },
        { ...valid, skip_onboarding_workflow: "yes" },
        { ...valid, tax_rate_overrides: {} },
        { ...valid, tax_rate_overrides: [{ tax_rate_code: "GST", currency: "aud", priority: 1.5 }] },
        { ...valid, integration_entity_mapping: ["stripe"] }
      ]
      for (const body of unbound) {
        const answer = yield* call("POST", customers, body)
        expect([body, ...failure(answer)]).toEqual([body, 400, "validation_error", "Invalid request format"])
      }
      expect(tags(yield* call("POST", customers, "null"))).toHaveLength(3)
      for (const change of [{ external_id: "e".repeat(256) }, { name: "n".repeat(256) }]) {
        expect(failure(yield* call("POST", customers, { ...valid, ...change })))
          .toEqual([500, "database_error", "Failed to create customer"])
      }
      const formats = { gstin: "29ABCDE1234F1Z5", pan: "ABCDE1234F", hsn_sac: "998314" }
      for (const [key, format] of Object.entries(formats)) {
        const answer = yield* call("POST", customers, { ...valid, metadata: { [key]: format.slice(1) } })
        expect([key, answer.status, Object.keys(answer.json.details)]).toEqual([key, 400, [key]])
      }
      expect(yield* control.customers("flexprice")).toEqual([])
      const { json } = yield* call("POST", customers, { ...valid, metadata: { ...formats, gone: null } })
      expect(json.metadata).toEqual({ ...formats, gone: "" })
    })
  )

  wire(
    "an external id is taken once among the published, in its exact case; e-mails may repeat",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const body = { external_id: "acme-42", name: "A", email: "a@example.com" }
      const first = yield* call("POST", customers, body)
      const second = yield* call("POST", customers, { ...body, name: "B" })
      expect([second.status, second.json]).toEqual([409, {
        code: "already_exists",
        message: "A customer with this identifier already exists",
        http_status_code: 409,
        details: { external_id: "acme-42" }
      }])
      expect((yield* call("POST", customers, { ...body, external_id: "ACME-42" })).status).toBe(201)
      expect((yield* call("DELETE", `${customers}/${first.json.id}`)).status).toBe(204)
      const again = yield* call("POST", customers, body)
      expect([again.status, again.json.id === first.json.id]).toEqual([201, false])
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, true, true, true])
    })
  )
})

describe("texts", () => {
  wire(
    "half a character in an escape is stored as U+FFFD, in keys too; a whole one is not",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const made = yield* call(
        "POST",
        customers,
        String
          .raw`{"external_id":"a\ud800","name":"\udc00\ud83d\ude00","metadata":{"\uD800k":"v\udfff","\ud83d\ude00":"\ud83d\ude00"}}`
      )
      const read = { external_id: "a\ufffd", name: "\ufffd😀", metadata: { "\ufffdk": "v\ufffd", "😀": "😀" } }
      expect([made.status, made.json]).toMatchObject([201, read])
      expect((yield* call("GET", `${customers}/external/${encodeURIComponent("a\ufffd")}`)).json).toMatchObject(read)
      const query = new URLSearchParams({ metadata: String.raw`{"\ud800k":"v\ud800"}` })
      expect((yield* call("GET", `${customers}?${query}`)).json.items).toHaveLength(1)
    })
  )
})

describe("update", () => {
  const seed = {
    external_id: "ada",
    name: "Ada",
    email: "ada@example.com",
    contact: "1",
    address_line1: "1 Sample St",
    address_country: "AU",
    timezone: "Australia/Perth",
    metadata: { a: "1", b: "2" }
  }

  wire(
    "what is absent or null stays, `{}` is a write; the answer shows who and when wrote before it",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", [seed])
      const [stored] = yield* control.customers("flexprice")
      const nulls = Object.fromEntries(Object.keys(seed).map((name) => [name, null]))
      for (const body of [{}, nulls, { id: "cust_x", status: "archived", unknown: 1 }]) {
        const [last] = yield* control.customers("flexprice")
        const { json, status } = yield* call("PUT", `${customers}?id=${id}`, body)
        expect([status, json]).toEqual([200, last])
        const [now] = yield* control.customers("flexprice")
        expect(now).toEqual({ ...stored, updated_at: now!.updated_at })
        expect(Date.parse(now!.updated_at)).toBeGreaterThan(Date.parse(last!.updated_at))
        expect((yield* call("GET", `${customers}/${id}`)).json).toEqual(now)
      }
      const [last] = yield* control.customers("flexprice")
      const headers = { authorization: `Bearer ${jwt}`, "x-environment-id": home }
      const { json } = yield* call("PUT", `${customers}/${id}`, { name: "Ada L." }, { key: null, headers })
      expect(json).toEqual({ ...last, name: "Ada L." })
      expect((yield* call("GET", `${customers}/${id}`)).json).toMatchObject({ name: "Ada L.", updated_by: tokenUser })
      expect((yield* control.requests).filter(({ applied }) => applied)).toHaveLength(4)
      const made = yield* call("POST", customers, { external_id: "x", name: "X" }, { key: null, headers })
      expect(made.json).toMatchObject({ created_by: tokenUser, updated_by: tokenUser })
    })
  )

  wire(
    "sets and clears; what cannot be cleared is a 400, name and external id a 500; metadata is replaced whole",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", [{ ...seed, address_city: "Perth", address_postal_code: "6000" }])
      const path = `${customers}?id=${id}`
      const cleared = yield* call("PUT", path, {
        contact: "",
        address_line1: "",
        address_line2: "",
        address_city: "",
        address_state: "",
        address_postal_code: ""
      })
      expect([cleared.status, cleared.json]).toMatchObject([200, {
        contact: "",
        address_line1: "",
        address_city: "",
        address_postal_code: "",
        address_country: "AU",
        metadata: { a: "1", b: "2" }
      }])
      const refused: ReadonlyArray<readonly [string, string, string]> = [
        ["email", "Email", "email"],
        ["address_country", "AddressCountry", "len"],
        ["timezone", "Timezone", "timezone"]
      ]
      for (const [name, field, tag] of refused) {
        const answer = yield* call("PUT", path, { [name]: "", name: "X" })
        expect(tags(answer)).toEqual([400, [field, tag]])
        expect(answer.json.details[field]).toContain("'UpdateCustomerRequest.")
      }
      for (const body of [{ name: "" }, { external_id: "" }, { name: "n".repeat(256) }]) {
        expect(failure(yield* call("PUT", path, body))).toEqual([500, "database_error", "Failed to update customer"])
      }
      for (const body of ["", "{", "[]", { name: 5 }, { metadata: { a: [] } }]) {
        expect(failure(yield* call("PUT", path, body))).toEqual([400, "validation_error", "Invalid request format"])
      }
      expect(tags(yield* call("PUT", path, { metadata: { pan: "x" } }))[0]).toBe(400)
      expect(yield* control.customers("flexprice")).toMatchObject([{
        name: "Ada",
        external_id: "ada",
        metadata: seed.metadata
      }])
      expect((yield* call("PUT", path, { metadata: { c: "3" } })).json.metadata).toEqual({ c: "3" })
      expect((yield* call("PUT", path, { metadata: {} })).json.metadata).toEqual({})
      const changed = {
        name: "B",
        email: "b@example.com",
        timezone: "Asia/Kolkata",
        address_country: "IN",
        contact: "2"
      }
      expect((yield* call("PUT", path, { ...changed, integration_entity_mapping: [{}] })).json).toMatchObject(changed)
    })
  )

  wire(
    "takes an id, which finds the archived too, or an external id, or both of the same customer",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [ada, bob] = yield* control.seed("flexprice", [seed, { external_id: "bob" }])
      const put = (query: string) => call("PUT", `${customers}${query}`, {})
      expect((yield* put(`?external_customer_id=ada`)).json.id).toBe(ada)
      expect((yield* put(`?id=${ada}&external_customer_id=ada`)).json.id).toBe(ada)
      expect((yield* put(`?id=${bob}&external_customer_id=ada`)).status).toBe(400)
      for (const neither of ["", "?id=", "?id=&external_customer_id="]) {
        const answer = yield* put(neither)
        expect([neither, ...failure(answer)].slice(0, 3)).toEqual([neither, 400, "validation_error"])
      }
      expect((yield* put("?id=cust_x")).json.details).toEqual({ customer_id: "cust_x" })
      expect((yield* put("?external_customer_id=Ada")).json.details).toEqual({ lookup_key: "Ada" })
      expect((yield* put(`?id=${ada}&external_customer_id=nobody`)).status).toBe(404)
      yield* call("DELETE", `${customers}/${ada}`)
      expect((yield* put(`?external_customer_id=ada`)).status).toBe(404)
      const archived = yield* call("PUT", `${customers}?id=${ada}`, { name: "Ghost" })
      expect([archived.status, archived.json]).toMatchObject([200, { status: "archived", name: "Ghost" }])
      expect(yield* control.deleted("flexprice")).toMatchObject([{ id: ada, name: "Ghost", status: "archived" }])
      expect((yield* call("PUT", `${customers}/${ada}`, { external_id: "bob" })).json.external_id).toBe("bob")
      expect((yield* call("GET", `${customers}/external/bob`)).json.id).toBe(bob)
      expect((yield* call("PUT", `${customers}/cust_x`, {})).status).toBe(404)
    })
  )

  wire(
    "another external id with null metadata panics and changes nothing; else the new id is noted as an old one",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", [{ ...seed, metadata: null }, { external_id: "bob" }])
      const [stored] = yield* control.customers("flexprice")
      const path = `${customers}?id=${id}`
      for (const body of [{ external_id: "eve" }, { external_id: "eve", metadata: { a: "1" }, name: "E" }]) {
        expect(panicked(yield* call("PUT", path, body))).toEqual(panic)
      }
      expect((yield* control.customers("flexprice"))[0]).toEqual(stored)
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([false, false])
      expect((yield* call("PUT", path, { external_id: "ada", name: "Same" })).status).toBe(200)

      yield* call("PUT", path, { metadata: {} })
      expect(failure(yield* call("PUT", path, { external_id: "bob", name: "B" }))).toEqual([
        409,
        "already_exists",
        "A customer with this identifier already exists"
      ])
      const renamed = yield* call("PUT", path, { external_id: "eve" })
      expect(renamed.json).toMatchObject({ external_id: "eve", metadata: { old_external_ids: "eve" } })
      const twice = yield* call("PUT", path, { external_id: "Bob" })
      expect(twice.json).toMatchObject({ external_id: "Bob", metadata: { old_external_ids: "eve,Bob" } })
      expect((yield* call("PUT", path, { external_id: "zoe", metadata: { b: "2" } })).json.metadata).toEqual({ b: "2" })
      for (const free of ["ada", "eve", "Bob"]) {
        expect((yield* call("GET", `${customers}/external/${free}`)).status).toBe(404)
        expect((yield* call("POST", customers, { external_id: free, name: "New" })).status).toBe(201)
      }
      expect((yield* call("GET", `${customers}/external/zoe`)).json.id).toBe(id)
    })
  )
})

describe("get", () => {
  wire(
    "by id the archived too, by external id the published alone, on the old path as well",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("flexprice", [{ external_id: "acme-42" }])
      const [record] = yield* control.customers("flexprice")
      for (const path of [`/${id}`, "/external/acme-42", "/lookup/acme-42"]) {
        expect((yield* call("GET", customers + path)).json).toEqual(record)
      }
      const missing = yield* call("GET", `${customers}/cust_x`)
      expect([missing.status, missing.json]).toEqual([404, {
        code: "not_found",
        message: "Customer with ID cust_x was not found",
        http_status_code: 404,
        details: { customer_id: "cust_x" }
      }])
      yield* call("DELETE", `${customers}/${id}`)
      for (const path of ["/external/acme-42", "/external/ACME-42", "/lookup/nobody"]) {
        const lookup_key = path.split("/")[2]
        const { json, status } = yield* call("GET", customers + path)
        expect([status, json]).toEqual([404, {
          code: "not_found",
          message: `Customer with lookup key ${lookup_key} was not found`,
          http_status_code: 404,
          details: { lookup_key }
        }])
      }
      expect((yield* call("GET", `${customers}/${id}`)).json).toMatchObject({ id, status: "archived" })
    })
  )

  wire(
    "integrations are there when asked for and mapped",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [mapped, plain] = yield* control.seed("flexprice", [
        { external_id: "a", integrations: [{ provider_entity_id: "cus_9", metadata: { any: [1] } }] },
        { external_id: "b" }
      ])
      const expanded = "expand=integrations"
      const { json } = yield* call("GET", `${customers}/${mapped}?${expanded}`)
      expect(json.integrations).toEqual([{
        id: expect.stringMatching(new RegExp(`^eim_${ulid}$`)),
        entity_id: mapped,
        entity_type: "customer",
        provider_type: "stripe",
        provider_entity_id: "cus_9",
        environment_id: home,
        tenant_id: json.tenant_id,
        status: "published",
        metadata: { any: [1] },
        created_at: "2026-01-03T13:37:00Z",
        updated_at: "2026-01-03T13:37:00Z",
        created_by: keyUser,
        updated_by: keyUser
      }])
      expect((yield* call("GET", `${customers}/external/a?${expanded}`)).json).toEqual(json)
      expect((yield* call("GET", `${customers}?${expanded}&order=asc`)).json.items[0]).toEqual(json)
      expect((yield* call("POST", search, { expand: "integrations" })).json.items[1]).toEqual(json)
      expect((yield* call("GET", `${customers}/${plain}?${expanded}`)).json).not.toHaveProperty("integrations")
      expect((yield* call("GET", `${customers}/${mapped}`)).json).not.toHaveProperty("integrations")
      for (const expand of ["parent_customer", "integrations,subscriptions"]) {
        for (const path of [customers, `${customers}/${mapped}`, `${customers}/external/a`]) {
          expect(failure(yield* call("GET", `${path}?expand=${expand}`)))
            .toEqual([400, "validation_error", "Field is not allowed to be expanded"])
        }
      }
    })
  )
})

describe("delete", () => {
  wire(
    "archives, frees the external id, and is a 404 the second time",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id, stays] = yield* control.seed("flexprice", 2)
      const [record] = yield* control.customers("flexprice")
      const { status, text } = yield* call("DELETE", `${customers}/${id}`)
      expect([status, text]).toEqual([204, ""])
      const [archived] = yield* control.deleted("flexprice")
      expect(archived).toEqual({ ...record, status: "archived", updated_at: archived!.updated_at })
      expect(Date.parse(archived!.updated_at)).toBeGreaterThan(Date.parse(record!.updated_at))
      expect((yield* control.customers("flexprice")).map((one) => one.id)).toEqual([stays])
      expect(failure(yield* call("DELETE", `${customers}/${id}`))).toEqual([
        404,
        "not_found",
        "Customer does not exist"
      ])
      expect(failure(yield* call("DELETE", `${customers}/cust_x`)))
        .toEqual([404, "not_found", "Customer with ID cust_x was not found"])
      expect(ids(yield* call("GET", customers))).toEqual([stays])
      expect(ids(yield* call("GET", `${customers}?status=archived`))).toEqual([id])
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([true, false, false, false, false])
    })
  )

  wire(
    "is blocked by an active subscription or wallet, and by no other",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const statuses = ["trialing", "paused", "draft", "cancelled", "incomplete"]
      const [subscribed, funded, free] = yield* control.seed("flexprice", [
        { subscriptions: [{ subscription_status: "cancelled" }, {}], wallets: [{}] },
        { wallets: [{ wallet_status: "closed" }, {}] },
        {
          subscriptions: statuses.map((subscription_status) => ({ subscription_status })),
          wallets: [{ wallet_status: "closed" }]
        }
      ])
      const refused = yield* call("DELETE", `${customers}/${subscribed}`)
      expect(failure(refused))
        .toEqual([400, "invalid_operation", "Customer cannot be deleted due to associated subscriptions"])
      const blocked = yield* call("DELETE", `${customers}/${funded}`)
      expect(blocked.json).toEqual({
        code: "invalid_operation",
        message: "Customer cannot be deleted due to associated wallets",
        http_status_code: 400
      })
      expect((yield* call("DELETE", `${customers}/${free}`)).status).toBe(204)
      expect(yield* control.customers("flexprice")).toHaveLength(2)
      const left = yield* control.resources("flexprice", free!)
      expect([left["subscriptions"]?.length, left["wallets"]]).toMatchObject([5, [{ customer_id: free }]])
      expect(yield* control.resources("flexprice", "cust_never")).toEqual({})
    })
  )
})

/** The two ways to ask for customers, with the same parameters. */
type Params = Readonly<Record<string, string | number | ReadonlyArray<string>>>

const bothWays = Effect.map(inProcess, ({ call, ...rest }) => ({
  ...rest,
  call,
  list: (params: Params) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(params)) {
      for (const one of [value].flat()) query.append(name, String(one))
    }
    return Effect.gen(function*() {
      const listed = yield* call("GET", `${customers}?${query}`)
      const found = yield* call("POST", search, params)
      expect([found.status, found.json]).toEqual([listed.status, listed.json])
      return listed
    })
  }
}))

describe("list and search", () => {
  wire(
    "newest first, 50 to a page, and every page says where the next one begins",
    Effect.gen(function*() {
      const { control, list } = yield* bothWays
      const seeded = yield* control.seed("flexprice", 120)
      const newest = seeded.toReversed()
      const first = yield* list({})
      expect([ids(first), first.json.pagination]).toEqual([newest.slice(0, 50), { total: 120, limit: 50, offset: 50 }])
      const second = yield* list({ offset: first.json.pagination.offset })
      expect([ids(second), second.json.pagination.offset]).toEqual([newest.slice(50, 100), 100])
      const last = yield* list({ offset: 100 })
      expect([ids(last), last.json.pagination]).toEqual([newest.slice(100), { total: 120, limit: 50, offset: 150 }])
      const past = yield* list({ offset: 150, limit: 7 })
      expect(past.json).toEqual({ items: [], pagination: { total: 120, limit: 7, offset: 157 } })
      expect(ids(yield* list({ limit: 1000, order: "asc" }))).toEqual(seeded)
      expect(ids(yield* list({ limit: 1000, order: "desc" }))).toEqual(newest)
      expect((yield* list({ limit: 0 })).json).toEqual(first.json)
      for (const limit of [1001, -1]) {
        const { json, status } = yield* list({ limit })
        expect([status, json]).toEqual([400, {
          code: "validation_error",
          message: "Invalid filter parameters",
          http_status_code: 400,
          details: { limit: "must be between 1 and 1000" }
        }])
      }
      for (const params of [{ offset: -1 }, { order: "up" }]) {
        expect(failure(yield* list(params))).toEqual([400, "validation_error", "Invalid filter parameters"])
      }
      for (const params of [{ limit: "x" }, { offset: "1.5" }]) expect((yield* list(params)).status).toBe(400)
      expect((yield* control.requests).some(({ applied }) => applied)).toBe(false)
    })
  )

  wire(
    "the status is published unless it is asked for, and is any text",
    Effect.gen(function*() {
      const { control, list } = yield* bothWays
      yield* control.seed("flexprice", [{ name: "P" }, { name: "A", status: "archived" }, {
        name: "D",
        status: "deleted"
      }])
      expect(names(yield* list({}))).toEqual(["P"])
      expect(names(yield* list({ status: "archived" }))).toEqual(["A"])
      expect(names(yield* list({ status: "deleted" }))).toEqual(["D"])
      expect(names(yield* list({ status: "nonsense" }))).toEqual([])
      const filters = [{ field: "status", operator: "eq", data_type: "string", value: { string: "archived" } }]
      const { call } = yield* inProcess
      expect(names(yield* call("POST", search, { filters }))).toEqual([])
      expect(names(yield* call("POST", search, { filters, status: "archived" }))).toEqual(["A"])
    })
  )

  wire(
    "all criteria together; times are read and then forgotten",
    Effect.gen(function*() {
      const { call, control, list } = yield* bothWays
      const seeds = [
        { name: "A", external_id: "a", email: "x@example.com", metadata: { tier: "gold", team: "1" } },
        { name: "B", external_id: "b", email: "X@example.com", metadata: { tier: "gold" } },
        { name: "C", external_id: "c", email: "x@example.com", metadata: null }
      ]
      const [a, b] = yield* control.seed("flexprice", seeds)
      expect(names(yield* list({ email: "x@example.com" }))).toEqual(["C", "A"])
      expect(names(yield* list({ external_id: "b" }))).toEqual(["B"])
      expect(names(yield* list({ external_id: "B" }))).toEqual([])
      expect(names(yield* list({ customer_ids: [a!, b!] }))).toEqual(["B", "A"])
      expect(names(yield* list({ external_ids: ["a", "c", "none"], email: "x@example.com" }))).toEqual(["C", "A"])
      expect(names(yield* list({ customer_ids: [], external_ids: [] }))).toHaveLength(3)
      expect(names(yield* list({ customer_ids: `${a},${b}`.split(" ") }))).toEqual([])
      expect(names(yield* call("GET", `${customers}?external_ids=a,b`))).toEqual([])
      for (
        const [metadata, found] of [
          [{ tier: "gold" }, ["B", "A"]],
          [{ tier: "gold", team: "1" }, ["A"]],
          [{ tier: "Gold" }, []],
          [{}, ["C", "B", "A"]]
        ] as const
      ) {
        expect(names(yield* call("POST", search, { metadata }))).toEqual(found)
        const query = new URLSearchParams({ metadata: JSON.stringify(metadata) })
        expect(names(yield* call("GET", `${customers}?${query}`))).toEqual(found)
      }
      expect((yield* call("GET", `${customers}?metadata=gold`)).status).toBe(400)
      const times = { start_time: "2030-01-01T00:00:00Z", end_time: "2031-01-01T00:00:00+05:30" }
      expect(names(yield* list(times))).toHaveLength(3)
      expect((yield* list({ ...times, end_time: "2029-01-01T00:00:00Z" })).json.details).toHaveProperty("end_time")
      expect((yield* list({ start_time: "yesterday" })).status).toBe(400)
      expect(names(yield* list({ parent_customer_ids: ["none"] }))).toHaveLength(3)
    })
  )

  wire(
    "a search needs a body that can be bound; a list takes sorts and filters as JSON alone",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [{ name: "B" }, { name: "A" }])
      const unbound: ReadonlyArray<unknown> = [
        "",
        "[]",
        { limit: "5" },
        { limit: 1.5 },
        { status: 1 },
        { customer_ids: "cust_x" },
        { customer_ids: [1] },
        { metadata: { a: 1 } },
        { sort: "created_at" },
        { sort: ["created_at"] },
        { sort: [{ field: 1 }] },
        { filters: {} },
        { filters: [{ field: "name", operator: "eq", value: "A" }] },
        { filters: [{ field: "name", operator: "eq", value: { string: 1 } }] },
        { filters: [{ field: "created_at", operator: "after", value: { date: "2026" } }] },
        ...["2026-02-30T00:00:00Z", "2026-04-31T00:00:00+05:30", "2025-02-29T00:00:00Z", "2026-01-01T24:00:00Z"]
          .flatMap((date) => [
            { filters: [{ field: "created_at", operator: "after", value: { date } }] },
            { start_time: date }
          ]),
        { start_time: "2026-01-01" }
      ]
      for (const body of unbound) {
        expect([body, ...failure(yield* call("POST", search, body))])
          .toEqual([body, 400, "validation_error", "Invalid request format"])
      }
      expect(names(yield* call("POST", search, "null"))).toEqual(["A", "B"])
      expect((yield* call("GET", `${customers}?sort=created_at`)).status).toBe(400)
      const query = new URLSearchParams()
      query.append("sort", JSON.stringify({ field: "name", direction: "desc" }))
      expect(names(yield* call("GET", `${customers}?${query}`))).toEqual(["B", "A"])
      for (const string of ["a", "b"]) {
        query.append("filters", JSON.stringify({ field: "name", operator: "not_contains", value: { string } }))
      }
      expect(names(yield* call("GET", `${customers}?${query}`))).toEqual([])
      expect((yield* call("GET", `${customers}?filters=name`)).status).toBe(400)
    })
  )

  wire(
    "sorts are applied in order, then the time of creation by `order`; no direction is ascending",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [
        { name: "1", address_city: "B", created_at: "2026-01-01T00:00:00Z" },
        { name: "2", address_city: "A", created_at: "2026-01-01T00:00:00.000001Z", contact: "1" },
        { name: "3", address_city: "B", created_at: "2026-01-01T18:30:00Z" }
      ])
      const sorted = (sort: ReadonlyArray<unknown>, order?: string) =>
        Effect.map(
          call("POST", search, { sort, ...(order === undefined ? {} : { order }) }),
          (page) => names(page).join("")
        )
      expect(yield* sorted([{ field: "address_city" }])).toBe("231")
      expect(yield* sorted([{ field: "address_city", direction: "up" }], "asc")).toBe("213")
      expect(yield* sorted([{ field: "address_city", direction: "desc" }], "asc")).toBe("132")
      expect(yield* sorted([{ field: "address_city", direction: "asc" }, { field: "name", direction: "desc" }]))
        .toBe("231")
      expect(yield* sorted([{ field: "created_at", direction: "asc" }])).toBe("123")
      expect(yield* sorted([{ field: "contact", direction: "desc" }], "asc")).toBe("132")
      expect(yield* sorted([])).toBe("321")
    })
  )

  wire(
    "filters: what fits narrows, what does not is dropped without a word",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [
        { name: "Ada", email: "ada@example.com", created_at: "2026-01-01T00:00:00Z", contact: "12" },
        { name: "Bob", email: "bob@example.com", created_at: "2026-01-02T00:00:00Z" },
        { name: "ada", email: "", created_at: "2026-01-03T00:00:00Z" }
      ])
      const found = (...filters: ReadonlyArray<unknown>) =>
        Effect.map(call("POST", search, { filters, order: "asc" }), (page) => names(page).join(" "))
      const all = "Ada Bob ada"
      const narrowing: ReadonlyArray<readonly [string, string, unknown, string]> = [
        ["name", "eq", { string: "ada" }, "ada"],
        ["name", "contains", { string: "AD" }, "Ada ada"],
        ["name", "not_contains", { string: "AD" }, "Bob"],
        ["contact", "not_contains", { string: "9" }, "Ada"],
        ["name", "in", { array: ["Ada", "Bob", "Eve"] }, "Ada Bob"],
        ["name", "in", { array: [] }, ""],
        ["name", "not_in", { array: ["Ada"] }, "Bob ada"],
        ["created_at", "before", { date: "2026-01-02T00:00:00Z" }, "Ada"],
        ["created_at", "after", { date: "2026-01-02T05:30:00+05:30" }, "ada"],
        ["updated_at", "after", { date: "2026-01-01T23:59:59.999999Z" }, "Bob ada"],
        ["environment_id", "eq", { string: home }, all]
      ]
      for (const [field, operator, value, expected] of narrowing) {
        expect([field, operator, value, yield* found({ field, operator, data_type: "number", value })])
          .toEqual([field, operator, value, expected])
      }
      expect(
        yield* found(
          { field: "name", operator: "contains", value: { string: "a" } },
          { field: "email", operator: "eq", value: { string: "" } }
        )
      ).toBe("ada")
      const dropped: ReadonlyArray<readonly [string, string | undefined, unknown]> = [
        ["name", "eq", { number: 1 }],
        ["name", "eq", { array: ["Ada"] }],
        ["name", "contains", {}],
        ["name", "not_contains", { boolean: true }],
        ["name", "in", { string: "Ada" }],
        ["name", "not_in", { string: "Ada" }],
        ["created_at", "before", { string: "2026-01-02T00:00:00Z" }],
        ["created_at", "after", { number: 1 }],
        ["created_at", "gt", { date: "2026-01-02T00:00:00Z" }],
        ["created_at", "lt", { string: "2026-01-02T00:00:00Z" }],
        ["created_at", "gte", { date: "2026-01-02T00:00:00Z" }],
        ["name", "like", { string: "Ada" }],
        ["name", undefined, { string: "Ada" }]
      ]
      for (const [field, operator, value] of dropped) {
        expect([field, operator, value, yield* found({ field, operator, value })]).toEqual([
          field,
          operator,
          value,
          all
        ])
      }
      const impossible = [
        ["name", "gt", { number: 1 }],
        ["name", "before", { date: "2026-01-02T00:00:00Z" }],
        ["created_at", "contains", { string: "2026" }]
      ]
      for (const [field, operator, value] of impossible) {
        expect(failure(yield* call("POST", search, { filters: [{ field, operator, value }] })))
          .toEqual([500, "database_error", "Failed to list customers"])
      }
      for (const filter of [{ field: "name", operator: "eq" }, { field: "nope", operator: "eq", value: null }]) {
        expect(panicked(yield* call("POST", search, { filters: [filter] }))).toEqual(panic)
      }
    })
  )

  wire(
    "an unknown field is a 400 or a 500, as chance has it, and the same chance every time",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const filters = [{ field: "nope", operator: "eq", value: { string: "x" } }]
      const series = Effect.forEach(
        Array.from({ length: 24 }),
        (_, i) =>
          Effect.map(call("POST", search, i % 2 === 0 ? { filters } : { sort: [{ field: "metadata" }] }), (answer) => {
            const [status, code, message] = failure(answer)
            expect([code, message])
              .toEqual([status === 400 ? "validation_error" : "database_error", "Failed to list customers"])
            return status
          })
      )
      const first = yield* series
      for (const half of [first.filter((_, i) => i % 2 === 0), first.filter((_, i) => i % 2 === 1)]) {
        expect(new Set(half)).toEqual(new Set([400, 500]))
      }
      expect(yield* series).not.toEqual(first)
      yield* control.reset
      expect(yield* series).toEqual(first)
    })
  )

  it.effect("equal times come in an order that a write changes; an id settles it", () =>
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const seeded = yield* control.seed("flexprice", 40)
      const page = (body: unknown) => Effect.map(call("POST", search, body), ids)
      const first = yield* page({})
      expect(yield* page({ limit: 50 })).toEqual(first)
      yield* call("PUT", `${customers}?id=${seeded[0]}`, {})
      expect(yield* page({})).not.toEqual(first)
      expect((yield* page({})).toSorted()).toEqual(seeded.toSorted())
      const sort = [{ field: "created_at", direction: "asc" }, { field: "id", direction: "asc" }]
      expect(yield* page({ sort })).toEqual(seeded.toSorted())
    }).pipe(Effect.provide(Sandbox.layerFetch({ tick: 0 }))))
})

const pro: FlexpriceSeed = {
  id: "cust_1",
  external_id: "acme",
  subscriptions: [
    { id: "subs_old", plan_id: "plan_1", created_at: "2026-01-01T00:00:00Z", subscription_status: "trialing" },
    {
      id: "subs_new",
      plan_id: "plan_2",
      created_at: "2026-01-02T00:00:00Z",
      current_period_end: "2026-09-01T00:00:00Z",
      commitment_amount: "10.5"
    },
    { id: "subs_inherited", created_at: "2026-01-03T00:00:00Z", subscription_type: "inherited" },
    { id: "subs_paused", created_at: "2026-01-03T00:00:00Z", subscription_status: "paused" }
  ],
  features: [
    {
      feature: { id: "feat_sso", name: "SSO", type: "boolean", lookup_key: "sso" },
      sources: [{ subscription_id: "subs_new" }]
    },
    {
      feature: { id: "feat_calls", name: "API calls", lookup_key: "api_calls", unit_singular: "call", metadata: {} },
      entitlement: { usage_limit: 1000 },
      sources: [{ subscription_id: "subs_old" }, { subscription_id: "subs_new", usage_limit: 600 }],
      current_usage: "250"
    },
    {
      feature: { id: "feat_gb", name: "A storage", lookup_key: "gb" },
      entitlement: { usage_limit: 3, usage_reset_period: "NEVER" },
      sources: [{ subscription_id: "subs_new" }],
      current_usage: "0.5"
    },
    {
      feature: { id: "feat_old", name: "Old only", lookup_key: "old" },
      sources: [{ subscription_id: "subs_old" }],
      current_usage: "7"
    },
    {
      feature: { id: "feat_level", name: "Level", type: "static", lookup_key: "level" },
      entitlement: { static_values: ["gold"], usage_limit: 5 },
      sources: [{ subscription_id: "subs_new", static_value: "gold" }],
      current_usage: "3"
    },
    {
      feature: { id: "feat_config", name: "Config", type: "config", lookup_key: "config" },
      entitlement: { config_values: [{ any: [1, "x"], deep: { a: null } }] },
      sources: [{ subscription_id: "subs_new", config_value: { any: 1 } }]
    },
    { feature: { id: "feat_off", name: "Off" }, entitlement: { is_enabled: false } },
    { feature: { id: "feat_disabled" }, sources: [{ subscription_id: "subs_new", is_enabled: false }] },
    { feature: { id: "feat_paused", name: "Paused" }, sources: [{ subscription_id: "subs_paused" }] },
    { feature: { id: "feat_inherited", name: "Inherited" }, sources: [{ subscription_id: "subs_inherited" }] }
  ]
}

const featureIds = ({ json }: Answered): ReadonlyArray<string> => json.features.map(({ feature }: any) => feature.id)

describe("usage", () => {
  const usage = `${customers}/usage`

  wire(
    "of the features of running subscriptions, by kind and name; every source has the newest of them",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [pro])
      const answer = yield* call("GET", `${usage}?customer_id=cust_1`)
      const { json, status } = answer
      expect([status, Object.keys(json), json.customer_id, json.period])
        .toEqual([200, ["customer_id", "features", "period"], "cust_1", null])
      expect(featureIds(answer))
        .toEqual(["feat_gb", "feat_calls", "feat_old", "feat_level", "feat_sso", "feat_config"])
      const [gb, calls, old, level, sso] = json.features
      expect(calls).toEqual({
        feature: {
          id: "feat_calls",
          name: "API calls",
          lookup_key: "api_calls",
          description: "",
          meter_id: expect.stringMatching(new RegExp(`^meter_${ulid}$`)),
          metadata: {},
          type: "metered",
          unit_singular: "call",
          unit_plural: "",
          environment_id: home,
          tenant_id: "tenant_01K3A0000000000000000000T1",
          status: "published",
          created_at: "2026-01-03T13:37:00Z",
          updated_at: "2026-01-03T13:37:00Z",
          created_by: keyUser,
          updated_by: keyUser,
          meter: expect.objectContaining({ id: calls.feature.meter_id, aggregation: { type: "COUNT" }, filters: [] })
        },
        total_limit: 1000,
        is_unlimited: false,
        current_usage: "250",
        usage_percent: "0.25",
        is_enabled: true,
        is_soft_limit: false,
        next_usage_reset_at: "2026-09-01T00:00:00Z",
        sources: [
          { entity_id: "plan_1", usage_limit: 1000 },
          { entity_id: "plan_2", usage_limit: 600 }
        ].map((source) => ({
          subscription_id: "subs_new",
          entity_type: "plan",
          quantity: 1,
          entity_name: "Pro",
          entitlement_id: expect.stringMatching(new RegExp(`^ent_${ulid}$`)),
          is_enabled: true,
          ...source
        }))
      })
      expect(gb).toMatchObject({
        total_limit: 3,
        current_usage: "0.5",
        usage_percent: "0.1666666666666667",
        next_usage_reset_at: "0001-01-01T00:00:00Z"
      })
      expect(old).toMatchObject({
        total_limit: null,
        is_unlimited: true,
        current_usage: "0",
        usage_percent: "0",
        sources: [{ subscription_id: "subs_new" }]
      })
      for (const one of [level, sso]) {
        expect(one).toMatchObject({
          feature: { meter_id: "" },
          total_limit: null,
          is_unlimited: true,
          current_usage: "0",
          next_usage_reset_at: null
        })
        expect(one.feature).not.toHaveProperty("meter")
      }
      const narrowed = yield* call("GET", `${usage}?customer_id=cust_1&subscription_ids=subs_old`)
      expect(narrowed.json.features.map((one: any) => [one.feature.id, one.current_usage, one.sources.length])).toEqual(
        [
          ["feat_calls", "250", 1],
          ["feat_old", "7", 1]
        ]
      )
    })
  )

  wire(
    "finds by either id or by both; narrows by repeated keys; unknown lookup keys alone narrow nothing",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const abroad = { environment_id: other, features: [{ feature: { lookup_key: "abroad" } }] }
      yield* control.seed("flexprice", [pro, { id: "cust_2", external_id: "empty" }, abroad])
      const by = (query: string) => call("GET", `${usage}?${query}`)
      const all = (yield* by("customer_id=cust_1")).json
      expect((yield* by("customer_lookup_key=acme")).json).toEqual(all)
      expect((yield* by("customer_lookup_key=acme&customer_id=cust_1")).json).toEqual(all)
      expect((yield* call("GET", `${customers}/cust_1/usage`)).json).toEqual(all)
      expect((yield* by("customer_lookup_key=acme&customer_id=cust_2")).status).toBe(400)
      expect((yield* by("feature_ids=feat_sso")).status).toBe(400)
      expect((yield* by("customer_id=cust_x")).json.details).toEqual({ customer_id: "cust_x" })
      expect((yield* by("customer_lookup_key=x")).json.details).toEqual({ lookup_key: "x" })
      expect((yield* call("GET", `${customers}/cust_x/usage`)).status).toBe(404)
      expect((yield* by("customer_id=cust_2")).json).toEqual({ customer_id: "cust_2", features: [], period: null })

      const narrowed = (query: string) => Effect.map(by(`customer_id=cust_1&${query}`), featureIds)
      expect(yield* narrowed("feature_ids=feat_sso&feature_ids=feat_level")).toEqual(["feat_level", "feat_sso"])
      expect(yield* narrowed("feature_ids=feat_sso,feat_level")).toEqual([])
      expect(yield* narrowed("subscription_ids=subs_old,subs_new")).toEqual([])
      expect(yield* narrowed("feature_lookup_keys=sso&feature_lookup_keys=level")).toEqual(["feat_level", "feat_sso"])
      expect(yield* narrowed("feature_ids=feat_calls&feature_lookup_keys=sso")).toEqual(["feat_calls", "feat_sso"])
      expect(yield* narrowed("feature_ids=feat_calls&feature_lookup_keys=none")).toEqual(["feat_calls"])
      for (const unknown of ["none", "sso,level", "abroad"]) {
        expect(yield* narrowed(`feature_lookup_keys=${unknown}`)).toEqual(
          all.features.map(({ feature }: any) => feature.id)
        )
      }
      yield* call("DELETE", `${customers}/cust_2`)
      expect((yield* by("customer_id=cust_2")).status).toBe(200)
      expect((yield* by("customer_lookup_key=empty")).status).toBe(404)
    })
  )

  wire(
    "the share of a limit is a ratio of sixteen digits",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const shares: ReadonlyArray<readonly [string, number, string]> = [
        ["0", 10, "0"],
        ["10", 10, "1"],
        ["25", 10, "2.5"],
        ["1", 3, "0.3333333333333333"],
        ["2", 3, "0.6666666666666667"],
        ["100000000000000000000.5", 2, "50000000000000000000.25"],
        ["0.0000000000000001", 2, "0.0000000000000001"],
        ["-1", 4, "-0.25"],
        ["5", 0, "100"],
        ["5", -1, "100"]
      ]
      const features = shares.map(([current_usage, usage_limit], i) => ({
        feature: { name: `Feature ${i}` },
        entitlement: { usage_limit },
        current_usage
      }))
      const [id] = yield* control.seed("flexprice", [{ features }])
      const { json } = yield* call("GET", `${usage}?customer_id=${id}`)
      expect(json.features.map((one: any) => [one.current_usage, one.total_limit, one.usage_percent])).toEqual(shares)
    })
  )
})

describe("entitlements", () => {
  wire(
    "of running subscriptions that are not inherited; nothing, and no 404, for who is not there",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [pro, { id: "cust_2", external_id: "empty" }])
      const path = `${customers}/cust_1/entitlements`
      const answer = yield* call("GET", path)
      const { json } = answer
      expect(Object.keys(json)).toEqual(["customer_id", "subscriptions", "features"])
      expect(json.subscriptions.map(({ id }: any) => id)).toEqual(["subs_new", "subs_old"])
      expect(json.subscriptions[0]).toMatchObject({
        customer_id: "cust_1",
        plan_id: "plan_2",
        commitment_amount: "10.5",
        plan: null,
        customer: null,
        cancel_at: null,
        trial_start: null
      })
      expect(json.subscriptions[1]).toMatchObject({
        subscription_status: "trialing",
        trial_start: "2026-01-03T13:37:00Z"
      })
      expect(featureIds(answer))
        .toEqual(["feat_sso", "feat_calls", "feat_gb", "feat_old", "feat_level", "feat_config"])
      const [sso, calls, , , level, config] = json.features
      expect(sso.entitlement).toEqual({ is_enabled: true, is_soft_limit: false })
      expect(calls.entitlement).toEqual({
        is_enabled: true,
        is_soft_limit: false,
        usage_limit: 1000,
        usage_reset_period: "MONTHLY",
        aggregation_mode: "additive"
      })
      expect(calls.sources.map((one: any) => one.subscription_id)).toEqual(["subs_new", "subs_new"])
      expect([level.entitlement.static_values, level.sources[0].static_value]).toEqual([["gold"], "gold"])
      expect([config.entitlement.config_values, config.sources[0].config_value])
        .toEqual([[{ any: [1, "x"], deep: { a: null } }], { any: 1 }])

      expect((yield* call("GET", `${customers}/external/acme/entitlements`)).json).toEqual(json)
      const missing = yield* call("GET", `${customers}/external/nobody/entitlements`)
      expect([missing.status, missing.json.details]).toEqual([404, { lookup_key: "nobody" }])
      for (const id of ["cust_2", "cust_missing"]) {
        const { json, status } = yield* call("GET", `${customers}/${id}/entitlements`)
        expect([status, json]).toEqual([200, { customer_id: id, subscriptions: [], features: [] }])
      }
      const narrowed = yield* call("GET", `${path}?subscription_ids=subs_old&feature_ids=feat_old&feature_ids=feat_sso`)
      expect([narrowed.json.subscriptions.length, featureIds(narrowed)]).toEqual([1, ["feat_old"]])
      expect(narrowed.json.features[0].sources[0].subscription_id).toBe("subs_old")
      expect(featureIds(yield* call("GET", `${path}?feature_ids=feat_old,feat_sso`))).toEqual([])
    })
  )
})

describe("upcoming grants", () => {
  wire(
    "those that are pending or failed and still to come, soonest first, not in pages",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id, none] = yield* control.seed("flexprice", [{
        subscriptions: [{ id: "subs_1" }, { id: "subs_trial", subscription_status: "trialing" }, {
          id: "subs_paused",
          subscription_status: "paused"
        }],
        grants: [
          {
            id: "late",
            scheduled_for: "2026-12-01T00:00:00Z",
            credits: "100.5",
            retry_count: 2,
            application_status: "failed"
          },
          { id: "soon", scheduled_for: "2026-02-01T00:00:00Z" },
          { id: "trial", scheduled_for: "2026-03-01T00:00:00Z", subscription_id: "subs_trial" },
          { id: "paused", subscription_id: "subs_paused" },
          { id: "past", scheduled_for: "2025-02-01T00:00:00Z" },
          { id: "applied", application_status: "applied", applied_at: "2026-01-01T00:00:00Z" },
          { id: "skipped", application_status: "skipped" },
          { id: "cancelled", application_status: "cancelled" }
        ]
      }, {}])
      const { json, status } = yield* call("GET", `${customers}/${id}/grants/upcoming`)
      expect([status, json.pagination, json.items.map((one: any) => one.id)])
        .toEqual([200, { total: 3, limit: 0, offset: 0 }, ["soon", "trial", "late"]])
      expect(json.items[0]).toEqual({
        id: "soon",
        environment_id: home,
        credit_grant_id: expect.stringMatching(new RegExp(`^cg_${ulid}$`)),
        subscription_id: "subs_1",
        scheduled_for: "2026-02-01T00:00:00Z",
        period_start: "2026-02-01T00:00:00Z",
        period_end: "2026-03-03T00:00:00Z",
        application_status: "pending",
        credits: "100",
        application_reason: "recurring_credit_grant",
        subscription_status_at_application: "active",
        idempotency_key: expect.stringMatching(/^[0-9a-f]{32}$/),
        tenant_id: "tenant_01K3A0000000000000000000T1",
        status: "published",
        created_at: "2026-01-03T13:37:00Z",
        updated_at: "2026-01-03T13:37:00Z",
        created_by: keyUser,
        updated_by: keyUser
      })
      expect(json.items[2]).toMatchObject({ credits: "100.5", retry_count: 2 })
      expect((yield* call("GET", `${customers}/${none}/grants/upcoming`)).json)
        .toEqual({ items: [], pagination: { total: 0, limit: 0, offset: 0 } })
      expect((yield* call("GET", `${customers}/cust_x/grants/upcoming`)).json.details).toEqual({
        customer_id: "cust_x"
      })
    })
  )
})

describe("the era of the seeds", () => {
  wire(
    "errors are nested, customers have a parent and neither timezone, contact nor integrations",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const body = {
        external_id: "a",
        name: "Ada",
        contact: "1".repeat(30),
        timezone: "Mars",
        metadata: { tier: "gold" }
      }
      const created = yield* call("POST", customers, body, before)
      expect(created.status).toBe(201)
      expect(Object.keys(created.json)).toEqual([
        "id",
        "external_id",
        "name",
        "email",
        "parent_customer_id",
        "address_line1",
        "address_line2",
        "address_city",
        "address_state",
        "address_postal_code",
        "address_country",
        "metadata",
        "environment_id",
        "tenant_id",
        "status",
        "created_at",
        "updated_at",
        "created_by",
        "updated_by"
      ])
      expect(created.json.parent_customer_id).toBe(null)
      const missing = yield* call("GET", `${customers}/lookup/acme-42`, undefined, before)
      expect([missing.status, missing.json]).toEqual([404, {
        success: false,
        error: {
          message: "Customer with lookup key acme-42 was not found",
          internal_error: "ent: customer not found",
          details: { lookup_key: "acme-42" }
        }
      }])
      const refusals: ReadonlyArray<readonly [string, string, unknown, number]> = [
        ["POST", customers, {}, 400],
        ["POST", customers, { external_id: "a", name: "B" }, 409],
        ["POST", customers, { external_id: "b" }, 500],
        ["POST", customers, { external_id: "b", name: "" }, 500],
        [
          "POST",
          customers,
          { external_id: "b", name: "B", integration_entity_mapping: [{ provider: "x", id: "1" }] },
          400
        ],
        ["PUT", customers, {}, 400],
        ["DELETE", `${customers}/cust_x`, undefined, 404],
        ["GET", `${customers}?limit=1001`, undefined, 400],
        ["GET", `${customers}?expand=integrations`, undefined, 400]
      ]
      for (const [method, path, body, status] of refusals) {
        const answer = yield* call(method, path, body, before)
        expect([method, path, answer.status, answer.json]).toMatchObject([method, path, status, {
          success: false,
          error: { message: expect.any(String) }
        }])
      }
      expect((yield* call("GET", customers, undefined, { key: "era1_bad" })).json).toEqual({ error: "Unauthorized" })
      expect(ids(yield* call("POST", search, { metadata: { tier: "silver" } }))).toEqual([])
      const unfiltered = yield* call("POST", search, { metadata: { tier: "silver" } }, before)
      expect(ids(unfiltered)).toEqual([created.json.id])
      const stripe = [{ provider: "stripe", id: "cus_1" }]
      const put = yield* call("PUT", `${customers}/${created.json.id}`, { integration_entity_mapping: stripe }, before)
      expect(put.status).toBe(200)
      const fields = ["timezone", "contact"].map((field) => ({ field, operator: "eq", value: { string: "" } }))
      for (const field of fields) {
        expect([400, 500]).toContain((yield* call("POST", search, { filters: [field] }, before)).status)
      }
      expect(yield* control.customers("flexprice")).toMatchObject([{ timezone: "UTC" }])
    })
  )

  wire(
    "parents are one level deep, and do not change while a subscription is active",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [mother, other, subscribed] = yield* control.seed("flexprice", [
        { external_id: "mother" },
        { external_id: "other" },
        { subscriptions: [{}] }
      ])
      const create = (body: Record<string, string>) =>
        call("POST", customers, { external_id: `x${Object.values(body).join()}`, name: "X", ...body }, before)
      const put = (id: string, body: Record<string, string>) => call("PUT", `${customers}?id=${id}`, body, before)
      const child = (yield* create({ parent_customer_id: mother! })).json
      expect(child.parent_customer_id).toBe(mother)
      const second = (yield* create({ parent_customer_external_id: "mother" })).json
      expect(second.parent_customer_id).toBe(mother)
      const refused: ReadonlyArray<readonly [Answered, number]> = [
        [yield* create({ parent_customer_id: mother!, parent_customer_external_id: "mother" }), 400],
        [yield* create({ parent_customer_id: child.id }), 400],
        [yield* create({ parent_customer_id: "cust_x" }), 404],
        [yield* create({ parent_customer_external_id: "nobody" }), 404],
        [yield* put(child.id, { parent_customer_id: child.id }), 400],
        [yield* put(other!, { parent_customer_id: other! }), 400],
        [yield* put(other!, { parent_customer_id: child.id }), 400],
        [yield* put(mother!, { parent_customer_id: other! }), 400],
        [yield* put(subscribed!, { parent_customer_id: mother! }), 400],
        [yield* put(child.id, { parent_customer_id: other!, parent_customer_external_id: "other" }), 400],
        [yield* put(child.id, { parent_customer_id: "cust_x" }), 404]
      ]
      expect(refused.map(([{ status }]) => status)).toEqual(refused.map(([, status]) => status))
      expect((yield* put(child.id, { parent_customer_external_id: "other" })).json.parent_customer_id).toBe(mother)
      const list = (query: string) => call("GET", `${customers}?order=asc&${query}`, undefined, before)
      expect(ids(yield* list(`parent_customer_ids=${mother}`))).toEqual([child.id, second.id])
      const { json } = yield* list(`parent_customer_ids=${mother}&expand=parent_customer`)
      expect(json.items[0].parent_customer).toMatchObject({ id: mother, parent_customer_id: null })
      expect((yield* list("expand=parent_customer")).json.items[0]).not.toHaveProperty("parent_customer")
      expect((yield* put(child.id, { parent_customer_id: other! })).json.parent_customer_id).toBe(other)
      expect((yield* put(child.id, { parent_customer_id: "" })).json.parent_customer_id).toBe(null)
      const today = yield* call("GET", `${customers}/${second.id}`)
      expect(today.json).not.toHaveProperty("parent_customer_id")
      expect(ids(yield* call("GET", `${customers}?parent_customer_ids=${mother}`))).toHaveLength(5)
    })
  )

  wire(
    "entitlements are without subscriptions",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [pro])
      const { json } = yield* call("GET", `${customers}/cust_1/entitlements`, undefined, before)
      expect([Object.keys(json), json.features.length]).toEqual([["customer_id", "features"], 6])
    })
  )
})

describe("seeds", () => {
  wire(
    "are stored as given, the same every time; ids sort by their moment",
    Effect.gen(function*() {
      const { control } = yield* inProcess
      const seeded = yield* control.seed("flexprice", 300)
      const records = yield* control.customers("flexprice")
      expect(records.map(({ id }) => id)).toEqual(seeded)
      expect(seeded.filter((id) => !new RegExp(`^cust_${ulid}$`).test(id))).toEqual([])
      expect([new Set(seeded).size, seeded.toSorted()]).toEqual([300, seeded])
      expect(records[1]).toMatchObject({
        external_id: "usr_2",
        name: "Customer 2",
        email: "customer-2@example.com",
        metadata: null
      })
      yield* control.reset
      expect(yield* control.seed("flexprice", 300)).toEqual(seeded)
      yield* control.reset
      const odd = { id: "cust_odd", external_id: "", name: "", email: "none", created_at: "long ago", timezone: "" }
      expect(yield* control.seed("flexprice", [odd])).toEqual(["cust_odd"])
      expect(yield* control.customers("flexprice")).toMatchObject([odd])
      for (const taken of [{ id: "cust_odd" }, { external_id: "" }]) {
        expect((yield* Effect.exit(control.seed("flexprice", [taken])))._tag).toBe("Failure")
      }
      expect(yield* control.customers("flexprice")).toHaveLength(1)
    })
  )

  wire(
    "what is granted needs a subscription: an active one, unless the seed says otherwise",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [one, none, empty] = yield* control.seed("flexprice", [
        { features: [{}], grants: [{}] },
        { features: [{}], subscriptions: [] },
        {}
      ])
      const { features, grants, subscriptions } = yield* control.resources("flexprice", one!)
      expect(subscriptions).toMatchObject([{ subscription_status: "active", customer_id: one }])
      const [{ id }] = subscriptions as [{ id: string }]
      expect([features, grants]).toMatchObject([[{ sources: [{ subscription_id: id }] }], [{ subscription_id: id }]])
      const [two] = yield* control.seed("flexprice", [{ features: [{}], subscriptions: [{}, { id: "subs_last" }] }])
      const { json } = yield* call("GET", `${customers}/${two}/entitlements`)
      expect(json.features[0].sources[0].subscription_id).toBe("subs_last")
      for (const without of [none!, empty!]) {
        expect((yield* control.resources("flexprice", without))["subscriptions"]).toEqual([])
      }
    })
  )

  it.live("come over the control API, strictly, all or nothing; the port answers as the hosts do", () =>
    Effect.gen(function*() {
      const { control, url } = yield* Sandbox.serve()
      const post = (seeds: unknown) =>
        Effect.promise(async () => {
          const init = { method: "POST", body: JSON.stringify(seeds) }
          const response = await fetch(`${url}/sandbox/flexprice/customers`, init)
          return { status: response.status, json: await response.json() }
        })
      const { json, status } = yield* post([pro])
      expect([status, json]).toEqual([201, ["cust_1"]])
      const { features, subscriptions, wallets } = yield* control.resources("flexprice", "cust_1")
      expect([features?.length, subscriptions?.length, wallets]).toEqual([10, 4, []])
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        [[{}, { externalId: "A" }], "1.externalId"],
        [[{ email: null }], "0.email"],
        [[{ metadata: { a: 1 } }], "0.metadata.a"],
        [[{ subscriptions: [{ state: "active" }] }], "0.subscriptions.0.state"],
        [[{ features: [{ entitlement: { usage_limit: 1.5 } }] }], "0.features.0.entitlement.usage_limit"],
        [[{ grants: [{ credits: 100 }] }], "0.grants.0.credits"]
      ]
      for (const [seeds, path] of wrong) {
        const { json, status } = yield* post(seeds)
        const paths = json.issues.map((issue: any) => issue.path.join("."))
        expect([path, status, paths]).toEqual([path, 422, expect.arrayContaining([path])])
      }
      expect((yield* post([{}, { id: "cust_1" }])).status).toBe(422)
      expect(yield* control.customers("flexprice")).toHaveLength(1)

      const call = (method: string, path: string, body?: string) =>
        Effect.promise(() =>
          fetch(`${url}/flexprice${path}`, {
            method,
            headers: { "x-api-key": "key" },
            ...(body === undefined ? {} : { body })
          })
        )
      const created = yield* call("POST", customers, JSON.stringify({ external_id: "a/b", name: "Ada" }))
      expect([created.status, created.headers.get("content-type")]).toEqual([201, "application/json; charset=utf-8"])
      const slash = yield* call("GET", `${customers}/external/a%2Fb`)
      expect([slash.status, slash.headers.get("content-type")]).toEqual([404, "text/plain"])
      const { id } = yield* Effect.promise(() => created.json())
      const empty = yield* call("PUT", `${customers}?id=${id}`, JSON.stringify({ external_id: "c" }))
      expect([empty.status, empty.headers.get("content-length"), yield* Effect.promise(() => empty.text())])
        .toEqual([500, "0", ""])
      expect((yield* call("DELETE", `${customers}/${id}`)).status).toBe(204)
      expect((yield* Effect.promise(() => fetch(`${url}/flexprice${customers}`))).status).toBe(401)
    }).pipe(Effect.scoped))
})

describe("faults", () => {
  const seed: FlexpriceSeed = {
    ...pro,
    metadata: { order: "7" },
    integrations: [{ metadata: { any: {} } }],
    features: [{
      feature: { metadata: { a: "b" } },
      entitlement: { config_values: [{ any: { a: 1 } }] },
      sources: [{ config_value: { any: {} } }]
    }],
    grants: [{ metadata: { c: "d" } }]
  }

  /** What a fresh sandbox answers with a fault. */
  const bodies = (fault?: Fault.Fault) =>
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.reset
      yield* control.seed("flexprice", [seed])
      if (fault !== undefined) yield* control.inject({ fault, times: Infinity })
      const read = (path: string) =>
        Effect.promise(async () =>
          (await fetch(`https://us.api.flexprice.io${customers}${path}`, { headers: { "x-api-key": "key" } })).json()
        )
      return {
        customer: yield* read("/cust_1?expand=integrations"),
        list: yield* read("?expand=integrations"),
        usage: yield* read("/usage?customer_id=cust_1"),
        entitlements: yield* read("/cust_1/entitlements"),
        grants: yield* read("/cust_1/grants/upcoming"),
        missing: yield* read("/cust_none")
      }
    })

  const odd = "sandbox_unknown"
  const sandbox_unknown = { nested: true }
  const plus = (json: any) => ({ ...json, sandbox_unknown })

  wire(
    "UnknownMembers: one nobody knows for every member of an enumeration",
    Effect.gen(function*() {
      const { customer, entitlements, grants, list, missing, usage } = yield* bodies()
      const altered = yield* bodies(Fault.UnknownMembers())
      const oddCustomer = (one: any) => ({
        ...one,
        status: odd,
        integrations: one.integrations.map((each: any) => ({
          ...each,
          status: odd,
          entity_type: odd,
          provider_type: odd
        }))
      })
      const oddFeature = ({ feature, sources, ...one }: any) => ({
        ...one,
        feature: {
          ...feature,
          type: odd,
          status: odd,
          meter: { ...feature.meter, aggregation: { ...feature.meter.aggregation, type: odd }, reset_usage: odd }
        },
        sources: sources.map((each: any) => ({ ...each, entity_type: odd }))
      })
      const oddMembers = (one: any, ...members: ReadonlyArray<string>) => ({
        ...one,
        ...Object.fromEntries(members.map((member) => [member, odd]))
      })
      expect(altered).toEqual({
        customer: oddCustomer(customer),
        list: { ...list, items: list.items.map(oddCustomer) },
        usage: { ...usage, features: usage.features.map(oddFeature) },
        entitlements: {
          ...entitlements,
          subscriptions: entitlements.subscriptions.map((one: any) =>
            oddMembers(
              one,
              "status",
              "subscription_status",
              "subscription_type",
              "billing_cycle",
              "billing_cadence",
              "billing_period",
              "pause_status",
              "payment_behavior",
              "collection_method",
              "proration_behavior"
            )
          ),
          features: entitlements.features.map((one: any) => ({
            ...oddFeature(one),
            entitlement: oddMembers(one.entitlement, "usage_reset_period", "aggregation_mode")
          }))
        },
        grants: {
          ...grants,
          items: grants.items.map((one: any) =>
            oddMembers(one, "status", "application_status", "application_reason", "subscription_status_at_application")
          )
        },
        missing
      })
    })
  )

  wire(
    "UnknownKeys: one more in every object that is not the caller's own",
    Effect.gen(function*() {
      const altered = yield* bodies(Fault.UnknownKeys())
      const truth = yield* bodies()
      /** Every object but those of `records` has one key more. */
      const more = (json: any, key = ""): any =>
        Array.isArray(json)
          ? json.map((one) => more(one, key))
          : typeof json !== "object" || json === null || ["metadata", "config_values", "config_value"].includes(key)
          ? json
          : plus(Object.fromEntries(Object.entries(json).map(([name, value]) => [name, more(value, name)])))
      expect(altered).toEqual(Object.fromEntries(Object.entries(truth).map(([name, json]) => [name, more(json)])))
    })
  )

  wire(
    "CutBody undoes a write: the external id is free again, the id will be the next one's",
    Effect.gen(function*() {
      const { call, control, fetch } = yield* inProcess
      const [id] = yield* control.seed("flexprice", [{ external_id: "a", metadata: {} }])
      yield* control.inject({ times: 3, fault: Fault.CutBody({ applied: false, bytes: 5 }) })
      const cut = (method: string, path: string, body: unknown) =>
        Effect.promise(async () => {
          const headers = { "x-api-key": "key" }
          const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
          await expect(fetch(`https://us.api.flexprice.io${path}`, init).then((one) => one.text())).rejects.toThrow()
        })
      yield* cut("POST", customers, { external_id: "b", name: "B" })
      yield* cut("PUT", `${customers}?id=${id}`, { external_id: "c" })
      yield* cut("DELETE", `${customers}/${id}`, undefined)
      expect(yield* control.deleted("flexprice")).toEqual([])
      expect(yield* control.customers("flexprice")).toMatchObject([{ id, external_id: "a", metadata: {} }])
      expect((yield* call("GET", `${customers}/external/a`)).status).toBe(200)
      expect((yield* call("POST", customers, { external_id: "c", name: "C" })).status).toBe(201)
      expect((yield* control.requests).map(({ applied }) => applied)).toEqual([false, false, false, false, true])
    })
  )
})

describe("100,000 customers", () => {
  wire(
    "are sorted once, not for every page",
    Effect.gen(function*() {
      const { control, fetch } = yield* inProcess
      yield* control.seed("flexprice", 100_000)
      const timed = (offset: number) =>
        Effect.promise(async () => {
          const start = performance.now()
          const url = `https://us.api.flexprice.io${customers}?limit=10&offset=${offset}`
          const { items, pagination } = await (await fetch(url, { headers: { "x-api-key": "key" } })).json()
          expect([pagination, items[0].name])
            .toEqual([{ total: 100_000, limit: 10, offset: offset + 10 }, `Customer ${100_000 - offset}`])
          return performance.now() - start
        })
      const first = yield* timed(0)
      const others = yield* Effect.forEach(Array.from({ length: 40 }, (_, i) => 2000 * (i + 1)), timed)
      // Forty pages that sort would take forty times as long as the first; both are measured on the same machine.
      expect(others.reduce((sum, time) => sum + time, 0)).toBeLessThan(first * 20)
    })
  )
})

/** Every call above is held to the document where it is there; this says that the check bites. */
describe.skipIf(!contractIsThere)("the document", () => {
  wire(
    "accepts what the sandbox answers and refuses what it would not",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("flexprice", [{ ...pro, grants: [{ subscription_id: "subs_new" }] }])
      const path = `${customers}/cust_1`
      const { json: customer } = yield* call("GET", path)
      const { json: usage } = yield* call("GET", `${customers}/usage?customer_id=cust_1`)
      const { json: entitlements } = yield* call("GET", `${path}/entitlements`)
      const { json: grants } = yield* call("GET", `${path}/grants/upcoming`)
      expect(problems("GET", path, 200, customer)).toEqual([])
      expect(problems("GET", path, 200, { ...customer, parent_customer_id: null })).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, email: null })).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, status: "gone" })).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, created_at: "2026-01-03T13:37:00.500Z" })).not.toEqual([])
      expect(problems("GET", customers, 200, { items: [{ ...customer, id: 1 }] })).not.toEqual([])
      const [feature] = usage.features
      expect(problems("GET", `${customers}/usage`, 200, { ...usage, features: [{ ...feature, current_usage: 1 }] }))
        .not.toEqual([])
      const [subscription] = entitlements.subscriptions
      expect(problems("GET", `${path}/entitlements`, 200, {
        ...entitlements,
        subscriptions: [{ ...subscription, subscription_type: "x" }]
      })).not.toEqual([])
      const [grant] = grants.items
      expect(grants.items).toHaveLength(1)
      expect(problems("GET", `${path}/grants/upcoming`, 200, { items: [{ ...grant, credits: 1 }] })).not.toEqual([])
      expect(problems("GET", path, 404, { success: false })).not.toEqual([])
      expect(problems("GET", path, 404, { code: "gone" })).not.toEqual([])
      expect(problems("GET", "/v1/nothing", 200, {})).toBe(undefined)
    })
  )
})
