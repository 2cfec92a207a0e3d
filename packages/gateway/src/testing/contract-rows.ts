import { CONTRACT_BODY_BYTES, CONTRACT_PARTNER } from "./contract-host.ts";

/** The two routes of the gateway. */
export type ContractRoute = "/api/ext" | "/api/ext-proxy";

/** One row of the tables of the contract: a request to `createContractHost()`, and what must come of it. */
export interface ContractRow {
  /** Unique; begins with the section of the contract and the route. */
  readonly name: string;
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    /** `{random}` in a value stands for a new UUID each time the row runs. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array<ArrayBuffer>;
  };
  readonly status: number;
  /** Code of the wire error; left out where the guest answers. */
  readonly error?: string;
  /** Headers of the answer: their value, a pattern, or null for absent. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** The whole body of the answer. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** What the runner was asked; null when it must not have been. */
  readonly runner: {
    /** How often. @default 1 */
    readonly times?: number;
    readonly method?: string;
    readonly path?: string;
    readonly query?: Readonly<Record<string, string>>;
    /** Headers the guest sees: their value, a pattern, or null for absent. */
    readonly headers?: Readonly<Record<string, string | RegExp | null>>;
    /** null: no body at all. */
    readonly body?: string | null;
    readonly idempotencyKey?: RegExp | null;
    readonly clientId?: string | null;
  } | null;
}

type Draft = Partial<Omit<ContractRow, "name" | "request">> & {
  readonly name: string;
  readonly method?: string;
  /** Second half of the extension's slug, or a whole id. @default full */
  readonly of?: string;
  readonly path?: string;
  /** Cookie `session`; null for none. @default ada */
  readonly as?: string | null;
  readonly send?: Readonly<Record<string, string>>;
  readonly payload?: string | Uint8Array<ArrayBuffer>;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SOMETHING = /./;
const json = { "content-type": "application/json" };
const payload = '{"title":"Ünïcode"}';
/** What every refusal carries. */
const REFUSED = {
  "cache-control": "no-store",
  "content-type": /^application\/json/,
  "x-content-type-options": "nosniff",
  "x-request-id": SOMETHING,
};

const refusal = (name: string, status: number, error: string, draft: Partial<Draft> = {}): Draft => ({
  path: "/echo",
  ...draft,
  name: `${name} is ${status} ${error}`,
  status,
  error,
  headers: { ...REFUSED, ...draft.headers },
  runner: draft.runner ?? null,
});

/** §1.1: methods, answers, errors. */
const GATEWAY: readonly Draft[] = [
  ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((method): Draft => {
    const hasBody = method !== "GET";
    return {
      name: `${method} reaches the guest`,
      method,
      path: "/echo?a=1&b=x%20y",
      ...(hasBody ? { payload, send: json } : {}),
      body: '{"ok":true}',
      headers: { "content-type": /^application\/json/, "cache-control": "no-store" },
      runner: { method, path: "/echo", query: { a: "1", b: "x y" }, body: hasBody ? payload : null },
    };
  }),
  {
    name: "HEAD is a GET without its body",
    method: "HEAD",
    path: "/echo",
    body: "",
    runner: { method: "GET" },
  },
  { name: "an empty path is /", path: "", runner: { path: "/" } },
  { name: "a registry id is an id", of: "22222222-2222-4222-8222-222222222200", path: "/echo" },
  { name: "an install id is an id", of: "11111111-1111-4111-8111-111111111100", path: "/echo" },
  { name: "a slug is one in any case", of: "Rows.FULL", path: "/echo" },
  ...[201, 400, 401, 404, 422, 500, 503].map((status): Draft => ({
    name: `the guest's own ${status} passes`,
    path: `/status/${status}`,
    status,
    body: '{"ok":true}',
  })),
  { name: "the guest's own 204 has no body", path: "/status/204", status: 204, body: "" },
  {
    name: "bytes are bytes",
    path: "/bytes",
    body: Uint8Array.of(0, 255, 128, 127, 10, 13),
    headers: { "content-type": "application/octet-stream" },
  },
  {
    name: "the caller's request id is kept",
    path: "/echo",
    send: { "x-request-id": "req-1.a_b" },
    headers: { "x-request-id": "req-1.a_b" },
    runner: { headers: { "x-request-id": "req-1.a_b" } },
  },
  {
    name: "a request id that is none is replaced",
    path: "/echo",
    send: { "x-request-id": "a b" },
    headers: { "x-request-id": UUID },
  },
  {
    name: "the caller's idempotency key is the runner's",
    method: "POST",
    path: "/echo?row=key",
    payload,
    send: { ...json, "x-idempotency-key": "key-{random}" },
    runner: {
      idempotencyKey: /^key-[0-9a-f-]{36}$/,
      headers: { "x-idempotency-key": /^key-[0-9a-f-]{36}$/ },
    },
  },
  {
    name: "without one it is the request id",
    method: "POST",
    path: "/echo",
    payload,
    send: { ...json, "x-request-id": "req-9" },
    runner: { idempotencyKey: /^req-9$/ },
  },
  {
    name: "a GET has none",
    path: "/echo",
    send: { "x-idempotency-key": "key-1" },
    runner: { idempotencyKey: null, headers: { "x-idempotency-key": null } },
  },
  {
    name: "a body at the cap passes",
    method: "POST",
    path: "/echo",
    payload: new Uint8Array(CONTRACT_BODY_BYTES),
    send: { "content-type": "application/octet-stream" },
  },
  refusal("a body over the cap", 413, "payload_too_large", {
    method: "POST",
    payload: new Uint8Array(CONTRACT_BODY_BYTES + 1),
    send: { "content-type": "application/octet-stream" },
  }),
  refusal("no session", 401, "unauthenticated", { as: null }),
  refusal("a session that has ended", 401, "invalid_session", { as: "stale" }),
  refusal("a session without a tenant", 401, "missing_tenant", { as: "homeless" }),
  refusal("x-alga-tenant of another tenant", 403, "tenant_mismatch", { send: { "x-alga-tenant": "globex" } }),
  refusal("x-tenant-id of another tenant", 403, "tenant_mismatch", { send: { "x-tenant-id": "globex" } }),
  {
    name: "headers that agree with the session pass",
    path: "/echo",
    send: { "x-alga-tenant": "acme", "x-tenant-id": "acme" },
  },
  refusal("an extension that is not installed", 404, "extension_not_available", { of: "rows.absent" }),
  refusal("a path that is not declared", 404, "endpoint_not_found", { path: "/nothing" }),
  refusal("a method that is not declared", 404, "endpoint_not_found", {
    method: "DELETE",
    path: "/things/1",
  }),
  refusal("a method nobody has", 405, "method_not_allowed", {
    method: "PROPFIND",
    headers: { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" },
  }),
  refusal("a path with two readings", 400, "invalid_path", { path: "/a%2f..%2fecho" }),
  refusal("a key that is none", 400, "invalid_request", {
    method: "POST",
    payload,
    send: { ...json, "x-idempotency-key": "a b" },
  }),
  refusal("an empty bucket", 429, "rate_limited", { of: "rows.limited", headers: { "retry-after": "2" } }),
  refusal("a quota that is used up", 429, "quota_exceeded", {
    of: "rows.quota",
    headers: { "retry-after": "90" },
  }),
  refusal("a limiter that is down", 503, "access_policy_unavailable", {
    of: "rows.limiterdown",
    headers: { "retry-after": SOMETHING },
  }),
  refusal("a log that is down", 503, "access_policy_unavailable", { of: "rows.auditdown" }),
  refusal("a registry that is down", 503, "access_policy_unavailable", { of: "rows.lost" }),
  refusal("a session store that is down", 503, "access_policy_unavailable", { as: "down" }),
  ...(
    [
      ["deadline_exceeded", 504],
      ["cpu_exceeded", 504],
      ["runner_crashed", 502],
      ["bundle_fetch_failed", 502],
      ["response_too_large", 502],
      ["component_rejected", 422],
      ["execute_failed", 500],
      ["memory_exceeded", 500],
      ["secret_decrypt_failed", 500],
      ["overloaded", 503],
    ] as const
  ).map(([code, status]) =>
    refusal("what the runner says", status, code, {
      path: `/fails/${code}`,
      // A GET changes nothing: when its cell died it is tried once more.
      runner: code === "runner_crashed" ? { times: 2 } : {},
    }),
  ),
  refusal("what only gateway and runner understand", 502, "bad_gateway", {
    path: "/fails/call_token_expired",
    runner: {},
  }),
  refusal("a runner that throws", 502, "bad_gateway", { path: "/throws/plain", runner: {} }),
  refusal("a status that is none", 502, "bad_gateway", { path: "/status/99", runner: {} }),
  ...(["runner_crashed", "bad_gateway"] as const).map((code) =>
    refusal("what the invoker throws", 502, code, { path: `/throws/${code}`, runner: {} }),
  ),
  refusal("a runner that nobody reaches", 502, "runner_unreachable", {
    path: "/throws/runner_unreachable",
    runner: { times: 2 },
  }),
  {
    name: "CORS for an origin on the list",
    path: "/echo",
    send: { origin: CONTRACT_PARTNER },
    headers: {
      "access-control-allow-origin": CONTRACT_PARTNER,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": /x-request-id.*retry-after.*idempotency-replayed/,
      vary: /Origin/,
    },
  },
  {
    name: "no CORS for any other (G2)",
    path: "/echo",
    send: { origin: "https://evil.example" },
    headers: { "access-control-allow-origin": null, "access-control-allow-credentials": null },
  },
  refusal("changing something from another site", 403, "forbidden", {
    method: "POST",
    payload,
    send: { ...json, origin: "https://evil.example" },
  }),
  {
    name: "a preflight of another origin allows nothing",
    method: "OPTIONS",
    path: "/echo",
    as: null,
    send: { origin: "https://evil.example", "access-control-request-method": "POST" },
    status: 204,
    headers: { "access-control-allow-origin": null, "access-control-allow-methods": null },
    body: "",
    runner: null,
  },
];

/** §1.3: who may call what. */
const POLICY: readonly Draft[] = [
  refusal("a principal without a user", 401, "unauthenticated", { as: "nameless" }),
  refusal("another tenant's extension", 404, "extension_not_available", { as: "foreign" }),
  { name: ":param takes any segment", path: "/things/7", runner: { path: "/things/7" } },
  { name: "a trailing slash does not count", path: "/things/7/" },
  refusal("a segment too many", 404, "endpoint_not_found", { path: "/things/7/x" }),
  refusal("an empty :param", 404, "endpoint_not_found", { path: "/things/" }),
  refusal("a portal user where the portal is closed", 403, "forbidden", { as: "client" }),
  refusal("a portal user without a client", 403, "forbidden", { as: "stranger", of: "rows.portal" }),
  {
    name: "a portal user where it is open calls as their client",
    as: "client",
    of: "rows.portal",
    method: "POST",
    path: "/echo",
    payload: '{"client_id":"client-8"}',
    send: { ...json, "x-client-id": "client-8" },
    runner: { clientId: "client-7" },
  },
  { name: "read is enough for GET", as: "reader", path: "/echo" },
  { name: "read is enough for HEAD", as: "reader", method: "HEAD", path: "/echo" },
  refusal("GET without read", 403, "forbidden", { as: "writer" }),
  { name: "write is enough for DELETE", as: "writer", method: "DELETE", path: "/echo" },
  ...["POST", "PUT", "PATCH", "DELETE"].map((method) =>
    refusal(`${method} without write`, 403, "forbidden", { as: "reader", method, payload, send: json }),
  ),
  refusal("managing is neither", 403, "forbidden", { as: "manager" }),
];

/** §2.4: which headers pass, in both directions. */
const HEADERS: readonly Draft[] = [
  {
    name: "of the caller's headers the guest sees five, and identity as we know it (G05)",
    method: "PUT",
    path: "/echo",
    payload,
    send: {
      ...json,
      accept: "application/json",
      "accept-encoding": "gzip",
      "user-agent": "rows/1",
      "x-request-id": "req-1",
      authorization: "Bearer of-the-host",
      "x-alga-tenant": "acme",
      "x-alga-extension": "someone.else",
      "x-tenant": "globex",
      "x-ext-install-id": "other",
      "x-user-id": "root",
      "x-forwarded-for": "10.0.0.1",
      forwarded: "for=10.0.0.1",
      "x-runner-auth": "guess",
      "x-api-key": "guess",
    },
    runner: {
      headers: {
        ...json,
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": "rows/1",
        "x-request-id": "req-1",
        "x-alga-tenant": "acme",
        "x-alga-extension": "22222222-2222-4222-8222-222222222200",
        "x-idempotency-key": SOMETHING,
        authorization: null,
        cookie: null,
        "x-tenant": null,
        "x-ext-install-id": null,
        "x-user-id": null,
        "x-forwarded-for": null,
        forwarded: null,
        "x-runner-auth": null,
        "x-api-key": null,
      },
    },
  },
  {
    name: "of the guest's headers the caller sees the list, and no cache keeps what is not private (G1)",
    path: "/headers",
    headers: {
      "content-type": "text/html; charset=utf-8",
      etag: '"v1"',
      "x-ext-request-id": "guest-1",
      "x-ext-warning": "old",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "set-cookie": null,
      "clear-site-data": null,
      "access-control-allow-origin": null,
      location: null,
      "x-frame-options": null,
      "x-anything": null,
    },
  },
  {
    name: "a private answer may be kept by the caller's own browser",
    path: "/private",
    headers: { "cache-control": "private, max-age=60", vary: /Cookie/ },
  },
];

const preflight = (maxAgeS: number): Draft => ({
  name: "a preflight of an origin on the list",
  method: "OPTIONS",
  path: "/echo",
  as: null,
  send: { origin: CONTRACT_PARTNER, "access-control-request-method": "POST" },
  status: 204,
  body: "",
  headers: {
    "access-control-allow-origin": CONTRACT_PARTNER,
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
    "access-control-allow-headers": "content-type,x-request-id,x-idempotency-key",
    "access-control-max-age": String(maxAgeS),
    // A framework may put names of its own before them.
    vary: /Origin, Access-Control-Request-Headers$/,
  },
  runner: null,
});

const posted = (name: string, path: string, body: string, runner: NonNullable<Draft["runner"]>): Draft => ({
  name,
  method: "POST",
  path,
  payload: body,
  send: json,
  runner,
});

/** §1.2: `__method`, which only the iframe proxy knows. */
const OVERRIDES: readonly Draft[] = [
  ...["GET", "POST", "PUT", "PATCH", "DELETE", "delete"].map((method) =>
    posted(`the query's __method ${method}`, `/echo?__method=${method}&a=1`, '{"b":2}', {
      method: method.toUpperCase(),
      query: { a: "1" },
      body: method === "GET" ? null : '{"b":2}',
    }),
  ),
  posted("the body's __method", "/echo", '{"__method":"PUT","b":2}', { method: "PUT", body: '{"b":2}' }),
  posted("alone in the body it leaves none", "/echo", '{"__method":"DELETE"}', {
    method: "DELETE",
    body: null,
  }),
  posted("the query wins over the body", "/echo?__method=PATCH", '{"__method":"PUT","b":2}', {
    method: "PATCH",
    body: '{"b":2}',
  }),
  posted("a method nobody has is ignored", "/echo?__method=PROPFIND", '{"b":2}', {
    method: "POST",
    query: {},
    body: '{"b":2}',
  }),
  {
    name: "on a PUT it is a query key like any other",
    method: "PUT",
    path: "/echo?__method=DELETE",
    runner: { method: "PUT", query: { __method: "DELETE" } },
  },
  refusal("the rights are those of the method it names", 403, "forbidden", {
    as: "reader",
    method: "POST",
    path: "/echo",
    payload: '{"__method":"DELETE"}',
    send: json,
  }),
  {
    name: "reading through a POST needs no more than reading",
    as: "reader",
    method: "POST",
    path: "/echo?__method=GET",
    runner: { method: "GET", body: null },
  },
];

const DIRECT: readonly Draft[] = [
  posted("__method means nothing here", "/echo?__method=GET", '{"__method":"GET"}', {
    method: "POST",
    query: { __method: "GET" },
    body: '{"__method":"GET"}',
  }),
];

/** Every row of contract §1.1–§1.3 and §2.4, on both routes. */
export const CONTRACT_ROWS: readonly ContractRow[] = (["/api/ext", "/api/ext-proxy"] as const).flatMap(
  (route) => {
    const isProxy = route === "/api/ext-proxy";
    const section = isProxy ? "§1.2" : "§1.1";
    return [
      ...[...GATEWAY, preflight(isProxy ? 120 : 180)].map((draft) => toRow(section, route, draft)),
      ...(isProxy ? OVERRIDES : DIRECT).map((draft) => toRow("§1.2", route, draft)),
      ...POLICY.map((draft) => toRow("§1.3", route, draft)),
      ...HEADERS.map((draft) => toRow("§2.4", route, draft)),
    ];
  },
);

function toRow(section: string, route: ContractRoute, draft: Draft): ContractRow {
  const { name, of = "rows.full", as = "ada", status = 200, runner = {} } = draft;
  return {
    name: `${section} ${route}: ${name}`,
    request: {
      method: draft.method ?? "GET",
      path: `${route}/${of}${draft.path ?? ""}`,
      headers: { ...(as === null ? {} : { cookie: `session=${as}` }), ...draft.send },
      ...(draft.payload === undefined ? {} : { body: draft.payload }),
    },
    status,
    runner,
    ...(draft.error === undefined ? {} : { error: draft.error }),
    ...(draft.headers === undefined ? {} : { headers: draft.headers }),
    ...(draft.body === undefined ? {} : { body: draft.body }),
  };
}
