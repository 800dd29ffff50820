/**
 * The Polar customers that tests put into the sandbox, and those that they find there.
 *
 * @since 0.1.0
 */

/**
 * An address as Polar answers it: all six keys, `state` prefixed for US and CA (`US-CA`).
 *
 * @since 0.1.0
 * @category models
 */
export interface PolarAddress {
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly city: string | null
  readonly state: string | null
  readonly country: string
}

/**
 * A customer exactly as Polar answers it: 18 keys, in the order of the wire.
 *
 * @since 0.1.0
 * @category models
 */
export interface PolarRecord {
  readonly id: string
  readonly created_at: string
  readonly modified_at: string | null
  readonly metadata: Readonly<Record<string, string | number | boolean>>
  readonly external_id: string | null
  readonly email: string | null
  readonly email_verified: boolean
  readonly type: string
  readonly name: string | null
  readonly billing_name: string | null
  readonly billing_address: PolarAddress | null
  readonly tax_id: readonly [string, string] | null
  readonly locale: string | null
  readonly organization_id: string
  readonly default_payment_method_id: string | null
  readonly deleted_at: string | null
  readonly first_user_event_at: string | null
  readonly avatar_url: string | null
}

/**
 * A customer to seed. Nothing is validated: what is given is stored as it is (so that rows which the API would refuse
 * can be seeded), what is absent gets a generated or empty value. Subscriptions, benefits and meters are wire JSON, sent
 * as given. `organization_id` puts the customer into another organization, which only user tokens can see.
 *
 * @since 0.1.0
 * @category models
 */
export interface PolarSeed {
  readonly id?: string | undefined
  readonly created_at?: string | undefined
  readonly modified_at?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly external_id?: string | null | undefined
  readonly email?: string | null | undefined
  readonly email_verified?: boolean | undefined
  readonly type?: string | undefined
  readonly name?: string | null | undefined
  readonly billing_name?: string | null | undefined
  readonly billing_address?: (Partial<PolarAddress> & { readonly country: string }) | null | undefined
  readonly tax_id?: readonly [string, string] | null | undefined
  readonly locale?: string | null | undefined
  readonly organization_id?: string | undefined
  readonly default_payment_method_id?: string | null | undefined
  readonly first_user_event_at?: string | null | undefined
  readonly subscriptions?: ReadonlyArray<unknown> | undefined
  readonly benefits?: ReadonlyArray<unknown> | undefined
  readonly meters?: ReadonlyArray<unknown> | undefined
}
