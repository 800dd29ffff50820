import { describe, expect, it, vi } from "@effect/vitest"
import { inspect } from "node:util"
import { createPolar as createNext } from "polar-sdk-1/2027-01"
import { createPolar as createDeprecated } from "polar-sdk-1/2026-04"
import { createPolar, createPolarCore, errors } from "polar-sdk-1/2026-10"
import { PolarClientError, PolarNetworkError, PolarRateLimitError, PolarServerError } from "polar-sdk-1"
import { Fault } from "../../src/index.js"
import {
  calls,
  collect,
  drive,
  type Driven,
  failureOf,
  home,
  lastRequest,
  run,
  stateful,
  unknownId
} from "./driving.js"

const accessToken = "polar_oat_official"
const clientOf = ({ url }: Pick<Driven, "url">) => createPolar({ baseUrl: url, accessToken }).customers

const { driven, fault, works } = drive("@polar-sh/sdk 1.0.1", "polar")

describe("list", () => {
  works("list", "every filter, as Polar reads it", async (sandbox) => {
    const { list } = clientOf(sandbox)
    await run(sandbox.control.seed("polar", [
      { ...stateful, metadata: { plan: "a b&c", seats: 3, vip: true } },
      { email: "bob@example.com", name: "Bob", metadata: { plan: "free" }, created_at: "2026-01-01T00:00:00Z" },
      { email: "cleo@example.com", name: "Bob", external_id: "usr_3", created_at: "2026-01-02T00:00:00Z" }
    ]))
    const emails = async (query: Parameters<typeof list>[0]) =>
      (await list(query)).items.map(({ email }) => email?.split("@")[0])
    expect(await emails({})).toEqual(["ada", "cleo", "bob"])
    expect(await emails({ email: "BOB@Example.com" })).toEqual(["bob"])
    expect(await emails({ query: "usr" })).toHaveLength(2)
    expect(await emails({ query: "%" })).toEqual([])
    expect(await emails({ active: true })).toEqual(["ada"])
    expect(await emails({ active: false, sorting: ["created_at"] })).toEqual(["bob", "cleo"])
    expect(await emails({ sorting: ["-name", "-email"] })).toEqual(["cleo", "bob", "ada"])
    expect(await emails({ metadata: { plan: ["a b&c", "free"] }, sorting: ["email"] })).toEqual(["ada", "bob"])
    expect(await emails({ metadata: { plan: "a b&c", seats: 3, vip: true } })).toEqual(["ada"])
    expect(await emails({ organization_id: [home, unknownId], limit: 1, page: 2 })).toEqual(["cleo"])
    expect((await lastRequest(sandbox)).query).toEqual([
      ["organization_id", home],
      ["organization_id", unknownId],
      ["page", "2"],
      ["limit", "1"],
      ["sorting", "-created_at"]
    ])
  })

  works(
    "list",
    "totals, an empty list, a page past the end, a limit that Polar clamps, one that it refuses",
    async (sandbox) => {
      const { list } = clientOf(sandbox)
      expect(await list()).toEqual({ items: [], pagination: { total_count: 0, max_page: 0 } })
      await run(sandbox.control.seed("polar", 250))
      const clamped = await list({ limit: 250 })
      expect([clamped.items.length, clamped.pagination]).toEqual([100, { total_count: 250, max_page: 3 }])
      expect(await list({ page: 99 })).toEqual({ items: [], pagination: { total_count: 250, max_page: 25 } })
      const refused = await failureOf(() => list({ limit: 0 }))
      expect(refused).toBeInstanceOf(errors.HTTPValidationError)
      expect(refused).toMatchObject({ statusCode: 422, error: { detail: [{ loc: ["query", "limit"] }] } })
    }
  )

  works("iterList", "all of 250, each once, in pages that Polar clamped; none; past the end", async (sandbox) => {
    const { iterList } = clientOf(sandbox)
    expect(await collect(iterList())).toEqual([])
    const ids = await run(sandbox.control.seed("polar", 250))
    const walked = await collect(iterList({ limit: 250, sorting: ["created_at"] }))
    expect(walked.map(({ id }) => id)).toEqual(ids)
    expect(await collect(iterList({ page: 4, limit: 100 }))).toEqual([])
    expect((await run(sandbox.control.requests)).map(({ query }) => Object.fromEntries(query)["page"])).toEqual(
      ["1", "1", "2", "3", "4"]
    )
  })

  fault(
    "iterList",
    "pages by number, newest first: who is created during the walk makes it repeat",
    async (sandbox) => {
      await run(sandbox.control.seed("polar", 20))
      const seen: Array<string> = []
      for await (const { id } of clientOf(sandbox).iterList()) {
        seen.push(id)
        if (seen.length === 10) await run(sandbox.control.seed("polar", 1))
      }
      expect([seen.length, new Set(seen).size]).toEqual([21, 20])
    }
  )

  works("list", "the clients of the deprecated and of the next version are served", async ({ control, url }) => {
    await run(control.seed("polar", 1))
    for (const create of [createDeprecated, createNext]) {
      expect((await create({ baseUrl: url, accessToken }).customers.list()).items).toHaveLength(1)
    }
    expect((await run(control.requests)).map(({ headers }) => headers["polar-version"])).toEqual(["2026-04", "2027-01"])
  })

  works("list", "organizationId narrows a user token by the header Polar-Organization", async (sandbox) => {
    const other = "b3a5c8d2-1f4e-4c6b-8a9d-2e7f6c5b4a31"
    await run(sandbox.control.seed("polar", [{}, { organization_id: other, name: "Theirs" }]))
    const options = { baseUrl: sandbox.url, accessToken: "polar_pat_official", organizationId: other }
    const { items } = await createPolar(options).customers.list()
    expect(items.map(({ name }) => name)).toEqual(["Theirs"])
    expect((await lastRequest(sandbox)).headers["polar-organization"]).toBe(other)
  })
})

describe("create", () => {
  works("create", "an individual with every field", async (sandbox) => {
    const created = await clientOf(sandbox).create({
      email: "Ada@Example.com",
      external_id: "usr_1",
      name: "Ada",
      billing_address: { country: "US", state: "CA", city: "San Francisco", postal_code: "94102" },
      tax_id: "911144442",
      locale: "en-us",
      metadata: { plan: "pro", seats: 3, ratio: 1.5, vip: true }
    })
    expect(created).toMatchObject({
      type: "individual",
      external_id: "usr_1",
      tax_id: ["911144442", "us_ein"],
      locale: "en-US",
      billing_address: { line1: null, state: "US-CA" },
      metadata: { plan: "pro", seats: 3, ratio: 1.5, vip: true },
      organization_id: home
    })
    expect([created]).toEqual(await run(sandbox.control.customers("polar")))
  })

  works("create", "a team without an e-mail of its own", async (sandbox) => {
    const team = await clientOf(sandbox).create({ type: "team", name: "Acme", owner: { email: "o@example.com" } })
    expect(team).toMatchObject({ type: "team", name: "Acme", email: null })
  })

  works(
    "create",
    "a duplicate is an HTTPValidationError with both entries, at the place of the business rule",
    async (sandbox) => {
      await run(sandbox.control.seed("polar", [{ email: "a@example.com", external_id: "usr_1" }]))
      const failure = await failureOf(() => clientOf(sandbox).create({ email: "A@EXAMPLE.com", external_id: "usr_1" }))
      expect(failure).toBeInstanceOf(errors.HTTPValidationError)
      expect(failure).toMatchObject({
        statusCode: 422,
        error: {
          error: "PolarRequestValidationError",
          detail: [
            { type: "value_error", loc: ["body", "email"], msg: "A customer with this email address already exists." },
            { type: "value_error", loc: ["body", "external_id"] }
          ]
        }
      })
    }
  )

  works("create", "never repeated: a 503 is a PolarServerError after one request", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    const failure = await failureOf(() => clientOf(sandbox).create({ email: "a@example.com" }))
    expect(failure).toBeInstanceOf(PolarServerError)
    expect(await calls(sandbox)).toEqual(["POST /v1/customers/ 503"])
  })

  fault("create", "the status of a PolarServerError is in its text only", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503 }) }))
    const failure = await failureOf(() => clientOf(sandbox).create({ email: "a@example.com" }))
    expect(failure.message).toContain("503")
    expect(failure).not.toHaveProperty("statusCode")
  })
})

describe("get", () => {
  works("get", "as it is on the wire", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", [stateful]))
    const customer = await clientOf(sandbox).get(id!)
    expect([customer]).toEqual(await run(sandbox.control.customers("polar")))
    expect(customer).toMatchObject({ created_at: stateful.created_at, first_user_event_at: "2025-12-31T00:00:00Z" })
  })

  works("get", "unknown is ResourceNotFound, no UUID is HTTPValidationError", async (sandbox) => {
    const unknown = await failureOf(() => clientOf(sandbox).get(unknownId))
    expect(unknown).toBeInstanceOf(errors.ResourceNotFound)
    expect(unknown).toMatchObject({ error: { error: "ResourceNotFound", detail: "Not found" } })
    const malformed = await failureOf(() => clientOf(sandbox).get("cus_123"))
    expect(malformed).toMatchObject({ error: { detail: [{ type: "uuid_parsing", loc: ["path", "id"] }] } })
  })

  works("getExternal", "the id percent-encoded", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", [{ external_id: "usr 1?é#%" }]))
    expect((await clientOf(sandbox).getExternal("usr 1?é#%")).id).toBe(id)
    expect((await lastRequest(sandbox)).path).toBe("/v1/customers/external/usr%201%3F%C3%A9%23%25")
  })

  fault(
    "getExternal",
    "the 404 of no route, here for an id with a slash, is ResourceNotFound as well",
    async (sandbox) => {
      await run(sandbox.control.seed("polar", [stateful]))
      const failure = await failureOf(() => clientOf(sandbox).getExternal(stateful.external_id))
      expect(failure).toBeInstanceOf(errors.ResourceNotFound)
      expect(failure).toHaveProperty("error", { detail: "Not Found" })
    }
  )

  fault("getExternal", "`..` asks for the list and hands its page out as a customer", async (sandbox) => {
    await run(sandbox.control.seed("polar", 1))
    const customer = await clientOf(sandbox).getExternal("..")
    expect(customer).toMatchObject({ items: [{ external_id: "usr_1" }], pagination: { total_count: 1 } })
    expect(customer).not.toHaveProperty("id")
    expect(await calls(sandbox)).toEqual(["GET /v1/customers/ 200"])
  })

  fault("getExternal", "an empty id is sent; Polar sends it on to a customer called `external`", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).getExternal(""))
    expect(failure).toMatchObject({ statusCode: 422, error: { detail: [{ input: "external" }] } })
    expect(await calls(sandbox)).toEqual(["GET /v1/customers/external/ 307", "GET /v1/customers/external 422"])
  })

  fault("get", "what breaks in the body is no PolarError: cut, half JSON, a 404 that is no JSON", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    const broken = async (fault: Fault.Fault) => {
      await run(sandbox.control.reset)
      await run(sandbox.control.seed("polar", 1))
      await run(sandbox.control.inject({ fault }))
      return failureOf(() => clientOf(sandbox).get(id!))
    }
    expect(await broken(Fault.Reset({ applied: false }))).toBeInstanceOf(PolarNetworkError)
    expect((await broken(Fault.CutBody({ bytes: 5 }))).message).toBe("terminated")
    expect(await broken(Fault.CutJson({}))).toBeInstanceOf(SyntaxError)
    const headers = { "content-type": "text/html" }
    expect(await broken(Fault.Respond({ status: 404, headers, body: "<p>" }))).toBeInstanceOf(SyntaxError)
  })

  works("get", "5 seconds by default; a timeout before the answer is a PolarNetworkError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    const timeout = vi.spyOn(AbortSignal, "timeout")
    await clientOf(sandbox).get(id!)
    expect(timeout.mock.calls).toEqual([[5000]])
    timeout.mockRestore()
    await run(sandbox.control.inject({ fault: Fault.Delay({ duration: "1 minute" }) }))
    const failure = await failureOf(() => clientOf(sandbox).get(id!, { timeout: 0.05 }))
    expect(failure).toBeInstanceOf(PolarNetworkError)
  })

  fault("get", "a timeout during the body is a bare TimeoutError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    await run(sandbox.control.inject({ fault: Fault.StallBody({ bytes: 5 }) }))
    const failure = await failureOf(() => clientOf(sandbox).get(id!, { timeout: 0.2 }))
    expect([failure.name, failure instanceof PolarNetworkError]).toEqual(["TimeoutError", false])
  })

  works("get", "a 429 without a body is a PolarRateLimitError with the seconds of Retry-After", async (sandbox) => {
    const headers = { "retry-after": "60" }
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 429, headers }) }))
    await run(sandbox.control.inject({ from: 2, fault: Fault.Respond({ status: 429 }) }))
    const limited = await failureOf(() => clientOf(sandbox).get(unknownId))
    expect(limited).toBeInstanceOf(PolarRateLimitError)
    expect(limited).toHaveProperty("retryAfter", 60)
    const bare = await failureOf(() => clientOf(sandbox).get(unknownId))
    expect(bare).toHaveProperty("retryAfter", null)
  })

  fault("get", "the body of a 401 or 403 stays unread JSON text", async (sandbox) => {
    const expired = await failureOf(() => clientOf(sandbox).get(unknownId, { accessToken: "polar_oat_expired" }))
    expect(expired).toBeInstanceOf(PolarClientError)
    expect(expired).toMatchObject({ statusCode: 401, error: expect.stringMatching(/^\{"error":"invalid_token"/) })
    const options = { accessToken: "polar_oat_readonly" }
    const denied = await failureOf(() => clientOf(sandbox).delete(unknownId, {}, options))
    expect(denied).toMatchObject({ statusCode: 403, error: expect.stringMatching(/^\{"error":"insufficient_scope"/) })
  })

  works("get", "an error does not show the token", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).get("cus_123"))
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(accessToken)
  })
})

describe("update", () => {
  for (const operation of ["update", "updateExternal"] as const) {
    const updating = (sandbox: Driven, id: string) => {
      const customers = clientOf(sandbox)
      type Body = Parameters<typeof customers.updateExternal>[1]
      return operation === "update"
        ? (body: Body) => customers.update(id, body)
        : (body: Body) => customers.updateExternal("usr_1", body)
    }

    works(operation, "absent keeps, null clears, metadata is replaced whole", async (sandbox) => {
      const seed = { external_id: "usr_1", name: "Ada", locale: "fr", metadata: { a: 1, b: 2 } }
      const [id] = await run(sandbox.control.seed("polar", [seed]))
      const update = updating(sandbox, id!)
      expect(await update({})).toMatchObject(seed)
      expect(await update({ name: null })).toMatchObject({ ...seed, name: null })
      expect((await lastRequest(sandbox)).body).toBe("{\"name\":null}")
      expect((await update({ metadata: { b: 3 } })).metadata).toEqual({ b: 3 })
      expect((await update({ email: null, locale: null })).locale).toBe(null)
      expect((await update({ billing_address: { country: "FR" }, tax_id: "FR61954506077" })).tax_id).toEqual(
        ["FR61954506077", "eu_vat"]
      )
    })

    works(operation, "what Polar refuses is an HTTPValidationError without a union tag", async (sandbox) => {
      const [id] = await run(sandbox.control.seed("polar", [{ external_id: "usr_1" }]))
      const update = updating(sandbox, id!)
      const address = await failureOf(() => update({ billing_address: null }))
      expect(address).toBeInstanceOf(errors.HTTPValidationError)
      expect(address).toMatchObject({
        error: { error: "PolarRequestValidationError", detail: [{ loc: ["body", "billing_address"] }] }
      })
      const name = await failureOf(() => update({ name: "x".repeat(257) }))
      expect(name).toMatchObject({ error: { error: "RequestValidationError", detail: [{ loc: ["body", "name"] }] } })
    })
  }

  works("update", "an external id once, individual to team once", async (sandbox) => {
    const { update } = clientOf(sandbox)
    const [id] = await run(sandbox.control.seed("polar", [{}]))
    expect((await update(id!, { external_id: "usr_1", type: "team" })).type).toBe("team")
    const again = await failureOf(() => update(id!, { external_id: "usr_2" }))
    expect(again).toMatchObject({ error: { detail: [{ msg: "Customer external ID cannot be updated." }] } })
    expect(await failureOf(() => update(id!, { type: "individual" }))).toBeInstanceOf(errors.HTTPValidationError)
    expect(await failureOf(() => update(unknownId, {}))).toBeInstanceOf(errors.ResourceNotFound)
  })

  fault("updateExternal", "`..` patches the collection", async (sandbox) => {
    expect(await failureOf(() => clientOf(sandbox).updateExternal("..", { name: "x" }))).toMatchObject({
      statusCode: 405
    })
    expect(await calls(sandbox)).toEqual(["PATCH /v1/customers/ 405"])
  })
})

describe("delete", () => {
  for (const operation of ["delete", "deleteExternal"] as const) {
    works(operation, "answers nothing, then ResourceNotFound; anonymize", async (sandbox) => {
      const seeds = [{ external_id: "usr_1", name: "Ada" }, { external_id: "usr_2", name: "Bob" }]
      const ids = await run(sandbox.control.seed("polar", seeds))
      const [first, second] = operation === "delete" ? ids : ["usr_1", "usr_2"]
      const remove = clientOf(sandbox)[operation]
      expect(await remove(first!)).toBe(undefined)
      expect((await lastRequest(sandbox)).query).toEqual([])
      expect(await failureOf(() => remove(first!))).toBeInstanceOf(errors.ResourceNotFound)
      await remove(second!, { anonymize: true })
      const [kept, hashed] = await run(sandbox.control.deleted("polar"))
      expect([kept!.name, hashed!.email]).toEqual(["Ada", expect.stringMatching(/@anonymized\.polar\.sh$/)])
      expect(await run(sandbox.control.customers("polar"))).toEqual([])
    })
  }

  fault("deleteExternal", "`..` asks to delete the collection, `.` a customer called `external`", async (sandbox) => {
    const { deleteExternal } = clientOf(sandbox)
    expect(await failureOf(() => deleteExternal(".."))).toMatchObject({ statusCode: 405 })
    expect(await failureOf(() => deleteExternal("."))).toMatchObject({ statusCode: 422 })
    expect(await calls(sandbox)).toEqual([
      "DELETE /v1/customers/ 405",
      "DELETE /v1/customers/external/ 307",
      "DELETE /v1/customers/external 422"
    ])
  })
})

describe("state", () => {
  for (const operation of ["getState", "getStateExternal"] as const) {
    works(operation, "subscriptions, benefits of unknown type too, meters, all as on the wire", async (sandbox) => {
      const [id] = await run(sandbox.control.seed("polar", [{ ...stateful, external_id: "usr_1" }]))
      const state = await clientOf(sandbox)[operation](operation === "getState" ? id! : "usr_1")
      expect(state.active_subscriptions).toMatchObject(stateful.subscriptions)
      expect(state.granted_benefits).toEqual(stateful.benefits)
      expect(state.active_meters).toEqual(stateful.meters)
      expect(state).toMatchObject((await run(sandbox.control.customers("polar")))[0]!)
    })

    works(operation, "unknown is ResourceNotFound", async (sandbox) => {
      const failure = await failureOf(() => clientOf(sandbox)[operation](unknownId))
      expect(failure).toHaveProperty("error.error", "ResourceNotFound")
    })
  }
})

describe("export", () => {
  works("export", "the CSV as one string, unread", async (sandbox) => {
    await run(sandbox.control.seed("polar", [{ ...stateful, name: "Lovelace, \"A\"" }]))
    const csv = await clientOf(sandbox).export({ organization_id: home })
    expect(csv).toMatch(/^ID,External ID,Created At,.*,Metadata\r\n/)
    expect(csv).toContain(",2026-01-03T13:37:00.123456+00:00,ada@example.com,\"Lovelace, \"\"A\"\"\",")
    expect(csv).toContain("\"1 rue X\nétage 2\"")
    expect(csv).toContain("\"('FR61954506077', <TaxIDFormat.eu_vat: 'eu_vat'>)\"")
    expect((await clientOf(sandbox).export({ organization_id: unknownId })).split("\r\n")).toHaveLength(2)
  })
})

describe("what is gone or not here", () => {
  it("@polar-sh/sdk 1.0.1 getBalance: the client lacks it", () => {
    expect(clientOf({ url: "http://127.0.0.1" })).not.toHaveProperty("getBalance")
  })

  works("get", "the balance, asked for by hand, is the 404 of no route", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    const core = createPolarCore({ baseUrl: sandbox.url, accessToken })
    const response = await core.sendRequest(core.buildRequest("GET", "/v1/customers/{id}/balance", { id: id! }))
    const failure = await failureOf(() => core.parseResponse(response, "json"))
    expect(failure).toBeInstanceOf(PolarClientError)
    expect(failure).toMatchObject({ statusCode: 404, error: "{\"detail\":\"Not Found\"}" })
  })

  const owner = { email: "o@example.com" }
  const notHere: Record<string, (customers: ReturnType<typeof clientOf>, id: string) => Promise<unknown>> = {
    listPaymentMethods: ({ listPaymentMethods }, id) => listPaymentMethods(id),
    listPaymentMethodsExternal: ({ listPaymentMethodsExternal }) => listPaymentMethodsExternal("usr_1"),
    iterListPaymentMethods: ({ iterListPaymentMethods }, id) => collect(iterListPaymentMethods(id)),
    iterListPaymentMethodsExternal: ({ iterListPaymentMethodsExternal }) =>
      collect(iterListPaymentMethodsExternal("usr_1")),
    "members.list": ({ members }, id) => members.list(id),
    "members.listExternal": ({ members }) => members.listExternal("usr_1"),
    "members.iterList": ({ members }, id) => collect(members.iterList(id)),
    "members.iterListExternal": ({ members }) => collect(members.iterListExternal("usr_1")),
    "members.create": ({ members }, id) => members.create(id, owner),
    "members.createExternal": ({ members }) => members.createExternal("usr_1", owner),
    "members.get": ({ members }, id) => members.get(id, id),
    "members.getExternal": ({ members }) => members.getExternal("usr_1", "m"),
    "members.update": ({ members }, id) => members.update(id, id, {}),
    "members.updateExternal": ({ members }) => members.updateExternal("usr_1", "m", {}),
    "members.delete": ({ members }, id) => members.delete(id, id),
    "members.deleteExternal": ({ members }) => members.deleteExternal("usr_1", "m")
  }
  for (const [operation, call] of Object.entries(notHere)) {
    fault(
      operation,
      "a route that is not there (the sandbox has none for this) reads as a missing customer",
      async (sandbox) => {
        const [id] = await run(sandbox.control.seed("polar", 1))
        const failure = await failureOf(() => call(clientOf(sandbox), id!))
        expect(failure).toBeInstanceOf(errors.ResourceNotFound)
        expect(failure).toHaveProperty("error", { detail: "Not Found" })
      }
    )
  }

  it("@polar-sh/sdk 1.0.1: every customers operation that it has is driven", () => {
    const { members, ...operations } = clientOf({ url: "http://127.0.0.1" })
    const names = [...Object.keys(operations), ...Object.keys(members).map((name) => `members.${name}`)]
    expect([...driven].sort()).toEqual(names.sort())
  })
})

describe("on the wire", () => {
  works(
    "list",
    "what the client sends: the slash, Polar-Version, any Accept, a content type without content",
    async (sandbox) => {
      const customers = clientOf(sandbox)
      const { id } = await customers.create({ email: "a@example.com" })
      await customers.list()
      await customers.export()
      await customers.get(id)
      await customers.delete(id)
      expect(await calls(sandbox)).toEqual([
        "POST /v1/customers/ 201",
        "GET /v1/customers/ 200",
        "GET /v1/customers/export 200",
        `GET /v1/customers/${id} 200`,
        `DELETE /v1/customers/${id} 204`
      ])
      const requests = await run(sandbox.control.requests)
      for (const { body, headers } of requests) {
        expect(headers).toMatchObject({
          accept: "*/*",
          authorization: `Bearer ${accessToken}`,
          "content-type": "application/json",
          "polar-version": "2026-10",
          "user-agent": "node"
        })
        expect(headers["content-length"]).toBe(body === "" ? undefined : String(body.length))
        expect(headers).not.toHaveProperty("cookie")
        expect(headers).not.toHaveProperty("polar-organization")
      }
    }
  )
})
