/** `npm run demo`: the journey on an embedded sandbox over real HTTP, or its read-only part on the real API. */
import type { CustomersByExternalId } from "@effect-customers/core"
import { Sandbox } from "@effect-customers/sandbox"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { ConfigError, Console, Effect, Layer, Struct } from "effect"
import { readArguments, usage } from "./arguments.js"
import * as Journal from "./journal.js"
import { journey, lookAround } from "./journey.js"
import * as Progress from "./progress.js"
import { type Provider, type ProviderName, providers, providersByExternalId } from "./provider.js"
import { signUps } from "./signUps.js"
import { table, tableOfAll } from "./table.js"

/** HTTP by undici with its requests counted, and a bar on the terminal. */
const platform = Layer.merge(
  Layer.provide(Journal.layer, NodeHttpClient.layerUndici),
  Progress.layer(process.stderr)
)

const printTable = Effect.gen(function*() {
  const journal = yield* Journal.Journal
  yield* Console.log(`\n${table(yield* journal.steps)}`)
})

const onSandbox = (name: ProviderName, { onSandbox }: Provider, count: number) =>
  Effect.gen(function*() {
    const server = yield* Sandbox.SandboxServer
    const baseUrl = server.urlOf(name)
    yield* Console.log(`The sandbox answers at ${baseUrl}`)
    yield* Effect.provide(journey(count), onSandbox(baseUrl))
    yield* printTable
  }).pipe(Effect.provide([platform, Sandbox.layerServer()]))

/** Both programs on every provider that they compile for, one provider after the other. */
const onAll = (count: number) =>
  Effect.gen(function*() {
    const { url, urlOf } = yield* Sandbox.SandboxServer
    yield* Console.log(`The sandbox answers at ${url}`)
    const journeys = yield* Effect.forEach(Struct.keys(providers), (name) =>
      Effect.gen(function*() {
        const provider: Provider = providers[name]
        yield* Effect.provide(journey(count), provider.onSandbox(urlOf(name)))
        if (keepsExternalIds(name)) {
          const provider: Provider<CustomersByExternalId> = providersByExternalId[name]
          yield* Effect.provide(signUps, provider.onSandbox(urlOf(name)))
        }
        const { steps } = yield* Journal.Journal
        return { provider: name, steps: yield* steps }
      }).pipe(Effect.provide(platform)))
    yield* Console.log(`\n${tableOfAll(journeys)}`)
  }).pipe(Effect.provide(Sandbox.layerServer()))

const keepsExternalIds = (name: ProviderName): name is keyof typeof providersByExternalId =>
  Object.hasOwn(providersByExternalId, name)

const onRealApi = (name: ProviderName, { onRealApi }: Provider) =>
  Effect.gen(function*() {
    yield* Console.log(`Reading from ${name}, changing nothing`)
    yield* lookAround(1000)
    yield* printTable
  }).pipe(Effect.provide(Layer.provideMerge(onRealApi, platform)))

const end = (status: number, message: string) =>
  Effect.zipRight(Console.error(message), Effect.sync(() => process.exitCode = status))

const main = Effect.gen(function*() {
  const { customers, help, live, provider } = yield* readArguments(process.argv.slice(2))
  if (help) return yield* Console.log(usage)
  if (provider === "all") return yield* onAll(customers)
  return yield* live ? onRealApi(provider, providers[provider]) : onSandbox(provider, providers[provider], customers)
}).pipe(
  Effect.catchTag("BadArguments", ({ message }) => end(2, message)),
  Effect.catchIf(
    ConfigError.isConfigError,
    (error) => end(1, `--live reads its configuration from variables. ${error}`)
  ),
  // Our errors have messages that hold no personal data and no secret.
  Effect.catchAll(({ message }) => end(1, message))
)

NodeRuntime.runMain(main)
