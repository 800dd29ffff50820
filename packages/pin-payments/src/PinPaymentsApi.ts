/**
 * The wire of Pin Payments' customers API (version 1): schemas of what is sent and answered, and every operation as an
 * endpoint. Names are Pin's own, letter for letter.
 *
 * Source: Pin's API reference, and what its test API was seen to answer beyond it, each said where it matters.
 *
 * @since 0.1.0
 */
import { Conflict, CustomerNotFound, ResourceNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as Schema from "effect/Schema"

const provider = "pin-payments"

const optionalText = Lenient.optional(Schema.String)

const optionalDateTime = Lenient.optional(Lenient.IsoDateTime)

/** Whoever has the token of a card can charge it: it is redacted wherever it is. */
const CardToken = Schema.Redacted(
  Schema.NonEmptyString.annotations({ arbitrary: () => (fc) => fc.stringMatching(/^card_[A-Za-z0-9_-]{22}$/) })
)

const CustomerToken = Lenient.textLike(/^cus_[A-Za-z0-9_-]{22}$/)

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A card. Number and cvc are never answered; `token` is `Redacted`, and goes as it is into `deleteCard` and
 * `primary_card_token`. `display_number` is `XXXX-XXXX-XXXX-0000`. `expiry_year` has four digits. The country stands as
 * it was sent: `AU`, `Australia`. A wallet's card has neither name nor address; `primary` null is a card that no
 * customer has.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsCard = Schema.Struct({
  token: CardToken,
  scheme: Lenient.optional(Lenient.openLiteral("visa", "master", "amex", "diners", "discover", "jcb")),
  display_number: Lenient.optional(Lenient.textLike(/^XXXX-XXXX-XXXX-[0-9]{4}$/)),
  issuing_country: Lenient.optional(Lenient.textLike("country")),
  expiry_month: Lenient.optional(Schema.Int),
  expiry_year: Lenient.optional(Schema.Int),
  name: Lenient.optional(Lenient.textLike("name")),
  address_line1: Lenient.optional(Lenient.textLike("addressLine")),
  address_line2: Lenient.optional(Lenient.textLike("addressLine")),
  address_city: Lenient.optional(Lenient.textLike("addressLine")),
  address_postcode: Lenient.optional(Lenient.textLike(/^[0-9]{4}$/)),
  address_state: Lenient.optional(Lenient.textLike("addressLine")),
  address_country: Lenient.optional(Lenient.textLike("country", "addressLine")),
  customer_token: Lenient.optional(CustomerToken),
  primary: Lenient.optional(Schema.Boolean),
  network_type: Lenient.optional(Lenient.openLiteral("applepay", "googlepay")),
  network_format: Lenient.optional(Lenient.openLiteral("cryptogram_3ds"))
}).annotations({ identifier: "PinPaymentsCard" })

/**
 * A card as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsCard extends Schema.Schema.Type<typeof PinPaymentsCard> {}

/**
 * A customer with the primary card. `created_at` is ISO 8601 in UTC, to the second. `card` is null once the customer is
 * deleted.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsCustomer = Schema.Struct({
  token: CustomerToken,
  email: Lenient.textLike("email"),
  first_name: Lenient.optional(Lenient.textLike("name", /^$/)),
  last_name: Lenient.optional(Lenient.textLike("name", /^$/)),
  phone_number: Lenient.optional(Lenient.textLike("phone", /^$/)),
  company: optionalText,
  notes: optionalText,
  created_at: Lenient.IsoDateTime,
  card: Lenient.optional(PinPaymentsCard)
}).annotations({ identifier: "PinPaymentsCustomer" })

/**
 * A customer as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsCustomer extends Schema.Schema.Type<typeof PinPaymentsCustomer> {}

/**
 * A charge. Amounts are in the minor unit of their currency (cents; whole yen). There is no state: `success`,
 * `captured` and `authorisation_voided` say it. `total_fees` and `merchant_entitlement` are null until it is
 * captured.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsCharge = Schema.Struct({
  token: Lenient.textLike(/^ch_[A-Za-z0-9_-]{22}$/),
  success: Schema.Boolean,
  amount: Schema.Int,
  currency: Lenient.textLike(/^[A-Z]{3}$/),
  description: optionalText,
  email: Lenient.optional(Lenient.textLike("email")),
  ip_address: optionalText,
  created_at: Lenient.IsoDateTime,
  status_message: optionalText,
  error_message: optionalText,
  card: Lenient.optional(PinPaymentsCard),
  transfer: Lenient.optional(Schema.Array(Schema.Struct({
    state: optionalText,
    paid_at: optionalText,
    token: optionalText
  }))),
  amount_refunded: Lenient.optional(Schema.Int),
  total_fees: Lenient.optional(Schema.Int),
  merchant_entitlement: Lenient.optional(Schema.Int),
  refund_pending: Lenient.optional(Schema.Boolean),
  authorisation_token: optionalText,
  authorisation_expired: Lenient.optional(Schema.Boolean),
  authorisation_voided: Lenient.optional(Schema.Boolean),
  captured: Lenient.optional(Schema.Boolean),
  captured_at: optionalDateTime,
  settlement_currency: optionalText,
  active_chargebacks: Lenient.optional(Schema.Boolean),
  metadata: Lenient.optional(Schema.Record({ key: Lenient.textLike("key"), value: Schema.String })),
  platform_fees: Lenient.optional(Schema.Int),
  platform_adjustment: Lenient.optional(Schema.Struct({
    amount: Lenient.optional(Schema.Int),
    currency: optionalText
  })),
  reference: optionalText
}).annotations({ identifier: "PinPaymentsCharge" })

/**
 * A charge as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsCharge extends Schema.Schema.Type<typeof PinPaymentsCharge> {}

/**
 * A subscription. `card_token` null bills the primary card. One that is cancelled is `cancelling` until its interval
 * ends: then `cancelled_at` and `next_billing_date` are null.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsSubscription = Schema.Struct({
  token: Lenient.textLike(/^sub_[A-Za-z0-9_-]{22}$/),
  state: Lenient.openLiteral("trial", "active", "cancelling", "cancelled", "expired"),
  plan_token: Lenient.optional(Lenient.textLike(/^plan_[A-Za-z0-9_-]{22}$/)),
  customer_token: Lenient.optional(CustomerToken),
  card_token: Lenient.optional(CardToken),
  next_billing_date: optionalDateTime,
  active_interval_started_at: optionalDateTime,
  active_interval_finishes_at: optionalDateTime,
  current_period_started_at: optionalDateTime,
  current_period_ends_at: optionalDateTime,
  cancelled_at: optionalDateTime,
  created_at: Lenient.IsoDateTime
}).annotations({ identifier: "PinPaymentsSubscription" })

/**
 * A subscription as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsSubscription extends Schema.Schema.Type<typeof PinPaymentsSubscription> {}

/** Some lists answer the short form, with `count`, `per_page` and `current` alone. */
const Pagination = Schema.Struct({
  current: Lenient.optional(Schema.Int),
  previous: Lenient.optional(Schema.Int),
  next: Lenient.optional(Schema.Int),
  per_page: Schema.Int.pipe(Schema.greaterThanOrEqualTo(1)),
  pages: Lenient.optional(Schema.Int),
  /** Of the whole list. */
  count: Schema.Int
})

const page = <A, I>(row: Schema.Schema<A, I>) =>
  Schema.Struct({
    response: Schema.Array(row),
    /** Of this page, where it is there. */
    count: Lenient.optional(Schema.Int),
    pagination: Pagination
  })

/**
 * One page of customers. `pagination.count` is the total, `count` the rows of this page. The end is an empty page or
 * `page * per_page >= pagination.count`; `next` was seen to lie.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsCustomerPage = page(PinPaymentsCustomer)

/**
 * A page of customers, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsCustomerPage
  extends Schema.Schema.Type<typeof PinPaymentsCustomerPage>, Endpoint.Unreadable
{}

/**
 * One page of charges.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsChargePage = page(PinPaymentsCharge)

/**
 * A page of charges, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsChargePage extends Schema.Schema.Type<typeof PinPaymentsChargePage>, Endpoint.Unreadable {}

/**
 * One page of cards.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsCardPage = page(PinPaymentsCard)

/**
 * A page of cards, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsCardPage extends Schema.Schema.Type<typeof PinPaymentsCardPage>, Endpoint.Unreadable {}

/**
 * One page of subscriptions.
 *
 * @since 0.1.0
 * @category answers
 */
export const PinPaymentsSubscriptionPage = page(PinPaymentsSubscription)

/**
 * A page of subscriptions, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface PinPaymentsSubscriptionPage
  extends Schema.Schema.Type<typeof PinPaymentsSubscriptionPage>, Endpoint.Unreadable
{}

const single = <A, I>(answer: Schema.Schema<A, I>) => Endpoint.json(Schema.Struct({ response: answer }))

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

const Text = Schema.String.pipe(
  Schema.filter((text) => text.trim() !== "", { description: "a string that is not blank" })
)

const digits = (description: string, shape: RegExp) =>
  Schema.Union(Schema.Int, Schema.String).pipe(
    Schema.filter((value) => shape.test(String(value)), { description })
  )

const cardFields = {
  number: Schema.Redacted(Schema.NonEmptyString),
  expiry_month: digits("a month, 1 to 12", /^(?:0?[1-9]|1[0-2])$/),
  expiry_year: digits("a year of two or four digits", /^(?:\d{2}|\d{4})$/),
  cvc: Schema.Redacted(Schema.NonEmptyString),
  name: Text,
  address_line1: Text,
  address_line2: optionalText,
  address_city: Text,
  address_postcode: optionalText,
  address_state: optionalText,
  address_country: Text
}

/**
 * The details of a card to write. `number` and `cvc` are `Redacted` up to the wire. `expiry_year` may have two digits;
 * `address_country` is a name or ISO 3166 alpha-2. Whoever sends these is in the scope of PCI: prefer a token.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsCardDetails = Schema.Struct(cardFields)

/**
 * The details of a card to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PinPaymentsCardDetails extends Schema.Schema.Type<typeof PinPaymentsCardDetails> {}

const absent = Schema.optional(Schema.Never)

const contactFields = {
  first_name: optionalText,
  last_name: optionalText,
  phone_number: optionalText,
  company: optionalText,
  notes: optionalText
}

const newFields = { email: Text, ...contactFields }

/**
 * A new customer, with exactly one of `card` and `card_token`.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsCustomerCreate = Schema.Union(
  Schema.Struct({ ...newFields, card: PinPaymentsCardDetails, card_token: absent }),
  Schema.Struct({ ...newFields, card: absent, card_token: CardToken })
)

/**
 * A new customer, with exactly one of `card` and `card_token`.
 *
 * @since 0.1.0
 * @category requests
 */
export type PinPaymentsCustomerCreate = typeof PinPaymentsCustomerCreate.Type

const changedFields = { email: Schema.optional(Text), ...contactFields }

/**
 * A change that erases no card: an absent (or undefined) key keeps. `primary_card_token` makes a stored card the
 * primary one; the old one stays beside it. Whether null or `""` clears a field is not documented.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsCustomerUpdate = Schema.Struct({
  ...changedFields,
  primary_card_token: Schema.optional(CardToken),
  card: absent,
  card_token: absent
})

/**
 * A change that erases no card.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PinPaymentsCustomerUpdate extends Schema.Schema.Type<typeof PinPaymentsCustomerUpdate> {}

/**
 * A change that puts another card in the place of the primary one, which is erased for good: `card`, or `card_token` of
 * an unused or a stored one. Subscriptions that bill the primary card are billed to it from then on.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsCustomerUpdateCard = Schema.Union(
  Schema.Struct({ ...changedFields, card: PinPaymentsCardDetails, card_token: absent, primary_card_token: absent }),
  Schema.Struct({ ...changedFields, card: absent, card_token: CardToken, primary_card_token: absent })
)

/**
 * A change that puts another card in the place of the primary one.
 *
 * @since 0.1.0
 * @category requests
 */
export type PinPaymentsCustomerUpdateCard = typeof PinPaymentsCustomerUpdateCard.Type

/**
 * A card to add, which is not the primary one: its details, or the token of an unused one. Flat, unlike in a customer.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsCardCreate = Schema.Union(
  Schema.Struct({ ...cardFields, card_token: absent }),
  Schema.Struct({
    card_token: CardToken,
    number: absent,
    expiry_month: absent,
    expiry_year: absent,
    cvc: absent,
    name: absent,
    address_line1: absent,
    address_line2: absent,
    address_city: absent,
    address_postcode: absent,
    address_state: absent,
    address_country: absent
  })
)

/**
 * A card to add: its details, or the token of an unused one.
 *
 * @since 0.1.0
 * @category requests
 */
export type PinPaymentsCardCreate = typeof PinPaymentsCardCreate.Type

/**
 * Which page: from 1. `per_page` is not documented (25 when absent) and was seen to be taken up to 500.
 *
 * @since 0.1.0
 * @category requests
 */
export const PinPaymentsPageQuery = Schema.Struct({
  page: Schema.optional(Schema.Int.pipe(Schema.greaterThanOrEqualTo(1))),
  per_page: Schema.optional(Schema.Int.pipe(Schema.greaterThanOrEqualTo(1)))
})

/**
 * Which page, from 1, and how many rows in it.
 *
 * @since 0.1.0
 * @category requests
 */
export interface PinPaymentsPageQuery extends Schema.Schema.Type<typeof PinPaymentsPageQuery> {}

// ---------------------------------------------------------------------------------------------------------------------
// Endpoints
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Never repeated when it may have been applied: Pin has no idempotency keys, and e-mails are not unique.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const create = Endpoint.make({
  provider,
  operation: "create",
  method: "POST",
  repeat: "never",
  path: "/1/customers",
  body: PinPaymentsCustomerCreate,
  answer: single(PinPaymentsCustomer)
})

/**
 * One page of customers, newest first.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const list = Endpoint.make({
  provider,
  operation: "list",
  method: "GET",
  path: "/1/customers",
  query: PinPaymentsPageQuery,
  answer: Endpoint.rows(PinPaymentsCustomerPage, { row: PinPaymentsCustomer, at: ["response"] })
})

/**
 * One customer by token.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const get = Endpoint.make({
  provider,
  operation: "get",
  method: "GET",
  path: "/1/customers/{customer_token}",
  slashes: "refused",
  answer: single(PinPaymentsCustomer),
  errors: [CustomerNotFound]
})

/**
 * A change that erases no card: it ends in the same state however often it is sent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const update = Endpoint.make({
  provider,
  operation: "update",
  method: "PUT",
  repeat: "always",
  path: "/1/customers/{customer_token}",
  slashes: "refused",
  body: PinPaymentsCustomerUpdate,
  answer: single(PinPaymentsCustomer),
  errors: [CustomerNotFound, ResourceNotFound]
})

/**
 * A change that erases the primary card. Never repeated when it may have been applied: a repeat would erase the new
 * one, or send a token that is spent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const updateCard = Endpoint.make({
  provider,
  operation: "update",
  method: "PUT",
  repeat: "never",
  path: "/1/customers/{customer_token}",
  slashes: "refused",
  body: PinPaymentsCustomerUpdateCard,
  answer: single(PinPaymentsCustomer),
  errors: [CustomerNotFound, ResourceNotFound]
})

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  method: "DELETE",
  repeat: "always",
  path: "/1/customers/{customer_token}",
  slashes: "refused",
  answer: Endpoint.empty,
  errors: [CustomerNotFound]
})

export {
  /**
   * Repeated, it answers not-found.
   *
   * @since 0.1.0
   * @category endpoints
   */
  deleteEndpoint as delete
}

/**
 * One page of a customer's charges, newest first.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const listCharges = Endpoint.make({
  provider,
  operation: "listCharges",
  method: "GET",
  path: "/1/customers/{customer_token}/charges",
  slashes: "refused",
  query: PinPaymentsPageQuery,
  answer: Endpoint.rows(PinPaymentsChargePage, { row: PinPaymentsCharge, at: ["response"] }),
  errors: [CustomerNotFound]
})

/**
 * One page of a customer's cards.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const listCards = Endpoint.make({
  provider,
  operation: "listCards",
  method: "GET",
  path: "/1/customers/{customer_token}/cards",
  slashes: "refused",
  query: PinPaymentsPageQuery,
  answer: Endpoint.rows(PinPaymentsCardPage, { row: PinPaymentsCard, at: ["response"] }),
  errors: [CustomerNotFound]
})

/**
 * Never repeated when it may have been applied: it would add a second card, or send a token that is spent. Beside the
 * card its answer holds the caller's IP address, where card details were sent.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const createCard = Endpoint.make({
  provider,
  operation: "createCard",
  method: "POST",
  repeat: "never",
  path: "/1/customers/{customer_token}/cards",
  slashes: "refused",
  body: PinPaymentsCardCreate,
  answer: Endpoint.json(Schema.Struct({ response: PinPaymentsCard, ip_address: optionalText })),
  errors: [CustomerNotFound, ResourceNotFound]
})

/**
 * Repeated, it answers not-found. The primary card ends in `Conflict`.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const deleteCard = Endpoint.make({
  provider,
  operation: "deleteCard",
  method: "DELETE",
  repeat: "always",
  path: "/1/customers/{customer_token}/cards/{card_token}",
  slashes: "refused",
  answer: Endpoint.empty,
  errors: [ResourceNotFound, Conflict]
})

/**
 * One page of a customer's subscriptions, newest first; its `pagination` has the short form.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const listSubscriptions = Endpoint.make({
  provider,
  operation: "listSubscriptions",
  method: "GET",
  path: "/1/customers/{customer_token}/subscriptions",
  slashes: "refused",
  query: PinPaymentsPageQuery,
  answer: Endpoint.rows(PinPaymentsSubscriptionPage, { row: PinPaymentsSubscription, at: ["response"] }),
  errors: [CustomerNotFound]
})

/**
 * Answers the subscription, `cancelling`. A repeat changes nothing more; it ends in `Conflict`, as does cancelling what
 * is neither on trial nor active.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const cancelSubscription = Endpoint.make({
  provider,
  operation: "cancelSubscription",
  method: "DELETE",
  repeat: "always",
  path: "/1/customers/{customer_token}/subscriptions/{sub_token}",
  slashes: "refused",
  answer: single(PinPaymentsSubscription),
  errors: [ResourceNotFound, Conflict]
})
