import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

const src = resolve(import.meta.dirname, "../src")

const modules = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))

const importsOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(join(src, file), "utf8").matchAll(/^(?:import|export|\} from)[^"\n]*"([^"]+)"/gm)].map((
    [, name = ""]
  ) => name.startsWith(".") ? relative(src, resolve(src, dirname(file), name)).replace(/\.js$/, ".ts") : name)

/** The modules that reach one whose name this is. */
const reaching = (name: RegExp): ReadonlyArray<string> => {
  const found = new Set<string>()
  const grow = () => {
    for (const file of modules) {
      if (importsOf(file).some((imported) => name.test(imported) || found.has(imported))) found.add(file)
    }
    return found.size
  }
  for (let size = -1; size !== found.size;) {
    size = found.size
    grow()
  }
  return [...found].sort()
}

describe("what is imported", () => {
  it("vitest by the entry point of the suite alone", () => {
    expect(reaching(/^(?:@effect\/)?vitest$/)).toEqual(["internal/contractSuite.ts", "vitest.ts"])
  })

  it.each([
    ["polar", "PolarArbitrary.ts"],
    ["mollie", "MollieArbitrary.ts"],
    ["pin-payments", "PinPaymentsArbitrary.ts"],
    ["autumn", "AutumnArbitrary.ts"],
    ["flexprice", "FlexpriceArbitrary.ts"]
  ])("%s by %s alone", (provider, file) => {
    expect(reaching(new RegExp(`^@effect-customers/${provider}(?:/|$)`))).toEqual([file])
  })

  it("the sandbox, Node and barrels of Effect by nothing", () => {
    expect(reaching(/^(?:@effect-customers\/sandbox.*|node:.*|effect|@effect\/platform|@effect-customers\/core)$/))
      .toEqual([])
  })
})
