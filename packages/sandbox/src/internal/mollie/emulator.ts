/** Mollie's customers API, from the fact sheet alone. */
import type { MolliePaymentRecord, MollieRecord, MollieSeed } from "../../MollieSeed.js"
import type { Answer, Call, Emulator, Route } from "../emulator.js"
import { makeKeyStore } from "../keyStore.js"
import { readSeeds } from "../seeds.js"
import {
  type Caller,
  checkCreate,
  checkDelete,
  checkPayment,
  checkQuery,
  checkUpdate,
  isObject,
  type Paging,
  readPaging
} from "./checks.js"
import { type Address, documentation, hal, page, type Problem, refusal, resource } from "./hal.js"
import { Seed } from "./seed.js"
import {
  type Customer,
  formatTime,
  homeProfile,
  makeStore,
  type Mode,
  nextId,
  pageOf,
  type Payment,
  type Rows,
  rowsOf
} from "./store.js"

type Json = Readonly<Record<string, unknown>>

interface Credential {
  readonly caller: Caller
  /** Of a key. */
  readonly mode: Mode | undefined
  readonly readonly: boolean
}

const tokenOf = (call: Call): string => /^Bearer +(\S+)$/i.exec(call.headers["authorization"] ?? "")?.[1] ?? ""

const readCredential = (token: string): Credential | undefined => {
  const prefix = /^(live|test|access)_./.exec(token)?.[1]
  if (prefix === undefined || token.includes("expired")) return undefined
  const readonly = token.includes("readonly")
  return prefix === "live" || prefix === "test"
    ? { caller: "key", mode: prefix, readonly }
    : { caller: "token", mode: undefined, readonly }
}

const unauthorized = refusal(401, "Missing authentication, or failed to authenticate")
const noPermission = refusal(403, "The access token does not have the permission that this call needs")

const strictDecoder = new TextDecoder("utf-8", { fatal: true })

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(strictDecoder.decode(bytes))
  } catch {
    return undefined
  }
}

/** The object in the body, an empty one when there is no body, or the answer to what cannot be read. */
const readBody = (call: Call): { readonly body: Json } | Answer => {
  if (call.body.length === 0) return { body: {} }
  if (!/^application\/([^;]+\+)?json *(;|$)/i.test(call.headers["content-type"] ?? "")) {
    return refusal(415, "The request body should be encoded as application/json")
  }
  const body = parseJson(call.body)
  return isObject(body) ? { body } : refusal(400, "The request body could not be parsed as a JSON object")
}

/** A call that has passed its checks. */
interface Request {
  readonly params: Readonly<Record<string, string>>
  readonly caller: Caller
  readonly mode: Mode
  readonly query: ReadonlyMap<string, string>
  readonly body: Json
  readonly address: Address
}

/** The address of the API itself, as a key sees it. */
const home: Address = { base: "https://api.mollie.com", testmode: false }

const dashboard = (path: string) => page(`https://www.mollie.com/dashboard/org_40104010${path}`)

const isText = (value: unknown): value is string => typeof value === "string"

const textOr = (value: unknown, otherwise: string | null): string | null =>
  value === undefined ? otherwise : isText(value) ? value : null

export const mollie: Emulator<MollieSeed, MollieRecord> = {
  hosts: ["api.mollie.com"],
  places: {
    enums: [
      "mode",
      "locale",
      "status",
      "method",
      "sequenceType",
      "captureMode",
      "lines.*.type",
      "lines.*.categories.*",
      "routing.*.mode",
      "routing.*.destination.type",
      "statusReason.code",
      "details.cardAudience",
      "details.cardLabel",
      "details.cardFunding",
      "details.cardSecurity",
      "details.feeRegion",
      "details.failureReason",
      "details.wallet",
      "details.sellerProtection",
      "details.receipt.cardReadMethod",
      "details.receipt.cardVerificationMethod"
    ].flatMap((place) => [place, `_embedded.customers.*.${place}`, `_embedded.payments.*.${place}`]),
    records: ["metadata", "extraMerchantData"].flatMap((place) => [
      place,
      `_embedded.customers.*.${place}`,
      `_embedded.payments.*.${place}`
    ])
  },
  readSeeds: readSeeds(Seed),
  make: (world) => {
    const store = makeStore(world)
    const keys = makeKeyStore(world, { accountOf: tokenOf, refuse: refusal })

    const renderCustomer = (customer: Customer, address: Address, documented?: string): MollieRecord => {
      const { createdAt, email, id, locale, mandateId, metadata, mode, name } = customer
      const path = `/customers/${id}`
      return {
        resource: "customer",
        id,
        mode,
        name,
        email,
        locale,
        metadata,
        createdAt,
        _links: {
          self: resource(address, path),
          dashboard: dashboard(path),
          ...(store.paymentsOf(id).length > 0 ? { payments: resource(address, `${path}/payments`) } : {}),
          ...(mandateId === null ? {} : { mandates: resource(address, `${path}/mandates`) }),
          ...(documented === undefined ? {} : { documentation: documentation(documented) })
        }
      }
    }

    const renderPayment = (
      payment: Payment,
      { id: customerId, mode }: Customer,
      address: Address,
      documented?: string
    ): MolliePaymentRecord => {
      const { id, createdAt, amount, description, method, metadata, status, ...rest } = payment
      const { mandateId, sequenceType } = payment
      const path = `/payments/${id}`
      return {
        resource: "payment",
        id,
        mode,
        createdAt,
        amount,
        description,
        method: method ?? null,
        metadata: metadata ?? null,
        status,
        customerId,
        ...rest,
        _links: {
          self: resource(address, path),
          ...(status === "open" && sequenceType !== "recurring"
            ? { checkout: page(`https://www.mollie.com/checkout/select-method/${id.replace(/^tr_/, "")}`) }
            : {}),
          dashboard: dashboard(path),
          customer: resource(address, `/customers/${customerId}`),
          ...(isText(mandateId)
            ? { mandate: resource(address, `/customers/${customerId}/mandates/${mandateId}`) }
            : {}),
          ...(documented === undefined ? {} : { documentation: documentation(documented) })
        }
      }
    }

    /** The customer of the path, or the answer that says why there is none. */
    const find = ({ mode, params }: Request): Customer | Answer => {
      const id = params["id"] ?? ""
      const customer = store.get(id) ?? store.getGone(id)
      if (customer === undefined) return refusal(404, `No customer exists with token ${id}.`)
      if (customer.mode !== mode) {
        return refusal(
          404,
          `No customer exists with token ${id}. It exists in ${customer.mode} mode: you are using the wrong mode.`
        )
      }
      return store.get(id) ?? refusal(410, `The customer with token ${id} is no longer available.`)
    }

    const withCustomer = (answer: (customer: Customer, request: Request) => Answer) => (request: Request): Answer => {
      const customer = find(request)
      return "sequence" in customer ? answer(customer, request) : customer
    }

    const create = ({ address, body, mode }: Request): Answer => {
      const id = nextId(world, "cst")
      const customer = store.create({
        id,
        mode,
        name: textOr(body["name"], null),
        email: textOr(body["email"], null),
        locale: textOr(body["locale"], null),
        metadata: body["metadata"] ?? null,
        createdAt: formatTime(world.writeMoment()),
        mandateId: null
      })
      return hal(201, renderCustomer(customer, address, "create-customer"))
    }

    const update = (before: Customer, { address, body }: Request): Answer => {
      const after: Customer = {
        ...before,
        name: textOr(body["name"], before.name),
        email: textOr(body["email"], before.email),
        locale: textOr(body["locale"], before.locale),
        metadata: body["metadata"] === undefined ? before.metadata : body["metadata"]
      }
      if (JSON.stringify(after) !== JSON.stringify(before)) {
        world.writeMoment()
        store.replace(after)
      }
      return hal(200, renderCustomer(after, address, "update-customer"))
    }

    const remove = (customer: Customer): Answer => {
      world.writeMoment()
      store.remove(customer)
      return { status: 204, headers: {} }
    }

    const createPayment = (customer: Customer, { address, body, caller, mode }: Request): Answer => {
      const moment = world.writeMoment()
      const {
        amount,
        description,
        method,
        metadata,
        redirectUrl,
        routing,
        sequenceType = "oneoff",
        profileId,
        ...given
      } = body
      const echoed = [
        "locale",
        "cancelUrl",
        "webhookUrl",
        "lines",
        "billingAddress",
        "shippingAddress",
        "restrictPaymentMethodsToCountry",
        "captureMode",
        "captureDelay",
        "applicationFee"
      ]
      const id = nextId(world, "tr")
      const createdAt = formatTime(moment)
      const charges = sequenceType === "recurring"
      const mandateId = sequenceType === "oneoff"
        ? given["mandateId"]
        : given["mandateId"] ?? customer.mandateId ?? nextId(world, "mdt")
      const { currency, value } = isObject(amount) ? amount : {}
      const payment: Payment = {
        id,
        createdAt,
        amount: { currency: String(currency), value: String(value) },
        description: Array.from(String(description)).slice(0, 255).join(""),
        method: Array.isArray(method) ? method.length === 1 ? method[0] : null : method,
        metadata,
        status: charges ? "pending" : "open",
        isCancelable: charges,
        ...(charges ? {} : { expiresAt: formatTime(moment + 15 * 60 * 1_000_000) }),
        profileId: caller === "key" ? homeProfile : String(profileId),
        ...(isText(mandateId) ? { mandateId } : {}),
        sequenceType: String(sequenceType),
        redirectUrl: redirectUrl ?? null,
        ...Object.fromEntries(Object.entries(given).filter(([name]) => echoed.includes(name))),
        ...(Array.isArray(routing)
          ? { routing: routing.map((part: Json) => routeOf(part, { id, createdAt, mode, address })) }
          : {})
      }
      store.addPayment(customer, payment)
      if (sequenceType !== "oneoff" && isText(mandateId)) store.replace({ ...customer, mandateId })
      return hal(201, renderPayment(payment, customer, address, "create-customer-payment"))
    }

    const routeOf = (
      { amount, destination, releaseDate }: Json,
      payment: { readonly id: string; readonly createdAt: string; readonly mode: Mode; readonly address: Address }
    ): Json => {
      const id = nextId(world, "rt")
      const path = `/payments/${payment.id}`
      return {
        resource: "route",
        id,
        mode: payment.mode,
        amount,
        destination,
        createdAt: payment.createdAt,
        releaseDate: releaseDate ?? null,
        _links: {
          self: resource(payment.address, `${path}/routes/${id}`),
          payment: resource(payment.address, path)
        }
      }
    }

    /** A page of some rows under a path. */
    const paged = <A extends { readonly id: string }>(
      { address, query }: Request,
      path: string,
      embedded: string,
      documented: string,
      rows: () => Rows<A>,
      render: (row: A) => unknown
    ): Answer => {
      const paging = readPaging(query)
      if ("detail" in paging) return refusal(400, paging)
      const found = pageOf(rows(), paging)
      if (found === undefined) return refusal(400, { field: "from", detail: `The from is invalid: ${paging.from}` })
      const link = (from: string | undefined) =>
        resource(address, path, [
          ...(from === undefined ? [] : [["from", from] as const]),
          ["limit", String(paging.limit)],
          ...["sort", "profileId"].flatMap((name) => {
            const value = query.get(name)
            return value === undefined ? [] : [[name, value] as const]
          })
        ])
      const neighbour = (row: A | undefined) => row === undefined ? null : link(row.id)
      return hal(200, {
        count: found.items.length,
        _embedded: { [embedded]: found.items.map(render) },
        _links: {
          self: link(paging.from),
          previous: neighbour(found.previous),
          next: neighbour(found.next),
          documentation: documentation(documented)
        }
      })
    }

    const list = (request: Request): Answer =>
      paged(
        request,
        "/customers",
        "customers",
        "list-customers",
        () => store.rows(request.mode),
        (customer) => renderCustomer(customer, request.address)
      )

    const listPayments = (customer: Customer, request: Request): Answer => {
      const profile = request.caller === "key" ? homeProfile : request.query.get("profileId")
      const payments = store.paymentsOf(customer.id)
      return paged(
        request,
        `/customers/${customer.id}/payments`,
        "payments",
        "list-customer-payments",
        () => rowsOf(profile === undefined ? payments : payments.filter(({ profileId }) => profileId === profile)),
        (payment) => renderPayment(payment, customer, request.address)
      )
    }

    /** Turns away what is wrong whatever is stored: permission, body, names, values. */
    const route = (
      method: string,
      path: string,
      operation: string,
      reads: { readonly query?: (caller: Caller) => ReadonlyArray<string> } & {
        readonly body?: (caller: Caller) => (body: Json) => Problem | undefined
      },
      answer: (request: Request) => Answer
    ): Route => ({
      method,
      path,
      operation,
      answer: (call) => {
        const credential = readCredential(tokenOf(call))
        if (credential === undefined) return unauthorized
        if (credential.readonly && method !== "GET") return noPermission
        return keys.answer(call, () => {
          const { caller } = credential
          const read = reads.body === undefined ? { body: {} } : readBody(call)
          if ("status" in read) return read
          const query = new Map(call.query)
          const problem = checkQuery(query, reads.query?.(caller) ?? []) ?? reads.body?.(caller)(read.body)
          if (problem !== undefined) return refusal(422, problem)
          const testmode = query.get("testmode") === "true" || read.body["testmode"] === true
          return answer({
            params: call.params,
            caller,
            mode: credential.mode ?? (testmode ? "test" : "live"),
            query,
            body: read.body,
            address: { base: call.base, testmode }
          })
        })
      }
    })

    const ofToken = (...names: ReadonlyArray<string>) => (caller: Caller) => caller === "token" ? names : []
    const paging: ReadonlyArray<keyof Paging> = ["from", "limit", "sort"]
    const customers = "/v2/customers"
    const customer = `${customers}/{id}`

    return {
      routes: [
        route("POST", customers, "create", { body: checkCreate }, create),
        route("GET", customers, "list", { query: (caller) => [...paging, ...ofToken("testmode")(caller)] }, list),
        route(
          "GET",
          customer,
          "get",
          { query: ofToken("testmode") },
          withCustomer((found, { address }) => hal(200, renderCustomer(found, address, "get-customer")))
        ),
        route("PATCH", customer, "update", { body: checkUpdate }, withCustomer(update)),
        route("DELETE", customer, "delete", { body: checkDelete }, withCustomer(remove)),
        route("POST", `${customer}/payments`, "createPayment", { body: checkPayment }, withCustomer(createPayment)),
        route(
          "GET",
          `${customer}/payments`,
          "listPayments",
          { query: (caller) => [...paging, ...ofToken("testmode", "profileId")(caller)] },
          withCustomer(listPayments)
        )
      ],

      arrived: keys.arrived,

      around: (call, next) => readCredential(tokenOf(call)) === undefined ? unauthorized : next(),

      unrouted: (call, methodsOf) => {
        const methods = methodsOf(call.path)
        if (methods.length === 0) return refusal(404, "No such resource exists.")
        const refused = refusal(405, `The resource does not support ${call.method}.`)
        return { ...refused, headers: { ...refused.headers, allow: methods.join(", ") } }
      },

      seed: store.seed,
      customers: () => store.all().map((customer) => renderCustomer(customer, home, "get-customer")),
      deleted: () => store.gone().map((customer) => renderCustomer(customer, home, "get-customer")),
      resources: (id) => {
        const customer = store.get(id) ?? store.getGone(id)
        return customer === undefined
          ? {}
          : { payments: store.paymentsOf(id).map((payment) => renderPayment(payment, customer, home)) }
      },
      snapshot: () => {
        const backs = [store.snapshot(), keys.snapshot()]
        return () => {
          for (const back of backs) back()
        }
      }
    }
  }
}
