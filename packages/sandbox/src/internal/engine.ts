import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import type { ParseError } from "effect/ParseResult"
import type * as Scope from "effect/Scope"
import * as Struct from "effect/Struct"
import type { FaultRule } from "../Fault.js"
import type { SandboxOptions } from "../Sandbox.js"
import type { EmulatorBug, RequestLogEntry, SandboxControlOf } from "../SandboxControl.js"
import { decoder, Delivery, encoder, withLength } from "./delivery.js"
import type { Answer, Call, Emulators, Instance, Route, World } from "./emulator.js"
import { applyFault, checkSendable } from "./faults.js"
import { SeedRefused } from "./seeds.js"
import { makeWorld } from "./world.js"

/** A request as the transport saw it arrive. */
export interface Arrival<P> {
  readonly provider: P
  readonly method: string
  /** As it was sent, without the provider's prefix. */
  readonly path: string
  /** As it was sent, without `?`. */
  readonly search: string
  readonly headers: Readonly<Record<string, string>>
  readonly base: string
  readonly host: string
}

/** One request from its arrival to its end. */
export interface Exchange {
  /** Works out what to deliver; the body has arrived. */
  readonly answer: (body: Uint8Array) => Effect.Effect<Delivery>
  /** A status line goes out. */
  readonly sent: (status: number) => void
  /** The request is over. */
  readonly close: () => void
  /** The client went away. */
  readonly abort: () => void
}

/** What a transport sees of an engine with providers `P`. */
export interface Engine<P extends string> {
  readonly providers: ReadonlyArray<P>
  readonly providerOfHost: (host: string) => P | undefined
  readonly open: (arrival: Arrival<P>) => Exchange
}

export interface ControlledEngine<Seeds, Records> extends Engine<keyof Seeds & keyof Records & string> {
  readonly control: SandboxControlOf<Seeds, Records>
  /** The operations of one provider, in the order of its routes. */
  readonly operationsOf: (provider: keyof Seeds & keyof Records & string) => ReadonlyArray<string>
  /** Seeds all of it or nothing; answers the ids. */
  readonly seedJson: (
    provider: keyof Seeds & keyof Records & string,
    json: unknown
  ) => Either.Either<ReadonlyArray<string>, ParseError | SeedRefused>
}

const percentDecode = (path: string): string =>
  path.replace(
    /(?:%[0-9a-fA-F]{2})+/g,
    (run) => decoder.decode(Uint8Array.from(run.slice(1).split("%"), (byte) => parseInt(byte, 16)))
  )

const paramsOf = (template: string, path: string): Record<string, string> | undefined => {
  const expected = template.split("/")
  const actual = path.split("/")
  if (expected.length !== actual.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of expected.entries()) {
    const given = actual[i]!
    if (segment.startsWith("{") && given !== "") params[segment.slice(1, -1)] = given
    else if (segment !== given) return undefined
  }
  return params
}

/** Streamed pieces as bytes. What breaks while they are made is told in the open, as it is before the first byte. */
function* encodePieces(pieces: Iterable<string>, onBug: (cause: unknown) => void): Iterable<Uint8Array> {
  try {
    for (const piece of pieces) yield encoder.encode(piece)
  } catch (cause) {
    onBug(cause)
    yield encoder.encode("sandbox bug")
  }
}

interface CountedRule extends FaultRule {
  matched: number
  /** The moment on the clock from which on it hits nothing more. */
  readonly end: number
}

type Instances<Seeds, Records> = { readonly [P in keyof Seeds & keyof Records]: Instance<Seeds[P], Records[P]> }

const makeInstances = <Seeds, Records>(
  emulators: Emulators<Seeds, Records>,
  world: World
): Instances<Seeds, Records> => {
  const instances: { -readonly [P in keyof Instances<Seeds, Records>]?: Instances<Seeds, Records>[P] } = {}
  for (const name of Struct.keys(emulators)) instances[name] = emulators[name].make(world)
  return instances as Instances<Seeds, Records>
}

type OpenEntry = { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] }

export const makeEngine = <Seeds, Records>(
  emulators: Emulators<Seeds, Records>,
  options: SandboxOptions | undefined,
  clock: Clock.Clock,
  scope: Scope.Scope
): ControlledEngine<Seeds, Records> => {
  type Name = keyof Seeds & keyof Records & string
  const providers: ReadonlyArray<Name> = Struct.keys(emulators)

  const now = () => clock.unsafeCurrentTimeMillis()
  const builtAt = now()
  const after = (start: number, duration: Duration.DurationInput | undefined): number =>
    duration === undefined ? Infinity : start + Duration.toMillis(duration)

  const build = () => {
    const world = makeWorld(options, clock)
    return {
      world,
      instances: makeInstances(emulators, world),
      entries: [] as Array<OpenEntry>,
      rules: [] as Array<CountedRule>,
      bugs: [] as Array<EmulatorBug>,
      open: 0,
      mostOpen: 0
    }
  }
  let sandbox = build()

  const rulesThatHit = (rules: ReadonlyArray<CountedRule>, entry: RequestLogEntry): ReadonlyArray<FaultRule> =>
    rules.filter((rule) => {
      if (rule.provider !== undefined && rule.provider !== entry.provider) return false
      if (rule.operation !== undefined && rule.operation !== entry.operation) return false
      if (rule.match !== undefined && !rule.match({ ...entry })) return false
      rule.matched++
      const from = rule.from ?? 1
      const times = rule.times ?? (rule.end === Infinity ? 1 : Infinity)
      return entry.startedAt < rule.end && rule.matched >= from && rule.matched < from + times
    })

  const open = (arrival: Arrival<Name>): Exchange => {
    // A reset starts a new sandbox; what is still open then goes on ending in the old one.
    const current = sandbox
    const instance = current.instances[arrival.provider]
    const surroundings = { places: emulators[arrival.provider].places, builtAt, now }
    const path = percentDecode(arrival.path)
    const query = Array.from(new URLSearchParams(arrival.search))
    let route: Route | undefined
    let params: Readonly<Record<string, string>> = {}
    for (const candidate of instance.routes) {
      const found = candidate.method === arrival.method ? paramsOf(candidate.path, path) : undefined
      if (found !== undefined) {
        route = candidate
        params = found
        break
      }
    }
    const entry: OpenEntry = {
      index: current.entries.length,
      provider: arrival.provider,
      operation: route?.operation ?? "unknown",
      method: arrival.method,
      path: arrival.path,
      query,
      headers: arrival.headers,
      body: "",
      status: undefined,
      aborted: false,
      applied: undefined,
      startedAt: now(),
      endedAt: undefined
    }
    current.entries.push(entry)
    current.open++
    current.mostOpen = Math.max(current.mostOpen, current.open)

    // Also after the client has left, where a fault lets the work be finished.
    let working = false

    const close = () => {
      if (entry.endedAt !== undefined) return
      entry.endedAt = now()
      if (!working) entry.applied ??= false
      current.open--
    }

    const onBug = (cause: unknown) => {
      current.bugs.push({ provider: entry.provider, operation: entry.operation, index: entry.index, cause })
    }

    const tellingBugs = Effect.catchAllCause((cause: Cause.Cause<never>): Effect.Effect<Delivery> => {
      if (Cause.isInterruptedOnly(cause)) return Effect.failCause(cause)
      onBug(Cause.squash(cause))
      const text = encoder.encode("sandbox bug")
      const headers = { "content-type": "text/plain", "content-length": `${text.length}`, "x-sandbox-bug": "1" }
      return Effect.succeed(Delivery.Whole({ status: 500, headers, body: text }))
    })

    const methodsOf = (wanted: string): ReadonlyArray<string> =>
      instance.routes
        .filter(({ path: template, retired }) => retired !== true && paramsOf(template, wanted) !== undefined)
        .map(({ method }) => method)

    const callWith = (body: Uint8Array): Call => ({
      method: arrival.method,
      path,
      search: arrival.search,
      query,
      headers: arrival.headers,
      body,
      text: entry.body,
      host: arrival.host,
      base: arrival.base,
      params
    })

    const truth = (call: Call, undo: boolean): Delivery => {
      const backs = undo && arrival.method !== "GET" ? [instance.snapshot(), current.world.snapshot()] : []
      const writesBefore = current.world.writes()
      let answer: Answer
      try {
        answer = instance.around(
          call,
          () => route === undefined ? instance.unrouted(call, methodsOf) : route.answer(call)
        )
      } finally {
        for (const back of backs) back()
        entry.applied = current.world.writes() > writesBefore
      }
      if (answer.body !== undefined && typeof answer.body !== "string") {
        return Delivery.Whole({ ...answer, body: encodePieces(answer.body, onBug) })
      }
      const bytes = encoder.encode(answer.body ?? "")
      return Delivery.Whole({ ...answer, headers: withLength(answer.headers, answer.status, bytes), body: bytes })
    }

    return {
      answer: (body) =>
        tellingBugs(Effect.suspend(() => {
          entry.body = decoder.decode(body)
          const call = callWith(body)
          const faults = rulesThatHit(current.rules, entry).map((rule) => rule.fault)
          const undo = faults.some((fault) => fault._tag === "CutBody" && fault.applied === false)
          const work = Effect.acquireUseRelease(
            Effect.sync(() => {
              working = true
              return instance.arrived?.(call)
            }),
            () =>
              faults.reduce(
                (answer, fault) => applyFault(fault, answer, surroundings),
                // Requests sent at once are open at once, in process as well.
                Effect.zipRight(Effect.yieldNow(), Effect.sync(() => truth(call, undo)))
              ),
            (over) =>
              Effect.sync(() => {
                working = false
                entry.applied ??= false
                over?.()
              })
          )
          return faults.some((fault) => fault._tag === "Delay" && fault.whenLeft === "finish")
            ? Effect.flatMap(Effect.forkIn(tellingBugs(work), scope), Fiber.join)
            : work
        })),
      sent: (status) => {
        entry.status = status
      },
      close,
      abort: () => {
        entry.aborted = true
        close()
      }
    }
  }

  return {
    providers,
    providerOfHost: (host) => providers.find((provider) => emulators[provider].hosts.includes(host)),
    open,
    operationsOf: (provider) =>
      Array.from(new Set(sandbox.instances[provider].routes.map(({ operation }) => operation))),
    seedJson: (provider, json) =>
      Either.flatMap(emulators[provider].readSeeds(json), (seeds) => {
        const instance = sandbox.instances[provider]
        const backs = [instance.snapshot(), sandbox.world.snapshot()]
        return Either.try({
          try: () => instance.seed(seeds),
          catch: (error) => {
            for (const back of backs) back()
            if (error instanceof SeedRefused) return error
            throw error
          }
        })
      }),
    control: {
      seed: (provider, customers) => Effect.sync(() => sandbox.instances[provider].seed(customers)),
      customers: (provider) => Effect.sync(() => sandbox.instances[provider].customers()),
      deleted: (provider) => Effect.sync(() => sandbox.instances[provider].deleted()),
      resources: (provider, id) => Effect.sync(() => sandbox.instances[provider].resources?.(id) ?? {}),
      requests: Effect.sync(() => sandbox.entries.map((entry) => ({ ...entry }))),
      mostInFlight: Effect.sync(() => sandbox.mostOpen),
      inject: (rule) =>
        Effect.sync(() => {
          checkSendable(rule.fault)
          const end = Math.min(after(builtAt, rule.until), after(now(), rule.lasts))
          sandbox.rules.push({ ...rule, matched: 0, end })
        }),
      clearFaults: Effect.sync(() => {
        sandbox.rules.length = 0
      }),
      bugs: Effect.sync(() => sandbox.bugs.slice()),
      reset: Effect.sync(() => {
        sandbox = build()
      })
    }
  }
}
