/**
 * What becomes of every call under every fault, as a table: `npm run reliability` writes `docs/reliability.md`, with
 * `--check` it says instead what of it has changed. Ends well only when nothing was created more than once, lost, hung
 * or given away.
 */
import { RequestTimeout, RetryPolicy } from "@effect-customers/core"
import type { ProviderName } from "@effect-customers/sandbox"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { fork } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { autumn } from "./reliability/autumn.js"
import { faults, faultsOnPort, sample } from "./reliability/faults.js"
import { flexprice } from "./reliability/flexprice.js"
import { measure, measureOnPort, type Row } from "./reliability/measure.js"
import { mollie } from "./reliability/mollie.js"
import { pinPayments } from "./reliability/pinPayments.js"
import { polar } from "./reliability/polar.js"
import type { Operation, Provider } from "./reliability/provider.js"
import { broken, line, tables, totals } from "./reliability/table.js"

const script = fileURLToPath(import.meta.url)
const file = fileURLToPath(new URL("../docs/reliability.md", import.meta.url))

/** Rows wait for the machine's own timers between their steps: others go on meanwhile. */
const concurrency = 8

const isSampled = ({ readsInFull }: Pick<Provider, "readsInFull">, { does, name }: Operation): boolean =>
  readsInFull !== undefined && does === "reads" && !readsInFull.includes(name)

const aboutSample = ({ readsInFull }: Pick<Provider, "readsInFull">): string =>
  readsInFull === undefined
    ? ""
    : ` Of what reads, ${readsInFull.map((name) => `\`${name}\``).join(", ")} meet every fault, the others ` +
      `${sample.length} of the ${faults.length}.`

const rowsOf = <Name extends ProviderName>(provider: Provider<Name>) =>
  Effect.zipRight(
    Effect.sync(() => console.error(`${provider.title}: ${provider.operations.length} operations`)),
    Effect.forEach(
      provider.operations.flatMap((operation) =>
        (isSampled(provider, operation) ? sample : faults).map((fault) => ({ operation, fault }))
      ),
      ({ fault, operation }) => measure(provider, operation, fault),
      { concurrency }
    )
  )

const hasty = Layer.merge(
  RetryPolicy.layer({ initialDelay: "1 millis" }),
  RequestTimeout.layer({ attempt: "2 seconds", idle: "2 seconds" })
)

const clients = { fetch: FetchHttpClient.layer, undici: NodeHttpClient.layerUndici }

const rowsOnPort = <Name extends ProviderName>(provider: Provider<Name>, names: ReadonlyArray<string>) =>
  Effect.forEach(
    provider.operations.filter(({ name }) => names.includes(name)).flatMap((operation) =>
      Object.entries(clients).flatMap(([client, layer]) => {
        const overClient = { ...operation, name: `${operation.name} over ${client}` }
        return faultsOnPort.map((fault) => measureOnPort(provider, overClient, fault, layer, hasty))
      })
    ),
    (row) => row,
    { concurrency }
  )

interface Part {
  readonly title: string
  readonly about?: string
  readonly rows: ReadonlyArray<Row>
}

const summary = (parts: ReadonlyArray<Part>): ReadonlyArray<string> => [
  "| | operations | faults | rows | created more than once | lost | hung | secrets |",
  "|---|---|---|---|---|---|---|---|",
  ...parts.map(({ rows, title }) => {
    const operations = new Set(rows.map(({ operation }) => operation.name)).size
    const cases = new Set(rows.map(({ fault }) => `${fault.name} ${fault.times}`)).size
    return `| ${title} | ${operations} | ${cases} | ${counts(rows)} |`
  }),
  `| **All** | | | ${counts(parts.flatMap(({ rows }) => rows))} |`
]

const counts = (rows: ReadonlyArray<Row>): string => {
  const { createdTwice, hung, lost, secrets } = totals(rows)
  return [rows.length, createdTwice, lost, hung, secrets].join(" | ")
}

const part = ({ about, rows, title }: Part): ReadonlyArray<string> => [
  `## ${title}`,
  "",
  ...about === undefined ? [] : [about, ""],
  ...tables(rows)
]

const port =
  "A sample over HTTP and with the clock on the wall: timeouts of 2 s, waits of some milliseconds. The system's " +
  "codes are left out: they are the client's."

const document = (parts: ReadonlyArray<Part>): string =>
  [
    "# What becomes of a call when things go wrong",
    "",
    "Written by `npm run reliability`; do not edit it. CI runs it and fails when this file would be another.",
    "",
    "Every operation is called under every fault of the sandbox, with the default retry policy, in process and in " +
    "virtual time, and the outcome is held against what the sandbox then has: its customers, the deleted ones, and " +
    "its log of requests. The seeds are fixed, so every machine writes the same.",
    "",
    "- *Fault*: hits one request of the call, and the next is answered well (*once*), or every request from there on " +
    "(*for ever*); these count as two. It hits the first request unless the operation's name says from where on. *After the write*: the " +
    "provider did what it was asked to, and the caller gets the fault for an answer.",
    "- *Attempts*: requests that were sent, connections that were refused included.",
    "- *Outcome*: success, or the error with its status (*that status*: the fault's), the system's code, and the time " +
    "after which to come back. " +
    "`mayHaveApplied` is what the error says.",
    "- *Created more than once*: customers beyond the one that was asked for. *Lost*: a success that the sandbox knows " +
    "nothing of, a customer it has otherwise or not at all, one that a list leaves out or tells twice; a customer that " +
    "is there and was denied; a write that stands although the error says `mayHaveApplied: false`. *Hung*: no end " +
    "after two hours. *Secrets*: finds of the token, ids, external ids, e-mails, names, metadata and idempotency keys, " +
    "all of which the failed answers quote, in the printed error, the logs of every level, spans and metrics.",
    "- Operations and faults with the same result share a line; *all* are those named above the table.",
    "",
    ...summary(parts),
    "",
    ...parts.flatMap(part)
  ].join("\n").trimEnd() + "\n"

/** Each line with the headings that it stands under. */
const lines = (text: string): ReadonlySet<string> => {
  let chapter = ""
  let section = ""
  return new Set(
    text.split("\n").map((line) => {
      if (line.startsWith("## ")) [chapter, section] = [line.slice(3), ""]
      if (line.startsWith("### ")) section = line.slice(4)
      return `${chapter}, ${section}: ${line}`
    })
  )
}

/** What of the committed file would be other now. */
const differences = (committed: string, now: string): ReadonlyArray<string> => [
  ...[...lines(committed)].filter((line) => !lines(now).has(line)).map((line) => `- ${line}`),
  ...[...lines(now)].filter((line) => !lines(committed).has(line)).map((line) => `+ ${line}`)
]

const partsOf = <Name extends ProviderName>(provider: Provider<Name>, names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { title } = provider
    const inProcess: Part = { title, about: provider.about + aboutSample(provider), rows: yield* rowsOf(provider) }
    const onPort: Part = {
      title: `${title}, over a real port`,
      about: port,
      rows: yield* rowsOnPort(provider, names)
    }
    return [inProcess, onPort]
  })

const providers = {
  polar: partsOf(polar, ["get", "update", "delete", "create"]),
  mollie: partsOf(mollie, ["create", "createPayment"]),
  "pin-payments": partsOf(pinPayments, ["create", "deleteCard"]),
  autumn: partsOf(autumn, ["getOrCreate", "delete"]),
  flexprice: partsOf(flexprice, ["create", "delete"])
}

/** The parts of one provider, from a process of its own: the machine may have more than one core. */
const partsElsewhere = (provider: string) =>
  Effect.async<ReadonlyArray<Part>>((resume) => {
    const child = fork(script, ["--only", provider], { serialization: "advanced" })
    child.once("message", (parts) => resume(Effect.succeed(parts as ReadonlyArray<Part>)))
    child.once("exit", (code) => resume(Effect.dieMessage(`${provider}: ended with ${code} and no rows`)))
  })

const program = Effect.gen(function*() {
  const parts = yield* Effect.forEach(Object.keys(providers), partsElsewhere, { concurrency: availableParallelism() })
  const all = [...parts.flatMap(([inProcess]) => inProcess ?? []), ...parts.flatMap(([, onPort]) => onPort ?? [])]
  const text = document(all)
  for (const { rows, title } of all) {
    for (const row of broken(rows)) {
      console.error(`${title}: ${line(row)}`)
      process.exitCode = 1
    }
  }
  if (!process.argv.includes("--check")) return writeFileSync(file, text)
  const committed = readFileSync(file, "utf8")
  if (committed === text) return
  console.error("docs/reliability.md is not what `npm run reliability` writes:")
  for (const difference of differences(committed, text)) console.error(difference)
  process.exitCode = 1
})

const [option, only] = process.argv.slice(2)
if (option === "--only" && only !== undefined && Object.hasOwn(providers, only)) {
  process.send?.(await Effect.runPromise(providers[only as keyof typeof providers]))
} else await Effect.runPromise(program)
