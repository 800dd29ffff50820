/**
 * The Pin Payments customers that tests put into the sandbox, and those that they find there.
 *
 * @since 0.1.0
 */

/**
 * A card exactly as Pin Payments answers it: 17 keys, in the order of the wire. Never its number or its cvc.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsCard {
  /** `card_...`. */
  readonly token: string
  /** `visa`, `master`, ... */
  readonly scheme: string
  /** `XXXX-XXXX-XXXX-0000`. */
  readonly display_number: string
  readonly issuing_country: string | null
  /** 1 to 12. */
  readonly expiry_month: number
  /** Four digits. */
  readonly expiry_year: number
  readonly name: string | null
  readonly address_line1: string | null
  readonly address_line2: string | null
  readonly address_city: string | null
  readonly address_postcode: string | null
  readonly address_state: string | null
  /** As it was sent: `Australia` stays `Australia`, `AU` stays `AU`. */
  readonly address_country: string | null
  /** `null` while it belongs to nobody. */
  readonly customer_token: string | null
  /** `null` while it belongs to nobody. */
  readonly primary: boolean | null
  readonly network_type: string | null
  readonly network_format: string | null
}

/**
 * A customer exactly as Pin Payments answers it, in the order of the wire.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsRecord {
  /** `cus_...`. */
  readonly token: string
  readonly email: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phone_number: string | null
  readonly company: string | null
  readonly notes: string | null
  /** ISO time in UTC, whole seconds, `Z`. */
  readonly created_at: string
  /** The primary one; `null` once the customer is deleted. */
  readonly card: PinPaymentsCard | null
}

/**
 * A charge as a list of Pin Payments shows it. Amounts are in the currency's minor unit, times are ISO in UTC.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsCharge {
  /** `ch_...`. */
  readonly token: string
  readonly success: boolean
  readonly amount: number
  readonly currency: string
  readonly description: string
  readonly email: string
  readonly ip_address: string | null
  readonly created_at: string
  readonly status_message: string
  readonly error_message: string | null
  readonly card: PinPaymentsCard
  readonly transfer: ReadonlyArray<{
    readonly state: string
    readonly paid_at: string | null
    readonly token: string
  }>
  readonly amount_refunded: number
  /** `null` until captured, as is `merchant_entitlement`. */
  readonly total_fees: number | null
  readonly merchant_entitlement: number | null
  readonly refund_pending: boolean
  readonly authorisation_token: string | null
  readonly authorisation_expired: boolean
  readonly authorisation_voided: boolean
  readonly captured: boolean
  readonly captured_at: string | null
  readonly settlement_currency: string
  readonly active_chargebacks: boolean
  readonly metadata: Readonly<Record<string, string>>
  readonly platform_fees: number
  readonly platform_adjustment: { readonly amount: number; readonly currency: string }
}

/**
 * A subscription as Pin Payments answers it. Times are ISO in UTC.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsSubscription {
  /** `trial`, `active`, `cancelling`, `cancelled`, ... */
  readonly state: string
  readonly next_billing_date: string | null
  readonly active_interval_started_at: string | null
  readonly active_interval_finishes_at: string | null
  readonly cancelled_at: string | null
  readonly created_at: string
  /** `sub_...`. */
  readonly token: string
  /** `plan_...`. */
  readonly plan_token: string
  readonly customer_token: string
  /** `null` bills the primary card. */
  readonly card_token: string | null
}

/**
 * A customer to seed. Nothing is validated: what is given is stored as it is (so that rows which the API would refuse
 * can be seeded), what is absent gets a generated value, or `null` where it is a contact field. Cards, charges and
 * subscriptions are wire JSON, completed where it is partial: `card` is the primary card (`null`: none at all), `cards`
 * are the others.
 *
 * @since 0.1.0
 * @category models
 */
export interface PinPaymentsSeed {
  readonly token?: string | undefined
  readonly email?: string | undefined
  readonly first_name?: string | null | undefined
  readonly last_name?: string | null | undefined
  readonly phone_number?: string | null | undefined
  readonly company?: string | null | undefined
  readonly notes?: string | null | undefined
  readonly created_at?: string | undefined
  readonly card?: Partial<PinPaymentsCard> | null | undefined
  readonly cards?: ReadonlyArray<Partial<PinPaymentsCard>> | undefined
  readonly charges?: ReadonlyArray<Partial<PinPaymentsCharge>> | undefined
  readonly subscriptions?: ReadonlyArray<Partial<PinPaymentsSubscription>> | undefined
}
