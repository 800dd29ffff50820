/**
 * Turns (endpoint, input) into an Effect: the one place of this project that touches `HttpClient`.
 *
 * What it sees to, for every provider: path segments are percent-encoded and none can leave its place; JSON bodies have
 * a known length; no redirect is followed; the timeout covers the body; failed bodies are read or cancelled; any status
 * with any content type ends in a typed error; nothing of a request or response stays in an error, a span or a log.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Provider } from "./Customer.js"
import type { CustomersError, InputIssue } from "./CustomersError.js"
import * as Errors from "./CustomersError.js"
import * as Endpoint from "./Endpoint.js"
import * as Idempotency from "./Idempotency.js"
import * as Attempts from "./internal/attempts.js"
import { failAfter } from "./internal/failAfter.js"
import * as limiter from "./internal/limiter.js"
import * as Observer from "./internal/observer.js"
import { inputIssues, pathIssues, strict } from "./internal/parseIssues.js"
import { loneSurrogate, segmentProblem } from "./internal/pathSegment.js"
import { readInput } from "./internal/readInput.js"
import { schemaFields } from "./internal/schemaFields.js"
import { version } from "./internal/version.js"
import * as RequestTimeout from "./RequestTimeout.js"
import * as RetryPolicy from "./RetryPolicy.js"

/**
 * A credential: redacted, or an effect that is run before each call (tokens that rotate). A failure of that effect ends
 * the call in `AuthenticationFailed`, unsent, and is not kept.
 *
 * @since 0.1.0
 * @category models
 */
export type Secret = Redacted.Redacted<string> | Effect.Effect<Redacted.Redacted<string>, unknown>

/**
 * A header that carries a credential.
 *
 * @since 0.1.0
 * @category models
 */
export interface SecretHeader {
  /** The header, lower-case. */
  readonly name: string
  /** The option of the layer that holds the credential, for `InvalidRequest`. */
  readonly option: string
  readonly secret: Secret
  /** The header's value, made from the credential. */
  readonly format: (secret: string) => string
  /** What of the layer's options does not go with this credential, if anything. */
  readonly problem?: ((secret: string) => InputIssue | undefined) | undefined
}

/**
 * What a provider's transport is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly provider: Provider
  /** Scheme, host and path prefix, without a query. */
  readonly baseUrl: string
  /** What all paths begin with, `/v2`. A base URL with this path and nothing else is refused: it would be there twice. */
  readonly root?: string | undefined
  /** Headers of every request, lower-case names, no credentials. */
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly credential: SecretHeader
  /** Response headers that may hold the provider's id of the request, lower-case, first one wins. */
  readonly requestIdHeaders?: ReadonlyArray<string> | undefined
  /** The header, lower-case, of answers that come from the provider's store of idempotency keys. */
  readonly replayedHeader?: string | undefined
  /**
   * What options of the layer add to the inputs of calls: each value goes where the endpoint declares a field of that
   * name, and a call that says something itself wins. Undefined adds nothing.
   */
  readonly defaults?: {
    readonly query?: { readonly [field: string]: unknown } | undefined
    readonly body?: { readonly [field: string]: unknown } | undefined
  } | undefined
  /** Fields that no call may give with the options of this layer, and why. */
  readonly refuses?: { readonly [field: string]: string } | undefined
  /** What a failed answer means. */
  readonly toError: (answer: Endpoint.FailedAnswer) => CustomersError
  /**
   * The one escape hatch: wraps the client that the layer was given. It must not send a request twice
   * (`HttpClient.retry`): what is known of an attempt would not be true then. `RetryPolicy` repeats.
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
  /** What is wrong with the options of the layer: every call ends in `InvalidRequest` with these. */
  readonly issues?: ReadonlyArray<InputIssue> | undefined
}

/**
 * Sends the calls of one provider.
 *
 * @since 0.1.0
 * @category models
 */
export interface Transport {
  /** Sends one call and reads its whole answer. */
  readonly call: <
    Path extends string,
    Query extends Schema.Schema.AnyNoContext | undefined,
    Body extends Schema.Schema.AnyNoContext | undefined,
    A extends Endpoint.JsonAnswer | Endpoint.RowsAnswer | Endpoint.EmptyAnswer,
    E extends Endpoint.DeclaredErrorClass
  >(
    endpoint: Endpoint.Endpoint<Path, Query, Body, A, E>,
    input: Endpoint.Input<Path, Query, Body>
  ) => Effect.Effect<Endpoint.Success<A>, Endpoint.Failure<A, E>>
  /** Sends one call and streams its answer, chunk by chunk. */
  readonly stream: <
    Path extends string,
    Query extends Schema.Schema.AnyNoContext | undefined,
    Body extends Schema.Schema.AnyNoContext | undefined,
    E extends Endpoint.DeclaredErrorClass
  >(
    endpoint: Endpoint.Endpoint<Path, Query, Body, Endpoint.BytesAnswer, E>,
    input: Endpoint.Input<Path, Query, Body>
  ) => Stream.Stream<Uint8Array, Endpoint.Failure<Endpoint.BytesAnswer, E>>
}

/**
 * The base URL of one of a provider's worlds, or the caller's own, and what is wrong with the option that names the
 * world: two fields of {@link Options}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const baseUrlOf = <World extends string>(choice: {
  /** The option that names the world. */
  readonly option: string
  readonly worlds: { readonly [_ in World]: string }
  readonly world: World
  readonly baseUrl: string | undefined
}): { readonly baseUrl: string; readonly issues: ReadonlyArray<InputIssue> } => {
  const { baseUrl, option, world, worlds } = choice
  // a caller without types may name any
  const isKnown = Object.hasOwn(worlds, world)
  return {
    baseUrl: baseUrl ?? (isKnown ? worlds[world] : "https://unknown.invalid"),
    issues: isKnown ? [] : [{ path: option, message: `expected ${Object.keys(worlds).join(" or ")}` }]
  }
}

/**
 * What is wrong with the options of a layer: every call of it ends in `InvalidRequest` with these. A secret that is an
 * Effect is not run, and so not looked at.
 *
 * @since 0.1.0
 * @category errors
 */
export const optionIssues = (options: Options): ReadonlyArray<InputIssue> => {
  const { credential, issues = [] } = options
  return [
    ...issues,
    ...Option.toArray(Either.getLeft(baseUrl(options))),
    ...Effect.isEffect(credential.secret)
      ? []
      : Option.toArray(Either.getLeft(readSecret(credential, credential.secret)))
  ]
}

/** What a successful answer comes to. */
type Read<A> = (
  endpoint: Endpoint.Any,
  response: HttpClientResponse.HttpClientResponse
) => Effect.Effect<A, CustomersError>

/** What of a call is the same for all of its attempts. */
interface Prepared {
  readonly endpoint: Endpoint.Any
  readonly request: HttpClientRequest.HttpClientRequest
  readonly path: { readonly [name: string]: string | Redacted.Redacted<string> }
  /** The names of the fields that the body has. */
  readonly sent: ReadonlyArray<string>
}

interface AnyInput {
  readonly path?: { readonly [name: string]: string | Redacted.Redacted<string> } | undefined
  readonly query?: unknown
  readonly body?: unknown
}

/**
 * Builds the transport of one provider over the `HttpClient` in context. The policies in context (`RequestTimeout`,
 * `RetryPolicy`, `Idempotency`, `RateLimit`) are read here, once; what one call learns of the provider holds for all
 * calls of this transport.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function*(options: Options) {
  const given = yield* HttpClient.HttpClient
  const requestInit = yield* fetchRequestInit(given)
  const layerTimeouts = yield* RequestTimeout.RequestTimeout
  const layerRetries = yield* RetryPolicy.RetryPolicy
  const layerKeys = yield* Idempotency.Idempotency
  const layerLimit = yield* limiter.RateLimit
  const attempts = yield* Attempts.make
  const client = options.transformClient === undefined ? given : options.transformClient(given)
  const base = baseUrl(options)
  const isDefined = (value: unknown): boolean => value !== undefined
  const defaults = {
    query: Record.filter(options.defaults?.query ?? {}, isDefined),
    body: Record.filter(options.defaults?.body ?? {}, isDefined)
  }
  const configurationIssues = [...options.issues ?? [], ...Option.toArray(Either.getLeft(base))]

  /** The part of an input with what the options of the layer add to it. */
  const completed = (
    schema: Schema.Schema.AnyNoContext | undefined,
    given: unknown,
    defaults: { readonly [field: string]: unknown }
  ): Either.Either<unknown, ReadonlyArray<InputIssue>> => {
    if (schema === undefined || (given !== undefined && !isPlain(given))) return Either.right(given)
    if (options.refuses === undefined && Record.isEmptyRecord(defaults)) return Either.right(given)
    const refused = Object.entries(options.refuses ?? {}).filter(([field]) => isGiven(given, field))
    if (refused.length > 0) return Either.left(refused.map(([path, message]) => ({ path, message })))
    const fields = schemaFields(schema.ast, "top")
    const added = Record.filter(
      defaults,
      (_, field) => fields.has(field) && !isGiven(given, field)
    )
    return Either.right(Record.isEmptyRecord(added) ? given : { ...given, ...added })
  }

  /** Reads, completes and checks the input, once per call. */
  const prepare = (
    endpoint: Endpoint.Any,
    input: AnyInput,
    policy: RetryPolicy.Policy,
    timeouts: RequestTimeout.Timeouts
  ) =>
    Effect.gen(function*() {
      const issues = [...configurationIssues, ...policy.issues, ...timeouts.issues]
      if (Either.isLeft(base) || issues.length > 0) {
        return yield* invalidRequest(endpoint, issues)
      }
      const path = readInput(() => expandPath(endpoint, input.path ?? {}))
      const query = readInput(() =>
        Either.flatMap(
          completed(endpoint.query, input.query, defaults.query),
          (query) => encodeQuery(endpoint.query, query)
        )
      )
      const body = readInput(() =>
        Either.flatMap(
          completed(endpoint.body, input.body, defaults.body),
          (body) => encodeBody(endpoint.body, body)
        )
      )
      if (Either.isLeft(path) || Either.isLeft(query) || Either.isLeft(body)) {
        return yield* invalidRequest(endpoint, [...issuesOf(path), ...issuesOf(query), ...issuesOf(body)])
      }
      const credential = yield* secretValue(endpoint, options.credential)
      const key = Option.getOrUndefined(yield* Idempotency.keyOf(endpoint, layerKeys))
      const request = HttpClientRequest.make(endpoint.method)(base.right + path.right, {
        urlParams: query.right,
        headers: {
          accept: endpoint.answer._tag === "Bytes" ? "*/*" : "application/json",
          "user-agent": `effect-customers/${version} (${options.provider})`,
          ...options.headers,
          ...key === undefined ? {} : { "idempotency-key": key },
          [options.credential.name]: credential
        },
        body: body.right
      })
      // what was sent is what was read now, whatever becomes of the caller's objects
      const sent = Either.getOrElse(readInput(() => Either.right(givenFields(input.body))), () => [])
      return { request, endpoint: withoutKey(endpoint, key), path: { ...input.path }, sent }
    })

  const execute = (
    endpoint: Endpoint.Any,
    request: HttpClientRequest.HttpClientRequest
  ): Effect.Effect<HttpClientResponse.HttpClientResponse, Errors.InvalidRequest | Errors.TransportFailed> =>
    client.execute(request).pipe(
      // merged over the caller's own RequestInit, wherever it was given
      Effect.mapInputContext((context: Context.Context<never>) =>
        Context.add(context, FetchHttpClient.RequestInit, {
          ...requestInit,
          ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
          redirect: "manual"
        })
      ),
      Effect.locally(HttpClient.currentTracerPropagation, false),
      Effect.locally(HttpClient.currentTracerDisabledWhen, () => true),
      // what a client with `filterStatusOk` refuses is an answer
      Effect.catchAll((error) =>
        error._tag === "ResponseError" && error.reason === "StatusCode"
          ? Effect.succeed(error.response)
          : Effect.fail(fromClientError(endpoint, error))
      )
    )

  /** The error of an answer that is no success; its body is read up to 64 KB and then cancelled. */
  const refuse = (
    endpoint: Endpoint.Any,
    response: HttpClientResponse.HttpClientResponse,
    call: Pick<Prepared, "path" | "sent">,
    timeouts: RequestTimeout.Timeouts
  ): Effect.Effect<never, CustomersError> =>
    Effect.gen(function*() {
      // the head has said what matters: a body that stalls must not take the rest of the timeout
      const longest = Duration.min(longestExplanation, Duration.times(timeouts.attempt, 0.5))
      const { isWhole, text } = yield* readStart(response, longest)
      const now = yield* Clock.currentTimeMillis
      const context = { ...answerContext(endpoint, response), status: response.status }
      const error = options.toError({
        endpoint,
        context,
        headers: response.headers,
        body: text,
        path: Record.map(call.path, (value) => Redacted.isRedacted(value) ? value : Redacted.make(value)),
        sent: call.sent,
        retryAfter: retryAfter(response.headers, now)
      })
      const declared = Endpoint.declared(endpoint, error)
      // what some refusals mean is in their bodies
      return yield* isWhole || !needsExplanation(declared)
        ? Effect.fail(declared)
        : new Errors.TransportFailed(context)
    })

  const answerContext = (endpoint: Endpoint.Any, response: HttpClientResponse.HttpClientResponse) =>
    Endpoint.errorContext(endpoint, {
      status: response.status,
      requestId: requestId(options.requestIdHeaders ?? ["x-request-id"], response.headers),
      answeredAt: timeOf(response.headers["date"])
    })

  const attributesOf = (
    { requestId }: Errors.ErrorContext,
    { headers, status }: HttpClientResponse.HttpClientResponse
  ) => ({
    "http.response.status_code": status,
    ...requestId === undefined ? {} : { "customers.request_id": requestId },
    ...options.replayedHeader !== undefined && Object.hasOwn(headers, options.replayedHeader)
      ? { "customers.replayed": true }
      : {}
  })

  const decode = (
    endpoint: Endpoint.Any,
    response: HttpClientResponse.HttpClientResponse
  ): Effect.Effect<unknown, Errors.InvalidResponse | Errors.TransportFailed> => {
    const context = answerContext(endpoint, response)
    const { answer } = endpoint
    if (answer._tag === "Empty" || answer._tag === "Bytes") return Effect.asVoid(readStart(response))
    return response.text.pipe(
      Effect.catchAll((error) => Effect.fail(new Errors.TransportFailed({ ...context, code: systemCode(error) }))),
      Effect.flatMap((text) => {
        const value = parseJson(text)
        if (Option.isNone(value)) {
          return Effect.fail(new Errors.InvalidResponse({ ...context, issues: [{ path: "", expected: "JSON" }] }))
        }
        const decodeJson = mayHavePrototypeKey.test(text) ? decodeGuarded : decodeTrusted
        const decoded = answer._tag === "Json"
          ? decodeJson(answer, value.value)
          : decodeRows(answer, value.value, decodeJson, (issues) => new Errors.InvalidResponse({ ...context, issues }))
        return Either.isRight(decoded)
          ? Effect.succeed(decoded.right)
          : Effect.fail(new Errors.InvalidResponse({ ...context, issues: decoded.left }))
      })
    )
  }

  const attempt = <A>(
    { endpoint, request, ...call }: Prepared,
    timeouts: RequestTimeout.Timeouts,
    observer: Observer.Observer,
    resends: number,
    read: Read<A>
  ): Effect.Effect<A, CustomersError> =>
    Effect.suspend(() => {
      let context: Errors.ErrorContext = { ...Endpoint.errorContext(endpoint), mayHaveApplied: !endpoint.readOnly }
      return execute(endpoint, request).pipe(
        Effect.tap((response) => {
          context = answerContext(endpoint, response)
          return observer.answered(attributesOf(context, response))
        }),
        Effect.flatMap((response) =>
          isAnswer(endpoint, response) ? read(endpoint, response) : refuse(endpoint, response, call, timeouts)
        ),
        failAfter(timeouts.attempt, () => timedOut(context, timeouts.attempt)),
        observer.request(resends)
      )
    })

  /** Prepares a call once and sends it as often as its policy says; `read` makes an attempt of an answer. */
  const send = <A>(
    endpoint: Endpoint.Any,
    input: AnyInput,
    timeouts: RequestTimeout.Timeouts,
    observer: Observer.Observer,
    read: Read<A>
  ): Effect.Effect<A, CustomersError> =>
    Effect.gen(function*() {
      const policy = yield* RetryPolicy.resolve(layerRetries)
      const limit = yield* limiter.resolve(layerLimit)
      // only what the caller gave can take its time: a fiber and a timer cost more than the rest
      const mayWait = Effect.isEffect(options.credential.secret) || endpoint.repeat === "with-key"
      const prepared = yield* prepare(endpoint, input, policy, timeouts).pipe(
        failAfter(
          mayWait ? timeouts.attempt : Duration.infinity,
          () => timedOut(Endpoint.errorContext(endpoint), timeouts.attempt)
        )
      )
      return yield* attempts.run({
        endpoint: prepared.endpoint,
        policy,
        limiter: limit,
        attempt: (resends) => attempt(prepared, timeouts, observer, resends, read)
      })
    })

  const call = (endpoint: Endpoint.Any, input: AnyInput): Effect.Effect<unknown, CustomersError> =>
    Effect.suspend(() => {
      const observer = Observer.make(endpoint)
      return RequestTimeout.resolve(layerTimeouts).pipe(
        Effect.flatMap((timeouts) => send(endpoint, input, timeouts, observer, decode)),
        observer.call
      )
    })

  const stream = (endpoint: Endpoint.Any, input: AnyInput): Stream.Stream<Uint8Array, CustomersError> =>
    Stream.suspend(() => {
      const observer = Observer.make(endpoint)
      return Stream.unwrap(Effect.gen(function*() {
        const timeouts = yield* RequestTimeout.resolve(layerTimeouts)
        const response = yield* send(endpoint, input, timeouts, observer, (_, response) => Effect.succeed(response))
        const context = answerContext(endpoint, response)
        const chunks: Stream.Stream<Uint8Array, CustomersError> = Stream.catchAll(
          response.stream,
          (error) =>
            isEmptyBody(error)
              ? Stream.empty
              : Stream.fail(new Errors.TransportFailed({ ...context, code: systemCode(error) }))
        )
        const pull = failAfter(timeouts.idle, () => Option.some(timedOut(context, timeouts.idle)))
        return Stream.fromPull(Effect.map(Stream.toPull(chunks), pull))
      })).pipe(observer.stream)
    })

  // An endpoint's types say what its input is and what it can end in; from here on it is data.
  return { call, stream } as unknown as Transport
})

const timedOut = (context: Errors.ErrorContext, timeout: Duration.Duration) =>
  new Errors.RequestTimedOut({ ...context, timeout })

/** What takes a key and was sent none is never repeated once it may have been applied. */
const withoutKey = (endpoint: Endpoint.Any, key: string | undefined): Endpoint.Any =>
  endpoint.repeat === "with-key" && key === undefined ? { ...endpoint, repeat: "never" } : endpoint

/** A page that says 200 is of a gateway, or of a portal before it. Where JSON is expected it is found out anyway. */
const isAnswer = ({ answer }: Endpoint.Any, { headers, status }: HttpClientResponse.HttpClientResponse): boolean =>
  status >= 200 && status < 300 &&
  !((answer._tag === "Empty" || answer._tag === "Bytes") && /^\s*text\/html/i.test(headers["content-type"] ?? ""))

// ---------------------------------------------------------------------------------------------------------------------
// The request
// ---------------------------------------------------------------------------------------------------------------------

const invalidRequest = (endpoint: Endpoint.Any, issues: ReadonlyArray<InputIssue>) =>
  new Errors.InvalidRequest({ ...Endpoint.errorContext(endpoint), origin: "sdk", issues })

const parseUrl = Option.liftThrowable((text: string) => new URL(text))

const baseUrl = ({ baseUrl, root }: Pick<Options, "baseUrl" | "root">): Either.Either<string, InputIssue> =>
  parseUrl(baseUrl).pipe(
    Option.filter((url) =>
      (url.protocol === "https:" || url.protocol === "http:") && url.search === "" && url.hash === "" &&
      url.username === "" && url.password === ""
    ),
    Option.map((url) => url.origin + url.pathname.replace(/\/+$/, "")),
    Either.fromOption(() => ({
      path: "baseUrl",
      message: "expected an http or https URL without query, fragment or credentials"
    })),
    Either.filterOrLeft(
      (url) => root === undefined || new URL(url).pathname !== root,
      () => ({ path: "baseUrl", message: `expected a URL without ${root}: every path begins with it` })
    )
  )

const expandPath = (
  endpoint: Endpoint.Any,
  parameters: { readonly [name: string]: string | Redacted.Redacted<string> }
): Either.Either<string, ReadonlyArray<InputIssue>> => {
  const issues: Array<InputIssue> = []
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const given: unknown = parameters[name]
    const value = Redacted.isRedacted(given) ? Option.getOrUndefined(redactedValue(given)) : given
    const problem = typeof value === "string" ? segmentProblem(value, endpoint.slashes) : "expected a string"
    if (problem !== undefined) issues.push({ path: name, message: problem })
    return problem === undefined ? encodeURIComponent(String(value)) : ""
  })
  return issues.length > 0 ? Either.left(issues) : Either.right(path)
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const givenFields = (body: unknown): ReadonlyArray<string> =>
  isPlain(body) ? Object.keys(body).filter((name) => isGiven(body, name)) : []

/** Null says as little as nothing where the layer has something to say. */
const isGiven = (input: unknown, field: string): boolean =>
  isRecord(input) && input[field] !== undefined && input[field] !== null

const issuesOf = <A>(part: Either.Either<A, ReadonlyArray<InputIssue>>): ReadonlyArray<InputIssue> =>
  Either.isLeft(part) ? part.left : []

/** Arrays repeat the key, objects become `key[name]`, null and undefined are left out. */
const queryEntries = (name: string, value: unknown): ReadonlyArray<readonly [string, string]> => {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item: unknown) => queryEntries(name, item))
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([key, inner]) => queryEntries(`${name}[${key}]`, inner))
  }
  return [[name, String(value)]]
}

const encodeQuery = (
  schema: Schema.Schema.AnyNoContext | undefined,
  query: unknown
): Either.Either<ReadonlyArray<readonly [string, string]>, ReadonlyArray<InputIssue>> => {
  if (schema === undefined || query === undefined) return Either.right([])
  const encoded = Schema.encodeUnknownEither(schema)(query, strict)
  if (Either.isLeft(encoded)) return Either.left(inputIssues(encoded.left))
  if (hasPrototypeKey(query)) return Either.left([prototypeKeyIssue])
  const issues: Array<InputIssue> = []
  const entries = Object.entries(encoded.right as object).flatMap(([name, value]) => {
    const entries = queryEntries(name, value)
    if (entries.some(([key, text]) => loneSurrogate.test(key) || loneSurrogate.test(text))) {
      issues.push({ path: name, message: "a lone surrogate cannot be sent" })
    }
    return entries
  })
  return issues.length > 0 ? Either.left(issues) : Either.right(entries)
}

const encodeBody = (
  schema: Schema.Schema.AnyNoContext | undefined,
  body: unknown
): Either.Either<HttpBody.Empty | HttpBody.Uint8Array, ReadonlyArray<InputIssue>> => {
  if (schema === undefined) return Either.right(HttpBody.empty)
  return Schema.encodeUnknownEither(schema)(body, strict).pipe(
    Either.mapLeft(inputIssues),
    Either.filterOrLeft(() => !hasPrototypeKey(body), () => [prototypeKeyIssue]),
    Either.map((encoded) => encoded === undefined ? HttpBody.empty : HttpBody.unsafeJson(encoded))
  )
}

const prototypeKeyIssue: InputIssue = { path: "", message: "a key called __proto__ cannot be sent" }

/** None where there is no value to get: it was wiped, or the caller has no types and gave something else. */
const redactedValue = Option.liftThrowable((secret: Redacted.Redacted<unknown>): unknown => Redacted.value(secret))

const printable = /^[\x21-\x7e]+$/

/** What a header is made from, or why that cannot be. */
const readSecret = (
  header: SecretHeader,
  secret: Redacted.Redacted<string>
): Either.Either<string, InputIssue> => {
  const value = Option.getOrUndefined(redactedValue(secret))
  if (typeof value !== "string" || !printable.test(value)) {
    return Either.left({
      path: header.option,
      message: "expected a secret of printable ASCII characters, without spaces and without `Bearer` in front"
    })
  }
  const problem = header.problem?.(value)
  return problem === undefined ? Either.right(value) : Either.left(problem)
}

const secretValue = (
  endpoint: Endpoint.Any,
  header: SecretHeader
): Effect.Effect<string, Errors.InvalidRequest | Errors.AuthenticationFailed> =>
  (Effect.isEffect(header.secret)
    ? Effect.mapError(header.secret, () => new Errors.AuthenticationFailed(Endpoint.errorContext(endpoint)))
    : Effect.succeed(header.secret)).pipe(
      Effect.flatMap((secret) =>
        Either.match(readSecret(header, secret), {
          onLeft: (issue) => invalidRequest(endpoint, [issue]),
          onRight: (value) => Effect.succeed(header.format(value))
        })
      )
    )

/**
 * The `RequestInit` that the caller gave to the fetch client's own layer. That layer merges the context it was built in
 * under the context of the call, so a `RequestInit` of ours would hide the caller's; it is read here once, by a request
 * that ends before anything is sent.
 */
const fetchRequestInit = (client: HttpClient.HttpClient): Effect.Effect<RequestInit> =>
  Effect.gen(function*() {
    const seen = yield* Ref.make<RequestInit>({})
    const probe = HttpClient.mapRequestInputEffect(client, () =>
      Effect.contextWithEffect((context: Context.Context<never>) =>
        Effect.zipRight(
          Ref.set(seen, Option.getOrElse(Context.getOption(context, FetchHttpClient.RequestInit), () => ({}))),
          Effect.die("effect-customers: read the RequestInit, nothing is sent")
        )
      ))
    yield* Effect.exit(Effect.suspend(() =>
      probe.get("")
    ))
    return yield* Ref.get(seen)
  })

// ---------------------------------------------------------------------------------------------------------------------
// The answer
// ---------------------------------------------------------------------------------------------------------------------

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

type PathIssues = Errors.InvalidResponse["issues"]

/** Keys that a schema does not know are kept: nothing that a provider sends is lost. */
const lenient = { onExcessProperty: "preserve" } as const

type Decode = (
  answer: { readonly schema: Schema.Schema.AnyNoContext },
  value: unknown
) => Either.Either<unknown, PathIssues>

const decodeTrusted: Decode = (answer, value) =>
  Either.mapLeft(Schema.decodeUnknownEither(answer.schema)(value, lenient), (error) => pathIssues(error.issue))

/** As it stands, or with letters of ASCII escaped. */
const mayHavePrototypeKey = /__proto__|\\u00[567]/

/** A key of this name would become the prototype of what it is copied to. */
const hasPrototypeKey = (value: unknown): boolean => {
  const seen = new Set([value])
  for (const inner of seen) {
    if (!isRecord(inner)) continue
    if (Object.hasOwn(inner, "__proto__")) return true
    for (const next of Object.values(inner)) seen.add(next)
  }
  return false
}

const decodeGuarded: Decode = (answer, value) =>
  hasPrototypeKey(value)
    ? Either.left([{ path: "", expected: "no key called __proto__" }])
    : decodeTrusted(answer, value)

const decodeRows = (
  answer: Endpoint.RowsAnswer,
  value: unknown,
  decodeJson: Decode,
  unreadableRow: (issues: PathIssues) => Errors.InvalidResponse
): Either.Either<unknown, PathIssues> => {
  const whole = decodeJson(answer, value)
  if (Either.isRight(whole)) return Either.right({ ...(whole.right as object), unreadable: [] })
  const rows = at(value, answer.at)
  if (!Array.isArray(rows)) return whole
  const unreadable: Array<Errors.InvalidResponse> = []
  const readable = rows.filter((row: unknown, index) => {
    const decoded = decodeJson({ schema: answer.row }, row)
    if (Either.isRight(decoded)) return true
    const place = [...answer.at, index].join(".")
    unreadable.push(
      unreadableRow(decoded.left.map((issue) => ({
        path: issue.path === "" ? place : `${place}.${issue.path}`,
        expected: issue.expected
      })))
    )
    return false
  })
  return Either.map(decodeJson(answer, replaceAt(value, answer.at, readable)), (page) => ({
    ...(page as object),
    unreadable
  }))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((inner, key) => isRecord(inner) ? inner[key] : undefined, value)

const replaceAt = (value: unknown, [key, ...rest]: ReadonlyArray<string>, replacement: unknown): unknown =>
  key === undefined || !isRecord(value) ? replacement : { ...value, [key]: replaceAt(value[key], rest, replacement) }

/** How much of a body that is only looked at is read before the rest is cancelled. */
const longestLook = 64 * 1024

/** How long a refusal has to explain itself. */
const longestExplanation = Duration.seconds(2)

/** A customer who is not there, or one who is there already, for all that is known. */
const needsExplanation = ({ _tag, status = 0 }: CustomersError): boolean =>
  status >= 400 && status < 500 && (_tag === "InvalidRequest" || _tag === "UnexpectedStatus")

/** The start of a body as text; what of it arrived, when the connection is cut or time is up. */
const readStart = (
  response: HttpClientResponse.HttpClientResponse,
  longest: Duration.Duration = Duration.infinity
): Effect.Effect<{ readonly text: string; readonly isWhole: boolean }> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    let size = 0
    return response.stream.pipe(
      Stream.takeUntil((chunk) => (size += chunk.byteLength) >= longestLook),
      Stream.runForEach((chunk) =>
        Effect.sync(() => {
          text += decoder.decode(chunk, { stream: true })
        })
      ),
      failAfter(longest, () => "time is up"),
      Effect.match({
        onSuccess: () => ({ text: text.slice(0, longestLook), isWhole: true }),
        onFailure: (error) => ({ text, isWhole: typeof error !== "string" && isEmptyBody(error) })
      })
    )
  })

const requestId = (names: ReadonlyArray<string>, headers: { readonly [name: string]: string }): string | undefined => {
  const name = names.find((name) => headers[name] !== undefined)
  const value = name === undefined ? undefined : headers[name]
  return value !== undefined && /^[\w.:-]{1,128}$/.test(value) ? value : undefined
}

/** Thirty years in milliseconds; a provider that asks for longer is mistaken. */
const longestWait = 1e12

const retryAfter = (
  headers: { readonly [name: string]: string },
  now: number
): Duration.Duration | undefined => {
  const seconds = decimal(headers["retry-after"])
  const waits = [
    decimal(headers["retry-after-ms"]),
    seconds === undefined ? untilDate(headers["retry-after"], timeOf(headers["date"]) ?? now) : seconds * 1000
  ]
  const wait = waits.find((wait) => wait !== undefined && wait <= longestWait)
  return wait === undefined ? undefined : Duration.millis(wait)
}

const decimal = (text = ""): number | undefined => /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined

/** By the provider's clock where it says what that is. */
const untilDate = (date: string | undefined, now: number): number | undefined => {
  const then = timeOf(date)
  return then === undefined ? undefined : Math.max(0, then - now)
}

/**
 * An HTTP date. It starts with the name of a day (`Date.parse` finds a date in `-5` and in `5, 10` too), and without a
 * zone, as asctime has it, it is in GMT.
 */
const timeOf = (date = ""): number | undefined => {
  if (!/^\s*[A-Z][a-z]{2,8},? /.test(date)) return undefined
  const time = Date.parse(/(?:GMT|UTC|Z|[+-]\d{4})\s*$/.test(date) ? date : `${date} GMT`)
  return Number.isNaN(time) ? undefined : time
}

// ---------------------------------------------------------------------------------------------------------------------
// No (whole) answer
// ---------------------------------------------------------------------------------------------------------------------

const neverSent: ReadonlyArray<string> = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]

/** The first system code, looked for through `cause` and `errors`: `ECONNRESET`. Never any other text. */
const systemCode = (error: unknown, depth = 0): string | undefined => {
  if (!isRecord(error) || depth > 8) return undefined
  if (typeof error.code === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)) return error.code
  const inner = [error.cause, ...Array.isArray(error.errors) ? error.errors : []]
  return inner.map((next) => systemCode(next, depth + 1)).find((code) => code !== undefined)
}

const fromClientError = (
  endpoint: Endpoint.Any,
  error: HttpClientError.HttpClientError
): Errors.InvalidRequest | Errors.TransportFailed => {
  if (error._tag === "RequestError" && error.reason !== "Transport") {
    return invalidRequest(endpoint, [{ path: "", message: "the request could not be built" }])
  }
  const code = systemCode(error)
  return new Errors.TransportFailed({
    ...Endpoint.errorContext(endpoint),
    mayHaveApplied: !endpoint.readOnly && !(code !== undefined && neverSent.includes(code)),
    code
  })
}

const isEmptyBody = (error: HttpClientError.ResponseError): boolean => error.reason === "EmptyBody"
