/** Whose customers: those of real accounts, or of a sandbox. */
import { CustomersService } from "@effect-customers/core"
import { Sandbox } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { type ConfigError, Context, Data, Effect, Layer } from "effect"
import { type ProviderName, providers } from "./providers.js"
import { seed } from "./seeds.js"

/** Where they are. */
export type Place = Data.TaggedEnum<{
  /** What the variables of each provider's package name. */
  RealAccounts: {}
  /** A sandbox that somebody has started. */
  SandboxAt: { readonly url: string }
  /** A sandbox inside of this process, which ends with it. */
  Embedded: {}
}>

export const Place = Data.taggedEnum<Place>()

export class Accounts extends Context.Tag("@effect-customers/example-pipeline/Accounts")<Accounts, {
  readonly isSandbox: boolean
  readonly layerOf: (provider: ProviderName) => Layer.Layer<CustomersService, ConfigError.ConfigError>
}>() {}

/** `sources` are those that are read: in an embedded sandbox they have customers, and the others have none. */
export const layer = (
  place: Place,
  sources: ReadonlyArray<ProviderName>
): Layer.Layer<Accounts, Sandbox.SandboxListenFailed, HttpClient.HttpClient> =>
  Place.$match(place, {
    RealAccounts: () => accounts({ isSandbox: false, layerOf: (provider) => providers[provider].onRealAccount }),
    SandboxAt: ({ url }) => onSandbox(url),
    Embedded: () =>
      Layer.unwrapEffect(
        Effect.gen(function*() {
          yield* Effect.forEach(sources, seed)
          const { url } = yield* Sandbox.SandboxServer
          return onSandbox(url)
        })
      ).pipe(Layer.provide(Sandbox.layerServer()))
  })

const onSandbox = (url: string) =>
  accounts({ isSandbox: true, layerOf: (provider) => providers[provider].onSandbox(`${url}/${provider}`) })

const accounts = ({ isSandbox, layerOf }: {
  readonly isSandbox: boolean
  readonly layerOf: (
    provider: ProviderName
  ) => Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>
}) =>
  Layer.effect(
    Accounts,
    Effect.map(HttpClient.HttpClient, (client) => ({
      isSandbox,
      layerOf: (provider) => Layer.provide(layerOf(provider), Layer.succeed(HttpClient.HttpClient, client))
    }))
  )

/** As a value, because a copy needs two at once. */
export const customersOf = (provider: ProviderName) =>
  Effect.gen(function*() {
    const { layerOf } = yield* Accounts
    return Context.get(yield* Layer.build(layerOf(provider)), CustomersService)
  })
