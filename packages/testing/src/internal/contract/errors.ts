/** The laws of errors: what they say, and what they keep to themselves. */
import type { CustomersError } from "@effect-customers/core/CustomersError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { at, type Case, type ContractViolated, type Kit, law, notFound, untyped } from "./law.js"
import { patchOf, writableFields } from "./values.js"

type Ending = ReturnType<typeof at>

interface Refusal {
  readonly what: string
  readonly call: Effect.Effect<unknown, CustomersError>
  readonly endings: readonly [Ending, ...ReadonlyArray<Ending>]
  /** Decided before anything is sent. */
  readonly unsent?: boolean
}

/** One of every kind that a service can be brought to, and what of the inputs no error may tell. */
const refusals = (
  kit: Kit
): Effect.Effect<{ readonly all: ReadonlyArray<Refusal>; readonly secrets: ReadonlyArray<string> }, ContractViolated> =>
  Effect.gen(function*() {
    const { can, create, customers, required, token, value } = kit
    const secret = token()
    const email = value("email")
    const externalId = value("externalId")
    const name = `Ada ${token()}`
    const customer = yield* create(
      Object.fromEntries([
        ...can.fields.email.stored ? [["email", email]] : [],
        ...can.fields.externalId.stored ? [["externalId", externalId]] : []
      ])
    )
    const input = { ...yield* required, ...can.fields.name.stored ? { name } : {} }
    const card = {
      number: Redacted.make(`42${secret}`),
      cvc: Redacted.make(`9${secret}`),
      expiryMonth: 1,
      expiryYear: 2035,
      name,
      address: { country: "AU" }
    }
    const invalid = at("InvalidRequest")
    const nobody = `nobody-${secret}`
    const unstored = writableFields.filter((field) => !can.fields[field].stored)
    const all: Array<Refusal> = [
      { what: "get of nobody", call: customers.get(nobody), endings: [notFound] },
      { what: "update of nobody", call: customers.update(nobody, { email: undefined }), endings: [notFound] },
      { what: "delete of nobody", call: customers.delete(nobody), endings: [notFound] },
      { what: "get of an odd id", call: customers.get(`${nobody}/x`), endings: [notFound, invalid, at("Unsupported")] },
      {
        what: "create with a wrong e-mail",
        call: customers.create({ ...input, email: `nobody ${secret}` }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "update with a wrong e-mail",
        call: customers.update(customer.id, { name, email: `nobody ${secret}` }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "create with a wrong locale",
        call: customers.create({ ...input, locale: `no locale ${secret}` }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "create with a wrong address",
        call: customers.create({ ...input, address: { line1: secret, country: secret } }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "create with wrong metadata",
        call: customers.create({ ...input, metadata: untyped({ [secret]: () => secret }) }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "create with a wrong card",
        call: customers.create({ ...input, paymentSource: { card: { ...card, expiryMonth: 13 } } }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "create with another key",
        call: customers.create(untyped({ ...input, [`${secret}@example.com`]: secret })),
        endings: [invalid],
        unsent: true
      },
      { what: "get of what is no id", call: customers.get(untyped({ secret })), endings: [invalid], unsent: true },
      { what: "list from no cursor", call: customers.list({ cursor: secret }), endings: [invalid], unsent: true },
      {
        what: "list of no page size",
        call: customers.list({ pageSize: untyped(secret) }),
        endings: [invalid],
        unsent: true
      },
      {
        what: "stream from no cursor",
        call: Stream.runDrain(customers.stream({ from: secret })),
        endings: [invalid],
        unsent: true
      },
      ...unstored.flatMap((field): ReadonlyArray<Refusal> => [
        {
          what: `create with ${field}`,
          call: customers.create(untyped({ ...input, ...patchOf(field, value(field)) })),
          endings: [at("Unsupported")],
          unsent: true
        },
        {
          what: `update with ${field}`,
          call: customers.update(customer.id, patchOf(field, value(field))),
          endings: [at("Unsupported")],
          unsent: true
        }
      ])
    ]
    for (const [field, taken] of [["email", email], ["externalId", externalId]] as const) {
      if (!can.fields[field].stored || can.fields[field].unique !== true) continue
      all.push({
        what: `create with a taken ${field}`,
        call: customers.create({ ...input, [field]: taken }),
        endings: [at("CustomerAlreadyExists")]
      })
    }
    if (Option.isSome(customers.byExternalId)) {
      const { deleteByExternalId, getByExternalId, getOrCreate, updateByExternalId } = customers.byExternalId.value
      const nobodys = value("externalId")
      all.push(
        { what: "getByExternalId of nobody", call: getByExternalId(nobodys), endings: [notFound] },
        { what: "updateByExternalId of nobody", call: updateByExternalId(nobodys, {}), endings: [notFound] },
        { what: "deleteByExternalId of nobody", call: deleteByExternalId(nobodys), endings: [notFound] },
        {
          what: "getOrCreate with a wrong e-mail",
          call: getOrCreate(nobodys, { email: `nobody ${secret}` }),
          endings: [invalid],
          unsent: true
        }
      )
    }
    if (Option.isSome(customers.byEmail)) {
      all.push({
        what: "findByEmail of no e-mail",
        call: Stream.runDrain(customers.byEmail.value.findByEmail(`nobody ${secret}`)),
        endings: [invalid],
        unsent: true
      })
    }
    return { all, secrets: [secret, email, name, externalId] }
  })

const printsOf = (error: CustomersError): ReadonlyArray<string> => [
  String(error),
  error.message,
  error.stack ?? "",
  JSON.stringify(error),
  Cause.pretty(Cause.fail(error))
]

/** @internal */
export const errorCases: ReadonlyArray<Case> = [
  law("errors: they name the provider and an operation", {}, (kit) =>
    Effect.gen(function*() {
      const { all } = yield* refusals(kit)
      for (const { call, endings, what } of all) {
        const { operation, provider } = yield* kit.refused(what, call, ...endings)
        yield* kit.holds(provider === kit.can.provider, `${what} to name the provider`, "another")
        yield* kit.holds(operation !== "", `${what} to name an operation`, "none")
      }
    })),
  law("errors: what was refused was not applied, and says so", {}, (kit) =>
    Effect.gen(function*() {
      const { all } = yield* refusals(kit)
      yield* kit.createsNobody(
        Effect.forEach(all, ({ call, endings, unsent, what }) =>
          Effect.gen(function*() {
            const error = yield* kit.refused(what, call, ...endings)
            yield* kit.holds(!error.mayHaveApplied, `${what} not to have been applied`, "that it may have been")
            if (unsent !== true) return
            const isOfProvider = error._tag === "InvalidRequest" && error.origin === "provider"
            yield* kit.holds(!isOfProvider && error.status === undefined, `${what} to be refused unsent`, "an answer")
          }), { discard: true })
      )
    })),
  law("errors: no value of an input and no id is in what they print", {}, (kit) =>
    Effect.gen(function*() {
      const { all, secrets } = yield* refusals(kit)
      for (const { call, endings, what } of all) {
        const error = yield* kit.refused(what, call, ...endings)
        const isTold = printsOf(error).some((print) => secrets.some((secret) => print.includes(secret)))
        yield* kit.holds(!isTold, `an error of ${what} that prints nothing of it`, "one that does")
      }
    }))
]
