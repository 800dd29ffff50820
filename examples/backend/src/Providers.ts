/** Which providers this server has, and how each is built: by configuration alone. */
import * as Autumn from "@effect-customers/autumn"
import type { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import {
  Config,
  ConfigError,
  ConfigProvider,
  Context,
  Duration,
  Effect,
  Either,
  identity,
  Layer,
  LayerMap,
  Option,
  Schema
} from "effect"
import { ProviderName } from "./Api.js"
import { policies } from "./resilience.js"

/** The customers of each provider that this server has. */
export class Providers extends Context.Tag("@effect-customers/example-backend/Providers")<Providers, {
  readonly names: ReadonlyArray<string>
  readonly layers: LayerMap.LayerMap<string, CustomersService>
}>() {}

/**
 * Builds each provider once: at the start, so that a missing credential is told then and not to a caller, and for good,
 * because a client's limits and its retry budget are in its layer.
 */
export const layer = <E, R>(
  layers: { readonly [name: string]: Layer.Layer<CustomersService, E, R> }
): Layer.Layer<Providers, E, R> =>
  Layer.scoped(
    Providers,
    Effect.map(
      LayerMap.fromRecord(layers, { preload: true, idleTimeToLive: Duration.infinity }),
      (built) => ({ names: Object.keys(layers), layers: built })
    )
  )

type Configured = Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>

/** Each reads its credential and its options from variables of its own. */
const real: { readonly [_ in ProviderName]: Configured } = {
  polar: Polar.layerConfig(),
  mollie: Mollie.layerConfig(),
  "pin-payments": PinPayments.layerConfig(),
  autumn: Autumn.layerConfig(),
  flexprice: Flexprice.layerConfig()
}

/** The providers of these names, from variables, with the policies of this server. */
const configured = (names: ReadonlyArray<ProviderName>, from: (provider: Configured) => Configured = identity) =>
  layer(Object.fromEntries(names.map((name) => [name, Layer.provide(from(real[name]), policies)]))).pipe(
    Layer.provide(NodeHttpClient.layerUndici)
  )

const isProviderName = Schema.is(ProviderName)

/** `PROVIDERS=polar,mollie`; none where the variable is not set. */
const names = Config.option(
  Config.mapOrFail(Config.string("PROVIDERS"), (text) => {
    const names = text.split(",").map((name) => name.trim())
    return names.every((name) => isProviderName(name))
      ? Either.right(names)
      : Either.left(
        ConfigError.InvalidData([], `expected some of ${ProviderName.literals.join(", ")}, with commas between them`)
      )
  })
)

/** All five on a sandbox inside this process: it is a matter of configuration, too. */
const onSandbox = Layer.unwrapEffect(
  Effect.gen(function*() {
    const { url, urlOf } = yield* Sandbox.SandboxServer
    yield* Effect.logWarning(
      `No PROVIDERS are set: all five run on an embedded sandbox at ${url}, which forgets everything when it stops`
    )
    // those of somebody's real accounts have no say in this
    const variables = ConfigProvider.fromMap(
      new Map([
        ["POLAR_ACCESS_TOKEN", "polar_oat_sandbox"],
        ["POLAR_BASE_URL", urlOf("polar")],
        ["MOLLIE_API_KEY", "test_sandbox"],
        ["MOLLIE_BASE_URL", urlOf("mollie")],
        ["PIN_SECRET_KEY", "sandbox"],
        ["PIN_BASE_URL", urlOf("pin-payments")],
        ["AUTUMN_SECRET_KEY", "am_sk_test_sandbox"],
        ["AUTUMN_BASE_URL", urlOf("autumn")],
        ["FLEXPRICE_API_KEY", "sandbox"],
        ["FLEXPRICE_BASE_URL", urlOf("flexprice")]
      ])
    )
    return configured(
      ProviderName.literals,
      (provider) => Layer.scopedContext(Effect.withConfigProvider(Layer.build(provider), variables))
    )
  })
).pipe(Layer.provide(Sandbox.layerServer()))

/** The real ones that `PROVIDERS` names, or the sandbox; never that by a slip in production. */
export const layerConfig = Layer.unwrapEffect(
  Effect.gen(function*() {
    const chosen = yield* names
    if (Option.isSome(chosen)) return configured(chosen.value)
    const environment = yield* Config.string("NODE_ENV").pipe(Config.withDefault("development"))
    return environment === "production"
      ? yield* Effect.fail(ConfigError.MissingData(["PROVIDERS"], "expected it to be set in production"))
      : onSandbox
  })
)
