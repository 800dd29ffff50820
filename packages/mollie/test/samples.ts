/** Answers as Mollie writes them, assembled from its documentation; ids invented. */
const hal = (path: string) => ({ href: `https://api.mollie.com/v2${path}`, type: "application/hal+json" })

const page = (href: string) => ({ href, type: "text/html" })

const reference = (name: string) => page(`https://docs.mollie.com/reference/${name}`)

const dashboard = (path: string) => page(`https://www.mollie.com/dashboard/org_1000001${path}`)

export const customer = {
  resource: "customer",
  id: "cst_4qqhO89gsT",
  mode: "test",
  name: "Iris de Vries",
  email: null,
  locale: null,
  metadata: { crm: "A-17" },
  createdAt: "2025-05-02T08:14:09+00:00",
  _links: {
    self: hal("/customers/cst_4qqhO89gsT"),
    dashboard: dashboard("/customers/cst_4qqhO89gsT"),
    payments: hal("/customers/cst_4qqhO89gsT/payments"),
    documentation: reference("get-customer")
  }
}

export const customerPage = {
  count: 1,
  _embedded: {
    customers: [{
      resource: "customer",
      id: "cst_4qqhO89gsT",
      mode: "test",
      name: null,
      email: "iris@example.org",
      locale: "en_BE",
      metadata: null,
      createdAt: "2025-05-02T08:14:09+00:00",
      _links: {
        self: hal("/customers/cst_4qqhO89gsT?testmode=true"),
        dashboard: dashboard("/customers/cst_4qqhO89gsT")
      }
    }]
  },
  _links: {
    self: hal("/customers?testmode=true&limit=1"),
    previous: null,
    next: hal("/customers?from=cst_9kkPq2Lm3x&testmode=true&limit=1"),
    documentation: reference("list-customers")
  }
}

export const payment = {
  resource: "payment",
  id: "tr_Qw8rT2yUiO",
  mode: "test",
  createdAt: "2025-05-03T10:00:00+00:00",
  amount: { currency: "EUR", value: "12.50" },
  description: "May",
  method: "directdebit",
  metadata: "{\"order\":7}",
  status: "pending",
  isCancelable: true,
  profileId: "pfl_aB3dE5fG7h",
  customerId: "cst_4qqhO89gsT",
  mandateId: "mdt_h3gh5KsN2a",
  sequenceType: "recurring",
  redirectUrl: null,
  details: { consumerName: "T. TEST", consumerBic: "TESTNL99", dueDate: "2025-05-05" },
  _links: {
    self: hal("/payments/tr_Qw8rT2yUiO"),
    dashboard: dashboard("/payments/tr_Qw8rT2yUiO"),
    customer: hal("/customers/cst_4qqhO89gsT"),
    documentation: reference("create-customer-payment")
  }
}

const errorLinks = { documentation: reference("handling-errors") }

export const notFound = {
  status: 404,
  title: "Not Found",
  detail: "No customer exists with token cst_nope.",
  _links: errorLinks
}

export const badAmount = {
  status: 422,
  title: "Unprocessable Entity",
  detail: "The amount contains an invalid value",
  field: "amount.value",
  _links: errorLinks
}
