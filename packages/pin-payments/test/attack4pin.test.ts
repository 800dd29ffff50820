import { CustomersService, Page } from "@effect-customers/core"
import * as Pin from "@effect-customers/pin-payments"
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { Chunk, Effect, Exit, Layer, Option, Redacted, Stream } from "effect"
import { inspect } from "node:util"
const on = (respond: (req: any, url: URL, n: number) => Response) => {
  let n = 0
  return Pin.layer({ secretKey: Redacted.make("k"), environment: "test" }).pipe(
    Layer.provideMerge(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((req, url) => Effect.sync(() => HttpClientResponse.fromWeb(req, respond(req, url, n++))))
      )
    )
  )
}
const j = (status: number, body: unknown) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" }
  })
const card = {
  number: Redacted.make("5520000000000000"),
  expiry_month: 5,
  expiry_year: 2030,
  cvc: Redacted.make("012"),
  name: "Ada",
  address_line1: "1",
  address_city: "P",
  address_country: "AU"
}
const show = async (name: string, eff: Effect.Effect<any, any, any>, layer: any) => {
  const exit = await Effect.runPromiseExit(eff.pipe(Effect.provide(layer)) as any)
  if (Exit.isSuccess(exit)) console.log(name, "OK", inspect(exit.value, { depth: 6 }).slice(0, 600))
  else {
    const c: any = exit.cause
    const e = c.error ?? c.defect
    console.log(
      name,
      c._tag,
      e?._tag,
      "|",
      e?.message,
      "|",
      JSON.stringify(e?.issues ?? e?.path),
      "mha",
      e?.mayHaveApplied,
      "rep",
      e?.repeat
    )
  }
}
const client = Pin.PinPaymentsClient
// 1 digits of a cvc echoed in param
await show(
  "echo param cvc",
  Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card })),
  on(() =>
    j(422, {
      error: "invalid_resource",
      messages: [{ param: "card.cvc.012", code: "card_cvc_012_invalid", message: "x" }]
    })
  )
)
await show(
  "echo param number",
  Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card })),
  on(() => j(422, { error: "invalid_resource", messages: { "5520.0000.0000.0000": ["is invalid"] } }))
)
// 2 mapper throws
await show(
  "toString",
  Effect.flatMap(client, (c) => c.get("cus_1")),
  on(() => j(422, { error: "invalid_resource", messages: { x: [{ toString: 1 }] } }))
)
await show(
  "deep",
  Effect.flatMap(client, (c) => c.get("cus_1")),
  on(() => j(422, `{"error":"invalid_resource","messages":{"x":[${"[".repeat(20000)}${"]".repeat(20000)}]}}`))
)
await show(
  "deep array",
  Effect.flatMap(client, (c) => c.get("cus_1")),
  on(() => j(422, `{"error":"invalid_resource","messages":${"[".repeat(30000)}${"]".repeat(30000)}}`))
)
// 3 error class by code whatever the status
for (const s of [500, 503, 429, 401, 402]) {
  await show(
    "invalid_card " + s,
    Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card })),
    on(() => j(s, { error: "invalid_card", error_description: "x" }))
  )
}
await show(
  "invalid_card on get 400",
  Effect.flatMap(client, (c) => c.get("cus_1")),
  on(() => j(400, { error: "invalid_card", error_description: "x" }))
)
await show(
  "503 throttled create",
  Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card })),
  on((_r, _u, n) => n > 0 ? j(400, { error: "stop" }) : j(503, { error: "throttled" }))
)
// 4 unified paths
const svc = (input: any) => Effect.flatMap(CustomersService, (c) => c.create(input))
const uc = (address: any) => ({
  email: "a@b.co",
  paymentSource: {
    card: {
      number: Redacted.make("5520000000000000"),
      expiryMonth: 5,
      expiryYear: 2030,
      cvc: Redacted.make("012"),
      name: "Ada",
      address
    }
  }
})
await show("no line1", svc(uc({ country: "AU" })), on(() => j(500, {})))
await show(
  "card line1 422",
  svc(uc({ country: "AU", line1: "1", city: "P" })),
  on(() =>
    j(422, {
      error: "invalid_resource",
      messages: [
        { param: "card.address_line1", code: "card_address_line1_invalid", message: "x" },
        { param: "card.expiry_month", code: "card_expiry_month_invalid" },
        { param: "card" },
        { param: "card_token" }
      ]
    })
  )
)
// base URL with the version
await show(
  "baseUrl /1",
  Effect.flatMap(CustomersService, (c) => c.get("cus_1")),
  on(() => j(404, { error: "resource_not_found", error_description: "x" }))
)
// hostile
await show(
  "update hostile",
  Effect.suspend(() =>
    Effect.flatMap(client, (c) =>
      c.update("cus_1", {
        get email(): any {
          throw new Error("boom s3cret")
        }
      } as any))
  ),
  on(() => j(200, {}))
)
await show(
  "stream hostile",
  Effect.flatMap(client, (c) =>
    Stream.runCollect(c.stream({
      get pageSize(): any {
        throw new Error("boom s3cret")
      }
    } as any))),
  on(() => j(200, {}))
)
await show(
  "list hostile svc",
  Effect.flatMap(CustomersService, (c) =>
    c.list({
      get pageSize(): any {
        throw new Error("boom")
      }
    } as any)),
  on(() => j(200, {}))
)
// long name
const t = Date.now()
const cust = (o: any = {}) => ({
  token: "cus_1",
  email: "a@b.co",
  first_name: null,
  last_name: null,
  phone_number: null,
  company: null,
  notes: null,
  created_at: "2024-11-11T08:41:24Z",
  card: null,
  ...o
})
await show(
  "long name",
  Effect.flatMap(CustomersService, (c) => c.update("cus_1", { name: "a" + " ".repeat(60000) })),
  on((r, u) => j(200, { response: cust() }))
)
console.log("long name ms", Date.now() - t)
await show(
  "trimmed",
  Effect.flatMap(CustomersService, (c) => c.update("cus_1", { name: "Ada " })),
  on((r, u) => j(200, { response: cust({ first_name: r.method === "PUT" ? "Ada" : null, last_name: "" }) }))
)
await show(
  "phone empty",
  Effect.map(Effect.flatMap(CustomersService, (c) => c.get("cus_1")), (c) => [c.phone, c.name]),
  on(() => j(200, { response: cust({ phone_number: "", first_name: "", last_name: "" }) }))
)
// expiry
for (const e of [{ expiry_month: 13 }, { expiry_month: "" }, { expiry_month: "abc" }, { expiry_year: -1 }]) {
  await show(
    "expiry " + JSON.stringify(e),
    Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card: { ...card, ...e } as any })),
    on(() => j(500, {}))
  )
}
await show(
  "number obj",
  Effect.flatMap(client, (c) => c.create({ email: "a@b.co", card: { ...card, number: "5520000000000000" } as any })),
  on(() => j(500, {}))
)
await show(
  "card token unified",
  svc({ email: "a@b.co", paymentSource: { cardToken: Redacted.make("card_x") } }),
  on(() => j(404, { error: "not_found", error_description: "x" }))
)
await show(
  "card token 400 used on primary",
  Effect.flatMap(client, (c) => c.update("cus_1", { primary_card_token: Redacted.make("card_x") })),
  on(() => j(400, { error: "token_already_used", error_description: "x" }))
)
