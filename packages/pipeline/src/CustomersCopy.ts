/**
 * Copies of customers from one provider to another: first a dry run, which says field by field what the target cannot
 * take; then a run, with a ledger, that can be killed and started again.
 *
 * @since 0.1.0
 */
import type { Capabilities, Field, UnsupportedField } from "@effect-customers/core/Capabilities"
import type { AddressInput, CreateCustomer, Customer, PaymentSource, Provider } from "@effect-customers/core/Customer"
import type { AuthenticationFailed, PermissionDenied } from "@effect-customers/core/CustomersError"
import type { GetError, Service } from "@effect-customers/core/CustomersService"
import type { Page } from "@effect-customers/core/Page"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Outcome } from "./CustomersImport.js"
import * as Import from "./CustomersImport.js"
import { check, type Checked } from "./internal/check.js"
import { hash } from "./internal/fingerprint.js"
import type { Ledger, LedgerFailed } from "./Ledger.js"

/**
 * Whatever has pages of customers: every `CustomersService` is one, and so is what was exported.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source<out E = never, out R = never> {
  readonly streamPages: () => Stream.Stream<Page<Customer>, E, R>
}

/**
 * How customers of the source become customers of the target.
 *
 * - `externalIdFrom`: the external id that a customer gets; its own when absent.
 * - `paymentSourceFor`: what a customer pays with, where the target stores that. No provider tells it. It is asked in a
 *   dry run too, and only for who is not in the ledger. Its error ends the run.
 * - `adapt`: the last word on the input, before it is held against what the target can store.
 * - `drop`: fields that may be left out where the target cannot store what is in them. None when absent: nothing is left
 *   out silently, and who has such a field fails. What was left out is in the outcome.
 *
 * What these functions throw is a defect, and ends the run.
 *
 * @example
 * ```ts
 * import { CustomersCopy } from "@effect-customers/pipeline"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as Redacted from "effect/Redacted"
 *
 * // where the checkout keeps them
 * declare const cardTokens: ReadonlyMap<string, string>
 *
 * const options: CustomersCopy.Options = {
 *   paymentSourceFor: ({ id }) =>
 *     Effect.succeed(Option.map(Option.fromNullable(cardTokens.get(id)), (token) => ({ cardToken: Redacted.make(token) })))
 * }
 * ```
 *
 * @since 0.1.0
 * @category options
 */
export interface Options<out E = never, out R = never> {
  readonly externalIdFrom?: ((customer: Customer) => Option.Option<string>) | undefined
  readonly paymentSourceFor?: ((customer: Customer) => Effect.Effect<Option.Option<PaymentSource>, E, R>) | undefined
  readonly adapt?: ((input: CreateCustomer, customer: Customer) => CreateCustomer) | undefined
  readonly drop?: "all" | ReadonlyArray<Field> | undefined
}

/**
 * - `ledger`: that of the run, where an earlier one was made with it: who is in it is counted apart, and nothing is asked
 *   of them. None when absent: everybody is new. It is read alone.
 * - `conflicts`: whether the target is asked, for each external id, if it has that already; false. It is one request more
 *   for each customer.
 * - `concurrency`: how many customers at once; 4.
 *
 * @since 0.1.0
 * @category options
 */
export interface DryRunOptions<out E = never, out R = never> extends Options<E, R> {
  readonly ledger?: Ledger | undefined
  readonly conflicts?: boolean | undefined
  readonly concurrency?: number | undefined
}

/**
 * How a copy is made, and the options of an import.
 *
 * @since 0.1.0
 * @category options
 */
export interface RunOptions<out E = never, out R = never> extends Options<E, R>, Import.Options {}

/**
 * A field, what is wrong with it, and of how many customers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding extends Import.Reason {
  readonly customers: number
}

/**
 * What a run over these customers would come to, in numbers; plain JSON. Each of `customers` is one of `whole` (arrives
 * with everything), `partly` (arrives without what `drop` allows to be left out), `failing`, where asked `conflicts` (the
 * target has its external id), and by the ledger that was given `known` (done before: skipped) or `inDoubt` (begun before:
 * looked for first). Rows that could not be read are `unreadable`, and not among them.
 *
 * `unsupported`, `missing` and `invalid` say why, counted by customer and field: `unsupported` also what may be left
 * out; `missing` is what the target requires; `invalid` what is stored at the source and can be written nowhere.
 *
 * What only the target can know, that an e-mail is taken, or twice in the source as an external id may be, it does not
 * see.
 *
 * @since 0.1.0
 * @category models
 */
export interface DryRun {
  readonly target: Provider
  readonly customers: number
  readonly whole: number
  readonly partly: number
  readonly failing: number
  readonly conflicts: number
  readonly known: number
  readonly inDoubt: number
  readonly unreadable: number
  readonly unsupported: ReadonlyArray<Finding>
  readonly missing: ReadonlyArray<Finding>
  readonly invalid: ReadonlyArray<Finding>
}

/**
 * A customer as an input: what is there, and nothing else. What of it is no input is in `unsupported`: an address
 * without a country.
 *
 * @since 0.1.0
 * @category mappings
 */
export const inputOf = (
  customer: Customer
): { readonly input: CreateCustomer; readonly unsupported: ReadonlyArray<UnsupportedField> } => {
  const address = Option.flatMap(
    customer.address,
    ({ country, ...lines }) =>
      Option.map(country, (country): AddressInput => ({
        ...given("line1", lines.line1),
        ...given("line2", lines.line2),
        ...given("city", lines.city),
        ...given("state", lines.state),
        ...given("postalCode", lines.postalCode),
        country
      }))
  )
  return {
    input: {
      ...given("externalId", customer.externalId),
      ...given("email", customer.email),
      ...given("name", customer.name),
      ...given("phone", customer.phone),
      ...given("address", address),
      ...given("locale", customer.locale),
      ...(Object.keys(customer.metadata).length === 0 ? {} : { metadata: customer.metadata })
    },
    unsupported: Option.isSome(customer.address) && Option.isNone(address)
      ? [{ path: "address", reason: "an address without a country cannot be written" }]
      : []
  }
}

const given = <K extends string, A>(key: K, value: Option.Option<A>): { readonly [_ in K]?: A } =>
  Option.match(value, {
    onNone: () => ({}),
    onSome: (value) => ({ [key]: value }) as { readonly [_ in K]: A }
  })

/**
 * What the ledger knows a customer by: `polar/2fef5c8f-...`. Where a provider's id is an e-mail (Autumn's customers
 * without an id), it is a hash of it.
 *
 * @since 0.1.0
 * @category mappings
 */
export const sourceIdOf = ({ id, provider }: Customer): string =>
  `${provider}/${id.includes("@") ? `hash:${hash(id)}` : id}`

const prepare = <E, R>(
  customer: Customer,
  capabilities: Capabilities,
  { adapt = (input) => input, drop = [], externalIdFrom, paymentSourceFor }: Options<E, R>
): Effect.Effect<Checked, E, R> =>
  Effect.gen(function*() {
    const { input: own, unsupported } = inputOf(customer)
    const { fields, provider } = capabilities
    const paymentSource = paymentSourceFor !== undefined && fields.paymentSource.stored
      ? yield* paymentSourceFor(customer)
      : Option.none()
    const { externalId, ...rest } = own
    const input = adapt({
      ...(externalIdFrom === undefined
        ? externalId === undefined ? {} : { externalId }
        : given("externalId", externalIdFrom(customer))),
      ...rest,
      ...given("paymentSource", paymentSource)
    }, customer)
    const unwritable = input.address !== undefined ? [] : unsupported
    return check(
      capabilities,
      input,
      drop,
      fields.address.stored
        ? unwritable
        : unwritable.map(({ path }) => ({ path, reason: `${provider} does not store it` }))
    )
  })

type Counts = Omit<DryRun, "target">

const nothing: Counts = {
  customers: 0,
  whole: 0,
  partly: 0,
  failing: 0,
  conflicts: 0,
  known: 0,
  inDoubt: 0,
  unreadable: 0,
  unsupported: [],
  missing: [],
  invalid: []
}

/**
 * What {@link run} would come to. It creates nothing, writes nothing to the ledger, and asks the target nothing but for
 * `conflicts`.
 *
 * @example
 * ```ts
 * import { CustomersService } from "@effect-customers/core"
 * import { CustomersCopy } from "@effect-customers/pipeline"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 *
 * const fromMollieTo = (target: CustomersService["Type"]) =>
 *   Effect.flatMap(CustomersService, (mollie) =>
 *     CustomersCopy.dryRun(mollie, target, { externalIdFrom: ({ id }) => Option.some(id), drop: ["locale"] }))
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const dryRun = <E, R, E2 = never, R2 = never>(
  source: Source<E, R>,
  target: Service,
  options: DryRunOptions<E2, R2> = {}
): Effect.Effect<DryRun, E | E2 | GetError | LedgerFailed, R | R2> => {
  const { concurrency = 4, conflicts = false, ledger } = options
  const { capabilities, provider } = target

  const isTaken = ({ error, input: { externalId } }: Checked): Effect.Effect<boolean, GetError> =>
    conflicts && Option.isNone(error)
      ? Option.match(Option.all([target.byExternalId, Option.fromNullable(externalId)]), {
        onNone: () => Effect.succeed(false),
        onSome: ([service, externalId]) =>
          service.getByExternalId(externalId).pipe(
            Effect.as(true),
            Effect.catchTag("CustomerNotFound", () => Effect.succeed(false))
          )
      })
      : Effect.succeed(false)

  const judge = (customer: Customer): Effect.Effect<Judged, E2 | GetError | LedgerFailed, R2> =>
    Effect.gen(function*() {
      const sourceId = sourceIdOf(customer)
      const unkeepable = Import.checkSourceId(target, sourceId)
      if (Option.isSome(unkeepable)) return { ...judged("failing"), invalid: unkeepable.value.reasons }
      const entry = ledger === undefined ? Option.none() : yield* ledger.get(provider, sourceId)
      if (Option.isSome(entry)) return judged(entry.value.state === "done" ? "known" : "inDoubt")
      const checked = yield* prepare(customer, capabilities, options)
      const kind = (yield* isTaken(checked))
        ? "conflicts"
        : Option.isSome(checked.error)
        ? "failing"
        : checked.without.length > 0
        ? "partly"
        : "whole"
      return { kind, unsupported: checked.unsupported, missing: checked.missing, invalid: checked.invalid }
    })

  return source.streamPages().pipe(
    Stream.flatMap((page): Stream.Stream<Option.Option<Customer>> =>
      Stream.fromIterable([...page.items.map(Option.some), ...page.unreadable.map(() => Option.none())])
    ),
    Stream.mapEffect(
      Option.match({ onNone: () => Effect.succeedNone, onSome: (customer) => Effect.asSome(judge(customer)) }),
      { concurrency }
    ),
    Stream.runFold(nothing, (counts, row): Counts =>
      Option.match(row, {
        onNone: () => ({ ...counts, unreadable: counts.unreadable + 1 }),
        onSome: ({ invalid, kind, missing, unsupported }) => ({
          ...counts,
          customers: counts.customers + 1,
          [kind]: counts[kind] + 1,
          unsupported: unsupported.reduce(addFinding, counts.unsupported),
          missing: missing.reduce(addFinding, counts.missing),
          invalid: invalid.reduce(addFinding, counts.invalid)
        })
      })),
    Effect.map((counts) => ({ target: provider, ...counts }))
  )
}

/** What a run would make of one customer, and why. */
interface Judged extends Pick<Checked, "unsupported" | "missing" | "invalid"> {
  readonly kind: "whole" | "partly" | "failing" | "conflicts" | "known" | "inDoubt"
}

const judged = (kind: Judged["kind"]): Judged => ({ kind, unsupported: [], missing: [], invalid: [] })

const addFinding = (findings: ReadonlyArray<Finding>, { path, reason }: UnsupportedField): ReadonlyArray<Finding> => {
  const at = findings.findIndex((known) => known.path === path && known.reason === reason)
  return at < 0
    ? [...findings, { path, reason, customers: 1 }]
    : findings.with(at, { path, reason, customers: findings[at]!.customers + 1 })
}

/**
 * Creates the customers of the source at the target, all that the ledger does not know, and tells what became of each.
 * See `CustomersImport.run`: what stops it, what an interrupted run leaves, and how the next one settles it.
 *
 * Customers are never matched by their e-mail. Who has an external id that the target has already is `Skipped`.
 *
 * @example
 * ```ts
 * import type { CustomersService } from "@effect-customers/core"
 * import { CustomersCopy, CustomersImport } from "@effect-customers/pipeline"
 * import * as Sqlite from "@effect-customers/pipeline/Sqlite"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const copy = (source: CustomersService["Type"], target: CustomersService["Type"]) =>
 *   Effect.gen(function*() {
 *     const ledger = yield* Sqlite.ledger("copy.db")
 *     return yield* Stream.run(CustomersCopy.run(source, target, { ledger, drop: "all" }), CustomersImport.report)
 *   }).pipe(Effect.scoped)
 * ```
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <E, R, E2 = never, R2 = never>(
  source: Source<E, R>,
  target: Service,
  options: RunOptions<E2, R2>
): Stream.Stream<Outcome, E | E2 | LedgerFailed | AuthenticationFailed | PermissionDenied, R | R2> =>
  Import.importItems(
    target,
    source.streamPages().pipe(
      Stream.flatMap((page) =>
        Stream.fromIterable<Import.Item<E2, R2> | Import.Failed>([
          ...page.items.map((customer) => itemOf(customer, target, options)),
          ...page.unreadable.map((error) => Import.failed(error))
        ])
      )
    ),
    options
  )

const itemOf = <E, R>(customer: Customer, { capabilities }: Service, options: Options<E, R>): Import.Item<E, R> => {
  const sourceId = sourceIdOf(customer)
  return {
    sourceId,
    prepare: Effect.map(prepare(customer, capabilities, options), (checked) => Import.prepared(sourceId, checked))
  }
}
