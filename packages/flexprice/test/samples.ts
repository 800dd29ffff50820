/**
 * Answers as Flexprice gives them, in both eras of its API. The rows of lists are whole here: all fields that are always
 * there.
 */

/** Of a create: without metadata, and with nanoseconds. */
export const customer = {
  id: "cust_01K3B4N5P6Q7R8S9T0V1W2X3Y4",
  external_id: "acme-42",
  name: "Acme Inc",
  email: "billing@acme.test",
  address_line1: "",
  address_line2: "",
  address_city: "",
  address_state: "",
  address_postal_code: "",
  address_country: "",
  timezone: "UTC",
  metadata: null,
  environment_id: "env_01K3A0000000000000000000E1",
  tenant_id: "tenant_01K3A0000000000000000000T1",
  status: "published",
  created_at: "2026-08-21T10:15:30.123456789Z",
  updated_at: "2026-08-21T10:15:30.123456789Z",
  created_by: "user_01K3A0000000000000000000A1",
  updated_by: "user_01K3A0000000000000000000A1"
}

const { created_at: _, ...timeless } = customer

/** No answer of Flexprice's: all of them say when. */
export { timeless }

/** Before March 2026: with the parent that there was then, without time zone. */
export const olderCustomer = {
  id: "cust_01K3B4N5P6Q7R8S9T0V1W2X3Y5",
  external_id: "child-1",
  name: "Child",
  email: "",
  parent_customer_id: null,
  address_line1: "1 Main St",
  address_line2: "",
  address_city: "Pune",
  address_state: "MH",
  address_postal_code: "411001",
  address_country: "IN",
  metadata: { tier: "gold" },
  environment_id: "env_1",
  tenant_id: "tenant_1",
  status: "archived",
  created_at: "2026-02-01T00:00:00Z",
  updated_at: "2026-02-02T08:00:00.5Z",
  created_by: "user_1",
  updated_by: "user_1"
}

/** With `expand=integrations`. */
export const customerWithIntegrations = {
  ...customer,
  contact: "",
  metadata: {},
  integrations: [{
    id: "eim_1",
    entity_id: customer.id,
    entity_type: "customer",
    provider_type: "stripe",
    provider_entity_id: "cus_123",
    environment_id: customer.environment_id,
    tenant_id: customer.tenant_id,
    status: "published",
    metadata: { source: "import", attempt: 2 },
    created_at: "2026-08-21T10:15:30Z",
    updated_at: "2026-08-21T10:15:30Z",
    created_by: "user_1",
    updated_by: "user_1"
  }]
}

const row = (letter: string, metadata: object | null) => ({
  ...customer,
  id: `cust_${letter}`,
  external_id: letter,
  name: letter.toUpperCase(),
  metadata
})

export const page = {
  items: [row("b", {}), row("a", null)],
  pagination: { total: 3, limit: 2, offset: 2 }
}

export const emptyPage = { items: [], pagination: { total: 3, limit: 2, offset: 6 } }

const owned = {
  environment_id: "env_1",
  tenant_id: "tenant_1",
  status: "published",
  created_at: "2026-07-01T00:00:00Z",
  updated_at: "2026-07-01T00:00:00Z",
  created_by: "user_1",
  updated_by: "user_1"
}

const subscription = {
  id: "subs_1",
  customer_id: "cust_1",
  plan_id: "plan_1",
  subscription_status: "active",
  currency: "usd",
  billing_anchor: "2026-08-01T00:00:00Z",
  billing_cycle: "anniversary",
  start_date: "2026-08-01T00:00:00Z",
  current_period_start: "2026-08-01T00:00:00Z",
  current_period_end: "2026-09-01T00:00:00Z",
  cancel_at: null,
  cancel_at_period_end: false,
  trial_start: null,
  trial_end: null,
  billing_cadence: "RECURRING",
  billing_period: "MONTHLY",
  billing_period_count: 1,
  version: 1,
  pause_status: "none",
  payment_behavior: "default_active",
  collection_method: "charge_automatically",
  timezone: "UTC",
  proration_behavior: "none",
  enable_true_up: false,
  subscription_type: "standalone",
  ...owned,
  plan: null,
  customer: null
}

const feature = {
  id: "feat_1",
  name: "API calls",
  lookup_key: "api_calls",
  description: "",
  meter_id: "meter_1",
  metadata: null,
  type: "metered",
  unit_singular: "call",
  unit_plural: "calls",
  ...owned,
  meter: {
    id: "meter_1",
    name: "API calls",
    tenant_id: "tenant_1",
    event_name: "api_call",
    aggregation: { type: "COUNT" },
    filters: [],
    reset_usage: "BILLING_PERIOD",
    created_at: "2026-07-01T00:00:00Z",
    updated_at: "2026-07-01T00:00:00Z",
    status: "published"
  }
}

const source = {
  subscription_id: "subs_1",
  entity_id: "plan_1",
  entity_type: "plan",
  quantity: 1,
  entity_name: "Pro",
  entitlement_id: "ent_1",
  is_enabled: true,
  usage_limit: 1000
}

export const entitlements = {
  customer_id: "cust_1",
  subscriptions: [subscription],
  features: [{
    feature,
    entitlement: {
      is_enabled: true,
      usage_limit: 1000,
      is_soft_limit: false,
      usage_reset_period: "MONTHLY",
      aggregation_mode: "additive"
    },
    sources: [source]
  }]
}

/** Everything that is rarely there. */
export const richEntitlements = {
  customer_id: "cust_1",
  subscriptions: [{
    ...subscription,
    commitment_amount: "1000.10",
    commitment_duration: "ANNUAL",
    overage_factor: "1.5",
    auto_invoice_threshold: "0.00000000000001",
    trial_start: "2026-08-01T00:00:00Z",
    metadata: null
  }],
  features: [{
    feature: {
      ...feature,
      type: "config",
      reporting_unit: { unit_singular: "GB", unit_plural: "GB", conversion_rate: "0.000000001" },
      alert_settings: {
        critical: { threshold: "0.9", condition: "above" },
        warning: null,
        info: null,
        alert_enabled: null
      },
      group_id: "group_1",
      group: {
        id: "group_1",
        name: "Usage",
        lookup_key: "usage",
        entity_type: "feature",
        entity_ids: [],
        metadata: {}
      },
      meter: { ...feature.meter, filters: null, aggregation: { type: "SUM_WITH_MULTIPLIER", multiplier: "2.50" } }
    },
    entitlement: {
      is_enabled: true,
      is_soft_limit: false,
      aggregation_mode: "parallel",
      buckets: [{ entitlement_id: "ent_1", grant_quota: "9007199254740993.000000001", grant_duration_value: 1 }],
      static_values: ["gold"],
      config_values: [{ text: "a", number: 1.5, list: [null, true] }]
    },
    sources: [{ ...source, static_value: "gold", config_value: { any: [1] } }]
  }]
}

/** Before June 2026 there were no subscriptions in it. */
export const olderEntitlements = { customer_id: entitlements.customer_id, features: entitlements.features }

export const noEntitlements = { customer_id: "cust_missing", subscriptions: [], features: [] }

export const usage = {
  customer_id: "cust_1",
  features: [
    {
      feature: { id: "feat_1", name: "API calls", type: "metered", meter_id: "meter_1", metadata: null },
      total_limit: 1000,
      is_unlimited: false,
      current_usage: "250",
      usage_percent: "0.25",
      is_enabled: true,
      is_soft_limit: false,
      next_usage_reset_at: "2026-09-01T00:00:00Z",
      sources: [source]
    },
    {
      feature: { id: "feat_2", name: "SSO", type: "boolean", meter_id: "", metadata: {} },
      total_limit: null,
      is_unlimited: true,
      current_usage: "0",
      usage_percent: "0",
      is_enabled: true,
      is_soft_limit: false,
      next_usage_reset_at: null,
      sources: [{
        subscription_id: "subs_1",
        entity_id: "plan_1",
        entity_type: "plan",
        quantity: 1,
        entity_name: "Pro",
        entitlement_id: "ent_2",
        is_enabled: true
      }]
    }
  ],
  period: null
}

export const noUsage = { customer_id: "cust_1", features: [], period: null }

export const upcomingGrants = {
  items: [{
    id: "cga_1",
    credit_grant_id: "cg_1",
    subscription_id: "subs_1",
    scheduled_for: "2026-09-01T00:00:00Z",
    period_start: "2026-09-01T00:00:00Z",
    period_end: "2026-10-01T00:00:00Z",
    application_status: "pending",
    credits: "100.5",
    application_reason: "recurring_credit_grant",
    subscription_status_at_application: "active",
    idempotency_key: "5f1c0f",
    ...owned
  }],
  pagination: { total: 1, limit: 0, offset: 0 }
}

export const noUpcomingGrants = { items: [], pagination: { total: 0, limit: 0, offset: 0 } }

/** The server's own, by the era of the API. */
export const errors = {
  validation: {
    code: "validation_error",
    message: "Request validation failed",
    http_status_code: 400,
    details: {
      Name: "Key: 'CreateCustomerRequest.Name' Error:Field validation for 'Name' failed on the 'required' tag"
    }
  },
  filter: {
    code: "validation_error",
    message: "Invalid filter parameters",
    http_status_code: 400,
    details: { limit: "must be between 1 and 1000" }
  },
  blocked: {
    code: "invalid_operation",
    message: "Customer cannot be deleted due to associated wallets",
    http_status_code: 400
  },
  notFound: {
    code: "not_found",
    message: "Customer with ID cust_x was not found",
    http_status_code: 404,
    details: { customer_id: "cust_x" }
  },
  alreadyExists: {
    code: "already_exists",
    message: "A customer with this identifier already exists",
    http_status_code: 409,
    details: { external_id: "acme-42" }
  },
  database: { code: "database_error", message: "Failed to update customer", http_status_code: 500 },
  olderNotFound: {
    success: false,
    error: {
      message: "Customer with lookup key acme-42 was not found",
      internal_error: "ent: customer not found",
      details: { lookup_key: "acme-42" }
    }
  }
}

/** What stands before the operations. */
export const middleware = {
  unauthorized: { error: "Unauthorized" },
  role: { message: "insufficient permissions" },
  environment: { error: "Access denied", message: "Invalid or inaccessible environment" }
}

/** The older shape of a body of today. */
export const older = ({ details, message }: { readonly message: string; readonly details?: unknown }) => ({
  success: false,
  error: { message, internal_error: "ent: constraint failed", ...details === undefined ? {} : { details } }
})
