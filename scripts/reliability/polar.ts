import { CustomersByEmail, CustomersByExternalId, type CustomersError } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import type { HttpClient } from "@effect/platform"
import { type Context, Effect, identity, Redacted, Stream } from "effect"
import { customersOperations, nothing, overCustomers, plain, small, tell, tellAll, tellPages, told } from "./calls.js"
import type { Person, Provider, Scene, Told } from "./provider.js"

type Services =
  & Context.Tag.Service<CustomersByExternalId>
  & Context.Tag.Service<CustomersByEmail>

const layer = ({ baseUrl, token }: Scene) => Polar.layer({ accessToken: Redacted.make(token), baseUrl })

type Call = (scene: Scene) => Effect.Effect<Told, CustomersError, HttpClient.HttpClient>

const client = (
  call: (client: Context.Tag.Service<Polar.PolarClient>, scene: Scene) => Effect.Effect<Told, CustomersError>
): Call =>
(scene) => Effect.flatMap(Polar.PolarClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const services = (call: (services: Services, scene: Scene) => Effect.Effect<Told, CustomersError>): Call => (scene) =>
  Effect.flatMap(
    Effect.all([CustomersByExternalId, CustomersByEmail]),
    ([byExternalId, byEmail]) => call({ ...byEmail, ...byExternalId }, scene)
  ).pipe(Effect.provide(layer(scene)))

const input = ({ email, name, note }: Person) => ({ email, name, metadata: { note } })

export const polar: Provider<"polar"> = {
  name: "polar",
  title: "Polar",
  about:
    "Polar has no idempotency keys. Operations of `PolarClient` stand by their names, those of the services over " +
    "it with `customers.` before.",
  token: "polar_oat_",
  seedOf: ({ email, externalId, name, note }) => ({ email, name, external_id: externalId, metadata: { note } }),
  stored: (record) => ({ ...record, externalId: record.external_id }),
  operations: [
    {
      name: "list",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: client(({ list }) =>
        Effect.map(
          list(),
          ({ items, unreadable }) => ({
            customers: items.map(({ email, id, name }) => ({ email, id, name })),
            unreadable
          })
        )
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
    {
      name: "export",
      kind: "reads",
      does: "reads",
      call: client((polar) => Effect.as(Stream.runCollect(Stream.decodeText(polar.export())), nothing))
    },
    {
      name: "exportRows",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: client(({ exportRows }) => tellAll(exportRows()))
    },
    { name: "get", kind: "reads", does: "reads", call: client(({ get }, { id }) => Effect.map(get(id), told)) },
    {
      name: "getExternal",
      kind: "reads",
      does: "reads",
      call: client(({ getExternal }, { residents }) => Effect.map(getExternal(residents[0].externalId), told))
    },
    {
      name: "getState",
      kind: "reads",
      does: "reads",
      call: client(({ getState }, { id }) => Effect.map(getState(id), told))
    },
    {
      name: "getStateExternal",
      kind: "reads",
      does: "reads",
      call: client(({ getStateExternal }, { residents }) => Effect.map(getStateExternal(residents[0].externalId), told))
    },
    {
      name: "getBalance",
      kind: "reads",
      does: "reads",
      call: client(({ getBalance }, { id }) => Effect.as(getBalance(id), nothing))
    },
    ...customersOperations(overCustomers(layer)),
    {
      name: "customers.getByExternalId",
      kind: "reads",
      does: "reads",
      call: services(({ getByExternalId }, { residents }) => tell(getByExternalId(residents[0].externalId)))
    },
    {
      name: "customers.findByEmail",
      kind: "reads",
      does: "reads",
      call: services(({ findByEmail }, { residents }) => tellAll(Stream.map(findByEmail(residents[0].email), plain)))
    },
    {
      name: "customers.getOrCreate of who is there",
      kind: "reads",
      does: "reads",
      call: services(({ getOrCreate }, { newcomer, residents }) =>
        tell(getOrCreate(residents[0].externalId, input(newcomer)))
      )
    },
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: client(({ update }, { id, newName }) => Effect.map(update(id, { name: newName }), told))
    },
    {
      name: "updateExternal",
      kind: "repeated",
      does: "changes",
      call: client(({ updateExternal }, { newName, residents }) =>
        Effect.map(updateExternal(residents[0].externalId, { name: newName }), told)
      )
    },
    {
      name: "customers.update",
      kind: "repeated",
      does: "changes",
      call: services(({ update }, { id, newName }) => tell(update(id, { name: newName })))
    },
    {
      name: "customers.updateByExternalId",
      kind: "repeated",
      does: "changes",
      call: services(({ updateByExternalId }, { newName, residents }) =>
        tell(updateByExternalId(residents[0].externalId, { name: newName }))
      )
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: client((polar, { id }) => Effect.as(polar.delete(id), nothing))
    },
    {
      name: "create",
      kind: "unrepeated",
      does: "creates",
      call: client(({ create }, { newcomer }) =>
        Effect.map(create({ ...input(newcomer), external_id: newcomer.externalId }), told)
      )
    },
    {
      name: "customers.create",
      kind: "unrepeated",
      does: "creates",
      call: services(({ create }, { newcomer }) =>
        tell(create({ ...input(newcomer), externalId: newcomer.externalId }))
      )
    },
    {
      name: "deleteExternal",
      kind: "unrepeated",
      does: "removes",
      call: client(({ deleteExternal }, { residents }) => Effect.as(deleteExternal(residents[0].externalId), nothing))
    },
    {
      name: "customers.deleteByExternalId",
      kind: "unrepeated",
      does: "removes",
      call: services(({ deleteByExternalId }, { residents }) =>
        Effect.as(deleteByExternalId(residents[0].externalId), nothing)
      )
    },
    {
      name: "customers.getOrCreate from its look on",
      kind: "composed",
      does: "creates",
      call: services(({ getOrCreate }, { newcomer }) => tell(getOrCreate(newcomer.externalId, input(newcomer))))
    },
    {
      name: "customers.getOrCreate from its create on",
      kind: "composed",
      does: "creates",
      hits: 2,
      call: services(({ getOrCreate }, { newcomer }) => tell(getOrCreate(newcomer.externalId, input(newcomer))))
    },
    {
      name: "customers.upsert of who is new, from its create on",
      kind: "composed",
      does: "creates",
      hits: 2,
      call: services(({ upsert }, { newcomer }) => tell(upsert(newcomer.externalId, input(newcomer))))
    },
    {
      name: "customers.upsert of who is there, from its look on",
      kind: "composed",
      does: "changes",
      call: services(({ upsert }, { newName, residents }) =>
        tell(upsert(residents[0].externalId, { ...input(residents[0]), name: newName }))
      )
    },
    {
      name: "customers.upsert of who is there, from its update on",
      kind: "composed",
      does: "changes",
      hits: 2,
      call: services(({ upsert }, { newName, residents }) =>
        tell(upsert(residents[0].externalId, { ...input(residents[0]), name: newName }))
      )
    }
  ]
}
