/** Who keeps the contract: the double, and every provider on the sandbox, in process and on a port. */
import { capabilities as autumn, layer as AutumnLayer } from "@effect-customers/autumn"
import { type CustomersService, TransportFailed } from "@effect-customers/core"
import { capabilities as flexprice, layer as FlexpriceLayer } from "@effect-customers/flexprice"
import { capabilities as mollie, layer as MollieLayer } from "@effect-customers/mollie"
import { capabilities as pinPayments, layer as PinPaymentsLayer } from "@effect-customers/pin-payments"
import { capabilities as polar, layer as PolarLayer } from "@effect-customers/polar"
import { Fault, Sandbox, SandboxControl } from "@effect-customers/sandbox"
import { CustomersFaults, InMemoryCustomers } from "@effect-customers/testing"
import { CustomersContract } from "@effect-customers/testing/vitest"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { expect, it } from "@effect/vitest"
import { Cause, Context, Effect, Layer, Redacted } from "effect"
import * as Autumn from "../../autumn/test/onSandbox.js"
import * as Flexprice from "../../flexprice/test/onSandbox.js"
import * as Mollie from "../../mollie/test/onSandbox.js"
import * as PinPayments from "../../pin-payments/test/onSandbox.js"
import * as Polar from "../../polar/test/onSandbox.js"

type Prepared = Layer.Layer<CustomersService | SandboxControl, unknown>

type Services = Layer.Layer<CustomersService, never, HttpClient.HttpClient>

type Json = { readonly [key: string]: unknown }

interface Target {
  readonly name: "polar" | "mollie" | "pin-payments" | "autumn" | "flexprice"
  /** Our names of the operations that the service lists and creates with. */
  readonly list: string
  readonly create: string
  /** The page with these rows. */
  readonly withRows: (page: Json, alter: (row: Json) => Json) => Json
}

const inArray = (key: string): Target["withRows"] => (page, alter) => ({
  ...page,
  [key]: (page[key] as ReadonlyArray<Json>).map(alter)
})

const targets: { readonly [_ in Target["name"]]: Target } = {
  polar: { name: "polar", list: "list", create: "create", withRows: inArray("items") },
  mollie: {
    name: "mollie",
    list: "list",
    create: "create",
    withRows: (page, alter) => ({ ...page, _embedded: inArray("customers")(page["_embedded"] as Json, alter) })
  },
  "pin-payments": { name: "pin-payments", list: "list", create: "create", withRows: inArray("response") },
  autumn: { name: "autumn", list: "list", create: "getOrCreate", withRows: inArray("list") },
  flexprice: { name: "flexprice", list: "search", create: "create", withRows: inArray("items") }
}

const prepare = (
  layer: Prepared,
  how: (control: Context.Tag.Service<SandboxControl>) => Effect.Effect<unknown>
): Prepared => Layer.tap(layer, (context) => how(Context.get(context, SandboxControl)))

const idOf = (row: Json): unknown => row["id"] ?? row["token"]

/** The second of four customers has a time of creation that is none. */
const withUnreadableRow = ({ list, name, withRows }: Target, layer: Prepared) =>
  prepare(layer, (control) =>
    Effect.gen(function*() {
      const [, second] = yield* control.seed(name, 4)
      const alter = (row: Json) => idOf(row) === second ? { ...row, created_at: "once", createdAt: "once" } : row
      yield* control.inject({
        provider: name,
        operation: list,
        times: Infinity,
        fault: Fault.Alter({ alter: (page) => withRows(page as Json, alter) })
      })
    }))

const suiteOf = (
  name: string,
  target: Target,
  layer: Prepared,
  wrongVersion: Prepared,
  clock: "test" | "live"
) => {
  CustomersContract.suite(name, layer, {
    clock,
    settings: {
      unreadableRow: withUnreadableRow(target, layer),
      wrongVersion,
      outage: prepare(
        layer,
        (control) => control.inject({ provider: target.name, times: Infinity, fault: Fault.Reset({}) })
      ),
      lostAnswers: prepare(layer, (control) =>
        control.inject({
          provider: target.name,
          operation: target.create,
          times: Infinity,
          fault: Fault.Reset({ applied: true })
        }))
    }
  })
}

CustomersContract.suite("the double", InMemoryCustomers.layer(), {
  clock: "test",
  settings: {
    unreadableRow: InMemoryCustomers.layer({
      customers: [{ name: "Ada" }, { name: "Bo" }, InMemoryCustomers.unreadable, { name: "Grace" }]
    }),
    lostAnswers: InMemoryCustomers.layer().pipe(
      CustomersFaults.failWithProbability({
        operations: "create",
        probability: 1,
        seed: 1,
        error: (call) => new TransportFailed(call),
        applied: true
      })
    )
  }
})

// as one test each: what the suites say in many is known by then
it.effect.each([autumn, flexprice, mollie, pinPayments, polar])(
  "the double in the place of $provider",
  (capabilities) =>
    Effect.gen(function*() {
      const violations = yield* CustomersContract.run(InMemoryCustomers.layer({ capabilities }))
      expect(violations.map(({ cause }) => Cause.pretty(cause))).toEqual([])
    })
)

// Pin says of an address that it does not know what it says of a customer: there it is another host
const nowhere = "https://api.polar.sh"

const wrongPath = (host: string) => `${host}/v9`

suiteOf("polar", targets.polar, Polar.inProcess(), Polar.inProcess({}, { version: "2020-01" }), "test")
suiteOf(
  "mollie",
  targets.mollie,
  Mollie.inProcess(),
  Mollie.inProcess({}, { ...Mollie.withKey, baseUrl: wrongPath("https://api.mollie.com") }),
  "test"
)
suiteOf(
  "pin",
  targets["pin-payments"],
  PinPayments.inProcess(),
  PinPayments.inProcess({}, { baseUrl: nowhere }),
  "test"
)
for (const apiVersion of Autumn.versions) {
  suiteOf(
    `autumn ${apiVersion}`,
    targets.autumn,
    Autumn.inProcess({}, { apiVersion }),
    Autumn.inProcess({}, { apiVersion, baseUrl: wrongPath("https://api.useautumn.com") }),
    "test"
  )
}
suiteOf(
  "flexprice",
  targets.flexprice,
  Flexprice.inProcess(),
  Flexprice.inProcess({}, { baseUrl: wrongPath("https://us.api.flexprice.io") }),
  "test"
)

const onPort = (name: Target["name"], layer: Prepared, wrongVersion: (host: string) => Services) =>
  suiteOf(
    `${name}, on a port`,
    targets[name],
    layer,
    Layer.unwrapEffect(Effect.map(Sandbox.SandboxServer, ({ urlOf }) => wrongVersion(urlOf(name)))).pipe(
      Layer.provideMerge(FetchHttpClient.layer),
      Layer.provideMerge(Sandbox.layerServer())
    ),
    "live"
  )

const fetch = FetchHttpClient.layer
const secret = Redacted.make(Polar.token)

onPort("polar", Polar.onPort(fetch), (baseUrl) => PolarLayer({ accessToken: secret, baseUrl, version: "2020-01" }))
onPort("mollie", Mollie.onPort(fetch), (host) => MollieLayer({ ...Mollie.withKey, baseUrl: wrongPath(host) }))
onPort(
  "pin-payments",
  PinPayments.onPort(fetch),
  (host) => PinPaymentsLayer({ secretKey: secret, baseUrl: host.replace("pin-payments", "polar") })
)
onPort("autumn", Autumn.onPort(fetch), (host) => AutumnLayer({ secretKey: secret, baseUrl: wrongPath(host) }))
onPort("flexprice", Flexprice.onPort(fetch), (host) => FlexpriceLayer({ apiKey: secret, baseUrl: wrongPath(host) }))
