/**
 * One provider operation as data: where it goes, what it takes, what it answers, the errors it can end in, and how
 * safe a repeat is. `Transport` turns an endpoint and its input into an Effect.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import type { Provider } from "./Customer.js"
import type { CommonError, CustomersError, ErrorContext, InputIssue, RepeatSafety } from "./CustomersError.js"
import * as Errors from "./CustomersError.js"
import * as pathSegment from "./internal/pathSegment.js"
import { readObject } from "./internal/readInput.js"
import { schemaFields } from "./internal/schemaFields.js"

/**
 * The names in braces of a path template: `/v1/customers/{id}` has `id`. A secret one may stay redacted.
 *
 * @since 0.1.0
 * @category models
 */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [_ in Name]: string | Redacted.Redacted<string> } & PathParameters<Rest>
  : unknown

/**
 * A class of error that an endpoint declares beside the ones every call can end in.
 *
 * @since 0.1.0
 * @category models
 */
export type DeclaredErrorClass =
  | typeof Errors.CustomerNotFound
  | typeof Errors.ResourceNotFound
  | typeof Errors.CustomerAlreadyExists
  | typeof Errors.Conflict
  | typeof Errors.Unsupported

/**
 * A JSON answer, decoded leniently: unknown keys are kept as they came.
 *
 * @since 0.1.0
 * @category answers
 */
export interface JsonAnswer<out S extends Schema.Schema.AnyNoContext = Schema.Schema.AnyNoContext> {
  readonly _tag: "Json"
  readonly schema: S
}

/**
 * A JSON answer that holds rows. When it does not decode whole, it is decoded row by row, so that one bad row does not
 * hide the others.
 *
 * @since 0.1.0
 * @category answers
 */
export interface RowsAnswer<out S extends Schema.Schema.AnyNoContext = Schema.Schema.AnyNoContext> {
  readonly _tag: "Rows"
  readonly schema: S
  readonly row: Schema.Schema.AnyNoContext
  /** Where in the answer the array of rows is. */
  readonly at: readonly [string, ...ReadonlyArray<string>]
}

/**
 * An answer whose body says nothing; whatever it holds is discarded. An HTML page is no such answer: it is
 * `UnexpectedStatus`, whatever its status.
 *
 * @since 0.1.0
 * @category answers
 */
export interface EmptyAnswer {
  readonly _tag: "Empty"
}

/**
 * An answer that is streamed as bytes.
 *
 * @since 0.1.0
 * @category answers
 */
export interface BytesAnswer {
  readonly _tag: "Bytes"
}

/**
 * Any kind of answer.
 *
 * @since 0.1.0
 * @category answers
 */
export type Answer = JsonAnswer | RowsAnswer | EmptyAnswer | BytesAnswer

/**
 * An answer that is one JSON value.
 *
 * @since 0.1.0
 * @category answers
 */
export const json = <S extends Schema.Schema.AnyNoContext>(schema: S): JsonAnswer<S> => ({ _tag: "Json", schema })

/**
 * An answer that holds rows: `schema` reads it whole, `row` one row, `at` says where in it the array is.
 *
 * @since 0.1.0
 * @category answers
 */
export const rows = <S extends Schema.Schema.AnyNoContext>(
  schema: S,
  options: {
    readonly row: Schema.Schema.AnyNoContext
    readonly at: readonly [string, ...ReadonlyArray<string>]
  }
): RowsAnswer<S> => ({ _tag: "Rows", schema, ...options })

/**
 * An answer whose body says nothing.
 *
 * @since 0.1.0
 * @category answers
 */
export const empty: EmptyAnswer = { _tag: "Empty" }

/**
 * An answer that is streamed as bytes. An HTML page is none: `UnexpectedStatus`, whatever its status.
 *
 * @since 0.1.0
 * @category answers
 */
export const bytes: BytesAnswer = { _tag: "Bytes" }

/**
 * Rows that could not be read, beside the answer that holds the others.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unreadable {
  readonly unreadable: ReadonlyArray<Errors.InvalidResponse>
}

/**
 * One provider operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint<
  out Path extends string,
  out Query extends Schema.Schema.AnyNoContext | undefined,
  out Body extends Schema.Schema.AnyNoContext | undefined,
  out A extends Answer,
  out E extends DeclaredErrorClass
> {
  readonly provider: Provider
  /** The operation in the client's words: `getExternal`. */
  readonly operation: string
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** The path below the base URL, exactly as it is sent: Polar's slashes count. */
  readonly path: Path
  /** What becomes of a slash in a path parameter: encoded, or refused where the provider decodes it before routing. */
  readonly slashes: "encoded" | "refused"
  readonly query: Query
  readonly body: Body
  readonly answer: A
  /** The errors it can end in beside {@link Errors.CommonError}. */
  readonly errors: ReadonlyArray<E>
  /** Endpoints of one group share the provider's rate limit. */
  readonly limitGroup: string
  readonly repeat: RepeatSafety
  /** True when the operation changes nothing at the provider. */
  readonly readOnly: boolean
  /** How long the provider keeps an idempotency key, with a margin; for ever when absent. */
  readonly keyLifetime: Duration.DurationInput | undefined
  /** 4xx statuses that do not prove that the provider refused: beside 408, 425 and 499, which never do. */
  readonly inconclusive: ReadonlyArray<number>
  /** True when the operation removes something: a repeat that finds nothing has found what it was to achieve. */
  readonly removes: boolean
}

/**
 * Any endpoint.
 *
 * @since 0.1.0
 * @category models
 */
export type Any = Endpoint<
  string,
  Schema.Schema.AnyNoContext | undefined,
  Schema.Schema.AnyNoContext | undefined,
  Answer,
  DeclaredErrorClass
>

/**
 * What a call of an endpoint takes.
 *
 * @since 0.1.0
 * @category models
 */
export type Input<
  Path extends string,
  Query extends Schema.Schema.AnyNoContext | undefined,
  Body extends Schema.Schema.AnyNoContext | undefined
> = Simplify<
  & (unknown extends PathParameters<Path> ? unknown : { readonly path: PathParameters<Path> })
  & (Query extends Schema.Schema.AnyNoContext ? { readonly query?: Schema.Schema.Type<Query> | undefined } : unknown)
  & (Body extends Schema.Schema.AnyNoContext ? { readonly body: Schema.Schema.Type<Body> } : unknown)
>

/**
 * What a call of an endpoint answers.
 *
 * @since 0.1.0
 * @category models
 */
export type Success<A extends Answer> = A extends JsonAnswer<infer S> ? Schema.Schema.Type<S>
  : A extends RowsAnswer<infer S> ? Schema.Schema.Type<S> & Unreadable
  : A extends BytesAnswer ? Uint8Array
  : void

/**
 * What a call of an endpoint can end in: exactly that.
 *
 * @since 0.1.0
 * @category models
 */
export type Failure<A extends Answer, E extends DeclaredErrorClass> =
  | CommonError
  | InstanceType<E>
  | (A extends JsonAnswer | RowsAnswer ? Errors.InvalidResponse : never)

/**
 * What an endpoint is declared with, beside its method.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<
  out Path extends string,
  out Query extends Schema.Schema.AnyNoContext | undefined,
  out Body extends Schema.Schema.AnyNoContext | undefined,
  out A extends Answer,
  out E extends DeclaredErrorClass
> {
  readonly provider: Provider
  readonly operation: string
  readonly path: Path
  readonly slashes?: "encoded" | "refused"
  readonly query?: Query
  readonly body?: Body
  readonly answer: A
  readonly errors?: ReadonlyArray<E>
  /** The provider's name when absent. */
  readonly limitGroup?: string
  readonly inconclusive?: ReadonlyArray<number>
  /** From the first request with a key on; later, a repeat with it would be carried out a second time. */
  readonly keyLifetime?: Duration.DurationInput
}

/**
 * The method of an endpoint that changes nothing: a `GET`, which may always be repeated, or what is declared so.
 *
 * @since 0.1.0
 * @category models
 */
export type Read =
  | { readonly method: "GET" }
  | { readonly method: "POST" | "PUT" | "PATCH" | "DELETE"; readonly repeat: RepeatSafety; readonly readOnly: true }

/**
 * The method of an endpoint that changes something, and how safe a repeat is. `removes` says that a repeat which finds
 * nothing is a success; it holds for every `DELETE` that says nothing else, and where the answer's body says nothing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Write {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE"
  readonly repeat: RepeatSafety
  readonly readOnly?: false
  readonly removes?: boolean
}

/**
 * Declares an endpoint. One that changes something and takes no idempotency key can also end in `Unsupported`: it does
 * so under `Idempotency.withKey`.
 *
 * @example
 * ```ts
 * import { CustomerNotFound, Endpoint } from "@effect-customers/core"
 * import * as Schema from "effect/Schema"
 *
 * export const get = Endpoint.make({
 *   provider: "acme",
 *   operation: "get",
 *   method: "GET",
 *   path: "/customers/{id}",
 *   answer: Endpoint.json(Schema.Struct({ id: Schema.String })),
 *   errors: [CustomerNotFound]
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: {
  <
    const Path extends string,
    A extends Answer,
    const E extends DeclaredErrorClass = never,
    Query extends Schema.Schema.AnyNoContext | undefined = undefined,
    Body extends Schema.Schema.AnyNoContext | undefined = undefined
  >(
    options: Options<Path, Query, Body, A, E> & (Read | (Write & { readonly repeat: "with-key" }))
  ): Endpoint<Path, Query, Body, A, E>
  <
    const Path extends string,
    A extends Answer,
    const E extends DeclaredErrorClass = never,
    Query extends Schema.Schema.AnyNoContext | undefined = undefined,
    Body extends Schema.Schema.AnyNoContext | undefined = undefined
  >(
    options: Options<Path, Query, Body, A, E> & Write
  ): Endpoint<Path, Query, Body, A, E | typeof Errors.Unsupported>
} = <
  Path extends string,
  Query extends Schema.Schema.AnyNoContext | undefined,
  Body extends Schema.Schema.AnyNoContext | undefined,
  A extends Answer,
  E extends DeclaredErrorClass
>(
  options: Options<Path, Query, Body, A, E> & (Read | Write)
): Endpoint<Path, Query, Body, A, E | typeof Errors.Unsupported> => {
  const write = options.method !== "GET" && options.readOnly !== true ? options : undefined
  return {
    provider: options.provider,
    operation: options.operation,
    method: options.method,
    path: options.path,
    slashes: options.slashes ?? "encoded",
    // without a schema its type is undefined
    query: options.query as Query,
    body: options.body as Body,
    answer: options.answer,
    errors: [
      ...options.errors ?? [],
      ...write === undefined || write.repeat === "with-key" ? [] : [Errors.Unsupported]
    ],
    limitGroup: options.limitGroup ?? options.provider,
    repeat: options.method === "GET" ? "always" : options.repeat,
    readOnly: write === undefined,
    inconclusive: options.inconclusive ?? [],
    keyLifetime: options.keyLifetime,
    removes: (write?.removes ?? options.method === "DELETE") && options.answer._tag === "Empty"
  }
}

/**
 * Why a text cannot be a segment of a path (empty, a dot segment, half a character, a slash where slashes are refused),
 * or nothing: for inputs that become part of a path later.
 *
 * @since 0.1.0
 * @category requests
 */
export const segmentProblem: (segment: string, slashes: "encoded" | "refused") => string | undefined =
  pathSegment.segmentProblem

/**
 * The fields that an object given by the caller has now, for clients that take it apart before they send it: none where
 * it is undefined; what is no object, or cannot be read, is `InvalidRequest`, and so are fields that the client sets itself:
 * it would drop them.
 *
 * @since 0.1.0
 * @category requests
 */
export const readFields = <Input extends object>(
  endpoint: Any,
  input: Input | undefined,
  setByClient: ReadonlyArray<string> = []
): Effect.Effect<Partial<Input>, Errors.InvalidRequest> =>
  Effect.suspend(() =>
    readObject(input, (input): Partial<Input> => ({ ...input })).pipe(
      Either.flatMap((fields) => {
        const dropped = setByClient.filter((field) => Object.hasOwn(fields, field))
        return dropped.length === 0
          ? Either.right(fields)
          : Either.left(dropped.map((path) => ({ path, message: "it is not given here" })))
      }),
      Effect.mapError((issues) => new Errors.InvalidRequest({ ...errorContext(endpoint), origin: "sdk", issues }))
    )
  )

/**
 * What an error of this endpoint carries before anything is known of an answer. Without a status the call is taken as
 * one that was never sent.
 *
 * @since 0.1.0
 * @category errors
 */
export const errorContext = (
  endpoint: Any,
  answer?: Pick<ErrorContext, "requestId" | "answeredAt"> & { readonly status: number }
): ErrorContext => ({
  provider: endpoint.provider,
  operation: endpoint.operation,
  repeat: endpoint.repeat,
  mayHaveApplied: answer !== undefined && mayHaveApplied(endpoint, answer.status),
  ...(answer === undefined ? {} : answer)
})

/** See Other: elsewhere is the result. 408, 425, and a gateway whose client went away. */
const inconclusive: ReadonlyArray<number> = [303, 408, 425, 499]

/**
 * Whether an answer with this status leaves it open that the operation was carried out. A 3xx or 4xx is a refusal,
 * except 303, 408, 425, 499 and what the endpoint calls inconclusive; so is 0, a browser's way to show a redirect that
 * it did not follow. A 2xx that cannot be read and a 5xx are none.
 *
 * @since 0.1.0
 * @category errors
 */
export const mayHaveApplied = (endpoint: Any, status: number): boolean => {
  if (endpoint.readOnly) return false
  if (inconclusive.includes(status) || endpoint.inconclusive.includes(status)) return true
  return (status >= 200 && status < 300) || status >= 500
}

/**
 * An answer that is no success, as a provider's error mapping sees it.
 *
 * @since 0.1.0
 * @category errors
 */
export interface FailedAnswer {
  readonly endpoint: Any
  readonly context: ErrorContext & { readonly status: number }
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string }
  /** At most 64 KB of it. */
  readonly body: string
  /** The path parameters of the call. */
  readonly path: { readonly [name: string]: Redacted.Redacted<string> }
  /** The names of the fields that the body of the call had. */
  readonly sent: ReadonlyArray<string>
  /** From `retry-after-ms` or `retry-after` (seconds or an HTTP date). */
  readonly retryAfter: Duration.Duration | undefined
}

/**
 * The mapping that holds for every provider unless its sheet says otherwise: 400, 413 and 422 `InvalidRequest`, 401,
 * 403, 429, 408, 425 and 5xx as their names say, all else `UnexpectedStatus`.
 *
 * @since 0.1.0
 * @category errors
 */
export const errorByStatus = (
  answer: FailedAnswer,
  details: {
    readonly providerCode?: string | undefined
    readonly providerMessage?: Redacted.Redacted<string> | undefined
    readonly issues?: ReadonlyArray<InputIssue> | undefined
  }
): CustomersError => {
  const { issues, ...known } = details
  const context = { ...answer.context, ...known }
  const { status } = context
  if (status === 400 || status === 413 || status === 422) {
    return new Errors.InvalidRequest({
      ...context,
      origin: "provider",
      issues: issues !== undefined && issues.length > 0
        ? issues
        : [{ path: "", message: details.providerMessage ?? "refused by the provider", code: details.providerCode }]
    })
  }
  if (status === 401) return new Errors.AuthenticationFailed(context)
  if (status === 403) return new Errors.PermissionDenied(context)
  if (status === 429) return new Errors.RateLimited({ ...context, retryAfter: answer.retryAfter })
  if (status === 408 || status === 425 || status >= 500) {
    return new Errors.ProviderUnavailable({ ...context, retryAfter: answer.retryAfter })
  }
  return new Errors.UnexpectedStatus(context)
}

/**
 * Where in the input of an endpoint, dotted, from a provider's own words: names that the endpoint declares are shown,
 * and indices behind the name of an array. Whatever else stands there (a key of the caller's, an echoed value) prints as
 * `*`.
 *
 * @since 0.1.0
 * @category errors
 */
export const fieldPath = (endpoint: Any, segments: ReadonlyArray<unknown>): string => {
  const fields = declaredFields(endpoint)
  return segments
    .map(String)
    .map((segment, index) => {
      const isIndex = /^\d{1,4}$/.test(segment) && fields.get(String(segments[index - 1])) === true
      return isIndex || fields.has(segment) ? segment : "*"
    })
    .join(".")
}

/** The names of all fields that the input of an endpoint may have, at any depth, and whether they may be arrays. */
const declaredFields = (endpoint: Any): ReadonlyMap<string, boolean> => {
  const known = fieldsOf.get(endpoint)
  if (known !== undefined) return known
  const fields = new Map(Array.from(endpoint.path.matchAll(/\{(\w+)\}/g), ([, name]) => [String(name), false]))
  for (const schema of [endpoint.query, endpoint.body]) {
    if (schema === undefined) continue
    schemaFields(schema.ast).forEach((isArray, name) => fields.set(name, isArray || fields.get(name) === true))
  }
  fieldsOf.set(endpoint, fields)
  return fields
}

const fieldsOf = new WeakMap<Any, ReadonlyMap<string, boolean>>()

const isCommon = (error: CustomersError): error is CommonError =>
  error._tag === "InvalidRequest" || error._tag === "AuthenticationFailed" || error._tag === "PermissionDenied" ||
  error._tag === "RateLimited" || error._tag === "ProviderUnavailable" || error._tag === "RequestTimedOut" ||
  error._tag === "TransportFailed" || error._tag === "UnexpectedStatus"

/**
 * Holds an error to what the endpoint declares; one that it does not declare becomes `UnexpectedStatus`.
 *
 * @since 0.1.0
 * @category errors
 */
export const declared = <E extends DeclaredErrorClass>(
  endpoint: { readonly errors: ReadonlyArray<E> },
  error: CustomersError
): CommonError | InstanceType<E> => {
  if (isCommon(error)) return error
  const isDeclared = (error: CustomersError): error is CustomersError & InstanceType<E> =>
    endpoint.errors.some((errorClass) => error instanceof errorClass)
  if (isDeclared(error)) return error
  return new Errors.UnexpectedStatus({
    provider: error.provider,
    operation: error.operation,
    mayHaveApplied: error.mayHaveApplied,
    repeat: error.repeat,
    status: error.status,
    requestId: error.requestId,
    answeredAt: error.answeredAt,
    providerCode: error.providerCode,
    providerMessage: error.providerMessage
  })
}
