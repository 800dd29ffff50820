/** The customers API of Flexprice, from the fact sheet alone. */
import type { FlexpriceRecord, FlexpriceSeed } from "../../FlexpriceSeed.js"
import type { Answer, Call, Emulator, Route } from "../emulator.js"
import { readSeeds } from "../seeds.js"
import { mix, uuid4 } from "../world.js"
import {
  archivedAlready,
  blocked,
  databaseError,
  type Expanded,
  failed,
  type Failure,
  invalid,
  isFailure,
  json,
  noContent,
  noRoute,
  panic,
  plain,
  render,
  takenExternalId,
  unknownExternalId,
  unknownId
} from "./bodies.js"
import { type Caller, callerOf } from "./caller.js"
import { cannotBeStored, readCreate, readUpdate } from "./checks.js"
import { entitlementsOf, type Narrowed, upcomingOf, usageOf } from "./granted.js"
import { parentOnCreate, parentOnUpdate } from "./parents.js"
import { type Asked, expands, readList, readSearch } from "./query.js"
import { Seed } from "./seed.js"
import { isPublished, makeStore, type Stored } from "./store.js"
import { formatTime } from "./time.js"
import { ulidOf } from "./ulid.js"

const valuesOf = (call: Call, name: string): ReadonlyArray<string> =>
  call.query.filter(([key]) => key === name).map(([, value]) => value)

const valueOf = (call: Call, name: string): string => call.query.find(([key]) => key === name)?.[1] ?? ""

/** Of the UUIDs in `x-request-id`, apart from those of the ids, so that reading changes nothing that comes later. */
const requestIdSeed = 0x466c78

const listFailed = "Failed to list customers"

/** Of a customer that has just been made. */
const belongings = { integrations: [], subscriptions: [], wallets: [], features: [], grants: [] }

const ofFeatures = (...members: ReadonlyArray<string>): ReadonlyArray<string> =>
  members.map((member) => `features.*.${member}`)

export const flexprice: Emulator<FlexpriceSeed, FlexpriceRecord> = {
  hosts: ["us.api.flexprice.io", "api.cloud.flexprice.io"],
  places: {
    enums: [
      ...["status", "integrations.*.status", "integrations.*.entity_type", "integrations.*.provider_type"]
        .flatMap((place) => [place, `items.*.${place}`]),
      "items.*.application_status",
      "items.*.application_reason",
      "items.*.subscription_status_at_application",
      ...ofFeatures(
        "feature.type",
        "feature.status",
        "feature.meter.aggregation.type",
        "feature.meter.reset_usage",
        "entitlement.usage_reset_period",
        "entitlement.aggregation_mode",
        "sources.*.entity_type"
      ),
      ...[
        "status",
        "subscription_status",
        "subscription_type",
        "billing_cycle",
        "billing_cadence",
        "billing_period",
        "pause_status",
        "payment_behavior",
        "collection_method",
        "proration_behavior"
      ].map((place) => `subscriptions.*.${place}`)
    ],
    records: [
      "metadata",
      "integrations.*.metadata",
      "items.*.metadata",
      "items.*.integrations.*.metadata",
      "items.*.parent_customer.metadata",
      "subscriptions.*.metadata",
      ...ofFeatures(
        "feature.metadata",
        "feature.group.metadata",
        "entitlement.config_values.*",
        "sources.*.config_value"
      )
    ]
  },
  readSeeds: readSeeds(Seed),
  make: (world) => {
    const store = makeStore(world)
    let answered = 0
    let misread = 0

    /** The order of a map decides, and maps of Go have none. */
    const unknownField = (): Failure => (mix(misread++) & 1) === 0 ? invalid(listFailed) : databaseError(listFailed)

    const expanded = (wanted: boolean, { environment, era }: Caller): Expanded =>
      !wanted
        ? plain
        : era === "today"
        ? { integrations: true, parentOf: undefined }
        : { integrations: false, parentOf: ({ parent }) => store.get(environment, parent ?? "") }

    const page = (asked: Asked | Failure, caller: Caller): Answer | Failure => {
      if (isFailure(asked)) return asked
      const { expand, find, limit, offset } = asked
      if (find === "panic") return panic
      if (find === "unknown field") return unknownField()
      if (isFailure(find)) return find
      const all = store.list(find)
      const shown = expanded(expand, caller)
      return json(200, {
        items: all.slice(offset, offset + limit).map((stored) => render(caller.era, stored, shown)),
        pagination: { total: all.length, limit, offset: offset + limit }
      })
    }

    const create = (call: Call, { environment, era, user }: Caller): Answer | Failure => {
      const wanted = readCreate(era, call)
      if (isFailure(wanted)) return wanted
      const { external_id = "", metadata = null, name = "", texts } = wanted
      const parent = parentOnCreate(store, environment, wanted)
      if (isFailure(parent)) return parent
      if (store.withExternalId(environment, external_id) !== undefined) return takenExternalId(external_id)
      const moment = world.writeMoment()
      const now = formatTime(moment)
      const uuid = world.nextId()
      const { contact = "", timezone = "", ...address } = texts
      const record: FlexpriceRecord = {
        id: `cust_${ulidOf(moment / 1000, uuid)}`,
        external_id,
        name,
        email: "",
        ...(contact === "" ? {} : { contact }),
        address_line1: "",
        address_line2: "",
        address_city: "",
        address_state: "",
        address_postal_code: "",
        address_country: "",
        ...address,
        timezone: timezone === "" ? "UTC" : timezone,
        metadata,
        ...store.audited(now, environment),
        created_by: user,
        updated_by: user
      }
      const stored = { ...belongings, record, created: moment, parent }
      store.insert(stored)
      // What Go had in its hands is finer than what the database keeps.
      const precise = formatTime(moment, 1 + parseInt(uuid.slice(0, 4), 16) % 999)
      return json(
        201,
        render(era, { ...stored, place: 0, record: { ...record, created_at: precise, updated_at: precise } })
      )
    }

    /** Whom the query names. */
    const namedBy = (call: Call, environment: string, byId: string, byExternalId: string): Stored | Failure => {
      const id = valueOf(call, byId)
      const externalId = valueOf(call, byExternalId)
      if (id === "" && externalId === "") return invalid(`Either ${byId} or ${byExternalId} is required`)
      const first = id === "" ? undefined : store.get(environment, id)
      if (id !== "" && first === undefined) return unknownId(id)
      if (externalId === "") return first ?? unknownId(id)
      const second = store.withExternalId(environment, externalId)
      if (second === undefined) return unknownExternalId(externalId)
      return first === undefined || first.record.id === second.record.id
        ? second
        : invalid(`${byId} and ${byExternalId} must be of the same customer`)
    }

    const update =
      (find: (call: Call, environment: string) => Stored | Failure) =>
      (call: Call, { environment, era, user }: Caller): Answer | Failure => {
        const wanted = readUpdate(era, call)
        if (isFailure(wanted)) return wanted
        const before = find(call, environment)
        if (isFailure(before)) return before
        const { external_id = before.record.external_id, name = before.record.name, texts } = wanted
        const renamed = external_id !== before.record.external_id
        if (renamed && before.record.metadata === null) return panic
        const parent = parentOnUpdate(store, environment, wanted, before)
        if (isFailure(parent)) return parent
        if (cannotBeStored(wanted)) return databaseError("Failed to update customer")
        const owner = store.withExternalId(environment, external_id)
        if (renamed && isPublished(before) && owner !== undefined) return takenExternalId(external_id)
        const former = before.record.metadata
        const old = former?.["old_external_ids"]
        const kept = renamed
          ? { ...former, old_external_ids: old === undefined ? external_id : `${old},${external_id}` }
          : former
        const record = { ...before.record, ...texts, external_id, name, metadata: wanted.metadata ?? kept }
        const after = {
          ...before,
          record: { ...record, updated_at: formatTime(world.writeMoment()), updated_by: user },
          parent
        }
        store.replace(before, after)
        return json(200, render(era, { ...after, record }))
      }

    const remove = (call: Call, { environment, user }: Caller): Answer | Failure => {
      const id = call.params["id"] ?? ""
      const before = store.get(environment, id)
      if (before === undefined) return unknownId(id)
      if (!isPublished(before)) return archivedAlready
      if (before.subscriptions.some(({ subscription_status }) => subscription_status === "active")) {
        return blocked("Customer cannot be deleted due to associated subscriptions")
      }
      if (before.wallets.some(({ wallet_status }) => wallet_status === "active")) {
        return blocked("Customer cannot be deleted due to associated wallets")
      }
      const updated_at = formatTime(world.writeMoment())
      store.replace(before, {
        ...before,
        record: { ...before.record, status: "archived", updated_at, updated_by: user }
      })
      return noContent
    }

    const byId = ({ params }: Call, environment: string): Stored | Failure =>
      store.get(environment, params["id"] ?? "") ?? unknownId(params["id"] ?? "")

    const byExternalId = ({ params }: Call, environment: string): Stored | Failure =>
      store.withExternalId(environment, params["external_id"] ?? "") ?? unknownExternalId(params["external_id"] ?? "")

    type Find = typeof byId

    const one = (find: Find) => (call: Call, caller: Caller): Answer | Failure => {
      const expand = expands(caller.era, valueOf(call, "expand"))
      if (isFailure(expand)) return expand
      const stored = find(call, caller.environment)
      return isFailure(stored) ? stored : json(200, render(caller.era, stored, expanded(expand, caller)))
    }

    const narrowedBy = (call: Call): Narrowed => ({
      features: valuesOf(call, "feature_ids"),
      subscriptions: valuesOf(call, "subscription_ids")
    })

    const usage = (find: Find) => (call: Call, { environment }: Caller): Answer | Failure => {
      const stored = find(call, environment)
      if (isFailure(stored)) return stored
      const narrowed = narrowedBy(call)
      const keys = valuesOf(call, "feature_lookup_keys")
      const resolved = keys.length === 0
        ? []
        : store.all().flatMap(({ features, record }) =>
          features.filter(({ feature }) => record.environment_id === environment && keys.includes(feature.lookup_key))
            .map(({ feature }) => feature.id)
        )
      return json(200, usageOf(stored, { ...narrowed, features: [...narrowed.features, ...resolved] }))
    }

    const entitlements = (call: Call, { environment, era }: Caller): Answer => {
      const id = call.params["id"] ?? ""
      return json(200, entitlementsOf(era, id, store.get(environment, id), narrowedBy(call)))
    }

    const entitlementsByExternalId = (call: Call, { environment, era }: Caller): Answer | Failure => {
      const stored = byExternalId(call, environment)
      return isFailure(stored) ? stored : json(200, entitlementsOf(era, stored.record.id, stored, narrowedBy(call)))
    }

    const grants = (call: Call, { environment }: Caller): Answer | Failure => {
      const stored = byId(call, environment)
      return isFailure(stored) ? stored : json(200, upcomingOf(stored, world.now()))
    }

    const customers = "/v1/customers"

    const route = (
      method: string,
      suffix: string,
      operation: string,
      answer: (call: Call, caller: Caller) => Answer | Failure
    ): Route => ({
      method,
      path: `${customers}${suffix}`,
      operation,
      answer: (call) => {
        const caller = callerOf(call, ["create", "update", "delete"].includes(operation))
        if ("status" in caller) return caller
        const answered = answer(call, caller)
        return isFailure(answered) ? failed(caller.era, answered) : answered
      }
    })

    const named = (call: Call, environment: string) => namedBy(call, environment, "id", "external_customer_id")
    const used = (call: Call, environment: string) => namedBy(call, environment, "customer_id", "customer_lookup_key")

    return {
      routes: [
        route("GET", "", "list", (call, caller) => page(readList(caller.era, caller.environment, call), caller)),
        route("POST", "", "create", create),
        route("PUT", "", "update", update(named)),
        route(
          "POST",
          "/search",
          "search",
          (call, caller) => page(readSearch(caller.era, caller.environment, call), caller)
        ),
        route("GET", "/usage", "getUsage", usage(used)),
        route("GET", "/external/{external_id}", "getByExternalId", one(byExternalId)),
        route("GET", "/lookup/{external_id}", "getByExternalId", one(byExternalId)),
        route("GET", "/external/{external_id}/entitlements", "getEntitlements", entitlementsByExternalId),
        route("GET", "/{id}", "get", one(byId)),
        route("PUT", "/{id}", "update", update(byId)),
        route("DELETE", "/{id}", "delete", remove),
        route("GET", "/{id}/usage", "getUsage", usage(byId)),
        route("GET", "/{id}/entitlements", "getEntitlements", entitlements),
        route("GET", "/{id}/grants/upcoming", "getUpcomingGrants", grants)
      ],

      around: (call, next) => {
        const own = ulidOf(world.now() / 1000, uuid4(requestIdSeed, answered++))
        const answer = next()
        return { ...answer, headers: { ...answer.headers, "x-request-id": call.headers["x-request-id"] || own } }
      },

      unrouted: () => noRoute,

      seed: store.seed,
      customers: store.customers,
      deleted: store.deleted,
      resources: store.resources,
      snapshot: store.snapshot
    }
  }
}
