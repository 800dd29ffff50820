/** The wire of Acme's customers API: what is sent and answered, and every operation as an endpoint. */
import { CustomerAlreadyExists, CustomerNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Schema from "effect/Schema"

const provider = "acme"

const Metadata = Schema.Record({ key: Schema.String, value: Schema.String })

/** A customer as answers hold it. A text that is not set is `""`, empty metadata is `[]`. */
export const AcmeCustomer = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  email: Lenient.optional(Schema.String),
  reference: Lenient.optional(Schema.String),
  metadata: Lenient.optionalObject(Metadata),
  created_at: Lenient.IsoDateTime,
  updated_at: Lenient.IsoDateTime,
  deleted_at: Lenient.optional(Lenient.IsoDateTime)
}).annotations({ identifier: "AcmeCustomer" })

/** A customer as answers hold it. */
export interface AcmeCustomer extends Schema.Schema.Type<typeof AcmeCustomer> {}

/** One page of customers, and how many pages and customers there are. */
export const AcmeCustomerPage = Schema.Struct({
  data: Schema.Array(AcmeCustomer),
  pages: Schema.Int,
  total: Schema.Int
})

/** A page of customers, with the rows that could not be read beside the others. */
export interface AcmeCustomerPage extends Schema.Schema.Type<typeof AcmeCustomerPage>, Endpoint.Unreadable {}

/** A new customer. */
export const AcmeCustomerCreate = Schema.Struct({
  name: Schema.NonEmptyString,
  email: Schema.optional(Schema.String),
  reference: Schema.optional(Schema.String),
  metadata: Schema.optional(Metadata)
})

/** A new customer. */
export interface AcmeCustomerCreate extends Schema.Schema.Type<typeof AcmeCustomerCreate> {}

/** A change: an absent key keeps, `""` clears `email` and `reference`, `metadata` replaces the whole. */
export const AcmeCustomerUpdate = Schema.partial(AcmeCustomerCreate)

/** A change of a customer. */
export interface AcmeCustomerUpdate extends Schema.Schema.Type<typeof AcmeCustomerUpdate> {}

/** Which customers (`email` finds parts of addresses, `reference` is exact), and which page of them, from 1. */
export const AcmeListQuery = Schema.Struct({
  email: Schema.optional(Schema.String),
  reference: Schema.optional(Schema.String),
  page: Schema.optional(Schema.Int),
  per_page: Schema.optional(Schema.Int)
})

/** Which customers, and which page of them. */
export interface AcmeListQuery extends Schema.Schema.Type<typeof AcmeListQuery> {}

/** Never repeated when it may have been applied: Acme has no idempotency keys. */
export const create = Endpoint.make({
  provider,
  operation: "create",
  method: "POST",
  repeat: "never",
  path: "/v1/customers",
  body: AcmeCustomerCreate,
  answer: Endpoint.json(AcmeCustomer),
  errors: [CustomerAlreadyExists]
})

/** One page of customers, oldest first. */
export const list = Endpoint.make({
  provider,
  operation: "list",
  method: "GET",
  path: "/v1/customers",
  query: AcmeListQuery,
  answer: Endpoint.rows(AcmeCustomerPage, { row: AcmeCustomer, at: ["data"] })
})

/** One customer by id; a deleted one is answered too, with `deleted_at`. */
export const get = Endpoint.make({
  provider,
  operation: "get",
  method: "GET",
  path: "/v1/customers/{id}",
  answer: Endpoint.json(AcmeCustomer),
  errors: [CustomerNotFound]
})

/** It ends in the same state however often it is sent. */
export const update = Endpoint.make({
  provider,
  operation: "update",
  method: "PATCH",
  repeat: "always",
  path: "/v1/customers/{id}",
  body: AcmeCustomerUpdate,
  answer: Endpoint.json(AcmeCustomer),
  errors: [CustomerNotFound, CustomerAlreadyExists]
})

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  method: "DELETE",
  repeat: "always",
  path: "/v1/customers/{id}",
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

export {
  /** Repeated, it answers not-found. */
  deleteEndpoint as delete
}
