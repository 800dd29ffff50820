/**
 * The Autumn customers that tests put into the sandbox, and those that they find there.
 *
 * @since 0.1.0
 */

/**
 * A plan as it stands in a subscription or a purchase that is expanded.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnPlan {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly group: string | null
  readonly version: number
  readonly add_on: boolean
  readonly auto_enable: boolean
  /** `null` of a free one. */
  readonly price: { readonly amount: number; readonly interval: string; readonly interval_count?: number } | null
  readonly items: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** Milliseconds. */
  readonly created_at: number
  /** `sandbox` or `live`. */
  readonly env: string
  readonly archived: boolean
  readonly base_variant_id: string | null
}

/**
 * A feature as it stands in a balance or a flag that is expanded.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnFeature {
  readonly id: string
  readonly name: string
  /** `boolean`, `metered` or `credit_system`. */
  readonly type: string
  readonly consumable: boolean
  readonly archived: boolean
  readonly event_names?: ReadonlyArray<string>
  readonly credit_schema?: ReadonlyArray<{ readonly metered_feature_id: string; readonly credit_cost: number }>
  readonly display?: { readonly singular?: string | null; readonly plural?: string | null }
}

/**
 * A subscription exactly as Autumn answers it. Times are milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnSubscription {
  /** `cus_prod_...`. */
  readonly id: string
  /** Sent only when `subscriptions.plan` is expanded. */
  readonly plan?: AutumnPlan
  readonly plan_id: string
  readonly auto_enable: boolean
  readonly add_on: boolean
  /** `active` (also when past due) or `scheduled`. */
  readonly status: string
  readonly past_due: boolean
  readonly canceled_at: number | null
  readonly expires_at: number | null
  readonly trial_ends_at: number | null
  readonly started_at: number
  readonly current_period_start: number | null
  readonly current_period_end: number | null
  readonly quantity: number
  /** `customer` or `entity`. */
  readonly scope?: string
}

/**
 * A purchase exactly as Autumn answers it. It has no id. Times are milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnPurchase {
  /** Sent only when `purchases.plan` is expanded. */
  readonly plan?: AutumnPlan
  readonly plan_id: string
  readonly expires_at: number | null
  readonly started_at: number
  readonly quantity: number
  /** `customer` or `entity`. */
  readonly scope?: string
}

/**
 * One source of a balance. Times are milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnBreakdown {
  /** `cus_ent_...`. */
  readonly id: string
  readonly plan_id: string | null
  readonly included_grant: number
  readonly prepaid_grant: number
  readonly remaining: number
  readonly usage: number
  readonly unlimited: boolean
  readonly reset: {
    /** `one_off`, `hour`, `month`, ..., or `multiple`. */
    readonly interval: string
    readonly interval_count?: number
    readonly resets_at: number | null
  } | null
  readonly price: {
    readonly amount?: number
    readonly tiers?: ReadonlyArray<{ readonly to: number | "inf"; readonly amount: number }>
    /** `graduated` or `volume`. */
    readonly tier_behavior?: string
    readonly billing_units: number
    /** `prepaid` or `usage_based`. */
    readonly billing_method: string
    readonly max_purchase: number | null
  } | null
  readonly expires_at: number | null
}

/**
 * The balance of a metered or a credit feature exactly as Autumn answers it. Times are milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnBalance {
  readonly feature_id: string
  /** Sent only when `balances.feature` is expanded. */
  readonly feature?: AutumnFeature
  readonly granted: number
  readonly remaining: number
  readonly usage: number
  readonly unlimited: boolean
  readonly overage_allowed: boolean
  readonly max_purchase: number | null
  readonly next_reset_at: number | null
  readonly breakdown?: ReadonlyArray<AutumnBreakdown>
  readonly rollovers?: ReadonlyArray<{
    readonly balance: number
    readonly expires_at: number
    readonly granted?: number
  }>
}

/**
 * A boolean feature that a customer has.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnFlag {
  /** `cus_ent_...`. */
  readonly id: string
  readonly plan_id: string | null
  readonly expires_at: number | null
  readonly feature_id: string
  /** Sent only when `flags.feature` is expanded. */
  readonly feature?: AutumnFeature
}

/**
 * What limits a customer's spending: lists by their names, one entry per feature.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnBillingControls {
  readonly auto_topups?: ReadonlyArray<{
    readonly feature_id: string
    readonly enabled: boolean
    readonly threshold: number
    readonly quantity: number
    readonly purchase_limit?: {
      /** `hour`, `day`, `week` or `month`. */
      readonly interval: string
      readonly interval_count: number
      readonly limit: number
    }
  }>
  readonly spend_limits?: ReadonlyArray<{
    readonly feature_id?: string
    readonly enabled: boolean
    readonly overage_limit?: number
  }>
  readonly usage_limits?: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly usage_alerts?: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly overage_allowed?: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/**
 * Switches of a customer.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnConfig {
  readonly disable_pooled_balance?: boolean
  readonly disable_overage_billing?: boolean
}

/**
 * An invoice. `total` is in the currency's major unit, `created_at` in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnInvoice {
  readonly plan_ids: ReadonlyArray<string>
  /** `in_...`. */
  readonly stripe_id: string
  readonly status: string
  readonly total: number
  readonly currency: string
  readonly created_at: number
  readonly hosted_invoice_url?: string | null
}

/**
 * A part of a customer that features are counted for, such as a seat.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnEntity {
  readonly id: string | null
  readonly name: string | null
  readonly customer_id?: string | null
  readonly feature_id?: string | null
  /** Milliseconds. */
  readonly created_at: number
  /** `sandbox` or `live`. */
  readonly env: string
}

/**
 * A trial that a customer has had.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnTrialUsed {
  readonly plan_id: string
  readonly customer_id: string
  readonly fingerprint?: string | null
}

/**
 * A discount of a customer. Times are milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnDiscount {
  readonly id: string
  readonly name: string
  /** `percentage_discount`, `fixed_discount`, `free_product` or `invoice_credits`. */
  readonly type: string
  readonly discount_value: number
  /** `one_off`, `months` or `forever`. */
  readonly duration_type: string
  readonly duration_value?: number | null
  readonly currency?: string | null
  readonly start?: number | null
  readonly end?: number | null
  readonly subscription_id?: string | null
  readonly total_discount_amount?: number | null
}

/**
 * Somebody whom a customer has referred.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnReferral {
  readonly program_id: string
  readonly customer: { readonly id: string; readonly name?: string | null; readonly email?: string | null }
  readonly reward_applied: boolean
  /** Milliseconds. */
  readonly created_at: number
}

/**
 * A customer exactly as Autumn answers it to versions 2.1 to 2.3 when nothing is expanded, in the order of the wire.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnRecord {
  /** `null` of a customer that has an e-mail only. */
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
  /** Milliseconds. */
  readonly created_at: number
  readonly fingerprint: string | null
  /** `cus_...` of Stripe. */
  readonly stripe_id: string | null
  readonly env: "sandbox" | "live"
  readonly metadata: Readonly<Record<string, unknown>>
  readonly send_email_receipts: boolean
  readonly billing_controls: AutumnBillingControls
  readonly subscriptions: ReadonlyArray<AutumnSubscription>
  readonly purchases: ReadonlyArray<AutumnPurchase>
  /** By feature id. */
  readonly balances: Readonly<Record<string, AutumnBalance>>
  /** By feature id. */
  readonly flags: Readonly<Record<string, AutumnFlag>>
  readonly licenses: ReadonlyArray<unknown>
  readonly config?: AutumnConfig
  /** `stripe` of whoever has a `stripe_id`. */
  readonly processors?: Readonly<Record<string, unknown>>
}

/**
 * A customer to seed. Nothing is validated: what is given is stored as it is (so that rows which the API would refuse
 * can be seeded), what is absent gets a generated value where customers need one, and is empty otherwise. Everything
 * that belongs to the customer is wire JSON, completed where it is partial.
 *
 * @since 0.1.0
 * @category models
 */
export interface AutumnSeed {
  /**
   * `null`: a customer that has an e-mail only. `seed` answers Autumn's internal id in its place, which `get`, `update`
   * and `delete` take too.
   */
  readonly id?: string | null | undefined
  /** Default `sandbox`. */
  readonly env?: "sandbox" | "live" | undefined
  readonly name?: string | null | undefined
  readonly email?: string | null | undefined
  /** Milliseconds. */
  readonly created_at?: number | undefined
  readonly fingerprint?: string | null | undefined
  readonly stripe_id?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly send_email_receipts?: boolean | undefined
  readonly billing_controls?: AutumnBillingControls | undefined
  readonly subscriptions?: ReadonlyArray<Partial<AutumnSubscription>> | undefined
  readonly purchases?: ReadonlyArray<Partial<AutumnPurchase>> | undefined
  readonly balances?: Readonly<Record<string, Partial<AutumnBalance>>> | undefined
  readonly flags?: Readonly<Record<string, Partial<AutumnFlag>>> | undefined
  readonly licenses?: ReadonlyArray<unknown> | undefined
  readonly config?: AutumnConfig | undefined
  readonly processors?: Readonly<Record<string, unknown>> | undefined
  readonly invoices?: ReadonlyArray<Partial<AutumnInvoice>> | undefined
  readonly entities?: ReadonlyArray<Partial<AutumnEntity>> | undefined
  readonly trials_used?: ReadonlyArray<Partial<AutumnTrialUsed>> | undefined
  readonly rewards?: { readonly discounts: ReadonlyArray<AutumnDiscount> } | undefined
  readonly referrals?: ReadonlyArray<AutumnReferral> | undefined
  /** Stripe's own object, as it is. */
  readonly payment_method?: Readonly<Record<string, unknown>> | undefined
  /**
   * A row that Autumn cannot put into JSON: lists leave it out without a word, so that its page comes back short, and
   * whatever answers it alone is a 500.
   */
  readonly unserialisable?: boolean | undefined
}
