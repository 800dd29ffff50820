import type { CustomersError } from "@effect-customers/core"
import * as Mollie from "@effect-customers/mollie"
import type { MolliePayment } from "@effect-customers/mollie/MollieApi"
import type { MolliePaymentRecord } from "@effect-customers/sandbox"
import { type Context, Effect, identity, Redacted, Stream } from "effect"
import { customersOperations, nothing, overCustomers, small, tell, tellAll, tellPages, told } from "./calls.js"
import type { Known, Operation, Person, Provider, Scene, Told } from "./provider.js"

const layer = ({ baseUrl, token }: Scene) => Mollie.layer({ apiKey: Redacted.make(token), baseUrl })

const client = (
  call: (client: Context.Tag.Service<Mollie.MollieClient>, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) => Effect.flatMap(Mollie.MollieClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const customers = overCustomers(layer)

const input = ({ email, name, note }: Person) => ({ email, name, metadata: { note } })

const charge = { amount: { currency: "EUR", value: "12.50" }, sequenceType: "recurring" } as const

const payments = { of: { kind: "payments" } }

/** A payment has no name but what it is for. */
const plainPayment = ({ description, id }: MolliePayment | MolliePaymentRecord): Known => ({ id, name: description })

export const mollie: Provider<"mollie"> = {
  name: "mollie",
  title: "Mollie",
  about:
    "Mollie's POSTs take an idempotency key, and it minds no e-mail that is there already: only the key keeps a repeated " +
    "create from a second customer, and a repeated `createPayment`, recurring here, from a second charge. The payments " +
    "that the sandbox then has are held against what was told as customers are. Operations of `MollieClient` stand by " +
    "their names, those of the service over it with `customers.` before.",
  token: "test_",
  seedOf: (person) => ({
    ...input(person),
    payments: [1, 2, 3, 4, 5].map((nth) => ({
      id: `tr_${person.externalId}${nth}`,
      description: `${person.note}, ${nth}`
    }))
  }),
  stored: identity,
  // the sandbox says so
  belonging: (_, json) => plainPayment(json as MolliePaymentRecord),
  readsInFull: ["list", "get", "stream"],
  operations: [
    {
      name: "list",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: client(({ list }) =>
        Effect.map(list(), ({ _embedded, unreadable }) => ({ customers: _embedded.customers, unreadable }))
      )
    },
    {
      name: "stream",
      kind: "walks",
      does: "reads",
      hits: 2,
      tellsAll: true,
      call: client(({ stream }) => tellAll(stream({}, small)))
    },
    {
      name: "streamPages",
      kind: "walks",
      does: "reads",
      hits: 2,
      tellsAll: true,
      call: client(({ streamPages }) => tellPages(streamPages({}, small), identity))
    },
    { name: "get", kind: "reads", does: "reads", call: client(({ get }, { id }) => Effect.map(get(id), told)) },
    {
      name: "listPayments",
      kind: "reads",
      ...payments,
      does: "reads",
      tellsAll: true,
      call: client(({ listPayments }, { id }) =>
        Effect.map(listPayments(id), ({ _embedded, unreadable }) => ({
          customers: _embedded.payments.map(plainPayment),
          unreadable
        }))
      )
    },
    {
      name: "streamPayments",
      kind: "walks",
      ...payments,
      does: "reads",
      hits: 2,
      tellsAll: true,
      call: client(({ streamPayments }, { id }) => tellAll(Stream.map(streamPayments(id, {}, small), plainPayment)))
    },
    {
      name: "streamPaymentsPages",
      kind: "walks",
      ...payments,
      does: "reads",
      hits: 2,
      tellsAll: true,
      call: client(({ streamPaymentsPages }, { id }) => tellPages(streamPaymentsPages(id, {}, small), plainPayment))
    },
    ...customersOperations(customers),
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: client(({ update }, { id, newName }) => Effect.map(update(id, { name: newName }), told))
    },
    {
      name: "customers.update",
      kind: "repeated",
      does: "changes",
      call: customers(({ update }, { id, newName }) => tell(update(id, { name: newName })))
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: client((mollie, { id }) => Effect.as(mollie.delete(id), nothing))
    },
    {
      name: "create",
      kind: "keyed",
      does: "creates",
      call: client(({ create }, { newcomer }) => Effect.map(create(input(newcomer)), told))
    },
    {
      name: "customers.create",
      kind: "keyed",
      does: "creates",
      call: customers(({ create }, { newcomer }) => tell(create(input(newcomer))))
    },
    {
      name: "createPayment",
      kind: "keyed",
      ...payments,
      does: "creates",
      call: client(({ createPayment }, { id, newcomer }) =>
        Effect.map(
          createPayment(id, { ...charge, description: newcomer.name }),
          (payment) => told(plainPayment(payment))
        )
      )
    }
  ]
}
