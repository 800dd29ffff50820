/** What the endpoints do. They know the services of the SDK and no provider. */
import type { CustomersError, Page } from "@effect-customers/core"
import { CustomersService, Idempotency, Unsupported } from "@effect-customers/core"
import { HttpApiBuilder, HttpRouter } from "@effect/platform"
import { Array, type Context, Effect, Layer, Option, Stream } from "effect"
import { Api, mostFound, operationOf, ProviderOfPath } from "./Api.js"
import * as Problem from "./Problem.js"
import { Providers } from "./Providers.js"
import { jsonBody } from "./rejections.js"
import { type Operation, withinDeadline } from "./resilience.js"

type Customers = Context.Tag.Service<CustomersService>

/** One call of the provider that the path names: within the deadline, and what it ends in is a problem. */
const call = <A, E extends CustomersError>(
  operation: Operation,
  run: (customers: Customers) => Effect.Effect<A, E>
) =>
  Effect.flatMap(
    CustomersService,
    (customers) => run(customers).pipe(withinDeadline(operation, customers), Effect.catchAll(Problem.fail))
  )

/** What only some providers can do: find customers by this field. */
const finder = <A>(found: Option.Option<A>, { provider }: Customers, operation: Operation, path: string) =>
  Effect.mapError(found, () =>
    new Unsupported({
      provider,
      operation,
      mayHaveApplied: false,
      repeat: "always",
      path,
      reason: `${provider} cannot find customers by it`
    }))

const getByExternalId = (customers: Customers, externalId: string) =>
  Effect.flatMap(
    finder(customers.byExternalId, customers, "getByExternalId", "externalId"),
    (customers) => customers.getByExternalId(externalId)
  )

const findByEmail = (customers: Customers, email: string) =>
  Effect.flatMap(
    finder(customers.byEmail, customers, "findByEmail", "email"),
    (customers) => Stream.runCollect(Stream.take(customers.findByEmail(email), mostFound))
  )

/** One page. Of a row that nobody can read the log says where it breaks; the others are answered. */
const list = (customers: Customers, query: Page.ListOptions) =>
  Effect.tap(
    customers.list(query),
    ({ unreadable }) => Effect.forEach(unreadable, ({ message }) => Effect.logError(message), { discard: true })
  )

const customers = HttpApiBuilder.group(Api, "customers", (handlers) =>
  handlers
    .handle("create", ({ headers: { "idempotency-key": key }, payload }) => {
      const created = call("create", (customers) => customers.create(payload))
      return key === undefined ? created : Idempotency.withKey(created, key)
    })
    .handle("get", ({ path }) => call("get", (customers) => customers.get(path.id)))
    .handle("getByExternalId", ({ path }) =>
      call("getByExternalId", (customers) => getByExternalId(customers, path.externalId)))
    .handle("findByEmail", ({ path }) =>
      Effect.map(
        call("findByEmail", (customers) =>
          findByEmail(customers, path.email)),
        (found) => ({ customers: Array.fromIterable(found) })
      ))
    .handle("update", ({ path, payload }) => call("update", (customers) => customers.update(path.id, payload)))
    .handle("delete", ({ path }) => call("delete", (customers) => customers.delete(path.id)))
    .handle("list", ({ urlParams }) =>
      Effect.map(
        call("list", (customers) => list(customers, urlParams)),
        ({ items, next, total, unreadable }) => ({
          customers: items,
          next: Option.getOrNull(next),
          total: Option.getOrNull(total),
          unreadable: unreadable.length
        })
      )))

/**
 * Readiness asks no provider. Probes come every few seconds, from everywhere, and would use up the rate limit that
 * customers need; and with one provider down this server is as ready for the others as before, while a probe that fails
 * would take it away from them.
 */
const health = HttpApiBuilder.group(Api, "health", (handlers) =>
  handlers
    .handle("live", () => Effect.succeed({ status: "ok" as const }))
    .handle("ready", () => Effect.map(Providers, ({ names }) => ({ status: "ok" as const, providers: names }))))

const providerOfPath = Layer.effect(
  ProviderOfPath,
  Effect.map(Providers, ({ layers, names }) =>
    Effect.gen(function*() {
      const { params, route } = yield* HttpRouter.RouteContext
      const provider = names.find((name) => name === params.provider)
      if (provider === undefined) return yield* new Problem.UnknownProvider({ providers: names, mayHaveApplied: false })
      yield* Effect.annotateCurrentSpan({
        "customers.provider": provider,
        "customers.operation": operationOf(route)
      })
      return yield* Effect.flatMap(layers.runtime(provider), (runtime) => Effect.provide(CustomersService, runtime))
    }))
)

export const layer = Layer.mergeAll(customers, health).pipe(Layer.provide([jsonBody, providerOfPath]))
