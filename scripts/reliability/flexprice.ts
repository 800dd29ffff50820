import type { CustomersError } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import type { FlexpriceCustomer } from "@effect-customers/flexprice/FlexpriceApi"
import { type Context, Effect, Redacted, Stream } from "effect"
import {
  create,
  customersOperations,
  deleteByExternalId,
  input,
  nothing,
  overCustomers,
  overServices,
  servicesOperations,
  small,
  tell,
  tellAll,
  tellPages,
  told
} from "./calls.js"
import type { Known, Operation, Provider, Scene, Told } from "./provider.js"

const layer = ({ baseUrl, token }: Scene) => Flexprice.layer({ apiKey: Redacted.make(token), baseUrl })

const client = (
  call: (client: Context.Tag.Service<Flexprice.FlexpriceClient>, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) => Effect.flatMap(Flexprice.FlexpriceClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const services = overServices(layer)

const plain = ({ email, id, name }: FlexpriceCustomer): Known => ({ id, email, name })

const tellPage = <E>(
  page: Effect.Effect<{ readonly items: ReadonlyArray<FlexpriceCustomer>; readonly unreadable: Told["unreadable"] }, E>
): Effect.Effect<Told, E> => Effect.map(page, ({ items, unreadable }) => ({ customers: items.map(plain), unreadable }))

const walk = { kind: "walks", does: "reads", tellsAll: true, hits: 2 } as const

export const flexprice: Provider<"flexprice"> = {
  name: "flexprice",
  title: "Flexprice",
  about:
    "Flexprice has no idempotency keys; an external id that is taken is refused. Operations of `FlexpriceClient` stand by " +
    "their names, those of the services over it with `customers.` before.",
  token: "",
  seedOf: ({ email, externalId, name, note }) => ({ email, name, external_id: externalId, metadata: { note } }),
  stored: ({ email, external_id, id, name }) => ({ id, email, name, externalId: external_id }),
  readsInFull: ["list", "get", "search", "stream"],
  operations: [
    { name: "list", kind: "reads", does: "reads", tellsAll: true, call: client(({ list }) => tellPage(list())) },
    {
      name: "search",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: client(({ search }) => tellPage(search({})))
    },
    {
      name: "get",
      kind: "reads",
      does: "reads",
      call: client(({ get }, { id }) => Effect.map(get(id), (customer) => told(plain(customer))))
    },
    {
      name: "getByExternalId",
      kind: "reads",
      does: "reads",
      call: client(({ getByExternalId }, { residents }) =>
        Effect.map(getByExternalId(residents[0].externalId), (customer) => told(plain(customer)))
      )
    },
    {
      name: "getUsage",
      kind: "reads",
      does: "reads",
      call: client(({ getUsage }, { id }) => Effect.as(getUsage({ customer_id: id }), nothing))
    },
    {
      name: "getEntitlements",
      kind: "reads",
      does: "reads",
      call: client(({ getEntitlements }, { id }) => Effect.as(getEntitlements(id), nothing))
    },
    {
      name: "getUpcomingGrants",
      kind: "reads",
      does: "reads",
      call: client(({ getUpcomingGrants }, { id }) => Effect.as(getUpcomingGrants(id), nothing))
    },
    { name: "stream", ...walk, call: client(({ stream }) => tellAll(Stream.map(stream({}, small), plain))) },
    { name: "streamPages", ...walk, call: client(({ streamPages }) => tellPages(streamPages({}, small), plain)) },
    {
      name: "streamSearch",
      ...walk,
      call: client(({ streamSearch }) => tellAll(Stream.map(streamSearch({}, small), plain)))
    },
    {
      name: "streamSearchPages",
      ...walk,
      call: client(({ streamSearchPages }) => tellPages(streamSearchPages({}, small), plain))
    },
    ...customersOperations(overCustomers(layer)),
    ...servicesOperations(services, 2),
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: client(({ update }, { id, newName }) =>
        Effect.map(update({ id }, { name: newName }), (customer) => told(plain(customer)))
      )
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: client((flexprice, { id }) => Effect.as(flexprice.delete(id), nothing))
    },
    {
      name: "create",
      kind: "unrepeated",
      does: "creates",
      call: client(({ create }, { newcomer }) =>
        Effect.map(
          create({ ...input(newcomer), external_id: newcomer.externalId }),
          (customer) => told(plain(customer))
        )
      )
    },
    { name: "customers.create", kind: "unrepeated", does: "creates", call: create(services) },
    {
      name: "customers.deleteByExternalId from its look on",
      kind: "composed",
      does: "removes",
      call: deleteByExternalId(services)
    },
    {
      name: "customers.deleteByExternalId from its delete on",
      kind: "composed",
      does: "removes",
      hits: 2,
      call: deleteByExternalId(services)
    },
    {
      name: "customers.update of the external id from its look on",
      kind: "composed",
      does: "changes",
      call: services(({ update }, { id, newName, residents }) =>
        tell(update(id, { name: newName, externalId: `${residents[0].externalId}-2` }))
      )
    },
    {
      name: "customers.update of the external id from its write on",
      kind: "composed",
      does: "changes",
      hits: 2,
      call: services(({ update }, { id, newName, residents }) =>
        tell(update(id, { name: newName, externalId: `${residents[0].externalId}-2` }))
      )
    }
  ]
}
