import * as Autumn from "@effect-customers/autumn"
import type { AutumnCustomer } from "@effect-customers/autumn/AutumnApi"
import type { CustomersError } from "@effect-customers/core"
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

const layerOf = (apiVersion: Autumn.AutumnOptions["apiVersion"]) => ({ baseUrl, token }: Scene) =>
  Autumn.layer({ secretKey: Redacted.make(token), apiVersion, baseUrl })

const layer = layerOf("2.1")

type Client = Context.Tag.Service<Autumn.AutumnClient>

const clientOf = (layer: ReturnType<typeof layerOf>) =>
(
  call: (client: Client, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) => Effect.flatMap(Autumn.AutumnClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const client = clientOf(layer)

const byCursor = clientOf(layerOf("2.3"))

const services = overServices(layer)

const plain = ({ email, id, name }: AutumnCustomer): Known => ({ id: id ?? "", email, name })

const newcomerOf = ({ newcomer }: Scene) => ({ ...input(newcomer), customer_id: newcomer.externalId })

const walk = { kind: "walks", does: "reads", tellsAll: true, hits: 2 } as const

const metadata = { note: "another" }

export const autumn: Provider<"autumn"> = {
  name: "autumn",
  title: "Autumn",
  about:
    "Autumn has no idempotency keys that would help: a repeated one is refused. Its `getOrCreate` ends in the same state " +
    "however often it is sent. Operations of `AutumnClient` stand by their names, those of the services over it with " +
    "`customers.` before.",
  token: "am_sk_test_",
  seedOf: ({ email, externalId, name, note }) => ({ id: externalId, email, name, metadata: { note } }),
  stored: ({ email, id, name }) => ({ id: id ?? "", externalId: id, email, name }),
  readsInFull: ["list", "get", "stream"],
  operations: [
    {
      name: "list",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: client(({ list }) =>
        Effect.map(list(), ({ list, unreadable }) => ({ customers: list.map(plain), unreadable }))
      )
    },
    {
      name: "get",
      kind: "reads",
      does: "reads",
      call: client(({ get }, { id }) => Effect.map(get(id), (customer) => told(plain(customer))))
    },
    { name: "stream", ...walk, call: client(({ stream }) => tellAll(Stream.map(stream({}, small), plain))) },
    { name: "streamPages", ...walk, call: client(({ streamPages }) => tellPages(streamPages({}, small), plain)) },
    {
      name: "stream with `apiVersion` 2.3",
      ...walk,
      call: byCursor(({ stream }) => tellAll(Stream.map(stream({}, small), plain)))
    },
    ...customersOperations(overCustomers(layer)),
    ...servicesOperations(services, 3),
    {
      name: "getOrCreate of who is there",
      kind: "reads",
      does: "reads",
      call: client(({ getOrCreate }, { id }) =>
        Effect.map(getOrCreate({ customer_id: id }), (customer) => told(plain(customer)))
      )
    },
    {
      name: "getOrCreate",
      kind: "repeated",
      does: "creates",
      call: client(({ getOrCreate }, scene) =>
        Effect.map(getOrCreate(newcomerOf(scene)), (customer) => told(plain(customer)))
      )
    },
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: client(({ update }, { id, newName }) =>
        Effect.map(update(id, { name: newName }), (customer) => told(plain(customer)))
      )
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: client((autumn, { id }) => Effect.as(autumn.delete(id), nothing))
    },
    {
      name: "customers.deleteByExternalId",
      kind: "repeated",
      does: "removes",
      call: deleteByExternalId(services)
    },
    { name: "customers.create from its look on", kind: "composed", does: "creates", call: create(services) },
    { name: "customers.create from its write on", kind: "composed", does: "creates", hits: 2, call: create(services) },
    {
      name: "customers.update of metadata from its look on",
      kind: "composed",
      does: "changes",
      call: services(({ update }, { id, newName }) => tell(update(id, { name: newName, metadata })))
    },
    {
      name: "customers.update of metadata from its write on",
      kind: "composed",
      does: "changes",
      hits: 2,
      call: services(({ update }, { id, newName }) => tell(update(id, { name: newName, metadata })))
    }
  ]
}
