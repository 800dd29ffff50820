/**
 * What the five services store and do, as the tables of README.md, docs/providers.md and docs/pages.md: `npm run
 * capabilities` writes them from the packages' `capabilities`, and the options from what `layerConfig` reads. With
 * `--check` it says instead which page has another.
 */
import * as Autumn from "@effect-customers/autumn"
import { CustomersService } from "@effect-customers/core"
import type { Capabilities, FieldCapability, Limits } from "@effect-customers/core/Capabilities"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { Array, type ConfigError, ConfigProvider, Context, Effect, Layer, Redacted, Struct } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const services = {
  Polar: { capabilities: Polar.capabilities, layerConfig: Polar.layerConfig(), module: "Polar" },
  Mollie: { capabilities: Mollie.capabilities, layerConfig: Mollie.layerConfig(), module: "Mollie" },
  "Pin Payments": {
    capabilities: PinPayments.capabilities,
    layerConfig: PinPayments.layerConfig(),
    module: "PinPayments"
  },
  Autumn: { capabilities: Autumn.capabilities, layerConfig: Autumn.layerConfig(), module: "Autumn" },
  Flexprice: { capabilities: Flexprice.capabilities, layerConfig: Flexprice.layerConfig(), module: "Flexprice" }
}

type Title = keyof typeof services

const none = "-"

const listed = (words: ReadonlyArray<string | false | undefined>): string =>
  words.filter((word) => typeof word === "string").join(", ") || none

const limitsOf = (
  { addressLengths, characters, exceptCountries, maxLength, metadata, pathSegment, regionRequired }: Limits
) => [
  maxLength !== undefined && `at most ${maxLength} characters`,
  characters !== undefined && `of ${characters}`,
  addressLengths !== undefined &&
  `lines of at most ${[...new Set(Object.values(addressLengths))].join(", ")} characters`,
  pathSegment === true && "no slash",
  exceptCountries !== undefined && `not in ${exceptCountries.join(" ")}`,
  regionRequired === true && "with a region",
  ...metadata === undefined ? [] : [
    { json: "JSON", scalars: "strings, numbers, booleans", strings: "strings" }[metadata.values],
    !metadata.nullValues && metadata.values === "json" && "no null",
    !metadata.emptyStrings && "no empty strings",
    metadata.maxKeys !== undefined && `${metadata.maxKeys} keys`,
    metadata.maxKeyLength !== undefined && `keys of ${metadata.maxKeyLength} characters`,
    metadata.maxValueLength !== undefined && `values of ${metadata.maxValueLength}`,
    metadata.maxBytes !== undefined && `${metadata.maxBytes} bytes`
  ]
]

const field = ({ clearable, limits = {}, mutable, required, stored, unique }: FieldCapability): string =>
  stored
    ? listed([
      required ? "required" : "stored",
      unique === true && "unique",
      { always: undefined, once: "settable once", never: "on create alone" }[mutable],
      mutable === "always" && clearable && "clearable",
      ...limitsOf(limits)
    ])
    : none

const code = (names: ReadonlyArray<string>): string => listed(names.map((name) => `\`${name}\``))

const yes = (does: boolean): string => does ? "yes" : "no"

const walk = ({ walk: { order, parallel } }: Capabilities): string =>
  listed([order.replace("-", " "), parallel && "pages in parallel"])

const pageSize = ({ pageSize }: Capabilities): string =>
  `${pageSize.min} to ${pageSize.max}; ${pageSize.default} when not given`

const findBy = ({ findBy }: Capabilities): string =>
  listed(["id", findBy.externalId && "external id", findBy.email && "e-mail"])

type Line = readonly [title: string, cell: (capabilities: Capabilities) => string]

const fieldNames = Struct.keys(Polar.capabilities.fields)

const lines: ReadonlyArray<Line> = [
  ...fieldNames.map((name): Line => [`\`${name}\``, ({ fields }) => field(fields[name])]),
  ["`id`", ({ ids }) => ids === "assigned" ? "the provider's" : "the external id"],
  ["find by", findBy],
  ["`updatedAt` is told", ({ answers }) => yes(answers.updatedAt)],
  ["pages tell the total", ({ answers }) => yes(answers.total)],
  ["page size", pageSize],
  ["walk", walk],
  ["delete cancels subscriptions", (capabilities) => yes(capabilities.delete.cancelsSubscriptions)],
  ["orders and invoices stay", (capabilities) => yes(capabilities.delete.keepsBilling)],
  ["delete is blocked by", (capabilities) => listed(capabilities.delete.blockedBy)],
  [
    "delete frees the external id",
    ({ delete: { freesExternalId }, findBy }) => findBy.externalId ? yes(freesExternalId) : none
  ],
  ["create, update, delete are repeated", ({ repeat }) => `${repeat.create}, ${repeat.update}, ${repeat.delete}`]
]

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n")

const sideBySide = table(
  ["", ...Object.keys(services)],
  lines.map(([title, cell]) => [title, ...Object.values(services).map(({ capabilities }) => cell(capabilities))])
)

/** What a reader of the README has to know to choose: the rest is in the guide. */
const summary = table(
  ["", "find by", "a create needs", "and keeps", "walk", "options, operations, pitfalls"],
  Object.entries(services).map(([title, { capabilities }]) => {
    const fields = fieldNames.filter((name) => capabilities.fields[name].stored)
    const [required, optional] = Array.partition(fields, (name) => !capabilities.fields[name].required)
    const folder = `packages/${capabilities.provider}`
    return [title, findBy(capabilities), code(required), code(optional), walk(capabilities), `[${folder}](${folder})`]
  })
)

// ---------------------------------------------------------------------------------------------------------------------
// One provider
// ---------------------------------------------------------------------------------------------------------------------

const fieldRow = (name: typeof fieldNames[number], { clearable, limits = {}, mutable, ...field }: FieldCapability) => [
  `\`${name}\``,
  field.required ? "required" : "optional",
  { always: "yes", once: "from none to one", never: "no" }[mutable],
  yes(mutable === "always" && clearable),
  yes(field.unique === true),
  listed(limitsOf(limits))
]

const repeated = { always: "yes", "with-key": "yes, with its key", never: "no" }

const facts = (capabilities: Capabilities): ReadonlyArray<readonly [string, string]> => [
  ["finds by", findBy(capabilities)],
  ["`id` is", capabilities.ids === "assigned" ? "the provider's" : "the external id"],
  [
    "answers tell",
    listed([capabilities.answers.updatedAt && "`updatedAt`", capabilities.answers.total && "the total of a list"])
  ],
  ["walks", walk(capabilities)],
  ["customers per page", pageSize(capabilities)],
  [
    "a delete",
    listed([
      `cancels ${capabilities.delete.cancelsSubscriptions ? "" : "no "}subscriptions`,
      capabilities.delete.keepsBilling && "leaves orders and invoices",
      capabilities.findBy.externalId &&
      `${capabilities.delete.freesExternalId ? "frees" : "does not free"} the external id`,
      ...capabilities.delete.blockedBy.map((what) => `is blocked by ${what}`)
    ])
  ],
  [
    "after a lost answer sent again",
    listed(
      (["create", "update", "delete"] as const).map((write) => `${write}: ${repeated[capabilities.repeat[write]]}`)
    )
  ],
  [
    "idempotency keys",
    listed((["create", "update", "delete"] as const).filter((write) => capabilities.repeat[write] === "with-key"))
  ]
]

/** The variables that `layerConfig` reads, in the order in which it reads them. */
const variablesOf = (
  layerConfig: Layer.Layer<CustomersService, ConfigError.ConfigError, HttpClient.HttpClient>
): ReadonlyArray<string> => {
  const names: Array<string> = []
  const recording = ConfigProvider.mapInputPath(ConfigProvider.fromMap(new Map()), (name) => {
    names.push(name)
    return name
  })
  const build = Effect.scoped(Layer.build(Layer.provide(layerConfig, FetchHttpClient.layer)))
  Effect.runSync(Effect.exit(Effect.withConfigProvider(Effect.asVoid(build), recording)))
  return names
}

/** The options that `layerConfig` takes: the keys of its interface. */
const optionsOf = (folder: string, module: string): ReadonlyArray<string> => {
  const source = readFileSync(fileOf(`packages/${folder}/src/${module}Customers.ts`), "utf8")
  const [, body = ""] = new RegExp(`export interface ${module}Config \\{\\n([^]*?)\\n\\}`).exec(source) ?? []
  return [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = ""]) => name)
}

const inTicks = (cell = ""): string => cell.replaceAll("`", "")

/** The options as the package's own README explains them, which has to name those that there are. */
const options = (folder: string, { layerConfig, module }: typeof services[Title]): string => {
  const readme = readFileSync(fileOf(`packages/${folder}/README.md`), "utf8")
  const [, rows = ""] = /^\| option \| variable \| meaning \|\n.*\n((?:\|.*\n)+)/m.exec(readme) ?? []
  const cells = rows.trimEnd().split("\n").map((row) => row.slice(1, -1).split("|").map((cell) => cell.trim()))
  const said = {
    options: cells.map(([option]) => inTicks(option)),
    variables: cells.flatMap(([, variable = ""]) => variable === "" ? [] : [inTicks(variable)])
  }
  const are = { options: optionsOf(folder, module), variables: variablesOf(layerConfig) }
  if (JSON.stringify(said) !== JSON.stringify(are)) {
    throw new Error(
      `packages/${folder}/README.md explains ${JSON.stringify(said)}, and layerConfig has ${JSON.stringify(are)}`
    )
  }
  return table(["option", "variable", "meaning"], cells.map((row) => row.map((cell) => cell === "" ? none : cell)))
}

const ofProvider = (title: Title): string => {
  const service = services[title]
  const capabilities: Capabilities = service.capabilities
  const stored = fieldNames.filter((name) => capabilities.fields[name].stored)
  const missing = fieldNames.filter((name) => !capabilities.fields[name].stored)
  return [
    table(
      ["field", "on create", "can be changed", "can be cleared", "unique", "limits"],
      stored.map((name) => fieldRow(name, capabilities.fields[name]))
    ),
    `Not stored: ${missing.map((name) => `\`${name}\``).join(", ")}.`,
    table(["", ""], facts(capabilities)),
    options(capabilities.provider, service)
  ].join("\n\n")
}

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

const capabilitiesOf = (layer: Layer.Layer<CustomersService, never, HttpClient.HttpClient>): Capabilities =>
  Effect.runSync(
    Effect.scoped(
      Effect.map(
        Layer.build(Layer.provide(layer, FetchHttpClient.layer)),
        (context) => Context.get(context, CustomersService).capabilities
      )
    )
  )

const autumn = (apiVersion: "2.1" | "2.3") =>
  capabilitiesOf(Autumn.layer({ secretKey: Redacted.make("am_sk_test_x"), apiVersion }))

/** `Page.offsetWalk` asks for pages at once where rows keep their places; `Page.cursorWalk` prefetches. */
const ahead = ({ walk: { order, parallel } }: Capabilities): string =>
  parallel
    ? "up to `concurrency` pages (4), asked for at once"
    : order === "newest-first"
    ? "none"
    : "two pages, one after the other; none with a `concurrency` of 1"

const walks: ReadonlyArray<readonly [string, Capabilities]> = [
  ["Polar", Polar.capabilities],
  ["Mollie", Mollie.capabilities],
  ["Pin Payments", PinPayments.capabilities],
  ["Autumn, `apiVersion` 2.1 (default)", autumn("2.1")],
  ["Autumn, `apiVersion` 2.3", autumn("2.3")],
  ["Flexprice", Flexprice.capabilities]
]

const pages = table(
  ["", "order", "ahead of the page you hold", "rows per page", "`total`"],
  walks.map(([title, capabilities]) => [
    title,
    capabilities.walk.order.replace("-", " "),
    ahead(capabilities),
    pageSize(capabilities),
    yes(capabilities.answers.total)
  ])
)

// ---------------------------------------------------------------------------------------------------------------------
// The documents
// ---------------------------------------------------------------------------------------------------------------------

const written: { readonly [file: string]: ReadonlyArray<string> } = {
  "README.md": [summary],
  "docs/providers.md": [sideBySide, ...Struct.keys(services).map(ofProvider)],
  "docs/pages.md": [pages]
}

const place = /(<!-- written by `npm run capabilities` -->\n)[^]*?(\n<!-- until here -->)/g

for (const [name, tables] of Object.entries(written)) {
  const committed = readFileSync(fileOf(name), "utf8")
  const places = [...committed.matchAll(place)].length
  if (places !== tables.length) throw new Error(`${name} has ${places} places for ${tables.length} tables`)
  const rest = [...tables]
  const text = committed.replace(place, (_, begin: string, end: string) => `${begin}\n${rest.shift() ?? ""}\n${end}`)
  if (!process.argv.includes("--check")) writeFileSync(fileOf(name), text)
  else if (committed !== text) {
    console.error(`The tables of the services in ${name} are not what \`npm run capabilities\` writes.`)
    process.exitCode = 1
  }
}
