import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ParseError } from "effect/ParseResult"
import * as Struct from "effect/Struct"
import type { Fault, FaultRule, RetryAfter } from "../Fault.js"
import type { SandboxOptions } from "../Sandbox.js"
import type { EmulatorBug, RequestLogEntry, SandboxControlOf } from "../SandboxControl.js"
import type { Answer, Call, Emulators, Instance, Places, Route, World } from "./emulator.js"
import { withKey, withTexts } from "./jsonPlaces.js"
import { SeedRefused } from "./seeds.js"
import { canBeSent } from "./sendable.js"
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

/** What a transport has to put on the wire. */
export type Delivery = Data.TaggedEnum<{
  Whole: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array | Iterable<Uint8Array>
  }
  Part: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly bytes: Uint8Array
    readonly ending: "cut" | "stall"
  }
  Reset: {}
}>
export const Delivery = Data.taggedEnum<Delivery>()

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

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

export const bodiless = (status: number): boolean => status === 204 || status === 205 || status === 304

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

const withLength = (headers: Readonly<Record<string, string>>, status: number, bytes: Uint8Array) =>
  bodiless(status) ? headers : { "content-length": String(bytes.length), ...headers }

const toBytes = (body: Uint8Array | Iterable<Uint8Array>): Uint8Array => {
  if (body instanceof Uint8Array) return body
  const pieces = Array.from(body)
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const part = (body: Uint8Array, bytes: number | undefined): Uint8Array => body.subarray(0, bytes ?? body.length >>> 1)

const replaceBody = (delivery: Data.TaggedEnum.Value<Delivery, "Whole">, body: Uint8Array): Delivery => {
  const { "content-length": _, ...headers } = delivery.headers
  return Delivery.Whole({ ...delivery, headers: withLength(headers, delivery.status, body), body })
}

const parseJson = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const onWhole = (
  answer: Effect.Effect<Delivery>,
  change: (delivery: Data.TaggedEnum.Value<Delivery, "Whole">) => Delivery
): Effect.Effect<Delivery> => Effect.map(answer, (delivery) => delivery._tag === "Whole" ? change(delivery) : delivery)

/** What some faults know beside the answer. */
interface Surroundings {
  readonly places: Places
  /** Milliseconds of the clock. */
  readonly builtAt: number
  readonly now: () => number
}

const retryAfterHeader = (retryAfter: RetryAfter, { builtAt, now }: Surroundings): Record<string, string> => {
  if ("seconds" in retryAfter) return { "retry-after": String(retryAfter.seconds) }
  if ("millis" in retryAfter) return { "retry-after-ms": String(retryAfter.millis) }
  if ("until" in retryAfter) {
    const left = builtAt + Duration.toMillis(retryAfter.until) - now()
    return { "retry-after": String(Math.max(0, Math.ceil(left / 1000))) }
  }
  const seconds = Math.ceil((now() + Duration.toMillis(retryAfter.date)) / 1000)
  return { "retry-after": new Date(seconds * 1000).toUTCString() }
}

const respond = (fault: Data.TaggedEnum.Value<Fault, "Respond">, surroundings: Surroundings): Delivery => {
  const body = typeof fault.body === "string" ? encoder.encode(fault.body) : fault.body ?? new Uint8Array()
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value
  if (fault.retryAfter !== undefined) Object.assign(headers, retryAfterHeader(fault.retryAfter, surroundings))
  return Delivery.Whole({ status: fault.status, headers: withLength(headers, fault.status, body), body })
}

const asResponse = (
  { status = 502, ...rest }: Data.TaggedEnum.Value<Fault, "HtmlPage">
): Data.TaggedEnum.Value<Fault, "Respond"> => ({
  ...rest,
  _tag: "Respond",
  status,
  headers: { "content-type": "text/html" },
  body: `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n` +
    `<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n`
})

const alterJson = (answer: Effect.Effect<Delivery>, alter: (json: unknown) => unknown): Effect.Effect<Delivery> =>
  onWhole(answer, (delivery) => {
    if (!(delivery.body instanceof Uint8Array)) return delivery
    const parsed = parseJson(decoder.decode(delivery.body))
    return parsed === undefined
      ? delivery
      : replaceBody(delivery, encoder.encode(JSON.stringify(alter(parsed.json))))
  })

const unknown = "sandbox_unknown"

const applyFault = (
  fault: Fault,
  answer: Effect.Effect<Delivery>,
  surroundings: Surroundings
): Effect.Effect<Delivery> => {
  switch (fault._tag) {
    case "Respond": {
      const instead = Effect.sync(() => respond(fault, surroundings))
      return fault.applied === true ? Effect.zipRight(answer, instead) : instead
    }
    case "HtmlPage":
      return applyFault(asResponse(fault), answer, surroundings)
    case "Delay":
      return fault.answer === "before"
        ? Effect.zipLeft(answer, Effect.sleep(fault.duration))
        : Effect.zipRight(Effect.sleep(fault.duration), answer)
    case "Reset":
      return fault.applied === true ? Effect.as(answer, Delivery.Reset()) : Effect.succeed(Delivery.Reset())
    case "CutBody":
    case "StallBody":
      return onWhole(answer, ({ body, headers, status }) =>
        Delivery.Part({
          status,
          headers,
          bytes: part(toBytes(body), fault.bytes),
          ending: fault._tag === "CutBody" ? "cut" : "stall"
        }))
    case "CutJson":
      return onWhole(answer, (delivery) => replaceBody(delivery, part(toBytes(delivery.body), fault.bytes)))
    case "EmptyBody":
      return onWhole(answer, (delivery) => replaceBody(delivery, new Uint8Array()))
    case "UnknownKeys":
      return alterJson(answer, (json) => withKey(json, surroundings.places.records, unknown, { nested: true }))
    case "UnknownMembers":
      return alterJson(answer, (json) => withTexts(json, surroundings.places.enums, unknown))
    case "Alter":
      return alterJson(answer, fault.alter)
  }
}

/** Throws now what a transport would throw later. */
const checkSendable = (fault: Fault) => {
  const head = fault._tag === "HtmlPage" ? asResponse(fault) : fault
  if (head._tag === "Respond" && !canBeSent(head.status, head.headers ?? {})) {
    throw new RangeError("no transport can send this status with these headers")
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
  clock: Clock.Clock
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

    const close = () => {
      if (entry.endedAt !== undefined) return
      entry.endedAt = now()
      entry.applied ??= false
      current.open--
    }

    let over: (() => void) | undefined

    const onBug = (cause: unknown) => {
      current.bugs.push({ provider: entry.provider, operation: entry.operation, index: entry.index, cause })
    }

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
        Effect.suspend(() => {
          entry.body = decoder.decode(body)
          const call = callWith(body)
          return Effect.acquireUseRelease(
            Effect.sync(() => {
              over = instance.arrived?.(call)
            }),
            () => {
              const faults = rulesThatHit(current.rules, entry).map((rule) => rule.fault)
              const undo = faults.some((fault) => fault._tag === "CutBody" && fault.applied === false)
              return faults.reduce(
                (answer, fault) => applyFault(fault, answer, surroundings),
                // Requests sent at once are open at once, in process as well.
                Effect.zipRight(Effect.yieldNow(), Effect.sync(() => truth(call, undo)))
              )
            },
            () => Effect.sync(() => over?.())
          )
        }).pipe(
          Effect.catchAllCause((cause) => {
            if (Cause.isInterruptedOnly(cause)) return Effect.failCause(cause)
            onBug(Cause.squash(cause))
            const text = encoder.encode("sandbox bug")
            const headers = { "content-type": "text/plain", "content-length": `${text.length}`, "x-sandbox-bug": "1" }
            return Effect.succeed<Delivery>(Delivery.Whole({ status: 500, headers, body: text }))
          })
        ),
      sent: (status) => {
        entry.status = status
      },
      close,
      abort: () => {
        entry.aborted = true
        // Now, not when the fiber has ended: who calls again at once shall not find this one still running.
        over?.()
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
