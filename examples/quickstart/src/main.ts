/** `npm run demo`: the journey on an embedded sandbox over real HTTP, or its read-only part on the real API. */
import { Sandbox } from "@effect-customers/sandbox"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { ConfigError, Console, Effect, Layer } from "effect"
import { readArguments, usage } from "./arguments.js"
import * as Journal from "./journal.js"
import { journey, lookAround } from "./journey.js"
import * as Progress from "./progress.js"
import { type Provider, type ProviderName, providers } from "./provider.js"
import { table } from "./table.js"

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
