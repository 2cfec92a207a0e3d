/** A manifest with every field, accepted without a warning: where tests and fuzzing start from. */
export const FULL_MANIFEST = {
  $schema: "https://unpkg.com/@alga-ext/manifest/schema/manifest.schema.json",
  name: "agreements",
  publisher: "acme-labs",
  version: "0.1.*",
  runtime: "wasm-js@1",
  displayName: "Agreements",
  description: "Keeps the agreements you have with your customers.",
  icon: "ui/icon.svg",
  links: {
    homepage: "https://acme.example/agreements",
    documentation: "https://acme.example/docs?for=agreements#start",
    support: "mailto:help@acme.example",
    privacy: "https://acme.example/privacy",
    terms: "https://acme.example/terms",
    source: "https://code.acme.example:8443/agreements",
  },
  minHostVersion: "2.4.0",
  capabilities: ["cap:storage.kv", "cap:secrets.get", "cap:http.fetch", "cap:scheduler.manage"],
  egress: [
    { host: "api.ledgerline.example", reason: "Looks up a customer's payment standing" },
    { host: "*.mail.example", ports: [8443, 465], reason: "Sends reminders" },
    { host: "api-{region}.vendor.example", reason: "Stores documents in your region" },
  ],
  settings: {
    type: "object",
    required: ["region"],
    properties: {
      region: { type: "string", title: "Region", enum: ["eu", "us"], default: "eu", category: "General" },
      api_key: { type: "string", title: "API key", secret: true, placeholder: "ll_…" },
      days: { type: "integer", minimum: 1, maximum: 365, default: 30 },
      footer: { type: "string", multiline: true, maxLength: 2000 },
    },
  },
  ui: {
    type: "iframe",
    entry: "ui/index.html",
    hooks: {
      appMenu: { label: "Agreements" },
      clientPortalMenu: { label: "My agreements" },
      tabs: [{ id: "of-client", label: "Agreements", target: "client", path: "/clients" }],
      panels: [{ id: "summary", label: "Agreements", target: "dashboard" }],
      modals: [{ id: "new", label: "New agreement", path: "/new", size: "large" }],
      commandBar: { icon: "star" },
    },
  },
  api: {
    endpoints: [
      {
        method: "GET",
        path: "/agreements",
        handler: "dist/main",
        summary: "List every agreement",
        response: {
          type: "array",
          items: { $ref: "#/$defs/agreement" },
          $defs: { agreement: { type: "object" } },
        },
      },
      {
        method: "POST",
        path: "/agreements",
        handler: "dist/main",
        summary: "Create an agreement",
        request: {
          type: "object",
          required: ["title"],
          additionalProperties: false,
          properties: {
            title: { type: "string", minLength: 1, maxLength: 200 },
            status: { enum: ["draft", "active", "ended"] },
            currency: { type: "string", pattern: "^[A-Z]{3}$" },
            startDate: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
            parties: { type: "array", maxItems: 10, items: { $ref: "#/$defs/party" } },
          },
          $defs: {
            party: {
              type: "object",
              properties: { name: { type: "string" }, parent: { $ref: "#/$defs/party" } },
            },
          },
        },
        response: true,
      },
      { method: "GET", path: "/agreements/:id", handler: "dist/main#read" },
      { method: "DELETE", path: "/agreements/:id", handler: "dist/main" },
      { method: "POST", path: "/sync", handler: "dist/main", schedulable: true },
      { method: "POST", path: "/events/ticket", handler: "dist/main" },
    ],
  },
  events: [{ topic: "ticket.created", endpoint: "POST /events/ticket" }],
  schedules: [
    {
      name: "Nightly sync",
      cron: "0 3 * * *",
      timezone: "Europe/Berlin",
      endpoint: "POST /sync",
      payload: { full: true },
      enabled: false,
    },
    { name: "Often", cron: "*/15 8-18 * * 1-5", endpoint: "POST /sync" },
  ],
};
