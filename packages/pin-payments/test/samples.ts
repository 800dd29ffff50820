/** Answers of Pin Payments in the shapes that were recorded; the values are made up. */

export const card = {
  token: "card_Qm3x0Yt7Rk2vB9nLw4Hs1A",
  scheme: "master",
  display_number: "XXXX-XXXX-XXXX-0000",
  issuing_country: "AU",
  expiry_month: 12,
  expiry_year: 2030,
  name: "Ada Example",
  address_line1: "1 Sample St",
  address_line2: null,
  address_city: "Perth",
  address_postcode: null,
  address_state: null,
  address_country: "Australia",
  customer_token: "cus_T8fGh2Jk5Lm7Np9Qr1Stuw",
  primary: true,
  network_type: null,
  network_format: null
}

export const customer = {
  token: "cus_T8fGh2Jk5Lm7Np9Qr1Stuw",
  email: "ada@example.com",
  first_name: null,
  last_name: null,
  phone_number: null,
  company: null,
  notes: null,
  created_at: "2024-11-11T08:41:24Z",
  card
}

/** As `customer.deleted` shows it. */
export const customerWithoutCard = { ...customer, card: null }

/** Of 2013: neither contact fields, nor the newer half of the card. */
export const card2013 = {
  token: "card_7Aa0bB1cC2dD3eE4fF5gGw",
  display_number: "XXXX-XXXX-XXXX-0000",
  scheme: "master",
  address_line1: "1 Sample Rd",
  address_line2: "",
  address_city: "Perth",
  address_postcode: "6000",
  address_state: "WA",
  address_country: "AU"
}

export const customer2013 = {
  token: "cus__-A1bC2dE3fG4hI5jK6lM7",
  email: "ada@example.com",
  created_at: "2013-06-12T10:10:10Z",
  card: card2013
}

export const walletCard = {
  token: "card_VwX1yZ2aB3cD4eF5gH6iJA",
  scheme: "visa",
  display_number: "XXXX-XXXX-XXXX-0000",
  issuing_country: "AU",
  expiry_month: 12,
  expiry_year: 2027,
  name: null,
  address_line1: null,
  address_line2: null,
  address_city: null,
  address_postcode: null,
  address_state: null,
  address_country: null,
  customer_token: null,
  primary: null,
  network_type: "googlepay",
  network_format: "cryptogram_3ds"
}

/** From details; its token begins with an underscore. */
export const createdCard = {
  response: {
    ...card,
    token: "card__Zx81Cv5Bn3Mq7We2Rt6Y0",
    scheme: "visa",
    expiry_year: 2029,
    address_country: "England",
    primary: false
  },
  ip_address: "203.0.113.7"
}

export const charge = {
  token: "ch_Ab1Cd2Ef3Gh4Ij5Kl6Mn7w",
  success: true,
  amount: 50000,
  currency: "AUD",
  description: "Annual plan",
  email: "ada@example.com",
  ip_address: "203.0.113.7",
  created_at: "2024-11-11T08:44:22Z",
  status_message: "Success",
  error_message: null,
  card: walletCard,
  transfer: [],
  amount_refunded: 0,
  total_fees: 905,
  merchant_entitlement: 49095,
  refund_pending: false,
  authorisation_token: null,
  authorisation_expired: false,
  authorisation_voided: false,
  captured: true,
  captured_at: "2024-11-11T08:44:22Z",
  settlement_currency: "AUD",
  active_chargebacks: false,
  metadata: {},
  platform_fees: 0,
  platform_adjustment: { amount: 0, currency: "AUD" }
}

const { platform_adjustment: _, platform_fees: __, ...documentedCharge } = charge

/** Authorised, not captured; a stub of 2014; what was transferred; a currency without cents. */
export const charges = [
  charge,
  {
    ...documentedCharge,
    ip_address: null,
    captured: false,
    captured_at: null,
    total_fees: null,
    merchant_entitlement: null,
    authorisation_token: "auth_1"
  },
  { ...documentedCharge, card: card2013, transfer: null, reference: "1234", metadata: { order: "5", note: "" } },
  {
    ...charge,
    currency: "JPY",
    amount: 50,
    transfer: [{ state: "paid", paid_at: "2024-11-12T00:00:00Z", token: "tfer_1" }]
  }
]

export const subscription = {
  state: "cancelling",
  next_billing_date: null,
  active_interval_started_at: "2024-11-11T08:44:22Z",
  active_interval_finishes_at: "2024-11-18T08:44:22Z",
  cancelled_at: null,
  created_at: "2024-11-11T08:44:22Z",
  token: "sub_Uv8Wx9Yz0Ab1Cd2Ef3Gh4w",
  plan_token: "plan_Jk5Lm6No7Pq8Rs9Tu0Vw1A",
  customer_token: "cus_T8fGh2Jk5Lm7Np9Qr1Stuw",
  card_token: null
}

/** On trial; with the dates of 2019 and a card of its own; in a state that nobody knows yet. */
export const subscriptions = [
  subscription,
  {
    ...subscription,
    state: "trial",
    active_interval_started_at: null,
    active_interval_finishes_at: null
  },
  {
    ...subscription,
    state: "cancelled",
    card_token: "card_Qm3x0Yt7Rk2vB9nLw4Hs1A",
    cancelled_at: "2019-03-01T00:00:00Z",
    current_period_started_at: "2019-02-01T00:00:00Z",
    current_period_ends_at: "2019-03-01T00:00:00Z"
  },
  { ...subscription, state: "paused" }
]

export const fullPage = <A>(response: ReadonlyArray<A>) => ({
  response,
  count: response.length,
  pagination: { current: 1, previous: null, next: null, per_page: 25, pages: 1, count: response.length }
})

export const shortPage = <A>(response: ReadonlyArray<A>) => ({
  response,
  pagination: { count: response.length, per_page: 25, current: 1 }
})

export const pagePastEnd = {
  response: [],
  count: 0,
  pagination: { current: 2, previous: 1, next: null, per_page: 25, pages: 1, count: 16 }
}

/** `next` lies. */
export const emptyPage2013 = {
  response: [],
  count: 0,
  pagination: { current: 1, previous: null, next: 2, per_page: 25, pages: 0, count: 0 }
}

export const errors = {
  unauthenticated: { error: "unauthenticated", error_description: "Not authorised. (Check API Key)" },
  notFound: { error: "not_found", error_description: "The requested resource could not be found." },
  resourceNotFound: {
    error: "resource_not_found",
    error_description: "The requested resource could not be found."
  },
  email: {
    error: "invalid_resource",
    error_description: "One or more parameters were missing or invalid",
    messages: [
      { param: "email", code: "email_invalid", message: "Email can't be blank" },
      { param: "email", code: "email_invalid", message: "Email is not formatted properly" }
    ]
  },
  nestedCard: {
    error: "invalid_resource",
    error_description: "One or more parameters were missing or invalid.",
    messages: [{
      param: "card.address_country",
      code: "card_address_country_invalid",
      message: "Card address country can't be blank"
    }]
  },
  messagesByParam: {
    error: "invalid_resource",
    error_description: "The current resource was deemed invalid.",
    messages: { charge: ["You have tried to refund more than the original charge"] }
  },
  primaryCard: {
    error: "cannot_delete_primary_card",
    error_description: "You cannot delete a customer's primary card token"
  },
  cancelledTwice: {
    error: "invalid_request",
    error_description: "Cannot cancel subscription when state is cancelling"
  }
}
