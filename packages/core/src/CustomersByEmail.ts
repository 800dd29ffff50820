/**
 * Finding customers by their e-mail, for the providers that can.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Customer, Email } from "./Customer.js"
import { inputCheck, type ListError, type Service as CustomersServiceShape, tracedStream } from "./CustomersService.js"

/**
 * `CustomersService`, and finding by e-mail.
 *
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

const checkEmail = inputCheck(Email)

/**
 * Adds finding by e-mail to a service; what is no e-mail address is `InvalidRequest` before anything is sent. For
 * authors of provider packages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <S extends Omit<CustomersServiceShape, "byExternalId" | "byEmail">>(
  service: S,
  implementation: Pick<Service, "findByEmail">
): S & Pick<Service, "findByEmail"> => ({
  ...service,
  findByEmail: (email) =>
    tracedStream(
      service.provider,
      "findByEmail",
      Stream.unwrap(
        Effect.map(checkEmail(service.provider, "findByEmail", email, "email"), implementation.findByEmail)
      )
    )
})
