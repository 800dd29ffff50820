/** The layers of this package on the sandbox, for its tests. */
import * as Autumn from "@effect-customers/autumn"
import type { Page } from "@effect-customers/core"
import { type AutumnSeed, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { Effect, Layer, Option, Redacted } from "effect"
import { sentOnce } from "../../polar/test/onSandbox.js"

export const secretKey = "am_sk_test_s3cretKeyOfThisTest"

export const versions = ["2.1", "2.3"] as const

/** In process, under whatever clock the test has; without rate limits, which do not end under one that stands still. */
export const inProcess = (options?: Sandbox.SandboxOptions, autumn?: Partial<Autumn.AutumnOptions>) =>
  Autumn.layer({ secretKey: Redacted.make(secretKey), ...autumn }).pipe(
    Layer.provideMerge(Sandbox.layer({ rateLimits: false, ...options }))
  )

export { clients } from "../../polar/test/onSandbox.js"

/** On a free port, over real HTTP. */
export const onPort = (
  client: Layer.Layer<HttpClient.HttpClient>,
  options?: Sandbox.ServerOptions,
  autumn?: Partial<Autumn.AutumnOptions>
) =>
  Layer.unwrapEffect(
    Effect.map(Sandbox.SandboxServer, (server) =>
      Autumn.layer({ secretKey: Redacted.make(secretKey), baseUrl: server.urlOf("autumn"), ...autumn }))
  ).pipe(
    Layer.provideMerge(client),
    Layer.provideMerge(Sandbox.layerServer({ rateLimits: false, ...options }))
  )

/** The same, for tests of what one request comes to. */
export const once = {
  inProcess: (...options: Parameters<typeof inProcess>) => Layer.provide(inProcess(...options), sentOnce),
  onPort: (...options: Parameters<typeof onPort>) => Layer.provide(onPort(...options), sentOnce)
}

export {
  bodyOf,
  collect,
  expectNothingSent,
  inject,
  json,
  operations,
  refusal,
  requests,
  shape
} from "../../pin-payments/test/onSandbox.js"

export const seed = (customers: number | ReadonlyArray<AutumnSeed>) =>
  Effect.flatMap(SandboxControl, (control) => control.seed("autumn", customers))

export const stored = Effect.flatMap(SandboxControl, (control) => control.customers("autumn"))

/** A page at a time, each from the cursor of the one before. */
export const paged = <A, E, R>(
  list: (cursor: string | undefined) => Effect.Effect<Page.Page<A>, E, R>
): Effect.Effect<ReadonlyArray<A>, E, R> =>
  Effect.gen(function*() {
    const items: Array<A> = []
    let cursor: string | undefined
    do {
      const page: Page.Page<A> = yield* list(cursor)
      items.push(...page.items)
      cursor = Option.getOrUndefined(page.next)
    } while (cursor !== undefined)
    return items
  })
