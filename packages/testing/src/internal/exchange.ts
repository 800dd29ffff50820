/** Requests and answers of an `HttpClient` as a cassette has them, and back. */
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Body, Failure, Request, Response } from "./cassette.js"
import { formatCsv, parseCsv } from "./csv.js"

/** What of a request is written, and has to be the same on replay: what it is about and nothing of who sends it. */
const requestHeaders: ReadonlyArray<string> = ["accept", "content-type", "polar-version", "x-api-version"]

/** What of an answer is written: what a client decides by. */
const responseHeaders =
  /^(?:content-type|date|location|link|retry-after(?:-ms)?|idempotent-replayed|x-request-id|request-id|x-polar-sandbox|(?:x-)?ratelimit-[a-z-]+)$/

/** Headers whose values are credentials, or known to one program only. */
const secretHeaders = /authorization|cookie|secret|token|(?:^|-)key$|idempotency/

const picked = (headers: { readonly [name: string]: string }, isWritten: (name: string) => boolean) =>
  Object.fromEntries(
    Object.keys(headers).filter(isWritten).sort().map((name) => [name, headers[name]!])
  )

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Why a body is not written: it may hold what nothing would find.
 *
 * @internal
 */
export type Refusal = string

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const decodeText = Option.liftThrowable((bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(bytes)
)

/** A body by its format. Prose is kept of failed answers alone (`isFailure`): it says why they failed. */
const bodyOf = (
  bytes: Uint8Array,
  contentType = "",
  isFailure = false
): Either.Either<Body | undefined, Refusal> => {
  if (bytes.length === 0) return Either.right(undefined)
  const text = Option.getOrUndefined(decodeText(bytes))
  if (text === undefined) return Either.left("binary data")
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    return Either.right({ form: [...new URLSearchParams(text)] })
  }
  const mayBeJson = contentType === "" || /json/i.test(contentType)
  const looksLikeJson = /^\s*[{[]/.test(text)
  if (mayBeJson || looksLikeJson) {
    const json = parseJson(text)
    if (Option.isSome(json)) return Either.right({ json: json.value })
    if (looksLikeJson) return Either.left("JSON that is not whole")
  }
  if (/^text\/csv/i.test(contentType)) {
    const rows = parseCsv(text)
    return rows === undefined ? Either.left("a CSV that cannot be read") : Either.right({ csv: rows })
  }
  if (!mayBeJson && !/^text\/|xml/i.test(contentType)) return Either.left("binary data")
  return isFailure ? Either.right({ text }) : Either.left("text without names for what is in it")
}

const textOf = (body: Body): string =>
  "json" in body
    ? JSON.stringify(body.json)
    : "form" in body
    ? new URLSearchParams(body.form.map(([name, value]) => [name, value])).toString()
    : "csv" in body
    ? formatCsv(body.csv)
    : body.text

/** What of a body goes over the wire. */
const bytesOf = (body: Body | undefined): Uint8Array<ArrayBuffer> =>
  body === undefined ? new Uint8Array() : new TextEncoder().encode(textOf(body))

const concatenated = (chunks: Iterable<Uint8Array>): Effect.Effect<Uint8Array> =>
  Effect.map(
    Effect.promise(() => new Blob(Array.from(chunks, (chunk) => Uint8Array.from(chunk))).arrayBuffer()),
    (buffer) => new Uint8Array(buffer)
  )

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** @internal */
export interface Outgoing {
  readonly recorded: Either.Either<Request, Refusal>
  /** Method and path, whatever becomes of the rest. */
  readonly method: Request["method"]
  readonly url: URL
  /** Credentials that are sent with it, in every form. */
  readonly secrets: ReadonlyArray<string>
  /** What is to be sent: a body that could be read only once can be read again. */
  readonly request: HttpClientRequest.HttpClientRequest
}

/** Shorter ones are words: `Bearer`. */
const shortestSecret = 8

const secretsOf = (url: URL, headers: { readonly [name: string]: string }): ReadonlyArray<string> => {
  const values = Object.keys(headers).filter((name) => secretHeaders.test(name)).map((name) => headers[name]!)
  const words = values.flatMap((value) => [...value.split(/\s+/), ...value.split(/[\s,;=]+/)])
  const pairs = values.flatMap((value) => {
    const encoded = /^basic\s+(\S+)/i.exec(value)?.[1] ?? ""
    return Either.getOrElse(Encoding.decodeBase64String(encoded), () => "").split(":")
  })
  return [...words, ...pairs, url.username, url.password].filter(({ length }) => length >= shortestSecret)
}

/** The body of a request, and the request with a body that has not been read. */
const readBody = (
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<readonly [Either.Either<Uint8Array, Refusal>, HttpClientRequest.HttpClientRequest]> => {
  const { body } = request
  switch (body._tag) {
    case "Empty":
      return Effect.succeed([Either.right(new Uint8Array()), request])
    case "Uint8Array":
      return Effect.succeed([Either.right(body.body), request])
    case "Stream":
      return Stream.runCollect(body.stream).pipe(
        Effect.orDie,
        Effect.flatMap(concatenated),
        Effect.map((bytes) => [
          Either.right(bytes),
          HttpClientRequest.bodyStream(request, Stream.make(bytes), body)
        ])
      )
    default:
      return Effect.succeed([Either.left("binary data"), request])
  }
}

/**
 * What a cassette has of a request.
 *
 * @internal
 */
export const readRequest = (request: HttpClientRequest.HttpClientRequest, url: URL): Effect.Effect<Outgoing> =>
  Effect.map(readBody(request), ([bytes, again]) => ({
    recorded: bytes.pipe(
      Either.flatMap((bytes) => bodyOf(bytes, request.body.contentType)),
      Either.map((body) => ({
        method: request.method,
        url: url.origin + url.pathname,
        query: [...url.searchParams],
        headers: picked(request.headers, (name) => requestHeaders.includes(name)),
        ...body === undefined ? {} : { body }
      }))
    ),
    method: request.method,
    url,
    secrets: secretsOf(url, request.headers),
    request: again
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

/** The first system code of an error, looked for through what caused it: `ECONNRESET`. Never any other text. */
const failureOf = (error: unknown, depth = 0): Failure => {
  if (typeof error !== "object" || error === null || depth > 8) return {}
  if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)) {
    return { code: error.code }
  }
  const inner = [
    ..."cause" in error ? [error.cause] : [],
    ..."errors" in error && Array.isArray(error.errors) ? error.errors : []
  ]
  return inner.map((next) => failureOf(next, depth + 1)).find(({ code }) => code !== undefined) ?? {}
}

/** @internal */
export const failureOfConnection = (error: HttpClientError.RequestError): Failure => failureOf(error.cause)

const errorOf = ({ code }: Failure): Error =>
  Object.assign(new Error("recorded failure of the connection"), code === undefined ? {} : { code })

/**
 * The failure of a connection, as it was recorded.
 *
 * @internal
 */
export const connectionFailure = (request: HttpClientRequest.HttpClientRequest, failure: Failure) =>
  new HttpClientError.RequestError({ request, reason: "Transport", cause: errorOf(failure) })

/** The body of an answer, or how it broke off. */
type Content = Either.Either<Uint8Array, Failure>

const isBodiless = (method: string, status: number): boolean =>
  method === "HEAD" || status === 204 || status === 205 || status === 304

const responseOf = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  headers: { readonly [name: string]: string },
  content: Content
): HttpClientResponse.HttpClientResponse => {
  const body = isBodiless(request.method, status)
    ? null
    : Either.match(content, {
      onRight: (bytes) => Uint8Array.from(bytes),
      onLeft: (failure) => new ReadableStream({ start: (controller) => controller.error(errorOf(failure)) })
    })
  return HttpClientResponse.fromWeb(request, new Response(body, { status, headers: { ...headers } }))
}

/**
 * What a cassette has of an answer, whose body is read to its end, and the answer with a body that has not been read.
 *
 * @internal
 */
export const readResponse = (
  request: HttpClientRequest.HttpClientRequest,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<{
  readonly recorded: Either.Either<Response, Refusal>
  readonly response: HttpClientResponse.HttpClientResponse
}> =>
  response.arrayBuffer.pipe(
    Effect.map((buffer) => new Uint8Array(buffer)),
    Effect.catchAll((error) =>
      error.reason === "EmptyBody" ? Effect.succeed(new Uint8Array()) : Effect.fail(failureOf(error))
    ),
    Effect.either,
    Effect.map((content) => {
      const { headers, status } = response
      const written = { status, headers: picked(headers, (name) => responseHeaders.test(name)) }
      return {
        recorded: Either.isLeft(content)
          ? Either.right({ ...written, cut: content.left })
          : Either.map(
            bodyOf(content.right, headers["content-type"], status >= 300),
            (body) => ({ ...written, ...body === undefined ? {} : { body } })
          ),
        response: responseOf(request, status, headers, content)
      }
    })
  )

/**
 * The answer that a cassette has.
 *
 * @internal
 */
export const recordedResponse = (
  request: HttpClientRequest.HttpClientRequest,
  { body, cut, headers, status }: Response
): HttpClientResponse.HttpClientResponse =>
  responseOf(request, status, headers, cut === undefined ? Either.right(bytesOf(body)) : Either.left(cut))
