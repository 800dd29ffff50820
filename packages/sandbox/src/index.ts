/**
 * @since 0.1.0
 */

export type {
  AutumnBalance,
  AutumnBillingControls,
  AutumnBreakdown,
  AutumnConfig,
  AutumnDiscount,
  AutumnEntity,
  AutumnFeature,
  AutumnFlag,
  AutumnInvoice,
  AutumnPlan,
  AutumnPurchase,
  AutumnRecord,
  AutumnReferral,
  AutumnSeed,
  AutumnSubscription,
  AutumnTrialUsed
} from "./AutumnSeed.js"

/**
 * Faults to inject.
 *
 * @since 0.1.0
 */
export * as Fault from "./Fault.js"

export type {
  FlexpriceEntitlement,
  FlexpriceFeature,
  FlexpriceFeatureSeed,
  FlexpriceGrant,
  FlexpriceIntegration,
  FlexpriceMeter,
  FlexpriceRecord,
  FlexpriceSeed,
  FlexpriceSource,
  FlexpriceSubscription,
  FlexpriceWallet
} from "./FlexpriceSeed.js"

export type {
  MollieAmount,
  MollieLink,
  MolliePaymentRecord,
  MolliePaymentSeed,
  MollieRecord,
  MollieSeed
} from "./MollieSeed.js"

export type {
  PinPaymentsCard,
  PinPaymentsCharge,
  PinPaymentsRecord,
  PinPaymentsSeed,
  PinPaymentsSubscription
} from "./PinPaymentsSeed.js"

export type { PolarAddress, PolarRecord, PolarSeed } from "./PolarSeed.js"

/**
 * The sandbox as layers.
 *
 * @since 0.1.0
 */
export * as Sandbox from "./Sandbox.js"

export {
  type EmulatorBug,
  type ProviderName,
  type Records,
  type RequestLogEntry,
  SandboxControl,
  type SandboxControlOf,
  type Seeds
} from "./SandboxControl.js"
