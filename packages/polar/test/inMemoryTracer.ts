/** A tracer that keeps every span with all that was said to it, in the order in which they were opened. */
import { Cause, Exit, Option, Tracer } from "effect"

export interface Seen {
  readonly name: string
  readonly kind: Tracer.SpanKind
  readonly parent: string | undefined
  readonly attributes: Map<string, unknown>
  /** Events, links, and how it ended. */
  readonly told: Array<unknown>
}

export const inMemoryTracer = () => {
  const spans: Array<Seen> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const told: Array<unknown> = []
      const parentName = Option.map(parent, (parent) => spans[Number(parent.spanId)]?.name)
      const spanId = String(spans.length)
      spans.push({ name, kind, parent: Option.getOrUndefined(parentName), attributes, told })
      return {
        _tag: "Span",
        name,
        spanId,
        traceId: "trace",
        parent,
        context,
        links,
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        attribute: (key, value) => void attributes.set(key, value),
        event: (...event) => void told.push(event),
        addLinks: (links) => void told.push(links),
        end: (_, exit) => {
          told.push(exit)
          if (Exit.isFailure(exit)) told.push(Cause.pretty(exit.cause, { renderErrorCause: true }))
        }
      }
    },
    context: (f) => f()
  })
  return { spans, tracer }
}
