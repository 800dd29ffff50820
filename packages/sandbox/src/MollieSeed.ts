/**
 * The Mollie customers that tests put into the sandbox, and those that they find there.
 *
 * @since 0.1.0
 */

/**
 * A link of Mollie's HAL.
 *
 * @since 0.1.0
 * @category models
 */
export interface MollieLink {
  readonly href: string
  readonly type: string
}

/**
 * An amount of money: `value` is a decimal string with exactly the decimals of its currency.
 *
 * @since 0.1.0
 * @category models
 */
export interface MollieAmount {
  readonly currency: string
  readonly value: string
}

/**
 * A customer exactly as Mollie answers it to an API key. `documentation` is there on single customers only; `payments`
 * and `mandates` only when the customer has some.
 *
 * @since 0.1.0
 * @category models
 */
export interface MollieRecord {
  readonly resource: "customer"
  readonly id: string
  readonly mode: "live" | "test"
  readonly name: string | null
  readonly email: string | null
  readonly locale: string | null
  /** Any JSON. */
  readonly metadata: unknown
  /** In whole seconds, with `+00:00`. */
  readonly createdAt: string
  readonly _links: {
    readonly self: MollieLink
    readonly dashboard: MollieLink
    readonly payments?: MollieLink
    readonly mandates?: MollieLink
    readonly documentation?: MollieLink
  }
}

/**
 * A payment exactly as Mollie answers it: what is always there, and whatever else of it was given.
 *
 * @since 0.1.0
 * @category models
 */
export interface MolliePaymentRecord {
  readonly resource: "payment"
  readonly id: string
  readonly mode: "live" | "test"
  readonly createdAt: string
  readonly amount: MollieAmount
  readonly description: string
  readonly status: string
  readonly profileId: string
  readonly sequenceType: string
  readonly _links: Readonly<Record<string, MollieLink | null>>
  readonly [key: string]: unknown
}

/**
 * A payment of a customer to seed: any part of the wire payment, sent as given; what Mollie always answers and is absent
 * here gets a value.
 *
 * @since 0.1.0
 * @category models
 */
export interface MolliePaymentSeed {
  readonly id?: string | undefined
  readonly createdAt?: string | undefined
  readonly amount?: MollieAmount | undefined
  readonly description?: string | undefined
  readonly status?: string | undefined
  readonly profileId?: string | undefined
  readonly sequenceType?: string | undefined
  readonly [key: string]: unknown
}

/**
 * A customer to seed, in test mode unless `mode` says otherwise. Nothing is validated: what is given is stored as it is
 * (so that rows which the API would refuse can be seeded), what is absent is null or generated. Lists go by the order of
 * seeding, whatever `createdAt` says; that of `payments` is theirs.
 *
 * @since 0.1.0
 * @category models
 */
export interface MollieSeed {
  readonly id?: string | undefined
  readonly mode?: "live" | "test" | undefined
  readonly name?: string | null | undefined
  readonly email?: string | null | undefined
  readonly locale?: string | null | undefined
  /** Any JSON. */
  readonly metadata?: unknown
  readonly createdAt?: string | undefined
  readonly payments?: ReadonlyArray<MolliePaymentSeed> | undefined
}
