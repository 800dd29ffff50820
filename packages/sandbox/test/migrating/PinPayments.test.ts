import { CustomersService, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import * as PinPayments from "@effect-customers/pin-payments"
import { describe, expect } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { inspect } from "node:util"
import { Fault } from "../../src/index.js"
import { failureOf, run } from "../official/driving.js"
import { rows, sideBySide } from "./sideBySide.js"

const secretKey = "key"
const token = "cus_T8fGh2Jk5Lm7Np9Qr1Stuw"
const email = "ada@example.com"
const [primaryToken, otherToken] = ["card_Qm3x0Yt7Rk2vB9nLw4Hs1A", "card_VwX1yZ2aB3cD4eF5gH6iJA"]
const subscriptionToken = "sub_Uv8Wx9Yz0Ab1Cd2Ef3Gh4w"
const ada = {
  token,
  email,
  first_name: "Ada",
  last_name: "Lovelace",
  card: { token: primaryToken },
  cards: [{ token: otherToken }],
  charges: [{}, {}],
  subscriptions: [{ token: subscriptionToken }]
}

const card = {
  number: "4200000000000000",
  expiry_month: 5,
  expiry_year: 2030,
  cvc: "123",
  name: "Ada Lovelace",
  address_line1: "1 Sample St",
  address_city: "Perth",
  address_country: "AU"
}

class PinError extends Error {
  readonly status: number
  readonly body: { readonly error?: string }
  constructor(status: number, body: { readonly error?: string }) {
    super(`Pin answered ${status}`)
    this.status = status
    this.body = body
  }
}

/** What programs without a library have. */
const pinOf = (url: string, init?: RequestInit) => async (method: string, path: string, body?: object) => {
  const response = await fetch(`${url}/1${path}`, {
    ...init,
    method,
    headers: { authorization: `Basic ${btoa(`${secretKey}:`)}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  if (response.status === 204) return undefined
  const answer = await response.json()
  if (!response.ok) throw new PinError(response.status, answer)
  return answer
}

const cardToken = "card_L-9cj6PvTHKoezzD-HxSzw"

/** Makes an unused card token: the same after every reset. */
const tokenise = async (url: string) => {
  expect((await pinOf(url)("POST", "/cards", card)).response.token).toBe(cardToken)
}
/** A single answer without its envelope, which ours is without. */
const opened = (answer: unknown): unknown =>
  typeof answer === "object" && answer !== null && "response" in answer ? answer.response : answer

const { differs, ends, lacks, moves, options } = sideBySide({
  provider: "pin-payments",
  given: [ada],
  theirs: { fetch: (url) => pinOf(url) },
  layer: (url) =>
    PinPayments.layer({ secretKey: Redacted.make(secretKey), baseUrl: url }).pipe(
      Layer.provide(RetryPolicy.layer({ maxAttempts: 1, gate: false }))
    ),
  ours: Effect.all({ pin: PinPayments.PinPaymentsClient, customers: CustomersService }),
  raw: PinPayments.raw,
  read: {
    theirs: { fetch: (pin) => pin("GET", `/customers/${token}`) },
    ours: ({ pin }) => pin.get(token)
  },
  nameOf: (error) => error instanceof PinError ? `${error.status} ${error.body.error ?? ""}`.trim() : undefined
})

describe("Options", () => {
  options("the key, and a server of one's own", {
    theirs: {
      fetch: (url) => async (method, path, body) => {
        const response = await fetch(`${url}/1${path}`, {
          method,
          headers: { authorization: `Basic ${btoa(`${secretKey}:`)}`, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        if (response.status === 204) return undefined
        const answer = await response.json()
        if (!response.ok) throw new PinError(response.status, answer)
        return answer
      }
    },
    ours: (url) => PinPayments.layer({ secretKey: Redacted.make(secretKey), baseUrl: url })
  }, {
    holds: ({ failure, requests }) => {
      expect(failure).toBe(undefined)
      expect(requests[0]?.headers["authorization"]).toBe(`Basic ${btoa(`${secretKey}:`)}`)
    }
  })

  options("the test API", {
    theirs: {
      fetch: () => pinOf("https://test-api.pinpayments.com")
    },
    ours: () => PinPayments.layer({ secretKey: Redacted.make(secretKey), environment: "test" })
  }, { holds: ({ hosts }) => expect(hosts).toEqual(["test-api.pinpayments.com"]) })

  options("a timeout of each attempt", {
    theirs: {
      fetch: (url) => (method, path, body) => pinOf(url, { signal: AbortSignal.timeout(100) })(method, path, body)
    },
    ours: (url) =>
      PinPayments.layer({ secretKey: Redacted.make(secretKey), baseUrl: url }).pipe(
        Layer.provide(RequestTimeout.layer({ attempt: "100 millis" }))
      )
  }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    holds: ({ failure }) => expect(failure).toMatch(/^(?:DOMException|RequestTimedOut)$/)
  })
})

describe("Calls", () => {
  moves("create", {
    theirs: {
      fetch: (pin) => pin("POST", "/customers", { email, card_token: cardToken })
    },
    ours: [
      ({ pin }) => pin.create({ email, card_token: Redacted.make(cardToken) }),
      ({ customers }) => customers.create({ email, paymentSource: { cardToken: Redacted.make(cardToken) } })
    ]
  }, { given: [], before: tokenise, same: opened })

  moves("list", {
    theirs: {
      fetch: (pin) => pin("GET", "/customers?page=1&per_page=10")
    },
    ours: [
      ({ pin }) => pin.list({ page: 1, per_page: 10 }),
      ({ customers }) => customers.list({ pageSize: 10 })
    ]
  }, { same: rows })

  moves("details", {
    theirs: {
      fetch: (pin) => pin("GET", `/customers/${token}`)
    },
    ours: [
      ({ pin }) => pin.get(token),
      ({ customers }) => customers.get(token)
    ]
  }, { same: opened })

  moves("update", {
    theirs: {
      fetch: (pin) => pin("PUT", `/customers/${token}`, { email: "ada@example.org" })
    },
    ours: [
      ({ pin }) => pin.update(token, { email: "ada@example.org" }),
      ({ customers }) => customers.update(token, { email: "ada@example.org" })
    ]
  }, { same: opened })

  moves("update, to another card that stays beside the old one", {
    theirs: {
      fetch: (pin) => pin("PUT", `/customers/${token}`, { primary_card_token: otherToken })
    },
    ours: ({ pin }) => pin.update(token, { primary_card_token: Redacted.make(otherToken) })
  }, { same: opened })

  moves("delete", {
    theirs: {
      fetch: (pin) => pin("DELETE", `/customers/${token}`)
    },
    ours: [
      ({ pin }) => pin.delete(token),
      ({ customers }) => customers.delete(token)
    ]
  })

  moves("list_charges", {
    theirs: {
      fetch: (pin) => pin("GET", `/customers/${token}/charges`)
    },
    ours: [
      ({ pin }) => pin.listCharges(token),
      ({ pin }) => Stream.runCollect(pin.streamCharges(token)),
      ({ pin }) => pin.streamChargesPages(token).pipe(Stream.mapConcat(({ items }) => items), Stream.runCollect)
    ]
  }, { same: rows })

  moves("list_cards", {
    theirs: {
      fetch: (pin) => pin("GET", `/customers/${token}/cards`)
    },
    ours: [
      ({ pin }) => pin.listCards(token),
      ({ pin }) => Stream.runCollect(pin.streamCards(token)),
      ({ pin }) => pin.streamCardsPages(token).pipe(Stream.mapConcat(({ items }) => items), Stream.runCollect)
    ]
  }, { same: rows })

  moves("create_card", {
    theirs: {
      fetch: (pin) => pin("POST", `/customers/${token}/cards`, { card_token: cardToken })
    },
    ours: ({ pin }) => pin.createCard(token, { card_token: Redacted.make(cardToken) })
  }, { before: tokenise, same: opened })

  moves("delete_card", {
    theirs: {
      fetch: (pin) => pin("DELETE", `/customers/${token}/cards/${otherToken}`)
    },
    ours: ({ pin }) => pin.deleteCard(token, Redacted.make(otherToken))
  })

  moves("list_subscriptions", {
    theirs: {
      fetch: (pin) => pin("GET", `/customers/${token}/subscriptions`)
    },
    ours: [
      ({ pin }) => pin.listSubscriptions(token),
      ({ pin }) => Stream.runCollect(pin.streamSubscriptions(token)),
      ({ pin }) => pin.streamSubscriptionsPages(token).pipe(Stream.mapConcat(({ items }) => items), Stream.runCollect)
    ]
  }, { same: rows })

  moves("delete_subscriptions", {
    theirs: {
      fetch: (pin) => pin("DELETE", `/customers/${token}/subscriptions/${subscriptionToken}`)
    },
    ours: ({ pin }) => pin.cancelSubscription(token, subscriptionToken)
  }, { same: opened })
})

describe("Pages", () => {
  const given = Array.from({ length: 25 }, () => ({}))

  moves("every customer, the newest first", {
    theirs: {
      fetch: async (pin) => {
        const tokens: Array<string> = []
        for (let page = 1;; page++) {
          const { pagination, response } = await pin("GET", `/customers?page=${page}`)
          for (const { token } of response) tokens.push(token)
          if (response.length === 0 || page * pagination.per_page >= pagination.count) return tokens
        }
      }
    },
    ours: [
      ({ pin }) => pin.stream().pipe(Stream.map(({ token }) => token), Stream.runCollect),
      ({ customers }) => customers.stream().pipe(Stream.map(({ id }) => id), Stream.runCollect)
    ]
  }, { given })

  moves("page after page", {
    theirs: {},
    ours: [
      ({ pin }) => pin.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect),
      ({ customers }) =>
        customers.streamPages({ pageSize: 10 }).pipe(Stream.map(({ items }) => items.length), Stream.runCollect)
    ]
  }, { given })

  moves("the second page", {
    theirs: {
      fetch: (pin) => pin("GET", "/customers?page=2&per_page=10")
    },
    ours: [
      ({ pin }) => pin.list({ page: 2, per_page: 10 }),
      ({ customers }) =>
        customers.list({ pageSize: 10 }).pipe(
          Effect.flatMap(({ next }) => customers.list({ pageSize: 10, cursor: Option.getOrThrow(next) }))
        )
    ]
  }, { given, same: rows })
})

describe("Errors", () => {
  moves("catching one", {
    theirs: {
      fetch: (pin) =>
        pin("GET", "/customers/cus_nobody").catch((error) => {
          if (error instanceof PinError && error.status === 404) return "nobody"
          throw error
        })
    },
    ours: ({ pin }) => pin.get("cus_nobody").pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed("nobody")))
  })

  ends("nobody has this token", { theirs: { fetch: "404 not_found" }, ours: "CustomerNotFound" }, { given: [] })

  ends("the card token is spent", { theirs: { fetch: "404 not_found" }, ours: "InvalidRequest" }, {
    calls: {
      theirs: { fetch: (pin) => pin("POST", "/customers", { email, card_token: "card_spent" }) },
      ours: ({ pin }) => pin.create({ email, card_token: Redacted.make("card_spent") })
    }
  })

  ends("the input is refused", { theirs: { fetch: "422 invalid_resource" }, ours: "InvalidRequest" }, {
    calls: {
      theirs: { fetch: (pin) => pin("PUT", `/customers/${token}`, { email: "no" }) },
      ours: ({ pin }) => pin.update(token, { email: "no" })
    }
  })

  ends("the primary card is to be deleted", {
    theirs: { fetch: "400 cannot_delete_primary_card" },
    ours: "Conflict"
  }, {
    calls: {
      theirs: { fetch: (pin) => pin("DELETE", `/customers/${token}/cards/${primaryToken}`) },
      ours: ({ pin }) => pin.deleteCard(token, Redacted.make(primaryToken))
    }
  })

  ends("a subscription is cancelled twice", { theirs: { fetch: "422 invalid_request" }, ours: "Conflict" }, {
    calls: {
      theirs: {
        fetch: async (pin) => {
          await pin("DELETE", `/customers/${token}/subscriptions/${subscriptionToken}`)
          return pin("DELETE", `/customers/${token}/subscriptions/${subscriptionToken}`)
        }
      },
      ours: ({ pin }) =>
        Effect.zipRight(
          pin.cancelSubscription(token, subscriptionToken),
          pin.cancelSubscription(token, subscriptionToken)
        )
    }
  })

  const refusal = (status: number, error: string) =>
    Fault.Respond({ status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) })

  ends("401", { theirs: { fetch: "401 unauthenticated" }, ours: "AuthenticationFailed" }, {
    fault: { fault: refusal(401, "unauthenticated") }
  })

  ends("429", { theirs: { fetch: "SyntaxError" }, ours: "RateLimited" }, {
    fault: { fault: Fault.Respond({ status: 429 }) }
  })

  ends("503, by which Pin's framework says 429", { theirs: { fetch: "503 throttled" }, ours: "RateLimited" }, {
    fault: { fault: refusal(503, "throttled") }
  })

  ends("any other 5xx", { theirs: { fetch: "SyntaxError" }, ours: "ProviderUnavailable" }, {
    fault: { fault: Fault.HtmlPage({ status: 502 }) }
  })

  ends("no answer in time", { theirs: {}, ours: "RequestTimedOut" }, {
    fault: { fault: Fault.Delay({ duration: "1 minute" }) },
    calls: { theirs: {}, ours: ({ pin }) => pin.get(token).pipe(RequestTimeout.with({ attempt: "100 millis" })) }
  })

  ends("no connection", { theirs: { fetch: "TypeError" }, ours: "TransportFailed" }, {
    fault: { fault: Fault.Reset({ applied: false }) }
  })

  ends("half an answer", { theirs: { fetch: "TypeError" }, ours: "TransportFailed" }, {
    fault: { fault: Fault.CutBody({ bytes: 5 }) }
  })

  ends("an answer that cannot be read", { theirs: { fetch: "SyntaxError" }, ours: "InvalidResponse" }, {
    fault: { fault: Fault.CutJson({}) }
  })
})

describe("Different on purpose", () => {
  const lost: Fault.FaultRule = {
    fault: Fault.Respond({ status: 503, headers: { "retry-after-ms": "1" }, applied: true })
  }

  differs({
    theirs: "a create that is sent again because its answer was lost makes two customers",
    ours: "it is sent once, and the error says `mayHaveApplied`"
  }, {
    theirs: {
      fetch: async (pin, { control }) => {
        const create = () => pin("POST", "/customers", { email, card })
        await create().catch(create)
        expect(await run(control.customers("pin-payments"))).toHaveLength(2)
      }
    },
    ours: ({ pin }, { control }) =>
      Effect.gen(function*() {
        const create = pin.create({
          email,
          card: { ...card, number: Redacted.make(card.number), cvc: Redacted.make(card.cvc) }
        })
        const failure = yield* Effect.flip(create.pipe(RetryPolicy.with({ maxAttempts: 4 })))
        expect(failure).toMatchObject({ _tag: "ProviderUnavailable", mayHaveApplied: true })
        expect(yield* control.customers("pin-payments")).toHaveLength(1)
      })
  }, { given: [], fault: lost })

  differs({
    theirs: "a delete that is sent again for that reason fails: 404",
    ours: "it is sent again, and what finds nobody then is a success"
  }, {
    theirs: {
      fetch: async (pin) => {
        const remove = () => pin("DELETE", `/customers/${token}`)
        expect(await failureOf(() => remove().catch(remove))).toMatchObject({ status: 404 })
      }
    },
    ours: ({ pin }) => pin.delete(token).pipe(RetryPolicy.with({ maxAttempts: 2 }))
  }, { fault: lost })

  differs({
    theirs: "a printed answer shows the tokens of cards",
    ours: "they are `Redacted`, there and in what you send"
  }, {
    theirs: {
      fetch: async (pin) => {
        expect(inspect(await pin("GET", `/customers/${token}`), { depth: 10 })).toContain(primaryToken)
      }
    },
    ours: ({ customers, pin }) =>
      Effect.gen(function*() {
        for (const answer of [yield* pin.get(token), yield* customers.get(token)]) {
          expect(inspect(answer, { depth: 10, showHidden: true })).not.toContain(primaryToken)
          expect(JSON.stringify(answer)).not.toContain(primaryToken)
        }
      })
  })

  differs({
    theirs: "the fields of a card beside those of the customer are ignored, with a 200",
    ours: "they are refused, unsent"
  }, {
    theirs: {
      fetch: async (pin) => {
        const { response } = await pin("PUT", `/customers/${token}`, card)
        expect(response.card.token).toBe(primaryToken)
      }
    },
    ours: ({ pin }, { control }) =>
      Effect.gen(function*() {
        const flat: object = card
        expect(yield* Effect.flip(pin.update(token, flat))).toHaveProperty("_tag", "InvalidRequest")
        expect(yield* control.requests).toEqual([])
      })
  })

  differs({
    theirs: "a token goes into the path as it is: `cus_.../cards` reads the cards",
    ours: "one with a slash, an empty one and dots are `InvalidRequest`, unsent"
  }, {
    theirs: {
      fetch: async (pin, { control }) => {
        const given = `${token}/cards`
        await pin("GET", `/customers/${given}`)
        expect((await run(control.requests))[0]?.operation).toBe("listCards")
      }
    },
    ours: ({ pin }, { control }) =>
      Effect.gen(function*() {
        for (const token of ["", ".", "..", "a/b"]) {
          expect(yield* Effect.flip(pin.get(token))).toHaveProperty("_tag", "InvalidRequest")
        }
        expect(yield* control.requests).toEqual([])
      })
  })

  differs({
    theirs: "who is created during a walk makes it repeat somebody",
    ours: "nobody is told of twice"
  }, {
    theirs: {
      fetch: async (pin, { control }) => {
        const seen: Array<string> = []
        for (let page = 1; page <= 2; page++) {
          const { response } = await pin("GET", `/customers?page=${page}&per_page=10`)
          for (const { token } of response) seen.push(token)
          if (page === 1) await run(control.seed("pin-payments", 1))
        }
        expect([seen.length, new Set(seen).size]).toEqual([20, 19])
      }
    },
    ours: ({ customers }, { control }) =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        yield* Stream.runForEach(customers.stream({ pageSize: 10 }), ({ id }) => {
          seen.push(id)
          return seen.length === 10 ? control.seed("pin-payments", 1) : Effect.void
        })
        expect([seen.length, new Set(seen).size]).toEqual([20, 20])
      })
  }, { given: Array.from({ length: 20 }, () => ({})) })
})

describe("No counterpart", () => {
  lacks({ fetch: () => ({}) }, { fetch: [] })
})
