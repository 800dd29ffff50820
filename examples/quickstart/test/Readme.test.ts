import * as Autumn from "@effect-customers/autumn"
import { CustomersService } from "@effect-customers/core"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

/** The contents of the README's code blocks of one language. */
const blocks = (language: string): ReadonlyArray<string> =>
  [...textOf("../../../README.md").matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))]
    .map(([, code]) => code ?? "")

/** What a program of `test/readme` prints. */
const printed = (file: string) =>
  Effect.async<string>((resume) => {
    const child = execFile(
      process.execPath,
      ["--import", "tsx", `test/readme/${file}`],
      { cwd: fileURLToPath(new URL("..", import.meta.url)) },
      (error, stdout, stderr) => resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(stderr)))
    )
    return Effect.sync(() => child.kill())
  })

describe("the README", () => {
  it("shows the program and the test that are run here, letter for letter", () => {
    expect(blocks("ts")).toContain(textOf("readme/program.ts"))
    expect(blocks("ts")).toContain(textOf("readme/signUp.test.ts"))
  })

  it("keeps the program to twenty lines", () => {
    expect(textOf("readme/program.ts").trimEnd().split("\n").length).toBeLessThanOrEqual(20)
  })

  it.live("shows what they print", () =>
    Effect.gen(function*() {
      const output = yield* Effect.all([printed("program.ts"), printed("errors.ts")], { concurrency: 2 })
      expect(blocks("text")).toEqual(output)
    }))
})

/** The names in backticks of one cell. */
const namesIn = (cell = ""): ReadonlyArray<string> => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "")

describe("the table of operations", () => {
  const rows = [
    ...textOf("../../../docs/operations.md").matchAll(/^\| (\w[\w ]*) \| ([^|]*) \| ([^|]*) \| ([^|]*)\|$/gm)
  ]
    .filter(([, provider]) => provider !== "provider")
    .map(([, provider, theirs, client, services]) => ({ provider, theirs, client, services }))

  const key = Redacted.make("key")
  const onSandbox = <A>(layer: Layer.Layer<A, never, Layer.Layer.Success<ReturnType<typeof Sandbox.layer>>>) =>
    Effect.scoped(Layer.build(Layer.provide(layer, Sandbox.layer())))

  const built = {
    Polar: Effect.map(onSandbox(Polar.layer({ accessToken: key })), (context) => ({
      client: Context.get(context, Polar.PolarClient),
      service: Context.get(context, CustomersService)
    })),
    Mollie: Effect.map(onSandbox(Mollie.layer({ apiKey: key })), (context) => ({
      client: Context.get(context, Mollie.MollieClient),
      service: Context.get(context, CustomersService)
    })),
    "Pin Payments": Effect.map(onSandbox(PinPayments.layer({ secretKey: key })), (context) => ({
      client: Context.get(context, PinPayments.PinPaymentsClient),
      service: Context.get(context, CustomersService)
    })),
    Autumn: Effect.map(onSandbox(Autumn.layer({ secretKey: key })), (context) => ({
      client: Context.get(context, Autumn.AutumnClient),
      service: Context.get(context, CustomersService)
    })),
    Flexprice: Effect.map(onSandbox(Flexprice.layer({ apiKey: key })), (context) => ({
      client: Context.get(context, Flexprice.FlexpriceClient),
      service: Context.get(context, CustomersService)
    }))
  }

  it("has all 45, each once", () => {
    expect(new Set(rows.map(({ provider, theirs }) => `${provider} ${theirs}`)).size).toBe(45)
    expect(rows).toHaveLength(45)
  })

  it.effect.each(Object.entries(built))(
    "%s: every operation of the client and of the service stands in it",
    ([name, build]) =>
      Effect.gen(function*() {
        const { client, service } = yield* build
        const ofProvider = rows.filter(({ provider }) => provider === name)
        expect(ofProvider.flatMap((row) => namesIn(row.client)).sort()).toEqual(Object.keys(client).sort())
        const operations = Object.entries(service).filter(([, value]) => typeof value === "function")
        expect([...new Set(ofProvider.flatMap((row) => namesIn(row.services)))].sort()).toEqual(
          operations.map(([operation]) => operation).sort()
        )
      })
  )
})
