/**
 * A program to be killed: six exports at once, which tell of each page as `<name> <pages>`.
 * `node --import tsx test/exportAll.ts <url of the sandbox> <directory>`
 */
import * as Autumn from "@effect-customers/autumn"
import type { CustomersService } from "@effect-customers/core/CustomersService"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as CustomersExport from "@effect-customers/pipeline/CustomersExport"
import * as Sqlite from "@effect-customers/pipeline/Sqlite"
import * as Polar from "@effect-customers/polar"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

const [, , url, directory] = process.argv

const autumn = (apiVersion: "2.1" | "2.3") =>
  Autumn.layer({ secretKey: Redacted.make("am_sk_test_killed"), apiVersion, baseUrl: `${url}/autumn` })

const exports: ReadonlyArray<{
  readonly name: string
  readonly provider: Layer.Layer<CustomersService, never, HttpClient.HttpClient>
  readonly target: Effect.Effect<
    CustomersExport.Target,
    CustomersExport.ExportFailed,
    FileSystem.FileSystem | Scope.Scope
  >
}> = [
  {
    name: "polar",
    provider: Polar.layer({ accessToken: Redacted.make("polar_oat_killed"), baseUrl: `${url}/polar` }),
    target: CustomersExport.ndjson(`${directory}/polar.ndjson`)
  },
  {
    name: "flexprice",
    provider: Flexprice.layer({ apiKey: Redacted.make("killed"), baseUrl: `${url}/flexprice` }),
    target: CustomersExport.ndjson(`${directory}/flexprice.ndjson`)
  },
  {
    name: "mollie",
    provider: Mollie.layer({ apiKey: Redacted.make("test_killed"), baseUrl: `${url}/mollie` }),
    target: CustomersExport.csv(`${directory}/mollie.csv`)
  },
  { name: "autumn 2.1", provider: autumn("2.1"), target: CustomersExport.csv(`${directory}/autumn.csv`) },
  { name: "autumn 2.3", provider: autumn("2.3"), target: Sqlite.target(`${directory}/customers.db`) },
  {
    name: "pin-payments",
    provider: PinPayments.layer({ secretKey: Redacted.make("killed"), baseUrl: `${url}/pin-payments` }),
    target: Sqlite.target(`${directory}/customers.db`)
  }
]

/** The pages of those that are not finished: none runs away from the others. */
const told = new Map(exports.map(({ name }) => [name, 0]))

const program = Effect.forEach(
  exports,
  ({ name, provider, target }) =>
    CustomersExport.run(target, { pageSize: 5 }).pipe(
      Stream.runForEach(({ done, pages }) =>
        Effect.sync(() => {
          process.stdout.write(`${name} ${pages}\n`)
          if (done) told.delete(name)
          else told.set(name, (told.get(name) ?? 0) + 1)
        }).pipe(
          Effect.zipRight(
            Effect.repeat(Effect.sleep("10 millis"), {
              while: () => (told.get(name) ?? 0) > Math.min(...told.values()) + 1
            })
          )
        )
      ),
      Effect.provide(provider)
    ),
  { concurrency: "unbounded", discard: true }
)

NodeRuntime.runMain(Effect.provide(program, Layer.merge(NodeHttpClient.layerUndici, NodeFileSystem.layer)))
