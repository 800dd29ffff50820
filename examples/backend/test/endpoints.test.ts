/** Every endpoint on all five providers, on the embedded sandbox, as the server starts without a variable. */
import * as Autumn from "@effect-customers/autumn"
import type { Capabilities } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask, backendWith } from "./backend.js"

const capabilities: Readonly<Record<string, Capabilities.Capabilities>> = {
  polar: Polar.capabilities,
  mollie: Mollie.capabilities,
  "pin-payments": PinPayments.capabilities,
  autumn: Autumn.capabilities,
  flexprice: Flexprice.capabilities
}

const card = {
  number: "4200000000000000",
  expiryMonth: 12,
  expiryYear: 2031,
  cvc: "123",
  name: "Ada Byron",
  address: { line1: "12 St James's Square", city: "London", country: "GB" }
}

/** A customer that this provider takes. */
const customer = ({ fields }: Capabilities.Capabilities, number: number) => ({
  email: `ada${number}@example.com`,
  name: "Ada Byron",
  ...(fields.externalId.stored ? { externalId: `user_${number}` } : {}),
  ...(fields.paymentSource.stored ? { paymentSource: { card } } : {})
})

/** Of somebody's real accounts: the sandbox has nothing to do with them. */
const realAccounts = {
  POLAR_ORGANIZATION_ID: "org_1",
  POLAR_ENVIRONMENT: "nowhere",
  MOLLIE_ACCESS_TOKEN: "access_x",
  MOLLIE_TESTMODE: "true",
  MOLLIE_PROFILE_ID: "pfl_1",
  AUTUMN_API_VERSION: "2.3",
  FLEXPRICE_ENVIRONMENT_ID: "env_1"
}

layer(backendWith(realAccounts))("on the sandbox", (it) => {
  describe.each(Object.keys(capabilities))("%s", (provider) => {
    const can = capabilities[provider]!
    const at = (path = "") => `/${provider}/customers${path}`

    it.effect("creates, reads, finds, changes, lists and deletes", () =>
      Effect.gen(function*() {
        const created = yield* ask("POST", at(), customer(can, 1))
        expect(created.status, JSON.stringify(created.body)).toBe(201)
        const { id } = created.body
        expect(created.body).toMatchObject({ provider, email: "ada1@example.com", name: "Ada Byron", phone: null })
        expect(created.body).not.toHaveProperty("paymentSource")

        const read = yield* ask("GET", at(`/${id}`))
        expect([read.status, read.body.id]).toEqual([200, id])

        const found = yield* ask("GET", at("/by-external-id/user_1"))
        const byEmail = yield* ask("GET", at("/by-email/ada1%40example.com"))
        if (can.findBy.externalId) {
          expect([found.status, found.body.id]).toEqual([200, id])
          expect([byEmail.status, byEmail.body.customers.map((one: { id: string }) => one.id)]).toEqual([200, [id]])
          const nobody = yield* ask("GET", at("/by-email/nobody%40example.com"))
          expect([nobody.status, nobody.body]).toEqual([200, { customers: [] }])
        } else {
          const lacking = {
            _tag: "NotSupported",
            provider,
            mayHaveApplied: false,
            reason: `${provider} cannot find customers by it`
          }
          expect([found.status, found.body]).toEqual([501, {
            ...lacking,
            operation: "getByExternalId",
            path: "externalId"
          }])
          expect([byEmail.status, byEmail.body]).toEqual([501, { ...lacking, operation: "findByEmail", path: "email" }])
        }

        const changed = yield* ask("PATCH", at(`/${id}`), { name: "Ada King" })
        expect([changed.status, changed.body.name, changed.body.email]).toEqual([200, "Ada King", "ada1@example.com"])

        for (const number of [2, 3]) expect((yield* ask("POST", at(), customer(can, number))).status).toBe(201)
        const seen: Array<string> = []
        let query = "?pageSize=2"
        for (const left of [1, 0]) {
          const page = yield* ask("GET", at(query))
          expect([page.status, page.body.unreadable]).toEqual([200, 0])
          expect(page.body.total).toBe(can.answers.total ? 3 : null)
          if (left > 0) expect(page.body.next).not.toBeNull()
          seen.push(...page.body.customers.map((one: { email: string }) => one.email))
          query = `?pageSize=2&cursor=${page.body.next}`
        }
        expect(seen.sort()).toEqual(["ada1@example.com", "ada2@example.com", "ada3@example.com"])

        expect(yield* ask("DELETE", at(`/${id}`))).toMatchObject({ status: 204, body: "" })
        for (const gone of [yield* ask("GET", at(`/${id}`)), yield* ask("PATCH", at(`/${id}`), { name: "Ada" })]) {
          expect(gone).toMatchObject({ status: 404, body: { _tag: "NotFound", provider, resource: "customer" } })
        }
      }))

    it.effect("takes an idempotency key, or says that it cannot", () =>
      Effect.gen(function*() {
        const keyed = { "content-type": "application/json", "idempotency-key": `order-${provider}` }
        const first = yield* ask("POST", at(), customer(can, 4), keyed)
        if (can.repeat.create === "with-key") {
          const again = yield* ask("POST", at(), customer(can, 4), keyed)
          expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
        } else {
          expect(first).toMatchObject({ status: 501, body: { _tag: "NotSupported", path: "idempotencyKey" } })
        }
      }))

    it.effect("refuses what it cannot store, naming it", () =>
      Effect.gen(function*() {
        for (
          const [field, value] of Object.entries({ phone: "+44 20 7946 0018", locale: "en-GB", metadata: { a: 1 } })
        ) {
          if (can.fields[field as "phone" | "locale" | "metadata"].stored) continue
          const refused = yield* ask("POST", at(), { ...customer(can, 5), [field]: value })
          expect(refused).toMatchObject({
            status: 501,
            body: {
              _tag: "NotSupported",
              provider,
              operation: "create",
              mayHaveApplied: false,
              path: field,
              reason: `${provider} does not store it`
            }
          })
        }
      }))
  })

  it.effect("knows nothing of other providers and other paths", () =>
    Effect.gen(function*() {
      const providers = Object.keys(capabilities)
      expect(yield* ask("GET", "/acme/customers")).toMatchObject({
        status: 404,
        body: { _tag: "UnknownProvider", providers }
      })
      expect(yield* ask("POST", "/__proto__/customers", "{")).toMatchObject({
        status: 404,
        body: { _tag: "UnknownProvider" }
      })
      for (const path of ["/polar", "/", "/polar/customers/1/2", "/polar/customers/%ff"]) {
        expect(yield* ask("GET", path), path).toMatchObject({
          status: 404,
          body: { _tag: "UnknownRoute", mayHaveApplied: false }
        })
      }
      expect(yield* ask("DELETE", "/polar/customers")).toMatchObject({ status: 404, body: { _tag: "UnknownRoute" } })
    }))

  it.effect("is alive and ready", () =>
    Effect.gen(function*() {
      expect(yield* ask("GET", "/health/live")).toMatchObject({ status: 200, body: { status: "ok" } })
      expect(yield* ask("GET", "/health/ready")).toMatchObject({
        status: 200,
        body: { providers: Object.keys(capabilities) }
      })
    }))
})
