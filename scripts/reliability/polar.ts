import type { CustomersError } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { type Context, Effect, identity, Redacted, Stream } from "effect"
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
  tellAll,
  tellPages,
  told
} from "./calls.js"
import type { Operation, Provider, Scene, Told } from "./provider.js"

const layer = ({ baseUrl, token }: Scene) => Polar.layer({ accessToken: Redacted.make(token), baseUrl })

const client = (
  call: (client: Context.Tag.Service<Polar.PolarClient>, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) => Effect.flatMap(Polar.PolarClient, (client) => call(client, scene)).pipe(Effect.provide(layer(scene)))

const services = overServices(layer)

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
    ...servicesOperations(services, 2),
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
      call: create(services)
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
      call: deleteByExternalId(services)
    }
  ]
}
