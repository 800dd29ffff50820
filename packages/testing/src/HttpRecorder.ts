/**
 * Wire cassettes: what a program sends to a provider and what it is answered, recorded once into a file and replayed
 * from then on, without a network and without a secret.
 *
 * A cassette can be committed. Before it is written, everything sensitive in it is replaced by a pseudonym of the same
 * shape, the same one wherever the value stands: credentials, tokens and card data; e-mails, names, phone numbers,
 * addresses (but not their countries), tax ids, IP addresses, links; what users wrote into searches, notes and metadata
 * (texts, and numbers of six digits and more). What is sensitive is known by the name of its field, by its form (an
 * e-mail, a card number, a provider's token), and by being sensitive elsewhere: an error that quotes a name is found
 * too, also as HTML, JSON and URLs write it. Pseudonyms are numbered as they come. They are no hashes: the few possible
 * card numbers of a bank could be hashed and compared.
 *
 * Of headers only what a client decides by is written, and never a credential, a cookie or an idempotency key. Ids of
 * the provider and external ids stay as they are, unless they look like an e-mail or are sensitive elsewhere; so do
 * the names of plans, features and products, expiry dates of cards, times and amounts, and numbers with decimals. What
 * cannot be looked through is not written: see {@link UnrecordableBody}. Look at a new cassette before you commit it all
 * the same: what your own fields are called, `redact` has to be told, and a part of a name or of an e-mail (`Dear Ada`)
 * is not known for one.
 *
 * On replay a request is answered by the first unused interaction that it is the request of: method, URL, query, body
 * and the headers that are written are the same, where each pseudonym stands for one value and each value for one
 * pseudonym, whatever the program of today sends in its place. In the answer those values are put back, so that a
 * program that sent `ada@example.com` reads `ada@example.com`; what it never sent stays a pseudonym.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Cassette, type Interaction, type Result, version } from "./internal/cassette.js"
import * as Exchange from "./internal/exchange.js"
import { makePlayer } from "./internal/player.js"
import { scrub } from "./internal/scrub.js"

/**
 * A cassette.
 *
 * @since 0.1.0
 * @category options
 */
export interface CassetteOptions {
  /** The path of the cassette, `test/cassettes/create-customer.json`. One per test: a cassette is replayed once. */
  readonly file: string
  /**
   * Names of further fields, headers excepted, whose values are sensitive with all that is within them. Case and
   * punctuation do not matter: `loyaltyNumber` is `loyalty_number` too. For recording; a cassette knows what it has.
   */
  readonly redact?: ReadonlyArray<string> | undefined
}

/**
 * A cassette, and what is done with it.
 *
 * @since 0.1.0
 * @category options
 */
export interface HttpRecorderOptions extends CassetteOptions {
  readonly mode: "record" | "replay"
}

/**
 * A cassette that cannot be used, or not be written.
 *
 * - `NotFound`: there is none yet;
 * - `NotReadable`: the file cannot be read;
 * - `Malformed`: it holds no cassette;
 * - `OtherVersion`: it was recorded by another version of this module;
 * - `NotWritable`: the file or its directory cannot be written;
 * - `NotClean`: a credential, a card number or an e-mail would have been written after all. Nothing was.
 *
 * @since 0.1.0
 * @category errors
 */
export class CassetteError extends Schema.TaggedError<CassetteError>()("CassetteError", {
  file: Schema.String,
  reason: Schema.Literal("NotFound", "NotReadable", "Malformed", "OtherVersion", "NotWritable", "NotClean")
}) {
  override get message(): string {
    return `cassette ${this.file}: ${problems[this.reason]}`
  }
}

const problems: { readonly [_ in CassetteError["reason"]]: string } = {
  NotFound: "there is none, record it first (mode: \"record\")",
  NotReadable: "the file cannot be read",
  Malformed: "the file holds no cassette, record it again",
  OtherVersion: `it is not of version ${version}, record it again`,
  NotWritable: "the file cannot be written",
  NotClean: "not written, something sensitive would have remained in it: name its field in `redact`"
}

/**
 * A request that the cassette has no unused answer to. It is a defect and no `HttpClientError`: those are retried and
 * taken for failures of the network. `differences` names what is not as in the recorded request that is closest to it,
 * by places alone (`body.email: another value`); it is empty where method and URL were not recorded, or not as often.
 *
 * @since 0.1.0
 * @category errors
 */
export class CassetteMismatch extends Schema.TaggedError<CassetteMismatch>()("CassetteMismatch", {
  file: Schema.String,
  method: Schema.String,
  /** As it was recorded; what was not stands as `*`. */
  path: Schema.String,
  differences: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `cassette ${this.file}: ${this.method} ${this.path} ` + (this.differences.length === 0
      ? "was not recorded, or not as often"
      : `was recorded otherwise: ${this.differences.join(", ")}`)
  }
}

/**
 * What was recorded and was not asked for, as methods and paths: the defect that closing a replay ends in, where what
 * was replayed ended well.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnusedInteractions extends Schema.TaggedError<UnusedInteractions>()("UnusedInteractions", {
  file: Schema.String,
  interactions: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `cassette ${this.file}: recorded and not asked for: ${this.interactions.join(", ")}`
  }
}

/**
 * A body that is not written, since what is sensitive in it would not be found: binary data, forms with files, JSON
 * that is cut off, and in requests and successful answers text that is no JSON, form or CSV. It is a defect of the call,
 * and the cassette is not written.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnrecordableBody extends Schema.TaggedError<UnrecordableBody>()("UnrecordableBody", {
  file: Schema.String,
  method: Schema.String,
  /** Scheme, host and port: paths can hold anything. */
  origin: Schema.String,
  part: Schema.Literal("request", "answer"),
  what: Schema.String
}) {
  override get message(): string {
    return `cassette ${this.file}: the body of the ${this.part} of ${this.method} ${this.origin} is ${this.what}`
  }
}

/** A key that is absent is none whose value is undefined. */
const exact = { exact: true } as const

const encode = Schema.encodeSync(Schema.parseJson(Cassette, { space: 2 }), exact)

const decode = Schema.decodeUnknownEither(Cassette, exact)

// ---------------------------------------------------------------------------------------------------------------------
// Recording
// ---------------------------------------------------------------------------------------------------------------------

type Execution = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/** An interaction, from the moment its request is sent. */
interface Take {
  readonly request: Interaction["request"]
  result: Result | "not sent"
}

const makeRecorder = (
  { file, redact = [] }: CassetteOptions
): Effect.Effect<HttpClient.HttpClient, CassetteError, HttpClient.HttpClient | FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const inner = yield* HttpClient.HttpClient
    const fileSystem = yield* FileSystem.FileSystem
    const takes: Array<Take> = []
    const secrets = new Set<string>()
    let isRefused = false

    const notWritable = () => new CassetteError({ file, reason: "NotWritable" })
    const directory = /^(.*)[/\\]/.exec(file)?.[1] ?? ""
    if (directory !== "") {
      yield* Effect.mapError(fileSystem.makeDirectory(directory, { recursive: true }), notWritable)
    }

    /** Written beside it and then renamed: there is a whole cassette in its place or the one before. */
    const write = Effect.gen(function*() {
      const interactions = takes.flatMap(({ request, result }) => result === "not sent" ? [] : [{ request, result }])
      const { cassette, isClean } = scrub(interactions, secrets, redact)
      const text = encode(cassette) + "\n"
      if (!isClean(text)) return yield* new CassetteError({ file, reason: "NotClean" })
      yield* fileSystem.writeFileString(`${file}.partial`, text).pipe(
        Effect.zipRight(fileSystem.rename(`${file}.partial`, file)),
        Effect.mapError(notWritable)
      )
    })
    yield* Effect.addFinalizer(() => isRefused ? Effect.void : Effect.orDie(write))

    const refuse = ({ method, url }: Exchange.Outgoing, part: "request" | "answer", what: Exchange.Refusal) => {
      isRefused = true
      return Effect.die(new UnrecordableBody({ file, method, origin: url.origin, part, what }))
    }

    /** What becomes of one request, which the client makes itself: what its layer has in context is there for it. */
    const execute = (made: Effect.Effect<HttpClientRequest.HttpClientRequest>): Execution =>
      Effect.suspend(() => {
        let sent: { readonly outgoing: Exchange.Outgoing; readonly take: Take } | undefined
        const send = (request: HttpClientRequest.HttpClientRequest) => {
          const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
          // the client refuses it
          if (Either.isLeft(url)) return Effect.succeed(request)
          return Effect.flatMap(Exchange.readRequest(request, url.right), (outgoing) => {
            if (Either.isLeft(outgoing.recorded)) return refuse(outgoing, "request", outgoing.recorded.left)
            for (const secret of outgoing.secrets) secrets.add(secret)
            const take: Take = { request: outgoing.recorded.right, result: { unanswered: true } }
            takes.push(take)
            sent = { outgoing, take }
            return Effect.succeed(outgoing.request)
          })
        }

        const receive = (response: HttpClientResponse.HttpClientResponse) => {
          if (sent === undefined) return Effect.succeed(response)
          const { outgoing, take } = sent
          return Effect.flatMap(Exchange.readResponse(outgoing.request, response), ({ recorded, response }) => {
            if (Either.isLeft(recorded)) return refuse(outgoing, "answer", recorded.left)
            take.result = { response: recorded.right }
            return Effect.succeed(response)
          })
        }

        return inner.pipe(
          HttpClient.mapRequestInputEffect(() => made),
          HttpClient.mapRequestEffect(send)
        ).execute(HttpClientRequest.get("")).pipe(Effect.matchEffect({
          onSuccess: receive,
          onFailure: (error): Execution => {
            if (error._tag === "ResponseError") {
              // a client that takes some statuses for failures
              return Effect.flatMap(receive(error.response), (response) =>
                Effect.fail(new HttpClientError.ResponseError({ ...error, response })))
            }
            if (sent !== undefined) {
              sent.take.result = error.reason === "Transport"
                ? { failure: Exchange.failureOfConnection(error) }
                : "not sent"
            }
            return Effect.fail(error)
          }
        }))
      })

    return HttpClient.makeWith<never, never, HttpClientError.HttpClientError, never>(execute, Effect.succeed)
  })

// ---------------------------------------------------------------------------------------------------------------------
// Replaying
// ---------------------------------------------------------------------------------------------------------------------

const parseJson = Schema.decodeUnknownEither(Schema.parseJson(Schema.Struct({ version: Schema.Unknown })))

const read = (file: string): Effect.Effect<Cassette, CassetteError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(fileSystem.readFileString(file), (error) =>
      new CassetteError({
        file,
        reason: error._tag === "SystemError" && error.reason === "NotFound" ? "NotFound" : "NotReadable"
      }))
    const json = parseJson(text, { onExcessProperty: "preserve" })
    if (Either.isLeft(json)) return yield* new CassetteError({ file, reason: "Malformed" })
    if (json.right.version !== version) return yield* new CassetteError({ file, reason: "OtherVersion" })
    return yield* Either.mapLeft(decode(json.right), () => new CassetteError({ file, reason: "Malformed" }))
  })

const makeReplayer = (
  { file }: CassetteOptions
): Effect.Effect<HttpClient.HttpClient, CassetteError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const player = makePlayer(yield* read(file))
    yield* Effect.addFinalizer((exit) => {
      const interactions = player.unused().map(({ method, url }) => `${method} ${new URL(url).pathname}`)
      return Exit.isSuccess(exit) && interactions.length > 0
        ? Effect.die(new UnusedInteractions({ file, interactions }))
        : Effect.void
    })
    return HttpClient.make((request, url) =>
      Effect.flatMap(Exchange.readRequest(request, url), ({ method, recorded }) => {
        if (Either.isLeft(recorded)) {
          return Effect.die(
            new UnrecordableBody({ file, method, origin: url.origin, part: "request", what: recorded.left })
          )
        }
        const answer = player.answer(recorded.right)
        if (!("result" in answer)) return Effect.die(new CassetteMismatch({ file, method, ...answer }))
        const { result } = answer
        if ("unanswered" in result) return Effect.never
        return "failure" in result
          ? Effect.fail(Exchange.connectionFailure(request, result.failure))
          : Effect.succeed(Exchange.recordedResponse(request, result.response))
      })
    )
  })

// ---------------------------------------------------------------------------------------------------------------------
// Layers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Sends everything over the `HttpClient` in context and writes it down: when the layer's scope closes, whatever it
 * closes with, in place of the cassette that may be there. Answers are read whole before they are passed on. A
 * connection that fails, or breaks off within an answer, is recorded as such, and a call that was given up is never
 * answered on replay either. The same run gives the same bytes.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRecord = (
  options: CassetteOptions
): Layer.Layer<HttpClient.HttpClient, CassetteError, HttpClient.HttpClient | FileSystem.FileSystem> =>
  Layer.scoped(HttpClient.HttpClient, makeRecorder(options))

/**
 * Answers everything from the cassette; there is no network. Ends in {@link CassetteError} where there is no cassette
 * that can be read; a call of another request than was recorded dies of {@link CassetteMismatch}, and closing the
 * layer's scope dies of {@link UnusedInteractions} where something is left, unless what ran in it had failed already.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerReplay = (
  options: CassetteOptions
): Layer.Layer<HttpClient.HttpClient, CassetteError, FileSystem.FileSystem> =>
  Layer.scoped(HttpClient.HttpClient, makeReplayer(options))

/**
 * {@link layerRecord} or {@link layerReplay}. On replay the `HttpClient` in context is never called.
 *
 * @example
 * ```ts
 * import { CustomersService } from "@effect-customers/core/CustomersService"
 * import * as Polar from "@effect-customers/polar"
 * import * as HttpRecorder from "@effect-customers/testing/HttpRecorder"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * // the real token is needed for recording alone
 * const layer = (mode: "record" | "replay", accessToken = "polar_oat_replay") =>
 *   Polar.layer({ accessToken: Redacted.make(accessToken), environment: "sandbox" }).pipe(
 *     Layer.provide(HttpRecorder.layer({ file: "test/cassettes/create.json", mode })),
 *     Layer.provide([FetchHttpClient.layer, NodeFileSystem.layer])
 *   )
 *
 * export const program = CustomersService.pipe(
 *   Effect.flatMap((customers) => customers.create({ email: "ada@example.com", name: "Ada Example" })),
 *   Effect.provide(layer("replay"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  { mode, ...options }: HttpRecorderOptions
): Layer.Layer<HttpClient.HttpClient, CassetteError, HttpClient.HttpClient | FileSystem.FileSystem> =>
  mode === "record" ? layerRecord(options) : layerReplay(options)

/**
 * {@link layer} with options from configuration: `mode: Config.literal("record", "replay")("CASSETTES")`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<HttpRecorderOptions>
): Layer.Layer<
  HttpClient.HttpClient,
  CassetteError | ConfigError.ConfigError,
  HttpClient.HttpClient | FileSystem.FileSystem
> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
