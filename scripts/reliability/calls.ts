/** What the calls of every provider have in common: what they tell, and the operations of `CustomersService`. */
import { type CustomersError, CustomersService } from "@effect-customers/core"
import type { Customer } from "@effect-customers/core/Customer"
import type { HttpClient } from "@effect/platform"
import { Chunk, type Context, Effect, type Layer, Option, Stream } from "effect"
import type { Known, Operation, Scene, Told } from "./provider.js"

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
