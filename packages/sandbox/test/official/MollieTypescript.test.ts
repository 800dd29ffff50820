import { describe, expect, it } from "@effect/vitest"
import { Client } from "mollie-api-typescript"
import {
  ClientDefaultError,
  ConnectionError,
  ErrorResponse,
  ResponseValidationError,
  SDKValidationError
} from "mollie-api-typescript/models/errors"
import type { PaymentRequest } from "mollie-api-typescript/models"
import { RFCDate } from "mollie-api-typescript/types"
import { Fault } from "../../src/index.js"
import { calls, collect, delaysOf, type Driven, failureOf, lastRequest, run } from "./driving.js"
import { charge, drive, linked, profileId, unknownId } from "./drivingMollie.js"

type Options = NonNullable<ConstructorParameters<typeof Client>[0]>

const apiKey: Options = { security: { apiKey: "test_official" } }
const accessToken: Options = { security: { oAuth: "access_official" }, testmode: true, profileId }

const clientOf = ({ url }: Pick<Driven, "url">, options = apiKey) =>
  new Client({ serverURL: url, retryConfig: { strategy: "none" }, ...options }).customers

const { driven, fault, works } = drive("mollie-api-typescript 1.12.28")

const idsOf = (pages: ReadonlyArray<{ result: { embedded: { customers: ReadonlyArray<{ id: string }> } } }>) =>
  pages.flatMap(({ result }) => result.embedded.customers.map(({ id }) => id))

const callers = [["an API key", apiKey], ["an access token in test mode", accessToken]] as const

for (const [who, options] of callers) {
  const isToken = options === accessToken
  const testmode = isToken ? { testmode: true } : {}
  const inQuery = isToken ? [["testmode", "true"]] : []

  describe(`with ${who}`, () => {
    works("create", `${who}: every field, then nothing but what the mode needs`, async (sandbox) => {
      const fields = {
        name: "Ada",
        email: "ada@example.com",
        locale: "nl_BE" as const,
        metadata: { plan_name: "pro", n: 1 }
      }
      const created = await clientOf(sandbox, options).create({ entityCustomer: fields })
      expect(created).toMatchObject({ ...fields, resource: "customer", mode: "test" })
      expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ ...fields, ...testmode })
      const empty = await clientOf(sandbox, options).create()
      expect(empty).toMatchObject({ mode: "test", name: null, email: null, locale: null, metadata: null })
      expect((await run(sandbox.control.customers("mollie"))).map(({ id, mode }) => [id, mode])).toEqual([
        [created.id, "test"],
        [empty.id, "test"]
      ])
    })

    works("list", `${who}: pages of 50, newest first, each once, by iterating and by next()`, async (sandbox) => {
      const customers = clientOf(sandbox, options)
      const [nothing, ...more] = await collect(await customers.list())
      expect([nothing?.result.count, nothing?.result.links.next, more]).toEqual([0, null, []])
      const ids = await run(sandbox.control.seed("mollie", 120))
      const newest = ids.toReversed()
      expect(idsOf(await collect(await customers.list()))).toEqual(newest)
      expect((await lastRequest(sandbox)).query).toEqual([...inQuery, ["from", newest[100]], ["limit", "50"]])
      const first = await customers.list({ sort: "asc", limit: 60 })
      const second = await first.next()
      expect(idsOf([first, second!])).toEqual(ids)
      expect([first.result.count, second!.next()]).toEqual([60, null])
      expect(idsOf(await collect(await customers.list({ from: ids[2]! })))).toEqual(newest.slice(-3))
    })

    works("get", `${who}: the customer, with the links of what it has`, async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", [{ name: "Ada", payments: [{}] }]))
      const found = await clientOf(sandbox, options).get({ customerId: id! })
      expect(found).toMatchObject({ id, name: "Ada", mode: "test" })
      expect(Object.keys(found.links)).toEqual(["self", "dashboard", "payments", "documentation"])
      expect((await lastRequest(sandbox)).query).toEqual(inQuery)
    })

    works("update", `${who}: absent keeps, null clears, metadata is replaced whole`, async (sandbox) => {
      const seed = { name: "Ada", email: "ada@example.com", locale: "fr_FR", metadata: { a: 1, b: 2 } }
      const [id] = await run(sandbox.control.seed("mollie", [seed]))
      const customers = clientOf(sandbox, options)
      type Body = NonNullable<Parameters<typeof customers.update>[0]["requestBody"]>
      const update = (requestBody: Body) => customers.update({ customerId: id!, requestBody })
      expect(await update({})).toMatchObject(seed)
      expect(await update({ name: null, locale: null })).toMatchObject({ ...seed, name: null, locale: null })
      expect(JSON.parse((await lastRequest(sandbox)).body)).toEqual({ name: null, locale: null, ...testmode })
      expect((await update({ metadata: { c: 3 } })).metadata).toEqual({ c: 3 })
      expect(await update({ email: "new@example.com", metadata: "text" })).toMatchObject({ metadata: "text" })
      expect((await run(sandbox.control.customers("mollie")))[0]).toMatchObject({ email: "new@example.com" })
    })

    works("delete", `${who}: answers nothing, and its mode goes into the body`, async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", 1))
      expect(await clientOf(sandbox, options).delete({ customerId: id! })).toBe(undefined)
      const { body, query } = await lastRequest(sandbox)
      expect([query, body]).toEqual([[], isToken ? "{\"testmode\":true}" : ""])
      expect(await run(sandbox.control.customers("mollie"))).toEqual([])
      expect((await run(sandbox.control.deleted("mollie")))[0]?.id).toBe(id)
    })

    works("createPayment", `${who}: a first one, then one that charges its mandate at once`, async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", 1))
      const customers = clientOf(sandbox, options)
      const line = { description: "One", quantity: 1, unitPrice: charge.amount, totalAmount: charge.amount }
      const first = await customers.createPayment({
        customerId: id!,
        paymentRequest: {
          ...charge,
          sequenceType: "first",
          method: "creditcard",
          metadata: { orderId: 7 },
          lines: [line],
          billingAddress: { givenName: "Ada", country: "NL" },
          webhookUrl: "https://example.org/hook"
        }
      })
      expect(first).toMatchObject({
        mode: "test",
        status: "open",
        customerId: id,
        profileId: isToken ? profileId : "pfl_5Kd8TqXw2N",
        amount: charge.amount,
        lines: [line],
        metadata: { orderId: 7 },
        links: { checkout: { type: "text/html" } }
      })
      const charged = await customers.createPayment({
        customerId: id!,
        paymentRequest: { ...charge, sequenceType: "recurring", redirectUrl: null }
      })
      expect(charged).toMatchObject({ status: "pending", mandateId: first.mandateId, redirectUrl: null })
      expect(charged.links.checkout).toBe(undefined)
      const found = await customers.get({ customerId: id! })
      expect(found.links).toMatchObject({ payments: {}, mandates: {} })
    })

    works("listPayments", `${who}: all pages, of its profile, on the nested path`, async (sandbox) => {
      const payments = Array.from({ length: 5 }, (_, i) => ({
        id: `tr_${i}`,
        ...(isToken ? { profileId } : {})
      }))
      const foreign = isToken ? {} : { profileId }
      const [id] = await run(sandbox.control.seed("mollie", [{ payments: [...payments, foreign] }, { payments: [{}] }]))
      const pages = await collect(await clientOf(sandbox, options).listPayments({ customerId: id!, limit: 2 }))
      expect(pages.map(({ result }) => result.embedded.payments?.map((payment) => payment.id))).toEqual([
        ["tr_4", "tr_3"],
        ["tr_2", "tr_1"],
        ["tr_0"]
      ])
      const { path, query } = await lastRequest(sandbox)
      expect([path, query]).toEqual([`/v2/customers/${id}/payments`, [
        ...inQuery,
        ["from", "tr_0"],
        ["limit", "2"],
        ...(isToken ? [["profileId", profileId]] : [])
      ]])
    })
  })
}

describe("payments", () => {
  const { amount } = charge
  const address = {
    title: "Ms",
    givenName: "Ada",
    familyName: "Lovelace",
    organizationName: "Acme",
    streetAndNumber: "Dam 1",
    streetAdditional: "II",
    postalCode: "1012",
    email: "ada@example.com",
    phone: "+31208202070",
    city: "Amsterdam",
    region: "Noord-Holland",
    country: "NL"
  }
  const answered = {
    cancelUrl: "https://example.org/cancel",
    webhookUrl: "https://example.org/hook",
    lines: [{
      type: "physical",
      description: "One",
      quantity: 1,
      quantityUnit: "pcs",
      unitPrice: amount,
      discountAmount: amount,
      totalAmount: amount,
      vatRate: "21.00",
      vatAmount: amount,
      sku: "a-1",
      categories: ["eco"],
      imageUrl: "https://example.org/image",
      productUrl: "https://example.org/product",
      recurring: { description: "Monthly", interval: "1 month", amount, times: 2, startDate: "2026-02-01" }
    }],
    billingAddress: address,
    shippingAddress: address,
    locale: "nl_NL",
    restrictPaymentMethodsToCountry: "NL",
    captureMode: "manual",
    captureDelay: "8 hours",
    applicationFee: { amount, description: "Fee" },
    routing: [{ amount, destination: { type: "organization", organizationId: "org_1" }, releaseDate: "2026-02-01" }]
  } satisfies Partial<PaymentRequest>

  works("createPayment", "every field that it knows", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const paymentRequest: PaymentRequest = {
      ...charge,
      ...answered,
      method: ["ideal", "paypal"],
      issuer: "ideal_INGBNL2A",
      dueDate: "2026-02-01",
      storeCredentials: true,
      applePayPaymentToken: "{}",
      company: { registrationNumber: "1", vatNumber: "2", entityType: "limited-company" },
      cardToken: "tkn_1",
      googlePayPaymentToken: "{}",
      voucherNumber: "1",
      voucherPin: "2",
      consumerDateOfBirth: new RFCDate("2000-01-01"),
      extraMerchantData: { a: 1 },
      sessionId: "s",
      digitalGoods: true,
      customerReference: "r",
      terminalId: "term_1"
    }
    const created = await clientOf(sandbox).createPayment({ customerId: id!, paymentRequest })
    expect(created).toMatchObject({ ...charge, ...answered, method: null })
  })

  works("createPayment", "a null in place of a field", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const nulls = Object.fromEntries(
      ["locale", "cancelUrl", "webhookUrl", "lines", "restrictPaymentMethodsToCountry", "captureMode", "captureDelay"]
        .concat(["method", "metadata", "applicationFee"]).map((name) => [name, null])
    )
    const paymentRequest = { ...charge, ...nulls, issuer: null, routing: null, mandateId: null }
    expect(await clientOf(sandbox).createPayment({ customerId: id!, paymentRequest })).toMatchObject(nulls)
  })
})

describe("modes", () => {
  works("get", "a token without testmode is live, and told that the customer is in the other mode", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const customers = clientOf(sandbox, { security: { advancedAccessToken: "access_official" } })
    const failure = await failureOf(() => customers.get({ customerId: id! }))
    expect(failure).toMatchObject({ status: 404, detail: expect.stringContaining("wrong mode") })
    expect(await customers.get({ customerId: id!, testmode: true })).toMatchObject({ id })
    expect((await customers.create()).mode).toBe("live")
  })

  fault("get", "its testmode cannot be set beside a token that is asked for", async () => {
    const security = () => Promise.resolve({ oAuth: "access_official" })
    expect(() => new Client({ security, testmode: true })).toThrow("Invalid client configuration")
  })

  fault(
    "create",
    "a testmode beside an API key, refused for the client, is sent when set per call",
    async (sandbox) => {
      expect(() => new Client({ ...apiKey, testmode: true })).toThrow("Invalid client configuration")
      const failure = await failureOf(() => clientOf(sandbox).create({ entityCustomer: { testmode: false } }))
      expect(failure).toMatchObject({ statusCode: 422, body: expect.stringContaining("\"field\":\"testmode\"") })
    }
  )
})

describe("errors", () => {
  works("get", "the documented 404 is an ErrorResponse", async (sandbox) => {
    const failure = await failureOf(() => clientOf(sandbox).get({ customerId: unknownId }))
    expect(failure).toBeInstanceOf(ErrorResponse)
    expect(failure).toMatchObject({
      status: 404,
      title: "Not Found",
      detail: `No customer exists with token ${unknownId}.`,
      links: { documentation: { type: "text/html" } }
    })
  })

  works("createPayment", "the documented 422 is an ErrorResponse with its field", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const paymentRequest = { ...charge, amount: { currency: "EUR", value: "16.1" } }
    const failure = await failureOf(() => clientOf(sandbox).createPayment({ customerId: id!, paymentRequest }))
    expect(failure).toBeInstanceOf(ErrorResponse)
    expect(failure).toMatchObject({
      status: 422,
      field: "amount.value",
      detail: "The amount contains an invalid value"
    })
  })

  works("list", "the documented 400 and 429 are ErrorResponses", async (sandbox) => {
    const unknown = await failureOf(() => clientOf(sandbox).list({ from: unknownId }))
    expect(unknown).toBeInstanceOf(ErrorResponse)
    expect(unknown).toMatchObject({ status: 400, field: "from" })
    const documentation = { href: "https://docs.mollie.com/", type: "text/html" }
    await run(sandbox.control.inject({
      fault: Fault.Respond({
        status: 429,
        headers: { "content-type": "application/hal+json" },
        body: JSON.stringify({ status: 429, title: "Too Many Requests", detail: "Slow", _links: { documentation } })
      })
    }))
    const limited = await failureOf(() => clientOf(sandbox).list())
    expect(limited).toBeInstanceOf(ErrorResponse)
    expect(limited).toMatchObject({ status: 429, detail: "Slow" })
  })

  const id = "cst_1"
  const undocumented: Record<string, readonly [status: number, call: (sandbox: Driven) => Promise<unknown>]> = {
    create: [422, (sandbox) => clientOf(sandbox).create({ entityCustomer: { email: "no" } })],
    list: [401, (sandbox) => clientOf(sandbox, { security: { apiKey: "test_expired" } }).list()],
    get: [401, (sandbox) => clientOf(sandbox, { security: { apiKey: "test_expired" } }).get({ customerId: id })],
    update: [422, (sandbox) => clientOf(sandbox).update({ customerId: id, requestBody: { email: "no" } })],
    delete: [403, (sandbox) => clientOf(sandbox, { security: { apiKey: "test_readonly" } }).delete({ customerId: id })],
    createPayment: [
      404,
      (sandbox) => clientOf(sandbox).createPayment({ customerId: unknownId, paymentRequest: charge })
    ],
    listPayments: [404, (sandbox) => clientOf(sandbox).listPayments({ customerId: unknownId })]
  }
  for (const [operation, [status, call]] of Object.entries(undocumented)) {
    fault(
      operation,
      `title, detail and field of a ${status}, not documented, are in the raw body only`,
      async (sandbox) => {
        await run(sandbox.control.seed("mollie", [{ id }]))
        const failure = await failureOf(() => call(sandbox))
        expect(failure).toBeInstanceOf(ClientDefaultError)
        expect(failure).toMatchObject({ statusCode: status, body: expect.stringContaining(`{"status":${status}`) })
        expect(failure).not.toHaveProperty("detail")
        expect(failure).not.toHaveProperty("field")
      }
    )
  }

  fault("get", "the 410 of a deleted customer is no ErrorResponse as its 404 is", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const customers = clientOf(sandbox)
    await customers.delete({ customerId: id! })
    const failure = await failureOf(() => customers.get({ customerId: id! }))
    expect([failure instanceof ErrorResponse, failure]).toMatchObject([false, { statusCode: 410 }])
  })

  fault("get", "a documented status as application/json loses its details, a null field all of it", async (sandbox) => {
    const documentation = { href: "https://docs.mollie.com/", type: "text/html" }
    const error = { status: 404, title: "Not Found", detail: "Gone", _links: { documentation } }
    const answers = [
      ["application/hal+json", error],
      ["application/json", error],
      ["application/hal+json", { ...error, field: null }]
    ] as const
    for (const [i, [type, body]] of answers.entries()) {
      const fault = Fault.Respond({ status: 404, headers: { "content-type": type }, body: JSON.stringify(body) })
      await run(sandbox.control.inject({ from: i + 1, fault }))
    }
    const get = () => failureOf(() => clientOf(sandbox).get({ customerId: unknownId }))
    expect(await get()).toBeInstanceOf(ErrorResponse)
    expect(await get()).toBeInstanceOf(ClientDefaultError)
    expect(await get()).toBeInstanceOf(ResponseValidationError)
  })

  fault("get", "a body that is cut or half JSON ends in a bare TypeError or SyntaxError", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    const faults = [Fault.Reset({ applied: false }), Fault.CutBody({ bytes: 5 }), Fault.CutJson({}), Fault.HtmlPage({})]
    for (const [i, fault] of faults.entries()) await run(sandbox.control.inject({ from: i + 1, fault }))
    const broken = () => failureOf(() => clientOf(sandbox).get({ customerId: id! }))
    expect(await broken()).toBeInstanceOf(ConnectionError)
    expect((await broken()).message).toBe("terminated")
    expect(await broken()).toBeInstanceOf(SyntaxError)
    expect(await broken()).toMatchObject({ statusCode: 502, body: expect.stringContaining("<html>") })
  })
})

describe("values", () => {
  works("get", "locales, modes and keys that it does not know", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", [{ locale: "uk_UA", metadata: "{\"a\":1}" }]))
    for (const fault of [Fault.UnknownKeys(), Fault.UnknownMembers()]) {
      await run(sandbox.control.inject({ fault }))
      expect(await clientOf(sandbox).get({ customerId: id! })).toMatchObject({ id, metadata: "{\"a\":1}" })
    }
  })

  for (const [what, metadata] of [["a boolean", true], ["an array of numbers", [1]]] as const) {
    fault(
      "get",
      `${what} as metadata, which Mollie keeps, is not read; the whole page is lost with it`,
      async (sandbox) => {
        const [id] = await run(sandbox.control.seed("mollie", [{ metadata }, {}]))
        const customers = clientOf(sandbox)
        expect(await failureOf(() => customers.get({ customerId: id! }))).toBeInstanceOf(ResponseValidationError)
        expect(await failureOf(() => customers.list())).toBeInstanceOf(ResponseValidationError)
      }
    )

    fault("create", `${what} as metadata is refused before it is sent`, async (sandbox) => {
      const refused: any = metadata
      const failure = await failureOf(() => clientOf(sandbox).create({ entityCustomer: { metadata: refused } }))
      expect(failure).toBeInstanceOf(SDKValidationError)
      expect(await calls(sandbox)).toEqual([])
    })
  }

  fault("listPayments", "a null that it holds for a text loses the page", async (sandbox) => {
    const line = { description: "One", quantity: 1, unitPrice: charge.amount, totalAmount: charge.amount }
    const payments = [{ lines: [{ ...line, quantityUnit: null }] }]
    const [id] = await run(sandbox.control.seed("mollie", [{ payments }]))
    const failure = await failureOf(() => clientOf(sandbox).listPayments({ customerId: id! }))
    expect(failure).toBeInstanceOf(ResponseValidationError)
    expect(failure).toHaveProperty("body", expect.stringContaining("\"quantityUnit\":null"))
  })

  fault("createPayment", "a recurring one without redirectUrl, which Mollie takes, is refused", async (sandbox) => {
    const { redirectUrl: _, ...recurring } = { ...charge, sequenceType: "recurring" }
    const paymentRequest: any = recurring
    const failure = await failureOf(() => clientOf(sandbox).createPayment({ customerId: "cst_1", paymentRequest }))
    expect(failure).toBeInstanceOf(SDKValidationError)
    expect(await calls(sandbox)).toEqual([])
  })

  works("get", "an empty id and dots are refused before they are sent", async (sandbox) => {
    for (const customerId of ["", ".", ".."]) {
      const failure = await failureOf(() => clientOf(sandbox).get({ customerId }))
      expect(failure.cause).toHaveProperty("message", expect.stringContaining("empty path parameter"))
    }
    expect(await calls(sandbox)).toEqual([])
  })

  fault("createPayment", "with `..` for an id it creates a payment of no customer, or lists all", async (sandbox) => {
    const customers = clientOf(sandbox)
    await failureOf(() => customers.createPayment({ customerId: "..", paymentRequest: charge }))
    await failureOf(() => customers.listPayments({ customerId: ".." }))
    expect(await calls(sandbox)).toEqual(["POST /v2/payments 404", "GET /v2/payments 404"])
  })
})

describe("paging", () => {
  for (const operation of ["list", "listPayments"] as const) {
    fault(operation, "follows next to any host, out of its base URL, and takes the token along", async (sandbox) => {
      const [id] = await run(sandbox.control.seed("mollie", [{ payments: [{}, {}] }, {}]))
      const alter = linked(sandbox.url, sandbox.elsewhere.url)
      await run(sandbox.control.inject({ fault: Fault.Alter({ alter }) }))
      const customers = clientOf(sandbox)
      const first = operation === "list"
        ? await customers.list({ limit: 1 })
        : await customers.listPayments({ customerId: id!, limit: 1 })
      expect(await failureOf(() => collect<unknown>(first))).toMatchObject({ statusCode: 404 })
      const path = operation === "list" ? "/v2/customers" : `/v2/customers/${id}/payments`
      expect(sandbox.elsewhere.heard).toEqual([
        expect.stringMatching(new RegExp(`^GET ${path}\\?from=\\w+&limit=1 Bearer test_official$`))
      ])
    })
  }

  fault("list", "the page that next() answers cannot be iterated from", async (sandbox) => {
    await run(sandbox.control.seed("mollie", 3))
    const first = await clientOf(sandbox).list({ limit: 1 })
    const second = await first.next()
    expect([Symbol.asyncIterator in first, Symbol.asyncIterator in second!]).toEqual([true, false])
  })

  works("list", "a limit that Mollie refuses", async (sandbox) => {
    expect(await failureOf(() => clientOf(sandbox).list({ limit: 251 }))).toMatchObject({ status: 400, field: "limit" })
  })
})

describe("retries and idempotency", () => {
  const byDefault = ({ url }: Driven) => new Client({ serverURL: url, ...apiKey }).customers
  const place = /mollie-api-typescript.*retries\.[jt]s/

  works("create", "a 503 after it took effect is repeated with its key, and replayed", async (sandbox) => {
    await run(sandbox.control.inject({ times: 2, fault: Fault.Respond({ status: 503, applied: true }) }))
    let created
    await delaysOf(place, async () => created = await byDefault(sandbox).create({ entityCustomer: { name: "Ada" } }))
    const customers = await run(sandbox.control.customers("mollie"))
    expect(customers.map(({ id }) => ({ id }))).toMatchObject([{ id: created!.id }])
    const requests = await run(sandbox.control.requests)
    expect(requests.map(({ applied, status }) => [status, applied])).toEqual([[503, true], [503, false], [201, false]])
    expect(new Set(requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(1)
  })

  fault("get", "waits by attempt^2 instead of 2^attempt, the first time not at all but for jitter", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await run(sandbox.control.inject({ times: 5, fault: Fault.Respond({ status: 429 }) }))
    const delays = await delaysOf(place, () => byDefault(sandbox).get({ customerId: id! }))
    expect(delays).toEqual([0, 500, 2000, 4500, 5000])
  })

  fault("get", "comes back after 5 seconds when it is told to stay away for 60", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 429, retryAfter: { seconds: 60 } }) }))
    expect(await delaysOf(place, () => byDefault(sandbox).get({ customerId: id! }))).toEqual([5000])
  })

  fault("delete", "repeats one that took effect, which Mollie's keys do not cover: 410", async (sandbox) => {
    const [id] = await run(sandbox.control.seed("mollie", 1))
    await run(sandbox.control.inject({ fault: Fault.Respond({ status: 503, applied: true }) }))
    let failure
    await delaysOf(place, async () => failure = await failureOf(() => byDefault(sandbox).delete({ customerId: id! })))
    expect(failure).toMatchObject({ statusCode: 410 })
  })

  works("create", "an own key: the same call is replayed, another one is a 400", async (sandbox) => {
    const create = (name: string) => clientOf(sandbox).create({ idempotencyKey: "k", entityCustomer: { name } })
    expect((await create("Ada")).id).toBe((await create("Ada")).id)
    expect(await failureOf(() => create("Bob"))).toMatchObject({ statusCode: 400 })
    expect(await run(sandbox.control.customers("mollie"))).toHaveLength(1)
  })

  fault("create", "a 409, its own call still running, is not waited for", async (sandbox) => {
    await run(sandbox.control.inject({ fault: Fault.Delay({ duration: "1 minute", answer: "after" }) }))
    const caller = new AbortController()
    const running = failureOf(() => clientOf(sandbox).create({ idempotencyKey: "k" }, { signal: caller.signal }))
    while ((await run(sandbox.control.requests)).length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(await failureOf(() => byDefault(sandbox).create({ idempotencyKey: "k" }))).toMatchObject({ statusCode: 409 })
    expect(await calls(sandbox)).toHaveLength(2)
    caller.abort()
    expect((await running).name).toBe("RequestAbortedError")
  })
})

describe("on the wire", () => {
  works("list", "what the client sends: HAL, a key on everything, its own name, no cookie", async (sandbox) => {
    const customers = clientOf(sandbox, { ...apiKey, customUserAgent: "Acme/1.0" })
    const { id } = await customers.create({ entityCustomer: {} })
    await customers.list()
    await customers.update({ customerId: id, requestBody: { name: "é" } })
    await customers.delete({ customerId: id })
    expect(await calls(sandbox)).toEqual([
      "POST /v2/customers 201",
      "GET /v2/customers 200",
      `PATCH /v2/customers/${id} 200`,
      `DELETE /v2/customers/${id} 204`
    ])
    const requests = await run(sandbox.control.requests)
    for (const { headers, method } of requests) {
      expect(headers).toMatchObject({
        accept: "application/hal+json",
        authorization: "Bearer test_official",
        cookie: "",
        "idempotency-key": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
        "user-agent": `Speakeasy/2.933.0 TypeScript/${process.version} mollie-api-typescript/1.12.28 Acme/1.0`
      })
      expect(headers["content-type"]).toBe(method === "GET" ? undefined : "application/json")
    }
    expect(new Set(requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(4)
  })

  it("mollie-api-typescript 1.12.28: every customers operation that it has is driven", () => {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(clientOf({ url: "http://127.0.0.1" })))
    expect([...driven].sort()).toEqual(names.filter((name) => name !== "constructor").sort())
  })
})
