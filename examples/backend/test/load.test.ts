/**
 * 200 clients at once, each on a connection of its own, and a tenth of all requests to the providers go wrong. What
 * each client has to be answered is worked out from what went wrong with its requests, and from the policy.
 */
import * as Autumn from "@effect-customers/autumn"
import type { Capabilities } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Fault, type RequestLogEntry, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import {
  ConfigProvider,
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Logger,
  Schedule,
  Scope,
  Supervisor
} from "effect"
import { createHash } from "node:crypto"
import { Agent, createServer, request } from "node:http"
import { isDeepStrictEqual } from "node:util"
import * as Providers from "../src/Providers.js"
import { deadline } from "../src/resilience.js"
import { served } from "../src/server.js"

const clients = 200

/** What of 100 requests to a provider goes wrong. */
const share = 10

const providers: Readonly<Record<string, Capabilities.Capabilities>> = {
  polar: Polar.capabilities,
  mollie: Mollie.capabilities,
  "pin-payments": PinPayments.capabilities,
  autumn: Autumn.capabilities,
  flexprice: Flexprice.capabilities
}

// ---------------------------------------------------------------------------------------------------------------------
// What goes wrong
// ---------------------------------------------------------------------------------------------------------------------

interface Wrong {
  readonly fault: Fault.Fault
  readonly status: number
  readonly tag: string
  readonly retryAfter?: string
  /** The provider surely refused it. */
  readonly refused?: true
  /** A repeat would not help. */
  readonly final?: true
  /** Needs an answer with a body. */
  readonly ofBody?: true
}

const wrongs = {
  "500": { fault: Fault.Respond({ status: 500 }), status: 503, tag: "Unavailable" },
  "503": {
    fault: Fault.Respond({ status: 503, retryAfter: { seconds: 1 } }),
    status: 503,
    tag: "Unavailable",
    retryAfter: "1"
  },
  "429": {
    fault: Fault.Respond({ status: 429, retryAfter: { seconds: 1 } }),
    status: 503,
    tag: "Unavailable",
    retryAfter: "1",
    refused: true
  },
  "reset before the write": { fault: Fault.Reset({}), status: 502, tag: "ProviderFailed" },
  "reset after the write": { fault: Fault.Reset({ applied: true }), status: 502, tag: "ProviderFailed" },
  "cut body": { fault: Fault.CutBody({}), status: 502, tag: "ProviderFailed", ofBody: true },
  "cut JSON": { fault: Fault.CutJson({}), status: 502, tag: "ProviderFailed", final: true, ofBody: true },
  stall: { fault: Fault.StallBody({}), status: 504, tag: "TimedOut", ofBody: true }
} satisfies Readonly<Record<string, Wrong>>

type Kind = keyof typeof wrongs

const kinds = Object.keys(wrongs) as ReadonlyArray<Kind>

/** A number below 2^32 that the text alone decides, so that the same goes wrong in every run. */
const numberOf = (text: string) => createHash("sha256").update(text).digest().readUInt32BE()

// ---------------------------------------------------------------------------------------------------------------------
// What the clients ask for
// ---------------------------------------------------------------------------------------------------------------------

interface Attempt {
  /** In the log of the sandbox. */
  readonly index: number
  readonly operation: string
  readonly wrong: Kind | undefined
}

interface Call {
  readonly client: number
  readonly provider: string
  readonly name: string
  readonly write?: "create" | "update" | "delete"
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly ok: number
  readonly attempts: Array<Attempt>
}

const ofClient = (client: number) => Object.keys(providers)[client % 5]!

/** Under 250, the most of all providers, and no two clients of one provider have the same. */
const pageSizeOf = (client: number) => 1 + Math.floor(client / 5)

const card = {
  number: "4200000000000000",
  expiryMonth: 12,
  expiryYear: 2031,
  cvc: "123",
  name: "Ada Byron",
  address: { line1: "12 St James's Square", city: "London", country: "GB" }
}

const customer = (client: number, kind: "first" | "second") => {
  const { fields } = providers[ofClient(client)]!
  return {
    email: `${kind}_${client}_@example.com`,
    name: "Ada Byron",
    ...(fields.externalId.stored ? { externalId: `${kind}_${client}_` } : {}),
    ...(fields.paymentSource.stored ? { paymentSource: { card } } : {})
  }
}

/** One client's calls, one after the other. Its first customer is there before anything goes wrong. */
const callsOf = (client: number, id: string): ReadonlyArray<Call> => {
  const provider = ofClient(client)
  const at = (path = "") => `/${provider}/customers${path}`
  const call = (name: string, method: string, path: string, more: Partial<Call> = {}): Call => ({
    client,
    provider,
    name,
    method,
    path,
    ok: 200,
    attempts: [],
    ...more
  })
  const found = providers[provider]!.findBy.externalId
    ? [call("getByExternalId", "GET", at(`/by-external-id/first_${client}_`))]
    : []
  return [
    call("create", "POST", at(), { write: "create", body: customer(client, "second"), ok: 201 }),
    call("get", "GET", at(`/${id}`)),
    ...found,
    call("update", "PATCH", at(`/${id}`), { write: "update", body: { name: "Ada King" } }),
    call("list", "GET", at(`?pageSize=${pageSizeOf(client)}`)),
    call("delete", "DELETE", at(`/${id}`), { write: "delete", ok: 204 })
  ]
}

// ---------------------------------------------------------------------------------------------------------------------
// What they have to be answered
// ---------------------------------------------------------------------------------------------------------------------

interface Expected {
  readonly status: number
  readonly tag?: string | undefined
  readonly retryAfter?: string | undefined
  readonly mayHaveApplied?: boolean
}

/** As of `src/resilience.ts`. */
const mostAttempts = 3
const attemptTimeout = 4000

const isRefused = (kind: Kind) => "refused" in wrongs[kind]

/** What the attempts of a call come to, or what is wrong with how often it was sent. */
const outcomeOf = (
  { ok, provider, write, ...call }: Call,
  { began, ended, status }: Answer,
  log: ReadonlyArray<RequestLogEntry>
): Expected | string => {
  // on a busy machine a good answer, too, may come after the timeout, or be read after it
  const wasLate = ({ index, operation, wrong }: Attempt, next: Attempt | undefined) =>
    log[index]?.aborted === true ||
    (wrong === undefined && ended - began >= attemptTimeout &&
      (next === undefined ? status === 504 : next.operation === operation))
  const attempts = call.attempts.map((attempt, nth) =>
    wasLate(attempt, call.attempts[nth + 1]) ? { ...attempt, wrong: "stall" as const } : attempt
  )
  const mayRepeat = write === undefined || providers[provider]!.repeat[write] !== "never"
  let sent = 0
  let mayHaveApplied = false
  for (const [index, { operation, wrong }] of attempts.entries()) {
    const next = attempts[index + 1]
    sent = attempts[index - 1]?.operation === operation ? sent + 1 : 1
    if (wrong === undefined) {
      if (next?.operation === operation) return `${operation} was sent again after a good answer`
      continue
    }
    // what goes wrong before a write is sent leaves nothing open
    const changes = write !== undefined && !["get", "getExternal"].includes(operation)
    mayHaveApplied ||= changes && !isRefused(wrong)
    const again = !("final" in wrongs[wrong]) && sent < mostAttempts && (!changes || mayRepeat || isRefused(wrong))
    if (again && next?.operation === operation) continue
    if (again) return `${operation} was not sent again after ${wrong}`
    if (next !== undefined) return `${next.operation} was sent after ${wrong}, in attempt ${sent}`
    const { status, tag, ...more }: Wrong = wrongs[wrong]
    return { status, tag, retryAfter: more.retryAfter, mayHaveApplied }
  }
  return attempts.length === 0 ? "nothing was sent" : { status: ok }
}

/**
 * While a 429 holds, the others of that provider are not sent. Who has met it too often is told so: that, too, is as the
 * policy has it.
 */
const wasHeldBack = (
  { attempts, provider }: Call,
  { began, body, ended, retryAfter, status }: Answer,
  limited: ReadonlyArray<{ readonly provider: string; readonly at: number }>
) =>
  status === 503 && body._tag === "Unavailable" && retryAfter !== undefined &&
  (attempts.length === 0 || attempts.at(-1)?.wrong === "429" || attempts.length < mostAttempts) &&
  limited.some((limit) => limit.provider === provider && limit.at > began - 2000 && limit.at < ended)

/**
 * On a machine that is too busy to answer within the timeout of an attempt, attempts end without a trace in the log of the
 * sandbox. What is answered is one of the answers all the same.
 */
const wasStarved = ({ attempts, ok }: Call, { began, ended, status }: Answer) =>
  ended - began >= attemptTimeout && attempts.every(({ wrong }) => wrong !== "stall") &&
  [ok, 502, 503, 504].includes(status)

const isPastDeadline = ({ began, ended, status }: Answer) =>
  status === 504 && ended - began >= Duration.toMillis(deadline)

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: any
  readonly began: number
  readonly ended: number
}

const send = (port: number, agent: Agent, { body, method, path }: Pick<Call, "body" | "method" | "path">) =>
  Effect.async<Answer>((resume) => {
    const began = performance.now()
    const text = body === undefined ? "" : JSON.stringify(body)
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) }
    const sent = request({ host: "127.0.0.1", port, agent, method, path, headers }, (response) => {
      let answered = ""
      response.setEncoding("utf8").on("data", (chunk) => answered += chunk).on("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          retryAfter: response.headers["retry-after"],
          body: answered === "" ? undefined : JSON.parse(answered),
          began,
          ended: performance.now()
        })))
    })
    sent.on("error", (error) => resume(Effect.die(error)))
    sent.end(text)
  })

/** What is served, with all its fibers, on a server whose sockets can be counted. */
const backend = Effect.gen(function*() {
  const { urlOf } = yield* Sandbox.SandboxServer
  const scope = yield* Scope.make()
  const supervisor = yield* Supervisor.track
  const server = createServer()
  const variables = ConfigProvider.fromMap(
    new Map([
      ["PROVIDERS", Object.keys(providers).join(",")],
      ["POLAR_ACCESS_TOKEN", "polar_oat_x"],
      ["POLAR_BASE_URL", urlOf("polar")],
      ["MOLLIE_API_KEY", "test_x"],
      ["MOLLIE_BASE_URL", urlOf("mollie")],
      ["PIN_SECRET_KEY", "x"],
      ["PIN_BASE_URL", urlOf("pin-payments")],
      ["AUTUMN_SECRET_KEY", "am_sk_test_x"],
      ["AUTUMN_BASE_URL", urlOf("autumn")],
      ["FLEXPRICE_API_KEY", "x"],
      ["FLEXPRICE_BASE_URL", urlOf("flexprice")],
      ["RATE_LIMIT", "1000000"]
    ])
  )
  const build = served.pipe(
    Layer.provide(Providers.layerConfig),
    Layer.provideMerge(NodeHttpServer.layer(() => server, { port: 0, host: "127.0.0.1" })),
    Layer.provide(Layer.setConfigProvider(variables)),
    Layer.provide(Logger.remove(Logger.defaultLogger)),
    Layer.provide(Supervisor.addSupervisor(supervisor)),
    Layer.buildWithScope(scope)
  )
  // in a fiber whose supervisor does not become that of this one, whose own fibers are not to be counted
  const built = yield* Effect.flatten(Effect.flatMap(Effect.forkDaemon(build), Fiber.await))
  const { address } = Context.get(built, HttpServer.HttpServer)
  return {
    port: address._tag === "TcpAddress" ? address.port : 0,
    fibers: Effect.map(supervisor.value, (fibers) => fibers.length),
    sockets: Effect.async<number>((resume) => {
      server.getConnections((_, count) => resume(Effect.succeed(count)))
    }),
    close: Scope.close(scope, Exit.void)
  }
})

it.scopedLive(
  "200 clients are each answered what has to be, and nothing is left of them",
  () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { sockets: providerSockets } = yield* Sandbox.SandboxServer
      const { close, fibers, port, sockets } = yield* backend
      const agent = new Agent({ keepAlive: true, maxSockets: clients })
      const everyClient = Array.from({ length: clients }, (_, client) => client)

      const ids = yield* Effect.forEach(everyClient, (client) =>
        Effect.map(
          send(port, agent, {
            method: "POST",
            path: `/${ofClient(client)}/customers`,
            body: customer(client, "first")
          }),
          ({ body, status }) => {
            expect(status, JSON.stringify(body)).toBe(201)
            return String(body.id)
          }
        ), { concurrency: 50 })
      let mostFibers = 0

      // whose request it is, and with which call of theirs it belongs
      const current = new Map<number, Call>()
      const callOf = ({ body, operation, path, provider, query }: RequestLogEntry) => {
        const text = `${path} ${JSON.stringify(query)} ${body}`
        const token = /(?:first|second)_(\d+)_/.exec(text)?.[1]
        const id = ids.findIndex((id, client) => ofClient(client) === provider && text.includes(id))
        const size = /(?:limit|per_page)"[:,]"?(\d+)/.exec(text)?.[1]
        if (token !== undefined) return current.get(Number(token))
        if (id >= 0) return current.get(id)
        return everyClient.flatMap((client) => current.get(client) ?? []).find((call) =>
          call.provider === provider && call.name === "list" && pageSizeOf(call.client) === Number(size)
        ) ?? expect.fail(`whose is ${provider} ${operation} ${text}?`)
      }
      const decided = new Map<number, Kind | undefined>()
      const limited: Array<{ readonly provider: string; readonly at: number }> = []
      const wrongWith = (entry: RequestLogEntry): Kind | undefined => {
        if (decided.has(entry.index)) return decided.get(entry.index)
        const call = callOf(entry)
        const number = numberOf(`${call?.client} ${call?.name} ${call?.attempts.length}`)
        const possible = kinds.filter((kind) => call?.write !== "delete" || !("ofBody" in wrongs[kind]))
        const wrong = number % 100 < share ? possible[Math.floor(number / 100) % possible.length] : undefined
        decided.set(entry.index, wrong)
        call?.attempts.push({ index: entry.index, operation: entry.operation, wrong })
        if (wrong === "429") limited.push({ provider: entry.provider, at: performance.now() })
        return wrong
      }
      for (const kind of kinds) {
        yield* control.inject({
          times: Infinity,
          match: (entry) => wrongWith(entry) === kind,
          fault: wrongs[kind].fault
        })
      }

      const answers = yield* Effect.forEach(everyClient, (client) =>
        Effect.forEach(callsOf(client, ids[client]!), (call) =>
          Effect.gen(function*() {
            current.set(client, call)
            const answer = yield* send(port, agent, call)
            mostFibers = Math.max(mostFibers, yield* fibers)
            return { call, answer }
          })), { concurrency: "unbounded" })

      const log = yield* control.requests
      const mistakes = answers.flat().flatMap(({ answer, call }): ReadonlyArray<unknown> => {
        const outcome = isPastDeadline(answer)
          ? { status: 504, tag: "TimedOut", mayHaveApplied: call.write !== undefined }
          : outcomeOf(call, answer, log)
        if (typeof outcome === "string") {
          return wasHeldBack(call, answer, limited) || wasStarved(call, answer) ? [] : [{ ...call, answer, outcome }]
        }
        const { began: _, body, ended: __, ...told } = answer
        const expected = { tag: undefined, retryAfter: undefined, mayHaveApplied: undefined, ...outcome }
        return isDeepStrictEqual({ ...told, tag: body?._tag, mayHaveApplied: body?.mayHaveApplied }, expected)
          ? []
          : [{ ...call, answer, expected }]
      })
      expect(mistakes).toEqual([])
      const wrong = [...decided.values()].filter((kind) =>
        kind !== undefined
      )
      expect(answers.flat()).toHaveLength(1120)
      expect(new Set(wrong)).toEqual(new Set(kinds))
      expect(wrong.length / decided.size).toBeGreaterThan(0.08)

      expect(mostFibers).toBeGreaterThan(100)
      expect((yield* providerSockets).everOpen).toBeLessThanOrEqual(clients)
      agent.destroy()
      const nothingLeft = Effect.all({ fibers, sockets })
      yield* Effect.repeat(nothingLeft, {
        until: ({ fibers, sockets }) =>
          fibers === 0 && sockets === 0,
        schedule: Schedule.spaced("20 millis")
      })
        .pipe(Effect.timeout("2 seconds"))
      const [closing] = yield* Effect.timed(close)
      expect(Duration.toMillis(closing)).toBeLessThan(1000)
      yield* Effect.repeat(providerSockets, { until: ({ open }) => open === 0, schedule: Schedule.spaced("20 millis") })
        .pipe(
          Effect.timeout("2 seconds")
        )
      expect(yield* fibers).toBe(0)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(Sandbox.layerServer({ rateLimits: false }))),
  60_000
)
