import { Customer, CustomersService, InvalidResponse } from "@effect-customers/core"
import { CustomersExport } from "@effect-customers/pipeline"
import { CustomersArbitrary, CustomersRecorder, InMemoryCustomers } from "@effect-customers/testing"
import { Error as PlatformError, FileSystem } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, FastCheck as fc, Option, Schema, Stream } from "effect"
import { customersToCsv } from "../src/internal/customerCsv.js"
import { customerToJson } from "../src/internal/customerJson.js"
import { csv, csvText, directory, diskWith, linesOf, ndjson, onDisk, rowOf, textOf } from "./exports.js"

const seeds: InMemoryCustomers.Options<true, true>["customers"] = [
  { id: "cus_1", email: "ada@example.com", name: "Ada Lovelace" },
  { id: "cus_2", email: "grace@example.com", phone: "+44 20 7946 0018" },
  InMemoryCustomers.unreadable,
  { id: "cus_3", email: "alan@example.com", name: "=HYPERLINK(\"https://example.com\")" },
  { id: "cus_4", email: "edsger@example.com", name: "Edsger" }
]

const customers = CustomersRecorder.record(InMemoryCustomers.layer({ customers: seeds }))

const secrets = /@|Ada|Edsger|HYPERLINK|7946/

const run = (
  target: Effect.Effect<CustomersExport.Target, CustomersExport.ExportFailed, FileSystem.FileSystem>,
  options?: CustomersExport.Options
) => Stream.runCollect(CustomersExport.run(target, { pageSize: 2, ...options }))

const pages = (
  target: Effect.Effect<CustomersExport.Target, CustomersExport.ExportFailed, FileSystem.FileSystem>,
  count: number
) => Stream.runDrain(Stream.take(CustomersExport.run(target, { pageSize: 2 }), count + 1))

const put = (path: string, text: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(path, text))

const append = (path: string, text: string) => Effect.flatMap(textOf(path), (before) => put(path, before + text))

const filesIn = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const names = yield* fs.readDirectory(path)
    return yield* Effect.all(Object.fromEntries(names.map((name) => [name, textOf(`${path}/${name}`)])))
  })

/** What an export ends in, that nothing is asked for, and that no file is touched. */
const refusal = (
  path: string,
  target: Effect.Effect<CustomersExport.Target, CustomersExport.ExportFailed, FileSystem.FileSystem>
) =>
  Effect.gen(function*() {
    const folder = path.slice(0, path.lastIndexOf("/"))
    const before = yield* filesIn(folder)
    const { calls } = yield* CustomersRecorder
    const asked = (yield* calls).length
    const error = yield* Effect.flip(run(target))
    expect((yield* calls).length).toBe(asked)
    expect(yield* filesIn(folder)).toEqual(before)
    expect(error).toBeInstanceOf(CustomersExport.ExportFailed)
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(secrets)
    return error
  })

describe("what is there already", () => {
  it.effect("is not overwritten where it is of somebody else", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* put(path, "ada@example.com\n")
      expect(yield* refusal(path, CustomersExport.ndjson(path))).toMatchObject({ path, reason: "NotAnExport" })
      expect(yield* refusal(path, CustomersExport.csv(path))).toMatchObject({ path, reason: "NotAnExport" })
      yield* run(CustomersExport.ndjson(path), { restart: true })
      expect((yield* ndjson.rows(path)).length).toBe(4)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is not overwritten either where it is a list of unreadable rows", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* put(path, "")
      yield* put(`${path}.unreadable.ndjson`, "{}\n")
      expect(yield* refusal(path, CustomersExport.ndjson(path))).toMatchObject({
        path: `${path}.unreadable.ndjson`,
        reason: "NotAnExport"
      })
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is gone on with where it is an empty file", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* put(path, "")
      yield* run(CustomersExport.ndjson(path))
      expect((yield* ndjson.rows(path)).length).toBe(4)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is cut back to what its checkpoint knows", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      const whole = `${folder}/whole.ndjson`
      yield* run(CustomersExport.ndjson(whole))
      const path = `${folder}/customers.ndjson`
      yield* pages(CustomersExport.ndjson(path), 2)
      yield* append(path, `{"provider":"in-memory","id":"cus_4","na`)
      yield* append(`${path}.unreadable.ndjson`, "{")
      yield* run(CustomersExport.ndjson(path))
      expect(yield* textOf(path)).toBe(yield* textOf(whole))
      expect(yield* textOf(`${path}.unreadable.ndjson`)).toBe(yield* textOf(`${whole}.unreadable.ndjson`))
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is cut back to nothing where the first page was not finished, or a restart", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.csv`
      yield* run(CustomersExport.csv(path))
      const text = yield* textOf(path)
      const target = yield* CustomersExport.csv(path)
      yield* target.begin({
        provider: "in-memory",
        pageSize: 2,
        next: Option.none(),
        done: false,
        pages: 0,
        customers: 0,
        unreadable: 0
      })
      for (const left of [text, "", text.slice(0, 20)]) {
        yield* put(path, left)
        const fs = yield* FileSystem.FileSystem
        yield* Stream.runDrain(Stream.take(CustomersExport.run(CustomersExport.csv(path)), 1))
        expect(yield* textOf(path)).toBe("")
        expect(yield* fs.exists(`${path}.unreadable.ndjson`)).toBe(false)
      }
      yield* run(CustomersExport.csv(path))
      expect(yield* textOf(path)).toBe(text)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is refused where it is shorter than its checkpoint knows, finished or not", () =>
    Effect.gen(function*() {
      for (const count of [2, 3]) {
        const path = `${yield* directory}/customers.ndjson`
        yield* pages(CustomersExport.ndjson(path), count)
        const text = yield* textOf(path)
        yield* put(path, text.slice(1))
        expect(yield* refusal(path, CustomersExport.ndjson(path))).toMatchObject({ path, reason: "Changed" })
        yield* put(path, text)
        yield* put(`${path}.unreadable.ndjson`, "")
        expect(yield* refusal(path, CustomersExport.ndjson(path))).toMatchObject({
          path: `${path}.unreadable.ndjson`,
          reason: "Changed"
        })
      }
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is left as it is behind a finished export", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* run(CustomersExport.ndjson(path))
      yield* append(path, "# exported on Friday\n")
      const before = yield* textOf(path)
      yield* run(CustomersExport.ndjson(path))
      expect(yield* textOf(path)).toBe(before)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is refused where its checkpoint cannot be read", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* pages(CustomersExport.ndjson(path), 1)
      const checkpoint = `${path}.checkpoint.json`
      const good = yield* textOf(checkpoint)
      for (
        const bad of ["", good.slice(0, 40), "null", good.replace(/"bytes": \d+/, "\"bytes\": -1"), "ada@example.com"]
      ) {
        yield* put(checkpoint, bad)
        expect(yield* refusal(path, CustomersExport.ndjson(path))).toMatchObject({
          path: checkpoint,
          reason: "BadCheckpoint"
        })
      }
      yield* run(CustomersExport.ndjson(path), { restart: true })
      expect((yield* ndjson.rows(path)).length).toBe(4)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("is refused where it is another export", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers`
      yield* pages(CustomersExport.ndjson(path), 1)
      for (const target of [CustomersExport.csv(path), CustomersExport.csv(path, { escapeFormulas: true })]) {
        const error = yield* refusal(path, target)
        expect(error).toMatchObject({ path, reason: "OtherExport", detail: "in-memory, ndjson" })
        expect(error.message).toBe(`${path}: it holds another export (in-memory, ndjson)`)
      }
      const other = InMemoryCustomers.layer({ provider: "polar" })
      expect(yield* refusal(path, CustomersExport.ndjson(path)).pipe(Effect.provide(CustomersRecorder.record(other))))
        .toMatchObject({ reason: "OtherExport" })
      yield* run(CustomersExport.csv(path), { restart: true })
      expect((yield* csv.rows(path)).length).toBe(4)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("has to be a file", () =>
    Effect.gen(function*() {
      const path = yield* directory
      expect(yield* Effect.flip(run(CustomersExport.ndjson(path)))).toMatchObject({
        reason: "NotWritable",
        detail: "Directory"
      })
      expect(yield* Effect.flip(run(CustomersExport.ndjson("/dev/null")))).toMatchObject({
        reason: "NotWritable",
        detail: "CharacterDevice"
      })
    }).pipe(onDisk, Effect.provide(customers)))
})

it.effect("new files are their owner's alone", () =>
  Effect.gen(function*() {
    const folder = yield* directory
    yield* run(CustomersExport.ndjson(`${folder}/customers.ndjson`))
    const fs = yield* FileSystem.FileSystem
    const modes = yield* Effect.forEach(
      yield* fs.readDirectory(folder),
      (name) => Effect.map(fs.stat(`${folder}/${name}`), ({ mode }) => [name, (mode & 0o777).toString(8)])
    )
    expect(Object.fromEntries(modes)).toEqual({
      "customers.ndjson": "600",
      "customers.ndjson.checkpoint.json": "600",
      "customers.ndjson.unreadable.ndjson": "600"
    })
  }).pipe(onDisk, Effect.provide(customers)))

it.effect("two exports into one file do not spoil it", () =>
  Effect.gen(function*() {
    const folder = yield* directory
    const whole = `${folder}/whole.ndjson`
    yield* run(CustomersExport.ndjson(whole))
    const path = `${folder}/customers.ndjson`
    yield* pages(CustomersExport.ndjson(path), 1)
    // the second goes by while the first has its first page in hand
    const first = Stream.tap(CustomersExport.run(CustomersExport.ndjson(path)), () =>
      pages(CustomersExport.ndjson(path), 1))
    expect(yield* Effect.flip(Stream.runDrain(first))).toMatchObject({ path, reason: "Changed" })
    // which puts nothing behind what the second has written
    expect((yield* textOf(whole)).startsWith(yield* textOf(path))).toBe(true)
    // and at the same time
    yield* Effect.all([
      Effect.either(run(CustomersExport.ndjson(path))),
      Effect.either(run(CustomersExport.ndjson(path)))
    ], {
      concurrency: 2
    })
    yield* run(CustomersExport.ndjson(path))
    expect(yield* textOf(path)).toBe(yield* textOf(whole))
  }).pipe(onDisk, Effect.provide(customers)))

it.effect("a page is on the disk before its checkpoint, and both before it is told of", () =>
  Effect.gen(function*() {
    const folder = yield* directory
    const path = `${folder}/customers.ndjson`
    const told: Array<string> = []
    const tell = (path: string, what: string) => told.push(`${what} ${path.slice(folder.length + 1)}`)
    const fs = yield* FileSystem.FileSystem
    const watched = diskWith(
      (path, file) => ({
        writeAll: (buffer) => Effect.zipLeft(file.writeAll(buffer), Effect.sync(() => tell(path, "write"))),
        sync: Effect.zipLeft(file.sync, Effect.sync(() => tell(path, "sync")))
      }),
      { rename: (from, to) => Effect.zipLeft(fs.rename(from, to), Effect.sync(() => tell(to, "rename"))) }
    )
    yield* Stream.runForEach(CustomersExport.run(CustomersExport.ndjson(path), { pageSize: 2 }), ({ pages }) =>
      Effect.sync(() => told.push(`page ${pages}`))).pipe(Effect.provide(watched))
    const checkpoint = [
      "write customers.ndjson.checkpoint.json.tmp",
      "sync customers.ndjson.checkpoint.json.tmp",
      "rename customers.ndjson.checkpoint.json"
    ]
    const rows = ["write customers.ndjson", "sync customers.ndjson"]
    expect(told).toEqual([
      "page 0",
      ...checkpoint,
      ...rows,
      ...checkpoint,
      "page 1",
      ...rows,
      "write customers.ndjson.unreadable.ndjson",
      "sync customers.ndjson.unreadable.ndjson",
      ...checkpoint,
      "page 2",
      ...rows,
      ...checkpoint,
      "page 3"
    ])
  }).pipe(onDisk, Effect.provide(customers)))

// ---------------------------------------------------------------------------------------------------------------------
// A disk that is full
// ---------------------------------------------------------------------------------------------------------------------

/** A disk that has room for so many bytes more: what does not fit is cut off, as the system does it. */
const diskOf = (bytes: number) => {
  let room = bytes
  return diskWith((_, file) => ({
    sync: Effect.void,
    writeAll: (buffer) =>
      Effect.suspend(() => {
        const fits = buffer.subarray(0, room)
        room -= fits.length
        return Effect.zipRight(
          fits.length === 0 ? Effect.void : file.writeAll(fits),
          fits.length === buffer.length ? Effect.void : Effect.fail(
            new PlatformError.SystemError({
              reason: "Unknown",
              module: "FileSystem",
              method: "writeAll",
              description: "ENOSPC: no space left on device, write ada@example.com",
              cause: Object.assign(new Error("ENOSPC: ada@example.com"), { code: "ENOSPC" })
            })
          )
        )
      })
  }))
}

describe.each([ndjson, csv])("a full disk under a $name", ({ open }) => {
  it.effect("stops an export, which goes on when there is room", () =>
    Effect.gen(function*() {
      const whole = `${yield* directory}/customers`
      const target = (path: string) => Effect.scoped(open(path))
      yield* run(target(whole))
      const size = (yield* Effect.all([textOf(whole), textOf(`${whole}.checkpoint.json`)])).join("").length
      const reached = new Set<number>()
      for (let bytes = 0; bytes < 4 * size; bytes += 149) {
        const path = `${yield* directory}/customers`
        const ended = yield* Effect.either(run(target(path)).pipe(Effect.provide(diskOf(bytes))))
        if (ended._tag === "Right") break
        expect(ended.left).toMatchObject({ reason: "NotWritable", detail: "ENOSPC" })
        expect(`${ended.left} ${JSON.stringify(ended.left)}`).not.toMatch(secrets)
        const states = Chunk.toArray(yield* run(target(path)))
        reached.add(states[0]?.pages ?? 0)
        expect(yield* textOf(path)).toBe(yield* textOf(whole))
        expect(yield* textOf(`${path}.unreadable.ndjson`)).toBe(yield* textOf(`${whole}.unreadable.ndjson`))
      }
      expect([...reached].toSorted()).toEqual([0, 1, 2])
    }).pipe(onDisk, Effect.provide(customers)))
})

// ---------------------------------------------------------------------------------------------------------------------
// What is in them
// ---------------------------------------------------------------------------------------------------------------------

it("a line is what the schema encodes", () => {
  const encode = Schema.encodeSync(Customer)
  const decode = Schema.decodeSync(Schema.parseJson(Customer))
  fc.assert(fc.property(CustomersArbitrary.customer, (customer) => {
    const line = JSON.stringify(customerToJson(customer))
    expect(line).toBe(JSON.stringify(encode(customer)))
    expect(Schema.equivalence(Customer)(decode(line), customer)).toBe(true)
  }))
})

describe("a CSV", () => {
  it("comes back as it went, whatever is in it", () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        "",
        " ",
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r",
        "\r\n",
        "a\nb",
        "a\rb",
        "'",
        "=1+1",
        "\uFEFF",
        "王\u2028"
      ),
      fc.string({ unit: "grapheme" })
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(CustomersArbitrary.customer, nasty, nasty)), (all) => {
        const customers = all.map(([customer, name, phone]) =>
          new Customer({ ...customer, name: Option.some(name), phone: Option.some(phone) }, true)
        )
        const text = customersToCsv(customers, { header: true, escapeFormulas: false })
        expect(csvText(text)).toEqual(customers.map(rowOf))
      })
    )
  })

  it("quotes every line break, whatever the lines end with", () => {
    fc.assert(fc.property(CustomersArbitrary.customer, fc.constantFrom("a\nb", "a\rb", "a\r\nb", "\n"), (one, name) => {
      const customer = new Customer({ ...one, name: Option.some(name) })
      expect(customersToCsv([customer], { header: false, escapeFormulas: false })).toContain(`,"${name}",`)
    }))
  })

  it.effect("has its names once, and lines as RFC 4180 ends them", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.csv`
      yield* run(CustomersExport.csv(path))
      const lines = (yield* textOf(path)).split("\r\n")
      expect(lines.length).toBe(6)
      expect(lines[0]).toBe(
        "provider,id,external_id,email,name,phone,address_line1,address_line2,address_city,address_state," +
          "address_postal_code,address_country,locale,metadata,created_at,updated_at"
      )
      expect(lines[1]).toBe(
        "in-memory,cus_1,,ada@example.com,Ada Lovelace,,,,,,,,,{},1970-01-01T00:00:00.000Z,"
      )
      expect(lines.at(-1)).toBe("")
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("keeps what looks like a formula, and escapes it on demand", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      const plain = `${folder}/plain.csv`
      const escaped = `${folder}/escaped.csv`
      yield* run(CustomersExport.csv(plain))
      yield* run(CustomersExport.csv(escaped, { escapeFormulas: true }))
      const values = (path: string) =>
        Effect.map(csv.rows(path), (rows) => rows.flatMap(({ name, phone }) => [name, phone]).filter((text) => text))
      const formula = "=HYPERLINK(\"https://example.com\")"
      expect(yield* values(plain)).toEqual(["Ada Lovelace", "+44 20 7946 0018", formula, "Edsger"])
      expect(yield* values(escaped)).toEqual(["Ada Lovelace", "'+44 20 7946 0018", `'${formula}`, "Edsger"])
    }).pipe(onDisk, Effect.provide(customers)))
})

describe("readNdjson", () => {
  const read = (path: string) =>
    Effect.map(
      Stream.runCollect(CustomersExport.readNdjson(path).streamPages()),
      (pages) => Chunk.toArray(pages)
    )

  it.effect("gives what was exported, unreadable rows included", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/customers.ndjson`
      yield* run(CustomersExport.ndjson(path))
      const service = yield* CustomersService
      const expected = yield* service.list()
      const found = yield* read(path)
      expect(found.flatMap(({ items }) => items.map(rowOf))).toEqual(expected.items.map(rowOf))
      expect(found.flatMap(({ unreadable }) => unreadable)).toEqual([
        new InvalidResponse({ ...expected.unreadable[0]!, issues: [{ path: "items.0", expected: "a customer" }] })
      ])
      expect(found.map(({ total }) => total)).toEqual([Option.some(4), Option.some(4)])
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("gives pages of a hundred, and tells of lines that are no customers", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/mixed.ndjson`
      const service = yield* CustomersService
      const [ada] = (yield* service.list()).items
      const good = JSON.stringify(customerToJson(ada!))
      const bad = [
        "ada@example.com",
        "{\"email\":\"ada@example.com\"}",
        good.replace("1970", "ada@example.com"),
        good.slice(0, 60)
      ]
      const text = [...Array.from({ length: 230 }, () => good), "", ...bad, good, "  "].join("\r\n")
      yield* put(path, `\uFEFF${text}`)
      const found = yield* read(path)
      expect(found.map(({ items, unreadable }) => [items.length, unreadable.length])).toEqual([[100, 0], [100, 0], [
        31,
        4
      ]])
      expect(found.flatMap(({ unreadable }) => unreadable.flatMap(({ issues }) => issues.map(({ path }) => path))))
        .toEqual(["lines.232", "lines.233.provider", "lines.234.createdAt", "lines.235"])
      expect(JSON.stringify(found.map(({ unreadable }) => unreadable))).not.toMatch(secrets)
    }).pipe(onDisk, Effect.provide(customers)))

  it.effect("refuses an export that is not finished, a CSV, and what is not there", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      const path = `${folder}/customers`
      yield* pages(CustomersExport.ndjson(path), 2)
      expect(yield* Effect.flip(read(path))).toMatchObject({ path, reason: "NotFinished" })
      yield* run(CustomersExport.csv(path), { restart: true })
      expect(yield* Effect.flip(read(path))).toMatchObject({ path, reason: "OtherExport", detail: "in-memory, csv" })
      expect(yield* Effect.flip(read(`${folder}/nowhere`))).toMatchObject({ reason: "NotFound" })
      expect(yield* linesOf(`${path}.checkpoint.json`)).toContain("  \"format\": \"csv\",")
    }).pipe(onDisk, Effect.provide(customers)))
})
