/** The five providers on the sandbox, 300 customers for each, and how they are copied. */
import * as Autumn from "@effect-customers/autumn"
import { type Customer, CustomersService, type PaymentSource, RetryPolicy } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type {
  AutumnSeed,
  FlexpriceSeed,
  MollieSeed,
  PinPaymentsSeed,
  PolarSeed,
  ProviderName
} from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import { Chunk, Context, Effect, Layer, Option, Redacted, type Scope, Stream } from "effect"
import type * as CustomersCopy from "../src/CustomersCopy.js"

export type Service = Context.Tag.Service<CustomersService>

export const providerNames: ReadonlyArray<ProviderName> = ["polar", "mollie", "pin-payments", "autumn", "flexprice"]

export const layerOf = (
  provider: ProviderName,
  baseUrl?: string
): Layer.Layer<CustomersService, never, HttpClient.HttpClient> => {
  switch (provider) {
    case "polar":
      return Polar.layer({ accessToken: Redacted.make("polar_oat_pairs"), baseUrl })
    case "mollie":
      return Mollie.layer({ apiKey: Redacted.make("test_pairs"), baseUrl })
    case "pin-payments":
      return PinPayments.layer({ secretKey: Redacted.make("pairs"), baseUrl })
    case "autumn":
      return Autumn.layer({ secretKey: Redacted.make("am_sk_test_pairs"), baseUrl })
    case "flexprice":
      return Flexprice.layer({ apiKey: Redacted.make("pairs"), baseUrl })
  }
}

/** Retries are the providers', without their waits. */
export const impatient = RetryPolicy.layer({ maxAttempts: 2, initialDelay: 0, maxDelay: 0, gate: false, budget: false })

/** The service of a provider; on the sandbox in process where it has no URL. */
export const serviceOf = (
  provider: ProviderName,
  baseUrl?: string
): Effect.Effect<Service, never, HttpClient.HttpClient | Scope.Scope> =>
  Effect.map(
    Layer.build(Layer.provide(layerOf(provider, baseUrl), impatient)),
    Context.get(CustomersService)
  )

/** In process nothing waits for anything: without a pause for them, vitest's own messages do not get through. */
export const breathe = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

export const inProcess = Sandbox.layer({ rateLimits: false })

/** What the sandbox calls the operation that creates. */
export const createOf = (provider: ProviderName): string => provider === "autumn" ? "getOrCreate" : "create"

// ---------------------------------------------------------------------------------------------------------------------
// Customers
// ---------------------------------------------------------------------------------------------------------------------

const names = ["Ada Lovelace", "Zoë Brontë", "李 小龍", "O'Neill \"Jack\"", "Ана Ивановић", "Émilie 🚀 du Châtelet"]

const nameOf = (i: number) => `${names[i % names.length]} ${i}`

const emailOf = (i: number) => `${i % 5 === 0 ? "o'neill+tag" : "ada"}.${i}@example.com`

/** `n` of a kind, one behind the other: `i` is the number of the customer within its provider. */
const kinds = <Seed>(...kinds: ReadonlyArray<readonly [n: number, make: (i: number, k: number) => Seed]>) => {
  const seeds: Array<Seed> = []
  for (const [n, make] of kinds) {
    for (let k = 0; k < n; k++) seeds.push(make(seeds.length, k))
  }
  return seeds
}

/** What no client can read as a name. */
const noText = 42 as unknown as string

const address = { line1: "Keizersgracht 126", city: "Amsterdam", postal_code: "1015 CW", country: "NL" }

export const polar: ReadonlyArray<PolarSeed> = kinds<PolarSeed>(
  [150, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i) })],
  // without an external id
  [30, (i) => ({ email: emailOf(i), name: nameOf(i) })],
  // without a name
  [20, (i) => ({ external_id: `user_${i}`, email: emailOf(i) })],
  // with an external id that has a slash
  [20, (i) => ({ external_id: `team/${i}`, email: emailOf(i), name: nameOf(i) })],
  // with an address
  [30, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), billing_address: address })],
  // with a locale without a region
  [20, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), locale: "nl" })],
  // with metadata that is not texts alone
  [20, (i) => ({
    external_id: `user_${i}`,
    email: emailOf(i),
    name: nameOf(i),
    metadata: { plan: "pro", seats: i, active: true }
  })],
  // without an e-mail
  [10, (i) => ({ external_id: `user_${i}`, email: null, name: nameOf(i) })]
)

export const mollie: ReadonlyArray<MollieSeed> = kinds<MollieSeed>(
  [130, (i) => ({ email: emailOf(i), name: nameOf(i) })],
  // with an e-mail that is none
  [5, (i) => ({ email: `no-at-sign-${i}`, name: nameOf(i) })],
  // with a blank name
  [5, (i) => ({ email: emailOf(i), name: " " })],
  // without an e-mail
  [30, (i) => ({ name: nameOf(i) })],
  // without a name
  [20, (i) => ({ email: emailOf(i) })],
  // with neither: all the same
  [10, () => ({})],
  // two with each e-mail, of other names
  [30, (i, k) => ({ email: `twice.${k >> 1}@example.com`, name: nameOf(i) })],
  // two of each: all the same
  [10, (_, k) => ({ email: `same.${k >> 1}@example.com`, name: `Same ${k >> 1}` })],
  // with flat metadata of texts
  [20, (i) => ({ email: emailOf(i), name: nameOf(i), metadata: { plan: "pro", empty: "", number: `${i}` } })],
  // with nested metadata
  [20, (i) => ({ email: emailOf(i), name: nameOf(i), metadata: { a: { b: [1, null, i] } } })],
  // with a locale
  [20, (i) => ({ email: emailOf(i), name: nameOf(i), locale: "nl_NL" })]
)

export const pinPayments: ReadonlyArray<PinPaymentsSeed> = kinds<PinPaymentsSeed>(
  [
    180,
    (i) => ({ email: emailOf(i), first_name: names[i % names.length]!, last_name: `${i}`, phone_number: `+61 ${i}` })
  ],
  // without a name
  [40, (i) => ({ email: emailOf(i), first_name: null, last_name: null })],
  // with a long phone number
  [30, (i) => ({ email: emailOf(i), first_name: "Ada", last_name: `${i}`, phone_number: "+61 (0)2 1234 5678 ext. 9" })],
  // two with each e-mail, of other names
  [30, (i, k) => ({ email: `twice.${k >> 1}@example.com`, first_name: "Ada", last_name: `${i}` })],
  // two of each: all the same
  [20, (_, k) => ({ email: `same.${k >> 1}@example.com`, first_name: "Same", last_name: `${k >> 1}` })]
)

export const autumn: ReadonlyArray<AutumnSeed> = kinds<AutumnSeed>(
  [150, (i) => ({ id: `user_${i}`, email: emailOf(i), name: nameOf(i) })],
  // without an e-mail
  [30, (i) => ({ id: `user_${i}`, email: null, name: nameOf(i) })],
  // without a name
  [20, (i) => ({ id: `user_${i}`, email: emailOf(i), name: null })],
  // without an id
  [10, (i) => ({ id: null, email: emailOf(i), name: nameOf(i) })],
  // with flat metadata of texts
  [40, (i) => ({ id: `user_${i}`, email: emailOf(i), name: nameOf(i), metadata: { plan: "pro", number: `${i}` } })],
  // with nested metadata
  [30, (i) => ({ id: `user_${i}`, email: emailOf(i), name: nameOf(i), metadata: { a: { b: [1, i] } } })],
  // two with each e-mail
  [20, (i, k) => ({ id: `user_${i}`, email: `twice.${k >> 1}@example.com`, name: nameOf(i) })]
)

const flexpriceAddress = {
  address_line1: "Keizersgracht 126",
  address_city: "Amsterdam",
  address_postal_code: "1015 CW"
}

export const flexprice: ReadonlyArray<FlexpriceSeed> = kinds<FlexpriceSeed>(
  [140, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i) })],
  // without an e-mail
  [30, (i) => ({ external_id: `user_${i}`, email: "", name: nameOf(i) })],
  // with an external id that has a slash
  [20, (i) => ({ external_id: `team/${i}`, email: emailOf(i), name: nameOf(i) })],
  // with a phone
  [30, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), contact: `+31 20 ${i}` })],
  // with an address
  [30, (i) => ({
    external_id: `user_${i}`,
    email: emailOf(i),
    name: nameOf(i),
    ...flexpriceAddress,
    address_country: "NL"
  })],
  // with an address without a country
  [10, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), ...flexpriceAddress })],
  // with metadata
  [20, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), metadata: { plan: "pro" } })],
  // with an empty text in its metadata
  [10, (i) => ({ external_id: `user_${i}`, email: emailOf(i), name: nameOf(i), metadata: { note: "" } })],
  // with an address in Russia
  [10, (i) => ({
    external_id: `user_${i}`,
    email: emailOf(i),
    name: nameOf(i),
    address_line1: "Невский проспект 1",
    address_country: "RU"
  })]
)

/** Rows that no client can read, beside the 300. */
export const unreadable: { readonly [_ in ProviderName]: number } = {
  polar: 1,
  mollie: 2,
  "pin-payments": 0,
  autumn: 2,
  flexprice: 1
}

/** Seeds a provider with its 300, and the rows that cannot be read between them. */
export const seed = (provider: ProviderName) =>
  Effect.gen(function*() {
    const sandbox = yield* SandboxControl
    switch (provider) {
      case "polar":
        yield* sandbox.seed("polar", polar.slice(0, 40))
        yield* sandbox.seed("polar", [{ email: "unreadable@example.com", name: noText }])
        return yield* sandbox.seed("polar", polar.slice(40))
      case "mollie":
        yield* sandbox.seed("mollie", mollie.slice(0, 40))
        yield* sandbox.seed("mollie", [{ name: noText }, { email: noText }])
        return yield* sandbox.seed("mollie", mollie.slice(40))
      case "pin-payments":
        return yield* sandbox.seed("pin-payments", pinPayments)
      case "autumn":
        yield* sandbox.seed("autumn", autumn.slice(0, 40))
        yield* sandbox.seed("autumn", [{ id: null, email: null }, { id: null, email: null }])
        return yield* sandbox.seed("autumn", autumn.slice(40))
      case "flexprice":
        yield* sandbox.seed("flexprice", flexprice.slice(0, 40))
        yield* sandbox.seed("flexprice", [{ external_id: "unreadable", name: noText }])
        return yield* sandbox.seed("flexprice", flexprice.slice(40))
    }
  })

// ---------------------------------------------------------------------------------------------------------------------
// Copies
// ---------------------------------------------------------------------------------------------------------------------

/** A card that Pin Payments takes in its test mode, as often as it is sent. */
const paymentSource: PaymentSource = {
  card: {
    number: Redacted.make("4200000000000000"),
    expiryMonth: 5,
    expiryYear: 2050,
    cvc: Redacted.make("123"),
    name: "Ada Lovelace",
    address: { line1: "1 Sample St", city: "Perth", country: "AU" }
  }
}

/** For Autumn and Flexprice, which require external ids, whoever has none gets one of the provider and its id. */
const externalIdFrom = ({ externalId, id, provider }: Customer): Option.Option<string> =>
  Option.orElse(externalId, () => id.includes("@") ? Option.none() : Option.some(`${provider}:${id}`))

/** What is left out where it cannot be stored; names, e-mails and metadata are not: who has such fails. */
export const optionsFor = (target: ProviderName): CustomersCopy.Options => ({
  externalIdFrom: target === "autumn" || target === "flexprice" ? externalIdFrom : undefined,
  paymentSourceFor: () => Effect.succeedSome(paymentSource),
  drop: ["externalId", "phone", "address", "locale"]
})

// ---------------------------------------------------------------------------------------------------------------------
// What must arrive
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How many of 300 must arrive. External ids, phones, addresses and locales that cannot
 * be stored are left out, and everything else that cannot be is why somebody does not arrive.
 */
export const arrive: { readonly [source in ProviderName]: { readonly [target in ProviderName]?: number } } = {
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

export const all = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)
