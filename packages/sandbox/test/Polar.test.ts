import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { Sandbox } from "../src/index.js"
import { type CallOptions, inProcess } from "./calling.js"

const home = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
const unknownId = "992fae2a-2a17-4b7a-8d9e-e287cf90131b"

const wire = (name: string, test: Effect.Effect<unknown, unknown, Effect.Effect.Context<typeof inProcess>>) =>
  it.effect(name, () => test.pipe(Effect.provide(Sandbox.layerFetch())))

const issue = (json: { detail: ReadonlyArray<any> }) => json.detail.map(({ loc, type }) => [type, loc])

describe("credentials and versions", () => {
  wire(
    "401 in both shapes, 403 in both",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      for (const token of [null, "polar_cst_x", "polar_mst_x", ""]) {
        const { headers, json, status } = yield* call("GET", "/v1/customers/", undefined, { token })
        expect(status).toBe(401)
        expect(json).toEqual({ error: "Unauthorized", detail: "Unauthorized" })
        expect(headers.get("www-authenticate")).toBe("Bearer realm=\"polar\"")
      }
      for (const token of ["polar_oat_expired", "polar_cst_expired", "sk_live_x"]) {
        const invalid = yield* call("GET", "/v1/customers/", undefined, { token })
        expect(invalid.status).toBe(401)
        expect(invalid.json).toEqual({
          error: "invalid_token",
          error_description: "The access token provided is expired, revoked, malformed, or invalid for other reasons."
        })
        expect(invalid.headers.get("www-authenticate")).toContain("invalid_token")
      }
      const token = "polar_oat_readonly"
      expect((yield* call("GET", "/v1/customers/", undefined, { token })).status).toBe(200)
      const refused = yield* create({ email: "a@example.com" }, { token })
      expect(refused.status).toBe(403)
      expect(refused.json).toEqual({
        error: "insufficient_scope",
        error_description: "The request requires higher privileges than provided by the access token."
      })
      expect(refused.headers.get("www-authenticate")).toContain("customers:write")
      const viewer = yield* create({ email: "a@example.com", organization_id: home }, { token: "polar_pat_viewer" })
      expect([viewer.status, viewer.json.error]).toEqual([403, "NotPermitted"])
    })
  )

  wire(
    "a version that is not served is a 404 without error, one that is comes back, none is the current one",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      for (const version of ["2025-10", "2027-04", "latest"]) {
        const { headers, json, status } = yield* call("GET", "/v1/customers/", undefined, {
          headers: { "polar-version": version }
        })
        expect([status, json, headers.get("polar-version")]).toEqual([404, { detail: "Not Found" }, null])
      }
      for (const version of ["2027-01", "2026-10", "2026-04"]) {
        const { headers, status } = yield* call("GET", "/v1/customers/", undefined, {
          headers: { "polar-version": version }
        })
        expect([status, headers.get("polar-version")]).toEqual([200, version])
      }
      const empty = yield* call("GET", "/v1/customers/", undefined, { headers: { "polar-version": "" } })
      const plain = yield* call("GET", "/v1/customers/")
      expect([empty, plain].map(({ headers, status }) => [status, headers.get("polar-version")])).toEqual([
        [200, "2026-10"],
        [200, "2026-10"]
      ])
      expect(plain.headers.get("cache-control")).toBe("private, no-store")
      expect(plain.headers.get("x-polar-sandbox")).toBe(null)
      const sandbox = yield* call("GET", "/v1/customers/", undefined, { host: "sandbox-api.polar.sh" })
      expect(sandbox.headers.get("x-polar-sandbox")).toBe("1")
    })
  )
})

describe("what is told first", () => {
  wire(
    "length, version, invalid token, route, unreadable body, token, path, body, existence",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      const told = function*(method: string, path: string, body?: unknown, options?: CallOptions) {
        const { json, status } = yield* call(method, path, body, options)
        return [status, json?.error ?? json?.detail]
      }
      const invalid = { token: "polar_oat_expired" }
      const old = { "polar-version": "2025-10" }
      const noLength = {
        ...invalid,
        headers: old,
        init: { body: new Blob(["{"]).stream(), duplex: "half" } as RequestInit
      }
      expect(yield* told("POST", "/v1/nothing", undefined, noLength)).toEqual([411, "LengthRequired"])
      expect(yield* told("GET", "/v1/customers/", undefined, { ...invalid, headers: old })).toEqual([404, "Not Found"])
      for (const path of ["/v1/nothing", "/v1/customers", "/v1/customers/cus_123"]) {
        expect(yield* told("GET", path, undefined, invalid)).toEqual([401, "invalid_token"])
      }
      expect(yield* told("GET", "/v1/nothing", undefined, { token: null })).toEqual([404, "Not Found"])
      expect(yield* told("PUT", "/v1/customers/", {}, { token: null })).toEqual([405, "Method Not Allowed"])
      expect((yield* call("GET", "/v1/customers", undefined, { token: null })).status).toBe(307)
      for (const token of [null, "polar_oat_readonly"]) {
        const unreadable = yield* call("PATCH", "/v1/customers/cus_123", "{", { token })
        expect(issue(unreadable.json)).toEqual([["json_invalid", ["body", 1]]])
      }
      expect(yield* told("PATCH", "/v1/customers/cus_123", { name: 1 }, { token: null })).toEqual([401, "Unauthorized"])
      expect(yield* told("PATCH", "/v1/customers/cus_123", { name: 1 }, { token: "polar_oat_readonly" }))
        .toEqual([403, "insufficient_scope"])
      expect(yield* told("PATCH", `/v1/customers/${unknownId}`, { name: 1 })).toEqual([422, "RequestValidationError"])
      expect(yield* told("PATCH", `/v1/customers/${unknownId}`, { external_id: "x" })).toEqual([
        404,
        "ResourceNotFound"
      ])
      expect((yield* create("")).status).toBe(422)
    })
  )

  wire(
    "who is taken comes before the tax id",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      yield* create({ email: "a@example.com", external_id: "usr_1" })
      const { json: other } = yield* create({ email: "b@example.com" })
      const taken = [["value_error", ["body", "email"]], ["value_error", ["body", "external_id"]]]
      const body = { email: "A@example.com", external_id: "usr_1", tax_id: "12345678" }
      expect(issue((yield* create(body)).json)).toEqual(taken)
      expect(issue((yield* call("PATCH", `/v1/customers/${other.id}`, body)).json)).toEqual(taken)
    })
  )
})

describe("routes", () => {
  wire(
    "HEAD and OPTIONS are not allowed, HEAD without a body",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const head = yield* call("HEAD", "/v1/customers/")
      expect([head.status, head.text, head.headers.get("allow")]).toEqual([405, "", "GET"])
      const options = yield* call("OPTIONS", "/v1/customers/")
      expect([options.status, options.json]).toEqual([405, { detail: "Method Not Allowed" }])
    })
  )

  wire(
    "unknown route, wrong method, the retired balance",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("polar", 1)
      for (
        const path of [
          "/v1/nothing",
          "/",
          "/v1/customers/external/a%2Fb",
          "/v1/customers//",
          `/v1/customers/${id}/balance`
        ]
      ) {
        const { json, status } = yield* call("GET", path)
        expect([path, status, json]).toEqual([path, 404, { detail: "Not Found" }])
      }
      const seedEra = yield* call("GET", `/v1/customers/${id}/balance`, undefined, {
        headers: { "polar-version": "2025-10" }
      })
      expect([seedEra.status, seedEra.json]).toEqual([404, { detail: "Not Found" }])
      expect((yield* call("POST", `/v1/customers/${id}/balance`, {})).status).toBe(404)
      for (const [method, path] of [["DELETE", "/v1/customers/"], ["POST", "/v1/customers/export"]] as const) {
        const { headers, json, status } = yield* call(method, path, method === "POST" ? {} : undefined)
        expect([status, json]).toEqual([405, { detail: "Method Not Allowed" }])
        expect(headers.get("allow")).toBe("GET")
      }
      expect((yield* control.requests).map(({ operation }) => operation)).toContain("getBalance")
    })
  )

  wire(
    "a missing or surplus slash is a 307 to an absolute URL with the query",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const moved = function*(method: string, path: string, to: string) {
        const { headers, status } = yield* call(method, path, method === "POST" ? {} : undefined)
        expect([path, status, headers.get("location")]).toEqual([path, 307, `https://api.polar.sh${to}`])
      }
      yield* moved("GET", "/v1/customers?page=2&email=a%2Bb@c.de", "/v1/customers/?page=2&email=a%2Bb@c.de")
      yield* moved("POST", "/v1/customers", "/v1/customers/")
      yield* moved("GET", `/v1/customers/${unknownId}/`, `/v1/customers/${unknownId}`)
      yield* moved("DELETE", "/v1/customers/external/a%20b/", "/v1/customers/external/a%20b")
      yield* moved("GET", "/v1/customers/external/", "/v1/customers/external")
    })
  )

  wire(
    "ids that are no UUID v4",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      const wrong = yield* call("GET", "/v1/customers/cus_123")
      expect(wrong.status).toBe(422)
      expect(wrong.text).toBe(
        "{\"error\":\"RequestValidationError\",\"detail\":[{\"type\":\"uuid_parsing\",\"loc\":[\"path\",\"id\"]," +
          "\"msg\":\"Input should be a valid UUID, invalid character: found `u` at 2\",\"input\":\"cus_123\"," +
          "\"ctx\":{\"error\":\"invalid character: found `u` at 2\"}}]}"
      )
      const empty = yield* call("GET", "/v1/customers/external")
      expect(issue(empty.json)).toEqual([["uuid_parsing", ["path", "id"]]])
      const seven = yield* call("DELETE", "/v1/customers/01890a5d-ac96-774b-bcce-b302099a8057")
      expect(issue(seven.json)).toEqual([["uuid_version", ["path", "id"]]])
      for (const id of ["abc", "992fae2a-2a17-4b7a-8d9e", "992fae2a-2a17-4b7a-8d9-e287cf90131bb"]) {
        expect(issue((yield* call("GET", `/v1/customers/${id}/state`)).json)).toEqual([["uuid_parsing", [
          "path",
          "id"
        ]]])
      }
      const upper = yield* call("GET", `/v1/customers/${unknownId.toUpperCase()}`)
      expect([upper.status, upper.json]).toEqual([404, { error: "ResourceNotFound", detail: "Not found" }])
      const both = yield* call("PATCH", "/v1/customers/cus_123", { name: 1 })
      expect(issue(both.json)).toEqual([["uuid_parsing", ["path", "id"]], ["string_type", ["body", "name"]]])
    })
  )

  wire(
    "a body needs a length and at most 10 MiB",
    Effect.gen(function*() {
      const { call, control, create, fetch } = yield* inProcess
      const { status, text } = yield* Effect.promise(async () => {
        const init = {
          method: "POST",
          redirect: "manual",
          headers: { authorization: "Bearer polar_oat_x", "content-type": "application/json" },
          body: new Blob(["{\"email\":\"a@example.com\"}"]).stream(),
          duplex: "half"
        } as RequestInit
        const response = await fetch("https://api.polar.sh/v1/customers/", init)
        return { status: response.status, text: await response.text() }
      })
      expect([status, JSON.parse(text).error]).toEqual([411, "LengthRequired"])
      const huge = yield* create({ email: "a@example.com", name: "x".repeat(10 * 1024 * 1024) })
      expect([huge.status, huge.json.error]).toEqual([413, "RequestBodyTooLarge"])
      expect(yield* control.customers("polar")).toEqual([])
      expect((yield* call("GET", "/v1/customers/")).status).toBe(200)
    })
  )
})

describe("create", () => {
  wire(
    "answers the 18 keys in the order of the wire",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const { json, status } = yield* create({
        email: "customer@example.com",
        name: " John Doe ",
        external_id: "usr_1337",
        metadata: { plan: "pro", seats: 3, vip: true, ratio: 1.5 },
        billing_address: {
          line1: "123 Main St",
          line2: "",
          postal_code: "94102",
          city: "San Francisco",
          state: "CA",
          country: "us"
        },
        tax_id: "91-1144442",
        unknown_key: 1
      })
      expect(status).toBe(201)
      expect(json.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const { id: _, ...rest } = json
      expect(JSON.stringify(rest)).toBe(JSON.stringify({
        created_at: "2026-01-03T13:37:00Z",
        modified_at: null,
        metadata: { plan: "pro", seats: 3, vip: true, ratio: 1.5 },
        external_id: "usr_1337",
        email: "customer@example.com",
        email_verified: false,
        type: "individual",
        name: "John Doe",
        billing_name: "John Doe",
        billing_address: {
          line1: "123 Main St",
          line2: null,
          postal_code: "94102",
          city: "San Francisco",
          state: "US-CA",
          country: "US"
        },
        tax_id: ["911144442", "us_ein"],
        locale: null,
        organization_id: home,
        default_payment_method_id: null,
        deleted_at: null,
        first_user_event_at: null,
        avatar_url:
          "https://www.gravatar.com/avatar/e233d4a29013e9d87150c6237c6777bedf379ebf1acdc5d6126fec7e8bb74fb5?d=404"
      }))
    })
  )

  wire(
    "a body that is no UTF-8, half of a surrogate pair",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const bytes = Uint8Array.from([
        ...new TextEncoder().encode("{\"email\":\"a@example.com\",\"name\":\""),
        0xff,
        0x22,
        0x7d
      ])
      const broken = yield* call("POST", "/v1/customers/", undefined, {
        headers: { "content-type": "application/json" },
        init: { body: bytes }
      })
      expect([broken.status, broken.json]).toEqual([400, { detail: "There was an error parsing the body" }])
      for (const half of [{ name: "\ud800" }, { metadata: { k: "x\udc00" } }, { metadata: { "\ud800": 1 } }]) {
        const refused = yield* create({ email: "a@example.com", ...half })
        expect([refused.status, refused.text]).toEqual([500, "Internal Server Error"])
      }
      expect(yield* control.customers("polar")).toEqual([])
      const name = "\ud83d\ude00 \\ud800"
      expect((yield* create("\ufeff" + JSON.stringify({ email: "a@example.com", name }))).json.name).toBe(name)
      expect((yield* create("{\"email\":\"b@example.com\",\"name\":\"\\ud83d\\ude00\"}")).json.name).toBe(
        "\ud83d\ude00"
      )
    })
  )

  wire(
    "texts and e-mails are trimmed, the domain in lower case",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const { json } = yield* create({
        email: " Ann@EXAMPLE.com ",
        external_id: " usr_1 ",
        tax_id: " 911144442 ",
        billing_address: { country: "us", line1: " x ", state: " CA " }
      })
      expect(json).toMatchObject({
        email: "Ann@example.com",
        external_id: "usr_1",
        tax_id: ["911144442", "us_ein"],
        billing_address: { line1: "x", state: "US-CA" }
      })
    })
  )

  wire(
    "the avatar is the sha256 of the lower-cased address",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      for (const local of ["A", "ünï", "x".repeat(47), "x".repeat(52), "x".repeat(60)]) {
        const email = `${local}@example.com`
        const digest = createHash("sha256").update(email.toLowerCase()).digest("hex")
        expect((yield* create({ email })).json.avatar_url).toBe(`https://www.gravatar.com/avatar/${digest}?d=404`)
      }
    })
  )

  wire(
    "schema errors carry the tag of the union",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const refused = function*(body: unknown, expected: ReadonlyArray<unknown>) {
        const { json, status } = yield* create(body)
        expect([status, json.error, issue(json)]).toEqual([422, "RequestValidationError", expected])
      }
      const empty = yield* create({})
      expect(empty.text).toBe(
        "{\"error\":\"RequestValidationError\",\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"individual\",\"email\"]," +
          "\"msg\":\"Field required\",\"input\":{}}]}"
      )
      const email = "a@example.com"
      yield* refused({ email: null }, [["string_type", ["body", "individual", "email"]]])
      yield* refused({ email: "nobody" }, [["value_error", ["body", "individual", "email"]]])
      for (const wrong of ["a@nowhere.invalid", "a@b.test", "a@1.2.3.4", "a..b@x.com", "a@x.com."]) {
        yield* refused({ email: wrong }, [["value_error", ["body", "individual", "email"]]])
      }
      yield* refused({ type: null, email }, [["union_tag_not_found", ["body"]]])
      const robot = yield* create({ type: "robot" })
      expect(robot.text).toBe(
        "{\"error\":\"RequestValidationError\",\"detail\":[{\"type\":\"union_tag_invalid\",\"loc\":[\"body\"]," +
          "\"msg\":\"Input tag 'robot' found using _customer_create_type() does not match any of the expected tags: " +
          "'individual', 'team'\",\"input\":{\"type\":\"robot\"},\"ctx\":{\"discriminator\":\"_customer_create_type()\"," +
          "\"tag\":\"robot\",\"expected_tags\":\"'individual', 'team'\"}}]}"
      )
      yield* refused({ type: "team", email: 1 }, [["string_type", ["body", "team", "email"]]])
      yield* refused({ email, name: "n".repeat(257) }, [["string_too_long", ["body", "individual", "name"]]])
      yield* refused({ email, name: 1, external_id: 2 }, [
        ["string_type", ["body", "individual", "external_id"]],
        ["string_type", ["body", "individual", "name"]]
      ])
      yield* refused({ email, tax_id: ["911144442", "us_ein"] }, [["string_type", ["body", "individual", "tax_id"]]])
      yield* refused({ email, organization_id: "x" }, [["uuid_parsing", ["body", "individual", "organization_id"]]])
      yield* refused({ email, owner: { name: "Jane" } }, [["missing", ["body", "individual", "owner", "email"]]])
      yield* refused({ email, owner: "Jane" }, [["model_attributes_type", ["body", "individual", "owner"]]])
      for (const locale of ["und", "x-klingon", "e", "en_US"]) {
        yield* refused({ email, locale }, [["value_error", ["body", "individual", "locale"]]])
      }
      yield* refused([], [["model_attributes_type", ["body", "individual"]]])
    })
  )

  wire(
    "a missing body, no JSON, JSON of another content type",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      for (const body of [undefined, "", "null"]) {
        const { json, status } = yield* create(body)
        expect([status, issue(json)]).toEqual([422, [["missing", ["body"]]]])
      }
      for (
        const [text, position, error] of [
          ["{\"email\":}", 9, "Expecting value"],
          ["{\"email\" \"x\"}", 9, "Expecting ':' delimiter"],
          ["{\"email\": \"x\"", 13, "Expecting ',' delimiter"],
          ["{\"email\": \"x", 10, "Unterminated string starting at"],
          ["{'email': 1}", 1, "Expecting property name enclosed in double quotes"],
          ["{} {}", 3, "Extra data"],
          ["[1, tru]", 4, "Expecting value"],
          ["[\"a\\x\"]", 3, "Invalid \\escape"],
          ["[\"\\u12\"]", 3, "Invalid \\uXXXX escape"],
          ["\"\ud83d\ude00\" x", 4, "Extra data"],
          ["{\"a\": [{}, {\"b\": 1.5e3}], }", 26, "Expecting property name enclosed in double quotes"],
          ["nonsense", 0, "Expecting value"]
        ] as const
      ) {
        const { json, status } = yield* create(text)
        expect([text, status, json]).toEqual([text, 422, {
          error: "RequestValidationError",
          detail: [{
            type: "json_invalid",
            loc: ["body", position],
            msg: "JSON decode error",
            input: {},
            ctx: { error }
          }]
        }])
      }
      const plain = yield* create("{\"email\":\"a@example.com\"}", { headers: { "content-type": "text/plain" } })
      expect(issue(plain.json)).toEqual([["model_attributes_type", ["body", "individual"]]])
      const [id] = yield* (yield* inProcess).control.seed("polar", 1)
      expect(issue((yield* call("PATCH", `/v1/customers/${id}`)).json)).toEqual([["missing", ["body"]]])
      expect((yield* call("PATCH", `/v1/customers/${id}`, {})).status).toBe(200)
    })
  )

  wire(
    "metadata: one entry per branch of the union, and the limits",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const at = ["body", "individual", "metadata"]
      const branches = (key: string, kinds: ReadonlyArray<string>) =>
        ["constrained-str", "int", "float", "bool"].map((branch, i) => [kinds[i], [...at, key, branch]])
      const types = function*(metadata: unknown) {
        const { json, status } = yield* create({ email: "a@example.com", metadata })
        expect(status).toBe(422)
        return issue(json)
      }
      const typed = ["string_type", "int_type", "float_type", "bool_type"]
      expect(yield* types({ k: null })).toEqual(branches("k", typed))
      expect(yield* types({ k: { a: 1 } })).toEqual(branches("k", typed))
      expect(yield* types({ k: "" })).toEqual(
        branches("k", ["string_too_short", "int_parsing", "float_parsing", "bool_parsing"])
      )
      expect((yield* types({ k: "x".repeat(501) }))[0]).toEqual(["string_too_long", [...at, "k", "constrained-str"]])
      expect(yield* types(null)).toEqual([["dict_type", at]])
      expect(yield* types({ "": 1 })).toEqual([["string_too_short", [...at, "", "[key]"]]])
      const long = "k".repeat(41)
      expect(yield* types({ [long]: 1 })).toEqual([["string_too_long", [...at, long, "[key]"]]])
      const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]))
      expect(yield* types(many(51))).toEqual([["too_long", at]])
      expect(
        (yield* create({ email: "a@example.com", metadata: { ...many(49), ["k".repeat(40)]: "x".repeat(500) } })).status
      )
        .toBe(201)
      const [id] = yield* control.seed("polar", 1)
      const update = yield* call("PATCH", `/v1/customers/${id}`, { metadata: { k: null } })
      expect(issue(update.json)[0]).toEqual(["string_type", ["body", "metadata", "k", "constrained-str"]])
    })
  )

  wire(
    "business errors carry no tag: e-mail and external id taken, both at once",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      yield* create({ email: "customer@example.com", external_id: "usr_1" })
      const email = {
        type: "value_error",
        loc: ["body", "email"],
        msg: "A customer with this email address already exists.",
        input: "Customer@example.com"
      }
      const externalId = {
        type: "value_error",
        loc: ["body", "external_id"],
        msg: "A customer with this external ID already exists.",
        input: "usr_1"
      }
      const once = yield* create({ email: "customer@example.com" })
      expect(once.text).toBe(
        "{\"error\":\"PolarRequestValidationError\",\"detail\":[{\"type\":\"value_error\",\"loc\":[\"body\",\"email\"]," +
          "\"msg\":\"A customer with this email address already exists.\",\"input\":\"customer@example.com\"}]}"
      )
      const both = yield* create({ email: "Customer@Example.com", external_id: "usr_1" })
      expect([both.status, both.json]).toEqual([422, {
        error: "PolarRequestValidationError",
        detail: [email, externalId]
      }])
      const other = yield* create({ email: "b@example.com", external_id: "usr_1" })
      expect(other.json.detail).toEqual([externalId])
    })
  )

  wire(
    "two simultaneous creates with one external id: one succeeds",
    Effect.gen(function*() {
      const { control, create } = yield* inProcess
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, (_, i) => create({ email: `racer${i}@example.com`, external_id: "one" })),
        { concurrency: "unbounded" }
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(422)])
      expect(yield* control.customers("polar")).toHaveLength(1)
      expect(yield* control.mostInFlight).toBe(8)
    })
  )

  wire(
    "tax ids need a country and are stored with a format",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const email = "a@example.com"
      const noCountry = yield* create({ email, tax_id: "FR61954506077" })
      expect(noCountry.json).toMatchObject({
        error: "PolarRequestValidationError",
        detail: [{ type: "missing", loc: ["body", "billing_address"], msg: "Country is required to validate tax ID." }]
      })
      for (const [tax_id, country] of [["FR61", "FR"], ["1234567890", "AQ"]]) {
        const wrong = yield* create({ email, tax_id, billing_address: { country } })
        expect(wrong.json.detail).toEqual([
          { type: "invalid", loc: ["body", "tax_id"], msg: "Invalid tax ID.", input: tax_id }
        ])
      }
      const right = yield* create({ email, tax_id: "FR 61954506077", billing_address: { country: "fr" } })
      expect(right.json.tax_id).toEqual(["FR61954506077", "eu_vat"])
      const blank = yield* create({ email: "b@example.com", tax_id: "" })
      expect(blank.json.tax_id).toBe(null)
    })
  )

  wire(
    "addresses: country required and known, states of US and CA checked and prefixed",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const at = ["body", "individual", "billing_address"]
      let n = 0
      const address = (billing_address: unknown) => create({ email: `a${n++}@example.com`, billing_address })
      expect(issue((yield* address({ line1: "x" })).json)).toEqual([["missing", [...at, "country"]]])
      expect(issue((yield* address("FR")).json)).toEqual([["model_attributes_type", at]])
      for (const country of ["CU", "IR", "KP", "SY", "RU", "ZZ", "", "USA"]) {
        expect(issue((yield* address({ country })).json)).toEqual([["enum", [...at, "country"]]])
      }
      for (const [country, state] of [["US", "ZZ"], ["US", "ca"], ["US", "PR"], ["CA", "CA"]]) {
        expect(issue((yield* address({ country, state })).json)).toEqual([["value_error", at]])
      }
      for (
        const [country, state, stored] of [
          ["US", "CA", "US-CA"],
          ["US", "US-NY", "US-NY"],
          ["CA", "QC", "CA-QC"],
          ["FR", "IDF", "IDF"],
          ["US", "", null]
        ]
      ) {
        const { json, status } = yield* address({ country, state })
        expect([status, json.billing_address.state]).toEqual([201, stored])
      }
      expect((yield* address(null)).json.billing_address).toBe(null)
    })
  )

  wire(
    "blanks mean none, locales are normalised",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const { json } = yield* create({ email: "a@example.com", name: "  ", external_id: " ", locale: "en-us" })
      expect([json.name, json.external_id, json.locale, json.billing_name]).toEqual([null, null, "en-US", null])
      const nulls = { name: null, external_id: null, locale: null, tax_id: null, billing_address: null, owner: null }
      expect((yield* create({ email: "b@example.com", organization_id: null, ...nulls })).status).toBe(201)
    })
  )

  wire(
    "teams: an owner where there is no e-mail",
    Effect.gen(function*() {
      const { create } = yield* inProcess
      const nobody = yield* create({ type: "team", name: "Acme Inc." })
      expect([nobody.status, nobody.json.error, issue(nobody.json)]).toEqual([
        422,
        "RequestValidationError",
        [["value_error", ["body", "team"]]]
      ])
      const owned = yield* create({ type: "team", name: "Acme Inc.", owner: { email: "customer@example.com" } })
      expect([owned.status, owned.json.email, owned.json.type]).toEqual([201, null, "team"])
      expect(owned.json.avatar_url).toContain("e233d4a2")
      expect((yield* create({ type: "team", email: "team@example.com" })).status).toBe(201)
    })
  )

  wire(
    "organization_id: never with an organization token, always with a user token",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const refused = yield* create({ email: "a@example.com", organization_id: home })
      expect(issue(refused.json)).toEqual([["organization_token", ["body", "organization_id"]]])
      const token = "polar_pat_x"
      const without = yield* create({ email: "a@example.com" }, { token })
      expect(issue(without.json)).toEqual([["missing", ["body", "organization_id"]]])
      const unknown = yield* create({ email: "a@example.com", organization_id: unknownId }, { token })
      expect(unknown.json.detail[0]).toMatchObject({ loc: ["body", "organization_id"], msg: "Organization not found." })
      expect((yield* create({ email: "a@example.com", organization_id: home }, { token })).status).toBe(201)

      const other = "b3a5c8d2-1f4e-4c6b-8a9d-2e7f6c5b4a31"
      const [id] = yield* control.seed("polar", [{
        organization_id: other,
        external_id: "same",
        email: "a@example.com"
      }])
      yield* control.seed("polar", [{ external_id: "same", email: "c@example.com" }])
      expect((yield* call("GET", `/v1/customers/${id}`)).status).toBe(404)
      expect((yield* call("GET", `/v1/customers/${id}`, undefined, { token })).status).toBe(200)
      const total = function*(query: string, options?: { token: string }) {
        return (yield* call("GET", `/v1/customers/${query}`, undefined, options)).json.pagination.total_count
      }
      expect(yield* total("")).toBe(2)
      expect(yield* total("", { token })).toBe(3)
      expect(yield* total(`?organization_id=${other}`, { token })).toBe(1)
      expect(yield* total(`?organization_id=${other}&organization_id=${home}`, { token })).toBe(3)
      expect(yield* total(`?organization_id[]=${other}`, { token })).toBe(3)
      expect(yield* total(`?organization_id=${other}`)).toBe(0)
      expect((yield* call("GET", "/v1/customers/external/same")).status).toBe(200)
      const ambiguous = yield* call("GET", "/v1/customers/external/same", undefined, { token })
      expect([ambiguous.status, ambiguous.text]).toEqual([500, "Internal Server Error"])
    })
  )

  wire(
    "Polar-Organization narrows a user token to one organization and means nothing to an organization token",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const other = "b3a5c8d2-1f4e-4c6b-8a9d-2e7f6c5b4a31"
      const [theirs] = yield* control.seed("polar", [{ organization_id: other, external_id: "same" }])
      const [ours] = yield* control.seed("polar", [{ external_id: "same" }])
      const acting = (organization: string) => ({
        token: "polar_pat_x",
        headers: { "polar-organization": organization }
      })
      expect((yield* call("GET", "/v1/customers/external/same", undefined, acting(other))).json.id).toBe(theirs)
      expect((yield* call("GET", `/v1/customers/${ours}`, undefined, acting(other))).status).toBe(404)
      expect((yield* create({ email: "a@example.com" }, acting(other))).json.organization_id).toBe(other)
      const refused = yield* create({ email: "b@example.com", organization_id: home }, acting(other))
      expect(refused.json.detail[0]).toMatchObject({ loc: ["body", "organization_id"], msg: "Organization not found." })
      expect((yield* create({ email: "b@example.com" }, acting(unknownId))).status).toBe(422)
      const { json } = yield* call("GET", "/v1/customers/external/same", undefined, {
        headers: { "polar-organization": other }
      })
      expect(json.id).toBe(ours)
    })
  )
})

describe("update", () => {
  const stored = {
    email: "a@example.com",
    name: "Ann",
    external_id: "usr_1",
    locale: "fr",
    metadata: { a: 1 },
    billing_address: { country: "FR", city: "Paris", line1: "1 rue X" },
    tax_id: "FR61954506077"
  }

  wire(
    "absent keeps, null clears what can be cleared, a value replaces the whole",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      const { json: before } = yield* create(stored)
      const path = `/v1/customers/${before.id}`
      expect((yield* call("PATCH", path, {})).json).toEqual(before)
      expect((yield* call("PATCH", path, { email: null, external_id: "usr_1", type: null })).json).toEqual(before)
      const cleared = yield* call("PATCH", path, { name: null, locale: null, tax_id: null, metadata: {} })
      expect(cleared.json).toEqual({
        ...before,
        name: null,
        billing_name: null,
        locale: null,
        tax_id: null,
        metadata: {},
        modified_at: "2026-01-03T13:37:00.001000Z"
      })
      yield* call("PATCH", path, { metadata: { b: 2 } })
      const replaced = yield* call("PATCH", path, { metadata: { c: 3 }, billing_address: { country: "DE" }, name: "" })
      expect(replaced.json).toMatchObject({
        metadata: { c: 3 },
        name: null,
        billing_address: { line1: null, city: null, country: "DE" }
      })
      expect(replaced.json.metadata).toEqual({ c: 3 })
    })
  )

  wire(
    "what is refused, without a tag",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      const { json: before } = yield* create(stored)
      const { json: bare } = yield* create({ email: "bare@example.com" })
      const refused = function*(body: unknown, expected: ReadonlyArray<unknown>, id = before.id) {
        const { json, status } = yield* call("PATCH", `/v1/customers/${id}`, body)
        expect([body, status, json.detail.map(({ loc, msg }: any) => [loc, msg])]).toEqual([body, 422, expected])
        return json.error
      }
      const business = "PolarRequestValidationError"
      const address = [["body", "billing_address"], "Customer billing address cannot be reset to null once set."]
      expect(yield* refused({ billing_address: null }, [address])).toBe(business)
      expect(yield* refused({ billing_address: null }, [address], bare.id)).toBe(business)
      const fixed = [["body", "external_id"], "Customer external ID cannot be updated."]
      for (const external_id of ["usr_2", null, ""]) expect(yield* refused({ external_id }, [fixed])).toBe(business)
      yield* refused({ external_id: "usr_1", email: "A@Example.com" }, [
        [["body", "email"], "A customer with this email address already exists."],
        [["body", "external_id"], "A customer with this external ID already exists."]
      ], bare.id)
      yield* refused(
        { tax_id: "12345" },
        [[["body", "billing_address"], "Country is required to validate tax ID."]],
        bare.id
      )
      yield* refused({ tax_id: "1" }, [[["body", "tax_id"], "Invalid tax ID."]])
      yield* refused({ billing_address: { country: "AQ" } }, [[["body", "tax_id"], "Invalid tax ID."]])
      const schema = yield* call("PATCH", `/v1/customers/${before.id}`, {
        metadata: null,
        email: "x",
        tax_id: ["a", "b"],
        type: "robot"
      })
      expect([schema.json.error, issue(schema.json)]).toEqual(["RequestValidationError", [
        ["dict_type", ["body", "metadata"]],
        ["value_error", ["body", "email"]],
        ["string_type", ["body", "tax_id"]],
        ["enum", ["body", "type"]]
      ]])
      expect(issue((yield* call("PATCH", `/v1/customers/${before.id}`, [])).json)).toEqual([
        ["model_attributes_type", ["body"]]
      ])
      expect((yield* call("GET", `/v1/customers/${before.id}`)).json).toEqual(before)
      expect((yield* call("PATCH", `/v1/customers/${unknownId}`, {})).status).toBe(404)
    })
  )

  wire(
    "an e-mail changes and is freed, a change of case alone is skipped",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const [id] = yield* control.seed("polar", [{ email: "old@example.com", email_verified: true }])
      const path = `/v1/customers/${id}`
      expect((yield* call("PATCH", path, { email: "OLD@example.com" })).json).toMatchObject({
        email: "old@example.com",
        email_verified: true,
        modified_at: null
      })
      expect((yield* call("PATCH", path, { email: "new@example.com" })).json).toMatchObject({
        email: "new@example.com",
        email_verified: false
      })
      expect((yield* create({ email: "new@example.com" })).status).toBe(422)
      expect((yield* create({ email: "old@example.com" })).status).toBe(201)
    })
  )

  wire(
    "external id once, type upwards only",
    Effect.gen(function*() {
      const { call, create } = yield* inProcess
      const { json } = yield* create({ email: "a@example.com" })
      const path = `/v1/customers/${json.id}`
      expect((yield* call("PATCH", path, { external_id: "usr_9", type: "team" })).json).toMatchObject({
        external_id: "usr_9",
        type: "team"
      })
      for (const type of ["individual", null]) {
        const { json, status } = yield* call("PATCH", path, { type })
        expect([status, json.detail[0].msg]).toEqual([
          422,
          "Customer type cannot be downgraded from 'team' to 'individual'."
        ])
      }
      const external = yield* call("PATCH", "/v1/customers/external/usr_9", {
        external_id: "other",
        type: "individual",
        name: "N"
      })
      expect(external.json).toMatchObject({ external_id: "usr_9", type: "team", name: "N" })
      expect((yield* call("PATCH", "/v1/customers/external/nobody", {})).status).toBe(404)
    })
  )
})

describe("delete", () => {
  wire(
    "is soft, frees e-mail and external id, and happens once",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const body = { email: "a@example.com", external_id: "usr_1", name: "Ann" }
      const { json } = yield* create(body)
      const gone = yield* call("DELETE", `/v1/customers/${json.id}`)
      expect([gone.status, gone.text, gone.headers.get("content-type")]).toEqual([204, "", null])
      for (const path of [`/v1/customers/${json.id}`, "/v1/customers/external/usr_1"]) {
        for (const suffix of ["", "/state"]) expect((yield* call("GET", path + suffix)).status).toBe(404)
        expect((yield* call("DELETE", path)).status).toBe(404)
      }
      expect((yield* call("GET", "/v1/customers/")).json.pagination.total_count).toBe(0)
      expect(yield* control.deleted("polar")).toMatchObject([{
        id: json.id,
        external_id: null,
        email: "a@example.com",
        metadata: { __external_id: "usr_1" },
        deleted_at: "2026-01-03T13:37:00.001000Z"
      }])
      expect((yield* create(body)).status).toBe(201)
      expect((yield* call("DELETE", "/v1/customers/external/usr_1")).status).toBe(204)
    })
  )

  wire(
    "anonymize hashes e-mail and name and drops the address",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const billing_address = { country: "FR" }
      const { json: plain } = yield* create({ email: "a@example.com", name: "Ann", billing_address })
      const { json: taxed } = yield* create({
        email: "b@example.com",
        name: "Bob",
        billing_address,
        tax_id: "FR61954506077"
      })
      const wrong = yield* call("DELETE", `/v1/customers/${plain.id}?anonymize=`)
      expect(issue(wrong.json)).toEqual([["bool_parsing", ["query", "anonymize"]]])
      yield* call("DELETE", `/v1/customers/${plain.id}?anonymize=true`)
      yield* call("DELETE", `/v1/customers/${taxed.id}?anonymize=1`)
      const [first, second] = yield* control.deleted("polar")
      expect(first!.email).toMatch(/^[0-9a-f]{64}@anonymized\.polar\.sh$/)
      expect(first!.name).toMatch(/^[0-9a-f]{64}$/)
      expect([first!.billing_address, first!.email_verified]).toEqual([null, false])
      expect(second!.name).toBe("Bob")
    })
  )
})

describe("list", () => {
  const names = (json: { items: ReadonlyArray<any> }) => json.items.map(({ name }) => name)

  wire(
    "pages: 10 by default, at most 100, an honest end",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      expect((yield* call("GET", "/v1/customers/")).text).toBe(
        "{\"items\":[],\"pagination\":{\"total_count\":0,\"max_page\":0}}"
      )
      yield* control.seed("polar", 250)
      const page = function*(query: string) {
        const { json } = yield* call("GET", `/v1/customers/${query}`)
        return [json.items.length, json.pagination.total_count, json.pagination.max_page]
      }
      expect(yield* page("")).toEqual([10, 250, 25])
      expect(yield* page("?limit=1")).toEqual([1, 250, 250])
      expect(yield* page("?limit=100&page=3")).toEqual([50, 250, 3])
      expect(yield* page("?limit=500")).toEqual([100, 250, 3])
      expect(yield* page("?limit=100&page=4")).toEqual([0, 250, 3])
      const { json } = yield* call("GET", "/v1/customers/?limit=2")
      expect(names(json)).toEqual(["Customer 250", "Customer 249"])
    })
  )

  wire(
    "wrong parameters",
    Effect.gen(function*() {
      const { call } = yield* inProcess
      for (
        const [query, type, loc] of [
          ["page=0", "greater_than", ["query", "page"]],
          ["page=-1", "greater_than", ["query", "page"]],
          ["limit=0", "greater_than", ["query", "limit"]],
          ["limit=ten", "int_parsing", ["query", "limit"]],
          ["page=1.5", "int_parsing", ["query", "page"]],
          ["page=1.", "int_parsing", ["query", "page"]],
          ["page=1__0", "int_parsing", ["query", "page"]],
          ["page=", "int_parsing", ["query", "page"]],
          ["active=", "bool_parsing", ["query", "active"]],
          ["active=maybe", "bool_parsing", ["query", "active"]],
          ["sorting=created_at,email", "enum", ["query", "sorting", 0]],
          ["sorting=name&sorting=age", "enum", ["query", "sorting", 1]]
        ] as const
      ) {
        const { json, status } = yield* call("GET", `/v1/customers/?${query}`)
        expect([query, status, json.error, issue(json)]).toEqual([query, 422, "RequestValidationError", [[type, loc]]])
      }
      for (const good of ["page=1.0", "page=%201", "page=%2B1", "limit=1_0", "active=oN"]) {
        expect((yield* call("GET", `/v1/customers/?${good}`)).status).toBe(200)
      }
      const joined = yield* call("GET", `/v1/customers/?organization_id=${home},${home}`)
      expect(joined.json.detail[0].input).toEqual([`${home},${home}`])
      const several = yield* call("GET", "/v1/customers/?active=&organization_id=x&sorting=x&limit=0&page=0")
      expect(issue(several.json)).toEqual([
        ["greater_than", ["query", "page"]],
        ["greater_than", ["query", "limit"]],
        ["enum", ["query", "sorting", 0]],
        ["uuid_type", ["query", "organization_id", "uuid"]],
        ["uuid_parsing", ["query", "organization_id", expect.stringMatching(/^json-or-python/), 0]],
        ["bool_parsing", ["query", "active"]]
      ])
    })
  )

  wire(
    "filters",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("polar", [
        { name: "Ann 100%", email: "Ann@example.com", external_id: "usr_1", metadata: { plan: "pro", vip: true } },
        { name: "Bob", email: "bob@example.com", external_id: "xusr_1", metadata: { plan: "free", n: 1.5 } },
        { name: "Cid", email: "cid@example.com", billing_name: "Acme GmbH", metadata: { plan: "pro" } },
        { name: null, email: null, type: "team", subscriptions: [{ status: "past_due" }] },
        { name: "Eve", email: "eve@example.com", subscriptions: [{ status: "canceled" }] }
      ])
      const found = function*(query: string) {
        return names((yield* call("GET", `/v1/customers/?sorting=created_at&${query}`)).json).join()
      }
      expect(yield* found("email=ann%40EXAMPLE.com")).toBe("Ann 100%")
      expect(yield* found("email=ann")).toBe("")
      expect(yield* found("query=acme")).toBe("Cid")
      expect(yield* found("query=%25")).toBe("Ann 100%")
      expect(yield* found("query=_")).toBe("")
      expect(yield* found("query=usr")).toBe("Ann 100%")
      expect(yield* found("query=EXAMPLE.COM")).toBe("Ann 100%,Bob,Cid,Eve")
      expect(yield* found("active=true")).toBe("")
      expect((yield* call("GET", "/v1/customers/?active=true")).json.pagination.total_count).toBe(1)
      expect(yield* found("active=false")).toBe("Ann 100%,Bob,Cid,Eve")
      expect(yield* found("metadata[plan]=pro")).toBe("Ann 100%,Cid")
      expect(yield* found("metadata[plan]=pro&metadata[plan]=free")).toBe("Ann 100%,Bob,Cid")
      expect(yield* found("metadata[plan]=pro&metadata%5Bvip%5D=true")).toBe("Ann 100%")
      expect(yield* found("metadata[n]=1.5")).toBe("Bob")
      expect(yield* found("metadata[none]=x")).toBe("")
      expect(yield* found("metadata[plan][x]=free")).toBe("Bob")
      for (const ignored of ["metadata={\"plan\":\"pro\"}", "metadata.plan=pro", "external_id=usr_1", "foo=bar"]) {
        expect((yield* call("GET", `/v1/customers/?${ignored}`)).json.pagination.total_count).toBe(5)
      }
    })
  )

  wire(
    "sorting by several keys; what ties has no fixed order",
    Effect.gen(function*() {
      const { call, control, create } = yield* inProcess
      const created_at = "2026-01-01T00:00:00Z"
      yield* control.seed("polar", [
        { name: "b", email: "1@example.com", created_at: "2026-01-01T00:00:00.000002Z" },
        { name: "a", email: "2@example.com", created_at },
        { name: "a", email: "3@example.com", created_at: "2026-01-01T00:00:00.000001Z" }
      ])
      const sorted = function*(query: string) {
        const { json } = yield* call("GET", `/v1/customers/?${query}`)
        return json.items.map(({ email }: any) => email[0]).join("")
      }
      expect(yield* sorted("")).toBe("132")
      expect(yield* sorted("sorting=created_at")).toBe("231")
      expect(yield* sorted("sorting=-email")).toBe("321")
      expect(yield* sorted("sorting=name&sorting=-email")).toBe("321")
      expect(yield* sorted("sorting=-name&sorting=email")).toBe("123")

      yield* control.reset
      yield* control.seed("polar", Array.from({ length: 40 }, () => ({ created_at })))
      const order = function*(query: string) {
        const { json } = yield* call("GET", `/v1/customers/?limit=40&${query}`)
        return json.items.map(({ id }: any) => id).join()
      }
      const before = yield* order("")
      expect(yield* order("")).toBe(before)
      const byEmail = yield* order("sorting=created_at&sorting=email")
      const { json } = yield* create({ email: "late@example.com" })
      yield* call("DELETE", `/v1/customers/${json.id}`)
      expect(yield* order("")).not.toBe(before)
      expect(yield* order("sorting=created_at&sorting=email")).toBe(byEmail)
    })
  )
})

describe("state", () => {
  wire(
    "active and trialing subscriptions with the hidden price_id, benefits, meters",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const subscription = {
        id: "e5149aae-e521-42b9-b24c-abb3d71eea2e",
        created_at: "2026-01-03T13:37:00.123456Z",
        modified_at: null,
        custom_field_data: {},
        metadata: {},
        status: "active",
        amount: 1000,
        currency: "usd",
        recurring_interval: "month",
        current_period_start: "2026-02-03T13:37:00Z",
        current_period_end: "2026-03-03T13:37:00Z",
        trial_start: null,
        trial_end: null,
        cancel_at_period_end: false,
        canceled_at: null,
        started_at: "2026-01-03T13:37:00Z",
        ends_at: null,
        product_id: "d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23",
        discount_id: null,
        seats: null,
        units: null,
        meters: []
      }
      const benefit = {
        id: "c1d2e3f4-a5b6-4c7d-8e9f-0a1b2c3d4e5f",
        created_at: "2026-01-03T13:37:02.500000Z",
        modified_at: null,
        granted_at: "2026-01-03T13:37:02.500000Z",
        benefit_id: "42b94870-36b9-4573-96b6-b90b1c99a353",
        benefit_type: "meter_credit",
        benefit_metadata: {},
        properties: {}
      }
      const meter = {
        id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        created_at: "2026-01-03T13:37:00.123456Z",
        modified_at: null,
        meter_id: "d498a884-e2cd-4d3e-8002-f536468a8b22",
        consumed_units: 25.5,
        credited_units: 100,
        balance: 74.5
      }
      const [id] = yield* control.seed("polar", [{
        external_id: "usr_1",
        subscriptions: [subscription, { ...subscription, status: "trialing" }, { ...subscription, status: "past_due" }],
        benefits: [benefit],
        meters: [meter]
      }])
      const { json } = yield* call("GET", `/v1/customers/${id}/state`)
      const { json: customer } = yield* call("GET", `/v1/customers/${id}`)
      expect(Object.keys(json)).toEqual([
        ...Object.keys(customer),
        "active_subscriptions",
        "granted_benefits",
        "active_meters"
      ])
      expect(json.active_subscriptions.map(({ status }: any) => status)).toEqual(["active", "trialing"])
      expect(json.active_subscriptions[0]).toMatchObject(subscription)
      expect(typeof json.active_subscriptions[0].price_id).toBe("string")
      expect([json.granted_benefits, json.active_meters]).toEqual([[benefit], [meter]])
      expect((yield* call("GET", "/v1/customers/external/usr_1/state")).json).toEqual(json)
      expect((yield* call("GET", `/v1/customers/${unknownId}/state`)).status).toBe(404)
    })
  )
})

describe("export", () => {
  wire(
    "is CSV as Python writes it",
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      yield* control.seed("polar", [
        {
          id: "992fae2a-2a17-4b7a-8d9e-e287cf90131b",
          external_id: "usr_1337",
          created_at: "2026-01-03T13:37:00.123456Z",
          email: "customer@example.com",
          name: "Doe, \"JD\" John",
          tax_id: ["FR61954506077", "eu_vat"],
          billing_address: { line1: "1 rue X", city: "Paris", postal_code: "75001", country: "FR" },
          metadata: { plan: "pro" }
        },
        {
          id: "b3a5c8d2-1f4e-4c6b-8a9d-2e7f6c5b4a31",
          email: null,
          name: "two\nlines",
          created_at: "2026-01-03T13:37:00Z",
          metadata: { é: true, n: 1.5, d: "\x7f" }
        }
      ])
      const { headers, text } = yield* call("GET", "/v1/customers/export")
      expect(headers.get("content-type")).toBe("text/csv; charset=utf-8")
      expect(headers.get("content-disposition")).toBe("attachment; filename=\"polar-customers.csv\"")
      expect(text).toBe([
        "ID,External ID,Created At,Email,Name,Tax ID,Billing Address Line 1,Billing Address Line 2,Billing Address City," +
        "Billing Address State,Billing Address Zip,Billing Address Country,Metadata",
        "992fae2a-2a17-4b7a-8d9e-e287cf90131b,usr_1337,2026-01-03T13:37:00.123456+00:00,customer@example.com," +
        "\"Doe, \"\"JD\"\" John\",\"('FR61954506077', <TaxIDFormat.eu_vat: 'eu_vat'>)\",1 rue X,,Paris,,75001,FR," +
        "\"{\"\"plan\"\": \"\"pro\"\"}\"",
        "b3a5c8d2-1f4e-4c6b-8a9d-2e7f6c5b4a31,,2026-01-03T13:37:00+00:00,,\"two\nlines\",,,,,,,," +
        "\"{\"\"\\u00e9\"\": true, \"\"n\"\": 1.5, \"\"d\"\": \"\"\\u007f\"\"}\"",
        ""
      ].join("\r\n"))
      const wrong = yield* call("GET", "/v1/customers/export?organization_id=x")
      expect(wrong.json.detail.map(({ type }: any) => type)).toEqual(["uuid_type", "uuid_parsing"])
      const none = yield* call("GET", `/v1/customers/export?organization_id=${unknownId}`)
      expect(none.text.split("\r\n")).toHaveLength(2)
    })
  )
})
