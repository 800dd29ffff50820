import { describe, expect, it, vi } from "@effect/vitest"
import { inspect } from "node:util"
import { HTTPClient, Polar, SDK_METADATA } from "polar-sdk-0"
import { ConnectionError, RequestTimeoutError } from "polar-sdk-0/models/errors/httpclienterrors.js"
import { HTTPValidationError } from "polar-sdk-0/models/errors/httpvalidationerror.js"
import { ResourceNotFound } from "polar-sdk-0/models/errors/resourcenotfound.js"
import { ResponseValidationError } from "polar-sdk-0/models/errors/responsevalidationerror.js"
import { SDKError } from "polar-sdk-0/models/errors/sdkerror.js"
import { SDKValidationError } from "polar-sdk-0/models/errors/sdkvalidationerror.js"
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
const clientOf = ({ url }: Pick<Driven, "url">, token = accessToken) =>
  new Polar({ serverURL: url, accessToken: token }).customers

const { driven, fault, works } = drive("@polar-sh/sdk 0.49.0", "polar")

describe("list", () => {
  works("list", "every filter, as Polar reads it", async (sandbox) => {
    const customers = clientOf(sandbox)
    await run(sandbox.control.seed("polar", [
      { ...stateful, metadata: { plan: "a b&c", seats: 3, vip: true } },
      { email: "bob@example.com", name: "Bob", metadata: { plan: "free" }, created_at: "2026-01-01T00:00:00Z" },
      { email: "cleo@example.com", name: "Bob", external_id: "usr_3", created_at: "2026-01-02T00:00:00Z" }
    ]))
    const emails = async (query: Parameters<typeof customers.list>[0]) =>
      (await customers.list(query)).result.items.map(({ email }) => email?.split("@")[0])
    expect(await emails({})).toEqual(["ada", "cleo", "bob"])
    expect(await emails({ email: "BOB@Example.com" })).toEqual(["bob"])
    expect(await emails({ query: "usr" })).toHaveLength(2)
    expect(await emails({ query: "%" })).toEqual([])
    expect(await emails({ active: true })).toEqual(["ada"])
    expect(await emails({ active: false, sorting: ["created_at"] })).toEqual(["bob", "cleo"])
    expect(await emails({ sorting: ["-name", "-email"] })).toEqual(["cleo", "bob", "ada"])
    expect(await emails({ metadata: { plan: ["a b&c", "free"] }, sorting: ["email"] })).toEqual(["ada", "bob"])
    expect(await emails({ metadata: { plan: "a b&c", seats: 3, vip: true } })).toEqual(["ada"])
    expect(await emails({ organizationId: [home, unknownId], limit: 1, page: 2 })).toEqual(["cleo"])
    expect((await lastRequest(sandbox)).query).toEqual([
      ["limit", "1"],
      ["organization_id", home],
      ["organization_id", unknownId],
      ["page", "2"]
    ])
  })

  works("list", "all of 250, each once, by its async iterator and by next(); none; past the end", async (sandbox) => {
    const customers = clientOf(sandbox)
    const idsOf = (pages: ReadonlyArray<{ result: { items: ReadonlyArray<{ id: string }> } }>) =>
      pages.flatMap(({ result }) => result.items.map(({ id }) => id))
    const [empty, ...more] = await collect(await customers.list({}))
    expect([empty?.result, more]).toEqual([{ items: [], pagination: { totalCount: 0, maxPage: 0 } }, []])
    const ids = await run(sandbox.control.seed("polar", 250))
    const query = { limit: 100, sorting: ["created_at" as const] }
    expect(idsOf(await collect(await customers.list(query)))).toEqual(ids)
    const first = await customers.list(query)
    const second = await first.next()
    const third = await second?.next()
    expect(idsOf([first, second!, third!])).toEqual(ids)
    expect(third?.next()).toBe(null)
    expect(idsOf(await collect(await customers.list({ page: 99 })))).toEqual([])
  })

  fault("list", "a limit over 100, which Polar clamps, ends after the first page and says nothing", async (sandbox) => {
    await run(sandbox.control.seed("polar", 250))
    const first = await clientOf(sandbox).list({ limit: 250 })
    expect([first.result.items.length, first.result.pagination]).toEqual([100, { totalCount: 250, maxPage: 3 }])
    expect(first.next()).toBe(null)
    expect(await collect(first)).toHaveLength(1)
    expect(await calls(sandbox)).toHaveLength(1)
  })

  fault("list", "pages by number, newest first: who is created during the walk makes it repeat", async (sandbox) => {
    await run(sandbox.control.seed("polar", 20))
    const seen: Array<string> = []
    for await (const { result } of await clientOf(sandbox).list({})) {
      seen.push(...result.items.map(({ id }) => id))
      if (seen.length === 10) await run(sandbox.control.seed("polar", 1))
    }
    expect([seen.length, new Set(seen).size]).toEqual([21, 20])
  })

  fault("list", "the page that next() answers cannot be iterated from", async (sandbox) => {
    await run(sandbox.control.seed("polar", 20))
    const first = await clientOf(sandbox).list({})
    const second = await first.next()
    expect(second?.result.items).toHaveLength(10)
    expect([Symbol.asyncIterator in first, Symbol.asyncIterator in second!]).toEqual([true, false])
  })

  fault("list", "one customer of a type that it does not know loses the page", async (sandbox) => {
    await run(sandbox.control.seed("polar", [{}, { type: "reseller" }]))
    expect(await failureOf(() => clientOf(sandbox).list({}))).toBeInstanceOf(ResponseValidationError)
    expect((await clientOf(sandbox).list({ limit: 1, sorting: ["created_at"] })).result.items).toHaveLength(1)
  })

  works("list", "a query that Polar refuses is an HTTPValidationError", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).list({ limit: 0 }))
    expect(failure).toBeInstanceOf(HTTPValidationError)
    expect(failure).toMatchObject({ statusCode: 422, detail: [{ type: "greater_than", loc: ["query", "limit"] }] })
  })
})

describe("create", () => {
  works("create", "an individual with every field", async (sandbox) => {
    const created = await clientOf(sandbox).create({
      email: "Ada@Example.com",
      externalId: "usr_1",
      name: "Ada",
      billingAddress: { country: "US", state: "CA", city: "San Francisco", postalCode: "94102" },
      taxId: "911144442",
      locale: "en-us",
      metadata: { plan_name: "pro", planName: "p", seats: 3, ratio: 1.5, vip: true }
    })
    expect(created).toMatchObject({
      type: "individual",
      externalId: "usr_1",
      taxId: ["911144442", "us_ein"],
      locale: "en-US",
      billingAddress: { line1: null, state: "US-CA", postalCode: "94102" },
      metadata: { plan_name: "pro", planName: "p", seats: 3, ratio: 1.5, vip: true },
      organizationId: home
    })
    const [stored] = await run(sandbox.control.customers("polar"))
    expect([stored!.id, stored!.email, stored!.metadata]).toEqual([created.id, created.email, created.metadata])
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
      const failure = await failureOf(() => clientOf(sandbox).create({ email: "A@EXAMPLE.com", externalId: "usr_1" }))
      expect(failure).toBeInstanceOf(HTTPValidationError)
      expect(failure).toMatchObject({
        statusCode: 422,
        detail: [
          { type: "value_error", loc: ["body", "email"], msg: "A customer with this email address already exists." },
          { type: "value_error", loc: ["body", "external_id"] }
        ]
      })
    }
  )

  fault("create", "which of Polar's two checks refused is in the raw body only", async (sandbox) => {
    await run(sandbox.control.seed("polar", [{ email: "a@example.com" }]))
    const failure = await failureOf(() => clientOf(sandbox).create({ email: "a@example.com" }))
    expect(failure).not.toHaveProperty("error")
    expect(failure).toHaveProperty("body", expect.stringContaining("\"error\":\"PolarRequestValidationError\""))
  })

  fault("create", "a country in lower case, which Polar takes, is refused before it is sent", async (sandbox) => {
    const country: any = "fr"
    const failure = await failureOf(() =>
      clientOf(sandbox).create({ email: "a@example.com", billingAddress: { country } })
    )
    expect(failure).toBeInstanceOf(SDKValidationError)
    expect(await calls(sandbox)).toEqual([])
  })

  works("create", "not repeated by default: a 503 is an SDKError after one request", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    const failure = await failureOf(() => clientOf(sandbox).create({ email: "a@example.com" }))
    expect(failure).toBeInstanceOf(SDKError)
    expect(failure).toHaveProperty("statusCode", 503)
    expect(await calls(sandbox)).toEqual(["POST /v1/customers/ 503"])
  })

  fault(
    "create",
    "its retries repeat a create that took effect, which then is a duplicate of itself",
    async (sandbox) => {
      const headers = { "retry-after-ms": "1" }
      await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, headers, applied: true }) }))
      const failure = await failureOf(() =>
        clientOf(sandbox).create({ email: "a@example.com" }, { retries: { strategy: "backoff" } })
      )
      expect(failure).toMatchObject({ statusCode: 422, detail: [{ loc: ["body", "email"] }] })
      expect(await run(sandbox.control.customers("polar"))).toHaveLength(1)
      expect(await calls(sandbox)).toEqual(["POST /v1/customers/ 503", "POST /v1/customers/ 422"])
    }
  )
})

describe("get", () => {
  works(
    "get",
    "camel-cased, with a tax id format and a country that it may not know; user keys left alone",
    async (sandbox) => {
      const [id] = await run(sandbox.control.seed("polar", [{
        ...stateful,
        tax_id: ["1", "xx_new"],
        billing_address: { country: "XX" }
      }]))
      expect(await clientOf(sandbox).get({ id: id! })).toMatchObject({
        id,
        externalId: stateful.external_id,
        metadata: stateful.metadata,
        taxId: ["1", "xx_new"],
        billingAddress: { country: "XX", postalCode: null },
        modifiedAt: null
      })
    }
  )

  fault("get", "cuts the microseconds of times and drops first_user_event_at", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", [stateful]))
    const customer = await clientOf(sandbox).get({ id: id! })
    expect(customer.createdAt).toEqual(new Date("2026-01-03T13:37:00.123Z"))
    expect(Object.keys(customer)).not.toContain("firstUserEventAt")
    expect((await run(sandbox.control.customers("polar")))[0]).toMatchObject({
      created_at: stateful.created_at,
      first_user_event_at: stateful.first_user_event_at
    })
  })

  works("get", "unknown is ResourceNotFound, no UUID is HTTPValidationError", async (sandbox) => {
    const unknown = await failureOf(() => clientOf(sandbox).get({ id: unknownId }))
    expect(unknown).toBeInstanceOf(ResourceNotFound)
    expect(unknown).toMatchObject({ statusCode: 404, error: "ResourceNotFound", detail: "Not found" })
    const malformed = await failureOf(() => clientOf(sandbox).get({ id: "cus_123" }))
    expect(malformed).toMatchObject({ detail: [{ type: "uuid_parsing", loc: ["path", "id"] }] })
  })

  fault("get", "the context of a validation error is emptied", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).get({ id: "cus_123" }))
    expect(failure).toMatchObject({ detail: [{ ctx: {} }], body: expect.stringContaining("\"ctx\":{\"error\"") })
    expect(failure).not.toHaveProperty(["detail", 0, "ctx", "error"])
  })

  works("getExternal", "the id percent-encoded", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", [{ external_id: "usr 1?é#%" }]))
    expect((await clientOf(sandbox).getExternal({ externalId: "usr 1?é#%" })).id).toBe(id)
    expect((await lastRequest(sandbox)).path).toBe("/v1/customers/external/usr%201%3F%C3%A9%23%25")
  })

  fault(
    "getExternal",
    "the 404 of no route, here for an id with a slash, is an answer that it cannot read",
    async (sandbox) => {
      await run(sandbox.control.seed("polar", [stateful]))
      const failure = await failureOf(() => clientOf(sandbox).getExternal({ externalId: stateful.external_id }))
      expect(failure).toBeInstanceOf(ResponseValidationError)
      expect(failure).toMatchObject({ statusCode: 404, body: "{\"detail\":\"Not Found\"}" })
    }
  )

  fault("getExternal", "`..` asks for the list, an empty id for a customer called `external`", async (sandbox) => {
    const { url } = sandbox
    expect(await failureOf(() => clientOf({ url }).getExternal({ externalId: ".." }))).toBeInstanceOf(
      ResponseValidationError
    )
    const empty = await failureOf(() => clientOf({ url }).getExternal({ externalId: "" }))
    expect(empty).toMatchObject({ statusCode: 422, detail: [{ input: "external" }] })
    expect(await calls(sandbox)).toEqual([
      "GET /v1/customers/ 200",
      "GET /v1/customers/external/ 307",
      "GET /v1/customers/external 422"
    ])
  })

  works(
    "get",
    "401 and 403 in both shapes, an empty 429 and an HTML 404 are SDKErrors with status and body",
    async (sandbox) => {
      const statusOf = async (token: string) => {
        const failure = await failureOf(() => clientOf(sandbox, token).delete({ id: unknownId }))
        expect(failure).toBeInstanceOf(SDKError)
        return failure
      }
      expect(await statusOf("polar_cst_foreign")).toMatchObject({
        statusCode: 401,
        body: expect.stringContaining("Unauthorized")
      })
      expect(await statusOf("polar_oat_expired")).toMatchObject({ statusCode: 401 })
      expect(await statusOf("polar_oat_readonly")).toMatchObject({ statusCode: 403 })
      const limited = Fault.Respond({ status: 429, headers: { "retry-after": "60" } })
      await run(sandbox.control.inject({ fault: limited }))
      const html = Fault.Respond({ status: 404, headers: { "content-type": "text/html" }, body: "<p>" })
      await run(sandbox.control.inject({ from: 2, fault: html }))
      expect(await statusOf(accessToken)).toMatchObject({ statusCode: 429, body: "" })
      expect(await statusOf(accessToken)).toMatchObject({ statusCode: 404, body: "<p>" })
    }
  )

  fault("get", "a body that is cut or half JSON ends in a bare TypeError or SyntaxError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    const faults = [Fault.Reset({ applied: false }), Fault.CutBody({ bytes: 5 }), Fault.CutJson({})]
    for (const [i, fault] of faults.entries()) await run(sandbox.control.inject({ from: i + 1, fault }))
    const broken = () => failureOf(() => clientOf(sandbox).get({ id: id! }))
    expect(await broken()).toBeInstanceOf(ConnectionError)
    expect((await broken()).message).toBe("terminated")
    expect(await broken()).toBeInstanceOf(SyntaxError)
  })

  works("get", "no timeout by default; timeoutMs before the answer is a RequestTimeoutError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    const timeout = vi.spyOn(AbortSignal, "timeout")
    await clientOf(sandbox).get({ id: id! })
    expect(timeout).not.toHaveBeenCalled()
    timeout.mockRestore()
    await run(sandbox.control.inject({ fault: Fault.Delay({ duration: "1 minute" }) }))
    const failure = await failureOf(() => clientOf(sandbox).get({ id: id! }, { timeoutMs: 50 }))
    expect(failure).toBeInstanceOf(RequestTimeoutError)
  })

  fault("get", "a timeout during the body is a bare TimeoutError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("polar", 1))
    await run(sandbox.control.inject({ fault: Fault.StallBody({ bytes: 5 }) }))
    const failure = await failureOf(() => clientOf(sandbox).get({ id: id! }, { timeoutMs: 200 }))
    expect([failure.name, failure instanceof RequestTimeoutError]).toEqual(["TimeoutError", false])
  })

  fault("get", "a logged error shows the token", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).get({ id: "cus_123" }))
    expect(inspect(failure)).toContain(accessToken)
  })
})

describe("update", () => {
  for (const operation of ["update", "updateExternal"] as const) {
    const updating = (sandbox: Driven, id: string) => {
      const customers = clientOf(sandbox)
      type Body = Parameters<typeof customers.updateExternal>[0]["customerUpdateExternalID"]
      return (body: Body) =>
        operation === "update"
          ? customers.update({ id, customerUpdate: body })
          : customers.updateExternal({ externalId: "usr_1", customerUpdateExternalID: body })
    }

    works(
      operation,
      "absent keeps, null clears, metadata is replaced whole; its wrapper is not sent",
      async (sandbox) => {
        const seed = { name: "Ada", locale: "fr", metadata: { a: 1, b: 2 } }
        const [id] = await run(sandbox.control.seed("polar", [{ ...seed, external_id: "usr_1" }]))
        const update = updating(sandbox, id!)
        expect(await update({})).toMatchObject(seed)
        expect((await lastRequest(sandbox)).body).toBe("{}")
        expect(await update({ name: null })).toMatchObject({ ...seed, name: null })
        expect((await lastRequest(sandbox)).body).toBe("{\"name\":null}")
        expect((await update({ metadata: { b_c: 3 } })).metadata).toEqual({ b_c: 3 })
        expect((await update({ email: null, locale: null })).locale).toBe(null)
        expect((await update({ billingAddress: { country: "FR" }, taxId: "FR61954506077" })).taxId).toEqual(
          ["FR61954506077", "eu_vat"]
        )
      }
    )

    works(operation, "what Polar refuses is an HTTPValidationError without a union tag", async (sandbox) => {
      const [id] = await run(sandbox.control.seed("polar", [{ external_id: "usr_1" }]))
      const update = updating(sandbox, id!)
      const address = await failureOf(() => update({ billingAddress: null }))
      expect(address).toBeInstanceOf(HTTPValidationError)
      expect(address).toMatchObject({ detail: [{ loc: ["body", "billing_address"] }] })
      const name = await failureOf(() => update({ name: "x".repeat(257) }))
      expect(name).toMatchObject({ detail: [{ loc: ["body", "name"] }] })
    })
  }

  works("update", "an external id once, individual to team once", async (sandbox) => {
    const customers = clientOf(sandbox)
    const [id] = await run(sandbox.control.seed("polar", [{}]))
    const update = (customerUpdate: Parameters<typeof customers.update>[0]["customerUpdate"]) =>
      customers.update({ id: id!, customerUpdate })
    expect((await update({ externalId: "usr_1", type: "team" })).type).toBe("team")
    const again = await failureOf(() => update({ externalId: "usr_2" }))
    expect(again).toMatchObject({ detail: [{ msg: "Customer external ID cannot be updated." }] })
    expect(await failureOf(() => update({ type: "individual" }))).toBeInstanceOf(HTTPValidationError)
    const unknown = { id: unknownId, customerUpdate: {} }
    expect(await failureOf(() => customers.update(unknown))).toBeInstanceOf(ResourceNotFound)
  })

  fault("updateExternal", "`..` patches the collection", async (sandbox) => {
    const request = { externalId: "..", customerUpdateExternalID: { name: "x" } }
    expect(await failureOf(() => clientOf(sandbox).updateExternal(request))).toMatchObject({ statusCode: 405 })
    expect(await calls(sandbox)).toEqual(["PATCH /v1/customers/ 405"])
  })
})

describe("delete", () => {
  for (const operation of ["delete", "deleteExternal"] as const) {
    works(operation, "answers nothing, then ResourceNotFound; anonymize is always sent", async (sandbox) => {
      const seeds = [{ external_id: "usr_1", name: "Ada" }, { external_id: "usr_2", name: "Bob" }]
      const [ada, bob] = await run(sandbox.control.seed("polar", seeds))
      const customers = clientOf(sandbox)
      const remove = (id: string, externalId: string, options: { anonymize?: boolean } = {}) =>
        operation === "delete"
          ? customers.delete({ id, ...options })
          : customers.deleteExternal({ externalId, ...options })
      expect(await remove(ada!, "usr_1")).toBe(undefined)
      expect((await lastRequest(sandbox)).query).toEqual([["anonymize", "false"]])
      expect(await failureOf(() => remove(ada!, "usr_1"))).toBeInstanceOf(ResourceNotFound)
      await remove(bob!, "usr_2", { anonymize: true })
      const [kept, hashed] = await run(sandbox.control.deleted("polar"))
      expect([kept!.name, hashed!.email]).toEqual(["Ada", expect.stringMatching(/@anonymized\.polar\.sh$/)])
      expect(await run(sandbox.control.customers("polar"))).toEqual([])
    })
  }

  fault("deleteExternal", "`..` asks to delete the collection, `.` a customer called `external`", async (sandbox) => {
    const customers = clientOf(sandbox)
    expect(await failureOf(() => customers.deleteExternal({ externalId: ".." }))).toMatchObject({ statusCode: 405 })
    expect(await failureOf(() => customers.deleteExternal({ externalId: "." }))).toMatchObject({ statusCode: 422 })
    expect(await calls(sandbox)).toEqual([
      "DELETE /v1/customers/ 405",
      "DELETE /v1/customers/external/ 307",
      "DELETE /v1/customers/external 422"
    ])
  })
})

describe("state", () => {
  for (const operation of ["getState", "getStateExternal"] as const) {
    const asking = (sandbox: Driven, id: string) => {
      const customers = clientOf(sandbox)
      return operation === "getState" ? customers.getState({ id }) : customers.getStateExternal({ externalId: "usr_1" })
    }
    const seeded = async (sandbox: Driven) => {
      const [id] = await run(sandbox.control.seed("polar", [{ ...stateful, external_id: "usr_1" }]))
      return asking(sandbox, id!)
    }

    works(operation, "subscriptions, benefits of the types that it knows, meters", async (sandbox) => {
      const state = await seeded(sandbox)
      expect(state.activeSubscriptions).toMatchObject([{
        status: "active",
        amount: 1000,
        recurringInterval: "month",
        currentPeriodEnd: new Date("2026-02-03T13:37:00Z")
      }])
      expect(
        state.grantedBenefits.map(({ benefitMetadata, benefitType, properties }) => [
          benefitType,
          benefitMetadata,
          properties
        ]).slice(0, 2)
      ).toEqual([
        ["license_keys", { tier_name: "gold" }, {
          licenseKeyId: "57107b74-8400-4d80-a2fc-54c2b4239cb3",
          displayKey: "****-3FA9C1"
        }],
        ["meter_credit", { tier_name: "gold" }, {}]
      ])
      expect(state.activeMeters).toMatchObject([{ consumedUnits: 104.5, creditedUnits: 100, balance: -4.5 }])
    })

    fault(
      operation,
      "drops seats, units, and the properties of a benefit type that it does not know",
      async (sandbox) => {
        const state = await seeded(sandbox)
        const [subscription] = state.activeSubscriptions
        expect(Object.keys(subscription!)).not.toContain("seats")
        expect(Object.keys(subscription!)).not.toContain("units")
        expect(state.grantedBenefits[2]).toMatchObject({ benefitType: "quantum_key" })
        expect(state.grantedBenefits[2]?.properties).toEqual({})
      }
    )

    works(operation, "unknown is ResourceNotFound", async (sandbox) => {
      expect(await failureOf(() => asking(sandbox, unknownId))).toBeInstanceOf(ResourceNotFound)
    })
  }
})

describe("export", () => {
  works("export", "the CSV as one string, unread", async (sandbox) => {
    await run(sandbox.control.seed("polar", [{ ...stateful, name: "Lovelace, \"A\"" }]))
    const csv = await clientOf(sandbox).export({ organizationId: [home, unknownId] })
    expect(csv).toMatch(/^ID,External ID,Created At,.*,Metadata\r\n/)
    expect(csv).toContain(",2026-01-03T13:37:00.123456+00:00,ada@example.com,\"Lovelace, \"\"A\"\"\",")
    expect(csv).toContain("\"1 rue X\nétage 2\"")
    expect(csv).toContain("\"('FR61954506077', <TaxIDFormat.eu_vat: 'eu_vat'>)\"")
    const request = await lastRequest(sandbox)
    expect([request.headers["accept"], request.query]).toEqual(["text/csv", [
      ["organization_id", home],
      ["organization_id", unknownId]
    ]])
  })
})

describe("what is gone or not here", () => {
  it("@polar-sh/sdk 0.49.0 getBalance: the client lacks it", () => {
    expect(clientOf({ url: "http://127.0.0.1" })).not.toHaveProperty("getBalance")
  })

  const owner = { email: "o@example.com" }
  const external = { externalId: "usr_1", memberExternalId: "m" }
  const notHere: Record<string, (customers: ReturnType<typeof clientOf>, id: string) => Promise<unknown>> = {
    listPaymentMethods: (customers, id) => customers.listPaymentMethods({ id }),
    listPaymentMethodsExternal: (customers) => customers.listPaymentMethodsExternal({ externalId: "usr_1" }),
    "members.create": ({ members }, id) => members.create({ id, memberCreateFromCustomer: owner }),
    "members.createExternal": ({ members }) =>
      members.createExternal({ externalId: "usr_1", memberCreateFromCustomer: owner }),
    "members.get": ({ members }, id) => members.get({ id, memberId: id }),
    "members.getExternal": ({ members }) => members.getExternal(external),
    "members.update": ({ members }, id) => members.update({ id, memberId: id, memberUpdate: {} }),
    "members.updateExternal": ({ members }) => members.updateExternal({ ...external, memberUpdate: {} }),
    "members.delete": ({ members }, id) => members.delete({ id, memberId: id }),
    "members.deleteExternal": ({ members }) => members.deleteExternal(external)
  }
  for (const [operation, call] of Object.entries(notHere)) {
    fault(
      operation,
      "a route that is not there (the sandbox has none for this) is an answer that it cannot read",
      async (sandbox) => {
        const [id] = await run(sandbox.control.seed("polar", 1))
        const failure = await failureOf(() => call(clientOf(sandbox), id!))
        expect(failure).toBeInstanceOf(ResponseValidationError)
        expect(failure).toMatchObject({ statusCode: 404, body: "{\"detail\":\"Not Found\"}" })
      }
    )
  }

  it("@polar-sh/sdk 0.49.0: every customers operation that it has is driven", () => {
    const customers = clientOf({ url: "http://127.0.0.1" })
    const methodsOf = (service: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(service))
    const names = [
      ...methodsOf(customers).filter((name) => name !== "members"),
      ...methodsOf(customers.members).map((name) => `members.${name}`)
    ].filter((name) => !name.endsWith("constructor"))
    expect([...driven].sort()).toEqual(names.sort())
  })
})

describe("on the wire", () => {
  works(
    "list",
    "what the client sends: the slash, its own Accept, no Polar-Version, an empty cookie",
    async (sandbox) => {
      const customers = clientOf(sandbox)
      const { id } = await customers.create({ email: "a@example.com" })
      await customers.list({})
      await customers.export({})
      await customers.get({ id })
      await customers.delete({ id })
      expect(await calls(sandbox)).toEqual([
        "POST /v1/customers/ 201",
        "GET /v1/customers/ 200",
        "GET /v1/customers/export 200",
        `GET /v1/customers/${id} 200`,
        `DELETE /v1/customers/${id} 204`
      ])
      const requests = await run(sandbox.control.requests)
      expect(requests.map(({ headers }) => headers["accept"])).toEqual([
        "application/json",
        "application/json",
        "text/csv",
        "application/json",
        "application/json"
      ])
      for (const { body, headers } of requests) {
        expect(headers).toMatchObject({
          authorization: `Bearer ${accessToken}`,
          cookie: "",
          "user-agent": "speakeasy-sdk/typescript 0.49.0 2.918.3 2026-04 @polar-sh/sdk"
        })
        expect(headers["content-type"]).toBe(body === "" ? undefined : "application/json")
        expect(headers["content-length"]).toBe(body === "" ? undefined : String(body.length))
        expect(headers).not.toHaveProperty("polar-version")
      }
    }
  )

  fault("list", "made for 2026-04 but does not ask for it, so that the current version answers", async (sandbox) => {
    const answered: Array<string | null> = []
    const httpClient = new HTTPClient()
    httpClient.addHook("response", ({ headers }) => void answered.push(headers.get("polar-version")))
    const { customers } = new Polar({ serverURL: sandbox.url, accessToken, httpClient })
    await customers.list({})
    await customers.list({}, { headers: { "Polar-Version": SDK_METADATA.openapiDocVersion } })
    expect(answered).toEqual(["2026-10", "2026-04"])
  })
})
