import { expect, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ProviderName, Sandbox } from "../../src/index.js"

/** Base URL of the emulated provider, and the sandbox's own control. */
export interface Driven {
  readonly url: string
  readonly control: Sandbox.RunningSandbox["control"]
}

export const run = Effect.runPromise

/** Where a client of this provider finds it, on a running sandbox. */
type Reach<D> = (sandbox: Sandbox.RunningSandbox) => Effect.Effect<D, never, Scope.Scope>

const reachProvider = (provider: ProviderName): Reach<Driven> => ({ control, urlOf }) =>
  Effect.succeed({ url: urlOf(provider), control })

/** Tests of an official client, each on a sandbox of its own that it reaches as it can, and what they drive. */
export const driveBy = <D extends Driven>(client: string, reach: Reach<D>) => {
  const driven = new Set<string>()
  const test = (operation: string, title: string, body: (sandbox: D) => Promise<void>) => {
    driven.add(operation)
    it.live(`${client} ${operation}${title}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const sandbox = yield* Sandbox.serve()
        const reached = yield* reach(sandbox)
        yield* Effect.promise(() => body(reached))
        expect(yield* sandbox.control.bugs).toEqual([])
      })))
  }
  return {
    driven,
    works: (operation: string, what: string, body: (sandbox: D) => Promise<void>) => test(operation, `: ${what}`, body),
    /** The sandbox answers as the provider does; what goes wrong, goes wrong in the client. */
    fault: (operation: string, what: string, body: (sandbox: D) => Promise<void>) =>
      test(operation, `, the client's fault: ${what}`, body)
  }
}

/** The same for a client that takes a base URL. */
export const drive = (client: string, provider: ProviderName) => driveBy(client, reachProvider(provider))

/** What a call ends in; a call that succeeds fails the test. */
export const failureOf = async (call: () => Promise<unknown>): Promise<Error> => {
  let value
  try {
    value = await call()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error(`did not fail: ${JSON.stringify(value)}`)
}

export const collect = async <A>(items: AsyncIterable<A>): Promise<Array<A>> => {
  const all: Array<A> = []
  for await (const item of items) all.push(item)
  return all
}

/** Method, path and status of all that arrived. */
export const calls = async ({ control }: Driven) =>
  (await run(control.requests)).map(({ method, path, status }) => `${method} ${path} ${status}`)

export const lastRequest = async ({ control }: Driven) => (await run(control.requests)).at(-1)!

const moment = "2026-01-03T13:37:00.123456Z"
const grant = { created_at: moment, modified_at: null, granted_at: moment, benefit_metadata: { tier_name: "gold" } }

/** The waits of a call, in milliseconds, that begin in `place` of its stack; none is waited for, no jitter is added. */
export const delaysOf = async (place: RegExp, call: () => Promise<unknown>): Promise<ReadonlyArray<number>> => {
  const delays: Array<number> = []
  const real = globalThis.setTimeout
  const ours = ((handler: () => void, milliseconds = 0, ...given: ReadonlyArray<unknown>) => {
    const waits = place.test(new Error().stack ?? "")
    if (waits) delays.push(milliseconds)
    return real(handler, waits ? 0 : milliseconds, ...given)
  }) as typeof setTimeout
  vi.spyOn(globalThis, "setTimeout").mockImplementation(ours)
  vi.spyOn(Math, "random").mockReturnValue(0)
  try {
    await call()
  } finally {
    vi.restoreAllMocks()
  }
  return delays
}

/** What a call leaves rejected that nobody can await. */
export const unhandledBy = async (call: () => Promise<unknown>): Promise<ReadonlyArray<unknown>> => {
  const unhandled: Array<unknown> = []
  const listeners = process.listeners("unhandledRejection")
  process.removeAllListeners("unhandledRejection")
  process.on("unhandledRejection", (reason) => unhandled.push(reason))
  try {
    await call()
    // Node tells of rejections once the microtasks are through.
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.removeAllListeners("unhandledRejection")
    for (const listener of listeners) process.on("unhandledRejection", listener)
  }
  return unhandled
}

/** A customer with all that a state can hold, and with a benefit of a type that no client knows. */
export const stateful = {
  email: "ada@example.com",
  external_id: "usr 1/é",
  name: "Ada",
  created_at: moment,
  first_user_event_at: "2025-12-31T00:00:00Z",
  metadata: { plan_name: "pro", seats: 3, vip: true, ratio: 1.5 },
  tax_id: ["FR61954506077", "eu_vat"],
  billing_address: { line1: "1 rue X\nétage 2", country: "FR" },
  subscriptions: [{
    id: "e5149aae-e521-42b9-b24c-abb3d71eea2e",
    created_at: moment,
    modified_at: null,
    custom_field_data: {},
    metadata: {},
    status: "active",
    amount: 1000,
    currency: "usd",
    recurring_interval: "month",
    current_period_start: moment,
    current_period_end: "2026-02-03T13:37:00Z",
    trial_start: null,
    trial_end: null,
    cancel_at_period_end: false,
    canceled_at: null,
    started_at: moment,
    ends_at: null,
    product_id: "d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23",
    discount_id: null,
    seats: 2,
    units: 3,
    meters: []
  }],
  benefits: [
    {
      ...grant,
      id: "d322132c-a9d0-4e0d-b8d3-d81ad021a3a9",
      benefit_id: "397a17aa-15cf-4cb4-9333-18040203cf98",
      benefit_type: "license_keys",
      properties: { license_key_id: "57107b74-8400-4d80-a2fc-54c2b4239cb3", display_key: "****-3FA9C1" }
    },
    {
      ...grant,
      id: "c1d2e3f4-a5b6-4c7d-8e9f-0a1b2c3d4e5f",
      benefit_id: "42b94870-36b9-4573-96b6-b90b1c99a353",
      benefit_type: "meter_credit",
      properties: {}
    },
    {
      ...grant,
      id: "b0a1f2e3-1f4e-4c6b-8a9d-2e7f6c5b4a31",
      benefit_id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      benefit_type: "quantum_key",
      properties: { qubits: 5 }
    }
  ],
  meters: [{
    id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    created_at: moment,
    modified_at: null,
    meter_id: "d498a884-e2cd-4d3e-8002-f536468a8b22",
    consumed_units: 104.5,
    credited_units: 100,
    balance: -4.5
  }]
} as const

export const home = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"
export const unknownId = "99999999-9999-4999-8999-999999999999"
