/**
 * The wire of Mollie's customers API (v2): schemas of what is sent and answered, and every operation as an endpoint.
 * Names are Mollie's own, letter for letter.
 *
 * Source: Mollie's OpenAPI document and guides, and what its server does beyond them, each said where it matters.
 *
 * @since 0.1.0
 */
import { Json } from "@effect-customers/core/Customer"
import { Conflict, CustomerNotFound, ResourceNotFound } from "@effect-customers/core/CustomersError"
import * as Endpoint from "@effect-customers/core/Endpoint"
import * as Lenient from "@effect-customers/core/Lenient"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const provider = "mollie"

const optionalText = Lenient.optional(Schema.String)

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A link. `type` is a content type; older answers lack it.
 *
 * @since 0.1.0
 * @category answers
 */
export const MollieLink = Schema.Struct({ href: Lenient.textLike("url"), type: optionalText })

/**
 * A link.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MollieLink extends Schema.Schema.Type<typeof MollieLink> {}

const optionalLink = Lenient.optional(MollieLink)

/** `live` or `test`. */
const Mode = Lenient.openLiteral("live", "test")

/** A language and a country, `nl_NL`. Others come back than the documented ones. */
const Locale = Lenient.openLiteral(
  "en_US",
  "en_GB",
  "nl_NL",
  "nl_BE",
  "de_DE",
  "de_AT",
  "de_CH",
  "de_LU",
  "fr_FR",
  "fr_BE",
  "fr_LU",
  "es_ES",
  "ca_ES",
  "pt_PT",
  "it_IT",
  "nb_NO",
  "sv_SE",
  "fi_FI",
  "da_DK",
  "is_IS",
  "hu_HU",
  "pl_PL",
  "lv_LV",
  "lt_LT",
  "cs_CZ",
  "sk_SK",
  "en_BE",
  "en_NL"
)

/**
 * A customer. `metadata` is whatever JSON was stored. `createdAt` is ISO 8601, to the second.
 *
 * `_links.payments`, `mandates` and `subscriptions` are there only while there are some; `documentation` is not there
 * on the rows of a list.
 *
 * @since 0.1.0
 * @category answers
 */
export const MollieCustomer = Schema.Struct({
  resource: optionalText,
  id: Lenient.textLike(/^cst_[A-Za-z0-9]{10}$/),
  mode: Mode,
  name: Lenient.optional(Lenient.textLike("name")),
  email: Lenient.optional(Lenient.textLike("email")),
  locale: Lenient.optional(Locale),
  metadata: Lenient.optional(Lenient.json),
  createdAt: Lenient.IsoDateTime,
  _links: Lenient.optional(Schema.Struct({
    self: optionalLink,
    dashboard: optionalLink,
    documentation: optionalLink,
    payments: optionalLink,
    mandates: optionalLink,
    subscriptions: optionalLink
  }))
}).annotations({ identifier: "MollieCustomer" })

/**
 * A customer as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MollieCustomer extends Schema.Schema.Type<typeof MollieCustomer> {}

/** `next` null or absent is the end of the list, and nothing else is. */
const PageLinks = Schema.Struct({
  self: optionalLink,
  previous: optionalLink,
  next: optionalLink,
  documentation: optionalLink
})

/**
 * One page of customers. `count` is the size of this page; there is no total. The end is `_links.next` null or absent.
 *
 * @since 0.1.0
 * @category answers
 */
export const MollieCustomerPage = Schema.Struct({
  count: Lenient.optional(Schema.Int),
  _embedded: Schema.Struct({ customers: Schema.Array(MollieCustomer) }),
  _links: PageLinks
})

/**
 * A page of customers, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MollieCustomerPage extends Schema.Schema.Type<typeof MollieCustomerPage>, Endpoint.Unreadable {}

/**
 * An amount: `value` is a decimal string with the decimals of its currency (`12.50` EUR, `500` JPY), `currency` ISO
 * 4217. Never a float.
 *
 * @since 0.1.0
 * @category answers
 */
export const MollieAmount = Schema.Struct({
  currency: Lenient.textLike(/^[A-Z]{3}$/),
  value: Lenient.textLike(/^[0-9]{1,5}\.[0-9]{2}$/)
})

/**
 * An amount: a decimal string and its currency.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MollieAmount extends Schema.Schema.Type<typeof MollieAmount> {}

const optionalAmount = Lenient.optionalObject(MollieAmount)

const Method = Lenient.openLiteral(
  "alma",
  "applepay",
  "bacs",
  "bancomatpay",
  "bancontact",
  "banktransfer",
  "belfius",
  "billie",
  "billink",
  "bizum",
  "blik",
  "creditcard",
  "directdebit",
  "eps",
  "giftcard",
  "ideal",
  "in3",
  "kbc",
  "klarna",
  "mbway",
  "mobilepay",
  "multibanco",
  "mybank",
  "paybybank",
  "paypal",
  "paysafecard",
  "pointofsale",
  "przelewy24",
  "riverty",
  "satispay",
  "swish",
  "trustly",
  "twint",
  "vipps",
  "voucher"
)

const LineType = Lenient.openLiteral(
  "physical",
  "digital",
  "shipping_fee",
  "discount",
  "store_credit",
  "gift_card",
  "surcharge",
  "tip"
)

const LineCategory = Lenient.openLiteral("eco", "gift", "meal", "sport_culture", "additional", "consume")

const addressOf = <Text extends Schema.Struct.Field>(text: Text) =>
  Schema.Struct({
    title: text,
    givenName: text,
    familyName: text,
    organizationName: text,
    streetAndNumber: text,
    streetAdditional: text,
    postalCode: text,
    email: text,
    phone: text,
    city: text,
    region: text,
    country: text
  })

/**
 * An address of a payment as answers hold it. `country` is ISO 3166 alpha-2.
 *
 * @since 0.1.0
 * @category answers
 */
export const MollieAddress = addressOf(optionalText)

/**
 * An address of a payment as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MollieAddress extends Schema.Schema.Type<typeof MollieAddress> {}

/**
 * A line of a payment as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export const MolliePaymentLine = Schema.Struct({
  type: Lenient.optional(LineType),
  description: optionalText,
  quantity: Lenient.optional(Lenient.number),
  quantityUnit: optionalText,
  unitPrice: optionalAmount,
  discountAmount: optionalAmount,
  totalAmount: optionalAmount,
  vatRate: optionalText,
  vatAmount: optionalAmount,
  sku: optionalText,
  categories: Lenient.optional(Schema.Array(LineCategory)),
  imageUrl: optionalText,
  productUrl: optionalText,
  recurring: Lenient.optionalObject(Schema.Struct({
    interval: optionalText,
    description: optionalText,
    amount: optionalAmount,
    times: Lenient.optional(Lenient.number),
    startDate: optionalText
  }))
})

const OpenRecord = Schema.Record({ key: Schema.String, value: Lenient.json })

/**
 * A line of a payment as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MolliePaymentLine extends Schema.Schema.Type<typeof MolliePaymentLine> {}

/** What depends on the method of payment: an object, or an array where it is empty. */
const Details = Schema.Union(
  // null first: a secret may be of anything
  Schema.Struct({ cardToken: Schema.optional(Schema.Union(Schema.Null, Schema.Redacted(Lenient.json))) }, OpenRecord),
  Schema.Array(Lenient.json)
)

const optionalDateTime = Lenient.optional(Lenient.IsoDateTime)

/**
 * A payment. Amounts are decimal strings, times ISO 8601. `details` holds what its method gives, under some fifty
 * names; of them `cardToken` is redacted. An empty array in the place of an object reads as null, as `details` it stays.
 *
 * `_links.checkout` is where the customer pays; a recurring payment has none.
 *
 * @since 0.1.0
 * @category answers
 */
export const MolliePayment = Schema.Struct({
  resource: optionalText,
  id: Lenient.textLike(/^tr_[A-Za-z0-9]{10}$/),
  mode: Mode,
  createdAt: Lenient.IsoDateTime,
  amount: MollieAmount,
  description: Schema.String,
  status: Lenient.openLiteral("open", "pending", "authorized", "paid", "canceled", "expired", "failed"),
  profileId: Lenient.textLike(/^pfl_[A-Za-z0-9]{10}$/),
  sequenceType: Lenient.openLiteral("oneoff", "first", "recurring"),
  amountRefunded: optionalAmount,
  amountRemaining: optionalAmount,
  amountCaptured: optionalAmount,
  amountChargedBack: optionalAmount,
  settlementAmount: optionalAmount,
  redirectUrl: optionalText,
  cancelUrl: optionalText,
  webhookUrl: optionalText,
  countryCode: optionalText,
  restrictPaymentMethodsToCountry: optionalText,
  captureDelay: optionalText,
  captureBefore: optionalText,
  subscriptionId: optionalText,
  mandateId: optionalText,
  customerId: optionalText,
  settlementId: optionalText,
  orderId: optionalText,
  authorizedAt: optionalDateTime,
  paidAt: optionalDateTime,
  canceledAt: optionalDateTime,
  expiresAt: optionalDateTime,
  expiredAt: optionalDateTime,
  failedAt: optionalDateTime,
  locale: Lenient.optional(Locale),
  method: Lenient.optional(
    Schema.Union(Method, Lenient.openLiteral("klarnapaylater", "klarnapaynow", "klarnasliceit", "payconiq"))
  ),
  captureMode: Lenient.optional(Lenient.openLiteral("automatic", "manual")),
  isCancelable: Lenient.optional(Schema.Boolean),
  metadata: Lenient.optional(Lenient.json),
  lines: Lenient.optional(Schema.Array(MolliePaymentLine)),
  billingAddress: Lenient.optionalObject(MollieAddress),
  shippingAddress: Lenient.optionalObject(MollieAddress),
  applicationFee: Lenient.optionalObject(Schema.Struct({ amount: optionalAmount, description: optionalText })),
  routing: Lenient.optional(Schema.Array(Schema.Struct({
    resource: optionalText,
    id: optionalText,
    mode: Lenient.optional(Mode),
    amount: optionalAmount,
    destination: Lenient.optionalObject(Schema.Struct({ type: optionalText, organizationId: optionalText })),
    createdAt: optionalDateTime,
    releaseDate: optionalText,
    _links: Lenient.optionalObject(OpenRecord)
  }))),
  statusReason: Lenient.optionalObject(Schema.Struct({ code: optionalText, message: optionalText })),
  details: Lenient.optional(Details),
  _links: Lenient.optionalObject(Schema.Struct({
    self: optionalLink,
    dashboard: optionalLink,
    documentation: optionalLink,
    checkout: optionalLink,
    mobileAppCheckout: optionalLink,
    changePaymentState: optionalLink,
    refunds: optionalLink,
    chargebacks: optionalLink,
    captures: optionalLink,
    settlement: optionalLink,
    customer: optionalLink,
    mandate: optionalLink,
    subscription: optionalLink,
    order: optionalLink,
    terminal: optionalLink,
    status: optionalLink,
    payOnline: optionalLink
  }))
}).annotations({ identifier: "MolliePayment" })

/**
 * A payment as answers hold it.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MolliePayment extends Schema.Schema.Type<typeof MolliePayment> {}

/**
 * One page of payments. The end is `_links.next` null or absent.
 *
 * @since 0.1.0
 * @category answers
 */
export const MolliePaymentPage = Schema.Struct({
  count: Lenient.optional(Schema.Int),
  _embedded: Schema.Struct({ payments: Schema.Array(MolliePayment) }),
  _links: PageLinks
})

/**
 * A page of payments, with the rows that could not be read beside the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface MolliePaymentPage extends Schema.Schema.Type<typeof MolliePaymentPage>, Endpoint.Unreadable {}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** In bytes of JSON text; Mollie refuses more without saying where. */
const longestMetadata = 1024

const Metadata = Json.pipe(
  Schema.filter((value) => new TextEncoder().encode(JSON.stringify(value)).length <= longestMetadata, {
    description: "JSON of at most 1024 bytes"
  })
)

const Email = Schema.String.pipe(
  Schema.filter((text) => /^[\x21-\x7e]*$/.test(text.slice(text.lastIndexOf("@") + 1)), {
    description: "an e-mail address whose domain is ASCII (punycode)"
  })
)

/** With access tokens only, and then it wins over the layer's. */
const testmode = Schema.optional(Schema.Boolean)

/** With access tokens only, and then it wins over the layer's. */
const profileId = Schema.optional(Schema.String)

/**
 * A customer to create, or a change of one: an absent (or undefined) key keeps, null clears, a value sets. `metadata`
 * is any JSON of at most 1024 bytes and replaces the whole.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieCustomerInput = Schema.Struct({
  name: optionalText,
  email: Lenient.optional(Email),
  locale: Lenient.optional(Locale),
  metadata: Lenient.optional(Metadata),
  testmode
})

/**
 * A customer to create, or a change of one.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieCustomerInput extends Schema.Schema.Type<typeof MollieCustomerInput> {}

/**
 * Which mode to look in, with access tokens.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieModeQuery = Schema.Struct({ testmode })

/**
 * Which mode to look in, with access tokens.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieModeQuery extends Schema.Schema.Type<typeof MollieModeQuery> {}

const pageFields = {
  /** The first row of the page: it is in it. */
  from: Schema.optional(Schema.String),
  /** 1 to 250; Mollie's own default is 50. */
  limit: Schema.optional(Schema.Int.pipe(Schema.between(1, 250))),
  /** Mollie's own default is `desc`, newest first. */
  sort: Schema.optional(Schema.Literal("asc", "desc")),
  testmode
}

/**
 * What `list` can be asked for. There are no filters. `from` is the id of the first row of the page, inclusive.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieListQuery = Schema.Struct(pageFields)

/**
 * What `list` can be asked for.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieListQuery extends Schema.Schema.Type<typeof MollieListQuery> {}

/**
 * What `listPayments` can be asked for. `profileId` is a filter here, and never sent unless it is given. Mollie's guides
 * answer payments of all profiles without it; its newest document requires it beside an access token.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieListPaymentsQuery = Schema.Struct({ ...pageFields, profileId })

/**
 * What `listPayments` can be asked for.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieListPaymentsQuery extends Schema.Schema.Type<typeof MollieListPaymentsQuery> {}

/** Two, unless these. */
const withoutDecimals: ReadonlyArray<string> = ["ISK", "JPY"]

const hasDecimalsOf = ({ currency, value }: { readonly currency: string; readonly value: string }): boolean =>
  (withoutDecimals.includes(currency) ? /^-?\d+$/ : /^-?\d+\.\d{2}$/).test(value)

const currency = Schema.String.pipe(
  Schema.pattern(/^[A-Z]{3}$/, { description: "an ISO 4217 currency code in capitals" })
)

const decimals = "a decimal string with the decimals of its currency (none for ISK and JPY, two for others)"

/**
 * An amount to write that may be negative: of a line. `value` has exactly the decimals of its currency: none for ISK
 * and JPY, two for others.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieLineAmount = Schema.Struct({ currency, value: Schema.String }).pipe(
  Schema.filter((amount) => hasDecimalsOf(amount) || { path: ["value"], message: decimals }, { description: decimals })
)

/**
 * An amount to write that may be negative.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieLineAmount extends Schema.Schema.Type<typeof MollieLineAmount> {}

/**
 * An amount to write. `value` is a decimal string with exactly the decimals of its currency: none for ISK and JPY, two
 * for others. `0.00` is legal for a `first` payment.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieAmountInput = MollieLineAmount.pipe(
  Schema.filter(({ value }) => !value.startsWith("-") || { path: ["value"], message: "no sign" }, {
    description: "an amount that is not negative"
  })
)

/**
 * An amount to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieAmountInput extends Schema.Schema.Type<typeof MollieAmountInput> {}

const Characters = (most: number) =>
  Schema.String.pipe(
    Schema.filter((text) => [...text].length <= most, { description: `a string of at most ${most} characters` })
  )

const IsoDate = Schema.String.pipe(
  Schema.filter(
    (text) => Option.exists(DateTime.make(text), (date) => DateTime.formatIsoDateUtc(date) === text),
    { description: "a date that exists, YYYY-MM-DD" }
  )
)

const CaptureDelay = Schema.String.pipe(
  Schema.filter((text) => {
    const [, count, unit] = /^(\d+) (hour|day)s?$/.exec(text) ?? []
    return count !== undefined && Number(count) <= (unit === "day" ? 7 : 7 * 24)
  }, { description: "a number of hours or days, at most 7 days: 8 hours" })
)

const Country = Schema.String.pipe(
  Schema.pattern(/^[A-Z]{2}$/, { description: "an ISO 3166 alpha-2 country code in capitals" })
)

const Secret = Schema.Redacted(Schema.NonEmptyString)

/** Where Mollie takes no null. */
const text = Schema.optional(Schema.String)

/**
 * An address of a payment to write. `country` is ISO 3166 alpha-2.
 *
 * @since 0.1.0
 * @category requests
 */
export const MollieAddressInput = addressOf(text)

/**
 * An address of a payment to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MollieAddressInput extends Schema.Schema.Type<typeof MollieAddressInput> {}

/**
 * A line of a payment to write. Its amounts may be negative.
 *
 * @since 0.1.0
 * @category requests
 */
export const MolliePaymentLineInput = Schema.Struct({
  type: Schema.optional(LineType),
  description: Schema.String,
  quantity: Schema.Int.pipe(Schema.greaterThanOrEqualTo(1)),
  quantityUnit: text,
  unitPrice: MollieLineAmount,
  discountAmount: Schema.optional(MollieLineAmount),
  totalAmount: MollieLineAmount,
  vatRate: text,
  vatAmount: Schema.optional(MollieLineAmount),
  sku: Schema.optional(Characters(64)),
  categories: Schema.optional(Schema.Array(LineCategory)),
  imageUrl: text,
  productUrl: text,
  recurring: Schema.optional(Schema.Struct({
    interval: Schema.String.pipe(
      Schema.pattern(/^\d+ (days?|weeks?|months?)$/, { description: "a number of days, weeks or months: 2 weeks" })
    ),
    description: text,
    amount: Schema.optional(MollieAmountInput),
    times: Schema.optional(Schema.Int),
    startDate: Lenient.optional(IsoDate)
  }))
})

/**
 * A line of a payment to write.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MolliePaymentLineInput extends Schema.Schema.Type<typeof MolliePaymentLineInput> {}

const paymentFields = {
  amount: MollieAmountInput,
  /** At most 255 characters: Mollie would cut a longer one silently. */
  description: Characters(255),
  redirectUrl: optionalText,
  cancelUrl: optionalText,
  /** Must be reachable from outside. */
  webhookUrl: optionalText,
  /** An array restricts the choice of the customer. */
  method: Lenient.optional(Schema.Union(Method, Schema.Array(Method))),
  sequenceType: Schema.optional(Schema.Literal("oneoff", "first", "recurring")),
  mandateId: optionalText,
  profileId,
  testmode,
  lines: Lenient.optional(Schema.Array(MolliePaymentLineInput)),
  billingAddress: Schema.optional(MollieAddressInput),
  shippingAddress: Schema.optional(MollieAddressInput),
  locale: Lenient.optional(Locale),
  restrictPaymentMethodsToCountry: Lenient.optional(Country),
  metadata: Lenient.optional(Metadata),
  issuer: optionalText,
  captureMode: Lenient.optional(Schema.Literal("automatic", "manual")),
  captureDelay: Lenient.optional(CaptureDelay),
  applicationFee: Lenient.optional(
    Schema.Struct({ amount: MollieAmountInput, description: Schema.optional(Characters(255)) })
  ),
  routing: Lenient.optional(Schema.Array(Schema.Struct({
    amount: MollieAmountInput,
    destination: Schema.Struct({ type: Lenient.openLiteral("organization"), organizationId: Schema.String }),
    releaseDate: Lenient.optional(IsoDate)
  }))),
  dueDate: Schema.optional(IsoDate),
  storeCredentials: Schema.optional(Schema.Boolean),
  applePayPaymentToken: Schema.optional(Secret),
  googlePayPaymentToken: Schema.optional(Secret),
  cardToken: Schema.optional(Secret),
  company: Schema.optional(Schema.Struct({
    registrationNumber: text,
    vatNumber: text,
    entityType: text
  })),
  voucherNumber: Schema.optional(Secret),
  voucherPin: Schema.optional(Secret),
  consumerDateOfBirth: Schema.optional(IsoDate),
  extraMerchantData: Schema.optional(Schema.Record({ key: Schema.String, value: Json })),
  sessionId: text,
  digitalGoods: Schema.optional(Schema.Boolean),
  customerReference: text,
  terminalId: text
}

/**
 * A payment to create. `redirectUrl` is needed unless `sequenceType` is `recurring` or an `applePayPaymentToken` is
 * given; where a method of payment needs none all the same, null says so. A `recurring` payment charges at once.
 * Tokens and voucher codes are `Redacted`.
 *
 * @since 0.1.0
 * @category requests
 */
export const MolliePaymentInput = Schema.Struct(paymentFields).pipe(
  Schema.filter(
    ({ applePayPaymentToken, redirectUrl, sequenceType }) =>
      redirectUrl !== undefined || sequenceType === "recurring" || applePayPaymentToken !== undefined ||
      { path: ["redirectUrl"], message: "needed" },
    { description: "a redirectUrl, unless sequenceType is recurring or an applePayPaymentToken is given" }
  )
)

/**
 * A payment to create.
 *
 * @since 0.1.0
 * @category requests
 */
export interface MolliePaymentInput extends Schema.Schema.Type<typeof MolliePaymentInput> {}

// ---------------------------------------------------------------------------------------------------------------------
// Endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** Mollie counts each endpoint on its own. */
const limitGroup = (operation: string) => `${provider} ${operation}`

/**
 * What makes a POST safe to repeat: Mollie keeps the first answer to an `Idempotency-Key` for an hour, of which ten
 * minutes are left for clocks and requests on their way. A 409 is a call with the same key that still runs.
 */
const keyed = { method: "POST", repeat: "with-key", keyLifetime: "50 minutes", inconclusive: [409] } as const

/**
 * Repeated with the same idempotency key.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const create = Endpoint.make({
  ...keyed,
  provider,
  operation: "create",
  limitGroup: limitGroup("create"),
  path: "/v2/customers",
  body: MollieCustomerInput,
  answer: Endpoint.json(MollieCustomer),
  errors: [Conflict]
})

/**
 * One page of customers.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const list = Endpoint.make({
  provider,
  operation: "list",
  limitGroup: limitGroup("list"),
  method: "GET",
  path: "/v2/customers",
  query: MollieListQuery,
  answer: Endpoint.rows(MollieCustomerPage, { row: MollieCustomer, at: ["_embedded", "customers"] })
})

/**
 * One customer by id.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const get = Endpoint.make({
  provider,
  operation: "get",
  limitGroup: limitGroup("get"),
  method: "GET",
  path: "/v2/customers/{customerId}",
  slashes: "refused",
  query: MollieModeQuery,
  answer: Endpoint.json(MollieCustomer),
  errors: [CustomerNotFound]
})

/**
 * Ends in the same state however often it is sent. Mollie ignores idempotency keys here.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const update = Endpoint.make({
  provider,
  operation: "update",
  limitGroup: limitGroup("update"),
  method: "PATCH",
  repeat: "always",
  path: "/v2/customers/{customerId}",
  slashes: "refused",
  body: MollieCustomerInput,
  answer: Endpoint.json(MollieCustomer),
  errors: [CustomerNotFound, Conflict]
})

const deleteEndpoint = Endpoint.make({
  provider,
  operation: "delete",
  limitGroup: limitGroup("delete"),
  method: "DELETE",
  repeat: "always",
  path: "/v2/customers/{customerId}",
  slashes: "refused",
  // testmode goes into the body here: in the query it is refused
  body: Schema.transform(Schema.UndefinedOr(MollieModeQuery), Schema.UndefinedOr(Schema.typeSchema(MollieModeQuery)), {
    strict: true,
    decode: (mode) => mode,
    encode: (mode) => mode?.testmode === undefined ? undefined : mode
  }),
  answer: Endpoint.empty,
  errors: [CustomerNotFound, Conflict]
})

export {
  /**
   * Repeated, it answers that the customer is gone.
   *
   * @since 0.1.0
   * @category endpoints
   */
  deleteEndpoint as delete
}

/**
 * Repeated with the same idempotency key: it charges once.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const createPayment = Endpoint.make({
  ...keyed,
  provider,
  operation: "createPayment",
  limitGroup: limitGroup("createPayment"),
  path: "/v2/customers/{customerId}/payments",
  slashes: "refused",
  body: MolliePaymentInput,
  answer: Endpoint.json(MolliePayment),
  errors: [CustomerNotFound, ResourceNotFound, Conflict]
})

/**
 * One page of a customer's payments.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const listPayments = Endpoint.make({
  provider,
  operation: "listPayments",
  limitGroup: limitGroup("listPayments"),
  method: "GET",
  path: "/v2/customers/{customerId}/payments",
  slashes: "refused",
  query: MollieListPaymentsQuery,
  answer: Endpoint.rows(MolliePaymentPage, { row: MolliePayment, at: ["_embedded", "payments"] }),
  errors: [CustomerNotFound]
})
