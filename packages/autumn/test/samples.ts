/** Answers of Autumn in the shapes that were recorded; the values are made up. */

/** With header 2.1, as it is answered today. */
export const customer = {
  id: "team-7_eu:1",
  name: "Ada Example",
  email: "ada@example.com",
  created_at: 1_776_600_000_123,
  fingerprint: null,
  stripe_id: "cus_Qm3x0Yt7Rk2vB9",
  env: "sandbox",
  metadata: { tier: "gold", seats: 3, nested: { list: [1, null, "x"] } },
  send_email_receipts: false,
  billing_controls: {
    auto_topups: [{
      feature_id: "credits",
      enabled: true,
      threshold: 20,
      quantity: 100,
      purchase_limit: { interval: "month", interval_count: 1, limit: 4 }
    }],
    spend_limits: [{ feature_id: "messages", enabled: true, overage_limit: 50 }]
  },
  subscriptions: [{
    id: "cus_prod_T8fGh2Jk5Lm7Np9Qr1Stuw",
    plan_id: "pro",
    auto_enable: false,
    add_on: false,
    status: "active",
    past_due: false,
    canceled_at: null,
    expires_at: null,
    trial_ends_at: null,
    started_at: 1_776_600_000_000,
    current_period_start: 1_776_600_000_000,
    current_period_end: 1_779_192_000_000,
    quantity: 1,
    scope: "customer"
  }],
  purchases: [{ plan_id: "pack", expires_at: null, started_at: 1_776_600_001_000, quantity: 2 }],
  balances: {
    messages: {
      feature_id: "messages",
      granted: 100,
      remaining: 90,
      usage: 10,
      unlimited: false,
      overage_allowed: false,
      max_purchase: null,
      next_reset_at: 1_779_192_000_000,
      breakdown: [{
        id: "cus_ent_Vw1Xy2Za3Bc4",
        plan_id: "pro",
        included_grant: 100,
        prepaid_grant: 0,
        remaining: 90,
        usage: 10,
        unlimited: false,
        reset: { interval: "month", resets_at: 1_779_192_000_000 },
        price: {
          tiers: [{ to: 100, amount: 0.5 }, { to: "inf", amount: 0.25 }],
          tier_behavior: "graduated",
          billing_units: 1,
          billing_method: "usage_based",
          max_purchase: null
        },
        expires_at: null
      }],
      rollovers: [{ balance: 5, granted: 5, expires_at: 1_779_192_000_000 }]
    },
    credits: {
      feature_id: "credits",
      granted: 400,
      remaining: 400,
      usage: 0,
      unlimited: false,
      overage_allowed: false,
      max_purchase: null,
      next_reset_at: null,
      breakdown: []
    }
  },
  flags: {
    dashboard: { id: "cus_ent_De5Fg6Hi7Jk8", plan_id: "pro", expires_at: null, feature_id: "dashboard" }
  },
  licenses: []
}

/** What each `expand` adds. */
export const expanded = {
  ...customer,
  invoices: [{
    plan_ids: ["pro"],
    stripe_id: "in_1Ab2Cd3Ef",
    status: "paid",
    total: 20,
    currency: "usd",
    created_at: 1_776_600_000_000,
    hosted_invoice_url: "https://invoices.example/in_1Ab2Cd3Ef"
  }],
  trials_used: [{ plan_id: "pro", customer_id: "team-7_eu:1", fingerprint: null }],
  rewards: {
    discounts: [{
      id: "di_1",
      name: "Spring",
      type: "percentage_discount",
      discount_value: 10,
      duration_type: "months",
      duration_value: 3,
      currency: null
    }]
  },
  entities: [{ id: "seat-1", name: null, customer_id: "team-7_eu:1", created_at: 1_776_600_000_000, env: "sandbox" }],
  referrals: [{
    program_id: "friends",
    customer: { id: "team-8", name: null, email: "bo@example.com" },
    reward_applied: true,
    created_at: 1_776_600_000_000
  }],
  payment_method: { id: "pm_1", object: "payment_method", card: { last4: "4242" } },
  subscriptions: [{
    ...customer.subscriptions[0],
    plan: {
      id: "pro",
      name: "Pro",
      description: null,
      group: null,
      version: 1,
      add_on: false,
      auto_enable: false,
      price: { amount: 20, interval: "month" },
      items: [{ feature_id: "messages", included: 100, unlimited: false, reset: { interval: "month" }, price: null }],
      created_at: 1_776_500_000_000,
      env: "sandbox",
      archived: false,
      base_variant_id: null
    }
  }],
  flags: {
    dashboard: {
      ...customer.flags.dashboard,
      feature: { id: "dashboard", name: "Dashboard", type: "boolean", consumable: false, archived: false }
    }
  }
}

/** Of the first days of 2.1, with an e-mail alone: neither flags nor controls. */
export const bare = {
  id: null,
  name: null,
  email: "nobody-in-particular@example.com",
  created_at: 1_771_200_000_000,
  fingerprint: null,
  stripe_id: null,
  env: "sandbox",
  metadata: {},
  send_email_receipts: false,
  subscriptions: [],
  purchases: [],
  balances: {}
}

/** A subscription had no id then. */
export const early = {
  ...bare,
  id: "team-1",
  subscriptions: [{
    plan_id: "free",
    auto_enable: true,
    add_on: false,
    status: "expired",
    past_due: false,
    canceled_at: null,
    expires_at: null,
    trial_ends_at: null,
    started_at: 1_771_200_000_000,
    current_period_start: null,
    current_period_end: null,
    quantity: 1
  }]
}

/** Created today, with nothing. */
export const bareToday = { ...bare, id: "team-2", billing_controls: {}, flags: {}, licenses: [] }

export const customers = [customer, expanded, bare, early, bareToday]

/** Of the first days: `total` is the length of the page, `has_more` that it is full. */
export const earlyPage = { list: [early], total: 1, limit: 1, offset: 0, has_more: true }

export const emptyPage = { list: [], total: 0, limit: 1, offset: 1, has_more: false }

export const pageToday = {
  list: [customer],
  total: 1,
  total_count: 42,
  total_filtered_count: 42,
  limit: 1,
  offset: 0,
  has_more: true
}

export const pageByCursor = { list: [bareToday, bare], next_cursor: null }

export const pages = [earlyPage, emptyPage, pageToday, pageByCursor]

const error = (code: string, message: string, env: "sandbox" | "live" = "sandbox") => ({ message, code, env })

export const errors = {
  notFound: error("customer_not_found", "Customer team-404 not found"),
  wrongType: error("invalid_inputs", "customer_id: must be a string (received undefined)"),
  several: error(
    "invalid_inputs",
    "[Validation Errors] customer_id: cannot contain spaces. Use only letters, numbers, underscores, and hyphens.; email: not a valid email address"
  ),
  limit: error("invalid_inputs", "limit: Too big: expected number to be <=1000"),
  neither: error("invalid_request", "Either customer ID or email is required"),
  version: error("invalid_api_version", "\"9.9\" is not a valid API version"),
  noKey: error("no_secret_key", "Secret key not found in Authorization header"),
  badKey: error("invalid_secret_key", "Invalid secret key: am_sk_test_abcd******"),
  unknownRoute: error("no_auth_header", "Unauthorized - no session found"),
  scopes: error("insufficient_scopes", "Insufficient scopes. Missing: customers:write", "live"),
  taken: error("customer_already_exists", "Customer with ID team-2 already exists, can't change to this ID"),
  repeatedKey: error("duplicate_idempotency_key", "Another request with idempotency key k1 has already been received"),
  shed: error("service_unavailable", "Service is temporarily unavailable, please retry shortly.", "live"),
  rateLimited: error("rate_limit_exceeded", "Rate limit exceeded.", "live"),
  plan: error("product_not_found", "Product nope not found"),
  stripe: error("stripe_error", "(Stripe Error) No such customer"),
  cursor: error("invalid_cursor", "Invalid cursor")
}
