/**
 * What the five services store and do, as the README's table: `npm run capabilities` writes it from the packages'
 * `capabilities`, with `--check` it says instead whether the README has another.
 */
import * as Autumn from "@effect-customers/autumn"
import type { Capabilities, FieldCapability, Limits } from "@effect-customers/core/Capabilities"
import * as Flexprice from "@effect-customers/flexprice"
import * as Mollie from "@effect-customers/mollie"
import * as PinPayments from "@effect-customers/pin-payments"
import * as Polar from "@effect-customers/polar"
import { Struct } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../README.md", import.meta.url))

const services = {
  Polar: Polar.capabilities,
  Mollie: Mollie.capabilities,
  "Pin Payments": PinPayments.capabilities,
  Autumn: Autumn.capabilities,
  Flexprice: Flexprice.capabilities
}

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

const yes = (does: boolean): string => does ? "yes" : "no"

type Line = readonly [title: string, cell: (capabilities: Capabilities) => string]

const lines: ReadonlyArray<Line> = [
  ...Struct.keys(Polar.capabilities.fields).map((name): Line => [`\`${name}\``, ({ fields }) => field(fields[name])]),
  ["`id`", ({ ids }) => ids === "assigned" ? "the provider's" : "the external id"],
  ["find by", ({ findBy }) => listed(["id", findBy.externalId && "external id", findBy.email && "e-mail"])],
  ["`updatedAt` is told", ({ answers }) => yes(answers.updatedAt)],
  ["pages tell the total", ({ answers }) => yes(answers.total)],
  ["page size", ({ pageSize }) => `${pageSize.min} to ${pageSize.max}; ${pageSize.default} when not given`],
  ["walk", ({ walk }) => listed([walk.order.replace("-", " "), walk.parallel && "pages in parallel"])],
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

const table = [
  row(["", ...Object.keys(services)]),
  `|${"---|".repeat(Object.keys(services).length + 1)}`,
  ...lines.map(([title, cell]) => row([title, ...Object.values(services).map(cell)]))
].join("\n")

const [begin, end] = ["<!-- written by `npm run capabilities` -->", "<!-- until here -->"]

const committed = readFileSync(file, "utf8")
const [before, rest = ""] = committed.split(begin)
const [, after] = rest.split(end)
if (after === undefined) throw new Error(`README.md has no place between ${begin} and ${end}`)
const written = `${before}${begin}\n\n${table}\n\n${end}${after}`

if (!process.argv.includes("--check")) writeFileSync(file, written)
else if (committed !== written) {
  console.error("The table of the services in README.md is not what `npm run capabilities` writes.")
  process.exitCode = 1
}
