/** What `docs/pages.md` says of checkpoints, and what deletions can hide from a walk. */
import * as Autumn from "@effect-customers/autumn"
import { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Fault, type ProviderName, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { HttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Option, Predicate, Redacted, Stream } from "effect"
import { readFileSync } from "node:fs"
import { exportFrom } from "./guides/pages/exportFrom.js"
import { onePage } from "./guides/pages/onePage.js"

type Transform = (client: HttpClient.HttpClient) => HttpClient.HttpClient

interface Walk {
  readonly provider: ProviderName
  readonly layer: (transformClient: Transform) => Layer.Layer<CustomersService, never, HttpClient.HttpClient>
  /** What this walk meets before anything is deleted. */
  readonly fault?: Fault.FaultRule
}

const key = Redacted.make("test_x")

const autumn = (apiVersion: "2.1" | "2.3"): Walk["layer"] => (transformClient) =>
  Autumn.layer({ secretKey: Redacted.make("am_sk_test_x"), apiVersion, transformClient })

/** By their titles in the table. */
const walks: { readonly [title: string]: Walk } = {
  Polar: {
    provider: "polar",
    layer: (transformClient) => Polar.layer({ accessToken: Redacted.make("polar_oat_x"), transformClient })
  },
  Mollie: { provider: "mollie", layer: (transformClient) => Mollie.layer({ apiKey: key, transformClient }) },
  "Pin Payments": {
    provider: "pin-payments",
    layer: (transformClient) => PinPayments.layer({ secretKey: key, transformClient })
  },
  "Autumn, `apiVersion` 2.1": { provider: "autumn", layer: autumn("2.1") },
  "the same without `total_filtered_count`": {
    provider: "autumn",
    layer: autumn("2.1"),
    fault: {
      operation: "list",
      times: Infinity,
      fault: Fault.Alter({
        alter: (page) =>
          Predicate.isRecord(page)
            ? Object.fromEntries(Object.entries(page).filter(([name]) => !name.startsWith("total")))
            : page
      })
    }
  },
  "Autumn, `apiVersion` 2.3": { provider: "autumn", layer: autumn("2.3") },
  Flexprice: { provider: "flexprice", layer: (transformClient) => Flexprice.layer({ apiKey: key, transformClient }) }
}

const scenarios = ["deleted", "exchanged", "deleted before every request"] as const

/** How many of forty customers, of those who are there throughout, a walk in pages of ten does not tell of. */
const missed = ({ fault, layer, provider }: Walk, scenario: typeof scenarios[number]) => {
  let beforeRequest: Effect.Effect<void> = Effect.void
  const transformClient: Transform = HttpClient.mapRequestEffect((request) =>
    Effect.as(Effect.suspend(() => beforeRequest), request)
  )
  return Effect.gen(function*() {
    const control = yield* SandboxControl
    const customers = yield* CustomersService
    const seeded = yield* control.seed(provider, 40)
    const inOrder = customers.capabilities.walk.order === "oldest-first" ? seeded : seeded.toReversed()
    const gone = new Set<string>()
    const remove = (id: string) => Effect.orDie(Effect.zipRight(Effect.sync(() => gone.add(id)), customers.delete(id)))
    const afterPageTwo = {
      deleted: Effect.forEach(inOrder.slice(0, 5), remove, { discard: true }),
      exchanged: Effect.zipRight(remove(inOrder[0] ?? ""), Effect.asVoid(control.seed(provider, 1))),
      "deleted before every request": Effect.void
    }[scenario]
    if (fault !== undefined) yield* control.inject({ ...fault, provider })
    if (scenario === "deleted before every request") {
      const doomed = inOrder.slice(0, 25)[Symbol.iterator]()
      const next = Effect.suspend(() => {
        const { done, value } = doomed.next()
        return done === true ? Effect.void : remove(value)
      })
      const isRead = Effect.suspend(() => {
        // the delete is a request too
        const again = beforeRequest
        beforeRequest = Effect.void
        return Effect.zipRight(next, Effect.sync(() => void (beforeRequest = again)))
      })
      beforeRequest = isRead
    }
    const told = new Set<string>()
    yield* Stream.runForEach(
      Stream.zipWithIndex(customers.streamPages({ pageSize: 10, concurrency: 1 })),
      ([{ items }, index]) => {
        for (const { id } of items) told.add(id)
        return index === 1 ? afterPageTwo : Effect.void
      }
    )
    expect(gone.size).toBeGreaterThan(0)
    return seeded.filter((id) => !gone.has(id) && !told.has(id)).length
  }).pipe(Effect.provide(Layer.provideMerge(layer(transformClient), Sandbox.layer({ rateLimits: false }))))
}

/** An export of 600 customers, what it wrote, and what it saved. */
const exporting = (walk: Walk) =>
  Effect.gen(function*() {
    const { requests, seed } = yield* SandboxControl
    const seeded = yield* seed(walk.provider, 600)
    const written: Array<string> = []
    const saved: Array<Option.Option<string>> = []
    const run = (afterWrite: Effect.Effect<void>, afterSave: Effect.Effect<void>) =>
      Effect.exit(exportFrom(
        saved.at(-1),
        (next) => Effect.zipRight(Effect.sync(() => void saved.push(next)), afterSave),
        (ids) => Effect.zipRight(Effect.sync(() => void written.push(...ids)), afterWrite)
      ))
    return { requests, run, saved, seeded, written }
  })

const overSandbox = (walk: Walk) =>
  Layer.provideMerge(walk.layer((client) => client), Sandbox.layer({ rateLimits: false }))

it.effect.each(Object.entries(walks))(
  "%s: an export that ends behind any page goes on from its checkpoint, and one that has finished writes nothing",
  ([, walk]) =>
    Effect.gen(function*() {
      const { requests, run, saved, seeded, written } = yield* exporting(walk)
      const runs = yield* Effect.iterate(0, {
        while: () => !saved.some(Option.isNone),
        body: (runs) => Effect.as(run(Effect.void, Effect.interrupt), runs + 1)
      })
      expect(runs).toBeGreaterThan(2)
      expect(saved).toHaveLength(runs)
      expect([...written].sort()).toEqual([...seeded].sort())
      const sent = (yield* requests).length
      expect(yield* run(Effect.interrupt, Effect.interrupt)).toEqual(Exit.void)
      expect([written.length, saved.length, (yield* requests).length]).toEqual([600, runs, sent])
    }).pipe(Effect.provide(overSandbox(walk)))
)

it.effect.each(Object.entries(walks))(
  "%s: a page that was written, and its cursor not saved, comes once more",
  ([, walk]) =>
    Effect.gen(function*() {
      const { run, saved, seeded, written } = yield* exporting(walk)
      yield* run(Effect.void, Effect.interrupt)
      const first = written.length
      yield* run(Effect.interrupt, Effect.void)
      expect(saved).toHaveLength(1)
      const again = written.slice(first)
      expect(again.length).toBeGreaterThan(0)
      expect(yield* run(Effect.void, Effect.void)).toEqual(Exit.void)
      expect([...written].sort()).toEqual([...seeded, ...again].sort())
    }).pipe(Effect.provide(overSandbox(walk)))
)

it.effect.each(Object.entries(walks))(
  "%s: a page after the other by `list`",
  ([, { layer, provider }]) =>
    Effect.gen(function*() {
      const { seed } = yield* SandboxControl
      const seeded = yield* seed(provider, 45)
      const first = yield* onePage()
      const second = yield* onePage(first.next)
      const third = yield* onePage(second.next)
      expect([first, second, third].map(({ ids }) => ids.length)).toEqual([20, 20, 5])
      expect(third.next).toBe(undefined)
      expect([first, second, third].flatMap(({ ids }) => ids).sort()).toEqual([...seeded].sort())
    }).pipe(Effect.provide(overSandbox({ layer, provider })))
)

const guide = readFileSync(new URL("../../../docs/pages.md", import.meta.url), "utf8")

const [, below = ""] = guide.split("\n## What deletions can hide\n")

const rows = (/(?:^\|.*\n)+/m.exec(below)?.[0] ?? "").trimEnd().split("\n").slice(2).map((row) =>
  row.slice(1, -1).split("|").map((cell) => cell.trim())
)

describe("what deletions can hide", () => {
  it("is said of every walk", () => {
    expect(rows.map(([title]) => title)).toEqual(Object.keys(walks))
  })

  it.live.each(Object.entries(walks))("%s", ([title, walk]) =>
    Effect.gen(function*() {
      const counts = yield* Effect.forEach(scenarios, (scenario) => missed(walk, scenario))
      const said = rows.find(([name]) => name === title)?.slice(1)
      expect([counts, counts.map((count) => count === 0 ? "nobody" : "can be missed")]).toEqual([counts, said])
    }))

  it.live("an order of the caller's own may repeat and miss rows", () =>
    Effect.gen(function*() {
      const control = yield* SandboxControl
      const { delete: remove, streamPages } = yield* Polar.PolarClient
      const seeded = yield* control.seed("polar", 60)
      const told: Array<string> = []
      yield* Stream.runForEach(
        Stream.zipWithIndex(streamPages({ sorting: ["-created_at"] }, { pageSize: 10, concurrency: 1 })),
        ([{ items }, index]) => {
          told.push(...items.map(({ id }) => id))
          return index === 1
            ? control.seed("polar", 1)
            : index === 3
            ? Effect.forEach(seeded.slice(-10), (id) => remove(id))
            : Effect.void
        }
      )
      const isTold = new Set(told)
      expect(told.length).toBeGreaterThan(isTold.size)
      expect(seeded.filter((id) => !isTold.has(id)).length).toBeGreaterThan(0)
    }).pipe(
      Effect.provide(
        Layer.provideMerge(Polar.layer({ accessToken: Redacted.make("polar_oat_x") }), Sandbox.layer())
      )
    ))
})
