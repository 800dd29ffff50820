import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { Fault, Sandbox, SandboxControl } from "../src/index.js"
import { type Answered, calling, type CallOptions, inProcess } from "./mollie/calling.js"
import { contractIsThere, problems } from "./mollie/contract.js"

const customers = "/v2/customers"
const token = "access_x"
const profileId = "pfl_QkEhN94Ba"
const errors = { documentation: { href: "https://docs.mollie.com/reference/handling-errors", type: "text/html" } }

type Wire = Effect.Effect.Success<typeof inProcess>

const wire = <E>(name: string, test: (wire: Wire) => Effect.Effect<void, E>) =>
  it.effect(name, () =>
    Effect.gen(function*() {
      const found = yield* inProcess
      yield* test(found)
      expect(yield* found.control.bugs).toEqual([])
    }).pipe(Effect.provide(Sandbox.layerFetch())))

const charge = {
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  redirectUrl: "https://example.org/thanks"
}

const idsOf = (json: any): ReadonlyArray<string> =>
  (json._embedded.customers ?? json._embedded.payments).map(({ id }: { id: string }) => id)

/** Follows `next` as it stands. */
const walk = ({ call }: Wire, start: string, direction: "next" | "previous" = "next", options?: CallOptions) =>
  Effect.gen(function*() {
    const pages: Array<ReadonlyArray<string>> = []
    for (let href: string | undefined = start; href !== undefined;) {
      const path: string = href.replace("https://api.mollie.com", "")
      const { json, status }: Answered = yield* call("GET", path, undefined, options)
      expect(status).toBe(200)
      expect(json.count).toBe(idsOf(json).length)
      pages.push(idsOf(json))
      href = json._links[direction]?.href
    }
    return pages
  })

describe("who calls", () => {
  wire("401 to everybody without a good token, on every path", ({ call }) =>
    Effect.gen(function*() {
      for (const bad of [null, "x", "test_", "live_expired", "access_expired", "sk_test_1"]) {
        for (const path of [customers, "/v2/nothing"]) {
          const { json, status } = yield* call("GET", path, undefined, { token: bad })
          expect([bad, status, json.title, json.status, json._links]).toEqual([
            bad,
            401,
            "Unauthorized Request",
            401,
            errors
          ])
        }
      }
      const basic = yield* call("GET", customers, undefined, { token: null, headers: { authorization: "Basic dDp0" } })
      expect(basic.status).toBe(401)
    }))

  wire(
    "a token that may only read gets 403 for writes, and nothing is written",
    ({ call, control }) =>
      Effect.gen(function*() {
        const [id] = yield* control.seed("mollie", 1)
        for (const token of ["test_readonly", "access_readonly"]) {
          expect((yield* call("GET", customers, undefined, { token })).status).toBe(200)
          for (
            const [method, path] of [["POST", customers], ["PATCH", `${customers}/${id}`], [
              "DELETE",
              `${customers}/${id}`
            ], [
              "POST",
              `${customers}/${id}/payments`
            ]] as const
          ) {
            const { json, status } = yield* call(method, path, {}, { token })
            expect([status, json.title]).toEqual([403, "Forbidden"])
          }
        }
        expect(yield* control.customers("mollie")).toHaveLength(1)
      })
  )

  wire(
    "the mode is the key's, or what a token says: live unless it does",
    ({ call, control }) =>
      Effect.gen(function*() {
        const make = (body: unknown, token: string) => call("POST", customers, body, { token })
        const live = (yield* make({}, "live_x")).json
        const test = (yield* make({}, "test_x")).json
        const tokenLive = (yield* make({}, token)).json
        const tokenTest = (yield* make({ testmode: true }, token)).json
        expect([live, test, tokenLive, tokenTest].map(({ mode }) => mode)).toEqual(["live", "test", "live", "test"])
        expect(tokenTest._links.self.href).toBe(`https://api.mollie.com/v2/customers/${tokenTest.id}?testmode=true`)
        expect(test._links.self.href).toBe(`https://api.mollie.com/v2/customers/${test.id}`)
        const listed = (path: string, token: string) =>
          Effect.map(call("GET", path, undefined, { token }), ({ json }) => idsOf(json))
        expect(yield* listed(customers, "test_other")).toEqual([tokenTest.id, test.id])
        expect(yield* listed(`${customers}?testmode=true`, token)).toEqual([tokenTest.id, test.id])
        expect(yield* listed(customers, token)).toEqual([tokenLive.id, live.id])
        expect(yield* listed(`${customers}?testmode=false`, token)).toEqual([tokenLive.id, live.id])
        expect((yield* control.customers("mollie")).map(({ id }) => id)).toEqual([
          live.id,
          test.id,
          tokenLive.id,
          tokenTest.id
        ])
      })
  )

  wire("an id of the other mode is a 404 that says so", ({ call, control }) =>
    Effect.gen(function*() {
      const [id] = yield* control.seed("mollie", 1)
      const other = yield* call("GET", `${customers}/${id}`, undefined, { token })
      expect(other.status).toBe(404)
      expect(other.json.detail).toContain(`No customer exists with token ${id}. It exists in test mode`)
      expect(other.json.detail).toContain("wrong mode")
      const unknown = yield* call("GET", `${customers}/cst_nope`)
      expect(unknown.json).toEqual({
        status: 404,
        title: "Not Found",
        detail: "No customer exists with token cst_nope.",
        _links: errors
      })
      for (
        const [method, path, body] of [
          ["PATCH", "", { name: "x" }],
          ["DELETE", "", undefined],
          ["GET", "/payments", undefined],
          ["POST", "/payments", { ...charge, profileId }]
        ] as const
      ) {
        const { json, status } = yield* call(method, `${customers}/${id}${path}`, body, { token })
        expect([method, status, json.detail.includes("wrong mode")]).toEqual([method, 404, true])
      }
      expect((yield* call("GET", `${customers}/${id}?testmode=true`, undefined, { token })).status).toBe(200)
      const patched = yield* call("PATCH", `${customers}/${id}`, { name: "x", testmode: true }, { token })
      expect([patched.status, patched.json.name]).toEqual([200, "x"])
      expect((yield* call("DELETE", `${customers}/${id}`, { testmode: true }, { token })).status).toBe(204)
    }))

  wire(
    "testmode and profileId where they do not belong are 422 and named",
    ({ call, control }) =>
      Effect.gen(function*() {
        const [id] = yield* control.seed("mollie", [{ mode: "live" }])
        const one = `${customers}/${id}`
        const wrong: ReadonlyArray<readonly [string, string, string, unknown, string]> = [
          ["live_x", "GET", `${customers}?testmode=false`, undefined, "testmode"],
          ["live_x", "GET", `${one}?testmode=true`, undefined, "testmode"],
          ["live_x", "GET", `${one}/payments?profileId=${profileId}`, undefined, "profileId"],
          ["live_x", "POST", customers, { testmode: false }, "testmode"],
          ["live_x", "POST", customers, { testmode: null }, "testmode"],
          ["live_x", "PATCH", one, { profileId }, "profileId"],
          ["live_x", "DELETE", one, { testmode: false }, "testmode"],
          ["live_x", "DELETE", `${one}?testmode=false`, undefined, "testmode"],
          ["live_x", "POST", `${one}/payments`, { ...charge, profileId }, "profileId"],
          [token, "GET", `${customers}?testmode=1`, undefined, "testmode"],
          [token, "GET", `${one}?testmode=TRUE`, undefined, "testmode"],
          [token, "GET", `${one}?profileId=${profileId}`, undefined, "profileId"],
          [token, "POST", customers, { testmode: "true" }, "testmode"],
          [token, "POST", customers, { profileId }, "profileId"],
          [token, "POST", `${customers}?testmode=true`, {}, "testmode"],
          [token, "PATCH", one, { testmode: null }, "testmode"],
          [token, "PATCH", `${one}?testmode=false`, {}, "testmode"],
          [token, "DELETE", one, { testmode: "false" }, "testmode"],
          [token, "DELETE", `${one}?testmode=false`, undefined, "testmode"],
          [token, "POST", `${one}/payments`, charge, "profileId"],
          [token, "POST", `${one}/payments`, { ...charge, profileId: "QkEhN94Ba" }, "profileId"],
          [token, "POST", `${one}/payments?profileId=${profileId}`, charge, "profileId"],
          [token, "GET", `${one}/payments?profileId=x`, undefined, "profileId"]
        ]
        for (const [token, method, path, body, field] of wrong) {
          const { json, status } = yield* call(method, path, body, { token })
          expect([token, method, path, status, json.field]).toEqual([token, method, path, 422, field])
        }
        expect((yield* control.requests).some(({ applied }) => applied)).toBe(false)
      })
  )
})

describe("customers", () => {
  wire("create, get, update, list, delete", ({ call, control }) =>
    Effect.gen(function*() {
      const given = { name: "Iris de Vries", email: "iris@example.org", locale: "nl_NL", metadata: { crm: "A-17" } }
      const created = yield* call("POST", customers, given)
      expect(created.status).toBe(201)
      expect(created.json).toEqual({
        resource: "customer",
        id: expect.stringMatching(/^cst_[A-Za-z0-9]{10}$/),
        mode: "test",
        ...given,
        createdAt: "2026-01-03T13:37:00+00:00",
        _links: {
          self: { href: `https://api.mollie.com/v2/customers/${created.json.id}`, type: "application/hal+json" },
          dashboard: { href: expect.stringContaining(created.json.id), type: "text/html" },
          documentation: { href: "https://docs.mollie.com/reference/create-customer", type: "text/html" }
        }
      })
      const one = `${customers}/${created.json.id}`
      const got = yield* call("GET", one)
      expect(got.json).toEqual({
        ...created.json,
        _links: { ...created.json._links, documentation: expect.objectContaining({ type: "text/html" }) }
      })
      const { documentation: _, ...links } = got.json._links
      const listed = yield* call("GET", customers)
      expect(listed.json._embedded.customers).toEqual([{ ...got.json, _links: links }])
      const updated = yield* call("PATCH", one, { name: null, metadata: { b: 1 } })
      expect([updated.status, updated.json.name, updated.json.email, updated.json.locale, updated.json.metadata])
        .toEqual([200, null, "iris@example.org", "nl_NL", { b: 1 }])
      const cleared = yield* call("PATCH", one, { email: null, locale: null, metadata: null })
      expect([cleared.json.email, cleared.json.locale, cleared.json.metadata]).toEqual([null, null, null])
      expect((yield* call("PATCH", one, {})).json).toEqual(cleared.json)
      expect(yield* control.customers("mollie")).toEqual([(yield* call("GET", one)).json])
      const gone = yield* call("DELETE", one)
      expect([gone.status, gone.text, gone.headers.get("content-type")]).toEqual([204, "", null])
      expect((yield* control.requests).map(({ applied, operation }) => [operation, applied])).toEqual([
        ["create", true],
        ["get", false],
        ["list", false],
        ["update", true],
        ["update", true],
        ["update", false],
        ["get", false],
        ["delete", true]
      ])
    }))

  wire("nothing is needed to create one, not even a body", ({ call }) =>
    Effect.gen(function*() {
      for (const body of [undefined, {}, { name: null, email: null, locale: null, metadata: null }]) {
        const { json, status } = yield* call("POST", customers, body)
        expect([status, json.name, json.email, json.locale, json.metadata]).toEqual([201, null, null, null, null])
      }
    }))

  wire("a deleted one is 410 for all that is about it, and in no list", ({ call, control }) =>
    Effect.gen(function*() {
      const [id, other] = yield* control.seed("mollie", 2)
      const one = `${customers}/${id}`
      const paid = yield* call("POST", `${one}/payments`, charge)
      expect((yield* call("DELETE", one, {})).status).toBe(204)
      for (
        const [method, path, body] of [
          ["GET", one, undefined],
          ["PATCH", one, { name: "x" }],
          ["DELETE", one, undefined],
          ["GET", `${one}/payments`, undefined],
          ["POST", `${one}/payments`, charge]
        ] as const
      ) {
        const { json, status } = yield* call(method, path, body)
        expect([method, path, status, json.title]).toEqual([method, path, 410, "Gone"])
      }
      expect(idsOf((yield* call("GET", customers)).json)).toEqual([other])
      const from = yield* call("GET", `${customers}?from=${id}`)
      expect([from.status, from.json.field]).toEqual([400, "from"])
      expect((yield* control.deleted("mollie")).map(({ id }) => id)).toEqual([id])
      const { payments } = yield* control.resources("mollie", id!)
      expect(payments).toMatchObject([{ id: paid.json.id, customerId: id }])
      expect(yield* control.resources("mollie", "cst_nope")).toEqual({})
    }))

  wire(
    "values that are refused, by field, on create and on update alike",
    ({ call, control }) =>
      Effect.gen(function*() {
        const [id] = yield* control.seed("mollie", 1)
        const wrong: ReadonlyArray<readonly [unknown, string | undefined]> = [
          [{ name: 5 }, "name"],
          [{ email: 5 }, "email"],
          [{ email: "" }, "email"],
          [{ email: "iris" }, "email"],
          [{ email: "iris@example" }, "email"],
          [{ email: "iris@exämple.org" }, "email"],
          [{ email: "iris@-example.org" }, "email"],
          [{ locale: "nl" }, "locale"],
          [{ locale: "uz_UZ" }, "locale"],
          [{ locale: "" }, "locale"],
          [{ locale: 5 }, "locale"],
          [{ metadata: "x".repeat(1023) }, undefined],
          [{ metadata: "é".repeat(512) }, undefined]
        ]
        for (const [body, field] of wrong) {
          for (const [method, path] of [["POST", customers], ["PATCH", `${customers}/${id}`]] as const) {
            const { json, status } = yield* call(method, path, body)
            expect([method, body, status, "field" in json, json.field]).toEqual([
              method,
              body,
              422,
              field !== undefined,
              field
            ])
          }
        }
        expect((yield* control.requests).some(({ applied }) => applied)).toBe(false)
      })
  )

  wire("values that pass, loosely checked locales and any metadata among them", ({ call }) =>
    Effect.gen(function*() {
      for (const locale of ["en_BE", "cs_CZ", "gl_ES", "nl-NL", "nl_NL_formal"]) {
        const { json, status } = yield* call("POST", customers, { locale })
        expect([locale, status, json.locale]).toEqual([locale, 201, locale])
      }
      for (const email of ["IRIS+a@Example.ORG", "ïris@xn--exmple-cua.org", "a@b.c.example"]) {
        const { json, status } = yield* call("POST", customers, { email })
        expect([email, status, json.email]).toEqual([email, 201, email])
      }
      for (
        const metadata of [
          "",
          "{\"order\":7}",
          0,
          1.5,
          true,
          false,
          [],
          [1, null],
          { a: { b: [] } },
          "x".repeat(1022),
          "é".repeat(511)
        ]
      ) {
        const created = yield* call("POST", customers, { metadata }, { unchecked: true })
        const { json } = yield* call("GET", `${customers}/${created.json.id}`, undefined, { unchecked: true })
        expect([created.status, json.metadata]).toEqual([201, metadata])
      }
    }))

  wire("names that nobody knows are refused with a hint", ({ call, control }) =>
    Effect.gen(function*() {
      const [id] = yield* control.seed("mollie", 1)
      const told = function*(method: string, path: string, body?: unknown) {
        const { json, status } = yield* call(method, path, body)
        return [status, json.field, json.detail]
      }
      expect(yield* told("POST", customers, { naam: "Iris" })).toEqual([
        422,
        "naam",
        "Non-existent body parameter \"naam\" for this API call. Did you mean: \"name\"?"
      ])
      expect(yield* told("PATCH", `${customers}/${id}`, { externalId: "1" })).toEqual([
        422,
        "externalId",
        "Non-existent body parameter \"externalId\" for this API call."
      ])
      expect(yield* told("GET", `${customers}?limits=5`)).toEqual([
        422,
        "limits",
        "Non-existent query parameter \"limits\" for this API call. Did you mean: \"limit\"?"
      ])
      expect((yield* told("POST", customers, "{\"__proto__\":1}"))[1]).toBe("__proto__")
      expect((yield* told("GET", `${customers}/${id}?include=events`)).slice(0, 2)).toEqual([422, "include"])
      expect((yield* told("DELETE", `${customers}/${id}?force=1`)).slice(0, 2)).toEqual([422, "force"])
      expect((yield* told("DELETE", `${customers}/${id}`, { name: "x" })).slice(0, 2)).toEqual([422, "name"])
    }))

  wire(
    "bodies that cannot be read, paths and methods that are not there",
    ({ call, control }) =>
      Effect.gen(function*() {
        const [id] = yield* control.seed("mollie", 1)
        for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
          const { json, status } = yield* call("POST", customers, "{}", { headers: { "content-type": type } })
          expect([type, status, json.title]).toEqual([type, 415, "Unsupported Media Type"])
        }
        for (const type of ["application/json; charset=utf-8", "application/hal+json"]) {
          expect((yield* call("POST", customers, "{}", { headers: { "content-type": type } })).status).toBe(201)
        }
        for (const body of ["{", "[]", "null", "\"x\""]) {
          const { json, status } = yield* call("PATCH", `${customers}/${id}`, body)
          expect([body, status, json.title]).toEqual([body, 400, "Bad Request"])
        }
        for (
          const path of ["/v2/nothing", `${customers}/`, "/v1/customers", `${customers}/${id}%2Fpayments%2Fx`, "/"]
        ) {
          const { json, status } = yield* call("GET", path)
          expect([path, status, json.title, json._links]).toEqual([path, 404, "Not Found", errors])
        }
        const { headers, json, status } = yield* call("PUT", `${customers}/${id}`, {})
        expect([status, json.title, headers.get("allow")]).toEqual([405, "Method Not Allowed", "GET, PATCH, DELETE"])
        expect((yield* call("DELETE", customers)).status).toBe(405)
      })
  )
})

describe("pages", () => {
  wire(
    "walk to the end, both ways, in both orders, although all were made within a second",
    (wire) =>
      Effect.gen(function*() {
        const ids = yield* wire.control.seed("mollie", 5)
        const newest = ids.toReversed()
        expect(yield* walk(wire, customers)).toEqual([newest])
        const [a, b, c, d, e] = newest
        expect(yield* walk(wire, `${customers}?limit=2`)).toEqual([[a, b], [c, d], [e]])
        expect(yield* walk(wire, `${customers}?limit=5`)).toEqual([newest])
        expect(yield* walk(wire, `${customers}?limit=2&sort=asc`)).toEqual([[e, d], [c, b], [a]])
        expect(yield* walk(wire, `${customers}?limit=2&from=${e}`, "previous")).toEqual([[e], [c, d], [a, b]])
        expect(yield* walk(wire, `${customers}?from=${c}&limit=1&sort=asc`, "previous")).toEqual([[c], [d], [e]])
      })
  )

  wire("have absolute links that carry what was asked", ({ call, control }) =>
    Effect.gen(function*() {
      const [a, b, c] = yield* control.seed("mollie", 3)
      const base = "https://api.mollie.com/v2/customers"
      const plain = (yield* call("GET", customers)).json._links
      expect(plain).toEqual({
        self: { href: `${base}?limit=50`, type: "application/hal+json" },
        previous: null,
        next: null,
        documentation: { href: "https://docs.mollie.com/reference/list-customers", type: "text/html" }
      })
      const { json } = yield* call("GET", `${customers}?from=${b}&limit=1&sort=asc&testmode=true`, undefined, { token })
      const carried = (from: string | undefined) => ({
        href: `${base}?testmode=true&from=${from}&limit=1&sort=asc`,
        type: "application/hal+json"
      })
      expect(json._links).toMatchObject({ self: carried(b), previous: carried(a), next: carried(c) })
      const live = yield* call("GET", customers, undefined, { token: "live_x" })
      expect([live.json.count, live.json._embedded.customers, live.json._links.next]).toEqual([0, [], null])
    }))

  wire("hold their `from` when others come and go", (wire) =>
    Effect.gen(function*() {
      const { call, control } = wire
      const ids = yield* control.seed("mollie", 6)
      const { json } = yield* call("GET", `${customers}?limit=2`)
      yield* call("DELETE", `${customers}/${ids[5]}`)
      yield* call("DELETE", `${customers}/${ids[1]}`)
      const created = yield* call("POST", customers)
      const next = json._links.next.href.replace("https://api.mollie.com", "")
      expect(yield* walk(wire, next)).toEqual([[ids[3], ids[2]], [ids[0]]])
      expect((yield* walk(wire, customers)).flat()).toEqual([created.json.id, ids[4], ids[3], ids[2], ids[0]])
    }))

  wire("what is wrong with their parameters is a 400", ({ call, control }) =>
    Effect.gen(function*() {
      const [id, live] = yield* control.seed("mollie", [{}, { mode: "live" }])
      for (const path of [customers, `${customers}/${id}/payments`]) {
        for (
          const [query, field] of [
            ["limit=0", "limit"],
            ["limit=251", "limit"],
            ["limit=-1", "limit"],
            ["limit=ten", "limit"],
            ["limit=1.5", "limit"],
            ["sort=up", "sort"],
            ["from=", "from"],
            ["from=cst_nope", "from"],
            [`from=${live}`, "from"]
          ] as const
        ) {
          const { json, status } = yield* call("GET", `${path}?${query}`)
          expect([query, status, json.field]).toEqual([query, 400, field])
        }
      }
      expect((yield* call("GET", `${customers}?limit=250`)).status).toBe(200)
      expect((yield* call("GET", `${customers}?limit=`)).json._links.self.href).toContain("limit=50")
    }))

  wire("are quick with many customers", (wire) =>
    Effect.gen(function*() {
      const ids = yield* wire.control.seed("mollie", 100_000)
      expect(new Set(ids).size).toBe(100_000)
      const started = performance.now()
      for (let i = 0; i < 20; i++) {
        const { json } = yield* wire.call("GET", `${customers}?limit=250&from=${ids[50_000 + i]}`, undefined, {
          unchecked: true
        })
        expect([json.count, json._embedded.customers[0].id]).toEqual([250, ids[50_000 + i]])
        expect((yield* wire.call("DELETE", `${customers}/${ids[50_000 + i]}`)).status).toBe(204)
      }
      expect(performance.now() - started).toBeLessThan(2000)
    }))
})

describe("payments", () => {
  const withOne = (
    name: string,
    test: (wire: Wire & { readonly path: string; readonly id: string }) => Effect.Effect<void>
  ) =>
    wire(
      name,
      (wire) =>
        Effect.flatMap(wire.control.seed("mollie", 1), ([id]) =>
          test({ ...wire, id: id!, path: `${customers}/${id}/payments` }))
    )

  withOne("a single one is open, with a page to pay at", ({ call, id, path }) =>
    Effect.gen(function*() {
      const { json, status } = yield* call("POST", path, {
        ...charge,
        description: "😀".repeat(300),
        method: ["ideal"],
        metadata: [1],
        locale: "en_BE",
        issuer: "ideal_INGBNL2A",
        webhookUrl: "https://example.org/hook",
        lines: [{
          type: "discount",
          description: "x",
          quantity: 1,
          unitPrice: { currency: "EUR", value: "-1.00" },
          totalAmount: { currency: "EUR", value: "-1.00" },
          categories: ["eco"]
        }],
        billingAddress: { givenName: "Iris", country: "NL" },
        routing: [{
          amount: { currency: "EUR", value: "1.00" },
          destination: { type: "organization", organizationId: "org_1" }
        }],
        extraMerchantData: { a: { b: 1 } }
      }, { unchecked: true })
      expect(status).toBe(201)
      expect(json).toMatchObject({
        resource: "payment",
        id: expect.stringMatching(/^tr_[A-Za-z0-9]{10}$/),
        mode: "test",
        createdAt: "2026-01-03T13:37:00+00:00",
        expiresAt: "2026-01-03T13:52:00+00:00",
        amount: charge.amount,
        description: "😀".repeat(255),
        method: "ideal",
        metadata: [1],
        status: "open",
        customerId: id,
        sequenceType: "oneoff",
        locale: "en_BE",
        redirectUrl: charge.redirectUrl,
        routing: [{ resource: "route", mode: "test", releaseDate: null }]
      })
      expect(json.profileId).toMatch(/^pfl_/)
      for (const name of ["issuer", "extraMerchantData", "mandateId"]) expect(json).not.toHaveProperty(name)
      expect(Object.keys(json._links)).toEqual(["self", "checkout", "dashboard", "customer", "documentation"])
      const customer = yield* call("GET", `${customers}/${id}`)
      expect(customer.json._links.payments.href).toBe(`https://api.mollie.com${path}`)
      expect(customer.json._links).not.toHaveProperty("mandates")
    }))

  withOne("a first one brings a mandate, a recurring one charges it", ({ call, id, path }) =>
    Effect.gen(function*() {
      const first = yield* call("POST", path, {
        ...charge,
        amount: { currency: "EUR", value: "0.00" },
        sequenceType: "first"
      })
      expect([first.status, first.json.status, first.json.mandateId]).toEqual([
        201,
        "open",
        expect.stringMatching(/^mdt_/)
      ])
      const customer = yield* call("GET", `${customers}/${id}`)
      expect(customer.json._links.mandates.href).toBe(`https://api.mollie.com/v2/customers/${id}/mandates`)
      const { redirectUrl: _, ...bare } = charge
      const recurring = yield* call("POST", path, { ...bare, sequenceType: "recurring" })
      expect([recurring.status, recurring.json.status, recurring.json.redirectUrl, recurring.json.mandateId]).toEqual([
        201,
        "pending",
        null,
        first.json.mandateId
      ])
      expect(Object.keys(recurring.json._links)).toEqual(["self", "dashboard", "customer", "mandate", "documentation"])
      const named = yield* call("POST", path, { ...bare, sequenceType: "recurring", mandateId: "mdt_other" })
      expect(named.json.mandateId).toBe("mdt_other")
      const wallet = yield* call("POST", path, { ...bare, applePayPaymentToken: "{}" })
      expect(wallet.status).toBe(201)
    }))

  withOne("what is refused, by field", ({ call, control, path }) =>
    Effect.gen(function*() {
      const amount = (currency: unknown, value: unknown) => ({ ...charge, amount: { currency, value } })
      const line = {
        description: "x",
        quantity: 1,
        unitPrice: charge.amount,
        totalAmount: charge.amount
      }
      const { amount: _a, ...noAmount } = charge
      const { description: _d, ...noDescription } = charge
      const { redirectUrl: _r, ...noRedirect } = charge
      const wrong: ReadonlyArray<readonly [unknown, string | undefined]> = [
        [undefined, "amount"],
        [noAmount, "amount"],
        [{ ...charge, amount: "12.50" }, "amount"],
        [{ ...charge, amount: { currency: "EUR" } }, "amount.value"],
        [{ ...charge, amount: { value: "12.50" } }, "amount.currency"],
        [{ ...charge, amount: { ...charge.amount, cents: 1 } }, "amount.cents"],
        [amount("EUR", 12.5), "amount.value"],
        [amount("EUR", "16.1"), "amount.value"],
        [amount("EUR", "16"), "amount.value"],
        [amount("EUR", "1,600.00"), "amount.value"],
        [amount("EUR", "-1.00"), "amount.value"],
        [amount("EUR", "0.00"), "amount.value"],
        [amount("JPY", "100.00"), "amount.value"],
        [amount("ISK", "1.5"), "amount.value"],
        [amount("eur", "1.00"), "amount.currency"],
        [{ ...amount("EUR", "0.00"), sequenceType: "first", method: "ideal" }, "amount.value"],
        [noDescription, "description"],
        [{ ...charge, description: "" }, "description"],
        [{ ...charge, description: null }, "description"],
        [noRedirect, "redirectUrl"],
        [{ ...charge, redirectUrl: null }, "redirectUrl"],
        [{ ...noRedirect, sequenceType: "first" }, "redirectUrl"],
        [{ ...charge, redirectUrl: "thanks" }, "redirectUrl"],
        [{ ...charge, webhookUrl: "http://localhost:3000/hook" }, "webhookUrl"],
        [{ ...charge, method: "cash" }, "method"],
        [{ ...charge, method: ["ideal", "cash"] }, "method.1"],
        [{ ...charge, sequenceType: "once" }, "sequenceType"],
        [{ ...charge, captureMode: "later" }, "captureMode"],
        [{ ...charge, captureDelay: "8 days" }, "captureDelay"],
        [{ ...charge, captureDelay: "soon" }, "captureDelay"],
        [{ ...charge, locale: "nl" }, "locale"],
        [{ ...charge, restrictPaymentMethodsToCountry: "NLD" }, "restrictPaymentMethodsToCountry"],
        [{ ...charge, customerId: "cst_x" }, "customerId"],
        [{ ...charge, idempotencyKey: "x" }, "idempotencyKey"],
        [{ ...charge, mandateId: "x" }, "mandateId"],
        [{ ...charge, dueDate: "tomorrow" }, "dueDate"],
        [{ ...charge, storeCredentials: "yes" }, "storeCredentials"],
        [{ ...charge, billingAddress: { street: "x" } }, "billingAddress.street"],
        [{ ...charge, lines: [line, { ...line, quantity: 0 }] }, "lines.1.quantity"],
        [{ ...charge, lines: [{ ...line, unitPrice: { currency: "EUR", value: 1 } }] }, "lines.0.unitPrice.value"],
        [{ ...charge, lines: [{ ...line, sku: "x".repeat(65) }] }, "lines.0.sku"],
        [{ ...charge, lines: [{ ...line, recurring: { interval: "monthly" } }] }, "lines.0.recurring.interval"],
        [{ ...charge, applicationFee: { amount: { currency: "EUR", value: "1" } } }, "applicationFee.amount.value"],
        [{ ...charge, routing: [{ amount: charge.amount }] }, "routing.0.destination"],
        [{ ...charge, metadata: "x".repeat(1023) }, undefined]
      ]
      for (const [body, field] of wrong) {
        const { json, status } = yield* call("POST", path, body)
        expect([body, status, json.field]).toEqual([body, 422, field])
      }
      expect((yield* call("POST", path, amount("JPY", "100"))).status).toBe(201)
      expect((yield* control.requests).filter(({ applied }) => applied)).toHaveLength(1)
    }))

  withOne("pages stay on the path of the customer", (wire) =>
    Effect.gen(function*() {
      const { call, path } = wire
      const ids: Array<string> = []
      for (let i = 0; i < 3; i++) ids.push((yield* call("POST", path, charge)).json.id)
      const [c, b, a] = ids
      expect(yield* walk(wire, `${path}?limit=2`)).toEqual([[a, b], [c]])
      expect(yield* walk(wire, `${path}?limit=2&sort=asc`)).toEqual([[c, b], [a]])
      const { json } = yield* call("GET", `${path}?limit=1`)
      expect(json._links.next.href).toBe(`https://api.mollie.com${path}?from=${b}&limit=1`)
      expect(json._embedded.payments[0]._links).not.toHaveProperty("documentation")
    }))

  withOne("a token sees the profile it names, or all; a key its own", (wire) =>
    Effect.gen(function*() {
      const { call, path } = wire
      const testmode = true
      const own = (yield* call("POST", path, charge)).json
      const other = yield* call("POST", path, { ...charge, profileId, testmode }, { token })
      expect([other.status, other.json.profileId, other.json.mode]).toEqual([201, profileId, "test"])
      const byToken = { token }
      expect(yield* walk(wire, path)).toEqual([[own.id]])
      expect(yield* walk(wire, `${path}?testmode=true`, "next", byToken)).toEqual([[other.json.id, own.id]])
      const narrowed = yield* call("GET", `${path}?testmode=true&profileId=${profileId}`, undefined, byToken)
      expect(idsOf(narrowed.json)).toEqual([other.json.id])
      expect(narrowed.json._links.self.href).toBe(
        `https://api.mollie.com${path}?testmode=true&limit=50&profileId=${profileId}`
      )
    }))
})

describe("idempotency keys", () => {
  wire(
    "a POST is replayed for an hour, refused to another request; other methods know no keys",
    ({ call, control }) =>
      Effect.gen(function*() {
        const keyed = (method: string, path: string, body: unknown, options?: CallOptions) =>
          call(method, path, body, { ...options, headers: { "Idempotency-Key": "k1" } })
        const first = yield* keyed("POST", customers, { name: "a" })
        const again = yield* keyed("POST", customers, { name: "a" })
        expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"])
        const misused = yield* keyed("POST", customers, { name: "b" })
        expect([misused.status, misused.json.title]).toEqual([400, "Bad Request"])
        expect((yield* keyed("POST", customers, { name: "b" }, { token: "test_y" })).status).toBe(201)
        for (const name of ["c", "d"]) {
          const patched = yield* keyed("PATCH", `${customers}/${first.json.id}`, { name })
          expect([patched.status, patched.json.name]).toEqual([200, name])
        }
        expect((yield* keyed("GET", `${customers}/${first.json.id}`, undefined)).status).toBe(200)
        yield* TestClock.adjust("1 hour")
        const later = yield* keyed("POST", customers, { name: "a" })
        expect(later.json.id).not.toBe(first.json.id)
        expect(yield* control.customers("mollie")).toHaveLength(3)
      })
  )

  wire("a key whose call still runs is a 409", ({ call, control }) =>
    Effect.gen(function*() {
      yield* control.inject({ operation: "create", fault: Fault.Delay({ duration: "10 seconds", answer: "after" }) })
      const keyed = call("POST", customers, {}, { headers: { "Idempotency-Key": "k1" } })
      const first = yield* Effect.fork(keyed)
      const arrived = Effect.map(control.requests, ({ length }) => length === 1)
      yield* TestClock.adjust(0).pipe(Effect.zipRight(arrived), Effect.repeat({ until: (is) => is }))
      const early = yield* keyed
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(first)).status).toBe(201)
      expect([early.status, early.json.title, early.json._links]).toEqual([409, "Conflict", errors])
    }))
})

describe("seeds and faults", () => {
  wire("what is given is stored as it is, payments too", ({ call, control }) =>
    Effect.gen(function*() {
      const [id] = yield* control.seed("mollie", [{
        id: "cst_mine",
        email: "no address",
        locale: "uk",
        metadata: [true],
        createdAt: "2018-04-06T13:23:21.0Z",
        payments: [
          { id: "tr_1", status: "refunded", method: "payconiq", mandateId: "mdt_1", details: { wallet: "applepay" } },
          { extraMerchantData: { a: {} } }
        ]
      }])
      const { json } = yield* call("GET", `${customers}/${id}`, undefined, { unchecked: true })
      expect(json).toMatchObject({
        id: "cst_mine",
        mode: "test",
        name: null,
        email: "no address",
        locale: "uk",
        metadata: [true],
        createdAt: "2018-04-06T13:23:21.0Z"
      })
      expect(Object.keys(json._links)).toEqual(["self", "dashboard", "payments", "mandates", "documentation"])
      const payments = yield* call("GET", `${customers}/${id}/payments?sort=asc`)
      expect(payments.json._embedded.payments).toMatchObject([
        { id: "tr_1", status: "refunded", method: "payconiq", mandateId: "mdt_1", customerId: id },
        { status: "paid", sequenceType: "oneoff", amount: { currency: "EUR", value: expect.any(String) } }
      ])
      const own = yield* control.resources("mollie", id!)
      expect(own["payments"]).toEqual(payments.json._embedded.payments)
    }))

  wire(
    "unknown members and keys are everywhere but in what is the caller's",
    ({ call, control }) =>
      Effect.gen(function*() {
        const nested = { nested: true }
        const metadata = { a: {} }
        const [id] = yield* control.seed("mollie", [{
          locale: "nl_NL",
          metadata,
          payments: [{ method: "ideal", metadata, extraMerchantData: {}, details: { wallet: "applepay" } }]
        }])
        const one = `${customers}/${id}`
        yield* control.inject({ fault: Fault.UnknownMembers(), times: Infinity })
        const unknown = "sandbox_unknown"
        const customer = (yield* call("GET", one)).json
        expect(customer).toMatchObject({ resource: "customer", mode: unknown, locale: unknown })
        const [listed] = (yield* call("GET", customers)).json._embedded.customers
        expect(listed).toMatchObject({ id, mode: unknown, locale: unknown, metadata })
        const [payment] = (yield* call("GET", `${one}/payments`)).json._embedded.payments
        expect(payment).toMatchObject({
          mode: unknown,
          status: unknown,
          method: unknown,
          sequenceType: unknown,
          details: { wallet: unknown }
        })
        const refused = yield* call("POST", customers, { naam: 1 })
        expect([refused.json.status, refused.json.title]).toEqual([422, "Unprocessable Entity"])
        yield* control.clearFaults
        yield* control.inject({ fault: Fault.UnknownKeys(), times: Infinity })
        const got = (yield* call("GET", one, undefined, { unchecked: true })).json
        expect([got[unknown], got._links[unknown], got._links.self[unknown], got.metadata]).toEqual([
          nested,
          nested,
          nested,
          metadata
        ])
        const page = (yield* call("GET", `${one}/payments`, undefined, { unchecked: true })).json
        const [paid] = page._embedded.payments
        expect([page[unknown], paid[unknown], paid.amount[unknown], paid.details[unknown]]).toEqual(
          [nested, nested, nested, nested]
        )
        expect([paid.metadata, paid.extraMerchantData]).toEqual([metadata, {}])
        yield* control.clearFaults
        yield* control.inject({ fault: Fault.Alter({ alter: (json: any) => ({ ...json, name: 7 }) }) })
        expect((yield* call("GET", one, undefined, { unchecked: true })).json.name).toBe(7)
      })
  )

  wire(
    "a write that was undone leaves nothing: no customer, no payment, no key, no mandate",
    ({ call, control }) =>
      Effect.gen(function*() {
        const [id] = yield* control.seed("mollie", 1)
        const before = yield* control.customers("mollie")
        const cut = { fault: Fault.CutBody({ bytes: 5, applied: false }), times: Infinity }
        const headers = { "Idempotency-Key": "k1" }
        yield* control.inject(cut)
        for (
          const [method, path, body] of [
            ["POST", customers, {}],
            ["POST", `${customers}/${id}/payments`, { ...charge, sequenceType: "first" }],
            ["PATCH", `${customers}/${id}`, { name: "x" }],
            ["DELETE", `${customers}/${id}`, undefined]
          ] as const
        ) {
          yield* Effect.ignore(Effect.sandbox(call(method, path, body, { headers })))
        }
        yield* control.clearFaults
        expect(yield* control.customers("mollie")).toEqual(before)
        expect(yield* control.deleted("mollie")).toEqual([])
        expect(yield* control.resources("mollie", id!)).toEqual({ payments: [] })
        const created = yield* call("POST", customers, {}, { headers })
        expect([created.status, created.headers.get("idempotent-replayed")]).toEqual([201, null])
        expect(idsOf((yield* call("GET", customers)).json)).toEqual([created.json.id, id])
      })
  )

  it.live("on a port the links name the port, and seeds come as JSON", () =>
    Effect.gen(function*() {
      const server = yield* Sandbox.SandboxServer
      const control = yield* SandboxControl
      const send = (body: unknown) =>
        Effect.promise(async () => {
          const response = await fetch(`${server.url}/sandbox/mollie/customers`, {
            method: "POST",
            body: JSON.stringify(body)
          })
          return { status: response.status, json: await response.json() }
        })
      expect((yield* send(3)).status).toBe(201)
      const seeded = yield* send([{
        name: "x",
        metadata: 5,
        payments: [{ amount: { currency: "EUR", value: "1.00" } }]
      }])
      expect(seeded.status).toBe(201)
      for (
        const [seeds, path] of [
          [[{ nam: "x" }], "0.nam"],
          [[{ mode: "sandbox" }], "0.mode"],
          [[{ payments: [{ status: 5 }] }], "0.payments.0.status"]
        ] as const
      ) {
        const { json, status } = yield* send(seeds)
        expect([status, json.issues[0].path.join(".")]).toEqual([422, path])
      }
      for (const seeds of [[{ id: seeded.json[0] }], [{ payments: [{ id: "tr_1" }, { id: "tr_1" }] }]]) {
        const { json, status } = yield* send(seeds)
        expect([status, json.issues[0].message]).toEqual([422, expect.stringContaining("taken")])
      }
      const base = server.urlOf("mollie")
      const call = calling(fetch, base)
      const { json } = yield* call("GET", `${customers}?limit=3`)
      expect(json._links.next.href).toMatch(`${base}/v2/customers?from=cst_`)
      expect(json._links.next.href.startsWith(base)).toBe(true)
      const last = yield* call("GET", json._links.next.href.slice(base.length))
      expect([last.json.count, last.json._links.next]).toEqual([1, null])
      expect(yield* control.customers("mollie")).toHaveLength(4)
    }).pipe(Effect.provide(Sandbox.layerServer())))
})

/** Every call of `calling.ts` checks its answer where the document is there; this says that the check bites. */
describe.skipIf(!contractIsThere)("the provider's own document", () => {
  wire("accepts what the sandbox answers and refuses what it would not", ({ call, control }) =>
    Effect.gen(function*() {
      const [id] = yield* control.seed("mollie", [{ payments: [{}] }])
      const path = `${customers}/${id}`
      const { json: customer } = yield* call("GET", path)
      const { json: page } = yield* call("GET", customers)
      const { json: payments } = yield* call("GET", `${path}/payments`)
      const { json: payment } = yield* call("POST", `${path}/payments`, charge)
      const { json: missing } = yield* call("GET", `${customers}/cst_nope`)
      expect(problems("GET", path, 200, customer)).toEqual([])
      expect(problems("GET", customers, 200, page)).toEqual([])
      expect(problems("GET", `${path}/payments`, 200, payments)).toEqual([])
      expect(problems("POST", `${path}/payments`, 201, payment)).toEqual([])
      expect(problems("GET", path, 404, missing)).toEqual([])

      const { locale: _, ...short } = customer
      expect(problems("GET", path, 200, short)).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, id: "x" })).not.toEqual([])
      expect(problems("GET", customers, 200, { ...page, _embedded: { customers: [short] } })).not.toEqual([])
      expect(problems("POST", `${path}/payments`, 201, { ...payment, amount: "1.00" })).not.toEqual([])
      expect(problems("GET", path, 404, { ...missing, _links: {} })).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, locale: "uk" })).toEqual([])
    }))
})
