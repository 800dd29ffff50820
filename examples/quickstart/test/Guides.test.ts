/** What the guides of `docs` show is what runs here: their programs, and what they print, letter for letter. */
import * as Autumn from "@effect-customers/autumn"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { FetchHttpClient } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { vi } from "vitest"
import * as Billing from "./guides/getting-started/src/Billing.js"

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

const pageOf = (name: string): string => textOf(`../../../docs/${name}.md`)

/** Each fenced block of a page: the words of its fence, and what it holds. */
const blocksOf = (name: string): ReadonlyArray<readonly [fence: string, code: string]> =>
  [...pageOf(name).matchAll(/^```(\w.*)\n([^]*?)^```$/gm)].map(([, fence = "", code = ""]) => [fence, code])

const textsOf = (name: string): ReadonlyArray<string> =>
  blocksOf(name).flatMap(([fence, code]) => fence === "text" ? [code] : [])

const filesOf = (name: string): ReadonlyArray<string> =>
  readdirSync(new URL(`guides/${name}`, import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))

/** What a module prints while it is loaded; the programs of the guides run then. */
const printedBy = (load: () => Promise<unknown>) =>
  Effect.promise(async () => {
    const lines: Array<string> = []
    const write = (...words: ReadonlyArray<unknown>) => void lines.push(`${words.join(" ")}\n`)
    const outputs = (["log", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(write))
    try {
      await load()
      return lines.join("")
    } finally {
      outputs.forEach((output) => output.mockRestore())
    }
  })

/** Programs by page, in the order in which what they print stands there; those of `testing` are tests. */
const programs = {
  pages: [],
  testing: [],
  providers: [() => import("./guides/providers/fit.js"), () => import("./guides/providers/signUpOnMollie.js")],
  errors: [
    () => import("./guides/errors/catching.js"),
    () => import("./guides/errors/messages.js"),
    () => import("./guides/errors/words.js")
  ],
  "several-providers": [
    () => import("./guides/several-providers/merged.js"),
    () => import("./guides/several-providers/tags.js"),
    () => import("./guides/several-providers/layerMap.js"),
    () => import("./guides/several-providers/values.js"),
    () => import("./guides/several-providers/perPart.js")
  ]
}

/** Run, and not shown. */
const isHidden = (file: string): boolean => file === "messages.ts"

describe.each(Object.entries(programs))("%s", (page, loads) => {
  it("shows the programs that are run here, all of them", () => {
    const shown = blocksOf(page).flatMap(([fence, code]) => fence === "ts" ? [code] : [])
    const files = filesOf(page).filter((file) => !isHidden(file))
    expect([...shown].sort()).toEqual(files.map((file) => textOf(`guides/${page}/${file}`)).sort())
  })

  it.live("shows what they print", () =>
    Effect.map(Effect.forEach(loads, printedBy), (outputs) => expect(textsOf(page)).toEqual(outputs)))
})

describe("getting-started", () => {
  const page = pageOf("getting-started")

  /** What a program of the guide prints. */
  const run = (file: string, env: Record<string, string>) =>
    Effect.async<string>((resume) => {
      const child = execFile(
        process.execPath,
        ["--import", "tsx", `test/guides/getting-started/${file}`],
        { cwd: fileURLToPath(new URL("..", import.meta.url)), env: { PATH: process.env["PATH"], ...env } },
        (error, stdout, stderr) => resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(stderr)))
      )
      return Effect.sync(() => child.kill())
    })

  it("shows the files of its project, whole", () => {
    const shown = blocksOf("getting-started").flatMap(([fence, code]) =>
      fence.startsWith("typescript ") ? [[fence.slice("typescript ".length), code]] : []
    )
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(filesOf("getting-started").map((file) => [file, textOf(`guides/getting-started/${file}`)]))
    )
  })

  it.live("prints what it shows: on the sandbox in process and on a port, and without a token", () =>
    Effect.gen(function*() {
      const [printed, refused = ""] = textsOf("getting-started")
      const { urlOf } = yield* Sandbox.SandboxServer
      const onPort = { POLAR_BASE_URL: urlOf("polar"), POLAR_ACCESS_TOKEN: "polar_oat_x" }
      const outputs = yield* Effect.all([run("src/dev.ts", {}), run("src/main.ts", onPort)], { concurrency: 2 })
      expect(outputs).toEqual([printed, printed])
      const withoutToken = Layer.build(Layer.provide(Billing.layer, FetchHttpClient.layer)).pipe(
        Effect.scoped,
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map())),
        Effect.flip
      )
      expect(String(yield* withoutToken)).toBe(refused.trimEnd())
      expect(page).toContain("POLAR_BASE_URL=http://127.0.0.1:4010/polar POLAR_ACCESS_TOKEN=polar_oat_x")
    }).pipe(Effect.provide(Sandbox.layerServer())))

  it("says which providers provide which tag", () => {
    const providers = {
      Polar: Polar.capabilities,
      Mollie: Mollie.capabilities,
      "Pin Payments": PinPayments.capabilities,
      Autumn: Autumn.capabilities,
      Flexprice: Flexprice.capabilities
    }
    const providing = (tag: string) => new RegExp(`^\\| .*\\| \`${tag}\` \\| (.*) \\|$`, "m").exec(page)?.[1]
    const named = (find: "externalId" | "email") =>
      Object.entries(providers).flatMap(([name, { findBy }]) => findBy[find] ? [name] : []).join(", ")
    expect(providing("CustomersByExternalId")).toBe(named("externalId"))
    expect(providing("CustomersByEmail")).toBe(named("email"))
  })
})

const pages = readdirSync(new URL("../../../docs", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file}`)

const packages = readdirSync(new URL("../../../packages", import.meta.url)).map((name) => `packages/${name}/README.md`)

const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...pages, ...packages].filter((file) =>
  existsSync(new URL(`../../../${file}`, import.meta.url))
)

describe("all documents", () => {
  const textIn = (file: string) => textOf(`../../../${file}`)

  it("install the versions that are tested here", () => {
    const catalog = textOf("../../../pnpm-workspace.yaml")
    const wrong = documents.flatMap((file) =>
      [...textIn(file).matchAll(/^npm i .*$/gm)].flatMap(([line]) =>
        [...line.matchAll(/ (@?[\w/-]+)@([\d.]+)/g)].flatMap(([, name = "", version = ""]) => {
          const [, tested = ""] = new RegExp(`^ {2}"?${name}"?: [~^](.*)$`, "m").exec(catalog) ?? []
          return `${tested}.`.startsWith(`${version}.`) ? [] : [`${file}: ${name}@${version} (${tested})`]
        })
      )
    )
    expect(wrong).toEqual([])
  })

  it("the index of the guides names all of them", () => {
    const index = textIn("docs/README.md")
    const guides = pages.filter((file) => /^docs\/[a-z-]+\.md$/.test(file)).map((file) => file.slice("docs/".length))
    expect(guides.filter((file) => !index.includes(`](${file})`))).toEqual([])
  })
})
