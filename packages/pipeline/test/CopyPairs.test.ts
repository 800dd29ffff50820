import { Capabilities, Customer } from "@effect-customers/core"
import { Fault, type ProviderName, SandboxControl } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Deferred, Effect, Fiber, Option, Stream } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import * as CustomersImport from "../src/CustomersImport.js"
import * as Ledger from "../src/Ledger.js"
import * as Pairs from "./pairs.js"
import { providerNames, type Service } from "./pairs.js"

/**
 * How many of 300 must arrive. `pairs.ts` says what the 300 are; external ids, phones, addresses and locales that cannot
 * be stored are left out, and everything else that cannot be is why somebody does not arrive.
 */
const arrive: { readonly [source in ProviderName]: { readonly [target in ProviderName]?: number } } = {
  polar: {
    // everybody: e-mails may be absent, metadata may be any JSON
    mollie: 300,
    // but for 10 without an e-mail and 20 with metadata
    "pin-payments": 270,
    // but for 20 whose external id has a slash: it is required there
    autumn: 280,
    // but for 20 without a name and 20 with numbers in their metadata
    flexprice: 260
  },
  mollie: {
    // but for 5 with an e-mail that is none, 5 with a blank name, 40 without an e-mail, 20 with nested metadata and 20
    // with an empty text in it; and of the 20 pairs with one e-mail the second ones
    polar: 190,
    // but for the same 5 and 5, 40 without an e-mail, 40 with metadata
    "pin-payments": 210,
    // but for the same 5 and 5
    autumn: 290,
    // but for the same 5 and 5, 30 without a name, 20 with nested metadata
    flexprice: 240
  },
  "pin-payments": {
    // but for the second ones of 25 pairs with one e-mail
    polar: 275,
    mollie: 300,
    autumn: 300,
    // but for 40 without a name
    flexprice: 260
  },
  autumn: {
    // but for 30 without an e-mail, 30 with nested metadata, and the second ones of 10 pairs with one e-mail
    polar: 230,
    mollie: 300,
    // but for 30 without an e-mail and 70 with metadata
    "pin-payments": 200,
    // but for 20 without a name, 30 with nested metadata, and 10 who have no id to make an external id of
    flexprice: 240
  },
  flexprice: {
    // but for 30 without an e-mail and 10 with an empty text in their metadata
    polar: 260,
    mollie: 300,
    // but for 30 without an e-mail and 30 with metadata
    "pin-payments": 240,
    // but for 20 whose external id has a slash
    autumn: 280
  }
}

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

const all = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const customersOf = (service: Service) =>
  Effect.map(all(service.streamPages()), (pages) => pages.flatMap(({ items }) => items))

/** What must not differ between a customer and its copy. */
const fieldsOf = ({ address, email, externalId, locale, metadata, name, phone }: Customer) => ({
  externalId: Option.getOrNull(externalId),
  email: Option.getOrNull(Option.map(email, (email) => email.toLowerCase())),
  name: Option.getOrNull(name),
  phone: Option.getOrNull(phone),
  address: Option.getOrNull(address),
  locale: Option.getOrNull(locale),
  metadata
})

/** The same of what `Capabilities.fit` leaves of a customer. */
const fittedFieldsOf = (customer: Customer, target: ProviderName, capabilities: Capabilities.Capabilities) => {
  const { externalIdFrom = ({ externalId }: Customer) => externalId } = Pairs.optionsFor(target)
  const { input } = Capabilities.fit(capabilities, {
    ...CustomersCopy.inputOf(customer).input,
    externalId: Option.getOrUndefined(externalIdFrom(customer))
  })
  return fieldsOf(
    new Customer({
      ...customer,
      externalId: Option.fromNullable(input.externalId),
      email: Option.fromNullable(input.email),
      name: Option.fromNullable(input.name),
      phone: Option.fromNullable(input.phone),
      address: Option.filter(customer.address, () => input.address !== undefined),
      locale: Option.fromNullable(input.locale),
      metadata: input.metadata ?? {}
    })
  )
}

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
      })
    const creates = Effect.map(sandbox.requests, (requests) =>
      requests.filter(({ operation, provider }) =>
        provider === targetName && operation === Pairs.createOf(targetName)
      )
        .length)
    return { sandbox, source, target, ledger, copyTo, creates }
  })

/** Each has arrived as it is in the table, as `Capabilities.fit` leaves it, and once. */
const expectCopies = (
  { source, target, ledger }: Effect.Effect.Success<ReturnType<typeof setUp>>,
  sourceName: ProviderName,
  targetName: ProviderName
) =>
  Effect.gen(function*() {
    const originals = yield* customersOf(source)
    const copies = new Map((yield* customersOf(target)).map((customer) => [String(customer.id), customer]))
    expect(originals).toHaveLength(300)
    expect(copies.size).toBe(arrive[sourceName][targetName])
    let arrived = 0
    for (const original of originals) {
      const entry = yield* ledger.get(targetName, yield* CustomersCopy.sourceIdOf(original))
      if (Option.isNone(entry)) continue
      const copy = copies.get(Option.getOrThrow(entry.value.targetId))
      expect(fieldsOf(copy!)).toEqual(fittedFieldsOf(original, targetName, target.capabilities))
      copies.delete(copy!.id)
      arrived += 1
    }
    // each copy is somebody's, and nobody's twice
    expect(copies.size).toBe(0)
    expect(arrived).toBe(arrive[sourceName][targetName])
  })

describe.each(pairs)("%s to %s", (sourceName, targetName) => {
  const expected = arrive[sourceName][targetName]!

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
      yield* expectCopies(copy, sourceName, targetName)

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
    }).pipe(Effect.provide(Pairs.inProcess)))

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
    }).pipe(Effect.provide(Pairs.inProcess)))
})
