/** The tables of `docs/errors.md`: the errors with their fields and repeats, what operations end in, and statuses. */
import type { CustomersByEmail, CustomersByExternalId } from "@effect-customers/core"
import * as Errors from "@effect-customers/core/CustomersError"
import { HttpApiSchema } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { type Context, Duration, type Effect, Redacted, Schema, type Stream } from "effect"
import { readFileSync } from "node:fs"
import { problems } from "../../backend/src/Problem.js"
import { statusOf } from "./guides/errors/statuses.js"

const guide = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8")

/** The cells of the nth table below a heading. */
const tableBelow = (heading: string, index = 0): ReadonlyArray<ReadonlyArray<string>> => {
  const [, below = ""] = guide.split(`\n## ${heading}\n`)
  const tables = [...below.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => table)
  return (tables[index] ?? "").trimEnd().split("\n").slice(2).map((row) =>
    row.slice(1, -1).split("|").map((cell) => cell.trim())
  )
}

const namesIn = (cell = ""): ReadonlyArray<string> => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)

type Tag = Errors.CustomersError["_tag"]

/** One error of each tag, in a context. */
const errors: { readonly [_ in Tag]: (context: Errors.ErrorContext) => Errors.CustomersError } = {
  CustomerNotFound: (context) => new Errors.CustomerNotFound(context),
  ResourceNotFound: (context) => new Errors.ResourceNotFound(context),
  CustomerAlreadyExists: (context) => new Errors.CustomerAlreadyExists({ ...context, fields: ["email"] }),
  InvalidRequest: (context) => new Errors.InvalidRequest({ ...context, origin: "sdk", issues: [] }),
  Unsupported: (context) => new Errors.Unsupported({ ...context, path: "phone", reason: "not stored" }),
  Conflict: (context) => new Errors.Conflict({ ...context, inProgress: true, reason: Redacted.make("") }),
  AuthenticationFailed: (context) => new Errors.AuthenticationFailed(context),
  PermissionDenied: (context) => new Errors.PermissionDenied(context),
  RateLimited: (context) => new Errors.RateLimited(context),
  ProviderUnavailable: (context) => new Errors.ProviderUnavailable(context),
  RequestTimedOut: (context) => new Errors.RequestTimedOut({ ...context, timeout: Duration.seconds(30) }),
  TransportFailed: (context) => new Errors.TransportFailed(context),
  InvalidResponse: (context) => new Errors.InvalidResponse({ ...context, issues: [] }),
  UnexpectedStatus: (context) => new Errors.UnexpectedStatus(context)
}

const context = { provider: "polar", operation: "create", mayHaveApplied: false, repeat: "always" } as const

/** Every state that decides of a repeat, and whether one is safe in it. */
const states = ([true, false] as const).flatMap((mayHaveApplied) =>
  (["always", "with-key", "never"] as const).map((repeat) => ({
    ...context,
    mayHaveApplied,
    repeat,
    isSafe: !mayHaveApplied || repeat !== "never"
  }))
)

const classes = Errors.CustomersError.members

const sharedFields = Object.keys(Errors.UnexpectedStatus.fields)

describe("the table of all errors", () => {
  const rows = tableBelow("All of them")

  it("has every tag, with the fields that are its own", () => {
    expect(rows.map(([tag, , fields]) => [namesIn(tag), namesIn(fields)])).toEqual(
      classes.map((error) => [
        [error.name],
        Object.keys(error.fields).filter((field) => !sharedFields.includes(field))
      ])
    )
  })

  it.each(rows.map((row) => [namesIn(row[0])[0] ?? "", row[3] ?? ""] as const))(
    "%s: is sent again: %s",
    (tag, again) => {
      const make = Object.entries(errors).find(([name]) => name === tag)?.[1]
      for (const { isSafe, ...state } of states) {
        expect([state, make?.(state).isRetryable]).toEqual([state, again.endsWith("where safe") && isSafe])
      }
    }
  )

  it("a conflict that is not in progress, a long wait and other statuses are not sent again", () => {
    expect(new Errors.Conflict({ ...context, reason: Redacted.make("") }).isRetryable).toBe(false)
    for (const [seconds, isRetryable] of [[90, true], [91, false]] as const) {
      const retryAfter = Duration.seconds(seconds)
      expect(new Errors.RateLimited({ ...context, retryAfter }).isRetryable).toBe(isRetryable)
      expect(new Errors.ProviderUnavailable({ ...context, retryAfter }).isRetryable).toBe(isRetryable)
    }
    const [, said = ""] = /other statuses than\s([\d,\sand]+)\./.exec(guide) ?? []
    const repeated = Array.from({ length: 200 }, (_, index) => 400 + index).filter((status) =>
      new Errors.ProviderUnavailable({ ...context, status }).isRetryable
    )
    expect([...said.matchAll(/\d+/g)].map(([status]) => Number(status))).toEqual(repeated)
  })

  it("the table below it has what all have", () => {
    const fields = tableBelow("All of them", 1).flatMap(([cell]) => namesIn(cell))
    expect([...fields].sort()).toEqual(["isRetryable", ...sharedFields.filter((field) => field !== "_tag")].sort())
  })
})

type Service = Context.Tag.Service<CustomersByExternalId> & Context.Tag.Service<CustomersByEmail>

type Operation = { [Name in keyof Service]: Service[Name] extends (...args: never) => unknown ? Name : never }[
  keyof Service
]

type TagOf<A> = A extends Effect.Effect<unknown, infer E> ? Extract<E, { readonly _tag: Tag }>["_tag"]
  : A extends Stream.Stream<unknown, infer E> ? Extract<E, { readonly _tag: Tag }>["_tag"]
  : never

type EndsIn<Name extends Operation> = { readonly [_ in TagOf<ReturnType<Service[Name]>>]: true }

const common: EndsIn<"list"> = {
  InvalidRequest: true,
  AuthenticationFailed: true,
  PermissionDenied: true,
  RateLimited: true,
  ProviderUnavailable: true,
  RequestTimedOut: true,
  TransportFailed: true,
  UnexpectedStatus: true,
  InvalidResponse: true
}

const { InvalidResponse, ...ofAll } = common

const ofCreate = { ...ofAll, InvalidResponse, CustomerAlreadyExists: true, Conflict: true, Unsupported: true } as const

const ofUpdate = { ...ofCreate, CustomerNotFound: true } as const

const ofGet = { ...ofAll, InvalidResponse, CustomerNotFound: true, Unsupported: true } as const

const ofDelete = { ...ofAll, CustomerNotFound: true, Conflict: true, Unsupported: true } as const

/** One tag too few is a type error, and so is one too many. */
const exactly =
  <Name extends Operation>() =>
  <T extends EndsIn<Name>>(tags: T & { readonly [_ in Exclude<keyof T, keyof EndsIn<Name>>]: never }) => tags

const endsIn = {
  create: exactly<"create">()(ofCreate),
  getOrCreate: exactly<"getOrCreate">()(ofCreate),
  update: exactly<"update">()(ofUpdate),
  updateByExternalId: exactly<"updateByExternalId">()(ofUpdate),
  upsert: exactly<"upsert">()(ofUpdate),
  get: exactly<"get">()(ofGet),
  getByExternalId: exactly<"getByExternalId">()(ofGet),
  delete: exactly<"delete">()(ofDelete),
  deleteByExternalId: exactly<"deleteByExternalId">()(ofDelete),
  list: exactly<"list">()(common),
  stream: exactly<"stream">()(common),
  streamPages: exactly<"streamPages">()(common),
  findByEmail: exactly<"findByEmail">()(common)
} satisfies { readonly [_ in Operation]: object }

it("what operations end in is what their types say", () => {
  const [, section = ""] = guide.split("\n## What an operation can end in\n")
  const [sentence = ""] = section.split("|")
  expect(new Set(namesIn(sentence))).toEqual(new Set(Object.keys(ofAll)))
  const said = tableBelow("What an operation can end in").flatMap(([operations, tags]) =>
    namesIn(operations).map((operation) => [operation, [...Object.keys(ofAll), ...namesIn(tags)].sort()])
  )
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(Object.entries(endsIn).map(([operation, tags]) => [operation, Object.keys(tags).sort()]))
  )
})

it.each(Object.entries(errors))("%s is the status that examples/backend answers", (_, make) => {
  const error = make(context)
  const problem: object = Object.entries(problems).find(([tag]) => tag === error._tag)?.[1](error as never) ?? {}
  const { constructor } = problem
  expect(Schema.isSchema(constructor) && HttpApiSchema.getStatusError(constructor)).toBe(statusOf(error))
})
