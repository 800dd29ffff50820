/** Who does not keep the contract, and which case says so: services that are broken, each in one way. */
import {
  Address,
  type Capabilities,
  Customer,
  CustomerNotFound,
  type CustomersError,
  CustomersService,
  Idempotency,
  InvalidRequest,
  type Metadata,
  type Page,
  TransportFailed,
  Unsupported
} from "@effect-customers/core"
import { asMaybeApplied, type ErrorContext } from "@effect-customers/core/CustomersError"
import type { Roles } from "@effect-customers/core/CustomersRoles"
import { capabilities as mollie } from "@effect-customers/mollie"
import { Fault, SandboxControl } from "@effect-customers/sandbox"
import { CustomersContract, CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Chunk, Context, Effect, Layer, Option, Redacted, Stream, TestClock } from "effect"
import * as Polar from "../../polar/test/onSandbox.js"

const { capabilities } = InMemoryCustomers

const double = InMemoryCustomers.layer()

/** A layer of which some methods are others. */
const changed = <R extends CustomersService>(
  layer: Layer.Layer<R>,
  change: (customers: Roles) => Partial<Roles>
): Layer.Layer<CustomersService> =>
  Layer.effect(
    CustomersService,
    Effect.map(CustomersService, (service) => {
      const byExternalId = Option.getOrUndefined(service.byExternalId)
      // who lacks a role is given no change of it
      const customers = { ...service, ...byExternalId, ...Option.getOrUndefined(service.byEmail) } as Roles
      const roles: Roles = {
        ...customers,
        ...change(customers),
        get byExternalId() {
          return Option.map(customers.byExternalId, () => roles)
        },
        get byEmail() {
          return Option.map(customers.byEmail, () => roles)
        }
      }
      return roles
    })
  ).pipe(Layer.provide(layer as Layer.Layer<CustomersService>))

const broken = (change: (customers: Roles) => Partial<Roles>) => changed(double, change)

/** A double that claims what it does not do. */
const claiming = (claimed: Partial<Capabilities.Capabilities>, does: Partial<Capabilities.Capabilities> = {}) =>
  changed(
    InMemoryCustomers.layer({ capabilities: { ...capabilities, ...does } }),
    (customers) => ({ capabilities: { ...customers.capabilities, ...claimed } })
  )

const field = (name: keyof typeof capabilities.fields, capability: Partial<Capabilities.FieldCapability>) => ({
  fields: { ...capabilities.fields, [name]: { ...capabilities.fields[name], ...capability } }
})

const omitUndefined = <A extends object>(input: A): Partial<A> =>
  Object.fromEntries(Object.entries(input).filter(([_, value]) => value !== undefined)) as Partial<A>

type Pages<E = CustomersError> = Stream.Stream<Page.Page<Customer>, E>

/** Walks whose pages are made others. */
const walks = (customers: Roles, alter: <E>(pages: Pages<E>) => Pages<E>): Partial<Roles> => ({
  streamPages: (options) => alter(customers.streamPages(options)),
  stream: (options) => Stream.flatMap(alter(customers.streamPages(options)), ({ items }) => Stream.fromIterable(items))
})

const withItems = (page: Page.Page<Customer>, items: ReadonlyArray<Customer>): Page.Page<Customer> => ({
  ...page,
  items
})

const isForeign = (error: CustomersError): boolean =>
  error._tag === "InvalidRequest" &&
  error.issues.some(({ message }) => typeof message === "string" && message.includes("another provider"))

const withName = (customer: Customer, name: string | null | undefined) =>
  new Customer({ ...customer, name: Option.fromNullable(name) }, true)

/** Pages by how many rows came before: what a naive client of an offset-paged API does. */
const byPosition = ({ stream }: Roles): Partial<Roles> => ({
  list: ({ cursor = "0", pageSize = 100 } = {}) =>
    Effect.map(Stream.runCollect(stream()), (everybody) => {
      const end = Number(cursor) + pageSize
      return {
        items: Chunk.toReadonlyArray(everybody).slice(Number(cursor), end),
        next: end < everybody.length ? Option.some(String(end) as Page.Cursor) : Option.none(),
        total: Option.some(everybody.length),
        unreadable: []
      }
    })
})

const refuse = (customers: Roles, operation: string, message: string) =>
  new InvalidRequest({
    provider: customers.provider,
    operation,
    mayHaveApplied: false,
    repeat: "never",
    origin: "sdk",
    issues: [{ path: "email", message }]
  })

/** Nobody answers. */
const silent = Layer.tap(
  Polar.inProcess(),
  (context) => Context.get(context, SandboxControl).inject({ times: Infinity, fault: Fault.Reset({}) })
)

const wrongVersion = Polar.inProcess({}, { version: "2020-01" })

/** Who creates somebody does not learn of it. */
const deaf = (error: (call: ErrorContext) => TransportFailed) =>
  double.pipe(
    CustomersFaults.failWithProbability({ operations: "create", probability: 1, seed: 1, applied: true, error })
  )

const withUnreadable = InMemoryCustomers.layer({
  customers: [{ name: "Ada" }, InMemoryCustomers.unreadable, { name: "Bo" }, { name: "Grace" }]
})

type Row = readonly [fault: string, named: string, layer: Layer.Layer<CustomersService>]

/** What no customer has of itself. */
const samples = {
  externalId: "sample",
  email: "sample@example.com",
  name: "Sample",
  phone: "+3120000",
  address: { country: "NL" },
  locale: "nl",
  metadata: { sample: true }
}

/** What can be wrong with any field. */
const ofField = (name: keyof typeof samples): ReadonlyArray<Row> => [
  [
    `${name} is not stored`,
    `${name}: what create is given is stored, or refused where the provider does not keep it`,
    broken(({ create }) => ({ create: ({ [name]: _, ...input }) => create(input) }))
  ],
  [
    `${name} of one's own`,
    `${name}: who is created without it has none, or is refused where the provider requires it`,
    broken(({ create }) => ({ create: (input) => create({ [name]: samples[name], ...omitUndefined(input) }) }))
  ],
  [
    `${name} is cleared by a patch that does not name it`,
    `${name}: a patch that does not name it, or names it undefined, keeps it`,
    broken(({ update }) => ({ update: (id, patch) => update(id, { [name]: null, ...omitUndefined(patch) }) }))
  ],
  [
    `${name} is not cleared`,
    `${name}: null in a patch clears it, or is refused where the provider cannot clear it`,
    broken(({ update }) => ({
      update: (id, patch) => update(id, patch[name] === null ? { ...patch, [name]: undefined } : patch)
    }))
  ],
  [
    `${name} is not changed`,
    `${name}: a patch sets it, as often as the provider lets it be changed`,
    broken(({ update }) => ({ update: (id, { [name]: _, ...patch }) => update(id, patch) }))
  ],
  [
    `${name} is said to be unique, or not to be`,
    `${name}: two customers may have the same, or the second is refused where it is unique`,
    claiming(field(name, { unique: name !== "externalId" }))
  ],
  [
    `${name} is taken whatever it is`,
    `${name}: what is no value of it is InvalidRequest at it, and changes nothing`,
    broken(({ create }) => ({
      create: (input) => Effect.catchTag(create(input), "InvalidRequest", () => create({}))
    }))
  ],
  ...name === "metadata" ? [] : [
    [
      `${name} has more room than is said`,
      `${name}: what the provider's limits leave room for is stored, what they do not is refused at its place`,
      claiming(
        field(name, {
          limits: { maxLength: 40, addressLengths: { line1: 40 }, regionRequired: true, exceptCountries: ["DE"] }
        })
      )
    ] as const
  ]
]

/** The one fault that is a defect. */
const dying = "dies of an empty id"

/** Name of the fault, the case that names it, and who has it. */
const faults: ReadonlyArray<Row> = [
  [
    "loses the last page",
    "pages: every walk tells of everybody once, at page sizes that divide the number and that do not",
    broken((customers) =>
      walks(customers, (pages) =>
        pages.pipe(
          Stream.zipWithPreviousAndNext,
          Stream.filter(([before, _, after]) => Option.isSome(after) || Option.isNone(before)),
          Stream.map(([_, page]) => page)
        ))
    )
  ],
  [
    "repeats a row",
    "pages: every walk tells of everybody once, at page sizes that divide the number and that do not",
    broken((customers) =>
      walks(customers, (pages) =>
        Stream.map(Stream.zipWithPrevious(pages), ([before, page]) => {
          const last = Option.flatMap(before, ({ items }) => Option.fromNullable(items.at(-1)))
          return withItems(page, [...Option.toArray(last), ...page.items])
        }))
    )
  ],
  [
    "ignores null in a patch",
    "phone: null in a patch clears it, or is refused where the provider cannot clear it",
    broken(({ update }) => ({
      update: (id, patch) =>
        update(id, Object.fromEntries(Object.entries(patch).filter(([_, value]) => value !== null)))
    }))
  ],
  [
    "says NotFound for a wrong version",
    "wrong version: every call ends in UnexpectedStatus, and nobody is said not to be there",
    changed(wrongVersion, ({ get }) => ({
      get: (id) =>
        Effect.catchTag(
          get(id),
          "UnexpectedStatus",
          (error) => new CustomerNotFound({ ...error, customerId: Redacted.make(id) })
        )
    }))
  ],
  [
    "drops an unsupported field",
    "phone: what create is given is stored, or refused where the provider does not keep it",
    changed(InMemoryCustomers.layer({ capabilities: mollie }), ({ create }) => ({
      create: ({ phone: _, ...input }) => create(input)
    }))
  ],
  [
    "drops an unsupported field of a patch",
    "phone: a patch sets it, as often as the provider lets it be changed",
    changed(InMemoryCustomers.layer({ capabilities: mollie }), ({ update }) => ({
      update: (id, { phone: _, ...patch }) => update(id, patch)
    }))
  ],
  [
    "accepts a foreign cursor",
    "cursors: one of another provider is InvalidRequest",
    broken(({ list }) => ({
      list: (options) => Effect.catchIf(list(options), isForeign, () => list())
    }))
  ],
  [
    "merges metadata instead of replacing",
    "metadata: a patch replaces the whole, and no entry of before is left",
    broken(({ get, update }) => ({
      update: (id, patch) =>
        patch.metadata === undefined || patch.metadata === null
          ? update(id, patch)
          : Effect.flatMap(
            get(id),
            ({ metadata }) => update(id, { ...patch, metadata: { ...metadata, ...patch.metadata } })
          )
    }))
  ],
  [
    "invents a customer on failure",
    "outage: every call ends in an error that says so, and nobody is invented or said not to be there",
    changed(silent, ({ getOrCreate }) => ({
      getOrCreate: (externalId, input) =>
        Effect.catchTag(getOrCreate(externalId, input), "TransportFailed", () =>
          Effect.orDie(
            Effect.flatMap(CustomersService, ({ create }) => create({ externalId })).pipe(Effect.provide(double))
          ))
    }))
  ],
  [
    "has an empty list where nobody answers",
    "outage: every call ends in an error that says so, and nobody is invented or said not to be there",
    changed(silent, ({ stream }) => ({
      stream: (options) => Stream.catchTag(stream(options), "TransportFailed", () => Stream.empty)
    }))
  ],
  [
    "getOrCreate that overwrites",
    "getOrCreate: who is there comes back untouched, whatever the input (or there is no byExternalId)",
    broken(({ upsert }) => ({
      getOrCreate: (externalId, input) => Effect.catchTag(upsert(externalId, input), "CustomerNotFound", Effect.die)
    }))
  ],
  [
    "a bad row that hides its page",
    "unreadable rows: list tells of one in unreadable, beside all the others",
    changed(withUnreadable, ({ list }) => ({
      list: (options) => Effect.map(list(options), (page) => page.unreadable.length === 0 ? page : withItems(page, []))
    }))
  ],
  [
    "a bad row that ends the walk",
    "unreadable rows: streamPages goes on behind one, and tells of everybody else at every page size",
    changed(withUnreadable, ({ streamPages }) => ({
      streamPages: (options) => Stream.takeUntil(streamPages(options), ({ unreadable }) => unreadable.length > 0)
    }))
  ],
  [
    "a bad row that is left out",
    "unreadable rows: stream ends in InvalidResponse, behind the readable rows of the page",
    changed(withUnreadable, (customers) => walks(customers, (pages) => pages))
  ],
  [
    "getOrCreate that matches by e-mail",
    "getOrCreate: never answers somebody else because of the e-mail (or there is no byExternalId)",
    broken(({ findByEmail, getOrCreate }) => ({
      getOrCreate: (externalId, input) =>
        input.email === undefined
          ? getOrCreate(externalId, input)
          : Effect.flatMap(
            Effect.orDie(Stream.runHead(findByEmail(input.email))),
            Option.match({ onNone: () => getOrCreate(externalId, input), onSome: Effect.succeed })
          )
    }))
  ],
  [
    "getOrCreate that loses the race",
    "getOrCreate: two at once end with one customer and two successes (or there is no byExternalId)",
    broken(({ create, getByExternalId }) => ({
      getOrCreate: (externalId, input) =>
        Effect.catchTag(getByExternalId(externalId), "CustomerNotFound", () => create({ ...input, externalId }))
    }))
  ],
  [
    "upsert that sends everything",
    "upsert: changes what the input names, and keeps what it does not (or there is no byExternalId)",
    broken(({ getOrCreate, update }) => ({
      upsert: (externalId, input) =>
        Effect.flatMap(getOrCreate(externalId, input), ({ id }) => {
          const nothing = { email: null, name: null, phone: null, address: null, locale: null, metadata: null }
          return update(id, { ...nothing, ...input })
        })
    }))
  ],
  [
    "upsert that always writes",
    "upsert: what differs in nothing changes nothing, not even the time of the last change (or there is no byExternalId)",
    broken(({ getOrCreate, update }) => ({
      upsert: (externalId, input) =>
        Effect.flatMap(getOrCreate(externalId, input), ({ id }) => update(id, { ...input }))
    }))
  ],
  [
    "ids that are external ids as well",
    "external ids: one that nobody has is CustomerNotFound (or there is no byExternalId)",
    broken(({ get, getByExternalId }) => ({
      getByExternalId: (externalId) =>
        Effect.catchTag(getByExternalId(externalId), "CustomerNotFound", () => get(externalId))
    }))
  ],
  [
    "external ids that are kept, said to be freed",
    "external ids: who is deleted frees theirs, or keeps it, as the capabilities say",
    claiming({ delete: capabilities.delete }, { delete: { ...capabilities.delete, freesExternalId: false } })
  ],
  [
    "findByEmail that finds parts of e-mails",
    "findByEmail: who has another e-mail, be this a part of it or alike, is not found (or there is no byEmail)",
    broken(({ findByEmail, stream }) => ({
      findByEmail: (email) =>
        Stream.concat(
          Stream.drain(findByEmail(email)),
          Stream.filter(stream(), (customer) =>
            Option.exists(customer.email, (stored) => stored.toLowerCase().includes(email.toLowerCase())))
        )
    }))
  ],
  [
    "findByEmail that minds the case",
    "findByEmail: finds who has exactly this e-mail, case aside (or there is no byEmail)",
    broken(({ findByEmail }) => ({
      findByEmail: (email) => Stream.filter(findByEmail(email), (customer) => Option.contains(customer.email, email))
    }))
  ],
  [
    "answers a patch without storing it",
    "name: a patch sets it, as often as the provider lets it be changed",
    broken(({ update }) => ({
      update: (id, { name, ...patch }) =>
        Effect.map(update(id, patch), (customer) => name === undefined ? customer : withName(customer, name))
    }))
  ],
  [
    "stores a patch without answering it",
    "name: a patch sets it, as often as the provider lets it be changed",
    broken(({ get, update }) => ({
      update: (id, patch) => Effect.tap(get(id), () => update(id, patch))
    }))
  ],
  [
    "the wrong order",
    "pages: every walk is in the order of the capabilities, and the same at every page size",
    changed(
      InMemoryCustomers.layer({ capabilities: { ...capabilities, walk: { order: "newest-first", parallel: false } } }),
      (customers) => ({
        capabilities,
        create: (input) => Effect.zipRight(TestClock.adjust("1 second"), customers.create(input))
      })
    )
  ],
  [
    "a page of one too many",
    "pages: none has more customers than were asked for",
    broken(({ list }) => ({
      list: (options) => list({ ...options, pageSize: Math.min((options?.pageSize ?? 99) + 1, 100) })
    }))
  ],
  [
    "another default page size",
    "pages: without a page size the default of the capabilities holds",
    broken(({ list }) => ({ list: (options) => list({ pageSize: 50, ...options }) }))
  ],
  [
    "a page size that is rounded",
    "pages: a page size out of the capabilities' bounds, or none, is InvalidRequest at pageSize",
    broken(({ list }) => ({
      list: (options) =>
        list(typeof options?.pageSize === "number" ? { ...options, pageSize: Math.floor(options.pageSize) } : options)
    }))
  ],
  [
    "a walk that resumes one row late",
    "pages: from the cursor of every page the walk goes on with the rest, and nobody else",
    broken(({ stream }) => ({
      stream: (options) => options?.from === undefined ? stream(options) : Stream.drop(stream(options), 1)
    }))
  ],
  [
    "the total of the page",
    "pages: the total is that of all customers, or none where the provider does not tell",
    broken(({ list }) => ({
      list: (options) => Effect.map(list(options), (page) => ({ ...page, total: Option.some(page.items.length) }))
    }))
  ],
  [
    "pages by position",
    "walks: who is deleted after being told of hides nobody else",
    broken(byPosition)
  ],
  [
    "any text as a cursor",
    "cursors: what is none, or a part of one, is InvalidRequest",
    broken(byPosition)
  ],
  [
    "a stream that is spent",
    "walks: a stream can be run again, and starts anew",
    broken(({ stream }) => ({
      stream: (options) => {
        let isSpent = false
        const once = Stream.suspend(() => {
          const now = isSpent ? Stream.empty : stream(options)
          isSpent = true
          return now
        })
        return once
      }
    }))
  ],
  [
    "delete that deletes nobody",
    "get, update, delete: who was deleted is CustomerNotFound",
    broken(({ get }) => ({ delete: (id) => Effect.asVoid(Effect.catchTag(get(id), "InvalidResponse", Effect.die)) }))
  ],
  [
    "delete of who is not there as a success",
    "get, update, delete: an id of nobody is CustomerNotFound",
    broken((customers) => ({
      delete: (id) => Effect.catchTag(customers.delete(id), "CustomerNotFound", () => Effect.void)
    }))
  ],
  [
    "ids that are trimmed of slashes",
    "get, update, delete: an id with a slash or other odd characters is nobody's",
    broken(({ get }) => ({ get: (id) => get(typeof id === "string" ? id.replace(/\/$/, "") : id) }))
  ],
  [
    dying,
    "get, update, delete: what is no id is InvalidRequest at id",
    broken(({ get }) => ({ get: (id) => id === "" ? Effect.dieMessage("no id") : get(id) }))
  ],
  [
    "unique e-mails, claimed and not kept",
    "email: two customers may have the same, or the second is refused where it is unique",
    claiming(field("email", { unique: true }))
  ],
  [
    "unique external ids, not claimed",
    "externalId: two customers may have the same, or the second is refused where it is unique",
    claiming(field("externalId", { unique: false }))
  ],
  [
    "set once, claimed and not kept",
    "externalId: a patch sets it, as often as the provider lets it be changed",
    claiming(field("externalId", { mutable: "once" }))
  ],
  [
    "a required field that may be missing",
    "email: who is created without it has none, or is refused where the provider requires it",
    claiming(field("email", { required: true }))
  ],
  [
    "cuts what is too long",
    "name: what the provider's limits leave room for is stored, what they do not is refused at its place",
    changed(claiming(field("name", { limits: { maxLength: 20 } })), ({ create }) => ({
      create: (input) => create(input.name === undefined ? input : { ...input, name: input.name.slice(0, 20) })
    }))
  ],
  [
    "numbers that become texts",
    "metadata: every kind of value that the provider keeps comes back as it was given",
    broken(({ create }) => ({
      create: ({ metadata, ...input }) =>
        create(
          metadata === undefined
            ? input
            : {
              ...input,
              metadata: Object.fromEntries(
                Object.entries(metadata).map(([key, value]) => [key, typeof value === "number" ? `${value}` : value])
              )
            }
        )
    }))
  ],
  [
    "a part of a patch before the refusal",
    "update: one field that is refused refuses the whole, and changes nothing",
    changed(InMemoryCustomers.layer({ capabilities: mollie }), ({ provider, update }) => ({
      update: (id, { phone, ...patch }) =>
        phone === undefined ? update(id, patch) : Effect.zipRight(
          update(id, patch),
          new Unsupported({
            provider,
            operation: "update",
            mayHaveApplied: false,
            repeat: "never",
            path: "phone",
            reason: "not stored"
          })
        )
    }))
  ],
  [
    "a key of an input that is not known, left out",
    "inputs: a key that is not known is InvalidRequest at it, and is not ignored",
    broken(({ create }) => ({
      create: (input) => {
        const { nickname: _, ...known } = input as { readonly nickname?: unknown }
        return create(known)
      }
    }))
  ],
  [
    "a read that is done once",
    "calls: nothing happens before a call is run, and a read can be run again",
    broken((customers) => ({
      get: (id) => Effect.runSync(Effect.cached(customers.get(id)))
    }))
  ],
  [
    "createdAt of the last change",
    "answers: they name the service's provider, and the same time of creation everywhere",
    broken(({ update }) => ({
      update: (id, patch) =>
        TestClock.adjust("1 second").pipe(
          Effect.zipRight(update(id, patch)),
          Effect.map((customer) =>
            new Customer(
              { ...customer, createdAt: Option.getOrElse(customer.updatedAt, () => customer.createdAt) },
              true
            )
          )
        )
    }))
  ],
  [
    "a time of the last change, claimed and not told",
    "answers: who was changed has the time of it, or nobody ever has one where the provider does not tell",
    claiming({ answers: capabilities.answers }, { answers: { total: true, updatedAt: false } })
  ],
  [
    "a service of external ids that is not claimed",
    "capabilities: byExternalId and byEmail are there exactly where the provider finds by them",
    claiming({ findBy: { externalId: false, email: true } })
  ],
  [
    "keys that are not sent",
    "keys: the same create with the same key makes one customer, or a key is Unsupported",
    broken(({ create }) => ({ create: (input) => Idempotency.none(create(input)) }))
  ],
  [
    "a key that is dropped where the provider has none",
    "keys: an update and a delete take one, or it is Unsupported and nothing is changed",
    broken(({ update }) => ({ update: (id, patch) => Idempotency.none(update(id, patch)) }))
  ],
  [
    "an e-mail in an error",
    "errors: no value of an input and no id is in what they print",
    broken((customers) => ({
      create: (input) =>
        Effect.mapError(
          customers.create(input),
          (error) =>
            error._tag === "InvalidRequest" ? refuse(customers, "create", `not an e-mail: ${input.email}`) : error
        )
    }))
  ],
  [
    "refused, and said to have been applied",
    "errors: what was refused was not applied, and says so",
    broken(({ get }) => ({ get: (id) => Effect.mapError(get(id), asMaybeApplied) }))
  ],
  [
    "errors of another provider",
    "errors: they name the provider and an operation",
    broken(({ get }) => ({
      get: (id) =>
        Effect.catchTag(get(id), "CustomerNotFound", (error) => new CustomerNotFound({ ...error, provider: "polar" }))
    }))
  ],
  [
    "a lost answer as a call that was not made",
    "lost answers: a create that was carried out is an error that says it may have been applied",
    deaf((call) => new TransportFailed({ ...call, mayHaveApplied: false }))
  ],
  [
    "page sizes that cannot be",
    "capabilities: they are the service's own, and say nothing that cannot be",
    claiming({ pageSize: { min: 10, max: 5, default: 7 } })
  ],
  [
    "ids that are said to be the external ids",
    "ids: an id is the provider's own and stays, or is the external id and changes with it",
    claiming({ ids: "externalId" })
  ],
  [
    "the same customer for every create",
    "create: what is required is enough, and every call makes another customer",
    broken(({ create, stream }) => ({
      create: (input) =>
        Effect.flatMap(
          Effect.orDie(Stream.runHead(stream())),
          Option.match({ onNone: () => create(input), onSome: Effect.succeed })
        )
    }))
  ],
  [
    "get of whoever was first",
    "get: answers who create answered, and no other",
    broken(({ get, stream }) => ({
      get: (id) =>
        Effect.flatMap(Stream.runHead(stream()), Option.match({ onNone: () => get(id), onSome: Effect.succeed }))
    }))
  ],
  [
    "one field too many",
    "create: everything that the provider stores is stored at once",
    broken(({ create }) => ({
      create: ({ locale, ...input }) =>
        create(input.metadata === undefined && locale !== undefined ? { ...input, locale } : input)
    }))
  ],
  [
    "an empty patch that empties",
    "update: an empty patch changes nothing, and answers the customer",
    broken(({ update }) => ({
      update: (id, patch) => update(id, Object.keys(patch).length === 0 ? { name: null } : patch)
    }))
  ],
  [
    "a part of a patch with several fields",
    "update: several fields at once are all changed",
    broken(({ update }) => ({
      update: (id, { locale, ...patch }) =>
        update(id, Object.keys(patch).length === 0 && locale !== undefined ? { locale } : patch)
    }))
  ],
  [
    "a payment source that is taken, and not said to be",
    "paymentSource: create takes one, or refuses it where the provider does not",
    claiming(field("paymentSource", { stored: false }))
  ],
  [
    "a payment source that is required, and may be missing",
    "paymentSource: who is created without one is there, or is refused where the provider requires one",
    claiming(field("paymentSource", { required: true }))
  ],
  [
    "kinds of metadata that are taken, and not said to be",
    "metadata: kinds of values that the provider does not keep are refused, none is left out or made another",
    claiming(
      field("metadata", { limits: { metadata: { values: "strings", nullValues: false, emptyStrings: true } } })
    )
  ],
  [
    "more metadata than there is said to be room for",
    "metadata: as much as the provider keeps is stored, and any more is refused",
    claiming(
      field("metadata", {
        limits: { metadata: { values: "json", nullValues: true, emptyStrings: true, maxBytes: 200 } }
      })
    )
  ],
  [
    "metadata that stays the caller's",
    "metadata: what becomes of the input afterwards does not reach the customer",
    broken(({ create, get }) => {
      const given = new Map<string, Metadata>()
      return {
        create: (input) =>
          Effect.tap(create(input), ({ id }) => Effect.sync(() => given.set(id, input.metadata ?? {}))),
        get: (id) =>
          Effect.map(
            get(id),
            (customer) => new Customer({ ...customer, metadata: given.get(id) ?? customer.metadata }, true)
          )
      }
    })
  ],
  [
    "lines that are blank",
    "address: a line that is blank or null reads as one that is not there",
    broken(({ get }) => ({
      get: (id) =>
        Effect.map(get(id), (customer) =>
          new Customer({
            ...customer,
            address: Option.map(
              customer.address,
              (address) => new Address({ ...address, line2: Option.some("") }, true)
            )
          }, true))
    }))
  ],
  [
    "less in a walk than there is",
    "pages: what a walk answers of a customer is what get answers",
    broken(({ stream }) => ({
      stream: (options) =>
        Stream.map(stream(options), (customer) => new Customer({ ...customer, externalId: Option.some("x") }, true))
    }))
  ],
  [
    "any concurrency",
    "pages: no page at once, or a part of one, is InvalidRequest at concurrency",
    broken(({ stream }) => ({ stream: (options) => stream({ ...options, concurrency: 1 }) }))
  ],
  [
    "a next behind the last page",
    "pages: one that has everybody has no next",
    broken(({ list }) => ({
      list: (options) => Effect.map(list(options), (page) => ({ ...page, next: Option.some("more" as Page.Cursor) }))
    }))
  ],
  [
    "findByEmail that finds everybody rather than nobody",
    "findByEmail: an e-mail of nobody finds nobody (or there is no byEmail)",
    broken(({ findByEmail, stream }) => ({
      findByEmail: (email) => Stream.orElseIfEmptyStream(findByEmail(email), () => stream())
    }))
  ],
  [
    "findByEmail by the e-mail of the creation",
    "findByEmail: a changed e-mail finds, and the one of before does not (or there is no byEmail)",
    broken(({ create, stream }) => {
      const emails = new Map<string, string | undefined>()
      return {
        create: (input) => Effect.tap(create(input), ({ id }) => Effect.sync(() => emails.set(id, input.email))),
        findByEmail: (email) => Stream.filter(stream(), ({ id }) => emails.get(id) === email)
      }
    })
  ],
  [
    "findByEmail of any text",
    "findByEmail: what is no e-mail is InvalidRequest at email (or there is no byEmail)",
    broken(({ findByEmail }) => ({
      findByEmail: (email) => Stream.catchTag(findByEmail(email), "InvalidRequest", () => Stream.empty)
    }))
  ],
  [
    "one key for all",
    "keys: another key makes another customer, or a key is Unsupported",
    broken(({ create }) => ({
      create: (input) => Idempotency.withKey(create(input), "one")
    }))
  ],
  [
    "reads that write",
    "keys: reads take no notice of one",
    broken(({ get, update }) => ({
      get: (id) =>
        Effect.zipRight(
          Effect.catchTags(update(id, {}), { CustomerAlreadyExists: Effect.die, Conflict: Effect.die }),
          get(id)
        )
    }))
  ],
  [
    "a look before the refusal",
    "outage: what is wrong with an input is told all the same",
    changed(silent, ({ create, list }) => ({
      create: (input) => Effect.zipRight(list(), create(input))
    }))
  ],
  [
    "an outage that is silence",
    "outage: a read that failed has applied nothing",
    changed(silent, ({ list }) => ({ list: (options) => Effect.mapError(list(options), asMaybeApplied) }))
  ],
  [
    "getOrCreate that does not look once more",
    "lost answers: getOrCreate looks once more and answers the customer (or there is no byExternalId)",
    changed(deaf((call) => new TransportFailed(call)), ({ create, getByExternalId }) => ({
      getOrCreate: (externalId, input) =>
        Effect.catchTag(getByExternalId(externalId), "CustomerNotFound", () => create({ ...input, externalId }))
    }))
  ],
  ...(["externalId", "email", "name", "phone", "address", "locale", "metadata"] as const).flatMap(ofField)
]

const casesNamed = (named: string) => CustomersContract.cases.filter(({ name }) => name === named)

const namesOf = (violations: ReadonlyArray<CustomersContract.Violation>) => violations.map(({ case: { name } }) => name)

describe("a service that is broken does not keep the contract, and the case that names the fault says so", () => {
  it.effect.each(faults)("%s", ([fault, named, layer]) =>
    Effect.gen(function*() {
      const violations = yield* CustomersContract.run(layer, casesNamed(named))
      expect(namesOf(violations)).toEqual([named])
      expect(violations.map(({ cause }) => Cause.isFailure(cause))).toEqual([fault !== dying])
    }))

  const whole: ReadonlyArray<readonly [CustomersContract.Setting, Layer.Layer<CustomersService>]> = [
    ["plain", double],
    ["plain", InMemoryCustomers.layer({ capabilities: mollie })],
    ["unreadableRow", withUnreadable],
    ["wrongVersion", wrongVersion],
    ["outage", silent],
    ["lostAnswers", deaf((call) => new TransportFailed(call))]
  ]

  it.effect.each(whole)(
    "none of these cases is one that a service which is whole does not keep: %s",
    ([setting, layer]) =>
      Effect.gen(function*() {
        const cases = [...new Set(faults.flatMap(([_, named]) => casesNamed(named)))]
        const same = cases.filter((each) => each.setting === setting)
        expect(same.length).toBeGreaterThan(0)
        expect(namesOf(yield* CustomersContract.run(layer, same))).toEqual([])
      })
  )

  it("cases have names of their own", () => {
    expect(new Set(CustomersContract.cases.map(({ name }) => name)).size).toBe(CustomersContract.cases.length)
    expect(faults.map(([_, named]) => named).filter((named) => casesNamed(named).length === 0)).toEqual([])
  })
})
