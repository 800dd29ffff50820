/** What the calls of every provider have in common: what they tell, and the operations of `CustomersService`. */
import { CustomersByEmail, CustomersByExternalId, type CustomersError, CustomersService } from "@effect-customers/core"
import type { Customer } from "@effect-customers/core/Customer"
import type { HttpClient } from "@effect/platform"
import { Chunk, type Context, Effect, type Layer, Option, Stream } from "effect"
import type { Known, Operation, Person, Scene, Told } from "./provider.js"

export const told = (customer: Known): Told => ({ customers: [customer] })

export const nothing: Told = { customers: [] }

export const tellAll = <E>(customers: Stream.Stream<Known, E>): Effect.Effect<Told, E> =>
  Effect.map(Stream.runCollect(customers), (customers) => ({ customers: Chunk.toReadonlyArray(customers) }))

interface ToldPage<A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: Told["unreadable"]
}

export const tellPages = <A, E>(
  pages: Stream.Stream<ToldPage<A>, E>,
  plain: (item: A) => Known
): Effect.Effect<Told, E> =>
  Effect.map(Stream.runCollect(pages), (pages) => ({
    customers: Chunk.toReadonlyArray(pages).flatMap(({ items }) => items.map(plain)),
    unreadable: Chunk.toReadonlyArray(pages).flatMap(({ unreadable = [] }) => unreadable)
  }))

export const plain = ({ email, id, name }: Customer): Known => ({
  id,
  email: Option.getOrUndefined(email),
  name: Option.getOrUndefined(name)
})

export const tell = <E>(customer: Effect.Effect<Customer, E>): Effect.Effect<Told, E> =>
  Effect.map(customer, (customer) => told(plain(customer)))

/** Of the five residents: three pages. */
export const small = { pageSize: 2 }

type Customers = Context.Tag.Service<CustomersService>

type CustomersCall = (
  call: (customers: Customers, scene: Scene) => Effect.Effect<Told, CustomersError>
) => Operation["call"]

/** Calls of `CustomersService` over the layer of a provider. */
export const overCustomers = (
  layer: (scene: Scene) => Layer.Layer<CustomersService, never, HttpClient.HttpClient>
): CustomersCall =>
(call) =>
(scene) => Effect.flatMap(CustomersService, (customers) => call(customers, scene)).pipe(Effect.provide(layer(scene)))

/** What every provider does the same way: all but `create` and `update`. */
export const customersOperations = (customers: CustomersCall): ReadonlyArray<Operation> => [
  { name: "customers.get", kind: "reads", does: "reads", call: customers(({ get }, { id }) => tell(get(id))) },
  {
    name: "customers.list",
    kind: "reads",
    does: "reads",
    tellsAll: true,
    call: customers(({ list }) =>
      Effect.map(list(), ({ items, unreadable }) => ({ customers: items.map(plain), unreadable }))
    )
  },
  {
    name: "customers.stream",
    kind: "walks",
    does: "reads",
    hits: 2,
    tellsAll: true,
    call: customers(({ stream }) => tellAll(Stream.map(stream(small), plain)))
  },
  {
    name: "customers.streamPages",
    kind: "walks",
    does: "reads",
    hits: 2,
    tellsAll: true,
    call: customers(({ streamPages }) => tellPages(streamPages(small), plain))
  },
  {
    name: "customers.delete",
    kind: "repeated",
    does: "removes",
    call: customers((customers, { id }) => Effect.as(customers.delete(id), nothing))
  }
]

type Services = Context.Tag.Service<CustomersByExternalId> & Context.Tag.Service<CustomersByEmail>

type ServicesCall = (
  call: (services: Services, scene: Scene) => Effect.Effect<Told, CustomersError>
) => Operation["call"]

/** Calls of the services by external id and by e-mail over the layer of a provider that has both. */
export const overServices = (
  layer: (scene: Scene) => Layer.Layer<CustomersByExternalId | CustomersByEmail, never, HttpClient.HttpClient>
): ServicesCall =>
(call) =>
(scene) =>
  Effect.flatMap(
    Effect.all([CustomersByExternalId, CustomersByEmail]),
    ([byExternalId, byEmail]) => call({ ...byEmail, ...byExternalId }, scene)
  ).pipe(Effect.provide(layer(scene)))

export const input = ({ email, name, note }: Person) => ({ email, name, metadata: { note } })

/** What the providers that keep external ids do the same way: all but `create` and `deleteByExternalId`. */
export const servicesOperations = (
  services: ServicesCall,
  /** Which request of `getOrCreate` is the first of its create. */
  createHits: number
): ReadonlyArray<Operation> => [
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
    name: "customers.getOrCreate from its look on",
    kind: "composed",
    does: "creates",
    call: services(({ getOrCreate }, { newcomer }) => tell(getOrCreate(newcomer.externalId, input(newcomer))))
  },
  {
    name: "customers.getOrCreate from its create on",
    kind: "composed",
    does: "creates",
    hits: createHits,
    call: services(({ getOrCreate }, { newcomer }) => tell(getOrCreate(newcomer.externalId, input(newcomer))))
  },
  {
    name: "customers.upsert of who is new, from its create on",
    kind: "composed",
    does: "creates",
    hits: createHits,
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

/** `create` of the services. */
export const create = (services: ServicesCall): Operation["call"] =>
  services(({ create }, { newcomer }) => tell(create({ ...input(newcomer), externalId: newcomer.externalId })))

/** `deleteByExternalId` of the services. */
export const deleteByExternalId = (services: ServicesCall): Operation["call"] =>
  services(({ deleteByExternalId }, { residents }) => Effect.as(deleteByExternalId(residents[0].externalId), nothing))
