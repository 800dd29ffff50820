import { Conflict, CustomerNotFound, Endpoint, Transport } from "@effect-customers/core"
import type { CustomersError } from "@effect-customers/core"
import { Effect, Redacted, Schema } from "effect"
import type { Known, Operation, Provider, Scene, Told } from "./provider.js"

const provider = "acme"

const Row = Schema.Struct({ id: Schema.String, email: Schema.String, name: Schema.NullOr(Schema.String) })

const list = Endpoint.make({
  provider,
  operation: "list",
  method: "GET",
  path: "/v1/customers",
  answer: Endpoint.rows(Schema.Struct({ items: Schema.Array(Row) }), { row: Row, at: ["items"] })
})

const get = Endpoint.make({
  provider,
  operation: "get",
  method: "GET",
  path: "/v1/customers/{id}",
  answer: Endpoint.json(Row),
  errors: [CustomerNotFound]
})

const create = Endpoint.make({
  provider,
  operation: "create",
  method: "POST",
  repeat: "with-key",
  path: "/v1/customers",
  body: Schema.Struct({ email: Schema.String, name: Schema.String }),
  answer: Endpoint.json(Row),
  errors: [Conflict],
  // the earlier call with this key may have been carried out by now
  inconclusive: [409]
})

const update = Endpoint.make({
  provider,
  operation: "update",
  method: "PATCH",
  repeat: "always",
  path: "/v1/customers/{id}",
  body: Schema.Struct({ name: Schema.String }),
  answer: Endpoint.json(Row),
  errors: [CustomerNotFound]
})

const remove = Endpoint.make({
  provider,
  operation: "delete",
  method: "DELETE",
  repeat: "always",
  path: "/v1/customers/{id}",
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

const toError = (answer: Endpoint.FailedAnswer): CustomersError => {
  if (answer.context.status === 404 && answer.body.includes("no such customer")) {
    return new CustomerNotFound(answer.context)
  }
  return answer.context.status === 409 && answer.body.includes("still being processed")
    ? new Conflict({ ...answer.context, inProgress: true, reason: Redacted.make(answer.body) })
    : Endpoint.errorByStatus(answer, {})
}

const over = (
  call: (transport: Transport.Transport, scene: Scene) => Effect.Effect<Told, CustomersError>
): Operation["call"] =>
(scene) =>
  Effect.flatMap(
    Transport.make({
      provider,
      baseUrl: scene.baseUrl ?? "https://api.acme.example",
      credential: {
        name: "authorization",
        option: "token",
        secret: Redacted.make(scene.token),
        format: (token) => `Bearer ${token}`
      },
      replayedHeader: "idempotent-replayed",
      toError
    }),
    (transport) => call(transport, scene)
  )

const told = (customer: Known): Told => ({ customers: [customer] })

export const acme: Provider<"acme"> = {
  name: provider,
  title: "A route with idempotency keys on the sandbox's frame, until Mollie comes",
  about:
    "Not a real provider: the smallest customers API, whose `create` takes an idempotency key and minds no e-mail " +
    "that is there already, over the same transport as the others.",
  token: "acme_",
  seedOf: ({ email, name }) => ({ email, name }),
  stored: (record) => record,
  operations: [
    {
      name: "list",
      kind: "reads",
      does: "reads",
      tellsAll: true,
      call: over(({ call }) =>
        Effect.map(call(list, {}), ({ items, unreadable }) => ({ customers: items, unreadable }))
      )
    },
    {
      name: "get",
      kind: "reads",
      does: "reads",
      call: over(({ call }, { id }) => Effect.map(call(get, { path: { id } }), told))
    },
    {
      name: "update",
      kind: "repeated",
      does: "changes",
      call: over(({ call }, { id, newName }) =>
        Effect.map(call(update, { path: { id }, body: { name: newName } }), told)
      )
    },
    {
      name: "delete",
      kind: "repeated",
      does: "removes",
      call: over(({ call }, { id }) => Effect.as(call(remove, { path: { id } }), { customers: [] }))
    },
    {
      name: "create",
      kind: "keyed",
      does: "creates",
      call: over(({ call }, { newcomer: { email, name } }) => Effect.map(call(create, { body: { email, name } }), told))
    }
  ]
}
