/** The customers API of Pin Payments, from the fact sheet alone. */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import type { PinPaymentsCard, PinPaymentsRecord, PinPaymentsSeed } from "../../PinPaymentsSeed.js"
import type { Answer, Call, Emulator, Route } from "../emulator.js"
import { readSeeds } from "../seeds.js"
import { uuid4 } from "../world.js"
import {
  contactFields,
  type Details,
  type Fields,
  given,
  hasDetails,
  invalid,
  type Message,
  readBody,
  readContact,
  readDetails,
  readEmail
} from "./params.js"
import { Seed } from "./seed.js"
import { cardOf, formatTime, makeStore, newestFirst, secondsOf, type Stored } from "./store.js"

const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(body)
})

const noContent: Answer = { status: 204, headers: {} }

const failure = (status: number, error: string, error_description: string): Answer =>
  json(status, { error, error_description })

const unauthenticated = failure(401, "unauthenticated", "Not authorised. (Check API Key)")
const notFound = failure(404, "not_found", "The requested resource could not be found.")
const resourceNotFound = failure(404, "resource_not_found", "The requested resource could not be found.")
const primaryCard = failure(
  400,
  "cannot_delete_primary_card",
  "You cannot delete a customer's primary card token"
)
const unreadable = failure(400, "invalid_request", "The request body could not be parsed.")
const cannotCancel = (state: string) =>
  failure(422, "invalid_request", `Cannot cancel subscription when state is ${state}`)

/** With and without the full stop, as the provider has it. */
const invalidResource = (messages: ReadonlyArray<Message>): Answer => {
  const stop = messages.some(({ param }) => param.startsWith("card.")) ? "." : ""
  const error_description = `One or more parameters were missing or invalid${stop}`
  return json(422, { error: "invalid_resource", error_description, messages })
}

const callersAddress = "203.0.113.7"
const toRawDetails = { "x-requested-from": callersAddress }

const cardCreated = (card: PinPaymentsCard, raw: boolean): Answer =>
  raw
    ? json(201, { response: card, ip_address: callersAddress }, toRawDetails)
    : json(201, { response: card })

/** The user name; `undefined` without one, or with a password. */
const keyOf = (call: Call): string | undefined => {
  const encoded = /^Basic +(\S+)$/i.exec(call.headers["authorization"] ?? "")?.[1]
  if (encoded === undefined) return undefined
  return /^([^:]+):$/.exec(Either.getOrElse(Encoding.decodeBase64String(encoded), () => ""))?.[1]
}

const tokenisePath = "/1/cards"

const isAllowed = (call: Call): boolean => {
  const key = keyOf(call)
  if (key === undefined || /expired|bad/.test(key)) return false
  return !key.includes("publishable") || (call.method === "POST" && call.path === tokenisePath)
}

const acceptsJson = (call: Call): boolean => {
  const accept = call.headers["accept"] ?? ""
  return accept.trim() === "" ||
    accept.split(",").some((range) =>
      ["application/json", "application/*", "*/*"].includes(range.split(";")[0]?.trim().toLowerCase() ?? "")
    )
}

/** What is no positive whole number is as if it were not there; the last one counts. */
const positive = (call: Call, name: string, otherwise: number): number => {
  const text = call.query.findLast(([key]) => key === name)?.[1] ?? ""
  const value = /^\d+$/.test(text) ? Number(text) : 0
  return value > 0 && Number.isSafeInteger(value) ? value : otherwise
}

const pageOf = <A, B>(call: Call, all: ReadonlyArray<A>, render: (one: A) => B) => {
  const current = positive(call, "page", 1)
  const per_page = Math.min(500, positive(call, "per_page", 25))
  const response = all.slice((current - 1) * per_page, current * per_page).map(render)
  return { response, current, per_page, count: all.length }
}

const fullPage = <A, B>(call: Call, all: ReadonlyArray<A>, render: (one: A) => B): Answer => {
  const { count, current, per_page, response } = pageOf(call, all, render)
  const pages = Math.ceil(count / per_page)
  const previous = current > 1 ? current - 1 : null
  const next = current < pages ? current + 1 : null
  return json(200, {
    response,
    count: response.length,
    pagination: { current, previous, next, per_page, pages, count }
  })
}

/** As the newer services page: no count of the page, nothing about other pages. */
const shortPage = <A>(call: Call, all: ReadonlyArray<A>): Answer => {
  const { count, current, per_page, response } = pageOf(call, all, (one) => one)
  return json(200, { response, pagination: { count, per_page, current } })
}

const ofCards = (...members: ReadonlyArray<string>): ReadonlyArray<string> =>
  members.flatMap((member) => [`response.${member}`, `response.*.${member}`, `response.*.card.${member}`])

/** Of the UUIDs in `x-request-id`, apart from those of the ids, so that reading changes nothing that comes later. */
const requestIdSeed = 0x50696e

export const pinPayments: Emulator<PinPaymentsSeed, PinPaymentsRecord> = {
  hosts: ["api.pinpayments.com", "test-api.pinpayments.com"],
  places: {
    enums: [
      ...ofCards("scheme", "network_type", "network_format"),
      "response.state",
      "response.*.state",
      "response.*.transfer.*.state"
    ],
    records: ["response.*.metadata"]
  },
  readSeeds: readSeeds(Seed),
  make: (world) => {
    const store = makeStore(world)
    let answered = 0

    const newCard = (details: Details, customer: string, primary: boolean): PinPaymentsCard =>
      cardOf(store.nextToken("card_"), details, { customer, primary })

    const create = (_call: Call, fields: Fields): Answer => {
      const messages: Array<Message> = []
      const email = readEmail(given(fields, "email"), messages)
      const contact = readContact(fields, messages)
      const raw = given(fields, "card")
      const cardToken = given(fields, "card_token")
      const details = raw === null ? undefined : readDetails(raw, "card.", world.now(), messages)
      if (raw === null && cardToken === null) messages.push(invalid("card", "can't be blank without a card token"))
      if (raw !== null && cardToken !== null) messages.push(invalid("card_token", "can't be given beside card"))
      if (messages.length > 0) return invalidResource(messages)
      const unused = details === undefined ? store.unused(String(cardToken)) : undefined
      const shown = details ?? unused
      if (shown === undefined) return notFound
      const created_at = formatTime(world.writeMoment())
      const token = store.nextToken("cus_")
      const primary = cardOf(unused?.token ?? store.nextToken("card_"), shown, { customer: token, primary: true })
      store.spend(primary.token)
      const record: PinPaymentsRecord = {
        token,
        email,
        first_name: null,
        last_name: null,
        phone_number: null,
        company: null,
        notes: null,
        ...contact,
        created_at,
        card: primary
      }
      store.insert({ record, created: secondsOf(created_at), cards: [primary], charges: [], subscriptions: [] })
      return json(201, { response: record }, details === undefined ? {} : toRawDetails)
    }

    /** The cards of a customer with another primary one, whose former self may be among them. */
    const withPrimary = (before: Stored, primary: PinPaymentsCard, former: "kept" | "erased"): Stored => {
      const old = before.record.card?.token
      const others = before.cards.flatMap((card) =>
        card.token !== old ? [card] : former === "kept" ? [{ ...card, primary: false }] : []
      )
      const cards = others.some(({ token }) => token === primary.token)
        ? others.map((card) => card.token === primary.token ? primary : card)
        : [...others, primary]
      return { ...before, record: { ...before.record, card: primary }, cards }
    }

    const update = (before: Stored, fields: Fields): Answer => {
      const messages: Array<Message> = []
      const { token } = before.record
      const contact = readContact(fields, messages)
      const email = Object.hasOwn(fields, "email") ? readEmail(fields["email"], messages) : before.record.email
      const [way, ...more] = ["card", "card_token", "primary_card_token"].filter((name) => given(fields, name) !== null)
      messages.push(...more.map((name) => invalid(name, `can't be given beside ${way}`)))
      const details = way === "card" ? readDetails(fields["card"], "card.", world.now(), messages) : undefined
      if (messages.length > 0) return invalidResource(messages)

      let after = before
      if (details !== undefined) {
        after = withPrimary(before, newCard(details, token, true), "erased")
      } else if (way !== undefined) {
        const wanted = String(fields[way])
        const found = before.cards.find((card) => card.token === wanted) ?? store.unused(wanted)
        if (found === undefined) return notFound
        if (wanted !== before.record.card?.token) {
          const primary = { ...found, customer_token: token, primary: true }
          after = withPrimary(before, primary, way === "card_token" ? "erased" : "kept")
        }
        store.spend(wanted)
      }
      const record: PinPaymentsRecord = { ...after.record, ...contact, email }
      if (
        after !== before || email !== before.record.email ||
        contactFields.some((name) => record[name] !== before.record[name])
      ) {
        world.writeMoment()
        store.replace({ ...after, record })
      }
      return json(200, { response: record }, details === undefined ? {} : toRawDetails)
    }

    const attach = (before: Stored, card: PinPaymentsCard) => {
      world.writeMoment()
      store.replace({ ...before, cards: [...before.cards, card] })
    }

    const createCard = (before: Stored, fields: Fields): Answer => {
      const messages: Array<Message> = []
      const customer = before.record.token
      const cardToken = given(fields, "card_token")
      if (cardToken === null) {
        const details = readDetails(fields, "", world.now(), messages)
        if (messages.length > 0) return invalidResource(messages)
        const card = newCard(details, customer, false)
        attach(before, card)
        return cardCreated(card, true)
      }
      if (hasDetails(fields)) return invalidResource([invalid("card_token", "can't be given beside card details")])
      const unused = store.unused(String(cardToken))
      if (unused === undefined) return notFound
      store.spend(unused.token)
      const card = { ...unused, customer_token: customer, primary: false }
      attach(before, card)
      return cardCreated(card, false)
    }

    const tokenise = (_call: Call, fields: Fields): Answer => {
      const messages: Array<Message> = []
      const details = readDetails(fields, "", world.now(), messages)
      if (messages.length > 0) return invalidResource(messages)
      world.writeMoment()
      const card = cardOf(store.nextToken("card_"), details, undefined)
      store.addUnused(card)
      return cardCreated(card, true)
    }

    const deleteCard = (before: Stored, { params }: Call): Answer => {
      const token = params["card"]
      if (!before.cards.some((card) => card.token === token)) return notFound
      if (before.record.card?.token === token) return primaryCard
      world.writeMoment()
      store.replace({ ...before, cards: before.cards.filter((card) => card.token !== token) })
      return noContent
    }

    const cancelSubscription = (before: Stored, { params }: Call): Answer => {
      const found = before.subscriptions.find(({ token }) => token === params["subscription"])
      if (found === undefined) return resourceNotFound
      if (found.state !== "trial" && found.state !== "active") return cannotCancel(found.state)
      const response = { ...found, state: "cancelling", next_billing_date: null, cancelled_at: null }
      world.writeMoment()
      store.replace({ ...before, subscriptions: before.subscriptions.map((one) => one === found ? response : one) })
      return json(200, { response })
    }

    const withBody = (answer: (call: Call, fields: Fields) => Answer) => (call: Call): Answer => {
      const fields = readBody(call)
      return fields === undefined ? unreadable : answer(call, fields)
    }

    const customers = "/1/customers"

    /** A route below one customer. */
    const ofCustomer = (
      method: string,
      suffix: string,
      operation: string,
      answer: (stored: Stored, call: Call) => Answer
    ): Route => ({
      method,
      path: `${customers}/{customer}${suffix}`,
      operation,
      answer: (call) => {
        const stored = store.get(call.params["customer"] ?? "")
        return stored === undefined ? notFound : answer(stored, call)
      }
    })

    const takingBody = (answer: (stored: Stored, fields: Fields) => Answer) => (stored: Stored, call: Call): Answer =>
      withBody((_call, fields) => answer(stored, fields))(call)

    return {
      routes: [
        {
          method: "GET",
          path: customers,
          operation: "list",
          answer: (call) => fullPage(call, store.list(), (token) => store.get(token)?.record)
        },
        { method: "POST", path: customers, operation: "create", answer: withBody(create) },
        { method: "POST", path: tokenisePath, operation: "tokenise", answer: withBody(tokenise) },
        ofCustomer("GET", "", "get", ({ record }) => json(200, { response: record })),
        ofCustomer("PUT", "", "update", takingBody(update)),
        ofCustomer("DELETE", "", "delete", (stored) => {
          world.writeMoment()
          store.remove(stored)
          return noContent
        }),
        ofCustomer(
          "GET",
          "/charges",
          "listCharges",
          ({ charges }, call) =>
            fullPage(call, newestFirst(charges, ({ created_at }) => secondsOf(created_at)), (charge) => charge)
        ),
        ofCustomer(
          "GET",
          "/cards",
          "listCards",
          ({ cards }, call) => fullPage(call, cards.toReversed(), (card) => card)
        ),
        ofCustomer("POST", "/cards", "createCard", takingBody(createCard)),
        ofCustomer("DELETE", "/cards/{card}", "deleteCard", deleteCard),
        ofCustomer(
          "GET",
          "/subscriptions",
          "listSubscriptions",
          ({ subscriptions }, call) =>
            shortPage(call, newestFirst(subscriptions, ({ created_at }) => secondsOf(created_at)))
        ),
        ofCustomer("DELETE", "/subscriptions/{subscription}", "cancelSubscription", cancelSubscription)
      ],

      around: (call, next) => {
        const answer = !acceptsJson(call)
          ? { status: 422, headers: {} }
          : !isAllowed(call)
          ? unauthenticated
          : next()
        return { ...answer, headers: { ...answer.headers, "x-request-id": uuid4(requestIdSeed, answered++) } }
      },

      unrouted: () => resourceNotFound,

      seed: store.seed,
      customers: store.customers,
      deleted: store.deleted,
      resources: store.resources,
      snapshot: store.snapshot
    }
  }
}
