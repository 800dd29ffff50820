/** A customer as plain JSON, as the schema encodes it, many times faster. */
import type { Address, Customer } from "@effect-customers/core/Customer"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

/** @internal */
export const addressToJson = (address: Address): typeof Address.Encoded => ({
  line1: Option.getOrNull(address.line1),
  line2: Option.getOrNull(address.line2),
  city: Option.getOrNull(address.city),
  state: Option.getOrNull(address.state),
  postalCode: Option.getOrNull(address.postalCode),
  country: Option.getOrNull(address.country)
})

/** @internal */
export const customerToJson = (customer: Customer): typeof Customer.Encoded => ({
  provider: customer.provider,
  id: customer.id,
  externalId: Option.getOrNull(customer.externalId),
  email: Option.getOrNull(customer.email),
  name: Option.getOrNull(customer.name),
  phone: Option.getOrNull(customer.phone),
  address: Option.isSome(customer.address) ? addressToJson(customer.address.value) : null,
  locale: Option.getOrNull(customer.locale),
  metadata: customer.metadata,
  createdAt: DateTime.formatIso(customer.createdAt),
  updatedAt: Option.isSome(customer.updatedAt) ? DateTime.formatIso(customer.updatedAt.value) : null
})
