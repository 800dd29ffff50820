/**
 * What a test does with the sandbox beside talking HTTP to it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { AutumnRecord, AutumnSeed } from "./AutumnSeed.js"
import type { FaultRule } from "./Fault.js"
import type { FlexpriceRecord, FlexpriceSeed } from "./FlexpriceSeed.js"
import type { MollieRecord, MollieSeed } from "./MollieSeed.js"
import type { PinPaymentsRecord, PinPaymentsSeed } from "./PinPaymentsSeed.js"
import type { PolarRecord, PolarSeed } from "./PolarSeed.js"

/**
 * What `seed` takes, by provider.
 *
 * @since 0.1.0
 * @category models
 */
export interface Seeds {
  readonly polar: PolarSeed
  readonly mollie: MollieSeed
  readonly "pin-payments": PinPaymentsSeed
  readonly autumn: AutumnSeed
  readonly flexprice: FlexpriceSeed
}

/**
 * What `customers` answers, by provider: the provider's own wire JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface Records {
  readonly polar: PolarRecord
  readonly mollie: MollieRecord
  readonly "pin-payments": PinPaymentsRecord
  readonly autumn: AutumnRecord
  readonly flexprice: FlexpriceRecord
}

/**
 * The providers that the sandbox emulates.
 *
 * @since 0.1.0
 * @category models
 */
export type ProviderName = keyof Seeds & keyof Records

/**
 * One request that reached the sandbox. Entries are snapshots: read `requests` again to see how an open one ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestLogEntry {
  /** Position in the log, from 0, in order of arrival. */
  readonly index: number
  readonly provider: string
  /** Our name of the operation (`list`, `getExternal`, ...), or `"unknown"` when no route matched. */
  readonly operation: string
  readonly method: string
  /** As it arrived: percent-encoded, without the provider's prefix and without the query. */
  readonly path: string
  /** Decoded, in the order of the URL. */
  readonly query: ReadonlyArray<readonly [string, string]>
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text; `""` when there was none. */
  readonly body: string
  /** Absent while open, and when the connection was reset before a status was sent. */
  readonly status: number | undefined
  /** Whether the client went away before it had the whole answer. */
  readonly aborted: boolean
  /**
   * Whether this request changed the provider's customers, and the change stands. `false` for a read, for a write that
   * was refused, that changed nothing, that a fault kept from being carried out or undid, or that an idempotency key
   * turned into a replay of an earlier one. `undefined` while its write may still come, be the client gone.
   */
  readonly applied: boolean | undefined
  /** Milliseconds of the `Clock` of the fiber that built the layer. */
  readonly startedAt: number
  /** Absent while open. Milliseconds of the same clock. */
  readonly endedAt: number | undefined
}

/**
 * An exception inside the sandbox itself: a defect of ours, never a fault of the network. The client got
 * a 500 with the body `sandbox bug` and the header `x-sandbox-bug: 1`.
 *
 * @since 0.1.0
 * @category models
 */
export interface EmulatorBug {
  readonly provider: string
  readonly operation: string
  /** Index of the request in the log. */
  readonly index: number
  readonly cause: unknown
}

/**
 * Control of a sandbox whose providers are the keys of `Seeds` and `Records`, which say what `seed` takes and what
 * `customers` answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface SandboxControlOf<Seeds, Records> {
  /**
   * Stores customers, either that many generated ones or the given, and answers their ids in the same order. Dies
   * when a given e-mail, external id or id is taken.
   */
  readonly seed: <P extends keyof Seeds & keyof Records>(
    provider: P,
    customers: number | ReadonlyArray<Seeds[P]>
  ) => Effect.Effect<ReadonlyArray<string>>
  /** All customers that are not deleted, in order of creation: the truth of the sandbox. */
  readonly customers: <P extends keyof Seeds & keyof Records>(provider: P) => Effect.Effect<ReadonlyArray<Records[P]>>
  /**
   * The soft-deleted ones, in order of deletion, as webhooks would still show them. No API call answers these, but for
   * those of Flexprice, whose deleted customers are archived.
   */
  readonly deleted: <P extends keyof Seeds & keyof Records>(provider: P) => Effect.Effect<ReadonlyArray<Records[P]>>
  /**
   * What belongs to a customer, also to a deleted one, by kind and in order of creation, as the provider's own wire
   * JSON: `payments` of Mollie; `cards`, `charges` and `subscriptions` of Pin Payments; `subscriptions`,
   * `purchases`, `invoices`, `entities`, `trials_used` and `referrals` of Autumn; `subscriptions`,
   * `wallets`, `features`, `grants` and `integrations` of Flexprice. Nothing for who was never there.
   */
  readonly resources: (
    provider: keyof Seeds & keyof Records,
    customerId: string
  ) => Effect.Effect<Readonly<Record<string, ReadonlyArray<unknown>>>>
  /** The request log, in order of arrival. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestLogEntry>>
  /** The most requests that were open at once since the start or the last `reset`. */
  readonly mostInFlight: Effect.Effect<number>
  /**
   * Adds a fault. Rules stay until `reset` or `clearFaults`. Dies of a `Respond` or an `HtmlPage` that cannot be sent:
   * its status is 200 to 599.
   */
  readonly inject: (rule: FaultRule) => Effect.Effect<void>
  /** Takes all faults away. What they have hit already goes on. */
  readonly clearFaults: Effect.Effect<void>
  /** Exceptions inside the sandbox itself; a test suite should see that there are none. */
  readonly bugs: Effect.Effect<ReadonlyArray<EmulatorBug>>
  /** State, log, faults, ids and clock as they were when the layer was built. */
  readonly reset: Effect.Effect<void>
}

/**
 * Seeds the sandbox, looks into it, breaks it and clears it.
 *
 * @since 0.1.0
 * @category tags
 */
export class SandboxControl extends Context.Tag("@effect-customers/sandbox/SandboxControl")<
  SandboxControl,
  SandboxControlOf<Seeds, Records>
>() {}
