const discount = { id: "disc_1", name: "Ten", type: "percentage_discount", discount_value: 10, duration_type: "months" }

/** A customer with all that one can have. */
export const full = {
  id: "usr_1",
  name: "Ada",
  email: "ada@example.com",
  stripe_id: "cus_Stripe",
  metadata: { plan_name: "pro", nested: { a: [1, null] } },
  billing_controls: {
    auto_topups: [{
      feature_id: "messages",
      enabled: true,
      threshold: 5,
      quantity: 100,
      purchase_limit: { interval: "month", interval_count: 1, limit: 3 }
    }],
    spend_limits: [{ feature_id: "messages", enabled: true, overage_limit: 50 }]
  },
  subscriptions: [{ plan_id: "pro", past_due: true }],
  purchases: [{ plan_id: "credits", quantity: 2 }],
  balances: {
    messages: {
      granted: 100,
      usage: 10,
      breakdown: [{
        id: "cus_ent_1",
        plan_id: "pro",
        included_grant: 100,
        prepaid_grant: 0,
        remaining: 90,
        usage: 10,
        unlimited: false,
        reset: { interval: "month", resets_at: 1_779_273_092_000 },
        price: {
          tiers: [{ to: 10, amount: 1 }, { to: "inf" as const, amount: 0.5 }],
          tier_behavior: "graduated",
          billing_units: 1,
          billing_method: "usage_based",
          max_purchase: null
        },
        expires_at: null
      }]
    }
  },
  flags: { dashboard: { plan_id: "pro" } },
  invoices: [{ total: 20.5 }],
  entities: [{ id: "seat-1" }],
  trials_used: [{}],
  referrals: [{ program_id: "p", customer: { id: "usr_2" }, reward_applied: true, created_at: 1 }],
  rewards: { discounts: [discount] },
  payment_method: { id: "pm_1", card: { last4: "4242" } }
}
