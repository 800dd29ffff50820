/**
 * Exports from all providers are killed in the middle of their work, by SIGKILL, while customers are created; ten times.
 * What they come to in the end is compared with the sandbox's own lists.
 */
import { Sandbox, SandboxControl } from "@effect-customers/sandbox"
import type { FileSystem } from "@effect/platform"
import { expect, it } from "@effect/vitest"
import { Effect, Random, Schema } from "effect"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { csv, directory, ndjson, onDisk, query, type Row, textOf } from "./exports.js"

const kills = 10

const atTheStart = 280

interface Subject {
  /** As `exportAll.ts` calls it. */
  readonly name: string
  readonly provider: "polar" | "flexprice" | "mollie" | "autumn" | "pin-payments"
  readonly rows: (folder: string) => Effect.Effect<ReadonlyArray<Row>, unknown, FileSystem.FileSystem>
  /** What the checkpoint on the disk says, whatever the program has told. */
  readonly checkpoint: (
    folder: string
  ) => Effect.Effect<{ readonly pages: number; readonly done: boolean }, unknown, FileSystem.FileSystem>
}

const FileCheckpoint = Schema.parseJson(
  Schema.Struct({ checkpoint: Schema.Struct({ pages: Schema.Int, done: Schema.Boolean }) })
)

const inFile = (name: string, provider: Subject["provider"], file: string, format: typeof ndjson): Subject => ({
  name,
  provider,
  rows: (folder) => format.rows(`${folder}/${file}`),
  checkpoint: (folder) =>
    textOf(`${folder}/${file}.checkpoint.json`).pipe(
      Effect.flatMap(Schema.decode(FileCheckpoint)),
      Effect.map(({ checkpoint }) => checkpoint)
    )
})

const inDatabase = (name: string, provider: Subject["provider"]): Subject => ({
  name,
  provider,
  rows: (folder) => query(`${folder}/customers.db`, `SELECT * FROM customers WHERE provider = '${provider}'`),
  checkpoint: (folder) =>
    Effect.map(
      query(`${folder}/customers.db`, `SELECT pages, done FROM customers_exports WHERE provider = '${provider}'`),
      ([row]) => ({ pages: Number(row?.["pages"] ?? 0), done: row?.["done"] === 1 })
    )
})

const subjects: ReadonlyArray<Subject> = [
  inFile("polar", "polar", "polar.ndjson", ndjson),
  inFile("flexprice", "flexprice", "flexprice.ndjson", ndjson),
  inFile("mollie", "mollie", "mollie.csv", csv),
  inFile("autumn 2.1", "autumn", "autumn.csv", csv),
  inDatabase("autumn 2.3", "autumn"),
  inDatabase("pin-payments", "pin-payments")
]

const providers = ["polar", "flexprice", "mollie", "autumn", "pin-payments"] as const

/**
 * Runs the program to its end, or until it has told of the first page of every export and of so many of one of them, and
 * some milliseconds more. Answers how it ended.
 */
const runProgram = (
  args: readonly [url: string, folder: string],
  until?: { readonly name: string; readonly pages: number; readonly millis: number }
) =>
  Effect.async<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>((resume) => {
    const program = spawn(process.execPath, ["--import", "tsx", "test/exportAll.ts", ...args], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stdio: ["ignore", "pipe", "pipe"]
    })
    const told = new Map<string, number>()
    let errors = ""
    let isDoomed = false
    createInterface({ input: program.stderr }).on("line", (line) => errors += `${line}\n`)
    createInterface({ input: program.stdout }).on("line", (line) => {
      const [, name] = /^(.+) \d+$/.exec(line) ?? []
      if (name === undefined) {
        errors += `${line}\n`
        return
      }
      told.set(name, (told.get(name) ?? 0) + 1)
      // the first line of each is where it begins
      const isInTheMiddle = until !== undefined && (told.get(until.name) ?? 0) > until.pages &&
        subjects.every(({ name }) => (told.get(name) ?? 0) > 1)
      if (!isInTheMiddle || isDoomed) return
      isDoomed = true
      void setTimeout(until.millis).then(() => program.kill("SIGKILL"))
    })
    program.on("close", (code, signal) => resume(Effect.succeed({ code, signal, errors })))
    return Effect.sync(() => program.kill("SIGKILL"))
  })

/** The ids that the sandbox has, with their e-mails. */
const truth = (provider: Subject["provider"]) =>
  Effect.gen(function*() {
    const sandbox = yield* SandboxControl
    const entries: ReadonlyArray<readonly [string | null, string | null]> = provider === "pin-payments"
      ? (yield* sandbox.customers(provider)).map(({ email, token }) => [token, email])
      : (yield* sandbox.customers(provider)).map(({ email, id }) => [id, email])
    return new Map(entries)
  })

it.live("killed ten times while customers are created, it has everybody once", () =>
  Effect.gen(function*() {
    const sandbox = yield* SandboxControl
    const { url } = yield* Sandbox.SandboxServer
    const folder = yield* directory
    for (const provider of providers) yield* sandbox.seed(provider, atTheStart)
    const before = yield* Effect.all(Object.fromEntries(providers.map((provider) => [provider, truth(provider)])))
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.zipRight(
          Effect.forEach(providers, (provider) => sandbox.seed(provider, 1)),
          Effect.sleep("200 millis")
        )
      )
    )

    const positions = new Map(subjects.map(({ name }) => [name, [0]]))
    for (let kill = 0; kill < kills; kill++) {
      const ended = yield* runProgram([url, folder], {
        name: subjects[kill % subjects.length]!.name,
        pages: yield* Random.nextIntBetween(1, 4),
        millis: yield* Random.nextIntBetween(0, 50)
      })
      expect(ended).toEqual({ code: null, signal: "SIGKILL", errors: "" })
      for (const { checkpoint, name } of subjects) {
        const { done, pages } = yield* checkpoint(folder)
        expect([name, done]).toEqual([name, false])
        positions.get(name)!.push(pages)
      }
    }
    // each kill met each export at a place of its own
    for (const places of positions.values()) expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))

    expect(yield* runProgram([url, folder])).toEqual({ code: 0, signal: null, errors: "" })
    for (const { checkpoint, name, provider, rows } of subjects) {
      expect((yield* checkpoint(folder)).done).toBe(true)
      const found = yield* rows(folder)
      const ids = found.map(({ id }) => String(id))
      expect(ids.length, `${name} has somebody twice`).toBe(new Set(ids).size)
      const missing = [...before[provider]!.keys()].filter((id) => !ids.includes(String(id)))
      expect(missing, `${name} lacks somebody`).toEqual([])
      const all = yield* truth(provider)
      expect(found.map(({ email, id }) => [id, email])).toEqual(ids.map((id) => [id, all.get(id)]))
      // customers were created all the while
      expect(all.size).toBeGreaterThan(atTheStart + kills)
    }
    expect(yield* sandbox.bugs).toEqual([])
  }).pipe(
    onDisk,
    Effect.provide(Sandbox.layerServer({ rateLimits: false })),
    Effect.withRandom(Random.make("kills"))
  ), 120_000)
