/** One row of the table: one call, one fault, and what came of it. */
import type { CustomersError } from "@effect-customers/core"
import { type ProviderName, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { FetchHttpClient, HttpClient, HttpClientError } from "@effect/platform"
import {
  Cause,
  Chunk,
  Duration,
  Effect,
  Exit,
  Hash,
  Layer,
  Logger,
  LogLevel,
  Metric,
  Option,
  Random,
  TestClock,
  TestContext,
  TestServices
} from "effect"
import { inspect } from "node:util"
import { settle } from "../../packages/core/test/virtualTime.js"
import { inMemoryTracer } from "../../packages/polar/test/inMemoryTracer.js"
import type { FaultCase } from "./faults.js"
import type { Known, Operation, Person, Provider, Scene, Stored, Told } from "./provider.js"

/** Plain data, which can be sent to another process. */
export interface Row {
  /** By name. */
  readonly provider: string
  readonly operation: Pick<Operation, "name" | "kind">
  readonly fault: Pick<FaultCase, "name" | "times">
  readonly attempts: number
  readonly outcome: string
  readonly mayHaveApplied: boolean | undefined
  readonly createdTwice: number
  readonly lost: number
  readonly hung: number
  readonly secrets: number
}

type End = Option.Option<Exit.Exit<Told, CustomersError>>

const seedOf = (provider: { readonly name: string }, operation: Operation, fault: FaultCase): number =>
  Hash.string(`${provider.name} ${operation.name} ${fault.name} ${fault.times}`) >>> 0

const sceneOf = (provider: { readonly token: string }, seed: number): Omit<Scene, "id"> => {
  const mark = seed.toString(36)
  const person = (name: string): Person => ({
    email: `${name}.${mark}@navy.example`,
    name: `${name} of the ${mark}`,
    externalId: `user-${name}-${mark}`,
    note: `${name} likes flow-matic ${mark}`
  })
  return {
    token: `${provider.token}s3cret${mark}`,
    newcomer: person("Grace"),
    residents: [person("Ada"), person("Jean"), person("Betty"), person("Kay"), person("Marlyn")],
    newName: `Augusta of the ${mark}`
  }
}

const secretsOf = (provider: Pick<Provider, "secretsOf">, scene: Scene): ReadonlyArray<string> => [
  ...provider.secretsOf?.(scene) ?? [],
  scene.token,
  scene.id,
  scene.newName,
  ...[scene.newcomer, ...scene.residents].flatMap((
    { email, externalId, name, note }
  ) => [email, externalId, name, note])
]

/** A code of four digits may be a part of any number. */
const isIn = (text: string, secret: string): boolean =>
  text.includes(secret) && (!/^\d+$/.test(secret) || new RegExp(`(?<![\\w.:])${secret}(?![\\w.:])`).test(text))

const print = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null })

/** Everything that is told to others than the caller while it runs, as text. */
const watched = <A, E, R>(call: Effect.Effect<A, E, R>) => {
  const { spans, tracer } = inMemoryTracer()
  const logs: Array<string> = []
  const logger = Logger.make(({ annotations, cause, message, spans }) => {
    logs.push(print([message, annotations, spans, cause]), Cause.pretty(cause, { renderErrorCause: true }))
  })
  return {
    call: call.pipe(
      Effect.withTracer(tracer),
      Logger.withMinimumLogLevel(LogLevel.All),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger))
    ),
    texts: Effect.map(Metric.snapshot, (metrics) => [
      ...logs,
      print(spans),
      metrics.map(({ metricKey: { name, tags } }) =>
        [name, ...tags.flatMap(({ key, value }) => [key, value])].join(" ")
      ).join("\n")
    ])
  }
}

const printedEnd = (end: End): ReadonlyArray<string> => {
  if (Option.isNone(end)) return []
  if (end.value._tag === "Success") return (end.value.value.unreadable ?? []).flatMap(printedError)
  return [
    JSON.stringify(end.value),
    print(end.value),
    String(end.value),
    Cause.pretty(end.value.cause, { renderErrorCause: true }),
    ...Chunk.toReadonlyArray(Cause.failures(end.value.cause)).flatMap(printedError)
  ]
}

const printedError = (error: CustomersError): ReadonlyArray<string> => [
  JSON.stringify(error),
  print(error),
  print({ ...error }),
  `${error}\n${error.message}\n${error.stack}`
]

const failureOf = (end: End): CustomersError | undefined =>
  Option.getOrUndefined(
    Option.flatMap(end, (exit) => exit._tag === "Failure" ? Cause.failureOption(exit.cause) : Option.none())
  )

const describeEnd = (end: End, fault: FaultCase, codes: boolean): string => {
  if (Option.isNone(end)) return "no end"
  if (end.value._tag === "Success") return "success"
  const error = failureOf(end)
  if (error === undefined) return `died: ${Cause.pretty(end.value.cause)}`
  const wait = error._tag === "RateLimited" || error._tag === "ProviderUnavailable" ? error.retryAfter : undefined
  const known = [
    ...error.status === undefined ? [] : [error.status === fault.status ? "that status" : error.status],
    ...codes && error._tag === "TransportFailed" && error.code !== undefined
      ? [error.code === refusedWith(fault) ? "that code" : error.code]
      : [],
    // a date is of whole seconds
    ...wait === undefined ? [] : [`retry after ${Math.ceil(Duration.toSeconds(wait))} s`]
  ]
  return `\`${error._tag}\`` + (known.length === 0 ? "" : ` with ${known.join(", ")}`)
}

const refusedWith = (fault: FaultCase): string | undefined => {
  const breakage = fault.breaks("")
  return "refused" in breakage ? breakage.refused : undefined
}

/** What the sandbox has when all is over, of what the call is about. */
interface Truth {
  /** Customers, whatever it is about. */
  readonly customers: ReadonlyArray<Stored>
  readonly live: ReadonlyArray<Stored>
  readonly deleted: ReadonlyArray<Stored>
  /** Whether a write of the call stands. */
  readonly written: boolean
}

const isNewcomer = ({ newcomer }: Scene) => ({ email, externalId, name }: Stored): boolean =>
  email === newcomer.email || externalId === newcomer.externalId || name === newcomer.name

/** What calls change or remove. */
const targetOf = ({ of }: Operation, scene: Scene): string => of?.id?.(scene) ?? scene.id

const isThere = (operation: Operation, scene: Scene, { live }: Truth): boolean => {
  const { does, of } = operation
  if (does === "creates") return live.some(isNewcomer(scene))
  const target = live.find(({ id }) => id === targetOf(operation, scene))
  return does === "changes"
    ? of?.state === undefined ? target?.name === scene.newName : target?.state === of.state
    : does === "removes" && target === undefined
}

const countCreatedTwice = (operation: Operation, scene: Scene, { deleted, live }: Truth): number =>
  Math.max(0, [...live, ...deleted].filter(isNewcomer(scene)).length - (operation.does === "creates" ? 1 : 0))

const isSame = (one: Known, other: Known): boolean =>
  one.id === other.id && (one.email ?? null) === (other.email ?? null) && (one.name ?? null) === (other.name ?? null)

const countLost = (operation: Operation, scene: Scene, truth: Truth, end: End): number => {
  if (Option.isNone(end)) return 0
  const found = isThere(operation, scene, truth)
  if (end.value._tag === "Failure") {
    const error = failureOf(end)
    const deniedWrite = error?.mayHaveApplied === false && (found || truth.written)
    const deniedCustomer = error?._tag === "CustomerNotFound" && truth.customers.some(({ id }) => id === scene.id)
    const denied = error?._tag === "ResourceNotFound" && truth.live.some(({ id }) => id === targetOf(operation, scene))
    return Number(deniedWrite) + Number(deniedCustomer || denied)
  }
  const { customers, unreadable = [] } = end.value.value
  const invented = customers.filter((told) => !truth.live.some((stored) => isSame(stored, told)))
  const missing = operation.tellsAll === true ? Math.abs(truth.live.length - customers.length - unreadable.length) : 0
  return Number(operation.does !== "reads" && !found) + invented.length + missing
}

const codedError = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) })

/** Counts what is sent, and refuses the connections that the fault says. */
const counting = (operation: Operation, fault: FaultCase, refusing: boolean) => {
  const code = refusedWith(fault)
  const first = operation.hits ?? 1
  let sent = 0
  let refused = 0
  return {
    counts: () => ({ sent, refused }),
    wrap: (client: HttpClient.HttpClient): HttpClient.HttpClient =>
      HttpClient.transform(client, (response, request) =>
        Effect.suspend(() => {
          sent++
          if (code === undefined || sent < first || sent >= first + fault.times) return response
          refused++
          if (!refusing) return response
          return new HttpClientError.RequestError({ request, reason: "Transport", cause: codedError(code) })
        }))
  }
}

/** How rows are run, and where. */
interface Course<R> {
  readonly baseUrl?: string | undefined
  /** Where connections are refused; when absent they are refused before they are sent. */
  readonly closedUrl?: string | undefined
  /** Whether the system's codes are the same everywhere. */
  readonly codes: boolean
  /** The end of a call, once a server that goes on without its client is done as well; none when the call hangs. */
  readonly ended: (call: Effect.Effect<Told, CustomersError>) => Effect.Effect<End, never, R>
}

const run = <Name extends ProviderName, R>(
  provider: Provider<Name>,
  operation: Operation,
  fault: FaultCase,
  course: Course<R>
): Effect.Effect<Row, never, R | SandboxControl | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const control = yield* SandboxControl
    const seed = seedOf(provider, operation, fault)
    const strangers = sceneOf(provider, seed)
    const ids = yield* control.seed(provider.name, strangers.residents.map(provider.seedOf))
    const open: Scene = { ...strangers, baseUrl: course.baseUrl, id: ids[0] ?? "" }
    const breakage = fault.breaks(secretsOf(provider, open).join(" "))
    const scene = "refused" in breakage && course.closedUrl !== undefined
      ? { ...open, baseUrl: course.closedUrl }
      : open
    for (const answer of "answers" in breakage ? breakage.answers : []) {
      yield* control.inject({
        provider: provider.name,
        from: operation.hits ?? 1,
        times: fault.times,
        fault: answer
      })
    }
    const { counts, wrap } = counting(operation, fault, course.closedUrl === undefined)
    const client = wrap(yield* HttpClient.HttpClient)
    const { call, texts } = watched(
      operation.call(scene).pipe(
        Effect.provideService(HttpClient.HttpClient, client),
        Effect.withRandom(Random.make("the same waits in every row"))
      )
    )
    const end = yield* course.ended(call)

    const requests = yield* control.requests
    const { refused, sent } = counts()
    if (requests.length + refused !== sent) return yield* Effect.dieMessage("requests went astray")
    const [bug] = yield* control.bugs
    if (bug !== undefined) return yield* Effect.die(bug.cause)
    const customers = (yield* control.customers(provider.name)).map(provider.stored)
    const deleted = (yield* control.deleted(provider.name)).map(provider.stored)
    const { kind } = operation.of ?? {}
    const belongings = kind === undefined ? [] : (yield* control.resources(provider.name, scene.id))[kind] ?? []
    const truth: Truth = {
      customers,
      live: kind === undefined ? customers : belongings.map((json) => provider.belonging?.(kind, json) ?? { id: "" }),
      deleted: kind === undefined ? deleted : [],
      written: requests.some(({ applied }) => applied === true)
    }
    const keys = requests.flatMap(({ headers }) => headers["idempotency-key"] ?? [])
    const secrets = [...secretsOf(provider, scene), ...new Set(keys)]
    const seen = [...printedEnd(end), ...yield* texts].flatMap((text) => secrets.filter((secret) => isIn(text, secret)))
    return {
      provider: provider.name,
      operation: { name: operation.name, kind: operation.kind },
      fault: { name: fault.name, times: fault.times },
      attempts: sent,
      outcome: describeEnd(end, fault, course.codes),
      mayHaveApplied: failureOf(end)?.mayHaveApplied,
      createdTwice: countCreatedTwice(operation, scene, truth),
      lost: countLost(operation, scene, truth, end),
      hung: Number(Option.isNone(end)),
      secrets: seen.length
    }
  })

const andThenQuiet = <A, E>(call: Effect.Effect<A, E>, quiet: Duration.DurationInput) =>
  Effect.zipLeft(Effect.exit(call), Effect.sleep(quiet))

/** What of `TestContext` has to do with time: the whole takes longer to build than most rows to run. */
const virtualTime = TestClock.defaultTestClock.pipe(
  Layer.provide(Layer.merge(TestServices.liveLayer(), TestServices.annotationsLayer())),
  Layer.provide(TestContext.LiveContext)
)

/** In process, in virtual time: the same on every machine. */
export const measure = <Name extends ProviderName>(
  provider: Provider<Name>,
  operation: Operation,
  fault: FaultCase
): Effect.Effect<Row> => {
  const row = run(provider, operation, fault, {
    codes: true,
    ended: (call) => Effect.map(settle(andThenQuiet(call, "10 minutes")), Option.map(Exit.flatten))
  }).pipe(
    Effect.provide(
      FetchHttpClient.layer.pipe(
        Layer.provideMerge(Sandbox.layerFetch({ seed: seedOf(provider, operation, fault) })),
        Layer.provideMerge(virtualTime)
      )
    )
  )
  // in a runtime of its own: a fiber that was once given a TestClock keeps it
  return Effect.promise(() => Effect.runPromise(row))
}

/** Over a real port, with the clock on the wall. */
export const measureOnPort = <Name extends ProviderName>(
  provider: Provider<Name>,
  operation: Operation,
  fault: FaultCase,
  client: Layer.Layer<HttpClient.HttpClient>,
  policy: Layer.Layer<never>
): Effect.Effect<Row> =>
  Effect.gen(function*() {
    const server = yield* Sandbox.SandboxServer
    return yield* run(provider, operation, fault, {
      baseUrl: server.urlOf(provider.name),
      // nobody listens on it, and the system gives it to nobody who asks for any
      closedUrl: `http://127.0.0.1:2/${provider.name}`,
      codes: false,
      ended: (call) =>
        andThenQuiet(Effect.provide(call, policy), "50 millis").pipe(
          Effect.disconnect,
          Effect.timeoutOption("20 seconds")
        )
    })
  }).pipe(
    Effect.provide([Sandbox.layerServer(), client]),
    Effect.orDie
  )
