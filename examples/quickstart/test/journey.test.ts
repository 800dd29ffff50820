import * as Autumn from "@effect-customers/autumn"
import type { CustomersByExternalId } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { PassThrough } from "node:stream"
import { inVirtualTime } from "../../../packages/core/test/virtualTime.js"
import * as Journal from "../src/journal.js"
import { journey, lookAround } from "../src/journey.js"
import * as Progress from "../src/progress.js"
import { signUps } from "../src/signUps.js"

const polar = Polar.layer({ accessToken: Redacted.make("polar_oat_test") })
const mollie = Mollie.layer({ apiKey: Redacted.make("test_key") })
const pinPayments = PinPayments.layer({ secretKey: Redacted.make("key"), environment: "test" })
const autumn = Autumn.layer({ secretKey: Redacted.make("am_sk_test_key") })
const flexprice = Flexprice.layer({ apiKey: Redacted.make("key") })

/** Everything the journey needs, over the sandbox in process. */
const around = (output: NodeJS.WritableStream) => aroundProvider(output, polar)

const aroundProvider = <Services>(
  output: NodeJS.WritableStream,
  provider: Layer.Layer<Services, never, HttpClient.HttpClient>
) =>
  provider.pipe(
    Layer.provideMerge(Layer.merge(Journal.layer, Progress.layer(output))),
    Layer.provideMerge(Sandbox.layer())
  )

/** A stream that says of itself whether it is a terminal, and what was written to it. */
const screen = (isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  return { stream, text: () => String(stream.read() ?? "") }
}

const noted = Effect.gen(function*() {
  const { steps } = yield* Journal.Journal
  return (yield* steps).map(({ calls, operation, result }) => [operation, calls, result])
})

describe("the journey", () => {
  it.effect("creates, finds, changes, upserts, pages through and deletes, with as many requests as it must send", () =>
    Effect.gen(function*() {
      yield* journey(120)
      expect(yield* noted).toEqual([
        ["fit", 0, "without phone"],
        ["create", 1, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 1, "Ada Byron"],
        ["findByEmail", 1, "1 found"],
        ["update", 1, "Ada King"],
        ["upsert, as it is", 1, "Ada King"],
        ["upsert, a change", 2, "Ada Lovelace"],
        ["upsert, a new one", 2, "Charles Babbage"],
        ["create, again", 1, "CustomerAlreadyExists: email, externalId"],
        ["create x 120", 120, "120 created"],
        ["list, two pages", 3, "100 of 122"],
        ["stream, all", 2, "122 customers"],
        ["delete", 1, "deleted"],
        ["delete, the other", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      const left = yield* control.customers("polar")
      expect(new Set(left.map(({ email }) => email)).size).toBe(120)
      expect((yield* control.deleted("polar")).map(({ locale, name }) => [name, locale])).toEqual([
        ["Ada Lovelace", "en-GB"],
        ["Charles Babbage", null]
      ])
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(around(screen(false).stream))))

  it.effect("runs on Mollie, which keeps no ids of others", () =>
    Effect.gen(function*() {
      yield* journey(120)
      expect(yield* noted).toEqual([
        ["fit", 0, "without externalId, without phone"],
        ["create", 1, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 0, "not on mollie"],
        ["findByEmail", 0, "not on mollie"],
        ["update", 1, "Ada King"],
        ["upsert", 0, "not on mollie"],
        ["create, again", 1, "a second one: nothing here is unique"],
        ["create x 120", 120, "120 created"],
        ["list, two pages", 2, "100 of an unknown number"],
        ["stream, all", 1, "122 customers"],
        ["delete", 1, "deleted"],
        ["delete, the other", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      expect((yield* control.deleted("mollie")).map(({ locale, name }) => [name, locale])).toEqual([
        ["Ada King", "en_GB"],
        ["Ada Byron", null]
      ])
      expect(yield* control.customers("mollie")).toHaveLength(120)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(aroundProvider(screen(false).stream, mollie))))

  it.effect("runs on Pin Payments, which wants a card", () =>
    Effect.gen(function*() {
      yield* journey(120)
      expect(yield* noted).toEqual([
        ["fit", 0, "without externalId, with paymentSource"],
        ["create", 1, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 0, "not on pin-payments"],
        ["findByEmail", 0, "not on pin-payments"],
        ["update", 2, "Ada King"],
        ["upsert", 0, "not on pin-payments"],
        ["create, again", 1, "a second one: nothing here is unique"],
        ["create x 120", 120, "120 created"],
        ["list, two pages", 3, "100 of 122"],
        ["stream, all", 5, "122 customers"],
        ["delete", 1, "deleted"],
        ["delete, the other", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      expect((yield* control.deleted("pin-payments")).map(({ phone_number }) => phone_number)).toEqual([
        "+44 20 7946 0018",
        "+44 20 7946 0018"
      ])
      expect(yield* control.customers("pin-payments")).toHaveLength(120)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(aroundProvider(screen(false).stream, pinPayments))))

  it.effect("runs on Autumn, which wants an id of ours", () =>
    Effect.gen(function*() {
      yield* inVirtualTime(journey(120))
      expect(yield* noted).toEqual([
        ["fit", 0, "without phone"],
        ["create", 2, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 1, "Ada Byron"],
        ["findByEmail", 1, "1 found"],
        ["update", 1, "Ada King"],
        ["upsert, as it is", 1, "Ada King"],
        ["upsert, a change", 2, "Ada Lovelace"],
        ["upsert, a new one", 3, "Charles Babbage"],
        ["create, again", 1, "CustomerAlreadyExists: externalId"],
        ["create x 120", 240, "120 created"],
        ["list, two pages", 3, "100 of 122"],
        ["stream, all", 1, "122 customers"],
        ["delete", 1, "deleted"],
        ["delete, the other", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      expect((yield* control.customers("autumn")).map(({ id }) => id).slice(0, 2)).toEqual(["user_1", "user_2"])
      expect(yield* control.customers("autumn")).toHaveLength(120)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(aroundProvider(screen(false).stream, autumn))))

  it.effect("runs on Flexprice, which wants an id of ours and a name", () =>
    Effect.gen(function*() {
      yield* journey(120)
      expect(yield* noted).toEqual([
        ["fit", 0, "as it is"],
        ["create", 1, "Ada Byron"],
        ["get", 1, "Ada Byron"],
        ["getByExternalId", 1, "Ada Byron"],
        ["findByEmail", 1, "1 found"],
        ["update", 1, "Ada King"],
        ["upsert, as it is", 1, "Ada King"],
        ["upsert, a change", 2, "Ada Lovelace"],
        ["upsert, a new one", 2, "Charles Babbage"],
        ["create, again", 1, "CustomerAlreadyExists: externalId"],
        ["create x 120", 120, "120 created"],
        ["list, two pages", 3, "100 of 122"],
        ["stream, all", 2, "122 customers"],
        ["delete", 1, "deleted"],
        ["delete, the other", 1, "deleted"],
        ["get, deleted", 1, "CustomerNotFound"]
      ])
      const control = yield* SandboxControl
      expect((yield* control.deleted("flexprice")).map(({ contact, name }) => [name, contact])).toEqual([
        ["Ada Lovelace", "+44 20 7946 0018"],
        ["Charles Babbage", undefined]
      ])
      expect(yield* control.customers("flexprice")).toHaveLength(120)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(aroundProvider(screen(false).stream, flexprice))))

  it.effect("reads a real account without changing it, and no more of it than was said", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed("polar", 450)
      yield* lookAround(300)
      expect(yield* noted).toEqual([
        ["list, one page", 1, "10 of 450"],
        ["get", 1, "the first of them"],
        ["stream, up to 300", 5, "300 customers"]
      ])
      expect(new Set((yield* control.requests).map(({ method }) => method))).toEqual(new Set(["GET"]))
    }).pipe(Effect.provide(around(screen(false).stream))))

  it.effect("says of an empty account that it is empty", () =>
    Effect.gen(function*() {
      yield* lookAround(300)
      expect(yield* noted).toEqual([["list, one page", 1, "0 of 0"], ["stream, up to 300", 1, "0 customers"]])
    }).pipe(Effect.provide(around(screen(false).stream))))
})

describe("the sign-ups, which need ids of ours", () => {
  const gone = [
    ["getOrCreate, two at once", "1 customer"],
    ["getByExternalId", "Grace Murray"],
    ["updateByExternalId", "Grace Hopper"],
    ["stream, looking for one", "met 1 time"],
    ["deleteByExternalId", "deleted"]
  ]

  const ends = <P extends "polar" | "autumn" | "flexprice">(
    provider: P,
    layer: Layer.Layer<CustomersByExternalId, never, HttpClient.HttpClient>
  ) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed(provider, 300)
      yield* inVirtualTime(signUps)
      expect((yield* noted).map(([operation, , result]) => [operation, result])).toEqual(gone)
      expect(yield* control.customers(provider)).toHaveLength(300)
      expect(yield* control.bugs).toEqual([])
    }).pipe(Effect.provide(aroundProvider(screen(false).stream, layer)))

  it.effect("run on Polar", () => ends("polar", polar))
  it.effect("run on Autumn", () => ends("autumn", autumn))
  it.effect("run on Flexprice", () => ends("flexprice", flexprice))
})

describe("the progress bar", () => {
  const walkOf450 = (output: NodeJS.WritableStream) =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      yield* control.seed("polar", 450)
      yield* lookAround(1000)
    }).pipe(Effect.provide(around(output)))

  it.live("shows count and rate on a terminal", () =>
    Effect.gen(function*() {
      const terminal = screen(true)
      yield* walkOf450(terminal.stream)
      expect(terminal.text()).toMatch(/walking .*450 of 450, [1-9][\d,]*\/s/)
    }))

  it.live("writes nothing where there is no terminal", () =>
    Effect.gen(function*() {
      const file = screen(false)
      yield* walkOf450(file.stream)
      expect(file.text()).toBe("")
    }))
})
