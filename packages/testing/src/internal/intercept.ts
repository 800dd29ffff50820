/** What faults and recorder have in common: a layer whose services let every call through something first. */
import type { CreateCustomer, UpdateCustomer } from "@effect-customers/core/Customer"
import type * as ByEmail from "@effect-customers/core/CustomersByEmail"
import { CustomersByEmail } from "@effect-customers/core/CustomersByEmail"
import type * as ByExternalId from "@effect-customers/core/CustomersByExternalId"
import { CustomersByExternalId } from "@effect-customers/core/CustomersByExternalId"
import type { CustomersError } from "@effect-customers/core/CustomersError"
import { CustomersService, type Service } from "@effect-customers/core/CustomersService"
import type * as Page from "@effect-customers/core/Page"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/**
 * A call of a service, as the program made it.
 *
 * @internal
 */
export type Call =
  | { readonly operation: "create"; readonly input: CreateCustomer }
  | { readonly operation: "get"; readonly id: string }
  | { readonly operation: "update"; readonly id: string; readonly patch: UpdateCustomer }
  | { readonly operation: "delete"; readonly id: string }
  | { readonly operation: "list"; readonly options?: Page.ListOptions }
  | { readonly operation: "stream" | "streamPages"; readonly options?: Page.StreamOptions }
  | { readonly operation: "getByExternalId" | "deleteByExternalId"; readonly externalId: string }
  | { readonly operation: "updateByExternalId"; readonly externalId: string; readonly patch: UpdateCustomer }
  | {
    readonly operation: "getOrCreate" | "upsert"
    readonly externalId: string
    readonly input: ByExternalId.WithoutExternalId
  }
  | { readonly operation: "findByEmail"; readonly email: string }

/**
 * What is done with the calls of the services of one layer. What it fails with, the operations that it does so for can
 * end in.
 *
 * @internal
 */
export interface Interceptor {
  readonly effect: <A>(
    run: Effect.Effect<A, CustomersError>,
    call: Call,
    service: Service
  ) => Effect.Effect<A, CustomersError>
  readonly stream: <A>(
    run: Stream.Stream<A, CustomersError>,
    call: Call,
    service: Service
  ) => Stream.Stream<A, CustomersError>
}

/**
 * Does something before each call: each run of an effect or a stream. It sees the input as it is then: the services read
 * it no sooner.
 *
 * @internal
 */
export const before = (
  f: (call: Call) => Effect.Effect<void>
): Interceptor => ({
  effect: (run, call) => Effect.zipRight(Effect.suspend(() => f(call)), run),
  stream: (run, call) => Stream.unwrap(Effect.as(Effect.suspend(() => f(call)), run))
})

/**
 * The same layer, its services intercepted: those under their tags, and those that a service carries. The interceptor
 * is made anew with every build.
 *
 * @internal
 */
export const intercept =
  (make: Effect.Effect<Interceptor>) =>
  <ROut, E, RIn>(self: Layer.Layer<ROut | CustomersService, E, RIn>): Layer.Layer<ROut | CustomersService, E, RIn> =>
    Layer.flatMap(self, (context) =>
      Layer.effectContext(Effect.map(make, (interceptor) => {
        const intercepted = interceptedBy(interceptor)
        return context.pipe(
          replace(CustomersService, intercepted.customers),
          replace(CustomersByExternalId, intercepted.byExternalId),
          replace(CustomersByEmail, intercepted.byEmail)
        )
      })))

const replace =
  <I, S>(tag: Context.Tag<I, S>, intercepted: (service: S) => S) =>
  <R>(context: Context.Context<R>): Context.Context<R> =>
    Option.match(Context.getOption(context, tag), {
      onNone: () => context,
      onSome: (service) => Context.add(context, tag, intercepted(service))
    })

const given = <Options extends object>(options: Options | undefined): { readonly options?: Options } =>
  options === undefined ? {} : { options }

/** Calls are made when they run, so that what does not run is not made either. */
const through = ({ effect, stream }: Interceptor, service: Service) => ({
  effect: <A, E extends CustomersError>(call: Call, make: () => Effect.Effect<A, E>) =>
    effect(Effect.suspend(make), call, service) as Effect.Effect<A, E>,
  stream: <A, E extends CustomersError>(call: Call, make: () => Stream.Stream<A, E>) =>
    stream(Stream.suspend(make), call, service) as Stream.Stream<A, E>
})

/** Written out, operation by operation: what is not named here would bypass the interceptor. */
const interceptedBy = (interceptor: Interceptor) => {
  const operationsOf = (service: Service): Omit<Service, "byExternalId" | "byEmail"> => {
    const { effect, stream } = through(interceptor, service)
    return {
      provider: service.provider,
      capabilities: service.capabilities,
      create: (input) => effect({ operation: "create", input }, () => service.create(input)),
      get: (id) => effect({ operation: "get", id }, () => service.get(id)),
      update: (id, patch) => effect({ operation: "update", id, patch }, () => service.update(id, patch)),
      delete: (id) => effect({ operation: "delete", id }, () => service.delete(id)),
      list: (options) => effect({ operation: "list", ...given(options) }, () => service.list(options)),
      stream: (options) => stream({ operation: "stream", ...given(options) }, () => service.stream(options)),
      streamPages: (options) =>
        stream({ operation: "streamPages", ...given(options) }, () => service.streamPages(options))
    }
  }

  const customers = (service: Service): Service => ({
    ...operationsOf(service),
    get byExternalId() {
      return Option.map(service.byExternalId, byExternalId)
    },
    get byEmail() {
      return Option.map(service.byEmail, byEmail)
    }
  })

  const byExternalId = (service: ByExternalId.Service): ByExternalId.Service => {
    const { effect } = through(interceptor, service)
    return {
      ...operationsOf(service),
      getByExternalId: (externalId) =>
        effect({ operation: "getByExternalId", externalId }, () => service.getByExternalId(externalId)),
      updateByExternalId: (externalId, patch) =>
        effect(
          { operation: "updateByExternalId", externalId, patch },
          () => service.updateByExternalId(externalId, patch)
        ),
      deleteByExternalId: (externalId) =>
        effect({ operation: "deleteByExternalId", externalId }, () => service.deleteByExternalId(externalId)),
      getOrCreate: (externalId, input) =>
        effect({ operation: "getOrCreate", externalId, input }, () => service.getOrCreate(externalId, input)),
      upsert: (externalId, input) =>
        effect({ operation: "upsert", externalId, input }, () => service.upsert(externalId, input)),
      get byExternalId() {
        return Option.map(service.byExternalId, byExternalId)
      },
      get byEmail() {
        return Option.map(service.byEmail, byEmail)
      }
    }
  }

  const byEmail = (service: ByEmail.Service): ByEmail.Service => {
    const { stream } = through(interceptor, service)
    return {
      ...operationsOf(service),
      findByEmail: (email) => stream({ operation: "findByEmail", email }, () => service.findByEmail(email)),
      get byExternalId() {
        return Option.map(service.byExternalId, byExternalId)
      },
      get byEmail() {
        return Option.map(service.byEmail, byEmail)
      }
    }
  }

  return { customers, byExternalId, byEmail }
}
