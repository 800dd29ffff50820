/**
 * All three services at once, for the providers that keep external ids and find by e-mail. For authors of provider
 * packages.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import * as ByEmail from "./CustomersByEmail.js"
import { CustomersByEmail } from "./CustomersByEmail.js"
import * as ByExternalId from "./CustomersByExternalId.js"
import { CustomersByExternalId } from "./CustomersByExternalId.js"
import { CustomersService, type Service } from "./CustomersService.js"

/**
 * What is a `CustomersService`, a `CustomersByExternalId` and a `CustomersByEmail`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Roles extends ByExternalId.Service, ByEmail.Service {}

/**
 * Adds the operations by external id and by e-mail to a service. It carries the ones that its capabilities have.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  service: Omit<Service, "byExternalId" | "byEmail">,
  implementation: ByExternalId.Implementation & Pick<ByEmail.Service, "findByEmail">
): Roles => {
  const { findBy } = service.capabilities
  const roles: Roles = {
    ...ByEmail.make(ByExternalId.make(service, implementation), implementation),
    get byExternalId() {
      return findBy.externalId ? Option.some(roles) : Option.none()
    },
    get byEmail() {
      return findBy.email ? Option.some(roles) : Option.none()
    }
  }
  return roles
}

/**
 * The three tags, all of one implementation.
 *
 * @since 0.1.0
 * @category constructors
 */
export const context = (
  roles: Roles
): Context.Context<CustomersService | CustomersByExternalId | CustomersByEmail> =>
  Context.make(CustomersService, roles).pipe(
    Context.add(CustomersByExternalId, roles),
    Context.add(CustomersByEmail, roles)
  )
