/** A provider that does not exist: endpoints of every kind, and a client that answers as a test says. */
import { CustomerNotFound, Endpoint, Transport } from "@effect-customers/core"
import { HttpClient, HttpClientError, HttpClientResponse } from "@effect/platform"
import { Clock, Effect, Redacted, Schema } from "effect"

const Row = Schema.Struct({ id: Schema.String })

export const get = Endpoint.make({
  provider: "acme",
  operation: "get",
  method: "GET",
  path: "/people/{id}",
  answer: Endpoint.json(Row),
  errors: [CustomerNotFound]
})

export const list = Endpoint.make({
  provider: "acme",
  operation: "list",
  method: "GET",
  path: "/people",
  answer: Endpoint.json(Row),
  limitGroup: "lists"
})

/** Takes an idempotency key. */
export const create = Endpoint.make({
  provider: "acme",
  operation: "create",
  method: "POST",
  repeat: "with-key",
  path: "/people",
  body: Schema.Struct({ name: Schema.String }),
  answer: Endpoint.json(Row)
})

/** Takes none. */
export const invite = Endpoint.make({
  provider: "acme",
  operation: "invite",
  method: "POST",
  repeat: "never",
  path: "/invitations",
  answer: Endpoint.json(Row)
})

export const update = Endpoint.make({
  provider: "acme",
  operation: "update",
  method: "PATCH",
  repeat: "always",
  path: "/people/{id}",
  body: Schema.Struct({ name: Schema.String }),
  answer: Endpoint.json(Row),
  errors: [CustomerNotFound]
})

export const remove = Endpoint.make({
  provider: "acme",
  operation: "remove",
  method: "DELETE",
  repeat: "always",
  path: "/people/{id}",
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

export const photo = Endpoint.make({
  provider: "acme",
  operation: "photo",
  method: "GET",
  path: "/people/{id}/photo",
  answer: Endpoint.bytes
})

export interface Sent {
  /** From 1. */
  readonly number: number
  /** Milliseconds on the clock. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly key: string | undefined
}

export const ok = Effect.sync(() => Response.json({ id: "1" }))

export const status = (status: number, headers: Record<string, string> = {}) =>
  Effect.sync(() => new Response(status === 204 ? null : "{}", { status, headers }))

/** What was sent, and a client that answers it; where the answer is a failure the connection breaks with that code. */
export const answering = (answer: (sent: Sent) => Effect.Effect<Response, string>) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url) =>
    Effect.gen(function*() {
      const entry: Sent = {
        number: sent.length + 1,
        at: yield* Clock.currentTimeMillis,
        method: request.method,
        path: url.pathname,
        key: request.headers["idempotency-key"]
      }
      sent.push(entry)
      return HttpClientResponse.fromWeb(request, yield* answer(entry))
    }).pipe(
      Effect.catchAll((code) => new HttpClientError.RequestError({ request, reason: "Transport", cause: { code } }))
    )
  )
  return { sent, client }
}

/** What the answers come to, one after the other; the last one stays. */
export const oneByOne = (...answers: ReadonlyArray<Effect.Effect<Response, string>>) => (sent: Sent) =>
  answers[Math.min(sent.number, answers.length) - 1] ?? ok

export const transportOver = (client: HttpClient.HttpClient, options: Partial<Transport.Options> = {}) =>
  Effect.provideService(
    Transport.make({
      provider: "acme",
      baseUrl: "https://acme.example",
      credential: { name: "x-key", option: "apiKey", secret: Redacted.make("k3y"), format: (key) => key },
      toError: (answer) =>
        answer.context.status === 404
          ? new CustomerNotFound(answer.context)
          : Endpoint.errorByStatus(answer, {}),
      ...options
    }),
    HttpClient.HttpClient,
    client
  )
