/** What a test can do with the sandbox, over HTTP: for the languages that cannot hold a `SandboxControl`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ArrayFormatter, type ParseError } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { FaultRuleData } from "../Fault.js"
import type { ControlledEngine } from "./engine.js"
import { SeedRefused, strict } from "./seeds.js"

export interface ControlAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `path` is without the prefix `/sandbox`. */
export type ControlApi = (method: string, path: string, body: string) => Effect.Effect<ControlAnswer>

type Action = (body: string) => Effect.Effect<ControlAnswer>

interface Issue {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): ControlAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})

const done: ControlAnswer = { status: 204, headers: {}, body: "" }

const refused = (issues: ReadonlyArray<Issue>): ControlAnswer => json(422, { issues })

const issuesOf = (error: ParseError | SeedRefused): ReadonlyArray<Issue> =>
  error instanceof SeedRefused
    ? [{ path: [], message: error.message }]
    : ArrayFormatter.formatErrorSync(error).map(({ message, path }) => ({ path, message }))

/** `undefined` is what no JSON text says. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const noJson = refused([{ path: [], message: "The body is no JSON" }])

const readRule = Schema.decodeUnknownEither(FaultRuleData, strict)

export const makeControlApi = <Seeds, Records>(engine: ControlledEngine<Seeds, Records>): ControlApi => {
  const { control, operationsOf, providers, seedJson } = engine

  /** A rule with a misspelt name would hit nothing and say nothing. */
  const namesNobody = (rule: FaultRuleData): ReadonlyArray<Issue> => {
    const named = providers.filter((name) => rule.provider === undefined || name === rule.provider)
    const operations = new Set([...named.flatMap(operationsOf), "unknown"])
    return named.length === 0
      ? [{ path: ["provider"], message: `Expected one of ${providers.join(", ")}` }]
      : rule.operation !== undefined && !operations.has(rule.operation)
      ? [{ path: ["operation"], message: `Expected one of ${Array.from(operations).join(", ")}` }]
      : []
  }

  const inject = (input: unknown): Effect.Effect<ControlAnswer> =>
    Either.match(readRule(input), {
      onLeft: (error) => Effect.succeed(refused(issuesOf(error))),
      onRight: (rule) => {
        const issues = namesNobody(rule)
        return issues.length > 0 ? Effect.succeed(refused(issues)) : Effect.as(control.inject(rule), done)
      }
    })

  const withJson = (act: (input: unknown) => Effect.Effect<ControlAnswer>): Action => (body) => {
    const input = parse(body)
    return input === undefined ? Effect.succeed(noJson) : act(input)
  }

  const resources = new Map<string, Readonly<Record<string, Action>>>([
    ["/faults", { POST: withJson(inject), DELETE: () => Effect.as(control.clearFaults, done) }],
    ["/requests", { GET: () => Effect.map(control.requests, (requests) => json(200, requests)) }],
    ["/reset", { POST: () => Effect.as(control.reset, done) }],
    ...providers.map((provider): [string, Readonly<Record<string, Action>>] => [`/${provider}/customers`, {
      GET: () => Effect.map(control.customers(provider), (customers) => json(200, customers)),
      POST: withJson((input) =>
        Effect.sync(() =>
          Either.match(seedJson(provider, input), {
            onLeft: (error) => refused(issuesOf(error)),
            onRight: (ids) => json(201, ids)
          })
        )
      )
    }])
  ])

  return (method, path, body) => {
    const resource = resources.get(path)
    if (resource === undefined) {
      const known = Array.from(resources.keys(), (name) => `/sandbox${name}`).join(", ")
      return Effect.succeed(json(404, { error: `the control has ${known}` }))
    }
    const action = Object.hasOwn(resource, method) ? resource[method] : undefined
    if (action !== undefined) return action(body)
    const allow = Object.keys(resource).join(", ")
    return Effect.succeed(json(405, { error: `${path} takes ${allow}` }, { allow }))
  }
}
