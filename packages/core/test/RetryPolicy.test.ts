import { type CustomersError, RequestTimeout, RetryPolicy } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import {
  Chunk,
  Config,
  ConfigProvider,
  DateTime,
  Deferred,
  Duration,
  Effect,
  Either,
  Exit,
  Fiber,
  Layer,
  Random,
  Stream,
  TestClock
} from "effect"
import * as Acme from "./acme.js"
import { inVirtualTime } from "./virtualTime.js"

const person = { path: { id: "1" } }

/** Fails the same way every time. */
const outage = Acme.status(503)

const seeded = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.withRandom(effect, Random.make("a seed"))

const waits = (sent: ReadonlyArray<Acme.Sent>) => sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))

describe("what is repeated", () => {
  const transient = [
    ["a reset connection", Effect.fail("ECONNRESET")],
    ["a refused connection", Effect.fail("ECONNREFUSED")],
    ["408", Acme.status(408)],
    ["425", Acme.status(425)],
    ["429", Acme.status(429)],
    ["500", Acme.status(500)],
    ["502", Acme.status(502)],
    ["503", Acme.status(503)],
    ["504", Acme.status(504)],
    [
      "a body that is cut off",
      Effect.sync(() => new Response(new ReadableStream({ start: (controller) => controller.error(new Error("cut")) })))
    ]
  ] as const
  const final = [
    ["400", Acme.status(400)],
    ["401", Acme.status(401)],
    ["403", Acme.status(403)],
    ["404", Acme.status(404)],
    ["307", Acme.status(307, { location: "https://acme.example/" })],
    ["418", Acme.status(418)],
    ["501", Acme.status(501)],
    ["505", Acme.status(505)],
    ["a body that is no JSON", Effect.sync(() => new Response("<html>"))]
  ] as const

  const once = (answer: Effect.Effect<Response, string>) =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(Acme.oneByOne(answer, Acme.ok))
      const { call } = yield* Acme.transportOver(client)
      const exit = yield* Effect.exit(inVirtualTime(call(Acme.get, person)))
      return { attempts: sent.length, succeeded: Exit.isSuccess(exit) }
    })

  it.effect.each(transient)(
    "of a read: %s",
    ([, answer]) => Effect.map(once(answer), (seen) => expect(seen).toEqual({ attempts: 2, succeeded: true }))
  )

  it.effect.each(final)(
    "and not: %s",
    ([, answer]) => Effect.map(once(answer), (seen) => expect(seen).toEqual({ attempts: 1, succeeded: false }))
  )

  it.effect("a timeout, whose request is ended first", () =>
    Effect.gen(function*() {
      const ended: Array<number> = []
      const { client, sent } = Acme.answering((sent) =>
        sent.number === 1
          ? Effect.onInterrupt(Effect.never, () => Effect.sync(() => ended.push(sent.number)))
          : Acme.ok
      )
      const { call } = yield* Acme.transportOver(client)
      yield* inVirtualTime(call(Acme.get, person).pipe(RequestTimeout.with({ attempt: "3 seconds" })))
      expect(ended).toEqual([1])
      expect(sent[1]?.at).toBeGreaterThanOrEqual(3000)
      expect(sent).toHaveLength(2)
    }))

  const attempts = (
    endpoint: typeof Acme.invite | typeof Acme.create,
    answer: Effect.Effect<Response, string>,
    policy: RetryPolicy.Options = {}
  ) =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => answer)
      const { call } = yield* Acme.transportOver(client)
      const run: Effect.Effect<unknown, CustomersError> = endpoint === Acme.create
        ? call(Acme.create, { body: { name: "Ada" } })
        : call(Acme.invite, {})
      const error = yield* Effect.flip(inVirtualTime(run.pipe(RetryPolicy.with(policy))))
      return [sent.length, error._tag, error.mayHaveApplied]
    })

  it.effect("a write that is not safe to repeat, only when it surely did not happen", () =>
    Effect.gen(function*() {
      for (const answer of [Effect.fail("ECONNREFUSED"), Effect.fail("ENOTFOUND"), Effect.fail("EAI_AGAIN")]) {
        expect(yield* attempts(Acme.invite, answer)).toEqual([4, "TransportFailed", false])
      }
      expect(yield* attempts(Acme.invite, Acme.status(429))).toEqual([4, "RateLimited", false])
      for (const status of [408, 425, 500, 502, 503, 504]) {
        expect(yield* attempts(Acme.invite, Acme.status(status))).toEqual([1, "ProviderUnavailable", true])
      }
      for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT"]) {
        expect(yield* attempts(Acme.invite, Effect.fail(code))).toEqual([1, "TransportFailed", true])
      }
      expect(yield* attempts(Acme.invite, Effect.never)).toEqual([1, "RequestTimedOut", true])
    }))

  it.effect("whatever a policy says, unless it says repeatUnsafe", () =>
    Effect.gen(function*() {
      const eager: RetryPolicy.Options = {
        maxAttempts: 9,
        maxTotalDelay: "1 day",
        maxRetryAfter: "1 day",
        budget: false,
        gate: false,
        while: () => true
      }
      expect(yield* attempts(Acme.invite, outage, eager)).toEqual([1, "ProviderUnavailable", true])
      expect(yield* attempts(Acme.invite, Effect.never, eager)).toEqual([1, "RequestTimedOut", true])
      expect(yield* attempts(Acme.invite, outage, { repeatUnsafe: true })).toEqual([4, "ProviderUnavailable", true])
    }))

  it.effect("`while` narrows it and cannot widen it", () =>
    Effect.gen(function*() {
      const tagged = (tag: string) => ({ while: (error: CustomersError) => error._tag === tag })
      expect(yield* attempts(Acme.create, outage, tagged("TransportFailed"))).toEqual([1, "ProviderUnavailable", true])
      expect(yield* attempts(Acme.create, outage, tagged("ProviderUnavailable"))).toEqual([
        4,
        "ProviderUnavailable",
        true
      ])
      expect(yield* attempts(Acme.create, Acme.status(400), tagged("InvalidRequest"))).toEqual([
        1,
        "InvalidRequest",
        false
      ])
    }))

  it.effect("an error tells of all attempts: a refusal after a lost answer may have been applied", () =>
    Effect.gen(function*() {
      const { client } = Acme.answering(Acme.oneByOne(Effect.fail("ECONNRESET"), Acme.status(403)))
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(inVirtualTime(call(Acme.update, { ...person, body: { name: "Ada" } })))
      expect(error._tag).toBe("PermissionDenied")
      expect(error.mayHaveApplied).toBe(true)
      expect(error.status).toBe(403)
    }))

  it.effect("a repeated delete that finds nothing is a success; one that never found anything is not", () =>
    Effect.gen(function*() {
      const removal = (...answers: ReadonlyArray<Effect.Effect<Response, string>>) =>
        Effect.gen(function*() {
          const { client } = Acme.answering(Acme.oneByOne(...answers))
          const { call } = yield* Acme.transportOver(client)
          return yield* Effect.either(inVirtualTime(call(Acme.remove, person)))
        })
      expect((yield* removal(Effect.fail("ECONNRESET"), Acme.status(404)))._tag).toBe("Right")
      expect((yield* removal(Acme.status(503), Acme.status(404)))._tag).toBe("Right")
      expect(yield* removal(Acme.status(404))).toMatchObject({ left: { _tag: "CustomerNotFound" } })
      // what was refused did not remove anything
      expect(yield* removal(Acme.status(429), Acme.status(404))).toMatchObject({ left: { _tag: "CustomerNotFound" } })
      expect(yield* removal(Effect.fail("ECONNREFUSED"), Acme.status(404))).toMatchObject({
        left: { _tag: "CustomerNotFound" }
      })
    }))
})

describe("how often and after what wait", () => {
  const failing = (policy: RetryPolicy.Options = {}, answer: (sent: Acme.Sent) => typeof outage = () => outage) =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(answer)
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(inVirtualTime(call(Acme.get, person).pipe(RetryPolicy.with(policy))))
      return { waits: waits(sent), error }
    })

  it.effect("four times by default, full jitter under a ceiling that doubles", () =>
    Effect.gen(function*() {
      const runs = yield* Effect.replicateEffect(failing(), 60)
      for (const [retry, ceiling] of [500, 1000, 2000].entries()) {
        const all = runs.map(({ waits }) => waits[retry] ?? Number.NaN)
        expect(Math.max(...all)).toBeLessThanOrEqual(ceiling)
        expect(Math.max(...all)).toBeGreaterThan(ceiling * 0.8)
        expect(Math.min(...all)).toBeLessThan(ceiling * 0.2)
      }
      expect(runs.every(({ waits }) => waits.length === 3)).toBe(true)
    }))

  it.effect("the same seed, the same waits", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* seeded(failing()), yield* seeded(failing())]
      expect(first.waits).toEqual(second.waits)
    }))

  it.effect("no single wait above maxDelay, and all of them together at most maxTotalDelay", () =>
    Effect.gen(function*() {
      const many = yield* failing({ maxAttempts: 200, budget: false })
      expect(Math.max(...many.waits)).toBeLessThanOrEqual(20_000)
      expect(many.waits.length).toBeGreaterThan(5)
      expect(many.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(60_000)
      expect(many.error._tag).toBe("ProviderUnavailable")
    }))

  const retryAfterForms = [
    ["seconds", { "retry-after": "7" }],
    ["fractions of a second", { "retry-after": "7.0" }],
    ["an HTTP date", { "retry-after": "Thu, 01 Jan 1970 00:00:07 GMT" }],
    ["milliseconds, which win", { "retry-after-ms": "7000", "retry-after": "1" }]
  ] as const

  it.effect.each(retryAfterForms)(
    "waits for Retry-After in %s, and a little longer",
    ([, headers]) =>
      Effect.gen(function*() {
        for (const status of [429, 503]) {
          const { client, sent } = Acme.answering(Acme.oneByOne(Acme.status(status, headers), Acme.ok))
          const { call } = yield* Acme.transportOver(client)
          yield* TestClock.setTime(0)
          yield* inVirtualTime(call(Acme.get, person))
          expect(sent[1]?.at).toBeGreaterThanOrEqual(7000)
          expect(sent[1]?.at).toBeLessThanOrEqual(7500)
        }
      })
  )

  it.effect("each time another little longer", () =>
    Effect.gen(function*() {
      const { waits } = yield* failing(
        { maxAttempts: 9, budget: false },
        () => Acme.status(503, { "retry-after": "7" })
      )
      expect(new Set(waits).size).toBeGreaterThan(5)
      expect(Math.max(...waits)).toBeGreaterThan(8000)
    }))

  it.effect("what Retry-After asks for does not count in maxTotalDelay", () =>
    Effect.gen(function*() {
      const { error, waits } = yield* failing({ maxTotalDelay: "5 seconds" }, () =>
        Acme.status(503, { "retry-after": "60" }))
      expect(waits).toHaveLength(3)
      expect(error._tag).toBe("ProviderUnavailable")
    }))

  it.effect("longer than maxRetryAfter: ends at once, with that duration", () =>
    Effect.gen(function*() {
      for (const [status, tag] of [[429, "RateLimited"], [503, "ProviderUnavailable"]] as const) {
        const { error, waits } = yield* failing({}, () => Acme.status(status, { "retry-after": "3600" }))
        expect(waits).toEqual([])
        expect(error).toMatchObject({ _tag: tag, retryAfter: Duration.hours(1) })
      }
      const patient = yield* failing({ maxRetryAfter: "2 hours", maxAttempts: 2 }, () =>
        Acme.status(503, { "retry-after": "3600" }))
      expect(patient.waits).toHaveLength(1)
    }))

  it.effect("none: once, at once", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.status(429, { "retry-after": "60" }))
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(RetryPolicy.none(call(Acme.get, person)))
      yield* Effect.flip(RetryPolicy.none(call(Acme.get, person)))
      expect(error._tag).toBe("RateLimited")
      expect(sent).toHaveLength(2)
      expect(yield* DateTime.now).toEqual(DateTime.unsafeMake(0))
    }))

  it.effect("options out of bounds are InvalidRequest before anything is sent, and a ConfigError in layerConfig", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      const pathsOf = (run: Effect.Effect<unknown, CustomersError>) =>
        Effect.map(
          Effect.flip(run),
          (error) => error._tag === "InvalidRequest" ? error.issues.map(({ path }) => path) : error._tag
        )
      const get = call(Acme.get, person)
      for (const maxAttempts of [0, -1, 1.5, Number.NaN]) {
        expect(yield* pathsOf(RetryPolicy.with(get, { maxAttempts }))).toEqual(["retryPolicy.maxAttempts"])
      }
      for (const factor of [0.5, Infinity, Number.NaN]) {
        expect(yield* pathsOf(RetryPolicy.with(get, { factor }))).toEqual(["retryPolicy.factor"])
      }
      for (const bad of [-1, Number.NaN, "-5 seconds", "5 secnds" as never, {} as never] as const) {
        for (const name of ["initialDelay", "maxDelay", "maxTotalDelay", "maxRetryAfter"]) {
          expect(yield* pathsOf(RetryPolicy.with(get, { [name]: bad }))).toEqual([`retryPolicy.${name}`])
        }
        for (const name of ["attempt", "idle"]) {
          expect(yield* pathsOf(RequestTimeout.with(get, { [name]: bad }))).toEqual([`requestTimeout.${name}`])
        }
      }
      expect(yield* pathsOf(RetryPolicy.with(get, { initialDelay: Infinity, maxDelay: Infinity }))).toEqual([
        "retryPolicy.initialDelay",
        "retryPolicy.maxDelay"
      ])
      const bad = yield* Effect.provide(Acme.transportOver(client), RetryPolicy.layer({ maxAttempts: 0 }))
      expect(yield* pathsOf(RetryPolicy.with(bad.call(Acme.get, person), { maxAttempts: 3 }))).toEqual([
        "retryPolicy.maxAttempts"
      ])
      expect(sent).toEqual([])
      for (
        const [layer, path] of [
          [RetryPolicy.layerConfig({ maxAttempts: Config.succeed(0) }), "retryPolicy.maxAttempts"],
          [RetryPolicy.layerConfig({ initialDelay: Config.succeed(-1) }), "retryPolicy.initialDelay"],
          [RequestTimeout.layerConfig({ idle: Config.succeed(Number.NaN) }), "requestTimeout.idle"]
        ] as const
      ) {
        const error = yield* Effect.flip(Layer.build(layer))
        expect([error._op, "path" in error && error.path]).toEqual(["InvalidData", [path]])
      }
    }).pipe(Effect.scoped))
})

describe("the gate", () => {
  /** Refuses every request that arrives before this time; it takes 30 ms to get there and back. */
  const refusingUntil = (end: number, headers: Record<string, string>) => (sent: Acme.Sent) =>
    Effect.delay(sent.at < end && sent.path !== "/people" ? Acme.status(429, headers) : Acme.ok, "30 millis")

  const forty = (policy: RetryPolicy.Options) =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(refusingUntil(2000, { "retry-after": "2" }))
      const { call } = yield* Acme.transportOver(client)
      const calls = Effect.forEach(
        Array.from({ length: 40 }, (_, index) => index),
        (index) => Effect.delay(call(Acme.get, person), index * 40),
        { concurrency: "unbounded" }
      )
      const other = Effect.delay(call(Acme.list, {}), 500)
      yield* inVirtualTime(Effect.zip(calls, other, { concurrent: true }).pipe(RetryPolicy.with(policy)))
      return {
        sent: sent.filter(({ path }) => path !== "/people").map(({ at }) => at),
        others: sent.filter(({ path }) => path === "/people").map(({ at }) => at)
      }
    })

  it.effect("one 429 holds back all calls of its group, and no other group", () =>
    Effect.gen(function*() {
      const { others, sent } = yield* forty({})
      expect(sent.filter((at) => at > 30 && at < 2000)).toEqual([])
      expect(sent.length).toBeLessThanOrEqual(42)
      const after = sent.filter((at) => at >= 2000)
      expect(after).toHaveLength(40)
      expect(new Set(after).size).toBeGreaterThan(30)
      expect(others).toEqual([500])
    }))

  it.effect("without it about twice as many are sent", () =>
    Effect.gen(function*() {
      const { sent } = yield* forty({ gate: false })
      expect(sent.length).toBeGreaterThan(70)
    }))

  it.effect("a 429 that does not say how long closes nothing", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => sent.number === 1 ? Acme.status(429) : Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      yield* RetryPolicy.none(Effect.flip(call(Acme.get, person)))
      yield* call(Acme.get, person)
      expect(sent.map(({ at }) => at)).toEqual([0, 0])
    }))

  it.effect("closed for longer than maxRetryAfter: calls that meet it end at once, unsent, with what is left", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.status(429, { "retry-after": "3600" }))
      const { call } = yield* Acme.transportOver(client)
      yield* Effect.flip(call(Acme.get, person))
      yield* TestClock.adjust("10 minutes")
      const error = yield* Effect.flip(call(Acme.invite, {}))
      expect(error).toMatchObject({
        _tag: "RateLimited",
        operation: "invite",
        mayHaveApplied: false,
        retryAfter: Duration.minutes(50)
      })
      expect(error.status).toBeUndefined()
      expect(sent).toHaveLength(1)
      yield* TestClock.adjust("49 minutes")
      const late = yield* Effect.fork(Effect.exit(call(Acme.list, {})))
      yield* Fiber.join(late)
      expect(sent).toHaveLength(2)
    }))

  it.effect("an earlier end does not open it, nor does a clock that is set back keep it closed", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) =>
        sent.number <= 2 ? Acme.status(429, { "retry-after": sent.number === 1 ? "60" : "1" }) : Acme.ok
      )
      const { call } = yield* Acme.transportOver(client)
      const get = call(Acme.get, person)
      yield* TestClock.setTime(10_000_000)
      yield* Effect.all([Effect.ignore(RetryPolicy.none(get)), Effect.ignore(RetryPolicy.none(get))])
      const late = yield* Effect.flip(RetryPolicy.with(get, { maxRetryAfter: "30 seconds" }))
      expect(late).toMatchObject({ _tag: "RateLimited", retryAfter: Duration.minutes(1) })
      yield* TestClock.setTime(0)
      yield* get
      expect(sent).toHaveLength(3)
    }))

  it.effect("stays closed for an hour at most: the header may be a mistake", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) =>
        sent.number === 1 ? Acme.status(429, { "retry-after": "99999999" }) : Acme.ok
      )
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(call(Acme.get, person))
      expect(error).toMatchObject({ _tag: "RateLimited", retryAfter: Duration.seconds(99_999_999) })
      expect(yield* Effect.flip(call(Acme.get, person))).toMatchObject({ retryAfter: Duration.hours(1) })
      yield* TestClock.adjust("1 hour")
      yield* call(Acme.get, person)
      expect(sent).toHaveLength(2)
    }))

  it.effect("is closed by a 429 whose body stalls as well", () =>
    Effect.gen(function*() {
      const stalled = Effect.sync(() =>
        new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), {
          status: 429,
          headers: { "retry-after": "5" }
        })
      )
      const { client, sent } = Acme.answering((sent) => sent.number === 1 ? stalled : Acme.ok)
      const { call } = yield* Acme.transportOver(client)
      const first = call(Acme.invite, {})
      yield* inVirtualTime(
        Effect.zip(first, Effect.delay(call(Acme.get, person), "3 seconds"), { concurrent: true })
      )
      expect(sent).toHaveLength(3)
      // two seconds for the body, then what the head asks for
      expect(sent.slice(1).every(({ at }) => at >= 7000 && at <= 7500)).toBe(true)
    }))

  it.effect("a hundred and fifty calls that meet it all come through: the budget is for outages", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) =>
        Effect.delay(sent.at < 2000 ? Acme.status(429, { "retry-after": "2" }) : Acme.ok, "30 millis")
      )
      const { call } = yield* Acme.transportOver(client)
      const calls = Effect.all(Array.from({ length: 150 }, () => call(Acme.get, person)), { concurrency: "unbounded" })
      yield* inVirtualTime(calls)
      expect(sent).toHaveLength(300)
    }))

  it.effect("a call that finds it closed again and again ends, unsent", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.status(429, { "retry-after": "60" }))
      const { call } = yield* Acme.transportOver(client)
      // who does not care keeps it closed
      const careless = RetryPolicy.none(Effect.ignore(call(Acme.get, person)))
      yield* careless
      const others = yield* Effect.fork(Effect.forever(Effect.delay(careless, "50 seconds")))
      const error = yield* Effect.flip(inVirtualTime(call(Acme.invite, {})))
      yield* Fiber.interrupt(others)
      expect(error).toMatchObject({ _tag: "RateLimited", operation: "invite", mayHaveApplied: false })
      expect(error.status).toBeUndefined()
      expect(sent.filter(({ method }) => method === "POST")).toEqual([])
      // four waits of 50 to 60 seconds
      expect(sent.length).toBeGreaterThanOrEqual(4)
      expect(sent.length).toBeLessThanOrEqual(6)
    }))
})

describe("the budget", () => {
  const outageOf = (policy: RetryPolicy.Options) =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering((sent) => Effect.delay(sent.at < 30_000 ? outage : Acme.ok, "20 millis"))
      const { call } = yield* Acme.transportOver(client)
      const calls = Effect.forEach(
        Array.from({ length: 200 }, (_, index) => index),
        (index) => Effect.delay(Effect.exit(call(Acme.get, person)), index * 100),
        { concurrency: "unbounded" }
      )
      yield* inVirtualTime(RetryPolicy.with(calls, policy))
      return sent.length
    })

  it.effect("an outage under 200 calls costs at most half as many requests again", () =>
    Effect.map(outageOf({}), (requests) => {
      expect(requests).toBeLessThanOrEqual(300)
      expect(requests).toBeGreaterThan(200)
    }))

  it.effect("without it more than three times as many", () =>
    Effect.map(outageOf({ budget: false }), (requests) => expect(requests).toBeGreaterThan(600)))

  it.effect("a timeout costs twice, and successes give back", () =>
    Effect.gen(function*() {
      const requestsOf = (answer: (sent: Acme.Sent) => Effect.Effect<Response, string>, calls: number) =>
        Effect.gen(function*() {
          const { client, sent } = Acme.answering(answer)
          const { call } = yield* Acme.transportOver(client)
          yield* inVirtualTime(
            Effect.replicateEffect(Effect.exit(call(Acme.get, person)), calls),
            "1 day"
          )
          return sent.length
        })
      expect(yield* requestsOf(() => outage, 200)).toBe(200 + 100)
      expect(yield* requestsOf(() => Effect.never, 200)).toBe(200 + 50)
      // what is given back is never more than there was
      const good = Array.from({ length: 300 }, () => Acme.ok)
      const late = (sent: Acme.Sent) => good[sent.number - 1] ?? outage
      expect(yield* requestsOf(late, 300 + 150)).toBe(300 + 150 + 100)
      // every other request fails: each call costs five and gives one back
      const everyOther = (sent: Acme.Sent) => sent.number % 2 === 1 ? outage : Acme.ok
      const calls = 120
      expect(yield* requestsOf(everyOther, calls)).toBe(2 * calls)
    }))
})

describe("a retry that is not sent", () => {
  it.effect("costs nothing", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.status(503, { "retry-after": "60" }))
      const { call } = yield* Acme.transportOver(client)
      const waiting = yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.fork(call(Acme.get, person)))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interruptAll(waiting)
      yield* Effect.flip(inVirtualTime(call(Acme.get, person)))
      expect(sent).toHaveLength(100 + 4)
    }))
})

describe("interruption", () => {
  it.effect("ends a wait at once", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => Acme.status(503, { "retry-after": "60" }))
      const { call } = yield* Acme.transportOver(client)
      const fiber = yield* Effect.fork(call(Acme.get, person))
      yield* TestClock.adjust("1 second")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      yield* TestClock.adjust("5 minutes")
      expect(sent).toHaveLength(1)
    }))

  it.effect("ends the request that is under way, and no other follows", () =>
    Effect.gen(function*() {
      const ended = yield* Deferred.make<void>()
      const { client, sent } = Acme.answering(() =>
        Effect.onInterrupt(Effect.never, () => Deferred.succeed(ended, void 0))
      )
      const { call } = yield* Acme.transportOver(client)
      const fiber = yield* Effect.fork(call(Acme.get, person))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(ended)
      yield* TestClock.adjust("5 minutes")
      expect(sent).toHaveLength(1)
    }))
})

describe("a streamed answer", () => {
  it.effect("is asked for again until it begins, and never once it has begun", () =>
    Effect.gen(function*() {
      const cut = () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: (controller) => controller.desiredSize === 0 ? undefined : controller.error(new Error("cut")),
            start: (controller) => controller.enqueue(new Uint8Array([1]))
          })
        )
      const { client, sent } = Acme.answering(Acme.oneByOne(outage, Effect.fail("ECONNRESET"), Effect.sync(cut)))
      const { stream } = yield* Acme.transportOver(client)
      const exit = yield* inVirtualTime(Effect.exit(Stream.runCollect(stream(Acme.photo, person))))
      expect(sent).toHaveLength(3)
      expect(Exit.isFailure(exit)).toBe(true)
    }))
})

describe("a slow answer", () => {
  /** Ten chunks, with this long before each of them. */
  const trickle = (pause: Duration.DurationInput) =>
    Stream.range(1, 10).pipe(
      Stream.mapEffect((byte) => Effect.as(Effect.sleep(pause), new Uint8Array([byte]))),
      Stream.toReadableStreamEffect(),
      Effect.map((body) => new Response(body))
    )

  const photoWith = (pause: Duration.DurationInput) =>
    Effect.gen(function*() {
      const { client } = Acme.answering(() => trickle(pause))
      const { stream } = yield* Acme.transportOver(client)
      return yield* inVirtualTime(Effect.either(Stream.runCount(stream(Acme.photo, person))))
    })

  it.effect("that is streamed is not cut while it goes on, however long it takes", () =>
    Effect.map(photoWith("25 seconds"), (count) => expect(count).toEqual(Either.right(10))))

  it.effect("that is silent for too long is", () =>
    Effect.map(
      photoWith("31 seconds"),
      (count) => expect(Either.isLeft(count) && count.left._tag).toBe("RequestTimedOut")
    ))

  it.effect("that is no stream has to come whole in time", () =>
    Effect.gen(function*() {
      const { client, sent } = Acme.answering(() => trickle("25 seconds"))
      const { call } = yield* Acme.transportOver(client)
      const error = yield* Effect.flip(inVirtualTime(call(Acme.get, person)))
      expect([error._tag, sent.length]).toEqual(["RequestTimedOut", 4])
    }))
})

describe("in force", () => {
  const inForce = Effect.map(
    Effect.flatMap(RetryPolicy.RetryPolicy, RetryPolicy.resolve),
    ({ initialDelay, maxAttempts }) => [maxAttempts, Duration.toMillis(initialDelay)]
  )

  it.effect("is what the design says by default", () =>
    Effect.map(
      Effect.flatMap(RetryPolicy.RetryPolicy, RetryPolicy.resolve),
      (policy) =>
        expect({ ...policy, while: undefined }).toEqual({
          maxAttempts: 4,
          initialDelay: Duration.millis(500),
          factor: 2,
          maxDelay: Duration.seconds(20),
          maxTotalDelay: Duration.seconds(60),
          maxRetryAfter: Duration.seconds(90),
          gate: true,
          budget: true,
          repeatUnsafe: false,
          while: undefined,
          issues: []
        })
    ))

  it.effect("a layer sets what it names, also from Config", () =>
    Effect.gen(function*() {
      expect(yield* Effect.provide(inForce, RetryPolicy.layer({ maxAttempts: 2 }))).toEqual([2, 500])
      const config = RetryPolicy.layerConfig({
        maxAttempts: Config.integer("ATTEMPTS"),
        initialDelay: Config.duration("DELAY")
      })
      const provider = ConfigProvider.fromMap(new Map([["ATTEMPTS", "3"], ["DELAY", "2 seconds"]]))
      expect(yield* Effect.provide(inForce, Layer.provide(config, Layer.setConfigProvider(provider)))).toEqual([
        3,
        2000
      ])
    }))

  it.effect("around a call: inner over outer over the layer's; undefined keeps what holds outside", () =>
    inForce.pipe(
      RetryPolicy.with({ maxAttempts: 1, initialDelay: undefined }),
      RetryPolicy.with({ maxAttempts: 2, initialDelay: "2 seconds" }),
      Effect.provide(RetryPolicy.layer({ maxAttempts: 5, initialDelay: "5 seconds" })),
      Effect.map((value) => expect(value).toEqual([1, 2000]))
    ))

  it.effect("around a stream, and not outside of it", () =>
    Effect.gen(function*() {
      const stream = Stream.take(Stream.repeatEffect(inForce), 1).pipe(RetryPolicy.withStream({ maxAttempts: 7 }))
      expect(Chunk.toReadonlyArray(yield* Stream.runCollect(stream))).toEqual([[7, 500]])
      expect(yield* inForce).toEqual([4, 500])
    }))
})
