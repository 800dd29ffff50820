import { createMollieClient, Locale, MollieApiError, PaymentMethod, SequenceType } from "@mollie/api-client"
import { describe, expect, it } from "@effect/vitest"
import { Fault } from "../../src/index.js"
import { calls, collect, delaysOf, failureOf, lastRequest, run } from "./driving.js"
import { charge, drive, linked, profileId, unknownId } from "./drivingMollie.js"
import { behindTls, certificate } from "./overTls.js"

type Options = Parameters<typeof createMollieClient>[0]

const apiKey = { apiKey: "test_official" }
const accessToken = { accessToken: "access_official", parameterDefaults: { testmode: true, profileId } }

interface Network {
  networkClient: object
}

/**
 * Trusts the certificate. `createMollieClient` has no option for it; the class that it builds on has, and is built anew.
 */
const trusting = (options: Options) => {
  const client = createMollieClient(options)
  const { networkClient: shared } = client.customers as unknown as { networkClient: Network }
  const Built = shared.networkClient.constructor as new(options: object) => object
  shared.networkClient = new Built({
    ...options,
    caCertificates: certificate.cert,
    libraryVersion: "4.6.0",
    nodeVersion: process.version
  })
  return client
}

const endpointOf = ({ url }: { readonly url: string }) => ({ apiEndpoint: `${url}/v2` })

const clientOf = (sandbox: { readonly url: string }, options: Options = apiKey) =>
  trusting({ ...options, ...endpointOf(sandbox) })

const { driven, fault, works } = drive("@mollie/api-client 4.6.0", behindTls)

/** What Mollie's own links are: absolute, and https. */
const httpsLinks = ({ url }: { readonly url: string }) =>
  Fault.Alter({ alter: linked(url.replace("https:", "http:"), url) })

const idsOf = (customers: ReadonlyArray<{ readonly id: string }>) => customers.map(({ id }) => id)

const callers = [["an API key", apiKey], ["an access token in test mode", accessToken]] as const

for (const [who, options] of callers) {
  const isToken = options === accessToken
  const testmode = isToken ? { testmode: true } : {}
  const inQuery = isToken ? [["testmode", "true"]] : []

  describe(`with ${who}`, () => {
    works("customers.create", `${who}: every field, then nothing but the mode`, async (sandbox) => {
      const { customers } = clientOf(sandbox, options)
      const fields = {
        name: "Ada",
        email: "ada@example.com",
        locale: Locale.nl_BE,
        metadata: { plan_name: "pro", n: 1 }
      }
      const created = await customers.create(fields)
      expect(created).toMatchObject({ ...fields, resource: "customer", mode: "test" })
      expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ ...fields, ...testmode })
      const empty = await customers.create({})
      expect(empty).toMatchObject({ mode: "test", name: null, email: null, locale: null, metadata: null })
      expect(idsOf(await run(sandbox.control.customers("mollie")))).toEqual([created.id, empty.id])
    })

    works("customers.page", `${who}: pages forth and back, each customer once`, async (sandbox) => {
      const { customers } = clientOf(sandbox, options)
      const nothing = await customers.page()
      expect([...nothing, nothing.nextPage, nothing.previousPage]).toEqual([undefined, undefined])
      const ids = await run(sandbox.control.seed("mollie", 120))
      const newest = ids.toReversed()
      const first = await customers.page()
      const second = await first.nextPage!()
      const third = await second.nextPage!()
      expect([first, second, third].flatMap(idsOf)).toEqual(newest)
      expect([first.nextPageCursor, third.nextPageCursor, third.nextPage]).toEqual([newest[50], undefined, undefined])
      expect(idsOf(await second.previousPage!())).toEqual(newest.slice(0, 50))
      expect(idsOf(await customers.page({ from: ids[2]!, sort: "asc", limit: 2 }))).toEqual(ids.slice(2, 4))
      expect((await lastRequest(sandbox)).query).toEqual(expect.arrayContaining([...inQuery, ["sort", "asc"]]))
    })

    works("customers.iterate", `${who}: every customer, over the links of its endpoint`, async (sandbox) => {
      const ids = await run(sandbox.control.seed("mollie", 300))
      await run(sandbox.control.inject({ times: Infinity, fault: httpsLinks(sandbox) }))
      const { customers } = clientOf(sandbox, options)
      expect(idsOf(await collect(customers.iterate()))).toEqual(ids.toReversed())
      const requests = await run(sandbox.control.requests)
      expect(requests.map(({ query }) => new Map(query).get("limit"))).toEqual(["128", "128", "128"])
      expect(idsOf(await collect(customers.iterate({ sort: "asc" }).take(2)))).toEqual(ids.slice(0, 2))
      expect((await lastRequest(sandbox)).query).toEqual(
        expect.arrayContaining([...inQuery, ["sort", "asc"], ["limit", "64"]])
      )
    })

    works("customers.get", `${who}: the customer, and its payments by its link`, async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", [{ name: "Ada", payments: [{ id: "tr_1" }] }, {}]))
      await run(sandbox.control.inject({ fault: httpsLinks(sandbox) }))
      const found = await clientOf(sandbox, options).customers.get(id!)
      expect(found).toMatchObject({ id, name: "Ada", mode: "test" })
      expect((await lastRequest(sandbox)).query).toEqual(inQuery)
      expect(Object.keys(found._links)).toEqual(["self", "dashboard", "payments", "documentation"])
      expect(idsOf(await collect(found.getPayments()))).toEqual(["tr_1"])
      expect(new Map((await lastRequest(sandbox)).query).get("testmode")).toBe(isToken ? "true" : undefined)
    })

    works("customers.update", `${who}: absent keeps, metadata is replaced whole`, async (sandbox) => {
      const seed = { name: "Ada", email: "ada@example.com", locale: "fr_FR", metadata: { a: 1, b: 2 } }
      const [id] = await run(sandbox.control.seed("mollie", [seed]))
      const { customers } = clientOf(sandbox, options)
      expect(await customers.update(id!, {})).toMatchObject(seed)
      expect(await customers.update(id!, { name: "Bob" })).toMatchObject({ ...seed, name: "Bob" })
      expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ name: "Bob", ...testmode })
      for (const metadata of [{ c: 3 }, true, [1], "{\"a\":1}", null]) {
        expect((await customers.update(id!, { metadata })).metadata).toEqual(metadata)
      }
      expect((await run(sandbox.control.customers("mollie")))[0]).toMatchObject({
        ...seed,
        name: "Bob",
        metadata: null
      })
    })

    works("customers.delete", `${who}: answers true, and its mode goes into the body`, async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", 1))
      const { customers } = clientOf(sandbox, options)
      expect(await customers.delete(id!)).toBe(true)
      const { body, query } = await lastRequest(sandbox)
      expect([query, JSON.parse(body)]).toEqual([[], testmode])
      expect(await run(sandbox.control.customers("mollie"))).toEqual([])
      expect(await failureOf(() => customers.get(id!))).toMatchObject({ statusCode: 410, title: "Gone" })
    })

    works("customerPayments.create", `${who}: a first one, then one that charges at once`, async (sandbox) => {
      const [customerId] = await run(sandbox.control.seed("mollie", 1))
      const { customerPayments, customers } = clientOf(sandbox, options)
      const first = await customerPayments.create({
        ...charge,
        customerId: customerId!,
        sequenceType: SequenceType.first,
        method: PaymentMethod.creditcard,
        metadata: { orderId: 7 },
        billingAddress: { givenName: "Ada", streetAndNumber: "Dam 1", city: "Amsterdam", country: "NL" },
        webhookUrl: "https://example.org/hook"
      })
      expect(first).toMatchObject({
        mode: "test",
        status: "open",
        customerId,
        profileId: isToken ? profileId : "pfl_5Kd8TqXw2N",
        amount: charge.amount,
        metadata: { orderId: 7 }
      })
      expect(first.getCheckoutUrl()).toMatch(/^https:/)
      expect(JSON.parse((await lastRequest(sandbox)).body)).not.toHaveProperty("customerId")
      const { redirectUrl: _, ...recurring } = { ...charge, sequenceType: SequenceType.recurring }
      const charged = await customerPayments.create({ ...recurring, customerId: customerId! })
      expect(charged).toMatchObject({ status: "pending", mandateId: first.mandateId, redirectUrl: null })
      expect((await customers.get(customerId!))._links).toMatchObject({ payments: {}, mandates: {} })
    })

    const seedPayments = Array.from({ length: 5 }, (_, i) => ({ id: `tr_${i}`, ...(isToken ? { profileId } : {}) }))

    works("customerPayments.page", `${who}: all pages, of its profile, on the nested path`, async (sandbox) => {
      const foreign = isToken ? {} : { profileId }
      const seeds = [{ payments: [...seedPayments, foreign] }, { payments: [{}] }]
      const [customerId] = await run(sandbox.control.seed("mollie", seeds))
      const first = await clientOf(sandbox, options).customerPayments.page({ customerId: customerId!, limit: 2 })
      const second = await first.nextPage!()
      const third = await second.nextPage!()
      expect([first, second, third].map(idsOf)).toEqual([["tr_4", "tr_3"], ["tr_2", "tr_1"], ["tr_0"]])
      const { path, query } = await lastRequest(sandbox)
      expect(path).toBe(`/v2/customers/${customerId}/payments`)
      expect([...query].sort()).toEqual([
        ["from", "tr_0"],
        ["limit", "2"],
        ...(isToken ? [["profileId", profileId]] : []),
        ...inQuery
      ])
    })

    works("customerPayments.iterate", `${who}: every payment, over pages`, async (sandbox) => {
      const payments = Array.from({ length: 130 }, (_, i) => ({ id: `tr_${i}`, ...(isToken ? { profileId } : {}) }))
      const [customerId] = await run(sandbox.control.seed("mollie", [{ payments }]))
      await run(sandbox.control.inject({ times: Infinity, fault: httpsLinks(sandbox) }))
      const { customerPayments } = clientOf(sandbox, options)
      const found = await collect(customerPayments.iterate({ customerId: customerId! }))
      expect(idsOf(found)).toEqual(idsOf(payments).toReversed())
      expect(await calls(sandbox)).toEqual(Array(2).fill(`GET /v2/customers/${customerId}/payments 200`))
    })
  })
}

describe("modes", () => {
  works("customers.get", "a token without testmode is live; what is said per call wins", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const live = clientOf(sandbox, { accessToken: "access_official" }).customers
    const failure = await failureOf(() => live.get(id!))
    expect(failure).toMatchObject({ statusCode: 404, message: expect.stringContaining("wrong mode") })
    expect(await live.get(id!, { testmode: true })).toMatchObject({ id })
    expect((await clientOf(sandbox, accessToken).customers.create({ testmode: false })).mode).toBe("live")
  })

  works("customers.create", "testmode with an API key is Mollie's 422", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).customers.create({ testmode: true }))
    expect(failure).toMatchObject({ statusCode: 422, field: "testmode" })
  })
})

describe("errors", () => {
  works("customers.get", "a MollieApiError with detail, title, status and links", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).customers.get(unknownId))
    expect(failure).toBeInstanceOf(MollieApiError)
    expect(failure).toMatchObject({
      message: `No customer exists with token ${unknownId}.`,
      title: "Not Found",
      statusCode: 404,
      field: undefined,
      links: { documentation: { type: "text/html" } }
    })
    expect(await calls(sandbox)).toEqual([`GET /v2/customers/${unknownId} 404`])
  })

  const statuses: Record<
    string,
    readonly [object, (client: ReturnType<typeof clientOf>) => Promise<unknown>, string?]
  > = {
    "customers.create": [{ statusCode: 422, field: "email" }, ({ customers }) => customers.create({ email: "no" })],
    "customers.page": [{ statusCode: 400, field: "from" }, ({ customers }) => customers.page({ from: unknownId })],
    "customers.iterate": [{ statusCode: 401 }, ({ customers }) => collect(customers.iterate()), "test_expired"],
    "customers.update": [{ statusCode: 404 }, ({ customers }) => customers.update(unknownId, {})],
    "customers.delete": [{ statusCode: 403 }, ({ customers }) => customers.delete(unknownId), "test_readonly"],
    "customerPayments.create": [
      { statusCode: 422, field: "amount.value" },
      ({ customerPayments }) =>
        customerPayments.create({ ...charge, customerId: "cst_1", amount: { currency: "EUR", value: "16.1" } })
    ],
    "customerPayments.page": [
      { statusCode: 404 },
      ({ customerPayments }) => customerPayments.page({ customerId: unknownId })
    ]
  }
  for (const [operation, [told, call, key = "test_official"]] of Object.entries(statuses)) {
    works(operation, `what Mollie refuses, ${JSON.stringify(told)}`, async (sandbox) => {
      await run(sandbox.control.seed("mollie", [{ id: "cst_1" }]))
      const failure = await failureOf(() => call(clientOf(sandbox, { apiKey: key })))
      expect(failure).toBeInstanceOf(MollieApiError)
      expect(failure).toMatchObject(told)
    })
  }

  fault("customers.get", "without JSON even the status is lost, and of a reset the code", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const faults = [Fault.HtmlPage({ status: 404 }), Fault.Respond({ status: 429 }), Fault.Reset({ applied: false })]
    for (const [i, fault] of faults.entries()) await run(sandbox.control.inject({ from: i + 1, fault }))
    const broken = () => failureOf(() => clientOf(sandbox).customers.get(id!))
    const unexpected = { message: "Received unexpected response from the server", statusCode: undefined }
    expect(await broken()).toMatchObject(unexpected)
    expect(await broken()).toMatchObject(unexpected)
    const reset = await broken()
    expect(reset).toBeInstanceOf(MollieApiError)
    expect([reset.cause, Object.keys(reset).includes("code")]).toEqual([undefined, false])
  })

  fault("customers.get", "a body that is cut is waited for without end", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await run(sandbox.control.inject({ fault: Fault.CutBody({ bytes: 5 }) }))
    let ended = false
    const end = () => ended = true
    clientOf(sandbox).customers.get(id!).then(end, end)
    const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
    while ((await run(sandbox.control.requests))[0]?.endedAt === undefined) await wait(1)
    await wait(200)
    expect(ended).toBe(false)
  })

  fault("customers.create", "an empty 201 is `true` in place of a customer", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.EmptyBody() }))
    expect(await clientOf(sandbox).customers.create({ name: "Ada" })).toBe(true)
  })
})

describe("values", () => {
  works("customers.get", "locales, modes and keys that it does not know", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", [{ locale: "uk_UA" }]))
    for (const fault of [Fault.UnknownKeys(), Fault.UnknownMembers()]) {
      await run(sandbox.control.inject({ fault }))
      expect(await clientOf(sandbox).customers.get(id!)).toMatchObject({ id })
    }
  })

  fault("customers.update", "its types know no null, by which Mollie clears, and which it answers", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", [{ name: "Ada" }]))
    const { customers } = clientOf(sandbox)
    // @ts-expect-error
    const clears: Parameters<typeof customers.update>[1] = { name: null }
    const { name }: { readonly name: string } = await customers.update(id!, clears)
    expect(name).toBe(null)
    expect((await lastRequest(sandbox)).body).toBe("{\"name\":null}")
  })

  fault("customers.get", "an id is not encoded: `cst_x/../` asks for another customer", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    expect(await clientOf(sandbox).customers.get(`cst_x/../${id}`)).toMatchObject({ id })
  })

  fault("customers.delete", "an id is not encoded: `cst_x/../` deletes another customer", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const { customers } = clientOf(sandbox)
    expect(await failureOf(() => customers.delete("tr_1"))).toMatchObject({
      message: expect.stringContaining("invalid")
    })
    await customers.delete(`cst_x/../${id}`)
    expect(await calls(sandbox)).toEqual([`DELETE /v2/customers/${id} 204`])
  })

  fault("customerPayments.page", "an id is not encoded: `cst_x?` asks for a customer", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await failureOf(() => clientOf(sandbox).customerPayments.page({ customerId: `${id}?` }))
    expect((await lastRequest(sandbox)).operation).toBe("get")
  })
})

describe("paging", () => {
  fault("customers.iterate", "takes next for its endpoint: one of http ends it", async (sandbox) => {
    await run(sandbox.control.seed("mollie", 129))
    const { customers } = clientOf(sandbox)
    const failure = await failureOf(() => collect(customers.iterate()))
    expect(failure).toMatchObject({ message: expect.stringContaining("\"http:\" not supported") })
    expect(await customers.page({ limit: 128 }).then((page) => page.nextPage!())).toHaveLength(1)
  })

  for (const operation of ["customers", "customerPayments"] as const) {
    fault(`${operation}.iterate`, "follows next to any host, and takes the token along", async (sandbox) => {
      const payments = Array.from({ length: 129 }, () => ({}))
      const [customerId] = await run(sandbox.control.seed("mollie", [{ payments }, ...payments]))
      const alter = linked(sandbox.url.replace("https:", "http:"), sandbox.elsewhere.url)
      await run(sandbox.control.inject({ fault: Fault.Alter({ alter }) }))
      const client = clientOf(sandbox)
      await failureOf(() =>
        operation === "customers"
          ? collect(client.customers.iterate())
          : collect(client.customerPayments.iterate({ customerId: customerId! }))
      )
      const path = operation === "customers" ? "/v2/customers" : `/v2/customers/${customerId}/payments`
      expect(sandbox.elsewhere.heard).toEqual([
        expect.stringMatching(new RegExp(`^GET ${path}\\?from=\\w+&limit=128 Bearer test_official$`))
      ])
    })
  }
})

describe("retries and idempotency", () => {
  const place = /at sleep .*mollie\.cjs/

  works("customers.create", "a 503 after it took effect is repeated with its key, and replayed", async (sandbox) => {
    await run(sandbox.control.inject({ times: 2, fault: Fault.Respond({ status: 503, applied: true }) }))
    let created: { readonly id: string } | undefined
    const delays = await delaysOf(
      place,
      async () => created = await clientOf(sandbox).customers.create({ name: "Ada" })
    )
    expect(delays).toEqual([2000, 2000])
    expect(idsOf(await run(sandbox.control.customers("mollie")))).toEqual([created?.id])
    const requests = await run(sandbox.control.requests)
    expect(requests.map(({ applied, status }) => [status, applied])).toEqual([[503, true], [503, false], [201, false]])
    expect(new Set(requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(1)
  })

  fault("customers.get", "knows Retry-After of a 5xx in seconds alone, and repeats no 429", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const get = () => delaysOf(place, () => clientOf(sandbox).customers.get(id!).catch(() => undefined))
    const status = 503
    await run(sandbox.control.inject({ fault: Fault.Respond({ status, retryAfter: { seconds: 60 } }) }))
    expect(await get()).toEqual([60_000])
    await run(sandbox.control.inject({ fault: Fault.Respond({ status, retryAfter: { date: "60 seconds" } }) }))
    expect(await get()).toEqual([2000])
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 429, retryAfter: { seconds: 60 } }) }))
    expect(await get()).toEqual([])
  })

  fault("customers.delete", "repeats one that took effect, which Mollie's keys do not cover: 410", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(place, async () => failure = await failureOf(() => clientOf(sandbox).customers.delete(id!)))
    expect(failure).toMatchObject({ statusCode: 410 })
  })

  works(
    "customers.create",
    "an own key stays out of the body: replayed, and a 400 with another call",
    async (sandbox) => {
      const create = (name: string) => clientOf(sandbox).customers.create({ idempotencyKey: "k", name })
      expect((await create("Ada")).id).toBe((await create("Ada")).id)
      expect((await lastRequest(sandbox)).body).toBe("{\"name\":\"Ada\"}")
      expect(await failureOf(() => create("Bob"))).toMatchObject({ statusCode: 400, idempotencyKey: "k" })
      expect(await run(sandbox.control.customers("mollie"))).toHaveLength(1)
    }
  )
})

describe("on the wire", () => {
  works("customers.page", "what the client sends: HAL, a key on POST and DELETE, its own name", async (sandbox) => {
    const { customers } = clientOf(sandbox, { ...accessToken, versionStrings: "Acme Shop/1.0" })
    const { id } = await customers.create({})
    await customers.page()
    await customers.update(id, { name: "é" })
    await customers.delete(id)
    expect(await calls(sandbox)).toEqual([
      "POST /v2/customers 201",
      "GET /v2/customers 200",
      `PATCH /v2/customers/${id} 200`,
      `DELETE /v2/customers/${id} 204`
    ])
    for (const { headers, method } of await run(sandbox.control.requests)) {
      expect(headers).toMatchObject({
        accept: "application/hal+json",
        authorization: "Bearer access_official",
        "content-type": "application/json",
        "user-agent": `Node/${process.version} Mollie/4.6.0 AcmeShop/1.0 OAuth/2.0`
      })
      expect(headers["idempotency-key"]).toEqual(
        method === "POST" || method === "DELETE" ? expect.stringMatching(/^[\w+/]{24}$/) : undefined
      )
    }
  })

  fault("customers.page", "its documented option `headers` is not sent", async (sandbox) => {
    await clientOf(sandbox, { ...apiKey, headers: { "x-acme": "1" } }).customers.page()
    expect((await lastRequest(sandbox)).headers).not.toHaveProperty("x-acme")
  })

  fault(
    "customers.page",
    "a certificate of one's own cannot be trusted: its bundle of 2021 replaces it",
    async (sandbox) => {
      const options = { ...apiKey, ...endpointOf(sandbox), caCertificates: certificate.cert }
      const failure = await failureOf(() => createMollieClient(options).customers.page())
      expect(failure.message).toContain("self-signed certificate")
      expect(await clientOf(sandbox).customers.page()).toHaveLength(0)
    }
  )

  it("@mollie/api-client 4.6.0: every customers operation that it has is driven", () => {
    const client = createMollieClient(apiKey)
    const names = (["customers", "customerPayments"] as const).flatMap((binder) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(client[binder])).map((name) => `${binder}.${name}`)
    )
    expect([...driven].sort()).toEqual(names.filter((name) => !name.endsWith("constructor")).sort())
  })
})
