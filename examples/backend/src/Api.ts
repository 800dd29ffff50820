/** The API as data, for the server and for clients made of it: what its endpoints take, and all that they answer. */
import { CreateCustomer, Customer, CustomersService, UpdateCustomer } from "@effect-customers/core"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema, Struct } from "effect"
import * as Problem from "./Problem.js"

export const ProviderName = Schema.Literal("polar", "mollie", "pin-payments", "autumn", "flexprice")

export type ProviderName = typeof ProviderName.Type

/** Gives the handlers the customers of the provider that the path names. */
export class ProviderOfPath extends HttpApiMiddleware.Tag<ProviderOfPath>()("ProviderOfPath", {
  provides: CustomersService,
  failure: Problem.UnknownProvider
}) {}

/** Lets through what has no body, or one of JSON. */
export class JsonBody extends HttpApiMiddleware.Tag<JsonBody>()("JsonBody", { failure: Problem.BadRequest }) {}

/** A field that is not listed is refused, not dropped: it may be a slip of the pen. */
const strict = { parseOptions: { errors: "all", onExcessProperty: "error" } } as const

const customer = Customer.annotations({ identifier: "Customer" })

const ofProvider = { provider: ProviderName }

const PageSize = Schema.String.pipe(
  Schema.pattern(/^\d{1,9}$/, { description: "a whole number" }),
  Schema.compose(Schema.NumberFromString)
).annotations({ jsonSchema: { type: "integer" }, description: "Customers per page; each provider has its own bounds" })

const create = HttpApiEndpoint.post("create", "/:provider/customers")
  .setPath(Schema.Struct(ofProvider))
  .setHeaders(Schema.Struct({
    "idempotency-key": Schema.optional(Schema.String).annotations({
      description:
        "Makes a repeat safe, where the provider takes keys (Mollie). Elsewhere 501: it would promise what nobody keeps"
    })
  }))
  .setPayload(CreateCustomer.annotations({ ...strict, identifier: "CreateCustomer" }))
  .addSuccess(customer, { status: 201 })
  .addError(Problem.AlreadyExists)
  .addError(Problem.Conflict)
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, "Create a customer")

const get = HttpApiEndpoint.get("get", "/:provider/customers/:id")
  .setPath(Schema.Struct({ ...ofProvider, id: Schema.String }))
  .addSuccess(customer)
  .addError(Problem.NotFound)
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, "A customer, by the provider's id")

const getByExternalId = HttpApiEndpoint.get("getByExternalId", "/:provider/customers/by-external-id/:externalId")
  .setPath(Schema.Struct({ ...ofProvider, externalId: Schema.String }))
  .addSuccess(customer)
  .addError(Problem.NotFound)
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, "A customer, by your own id (Polar, Autumn, Flexprice)")

/** The most customers that are answered for one e-mail. Providers that keep e-mails unique have one. */
export const mostFound = 100

const findByEmail = HttpApiEndpoint.get("findByEmail", "/:provider/customers/by-email/:email")
  .setPath(Schema.Struct({ ...ofProvider, email: Schema.String }))
  .addSuccess(Schema.Struct({ customers: Schema.Array(customer) }))
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, `The customers with exactly this e-mail, ${mostFound} at most (Polar, Autumn, Flexprice)`)

const update = HttpApiEndpoint.patch("update", "/:provider/customers/:id")
  .setPath(Schema.Struct({ ...ofProvider, id: Schema.String }))
  .setPayload(UpdateCustomer.annotations({ ...strict, identifier: "UpdateCustomer" }))
  .addSuccess(customer)
  .addError(Problem.NotFound)
  .addError(Problem.AlreadyExists)
  .addError(Problem.Conflict)
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, "Change a customer: an absent field keeps, null clears, a value sets")

const remove = HttpApiEndpoint.del("delete", "/:provider/customers/:id")
  .setPath(Schema.Struct({ ...ofProvider, id: Schema.String }))
  .addSuccess(HttpApiSchema.NoContent)
  .addError(Problem.NotFound)
  .addError(Problem.Conflict)
  .addError(Problem.NotSupported)
  .annotate(OpenApi.Summary, "Delete a customer")

const list = HttpApiEndpoint.get("list", "/:provider/customers")
  .setPath(Schema.Struct(ofProvider))
  .setUrlParams(
    Schema.Struct({
      pageSize: Schema.optional(PageSize),
      cursor: Schema.optional(Schema.String).annotations({ description: "The `next` of an earlier page" })
    }).annotations(strict)
  )
  .addSuccess(Schema.Struct({
    customers: Schema.Array(customer),
    next: Schema.NullOr(Schema.String).annotations({ description: "The `cursor` of the next page; null at the end" }),
    total: Schema.NullOr(Schema.Int).annotations({ description: "How many there are in all, where the provider says" }),
    unreadable: Schema.Int.annotations({ description: "Rows of this page that nobody can read" })
  }))
  .annotate(OpenApi.Summary, "One page of customers")

const customers = HttpApiGroup.make("customers")
  .add(create)
  .add(list)
  .add(get)
  .add(getByExternalId)
  .add(findByEmail)
  .add(update)
  .add(remove)
  .addError(Problem.Unprocessable)
  .addError(Problem.Unavailable)
  .addError(Problem.TimedOut)
  .addError(Problem.ProviderFailed)
  .middleware(JsonBody)
  // the last one runs first: a request that is refused is refused on behalf of a provider
  .middleware(ProviderOfPath)

const live = HttpApiEndpoint.get("live", "/health/live")
  .addSuccess(Schema.Struct({ status: Schema.Literal("ok") }))
  .annotate(OpenApi.Summary, "The process runs")

const ready = HttpApiEndpoint.get("ready", "/health/ready")
  .addSuccess(Schema.Struct({ status: Schema.Literal("ok"), providers: Schema.Array(Schema.String) }))
  .annotate(OpenApi.Summary, "The providers that this server is configured for; none of them is asked")

const health = HttpApiGroup.make("health").add(live).add(ready)

/**
 * The document with names that OpenAPI allows, and without the platform's own answer to malformed input: that one
 * quotes the input, and `BadRequest` is sent in its place.
 */
const tidied = (document: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(document).replaceAll(/@effect-customers(\/|~1)core(\/|~1)/g, ""),
    (key, value) => {
      if (key === "schemas") return Struct.omit(value, "HttpApiDecodeError", "Issue", "PropertyKey")
      if (key === "anyOf") {
        return value.filter((member: object) => !JSON.stringify(member).includes("HttpApiDecodeError"))
      }
      return value
    }
  )

export const Api = HttpApi.make("customers-api")
  .add(customers)
  .add(health)
  .addError(Problem.BadRequest)
  .addError(Problem.InternalError)
  .annotate(OpenApi.Title, "Customers")
  .annotate(OpenApi.Description, "Customers of Polar, Mollie, Pin Payments, Autumn and Flexprice, in one vocabulary")
  .annotate(OpenApi.Transform, tidied)

const operations = new Map<string, string>()
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, name, path } }) => operations.set(`${method} ${path}`, name)
})

/** The name of the endpoint at a route. */
export const operationOf = ({ method, path }: { readonly method: string; readonly path: string }): string | undefined =>
  operations.get(`${method} ${path}`)
