/**
 * Finding customers by their e-mail, for the providers that can.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Stream from "effect/Stream"
import type { Customer } from "./Customer.js"
import type { ListError, Service as CustomersServiceShape } from "./CustomersService.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service extends CustomersServiceShape {
  /** All customers with exactly this e-mail (case aside); several may match. */
  readonly findByEmail: (email: string) => Stream.Stream<Customer, ListError>
}

/**
 * A provider that can find customers by e-mail. It extends `CustomersService`, so a program asks for one tag. A
 * provider that cannot does not provide the tag: asking for it does not compile.
 *
 * @since 0.1.0
 * @category tags
 */
export class CustomersByEmail extends Context.Tag("@effect-customers/core/CustomersByEmail")<
  CustomersByEmail,
  Service
>() {}
