import { Fault, type ProviderName, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import * as CustomersImport from "../src/CustomersImport.js"
import * as Ledger from "../src/Ledger.js"
import { expectCopies } from "./expectCopies.js"
import * as Pairs from "./pairs.js"
import { all, providerNames, type Service } from "./pairs.js"

/** Of those, who the dry run cannot know not to arrive: the second ones with an e-mail that is unique at the target. */
const takenEmails: { readonly [source in ProviderName]: number } = {
  polar: 0,
  mollie: 20,
  "pin-payments": 25,
  autumn: 10,
  flexprice: 0
}

const pairs = providerNames.flatMap((source) =>
  providerNames.filter((target) => target !== source).map((target) => [source, target] as const)
)

const countOf = (outcomes: ReadonlyArray<CustomersImport.Outcome>, tag: CustomersImport.Outcome["_tag"]) =>
  outcomes.filter(({ _tag }) => _tag === tag).length

const setUp = (sourceName: ProviderName, targetName: ProviderName) =>
  Effect.gen(function*() {
    const sandbox = yield* SandboxControl
    yield* Pairs.seed(sourceName)
    const [source, target] = yield* Effect.all([Pairs.serviceOf(sourceName), Pairs.serviceOf(targetName)])
    const ledger = yield* Ledger.memory
    const copyTo = (target: Service) =>
      CustomersCopy.run(source, target, {
        ...Pairs.optionsFor(targetName),
        ledger,
        concurrency: 8,
        settleAfter: 0
      }).pipe(Stream.tap(() => Pairs.breathe))
    const creates = Effect.map(sandbox.requests, (requests) =>
      requests.filter(({ operation, provider }) =>
        provider === targetName && operation === Pairs.createOf(targetName)
      )
        .length)
    return { sandbox, source, target, ledger, copyTo, creates }
  })

describe.each(pairs)("%s to %s", (sourceName, targetName) => {
  const expected = Pairs.arrive[sourceName][targetName]!

  it.scoped("arrives as far as it can be stored, and the rest is reported; a second run creates nothing", () =>
    Effect.gen(function*() {
      const copy = yield* setUp(sourceName, targetName)
      const { copyTo, creates, sandbox, source, target } = copy
      const dry = yield* CustomersCopy.dryRun(source, target, Pairs.optionsFor(targetName))
      const taken = targetName === "polar" ? takenEmails[sourceName] : 0
      expect(dry).toMatchObject({ customers: 300, conflicts: 0, unreadable: Pairs.unreadable[sourceName] })
      expect(dry.whole + dry.partly).toBe(expected + taken)
      expect(dry.failing).toBe(300 - expected - taken)
      expect(yield* creates).toBe(0)

      const outcomes = yield* all(copyTo(target))
      expect(outcomes).toHaveLength(300 + Pairs.unreadable[sourceName])
      expect(countOf(outcomes, "Created")).toBe(expected)
      expect(countOf(outcomes, "Failed")).toBe(300 - expected + Pairs.unreadable[sourceName])
      expect(outcomes.filter((outcome) => outcome._tag === "Created" && outcome.without.length > 0)).toHaveLength(
        dry.partly
      )
      // whoever has not arrived has a reason
      expect(outcomes.filter((outcome) => outcome._tag === "Failed" && outcome.reasons.length === 0)).toEqual([])

      const sent = yield* creates
      const again = yield* all(copyTo(target))
      expect(countOf(again, "Created")).toBe(0)
      expect(again.filter((outcome) => outcome._tag === "Skipped" && outcome.reason === "in the ledger")).toHaveLength(
        expected
      )
      // those whose e-mail is taken are tried again, and refused again
      expect((yield* creates) - sent).toBe(taken)
      yield* expectCopies(copy, sourceName, targetName)
      expect(yield* sandbox.bugs).toEqual([])
    }).pipe(Effect.withTracerEnabled(false), Effect.provide(Pairs.inProcess)))

  it.scoped("killed in the middle, with answers lost, and started again: everybody once", () =>
    Effect.gen(function*() {
      const copy = yield* setUp(sourceName, targetName)
      const { copyTo, sandbox, target } = copy
      const create = { provider: targetName, operation: Pairs.createOf(targetName) }
      for (let from = 5; from < 600; from += 40) {
        yield* sandbox.inject({ ...create, from, times: 2, fault: Fault.Reset({ applied: true }) })
        yield* sandbox.inject({ ...create, from: from + 10, times: 2, fault: Fault.Respond({ status: 500 }) })
        yield* sandbox.inject({ ...create, from: from + 20, times: 2, fault: Fault.HtmlPage({ applied: true }) })
        yield* sandbox.inject({ ...create, from: from + 30, times: 2, fault: Fault.Reset({}) })
      }
      // under way when it is killed: done there and not answered, not yet begun there, and never sent
      yield* sandbox.inject({ ...create, from: 60, fault: Fault.Delay({ duration: "1 hour", answer: "before" }) })
      yield* sandbox.inject({ ...create, from: 70, fault: Fault.Delay({ duration: "1 hour", answer: "after" }) })
      let calls = 0
      const unsent: Service = {
        ...target,
        create: (input) => Effect.suspend(() => ++calls === 80 ? Effect.never : target.create(input))
      }

      const enough = yield* Deferred.make<void>()
      let seen = 0
      const first = yield* copyTo(unsent).pipe(
        Stream.runForEach(() => ++seen === 200 ? Deferred.succeed(enough, undefined) : Effect.void),
        Effect.fork
      )
      yield* Deferred.await(enough)
      yield* Fiber.interrupt(first)
      const begun = yield* all(copy.ledger.begun(targetName))
      expect(begun.length).toBeGreaterThanOrEqual(3)

      // the next one loses answers too; the one after it settles what is left
      for (let run = 0; run < 2; run++) {
        const outcomes = yield* all(copyTo(target))
        expect(outcomes).toHaveLength(300 + Pairs.unreadable[sourceName])
        yield* sandbox.clearFaults
        if (run === 1) {
          expect(countOf(outcomes, "MaybeApplied")).toBe(0)
          expect(countOf(outcomes, "Failed")).toBe(300 - expected + Pairs.unreadable[sourceName])
        }
      }
      expect(yield* all(copy.ledger.begun(targetName))).toEqual([])
      yield* expectCopies(copy, sourceName, targetName)
      expect(yield* sandbox.bugs).toEqual([])
    }).pipe(Effect.withTracerEnabled(false), Effect.provide(Pairs.inProcess)))
})
