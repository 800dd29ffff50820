/**
 * Official clients and ours, side by side on a sandbox. `scripts/migrating.ts` writes the pages of `docs/migrating` from the
 * tests that are made of this: what a page shows and claims is what ran.
 */
import { Customer, RetryPolicy } from "@effect-customers/core"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { expect, it, vi } from "@effect/vitest"
import {
  BigDecimal,
  Chunk,
  type Context,
  DateTime,
  Effect,
  Either,
  identity,
  Layer,
  Option,
  Random,
  Redacted,
  type Scope,
  Struct
} from "effect"
import { type Fault, type ProviderName, Sandbox, type SandboxControl } from "../../src/index.js"
import type { RequestLogEntry, Seeds } from "../../src/SandboxControl.js"

type Control = Context.Tag.Service<SandboxControl>

/** For each client of theirs, by its label. */
type ForEach<Clients, A> = { readonly [Label in keyof Clients]: A }

type TheirCalls<Clients> = {
  readonly [Label in keyof Clients]?: (client: Clients[Label]) => Promise<unknown>
}

type OurCall<Ours> = (ours: Ours) => Effect.Effect<unknown, unknown>

/** One call, written for each client. */
interface Calls<Clients, Ours> {
  readonly theirs: TheirCalls<Clients>
  readonly ours: OurCall<Ours> | ReadonlyArray<OurCall<Ours>>
}

interface Conditions<P extends ProviderName> {
  /** Who is there before each call. */
  readonly given?: ReadonlyArray<Seeds[P]>
  readonly fault?: Fault.FaultRule
  /** What is done before that, each time. */
  readonly before?: (url: string) => Promise<unknown>
}

type OurLayer<Tags> = Layer.Layer<Tags, never, HttpClient.HttpClient>

interface Suite<P extends ProviderName, Clients, Tags, Ours> {
  readonly provider: P
  readonly given: ReadonlyArray<Seeds[P]>
  readonly theirs: { readonly [Label in keyof Clients]: (url: string) => Clients[Label] }
  readonly layer: (url: string) => OurLayer<Tags>
  readonly ours: Effect.Effect<Ours, never, Tags>
  readonly raw: (customer: Customer) => Option.Option<unknown>
  /** Members of answers that theirs never shows. */
  readonly hidden?: ReadonlyArray<string>
  /** The call that shows what an option or a failure comes to. */
  readonly read: {
    readonly theirs: { readonly [Label in keyof Clients]: (client: Clients[Label]) => Promise<unknown> }
    readonly ours: OurCall<Ours>
  }
  /** What an error of theirs is known by, where that is not its class's own name. */
  readonly nameOf?: (error: Error) => string | undefined
  /** What a client of theirs needs in order to work on the sandbox at all. */
  readonly prepare?: Readonly<Record<string, (control: Control) => Effect.Effect<void>>>
  /** What a client of theirs lacks an option for. */
  readonly adapt?: Readonly<Record<string, (client: object) => void>>
  /** By what way a client of theirs reaches the sandbox. */
  readonly reach?: Readonly<Record<string, (url: string) => Effect.Effect<string, never, Scope.Scope>>>
}

interface Outcome {
  readonly answer: unknown
  /** The class of their error, the tag of ours. */
  readonly failure: string | undefined
  /** The customers afterwards. */
  readonly left: unknown
  readonly requests: ReadonlyArray<RequestLogEntry>
  /** What was asked for, other than the sandbox: nothing is there. */
  readonly hosts: ReadonlyArray<string>
}

/** The sandbox that a difference is shown on. */
export interface Shown {
  readonly url: string
  readonly control: Control
}

const snake = (key: string) => key.replace(/^_/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const instant = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/

/** Where a client finds the sandbox, in links. */
const host = /^https?:..127\.0\.0\.1:\d+/

/** An answer without what clients differ in: case, classes of times, decimals and secrets, and what stands for nothing. */
const plainBy = (raw: (customer: Customer) => Option.Option<unknown>, hidden: ReadonlyArray<string> = []) => {
  const plain = (value: unknown): unknown => {
    if (Redacted.isRedacted(value)) return plain(Redacted.value(value))
    if (value instanceof Customer) return plain(Option.getOrThrow(raw(value)))
    if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
    if (BigDecimal.isBigDecimal(value)) return BigDecimal.format(value)
    if (typeof value === "number") return String(value)
    if (value instanceof Date) return value.toISOString()
    if (typeof value === "string") return instant.test(value) ? new Date(value).toISOString() : value.replace(host, "")
    if (Chunk.isChunk(value)) return plain(Chunk.toReadonlyArray(value))
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, member]) =>
          member !== null && member !== undefined && typeof member !== "function" && !hidden.includes(key)
        )
        .map(([key, member]) => [snake(key), plain(member)])
    )
  }
  return plain
}

/** The first list in an answer: who is on a page, in whatever envelope and order. */
export const rows = (answer: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(answer)) return answer.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  const members = typeof answer === "object" && answer !== null ? Object.values(answer) : []
  return members.map(rows).find((found) => found.length > 0) ?? []
}

/** The client, which notes what is called. */
const noting = <A>(client: A, used: Set<string>, path = ""): A =>
  typeof client !== "object" || client === null ? client : new Proxy(client, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target)
      const name = `${path}${String(key)}`
      if (typeof value === "object" && value !== null) return noting(value, used, `${name}.`)
      if (typeof value !== "function") return value
      return (...given: ReadonlyArray<unknown>): unknown => {
        used.add(name)
        return Reflect.apply(value, target, given)
      }
    }
  })

/** The operations of a part of a client, by their paths. */
const operationsOf = (part: unknown, path: string): ReadonlyArray<string> => {
  if (typeof part === "function") return [path]
  if (typeof part !== "object" || part === null) return []
  const prototype: object = Object.getPrototypeOf(part)
  return Object.getOwnPropertyNames(prototype === Object.prototype ? part : prototype)
    .filter((name) => name !== "constructor")
    .flatMap((name) => operationsOf(Reflect.get(part, name), path === "" ? name : `${path}.${name}`))
}

/** Our tag, or what an error of theirs is known by. */
const nameOf = (error: unknown, nameOfTheirs: (error: Error) => string | undefined): string => {
  if (typeof error === "object" && error !== null && "_tag" in error) return String(error._tag)
  return error instanceof Error ? nameOfTheirs(error) ?? error.constructor.name : String(error)
}

/** What is asked of hosts that are not here, meanwhile: none is reached. */
export const hostsOf = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const hosts: Array<string> = []
      const tokens: Array<string | null> = []
      const real = globalThis.fetch
      const spy = vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
        const asked = input instanceof Request ? input : { url: input, headers: new Headers(init?.headers) }
        const { host, hostname } = new URL(asked.url)
        if (hostname === "127.0.0.1") return real(input, init)
        hosts.push(host)
        tokens.push(asked.headers.get("authorization"))
        return Promise.reject(new TypeError("fetch failed"))
      })
      return { hosts, spy, tokens }
    }),
    ({ hosts, tokens }) => Effect.map(effect, (result) => ({ hosts, result, tokens })),
    ({ spy }) => Effect.sync(() => spy.mockRestore())
  )

/** What a client of theirs does, without jitter. */
const promised = (call: () => Promise<unknown>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => vi.spyOn(Math, "random").mockReturnValue(0)),
    () => Effect.flatten(Effect.promise(() => call().then(Either.right, (error: unknown) => Either.left(error)))),
    (spy) => Effect.sync(() => spy.mockRestore())
  )

export const sideBySide = <P extends ProviderName, Clients extends object, Tags, Ours extends object>(
  suite: Suite<P, Clients, Tags, Ours>
) => {
  const labels = Struct.keys(suite.theirs)
  const plain = plainBy(suite.raw, suite.hidden)
  const used = new Map<string, Set<string>>()
  const usedOf = (label: string) => {
    const names = used.get(label) ?? new Set()
    used.set(label, names)
    return names
  }

  type Make<Label extends keyof Clients> = (url: string) => Clients[Label]

  const made = <Label extends keyof Clients & string>(
    label: Label,
    url: string,
    make: Make<Label> = suite.theirs[label]
  ): Clients[Label] => {
    const client = make(url)
    if (typeof client === "object" && client !== null) suite.adapt?.[label]?.(client)
    return client
  }

  const live = (title: string, test: Effect.Effect<unknown, unknown, Scope.Scope>) =>
    it.live(title, () => Effect.scoped(test))

  const reachOf = (label: (keyof Clients & string) | undefined, { urlOf }: Sandbox.RunningSandbox) => {
    const url = urlOf(suite.provider)
    return (label === undefined ? undefined : suite.reach?.[label]?.(url)) ?? Effect.succeed(url)
  }

  const begin = (
    label: (keyof Clients & string) | undefined,
    { control, urlOf }: Sandbox.RunningSandbox,
    { before, fault, given = suite.given }: Conditions<P>
  ) =>
    Effect.gen(function*() {
      yield* control.reset
      yield* (label === undefined ? undefined : suite.prepare?.[label]?.(control)) ?? Effect.void
      if (before !== undefined) yield* promised(() => before(urlOf(suite.provider)))
      yield* control.seed(suite.provider, given)
      if (fault !== undefined) yield* control.inject(fault)
    })

  const outcomeOn = (
    label: (keyof Clients & string) | undefined,
    sandbox: Sandbox.RunningSandbox,
    conditions: Conditions<P>,
    act: (url: string) => Effect.Effect<unknown, unknown>
  ) =>
    Effect.gen(function*() {
      yield* begin(label, sandbox, conditions)
      const url = yield* reachOf(label, sandbox)
      const { hosts, result } = yield* hostsOf(Effect.either(act(url)))
      const outcome: Outcome = {
        answer: plain(Either.getOrUndefined(result)),
        failure: Either.isLeft(result) ? nameOf(result.left, suite.nameOf ?? (() => undefined)) : undefined,
        left: plain(yield* sandbox.control.customers(suite.provider)),
        requests: yield* sandbox.control.requests,
        hosts
      }
      expect(yield* sandbox.control.bugs).toEqual([])
      return outcome
    })

  const withOurs = <A, E>(layer: OurLayer<Tags>, call: (ours: Ours) => Effect.Effect<A, E>) =>
    Effect.flatMap(suite.ours, call).pipe(
      Effect.provide(Layer.provide(layer, FetchHttpClient.layer)),
      Effect.withRandom(Random.fixed([0]))
    )

  const outcomes = (calls: Calls<Clients, Ours>, conditions: Conditions<P>) =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.serve()
      const theirs: Array<readonly [label: string, Outcome]> = []
      for (const label of labels) {
        const call = calls.theirs[label]
        if (call === undefined) continue
        const act = (url: string) => promised(() => call(noting(made(label, url), usedOf(label))))
        theirs.push([label, yield* outcomeOn(label, sandbox, conditions, act)])
      }
      const ours: Array<Outcome> = []
      for (const call of typeof calls.ours === "function" ? [calls.ours] : calls.ours) {
        const act = (url: string) => withOurs(suite.layer(url), (clients) => call(noting(clients, usedOf("ours"))))
        ours.push(yield* outcomeOn(undefined, sandbox, conditions, act))
      }
      return { theirs, ours }
    })

  return {
    /** The same is answered, and the same is left on the sandbox. */
    moves: (
      title: string,
      calls: Calls<Clients, Ours>,
      { same = (answer) => answer, ...conditions }: Conditions<P> & { readonly same?: (answer: unknown) => unknown } =
        {}
    ) =>
      live(
        title,
        Effect.gen(function*() {
          const { ours, theirs } = yield* outcomes(calls, conditions)
          const all = [...theirs, ...ours.map((our) => ["ours", our] as const)]
          for (const [label, { answer, failure, left }] of all) {
            expect([label, failure]).toEqual([label, undefined])
            for (const our of ours) {
              if (our.answer !== undefined) expect([label, same(answer)]).toEqual([label, same(our.answer)])
              expect([label, left]).toEqual([label, our.left])
            }
          }
        })
      ),

    /** The same option: what `holds` of a call of the one client holds of one of the other. */
    options: (
      title: string,
      makers: {
        readonly theirs: { readonly [Label in keyof Clients]?: Make<Label> }
        readonly ours: (url: string) => OurLayer<Tags>
      },
      { holds, retries = false, ...conditions }: Conditions<P> & {
        readonly holds: (outcome: Outcome) => void
        readonly retries?: boolean
      }
    ) =>
      live(
        title,
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.serve()
          for (const label of labels) {
            const make = makers.theirs[label]
            if (make === undefined) continue
            const act = (url: string) => promised(() => suite.read.theirs[label](made(label, url, make)))
            holds(yield* outcomeOn(label, sandbox, conditions, act))
          }
          const read: OurCall<Ours> = (ours) => (retries ? identity : RetryPolicy.none)(suite.read.ours(ours))
          holds(yield* outcomeOn(undefined, sandbox, conditions, (url) => withOurs(makers.ours(url), read)))
        })
      ),

    /** What a failure is, there and here. */
    ends: (
      title: string,
      names: { readonly theirs: Partial<ForEach<Clients, string>>; readonly ours: string },
      { calls = suite.read, ...conditions }: Conditions<P> & { readonly calls?: Calls<Clients, Ours> } = {}
    ) =>
      live(
        title,
        Effect.gen(function*() {
          const { ours, theirs } = yield* outcomes(calls, conditions)
          expect(Object.fromEntries(theirs.map(([label, { failure }]) => [label, failure]))).toEqual(names.theirs)
          for (const { failure } of ours) expect(failure).toBe(names.ours)
        })
      ),

    /** What is another there than here, each shown by itself. */
    differs: (
      texts: { readonly theirs: string; readonly ours: string },
      shown: {
        readonly theirs: {
          readonly [Label in keyof Clients]?: (client: Clients[Label], on: Shown) => Promise<unknown>
        }
        readonly ours: (ours: Ours, on: Shown) => Effect.Effect<unknown, unknown>
      },
      conditions: Conditions<P> = {}
    ) =>
      live(
        `${texts.theirs} | ${texts.ours}`,
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.serve()
          const { control } = sandbox
          for (const label of labels) {
            const show = shown.theirs[label]
            if (show === undefined) continue
            yield* begin(label, sandbox, conditions)
            const url = yield* reachOf(label, sandbox)
            yield* promised(() => show(made(label, url), { url, control }))
          }
          yield* begin(undefined, sandbox, conditions)
          const url = yield* reachOf(undefined, sandbox)
          yield* withOurs(suite.layer(url), (ours) => shown.ours(ours, { url, control }))
          expect(yield* control.bugs).toEqual([])
        })
      ),

    /** All that a part of theirs has moves, but for what is named here; and all that ours has is moved to. Stands last. */
    lacks: (
      parts: { readonly [Label in keyof Clients]: (client: Clients[Label]) => object },
      without: { readonly [Label in keyof Clients]: ReadonlyArray<string> }
    ) =>
      live(
        "all the rest moves",
        Effect.gen(function*() {
          const url = "http://127.0.0.1"
          for (const label of labels) {
            const moved = [...usedOf(label)]
            const missing = operationsOf(parts[label](made(label, url)), "")
              .filter((name) => !moved.some((path) => path === name || path.endsWith(`.${name}`)))
            const named = (name: string, pattern: string) =>
              pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern
            const unnamed = missing.filter((name) => !without[label].some((pattern) => named(name, pattern)))
            const moot = without[label].filter((pattern) => !missing.some((name) => named(name, pattern)))
            expect([label, unnamed, moot]).toEqual([label, [], []])
          }
          const ours = yield* withOurs(suite.layer(url), Effect.succeed)
          const operations = Object.entries(ours).flatMap(([name, client]: readonly [string, object]) =>
            Struct.entries(client).flatMap(([operation, value]) =>
              typeof value === "function" ? [`${name}.${operation}`] : []
            )
          )
          expect(operations.filter((name) => !usedOf("ours").has(name))).toEqual([])
        })
      )
  }
}
