/**
 * The Flexprice customers that tests put into the sandbox, and those that they find there.
 *
 * Times are RFC 3339 in UTC with up to nine fractional digits and no trailing zeros. Decimals are texts.
 *
 * @since 0.1.0
 */

/**
 * A customer exactly as Flexprice answers it today, in the order of the wire. What is not set is `""`.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceRecord {
  /** `cust_...`. */
  readonly id: string
  readonly external_id: string
  readonly name: string
  readonly email: string
  /** Absent until it is given; `""` once it was cleared. */
  readonly contact?: string | undefined
  readonly address_line1: string
  readonly address_line2: string
  readonly address_city: string
  readonly address_state: string
  readonly address_postal_code: string
  /** ISO 3166 alpha-2. */
  readonly address_country: string
  /** IANA name. */
  readonly timezone: string
  /** `null` when it was created without. */
  readonly metadata: Readonly<Record<string, string>> | null
  readonly environment_id: string
  readonly tenant_id: string
  /** `published`, or `archived` once it was deleted. */
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly updated_by: string
}

/**
 * What an integration calls a customer. Times are in whole seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceIntegration {
  /** `eim_...`. */
  readonly id: string
  readonly entity_id: string
  readonly entity_type: string
  /** `stripe`, ... */
  readonly provider_type: string
  readonly provider_entity_id: string
  readonly environment_id: string
  readonly tenant_id: string
  readonly status: string
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly updated_by: string
}

/**
 * A subscription as the entitlements of a customer show it.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceSubscription {
  /** `subs_...`. */
  readonly id: string
  readonly lookup_key?: string | undefined
  readonly customer_id: string
  readonly invoicing_customer_id?: string | undefined
  readonly plan_id: string
  /** `active`, `paused`, `cancelled`, `incomplete`, `trialing`, `draft`. An active one keeps its customer from being deleted. */
  readonly subscription_status: string
  readonly currency: string
  readonly billing_anchor: string
  readonly billing_cycle: string
  readonly start_date: string
  readonly end_date?: string | undefined
  readonly current_period_start: string
  readonly current_period_end: string
  readonly cancelled_at?: string | undefined
  readonly cancel_at: string | null
  readonly cancel_at_period_end: boolean
  readonly trial_start: string | null
  readonly trial_end: string | null
  readonly billing_cadence: string
  readonly billing_period: string
  readonly billing_period_count: number
  readonly version: number
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly environment_id: string
  readonly pause_status: string
  readonly payment_behavior: string
  readonly collection_method: string
  readonly commitment_amount?: string | undefined
  readonly overage_factor?: string | undefined
  readonly auto_invoice_threshold?: string | undefined
  readonly timezone: string
  readonly proration_behavior: string
  readonly enable_true_up: boolean
  /** `standalone`, `delegated_invoicing`, `parent`, `inherited`, `grouped_invoicing`. */
  readonly subscription_type: string
  readonly parent_subscription_id?: string | undefined
  readonly tenant_id: string
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly updated_by: string
  readonly plan: null
  readonly customer: null
}

/**
 * A wallet, which no route of the sandbox answers. An active one keeps its customer from being deleted.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceWallet {
  /** `wallet_...`. */
  readonly id: string
  readonly customer_id: string
  readonly currency: string
  /** Decimal. */
  readonly balance: string
  /** `active`, `frozen`, `closed`. */
  readonly wallet_status: string
}

/**
 * What a metered feature counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceMeter {
  /** `meter_...`. */
  readonly id: string
  readonly name: string
  readonly tenant_id: string
  readonly event_name: string
  readonly aggregation: {
    readonly type: string
    readonly field?: string | undefined
    readonly expression?: string | undefined
    /** Decimal. */
    readonly multiplier?: string | undefined
    readonly bucket_size?: string | undefined
    readonly group_by?: string | undefined
  }
  readonly filters: ReadonlyArray<{ readonly key: string; readonly values: ReadonlyArray<string> }> | null
  readonly reset_usage: string
  readonly created_at: string
  readonly updated_at: string
  readonly status: string
}

/**
 * A feature of the tenant's catalogue.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceFeature {
  /** `feat_...`. */
  readonly id: string
  readonly name: string
  readonly lookup_key: string
  readonly description: string
  /** `""` unless it is metered. */
  readonly meter_id: string
  readonly metadata: Readonly<Record<string, string>> | null
  /** `metered`, `boolean`, `static`, `config`. */
  readonly type: string
  readonly unit_singular: string
  readonly unit_plural: string
  readonly reporting_unit?:
    | {
      readonly unit_singular: string
      readonly unit_plural: string
      /** Decimal. */
      readonly conversion_rate: string
    }
    | undefined
  readonly alert_settings?: Readonly<Record<string, unknown>> | undefined
  readonly group_id?: string | undefined
  readonly group?: Readonly<Record<string, unknown>> | undefined
  readonly environment_id: string
  readonly tenant_id: string
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly updated_by: string
  readonly meter?: FlexpriceMeter | undefined
}

/**
 * What a customer may do with a feature, over all of its subscriptions.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceEntitlement {
  readonly is_enabled: boolean
  /** Absent: unlimited. */
  readonly usage_limit?: number | undefined
  readonly is_soft_limit: boolean
  /** `MONTHLY`, `ANNUAL`, `WEEKLY`, `DAILY`, `QUARTERLY`, `HALF_YEARLY`, `NEVER`. */
  readonly usage_reset_period?: string | undefined
  /** `additive`, `parallel`. */
  readonly aggregation_mode?: string | undefined
  readonly buckets?: ReadonlyArray<Readonly<Record<string, unknown>>> | undefined
  readonly static_values?: ReadonlyArray<string> | undefined
  readonly config_values?: ReadonlyArray<Readonly<Record<string, unknown>>> | undefined
}

/**
 * What grants a feature. In a seed `subscription_id` names the subscription that does; answers have the newest
 * matching one in each source, as Flexprice has.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceSource {
  readonly subscription_id: string
  readonly entity_id: string
  /** `plan`, `addon`, `subscription`. */
  readonly entity_type: string
  readonly quantity: number
  readonly entity_name: string
  readonly entitlement_id: string
  readonly is_enabled: boolean
  readonly usage_limit?: number | undefined
  readonly static_value?: string | undefined
  readonly config_value?: Readonly<Record<string, unknown>> | undefined
}

/**
 * A feature that a customer has, and how far it is used. Partial, it is completed: a metered feature without a limit,
 * nothing used, granted by the plan of the first subscription.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceFeatureSeed {
  readonly feature?: Partial<FlexpriceFeature> | undefined
  readonly entitlement?: Partial<FlexpriceEntitlement> | undefined
  readonly sources?: ReadonlyArray<Partial<FlexpriceSource>> | undefined
  /** Decimal; what was used through the subscriptions of the sources. */
  readonly current_usage?: string | undefined
  /** Default: the end of the newest matching subscription's period when metered (the zero time when never), else `null`. */
  readonly next_usage_reset_at?: string | null | undefined
}

/**
 * An application of a credit grant.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceGrant {
  /** `cga_...`. */
  readonly id: string
  readonly environment_id: string
  /** `cg_...`. */
  readonly credit_grant_id: string
  readonly subscription_id: string
  readonly scheduled_for: string
  readonly applied_at?: string | undefined
  readonly period_start: string
  readonly period_end?: string | undefined
  /** `pending` and `failed` ones are upcoming; not `applied`, `skipped`, `cancelled`. */
  readonly application_status: string
  /** Decimal. */
  readonly credits: string
  readonly application_reason: string
  readonly subscription_status_at_application: string
  readonly retry_count?: number | undefined
  readonly failure_reason?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly idempotency_key: string
  readonly tenant_id: string
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly updated_by: string
}

/**
 * A customer to seed. Nothing is validated: what is given is stored as it is (so that rows which the API would refuse
 * can be seeded); ids, name and e-mail are generated where they are absent, other texts are `""`.
 * Integrations, subscriptions, wallets, features and grants are wire JSON, completed where it is partial. Features and
 * grants without any `subscriptions` beside them get one active subscription.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlexpriceSeed {
  readonly id?: string | undefined
  readonly external_id?: string | undefined
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly contact?: string | undefined
  readonly address_line1?: string | undefined
  readonly address_line2?: string | undefined
  readonly address_city?: string | undefined
  readonly address_state?: string | undefined
  readonly address_postal_code?: string | undefined
  readonly address_country?: string | undefined
  readonly timezone?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly environment_id?: string | undefined
  /** `archived` seeds a deleted one. */
  readonly status?: string | undefined
  readonly created_at?: string | undefined
  readonly updated_at?: string | undefined
  readonly created_by?: string | undefined
  readonly updated_by?: string | undefined
  /** Of the seeds' era alone. */
  readonly parent_customer_id?: string | null | undefined
  readonly integrations?: ReadonlyArray<Partial<FlexpriceIntegration>> | undefined
  readonly subscriptions?: ReadonlyArray<Partial<FlexpriceSubscription>> | undefined
  readonly wallets?: ReadonlyArray<Partial<FlexpriceWallet>> | undefined
  readonly features?: ReadonlyArray<FlexpriceFeatureSeed> | undefined
  readonly grants?: ReadonlyArray<Partial<FlexpriceGrant>> | undefined
}
