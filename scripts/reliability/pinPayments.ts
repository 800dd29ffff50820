import type { CustomersError } from "@effect-customers/core"
import type { PaymentSource } from "@effect-customers/core/Customer"
import * as PinPayments from "@effect-customers/pin-payments"
import type {
  PinPaymentsCard,
  PinPaymentsCharge,
  PinPaymentsCustomer,
  PinPaymentsSubscription
} from "@effect-customers/pin-payments/PinPaymentsApi"
import type * as Sandbox from "@effect-customers/sandbox"
import { type Context, Effect, Redacted, Stream } from "effect"
import { customersOperations, nothing, overCustomers, small, tell, tellAll, tellPages, told } from "./calls.js"
import type { Known, Operation, Person, Provider, Scene, Stored, Told } from "./provider.js"

type Client = Context.Tag.Service<PinPayments.PinPaymentsClient>

const layer = ({ baseUrl, token }: Scene) =>
  PinPayments.layer({ secretKey: Redacted.make(token), environment: "test", baseUrl })

const client = (
  call: (client: Client, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) =>
  Effect.flatMap(PinPayments.PinPaymentsClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const customers = overCustomers(layer)

/** One that the test host takes; a code of four digits is seldom found by chance. */
const secretCard = { number: "372000000000000", cvc: "8159" }

const card = (name: string): PinPayments.PinPaymentsApi.PinPaymentsCardDetails => ({
  number: Redacted.make(secretCard.number),
  cvc: Redacted.make(secretCard.cvc),
  expiry_month: 12,
  expiry_year: 2031,
  name,
  address_line1: "1 Sample St",
  address_city: "Perth",
  address_country: "Australia"
})

const paymentSource = (name: string): PaymentSource => ({
  card: {
    number: Redacted.make(secretCard.number),
    cvc: Redacted.make(secretCard.cvc),
    expiryMonth: 12,
    expiryYear: 2031,
    name,
    address: { country: "AU", line1: "1 Sample St", city: "Perth" }
  }
})

/** Two parts, which Pin keeps apart. */
const nameParts = (name: string) => {
  const parts = name.split(" ")
  return { first_name: parts.slice(0, -1).join(" "), last_name: parts.slice(-1).join("") }
}

type Named = Pick<PinPaymentsCustomer, "token" | "email" | "first_name" | "last_name">

const plain = ({ email, first_name, last_name, token }: Named): Known => ({
  id: token,
  email,
  name: [first_name, last_name].join(" ")
})

const contact = ({ email, name, note }: Person) => ({ email, notes: note, ...nameParts(name) })

/** The tokens of what a customer has. */
const tokens = (kind: "card" | "ch" | "sub", { externalId }: Person): readonly [string, ...ReadonlyArray<string>] => [
  `${kind}_${externalId}1`,
  `${kind}_${externalId}2`,
  `${kind}_${externalId}3`,
  `${kind}_${externalId}4`
]

/** The first of those that are not the primary card. */
const otherCard = ({ residents }: Scene): string => tokens("card", residents[0])[0]

const subscription = ({ residents }: Scene): string => tokens("sub", residents[0])[0]

const plainCard = ({ name, token }: PinPaymentsCard): Known => ({
  id: Redacted.value(token),
  name
})

const plainCharge = ({ description, token }: PinPaymentsCharge): Known => ({
  id: token,
  name: description
})

const plainSubscription = ({ token }: PinPaymentsSubscription): Known => ({ id: token })

/** Nothing where there is none: then the sandbox's is missing. */
const tellPrimaryCard = ({ card }: PinPaymentsCustomer): Told =>
  card === undefined || card === null ? nothing : told(plainCard(card))

const cards = { kind: "cards" }
const charges = { kind: "charges" }
const subscriptions = { kind: "subscriptions" }

interface WirePage<A> {
  readonly response: ReadonlyArray<A>
  readonly unreadable: Told["unreadable"]
}

const tellPage = <A, E>(page: Effect.Effect<WirePage<A>, E>, plain: (row: A) => Known): Effect.Effect<Told, E> =>
  Effect.map(page, ({ response, unreadable }) => ({ customers: response.map(plain), unreadable }))

const ofFirst = { kind: "reads", does: "reads", tellsAll: true } as const

const walk = { kind: "walks", does: "reads", tellsAll: true, hits: 2 } as const

/** From the sandbox's own JSON. */
const belonging = (kind: string, json: unknown): Stored => {
  if (kind === "cards") {
    const { name, primary, token } = json as Sandbox.PinPaymentsCard
    return { id: token, name, state: primary === true ? "primary" : undefined }
  }
  if (kind === "charges") {
    const { description, token } = json as Sandbox.PinPaymentsCharge
    return { id: token, name: description }
  }
  const { state, token } = json as Sandbox.PinPaymentsSubscription
  return { id: token, state }
}

export const pinPayments: Provider<"pin-payments"> = {
  name: "pin-payments",
  title: "Pin Payments",
  about:
    "Pin Payments has no idempotency keys, and minds no e-mail that is there already. Cards, charges and subscriptions " +
    "that the sandbox then has are held against what was told as customers are; numbers, codes and tokens of cards are " +
    "looked for among the secrets, and so is the key as it is sent. Operations of `PinPaymentsClient` stand by their " +
    "names, those of the service over it with `customers.` before.",
  token: "",
  secretsOf: ({ newName, token }) => [
    secretCard.number,
    secretCard.cvc,
    Buffer.from(`${token}:`).toString("base64"),
    nameParts(newName).last_name
  ],
  seedOf: (person) => ({
    ...contact(person),
    card: { token: `card_${person.externalId}0` },
    cards: tokens("card", person).map((token) => ({ token, name: person.note })),
    charges: tokens("ch", person).map((token) => ({ token, description: person.note })),
    subscriptions: tokens("sub", person).map((token) => ({ token }))
  }),
  stored: plain,
  belonging,
  readsInFull: ["list", "get", "stream"],
  operations: [
    { name: "list", ...ofFirst, call: client(({ list }) => tellPage(list(), plain)) },
    {
      name: "get",
      kind: "reads",
      does: "reads",
      call: client(({ get }, { id }) => Effect.map(get(id), (customer) => told(plain(customer))))
    },
    {
      name: "listCharges",
      ...ofFirst,
      of: charges,
      call: client(({ listCharges }, { id }) => tellPage(listCharges(id), plainCharge))
    },
    {
      name: "listCards",
      ...ofFirst,
      of: cards,
      call: client(({ listCards }, { id }) => tellPage(listCards(id), plainCard))
    },
    {
      name: "listSubscriptions",
      ...ofFirst,
      of: subscriptions,
      call: client(({ listSubscriptions }, { id }) => tellPage(listSubscriptions(id), plainSubscription))
    },
    { name: "stream", ...walk, call: client(({ stream }) => tellAll(Stream.map(stream(small), plain))) },
    { name: "streamPages", ...walk, call: client(({ streamPages }) => tellPages(streamPages(small), plain)) },
    {
      name: "streamCharges",
      ...walk,
      of: charges,
      call: client(({ streamCharges }, { id }) => tellAll(Stream.map(streamCharges(id, small), plainCharge)))
    },
    {
      name: "streamChargesPages",
      ...walk,
      of: charges,
      call: client(({ streamChargesPages }, { id }) => tellPages(streamChargesPages(id, small), plainCharge))
    },
    {
      name: "streamCards",
      ...walk,
      of: cards,
      call: client(({ streamCards }, { id }) => tellAll(Stream.map(streamCards(id, small), plainCard)))
    },
    {
      name: "streamCardsPages",
      ...walk,
      of: cards,
      call: client(({ streamCardsPages }, { id }) => tellPages(streamCardsPages(id, small), plainCard))
    },
    {
      name: "streamSubscriptions",
      ...walk,
      of: subscriptions,
      call: client(({ streamSubscriptions }, { id }) =>
        tellAll(Stream.map(streamSubscriptions(id, small), plainSubscription))
      )
    },
    {
      name: "streamSubscriptionsPages",
      ...walk,
      of: subscriptions,
      call: client(({ streamSubscriptionsPages }, { id }) =>
        tellPages(streamSubscriptionsPages(id, small), plainSubscription)
      )
    },
    ...customersOperations(customers),
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: client(({ update }, { id, newName }) =>
        Effect.map(update(id, nameParts(newName)), (customer) => told(plain(customer)))
      )
    },
    {
      name: "update of the primary card",
      kind: "repeated",
      of: { ...cards, id: otherCard, state: "primary" },
      does: "changes",
      call: client(({ update }, scene) =>
        Effect.map(update(scene.id, { primary_card_token: Redacted.make(otherCard(scene)) }), tellPrimaryCard)
      )
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: client((pin, { id }) => Effect.as(pin.delete(id), nothing))
    },
    {
      name: "deleteCard",
      kind: "repeated",
      of: { ...cards, id: otherCard },
      does: "removes",
      call: client(({ deleteCard }, scene) => Effect.as(deleteCard(scene.id, Redacted.make(otherCard(scene))), nothing))
    },
    {
      name: "cancelSubscription",
      kind: "repeated",
      of: { ...subscriptions, id: subscription, state: "cancelling" },
      does: "changes",
      call: client(({ cancelSubscription }, scene) =>
        Effect.map(cancelSubscription(scene.id, subscription(scene)), (one) => told(plainSubscription(one)))
      )
    },
    {
      name: "create",
      kind: "unrepeated",
      does: "creates",
      call: client(({ create }, { newcomer }) =>
        Effect.map(
          create({ ...contact(newcomer), card: card(newcomer.name) }),
          (customer) => told(plain(customer))
        )
      )
    },
    {
      name: "customers.create",
      kind: "unrepeated",
      does: "creates",
      call: customers(({ create }, { newcomer: { email, name } }) =>
        tell(create({ email, name, paymentSource: paymentSource(name) }))
      )
    },
    {
      name: "createCard",
      kind: "unrepeated",
      of: cards,
      does: "creates",
      call: client(({ createCard }, { id, newcomer }) =>
        Effect.map(createCard(id, card(newcomer.name)), (card) => told(plainCard(card)))
      )
    },
    {
      name: "update with a new card",
      kind: "unrepeated",
      of: cards,
      does: "creates",
      call: client(({ update }, { id, newcomer }) =>
        Effect.map(update(id, { card: card(newcomer.name) }), tellPrimaryCard)
      )
    },
    {
      name: "update with a card's token",
      kind: "unrepeated",
      of: { ...cards, id: otherCard, state: "primary" },
      does: "changes",
      call: client(({ update }, scene) =>
        Effect.map(update(scene.id, { card_token: Redacted.make(otherCard(scene)) }), tellPrimaryCard)
      )
    },
    {
      name: "customers.update from its look on",
      kind: "composed",
      does: "changes",
      call: customers(({ update }, { id, newName }) => tell(update(id, { name: newName })))
    },
    {
      name: "customers.update from its write on",
      kind: "composed",
      does: "changes",
      hits: 2,
      call: customers(({ update }, { id, newName }) => tell(update(id, { name: newName })))
    }
  ]
}
