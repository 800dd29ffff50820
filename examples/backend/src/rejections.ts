/** What is answered where no handler answers: malformed requests, unknown paths, and defects of this server. */
import {
  HttpApiBuilder,
  HttpApiError,
  type HttpApp,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "@effect/platform"
import { Array, Cause, Effect, Layer, Predicate, type Tracer } from "effect"
import { Api, JsonBody } from "./Api.js"
import * as Problem from "./Problem.js"

type DecodeIssue = HttpApiError.HttpApiDecodeError["issues"][number]

/** A name that the API has, or a slip of the pen; what else is in the place of one may be a value. */
const isName = /^(?=.{1,40}$)[A-Za-z_]+\d{0,2}$/

const pathOf = ({ path: [field, ...rest] }: DecodeIssue) =>
  (field === undefined ? [] : [field, ...(field === "metadata" ? rest.map(() => "*") : rest)])
    .map((segment) => typeof segment === "number" || isName.test(String(segment)) ? String(segment) : "*")
    .join(".")

/** The platform says `Expected an e-mail address, actual "ada@"`; the value stays out. */
const expectation = ({ _tag, message }: DecodeIssue) => {
  if (_tag === "Missing") return "to be present"
  if (_tag === "Unexpected") return "no such field"
  return /^Expected (.+?), actual /.exec(message)?.[1] ?? "something else"
}

const issuesOf = ({ issues }: HttpApiError.HttpApiDecodeError) =>
  Array.dedupe(issues.map(pathOf))
    .map((path) => ({
      path,
      // that an optional field may be absent is no news to who has sent it
      message: `expected ${
        Array.dedupe(issues.filter((issue) => pathOf(issue) === path).map(expectation))
          .filter((what) => what !== "undefined")
          .join(" or ")
      }`
    }))
    // what is wrong within a field says more than that the field is wrong
    .filter(({ path }, _, all) => !all.some((other) => other.path.startsWith(`${path}.`)))

/** Which call it would have been, as far as it is noted on the span of the request. */
const callOf = ({ attributes }: Tracer.Span) => {
  const provider = attributes.get("customers.provider")
  const operation = attributes.get("customers.operation")
  return Predicate.isString(provider) && Predicate.isString(operation) ? { provider, operation } : {}
}

const badRequest = (issues: Problem.BadRequest["issues"]) =>
  Effect.flatMap(
    Effect.orDie(Effect.currentSpan),
    (span) => new Problem.BadRequest({ ...callOf(span), mayHaveApplied: false, issues })
  )

/** In bytes; a customer is small. */
const longestBody = 64 * 1024

const notJson = badRequest([{
  path: "",
  message: "expected a body of application/json, of at most 64 KiB, with its content-length"
}])

const isJson = (headers: HttpServerRequest.HttpServerRequest["headers"]) =>
  /^application\/json *(;|$)/i.test(headers["content-type"] ?? "application/json") &&
  Number(headers["content-length"] ?? 0) <= longestBody &&
  headers["transfer-encoding"] === undefined

/** What the platform would take for a form, an upload or a text, and what is or may be too long: refused unread. */
export const jsonBody = Layer.succeed(
  JsonBody,
  Effect.flatMap(
    HttpServerRequest.HttpServerRequest,
    ({ headers, method }) => (method !== "POST" && method !== "PATCH") || isJson(headers) ? Effect.void : notJson
  )
)

/** Its stack, and not its message: that one may hold anything. */
const logDefect = (defect: unknown) =>
  Effect.annotateLogs(
    Effect.logError("a defect of this server"),
    Predicate.isError(defect)
      ? { "error.type": defect.name, "error.stack": defect.stack?.split("\n").filter((line) => /^ +at /.test(line)) }
      : { "error.type": typeof defect }
  )

const unknownRoute = Effect.orDie(
  HttpServerResponse.schemaJson(Problem.UnknownRoute)(
    new Problem.UnknownRoute({ mayHaveApplied: false }),
    { status: 404 }
  )
)

const rejected = (cause: Cause.Cause<never>): HttpApp.Default<Problem.BadRequest | Problem.InternalError> => {
  const error = Cause.squash(cause)
  if (error instanceof HttpApiError.HttpApiDecodeError) return badRequest(issuesOf(error))
  if (error instanceof HttpServerError.RequestError) return notJson
  if (error instanceof HttpServerError.RouteNotFound) return unknownRoute
  // the problems that handlers end in, and callers who have left
  if (Cause.isFailure(cause) || Cause.isInterruptedOnly(cause)) return Effect.failCause(cause)
  return Effect.zipRight(logDefect(error), new Problem.InternalError())
}

export const layer = HttpApiBuilder.middleware(Api, (app) => Effect.catchAllCause(app, rejected))
