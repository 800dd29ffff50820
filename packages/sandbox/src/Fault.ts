/**
 * Faults: what goes wrong between a client and a provider, injected with `SandboxControl.inject`.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { canBeSent } from "./internal/sendable.js"
import type { RequestLogEntry } from "./SandboxControl.js"

/**
 * When to come back, in the forms that servers have. `seconds` is `retry-after: <n>`, `millis` is
 * `retry-after-ms: <n>`. `date` is `retry-after` as an HTTP date that far after the moment of the answer, on the `Clock`
 * of the fiber that built the layer, rounded up to a whole second. `until` counts down: the seconds, rounded up, that
 * are left until that long after the layer was built (see `FaultRule.until`), and 0 after it.
 *
 * @since 0.1.0
 * @category models
 */
export type RetryAfter =
  | { readonly seconds: number }
  | { readonly millis: number }
  | { readonly date: Duration.DurationInput }
  | { readonly until: Duration.DurationInput }

/**
 * One thing that goes wrong with an answer. Several rules may hit the same request: they are applied in the order in
 * which they were injected, each to what the one before it made of the answer.
 *
 * @since 0.1.0
 * @category models
 */
export type Fault = Data.TaggedEnum<{
  /**
   * Answers this in place of the truth. The write takes no effect unless `applied`. A body given as text or bytes is
   * sent with its length. `content-type` is only sent when named in `headers`; `retryAfter` wins over `headers`.
   */
  Respond: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly body?: string | Uint8Array | undefined
    readonly retryAfter?: RetryAfter | undefined
    readonly applied?: boolean | undefined
  }
  /**
   * Waits on the `Clock` of the fiber that built the layer, then gives the true answer. `answer` says when that answer
   * is worked out (and a write takes effect): `"before"` the wait, so that a late answer carries old data, or
   * `"after"` it (the default). When the client leaves during the wait, the work stops (the default) and a write that
   * was not made yet is never made; with `whenLeft: "finish"` it is, as by most servers.
   */
  Delay: {
    readonly duration: Duration.DurationInput
    readonly answer?: "before" | "after" | undefined
    readonly whenLeft?: "stop" | "finish" | undefined
  }
  /**
   * Resets the connection without a byte of an answer, before (default) or after (`applied: true`) the write took
   * effect. On a port the socket is reset; in process `fetch` rejects with `TypeError("fetch failed")` whose cause has
   * the code `ECONNRESET`.
   */
  Reset: { readonly applied?: boolean | undefined }
  /**
   * True status and headers with the full `content-length`, then `bytes` bytes of the body (default: half of them),
   * then the connection ends. In process the body stream errors with `TypeError("terminated")`, cause code
   * `UND_ERR_SOCKET`. The write takes effect, unless `applied: false`, which undoes it. An answer that has no body (204)
   * is reset: its head would be all of it.
   */
  CutBody: { readonly bytes?: number | undefined; readonly applied?: boolean | undefined }
  /**
   * A complete transfer with a consistent `content-length` of a JSON text that ends after `bytes` bytes (default: half
   * of them).
   */
  CutJson: { readonly bytes?: number | undefined }
  /**
   * True status, headers and the first `bytes` bytes of the body (default: half of them), then nothing more until the
   * client goes away.
   */
  StallBody: { readonly bytes?: number | undefined }
  /**
   * A gateway's page in place of the truth: `text/html` with this status (default 502). The write takes no effect
   * unless `applied`.
   */
  HtmlPage: {
    readonly status?: number | undefined
    readonly retryAfter?: RetryAfter | undefined
    readonly applied?: boolean | undefined
  }
  /** True status and headers, `content-type` included, with a body of no bytes. */
  EmptyBody: {}
  /**
   * The true answer with one more key, `sandbox_unknown`, in every object of its JSON body. Objects whose keys are the
   * caller's own (metadata, echoed input) stay as they are: a key there is data, not a field that nobody knows.
   */
  UnknownKeys: {}
  /**
   * The true answer with `"sandbox_unknown"` for every member of an enumeration in its JSON body. `null` stays, and so
   * do the words of error bodies.
   */
  UnknownMembers: {}
  /** The true answer with its JSON body changed. Not applied to bodies that are no JSON. In process only. */
  Alter: { readonly alter: (json: unknown) => unknown }
}>

const fault = Data.taggedEnum<Fault>()

/**
 * Answers this in place of the truth; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Respond = fault.Respond

/**
 * Gives the true answer late; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Delay = fault.Delay

/**
 * Resets the connection; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Reset = fault.Reset

/**
 * Ends the connection within the body; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const CutBody = fault.CutBody

/**
 * Sends half of a JSON text as if it were the whole; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const CutJson = fault.CutJson

/**
 * Sends a part of the body and then nothing; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const StallBody = fault.StallBody

/**
 * Answers a gateway's HTML page; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const HtmlPage = fault.HtmlPage

/**
 * Takes the body away; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const EmptyBody = fault.EmptyBody

/**
 * Adds keys that nobody knows; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const UnknownKeys = fault.UnknownKeys

/**
 * Puts members into enumerations that nobody knows; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const UnknownMembers = fault.UnknownMembers

/**
 * Changes the JSON of the true answer; see {@link Fault}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Alter = fault.Alter

/**
 * Which requests a fault hits. A rule counts the requests that match it, whether or not it hits them.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultRule {
  /** Name of the provider (`"polar"`, `"mollie"`, ...); every provider when absent. */
  readonly provider?: string | undefined
  /** Our name of the operation (`list`, `getExternal`, `"unknown"`, ...); every operation when absent. */
  readonly operation?: string | undefined
  /** The first matching request that is hit, counted from 1 (default 1). */
  readonly from?: number | undefined
  /** How many matching requests are hit; `Infinity` for all from then on. Default 1, with `until` or `lasts` all. */
  readonly times?: number | undefined
  /**
   * Hits only what arrives before this long after the layer was built, on the `Clock` of the fiber that built it: an
   * outage with an end.
   */
  readonly until?: Duration.DurationInput | undefined
  /** The same, counted from the injection: what somebody at a port who does not know when it was opened can say. */
  readonly lasts?: Duration.DurationInput | undefined
  /** A further condition on the request as it arrived, its body included. In process only. */
  readonly match?: ((entry: RequestLogEntry) => boolean) | undefined
  readonly fault: Fault
}

const DurationData = Schema.transformOrFail(
  Schema.Union(Schema.String, Schema.Number),
  Schema.declare(
    (input): input is Duration.DurationInput => Option.isSome(Duration.decodeUnknown(input)),
    { identifier: "DurationInput" }
  ),
  {
    strict: true,
    decode: (input, _options, ast) =>
      Option.match(Duration.decodeUnknown(input), {
        onNone: () => ParseResult.fail(new ParseResult.Type(ast, input, "Expected milliseconds, or \"30 seconds\"")),
        onSome: ParseResult.succeed
      }),
    encode: (input) => ParseResult.succeed(Duration.toMillis(input))
  }
)

const BytesData = Schema.transform(Schema.Struct({ base64: Schema.Uint8ArrayFromBase64 }), Schema.Uint8ArrayFromSelf, {
  strict: true,
  decode: ({ base64 }) => base64,
  encode: (base64) => ({ base64 })
})

const RetryAfterData = Schema.Union(
  Schema.Struct({ seconds: Schema.Finite }),
  Schema.Struct({ millis: Schema.Finite }),
  Schema.Struct({ date: DurationData }),
  Schema.Struct({ until: DurationData })
)

const StatusData = Schema.Int.pipe(Schema.between(200, 599))

const HeadersData = Schema.Record({ key: Schema.String, value: Schema.String }).pipe(
  Schema.filter((headers) => canBeSent(200, headers) || "Expected names and values that HTTP can carry")
)

const applied = Schema.optional(Schema.Boolean)
const bytes = Schema.optional(Schema.NonNegativeInt)

const FaultData = Schema.Union(
  Schema.TaggedStruct("Respond", {
    status: StatusData,
    headers: Schema.optional(HeadersData),
    body: Schema.optional(Schema.Union(Schema.String, BytesData)),
    retryAfter: Schema.optional(RetryAfterData),
    applied
  }),
  Schema.TaggedStruct("Delay", {
    duration: DurationData,
    answer: Schema.optional(Schema.Literal("before", "after")),
    whenLeft: Schema.optional(Schema.Literal("stop", "finish"))
  }),
  Schema.TaggedStruct("Reset", { applied }),
  Schema.TaggedStruct("CutBody", { bytes, applied }),
  Schema.TaggedStruct("CutJson", { bytes }),
  Schema.TaggedStruct("StallBody", { bytes }),
  Schema.TaggedStruct("HtmlPage", {
    status: Schema.optional(StatusData),
    retryAfter: Schema.optional(RetryAfterData),
    applied
  }),
  Schema.TaggedStruct("EmptyBody", {}),
  Schema.TaggedStruct("UnknownKeys", {}),
  Schema.TaggedStruct("UnknownMembers", {})
)

/**
 * A {@link FaultRule} as JSON, everything but its functions (`match`, `Alter`): what `POST /sandbox/faults` takes. As
 * JSON, durations are milliseconds or texts like `"30 seconds"`, `times: "all"` is `Infinity`, bytes are
 * `{ "base64": "..." }`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FaultRuleData = Schema.Struct({
  provider: Schema.optional(Schema.String),
  operation: Schema.optional(Schema.String),
  from: Schema.optional(Schema.Int.pipe(Schema.positive())),
  times: Schema.optional(
    Schema.Union(Schema.transformLiteral("all", Infinity), Schema.Int.pipe(Schema.positive()))
  ),
  until: Schema.optional(DurationData),
  lasts: Schema.optional(DurationData),
  fault: FaultData
})

/**
 * A rule without functions; every one is a {@link FaultRule}.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultRuleData = typeof FaultRuleData.Type
