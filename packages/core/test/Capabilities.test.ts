import { Capabilities, type CreateCustomer } from "@effect-customers/core"
import { describe, expect, it } from "@effect/vitest"
import { Redacted } from "effect"

const stored = (more: Partial<Capabilities.FieldCapability> = {}): Capabilities.FieldCapability => ({
  stored: true,
  required: false,
  clearable: true,
  mutable: "always",
  ...more
})

/** A provider like none of the five: it needs a card and a region in its locales, and keeps strings alone. */
const picky: Capabilities.Capabilities = {
  provider: "picky",
  ids: "assigned",
  fields: {
    externalId: stored({ limits: { pathSegment: true } }),
    email: stored({ required: true, clearable: false }),
    name: stored({ limits: { maxLength: 3 } }),
    phone: stored({ limits: { characters: "[0-9+]" } }),
    address: stored({ limits: { exceptCountries: ["RU"], addressLengths: { city: 5 } } }),
    locale: stored({ limits: { regionRequired: true } }),
    metadata: stored({
      limits: { metadata: { values: "strings", nullValues: false, emptyStrings: true, maxBytes: 20 } }
    }),
    paymentSource: stored({ required: true })
  },
  findBy: { externalId: true, email: false },
  answers: { total: true, updatedAt: false },
  pageSize: { min: 1, max: 10, default: 10 },
  walk: { order: "newest-first", parallel: false },
  delete: { cancelsSubscriptions: false, keepsBilling: false, blockedBy: [], freesExternalId: false },
  repeat: { create: "never", update: "never", delete: "never" }
}

const paymentSource = { cardToken: Redacted.make("card_1") }
const email = "ada@example.com"

describe("fit", () => {
  it("takes what fits whole", () => {
    const input: CreateCustomer = {
      email,
      paymentSource,
      name: "Ada",
      phone: "+312",
      address: { line1: "x".repeat(9), city: "Paris", country: "FR" },
      locale: "nl-NL",
      metadata: { a: "" }
    }
    expect(Capabilities.fit(picky, input)).toEqual({ input, missing: [], unsupported: [] })
  })

  it("names what is missing, also when it is there and undefined", () => {
    expect(Capabilities.fit(picky, {}).missing).toEqual(["email", "paymentSource"])
    expect(Capabilities.fit(picky, { email: undefined, paymentSource }).missing).toEqual(["email"])
  })

  it.each<[string, CreateCustomer, string]>([
    ["a text of other characters", { phone: "+31 2" }, "phone"],
    ["a text with a line break behind it", { phone: "1\n" }, "phone"],
    ["a line of an address that is too long", { address: { city: "London", country: "GB" } }, "address.city"],
    ["a text that is too long", { name: "Grace" }, "name"],
    ["a slash where a path is made of it", { externalId: "a/b" }, "externalId"],
    ["a country that is not taken", { address: { country: "RU" } }, "address.country"],
    ["a locale without a region", { locale: "nl" }, "locale"],
    ["metadata of another kind", { metadata: { a: 1 } }, "metadata.*"],
    ["metadata that is too large", { metadata: { key: "x".repeat(20) } }, "metadata"]
  ])("leaves out %s and says why", (_, more, path) => {
    const fit = Capabilities.fit(picky, { email, paymentSource, ...more })
    expect(fit.unsupported).toEqual([{ path, reason: expect.stringContaining("") }])
    expect(fit.unsupported[0]?.reason).not.toBe("")
    expect(fit.input).toEqual({ email, paymentSource })
  })

  it("leaves out a field that is not stored and says why", () => {
    const without = { ...picky, fields: { ...picky.fields, phone: Capabilities.notStored } }
    expect(Capabilities.fit(without, { email, paymentSource, phone: "1" })).toEqual({
      input: { email, paymentSource },
      missing: [],
      unsupported: [{ path: "phone", reason: "picky does not store it" }]
    })
  })

  it("does not throw at what is no language tag", () => {
    const locale = { ...picky.fields.locale, stored: true, limits: { regionRequired: true } }
    const { unsupported } = Capabilities.fit({ ...picky, fields: { ...picky.fields, locale } }, { locale: "no tag" })
    expect(unsupported.map(({ path }) => path)).toEqual(["locale"])
  })

  it("counts characters, not half ones", () => {
    expect(Capabilities.fit(picky, { email, paymentSource, name: "👩🏽‍🚀".slice(0, 4) + "a" }).unsupported).toEqual([])
  })

  it("does not name keys of the caller's own records", () => {
    const fit = Capabilities.fit(picky, { email, paymentSource, metadata: { "grace@example.com": null } })
    expect(JSON.stringify(fit.unsupported)).not.toContain("grace")
  })
})

describe("fitUpdate", () => {
  it("refuses to clear what cannot be cleared, and nothing is required", () => {
    expect(Capabilities.fitUpdate(picky, { email: null, name: null, metadata: null })).toEqual({
      input: { name: null, metadata: null },
      missing: [],
      unsupported: [{ path: "email", reason: "picky cannot clear it" }]
    })
  })

  it("refuses what is set on create alone", () => {
    const fixed: Capabilities.Capabilities = {
      ...picky,
      fields: { ...picky.fields, name: stored({ mutable: "never" }) }
    }
    expect(Capabilities.fit(fixed, { email, paymentSource, name: "Ada" }).unsupported).toEqual([])
    expect(Capabilities.fitUpdate(fixed, { name: "Ada" }).unsupported).toEqual([
      { path: "name", reason: "picky sets it on create alone" }
    ])
  })
})

describe("metadata that a provider cannot store", () => {
  const problems = (limits: Capabilities.MetadataLimits, metadata: CreateCustomer["metadata"]) => {
    const field = stored({ limits: { metadata: limits } })
    const { unsupported } = Capabilities.fit({ ...picky, fields: { ...picky.fields, metadata: field } }, { metadata })
    return unsupported.map(({ path, reason }) => `${path}: ${reason}`)
  }
  const json = { values: "json", nullValues: true, emptyStrings: true } as const
  const flat = { values: "scalars", nullValues: false, emptyStrings: false } as const

  it.each<readonly [Capabilities.MetadataLimits, CreateCustomer["metadata"], ReadonlyArray<string>]>([
    [json, { a: null, b: "", c: [{ d: 1 }], "": true }, []],
    [{ ...json, maxKeys: 2 }, { a: 1, b: 2 }, []],
    [{ ...json, maxKeys: 2 }, { a: 1, b: 2, c: 3 }, ["metadata: picky stores at most 2 keys"]],
    [{ ...json, maxBytes: 7 }, { a: 1 }, []],
    [{ ...json, maxBytes: 7 }, { é: 1 }, ["metadata: picky stores at most 7 bytes of JSON"]],
    [{ ...json, maxKeyLength: 2 }, { "👍👍": 1, a: 1 }, []],
    [{ ...json, maxKeyLength: 2 }, { abc: 1, a: 1 }, ["metadata.*: picky takes keys of 1 to 2 characters"]],
    [{ ...json, maxKeyLength: 2 }, { "": 1, a: 1 }, ["metadata.*: picky takes keys of 1 to 2 characters"]],
    [{ ...json, maxValueLength: 2 }, { a: "👍👍", b: 123 }, []],
    [{ ...json, maxValueLength: 2 }, { a: "abc", b: "abc" }, [
      "metadata.*: picky stores values of at most 2 characters"
    ]],
    [flat, { a: 1, b: true, c: "x" }, []],
    [flat, { a: null }, ["metadata.*: picky stores no null values"]],
    [flat, { a: "" }, ["metadata.*: picky stores no empty strings"]],
    [flat, { a: {}, b: [] }, ["metadata.*: picky stores no nested values"]],
    [{ ...flat, values: "strings" }, { a: "x" }, []],
    [{ ...flat, values: "strings" }, { a: 1, b: true }, ["metadata.*: picky stores strings alone"]],
    [{ ...flat, values: "strings" }, { a: null, b: [] }, [
      "metadata.*: picky stores no null values",
      "metadata.*: picky stores no nested values"
    ]]
  ])("%j of %j", (limits, metadata, expected) => {
    expect(problems(limits, metadata)).toEqual(expected)
  })
})

describe("the least that a field without limits asks", () => {
  it("is nothing", () => {
    const free = stored()
    const { externalId: _, ...fields } = picky.fields
    const capabilities = {
      ...picky,
      fields: { ...fields, externalId: free, name: free, address: free, locale: free, metadata: free }
    }
    const input = {
      email,
      paymentSource,
      externalId: "a/b",
      name: "x".repeat(999),
      address: { city: "London", country: "RU" },
      locale: "nl",
      metadata: { a: null, b: [] }
    }
    expect(Capabilities.fit(capabilities, input)).toEqual({ input, missing: [], unsupported: [] })
    expect(
      Capabilities.fit({ ...picky, fields: { ...fields, externalId: stored({ limits: {} }) } }, {
        externalId: "a/b",
        address: { country: "FR" }
      }).unsupported
    ).toEqual([])
  })

  it("of a provider that takes any country", () => {
    const address = stored({ limits: { addressLengths: { city: 5 } } })
    const capabilities = { ...picky, fields: { ...picky.fields, address } }
    expect(Capabilities.fit(capabilities, { address: { city: "👍👍👍👍👍", country: "RU" } }).unsupported).toEqual([])
    expect(Capabilities.fitUpdate(capabilities, { address: null }).unsupported).toEqual([])
  })
})
