/** Parents, which customers had until March 2026. One level: who has a parent is none. */
import { type Failure, invalid, isFailure, unknownExternalId, unknownId } from "./bodies.js"
import type { Wanted } from "./checks.js"
import type { Store, Stored } from "./store.js"

const both = invalid("Only one of parent_customer_id and parent_customer_external_id may be given")
const tooDeep = invalid("Parent customer cannot have a parent of its own")
const itself = invalid("Customer cannot be its own parent")
const hasChildren = invalid("Customer with child customers cannot have a parent")
const subscribed = invalid("Parent cannot change while the customer has active subscriptions")

const asParent = (found: Stored | Failure): string | Failure =>
  isFailure(found) ? found : found.parent === null ? found.record.id : tooDeep

/** The parent's id; `null` is none. */
export const parentOnCreate = (store: Store, environment: string, wanted: Wanted): string | null | Failure => {
  const { parent = "", parentExternalId = "" } = wanted
  if (parent !== "" && parentExternalId !== "") return both
  if (parent !== "") return asParent(store.get(environment, parent) ?? unknownId(parent))
  return parentExternalId === ""
    ? null
    : asParent(store.withExternalId(environment, parentExternalId) ?? unknownExternalId(parentExternalId))
}

/** The parent's id; `null` is none. An external id alone is never applied. */
export const parentOnUpdate = (
  store: Store,
  environment: string,
  wanted: Wanted,
  before: Stored
): string | null | Failure => {
  const { parent, parentExternalId } = wanted
  if (parent !== undefined && parentExternalId !== undefined) return both
  if (parent === undefined || (parent === "" ? null : parent) === before.parent) return before.parent
  if (before.subscriptions.some(({ subscription_status }) => subscription_status === "active")) return subscribed
  if (parent === "") return null
  if (parent === before.record.id) return itself
  if (store.all().some((stored) => stored.parent === before.record.id)) return hasChildren
  return asParent(store.get(environment, parent) ?? unknownId(parent))
}
