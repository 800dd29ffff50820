/** The laws of finding by e-mail. */
import type { Customer } from "@effect-customers/core/Customer"
import type { Service as ByEmail } from "@effect-customers/core/CustomersByEmail"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Case, type ContractViolated, invalidAt, type Kit, law, untyped } from "./law.js"

interface Found {
  /** Exactly these are found, in any order. */
  readonly finds: (email: string, expected: ReadonlyArray<Customer>) => Effect.Effect<void, ContractViolated>
  readonly byEmail: ByEmail
}

const byEmailLaw = (
  name: string,
  check: (kit: Kit, found: Found) => Effect.Effect<unknown, ContractViolated>
): Case =>
  law(
    `${name} (or there is no byEmail)`,
    { findBy: "email" },
    (kit) =>
      Option.match(kit.customers.byEmail, {
        onNone: () => kit.holds(!kit.can.findBy.email, "byEmail where the capabilities claim it", "none"),
        onSome: (byEmail) =>
          Effect.zipRight(
            kit.holds(kit.can.findBy.email, "no byEmail where the capabilities do not claim it", "one"),
            check(kit, {
              byEmail,
              finds: (email, expected) =>
                Effect.gen(function*() {
                  const found = yield* kit.collect("findByEmail", byEmail.findByEmail(email))
                  const ids = new Set<string>(found.map(({ id }) => id))
                  const isExact = ids.size === expected.length && expected.every(({ id }) => ids.has(id))
                  yield* kit.holds(isExact, `exactly ${expected.length} with this e-mail`, `${ids.size}, or others`)
                  for (const customer of expected) {
                    for (const same of found.filter(({ id }) => id === customer.id)) {
                      yield* kit.isSame("who is found", same, customer)
                    }
                  }
                })
            })
          )
      })
  )

/** @internal */
export const emailCases: ReadonlyArray<Case> = [
  byEmailLaw("findByEmail: finds who has exactly this e-mail, case aside", (kit, { finds }) =>
    Effect.gen(function*() {
      const email = kit.value("email")
      const mixed = `${email.slice(0, 1).toUpperCase()}${email.slice(1)}`
      const customer = yield* kit.create({ email: mixed })
      yield* kit.create()
      for (const written of [mixed, email, email.toUpperCase()]) yield* finds(written, [customer])
    })),
  byEmailLaw(
    "findByEmail: finds all who have it where several can, and nobody twice",
    (kit, { finds }) =>
      Effect.gen(function*() {
        const email = kit.value("email")
        const first = yield* kit.create({ email })
        if (kit.can.fields.email.unique === true) return yield* finds(email, [first])
        return yield* finds(email, [first, yield* kit.create({ email: email.toUpperCase() })])
      })
  ),
  byEmailLaw(
    "findByEmail: who has another e-mail, be this a part of it or alike, is not found",
    (kit, { finds }) =>
      Effect.gen(function*() {
        const email = kit.value("email").replace("contract-", "con_t")
        yield* kit.create({ email: `x${email}` })
        yield* kit.create({ email: `${email}.au` })
        yield* kit.create({ email: email.replace("_", "x") })
        yield* kit.create({ email: email.replace("@", "+1@") })
        yield* finds(email, [])
        yield* finds(email.replace("con_t", "%"), [])
        yield* finds(email, [])
        yield* finds(email, [yield* kit.create({ email })])
      })
  ),
  byEmailLaw("findByEmail: an e-mail of nobody finds nobody", (kit, { finds }) =>
    Effect.gen(function*() {
      yield* kit.create()
      yield* finds(kit.value("email"), [])
    })),
  byEmailLaw(
    "findByEmail: a changed e-mail finds, and the one of before does not",
    (kit, { finds }) =>
      Effect.gen(function*() {
        const before = kit.value("email")
        const { id } = yield* kit.create({ email: before })
        if (kit.can.fields.email.mutable !== "always") return
        const now = kit.value("email")
        yield* kit.succeeds("update of email", kit.customers.update(id, { email: now }))
        yield* finds(now, [yield* kit.get(id)])
        yield* finds(before, [])
      })
  ),
  byEmailLaw("findByEmail: what is no e-mail is InvalidRequest at email", (kit, { byEmail }) =>
    Effect.gen(function*() {
      const { email } = yield* kit.create({ email: kit.value("email") })
      const padded = Option.match(email, { onNone: () => " a@b", onSome: (email) => ` ${email}` })
      for (const wrong of ["", "nobody", "two words@example.com", "@", padded, undefined, null, 5, {}]) {
        yield* kit.refused("findByEmail", Stream.runDrain(byEmail.findByEmail(untyped(wrong))), invalidAt("email"))
      }
    }))
]
