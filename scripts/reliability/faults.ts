/** Every fault of the sandbox, and connections that are never made. */
import { Fault } from "@effect-customers/sandbox"

/** What breaks: answers of the sandbox, in these ways at once, or the way to it (then it is the system's code). */
export type Breakage = { readonly answers: ReadonlyArray<Fault.Fault> } | { readonly refused: string }

export interface FaultCase {
  readonly name: string
  /** The status that it puts in place of the true one. */
  readonly status?: number | undefined
  /** How many requests in a row it hits. */
  readonly times: number
  /** `words` is all that is secret or personal in the call: answers quote it, as providers do. */
  readonly breaks: (words: string) => Breakage
}

interface Named {
  readonly name: string
  readonly status?: number | undefined
  /** Whether it may go on for ever; what no client repeats is shown once. */
  readonly endless: boolean
  readonly breaks: FaultCase["breaks"]
}

const fault = (name: string, answer: Fault.Fault, { endless = true } = {}): Named => ({
  name,
  status: answer._tag === "Respond" ? answer.status : answer._tag === "HtmlPage" ? answer.status ?? 502 : undefined,
  endless,
  breaks: () => ({ answers: [answer] })
})

const status = (
  status: number,
  options: {
    readonly said?: string
    readonly retryAfter?: Fault.RetryAfter
    readonly applied?: true
    readonly ending?: Fault.Fault
    readonly endless?: false
  } = {}
): Named => ({
  name: [
    `\`${status}\``,
    ...options.said === undefined ? [] : [options.said],
    ...options.applied === undefined ? [] : ["after the write"]
  ].join(" "),
  status,
  endless: options.endless ?? true,
  breaks: (words) => ({
    answers: [
      Fault.Respond({
        status,
        headers: { "content-type": "application/json", "x-echo": words },
        body: JSON.stringify({
          error: words,
          error_description: words,
          // of Polar, of Mollie, of Pin Payments
          detail: [{ type: "value_error", loc: ["body", "metadata", words], msg: words, input: words }],
          title: words,
          field: words,
          messages: [{ param: words, code: words, message: words }]
        }),
        retryAfter: options.retryAfter,
        applied: options.applied
      }),
      ...options.ending === undefined ? [] : [options.ending]
    ]
  })
})

const refused = (name: string, code: string): Named => ({ name, endless: true, breaks: () => ({ refused: code }) })

const final = { endless: false } as const

const named: ReadonlyArray<Named> = [
  status(307, final),
  status(400, final),
  status(401, final),
  status(403, final),
  {
    name: "`404` of somebody else",
    status: 404,
    endless: false,
    breaks: (words) => ({
      answers: [Fault.Respond({
        status: 404,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ message: words })
      })]
    })
  },
  status(408),
  status(409),
  status(422, final),
  status(425),
  status(429),
  status(429, { said: "with `Retry-After: 2`", retryAfter: { seconds: 2 } }),
  status(429, { said: "with `Retry-After` as a date 30 s away", retryAfter: { date: "30 seconds" } }),
  status(429, { said: "with `retry-after-ms: 3000`", retryAfter: { millis: 3000 } }),
  status(429, { said: "with `Retry-After: 3600`", retryAfter: { seconds: 3600 }, endless: false }),
  status(500),
  status(500, { applied: true }),
  status(501, final),
  fault("`502` with an HTML page", Fault.HtmlPage({})),
  fault("`502` with an HTML page after the write", Fault.HtmlPage({ applied: true })),
  status(503),
  status(503, { applied: true }),
  status(503, { said: "with `Retry-After: 5`", retryAfter: { seconds: 5 } }),
  status(503, { said: "with a body that is cut off", ending: Fault.CutBody({}) }),
  status(503, { said: "with a body that stalls", ending: Fault.StallBody({}) }),
  status(503, { said: "with `Retry-After: 3600`", retryAfter: { seconds: 3600 }, endless: false }),
  fault("`504` without a body", Fault.Respond({ status: 504 })),
  fault("`504` without a body after the write", Fault.Respond({ status: 504, applied: true })),
  fault("delay within the timeout", Fault.Delay({ duration: "5 seconds" })),
  fault("delay beyond the timeout by a server that stops with the client", Fault.Delay({ duration: "45 seconds" })),
  fault(
    "delay beyond the timeout by a server that goes on without the client",
    Fault.Delay({ duration: "45 seconds", whenLeft: "finish" })
  ),
  fault("delay beyond the timeout after the write", Fault.Delay({ duration: "45 seconds", answer: "before" })),
  fault("body that stalls", Fault.StallBody({})),
  fault("reset before the write", Fault.Reset({})),
  fault("reset after the write", Fault.Reset({ applied: true })),
  fault("body cut off and the write undone", Fault.CutBody({ applied: false })),
  fault("body cut off after the write", Fault.CutBody({})),
  fault("half of the JSON as if it were whole", Fault.CutJson({}), final),
  fault("empty body with a true `2xx`", Fault.EmptyBody(), final),
  fault("HTML page with `200` and nothing written", Fault.HtmlPage({ status: 200 }), final),
  fault("HTML page with `200` after the write", Fault.HtmlPage({ status: 200, applied: true }), final),
  fault("keys nobody knows", Fault.UnknownKeys()),
  fault("enumeration members nobody knows", Fault.UnknownMembers()),
  refused("connection refused (`ECONNREFUSED`)", "ECONNREFUSED"),
  refused("unknown host (`ENOTFOUND`)", "ENOTFOUND"),
  refused("no connection in time (`UND_ERR_CONNECT_TIMEOUT`)", "UND_ERR_CONNECT_TIMEOUT")
]

export const faults: ReadonlyArray<FaultCase> = named.flatMap(({ endless, ...fault }) => [
  { ...fault, times: 1 },
  ...endless ? [{ ...fault, times: Infinity }] : []
])

const inSample = [
  "`400`",
  "`404` of somebody else",
  "`429` with `Retry-After: 2`",
  "`503`",
  "`503` with a body that stalls",
  "delay beyond the timeout after the write",
  "body that stalls",
  "reset after the write",
  "body cut off after the write",
  "half of the JSON as if it were whole",
  "HTML page with `200` and nothing written",
  "keys nobody knows",
  "enumeration members nobody knows"
]

/** One of each way to fail. */
export const sample: ReadonlyArray<FaultCase> = faults.filter(({ name, times }) =>
  inSample.includes(name) && (times === 1 || name === "`503`")
)

/** Some of them, in times that can be waited for. */
export const faultsOnPort: ReadonlyArray<FaultCase> = [
  status(400),
  status(429, { said: "with `retry-after-ms: 20`", retryAfter: { millis: 20 } }),
  status(500, { applied: true }),
  fault("`502` with an HTML page", Fault.HtmlPage({})),
  status(503),
  fault("delay beyond the timeout by a server that stops with the client", Fault.Delay({ duration: "4 seconds" })),
  fault("delay beyond the timeout after the write", Fault.Delay({ duration: "4 seconds", answer: "before" })),
  fault("body that stalls", Fault.StallBody({})),
  fault("reset before the write", Fault.Reset({})),
  fault("reset after the write", Fault.Reset({ applied: true })),
  fault("body cut off after the write", Fault.CutBody({})),
  fault("half of the JSON as if it were whole", Fault.CutJson({})),
  fault("empty body with a true `2xx`", Fault.EmptyBody()),
  fault("keys nobody knows", Fault.UnknownKeys())
].map((fault): FaultCase => ({ ...fault, times: 1 })).concat([
  { ...refused("connection refused (`ECONNREFUSED`)", "ECONNREFUSED"), times: Infinity }
])
