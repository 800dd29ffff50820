import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Sandbox } from "../src/index.js"
import { inProcess } from "./calling.js"
import { contractIsThere, problems } from "./contract.js"

const subscription = { id: "e5149aae-e521-42b9-b24c-abb3d71eea2e", status: "active" }

/** Every call of `calling.ts` checks its answer where the document is there; this says that the check bites. */
describe.skipIf(!contractIsThere)("the provider's own document", () => {
  it.effect("accepts what the sandbox answers and refuses what it would not", () =>
    Effect.gen(function*() {
      const { call, control } = yield* inProcess
      const [id] = yield* control.seed("polar", 3)
      const { json: customer } = yield* call("GET", `/v1/customers/${id}`)
      const { json: page } = yield* call("GET", "/v1/customers/")
      const { json: state } = yield* call("GET", `/v1/customers/${id}/state`)
      const { json: missing } = yield* call("GET", "/v1/customers/external/nobody/state")
      const path = "/v1/customers/992fae2a-2a17-4b7a-8d9e-e287cf90131b"
      expect(problems("GET", path, 200, customer)).toEqual([])
      expect(problems("GET", "/v1/customers/", 200, page)).toEqual([])
      expect(problems("GET", `${path}/state`, 200, state)).toEqual([])
      expect(problems("GET", "/v1/customers/external/nobody/state", 404, missing)).toEqual([])

      const { avatar_url: _, ...short } = customer
      expect(problems("GET", path, 200, short)).not.toEqual([])
      expect(problems("GET", path, 200, { ...customer, created_at: "yesterday" })).not.toEqual([])
      expect(problems("GET", "/v1/customers/", 200, { ...page, items: [short] })).not.toEqual([])
      expect(problems("GET", `${path}/state`, 200, { ...state, active_subscriptions: [subscription] })).not.toEqual([])
      expect(problems("GET", path, 404, { detail: "Not Found" })).not.toEqual([])
      expect(problems("GET", path, 418, {})).toBe(undefined)
    }).pipe(Effect.provide(Sandbox.layerFetch())))
})
