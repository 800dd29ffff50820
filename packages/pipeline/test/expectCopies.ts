/** What has arrived of the 300. */
import { Capabilities, Customer } from "@effect-customers/core"
import type { ProviderName } from "@effect-customers/sandbox"
import { expect } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as CustomersCopy from "../src/CustomersCopy.js"
import type { Ledger } from "../src/Ledger.js"
import * as Pairs from "./pairs.js"
import type { Service } from "./pairs.js"

const customersOf = (service: Service) =>
  Effect.map(Pairs.all(service.streamPages()), (pages) => pages.flatMap(({ items }) => items))

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

/** Each has arrived as it is in the table, as `Capabilities.fit` leaves it, and once. */
export const expectCopies = (
  { ledger, source, target }: { readonly source: Service; readonly target: Service; readonly ledger: Ledger },
  sourceName: ProviderName,
  targetName: ProviderName
) =>
  Effect.gen(function*() {
    const originals = yield* customersOf(source)
    const copies = new Map((yield* customersOf(target)).map((customer) => [String(customer.id), customer]))
    expect(originals).toHaveLength(300)
    expect(copies.size).toBe(Pairs.arrive[sourceName][targetName])
    let arrived = 0
    for (const original of originals) {
      const entry = yield* ledger.get(targetName, CustomersCopy.sourceIdOf(original))
      if (Option.isNone(entry)) continue
      const copy = copies.get(Option.getOrThrow(entry.value.targetId))
      expect(fieldsOf(copy!)).toEqual(fittedFieldsOf(original, targetName, target.capabilities))
      copies.delete(copy!.id)
      arrived += 1
    }
    // each copy is somebody's, and nobody's twice
    expect(copies.size).toBe(0)
    expect(arrived).toBe(Pairs.arrive[sourceName][targetName])
  })
